//! What is measured, made from registry packages of pinned versions.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result};
use testkit::zip::ZipBuilder;

use super::recipes::{self, Recipe};
use super::workspace_root;

pub(super) struct Input {
    pub(super) name: &'static str,
    pub(super) scan_arguments: &'static [&'static str],
    recipe: &'static Recipe,
    form: Form,
}

/// In what form the files that a recipe installs are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Folder,
    Zip,
    DockerArchive,
}

pub(super) const INPUTS: &[Input] = &[
    Input { name: "python", recipe: &recipes::PYTHON, form: Form::Zip, scan_arguments: PYTHON },
    Input { name: "python-folder", recipe: &recipes::PYTHON, form: Form::Folder, scan_arguments: PYTHON },
    Input { name: "node", recipe: &recipes::NODE, form: Form::Zip, scan_arguments: NODE },
    Input { name: "node-folder", recipe: &recipes::NODE, form: Form::Folder, scan_arguments: NODE },
    Input { name: "bundle", recipe: &recipes::BUNDLE, form: Form::Folder, scan_arguments: NODE },
    Input { name: "go", recipe: &recipes::GO, form: Form::Folder, scan_arguments: &["--runtime", "provided.al2023"] },
    Input { name: "jars", recipe: &recipes::JARS, form: Form::Zip, scan_arguments: JAVA },
    Input { name: "jars-folder", recipe: &recipes::JARS, form: Form::Folder, scan_arguments: JAVA },
    Input { name: "image", recipe: &recipes::IMAGE, form: Form::DockerArchive, scan_arguments: &[] },
    Input { name: "example", recipe: &recipes::EXAMPLE, form: Form::Folder, scan_arguments: &[] },
];

const PYTHON: &[&str] = &["--runtime", "python3.12", "--handler", "app.handler"];
const NODE: &[&str] = &["--runtime", "nodejs22.x", "--handler", "index.handler"];
const JAVA: &[&str] = &["--runtime", "java21", "--handler", "org.example.Orders::handle"];

impl Input {
    /// Path of the input, made in `folder` unless it is there.
    pub(super) fn obtain(&self, folder: &Path) -> Result<PathBuf> {
        let installed = installed(self.recipe, folder)?;
        if self.form == Form::Folder {
            return Ok(installed);
        }
        let extension = if self.form == Form::Zip { "zip" } else { "tar" };
        let write = if self.form == Form::Zip { zip_of } else { super::image::docker_archive };
        let packed = folder.join(format!("{}.{extension}", self.recipe.name));
        let stamp = folder.join(format!("{}.stamp", self.recipe.name));
        if modified(&packed).is_none_or(|packed| modified(&stamp).is_none_or(|stamp| packed < stamp)) {
            fs::write(&packed, write(&installed)?)?;
        }
        Ok(packed)
    }

    /// Do peers read this as a package, so that what they find can be compared?
    pub(super) fn is_package(&self) -> bool {
        self.recipe.pins.is_some()
    }
}

/// Folder of the files that the recipe installs, made anew when what it pins has changed.
pub(super) fn installed(recipe: &Recipe, folder: &Path) -> Result<PathBuf> {
    let sources = workspace_root().join("benches").join(recipe.name);
    let unpacked = folder.join(recipe.name);
    let Some(pins) = recipe.pins else { return example() };
    let stamp = folder.join(format!("{}.stamp", recipe.name));
    let pinned = fs::read_to_string(sources.join(pins))?;
    if fs::read_to_string(&stamp).is_ok_and(|stamped| stamped == pinned) {
        return Ok(unpacked);
    }
    if unpacked.exists() {
        fs::remove_dir_all(&unpacked)?;
    }
    fs::create_dir_all(&unpacked)?;
    (recipe.install)(&sources, &unpacked).with_context(|| format!("cannot install `{}`", recipe.name))?;
    fs::write(&stamp, pinned)?;
    Ok(unpacked)
}

/// The first project of the examples, read where it is.
fn example() -> Result<PathBuf> {
    let examples = workspace_root().join("examples");
    let mut projects: Vec<_> = fs::read_dir(&examples)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    projects.sort();
    projects.into_iter().find(|path| path.is_dir()).context("`examples` holds no project")
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

/// The folder as one zip, in path order, without links.
fn zip_of(folder: &Path) -> Result<Vec<u8>> {
    let mut zip = ZipBuilder::new();
    for (name, path) in files_below(folder)? {
        zip = zip.file(name, fs::read(&path)?);
    }
    Ok(zip.write())
}

/// Files by their path below the folder, without links.
pub(super) fn files_below(folder: &Path) -> Result<BTreeMap<String, PathBuf>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(current) = folders.pop() {
        for entry in fs::read_dir(&current)? {
            let entry = entry?;
            let (path, kind) = (entry.path(), entry.file_type()?);
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() {
                files.insert(path.strip_prefix(folder)?.to_string_lossy().replace('\\', "/"), path);
            }
        }
    }
    Ok(files)
}
