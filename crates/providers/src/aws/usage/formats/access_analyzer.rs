//! Findings of IAM Access Analyzer about access that is not used.
//!
//! Source: Access Analyzer API reference, `GetFindingV2`, `ListFindingsV2`.
//! Supported: `get-finding-v2`, alone, in lists, or a line each, of types `UnusedPermission` and `UnusedIAMRole`.
//! Unsupported (→ a sentence): `list-findings-v2`, which names no permissions; other types of findings are not about use.

use std::io::BufRead;

use serde::Deserialize;
use serde_json::Value;

use super::{Format, holds};
use crate::aws::usage::collect::{Collector, RoleReport};
use crate::aws::usage::evidence::{EVERY_SERVICE, Source};
use crate::aws::usage::moment::Moment;
use crate::aws::usage::records::{self, Sink};

pub(in crate::aws::usage) const FORMAT: Format = Format { title: "Access Analyzer findings", recognises, read };

fn recognises(head: &[u8]) -> bool {
    let marks = ["\"unusedPermissionDetails\"", "\"unusedIamRoleDetails\"", "\"findingDetails\"", "\"findingType\""];
    marks.iter().any(|mark| holds(head, mark)) && !holds(head, "\"eventSource\"")
}

fn read(input: &mut dyn BufRead, collector: &mut Collector<'_>) -> Vec<String> {
    let mut findings = Findings::default();
    let trouble = records::read(input, &mut findings);
    collector.reports.append(&mut findings.reports);
    let mut whys = Vec::new();
    if findings.summary_count > 0 {
        let count = findings.summary_count;
        whys.push(format!(
            "{count} findings do not name their permissions; get each with `aws accessanalyzer get-finding-v2`"
        ));
    }
    if let Some((at, why)) = trouble.first {
        whys.push(format!("{} findings cannot be read, the first at byte {at}: {why}", trouble.broken));
    }
    whys.extend(trouble.ended_by.map(|why| format!("the rest is not read: {why}")));
    whys
}

#[derive(Default)]
struct Findings {
    reports: Vec<RoleReport>,
    summary_count: u64,
}

impl Sink for Findings {
    fn record(&mut self, record: &[u8]) -> Result<(), String> {
        let finding: Finding = serde_json::from_slice(record).map_err(|error| error.to_string())?;
        let kind = finding.finding_type.as_deref().unwrap_or("UnusedPermission");
        // A resolved finding holds no more: the permission was used or taken away.
        let is_about_use = ["UnusedPermission", "UnusedIAMRole"].contains(&kind);
        if !is_about_use || finding.status.as_deref() == Some("RESOLVED") {
            return Ok(());
        }
        match &finding.finding_details {
            Some(_) => self.reports.push(finding.into_role_report()),
            None => self.summary_count += 1,
        }
        Ok(())
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Finding {
    resource: Option<String>,
    status: Option<String>,
    finding_type: Option<String>,
    analyzed_at: Option<Value>,
    finding_details: Option<Vec<Details>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    unused_permission_details: Option<UnusedPermission>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UnusedPermission {
    service_namespace: String,
    actions: Option<Vec<UnusedAction>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UnusedAction {
    action: String,
}

impl Finding {
    fn into_role_report(self) -> RoleReport {
        let mut report = RoleReport {
            arn: self.resource,
            until: self.analyzed_at.as_ref().and_then(|time| Moment::parse(time.as_str()?)),
            source: Some(Source::AccessAnalyzer),
            ..RoleReport::default()
        };
        if self.finding_type.as_deref() == Some("UnusedIAMRole") {
            report.unused_services.push(EVERY_SERVICE.to_owned());
        }
        let permissions =
            self.finding_details.into_iter().flatten().filter_map(|details| details.unused_permission_details);
        for permission in permissions {
            let prefix = permission.service_namespace;
            let actions = permission.actions.unwrap_or_default();
            if actions.is_empty() {
                report.unused_services.push(prefix.clone());
            }
            let full = |action: UnusedAction| match action.action.contains(':') {
                true => action.action,
                false => format!("{prefix}:{}", action.action),
            };
            report.unused_actions.extend(actions.into_iter().map(full));
        }
        report
    }
}
