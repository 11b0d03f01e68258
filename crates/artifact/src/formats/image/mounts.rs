//! Which part of an image is the function's own, which the platform's layers, and which the system.
//!
//! **Source**: AWS Lambda, "Create a Lambda function using a container image" (`LAMBDA_TASK_ROOT`, `/var/task`, `/opt`); Azure
//! Functions, "Working with containers" (`AzureWebJobsScriptRoot`, `/home/site/wwwroot`); Cloud Native Buildpacks (`/workspace`).

use std::collections::BTreeMap;

use super::merge::{Node, NodeKind, Tree};
use crate::image::ImageConfiguration;
use crate::{Data, Mount};

/// Variables that name the function's folder, the most telling first.
const TASK_VARIABLES: &[&str] = &["LAMBDA_TASK_ROOT", "AzureWebJobsScriptRoot"];
/// Folders that functions lie in where the image does not say.
const USUAL_FOLDERS: &[&str] =
    &["var/task", "home/site/wwwroot", "workspace", "function", "home/app/function", "usr/src/app", "app"];
/// Folders of the system that are nobody's function, though images start in them.
const SYSTEM_FOLDERS: &[&str] = &["bin", "etc", "home", "lib", "opt", "root", "sbin", "srv", "tmp", "usr", "var"];
const LAYERS_FOLDER: &str = "opt";

/// The function's folder, without the leading `/`.
pub(super) fn task_folder(configuration: &ImageConfiguration, tree: &Tree) -> Option<String> {
    let named = TASK_VARIABLES.iter().filter_map(|name| configuration.variable(name));
    let working = configuration.working_folder.as_deref();
    let usual = USUAL_FOLDERS.iter().copied();
    let mut candidates = named.chain(working).chain(usual).map(plain);
    candidates
        .find(|folder| !folder.is_empty() && !SYSTEM_FOLDERS.contains(&folder.as_str()) && tree.has_folder(folder))
}

fn plain(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | "." | "..")).collect();
    parts.join("/")
}

/// Whether the platform's layers would be merged into `/opt`: in images made for AWS.
fn has_layers_folder(configuration: &ImageConfiguration, tree: &Tree) -> bool {
    let starts = configuration.entrypoint.iter().chain(&configuration.command);
    let mut marks = starts.map(String::as_str);
    configuration.variable("LAMBDA_TASK_ROOT").is_some()
        || configuration.variable("LAMBDA_RUNTIME_DIR").is_some()
        || marks.any(|word| {
            word.contains("awslambdaric") || word.contains("aws-lambda-ric") || word.contains("lambda-entrypoint")
        })
        || tree.has("var/runtime/bootstrap")
}

/// A file of the image and where it belongs.
#[derive(Debug)]
pub(crate) struct Placed {
    pub(crate) mount: Mount,
    pub(crate) path: String,
    pub(crate) size_bytes: u64,
    pub(crate) layer: u16,
    pub(crate) repeats: bool,
    pub(crate) data: Data,
}

/// Prefixes of the mounts, without leading `/`, each with its trailing one; the system's is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Prefixes {
    function: Option<String>,
    layers: Option<String>,
}

impl Prefixes {
    fn split<'p>(&self, path: &'p str) -> (Mount, &'p str) {
        let below = |prefix: &Option<String>| path.strip_prefix(prefix.as_deref()?);
        if let Some(rest) = below(&self.function) {
            (Mount::Function, rest)
        } else if let Some(rest) = below(&self.layers) {
            (Mount::Layers, rest)
        } else {
            (Mount::System, path)
        }
    }

    pub(crate) fn of(&self, mount: Mount) -> &str {
        let prefix = match mount {
            Mount::Function => &self.function,
            Mount::Layers => &self.layers,
            Mount::System => &None,
        };
        prefix.as_deref().unwrap_or_default()
    }
}

/// Linked folders of one mount.
pub(crate) type Folders = BTreeMap<String, String>;

/// The image's files and linked folders by mount.
pub(crate) fn place(
    tree: Tree,
    configuration: &ImageConfiguration,
    task_folder: Option<&str>,
) -> (Vec<Placed>, BTreeMap<Mount, Folders>, Prefixes) {
    let slashed = |folder: &str| format!("{folder}/");
    let prefixes = Prefixes {
        function: task_folder.map(slashed),
        layers: has_layers_folder(configuration, &tree).then(|| slashed(LAYERS_FOLDER)),
    };
    let (files, folders) = tree.into_files();
    let placed = files.into_iter().filter_map(|(path, Node { layer, size_bytes, kind })| {
        let (mount, path) = prefixes.split(&path);
        let (data, repeats) = match kind {
            NodeKind::File(data) => (data, false),
            NodeKind::Repeated(data) => (data, true),
            NodeKind::Link(_) => return None,
        };
        Some(Placed { mount, path: path.to_owned(), size_bytes, layer, repeats, data })
    });
    let placed = placed.collect();
    let mut by_mount: BTreeMap<Mount, Folders> = BTreeMap::new();
    for (link, place) in &folders {
        let (mount, link) = prefixes.split(link);
        // The folder itself has no slash after it.
        let (place_mount, place) = prefixes.split(place);
        if mount == place_mount {
            by_mount.entry(mount).or_default().insert(link.to_owned(), place.to_owned());
        }
    }
    (placed, by_mount, prefixes)
}
