//! Python packages whose metadata was deleted.

use crate::{check, inventory_of};

const REQUESTS: &[(&str, &str)] = &[
    ("requests/__init__.py", "from .__version__ import __version__\n"),
    ("requests/__version__.py", "__title__ = \"requests\"\n__version__ = \"2.31.0\"\n"),
    ("requests/packages/__init__.py", ""),
];
const YAML: (&str, &str) = ("yaml/__init__.py", "from .error import *\n\n__version__ = '5.3'\n");

#[track_caller]
fn check_with_requests(others: &[(&str, &str)], expected: &[&str]) {
    let files: Vec<_> = REQUESTS.iter().chain(others).copied().collect();
    check(&files, expected);
}

#[test]
fn recognises_packages_by_the_versions_in_their_sources() {
    check_with_requests(
        &[
            YAML,
            ("google/protobuf/__init__.py", "__version__ = '4.21.0'\n"),
            ("six.py", "__version__ = \"1.16.0\"\n"),
            ("django/__init__.py", "VERSION = (3, 2, 1, \"final\", 0)\n__version__ = get_version(VERSION)\n"),
            ("handler.py", "import requests\n"),
            ("shop/__init__.py", ""),
            ("shop/models/__init__.py", ""),
        ],
        &[
            "pkg:pypi/django@3.2.1: r django/__init__.py:1",
            "pkg:pypi/protobuf@4.21.0: r google/protobuf/__init__.py:1",
            "pkg:pypi/pyyaml@5.3: r yaml/__init__.py:3",
            "pkg:pypi/requests@2.31.0: r requests/__version__.py:2",
            "pkg:pypi/six@1.16.0: r six.py:1",
        ],
    );
}

#[test]
fn names_what_it_cannot_recognise_in_one_gap() {
    check_with_requests(
        &[
            YAML,
            ("cv2/__init__.py", ""),
            ("cv2/cv2.abi3.so", ""),
            ("handler.py", ""),
            ("obscure/__init__.py", "__version__ = '1.2'\n"),
            ("pydantic/__init__.py", "__version__ = compute()\n"),
            ("shop/__init__.py", ""),
        ],
        &[
            "pkg:pypi/pydantic (unknown): r pydantic/__init__.py",
            "pkg:pypi/pyyaml@5.3: r yaml/__init__.py:3",
            "pkg:pypi/requests@2.31.0: r requests/__version__.py:2",
            "gap cv2/__init__.py: packages without metadata, of which name or version is not known: `cv2`, `obscure`, `pydantic`; deploy them with their `*.dist-info` folders",
        ],
    );
}

#[test]
fn takes_everything_in_site_packages_for_installed() {
    check(
        &[(".python_packages/lib/site-packages/obscure/__init__.py", "")],
        &[
            "gap .python_packages/lib/site-packages/obscure/__init__.py: packages without metadata, of which name or version is not known: `obscure`; deploy them with their `*.dist-info` folders",
        ],
    );
}

#[test]
fn leaves_own_sources_alone() {
    check(
        &[
            ("src/models/__init__.py", "__version__ = '1.0'\n"),
            ("src/requests/__init__.py", "__version__ = '1.0'\n"),
            ("src/utils/__init__.py", ""),
            ("tests/yaml/__init__.py", "__version__ = '1.0'\n"),
            ("tests/requests/__init__.py", "__version__ = '1.0'\n"),
        ],
        &[],
    );
}

#[test]
fn leaves_what_metadata_accounts_for_alone() {
    check_with_requests(
        &[
            YAML,
            ("requests-2.31.0.dist-info/METADATA", "Name: requests\nVersion: 2.31.0\n"),
            ("requests-2.31.0.dist-info/RECORD", "requests/__init__.py,,\n"),
            ("PyYAML-5.3.dist-info/METADATA", "Name: PyYAML\nVersion: 5.3\n"),
        ],
        &[
            "pkg:pypi/pyyaml@5.3: i PyYAML-5.3.dist-info/METADATA",
            "pkg:pypi/requests@2.31.0: i requests-2.31.0.dist-info/METADATA",
        ],
    );
}

#[test]
fn pins_and_recognised_packages_are_one_component() {
    check_with_requests(
        &[YAML, ("requirements.txt", "requests>=2\n")],
        &[
            "pkg:pypi/pyyaml@5.3: r yaml/__init__.py:3",
            "pkg:pypi/requests@2.31.0 direct: r requests/__version__.py:2 d requirements.txt:1",
        ],
    );
}

#[test]
fn recognised_packages_have_import_names_and_lie_there_whole() {
    let files: Vec<_> = REQUESTS.iter().copied().chain([YAML]).collect();
    let found = inventory_of(&files, None).value;
    assert_eq!(found.import_names, [vec!["yaml"], vec!["requests"]]);
    assert!(found.components.iter().all(|component| component.reach == model::component::Reach::Unknown));
}

#[test]
fn descriptions_inside_a_package_do_not_make_it_the_project() {
    let found = inventory_of(
        &[
            REQUESTS[0],
            REQUESTS[1],
            YAML,
            ("pandas/__init__.py", ""),
            ("pandas/_version_meson.py", "__version__=\"2.2.3\"\n"),
            ("pandas/pyproject.toml", "[project]\nname = \"pandas\"\ndynamic = [\"version\"]\n"),
        ],
        None,
    );
    assert!(found.value.components.iter().any(|component| component.purl == "pkg:pypi/pandas@2.2.3"));
}
