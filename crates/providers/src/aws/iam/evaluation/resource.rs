//! Which resources a statement is about.

use super::context::Context;
use super::text::{self, Text, Wildcards};
use super::truth::Truth;
use crate::aws::iam::pattern::tokens::{Token, simplified};

/// `Resource` or `NotResource`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Resources {
    pub(super) is_negated: bool,
    pub(super) patterns: Vec<ResourcePattern>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ResourcePattern {
    text: Text,
    is_everything: bool,
}

/// The resource of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RequestedResource {
    tokens: Vec<Token>,
    /// Whether the action works on no resource, so that only `*` names what it is asked for on.
    takes_none: bool,
}

impl RequestedResource {
    pub(super) fn new(arn: &str, takes_none: bool) -> Self {
        Self { tokens: simplified(text::letters(arn, Wildcards::Match).collect()), takes_none }
    }
}

impl ResourcePattern {
    pub(super) fn new(written: &str, has_variables: bool) -> Self {
        let completed = completed(written);
        let text = Text::new(&completed, Wildcards::Match, has_variables);
        Self { is_everything: text == Text::Plain(vec![Token::Any]), text }
    }

    /// Whether the pattern has all of what is asked for, or with `meets` some of it.
    fn truth(&self, asked: &RequestedResource, context: &Context, meets: bool, why: &mut Vec<String>) -> Truth {
        if asked.takes_none {
            return self.is_everything.into();
        }
        if self.text.has_variable_before_resource() {
            return Truth::False;
        }
        let compare = if meets { text::meets } else { text::covers };
        compare(&self.text, &asked.tokens, context, why)
    }
}

impl Resources {
    /// Whether the statement is about what is asked for. An Allow is where it reaches some of it, a Deny (`all`) only
    /// where it reaches all of it.
    pub(super) fn truth(
        &self,
        asked: &RequestedResource,
        context: &Context,
        all: bool,
        why: &mut Vec<String>,
    ) -> Truth {
        // What is not listed is in a negated list: all of it where the list has nothing of it, some where not all.
        let meets = all == self.is_negated;
        let named = Truth::any(self.patterns.iter().map(|pattern| pattern.truth(asked, context, meets, why)));
        if self.is_negated { named.not() } else { named }
    }
}

/// An ARN with too few fields stands for those with anything in the missing ones.
fn completed(written: &str) -> String {
    /// Colons of a whole ARN, at least.
    const COLONS: usize = 5;
    let missing = COLONS.saturating_sub(written.matches(':').count());
    if !written.starts_with("arn:") || missing == 0 {
        return written.to_owned();
    }
    written.to_owned() + &":*".repeat(missing)
}
