//! Findings that somebody has an answer to: moved aside with that answer, never dropped.
//!
//! Three may answer: the vendor of the operating system's package that a component belongs to, a VEX statement, an entry of
//! the configuration's ignore list. An entry that has expired or that no finding needed is a gap, so that lists stay true.

use std::sync::atomic::{AtomicBool, Ordering};

use advisory::{VexStatement, VexStatus};
use model::advisory::ComponentVulnerabilities;
use model::component::{Component, Presence};
use model::finding::{SuppressedFinding, Suppression, SuppressionKind};
use model::function::Function;
use model::{Finding, Gap, Hidden, Location};

use crate::settings::{Date, Ignore};
use crate::{Error, Settings};

/// Every answer that the user gave, and whether it was needed.
pub(crate) struct Answers<'a> {
    ignores: Vec<(&'a Ignore, AtomicBool)>,
    statements: Vec<(VexStatement, AtomicBool)>,
    today: Date,
}

/// What is known of the function that findings are about.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) function: &'a Function,
    pub(crate) components: &'a [Component],
    pub(crate) vulnerabilities: &'a [ComponentVulnerabilities],
}

impl<'a> Answers<'a> {
    /// Reads the VEX documents.
    ///
    /// # Errors
    /// When one cannot be read.
    pub(crate) fn read(settings: &'a Settings) -> Result<Self, Error> {
        let mut statements = Vec::new();
        for path in &settings.vex {
            statements
                .extend(advisory::read_vex(path)?.into_iter().map(|statement| (statement, AtomicBool::new(false))));
        }
        let ignores = settings.ignores.iter().map(|ignore| (ignore, AtomicBool::new(false))).collect();
        Ok(Self { ignores, statements, today: settings.today })
    }

    /// The findings that stay, and those that have an answer. A statement that a flaw matters is noted on its finding.
    pub(crate) fn apply(&self, findings: Vec<Finding>, subject: Subject<'_>) -> (Vec<Finding>, Vec<SuppressedFinding>) {
        let names = names(subject);
        let (mut open, mut suppressed) = (Vec::new(), Vec::new());
        for mut finding in findings {
            let statement = self.statement(&finding, &names);
            let settled = statement.filter(|statement| statement.status.settles()).map(by_vex);
            // Each list is asked, whatever the others say: an entry that applies is not unused.
            let ignored = self.ignore(&finding).map(by_ignore);
            match by_vendor(&finding, subject).or(settled).or(ignored) {
                Some(by) => suppressed.push(SuppressedFinding { finding, by }),
                None => {
                    finding.tags.extend(statement.map(|statement| format!("vex:{}", statement.status.name())));
                    open.push(finding);
                }
            }
        }
        (open, suppressed)
    }

    /// What is wrong with the answers themselves, after all findings were seen.
    pub(crate) fn gaps(&self) -> Vec<Gap> {
        let gap = |place: &Location, why: String| Gap::new(place.clone(), why, &[Hidden::Configuration]);
        let mut gaps = Vec::new();
        for (ignore, used) in &self.ignores {
            if let Some(expires) = ignore.expires.filter(|expires| *expires < self.today) {
                let why =
                    format!("the ignore entry for {} expired on {expires}: renew it or take it out", ignore.shown());
                gaps.push(gap(&ignore.place, why));
            } else if !used.load(Ordering::Relaxed) {
                let why = format!("the ignore entry for {} matches no finding: take it out", ignore.shown());
                gaps.push(gap(&ignore.place, why));
            }
        }
        for (statement, used) in &self.statements {
            if !used.load(Ordering::Relaxed) {
                let products: Vec<_> = statement.products.iter().map(|product| format!("`{}`", product.id)).collect();
                let id = statement.ids.first().map_or("", String::as_str);
                let why = format!("the statement on `{id}` in {} matches no finding", products.join(", "));
                gaps.push(gap(&Location::file(statement.source.clone()), why));
            }
        }
        gaps
    }

    /// The statement that holds for the finding: the latest.
    fn statement(&self, finding: &Finding, names: &[String]) -> Option<&VexStatement> {
        let (flaw, component) = (finding.advisory.as_ref()?, finding.component.as_deref()?);
        let is_meant = |statement: &VexStatement| {
            statement.ids.iter().any(|id| flaw.ids.contains(id))
                && statement.products.iter().any(|product| product.means(component, names))
        };
        let matching = self.statements.iter().filter(|(statement, _)| is_meant(statement));
        // Of equal times the last is the greatest.
        let latest = matching.inspect(|(_, used)| used.store(true, Ordering::Relaxed));
        latest.map(|(statement, _)| statement).max_by(|left, right| left.stated_at.cmp(&right.stated_at))
    }

    fn ignore(&self, finding: &Finding) -> Option<&'a Ignore> {
        let valid =
            self.ignores.iter().filter(|(ignore, _)| ignore.expires.is_none_or(|expires| expires >= self.today));
        let matching = valid.filter(|(ignore, _)| ignore.matches(finding));
        matching
            .inspect(|(_, used)| used.store(true, Ordering::Relaxed))
            .map(|(ignore, _)| *ignore)
            .reduce(|first, _| first)
    }
}

/// By which a statement's product may name the function.
fn names(subject: Subject<'_>) -> Vec<String> {
    let projects = subject.components.iter().filter(|component| component.presence == Presence::Project);
    let mut names = vec![subject.function.id.clone(), subject.function.name.clone()];
    names.extend(projects.map(|component| component.purl.clone()));
    names
}

fn by_vendor(finding: &Finding, subject: Subject<'_>) -> Option<Suppression> {
    let purl = finding.component.as_deref().filter(|_| finding.advisory.is_some())?;
    let answered = subject.vulnerabilities.iter().find_map(|vulnerabilities| {
        let component = subject.components.get(vulnerabilities.component)?;
        let is_own = component.purl == purl
            && component.evidence.iter().any(|evidence| finding.locations.contains(&evidence.location));
        vulnerabilities.vendor.as_deref().filter(|_| is_own)
    })?;
    Some(Suppression {
        kind: SuppressionKind::Vendor,
        source: answered.to_owned(),
        status: None,
        reason: format!("the files belong to `{answered}`, whose vendor's advisories say what is open"),
        expires: None,
    })
}

fn by_vex(statement: &VexStatement) -> Suppression {
    let reason = if statement.justification.is_empty() { statement.status.name() } else { &statement.justification };
    Suppression {
        kind: SuppressionKind::Vex,
        source: statement.source.clone(),
        status: Some(match statement.status {
            VexStatus::Fixed => VexStatus::Fixed.name(),
            _ => VexStatus::NotAffected.name(),
        }),
        reason: reason.to_owned(),
        expires: None,
    }
}

fn by_ignore(ignore: &Ignore) -> Suppression {
    Suppression {
        kind: SuppressionKind::Ignored,
        source: ignore.place.to_string(),
        status: None,
        reason: ignore.reason.clone(),
        expires: ignore.expires.map(|expires| expires.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::is_like;

    #[test]
    fn patterns_match_whole_texts() {
        for (pattern, text, expected) in [
            ("lodash", "lodash", true),
            ("lodash", "lodash.merge", false),
            ("lodash*", "lodash.merge", true),
            ("src/*/test.py", "src/a/b/test.py", true),
            ("*", "", true),
            ("a*b*c", "aXbYc", true),
            ("a*b*c", "acb", false),
            ("*ab", "aab", true),
        ] {
            assert_eq!(is_like(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn an_entry_matches_by_everything_that_it_states() {
        let entry = |id: &str, package: &str| Ignore {
            id: Some(id.to_owned()).filter(|id| !id.is_empty()),
            package: Some(package.to_owned()).filter(|package| !package.is_empty()),
            path: None,
            reason: "r".to_owned(),
            expires: None,
            place: Location::line("fnassay.toml", 1),
        };
        let is_package = |pattern: &str| entry("", pattern).is_package(Some("pkg:npm/%40scope/left@1.0.0"));
        assert!(is_package("@scope/left") && is_package("pkg:npm/@scope/left") && is_package("@scope/left@1.0.0"));
        assert!(is_package("pkg:npm/%40scope/left@1.0.0") && is_package("@scope/*"));
        assert!(!is_package("left") && !is_package("@scope/left@2.0.0") && !is_package("pkg:pypi/left"));
    }
}
