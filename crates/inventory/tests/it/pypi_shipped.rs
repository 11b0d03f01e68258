//! What Python packages bring along: native libraries, bills of materials, vendored copies, addresses.

use crate::{check, inventory_of};

#[test]
fn native_libraries_are_components_of_their_distribution() {
    let bill = r#"{"bomFormat": "CycloneDX", "metadata": {"component": {"bom-ref": "r", "purl": "pkg:pypi/pillow@13.0.0?file_name=x"}},
      "components": [{"bom-ref": "r", "name": "pillow", "purl": "pkg:pypi/pillow@13.0.0?file_name=x"},
        {"name": "libXau", "purl": "pkg:rpm/almalinux/libXau@1.0.9-3.el8"},
        {"bom-ref": "pkg:generic/libwebp", "name": "libwebp", "version": "1.6.0"},
        {"name": "PIL._avif", "purl": "pkg:pypi/pillow@13.0.0#c-ext/PIL._avif"}]}"#;
    check(
        &[
            ("pillow-13.0.0.dist-info/METADATA", "Name: pillow\nVersion: 13.0.0\n\n"),
            ("pillow-13.0.0.dist-info/sboms/auditwheel.cdx.json", bill),
            ("pillow.libs/libXau-154567c4.so.6.0.0", ""),
            ("pillow.libs/libtiff-20b7e810.so.6.3.0", ""),
            ("pillow.libs/libwebpmux-8fb1c9f6.so.3.1.2", ""),
        ],
        &[
            "pkg:generic/libtiff@6.3.0 < pillow: r pillow.libs/libtiff-20b7e810.so.6.3.0",
            "pkg:generic/libwebp@1.6.0 < pillow: b pillow-13.0.0.dist-info/sboms/auditwheel.cdx.json",
            "pkg:pypi/pillow@13.0.0: i pillow-13.0.0.dist-info/METADATA",
            "pkg:rpm/almalinux/libXau@1.0.9-3.el8 < pillow: b pillow-13.0.0.dist-info/sboms/auditwheel.cdx.json",
        ],
    );
}

#[test]
fn vendored_lists_are_read_where_they_lie_inside_a_package() {
    check(
        &[
            ("pip-26.3.dist-info/METADATA", "Name: pip\nVersion: 26.3\n\n"),
            ("pip-26.3.dist-info/RECORD", "pip/__init__.py,,\npip/_vendor/vendor.txt,,\n"),
            (
                "pip/_vendor/vendor.txt",
                "# comment\nCacheControl==0.14.4\nrequests==2.33.0\n    certifi==2026.1.4  # why\n",
            ),
            ("other/vendor.txt", "acme supplies==1\n"),
        ],
        &[
            "pkg:pypi/cachecontrol@0.14.4 < pip: b pip/_vendor/vendor.txt:2",
            "pkg:pypi/certifi@2026.1.4 < pip: b pip/_vendor/vendor.txt:4",
            "pkg:pypi/pip@26.3: i pip-26.3.dist-info/METADATA",
            "pkg:pypi/requests@2.33.0 < pip: b pip/_vendor/vendor.txt:3",
        ],
    );
}

#[test]
fn distributions_from_elsewhere_say_so() {
    let cases = [
        (
            r#"{"url": "https://token:x@host.example/a.git", "vcs_info": {"vcs": "git", "commit_id": "c0ffee"}}"#,
            "pkg:pypi/a@1?vcs_url=git%2Bhttps:%2F%2Fhost.example%2Fa.git%40c0ffee: i a-1.dist-info/METADATA",
        ),
        (
            r#"{"url": "file:///home/user/wheels/a-1.whl", "archive_info": {}}"#,
            "pkg:pypi/a@1?download_url=file:a-1.whl: i a-1.dist-info/METADATA",
        ),
        (
            r#"{"url": "file:///home/user/a", "dir_info": {"editable": true}}"#,
            "pkg:pypi/a@1?download_url=file:a project: i a-1.dist-info/METADATA",
        ),
        ("[]", "pkg:pypi/a@1: i a-1.dist-info/METADATA"),
    ];
    for (address, expected) in cases {
        let metadata = ("a-1.dist-info/METADATA", "Name: a\nVersion: 1\n\n");
        check(&[metadata, ("a-1.dist-info/direct_url.json", address)], &[expected]);
    }
}

#[test]
fn pinned_packages_have_their_usual_import_names() {
    let found = inventory_of(&[("requirements.txt", "PyYAML==6.0\ntyping-extensions==4.0\n")], None).value;
    assert_eq!(found.import_names, [vec!["_yaml", "yaml"], vec!["typing_extensions"]]);
}

#[test]
fn conda_environments_list_what_is_not_known_otherwise() {
    let openssl = r#"{"name": "openssl", "version": "3.0.13", "build": "h7f8727e_0", "subdir": "linux-64",
        "channel": "https://registry.example/pkgs/main/linux-64", "depends": ["ca-certificates"], "files": ["lib/libssl.so.3"]}"#;
    let requests = r#"{"name": "requests", "version": "2.31.0", "build": "py312_1", "subdir": "noarch", "channel": "conda-forge",
        "files": ["lib/python3.12/site-packages/requests-2.31.0.dist-info/METADATA"]}"#;
    let slimmed =
        r#"{"name": "idna", "version": "3.7", "files": ["lib/python3.12/site-packages/idna-3.7.dist-info/METADATA"]}"#;
    check(
        &[
            ("env/conda-meta/openssl-3.0.13-h7f8727e_0.json", openssl),
            ("env/conda-meta/requests-2.31.0-py312_1.json", requests),
            ("env/conda-meta/idna-3.7-py312.json", slimmed),
            ("env/conda-meta/odd.json", "{}"),
            (
                "env/lib/python3.12/site-packages/requests-2.31.0.dist-info/METADATA",
                "Name: requests\nVersion: 2.31.0\n",
            ),
        ],
        &[
            "pkg:conda/idna@3.7: i env/conda-meta/idna-3.7-py312.json",
            "pkg:conda/openssl@3.0.13?build=h7f8727e_0&channel=main&subdir=linux-64: i env/conda-meta/openssl-3.0.13-h7f8727e_0.json",
            "pkg:pypi/requests@2.31.0: i env/lib/python3.12/site-packages/requests-2.31.0.dist-info/METADATA",
            "gap env/conda-meta/odd.json: conda's record does not state both name and version; install the package anew",
        ],
    );
}

#[test]
fn links_to_sources_elsewhere_are_gaps() {
    check(
        &[
            ("site-packages/shop.egg-link", "/home/user/shop\n."),
            ("site-packages/here.egg-link", "../here\n."),
            ("here/here.egg-info/PKG-INFO", "Name: here\nVersion: 1.0\n"),
            ("here/setup.py", ""),
        ],
        &[
            "pkg:pypi/here@1.0 project: i here/here.egg-info/PKG-INFO",
            "gap site-packages/shop.egg-link: `shop` is installed as a link to sources that are not part of the scanned files; install it without `--editable`",
        ],
    );
}
