use advisory::{Index, OwnedSubject, PackageUrl};
use model::advisory::Upgrade;
use model::component::Version;

use crate::feeds::{built, folder, index, range, record};

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
fn offers_no_prerelease_to_those_who_run_a_release() {
    let index = index(&[
        // What is known of sqlalchemy: one flaw's fix is named by its pre-release only.
        record("A-1", "PyPI", "alchemy", &[], &range("introduced 0, fixed 1.3.0b3")),
        record("A-2", "PyPI", "alchemy", &[], &range("introduced 0, fixed 1.2.18")),
        record("B-1", "PyPI", "followed", &[], &range("introduced 0, fixed 1.3.0b3")),
        record("B-2", "PyPI", "followed", &[], &range("introduced 1.4.0, fixed 1.4.5")),
    ]);
    check(&index, "pkg:pypi/alchemy@1.0", "1.2.18 (A-1)");
    check(&index, "pkg:pypi/alchemy@1.2.18", "1.3.0b3");
    check(&index, "pkg:pypi/alchemy@1.3.0b1", "1.3.0b3");
    check(&index, "pkg:pypi/followed@1.2", "1.4.5");
}

#[test]
fn knows_prereleases_where_requirements_admit_them() {
    for (ecosystem, name, prerelease, purl) in [
        ("Maven", "g:a", "2.0.0-M3", "pkg:maven/g/a@1.0.0"),
        ("Maven", "g:a", "2.0.0-rc1", "pkg:maven/g/a@1.0.0"),
        ("Go", "host.example/m", "2.0.0-rc.1", "pkg:golang/host.example/m@v1.0.0"),
        ("NuGet", "N", "2.0.0-preview1", "pkg:nuget/N@1.0.0"),
        ("Packagist", "v/p", "2.0.0-beta1", "pkg:composer/v/p@1.0.0"),
        ("crates.io", "c", "2.0.0-alpha", "pkg:cargo/c@1.0.0"),
        ("RubyGems", "g", "2.0.0.pre", "pkg:gem/g@1.0.0"),
    ] {
        let records = [
            record("A-1", ecosystem, name, &[], &range(&format!("introduced 0, fixed {prerelease}"))),
            record("A-2", ecosystem, name, &[], &range("introduced 0, fixed 1.9.0")),
        ];
        let folder = folder(&[(ecosystem, &records)]);
        let index = Index::from_bytes(built(folder.path()).bytes, "test").unwrap();
        check(&index, purl, "1.9.0 (A-1)");
    }
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
