//! The front door: an artifact's packages as components.

use std::collections::{BTreeMap, BTreeSet};

use artifact::{Artifact, Entry, ImageLayer, Mount};
use model::component::{Component, Evidence, EvidenceKind, Linked, Origin, Presence, Reach, Version};
use model::{Gap, Parsed};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::claim::Claim;
use crate::document::{Document, EntryPath, Format, Reading, Survey};
use crate::ecosystems::{
    DATABASES, LEFTOVERS, Leftovers, Owned, own_records, owned, records_files, usual_import_names,
};
use crate::merge::{self, Candidate};
use crate::open_manifests::unversioned;
use crate::ownership::{OwnedFile, Owners, Sought, outer};
use crate::purl::purl;
use crate::unchanged::FileDigest;
use crate::{Ecosystem, ecosystems, shared};

/// What is known of the function besides its files.
#[derive(Debug, Clone, Copy, Default)]
pub struct Setting<'a> {
    /// Names of the layers, by the index in [`Entry::layer`].
    pub layers: &'a [String],
    /// The platform's runtime id (`python3.12`): decides environment markers that ask for the Python version.
    pub runtime: Option<&'a str>,
    /// Files called as [`FILES_ABOVE`] says in the folders above the function's own.
    pub above: Option<&'a Above<'a>>,
}

/// What the target holds above the folder of a function's code, where its files still decide about that code.
#[derive(Debug)]
pub struct Above<'a> {
    /// With paths relative to the target.
    pub files: Artifact,
    /// The function's folder in the target.
    pub folder: &'a str,
}

/// Components, and what only the inventory knows about them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inventory {
    /// Sorted by purl, then origin; one for each purl and origin.
    pub components: Vec<Component>,
    /// For each component the top-level names under which code imports it, sorted; empty when not known.
    pub import_names: Vec<Vec<String>>,
}

/// The packages of `artifact`, sorted by purl, then origin; `layers` are the layers' names by index.
pub fn inventory(artifact: &Artifact, layers: &[String]) -> Parsed<Vec<Component>> {
    take(artifact, &Setting { layers, ..Setting::default() }).map(|inventory| inventory.components)
}

/// The packages of `artifact` with everything found out about them. Reads only files whose path says that they speak of
/// packages, in parallel.
pub fn take(artifact: &Artifact, setting: &Setting<'_>) -> Parsed<Inventory> {
    let listed = Survey::listed_folders(artifact);
    let python = setting.runtime.and_then(python_version);
    let survey = Survey { artifact, above: setting.above, python, sought: None, listed: &listed };
    let mut chosen = choose(artifact, &formats());
    if let [entry] = artifact.entries()
        && chosen.is_empty()
    {
        chosen.extend(shared::of_lone_file(entry).map(|format| Chosen { ecosystem: None, format, entry }));
    }
    let (first, mut second): (Vec<_>, Vec<_>) = chosen.into_iter().partition(|chosen| chosen.format.finds_installed);
    let mut readings = read_all(survey, first);
    drop_owned(survey, &readings, &mut second);
    readings.extend(read_all(survey, second));
    let leftovers = read_leftovers(survey, &readings);
    readings.extend(leftovers);
    let databases = read_databases(survey, &mut readings);
    readings.extend(databases);
    let mut gaps: Vec<Gap> = readings.iter_mut().flat_map(|(_, reading)| std::mem::take(&mut reading.gaps)).collect();
    let mut found: Vec<(Component, Vec<String>)> = Vec::new();
    let mut statements = by_ecosystem(readings);
    for ecosystem in ecosystems() {
        let Some(Statements { claims, covered }) = statements.remove(ecosystem.id) else { continue };
        let (candidates, mut open) = merge::merge(ecosystem, claims, covered);
        gaps.append(&mut open);
        gaps.extend(unversioned(&candidates, &gaps));
        found.extend(components(ecosystem, candidates, setting.layers));
    }
    for (component, _) in &mut found {
        name_image_layer(component, artifact);
    }
    gaps.sort_unstable();
    gaps.dedup();
    found.sort_by(|(left, _), (right, _)| (&left.purl, &left.origin).cmp(&(&right.purl, &right.origin)));
    let (components, import_names) = found.into_iter().unzip();
    Parsed { value: Inventory { components, import_names }, gaps }
}

/// Everything that files say of one ecosystem's packages.
#[derive(Default)]
struct Statements {
    claims: Vec<(&'static Format, Claim)>,
    /// Folders of projects that locks speak of.
    covered: Vec<(Mount, String)>,
}

fn by_ecosystem(readings: Vec<(Chosen<'_>, Reading)>) -> FxHashMap<&'static str, Statements> {
    let mut statements: FxHashMap<&'static str, Statements> = FxHashMap::default();
    for (chosen, reading) in readings {
        if let Some(own) = chosen.ecosystem {
            statements.entry(own.id).or_default().covered.extend(reading.covers);
        }
        for claim in reading.claims {
            // A format of no ecosystem names that of each claim; a test walks the formats for it.
            let Some(ecosystem) = claim.ecosystem.or(chosen.ecosystem) else { continue };
            statements.entry(ecosystem.id).or_default().claims.push((chosen.format, claim));
        }
    }
    statements
}

/// A file to read and the format to read it by.
struct Chosen<'a> {
    /// `None` for formats that speak of packages of any ecosystem.
    ecosystem: Option<&'static Ecosystem>,
    format: &'static Format,
    entry: &'a Entry,
}

type Formats = Vec<(Option<&'static Ecosystem>, &'static Format)>;

fn formats() -> Formats {
    ecosystems()
        .iter()
        .flat_map(|ecosystem| ecosystem.formats.iter().map(|format| (Some(*ecosystem), format)))
        .chain(shared::FORMATS.iter().map(|format| (None, format)))
        .collect()
}

/// Reads what lies there without metadata, by what the other `readings` say of the ecosystem.
fn read_leftovers<'a>(survey: Survey<'a>, readings: &[(Chosen<'a>, Reading)]) -> Vec<(Chosen<'a>, Reading)> {
    let mut found = Vec::new();
    for Leftovers { ecosystem, format, find } in LEFTOVERS {
        let of_ecosystem = |chosen: &Chosen<'_>, claim: &Claim| {
            claim.ecosystem.or(chosen.ecosystem).is_some_and(|of| of.id == ecosystem.id)
        };
        let claims: Vec<&Claim> = readings
            .iter()
            .flat_map(|(chosen, reading)| reading.claims.iter().filter(|claim| of_ecosystem(chosen, claim)))
            .collect();
        let left = find(survey, &claims).into_iter();
        found.extend(left.map(|(entry, reading)| (Chosen { ecosystem: Some(ecosystem), format, entry }, reading)));
    }
    found
}

/// Reads the databases of system packages, and sets the owners of what the other `readings` claim.
fn read_databases<'a>(survey: Survey<'a>, readings: &mut [(Chosen<'a>, Reading)]) -> Vec<(Chosen<'a>, Reading)> {
    let chosen = choose_databases(survey.artifact);
    if chosen.is_empty() {
        return Vec::new();
    }
    let mut sought = Sought::default();
    for (chosen, reading) in readings.iter() {
        sought.add(chosen.entry.mount, &chosen.entry.path, &reading.claims);
    }
    let databases = read_all(Survey { sought: Some(&sought), ..survey }, chosen);
    let mut owners = Owners::default();
    for (file, owner) in owned_files(&databases) {
        owners.add(file, owner);
    }
    for (chosen, reading) in readings.iter_mut() {
        owners.assign(chosen.entry.mount, &chosen.entry.path, &mut reading.claims);
    }
    databases
}

/// Every sought file that a database lists, with the purl of the package.
fn owned_files<'r>(databases: &'r [(Chosen<'_>, Reading)]) -> impl Iterator<Item = (&'r OwnedFile, String)> {
    databases.iter().flat_map(|(_, reading)| {
        reading.owned.iter().filter_map(|file| {
            let claim = reading.claims.get(file.owner)?;
            Some((file, purl_of(claim.ecosystem?, claim)))
        })
    })
}

/// For each of the files, which may be hidden ones too, the purl of the system package that brought it just as it is, if
/// one did; of several the first. What cannot be read or has no digest counts as changed: nothing is excused by it. A file in
/// an archive is as its archive is. Cost: nothing without `files`; otherwise the databases are read, and these files.
pub fn shipped_by(artifact: &Artifact, files: &[&Entry]) -> Vec<Option<String>> {
    let mut owners = vec![None; files.len()];
    let chosen = if files.is_empty() { Vec::new() } else { choose_databases(artifact) };
    if chosen.is_empty() {
        return owners;
    }
    let files: Vec<Option<&Entry>> = files.iter().map(|file| outermost(artifact, file)).collect();
    let sought = Sought::with_digests(files.iter().flatten().map(|file| (file.mount, file.path.as_str())));
    let survey = Survey { artifact, above: None, python: None, sought: Some(&sought), listed: &FxHashSet::default() };
    let databases = read_all(survey, chosen);
    let mut brought: FxHashMap<(Mount, &str), Vec<(FileDigest, String)>> = FxHashMap::default();
    for (file, owner) in owned_files(&databases) {
        if let Some(digest) = file.digest {
            brought.entry((file.mount, &file.path)).or_default().push((digest, owner));
        }
    }
    for (owner, file) in owners.iter_mut().zip(files) {
        let Some(file) = file else { continue };
        let Some(stated) = brought.get(&(file.mount, file.path.as_str())) else { continue };
        let Ok(bytes) = artifact.read(file) else { continue };
        *owner = stated.iter().filter(|(digest, _)| digest.is_of(&bytes)).map(|(_, purl)| purl).min().cloned();
    }
    owners
}

/// Of a file in an archive the archive.
fn outermost<'a>(artifact: &'a Artifact, file: &'a Entry) -> Option<&'a Entry> {
    let path = outer(&file.path);
    if path == file.path { Some(file) } else { artifact.find(file.mount, path) }
}

fn choose_databases(artifact: &Artifact) -> Vec<Chosen<'_>> {
    let formats: Formats = DATABASES.iter().map(|format| (None, format)).collect();
    choose(artifact, &formats)
}

/// Entries that are looked at together; smaller parts cost more than they save.
const ENTRIES_AT_ONCE: usize = 512;

/// Every file that some format accepts, in path order. Cost: one pass over the table, its parts side by side.
fn choose<'a>(artifact: &'a Artifact, formats: &Formats) -> Vec<Chosen<'a>> {
    let accepted = |entry: &'a Entry| {
        let path = EntryPath::new(&entry.path);
        let accepting = formats.iter().filter(move |(_, format)| (format.accepts)(path));
        accepting.map(move |(ecosystem, format)| Chosen { ecosystem: *ecosystem, format, entry })
    };
    let parts = artifact.entries().par_chunks(ENTRIES_AT_ONCE);
    parts.flat_map_iter(|part| part.iter().flat_map(accepted)).collect()
}

/// Statements on packages in one artifact; the largest functions have some ten thousand.
const MAX_CLAIMS: usize = 100_000;
/// Files read between two looks at what has been found: bounds what hostile files can pile up before it is noticed.
const MAX_BATCH_BYTES: u64 = 512 << 10;

/// The readings in the order of `chosen`, until there are too many statements: then the file that was not read any more
/// gets a gap.
fn read_all<'a>(survey: Survey<'_>, chosen: Vec<Chosen<'a>>) -> Vec<(Chosen<'a>, Reading)> {
    let read = |chosen: Chosen<'a>| {
        let mut reading = Reading::default();
        (chosen.format.read)(&Document::new(survey, chosen.entry), &mut reading);
        (chosen, reading)
    };
    let mut readings: Vec<(Chosen<'a>, Reading)> = Vec::with_capacity(chosen.len());
    let mut claims = 0;
    let mut waiting = chosen.into_iter().peekable();
    while let Some(next) = waiting.peek() {
        if claims > MAX_CLAIMS {
            let document = Document::new(survey, next.entry);
            let why = format!(
                "more than {MAX_CLAIMS} statements on packages; this and later files were not read, scan their folders apart"
            );
            let reading = Reading { gaps: vec![document.gap(None, why)], ..Reading::default() };
            readings.extend(waiting.next().map(|chosen| (chosen, reading)));
            break;
        }
        let mut batch_bytes = 0;
        let batch: Vec<_> = std::iter::from_fn(|| {
            waiting.next_if(|chosen| {
                let fits = batch_bytes == 0 || batch_bytes + chosen.entry.size_bytes <= MAX_BATCH_BYTES;
                batch_bytes += chosen.entry.size_bytes.max(1);
                fits
            })
        })
        .collect();
        let batch: Vec<_> = batch.into_par_iter().map(read).collect();
        claims += batch.iter().map(|(_, reading)| reading.claims.len()).sum::<usize>();
        readings.extend(batch);
    }
    readings
}

/// Drops the files that an installed distribution brought along as its own: they say nothing of the function. Records are
/// read only of distributions with such files in their folders, each once.
fn drop_owned(survey: Survey<'_>, readings: &[(Chosen<'_>, Reading)], chosen: &mut Vec<Chosen<'_>>) {
    let claims: Vec<&Claim> = readings
        .iter()
        .filter(|(chosen, _)| chosen.ecosystem.is_some_and(records_files))
        .flat_map(|(_, reading)| &reading.claims)
        .filter(|claim| claim.place.slot.is_none())
        .collect();
    let mut folders: FxHashMap<(Mount, String), Vec<usize>> = FxHashMap::default();
    for (at, claim) in claims.iter().enumerate() {
        for name in &claim.import_names {
            folders.entry((claim.place.mount, below(&claim.place.root, name))).or_default().push(at);
        }
    }
    let owners = |entry: &Entry| -> Vec<usize> {
        let above = entry.path.match_indices('/').filter_map(|(end, _)| entry.path.get(..end));
        above.filter_map(|folder| folders.get(&(entry.mount, folder.to_owned()))).flatten().copied().collect()
    };
    let asked: BTreeSet<usize> = chosen.iter().flat_map(|chosen| owners(chosen.entry)).collect();
    let records: BTreeMap<usize, Owned> =
        asked.into_par_iter().filter_map(|at| claims.get(at).map(|claim| (at, owned(survey, claim)))).collect();
    chosen.retain(|chosen| {
        let is_owner = |at: &usize| records.get(at).is_some_and(|owned| owned.contains(&chosen.entry.path));
        !owners(chosen.entry).iter().any(is_owner)
    });
}

fn below(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// `python3.12` → (3, 12).
fn python_version(runtime: &str) -> Option<(u32, u32)> {
    let digits = runtime.to_ascii_lowercase();
    let digits = digits.strip_prefix("python")?.trim_start_matches(['|', ':', ' ', '-']);
    // Google writes `python312`.
    let (major, minor) = match digits.split_once('.') {
        Some((major, minor)) => (major, minor),
        None => digits.split_at_checked(1)?,
    };
    Some((major.parse().ok()?, minor.parse().ok()?))
}

/// One component for each purl and origin.
fn components(
    ecosystem: &'static Ecosystem,
    candidates: Vec<Candidate>,
    layers: &[String],
) -> Vec<(Component, Vec<String>)> {
    let spellings = spellings(&candidates);
    let mut found: Vec<(Component, Vec<String>)> =
        candidates.into_iter().map(|candidate| component(ecosystem, candidate, layers, &spellings)).collect();
    found.sort_by(|(left, _), (right, _)| (&left.purl, &left.origin).cmp(&(&right.purl, &right.origin)));
    let mut merged: Vec<(Component, Vec<String>)> = Vec::with_capacity(found.len());
    for (component, import_names) in found {
        match merged.last_mut() {
            Some((last, names)) if last.purl == component.purl && last.origin == component.origin => {
                join(last, component);
                names.extend(import_names);
            }
            _ => merged.push((component, import_names)),
        }
    }
    for (component, import_names) in &mut merged {
        tidy(component, import_names);
    }
    merged
}

/// For each canonical name the spelling to show: the first in byte order, so that one package has one purl.
fn spellings(candidates: &[Candidate]) -> FxHashMap<String, String> {
    let mut spellings: FxHashMap<String, String> = FxHashMap::default();
    for Candidate { claim, .. } in candidates {
        let Some(spelling) = &claim.spelling else { continue };
        let known = spellings.entry(claim.package.clone()).or_insert_with(|| spelling.clone());
        if spelling < known {
            known.clone_from(spelling);
        }
    }
    spellings
}

fn component(
    ecosystem: &'static Ecosystem,
    candidate: Candidate,
    layers: &[String],
    spellings: &FxHashMap<String, String>,
) -> (Component, Vec<String>) {
    let Candidate { claim, evidence, parents, .. } = candidate;
    let spelled = |name: String| spellings.get(&name).cloned().unwrap_or(name);
    let recalled = claim.recalled.map(|recalled| *recalled).unwrap_or_default();
    let origin = recalled.origin.unwrap_or_else(|| match claim.place.layer {
        Some(layer) => {
            Origin::Layer(layers.get(usize::from(layer)).cloned().unwrap_or_else(|| format!("layer {}", layer + 1)))
        }
        // What an image has beside the function; which of its layers is found out when all evidence is together.
        None if claim.place.mount != Mount::Function => Origin::Image(None),
        None => Origin::Function,
    });
    // Bundlers and linkers leave out what nothing imports; what lies there in folders of its own is there whole.
    let is_compiled_in = claim.kind == EvidenceKind::Recognised && !records_files(ecosystem);
    let reach = if is_compiled_in { Reach::Present } else { Reach::Unknown };
    let mut import_names = claim.import_names;
    if import_names.is_empty() {
        import_names = usual_import_names(ecosystem, &claim.package);
    }
    let name = spelled(claim.package);
    let component = Component {
        ecosystem: ecosystem.id,
        purl: claim.purl.unwrap_or_else(|| purl(ecosystem, &name, claim.version.exact(), &claim.qualifiers)),
        name,
        version: claim.version,
        evidence,
        origin,
        reach: recalled.reach.unwrap_or(reach),
        presence: claim.presence,
        parents: parents.into_iter().map(spelled).collect(),
        direct: claim.direct,
        system: claim.system,
        owner: claim.owner.or(recalled.owner),
        linked: claim.linked,
    };
    (component, import_names)
}

fn purl_of(ecosystem: &Ecosystem, claim: &Claim) -> String {
    let stated = claim.purl.clone();
    stated.unwrap_or_else(|| purl(ecosystem, &claim.package, claim.version.exact(), &claim.qualifiers))
}

/// Says in which layers of the image the evidence lies; of dpkg's packages, which layer installed them.
fn name_image_layer(component: &mut Component, artifact: &Artifact) {
    if component.origin != Origin::Image(None) {
        return;
    }
    let architecture = component.system.as_ref().and_then(|system| system.architecture.as_deref());
    let layer = |evidence: &Evidence| {
        let file = &evidence.location.file;
        let records = own_records(file, &component.name, architecture);
        let own = records.iter().flatten().find_map(|record| artifact.image_layer(record));
        own.or_else(|| artifact.image_layer(file))
    };
    let layers = component.evidence.iter().filter_map(layer);
    let mut layers: Vec<String> = layers.map(ImageLayer::describe).collect();
    layers.sort_unstable();
    layers.dedup();
    if !layers.is_empty() {
        component.origin = Origin::Image(Some(layers.join(", ")));
    }
}

/// Adds what another place says of the same package.
fn join(component: &mut Component, other: Component) {
    component.evidence.extend(other.evidence);
    component.parents.extend(other.parents);
    component.presence = component.presence.min(other.presence);
    component.reach = component.reach.min(other.reach);
    component.direct = component.direct.max(other.direct);
    // A copy that nobody owns is the function's own matter.
    component.owner = component.owner.take().zip(other.owner).map(|(owner, _)| owner);
    component.linked = either_linked(component.linked.take(), other.linked);
    component.version = match (std::mem::replace(&mut component.version, Version::Unknown), other.version) {
        (Version::Range(left), Version::Range(right)) => Version::Range(either_range(&left, &right)),
        (Version::Exact(version), _) => Version::Exact(version),
        _ => Version::Unknown,
    };
}

/// What either program kept; nothing is known where one of them does not say.
fn either_linked(left: Option<Linked>, right: Option<Linked>) -> Option<Linked> {
    let (mut left, right) = left.zip(right)?;
    left.symbols.extend(right.symbols);
    left.symbols.sort_unstable();
    left.symbols.dedup();
    Some(left)
}

/// The requirement that admits what either admits.
fn either_range(left: &str, right: &str) -> String {
    match (left, right) {
        _ if left == right || left.split(" || ").any(|range| range == right) => left.to_owned(),
        ("" | "*", _) | (_, "" | "*") => String::new(),
        _ => format!("{left} || {right}"),
    }
}

fn tidy(component: &mut Component, import_names: &mut Vec<String>) {
    component
        .evidence
        .sort_unstable_by(|left: &Evidence, right| (&left.location, left.kind).cmp(&(&right.location, right.kind)));
    component.evidence.dedup();
    if component.direct == Some(true) || component.presence == Presence::Project {
        component.parents.clear();
    }
    component.parents.sort_unstable();
    component.parents.dedup();
    import_names.sort_unstable();
    import_names.dedup();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_python_versions_of_every_cloud() {
        let cases = [
            ("python3.12", Some((3, 12))),
            ("python39", Some((3, 9))),
            ("python312", Some((3, 12))),
            ("Python|3.11", Some((3, 11))),
            ("nodejs20.x", None),
            ("python", None),
        ];
        for (runtime, expected) in cases {
            assert_eq!(python_version(runtime), expected, "{runtime}");
        }
    }

    #[test]
    fn joins_ranges_of_several_manifests() {
        assert_eq!(either_range("^1", "^2"), "^1 || ^2");
        assert_eq!(either_range("^1 || ^2", "^2"), "^1 || ^2");
        assert_eq!(either_range("^1", ""), "");
    }
}
