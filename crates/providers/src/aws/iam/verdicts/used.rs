//! Verdicts joined with what logs show: a use keeps a grant from being taken away, and silence of a log that would have shown
//! one makes taking it away surer.

use std::collections::BTreeSet;

use model::function::Function;
use model::permission::{Judgement, Verdict};
use model::{Confidence, Gap, Hidden};

use super::granted::{Judged, MAX_PREFIX_SEARCH, Reached, Row, Written, listed};
use crate::aws::iam::facts::ActionId;
use crate::aws::iam::needs::Needs;
use crate::aws::usage::{FunctionUsage, Seen, Silence};

/// Denied actions that the code does not seem to ask for, as one gap.
pub(in crate::aws::iam) fn denied_without_need(
    usage: &FunctionUsage,
    needs: &Needs,
    function: &Function,
) -> Option<Gap> {
    let needed: BTreeSet<String> = needs.actions.keys().map(|action| action.name()).collect();
    let unknown = usage.denials().filter(|(action, _)| !needed.contains(*action));
    let words: Vec<String> = unknown.map(|(action, seen)| format!("`{action}` {}", seen.when())).collect();
    let first = words.first()?;
    let others = match words.len() - 1 {
        0 => String::new(),
        more => format!(", and {more} actions more,"),
    };
    let why = format!(
        "the logs show that {first}{others} was denied, but the code that asks for it was not found; see whether it is needed"
    );
    Some(Gap::new(function.location.clone(), why, &[Hidden::Permissions]))
}

/// Says of a needed action that is not granted what logs show of it.
pub(super) fn add_evidence(verdict: &mut Verdict, action: ActionId, usage: &FunctionUsage) {
    if let Some(seen) = usage.denial_of(action) {
        verdict.reason.push_str(&format!("; it was denied {}", seen.when()));
        verdict.confidence = Confidence::Certain;
    }
    if let Some(seen) = usage.use_of(action) {
        let when = seen.when();
        verdict
            .reason
            .push_str(&format!("; yet it was used {when}: what is deployed grants it in another way than this"));
        verdict.confidence = Confidence::Possible;
    }
}

/// What a log says of the actions of a row without a use.
struct Quiet {
    words: String,
    /// Whether all of them would have shown, over a window that is long enough.
    is_proof: bool,
}

impl Row<'_> {
    /// The judgement in the light of what logs show.
    pub(super) fn with_use(&self, judged: Judged, written: &Written, reached: &[Reached<'_>]) -> Judged {
        let Some(usage) = self.comparison.usage.filter(|_| !written.effective.is_empty()) else { return judged };
        let needed: BTreeSet<ActionId> = reached.iter().map(|reached| reached.need.action).collect();
        let uses: Vec<(ActionId, &Seen)> =
            usage.uses().filter(|(action, seen)| self.reaches_use(*action, seen, written)).collect();
        let strangers: Vec<(ActionId, &Seen)> =
            uses.iter().copied().filter(|(action, _)| !needed.contains(action)).collect();
        match judged.judgement {
            Judgement::Remove | Judgement::Review | Judgement::Dangerous if !strangers.is_empty() => {
                used_without_need(judged, &strangers)
            }
            Judgement::Remove | Judgement::Review => quiet(judged, self.quiet(written, usage)),
            Judgement::Dangerous if needed.is_empty() => quiet(judged, self.quiet(written, usage)),
            Judgement::Keep | Judgement::Scope | Judgement::Dangerous | Judgement::Add => {
                needed_and_used(judged, &uses, &strangers)
            }
        }
    }

    /// Whether the use may have gone through this statement.
    fn reaches_use(&self, action: ActionId, seen: &Seen, written: &Written) -> bool {
        let may_be = |arn: &String| match self.grant.patterns() {
            Some(patterns) => patterns.iter().any(|pattern| pattern.may_be_deployed_as(arn)),
            None => true,
        };
        written.effective.contains(action) && (seen.is_anywhere || seen.resources.iter().any(may_be))
    }

    /// What it means that none of the row's actions is seen.
    fn quiet(&self, written: &Written, usage: &FunctionUsage) -> Option<Quiet> {
        if written.effective.len() > MAX_PREFIX_SEARCH {
            return None;
        }
        let (mut shown, mut hidden, mut is_full) = (None, Vec::new(), true);
        for action in written.effective.iter() {
            match usage.silence_about(action) {
                _ if usage.use_of(action).is_some() => shown = Some("on other resources".to_owned()).or(shown),
                Silence::NotUsed { words, is_full_window } => {
                    is_full &= is_full_window;
                    shown = shown.or(Some(words));
                }
                Silence::ProvesNothing(why) => hidden.push(why),
            }
        }
        let words = match (shown, hidden.first()) {
            (Some(words), None) if words == "on other resources" => {
                "the logs show it on other resources only".to_owned()
            }
            (Some(words), None) => format!("not used {words}"),
            (Some(words), Some(why)) => {
                let (count, all) = (hidden.len(), written.effective.len());
                format!("not used {words}, as far as the logs would show: not for {count} of the {all} actions ({why})")
            }
            (None, Some(why)) => format!("that it was not used is not proven: {why}"),
            (None, None) => return None,
        };
        Some(Quiet { words, is_proof: hidden.is_empty() && is_full })
    }
}

fn used_without_need(mut judged: Judged, uses: &[(ActionId, &Seen)]) -> Judged {
    let latest = uses.iter().map(|(_, seen)| *seen).max_by_key(|seen| seen.last);
    let when = latest.map(Seen::when).unwrap_or_default();
    let names = listed(uses.iter().map(|(action, _)| action.name()));
    let is_alone = uses.len() == 1;
    match judged.judgement {
        Judgement::Remove | Judgement::Review => {
            let verb = if is_alone { "was" } else { "were, last" };
            judged.reason = format!("{names} {verb} used {when}, but the code that does it was not found");
            judged.judgement = Judgement::Review;
            judged.confidence = Confidence::Likely;
        }
        _ => judged.reason.push_str(&format!("; used {when}: {names}")),
    }
    judged
}

fn quiet(mut judged: Judged, quiet: Option<Quiet>) -> Judged {
    let Some(quiet) = quiet else { return judged };
    judged.reason.push_str(&format!("; {}", quiet.words));
    if quiet.is_proof {
        judged.confidence = match judged.judgement {
            Judgement::Remove => Confidence::Certain,
            _ => judged.confidence.max(Confidence::Likely),
        };
    }
    judged
}

fn needed_and_used(mut judged: Judged, uses: &[(ActionId, &Seen)], strangers: &[(ActionId, &Seen)]) -> Judged {
    let latest = uses.iter().map(|(_, seen)| *seen).max_by_key(|seen| seen.last);
    if let Some(latest) = latest {
        judged.reason.push_str(&format!("; last used {}", latest.when()));
        judged.confidence = judged.confidence.max(Confidence::Likely);
    }
    if !strangers.is_empty() {
        let names = listed(strangers.iter().map(|(action, _)| action.name()));
        judged.reason.push_str(&format!("; used too, though the code that does it was not found: {names}"));
    }
    judged
}
