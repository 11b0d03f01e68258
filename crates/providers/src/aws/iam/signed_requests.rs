//! Actions that are asked for without an SDK's operation: by HTTP requests that code signs itself, by drivers of databases and
//! brokers. No call of an operation shows their use, so that the lack of one proves nothing.
//!
//! **Source**: the developer guides of the services (signing of requests, IAM authentication), as of 2026.

use model::call::CodeFacts;

use super::action_set::ActionSet;

struct Protocol {
    actions: &'static [&'static str],
    what: &'static str,
    /// Parts of names of the packages that speak it; none where any HTTP client does.
    packages: &'static [&'static str],
}

const PROTOCOLS: &[Protocol] = &[
    Protocol {
        actions: &[
            "aoss:APIAccessAll",
            "appsync:GraphQL",
            "aps:GetLabels",
            "aps:GetMetricMetadata",
            "aps:GetSeries",
            "aps:QueryMetrics",
            "aps:RemoteWrite",
            "es:ESHttp*",
            "execute-api:Invoke",
            "lambda:InvokeFunctionUrl",
            "managedblockchain:GET",
            "managedblockchain:Invoke",
            "managedblockchain:POST",
            "neptune-db:connect",
            "neptune-db:*ViaQuery",
            "vpc-lattice-svcs:Invoke",
        ],
        what: "signed HTTP requests",
        packages: &[],
    },
    Protocol { actions: &["cassandra:*"], what: "a driver of Cassandra", packages: &["cassandra"] },
    Protocol { actions: &["dax:*"], what: "a client of DAX", packages: &["dax"] },
    Protocol {
        actions: &["elasticache:Connect", "memorydb:Connect"],
        what: "a client of Redis",
        packages: &["redis", "valkey", "glide"],
    },
    Protocol {
        actions: &["iot:Connect", "iot:Receive", "iot:Subscribe"],
        what: "a client of MQTT",
        packages: &["awsiot", "iot-device", "mqtt"],
    },
    Protocol { actions: &["kafka-cluster:*"], what: "a client of Kafka", packages: &["kafka", "msk"] },
    Protocol {
        actions: &["rds-db:connect"],
        what: "a client of a database",
        packages: &["mysql", "pg", "postgres", "psycopg", "rds", "sql"],
    },
];

/// How the actions may be used although no call of them was found.
pub(super) fn doubt(actions: &ActionSet, code: &CodeFacts) -> Option<String> {
    let may_speak = |protocol: &&Protocol| match protocol.packages {
        [] => code.uses_sdk || !code.imported.is_empty(),
        parts => code.imported.iter().any(|(_, name)| {
            let name = name.to_ascii_lowercase();
            !name.starts_with("@aws-sdk/") && parts.iter().any(|part| name.contains(part))
        }),
    };
    PROTOCOLS.iter().filter(may_speak).find_map(|protocol| {
        let action = protocol.actions.iter().find(|action| ActionSet::of_pattern(action).meets(actions))?;
        Some(format!("`{action}` is asked for by {}, which are not looked for", protocol.what))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_is_known() {
        for action in PROTOCOLS.iter().flat_map(|protocol| protocol.actions) {
            assert!(!ActionSet::of_pattern(action).is_empty(), "`{action}` is no action");
        }
    }

    #[test]
    fn signed_requests_need_code_that_may_sign() {
        let code = |names: &[&str]| CodeFacts {
            imported: names.iter().map(|name| ("npm", (*name).to_owned())).collect(),
            ..CodeFacts::default()
        };
        for (action, imported, expected) in [
            ("es:ESHttpPost", &["aws4"][..], true),
            ("es:*", &["axios"], true),
            ("es:ESHttpPost", &[], false),
            ("es:CreateDomain", &["axios"], false),
            ("dax:*", &["axios"], false),
            ("dax:*", &["amazon-dax-client"], true),
            ("iot:Connect", &["@aws-sdk/client-iot-data-plane"], false),
        ] {
            let found = doubt(&ActionSet::of_pattern(action), &code(imported));
            assert_eq!(found.is_some(), expected, "{action} beside {imported:?}");
        }
    }
}
