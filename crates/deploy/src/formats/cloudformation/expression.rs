//! A call that cannot be evaluated, as the name of a reference.

use crate::{Node, Value};

/// Longest name; a longer call is cut and told apart by its place.
const MAX_NAME_BYTES: usize = 160;

/// The call in one line without braces: `Fn::ImportValue(network-VpcId)`, `Fn::Select(5,Fn::Split(:,Queue.Arn))`. Equal
/// calls have equal names.
pub(super) fn of(call: &Node) -> String {
    let mut name = String::new();
    write(call, &mut name);
    if name.len() <= MAX_NAME_BYTES {
        return name;
    }
    let end = (0..=MAX_NAME_BYTES).rev().find(|at| name.is_char_boundary(*at)).unwrap_or(0);
    name.truncate(end);
    name.push_str(&format!("…@{}:{}", call.line, call.column));
    name
}

fn write(node: &Node, out: &mut String) {
    if out.len() > MAX_NAME_BYTES {
        return;
    }
    match (&node.tag, &node.value) {
        (Some(tag), _) => {
            let name = tag.trim_start_matches('!');
            write_call(name, |out| write_value(&node.value, out), out);
        }
        (None, Value::Mapping(entries)) => match entries.as_slice() {
            [(key, value)] => match key.as_str().unwrap_or_default() {
                name if name == "Ref" || name.starts_with("Fn::") => {
                    write_call(name.trim_start_matches("Fn::"), |out| write(value, out), out);
                }
                _ => write_value(&node.value, out),
            },
            _ => write_value(&node.value, out),
        },
        (None, value) => write_value(value, out),
    }
}

fn write_call(name: &str, argument: impl FnOnce(&mut String), out: &mut String) {
    if matches!(name, "Ref" | "GetAtt" | "Sub") {
        return argument(out);
    }
    out.push_str("Fn::");
    out.push_str(name);
    out.push('(');
    argument(out);
    out.push(')');
}

fn write_value(value: &Value, out: &mut String) {
    match value {
        Value::Null => {}
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        // Braces would end the reference; they are dropped.
        Value::Number(text) | Value::Text(text) => {
            out.extend(text.chars().filter(|character| !matches!(character, '{' | '}' | '$' | '\n' | '\r')));
        }
        Value::Sequence(items) => {
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(item, out);
            }
        }
        Value::Mapping(entries) => {
            for (index, (key, value)) in entries.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(key, out);
                out.push('=');
                write(value, out);
            }
        }
    }
}
