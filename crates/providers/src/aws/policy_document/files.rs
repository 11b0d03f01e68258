//! Files that hold policy documents in some wrapping.
//!
//! Source: the answers of `aws iam get-policy-version` and `get-role-policy`; Terraform's JSON configuration syntax and the
//! format of `terraform show -json`; `aws_iam_policy_document` of its AWS provider.
//! Supported: documents and lists of statements in JSON and YAML, those answers, `.tf.json` with `aws_iam_policy_document`
//! and policies of roles, users and groups, plans and states of Terraform with the same.
//! Unsupported (→ gap): policies that are known only when Terraform has run, `source_policy_documents` and their like.

use deploy::formats::cloudformation::{Partial, PartialValue};
use deploy::{Error, parse_json, parse_yaml};
use model::permission::{Effect, Statement};
use model::{Gap, Hidden, Parsed, Part, SymbolicText};

use super::from_partial;

/// Resource types of Terraform whose `policy` says what an identity may do.
const POLICY_RESOURCES: [&str; 4] =
    ["aws_iam_group_policy", "aws_iam_policy", "aws_iam_role_policy", "aws_iam_user_policy"];
/// Attributes of `aws_iam_policy_document` that draw in other documents.
const DRAWN_IN: [&str; 4] = ["override_json", "override_policy_documents", "source_json", "source_policy_documents"];

/// The statements of every policy in a file, whatever stands around them.
///
/// # Errors
/// When the text is neither JSON nor YAML: with line and column.
pub fn from_text(text: &str, file: &str) -> Result<Parsed<Vec<Statement>>, Error> {
    let mut gaps = Vec::new();
    let is_json = text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[', '"']);
    let tree = if is_json || file.ends_with(".json") { parse_json(text, file)? } else { parse_yaml(text, file)? };
    let root = Partial::plain(&tree.take_gaps(&mut gaps));
    let mut files = Files { file, statements: Vec::new(), gaps };
    files.root(&root);
    Ok(Parsed { value: files.statements, gaps: files.gaps })
}

struct Files<'a> {
    file: &'a str,
    statements: Vec<Statement>,
    gaps: Vec<Gap>,
}

impl Files<'_> {
    fn root(&mut self, root: &Partial) {
        if root.get("Statement").is_some() {
            return self.document(root);
        }
        let answer = root.get("PolicyDocument").or_else(|| root.at(&["PolicyVersion", "Document"]));
        if let Some(document) = answer {
            return self.document(document);
        }
        let is_configuration = root.at(&["data", "aws_iam_policy_document"]).is_some()
            || POLICY_RESOURCES.iter().any(|kind| root.at(&["resource", kind]).is_some());
        let modules = ["planned_values", "values"].map(|key| root.at(&[key, "root_module"]));
        match modules.into_iter().flatten().next() {
            _ if is_configuration => self.configuration(root),
            Some(module) => self.module(module),
            None => self.document(root),
        }
    }

    fn document(&mut self, document: &Partial) {
        let statements = from_partial(document, self.file).take_gaps(&mut self.gaps);
        self.statements.extend(statements);
    }

    /// Terraform's configuration in JSON.
    fn configuration(&mut self, root: &Partial) {
        for block in blocks(root.at(&["data", "aws_iam_policy_document"])) {
            self.data(block);
        }
        for kind in POLICY_RESOURCES {
            for block in blocks(root.at(&["resource", kind])) {
                self.policy(block);
            }
        }
    }

    /// A module of a plan or state, and those below it.
    fn module(&mut self, module: &Partial) {
        for resource in module.get("resources").into_iter().flat_map(Partial::items_or_self) {
            let kind = resource.get("type").and_then(Partial::literal).unwrap_or_default();
            let Some(values) = resource.get("values") else { continue };
            match kind.as_str() {
                // What it makes stands in the policies that use it.
                "aws_iam_policy_document" => {}
                kind if POLICY_RESOURCES.contains(&kind) => self.policy(values),
                _ => {}
            }
        }
        for below in module.get("child_modules").into_iter().flat_map(Partial::items_or_self) {
            self.module(below);
        }
    }

    /// `policy` of a resource: JSON in a text, or a reference to a document that is read by itself.
    fn policy(&mut self, resource: &Partial) {
        let written = resource.get("policy").filter(|policy| !matches!(policy.value, PartialValue::Null));
        let Some(policy) = written else {
            return self.gap(resource, "the policy is known only when Terraform has run; what it grants is not seen");
        };
        let literal = policy.literal().unwrap_or_default();
        let is_document_of_file = literal.starts_with("${data.aws_iam_policy_document.");
        match literal.as_str() {
            _ if is_document_of_file => {}
            text if text.starts_with("${") => {
                self.gap(policy, "the policy is an expression; what it grants is not seen: give the plan instead");
            }
            _ => self.document(policy),
        }
    }

    /// One `aws_iam_policy_document`.
    fn data(&mut self, data: &Partial) {
        for attribute in DRAWN_IN {
            if let Some(drawn_in) = data.get(attribute) {
                self.gap(drawn_in, format!("`{attribute}` draws in other policies; what they grant is not seen"));
            }
        }
        for block in data.get("statement").into_iter().flat_map(Partial::items_or_self) {
            let statement = self.block(block);
            self.statements.extend(statement);
        }
    }

    fn block(&mut self, block: &Partial) -> Option<Statement> {
        let effect = match block.get("effect").and_then(Partial::literal).as_deref() {
            None | Some("Allow") => Effect::Allow,
            Some("Deny") => Effect::Deny,
            Some(other) => {
                self.gap(block, format!("effect `{other}` is neither `Allow` nor `Deny`"));
                return None;
            }
        };
        let list = |name: &str| texts(block.get(name));
        let origin = block.location(self.file);
        let mut statement = Statement::new(effect, list("actions"), list("resources"), origin);
        statement.sid = block.get("sid").and_then(Partial::literal);
        statement.not_actions = list("not_actions");
        statement.not_resources = list("not_resources");
        for condition in block.get("condition").into_iter().flat_map(Partial::items_or_self) {
            let name = |key: &str| condition.get(key).and_then(Partial::literal);
            match (name("test"), name("variable")) {
                (Some(test), Some(variable)) => {
                    let keys = statement.conditions.entry(test).or_default();
                    keys.entry(variable).or_default().extend(texts(condition.get("values")));
                }
                _ => {
                    self.gap(condition, "the condition lacks `test` or `variable`; the statement is listed without it")
                }
            }
        }
        let has_actions = !statement.actions.is_empty() || !statement.not_actions.is_empty();
        if !has_actions {
            self.gap(block, "the statement has neither `actions` nor `not_actions`; it grants nothing");
        }
        has_actions.then_some(statement)
    }

    fn gap(&mut self, place: &Partial, why: impl Into<String>) {
        self.gaps.push(Gap::new(place.location(self.file), why, &[Hidden::Permissions]));
    }
}

/// The blocks of one type: `{name: {…}}`, where a block may be a list of one.
fn blocks(named: Option<&Partial>) -> impl Iterator<Item = &Partial> {
    let named = named.into_iter().flat_map(Partial::items_or_self);
    named.flat_map(Partial::entries).flat_map(|entry| entry.value.items_or_self())
}

/// `${aws_sqs_queue.jobs.arn}` is a reference, `&{aws:username}` and `$${aws:username}` are IAM's variable.
fn texts(listed: Option<&Partial>) -> Vec<SymbolicText> {
    let literals = listed.into_iter().flat_map(Partial::items_or_self).filter_map(Partial::literal);
    literals.map(|text| interpolated(&text)).collect()
}

fn interpolated(text: &str) -> SymbolicText {
    let mut read = SymbolicText::default();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, tail)) = after.split_once('}') else { break };
        match before.strip_suffix('$') {
            Some(before) => read.push(Part::Literal(format!("{before}${{{name}}}"))),
            None => {
                read.push(Part::Literal(before.replace("&{", "${")));
                read.push(Part::Reference(name.trim().to_owned()));
            }
        }
        rest = tail;
    }
    read.push(Part::Literal(rest.replace("&{", "${")));
    read
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, file: &str) -> (Vec<String>, Vec<String>) {
        let parsed = from_text(text, file).unwrap();
        let show = |statement: &Statement| {
            let list = |texts: &[SymbolicText]| texts.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
            format!("{} {} on {}", statement.effect.name(), list(&statement.actions), list(&statement.resources))
        };
        let whys = parsed.gaps.iter().map(|gap| format!("{}: {}", gap.location, gap.why));
        (parsed.value.iter().map(show).collect(), whys.collect())
    }

    fn check(text: &str, file: &str, statements: &[&str]) {
        let (read, gaps) = shown(text, file);
        assert_eq!((read, gaps), (statements.iter().map(|&one| one.to_owned()).collect(), Vec::new()), "{text}");
    }

    #[test]
    fn reads_documents_in_every_wrapping() {
        let statement = r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#;
        for text in [
            format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#),
            format!("[{statement}]"),
            statement.to_owned(),
            format!(r#"{{"RoleName": "r", "PolicyDocument": {{"Statement": {statement}}}}}"#),
            format!(r#"{{"PolicyVersion": {{"Document": {{"Statement": {statement}}}}}}}"#),
        ] {
            check(&text, "policy.json", &["Allow s3:GetObject on *"]);
        }
        let yaml =
            "Version: '2012-10-17'\nStatement:\n  - Effect: Allow\n    Action: [s3:GetObject]\n    Resource: '*'\n";
        check(yaml, "policy.yaml", &["Allow s3:GetObject on *"]);
        check("- Effect: Deny\n  Action: s3:*\n  Resource: '*'\n", "list.yml", &["Deny s3:* on *"]);
    }

    #[test]
    fn reads_the_json_of_terraform() {
        let configuration = r#"{"data": {"aws_iam_policy_document": {"jobs": {"statement": [
            {"actions": ["sqs:SendMessage"], "resources": ["${aws_sqs_queue.jobs.arn}", "arn:aws:s3:::b/&{aws:username}"]},
            {"effect": "Deny", "actions": ["s3:*"], "resources": ["*"],
             "condition": {"test": "Bool", "variable": "aws:SecureTransport", "values": ["false"]}}]}}},
          "resource": {"aws_iam_policy": {"a": {"policy": "${data.aws_iam_policy_document.jobs.json}"}},
            "aws_iam_role_policy": {"b": [{"policy": "{\"Statement\": {\"Effect\": \"Allow\", \"Action\": \"sns:Publish\", \"Resource\": \"*\"}}"}]}}}"#;
        let jobs = "Allow sqs:SendMessage on ${aws_sqs_queue.jobs.arn},arn:aws:s3:::b/${aws:username}";
        check(configuration, "main.tf.json", &[jobs, "Deny s3:* on *", "Allow sns:Publish on *"]);
        let plan = r#"{"format_version": "1.2", "planned_values": {"root_module": {"resources": [], "child_modules": [{"resources": [
            {"type": "aws_iam_role_policy", "values": {"policy": "{\"Statement\": {\"Effect\": \"Allow\", \"Action\": \"sns:Publish\", \"Resource\": \"*\"}}"}}]}]}}}"#;
        check(plan, "plan.json", &["Allow sns:Publish on *"]);
    }

    #[test]
    fn says_what_is_known_only_when_terraform_has_run() {
        let plan = r#"{"planned_values": {"root_module": {"resources": [{"type": "aws_iam_policy", "values": {"name": "x"}}]}}}"#;
        let (read, gaps) = shown(plan, "plan.json");
        assert!(
            read.is_empty() && gaps.len() == 1 && gaps[0].contains("known only when Terraform has run"),
            "{gaps:?}"
        );
        let drawn_in = r#"{"data": {"aws_iam_policy_document": {"a": {"source_policy_documents": ["${x}"]}}}}"#;
        assert!(shown(drawn_in, "main.tf.json").1[0].contains("draws in other policies"));
    }

    #[test]
    fn names_the_place_of_what_cannot_be_read() {
        let error = from_text("{\"Statement\": [\n  oops\n]}", "policy.json").unwrap_err();
        assert!(error.to_string().contains("policy.json:2"), "{error}");
        assert!(from_text("a: [", "policy.yaml").is_err());
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
        #[test]
        fn reads_any_text_without_panic(text in ".{0,200}", cut in 0_usize..400) {
            let _ = from_text(&text, "policy.json");
            let _ = from_text(&text, "policy.yaml");
            let real = r#"{"data": {"aws_iam_policy_document": {"jobs": {"statement": [{"actions": ["${a"], "condition": {}}]}}}}"#;
            let _ = from_text(real.get(..cut.min(real.len())).unwrap_or_default(), "main.tf.json");
        }
    }
}
