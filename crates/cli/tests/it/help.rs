//! The help of every command, word for word: a difference is a change of the interface.

use std::path::Path;

use crate::program::{compare, run};

const COMMANDS: &[&[&str]] = &[
    &[],
    &["scan"],
    &["sbom"],
    &["permissions"],
    &["policy"],
    &["policy", "expand"],
    &["advisories"],
    &["advisories", "update"],
    &["advisories", "build"],
    &["advisories", "status"],
    &["advisories", "query"],
    &["advisories", "compare"],
    &["advisories", "diff"],
    &["advisories", "rematch"],
    &["explain"],
];

#[test]
fn is_as_written_down() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/help");
    let mut differences = Vec::new();
    for command in COMMANDS {
        let run = run(&folder, &[*command, &["--help"]].concat());
        assert_eq!((run.exit, run.stderr.as_str()), (0, ""), "{command:?}");
        assert!(!run.stdout.contains('\u{1b}'), "{command:?}");
        let name = if command.is_empty() { "fnassay".to_owned() } else { command.join("-") };
        differences.extend(compare(&folder.join(format!("{name}.txt")), &run.stdout).err());
    }
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
}

#[test]
fn of_every_command_has_an_example() {
    for command in ["scan", "sbom", "permissions", "explain"] {
        assert!(run(Path::new("."), &[command, "--help"]).stdout.contains("Example"), "{command}");
    }
}
