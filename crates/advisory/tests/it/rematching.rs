use std::path::Path;

use advisory::{Index, rematch};

use crate::feeds::{index, range, record};

fn lines(folder: &Path, old: &Index, new: &Index) -> Vec<String> {
    let rematched = rematch(folder, old, new).unwrap();
    let line = |change: &advisory::FlawChange| {
        format!("{} {} {} {}", change.bill, change.kind.name(), change.purl, change.ids.join("+"))
    };
    rematched.changes.iter().map(line).collect()
}

#[test]
fn names_what_appeared_changed_and_disappeared_in_each_bill() {
    let fixed_later = |version: &str| range(&format!("introduced 0, fixed {version}"));
    let old = index(&[
        record("A-1", "npm", "a", &[], &fixed_later("2.0.0")),
        record("B-1", "npm", "b", &[], &fixed_later("2.0.0")),
        record("C-1", "PyPI", "c", &[], &fixed_later("2.0")),
        record("D-1", "npm", "same", &[], &fixed_later("2.0.0")),
    ]);
    let new = index(&[
        record("GHSA-2222-2222-2222", "npm", "a", &["A-1"], &fixed_later("2.0.0")),
        record("B-1", "npm", "b", &[], &fixed_later("1.0.0")),
        record("C-1", "PyPI", "c", &[], &fixed_later("2.0")),
        record("C-2", "PyPI", "c", &[], &fixed_later("3.0")),
        record("D-1", "npm", "same", &[], &fixed_later("2.0.0")),
    ]);
    let folder = testkit::folder(&[
        (
            "one.json",
            br#"{"components":[{"purl":"pkg:npm/a@1.0.0"},{"purl":"pkg:npm/b@1.5.0"},{"purl":"pkg:npm/same@1.0.0"}]}"#,
        ),
        ("more/two.cdx.json", br#"{"components":[{"purl":"pkg:pypi/C","range":">=1"},{"purl":"pkg:pypi/c@1.0"}]}"#),
        ("readme.txt", b"no bill"),
        ("broken.json", b"{"),
    ]);
    assert_eq!(
        lines(folder.path(), &old, &new),
        [
            "more/two.cdx.json appeared pkg:pypi/C C-2",
            "more/two.cdx.json appeared pkg:pypi/c@1.0 C-2",
            "one.json disappeared pkg:npm/b@1.5.0 B-1",
        ]
    );
    let rematched = rematch(folder.path(), &old, &new).unwrap();
    assert_eq!((rematched.bills, rematched.packages), (2, 3));
    assert_eq!(rematched.gaps.iter().map(|gap| gap.location.file.as_str()).collect::<Vec<_>>(), ["broken.json"]);
    assert_eq!(lines(folder.path(), &new, &new), [""; 0]);
}

#[test]
fn a_flaw_that_is_now_exploited_has_changed() {
    let built = |extra: &[(&str, &str)]| {
        let folder = crate::feeds::folder(&[("npm", &[record("CVE-2024-1", "npm", "a", &[], "")])]);
        extra.iter().for_each(|(name, text)| testkit::write_file(folder.path(), name, text.as_bytes()));
        Index::from_bytes(crate::feeds::built(folder.path()).bytes, "test").unwrap()
    };
    let (old, new) = (built(&[]), built(&[("kev.json", r#"{"vulnerabilities":[{"cveID":"CVE-2024-1"}]}"#)]));
    let folder = testkit::folder(&[(
        "a.json",
        br#"{"packages":[{"externalRefs":[{"referenceType":"purl","referenceLocator":"pkg:npm/a@1"}]}]}"#,
    )]);
    assert_eq!(lines(folder.path(), &old, &new), ["a.json changed pkg:npm/a@1 CVE-2024-1"]);
}
