//! RubyGems: Ruby packages.

mod gem_file;
mod gemfile;
mod gemfile_lock;
mod gemspec;
mod requirement;
mod ruby;
mod version;

use model::component::Version;

use crate::ecosystem::{Layout, as_written};
use crate::key::natural_key;
use crate::{Ecosystem, Order};

pub(crate) const RUBYGEMS: Ecosystem = Ecosystem {
    id: "rubygems",
    purl_type: "gem",
    purl_namespaces: &[],
    advisory_name: "RubyGems",
    title: "RubyGems",
    namespace_separator: None,
    normalise_name: as_written,
    formats: &[gem_file::FORMAT, gemfile::FORMAT, gemfile_lock::FORMAT, gemspec::INSTALLED, gemspec::PROJECT],
    layout: Layout::TREE,
    order: Some(Order { key: version::key, fallback_key: natural_key, range: Some(requirement::parse) }),
};

/// What requirements written one by one come to: one version, or a range.
fn requirement_of(requirements: &[String]) -> Version {
    match requirements {
        [only] => {
            let bare = only.trim_start_matches('=').trim();
            let is_exact = version::key(bare).is_ok() && !only.starts_with("==");
            if is_exact { Version::Exact(bare.to_owned()) } else { Version::Range(only.clone()) }
        }
        several => Version::Range(several.join(", ")),
    }
}

/// Whether the folder is an installed gem's, or below one: `gems/NAME-VERSION/…`. Its files speak of that gem alone.
fn is_in_gem(folder: &str) -> bool {
    let mut segments = folder.split('/');
    while let Some(segment) = segments.next() {
        let is_gem = |name: &str| {
            gemspec::full_name(name).is_some() || name.rsplit_once('-').is_some_and(|(_, commit)| is_commit(commit))
        };
        if segment == "gems" && segments.clone().next().is_some_and(is_gem) {
            return true;
        }
    }
    false
}

fn is_commit(text: &str) -> bool {
    text.len() >= 7 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
