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
    pub fn dialect(self) -> &'static str {
        match self {
            Self::SamFunction => "sam",
            Self::Role | Self::NewRole => "cloudformation",
            Self::ServerlessProvider
            | Self::ServerlessProviderStatements
            | Self::ServerlessFunction
            | Self::ServerlessFunctionStatements => "serverless",
            Self::TerraformDocument => "terraform",
            Self::Document => "json",
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
