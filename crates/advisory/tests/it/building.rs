use std::path::Path;

use advisory::{BuildOptions, Error, Index, build, difference};
use testkit::zip::{ZipBuilder, ZipFile};

use crate::feeds::{built, folder, range, record};

fn gaps(folder: &Path) -> Vec<String> {
    built(folder).gaps.iter().map(|gap| format!("{}: {}", gap.location, gap.why)).collect()
}

#[test]
fn equal_input_yields_equal_bytes_whatever_the_order_of_records() {
    let mut records: Vec<_> = (0..300)
        .map(|n| {
            record(
                &format!("A-{n}"),
                "npm",
                &format!("p{}", n % 40),
                &[&format!("CVE-2024-{}", n % 97)],
                &range(&format!("introduced {n}.0.0, fixed {}.0.0", n + 3)),
            )
        })
        .collect();
    let forward = built(folder(&[("npm", &records)]).path()).bytes;
    records.reverse();
    assert_eq!(built(folder(&[("npm", &records)]).path()).bytes, forward);
    let index = Index::from_bytes(forward, "test").unwrap();
    index.verify().unwrap();
    assert_eq!((index.source().records, index.status().ecosystems[0].packages), (300, 40));
}

#[test]
fn a_malformed_record_is_a_gap_and_hides_no_other() {
    let zip = ZipBuilder::new()
        .file("A-1.json", record("A-1", "npm", "p", &[], "").1)
        .file("B-1.json", "{")
        .file("C-1.json", r#"{"id":"C-1","affected":[{"package":{"ecosystem":"npm","name":"p"},"versions":"1.0.0"}]}"#)
        .file("D-1.json", r#"{"id":"","affected":[]}"#)
        .file("E-1.json", "[".repeat(100_000))
        .file("F-1.json", r#"{"id":"F-1","aliases":null,"severity":[{"type":"CVSS_V3","score":7.5}],"published":5,"database_specific":[1],
              "affected":[{"package":{"ecosystem":"npm","name":"q"},"ranges":null,"versions":null,"database_specific":"x"}]}"#)
        .folder("sub/")
        .write();
    let folder = testkit::folder(&[("npm/all.zip", &zip)]);
    let gaps = gaps(folder.path());
    let named: Vec<_> = gaps.iter().filter_map(|gap| gap.split_once(": ")).map(|(place, _)| place).collect();
    assert_eq!(
        named,
        ["npm/all.zip!/B-1.json", "npm/all.zip!/C-1.json", "npm/all.zip!/D-1.json", "npm/all.zip!/E-1.json"]
    );
    let index = Index::from_bytes(built(folder.path()).bytes, "test").unwrap();
    assert_eq!((index.source().records, index.status().unreadable), (2, 4));
}

#[test]
fn damaged_entries_are_gaps_and_damaged_directories_errors() {
    let good = record("A-1", "npm", "p", &[], "");
    let zip = ZipBuilder::new()
        .entry(ZipFile { declared_crc: Some(1), ..ZipFile::deflated("B-1.json", "{}") })
        .file("A-1.json", &good.1)
        .write();
    let folder = testkit::folder(&[("npm/all.zip", &zip)]);
    assert_eq!(gaps(folder.path()), ["npm/all.zip!/B-1.json: its data is damaged: fetch the zip again"]);
    for broken in [&zip[..zip.len() / 2], b"", b"no zip at all"] {
        let folder = testkit::folder(&[("npm/all.zip", broken)]);
        let result = build(folder.path(), &BuildOptions { ecosystems: &[], on_progress: &|_| () });
        assert!(matches!(result, Err(Error::Feed { .. })), "{result:?}");
    }
}

#[test]
fn withdrawn_advisories_are_dropped_and_remembered() {
    let (id, json) = record("GHSA-2222-2222-2222", "npm", "p", &[], "");
    let withdrawn = (id, json.replacen('{', r#"{"withdrawn":"2024-06-01T00:00:00Z","#, 1));
    let index = Index::from_bytes(
        built(folder(&[("npm", &[withdrawn, record("A-1", "npm", "q", &[], "")])]).path()).bytes,
        "test",
    )
    .unwrap();
    assert_eq!((index.source().records, index.status().withdrawn), (1, 1));
    assert_eq!(index.withdrawn("GHSA-2222-2222-2222").unwrap(), Some(Some("2024-06-01".to_owned())));
    assert_eq!(index.withdrawn("A-1").unwrap(), None);
}

#[test]
fn releases_of_a_distribution_are_ecosystems_of_their_own() {
    let both = r#"{"id":"DSA-1-1","affected":[{"package":{"ecosystem":"Debian:11","name":"x"}},{"package":{"ecosystem":"Debian:12","name":"x"}},{"package":{"ecosystem":"npm","name":"x"}}]}"#;
    let records = [("DSA-1-1".to_owned(), both.to_owned())];
    let folder = folder(&[("Debian", &records), ("Debian:12", &records)]);
    let index = Index::from_bytes(built(folder.path()).bytes, "test").unwrap();
    let rows: Vec<_> = index.status().ecosystems.into_iter().map(|row| (row.name, row.records, row.packages)).collect();
    assert_eq!(rows, [("Debian".to_owned(), 0, 0), ("Debian:11".to_owned(), 1, 1), ("Debian:12".to_owned(), 1, 1)]);
    assert_eq!(index.source().records, 1);
}

#[test]
fn ecosystems_can_be_chosen_and_absent_ones_are_told() {
    let npm = [record("A-1", "npm", "p", &[], "")];
    let pypi = [record("A-2", "PyPI", "p", &[], "")];
    let folder = folder(&[("npm", &npm), ("PyPI", &pypi)]);
    testkit::write_file(folder.path(), "ecosystems.txt", b"npm\nPyPI\nMaven\n");
    let build_of = |names: &[&str]| {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        build(folder.path(), &BuildOptions { ecosystems: &names, on_progress: &|_| () })
    };
    assert_eq!(build_of(&["pypi"]).unwrap().records, 1);
    assert_eq!(build_of(&["NPM", "PyPI"]).unwrap().records, 2);
    let error = build_of(&["Hex"]).unwrap_err().to_string();
    assert!(error.starts_with("there is no ecosystem `Hex` in") && error.ends_with("it has `PyPI`, `npm`"), "{error}");
    assert_eq!(
        gaps(folder.path()),
        ["ecosystems.txt: no `all.zip` for `Maven`: fetch it or take the name off the list"]
    );
    assert!(matches!(
        build(testkit::folder(&[]).path(), &BuildOptions { ecosystems: &[], on_progress: &|_| () }),
        Err(Error::NoFeeds { .. })
    ));
}

#[test]
fn probabilities_are_read_plain_and_zipped_and_their_damage_is_told() {
    let records = [record("CVE-2024-1", "npm", "p", &[], "")];
    let csv = b"#model_version:v1,score_date:2024-02-02T00:00:00+0000\ncve,epss\nCVE-2024-1,0.5\n";
    let status = |name: &str, bytes: &[u8]| {
        let folder = folder(&[("npm", &records)]);
        testkit::write_file(folder.path(), name, bytes);
        let built = built(folder.path());
        let day = Index::from_bytes(built.bytes, "test").unwrap().status().exploitation_probability;
        (day, built.gaps.len())
    };
    assert_eq!(status("epss.csv", csv), ("2024-02-02".to_owned(), 0));
    let mut zipped = vec![0; 500];
    let length =
        libdeflater::Compressor::new(libdeflater::CompressionLvl::default()).gzip_compress(csv, &mut zipped).unwrap();
    zipped.truncate(length);
    assert_eq!(status("epss.csv.gz", &zipped), ("2024-02-02".to_owned(), 0));
    zipped[15] ^= 0xff;
    assert_eq!(status("epss.csv.gz", &zipped).1, 1);
    assert_eq!(status("epss.csv", b"cve,epss\nCVE-2024-1,much\n").1, 1);
    assert_eq!(status("kev.json", b"[]").1, 1);
}

#[test]
fn the_difference_names_packages_and_ignores_the_drift_of_probabilities() {
    let index = |records: &[(String, String)], extra: &[(&str, &str)]| {
        let folder = folder(&[("npm", records)]);
        extra.iter().for_each(|(name, text)| testkit::write_file(folder.path(), name, text.as_bytes()));
        Index::from_bytes(built(folder.path()).bytes, "test").unwrap()
    };
    let a = record("CVE-2024-1", "npm", "a", &[], &range("introduced 0, fixed 1.0.0"));
    let a_later = record("CVE-2024-1", "npm", "a", &[], &range("introduced 0, fixed 1.0.1"));
    let b = record("CVE-2024-2", "npm", "b", &[], "");
    let c = record("CVE-2024-3", "npm", "c", &[], "");
    let changes = |old: &Index, new: &Index| {
        let changes = difference(old, new).unwrap();
        changes
            .iter()
            .map(|change| format!("{} {} {}", change.ecosystem, change.package, change.kind.name()))
            .collect::<Vec<_>>()
    };
    let old = index(&[a.clone(), b.clone()], &[("epss.csv", "cve,epss\nCVE-2024-1,0.5\n")]);
    assert_eq!(changes(&old, &index(&[a, b.clone()], &[("epss.csv", "cve,epss\nCVE-2024-1,0.6\n")])), [""; 0]);
    let new = index(&[c, a_later], &[("kev.json", r#"{"vulnerabilities":[]}"#)]);
    assert_eq!(changes(&old, &new), ["npm a changed", "npm b removed", "npm c added"]);
    let exploited = index(std::slice::from_ref(&b), &[("kev.json", r#"{"vulnerabilities":[{"cveID":"CVE-2024-2"}]}"#)]);
    assert_eq!(changes(&index(&[b], &[]), &exploited), ["npm b changed"]);
}
