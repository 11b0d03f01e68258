//! `fnassay advisories compare`.

use std::cmp::Ordering;
use std::io::BufRead;

use advisory::Ecosystem;
use anyhow::Context;

use super::failure;
use crate::exit::{Exit, Failure};
use crate::output;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The ecosystem as OSV spells it: npm, PyPI
    #[arg(long, value_name = "NAME")]
    ecosystem: String,

    /// Two versions; without them, lines `A OP B` are read from stdin and those that do not hold are printed
    #[arg(value_name = "VERSION", num_args = 0..=2)]
    versions: Vec<String>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let ecosystem = advisory::ecosystem(&arguments.ecosystem).map_err(failure)?;
    match arguments.versions.as_slice() {
        [left, right] => output::report(symbol(ecosystem.compare(left, right)))?,
        [] => output::report(&check_claims(ecosystem, std::io::stdin().lock())?)?,
        _ => return Err(Failure::usage("give two versions, or none to read claims from stdin").into()),
    }
    Ok(Exit::Clean)
}

/// The claims (`A OP B`, one a line) that do not hold, and how many there were.
fn check_claims(ecosystem: &Ecosystem, lines: impl BufRead) -> anyhow::Result<String> {
    let (mut checked, mut wrong, mut text) = (0u64, 0u64, String::new());
    for line in lines.lines() {
        let line = line.context("cannot read claims from stdin")?;
        let claim = line.trim();
        if claim.is_empty() || claim.starts_with('#') || claim.starts_with("//") {
            continue;
        }
        checked += 1;
        if !holds(ecosystem, claim) {
            wrong += 1;
            text.push_str(&line);
            text.push('\n');
        }
    }
    text.push_str(&format!("checked {checked}, wrong {wrong}"));
    Ok(text)
}

/// A line that is no claim does not hold.
fn holds(ecosystem: &Ecosystem, claim: &str) -> bool {
    let mut words = claim.split_whitespace();
    let (Some(left), Some(operator), Some(right), None) = (words.next(), words.next(), words.next(), words.next())
    else {
        return false;
    };
    let order = ecosystem.compare(left, right);
    match operator {
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        "=" | "==" => order.is_eq(),
        "!=" => order.is_ne(),
        ">=" => order.is_ge(),
        ">" => order.is_gt(),
        _ => false,
    }
}

fn symbol(order: Ordering) -> &'static str {
    match order {
        Ordering::Less => "<",
        Ordering::Equal => "=",
        Ordering::Greater => ">",
    }
}
