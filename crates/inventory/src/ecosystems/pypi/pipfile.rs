//! `Pipfile` and `Pipfile.lock`.
//!
//! **Source**: pipenv's documentation, "Pipfile & Pipfile.lock". **Supported**: `packages` and `dev-packages`; `default` and
//! `develop` with versions and markers. **Unsupported** (→ gap): packages from repositories and addresses, custom
//! categories (read as not deployed).

use model::component::{EvidenceKind, Presence, Version};
use serde::Deserialize;
use toml::Spanned;

use crate::claim::Claim;
use crate::document::{Document, Format, LineFinder, Reading, decode};
use crate::ecosystems::pypi::pyproject::{self, Asked, AskedFrom};
use crate::ecosystems::pypi::toml_file::{self, Lines, Want, Wants};
use crate::ecosystems::pypi::{normalise_name, requirement};
use crate::json::Members;

pub(crate) const MANIFEST: Format = Format {
    id: "pipfile",
    accepts: |path| path.file_name == "Pipfile" && path.is_of_project(),
    read: read_manifest,
    finds_installed: false,
    advice: "run `pipenv lock` beside it and scan again",
};

pub(crate) const LOCK: Format = Format {
    id: "pipfile-lock",
    accepts: |path| path.file_name == "Pipfile.lock" && path.is_of_project(),
    read: read_lock,
    finds_installed: false,
    advice: "write it anew with `pipenv lock`",
};

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case", bound(deserialize = "'de: 'a"))]
struct Manifest<'a> {
    packages: Members<'a, Spanned<Wants<'a>>>,
    dev_packages: Members<'a, Spanned<Wants<'a>>>,
}

fn read_manifest(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let text = decode(&bytes);
    let Some(manifest) = toml_file::parse::<Manifest<'_>>(document, &text, "mend the file and scan again", reading)
    else {
        return;
    };
    let lines = Lines::new(&text);
    let mut asked = Asked::default();
    for (members, presence) in
        [(&manifest.packages, Presence::Shipped), (&manifest.dev_packages, Presence::Development)]
    {
        for (name, wants) in &members.0 {
            let line = lines.of(wants);
            let asks =
                wants.get_ref().0.iter().map(|want| pyproject::ask(name, want, presence, document.survey.python, line));
            asked.asks.extend(asks);
        }
    }
    pyproject::claim_all(document, asked, reading);
}

type Section<'a> = Members<'a, Wants<'a>>;

fn read_lock(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let text = decode(&bytes);
    let sections: Members<'_, Section<'_>> = match serde_json::from_str(&text) {
        Ok(sections) => sections,
        Err(error) => {
            let line = u32::try_from(error.line()).ok();
            reading.gaps.push(document.gap(line, format!("cannot read `Pipfile.lock`: {error}; {}", LOCK.advice)));
            return;
        }
    };
    let mut lines = LineFinder::new(&text);
    for (title, packages) in sections.0.iter().filter(|(title, _)| title != "_meta") {
        lines.find(&format!("\"{title}\""));
        let presence = if title == "default" { Presence::Shipped } else { Presence::Development };
        for (name, wants) in &packages.0 {
            let line = lines.find(&format!("\"{name}\""));
            for want in &wants.0 {
                add_locked(document, name, want, (presence, line), reading);
            }
        }
    }
}

fn add_locked(
    document: &Document<'_>,
    name: &str,
    want: &Want<'_>,
    (presence, line): (Presence, Option<u32>),
    reading: &mut Reading,
) {
    let ask = pyproject::ask(name, want, presence, document.survey.python, line.unwrap_or(0));
    if ask.holds == Some(false) || ask.source == AskedFrom::Folder {
        return;
    }
    let version = match want.version.as_str().map(requirement::version_of) {
        Some(Version::Exact(version)) => Version::Exact(version),
        _ => ask.version,
    };
    if version.exact().is_none() && presence == Presence::Shipped {
        let why = format!("`{name}` comes from a repository or an address, so its version is not known");
        reading.gaps.push(document.gap(line, why));
    }
    let name = normalise_name(name).into_owned();
    let mut claim = Claim::new(name, version, EvidenceKind::Locked, document.location(line), document.place());
    claim.presence = presence;
    // pipenv notes the index only for what the Pipfile names itself; that is no promise, so nothing is said of it.
    reading.claims.push(claim);
}
