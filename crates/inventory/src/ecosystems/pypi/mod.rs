//! PyPI: Python packages.

mod conda_meta;
mod egg_link;
pub(crate) mod import_names;
mod installed;
mod layout;
mod marker;
mod native;
mod pipfile;
mod poetry_lock;
mod pylock;
mod pyproject;
mod recorded;
mod requirement;
mod requirements_txt;
mod setup_cfg;
mod setup_py;
pub(crate) mod specifier;
pub(crate) mod toml_file;
pub(crate) mod unlabelled;
mod uv_lock;
mod vendored;
pub(crate) mod version;

use std::borrow::Cow;

use crate::ecosystem::Layout;
use crate::{Ecosystem, Order};

pub(crate) const PYPI: Ecosystem = Ecosystem {
    id: "pypi",
    purl_type: "pypi",
    purl_namespaces: &[],
    advisory_name: "PyPI",
    title: "PyPI",
    namespace_separator: None,
    normalise_name,
    formats: &[
        conda_meta::FORMAT,
        egg_link::FORMAT,
        installed::FORMAT,
        native::FORMAT,
        pylock::PDM,
        pipfile::MANIFEST,
        pipfile::LOCK,
        poetry_lock::FORMAT,
        pylock::PYLOCK,
        pyproject::FORMAT,
        requirements_txt::FORMAT,
        setup_cfg::FORMAT,
        setup_py::FORMAT,
        uv_lock::FORMAT,
        vendored::FORMAT,
    ],
    layout: Layout { sees: layout::sees, slots: |_, _| Vec::new() },
    order: Some(Order { key: version::key, fallback_key: version::legacy_key, range: Some(specifier::parse) }),
};

pub(crate) use installed::{distribution_in, owned};
pub(crate) use recorded::is_recorded;

/// Whether the package is the distribution; yes when its version is not stated.
pub(crate) fn is_same_distribution(
    ecosystem: &Ecosystem,
    (name, version): (&str, Option<&str>),
    (distribution, distribution_version): (&str, &str),
) -> bool {
    let is_same_version = |version| ecosystem.compare(version, distribution_version).is_eq();
    *ecosystem == PYPI && name == distribution && version.is_none_or(is_same_version)
}

/// The name as PEP 503 spells it: lower case, runs of `-`, `_` and `.` as one `-`.
pub(crate) fn normalise_name(name: &str) -> Cow<'_, str> {
    let is_separator = |byte: u8| matches!(byte, b'-' | b'_' | b'.');
    let is_normal =
        !name.bytes().any(|byte| byte.is_ascii_uppercase() || byte == b'_' || byte == b'.') && !name.contains("--");
    if is_normal {
        return Cow::Borrowed(name);
    }
    let mut normal = String::with_capacity(name.len());
    for c in name.chars() {
        match u8::try_from(c) {
            Ok(byte) if is_separator(byte) => {
                if !normal.ends_with('-') {
                    normal.push('-');
                }
            }
            _ => normal.push(c.to_ascii_lowercase()),
        }
    }
    Cow::Owned(normal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spells_names_as_pep_503_does() {
        for (name, expected) in [
            ("requests", "requests"),
            ("Flask_SQLAlchemy", "flask-sqlalchemy"),
            ("a-._b", "a-b"),
            ("zope.interface", "zope-interface"),
            ("a--b", "a-b"),
        ] {
            assert_eq!(normalise_name(name), expected);
        }
    }
}
