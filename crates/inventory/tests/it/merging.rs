//! The same package seen through several files.

use crate::check;

fn package(name: &str, version: &str) -> String {
    format!(r#"{{"name": "{name}", "version": "{version}"}}"#)
}

const LOCK: &str = r#"{
  "lockfileVersion": 3,
  "packages": {
    "": {"dependencies": {"a": "^1"}},
    "node_modules/a": {"version": "1.0.0", "dependencies": {"b": "^1"}},
    "node_modules/b": {"version": "1.0.0"},
    "node_modules/c": {"version": "1.0.0", "optional": true}
  }
}"#;

#[test]
fn installed_and_locked_are_one_component() {
    check(
        &[
            ("package.json", r#"{"dependencies": {"a": "^1"}}"#),
            ("package-lock.json", LOCK),
            ("node_modules/.package-lock.json", LOCK),
            ("node_modules/a/package.json", &package("a", "1.0.0")),
            ("node_modules/b/package.json", &package("b", "1.0.0")),
        ],
        &[
            "pkg:npm/a@1.0.0 direct: l node_modules/.package-lock.json:5 i node_modules/a/package.json l package-lock.json:5 d package.json:1",
            "pkg:npm/b@1.0.0: l node_modules/.package-lock.json:6 i node_modules/b/package.json l package-lock.json:6",
        ],
    );
}

#[test]
fn installed_overrules_a_stale_lock_and_a_stale_manifest() {
    check(
        &[
            ("package.json", r#"{"dependencies": {"a": "^3"}}"#),
            ("package-lock.json", LOCK),
            ("node_modules/a/package.json", &package("a", "2.0.0")),
        ],
        &["pkg:npm/a@2.0.0: i node_modules/a/package.json", "pkg:npm/b@1.0.0: l package-lock.json:6"],
    );
}

#[test]
fn a_lock_overrules_the_manifest_beside_it_but_not_one_elsewhere() {
    check(
        &[
            ("package.json", r#"{"dependencies": {"a": "^1"}}"#),
            ("package-lock.json", LOCK),
            ("other/package.json", r#"{"dependencies": {"a": "^1"}}"#),
        ],
        &[
            "pkg:npm/a (^1) direct: d other/package.json:1",
            "pkg:npm/a@1.0.0 direct: l package-lock.json:5 d package.json:1",
            "pkg:npm/b@1.0.0 < a: l package-lock.json:6",
            "pkg:npm/c@1.0.0: l package-lock.json:7",
            "gap other/package.json: `a` has no exact version, and what is needed in turn is not known: run `npm install --package-lock-only` beside it and scan again",
        ],
    );
}

#[test]
fn ranges_of_several_manifests_are_one_component() {
    check(
        &[
            ("x/package.json", r#"{"dependencies": {"a": "^1"}}"#),
            ("y/package.json", r#"{"dependencies": {"a": "^2"}}"#),
        ],
        &[
            "pkg:npm/a (^1 || ^2) direct: d x/package.json:1 d y/package.json:1",
            "gap x/package.json: `a` has no exact version, and what is needed in turn is not known: run `npm install --package-lock-only` beside it and scan again",
            "gap y/package.json: `a` has no exact version, and what is needed in turn is not known: run `npm install --package-lock-only` beside it and scan again",
        ],
    );
}

#[test]
fn a_nested_copy_does_not_meet_the_projects_request() {
    check(
        &[
            ("package.json", r#"{"dependencies": {"b": "^2"}}"#),
            ("node_modules/a/package.json", &package("a", "1.0.0")),
            ("node_modules/a/node_modules/b/package.json", &package("b", "1.0.0")),
        ],
        &[
            "pkg:npm/a@1.0.0: i node_modules/a/package.json",
            "pkg:npm/b (^2) direct: d package.json:1",
            "pkg:npm/b@1.0.0: i node_modules/a/node_modules/b/package.json",
            "gap package.json: `b` has no exact version, and what is needed in turn is not known: run `npm install --package-lock-only` beside it and scan again",
        ],
    );
}

#[test]
fn requirements_of_installed_distributions_are_evidence() {
    check(
        &[
            ("requirements.txt", "requests>=2\nFlask==3.0.0\n"),
            ("requests-2.31.0.dist-info/METADATA", "Name: requests\nVersion: 2.31.0\nRequires-Dist: idna\n"),
            ("idna-3.7.dist-info/METADATA", "Name: idna\nVersion: 3.7\n"),
            ("flask-3.0.0.dist-info/METADATA", "Name: Flask\nVersion: 3.0.0\n"),
        ],
        &[
            "pkg:pypi/flask@3.0.0 direct: i flask-3.0.0.dist-info/METADATA d requirements.txt:2",
            "pkg:pypi/idna@3.7 < requests: i idna-3.7.dist-info/METADATA",
            "pkg:pypi/requests@2.31.0 direct: i requests-2.31.0.dist-info/METADATA d requirements.txt:1",
        ],
    );
}

#[test]
fn files_that_a_distribution_brought_along_are_not_the_projects() {
    check(
        &[
            ("tool-1.0.dist-info/METADATA", "Name: tool\nVersion: 1.0\n"),
            (
                "tool-1.0.dist-info/RECORD",
                "tool/__init__.py,,\ntool/template/requirements.txt,,\ntool/web/package.json,,\n",
            ),
            ("tool/template/requirements.txt", "django==1.0\n"),
            ("tool/web/package.json", r#"{"dependencies": {"jquery": "1.0.0"}}"#),
            ("tool/mine/requirements.txt", "mine==1.0\n"),
        ],
        &[
            "pkg:pypi/mine@1.0 direct: d tool/mine/requirements.txt:1",
            "pkg:pypi/tool@1.0: i tool-1.0.dist-info/METADATA",
            "gap tool/mine/requirements.txt: what `mine` needs in turn is not listed here or installed: pin every package with `pip-compile` or `uv pip compile` and scan again",
        ],
    );
}
