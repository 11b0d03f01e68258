//! The change to make: what a function should be granted, as the project writes such things.

use crate::permission::{Policy, Statement};
use crate::{Location, SymbolicText};

/// Where the policies of an identity are written, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyHome {
    pub form: PolicyForm,
    pub syntax: Syntax,
    /// Relative to the target.
    pub file: String,
    /// Logical id of the function or role, key of the function; empty where there is none.
    pub owner: String,
    /// What an identity is granted there without being asked: it need not be written.
    pub implied: Vec<Policy>,
    /// Ids of the identity's policies that are written elsewhere: attached by themselves, or by a connector.
    pub elsewhere: Vec<String>,
    /// The permissions boundary to carry along where the role is new.
    pub boundary: Option<SymbolicText>,
    /// What is to be done beside writing the policies; whole sentences.
    pub steps: Vec<String>,
    pub location: Location,
    /// In another language than the project's, because somebody asked for it: everything is written out, and nothing that
    /// stands there today is compared.
    pub is_translation: bool,
}

impl PolicyHome {
    /// The place in `dialect` that `owner` (a function's logical id or key) would have.
    pub fn translated(dialect: Dialect, owner: &str, location: Location) -> Self {
        let letters: String = owner.chars().filter(char::is_ascii_alphanumeric).collect();
        let (form, syntax, owner) = match dialect {
            Dialect::CloudFormation => (PolicyForm::NewRole, Syntax::Yaml, format!("{letters}Role")),
            Dialect::Json => (PolicyForm::Document, Syntax::Json, owner.to_owned()),
            Dialect::Sam => (PolicyForm::SamFunction, Syntax::Yaml, letters),
            Dialect::Serverless => (PolicyForm::ServerlessFunction, Syntax::Yaml, owner.to_owned()),
            Dialect::Terraform => (PolicyForm::TerraformDocument, Syntax::Hcl, owner.to_owned()),
        };
        Self {
            form,
            syntax,
            file: String::new(),
            owner,
            implied: Vec::new(),
            elsewhere: Vec::new(),
            boundary: None,
            steps: Vec::new(),
            location,
            is_translation: true,
        }
    }
}

/// A language that policies are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    CloudFormation,
    Json,
    Sam,
    Serverless,
    Terraform,
}

impl Dialect {
    pub const ALL: [Self; 5] = [Self::CloudFormation, Self::Json, Self::Sam, Self::Serverless, Self::Terraform];

    pub fn name(self) -> &'static str {
        match self {
            Self::CloudFormation => "cloudformation",
            Self::Json => "json",
            Self::Sam => "sam",
            Self::Serverless => "serverless",
            Self::Terraform => "terraform",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dialect| dialect.name() == name)
    }
}

/// The place in a file that policies are written at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicyForm {
    /// `Policies` of an `AWS::Serverless::Function`.
    SamFunction,
    /// `ManagedPolicyArns` and `Policies` of an `AWS::IAM::Role`.
    Role,
    /// An `AWS::IAM::Role` that is still to be written.
    NewRole,
    /// `provider.iam.role`, since v2 of the Serverless Framework.
    ServerlessProvider,
    /// `provider.iamRoleStatements`, until v3.
    ServerlessProviderStatements,
    /// `functions.KEY.iam.role`, since v4.
    ServerlessFunction,
    /// `functions.KEY.iamRoleStatements` of the plugin.
    ServerlessFunctionStatements,
    /// `aws_iam_policy_document` of Terraform.
    TerraformDocument,
    /// A policy document by itself.
    Document,
}

impl PolicyForm {
    /// The language the form belongs to.
    pub fn dialect(self) -> Dialect {
        match self {
            Self::SamFunction => Dialect::Sam,
            Self::Role | Self::NewRole => Dialect::CloudFormation,
            Self::ServerlessProvider
            | Self::ServerlessProviderStatements
            | Self::ServerlessFunction
            | Self::ServerlessFunctionStatements => Dialect::Serverless,
            Self::TerraformDocument => Dialect::Terraform,
            Self::Document => Dialect::Json,
        }
    }
}

/// How a language is spelled in one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Syntax {
    Yaml,
    Json,
    /// Terraform's own.
    Hcl,
}

impl Syntax {
    pub fn name(self) -> &'static str {
        match self {
            Self::Yaml => "yaml",
            Self::Json => "json",
            Self::Hcl => "hcl",
        }
    }

    /// What a file of this name is spelled in: JSON where its ending says so (programs take it as well), YAML otherwise.
    pub fn of_file(name: &str) -> Self {
        match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
            "json" | "js" | "cjs" | "mjs" | "ts" => Self::Json,
            _ => Self::Yaml,
        }
    }
}

/// What to write in place of the policies of one identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    pub home: PolicyHome,
    /// What is to be written.
    pub policies: Vec<ProposedPolicy>,
    /// What is written there today; empty where the place is new.
    pub current: Vec<ProposedPolicy>,
    /// What is to be done beside it; whole sentences.
    pub steps: Vec<String>,
}

/// One entry of a list of policies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProposedPolicy {
    /// By ARN or reference.
    Managed(SymbolicText),
    /// One of SAM's policy templates with its parameters, sorted by name.
    Template {
        name: String,
        parameters: Vec<(String, SymbolicText)>,
    },
    Inline {
        name: String,
        statements: Vec<Statement>,
    },
}
