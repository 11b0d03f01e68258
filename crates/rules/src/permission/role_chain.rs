//! Roles that can be taken on one after the other, to more rights.

use model::trust::{ChainGain, RoleChain};
use model::{Confidence, Family, RemedyKind, Severity};

use crate::rule::{Findings, FunctionFacts, Rule, remedy};
use crate::words::{count, quoted_list};

pub(crate) static RULE: Rule = Rule {
    id: "role-chain",
    family: Family::Permission,
    severity: Severity::High,
    cwe: &["CWE-269"],
    tags: &["asvs:v5.0.0-13.2.2"],
    page: include_str!("role_chain.md"),
    check,
};

const LISTED_ROLES: usize = 6;
const LISTED_WAYS: usize = 4;

fn check(facts: &FunctionFacts<'_>, out: &mut Findings<'_>) {
    for chain in &facts.permissions.role_chains {
        let title = format!("{} can be taken on from here, which grants {}", path(chain), gain(&chain.gain));
        let first = chain.roles.first().map_or("", String::as_str);
        let text =
            format!("take `{first}` out of what `sts:AssumeRole` is granted on, or let its trust policy name others");
        let remedy = remedy(RemedyKind::Policy, text, None);
        let finding = out.add(&chain.roles.join("\n"), title, chain.origins.clone(), remedy);
        finding.confidence = chain.confidence;
        if let ChainGain::Escalation(ways) = &chain.gain {
            finding.tags.extend(ways.iter().map(|way| format!("path:{way}")));
        }
        finding.severity = match (&chain.gain, chain.confidence) {
            (ChainGain::Everything, Confidence::Likely | Confidence::Certain) => Severity::Critical,
            (ChainGain::Everything | ChainGain::Escalation(_), _) => Severity::High,
            (ChainGain::Actions(_), _) => Severity::Low,
        };
    }
}

fn path(chain: &RoleChain) -> String {
    match chain.roles.as_slice() {
        [only] => format!("role `{only}`"),
        roles => format!("the roles {} one after the other", quoted_list(roles, LISTED_ROLES)),
    }
}

fn gain(gain: &ChainGain) -> String {
    match gain {
        ChainGain::Everything => "every action on every resource".to_owned(),
        ChainGain::Escalation(ways) => {
            format!("{} to more rights: {}", count(ways.len(), "way"), quoted_list(ways, LISTED_WAYS))
        }
        ChainGain::Actions(number) => format!("{} more than here", count(*number, "action")),
    }
}
