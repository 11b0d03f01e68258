//! What is measured, made from registry packages of pinned versions.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use testkit::zip::ZipBuilder;

use super::workspace_root;

pub(super) struct Input {
    pub(super) name: &'static str,
    pub(super) scan_arguments: &'static [&'static str],
    make: fn(&Self, &Path) -> Result<PathBuf>,
}

pub(super) const INPUTS: &[Input] = &[
    Input { name: "python", scan_arguments: &["--runtime", "python3.12", "--handler", "app.handler"], make: python },
    Input { name: "node", scan_arguments: &["--runtime", "nodejs22.x", "--handler", "index.handler"], make: node },
    Input { name: "example", scan_arguments: &[], make: example },
];

impl Input {
    /// Path of the input, made in `folder` unless it is there.
    pub(super) fn obtain(&self, folder: &Path) -> Result<PathBuf> {
        (self.make)(self, folder)
    }

    /// Path of the zip, made unless one of the same sources is there.
    fn zip(&self, folder: &Path, pins: &str, install: impl FnOnce(&Path, &Path) -> Result<()>) -> Result<PathBuf> {
        let sources = workspace_root().join("benches").join(self.name);
        let (zip, stamp) = (folder.join(format!("{}.zip", self.name)), folder.join(format!("{}.stamp", self.name)));
        let pinned = fs::read_to_string(sources.join(pins))?;
        if zip.exists() && fs::read_to_string(&stamp).is_ok_and(|stamped| stamped == pinned) {
            return Ok(zip);
        }
        let unpacked = folder.join(self.name);
        if unpacked.exists() {
            fs::remove_dir_all(&unpacked)?;
        }
        fs::create_dir_all(&unpacked)?;
        install(&sources, &unpacked)?;
        fs::write(&zip, zip_of(&unpacked)?)?;
        fs::write(&stamp, pinned)?;
        Ok(zip)
    }
}

fn python(input: &Input, folder: &Path) -> Result<PathBuf> {
    input.zip(folder, "requirements.txt", |sources, unpacked| {
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--root-user-action=ignore"]);
        pip.args(["--no-deps", "--no-compile", "--only-binary=:all:", "--implementation=cp", "--python-version=3.12"]);
        pip.args(["--platform=manylinux2014_x86_64", "--platform=manylinux_2_28_x86_64", "--target"]);
        pip.arg(unpacked).arg("--requirement").arg(sources.join("requirements.txt"));
        succeed(pip)?;
        fs::copy(sources.join("app.py"), unpacked.join("app.py"))?;
        Ok(())
    })
}

fn node(input: &Input, folder: &Path) -> Result<PathBuf> {
    input.zip(folder, "package-lock.json", |sources, unpacked| {
        for file in ["package.json", "package-lock.json", "index.js"] {
            fs::copy(sources.join(file), unpacked.join(file))?;
        }
        let mut npm = Command::new("npm");
        npm.current_dir(unpacked).args(["ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]);
        succeed(npm)?;
        for lock in ["package-lock.json", "node_modules/.package-lock.json"] {
            fs::remove_file(unpacked.join(lock)).with_context(|| format!("`{lock}` is not where npm puts it"))?;
        }
        Ok(())
    })
}

/// The first project of the examples, read where it is.
fn example(_: &Input, _: &Path) -> Result<PathBuf> {
    let examples = workspace_root().join("examples");
    let mut projects: Vec<_> = fs::read_dir(&examples)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    projects.sort();
    projects.into_iter().find(|path| path.is_dir()).context("`examples` holds no project")
}

fn succeed(mut command: Command) -> Result<()> {
    let shown = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("cannot start `{shown}`; install it"))?;
    ensure!(status.success(), "`{shown}` failed");
    Ok(())
}

/// The folder as one zip, in path order, without links.
fn zip_of(folder: &Path) -> Result<Vec<u8>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(current) = folders.pop() {
        for entry in fs::read_dir(&current)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else if entry.file_type()?.is_file() {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    let mut zip = ZipBuilder::new();
    for file in files {
        let name = file.strip_prefix(folder)?.to_string_lossy().replace('\\', "/");
        zip = zip.file(name, fs::read(&file)?);
    }
    Ok(zip.write())
}
