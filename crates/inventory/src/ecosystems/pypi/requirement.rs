//! One requirement as Python writes it: `requests[socks]>=2.8,<3; python_version < "3.8"`.
//!
//! **Source**: the "Dependency specifiers" specification (PEP 508), pip's "Requirement specifiers". **Supported**: names,
//! extras, specifiers with and without parentheses, `name @ address`, markers, file names of wheels and source archives.

use model::component::Version;

use crate::ecosystems::pypi::{normalise_name, specifier, version};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Requirement<'a> {
    /// As written.
    pub(crate) name: &'a str,
    pub(crate) extras: Vec<&'a str>,
    pub(crate) wanted: Wanted<'a>,
    /// Without the semicolon; empty when there is none.
    pub(crate) marker: &'a str,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted<'a> {
    /// A specifier; empty means any version.
    Versions(&'a str),
    /// Whatever lies at the address.
    Address(&'a str),
}

/// The requirement in `text`; `None` when it does not begin with a name or its specifier cannot be read.
pub(crate) fn parse(text: &str) -> Option<Requirement<'_>> {
    let text = text.trim();
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let (name, rest) = text.split_at(text.find(|c| !is_name(c)).unwrap_or(text.len()));
    let is_valid =
        name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.ends_with(|c: char| c.is_ascii_alphanumeric());
    if !is_valid {
        return None;
    }
    let (extras, rest) = match rest.trim_start().strip_prefix('[') {
        Some(inner) => {
            let (extras, rest) = inner.split_once(']')?;
            (extras.split(',').map(str::trim).filter(|extra| !extra.is_empty()).collect(), rest)
        }
        None => (Vec::new(), rest),
    };
    let rest = rest.trim_start();
    if let Some(address) = rest.strip_prefix('@') {
        // An address may hold semicolons; a marker behind it stands after a space.
        let (address, marker) = address
            .trim_start()
            .split_once(" ;")
            .or_else(|| address.trim_start().split_once("; "))
            .unwrap_or((address, ""));
        return Some(Requirement { name, extras, wanted: Wanted::Address(address.trim()), marker: marker.trim() });
    }
    let (versions, marker) = rest.split_once(';').unwrap_or((rest, ""));
    let versions = versions.trim();
    specifier::parse(versions).ok().filter(|_| !versions.starts_with(is_name))?;
    Some(Requirement { name, extras, wanted: Wanted::Versions(versions), marker: marker.trim() })
}

impl Requirement<'_> {
    pub(crate) fn canonical_name(&self) -> String {
        normalise_name(self.name).into_owned()
    }

    /// The version asked for, as far as the text says.
    pub(crate) fn version(&self) -> Version {
        match self.wanted {
            Wanted::Versions(versions) => version_of(versions),
            Wanted::Address(address) => match archive_version(address) {
                Some((_, version)) => Version::Exact(version.to_owned()),
                None => Version::Unknown,
            },
        }
    }
}

/// `==1.2` is that version; everything else a range.
pub(crate) fn version_of(versions: &str) -> Version {
    let bare = versions.trim_start_matches('(').trim_end_matches(')').trim();
    let pinned = bare.strip_prefix("===").or_else(|| bare.strip_prefix("==")).map(str::trim);
    match pinned.filter(|pinned| !pinned.contains([',', '*', ' ', '|']) && version::parts(pinned).is_some()) {
        Some(pinned) => Version::Exact(pinned.to_owned()),
        None => Version::Range(versions.to_owned()),
    }
}

/// Name and version in the file name of a wheel or source archive at the end of a path or address.
pub(crate) fn archive_version(address: &str) -> Option<(&str, &str)> {
    let address = address.split(['#', '?']).next()?;
    let file_name = address.rsplit(['/', '\\']).next()?;
    if let Some(wheel) = file_name.strip_suffix(".whl") {
        let mut parts = wheel.split('-');
        let (name, version) = (parts.next()?, parts.next()?);
        return version::parts(version).map(|_| (name, version));
    }
    let stem = [".tar.gz", ".zip", ".tar.bz2", ".tgz"].iter().find_map(|suffix| file_name.strip_suffix(suffix))?;
    let (name, version) = stem.rsplit_once('-')?;
    version::parts(version).filter(|_| !name.is_empty()).map(|_| (name, version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_requirements() {
        let versions = |text| {
            parse(text)
                .map(|requirement| (requirement.canonical_name(), requirement.version(), requirement.marker.to_owned()))
        };
        let exact = |text: &str| Version::Exact(text.to_owned());
        let range = |text: &str| Version::Range(text.to_owned());
        let cases = [
            ("requests", "requests", range(""), ""),
            ("Flask_Login==0.6.3", "flask-login", exact("0.6.3"), ""),
            (
                "requests [security,tests] >= 2.8.1, == 2.8.* ; python_version < \"2.7\"",
                "requests",
                range(">= 2.8.1, == 2.8.*"),
                "python_version < \"2.7\"",
            ),
            ("a (==1.0)", "a", exact("1.0"), ""),
            ("a===1.0", "a", exact("1.0"), ""),
            ("a==1.*", "a", range("==1.*"), ""),
            ("a @ https://host/a-1.2-py3-none-any.whl#sha256=0", "a", exact("1.2"), ""),
            ("a@git+https://host/a.git@v1 ; os_name == 'nt'", "a", Version::Unknown, "os_name == 'nt'"),
            ("a;sys_platform=='win32'", "a", range(""), "sys_platform=='win32'"),
        ];
        for (text, name, version, marker) in cases {
            assert_eq!(versions(text), Some((name.to_owned(), version, marker.to_owned())), "{text}");
        }
        assert_eq!(parse("a[b, c]").unwrap().extras, ["b", "c"]);
    }

    #[test]
    fn refuses_what_is_no_requirement() {
        for text in ["", "-x", "./path", "a b", "a 1.0", "a=>1", "https://host/x", "a[b", "ä"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn reads_versions_from_file_names() {
        let cases = [
            ("./wheels/foo_bar-1.0-py3-none-any.whl", Some(("foo_bar", "1.0"))),
            ("https://host/foo-bar-2.0rc1.tar.gz#egg=x", Some(("foo-bar", "2.0rc1"))),
            ("git+https://host/foo.git", None),
            ("master.zip", None),
        ];
        for (address, expected) in cases {
            assert_eq!(archive_version(address), expected, "{address}");
        }
    }
}
