//! Folders on disk: links, special files, names, and what packaging leaves out.

use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;

use artifact::{Artifact, Limits, Mount, Root};
use model::function::PackagePattern;

use crate::{check, see};

#[test]
fn files_are_listed_in_path_order_without_what_is_never_packed() {
    let folder = testkit::folder(&[
        ("src/b.py", b"b"),
        ("src/a/c.py", b"c"),
        ("src/.git/config", b"?"),
        ("src/x/.aws-sam/build/a.py", b"?"),
        ("src/.serverless/p.json", b"?"),
        ("src/.env", b"e"),
        ("src/env/pyvenv.cfg", b"home = /usr/bin"),
        ("src/env/lib/python3.12/site-packages/a.py", b"?"),
    ]);
    let seen = see(&[Root::function(folder.path().join("src"), "src")], &Limits::default());
    check(&seen, &["src/.env = e", "src/a/c.py = c", "src/b.py = b"], &[]);
}

#[test]
fn a_root_that_is_build_output_is_read() {
    let folder = testkit::folder(&[(".aws-sam/build/F/a.py", b"a")]);
    let seen = see(&[Root::function(folder.path().join(".aws-sam/build/F"), ".aws-sam/build/F")], &Limits::default());
    check(&seen, &[".aws-sam/build/F/a.py = a"], &[]);
}

#[test]
fn the_target_itself_shows_paths_without_prefix() {
    let folder = testkit::folder(&[("a.py", b"a")]);
    check(&see(&[Root::function(folder.path(), ".")], &Limits::default()), &["a.py = a"], &[]);
    let file = Root::function(folder.path().join("a.py"), ".");
    check(&see(&[file], &Limits::default()), &["a.py = a"], &[]);
}

#[test]
fn packaging_patterns_decide_what_is_packed() {
    let folder = testkit::folder(&[("src/a.py", b"a"), ("docs/b.md", b"b"), ("c.py", b"c")]);
    let pattern = |glob: &str, includes| PackagePattern { glob: glob.to_owned(), includes };
    let root = Root::function(folder.path(), ".").including(&[pattern("**", false), pattern("src/**", true)]);
    check(&see(&[root], &Limits::default()), &["src/a.py = a"], &[]);
}

#[test]
fn links_never_leave_the_target() {
    let folder = testkit::folder(&[("target/fn/a.py", b"a"), ("target/shared/s.py", b"s"), ("secret/key", b"k")]);
    let target = folder.path().join("target");
    let function = target.join("fn");
    symlink("../shared", function.join("shared")).unwrap();
    symlink("../shared/s.py", function.join("s.py")).unwrap();
    symlink("../../secret", function.join("out")).unwrap();
    symlink("../../secret/key", function.join("key")).unwrap();
    symlink("none", function.join("nowhere")).unwrap();
    symlink("loop", function.join("loop")).unwrap();
    let within = Root::function(&function, "fn").within(&target);
    check(
        &see(&[within], &Limits::default()),
        &["fn/a.py = a", "fn/s.py = s", "fn/shared/s.py = s"],
        &["fn/key: out of the target", "fn/loop: circle", "fn/nowhere: nowhere", "fn/out: out of the target"],
    );
    let alone = Root::function(&function, "fn");
    check(
        &see(&[alone], &Limits::default()),
        &["fn/a.py = a"],
        &["fn/key: out", "fn/loop: circle", "fn/nowhere: nowhere", "fn/out: out", "fn/s.py: out", "fn/shared: out"],
    );
}

#[test]
fn a_root_that_links_out_of_the_target_is_not_read() {
    let folder = testkit::folder(&[("target/a", b"a"), ("secret/key", b"k")]);
    let target = folder.path().join("target");
    symlink("../secret", target.join("fn")).unwrap();
    let root = Root::function(target.join("fn"), "fn").within(&target);
    check(&see(&[root], &Limits::default()), &[], &["fn: leads out of the target"]);
}

#[test]
fn linked_folders_are_listed_once_and_loops_end() {
    let folder = testkit::folder(&[("node_modules/.store/b/index.js", b"b"), ("a/x.js", b"x")]);
    let root = folder.path();
    symlink(".store/b", root.join("node_modules/b")).unwrap();
    symlink("..", root.join("a/up")).unwrap();
    symlink("x.js", root.join("a/y.js")).unwrap();
    let parsed = Artifact::open(&[Root::function(root, ".")], &Limits::default());
    let artifact = parsed.value;
    let paths: Vec<_> = artifact.entries().iter().map(|entry| entry.path.as_str()).collect();
    assert_eq!((paths, parsed.gaps), (vec!["a/x.js", "a/y.js", "node_modules/.store/b/index.js"], vec![]));
    let find = |path| artifact.find(Mount::Function, path).map(|entry| entry.path.as_str());
    assert_eq!(find("node_modules/b/index.js"), Some("node_modules/.store/b/index.js"));
    assert_eq!(find("a/up/a/up/a/x.js"), Some("a/x.js"));
    let below: Vec<_> = artifact.under(Mount::Function, "node_modules/b").map(|entry| entry.path.as_str()).collect();
    assert_eq!(below, ["node_modules/.store/b/index.js"]);
    assert_eq!(artifact.visit(|_| true, |entry, _| entry.path.clone()).len(), 2, "y.js repeats x.js");
}

#[test]
fn a_packed_link_to_an_unpacked_folder_packs_its_files() {
    let folder = testkit::folder(&[("shared/s.py", b"s"), ("fn/a.py", b"a")]);
    symlink("../shared", folder.path().join("fn/shared")).unwrap();
    let pattern = |glob: &str, includes| PackagePattern { glob: glob.to_owned(), includes };
    let root = Root::function(folder.path(), ".").including(&[pattern("**", false), pattern("fn/**", true)]);
    check(&see(&[root], &Limits::default()), &["fn/a.py = a", "fn/shared/s.py = s"], &[]);
}

#[test]
fn special_files_are_never_opened() {
    let folder = testkit::folder(&[("a", b"a")]);
    let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("socket")).unwrap();
    symlink("socket", folder.path().join("link")).unwrap();
    check(
        &see(&[Root::function(folder.path(), ".")], &Limits::default()),
        &["a = a"],
        &["link: not opened", "socket: not opened"],
    );
    let root = Root::function(folder.path().join("socket"), "socket");
    check(&see(&[root], &Limits::default()), &[], &["socket: not opened"]);
    let device = Root::function("/dev/zero", "zero");
    check(&see(&[device], &Limits::default()), &[], &["zero: not opened"]);
}

#[test]
fn names_that_are_not_utf8_are_told_and_read() {
    let folder = testkit::folder(&[]);
    let name = std::ffi::OsStr::from_bytes(b"caf\x82");
    std::fs::write(folder.path().join(name), "c").unwrap();
    check(
        &see(&[Root::function(folder.path(), ".")], &Limits::default()),
        &["caf\u{fffd} = c"],
        &["caf\u{fffd}: not UTF-8"],
    );
}

#[test]
fn missing_and_empty_roots_are_told() {
    let folder = testkit::folder(&[]);
    check(&see(&[Root::function(folder.path(), "src")], &Limits::default()), &[], &["src: holds no files"]);
    let missing = Root::function(folder.path().join("none"), "none");
    check(&see(&[missing], &Limits::default()), &[], &["none: no such file"]);
}

#[test]
fn a_file_that_changes_while_it_is_read_is_told() {
    let folder = testkit::folder(&[("a", b"one"), ("gone", b"x")]);
    let artifact = Artifact::open(&[Root::function(folder.path(), ".")], &Limits::default()).value;
    std::fs::write(folder.path().join("a"), "longer than before").unwrap();
    std::fs::remove_file(folder.path().join("gone")).unwrap();
    let read = |path| artifact.read(artifact.find(Mount::Function, path).unwrap());
    assert_eq!(&*read("a").unwrap(), b"lon");
    assert!(artifact.late_gaps()[0].why.contains("changed"));
    assert!(read("gone").unwrap_err().why.contains("no such file"));
}
