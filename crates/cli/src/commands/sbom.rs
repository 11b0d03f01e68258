//! `fnassay sbom`: the inventory alone.

use std::collections::BTreeMap;

use model::Family;
use report::wire;

use super::scan::{render, scan_all};
use crate::arguments::Target;
use crate::exit::Exit;
use crate::{config, output};

/// List the components of functions
#[derive(Debug, clap::Args)]
#[command(
    mut_arg("usage", |argument| argument.hide(true)),
    mut_arg("dialect", |argument| argument.hide(true)),
    after_help = "Examples:\n  fnassay sbom function.zip\n  fnassay sbom function.zip --format cyclonedx > function.cdx.json"
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    target: Target,

    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: Form,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
enum Form {
    #[default]
    Table,
    Json,
    /// CycloneDX 1.6, JSON
    Cyclonedx,
    /// SPDX 2.3, JSON
    Spdx,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let mut settings = config::load(arguments.target.config.as_deref())?.settings(&arguments.target);
    settings.families = vec![Family::Vulnerability];
    let mut report = scan_all(&arguments.target, &settings)?;
    match arguments.format {
        Form::Table => print_table(&report)?,
        Form::Json => print_json(&report)?,
        Form::Cyclonedx | Form::Spdx => {
            // The inventory alone: flaws are the scan's to tell.
            report.functions.iter_mut().for_each(|function| function.findings.clear());
            let name = if arguments.format == Form::Spdx { "spdx" } else { "cyclonedx" };
            let context = arguments.target.render_context(output::FILE_WIDTH_COLUMNS, false, settings.today);
            output::report(&render(name, &report, &context))?;
            warn_of(&gaps(&report));
        }
    }
    Ok(Exit::Clean)
}

fn print_json(report: &model::report::Report) -> anyhow::Result<()> {
    let sbom = wire::Sbom {
        components: merged(report).iter().map(wire::Component::from_model).collect(),
        gaps: gaps(report).into_iter().map(wire::Gap::from_model).collect(),
    };
    output::report(&report::formats::json::to_text(&sbom))
}

fn print_table(report: &model::report::Report) -> anyhow::Result<()> {
    let lines: Vec<_> = merged(report).iter().map(component_line).collect();
    output::report(&lines.join("\n"))?;
    warn_of(&gaps(report));
    Ok(())
}

fn warn_of(gaps: &[&model::Gap]) {
    for gap in gaps {
        output::warning(&format!("{}: {}", gap.location, gap.why));
    }
}

/// Every gap once, sorted.
fn gaps(report: &model::report::Report) -> Vec<&model::Gap> {
    let of_functions = report.functions.iter().flat_map(|function| &function.gaps);
    let mut gaps: Vec<_> = report.gaps.iter().chain(of_functions).collect();
    gaps.sort();
    gaps.dedup();
    gaps
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
