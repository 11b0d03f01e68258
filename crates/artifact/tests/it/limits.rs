//! Each budget, when it is used up, is told with the entry's name.

use artifact::{Limits, Root};
use testkit::zip::ZipBuilder;

use crate::{Seen, check, package, see};

fn see_within(zip: &ZipBuilder, limits: &Limits) -> Seen {
    let (_folder, root) = package("p.zip", &zip.write());
    see(&[root], limits)
}

#[test]
fn a_large_entry_is_left_out() {
    let zip = ZipBuilder::new().file("large", vec![b'x'; 101]).file("small", "s");
    let seen = see_within(&zip, &Limits { entry_bytes: 100, ..Limits::default() });
    assert_eq!(seen.files.len(), 2);
    assert!(seen.files[0].starts_with("p.zip!/large ! larger than"), "{:?}", seen.files);
    assert_eq!(seen.files[1], "p.zip!/small = s");
    assert!(seen.gaps[0].starts_with("p.zip!/large: "), "{:?}", seen.gaps);
}

#[test]
fn the_largest_entries_are_left_out_of_a_large_package() {
    let zip = ZipBuilder::new().file("a", vec![b'x'; 90]).file("b", "b").file("c", "c");
    let seen = see_within(&zip, &Limits { total_bytes: 50, ..Limits::default() });
    assert!(seen.files[0].starts_with("p.zip!/a ! the package is larger"), "{:?}", seen.files);
    assert_eq!(seen.files[1..], ["p.zip!/b = b", "p.zip!/c = c"]);
    assert_eq!(seen.gaps.len(), 1);
}

#[test]
fn entries_beyond_the_limit_are_left_out() {
    let zip = ZipBuilder::new().file("a", "a").file("b", "b").file("c", "c");
    let limits = Limits { entries: 2, ..Limits::default() };
    check(&see_within(&zip, &limits), &["p.zip!/a = a", "p.zip!/b = b"], &["p.zip: more entries"]);
    let folder = testkit::folder(&[("a/1", b"1"), ("a/2", b"2"), ("b/3", b"3")]);
    let seen = see(&[Root::function(folder.path(), ".")], &limits);
    check(&seen, &["a/1 = 1", "a/2 = 2"], &["b: more files"]);
    let nested = ZipBuilder::new().file("n.zip", zip.write());
    let seen = see_within(&nested, &limits);
    assert_eq!(seen.files.len(), 2, "{:?}", seen.files);
    assert!(seen.gaps[0].starts_with("p.zip!/n.zip: more entries"), "{:?}", seen.gaps);
}

#[test]
fn compressed_archives_are_held_up_to_a_limit_and_stored_ones_cost_nothing() {
    let inner = ZipBuilder::new().file("x", "x").write();
    let zip = ZipBuilder::new().file("a.zip", &inner).stored("b.zip", &inner);
    let seen = see_within(&zip, &Limits { nested_bytes_held: 10, ..Limits::default() });
    assert_eq!(seen.files.len(), 3);
    assert_eq!(seen.files[2], "p.zip!/b.zip!/x = x");
    check(&Seen { files: vec![], gaps: seen.gaps }, &[], &["p.zip!/a.zip: larger than is held"]);
}

#[test]
fn what_inflates_without_measure_is_not_read() {
    let zip = ZipBuilder::new().file("bomb", vec![0; 9 << 20]).file("fine", vec![0; 1 << 20]);
    let seen = see_within(&zip, &Limits { inflate_ratio: 100, ..Limits::default() });
    assert!(seen.files[0].starts_with("p.zip!/bomb ! ") && seen.files[0].contains("very many times"));
    assert!(seen.files[1].starts_with("p.zip!/fine = "));
}

#[test]
fn many_gaps_of_one_kind_are_counted() {
    let mut zip = ZipBuilder::new();
    for number in 0..100 {
        zip = zip.file(format!("..\\{number:03}"), "x");
    }
    let seen = see_within(&zip, &Limits::default());
    assert_eq!((seen.files.len(), seen.gaps.len()), (100, 2), "{:?}", seen.gaps);
    assert!(
        seen.gaps.iter().any(|gap| gap.starts_with("p.zip: 100 files below `p.zip` (")
            && gap.contains("more): the entry's name separates"))
    );
}
