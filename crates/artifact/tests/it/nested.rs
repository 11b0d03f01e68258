//! Archives inside archives and folders.

use artifact::{Artifact, Limits, Root};
use testkit::zip::{ZipBuilder, ZipFile};

use crate::{check, see, see_zip};

fn jar() -> Vec<u8> {
    ZipBuilder::new().file("A.class", "class a").write()
}

fn files_without_archives(seen: &crate::Seen) -> Vec<&str> {
    seen.files.iter().map(String::as_str).filter(|file| !file.contains("PK")).collect()
}

#[test]
fn compressed_and_stored_archives_are_opened() {
    for outer in [ZipBuilder::new().file("lib/a.jar", jar()), ZipBuilder::new().stored("lib/a.jar", jar())] {
        let seen = see_zip(&outer.write());
        assert_eq!(files_without_archives(&seen), ["p.zip!/lib/a.jar!/A.class = class a"]);
        assert!(seen.gaps.is_empty(), "{:?}", seen.gaps);
    }
    let folder = testkit::folder(&[("lib/a.jar", &jar())]);
    let seen = see(&[Root::function(folder.path(), "src")], &Limits::default());
    assert_eq!(files_without_archives(&seen), ["src/lib/a.jar!/A.class = class a"]);
}

#[test]
fn archives_in_archives_in_archives_are_opened_down_to_a_limit() {
    let mut bytes = ZipBuilder::new().file("deepest.txt", "x").write();
    for level in 0..6 {
        bytes = ZipBuilder::new().file(format!("{level}.zip"), bytes).write();
    }
    let seen = see_zip(&bytes);
    assert_eq!(seen.files.len(), 5, "{:?}", seen.files);
    assert_eq!(seen.gaps.len(), 1, "{:?}", seen.gaps);
    assert!(
        seen.gaps[0].starts_with("p.zip!/5.zip!/4.zip!/3.zip!/2.zip!/1.zip: ")
            && seen.gaps[0].contains("too many others")
    );
}

#[test]
fn the_outer_archive_is_not_read_again_when_all_is_visited() {
    let folder = testkit::folder(&[("p.zip", &ZipBuilder::new().file("lib/a.jar", jar()).write())]);
    let artifact = Artifact::open(&[Root::function(folder.path().join("p.zip"), "p.zip")], &Limits::default()).value;
    let outer = &artifact.entries()[0];
    assert!(outer.is_opened_archive() && outer.path == "lib/a.jar");
    let visited = artifact.visit(|_| true, |entry, bytes| (entry.path.clone(), bytes.map(<[u8]>::to_vec)));
    assert_eq!(visited, [("lib/a.jar!/A.class".to_owned(), Ok(b"class a".to_vec()))]);
}

#[test]
fn a_file_that_is_an_archive_by_name_only_is_told() {
    check(
        &see_zip(&ZipBuilder::new().file("a.jar", "no").file("b.tar.xz", "no").write()),
        &["p.zip!/a.jar = no", "p.zip!/b.tar.xz = no"],
        &["p.zip!/a.jar: not the archive", "p.zip!/b.tar.xz: unpack it"],
    );
}

#[test]
fn a_nested_archive_that_cannot_be_inflated_is_told() {
    let damaged = ZipFile { stored_bytes: Some(vec![0xff; 40]), ..ZipFile::deflated("a.jar", jar()) };
    let seen = see_zip(&ZipBuilder::new().entry(damaged).write());
    assert_eq!(seen.files.len(), 1);
    assert!(seen.gaps[0].starts_with("p.zip!/a.jar: ") && seen.gaps[0].contains("damaged"), "{:?}", seen.gaps);
}

#[test]
fn gaps_and_links_of_nested_archives_carry_their_whole_path() {
    let inner = ZipBuilder::new()
        .file("real/a.txt", "a")
        .symlink("linked", "real")
        .entry(ZipFile { encrypted: true, ..ZipFile::stored("locked", "?") });
    let folder = testkit::folder(&[("p.zip", &ZipBuilder::new().file("i.zip", inner.write()).write())]);
    let parsed = Artifact::open(&[Root::function(folder.path().join("p.zip"), "p.zip")], &Limits::default());
    let gaps: Vec<_> = parsed.gaps.iter().map(|gap| gap.location.file.as_str()).collect();
    assert_eq!(gaps, ["p.zip!/i.zip!/locked"]);
    let found = parsed.value.find(artifact::Mount::Function, "i.zip!/linked/a.txt").unwrap();
    assert_eq!(found.path, "i.zip!/real/a.txt");
}
