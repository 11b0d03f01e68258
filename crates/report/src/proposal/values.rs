//! Texts with references, as each language writes them.

use model::{Part, SymbolicText};

use super::tree::Tree;

/// How a text with references is written.
pub(super) type Writer = fn(&SymbolicText) -> Tree;

/// `!GetAtt Orders.Arn`, `!Ref Topic`, `!Sub "arn:…/${Orders}"`.
pub(super) fn cloudformation(text: &SymbolicText) -> Tree {
    match text.parts() {
        [Part::Reference(name)] => reference(name),
        parts if parts.iter().any(|part| matches!(part, Part::Reference(_))) => {
            Tree::Sub(parts.iter().map(in_sub).collect())
        }
        _ => Tree::Text(text.to_string()),
    }
}

fn reference(name: &str) -> Tree {
    if let Some(export) = name.strip_prefix("Fn::ImportValue(").and_then(|rest| rest.strip_suffix(')')) {
        return Tree::ImportValue(export.to_owned());
    }
    match name.split_once('.') {
        _ if is_call(name) => Tree::Sub(format!("${{{name}}}")),
        Some((id, attribute)) => Tree::GetAtt(id.to_owned(), attribute.to_owned()),
        None => Tree::Ref(name.to_owned()),
    }
}

fn in_sub(part: &Part) -> String {
    match part {
        // Policy variables of IAM are not CloudFormation's.
        Part::Literal(text) => text.replace("${", "${!"),
        Part::Reference(name) => format!("${{{name}}}"),
        Part::Environment(_) | Part::Unknown => "*".to_owned(),
    }
}

/// As in CloudFormation, but joined: some versions of the framework take every `${…}` for a variable of their own.
pub(super) fn serverless(text: &SymbolicText) -> Tree {
    let tree_of = |part: &Part| match part {
        Part::Literal(text) => Tree::Text(text.clone()),
        // Its own variables: `${ssm:/path}`.
        Part::Reference(name) if is_variable(name) => Tree::Text(format!("${{{name}}}")),
        Part::Reference(name) => reference(name),
        Part::Environment(_) | Part::Unknown => Tree::text("*"),
    };
    let mut parts: Vec<Tree> = Vec::new();
    for part in text.parts().iter().map(tree_of) {
        match (parts.last_mut(), part) {
            (Some(Tree::Text(last)), Tree::Text(text)) => last.push_str(&text),
            (_, part) => parts.push(part),
        }
    }
    if parts.len() > 1 {
        let arguments = Tree::List(vec![Tree::text(""), Tree::List(parts)]);
        return Tree::map([("Fn::Join", arguments)]);
    }
    parts.pop().unwrap_or_else(|| Tree::text(""))
}

fn is_variable(name: &str) -> bool {
    name.contains(':') && !name.starts_with("AWS::") && !is_call(name)
}

/// As the reports show it.
pub(super) fn plain(text: &SymbolicText) -> Tree {
    Tree::Text(text.to_string())
}

fn is_call(name: &str) -> bool {
    name.starts_with("Fn::")
}

/// The name of a reference that is a whole function call, which cannot be written back as it was.
pub(super) fn is_function_call(part: &Part) -> Option<&str> {
    match part {
        Part::Reference(name) if is_call(name) => Some(name),
        _ => None,
    }
}
