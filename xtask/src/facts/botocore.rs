//! The service models of botocore, and those of the JavaScript SDK v2 for services that botocore has dropped.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use super::javascript;
use super::json::{items, members, read, text};
use super::python_names::PythonNames;
use super::sources::{BOTOCORE, Sources};

/// Every service by botocore's name for it.
pub(crate) struct Models {
    pub(crate) services: BTreeMap<String, Service>,
    pub(crate) python: PythonNames,
}

pub(crate) struct Service {
    pub(crate) service_id: String,
    pub(crate) signing_name: String,
    pub(crate) endpoint_prefix: String,
    /// `false` for a service that only the JavaScript SDK v2 still describes.
    pub(crate) is_current: bool,
    pub(crate) operations: BTreeMap<String, Operation>,
    pub(crate) paginated: Vec<String>,
    /// Waiter → operation.
    pub(crate) waiters: BTreeMap<String, String>,
    /// Shape → its members, for the attributes of boto3 resources.
    pub(crate) structures: BTreeMap<String, Vec<String>>,
}

#[derive(Clone)]
pub(crate) struct Operation {
    pub(crate) name: String,
    /// Top-level parameters, sorted.
    pub(crate) required: Vec<String>,
    pub(crate) optional: Vec<String>,
    /// Whether the service takes it unsigned.
    pub(crate) is_unauthenticated: bool,
    pub(crate) http_method: String,
}

impl Models {
    pub(crate) fn read(sources: &Sources) -> Result<Self> {
        let data = sources.folder(&BOTOCORE).join("botocore/data");
        let mut services = BTreeMap::new();
        for folder in folders(&data)? {
            let name = file_name(&folder);
            let Some(version) = latest_version(&folder)? else { continue };
            let service = Service::read(&version).with_context(|| format!("cannot read the model of `{name}`"))?;
            services.insert(name, service);
        }
        javascript::add_retired_services(sources, &mut services)?;
        Ok(Self { services, python: PythonNames::read(sources)? })
    }

    /// Every `(service, operation name, operation)`, sorted.
    pub(crate) fn operations(&self) -> impl Iterator<Item = (&str, &str, &Operation)> {
        self.services.iter().flat_map(|(name, service)| {
            service.operations.iter().map(move |(operation, model)| (name.as_str(), operation.as_str(), model))
        })
    }

    /// The service with this id (`DynamoDB`, `CloudWatch Logs`).
    pub(crate) fn with_service_id(&self, service_id: &str) -> Option<(&str, &Service)> {
        let wanted = |service: &&Service| service.service_id == service_id;
        self.services.iter().find(|(_, service)| wanted(service)).map(|(name, service)| (name.as_str(), service))
    }
}

impl Service {
    fn read(version: &Path) -> Result<Self> {
        let mut service = Self::from_model(&read(&version.join("service-2.json.gz"))?);
        let paginators = version.join("paginators-1.json");
        if paginators.exists() {
            let model = read(&paginators)?;
            service.paginated = members(&model["pagination"]).into_iter().map(|(name, _)| name.to_owned()).collect();
        }
        let waiters = version.join("waiters-2.json");
        if waiters.exists() {
            let model = read(&waiters)?;
            service.waiters = members(&model["waiters"])
                .into_iter()
                .map(|(name, waiter)| (name.to_owned(), text(&waiter["operation"]).to_owned()))
                .collect();
        }
        Ok(service)
    }

    fn from_model(model: &Value) -> Self {
        let metadata = &model["metadata"];
        let endpoint_prefix = text(&metadata["endpointPrefix"]).to_owned();
        let signing_name = metadata["signingName"].as_str().unwrap_or(&endpoint_prefix).to_owned();
        let shapes = &model["shapes"];
        let operation =
            |(name, operation): (&str, &Value)| (name.to_owned(), Operation::from_model(name, operation, shapes));
        Self {
            service_id: text(&metadata["serviceId"]).to_owned(),
            signing_name,
            endpoint_prefix,
            is_current: true,
            operations: members(&model["operations"]).into_iter().map(operation).collect(),
            paginated: Vec::new(),
            waiters: BTreeMap::new(),
            structures: members(shapes)
                .into_iter()
                .filter(|(_, shape)| shape["type"] == "structure")
                .map(|(name, shape)| (name.to_owned(), member_names(shape)))
                .collect(),
        }
    }
}

impl Operation {
    fn from_model(name: &str, operation: &Value, shapes: &Value) -> Self {
        let input = &shapes[text(&operation["input"]["shape"])];
        let is_unauthenticated = operation["authtype"] == "none" || is_no_auth(operation);
        Self::from_input(name, input, is_unauthenticated, text(&operation["http"]["method"]))
    }

    /// `input` is a structure shape: `required` and `members`.
    pub(crate) fn from_input(name: &str, input: &Value, is_unauthenticated: bool, http_method: &str) -> Self {
        let mut required: Vec<String> = items(&input["required"]).map(|name| text(name).to_owned()).collect();
        required.sort_unstable();
        let optional = member_names(input).into_iter().filter(|name| !required.contains(name)).collect();
        Self { name: name.to_owned(), required, optional, is_unauthenticated, http_method: http_method.to_owned() }
    }
}

fn is_no_auth(operation: &Value) -> bool {
    items(&operation["auth"]).any(|scheme| scheme == "smithy.api#noAuth")
}

fn member_names(shape: &Value) -> Vec<String> {
    members(&shape["members"]).into_iter().map(|(name, _)| name.to_owned()).collect()
}

/// The newest API version's folder that holds a service model.
fn latest_version(service: &Path) -> Result<Option<PathBuf>> {
    Ok(folders(service)?.into_iter().rfind(|version| version.join("service-2.json.gz").exists()))
}

/// Folders of `folder`, sorted by name.
fn folders(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot list `{}`", folder.display()))?;
    let mut folders = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            folders.push(path);
        }
    }
    folders.sort_unstable();
    Ok(folders)
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
