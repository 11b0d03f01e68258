//! The dates of AWS Lambda's runtimes. Google and Microsoft have none in a package of a registry: those tables are kept by hand.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::sources::CFN_LINT;
use super::table::{Rows, Table, overlay};
use super::{Facts, json};

/// What the source does not tell, kept by hand.
const OVERLAY: &str = "crates/rules/data/overlay_aws_runtimes.tsv";
const LIFECYCLES: &str = "cfnlint/data/AdditionalSpecs/LmbdRuntimeLifecycle.json";

pub(super) const TABLES: &[Table] = &[Table {
    path: "crates/rules/data/aws_runtimes.tsv",
    what: "AWS Lambda runtimes; dates are ISO 8601, `-` when never or not told.",
    columns: &[
        ("id", "runtime"),
        ("deprecated", "end of support"),
        ("create-block", "last day to create functions"),
        ("update-block", "last day to update functions"),
    ],
    sources: &[&CFN_LINT],
    overlays: &[OVERLAY],
    rows,
}];

fn rows(facts: &Facts) -> Result<Rows> {
    let lifecycles = json::read(&facts.sources.folder(&CFN_LINT).join(LIFECYCLES))?;
    let mut rows = Rows::default();
    for (id, dates) in json::members(&lifecycles) {
        let date = |name: &str| match dates.get(name) {
            Some(Value::String(date)) => Ok(date.as_str()),
            Some(Value::Null) => Ok("-"),
            _ => Err(anyhow::anyhow!("`{id}` has no `{name}`")),
        };
        rows.add([id, date("deprecated")?, date("create-block")?, date("update-block")?]);
    }
    for row in overlay(facts, OVERLAY, 5)? {
        let (dates, _) = row.split_at_checked(4).context("a row has four columns and a reason")?;
        ensure!(
            lifecycles.get(&dates[0]).is_none(),
            "the source tells of `{}` now: drop it from `{OVERLAY}`",
            dates[0]
        );
        rows.add(dates);
    }
    Ok(rows)
}
