//! What a scan found out: one assessment per function.

use crate::advisory::AdvisorySource;
use crate::call::Call;
use crate::component::Component;
use crate::finding::SuppressedFinding;
use crate::function::Function;
use crate::permission::Permissions;
use crate::{Finding, Gap};

/// Everything about one function.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessment {
    pub function: Function,
    /// Lower-case hex SHA-256 of each entry of `function.code` that is a single file; `None` for folders.
    pub code_digests: Vec<Option<String>>,
    pub runtime_status: Option<RuntimeStatus>,
    /// Sorted by purl, then origin.
    pub components: Vec<Component>,
    pub calls: Vec<Call>,
    pub permissions: Permissions,
    /// Worst first.
    pub findings: Vec<Finding>,
    /// Findings that are not counted, with the reason of each.
    pub suppressed: Vec<SuppressedFinding>,
    pub gaps: Vec<Gap>,
    pub risk: Risk,
}

/// Where a runtime stands in its life on the day of the scan. Dates are ISO 8601.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuntimeStatus {
    /// `supported`, `deprecated`, `blocked` (no updates), `unknown`.
    pub state: &'static str,
    pub deprecation: Option<String>,
    pub block_create: Option<String>,
    pub block_update: Option<String>,
    /// Days from the scan to the deprecation; negative afterwards.
    pub days_left: Option<i64>,
}

/// The score and what it was made of.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Risk {
    /// 0–100.
    pub score: u8,
    /// `critical`, `high`, `medium`, `low`.
    pub band: &'static str,
    /// Name → value, in the order to show.
    pub inputs: Vec<(&'static str, f64)>,
    pub best_single_change: Option<String>,
}

/// The whole scan.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    pub advisories: AdvisorySource,
    /// In the order of their ids.
    pub functions: Vec<Assessment>,
    /// Gaps that belong to no single function.
    pub gaps: Vec<Gap>,
    /// Whether there was nothing to judge: no function could be read from the templates, or the packages named hold no
    /// file that could be read. The gaps say why.
    pub nothing_read: bool,
}
