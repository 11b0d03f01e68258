//! The role that SAM makes for a function: `Policies` and all that is implied.

use deploy::Project;
use deploy::formats::cloudformation::{Entry, Partial, PartialValue};
use model::permission::{Policy, PolicyKind, Statement};
use model::{Location, SymbolicText};

use super::implicit;
use super::list::PolicyList;
use crate::aws::iam::facts::{self, SamPolicyTemplate};
use crate::aws::resources::declared::Declared;

/// Most ways of filling in the parameters of one policy template.
const MAX_FILLINGS: usize = 32;

pub(super) fn attach(owner: &Declared<'_>, project: &dyn Project, list: &mut PolicyList<'_>) {
    implicit::attach_to_new_role(owner, list);
    if let Some(policies) = owner.get("Policies") {
        for (index, item) in items(policies).into_iter().enumerate() {
            for alternative in item.alternatives() {
                entry(owner, index, alternative, list);
            }
            if item.is_undecided() {
                list.undecided(item, "`Policies`");
            }
        }
    }
    implicit::attach_inline(owner, project, list);
    if let Some(boundary) = owner.get("PermissionsBoundary") {
        list.boundary(boundary);
    }
}

/// The entries of `Policies`, one alone counting as a list; alternatives of an entry stay together.
fn items(policies: &Partial) -> Vec<&Partial> {
    policies
        .alternatives()
        .flat_map(|policies| match &policies.value {
            PartialValue::Sequence(items) => items.iter().collect(),
            _ => vec![policies],
        })
        .collect()
}

fn entry(owner: &Declared<'_>, index: usize, item: &Partial, list: &mut PolicyList<'_>) {
    let location = item.location(list.file());
    let inline_name = format!("{}RolePolicy{index}", owner.logical_id());
    match &item.value {
        PartialValue::Mapping(_) if item.get("Statement").is_some() => {
            list.document(PolicyKind::Inline, inline_name, item, location);
        }
        PartialValue::Mapping(_) if item.get("Effect").is_some() => {
            list.gap(
                item,
                "a statement stands in `Policies` without a document around it, which SAM refuses; it is listed",
            );
            list.document(PolicyKind::Inline, inline_name, item, location);
        }
        PartialValue::Mapping(_) if item.get("PolicyDocument").is_some() => {
            list.gap(
                item,
                "`PolicyDocument` stands in `Policies`, where SAM expects the document itself; it is listed",
            );
            if let Some(document) = item.get("PolicyDocument") {
                list.document(PolicyKind::Inline, inline_name, document, location);
            }
        }
        PartialValue::Mapping(entries) => entries.iter().for_each(|entry| template(entry, list)),
        PartialValue::Sequence(nested) => {
            list.gap(item, "a list stands within `Policies`, which SAM refuses; its entries are listed");
            for alternative in nested.iter().flat_map(Partial::alternatives).filter(|item| !item.is_sequence()) {
                entry(owner, index, alternative, list);
            }
        }
        _ => match item.text() {
            Some(text) => list.managed(PolicyKind::Managed, &text, location),
            None => list.gap(item, "an entry of `Policies` is neither text nor mapping; what it grants is not seen"),
        },
    }
}

/// A SAM policy template: `{Name: {Parameter: value}}`.
fn template(entry: &Entry, list: &mut PolicyList<'_>) {
    let location = entry.place.location(list.file());
    let name = entry.name.clone();
    let Some(template) = facts::sam_policy_template(&name) else {
        let why = format!("`{name}` is no policy template of SAM; what it grants is not seen, check its name");
        list.gap_at(location.clone(), why);
        return list.push(PolicyKind::Unresolved, name, None, Vec::new(), location);
    };
    for parameter in &template.parameters {
        if entry.value.get(parameter).is_none() {
            list.gap_at(location.clone(), format!("policy template `{name}` lacks its parameter `{parameter}`"));
        }
    }
    let statements = filled(&template, &entry.value, &location);
    list.undecided(&entry.value, &format!("policy template `{name}`"));
    let parameters = template.parameters.iter().filter_map(|parameter| {
        Some(((*parameter).to_owned(), entry.value.get(parameter)?.items_or_self().find_map(Partial::text)?))
    });
    list.template(name, parameters.collect(), statements, location);
}

/// What the role of `owner` is granted whatever its `Policies` say.
pub(super) fn implied(owner: &Declared<'_>, project: &dyn Project) -> Vec<Policy> {
    let mut list = PolicyList::of_function(owner);
    implicit::attach_to_new_role(owner, &mut list);
    implicit::attach_inline(owner, project, &mut list);
    list.finish().0
}

/// The template's statements for every value its parameters may have.
fn filled(template: &SamPolicyTemplate, values: &Partial, location: &Location) -> Vec<Statement> {
    let mut fillings: Vec<Vec<(String, SymbolicText)>> = vec![Vec::new()];
    for parameter in &template.parameters {
        let Some(value) = values.get(parameter) else { continue };
        let texts: Vec<SymbolicText> = value.items_or_self().filter_map(Partial::text).collect();
        if texts.is_empty() || fillings.len() * texts.len() > MAX_FILLINGS {
            continue;
        }
        fillings = fillings
            .iter()
            .flat_map(|filling| {
                texts
                    .iter()
                    .map(|text| filling.iter().cloned().chain([((*parameter).to_owned(), text.clone())]).collect())
            })
            .collect();
    }
    let mut statements: Vec<Statement> = Vec::new();
    for filling in fillings {
        for statement in template.statements(&filling, location) {
            if !statements.contains(&statement) {
                statements.push(statement);
            }
        }
    }
    statements
}
