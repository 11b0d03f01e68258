//! Published ways from a grant to more rights.

use std::sync::LazyLock;

use model::table::SortedLines;

use super::actions::{ActionId, action, matching};

const PATHS: &str = include_str!("../../../../data/iam_escalation_paths.tsv");

/// One way: who may do all of its actions can get more rights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EscalationPath {
    /// The library's id (`lambda-001`), else prowler's key.
    pub id: &'static str,
    pub kind: EscalationKind,
    /// Sorted.
    pub actions: Vec<ActionId>,
}

/// What a way leads through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EscalationKind {
    /// The identity widens its own rights.
    SelfEscalation,
    /// It becomes another user or role.
    PrincipalAccess,
    /// It hands a role to something that it makes.
    NewPassrole,
    /// It acts through something that has a role already.
    ExistingPassrole,
    /// Several of these.
    Combination,
}

impl EscalationKind {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "self-escalation" => Self::SelfEscalation,
            "principal-access" => Self::PrincipalAccess,
            "new-passrole" => Self::NewPassrole,
            "existing-passrole" => Self::ExistingPassrole,
            "combination" => Self::Combination,
            _ => return None,
        })
    }
}

/// Every path in the order of the ids, compiled once. Those with an action that IAM does not know are left out: nobody can
/// be granted it.
pub fn escalation_paths() -> &'static [EscalationPath] {
    static COMPILED: LazyLock<Vec<EscalationPath>> =
        LazyLock::new(|| SortedLines::new(PATHS).iter().filter_map(|(id, rest)| path(id, rest)).collect());
    &COMPILED
}

fn path(id: &'static str, rest: &'static str) -> Option<EscalationPath> {
    let (kind, patterns) = rest.split_once('\t')?;
    let mut actions = Vec::new();
    for pattern in patterns.split(',') {
        if pattern.contains(['*', '?']) {
            actions.extend(matching(pattern));
        } else {
            actions.push(action(pattern)?);
        }
    }
    actions.sort_unstable();
    actions.dedup();
    Some(EscalationPath { id, kind: EscalationKind::parse(kind)?, actions })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_a_path_of_known_actions() {
        let rows: Vec<&str> = SortedLines::new(PATHS).iter().map(|(id, _)| id).collect();
        let known: Vec<&str> = escalation_paths().iter().map(|path| path.id).collect();
        let unknown: Vec<_> = rows.iter().filter(|id| !known.contains(id)).collect();
        // CodeStar was closed in 2024, and IAM has no actions of it any more.
        assert_eq!(unknown, [&"PassRole+CodeStar"]);
        assert!(escalation_paths().iter().all(|path| !path.actions.is_empty()));
    }
}
