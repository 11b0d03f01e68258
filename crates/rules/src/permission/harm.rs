//! What the rules of one category of harm each say.

use std::collections::BTreeSet;

use model::permission::{Harm, Judgement};
use model::{Confidence, RemedyKind, Severity};

use super::group::{Group, groups_by_policy};
use super::{Speaker, has_code};
use crate::rule::{Findings, FunctionFacts, remedy};
use crate::words::quoted_list;

const LISTED_ACTIONS: usize = 5;

/// Grants of `harm` on every resource that nothing needs, those of one policy together.
pub(super) fn check(harm: Harm, severity: Severity, facts: &FunctionFacts<'_>, out: &mut Findings<'_>) {
    let has_code = has_code(facts.permissions);
    for group in groups_by_policy(facts.permissions, Speaker::Harm(harm)) {
        let (actions, count) = harmful_actions(&group, harm);
        let actions = listed(&actions, count);
        let title = match (has_code, is_sure(&group)) {
            (true, true) => format!(
                "{} grants {actions} on every resource, which the function does not need: whoever takes it over can {}",
                group.policy_words(),
                harm.gain()
            ),
            (true, false) => format!(
                "{} grants {actions} on every resource, which the function may not need: whoever takes it over can {}",
                group.policy_words(),
                harm.gain()
            ),
            (false, _) => {
                format!("{} grants {actions} on every resource: its holder can {}", group.policy_words(), harm.gain())
            }
        };
        let granted = quoted_list(&group.actions(), LISTED_ACTIONS);
        let text = match (has_code, is_sure(&group)) {
            (true, true) => format!("remove {granted}: nothing was found that needs it"),
            (true, false) => format!("remove {granted}, unless code that could not be read needs it"),
            (false, _) => format!("name the resources that {granted} is for, or remove it"),
        };
        let finding = out.add(&group.subject(), title, group.locations(), remedy(RemedyKind::Policy, text, None));
        finding.tags.extend(group.harm_tags());
        (finding.severity, finding.confidence) = match (has_code, is_sure(&group)) {
            // Whatever its harm, a grant that nothing needs is worth taking away.
            (true, true) => (severity.max(Severity::Medium), group.confidence()),
            (false, true) => (severity, group.confidence()),
            // That it is granted is certain; whether it is needed nobody said.
            (false, false) => (severity, Confidence::Likely),
            (true, false) => (lowered(severity), Confidence::Possible),
        };
    }
}

fn is_sure(group: &Group<'_>) -> bool {
    group.verdicts.iter().any(|row| matches!(row.judgement, Judgement::Remove | Judgement::Dangerous))
}

/// The actions that do the harm everywhere, as far as they are listed, and how many there are.
fn harmful_actions<'a>(group: &Group<'a>, harm: Harm) -> (Vec<&'a str>, usize) {
    let rows = group.verdicts.iter().flat_map(|row| &row.harms).filter(|of| of.harm == harm && of.is_everywhere);
    let mut actions: BTreeSet<&str> = BTreeSet::new();
    let mut unlisted = 0;
    for row in rows {
        actions.extend(row.actions.iter().map(String::as_str));
        unlisted += row.action_count.saturating_sub(row.actions.len());
    }
    let count = actions.len() + unlisted;
    (actions.into_iter().collect(), count)
}

fn listed(actions: &[&str], count: usize) -> String {
    let shown = actions.get(..LISTED_ACTIONS.min(actions.len())).unwrap_or_default();
    match count.saturating_sub(shown.len()) {
        0 => quoted_list(shown, LISTED_ACTIONS),
        more => {
            format!("{} and {more} more", shown.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))
        }
    }
}

fn lowered(severity: Severity) -> Severity {
    match severity {
        Severity::Critical => Severity::High,
        Severity::High => Severity::Medium,
        Severity::Medium => Severity::Low,
        Severity::Low | Severity::Info => Severity::Info,
    }
}
