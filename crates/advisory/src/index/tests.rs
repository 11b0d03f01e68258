use inventory::Ecosystem;
use model::Severity;
use model::advisory::SeverityBasis;
use proptest::prelude::*;

use super::package::{Exploitation, PackageView, Position, write_package};
use super::{Contents, EcosystemCount, Index, IndexWriter, Withdrawn};
use crate::affected::{AffectedVersions, Event, EventKind, Stated};
use crate::day::Day;
use crate::groups::{Group, Package};
use crate::severity::Vector;

fn npm() -> Option<&'static Ecosystem> {
    Ecosystem::by_id("npm")
}

fn affected(events: Vec<(EventKind, String)>, versions: &[String]) -> AffectedVersions {
    let events = events.into_iter().map(|(kind, version)| Event { kind, version: version.into() }).collect();
    let versions = versions.iter().map(String::as_str).collect();
    AffectedVersions::from_stated(Stated { ranges: vec![events], versions, ..Stated::default() }, npm())
}

fn group(id: &str, versions: AffectedVersions) -> Group {
    Group {
        ids: vec![id.into()],
        versions,
        severity: Severity::High,
        severity_basis: SeverityBasis::Cvss,
        vectors: Vector::parse("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H").into_iter().collect(),
        published: Some(Day(20_000)),
        weaknesses: vec![79],
        is_malware: false,
        architectures: if id.starts_with("ALAS") { 5 } else { 0 },
        code: vec![model::advisory::AffectedCode { path: "a/b".into(), symbols: vec!["f".into()] }],
    }
}

fn package(name: &str, groups: Vec<Group>) -> Package {
    Package { ecosystem: "npm".into(), name: name.into(), groups }
}

fn small_index() -> Vec<u8> {
    let events = || vec![(EventKind::Introduced, "1.0.0".to_owned()), (EventKind::Fixed, "2.0.0".to_owned())];
    let odd = || vec![(EventKind::Introduced, "1.0.0".to_owned()), (EventKind::Fixed, "soon".to_owned())];
    let packages = vec![
        package("a", vec![group("CVE-2024-1", affected(events(), &["3.0.0".to_owned(), "odd".to_owned()]))]),
        package("b", vec![group("A-1", affected(odd(), &[])), group("GHSA-2222-2222-2222", affected(events(), &[]))]),
    ];
    let count = EcosystemCount { name: "npm".into(), records: 3, newest: Some(Day(20_000)) };
    let exploitation = Exploitation { is_known: true, probability: Some(0.12345) };
    let mut writer = IndexWriter::default();
    writer.add(&packages, &[count], |_| exploitation).unwrap();
    let withdrawn = Withdrawn { id: "A-9".into(), day: None };
    writer.finish(&["made up".to_owned()], Contents { records: 3, ..Contents::default() }, &[withdrawn])
}

/// Everything that can be asked of an index, for the sake of not panicking.
fn ask_everything(index: &Index) {
    let _ = index.verify();
    let _ = (index.head(), index.source(), index.status(), index.withdrawn("A-9"), crate::difference(index, index));
    for row in &index.contents().ecosystems {
        for name in ["a", "b", "c"] {
            let Ok(Some(bytes)) = index.find(row, name) else { continue };
            let Ok(view) = bytes.view() else { continue };
            for group in &view.groups {
                let _ = (
                    view.version_set(group),
                    group.facts(view.name),
                    group.first_id(),
                    PackageView::fixes(group).count(),
                );
            }
        }
    }
}

#[test]
fn an_index_is_found_again() {
    let index = Index::from_bytes(small_index(), "test").unwrap();
    index.verify().unwrap();
    assert_eq!(index.head(), "# fnassay advisory index, format 2\n# made up\n\n");
    let row = index.ecosystem("npm").unwrap();
    let view = index.find(row, "b").unwrap().unwrap().view().unwrap();
    let facts = view.groups[1].facts("b").unwrap();
    assert_eq!(
        (facts.ids, facts.published, facts.weaknesses),
        (vec!["GHSA-2222-2222-2222".to_owned()], Some(Day(20_000)), vec![79])
    );
    assert_eq!((facts.probability, view.groups[1].is_known_exploited), (Some(0.12345), true));
    assert_eq!(index.vector(facts.vectors[0]).unwrap().score, 9.8);
    assert!(index.find(row, "ab").unwrap().is_none() && index.ecosystem("PyPI").is_none());
    assert_eq!(index.withdrawn("A-9").unwrap(), Some(None));
}

#[test]
fn every_cut_and_every_flipped_byte_is_told_or_harmless() {
    let whole = small_index();
    for length in 0..whole.len() {
        assert!(Index::from_bytes(whole[..length].to_vec(), "test").is_err(), "cut at {length}");
    }
    assert!(Index::from_bytes([&whole[..], b"x"].concat(), "test").is_err());
    let title_end = super::TITLE.len();
    for at in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x41;
        if let Ok(index) = Index::from_bytes(damaged, "test") {
            ask_everything(&index);
            let is_comment = (title_end..index.head().len()).contains(&at);
            assert!(index.verify().is_err() || is_comment, "flipped byte {at} goes unnoticed");
        }
    }
}

#[test]
fn other_files_are_told_apart() {
    let message = |bytes: &[u8]| Index::from_bytes(bytes.to_vec(), "x.index").unwrap_err().to_string();
    assert!(message(b"").contains("`x.index`: it is no advisory index"));
    assert!(message(b"# fnassay advisory index, format 99\n\n").contains("it is of another format"));
    assert!(message(b"# fnassay advisory index, format 2\n").contains("its head has no end"));
}

/// Where this fails, version keys have changed: raise the number in [`super::TITLE`] and make the starter anew.
#[test]
fn the_starter_orders_versions_as_the_program_does() {
    let index = Index::starter().unwrap();
    let mut checked = 0;
    for row in &index.contents().ecosystems {
        let ecosystem = Ecosystem::by_advisory_name(&row.name).unwrap();
        for package in index.packages(row) {
            for bound in &package.unwrap().view().unwrap().bounds {
                assert_eq!(
                    ecosystem.version_key(bound.text).unwrap().as_bytes(),
                    bound.key,
                    "{} {}",
                    row.name,
                    bound.text
                );
                checked += 1;
            }
        }
    }
    assert!(checked > 10_000, "{checked}");
}

fn version() -> impl Strategy<Value = String> {
    prop_oneof![
        (0u8..4, 0u8..4, 0u8..4).prop_map(|(major, minor, patch)| format!("{major}.{minor}.{patch}")),
        (0u8..4, 0u8..3).prop_map(|(major, pre)| format!("{major}.0.0-rc.{pre}")),
        Just("0".to_owned()),
        Just("odd".to_owned()),
    ]
}

fn event() -> impl Strategy<Value = (EventKind, String)> {
    (proptest::sample::select(&EventKind::ALL[..]), version())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Write then read is identity, and places among bounds say what sets say.
    #[test]
    fn a_package_survives(events in proptest::collection::vec(proptest::collection::vec(event(), 0..6), 1..5), versions in proptest::collection::vec(version(), 0..4), asked in proptest::collection::vec(version(), 1..8)) {
        let groups: Vec<_> = events.into_iter().enumerate().map(|(at, events)| group(&format!("CVE-2024-{at:04}"), affected(events, &versions))).collect();
        let written: Vec<_> = groups.iter().map(|group| (group, Exploitation::default())).collect();
        let bytes = write_package("p", &written, |_| 7);
        let view = PackageView::read(&bytes).unwrap();
        prop_assert_eq!(view.groups.len(), groups.len());
        for (read, group) in view.groups.iter().zip(&groups) {
            prop_assert_eq!(&view.version_set(read), &group.versions.set);
            prop_assert_eq!(&read.undecided, &group.versions.undecided);
            prop_assert_eq!(read.listed.iter().map(|text| Box::from(*text)).collect::<Vec<Box<str>>>(), group.versions.listed.clone());
            prop_assert_eq!(read.facts(view.name).unwrap().vectors, vec![7]);
            for version in &asked {
                let Ok(key) = npm().unwrap().version_key(version) else { continue };
                prop_assert_eq!(read.contains(view.position(&key)), group.versions.set.contains(&key), "{}", version);
            }
        }
    }

    #[test]
    fn any_bytes_are_survived_as_a_package(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(view) = PackageView::read(&bytes) {
            for group in &view.groups {
                let _ = (view.version_set(group), group.facts(view.name), group.first_id(), group.contains(Position::Below(3)));
            }
        }
    }

    /// Checksums made right again, so that the readers behind them see the damage.
    #[test]
    fn any_damage_is_survived_as_an_index(changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..6), cut in proptest::option::of(any::<proptest::sample::Index>())) {
        let mut bytes = small_index();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        super::write::repair(&mut bytes);
        if let Ok(index) = Index::from_bytes(bytes, "test") {
            ask_everything(&index);
        }
    }

    #[test]
    fn any_bytes_are_survived_as_a_record(bytes in proptest::collection::vec(any::<u8>(), 0..300), text in r#"[\[\]{}:,"a-z0-9.]{0,120}"#) {
        let _ = crate::osv::Record::parse(&bytes, "npm");
        let _ = crate::osv::Record::parse(text.as_bytes(), "npm");
        let nested = format!(r#"{{"id":"A-1","affected":[{{"package":{{"ecosystem":"npm","name":"p"}},{text}}}]}}"#);
        let _ = crate::osv::Record::parse(nested.as_bytes(), "npm");
    }

    #[test]
    fn any_bytes_are_survived_as_a_zip(bytes in proptest::collection::vec(any::<u8>(), 0..300), changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..6)) {
        let mut zip = testkit::zip::ZipBuilder::new().file("A-1.json", "{\"id\":\"A-1\"}").stored("B.json", "{}").write();
        for (at, byte) in changes {
            let at = at.index(zip.len());
            zip[at] = byte;
        }
        for zip in [bytes, zip] {
            if let Ok(archive) = crate::osv::archive_of(zip) {
                let _ = archive.records("npm", &|_| ());
                let _ = archive.verify();
            }
        }
    }

    #[test]
    fn any_text_is_survived_as_a_purl(text in "\\PC{0,40}", tail in "[a-z/@?#%&=:]{0,40}") {
        let _ = crate::PackageUrl::parse(&text);
        if let Ok(purl) = crate::PackageUrl::parse(&format!("pkg:npm/{tail}")) {
            let _ = crate::OwnedSubject::from_purl(&purl);
        }
    }
}
