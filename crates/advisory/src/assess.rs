//! All components of a function against the index.

use std::collections::BTreeMap;

use model::advisory::ComponentVulnerabilities;
use model::component::{Component, Presence, Version};
use model::{Gap, Hidden, Location, Parsed};

use crate::{Error, Index, OwnedSubject, PackageUrl, Provenance, Subject, Upgrades};

/// What hits each component, in their order; components that nothing hits are left out, and so is the scanned project
/// itself. Ecosystems that the index has nothing of, and places where it is damaged, are gaps. Runtimes are the platform's
/// to patch: what is to be known of them are the dates that a rule judges, not advisories.
pub fn assess(index: &Index, components: &[Component]) -> Parsed<Vec<ComponentVulnerabilities>> {
    let mut assessed = Parsed::<Vec<ComponentVulnerabilities>>::default();
    let mut uncovered: BTreeMap<String, Vec<&Component>> = BTreeMap::new();
    let is_judged =
        |component: &Component| component.presence != Presence::Project && inventory::runtime_of(component).is_none();
    for (at, component) in components.iter().enumerate().filter(|(_, component)| is_judged(component)) {
        let Some(owned) = subject_of(component) else {
            uncovered.entry(component.ecosystem.to_owned()).or_default().push(component);
            continue;
        };
        let subject = owned.as_subject();
        if !index.covers(&subject) {
            uncovered.entry(shown_ecosystem(&subject)).or_default().push(component);
            continue;
        }
        match assess_one(index, &subject, component, at) {
            Ok(found) => assessed.value.extend(found),
            Err(error) => assessed.gaps.push(Gap::new(place(component), error.to_string(), &[Hidden::Vulnerabilities])),
        }
    }
    for (ecosystem, unchecked) in uncovered {
        assessed.gaps.extend(unchecked.first().map(|first| uncovered_gap(index, &ecosystem, first, unchecked.len())));
    }
    assessed
}

fn assess_one(
    index: &Index,
    subject: &Subject<'_>,
    component: &Component,
    at: usize,
) -> Result<Option<ComponentVulnerabilities>, Error> {
    let lookups = index.lookups(subject)?;
    let matches = index.matches(subject, &lookups)?;
    if matches.is_empty() {
        return Ok(None);
    }
    let Upgrades { best, in_line } = index.upgrades(subject, &lookups)?;
    let vendor = vendor(index, component)?;
    Ok(Some(ComponentVulnerabilities { component: at, matches, upgrade: best, upgrade_in_line: in_line, vendor }))
}

/// The operating system's package that owns the component's files, when the index knows it: its vendor mends flaws without
/// raising the version that upstream's ranges speak of, and its own advisories say which are open.
fn vendor(index: &Index, component: &Component) -> Result<Option<String>, Error> {
    let Some(owner) = component.owner.as_deref().filter(|_| component.system.is_none()) else { return Ok(None) };
    let Some(subject) = PackageUrl::parse(owner).ok().and_then(|purl| OwnedSubject::from_purl(&purl)) else {
        return Ok(None);
    };
    Ok(index.knows(&subject.as_subject())?.then(|| owner.to_owned()))
}

/// The component as the index is asked for it. Its purl says of which distribution it is and where it comes from.
fn subject_of(component: &Component) -> Option<OwnedSubject> {
    let ecosystem = inventory::Ecosystem::by_id(component.ecosystem)?;
    let purl = PackageUrl::parse(&component.purl).ok();
    let version = match (&component.version, &purl) {
        (Version::Exact(version), Some(purl)) => Version::Exact(purl.with_epoch(version)),
        (version, _) => version.clone(),
    };
    let stated = || purl.as_ref().and_then(OwnedSubject::from_purl).and_then(|subject| subject.system);
    Some(OwnedSubject {
        ecosystem,
        system: component.system.clone().or_else(stated),
        name: component.name.clone(),
        version,
        provenance: purl.as_ref().map_or(Provenance::Registry, Provenance::of),
    })
}

/// `Debian 12` as the user would ask for it.
fn shown_ecosystem(subject: &Subject<'_>) -> String {
    let distribution = subject.system.and_then(|system| system.distribution.as_deref());
    match distribution {
        Some(distribution) => format!("{} ({distribution})", subject.ecosystem.advisory_name),
        None => subject.ecosystem.advisory_name.to_owned(),
    }
}

/// Id of the ecosystem of what no package manager knows.
const GENERIC: &str = "generic";

fn place(component: &Component) -> Location {
    component.evidence.first().map_or_else(|| Location::file(""), |evidence| evidence.location.clone())
}

fn uncovered_gap(index: &Index, ecosystem: &str, first: &Component, count: usize) -> Gap {
    let others = if count == 1 { String::new() } else { format!(" and {} more", count - 1) };
    if first.ecosystem == GENERIC {
        let why = format!(
            "`{}`{others} not checked: nobody publishes advisories of native libraries and interpreters by name and version; \
             follow their makers' notices",
            first.name
        );
        return Gap::new(place(first), why, &[Hidden::Vulnerabilities]);
    }
    let source = index.source();
    let remedy =
        if source.is_starter { "get all with `fnassay advisories update`" } else { "build the index with them" };
    let why = format!(
        "the advisories in use ({}) have none for `{ecosystem}`: `{}`{others} not checked; {remedy}",
        source.name, first.name
    );
    Gap::new(place(first), why, &[Hidden::Vulnerabilities])
}
