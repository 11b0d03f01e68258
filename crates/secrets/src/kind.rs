//! What a kind of credential is: the descriptor that `kinds/` fills and the scanner runs.

use model::{Confidence, Severity};

use crate::checks::Check;

/// One kind of credential.
#[derive(Debug)]
pub struct Kind {
    /// Kebab-case; never changes.
    pub id: &'static str,
    /// What a reader calls it.
    pub title: &'static str,
    /// The provider's public page that the format was taken from.
    pub source: &'static str,
    pub severity: Severity,
    /// How sure a match makes us before the checks speak.
    pub confidence: Confidence,
    pub(crate) find: Find,
    /// Asked in order; the first that drops the candidate ends it.
    pub(crate) checks: &'static [Check],
    /// Manuals and tests of packages are full of it: in packages of others it counts only when nobody can have made it
    /// up, and in their samples not at all.
    pub(crate) is_often_shown: bool,
    pub samples: Samples,
}

/// How candidates of a kind are found.
#[derive(Debug)]
pub(crate) enum Find {
    /// A regular expression, run on a window around each keyword. Its first group, if it has one, is the credential.
    Pattern { keywords: &'static [Keyword], pattern: &'static str, reach: Reach },
    /// An assignment (`name = value` in any syntax) whose name belongs to the provider.
    Assigned {
        /// Lower-case words of the provider, of which the name or the text just before it holds one.
        provider: &'static [&'static str],
        /// Endings of the name (lower case, letters and digits only), of which one fits.
        names: &'static [&'static str],
        /// What the whole value looks like.
        value: &'static str,
    },
    /// An assignment whose name says that its value is a credential, of whatever provider.
    Generic,
}

/// A text without which a pattern cannot match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Keyword {
    pub(crate) text: &'static str,
    pub(crate) case: Case,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    Exact,
    Any,
}

/// A keyword that occurs exactly so.
pub(crate) const fn exact(text: &'static str) -> Keyword {
    Keyword { text, case: Case::Exact }
}

/// A keyword in any case.
pub(crate) const fn any_case(text: &'static str) -> Keyword {
    Keyword { text, case: Case::Any }
}

/// How far from the first byte of a keyword a match may start and end, in bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reach {
    pub(crate) before: usize,
    pub(crate) after: usize,
}

impl Reach {
    /// The keyword starts the credential.
    pub(crate) const PREFIX: Self = Self { before: 1, after: 400 };
}

/// Made-up text that a kind's test runs; `@{b62:36}` stands for 36 random characters of that alphabet, so that no
/// credential stands in the repository.
#[derive(Debug)]
pub struct Samples {
    pub flagged: &'static [&'static str],
    pub clean: &'static [&'static str],
}

/// Descriptors are written as sentences of these; what is not said is `High`, `Likely`, without checks.
impl Kind {
    /// Found by `pattern` near any of `keywords`.
    pub(crate) const fn pattern(
        id: &'static str,
        title: &'static str,
        keywords: &'static [Keyword],
        pattern: &'static str,
    ) -> Self {
        Self::new(id, title, Find::Pattern { keywords, pattern, reach: Reach::PREFIX })
    }

    /// Found as an assignment to one of `names` near a word of `provider`, with a whole value that matches `value`.
    pub(crate) const fn assigned(
        id: &'static str,
        title: &'static str,
        provider: &'static [&'static str],
        names: &'static [&'static str],
        value: &'static str,
    ) -> Self {
        Self::new(id, title, Find::Assigned { provider, names, value })
    }

    /// Found as an assignment whose name says it all.
    pub(crate) const fn generic(id: &'static str, title: &'static str) -> Self {
        Self::new(id, title, Find::Generic)
    }

    const fn new(id: &'static str, title: &'static str, find: Find) -> Self {
        Self {
            id,
            title,
            source: "",
            severity: Severity::High,
            confidence: Confidence::Likely,
            find,
            checks: &[],
            is_often_shown: false,
            samples: Samples { flagged: &[], clean: &[] },
        }
    }

    pub(crate) const fn source(mut self, source: &'static str) -> Self {
        self.source = source;
        self
    }

    pub(crate) const fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    pub(crate) const fn confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = confidence;
        self
    }

    pub(crate) const fn reach(mut self, before: usize, after: usize) -> Self {
        if let Find::Pattern { reach, .. } = &mut self.find {
            *reach = Reach { before, after };
        }
        self
    }

    pub(crate) const fn checks(mut self, checks: &'static [Check]) -> Self {
        self.checks = checks;
        self
    }

    pub(crate) const fn often_shown(mut self) -> Self {
        self.is_often_shown = true;
        self
    }

    pub(crate) const fn samples(mut self, flagged: &'static [&'static str], clean: &'static [&'static str]) -> Self {
        self.samples = Samples { flagged, clean };
        self
    }

    /// Whether its matches say enough by themselves to be believed inside binary files.
    pub(crate) fn speaks_for_itself(&self) -> bool {
        match &self.find {
            Find::Pattern { keywords, .. } => keywords.iter().all(|keyword| keyword.case == Case::Exact),
            Find::Assigned { .. } | Find::Generic => false,
        }
    }

    /// Which of two kinds that see the same text wins; smaller is better.
    pub(crate) fn rank(&self) -> u8 {
        match self.find {
            Find::Pattern { .. } => 0,
            Find::Assigned { .. } => 1,
            Find::Generic => 2,
        }
    }
}
