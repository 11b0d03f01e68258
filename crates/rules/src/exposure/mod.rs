//! Who can reach the function.

mod public_function_url;

use crate::rule::Rule;

pub(crate) const RULES: &[&Rule] = &[&public_function_url::RULE];
