//! The policies that AWS has written: managed ones, SAM's policy templates, and what SAM's connectors grant.

use model::permission::{Conditions, Effect, Statement};
use model::table::SortedLines;
use model::{Location, SymbolicText};
use serde_json::Value;

const MANAGED_POLICIES: &str = include_str!("../../../../data/managed_policies.tsv");
const SAM_POLICY_TEMPLATES: &str = include_str!("../../../../data/sam_policy_templates.tsv");
const SAM_CONNECTORS: &str = include_str!("../../../../data/sam_connectors.tsv");

/// An AWS managed policy at its newest version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManagedPolicy {
    pub name: &'static str,
    /// `arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole`.
    pub arn: String,
    /// `v1`.
    pub version: &'static str,
    /// Day of that version, ISO 8601.
    pub updated: &'static str,
    statements: &'static str,
}

impl ManagedPolicy {
    /// Its statements, as if they stood where the policy is attached.
    pub fn statements(&self, attached_at: &Location) -> Vec<Statement> {
        read_statements(self.statements, attached_at, &|text| SymbolicText::literal(text))
    }
}

/// The AWS managed policy of this name or ARN, whatever the ARN's partition; a name may carry its path
/// (`service-role/AWSLambdaRole`).
pub fn managed_policy(name_or_arn: &str) -> Option<ManagedPolicy> {
    let path_and_name = match name_or_arn.strip_prefix("arn:") {
        Some(arn) => arn.split_once(":iam::aws:policy/")?.1,
        None => name_or_arn,
    };
    let (path, name) = match path_and_name.rsplit_once('/') {
        Some((_, name)) => (path_and_name.strip_suffix(name), name),
        None => (None, path_and_name),
    };
    let (name, columns) =
        SortedLines::new(MANAGED_POLICIES).starting_with(name).next().filter(|(key, _)| *key == name)?;
    let mut columns = columns.split('\t');
    let known_path = columns.next()?;
    if name_or_arn.starts_with("arn:") && path.unwrap_or("") != known_path {
        return None;
    }
    Some(ManagedPolicy {
        name,
        arn: format!("arn:aws:iam::aws:policy/{known_path}{name}"),
        version: columns.next()?,
        updated: columns.next()?,
        statements: columns.next()?,
    })
}

/// A SAM policy template: statements with parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SamPolicyTemplate {
    pub name: &'static str,
    /// Names of its parameters, sorted.
    pub parameters: Vec<&'static str>,
    statements: &'static str,
}

impl SamPolicyTemplate {
    /// Its statements with `parameters` (name, value) put in. A parameter not given stays a reference, so that the
    /// caller's check of [`SamPolicyTemplate::parameters`] decides what to say of it.
    pub fn statements(&self, parameters: &[(String, SymbolicText)], written_at: &Location) -> Vec<Statement> {
        read_statements(self.statements, written_at, &|text| fill(text, parameters))
    }
}

/// The SAM policy template of this name.
pub fn sam_policy_template(name: &str) -> Option<SamPolicyTemplate> {
    let mut found = SortedLines::new(SAM_POLICY_TEMPLATES).starting_with(name);
    let (name, columns) = found.next().filter(|(key, _)| *key == name)?;
    read_template(name, columns)
}

/// Every policy template of SAM, by name.
pub fn sam_policy_templates() -> impl Iterator<Item = SamPolicyTemplate> {
    SortedLines::new(SAM_POLICY_TEMPLATES).iter().filter_map(|(name, columns)| read_template(name, columns))
}

fn read_template(name: &'static str, columns: &'static str) -> Option<SamPolicyTemplate> {
    let (parameters, statements) = columns.split_once('\t')?;
    let parameters = parameters.split(',').filter(|parameter| !parameter.is_empty()).collect();
    Some(SamPolicyTemplate { name, parameters, statements })
}

/// Whose policy a connector changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectorSide {
    /// The role of the connector's source gets the statements.
    SourceRole,
    /// The role of its destination does.
    DestinationRole,
    /// No role changes: the destination's own policy does.
    ResourcePolicy,
}

/// What one permission of a SAM connector between two resource types grants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connector {
    pub side: ConnectorSide,
    statements: &'static str,
}

impl Connector {
    /// Its statements for the given ends; empty for [`ConnectorSide::ResourcePolicy`]. `destination_name` is only used by
    /// state machines.
    pub fn statements(
        &self,
        source_arn: &SymbolicText,
        destination_arn: &SymbolicText,
        destination_name: &SymbolicText,
        written_at: &Location,
    ) -> Vec<Statement> {
        let ends = [
            ("Source.Arn".to_owned(), source_arn.clone()),
            ("Destination.Arn".to_owned(), destination_arn.clone()),
            ("Destination.Name".to_owned(), destination_name.clone()),
        ];
        read_statements(self.statements, written_at, &|text| fill(text, &ends))
    }
}

/// What a connector from `source_type` to `destination_type` (CloudFormation's; `AWS::Serverless::…` is taken as what it
/// becomes) grants by `permission` (`Read` or `Write`).
pub fn connector(source_type: &str, destination_type: &str, permission: &str) -> Option<Connector> {
    let ends = format!("{}>{}", plain_type(source_type), plain_type(destination_type));
    let row = SortedLines::new(SAM_CONNECTORS).all(&ends).find(|row| row.split('\t').next() == Some(permission))?;
    let mut columns = row.split('\t').skip(1);
    let side = match columns.next()? {
        "source" => ConnectorSide::SourceRole,
        "destination" => ConnectorSide::DestinationRole,
        _ => ConnectorSide::ResourcePolicy,
    };
    Some(Connector { side, statements: columns.next().unwrap_or("[]") })
}

/// SAM resource types and the CloudFormation types that they become. Sorted.
const SAM_TYPES: &[(&str, &str)] = &[
    ("AWS::Serverless::Api", "AWS::ApiGateway::RestApi"),
    ("AWS::Serverless::Function", "AWS::Lambda::Function"),
    ("AWS::Serverless::HttpApi", "AWS::ApiGatewayV2::Api"),
    ("AWS::Serverless::SimpleTable", "AWS::DynamoDB::Table"),
    ("AWS::Serverless::StateMachine", "AWS::StepFunctions::StateMachine"),
];

fn plain_type(resource_type: &str) -> &str {
    SAM_TYPES.iter().find(|(sam, _)| *sam == resource_type).map_or(resource_type, |(_, plain)| plain)
}

/// `text` in `Fn::Sub` syntax with the named parts filled in.
fn fill(text: &str, values: &[(String, SymbolicText)]) -> SymbolicText {
    SymbolicText::parse_sub(text).map_parts(|part| {
        let model::Part::Reference(name) = part else { return None };
        values.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    })
}

/// The statements of a table's column. Total: the tables are checked to parse by a test.
fn read_statements(column: &str, origin: &Location, text: &dyn Fn(&str) -> SymbolicText) -> Vec<Statement> {
    let parsed: Value = serde_json::from_str(column).unwrap_or_default();
    parsed.as_array().into_iter().flatten().map(|statement| read_statement(statement, origin, text)).collect()
}

fn read_statement(statement: &Value, origin: &Location, text: &dyn Fn(&str) -> SymbolicText) -> Statement {
    let field = |name: &str| statement.get(name).unwrap_or(&Value::Null);
    let texts = |name: &str| read_texts(field(name), text);
    let effect = if field("e") == "D" { Effect::Deny } else { Effect::Allow };
    let mut read = Statement::new(effect, read_actions(field("a")), texts("r"), origin.clone());
    read.sid = field("s").as_str().map(str::to_owned);
    read.not_actions = read_actions(field("n"));
    read.not_resources = texts("x");
    read.conditions = read_conditions(field("c"), text);
    read
}

fn read_texts(listed: &Value, text: &dyn Fn(&str) -> SymbolicText) -> Vec<SymbolicText> {
    listed.as_array().into_iter().flatten().filter_map(Value::as_str).map(text).collect()
}

/// `s3:A,B iam:C` → `s3:A`, `s3:B`, `iam:C`.
fn read_actions(compact: &Value) -> Vec<SymbolicText> {
    let mut actions = Vec::new();
    for group in compact.as_str().unwrap_or("").split_ascii_whitespace() {
        match group.split_once(':') {
            Some((prefix, names)) => {
                actions.extend(names.split(',').map(|name| SymbolicText::literal(format!("{prefix}:{name}"))));
            }
            None => actions.push(SymbolicText::literal(group)),
        }
    }
    actions
}

fn read_conditions(operators: &Value, text: &dyn Fn(&str) -> SymbolicText) -> Conditions {
    let mut conditions = Conditions::new();
    for (operator, keys) in operators.as_object().into_iter().flatten() {
        let keys = keys.as_object().into_iter().flatten();
        conditions
            .insert(operator.clone(), keys.map(|(key, values)| (key.clone(), read_texts(values, text))).collect());
    }
    conditions
}

#[cfg(test)]
pub(super) const TABLES: &[(&str, &str)] = &[
    ("managed_policies", MANAGED_POLICIES),
    ("sam_connectors", SAM_CONNECTORS),
    ("sam_policy_templates", SAM_POLICY_TEMPLATES),
];
