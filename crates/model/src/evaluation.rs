//! Answers to the question whether a request is allowed.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    Allowed,
    /// Nothing allows it.
    ImplicitlyDenied,
    ExplicitlyDenied,
    /// It depends on something that is not known.
    Unknown,
}

impl Decision {
    pub fn name(self) -> &'static str {
        match self {
            Self::Allowed => "Allowed",
            Self::ImplicitlyDenied => "ImplicitlyDenied",
            Self::ExplicitlyDenied => "ExplicitlyDenied",
            Self::Unknown => "Unknown",
        }
    }
}

/// A statement, by its policy's name and its own Sid or 1-based place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct StatementName {
    pub policy: String,
    pub statement: String,
}

/// A statement of which it is not known whether it applies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unevaluated {
    pub statement: StatementName,
    pub why: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub decision: Decision,
    /// The statements that brought it about, in the order of the policies.
    pub deciding: Vec<StatementName>,
    pub unevaluated: Vec<Unevaluated>,
}
