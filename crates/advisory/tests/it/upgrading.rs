use advisory::{Index, OwnedSubject, PackageUrl};
use model::advisory::Upgrade;
use model::component::Version;

use crate::feeds::{index, range, record};

/// `version`, with what it leaves open in parentheses; the upgrade in the own line behind a semicolon.
fn upgrade(index: &Index, purl: &str, version: Option<Version>) -> String {
    let mut subject = OwnedSubject::from_purl(&PackageUrl::parse(purl).unwrap()).unwrap();
    subject.version = version.unwrap_or(subject.version);
    let upgrades = index.upgrade_for(&subject.as_subject()).unwrap();
    let text = |upgrade: Upgrade| {
        if upgrade.leaves.is_empty() {
            upgrade.version
        } else {
            format!("{} ({})", upgrade.version, upgrade.leaves.join(" "))
        }
    };
    let texts: Vec<_> = [upgrades.best, upgrades.in_line].into_iter().flatten().map(text).collect();
    texts.join("; ")
}

fn check(index: &Index, purl: &str, expected: &str) {
    assert_eq!(upgrade(index, purl, None), expected, "{purl}");
}

#[test]
fn proposes_the_smallest_version_that_nothing_hits() {
    let index = index(&[
        record("A-1", "npm", "p", &[], &range("introduced 0, fixed 1.2.0")),
        record("A-2", "npm", "p", &[], &range("introduced 1.1.0, fixed 1.3.0")),
        record("A-3", "npm", "p", &[], &range("introduced 1.3.0, fixed 1.3.5")),
        record("A-4", "npm", "p", &[], &range("introduced 3.0.0, fixed 3.1.0")),
    ]);
    check(&index, "pkg:npm/p@1.0.0", "1.3.5");
    check(&index, "pkg:npm/p@1.3.0", "1.3.5");
    check(&index, "pkg:npm/p@3.0.5", "3.1.0");
    check(&index, "pkg:npm/p@3.1.0", "");
}

#[test]
fn names_the_step_within_the_line_and_what_it_leaves() {
    let lines = r#""ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.4.0"},{"introduced":"2.0.0"},{"fixed":"2.1.0"}]}]"#;
    let index = index(&[
        record("A-1", "npm", "p", &[], lines),
        record("A-2", "npm", "p", &[], &range("introduced 1.0.0, fixed 2.2.0")),
        record("B-1", "npm", "zero", &[], &range("introduced 0.1.0, fixed 0.2.5")),
        record("B-2", "npm", "zero", &[], &range("introduced 0.2.0, fixed 0.3.0")),
    ]);
    check(&index, "pkg:npm/p@1.0.0", "2.2.0; 1.4.0 (A-2)");
    check(&index, "pkg:npm/p@2.0.0", "2.2.0");
    check(&index, "pkg:npm/zero@0.2.1", "0.3.0; 0.2.5 (B-2)");
}

#[test]
fn says_what_stays_open_when_nothing_clears_all() {
    let index = index(&[
        record("A-1", "PyPI", "p", &[], &range("introduced 0, fixed 1.4")),
        record("A-2", "PyPI", "p", &[], &range("introduced 0")),
        record("B-1", "PyPI", "unfixed", &[], &range("introduced 0, last_affected 2.0")),
    ]);
    check(&index, "pkg:pypi/p@1.0", "1.4 (A-2)");
    check(&index, "pkg:pypi/unfixed@1.0", "");
}

#[test]
fn prefers_releases() {
    let index = index(&[
        record(
            "A-1",
            "npm",
            "p",
            &[],
            r#""ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"2.0.0-beta.3"}]}]"#,
        ),
        record("A-2", "npm", "p", &[], &range("introduced 0, fixed 1.9.0")),
        record("A-3", "npm", "p", &[], &range("introduced 2.0.0, fixed 2.0.1")),
        record("B-1", "PyPI", "only-pre", &[], &range("introduced 0, fixed 2.0rc1")),
    ]);
    check(&index, "pkg:npm/p@1.0.0", "2.0.1; 1.9.0 (A-1)");
    check(&index, "pkg:pypi/only-pre@1.0", "2.0rc1");
}

#[test]
fn starts_from_what_a_requirement_admits() {
    let index = index(&[
        record("A-1", "npm", "p", &[], &range("introduced 0, fixed 1.2.0")),
        record("A-2", "npm", "p", &[], &range("introduced 2.0.0, fixed 2.5.0")),
    ]);
    let range = |text: &str| Some(Version::Range(text.to_owned()));
    assert_eq!(upgrade(&index, "pkg:npm/p", range("^1.0.0")), "1.2.0");
    assert_eq!(upgrade(&index, "pkg:npm/p", range("^2.0.0")), "2.5.0");
    assert_eq!(upgrade(&index, "pkg:npm/p", range("latest")), "1.2.0");
    assert_eq!(upgrade(&index, "pkg:npm/p", Some(Version::Unknown)), "1.2.0");
}

#[test]
fn malware_of_another_origin_does_not_count() {
    let index = index(&[
        record("MAL-2024-1", "npm", "p", &[], ""),
        record("A-1", "npm", "p", &[], &range("introduced 0, fixed 1.2.0")),
    ]);
    check(&index, "pkg:npm/p@1.0.0", "1.2.0 (MAL-2024-1)");
    check(&index, "pkg:npm/p@1.0.0?vcs_url=git%2Bhttps://host.example/p", "1.2.0");
}
