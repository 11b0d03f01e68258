//! Counts over the whole report.

use std::collections::BTreeMap;

use model::report::Report;
use model::{Family, Severity};
use serde::Serialize;

#[derive(Debug, Serialize)]
pub struct Summary {
    functions: usize,
    components: usize,
    findings: usize,
    /// Findings that are not counted.
    ignored: usize,
    by_severity: BTreeMap<&'static str, usize>,
    by_family: BTreeMap<&'static str, usize>,
    gaps: usize,
    highest_risk: u8,
}

impl Summary {
    pub fn from_model(report: &Report) -> Self {
        let findings: Vec<_> = report.functions.iter().flat_map(|function| &function.findings).collect();
        let purls: std::collections::BTreeSet<_> = report
            .functions
            .iter()
            .flat_map(|function| &function.components)
            .map(|component| &component.purl)
            .collect();
        Self {
            functions: report.functions.len(),
            components: purls.len(),
            findings: findings.len(),
            ignored: report.functions.iter().map(|function| function.suppressed.len()).sum(),
            by_severity: Severity::ALL
                .into_iter()
                .map(|severity| {
                    (severity.name(), findings.iter().filter(|finding| finding.severity == severity).count())
                })
                .collect(),
            by_family: Family::ALL
                .into_iter()
                .map(|family| (family.name(), findings.iter().filter(|finding| finding.family == family).count()))
                .collect(),
            gaps: report.gaps.len() + report.functions.iter().map(|function| function.gaps.len()).sum::<usize>(),
            highest_risk: report.functions.iter().map(|function| function.risk.score).max().unwrap_or(0),
        }
    }
}
