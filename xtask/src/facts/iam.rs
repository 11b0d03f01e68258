//! The tables of IAM: actions, resource types, what operations need, and the policies that AWS has written.

mod policies;

use super::sources::{MANAGED_POLICIES, SAM_TRANSLATOR};
use super::table::Table;

/// The compact form of statements that several tables share.
macro_rules! statements_column {
    () => {
        "JSON list of statements: `a` actions / `n` not actions (`s3:GetObject,PutObject iam:*`: those of a prefix together), `r` resources / `x` not resources, `c` conditions, `s` sid, `e` is `D` for Deny"
    };
}

/// Sorted by path.
pub(crate) const TABLES: &[Table] = &[
    Table {
        path: "crates/providers/data/managed_policies.tsv",
        what: "The newest version of every AWS managed policy",
        columns: &[
            ("name", "`AWSLambdaBasicExecutionRole`"),
            ("path", "of its ARN between `policy/` and the name; empty or `service-role/`"),
            ("version", "`v1`"),
            ("updated", "day of that version"),
            ("statements", statements_column!()),
        ],
        sources: &[&MANAGED_POLICIES],
        overlays: &[],
        rows: policies::managed,
    },
    Table {
        path: "crates/providers/data/sam_connectors.tsv",
        what: "What an `AWS::Serverless::Connector` grants; `${Source.Arn}`, `${Destination.Arn}`, `${Destination.Name}` stand for its ends",
        columns: &[
            ("ends", "type of the source, `>`, type of the destination"),
            ("permission", "`Read` or `Write`"),
            (
                "side",
                "whose role gets the statements: `source`, `destination`; `resource` when a policy of the destination is changed and no role",
            ),
            ("statements", statements_column!()),
        ],
        sources: &[&SAM_TRANSLATOR],
        overlays: &[],
        rows: policies::connectors,
    },
    Table {
        path: "crates/providers/data/sam_policy_templates.tsv",
        what: "The SAM policy templates; their parameters stand as `${Name}` in resources and conditions",
        columns: &[
            ("name", "`S3ReadPolicy`"),
            ("parameters", "comma separated, sorted"),
            ("statements", statements_column!()),
        ],
        sources: &[&SAM_TRANSLATOR],
        overlays: &[],
        rows: policies::sam_templates,
    },
];
