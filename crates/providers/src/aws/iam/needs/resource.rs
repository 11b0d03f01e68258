//! From an argument's value to the ARN that an action is checked on.

use model::{Part, SymbolicText};

use super::NeededResource;
use super::arguments::{Arguments, Given};
use crate::aws::iam::facts::{self, Binding, OperationAction, ResourceRule, ResourceSource};
use crate::aws::iam::template_resources::{Meaning, StandsFor, TemplateResources};

/// Most resources of one action of one call.
const MAX_RESOURCES: usize = 32;
/// What the ids of inference profiles over several regions start with, before a dot. Sorted.
const PROFILE_PLACES: &[&str] = &["apac", "au", "ca", "eu", "global", "jp", "us", "us-gov"];
/// The secret's name in its ARN is followed by six letters that the service makes up.
const SECRET_SUFFIX: &str = "-??????";

/// The resources that `needed` is checked on: sorted, never empty.
pub(super) fn resources(
    needed: &OperationAction,
    arguments: &Arguments<'_>,
    resources: &TemplateResources,
) -> Vec<NeededResource> {
    let builder = Builder { arguments, resources };
    let mut found: Vec<NeededResource> = needed
        .resources
        .iter()
        .filter(|rule| !builder.is_left_out(rule, &needed.resources))
        .flat_map(|rule| builder.of_rule(rule))
        .collect();
    if found.is_empty() {
        let required = needed.resources.iter().find(|rule| is_required(needed.action, rule));
        let fallback = required.map(|rule| builder.any(rule));
        // An action that takes resources is checked on one that no parameter tells.
        let takes_none = facts::action(needed.action).is_none_or(|action| action.resource_types().next().is_none());
        let anything = NeededResource { is_known: takes_none, ..NeededResource::everything() };
        found.push(fallback.unwrap_or(anything));
    }
    found.sort_unstable();
    found.dedup();
    found.truncate(MAX_RESOURCES);
    found
}

/// Whether the action is always checked on a resource of the rule's type.
fn is_required(action: &str, rule: &ResourceRule) -> bool {
    let mut types = facts::action(action).into_iter().flat_map(facts::ActionId::resource_types);
    types.any(|(key, is_required)| is_required && key == rule.resource_type)
}

struct Builder<'a> {
    arguments: &'a Arguments<'a>,
    resources: &'a TemplateResources,
}

/// One value of a parameter, as far as it tells a resource.
enum Named<'a> {
    /// It is the ARN.
    Arn(SymbolicText),
    /// It leads to a resource of the template.
    Resource(Meaning<'a>),
    Name(SymbolicText),
    /// It is a value of the deployment that may be name or ARN.
    Reference(SymbolicText),
    Unknown,
}

impl<'a> Builder<'a> {
    /// An optional rule without its parameters, or a rule whose parameter is left out while another of the same type has
    /// one.
    fn is_left_out(&self, rule: &ResourceRule, all: &[ResourceRule]) -> bool {
        let is_given = |rule: &ResourceRule| match &rule.source {
            ResourceSource::Any => false,
            ResourceSource::Whole(parameter) => self.is_given(parameter),
            ResourceSource::Variables(bindings) => bindings.iter().any(|binding| self.is_given(binding.parameter)),
        };
        let is_bound = rule.source != ResourceSource::Any;
        let another = || all.iter().any(|other| other.resource_type == rule.resource_type && is_given(other));
        is_bound && !is_given(rule) && (rule.is_optional || another())
    }

    fn is_given(&self, parameter: &str) -> bool {
        matches!(self.arguments.get(parameter), Given::Values(_) | Given::Present)
    }

    fn of_rule(&self, rule: &ResourceRule) -> Vec<NeededResource> {
        match &rule.source {
            ResourceSource::Any => vec![self.any(rule)],
            ResourceSource::Whole(parameter) => {
                self.values(parameter, None).iter().map(|value| self.whole(rule, value)).collect()
            }
            ResourceSource::Variables(bindings) => self.filled(rule, bindings),
        }
    }

    /// The type's ARN with `*` for every name.
    fn any(&self, rule: &ResourceRule) -> NeededResource {
        match facts::arn_of_resource_type(&rule.resource_type) {
            Some(arn) => NeededResource { text: opened(arn), is_known: false },
            None => NeededResource { text: "*".into(), is_known: false },
        }
    }

    fn values(&self, parameter: &str, default: Option<&str>) -> Vec<SymbolicText> {
        match (self.arguments.get(parameter), default) {
            (Given::Values(values), _) => values,
            (Given::Absent, Some(default)) => vec![default.into()],
            (Given::Hidden, _) => self.within(parameter),
            _ => vec![SymbolicText::unknown()],
        }
    }

    /// `CopySource` is also written `bucket/key`.
    fn within(&self, parameter: &str) -> Vec<SymbolicText> {
        let unknown = vec![SymbolicText::unknown()];
        let Some((outer, inner)) = parameter.rsplit_once('.').filter(|(outer, _)| *outer == "CopySource") else {
            return unknown;
        };
        let Given::Values(values) = self.arguments.get(outer) else { return unknown };
        let part = |value: &SymbolicText| {
            let (bucket, key) = bucket_and_key(value);
            if inner == "Bucket" { bucket } else { key }
        };
        values.iter().map(part).collect()
    }

    /// A parameter that holds the ARN, or what stands in for it.
    fn whole(&self, rule: &ResourceRule, value: &SymbolicText) -> NeededResource {
        let known = |text| NeededResource { text, is_known: true };
        let is_in_bucket = matches!(rule.resource_type.as_str(), "s3:bucket" | "s3:object");
        if is_in_bucket && without_prefix(value, "https://").is_some() && address_in_bucket(value).is_none() {
            return self.any(rule);
        }
        if let Some(address) = address_in_bucket(value).filter(|_| is_in_bucket) {
            let (bucket, _) = bucket_and_key(&address);
            let text = if rule.resource_type == "s3:bucket" { bucket } else { address };
            return known(joined("arn:aws:s3:::", &text, ""));
        }
        match self.named(value) {
            Named::Arn(arn) | Named::Reference(arn) => known(arn),
            Named::Resource(meaning) => known(meaning.arn()),
            Named::Name(name) => match facts::arn_of_resource_type(&rule.resource_type) {
                Some(arn) => {
                    let text = self.fill(arn, &mut |variable, is_last| is_last.then(|| shaped(variable, &name)));
                    known(with_secret_suffix(&rule.resource_type, text))
                }
                None => self.any(rule),
            },
            Named::Unknown => self.any(rule),
        }
    }

    /// Every combination of the parameters' values put into the type's ARN.
    fn filled(&self, rule: &ResourceRule, bindings: &[Binding]) -> Vec<NeededResource> {
        let Some(arn) = facts::arn_of_resource_type(&rule.resource_type) else { return vec![self.any(rule)] };
        let mut choices: Vec<Vec<(&str, SymbolicText)>> = vec![Vec::new()];
        for binding in bindings {
            let values = self.values(binding.parameter, binding.default);
            let longer = |chosen: &Vec<(&'static str, SymbolicText)>| {
                let with = |value: &SymbolicText| {
                    let mut chosen = chosen.clone();
                    chosen.push((binding.variable, value.clone()));
                    chosen
                };
                values.iter().map(with).collect::<Vec<_>>()
            };
            choices = choices.iter().flat_map(longer).take(MAX_RESOURCES).collect();
        }
        choices
            .iter()
            .flat_map(|chosen| self.models(rule, chosen).unwrap_or_else(|| vec![self.put_in(rule, arn, chosen)]))
            .collect()
    }

    /// A model that is asked for by an inference profile over several regions: the profile, and the model in each.
    fn models(&self, rule: &ResourceRule, chosen: &[(&str, SymbolicText)]) -> Option<Vec<NeededResource>> {
        let [(_, value)] = chosen else { return None };
        let id = value.as_literal().filter(|_| rule.resource_type == "bedrock:foundation-model")?;
        let (place, model) = id.split_once('.')?;
        PROFILE_PLACES.contains(&place).then(|| {
            let profile = format!("arn:aws:bedrock:${{AWS::Region}}:${{AWS::AccountId}}:inference-profile/{id}");
            let texts = [profile, format!("arn:aws:bedrock:*::foundation-model/{model}")];
            texts.map(|text| NeededResource { text: SymbolicText::parse_sub(&text), is_known: true }).to_vec()
        })
    }

    fn put_in(&self, rule: &ResourceRule, arn: &'static str, chosen: &[(&str, SymbolicText)]) -> NeededResource {
        let value_of = |variable: &str| chosen.iter().find(|(name, _)| *name == variable).map(|(_, value)| value);
        // An alias of a key says nothing of the key's ARN.
        if chosen.iter().any(|(variable, value)| *variable == "KeyId" && without_prefix(value, "alias/").is_some()) {
            return self.any(rule);
        }
        let first = variables(arn).next();
        let first_value = first.and_then(value_of);
        let is_known = first_value.is_some_and(|value| !value.is_unknown());
        let base = first.zip(first_value).and_then(|(variable, value)| self.base(arn, variable, value));
        let mut put = |variable: &str, _: bool| {
            value_of(variable).and_then(|value| match self.named(value) {
                Named::Resource(meaning) => Some(SymbolicText::reference(meaning.logical_id)),
                Named::Arn(text) | Named::Name(text) | Named::Reference(text) => Some(shaped(variable, &text)),
                Named::Unknown => None,
            })
        };
        let text = match base {
            Some((base, rest)) => {
                let mut text = base;
                text.append(self.fill(rest, &mut put));
                text
            }
            None => with_secret_suffix(&rule.resource_type, self.fill(arn, &mut put)),
        };
        NeededResource { text, is_known }
    }

    /// Where the first value is an ARN or a resource of the template: that, and the rest of the type's ARN.
    fn base(&self, arn: &'static str, variable: &str, value: &SymbolicText) -> Option<(SymbolicText, &'static str)> {
        let end = arn.find(&format!("${{{variable}}}"))? + variable.len() + 3;
        let (head, rest) = arn.split_at_checked(end)?;
        match self.named(value) {
            Named::Arn(text) => Some((text, rest)),
            Named::Resource(meaning) => {
                let fits = head.replace(&format!("${{{variable}}}"), "{}");
                let kind = meaning.resource.kind;
                (kind.arn == fits || kind.arn.strip_suffix(SECRET_SUFFIX) == Some(&fits)).then(|| (meaning.arn(), rest))
            }
            _ => None,
        }
    }

    fn named(&self, value: &SymbolicText) -> Named<'a> {
        if value.is_unknown() || value.is_empty() {
            return Named::Unknown;
        }
        if without_prefix(value, "arn:").is_some() {
            return Named::Arn(value.clone());
        }
        if let Some(name) = value.as_reference() {
            return match self.resources.meaning(name) {
                Some(meaning) => match meaning.stands_for {
                    StandsFor::Arn | StandsFor::Below(_) => {
                        let is_resource = meaning.stands_for == StandsFor::Arn;
                        Named::Arn(if is_resource { meaning.arn() } else { value.clone() })
                    }
                    StandsFor::Name | StandsFor::Url => Named::Resource(meaning),
                    StandsFor::Other => Named::Reference(value.clone()),
                },
                None => Named::Reference(value.clone()),
            };
        }
        // `${Function.Arn}:live` and the like.
        if let Some(Part::Reference(name)) = value.parts().first() {
            let starts_with_arn =
                self.resources.meaning(name).is_some_and(|meaning| meaning.stands_for == StandsFor::Arn);
            if starts_with_arn || name.ends_with(".Arn") || name.ends_with(".arn") {
                return Named::Arn(value.clone());
            }
        }
        if without_prefix(value, "https://").is_some() {
            return last_segment(value).map_or(Named::Unknown, Named::Name);
        }
        Named::Name(value.clone())
    }

    /// The ARN with `put` asked for each variable and whether it is the last; `*` where it has no answer.
    fn fill(&self, arn: &str, put: &mut dyn FnMut(&str, bool) -> Option<SymbolicText>) -> SymbolicText {
        let last = variables(arn).last().unwrap_or("").to_owned();
        SymbolicText::parse_sub(arn).map_parts(|part| match part {
            Part::Reference(name) if !name.starts_with("AWS::") => {
                Some(put(name, *name == last).unwrap_or_else(SymbolicText::unknown))
            }
            _ => None,
        })
    }
}

/// The variables of an ARN that name the resource.
fn variables(arn: &str) -> impl Iterator<Item = &str> {
    let names = arn.split("${").skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name));
    names.filter(|name| !name.starts_with("AWS::"))
}

/// The ARN with `*` for every name.
fn opened(arn: &str) -> SymbolicText {
    SymbolicText::parse_sub(arn).map_parts(|part| match part {
        Part::Reference(name) if !name.starts_with("AWS::") => Some(SymbolicText::unknown()),
        _ => None,
    })
}

/// The value as the variable wants it.
fn shaped(variable: &str, value: &SymbolicText) -> SymbolicText {
    match variable {
        "ParameterNameWithoutLeadingSlash" => without_prefix(value, "/").unwrap_or_else(|| value.clone()),
        _ => value.clone(),
    }
}

fn with_secret_suffix(resource_type: &str, text: SymbolicText) -> SymbolicText {
    let ends_open = matches!(text.parts().last(), Some(Part::Unknown));
    if resource_type == "secretsmanager:Secret" && !ends_open { joined("", &text, SECRET_SUFFIX) } else { text }
}

fn joined(before: &str, text: &SymbolicText, after: &str) -> SymbolicText {
    let mut joined = SymbolicText::literal(before);
    joined.append(text.clone());
    joined.append(SymbolicText::literal(after));
    joined
}

fn without_prefix(value: &SymbolicText, prefix: &str) -> Option<SymbolicText> {
    let (first, rest) = value.parts().split_first()?;
    let Part::Literal(literal) = first else { return None };
    let stripped = literal.strip_prefix(prefix)?;
    Some(SymbolicText::from_parts(std::iter::once(Part::Literal(stripped.to_owned())).chain(rest.iter().cloned())))
}

/// `bucket/key` of `s3://bucket/key`, `https://s3.region.amazonaws.com/bucket/key` and `https://bucket.s3.amazonaws.com/key`.
fn address_in_bucket(value: &SymbolicText) -> Option<SymbolicText> {
    if let Some(address) = without_prefix(value, "s3://") {
        return Some(address);
    }
    let (host, path) = bucket_and_key(&without_prefix(value, "https://")?);
    if without_prefix(&host, "s3.").or_else(|| without_prefix(&host, "s3-")).is_some() {
        return Some(path);
    }
    let mut address = SymbolicText::default();
    for part in host.parts() {
        let Part::Literal(text) = part else {
            address.push(part.clone());
            continue;
        };
        let Some(end) = text.find(".s3.").or_else(|| text.find(".s3-")) else {
            address.push(part.clone());
            continue;
        };
        address.push(Part::Literal(text.chars().take(end).collect()));
        address.push(Part::Literal("/".to_owned()));
        address.append(path);
        return Some(address);
    }
    None
}

/// `bucket/key` taken apart at the first slash, with or without one in front.
fn bucket_and_key(value: &SymbolicText) -> (SymbolicText, SymbolicText) {
    let value = without_prefix(value, "/").unwrap_or_else(|| value.clone());
    let (mut bucket, mut key, mut is_key) = (SymbolicText::default(), SymbolicText::default(), false);
    for part in value.parts() {
        match part {
            _ if is_key => key.push(part.clone()),
            Part::Literal(text) => match text.split_once('/') {
                Some((before, after)) => {
                    bucket.push(Part::Literal(before.to_owned()));
                    key.push(Part::Literal(after.to_owned()));
                    is_key = true;
                }
                None => bucket.push(part.clone()),
            },
            _ => bucket.push(part.clone()),
        }
    }
    if !is_key {
        key.push(Part::Unknown);
    }
    (bucket, key)
}

/// The name at the end of an address.
fn last_segment(value: &SymbolicText) -> Option<SymbolicText> {
    let mut segment: Vec<Part> = Vec::new();
    for part in value.parts().iter().rev() {
        match part {
            Part::Literal(text) => match text.trim_end_matches('/').rsplit_once('/') {
                Some((_, last)) => {
                    segment.push(Part::Literal(last.to_owned()));
                    segment.reverse();
                    return Some(SymbolicText::from_parts(segment)).filter(|text| !text.is_empty());
                }
                None => segment.push(part.clone()),
            },
            other => segment.push(other.clone()),
        }
    }
    None
}
