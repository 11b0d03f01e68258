use super::*;
use crate::aws::iam::PolicyJudge;
use crate::aws::iam::account::{Account, Reader};

const TODAY: Date = Date::constant(2026, 6, 1);

/// `Role`, whom it trusts, and a statement of its policy.
fn role(name: &str, trust: &str, statement: &str) -> String {
    format!(
        r#"{{"RoleName": "{name}", "Arn": "arn:aws:iam::111111111111:role/{name}",
        "AssumeRolePolicyDocument": {{"Statement": [{trust}]}},
        "RolePolicyList": [{{"PolicyName": "inline", "PolicyDocument": {{"Statement": [{statement}]}}}}]}}"#
    )
}

fn trusts(principal: &str, condition: &str) -> String {
    format!(
        r#"{{"Effect": "Allow", "Principal": {{"AWS": "{principal}"}}, "Action": "sts:AssumeRole", "Condition": {{{condition}}}}}"#
    )
}

fn allows(action: &str, resource: &str) -> String {
    format!(r#"{{"Effect": "Allow", "Action": "{action}", "Resource": "{resource}"}}"#)
}

/// The chains of every role, as `from: through, to = gain confidence`.
fn shown(roles: &[String]) -> Vec<String> {
    let text = format!(r#"{{"RoleDetailList": [{}]}}"#, roles.join(","));
    let account = Account::parse(&text, "account.json").unwrap();
    let (mut reader, mut judge) = (Reader::new(&account), PolicyJudge::new(TODAY));
    let identities: Vec<_> = (0..account.len()).filter_map(|place| reader.identity(place)).collect();
    assert_eq!(reader.into_gaps(), []);
    let standings: Vec<Standing> = identities.iter().map(|identity| judge.judge(&identity.identity).1).collect();
    let (chains, is_complete) = role_chains(&standings);
    assert!(is_complete);
    let show = |(from, chains): (usize, Vec<RoleChain>)| {
        let from = identities[from].name.clone();
        let show = move |chain: RoleChain| {
            let roles: Vec<&str> = chain.roles.iter().filter_map(|arn| arn.rsplit('/').next()).collect();
            let gain = match &chain.gain {
                ChainGain::Everything => "everything".to_owned(),
                ChainGain::Escalation(ways) => format!("{} ways", ways.len().min(1)),
                ChainGain::Actions(more) => format!("{more} actions"),
            };
            format!("{from}: {} = {gain} {}", roles.join(", "), chain.confidence.name())
        };
        chains.into_iter().map(show).collect::<Vec<_>>()
    };
    chains.into_iter().enumerate().flat_map(show).collect()
}

const A: &str = "arn:aws:iam::111111111111:role/A";
const B: &str = "arn:aws:iam::111111111111:role/B";
const ROOT: &str = "arn:aws:iam::111111111111:root";

#[test]
fn a_role_leads_to_what_trusts_it() {
    let own = allows("s3:GetObject", "*");
    let lambda = r#"{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}"#;
    let admin = allows("*", "*");
    let a = role("A", lambda, &own);
    // Over one that grants nothing more to one that grants everything; a circle ends.
    let roles = [a.clone(), role("B", &trusts(A, ""), &own), role("C", &trusts(B, ""), &admin)];
    assert_eq!(shown(&roles), ["A: B, C = everything likely", "B: C = everything likely"]);
    let circle = [role("A", &trusts(B, ""), &own), role("B", &trusts(A, ""), &admin)];
    assert_eq!(shown(&circle), ["A: B = everything likely"]);
    let on_condition = trusts(A, r#""StringEquals": {"sts:ExternalId": "x"}"#);
    assert_eq!(shown(&[a.clone(), role("B", &on_condition, &admin)]), ["A: B = everything possible"]);
    let past = trusts(A, r#""DateLessThan": {"aws:CurrentTime": "2026-01-01"}"#);
    assert_eq!(shown(&[a, role("B", &past, &admin)]), [""; 0]);
}

#[test]
fn a_role_that_trusts_the_account_leaves_it_to_the_policies() {
    let own = allows("s3:GetObject", "*");
    let admin = allows("*", "*");
    let open = role("B", &trusts(ROOT, ""), &admin);
    for (statement, expected) in [
        (own.clone(), &[][..]),
        (allows("sts:AssumeRole", B), &["A: B = everything likely"]),
        (allows("sts:*", "*"), &["A: B = everything likely"]),
        (allows("sts:AssumeRole", "arn:aws:iam::111111111111:role/C"), &[]),
        (
            format!(r#"{}, {{"Effect": "Deny", "Action": "sts:AssumeRole", "Resource": "{B}"}}"#, allows("sts:*", "*")),
            &[],
        ),
    ] {
        assert_eq!(shown(&[role("A", "", &statement), open.clone()]), expected, "{statement}");
    }
    let refused = format!(
        r#"{}, {{"Effect": "Deny", "Principal": {{"AWS": "{A}"}}, "Action": "sts:AssumeRole"}}"#,
        trusts(ROOT, "")
    );
    let roles = [role("A", "", &allows("sts:AssumeRole", "*")), role("B", &refused, &admin)];
    assert_eq!(shown(&roles), [""; 0]);
}
