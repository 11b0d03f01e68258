//! `fnassay advisories query`.

use advisory::{Index, OwnedSubject, PackageUrl};
use model::advisory::{AdvisoryMatch, Cvss};
use serde::Serialize;

use super::IndexChoice;
use crate::arguments::TextOrJson;
use crate::exit::{Exit, Failure};
use crate::output;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Package URLs, e.g. `pkg:npm/%40scope/name@1.2.3`
    #[arg(required = true, value_name = "PURL")]
    purls: Vec<String>,

    #[command(flatten)]
    index: IndexChoice,

    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: TextOrJson,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let purls = arguments.purls.iter().map(|text| PackageUrl::parse(text).map(|purl| (text.as_str(), purl)));
    let purls: Vec<_> = purls.collect::<Result<_, _>>().map_err(|error| Failure::usage(error.to_string()))?;
    let index = arguments.index.open()?;
    let answers =
        purls.into_iter().map(|(text, purl)| answer(&index, text, &purl)).collect::<anyhow::Result<Vec<_>>>()?;
    let text = match arguments.format {
        TextOrJson::Json => serde_json::to_string_pretty(&answers.iter().map(Answer::json).collect::<Vec<_>>())?,
        TextOrJson::Table => answers.iter().map(Answer::text).collect::<Vec<_>>().join("\n"),
    };
    output::report(&text)?;
    if index.source().is_starter {
        output::warning("asked the table built into the program; get everything with `fnassay advisories update`");
    }
    Ok(Exit::Clean)
}

/// What the index says of one package URL.
struct Answer<'a> {
    purl: &'a str,
    groups: Vec<AdvisoryMatch>,
    /// Why the absence of groups says nothing.
    unanswered: Option<String>,
}

fn answer<'a>(index: &Index, text: &'a str, purl: &PackageUrl) -> anyhow::Result<Answer<'a>> {
    let unanswered = |why: String| Ok(Answer { purl: text, groups: Vec::new(), unanswered: Some(why) });
    let Some(subject) = OwnedSubject::from_purl(purl) else {
        return unanswered(format!("the program does not know packages of type `{}`", purl.kind));
    };
    let subject = subject.as_subject();
    if !index.covers(&subject) {
        return unanswered(format!("the index has nothing of {}", subject.ecosystem.title));
    }
    Ok(Answer { purl: text, groups: index.match_component(&subject)?, unanswered: None })
}

impl Answer<'_> {
    fn json(&self) -> JsonAnswer<'_> {
        JsonAnswer {
            purl: self.purl,
            groups: self.groups.iter().map(JsonGroup::from_model).collect(),
            unanswered: self.unanswered.as_deref(),
        }
    }

    fn text(&self) -> String {
        let mut text = format!("{}\n", self.purl);
        if let Some(why) = &self.unanswered {
            text.push_str(&format!("  unanswered: {why}\n"));
        } else if self.groups.is_empty() {
            text.push_str("  no known vulnerabilities\n");
        }
        for found in &self.groups {
            let score = found.cvss.first().map_or_else(|| "-".to_owned(), |cvss| format!("{:.1}", cvss.score));
            let exploited = if found.known_exploited { "  exploited" } else { "" };
            let fixed = if found.fixed.is_empty() {
                "no fix known".to_owned()
            } else {
                format!("fixed in {}", found.fixed.join(", "))
            };
            text.push_str(&format!(
                "  {:<8} {score:>4}  {:<8}  {}{exploited}\n",
                found.severity.name(),
                found.status.name(),
                found.ids.join(" ")
            ));
            text.push_str(&format!("                           {fixed}\n"));
            if let Some(why) = &found.why {
                text.push_str(&format!("                           possible: {why}\n"));
            }
        }
        text
    }
}

/// What scripts read; fields are added, never renamed.
#[derive(Debug, Serialize)]
struct JsonAnswer<'a> {
    purl: &'a str,
    groups: Vec<JsonGroup<'a>>,
    unanswered: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct JsonGroup<'a> {
    ids: &'a [String],
    status: &'static str,
    why: Option<&'a str>,
    severity: &'static str,
    severity_basis: &'static str,
    cvss: Vec<JsonCvss<'a>>,
    fixed: &'a [String],
    kev: bool,
    epss: Option<f64>,
    published: Option<&'a str>,
    cwe: &'a [String],
}

#[derive(Debug, Serialize)]
struct JsonCvss<'a> {
    version: &'static str,
    vector: &'a str,
    score: f64,
}

impl<'a> JsonGroup<'a> {
    fn from_model(found: &'a AdvisoryMatch) -> Self {
        let cvss = |cvss: &'a Cvss| JsonCvss { version: cvss.version, vector: &cvss.vector, score: cvss.score };
        Self {
            ids: &found.ids,
            status: found.status.name(),
            why: found.why.as_deref(),
            severity: found.severity.name(),
            severity_basis: found.severity_basis.name(),
            cvss: found.cvss.iter().map(cvss).collect(),
            fixed: &found.fixed,
            kev: found.known_exploited,
            epss: found.epss,
            published: found.published.as_deref(),
            cwe: &found.cwe,
        }
    }
}
