//! Layers, archives and what a packed function leaves out.

use artifact::{Artifact, Limits, Root};
use inventory::{Inventory, Setting, take};
use model::Parsed;
use model::component::Origin;
use testkit::zip::ZipBuilder;

use crate::render;

fn scan(roots: &[Root], layers: &[&str]) -> Parsed<Inventory> {
    let artifact = Artifact::open(roots, &Limits::default()).value;
    let layers: Vec<_> = layers.iter().map(|layer| (*layer).to_owned()).collect();
    take(&artifact, &Setting { layers: &layers, runtime: Some("python3.12"), above: None })
}

#[test]
fn names_the_layer_that_brings_a_package() {
    let folder = testkit::folder(&[
        ("fn/requirements.txt", b"requests>=2\nboto3==1.34.0\n"),
        ("fn/package.json", br#"{"dependencies": {"lodash": "^4"}}"#),
        ("fn/node_modules/lodash3/package.json", br#"{"name": "lodash", "version": "3.0.0"}"#),
        (
            "common/python/lib/python3.12/site-packages/requests-2.31.0.dist-info/METADATA",
            b"Name: requests\nVersion: 2.31.0\n",
        ),
        ("web/nodejs/node_modules/lodash/package.json", br#"{"name": "lodash", "version": "4.17.21"}"#),
        ("web/nodejs/node20/node_modules/uuid/package.json", br#"{"name": "uuid", "version": "9.0.0"}"#),
    ]);
    let at = |path: &str| folder.path().join(path);
    let parsed = scan(
        &[Root::function(at("fn"), "fn"), Root::layer(at("common"), "common", 0), Root::layer(at("web"), "web", 1)],
        &["common", "web"],
    );
    assert_eq!(
        render(&parsed),
        [
            "pkg:npm/lodash@3.0.0: i fn/node_modules/lodash3/package.json",
            "pkg:npm/lodash@4.17.21 direct: d fn/package.json:1 i web/nodejs/node_modules/lodash/package.json",
            "pkg:npm/uuid@9.0.0: i web/nodejs/node20/node_modules/uuid/package.json",
            "pkg:pypi/boto3@1.34.0 direct: d fn/requirements.txt:2",
            "pkg:pypi/requests@2.31.0 direct: i common/python/lib/python3.12/site-packages/requests-2.31.0.dist-info/METADATA d fn/requirements.txt:1",
            "gap fn/requirements.txt: what `boto3` needs in turn is not listed here or installed: pin every package with `pip-compile` or `uv pip compile` and scan again",
        ]
    );
    let origins: Vec<_> = parsed.value.components.iter().map(|component| component.origin.clone()).collect();
    let layer = |name: &str| Origin::Layer(name.to_owned());
    assert_eq!(origins, [Origin::Function, layer("web"), layer("web"), Origin::Function, layer("common")]);
}

#[test]
fn the_same_package_in_function_and_layer_is_one_component_each() {
    let metadata: &[u8] = b"Name: idna\nVersion: 3.7\n";
    let folder = testkit::folder(&[
        ("fn/idna-3.7.dist-info/METADATA", metadata),
        ("layer/python/idna-3.7.dist-info/METADATA", metadata),
    ]);
    let roots = [Root::function(folder.path().join("fn"), "fn"), Root::layer(folder.path().join("layer"), "layer", 0)];
    let parsed = scan(&roots, &["common"]);
    let found: Vec<_> =
        parsed.value.components.iter().map(|component| (component.purl.as_str(), component.origin.name())).collect();
    assert_eq!(found, [("pkg:pypi/idna@3.7", "function"), ("pkg:pypi/idna@3.7", "layer")]);
}

#[test]
fn a_packed_archive_tells_what_was_left_out() {
    let lock = r#"{"lockfileVersion": 3, "packages": {
        "": {"dependencies": {"a": "^1", "aws-sdk": "^2"}, "devDependencies": {"jest": "^29"}},
        "node_modules/a": {"version": "1.0.0"},
        "node_modules/aws-sdk": {"version": "2.1.0"},
        "node_modules/jest": {"version": "29.0.0", "dev": true}}}"#;
    let files: [(&str, &str); 4] = [
        ("package.json", r#"{"dependencies": {"a": "^1", "aws-sdk": "^2"}, "devDependencies": {"jest": "^29"}}"#),
        ("package-lock.json", lock),
        ("node_modules/a/package.json", r#"{"name": "a", "version": "1.0.0"}"#),
        ("requirements.txt", "x==1.0\n"),
    ];
    let zip = files.iter().fold(ZipBuilder::new(), |zip, (path, text)| zip.file(path, text)).write();
    let folder = testkit::folder(&[("fn.zip", zip.as_slice())]);
    let parsed = scan(&[Root::function(folder.path().join("fn.zip"), "fn.zip")], &[]);
    assert_eq!(
        render(&parsed),
        [
            "pkg:npm/a@1.0.0 direct: i fn.zip!/node_modules/a/package.json l fn.zip!/package-lock.json:3 d fn.zip!/package.json:1",
            "pkg:npm/aws-sdk@2.1.0 absent direct: l fn.zip!/package-lock.json:4 d fn.zip!/package.json:1",
            "pkg:npm/jest@29.0.0 development direct: l fn.zip!/package-lock.json:5 d fn.zip!/package.json:1",
            "pkg:pypi/x@1.0 direct: d fn.zip!/requirements.txt:1",
            "gap fn.zip!/requirements.txt: what `x` needs in turn is not listed here or installed: pin every package with `pip-compile` or `uv pip compile` and scan again",
        ]
    );
}

#[test]
fn a_folder_and_its_zip_hold_the_same_packages() {
    let files: [(&str, &str); 4] = [
        ("node_modules/a/package.json", r#"{"name": "a", "version": "1.0.0"}"#),
        ("six-1.16.0.dist-info/METADATA", "Name: six\nVersion: 1.16.0\n"),
        ("six.py", ""),
        ("app.py", "import six\n"),
    ];
    let zip = files.iter().fold(ZipBuilder::new(), |zip, (path, text)| zip.file(path, text)).write();
    let unpacked: Vec<_> = files.iter().map(|(path, text)| (*path, text.as_bytes())).collect();
    let folder = testkit::folder(&unpacked);
    let archive = testkit::folder(&[("fn.zip", zip.as_slice())]);
    let purls = |root: Root| {
        scan(&[root], &[]).value.components.into_iter().map(|component| component.purl).collect::<Vec<_>>()
    };
    let expected = ["pkg:npm/a@1.0.0", "pkg:pypi/six@1.16.0"];
    assert_eq!(purls(Root::function(folder.path(), ".")), expected);
    assert_eq!(purls(Root::function(archive.path().join("fn.zip"), "fn.zip")), expected);
}
