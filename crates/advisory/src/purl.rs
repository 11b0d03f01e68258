//! Package URLs, as `advisories query` and SBOMs name packages.
//!
//! **Source**: the purl specification: `scheme:type/namespace/name@version?qualifiers#subpath`, parsed from the right.
//! **Supported**: percent-encoding in every part, `@` of npm scopes with and without encoding, names in any spelling.
//! **Unsupported (→ error)**: purls without type or name, escapes that are no UTF-8.

use inventory::Ecosystem;
use model::component::Version;

use crate::matching::{Provenance, Subject};

/// A package URL in its parts, percent-decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageUrl {
    /// Lower case.
    pub kind: String,
    /// Without slashes at its ends; empty when there is none.
    pub namespace: String,
    pub name: String,
    pub version: Option<String>,
    /// As written, keys in lower case.
    pub qualifiers: Vec<(String, String)>,
}

/// Why a text is no package URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PurlError {
    #[error("`{0}` does not begin with `pkg:`")]
    NoScheme(String),
    #[error("`{0}` has no type: write `pkg:npm/name@version`")]
    NoType(String),
    #[error("`{0}` has no name: write `pkg:npm/name@version`")]
    NoName(String),
    #[error("`{0}` has an escape that is no UTF-8 text")]
    Escape(String),
}

impl PackageUrl {
    /// # Errors
    /// When a part that every package URL has is missing.
    pub fn parse(text: &str) -> Result<Self, PurlError> {
        let escape = || PurlError::Escape(text.to_owned());
        let scheme = text.get(..4).filter(|scheme| scheme.eq_ignore_ascii_case("pkg:"));
        let rest = scheme.and_then(|_| text.get(4..)).ok_or_else(|| PurlError::NoScheme(text.to_owned()))?;
        let rest = rest.split_once('#').map_or(rest, |(rest, _)| rest);
        let (rest, qualifiers) = rest.split_once('?').unwrap_or((rest, ""));
        let rest = rest.trim_matches('/');
        let (kind, path) = rest.split_once('/').ok_or_else(|| PurlError::NoType(text.to_owned()))?;
        let (path, version) = split_version(path);
        let (namespace, name) = path.trim_end_matches('/').rsplit_once('/').unwrap_or(("", path.trim_end_matches('/')));
        if kind.is_empty() {
            return Err(PurlError::NoType(text.to_owned()));
        }
        let namespace: Vec<_> = namespace
            .split('/')
            .filter(|part| !part.is_empty())
            .map(decode)
            .collect::<Option<_>>()
            .ok_or_else(escape)?;
        let name = decode(name).ok_or_else(escape)?;
        if name.is_empty() {
            return Err(PurlError::NoName(text.to_owned()));
        }
        let version = version
            .map(|version| decode(version).ok_or_else(escape))
            .transpose()?
            .filter(|version| !version.is_empty());
        let qualifiers = qualifiers
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(key, value)| Some((key.to_ascii_lowercase(), decode(value)?)))
            .collect::<Option<_>>()
            .ok_or_else(escape)?;
        Ok(Self { kind: kind.to_ascii_lowercase(), namespace: namespace.join("/"), name, version, qualifiers })
    }

    pub fn qualifier(&self, key: &str) -> Option<&str> {
        self.qualifiers.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }

    /// What its qualifiers say of where the package comes from.
    pub fn provenance(&self) -> Provenance {
        if self.qualifier("vcs_url").is_some() || self.qualifier("download_url").is_some() {
            Provenance::Elsewhere
        } else if self.qualifier("repository_url").is_some() {
            Provenance::OtherRegistry
        } else {
            Provenance::Registry
        }
    }

    /// The ecosystem, when the program knows it.
    pub fn ecosystem(&self) -> Option<&'static Ecosystem> {
        Ecosystem::by_purl_type(&self.kind)
    }

    /// The package's name in the ecosystem's canonical form.
    pub fn canonical_name(&self, ecosystem: &Ecosystem) -> String {
        let separator = ecosystem.namespace_separator.unwrap_or('/');
        let full = if self.namespace.is_empty() {
            self.name.clone()
        } else {
            format!("{}{separator}{}", self.namespace, self.name)
        };
        (ecosystem.normalise_name)(&full).into_owned()
    }
}

/// What a purl asks of the index, holding the texts that a [`Subject`] borrows.
#[derive(Debug)]
pub struct OwnedSubject {
    pub ecosystem: &'static Ecosystem,
    pub release: Option<String>,
    pub name: String,
    pub version: Version,
    pub provenance: Provenance,
}

impl OwnedSubject {
    /// `None` when the program does not know the purl's ecosystem.
    pub fn from_purl(purl: &PackageUrl) -> Option<Self> {
        let ecosystem = purl.ecosystem()?;
        Some(Self {
            ecosystem,
            release: None,
            name: purl.canonical_name(ecosystem),
            version: purl.version.clone().map_or(Version::Unknown, Version::Exact),
            provenance: purl.provenance(),
        })
    }

    pub fn as_subject(&self) -> Subject<'_> {
        Subject {
            ecosystem: self.ecosystem,
            release: self.release.as_deref(),
            name: &self.name,
            version: &self.version,
            provenance: self.provenance,
        }
    }
}

/// At the last `@` that does not begin a scope (`pkg:npm/@scope/name`).
fn split_version(path: &str) -> (&str, Option<&str>) {
    match path.rsplit_once('@') {
        Some((before, version)) if !before.is_empty() && !before.ends_with('/') => (before, Some(version)),
        _ => (path, None),
    }
}

/// `None` when an escape yields no UTF-8. A `%` without two hexadecimal digits stands for itself.
fn decode(text: &str) -> Option<String> {
    if !text.contains('%') {
        return Some(text.to_owned());
    }
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let digits = after.first_chunk::<2>().filter(|_| *byte == b'%');
        match digits.and_then(|[high, low]| Some(hex(*high)? << 4 | hex(*low)?)) {
            Some(escaped) => {
                decoded.push(escaped);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                decoded.push(*byte);
                rest = after;
            }
        }
    }
    String::from_utf8(decoded).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(purl: &str, expected: (&str, &str, Option<&str>)) {
        let purl = PackageUrl::parse(purl).unwrap();
        let ecosystem = purl.ecosystem().unwrap();
        let name = purl.canonical_name(ecosystem);
        assert_eq!((ecosystem.id, name.as_str(), purl.version.as_deref()), expected);
    }

    #[test]
    fn reads_names_and_versions_in_every_spelling() {
        check("pkg:npm/lodash@4.17.15", ("npm", "lodash", Some("4.17.15")));
        check("pkg:npm/%40scope/x@1", ("npm", "@scope/x", Some("1")));
        check("pkg:npm/@scope/x@1", ("npm", "@scope/x", Some("1")));
        check("pkg:npm/@scope/x", ("npm", "@scope/x", None));
        check("PKG:NPM/JSONStream@1.0.0%2Bbuild", ("npm", "JSONStream", Some("1.0.0+build")));
        check("pkg:pypi/Foo.Bar@1.0", ("pypi", "foo-bar", Some("1.0")));
        check("pkg:pypi/requests@2.0?vcs_url=git%2Bhttps://x/y@1#src", ("pypi", "requests", Some("2.0")));
        check("pkg://npm//lodash@", ("npm", "lodash", None));
        check("pkg:pypi/a%b@1", ("pypi", "a%b", Some("1")));
    }

    #[test]
    fn says_where_the_package_comes_from() {
        for (purl, expected) in [
            ("pkg:npm/x@1", Provenance::Registry),
            ("pkg:npm/x@1?repository_url=registry.example", Provenance::OtherRegistry),
            ("pkg:npm/x@1?vcs_url=git%2Bssh://git@host.example/x", Provenance::Elsewhere),
            ("pkg:npm/x@1?arch=any&Download_URL=https://x.example/x.tgz", Provenance::Elsewhere),
        ] {
            assert_eq!(PackageUrl::parse(purl).unwrap().provenance(), expected, "{purl}");
        }
    }

    #[test]
    fn refuses_what_names_no_package() {
        for text in ["", "lodash", "pkg:", "pkg:npm", "pkg:npm/", "pkg:/x", "pkg:npm/%ff%fe", "npm/x@1"] {
            assert!(PackageUrl::parse(text).is_err(), "{text}");
        }
    }
}
