//! The order of npm versions: [`semver`] with the loose prefixes of node-semver (`v1.2.3`, `=1.2.3`, `= v1.2.3`).

pub(crate) use crate::ecosystems::semver::{Parts, first_release, parts_key};

use crate::ecosystems::semver;
use crate::{Unparsable, VersionKey};

pub(crate) fn key(text: &str) -> Result<VersionKey, Unparsable> {
    parts(text).map(|parts| parts_key(&parts)).ok_or_else(|| Unparsable::new(text, "an npm version"))
}

pub(crate) fn parts(text: &str) -> Option<Parts<'_>> {
    semver::parts(text.trim_start_matches(|c: char| c == '=' || c == 'v' || c == 'V' || c.is_whitespace()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Cut;

    #[test]
    fn orders_versions_as_semver_does() {
        let ascending = [
            "0.0.0-0",
            "0.0.0",
            "0.0.1",
            "0.9.0",
            "0.10.0-alpha",
            "0.10.0",
            "1.0.0-0",
            "1.0.0-1",
            "1.0.0-2",
            "1.0.0-10",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-alpha-a",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "1.0.0.1-rc",
            "1.0.0.1",
            "1.0.0.2",
            "1.0.1-pre",
            "1.0.1",
            "1.2",
            "1.10.0",
            "2",
            "10.0.0",
            "99999999999999999999.0.0",
        ];
        for pair in ascending.windows(2) {
            assert!(key(pair[0]).unwrap() < key(pair[1]).unwrap(), "{pair:?}");
        }
    }

    #[test]
    fn reads_loose_forms_as_the_version_they_mean() {
        let equal = [
            ("v1.2.3", "1.2.3"),
            ("=1.2.3", "1.2.3"),
            (" = v1.2.3 ", "1.2.3"),
            ("1.2.3beta", "1.2.3-beta"),
            ("1.2.3-01", "1.2.3-1"),
            ("01.02.03", "1.2.3"),
            ("1.2.3+build.5", "1.2.3"),
            ("1.2.3-a+b-c", "1.2.3-a"),
            ("1.2", "1.2.0"),
            ("1", "1.0.0"),
            ("1.2.3.0", "1.2.3"),
            ("1.2.3.0-rc", "1.2.3-rc"),
            ("1.2.3--", "1.2.3---".strip_suffix('-').unwrap()),
        ];
        for (left, right) in equal {
            assert_eq!(key(left).unwrap(), key(right).unwrap(), "{left} {right}");
        }
    }

    #[test]
    fn refuses_what_is_no_version() {
        for text in
            ["", "latest", "*", "x", "1.x", "1..2", ".1", "1.", "1.2.3-", "1.2.3-a..b", "1.2.3-ä", "^1.2.3", "1.2.3 4"]
        {
            assert!(key(text).is_err(), "{text}");
        }
    }

    #[test]
    fn finds_the_first_release_at_or_above_a_place() {
        let cut = |text: &str| key(text).unwrap();
        let cases = [
            (Cut::before(cut("1.2.3-rc.1")), Cut::before(cut("1.2.3"))),
            (Cut::after(cut("1.2.3-rc.1")), Cut::before(cut("1.2.3"))),
            (Cut::before(cut("1.2.3")), Cut::before(cut("1.2.3"))),
            (Cut::after(cut("1.2.3")), Cut::before(cut("1.2.4"))),
            (Cut::Start, Cut::Start),
        ];
        for (at, expected) in cases {
            assert_eq!(first_release(&at), expected);
        }
    }
}
