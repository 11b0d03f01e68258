//! Findings and gaps on the wire.

use model::advisory::AdvisoryMatch;
use serde::Serialize;

#[derive(Debug, Serialize)]
pub struct Finding {
    rule: &'static str,
    family: &'static str,
    severity: &'static str,
    confidence: &'static str,
    title: String,
    locations: Vec<Location>,
    component: Option<String>,
    advisory: Option<Advisory>,
    cwe: Vec<String>,
    tags: Vec<String>,
    identity: Option<String>,
    remedy: Remedy,
    fingerprint: String,
}

impl Finding {
    pub fn from_model(finding: &model::Finding) -> Self {
        Self {
            rule: finding.rule,
            family: finding.family.name(),
            severity: finding.severity.name(),
            confidence: finding.confidence.name(),
            title: finding.title.clone(),
            locations: finding.locations.iter().map(Location::from_model).collect(),
            component: finding.component.clone(),
            advisory: finding.advisory.as_ref().map(Advisory::from_model),
            cwe: finding.cwe.clone(),
            tags: finding.tags.clone(),
            identity: finding.identity.clone(),
            remedy: Remedy {
                kind: finding.remedy.kind.name(),
                text: finding.remedy.text.clone(),
                to: finding.remedy.to.clone(),
            },
            fingerprint: finding.fingerprint.clone(),
        }
    }
}

/// A finding that is not counted.
#[derive(Debug, Serialize)]
pub struct SuppressedFinding {
    finding: Finding,
    /// `ignored`, `vex` or `vendor`.
    by: &'static str,
    /// File and line of the entry, the VEX document, or the purl of the vendor's package.
    source: String,
    status: Option<&'static str>,
    reason: String,
    expires: Option<String>,
}

impl SuppressedFinding {
    pub fn from_model(suppressed: &model::finding::SuppressedFinding) -> Self {
        let by = &suppressed.by;
        Self {
            finding: Finding::from_model(&suppressed.finding),
            by: by.kind.name(),
            source: by.source.clone(),
            status: by.status,
            reason: by.reason.clone(),
            expires: by.expires.clone(),
        }
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Location {
    pub(super) file: String,
    pub(super) line: Option<u32>,
    pub(super) column: Option<u32>,
}

impl Location {
    pub(super) fn from_model(location: &model::Location) -> Self {
        Self { file: location.file.clone(), line: location.line, column: location.column }
    }
}

#[derive(Debug, Serialize)]
struct Advisory {
    id: String,
    aliases: Vec<String>,
    status: &'static str,
    /// Why the status is `possible`.
    why: Option<String>,
    /// What the severity rests on: `cvss`, `stated`, `malware` or `unstated`.
    severity_basis: &'static str,
    fixed: Vec<String>,
    cvss: Vec<Cvss>,
    epss: Option<f64>,
    kev: bool,
    published: Option<String>,
    /// `symbol`, `imported`, `installed`, `unknown` or `not-linked`.
    reach: &'static str,
    /// The code that has the flaw, where the advisory names it.
    code: Vec<Code>,
}

#[derive(Debug, Serialize)]
struct Code {
    path: String,
    symbols: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Cvss {
    version: &'static str,
    vector: String,
    score: f64,
}

impl Advisory {
    fn from_model(found: &AdvisoryMatch) -> Self {
        let mut ids = found.ids.iter().cloned();
        Self {
            id: ids.next().unwrap_or_default(),
            aliases: ids.collect(),
            status: found.status.name(),
            why: found.why.clone(),
            severity_basis: found.severity_basis.name(),
            fixed: found.fixed.clone(),
            cvss: found
                .cvss
                .iter()
                .map(|cvss| Cvss { version: cvss.version, vector: cvss.vector.clone(), score: cvss.score })
                .collect(),
            epss: found.epss,
            kev: found.known_exploited,
            published: found.published.clone(),
            reach: found.reach.name(),
            code: found
                .code
                .iter()
                .map(|part| Code { path: part.path.clone(), symbols: part.symbols.clone() })
                .collect(),
        }
    }
}

#[derive(Debug, Serialize)]
struct Remedy {
    kind: &'static str,
    text: String,
    to: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct Gap {
    /// `file`, `file:line` or `file:line:column`.
    #[serde(rename = "where")]
    place: String,
    why: String,
    hides: Vec<&'static str>,
}

impl Gap {
    pub fn from_model(gap: &model::Gap) -> Self {
        Self {
            place: gap.location.to_string(),
            why: gap.why.clone(),
            hides: gap.hides.iter().map(|hidden| hidden.name()).collect(),
        }
    }
}
