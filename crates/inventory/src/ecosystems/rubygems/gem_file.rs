//! `NAME-VERSION[-PLATFORM].gem`: packed gems, as `bundle cache` keeps them in `vendor/cache`.
//!
//! **Source**: RubyGems' documentation, "Specification Reference" (`full_name`). **Supported**: the file's name, which RubyGems
//! makes of name, version and platform; the content is not read.

use model::component::{EvidenceKind, Version};

use crate::claim::Claim;
use crate::document::{Document, Format, Reading};
use crate::ecosystems::rubygems::gemspec::full_name;

pub(crate) const FORMAT: Format = Format {
    id: "gem-file",
    // Beside installed gems lies the cache of what they were installed from.
    accepts: |path| path.file_name.ends_with(".gem") && path.folder.ends_with("vendor/cache") && path.is_of_project(),
    read,
    finds_installed: false,
    advice: "",
};

fn read(document: &Document<'_>, reading: &mut Reading) {
    let stem = document.path.file_name.strip_suffix(".gem").unwrap_or_default();
    let Some((name, version)) = full_name(stem) else {
        reading.gaps.push(document.gap(None, "the name of the gem file does not state name and version"));
        return;
    };
    let root = document.path.folder.strip_suffix("vendor/cache").unwrap_or_default().trim_end_matches('/');
    let version = Version::Exact(version.to_owned());
    let (location, place) = (document.location(None), document.place_at(root));
    reading.claims.push(Claim::new(name.to_owned(), version, EvidenceKind::Locked, location, place));
}
