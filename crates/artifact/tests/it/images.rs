//! Container images in every form they are saved in.

use artifact::{Artifact, Limits, Mount, Root, sha256};
use proptest::prelude::*;
use testkit::tar::{TarBuilder, gzip};

use crate::{check, package, see};

const TASK: &str = r#"{"architecture": "amd64", "config": {"Env": ["LAMBDA_TASK_ROOT=/var/task"], "Entrypoint": ["/lambda-entrypoint.sh"],
    "Cmd": ["app.handler"]}, "rootfs": {"diff_ids": ["sha256:a", "sha256:b"]}, "history": [{"created_by": "ADD base"},
    {"created_by": "ENV X=1", "empty_layer": true}, {"created_by": "RUN install"}]}"#;

fn base() -> Vec<u8> {
    TarBuilder::new()
        .file("etc/os-release", "ID=amzn")
        .symlink("lib", "usr/lib")
        .file("usr/lib/libc.so", "libc")
        .file("var/task/app.py", "old")
        .file("opt/extensions/x", "x")
        .file("root/.netrc", "hidden")
        .write()
}

fn upper() -> Vec<u8> {
    TarBuilder::new()
        .file("var/task/app.py", "new")
        .file("lib/added.so", "added")
        .file("root/.wh..netrc", "")
        .symlink("usr/bin/tool", "/lib/added.so")
        .symlink("etc/mtab", "/proc/mounts")
        .write()
}

/// As `docker save` writes it: the manifest last.
fn docker(layers: &[Vec<u8>]) -> Vec<u8> {
    let config = format!("{}.json", sha256(TASK.as_bytes()));
    let name = |index: usize| format!("{index:064x}/layer.tar");
    let names: Vec<String> = (0..layers.len()).map(|index| format!("{:?}", name(index))).collect();
    let mut archive = TarBuilder::new().file(&config, TASK);
    for (index, layer) in layers.iter().enumerate() {
        archive = archive.file(name(index), layer);
    }
    let manifest = format!(r#"[{{"Config": "{config}", "Layers": [{}]}}]"#, names.join(","));
    archive.file("manifest.json", manifest).write()
}

/// Files of an OCI layout with these layers.
fn layout(layers: &[Vec<u8>]) -> Vec<(String, Vec<u8>)> {
    let mut files = vec![("oci-layout".to_owned(), br#"{"imageLayoutVersion": "1.0.0"}"#.to_vec())];
    let mut blob = |bytes: &[u8]| {
        let digest = sha256(bytes);
        files.push((format!("blobs/sha256/{digest}"), bytes.to_vec()));
        format!(r#"{{"digest": "sha256:{digest}", "size": {}}}"#, bytes.len())
    };
    let config = blob(TASK.as_bytes());
    let layers: Vec<String> = layers.iter().map(|layer| blob(layer)).collect();
    let manifest = blob(format!(r#"{{"config": {config}, "layers": [{}]}}"#, layers.join(",")).as_bytes());
    files.push(("index.json".to_owned(), format!(r#"{{"manifests": [{manifest}]}}"#).into_bytes()));
    files
}

fn tar_of(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    files.iter().fold(TarBuilder::new(), |tar, (path, bytes)| tar.file(path, bytes)).write()
}

fn merged(shown: &str) -> Vec<String> {
    [
        "var/task/app.py = new",
        "opt/extensions/x = x",
        "etc/os-release = ID=amzn",
        "usr/bin/tool = added",
        "usr/lib/added.so = added",
        "usr/lib/libc.so = libc",
    ]
    .iter()
    .map(|line| format!("{shown}{line}"))
    .collect()
}

#[track_caller]
fn check_merged(bytes: &[u8]) {
    let (_folder, root) = package("i.tar", bytes);
    let expected = merged("i.tar!/");
    check(&see(&[root], &Limits::default()), &expected.iter().map(String::as_str).collect::<Vec<_>>(), &[]);
}

#[test]
fn every_form_of_an_image_is_one_merged_table() {
    let (base, upper) = (base(), upper());
    check_merged(&docker(&[base.clone(), upper.clone()]));
    check_merged(&docker(&[gzip(&base), gzip(&upper)]));
    check_merged(&gzip(&docker(&[base.clone(), upper.clone()])));
    check_merged(&gzip(&docker(&[gzip(&base), upper.clone()])));
    check_merged(&tar_of(&layout(&[base.clone(), gzip(&upper)])));
    let files = layout(&[gzip(&base), upper]);
    let files: Vec<(&str, &[u8])> = files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect();
    let folder = testkit::folder(&files);
    let seen = see(&[Root::function(folder.path(), "image")], &Limits::default());
    let expected = merged("image!/");
    check(&seen, &expected.iter().map(String::as_str).collect::<Vec<_>>(), &[]);
}

#[test]
fn layers_may_have_any_name_that_the_manifest_gives_them() {
    for (first, second) in [("base/layer.tar", "own/layer.tar"), ("base.tar", "own.tar"), ("a.layer", "parts/b")] {
        let manifest = format!(r#"[{{"Config": "config.json", "Layers": ["{first}", "{second}"]}}]"#);
        let start = || TarBuilder::new().file("config.json", TASK);
        check_merged(&start().file("manifest.json", &manifest).file(first, base()).file(second, upper()).write());
        if first != "a.layer" {
            check_merged(&start().file(first, base()).file(second, upper()).file("manifest.json", &manifest).write());
        }
    }
}

#[test]
fn an_image_tells_how_it_is_started_and_what_made_each_layer() {
    let (_folder, root) = package("i.tar", &docker(&[base(), gzip(&upper())]));
    let artifact = Artifact::open(&[root], &Limits::default()).value;
    let image = artifact.image().unwrap();
    assert_eq!(image.configuration.command, ["app.handler"]);
    assert_eq!(image.task_folder.as_deref(), Some("var/task"));
    let entry = artifact.find(Mount::System, "lib/added.so").unwrap();
    let layer = &image.layers[usize::from(entry.image_layer.unwrap())];
    assert_eq!(layer.describe(), "sha256:b (RUN install)");
}

#[test]
fn files_that_a_later_layer_hides_can_still_be_read() {
    for pack in [<[u8]>::to_vec, gzip] {
        let (_folder, root) = package("i.tar", &docker(&[pack(&base()), pack(&upper())]));
        let artifact = Artifact::open(&[root], &Limits::default()).value;
        let visit = |entry: &artifact::Entry, bytes: Result<&[u8], model::Gap>| {
            format!("{} = {}", artifact.display_path(entry), String::from_utf8_lossy(bytes.unwrap()))
        };
        let layer = format!("i.tar!/{:064x}/layer.tar!/", 0);
        let expected = [format!("{layer}root/.netrc = hidden"), format!("{layer}var/task/app.py = old")];
        assert_eq!(artifact.visit_shadowed(|_| true, visit), expected);
    }
}

#[test]
fn large_files_of_compressed_layers_are_read_when_asked_for() {
    let large: Vec<u8> = (0..600_000_u32).flat_map(|number| (number / 5).to_le_bytes()).collect();
    let layer = TarBuilder::new().file("app/a.bin", &large).file("app/b.bin", &large).file("app/c", "small").write();
    for bytes in [docker(&[gzip(&layer)]), gzip(&docker(std::slice::from_ref(&layer)))] {
        let (_folder, root) = package("i.tar", &bytes);
        let artifact = Artifact::open(&[root], &Limits::default()).value;
        assert_eq!(artifact.entries().len(), 3);
        for path in ["b.bin", "a.bin"] {
            let entry = artifact.find(Mount::Function, path).unwrap();
            assert!(*artifact.read(entry).unwrap() == large[..], "{path}");
            assert_eq!(artifact.prefix(entry, 4).unwrap(), large[..4]);
        }
    }
}

#[test]
fn a_root_file_system_needs_no_image_around_it() {
    let (_folder, root) = package("rootfs.tar", &base());
    let artifact = Artifact::open(&[root], &Limits::default()).value;
    assert!(artifact.find(Mount::System, "lib/libc.so").is_some());
    assert_eq!(artifact.image().unwrap().task_folder.as_deref(), Some("var/task"));
    let folder = testkit::folder(&[("etc/os-release", b"ID=debian"), ("usr/lib/x", b"x"), ("app/main.py", b"")]);
    let seen = see(&[Root::function(folder.path(), ".")], &Limits::default());
    check(&seen, &["app/main.py = ", "etc/os-release = ID=debian", "usr/lib/x = x"], &[]);
}

#[test]
fn what_is_wrong_with_an_image_is_told() {
    let (base, upper) = (base(), upper());
    let mut files = layout(&[base.clone(), upper.clone()]);
    let layer = format!("blobs/sha256/{}", sha256(&upper));
    files.retain(|(path, _)| *path != layer);
    let gaps = |bytes: &[u8]| {
        let (_folder, root) = package("i.tar", bytes);
        let parsed = Artifact::open(&[root], &Limits::default());
        let mut gaps = parsed.gaps;
        gaps.extend(parsed.value.check_layers());
        gaps.into_iter().map(|gap| gap.why).collect::<Vec<_>>().join("; ")
    };
    assert!(gaps(&tar_of(&files)).contains("a layer is not in the archive"));
    let mut files = layout(&[base.clone(), upper]);
    for (path, bytes) in &mut files {
        if *path == layer {
            bytes[600] ^= 1;
        }
    }
    assert!(gaps(&tar_of(&files)).contains("another digest"));
    assert!(gaps(&docker(&[b"neither".to_vec()])).contains("neither a tar archive nor"));
    let cut = gzip(&base);
    assert!(gaps(&tar_of(&layout(&[cut[..cut.len() / 2].to_vec()]))).contains("cut off"));
    let bomb = TarBuilder::new().file("app/zeros", vec![0; 10 << 20]).write();
    assert!(gaps(&docker(&[gzip(&bomb)])).contains("very many times its size"));
    let many = vec![TarBuilder::new().file("a", "").write(); 600];
    assert!(gaps(&docker(&many)).contains("more layers than are read"));
    assert!(gaps(&docker(&[])).contains("the image has no layers"));
}

#[test]
fn other_tars_are_no_images() {
    for tar in [
        TarBuilder::new().file("manifest.json", r#"{"name": "extension"}"#).file("app.js", "1").write(),
        TarBuilder::new().file("manifest.json", r#"["app.js"]"#).file("app.js", "1").write(),
        TarBuilder::new().file("lib/layer.tar", upper()).file("app.tar", base()).file("app.js", "1").write(),
        TarBuilder::new().file("app.py", "1").file("etc/os-release", "").write(),
        TarBuilder::new().file("usr/share/x", "1").write(),
    ] {
        let (_folder, root) = package("p.tar", &tar);
        let artifact = Artifact::open(&[root], &Limits::default()).value;
        assert!(artifact.image().is_none());
        assert!(artifact.entries().iter().all(|entry| entry.mount == Mount::Function));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn damaged_images_never_panic(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
        for mut bytes in [docker(&[base(), gzip(&upper())]), gzip(&tar_of(&layout(&[base(), upper()])))] {
            let at = at.index(bytes.len());
            bytes[at] = byte;
            if cut {
                bytes.truncate(at);
            }
            let (_folder, root) = package("i.tar", &bytes);
            let artifact = Artifact::open(&[root], &Limits::default()).value;
            for entry in artifact.entries() {
                let _ = artifact.read(entry);
            }
            artifact.check_layers();
        }
    }
}
