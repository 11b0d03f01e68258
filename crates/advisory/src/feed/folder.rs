//! Which zips a folder of advisories holds.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use inventory::Ecosystem;
use model::{Gap, Hidden, Location};

use crate::{Error, amazon};

/// The list that OSV.dev keeps beside the ecosystems' folders.
pub(crate) const ECOSYSTEMS_FILE: &str = "ecosystems.txt";
pub(crate) const ZIP_FILE: &str = "all.zip";

/// The zips of one ecosystem: of all its releases (`Debian`, `Debian:12`), since they share advisories.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Feed {
    /// Without a release suffix.
    pub(crate) ecosystem: String,
    /// Name with release suffix, and path of the zip; sorted.
    pub(crate) zips: Vec<(String, PathBuf)>,
}

/// The feeds of `folder` that `wanted` asks for (empty: all), sorted by ecosystem. An ecosystem that the folder lists but
/// does not hold is a gap.
///
/// # Errors
/// When the folder cannot be read, holds no zip, or lacks an ecosystem that was asked for by name.
pub(crate) fn feeds(folder: &Path, wanted: &[String], gaps: &mut Vec<Gap>) -> Result<Vec<Feed>, Error> {
    let mut feeds: BTreeMap<String, Vec<(String, PathBuf)>> = BTreeMap::new();
    let found = zips(folder)?;
    let has_bulletins = !amazon::files(folder).is_empty();
    if found.is_empty() && !has_bulletins {
        return Err(Error::NoFeeds { path: folder.to_owned() });
    }
    let is_there = |wanted: &String| {
        let mut names = found.iter().map(|(name, _)| name.as_str()).chain(has_bulletins.then_some(amazon::ECOSYSTEM));
        names.any(|name| is_meant(wanted, name))
    };
    if let Some(missing) = wanted.iter().find(|wanted| !is_there(wanted)) {
        return Err(unknown(missing, folder.display().to_string(), found.iter().map(|(name, _)| name.as_str())));
    }
    gaps.extend(listed_but_absent(folder, &found, wanted));
    for (name, path) in found.into_iter().filter(|(name, _)| is_wanted(name, wanted)) {
        feeds.entry(base(&name).to_owned()).or_default().push((name, path));
    }
    Ok(feeds.into_iter().map(|(ecosystem, zips)| Feed { ecosystem, zips }).collect())
}

/// The names of `listed` that `wanted` asks for; empty asks for those the program knows.
///
/// # Errors
/// When a name that was asked for is not listed.
pub(crate) fn wanted_ecosystems(listed: &[String], wanted: &[String], origin: &str) -> Result<Vec<String>, Error> {
    if let Some(missing) = wanted.iter().find(|wanted| !listed.iter().any(|name| is_meant(wanted, name))) {
        return Err(unknown(missing, origin.to_owned(), listed.iter().map(String::as_str)));
    }
    let is_chosen = |name: &&String| {
        if wanted.is_empty() { Ecosystem::by_advisory_name(name).is_some() } else { is_wanted(name, wanted) }
    };
    Ok(listed.iter().filter(is_chosen).cloned().collect())
}

/// The ecosystem that the program knows by this name: OSV's, with or without a release, or our id, in any case.
///
/// # Errors
/// When there is none; names those there are.
pub fn ecosystem(name: &str) -> Result<&'static Ecosystem, Error> {
    let all = inventory::ecosystems();
    let found = all.iter().find(|ecosystem| {
        ecosystem.id.eq_ignore_ascii_case(name) || ecosystem.advisory_name.eq_ignore_ascii_case(base(name))
    });
    let known = all.iter().map(|ecosystem| ecosystem.advisory_name);
    found.copied().ok_or_else(|| unknown(name, "this program".to_owned(), known))
}

fn unknown<'n>(name: &str, origin: String, known: impl Iterator<Item = &'n str>) -> Error {
    let known: Vec<_> = known.map(|name| format!("`{name}`")).collect();
    Error::UnknownEcosystem { name: name.to_owned(), origin, known: known.join(", ") }
}

pub(crate) fn is_wanted(name: &str, wanted: &[String]) -> bool {
    wanted.is_empty() || wanted.iter().any(|wanted| is_meant(wanted, name))
}

/// Whether `wanted` (OSV's name with or without release, or our id, in any case) means the ecosystem `name`.
fn is_meant(wanted: &str, name: &str) -> bool {
    let is_id = |ecosystem: &Ecosystem| ecosystem.id.eq_ignore_ascii_case(wanted);
    wanted.eq_ignore_ascii_case(name)
        || wanted.eq_ignore_ascii_case(base(name))
        || Ecosystem::by_advisory_name(name).is_some_and(is_id)
}

fn base(name: &str) -> &str {
    name.split_once(':').map_or(name, |(base, _)| base)
}

/// Every `<Ecosystem>/all.zip`, sorted by name.
fn zips(folder: &Path) -> Result<Vec<(String, PathBuf)>, Error> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(Error::file("read folder", folder))? {
        let path = entry.map_err(Error::file("read folder", folder))?.path();
        let zip = path.join(ZIP_FILE);
        if let Some(name) = path.file_name().and_then(|name| name.to_str()).filter(|_| zip.is_file()) {
            found.push((name.to_owned(), zip));
        }
    }
    found.sort_unstable();
    Ok(found)
}

fn listed_but_absent(folder: &Path, found: &[(String, PathBuf)], wanted: &[String]) -> Option<Gap> {
    let list = fs::read_to_string(folder.join(ECOSYSTEMS_FILE)).ok()?;
    let is_absent =
        |name: &&str| !name.is_empty() && !found.iter().any(|(found, _)| found == name) && is_wanted(name, wanted);
    let absent: Vec<_> = list.lines().map(str::trim).filter(is_absent).map(|name| format!("`{name}`")).collect();
    let why = format!("no `{ZIP_FILE}` for {}: fetch it or take the name off the list", absent.join(", "));
    (!absent.is_empty()).then(|| Gap::new(Location::file(ECOSYSTEMS_FILE), why, &[Hidden::Vulnerabilities]))
}
