//! What the user named → the functions to look at. First stage of the flow.
//!
//! Finds templates below a folder, has `deploy` and `providers` read them, and describes a bare folder or package as one
//! function. Opens templates and configuration files; never a function's code, which is `artifact`'s.

mod bare;
mod bill;
mod dialects;
mod disk;
mod find;
mod usage;

use std::path::{Path, PathBuf};

use deploy::formats::cloudformation::Stack;
use model::function::Function;
use model::{Gap, Hidden, Location, Parsed};

pub use disk::DiskProject;
pub use usage::{UsageFile, usage_files};

/// What the user said beside the target's path.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Runtime of a bare folder or package.
    pub runtime: Option<String>,
    /// Handler of a bare folder or package.
    pub handler: Option<String>,
    /// Policy document attached to a bare folder or package.
    pub policy: Option<PathBuf>,
    /// Template parameters and framework options, as `(name, value)`.
    pub parameters: Vec<(String, String)>,
    /// Deployment stage, for dialects that have one.
    pub stage: Option<String>,
    /// Deployment region.
    pub region: Option<String>,
}

/// A target that was understood.
#[derive(Debug)]
pub struct Target {
    /// The folder that every path of the target is relative to.
    pub root: PathBuf,
    /// Sorted by id.
    pub functions: Vec<Located>,
}

/// A function with the template's resources around it.
#[derive(Debug, Clone)]
pub struct Located {
    pub function: Function,
    pub stack: Option<std::sync::Arc<Stack>>,
    /// Gaps of reading the function's own declaration.
    pub gaps: Vec<Gap>,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("cannot open target `{path}`: {source}")]
    Open { path: String, source: std::io::Error },
    #[error("recognised nothing in `{path}`")]
    Nothing { path: String },
    #[error("`{path}` is written in Terraform's language, which is not read yet")]
    Terraform { path: String },
    #[error("{message}")]
    Policy { message: String },
    #[error("cannot read policy `{path}`: {source}")]
    ReadPolicy { path: String, source: std::io::Error },
    #[error("cannot read logs `{path}`: {source}")]
    ReadUsage { path: String, source: std::io::Error },
}

impl Error {
    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Nothing { .. } => Some(
                "name a SAM or CloudFormation template, a Serverless Framework project, a function's folder or zip, a lock \
                 file or an image archive; describe a bare package with --runtime and --handler; a bill of materials is read as \
                 CycloneDX or SPDX JSON",
            ),
            Self::Terraform { .. } => Some(
                "scan each function's package with --handler, --runtime and --policy; policies are read from Terraform's JSON: \
                 `terraform show -json PLAN > plan.json`, then `fnassay policy lint plan.json`",
            ),
            Self::Open { .. } => Some("check the path; a function that is only deployed must be downloaded first"),
            Self::Policy { .. } | Self::ReadPolicy { .. } | Self::ReadUsage { .. } => None,
        }
    }
}

/// The functions of `target`: those of every template in it, or the target itself as one function.
///
/// # Errors
/// When the target does not exist or holds nothing that looks like a function; when `options.policy` cannot be read.
pub fn open(target: &Path, options: &Options) -> Result<Parsed<Target>, Error> {
    let shown = target.display().to_string();
    let metadata = std::fs::metadata(target).map_err(|source| Error::Open { path: shown.clone(), source })?;
    if metadata.is_dir() {
        return open_folder(target, &shown, options);
    }
    let root = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = target.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let project = DiskProject::open(root).map_err(|source| Error::Open { path: shown.clone(), source })?;
    let templates = find::template_file(&project, &name);
    let read = templates.map(|template| dialects::read(&project, &[template], options)).unwrap_or_default();
    if !read.value.is_empty() || !read.gaps.is_empty() {
        return Ok(read.map(|functions| Target { root: root.to_owned(), functions }));
    }
    let nothing =
        || if name.ends_with(TERRAFORM) { Error::Terraform { path: shown } } else { Error::Nothing { path: shown } };
    let function = bare::package(root, &name, options)?.ok_or_else(nothing)?;
    Ok(function.map(|function| Target { root: root.to_owned(), functions: vec![function] }))
}

fn open_folder(folder: &Path, shown: &str, options: &Options) -> Result<Parsed<Target>, Error> {
    // What a root file system or an image's layout holds is no project, whatever lies in it.
    if artifact::is_image_folder(folder)
        && let Some(bare) = bare::folder(folder, options)?
    {
        return Ok(bare.map(|bare| Target { root: folder.to_owned(), functions: vec![bare] }));
    }
    let project = DiskProject::open(folder).map_err(|source| Error::Open { path: shown.to_owned(), source })?;
    let found = find::templates(&project);
    let mut read = dialects::read(&project, &found.value, options);
    read.gaps.extend(found.gaps);
    if read.value.is_empty() {
        let bare = bare::folder(folder, options)?.map(|bare| bare.take_gaps(&mut read.gaps));
        read.value.extend(bare);
    }
    // A template that cannot be read is still a recognised target: its gap is the report.
    let terraform = terraform_file(folder);
    if read.value.is_empty() && found.value.is_empty() {
        let path = shown.to_owned();
        return Err(if terraform.is_some() { Error::Terraform { path } } else { Error::Nothing { path } });
    }
    read.gaps.extend(terraform.map(|file| {
        let why = "Terraform's language is not read yet, so that neither its functions nor their roles are seen; scan each \
                   function's package with --handler, --runtime and --policy";
        let hides = [Hidden::Permissions, Hidden::Functions, Hidden::Configuration];
        Gap::new(Location::file(file), why, &hides)
    }));
    Ok(read.map(|functions| Target { root: folder.to_owned(), functions }))
}

/// What the names of files in Terraform's own language end with.
const TERRAFORM: &str = ".tf";

/// The first of the folder's own files in Terraform's language.
fn terraform_file(folder: &Path) -> Option<String> {
    let entries = std::fs::read_dir(folder).ok()?;
    let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|name| name.ends_with(TERRAFORM)).min()
}
