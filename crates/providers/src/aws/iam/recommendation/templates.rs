//! SAM's policy templates in place of statements, where one grants exactly a part of what is needed: compared as sets of
//! action and resource, never by name. One that grants anything more is not taken.

use std::collections::{BTreeMap, BTreeSet};

use model::permission::{Effect, RecommendedStatement, Statement};
use model::proposal::ProposedPolicy;
use model::{Location, Part, SymbolicText};

use super::super::action_set::{ActionSet, KnownActions};
use super::super::facts::{self, ActionId, SamPolicyTemplate};
use super::super::pattern::{Pattern, Side};
use super::super::template_resources::TemplateResources;
use super::allow;

/// Most ways of filling in the parameters of one template.
const MAX_FILLINGS: usize = 256;

/// An action on a resource: its place among the needs that are left.
type Pair = (ActionId, usize);

/// The templates that fit, those that replace most first; `statements` are left with the rest.
pub(super) fn fitting(
    statements: &mut Vec<RecommendedStatement>,
    resources: &TemplateResources,
) -> Vec<ProposedPolicy> {
    let needs = Needed::of(statements, resources);
    let mut fits: Vec<(BTreeSet<Pair>, ProposedPolicy)> = Vec::new();
    for template in facts::sam_policy_templates().filter(|template| needs.has_all_actions_of(template)) {
        for filling in fillings(&template, &needs) {
            if let Some(pairs) = needs.covered_exactly(&template, &filling, resources) {
                let name = template.name.to_owned();
                fits.push((pairs, ProposedPolicy::Template { name, parameters: filling }));
            }
        }
    }
    // Templates come by name: of equal ones the first stays first.
    fits.sort_by_key(|(pairs, _)| std::cmp::Reverse(pairs.len()));
    let mut taken: BTreeSet<Pair> = BTreeSet::new();
    let mut policies = Vec::new();
    for (pairs, policy) in fits {
        if pairs.is_disjoint(&taken) {
            taken.extend(pairs);
            policies.push(policy);
        }
    }
    remove(statements, &needs, &taken);
    policies
}

/// Unconditional needs: actions, and on which of the texts each is needed.
struct Needed {
    texts: Vec<(SymbolicText, Pattern)>,
    pairs: BTreeSet<Pair>,
}

impl Needed {
    fn of(statements: &[RecommendedStatement], resources: &TemplateResources) -> Self {
        let mut texts: BTreeMap<&SymbolicText, usize> = BTreeMap::new();
        let is_plain =
            |statement: &&RecommendedStatement| statement.effect == Effect::Allow && statement.conditions.is_empty();
        let plain: Vec<_> = statements.iter().filter(is_plain).collect();
        for text in plain.iter().flat_map(|statement| &statement.resources) {
            let next = texts.len();
            texts.entry(text).or_insert(next);
        }
        let mut pairs = BTreeSet::new();
        for statement in plain {
            let actions = statement.actions.iter().filter_map(|action| facts::action(action));
            pairs.extend(actions.flat_map(|action| {
                let texts = &texts;
                statement.resources.iter().filter_map(move |text| Some((action, *texts.get(text)?)))
            }));
        }
        let mut ordered: Vec<_> = texts.into_iter().collect();
        ordered.sort_by_key(|(_, place)| *place);
        let compiled = |text: &SymbolicText| (text.clone(), Pattern::new(text, Side::Need, resources));
        Self { texts: ordered.into_iter().map(|(text, _)| compiled(text)).collect(), pairs }
    }

    /// Whether every action of the template is needed on something: sorts nearly all templates out.
    fn has_all_actions_of(&self, template: &SamPolicyTemplate) -> bool {
        let needed: BTreeSet<ActionId> = self.pairs.iter().map(|(action, _)| *action).collect();
        let statements = template.statements(&[], &Location::file(""));
        statements.iter().flat_map(|statement| &statement.actions).all(|text| match ActionSet::of_text(text) {
            KnownActions::Exactly(actions) => actions.iter().all(|action| needed.contains(&action)),
            KnownActions::Within(_) => false,
        })
    }

    /// The needs that the filled template grants; `None` when it grants anything else, or nothing.
    fn covered_exactly(
        &self,
        template: &SamPolicyTemplate,
        filling: &[(String, SymbolicText)],
        resources: &TemplateResources,
    ) -> Option<BTreeSet<Pair>> {
        let mut covered = BTreeSet::new();
        for statement in template.statements(filling, &Location::file("")) {
            covered.extend(self.covered_by(&statement, resources)?);
        }
        (!covered.is_empty()).then_some(covered)
    }

    fn covered_by(&self, statement: &Statement, resources: &TemplateResources) -> Option<BTreeSet<Pair>> {
        let is_plain = statement.effect == Effect::Allow
            && statement.conditions.is_empty()
            && statement.not_actions.is_empty()
            && statement.not_resources.is_empty();
        if !is_plain {
            return None;
        }
        let mut covered = BTreeSet::new();
        for text in &statement.actions {
            let KnownActions::Exactly(actions) = ActionSet::of_text(text) else { return None };
            for action in actions.iter() {
                for granted in &statement.resources {
                    let granted = Pattern::new(granted, Side::Grant, resources);
                    if works_on(action, &granted) {
                        covered.insert((action, self.equal_need(action, &granted)?));
                    }
                }
            }
        }
        Some(covered)
    }

    /// The resource that the action is needed on and that is the granted one.
    fn equal_need(&self, action: ActionId, granted: &Pattern) -> Option<usize> {
        let is_equal = |(_, needed): &(SymbolicText, Pattern)| needed.covers(granted) && granted.covers(needed);
        let places = self.texts.iter().enumerate().filter(|(_, text)| is_equal(text)).map(|(place, _)| place);
        places.into_iter().find(|place| self.pairs.contains(&(action, *place)))
    }
}

/// Whether the action can be used on the resource at all: `dynamodb:GetItem` on an index grants nothing.
fn works_on(action: ActionId, granted: &Pattern) -> bool {
    let types: Vec<Pattern> = action
        .resource_types()
        .filter_map(|(key, _)| facts::arn_of_resource_type(&key))
        .map(Pattern::of_type)
        .collect();
    granted.is_everything() || types.is_empty() || types.iter().any(|arn| arn.may_meet(granted))
}

/// Every way to fill in the parameters with names of needed resources.
fn fillings(template: &SamPolicyTemplate, needs: &Needed) -> Vec<Vec<(String, SymbolicText)>> {
    let candidates = candidates(needs);
    let mut fillings: Vec<Vec<(String, SymbolicText)>> = vec![Vec::new()];
    for parameter in &template.parameters {
        if fillings.len() * candidates.len() > MAX_FILLINGS {
            return Vec::new();
        }
        fillings = fillings
            .iter()
            .flat_map(|filling| {
                let with = |text: &SymbolicText| {
                    filling.iter().cloned().chain([((*parameter).to_owned(), text.clone())]).collect()
                };
                candidates.iter().map(with).collect::<Vec<_>>()
            })
            .collect();
    }
    fillings
}

/// What a parameter may be: a resource of the template by `Ref`, name or ARN, or the last part of a written ARN.
fn candidates(needs: &Needed) -> Vec<SymbolicText> {
    let mut candidates = Vec::new();
    for (text, _) in &needs.texts {
        if let Some(reference) = text.as_reference() {
            let logical_id = reference.split('.').next().unwrap_or_default();
            candidates.push(SymbolicText::reference(logical_id));
            candidates.extend(NAME_ATTRIBUTES.map(|name| SymbolicText::reference(format!("{logical_id}.{name}"))));
        }
        candidates.push(text.clone());
        candidates.extend(tails(text));
    }
    let mut seen = BTreeSet::new();
    candidates.retain(|candidate| !candidate.is_empty() && seen.insert(candidate.clone()));
    candidates
}

/// Attributes by which CloudFormation gives a resource's name where `Ref` is not that.
const NAME_ATTRIBUTES: [&str; 5] = ["Arn", "Name", "QueueName", "TopicName", "StreamName"];

/// What follows the resource type in an ARN: `table/orders` → `orders`, `:jobs` → `jobs`.
fn tails(text: &SymbolicText) -> Vec<SymbolicText> {
    let mut tails = Vec::new();
    for (at, part) in text.parts().iter().enumerate() {
        let Part::Literal(literal) = part else { continue };
        for (place, separator) in literal.match_indices([':', '/']) {
            let rest = literal.get(place + separator.len()..).unwrap_or_default();
            let after = text.parts().iter().skip(at + 1).cloned();
            tails.push(SymbolicText::from_parts([Part::Literal(rest.to_owned())].into_iter().chain(after)));
        }
    }
    // The name stands last in an ARN.
    tails.split_off(tails.len().saturating_sub(MAX_TAILS))
}

/// Most ends of one ARN that are tried as a name.
const MAX_TAILS: usize = 3;

/// Takes the pairs out of the statements.
fn remove(statements: &mut Vec<RecommendedStatement>, needs: &Needed, taken: &BTreeSet<Pair>) {
    let place_of = |text: &SymbolicText| needs.texts.iter().position(|(known, _)| known == text);
    let mut rest = Vec::new();
    for statement in statements.drain(..) {
        if statement.effect == Effect::Deny || !statement.conditions.is_empty() {
            rest.push(statement);
            continue;
        }
        let mut by_resources: BTreeMap<Vec<SymbolicText>, Vec<String>> = BTreeMap::new();
        for action in &statement.actions {
            let is_taken = |text: &SymbolicText| {
                facts::action(action).zip(place_of(text)).is_some_and(|pair| taken.contains(&pair))
            };
            let left: Vec<_> = statement.resources.iter().filter(|text| !is_taken(text)).cloned().collect();
            by_resources.entry(left).or_default().push(action.clone());
        }
        by_resources.remove(&Vec::new());
        rest.extend(
            by_resources.into_iter().map(|(texts, actions)| allow(actions, texts, statement.conditions.clone())),
        );
    }
    *statements = rest;
}
