//! Cargo's requirement grammar.
//!
//! **Source**: The Cargo Book, "Specifying Dependencies"; documentation of crate `semver`, `VersionReq`. **Supported**: all of
//! it: bare and caret, tilde, wildcards, comparators, commas; pre-releases are admitted only where a comparator names one on
//! the same `major.minor.patch`, as npm does. **Unsupported** (→ `Unparsable`): npm's other forms.
//!
//! Each comparator means what npm's of the same form does, except that a bare version is a caret requirement, so the text is
//! respelled and read as npm's.

use crate::ecosystems::npm::range as npm;
use crate::{AdmittedVersions, Unparsable};

/// Comparators of one requirement, as crate `semver` has it.
const MAX_COMPARATORS: usize = 32;

pub(super) fn parse(text: &str) -> Result<AdmittedVersions, Unparsable> {
    let unparsable = || Unparsable::new(text, "a Cargo version requirement");
    if matches!(text.trim(), "*" | "x" | "X") {
        return npm::parse("*").map_err(|_| unparsable());
    }
    let comparators: Option<Vec<String>> = text.split(',').map(|comparator| respelled(comparator.trim())).collect();
    let comparators = comparators.filter(|all| all.len() <= MAX_COMPARATORS).ok_or_else(unparsable)?;
    npm::parse(&comparators.join(" ")).map_err(|_| unparsable())
}

/// The comparator as npm writes it; `None` where Cargo knows no such form.
fn respelled(comparator: &str) -> Option<String> {
    let end = comparator.find(|c: char| !matches!(c, '<' | '>' | '=' | '~' | '^')).unwrap_or(comparator.len());
    let (operator, version) = comparator.split_at(end);
    let version = version.trim_start();
    let version = version.split_once('+').map_or(version, |(version, _build)| version);
    let (core, tag) = version.split_once('-').unwrap_or((version, ""));
    let parts: Vec<&str> = core.split('.').collect();
    let is_wild = |part: &&str| matches!(*part, "*" | "x" | "X");
    let wild_from = parts.iter().position(|part| matches!(*part, "*" | "x" | "X")).unwrap_or(parts.len());
    let (numbers, wild) = parts.split_at_checked(wild_from)?;
    let is_number = |part: &&str| {
        part.bytes().all(|byte| byte.is_ascii_digit())
            && (part.len() == 1 || !part.starts_with('0'))
            && part.parse::<u64>().is_ok()
    };
    let is_valid = !numbers.is_empty()
        && parts.len() <= 3
        && numbers.iter().all(is_number)
        && wild.iter().all(is_wild)
        && (!version.contains('-') || (numbers.len() == 3 && is_tag(tag)));
    if !is_valid {
        return None;
    }
    match operator {
        // A version with a wildcard says itself how far it goes.
        "" if !wild.is_empty() => Some(version.to_owned()),
        "" => Some(format!("^{version}")),
        "^" | "~" | "=" | "<" | "<=" | ">" | ">=" => Some(format!("{operator}{version}")),
        _ => None,
    }
}

fn is_tag(tag: &str) -> bool {
    tag.split('.').all(|part| {
        let is_identifier = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let is_number = part.bytes().all(|byte| byte.is_ascii_digit());
        is_identifier && !(is_number && part.len() > 1 && part.starts_with('0'))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use semver::{Version, VersionReq};

    use super::*;
    use crate::Ecosystem;

    fn version() -> impl Strategy<Value = String> {
        (0_u8..4, 0_u8..4, 0_u8..4, prop::sample::select(vec!["", "", "", "-alpha", "-alpha.1", "-0", "-rc.2"]))
            .prop_map(|(major, minor, patch, tag)| format!("{major}.{minor}.{patch}{tag}"))
    }

    fn comparator() -> impl Strategy<Value = String> {
        let partial = prop_oneof![
            version(),
            (0_u8..4, 0_u8..4).prop_map(|(major, minor)| format!("{major}.{minor}")),
            (0_u8..4).prop_map(|major| major.to_string()),
            (0_u8..4, 0_u8..4).prop_map(|(major, minor)| format!("{major}.{minor}.*")),
            (0_u8..4).prop_map(|major| format!("{major}.*")),
            (0_u8..4).prop_map(|major| format!("{major}.*.*")),
            Just("*".to_owned()),
        ];
        (prop::sample::select(vec!["", "^", "~", "=", "<", "<=", ">", ">=", " ", "!"]), partial)
            .prop_map(|(operator, partial)| format!("{operator}{partial}"))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn admits_what_crate_semver_admits(requirement in prop::collection::vec(comparator(), 1..3), versions in prop::collection::vec(version(), 8)) {
            let requirement = requirement.join(", ");
            let (ours, theirs) = (parse(&requirement), VersionReq::parse(&requirement));
            prop_assert_eq!(ours.is_ok(), theirs.is_ok(), "{}", requirement);
            let (Ok(ours), Ok(theirs)) = (ours, theirs) else { return Ok(()) };
            let cargo = Ecosystem::by_id("cargo").unwrap();
            for version in versions {
                let parsed = Version::parse(&version).unwrap();
                let single = crate::VersionSet::single(cargo.version_key(&version).unwrap());
                let (ours, theirs) = (ours.intersects(&single), theirs.matches(&parsed));
                // Crate `semver` lets `~1.2` refuse a pre-release that another comparator names; Cargo's book does not say so.
                let is_unsaid = requirement.contains('-') && requirement.contains(',');
                prop_assert!(ours == theirs || (is_unsaid && ours), "{} {}: {} {}", requirement, version, ours, theirs);
            }
        }

        #[test]
        fn orders_as_crate_semver_does(left in version(), right in version()) {
            let cargo = Ecosystem::by_id("cargo").unwrap();
            let expected = Version::parse(&left).unwrap().cmp_precedence(&Version::parse(&right).unwrap());
            prop_assert_eq!(cargo.compare(&left, &right), expected);
        }
    }

    #[test]
    fn refuses_what_only_npm_knows() {
        for text in ["", "1 || 2", "1 - 2", "v1.0.0", "~>1", "latest", "1.2.3.4", "01.0.0", "1 2", ">*"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
