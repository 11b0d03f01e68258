//! Who asks, and whom a resource's policy names.
//!
//! Source: the IAM user guide, reference of the elements `Principal` and `NotPrincipal`.

/// Who sends a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    pub(super) kind: PrincipalKind,
    /// The ARN or name as given.
    pub(super) name: String,
    /// Empty for services, providers and the anonymous.
    pub(super) account: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PrincipalKind {
    Anonymous,
    /// A service, or an identity provider that is named as one.
    Service,
    Provider,
    Root,
    User,
    /// A role that is named itself rather than by a session.
    Role,
    /// A session of a role, which is named by the last segment of its path.
    Session {
        role: String,
    },
    FederatedUser,
}

impl Principal {
    /// An ARN, a service's name, or `anonymous`.
    pub fn parse(text: &str) -> Self {
        let (kind, account) = kind_and_account(text);
        Self { kind, account, name: text.to_owned() }
    }

    /// Whether policies of an identity apply to it.
    pub(super) fn has_identity_policies(&self) -> bool {
        matches!(
            self.kind,
            PrincipalKind::User | PrincipalKind::Role | PrincipalKind::Session { .. } | PrincipalKind::FederatedUser
        )
    }

    /// Whether it belongs to an account.
    pub(super) fn is_in_account(&self) -> bool {
        self.kind == PrincipalKind::Root || self.has_identity_policies()
    }

    /// A role that a service keeps for itself: organizations do not limit it.
    pub(super) fn is_service_linked(&self) -> bool {
        match &self.kind {
            PrincipalKind::Role => self.name.contains(":role/aws-service-role/"),
            PrincipalKind::Session { role } => role.starts_with("AWSServiceRoleFor"),
            _ => false,
        }
    }
}

fn kind_and_account(text: &str) -> (PrincipalKind, String) {
    if text.eq_ignore_ascii_case("anonymous") || text == "*" {
        return (PrincipalKind::Anonymous, String::new());
    }
    let fields: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", _, service, _, account, resource] = fields.as_slice() else {
        return (PrincipalKind::Service, String::new());
    };
    let (first, rest) = resource.split_once('/').unwrap_or((resource, ""));
    let kind = match (*service, first) {
        ("iam", "root") => PrincipalKind::Root,
        ("iam", "user") => PrincipalKind::User,
        ("iam", "role") => PrincipalKind::Role,
        ("sts", "assumed-role") => {
            PrincipalKind::Session { role: rest.split('/').next().unwrap_or_default().to_owned() }
        }
        ("sts", "federated-user") => PrincipalKind::FederatedUser,
        _ => PrincipalKind::Provider,
    };
    (kind, (*account).to_owned())
}

/// `Principal` or `NotPrincipal`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Principals {
    pub(super) is_negated: bool,
    pub(super) named: Vec<NamedPrincipal>,
}

/// One principal that a policy names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NamedPrincipal {
    Everyone,
    Account(String),
    /// A user, role or session.
    Arn(String),
    /// A service or a provider.
    Name(String),
    /// A canonical user id, which says nothing about the account it belongs to.
    CanonicalUser(String),
}

impl NamedPrincipal {
    /// A value under `AWS`.
    pub(super) fn of_account(text: &str) -> Self {
        let is_account = |text: &str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
        let root = text.strip_suffix(":root").and_then(|rest| rest.rsplit_once(':')).map(|(_, account)| account);
        match text {
            "*" => Self::Everyone,
            text if is_account(text) => Self::Account(text.to_owned()),
            _ => match root.filter(|account| is_account(account) && text.starts_with("arn:")) {
                Some(account) => Self::Account(account.to_owned()),
                None => Self::Arn(text.to_owned()),
            },
        }
    }
}

/// In what capacity a principal is named: decides what else must allow the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Capacity {
    Not,
    /// As one of its account: the account still has to allow it.
    Account,
    /// By its role, or as everyone.
    Role,
    /// By its own ARN or name.
    Own,
}

impl Principals {
    /// How the principal is named by `Principal`; for `NotPrincipal` as everyone when it is not.
    ///
    /// An account in a `NotPrincipal` of a Deny excepts its root alone; in an Allow it counts for all of it, so that
    /// neither grants what is in doubt.
    pub(super) fn capacity(&self, principal: &Principal, is_deny: bool, has_boundary: bool) -> Capacity {
        let named = self.named.iter().map(|named| named.capacity(principal)).max().unwrap_or(Capacity::Not);
        if !self.is_negated {
            return named;
        }
        let is_excepted = match named {
            Capacity::Not => false,
            Capacity::Account => !is_deny || principal.kind == PrincipalKind::Root,
            Capacity::Role | Capacity::Own => true,
        };
        // Documented: such a Deny hits every principal with a boundary, whoever is excepted.
        if is_excepted && !(is_deny && has_boundary) { Capacity::Not } else { Capacity::Role }
    }

    pub(super) fn names_canonical_user(&self) -> bool {
        self.named.iter().any(|named| matches!(named, NamedPrincipal::CanonicalUser(_)))
    }
}

impl NamedPrincipal {
    fn capacity(&self, principal: &Principal) -> Capacity {
        let is_in = |account: &String| principal.is_in_account() && principal.account == *account;
        match self {
            Self::Everyone => Capacity::Role,
            Self::Account(account) if is_in(account) => Capacity::Account,
            Self::Arn(arn) if *arn == principal.name => match principal.kind {
                PrincipalKind::Role => Capacity::Role,
                _ => Capacity::Own,
            },
            Self::Arn(arn) if is_session_of(principal, arn) => Capacity::Role,
            Self::Name(name) if name.eq_ignore_ascii_case(&principal.name) => Capacity::Own,
            Self::Account(_) | Self::Arn(_) | Self::Name(_) | Self::CanonicalUser(_) => Capacity::Not,
        }
    }
}

/// Whether the principal is a session of the role; a session's ARN does not tell the role's path.
fn is_session_of(principal: &Principal, role_arn: &str) -> bool {
    let PrincipalKind::Session { role } = &principal.kind else { return false };
    let fields: Vec<&str> = role_arn.splitn(6, ':').collect();
    let ["arn", _, "iam", "", account, resource] = fields.as_slice() else { return false };
    let name = resource.strip_prefix("role/").and_then(|path| path.rsplit('/').next());
    *account == principal.account && name == Some(role.as_str())
}
