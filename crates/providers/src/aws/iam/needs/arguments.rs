//! The arguments of one call, with environment variables looked up in the function's configuration.

use model::call::Call;
use model::function::Function;
use model::{Part, SymbolicText};

use crate::aws::iam::facts::Condition;

/// Most values that one argument is followed through, when variables have several.
const MAX_VALUES: usize = 16;
/// Longest chain of environment variables and concatenations put into one another.
const MAX_PARTS: usize = 64;

pub(super) struct Arguments<'a> {
    call: &'a Call,
    function: &'a Function,
}

/// What is known of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Given {
    /// Its possible values; never empty.
    Values(Vec<SymbolicText>),
    /// Given, with parts inside it.
    Present,
    Absent,
    /// It lies in a parameter that is given but not taken apart.
    Hidden,
    /// Not all arguments are known.
    Unknown,
}

/// Whether an action is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Yes,
    /// A parameter that is given decides between this and other actions.
    OneOfSeveral,
    Perhaps,
    No,
}

impl<'a> Arguments<'a> {
    pub(super) fn new(call: &'a Call, function: &'a Function) -> Self {
        Self { call, function }
    }

    /// The parameter at this path (`Image.S3Object.Bucket`).
    pub(super) fn get(&self, path: &str) -> Given {
        let exact = self.call.arguments.iter().find(|argument| argument.name == path);
        let inside = format!("{path}.");
        let has_inside = self.call.arguments.iter().any(|argument| argument.name.starts_with(&inside));
        match exact {
            Some(argument) => {
                let values = self.resolved(&argument.values);
                if values.is_empty() { Given::Present } else { Given::Values(values) }
            }
            None if has_inside => Given::Present,
            None => self.outside(path),
        }
    }

    /// The path is not among the arguments: is an argument that it lies in, and was that one taken apart?
    fn outside(&self, path: &str) -> Given {
        let mut outer = path;
        while let Some((parent, _)) = outer.rsplit_once('.') {
            let siblings = format!("{parent}.");
            if self.call.arguments.iter().any(|argument| argument.name.starts_with(&siblings)) {
                return if self.call.arguments_complete { Given::Absent } else { Given::Unknown };
            }
            if self.call.arguments.iter().any(|argument| argument.name == parent) {
                return Given::Hidden;
            }
            outer = parent;
        }
        if self.call.arguments_complete { Given::Absent } else { Given::Unknown }
    }

    pub(super) fn holds(&self, condition: Condition) -> Holds {
        match condition {
            Condition::Always => Holds::Yes,
            Condition::Sometimes => Holds::Perhaps,
            Condition::With(parameter) => match self.get(parameter) {
                Given::Values(values) if values.iter().all(is_off) => Holds::No,
                Given::Values(_) | Given::Present => Holds::Yes,
                Given::Absent => Holds::No,
                Given::Hidden | Given::Unknown => Holds::Perhaps,
            },
            Condition::OneOf(parameter) => match self.get(parameter) {
                Given::Values(_) | Given::Present => Holds::Yes,
                Given::Absent => Holds::No,
                Given::Hidden | Given::Unknown => Holds::OneOfSeveral,
            },
            Condition::Without(parameter) => match self.get(parameter) {
                Given::Values(_) | Given::Present => Holds::No,
                Given::Absent | Given::Hidden | Given::Unknown => Holds::Yes,
            },
            Condition::Equal(parameter, wanted) => match self.get(parameter) {
                Given::Values(values) if values.iter().any(|value| value.as_literal() == Some(wanted)) => Holds::Yes,
                Given::Values(values) if values.iter().all(|value| value.as_literal().is_some()) => Holds::No,
                Given::Absent => Holds::No,
                _ => Holds::Perhaps,
            },
            Condition::StartsWith(parameter, prefix) => match self.get(parameter) {
                Given::Values(values) => starts_with(&values, prefix),
                Given::Absent => Holds::No,
                _ => Holds::OneOfSeveral,
            },
        }
    }

    /// `values` with the environment's values in place of its variables; of a variable with several values, each.
    fn resolved(&self, values: &[SymbolicText]) -> Vec<SymbolicText> {
        let mut resolved: Vec<SymbolicText> = Vec::new();
        for value in values {
            resolved.extend(self.alternatives(value));
            resolved.truncate(MAX_VALUES);
        }
        resolved.sort_unstable();
        resolved.dedup();
        resolved
    }

    fn alternatives(&self, value: &SymbolicText) -> Vec<SymbolicText> {
        let mut texts = vec![SymbolicText::default()];
        for part in value.parts().iter().take(MAX_PARTS) {
            let choices = match part {
                Part::Environment(name) => self.environment(name),
                other => vec![SymbolicText::from_parts([other.clone()])],
            };
            let longer = |text: &SymbolicText| {
                choices
                    .iter()
                    .map(|choice| {
                        let mut text = text.clone();
                        text.append(choice.clone());
                        text
                    })
                    .collect::<Vec<_>>()
            };
            texts = texts.iter().flat_map(longer).take(MAX_VALUES).collect();
        }
        texts
    }

    fn environment(&self, name: &str) -> Vec<SymbolicText> {
        let predefined = |text: &str| vec![SymbolicText::parse_sub(text)];
        match name {
            // Set by the platform.
            "AWS_REGION" | "AWS_DEFAULT_REGION" => return predefined("${AWS::Region}"),
            "AWS_LAMBDA_FUNCTION_NAME" => return vec![own_name(self.function)],
            _ => {}
        }
        let variables = self.function.environment.iter().filter(|variable| variable.name == name);
        // A value that itself names a variable of the environment is not looked up again.
        let plain = |text: &SymbolicText| {
            text.map_parts(|part| matches!(part, Part::Environment(_)).then(SymbolicText::unknown))
        };
        let values: Vec<SymbolicText> = variables.map(|variable| plain(&variable.value)).collect();
        if values.is_empty() { vec![SymbolicText::unknown()] } else { values }
    }
}

fn own_name(function: &Function) -> SymbolicText {
    match function.id.rsplit_once('#') {
        Some((_, logical_id)) => SymbolicText::reference(logical_id),
        None => SymbolicText::unknown(),
    }
}

/// A parameter that is given as "no".
fn is_off(value: &SymbolicText) -> bool {
    value
        .as_literal()
        .is_some_and(|text| ["false", "none", "null", "undefined"].contains(&text.to_lowercase().as_str()))
}

fn starts_with(values: &[SymbolicText], prefix: &str) -> Holds {
    let mut holds = Holds::No;
    for value in values {
        let Some(Part::Literal(start)) = value.parts().first() else { return Holds::OneOfSeveral };
        let start: String = start.trim_start().chars().take(prefix.chars().count()).collect();
        if start.eq_ignore_ascii_case(prefix) {
            holds = Holds::Yes;
        }
    }
    holds
}
