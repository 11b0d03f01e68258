//! Roles that the configuration names.

use model::permission::PolicyKind;
use model::{Gap, Hidden, SymbolicText};

use super::super::declared::{Declared, Entity};
use super::Role;
use super::policies::Policies;

/// The role `text`: one of `resources`, or one that is not part of the project.
pub(super) fn role(declared: &Declared<'_>, entity: &Entity<'_>, text: &SymbolicText) -> Role {
    let logical_id = logical_id(text);
    let mut policies = Policies::new(declared);
    let name = match (&logical_id, text.as_literal()) {
        (Some(logical_id), Some(_)) => SymbolicText::reference(format!("{logical_id}.Arn")),
        _ => text.clone(),
    };
    let is_known = logical_id.is_some_and(|logical_id| declared.stack.resource(&logical_id).is_some());
    if !is_known {
        let location = entity.get("role").map_or_else(|| entity.location.clone(), |role| declared.location_of(role));
        let why = format!("role `{text}` is not part of the project; what it grants is not seen");
        policies.gaps.push(Gap::new(location.clone(), why, &[Hidden::Permissions]));
        policies.push(PolicyKind::Unresolved, &text.to_string(), None, Vec::new(), location);
    }
    let (policies, gaps) = policies.into_parts();
    Role { name, policies, gaps }
}

/// The resource that `text` names: by itself, or by a reference to its ARN.
fn logical_id(text: &SymbolicText) -> Option<String> {
    if let Some(literal) = text.as_literal() {
        return (!literal.contains(':')).then(|| literal.to_owned());
    }
    let reference = text.as_reference()?;
    Some(reference.strip_suffix(".Arn").unwrap_or(reference).to_owned())
}
