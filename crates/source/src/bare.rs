//! A folder or package without a template, as one function that the user describes.

use std::io::Read as _;
use std::path::Path;

use model::function::{Cloud, CodeContent, CodeSource, Function, FunctionKind, Identity};
use model::permission::{Policy, PolicyKind};
use model::{Location, Parsed};

use crate::{Error, Located, Options, bill};

/// Files that make a folder worth looking at: code of a known language, manifests, installed packages.
const TELLING_EXTENSIONS: &[&str] = &["py", "js", "mjs", "cjs", "ts", "mts", "cts", "jsx", "tsx", "zip", "jar"];
const TELLING_NAMES: &[&str] = &[
    "package.json",
    "package-lock.json",
    "requirements.txt",
    "pyproject.toml",
    "Pipfile",
    "Pipfile.lock",
    "poetry.lock",
    "uv.lock",
    "node_modules",
    "python",
    "nodejs",
];
/// Levels of folders searched for a telling file.
const SEARCH_LEVELS: usize = 4;

/// Bytes of archives that may be a package, and where they stand: zip, gzip, zstd, tar.
const MAGIC: &[(usize, &[u8])] = &[
    (0, b"PK\x03\x04"),
    (0, b"PK\x05\x06"),
    (0, b"PK\x07\x08"),
    (0, b"\x1f\x8b"),
    (0, b"\x28\xb5\x2f\xfd"),
    (257, b"ustar"),
];
/// Bytes in which all of them stand.
const HEAD_BYTES: u64 = 512;

/// The folder as one function; `None` when nothing in it is code or a package.
pub(crate) fn folder(root: &Path, options: &Options) -> Result<Option<Parsed<Located>>, Error> {
    let described = options.runtime.is_some() || options.handler.is_some();
    if !described && !artifact::is_image_folder(root) && !is_telling(root, SEARCH_LEVELS) {
        return Ok(None);
    }
    let name = root.canonicalize().ok().and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
    describe(".", &name.unwrap_or_else(|| "function".to_owned()), options).map(Some)
}

/// The file as one function; `None` when it is neither an archive, code nor a bill of materials.
pub(crate) fn package(root: &Path, name: &str, options: &Options) -> Result<Option<Parsed<Located>>, Error> {
    let is_code = name.rsplit_once('.').is_some_and(|(_, extension)| TELLING_EXTENSIONS.contains(&extension));
    if !is_code && !is_archive(&root.join(name)) && !bill::is_bill_of_materials(&root.join(name), name) {
        return Ok(None);
    }
    describe(name, name, options).map(Some)
}

fn is_archive(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(HEAD_BYTES).read_to_end(&mut head));
    let has = |(at, magic): &(usize, &[u8])| head.get(*at..).is_some_and(|rest| rest.starts_with(magic));
    read.is_ok() && MAGIC.iter().any(has)
}

fn is_telling(folder: &Path, levels: usize) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    let mut folders = Vec::new();
    for entry in entries.filter_map(Result::ok) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        if TELLING_NAMES.contains(&name.as_str())
            || TELLING_EXTENSIONS.contains(&extension)
            || name.ends_with(".dist-info")
        {
            return true;
        }
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            folders.push(entry.path());
        }
    }
    levels > 0 && folders.iter().any(|folder| is_telling(folder, levels - 1))
}

fn describe(path: &str, name: &str, options: &Options) -> Result<Parsed<Located>, Error> {
    let mut gaps = Vec::new();
    let policies = match &options.policy {
        Some(file) => vec![read_policy(file)?.take_gaps(&mut gaps)],
        None => Vec::new(),
    };
    let function = Function {
        id: path.to_owned(),
        name: name.to_owned(),
        cloud: Cloud::Aws,
        kind: FunctionKind::Function,
        runtime: options.runtime.clone(),
        handler: options.handler.clone(),
        code: vec![CodeSource {
            path: path.to_owned(),
            content: CodeContent::Path { include: Vec::new() },
            layer: None,
        }],
        triggers: Vec::new(),
        environment: Vec::new(),
        identity: Identity { name: None, policies, shared_with: Vec::new() },
        wiring: Vec::new(),
        location: Location::file(path),
    };
    Ok(Parsed { value: Located { function, stack: None, gaps: Vec::new() }, gaps })
}

fn read_policy(file: &Path) -> Result<Parsed<Policy>, Error> {
    let shown = file.display().to_string();
    let bytes = std::fs::read(file).map_err(|source| Error::ReadPolicy { path: shown.clone(), source })?;
    let text = deploy::decode(&bytes, &shown).map_err(|error| Error::Policy { message: error.to_string() })?;
    let document = providers::aws::policy_document::from_json(&text, &shown)
        .map_err(|error| Error::Policy { message: error.to_string() })?;
    let name = file.file_stem().map_or_else(|| shown.clone(), |stem| stem.to_string_lossy().into_owned());
    Ok(document.map(|statements| Policy {
        id: name.clone(),
        kind: PolicyKind::Inline,
        name,
        arn: None,
        statements,
        location: Location::file(shown),
    }))
}
