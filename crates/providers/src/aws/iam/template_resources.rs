//! The resources of the template around a function, as far as policies and calls name them.

use std::collections::BTreeMap;

use deploy::formats::cloudformation::{Resource, Stack};
use model::{Part, SymbolicText};

use super::resource_kinds::{Reference, ResourceKind, resource_kind};

/// Resources by logical id, those of kinds that policies name.
#[derive(Debug, Clone, Default)]
pub struct TemplateResources {
    resources: BTreeMap<String, TemplateResource>,
}

#[derive(Debug, Clone)]
pub(crate) struct TemplateResource {
    pub(crate) kind: &'static ResourceKind,
    /// The name that the template gives it; `None` for a generated one.
    pub(crate) name: Option<SymbolicText>,
    /// The customer's key that its data is encrypted with.
    pub(crate) encryption_key: Option<SymbolicText>,
}

/// Where the customer's key stands: kind, path of properties. Sorted by kind.
const KEY_PROPERTIES: &[(&str, &[&str])] = &[
    ("AWS::DynamoDB::Table", &["SSESpecification", "KMSMasterKeyId"]),
    ("AWS::Kinesis::Stream", &["StreamEncryption", "KeyId"]),
    ("AWS::SNS::Topic", &["KmsMasterKeyId"]),
    ("AWS::SQS::Queue", &["KmsMasterKeyId"]),
    ("AWS::SSM::Parameter", &["KeyId"]),
    ("AWS::SecretsManager::Secret", &["KmsKeyId"]),
];

impl TemplateResources {
    /// The resources of an evaluated template.
    pub fn of_stack(stack: &Stack) -> Self {
        let read = |resource: &Resource| {
            let kind = resource_kind(&resource.kind)?;
            let name = resource.property(kind.name_property).and_then(|name| name.texts().next());
            let encryption_key = encryption_key(resource).filter(|key| !is_aws_owned(key));
            Some((resource.logical_id.clone(), TemplateResource { kind, name, encryption_key }))
        };
        Self { resources: stack.resources.iter().filter_map(read).collect() }
    }

    /// Adds a resource, for tests and for templates of other dialects.
    #[must_use]
    pub fn with(mut self, logical_id: &str, kind: &str, name: Option<SymbolicText>) -> Self {
        if let Some(kind) = resource_kind(kind) {
            self.resources.insert(logical_id.to_owned(), TemplateResource { kind, name, encryption_key: None });
        }
        self
    }

    /// The name that the template gives the resource of this logical id and kind: `Some(None)` for a generated one, `None`
    /// where there is no such resource.
    pub(crate) fn name_of(&self, logical_id: &str, kind: &str) -> Option<Option<&SymbolicText>> {
        let resource = self.resources.get(logical_id).filter(|resource| resource.kind.kind == kind)?;
        Some(resource.name.as_ref())
    }

    /// The key of the resource that an ARN of a need is of.
    pub(crate) fn encryption_key_of(&self, arn: &SymbolicText) -> Option<SymbolicText> {
        let Some(Part::Reference(name)) = arn.parts().first() else { return None };
        self.meaning(name)?.resource.encryption_key.clone()
    }

    /// What a reference (`Orders`, `Orders.Arn`) stands for.
    pub(crate) fn meaning(&self, reference: &str) -> Option<Meaning<'_>> {
        let (logical_id, attribute) = match reference.split_once('.') {
            Some((logical_id, attribute)) => (logical_id, Some(attribute)),
            None => (reference, None),
        };
        let (logical_id, resource) = self.resources.get_key_value(logical_id)?;
        let kind = resource.kind;
        let stands_for = match attribute {
            None => match kind.reference {
                Reference::Arn => StandsFor::Arn,
                Reference::Name => StandsFor::Name,
                Reference::Url => StandsFor::Url,
                Reference::Other => StandsFor::Other,
            },
            Some(attribute) if kind.arn_attributes.contains(&attribute) => StandsFor::Arn,
            Some("QueueUrl") => StandsFor::Url,
            Some(attribute) if kind.name_attributes.contains(&attribute) => StandsFor::Name,
            Some("StreamArn") => StandsFor::Below("/stream/"),
            // SAM's alias and version of a function; a log group's ARN covers its streams.
            Some("Alias" | "Version") => StandsFor::Below(":"),
            Some("Arn") => StandsFor::Below(":"),
            Some(_) => StandsFor::Other,
        };
        Some(Meaning { logical_id, resource, stands_for })
    }
}

/// What a reference stands for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Meaning<'a> {
    pub(crate) logical_id: &'a str,
    pub(crate) resource: &'a TemplateResource,
    pub(crate) stands_for: StandsFor,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StandsFor {
    Arn,
    Name,
    Url,
    /// The ARN of something below the resource, after this separator.
    Below(&'static str),
    Other,
}

impl Meaning<'_> {
    /// The shortest text that is the resource's ARN in a template: `${Orders.Arn}`, `${Topic}`; where the kind has no such
    /// attribute, the ARN spelled out.
    pub(crate) fn arn(&self) -> SymbolicText {
        let kind = self.resource.kind;
        match kind.arn_attributes.first() {
            _ if kind.reference == Reference::Arn => SymbolicText::reference(self.logical_id),
            Some(attribute) => SymbolicText::reference(format!("{}.{attribute}", self.logical_id)),
            None => SymbolicText::parse_sub(&kind.arn.replace("{}", &format!("${{{}}}", self.logical_id))),
        }
    }
}

fn encryption_key(resource: &Resource) -> Option<SymbolicText> {
    let index = KEY_PROPERTIES.binary_search_by_key(&resource.kind.as_str(), |(kind, _)| kind).ok()?;
    let (_, path) = KEY_PROPERTIES.get(index)?;
    resource.properties()?.at(path)?.texts().next()
}

/// `alias/aws/sqs`: its policy lets everyone of the account use it through the service.
fn is_aws_owned(key: &SymbolicText) -> bool {
    match key.parts().last() {
        Some(Part::Literal(text)) => text.starts_with("alias/aws/") || text.contains(":alias/aws/"),
        _ => false,
    }
}
