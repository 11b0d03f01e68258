//! Functions in container images, as the program reports them: by themselves and named by a template.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use testkit::tar::{TarBuilder, gzip};

use crate::program::run;

const CONFIG: &str = r#"{"config": {"Env": ["LAMBDA_TASK_ROOT=/var/task", "LAMBDA_RUNTIME_DIR=/var/runtime"],
    "Entrypoint": ["/lambda-entrypoint.sh"], "Cmd": ["app.handler"]}, "rootfs": {"diff_ids": []},
    "history": [{"created_by": "ADD base"}, {"created_by": "RUN apt-get install added"}, {"created_by": "COPY . ."}]}"#;
/// Made up for this test.
const PLANTED: &str = concat!("ghp_", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
/// Of the text that a package brought in the test of its credentials.
const MD5: &str = "60152ec6cf60fe83b9608dab12c85f85";
const HANDLER: &str =
    "import boto3\ndef handler(event, context):\n    boto3.client('s3').get_object(Bucket='b', Key='k')\n";

fn paragraph(name: &str) -> String {
    format!("Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.0-1\n\n")
}

fn layers() -> [Vec<u8>; 3] {
    let base = TarBuilder::new()
        .file("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n")
        .file("var/lib/dpkg/status", paragraph("first"))
        .file("var/lib/dpkg/info/first.list", "/usr/bin/first\n")
        .file("var/lang/bin/python3.12", "")
        .file("root/.token", format!("token={PLANTED}\n"));
    let added = TarBuilder::new()
        .file("var/lib/dpkg/status", paragraph("first") + &paragraph("added"))
        .file("var/lib/dpkg/info/added:amd64.list", "/usr/bin/added\n");
    let own = TarBuilder::new()
        .file("root/.wh..token", "")
        .file("var/task/app.py", HANDLER)
        .file("var/task/six-1.16.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: six\nVersion: 1.16.0\n");
    [base.write(), added.write(), own.write()]
}

fn image(layers: &[Vec<u8>]) -> Vec<u8> {
    let names: Vec<String> = (0..layers.len()).map(|at| format!("{at:064x}/layer.tar")).collect();
    let manifest = serde_json::json!([{ "Config": "config.json", "Layers": names }]).to_string();
    let archive = TarBuilder::new().file("config.json", CONFIG).file("manifest.json", manifest);
    names.iter().zip(layers).fold(archive, |archive, (name, layer)| archive.file(name, layer)).write()
}

fn scan(folder: &Path, target: &str) -> Value {
    let run = run(folder, &["scan", target, "--format", "json", "--today", "2026-11-23"]);
    assert!(run.exit <= 1, "{}", run.stderr);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    report["functions"][0].clone()
}

/// `purl origin` of each component, with the build step of its layer.
fn components(function: &Value) -> BTreeSet<String> {
    let step = |layer: &str| layer.split_once('(').map_or(String::new(), |(_, step)| format!(" ({step}"));
    let line = |component: &Value| {
        let text = |key: &str| component[key].as_str().unwrap_or_default().to_owned();
        format!("{} {}{}", text("purl"), text("origin"), step(&text("layer")))
    };
    function["components"].as_array().unwrap().iter().map(line).collect()
}

#[test]
fn an_image_is_assessed_like_any_function_in_every_form() {
    let layers = layers();
    let packed = layers.each_ref().map(|layer| gzip(layer));
    for archive in [image(&layers), image(&packed), gzip(&image(&layers))] {
        let folder = testkit::folder(&[("image.tar", &archive)]);
        let function = scan(folder.path(), "image.tar");
        assert_eq!(function["kind"], "container");
        assert_eq!((&function["handler"], &function["runtime"]), (&"app.handler".into(), &"python3.12".into()));
        assert_eq!(
            components(&function).into_iter().collect::<Vec<_>>(),
            [
                "pkg:deb/debian/added@1.0-1?arch=amd64&distro=debian-12 image (RUN apt-get install added)",
                "pkg:deb/debian/first@1.0-1?arch=amd64&distro=debian-12 image (ADD base)",
                "pkg:generic/aws-lambda-runtime/python3.12 runtime",
                "pkg:pypi/six@1.16.0 function",
            ]
        );
        assert!(function["permissions"]["needed"].to_string().contains("s3:GetObject"), "{function}");
        let findings = function["findings"].to_string();
        assert!(findings.contains("root/.token"), "{findings}");
        assert!(!function["gaps"].to_string().contains("aws-lambda-runtime"), "{function}");
    }
}

#[test]
fn an_archive_that_a_template_names_is_the_function() {
    let template = "Transform: AWS::Serverless-2016-10-31\nResources:\n  Orders:\n    Type: AWS::Serverless::Function\n    \
                    Properties:\n      PackageType: Image\n      ImageUri: ./image.tar\n";
    let folder =
        testkit::folder(&[("template.yaml", template.as_bytes()), ("image.tar", &image(&layers())), ("x/y.txt", b"")]);
    let function = scan(folder.path(), "template.yaml");
    assert_eq!(function["id"], "template.yaml#Orders");
    assert_eq!(function["handler"], "app.handler");
    assert!(components(&function).contains("pkg:pypi/six@1.16.0 function"), "{function}");
    assert!(function["permissions"]["needed"].to_string().contains("s3:GetObject"), "{function}");
}

#[test]
fn a_bill_of_materials_brings_the_runtime_back() {
    let folder = testkit::folder(&[("function/app.py", b"def handler(event, context): pass\n")]);
    let listed = ["sbom", "function", "--runtime", "python3.8", "--format", "cyclonedx", "--today", "2026-11-23"];
    let bill = run(folder.path(), &listed);
    assert_eq!(bill.exit, 0, "{}", bill.stderr);
    testkit::write_file(folder.path(), "bill.cdx.json", bill.stdout.as_bytes());
    let function = scan(folder.path(), "bill.cdx.json");
    assert_eq!(function["runtime"], "python3.8");
    assert!(components(&function).contains("pkg:generic/aws-lambda-runtime/python3.8 runtime"), "{function}");
    assert!(function["findings"].to_string().contains("deprecated-runtime"), "{function}");
}

#[test]
fn an_image_without_layers_was_not_assessed() {
    let folder = testkit::folder(&[("image.tar", &image(&[]))]);
    let run = run(folder.path(), &["scan", "image.tar", "--format", "json", "--today", "2026-11-23"]);
    assert_eq!(run.exit, 3, "{}", run.stderr);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let whys = report["functions"][0]["gaps"].as_array().unwrap().iter().map(|gap| gap["why"].as_str().unwrap());
    let told = whys.filter(|why| why.starts_with("the image has no layers")).count();
    assert_eq!(told, 1, "{}", report["functions"][0]["gaps"]);
}

#[test]
fn credentials_of_a_distributions_package_are_told_from_the_users() {
    let token =
        |seed: char| format!("token=ghp_{}\n", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8".replace('R', &seed.to_string()));
    let (public, edited) = (token('S'), token('T'));
    // The digest is that of `public`; the user has changed the second file.
    let status = format!(
        "Package: tool\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\nConffiles:\n /etc/public.conf {MD5}\n /etc/edited.conf {MD5}\n"
    );
    let layer = TarBuilder::new()
        .file("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n")
        .file("var/lib/dpkg/status", status)
        .file("etc/public.conf", public)
        .file("etc/edited.conf", edited)
        .file("var/task/app.py", HANDLER);
    let folder = testkit::folder(&[("image.tar", &image(&[layer.write()]))]);
    let function = scan(folder.path(), "image.tar");
    let secrets =
        function["findings"].as_array().unwrap().iter().filter(|finding| finding["rule"] == "hard-coded-secret");
    let found: BTreeSet<(&str, &str)> = secrets
        .map(|finding| (finding["locations"][0]["file"].as_str().unwrap(), finding["severity"].as_str().unwrap()))
        .collect();
    assert_eq!(found, BTreeSet::from([("image.tar!/etc/edited.conf", "high"), ("image.tar!/etc/public.conf", "info")]));
}
