//! `fnassay scan`: the main job.

use std::path::PathBuf;

use model::report::Report;
use model::{Family, Severity};
use report::RenderContext;

use crate::arguments::Target;
use crate::exit::{Exit, Failure};
use crate::{config, output, progress};

/// Scan functions: components, vulnerabilities, secrets, permissions
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  fnassay scan .
  fnassay scan template.yaml --report html=report.html --report json=report.json
  fnassay scan function.zip --runtime nodejs22.x --handler index.handler --policy role.json
  fnassay scan . --only vulnerability --fail-on high
  fnassay scan . --usage cloudtrail/ last-accessed.json")]
pub(crate) struct Arguments {
    #[command(flatten)]
    target: Target,

    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "table", value_parser = format_names())]
    format: String,

    /// Write another report as well; may be repeated
    #[arg(long = "report", value_name = "FORMAT=FILE", value_parser = parse_report)]
    reports: Vec<(String, PathBuf)>,

    /// Exit with 1 when a finding is this severe or worse
    #[arg(long, value_name = "SEVERITY", value_parser = severity_names())]
    fail_on: Option<String>,

    /// Look only for these families of findings
    #[arg(long, value_name = "FAMILY,…", value_delimiter = ',', value_parser = family_names())]
    only: Vec<String>,

    /// Heed this VEX document (OpenVEX or CycloneDX); may be repeated
    #[arg(long, value_name = "FILE")]
    vex: Vec<PathBuf>,

    /// Take a requirement without a lock for what an install on this day (YYYY-MM-DD) would have taken
    #[arg(long, value_name = "DATE", value_parser = crate::arguments::parse_date, requires = "package_index")]
    as_of: Option<engine::Date>,

    /// Folder of what registries say of packages: `npm/<name>.json`, `pypi/<name>.json`
    #[arg(long, value_name = "FOLDER", requires = "as_of")]
    package_index: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let config = config::load(arguments.target.config.as_deref())?;
    let mut settings = config.settings(&arguments.target);
    settings.families = families(&arguments.only, &config);
    settings.vex.extend(arguments.vex.iter().cloned());
    settings.resolution = arguments
        .as_of
        .zip(arguments.package_index.clone())
        .map(|(day, package_index)| engine::Resolution { day, package_index });
    let fail_on = arguments.fail_on.as_deref().and_then(Severity::parse).or(config.fail_on());
    let report = scan_all(&arguments.target, &settings)?;
    write_reports(arguments, &report, &settings)?;
    if report.nothing_read {
        return Err(nothing_read(&report).into());
    }
    let worst = report.functions.iter().flat_map(|function| &function.findings).map(|finding| finding.severity).max();
    Ok(if fail_on.is_some_and(|threshold| worst >= Some(threshold)) { Exit::Findings } else { Exit::Clean })
}

/// Scans every target into one report.
pub(crate) fn scan_all(target: &Target, settings: &engine::Settings) -> anyhow::Result<Report> {
    let bars = progress::Bars::new(target.quiet);
    let report = engine::scan(target.targets(), settings, &bars);
    bars.finish();
    report.map_err(|error| {
        let hint = error.hint();
        let failure =
            if error.is_usage() { Failure::usage(error.to_string()) } else { Failure::incomplete(error_chain(&error)) };
        failure.with_hint(hint).into()
    })
}

/// The report was printed; that nothing could be judged must not look like success.
fn nothing_read(report: &Report) -> Failure {
    let gaps = report.gaps.iter().chain(report.functions.iter().flat_map(|function| &function.gaps));
    let why = gaps.map(|gap| format!("{}: {}", gap.location, gap.why)).next().unwrap_or_default();
    Failure::incomplete(format!("nothing could be read: {why}"))
}

fn error_chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        // Some errors tell their cause themselves.
        if !text.ends_with(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}

fn write_reports(arguments: &Arguments, report: &Report, settings: &engine::Settings) -> anyhow::Result<()> {
    let context = |width, colour| arguments.target.render_context(width, colour, settings.today);
    for (format, file) in &arguments.reports {
        let text = render(format, report, &context(output::FILE_WIDTH_COLUMNS, false));
        output::write_file(file, &text)?;
    }
    let (width, colour) = output::terminal();
    output::report(&render(&arguments.format, report, &context(width, colour)))?;
    Ok(())
}

pub(crate) fn render(format: &str, report: &Report, context: &RenderContext) -> String {
    // The name was checked when the command line was parsed.
    report::find(format).map(|format| (format.render)(report, context)).unwrap_or_default()
}

fn families(only: &[String], config: &config::Config) -> Vec<Family> {
    let named: Vec<_> = only.iter().filter_map(|name| Family::parse(name)).collect();
    if named.is_empty() { config.only() } else { named }
}

fn format_names() -> clap::builder::PossibleValuesParser {
    clap::builder::PossibleValuesParser::new(report::FORMATS.iter().map(|format| format.id))
}

fn severity_names() -> clap::builder::PossibleValuesParser {
    clap::builder::PossibleValuesParser::new(Severity::ALL.map(Severity::name))
}

fn family_names() -> clap::builder::PossibleValuesParser {
    clap::builder::PossibleValuesParser::new(Family::ALL.map(Family::name))
}

fn parse_report(text: &str) -> Result<(String, PathBuf), String> {
    let (format, file) = text.split_once('=').ok_or("write FORMAT=FILE, e.g. html=report.html")?;
    if report::find(format).is_none() {
        let known: Vec<_> = report::FORMATS.iter().map(|format| format.id).collect();
        return Err(format!("unknown format `{format}`; known are {}", known.join(", ")));
    }
    if file.is_empty() { Err("the file name is empty".to_owned()) } else { Ok((format.to_owned(), file.into())) }
}
