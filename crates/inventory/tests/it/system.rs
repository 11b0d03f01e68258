//! Packages of the operating system, and what they own.

use artifact::{Artifact, Mount};
use inventory::{Inventory, Setting, take};
use model::Parsed;
use model::component::Component;
use proptest::prelude::*;

use crate::{check, render};

const OS_RELEASE: &str = "NAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\nID=debian\n";
const AMAZON: &str = "ID=\"amzn\"\nVERSION_ID=\"2023\"\n";

const FORMS: &[(&str, &[u8])] = &[
    ("var/lib/rpm/rpmdb.sqlite", include_bytes!("../data/rpm/rpmdb.sqlite")),
    ("usr/lib/sysimage/rpm/Packages.db", include_bytes!("../data/rpm/Packages.db")),
    ("var/lib/rpm/Packages", include_bytes!("../data/rpm/Packages")),
    ("var/lib/rpm/Packages", include_bytes!("../data/rpm/Packages.be")),
    ("usr/share/rpm/Packages", include_bytes!("../data/rpm/Packages.btree")),
];

/// The file of `python3-mini`, as the databases' digest has it.
const MINI_METADATA: &[u8] = b"Name: mini\n";

fn inventory_of_bytes(files: &[(&str, &[u8])]) -> Parsed<Inventory> {
    let artifact = Artifact::from_memory(files.iter().copied());
    take(&artifact, &Setting::default())
}

fn owner<'a>(parsed: &'a Parsed<Inventory>, name: &str) -> Option<&'a str> {
    let component = parsed.value.components.iter().find(|component| component.name == name);
    component.and_then(|component| component.owner.as_deref())
}

#[test]
fn reads_what_dpkg_has_unpacked_with_its_source() {
    let status = "Package: libssl3\nStatus: install ok installed\nArchitecture: amd64\nMulti-Arch: same\nSource: openssl\nVersion: 3.0.11-1~deb12u2\nConffiles:\n /etc/a b\n\nPackage: gone\nStatus: deinstall ok config-files\nVersion: 1\n\n\nPackage: tool\nStatus: hold ok half-configured\nSource: tools (1:2.0-1)\nVersion: 1:2.0-1+b2\n";
    check(
        &[("var/lib/dpkg/status", status), ("etc/os-release", OS_RELEASE)],
        &[
            "pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12&upstream=openssl: i var/lib/dpkg/status:1",
            "pkg:deb/debian/tool@1:2.0-1%2Bb2?distro=debian-12&upstream=tools%401:2.0-1: i var/lib/dpkg/status:15",
        ],
    );
}

#[test]
fn reads_images_without_package_manager() {
    check(
        &[
            (
                "rootfs/var/lib/dpkg/status.d/libc6",
                "Package: libc6\nVersion: 2.36-9\nArchitecture: arm64\nSource: glibc\n",
            ),
            ("rootfs/var/lib/dpkg/status.d/libc6.md5sums", "0  usr/lib/libc.so.6\n"),
            ("rootfs/usr/lib/os-release", OS_RELEASE),
        ],
        &[
            "pkg:deb/debian/libc6@2.36-9?arch=arm64&distro=debian-12&upstream=glibc: i rootfs/var/lib/dpkg/status.d/libc6:1",
        ],
    );
    check(
        &[
            (
                "var/lib/rpmmanifest/container-manifest-2",
                "openssl-libs\t3.3.0-1.azl3\t17\t17\tMicrosoft\t1\t5\tx86_64\t1\topenssl-3.3.0-1.azl3.src.rpm\nbad\n",
            ),
            ("etc/os-release", "ID=azurelinux\nVERSION_ID=\"3.0\"\n"),
        ],
        &[
            "pkg:rpm/azurelinux/openssl-libs@3.3.0-1.azl3?arch=x86_64&distro=azurelinux-3&epoch=1&upstream=openssl-3.3.0-1.azl3.src.rpm: i var/lib/rpmmanifest/container-manifest-2:1",
            "gap var/lib/rpmmanifest/container-manifest-2:2: the line does not name a package and its version; build the image anew",
        ],
    );
}

#[test]
fn reads_apk_with_its_origin() {
    let installed = "C:Q1x=\nP:musl\nV:1.2.4-r2\nA:x86_64\no:musl\nF:lib\nR:libc.so\n\nC:Q1y=\nP:libcrypto3\nV:3.1.4-r5\nA:x86_64\no:openssl\n\nP:broken\n";
    check(
        &[("lib/apk/db/installed", installed), ("etc/alpine-release", "3.18.4\n")],
        &[
            "pkg:apk/alpine/libcrypto3@3.1.4-r5?arch=x86_64&distro=alpine-3.18&upstream=openssl: i lib/apk/db/installed:9",
            "pkg:apk/alpine/musl@1.2.4-r2?arch=x86_64&distro=alpine-3.18: i lib/apk/db/installed:1",
            "gap lib/apk/db/installed:15: a package without name or version; reinstall it or repair the database",
        ],
    );
}

#[test]
fn one_package_for_several_architectures_is_several_components() {
    let of = |architecture: &str| {
        format!("Package: libc6\nStatus: install ok installed\nArchitecture: {architecture}\nVersion: 2.36-9\n\n")
    };
    let status = of("amd64") + &of("i386");
    check(
        &[("var/lib/dpkg/status", &status), ("etc/os-release", OS_RELEASE)],
        &[
            "pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12: i var/lib/dpkg/status:1",
            "pkg:deb/debian/libc6@2.36-9?arch=i386&distro=debian-12: i var/lib/dpkg/status:6",
        ],
    );
}

#[test]
fn packages_of_unknown_distributions_are_listed_and_not_matched() {
    let installed = "P:musl\nV:1.2.4-r2\n";
    check(
        &[("usr/lib/apk/db/installed", installed)],
        &[
            "pkg:apk/musl@1.2.4-r2: i usr/lib/apk/db/installed:1",
            "gap usr/lib/apk/db/installed: no `etc/os-release` says which distribution these packages are of, so no advisories can be chosen for them; add the file",
        ],
    );
    let files = [
        ("lib/apk/db/installed", installed),
        ("etc/os-release", "ID=postmarketos\nVERSION_ID=v23.12\nID_LIKE=alpine\n"),
    ];
    check(
        &files,
        &[
            "pkg:apk/postmarketos/musl@1.2.4-r2?distro=postmarketos-v23.12: i lib/apk/db/installed:1",
            "gap lib/apk/db/installed: no advisories are known for packages of the distribution `postmarketos-v23.12`; ask its vendor's own tool",
        ],
    );
}

#[test]
fn databases_that_are_not_read_are_a_gap() {
    check(
        &[("var/lib/opkg/status", "Package: busybox\nVersion: 1\n")],
        &[
            "gap var/lib/opkg/status: packages of opkg are installed, whose database is not read; add a bill of materials of the image",
        ],
    );
}

#[test]
fn reads_every_form_of_the_rpm_database() {
    for (path, bytes) in FORMS {
        let parsed = inventory_of_bytes(&[(path, bytes), ("etc/os-release", AMAZON.as_bytes())]);
        let source = "epoch=1&rpmmod=mini:1:8000:abc&upstream=mini-ssl-3.0.8-1.test.2.src.rpm";
        let expected =
            [("mini-ssl-libs", "x86_64"), ("mini-ssl", "x86_64"), ("python3-mini", "noarch")].map(|(name, arch)| {
                format!("pkg:rpm/amzn/{name}@3.0.8-1.test.2?arch={arch}&distro=amzn-2023&{source}: i {path}")
            });
        assert_eq!(render(&parsed), expected, "{path}");
        let libs: &Component = &parsed.value.components[0];
        assert_eq!(libs.version.exact(), Some("1:3.0.8-1.test.2"), "the version that is matched has the epoch");
        let source = libs.system.as_ref().unwrap().source.as_ref().unwrap();
        assert_eq!((source.name.as_str(), source.version.as_deref()), ("mini-ssl", Some("3.0.8-1.test.2")));
        assert_eq!(libs.ecosystem, "amazon-linux");
    }
}

#[test]
fn changes_that_wait_in_a_log_are_a_gap() {
    let (path, bytes) = FORMS[0];
    let with_log = |log: &'static [u8]| {
        inventory_of_bytes(&[
            (path, bytes),
            ("var/lib/rpm/rpmdb.sqlite-wal", log),
            ("etc/os-release", AMAZON.as_bytes()),
        ])
    };
    assert_eq!(with_log(b"").gaps, []);
    assert_eq!(with_log(b"x").gaps.len(), 1);
}

#[test]
fn system_packages_own_what_they_list() {
    let parsed = inventory_of_bytes(&[
        FORMS[0],
        ("etc/os-release", AMAZON.as_bytes()),
        ("usr/lib/python3.9/site-packages/mini-1.0.dist-info/METADATA", b"Name: mini\nVersion: 1.0\n"),
        ("usr/lib/python3.9/site-packages/other-1.0.dist-info/METADATA", b"Name: other\nVersion: 1.0\n"),
    ]);
    let vendor = "pkg:rpm/amzn/python3-mini@3.0.8-1.test.2?arch=noarch&distro=amzn-2023&epoch=1&rpmmod=mini:1:8000:abc&upstream=mini-ssl-3.0.8-1.test.2.src.rpm";
    assert_eq!(owner(&parsed, "mini"), Some(vendor));
    assert_eq!(owner(&parsed, "other"), None);
}

/// The owners of unchanged content, by path, of the files that `ask` names.
fn shipped_by(files: &[(&str, &[u8])], ask: &[&str]) -> Vec<Option<String>> {
    let artifact = Artifact::from_memory(files.iter().copied());
    let entries: Vec<_> = ask.iter().map(|path| artifact.find(Mount::Function, path).unwrap()).collect();
    inventory::shipped_by(&artifact, &entries)
}

#[test]
fn dpkg_tells_which_files_are_as_their_package_brought_them() {
    let status: &[u8] = b"Package: tool\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\nConffiles:\n /etc/tool.conf 900150983cd24fb0d6963f7d28e17f72\n /etc/old.conf 900150983cd24fb0d6963f7d28e17f72 obsolete\n /etc/edited.conf 900150983cd24fb0d6963f7d28e17f72\nDescription: tool\n /etc/own.conf 900150983cd24fb0d6963f7d28e17f72\n";
    let sums: &[u8] = b"900150983cd24fb0d6963f7d28e17f72  usr/share/tool/key\n900150983cd24fb0d6963f7d28e17f72  lib/tool/moved\n900150983cd24fb0d6963f7d28e17f72  usr/share/tool/changed\n";
    let files: &[(&str, &[u8])] = &[
        ("var/lib/dpkg/status", status),
        ("var/lib/dpkg/info/tool:amd64.md5sums", sums),
        ("etc/os-release", OS_RELEASE.as_bytes()),
        ("etc/tool.conf", b"abc"),
        ("etc/old.conf", b"abc"),
        ("etc/edited.conf", b"abcd"),
        ("etc/own.conf", b"abc"),
        ("usr/share/tool/key", b"abc"),
        ("usr/lib/tool/moved", b"abc"),
        ("usr/share/tool/changed", b"abcd"),
    ];
    let tool = Some("pkg:deb/debian/tool@1?arch=amd64&distro=debian-12".to_owned());
    let unchanged = ["etc/tool.conf", "etc/old.conf", "usr/share/tool/key", "usr/lib/tool/moved"];
    assert_eq!(shipped_by(files, &unchanged), vec![tool.clone(); unchanged.len()]);
    let others = ["etc/edited.conf", "etc/own.conf", "usr/share/tool/changed", "var/lib/dpkg/status"];
    assert_eq!(shipped_by(files, &others), vec![None; others.len()]);
    assert_eq!(shipped_by(files, &["etc/own.conf", "etc/tool.conf"]), [None, tool]);
}

#[test]
fn apk_and_rpm_tell_which_files_are_as_their_package_brought_them() {
    let installed: &[u8] = b"P:tool\nV:1-r0\nA:x86_64\nF:etc\nR:other\nZ:Q1AAAAAAAAAAAAAAAAAAAAAAAAAAA=\nR:tool.conf\na:0:0:600\nZ:Q1qZk+NkcGgWq6PiVxeFDCbJzQ2J0=\nR:edited.conf\nZ:Q1qZk+NkcGgWq6PiVxeFDCbJzQ2J0=\nR:unknown.conf\n";
    let files: &[(&str, &[u8])] = &[
        ("lib/apk/db/installed", installed),
        ("etc/alpine-release", b"3.18.4\n"),
        ("etc/tool.conf", b"abc"),
        ("etc/edited.conf", b"abcd"),
        ("etc/unknown.conf", b"abc"),
    ];
    let tool = Some("pkg:apk/alpine/tool@1-r0?arch=x86_64&distro=alpine-3.18".to_owned());
    assert_eq!(shipped_by(files, &["etc/edited.conf", "etc/tool.conf", "etc/unknown.conf"]), [None, tool, None]);
    let path = "usr/lib/python3.9/site-packages/mini-1.0.dist-info/METADATA";
    for form in FORMS {
        for (content, is_unchanged) in [(MINI_METADATA, true), (&b"Name: mini\nVersion: 2.0\n"[..], false)] {
            let files = [*form, ("etc/os-release", AMAZON.as_bytes()), (path, content)];
            let owner = shipped_by(&files, &[path]).remove(0);
            assert_eq!(owner.is_some_and(|owner| owner.contains("python3-mini")), is_unchanged, "{}", form.0);
        }
    }
}

#[test]
fn owners_are_found_through_links_and_merged_folders() {
    let status: &[u8] = b"Package: python3-six\nStatus: install ok installed\nVersion: 1.16-4\nArchitecture: all\n\nPackage: tool\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n";
    let metadata: &[u8] = b"Name: six\nVersion: 1.16\n";
    let files: &[(&str, &[u8])] = &[
        ("root/var/lib/dpkg/status", status),
        (
            "root/var/lib/dpkg/info/python3-six.list",
            b"/.\n/usr\n/usr/lib/python3/dist-packages/six-1.16.egg-info/PKG-INFO\n",
        ),
        ("root/var/lib/dpkg/info/tool:amd64.list", b"/lib/node_modules/tool/package.json\n"),
        ("root/etc/os-release", OS_RELEASE.as_bytes()),
        ("root/usr/lib/python3/dist-packages/six-1.16.egg-info/PKG-INFO", metadata),
        ("root/usr/lib/node_modules/tool/package.json", br#"{"name": "tool", "version": "1.0.0"}"#),
    ];
    let parsed = inventory_of_bytes(files);
    assert_eq!(owner(&parsed, "six"), Some("pkg:deb/debian/python3-six@1.16-4?arch=all&distro=debian-12"));
    let tool = parsed.value.components.iter().find(|component| component.ecosystem == "npm").unwrap();
    assert_eq!(tool.owner.as_deref(), Some("pkg:deb/debian/tool@1?arch=amd64&distro=debian-12"));
}

#[test]
fn a_copy_that_no_package_owns_is_the_functions_own() {
    let metadata: &[u8] = b"Name: six\nVersion: 1.16\n";
    let parsed = inventory_of_bytes(&[
        ("lib/apk/db/installed", b"P:py3-six\nV:1.16-r1\nF:usr/lib/python3/six-1.16.dist-info\nR:METADATA\n"),
        ("etc/os-release", b"ID=alpine\nVERSION_ID=3.20.1\n"),
        ("usr/lib/python3/six-1.16.dist-info/METADATA", metadata),
        ("task/six-1.16.dist-info/METADATA", metadata),
    ]);
    assert_eq!(owner(&parsed, "six"), None);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn damaged_databases_give_gaps_or_packages_and_never_panic(
        form in 0..FORMS.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_usize..5), 0..12),
        cut in prop::option::of(any::<prop::sample::Index>()),
        offset in any::<bool>(),
    ) {
        let (path, bytes) = FORMS[form];
        let is_only_cut = changes.is_empty();
        let mut damaged = bytes.to_vec();
        for (at, byte, length) in changes {
            // Half of the time near the front of a page, where the structure is.
            let at = if offset { at.index(damaged.len()) } else { at.index(damaged.len()) & !0x3FF | at.index(64) };
            for byte_at in damaged.iter_mut().skip(at).take(length) {
                *byte_at = byte;
            }
        }
        if let Some(cut) = cut {
            damaged.truncate(cut.index(damaged.len()));
        }
        let metadata = "usr/lib/python3.9/site-packages/mini-1.0.dist-info/METADATA";
        let parsed = inventory_of_bytes(&[
            (path, &damaged),
            ("etc/os-release", AMAZON.as_bytes()),
            (metadata, b"Name: mini\nVersion: 1.0\n"),
        ]);
        let packages = parsed.value.components.iter().filter(|component| component.system.is_some()).count();
        prop_assert!(packages <= 3, "{packages} packages");
        prop_assert!(packages == 3 || !is_only_cut || !parsed.gaps.is_empty(), "{packages} packages and no gap");
    }

    #[test]
    fn any_text_in_a_status_file_is_read(text in "([A-Z][a-z]{0,9}: ?[a-z0-9 .()-]{0,12}\n|\n| \n|P:x\n|V:1\n|R:a\n|.{0,9}\n){0,20}") {
        for path in ["var/lib/dpkg/status", "var/lib/dpkg/status.d/x", "lib/apk/db/installed", "var/lib/rpmmanifest/container-manifest-2", "etc/os-release"] {
            inventory_of_bytes(&[(path, text.as_bytes()), ("usr/lib/apk/db/installed", b"P:x\nV:1\n")]);
        }
    }
}
