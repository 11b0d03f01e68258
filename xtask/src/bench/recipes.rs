//! How the files of an input come to be: by the package managers themselves, from pinned versions.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::image;

pub(super) struct Recipe {
    /// Of the folder in `benches/` that holds its sources.
    pub(super) name: &'static str,
    /// The source whose change asks for installing anew; `None` where the sources are read as they are.
    pub(super) pins: Option<&'static str>,
    /// From the sources' folder into an empty one.
    pub(super) install: fn(&Path, &Path) -> Result<()>,
}

pub(super) const PYTHON: Recipe = Recipe { name: "python", pins: Some("requirements.txt"), install: python };
pub(super) const NODE: Recipe = Recipe { name: "node", pins: Some("package-lock.json"), install: node };
pub(super) const BUNDLE: Recipe = Recipe { name: "bundle", pins: Some("package-lock.json"), install: bundle };
pub(super) const GO: Recipe = Recipe { name: "go", pins: Some("go.sum"), install: go };
pub(super) const JARS: Recipe = Recipe { name: "jars", pins: Some("pom.xml"), install: jars };
pub(super) const IMAGE: Recipe = Recipe { name: "image", pins: Some("packages.txt"), install: image::install };
pub(super) const EXAMPLE: Recipe = Recipe { name: "examples", pins: None, install: |_, _| Ok(()) };

fn python(sources: &Path, unpacked: &Path) -> Result<()> {
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--root-user-action=ignore"]);
    pip.args(["--no-deps", "--no-compile", "--only-binary=:all:", "--implementation=cp", "--python-version=3.12"]);
    pip.args(["--platform=manylinux2014_x86_64", "--platform=manylinux_2_28_x86_64", "--target"]);
    pip.arg(unpacked).arg("--requirement").arg(sources.join("requirements.txt"));
    succeed(pip)?;
    fs::copy(sources.join("app.py"), unpacked.join("app.py"))?;
    Ok(())
}

/// Without the lock files, as packages often are.
fn node(sources: &Path, unpacked: &Path) -> Result<()> {
    npm_ci(sources, unpacked)?;
    for lock in ["package-lock.json", "node_modules/.package-lock.json"] {
        fs::remove_file(unpacked.join(lock)).with_context(|| format!("`{lock}` is not where npm puts it"))?;
    }
    Ok(())
}

/// One minified file, with the map that leads back to its sources.
fn bundle(sources: &Path, unpacked: &Path) -> Result<()> {
    let build = unpacked.with_extension("build");
    fs::create_dir_all(&build)?;
    npm_ci(sources, &build)?;
    let mut esbuild = Command::new("node");
    esbuild.current_dir(&build).arg("node_modules/esbuild/bin/esbuild").arg("index.js");
    esbuild.args(["--bundle", "--minify", "--sourcemap", "--platform=node", "--target=node22", "--log-level=error"]);
    esbuild.arg(format!("--outfile={}", unpacked.join("index.js").display()));
    succeed(esbuild)
}

fn npm_ci(sources: &Path, folder: &Path) -> Result<()> {
    for file in ["package.json", "package-lock.json", "index.js"] {
        fs::copy(sources.join(file), folder.join(file))?;
    }
    let mut npm = Command::new("npm");
    npm.current_dir(folder).args(["ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]);
    succeed(npm)
}

/// A `bootstrap` for the `provided` runtimes, stripped, with whatever Go is installed.
fn go(sources: &Path, unpacked: &Path) -> Result<()> {
    let mut go = Command::new("go");
    go.current_dir(sources).env("CGO_ENABLED", "0").env("GOOS", "linux").env("GOARCH", "amd64").env("GOFLAGS", "");
    go.args(["build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o"]).arg(unpacked.join("bootstrap")).arg(".");
    succeed(go)
}

fn jars(sources: &Path, unpacked: &Path) -> Result<()> {
    let mut maven = Command::new("mvn");
    maven.current_dir(sources).args(["--quiet", "--batch-mode"]);
    maven.arg("org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies");
    maven.arg("-DincludeScope=runtime").arg(format!("-DoutputDirectory={}", unpacked.join("lib").display()));
    succeed(maven)
}

pub(super) fn succeed(mut command: Command) -> Result<()> {
    let shown = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("cannot start `{shown}`; install it"))?;
    ensure!(status.success(), "`{shown}` failed");
    Ok(())
}
