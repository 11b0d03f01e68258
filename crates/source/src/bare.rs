//! A folder or package without a template, as one function that the user describes.

use std::io::Read as _;
use std::path::Path;

use model::function::{Cloud, CodeContent, CodeSource, Function, FunctionKind, Identity};
use model::permission::{Policy, PolicyKind};
use model::proposal::{PolicyForm, PolicyHome, Syntax};
use model::{Location, Parsed};

use crate::{Error, Located, Options, bill};

/// Endings of files that make a folder worth looking at: code of a known language, packages, programs.
const TELLING_EXTENSIONS: &[&str] = &[
    "cjs", "cs", "csproj", "cts", "dll", "ear", "fs", "fsproj", "gemspec", "go", "java", "jar", "js", "jsx", "kt",
    "mjs", "mts", "phar", "php", "py", "pyz", "rb", "rs", "ts", "tsx", "vbproj", "war", "whl", "zip",
];
/// Names of files that do: manifests, locks, lists of what is installed. Each is a target by itself, too.
const TELLING_NAMES: &[&str] = &[
    "Cargo.lock",
    "Cargo.toml",
    "Directory.Packages.props",
    "Gemfile",
    "Gemfile.lock",
    "Package.resolved",
    "Pipfile",
    "Pipfile.lock",
    "build.gradle",
    "build.gradle.kts",
    "bun.lock",
    "bun.lockb",
    "composer.json",
    "composer.lock",
    "environment.yml",
    "gems.locked",
    "gems.rb",
    "go.mod",
    "go.sum",
    "gradle.lockfile",
    "installed.json",
    "installed.php",
    "libs.versions.toml",
    "mix.exs",
    "mix.lock",
    "npm-shrinkwrap.json",
    "package-lock.json",
    "package.json",
    "packages.config",
    "packages.lock.json",
    "pdm.lock",
    "pnpm-lock.yaml",
    "poetry.lock",
    "pom.xml",
    "pubspec.lock",
    "pubspec.yaml",
    "pylock.toml",
    "pyproject.toml",
    "rebar.lock",
    "renv.lock",
    "requirements.txt",
    "setup.cfg",
    "uv.lock",
    "yarn.lock",
];
/// Endings of such names where the first part is the project's.
const TELLING_ENDINGS: &[&str] = &[".deps.json", ".dist-info"];
/// Names of folders that do: what layers and installs are made of, and the databases of systems' packages.
const TELLING_FOLDERS: &[&str] = &["node_modules", "nodejs", "python", "ruby", "dpkg", "apk", "rpm"];
/// First bytes of programs: Go's and Rust's functions are one file without an ending.
const PROGRAM_MAGIC: &[&[u8]] = &[b"\x7fELF", b"MZ"];
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

/// The file as one function; `None` when it is neither an archive, code, a program, a manifest nor a bill of materials.
pub(crate) fn package(root: &Path, name: &str, options: &Options) -> Result<Option<Parsed<Located>>, Error> {
    let path = root.join(name);
    if !is_telling_name(name) && !is_archive(&path) && !is_program(&path) && !bill::is_bill_of_materials(&path, name) {
        return Ok(None);
    }
    describe(name, name, options).map(Some)
}

fn is_archive(path: &Path) -> bool {
    let head = head(path);
    MAGIC.iter().any(|(at, magic)| head.get(*at..).is_some_and(|rest| rest.starts_with(magic)))
}

fn is_program(path: &Path) -> bool {
    let head = head(path);
    PROGRAM_MAGIC.iter().any(|magic| head.starts_with(magic))
}

/// The first bytes of the file; none when it cannot be read.
fn head(path: &Path) -> Vec<u8> {
    let mut head = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(HEAD_BYTES).read_to_end(&mut head));
    if read.is_ok() { head } else { Vec::new() }
}

fn is_telling_name(name: &str) -> bool {
    let is_requirements = || name.starts_with("requirements") && name.ends_with(".txt");
    name.rsplit_once('.').is_some_and(|(_, extension)| TELLING_EXTENSIONS.contains(&extension))
        || TELLING_NAMES.contains(&name)
        || TELLING_ENDINGS.iter().any(|ending| name.ends_with(ending))
        || is_requirements()
}

fn is_telling(folder: &Path, levels: usize) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    let mut folders = Vec::new();
    for entry in entries.filter_map(Result::ok) {
        let name = entry.file_name().to_string_lossy().into_owned();
        if is_telling_name(&name) || TELLING_FOLDERS.contains(&name.as_str()) {
            return true;
        }
        // Links are followed by neither search, so that loops end.
        let Ok(kind) = entry.file_type() else { continue };
        let path = entry.path();
        if kind.is_dir() {
            folders.push(path);
        } else if kind.is_file()
            && (bill::is_bill_of_materials(&path, &name) || (!name.contains('.') && is_program(&path)))
        {
            return true;
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
    let home = options.policy.as_deref().map(home);
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
        identity: Identity { policies, home, ..Identity::default() },
        wiring: Vec::new(),
        location: Location::file(path),
    };
    Ok(Parsed { value: Located { function, stack: None, gaps: Vec::new() }, gaps })
}

/// Where the policy in this file is written: beside files of Terraform, as Terraform would have it.
fn home(file: &Path) -> PolicyHome {
    let shown = file.display().to_string();
    let (form, syntax) = match () {
        () if shown.ends_with(".tf.json") => (PolicyForm::TerraformDocument, Syntax::Json),
        () if is_beside_terraform(file) => (PolicyForm::TerraformDocument, Syntax::Hcl),
        () => (PolicyForm::Document, Syntax::Json),
    };
    let stem = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    PolicyHome {
        is_translation: false,
        form,
        syntax,
        owner: stem.split('.').next().unwrap_or_default().to_owned(),
        file: shown.clone(),
        implied: Vec::new(),
        elsewhere: Vec::new(),
        boundary: None,
        steps: Vec::new(),
        location: Location::file(shown),
    }
}

fn is_beside_terraform(file: &Path) -> bool {
    let folder = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    entries.map(|entry| entry.file_name()).any(|name| Path::new(&name).extension().is_some_and(|end| end == "tf"))
}

fn read_policy(file: &Path) -> Result<Parsed<Policy>, Error> {
    let shown = file.display().to_string();
    let bytes = std::fs::read(file).map_err(|source| Error::ReadPolicy { path: shown.clone(), source })?;
    let text = deploy::decode(&bytes, &shown).map_err(|error| Error::Policy { message: error.to_string() })?;
    let document = providers::aws::policy_document::from_text(&text, &shown)
        .map_err(|error| Error::Policy { message: error.to_string() })?;
    let name = file.file_stem().map_or_else(|| shown.clone(), |stem| stem.to_string_lossy().into_owned());
    Ok(document.map(|statements| Policy {
        id: name.clone(),
        kind: PolicyKind::Inline,
        name,
        arn: None,
        parameters: Vec::new(),
        statements,
        location: Location::file(shown),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recognises_projects_of_every_language_by_one_file_as_folder_and_as_file() {
        for name in [
            "Cargo.lock",
            "Gemfile.lock",
            "a.csproj",
            "a.deps.json",
            "app.gemspec",
            "build.gradle",
            "bun.lock",
            "composer.lock",
            "go.mod",
            "handler.rb",
            "index.php",
            "mix.lock",
            "pnpm-lock.yaml",
            "pom.xml",
            "pubspec.lock",
            "pylock.toml",
            "requirements-prod.txt",
            "requirements.txt",
            "yarn.lock",
        ] {
            check(name, b"", true);
        }
        check("bootstrap", b"\x7fELF\x02\x01", true);
        for (name, bytes) in
            [("README.md", &b"# Read me"[..]), ("bootstrap", b""), ("notes.txt", b"MZ"), ("LICENSE", b"MIT")]
        {
            let is_program = name == "notes.txt";
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join(name), bytes).unwrap();
            assert!(!is_telling(folder.path(), SEARCH_LEVELS), "{name}");
            assert_eq!(package(folder.path(), name, &Options::default()).unwrap().is_some(), is_program, "{name}");
        }
    }

    fn check(name: &str, bytes: &[u8], expected: bool) {
        let root = tempfile::tempdir().unwrap();
        let below = root.path().join("src/function");
        std::fs::create_dir_all(&below).unwrap();
        std::fs::write(below.join(name), bytes).unwrap();
        assert_eq!(is_telling(root.path(), SEARCH_LEVELS), expected, "folder with {name}");
        assert_eq!(package(&below, name, &Options::default()).unwrap().is_some(), expected, "{name}");
    }

    #[test]
    fn ends_at_links_that_lead_back() {
        let root = tempfile::tempdir().unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(root.path(), root.path().join("loop")).unwrap();
        assert!(!is_telling(root.path(), SEARCH_LEVELS));
    }
}
