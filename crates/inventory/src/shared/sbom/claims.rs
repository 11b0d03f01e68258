//! From a bill's entries to claims.

use std::collections::BTreeSet;

use artifact::Mount;
use model::component::{EvidenceKind, Origin, Presence, SystemPackage, Version};
use model::recall::recall;
use rustc_hash::FxHashSet;

use super::bill::{Bill, Edge, Entry, EntryKind};
use super::is_of_distribution;
use crate::claim::{Claim, Place};
use crate::document::{Document, Reading, quoted_names};
use crate::ecosystems::{GENERIC, distribution_in, is_same_distribution};
use crate::purl::SYSTEM_TYPES;
use crate::{Ecosystem, PackageUrl};

/// Qualifiers of purls that say where a package comes from or what it was made for.
const KEPT_QUALIFIERS: &[&str] = &["arch", "distro", "download_url", "epoch", "repository_url", "upstream", "vcs_url"];
/// Ecosystems whose purls keep the author's spelling, whatever the canonical form.
const SPELLED: &[&str] = &["nuget"];

/// Adds a claim for every package of the bill; what it does not say of them is one gap for each kind.
pub(super) fn add(document: &Document<'_>, bill: &Bill, reading: &mut Reading) {
    let graph = Graph::new(bill);
    let context = Context::new(document, bill);
    let entries = bill.entries.iter().enumerate();
    let identities: Vec<Option<Identity>> =
        entries.map(|(at, entry)| Identity::of(entry, context.roots.contains(&at))).collect();
    for (at, (entry, identity)) in bill.entries.iter().zip(&identities).enumerate() {
        let Some(identity) = identity.as_ref().filter(|identity| !context.is_owner(identity)) else { continue };
        let parents = graph.asking(at).filter_map(|asking| identities.get(asking)?.as_ref());
        let parents: BTreeSet<String> =
            parents.map(|parent| parent.name.clone()).filter(|name| *name != identity.name).collect();
        reading.claims.push(context.claim(entry, identity, &graph, (at, parents)));
    }
    note_gaps(document, bill, &identities, reading);
}

fn note_gaps(document: &Document<'_>, bill: &Bill, identities: &[Option<Identity>], reading: &mut Reading) {
    let of = |kind: Source| {
        let pairs = bill.entries.iter().zip(identities);
        pairs.filter(move |(_, identity)| identity.as_ref().is_some_and(|identity| identity.source == kind))
    };
    let unnamed: Vec<&str> = of(Source::Name).filter_map(|(entry, _)| entry.name.as_deref()).collect();
    let unread: Vec<&str> = of(Source::UnreadPurl).filter_map(|(entry, _)| entry.purl.as_deref()).collect();
    let is_empty = |entry: &&Entry| entry.kind == EntryKind::Package && entry.name.is_none() && entry.purl.is_none();
    let empty = bill.entries.iter().filter(is_empty).count();
    if !unnamed.is_empty() {
        let why = format!(
            "{} without a package URL: listed by name, not checked for vulnerabilities; have package URLs written",
            quoted_names(&unnamed)
        );
        reading.gaps.push(document.gap(None, why));
    }
    if !unread.is_empty() {
        let why = format!("{} cannot be read as package URLs: have them written anew", quoted_names(&unread));
        reading.gaps.push(document.gap(None, why));
    }
    if bill.is_incomplete || !bill.missing.is_empty() {
        let reasons = if bill.missing.is_empty() { String::new() } else { format!(": {}", bill.missing.join("; ")) };
        let advice = "have it written anew where everything can be read, or scan the package itself";
        let why = format!("the bill says of itself that it is not complete{reasons}; {advice}");
        reading.gaps.push(document.gap(None, why));
    }
    if empty > 0 {
        let why =
            format!("entries with neither name nor package URL ({empty}), which are not listed: write the bill anew");
        reading.gaps.push(document.gap(None, why));
    }
}

/// Where a name comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    Purl,
    UnreadPurl,
    Name,
}

/// Which package an entry is.
#[derive(Debug)]
struct Identity {
    ecosystem: &'static Ecosystem,
    /// In the ecosystem's canonical form.
    name: String,
    version: Option<String>,
    url: Option<PackageUrl>,
    /// The purl as written, where the program has no ecosystem for it.
    foreign: Option<String>,
    source: Source,
}

impl Identity {
    fn of(entry: &Entry, is_root: bool) -> Option<Self> {
        if matches!(entry.kind, EntryKind::Group | EntryKind::OperatingSystem | EntryKind::Other) {
            return None;
        }
        let Some(text) = &entry.purl else {
            // What the bill is about is often named by a path, which says nothing of a package.
            let name = entry.name.clone().filter(|_| !is_root)?;
            return Some(Self::named(name, entry, Source::Name));
        };
        match PackageUrl::parse(text) {
            Ok(url) => Some(Self::of_url(url, text, entry)),
            Err(_) => Some(Self::named(entry.name.clone().unwrap_or_else(|| text.clone()), entry, Source::UnreadPurl)),
        }
    }

    fn named(name: String, entry: &Entry, source: Source) -> Self {
        Self { ecosystem: &GENERIC, name, version: entry.version.clone(), url: None, foreign: None, source }
    }

    fn of_url(url: PackageUrl, text: &str, entry: &Entry) -> Self {
        let version = url.version.clone().or_else(|| entry.version.clone());
        match url.ecosystem() {
            Some(ecosystem) => {
                let name = url.canonical_name(ecosystem);
                let version = version.map(|version| url.with_epoch(&version));
                Self { ecosystem, name, version, url: Some(url), foreign: None, source: Source::Purl }
            }
            None => {
                let path = [url.kind.as_str(), url.namespace.as_str(), url.name.as_str()];
                let path: Vec<&str> = path.into_iter().filter(|part| !part.is_empty()).collect();
                let foreign = with_version(text, &url, version.as_deref());
                Self {
                    ecosystem: &GENERIC,
                    name: path.join("/"),
                    version,
                    url: Some(url),
                    foreign: Some(foreign),
                    source: Source::Purl,
                }
            }
        }
    }
}

/// The purl without its subpath, and with the version that stands beside it.
fn with_version(text: &str, url: &PackageUrl, version: Option<&str>) -> String {
    let text = text.split_once('#').map_or(text, |(text, _)| text);
    match version.filter(|_| url.version.is_none()) {
        Some(version) => match text.split_once('?') {
            Some((path, qualifiers)) => format!("{}@{version}?{qualifiers}", path.trim_end_matches(['/', '@'])),
            None => format!("{}@{version}", text.trim_end_matches(['/', '@'])),
        },
        None => text.to_owned(),
    }
}

/// What holds for the whole bill.
struct Context<'a> {
    document: &'a Document<'a>,
    /// Indices of the entries that it is about.
    roots: FxHashSet<usize>,
    /// Name and version of the distribution that brought the bill along.
    owner: Option<(String, String)>,
    /// The folder that the owner is installed in.
    site: Option<&'a str>,
    /// Distribution and release of the operating system that the bill lists.
    distribution: Option<String>,
    /// Whether the bill is all there is, so that it may speak for the package it was made of.
    is_alone: bool,
}

impl<'a> Context<'a> {
    fn new(document: &'a Document<'a>, bill: &Bill) -> Self {
        let folder = document.path.folder.strip_suffix("/sboms").filter(|_| is_of_distribution(document.path));
        let system = bill.entries.iter().find(|entry| entry.kind == EntryKind::OperatingSystem);
        Self {
            document,
            roots: bill.roots.iter().copied().collect(),
            owner: folder.and_then(distribution_in),
            site: folder.map(|folder| folder.rsplit_once('/').map_or("", |(site, _)| site)),
            distribution: system
                .and_then(|entry| Some(format!("{}-{}", entry.name.as_ref()?, entry.version.as_ref()?))),
            is_alone: document.survey.artifact.entries().len() == 1,
        }
    }

    /// Whether the entry is the distribution that brought the bill, which stands for itself.
    fn is_owner(&self, identity: &Identity) -> bool {
        let Some((name, version)) = &self.owner else { return false };
        is_same_distribution(identity.ecosystem, (&identity.name, identity.version.as_deref()), (name, version))
    }

    fn claim(&self, entry: &Entry, identity: &Identity, graph: &Graph, at: (usize, BTreeSet<String>)) -> Claim {
        let (at, parents) = at;
        let properties = entry.properties.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let recalled = recall(properties);
        let version = match (&identity.version, &recalled.range) {
            (Some(version), _) => Version::Exact(version.clone()),
            (None, Some(range)) => Version::Range(range.clone()),
            (None, None) => Version::Unknown,
        };
        let location = self.document.location(None);
        let mut claim = Claim::new(identity.name.clone(), version, EvidenceKind::Listed, location, self.place());
        claim.ecosystem = Some(identity.ecosystem);
        claim.purl.clone_from(&identity.foreign);
        claim.presence = self.presence(entry, at, graph.is_development(at));
        claim.direct = graph.is_direct(at);
        claim.parents = parents.into_iter().collect();
        if let Some((owner, _)) = &self.owner {
            claim.direct = Some(false);
            if claim.parents.is_empty() {
                claim.parents.push(owner.clone());
            }
        }
        if let Some(url) = &identity.url {
            claim.qualifiers = kept_qualifiers(url);
            claim.spelling = Some(url.name.clone()).filter(|_| SPELLED.contains(&identity.ecosystem.id));
            claim.system = self.system(url, entry);
        }
        claim.presence = recalled.presence.filter(|presence| self.may_be(*presence)).unwrap_or(claim.presence);
        if self.is_alone && !entry.properties.is_empty() {
            claim.direct = recalled.direct;
            claim.parents.clone_from(&recalled.parents);
            claim.import_names.clone_from(&recalled.import_names);
            claim.linked.clone_from(&recalled.linked);
            claim.place = recalled_place(claim.place, recalled.origin.as_ref());
            claim.recalled = Some(Box::new(recalled));
        }
        claim
    }

    fn place(&self) -> Place {
        self.site.map_or_else(|| self.document.place(), |site| self.document.place_at(site))
    }

    fn presence(&self, entry: &Entry, at: usize, is_development: bool) -> Presence {
        if self.roots.contains(&at) && self.owner.is_none() {
            Presence::Project
        } else if entry.is_external {
            Presence::Absent
        } else if entry.is_development || is_development {
            Presence::Development
        } else {
            Presence::Shipped
        }
    }

    /// Whether a bill may say so: one that a package brings along does not decide what the project is.
    fn may_be(&self, presence: Presence) -> bool {
        self.is_alone || presence != Presence::Project
    }

    fn system(&self, url: &PackageUrl, entry: &Entry) -> Option<SystemPackage> {
        SYSTEM_TYPES.contains(&url.kind.as_str()).then(|| SystemPackage {
            distribution: url.qualifier("distro").map(str::to_owned).or_else(|| self.distribution.clone()),
            architecture: url.qualifier("arch").filter(|arch| *arch != "source").map(str::to_owned),
            source: url.source_package().or_else(|| entry.source.clone()),
        })
    }
}

/// Packages of layers and of the system are kept apart from the function's own.
fn recalled_place(place: Place, origin: Option<&Origin>) -> Place {
    match origin {
        Some(Origin::Layer(name)) => Place { mount: Mount::Layers, root: name.clone(), ..place },
        Some(Origin::Image(_) | Origin::Runtime) => Place { mount: Mount::System, ..place },
        Some(Origin::Function) | None => place,
    }
}

fn kept_qualifiers(url: &PackageUrl) -> Vec<(&'static str, String)> {
    let kept = KEPT_QUALIFIERS.iter().filter_map(|key| Some((*key, url.qualifier(key)?.to_owned())));
    kept.filter(|(_, value)| !value.is_empty()).collect()
}

/// Who asks for whom.
struct Graph {
    /// Sorted by the entry asked for.
    edges: Vec<Edge>,
    /// Whether each entry is a root, or a group that a root leads to.
    is_root: Vec<bool>,
}

impl Graph {
    fn new(bill: &Bill) -> Self {
        let mut edges = bill.edges.clone();
        edges.sort_unstable_by_key(|edge| (edge.to, edge.from, edge.is_development));
        edges.dedup();
        let mut is_root = vec![false; bill.entries.len()];
        let mut waiting: Vec<usize> = bill.roots.clone();
        let mut from: Vec<(usize, usize)> = edges.iter().map(|edge| (edge.from, edge.to)).collect();
        from.sort_unstable();
        while let Some(root) = waiting.pop() {
            let Some(mark) = is_root.get_mut(root).filter(|mark| !**mark) else { continue };
            *mark = true;
            let start = from.partition_point(|(from, _)| *from < root);
            let below = from.iter().skip(start).take_while(|(from, _)| *from == root).map(|(_, to)| *to);
            let is_group = |at: &usize| {
                let kind = bill.entries.get(*at).map(|entry| entry.kind);
                matches!(kind, Some(EntryKind::Group | EntryKind::OperatingSystem))
            };
            waiting.extend(below.filter(is_group));
        }
        Self { edges, is_root }
    }

    fn into(&self, at: usize) -> impl Iterator<Item = &Edge> {
        let start = self.edges.partition_point(|edge| edge.to < at);
        self.edges.iter().skip(start).take_while(move |edge| edge.to == at)
    }

    fn leads_from_root(&self, edge: &Edge) -> bool {
        self.is_root.get(edge.from).copied().unwrap_or(false)
    }

    /// Entries besides the roots that ask for this one.
    fn asking(&self, at: usize) -> impl Iterator<Item = usize> {
        self.into(at).filter(|edge| !self.leads_from_root(edge)).map(|edge| edge.from)
    }

    /// Whether a root asks for it; `None` when nothing does.
    fn is_direct(&self, at: usize) -> Option<bool> {
        let mut into = self.into(at).peekable();
        into.peek()?;
        Some(into.any(|edge| self.leads_from_root(edge)))
    }

    fn is_development(&self, at: usize) -> bool {
        let mut into = self.into(at).peekable();
        into.peek().is_some() && into.all(|edge| edge.is_development)
    }
}
