//! `fnassay.toml`: defaults for the command line. Unknown keys are errors with their line and a suggestion.

use std::path::{Path, PathBuf};

use model::{Family, Severity};
use serde::Deserialize;

use crate::arguments::Target;
use crate::exit::Failure;
use crate::output::nearest;

const DEFAULT_FILE: &str = "fnassay.toml";

/// Every key, for suggestions; a test keeps it equal to the fields of [`Config`].
const KEYS: &[&str] =
    &["advisories", "fail-on", "handler", "only", "parameters", "policy", "region", "runtime", "stage"];

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Config {
    advisories: Option<PathBuf>,
    fail_on: Option<SeverityName>,
    handler: Option<String>,
    #[serde(default)]
    only: Vec<FamilyName>,
    #[serde(default)]
    parameters: std::collections::BTreeMap<String, String>,
    policy: Option<PathBuf>,
    region: Option<String>,
    runtime: Option<String>,
    stage: Option<String>,
}

impl Config {
    pub(crate) fn fail_on(&self) -> Option<Severity> {
        self.fail_on.as_ref().map(|name| name.0)
    }

    /// The families to look for; empty means all.
    pub(crate) fn only(&self) -> Vec<Family> {
        self.only.iter().map(|name| name.0).collect()
    }

    /// The command line over this configuration.
    pub(crate) fn settings(&self, target: &Target) -> engine::Settings {
        let mut parameters: Vec<_> =
            self.parameters.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        parameters.retain(|(name, _)| !target.parameters.iter().any(|(given, _)| given == name));
        parameters.extend(target.parameters.iter().cloned());
        engine::Settings {
            source: engine::SourceOptions {
                runtime: target.runtime.clone().or_else(|| self.runtime.clone()),
                handler: target.handler.clone().or_else(|| self.handler.clone()),
                policy: target.policy.clone().or_else(|| self.policy.clone()),
                parameters,
                stage: target.stage.clone().or_else(|| self.stage.clone()),
                region: target.region.clone().or_else(|| self.region.clone()),
            },
            families: Vec::new(),
            advisories: target.advisories.clone().or_else(|| self.advisories.clone()),
            today: target.today.unwrap_or_else(engine::today),
        }
    }
}

/// The configuration in `file`; the default file when none is named; nothing when that does not exist.
pub(crate) fn load(file: Option<&Path>) -> anyhow::Result<Config> {
    let path = file.unwrap_or(Path::new(DEFAULT_FILE));
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if file.is_none() && error.kind() == std::io::ErrorKind::NotFound => return Ok(Config::default()),
        Err(error) => {
            return Err(Failure::usage(format!("cannot read configuration `{}`: {error}", path.display())).into());
        }
    };
    parse(&text, &path.display().to_string())
}

fn parse(text: &str, shown: &str) -> anyhow::Result<Config> {
    toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or("");
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, str::len) + 1;
        let unknown = error.message().split('`').nth(1).filter(|_| error.message().starts_with("unknown field"));
        let (message, hint) = match unknown {
            Some(key) => (
                format!("unknown configuration key `{key}`"),
                nearest(key, KEYS.iter().copied()).map_or_else(
                    || format!("known keys are {}", KEYS.join(", ")),
                    |near| format!("did you mean `{near}`?"),
                ),
            ),
            None => (error.message().to_owned(), String::new()),
        };
        let hint = Some(hint).filter(|hint| !hint.is_empty());
        Failure::usage(format!("{shown}:{line}:{column}: {message}")).with_hint(hint).into()
    })
}

#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct SeverityName(Severity);

impl TryFrom<String> for SeverityName {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let known = || Severity::ALL.map(Severity::name).join(", ");
        Severity::parse(&name).map(Self).ok_or_else(|| format!("unknown severity `{name}`; known are {}", known()))
    }
}

#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct FamilyName(Family);

impl TryFrom<String> for FamilyName {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let known = || Family::ALL.map(Family::name).join(", ");
        Family::parse(&name).map(Self).ok_or_else(|| format!("unknown family `{name}`; known are {}", known()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_place_and_the_nearest_key() {
        let cases = [
            (
                "fail-on = \"high\"\nfial-on = 1\n",
                "t.toml:2:1: unknown configuration key `fial-on`",
                Some("did you mean `fail-on`?"),
            ),
            (
                "only = [\"secrets\"]",
                "t.toml:1:8: unknown family `secrets`; known are vulnerability, secret, weakness, permission, exposure, configuration",
                None,
            ),
            ("stage = ", "t.toml:1:9:", None),
        ];
        for (text, message, hint) in cases {
            let error = parse(text, "t.toml").unwrap_err();
            let failure = error.downcast_ref::<Failure>().unwrap();
            assert!(failure.to_string().starts_with(message), "{failure}");
            assert_eq!(failure.hint.as_deref(), hint);
        }
    }

    #[test]
    fn lists_every_key() {
        for key in KEYS {
            let text = match *key {
                "only" => "only = []".to_owned(),
                "parameters" => "[parameters]".to_owned(),
                "fail-on" => "fail-on = \"low\"".to_owned(),
                key => format!("{key} = \"x\""),
            };
            parse(&text, "t.toml").unwrap();
        }
    }
}
