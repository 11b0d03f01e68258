//! Installs what the tests need beyond Rust, and runs them all, then holds the bills of materials against published rules.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};

use crate::bills;

/// Names under which systems have the browser that the assessment screen is looked at with.
const BROWSERS: &[&str] = &["chromium", "chromium-browser", "google-chrome"];

#[derive(clap::Args)]
pub(crate) struct TestArguments {
    /// Passed on to `cargo test`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

pub(crate) fn run(arguments: &TestArguments) -> anyhow::Result<()> {
    install_browser()?;
    let mut tests = Command::new(env!("CARGO"));
    tests.args(["test", "--workspace"]).args(&arguments.rest);
    succeed(&mut tests, "the tests")?;
    // Whoever asks for some tests gets these.
    if arguments.rest.is_empty() { bills::validate() } else { Ok(()) }
}

/// The browser is the only thing the tests need that cargo does not bring.
fn install_browser() -> anyhow::Result<()> {
    if BROWSERS.iter().any(|name| is_on_path(name)) {
        return Ok(());
    }
    if !is_on_path("apt-get") {
        bail!("the tests look at the HTML report in Chromium: install it (one of {})", BROWSERS.join(", "));
    }
    let apt = |arguments: &[&str]| {
        let mut command = if is_on_path("sudo") { Command::new("sudo") } else { Command::new("apt-get") };
        if is_on_path("sudo") {
            command.arg("apt-get");
        }
        command.env("DEBIAN_FRONTEND", "noninteractive").args(arguments);
        command
    };
    succeed(&mut apt(&["update", "--quiet"]), "updating the list of packages")?;
    succeed(
        &mut apt(&["install", "--yes", "--quiet", "--no-install-recommends", "chromium"]),
        "installing Chromium for the tests of the HTML report",
    )
}

fn is_on_path(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| Path::new(&folder).join(name).is_file())
}

fn succeed(command: &mut Command, what: &str) -> anyhow::Result<()> {
    let status = command.status().with_context(|| format!("cannot start {what}"))?;
    if status.success() { Ok(()) } else { bail!("{what} failed: {status}") }
}
