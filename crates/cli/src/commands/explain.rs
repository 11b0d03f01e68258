//! `fnassay explain`: a rule's page.

use crate::exit::{Exit, Failure};
use crate::output;

/// Show what a rule finds, why it matters and how to fix it
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  fnassay explain vulnerable-component")]
pub(crate) struct Arguments {
    /// Id of the rule as reports show it; without it, lists them
    #[arg(value_name = "RULE")]
    rule: Option<String>,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let ids = || rules::rules().into_iter().map(|rule| rule.id);
    let Some(id) = &arguments.rule else {
        output::report(&ids().collect::<Vec<_>>().join("\n"))?;
        return Ok(Exit::Clean);
    };
    let page = rules::explain(id).ok_or_else(|| {
        let near = output::nearest(id, ids()).map(|near| format!("did you mean `{near}`? `fnassay explain` lists all"));
        Failure::usage(format!("there is no rule `{id}`")).with_hint(near)
    })?;
    output::report(page)?;
    Ok(Exit::Clean)
}
