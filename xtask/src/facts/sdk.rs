//! The tables of the SDKs: what the code analysers need to turn a method call into a service and an operation.

mod javascript;
mod operations;
mod resources;

use super::sources::{AWS_SDK_V2, BOTO3, BOTOCORE};
use super::table::Table;

/// Sorted by path.
pub(crate) const TABLES: &[Table] = &[
    Table {
        path: "crates/code/data/aws_commands.tsv",
        what: "Operations and the services that have one of that name; a JavaScript command is the operation + `Command`, a version 2 method the operation with its first letter lower",
        columns: &[("operation", "`GetItem`"), ("services", "botocore's names, comma separated, sorted")],
        sources: &[&BOTOCORE, &AWS_SDK_V2],
        overlays: &[operations::OVERLAY],
        rows: operations::commands,
    },
    Table {
        path: "crates/code/data/aws_operations.tsv",
        what: "Every operation with its top-level parameters",
        columns: &[
            ("operation", "`dynamodb.GetItem`: botocore's service name, the operation"),
            ("required", "parameters it cannot do without, comma separated, sorted"),
            ("optional", "the others, comma separated; only where several services have an operation of that name"),
        ],
        sources: &[&BOTOCORE, &AWS_SDK_V2],
        overlays: &[operations::OVERLAY],
        rows: operations::operations,
    },
    Table {
        path: "crates/code/data/aws_paginators.tsv",
        what: "Operations with a paginator: Python `get_paginator('<method>')`, JavaScript v3 `paginate<operation>`, which knows some operations more",
        columns: &[("operation", "`s3.ListObjectsV2`")],
        sources: &[&BOTOCORE],
        overlays: &[],
        rows: operations::paginators,
    },
    Table {
        path: "crates/code/data/aws_python_methods.tsv",
        what: "Python client methods with their operation; aws_commands.tsv has the services of an operation",
        columns: &[("method", "`get_item`"), ("operation", "`GetItem`")],
        sources: &[&BOTOCORE, &AWS_SDK_V2],
        overlays: &[operations::OVERLAY],
        rows: operations::python_methods,
    },
    Table {
        path: "crates/code/data/aws_services.tsv",
        what: "Every service by botocore's name",
        columns: &[
            ("service", "botocore's name, as in `boto3.client('<service>')`"),
            ("signing name", "the name in signatures"),
            ("endpoint prefix", "the name in host names"),
            ("service id", "the name all SDKs are generated from"),
            ("package", "of the JavaScript SDK v3"),
            ("client", "class of the JavaScript SDK v3; the aggregated client is the same without `Client`"),
            ("model", "`current`, or `retired` when only the JavaScript SDK v2 still describes it"),
        ],
        sources: &[&BOTOCORE, &AWS_SDK_V2],
        overlays: &[],
        rows: operations::services,
    },
    Table {
        path: "crates/code/data/aws_waiters.tsv",
        what: "Waiters and the operation each polls; JavaScript v3 `waitFor<waiter>` and `waitUntil<waiter>`, v2 `waitFor('<waiter with its first letter lower>')`",
        columns: &[
            ("waiter", "`s3.ObjectExists`: botocore's service name, the waiter"),
            ("operation", "`HeadObject`"),
            ("python name", "as in `get_waiter('<name>')`"),
        ],
        sources: &[&BOTOCORE],
        overlays: &[],
        rows: operations::waiters,
    },
    Table {
        path: "crates/code/data/boto3_resources.tsv",
        what: "boto3's resource classes and their members by Python name; a name may be both action and batch. Bindings are `target=source:detail`, comma separated; sources: identifier:<name>, input, data:<path of the loaded shape>, param:<path of the request>, response:<path>, string:<constant>",
        columns: &[
            (
                "member",
                "`s3.Bucket` for the class, `s3.Bucket.objects` for a member; the service itself is `s3.ServiceResource`",
            ),
            (
                "kind",
                "`class`, `action`, `batch` (method of a collection of this class, or of one page), `collection`, `subresource` (called with the inputs in order), `reference` (attribute), `identifier` (attribute that holds one), `waiter`, `attribute` (reading it loads the resource)",
            ),
            (
                "operation",
                "called by an action, batch action, collection (to list) or waiter; for a class, its `load` and `reload`; for an attribute, that of the load it causes",
            ),
            ("parameters", "bindings of the operation's parameters; for an identifier, its name"),
            ("class", "of the resource that comes back, without service"),
            (
                "identifiers",
                "for a class its identifiers in the order of the constructor, comma separated; else bindings of the identifiers of what comes back",
            ),
        ],
        sources: &[&BOTO3, &BOTOCORE],
        overlays: &[],
        rows: resources::rows,
    },
    Table {
        path: "crates/code/data/js_v2_classes.tsv",
        what: "Classes of the JavaScript SDK v2, `new AWS.<class>()`; methods are operations with their first letter lower",
        columns: &[("class", "`DynamoDB`"), ("service", "botocore's name")],
        sources: &[&AWS_SDK_V2, &BOTOCORE],
        overlays: &[],
        rows: javascript::classes,
    },
    Table {
        path: "crates/code/data/js_v3_packages.tsv",
        what: "Client packages of the JavaScript SDK v3",
        columns: &[
            ("package", "`@aws-sdk/client-dynamodb`"),
            ("service", "botocore's name"),
            ("client", "`DynamoDBClient`; the aggregated client is the same without `Client`"),
        ],
        sources: &[&BOTOCORE, &AWS_SDK_V2],
        overlays: &[],
        rows: javascript::packages,
    },
];
