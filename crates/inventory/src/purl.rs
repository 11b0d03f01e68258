//! Package URLs: reading them in any spelling, writing them in the canonical form.
//!
//! **Source**: the purl specification (ECMA-427): `scheme:type/namespace/name@version?qualifiers#subpath`, parsed from the
//! right; written with type, namespace and name segments percent-encoded but for unreserved characters and `:`.
//! **Supported**: percent-encoding in every part, `@` of npm scopes with and without encoding, names in any spelling.
//! **Unsupported (→ error)**: purls without type or name, escapes that are no UTF-8.

use model::component::SourcePackage;

use crate::Ecosystem;

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

/// Purl types of operating systems' packages.
pub(crate) const SYSTEM_TYPES: &[&str] = &["apk", "deb", "rpm"];

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

    /// The version as its package manager orders it: with the epoch, which purls of system packages state apart.
    pub fn with_epoch(&self, version: &str) -> String {
        match self.qualifier("epoch").filter(|epoch| !matches!(*epoch, "" | "0") && !version.contains(':')) {
            Some(epoch) if SYSTEM_TYPES.contains(&self.kind.as_str()) => format!("{epoch}:{version}"),
            _ => version.to_owned(),
        }
    }

    /// The source package that `upstream` names: `curl`, `curl@8.5.0-1`, or rpm's `curl-8.5.0-1.src.rpm`, whose version lacks
    /// the epoch that both share.
    pub fn source_package(&self) -> Option<SourcePackage> {
        let upstream = self.qualifier("upstream")?;
        let parts = match upstream.strip_suffix(".src.rpm") {
            Some(stem) => {
                let mut dashes = stem.rmatch_indices('-').map(|(at, _)| at);
                dashes.nth(1).and_then(|at| Some((stem.get(..at)?, self.with_epoch(stem.get(at + 1..)?))))
            }
            None => upstream.split_once('@').map(|(name, version)| (name, version.to_owned())),
        };
        let (name, version) = parts.map_or((upstream, None), |(name, version)| (name, Some(version)));
        Some(SourcePackage { name: name.to_owned(), version })
    }

    /// The ecosystem, when the program knows it. A distribution that is named with its release says more than the vendor,
    /// who may have several.
    pub fn ecosystem(&self) -> Option<&'static Ecosystem> {
        let distribution = self.qualifier("distro").and_then(|distro| crate::distributions::named(&self.kind, distro));
        if let Some(distribution) = distribution {
            return Some(distribution.ecosystem);
        }
        let namespace = Some(self.namespace.as_str()).filter(|namespace| !namespace.is_empty());
        Ecosystem::by_purl(&self.kind, namespace)
    }

    /// The package's name in the ecosystem's canonical form.
    pub fn canonical_name(&self, ecosystem: &Ecosystem) -> String {
        // Distributions share a type; there the namespace is the vendor, not part of the name.
        if !ecosystem.purl_namespaces.is_empty() || ecosystem.is_neutral() {
            return (ecosystem.normalise_name)(&self.name).into_owned();
        }
        let separator = ecosystem.namespace_separator.unwrap_or('/');
        let full = if self.namespace.is_empty() {
            self.name.clone()
        } else {
            format!("{}{separator}{}", self.namespace, self.name)
        };
        (ecosystem.normalise_name)(&full).into_owned()
    }
}

/// The purl of a package; without `@version` when there is none. Qualifiers are sorted by key.
pub(crate) fn purl(ecosystem: &Ecosystem, name: &str, version: Option<&str>, qualifiers: &[(&str, String)]) -> String {
    purl_within(ecosystem, None, name, version, qualifiers)
}

/// As [`purl`], with a namespace that the ecosystem does not have of its own.
pub(crate) fn purl_within(
    ecosystem: &Ecosystem,
    namespace: Option<&str>,
    name: &str,
    version: Option<&str>,
    qualifiers: &[(&str, String)],
) -> String {
    let mut purl = format!("pkg:{}/", ecosystem.purl_type);
    match ecosystem.namespace_separator.and_then(|separator| name.rsplit_once(separator)) {
        Some((namespace, name)) => {
            for segment in namespace.split('/') {
                push_encoded(&mut purl, segment);
                purl.push('/');
            }
            push_encoded(&mut purl, name);
        }
        None => {
            if let Some(namespace) = ecosystem.purl_namespaces.first().copied().or(namespace) {
                push_encoded(&mut purl, namespace);
                purl.push('/');
            }
            push_encoded(&mut purl, name);
        }
    }
    if let Some(version) = version {
        // rpm's purls state the epoch as a qualifier, and the version without it.
        let epoch = qualifiers.iter().find(|(key, _)| *key == "epoch").map(|(_, epoch)| epoch.as_str());
        let version = epoch.and_then(|epoch| version.strip_prefix(epoch)?.strip_prefix(':')).unwrap_or(version);
        purl.push('@');
        push_encoded(&mut purl, version);
    }
    let mut qualifiers: Vec<_> = qualifiers.iter().filter(|(_, value)| !value.is_empty()).collect();
    qualifiers.sort_unstable();
    for (separator, (key, value)) in std::iter::once('?').chain(std::iter::repeat('&')).zip(qualifiers) {
        purl.push(separator);
        purl.push_str(key);
        purl.push('=');
        push_encoded(&mut purl, value);
    }
    purl
}

fn push_encoded(purl: &mut String, text: &str) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b':') {
            purl.push(char::from(byte));
        } else {
            purl.push('%');
            purl.extend(
                [byte >> 4, byte & 15].map(|digit| HEX.get(usize::from(digit)).copied().map_or('0', char::from)),
            );
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
    fn reads_source_packages_as_tools_write_them() {
        for (purl, name, version) in [
            ("pkg:deb/debian/libcurl4@8.5.0?upstream=curl", "curl", None),
            ("pkg:deb/debian/libssl3@3.0?upstream=openssl@3.0.11-1", "openssl", Some("3.0.11-1")),
            (
                "pkg:rpm/amzn/x@8.5.0?upstream=java-17-amazon-8.5.0-1.amzn2023.src.rpm",
                "java-17-amazon",
                Some("8.5.0-1.amzn2023"),
            ),
            ("pkg:rpm/amzn/x@1?epoch=2&upstream=curl-8.5.0-1.src.rpm", "curl", Some("2:8.5.0-1")),
            ("pkg:rpm/amzn/x@1?epoch=0&upstream=curl-8.5.0-1.src.rpm", "curl", Some("8.5.0-1")),
            ("pkg:rpm/amzn/x@1?upstream=odd.src.rpm", "odd.src.rpm", None),
        ] {
            let expected = SourcePackage { name: name.to_owned(), version: version.map(str::to_owned) };
            assert_eq!(PackageUrl::parse(purl).unwrap().source_package(), Some(expected), "{purl}");
        }
    }

    #[test]
    fn versions_of_system_packages_take_the_epoch() {
        for (purl, expected) in [
            ("pkg:rpm/redhat/x@1.2-3?epoch=1", "1:1.2-3"),
            ("pkg:rpm/redhat/x@1.2-3?epoch=0", "1.2-3"),
            ("pkg:rpm/redhat/x@1.2-3?epoch=", "1.2-3"),
            ("pkg:rpm/redhat/x@1:1.2-3?epoch=1", "1:1.2-3"),
            ("pkg:npm/x@1.2.3?epoch=1", "1.2.3"),
        ] {
            let purl = PackageUrl::parse(purl).unwrap();
            assert_eq!(purl.with_epoch(purl.version.as_deref().unwrap()), expected);
        }
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
        check("pkg:deb/debian/libssl3@3.0.11-1?arch=amd64", ("debian", "libssl3", Some("3.0.11-1")));
        check("pkg:rpm/amzn/curl@8", ("amazon-linux", "curl", Some("8")));
        check("pkg:rpm/suse/curl@8?distro=opensuse-leap-15.5", ("opensuse", "curl", Some("8")));
        check("pkg:rpm/opensuse-leap/curl@8", ("opensuse", "curl", Some("8")));
        check("pkg:rpm/cbl-mariner/curl@8", ("azure-linux", "curl", Some("8")));
        check("pkg:rpm/centos/curl@8?distro=centos-7", ("rpm", "curl", Some("8")));
        check("pkg:maven/org.slf4j/slf4j-api@2", ("maven", "org.slf4j:slf4j-api", Some("2")));
        check("pkg:pypi/a%b@1", ("pypi", "a%b", Some("1")));
    }

    #[test]
    fn refuses_what_names_no_package() {
        for text in ["", "lodash", "pkg:", "pkg:npm", "pkg:npm/", "pkg:/x", "pkg:npm/%ff%fe", "npm/x@1"] {
            assert!(PackageUrl::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn writes_the_canonical_form() {
        let cases = [
            ("npm", "@scope/name", Some("1.0.0"), "pkg:npm/%40scope/name@1.0.0"),
            ("npm", "JSONStream", Some("1.0.0-rc.1+build"), "pkg:npm/JSONStream@1.0.0-rc.1%2Bbuild"),
            ("pypi", "torch", Some("1!2.0+cpu"), "pkg:pypi/torch@1%212.0%2Bcpu"),
            ("debian", "libssl3", Some("3.0.11-1~deb12u2"), "pkg:deb/debian/libssl3@3.0.11-1~deb12u2"),
            ("maven", "org.slf4j:slf4j-api", Some("2.0"), "pkg:maven/org.slf4j/slf4j-api@2.0"),
            ("pypi", "zope-interface", None, "pkg:pypi/zope-interface"),
        ];
        for (ecosystem, name, version, expected) in cases {
            assert_eq!(purl(Ecosystem::by_id(ecosystem).unwrap(), name, version, &[]), expected);
        }
        let qualifiers = [("vcs_url", "git+https://host.example/x@1".to_owned()), ("arch", "amd64".to_owned())];
        let npm = Ecosystem::by_id("npm").unwrap();
        let expected = "pkg:npm/x@1?arch=amd64&vcs_url=git%2Bhttps:%2F%2Fhost.example%2Fx%401";
        assert_eq!(purl(npm, "x", Some("1"), &qualifiers), expected);
    }
}
