//! Walks the list of rules: ids, pages, and the samples on the pages; then findings and risk as a whole.

mod page;
mod sample;
mod scores;

use std::collections::BTreeSet;

use crate::{check, explain, rules, sort_findings};
use page::Page;
use sample::Sample;

const HEADINGS: [&str; 7] = ["What it finds", "Why it matters", "Flagged", "Clean", "How to fix", "Limits", "Sources"];

#[test]
fn ids_are_unique_and_pages_complete() {
    let ids: Vec<&str> = rules().iter().map(|rule| rule.id).collect();
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), unique.len());
    for rule in rules() {
        let page = Page::parse(rule.page);
        assert_eq!(page.title, rule.id);
        assert_eq!(page.headings(), HEADINGS, "{}", rule.id);
        for (heading, text) in &page.sections {
            assert!(!text.trim().is_empty(), "{}: nothing under {heading}", rule.id);
        }
        assert!(rule.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", rule.id);
        assert_eq!(explain(rule.id), Some(rule.page));
    }
    assert_eq!(explain("no-such-rule"), None);
}

#[test]
fn samples_on_the_pages_are_true() {
    for rule in rules() {
        let page = Page::parse(rule.page);
        for heading in ["Flagged", "Clean"] {
            let samples = page.samples(heading);
            assert!(!samples.is_empty(), "{}: no sample under {heading}", rule.id);
            for (info, text) in samples {
                let sample = Sample::parse(&info, &text);
                let found: BTreeSet<u32> = check(&sample.facts())
                    .iter()
                    .filter(|finding| finding.rule == rule.id)
                    .map(|finding| finding.locations[0].line.unwrap())
                    .collect();
                assert_eq!(found, sample.marked, "{}, {heading}:\n{text}", rule.id);
                assert_eq!(sample.marked.is_empty(), heading == "Clean", "{}, {heading}:\n{text}", rule.id);
            }
        }
    }
}

#[test]
fn fingerprints_do_not_depend_on_lines() {
    let text = "function orders python3.8\nenvironment DB_PASSWORD = winter-is-here-7\ngrant P s3:GetObject * remove\ncomponent npm axios 0.21.1 direct\nflaw axios CVE-1-1 high\n";
    let fingerprints = |text: &str| {
        let sample = Sample::parse("facts", text);
        check(&sample.facts()).into_iter().map(|finding| finding.fingerprint).collect::<BTreeSet<_>>()
    };
    let before = fingerprints(text);
    assert_eq!(before.len(), 4);
    assert_eq!(before, fingerprints(&format!("\n\n{text}")));
    assert!(before.is_disjoint(&fingerprints(&text.replace("orders", "invoices"))));
}

#[test]
fn findings_are_ordered_worst_first_whatever_their_order_was() {
    let sample = Sample::parse(
        "facts",
        "function orders python3.8\ngrant Admin * * review\ngrant P s3:GetObject * review\nenvironment DB_PASSWORD = winter-is-here-7\ncomponent npm axios 0.21.1 direct\nflaw axios CVE-1-1 low\nflaw axios CVE-1-2 high\n",
    );
    let findings = check(&sample.facts());
    let severities: Vec<_> = findings.iter().map(|finding| finding.severity).collect();
    assert!(severities.is_sorted_by(|left, right| left >= right), "{severities:?}");
    let mut reversed: Vec<_> = findings.iter().rev().cloned().collect();
    sort_findings(&mut reversed);
    assert_eq!(reversed, findings);
}

#[test]
fn a_variable_of_a_template_that_ships_with_the_code_is_told_once() {
    let mut sample = Sample::parse("facts", "function orders python3.13\nenvironment DB_PASSWORD = winter-is-here-7\n");
    let mut in_text = sample.secrets[0].clone();
    in_text.place = model::secret::SecretPlace::File;
    sample.secrets.push(in_text.clone());
    let rules = |sample: &Sample| check(&sample.facts()).iter().map(|finding| finding.rule).collect::<Vec<_>>();
    assert_eq!(rules(&sample), ["secret-in-environment"]);
    in_text.locations.push(model::Location::line("src/app.py", 3));
    sample.secrets.push(in_text);
    assert_eq!(rules(&sample), ["hard-coded-secret", "secret-in-environment"]);
}

#[test]
fn what_a_system_package_brought_is_no_secret_but_worth_a_line() {
    let mut sample = Sample::parse("facts", "function orders nodejs22.x\nsecret stripe-secret-key etc/tool.conf\n");
    sample.secrets[0].shipped_by = Some("pkg:deb/debian/tool@1".to_owned());
    let [finding] = check(&sample.facts()).try_into().unwrap();
    assert_eq!(finding.severity, model::Severity::Info);
    assert!(
        finding.title.ends_with("in `etc/tool.conf`, unchanged as its system package brings it"),
        "{}",
        finding.title
    );
    assert!(finding.remedy.text.starts_with("nothing, if `pkg:deb/debian/tool@1` is a public package"));
}

#[test]
fn a_crud_policy_makes_one_finding_not_eighty() {
    let actions = [
        "BatchGetItem",
        "BatchWriteItem",
        "ConditionCheckItem",
        "DeleteItem",
        "DescribeTable",
        "PutItem",
        "Query",
        "Scan",
        "UpdateItem",
    ];
    let rows: String = actions
        .iter()
        .map(|action| format!("grant DynamoDBCrudPolicy dynamodb:{action} ${{Orders.Arn}} remove\n"))
        .collect();
    let sample = Sample::parse(
        "facts",
        &format!("function orders python3.13\ngrant DynamoDBCrudPolicy dynamodb:GetItem ${{Orders.Arn}} keep\n{rows}"),
    );
    let findings = check(&sample.facts());
    assert_eq!(findings.len(), 1);
    assert_eq!(
        findings[0].title,
        "policy `DynamoDBCrudPolicy` grants 9 actions on `dynamodb` that the function does not need"
    );
}

#[test]
fn titles_and_remedies_read_well() {
    let sample = Sample::parse(
        "facts",
        "function orders python3.8\ncomponent npm axios 0.21.1 via gaxios\nflaw axios CVE-2021-3749 high fixed 0.21.2\nupgrade axios 0.21.4\nsecret stripe-secret-key src/pay.js\n",
    );
    let findings = check(&sample.facts());
    let shown: Vec<String> =
        findings.iter().map(|finding| format!("{} | {}", finding.title, finding.remedy.text)).collect();
    assert_eq!(
        shown,
        [
            "Stripe secret key in `src/pay.js` | revoke it where it was issued and issue another; keep the new value in Secrets Manager or as a SecureString parameter and read it when the function starts",
            "axios 0.21.1 is hit by CVE-2021-3749: high | upgrade `gaxios`, which brings `axios`, to a release that asks for 0.21.4 or later, or add an entry `\"axios\": \"0.21.4\"` under `overrides` in `package.json`",
            "runtime `python3.8` has had no security patches since 2024-10-14 | move to `python3.14`, at the latest before 2027-03-03, when updates are blocked",
        ]
    );
}
