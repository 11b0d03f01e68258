//! `pyproject.toml`: what a project asks for, and who it is.
//!
//! **Source**: the "pyproject.toml" specification (PEP 621), PEP 735 (dependency groups); poetry's, pdm's and uv's
//! documentation of their tables. **Supported**: `[project] dependencies`, `[dependency-groups]`, `[tool.poetry]`
//! dependencies and groups, `[tool.pdm]` and `[tool.uv]` development dependencies. **Unsupported** (→ gap): repositories
//! and addresses, whose content has no version. Optional dependencies (extras) are not installed unless asked for.

use model::component::{EvidenceKind, Presence, Version};
use serde::Deserialize;
use toml::Spanned;

use crate::claim::Claim;
use crate::document::{Document, Format, Reading, decode};
use crate::ecosystems::pypi::marker::{self, Environment};
use crate::ecosystems::pypi::toml_file::{self, Lines, Want, Wants};
use crate::ecosystems::pypi::{normalise_name, requirement};
use crate::json::{Members, Text};

pub(crate) const FORMAT: Format = Format {
    id: "pyproject",
    accepts: |path| path.file_name == "pyproject.toml" && path.is_of_project(),
    read,
    finds_installed: false,
    advice: "write a lock file (`uv lock`, `poetry lock`) or pin every package with `pip-compile`, and scan again",
};

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case", bound(deserialize = "'de: 'a"))]
struct File<'a> {
    project: Project<'a>,
    dependency_groups: Members<'a, Vec<Spanned<Text<'a>>>>,
    tool: Tool<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Project<'a> {
    name: Text<'a>,
    version: Text<'a>,
    dependencies: Vec<Spanned<Text<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Tool<'a> {
    poetry: Poetry<'a>,
    pdm: Pdm<'a>,
    uv: Uv<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case", bound(deserialize = "'de: 'a"))]
struct Poetry<'a> {
    name: Text<'a>,
    version: Text<'a>,
    dependencies: Members<'a, Spanned<Wants<'a>>>,
    dev_dependencies: Members<'a, Spanned<Wants<'a>>>,
    group: Members<'a, Group<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Group<'a> {
    dependencies: Members<'a, Spanned<Wants<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case", bound(deserialize = "'de: 'a"))]
struct Pdm<'a> {
    dev_dependencies: Members<'a, Vec<Spanned<Text<'a>>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case", bound(deserialize = "'de: 'a"))]
struct Uv<'a> {
    dev_dependencies: Vec<Spanned<Text<'a>>>,
}

/// What a manifest asks for.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    pub(crate) project: Option<(String, Option<String>)>,
    pub(crate) asks: Vec<Ask>,
    /// Texts that are no requirement, with their lines.
    pub(crate) unread: Vec<(u32, String)>,
}

#[derive(Debug)]
pub(crate) struct Ask {
    /// In canonical form.
    pub(crate) name: String,
    pub(crate) version: Version,
    pub(crate) extras: Vec<String>,
    /// Whether its marker holds; `None` when that cannot be known.
    pub(crate) holds: Option<bool>,
    pub(crate) presence: Presence,
    pub(crate) source: AskedFrom,
    /// 1-based.
    pub(crate) line: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AskedFrom {
    Registry,
    Address,
    Folder,
}

fn read(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let text = decode(&bytes);
    let Some(asked) = asked(document, &text, reading) else { return };
    claim_all(document, asked, reading);
}

/// What the manifest in `text` asks for; when it cannot be read a gap is noted.
pub(crate) fn asked(document: &Document<'_>, text: &str, reading: &mut Reading) -> Option<Asked> {
    let file: File<'_> = toml_file::parse(document, text, "mend the file and scan again", reading)?;
    let mut collector = Collector { lines: Lines::new(text), python: document.survey.python, asked: Asked::default() };
    collector.add_texts(&file.project.dependencies, Presence::Shipped);
    collector.add_tables(&file.tool.poetry.dependencies, Presence::Shipped);
    collector.add_tables(&file.tool.poetry.dev_dependencies, Presence::Development);
    for (name, group) in &file.tool.poetry.group.0 {
        let presence = if name == "main" { Presence::Shipped } else { Presence::Development };
        collector.add_tables(&group.dependencies, presence);
    }
    for (_, group) in file.dependency_groups.0.iter().chain(&file.tool.pdm.dev_dependencies.0) {
        collector.add_texts(group, Presence::Development);
    }
    collector.add_texts(&file.tool.uv.dev_dependencies, Presence::Development);
    let name = file.project.name.as_str().or(file.tool.poetry.name.as_str());
    let version = file.project.version.as_str().or(file.tool.poetry.version.as_str());
    collector.asked.project = name.map(|name| (normalise_name(name).into_owned(), version.map(str::to_owned)));
    Some(collector.asked)
}

/// The manifest's requests as claims, and gaps for what none of them can say.
pub(crate) fn claim_all(document: &Document<'_>, asked: Asked, reading: &mut Reading) {
    for (line, text) in asked.unread {
        reading.gaps.push(document.gap(Some(line), format!("cannot read the requirement `{text}`")));
    }
    for ask in asked.asks.into_iter().filter(|ask| ask.holds != Some(false) && ask.source != AskedFrom::Folder) {
        if ask.version == Version::Unknown && ask.presence == Presence::Shipped {
            let why = format!("`{}` comes from a repository or an address, so its version is not known", ask.name);
            reading.gaps.push(document.gap(Some(ask.line), why));
        }
        let location = document.location(Some(ask.line));
        let mut claim = Claim::new(ask.name, ask.version, EvidenceKind::Declared, location, document.place());
        claim.presence = ask.presence;
        claim.direct = Some(true);
        reading.claims.push(claim);
    }
    if let Some((name, version)) = asked.project {
        let version = version.map_or(Version::Unknown, Version::Exact);
        let mut claim = Claim::new(name, version, EvidenceKind::Declared, document.location(None), document.place());
        claim.presence = Presence::Project;
        reading.claims.push(claim);
    }
}

struct Collector {
    lines: Lines,
    python: Option<(u32, u32)>,
    asked: Asked,
}

impl Collector {
    fn add_texts(&mut self, texts: &[Spanned<Text<'_>>], presence: Presence) {
        for spanned in texts {
            let line = self.lines.of(spanned);
            // Groups may include each other: `{include-group = "x"}` is no requirement.
            let Some(text) = spanned.get_ref().as_str() else { continue };
            let Some(requirement) = requirement::parse(text) else {
                self.asked.unread.push((line, text.to_owned()));
                continue;
            };
            let environment = Environment { python: self.python, extras: Some(&[]) };
            let version = requirement.version();
            self.asked.asks.push(Ask {
                name: requirement.canonical_name(),
                extras: requirement.extras.iter().map(|extra| (*extra).to_owned()).collect(),
                holds: marker::evaluate(requirement.marker, environment),
                presence,
                source: if version == Version::Unknown { AskedFrom::Address } else { AskedFrom::Registry },
                version,
                line,
            });
        }
    }

    fn add_tables(&mut self, tables: &Members<'_, Spanned<Wants<'_>>>, presence: Presence) {
        for (name, wants) in tables.0.iter().filter(|(name, _)| name != "python") {
            let line = self.lines.of(wants);
            for want in &wants.get_ref().0 {
                // An extra of the project itself, which an install takes only when told to.
                let presence = if want.optional.0 { Presence::Development } else { presence };
                let ask = ask(name, want, presence, self.python, line);
                self.asked.asks.push(ask);
            }
        }
    }
}

/// A request in the table form that poetry and pipenv share.
pub(crate) fn ask(name: &str, want: &Want<'_>, presence: Presence, python: Option<(u32, u32)>, line: u32) -> Ask {
    let source = match (want.is_local(), want.is_elsewhere()) {
        (true, _) => AskedFrom::Folder,
        (false, true) => AskedFrom::Address,
        (false, false) => AskedFrom::Registry,
    };
    let version = match source {
        AskedFrom::Registry => requirement::version_of(want.version.as_str().unwrap_or_default()),
        AskedFrom::Address | AskedFrom::Folder => {
            let address = want.url.as_str().or(want.file.as_str()).unwrap_or_default();
            requirement::archive_version(address)
                .map_or(Version::Unknown, |(_, version)| Version::Exact(version.to_owned()))
        }
    };
    Ask {
        name: normalise_name(name).into_owned(),
        version,
        extras: want.extras.0.iter().map(|extra| extra.clone().into_owned()).collect(),
        holds: holds(want, python),
        presence,
        source,
        line,
    }
}

/// Whether the want's conditions hold; `None` when that cannot be known.
pub(crate) fn holds(want: &Want<'_>, python: Option<(u32, u32)>) -> Option<bool> {
    let environment = Environment { python, extras: None };
    let marker = marker::evaluate(want.markers.as_str().unwrap_or_default(), environment);
    let python = match (want.python.as_str(), python) {
        (None, _) => Some(true),
        (Some(_), None) => None,
        (Some(versions), Some((major, minor))) => {
            let admitted = crate::ecosystems::pypi::specifier::parse(versions).ok();
            let key = crate::ecosystems::pypi::version::key(&format!("{major}.{minor}")).ok();
            admitted.zip(key).map(|(admitted, key)| admitted.contains(&key))
        }
    };
    let platform = want.platform.as_str().map_or(Some(true), |platform| Some(platform.starts_with("linux")));
    match [marker, python, platform] {
        conditions if conditions.contains(&Some(false)) => Some(false),
        conditions if conditions.contains(&None) => None,
        _ => Some(true),
    }
}
