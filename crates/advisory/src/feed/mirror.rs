//! A local copy of the zips that a server publishes.

use std::fs;
use std::path::Path;

use transport::{Client, Download, Fetched, Url};

use super::folder::{ECOSYSTEMS_FILE, ZIP_FILE, wanted_ecosystems};
use crate::osv::open_archive;
use crate::{Error, Progress};

/// OSV.dev's public bucket.
pub const DEFAULT_ADDRESS: &str = "https://osv-vulnerabilities.storage.googleapis.com";

const MAX_LIST_BYTES: u64 = 1 << 20;
/// Some ten times the largest at the time of writing.
const MAX_ZIP_BYTES: u64 = 8 << 30;
/// Beside the ecosystems, where a server has them: OSV.dev's does not.
const EXTRA_FILES: [&str; 3] = ["kev.json", "epss.csv.gz", "epss.csv"];
const MAX_EXTRA_BYTES: u64 = 256 << 20;

/// Brings `folder` to what the server at `base` has of the `wanted` ecosystems (empty: those the program knows). Only what
/// changed is fetched. The names of the ecosystems.
///
/// # Errors
/// When the server lacks an ecosystem that was asked for, cannot be reached, or sends what is no whole zip. What arrived
/// whole stays.
pub(crate) fn bring_up_to_date(
    client: &Client,
    base: &Url,
    folder: &Path,
    wanted: &[String],
    on_progress: &(dyn Fn(Progress<'_>) + Sync),
) -> Result<Vec<String>, Error> {
    let list = client.get(&base.join(ECOSYSTEMS_FILE), MAX_LIST_BYTES)?;
    let list = String::from_utf8_lossy(&list);
    let listed: Vec<String> =
        list.lines().map(str::trim).filter(|name| is_folder_name(name)).map(str::to_owned).collect();
    let chosen = wanted_ecosystems(&listed, wanted, &base.to_string())?;
    if chosen.is_empty() {
        return Err(Error::NoFeeds { path: base.join(ECOSYSTEMS_FILE).to_string().into() });
    }
    for ecosystem in &chosen {
        fetch_zip(client, base, folder, ecosystem, on_progress)?;
    }
    for name in EXTRA_FILES {
        fetch_extra(client, base, folder, name)?;
    }
    let names = chosen.join("\n") + "\n";
    let path = folder.join(ECOSYSTEMS_FILE);
    fs::write(&path, names).map_err(Error::file("write", &path))?;
    Ok(chosen)
}

/// Whether a name from a server may become a folder of ours.
fn is_folder_name(name: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '.' | '-' | '_' | ':' | '+');
    !name.is_empty()
        && name.len() <= 100
        && name.chars().all(is_allowed)
        && !name.starts_with('.')
        && !name.ends_with(' ')
}

fn fetch_zip(
    client: &Client,
    base: &Url,
    folder: &Path,
    ecosystem: &str,
    on_progress: &(dyn Fn(Progress<'_>) + Sync),
) -> Result<(), Error> {
    let own = folder.join(ecosystem);
    fs::create_dir_all(&own).map_err(Error::file("make folder", &own))?;
    let target = own.join(ZIP_FILE);
    let url = base.join(ecosystem).join(ZIP_FILE);
    let fetch = || {
        client.download(&url, &target, MAX_ZIP_BYTES, &mut |done, total| {
            on_progress(Progress::Downloading { ecosystem, done, total })
        })
    };
    match fetch()? {
        Fetched::Unchanged => on_progress(Progress::Unchanged { ecosystem }),
        Fetched::Changed(download) => {
            if accept_zip(download).is_err() {
                // A part of an older content under the same name, or damage on the way: once more from the start.
                on_progress(Progress::Retrying { ecosystem });
                if let Fetched::Changed(download) = fetch()? {
                    accept_zip(download)?;
                }
            }
        }
    }
    Ok(())
}

/// Puts the zip in place when its directory and every entry are whole, else drops it.
fn accept_zip(download: Download) -> Result<(), Error> {
    let verified = open_archive(download.path(), ZIP_FILE).and_then(|archive| archive.verify());
    match verified {
        Ok(()) => Ok(download.accept()?),
        Err(error) => {
            download.reject();
            Err(error)
        }
    }
}

fn fetch_extra(client: &Client, base: &Url, folder: &Path, name: &str) -> Result<(), Error> {
    if base == &Url::parse(DEFAULT_ADDRESS)? {
        return Ok(());
    }
    match client.download(&base.join(name), &folder.join(name), MAX_EXTRA_BYTES, &mut |_, _| ()) {
        Ok(Fetched::Changed(download)) => Ok(download.accept()?),
        Ok(Fetched::Unchanged) => Ok(()),
        // Servers that answer 403 for what they do not have are common.
        Err(error) if error.is_absent() || matches!(error, transport::Error::Status { status: 403, .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_become_folders() {
        for name in ["npm", "crates.io", "Debian:12", "Red Hat", "GitHub Actions", "Ubuntu:22.04:LTS"] {
            assert!(is_folder_name(name), "{name}");
        }
        for name in ["", ".", "..", "../x", "a/b", "a\\b", "/etc", ".hidden", "a\0b", "ä", "x "] {
            assert!(!is_folder_name(name), "{name}");
        }
    }
}
