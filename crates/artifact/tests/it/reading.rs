//! Handing bytes out: in parallel, without copies, and as packages know them.

use artifact::{Artifact, Content, Limits, Root};
use testkit::zip::ZipBuilder;

#[test]
fn stored_entries_are_borrowed() {
    let folder = testkit::folder(&[("p.zip", &ZipBuilder::new().stored("a", "stored").file("b", "deflated").write())]);
    let artifact = Artifact::open(&[Root::function(folder.path().join("p.zip"), "p.zip")], &Limits::default()).value;
    let read: Vec<_> = artifact.entries().iter().map(|entry| artifact.read(entry).unwrap()).collect();
    assert!(matches!((&read[0], &read[1]), (Content::Part(_), Content::Owned(_))), "{read:?}");
    assert_eq!(&*read[0], b"stored");
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
