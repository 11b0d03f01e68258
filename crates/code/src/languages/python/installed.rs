//! Which files belong to installed packages rather than to the project: what `pip install --target` puts beside the code.
//!
//! **Source**: the PyPA specification of recorded installed projects (`*.dist-info/RECORD`), and `top_level.txt` of
//! setuptools' metadata. Packages whose metadata was removed to save space are known by the names of the most common ones.

use std::collections::BTreeMap;

use super::sdk::wrappers;
use crate::sources::{File, Place, Sources};

/// Import names of packages that are often shipped without metadata, sorted.
const COMMON: &[&str] = &[
    "OpenSSL",
    "PIL",
    "aiobotocore",
    "aiohttp",
    "attr",
    "attrs",
    "aws_lambda_powertools",
    "aws_xray_sdk",
    "awscli",
    "awslambdaric",
    "awswrangler",
    "bs4",
    "cachetools",
    "certifi",
    "cffi",
    "chardet",
    "charset_normalizer",
    "click",
    "cryptography",
    "dateutil",
    "django",
    "docutils",
    "fastapi",
    "flask",
    "fsspec",
    "google",
    "greenlet",
    "grpc",
    "h11",
    "httpx",
    "idna",
    "importlib_metadata",
    "itsdangerous",
    "jinja2",
    "jmespath",
    "jsonschema",
    "jwt",
    "langchain",
    "lxml",
    "mangum",
    "markupsafe",
    "matplotlib",
    "multidict",
    "mypy_boto3_dynamodb",
    "mypy_boto3_s3",
    "networkx",
    "nltk",
    "numpy",
    "openai",
    "opensearchpy",
    "packaging",
    "pandas",
    "paramiko",
    "pip",
    "pkg_resources",
    "psycopg2",
    "pyarrow",
    "pycparser",
    "pydantic",
    "pydantic_core",
    "pymongo",
    "pymysql",
    "pynamodb",
    "pyparsing",
    "pytz",
    "redis",
    "regex",
    "requests",
    "requests_aws4auth",
    "rsa",
    "s3fs",
    "scipy",
    "setuptools",
    "simplejson",
    "six",
    "sklearn",
    "sniffio",
    "sqlalchemy",
    "starlette",
    "tenacity",
    "tqdm",
    "typing_extensions",
    "tzdata",
    "urllib3",
    "uvicorn",
    "watchtower",
    "werkzeug",
    "wheel",
    "wrapt",
    "xmltodict",
    "yaml",
    "yarl",
    "zipp",
];
/// Largest list of a package's files that is read, in bytes.
const MAX_RECORD_BYTES: u64 = 4 * 1024 * 1024;

/// Most files, and bytes, of one installed package that are looked through for uses of the SDK.
const MAX_SCANNED_FILES: usize = 96;
const MAX_SCANNED_BYTES: u64 = 2 * 1024 * 1024;

/// Paths of installed packages: folders end with `/`.
pub(super) fn installed(sources: &Sources<'_>, place: Place) -> Vec<String> {
    let mut found = Vec::new();
    let mut last_common = String::new();
    for entry in sources.under(place, "") {
        let Some((folder, name)) = entry.path.rsplit_once('/') else { continue };
        if folder.ends_with(".dist-info") && name == "RECORD"
            || folder.ends_with(".egg-info") && name == "top_level.txt"
        {
            if entry.size_bytes <= MAX_RECORD_BYTES {
                add_package(sources, place, &entry.path, folder, &mut found);
            }
        } else if name == "__init__.py"
            && COMMON.binary_search(&last_segment(folder)).is_ok()
            && !(folder == last_common || folder.starts_with(&format!("{last_common}/")) && !last_common.is_empty())
        {
            folder.clone_into(&mut last_common);
            found.push(format!("{folder}/"));
        }
    }
    found
}

/// Whether a package is so common that its name alone tells that it is not the project's.
pub(super) fn is_common(package: &str) -> bool {
    COMMON.binary_search(&package).is_ok()
}

/// Whether a package is installed among the files.
pub(super) fn has_package(sources: &Sources<'_>, package: &str) -> bool {
    let folder = format!("/{package}/");
    let is_it = |path: &str| path.ends_with(&folder) || path.strip_suffix('/') == Some(package);
    let places = [Place::Function, Place::Layers, Place::System];
    places.iter().flat_map(|place| sources.installed_paths(*place)).any(|path| is_it(path))
        || places.into_iter().any(|place| {
            sources.under(place, "").any(|entry| entry.path.contains(&format!("site-packages/{package}/")))
        })
}

/// Which of these packages use the SDK themselves without a model of what they do: some are known to, of the others
/// the installed files are looked through.
pub(super) fn sdk_users(sources: &Sources<'_>, packages: &[&str]) -> Vec<String> {
    let judged = |package: &&&str| {
        !super::standard::is_standard(package) && !super::is_sdk(package) && !wrappers::is_modelled(package)
    };
    let mut found: Vec<String> = Vec::new();
    let mut open: BTreeMap<&str, Budget> = BTreeMap::new();
    for package in packages.iter().filter(judged) {
        if wrappers::is_unmodelled(package) {
            found.push((*package).to_owned());
        } else {
            open.insert(package, Budget { files: MAX_SCANNED_FILES, bytes: MAX_SCANNED_BYTES });
        }
    }
    for place in [Place::Function, Place::Layers, Place::System] {
        for entry in sources.under(place, "").filter(|entry| entry.path.ends_with(".py")) {
            let Some(package) = package_of(sources, place, &entry.path) else { continue };
            let Some(budget) = open.get_mut(package) else { continue };
            if budget.files == 0 || entry.size_bytes > budget.bytes {
                continue;
            }
            budget.files -= 1;
            budget.bytes -= entry.size_bytes;
            if let Some(Ok(content)) = sources.read(&File::new(place, &*entry.path))
                && imports_sdk(&content)
            {
                found.push(package.to_owned());
                open.remove(package);
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// What may still be read of a package.
struct Budget {
    files: usize,
    bytes: u64,
}

/// The import name of the installed package that a file belongs to.
fn package_of<'p>(sources: &Sources<'_>, place: Place, path: &'p str) -> Option<&'p str> {
    let below = |start: usize| path.get(start..).and_then(|rest| rest.split(['/', '.']).next());
    for folder in ["site-packages/", "dist-packages/"] {
        if let Some(at) = path.find(folder) {
            return below(at + folder.len());
        }
    }
    let installed = sources.installed_prefix(place, path)?;
    let start = installed.trim_end_matches('/').rfind('/').map_or(0, |slash| slash + 1);
    below(start)
}

fn imports_sdk(content: &[u8]) -> bool {
    let text = String::from_utf8_lossy(content);
    text.lines().map(str::trim_start).any(|line| {
        ["import boto", "from boto", "import aioboto", "from aioboto"].iter().any(|start| line.starts_with(start))
    })
}

fn last_segment(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

/// Adds what the package's metadata lists, by the first segment below the folder that the metadata lies in.
fn add_package(sources: &Sources<'_>, place: Place, path: &str, metadata: &str, found: &mut Vec<String>) {
    let root = metadata.rsplit_once('/').map_or(String::new(), |(root, _)| format!("{root}/"));
    let Some(Ok(content)) = sources.read(&File::new(place, path)) else { return };
    let text = String::from_utf8_lossy(&content);
    let mut last = "";
    for line in text.lines() {
        let listed = line.split(',').next().unwrap_or_default().trim().trim_matches('"');
        let (first, is_folder) = match listed.split_once('/') {
            Some((first, _)) => (first, true),
            None => (listed, false),
        };
        if first == last || first.is_empty() || first == ".." || first.ends_with("-info") {
            continue;
        }
        last = first;
        if is_folder {
            found.push(format!("{root}{first}/"));
        } else if path.ends_with("top_level.txt") {
            found.extend([format!("{root}{first}/"), format!("{root}{first}.py")]);
        } else if first.ends_with(".py") {
            found.push(format!("{root}{first}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use artifact::Artifact;

    #[test]
    fn names_are_sorted() {
        assert!(COMMON.is_sorted());
    }

    #[test]
    fn finds_what_pip_put_beside_the_code() {
        let files = [
            ("app.py", ""),
            ("lib/six.py", ""),
            ("lib/six-1.16.0.dist-info/RECORD", "six.py,sha256=x,1\nsix-1.16.0.dist-info/METADATA,,\n../../bin/x,,\n"),
            ("lib/foo/__init__.py", ""),
            ("lib/foo-1.dist-info/RECORD", "foo/__init__.py,,\nfoo/bar.py,,\nfoo_data/x.py,,\n"),
            ("lib/old.egg-info/top_level.txt", "old\n"),
            ("lib/requests/__init__.py", ""),
            ("lib/requests/sub/yaml/__init__.py", ""),
        ];
        let artifact = Artifact::from_memory(files.iter().map(|(path, text)| (*path, text.as_bytes())));
        let sources = Sources::new(&artifact, None, installed, false);
        let mut found = installed(&sources, Place::Function);
        found.sort_unstable();
        let expected = ["lib/foo/", "lib/foo_data/", "lib/old.py", "lib/old/", "lib/requests/", "lib/six.py"];
        assert_eq!(found, expected);
    }
}
