//! What OSV's records mean, one table for each rule, from the record's JSON to the answer.

use advisory::{Index, OwnedSubject, PackageUrl};
use model::advisory::MatchStatus;

use crate::feeds::{index, range, record};

/// `hit`, `possible` or `clean` of a package's version by all that the index says of it.
fn verdict(index: &Index, purl: &str) -> &'static str {
    let subject = OwnedSubject::from_purl(&PackageUrl::parse(purl).unwrap()).unwrap();
    let matches = index.match_component(&subject.as_subject()).unwrap();
    let has = |status| matches.iter().any(|found| found.status == status);
    match (has(MatchStatus::Affected), has(MatchStatus::Possible)) {
        (true, _) => "hit",
        (false, true) => "possible",
        (false, false) => "clean",
    }
}

/// Checks versions of npm's `p`, of which one record says `affected`.
fn check(affected: &str, expected: &[(&str, &str)]) {
    let index = index(&[record("A-1", "npm", "p", &[], affected)]);
    for (version, expected) in expected {
        assert_eq!(verdict(&index, &format!("pkg:npm/p@{version}")), *expected, "{version} by {affected}");
    }
}

#[test]
fn events_stand_in_any_order() {
    let expected = [
        ("0.1.0", "hit"),
        ("1.0.0", "clean"),
        ("1.9.9", "clean"),
        ("2.0.0", "hit"),
        ("3.0.0", "clean"),
        ("4.0.0", "clean"),
    ];
    check(&range("introduced 0, fixed 1.0.0, introduced 2.0.0, fixed 3.0.0"), &expected);
    check(&range("fixed 3.0.0, introduced 2.0.0, fixed 1.0.0, introduced 0"), &expected);
    check(&range("introduced 2.0.0, introduced 0, fixed 3.0.0, fixed 1.0.0"), &expected);
}

#[test]
fn the_last_affected_version_is_hit() {
    check(
        &range("introduced 1.0.0, last_affected 1.5.0"),
        &[("1.5.0", "hit"), ("1.5.1-rc.1", "clean"), ("0.9.0", "clean")],
    );
}

#[test]
fn a_limit_ends_what_is_said() {
    check(&range("introduced 1.0.0, limit 2.0.0"), &[("1.9.0", "hit"), ("2.0.0", "clean"), ("3.0.0", "clean")]);
    check(&range("introduced 1.0.0, limit *"), &[("9.0.0", "hit"), ("0.9.0", "clean")]);
}

#[test]
fn versions_and_ranges_are_alternatives() {
    let both = format!(r#"{},"versions":["3.1.0","v0.5.0"]"#, range("introduced 1.0.0, fixed 2.0.0"));
    check(&both, &[("1.0.0", "hit"), ("3.1.0", "hit"), ("0.5.0", "hit"), ("3.1.1", "clean"), ("2.0.0", "clean")]);
    check(r#""versions":["1.0.0"]"#, &[("1.0.0", "hit"), ("1.0.0+build", "hit"), ("1.0.1", "clean")]);
}

#[test]
fn nothing_stated_is_every_version() {
    check("", &[("0.0.0", "hit"), ("99.0.0", "hit"), ("odd", "hit")]);
    check(r#""ranges":[],"versions":[]"#, &[("1.0.0", "hit")]);
}

#[test]
fn the_last_known_affected_range_ends_what_has_no_fix() {
    let with = |events: &str, last_known: &str| {
        format!(r#"{},"database_specific":{{"last_known_affected_version_range":"{last_known}"}}"#, range(events))
    };
    check(&with("introduced 1.0.0", "<= 1.5.0"), &[("1.5.0", "hit"), ("1.5.1", "clean"), ("0.9.0", "clean")]);
    check(&with("introduced 1.0.0", "< 1.5.0"), &[("1.4.9", "hit"), ("1.5.0", "clean")]);
    check(&with("introduced 0, fixed 2.0.0", "<= 1.5.0"), &[("1.9.0", "hit"), ("2.0.0", "clean")]);
    check(&with("introduced 0", "<= soon"), &[("1.0.0", "possible")]);
}

#[test]
fn members_of_an_alias_group_that_share_no_version_are_two_flaws() {
    let index = index(&[
        record("A-1", "npm", "p", &["CVE-2024-1"], &range("introduced 1.0.0, fixed 2.0.0")),
        record("B-1", "npm", "p", &["CVE-2024-1"], &range("introduced 5.0.0, fixed 6.0.0")),
        record("C-1", "npm", "q", &["CVE-2024-1"], &range("introduced 0, fixed 9.0.0")),
    ]);
    for (version, expected) in [("1.5.0", "A-1 CVE-2024-1"), ("5.5.0", "B-1 CVE-2024-1"), ("3.0.0", "")] {
        let purl = PackageUrl::parse(&format!("pkg:npm/p@{version}")).unwrap();
        let subject = OwnedSubject::from_purl(&purl).unwrap();
        let matches = index.match_component(&subject.as_subject()).unwrap();
        let ids: Vec<String> = matches.iter().map(|found| found.ids.join(" ")).collect();
        assert_eq!(ids.join(", "), expected, "{version}");
    }
}

#[test]
fn withdrawn_records_hit_nothing_and_are_remembered() {
    let (id, json) = record("A-1", "npm", "p", &["A-2"], "");
    let withdrawn = json.replacen('{', r#"{"withdrawn":"2024-06-01T00:00:00Z","#, 1);
    let index = index(&[(id, withdrawn), record("A-2", "npm", "p", &[], &range("introduced 0, fixed 2.0.0"))]);
    assert_eq!(verdict(&index, "pkg:npm/p@1.0.0"), "hit");
    assert_eq!(verdict(&index, "pkg:npm/p@2.0.0"), "clean");
    assert_eq!(index.withdrawn("A-1").unwrap(), Some(Some("2024-06-01".to_owned())));
    assert_eq!(index.withdrawn("A-2").unwrap(), None);
}

#[test]
fn malware_is_of_the_registry_alone() {
    let index = index(&[record("MAL-2024-1", "npm", "p", &[], "")]);
    for (purl, expected) in [
        ("pkg:npm/p@1.0.0", "hit"),
        ("pkg:npm/p@1.0.0?repository_url=registry.example", "possible"),
        ("pkg:npm/p@1.0.0?vcs_url=git%2Bhttps://host.example/p", "clean"),
        ("pkg:npm/p@1.0.0?download_url=https://host.example/p.tgz", "clean"),
    ] {
        assert_eq!(verdict(&index, purl), expected, "{purl}");
    }
}

#[test]
fn versions_that_cannot_be_read_are_possible() {
    let ranged = range("introduced 1.0.0, fixed 2.0.0");
    check(&ranged, &[("workspace:", "possible"), ("latest", "possible"), ("1.x", "possible")]);
    check(&range("introduced 1.0.0, fixed tomorrow"), &[("0.1.0", "possible"), ("1.0.0", "possible")]);
    check(r#""versions":["main"]"#, &[("main", "hit"), ("master", "possible"), ("1.0.0", "clean")]);
}
