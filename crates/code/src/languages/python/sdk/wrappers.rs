//! Libraries that use the SDK on the code's behalf: parameters and idempotency of Powertools, object mappers, readers of
//! `s3://` paths. What they call is a table beside this file.

use std::rc::Rc;

use model::call::{Binding, Via};
use model::table::SortedLines;
use model::{Part, SymbolicText};

use crate::evaluate::{Arguments, Atom, Machine, Member, ObjectId, Site, Use, Value};

const WRAPPERS: &str = include_str!("wrappers.tsv");

/// Packages that use the SDK inside and are not in the table: code that imports them may need what is not seen. Sorted.
const UNMODELLED: &[&str] = &[
    "awsglue",
    "boto",
    "cloudpathlib",
    "dynamodb_encryption_sdk",
    "dynamorm",
    "kombu",
    "localstack_client",
    "pynamodb_attributes",
    "redshift_connector",
    "s3path",
    "sagemaker",
    "storages",
];

/// What opening an object for writing comes to.
const WRITING: &str =
    "s3.PutObject s3.CreateMultipartUpload s3.UploadPart s3.CompleteMultipartUpload s3.AbortMultipartUpload";

/// One row of the table.
#[derive(Debug, Clone, Copy)]
struct Wrapper<'a> {
    package: &'a str,
    operations: &'a str,
    bindings: &'a str,
    result: &'a str,
}

fn rows(name: &str) -> impl Iterator<Item = Wrapper<'static>> + use<> {
    SortedLines::new(WRAPPERS).all(name).map(|row| {
        let mut columns = row.split('\t');
        let mut next = || columns.next().unwrap_or_default();
        Wrapper { package: next(), operations: next(), bindings: next(), result: next() }
    })
}

fn find(name: &str, path: &str) -> Option<Wrapper<'static>> {
    rows(name).find(|row| path.strip_prefix(row.package).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
}

/// Whether a package is known to use the SDK without a model of what it does.
pub(in crate::languages::python) fn is_unmodelled(package: &str) -> bool {
    UNMODELLED.binary_search(&package).is_ok()
}

/// Whether there are rows for a package.
pub(in crate::languages::python) fn is_modelled(package: &str) -> bool {
    SortedLines::new(WRAPPERS).iter().any(|(_, row)| row.split(['.', '\t']).next() == Some(package))
}

/// What a call gets its parameters from.
struct Context<'c> {
    arguments: &'c Arguments,
    /// The instance or class it is called on.
    object: Option<&'c Atom>,
}

/// A call of a function or class of a library.
pub(in crate::languages::python) fn call(
    machine: &mut Machine<'_>,
    path: &str,
    arguments: &Arguments,
    site: Site,
) -> Option<Value> {
    let name = path.rsplit('.').next()?;
    let module = path.rsplit('.').nth(1);
    let module_and_name = module.map(|module| format!("{module}.{name}"));
    let row = module_and_name.and_then(|name| find(&name, path)).or_else(|| find(name, path))?;
    if row.operations.is_empty() {
        let object = machine.foreign(&format!("{path}()"), site);
        for (position, field) in row.bindings.split(',').enumerate() {
            if let Some(value) = arguments.get(position, field) {
                machine.store_member(&object, &Rc::from(field), value.clone());
            }
        }
        return Some(object);
    }
    let applies = record(machine, row, &Context { arguments, object: None }, site);
    (applies || row.package != "pandas").then(|| machine.foreign(&format!("{path}()"), site))
}

/// A call of a method of an object that a library made.
pub(in crate::languages::python) fn call_method(
    machine: &mut Machine<'_>,
    member: &Member,
    path: &str,
    arguments: &Arguments,
    site: Site,
) -> Option<Value> {
    let class = path.strip_suffix("()").and_then(|path| path.rsplit('.').next()).unwrap_or_default();
    let row = find(&format!("{class}.{}", member.name), path).or_else(|| find(&member.name, path))?;
    let applies = record(machine, row, &Context { arguments, object: Some(&member.receiver) }, site);
    applies.then(Value::data)
}

/// A call of a member that a class of the project inherits from a library.
pub(in crate::languages::python) fn call_class(
    machine: &mut Machine<'_>,
    receiver: &Atom,
    class: ObjectId,
    name: &str,
    arguments: &Arguments,
    site: Site,
) -> Option<Value> {
    let bases = machine.foreign_bases(class);
    let row = bases.iter().find_map(|base| find(&format!("{}.{name}", base.rsplit('.').next()?), base))?;
    record(machine, row, &Context { arguments, object: Some(receiver) }, site);
    let mut instance = || -> Value { Atom::Instance(machine.new_instance(class, site)).into() };
    Some(match row.result {
        "one" => instance(),
        "many" => {
            let element = instance();
            machine.new_list_of(element, site)
        }
        _ => Value::data(),
    })
}

/// A library's function used as a decorator without being called.
pub(in crate::languages::python) fn decorated(machine: &mut Machine<'_>, path: &str, site: Site) {
    let name = path.rsplit('.').next().unwrap_or_default();
    if let Some(row) = find(name, path) {
        record(machine, row, &Context { arguments: &Arguments::default(), object: None }, site);
    }
}

/// Notes the operations of a row. Returns whether it applies: a row for `s3://` paths wants one.
fn record(machine: &mut Machine<'_>, row: Wrapper<'_>, context: &Context<'_>, site: Site) -> bool {
    let mut named = Vec::new();
    let mut operations = row.operations;
    for binding in row.bindings.split(',').filter(|binding| !binding.is_empty()) {
        let Some((target, source)) = binding.split_once('=') else { continue };
        let value = bound(machine, source, context, site);
        match target {
            "s3path" | "bucketpath" => match bucket_and_key(value.as_ref(), target == "s3path") {
                Some((bucket, key)) => named.extend([("Bucket".to_owned(), bucket), ("Key".to_owned(), key)]),
                None if target == "s3path" => return false,
                None => {}
            },
            "mode" => {
                if value.is_some_and(|mode| mode.literals().any(|mode| mode.contains(['w', 'a', 'x']))) {
                    operations = WRITING;
                }
            }
            target => named.push((target.to_owned(), value.unwrap_or_else(Value::unknown))),
        }
    }
    for operation in operations.split(' ') {
        let Some((service, operation)) = operation.split_once('.') else { continue };
        let used = Use {
            service: service.to_owned(),
            operation: operation.to_owned(),
            arguments: named.clone(),
            arguments_complete: false,
            binding: Binding::Certain,
            via: Via::Library,
        };
        machine.record(site, used);
    }
    true
}

/// The value that a binding's source stands for.
fn bound(machine: &mut Machine<'_>, source: &str, context: &Context<'_>, site: Site) -> Option<Value> {
    let (place, names) = source.split_once(':')?;
    match place {
        "self" => {
            let object = context.object.and_then(|object| match object {
                Atom::Foreign(_, id) => Some(*id),
                _ => None,
            })?;
            machine.part(object, names)
        }
        "meta" => {
            let meta = machine.member(&context.object?.clone().into(), "Meta", site);
            let value = machine.member(&meta, names, site);
            (!value.is_none()).then_some(value)
        }
        position => {
            let by_position =
                position.parse().ok().and_then(|position: usize| context.arguments.positional.get(position));
            by_position.or_else(|| names.split('|').find_map(|name| context.arguments.named(name))).cloned()
        }
    }
}

/// Bucket and key of the texts that are paths of S3; `None` when none is.
fn bucket_and_key(value: Option<&Value>, with_scheme: bool) -> Option<(Value, Value)> {
    let (mut buckets, mut keys) = (Value::none(), Value::none());
    for text in value?.texts() {
        let Some((bucket, key)) = split_path(text, with_scheme) else { continue };
        buckets = buckets.or(Value::text(bucket));
        keys = keys.or(Value::text(key));
    }
    (!buckets.is_none()).then_some((buckets, keys))
}

fn split_path(text: &SymbolicText, with_scheme: bool) -> Option<(SymbolicText, SymbolicText)> {
    let mut parts = text.parts().to_vec();
    match parts.first_mut() {
        Some(Part::Literal(first)) => {
            match ["s3://", "s3a://", "s3n://"].iter().find_map(|scheme| first.strip_prefix(scheme)) {
                Some(rest) => *first = rest.to_owned(),
                None if with_scheme => return None,
                None => {}
            }
        }
        _ if with_scheme => return None,
        _ => {}
    }
    let (mut bucket, mut key) = (SymbolicText::default(), SymbolicText::default());
    let mut in_key = false;
    for part in parts {
        match part {
            Part::Literal(literal) if !in_key => match literal.split_once('/') {
                Some((before, after)) => {
                    bucket.push(Part::Literal(before.to_owned()));
                    key.push(Part::Literal(after.to_owned()));
                    in_key = true;
                }
                None => bucket.push(Part::Literal(literal)),
            },
            part if in_key => key.push(part),
            part => bucket.push(part),
        }
    }
    Some((bucket, key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_names_operations_that_exist() {
        assert_eq!(SortedLines::new(WRAPPERS).first_unsorted(), None);
        assert!(UNMODELLED.is_sorted());
        for (name, row) in SortedLines::new(WRAPPERS).iter() {
            let operations = row.split('\t').nth(1).unwrap_or_default();
            for operation in operations.split(' ').filter(|operation| !operation.is_empty()) {
                let (service, operation) = operation.split_once('.').unwrap();
                assert!(crate::facts::operation(service, operation).is_some(), "{name}: {service}.{operation}");
            }
        }
    }

    #[test]
    fn paths_are_split_into_bucket_and_key() {
        for (text, expected) in [
            ("s3://b/k/x", Some("b k/x")),
            ("s3://${B}/k/${K}", Some("${B} k/${K}")),
            ("s3://p-${B}-s/k", Some("p-${B}-s k")),
            ("s3://b", Some("b ")),
            ("/tmp/x", None),
        ] {
            let split = split_path(&SymbolicText::parse_sub(text), true).map(|(bucket, key)| format!("{bucket} {key}"));
            assert_eq!(split.as_deref(), expected, "{text}");
        }
    }
}
