//! Runs the program in a scrubbed environment.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a run left behind.
pub(crate) struct Run {
    pub(crate) exit: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

pub(crate) fn run(folder: &Path, arguments: &[impl AsRef<std::ffi::OsStr>]) -> Run {
    run_with_input(folder, arguments, "")
}

/// With `input` on stdin.
pub(crate) fn run_with_input(folder: &Path, arguments: &[impl AsRef<std::ffi::OsStr>], input: &str) -> Run {
    let mut program = Command::new(env!("CARGO_BIN_EXE_fnassay"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // A program that reads no input may have ended already.
    let _ = program.stdin.take().expect("stdin is piped").write_all(input.as_bytes());
    let output = program.wait_with_output().expect("the program ends");
    Run {
        exit: output.status.code().expect("the program ends by itself"),
        stdout: String::from_utf8(output.stdout).expect("reports are UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("messages are UTF-8"),
    }
}

/// Compares with what `file` holds; with `FNASSAY_REWRITE=1` writes it instead.
pub(crate) fn compare(file: &Path, actual: &str) -> Result<(), String> {
    if std::env::var_os("FNASSAY_REWRITE").is_some() {
        std::fs::write(file, actual).unwrap();
        return Ok(());
    }
    let expected = std::fs::read_to_string(file).unwrap_or_default().replace("\r\n", "\n");
    if expected == actual {
        return Ok(());
    }
    let first = expected.lines().zip(actual.lines()).position(|(left, right)| left != right);
    let line = first.unwrap_or(expected.lines().count().min(actual.lines().count()));
    let shown = |text: &str| text.lines().skip(line).take(8).collect::<Vec<_>>().join("\n    ");
    let (expected, actual) = (shown(&expected), shown(actual));
    let file = file.display();
    Err(format!(
        "{file}, line {}: expected\n    {expected}\ngot\n    {actual}\n(FNASSAY_REWRITE=1 rewrites it)",
        line + 1
    ))
}

/// The workspace's folder.
pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}
