//! One action that an operation needs, as the table writes it.
//!
//! Grammar, tokens separated by spaces:
//!
//! ```text
//! entry     = action *( condition / "~" / "!" / resource )
//! condition = "?" / "?" parameter / "?!" parameter / "?/" parameter / "?" parameter "=" value / "?" parameter "^" prefix
//! resource  = "*" / ( "*=" parameter / type [ "=" parameter ] / type "(" variable "=" parameter [ ":" default ] *( "," … ) ")" ) [ "?" ]
//! type      = [ prefix ":" ] name
//! ```
//!
//! `?` alone: nobody wrote down when; `?/`: one of several, of which at least one is always given; `~`: checked because the service acts on the caller's behalf; `!`: required although
//! the entry has a condition, because entries of the same action cover every case; `?` after a resource: only when its
//! parameters are given; `^`: the parameter's text starts so, in any case.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};

use super::data::IamData;
use crate::facts::botocore::Operation;

/// An entry being composed; the action comes first, the rest in the order added, each once.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) action: String,
    tokens: Vec<String>,
}

impl Entry {
    pub(super) fn new(action: &str) -> Self {
        Self { action: action.to_owned(), tokens: Vec::new() }
    }

    pub(super) fn add(&mut self, token: impl Into<String>) {
        let token = token.into();
        if !self.tokens.contains(&token) {
            self.tokens.push(token);
        }
    }

    pub(super) fn has_resources(&self) -> bool {
        self.tokens.iter().any(|token| !token.starts_with(['?', '~', '!']))
    }

    pub(super) fn text(&self) -> String {
        let mut text = self.action.clone();
        for token in &self.tokens {
            text.push(' ');
            text.push_str(token);
        }
        text
    }

    /// Reads an entry of an overlay; the action, types, variables and top-level parameters must exist.
    pub(super) fn parse(text: &str, iam: &IamData, operation: &Operation) -> Result<Self> {
        let mut tokens = text.split_ascii_whitespace();
        let name = tokens.next().context("an entry names an action")?;
        let action = iam.action(name).with_context(|| format!("IAM has no action `{name}`"))?;
        ensure!(action.full_name == name, "`{name}` is written `{}`", action.full_name);
        let mut entry = Self::new(name);
        let prefix = name.split_once(':').map_or("", |(prefix, _)| prefix);
        for token in tokens {
            check_token(token, prefix, iam, operation).with_context(|| format!("in `{token}` of `{text}`"))?;
            entry.add(token);
        }
        Ok(entry)
    }
}

fn check_token(token: &str, prefix: &str, iam: &IamData, operation: &Operation) -> Result<()> {
    if ["~", "*", "?", "!"].contains(&token) {
        return Ok(());
    }
    if let Some(condition) = token.strip_prefix('?') {
        let parameter = condition.strip_prefix(['!', '/']).unwrap_or(condition);
        return check_parameter(parameter.split(['=', '^']).next().unwrap_or(""), operation);
    }
    let token = token.strip_suffix('?').unwrap_or(token);
    if let Some(parameter) = token.strip_prefix("*=") {
        return check_parameter(parameter, operation);
    }
    if let Some((resource_type, bindings)) = token.strip_suffix(')').and_then(|token| token.split_once('(')) {
        let arn = arn_of(resource_type, prefix, iam)?;
        let variables: BTreeSet<&str> = variables(arn).collect();
        for binding in bindings.split(',') {
            let (variable, parameter) = binding.split_once('=').context("a binding has `=`")?;
            ensure!(variables.contains(variable), "`{arn}` has no `{variable}`");
            check_parameter(parameter, operation)?;
        }
        return Ok(());
    }
    let (resource_type, parameter) = token.split_once('=').unwrap_or((token, ""));
    arn_of(resource_type, prefix, iam)?;
    if parameter.is_empty() { Ok(()) } else { check_parameter(parameter, operation) }
}

fn arn_of<'a>(resource_type: &str, prefix: &str, iam: &'a IamData) -> Result<&'a str> {
    let key = if resource_type.contains(':') { resource_type.to_owned() } else { format!("{prefix}:{resource_type}") };
    let arn = iam.resource_types.get(&key).with_context(|| format!("IAM has no resource type `{key}`"))?;
    Ok(arn)
}

fn check_parameter(parameter: &str, operation: &Operation) -> Result<()> {
    let top = parameter.split(['.', ':']).next().unwrap_or("");
    let known = operation.required.iter().chain(&operation.optional).any(|name| name == top);
    ensure!(known, "the operation has no parameter `{top}`");
    Ok(())
}

/// The variables of an ARN pattern that name the resource: not the region, not the account.
pub(super) fn variables(arn: &str) -> impl Iterator<Item = &str> {
    let parts = arn.split("${").skip(1).filter_map(|part| part.split_once('}'));
    parts.map(|(name, _)| name).filter(|name| !name.starts_with("AWS::"))
}
