//! One function's assessment on the wire.

use std::collections::BTreeMap;

use model::report::{Assessment, RuntimeStatus as ModelRuntimeStatus};
use serde::Serialize;

use super::{Component, Finding, Gap, Permissions, SuppressedFinding};

#[derive(Debug, Serialize)]
pub struct Function {
    id: String,
    name: String,
    cloud: &'static str,
    kind: &'static str,
    runtime: Option<String>,
    runtime_status: Option<RuntimeStatus>,
    handler: Option<String>,
    code: Vec<Code>,
    triggers: Vec<Trigger>,
    environment: Vec<String>,
    components: Vec<Component>,
    permissions: Permissions,
    findings: Vec<Finding>,
    ignored: Vec<SuppressedFinding>,
    gaps: Vec<Gap>,
    risk: Risk,
}

impl Function {
    pub fn from_model(assessment: &Assessment) -> Self {
        let function = &assessment.function;
        Self {
            id: function.id.clone(),
            name: function.name.clone(),
            cloud: function.cloud.name(),
            kind: function.kind.name(),
            runtime: function.runtime.clone(),
            runtime_status: assessment.runtime_status.as_ref().map(RuntimeStatus::from_model),
            handler: function.handler.clone(),
            code: code(assessment),
            triggers: function
                .triggers
                .iter()
                .map(|trigger| Trigger {
                    kind: trigger.kind,
                    exposure: trigger.exposure.name(),
                    source: trigger.source.clone(),
                })
                .collect(),
            environment: function.environment.iter().map(|variable| variable.name.clone()).collect(),
            components: assessment.components.iter().map(Component::from_model).collect(),
            permissions: Permissions::from_model(&assessment.permissions),
            findings: assessment.findings.iter().map(Finding::from_model).collect(),
            ignored: assessment.suppressed.iter().map(SuppressedFinding::from_model).collect(),
            gaps: assessment.gaps.iter().map(Gap::from_model).collect(),
            risk: Risk::from_model(&assessment.risk),
        }
    }
}

#[derive(Debug, Serialize)]
struct RuntimeStatus {
    state: &'static str,
    deprecation: Option<String>,
    block_create: Option<String>,
    block_update: Option<String>,
    days_left: Option<i64>,
}

impl RuntimeStatus {
    fn from_model(status: &ModelRuntimeStatus) -> Self {
        Self {
            state: status.state,
            deprecation: status.deprecation.clone(),
            block_create: status.block_create.clone(),
            block_update: status.block_update.clone(),
            days_left: status.days_left,
        }
    }
}

#[derive(Debug, Serialize)]
struct Code {
    path: String,
    sha256: Option<String>,
    layer: Option<String>,
}

fn code(assessment: &Assessment) -> Vec<Code> {
    let digests = assessment.code_digests.iter().cloned().chain(std::iter::repeat(None));
    assessment
        .function
        .code
        .iter()
        .zip(digests)
        .map(|(source, sha256)| Code { path: source.path.clone(), sha256, layer: source.layer.clone() })
        .collect()
}

#[derive(Debug, Serialize)]
struct Trigger {
    kind: &'static str,
    exposure: &'static str,
    source: String,
}

#[derive(Debug, Serialize)]
struct Risk {
    score: u8,
    band: &'static str,
    inputs: BTreeMap<&'static str, f64>,
    best_single_change: Option<String>,
}

impl Risk {
    fn from_model(risk: &model::report::Risk) -> Self {
        Self {
            score: risk.score,
            band: risk.band,
            inputs: risk.inputs.iter().copied().collect(),
            best_single_change: risk.best_single_change.clone(),
        }
    }
}
