//! A container image as `docker save` writes it, of real packages: Debian's below, those of the other inputs above.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use testkit::tar::TarBuilder;

use super::inputs::{files_below, installed};
use super::recipes::{self, Recipe, succeed};

/// Names longer than this stand in a record of their own before the entry.
const LONGEST_NAME_BYTES: usize = 100;

/// Layers above the system's, bottom up, and where in the image their files lie.
const LAYERS: &[(&Recipe, &str)] = &[
    (&recipes::PYTHON, "var/task"),
    (&recipes::NODE, "opt/node"),
    (&recipes::GO, "usr/local/orders"),
    (&recipes::JARS, "opt/java"),
];

/// Files that the topmost layer takes away again.
const REMOVED: &[&str] = &["opt/node/node_modules/.wh.moment", "var/task/.wh.jmespath-1.0.1.dist-info"];

/// One folder per layer, named so that they sort bottom up.
pub(super) fn install(sources: &Path, unpacked: &Path) -> Result<()> {
    let inputs = unpacked.parent().context("inputs lie in a folder")?;
    debian(&fs::read_to_string(sources.join("packages.txt"))?, unpacked)?;
    for (index, (recipe, place)) in LAYERS.iter().enumerate() {
        let files = installed(recipe, inputs)?;
        let layer = unpacked.join(format!("layer-{}", index + 1)).join(place);
        fs::create_dir_all(layer.parent().context("layers lie in a folder")?)?;
        let mut copy = Command::new("cp");
        copy.args(["--recursive", "--link"]).arg(files).arg(layer);
        succeed(copy)?;
    }
    for removed in REMOVED {
        let mark = unpacked.join("layer-9").join(removed);
        fs::create_dir_all(mark.parent().context("layers lie in a folder")?)?;
        fs::write(mark, "")?;
    }
    Ok(())
}

/// The packages unpacked, with the database that `dpkg` would have written.
fn debian(packages: &str, unpacked: &Path) -> Result<()> {
    let (downloads, root) = (unpacked.with_extension("debs"), unpacked.join("layer-0"));
    let notes = root.join("var/lib/dpkg/info");
    fs::create_dir_all(&downloads)?;
    let mut apt = Command::new("apt-get");
    apt.current_dir(&downloads).args(["download", "--quiet", "--quiet"]);
    apt.args(packages.lines().filter(|line| !line.starts_with('#')));
    succeed(apt)?;
    let mut status = String::new();
    for package in files_below(&downloads)?.values() {
        fs::create_dir_all(&root)?;
        let listed = told("dpkg-deb", &["--vextract".as_ref(), package.as_os_str(), root.as_os_str()])?;
        let fields = told("dpkg-deb", &["--field".as_ref(), package.as_os_str()])?;
        let field = |name: &str| fields.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim();
        let mut name = field("Package:").to_owned();
        if field("Multi-Arch:") == "same" {
            let _ = write!(name, ":{}", field("Architecture:"));
        }
        fs::create_dir_all(&notes)?;
        let paths: String = listed.lines().map(|path| format!("{}\n", path.trim_start_matches('.'))).collect();
        fs::write(notes.join(format!("{name}.list")), paths)?;
        let _ = writeln!(status, "{}\nStatus: install ok installed\n", fields.trim_end());
    }
    fs::write(root.join("var/lib/dpkg/status"), status)?;
    Ok(())
}

/// What the program prints.
fn told(program: &str, arguments: &[&std::ffi::OsStr]) -> Result<String> {
    let output = Command::new(program).args(arguments).output().with_context(|| format!("cannot start `{program}`"))?;
    ensure!(output.status.success(), "`{program}` failed");
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The folder's folders as layers, without compression, as `docker save` leaves them.
pub(super) fn docker_archive(folder: &Path) -> Result<Vec<u8>> {
    let mut layers: Vec<_> = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    layers.sort();
    let (mut archive, mut digests, mut names) = (TarBuilder::new(), Vec::new(), Vec::new());
    for layer in &layers {
        let bytes = layer_of(layer)?;
        let digest = hexadecimal(&Sha256::digest(&bytes));
        let name = format!("blobs/sha256/{digest}");
        archive = archive.file(&name, bytes);
        digests.push(format!("sha256:{digest}"));
        names.push(name);
    }
    let configuration = json!({
        "architecture": "amd64", "os": "linux",
        "config": {"WorkingDir": "/var/task", "Cmd": ["app.handler"], "Entrypoint": ["/usr/bin/python3", "-m", "awslambdaric"]},
        "rootfs": {"type": "layers", "diff_ids": digests},
    });
    let configuration = serde_json::to_vec(&configuration)?;
    let name = format!("blobs/sha256/{}", hexadecimal(&Sha256::digest(&configuration)));
    let manifest = json!([{"Config": name, "RepoTags": ["orders:1"], "Layers": names}]);
    Ok(archive.file(&name, configuration).file("manifest.json", serde_json::to_vec(&manifest)?).write())
}

fn layer_of(folder: &Path) -> Result<Vec<u8>> {
    let mut layer = TarBuilder::new();
    for (name, path) in files_below(folder)? {
        if name.len() > LONGEST_NAME_BYTES {
            layer = layer.pax("path", &name);
        }
        layer = layer.file(name, fs::read(path)?);
    }
    Ok(layer.write())
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
