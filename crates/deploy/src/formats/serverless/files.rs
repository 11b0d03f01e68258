//! The project's files as variables see them.

use std::rc::Rc;
use std::sync::Arc;

use model::Gap;

use super::program;
use crate::{Error, Node, Project, Schema, Value, decode, parse_json, parse_yaml_with};

/// What a file named by a variable holds.
#[derive(Debug, Clone)]
pub(super) enum FileValue {
    Tree(Rc<Node>),
    /// There is no such file, or nothing in it.
    Nothing,
    /// It cannot be read; a clause with what to do.
    Unreadable(String),
}

/// The value of the file at `path`, its positions naming that file. Files that are neither YAML nor JSON are one text.
pub(super) fn load(files: &dyn Project, path: &str, folder: &str, gaps: &mut Vec<Gap>) -> FileValue {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    let bytes = match files.read(path) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return FileValue::Nothing,
        Err(why) => return FileValue::Unreadable(format!("`{path}` is not read: {why}")),
    };
    if program::EXTENSIONS.contains(&extension) {
        return match program::read(files, path, &bytes, folder, gaps) {
            Ok(Some(node)) => FileValue::Tree(Rc::new(node)),
            Ok(None) => FileValue::Unreadable(format!(
                "`{path}` is a program, which is not run; write its values as YAML or JSON, or scan what `serverless print` shows"
            )),
            Err(error) => FileValue::Unreadable(error.to_string()),
        };
    }
    match parse(&bytes, path, extension, gaps) {
        Ok(mut node) => {
            stamp(&mut node, &Arc::from(path));
            FileValue::Tree(Rc::new(node))
        }
        Err(Error::Empty { .. }) => FileValue::Nothing,
        Err(error) => FileValue::Unreadable(error.to_string()),
    }
}

fn parse(bytes: &[u8], path: &str, extension: &str, gaps: &mut Vec<Gap>) -> Result<Node, Error> {
    let text = decode(bytes, path)?;
    match extension {
        "yml" | "yaml" => parse_yaml_with(&text, path, Schema::Core).map(|tree| tree.take_gaps(gaps)),
        "json" | "tfstate" => parse_json(&text, path).map(|tree| tree.take_gaps(gaps)),
        _ => Ok(whole_text(text.into_owned())),
    }
}

fn whole_text(text: String) -> Node {
    let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
    Node { value: Value::Text(text), tag: None, line: 1, column: 1, content_line: 1, span: 0..end, file: None }
}

/// Makes every position in `node` name `file`. Recursion is bounded by the nesting limit of the parsers.
pub(super) fn stamp(node: &mut Node, file: &Arc<str>) {
    node.file = Some(Arc::clone(file));
    match &mut node.value {
        Value::Sequence(items) => items.iter_mut().for_each(|item| stamp(item, file)),
        Value::Mapping(entries) => entries.iter_mut().for_each(|(key, value)| {
            stamp(key, file);
            stamp(value, file);
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => {}
    }
}
