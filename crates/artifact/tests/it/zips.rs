//! Zip archives: the forms that are read, and the broken ones that are told.

use testkit::zip::{BZIP2, DEFLATED, ZSTANDARD, ZipBuilder, ZipFile};

use crate::{check, check_zip, package, see, see_zip};
use artifact::Limits;

const TEXT: &[u8] = b"text text text text text text text text";
const SHOWN: &str = "p.zip!/a.txt = text text text text text text text text";

#[test]
fn reads_every_correct_form() {
    let cases = [
        ZipBuilder::new().file("a.txt", TEXT),
        ZipBuilder::new().stored("a.txt", TEXT),
        ZipBuilder::new().file("a.txt", TEXT).zip64(),
        ZipBuilder::new().stored("a.txt", TEXT).zip64(),
        ZipBuilder::new().entry(ZipFile { data_descriptor: true, ..ZipFile::deflated("a.txt", TEXT) }),
        ZipBuilder::new().entry(ZipFile { data_descriptor: true, ..ZipFile::deflated("a.txt", TEXT) }).zip64(),
        ZipBuilder::new().file("a.txt", TEXT).comment("a comment"),
        ZipBuilder::new().file("a.txt", TEXT).comment("a comment with PK\x05\x06 in it that is no end of an archive"),
        ZipBuilder::new().file("a.txt", TEXT).prefix("#!/usr/bin/env python3\n"),
        ZipBuilder::new().file("a.txt", TEXT).counted_prefix("#!/usr/bin/env python3\n"),
        ZipBuilder::new().file("a.txt", TEXT).prefix("#!/bin/sh\n").zip64(),
        ZipBuilder::new().file("a.txt", TEXT).counted_prefix("#!/bin/sh\n").zip64(),
        ZipBuilder::new().folder("empty/").file("./a.txt", TEXT),
    ];
    for zip in cases {
        check_zip(&zip, &[SHOWN], &[]);
    }
}

#[test]
fn an_empty_archive_is_told() {
    check_zip(&ZipBuilder::new(), &[], &["p.zip: holds no files"]);
    check_zip(&ZipBuilder::new().folder("a/"), &[], &["p.zip: holds no files"]);
}

#[test]
fn a_file_that_is_no_archive_is_a_file() {
    check(&see_zip(b"no archive"), &["p.zip = no archive"], &["p.zip: not the archive"]);
    check(&see_zip(b""), &["p.zip = "], &["p.zip: not the archive"]);
    let (_folder, root) = package("p.gz", b"\x1f\x8b\x08");
    check(&see(&[root], &Limits::default()), &["p.gz = \x1f\u{fffd}\x08"], &["p.gz: unpack it"]);
    let (_folder, root) = package("app.py", b"import os");
    check(&see(&[root], &Limits::default()), &["app.py = import os"], &[]);
}

#[test]
fn an_archive_is_known_by_its_bytes_too() {
    let (_folder, root) = package("p.artifact", &ZipBuilder::new().file("a.txt", "a").write());
    check(&see(&[root], &Limits::default()), &["p.artifact!/a.txt = a"], &[]);
}

#[test]
fn what_cannot_be_inflated_is_told_by_name() {
    let encrypted = ZipFile { encrypted: true, ..ZipFile::stored("b", "?") };
    let method = |method| ZipFile { method, ..ZipFile::stored("b", "?") };
    let cases = [
        (encrypted, "encrypted"),
        (method(BZIP2), "bzip2"),
        (method(ZSTANDARD), "zstd"),
        (method(4711), "method 4711"),
        (ZipFile { declared_stored_size: Some(1 << 40), ..ZipFile::stored("b", "?") }, "past the end"),
        (ZipFile { declared_size: Some(1 << 29), ..ZipFile::deflated("b", "?") }, "many times"),
    ];
    for (file, why) in cases {
        let seen = see_zip(&ZipBuilder::new().file("a.txt", TEXT).entry(file).write());
        assert_eq!(seen.files.len(), 2, "{:?}", seen.files);
        assert_eq!(seen.files[0], SHOWN);
        assert!(seen.files[1].starts_with("p.zip!/b ! ") && seen.files[1].contains(why), "{:?}", seen.files);
        assert_eq!(seen.gaps.len(), 1, "{:?}", seen.gaps);
        assert!(seen.gaps[0].starts_with("p.zip!/b: ") && seen.gaps[0].contains(why), "{:?}", seen.gaps);
    }
}

#[test]
fn lies_are_told_and_what_is_there_is_read() {
    let plain = || ZipFile::deflated("a.txt", TEXT);
    let cases = [
        (ZipFile { declared_crc: Some(1), ..plain() }, "checksum is wrong"),
        (ZipFile { declared_crc: Some(1), ..ZipFile::stored("a.txt", TEXT) }, "checksum is wrong"),
        (ZipFile { declared_size: Some(3), ..plain() }, "another number of bytes"),
        (ZipFile { declared_size: Some(3000), ..plain() }, "another number of bytes"),
        (ZipFile { declared_size: Some(0), ..plain() }, "another number of bytes"),
        (ZipFile { local_name: Some(b"b.txt".to_vec()), ..plain() }, "different names"),
        (ZipFile { local_declared_size: Some(7), ..plain() }, "disagree about its size"),
    ];
    for (file, why) in cases {
        check_zip(&ZipBuilder::new().entry(file), &[SHOWN], &[&format!("p.zip!/a.txt: {why}")]);
    }
}

#[test]
fn an_entry_without_bytes_is_told_when_it_is_read() {
    let cases = [
        (ZipFile { stored_bytes: Some(vec![0xff; 9]), ..ZipFile::deflated("b", TEXT) }, "damaged"),
        (ZipFile { local_offset: Some(7), ..ZipFile::deflated("b", TEXT) }, "no entry where its directory says"),
        (
            ZipFile { declared_size: Some(1), ..ZipFile::deflated("b", vec![b'x'; 1 << 20]) },
            "far more than the 1 bytes",
        ),
    ];
    for (file, why) in cases {
        let seen = see_zip(&ZipBuilder::new().entry(file).write());
        assert!(seen.files[0].starts_with("p.zip!/b ! ") && seen.files[0].contains(why), "{:?}", seen.files);
    }
}

#[test]
fn the_last_of_several_entries_of_one_name_is_read() {
    let zip = ZipBuilder::new().file("a.txt", "one").file("b", "b").file("./a.txt", "two");
    check_zip(&zip, &["p.zip!/a.txt = two", "p.zip!/b = b"], &["p.zip!/a.txt: the same name"]);
    let same = ZipBuilder::new().file("a.txt", "one").file("a.txt", "one");
    check_zip(&same, &["p.zip!/a.txt = one"], &[]);
}

#[test]
fn names_never_lead_out_of_the_package() {
    let zip = ZipBuilder::new().file("../../etc/a", "1").file("/etc/b", "2").file("C:\\c\\..\\d", "3");
    check_zip(
        &zip,
        &["p.zip!/c/d = 3", "p.zip!/etc/a = 1", "p.zip!/etc/b = 2"],
        &["p.zip!/c/d: out of the package", "p.zip!/c/d: backslashes", "p.zip!/etc/a: out of", "p.zip!/etc/b: out of"],
    );
    check_zip(&ZipBuilder::new().file("..", "1").file("a", "2"), &["p.zip!/a = 2"], &["p.zip!/..: no file can have"]);
    check_zip(&ZipBuilder::new().file(b"caf\x82", "1"), &["p.zip!/café = 1"], &["p.zip!/café: code page 437"]);
    let lying = ZipFile { utf8_name: true, ..ZipFile::deflated(b"caf\x82", "1") };
    check_zip(&ZipBuilder::new().entry(lying), &["p.zip!/caf\u{fffd} = 1"], &["p.zip!/caf\u{fffd}: is not"]);
    check_zip(&ZipBuilder::new().file("größe/✓", "1"), &["p.zip!/größe/✓ = 1"], &[]);
}

#[test]
fn a_folder_entry_that_holds_data_is_told() {
    let zip = ZipBuilder::new().file("a", "1").file("b/", "hidden");
    check_zip(&zip, &["p.zip!/a = 1"], &["p.zip!/b/: holds data"]);
}

#[test]
fn a_truncated_archive_is_read_as_far_as_it_goes() {
    let whole = ZipBuilder::new().file("a.txt", TEXT).file("b.txt", TEXT).write();
    let directory = whole.windows(4).position(|at| at == b"PK\x01\x02").unwrap();
    let without_directory = see_zip(&whole[..directory]);
    check(&without_directory, &[SHOWN, &SHOWN.replace("a.txt", "b.txt")], &["p.zip: no readable directory"]);
    let within_b = see_zip(&whole[..directory - 5]);
    assert_eq!(within_b.files[0], SHOWN);
    assert!(within_b.files[1].contains("p.zip!/b.txt ! ") && within_b.files[1].contains("past the end"));
    assert_eq!(within_b.gaps.len(), 2, "{:?}", within_b.gaps);
    let within_end = see_zip(&whole[..whole.len() - 5]);
    assert_eq!(within_end.files.len(), 2, "{:?}", within_end.gaps);
}

#[test]
fn a_truncated_archive_with_data_descriptors_is_read_too() {
    for zip64 in [false, true] {
        let described = |name| ZipFile { data_descriptor: true, ..ZipFile::deflated(name, TEXT) };
        let mut zip = ZipBuilder::new().entry(described("a.txt")).entry(described("b.txt"));
        if zip64 {
            zip = zip.zip64();
        }
        let whole = zip.write();
        let directory = whole.windows(4).position(|at| at == b"PK\x01\x02").unwrap();
        let files = [SHOWN.to_owned(), SHOWN.replace("a.txt", "b.txt")];
        let seen = see_zip(&whole[..directory]);
        check(&seen, &[&files[0], &files[1]], &["p.zip: no readable directory"]);
    }
}

#[test]
fn a_damaged_directory_is_completed_from_local_headers() {
    let mut bytes = ZipBuilder::new().file("a.txt", TEXT).file("b.txt", TEXT).write();
    let second = bytes.windows(4).rposition(|at| at == b"PK\x01\x02").unwrap();
    bytes[second] = b'?';
    check(&see_zip(&bytes), &[SHOWN, &SHOWN.replace("a.txt", "b.txt")], &["p.zip: no readable directory"]);
}

#[test]
fn a_wrong_number_of_entries_is_told() {
    let mut bytes = ZipBuilder::new().file("a.txt", TEXT).write();
    let end = bytes.windows(4).rposition(|at| at == b"PK\x05\x06").unwrap();
    bytes[end + 10] = 9;
    check(&see_zip(&bytes), &[SHOWN], &["p.zip: another number of entries"]);
}

#[test]
fn entries_that_share_bytes_are_told() {
    let zip = ZipBuilder::new()
        .file("a.txt", TEXT)
        .entry(ZipFile { local_offset: Some(0), ..ZipFile::deflated("b.txt", TEXT) });
    let seen = see_zip(&zip.write());
    assert_eq!(seen.files.len(), 2);
    assert!(seen.gaps.iter().any(|gap| gap.starts_with("p.zip!/b.txt: the entry shares bytes")), "{:?}", seen.gaps);
}

#[test]
fn links_are_resolved_inside_the_archive() {
    let zip = ZipBuilder::new()
        .file("lib/real/a.txt", "a")
        .symlink("lib/linked", "real")
        .symlink("copy.txt", "lib/linked/a.txt")
        .symlink("lib/up", "..")
        .symlink("out", "../../etc/passwd")
        .symlink("absolute", "/etc/passwd")
        .symlink("nowhere", "lib/none")
        .symlink("loop", "loop2")
        .symlink("loop2", "loop");
    let (_folder, root) = package("p.zip", &zip.write());
    let seen = see(std::slice::from_ref(&root), &Limits::default());
    check(
        &seen,
        &["p.zip!/copy.txt = a", "p.zip!/lib/real/a.txt = a"],
        &[
            "p.zip!/absolute: out of the archive",
            "p.zip!/loop: circle",
            "p.zip!/loop2: circle",
            "p.zip!/nowhere: nowhere",
            "p.zip!/out: out of the archive",
        ],
    );
    let artifact = artifact::Artifact::open(&[root], &Limits::default()).value;
    let find = |path| artifact.find(artifact::Mount::Function, path).map(|entry| entry.path.as_str());
    assert_eq!(find("lib/linked/a.txt"), Some("lib/real/a.txt"));
    assert_eq!(find("lib/up/lib/linked/a.txt"), Some("lib/real/a.txt"));
    assert_eq!(find("lib/linked/b.txt"), None);
    assert_eq!(artifact.under(artifact::Mount::Function, "lib/linked").count(), 1);
    let visited = artifact.visit(|_| true, |entry, _| entry.path.clone());
    assert_eq!(visited, ["lib/real/a.txt"], "the copy repeats it");
}

#[test]
fn more_than_65535_entries_are_read() {
    let mut zip = ZipBuilder::new();
    for number in 0..66_000 {
        zip = zip.entry(ZipFile {
            method: if number == 65_999 { DEFLATED } else { 0 },
            ..ZipFile::stored(format!("{number:05}"), "x")
        });
    }
    let (_folder, root) = package("p.zip", &zip.write());
    let parsed = artifact::Artifact::open(&[root], &Limits::default());
    assert_eq!((parsed.value.entries().len(), parsed.gaps), (66_000, vec![]));
    let last = parsed.value.find(artifact::Mount::Function, "65999").unwrap();
    assert_eq!(&*parsed.value.read(last).unwrap(), b"x");
}
