//! Uses of cloud SDK operations found in code.

use crate::{Location, SymbolicText};

/// One use of an SDK operation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Call {
    pub location: Location,
    /// `python`, `javascript`, `typescript`.
    pub language: &'static str,
    /// botocore's service name, whatever the SDK: `dynamodb`, `s3`, `logs`.
    pub service: String,
    /// The API's operation name: `GetItem`.
    pub operation: String,
    /// Arguments by API parameter name, sorted; only those whose name is known.
    pub arguments: Vec<Argument>,
    /// Whether `arguments` is all there is; `false` after `**kwargs` or a spread of something unknown.
    pub arguments_complete: bool,
    pub binding: Binding,
    pub via: Via,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Argument {
    /// API parameter name; nested ones joined by `.` (`RequestItems.<key>` lists keys as values of `RequestItems`).
    pub name: String,
    /// Every value it may have, sorted; one unknown when nothing is known.
    pub values: Vec<SymbolicText>,
}

/// How sure we are that the receiver is this service's client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Binding {
    Certain,
    Likely,
}

impl Binding {
    pub fn name(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Via {
    Sdk,
    Paginator,
    Waiter,
    Resource,
    Transfer,
    Presign,
    Library,
    Cli,
}

impl Via {
    pub fn name(self) -> &'static str {
        match self {
            Self::Sdk => "sdk",
            Self::Paginator => "paginator",
            Self::Waiter => "waiter",
            Self::Resource => "resource",
            Self::Transfer => "transfer",
            Self::Presign => "presign",
            Self::Library => "library",
            Self::Cli => "cli",
        }
    }
}

/// What the code of one function does, as far as it was understood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CodeFacts {
    /// Sorted, without duplicates.
    pub calls: Vec<Call>,
    /// Sites that may be calls and could not be decided: the ledger. Each is also a gap in the report.
    pub unresolved: Vec<Unresolved>,
    /// Packages imported from modules that the handler reaches: `(ecosystem, top-level import name)`, sorted.
    pub imported: Vec<(&'static str, String)>,
    /// Files the handler reaches, as artifact paths, sorted.
    pub reached_files: Vec<String>,
    /// Whether any module reached imports a cloud SDK.
    pub uses_sdk: bool,
}

/// A site of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unresolved {
    pub location: Location,
    /// One sentence: what could not be decided and why.
    pub why: String,
    /// Services it may concern; empty means any.
    pub services: Vec<String>,
}
