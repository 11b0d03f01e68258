//! `.pnp.cjs` and `.pnp.data.json`: what yarn's Plug'n'Play loads packages from.
//!
//! **Source**: yarn's documentation, "Plug'n'Play specification", and the files that yarn 2 to 4 write. **Supported**: packages in
//! the cache's archives and in `.yarn/unplugged`, by the location that the file states; archives that lie in the artifact are
//! read as installed packages themselves. **Unsupported** (→ gap): a file that states no locations.

use std::collections::BTreeSet;

use memchr::memmem;
use model::component::{EvidenceKind, Version};

use crate::claim::Claim;
use crate::document::{Document, Format, Reading, decode, join};
use crate::ecosystems::npm::locked;
use crate::ecosystems::npm::package_path;

pub(crate) const FORMAT: Format = Format {
    id: "plug-n-play",
    accepts: |path| matches!(path.file_name, ".pnp.cjs" | ".pnp.js" | ".pnp.data.json") && path.is_of_project(),
    read,
    finds_installed: false,
    advice: "write it anew with `yarn install`",
};

const LOCATION: &str = "\"packageLocation\":";

fn read(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let text = decode(&bytes);
    let mut is_stated = document.path.file_name != ".pnp.data.json" && document.sibling(".pnp.data.json").is_some();
    let mut found: BTreeSet<(String, String)> = BTreeSet::new();
    for at in memmem::find_iter(text.as_bytes(), LOCATION) {
        is_stated = true;
        let Some(location) = text.get(at + LOCATION.len()..).and_then(|rest| rest.split('"').nth(1)) else { continue };
        let module = format!("{location}package.json");
        let Some(path) = package_path::read(&module) else {
            // The project and folders of it: all that they need stands here.
            reading.covers.extend(join(document.path.folder, location).map(|folder| (document.entry.mount, folder)));
            continue;
        };
        if let Some(version) = path.version {
            found.insert((path.name.to_owned(), version.to_owned()));
        }
        if found.len() >= locked::MAX_PACKAGES {
            reading.gaps.push(locked::too_many(document));
            break;
        }
    }
    if !is_stated {
        reading.gaps.push(document.gap(None, format!("states no locations of packages; {}", FORMAT.advice)));
    }
    reading.claims.extend(found.into_iter().map(|(name, version)| {
        let import_names = vec![name.clone()];
        let place = document.place();
        let mut claim = Claim::new(name, Version::Exact(version), EvidenceKind::Locked, document.location(None), place);
        claim.import_names = import_names;
        claim
    }));
}
