use model::evaluation;
use proptest::prelude::*;

use super::*;
use crate::aws::iam::evaluation::{Case, evaluate};
use crate::aws::iam::facts;
use crate::aws::iam::pattern::Side;
use crate::aws::iam::template_resources::TemplateResources;

const ACTIONS: &[&str] = &["s3:GetObject", "s3:PutObject", "sqs:SendMessage", "kms:Decrypt"];
const RESOURCES: &[&str] =
    &["arn:aws:s3:::b/k", "arn:aws:s3:::b/kk", "arn:aws:s3:::c/k", "arn:aws:s3:::b/x/k", "arn:aws:sqs:eu-west-1:1:q"];

fn pattern(text: &str) -> Pattern {
    Pattern::new(&text.into(), Side::Grant, &TemplateResources::default())
}

/// `s3:Get* on a b` and `s3:* on not a b`, with the patterns that a set borrows.
struct Written {
    actions: ActionSet,
    is_exclusion: bool,
    patterns: Vec<Pattern>,
}

impl Written {
    fn new(text: &str) -> Self {
        let (actions, resources) = text.split_once(" on ").unwrap();
        let (is_exclusion, resources) = resources.strip_prefix("not ").map_or((false, resources), |rest| (true, rest));
        let set = ActionSet::of_pattern(actions.trim_start_matches('!'));
        Self {
            actions: if actions.starts_with('!') { set.complement() } else { set },
            is_exclusion,
            patterns: resources.split(' ').map(pattern).collect(),
        }
    }

    fn set(&self) -> AccessSet<'_> {
        let make = if self.is_exclusion { AccessSet::on_all_but } else { AccessSet::on_any_of };
        make(&self.actions, &self.patterns)
    }
}

fn written(texts: &[String]) -> Vec<Written> {
    texts.iter().map(|text| Written::new(text)).collect()
}

fn union(written: &[Written]) -> AccessSet<'_> {
    written.iter().fold(AccessSet::default(), |all, one| all.union(&one.set()))
}

#[track_caller]
fn check_subset(left: &[&str], right: &[&str], expected: Option<bool>) {
    let [mine, other] =
        [left, right].map(|texts| written(&texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>()));
    assert_eq!(union(&mine).is_subset(&union(&other)), expected, "{left:?} in {right:?}");
}

#[test]
fn tells_what_is_within_what() {
    for (left, right, expected) in [
        (&["s3:GetObject on arn:aws:s3:::b/k"][..], &["s3:* on arn:aws:s3:::b/*"][..], true),
        (&["s3:* on arn:aws:s3:::b/k"], &["s3:GetObject on arn:aws:s3:::b/*"], false),
        (&["s3:* on *"], &["s3:Get* on *", "!s3:Get* on *"], true),
        (&["s3:* on *"], &["s3:* on arn:aws:s3:::b/*", "s3:* on not arn:aws:s3:::b/*"], true),
        (&["s3:* on *"], &["s3:* on arn:aws:s3:::b/*", "s3:* on not arn:aws:s3:::b/k"], true),
        (&["s3:* on *"], &["s3:* on arn:aws:s3:::b/k", "s3:* on not arn:aws:s3:::b/*"], false),
        (&["s3:* on arn:aws:s3:::b/?*"], &["s3:* on arn:aws:s3:::b/*"], true),
        (&["s3:* on arn:aws:s3:::b/*"], &["s3:* on arn:aws:s3:::b/?*"], false),
        (&["s3:* on arn:aws:s3:::b/*"], &["s3:* on arn:aws:s3:::b/?* arn:aws:s3:::b/"], true),
        (&["s3:* on not arn:aws:s3:::a arn:aws:s3:::b"], &["s3:* on not arn:aws:s3:::a"], true),
        (&["s3:* on not arn:aws:s3:::a"], &["s3:* on not arn:aws:s3:::a arn:aws:s3:::b"], false),
    ] {
        check_subset(left, right, Some(expected));
    }
}

#[test]
fn what_is_known_only_at_deployment_is_not_decided() {
    let resources = TemplateResources::default();
    let of = |text: &str| Pattern::new(&model::SymbolicText::parse_sub(text), Side::Grant, &resources);
    let read = ActionSet::of_pattern("s3:GetObject");
    let (mine, other, all) = (of("arn:aws:s3:::${Mine}/*"), of("arn:aws:s3:::${Other}/*"), of("arn:aws:s3:::*"));
    let on = |pattern| AccessSet::on_any_of(&read, [pattern]);
    assert_eq!(on(&mine).is_subset(&on(&mine)), Some(true));
    assert_eq!(on(&mine).is_subset(&on(&all)), Some(true));
    assert_eq!(on(&mine).is_subset(&on(&other)), None);
    assert_eq!(on(&mine).intersection(&on(&other)).unwrap().is_empty(), None);
}

#[test]
fn too_many_pieces_are_not_decided() {
    let some = |letter: char| -> Vec<Pattern> {
        (0..40).map(|number| pattern(&format!("arn:aws:s3:::*{letter}{number:02}*"))).collect()
    };
    let (left, right) = (some('a'), some('b'));
    let actions = ActionSet::of_pattern("s3:GetObject");
    assert_eq!(AccessSet::on_any_of(&actions, &left).intersection(&AccessSet::on_any_of(&actions, &right)), None);
}

fn texts(most: usize) -> impl Strategy<Value = Vec<String>> {
    let actions =
        prop::sample::select(vec!["s3:*", "s3:GetObject", "!s3:GetObject", "*", "sqs:*", "!sqs:*", "s3:Get*"]);
    let resources = prop::sample::select(vec![
        "*",
        "arn:aws:s3:::b/*",
        "arn:aws:s3:::b/k*",
        "arn:aws:s3:::?/k",
        "arn:aws:s3:::b/k arn:aws:sqs:*:*:q",
        "not arn:aws:s3:::b/*",
        "not arn:aws:s3:::b/k? arn:aws:s3:::c/*",
        "not arn:aws:sqs:*:*:q",
        "arn:aws:sqs:*:*:*",
    ]);
    prop::collection::vec(
        (actions, resources).prop_map(|(actions, resources)| format!("{actions} on {resources}")),
        0..most,
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn the_laws_of_sets_hold(left in texts(4), right in texts(4), third in texts(3)) {
        let (left, right, third) = (written(&left), written(&right), written(&third));
        let (a, b, c) = (union(&left), union(&right), union(&third));
        let both = a.intersection(&b).unwrap();
        let either = a.clone().union(&b);
        let rest = a.difference(&b).unwrap();
        let is_same = |one: &AccessSet<'_>, other: &AccessSet<'_>| {
            one.is_subset(other) == Some(true) && other.is_subset(one) == Some(true)
        };
        prop_assert_eq!(a.difference(&a).unwrap().is_empty(), Some(true));
        prop_assert_eq!(&either, &b.clone().union(&a));
        prop_assert!(is_same(&both, &b.intersection(&a).unwrap()));
        prop_assert_eq!(either.difference(&b).unwrap().is_subset(&a), Some(true));
        prop_assert_eq!(both.is_subset(&a), Some(true));
        prop_assert_eq!(a.is_subset(&either), Some(true));
        prop_assert_eq!(rest.intersection(&b).unwrap().is_empty(), Some(true));
        prop_assert!(is_same(&rest.clone().union(&both), &a));
        let spread = both.clone().union(&a.intersection(&c).unwrap());
        prop_assert!(is_same(&a.intersection(&b.clone().union(&c)).unwrap(), &spread));
    }

    #[test]
    fn every_access_is_where_the_operations_say(left in texts(4), right in texts(4)) {
        let (left, right) = (written(&left), written(&right));
        let (a, b) = (union(&left), union(&right));
        let (either, both, rest) = (a.clone().union(&b), a.intersection(&b).unwrap(), a.difference(&b).unwrap());
        for resource in RESOURCES.iter().map(|text| pattern(text)) {
            for action in ACTIONS.iter().map(|name| facts::action(name).unwrap()) {
                let [in_a, in_b] = [&a, &b].map(|set| set.contains(action, &resource).unwrap());
                prop_assert_eq!(either.contains(action, &resource), Some(in_a || in_b));
                prop_assert_eq!(both.contains(action, &resource), Some(in_a && in_b));
                prop_assert_eq!(rest.contains(action, &resource), Some(in_a && !in_b));
            }
        }
    }

    #[test]
    fn agrees_with_evaluation(
        allow in texts(4), deny in texts(3), boundary in texts(3), organization in prop::collection::vec(texts(3), 0..3),
    ) {
        let (allows, denies) = (written(&allow), written(&deny));
        let mut limits = vec![written(&boundary)];
        limits.retain(|limit| !limit.is_empty());
        limits.extend(organization.iter().map(|level| written(level)));
        let granted = limits.iter().fold(union(&allows), |granted, limit| granted.intersection(&union(limit)).unwrap());
        let granted = granted.difference(&union(&denies)).unwrap();
        let resources: Vec<Pattern> = RESOURCES.iter().map(|text| pattern(text)).collect();
        for (pattern, resource) in resources.iter().zip(RESOURCES) {
            for action in ACTIONS {
                let case = case(&allow, &deny, &boundary, &organization, action, resource);
                let case = Case::from_json(&case, "case.json").unwrap();
                let is_allowed = evaluate(&case.request, &case.policies).decision == evaluation::Decision::Allowed;
                let is_granted = granted.contains(facts::action(action).unwrap(), pattern);
                prop_assert_eq!(is_granted, Some(is_allowed), "{} on {}", action, resource);
            }
        }
    }
}

/// The request as a case with these statements.
fn case(
    allow: &[String],
    deny: &[String],
    boundary: &[String],
    organization: &[Vec<String>],
    action: &str,
    resource: &str,
) -> String {
    let list =
        |statements: Vec<String>| format!(r#"{{"name":"p","policy":{{"Statement":[{}]}}}}"#, statements.join(","));
    let of = |effect: &'static str, texts: &[String]| texts.iter().map(|text| json(effect, text)).collect::<Vec<_>>();
    let identity = list(of("Allow", allow).into_iter().chain(of("Deny", deny)).collect());
    let boundary = if boundary.is_empty() { String::new() } else { list(of("Allow", boundary)) };
    let level = |level: &Vec<String>| format!(r#"{{"policies":[{}]}}"#, list(of("Allow", level)));
    let levels: Vec<String> = organization.iter().map(level).collect();
    format!(
        r#"{{"request":{{"principal":"arn:aws:iam::1:user/ann","action":"{action}","resource":{{"resource":"{resource}",
        "accountId":"1"}}}},"identityPolicies":[{identity}],"permissionBoundaryPolicies":[{boundary}],
        "serviceControlPolicies":[{}]}}"#,
        levels.join(",")
    )
}

fn json(effect: &str, text: &str) -> String {
    let (actions, resources) = text.split_once(" on ").unwrap();
    let (not_action, action) = actions.strip_prefix('!').map_or(("", actions), |rest| ("Not", rest));
    let (not_resource, resources) = resources.strip_prefix("not ").map_or(("", resources), |rest| ("Not", rest));
    let listed: Vec<String> = resources.split(' ').map(|text| format!(r#""{text}""#)).collect();
    let listed = listed.join(",");
    format!(r#"{{"Effect":"{effect}","{not_action}Action":"{action}","{not_resource}Resource":[{listed}]}}"#)
}
