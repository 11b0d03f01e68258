//! The names of the JavaScript SDKs: version 2's classes from its own models, version 3's packages and clients by the
//! rule its generator follows (checked against the published package names).

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result};
use serde_json::Value;

use super::Facts;
use super::botocore::{Operation, Service};
use super::json::{members, read, text};
use super::sources::{AWS_SDK_V2, Sources};

/// Services that botocore 1.44 has dropped with the service's end while older functions still use them:
/// `(key in version 2's metadata, the name botocore gave it)`. Sorted.
const RETIRED: &[(&str, &str)] = &[
    ("apptest", "apptest"),
    ("elasticinference", "elastic-inference"),
    ("elastictranscoder", "elastictranscoder"),
    ("evidently", "evidently"),
    ("finspace", "finspace"),
    ("finspacedata", "finspace-data"),
    ("iot1clickdevicesservice", "iot1click-devices"),
    ("iot1clickprojects", "iot1click-projects"),
    ("iotanalytics", "iotanalytics"),
    ("iotevents", "iotevents"),
    ("ioteventsdata", "iotevents-data"),
    ("iotfleethub", "iotfleethub"),
    ("lookoutmetrics", "lookoutmetrics"),
    ("lookoutvision", "lookoutvision"),
    ("mobileanalytics", "mobileanalytics"),
    ("nimble", "nimble"),
    ("opsworks", "opsworks"),
    ("opsworkscm", "opsworkscm"),
    ("panorama", "panorama"),
    ("privatenetworks", "privatenetworks"),
    ("qldb", "qldb"),
    ("qldbsession", "qldb-session"),
    ("robomaker", "robomaker"),
    ("simspaceweaver", "simspaceweaver"),
    ("sms", "sms"),
    ("tnb", "tnb"),
    ("worklink", "worklink"),
];

/// Older names of the same interface: `(service id, botocore's service)`. EventBridge grew out of CloudWatch Events.
const RENAMED: &[(&str, &str)] = &[("CloudWatch Events", "events")];

/// Adds the services of [`RETIRED`] that `services` lacks.
pub(crate) fn add_retired_services(sources: &Sources, services: &mut BTreeMap<String, Service>) -> Result<()> {
    for class in classes(sources)? {
        let Some((_, name)) = RETIRED.iter().find(|(key, _)| *key == class.key) else { continue };
        services.entry((*name).to_owned()).or_insert_with(|| retired_service(&class.model));
    }
    Ok(())
}

fn retired_service(model: &Value) -> Service {
    let metadata = &model["metadata"];
    let endpoint_prefix = text(&metadata["endpointPrefix"]).to_owned();
    let operation = |(name, operation): (&str, &Value)| {
        let method = text(&operation["http"]["method"]);
        (name.to_owned(), Operation::from_input(name, &operation["input"], operation["authtype"] == "none", method))
    };
    Service {
        service_id: text(&metadata["serviceId"]).to_owned(),
        signing_name: metadata["signingName"].as_str().unwrap_or(&endpoint_prefix).to_owned(),
        endpoint_prefix,
        is_current: false,
        operations: members(&model["operations"]).into_iter().map(operation).collect(),
        paginated: Vec::new(),
        waiters: BTreeMap::new(),
        structures: BTreeMap::new(),
    }
}

/// A class of version 2: `AWS.<name>`.
pub(crate) struct Class {
    key: String,
    pub(crate) name: String,
    model: Value,
}

impl Class {
    /// botocore's name of the service that the class is a client of.
    pub(crate) fn service(&self, facts: &Facts) -> Result<String> {
        let service_id = text(&self.model["metadata"]["serviceId"]);
        if let Some((_, service)) = RENAMED.iter().find(|(id, _)| *id == service_id) {
            return Ok((*service).to_owned());
        }
        let found = facts.botocore.with_service_id(service_id);
        found.map(|(name, _)| name.to_owned()).with_context(|| format!("no service has the id `{service_id}`"))
    }
}

/// Every class of version 2 that has a model, by key.
pub(crate) fn classes(sources: &Sources) -> Result<Vec<Class>> {
    let apis = sources.folder(&AWS_SDK_V2).join("apis");
    let metadata = read(&apis.join("metadata.json"))?;
    let mut files = Vec::new();
    for entry in fs::read_dir(&apis)? {
        files.push(entry?.file_name().to_string_lossy().into_owned());
    }
    files.sort_unstable();
    let mut classes = Vec::new();
    for (key, class) in members(&metadata) {
        let prefix = class["prefix"].as_str().unwrap_or(key);
        let Some(file) = files.iter().rfind(|file| is_model_of(file, prefix)) else { continue };
        classes.push(Class {
            key: key.to_owned(),
            name: text(&class["name"]).to_owned(),
            model: read(&apis.join(file))?,
        });
    }
    Ok(classes)
}

/// `<prefix>-<date>.min.json`.
fn is_model_of(file: &str, prefix: &str) -> bool {
    let version = file.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('-')?.strip_suffix(".min.json"));
    version.is_some_and(|version| version.len() == 10 && version.starts_with(|first: char| first.is_ascii_digit()))
}

/// `API Gateway` → `@aws-sdk/client-api-gateway`.
pub(crate) fn package(service_id: &str) -> String {
    let words: Vec<String> = words(service_id).map(str::to_lowercase).collect();
    format!("@aws-sdk/client-{}", words.join("-"))
}

/// `codestar notifications` → `CodestarNotificationsClient`.
pub(crate) fn client(service_id: &str) -> String {
    let mut client: String = words(service_id).map(capitalised).collect();
    client.push_str("Client");
    client
}

fn words(service_id: &str) -> impl Iterator<Item = &str> {
    service_id.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty())
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_packages_and_clients_as_their_generator_does() {
        for (service_id, expected_package, expected_client) in [
            ("S3", "@aws-sdk/client-s3", "S3Client"),
            ("API Gateway", "@aws-sdk/client-api-gateway", "APIGatewayClient"),
            ("codestar notifications", "@aws-sdk/client-codestar-notifications", "CodestarNotificationsClient"),
            ("Elastic Load Balancing v2", "@aws-sdk/client-elastic-load-balancing-v2", "ElasticLoadBalancingV2Client"),
        ] {
            assert_eq!(package(service_id), expected_package);
            assert_eq!(client(service_id), expected_client);
        }
        assert!(RETIRED.is_sorted());
    }
}
