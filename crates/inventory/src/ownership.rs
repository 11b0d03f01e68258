//! Which system package brought the files that speak of another ecosystem's package: its vendor answers for that package.
//!
//! Databases of system packages list every file of a root file system, a hundred thousand and more. None of these names is
//! kept but those at which some claim lies: the claims are known before the databases are read.

use artifact::{Artifact, Mount};
use model::component::EvidenceKind;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::claim::Claim;
use crate::distribution::PLATFORM_FOLDERS;
use crate::document::{Document, Reading};
use crate::unchanged::FileDigest;

/// The files at which packages are claimed that a system package may own.
#[derive(Debug, Default)]
pub(crate) struct Sought {
    paths: FxHashSet<(Mount, String)>,
    /// Their last segments: most listed names end otherwise, and are not looked at further.
    file_names: FxHashSet<String>,
    /// Whether it is asked what the packages brought, besides which.
    wants_digests: bool,
}

/// A sought file that a package of the reading lists as its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OwnedFile {
    pub(crate) mount: Mount,
    /// Below the mount, as the artifact's table has it.
    pub(crate) path: String,
    /// Index of the owner among the reading's claims.
    pub(crate) owner: usize,
    /// Of the content that the package brought, if that is asked for and the database says.
    pub(crate) digest: Option<FileDigest>,
}

impl Sought {
    pub(crate) fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }

    /// Adds the file at `path` if one of `claims`, which it makes, may have an owner.
    pub(crate) fn add(&mut self, mount: Mount, path: &str, claims: &[Claim]) {
        if claims.iter().any(may_be_owned) {
            self.add_file(mount, outer(path));
        }
    }

    /// These files, with the digests of what their packages brought.
    pub(crate) fn with_digests<'a>(files: impl IntoIterator<Item = (Mount, &'a str)>) -> Self {
        let mut sought = Self { wants_digests: true, ..Self::default() };
        for (mount, path) in files {
            sought.add_file(mount, path);
        }
        sought
    }

    pub(crate) fn wants_digests(&self) -> bool {
        self.wants_digests
    }

    fn add_file(&mut self, mount: Mount, path: &str) {
        self.file_names.insert(file_name(path).to_owned());
        self.paths.insert((mount, path.to_owned()));
    }

    /// The sought file that `name` in `folder` (ending in `/`), as listed by a database of the root file system at `root`,
    /// stands for.
    fn find(&self, artifact: &Artifact, mount: Mount, root: &str, folder: &str, name: &str) -> Option<(Mount, String)> {
        if !self.file_names.contains(name) {
            return None;
        }
        let path = format!("{}{name}", folder.trim_start_matches("./").trim_start_matches('/'));
        let path = path.as_str();
        let known = |mount: Mount, path: String| {
            let found = (mount, artifact.find(mount, &path).map_or(path, |entry| entry.path.clone()));
            self.paths.contains(&found).then_some(found)
        };
        let in_platform = || {
            let (folder, mount) = PLATFORM_FOLDERS.iter().find(|(folder, _)| path.starts_with(folder))?;
            known(*mount, path.strip_prefix(folder)?.to_owned())
        };
        // Databases go on naming folders as they were before `/lib` and others became links into `/usr`.
        let merged = || {
            let is_merged = MERGED_FOLDERS.iter().any(|folder| path.starts_with(folder));
            let moved = path.strip_prefix("usr/").map(str::to_owned);
            known(mount, format!("{root}{}", if is_merged { format!("usr/{path}") } else { moved? }))
        };
        known(mount, format!("{root}{path}"))
            .or_else(|| if mount == Mount::System && root.is_empty() { in_platform() } else { None })
            .or_else(merged)
    }
}

const MERGED_FOLDERS: &[&str] = &["bin/", "lib/", "lib32/", "lib64/", "sbin/"];

/// Notes that the package whose claim comes next in `reading` lists `name` in `folder` (ending in `/`), if that is sought.
/// Returns the note.
pub(crate) fn note_owned<'r>(
    document: &Document<'_>,
    root: &str,
    (folder, name): (&str, &str),
    reading: &'r mut Reading,
) -> Option<&'r mut OwnedFile> {
    let sought = document.survey.sought.filter(|_| reading.owned.len() < MAX_OWNED)?;
    let (mount, path) = sought.find(document.survey.artifact, document.entry.mount, root, folder, name)?;
    reading.owned.push(OwnedFile { mount, path, owner: reading.claims.len(), digest: None });
    reading.owned.last_mut()
}

/// As [`note_owned`], for a path in one piece.
pub(crate) fn note_owned_path<'r>(
    document: &Document<'_>,
    root: &str,
    path: &str,
    reading: &'r mut Reading,
) -> Option<&'r mut OwnedFile> {
    note_owned(document, root, path.split_at(path.rfind('/').map_or(0, |slash| slash + 1)), reading)
}

/// Purls of owners by the files they own. Of several packages that list a file the first in the order of purls is taken.
#[derive(Debug, Default)]
pub(crate) struct Owners(FxHashMap<(Mount, String), String>);

impl Owners {
    pub(crate) fn add(&mut self, file: &OwnedFile, purl: String) {
        let owner = self.0.entry((file.mount, file.path.clone())).or_insert_with(|| purl.clone());
        if purl < *owner {
            *owner = purl;
        }
    }

    /// Sets the owner of what the file at `path` claims.
    pub(crate) fn assign(&self, mount: Mount, path: &str, claims: &mut [Claim]) {
        let Some(owner) = self.0.get(&(mount, outer(path).to_owned())) else { return };
        for claim in claims.iter_mut().filter(|claim| may_be_owned(claim)) {
            claim.owner = Some(owner.clone());
        }
    }
}

/// Files that one database may own of those sought: more than claims are read of one artifact.
const MAX_OWNED: usize = 200_000;

/// What is there, and is no system package itself.
fn may_be_owned(claim: &Claim) -> bool {
    let is_there = matches!(claim.kind, EvidenceKind::Installed | EvidenceKind::Listed | EvidenceKind::Recognised);
    is_there && claim.system.is_none()
}

/// Of a file in an archive the archive: that is what a package can own.
pub(crate) fn outer(path: &str) -> &str {
    path.split_once("!/").map_or(path, |(outer, _)| outer)
}

fn file_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}
