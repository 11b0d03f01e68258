//! `fnassay advisories` from records to answers.

use std::path::Path;

use testkit::zip::ZipBuilder;

use crate::program::{run, run_with_input};

/// Claims that hold, by ecosystem. Sources: the ecosystems' own descriptions of their versions.
const CLAIMS: &[(&str, &str)] = &[
    ("npm", "1.0.0-alpha < 1.0.0-alpha.1\n1.0.0-alpha.1 < 1.0.0-alpha.beta\n1.0.0-rc.1 < 1.0.0\n1.0.0+a = 1.0.0+b"),
    ("PyPI", "1.0.dev1 < 1.0a1\n1.0a1 < 1.0rc1\n1.0 == 1.0.0\n1.0 < 1.0.post1\n1!0 > 2.0\n1.0+local > 1.0"),
    ("Maven", "1.0-alpha-1 < 1.0-beta-1\n1.0-SNAPSHOT < 1.0\n1.0 = 1.0.0\n1.0 < 1.0-sp\n1.0.Final = 1.0\n1.9 < 1.10"),
    ("RubyGems", "1.0.a < 1.0\n1.0 = 1.0.0\n1.9 < 1.10"),
    ("NuGet", "1.0.0-Beta = 1.0.0-beta\n1.0 = 1.0.0.0\n1.0.0.1 > 1.0.0"),
    ("Packagist", "1.0.0-beta2 < 1.0.0-RC1\n1.0.0-RC1 < 1.0.0\nv1.0 = 1.0.0\n1.0.0-p1 > 1.0.0"),
    ("Go", "v1.0.0-20200101000000-abcdefabcdef < v1.0.0\nv1.2.0 = 1.2.0\n1.21rc2 < 1.21.0"),
    ("crates.io", "1.0.0-alpha < 1.0.0\n1.9.0 < 1.10.0"),
    ("Debian", "1.0~rc1-1 < 1.0-1\n1:0.1-1 > 2.0-1\n1.0-1 < 1.0-1+deb12u1"),
    ("Ubuntu", "2.4.4-2ubuntu17 < 2.4.4-2ubuntu17.10"),
    ("Alpine", "1.0_rc1-r0 < 1.0-r0\n1.0-r0 < 1.0-r1\n1.0_p1 > 1.0\n1.0a > 1.0"),
    ("Rocky Linux", "1.0~rc1-1 < 1.0-1\n1.0^git1-1 > 1.0-1\n1:1.0-1 > 2.0-1"),
    ("Pub", "1.0.0-dev < 1.0.0\n1.0.0+1 > 1.0.0"),
    ("Hex", "1.0.0-rc.1 < 1.0.0"),
    ("SwiftURL", "1.0.0-beta < 1.0.0"),
];

#[test]
fn compare_checks_claims_of_every_ecosystem() {
    for (ecosystem, claims) in CLAIMS {
        let run = run_with_input(Path::new("."), &["advisories", "compare", "--ecosystem", ecosystem], claims);
        let expected = format!("checked {}, wrong 0\n", claims.lines().count());
        assert_eq!((run.stdout.as_str(), run.exit), (expected.as_str(), 0), "{ecosystem}: {}", run.stderr);
    }
}

#[test]
fn compare_prints_the_claims_that_do_not_hold() {
    let claims = "# a comment\n1.0.0 < 2.0.0\n\n2.0.0 < 1.0.0\n1.0.0 ? 2.0.0\nword\n";
    let run = run_with_input(Path::new("."), &["advisories", "compare", "--ecosystem", "npm"], claims);
    assert_eq!(run.stdout, "2.0.0 < 1.0.0\n1.0.0 ? 2.0.0\nword\nchecked 4, wrong 3\n");
    let unknown = run_with_input(Path::new("."), &["advisories", "compare", "--ecosystem", "Nowhere"], claims);
    assert_eq!(unknown.exit, 2);
    assert!(unknown.stderr.contains("`Nowhere`"), "{}", unknown.stderr);
}

fn feed(fixed: &str) -> Vec<u8> {
    let record = format!(
        r#"{{"id":"CVE-2024-1","modified":"2024-01-01T00:00:00Z","affected":[{{"package":{{"ecosystem":"npm","name":"left"}},
        "ranges":[{{"type":"SEMVER","events":[{{"introduced":"0"}},{{"fixed":"{fixed}"}}]}}]}}]}}"#
    );
    ZipBuilder::new().file("CVE-2024-1.json", &record).write()
}

#[test]
fn diff_and_rematch_tell_what_a_newer_index_changes() {
    let folder = testkit::folder(&[
        ("old/npm/all.zip", &feed("1.0.0")),
        ("new/npm/all.zip", &feed("1.5.0")),
        (
            "app/package-lock.json",
            br#"{"name":"app","version":"1.0.0","lockfileVersion":3,"packages":{"":{"name":"app","version":"1.0.0","dependencies":{"left":"1.2.0"}},"node_modules/left":{"version":"1.2.0"}}}"#,
        ),
        ("app/index.js", b"exports.handler = async () => ({})\n"),
    ]);
    for side in ["old", "new"] {
        let output = format!("{side}.index");
        let built = run(folder.path(), &["advisories", "build", "--from", side, "--output", &output, "--quiet"]);
        assert_eq!(built.exit, 0, "{}", built.stderr);
    }
    let diff = run(folder.path(), &["advisories", "diff", "old.index", "new.index"]);
    assert_eq!(diff.stdout, "npm\tleft\tchanged\n");
    for format in ["cyclonedx", "spdx", "json"] {
        let bill = run(folder.path(), &["sbom", "app", "--format", format, "--quiet", "--today", "2026-11-23"]);
        testkit::write_file(folder.path(), &format!("bills/{format}.json"), bill.stdout.as_bytes());
    }
    let rematch = run(folder.path(), &["advisories", "rematch", "--bills", "bills", "old.index", "new.index"]);
    let line = |bill: &str| format!("{bill}.json\tappeared\tpkg:npm/left@1.2.0\tCVE-2024-1\tmedium\taffected\n");
    let expected: String = ["cyclonedx", "json", "spdx"].map(line).concat();
    assert_eq!(
        rematch.stdout,
        format!("{expected}3 bills, 1 packages with other advisories, 3 changes\n"),
        "{}",
        rematch.stderr
    );
    let back = run(
        folder.path(),
        &["advisories", "rematch", "--bills", "bills", "new.index", "old.index", "--format", "json"],
    );
    assert!(back.stdout.contains(r#""change": "disappeared""#), "{}", back.stdout);
}
