//! Grants, needs, uses, and the verdict that compares them.

use std::collections::BTreeMap;

use crate::proposal::Proposal;
use crate::trust::{RoleChain, TrustProblem};
use crate::{Confidence, Location, SymbolicText};

/// A policy attached to an identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Unique within the identity: the name as written, with `#2` … appended where names repeat.
    pub id: String,
    pub kind: PolicyKind,
    pub name: String,
    pub arn: Option<SymbolicText>,
    /// Of a policy template, sorted by name.
    pub parameters: Vec<(String, SymbolicText)>,
    pub statements: Vec<Statement>,
    /// Where it is attached.
    pub location: Location,
}

/// The entry that stands for a role made elsewhere, when it is all that is known of what the role of this name grants.
pub fn unread_role<'p>(role: Option<&SymbolicText>, policies: &'p [Policy]) -> Option<&'p Policy> {
    let mut others = policies.iter().filter(|policy| policy.kind != PolicyKind::Boundary);
    let stands_for_role = |policy: &&Policy| policy.kind == PolicyKind::Unresolved && policy.arn.as_ref() == role;
    let entry = others.next().filter(|policy| role.is_some() && stands_for_role(policy))?;
    others.next().is_none().then_some(entry)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicyKind {
    Managed,
    Customer,
    Inline,
    Template,
    Connector,
    Implicit,
    Boundary,
    Unresolved,
}

impl PolicyKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Managed => "managed",
            Self::Customer => "customer",
            Self::Inline => "inline",
            Self::Template => "template",
            Self::Connector => "connector",
            Self::Implicit => "implicit",
            Self::Boundary => "boundary",
            Self::Unresolved => "unresolved",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    Allow,
    Deny,
}

impl Effect {
    pub fn name(self) -> &'static str {
        match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
        }
    }
}

/// Operator → condition key → values, as written.
pub type Conditions = BTreeMap<String, BTreeMap<String, Vec<SymbolicText>>>;

/// One statement of a policy, as written. Of `actions` / `not_actions` one is empty; so are the resources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    pub sid: Option<String>,
    pub effect: Effect,
    pub actions: Vec<SymbolicText>,
    pub not_actions: Vec<SymbolicText>,
    pub resources: Vec<SymbolicText>,
    pub not_resources: Vec<SymbolicText>,
    pub conditions: Conditions,
    pub origin: Location,
    /// Where each of `actions` or `not_actions` stands, in their order; empty when nothing finer than `origin` is known.
    pub action_origins: Vec<Location>,
}

impl Statement {
    /// An unconditional statement of `actions` on `resources`.
    pub fn new(effect: Effect, actions: Vec<SymbolicText>, resources: Vec<SymbolicText>, origin: Location) -> Self {
        Self {
            sid: None,
            effect,
            actions,
            not_actions: Vec::new(),
            resources,
            not_resources: Vec::new(),
            conditions: Conditions::new(),
            origin,
            action_origins: Vec::new(),
        }
    }

    /// Where the action at `index` of `actions` or `not_actions` stands.
    pub fn action_origin(&self, index: usize) -> &Location {
        self.action_origins.get(index).unwrap_or(&self.origin)
    }
}

/// Why an action is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// Always checked by the operation.
    Required,
    /// Checked only with some arguments.
    Conditional,
    /// Checked because the service acts on the caller's behalf.
    Forwarded,
    /// Needed by the platform for the wiring.
    Runtime,
    /// Needed by a library that wraps the SDK.
    Library,
}

impl Tier {
    pub fn name(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Conditional => "conditional",
            Self::Forwarded => "forwarded",
            Self::Runtime => "runtime",
            Self::Library => "library",
        }
    }
}

/// An action that the code or the wiring requires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// `dynamodb:GetItem`.
    pub action: String,
    /// ARNs, sorted; `*` when the action takes none or nothing is known.
    pub resources: Vec<SymbolicText>,
    pub tier: Tier,
    pub evidence: Vec<NeedEvidence>,
    pub confidence: Confidence,
    /// What whoever takes the function over can do with it, worst first.
    pub harms: Vec<Harm>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NeedEvidence {
    pub location: Location,
    /// `dynamodb.GetItem`, or the wiring's name.
    pub call: String,
}

/// An action that a log shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    pub action: String,
    /// `2026-10-01T12:00:00Z`.
    pub last_seen: Option<String>,
    /// What kind of record shows it last: `cloudtrail`, `service-last-accessed` or `access-analyzer`.
    pub source: String,
    /// ARNs on which it was seen, sorted; empty when the records do not say.
    pub resources: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Judgement {
    Keep,
    Remove,
    Review,
    Add,
    Scope,
    Dangerous,
}

impl Judgement {
    pub fn name(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Remove => "remove",
            Self::Review => "review",
            Self::Add => "add",
            Self::Scope => "scope",
            Self::Dangerous => "dangerous",
        }
    }
}

/// What an attacker gains by an action, by category. Ordered: the worst comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Harm {
    /// More rights than the role has.
    PrivilegeEscalation,
    /// Keys, tokens, passwords.
    CredentialExposure,
    /// Resources opened to others.
    ResourceExposure,
    /// The record of what was done, erased or turned off.
    LogTampering,
    /// Data read or copied elsewhere.
    DataExfiltration,
    /// Other workloads started, entered or steered.
    LateralMovement,
    /// Data or resources deleted or overwritten.
    Destruction,
    /// Cost run up.
    DenialOfWallet,
}

impl Harm {
    pub const ALL: [Self; 8] = [
        Self::PrivilegeEscalation,
        Self::CredentialExposure,
        Self::ResourceExposure,
        Self::LogTampering,
        Self::DataExfiltration,
        Self::LateralMovement,
        Self::Destruction,
        Self::DenialOfWallet,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::PrivilegeEscalation => "privilege-escalation",
            Self::CredentialExposure => "credential-exposure",
            Self::ResourceExposure => "resource-exposure",
            Self::LogTampering => "log-tampering",
            Self::DataExfiltration => "data-exfiltration",
            Self::LateralMovement => "lateral-movement",
            Self::Destruction => "destruction",
            Self::DenialOfWallet => "denial-of-wallet",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|harm| harm.name() == name)
    }

    /// What an attacker does with it; completes "an attacker can …".
    pub fn gain(self) -> &'static str {
        match self {
            Self::PrivilegeEscalation => "get rights that the role does not have",
            Self::CredentialExposure => "read keys, tokens and passwords",
            Self::ResourceExposure => "open resources to others",
            Self::LogTampering => "hide what they do",
            Self::DataExfiltration => "take data away",
            Self::LateralMovement => "act through other workloads",
            Self::Destruction => "destroy data and resources",
            Self::DenialOfWallet => "run up cost",
        }
    }
}

/// The harm of one category that a granted action allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantHarm {
    pub harm: Harm,
    /// The actions that do it, the first of them by name; never empty.
    pub actions: Vec<String>,
    /// How many do, those included that are not listed.
    pub action_count: usize,
    /// Whether one of them is granted on every resource that it can be used on, and no condition narrows it.
    pub is_everywhere: bool,
    /// What they are granted on, as written; `*` where the statement names what it leaves out.
    pub resources: Vec<SymbolicText>,
}

/// One row of the permissions table: one granted action as written, or one needed action that is not granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// As written in the grant (`s3:*`), or the needed action for `add`.
    pub action: String,
    /// Resources of the grant; for `add` and `scope` the ARNs to grant.
    pub resources: Vec<SymbolicText>,
    pub judgement: Judgement,
    pub reason: String,
    /// Needed actions that the granted one covers; sorted.
    pub needed_actions: Vec<String>,
    /// What whoever takes the function over can do with it, worst first, each category once; empty for `add`.
    pub harms: Vec<GrantHarm>,
    /// Id of the policy that grants it; `None` for `add`.
    pub policy: Option<String>,
    /// Where it is granted; `None` for `add`.
    pub origin: Option<Location>,
    pub confidence: Confidence,
}

/// A statement of the recommended policy. Sorted by effect, resources, then actions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecommendedStatement {
    pub sid: String,
    /// `Deny` where a statement of today takes away a part of what is needed: it stays.
    pub effect: Effect,
    pub actions: Vec<String>,
    pub resources: Vec<SymbolicText>,
    /// Only of a Deny; `resources` is then empty.
    pub not_resources: Vec<SymbolicText>,
    pub conditions: Conditions,
}

/// A part of a statement that grants nothing, or less than it seems to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantProblem {
    pub kind: GrantProblemKind,
    /// As written.
    pub action: String,
    /// One sentence.
    pub why: String,
    /// The action or resource that was probably meant.
    pub better: Option<String>,
    /// Id of the policy.
    pub policy: String,
    pub origin: Location,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GrantProblemKind {
    /// IAM knows no such action.
    UnknownAction,
    /// The action cannot work on any of the statement's resources.
    WrongResource,
    /// The resources are AWS's own, and the action would change them.
    OfAws,
    /// The statement's condition on the time has passed: nothing of it takes effect. `action` is empty.
    Expired,
}

/// A published way from the grants of an identity to more rights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escalation {
    /// Id of the way: pathfinding.cloud's, else prowler's key.
    pub path: String,
    /// What an attacker gains; completes "an attacker can …".
    pub gain: &'static str,
    /// The actions that it takes, sorted.
    pub actions: Vec<String>,
    /// `Possible` where it depends on a target that is not shown.
    pub confidence: Confidence,
    /// Whether one of the actions is granted on some resources or under a condition only.
    pub is_limited: bool,
    /// Where the actions are granted, sorted.
    pub origins: Vec<Location>,
}

/// The granted – needed – used table of one function.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Permissions {
    pub identity: Option<SymbolicText>,
    pub policies: Vec<Policy>,
    pub needed: Vec<Need>,
    /// Sorted by action, one row each.
    pub used: Vec<Use>,
    /// Actions that were asked for and denied, sorted by action, one row each.
    pub denied: Vec<Use>,
    pub verdicts: Vec<Verdict>,
    /// In the order of the paths.
    pub escalations: Vec<Escalation>,
    /// In the order of policies and statements.
    pub problems: Vec<GrantProblem>,
    /// In the order of the trust policy.
    pub trust_problems: Vec<TrustProblem>,
    /// Worst gain first, then by roles; one for each role at the end. Only known of identities of a whole account.
    pub role_chains: Vec<RoleChain>,
    /// `None` when the code could not be read at all, so that no policy can be proposed.
    pub recommended: Option<Vec<RecommendedStatement>>,
    /// The recommended policy as the project would write it; there when `recommended` is.
    pub proposal: Option<Proposal>,
    /// Number of distinct actions granted after expanding wildcards, and how many of them are needed.
    pub granted_action_count: usize,
    pub needed_action_count: usize,
}
