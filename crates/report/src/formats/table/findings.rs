//! Components with what hits them, and every other finding but permissions.

use std::collections::BTreeMap;

use model::report::Assessment;
use model::{Family, Finding};

use super::layout::{Page, Style, severity_style};

/// Ids shown per component before the rest is only counted.
const MAX_IDS_SHOWN: usize = 3;

/// One line per vulnerable component: worst severity, ids, and the upgrade.
pub(super) fn components(page: &mut Page, assessment: &Assessment) {
    let mut by_component: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in assessment.findings.iter().filter(|finding| finding.family == Family::Vulnerability) {
        by_component.entry(finding.component.as_deref().unwrap_or_default()).or_default().push(finding);
    }
    let total = assessment.components.len();
    if by_component.is_empty() {
        let remark = if total == 0 { "none found".to_owned() } else { format!("{total}, no known vulnerability") };
        page.section("Components", &remark);
        return;
    }
    page.section("Components", &format!("{} of {total} vulnerable", by_component.len()));
    let mut rows: Vec<_> = by_component.into_iter().collect();
    rows.sort_by_key(|(purl, findings)| {
        (std::cmp::Reverse(findings.iter().map(|finding| finding.severity).max()), *purl)
    });
    for (purl, findings) in rows {
        component_row(page, purl, &findings);
    }
}

fn component_row(page: &mut Page, purl: &str, findings: &[&Finding]) {
    let Some(worst) = findings.iter().max_by_key(|finding| finding.severity) else { return };
    let ids: Vec<_> = findings.iter().filter_map(|finding| finding.advisory.as_ref()?.ids.first().cloned()).collect();
    let mut shown = ids.iter().take(MAX_IDS_SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if let Some(rest) = ids.len().checked_sub(MAX_IDS_SHOWN).filter(|rest| *rest > 0) {
        shown.push_str(&format!(" and {rest} more"));
    }
    let name = purl.strip_prefix("pkg:").unwrap_or(purl);
    page.item("!", severity_style(worst.severity), &format!("{:<8} {name}: {shown}", worst.severity.name()));
    page.item(" ", Style::Plain, &format!("→ {}", worst.remedy.text));
}

/// Secrets, configuration, exposure: one line each, worst first.
pub(super) fn others(page: &mut Page, assessment: &Assessment) {
    let families = [
        ("Secrets", Family::Secret),
        ("Weaknesses", Family::Weakness),
        ("Exposure", Family::Exposure),
        ("Configuration", Family::Configuration),
    ];
    for (title, family) in families {
        let findings: Vec<_> = assessment.findings.iter().filter(|finding| finding.family == family).collect();
        if findings.is_empty() {
            continue;
        }
        page.section(title, &findings.len().to_string());
        for finding in findings {
            finding_row(page, finding);
        }
    }
}

fn finding_row(page: &mut Page, finding: &Finding) {
    let place = finding.locations.first().map(ToString::to_string).unwrap_or_default();
    let text = format!("{:<8} {} ({place})", finding.severity.name(), finding.title);
    page.item("!", severity_style(finding.severity), &text);
    page.item(" ", Style::Plain, &format!("→ {}", finding.remedy.text));
}
