//! What `aws iam get-service-last-accessed-details` prints.
//!
//! Source: IAM API reference, `GetServiceLastAccessedDetails`.
//! Supported: reports of services, and of services and actions (`ACTION_LEVEL`); several of them in a list.
//! Unsupported (→ a sentence): answers that are not complete; actions that IAM does not track are not taken for unused.

use std::io::BufRead;

use serde::Deserialize;
use serde_json::Value;

use super::{Format, document, holds};
use crate::aws::usage::collect::{Collector, RoleReport};
use crate::aws::usage::evidence::Source;
use crate::aws::usage::moment::Moment;
use crate::aws::usage::subject::Principal;

pub(in crate::aws::usage) const FORMAT: Format =
    Format { title: "IAM last-accessed report", recognises: |head| holds(head, "\"ServicesLastAccessed\""), read };

fn read(input: &mut dyn BufRead, collector: &mut Collector<'_>) -> Vec<String> {
    let parsed = document(input).and_then(|bytes| {
        let value: Value = serde_json::from_slice(&bytes).map_err(|error| error.to_string())?;
        let reports = match value {
            Value::Array(reports) => reports,
            report => vec![report],
        };
        let read = |report| serde_json::from_value::<Report>(report).map_err(|error| error.to_string());
        reports.into_iter().map(read).collect::<Result<Vec<_>, _>>()
    });
    let reports = match parsed {
        Ok(reports) => reports,
        Err(why) => return vec![format!("it cannot be read: {why}")],
    };
    let mut whys = Vec::new();
    for report in reports {
        whys.extend(report.incomplete());
        collector.reports.push(report.into_role_report());
    }
    whys
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Report {
    #[serde(default)]
    job_status: Option<String>,
    #[serde(default)]
    job_completion_date: Option<Value>,
    services_last_accessed: Vec<Service>,
    #[serde(default)]
    is_truncated: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Service {
    service_namespace: String,
    #[serde(default)]
    last_authenticated: Option<Value>,
    #[serde(default)]
    last_authenticated_entity: Option<String>,
    #[serde(default)]
    total_authenticated_entities: Option<u64>,
    #[serde(default)]
    tracked_actions_last_accessed: Option<Vec<Action>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Action {
    action_name: String,
    #[serde(default)]
    last_accessed_entity: Option<String>,
    #[serde(default)]
    last_accessed_time: Option<Value>,
}

impl Report {
    fn incomplete(&self) -> Option<String> {
        if self.is_truncated == Some(true) {
            return Some("the report is cut off; ask for its further pages with `--marker`".to_owned());
        }
        let status = self.job_status.as_deref().filter(|status| *status != "COMPLETED")?;
        Some(format!("the report's job is `{status}`; ask again when it is completed"))
    }

    fn is_complete(&self) -> bool {
        self.job_status.as_deref().is_none_or(|status| status == "COMPLETED")
    }

    fn into_role_report(self) -> RoleReport {
        let is_complete = self.is_complete();
        let mut report = RoleReport {
            until: self.job_completion_date.as_ref().and_then(moment),
            source: Some(Source::LastAccessed),
            ..RoleReport::default()
        };
        for service in self.services_last_accessed {
            report.arn = report.arn.or_else(|| service.entity());
            if is_complete {
                service.add(&mut report);
            }
        }
        report
    }
}

impl Service {
    /// The role that used it. In the report of a role there is no other.
    fn entity(&self) -> Option<String> {
        let actions = self.tracked_actions_last_accessed.iter().flatten();
        let entities =
            self.last_authenticated_entity.iter().chain(actions.filter_map(|a| a.last_accessed_entity.as_ref()));
        entities.into_iter().find(|arn| Principal::of_arn(arn).is_some()).cloned()
    }

    fn add(self, report: &mut RoleReport) {
        let prefix = self.service_namespace.to_ascii_lowercase();
        let last = self.last_authenticated.as_ref().and_then(moment);
        if last.is_none() && self.total_authenticated_entities.unwrap_or(0) == 0 {
            return report.unused_services.push(prefix);
        }
        for action in self.tracked_actions_last_accessed.into_iter().flatten() {
            let name = format!("{prefix}:{}", action.action_name);
            match action.last_accessed_time.as_ref().and_then(moment) {
                Some(time) => report.uses.push((name, Some(time))),
                None if action.last_accessed_entity.is_some() => report.uses.push((name, None)),
                None => report.unused_actions.push(name),
            }
        }
        // Of an action that is not tracked nothing is known: it may be what the service was used by.
        report.services.push((prefix, last));
    }
}

fn moment(value: &Value) -> Option<Moment> {
    match value {
        Value::String(text) => Moment::parse(text),
        Value::Number(number) => Moment::from_unix_seconds(number.as_f64()?),
        _ => None,
    }
}
