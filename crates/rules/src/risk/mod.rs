//! One number per function, from parts that are shown beside it.
//!
//! A finding's risk is likelihood × severity × (0.3 + 0.7 · exposure) × (0.4 + 0.6 · blast radius). Findings that one change
//! mends form a group that counts once; the ten worst groups are combined as independent chances, and settings add at most
//! ten points. Permissions act through the blast radius alone: they say how bad it gets, never that something is wrong.
//! Likelihood of a known flaw is the root of its EPSS (the chance of being exploited within thirty days, FIRST), 1 when it is
//! known to be exploited; without an EPSS a stated assumption is used, not zero. A flaw that nobody knows yet counts
//! according to exposure, so that a powerful public function without findings still ranks above an idle one.
//!
//! INVARIANT: taking away a finding, a permission or a trigger never raises the score.
//!
//! Deliberately not in the score: how sure we are and how much could be read (both stand beside it), and money.

mod blast_radius;
mod weights;

use std::collections::BTreeMap;

use model::advisory::FlawReach;
use model::function::Exposure;
use model::report::Risk;
use model::{Confidence, Family, Finding, Severity};

use crate::rule::FunctionFacts;
use weights::Weights;

/// Fix groups that count.
const TOP_GROUPS: usize = 10;

/// A change that gains less than this many points is not worth naming.
const WORTHWHILE_POINTS: f64 = 1.0;

/// The score of one function and what it was made of.
pub fn risk(facts: &FunctionFacts<'_>, findings: &[Finding]) -> Risk {
    let weights = Weights::built_in();
    let circumstances = Circumstances::of(facts, weights);
    let groups = groups(facts, findings, weights);
    let hygiene = hygiene(findings, weights);
    let score = circumstances.score(&groups, hygiene);
    Risk {
        score: score.round().clamp(0.0, 100.0) as u8,
        band: weights.band(score.round()),
        inputs: vec![
            ("exposure", rounded(circumstances.exposure)),
            ("blast_radius", rounded(circumstances.blast_radius)),
            ("blast_radius_needed", rounded(circumstances.blast_radius_needed)),
            ("risk_removed_by_least_privilege", rounded(circumstances.removable())),
            ("worst_finding", rounded(groups.iter().map(|group| group.weight).fold(0.0, f64::max))),
            ("hygiene", rounded(hygiene)),
            ("weights_version", weights.get("version")),
        ],
        best_single_change: best_change(facts, &circumstances, &groups, findings, hygiene),
    }
}

/// What makes every finding of the function better or worse.
struct Circumstances {
    exposure: f64,
    blast_radius: f64,
    blast_radius_needed: f64,
    unknown_flaw: f64,
}

/// Findings that one change mends.
struct Group {
    /// What to do, and to what: `upgrade axios to 1.7.4`.
    change: String,
    /// Likelihood times severity of the worst of them.
    weight: f64,
}

impl Circumstances {
    fn of(facts: &FunctionFacts<'_>, weights: &Weights) -> Self {
        let exposure = facts.function.triggers.iter().map(|trigger| trigger.exposure).max();
        let unknown_flaw = match exposure {
            Some(Exposure::Public) => "unknown_flaw_public",
            Some(Exposure::Authenticated) => "unknown_flaw_authenticated",
            Some(Exposure::Internal) | None => "unknown_flaw_internal",
        };
        let blast_radius = blast_radius::granted(facts.permissions, weights);
        let is_code_known = facts.permissions.recommended.is_some() || !facts.permissions.needed.is_empty();
        Self {
            exposure: weights.get(&format!("exposure_{}", exposure.map_or("none", Exposure::name))),
            blast_radius,
            // Of what nobody knows the need of, nothing is said to be needless.
            blast_radius_needed: match is_code_known {
                true => blast_radius::needed(facts.permissions, weights),
                false => blast_radius,
            },
            unknown_flaw: weights.get(unknown_flaw),
        }
    }

    /// The part of the blast radius that a policy of what is needed takes away.
    fn removable(&self) -> f64 {
        (self.blast_radius - self.blast_radius_needed).max(0.0)
    }

    fn score(&self, groups: &[Group], hygiene: f64) -> f64 {
        let scale = (0.3 + 0.7 * self.exposure) * (0.4 + 0.6 * self.blast_radius);
        let mut chances: Vec<f64> = groups.iter().map(|group| (group.weight * scale).clamp(0.0, 1.0)).collect();
        chances.sort_by(|left, right| right.total_cmp(left));
        let known = chances.iter().take(TOP_GROUPS).fold(1.0, |safe, chance| safe * (1.0 - chance));
        let unknown = 1.0 - (self.unknown_flaw * scale).clamp(0.0, 1.0);
        (100.0 * (1.0 - known * unknown) + hygiene).clamp(0.0, 100.0)
    }
}

/// Groups in the order of what they are about.
fn groups(facts: &FunctionFacts<'_>, findings: &[Finding], weights: &Weights) -> Vec<Group> {
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    for finding in findings {
        let Some(weight) = weight(finding, weights) else { continue };
        let key = match &finding.component {
            Some(purl) => format!("component {purl}"),
            None => format!("finding {}", finding.fingerprint),
        };
        let group = groups.entry(key).or_insert_with(|| Group { change: change(facts, finding), weight });
        group.weight = group.weight.max(weight);
    }
    groups.into_values().collect()
}

/// Likelihood times severity; `None` for findings that count otherwise.
fn weight(finding: &Finding, weights: &Weights) -> Option<f64> {
    let stated = weights.get(&format!("severity_{}", finding.severity.name()));
    match finding.family {
        Family::Vulnerability => Some(flaw_likelihood(finding, weights) * flaw_severity(finding).unwrap_or(stated)),
        Family::Secret if finding.confidence == Confidence::Possible => {
            Some(weights.get("likelihood_secret_possible") * stated)
        }
        Family::Secret => Some(weights.get("likelihood_secret") * stated),
        Family::Weakness => Some(weights.get("likelihood_weakness") * stated),
        Family::Exposure => Some(weights.get("likelihood_exposure") * stated),
        Family::Permission | Family::Configuration => None,
    }
}

fn flaw_likelihood(finding: &Finding, weights: &Weights) -> f64 {
    let Some(flaw) = &finding.advisory else { return weights.get("epss_assumed").sqrt() };
    let exploited = flaw.epss.unwrap_or_else(|| weights.get("epss_assumed")).clamp(0.0, 1.0).sqrt();
    let exploited = if flaw.known_exploited { 1.0 } else { exploited };
    let reach = weights.get(match flaw.reach {
        FlawReach::Symbol => "reach_symbol",
        FlawReach::Imported => "reach_imported",
        FlawReach::Installed | FlawReach::Unknown => "reach_present",
        FlawReach::NotLinked => "reach_not_linked",
    });
    let certainty =
        if finding.confidence == Confidence::Possible { weights.get("likelihood_possible_match") } else { 1.0 };
    exploited * reach * certainty
}

fn flaw_severity(finding: &Finding) -> Option<f64> {
    let score = finding.advisory.as_ref()?.cvss.first()?.score;
    Some((score / 10.0).clamp(0.0, 1.0))
}

/// What settings add, in points.
fn hygiene(findings: &[Finding], weights: &Weights) -> f64 {
    let points = |severity: Severity| match severity {
        Severity::Critical | Severity::High => weights.get("hygiene_high"),
        Severity::Medium => weights.get("hygiene_medium"),
        Severity::Low => weights.get("hygiene_low"),
        Severity::Info => weights.get("hygiene_info"),
    };
    let settings = findings.iter().filter(|finding| finding.family == Family::Configuration);
    settings.map(|finding| points(finding.severity)).sum::<f64>().min(weights.get("hygiene_cap"))
}

/// What mends the finding, named so that it can be said in one breath.
fn change(facts: &FunctionFacts<'_>, finding: &Finding) -> String {
    let name = finding.component.as_ref().map(|purl| {
        let component = facts.components.iter().find(|component| component.purl == *purl);
        component.map_or(purl.as_str(), |component| component.name.as_str())
    });
    match (finding.family, name, &finding.remedy.to) {
        (Family::Vulnerability, Some(name), Some(version)) => format!("upgrade {name} to {version}"),
        (Family::Vulnerability, Some(name), None) => format!("replace {name}"),
        (Family::Secret, ..) => format!("rotate and remove: {}", finding.title),
        (Family::Exposure, ..) => "require authentication on the function URL".to_owned(),
        _ => format!("mend: {}", finding.title),
    }
}

/// The change that lowers the score most, and by how much; ties go to the first in order.
fn best_change(
    facts: &FunctionFacts<'_>,
    now: &Circumstances,
    groups: &[Group],
    findings: &[Finding],
    hygiene: f64,
) -> Option<String> {
    let score = now.score(groups, hygiene);
    let mut changes: Vec<(f64, String)> = Vec::new();
    for (index, group) in groups.iter().enumerate() {
        let others = groups.iter().enumerate().filter(|(other, _)| *other != index);
        let rest: Vec<Group> = others.map(|(_, other)| Group { change: String::new(), weight: other.weight }).collect();
        changes.push((score - now.score(&rest, hygiene), group.change.clone()));
    }
    if facts.permissions.recommended.is_some() {
        let least = Circumstances { blast_radius: now.blast_radius_needed.min(now.blast_radius), ..*now };
        changes.push((score - least.score(groups, hygiene), "attach the recommended policy".to_owned()));
    }
    if findings.iter().any(|finding| finding.rule == "deprecated-runtime") {
        let others: Vec<Finding> =
            findings.iter().filter(|finding| finding.rule != "deprecated-runtime").cloned().collect();
        let less = self::hygiene(&others, Weights::built_in());
        changes.push((score - now.score(groups, less), "move to a supported runtime".to_owned()));
    }
    let best = changes.into_iter().reduce(|best, change| if change.0 > best.0 { change } else { best })?;
    (best.0 >= WORTHWHILE_POINTS).then(|| format!("{}: −{:.0}", best.1, best.0))
}

/// Three digits, so that the last bit of a platform's arithmetic never shows.
fn rounded(value: f64) -> f64 {
    // An empty sum is −0.
    (value * 1000.0).round() / 1000.0 + 0.0
}
