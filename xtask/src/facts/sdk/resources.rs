//! boto3's resource models, under the names that its factory gives their members.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::facts::Facts;
use crate::facts::botocore::Service;
use crate::facts::json::{items, members, read, text};
use crate::facts::python_names::PythonNames;
use crate::facts::sources::BOTO3;
use crate::facts::table::Rows;

pub(super) fn rows(facts: &Facts) -> Result<Rows> {
    let data = facts.sources.folder(&BOTO3).join("boto3/data");
    let mut rows = Rows::default();
    for entry in fs::read_dir(&data)? {
        let folder = entry?.path();
        if !folder.is_dir() {
            continue;
        }
        let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let service = facts.botocore.services.get(&name).with_context(|| format!("no model of `{name}`"))?;
        let model = read(&latest_model(&folder)?)?;
        add_service(&mut rows, &name, service, &facts.botocore.python, &model);
    }
    Ok(rows)
}

fn latest_model(folder: &Path) -> Result<PathBuf> {
    let mut versions = Vec::new();
    for entry in fs::read_dir(folder)? {
        versions.push(entry?.path().join("resources-1.json"));
    }
    versions.sort_unstable();
    versions.pop().with_context(|| format!("`{}` holds no model", folder.display()))
}

fn add_service(rows: &mut Rows, name: &str, service: &Service, python: &PythonNames, model: &Value) {
    let classes = &model["resources"];
    let mut root = model["service"].clone();
    root["has"] = Value::Object(service_relations(&root, classes));
    Class { service, python, name: format!("{name}.ServiceResource"), model: &root }.add(rows);
    for (class_name, model) in members(classes) {
        Class { service, python, name: format!("{name}.{class_name}"), model }.add(rows);
    }
}

/// The service offers every class: under the name its own model gives, else the class's.
fn service_relations(root: &Value, classes: &Value) -> serde_json::Map<String, Value> {
    let mut relations = serde_json::Map::new();
    for (class_name, class) in members(classes) {
        let named: Vec<(&str, &Value)> =
            members(&root["has"]).into_iter().filter(|(_, has)| has["resource"]["type"] == class_name).collect();
        if named.is_empty() {
            let inputs: Vec<Value> = items(&class["identifiers"])
                .map(|identifier| serde_json::json!({"target": identifier["name"], "source": "input"}))
                .collect();
            let relation = serde_json::json!({"resource": {"type": class_name, "identifiers": inputs}});
            relations.insert(class_name.to_owned(), relation);
        }
        relations.extend(named.into_iter().map(|(name, has)| (name.to_owned(), has.clone())));
    }
    relations
}

/// One resource class.
struct Class<'a> {
    service: &'a Service,
    python: &'a PythonNames,
    name: String,
    model: &'a Value,
}

impl Class<'_> {
    fn add(&self, rows: &mut Rows) {
        let identifiers: Vec<&str> =
            items(&self.model["identifiers"]).map(|identifier| text(&identifier["name"])).collect();
        let load = &self.model["load"]["request"];
        let row =
            [&self.name, "class", text(&load["operation"]), &bindings(&load["params"]), "", &identifiers.join(",")];
        rows.add(row);
        for identifier in items(&self.model["identifiers"]) {
            let name = text(&identifier["name"]);
            for attribute in [name, text(&identifier["memberName"])].into_iter().filter(|name| !name.is_empty()) {
                rows.add([&format!("{}.{}", self.name, self.python.method(attribute)), "identifier", "", name]);
            }
        }
        for member in self.members() {
            rows.add([
                &format!("{}.{}", self.name, member.name),
                member.kind,
                &self.operation(&member),
                &bindings(&member.model["request"]["params"]),
                text(&member.model["resource"]["type"]),
                &bindings(&member.model["resource"]["identifiers"]),
            ]);
        }
        for (name, model) in members(&self.model["batchActions"]) {
            self.add_batch_action(rows, name, model);
        }
    }

    fn add_batch_action(&self, rows: &mut Rows, name: &str, model: &Value) {
        rows.add([
            &format!("{}.{}", self.name, self.python.method(name)),
            "batch",
            text(&model["request"]["operation"]),
            &bindings(&model["request"]["params"]),
            text(&model["resource"]["type"]),
            &bindings(&model["resource"]["identifiers"]),
        ]);
    }

    fn operation(&self, member: &Member<'_>) -> String {
        match member.kind {
            "waiter" => {
                let waiter = self.service.waiters.get(text(&member.model["waiterName"]));
                waiter.cloned().unwrap_or_default()
            }
            "attribute" => text(&self.model["load"]["request"]["operation"]).to_owned(),
            _ => text(&member.model["request"]["operation"]).to_owned(),
        }
    }

    /// Members in the order boto3's factory names them, which decides who is renamed to `<name>_<kind>` in a clash.
    fn members(&self) -> Vec<Member<'_>> {
        let mut taken = BTreeSet::from(["meta".to_owned()]);
        if self.model.get("load").is_some() {
            taken.insert("load".to_owned());
        }
        for identifier in items(&self.model["identifiers"]) {
            taken.insert(self.python.method(text(&identifier["name"])));
        }
        let candidates = self.candidates();
        let mut members = Vec::new();
        for (name, kind, model) in candidates {
            let name = if taken.contains(&name) { format!("{name}_{kind}") } else { name };
            taken.insert(name.clone());
            members.push(Member { name, kind, model });
        }
        members
    }

    fn candidates(&self) -> Vec<(String, &'static str, &Value)> {
        let snake = |kind: &'static str, field: &str| {
            let python = self.python;
            members(&self.model[field]).into_iter().map(move |(name, model)| (python.method(name), kind, model))
        };
        let mut candidates: Vec<(String, &'static str, &Value)> = snake("action", "actions").collect();
        for (name, model) in members(&self.model["has"]) {
            let needs_data = items(&model["resource"]["identifiers"]).any(|identifier| identifier["source"] == "data");
            candidates.push(match needs_data {
                true => (self.python.method(name), "reference", model),
                false => (name.to_owned(), "subresource", model),
            });
        }
        candidates.extend(snake("collection", "hasMany"));
        for (name, model) in members(&self.model["waiters"]) {
            candidates.push((self.python.method(&format!("WaitUntil{name}")), "waiter", model));
        }
        candidates.extend(self.attributes());
        candidates
    }

    /// Members of the resource's shape that are not identifiers.
    fn attributes(&self) -> Vec<(String, &'static str, &Value)> {
        let identifiers: BTreeMap<String, ()> = items(&self.model["identifiers"])
            .flat_map(|identifier| [text(&identifier["name"]), text(&identifier["memberName"])])
            .map(|name| (self.python.method(name), ()))
            .collect();
        let shape = self.service.structures.get(text(&self.model["shape"]));
        shape
            .into_iter()
            .flatten()
            .map(|member| self.python.method(member))
            .filter(|name| !identifiers.contains_key(name))
            .map(|name| (name, "attribute", &Value::Null))
            .collect()
    }
}

struct Member<'a> {
    name: String,
    kind: &'static str,
    model: &'a Value,
}

/// `Bucket=identifier:Name,Key=input`.
fn bindings(bindings: &Value) -> String {
    let bindings: Vec<String> = items(bindings).map(binding).collect();
    bindings.join(",")
}

fn binding(binding: &Value) -> String {
    let target = text(&binding["target"]);
    let detail = |field: &str| text(&binding[field]).to_owned();
    match text(&binding["source"]) {
        "identifier" => format!("{target}=identifier:{}", detail("name")),
        "requestParameter" => format!("{target}=param:{}", detail("path")),
        "response" => format!("{target}=response:{}", detail("path")),
        "data" => format!("{target}=data:{}", detail("path")),
        "string" => format!("{target}=string:{}", detail("value")),
        other => format!("{target}={other}"),
    }
}
