//! The order of Go versions.
//!
//! **Source**: the Go modules reference, "Versions" and "Pseudo-versions"; "Go Toolchains" for the toolchain's own names.
//! **Supported**: module versions with and without `v`, `+incompatible`, pseudo-versions (their time ranks them);
//! `go1.21rc2`, `1.21rc2`, and what vendors append behind a space, `-` or `+` (`go1.24.3 X:nocoverage`).
//! **Unsupported** (→ `Unparsable`): `(devel)`, `devel go1.23-…`, commit hashes.

use crate::ecosystems::semver;
use crate::{Unparsable, VersionKey};

pub(crate) fn key(text: &str) -> Result<VersionKey, Unparsable> {
    let trimmed = text.trim();
    let plain = match trimmed.strip_prefix("go") {
        Some(toolchain) => toolchain_version(toolchain),
        None => module_version(trimmed.strip_prefix('v').unwrap_or(trimmed)),
    };
    plain
        .and_then(|plain| semver::key(&plain, "a Go version").ok())
        .ok_or_else(|| Unparsable::new(text, "a Go version"))
}

fn module_version(text: &str) -> Option<String> {
    let (numbers, rest) = split_numbers(text);
    match rest.chars().next() {
        None | Some('-' | '+') => Some(text.to_owned()),
        Some(_) => toolchain_version(text).filter(|_| numbers.contains('.')),
    }
}

/// `1.21rc2` as the semantic version it stands for, `1.21.0-rc.2`; a vendor's suffix is left out.
fn toolchain_version(text: &str) -> Option<String> {
    let text = text.split([' ', '-', '+']).next()?;
    let (numbers, rest) = split_numbers(text);
    if rest.is_empty() {
        return Some(numbers.to_owned());
    }
    let tag = ["rc", "beta"].into_iter().find(|tag| rest.starts_with(tag))?;
    let number = rest.strip_prefix(tag)?;
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| format!("{numbers}-{tag}.{number}"))
}

fn split_numbers(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_versions_as_go_does() {
        let ascending = [
            "v0.0.0-20190101000000-abcdefabcdef",
            "0.0.0-20240116172146-2a6ca2d4e64d",
            "v0.0.1",
            "v1.2.3-0.20190101000000-abcdefabcdef",
            "v1.2.3-pre.0.20190101000000-abcdefabcdef",
            "v1.2.3",
            "1.20.0-0",
            "go1.20beta1",
            "go1.20rc1",
            "go1.20rc2",
            "go1.20",
            "go1.20.1",
            "1.21.0-rc.2",
            "go1.21rc3",
            "go1.21.0",
            "v2.0.0+incompatible",
        ];
        for pair in ascending.windows(2) {
            assert!(key(pair[0]).unwrap() < key(pair[1]).unwrap(), "{pair:?}");
        }
    }

    #[test]
    fn reads_the_same_version_in_every_form() {
        let equal = [
            ("go1.21", "1.21.0"),
            ("go1.21rc2", "1.21.0-rc.2"),
            ("1.21rc2", "go1.21rc2"),
            ("v1.0.0+incompatible", "1.0.0"),
            ("go1.24.3 X:nocoverageredesign", "1.24.3"),
            ("go1.22.1-fips", "1.22.1"),
            ("go1.9", "1.9.0"),
        ];
        for (left, right) in equal {
            assert_eq!(key(left).unwrap(), key(right).unwrap(), "{left} {right}");
        }
        for text in ["", "(devel)", "devel go1.23-abc", "0123abcdef", "go", "v", "go1.21x"] {
            assert!(key(text).is_err(), "{text}");
        }
    }
}
