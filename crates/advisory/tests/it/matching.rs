use advisory::{Index, OwnedSubject, PackageUrl, assess};
use model::Severity;
use model::advisory::{AdvisoryMatch, MatchStatus, SeverityBasis};
use model::component::{Component, Evidence, EvidenceKind, Origin, Presence, Reach, Version};

use crate::feeds::{folder, index, range, record};

fn ask(index: &Index, purl: &str) -> Vec<AdvisoryMatch> {
    let subject = OwnedSubject::from_purl(&PackageUrl::parse(purl).unwrap()).unwrap();
    index.match_component(&subject.as_subject()).unwrap()
}

/// First ids, those that are only possible with a `?` behind.
fn short(matches: &[AdvisoryMatch]) -> String {
    let one = |found: &AdvisoryMatch| {
        format!("{}{}", found.ids[0], if found.status == MatchStatus::Possible { "?" } else { "" })
    };
    matches.iter().map(one).collect::<Vec<_>>().join(" ")
}

fn check(index: &Index, purl: &str, expected: &str) {
    assert_eq!(short(&ask(index, purl)), expected, "{purl}");
}

fn requirement(index: &Index, ecosystem: &str, name: &str, requirement: &str) -> String {
    let component = component(ecosystem, name, Version::Range(requirement.to_owned()));
    assess(index, &[component]).value.first().map(|found| short(&found.matches)).unwrap_or_default()
}

fn component(ecosystem: &str, name: &str, version: Version) -> Component {
    let ecosystem = inventory::Ecosystem::by_id(ecosystem).unwrap();
    Component {
        ecosystem: ecosystem.id,
        name: name.to_owned(),
        purl: format!("pkg:{}/{name}", ecosystem.purl_type),
        version,
        evidence: vec![Evidence { location: model::Location::file("package.json"), kind: EvidenceKind::Declared }],
        origin: Origin::Function,
        reach: Reach::Unknown,
        presence: Presence::Shipped,
        parents: Vec::new(),
        direct: None,
        system: None,
        owner: None,
        linked: None,
    }
}

#[test]
fn exact_versions_are_hit_or_not() {
    let index = index(&[
        record("GHSA-2222-2222-2222", "npm", "left", &["CVE-2024-1111"], &range("introduced 1.0.0, fixed 1.2.3")),
        record("A-2", "npm", "left", &[], &range("introduced 0, last_affected 1.2.3-rc.1")),
        record("A-3", "PyPI", "Some.Name", &[], &range("introduced 0, fixed 2.0")),
        record("A-4", "npm", "@scope/left", &[], ""),
    ]);
    check(&index, "pkg:npm/left@0.9.0", "A-2");
    check(&index, "pkg:npm/left@1.2.3-rc.1", "A-2 GHSA-2222-2222-2222");
    check(&index, "pkg:npm/left@1.2.3-rc.2", "GHSA-2222-2222-2222");
    check(&index, "pkg:npm/left@v1.2.3", "");
    check(&index, "pkg:npm/Left@1.0.0", "");
    check(&index, "pkg:pypi/some_name@1.9.post1", "A-3");
    check(&index, "pkg:pypi/some-name@2", "");
    check(&index, "pkg:pypi/SOME..NAME@2.0rc1", "A-3");
    check(&index, "pkg:npm/%40scope/left@99.0.0", "A-4");
    check(&index, "pkg:npm/@scope/left", "A-4");
    check(&index, "pkg:npm/unheard-of@1.0.0", "");
}

#[test]
fn versions_without_a_place_are_possible_unless_listed() {
    let index = index(&[
        record("A-1", "PyPI", "p", &[], r#""versions":["2004d","1.0"]"#),
        record("A-2", "PyPI", "p", &[], &range("introduced 0")),
        record("A-3", "PyPI", "p", &[], &range("introduced 5.0")),
    ]);
    check(&index, "pkg:pypi/p@2004d", "A-1 A-2 A-3?");
    check(&index, "pkg:pypi/p@2004q", "A-2 A-1? A-3?");
    check(&index, "pkg:pypi/p@1.0.0", "A-1 A-2");
    check(&index, "pkg:pypi/p", "A-2 A-1? A-3?");
    let why = ask(&index, "pkg:pypi/p@2004q")[1].why.clone();
    assert_eq!(why.as_deref(), Some("cannot read `2004q` as a PEP 440 version, so it cannot be compared"));
}

#[test]
fn requirements_are_affected_when_all_they_admit_is_hit_and_possible_when_some_is() {
    let index = index(&[
        record("A-1", "npm", "p", &[], &range("introduced 1.0.0, fixed 1.5.0")),
        record("A-2", "PyPI", "q", &[], &range("introduced 0, fixed 2.0")),
    ]);
    assert_eq!(requirement(&index, "npm", "p", "~1.2.0"), "A-1");
    assert_eq!(requirement(&index, "npm", "p", "^1.2.0"), "A-1?");
    assert_eq!(requirement(&index, "npm", "p", "^1.5.0"), "");
    assert_eq!(requirement(&index, "npm", "p", "*"), "A-1?");
    assert_eq!(requirement(&index, "npm", "p", "latest"), "A-1?");
    assert_eq!(requirement(&index, "npm", "p", "1.4.0 || 2.x"), "A-1?");
    assert_eq!(requirement(&index, "pypi", "q", "==1.*"), "A-2");
    assert_eq!(requirement(&index, "pypi", "q", ">=1"), "A-2?");
    assert_eq!(requirement(&index, "pypi", "q", ">=2.0"), "");
}

#[test]
fn ranges_that_cannot_be_compared_are_possible() {
    let index = index(&[
        record("A-1", "npm", "p", &[], &range("introduced 1.0.0, fixed soon")),
        record(
            "A-2",
            "npm",
            "p",
            &[],
            r#""ranges":[{"type":"GIT","repo":"https://host.example/p","events":[{"introduced":"0"}]}]"#,
        ),
    ]);
    check(&index, "pkg:npm/p@1.0.0", "A-1? A-2?");
    let matches = ask(&index, "pkg:npm/p@1.0.0");
    assert_eq!(matches[0].why.as_deref(), Some("the advisory's range `>= 1.0.0, < soon` cannot be compared"));
    assert_eq!(matches[0].fixed, ["soon"]);
    assert_eq!(matches[1].why.as_deref(), Some("the advisory states commits only, no versions"));
}

#[test]
fn one_flaw_under_several_names_is_one_match_with_everything_known() {
    let ghsa = r#"{"id":"GHSA-3333-3333-3333","modified":"2024-01-02T00:00:00Z","published":"2024-01-02T00:00:00Z","aliases":["CVE-2024-1"],
        "severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"},{"type":"CVSS_V3","score":"CVSS:3.1/nonsense"}],
        "affected":[{"package":{"ecosystem":"PyPI","name":"p"},"ranges":[{"type":"ECOSYSTEM","events":[{"fixed":"1.5"},{"introduced":"0"}]}]},
                    {"package":{"ecosystem":"PyPI","name":"P"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"2.0"},{"fixed":"2.5"}]}]}],
        "database_specific":{"severity":"CRITICAL","cwe_ids":["CWE-79","CWE-20"]}}"#;
    let pysec = r#"{"id":"PYSEC-2024-7","modified":"2024-01-02T00:00:00Z","published":"2023-12-24T00:00:00Z","aliases":["CVE-2024-1","GHSA-3333-3333-3333"],
        "severity":[{"type":"CVSS_V4","score":"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"}],
        "affected":[{"package":{"ecosystem":"PyPI","name":"p"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1.5.0"}]}],"versions":["1.0","1.1"]}]}"#;
    let folder = folder(&[("PyPI", &[("a".to_owned(), ghsa.to_owned()), ("b".to_owned(), pysec.to_owned())])]);
    testkit::write_file(
        folder.path(),
        "kev.json",
        br#"{"catalogVersion":"2024.02.01","vulnerabilities":[{"cveID":"CVE-2024-1"}]}"#,
    );
    testkit::write_file(
        folder.path(),
        "epss.csv",
        b"#model_version:x,score_date:2024-02-02T00:00:00+0000\ncve,epss,percentile\nCVE-2024-1,0.04919,0.9\n",
    );
    let built = crate::feeds::built(folder.path());
    let gaps: Vec<_> = built.gaps.iter().map(|gap| format!("{}: {}", gap.location, gap.why)).collect();
    assert_eq!(gaps, ["PyPI/all.zip!/a.json: `CVSS:3.1/nonsense` is no CVSS vector: its score is left out"]);
    let index = Index::from_bytes(built.bytes, "test").unwrap();
    let matches = ask(&index, "pkg:pypi/p@1.0");
    let [found] = matches.as_slice() else { panic!("{matches:?}") };
    assert_eq!(found.ids, ["GHSA-3333-3333-3333", "PYSEC-2024-7", "CVE-2024-1"]);
    assert_eq!((found.severity, found.severity_basis), (Severity::High, SeverityBasis::Cvss));
    assert_eq!(
        found.cvss.iter().map(|cvss| (cvss.version, cvss.score)).collect::<Vec<_>>(),
        [("4.0", 9.3), ("3.1", 7.5)]
    );
    assert_eq!(found.fixed, ["1.5", "2.5"]);
    assert_eq!((found.known_exploited, found.epss), (true, Some(0.04919)));
    assert_eq!((found.published.as_deref(), found.cwe.join(" ")), (Some("2023-12-24"), "CWE-20 CWE-79".to_owned()));
    check(&index, "pkg:pypi/p@2.1", "GHSA-3333-3333-3333");
    check(&index, "pkg:pypi/p@1.5", "");
}

#[test]
fn malware_is_named_for_packages_of_the_registry_only() {
    let index = index(&[
        record("MAL-2024-1", "npm", "squatted", &[], r#""versions":["1.0.0"]"#),
        record("A-1", "npm", "squatted", &[], &range("introduced 0, fixed 2.0.0")),
    ]);
    check(&index, "pkg:npm/squatted@1.0.0", "MAL-2024-1 A-1");
    check(&index, "pkg:npm/squatted@1.0.0?vcs_url=git%2Bhttps://host.example/x", "A-1");
    check(&index, "pkg:npm/squatted@1.0.0?repository_url=registry.example", "MAL-2024-1? A-1");
    let malware = &ask(&index, "pkg:npm/squatted@1.0.0")[0];
    assert_eq!((malware.severity, malware.severity_basis), (Severity::Critical, SeverityBasis::Malware));
}

#[test]
fn worse_flaws_stand_first() {
    let with = |id: &str, word: &str| {
        let (id, json) = record(id, "npm", "p", &[], "");
        (id, json.replacen('{', &format!(r#"{{"database_specific":{{"severity":"{word}"}},"#), 1))
    };
    let index = index(&[
        with("A-1", "LOW"),
        with("A-2", "CRITICAL"),
        with("A-3", "MODERATE"),
        with("A-4", "odd"),
        with("A-5", "HIGH"),
    ]);
    check(&index, "pkg:npm/p@1.0.0", "A-2 A-5 A-3 A-4 A-1");
    let bases: Vec<_> = ask(&index, "pkg:npm/p@1.0.0").iter().map(|found| found.severity_basis.name()).collect();
    assert_eq!(bases, ["stated", "stated", "stated", "unstated", "stated"]);
}

#[test]
fn assessing_names_what_the_index_does_not_cover() {
    let folder = folder(&[("npm", &[record("A-1", "npm", "p", &[], &range("introduced 0, fixed 2.0.0"))])]);
    let index = Index::from_bytes(crate::feeds::built(folder.path()).bytes, "test").unwrap();
    let exact = |ecosystem, name| component(ecosystem, name, Version::Exact("1.0.0".to_owned()));
    let project = Component { presence: Presence::Project, ..exact("npm", "p") };
    let assessed =
        assess(&index, &[exact("pypi", "one"), exact("npm", "q"), exact("npm", "p"), exact("pypi", "two"), project]);
    assert_eq!(assessed.value.iter().map(|found| found.component).collect::<Vec<_>>(), [2]);
    assert_eq!(assessed.value[0].upgrade.as_ref().map(|upgrade| upgrade.version.as_str()), Some("2.0.0"));
    let gaps: Vec<_> = assessed.gaps.iter().map(|gap| gap.why.as_str()).collect();
    assert_eq!(
        gaps,
        ["the advisories in use (test) have none for `PyPI`: `one` and 1 more not checked; build the index with them"]
    );
}
