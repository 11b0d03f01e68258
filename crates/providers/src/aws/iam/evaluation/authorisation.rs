//! Puts the say of all kinds of policies together.

use model::evaluation::{Answer, Decision, StatementName, Unevaluated};
use model::permission::Effect;

use super::document::{Asked, Attachment, Document, Statement};
use super::principal::{Capacity, PrincipalKind};
use super::service_rules::{self, ServiceRule};
use super::truth::Truth;
use super::{Policies, Request};

pub(super) struct Authorisation<'a> {
    request: &'a Request,
    policies: &'a Policies,
    denies: Truth,
    denying: Vec<StatementName>,
    allowing: Vec<StatementName>,
    unevaluated: Vec<Unevaluated>,
}

/// What a resource's policy allows, by the capacity in which it names the principal.
#[derive(Clone, Copy)]
struct ResourceGrants {
    own: Truth,
    role: Truth,
    account: Truth,
}

impl<'a> Authorisation<'a> {
    pub(super) fn new(request: &'a Request, policies: &'a Policies) -> Self {
        Self {
            request,
            policies,
            denies: Truth::False,
            denying: Vec::new(),
            allowing: Vec::new(),
            unevaluated: Vec::new(),
        }
    }

    pub(super) fn answer(mut self) -> Answer {
        let rule = service_rules::of(self.request);
        if rule == ServiceRule::AlwaysAllowed {
            return Answer { decision: Decision::Allowed, deciding: Vec::new(), unevaluated: Vec::new() };
        }
        let allows = self.allows(rule);
        let decision = match (self.denies, allows) {
            (Truth::True, _) => Decision::ExplicitlyDenied,
            (_, Truth::False) => Decision::ImplicitlyDenied,
            (Truth::False, Truth::True) => Decision::Allowed,
            _ => Decision::Unknown,
        };
        let deciding = match decision {
            Decision::Allowed => self.allowing,
            Decision::ExplicitlyDenied => self.denying,
            Decision::ImplicitlyDenied | Decision::Unknown => Vec::new(),
        };
        Answer { decision, deciding, unevaluated: self.unevaluated }
    }

    /// Whether everything that must allow the request does; what denies it is gathered on the way.
    fn allows(&mut self, rule: ServiceRule) -> Truth {
        let (request, policies) = (self.request, self.policies);
        let is_in_account = request.principal.is_in_account();
        let is_limited = is_in_account && !request.principal.is_service_linked();
        let mut limits = Truth::True;
        if is_limited {
            for level in &policies.service_control {
                limits = limits.and(self.read_all(level));
            }
        }
        for level in policies.resource_control.iter().filter(|_| !request.principal.is_service_linked()) {
            // Whether a level allows does not matter: each has an Allow of everything.
            let kept = self.allowing.len();
            self.read_all_for_principal(level);
            self.allowing.truncate(kept);
        }
        if !policies.vpc_endpoint.is_empty() {
            limits = limits.and(self.read_all_for_principal(&policies.vpc_endpoint));
        }
        let resource = self.resource_grants();
        let identity = match request.principal.kind {
            PrincipalKind::Root => Truth::True,
            _ if request.principal.has_identity_policies() => self.read_all(&policies.identity),
            _ => Truth::False,
        };
        let within = self.limits_of_identity();
        if rule == ServiceRule::Refused {
            return Truth::False;
        }
        limits.and(self.combine(rule, identity, within, resource))
    }

    /// Boundary and session policy.
    fn limits_of_identity(&mut self) -> Truth {
        let policies = self.policies;
        if !self.request.principal.has_identity_policies() {
            return Truth::True;
        }
        let boundary = if policies.boundary.is_empty() { Truth::True } else { self.read_all(&policies.boundary) };
        let session = policies.session.as_ref().map_or(Truth::True, |session| self.read(session));
        boundary.and(session)
    }

    fn combine(&self, rule: ServiceRule, identity: Truth, within: Truth, resource: ResourceGrants) -> Truth {
        let ResourceGrants { own, role, account } = resource;
        let any_of_resource = own.or(role).or(account);
        let by_identity = identity.and(within);
        if !self.request.principal.is_in_account() {
            return own.or(role);
        }
        if !self.request.is_same_account() {
            return by_identity.and(any_of_resource);
        }
        // In one account either side is enough; a resource's policy that names the user or session itself is not
        // limited by what limits the identity.
        let by_resource = own.or(role.and(within));
        if rule == ServiceRule::NeedsResourcePolicy {
            return by_resource.or(by_identity.and(any_of_resource));
        }
        by_resource.or(by_identity)
    }

    /// The allows and denies of the resource's policy for this principal.
    fn resource_grants(&mut self) -> ResourceGrants {
        let mut grants = ResourceGrants { own: Truth::False, role: Truth::False, account: Truth::False };
        let Some(document) = &self.policies.resource else { return grants };
        for statement in &document.statements {
            for effect in effects(statement) {
                let (truth, capacity) = self.truth_for_principal(document, statement, effect);
                if effect == Effect::Deny {
                    continue;
                }
                match capacity {
                    Capacity::Not => {}
                    Capacity::Account => grants.account = grants.account.or(truth),
                    Capacity::Role => grants.role = grants.role.or(truth),
                    Capacity::Own => grants.own = grants.own.or(truth),
                }
            }
        }
        grants
    }

    /// As [`Self::read_all`] for policies that may name principals; those that name none are for everyone.
    fn read_all_for_principal(&mut self, documents: &'a [Document]) -> Truth {
        let mut allows = Truth::False;
        for document in documents {
            for statement in &document.statements {
                for effect in effects(statement) {
                    let truth = if statement.principals.is_some() {
                        self.truth_for_principal(document, statement, effect).0
                    } else {
                        self.truth(document, statement, effect, Attachment::Resource)
                    };
                    if effect == Effect::Allow {
                        allows = allows.or(truth);
                    }
                }
            }
        }
        allows
    }

    fn truth_for_principal(
        &mut self,
        document: &'a Document,
        statement: &'a Statement,
        effect: Effect,
    ) -> (Truth, Capacity) {
        let is_deny = effect == Effect::Deny;
        let has_boundary = !self.policies.boundary.is_empty();
        let Some(principals) = &statement.principals else {
            // Without a principal it is for nobody; where the whole cannot be read, perhaps for this one.
            let truth = if statement.effect.is_none() {
                self.truth(document, statement, effect, Attachment::Resource)
            } else {
                Truth::False
            };
            return (truth, Capacity::Own);
        };
        let capacity = principals.capacity(&self.request.principal, is_deny, has_boundary);
        if capacity != Capacity::Not {
            return (self.truth(document, statement, effect, Attachment::Resource), capacity);
        }
        if !principals.names_canonical_user() {
            return (Truth::False, capacity);
        }
        let why = "a canonical user id does not tell which account it belongs to";
        self.unevaluated.push(Unevaluated { statement: name(document, statement), why: why.to_owned() });
        if is_deny {
            self.denies = self.denies.or(Truth::Unknown);
        }
        (Truth::Unknown, Capacity::Role)
    }

    /// Whether any of the documents allows; their denies are noted.
    fn read_all(&mut self, documents: &'a [Document]) -> Truth {
        documents.iter().fold(Truth::False, |allows, document| allows.or(self.read(document)))
    }

    fn read(&mut self, document: &'a Document) -> Truth {
        let mut allows = Truth::False;
        for statement in &document.statements {
            for effect in effects(statement) {
                let truth = self.truth(document, statement, effect, Attachment::Identity);
                if effect == Effect::Allow {
                    allows = allows.or(truth);
                }
            }
        }
        allows
    }

    /// Whether the statement applies; notes what it brings about.
    fn truth(&mut self, document: &Document, statement: &Statement, effect: Effect, attachment: Attachment) -> Truth {
        let request = self.request;
        let asked = Asked { action: &request.action, resource: &request.resource, context: &request.context };
        let mut why = Vec::new();
        let truth = statement.truth(&asked, effect, attachment, &mut why);
        match (truth, effect) {
            (Truth::False, _) => {}
            (Truth::True, Effect::Allow) => self.allowing.push(name(document, statement)),
            (Truth::True, Effect::Deny) => self.denying.push(name(document, statement)),
            (Truth::Unknown, _) => {
                why.dedup();
                let unevaluated = Unevaluated { statement: name(document, statement), why: why.join("; ") };
                if !self.unevaluated.contains(&unevaluated) {
                    self.unevaluated.push(unevaluated);
                }
            }
        }
        if effect == Effect::Deny {
            self.denies = self.denies.or(truth);
        }
        truth
    }
}

/// What a statement may bring about: one effect, or either where that cannot be told.
fn effects(statement: &Statement) -> impl Iterator<Item = Effect> + use<> {
    let effect = statement.effect;
    [Effect::Allow, Effect::Deny].into_iter().filter(move |one| effect.is_none_or(|effect| effect == *one))
}

fn name(document: &Document, statement: &Statement) -> StatementName {
    StatementName { policy: document.name.clone(), statement: statement.id.clone() }
}
