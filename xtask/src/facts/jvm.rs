//! The table of JVM libraries by their classes, made from the jars that `listed.tsv` names.
//!
//! A folder belongs to an artifact when no other listed one has classes in or below it; signature classes are those that
//! only one artifact has, of short names and near the top, where releases change least.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use mapping::MappedFile;

use super::Facts;
use super::table::{Rows, Table, overlay};

/// Coordinates, version and licence of each library; kept by hand.
const LISTED: &str = "crates/inventory/src/ecosystems/maven/data/listed.tsv";

pub(super) const TABLES: &[Table] = &[Table {
    path: "crates/inventory/src/ecosystems/maven/data/libraries.tsv",
    what: "JVM libraries by the names of their classes, from the jars of Maven Central that `listed.tsv` names with version, licence and day.",
    columns: &[
        ("library", "group:artifact"),
        ("folders", "folders all of whose classes are the library's, separated by commas"),
        ("classes", "signature classes: of these most are in every release, separated by commas"),
        (
            "twins",
            "other libraries with the same classes, `*` for any implementation of a specification; separated by commas",
        ),
    ],
    sources: &[],
    overlays: &[LISTED],
    rows,
}];

/// Signature classes of one library.
const SIGNATURE_CLASSES: usize = 5;
/// Folders of one library, those with the most classes.
const MAX_FOLDERS: usize = 8;
/// With a smaller share of classes of its own, in percent, a library is told by those that it shares: its own are then what
/// one release added.
const MIN_OWN_PERCENT: usize = 50;
/// Classes with shorter names are often made by obfuscation.
const MIN_NAME_BYTES: usize = 3;
/// Groups of specifications whose classes come with every implementation.
const SPECIFICATIONS: &[&str] = &["aopalliance", "jakarta.", "javax.", "xml-apis", "xmlpull"];
/// First words of packages below which many publishers live, so that two words name none of them.
const SHARED_ROOTS: &[&str] = &[
    "ch", "cn", "co", "com", "de", "dev", "fr", "info", "io", "it", "jakarta", "javax", "me", "net", "org", "software",
];

/// Classes of one library: paths without `.class`.
type Classes = BTreeSet<String>;

fn rows(facts: &Facts) -> Result<Rows> {
    let listed = overlay(facts, LISTED, 3)?;
    let folder = facts.root.join("target/facts/jars");
    obtain(&listed, &folder)?;
    let mut libraries: BTreeMap<String, Classes> = BTreeMap::new();
    let mut merged: BTreeSet<String> = BTreeSet::new();
    for row in &listed {
        let (group, artifact) = row[0].split_once(':').context("a library is written `group:artifact`")?;
        let jar = folder.join(format!("{group}.{artifact}-{}.jar", row[1]));
        let classes = classes(&jar).with_context(|| format!("cannot read `{}`", jar.display()))?;
        if classes.artifacts > 1 {
            merged.insert(row[0].clone());
        }
        libraries.insert(row[0].clone(), classes.paths);
    }
    disown_merged(&mut libraries, &merged);
    let owners = Owners::new(&libraries);
    let mut rows = Rows::default();
    for (name, classes) in &libraries {
        let own: BTreeSet<&String> = classes.iter().filter(|class| owners.of_class(class).len() == 1).collect();
        let is_specification = SPECIFICATIONS.iter().any(|group| name.starts_with(group));
        let is_told_by_own = own.len() * 100 >= classes.len() * MIN_OWN_PERCENT;
        let candidates = if is_told_by_own { own } else { classes.iter().collect() };
        let signature = signature(candidates.into_iter());
        if signature.is_empty() {
            continue;
        }
        let mut twins: BTreeSet<&str> = signature.iter().flat_map(|class| owners.of_class(class)).copied().collect();
        twins.remove(name.as_str());
        if is_specification {
            twins = BTreeSet::from(["*"]);
        }
        let twins: Vec<&str> = twins.into_iter().collect();
        rows.add([name.clone(), owners.folders(name, classes).join(","), signature.join(","), twins.join(",")]);
    }
    Ok(rows)
}

/// Copies the jars that are missing in `folder`, with Maven; nothing is run from them.
fn obtain(listed: &[Vec<String>], folder: &Path) -> Result<()> {
    let path = |row: &Vec<String>| folder.join(format!("{}-{}.jar", row[0].replace(':', "."), row[1]));
    if listed.iter().all(|row| path(row).exists()) {
        return Ok(());
    }
    fs::create_dir_all(folder)?;
    let dependency = |row: &Vec<String>| {
        let (group, artifact) = row[0].split_once(':').unwrap_or_default();
        format!(
            "<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId><version>{}</version><exclusions>\
             <exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions></dependency>",
            row[1]
        )
    };
    let dependencies: String = listed.iter().map(dependency).collect();
    let pom = folder.join("pom.xml");
    let project = format!(
        "<project><modelVersion>4.0.0</modelVersion><groupId>facts</groupId><artifactId>facts</artifactId><version>1</version>\
         <dependencies>{dependencies}</dependencies></project>"
    );
    fs::write(&pom, project)?;
    let mut command = Command::new("mvn");
    command.args(["--batch-mode", "--quiet", "dependency:copy-dependencies", "-Dmdep.prependGroupId=true"]);
    command.arg(format!("-DoutputDirectory={}", folder.display())).arg("--file").arg(&pom);
    let status = command.status().with_context(|| format!("cannot start `{command:?}`"))?;
    ensure!(status.success(), "`{command:?}` failed with {status}");
    Ok(())
}

/// What a jar's directory tells.
struct Listing {
    paths: Classes,
    /// How many artifacts it was built from, by the build's own notes.
    artifacts: usize,
}

fn classes(jar: &Path) -> Result<Listing> {
    let bytes = MappedFile::open(jar)?;
    let archive = rawzip::ZipArchive::from_slice(&*bytes)?;
    let mut listing = Listing { paths: Classes::new(), artifacts: 0 };
    for entry in archive.entries() {
        let entry = entry?;
        let path = String::from_utf8_lossy(entry.file_path().as_ref()).into_owned();
        listing.artifacts += usize::from(path.starts_with("META-INF/maven/") && path.ends_with("/pom.properties"));
        let Some(class) = path.strip_suffix(".class") else { continue };
        let is_plain = !class.starts_with("META-INF/") && !class.contains(['$', '-', '!', ',']) && class.contains('/');
        if is_plain {
            listing.paths.insert(class.to_owned());
        }
    }
    Ok(listing)
}

/// Leaves to other libraries what jars of several artifacts hold of them.
fn disown_merged(libraries: &mut BTreeMap<String, Classes>, merged: &BTreeSet<String>) {
    let plain = libraries.iter().filter(|(name, _)| !merged.contains(*name));
    let owned: Classes = plain.flat_map(|(_, classes)| classes.iter().cloned()).collect();
    for name in merged {
        if let Some(classes) = libraries.get_mut(name) {
            classes.retain(|class| !owned.contains(class));
        }
    }
}

/// Who has classes where.
struct Owners<'a> {
    classes: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// Of each folder everything in and below it.
    folders: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

impl<'a> Owners<'a> {
    fn new(libraries: &'a BTreeMap<String, Classes>) -> Self {
        let mut owners = Self { classes: BTreeMap::new(), folders: BTreeMap::new() };
        for (name, classes) in libraries {
            for class in classes {
                owners.classes.entry(class).or_default().insert(name);
                for (end, _) in class.match_indices('/') {
                    owners.folders.entry(&class[..end]).or_default().insert(name);
                }
            }
        }
        owners
    }

    fn of_class(&self, class: &str) -> &BTreeSet<&'a str> {
        &self.classes[class]
    }

    /// The highest folders that nobody else has classes below, those with the most classes first.
    fn folders(&self, name: &str, classes: &Classes) -> Vec<String> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for class in classes {
            let above = class.match_indices('/').map(|(end, _)| &class[..end]);
            let own = above.into_iter().find(|folder| self.folders[folder].len() == 1 && is_telling(folder, classes));
            if let Some(folder) = own {
                *counts.entry(folder).or_default() += 1;
            }
        }
        let mut folders: Vec<(&str, usize)> = counts.into_iter().collect();
        folders.sort_by_key(|(folder, count)| (std::cmp::Reverse(*count), *folder));
        debug_assert!(self.folders.values().all(|owners| !owners.is_empty()), "{name}");
        let mut folders: Vec<String> =
            folders.into_iter().take(MAX_FOLDERS).map(|(folder, _)| folder.to_owned()).collect();
        folders.sort_unstable();
        folders
    }
}

/// Whether a folder names one publisher's package and not a root that others use too.
fn is_telling(folder: &str, classes: &Classes) -> bool {
    let mut words = folder.split('/');
    let is_shared_root = words.next().is_some_and(|root| SHARED_ROOTS.contains(&root));
    let depth = folder.split('/').count();
    let has_classes = || classes.iter().any(|class| class.rsplit_once('/').is_some_and(|(own, _)| own == folder));
    depth >= 3 || (!is_shared_root && depth >= 2) || (depth == 2 && has_classes()) || (!is_shared_root && has_classes())
}

/// The classes that most releases have: near the top, short names first.
fn signature<'a>(classes: impl Iterator<Item = &'a String>) -> Vec<String> {
    let simple = |class: &str| class.rsplit('/').next().map_or(0, str::len);
    let mut classes: Vec<&String> = classes.filter(|class| simple(class) >= MIN_NAME_BYTES).collect();
    classes.sort_by_key(|class| (class.matches('/').count(), simple(class), *class));
    let mut signature: Vec<String> = classes.into_iter().take(SIGNATURE_CLASSES).cloned().collect();
    signature.sort_unstable();
    signature
}
