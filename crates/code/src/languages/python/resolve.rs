//! Which file an import or a handler setting means.
//!
//! **Source**: Python's import system reference, section 5; AWS Lambda's search path for Python runtimes: the function's
//! root, then `/opt/python/lib/python3.x/site-packages` and `/opt/python` of the layers.
//! Beyond it, because projects are scanned before they are built: the folders above the importing file, `src/` and
//! `python/` inside them, and the project around the function.

use crate::languages::{Entry, Resolution};
use crate::sources::{File, Place, Sources, join};

/// Folders inside a folder that are searched like it.
const SOURCE_FOLDERS: &[&str] = &["", "src", "python", "lib"];

pub(super) fn resolve(sources: &Sources<'_>, from: &File, request: &str) -> Resolution {
    let dots = request.len() - request.trim_start_matches('.').len();
    let path = request.trim_start_matches('.');
    if dots > 0 {
        return relative(sources, from, dots, path);
    }
    let segments: Vec<&str> = path.split('.').collect();
    let Some(first) = segments.first().filter(|first| !first.is_empty()) else { return Resolution::Missing };
    if super::is_sdk(first) {
        return Resolution::External(path.to_owned());
    }
    let mut folder_only = None;
    for (place, root) in roots(sources, from) {
        match search(sources, place, &root, &segments) {
            Found::Modules(files) if files.iter().any(|file| is_foreign(sources, file)) => {
                return Resolution::External(path.to_owned());
            }
            Found::Modules(files) => return Resolution::Own(files),
            Found::Folder(files) => folder_only = folder_only.or(Some(files)),
            Found::Nothing => {}
        }
    }
    match folder_only {
        Some(files) if !super::standard::is_standard(first) => Resolution::Own(files),
        _ => Resolution::External(path.to_owned()),
    }
}

fn is_foreign(sources: &Sources<'_>, file: &File) -> bool {
    super::is_foreign(&file.path) || sources.is_installed(file.place, &file.path)
}

fn relative(sources: &Sources<'_>, from: &File, dots: usize, path: &str) -> Resolution {
    let mut place = from.place;
    let mut package = from.folder().to_owned();
    for _ in 1..dots {
        match package.rsplit_once('/') {
            Some((above, _)) => package = above.to_owned(),
            None if !package.is_empty() => package = String::new(),
            None => match sources.folder_in_project().filter(|_| place == Place::Function) {
                // The function's folder ends here, its project does not.
                Some(folder) => {
                    place = Place::Project;
                    let Some(above) = join(folder, "..") else { return Resolution::Missing };
                    package = above;
                }
                None => return Resolution::Missing,
            },
        }
    }
    let segments: Vec<&str> = path.split('.').filter(|segment| !segment.is_empty()).collect();
    if segments.is_empty() {
        let init = File::new(place, child(&package, "__init__.py"));
        let file = if sources.find(&init).is_some() { init } else { folder(place, &package) };
        return Resolution::Own(vec![file]);
    }
    match search(sources, place, &package, &segments) {
        Found::Modules(files) | Found::Folder(files) => Resolution::Own(files),
        Found::Nothing => Resolution::Missing,
    }
}

enum Found {
    Modules(Vec<File>),
    /// Only folders: a namespace package, or no package at all.
    Folder(Vec<File>),
    Nothing,
}

/// The files of `a`, `a.b`, `a.b.c` below a folder.
fn search(sources: &Sources<'_>, place: Place, root: &str, segments: &[&str]) -> Found {
    let mut path = root.to_owned();
    let mut files = Vec::new();
    let mut is_package = false;
    for (at, segment) in segments.iter().enumerate() {
        path = child(&path, segment);
        let init = format!("{path}/__init__.py");
        let module = format!("{path}.py");
        if sources.contains(place, &init) {
            files.push(File::new(place, init));
            is_package = true;
        } else if sources.contains(place, &module) {
            files.push(File::new(place, module));
            return if at + 1 == segments.len() { Found::Modules(files) } else { Found::Nothing };
        } else if has_python(sources, place, &path) {
            files.push(folder(place, &path));
        } else {
            return Found::Nothing;
        }
    }
    if is_package && files.last().is_some_and(|file| !file.is_folder()) {
        Found::Modules(files)
    } else {
        Found::Folder(files)
    }
}

/// Whether the folder has Python code, in it or not far below.
fn has_python(sources: &Sources<'_>, place: Place, path: &str) -> bool {
    const MAX_LOOKED_AT: usize = 64;
    sources.under(place, path).take(MAX_LOOKED_AT).any(|entry| entry.path.ends_with(".py"))
}

fn folder(place: Place, path: &str) -> File {
    File::new(place, if path.is_empty() { String::new() } else { format!("{path}/") })
}

fn child(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// Where absolute imports are searched, in order, without duplicates.
fn roots(sources: &Sources<'_>, from: &File) -> Vec<(Place, String)> {
    let mut roots: Vec<(Place, String)> = Vec::new();
    let mut add = |place: Place, path: String| {
        if !roots.contains(&(place, path.clone())) {
            roots.push((place, path));
        }
    };
    if sources.has_handler && from.place != Place::Project {
        add(Place::Function, String::new());
    }
    for above in ancestors(from.folder()) {
        for inside in SOURCE_FOLDERS {
            if let Some(path) = join(above, inside) {
                add(from.place, path);
            }
        }
    }
    add(Place::Function, String::new());
    add(Place::Layers, "python".to_owned());
    if let Some(versioned) = layer_library(sources) {
        add(Place::Layers, versioned);
    }
    if let Some(folder) = sources.folder_in_project() {
        for above in ancestors(folder) {
            for inside in SOURCE_FOLDERS {
                if let Some(path) = join(above, inside) {
                    add(Place::Project, path);
                }
            }
        }
    }
    roots
}

/// `python/lib/python3.12/site-packages` of the layers, when there is one.
fn layer_library(sources: &Sources<'_>) -> Option<String> {
    let entry = sources.under(Place::Layers, "python/lib").next()?;
    let version = entry.path.split('/').nth(2)?;
    Some(format!("python/lib/{version}/site-packages"))
}

/// A folder, the folder above it, and so on to the root.
fn ancestors(folder: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(folder), |path| match path.rsplit_once('/') {
        Some((above, _)) => Some(above),
        None if path.is_empty() => None,
        None => Some(""),
    })
}

/// Requests for the modules directly below a package of the project, sorted.
pub(super) fn modules_below(sources: &Sources<'_>, from: &File, package: &str) -> Vec<String> {
    const MAX_MODULES_BELOW: usize = 256;
    let Resolution::Own(files) = resolve(sources, from, package) else { return Vec::new() };
    let Some(file) = files.last() else { return Vec::new() };
    let folder = file.folder();
    let below = sources.under(file.place, folder).filter_map(|entry| {
        let name = entry.path.get(folder.len()..)?.trim_start_matches('/').strip_suffix(".py")?;
        let name = name.strip_suffix("/__init__").unwrap_or(name);
        (!name.contains('/') && name != "__init__").then(|| format!("{package}.{name}"))
    });
    below.take(MAX_MODULES_BELOW).collect()
}

/// `app.handler`, `src/app.handler`, `src.app.handler`, `package.module.Class.method`.
pub(super) fn handler(sources: &Sources<'_>, handler: &str) -> Option<Entry> {
    let path = handler.trim().trim_start_matches("./").replace("::", ".");
    let segments: Vec<&str> = path.split(['.', '/']).filter(|segment| !segment.is_empty()).collect();
    for place in [Place::Function, Place::Layers] {
        for root in ["", "src", "python"] {
            // The longest module path that is a file; the rest are members.
            for split in (1..segments.len()).rev() {
                let (module, members) = segments.split_at(split);
                let base = child(root, &module.join("/"));
                let found = [format!("{base}.py"), format!("{base}/__init__.py")]
                    .into_iter()
                    .find(|path| sources.contains(place, path));
                if let Some(path) = found {
                    let members = members.iter().map(|&member| member.to_owned()).collect();
                    return Some(Entry { file: File::new(place, path), members });
                }
            }
        }
    }
    None
}
