//! The identities of a whole account, as `aws iam get-account-authorization-details` prints them.
//!
//! **Source**: the IAM API reference, `GetAccountAuthorizationDetails`. **Supported**: users, groups, roles and policies, policy
//! documents as JSON and as URL-encoded text, boundaries. AWS's managed policies come from the file, else from the fact table.
//! **Unsupported (→ gap)**: attached policies that neither has; documents that are not JSON.

mod details;

use std::collections::BTreeMap;
use std::rc::Rc;

use model::function::Identity;
use model::permission::{Policy, PolicyKind, Statement};
use model::trust::TrustStatement;
use model::{Gap, Hidden, Location, Parsed, SymbolicText};

use self::details::{AttachedPolicy, Details, Document, Group, InlinePolicy, ManagedPolicyDetail, Role, User};
use super::facts;
use crate::aws::policy_document;

/// A user, group or role with everything attached to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountIdentity {
    pub arn: String,
    pub name: String,
    pub identity: Identity,
}

/// Whether JSON text begins like the answer of `get-account-authorization-details`: its lists stand at the top.
pub fn is_account(text: &str) -> bool {
    details::LISTS.iter().any(|list| text.contains(&format!("\"{list}\"")))
}

/// An account whose identities are read one at a time, so that an account of any size takes little more than its text.
pub struct Account<'a> {
    text: &'a str,
    file: &'a str,
    details: Details<'a>,
    /// Offsets of the beginnings of lines.
    lines: Vec<usize>,
}

impl<'a> Account<'a> {
    /// The account in the text of `file`.
    ///
    /// # Errors
    /// When the text is not such an answer, with line and column.
    pub fn parse(text: &'a str, file: &'a str) -> Result<Self, serde_json::Error> {
        let details: Details<'a> = serde_json::from_str(text)?;
        let after = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        let lines = std::iter::once(0).chain(after).collect();
        Ok(Self { text, file, details, lines })
    }

    /// How many identities there are.
    pub fn len(&self) -> usize {
        self.details.roles.len() + self.details.users.len() + self.details.groups.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Reads the identities of an account. Managed policies are read once by each reader.
pub struct Reader<'a> {
    account: &'a Account<'a>,
    groups: BTreeMap<&'a str, &'a Group<'a>>,
    managed: BTreeMap<&'a str, &'a ManagedPolicyDetail<'a>>,
    /// Statements of managed policies.
    read: BTreeMap<String, Option<Rc<Vec<Statement>>>>,
    gaps: Vec<Gap>,
}

impl<'a> Reader<'a> {
    pub fn new(account: &'a Account<'a>) -> Self {
        let groups = account.details.groups.iter().map(|group| (group.name.as_ref(), group)).collect();
        let managed = account.details.policies.iter().map(|policy| (policy.arn.as_ref(), policy)).collect();
        Self { account, groups, managed, read: BTreeMap::new(), gaps: Vec::new() }
    }

    /// What could not be read so far.
    pub fn into_gaps(self) -> Vec<Gap> {
        self.gaps
    }

    /// The identity at this place of the file's order: roles, users, groups. `None` past the last.
    pub fn identity(&mut self, place: usize) -> Option<AccountIdentity> {
        let details = &self.account.details;
        let mut read = if let Some(role) = details.roles.get(place) {
            self.role(role)
        } else if let Some(user) = details.users.get(place - details.roles.len()) {
            self.user(user)
        } else {
            let group = details.groups.get(place - details.roles.len() - details.users.len())?;
            let identity = self.attachments(&group.arn, &group.inline, &group.attached, None);
            AccountIdentity { arn: group.arn.to_string(), name: group.name.to_string(), identity }
        };
        number_repeats(&mut read.identity.policies);
        Some(read)
    }

    fn role(&mut self, role: &Role<'a>) -> AccountIdentity {
        let boundary = role.boundary.as_ref().and_then(|boundary| boundary.arn.as_deref());
        let mut identity = self.attachments(&role.arn, &role.inline, &role.attached, boundary);
        identity.trust = role.trust.as_ref().map(|trust| self.trust(trust, &role.name)).unwrap_or_default();
        AccountIdentity { arn: role.arn.to_string(), name: role.name.to_string(), identity }
    }

    /// A user with what its groups add.
    fn user(&mut self, user: &User<'a>) -> AccountIdentity {
        let boundary = user.boundary.as_ref().and_then(|boundary| boundary.arn.as_deref());
        let mut identity = self.attachments(&user.arn, &user.inline, &user.attached, boundary);
        for name in &user.groups {
            match self.groups.get(name.as_ref()).copied() {
                Some(group) => {
                    let of_group = self.attachments(&user.arn, &group.inline, &group.attached, None);
                    identity.policies.extend(of_group.policies);
                }
                None => self.gap(format!("group `{name}` of user `{}` is not in the file", user.name)),
            }
        }
        AccountIdentity { arn: user.arn.to_string(), name: user.name.to_string(), identity }
    }

    fn gap(&mut self, why: String) {
        self.gaps.push(Gap::new(Location::file(self.account.file), why, &[Hidden::Permissions]));
    }

    fn attachments(
        &mut self,
        arn: &str,
        inline: &[InlinePolicy<'a>],
        attached: &[AttachedPolicy<'a>],
        boundary: Option<&str>,
    ) -> Identity {
        let mut policies = Vec::new();
        for policy in inline {
            let statements = self.document(&policy.document, &policy.name);
            policies.push(self.policy(PolicyKind::Inline, &policy.name, None, statements));
        }
        for policy in attached {
            policies.push(self.attached(&policy.arn, &policy.name, None));
        }
        if let Some(arn) = boundary {
            let name = arn.rsplit('/').next().unwrap_or(arn);
            policies.push(self.attached(arn, name, Some(PolicyKind::Boundary)));
        }
        Identity {
            name: Some(SymbolicText::literal(arn)),
            policies,
            trust: Vec::new(),
            shared_with: Vec::new(),
            home: None,
        }
    }

    fn policy(&self, kind: PolicyKind, name: &str, arn: Option<&str>, statements: Vec<Statement>) -> Policy {
        Policy {
            id: name.to_owned(),
            kind,
            name: name.to_owned(),
            arn: arn.map(SymbolicText::literal),
            parameters: Vec::new(),
            statements,
            location: Location::file(self.account.file),
        }
    }

    fn attached(&mut self, arn: &str, name: &str, kind: Option<PolicyKind>) -> Policy {
        let is_of_aws = arn.contains(":iam::aws:policy/");
        let usual = if is_of_aws { PolicyKind::Managed } else { PolicyKind::Customer };
        let statements = match self.read.get(arn) {
            Some(read) => read.clone(),
            None => {
                let read = self.managed_statements(arn).map(Rc::new);
                if read.is_none() {
                    self.gap(format!(
                        "policy `{arn}` is attached but not in the file; have it printed with `--filter`"
                    ));
                }
                self.read.insert(arn.to_owned(), read.clone());
                read
            }
        };
        let kind = if statements.is_some() { kind.unwrap_or(usual) } else { PolicyKind::Unresolved };
        let statements = statements.map(|statements| statements.to_vec()).unwrap_or_default();
        self.policy(kind, name, Some(arn), statements)
    }

    fn managed_statements(&mut self, arn: &str) -> Option<Vec<Statement>> {
        if let Some(detail) = self.managed.get(arn).copied() {
            let version = detail.versions.iter().find(|version| version.is_default.unwrap_or(false));
            let document = version.or(detail.versions.first())?;
            return Some(self.document(&document.document, arn));
        }
        facts::managed_policy(arn).map(|policy| policy.statements(&Location::file(self.account.file)))
    }

    fn document(&mut self, document: &Document<'a>, name: &str) -> Vec<Statement> {
        let what = format!("the document of policy `{name}`");
        let (mut statements, line) = self.read_document(document, &what, policy_document::from_json);
        statements.iter_mut().for_each(|statement| place(statement, line));
        statements
    }

    fn trust(&mut self, document: &Document<'a>, role: &str) -> Vec<TrustStatement> {
        let what = format!("the trust policy of role `{role}`");
        let (mut statements, line) = self.read_document(document, &what, policy_document::trust_from_json);
        statements.iter_mut().for_each(|statement| shift(&mut statement.origin, line));
        statements
    }

    /// What `read` makes of a document, its gaps noted, and the line on which it begins.
    fn read_document<T>(
        &mut self,
        document: &Document<'a>,
        what: &str,
        read: impl FnOnce(&str, &str) -> Result<Parsed<Vec<T>>, deploy::Error>,
    ) -> (Vec<T>, u32) {
        let Some((json, line)) = document.json(self.account.text, &self.account.lines) else {
            self.gap(format!("{what} is neither JSON nor URL-encoded JSON"));
            return (Vec::new(), 1);
        };
        match read(&json, self.account.file) {
            Ok(parsed) => {
                self.gaps.extend(parsed.gaps.into_iter().map(|mut gap| {
                    shift(&mut gap.location, line);
                    gap
                }));
                (parsed.value, line)
            }
            Err(error) => {
                self.gap(format!("{what}: {error}"));
                (Vec::new(), line)
            }
        }
    }
}

/// Makes places in a document those of the file that it stands in, from its 1-based line on.
fn place(statement: &mut Statement, line: u32) {
    shift(&mut statement.origin, line);
    statement.action_origins.iter_mut().for_each(|origin| shift(origin, line));
}

fn shift(location: &mut Location, line: u32) {
    location.line = location.line.map(|own| own + line - 1);
    // The document's first line begins within a line of the file.
    location.column = None;
}

/// Ids are unique within an identity.
fn number_repeats(policies: &mut [Policy]) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for policy in policies {
        let count = counts.entry(policy.name.clone()).or_default();
        *count += 1;
        if *count > 1 {
            policy.id = format!("{}#{count}", policy.name);
        }
    }
}
