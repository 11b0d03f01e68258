//! Roles that the configuration names.

use model::SymbolicText;
use model::permission::PolicyKind;

use super::super::declared::{Declared, Entity};
use super::Role;
use super::policies::Policies;

/// The role `text`: one of `resources`, or one that is not part of the project.
pub(super) fn role(declared: &Declared<'_>, entity: &Entity<'_>, text: &SymbolicText) -> Role {
    let mut policies = Policies::new(declared);
    let mut name = text.clone();
    match logical_id(declared, text) {
        Some(logical_id) => {
            name = SymbolicText::reference(format!("{logical_id}.Arn"));
            policies.resources(&logical_id);
        }
        None => {
            let location =
                entity.get("role").map_or_else(|| entity.location.clone(), |role| declared.location_of(role));
            let why = format!("role `{text}` is not part of the project; what it grants is not seen");
            policies.list.gap_at(location.clone(), why);
            let arn = Some(text.clone());
            policies.list.push(PolicyKind::Unresolved, text.to_string(), arn, Vec::new(), location);
        }
    }
    let (policies, gaps) = policies.into_parts();
    Role { name, policies, elsewhere: Vec::new(), gaps }
}

/// The role of `resources` that `text` names: by its logical id, by a reference, or in an ARN by its name.
pub(super) fn logical_id(declared: &Declared<'_>, text: &SymbolicText) -> Option<String> {
    let roles = || declared.stack.of_kind("AWS::IAM::Role");
    let named = text.as_reference().map(|reference| reference.strip_suffix(".Arn").unwrap_or(reference));
    if let Some(logical_id) = named.or(text.as_literal().filter(|literal| !literal.contains(':'))) {
        return roles().find(|role| role.logical_id == logical_id).map(|role| role.logical_id.clone());
    }
    let written = text.to_string();
    let name = written.split_once(":role/").map(|(_, path)| path.rsplit('/').next().unwrap_or_default())?;
    let mut by_name = roles().filter(|role| {
        let given = role.property("RoleName").and_then(|given| given.texts().next());
        given.is_some_and(|given| given.to_string() == name)
    });
    by_name.next().map(|role| role.logical_id.clone())
}
