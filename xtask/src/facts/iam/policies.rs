//! Policies that AWS has written: managed ones, SAM's templates, and what SAM's connectors grant.

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value};

use crate::facts::Facts;
use crate::facts::json::{items, members, read, text, texts};
use crate::facts::sources::{MANAGED_POLICIES, SAM_TRANSLATOR};
use crate::facts::table::Rows;

pub(super) fn managed(facts: &Facts) -> Result<Rows> {
    let policies = read(&facts.sources.folder(&MANAGED_POLICIES).join("dist/managedPolicies.json"))?;
    let mut rows = Rows::default();
    for (name, policy) in members(&policies) {
        let arn = text(&policy["arn"]);
        let path = arn.strip_prefix("arn:aws:iam::aws:policy/").and_then(|rest| rest.strip_suffix(name));
        let path = path.with_context(|| format!("policy `{name}` has the unexpected ARN `{arn}`"))?;
        let latest = text(&policy["latestVersionId"]);
        let version = &policy["versions"][latest];
        let updated = text(&version["createdDate"]).split('T').next().unwrap_or_default();
        let statements = statements(&version["document"]["Statement"], &sub_syntax_kept)
            .with_context(|| format!("policy `{name}`"))?;
        rows.add([name, path, latest, updated, &statements]);
    }
    Ok(rows)
}

pub(super) fn sam_templates(facts: &Facts) -> Result<Rows> {
    let folder = facts.sources.folder(&SAM_TRANSLATOR).join("samtranslator/policy_templates_data");
    let templates = read(&folder.join("policy_templates.json"))?;
    let mut rows = Rows::default();
    for (name, template) in members(&templates["Templates"]) {
        let parameters: Vec<&str> = members(&template["Parameters"]).into_iter().map(|(name, _)| name).collect();
        let statements = statements(&template["Definition"]["Statement"], &evaluated)
            .with_context(|| format!("template `{name}`"))?;
        rows.add([name, &parameters.join(","), &statements]);
    }
    Ok(rows)
}

pub(super) fn connectors(facts: &Facts) -> Result<Rows> {
    let folder = facts.sources.folder(&SAM_TRANSLATOR).join("samtranslator/model/connector_profiles");
    let profiles = read(&folder.join("profiles.json"))?;
    let mut rows = Rows::default();
    for (source, destinations) in members(&profiles["Permissions"]) {
        for (destination, profile) in members(destinations) {
            let properties = &profile["Properties"];
            let side = match (text(&profile["Type"]), properties["SourcePolicy"].as_bool()) {
                ("AWS_IAM_ROLE_MANAGED_POLICY", Some(true)) => "source",
                ("AWS_IAM_ROLE_MANAGED_POLICY", _) => "destination",
                _ => "resource",
            };
            for (permission, granted) in members(&properties["AccessCategories"]) {
                let statements = match side {
                    "resource" => String::new(),
                    _ => statements(&granted["Statement"], &connector_ends)?,
                };
                rows.add([&format!("{source}>{destination}"), permission, side, &statements]);
            }
        }
    }
    Ok(rows)
}

/// The compact form of a policy's statements; `resource_text` reads one resource or condition value.
fn statements(statements: &Value, resource_text: &dyn Fn(&Value) -> Result<String>) -> Result<String> {
    let listed: Vec<&Value> = if statements.is_array() { items(statements).collect() } else { vec![statements] };
    let compact = listed.into_iter().map(|statement| compact(statement, resource_text)).collect::<Result<Vec<_>>>()?;
    Ok(Value::Array(compact).to_string())
}

fn compact(statement: &Value, resource_text: &dyn Fn(&Value) -> Result<String>) -> Result<Value> {
    let mut compact = Map::new();
    for (name, value) in members(statement) {
        match name {
            "Effect" if value == "Deny" => drop(compact.insert("e".to_owned(), "D".into())),
            "Effect" => ensure!(value == "Allow", "effect {value}"),
            "Sid" => drop(compact.insert("s".to_owned(), value.clone())),
            "Action" => drop(compact.insert("a".to_owned(), actions(value).into())),
            "NotAction" => drop(compact.insert("n".to_owned(), actions(value).into())),
            "Resource" => drop(compact.insert("r".to_owned(), resources(value, resource_text)?)),
            "NotResource" => drop(compact.insert("x".to_owned(), resources(value, resource_text)?)),
            "Condition" => drop(compact.insert("c".to_owned(), conditions(value, resource_text)?)),
            other => bail!("statement has the unexpected element `{other}`"),
        }
    }
    Ok(Value::Object(compact))
}

/// `["s3:A", "s3:B", "iam:C"]` → `s3:A,B iam:C`.
fn actions(value: &Value) -> String {
    let mut joined = String::new();
    let mut last_prefix = None;
    for action in texts(value) {
        let prefix = action.split_once(':').map(|(prefix, _)| prefix);
        match (prefix, last_prefix) {
            (Some(prefix), Some(last)) if prefix == last => {
                joined.push(',');
                joined.push_str(&action[prefix.len() + 1..]);
            }
            _ => {
                if !joined.is_empty() {
                    joined.push(' ');
                }
                joined.push_str(action);
            }
        }
        last_prefix = prefix;
    }
    joined
}

fn resources(value: &Value, resource_text: &dyn Fn(&Value) -> Result<String>) -> Result<Value> {
    let listed: Vec<&Value> = if value.is_array() { items(value).collect() } else { vec![value] };
    let texts = listed.into_iter().map(resource_text).collect::<Result<Vec<_>>>()?;
    Ok(texts.into())
}

/// Operator → key → list of values, in the order of their names.
fn conditions(value: &Value, resource_text: &dyn Fn(&Value) -> Result<String>) -> Result<Value> {
    let mut operators = Map::new();
    for (operator, keys) in members(value) {
        let mut compact = Map::new();
        for (key, values) in members(keys) {
            compact.insert(key.to_owned(), resources(values, resource_text)?);
        }
        operators.insert(operator.to_owned(), Value::Object(compact));
    }
    Ok(Value::Object(operators))
}

/// Text as it is; `true` and numbers as text.
fn sub_syntax_kept(value: &Value) -> Result<String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        _ => bail!("a resource or condition value is {value}"),
    }
}

/// Text, `Ref` and `Fn::Sub` as text in `Fn::Sub` syntax with the partition filled in.
fn evaluated(value: &Value) -> Result<String> {
    let text = if let Some(name) = value["Ref"].as_str() {
        format!("${{{name}}}")
    } else if let Some(text) = value["Fn::Sub"].as_str() {
        text.to_owned()
    } else if value["Fn::Sub"].is_array() {
        let mut text = text(&value["Fn::Sub"][0]).to_owned();
        for (name, value) in members(&value["Fn::Sub"][1]) {
            text = text.replace(&format!("${{{name}}}"), &evaluated(value)?);
        }
        text
    } else {
        sub_syntax_kept(value)?
    };
    Ok(text.replace("${AWS::Partition}", "aws"))
}

/// `%{Source.Arn}` → `${Source.Arn}`.
fn connector_ends(value: &Value) -> Result<String> {
    Ok(evaluated(value)?.replace("%{", "${"))
}
