//! Holds the bills of materials that the program writes against their published rules, by the validators of the standards'
//! own projects: CycloneDX' JSON schemas in `cyclonedx-python-lib` (Apache-2.0), SPDX' `spdx-tools` (Apache-2.0). They come
//! from PyPI into a folder of the build; nothing of them is kept in the repository.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

/// What is installed, each with the version that was read.
const VALIDATORS: &[&str] = &["cyclonedx-python-lib[json-validation]==11.12.0", "spdx-tools==0.8.5"];

/// Reads paths of bills as arguments; prints each complaint and fails when there is any.
const VALIDATE: &str = r#"
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

complaints = 0
cyclonedx = JsonStrictValidator(SchemaVersion.V1_6)
for path in sys.argv[1:]:
    if path.endswith(".cyclonedx.json"):
        with open(path, encoding="utf-8") as file:
            found = cyclonedx.validate_str(file.read())
        found = [found] if found else []
    else:
        found = [message.validation_message for message in validate_full_spdx_document(parse_file(path))]
    for complaint in found:
        complaints += 1
        print(f"{path}: {complaint}", file=sys.stderr)
sys.exit(1 if complaints else 0)
"#;

/// The outputs that are bills, as (command, format, the ending of the file).
const OUTPUTS: &[(&str, &str, &str)] = &[
    ("sbom", "cyclonedx", "sbom.cyclonedx.json"),
    ("sbom", "spdx", "sbom.spdx.json"),
    ("scan", "cyclonedx", "scan.cyclonedx.json"),
    ("scan", "spdx", "scan.spdx.json"),
];

/// Bills of every sample function, and of a package of which only a part can be read.
///
/// # Errors
/// When a bill is not valid, and also when that cannot be found out: a check that is left out looks like one that passed.
#[expect(clippy::print_stdout, reason = "how many bills were held against the rules is what the command says")]
pub(crate) fn validate() -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the workspace has no folder")?;
    let program = build(root)?;
    let folder = program.parent().and_then(Path::parent).context("the program has no folder")?.join("bills");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
    let python = install(&folder)?;
    let mut targets = sample_functions(root)?;
    targets.push(damaged(&folder)?);
    let mut bills = Vec::new();
    for target in &targets {
        for (command, format, ending) in OUTPUTS {
            let name = target.file_name().unwrap_or_default().to_string_lossy();
            bills.push(write_bill(&program, target, command, format, &folder.join(format!("{name}.{ending}")))?);
        }
    }
    let status = Command::new(python).args(["-c", VALIDATE]).args(&bills).status().context("cannot start Python")?;
    if !status.success() {
        bail!("bills of materials are not valid: {status}");
    }
    println!("{} bills of materials are valid", bills.len());
    Ok(())
}

/// The program as the tests build it.
pub(crate) fn build(root: &Path) -> anyhow::Result<PathBuf> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(root).args(["build", "--quiet", "--package", "fnassay", "--message-format", "json"]);
    let output = cargo.output().context("cannot start cargo")?;
    if !output.status.success() {
        bail!("the program does not build: {}", String::from_utf8_lossy(&output.stderr));
    }
    let messages = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut executables = messages.lines().filter_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        message.get("executable")?.as_str().map(PathBuf::from)
    });
    executables.next_back().context("cargo names no program")
}

/// Python with the validators.
fn install(folder: &Path) -> anyhow::Result<PathBuf> {
    let environment = folder.join("validators");
    let python = environment.join("bin/python");
    let stamp = environment.join("installed");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == VALIDATORS.join(" ")) {
        return Ok(python);
    }
    let run = |command: &mut Command, what: &str| {
        let status = command.status().with_context(|| format!("cannot start {what}"))?;
        if status.success() { Ok(()) } else { bail!("{what} failed: {status}; bills of materials were not validated") }
    };
    run(Command::new("python3").args(["-m", "venv"]).arg(&environment), "making a virtual environment with Python 3")?;
    run(
        Command::new(&python).args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(VALIDATORS),
        "installing the validators of bills of materials",
    )?;
    fs::write(stamp, VALIDATORS.join(" ")).context("cannot note what is installed")?;
    Ok(python)
}

fn sample_functions(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let samples = root.join("testdata/functions");
    let entries = fs::read_dir(&samples).with_context(|| format!("cannot list `{}`", samples.display()))?;
    let mut folders: Vec<PathBuf> =
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.is_dir()).collect();
    folders.sort();
    if folders.is_empty() {
        bail!("no sample functions below `{}`", samples.display());
    }
    Ok(folders)
}

/// A function of which a part cannot be read, so that its bill says that it is not complete.
fn damaged(folder: &Path) -> anyhow::Result<PathBuf> {
    let function = folder.join("damaged");
    fs::create_dir_all(&function).context("cannot make the damaged function")?;
    let files = [
        ("index.js", "exports.handler = async () => require('left')\n"),
        ("package.json", r#"{"name": "damaged", "version": "1.0.0", "dependencies": {"left": "^1.2.0"}}"#),
        ("inner.zip", "PK\u{3}\u{4} and no more"),
    ];
    for (name, text) in files {
        fs::write(function.join(name), text).with_context(|| format!("cannot write `{name}`"))?;
    }
    Ok(function)
}

fn write_bill(program: &Path, target: &Path, command: &str, format: &str, bill: &Path) -> anyhow::Result<PathBuf> {
    // The rest of a sample is what is expected of it.
    let input = target.join("project");
    let target = if input.is_dir() { input } else { target.to_owned() };
    let mut run = Command::new(program);
    run.arg(command).arg(&target).args(["--format", format, "--quiet", "--today", "2026-01-01"]);
    let output = run.output().with_context(|| format!("cannot start `{}`", program.display()))?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        bail!("`{command} --format {format}` of `{}` failed: {why}", target.display());
    }
    fs::write(bill, output.stdout).with_context(|| format!("cannot write `{}`", bill.display()))?;
    Ok(bill.to_owned())
}
