use advisory::{Index, OwnedSubject, PackageUrl};

#[test]
fn the_starter_is_whole_small_and_says_where_it_comes_from() {
    let index = Index::starter().unwrap();
    index.verify().unwrap();
    assert!(index.status().size_bytes <= 2 << 20);
    let head = index.head();
    for line in [
        "# source: GitHub Advisory Database (GHSA-), licence CC BY 4.0",
        "# source: PyPA Advisory Database",
        "# taken: 20",
        "# made by: cargo xtask facts starter",
    ] {
        assert!(head.contains(line), "{line}");
    }
    assert!(head.lines().all(|line| line.is_empty() || line.starts_with("# ")));
    let source = index.source();
    assert_eq!((source.name.as_str(), source.is_starter), ("built-in starter", true));
    assert!(source.records > 10_000 && source.built_at.len() == 10 && source.newest.len() == 10, "{source:?}");
}

#[test]
fn the_starter_knows_well_known_flaws() {
    let index = Index::starter().unwrap();
    for (purl, id, is_hit) in [
        ("pkg:npm/lodash@4.17.15", "CVE-2020-8203", true),
        ("pkg:npm/lodash@4.17.21", "CVE-2020-8203", false),
        ("pkg:pypi/Requests@2.19.0", "CVE-2018-18074", true),
        ("pkg:pypi/requests@2.20.0", "CVE-2018-18074", false),
    ] {
        let subject = OwnedSubject::from_purl(&PackageUrl::parse(purl).unwrap()).unwrap();
        let matches = index.match_component(&subject.as_subject()).unwrap();
        assert_eq!(matches.iter().any(|found| found.ids.iter().any(|known| known == id)), is_hit, "{purl}");
    }
}
