//! The order of Dart versions: semantic versions, but build metadata ranks too.
//!
//! **Source**: pub's documentation, "Package versioning", and pub_semver's description of its order.

use crate::ecosystems::semver;
use crate::key::KeyWriter;
use crate::{Cut, Side, Unparsable, VersionKey};

pub(crate) fn key(text: &str) -> Result<VersionKey, Unparsable> {
    let version = semver::key(text, "a Pub version")?;
    let mut build = KeyWriter::default();
    if let Some((_, identifiers)) = text.trim().split_once('+') {
        for identifier in identifiers.split('.') {
            if !identifier.is_empty() && identifier.bytes().all(|byte| byte.is_ascii_digit()) {
                build.byte(1).number(identifier);
            } else {
                build.byte(2).text(identifier);
            }
        }
    }
    Ok(VersionKey::from_bytes([version.as_bytes(), build.byte(0).finish().as_bytes()].concat()))
}

/// The place of the first release at or above `cut`. Of one release there may be several builds, so only what lies among
/// pre-releases moves.
pub(crate) fn first_release(cut: &Cut) -> Cut {
    let Cut::At(key, _) = cut else { return cut.clone() };
    let before = Cut::At(key.clone(), Side::Before);
    match semver::first_release(&before) {
        release if release == before => cut.clone(),
        release => release,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_versions_as_pub_does() {
        let ascending = [
            "1.0.0-alpha",
            "1.0.0-alpha+1",
            "1.0.0-rc.1",
            "1.0.0",
            "1.0.0+0",
            "1.0.0+1",
            "1.0.0+1.2",
            "1.0.0+10",
            "1.0.0+a",
            "1.0.1",
        ];
        for pair in ascending.windows(2) {
            assert!(key(pair[0]).unwrap() < key(pair[1]).unwrap(), "{pair:?}");
        }
    }
}
