//! The engine: keywords → patterns and assignments → checks → allow rules, over one text.

use std::ops::Range;
use std::sync::OnceLock;

use model::Confidence;
use regex::bytes::{Regex, RegexBuilder};

use crate::allow;
use crate::assignment;
use crate::checks::{Candidate, Check, Outcome};
use crate::kind::{Find, Kind};
use crate::kinds::KINDS;
use crate::name::{self, NameClass};
use crate::prefilter::{Prefilter, Scope, Trigger};
use crate::redact::Redacted;
use crate::syntax::Syntax;
use crate::value;

/// More hits in one text than this are not credentials but data; the rest becomes a gap.
pub(crate) const MAX_HITS_PER_TEXT: usize = 2_000;

/// How far before a name a provider's own name may stand to count for it, in bytes.
const PROVIDER_REACH_BYTES: usize = 80;

/// How much text around an assignment tells what it is for.
const CONTEXT_BYTES: usize = 160;

/// Longer values do not name a credential kept elsewhere: they are one.
const MAX_REFERENCE_BYTES: usize = 200;

/// Finds credentials. Making one costs nothing: keywords and patterns are compiled when first needed and kept.
pub struct Scanner {
    kinds: &'static [&'static Kind],
    /// Parallel to `kinds`; `None` inside means that the kind has no pattern.
    patterns: Vec<OnceLock<Option<Regex>>>,
    specific: OnceLock<Prefilter>,
    everything: OnceLock<Prefilter>,
}

impl std::fmt::Debug for Scanner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scanner").field("kinds", &self.kinds.len()).finish_non_exhaustive()
    }
}

impl Default for Scanner {
    fn default() -> Self {
        Self::new()
    }
}

/// What is known of a text before it is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TextNature {
    pub(crate) syntax: Syntax,
    pub(crate) scope: Scope,
    pub(crate) is_binary: bool,
    pub(crate) is_third_party: bool,
    /// Test, example or documentation.
    pub(crate) is_sample: bool,
    /// Few long lines: names are short and literals many, so names are believed less.
    pub(crate) is_minified: bool,
}

/// A credential in a text, still as offsets.
#[derive(Debug, Clone)]
pub(crate) struct Hit {
    pub(crate) kind: &'static Kind,
    pub(crate) confidence: Confidence,
    pub(crate) value: Range<usize>,
    /// The name it is assigned to.
    pub(crate) holder: Option<Range<usize>>,
    /// Where the other half of a pair stands.
    pub(crate) related: Option<usize>,
}

impl Scanner {
    pub fn new() -> Self {
        Self {
            kinds: KINDS,
            patterns: KINDS.iter().map(|_| OnceLock::new()).collect(),
            specific: OnceLock::new(),
            everything: OnceLock::new(),
        }
    }

    /// Every credential of `text`, without overlaps, in order of place; and whether there were too many.
    pub(crate) fn hits(&self, text: &[u8], nature: TextNature) -> (Vec<Hit>, bool) {
        let mut search = Search { scanner: self, text, nature, hits: Vec::new(), windows: Vec::new(), names_end: 0 };
        self.prefilter(nature.scope).each(text, |keyword, trigger| search.at_keyword(keyword, trigger));
        search.run_windows();
        let overflows = search.hits.len() >= MAX_HITS_PER_TEXT;
        (crate::hits::settle(search.hits), overflows)
    }

    fn prefilter(&self, scope: Scope) -> &Prefilter {
        let cell = match scope {
            Scope::Specific => &self.specific,
            Scope::Everything => &self.everything,
        };
        cell.get_or_init(|| Prefilter::new(self.kinds, scope))
    }

    /// The kind's expression; all of them compile, which a test makes sure of.
    fn pattern(&self, kind: usize) -> Option<&Regex> {
        let source = match self.kinds.get(kind)?.find {
            Find::Pattern { pattern, .. } => pattern,
            Find::Assigned { value, .. } => value,
            Find::Generic => return None,
        };
        let compile = || RegexBuilder::new(source).unicode(false).build().ok();
        self.patterns.get(kind)?.get_or_init(compile).as_ref()
    }
}

/// One pass over one text.
struct Search<'s, 't> {
    scanner: &'s Scanner,
    text: &'t [u8],
    nature: TextNature,
    hits: Vec<Hit>,
    /// Parts of the text to run a kind's pattern on, each joined with the one before it where they meet.
    windows: Vec<Window>,
    /// End of the last name that was read.
    names_end: usize,
}

struct Window {
    kind: usize,
    range: Range<usize>,
}

impl Search<'_, '_> {
    fn at_keyword(&mut self, keyword: Range<usize>, trigger: Trigger) {
        if self.hits.len() >= MAX_HITS_PER_TEXT {
            return;
        }
        match trigger {
            Trigger::Pattern { kind, .. } => self.add_window(kind, keyword.start),
            Trigger::Assignment if !self.nature.is_binary => self.read_assignment(keyword),
            Trigger::Assignment => {}
        }
    }

    fn add_window(&mut self, kind: usize, at: usize) {
        let Some(descriptor) = self.scanner.kinds.get(kind) else { return };
        let Find::Pattern { reach, .. } = &descriptor.find else { return };
        if self.nature.is_binary && !descriptor.speaks_for_itself() {
            return;
        }
        let range = at.saturating_sub(reach.before)..at.saturating_add(reach.after).min(self.text.len());
        match self.windows.iter_mut().find(|window| window.kind == kind) {
            Some(window) if range.start <= window.range.end => window.range.end = window.range.end.max(range.end),
            Some(window) => {
                let done = std::mem::replace(&mut window.range, range);
                self.run_pattern(kind, done);
            }
            None => self.windows.push(Window { kind, range }),
        }
    }

    fn run_windows(&mut self) {
        for Window { kind, range } in std::mem::take(&mut self.windows) {
            self.run_pattern(kind, range);
        }
    }

    fn run_pattern(&mut self, kind: usize, window: Range<usize>) {
        let (Some(descriptor), Some(pattern)) = (self.scanner.kinds.get(kind).copied(), self.scanner.pattern(kind))
        else {
            return;
        };
        // Cut at the end only: what stands before the window decides whether a word starts in it.
        let Some(text) = self.text.get(..window.end) else { return };
        let mut at = window.start;
        while let Some(found) = (at < text.len()).then(|| pattern.captures_at(text, at)).flatten() {
            let Some(whole) = found.get(0).map(|all| all.range()) else { return };
            let group = found.iter().skip(1).flatten().last().map_or(whole.clone(), |group| group.range());
            at = whole.end.max(at + 1);
            let candidate =
                Candidate { text: self.text, whole, secret: group, is_third_party: self.nature.is_third_party };
            if let Some(hit) = self.judge(descriptor, &candidate) {
                self.hits.push(hit);
            }
            if self.hits.len() >= MAX_HITS_PER_TEXT {
                return;
            }
        }
    }

    /// The candidate as a hit, unless an allow rule or a check speaks against it.
    fn judge(&self, kind: &'static Kind, candidate: &Candidate<'_>) -> Option<Hit> {
        let value = candidate.value();
        let is_hole = value.len() < MAX_REFERENCE_BYTES && allow::is_reference(value);
        if is_hole
            || allow::is_placeholder(value)
            || (kind.is_often_shown && self.nature.is_third_party && self.nature.is_sample)
        {
            return None;
        }
        let confidence = self.confidence(kind, candidate)?;
        // Last, because it costs a digest.
        if allow::is_public_sample(Redacted::new(value)) {
            return None;
        }
        let holder = holder_before(self.text, candidate.secret.start);
        Some(Hit { kind, confidence, value: candidate.secret.clone(), holder, related: None })
    }

    fn confidence(&self, kind: &Kind, candidate: &Candidate<'_>) -> Option<Confidence> {
        let mut confidence = kind.confidence;
        for check in kind.checks.iter().copied().map(|check: Check| check.outcome(candidate)) {
            match check {
                Outcome::Keep => {}
                Outcome::Certain => confidence = Confidence::Certain,
                Outcome::Doubtful => confidence = Confidence::Possible,
                Outcome::Drop => return None,
            }
        }
        let lowered = match confidence {
            Confidence::Certain => Confidence::Likely,
            Confidence::Likely | Confidence::Possible => Confidence::Possible,
        };
        // Manuals in packages print addresses and headers; only what cannot be made up counts there.
        if self.nature.is_third_party && kind.is_often_shown && confidence < Confidence::Certain {
            return None;
        }
        let is_weaker = self.nature.is_sample || (self.nature.is_third_party && kind.is_often_shown);
        Some(if is_weaker { lowered } else { confidence })
    }

    fn read_assignment(&mut self, keyword: Range<usize>) {
        if keyword.end <= self.names_end {
            return;
        }
        let name_range = assignment::name_around(self.text, keyword);
        self.names_end = name_range.end;
        let Some(found) = assignment::read(self.text, name_range, self.nature.syntax) else { return };
        let (Some(name), Some(value)) = (self.text.get(found.name.clone()), self.text.get(found.value.clone())) else {
            return;
        };
        let assigned = self.assigned_kind(name, &found);
        let generic = || (self.nature.scope == Scope::Everything).then(|| self.generic_kind(name, &found)).flatten();
        let Some((kind, confidence)) = assigned.or_else(generic) else { return };
        if !allow::is_public_sample(Redacted::new(value)) {
            self.hits.push(Hit { kind, confidence, value: found.value, holder: Some(found.name), related: None });
        }
    }

    /// The kind of the provider whose name stands in or before the assignment's name, if the value has its form.
    fn assigned_kind(&self, name: &[u8], found: &assignment::Assignment) -> Option<(&'static Kind, Confidence)> {
        let words = name::significant_words(name);
        let joined = name::normalized(&words.concat());
        let before = found.name.start.saturating_sub(PROVIDER_REACH_BYTES)..found.name.start;
        let before = if self.nature.scope == Scope::Everything { self.text.get(before)? } else { b"" };
        let names_provider = |word: &str| match word.len() {
            0..=3 => words.iter().any(|part| part.eq_ignore_ascii_case(word.as_bytes())),
            _ => {
                joined.windows(word.len()).any(|part| part == word.as_bytes())
                    || allow::contains_ignoring_case(before, word)
            }
        };
        for (index, kind) in self.scanner.kinds.iter().copied().enumerate() {
            let Find::Assigned { provider, names, .. } = kind.find else { continue };
            let fits = names.iter().any(|ending| joined.ends_with(ending.as_bytes()))
                && provider.iter().any(|word| names_provider(word));
            let value = self.text.get(found.value.clone())?;
            if fits
                && self.scanner.pattern(index).is_some_and(|pattern| pattern.is_match(value))
                && !allow::is_placeholder(value)
            {
                let candidate = Candidate {
                    text: self.text,
                    whole: found.name.start..found.value.end,
                    secret: found.value.clone(),
                    is_third_party: self.nature.is_third_party,
                };
                return self.confidence(kind, &candidate).map(|confidence| (kind, confidence));
            }
        }
        None
    }

    fn generic_kind(&self, name: &[u8], found: &assignment::Assignment) -> Option<(&'static Kind, Confidence)> {
        let class = name::classify(name)?;
        let value = self.text.get(found.value.clone())?;
        let end = found.value.end.saturating_add(CONTEXT_BYTES).min(self.text.len());
        let near = self.text.get(found.name.start.saturating_sub(CONTEXT_BYTES)..end)?;
        let confidence = value::judge(value, class, name, self.nature.syntax, near)?;
        if self.nature.is_minified && confidence < Confidence::Likely {
            return None;
        }
        let kind: &'static Kind = match class {
            NameClass::Password => &crate::kinds::GENERIC_PASSWORD,
            NameClass::Secret => &crate::kinds::GENERIC_SECRET,
            NameClass::SigningSecret => &crate::kinds::JWT_SIGNING_SECRET,
            NameClass::Token => &crate::kinds::GENERIC_TOKEN,
            NameClass::Key => &crate::kinds::GENERIC_API_KEY,
        };
        Some((kind, if self.nature.is_minified { Confidence::Possible } else { confidence }))
    }
}

/// The name to which what starts at `at` is assigned on the same line, if it looks so.
fn holder_before(text: &[u8], at: usize) -> Option<Range<usize>> {
    const MAX_SYNTAX_BYTES: usize = 12;
    let before = text.get(..at)?;
    let is_syntax = |byte: &u8| b"\"'`\\ \t=:>[](".contains(byte);
    let syntax = before.iter().rev().take(MAX_SYNTAX_BYTES).take_while(|byte| is_syntax(byte)).count();
    let between = before.get(at - syntax..)?;
    let end = at - syntax;
    let range = assignment::name_around(text.get(..end)?, end..end);
    let is_assigned = between.contains(&b'=') || between.contains(&b':');
    let starts_like_name = text.get(range.start).is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_');
    (is_assigned && starts_like_name && range.len() > 1 && range.len() < 64).then_some(range)
}
