//! `data "aws_iam_policy_document"`, in Terraform's language and in its JSON.

use std::collections::BTreeSet;
use std::fmt::Write;

use model::permission::Statement;
use model::proposal::{PolicyHome, ProposedPolicy};
use model::{Part, SymbolicText};

use super::tree::Tree;

/// What stands for CloudFormation's pseudo parameters, and the data source that knows it.
const PSEUDO_PARAMETERS: &[(&str, &str, &str)] = &[
    ("AWS::AccountId", "data.aws_caller_identity.current.account_id", "aws_caller_identity"),
    ("AWS::Partition", "data.aws_partition.current.partition", "aws_partition"),
    ("AWS::Region", "data.aws_region.current.name", "aws_region"),
];

/// The block; references of Terraform stay what they are.
pub(super) fn block(home: &PolicyHome, policies: &[ProposedPolicy]) -> String {
    let mut out = format!("data \"aws_iam_policy_document\" \"{}\" {{\n", name(home));
    for (at, statement) in statements(policies).enumerate() {
        if at > 0 {
            out.push('\n');
        }
        write_statement(statement, &mut out);
    }
    out.push_str("}\n");
    out
}

fn write_statement(statement: &Statement, out: &mut String) {
    out.push_str("  statement {\n");
    let sid = statement.sid.as_deref().filter(|sid| !sid.is_empty());
    let simple = [("sid", sid), ("effect", Some(statement.effect.name()))];
    for (key, value) in simple.into_iter().filter_map(|(key, value)| Some((key, value?))) {
        let _infallible = writeln!(out, "    {key:<6} = {}", quoted(&SymbolicText::literal(value)));
    }
    for (key, texts) in lists(statement) {
        let _infallible = writeln!(out, "    {key} = [");
        for text in texts {
            let _infallible = writeln!(out, "      {},", expression(text));
        }
        out.push_str("    ]\n");
    }
    for (operator, key, values) in conditions(statement) {
        let values: Vec<String> = values.iter().map(expression).collect();
        let _infallible = write!(
            out,
            "    condition {{\n      test     = {}\n      variable = {}\n      values   = [{}]\n    }}\n",
            quoted(&SymbolicText::literal(operator)),
            quoted(&SymbolicText::literal(key)),
            values.join(", ")
        );
    }
    out.push_str("  }\n");
}

pub(super) fn json_block(home: &PolicyHome, policies: &[ProposedPolicy]) -> Tree {
    let statements = statements(policies).map(|statement| {
        let mut entries = Vec::new();
        entries.extend(statement.sid.as_deref().filter(|sid| !sid.is_empty()).map(|sid| ("sid", Tree::text(sid))));
        entries.push(("effect", Tree::text(statement.effect.name())));
        let list = |texts: &[SymbolicText]| Tree::List(texts.iter().map(|text| Tree::Text(template(text))).collect());
        entries.extend(lists(statement).map(|(key, texts)| (key, list(texts))));
        let conditions: Vec<Tree> = conditions(statement)
            .map(|(operator, key, values)| {
                Tree::map([("test", Tree::text(operator)), ("variable", Tree::text(key)), ("values", list(values))])
            })
            .collect();
        if !conditions.is_empty() {
            entries.push(("condition", Tree::List(conditions)));
        }
        Tree::map(entries)
    });
    let document = Tree::map([("statement", Tree::List(statements.collect()))]);
    let named = Tree::map([(name(home).as_str(), document)]);
    Tree::map([("data", Tree::map([("aws_iam_policy_document", named)]))])
}

/// What to declare for the references that the text has.
pub(super) fn sources<'p>(parts: impl Iterator<Item = &'p Part>) -> Vec<String> {
    let used: BTreeSet<&str> = parts
        .filter_map(|part| match part {
            Part::Reference(name) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    let used = PSEUDO_PARAMETERS.iter().filter(|(name, _, _)| used.contains(name));
    used.map(|(_, _, source)| format!("declare `data \"{source}\" \"current\" {{}}`, if it is not yet")).collect()
}

fn statements(policies: &[ProposedPolicy]) -> impl Iterator<Item = &Statement> {
    policies.iter().flat_map(|policy| match policy {
        ProposedPolicy::Inline { statements, .. } => statements.as_slice(),
        _ => &[],
    })
}

fn lists(statement: &Statement) -> impl Iterator<Item = (&'static str, &[SymbolicText])> {
    let lists = [
        ("actions", statement.actions.as_slice()),
        ("not_actions", statement.not_actions.as_slice()),
        ("resources", statement.resources.as_slice()),
        ("not_resources", statement.not_resources.as_slice()),
    ];
    lists.into_iter().filter(|(_, texts)| !texts.is_empty())
}

fn conditions(statement: &Statement) -> impl Iterator<Item = (&str, &str, &[SymbolicText])> {
    statement.conditions.iter().flat_map(|(operator, keys)| {
        keys.iter().map(move |(key, values)| (operator.as_str(), key.as_str(), values.as_slice()))
    })
}

/// A reference alone without quotes, anything else in them.
fn expression(text: &SymbolicText) -> String {
    text.as_reference().map_or_else(|| quoted(text), |name| reference(name).to_owned())
}

fn quoted(text: &SymbolicText) -> String {
    let escaped = template(text).replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("\"{escaped}\"")
}

/// With references in `${…}`, and IAM's own variables in `&{…}`, as the data source takes them.
fn template(text: &SymbolicText) -> String {
    let part = |part: &Part| match part {
        Part::Literal(text) => text.replace("${", "&{").replace("%{", "%%{"),
        Part::Reference(name) => format!("${{{}}}", reference(name)),
        Part::Environment(_) | Part::Unknown => "*".to_owned(),
    };
    text.parts().iter().map(part).collect()
}

fn reference(name: &str) -> &str {
    let pseudo = PSEUDO_PARAMETERS.iter().find(|(known, _, _)| *known == name);
    pseudo.map_or(name, |(_, expression, _)| expression)
}

/// The name as Terraform takes it: letters, digits, `_` and `-`, a letter first.
fn name(home: &PolicyHome) -> String {
    let letters = home.owner.chars().map(|one| if one.is_ascii_alphanumeric() || one == '-' { one } else { '_' });
    let name: String = letters.collect();
    if name.starts_with(|first: char| first.is_ascii_alphabetic()) { name } else { format!("policy_{name}") }
}
