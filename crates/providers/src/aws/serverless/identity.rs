//! The role a function runs with.

use model::Gap;
use model::function::Identity;

use super::declared::{Declared, Entity};
use super::roles::{Roles, home};

/// The role of `entity` and what it grants.
pub(super) fn of(declared: &Declared<'_>, entity: &Entity<'_>, roles: &Roles, gaps: &mut Vec<Gap>) -> Identity {
    let Some(role) = roles.of_function(entity.key) else { return Identity::default() };
    gaps.extend(role.gaps.iter().cloned());
    gaps.extend(super::roles::ignored_statements(declared, entity));
    let others = roles.functions_with(role).filter(|key| *key != entity.key);
    let mut shared_with: Vec<_> = others.map(|key| format!("{}#{key}", declared.service.file)).collect();
    shared_with.sort();
    let home = home::of(declared, entity, role, &shared_with);
    Identity { name: Some(role.name.clone()), policies: role.policies.clone(), trust: Vec::new(), shared_with, home }
}
