//! Where the policies of a function are to be written: at its role, or at a role of its own where it shares one.

use deploy::Project;
use deploy::formats::cloudformation::Resource;
use model::SymbolicText;
use model::permission::{Policy, PolicyKind};
use model::proposal::{PolicyForm, PolicyHome, Syntax};

use super::generated;
use super::roles::{Role, Roles};
use crate::aws::resources::declared::Declared;

/// `None` when the role is outside the template, or which one it is is decided at deployment.
pub(super) fn of(
    function: &Declared<'_>,
    roles: &Roles<'_, '_>,
    elsewhere: Vec<String>,
    policies: &[Policy],
    project: &dyn Project,
) -> Option<PolicyHome> {
    let [assigned] = roles.of(function) else { return None };
    let others = roles.shared_with(function);
    let file = function.stack.file.as_str();
    let at = |form: PolicyForm, owner: &str| PolicyHome {
        is_translation: false,
        form,
        syntax: syntax_of(file, project),
        file: file.to_owned(),
        owner: owner.to_owned(),
        implied: Vec::new(),
        elsewhere: elsewhere.clone(),
        boundary: None,
        steps: Vec::new(),
        location: assigned.location.clone(),
    };
    let own = function.logical_id();
    let home = match &assigned.role {
        Role::Generated { owner } if *owner == own => {
            let mut home = at(PolicyForm::SamFunction, own);
            home.implied = generated::implied(function, project);
            home.steps.extend(others.first().map(|_| {
                format!("{} run with the role of `{own}` too: give each a role of its own first", listed(&others))
            }));
            home
        }
        Role::Resource(role) if others.is_empty() => PolicyHome {
            location: role.place.location(file),
            steps: said_of(role),
            ..at(PolicyForm::Role, &role.logical_id)
        },
        Role::Generated { .. } | Role::Resource(_) => apart(function, &others, at, policies, project),
        Role::Made { .. } | Role::Elsewhere => return None,
    };
    Some(home)
}

/// The function gets a role of its own.
fn apart(
    function: &Declared<'_>,
    others: &[String],
    at: impl Fn(PolicyForm, &str) -> PolicyHome,
    policies: &[Policy],
    project: &dyn Project,
) -> PolicyHome {
    let own = function.logical_id();
    let mut home = if function.kind.is_sam {
        let step = format!("take `Role` away from `{own}`: SAM then makes a role for it alone");
        PolicyHome {
            implied: generated::implied(function, project),
            steps: vec![step],
            ..at(PolicyForm::SamFunction, own)
        }
    } else {
        let role = free_name(function);
        let step = format!("set `Role` of `{own}` to the `Arn` of the new role `{role}`");
        PolicyHome { steps: vec![step], ..at(PolicyForm::NewRole, &role) }
    };
    home.steps.push(format!("{} share the role of today: delete it when each has its own", listed(others)));
    home.boundary = boundary(policies);
    home.location = function.location();
    home
}

/// The boundary that a role of its own needs as well.
pub(in crate::aws) fn boundary(policies: &[Policy]) -> Option<SymbolicText> {
    let boundary = policies.iter().find(|policy| policy.kind == PolicyKind::Boundary)?;
    Some(boundary.arn.clone().unwrap_or_else(|| SymbolicText::parse_sub(&boundary.name)))
}

/// A logical id that the template does not have yet.
fn free_name(function: &Declared<'_>) -> String {
    let candidates =
        ["Role", "OwnRole", "LeastPrivilegeRole"].map(|ending| format!("{}{ending}", function.logical_id()));
    let last = format!("{}LeastPrivilegeRole2", function.logical_id());
    candidates.into_iter().find(|name| function.stack.resource(name).is_none()).unwrap_or(last)
}

/// What is to be known of the role before it is changed.
fn said_of(role: &Resource) -> Vec<String> {
    let condition = role.condition.as_ref();
    let said = condition.map(|condition| format!("`{}` is made only when `{}` holds", role.logical_id, condition.name));
    said.into_iter().collect()
}

/// `` `a` and `b` ``; the names of functions without their file.
fn listed(ids: &[String]) -> String {
    let names: Vec<String> =
        ids.iter().map(|id| format!("`{}`", id.rsplit_once('#').map_or(id.as_str(), |(_, name)| name))).collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// `x.template` is spelled in either: what it starts with tells.
fn syntax_of(file: &str, project: &dyn Project) -> Syntax {
    if !file.ends_with(".template") {
        return Syntax::of_file(file);
    }
    let bytes = project.read(file).ok().flatten().unwrap_or_default();
    match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{') => Syntax::Json,
        _ => Syntax::Yaml,
    }
}
