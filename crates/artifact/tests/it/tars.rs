//! Tar archives, bare and in gzip.

use artifact::{Artifact, Limits, Mount};
use testkit::tar::{TarBuilder, gzip};
use testkit::zip::ZipBuilder;

use crate::{Seen, check, package, see};

fn see_tar(tar: &TarBuilder) -> Seen {
    let (_folder, root) = package("p.tar", &tar.write());
    see(&[root], &Limits::default())
}

#[test]
fn reads_every_correct_form() {
    let tar = TarBuilder::new().entry(b'5', "lib/", "", "").file("lib/a.txt", "a").file("./b.txt", "");
    let files = |name: &str| [format!("{name}!/b.txt = "), format!("{name}!/lib/a.txt = a")];
    for (name, bytes) in
        [("p.tar", tar.write()), ("p.tgz", gzip(&tar.write())), ("p.tar.gz", gzip(&tar.write())), ("p", tar.write())]
    {
        let (_folder, root) = package(name, &bytes);
        let files = files(name);
        check(&see(&[root], &Limits::default()), &[&files[0], &files[1]], &[]);
    }
}

#[test]
fn long_names_are_read_whole() {
    let long = format!("{}/a.txt", "folder".repeat(40));
    let cases = [
        TarBuilder::new().gnu_long_name(&long).file(&long, "a"),
        TarBuilder::new().pax("path", &long).file(&long, "a"),
        TarBuilder::new().pax("mtime", "1.5").pax("path", &long).file("short", "a"),
    ];
    for tar in cases {
        check(&see_tar(&tar), &[&format!("p.tar!/{long} = a")], &[]);
    }
}

#[test]
fn links_stay_inside() {
    let tar = TarBuilder::new()
        .file("real/a.txt", "a")
        .symlink("linked", "real")
        .symlink("real/up.txt", "a.txt")
        .hard_link("hard.txt", "real/a.txt")
        .symlink("out", "../../etc/passwd")
        .hard_link("none", "nowhere");
    let files = ["p.tar!/hard.txt = a", "p.tar!/real/a.txt = a", "p.tar!/real/up.txt = a"];
    check(&see_tar(&tar), &files, &["p.tar!/none: nowhere", "p.tar!/out: out of the archive"]);
    let (_folder, root) = package("p.tar", &tar.write());
    let artifact = Artifact::open(&[root], &Limits::default()).value;
    let found = artifact.find(Mount::Function, "linked/a.txt").map(|entry| entry.path.as_str());
    assert_eq!(found, Some("real/a.txt"));
}

#[test]
fn what_cannot_be_read_is_told() {
    let plain = || TarBuilder::new().file("a.txt", "a");
    check(
        &see_tar(&plain().file("../b", "b")),
        &["p.tar!/a.txt = a", "p.tar!/b = b"],
        &["p.tar!/b: out of the package"],
    );
    check(&see_tar(&plain().entry(b'3', "null", "", "")), &["p.tar!/a.txt = a"], &["p.tar!/null: device"]);
    check(&see_tar(&plain().entry(b'S', "s", "", "")), &["p.tar!/a.txt = a"], &["p.tar!/s: holes"]);
    check(&see_tar(&plain().pax("GNU.sparse.major", "1").file("s", "")), &["p.tar!/a.txt = a"], &["p.tar!/s: holes"]);
    let whole = plain().file("b.txt", "b").write();
    let (_folder, root) = package("p.tar", &whole[..512 * 3]);
    check(&see(&[root], &Limits::default()), &["p.tar!/a.txt = a"], &["p.tar: cut off"]);
}

#[test]
fn gzip_that_is_damaged_or_too_large_is_told() {
    let packed = gzip(&TarBuilder::new().file("a.txt", "a").write());
    let cases = [
        (packed[..packed.len() - 9].to_vec(), Limits::default(), "damaged"),
        (b"no gzip".to_vec(), Limits::default(), "not the gzip file"),
        (packed.clone(), Limits { nested_bytes_held: 100, ..Limits::default() }, "larger than is held"),
        (gzip(b"no tar"), Limits::default(), "not the archive"),
    ];
    for (bytes, limits, why) in cases {
        let (_folder, root) = package("p.tgz", &bytes);
        let seen = see(&[root], &limits);
        assert_eq!(seen.files.len(), 1, "{:?}", seen.files);
        assert!(
            seen.gaps.len() == 1 && seen.gaps[0].starts_with("p.tgz: ") && seen.gaps[0].contains(why),
            "{:?}",
            seen.gaps
        );
    }
}

#[test]
fn tars_inside_packages_are_opened() {
    let tar = gzip(&TarBuilder::new().file("zone/UTC", "TZif").write());
    let zip = ZipBuilder::new().file("dateutil/zones.tar.gz", tar).write();
    let (_folder, root) = package("p.zip", &zip);
    let seen = see(&[root], &Limits::default());
    assert_eq!(seen.files[1..], ["p.zip!/dateutil/zones.tar.gz!/zone/UTC = TZif"]);
    assert!(seen.gaps.is_empty(), "{:?}", seen.gaps);
}
