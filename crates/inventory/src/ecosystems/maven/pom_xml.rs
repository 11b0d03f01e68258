//! `pom.xml` of the project: what it asks for.
//!
//! **Source**: Maven's POM reference 4.0.0. **Supported**: properties, parents that lie in the project, managed versions and
//! scopes, ranges, profiles that are active by default, modules of the same project. **Unsupported** (→ gap): parents and
//! imported bills of materials that lie in a repository, dependencies of profiles that a build must switch on.

use std::collections::BTreeMap;

use model::component::{EvidenceKind, Presence, Version};

use crate::claim::Claim;
use crate::document::{Document, EntryPath, Format, Reading, decode};
use crate::ecosystems::maven::pom::{self, Dependency, Pom};
use crate::ecosystems::maven::unit::is_coordinate;

pub(crate) const FORMAT: Format = Format {
    id: "pom-xml",
    accepts: |path| {
        path.file_name == "pom.xml"
            && path.is_of_project()
            && !path.path.contains("META-INF/")
            && !path.path.contains(".jar!/")
    },
    read,
    finds_installed: false,
    advice: "build it with `mvn package` and scan the jar with its dependencies",
};

/// Parents above parents; real ones have three or four.
const MAX_PARENTS: usize = 16;
/// Properties inside properties.
const MAX_NESTED_PROPERTIES: usize = 16;
/// Bytes of a value once its properties are filled in.
const MAX_VALUE_BYTES: usize = 1_024;
/// Other modules of the project that are looked at.
const MAX_MODULES: usize = 128;

fn read(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let own = match pom::parse(&decode(&bytes)) {
        Ok(pom) => pom,
        Err((line, why)) => {
            let why = format!("cannot read `pom.xml`: {why}; mend the file and scan again");
            return reading.gaps.push(document.gap(Some(line), why));
        }
    };
    let model = Model::new(document, own);
    if let Some(project) = model.project(document) {
        reading.claims.push(project);
    }
    let modules = model.modules(document);
    let mut is_open = false;
    for dependency in &model.own().dependencies {
        is_open |= model.add(document, dependency, &modules, reading);
    }
    if is_open {
        model.note_absent(document, reading);
    }
}

/// A project with its parents, nearest first.
struct Model {
    /// Never empty; the first is the project itself.
    lineage: Vec<Pom>,
    /// Name of the nearest parent that is not in the project.
    absent_parent: Option<String>,
    properties: BTreeMap<String, String>,
}

impl Model {
    fn new(document: &Document<'_>, own: Pom) -> Self {
        let mut absent_parent = None;
        let mut lineage = vec![own];
        let mut child = Document::new(document.survey, document.entry);
        while let Some(parent) = lineage.last().and_then(|pom| pom.parent.clone()) {
            let found = parent_of(&child, &parent.relative_path).filter(|_| lineage.len() < MAX_PARENTS);
            let read = found.and_then(|found| Some((pom_of(&found)?, found)));
            let Some((pom, found)) = read.filter(|(pom, _)| pom.artifact_id == parent.artifact_id) else {
                let name =
                    format!("{}:{}", parent.group_id.unwrap_or_default(), parent.artifact_id.unwrap_or_default());
                absent_parent = Some(name);
                break;
            };
            lineage.push(pom);
            child = found;
        }
        let mut properties = BTreeMap::new();
        for pom in lineage.iter().rev() {
            properties.extend(pom.properties.clone());
        }
        let mut model = Self { lineage, absent_parent, properties };
        model.add_project_properties();
        model
    }

    fn own(&self) -> &Pom {
        // INVARIANT: the lineage begins with the project.
        static NONE: std::sync::LazyLock<Pom> = std::sync::LazyLock::new(Pom::default);
        self.lineage.first().unwrap_or(&NONE)
    }

    fn add_project_properties(&mut self) {
        let own = self.own();
        let parent = own.parent.clone().unwrap_or_default();
        let values = [
            ("groupId", own.group()),
            ("artifactId", own.artifact_id.clone()),
            ("version", own.version()),
            ("parent.groupId", parent.group_id),
            ("parent.version", parent.version),
        ];
        for (name, value) in values {
            for prefix in ["project.", "pom.", ""] {
                if let Some(value) = value.clone() {
                    self.properties.entry(format!("{prefix}{name}")).or_insert(value);
                }
            }
        }
    }

    /// The text with its properties filled in; `None` where one is not known.
    fn filled(&self, text: &str) -> Option<String> {
        let mut value = text.trim().to_owned();
        for _ in 0..MAX_NESTED_PROPERTIES {
            let Some((before, rest)) = value.split_once("${") else { return Some(value) };
            let (name, after) = rest.split_once('}')?;
            value = format!("{before}{}{after}", self.properties.get(name)?);
            if value.len() > MAX_VALUE_BYTES {
                return None;
            }
        }
        None
    }

    fn name(&self, dependency: &Dependency) -> Option<String> {
        let (group, artifact) = (self.filled(&dependency.group_id)?, self.filled(&dependency.artifact_id)?);
        (is_coordinate(&group) && is_coordinate(&artifact)).then(|| format!("{group}:{artifact}"))
    }

    /// What the project or a parent says of the dependency's version and scope.
    fn managed(&self, name: &str) -> Option<&Dependency> {
        let all = self.lineage.iter().flat_map(|pom| &pom.managed);
        let mut plain = all.filter(|managed| managed.profile.is_none() && managed.scope.as_deref() != Some("import"));
        plain.find(|managed| self.name(managed).as_deref() == Some(name))
    }

    fn project(&self, document: &Document<'_>) -> Option<Claim> {
        let own = self.own();
        let (group, artifact) = (self.filled(&own.group()?)?, self.filled(own.artifact_id.as_deref()?)?);
        let version = own.version().and_then(|version| self.filled(&version)).filter(|version| is_coordinate(version));
        let version = version.map_or(Version::Unknown, Version::Exact);
        let name = format!("{group}:{artifact}");
        let mut claim = Claim::new(name, version, EvidenceKind::Declared, document.location(None), document.place());
        claim.presence = Presence::Project;
        Some(claim)
    }

    /// Artifact ids of the project's other modules, when it asks for packages of its own group.
    fn modules(&self, document: &Document<'_>) -> Vec<String> {
        let group = self.own().group();
        let is_own = |dependency: &Dependency| {
            self.filled(&dependency.group_id) == group || dependency.group_id.contains("project.")
        };
        if !self.own().dependencies.iter().any(is_own) {
            return Vec::new();
        }
        let entries = document.survey.artifact.entries().iter();
        let others = entries.filter(|entry| {
            entry.mount == document.entry.mount
                && EntryPath::new(&entry.path).file_name == "pom.xml"
                && !entry.path.contains("META-INF/")
        });
        let poms = others.take(MAX_MODULES).filter_map(|entry| pom_of(&Document::new(document.survey, entry)));
        let mut modules: Vec<String> = poms
            .filter_map(|pom| {
                Some(format!("{}:{}", pom.group().filter(|own| Some(own) == group.as_ref())?, pom.artifact_id?))
            })
            .collect();
        modules.sort_unstable();
        modules
    }

    /// Adds the claim; whether its version stays open because of something that is not in the project.
    fn add(&self, document: &Document<'_>, dependency: &Dependency, modules: &[String], reading: &mut Reading) -> bool {
        let line = Some(dependency.line);
        let Some(name) = self.name(dependency) else {
            let why = format!(
                "cannot tell which artifact `{}:{}` is: a property is not stated here; scan the built jar",
                dependency.group_id, dependency.artifact_id
            );
            reading.gaps.push(document.gap(line, why));
            return false;
        };
        if modules.contains(&name) {
            return false;
        }
        let managed = self.managed(&name);
        let stated = dependency.version.as_ref().or_else(|| managed.and_then(|managed| managed.version.as_ref()));
        let scope = dependency.scope.as_ref().or_else(|| managed.and_then(|managed| managed.scope.as_ref()));
        let version =
            stated.and_then(|stated| self.filled(stated)).map_or(Version::Unknown, |stated| version_of(&stated));
        let is_open = version == Version::Unknown;
        let mut claim =
            Claim::new(name.clone(), version, EvidenceKind::Declared, document.location(line), document.place());
        claim.direct = Some(true);
        claim.presence = match scope.map(String::as_str) {
            Some("test" | "provided") => Presence::Development,
            _ => Presence::Shipped,
        };
        if let Some(profile) = dependency.profile.as_ref().filter(|_| claim.presence == Presence::Shipped) {
            claim.presence = Presence::Development;
            let why = format!(
                "`{name}` is added by profile `{profile}`: if the function is built with it, scan the built jar"
            );
            reading.gaps.push(document.gap(line, why));
        }
        let matters = is_open && claim.presence == Presence::Shipped;
        reading.claims.push(claim);
        matters
    }

    /// Where the open versions are stated.
    fn note_absent(&self, document: &Document<'_>, reading: &mut Reading) {
        let imports = self.lineage.iter().flat_map(|pom| &pom.managed);
        let imported = imports
            .filter(|managed| managed.scope.as_deref() == Some("import"))
            .filter_map(|managed| self.name(managed));
        let sources: Vec<String> =
            self.absent_parent.iter().cloned().chain(imported).map(|name| format!("`{name}`")).collect();
        if !sources.is_empty() {
            let why = format!(
                "versions are managed by {}, which is not part of the project; {}",
                sources.join(", "),
                FORMAT.advice
            );
            reading.gaps.push(document.gap(None, why));
        }
    }
}

/// The parent's file beside the child's: a path to a folder means its `pom.xml`.
fn parent_of<'a>(child: &Document<'a>, relative: &str) -> Option<Document<'a>> {
    if relative.is_empty() {
        return None;
    }
    child.sibling(relative).or_else(|| child.sibling(&format!("{relative}/pom.xml")))
}

/// The file as a project's; `None` when it cannot be read, which its own reader notes.
fn pom_of(document: &Document<'_>) -> Option<Pom> {
    let bytes = document.bytes(&mut Reading::default())?;
    pom::parse(&decode(&bytes)).ok()
}

/// What a written version asks for: itself, or a range of versions.
pub(crate) fn version_of(text: &str) -> Version {
    let text = text.trim();
    let is_range = text.is_empty()
        || text.contains(['[', '(', ']', ')', '+', ','])
        || matches!(text, "LATEST" | "RELEASE")
        || text.starts_with("latest.");
    match text {
        _ if text.contains('$') => Version::Unknown,
        _ if is_range => Version::Range(text.to_owned()),
        _ => Version::Exact(text.trim_end_matches("!!").to_owned()),
    }
}
