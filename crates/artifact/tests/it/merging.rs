//! Several roots in one table, as the platform puts them together.

use artifact::{Artifact, Limits, Mount, Root};
use testkit::zip::ZipBuilder;

use crate::{check, see};

#[test]
fn later_layers_cover_earlier_ones_and_never_the_function() {
    let layer =
        |text: &str| ZipBuilder::new().file("python/shared.py", text).file(format!("python/{text}.py"), text).write();
    let folder = testkit::folder(&[
        ("one.zip", &layer("one")),
        ("two.zip", &layer("two")),
        ("fn/python/shared.py", b"function"),
    ]);
    let roots = [
        Root::layer(folder.path().join("one.zip"), "one.zip", 0),
        Root::layer(folder.path().join("two.zip"), "two.zip", 1),
        Root::function(folder.path().join("fn"), "fn"),
    ];
    check(
        &see(&roots, &Limits::default()),
        &[
            "fn/python/shared.py = function",
            "one.zip!/python/one.py = one",
            "two.zip!/python/shared.py = two",
            "two.zip!/python/two.py = two",
        ],
        &[],
    );
    let artifact = Artifact::open(&roots, &Limits::default()).value;
    let layers: Vec<_> = artifact.entries().iter().map(|entry| (entry.mount, entry.layer)).collect();
    assert_eq!(
        layers,
        [(Mount::Function, None), (Mount::Layers, Some(0)), (Mount::Layers, Some(1)), (Mount::Layers, Some(1))]
    );
}

#[test]
fn files_of_a_covered_archive_are_not_in_the_table() {
    let jar = |name: &str| ZipBuilder::new().file(name, name).write();
    let layer = |name: &str| ZipBuilder::new().file("java/lib/a.jar", jar(name)).write();
    let folder = testkit::folder(&[("one.zip", &layer("Old.class")), ("two.zip", &layer("New.class"))]);
    let roots = [
        Root::layer(folder.path().join("one.zip"), "one.zip", 0),
        Root::layer(folder.path().join("two.zip"), "two.zip", 1),
    ];
    let artifact = Artifact::open(&roots, &Limits::default()).value;
    let paths: Vec<_> = artifact.entries().iter().map(|entry| artifact.display_path(entry)).collect();
    assert_eq!(paths, ["two.zip!/java/lib/a.jar", "two.zip!/java/lib/a.jar!/New.class"]);
}

#[test]
fn inline_code_is_shown_as_its_template() {
    let root = Root::inline("index.py", "import os", "template.yaml");
    check(&see(std::slice::from_ref(&root), &Limits::default()), &["template.yaml = import os"], &[]);
    let artifact = Artifact::open(&[root], &Limits::default()).value;
    assert!(artifact.find(Mount::Function, "index.py").is_some());
    assert_eq!(artifact.total_bytes(), 9);
}

#[test]
fn opening_twice_gives_the_same_table() {
    let files: Vec<(String, String)> = (0..200).map(|n| (format!("d{}/f{n}", n % 7), n.to_string())).collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(path, text)| (path.as_str(), text.as_bytes())).collect();
    let folder = testkit::folder(&files);
    let once = see(&[Root::function(folder.path(), ".")], &Limits::default());
    let again = see(&[Root::function(folder.path(), ".")], &Limits::default());
    assert_eq!((once.files.len(), once.files), (200, again.files));
}
