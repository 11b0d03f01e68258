//! What is written around the statements in each place, the outermost key first.

use model::proposal::{PolicyForm, PolicyHome, ProposedPolicy};
use model::{SymbolicText, permission::Statement};

use super::terraform;
use super::tree::Tree;
use super::values::{self, Writer};

/// The version of the policy language, which documents name.
const VERSION: &str = "2012-10-17";
/// What the ARNs of AWS's own policies start with.
const OF_AWS: &str = "arn:aws:iam::aws:policy/";

pub(super) fn tree(home: &PolicyHome, policies: &[ProposedPolicy]) -> Tree {
    let list = Policies { policies, boundary: home.boundary.as_ref() };
    let owner = home.owner.as_str();
    match home.form {
        PolicyForm::SamFunction => list.of_sam_function(),
        PolicyForm::Role => Tree::map(list.of_role()),
        PolicyForm::NewRole => list.new_role(owner),
        PolicyForm::ServerlessProvider => within(&["provider", "iam", "role"], list.of_serverless(&STRUCTURED)),
        PolicyForm::ServerlessProviderStatements => within(&["provider"], list.of_serverless(&FLAT)),
        PolicyForm::ServerlessFunction => within(&["functions", owner, "iam", "role"], list.of_serverless(&STRUCTURED)),
        PolicyForm::ServerlessFunctionStatements => within(&["functions", owner], list.of_serverless(&FLAT)),
        PolicyForm::TerraformDocument => terraform::json_block(home, policies),
        PolicyForm::Document => document(list.statements(), values::plain),
    }
}

/// Keys of the Serverless Framework for the same things.
struct Keys {
    managed: &'static str,
    statements: &'static str,
    boundary: &'static str,
}

const STRUCTURED: Keys = Keys { managed: "managedPolicies", statements: "statements", boundary: "permissionsBoundary" };
const FLAT: Keys =
    Keys { managed: "iamManagedPolicies", statements: "iamRoleStatements", boundary: "iamPermissionsBoundary" };

struct Policies<'a> {
    policies: &'a [ProposedPolicy],
    boundary: Option<&'a SymbolicText>,
}

impl<'a> Policies<'a> {
    fn managed(&self) -> Vec<&'a SymbolicText> {
        let managed = self.policies.iter().filter_map(|policy| match policy {
            ProposedPolicy::Managed(arn) => Some(arn),
            _ => None,
        });
        managed.collect()
    }

    fn inline(&self) -> impl Iterator<Item = (&'a str, &'a [Statement])> {
        self.policies.iter().filter_map(|policy| match policy {
            ProposedPolicy::Inline { name, statements } => Some((name.as_str(), statements.as_slice())),
            _ => None,
        })
    }

    fn statements(&self) -> impl Iterator<Item = &'a Statement> {
        self.inline().flat_map(|(_, statements)| statements)
    }

    fn of_sam_function(&self) -> Tree {
        let entry = |policy: &ProposedPolicy| match policy {
            ProposedPolicy::Managed(arn) => managed_by_name(arn),
            ProposedPolicy::Template { name, parameters } => {
                let parameters = parameters.iter().map(|(name, value)| (name.as_str(), values::cloudformation(value)));
                Tree::map([(name.as_str(), Tree::map(parameters))])
            }
            ProposedPolicy::Inline { statements, .. } => document(statements, values::cloudformation),
        };
        let mut entries = vec![("Policies", Tree::List(self.policies.iter().map(entry).collect()))];
        entries.extend(self.boundary.map(|arn| ("PermissionsBoundary", values::cloudformation(arn))));
        Tree::map(entries)
    }

    fn of_role(&self) -> Vec<(&'static str, Tree)> {
        let managed: Vec<Tree> = self.managed().into_iter().map(values::cloudformation).collect();
        let inline: Vec<Tree> = self
            .inline()
            .map(|(name, statements)| {
                let document = document(statements, values::cloudformation);
                Tree::map([
                    ("PolicyName", values::cloudformation(&SymbolicText::parse_sub(name))),
                    ("PolicyDocument", document),
                ])
            })
            .collect();
        let mut entries = Vec::new();
        if !managed.is_empty() {
            entries.push(("ManagedPolicyArns", Tree::List(managed)));
        }
        if !inline.is_empty() || entries.is_empty() {
            entries.push(("Policies", Tree::List(inline)));
        }
        entries
    }

    fn new_role(&self, owner: &str) -> Tree {
        let trust = Tree::map([
            ("Effect", Tree::text("Allow")),
            ("Principal", Tree::map([("Service", Tree::text("lambda.amazonaws.com"))])),
            ("Action", Tree::text("sts:AssumeRole")),
        ]);
        let trust = Tree::map([("Version", Tree::text(VERSION)), ("Statement", Tree::List(vec![trust]))]);
        let mut properties = vec![("AssumeRolePolicyDocument", trust)];
        properties.extend(self.boundary.map(|arn| ("PermissionsBoundary", values::cloudformation(arn))));
        properties.extend(self.of_role());
        let role = [("Type", Tree::text("AWS::IAM::Role")), ("Properties", Tree::map(properties))];
        Tree::map([(owner, Tree::map(role))])
    }

    fn of_serverless(&self, keys: &Keys) -> Tree {
        let managed: Vec<Tree> = self.managed().into_iter().map(values::serverless).collect();
        let statements = self.statements().map(|statement| statement_tree(statement, values::serverless));
        let mut entries = Vec::new();
        entries.extend(self.boundary.map(|arn| (keys.boundary, values::serverless(arn))));
        if !managed.is_empty() {
            entries.push((keys.managed, Tree::List(managed)));
        }
        entries.push((keys.statements, Tree::List(statements.collect())));
        Tree::map(entries)
    }
}

/// SAM takes the policies of AWS by their name alone.
fn managed_by_name(arn: &SymbolicText) -> Tree {
    let name = arn.as_literal().and_then(|arn| arn.strip_prefix(OF_AWS)).and_then(|path| path.rsplit('/').next());
    name.map_or_else(|| values::cloudformation(arn), Tree::text)
}

/// `inner` below the keys.
fn within(keys: &[&str], inner: Tree) -> Tree {
    keys.iter().rev().fold(inner, |inner, key| Tree::map([(*key, inner)]))
}

fn document<'s>(statements: impl IntoIterator<Item = &'s Statement>, write: Writer) -> Tree {
    let statements = statements.into_iter().map(|statement| statement_tree(statement, write));
    Tree::map([("Version", Tree::text(VERSION)), ("Statement", Tree::List(statements.collect()))])
}

fn statement_tree(statement: &Statement, write: Writer) -> Tree {
    let list = |texts: &[SymbolicText]| Tree::List(texts.iter().map(write).collect());
    let mut entries = Vec::new();
    entries.extend(statement.sid.as_deref().filter(|sid| !sid.is_empty()).map(|sid| ("Sid", Tree::text(sid))));
    entries.push(("Effect", Tree::text(statement.effect.name())));
    for (key, texts) in [
        ("Action", &statement.actions),
        ("NotAction", &statement.not_actions),
        ("Resource", &statement.resources),
        ("NotResource", &statement.not_resources),
    ] {
        if !texts.is_empty() {
            entries.push((key, list(texts)));
        }
    }
    if !statement.conditions.is_empty() {
        let operators = statement.conditions.iter().map(|(operator, keys)| {
            let keys = keys.iter().map(|(key, values)| match values.as_slice() {
                [one] => (key.as_str(), write(one)),
                several => (key.as_str(), list(several)),
            });
            (operator.as_str(), Tree::map(keys))
        });
        entries.push(("Condition", Tree::map(operators)));
    }
    Tree::map(entries)
}
