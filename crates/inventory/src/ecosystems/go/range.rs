//! What a manifest says of the toolchain: `>=1.21`, at least that release.
//!
//! **Source**: the Go modules reference, "go directive". **Supported**: that one form, for `stdlib`; modules are asked for by
//! exact versions. **Unsupported** (→ `Unparsable`): everything else.

use super::version;
use crate::{AdmittedVersions, Cut, Unparsable, VersionSet};

pub(super) fn parse(text: &str) -> Result<AdmittedVersions, Unparsable> {
    let lowest = text.trim().strip_prefix(">=").ok_or_else(|| Unparsable::new(text, "a Go version range"))?;
    let admitted = VersionSet::between(Cut::before(version::key(lowest.trim())?), Cut::End);
    Ok(AdmittedVersions::new(admitted, VersionSet::empty(), Cut::clone))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn admits_what_is_at_least_as_new() {
        let admitted = parse(">=1.21rc2").unwrap();
        for (version, expected) in [("go1.21", true), ("1.21rc2", true), ("1.21rc1", false), ("1.20.9", false)] {
            assert_eq!(admitted.contains(&version::key(version).unwrap()), expected, "{version}");
        }
        assert!(parse("1.21").is_err() && parse(">=x").is_err());
    }
}
