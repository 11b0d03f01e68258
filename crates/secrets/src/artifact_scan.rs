//! All files of an artifact, in parallel, each read once.

use artifact::{Artifact, Entry};
use model::secret::SecretFact;
use model::{Gap, Hidden, Location, Parsed};

use crate::environment::merge;
use crate::file_scan::{FileSecrets, FileToScan};
use crate::scanner::Scanner;
use crate::third_party::{ThirdParty, is_record};

/// Bigger files are not read: two at a time have to fit beside everything else.
const MAX_ENTRY_BYTES: u64 = 96 * 1024 * 1024;

/// For each of these files of the artifact the purl of the system package that brought it just as it is.
pub type ShippedBy = fn(&Artifact, &[&Entry]) -> Vec<Option<String>>;

/// What the caller knows about the artifact.
#[derive(Debug, Clone, Default)]
pub struct ScanContext {
    /// Folders of packages that others made, as artifact paths, beyond those that their names give away.
    pub third_party_folders: Vec<String>,
    /// Asked once, for the files with credentials.
    pub shipped_by: Option<ShippedBy>,
}

impl Scanner {
    /// Every credential of the artifact, one fact per kind and value, sorted. What could not be read is a gap.
    pub fn scan_artifact(&self, artifact: &Artifact, context: &ScanContext) -> Parsed<Vec<SecretFact>> {
        let mut gaps = Vec::new();
        let third_party = self.third_party(artifact, context, &mut gaps);
        let is_wanted = |entry: &Entry| !is_record(&entry.path) && entry.size_bytes <= MAX_ENTRY_BYTES;
        let scan = |entry: &Entry, bytes: Result<&[u8], Gap>| {
            let secrets = match bytes {
                Ok(bytes) => {
                    let (path, is_third_party) = (artifact.display_path(entry), third_party.contains(&entry.path));
                    self.scan_file(&FileToScan { path: &path, bytes, is_third_party })
                }
                Err(gap) => FileSecrets { facts: Vec::new(), gaps: vec![gap] },
            };
            let holder = (!secrets.facts.is_empty()).then(|| entry.clone());
            (secrets, holder)
        };
        let mut scanned = artifact.visit(is_wanted, scan);
        scanned.extend(artifact.visit_shadowed(is_wanted, scan));
        if let Some(shipped_by) = context.shipped_by {
            note_shipped(&mut scanned, |holders| shipped_by(artifact, holders));
        }
        let everything = artifact.entries().iter().chain(artifact.shadowed());
        gaps.extend(everything.filter(|entry| !is_record(&entry.path) && !is_wanted(entry)).map(|entry| {
            let why = format!(
                "the file is larger than {} MiB and was not searched for secrets: look at it by hand",
                MAX_ENTRY_BYTES >> 20
            );
            Gap::new(Location::file(artifact.display_path(entry)), why, &[Hidden::Secrets])
        }));
        let mut facts = Vec::new();
        for (file, _) in scanned {
            facts.extend(file.facts);
            gaps.extend(file.gaps);
        }
        Parsed { value: merge(facts), gaps }
    }

    /// One text that belongs to no artifact, such as a template.
    pub fn scan_text(&self, path: &str, text: &[u8]) -> Parsed<Vec<SecretFact>> {
        let FileSecrets { facts, gaps } = self.scan_file(&FileToScan { path, bytes: text, is_third_party: false });
        Parsed { value: merge(facts), gaps }
    }

    fn third_party(&self, artifact: &Artifact, context: &ScanContext, gaps: &mut Vec<Gap>) -> ThirdParty {
        let mut third_party = ThirdParty::new(&context.third_party_folders);
        for entry in
            artifact.entries().iter().filter(|entry| is_record(&entry.path) && entry.size_bytes <= MAX_ENTRY_BYTES)
        {
            match artifact.read(entry) {
                Ok(content) => third_party.add_record(&entry.path, &content),
                Err(gap) => gaps.push(gap),
            }
        }
        third_party
    }
}

/// Says of the facts of each file which package brought it.
fn note_shipped(
    scanned: &mut [(FileSecrets, Option<Entry>)],
    shipped_by: impl FnOnce(&[&Entry]) -> Vec<Option<String>>,
) {
    let holders: Vec<&Entry> = scanned.iter().filter_map(|(_, holder)| holder.as_ref()).collect();
    let owners = shipped_by(&holders);
    let files = scanned.iter_mut().filter(|(_, holder)| holder.is_some());
    for ((file, _), owner) in files.zip(owners) {
        for fact in &mut file.facts {
            fact.shipped_by.clone_from(&owner);
        }
    }
}
