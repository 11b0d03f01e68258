//! Statements that the framework adds on its own.

use deploy::formats::cloudformation::Partial;
use model::permission::{Effect, Statement};
use model::{Location, SymbolicText};

/// Statements in the order they were first asked for; one per set of actions, its resources unique.
#[derive(Debug, Default)]
pub(super) struct Grants {
    statements: Vec<Statement>,
}

impl Grants {
    /// Allows `actions` on `resources`; nothing when there are none. `origin` is what makes the framework do so.
    pub(super) fn allow(
        &mut self,
        actions: &[&str],
        resources: impl IntoIterator<Item = SymbolicText>,
        origin: &Location,
    ) {
        self.add(Effect::Allow, actions, resources, origin);
    }

    pub(super) fn deny(
        &mut self,
        actions: &[&str],
        resources: impl IntoIterator<Item = SymbolicText>,
        origin: &Location,
    ) {
        self.add(Effect::Deny, actions, resources, origin);
    }

    pub(super) fn into_statements(self) -> Vec<Statement> {
        self.statements
    }

    fn add(
        &mut self,
        effect: Effect,
        actions: &[&str],
        resources: impl IntoIterator<Item = SymbolicText>,
        origin: &Location,
    ) {
        let actions: Vec<SymbolicText> = actions.iter().map(|action| (*action).into()).collect();
        for resource in resources {
            let known = self.statements.iter_mut().find(|known| known.effect == effect && known.actions == actions);
            match known {
                Some(statement) if statement.resources.contains(&resource) => {}
                Some(statement) => statement.resources.push(resource),
                None => {
                    let statement = Statement::new(effect, actions.clone(), vec![resource], origin.clone());
                    self.statements.push(statement);
                }
            }
        }
    }
}

/// What may stand for an ARN in `value`: the value, or its `arn`.
pub(super) fn arns(value: &Partial) -> impl Iterator<Item = SymbolicText> + '_ {
    value.get("arn").unwrap_or(value).items_or_self().flat_map(Partial::texts)
}

/// An ARN in the service's account and region.
pub(super) fn local_arn(service: &str, resource: &SymbolicText) -> SymbolicText {
    let mut arn = SymbolicText::parse_sub(&format!("arn:aws:{service}:${{AWS::Region}}:${{AWS::AccountId}}:"));
    arn.append(resource.clone());
    arn
}

/// `text` with `before` and `after` around it.
pub(super) fn around(before: &str, text: &SymbolicText, after: &str) -> SymbolicText {
    let mut whole = SymbolicText::literal(before);
    whole.append(text.clone());
    whole.append(after.into());
    whole
}
