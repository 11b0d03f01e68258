//! PyPI's formats.

use crate::{check, check_on, inventory_of};

const PIN_ADVICE: &str = "pin every package with `pip-compile` or `uv pip compile` and scan again";

#[test]
fn finds_installed_distributions_wherever_they_lie() {
    let metadata = |name: &str| format!("Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n\nVersion: 9\n");
    check(
        &[
            ("Flat_One-1.0.dist-info/METADATA", &metadata("Flat.One")),
            ("lib/python3.12/site-packages/deep-1.0.dist-info/METADATA", &metadata("deep")),
            (".python_packages/lib/site-packages/azure-1.0.dist-info/METADATA", &metadata("azure")),
            ("old.egg-info/PKG-INFO", &metadata("old")),
            ("lone-1.0-py3.8.egg-info", &metadata("lone")),
            ("eggs/e-1.0-py3.8.egg/EGG-INFO/PKG-INFO", &metadata("e")),
            ("setuptools/_vendor/inner-1.0.dist-info/METADATA", &metadata("inner")),
            ("pkg_resources/tests/data/fixture-1.0.dist-info/METADATA", &metadata("fixture")),
            ("slim-2.5.dist-info/RECORD", "slim/__init__.py,,\n"),
            ("slim-2.5.dist-info/WHEEL", "Wheel-Version: 1.0\n"),
        ],
        &[
            "pkg:pypi/azure@1.0: i .python_packages/lib/site-packages/azure-1.0.dist-info/METADATA",
            "pkg:pypi/deep@1.0: i lib/python3.12/site-packages/deep-1.0.dist-info/METADATA",
            "pkg:pypi/e@1.0: i eggs/e-1.0-py3.8.egg/EGG-INFO/PKG-INFO",
            "pkg:pypi/flat-one@1.0: i Flat_One-1.0.dist-info/METADATA",
            "pkg:pypi/inner@1.0: i setuptools/_vendor/inner-1.0.dist-info/METADATA",
            "pkg:pypi/lone@1.0: i lone-1.0-py3.8.egg-info",
            "pkg:pypi/old@1.0: i old.egg-info/PKG-INFO",
            "pkg:pypi/slim@2.5: i slim-2.5.dist-info/RECORD i slim-2.5.dist-info/WHEEL",
        ],
    );
}

#[test]
fn knows_who_asked_for_a_distribution() {
    check(
        &[
            (
                "a-1.0.dist-info/METADATA",
                "Name: a\nVersion: 1.0\nRequires-Dist: b>=1\nRequires-Dist: c; extra == 'x'\nRequires-Dist: d; sys_platform == 'win32'\n",
            ),
            ("a-1.0.dist-info/REQUESTED", ""),
            ("b-1.0.dist-info/METADATA", "Name: b\nVersion: 1.0\n"),
            ("c-1.0.dist-info/METADATA", "Name: c\nVersion: 1.0\n"),
            ("d-1.0.dist-info/METADATA", "Name: d\nVersion: 1.0\n"),
        ],
        &[
            "pkg:pypi/a@1.0 direct: i a-1.0.dist-info/METADATA",
            "pkg:pypi/b@1.0 < a: i b-1.0.dist-info/METADATA",
            "pkg:pypi/c@1.0: i c-1.0.dist-info/METADATA",
            "pkg:pypi/d@1.0: i d-1.0.dist-info/METADATA",
        ],
    );
}

#[test]
fn finds_the_names_that_code_imports() {
    let taken = inventory_of(
        &[
            ("PyYAML-6.0.dist-info/METADATA", "Name: PyYAML\nVersion: 6.0\n"),
            ("PyYAML-6.0.dist-info/top_level.txt", "_yaml\nyaml\n"),
            ("python_dateutil-2.9.dist-info/METADATA", "Name: python-dateutil\nVersion: 2.9\n"),
            (
                "python_dateutil-2.9.dist-info/RECORD",
                "dateutil/__init__.py,sha256=x,1\ndateutil/tz/tz.py,,\npython_dateutil-2.9.dist-info/METADATA,,\n",
            ),
        ],
        None,
    );
    let names: Vec<_> =
        taken.value.components.iter().map(|component| component.name.as_str()).zip(&taken.value.import_names).collect();
    assert_eq!(
        names,
        [("python-dateutil", &vec!["dateutil".to_owned()]), ("pyyaml", &vec!["_yaml".to_owned(), "yaml".to_owned()])]
    );
}

#[test]
fn reads_requirements_as_pip_does() {
    check_on(
        Some("python3.12"),
        &[
            (
                "requirements.txt",
                "# comment\n\
                 --index-url https://registry.example/simple\n\
                 -r more/base.txt\n\
                 requests[socks] >= 2.28 , < 3  # why\n\
                 Django==4.2.1 \\\n    ; python_version >= '3.8'\n\
                 pywin32==306; sys_platform == 'win32'\n\
                 importlib-metadata==6.0; python_version < '3.8'\n\
                 anything\n\
                 git+https://token@host/x.git@main#egg=forked\n\
                 named @ https://registry.example/named-1.5-py3-none-any.whl\n\
                 ./wheels/local-2.0-py3-none-any.whl\n\
                 -e .\n\
                 what is this\n\
                 torch=={{ version }}\n",
            ),
            ("more/base.txt", "boto3==1.34.0\n-r ../requirements.txt\n-r absent.txt\n"),
            ("app.py", ""),
        ],
        &[
            "pkg:pypi/anything () direct: d requirements.txt:9",
            "pkg:pypi/boto3@1.34.0 direct: d more/base.txt:1",
            "pkg:pypi/django@4.2.1 direct: d requirements.txt:5",
            "pkg:pypi/forked (unknown) direct: d requirements.txt:10",
            "pkg:pypi/local@2.0 direct: d requirements.txt:12",
            "pkg:pypi/named@1.5 direct: d requirements.txt:11",
            "pkg:pypi/requests (>= 2.28 , < 3) direct: d requirements.txt:4",
            "pkg:pypi/torch (unknown) direct: d requirements.txt:15",
            &format!("gap more/base.txt: what `boto3` needs in turn is not listed here or installed: {PIN_ADVICE}"),
            "gap more/base.txt:3: the included file `absent.txt` is not part of the scanned files",
            &format!(
                "gap requirements.txt: `requests`, `anything`, `forked` and 1 more have no exact version, and what is needed in turn is not known: {PIN_ADVICE}"
            ),
            "gap requirements.txt:10: `forked` comes from a repository or an address, so its version is not known",
            "gap requirements.txt:14: cannot read the requirement `what is this`",
            "gap requirements.txt:15: cannot read the requirement `torch=={{ version }}`",
        ],
    );
}

#[test]
fn takes_a_compiled_file_as_a_lock() {
    check(
        &[(
            "requirements.txt",
            "#\n# This file is autogenerated by pip-compile with Python 3.12\n#\ncertifi==2024.2.2 \\\n    --hash=sha256:00 \\\n    --hash=sha256:01\n    # via requests\nrequests==2.31.0 --hash=sha256:02\n",
        )],
        &["pkg:pypi/certifi@2024.2.2: l requirements.txt:4", "pkg:pypi/requests@2.31.0: l requirements.txt:8"],
    );
}

#[test]
fn narrows_requirements_by_constraints() {
    check(
        &[("requirements.txt", "-c constraints.txt\na\nb>=1\n"), ("constraints.txt", "a==1.0\nb<2\nunused==9\n")],
        &[
            "pkg:pypi/a@1.0 direct: d requirements.txt:2",
            "pkg:pypi/b (>=1,<2) direct: d requirements.txt:3",
            &format!(
                "gap requirements.txt: `b` has no exact version, and what is needed in turn is not known: {PIN_ADVICE}"
            ),
        ],
    );
}

#[test]
fn knows_files_for_development_by_their_names() {
    check(
        &[
            ("requirements-dev.txt", "-r requirements.txt\npytest==8.0\n"),
            ("requirements.txt", "# via nothing\na==1.0\n"),
            ("requirements/test.txt", "tox==4\n"),
        ],
        &[
            "pkg:pypi/a@1.0: l requirements.txt:2",
            "pkg:pypi/pytest@8.0 development direct: d requirements-dev.txt:2",
            "pkg:pypi/tox@4 development direct: d requirements/test.txt:1",
        ],
    );
}

const PYPROJECT: &str = r#"
[tool.poetry]
name = "Shop"
version = "0.1.0"

[tool.poetry.dependencies]
python = "^3.12"
requests = {version = "^2.31", extras = ["socks"]}
click = "*"

[tool.poetry.group.dev.dependencies]
pytest = "^8"
"#;

#[test]
fn reads_poetry_locks_by_what_the_project_asks_for() {
    let lock = r#"
[[package]]
name = "click"
version = "8.1.7"
optional = false

[package.dependencies]
colorama = {version = "*", markers = "platform_system == \"Windows\""}

[[package]]
name = "colorama"
version = "0.4.6"
optional = false

[[package]]
name = "PySocks"
version = "1.7.1"
optional = false

[[package]]
name = "pytest"
version = "8.0.0"
optional = false

[package.dependencies]
colorama = {version = "*", markers = "sys_platform == \"win32\""}
pluggy = ">=1"

[[package]]
name = "pluggy"
version = "1.4.0"
optional = false

[[package]]
name = "requests"
version = "2.31.0"
optional = false

[package.dependencies]
PySocks = {version = ">=1.5.6", optional = true}

[package.extras]
socks = ["PySocks (>=1.5.6)"]

[metadata]
lock-version = "2.0"
"#;
    check(
        &[("poetry.lock", lock), ("pyproject.toml", PYPROJECT)],
        &[
            "pkg:pypi/click@8.1.7 direct: l poetry.lock:3 d pyproject.toml:9",
            "pkg:pypi/pluggy@1.4.0 development < pytest: l poetry.lock:30",
            "pkg:pypi/pysocks@1.7.1 < requests: l poetry.lock:16",
            "pkg:pypi/pytest@8.0.0 development direct: l poetry.lock:21 d pyproject.toml:12",
            "pkg:pypi/requests@2.31.0 direct: l poetry.lock:35 d pyproject.toml:8",
            "pkg:pypi/shop@0.1.0 project: d pyproject.toml",
        ],
    );
}

#[test]
fn reads_poetry_locks_by_their_own_groups() {
    let lock = r#"
[[package]]
name = "a"
version = "1.0"
groups = ["main", "dev"]

[[package]]
name = "b"
version = "1.0"
groups = ["dev"]

[[package]]
name = "c"
version = "1.0"
groups = ["main"]
markers = "sys_platform == \"win32\""

[[package]]
name = "d"
version = "1.0"
groups = ["main", "dev"]
markers = {main = "sys_platform == \"win32\"", dev = "python_version < \"4\""}

[[package]]
name = "e"
version = "1.0"
groups = ["main", "dev"]
markers = {dev = "sys_platform == \"win32\""}
"#;
    check(
        &[("poetry.lock", lock)],
        &[
            "pkg:pypi/a@1.0: l poetry.lock:3",
            "pkg:pypi/b@1.0 development: l poetry.lock:8",
            "pkg:pypi/d@1.0 development: l poetry.lock:19",
            "pkg:pypi/e@1.0: l poetry.lock:25",
        ],
    );
    let old = "[[package]]\nname = \"a\"\nversion = \"1.0\"\ncategory = \"main\"\n[[package]]\nname = \"b\"\nversion = \"1.0\"\ncategory = \"dev\"\n";
    check(&[("poetry.lock", old)], &["pkg:pypi/a@1.0: l poetry.lock:2", "pkg:pypi/b@1.0 development: l poetry.lock:6"]);
}

#[test]
fn reads_uv_locks() {
    let lock = r#"
version = 1

[[package]]
name = "shop"
version = "0.1.0"
source = { virtual = "." }
dependencies = [
    { name = "httpx", extra = ["http2"] },
    { name = "pywin32", marker = "sys_platform == 'win32'" },
]

[package.dev-dependencies]
dev = [{ name = "pytest" }]

[[package]]
name = "httpx"
version = "0.27.0"
source = { registry = "https://registry.example/simple" }
dependencies = [{ name = "idna" }]

[package.optional-dependencies]
http2 = [{ name = "h2" }]
brotli = [{ name = "brotli" }]

[[package]]
name = "h2"
version = "4.1.0"

[[package]]
name = "brotli"
version = "1.1.0"

[[package]]
name = "idna"
version = "3.7"

[[package]]
name = "pytest"
version = "8.0.0"

[[package]]
name = "pywin32"
version = "306"
"#;
    check(
        &[
            ("uv.lock", lock),
            (
                "pyproject.toml",
                "[project]\nname = \"shop\"\nversion = \"0.1.0\"\ndependencies = [\"httpx[http2]>=0.27\"]\n",
            ),
        ],
        &[
            "pkg:pypi/brotli@1.1.0 development < httpx: l uv.lock:31",
            "pkg:pypi/h2@4.1.0 < httpx: l uv.lock:27",
            "pkg:pypi/httpx@0.27.0 direct: d pyproject.toml:4 l uv.lock:17",
            "pkg:pypi/idna@3.7 < httpx: l uv.lock:35",
            "pkg:pypi/pytest@8.0.0 development direct: l uv.lock:39",
            "pkg:pypi/shop@0.1.0 project: d pyproject.toml l uv.lock:5",
        ],
    );
}

#[test]
fn reads_pipenv_files() {
    let lock = r#"{
    "_meta": {"hash": {"sha256": "00"}, "pipfile-spec": 6, "sources": [{"name": "x", "verify_ssl": true}], "requires": {}},
    "default": {
        "certifi": {"hashes": [], "version": "==2024.2.2"},
        "forked": {"git": "https://host/x.git", "ref": "0123"},
        "pywin32": {"markers": "sys_platform == 'win32'", "version": "==306"}
    },
    "develop": {
        "pytest": {"version": "==8.0.0"}
    }
}"#;
    check(
        &[("Pipfile.lock", lock), ("Pipfile", "[packages]\ncertifi = \"*\"\n[dev-packages]\npytest = \"*\"\n")],
        &[
            "pkg:pypi/certifi@2024.2.2 direct: d Pipfile:2 l Pipfile.lock:4",
            "pkg:pypi/forked (unknown): l Pipfile.lock:5",
            "pkg:pypi/pytest@8.0.0 development direct: d Pipfile:4 l Pipfile.lock:9",
            "gap Pipfile.lock:5: `forked` comes from a repository or an address, so its version is not known",
        ],
    );
    check(
        &[(
            "Pipfile",
            "[packages]\na = {version = \">=1\", markers = \"os_name == 'nt'\"}\nb = \"==1.0\"\nc = {path = \"./c\"}\n",
        )],
        &[
            "pkg:pypi/b@1.0 direct: d Pipfile:3",
            "gap Pipfile: what `b` needs in turn is not listed here or installed: run `pipenv lock` beside it and scan again",
        ],
    );
}

#[test]
fn reads_manifests_as_ranges() {
    let pyproject = r#"
[project]
name = "shop"
dynamic = ["version"]
dependencies = [
    "requests>=2",
    "pywin32; sys_platform == 'win32'",
]
[project.optional-dependencies]
extra = ["unused"]
[dependency-groups]
dev = ["pytest>=8", {include-group = "lint"}]
lint = ["ruff"]
"#;
    let setup = "[metadata]\nname = Shop\nversion = attr: shop.__version__\n[options]\ninstall_requires =\n    flask>=2  # comment\n    click\n[options.extras_require]\nx = y\n";
    check(
        &[("pyproject.toml", pyproject), ("setup.cfg", setup)],
        &[
            "pkg:pypi/click () direct: d setup.cfg:7",
            "pkg:pypi/flask (>=2) direct: d setup.cfg:6",
            "pkg:pypi/pytest (>=8) development direct: d pyproject.toml:12",
            "pkg:pypi/requests (>=2) direct: d pyproject.toml:6",
            "pkg:pypi/ruff () development direct: d pyproject.toml:13",
            "pkg:pypi/shop (unknown) project: d pyproject.toml d setup.cfg",
            "gap pyproject.toml: `requests` has no exact version, and what is needed in turn is not known: write a lock file (`uv lock`, `poetry lock`) or pin every package with `pip-compile`, and scan again",
            &format!(
                "gap setup.cfg: `flask`, `click` have no exact version, and what is needed in turn is not known: {PIN_ADVICE}"
            ),
        ],
    );
}

#[test]
fn names_the_line_of_a_broken_file() {
    check(
        &[("poetry.lock", "[[package]]\nname = \"a\nversion = \"1\"\n"), ("uv.lock", "x"), ("Pipfile.lock", "[")],
        &[
            "gap Pipfile.lock:1: cannot read `Pipfile.lock`: EOF while parsing a list at line 1 column 1; write it anew with `pipenv lock`",
            "gap poetry.lock:2: cannot read `poetry.lock`: invalid basic string, expected `\"`; write it anew with `poetry lock`",
            "gap uv.lock:1: cannot read `uv.lock`: key with no value, expected `=`; write it anew with `uv lock`",
        ],
    );
}

#[test]
fn a_project_installed_for_development_is_the_project() {
    check(
        &[
            ("pyproject.toml", "[project]\nname = \"shop\"\nversion = \"1.0\"\n"),
            ("src/shop.egg-info/PKG-INFO", "Name: shop\nVersion: 1.0\n"),
        ],
        &["pkg:pypi/shop@1.0 project: d pyproject.toml i src/shop.egg-info/PKG-INFO"],
    );
}

#[test]
fn reads_locks_that_mark_each_package() {
    let pylock = r#"
lock-version = "1.0"
[[packages]]
name = "a"
version = "1.0"
dependencies = [{name = "b"}]
[[packages]]
name = "b"
version = "1.0"
[[packages]]
name = "pytest"
version = "8.0"
marker = "'dev' in dependency_groups"
[[packages]]
name = "pywin32"
version = "306"
marker = "sys_platform == 'win32'"
[[packages]]
name = "forked"
vcs = {type = "git", url = "https://host/x.git"}
[[packages]]
name = "mine"
directory = {path = "./mine"}
"#;
    check(
        &[("pylock.toml", pylock)],
        &[
            "pkg:pypi/a@1.0: l pylock.toml:4",
            "pkg:pypi/b@1.0 < a: l pylock.toml:8",
            "pkg:pypi/forked (unknown): l pylock.toml:19",
            "pkg:pypi/mine (unknown) project: l pylock.toml:22",
            "pkg:pypi/pytest@8.0 development: l pylock.toml:11",
            "gap pylock.toml:19: `forked` comes from a repository or an address, so its version is not known",
        ],
    );
    let pdm = r#"
[metadata]
groups = ["default", "dev"]
[[package]]
name = "a"
version = "1.0"
groups = ["default"]
dependencies = ["b>=1; python_version < '4'"]
[[package]]
name = "b"
version = "1.0"
groups = ["default", "dev"]
[[package]]
name = "pytest"
version = "8.0"
groups = ["dev"]
"#;
    check(
        &[("pdm.lock", pdm)],
        &[
            "pkg:pypi/a@1.0: l pdm.lock:5",
            "pkg:pypi/b@1.0 < a: l pdm.lock:10",
            "pkg:pypi/pytest@8.0 development: l pdm.lock:14",
        ],
    );
}

#[test]
fn reads_what_pip_compile_reads_only_where_it_has_not_run() {
    check(
        &[
            ("a/requirements.in", "x\n"),
            ("a/requirements.txt", "x==1.0\n    # via -r requirements.in\n"),
            ("b/requirements.in", "x>=1\n"),
        ],
        &[
            "pkg:pypi/x (>=1) direct: d b/requirements.in:1",
            "pkg:pypi/x@1.0: l a/requirements.txt:1",
            &format!(
                "gap b/requirements.in: `x` has no exact version, and what is needed in turn is not known: {PIN_ADVICE}"
            ),
        ],
    );
}

#[test]
fn does_not_run_programs() {
    let setup = "from setuptools import setup\nsetup(name='x', install_requires=['requests'])\n";
    check(
        &[("setup.py", setup), ("other/setup.py", setup), ("other/requirements.txt", "")],
        &[
            "gap setup.py: what `setup.py` asks for is decided by a program, which is not run: name it in `requirements.txt` or `pyproject.toml`",
        ],
    );
}
