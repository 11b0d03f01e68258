//! The report for a person at a terminal: one block per function, worst first, what to do next at the end of each.
//!
//! Plain text laid out for the given width; colour only repeats what words already say.

mod findings;
mod layout;
mod permissions;

use model::report::{Assessment, Report};
use model::{Gap, Severity};

use self::layout::{Page, Style};
use super::story;
use super::{Format, RenderContext};

pub(crate) const FORMAT: Format = Format { id: "table", title: "blocks of text for a terminal", render };

const GAPS_OF_SCAN: &str = "Gaps of the whole scan";
/// Groups of gaps shown per function before the rest is only counted.
const MAX_GAPS_SHOWN: usize = 5;
/// Places of one gap shown before the rest is only counted.
const MAX_PLACES_SHOWN: usize = 3;

fn render(report: &Report, context: &RenderContext) -> String {
    let mut page = Page::new(context.width, context.colour);
    for assessment in worst_first(report) {
        function_block(&mut page, assessment);
    }
    gaps(&mut page, GAPS_OF_SCAN, &report.gaps);
    summary(&mut page, report);
    page.into_text()
}

/// The permissions part of one function's block alone.
pub fn permissions_text(assessment: &Assessment, width: usize, colour: bool) -> String {
    let mut page = Page::new(width, colour);
    heading(&mut page, assessment);
    permissions::block(&mut page, assessment);
    gaps(&mut page, "Not known", &assessment.gaps);
    permissions::recommendation(&mut page, assessment);
    page.into_text()
}

/// What was not read of no function in particular.
pub fn gaps_text(report: &Report, width: usize, colour: bool) -> String {
    let mut page = Page::new(width, colour);
    gaps(&mut page, GAPS_OF_SCAN, &report.gaps);
    page.into_text()
}

/// The functions by descending risk, then by id.
pub(crate) fn worst_first(report: &Report) -> Vec<&Assessment> {
    let mut functions: Vec<_> = report.functions.iter().collect();
    functions.sort_by(|left, right| (right.risk.score, &left.function.id).cmp(&(left.risk.score, &right.function.id)));
    functions
}

fn function_block(page: &mut Page, assessment: &Assessment) {
    heading(page, assessment);
    findings::components(page, assessment);
    findings::others(page, assessment);
    permissions::block(page, assessment);
    gaps(page, "Not known", &assessment.gaps);
    if let Some(change) = &assessment.risk.best_single_change {
        page.labelled("Do next", Style::Strong, &format!("{change} risk"));
    }
    page.blank();
}

fn heading(page: &mut Page, assessment: &Assessment) {
    let function = &assessment.function;
    let risk = format!("risk {} {}", assessment.risk.score, assessment.risk.band);
    page.rule_with(&function.name, &risk, band_style(assessment.risk.band));
    let mut about = vec![function.id.clone()];
    about.extend(function.runtime.clone());
    about.extend(function.handler.clone());
    page.paragraph(Style::Dim, &about.join(" · "));
    if let Some(triggers) = triggers(assessment) {
        page.paragraph(Style::Dim, &triggers);
    }
}

fn triggers(assessment: &Assessment) -> Option<String> {
    let shown: Vec<_> = assessment
        .function
        .triggers
        .iter()
        .map(|trigger| format!("{} {} ({})", trigger.kind, trigger.source, trigger.exposure.name()))
        .collect();
    (!shown.is_empty()).then(|| format!("started by {}", shown.join(", ")))
}

fn gaps(page: &mut Page, title: &str, gaps: &[Gap]) {
    if gaps.is_empty() {
        return;
    }
    page.section(title, &gaps.len().to_string());
    let groups = story::gap_groups(gaps);
    for group in groups.iter().take(MAX_GAPS_SHOWN) {
        let places = findings::first_few(&group.places, MAX_PLACES_SHOWN);
        page.remark("?", Style::Plain, &format!("{places}: {} (may hide {})", group.why, group.hides));
    }
    if let Some(rest) = groups.len().checked_sub(MAX_GAPS_SHOWN).filter(|rest| *rest > 0) {
        page.remark(" ", Style::Dim, &format!("and {rest} more: see --format json or html"));
    }
}

fn summary(page: &mut Page, report: &Report) {
    let findings = || report.functions.iter().flat_map(|function| &function.findings);
    let counts: Vec<_> = Severity::ALL
        .into_iter()
        .map(|severity| (severity, findings().filter(|finding| finding.severity == severity).count()))
        .filter(|(_, count)| *count > 0)
        .map(|(severity, count)| format!("{count} {}", severity.name()))
        .collect();
    let counts = if counts.is_empty() { "no findings".to_owned() } else { counts.join(", ") };
    let functions = report.functions.len();
    let plural = if functions == 1 { "" } else { "s" };
    page.paragraph(Style::Strong, &format!("{functions} function{plural}: {counts}"));
    if report.functions.iter().any(|function| function.permissions.recommended.is_some()) {
        page.paragraph(
            Style::Plain,
            "least-privilege policies to copy: `fnassay permissions`, --report html=FILE or --format json",
        );
    }
    let source = &report.advisories;
    if source.is_starter {
        page.paragraph(
            Style::Warning,
            &format!(
                "judged by the built-in starter table of {} ({} advisories): run `fnassay advisories update` to get everything",
                source.built_at, source.records
            ),
        );
    } else if !source.name.is_empty() {
        page.paragraph(
            Style::Dim,
            &format!(
                "advisories: {} of {}, {} records, newest {}",
                source.name, source.built_at, source.records, source.newest
            ),
        );
    }
}

fn band_style(band: &str) -> Style {
    Severity::parse(band).map_or(Style::Plain, layout::severity_style)
}
