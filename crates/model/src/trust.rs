//! Who may take a role on, and where roles lead to.

use crate::permission::{Conditions, Effect};
use crate::{Confidence, Location};

/// One statement of a role's trust policy, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustStatement {
    pub effect: Effect,
    pub principals: Vec<TrustedPrincipal>,
    /// Whether it is about everyone but the principals: `NotPrincipal`.
    pub is_exclusion: bool,
    /// `sts:AssumeRole`.
    pub actions: Vec<String>,
    pub conditions: Conditions,
    pub origin: Location,
}

/// `{"AWS": "arn:aws:iam::111122223333:root"}`; `*` alone is one of kind AWS.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TrustedPrincipal {
    pub kind: PrincipalKind,
    /// As written.
    pub name: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrincipalKind {
    /// An account, user, role or session.
    Aws,
    Service,
    /// An identity provider.
    Federated,
    CanonicalUser,
}

/// Why a trust policy lets in more than it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustProblem {
    pub kind: TrustProblemKind,
    /// The principal as written.
    pub principal: String,
    /// One sentence: who gets in.
    pub why: String,
    /// What to write, as words that complete "to mend it, …".
    pub remedy: String,
    pub confidence: Confidence,
    pub origin: Location,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TrustProblemKind {
    /// Any account of AWS, and where that is possible anyone at all.
    Anyone,
    /// Every identity of another account, without an external id.
    OtherAccount,
    /// Everyone whom an identity provider that serves the public knows.
    AnySubject,
    /// A service that acts for whoever asks it, from any account.
    AnySource,
}

impl TrustProblemKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Anyone => "anyone",
            Self::OtherAccount => "other-account",
            Self::AnySubject => "any-subject",
            Self::AnySource => "any-source",
        }
    }
}

/// Roles that an identity may take on one after the other, each trusting the one before, to more rights than its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleChain {
    /// ARNs in the order of taking on; never empty, and the identity's own is not among them.
    pub roles: Vec<String>,
    pub gain: ChainGain,
    /// `Possible` where one step depends on a condition.
    pub confidence: Confidence,
    /// Where the first step is granted, then where each role's trust policy lets the one before in.
    pub origins: Vec<Location>,
}

/// What the last role of a chain grants that the identity itself is not granted. The worst first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChainGain {
    /// Every action on every resource.
    Everything,
    /// Ids of escalation paths, sorted.
    Escalation(Vec<String>),
    /// How many actions more.
    Actions(usize),
}
