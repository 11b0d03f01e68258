//! YAML text as a tree with tags and positions.
//!
//! Source: YAML 1.2.2 for the syntax; YAML 1.1 types (`yes`, `on`) and merge keys (`<<`), because CloudFormation, SAM
//! and their tools read templates that way.
//! Supported: tags, anchors, aliases and merge keys (expanded), byte-order marks, any line ending, several documents.
//! Unsupported (→ gap): a second document, an unknown or recursive alias, aliases beyond the budget, duplicate keys
//! (the last counts).

use std::borrow::Cow;
use std::collections::hash_map::Entry;

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span, Tag};
use model::location::LineIndex;
use model::{Gap, Hidden, Location, Parsed};
use rustc_hash::FxHashMap;

use crate::{Error, MAX_NESTING_LEVELS, MAX_NODES, MAX_TEXT_BYTES, Node, Value};

/// Longest key that is read without `?`. YAML says 1,024; one-line templates are found in the wild.
const MAX_KEY_CHARACTERS: usize = 64 * 1024;
/// Most gaps about one file; a file with more is broken throughout.
const MAX_GAPS: usize = 200;

/// How unquoted scalars are typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// `yes`, `no`, `on` and `off` are truth values too. CloudFormation and SAM.
    Yaml11,
    /// Only `true` and `false` are. Serverless Framework.
    Core,
}

/// The first document of `text`, typed as CloudFormation does. Numbers with leading zeros, dates and sexagesimals stay
/// text.
///
/// # Errors
/// When the text is empty, too large, or not YAML.
pub fn parse_yaml(text: &str, file: &str) -> Result<Parsed<Node>, Error> {
    parse_yaml_with(text, file, Schema::Yaml11)
}

/// The first document of `text`, typed by `schema`.
///
/// # Errors
/// As [`parse_yaml`].
pub fn parse_yaml_with(text: &str, file: &str, schema: Schema) -> Result<Parsed<Node>, Error> {
    if text.len() > MAX_TEXT_BYTES {
        let (size_bytes, limit_bytes) = (text.len(), MAX_TEXT_BYTES);
        return Err(Error::TooLarge { file: file.to_owned(), size_bytes, limit_bytes });
    }
    read(text, file, schema, None).or_else(|error| match Marked::of(text) {
        // What is wrong is told of the text as it was written.
        Some(Marked { text, mark }) => read(&text, file, schema, Some(mark)).map_err(|_| error),
        None => Err(error),
    })
}

/// A text in which another character stands for every `-` that is alone between `[` or `,` and `,` or `]`, byte for byte:
/// `!Split [-, "a-b"]` is not YAML, but CloudFormation reads it. What is marked in quotes or comments by mistake does no harm,
/// as marks become dashes again.
struct Marked {
    text: String,
    /// Occurs nowhere else in the text.
    mark: char,
}

impl Marked {
    /// Characters that may begin a plain text; one that the template does not use is taken.
    const MARKS: &[u8] = b"^~$;=+/_()QXZJqzxj0123456789";

    /// `None` when no dash stands so, or the text uses every mark.
    fn of(text: &str) -> Option<Self> {
        let is_lone = |at: &usize| {
            let (before, after) = (text.get(..*at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default());
            before.trim_end().ends_with(['[', ',']) && after.trim_start().starts_with([',', ']'])
        };
        let lone: Vec<usize> = text.match_indices('-').map(|(at, _)| at).filter(is_lone).collect();
        let mark = *Self::MARKS.iter().find(|mark| !lone.is_empty() && !text.as_bytes().contains(mark))?;
        let mut marked = text.as_bytes().to_vec();
        for at in lone {
            *marked.get_mut(at)? = mark;
        }
        Some(Self { text: String::from_utf8(marked).ok()?, mark: char::from(mark) })
    }
}

/// `mark` stands for a dash wherever it occurs.
fn read(text: &str, file: &str, schema: Schema, mark: Option<char>) -> Result<Parsed<Node>, Error> {
    let mut options = granit_parser::options! {
        simple_key_max_lookahead: MAX_KEY_CHARACTERS,
        flow_nesting_limit: MAX_NESTING_LEVELS,
        block_nesting_limit: MAX_NESTING_LEVELS,
        emit_unresolved_aliases: true,
    };
    options.set_emit_comments(false);
    let mut builder = Builder::new(text, file, schema);
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.map_err(|error| builder.syntax_error(&error))?;
        let event = match mark {
            Some(mark) => with_dashes(event, mark),
            None => event,
        };
        builder.take(event, span)?;
    }
    builder.finish()
}

fn with_dashes(event: Event<'_>, mark: char) -> Event<'_> {
    match event {
        Event::Scalar(text, style, anchor, tag) if text.contains(mark) => {
            Event::Scalar(text.replace(mark, "-").into(), style, anchor, tag)
        }
        event => event,
    }
}

struct Builder<'a> {
    file: &'a str,
    schema: Schema,
    lines: LineIndex,
    /// Collections that are open, outermost first.
    open: Vec<Collection>,
    /// Finished nodes by anchor, with their height and node count.
    anchors: FxHashMap<usize, Anchored>,
    node_count: usize,
    documents: Vec<Node>,
    gaps: Vec<Gap>,
}

struct Collection {
    anchor: usize,
    node: Node,
    /// Key that waits for its value.
    key: Option<Node>,
    entries: Vec<(Node, Node)>,
    items: Vec<Node>,
    is_mapping: bool,
    /// Levels below this one.
    height: usize,
    /// Nodes counted when this one began.
    nodes_before: usize,
}

#[derive(Clone)]
struct Anchored {
    node: Node,
    height: usize,
    nodes: usize,
}

impl<'a> Builder<'a> {
    fn new(text: &str, file: &'a str, schema: Schema) -> Self {
        Self {
            file,
            schema,
            lines: LineIndex::new(text.as_bytes()),
            open: Vec::new(),
            anchors: FxHashMap::default(),
            node_count: 0,
            documents: Vec::new(),
            gaps: Vec::new(),
        }
    }

    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Error> {
        match event {
            Event::Scalar(text, style, anchor, tag) => self.scalar(text, style, anchor, tag.as_deref(), span)?,
            Event::SequenceStart(_, anchor, tag) => self.start(anchor, tag.as_deref(), span, false)?,
            Event::MappingStart(_, anchor, tag) => self.start(anchor, tag.as_deref(), span, true)?,
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            Event::Alias(anchor) => self.alias(anchor, span)?,
            Event::UnresolvedAlias(name) => self.unresolved_alias(&name, span)?,
            Event::DocumentStart(..) => self.anchors.clear(),
            _ => {}
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Parsed<Node>, Error> {
        let mut documents = std::mem::take(&mut self.documents).into_iter().filter(|document| !document.is_null());
        let Some(first) = documents.next() else {
            return Err(Error::Empty { file: self.file.to_owned() });
        };
        if let Some(second) = documents.next() {
            self.gap(&second, "only the first document of the file is read; put each template in a file of its own");
        }
        Ok(Parsed { value: first, gaps: self.gaps })
    }

    fn scalar(
        &mut self,
        text: Cow<'_, str>,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        span: Span,
    ) -> Result<(), Error> {
        let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        let is_plain = style == ScalarStyle::Plain;
        let is_key = self.open.last().is_some_and(|collection| collection.is_mapping && collection.key.is_none());
        let is_text = is_key
            || !is_plain
            || tag.is_some_and(|tag| !tag.is_yaml_core_schema() || tag.is_yaml_core_schema_tag("str"));
        let value = if is_text { Value::Text(text.into_owned()) } else { typed(text, self.schema) };
        let mut node = self.node(value, tag, span)?;
        // The span of a block scalar starts at its first character; blank lines before it belong to the text.
        if is_block && let Some(text) = node.as_str() {
            let blank_lines = text.bytes().take_while(|byte| *byte == b'\n').count();
            node.content_line = node.content_line.saturating_sub(u32::try_from(blank_lines).unwrap_or(0)).max(1);
        }
        // A plain `<<` is the merge key; a quoted one is text. The marker is removed when the mapping ends.
        if is_key && is_plain && node.tag.is_none() && node.as_str() == Some("<<") {
            node.tag = Some(MERGE.to_owned());
        }
        if anchor != 0 {
            self.anchors.insert(anchor, Anchored { node: node.clone(), height: 0, nodes: 1 });
        }
        self.add(node, 0);
        Ok(())
    }

    fn start(&mut self, anchor: usize, tag: Option<&Tag>, span: Span, is_mapping: bool) -> Result<(), Error> {
        let nodes_before = self.node_count;
        let node = self.node(Value::Null, tag, span)?;
        if self.open.len() >= MAX_NESTING_LEVELS {
            return Err(self.error_at(&node, format!("it is nested deeper than {MAX_NESTING_LEVELS} levels")));
        }
        let (entries, items) = (Vec::new(), Vec::new());
        self.open.push(Collection { anchor, node, key: None, entries, items, is_mapping, height: 0, nodes_before });
        Ok(())
    }

    fn end(&mut self, span: Span) {
        let Some(collection) = self.open.pop() else { return };
        let Collection { anchor, mut node, entries, items, is_mapping, height, nodes_before, .. } = collection;
        node.span.end = offset(span.end.byte_offset()).max(node.span.start);
        node.value = if is_mapping { Value::Mapping(self.unique(entries)) } else { Value::Sequence(items) };
        if anchor != 0 {
            let nodes = self.node_count.saturating_sub(nodes_before);
            self.anchors.insert(anchor, Anchored { node: node.clone(), height: height + 1, nodes });
        }
        self.add(node, height + 1);
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), Error> {
        let place = self.node(Value::Null, None, span)?;
        let Some(target) = self.anchors.get(&anchor) else {
            self.gap(&place, "an alias refers to a value that contains it; it is left out");
            self.add(place, 0);
            return Ok(());
        };
        let (height, nodes) = (target.height, target.nodes);
        if self.node_count + nodes > MAX_NODES || self.open.len() + height > MAX_NESTING_LEVELS {
            self.gap(&place, "an alias is not followed: with its copy the file would be too large or too deep");
            self.add(place, 0);
            return Ok(());
        }
        // The copy keeps the position of the original: that is where a reader finds the text to change.
        let node = target.node.clone();
        self.node_count += nodes;
        self.add(node, height);
        Ok(())
    }

    fn unresolved_alias(&mut self, name: &str, span: Span) -> Result<(), Error> {
        let node = self.node(Value::Text(format!("*{name}")), None, span)?;
        self.gap(&node, format!("alias `*{name}` has no anchor before it; quote it if it is meant as text"));
        self.add(node, 0);
        Ok(())
    }

    /// Puts a finished node into the collection that is open, or makes it a document.
    fn add(&mut self, node: Node, height: usize) {
        let Some(parent) = self.open.last_mut() else {
            self.documents.push(node);
            return;
        };
        parent.height = parent.height.max(height);
        if !parent.is_mapping {
            parent.items.push(node);
        } else if let Some(key) = parent.key.take() {
            parent.entries.push((key, node));
        } else {
            parent.key = Some(node);
        }
    }

    /// The entries with merge keys expanded and only the last of equal keys kept.
    fn unique(&mut self, entries: Vec<(Node, Node)>) -> Vec<(Node, Node)> {
        if is_small_and_unique(&entries) {
            return entries;
        }
        let (merges, own): (Vec<_>, Vec<_>) =
            entries.into_iter().partition(|(key, _)| key.tag.as_deref() == Some(MERGE));
        let mut last: FxHashMap<String, usize> = FxHashMap::default();
        for (at, (key, _)) in own.iter().enumerate() {
            let Some(name) = key.as_str() else { continue };
            if let Some(earlier) = last.insert(name.to_owned(), at)
                && let Some((earlier, _)) = own.get(earlier)
            {
                self.gap(earlier, format!("key `{name}` is given again on line {}; only the last counts", key.line));
            }
        }
        let mut kept: Vec<_> = (0..)
            .zip(own)
            .filter(|(at, (key, _))| key.as_str().is_none_or(|name| last.get(name) == Some(at)))
            .map(|(_, entry)| entry)
            .collect();
        for (_, merged) in merges {
            for entry in self.merged_entries(merged) {
                let name = entry.0.as_str().unwrap_or_default().to_owned();
                if let Entry::Vacant(place) = last.entry(name) {
                    place.insert(usize::MAX);
                    kept.push(entry);
                }
            }
        }
        kept
    }

    /// The entries that the value of a merge key brings, the ones that win first.
    fn merged_entries(&mut self, merged: Node) -> Vec<(Node, Node)> {
        match merged.value {
            Value::Mapping(entries) => entries,
            Value::Sequence(items) => items
                .into_iter()
                .flat_map(|item| match item.value {
                    Value::Mapping(entries) => entries,
                    _ => Vec::new(),
                })
                .collect(),
            _ => {
                self.gap(&merged, "merge key `<<` needs a mapping; it is left out");
                Vec::new()
            }
        }
    }

    fn node(&mut self, value: Value, tag: Option<&Tag>, span: Span) -> Result<Node, Error> {
        let start = offset(span.start.byte_offset());
        let end = offset(span.end.byte_offset()).max(start);
        let place = span.tag_start().map_or(start, |tag| offset(tag.byte_offset()));
        let (line, column) = self.lines.line_column(place as usize);
        let (content_line, _) = self.lines.line_column(start as usize);
        let tag = tag.filter(|tag| !tag.is_yaml_core_schema()).map(Tag::original).filter(|tag| tag != "!");
        let node = Node { value, tag, line, column, content_line, span: start..end, file: None };
        self.node_count += 1;
        if self.node_count > MAX_NODES {
            return Err(self.error_at(&node, format!("it has more than {MAX_NODES} values")));
        }
        Ok(node)
    }

    fn gap(&mut self, node: &Node, why: impl Into<String>) {
        if self.gaps.len() < MAX_GAPS {
            self.gaps.push(Gap::new(node.location(self.file), why, &[Hidden::Configuration]));
        }
    }

    fn error_at(&self, node: &Node, reason: String) -> Error {
        Error::Syntax { location: node.location(self.file), language: "YAML", reason }
    }

    fn syntax_error(&self, error: &ScanError) -> Error {
        let (line, column) = self.lines.line_column(error.marker().byte_offset().unwrap_or_default());
        let location = Location::point(self.file, line, column);
        Error::Syntax { location, language: "YAML", reason: error.info() }
    }
}

/// Most entries that are compared pair by pair: for so few that costs less than hashing.
const SMALL_MAPPING: usize = 12;

fn is_small_and_unique(entries: &[(Node, Node)]) -> bool {
    let is_repeated = |at: usize, key: &Node| {
        key.tag.is_some() || entries.iter().take(at).any(|(earlier, _)| earlier.as_str() == key.as_str())
    };
    entries.len() <= SMALL_MAPPING && !entries.iter().enumerate().any(|(at, (key, _))| is_repeated(at, key))
}

/// Marks a merge key until its mapping ends. No tag can be written that way.
const MERGE: &str = "<<";

fn offset(bytes: Option<usize>) -> u32 {
    u32::try_from(bytes.unwrap_or_default()).unwrap_or(u32::MAX)
}

/// The value of an unquoted scalar.
fn typed(text: Cow<'_, str>, schema: Schema) -> Value {
    match text.as_ref() {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        "yes" | "Yes" | "YES" | "on" | "On" | "ON" if schema == Schema::Yaml11 => return Value::Bool(true),
        "no" | "No" | "NO" | "off" | "Off" | "OFF" if schema == Schema::Yaml11 => return Value::Bool(false),
        _ => {}
    }
    if is_decimal(&text) { Value::Number(text.into_owned()) } else { Value::Text(text.into_owned()) }
}

/// Whether `text` is a decimal number that loses nothing when read as one: no leading zero, no underscore.
pub(crate) fn is_decimal(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['-', '+']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let has_digits = !whole.is_empty() || fraction.is_some_and(|fraction| !fraction.is_empty());
    has_digits
        && digits(whole)
        && (whole.len() <= 1 || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|exponent| !exponent.is_empty() && digits(exponent))
}

#[cfg(test)]
mod tests;
