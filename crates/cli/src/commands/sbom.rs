//! `fnassay sbom`: the inventory alone.

use std::collections::BTreeMap;

use model::Family;
use report::wire;

use super::scan::scan_all;
use crate::arguments::{Target, TextOrJson};
use crate::exit::Exit;
use crate::{config, output};

/// List the components of functions
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  fnassay sbom function.zip --format json")]
pub(crate) struct Arguments {
    #[command(flatten)]
    target: Target,

    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: TextOrJson,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let mut settings = config::load(arguments.target.config.as_deref())?.settings(&arguments.target);
    settings.families = vec![Family::Vulnerability];
    let report = scan_all(&arguments.target, &settings)?;
    let components = merged(&report);
    let mut gaps: Vec<_> =
        report.gaps.iter().chain(report.functions.iter().flat_map(|function| &function.gaps)).collect();
    gaps.sort();
    gaps.dedup();
    match arguments.format {
        TextOrJson::Json => {
            let sbom = wire::Sbom {
                components: components.iter().map(wire::Component::from_model).collect(),
                gaps: gaps.into_iter().map(wire::Gap::from_model).collect(),
            };
            output::report(&report::formats::json::to_text(&sbom))?;
        }
        TextOrJson::Table => {
            let lines: Vec<_> = components.iter().map(component_line).collect();
            output::report(&lines.join("\n"))?;
            for gap in gaps {
                output::warning(&format!("{}: {}", gap.location, gap.why));
            }
        }
    }
    Ok(Exit::Clean)
}

/// One component per purl over all functions, with all its evidence.
fn merged(report: &model::report::Report) -> Vec<model::component::Component> {
    let mut by_purl: BTreeMap<&str, model::component::Component> = BTreeMap::new();
    for component in report.functions.iter().flat_map(|function| &function.components) {
        by_purl
            .entry(&component.purl)
            .and_modify(|merged| merged.evidence.extend(component.evidence.iter().cloned()))
            .or_insert_with(|| component.clone());
    }
    by_purl
        .into_values()
        .map(|mut component| {
            component.evidence.sort();
            component.evidence.dedup();
            component
        })
        .collect()
}

fn component_line(component: &model::component::Component) -> String {
    let files: Vec<_> = component.evidence.iter().map(|evidence| evidence.location.file.as_str()).collect();
    let range = match &component.version {
        model::component::Version::Range(range) => format!(" ({range}, not pinned)"),
        _ => String::new(),
    };
    format!("{}{range}  {}", component.purl, files.join(", "))
}
