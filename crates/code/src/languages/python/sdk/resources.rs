//! boto3's resources: identifiers, sub-resources, actions, collections and the attributes that load a resource.

use std::rc::Rc;

use model::call::{Binding, Via};

use super::clients::{Receiver, call_injected};
use super::special;
use crate::evaluate::{Arguments, Atom, Cloud, Machine, Site, Use, Value};
use crate::facts::{self, ResourceMember};

/// A resource taken apart.
struct Resource<'c> {
    service: &'c Rc<str>,
    kind: &'c Rc<str>,
    identifiers: &'c Rc<[(Rc<str>, Value)]>,
    loaded: bool,
    binding: Binding,
}

fn take_apart(cloud: &Cloud) -> Option<Resource<'_>> {
    match cloud {
        Cloud::Resource { service, kind, identifiers, loaded, binding } => {
            Some(Resource { service, kind, identifiers, loaded: *loaded, binding: *binding })
        }
        _ => None,
    }
}

impl Resource<'_> {
    fn key(&self, member: &str) -> String {
        format!("{}.{}.{member}", self.service, self.kind)
    }

    fn identifier(&self, name: &str) -> Option<Value> {
        self.identifiers.iter().find(|(known, _)| **known == *name).map(|(_, value)| value.clone())
    }

    fn related(&self, kind: &str, identifiers: Vec<(Rc<str>, Value)>, loaded: bool) -> Value {
        Value::cloud(Cloud::Resource {
            service: Rc::clone(self.service),
            kind: kind.into(),
            identifiers: identifiers.into(),
            loaded,
            binding: self.binding,
        })
    }
}

/// A member that is not called.
pub(super) fn member(machine: &mut Machine<'_>, cloud: &Rc<Cloud>, name: &str, site: Site) -> Option<Value> {
    let resource = take_apart(cloud)?;
    if name == "meta" {
        let service = Some(Rc::clone(resource.service));
        let client = Value::cloud(Cloud::Client { service, flavour: "", binding: resource.binding });
        return Some(special("meta", client));
    }
    let found = facts::resource_members(&resource.key(name)).find(|member| member.kind != "batch")?;
    match found.kind {
        "identifier" => resource.identifier(found.parameters).or_else(|| Some(Value::unknown())),
        "attribute" => {
            if !resource.loaded && !found.operation.is_empty() {
                let class = facts::resource_members(&format!("{}.{}", resource.service, resource.kind)).next();
                let bindings = class.map_or("", |class| class.parameters);
                record(machine, &resource, found.operation, bindings, &Arguments::default(), Via::Resource, site);
            }
            Some(Value::data())
        }
        "reference" => {
            let identifiers = identifiers_of(&resource, &found, &Arguments::default());
            Some(resource.related(found.class, identifiers, false))
        }
        "collection" => Some(Value::cloud(Cloud::Collection {
            resource: Rc::clone(cloud),
            name: name.into(),
            arguments: Arguments::default(),
        })),
        _ => None,
    }
}

/// A method of a resource.
pub(super) fn call(
    machine: &mut Machine<'_>,
    cloud: &Rc<Cloud>,
    name: &str,
    arguments: &Arguments,
    site: Site,
) -> Value {
    let Some(resource) = take_apart(cloud) else { return Value::data() };
    if let Some(injected) = facts::injected(&resource.key(name)) {
        let on = Receiver { service: resource.service, binding: resource.binding, identifiers: resource.identifiers };
        call_injected(machine, &on, &injected, name, arguments, site);
        return if name == "batch_writer" { special("batch", Value::data()) } else { Value::data() };
    }
    let class = || facts::resource_members(&format!("{}.{}", resource.service, resource.kind)).next();
    if matches!(name, "load" | "reload") {
        if let Some(class) = class().filter(|class| !class.operation.is_empty()) {
            record(machine, &resource, class.operation, class.parameters, arguments, Via::Resource, site);
        }
        return Value::data();
    }
    if name == "get_available_subresources" {
        return Value::data();
    }
    let Some(found) = facts::resource_members(&resource.key(name)).find(|member| member.kind != "batch") else {
        let why = format!("`{name}` is no member of `{}` of `{}` that is known", resource.kind, resource.service);
        machine.misfit(site, why, vec![resource.service.to_string()]);
        return Value::data();
    };
    match found.kind {
        "subresource" => {
            let identifiers = identifiers_of(&resource, &found, arguments);
            resource.related(found.class, identifiers, false)
        }
        "action" => {
            record(machine, &resource, found.operation, found.parameters, arguments, Via::Resource, site);
            if found.class.is_empty() {
                return Value::data();
            }
            let several = found.identifiers.contains("[]");
            let made = resource.related(found.class, identifiers_of(&resource, &found, arguments), true);
            if several { machine.new_list_of(made, site) } else { made }
        }
        "waiter" => {
            record(machine, &resource, found.operation, found.parameters, arguments, Via::Waiter, site);
            Value::data()
        }
        _ => Value::data(),
    }
}

/// The identifiers of what a member leads to.
fn identifiers_of(
    resource: &Resource<'_>,
    member: &ResourceMember<'_>,
    arguments: &Arguments,
) -> Vec<(Rc<str>, Value)> {
    let names: Vec<&str> = facts::resource_members(&format!("{}.{}", resource.service, member.class))
        .next()
        .map(|class| class.identifiers.split(',').collect())
        .unwrap_or_default();
    let mut inputs = 0;
    let mut identifiers = Vec::new();
    for bound in facts::bindings(member.identifiers) {
        let value = match bound.source {
            "identifier" => resource.identifier(bound.detail),
            "input" => {
                inputs += 1;
                // By position, or by the identifier's name in Python's or the model's spelling.
                let snake = snake_case(bound.target);
                arguments.get(inputs - 1, bound.target).or_else(|| arguments.named(&snake)).cloned()
            }
            "param" => arguments.named(bound.detail).cloned(),
            "string" => Some(Value::literal(bound.detail)),
            _ => None,
        };
        identifiers.push((Rc::from(bound.target), value.unwrap_or_else(Value::unknown)));
    }
    identifiers.retain(|(name, _)| names.is_empty() || names.contains(&&**name));
    identifiers
}

fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for (at, character) in name.char_indices() {
        if character.is_ascii_uppercase() && at > 0 {
            snake.push('_');
        }
        snake.push(character.to_ascii_lowercase());
    }
    snake
}

/// Notes a use with what the resource's identifiers bind and what the call adds.
fn record(
    machine: &mut Machine<'_>,
    resource: &Resource<'_>,
    operation: &str,
    bindings: &str,
    arguments: &Arguments,
    via: Via,
    site: Site,
) {
    let mut named: Vec<(String, Value)> = Vec::new();
    for bound in facts::bindings(bindings) {
        let value = match bound.source {
            "identifier" => resource.identifier(bound.detail),
            "string" => Some(Value::literal(bound.detail)),
            _ => None,
        };
        named.push((bound.target.replace("[]", "").replace("[*]", ""), value.unwrap_or_else(Value::unknown)));
    }
    for (name, value) in &arguments.keyword {
        if !matches!(&**name, "WaiterConfig" | "PaginationConfig") {
            named.push((name.to_string(), value.clone()));
        }
    }
    machine.service_seen(resource.service, resource.kind);
    let used = Use {
        service: resource.service.to_string(),
        operation: operation.to_owned(),
        arguments: named,
        arguments_complete: !arguments.more_keyword,
        binding: resource.binding,
        via,
    };
    machine.record(site, used);
}

/// A method of a collection: narrowing it, or a batch action on all its resources.
pub(super) fn call_collection(
    machine: &mut Machine<'_>,
    cloud: &Rc<Cloud>,
    name: &str,
    arguments: &Arguments,
    site: Site,
) -> Value {
    let Cloud::Collection { resource, name: collection, arguments: earlier } = &**cloud else { return Value::data() };
    let joined = Arguments {
        keyword: earlier.keyword.iter().chain(&arguments.keyword).cloned().collect(),
        more_keyword: earlier.more_keyword || arguments.more_keyword,
        ..Arguments::default()
    };
    match name {
        "all" | "filter" | "limit" | "page_size" => {
            // The list is asked for where it is written, even when it is never iterated over.
            let narrowed =
                Cloud::Collection { resource: Rc::clone(resource), name: Rc::clone(collection), arguments: joined };
            Value::cloud(narrowed)
        }
        "pages" => {
            let resources = element(machine, cloud, site);
            let page = machine.new_list_of(resources, site);
            machine.new_list_of(page, site)
        }
        batch => {
            let Some(parts) = take_apart(resource) else { return Value::data() };
            let Some(member) = facts::resource_members(&parts.key(collection)).next() else { return Value::data() };
            element(machine, cloud, site);
            let key = format!("{}.{}.{batch}", parts.service, member.class);
            if let Some(action) = facts::resource_members(&key).find(|member| member.kind == "batch") {
                let identifiers = identifiers_of(&parts, &member, &joined);
                let made = parts.related(member.class, identifiers, true);
                if let Some(Atom::Cloud(made)) = made.single()
                    && let Some(made) = take_apart(made)
                {
                    record(machine, &made, action.operation, action.parameters, arguments, Via::Resource, site);
                }
            }
            Value::data()
        }
    }
}

/// The resources that iterating over a collection yields; asking for them is a call.
pub(super) fn element(machine: &mut Machine<'_>, cloud: &Rc<Cloud>, site: Site) -> Value {
    let Cloud::Collection { resource, name, arguments } = &**cloud else { return Value::data() };
    let Some(parts) = take_apart(resource) else { return Value::data() };
    let Some(member) = facts::resource_members(&parts.key(name)).next() else { return Value::data() };
    record(machine, &parts, member.operation, member.parameters, arguments, Via::Resource, site);
    // A list of structures comes with their attributes, a list of names does not.
    let loaded = member.identifiers.contains("[].");
    parts.related(member.class, identifiers_of(&parts, &member, arguments), loaded)
}
