//! Which events belong to which function.
//!
//! Lambda assumes the function's role in a session named like the function, so an event's principal is
//! `arn:aws:sts::ACCOUNT:assumed-role/ROLE/FUNCTION`. Rules, in this order:
//!
//! 1. Where the role's name is known, its events are the function's. It is known from an ARN, from `RoleName`, or as the name
//!    that CloudFormation generates: `STACK-LOGICALID-SUFFIX`.
//! 2. Functions that share a role are told apart by the session's name. A session that is named like none of them counts
//!    for all: their policies are the role's.
//! 3. Where nothing is known of the role, the session's name decides.

use model::function::Function;
use model::{Part, SymbolicText};

use crate::aws::iam::TemplateResources;
use crate::aws::iam::glob;

/// Longest name of a role or function; CloudFormation cuts what it generates.
const MAX_NAME_LETTERS: usize = 64;
/// The fewest letters of a logical id that a cut name keeps.
const MIN_CUT_LETTERS: usize = 16;
/// Lengths of the random ends of generated names.
const SUFFIX_LETTERS: std::ops::RangeInclusive<usize> = 8..=13;

/// A role in a session: who did what an event tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Principal<'a> {
    pub(super) account: &'a str,
    /// Without its path.
    pub(super) role: &'a str,
    /// Empty for the role itself.
    pub(super) session: &'a str,
}

impl<'a> Principal<'a> {
    /// Of `arn:aws:sts::123456789012:assumed-role/ROLE/SESSION` or `arn:aws:iam::123456789012:role/PATH/ROLE`.
    pub(super) fn of_arn(arn: &'a str) -> Option<Self> {
        let mut fields = arn.splitn(6, ':');
        let (scheme, service) = (fields.next()?, fields.nth(1)?);
        let (account, resource) = (fields.nth(1)?, fields.next()?);
        match (scheme, service) {
            ("arn", "sts") => {
                let (role, session) = resource.strip_prefix("assumed-role/")?.split_once('/')?;
                Some(Self { account, role, session })
            }
            ("arn", "iam") => {
                let path = resource.strip_prefix("role/")?;
                Some(Self { account, role: path.rsplit('/').next()?, session: "" })
            }
            _ => None,
        }
    }
}

/// What is known of a deployed name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Name {
    /// This one.
    Exact(String),
    /// One like this, in which `*` stands for what is known only at deployment.
    Like(String),
    /// What CloudFormation makes of one of these logical ids.
    Generated(String),
    Unknown,
}

/// How surely a name fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    Likely,
    Exact,
}

impl Name {
    pub(super) fn fit(&self, name: &str) -> Option<Fit> {
        match self {
            Self::Exact(exact) => (exact == name).then_some(Fit::Exact),
            Self::Like(pattern) => glob(pattern, name).then_some(Fit::Likely),
            Self::Generated(logical_id) => is_generated(name, logical_id).then_some(Fit::Likely),
            Self::Unknown => None,
        }
    }

    /// A text that every name that fits holds; `None` when there is none.
    pub(super) fn fragment(&self) -> Option<String> {
        match self {
            Self::Exact(exact) => Some(exact.clone()),
            Self::Like(pattern) => pattern.split('*').max_by_key(|part| part.len()).map(str::to_owned),
            Self::Generated(logical_id) => Some(logical_id.chars().take(MIN_CUT_LETTERS).collect()),
            Self::Unknown => None,
        }
        .filter(|fragment| !fragment.is_empty())
    }

    /// Of a text of a template.
    fn of_text(text: &SymbolicText) -> Self {
        if let Some(literal) = text.as_literal() {
            return if literal.is_empty() { Self::Unknown } else { Self::Exact(literal.to_owned()) };
        }
        let parts = text.parts().iter().map(|part| match part {
            Part::Literal(text) => text.as_str(),
            Part::Reference(_) | Part::Environment(_) | Part::Unknown => "*",
        });
        let pattern: String = parts.collect();
        // A pattern of few known letters would fit strangers.
        let known_letters = pattern.chars().filter(|letter| letter.is_ascii_alphanumeric()).count();
        if known_letters >= 4 { Self::Like(pattern) } else { Self::Unknown }
    }
}

/// `STACK-LOGICALID-SUFFIX`, cut to the longest name that there may be.
fn is_generated(name: &str, logical_id: &str) -> bool {
    let Some((front, suffix)) = name.rsplit_once('-') else { return false };
    let is_suffix = SUFFIX_LETTERS.contains(&suffix.len()) && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let Some((stack, id)) = front.rsplit_once('-') else { return false };
    let is_cut = name.len() >= MAX_NAME_LETTERS - 1 && id.len() >= MIN_CUT_LETTERS && logical_id.starts_with(id);
    is_suffix && !stack.is_empty() && (id == logical_id || is_cut)
}

/// One function and the names that events may know it by.
#[derive(Debug, Clone)]
pub struct Subject {
    /// The function's id.
    pub(super) id: String,
    pub(super) role: Name,
    /// Of the role, when it is known.
    pub(super) account: Option<String>,
    pub(super) function: Name,
    /// Ids of the functions that share the role.
    pub(super) shared_with: Vec<String>,
}

/// How an event was found to be a function's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Match {
    /// Nothing is known of the function's role and name, and the log shows one role only.
    OnlyRole,
    /// The role's name alone, of a role that several functions share.
    SharedRole,
    /// The session's name alone.
    Session,
    GeneratedRole,
    Role,
}

impl Subject {
    pub fn new(function: &Function, resources: &TemplateResources) -> Self {
        let (role, account) = role_name(function, resources);
        Self {
            id: function.id.clone(),
            role,
            account,
            function: function_name(function),
            shared_with: function.identity.shared_with.clone(),
        }
    }

    /// Whether only the session's name can tell.
    pub(super) fn is_without_role(&self) -> bool {
        self.role == Name::Unknown
    }

    /// Whether the role is the function's.
    pub(super) fn is_role(&self, principal: Principal<'_>) -> bool {
        self.account.as_ref().is_none_or(|account| account == principal.account)
            && self.role.fit(principal.role).is_some()
    }

    /// The role's name, for sentences.
    pub(super) fn role_words(&self) -> String {
        match &self.role {
            Name::Exact(name) | Name::Like(name) => format!("`{name}`"),
            Name::Generated(logical_id) => format!("generated from `{logical_id}`"),
            Name::Unknown => "not known".to_owned(),
        }
    }

    pub(super) fn fit(&self, principal: Principal<'_>) -> Option<Match> {
        if self.account.as_ref().is_some_and(|account| account != principal.account) {
            return None;
        }
        if self.is_without_role() {
            return self.function.fit(principal.session).map(|_| Match::Session);
        }
        let fit = self.role.fit(principal.role)?;
        if self.shared_with.is_empty() || self.function.fit(principal.session).is_some() {
            return Some(if fit == Fit::Exact { Match::Role } else { Match::GeneratedRole });
        }
        Some(Match::SharedRole)
    }
}

/// The role's name and account.
fn role_name(function: &Function, resources: &TemplateResources) -> (Name, Option<String>) {
    let Some(identity) = &function.identity.name else { return (Name::Unknown, None) };
    if let Some(literal) = identity.as_literal() {
        if let Some(owner) = literal.strip_prefix("role generated for ") {
            // SAM's name for the role that it makes.
            return (Name::Generated(format!("{owner}Role")), None);
        }
        return match Principal::of_arn(literal) {
            Some(principal) => {
                let account = principal.account.bytes().all(|byte| byte.is_ascii_digit());
                let account = (account && !principal.account.is_empty()).then(|| principal.account.to_owned());
                (Name::Exact(principal.role.to_owned()), account)
            }
            None => (Name::of_text(identity), None),
        };
    }
    if let Some(reference) = identity.as_reference() {
        return (name_of_reference(reference, function, resources), None);
    }
    // `arn:aws:iam::${AWS::AccountId}:role/path/orders-${Stage}`
    (Name::of_text(&after_last_slash(identity)), None)
}

fn name_of_reference(reference: &str, function: &Function, resources: &TemplateResources) -> Name {
    let logical_id = reference.split('.').next().unwrap_or(reference);
    match resources.name_of(logical_id, "AWS::IAM::Role") {
        Some(Some(name)) => Name::of_text(name),
        Some(None) => Name::Generated(logical_id.to_owned()),
        None => framework_role(logical_id, function),
    }
}

/// The Serverless Framework names its roles `SERVICE-STAGE-REGION-lambdaRole`, and those of single functions
/// `SERVICE-STAGE-FUNCTION-REGION-lambdaRole`; functions are named `SERVICE-STAGE-FUNCTION`.
fn framework_role(logical_id: &str, function: &Function) -> Name {
    let key = function.id.rsplit('#').next().unwrap_or_default();
    let prefix = function.name.strip_suffix(key).filter(|prefix| prefix.len() > 1 && !key.is_empty());
    match prefix {
        Some(prefix) if logical_id.ends_with("IamRoleLambdaExecution") && !prefix.contains("${") => {
            Name::Like(format!("{prefix}*lambdaRole"))
        }
        _ => Name::Unknown,
    }
}

fn function_name(function: &Function) -> Name {
    let key = function.id.rsplit_once('#').map(|(_, key)| key);
    match key {
        // A name that is the logical id is none: CloudFormation generates one.
        Some(key) if key == function.name => Name::Generated(key.to_owned()),
        Some(_) => Name::of_text(&SymbolicText::parse_sub(&function.name)),
        // A bare package: its file's name, which is often the function's.
        None => match function.name.split('.').next() {
            Some(stem) if !stem.is_empty() => Name::Exact(stem.to_owned()),
            _ => Name::Unknown,
        },
    }
}

fn after_last_slash(text: &SymbolicText) -> SymbolicText {
    let mut after = SymbolicText::default();
    for part in text.parts() {
        match part {
            Part::Literal(literal) => match literal.rsplit_once('/') {
                Some((_, tail)) => after = SymbolicText::literal(tail),
                None => after.push(Part::Literal(literal.clone())),
            },
            other => after.push(other.clone()),
        }
    }
    after
}
