//! The recommended policy in the language that the project is written in, and how it differs from what stands there today.
//!
//! Source: the resource reference of `AWS::IAM::Role` and `AWS::Serverless::Function`, the documentation of the Serverless
//! Framework and of its plugin `serverless-iam-roles-per-function`, Terraform's `aws_iam_policy_document`.
//! Supported: SAM, CloudFormation and the Serverless Framework in YAML and JSON, Terraform in its own language and in
//! JSON, policy documents. Both sides of the difference are written by this module, so that it shows what changes and not
//! how somebody likes to indent; comments of the file are not in it.

mod forms;
mod terraform;
mod tree;
mod values;

use model::proposal::{PolicyForm, PolicyHome, Proposal, ProposedPolicy, Syntax};
use model::{Part, SymbolicText};
use similar::TextDiff;

use self::values::is_function_call;

/// Lines around a change.
const CONTEXT_LINES: usize = 3;

/// What to write, ready to be copied; ends with a newline.
pub(crate) fn text(proposal: &Proposal) -> String {
    write(&proposal.home, &proposal.policies)
}

/// The unified difference from what stands there today; empty when nothing changes.
pub(crate) fn diff(proposal: &Proposal) -> String {
    let (old, new) = (write_current(proposal), text(proposal));
    if old == new {
        return String::new();
    }
    let place = place(&proposal.home);
    let difference = TextDiff::from_lines(&old, &new);
    let header = (format!("{place}, today"), format!("{place}, recommended"));
    difference.unified_diff().context_radius(CONTEXT_LINES).header(&header.0, &header.1).to_string()
}

fn write_current(proposal: &Proposal) -> String {
    if proposal.current.is_empty() { String::new() } else { write(&proposal.home, &proposal.current) }
}

fn write(home: &PolicyHome, policies: &[ProposedPolicy]) -> String {
    if home.form == PolicyForm::TerraformDocument && home.syntax == Syntax::Hcl {
        return terraform::block(home, policies);
    }
    let tree = forms::tree(home, policies);
    if home.syntax == Syntax::Yaml { tree.to_yaml() } else { tree.to_json() }
}

/// `Policies of OrdersFunction in template.yaml`.
pub(crate) fn place(home: &PolicyHome) -> String {
    let owner = &home.owner;
    let place = match home.form {
        PolicyForm::SamFunction => format!("Policies of {owner}"),
        PolicyForm::Role => format!("policies of role {owner}"),
        PolicyForm::NewRole => format!("new role {owner}"),
        PolicyForm::ServerlessProvider => "provider.iam.role".to_owned(),
        PolicyForm::ServerlessProviderStatements => "provider.iamRoleStatements".to_owned(),
        PolicyForm::ServerlessFunction => format!("functions.{owner}.iam.role"),
        PolicyForm::ServerlessFunctionStatements => format!("functions.{owner}.iamRoleStatements"),
        PolicyForm::TerraformDocument => format!("policy document {owner}"),
        PolicyForm::Document => "policy document".to_owned(),
    };
    if home.file.is_empty() { place } else { format!("{place} in {}", home.file) }
}

/// What is to be done beside writing the text.
pub(crate) fn steps(proposal: &Proposal) -> Vec<String> {
    let mut steps = proposal.steps.clone();
    let mut calls: Vec<&str> = texts(&proposal.policies).filter_map(is_function_call).collect();
    calls.sort_unstable();
    calls.dedup();
    steps.extend(calls.iter().map(|call| format!("write `{call}` as the template does: only its value is known here")));
    if proposal.home.form == PolicyForm::TerraformDocument {
        steps.extend(terraform::sources(texts(&proposal.policies)));
    }
    steps
}

/// Every part of every text of the policies.
fn texts(policies: &[ProposedPolicy]) -> impl Iterator<Item = &Part> {
    policies.iter().flat_map(texts_of).flat_map(|text| text.parts())
}

fn texts_of(policy: &ProposedPolicy) -> Vec<&SymbolicText> {
    match policy {
        ProposedPolicy::Managed(arn) => vec![arn],
        ProposedPolicy::Template { parameters, .. } => parameters.iter().map(|(_, value)| value).collect(),
        ProposedPolicy::Inline { statements, .. } => statements
            .iter()
            .flat_map(|statement| {
                let conditions = statement.conditions.values().flat_map(|keys| keys.values().flatten());
                statement.resources.iter().chain(&statement.not_resources).chain(conditions)
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests;
