//! Settings of the function that are unsafe by themselves.

mod deprecated_runtime;
mod unknown_runtime;

use crate::rule::Rule;

pub(crate) const RULES: &[&Rule] = &[&deprecated_runtime::RULE, &unknown_runtime::RULE];
