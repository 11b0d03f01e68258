//! The order of NuGet versions.
//!
//! **Source**: NuGet's documentation, "Package versioning". **Supported**: one to four numbers, pre-releases of SemVer 2 in
//! any case, build metadata (no rank). **Unsupported** (→ `Unparsable`): five numbers, floating versions (`1.*`).

use crate::ecosystems::semver;
use crate::{Unparsable, VersionKey};

/// More numbers make no NuGet version.
const MAX_NUMBERS: usize = 4;

pub(crate) fn key(text: &str) -> Result<VersionKey, Unparsable> {
    let lower = text.to_ascii_lowercase();
    let parts = semver::parts(lower.trim_start_matches('v')).filter(|parts| parts.numbers.len() <= MAX_NUMBERS);
    parts.map(|parts| semver::parts_key(&parts)).ok_or_else(|| Unparsable::new(text, "a NuGet version"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_versions_as_nuget_does() {
        let ascending = [
            "0.9",
            "1.0.0-alpha",
            "1.0.0-ALPHA.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0",
            "1.0.0.1-pre",
            "1.0.0.1",
            "1.0.1",
            "1.0.10",
            "2",
        ];
        for pair in ascending.windows(2) {
            assert!(key(pair[0]).unwrap() < key(pair[1]).unwrap(), "{pair:?}");
        }
        for (left, right) in [("1.0", "1.0.0.0"), ("1.0.0-RC", "1.0.0-rc"), ("1.0.0+a", "1.0.0+b"), ("1.01", "1.1")] {
            assert_eq!(key(left).unwrap(), key(right).unwrap(), "{left} {right}");
        }
        for text in ["", "1.*", "1.2.3.4.5", "a"] {
            assert!(key(text).is_err(), "{text}");
        }
    }
}
