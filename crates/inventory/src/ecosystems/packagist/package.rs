//! What Composer's files say of one package.

use std::borrow::Cow;

use model::component::{EvidenceKind, Version};
use serde::Deserialize;

use crate::claim::Claim;
use crate::document::Document;
use crate::ecosystem::lower_case;
use crate::json::{Members, Text};

/// An entry of `composer.lock` and `installed.json`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Package<'a> {
    pub(super) name: Text<'a>,
    pub(super) version: Text<'a>,
    #[serde(rename = "type")]
    pub(super) kind: Text<'a>,
    pub(super) source: Origin<'a>,
    pub(super) dist: Origin<'a>,
    pub(super) require: Members<'a, Text<'a>>,
    #[serde(rename = "install-path")]
    pub(super) install_path: Text<'a>,
}

/// Where a package's files came from.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Origin<'a> {
    #[serde(rename = "type")]
    pub(super) kind: Text<'a>,
    pub(super) url: Text<'a>,
    pub(super) reference: Text<'a>,
}

impl Package<'_> {
    /// The package as `document` states it at `line`; `None` without a name.
    pub(super) fn claim(
        &self,
        kind: EvidenceKind,
        document: &Document<'_>,
        root: &str,
        line: Option<u32>,
    ) -> Option<Claim> {
        let name = self.name.as_str().filter(|name| is_package_name(name))?;
        let version = self.version.as_str().filter(|version| !version.is_empty());
        let version = version.map_or(Version::Unknown, |version| Version::Exact(version.to_owned()));
        let package = lower_case(name).into_owned();
        let mut claim = Claim::new(package, version, kind, document.location(line), document.place_at(root));
        claim.requires = self
            .require
            .keys()
            .filter(|name| is_package_name(name))
            .map(|name| lower_case(name).into_owned())
            .collect();
        claim.qualifiers = self.qualifiers();
        Some(claim)
    }

    pub(super) fn is_in_folder(&self) -> bool {
        self.dist.kind.as_str() == Some("path")
    }

    /// A branch has no version of its own, so its commit is what tells it.
    fn qualifiers(&self) -> Vec<(&'static str, String)> {
        let is_branch = self.version.as_str().is_some_and(|version| version.starts_with("dev-"));
        match (self.source.kind.as_str(), self.source.url.as_str(), self.source.reference.as_str()) {
            (Some(kind), Some(url), Some(reference)) if is_branch && !url.is_empty() => {
                vec![("vcs_url", format!("{kind}+{url}@{reference}"))]
            }
            _ => Vec::new(),
        }
    }
}

/// Whether it is `vendor/package` and not the platform's own (`php`, `ext-json`, `composer-runtime-api`).
pub(super) fn is_package_name(name: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
    };
    name.split_once('/').is_some_and(|(vendor, package)| is_part(vendor) && is_part(package))
}

/// Name and version of the project whose manifest this is.
pub(super) fn project(document: &Document<'_>, name: &str, version: Option<Cow<'_, str>>) -> Claim {
    let version = version.map_or(Version::Unknown, |version| Version::Exact(version.into_owned()));
    let location = document.location(None);
    let package = lower_case(name).into_owned();
    let mut claim = Claim::new(package, version, EvidenceKind::Declared, location, document.place());
    claim.presence = model::component::Presence::Project;
    claim
}

/// Whether the path lies inside an installed package: `vendor/NAME/NAME/…`. Its manifests speak of that package alone.
pub(super) fn is_in_package(folder: &str) -> bool {
    let mut segments = folder.split('/');
    while let Some(segment) = segments.next() {
        if segment == "vendor" && segments.clone().nth(1).is_some() {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_packages_from_the_platform() {
        for name in ["symfony/console", "a/b_c.d-e"] {
            assert!(is_package_name(name), "{name}");
        }
        for name in ["php", "ext-json", "composer-plugin-api", "a/b/c", "/", "a/"] {
            assert!(!is_package_name(name), "{name}");
        }
    }

    #[test]
    fn tells_projects_from_installed_packages() {
        for (folder, expected) in
            [("", false), ("vendor", false), ("vendor/a", false), ("x/vendor/a/b", true), ("vendor/a/b/c", true)]
        {
            assert_eq!(is_in_package(folder), expected, "{folder}");
        }
    }
}
