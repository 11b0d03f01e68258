//! Any bytes in: no panic, no hang, nothing read without being asked for.

use artifact::{Artifact, Limits};
use proptest::prelude::*;
use testkit::tar::{TarBuilder, gzip};
use testkit::zip::{ZipBuilder, ZipFile};

use crate::package;

/// Small budgets keep each case short.
fn limits() -> Limits {
    Limits {
        entry_bytes: 1 << 20,
        total_bytes: 4 << 20,
        entries: 1000,
        nested_bytes_held: 1 << 20,
        ..Limits::default()
    }
}

fn survives(bytes: &[u8]) {
    survives_as("p.zip", bytes);
}

fn survives_as(name: &str, bytes: &[u8]) {
    let (_folder, root) = package(name, bytes);
    let parsed = Artifact::open(&[root], &limits());
    let artifact = parsed.value;
    for entry in artifact.entries() {
        let parts = entry.path.split('/');
        assert!(!entry.path.is_empty() && parts.clone().all(|part| part != ".."), "{:?}", entry.path);
        let found = artifact.find(entry.mount, &entry.path).map(|found| &found.path);
        assert_eq!(found, Some(&entry.path));
    }
    let lengths = artifact.visit(|_| true, |_, bytes| bytes.map(<[u8]>::len).unwrap_or_default());
    assert!(lengths.iter().all(|length| *length <= 5 << 20));
}

/// A tar with something of everything.
fn varied_tar() -> Vec<u8> {
    TarBuilder::new()
        .file("a.py", "import os")
        .pax("path", "long/b.py")
        .file("b.py", "b")
        .gnu_long_name("c.py")
        .file("c", "c")
        .symlink("d", "long")
        .hard_link("e.py", "a.py")
        .write()
}

/// A zip with something of everything.
fn varied_zip() -> Vec<u8> {
    let inner = ZipBuilder::new().file("i/n.txt", "inner").symlink("l", "i").write();
    ZipBuilder::new()
        .file("a.py", "import os\n".repeat(20))
        .stored("b.bin", [7; 40])
        .folder("c/")
        .entry(ZipFile { data_descriptor: true, ..ZipFile::deflated("c/d.txt", "described") })
        .symlink("e", "c")
        .stored("lib/f.jar", &inner)
        .file("lib/g.jar", &inner)
        .comment("end")
        .write()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        survives(&bytes);
    }

    #[test]
    fn bytes_that_start_like_an_archive_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for magic in [&b"PK\x03\x04"[..], b"PK\x05\x06", b"PK\x07\x08PK\x03\x04"] {
            survives(&[magic, &bytes].concat());
            survives(&[magic, &bytes, b"PK\x05\x06", &bytes].concat());
        }
    }

    #[test]
    fn changed_archives_are_survived(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        end in any::<prop::sample::Index>(),
        cut in any::<bool>(),
    ) {
        let mut bytes = varied_zip();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if cut {
            bytes.truncate(end.index(bytes.len()));
        }
        survives(&bytes);
    }

    #[test]
    fn changed_tars_are_survived(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        end in any::<prop::sample::Index>(),
    ) {
        let mut bytes = varied_tar();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        survives_as("p.tar", &bytes);
        survives_as("p.tar", &bytes[..end.index(bytes.len())]);
        let mut packed = gzip(&bytes);
        survives_as("p.tgz", &packed);
        let at = end.index(packed.len());
        packed[at] ^= 0xff;
        survives_as("p.tgz", &packed);
    }
}

#[test]
fn every_truncation_is_survived_and_told() {
    let whole = varied_zip();
    for length in 0..whole.len() {
        let (_folder, root) = package("p.zip", &whole[..length]);
        let parsed = Artifact::open(&[root], &limits());
        assert!(!parsed.gaps.is_empty(), "silent at {length} of {}", whole.len());
    }
    survives(&whole);
}

#[test]
fn an_archive_of_local_headers_without_end_is_left_in_time() {
    let header = [&b"PK\x03\x04"[..], &[0, 0, 8, 0, 8, 0], &[0; 16], &[1, 0, 0, 0], b"a"].concat();
    survives(&header.repeat(20_000));
}
