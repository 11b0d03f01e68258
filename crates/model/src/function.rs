//! One deployable unit and everything its template says about it.

use crate::permission::Policy;
use crate::proposal::PolicyHome;
use crate::trust::TrustStatement;
use crate::{Location, SymbolicText};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cloud {
    Aws,
    Azure,
    Gcp,
}

impl Cloud {
    pub fn name(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::Azure => "azure",
            Self::Gcp => "gcp",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FunctionKind {
    Function,
    Container,
}

impl FunctionKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Function => "function",
            Self::Container => "container",
        }
    }
}

/// A function as its template (or the user, for a bare package) describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// `<file>#<logical id | serverless key>`; unique in a scan.
    pub id: String,
    pub name: String,
    pub cloud: Cloud,
    pub kind: FunctionKind,
    /// The platform's runtime id, e.g. `python3.12`.
    pub runtime: Option<String>,
    pub handler: Option<String>,
    /// The function's own code first, then its layers in the order the platform merges them.
    pub code: Vec<CodeSource>,
    pub triggers: Vec<Trigger>,
    /// Sorted by name.
    pub environment: Vec<EnvironmentVariable>,
    pub identity: Identity,
    /// What deployment wiring itself needs: event-source pollers, dead-letter queues, tracing, VPC, logs.
    pub wiring: Vec<Wiring>,
    /// Where the function is declared.
    pub location: Location,
}

/// Files that become part of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeSource {
    /// Path relative to the target (`src/orders`, `build/orders.zip`), `/`-separated, `.` for the target itself; for
    /// inline code the template's path.
    pub path: String,
    pub content: CodeContent,
    /// Name of the layer this is the content of; `None` for the function's own code.
    pub layer: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeContent {
    /// A folder or archive on disk, with the packaging rules that apply to it.
    Path { include: Vec<PackagePattern> },
    /// Source text in the template, under the file name the platform gives it (`index.py`); `first_line` is the
    /// 1-based line of the template it starts on.
    Inline { file_name: String, text: String, first_line: u32 },
    /// Not on this machine (an S3 object, a published layer, an image): the reason says what it is.
    Elsewhere { why: String },
}

/// One gitignore-like packaging pattern, in order; the last that matches a path decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackagePattern {
    pub glob: String,
    pub includes: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentVariable {
    pub name: String,
    pub value: SymbolicText,
    pub location: Location,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Exposure {
    Internal,
    Authenticated,
    Public,
}

impl Exposure {
    pub fn name(self) -> &'static str {
        match self {
            Self::Internal => "internal",
            Self::Authenticated => "authenticated",
            Self::Public => "public",
        }
    }
}

/// What may start the function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trigger {
    /// `http`, `queue`, `stream`, `storage`, `schedule`, `topic`, `event-bus`, `log`, `other`.
    pub kind: &'static str,
    pub exposure: Exposure,
    /// What stands behind it: `GET /orders`, `${Queue.Arn}`, …
    pub source: String,
    pub location: Location,
}

/// Who the function is when it calls the cloud.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// Role ARN, reference (`${Role.Arn}`) or a description such as `role generated for OrdersFunction`.
    pub name: Option<SymbolicText>,
    /// Every policy attached, unreadable ones too.
    pub policies: Vec<Policy>,
    /// Who may take the role on, as far as it is known; empty for what is no role.
    pub trust: Vec<TrustStatement>,
    /// Ids of other functions of the target that share this identity; sorted.
    pub shared_with: Vec<String>,
    /// Where this function's policies are to be written; `None` when that is not known.
    pub home: Option<PolicyHome>,
}

/// One thing the platform does with the function's role on behalf of the wiring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wiring {
    pub kind: WiringKind,
    /// ARN of the thing wired, when there is one.
    pub resource: Option<SymbolicText>,
    pub location: Location,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WiringKind {
    Logs,
    Tracing,
    Vpc,
    PollQueue,
    PollKinesis,
    PollDynamoDbStream,
    PollKafka,
    PollMq,
    PollDocumentDb,
    /// A secret with which an event source is polled.
    SourceSecret,
    /// The key of such a secret.
    SourceKey,
    DeadLetterQueue,
    DeadLetterTopic,
    DestinationQueue,
    DestinationTopic,
    DestinationFunction,
    DestinationEventBus,
    /// A bucket that failed events are written to.
    DestinationBucket,
    /// The objects of that bucket.
    DestinationObjects,
    FileSystem,
    /// Steps of a durable function are saved.
    Durable,
}
