//! The `aws` command line, started as another process.

use model::call::{Binding, Via};
use model::{Part, SymbolicText};

use crate::evaluate::{Machine, Site, Use, Value};
use crate::facts;

/// Notes what a command line, a text or a list of words, asks for.
pub(in crate::languages::python) fn run_command(machine: &mut Machine<'_>, command: &Value, site: Site) {
    if let Some(elements) = machine.exact_elements(command) {
        return run_words(machine, &elements, site);
    }
    if let Some(text) = command.texts().next() {
        let words = split(text);
        run(machine, words, site);
    }
}

/// Notes what the words of a command line ask for.
pub(in crate::languages::python) fn run_words(machine: &mut Machine<'_>, words: &[Value], site: Site) {
    let words = words.iter().map(literal).collect();
    run(machine, words, site);
}

/// `None` stands for a word that is computed.
fn run(machine: &mut Machine<'_>, words: Vec<Option<String>>, site: Site) {
    let mut words = words.into_iter();
    let program = words.next().unwrap_or_default();
    if !matches!(program.as_deref(), Some(name) if name == "aws" || name.ends_with("/aws")) {
        return;
    }
    let words: Vec<Option<String>> = words.collect();
    let mut plain = words.iter().enumerate().filter(|(at, word)| {
        let is_option = |word: &Option<String>| word.as_deref().is_some_and(|word| word.starts_with("--"));
        !is_option(word) && (*at == 0 || !words.get(at.wrapping_sub(1)).is_some_and(is_option))
    });
    let mut next = || plain.next().and_then(|(_, word)| word.clone());
    let (Some(service), Some(command)) = (next(), next()) else {
        return machine.unresolved(site, "the `aws` command runs with arguments that are computed", Vec::new());
    };
    let rest: Vec<Option<String>> = plain.map(|(_, word)| word.clone()).collect();
    if service == "s3" {
        return transfer(machine, &command, &rest, words.iter().flatten().any(|word| word == "--recursive"), site);
    }
    let service = if service == "s3api" { "s3".to_owned() } else { service };
    match facts::python_operation(&service, &command.replace('-', "_")) {
        Some(operation) => {
            let named = options(&words);
            record(machine, &service, operation, named, site);
        }
        None => {
            machine.unresolved(site, format!("`aws {service} {command}` is no command that is known"), vec![service])
        }
    }
}

/// The words of a text; a computed part makes its word unknown, and leaves the others.
fn split(text: &SymbolicText) -> Vec<Option<String>> {
    let spelled: String = text
        .parts()
        .iter()
        .map(|part| match part {
            Part::Literal(literal) => literal.as_str(),
            _ => "\u{0}",
        })
        .collect();
    let word = |word: &str| (!word.contains('\u{0}')).then(|| word.trim_matches(['\'', '"']).to_owned());
    spelled.split_whitespace().map(word).collect()
}

fn literal(value: &Value) -> Option<String> {
    value.single()?;
    value.literals().next().map(str::to_owned)
}

/// `--table-name x` as `TableName`.
fn options(words: &[Option<String>]) -> Vec<(String, Value)> {
    let mut named = Vec::new();
    for (at, word) in words.iter().enumerate() {
        if let Some(option) = word.as_deref().and_then(|word| word.strip_prefix("--")) {
            let value = match words.get(at + 1) {
                Some(Some(value)) => Value::literal(value),
                _ => Value::unknown(),
            };
            let name = option.split('-').map(|part| {
                let mut letters = part.chars();
                letters
                    .next()
                    .map(|first| first.to_ascii_uppercase().to_string() + letters.as_str())
                    .unwrap_or_default()
            });
            named.push((name.collect(), value));
        }
    }
    named
}

/// The high-level `aws s3` commands.
fn transfer(machine: &mut Machine<'_>, command: &str, places: &[Option<String>], recursive: bool, site: Site) {
    let bucket = |place: &Option<String>| match place.as_deref().map(|place| place.strip_prefix("s3://")) {
        Some(Some(path)) => Some(Value::literal(path.split('/').next().unwrap_or_default())),
        Some(None) => None,
        None => Some(Value::unknown()),
    };
    let mut note = |operation: &str, bucket: Value| {
        record(machine, "s3", operation, vec![("Bucket".to_owned(), bucket)], site);
    };
    let (from, to) = (places.first().and_then(bucket), places.get(1).and_then(bucket));
    match command {
        "cp" | "mv" | "sync" => {
            if let Some(from) = &from {
                note("GetObject", from.clone());
                if recursive || command == "sync" {
                    note("ListObjectsV2", from.clone());
                }
                if command == "mv" {
                    note("DeleteObject", from.clone());
                }
            }
            if let Some(to) = to {
                note("PutObject", to.clone());
                if command == "sync" {
                    note("ListObjectsV2", to);
                }
            }
        }
        "rm" => {
            let from = from.unwrap_or_else(Value::unknown);
            note("DeleteObject", from.clone());
            if recursive {
                note("ListObjectsV2", from);
            }
        }
        "ls" => match from {
            Some(from) => note("ListObjectsV2", from),
            None => note("ListBuckets", Value::unknown()),
        },
        "mb" => note("CreateBucket", from.unwrap_or_else(Value::unknown)),
        "rb" => note("DeleteBucket", from.unwrap_or_else(Value::unknown)),
        "presign" => note("GetObject", from.unwrap_or_else(Value::unknown)),
        _ => {}
    }
}

fn record(machine: &mut Machine<'_>, service: &str, operation: &str, arguments: Vec<(String, Value)>, site: Site) {
    let used = Use {
        service: service.to_owned(),
        operation: operation.to_owned(),
        arguments,
        arguments_complete: false,
        binding: Binding::Certain,
        via: Via::Cli,
    };
    machine.record(site, used);
}
