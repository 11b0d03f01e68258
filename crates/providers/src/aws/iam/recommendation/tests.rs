use model::permission::{Judgement, Permissions};
use proptest::prelude::*;

use super::*;
use crate::aws::iam::access_set::AccessSet;
use crate::aws::iam::action_set::ActionSet;
use crate::aws::iam::tests::{day, function, judge};

/// Actions on resources, with the patterns that a set borrows.
#[derive(Default)]
struct Accesses(Vec<(ActionSet, Vec<Pattern>, Vec<Pattern>)>);

impl Accesses {
    fn add<'t>(
        &mut self,
        actions: impl IntoIterator<Item = &'t String>,
        texts: &[SymbolicText],
        excluded: &[SymbolicText],
    ) {
        let actions = actions.into_iter().filter_map(|name| facts::action(name)).collect();
        let [patterns, excluded] = [texts, excluded].map(|texts| {
            texts.iter().map(|text| Pattern::new(text, Side::Grant, &TemplateResources::default())).collect()
        });
        self.0.push((actions, patterns, excluded));
    }

    fn set(&self) -> AccessSet<'_> {
        self.0.iter().fold(AccessSet::default(), |all, (actions, patterns, excluded)| {
            let of_all_but = (!excluded.is_empty()).then(|| AccessSet::on_all_but(actions, excluded));
            all.union(&of_all_but.unwrap_or_else(|| AccessSet::on_any_of(actions, patterns)))
        })
    }
}

/// What the recommendation allows, what it denies, what is needed, and what verdicts add.
fn accesses(found: &Permissions) -> [Accesses; 4] {
    let mut accesses: [Accesses; 4] = Default::default();
    let [allowed, denied, needed, added] = &mut accesses;
    for statement in found.recommended.iter().flatten() {
        let of_effect = if statement.effect == Effect::Allow { &mut *allowed } else { &mut *denied };
        of_effect.add(&statement.actions, &statement.resources, &statement.not_resources);
    }
    found.needed.iter().for_each(|need| needed.add([&need.action], &need.resources, &[]));
    for verdict in found.verdicts.iter().filter(|verdict| verdict.judgement == Judgement::Add) {
        added.add([&verdict.action], &verdict.resources, &[]);
    }
    accesses
}

const STATEMENTS: &[&str] = &[
    "allow * on *",
    "allow s3:Get* on arn:aws:s3:::a/*",
    "allow s3:* on arn:aws:s3:::?/k*",
    "allow not s3:Put* on arn:aws:s3:::*",
    "allow sqs:*,s3:* on arn:aws:s3:::b/*",
    "deny s3:Get* on arn:aws:s3:::a/k",
    "deny s3:*Object on not arn:aws:s3:::a/*",
    "deny s3:Put* on arn:aws:s3:::b/?*",
    "boundary allow s3:* on arn:aws:s3:::a/*",
    "boundary allow not s3:Put* on not arn:aws:s3:::a/x*",
];
const CALLS: &[&str] = &[
    "s3.GetObject Bucket=a Key=k",
    "s3.GetObject Bucket=b Key=k",
    "s3.GetObject Bucket=a Key",
    "s3.PutObject Bucket=b Key=k2",
    "s3.PutObject Bucket=b Key",
    "s3.CopyObject Bucket=a Key=k CopySource=b/k",
    "dynamodb.GetItem TableName=orders",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn the_recommendation_lies_between_what_is_needed_and_what_is_granted(
        statements in prop::sample::subsequence(STATEMENTS, 0..=5),
        calls in prop::sample::subsequence(CALLS, 0..=4),
    ) {
        let found = judge(&statements, &calls);
        let identity = function(&statements).identity;
        let grants = Grants::new(&identity, &TemplateResources::default(), day());
        let [allowed, denied, needed, added] = accesses(&found);
        let (allowed, denied, needed, added) = (allowed.set(), denied.set(), needed.set(), added.set());
        let mut recommended = allowed.difference(&denied).unwrap();
        if let Some(limits) = grants.limits() {
            // It stays attached.
            recommended = recommended.intersection(&limits).unwrap();
        }
        let granted = grants.accesses().unwrap();
        // What is needed on resources that are not known is recommended as far as it is granted.
        let is_open = |call: &&str| call.ends_with("Key");
        let demanded = if calls.iter().any(is_open) { needed.intersection(&granted).unwrap() } else { needed };
        let missing = demanded.difference(&allowed).unwrap();
        prop_assert!(missing.is_empty() != Some(false), "{:?} is not in {:?}", missing, found.recommended);
        let excess = recommended.difference(&granted.union(&added)).unwrap();
        prop_assert!(excess.is_empty() != Some(false), "{:?} is neither granted nor added", excess);
    }
}
