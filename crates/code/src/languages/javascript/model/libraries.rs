//! Packages that call the cloud on their caller's behalf.
//!
//! **Source**: the packages' documentation as of 2026: `@aws-lambda-powertools/*` 2.x, `@middy/*` 6.x, `dynamoose` 4.x.

use model::call::{Binding, Via};
use model::{Part, SymbolicText};

use super::commands::first;
use super::paths::Path;
use crate::evaluate::{Arguments, Atom, Machine, Site, Use, Value};

/// What a function or constructor of a library stands for.
struct Library {
    /// Package, a dot, the member; the package alone for what it exports by default.
    path: &'static str,
    service: &'static str,
    operations: &'static [&'static str],
    parameter: Parameter,
}

/// Where the operation's parameter comes from.
enum Parameter {
    /// The first argument is the value of this API parameter.
    First(&'static str),
    /// The first argument's option of the first name is the value of the second.
    Option(&'static str, &'static str),
    None,
}

const MIDDY_PARAMETERS: &str = "@middy/ssm";
const PARAMETERS: &str = "@aws-lambda-powertools/parameters";

/// Sorted by path.
const LIBRARIES: &[Library] = &[
    Library {
        path: "@aws-lambda-powertools/idempotency/dynamodb.DynamoDBPersistenceLayer",
        service: "dynamodb",
        operations: &["DeleteItem", "GetItem", "PutItem", "UpdateItem"],
        parameter: Parameter::Option("tableName", "TableName"),
    },
    Library {
        path: "@aws-lambda-powertools/parameters/appconfig.getAppConfig",
        service: "appconfigdata",
        operations: &["GetLatestConfiguration", "StartConfigurationSession"],
        parameter: Parameter::None,
    },
    Library {
        path: "@aws-lambda-powertools/parameters/secrets.getSecret",
        service: "secretsmanager",
        operations: &["GetSecretValue"],
        parameter: Parameter::First("SecretId"),
    },
    Library {
        path: "@aws-lambda-powertools/parameters/ssm.getParameter",
        service: "ssm",
        operations: &["GetParameter"],
        parameter: Parameter::First("Name"),
    },
    Library {
        path: "@aws-lambda-powertools/parameters/ssm.getParameters",
        service: "ssm",
        operations: &["GetParametersByPath"],
        parameter: Parameter::First("Path"),
    },
    Library {
        path: "@aws-lambda-powertools/parameters/ssm.getParametersByName",
        service: "ssm",
        operations: &["GetParameters"],
        parameter: Parameter::None,
    },
    Library {
        path: "@aws-lambda-powertools/parameters/ssm.setParameter",
        service: "ssm",
        operations: &["PutParameter"],
        parameter: Parameter::First("Name"),
    },
    Library {
        path: "@middy/secrets-manager",
        service: "secretsmanager",
        operations: &["GetSecretValue"],
        parameter: Parameter::None,
    },
    Library {
        path: "dynamoose.model",
        service: "dynamodb",
        operations: &[
            "BatchGetItem",
            "BatchWriteItem",
            "DeleteItem",
            "DescribeTable",
            "GetItem",
            "PutItem",
            "Query",
            "Scan",
            "UpdateItem",
        ],
        parameter: Parameter::First("TableName"),
    },
];

/// Methods of the providers that powertools lets its users make: package file, class, method, what they stand for.
const PROVIDERS: &[(&str, &str, &str, &str, &str)] = &[
    ("secrets", "SecretsProvider", "get", "secretsmanager.GetSecretValue", "SecretId"),
    ("ssm", "SSMProvider", "get", "ssm.GetParameter", "Name"),
    ("ssm", "SSMProvider", "getMultiple", "ssm.GetParametersByPath", "Path"),
    ("ssm", "SSMProvider", "getParametersByName", "ssm.GetParameters", ""),
    ("ssm", "SSMProvider", "set", "ssm.PutParameter", "Name"),
    ("dynamodb", "DynamoDBProvider", "get", "dynamodb.GetItem", ""),
    ("dynamodb", "DynamoDBProvider", "getMultiple", "dynamodb.Query", ""),
    ("appconfig", "AppConfigProvider", "get", "appconfigdata.GetLatestConfiguration", ""),
    ("appconfig", "AppConfigProvider", "get", "appconfigdata.StartConfigurationSession", ""),
];

/// Packages whose import means that the code may use the cloud.
pub(in crate::languages::javascript) const PACKAGES: &[&str] = &[
    "@aws-lambda-powertools/idempotency",
    "@aws-lambda-powertools/parameters",
    "@middy/secrets-manager",
    "@middy/ssm",
    "dynamoose",
];

pub(super) fn call(machine: &mut Machine<'_>, path: &Path<'_>, arguments: &Arguments, site: Site) -> Option<Value> {
    let joined = path.joined();
    if joined == MIDDY_PARAMETERS {
        middy_parameters(machine, arguments, site);
        return None;
    }
    let at = LIBRARIES.binary_search_by(|library| library.path.cmp(&joined)).ok()?;
    let library = LIBRARIES.get(at)?;
    let parameter = match library.parameter {
        Parameter::First(name) => Some((name, first(arguments))),
        Parameter::Option(option, name) => {
            let (options, _) = machine.entries(&first(arguments));
            options.into_iter().find(|(known, _)| &**known == option).map(|(_, value)| (name, value))
        }
        Parameter::None => None,
    };
    for operation in library.operations {
        record(machine, site, library.service, operation, parameter.clone());
    }
    // The value is of the library: what is registered with it runs, its methods are none of the SDK's.
    None
}

/// `ssm({ fetchData: { token: "/app/token", all: "/app/" } })`: a name that ends with a slash is a path. Version 1 has
/// `names` and `paths` instead.
fn middy_parameters(machine: &mut Machine<'_>, arguments: &Arguments, site: Site) {
    let options = first(arguments);
    let (mut by_name, mut by_path, mut is_known) = (false, false, false);
    for (option, given) in machine.entries(&options).0 {
        match &*option {
            "names" => by_name = true,
            "paths" => by_path = true,
            "fetchData" => {
                for (_, value) in machine.entries(&given).0 {
                    let endings: Vec<Option<bool>> = value.texts().map(is_path).collect();
                    by_path |= endings.is_empty() || endings.iter().any(|is_path| *is_path != Some(false));
                    by_name |= endings.is_empty() || endings.iter().any(|is_path| *is_path != Some(true));
                }
            }
            _ => continue,
        }
        is_known = by_name || by_path;
    }
    for (operation, is_called) in [("GetParameters", by_name), ("GetParametersByPath", by_path)] {
        if is_called || !is_known {
            record(machine, site, "ssm", operation, None);
        }
    }
}

/// Whether the name of a parameter is a path; not known when its end is not.
fn is_path(name: &SymbolicText) -> Option<bool> {
    match name.parts().last() {
        Some(Part::Literal(text)) => Some(text.ends_with('/')),
        _ => None,
    }
}

/// Methods of a provider: `new SSMProvider().get(name)`.
pub(super) fn call_member(
    machine: &mut Machine<'_>,
    receiver: &Atom,
    name: &str,
    arguments: &Arguments,
    site: Site,
) -> Option<Value> {
    let Atom::Foreign(path, _) = receiver else { return None };
    let class = path.strip_prefix(PARAMETERS)?.strip_prefix('/')?.strip_suffix("()")?;
    let (file, class) = class.split_once('.')?;
    let rows = PROVIDERS.iter().filter(|row| row.0 == file && row.1 == class && row.2 == name);
    let mut found = None;
    for (_, _, _, operation, parameter) in rows {
        let (service, operation) = operation.split_once('.')?;
        let parameter = (!parameter.is_empty()).then(|| (*parameter, first(arguments)));
        record(machine, site, service, operation, parameter);
        found = Some(Value::data());
    }
    found
}

fn record(machine: &mut Machine<'_>, site: Site, service: &str, operation: &str, parameter: Option<(&str, Value)>) {
    machine.record(
        site,
        Use {
            service: service.to_owned(),
            operation: operation.to_owned(),
            arguments_complete: parameter.is_some(),
            arguments: parameter.map(|(name, value)| (name.to_owned(), value)).into_iter().collect(),
            binding: Binding::Certain,
            via: Via::Library,
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_are_sorted() {
        assert!(LIBRARIES.is_sorted_by_key(|library| library.path));
    }
}
