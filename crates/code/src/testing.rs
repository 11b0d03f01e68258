//! What the crate's tests say things with.

use artifact::Artifact;
use model::Parsed;
use model::call::{Binding, Call, CodeFacts, Via};

use crate::{Request, analyze};

/// Analyses files given as path and text.
pub(crate) fn facts(files: &[(&str, &str)], handler: Option<&str>, runtime: Option<&str>) -> Parsed<CodeFacts> {
    let artifact = Artifact::from_memory(files.iter().map(|(path, text)| (*path, text.as_bytes())));
    analyze(&artifact, &Request { handler, runtime, ..Request::default() })
}

/// One line per call: `app.py:3 s3.GetObject(Bucket=b Key=*)`, then `…` inside the parentheses when there may be more
/// arguments, and in brackets how it is called and whether it is only likely.
pub(crate) fn line(call: &Call) -> String {
    let mut arguments: Vec<String> = call
        .arguments
        .iter()
        .map(|argument| {
            let values: Vec<String> = argument.values.iter().map(ToString::to_string).collect();
            format!("{}={}", argument.name, values.join("|"))
        })
        .collect();
    if !call.arguments_complete {
        arguments.push("…".to_owned());
    }
    let mut notes = Vec::new();
    if call.via != Via::Sdk {
        notes.push(call.via.name());
    }
    if call.binding == Binding::Likely {
        notes.push("likely");
    }
    let notes = if notes.is_empty() { String::new() } else { format!(" [{}]", notes.join(" ")) };
    let line = call.location.line.unwrap_or(0);
    format!("{}:{line} {}.{}({}){notes}", call.location.file, call.service, call.operation, arguments.join(" "))
}

/// The files' calls, and `? file:line` for each site of the ledger, are exactly these lines.
#[track_caller]
pub(crate) fn check(files: &[(&str, &str)], handler: Option<&str>, runtime: Option<&str>, expected: &[&str]) {
    let parsed = facts(files, handler, runtime);
    let mut found: Vec<String> = parsed.value.calls.iter().map(line).collect();
    let unresolved = |unresolved: &model::call::Unresolved| {
        format!("? {}:{} {}", unresolved.location.file, unresolved.location.line.unwrap_or(0), unresolved.why)
    };
    found.extend(parsed.value.unresolved.iter().map(unresolved));
    let same = found.len() == expected.len()
        && found.iter().zip(expected).all(|(found, expected)| {
            found == expected || expected.starts_with("? ") && found.starts_with(&format!("{expected} "))
        });
    let shown: String = files.iter().map(|(path, text)| format!("--- {path}\n{text}\n")).collect();
    assert!(
        same,
        "\n{shown}--- found\n{}\n--- expected\n{}\n--- gaps\n{:#?}",
        found.join("\n"),
        expected.join("\n"),
        parsed.gaps
    );
}
