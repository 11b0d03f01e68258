//! Keys that a service uses on the caller's behalf: who reads an encrypted queue needs its key too.
//!
//! Source: the encryption pages of the services' developer guides.

use model::permission::{NeedEvidence, Tier};
use model::{Confidence, SymbolicText};

use super::{NeededAction, NeededResource, Needs};
use crate::aws::iam::facts::{self, ActionId};
use crate::aws::iam::template_resources::TemplateResources;

const ANY_KEY: &str = "arn:aws:kms:${AWS::Region}:${AWS::AccountId}:key/*";

const READ: &[&str] = &["kms:Decrypt"];
const WRITE: &[&str] = &["kms:GenerateDataKey"];
const BOTH: &[&str] = &["kms:Decrypt", "kms:GenerateDataKey"];

/// Actions on data that a customer's key may encrypt, and what they then ask of the key. Sorted.
const KEY_ACTIONS: &[(&str, &[&str])] = &[
    ("dynamodb:BatchGetItem", READ),
    ("dynamodb:BatchWriteItem", READ),
    ("dynamodb:ConditionCheckItem", READ),
    ("dynamodb:DeleteItem", READ),
    ("dynamodb:GetItem", READ),
    ("dynamodb:PartiQLDelete", READ),
    ("dynamodb:PartiQLInsert", READ),
    ("dynamodb:PartiQLSelect", READ),
    ("dynamodb:PartiQLUpdate", READ),
    ("dynamodb:PutItem", READ),
    ("dynamodb:Query", READ),
    ("dynamodb:Scan", READ),
    ("dynamodb:UpdateItem", READ),
    ("kinesis:GetRecords", READ),
    ("kinesis:PutRecord", WRITE),
    ("kinesis:PutRecords", WRITE),
    ("s3:GetObject", READ),
    ("s3:PutObject", BOTH),
    ("secretsmanager:CreateSecret", BOTH),
    ("secretsmanager:GetSecretValue", READ),
    ("secretsmanager:PutSecretValue", BOTH),
    ("secretsmanager:UpdateSecret", BOTH),
    ("sns:Publish", BOTH),
    ("sqs:ReceiveMessage", READ),
    ("sqs:SendMessage", BOTH),
    ("ssm:GetParameter", READ),
    ("ssm:GetParameters", READ),
    ("ssm:GetParametersByPath", READ),
    ("ssm:PutParameter", &["kms:Encrypt"]),
];

/// Adds the keys of `resources` that the template shows; where it shows none, notes that there may be one.
pub(super) fn add_keys(
    action: ActionId,
    resources: &[NeededResource],
    evidence: &NeedEvidence,
    template: &TemplateResources,
    needs: &mut Needs,
) {
    let name = action.name();
    let Ok(index) = KEY_ACTIONS.binary_search_by_key(&name.as_str(), |(action, _)| action) else { return };
    let key_actions = KEY_ACTIONS.get(index).map_or(READ, |(_, actions)| actions);
    for key_action in key_actions.iter().filter_map(|action| facts::action(action)) {
        let keys: Vec<NeededResource> = resources.iter().filter_map(|resource| key_of(resource, template)).collect();
        if keys.is_empty() {
            let why = format!("the data that `{name}` works on may be encrypted with a key of its own");
            needs.possible.entry(key_action).or_insert(why);
            continue;
        }
        let needed = NeededAction {
            resources: keys,
            tier: Tier::Forwarded,
            confidence: Confidence::Certain,
            evidence: vec![evidence.clone()],
        };
        needs.add(key_action, needed);
    }
}

fn key_of(resource: &NeededResource, template: &TemplateResources) -> Option<NeededResource> {
    let key = template.encryption_key_of(&resource.text)?;
    let reference = key.as_reference().and_then(|name| template.meaning(name));
    match reference {
        Some(meaning) => Some(NeededResource { text: meaning.arn(), is_known: true }),
        None if key.as_literal().is_some_and(|key| key.starts_with("arn:")) => {
            Some(NeededResource { text: key, is_known: true })
        }
        // A bare id, or an alias, which is no resource of the permission.
        None => Some(NeededResource { text: SymbolicText::parse_sub(ANY_KEY), is_known: false }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_actions_are_sorted_and_known() {
        assert!(KEY_ACTIONS.is_sorted());
        for (action, keys) in KEY_ACTIONS {
            assert!(facts::action(action).is_some(), "{action}");
            assert!(keys.iter().all(|key| facts::action(key).is_some()), "{action}");
        }
    }
}
