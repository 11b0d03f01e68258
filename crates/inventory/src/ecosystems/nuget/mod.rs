//! NuGet: .NET packages. Names are the same in any case, and shown as they are spelled.

mod assembly;
mod assets_json;
mod bundle;
mod deps_json;
mod packages_config;
mod packages_lock;
mod project;
mod range;
mod runtimeconfig;
mod version;

pub(crate) use bundle::{READER as PROGRAM_READER, is_plain_host};
pub(crate) use project::SHARED_FILES;

use std::borrow::Cow;

use model::Location;
use model::component::{EvidenceKind, Version};

use crate::claim::{Claim, Place};
use crate::ecosystem::Layout;
use crate::key::natural_key;
use crate::{Ecosystem, Order};

pub(crate) const NUGET: Ecosystem = Ecosystem {
    id: "nuget",
    purl_type: "nuget",
    purl_namespaces: &[],
    advisory_name: "NuGet",
    title: "NuGet",
    namespace_separator: None,
    normalise_name,
    formats: &[
        assembly::FORMAT,
        assets_json::FORMAT,
        deps_json::FORMAT,
        packages_config::FORMAT,
        packages_lock::FORMAT,
        project::FORMAT,
        runtimeconfig::FORMAT,
    ],
    layout: Layout::TREE,
    order: Some(Order { key: version::key, fallback_key: natural_key, range: Some(range::parse) }),
};

/// Names are compared as the invariant culture folds them: each character by its simple lower case, but for `İ`, which that
/// culture leaves alone.
fn normalise_name(name: &str) -> Cow<'_, str> {
    let is_folded = |c: char| !c.is_ascii_uppercase() && (c.is_ascii() || lower(c) == c);
    if name.chars().all(is_folded) { Cow::Borrowed(name) } else { Cow::Owned(name.chars().map(lower).collect()) }
}

fn folded(name: &str) -> String {
    normalise_name(name).into_owned()
}

fn lower(character: char) -> char {
    let mut lower = character.to_lowercase();
    // `İ` is the one character with a lower case of several.
    match (lower.next(), lower.next()) {
        (Some(lower), None) => lower,
        _ => character,
    }
}

/// A package of this name in any spelling.
fn claim(name: &str, version: Version, kind: EvidenceKind, location: Location, place: Place) -> Claim {
    let mut claim = Claim::new(folded(name), version, kind, location, place);
    claim.spelling = Some(name.to_owned());
    claim
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fold_as_the_invariant_culture_does() {
        for (name, expected) in [
            ("Newtonsoft.Json", "newtonsoft.json"),
            ("newtonsoft.json", "newtonsoft.json"),
            ("ÄÖÜ.Ψ", "äöü.ψ"),
            ("ΟΔΟΣ", "οδοσ"),
            ("İı", "İı"),
            ("straße", "straße"),
        ] {
            assert_eq!(normalise_name(name), expected, "{name}");
        }
        assert!(matches!(normalise_name("a.b-1"), Cow::Borrowed(_)));
    }
}
