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

#[test]
fn a_prefix_is_what_the_whole_begins_with() {
    let text: Vec<u8> =
        (0..200_000_u32).flat_map(|number| (number.wrapping_mul(2_654_435_761) >> 20).to_le_bytes()).collect();
    let same = vec![7; 3_000_000];
    let zip = ZipBuilder::new().file("a", &text).file("b", &same).file("c", "").file("d", "short").stored("e", &text);
    let folder = testkit::folder(&[("p.zip", &zip.write()), ("f/a", &text), ("f/d", b"short")]);
    for root in ["p.zip", "f"] {
        let artifact = Artifact::open(&[Root::function(folder.path().join(root), root)], &Limits::default()).value;
        for entry in artifact.entries() {
            let whole = artifact.read(entry).unwrap();
            for length in [0, 1, 64, 4_096, 70_000] {
                let expected = &whole[..whole.len().min(length)];
                assert_eq!(artifact.prefix(entry, length).unwrap(), expected, "{} {length}", entry.path);
            }
        }
    }
}

#[test]
fn a_prefix_of_damaged_bytes_is_a_gap() {
    let zip = ZipBuilder::new().file("a", [b'x'; 500]).write();
    let at = zip.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    let mut damaged = zip.clone();
    damaged[31..at].fill(0xff);
    let folder = testkit::folder(&[("p.zip", &damaged)]);
    let artifact = Artifact::open(&[Root::function(folder.path().join("p.zip"), "p.zip")], &Limits::default()).value;
    let gap = artifact.prefix(&artifact.entries()[0], 64).unwrap_err();
    assert!(gap.why.contains("damaged"), "{gap:?}");
}
