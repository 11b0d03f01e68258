//! `setup.cfg`: what a project asks for and who it is.
//!
//! **Source**: setuptools' documentation, "Configuring setuptools using setup.cfg files"; Python's `configparser`.
//! **Supported**: `[metadata] name, version`, `[options] install_requires`. **Unsupported** (→ gap): `file:` and `attr:`
//! directives for requirements.

use model::component::{Presence, Version};

use crate::document::{Document, Format, Reading, decode};
use crate::ecosystems::pypi::marker::{self, Environment};
use crate::ecosystems::pypi::pyproject::{self, Ask, Asked, AskedFrom};
use crate::ecosystems::pypi::{normalise_name, requirement};

pub(crate) const FORMAT: Format = Format {
    id: "setup-cfg",
    accepts: |path| path.file_name == "setup.cfg" && path.is_of_project(),
    read,
    finds_installed: false,
    advice: "pin every package with `pip-compile` or `uv pip compile` and scan again",
};

fn read(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let text = decode(&bytes);
    let mut asked = Asked::default();
    let (mut name, mut version) = (None, None);
    for Value { section, key, text, line } in values(&text) {
        match (section.as_str(), key.as_str()) {
            ("metadata", "name") => name = Some(normalise_name(text).into_owned()),
            ("metadata", "version") if !text.contains(':') => version = Some(text.to_owned()),
            ("options", "install_requires" | "install-requires") if text.starts_with("file:") => {
                reading.gaps.push(document.gap(
                    Some(line),
                    "requirements are read from another file; name them here or in `requirements.txt`",
                ));
            }
            ("options", "install_requires" | "install-requires") => add(document, &mut asked, text, line),
            _ => {}
        }
    }
    asked.project = name.map(|name| (name, version));
    pyproject::claim_all(document, asked, reading);
}

fn add(document: &Document<'_>, asked: &mut Asked, text: &str, line: u32) {
    let Some(requirement) = requirement::parse(text) else {
        asked.unread.push((line, text.to_owned()));
        return;
    };
    let version = requirement.version();
    let environment = Environment { python: document.survey.python, extras: Some(&[]) };
    asked.asks.push(Ask {
        name: requirement.canonical_name(),
        extras: Vec::new(),
        holds: marker::evaluate(requirement.marker, environment),
        presence: Presence::Shipped,
        source: if version == Version::Unknown { AskedFrom::Address } else { AskedFrom::Registry },
        version,
        line,
    });
}

struct Value<'a> {
    section: String,
    /// Lower case.
    key: String,
    /// One line of the value; never empty.
    text: &'a str,
    /// 1-based.
    line: u32,
}

/// Every line of every value, in file order.
fn values(text: &str) -> impl Iterator<Item = Value<'_>> {
    let (mut section, mut key) = (String::new(), String::new());
    text.lines().zip(1..).filter_map(move |(raw, line)| {
        let content = raw.trim();
        if content.is_empty() || content.starts_with(['#', ';']) {
            return None;
        }
        if let Some(title) =
            content.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).filter(|_| !raw.starts_with([' ', '\t']))
        {
            section = title.trim().to_owned();
            key.clear();
            return None;
        }
        let is_continuation = raw.starts_with([' ', '\t']);
        let value = if is_continuation {
            content
        } else {
            let (name, value) = content.split_once(['=', ':'])?;
            key = name.trim().to_ascii_lowercase();
            value.trim()
        };
        let value = value.split_once(" #").map_or(value, |(value, _)| value.trim_end());
        (!value.is_empty()).then(|| Value { section: section.clone(), key: key.clone(), text: value, line })
    })
}
