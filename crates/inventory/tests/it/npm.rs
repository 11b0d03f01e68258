//! npm's formats.

use crate::{check, inventory_of};

const LOCK_ADVICE: &str = "run `npm install --package-lock-only` beside it and scan again";

fn package(name: &str, version: &str) -> String {
    format!(r#"{{"name": "{name}", "version": "{version}"}}"#)
}

#[test]
fn finds_installed_packages_without_a_lock_file() {
    check(
        &[
            ("index.js", ""),
            (
                "node_modules/a/package.json",
                r#"{"name": "a", "version": "1.0.0", "dependencies": {"b": "^1", "@s/c": "*"}}"#,
            ),
            ("node_modules/b/package.json", &package("b", "1.2.0")),
            ("node_modules/a/node_modules/b/package.json", &package("b", "1.0.0")),
            ("node_modules/@s/c/package.json", &package("@s/c", "3.0.0")),
        ],
        &[
            "pkg:npm/%40s/c@3.0.0 < a: i node_modules/@s/c/package.json",
            "pkg:npm/a@1.0.0: i node_modules/a/package.json",
            "pkg:npm/b@1.0.0 < a: i node_modules/a/node_modules/b/package.json",
            "pkg:npm/b@1.2.0: i node_modules/b/package.json",
        ],
    );
}

#[test]
fn counts_only_the_packages_own_manifests() {
    check(
        &[
            ("node_modules/a/package.json", &package("a", "1.0.0")),
            ("node_modules/a/dist/esm/package.json", r#"{"type": "module"}"#),
            ("node_modules/a/test/fixtures/package.json", &package("fixture", "0.0.1")),
            ("node_modules/a/test/node_modules/x/package.json", &package("x", "0.0.1")),
            ("node_modules/a/package-lock.json", r#"{"packages": {"node_modules/y": {"version": "1.0.0"}}}"#),
            ("node_modules/.bin/package.json", &package("bin", "1.0.0")),
            ("tests/package.json", r#"{"dependencies": {"jest": "^29"}}"#),
        ],
        &["pkg:npm/a@1.0.0: i node_modules/a/package.json"],
    );
}

#[test]
fn takes_the_installed_name_of_an_alias() {
    check(
        &[
            ("package.json", r#"{"dependencies": {"old": "npm:lodash@^3"}}"#),
            ("node_modules/old/package.json", &package("lodash", "3.10.1")),
        ],
        &["pkg:npm/lodash@3.10.1 direct: i node_modules/old/package.json d package.json:1"],
    );
    let taken = inventory_of(&[("node_modules/old/package.json", &package("lodash", "3.10.1"))], None).value;
    assert_eq!(taken.import_names, [["old"]]);
}

#[test]
fn finds_packages_of_stores_once() {
    check(
        &[
            (
                "node_modules/.pnpm/a@1.0.0/node_modules/a/package.json",
                r#"{"name": "a", "version": "1.0.0", "dependencies": {"b": "1"}}"#,
            ),
            ("node_modules/.pnpm/a@1.0.0/node_modules/b/package.json", &package("b", "1.0.0")),
            ("node_modules/a/package.json", &package("a", "1.0.0")),
        ],
        &[
            "pkg:npm/a@1.0.0: i node_modules/.pnpm/a@1.0.0/node_modules/a/package.json i node_modules/a/package.json",
            "pkg:npm/b@1.0.0 < a: i node_modules/.pnpm/a@1.0.0/node_modules/b/package.json",
        ],
    );
}

#[test]
fn names_installed_packages_it_cannot_identify() {
    check(
        &[
            ("node_modules/a/package.json", "{\n  \"name\": \"a\",\n  oops"),
            ("node_modules/b/package.json", r#"{"name": "b"}"#),
        ],
        &[
            "pkg:npm/b (unknown): i node_modules/b/package.json",
            "gap node_modules/a/package.json:3: cannot read the installed package's `package.json`: key must be a string at line 3 column 3",
            "gap node_modules/b/package.json: the installed package's `package.json` does not state both name and version; find out what it is",
        ],
    );
}

const LOCK_3: &str = r#"{
  "name": "shop",
  "version": "2.0.0",
  "lockfileVersion": 3,
  "packages": {
    "": {
      "name": "shop",
      "version": "2.0.0",
      "dependencies": {"a": "^1.0.0", "old": "npm:lodash@^3"},
      "devDependencies": {"jest": "^29"}
    },
    "node_modules/a": {
      "version": "1.0.1",
      "dependencies": {"b": "^1.0.0"}
    },
    "node_modules/a/node_modules/b": {
      "version": "1.9.0"
    },
    "node_modules/b": {
      "version": "2.0.0",
      "dev": true
    },
    "node_modules/jest": {
      "version": "29.0.0",
      "dev": true,
      "dependencies": {"b": "^2.0.0"}
    },
    "node_modules/old": {
      "name": "lodash",
      "version": "3.10.1"
    },
    "node_modules/fsevents": {
      "version": "2.3.3",
      "optional": true,
      "os": ["darwin"]
    },
    "node_modules/@esbuild/linux-arm64": {
      "version": "0.20.0",
      "optional": true,
      "os": ["linux"],
      "cpu": ["arm64"]
    },
    "node_modules/@esbuild/linux-ia32": {
      "version": "0.20.0",
      "optional": true,
      "os": ["linux"],
      "cpu": ["ia32"]
    }
  }
}"#;

#[test]
fn reads_lock_files_of_version_3() {
    check(
        &[
            ("package-lock.json", LOCK_3),
            (
                "package.json",
                r#"{"name": "shop", "version": "2.0.0", "dependencies": {"a": "^1.0.0", "old": "npm:lodash@^3"}}"#,
            ),
        ],
        &[
            "pkg:npm/%40esbuild/linux-arm64@0.20.0: l package-lock.json:37",
            "pkg:npm/a@1.0.1 direct: l package-lock.json:12 d package.json:1",
            "pkg:npm/b@1.9.0 < a: l package-lock.json:16",
            "pkg:npm/b@2.0.0 development < jest: l package-lock.json:19",
            "pkg:npm/jest@29.0.0 development direct: l package-lock.json:23",
            "pkg:npm/lodash@3.10.1 direct: l package-lock.json:28 d package.json:1",
            "pkg:npm/shop@2.0.0 project: l package-lock.json:6 d package.json",
        ],
    );
}

#[test]
fn reads_lock_files_of_version_1() {
    let lock = r#"{
  "name": "shop",
  "version": "2.0.0",
  "lockfileVersion": 1,
  "requires": true,
  "dependencies": {
    "a": {
      "version": "1.0.1",
      "requires": {"b": "^1.0.0"},
      "dependencies": {
        "b": {
          "version": "1.9.0"
        }
      }
    },
    "b": {
      "version": "2.0.0",
      "dev": true
    },
    "forked": {
      "version": "git+ssh://git@host/x.git#0123abc",
      "from": "git+ssh://git@host/x.git"
    },
    "old": {
      "version": "npm:lodash@3.10.1"
    },
    "mine": {
      "version": "file:lib/mine"
    }
  }
}"#;
    check(
        &[("package-lock.json", lock), ("package.json", r#"{"dependencies": {"a": "^1.0.0"}}"#)],
        &[
            "pkg:npm/a@1.0.1 direct: l package-lock.json:7 d package.json:1",
            "pkg:npm/b@1.9.0 < a: l package-lock.json:11",
            "pkg:npm/b@2.0.0 development: l package-lock.json:16",
            "pkg:npm/forked?vcs_url=git%2Bssh:%2F%2Fgit%40host%2Fx.git%230123abc (unknown): l package-lock.json:20",
            "pkg:npm/lodash@3.10.1: l package-lock.json:24",
            "gap package-lock.json:20: `forked` is locked to a repository or an address, so its version is not known",
        ],
    );
}

#[test]
fn reads_the_shrinkwrap_alone_where_both_stand() {
    let lock = |version: &str| {
        format!(r#"{{"lockfileVersion": 2, "packages": {{"node_modules/a": {{"version": "{version}"}}}}}}"#)
    };
    check(
        &[("npm-shrinkwrap.json", &lock("1.0.0")), ("package-lock.json", &lock("2.0.0"))],
        &["pkg:npm/a@1.0.0: l npm-shrinkwrap.json:1"],
    );
}

#[test]
fn reads_workspaces_as_parts_of_the_project() {
    let lock = r#"{
  "lockfileVersion": 3,
  "packages": {
    "": {"name": "root", "workspaces": ["packages/*"]},
    "node_modules/@my/api": {"resolved": "packages/api", "link": true},
    "node_modules/a": {"version": "1.0.0"},
    "packages/api": {"name": "@my/api", "version": "0.1.0", "dependencies": {"a": "^1", "b": "^2"}},
    "packages/api/node_modules/b": {"version": "2.0.0"}
  }
}"#;
    check(
        &[
            ("package-lock.json", lock),
            ("package.json", r#"{"name": "root", "workspaces": ["packages/*"]}"#),
            (
                "packages/api/package.json",
                r#"{"name": "@my/api", "version": "0.1.0", "dependencies": {"a": "^1", "b": "^2"}}"#,
            ),
        ],
        &[
            "pkg:npm/%40my/api@0.1.0 project: l package-lock.json:5 l package-lock.json:7 d packages/api/package.json",
            "pkg:npm/a@1.0.0 direct: l package-lock.json:6 d packages/api/package.json:1",
            "pkg:npm/b@2.0.0 direct: l package-lock.json:8 d packages/api/package.json:1",
            "pkg:npm/root (unknown) project: l package-lock.json:4 d package.json",
        ],
    );
}

#[test]
fn reports_ranges_where_nothing_locks_or_installs() {
    check(
        &[(
            "src/package.json",
            r#"{
  "name": "fn",
  "dependencies": {
    "axios": "^1.6.0",
    "left-pad": "1.3.0",
    "tagged": "latest",
    "forked": "user/repository",
    "mine": "file:../mine"
  },
  "peerDependencies": {"react": ">=17", "maybe": "*"},
  "peerDependenciesMeta": {"maybe": {"optional": true}},
  "devDependencies": {"jest": "^29"}
}"#,
        )],
        &[
            "pkg:npm/axios (^1.6.0) direct: d src/package.json:4",
            "pkg:npm/fn (unknown) project: d src/package.json",
            "pkg:npm/forked (unknown) direct: d src/package.json:7",
            "pkg:npm/jest (^29) development direct: d src/package.json:12",
            "pkg:npm/left-pad@1.3.0 direct: d src/package.json:5",
            "pkg:npm/react (>=17) direct: d src/package.json:10",
            "pkg:npm/tagged (latest) direct: d src/package.json:6",
            &format!(
                "gap src/package.json: `axios`, `tagged`, `forked` and 1 more have no exact version, and what is needed in turn is not known: {LOCK_ADVICE}"
            ),
            "gap src/package.json:7: `forked` comes from a repository or an address, so its version is not known",
            "gap src/package.json:8: `mine` is a local package (`../mine`) that is not part of the scanned files",
        ],
    );
}

#[test]
fn says_that_pins_alone_leave_transitive_packages_open() {
    check(
        &[("package.json", r#"{"dependencies": {"a": "1.0.0", "b": "2.0.0"}}"#)],
        &[
            "pkg:npm/a@1.0.0 direct: d package.json:1",
            "pkg:npm/b@2.0.0 direct: d package.json:1",
            &format!("gap package.json: what `a`, `b` need in turn is not listed here or installed: {LOCK_ADVICE}"),
        ],
    );
    check(
        &[("package.json", r#"{"devDependencies": {"jest": "^29"}}"#)],
        &["pkg:npm/jest (^29) development direct: d package.json:1"],
    );
}

#[test]
fn names_the_line_of_a_broken_file() {
    check(
        &[("package-lock.json", "{\n\"packages\": {\n"), ("package.json", "{\"name\": \"x\",}")],
        &[
            "gap package-lock.json:3: cannot read lock file: EOF while parsing an object at line 3 column 0; write it anew with `npm install --package-lock-only`",
            "gap package.json:1: cannot read `package.json`: trailing comma at line 1 column 14; mend the file and scan again",
        ],
    );
}

#[test]
fn reads_files_with_odd_values() {
    check(
        &[
            (
                "package.json",
                r#"{"name": 5, "version": null, "dependencies": ["x"], "devDependencies": {"a": {"b": 1}, "c": "1.0.0"}}"#,
            ),
            (
                "node_modules/x/package.json",
                r#"{"name": "x", "version": "1.0.0", "dependencies": false, "engines": [], "author": {"name": "n"}}"#,
            ),
        ],
        &["pkg:npm/c@1.0.0 development direct: d package.json:1", "pkg:npm/x@1.0.0: i node_modules/x/package.json"],
    );
}

#[test]
fn says_that_bundles_hide_packages() {
    let minified = "var a=function(b){return b.c(d,e)};".repeat(1_000);
    let bundled = format!("var __commonJS = (cb, mod) => {{}};\n{}", "// code\n".repeat(1_000));
    let why = "components hidden in a bundle: bundled or minified code does not state all packages and versions it holds; ship its source map with it, or scan the folder it is built from with its lock file";
    check(
        &[
            ("index.js", &bundled),
            ("dist/a.mjs", &minified),
            ("dist/b.mjs", &minified),
            ("hand.js", &"const a = require('b');\n".repeat(2_000)),
            ("node_modules/a/index.js", &minified),
        ],
        &[&format!("gap dist/a.mjs: {why}"), &format!("gap dist/b.mjs: {why}"), &format!("gap index.js: {why}")],
    );
}

#[test]
fn finds_the_packages_that_a_bundle_shows() {
    let helper = "var __commonJS = (cb, mod) => {};\n";
    let bundle = format!(
        "{helper}// node_modules/a/i.js\nx();\n// node_modules/.pnpm/b@2.0.0/node_modules/b/i.js\n// node_modules/c/package.json\nvar version = \"3.1.4\";\n{}",
        "code();\n".repeat(80)
    );
    let taken = inventory_of(&[("dist/index.js", &bundle)], None);
    let lines: Vec<_> = crate::render(&taken).into_iter().filter(|line| !line.starts_with("gap")).collect();
    assert_eq!(
        lines,
        [
            "pkg:npm/a (unknown): r dist/index.js",
            "pkg:npm/b@2.0.0: r dist/index.js",
            "pkg:npm/c@3.1.4: r dist/index.js",
        ]
    );
    assert_eq!(taken.gaps.len(), 1);
}

#[test]
fn takes_a_bundled_packages_version_from_the_projects_lock() {
    let lock = r#"{"packages": {"": {"devDependencies": {"a": "1", "old": "npm:b@1"}}, "node_modules/a": {"version": "1.0.0", "dev": true},
        "node_modules/old": {"name": "b", "version": "1.5.0", "dev": true}}}"#;
    let bundle =
        format!("var __commonJS = 1;\n// node_modules/a/i.js\n// node_modules/old/i.js\n{}", "code();\n".repeat(80));
    let taken = inventory_of(&[("package-lock.json", lock), ("dist/index.js", &bundle)], None);
    let purls: Vec<_> = taken.value.components.iter().map(|one| (one.purl.as_str(), one.presence)).collect();
    let shipped = model::component::Presence::Shipped;
    assert_eq!(purls, [("pkg:npm/a@1.0.0", shipped), ("pkg:npm/b@1.5.0", shipped)]);
}

#[test]
fn reads_plug_n_play_and_compiled_packages() {
    let state = r#"["a", [["npm:1.0.0", {"packageLocation": "./.yarn/cache/a-npm-1.0.0-0123456789-10c0.zip/node_modules/a/", "linkType": "HARD"}]]],
        ["app", [["workspace:.", {"packageLocation": "./"}]]], ["b", [["npm:2.0.0", {"packageLocation": "./.yarn/unplugged/b-npm-2.0.0-0123456789/node_modules/b/"}]]]"#;
    check(
        &[
            (".pnp.cjs", state),
            ("node_modules/next/package.json", &package("next", "14.0.0")),
            ("node_modules/next/dist/compiled/@s/ws/package.json", &package("@s/ws", "8.0.0")),
            ("node_modules/next/dist/compiled/x/lib/package.json", &package("y", "8.0.0")),
            ("node_modules/next/dist/compiled/empty/package.json", r#"{"main": "i.js"}"#),
        ],
        &[
            "pkg:npm/%40s/ws@8.0.0: i node_modules/next/dist/compiled/@s/ws/package.json",
            "pkg:npm/a@1.0.0: l .pnp.cjs",
            "pkg:npm/b@2.0.0: l .pnp.cjs",
            "pkg:npm/next@14.0.0: i node_modules/next/package.json",
        ],
    );
}
