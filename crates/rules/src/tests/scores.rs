//! The risk score: what it ranks above what, and that it never rises when something is taken away.

use proptest::prelude::*;
use proptest::sample::subsequence;

use super::sample::Sample;
use crate::{check, risk};

fn score(facts: &str) -> u8 {
    let sample = Sample::parse("facts", facts);
    let facts = sample.facts();
    risk(&facts, &check(&facts)).score
}

#[test]
fn worse_facts_score_higher() {
    let idle = "function orders python3.13\n";
    let reads = "grant P dynamodb:GetItem ${Orders.Arn} keep\n";
    let admin = "grant Admin * * review\n";
    let public = "trigger http public GET /orders\n";
    let flaw = "component npm axios 0.21.1 direct\nflaw axios CVE-1-1 high epss 0.2\n";
    let exploited = "component npm axios 0.21.1 direct\nflaw axios CVE-1-1 high exploited\n";
    let rising = [
        [idle].concat(),
        [idle, reads].concat(),
        [idle, reads, flaw].concat(),
        [idle, reads, flaw, public].concat(),
        [idle, admin, flaw, public].concat(),
        [idle, admin, exploited, public].concat(),
    ];
    for pair in rising.windows(2) {
        assert!(score(&pair[0]) <= score(&pair[1]), "{} {}: {pair:?}", score(&pair[0]), score(&pair[1]));
    }
    assert!(score(&rising[0]) <= 1);
    assert!(score(&rising[5]) >= 40, "{}", score(&rising[5]));
    // Nothing is known against it, yet it would be worth most to whoever finds something.
    assert!(score(&[idle, admin, public].concat()) > score(&[idle, reads, public].concat()));
}

#[test]
fn names_the_change_that_helps_most() {
    let sample = Sample::parse(
        "facts",
        "function orders python3.13\ntrigger http public GET /orders\ncomponent npm axios 0.21.1 direct\nflaw axios CVE-1-1 critical exploited\nupgrade axios 0.21.4\n\
         component npm ini 1.3.0 direct\nflaw ini CVE-1-2 low\n",
    );
    let facts = sample.facts();
    let risk = risk(&facts, &check(&facts));
    assert!(
        risk.best_single_change.as_ref().is_some_and(|change| change.starts_with("upgrade axios to 0.21.4: −")),
        "{risk:?}"
    );
    let names: Vec<&str> = risk.inputs.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        names,
        [
            "exposure",
            "blast_radius",
            "blast_radius_needed",
            "risk_removed_by_least_privilege",
            "worst_finding",
            "hygiene",
            "weights_version"
        ]
    );
}

/// Facts of every sort, each a line that may be left out.
const FACTS: &[&str] = &[
    "trigger http public function URL",
    "trigger http authenticated GET /orders",
    "trigger sqs internal ${Queue.Arn}",
    "environment DB_PASSWORD = winter-is-here-7",
    "environment JWT_SECRET = sign-with-this-2024",
    "secret stripe-secret-key src/pay.js",
    "secret slack-webhook src/pay.js",
    "grant Admin * * scope s3:GetObject",
    "grant P s3:* arn:aws:s3:::orders/* scope s3:GetObject",
    "grant P dynamodb:DeleteItem * remove",
    "grant P iam:PassRole * dangerous",
    "grant P secretsmanager:GetSecretValue arn:aws:secretsmanager:a:1:secret:x* keep",
    "grant P logs:PutLogEvents * keep",
    "grant Run lambda:InvokeFunction ${Other.Arn} remove",
    "grant Run lambda:UpdateFunctionCode * dangerous",
    "grant Files s3:GetObject arn:aws:s3:::*/* scope s3:GetObject",
    "grant Files s3:GetObject arn:aws:s3:::files/* keep",
    "escalation lambda-003 possible lambda:UpdateFunctionCode",
    "escalation iam-009 likely iam:AttachRolePolicy",
    "managed AmazonS3FullAccess",
    "grant AmazonS3FullAccess s3:* * scope s3:GetObject",
    "missing sns:Publish *",
    "role OrdersRole",
    "shared-with template.yaml#Other",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn taking_a_fact_away_never_raises_the_score(kept in subsequence(FACTS.to_vec(), 1..FACTS.len()), drop in any::<prop::sample::Index>()) {
        let text = |lines: &[&str]| format!("function orders python3.8\n{}\n", lines.join("\n"));
        let mut fewer = kept.clone();
        fewer.remove(drop.index(kept.len()));
        prop_assert!(score(&text(&fewer)) <= score(&text(&kept)));
    }

    #[test]
    fn taking_a_finding_away_never_raises_the_score(kept in subsequence(FACTS.to_vec(), 1..=FACTS.len()), drop in any::<prop::sample::Index>()) {
        let sample = Sample::parse("facts", &format!("function orders python3.8\ncomponent npm axios 0.21.1 direct\nflaw axios CVE-1-1 high\nflaw axios CVE-1-2 low epss 0.9\n{}\n", kept.join("\n")));
        let facts = sample.facts();
        let findings = check(&facts);
        let mut fewer = findings.clone();
        fewer.remove(drop.index(findings.len()));
        prop_assert!(risk(&facts, &fewer).score <= risk(&facts, &findings).score);
    }
}
