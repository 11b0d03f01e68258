//! One file's bytes to facts: views, hits, places.

use model::location::LineIndex;
use model::secret::{SecretFact, SecretPlace};
use model::{Gap, Hidden, Location};

use crate::kind::{Case, Find};
use crate::prefilter::Scope;
use crate::redact::Redacted;
use crate::scanner::{Hit, MAX_HITS_PER_TEXT, Scanner, TextNature};
use crate::syntax::{self, Syntax};
use crate::views;

/// Lines of more bytes than this on average are nobody's handwriting.
const MINIFIED_LINE_BYTES: usize = 400;

/// A file to look at.
#[derive(Debug, Clone, Copy)]
pub struct FileToScan<'a> {
    /// As reports show it.
    pub path: &'a str,
    pub bytes: &'a [u8],
    /// Part of a package that others made; only formats of providers count there, not telling names.
    pub is_third_party: bool,
}

/// What one file holds; facts have one place each, or two for a pair.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileSecrets {
    pub facts: Vec<SecretFact>,
    pub gaps: Vec<Gap>,
}

impl Scanner {
    /// Every credential of one file, in order of place.
    pub fn scan_file(&self, file: &FileToScan<'_>) -> FileSecrets {
        let view = views::main_view(file.bytes);
        let text: &[u8] = &view.text;
        let nature = nature_of(file, text, view.is_text);
        let (hits, overflows) = self.hits(text, nature);
        let mut gaps = Vec::new();
        if overflows {
            gaps.push(too_many(file.path));
        }
        let mut hidden = if nature.scope == Scope::Everything { self.hidden_hits(text, nature) } else { Vec::new() };
        // What a token carries inside is part of the token.
        hidden.retain(|(_, _, at)| !hits.iter().any(|hit| hit.kind.rank() < 2 && hit.value.contains(at)));
        let is_inside_hidden =
            |hit: &Hit| hit.kind.rank() == 2 && hidden.iter().any(|(_, _, at)| hit.value.contains(at));
        if hits.is_empty() && hidden.is_empty() {
            return FileSecrets { facts: Vec::new(), gaps };
        }
        let places = view.is_text.then(|| LineIndex::new(text));
        let place = |offset: usize| match &places {
            Some(index) => {
                let (line, column) = index.line_column(offset);
                Location::point(file.path, line, column)
            }
            None => Location::file(file.path),
        };
        let mut facts: Vec<SecretFact> =
            hits.iter().filter(|hit| !is_inside_hidden(hit)).map(|hit| fact(hit, text, &place)).collect();
        facts.extend(hidden.iter().map(|(hit, inner, at)| fact(hit, inner, &|_| place(*at))));
        FileSecrets { facts, gaps }
    }

    /// Hits in texts hidden in this one, each with its text and where that lies.
    fn hidden_hits(&self, text: &[u8], outer: TextNature) -> Vec<(Hit, Vec<u8>, usize)> {
        let fragments = views::HIDDEN.iter().flat_map(|find| find(text));
        fragments
            .flat_map(|fragment| {
                let syntax =
                    if fragment.text.trim_ascii_start().starts_with(b"{") { Syntax::Json } else { Syntax::Config };
                let (hits, _) = self.hits(&fragment.text, TextNature { syntax, ..outer });
                hits.into_iter().map(move |hit| (hit, fragment.text.clone(), fragment.at))
            })
            .collect()
    }
}

fn nature_of(file: &FileToScan<'_>, text: &[u8], is_text: bool) -> TextNature {
    let syntax = Syntax::of(file.path);
    let is_sample = syntax::is_test_path(file.path) || (syntax == Syntax::Prose && file.is_third_party);
    let names_count = is_text
        && !file.is_third_party
        && !is_sample
        && syntax != Syntax::Generated
        && !syntax::is_translation(file.path);
    let scope = if names_count { Scope::Everything } else { Scope::Specific };
    // Looking at the start is enough to tell, and keeps big files cheap.
    let start = text.get(..16 * 1024).unwrap_or(text);
    let lines = start.iter().filter(|byte| **byte == b'\n').count() + 1;
    let is_minified = syntax == Syntax::Code && start.len() / lines > MINIFIED_LINE_BYTES;
    TextNature { syntax, scope, is_binary: !is_text, is_third_party: file.is_third_party, is_sample, is_minified }
}

pub(crate) fn fact(hit: &Hit, text: &[u8], place: &dyn Fn(usize) -> Location) -> SecretFact {
    let value = Redacted::new(text.get(hit.value.clone()).unwrap_or_default());
    let mut locations = vec![place(hit.value.start)];
    locations.extend(hit.related.map(place));
    locations.sort();
    locations.dedup();
    SecretFact {
        kind: hit.kind.id,
        title: hit.kind.title,
        severity: hit.kind.severity,
        confidence: hit.confidence,
        preview: preview(hit, value),
        fingerprint: value.fingerprint(),
        locations,
        holder: hit
            .holder
            .clone()
            .and_then(|range| text.get(range))
            .map(|name| String::from_utf8_lossy(name).into_owned()),
        place: SecretPlace::File,
        shipped_by: None,
    }
}

/// The provider's own prefix, which is the same for everyone, and nothing of what is not.
fn preview(hit: &Hit, value: Redacted<'_>) -> String {
    let prefixes = match &hit.kind.find {
        Find::Pattern { keywords, .. } => *keywords,
        Find::Assigned { .. } | Find::Generic => &[],
    };
    let is_prefix = |keyword: &&crate::kind::Keyword| {
        keyword.case == Case::Exact && value.expose().starts_with(keyword.text.as_bytes())
    };
    let prefix = prefixes.iter().filter(is_prefix).map(|keyword| keyword.text).max_by_key(|text| text.len());
    format!("{}…", prefix.unwrap_or_default())
}

fn too_many(path: &str) -> Gap {
    let why = format!(
        "more than {MAX_HITS_PER_TEXT} texts here look like credentials; the rest was not judged: look at the file by hand"
    );
    Gap::new(Location::file(path), why, &[Hidden::Secrets])
}
