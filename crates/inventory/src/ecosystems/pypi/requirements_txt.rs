//! `requirements.txt` and its kin: what pip is told to install.
//!
//! **Source**: pip's documentation, "Requirements File Format". **Supported**: requirements with extras, specifiers,
//! markers, hashes and options; comments, continuations, `-r` and `-c` within the artifact, `-e`, addresses and archives,
//! UTF-16. **Unsupported** (→ gap): includes from elsewhere, unreadable lines, packages from repositories (their version is
//! not known).
//!
//! Files named for development, tests or documentation say what is not deployed.

use std::collections::BTreeMap;

use model::component::{EvidenceKind, Presence, Version};

use crate::claim::Claim;
use crate::document::{Document, EntryPath, Format, Reading, decode};
use crate::ecosystems::pypi::marker::{self, Environment};
use crate::ecosystems::pypi::requirement::{self, Requirement, Wanted};

pub(crate) const FORMAT: Format = Format {
    id: "requirements",
    accepts: |path| is_requirements(path) && path.is_of_project(),
    read,
    finds_installed: false,
    advice: "pin every package with `pip-compile` or `uv pip compile` and scan again",
};

/// Includes within includes; pip has no limit, but nobody nests deeper.
const MAX_INCLUDE_LEVELS: usize = 16;
/// Requirements read from one file; the longest compiled ones have some thousands.
const MAX_REQUIREMENTS: usize = 20_000;
/// Files one requirements file may lead to.
const MAX_INCLUDED_FILES: usize = 128;
/// Their size in all.
const MAX_INCLUDED_BYTES: u64 = 256 << 10;
/// Constraints on one package; more than one is rare.
const MAX_CONSTRAINTS: usize = 16;

fn is_requirements(path: EntryPath<'_>) -> bool {
    let stem = path.file_name.strip_suffix(".txt").or_else(|| path.file_name.strip_suffix(".in"));
    let Some(stem) = stem else { return false };
    let folder = path.folder.rsplit('/').next().unwrap_or_default();
    let stem = stem.to_ascii_lowercase();
    let is_named = stem.starts_with("requirements") || stem.ends_with("requirements");
    is_named || (folder == "requirements" && !stem.contains("constraint"))
}

fn read(document: &Document<'_>, reading: &mut Reading) {
    // What pip-compile reads; where it has run, its output says more.
    let compiled = document.path.file_name.strip_suffix(".in").map(|stem| format!("{stem}.txt"));
    if compiled.is_some_and(|compiled| document.sibling(&compiled).is_some()) {
        return;
    }
    let presence = if is_for_development(document.path.path) { Presence::Development } else { Presence::Shipped };
    let mut reader = Reader {
        presence,
        constraints: BTreeMap::new(),
        visited: Vec::new(),
        included_bytes: 0,
        is_full: false,
        project: document,
        reading,
    };
    // Constraints first: they hold for the whole file, wherever they stand.
    reader.visit(document, 0, Pass::Constraints);
    reader.visited.clear();
    reader.included_bytes = 0;
    reader.visit(document, 0, Pass::Requirements);
}

/// Whether the file's name, or its folder's below `requirements/`, says that it is not for production.
fn is_for_development(path: &str) -> bool {
    const WORDS: &[&str] =
        &["ci", "dev", "develop", "development", "doc", "docs", "lint", "local", "test", "testing", "tests", "typing"];
    let file_name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    file_name.split(['-', '_', '.']).any(|word| WORDS.contains(&word))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pass {
    Constraints,
    Requirements,
}

struct Reader<'d, 'r> {
    presence: Presence,
    /// Specifiers by canonical name.
    constraints: BTreeMap<String, Vec<String>>,
    /// Entry paths of the files read in this pass.
    visited: Vec<String>,
    /// Size of the files included in this pass.
    included_bytes: u64,
    /// Whether requirements were left out.
    is_full: bool,
    /// The file that was asked for; its folder is the project's, whatever it includes.
    project: &'d Document<'d>,
    reading: &'r mut Reading,
}

impl Reader<'_, '_> {
    fn visit(&mut self, document: &Document<'_>, level: usize, pass: Pass) {
        let path = document.entry.path.clone();
        if self.visited.contains(&path) {
            return;
        }
        if level > 0 {
            self.included_bytes = self.included_bytes.saturating_add(document.entry.size_bytes);
        }
        let is_too_much = self.included_bytes > MAX_INCLUDED_BYTES || self.visited.len() >= MAX_INCLUDED_FILES;
        if level > MAX_INCLUDE_LEVELS || is_too_much {
            if pass == Pass::Requirements {
                self.reading
                    .gaps
                    .push(document.gap(None, "included by too long a chain of files; it was not read from there"));
            }
            return;
        }
        self.visited.push(path);
        let mut unread = Reading::default();
        let Some(bytes) = document.bytes(&mut unread) else {
            if pass == Pass::Requirements {
                self.reading.gaps.append(&mut unread.gaps);
            }
            return;
        };
        let text = decode(&bytes);
        let kind = if is_compiled(&text) { EvidenceKind::Locked } else { EvidenceKind::Declared };
        for (line, text) in logical_lines(&text) {
            let at = Line { document, line, kind };
            match Item::parse(&text) {
                Item::Include(file) => self.include(&at, file, level, pass),
                Item::Constraint(file) if pass == Pass::Constraints => self.constrain(&at, file),
                Item::Requirement(text) if pass == Pass::Requirements => self.add(&at, text),
                Item::Address(text) if pass == Pass::Requirements => self.add_address(&at, text),
                Item::Constraint(_) | Item::Requirement(_) | Item::Address(_) | Item::Nothing => {}
            }
        }
    }

    fn include(&mut self, at: &Line<'_>, file: &str, level: usize, pass: Pass) {
        match at.document.sibling(file) {
            Some(included) => self.visit(&included, level + 1, pass),
            None if pass == Pass::Requirements => {
                self.note(at, format!("the included file `{file}` is not part of the scanned files"));
            }
            None => {}
        }
    }

    fn constrain(&mut self, at: &Line<'_>, file: &str) {
        let Some(bytes) = at.document.sibling(file).and_then(|document| document.bytes(&mut Reading::default())) else {
            self.note(
                at,
                format!("the constraints file `{file}` is not part of the scanned files, so versions may be narrower"),
            );
            return;
        };
        for (_, text) in logical_lines(&decode(&bytes)) {
            let Item::Requirement(text) = Item::parse(&text) else { continue };
            if let Some(Requirement { name, wanted: Wanted::Versions(versions), .. }) = requirement::parse(text)
                && !versions.is_empty()
            {
                let known = self.constraints.entry(super::normalise_name(name).into_owned()).or_default();
                if known.len() < MAX_CONSTRAINTS {
                    known.push(versions.to_owned());
                }
            }
        }
    }

    fn add(&mut self, at: &Line<'_>, text: &str) {
        let Some(requirement) = requirement::parse(text) else {
            self.note(at, format!("cannot read the requirement `{}`", shortened(text)));
            // The name is certain when an operator follows it, whatever the version is meant to be.
            if let Some(name) =
                text.split_once(['=', '<', '>', '!', '~']).and_then(|(name, _)| requirement::parse(name))
            {
                self.push(at, name.canonical_name(), Version::Unknown);
            }
            return;
        };
        let environment = Environment { python: at.document.survey.python, extras: Some(&[]) };
        if marker::evaluate(requirement.marker, environment) == Some(false) {
            return;
        }
        let name = requirement.canonical_name();
        let version = self.constrained(&name, &requirement);
        if version == Version::Unknown {
            self.note(at, format!("`{name}` comes from an address, so its version is not known"));
        }
        self.push(at, name, version);
    }

    /// The requirement's version, narrowed by the constraints on its name.
    fn constrained(&self, name: &str, requirement: &Requirement<'_>) -> Version {
        let (Version::Range(range), Some(constraints)) = (requirement.version(), self.constraints.get(name)) else {
            return requirement.version();
        };
        let exact =
            constraints.iter().map(|text| requirement::version_of(text)).find(|version| version.exact().is_some());
        exact.unwrap_or_else(|| {
            let clauses: Vec<_> = std::iter::once(&range)
                .chain(constraints)
                .filter(|text| !text.is_empty())
                .map(String::as_str)
                .collect();
            Version::Range(clauses.join(","))
        })
    }

    /// A path or address without a name before it: an archive's file name or an `egg` fragment may say what it is.
    fn add_address(&mut self, at: &Line<'_>, text: &str) {
        let address = text.split_whitespace().next().unwrap_or_default();
        if let Some((name, version)) = requirement::archive_version(address) {
            return self.push(at, super::normalise_name(name).into_owned(), Version::Exact(version.to_owned()));
        }
        let fragment = address.split_once('#').map_or("", |(_, fragment)| fragment);
        let egg = fragment
            .split('&')
            .find_map(|pair| pair.strip_prefix("egg="))
            .map(|egg| egg.split('[').next().unwrap_or(egg));
        let is_local = !address.contains("://");
        if is_local {
            let is_here =
                address.starts_with('.') && at.document.sibling(address.split('[').next().unwrap_or(address)).is_some();
            let is_project =
                crate::document::join(at.document.path.folder, address.split('[').next().unwrap_or(address))
                    .is_some_and(|folder| {
                        at.document.survey.artifact.under(at.document.entry.mount, &folder).next().is_some()
                    });
            if !is_here && !is_project {
                self.note(at, format!("the local package `{}` is not part of the scanned files", shortened(address)));
            }
            return;
        }
        match egg {
            Some(egg) => {
                self.note(at, format!("`{egg}` comes from a repository or an address, so its version is not known"));
                self.push(at, super::normalise_name(egg).into_owned(), Version::Unknown);
            }
            None => self.note(at, "a package comes from an address that does not say which package it is".to_owned()),
        }
    }

    fn push(&mut self, at: &Line<'_>, name: String, version: Version) {
        if self.reading.claims.len() >= MAX_REQUIREMENTS {
            if !std::mem::replace(&mut self.is_full, true) {
                let why = format!("more than {MAX_REQUIREMENTS} requirements; what follows was not read");
                self.reading.gaps.push(at.document.gap(Some(at.line), why));
            }
            return;
        }
        let mut claim = Claim::new(name, version, at.kind, at.document.location(Some(at.line)), self.project.place());
        claim.presence = self.presence;
        // A compiled file lists what requirements need in turn as well.
        claim.direct = (at.kind == EvidenceKind::Declared).then_some(true);
        self.reading.claims.push(claim);
    }

    fn note(&mut self, at: &Line<'_>, why: String) {
        if self.presence == Presence::Shipped {
            self.reading.gaps.push(at.document.gap(Some(at.line), why));
        }
    }
}

struct Line<'d> {
    document: &'d Document<'d>,
    /// 1-based.
    line: u32,
    kind: EvidenceKind,
}

/// What one logical line is.
enum Item<'a> {
    Include(&'a str),
    Constraint(&'a str),
    Requirement(&'a str),
    /// A path or an address, editable or not.
    Address(&'a str),
    /// Options for pip, and nothing at all.
    Nothing,
}

impl<'a> Item<'a> {
    fn parse(line: &'a str) -> Self {
        if let Some(file) = option(line, "-r", "--requirement") {
            return Self::Include(file);
        }
        if let Some(file) = option(line, "-c", "--constraint") {
            return Self::Constraint(file);
        }
        if let Some(address) = option(line, "-e", "--editable") {
            return Self::Address(address);
        }
        if line.is_empty() || line.starts_with('-') {
            return Self::Nothing;
        }
        let line = without_options(line);
        let (before_marker, _) = line.split_once(';').unwrap_or((line, ""));
        let first = before_marker.split_whitespace().next().unwrap_or_default();
        let is_address = (first.contains("://") && !before_marker.contains('@'))
            || first.split('@').next().is_some_and(|start| start.contains("://"))
            || first.starts_with(['.', '/', '~'])
            || requirement::archive_version(first)
                .is_some_and(|_| first.contains(['/', '\\']) || first.ends_with(".whl"));
        if is_address { Self::Address(line) } else { Self::Requirement(line) }
    }
}

/// The value of an option at the start of the line: `-r x`, `-rx`, `--requirement x`, `--requirement=x`.
fn option<'a>(line: &'a str, short: &str, long: &str) -> Option<&'a str> {
    let value = match line.strip_prefix(long) {
        Some(rest) => rest.strip_prefix('=').or_else(|| rest.strip_prefix([' ', '\t']))?,
        None => line.strip_prefix(short).filter(|rest| !rest.starts_with('-'))?,
    };
    Some(value.trim().trim_matches(['"', '\''])).filter(|value| !value.is_empty())
}

/// The requirement without `--hash=…` and other options behind it.
fn without_options(line: &str) -> &str {
    line.find(" --").and_then(|at| line.get(..at)).unwrap_or(line).trim_end()
}

/// Lines with continuations joined and comments taken out, with the 1-based number of the first.
fn logical_lines(text: &str) -> impl Iterator<Item = (u32, String)> {
    let mut lines = text.lines().zip(1..);
    std::iter::from_fn(move || {
        let (first, number) = lines.next()?;
        let mut logical = String::new();
        let mut current = first;
        loop {
            let is_comment = current.trim_start().starts_with('#');
            match current.strip_suffix('\\') {
                Some(continued) if !is_comment => {
                    logical.push_str(continued);
                    match lines.next() {
                        Some((next, _)) => current = next,
                        None => break,
                    }
                }
                _ => {
                    if !is_comment {
                        logical.push_str(current);
                    }
                    break;
                }
            }
        }
        Some((number, without_comment(&logical).trim().to_owned()))
    })
}

/// A `#` begins a comment at the start and behind a space; inside an address it is a fragment.
fn without_comment(line: &str) -> &str {
    let starts = line.match_indices('#').map(|(at, _)| at);
    let comment = starts
        .into_iter()
        .find(|at| line.get(..*at).is_some_and(|before| before.is_empty() || before.ends_with([' ', '\t'])));
    comment.and_then(|at| line.get(..at)).unwrap_or(line)
}

/// Whether a tool wrote the file with everything that is needed in turn.
fn is_compiled(text: &str) -> bool {
    let head_names_tool = text.lines().take(12).any(|line| {
        line.starts_with('#')
            && (line.contains("autogenerated by")
                || line.contains("pip-compile")
                || line.contains("uv pip compile")
                || line.contains("uv export"))
    });
    head_names_tool || text.contains("--hash=") || text.lines().any(|line| line.trim_start().starts_with("# via"))
}

fn shortened(text: &str) -> String {
    const MAX_SHOWN_CHARACTERS: usize = 80;
    // An address may carry a user's token: nothing behind the scheme and before `@` is shown.
    let text = match text.split_once("://") {
        Some((scheme, rest)) => {
            rest.split_once('@').map_or_else(|| text.to_owned(), |(_, host)| format!("{scheme}://…@{host}"))
        }
        None => text.to_owned(),
    };
    match text.char_indices().nth(MAX_SHOWN_CHARACTERS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}
