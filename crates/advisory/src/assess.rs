//! All components of a function against the index.

use std::collections::BTreeMap;

use model::advisory::ComponentVulnerabilities;
use model::component::{Component, Presence};
use model::{Gap, Hidden, Location, Parsed};

use crate::{Error, Index, OwnedSubject, PackageUrl, Provenance, Subject, Upgrades};

/// What hits each component, in their order; components that nothing hits are left out, and so is the scanned project
/// itself. Ecosystems that the index has nothing of, and places where it is damaged, are gaps.
pub fn assess(index: &Index, components: &[Component]) -> Parsed<Vec<ComponentVulnerabilities>> {
    let mut assessed = Parsed::<Vec<ComponentVulnerabilities>>::default();
    let mut uncovered: BTreeMap<String, Vec<&Component>> = BTreeMap::new();
    for (at, component) in
        components.iter().enumerate().filter(|(_, component)| component.presence != Presence::Project)
    {
        let Some(owned) = subject_of(component) else {
            uncovered.entry(component.ecosystem.to_owned()).or_default().push(component);
            continue;
        };
        let subject = owned.as_subject();
        if !index.covers(&subject) {
            uncovered.entry(subject.advisory_ecosystem()).or_default().push(component);
            continue;
        }
        match assess_one(index, &subject, at) {
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
    component: usize,
) -> Result<Option<ComponentVulnerabilities>, Error> {
    let Some(package) = index.package_of(subject)? else { return Ok(None) };
    let matches = index.matches(subject, &package)?;
    if matches.is_empty() {
        return Ok(None);
    }
    let Upgrades { best, in_line } = index.upgrades(subject, &package)?;
    Ok(Some(ComponentVulnerabilities { component, matches, upgrade: best, upgrade_in_line: in_line }))
}

/// The component as the index is asked for it. Its purl says of which distribution it is and where it comes from.
fn subject_of(component: &Component) -> Option<OwnedSubject> {
    let ecosystem = inventory::Ecosystem::by_id(component.ecosystem)?;
    let provenance = PackageUrl::parse(&component.purl).map_or(Provenance::Registry, |purl| Provenance::of(&purl));
    Some(OwnedSubject {
        ecosystem,
        release: None,
        name: component.name.clone(),
        version: component.version.clone(),
        provenance,
    })
}

fn place(component: &Component) -> Location {
    component.evidence.first().map_or_else(|| Location::file(""), |evidence| evidence.location.clone())
}

fn uncovered_gap(index: &Index, ecosystem: &str, first: &Component, count: usize) -> Gap {
    let source = index.source();
    let remedy =
        if source.is_starter { "get all with `fnassay advisories update`" } else { "build the index with them" };
    let others = if count == 1 { String::new() } else { format!(" and {} more", count - 1) };
    let why = format!(
        "the advisories in use ({}) have none for `{ecosystem}`: `{}`{others} not checked; {remedy}",
        source.name, first.name
    );
    Gap::new(place(first), why, &[Hidden::Vulnerabilities])
}
