//! The report as a bill of materials, whatever form it is then written in: what each function is made of, and which
//! component asks for which.

pub(super) mod cyclonedx;
pub(super) mod spdx;

use std::collections::{BTreeMap, BTreeSet};

use model::component::{Component, Presence};
use model::report::{Assessment, Report};
use model::{Gap, Hidden};
use sha2::{Digest, Sha256};

use super::RenderContext;

/// Components of all functions, one for each purl, and who asks for whom.
struct Bill {
    /// Name of the target as the user gave it.
    target: String,
    tool_version: String,
    /// ISO date of the scan.
    today: String,
    functions: Vec<BilledFunction>,
    /// Sorted by purl.
    components: Vec<BilledComponent>,
    /// Why the bill is not complete, as far as no function is to blame; a sentence for each reason.
    gaps: Vec<String>,
}

struct BilledFunction {
    id: String,
    runtime: Option<String>,
    /// ISO date of the runtime's end of support.
    runtime_end: Option<String>,
    /// Components that nothing but the function asks for, as far as is known.
    asks_for: BTreeSet<usize>,
    /// Why its part of the bill is not complete, a sentence for each reason.
    gaps: Vec<String>,
}

struct BilledComponent {
    component: Component,
    asks_for: BTreeSet<usize>,
}

impl Bill {
    fn new(report: &Report, context: &RenderContext) -> Self {
        let components = merged(report.functions.iter().flat_map(|assessment| &assessment.components));
        let mut bill = Self {
            target: context.target.clone(),
            tool_version: context.tool_version.clone(),
            today: context.today.clone(),
            functions: Vec::new(),
            components: components
                .into_iter()
                .map(|component| BilledComponent { component, asks_for: BTreeSet::new() })
                .collect(),
            gaps: gaps(&report.gaps),
        };
        for assessment in &report.functions {
            bill.add_function(assessment);
        }
        bill
    }

    fn add_function(&mut self, assessment: &Assessment) {
        let place =
            |purl: &str| self.components.binary_search_by(|billed| billed.component.purl.as_str().cmp(purl)).ok();
        let mut by_name: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
        for component in &assessment.components {
            by_name.entry((component.ecosystem, &component.name)).or_default().extend(place(&component.purl));
        }
        let mut function = BilledFunction {
            id: assessment.function.id.clone(),
            runtime: assessment.function.runtime.clone(),
            runtime_end: assessment.runtime_status.as_ref().and_then(|status| status.deprecation.clone()),
            asks_for: BTreeSet::new(),
            gaps: gaps(&assessment.gaps),
        };
        let mut edges = Vec::new();
        for component in &assessment.components {
            let Some(at) = place(&component.purl) else { continue };
            let parents =
                component.parents.iter().filter_map(|name| by_name.get(&(component.ecosystem, name.as_str())));
            let before = edges.len();
            edges.extend(parents.flatten().filter(|parent| **parent != at).map(|parent| (*parent, at)));
            if edges.len() == before || component.direct == Some(true) {
                function.asks_for.insert(at);
            }
        }
        for (from, to) in edges {
            self.components[from].asks_for.insert(to);
        }
        self.functions.push(function);
    }

    /// Whether nothing is known to be missing.
    fn is_complete(&self) -> bool {
        self.gaps.is_empty() && self.functions.iter().all(|function| function.gaps.is_empty())
    }

    /// A name for this bill that changes with anything in it: a UUID made of a digest.
    fn uuid(&self) -> String {
        let mut digest = Sha256::new();
        for part in [&self.target, &self.tool_version, &self.today] {
            digest.update(part.as_bytes());
            digest.update([0]);
        }
        for billed in &self.components {
            digest.update(billed.component.purl.as_bytes());
            digest.update([0]);
        }
        let digits: String = digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        // Version 8 of RFC 9562: made in a way of our own.
        format!("{}-{}-8{}-8{}-{}", &digits[..8], &digits[8..12], &digits[13..16], &digits[17..20], &digits[20..])
    }

    /// The whole target as one name: bills want one even for nothing.
    fn title(&self) -> &str {
        if self.target.is_empty() { "functions" } else { &self.target }
    }
}

/// What gaps may hide from a bill.
const OF_BILLS: &[Hidden] = &[Hidden::Components, Hidden::Functions, Hidden::Vulnerabilities];

fn gaps(gaps: &[Gap]) -> Vec<String> {
    let concerning = gaps.iter().filter(|gap| gap.hides.iter().any(|hidden| OF_BILLS.contains(hidden)));
    concerning.map(|gap| format!("{}: {}", gap.location, gap.why)).collect()
}

/// One component for each purl, with the evidence of all.
fn merged<'a>(components: impl Iterator<Item = &'a Component>) -> Vec<Component> {
    let mut by_purl: BTreeMap<&str, Component> = BTreeMap::new();
    for component in components {
        by_purl
            .entry(&component.purl)
            .and_modify(|known| {
                known.evidence.extend(component.evidence.iter().cloned());
                known.parents.extend(component.parents.iter().cloned());
                known.direct = known.direct.max(component.direct);
                known.presence = known.presence.min(component.presence);
                known.reach = known.reach.min(component.reach);
            })
            .or_insert_with(|| component.clone());
    }
    by_purl
        .into_values()
        .map(|mut component| {
            component.evidence.sort();
            component.evidence.dedup();
            component.parents.sort();
            component.parents.dedup();
            component
        })
        .collect()
}

/// Whether it runs in production.
fn is_deployed(component: &Component) -> bool {
    matches!(component.presence, Presence::Shipped | Presence::Project)
}

/// The version that a bill states; nothing where none is certain.
fn version(component: &Component) -> Option<&str> {
    component.version.exact()
}
