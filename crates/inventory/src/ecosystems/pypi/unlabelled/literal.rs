//! The version that a package's source states of itself.
//!
//! **Source**: what packages write: PEP 396's `__version__`, tuples as Django's `VERSION`, and the files that setuptools-scm,
//! versioneer, hatch and meson generate. **Supported**: texts and tuples of numbers that stand at the start of a line.
//! **Unsupported** (→ no version): versions that are computed, and several that differ.

use std::sync::LazyLock;

use regex::Regex;

use crate::ecosystems::pypi::version;

/// Files of a package that may state its version, the most telling first.
pub(super) const FILES: &[&str] = &[
    "__init__.py",
    "__version__.py",
    "_version.py",
    "version.py",
    "__about__.py",
    "_version_meson.py",
    "package_data.py",
    "_meta.py",
    "about.py",
    "__meta__.py",
    "_grpcio_metadata.py",
    "shared/version.py",
];

/// A version and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Literal {
    pub(super) version: String,
    /// 1-based.
    pub(super) line: u32,
    strength: Strength,
}

/// How sure the name makes that the package's own version is meant. Strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    Dunder,
    Named,
    Tuple,
}

#[expect(clippy::expect_used, reason = "the pattern stands here, and the tests compile it")]
static TEXT: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r#"^(?:[A-Za-z_]+ *= *)*(__version__|__VERSION__|VERSION|version|full_version|short_version)(?: *: *[A-Za-z_.\[\]]+)?(?: *= *[A-Za-z_]+)* *= *[uU]?(?:"{1,3}([^"]+)"|'{1,3}([^']+)')"#;
    Regex::new(pattern).expect("the pattern is no regular expression")
});

#[expect(clippy::expect_used, reason = "the pattern stands here, and the tests compile it")]
static TUPLE: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r#"^(?:__version_info__|__version__|_?version_info|VERSION|_?VERSION_INFO)(?: *: *[A-Za-z_.\[\], ]+)? *= *(?:[A-Z][A-Za-z]*)?\(([^()]*)\)"#;
    Regex::new(pattern).expect("the pattern is no regular expression")
});

/// Literals of one file, in the order of its lines. In `__init__.py` a plain `version` may be anything.
pub(super) fn literals(text: &str, file_name: &str) -> Vec<Literal> {
    let is_version_file = file_name.contains("version") || file_name.contains("about") || file_name.contains("data");
    let mut found = Vec::new();
    for (line, number) in text.lines().zip(1_u32..) {
        let mut add = |version: String, strength: Strength| {
            if is_release(&version) {
                found.push(Literal { version, line: number, strength });
            }
        };
        // What is computed or chosen at run time stands indented, or has no literal.
        if let Some(captures) = line
            .contains("ersion")
            .then(|| TEXT.captures(line))
            .flatten()
            .or_else(|| line.contains("VERSION").then(|| TEXT.captures(line)).flatten())
        {
            let name = captures.get(1).map_or("", |name| name.as_str());
            let strength = if name.starts_with("__") { Strength::Dunder } else { Strength::Named };
            let value = captures.get(2).or_else(|| captures.get(3)).map_or("", |value| value.as_str());
            if strength == Strength::Dunder || name == "VERSION" || is_version_file {
                add(value.to_owned(), strength);
            }
        } else if let Some(captures) =
            line.to_ascii_lowercase().contains("version").then(|| TUPLE.captures(line)).flatten()
        {
            if let Some(version) = captures.get(1).and_then(|parts| tuple_version(parts.as_str())) {
                add(version, Strength::Tuple);
            }
        } else if let Some(value) = line.strip_prefix(r#" "version": ""#).filter(|_| is_version_file) {
            // What versioneer writes into `_version.py` of a release.
            add(value.trim_end_matches(['"', ',']).to_owned(), Strength::Named);
        }
    }
    found
}

/// The version that the strongest of the literals agree on.
pub(super) fn agreed(literals: &[(usize, Literal)]) -> Option<&(usize, Literal)> {
    let strongest = literals.iter().map(|(_, literal)| literal.strength).min()?;
    let mut of_strength = literals.iter().filter(|(_, literal)| literal.strength == strongest);
    let first = of_strength.next()?;
    let key = version::key(&first.1.version).ok()?;
    of_strength.all(|(_, other)| version::key(&other.version).is_ok_and(|other| other == key)).then_some(first)
}

/// Whether it is a version of a release: placeholders that tools put in before a build are none.
fn is_release(text: &str) -> bool {
    let is_placeholder = text.chars().all(|c| matches!(c, '0' | '.'))
        || text.contains("unknown")
        || text.starts_with("0.0.0")
        || text.contains('+');
    !is_placeholder
        && text.starts_with(|c: char| c.is_ascii_digit())
        && text.contains('.')
        && version::key(text).is_ok()
}

/// `4, 2, 1, "final", 0` → `4.2.1`; `4, 2, 0, "beta", 1` → `4.2b1`.
fn tuple_version(parts: &str) -> Option<String> {
    let parts: Vec<&str> = parts.split(',').map(|part| part.trim().trim_matches(['"', '\''])).collect();
    let is_number = |part: &&&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let numbers: Vec<&str> = parts.iter().take_while(is_number).copied().collect();
    let rest: Vec<&str> =
        parts.get(numbers.len()..).unwrap_or_default().iter().copied().filter(|part| !part.is_empty()).collect();
    if numbers.len() < 2 {
        return None;
    }
    let release = numbers.join(".");
    match rest.as_slice() {
        [] | ["final", _] | ["final"] => Some(release),
        ["alpha" | "a", number] => Some(format!("{release}a{number}")),
        ["beta" | "b", number] => Some(format!("{release}b{number}")),
        ["rc" | "c", number] => Some(format!("{release}rc{number}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version_in(text: &str, file_name: &str) -> Option<String> {
        let found: Vec<_> = literals(text, file_name).into_iter().map(|literal| (0, literal)).collect();
        agreed(&found).map(|(_, literal)| literal.version.clone())
    }

    #[test]
    fn reads_what_packages_write() {
        let cases = [
            ("__init__.py", "import x\n__version__ = \"2.32.3\"\n", Some("2.32.3")),
            ("__init__.py", "__version__: str = '1.0'  # why\n", Some("1.0")),
            (
                "_version.py",
                "__version__ = version = '2.9.0.post0'\n__version_tuple__ = version_tuple = (2, 9, 0)\n",
                Some("2.9.0.post0"),
            ),
            (
                "version.py",
                "\nshort_version = \"1.26.4\"\nversion = \"1.26.4\"\nfull_version = version\n",
                Some("1.26.4"),
            ),
            ("__init__.py", "VERSION = (4, 2, 1, \"final\", 0)\n__version__ = get_version(VERSION)\n", Some("4.2.1")),
            ("__init__.py", "VERSION = (5, 0, \"rc\", 1)\n", Some("5.0rc1")),
            (
                "_version.py",
                "version_json = '''\n{\n \"dirty\": false,\n \"version\": \"1.5.3\"\n}\n'''",
                Some("1.5.3"),
            ),
            ("version.py", "VERSION = '2.10.4'\n", Some("2.10.4")),
            ("__init__.py", "try:\n    __version__ = '1.0'\nexcept E:\n    __version__ = 'unknown'\n", None),
            ("__init__.py", "__version__ = '1.0'\n__version__ = '2.0'\n", None),
            ("__init__.py", "__version__ = \"0.0.0\"\n", None),
            ("__init__.py", "version = '1.0'\n", None),
            ("__init__.py", "__version__ = importlib.metadata.version('x')\n", None),
            ("__meta__.py", "__version_info__ = Version(2, 6, 0, \"final\")\n", Some("2.6.0")),
            ("_metadata.py", "__version__ = \"\"\"1.85.1\"\"\"\n", Some("1.85.1")),
            ("__init__.py", "VERSION = (1, 2, \"weird\")\n", None),
        ];
        for (file_name, text, expected) in cases {
            assert_eq!(version_in(text, file_name).as_deref(), expected, "{text}");
        }
    }
}
