//! Runs the stages over a target, in parallel and in a fixed order: the library's front door.
//!
//! source → artifact → inventory, code, secrets → advisory match, permissions → rules → assessment. Functions that ship
//! the same files share the work on them. Equal input and equal facts give an equal report.

mod assess;
mod container;
mod coverage;
mod error;
mod folding;
mod lint;
mod packages;
mod progress;
mod scan;
mod settings;
mod suppress;
mod usage;

pub use error::Error;
pub use lint::{LintError, Linted, lint};
pub use model::evaluation::Answer;
pub use model::proposal::Dialect;
pub use progress::{NoProgress, Progress, Stage};
use providers::aws::iam::evaluation;
pub use providers::aws::iam::evaluation::CaseError;
pub use scan::scan;
pub use settings::{Date, Ignore, Resolution, Settings, today};
pub use source::Options as SourceOptions;

/// The actions that the patterns stand for, sorted, without duplicates; a pattern that names none stands for itself.
pub fn expand_actions(patterns: &[String]) -> Vec<String> {
    providers::aws::iam::expand_actions(patterns.iter().map(String::as_str))
}

/// Of the patterns, those that stand for no known action, each with the action that is named most like it.
pub fn unknown_actions(patterns: &[String]) -> Vec<(&str, Option<String>)> {
    providers::aws::iam::unknown_actions(patterns.iter().map(String::as_str))
}

/// The actions that the Allow statements of the policies in `file` name, as they are written; those of `NotAction` in full.
///
/// # Errors
/// When the text is neither JSON nor YAML: with line and column.
pub fn allowed_actions(text: &str, file: &str) -> Result<model::Parsed<Vec<String>>, providers::DocumentError> {
    let read = providers::aws::policy_document::from_text(text, file)?;
    Ok(read.map(|statements| {
        let allows = statements.iter().filter(|statement| statement.effect == model::permission::Effect::Allow);
        let mut actions = Vec::new();
        for statement in allows {
            actions.extend(statement.actions.iter().map(ToString::to_string));
            if !statement.not_actions.is_empty() {
                let excluded: Vec<String> = statement.not_actions.iter().map(ToString::to_string).collect();
                let excluded: std::collections::BTreeSet<String> = expand_actions(&excluded).into_iter().collect();
                let all = expand_actions(&["*".to_owned()]);
                actions.extend(all.into_iter().filter(|action| !excluded.contains(action)));
            }
        }
        actions
    }))
}

/// Decides the request of a case: `text` is what its file holds.
///
/// # Errors
/// When the text is no case: with line and column.
pub fn evaluate_case(text: &str, file: &str) -> Result<Answer, CaseError> {
    let case = evaluation::Case::from_json(text, file)?;
    Ok(evaluation::evaluate(&case.request, &case.policies))
}
