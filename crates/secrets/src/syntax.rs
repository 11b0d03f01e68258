//! What kind of text a file holds, which decides where a value may stand and how much a name is worth.

/// How assignments look in a file, and how far a name is believed there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// A programming language: a credential is a string literal, and must look like one.
    Code,
    /// `name: value`, `name=value`, quoted or not.
    Config,
    /// Quoted values only.
    Json,
    /// Elements and attributes.
    Markup,
    /// Text for people; only what clearly is a credential counts.
    Prose,
    /// Made by programs and full of digests: names mean nothing there.
    Generated,
}

impl Syntax {
    /// By file name, then extension; text of unknown kind is read like configuration.
    pub(crate) fn of(path: &str) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
        let by_name = FILE_NAMES.iter().find(|(known, _)| *known == name);
        let by_ending = || ENDINGS.iter().find(|(ending, _)| name.ends_with(ending));
        by_name.or_else(by_ending).map_or_else(|| Self::of_extension(&name), |(_, syntax)| *syntax)
    }

    fn of_extension(name: &str) -> Self {
        let Some((_, extension)) = name.rsplit_once('.') else { return Self::Config };
        EXTENSIONS
            .iter()
            .find(|(_, extensions)| extensions.contains(&extension))
            .map_or(Self::Config, |(syntax, _)| *syntax)
    }
}

const FILE_NAMES: &[(&str, Syntax)] = &[
    ("package-lock.json", Syntax::Generated),
    ("npm-shrinkwrap.json", Syntax::Generated),
    (".package-lock.json", Syntax::Generated),
    ("composer.lock", Syntax::Generated),
    ("go.sum", Syntax::Generated),
    ("pnpm-lock.yaml", Syntax::Generated),
    ("packages.lock.json", Syntax::Generated),
    ("project.assets.json", Syntax::Generated),
    ("cdk.context.json", Syntax::Generated),
    ("record", Syntax::Generated),
    ("license", Syntax::Prose),
    ("readme", Syntax::Prose),
    ("changelog", Syntax::Prose),
];

const ENDINGS: &[(&str, Syntax)] = &[
    (".deps.json", Syntax::Generated),
    (".min.js", Syntax::Generated),
    (".min.css", Syntax::Generated),
    (".d.ts", Syntax::Generated),
    (".lock.hcl", Syntax::Generated),
];

const EXTENSIONS: &[(Syntax, &[&str])] = &[
    (
        Syntax::Code,
        &[
            "py", "pyi", "js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx", "java", "kt", "kts", "scala", "groovy",
            "go", "rb", "php", "cs", "fs", "vb", "rs", "swift", "c", "h", "cc", "cpp", "hpp", "lua", "dart", "ex",
            "exs", "clj", "pl", "r", "vue", "svelte", "ipynb", "gradle", "sql", "graphql",
        ],
    ),
    (Syntax::Json, &["json", "json5", "jsonc", "tfstate", "template", "webmanifest", "avsc"]),
    (Syntax::Markup, &["xml", "config", "csproj", "plist", "resx", "xaml", "nuspec", "pom"]),
    (Syntax::Prose, &["md", "markdown", "mdx", "rst", "txt", "adoc", "html", "htm", "csv", "tsv", "log"]),
    (
        Syntax::Generated,
        &[
            "lock",
            "map",
            "svg",
            "css",
            "scss",
            "less",
            "po",
            "pot",
            "mo",
            "sum",
            "snap",
            "proto",
            "tsbuildinfo",
            "patch",
            "diff",
        ],
    ),
];

/// Whether the path says that the file is for tests, or shows how something is used.
pub(crate) fn is_test_path(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let mut folders = lower.split('/').rev();
    let name = folders.next().unwrap_or_default();
    let in_folder = folders.any(|folder| TEST_FOLDERS.contains(&folder));
    in_folder
        || name.starts_with("test_")
        || name == "conftest.py"
        || TEST_NAME_PARTS.iter().any(|part| name.contains(part))
}

const TEST_FOLDERS: &[&str] = &[
    "test",
    "tests",
    "__tests__",
    "spec",
    "specs",
    "fixture",
    "fixtures",
    "__fixtures__",
    "mock",
    "mocks",
    "__mocks__",
    "testdata",
    "test-data",
    "test_data",
    "e2e",
    "cypress",
    "example",
    "examples",
    "sample",
    "samples",
    "doc",
    "docs",
];

const TEST_NAME_PARTS: &[&str] = &[
    ".test.",
    ".spec.",
    "_test.",
    "_spec.",
    ".mock.",
    ".stories.",
    ".example",
    ".sample",
    ".dist.",
    ".template.",
    "-example.",
    "-sample.",
];

/// Whether the file holds translations, where `password` is a label.
pub(crate) fn is_translation(path: &str) -> bool {
    const FOLDERS: &[&str] = &["locale", "locales", "i18n", "lang", "langs", "translations", "l10n"];
    path.split('/').any(|part| FOLDERS.contains(&part.to_ascii_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_files_by_name_and_extension() {
        let cases = [
            ("src/app.py", Syntax::Code),
            (".env", Syntax::Config),
            ("config/.env.production", Syntax::Config),
            ("template.yaml", Syntax::Config),
            ("local.settings.json", Syntax::Json),
            ("a/package-lock.json", Syntax::Generated),
            ("web.config", Syntax::Markup),
            ("README.md", Syntax::Prose),
            ("dist/app.min.js", Syntax::Generated),
            ("Dockerfile", Syntax::Config),
        ];
        for (path, expected) in cases {
            assert_eq!(Syntax::of(path), expected, "{path}");
        }
    }

    #[test]
    fn knows_test_paths() {
        for path in ["tests/app.py", "src/app.test.ts", "test_app.py", ".env.example", "a/fixtures/key.pem"] {
            assert!(is_test_path(path), "{path}");
        }
        for path in ["app.py", "src/contest/app.py", "latest.json", "template.yaml"] {
            assert!(!is_test_path(path), "{path}");
        }
    }
}
