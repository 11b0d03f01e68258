//! Who may take a role on, judged: trust policies that let in more than they should.
//!
//! Source: the IAM user guide, "The confused deputy problem", "Create a role for OpenID Connect federation" and the list of
//! condition keys of web identities; the guides of the services in [`SERVICES_WITH_SOURCES`].

use jiff::civil::Date;
use model::Confidence;
use model::function::Identity;
use model::permission::{Conditions, Effect};
use model::trust::{PrincipalKind, TrustProblem, TrustProblemKind, TrustStatement, TrustedPrincipal};

use super::expiry;

/// Keys that say which principals are meant, wherever they come from. In lower case, sorted.
const PRINCIPAL_KEYS: &[&str] = &[
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalserviceorgid",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:userid",
];

/// Keys that say where a request comes from, by network or secret, not by whom. In lower case, sorted.
const PLACE_KEYS: &[&str] = &["aws:sourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip", "sts:externalid"];

/// Keys that say for which resource a service acts. In lower case, sorted.
const SOURCE_KEYS: &[&str] =
    &["aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths", "sts:externalid"];

/// Services whose guides ask for a condition on the source in the trust policies of their roles. Sorted.
const SERVICES_WITH_SOURCES: &[&str] = &[
    "bedrock-agentcore.amazonaws.com",
    "bedrock.amazonaws.com",
    "cognito-idp.amazonaws.com",
    "comprehend.amazonaws.com",
    "kendra.amazonaws.com",
    "logs.amazonaws.com",
    "pipes.amazonaws.com",
    "rolesanywhere.amazonaws.com",
    "scheduler.amazonaws.com",
    "transcribe.amazonaws.com",
    "vpc-flow-logs.amazonaws.com",
];

/// An identity provider whose issuer serves many customers.
struct SharedProvider {
    /// Its issuer without scheme.
    issuer: &'static str,
    /// Claims of which one must be fixed, the usual one first.
    claims: &'static [&'static str],
    /// Where the part of the claim that names the customer lies: from this prefix to the next `/` or `:`.
    owner_after: Option<&'static str>,
}

/// Sorted by issuer.
const SHARED_PROVIDERS: &[SharedProvider] = &[
    SharedProvider { issuer: "accounts.google.com", claims: &["sub", "aud", "oaud"], owner_after: None },
    SharedProvider { issuer: "agent.buildkite.com", claims: &["sub"], owner_after: Some("organization:") },
    SharedProvider { issuer: "app.terraform.io", claims: &["sub"], owner_after: Some("organization:") },
    SharedProvider { issuer: "cognito-identity.amazonaws.com", claims: &["aud", "sub"], owner_after: None },
    SharedProvider { issuer: "gitlab.com", claims: &["sub"], owner_after: Some("project_path:") },
    SharedProvider { issuer: "graph.facebook.com", claims: &["app_id", "id"], owner_after: None },
    SharedProvider { issuer: "token.actions.githubusercontent.com", claims: &["sub"], owner_after: Some("repo:") },
    SharedProvider { issuer: "www.amazon.com", claims: &["app_id", "user_id"], owner_after: None },
];

/// What is wrong with who may take the identity's role on, in the order of the trust policy.
pub(super) fn problems(identity: &Identity, today: Date) -> Vec<TrustProblem> {
    let arn = identity.name.as_ref().and_then(|name| name.as_literal()).unwrap_or_default();
    let account = account_of(arn);
    let in_force = |statement: &&TrustStatement| {
        statement.effect == Effect::Allow && expiry::expired(&statement.conditions, today).is_none()
    };
    let judge = |statement: &TrustStatement| -> Vec<TrustProblem> {
        if statement.is_exclusion {
            let excluded = statement.principals.iter().map(|principal| principal.name.as_str()).collect::<Vec<_>>();
            return vec![TrustProblem {
                kind: TrustProblemKind::Anyone,
                principal: excluded.join(", "),
                why: "everyone but those whom `NotPrincipal` names gets in, from any account".to_owned(),
                remedy: "name who may take the role on in `Principal`".to_owned(),
                confidence: Confidence::Certain,
                origin: statement.origin.clone(),
            }];
        }
        let judge = |principal: &TrustedPrincipal| problem(principal, statement, account);
        statement.principals.iter().filter_map(judge).collect()
    };
    identity.trust.iter().filter(in_force).flat_map(judge).collect()
}

fn problem(principal: &TrustedPrincipal, statement: &TrustStatement, account: &str) -> Option<TrustProblem> {
    let conditions = &statement.conditions;
    let (kind, why, remedy, confidence) = match principal.kind {
        PrincipalKind::Aws if is_anyone(&principal.name) => anyone(conditions)?,
        PrincipalKind::Federated if principal.name == "*" => anyone(conditions)?,
        PrincipalKind::Aws => other_account(&principal.name, conditions, account)?,
        PrincipalKind::Service => any_source(&principal.name, conditions)?,
        PrincipalKind::Federated => any_subject(&principal.name, conditions)?,
        PrincipalKind::CanonicalUser => return None,
    };
    let (principal, origin) = (principal.name.clone(), statement.origin.clone());
    Some(TrustProblem { kind, principal, why, remedy, confidence, origin })
}

type Judged = (TrustProblemKind, String, String, Confidence);

fn is_anyone(name: &str) -> bool {
    name == "*" || account_of(name) == "*"
}

fn anyone(conditions: &Conditions) -> Option<Judged> {
    if narrows(conditions, |key| PRINCIPAL_KEYS.binary_search(&key).is_ok()) {
        return None;
    }
    let is_placed = narrows(conditions, |key| PLACE_KEYS.binary_search(&key).is_ok());
    let (why, confidence) = if is_placed {
        (
            "any identity of any account that is in the right place or knows the external id gets in",
            Confidence::Possible,
        )
    } else {
        ("any identity of any account gets in", Confidence::Certain)
    };
    let remedy = "name the accounts or roles, or add a condition on `aws:PrincipalOrgID`";
    Some((TrustProblemKind::Anyone, why.to_owned(), remedy.to_owned(), confidence))
}

/// `account` is the role's own, empty when it is not known.
fn other_account(name: &str, conditions: &Conditions, account: &str) -> Option<Judged> {
    let is_number = |text: &str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    let trusted = if is_number(name) { name } else { name.strip_suffix(":root").map(account_of)? };
    let is_met = narrows(conditions, |key| key == "sts:externalid" || PRINCIPAL_KEYS.binary_search(&key).is_ok());
    if !is_number(trusted) || trusted == account || is_met {
        return None;
    }
    let why = format!("every identity that account `{trusted}` lets gets in");
    let remedy = "name the one role that needs it, or add a condition on `sts:ExternalId`".to_owned();
    let confidence = if account.is_empty() { Confidence::Possible } else { Confidence::Likely };
    Some((TrustProblemKind::OtherAccount, why, remedy, confidence))
}

fn any_source(name: &str, conditions: &Conditions) -> Option<Judged> {
    if name == "*" {
        let why = "every service of AWS gets in".to_owned();
        let remedy = "name the service that needs the role".to_owned();
        return Some((TrustProblemKind::AnySource, why, remedy, Confidence::Certain));
    }
    SERVICES_WITH_SOURCES.binary_search(&name).ok()?;
    if narrows(conditions, |key| SOURCE_KEYS.binary_search(&key).is_ok() || key.starts_with("aws:principaltag/")) {
        return None;
    }
    let why = format!("`{name}` takes the role on for whomever it works for, of another account too");
    let remedy = "add a condition on `aws:SourceArn` or `aws:SourceAccount`".to_owned();
    Some((TrustProblemKind::AnySource, why, remedy, Confidence::Possible))
}

fn any_subject(name: &str, conditions: &Conditions) -> Option<Judged> {
    if name.contains(":saml-provider/") {
        return None;
    }
    let issuer = name.split_once(":oidc-provider/").map_or(name, |(_, issuer)| issuer);
    let shared = SHARED_PROVIDERS.iter().find(|known| known.issuer == issuer);
    let claims = shared.map_or(&["sub"][..], |known| known.claims);
    let is_claim = |key: &str| {
        key.rsplit_once(':').is_some_and(|(of, claim)| of.eq_ignore_ascii_case(issuer) && claims.contains(&claim))
    };
    let claim = claims.first().copied().unwrap_or("sub");
    let remedy = format!("add a condition `StringEquals` on `{issuer}:{claim}`");
    if narrows(conditions, is_claim) {
        let owner = shared.and_then(|known| known.owner_after)?;
        let wide = values(conditions, is_claim).find(|value| !names_owner(value, owner))?;
        let why = format!("`{wide}` fits the tokens of other customers of `{issuer}` too");
        let remedy = format!("write out whose tokens are meant: `{owner}<owner>/…`");
        return Some((TrustProblemKind::AnySubject, why, remedy, Confidence::Certain));
    }
    let (why, confidence) = match shared {
        Some(_) => (format!("everyone with a token of `{issuer}` gets in, other customers' too"), Confidence::Certain),
        None => (format!("every subject that `{issuer}` knows gets in"), Confidence::Likely),
    };
    Some((TrustProblemKind::AnySubject, why, remedy, confidence))
}

/// Whether the pattern fixes who owns what the token is of: the part after `prefix` has no wildcard.
fn names_owner(pattern: &str, prefix: &str) -> bool {
    let Some(rest) = pattern.strip_prefix(prefix) else {
        // Another form of the claim, fixed as far as its first wildcard.
        return pattern.split(['*', '?']).next().is_some_and(|fixed| fixed.contains('/') || fixed == pattern);
    };
    let owner = rest.split(['/', ':']).next().unwrap_or_default();
    !owner.is_empty() && !owner.contains(['*', '?'])
}

/// Whether a condition asks for certain values of such a key.
fn narrows(conditions: &Conditions, is_key: impl Fn(&str) -> bool) -> bool {
    let mut values = values(conditions, is_key).peekable();
    values.peek().is_some() && values.all(|value| value.chars().any(|letter| !matches!(letter, '*' | '?')))
}

/// The values that conditions ask such keys to have. What is known only at deployment is taken to be narrow.
fn values(conditions: &Conditions, is_key: impl Fn(&str) -> bool) -> impl Iterator<Item = String> {
    let asks = |operator: &str| {
        let operator = operator.to_ascii_lowercase();
        let name = operator.strip_prefix("foranyvalue:").unwrap_or(&operator);
        let is_positive = !name.contains("not") && !name.contains("null") && !name.contains(':');
        is_positive && !name.ends_with("ifexists")
    };
    let asked = conditions.iter().filter(move |(operator, _)| asks(operator)).flat_map(|(_, keys)| keys);
    let asked = asked.filter(move |(key, _)| is_key(&key.to_ascii_lowercase()));
    asked.flat_map(|(_, values)| values).map(ToString::to_string)
}

/// The account in an ARN; empty when there is none.
fn account_of(arn: &str) -> &str {
    arn.split(':').nth(4).unwrap_or_default()
}

#[cfg(test)]
mod tests;
