//! Which file an import or a handler setting names.
//!
//! **Source**: Node.js' module resolution (CommonJS and ECMAScript), TypeScript's for sources (`paths`, `baseUrl`, a
//! `.js` request that means the `.ts` beside it), and the Lambda runtime's way of reading a handler. Installed packages are
//! never looked into: they stay external by the request's own name.

use super::tsconfig;
use crate::languages::{Entry, Resolution};
use crate::sources::{File, Place, Sources, join};

/// Endings in the order that an import without one tries them: what an author writes before what a compiler makes of it.
pub(super) const EXTENSIONS: &[&str] = &[".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".jsx"];

/// The source that a compiled file's ending may stand for.
const SOURCES_OF: &[(&str, &[&str])] =
    &[(".js", &[".ts", ".tsx", ".jsx"]), (".mjs", &[".mts"]), (".cjs", &[".cts"]), (".jsx", &[".tsx"])];

/// Folders that builds write into; a handler there falls back to the source.
const BUILD_FOLDERS: &[&str] =
    &[".build", ".esbuild", ".webpack", "build", "bundle", "compiled", "dist", "lib", "out", "output"];

pub(super) fn resolve(sources: &Sources<'_>, from: &File, request: &str) -> Resolution {
    let request = request.split(['?', '#']).next().filter(|path| !path.is_empty()).unwrap_or(request);
    if is_relative(request) {
        return relative(sources, from, request);
    }
    if let Some(path) = request.strip_prefix("/opt/") {
        return own(find(sources, Place::Layers, path));
    }
    if let Some(path) = request.strip_prefix("/var/task/") {
        return own(find(sources, Place::Function, path));
    }
    if request.starts_with("node:") || super::is_sdk(request) {
        return Resolution::External(request.strip_prefix("node:").unwrap_or(request).to_owned());
    }
    match mapped(sources, from, request) {
        Some(file) => Resolution::Own(vec![file]),
        None => Resolution::External(request.to_owned()),
    }
}

fn is_relative(request: &str) -> bool {
    request == "." || request == ".." || request.starts_with("./") || request.starts_with("../")
}

fn relative(sources: &Sources<'_>, from: &File, request: &str) -> Resolution {
    let found = join(from.folder(), request).and_then(|path| find(sources, from.place, &path));
    let found = found.or_else(|| {
        // Out of the function's folder, or into files that packaging leaves out.
        let folder = sources.folder_in_project().filter(|_| from.place == Place::Function)?;
        let path = join(&format!("{folder}/{}", from.folder()), request)?;
        find(sources, Place::Project, &path)
    });
    match found {
        None if is_data(request) => Resolution::External(request.to_owned()),
        found => own(found),
    }
}

/// JSON, styles and other files that hold no code.
fn is_data(request: &str) -> bool {
    let name = request.rsplit('/').next().unwrap_or(request);
    match name.rsplit_once('.') {
        Some((stem, extension)) => {
            !stem.is_empty()
                && ["json", "css", "graphql", "gql", "html", "md", "node", "svg", "txt", "wasm", "yaml", "yml"]
                    .contains(&extension)
        }
        None => false,
    }
}

fn own(file: Option<File>) -> Resolution {
    match file {
        Some(file) if file.path.ends_with(".json") => Resolution::External(file.path),
        Some(file) => Resolution::Own(vec![file]),
        None => Resolution::Missing,
    }
}

/// The file that a path without or with its ending names.
fn find(sources: &Sources<'_>, place: Place, path: &str) -> Option<File> {
    let exists = |path: &str| sources.contains(place, path).then(|| File::new(place, path));
    if has_source_extension(path) || path.ends_with(".json") {
        let compiled_from = || {
            SOURCES_OF.iter().find_map(|(compiled, written)| {
                let stem = path.strip_suffix(compiled)?;
                written.iter().find_map(|extension| exists(&format!("{stem}{extension}")))
            })
        };
        if let Some(file) = exists(path).or_else(compiled_from) {
            return Some(file);
        }
    }
    let with_extension = |stem: &str| EXTENSIONS.iter().find_map(|extension| exists(&format!("{stem}{extension}")));
    let in_folder = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
    let named = if path.is_empty() { None } else { with_extension(path).or_else(|| exists(&format!("{path}.json"))) };
    named
        .or_else(|| tsconfig::main_of(sources, place, path).and_then(|main| find_main(sources, place, path, &main)))
        .or_else(|| with_extension(&in_folder("index")))
}

/// What a `package.json`'s `main` names; built files fall back to the index beside it.
fn find_main(sources: &Sources<'_>, place: Place, folder: &str, main: &str) -> Option<File> {
    let path = join(folder, main)?;
    if path == folder {
        return None;
    }
    let exists = |path: &str| sources.contains(place, path).then(|| File::new(place, path));
    exists(&path)
        .or_else(|| EXTENSIONS.iter().find_map(|extension| exists(&format!("{path}{extension}"))))
        .or_else(|| EXTENSIONS.iter().find_map(|extension| exists(&format!("{path}/index{extension}"))))
        .or_else(|| {
            let source = source_of_build(&path)?;
            EXTENSIONS.iter().find_map(|extension| exists(&format!("{source}{extension}")))
        })
}

/// `dist/x.js` → `src/x`.
fn source_of_build(path: &str) -> Option<String> {
    let (folder, rest) = path.split_once('/').unwrap_or(("", path));
    let stem = strip_extension(rest);
    BUILD_FOLDERS.contains(&folder).then(|| format!("src/{stem}"))
}

pub(super) fn has_source_extension(path: &str) -> bool {
    EXTENSIONS.iter().any(|extension| path.ends_with(extension))
}

fn strip_extension(path: &str) -> &str {
    EXTENSIONS.iter().find_map(|extension| path.strip_suffix(extension)).unwrap_or(path)
}

/// A request that `paths`, `baseUrl` or a workspace of the project maps to an own file.
fn mapped(sources: &Sources<'_>, from: &File, request: &str) -> Option<File> {
    let mut places = vec![(from.place, from.folder().to_owned())];
    if let Some(folder) = sources.folder_in_project().filter(|_| from.place == Place::Function) {
        places.push((Place::Project, join(folder, from.folder())?));
    }
    places.iter().find_map(|(place, folder)| {
        let configured = tsconfig::candidates(sources, *place, folder, request);
        configured.iter().find_map(|path| find(sources, *place, path))
    })
}

/// The file and members of a handler such as `src/orders.handler`.
pub(super) fn handler(sources: &Sources<'_>, handler: &str) -> Option<Entry> {
    let handler = handler.trim_start_matches("./");
    let (folder, name) = handler.rsplit_once('/').map_or(("", handler), |(folder, name)| (folder, name));
    // The platform splits at the first dot; people also name files `orders.service`.
    let splits = name.match_indices('.').map(|(at, _)| name.split_at(at));
    let splits: Vec<(&str, &str)> = splits.map(|(stem, member)| (stem, member.trim_start_matches('.'))).collect();
    splits.iter().find_map(|(stem, member)| {
        let path = join(folder, stem)?;
        let file = handler_file(sources, &path)?;
        Some(Entry { file, members: member.split('.').map(str::to_owned).collect() })
    })
}

fn handler_file(sources: &Sources<'_>, path: &str) -> Option<File> {
    let in_project = sources.folder_in_project().and_then(|folder| join(folder, path));
    let exact = find_code(sources, Place::Function, path)
        .or_else(|| in_project.as_deref().and_then(|path| find_code(sources, Place::Project, path)));
    exact.or_else(|| find_code(sources, Place::Layers, path)).or_else(|| unbuilt(sources, path))
}

fn find_code(sources: &Sources<'_>, place: Place, path: &str) -> Option<File> {
    let file = EXTENSIONS.iter().map(|extension| File::new(place, format!("{path}{extension}")));
    let index = EXTENSIONS.iter().map(|extension| File::new(place, format!("{path}/index{extension}")));
    file.chain(index).find(|file| sources.contains(file.place, &file.path))
}

/// The source of a handler that a build has yet to make: the same path without the build's folder or below `src`, else
/// the only own file of that name.
fn unbuilt(sources: &Sources<'_>, path: &str) -> Option<File> {
    let bare = path.split('/').skip_while(|segment| BUILD_FOLDERS.contains(segment)).collect::<Vec<_>>().join("/");
    [format!("src/{bare}"), bare.clone()]
        .iter()
        .find_map(|path| find_code(sources, Place::Function, path))
        .or_else(|| only_of_that_name(sources, &bare))
}

fn only_of_that_name(sources: &Sources<'_>, path: &str) -> Option<File> {
    let mut suffix = path;
    loop {
        let matches = |entry: &str| {
            !super::is_foreign(entry)
                && has_source_extension(entry)
                && (strip_extension(entry) == suffix || strip_extension(entry).ends_with(&format!("/{suffix}")))
        };
        let mut found = sources.under(Place::Function, "").filter(|entry| matches(&entry.path));
        match (found.next(), found.next()) {
            (Some(entry), None) => return Some(File::new(Place::Function, entry.path.clone())),
            (Some(_), Some(_)) => return None,
            (None, _) => suffix = suffix.split_once('/')?.1,
        }
    }
}
