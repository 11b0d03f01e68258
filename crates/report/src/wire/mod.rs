//! Version 1 of the JSON report. Field order is output order; a field once published keeps its name and meaning.

mod component;
mod evaluation;
mod finding;
mod function;
mod permission;
mod summary;

use std::collections::BTreeMap;

use serde::Serialize;

pub use component::Component;
pub use evaluation::Evaluation;
pub use finding::{Finding, Gap, SuppressedFinding};
pub use function::Function;
pub use permission::{Call, Permissions, PolicyDocument};
pub use summary::Summary;

pub const SCHEMA_VERSION: u32 = 1;

#[derive(Debug, Serialize)]
pub struct Report {
    schema_version: u32,
    tool: Tool,
    advisories: Advisories,
    functions: Vec<Function>,
    gaps: Vec<Gap>,
    summary: Summary,
}

impl Report {
    pub fn from_model(report: &model::report::Report, tool_version: &str) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            tool: Tool { name: "fnassay", version: tool_version.to_owned() },
            advisories: Advisories::from_model(&report.advisories),
            functions: report.functions.iter().map(Function::from_model).collect(),
            gaps: report.gaps.iter().map(Gap::from_model).collect(),
            summary: Summary::from_model(report),
        }
    }
}

#[derive(Debug, Serialize)]
struct Tool {
    name: &'static str,
    version: String,
}

#[derive(Debug, Serialize)]
struct Advisories {
    source: String,
    built_at: String,
    records: u64,
    newest: String,
}

impl Advisories {
    fn from_model(source: &model::advisory::AdvisorySource) -> Self {
        Self {
            source: source.name.clone(),
            built_at: source.built_at.clone(),
            records: source.records,
            newest: source.newest.clone(),
        }
    }
}

/// Answer of `fnassay sbom --format json`.
#[derive(Debug, Serialize)]
pub struct Sbom {
    pub components: Vec<Component>,
    pub gaps: Vec<Gap>,
}

/// Answer of `fnassay policy lint --format json`.
#[derive(Debug, Serialize)]
pub struct Lint {
    pub findings: Vec<Finding>,
    pub gaps: Vec<Gap>,
}

/// Answer of `fnassay permissions --format json`.
#[derive(Debug, Serialize)]
pub struct PermissionsReport {
    pub functions: Vec<FunctionPermissions>,
    pub gaps: Vec<Gap>,
}

#[derive(Debug, Serialize)]
pub struct FunctionPermissions {
    id: String,
    name: String,
    kind: &'static str,
    runtime: Option<String>,
    handler: Option<String>,
    permissions: Permissions,
    #[serde(skip_serializing_if = "Option::is_none")]
    calls: Option<Vec<Call>>,
    gaps: Vec<Gap>,
}

impl FunctionPermissions {
    pub fn from_model(assessment: &model::report::Assessment, with_calls: bool) -> Self {
        let function = &assessment.function;
        Self {
            id: function.id.clone(),
            name: function.name.clone(),
            kind: function.kind.name(),
            runtime: function.runtime.clone(),
            handler: function.handler.clone(),
            permissions: Permissions::from_model(&assessment.permissions),
            calls: with_calls.then(|| Call::list(assessment)),
            gaps: assessment.gaps.iter().map(Gap::from_model).collect(),
        }
    }
}

type Values = Vec<String>;

fn shown(texts: &[model::SymbolicText]) -> Values {
    texts.iter().map(ToString::to_string).collect()
}

fn conditions(conditions: &model::permission::Conditions) -> BTreeMap<String, BTreeMap<String, Values>> {
    let values_of = |keys: &BTreeMap<String, Vec<model::SymbolicText>>| {
        keys.iter().map(|(key, values)| (key.clone(), shown(values))).collect()
    };
    conditions.iter().map(|(operator, keys)| (operator.clone(), values_of(keys))).collect()
}
