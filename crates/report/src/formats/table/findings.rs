//! Components with the upgrades to make, and every other finding but permissions.

use model::Finding;
use model::report::Assessment;

use super::layout::{Page, severity_style};
use crate::formats::story::{self, OTHER_FAMILIES, VulnerableComponent, advisory_id, of_family};

/// Ids shown per component before the rest is only counted.
const MAX_IDS_SHOWN: usize = 3;
/// Places shown per finding before the rest is only counted.
const MAX_PLACES_SHOWN: usize = 2;

/// The upgrades to make, worst first: one item per vulnerable component.
pub(super) fn components(page: &mut Page, assessment: &Assessment) {
    let vulnerable = story::vulnerable_components(assessment);
    let total = story::packages(assessment).count();
    if vulnerable.is_empty() {
        let remark = if total == 0 { "none found".to_owned() } else { format!("{total}, no known vulnerability") };
        page.section("Components", &remark);
        return;
    }
    page.section("Components", &format!("{} of {total} vulnerable; upgrades to make, worst first", vulnerable.len()));
    for component in &vulnerable {
        component_item(page, component);
    }
}

fn component_item(page: &mut Page, component: &VulnerableComponent<'_>) {
    let count = component.findings.len();
    let outcome = match component.upgrade {
        Some((version, cleared)) if cleared == count => format!("→ {version} clears {count}"),
        Some((version, cleared)) => format!("→ {version} clears {cleared} of {count}"),
        None => format!("{count} without a version that clears them"),
    };
    let possible = if component.is_possible { ", possible" } else { "" };
    let ids: Vec<_> = component.findings.iter().map(|finding| advisory_id(finding).to_owned()).collect();
    let text = format!("{} {outcome}{possible}: {}", component.name, first_few(&ids, MAX_IDS_SHOWN));
    page.item("!", severity_style(component.worst), component.worst.name(), &text);
    page.advice(component.remedy);
}

/// Secrets, configuration, exposure: worst first.
pub(super) fn others(page: &mut Page, assessment: &Assessment) {
    for (title, family) in OTHER_FAMILIES {
        let findings: Vec<_> = of_family(assessment, *family).collect();
        if findings.is_empty() {
            continue;
        }
        page.section(title, &findings.len().to_string());
        for finding in findings {
            item(page, finding);
        }
    }
}

pub(super) fn item(page: &mut Page, finding: &Finding) {
    let places: Vec<_> = finding.locations.iter().map(ToString::to_string).collect();
    let text = format!("{} ({})", finding.title, first_few(&places, MAX_PLACES_SHOWN));
    page.item("!", severity_style(finding.severity), finding.severity.name(), &text);
    page.advice(&finding.remedy.text);
}

/// `a, b, c and 4 more`.
pub(super) fn first_few(texts: &[String], limit: usize) -> String {
    let shown = texts.iter().take(limit).cloned().collect::<Vec<_>>().join(", ");
    match texts.len().checked_sub(limit) {
        Some(rest) if rest > 0 => format!("{shown} and {rest} more"),
        _ => shown,
    }
}
