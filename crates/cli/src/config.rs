//! `fnassay.toml`: defaults for the command line. Unknown keys are errors with their line and a suggestion.

use std::path::{Path, PathBuf};

use model::{Family, Severity};
use serde::Deserialize;
use toml::Spanned;

use crate::arguments::Target;
use crate::exit::Failure;
use crate::output::nearest;

const DEFAULT_FILE: &str = "fnassay.toml";

/// Every key, for suggestions; a test keeps it equal to the fields of [`Config`].
const KEYS: &[&str] = &[
    "advisories",
    "fail-on",
    "handler",
    "ignore",
    "only",
    "parameters",
    "policy",
    "region",
    "runtime",
    "stage",
    "usage",
    "vex",
];

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Config {
    advisories: Option<PathBuf>,
    fail_on: Option<SeverityName>,
    handler: Option<String>,
    #[serde(default)]
    ignore: Vec<Spanned<IgnoreEntry>>,
    #[serde(default)]
    only: Vec<FamilyName>,
    #[serde(default)]
    parameters: std::collections::BTreeMap<String, String>,
    policy: Option<PathBuf>,
    region: Option<String>,
    runtime: Option<String>,
    stage: Option<String>,
    /// Logs of what functions did.
    #[serde(default)]
    usage: Vec<PathBuf>,
    /// VEX documents to read.
    #[serde(default)]
    vex: Vec<PathBuf>,
    /// The entries of `ignore` with their places; made when the file was read.
    #[serde(skip)]
    ignores: Vec<engine::Ignore>,
}

/// Keys of an entry, for suggestions.
const IGNORE_KEYS: &[&str] = &["expires", "id", "package", "path", "reason"];

/// One `[[ignore]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct IgnoreEntry {
    id: Option<String>,
    package: Option<String>,
    path: Option<String>,
    reason: Option<String>,
    expires: Option<Spanned<toml::Value>>,
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
            vex: self.vex.clone(),
            ignores: self.ignores.clone(),
            usage: if target.usage().is_empty() { self.usage.clone() } else { target.usage().to_vec() },
            dialect: target.dialect.as_deref().and_then(engine::Dialect::parse),
            resolution: None,
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
    let mut config = parse_keys(text, shown)?;
    let entries = std::mem::take(&mut config.ignore);
    config.ignores = entries.into_iter().map(|entry| ignore(entry, text, shown)).collect::<Result<_, _>>()?;
    Ok(config)
}

/// Line and column of a byte of the text.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or("");
    (before.matches('\n').count() + 1, before.rsplit('\n').next().map_or(0, str::len) + 1)
}

fn ignore(entry: Spanned<IgnoreEntry>, text: &str, shown: &str) -> anyhow::Result<engine::Ignore> {
    let (line, column) = place(text, entry.span().start);
    let fail = |why: String, hint: &str| {
        Failure::usage(format!("{shown}:{line}:{column}: {why}")).with_hint(Some(hint.to_owned()))
    };
    let IgnoreEntry { id, package, path, reason, expires } = entry.into_inner();
    let given = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let (id, package, path) = (given(id), given(package), given(path));
    if id.is_none() && package.is_none() && path.is_none() {
        return Err(
            fail("an ignore entry says nothing to ignore".into(), "give it an `id`, a `package` or a `path`").into()
        );
    }
    let Some(reason) = given(reason) else {
        return Err(fail("an ignore entry has no `reason`".into(), "say why nothing needs to be done").into());
    };
    let expires = expires.map(|expires| {
        let value = expires.into_inner();
        let written = match &value {
            toml::Value::String(text) => text.clone(),
            toml::Value::Datetime(day) => day.to_string(),
            _ => "it".to_owned(),
        };
        written.parse().map_err(|_error| fail(format!("`{written}` is no day"), "write `expires = 2027-01-31`"))
    });
    Ok(engine::Ignore {
        id,
        package,
        path,
        reason,
        expires: expires.transpose()?,
        place: model::Location::line(shown, u32::try_from(line).unwrap_or(u32::MAX)),
    })
}

fn parse_keys(text: &str, shown: &str) -> anyhow::Result<Config> {
    toml::from_str(text).map_err(|error| {
        let (line, column) = place(text, error.span().map_or(0, |span| span.start));
        let unknown = error.message().split('`').nth(1).filter(|_| error.message().starts_with("unknown field"));
        let (message, hint) = match unknown {
            Some(key) => (
                format!("unknown configuration key `{key}`"),
                nearest(key, KEYS.iter().chain(IGNORE_KEYS).copied()).map_or_else(
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
            (
                "[[ignore]]\nid = \"CVE-2024-1\"\n",
                "t.toml:1:1: an ignore entry has no `reason`",
                Some("say why nothing needs to be done"),
            ),
            (
                "\n[[ignore]]\nreason = \"x\"\n",
                "t.toml:2:1: an ignore entry says nothing to ignore",
                Some("give it an `id`, a `package` or a `path`"),
            ),
            (
                "[[ignore]]\nid = \"x\"\nreason = \"x\"\nexpires = \"soon\"\n",
                "t.toml:1:1: `soon` is no day",
                Some("write `expires = 2027-01-31`"),
            ),
            (
                "[[ignore]]\nid = \"x\"\nraeson = \"x\"\n",
                "t.toml:3:1: unknown configuration key `raeson`",
                Some("did you mean `reason`?"),
            ),
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
                "only" | "usage" | "vex" => format!("{key} = []"),
                "ignore" => "[[ignore]]\nid = \"CVE-2024-1\"\nreason = \"x\"\nexpires = 2027-01-31".to_owned(),
                "parameters" => "[parameters]".to_owned(),
                "fail-on" => "fail-on = \"low\"".to_owned(),
                key => format!("{key} = \"x\""),
            };
            parse(&text, "t.toml").unwrap();
        }
    }
}
