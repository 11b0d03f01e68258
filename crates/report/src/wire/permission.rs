//! Permissions and calls on the wire, and the IAM policy document they recommend.

use std::collections::BTreeMap;

use model::permission::{Need, Policy as ModelPolicy, RecommendedStatement, Statement};
use model::proposal::Proposal;
use model::report::Assessment;
use serde::Serialize;

use super::{Values, conditions, shown};
use crate::proposal;

#[derive(Debug, Serialize)]
pub struct Permissions {
    identity: Option<String>,
    policies: Vec<Policy>,
    granted: Vec<Granted>,
    needed: Vec<Needed>,
    used: Vec<Used>,
    verdicts: Vec<Verdict>,
    recommended_policy: Option<PolicyDocument>,
    recommended_text: Option<RecommendedText>,
    granted_action_count: usize,
    needed_action_count: usize,
}

impl Permissions {
    pub fn from_model(permissions: &model::permission::Permissions) -> Self {
        Self {
            identity: permissions.identity.as_ref().map(ToString::to_string),
            policies: permissions.policies.iter().map(Policy::from_model).collect(),
            granted: permissions.policies.iter().flat_map(Granted::of_policy).collect(),
            needed: permissions.needed.iter().map(Needed::from_model).collect(),
            used: permissions.used.iter().map(Used::from_model).collect(),
            verdicts: permissions.verdicts.iter().map(Verdict::from_model).collect(),
            recommended_policy: permissions.recommended.as_deref().map(PolicyDocument::from_model),
            recommended_text: permissions.proposal.as_ref().map(RecommendedText::from_model),
            granted_action_count: permissions.granted_action_count,
            needed_action_count: permissions.needed_action_count,
        }
    }
}

#[derive(Debug, Serialize)]
struct Policy {
    id: String,
    kind: &'static str,
    name: String,
    arn: Option<String>,
}

impl Policy {
    fn from_model(policy: &ModelPolicy) -> Self {
        Self {
            id: policy.id.clone(),
            kind: policy.kind.name(),
            name: policy.name.clone(),
            arn: policy.arn.as_ref().map(ToString::to_string),
        }
    }
}

#[derive(Debug, Serialize)]
struct Origin {
    file: String,
    line: Option<u32>,
}

impl Origin {
    fn from_model(location: &model::Location) -> Self {
        Self { file: location.file.clone(), line: location.line }
    }
}

#[derive(Debug, Serialize)]
struct Granted {
    policy: String,
    effect: &'static str,
    actions: Values,
    not_actions: Values,
    resources: Values,
    not_resources: Values,
    conditions: BTreeMap<String, BTreeMap<String, Values>>,
    origin: Origin,
}

impl Granted {
    fn of_policy(policy: &ModelPolicy) -> impl Iterator<Item = Self> + use<'_> {
        policy.statements.iter().map(|statement| Self::from_model(&policy.id, statement))
    }

    fn from_model(policy: &str, statement: &Statement) -> Self {
        Self {
            policy: policy.to_owned(),
            effect: statement.effect.name(),
            actions: shown(&statement.actions),
            not_actions: shown(&statement.not_actions),
            resources: shown(&statement.resources),
            not_resources: shown(&statement.not_resources),
            conditions: conditions(&statement.conditions),
            origin: Origin::from_model(&statement.origin),
        }
    }
}

#[derive(Debug, Serialize)]
struct Needed {
    action: String,
    resources: Values,
    tier: &'static str,
    evidence: Vec<Evidence>,
    confidence: &'static str,
}

#[derive(Debug, Serialize)]
struct Evidence {
    file: String,
    line: Option<u32>,
    call: String,
}

impl Needed {
    fn from_model(need: &Need) -> Self {
        Self {
            action: need.action.clone(),
            resources: shown(&need.resources),
            tier: need.tier.name(),
            evidence: need
                .evidence
                .iter()
                .map(|evidence| Evidence {
                    file: evidence.location.file.clone(),
                    line: evidence.location.line,
                    call: evidence.call.clone(),
                })
                .collect(),
            confidence: need.confidence.name(),
        }
    }
}

#[derive(Debug, Serialize)]
struct Used {
    action: String,
    last_seen: Option<String>,
    source: String,
}

impl Used {
    fn from_model(used: &model::permission::Use) -> Self {
        Self { action: used.action.clone(), last_seen: used.last_seen.clone(), source: used.source.clone() }
    }
}

#[derive(Debug, Serialize)]
struct Verdict {
    action: String,
    resources: Values,
    verdict: &'static str,
    reason: String,
    needed_actions: Vec<String>,
    harms: Vec<GrantHarm>,
    policy: Option<String>,
    origin: Option<Origin>,
    confidence: &'static str,
}

impl Verdict {
    fn from_model(verdict: &model::permission::Verdict) -> Self {
        Self {
            action: verdict.action.clone(),
            resources: shown(&verdict.resources),
            verdict: verdict.judgement.name(),
            reason: verdict.reason.clone(),
            needed_actions: verdict.needed_actions.clone(),
            harms: verdict.harms.iter().map(GrantHarm::from_model).collect(),
            policy: verdict.policy.clone(),
            origin: verdict.origin.as_ref().map(Origin::from_model),
            confidence: verdict.confidence.name(),
        }
    }
}

#[derive(Debug, Serialize)]
struct GrantHarm {
    harm: &'static str,
    actions: Vec<String>,
    action_count: usize,
    everywhere: bool,
}

impl GrantHarm {
    fn from_model(harm: &model::permission::GrantHarm) -> Self {
        Self {
            harm: harm.harm.name(),
            actions: harm.actions.clone(),
            action_count: harm.action_count,
            everywhere: harm.is_everywhere,
        }
    }
}

/// The recommended policy as the project would write it.
#[derive(Debug, Serialize)]
struct RecommendedText {
    dialect: &'static str,
    syntax: &'static str,
    file: String,
    /// Where in the file it goes.
    place: String,
    text: String,
    /// Unified, from what stands there today; empty when nothing changes.
    diff: String,
    steps: Vec<String>,
}

impl RecommendedText {
    fn from_model(proposal: &Proposal) -> Self {
        Self {
            dialect: proposal.home.form.dialect().name(),
            syntax: proposal.home.syntax.name(),
            file: proposal.home.file.clone(),
            place: proposal::place(&proposal.home),
            text: proposal::text(proposal),
            diff: proposal::diff(proposal),
            steps: proposal::steps(proposal),
        }
    }
}

/// An IAM policy document, as AWS writes it.
#[derive(Debug, Serialize)]
pub struct PolicyDocument {
    #[serde(rename = "Version")]
    version: &'static str,
    #[serde(rename = "Statement")]
    statements: Vec<PolicyStatement>,
}

#[derive(Debug, Serialize)]
struct PolicyStatement {
    #[serde(rename = "Sid", skip_serializing_if = "String::is_empty")]
    sid: String,
    #[serde(rename = "Effect")]
    effect: &'static str,
    #[serde(rename = "Action")]
    actions: Vec<String>,
    #[serde(rename = "Resource", skip_serializing_if = "Vec::is_empty")]
    resources: Values,
    #[serde(rename = "NotResource", skip_serializing_if = "Vec::is_empty")]
    not_resources: Values,
    #[serde(rename = "Condition", skip_serializing_if = "BTreeMap::is_empty")]
    conditions: BTreeMap<String, BTreeMap<String, Values>>,
}

impl PolicyDocument {
    pub fn from_model(statements: &[RecommendedStatement]) -> Self {
        Self {
            version: "2012-10-17",
            statements: statements
                .iter()
                .map(|statement| PolicyStatement {
                    sid: statement.sid.clone(),
                    effect: statement.effect.name(),
                    actions: statement.actions.clone(),
                    resources: shown(&statement.resources),
                    not_resources: shown(&statement.not_resources),
                    conditions: conditions(&statement.conditions),
                })
                .collect(),
        }
    }
}

#[derive(Debug, Serialize)]
pub struct Call {
    file: String,
    line: Option<u32>,
    column: Option<u32>,
    language: &'static str,
    service: String,
    operation: String,
    actions: Vec<CallAction>,
    resources: Values,
    binding: &'static str,
    via: &'static str,
}

#[derive(Debug, Serialize)]
struct CallAction {
    action: String,
    tier: &'static str,
}

impl Call {
    /// Every call of the function, with the actions and resources of the needs that name it as evidence.
    pub fn list(assessment: &Assessment) -> Vec<Self> {
        assessment.calls.iter().map(|call| Self::from_model(call, &assessment.permissions.needed)).collect()
    }

    fn from_model(call: &model::call::Call, needed: &[Need]) -> Self {
        let name = format!("{}.{}", call.service, call.operation);
        let needs: Vec<_> = needed
            .iter()
            .filter(|need| {
                need.evidence.iter().any(|evidence| evidence.location == call.location && evidence.call == name)
            })
            .collect();
        let mut resources: Vec<_> = needs.iter().flat_map(|need| shown(&need.resources)).collect();
        resources.sort();
        resources.dedup();
        Self {
            file: call.location.file.clone(),
            line: call.location.line,
            column: call.location.column,
            language: call.language,
            service: call.service.clone(),
            operation: call.operation.clone(),
            actions: needs
                .iter()
                .map(|need| CallAction { action: need.action.clone(), tier: need.tier.name() })
                .collect(),
            resources,
            binding: call.binding.name(),
            via: call.via.name(),
        }
    }
}
