//! Any bytes in, no panic; equal input, equal output.

use artifact::Artifact;
use inventory::{Setting, ecosystems, take};
use proptest::prelude::*;

const PATHS: &[&str] = &[
    "node_modules/a/package.json",
    "package.json",
    "package-lock.json",
    "node_modules/.package-lock.json",
    "a-1.0.dist-info/METADATA",
    "a-1.0.dist-info/RECORD",
    "a-1.0.dist-info/top_level.txt",
    "a.egg-info",
    "requirements.txt",
    "constraints.txt",
    "poetry.lock",
    "uv.lock",
    "pdm.lock",
    "pylock.toml",
    "web/yarn.lock",
    "web/package.json",
    "site/pnpm-lock.yaml",
    "shop/bun.lock",
    "Pipfile",
    "Pipfile.lock",
    "pyproject.toml",
    "setup.cfg",
    "App.deps.json",
    "App.runtimeconfig.json",
    "packages.lock.json",
    "packages.config",
    "App.csproj",
    "Directory.Packages.props",
    "obj/project.assets.json",
    "vendor/composer/installed.json",
    "layer/vendor/composer/installed.php",
    "composer.lock",
    "composer.json",
    "ruby/3.2.0/specifications/a-1.0.gemspec",
    "a.gemspec",
    "Gemfile",
    "Gemfile.lock",
    "pubspec.lock",
    "pubspec.yaml",
    "Package.resolved",
    "Package.swift",
    "mix.lock",
    "mix.exs",
    "rebar.lock",
    "renv.lock",
    "library/a/DESCRIPTION",
    "tool.phar",
    "vendor/cache/a-1.0.gem",
    "App.dll",
    "go.mod",
    "lone/go.sum",
    "vendor/modules.txt",
    "Cargo.lock",
    "Cargo.toml",
    "pom.xml",
    "build.gradle",
    "gradle/libs.versions.toml",
    "conda-meta/a-1.0-0.json",
    "lib/apk/db/installed",
    "var/lib/dpkg/status",
    "bom.cdx.json",
    "a.spdx.json",
    ".pnp.cjs",
];

/// Text that comes close to what the readers expect.
fn fragments() -> impl Strategy<Value = String> {
    let fragment = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        "\"",
        ":",
        ",",
        "\n",
        "=",
        "[[package]]\n",
        "name",
        "version",
        "\"packages\"",
        "\"dependencies\"",
        "\"node_modules/a\"",
        "\"1.0\"",
        "-r ",
        "-c ",
        "-e ",
        "requirements.txt",
        "constraints.txt",
        "; ",
        "sys_platform == 'win32'",
        "(",
        "==",
        ">=1",
        "^1.2",
        " || ",
        "\\\n",
        "#",
        "Name: a\n",
        "Version: 1\n",
        "Requires-Dist: b\n",
        "é",
        "\u{0}",
        "@",
        "https://",
        "[project]\n",
        "[options]\n",
        "install_requires",
        "true",
        "npm:",
        "file:",
        "return array(",
        "'a' => ",
        "\"libraries\"",
        "\"targets\"",
        "\"a/1.0\"",
        "<Project>",
        "<PackageReference Include=\"a\" Version=\"$(b)\"/>",
        "<PropertyGroup><b>$(b)$(b)</b></PropertyGroup>",
        "gem 'a'",
        " do\n",
        "end\n",
        "GEM\n  specs:\n    a (1.0-x)\n",
        "packages:\n  a:\n    version: \"1.0.0\"\n",
        ".package(url: \"https://a.example/b\", ",
        "{:hex, :a, \"1.0.0\"",
        "defp deps do\n",
        "{<<\"a\">>,{pkg,",
    ]);
    prop::collection::vec(fragment, 0..40).prop_map(|fragments| fragments.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn any_bytes_in_any_file_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let artifact = Artifact::from_memory(PATHS.iter().map(|path| (*path, bytes.as_slice())));
        take(&artifact, &Setting::default());
    }

    #[test]
    fn text_that_is_nearly_right_does_no_harm_and_reads_the_same_twice(texts in prop::collection::vec(fragments(), PATHS.len())) {
        let artifact = Artifact::from_memory(PATHS.iter().zip(&texts).map(|(path, text)| (*path, text.as_bytes())));
        let setting = Setting { layers: &[], runtime: Some("python3.12"), above: None };
        prop_assert_eq!(take(&artifact, &setting), take(&artifact, &setting));
    }

    #[test]
    fn any_text_has_a_place_in_every_order(left in "\\PC{0,20}", middle in "[0-9.a-c+!_-]{0,12}", right in "[0-9.a-z]{0,8}") {
        for ecosystem in ecosystems() {
            let texts = [&left, &middle, &right];
            for a in texts {
                prop_assert!(ecosystem.compare(a, a).is_eq());
                for b in texts {
                    prop_assert_eq!(ecosystem.compare(a, b), ecosystem.compare(b, a).reverse());
                    for c in texts {
                        if ecosystem.compare(a, b).is_le() && ecosystem.compare(b, c).is_le() {
                            prop_assert!(ecosystem.compare(a, c).is_le());
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn any_text_is_a_range_or_is_refused(text in "[0-9.x*<>=~^| a-c!,+-]{0,24}") {
        for ecosystem in ecosystems() {
            if let Ok(admitted) = ecosystem.parse_range(&text) {
                prop_assert!(admitted.is_empty() || admitted.is_subset_of(&admitted.as_set()));
            }
        }
    }
}

#[test]
fn deep_nesting_ends_in_a_gap() {
    let deep = "{\"dependencies\": {\"a\": ".repeat(50_000);
    let artifact = Artifact::from_memory([
        ("package-lock.json", deep.as_bytes()),
        ("node_modules/a/package.json", deep.as_bytes()),
    ]);
    assert_eq!(take(&artifact, &Setting::default()).gaps.len(), 2);
    let deep = format!("a = {}", "[".repeat(50_000));
    let artifact = Artifact::from_memory([("poetry.lock", deep.as_bytes()), ("pyproject.toml", deep.as_bytes())]);
    assert_eq!(take(&artifact, &Setting::default()).gaps.len(), 2);
}

#[test]
fn locks_that_hold_something_else_are_gaps() {
    for path in [
        "Cargo.lock",
        "Gemfile.lock",
        "Package.resolved",
        "Pipfile.lock",
        "a.cdx.json",
        "a.spdx.json",
        "composer.lock",
        "go.mod",
        "go.sum",
        "lib/apk/db/installed",
        "mix.lock",
        "package-lock.json",
        "packages.config",
        "packages.lock.json",
        "pdm.lock",
        "pnpm-lock.yaml",
        "poetry.lock",
        "pubspec.lock",
        "rebar.lock",
        "renv.lock",
        "uv.lock",
        "var/lib/dpkg/status",
        "yarn.lock",
    ] {
        for content in [&[0; 900][..], b"\xff\xfe{\0\"\0", "caf\u{e9} \u{0}\n".repeat(50).as_bytes(), b"{\"depen"] {
            let artifact = Artifact::from_memory([(path, content), ("app.py", b"")]);
            assert!(!take(&artifact, &Setting::default()).gaps.is_empty(), "{path}: {}", content.escape_ascii());
        }
    }
}

#[test]
fn locks_without_packages_are_no_gaps() {
    for (path, text) in [
        ("Gemfile.lock", "GEM\n  specs:\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n"),
        ("mix.lock", "%{\n}\n"),
        ("packages.config", "<?xml version=\"1.0\"?><packages/>"),
        ("pubspec.lock", "# Generated by pub\npackages: {}\nsdks:\n  dart: \">=3.0.0\"\n"),
        ("rebar.lock", "[].\n"),
        ("lib/apk/db/installed", "\n"),
        ("go.mod", "module example.com/a\n"),
    ] {
        let artifact = Artifact::from_memory([(path, text.as_bytes()), ("go.sum", b"")]);
        let gaps = take(&artifact, &Setting::default()).gaps;
        assert!(!gaps.iter().any(|gap| gap.location.file == path), "{path}: {gaps:?}");
    }
}

#[test]
fn floods_of_statements_end_in_a_gap() {
    let many = "a\n".repeat(30_000);
    let files: Vec<_> = (0..24).map(|at| format!("requirements-{at}.txt")).collect();
    let artifact = Artifact::from_memory(files.iter().map(|path| (path.as_str(), many.as_bytes())));
    let gaps = take(&artifact, &Setting::default()).gaps;
    assert!(gaps.iter().any(|gap| gap.why.contains("statements on packages")), "{gaps:?}");
    let members: String = (0..150_000).map(|at| format!("\"a{at}\": \"1\",")).collect();
    let manifest = format!("{{\"dependencies\": {{{members} \"z\": \"1\"}}}}");
    let artifact = Artifact::from_memory([("package.json", manifest.as_bytes())]);
    assert_eq!(take(&artifact, &Setting::default()).gaps.len(), 1);
}

#[test]
fn includes_in_a_circle_end() {
    let files: Vec<_> = (0..40)
        .map(|at| (format!("requirements-{at}.txt"), format!("-r requirements-{}.txt\na{at}==1.0\n", (at + 1) % 40)))
        .collect();
    let artifact = Artifact::from_memory(files.iter().map(|(path, text)| (path.as_str(), text.as_bytes())));
    assert_eq!(take(&artifact, &Setting::default()).value.components.len(), 40);
}

#[test]
fn descriptors_are_whole_and_sorted() {
    let ids: Vec<_> = ecosystems().iter().map(|ecosystem| ecosystem.id).collect();
    assert!(ids.is_sorted());
    for ecosystem in ecosystems() {
        let formats: Vec<_> = ecosystem.formats().collect();
        assert!(formats.is_sorted(), "{}: {formats:?}", ecosystem.id);
        assert!(!ecosystem.title.is_empty() && !ecosystem.purl_type.is_empty() && !ecosystem.advisory_name.is_empty());
    }
}
