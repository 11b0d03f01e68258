//! What the SDKs can do, looked up in the fact tables beside this crate. The tables' heads say where they come from.

use model::table::SortedLines;

const SERVICES: &str = include_str!("../data/aws_services.tsv");
const OPERATIONS: &str = include_str!("../data/aws_operations.tsv");
const COMMANDS: &str = include_str!("../data/aws_commands.tsv");
const PYTHON_METHODS: &str = include_str!("../data/aws_python_methods.tsv");
const WAITERS: &str = include_str!("../data/aws_waiters.tsv");
const RESOURCES: &str = include_str!("../data/boto3_resources.tsv");
const INJECTED: &str = include_str!("../data/boto3_injected.tsv");

/// Whether botocore has a service of this name.
pub(crate) fn is_service(service: &str) -> bool {
    SortedLines::new(SERVICES).get(service).is_some()
}

/// The parameters an operation cannot do without and, where several services have an operation of the name, the others.
pub(crate) fn operation(service: &str, operation: &str) -> Option<Parameters<'static>> {
    let row = SortedLines::new(OPERATIONS).get(&format!("{service}.{operation}"))?;
    let (required, optional) = match row.split_once('\t') {
        Some((required, optional)) => (required, Some(optional)),
        None => (row, None),
    };
    Some(Parameters { required, optional })
}

/// Top-level parameters of an operation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parameters<'a> {
    required: &'a str,
    optional: Option<&'a str>,
}

impl<'a> Parameters<'a> {
    pub(crate) fn required(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.required.split(',').filter(|name| !name.is_empty())
    }

    /// Whether the operation has such a parameter, as far as that is known.
    pub(crate) fn admits(&self, name: &str) -> bool {
        match self.optional {
            None => true,
            Some(optional) => self.required().chain(optional.split(',')).any(|parameter| parameter == name),
        }
    }
}

/// Services that have an operation of this name, sorted.
pub(crate) fn services_with(operation: &str) -> impl Iterator<Item = &'static str> {
    SortedLines::new(COMMANDS).get(operation).unwrap_or_default().split(',').filter(|service| !service.is_empty())
}

/// Operations that a Python client method of this name may stand for; which, depends on the service.
pub(crate) fn python_operations(method: &str) -> impl Iterator<Item = &'static str> {
    SortedLines::new(PYTHON_METHODS).all(method)
}

/// The operation of a Python client's method.
pub(crate) fn python_operation(service: &str, method: &str) -> Option<&'static str> {
    python_operations(method).find(|name| operation(service, name).is_some())
}

/// The operation that a waiter polls, by its Python name.
pub(crate) fn python_waiter(service: &str, name: &str) -> Option<&'static str> {
    let rows = SortedLines::new(WAITERS).starting_with(&format!("{service}."));
    rows.filter_map(|(_, row)| row.split_once('\t')).find(|(_, python)| *python == name).map(|(operation, _)| operation)
}

/// One row of boto3's resource classes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ResourceMember<'a> {
    /// `class`, `action`, `batch`, `collection`, `subresource`, `reference`, `identifier`, `waiter`, `attribute`.
    pub kind: &'a str,
    pub operation: &'a str,
    /// Bindings of the operation's parameters; for an identifier, its name.
    pub parameters: &'a str,
    /// Class of what comes back.
    pub class: &'a str,
    /// For a class its identifiers in order; else bindings of the identifiers of what comes back.
    pub identifiers: &'a str,
}

/// The rows of `<service>.<class>` or `<service>.<class>.<member>`; a name may be an action and a batch action.
pub(crate) fn resource_members(key: &str) -> impl Iterator<Item = ResourceMember<'static>> {
    SortedLines::new(RESOURCES).all(key).map(|row| {
        let mut columns = row.split('\t');
        let mut next = || columns.next().unwrap_or_default();
        ResourceMember { kind: next(), operation: next(), parameters: next(), class: next(), identifiers: next() }
    })
}

/// Classes of a service that have an action of this name.
pub(crate) fn resource_actions(service: &str, name: &str) -> impl Iterator<Item = ResourceMember<'static>> {
    let suffix = format!(".{name}");
    let keys = SortedLines::new(RESOURCES).starting_with(&format!("{service}."));
    let keys: Vec<&str> = keys.map(|(key, _)| key).filter(|key| key.ends_with(&suffix)).collect();
    keys.into_iter().flat_map(resource_members).filter(|member| member.kind == "action")
}

/// Whether a resource of any service has an action of this name.
pub(crate) fn is_resource_action(name: &str) -> bool {
    static ACTIONS: std::sync::LazyLock<rustc_hash::FxHashSet<&'static str>> = std::sync::LazyLock::new(|| {
        let actions = SortedLines::new(RESOURCES).iter().filter(|(_, row)| row.starts_with("action\t"));
        actions.filter_map(|(key, _)| key.rsplit_once('.')).map(|(_, name)| name).collect()
    });
    ACTIONS.contains(name)
}

/// A method that boto3 adds by hand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Injected<'a> {
    pub operation: &'a str,
    /// Names of the arguments in order; they are also its keywords.
    positional: &'a str,
    parameters: &'a str,
}

impl<'a> Injected<'a> {
    pub(crate) fn positional(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.positional.split(',').filter(|name| !name.is_empty())
    }

    pub(crate) fn bindings(&self) -> impl Iterator<Item = Binding<'a>> + use<'a> {
        bindings(self.parameters)
    }
}

/// `s3.client.upload_file`, `s3.Bucket.upload_file`.
pub(crate) fn injected(key: &str) -> Option<Injected<'static>> {
    let mut columns = SortedLines::new(INJECTED).get(key)?.split('\t');
    let mut next = || columns.next().unwrap_or_default();
    Some(Injected { operation: next(), positional: next(), parameters: next() })
}

/// Services and resource classes to which boto3 adds a method of this name by hand.
pub(crate) fn injected_in_resources(name: &str) -> impl Iterator<Item = (&'static str, Injected<'static>)> {
    let suffix = format!(".{name}");
    let keys: Vec<&str> = SortedLines::new(INJECTED).iter().map(|(key, _)| key).collect();
    keys.into_iter().filter(move |key| key.ends_with(&suffix) && !key.contains(".client.")).filter_map(|key| {
        let (service, _) = key.split_once('.')?;
        Some((service, injected(key)?))
    })
}

/// The services of boto3's resource classes, sorted.
pub(crate) fn resource_services() -> impl Iterator<Item = &'static str> {
    let classes = SortedLines::new(RESOURCES).iter().map(|(key, _)| key);
    classes.filter_map(|key| key.strip_suffix(".ServiceResource"))
}

/// `target=source:detail`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Binding<'a> {
    /// A parameter's path without positions: `Delete.Objects.Key`.
    pub target: &'a str,
    pub source: &'a str,
    pub detail: &'a str,
}

/// The bindings of a column.
pub(crate) fn bindings(column: &str) -> impl Iterator<Item = Binding<'_>> {
    // A path may hold commas in brackets: `response:[Versions,DeleteMarkers]|[].Key`.
    let mut depth = 0_i32;
    let separates = move |character: char| {
        match character {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        character == ',' && depth == 0
    };
    column.split(separates).filter_map(|binding| {
        let (target, source) = binding.split_once('=')?;
        let (source, detail) = source.split_once(':').unwrap_or((source, ""));
        Some(Binding { target, source, detail })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted() {
        for (name, table) in [
            ("services", SERVICES),
            ("operations", OPERATIONS),
            ("commands", COMMANDS),
            ("python methods", PYTHON_METHODS),
            ("waiters", WAITERS),
            ("resources", RESOURCES),
            ("injected", INJECTED),
        ] {
            assert_eq!(SortedLines::new(table).first_unsorted(), None, "{name}");
        }
    }

    #[test]
    fn methods_lead_to_operations_of_their_service() {
        for (service, method, expected) in [
            ("s3", "get_object", Some("GetObject")),
            ("s3", "list_objects_v2", Some("ListObjectsV2")),
            ("iot-data", "publish", Some("Publish")),
            ("s3", "publish", None),
            ("rds", "modify_db_cluster", Some("ModifyDBCluster")),
            ("docdb", "modify_db_cluster", Some("ModifyDBCluster")),
            ("nothing", "get_object", None),
        ] {
            assert_eq!(python_operation(service, method), expected, "{service}.{method}");
        }
        assert_eq!(python_waiter("s3", "bucket_exists"), Some("HeadBucket"));
        assert_eq!(services_with("Publish").collect::<Vec<_>>(), ["iot-data", "sns"]);
    }

    #[test]
    fn bindings_are_split_outside_brackets() {
        let found: Vec<_> = bindings("A=identifier:Name,B=response:[X,Y]|[].K,C=input").collect();
        assert_eq!(found.len(), 3);
        assert_eq!(found[1], Binding { target: "B", source: "response", detail: "[X,Y]|[].K" });
        assert_eq!(found[2], Binding { target: "C", source: "input", detail: "" });
        assert!(resource_members("s3.Object.delete").any(|member| member.kind == "batch"));
    }

    #[test]
    fn parameters_tell_operations_of_one_name_apart() {
        let sns = operation("sns", "Publish").unwrap();
        let iot = operation("iot-data", "Publish").unwrap();
        assert!(sns.admits("TopicArn") && !iot.admits("TopicArn") && !sns.admits("topic"));
        assert_eq!(iot.required().collect::<Vec<_>>(), ["topic"]);
    }
}
