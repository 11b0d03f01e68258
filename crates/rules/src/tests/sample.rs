//! Facts in a few words, as the pages' samples write them.
//!
//! A fence `facts` holds one fact a line, each standing on its line of a file `sample`:
//!
//! ```text
//! today DATE                                     function NAME RUNTIME
//! trigger KIND EXPOSURE SOURCE…                  environment NAME = VALUE
//! component ECOSYSTEM NAME VERSION direct|development|via PARENT
//! flaw COMPONENT ID SEVERITY [fixed VERSION] [possible] [exploited] [epss NUMBER]
//! upgrade COMPONENT VERSION                      secret KIND FILE
//! grant POLICY ACTION RESOURCE JUDGEMENT [NEEDED,…]
//! missing ACTION RESOURCE                        recommended
//! implicit POLICY
//! managed POLICY                                 trust KIND PRINCIPAL
//! chain everything|actions ROLE…
//! role NAME                                      shared-with FUNCTION
//! ```
//!
//! Any other fence names a language and a path, and is searched for secrets. ` # finding:` marks the line of a finding.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use model::advisory::{AdvisoryMatch, ComponentVulnerabilities, MatchStatus, SeverityBasis, Upgrade};
use model::component::{Component, Evidence, EvidenceKind, Origin, Presence, Reach, Version};
use model::function::{Cloud, EnvironmentVariable, Exposure, Function, FunctionKind, Identity, Trigger};
use model::permission::{
    Escalation, GrantHarm, GrantProblem, GrantProblemKind, Harm, Judgement, Need, NeedEvidence, Permissions, Policy,
    PolicyKind, Tier, Verdict,
};
use model::report::RuntimeStatus;
use model::secret::{SecretFact, SecretPlace};
use model::trust::{ChainGain, RoleChain, TrustProblem, TrustProblemKind};
use model::{Confidence, Location, Severity, SymbolicText};

use providers::aws::iam::facts::{self, harms_of};

use crate::FunctionFacts;

pub(crate) struct Sample {
    pub(crate) function: Function,
    pub(crate) components: Vec<Component>,
    pub(crate) vulnerabilities: Vec<ComponentVulnerabilities>,
    pub(crate) secrets: Vec<SecretFact>,
    pub(crate) permissions: Permissions,
    runtime_status: Option<RuntimeStatus>,
    today: Date,
    /// Lines that a finding is expected on.
    pub(crate) marked: BTreeSet<u32>,
}

const MARK: &str = "# finding:";

impl Sample {
    pub(crate) fn parse(info: &str, text: &str) -> Self {
        let mut sample = Self::empty();
        for (number, line) in (1..).zip(text.lines()) {
            if line.contains(MARK) {
                sample.marked.insert(number);
            }
            if info == "facts" {
                sample.read(line.split(MARK).next().unwrap_or_default().trim(), number);
            }
        }
        let scanner = secrets::Scanner::new();
        if let Some((_, path)) = info.split_once(' ') {
            sample.secrets = scanner.scan_text(path, text.as_bytes()).value;
        }
        sample.secrets.extend(scanner.scan_environment(&sample.function.environment));
        let Function { cloud, runtime, .. } = &sample.function;
        sample.runtime_status =
            runtime.as_ref().and_then(|runtime| crate::runtime_status(*cloud, runtime, sample.today));
        sample
    }

    pub(crate) fn facts(&self) -> FunctionFacts<'_> {
        FunctionFacts {
            function: &self.function,
            components: &self.components,
            vulnerabilities: &self.vulnerabilities,
            secrets: &self.secrets,
            permissions: &self.permissions,
            runtime_status: self.runtime_status.as_ref(),
            today: self.today,
        }
    }

    fn empty() -> Self {
        let function = Function {
            id: "template.yaml#Sample".to_owned(),
            name: "Sample".to_owned(),
            cloud: Cloud::Aws,
            kind: FunctionKind::Function,
            runtime: None,
            handler: None,
            code: Vec::new(),
            triggers: Vec::new(),
            environment: Vec::new(),
            identity: Identity::default(),
            wiring: Vec::new(),
            location: Location::line("sample", 1),
        };
        Self {
            function,
            components: Vec::new(),
            vulnerabilities: Vec::new(),
            secrets: Vec::new(),
            permissions: Permissions::default(),
            runtime_status: None,
            today: jiff::civil::date(2026, 11, 23),
            marked: BTreeSet::new(),
        }
    }

    fn read(&mut self, line: &str, number: u32) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let place = Location::line("sample", number);
        match words.as_slice() {
            [] => {}
            ["today", date] => self.today = date.parse().unwrap(),
            ["function", name, runtime] => {
                self.function.id = format!("template.yaml#{name}");
                self.function.runtime = Some((*runtime).to_owned());
                self.function.location = place;
            }
            ["trigger", kind, exposure, ..] => self.trigger(kind, exposure, line, place),
            ["environment", name, "=", ..] => {
                let value = SymbolicText::parse_sub(line.split_once(" = ").unwrap().1);
                self.function.environment.push(EnvironmentVariable {
                    name: (*name).to_owned(),
                    value,
                    location: place,
                });
            }
            ["component", ecosystem, name, version, rest @ ..] => self.component(ecosystem, name, version, rest, place),
            ["flaw", component, id, severity, rest @ ..] => self.flaw(component, id, severity, rest),
            ["upgrade", component, version] => {
                let upgrade = Upgrade { version: (*version).to_owned(), leaves: Vec::new(), is_prerelease: false };
                self.vulnerabilities_of(component).upgrade = Some(upgrade);
            }
            ["secret", kind, file] => self.secret(kind, file, number),
            ["grant", policy, action, resource, judgement, needed @ ..] => {
                self.grant(policy, action, resource, judgement, needed, place)
            }
            ["escalation", path, confidence, actions @ ..] => self.escalation(path, confidence, actions, place),
            ["unknown", policy, action, better @ ..] => {
                self.problem(GrantProblemKind::UnknownAction, policy, action, better, place)
            }
            ["wrong-resource", policy, action, better @ ..] => {
                self.problem(GrantProblemKind::WrongResource, policy, action, better, place)
            }
            ["expired", policy, day] => self.expired(policy, day, place),
            ["missing", action, resource] => self.missing(action, resource, place),
            ["implicit", policy] => self.policy(PolicyKind::Implicit, policy, place),
            ["managed", policy] => self.policy(PolicyKind::Managed, policy, place),
            ["trust", kind, principal] => self.trust(kind, principal, place),
            ["chain", gain, roles @ ..] => self.chain(gain, roles, place),
            ["recommended"] => self.permissions.recommended = Some(Vec::new()),
            ["role", name] => self.function.identity.name = Some(SymbolicText::literal(*name)),
            ["shared-with", other] => self.function.identity.shared_with.push((*other).to_owned()),
            other => panic!("not a fact: {other:?}"),
        }
    }

    fn trigger(&mut self, kind: &str, exposure: &str, line: &str, location: Location) {
        let kind = if kind == "http" { "http" } else { "other" };
        let known = [Exposure::Internal, Exposure::Authenticated, Exposure::Public];
        let exposure = known.into_iter().find(|known| known.name() == exposure).unwrap();
        let source = line.splitn(4, ' ').nth(3).unwrap().to_owned();
        self.function.triggers.push(Trigger { kind, exposure, source, location });
    }

    fn component(&mut self, ecosystem: &str, name: &str, version: &str, rest: &[&str], location: Location) {
        let is_exact = version.starts_with(|letter: char| letter.is_ascii_digit());
        self.components.push(Component {
            ecosystem: if ecosystem == "npm" { "npm" } else { "pypi" },
            name: name.to_owned(),
            version: if is_exact { Version::Exact(version.to_owned()) } else { Version::Range(version.to_owned()) },
            purl: format!("pkg:{ecosystem}/{name}{}", if is_exact { format!("@{version}") } else { String::new() }),
            evidence: vec![Evidence {
                location,
                kind: if is_exact { EvidenceKind::Locked } else { EvidenceKind::Declared },
            }],
            origin: Origin::Function,
            reach: if rest.contains(&"imported") { Reach::Imported } else { Reach::Present },
            presence: if rest.contains(&"development") { Presence::Development } else { Presence::Shipped },
            parents: after(rest, "via").map(|parent| vec![parent.to_owned()]).unwrap_or_default(),
            direct: Some(!rest.contains(&"via")),
            system: None,
            owner: None,
            linked: None,
        });
    }

    fn flaw(&mut self, component: &str, id: &str, severity: &str, rest: &[&str]) {
        let flaw = AdvisoryMatch {
            ids: vec![id.to_owned()],
            status: if rest.contains(&"possible") { MatchStatus::Possible } else { MatchStatus::Affected },
            why: None,
            severity: Severity::parse(severity).unwrap(),
            severity_basis: SeverityBasis::Stated,
            cvss: Vec::new(),
            fixed: after(rest, "fixed").map(|version| vec![version.to_owned()]).unwrap_or_default(),
            known_exploited: rest.contains(&"exploited"),
            epss: after(rest, "epss").map(|number| number.parse().unwrap()),
            published: None,
            cwe: Vec::new(),
            code: Vec::new(),
            reach: model::advisory::FlawReach::Unknown,
        };
        self.vulnerabilities_of(component).matches.push(flaw);
    }

    fn vulnerabilities_of(&mut self, component: &str) -> &mut ComponentVulnerabilities {
        let index = self.components.iter().position(|known| known.name == component).unwrap();
        let known = self.vulnerabilities.iter().position(|known| known.component == index);
        let at = known.unwrap_or_else(|| {
            self.vulnerabilities.push(ComponentVulnerabilities {
                component: index,
                matches: Vec::new(),
                upgrade: None,
                upgrade_in_line: None,
                vendor: None,
            });
            self.vulnerabilities.len() - 1
        });
        &mut self.vulnerabilities[at]
    }

    fn secret(&mut self, kind: &str, file: &str, number: u32) {
        let kind = secrets::KINDS.iter().find(|known| known.id == kind).unwrap();
        self.secrets.push(SecretFact {
            kind: kind.id,
            title: kind.title,
            severity: kind.severity,
            confidence: kind.confidence,
            preview: "sk_live_…".to_owned(),
            fingerprint: format!("{number:016}"),
            locations: vec![Location::line(file, number)],
            holder: None,
            place: SecretPlace::File,
            shipped_by: None,
        });
    }

    fn grant(
        &mut self,
        policy: &str,
        action: &str,
        resource: &str,
        judgement: &str,
        needed: &[&str],
        origin: Location,
    ) {
        let known = [Judgement::Keep, Judgement::Remove, Judgement::Review, Judgement::Scope, Judgement::Dangerous];
        let judgement = known.into_iter().find(|known| known.name() == judgement).unwrap();
        let listed = needed.first().map(|list| list.split(',').map(str::to_owned).collect()).unwrap_or_default();
        let needed_actions = if judgement == Judgement::Keep { vec![action.to_owned()] } else { listed };
        for need in &needed_actions {
            self.need(need, resource, origin.clone());
        }
        self.permissions.verdicts.push(Verdict {
            action: action.to_owned(),
            resources: vec![SymbolicText::parse_sub(resource)],
            judgement,
            reason: String::new(),
            needed_actions,
            harms: harms(action, resource),
            policy: Some(policy.to_owned()),
            origin: Some(origin),
            confidence: Confidence::Certain,
        });
    }

    fn policy(&mut self, kind: PolicyKind, name: &str, location: Location) {
        self.permissions.policies.push(Policy {
            id: name.to_owned(),
            kind,
            name: name.to_owned(),
            arn: None,
            parameters: Vec::new(),
            statements: Vec::new(),
            location,
        });
    }

    fn trust(&mut self, kind: &str, principal: &str, origin: Location) {
        let kinds = [
            TrustProblemKind::Anyone,
            TrustProblemKind::OtherAccount,
            TrustProblemKind::AnySubject,
            TrustProblemKind::AnySource,
        ];
        self.permissions.trust_problems.push(TrustProblem {
            kind: kinds.into_iter().find(|known| known.name() == kind).unwrap(),
            principal: principal.to_owned(),
            why: "every account of AWS may take the role on".to_owned(),
            remedy: "name the principals that are meant".to_owned(),
            confidence: Confidence::Certain,
            origin,
        });
    }

    fn chain(&mut self, gain: &str, roles: &[&str], origin: Location) {
        self.permissions.role_chains.push(RoleChain {
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            gain: if gain == "everything" { ChainGain::Everything } else { ChainGain::Actions(3) },
            confidence: Confidence::Certain,
            origins: vec![origin],
        });
    }

    fn escalation(&mut self, path: &str, confidence: &str, actions: &[&str], origin: Location) {
        let is_limited = confidence == "limited";
        self.permissions.escalations.push(Escalation {
            path: path.to_owned(),
            gain: "become another role",
            actions: actions.iter().map(|action| (*action).to_owned()).collect(),
            confidence: if confidence == "likely" { Confidence::Likely } else { Confidence::Possible },
            is_limited,
            origins: vec![origin],
        });
    }

    fn problem(&mut self, kind: GrantProblemKind, policy: &str, action: &str, better: &[&str], origin: Location) {
        self.permissions.problems.push(GrantProblem {
            kind,
            action: action.to_owned(),
            why: "IAM knows no such action".to_owned(),
            better: better.first().map(|better| (*better).to_owned()),
            policy: policy.to_owned(),
            origin,
        });
    }

    fn expired(&mut self, policy: &str, day: &str, origin: Location) {
        self.permissions.problems.push(GrantProblem {
            kind: GrantProblemKind::Expired,
            action: String::new(),
            why: format!("its condition on the time held until {day}"),
            better: None,
            policy: policy.to_owned(),
            origin,
        });
    }

    fn missing(&mut self, action: &str, resource: &str, origin: Location) {
        self.need(action, resource, origin);
        self.permissions.verdicts.push(Verdict {
            action: action.to_owned(),
            resources: vec![SymbolicText::parse_sub(resource)],
            judgement: Judgement::Add,
            reason: String::new(),
            needed_actions: vec![action.to_owned()],
            harms: Vec::new(),
            policy: None,
            origin: None,
            confidence: Confidence::Certain,
        });
    }

    fn need(&mut self, action: &str, resource: &str, location: Location) {
        self.permissions.needed.push(Need {
            action: action.to_owned(),
            resources: vec![SymbolicText::parse_sub(resource)],
            tier: Tier::Required,
            evidence: vec![NeedEvidence { location, call: action.replace(':', ".") }],
            confidence: Confidence::Certain,
            harms: facts::action(action)
                .map_or(Vec::new(), |action| harms_of(action).iter().map(|of| of.harm).collect()),
        });
    }
}

/// What the providers' facts say of a grant.
fn harms(action: &str, resource: &str) -> Vec<GrantHarm> {
    let mut by_harm: BTreeMap<Harm, Vec<String>> = BTreeMap::new();
    for of in facts::matching(action).flat_map(harms_of) {
        by_harm.entry(of.harm).or_default().push(of.action.name());
    }
    let harm = |(harm, actions): (Harm, Vec<String>)| GrantHarm {
        harm,
        action_count: actions.len(),
        actions: actions.into_iter().take(3).collect(),
        is_everywhere: resource == "*",
        resources: vec![SymbolicText::parse_sub(resource)],
    };
    by_harm.into_iter().map(harm).collect()
}

fn after<'a>(words: &[&'a str], word: &str) -> Option<&'a str> {
    words.iter().position(|known| *known == word).and_then(|at| words.get(at + 1)).copied()
}
