//! Handing bytes out: in parallel, without copies, and as packages know them.

use artifact::{Artifact, Content, Limits, Root};
use testkit::zip::{ZipBuilder, ZipFile};

#[test]
fn large_stored_entries_are_borrowed() {
    let large = vec![7; 100_000];
    let zip = ZipBuilder::new().stored("a", &large).file("b", "deflated").stored("c", "small");
    let folder = testkit::folder(&[("p.zip", &zip.write())]);
    let artifact = Artifact::open(&[Root::function(folder.path().join("p.zip"), "p.zip")], &Limits::default()).value;
    let read: Vec<_> = artifact.entries().iter().map(|entry| artifact.read(entry).unwrap()).collect();
    assert!(matches!(read.as_slice(), [Content::Part(_), Content::Owned(_), Content::Owned(_)]), "{read:?}");
    assert_eq!((&*read[0], &*read[2]), (large.as_slice(), &b"small"[..]));
}

#[test]
fn headers_with_long_extra_fields_are_read() {
    let long = |name: &str| ZipFile { local_extra: vec![0; 300], ..ZipFile::deflated(name, "text") };
    let zip = ZipBuilder::new().entry(long("a")).entry(ZipFile { method: 0, ..long("b") });
    let folder = testkit::folder(&[("p.zip", &zip.write())]);
    let artifact = Artifact::open(&[Root::function(folder.path().join("p.zip"), "p.zip")], &Limits::default()).value;
    assert!(artifact.entries().iter().all(|entry| &*artifact.read(entry).unwrap() == b"text"));
    assert_eq!(artifact.late_gaps(), []);
}

#[test]
fn a_visit_gives_outcomes_in_the_order_of_the_table() {
    let mut zip = ZipBuilder::new();
    for number in (0..500).rev() {
        zip = zip.file(format!("{number:03}"), number.to_string());
    }
    let folder = testkit::folder(&[("p.zip", &zip.write())]);
    let artifact = Artifact::open(&[Root::function(folder.path().join("p.zip"), "p.zip")], &Limits::default()).value;
    let visited = artifact.visit(
        |entry| entry.path.as_str() >= "250",
        |entry, bytes| format!("{} {}", entry.path, String::from_utf8_lossy(bytes.unwrap())),
    );
    let expected: Vec<_> = (250..500).map(|number| format!("{number:03} {number}")).collect();
    assert_eq!(visited, expected);
}

#[test]
fn a_visitor_may_read_other_entries() {
    let artifact = Artifact::from_memory([("a", &b"1"[..]), ("b", b"2")]);
    let sums = artifact.visit(
        |_| true,
        |_, bytes| {
            let own = bytes.unwrap().len();
            own + artifact
                .entries()
                .iter()
                .map(|entry| artifact.lend(entry, |bytes| bytes.unwrap().len()))
                .sum::<usize>()
        },
    );
    assert_eq!(sums, [3, 3]);
}
