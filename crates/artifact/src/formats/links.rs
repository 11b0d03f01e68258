//! Symbolic links of an archive, resolved by name alone: nothing outside the archive is ever looked at.

use std::collections::BTreeMap;

use super::listing::{Kind, Listed, Listing};
use super::zip::{Read, read};
use crate::aliases::Aliases;
use crate::gaps::GapList;

/// Longest link target that is taken, in bytes: what Linux allows.
const MAX_TARGET_BYTES: u64 = 4096;

pub(super) const OUTSIDE: &str =
    "the symbolic link leads out of the archive and was not followed; pack what it points to";
const DANGLING: &str = "the symbolic link leads nowhere, or round in a circle; mend or remove it";
const UNREADABLE: &str = "the symbolic link's target cannot be read; pack it again";

/// Replaces links to files by the files; links to folders become aliases. `files` are sorted and unique.
pub(crate) fn resolve(listing: &mut Listing, display: &str, gaps: &mut GapList) -> BTreeMap<String, String> {
    let mut folders = BTreeMap::new();
    if !listing.files.iter().any(is_link) {
        return folders;
    }
    let targets = targets(listing, display, gaps);
    let files: Vec<Listed> = std::mem::take(&mut listing.files);
    let (links, plain): (Vec<_>, Vec<_>) = files.into_iter().partition(is_link);
    for link in links {
        let Some(target) = targets.get(&link.path) else { continue };
        match lead(target, &plain, &targets) {
            Some(Place::File(at)) => {
                if let Some(file) = plain.get(at) {
                    let (size_bytes, kind) = (file.size_bytes, file.kind.clone());
                    listing.files.push(Listed { path: link.path, size_bytes, kind, repeats: true });
                }
            }
            Some(Place::Folder(path)) => {
                folders.insert(link.path, path);
            }
            None => gaps.note(DANGLING, &format!("{display}{}", link.path)),
        }
    }
    listing.files.extend(plain);
    listing.files.sort_by(|left, right| left.path.cmp(&right.path));
    folders
}

fn is_link(file: &Listed) -> bool {
    matches!(file.kind, Kind::Link(_) | Kind::LinkTo(_))
}

/// Link → the path in the archive that it names.
fn targets(listing: &Listing, display: &str, gaps: &mut GapList) -> BTreeMap<String, String> {
    let mut targets = BTreeMap::new();
    for file in &listing.files {
        if let Kind::LinkTo(target) = &file.kind {
            targets.insert(file.path.clone(), target.clone());
            continue;
        }
        let Kind::Link(_) = file.kind else { continue };
        let Some(text) = target_text(listing, file) else {
            gaps.note(UNREADABLE, &format!("{display}{}", file.path));
            continue;
        };
        match path_from(&file.path, &text) {
            Some(path) => {
                targets.insert(file.path.clone(), path);
            }
            None => gaps.note(OUTSIDE, &format!("{display}{}", file.path)),
        }
    }
    targets
}

fn target_text(listing: &Listing, file: &Listed) -> Option<String> {
    let Kind::Link(slot) = &file.kind else { return None };
    if file.size_bytes > MAX_TARGET_BYTES {
        return None;
    }
    let mut buffer = Vec::new();
    let bytes = match read(&listing.archive, slot, file.size_bytes, &mut buffer, &mut Vec::new()).ok()? {
        Read::Stored(range) => listing.archive.get(range)?.to_vec(),
        Read::Buffered(length) => buffer.get(..length)?.to_vec(),
    };
    String::from_utf8(bytes).ok()
}

/// The path that `target` names when it stands in the link `link`; `None` when it leaves the archive.
pub(super) fn path_from(link: &str, target: &str) -> Option<String> {
    if target.starts_with('/') || target.contains('\0') {
        return None;
    }
    let mut parts: Vec<&str> = link.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

enum Place {
    /// Index of the file.
    File(usize),
    Folder(String),
}

/// Where a target leads in the end, through other links.
fn lead(target: &str, plain: &[Listed], targets: &BTreeMap<String, String>) -> Option<Place> {
    Aliases::follow(
        target,
        |path| targets.get(path).map(String::as_str),
        |path| {
            if path.is_empty() {
                return Some(Place::Folder(String::new()));
            }
            match plain.binary_search_by(|file| file.path.as_str().cmp(path)) {
                Ok(at) => Some(Place::File(at)),
                Err(_) => {
                    let folder = format!("{path}/");
                    let at = plain.partition_point(|file| file.path < folder);
                    let is_folder = plain.get(at).is_some_and(|file| file.path.starts_with(&folder));
                    is_folder.then(|| Place::Folder(path.to_owned()))
                }
            }
        },
    )
}
