//! The tags and texts of an XML file in order, read leniently: project files are written by hand.
//!
//! **Source**: XML 1.0, sections 2 and 3. **Supported**: elements, attributes in either quotes, text, CDATA, comments,
//! processing instructions, the five entities and character references; prefixes of namespaces are dropped.
//! **Unsupported**: document types with entities of their own (left as written, so nothing expands).

use std::borrow::Cow;

/// Deeper elements are read as if they stood at this depth.
const MAX_NESTING_LEVELS: usize = 64;

/// Longer entities are none, and not looked for further.
const MAX_ENTITY_BYTES: usize = 12;

/// One step through the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step<'a> {
    /// An element begins; an empty one (`<a/>`) ends in the next step.
    Start(Tag<'a>),
    /// Text between tags, entities undone, never only spaces.
    Text(Cow<'a, str>),
    End(&'a str),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag<'a> {
    pub(crate) name: &'a str,
    pub(crate) attributes: Vec<(&'a str, Cow<'a, str>)>,
    /// Byte offset of its `<`.
    pub(crate) offset: usize,
}

impl Tag<'_> {
    /// The attribute of this name in any case, as MSBuild and NuGet read them.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_ref())
    }
}

/// An element with its attributes, its own text and its children.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Element<'a> {
    pub(crate) tag: Tag<'a>,
    /// Trimmed.
    pub(crate) text: String,
    pub(crate) children: Vec<Self>,
}

impl<'a> Element<'a> {
    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.tag.name.eq_ignore_ascii_case(name))
    }

    /// An attribute, or else a child element's text: MSBuild takes both for metadata.
    pub(crate) fn metadata(&self, name: &str) -> Option<&str> {
        self.tag.attribute(name).or_else(|| self.child(name).map(|child| child.text.as_str()))
    }
}

/// The elements at the top of the text; end tags that close nothing are passed over.
pub(crate) fn elements(text: &str) -> Vec<Element<'_>> {
    let mut open: Vec<Element<'_>> = Vec::new();
    let mut top = Vec::new();
    for step in steps(text) {
        match step {
            Step::Start(tag) => {
                if open.len() >= MAX_NESTING_LEVELS {
                    close(&mut open, &mut top);
                }
                open.push(Element { tag, text: String::new(), children: Vec::new() });
            }
            Step::Text(text) => {
                if let Some(element) = open.last_mut() {
                    element.text.push_str(text.trim());
                }
            }
            Step::End(name) => {
                let Some(at) = open.iter().rposition(|element| element.tag.name == name) else { continue };
                while open.len() > at {
                    close(&mut open, &mut top);
                }
            }
        }
    }
    while !open.is_empty() {
        close(&mut open, &mut top);
    }
    top
}

fn close<'a>(open: &mut Vec<Element<'a>>, top: &mut Vec<Element<'a>>) {
    if let Some(done) = open.pop() {
        open.last_mut().map_or(top, |outer| &mut outer.children).push(done);
    }
}

pub(crate) fn steps(text: &str) -> impl Iterator<Item = Step<'_>> {
    let mut at = 0;
    let mut ends: Option<&str> = None;
    std::iter::from_fn(move || {
        if let Some(name) = ends.take() {
            return Some(Step::End(name));
        }
        loop {
            let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
            if !rest.starts_with('<') {
                let end = rest.find('<').unwrap_or(rest.len());
                at += end;
                match rest.get(..end).map(unescape).filter(|text| !text.trim().is_empty()) {
                    Some(text) => return Some(Step::Text(text)),
                    None => continue,
                }
            }
            let passed = [("<!--", "-->"), ("<?", "?>"), ("<![CDATA[", "]]>"), ("<!", ">")]
                .into_iter()
                .find_map(|(start, end)| rest.strip_prefix(start).map(|body| (start, body, end)));
            if let Some((start, body, end)) = passed {
                let length = body.find(end).unwrap_or(body.len());
                at += (start.len() + length + end.len()).min(rest.len());
                match body.get(..length).filter(|_| start == "<![CDATA[") {
                    Some(text) => return Some(Step::Text(Cow::Borrowed(text))),
                    None => continue,
                }
            }
            let end = tag_end(rest);
            let offset = at;
            at += (end + 1).min(rest.len());
            let body = rest.get(1..end).unwrap_or_default();
            if let Some(name) = body.strip_prefix('/') {
                return Some(Step::End(local(name.trim())));
            }
            let is_empty = body.ends_with('/');
            let tag = read_tag(body.strip_suffix('/').unwrap_or(body), offset);
            ends = is_empty.then_some(tag.name);
            return Some(Step::Start(tag));
        }
    })
}

/// Where the tag that `rest` begins with ends: at the first `>` outside quotes.
fn tag_end(rest: &str) -> usize {
    let mut quote = None;
    for (at, byte) in rest.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    rest.len()
}

fn read_tag(body: &str, offset: usize) -> Tag<'_> {
    let name_end = body.find(char::is_whitespace).unwrap_or(body.len());
    let (name, mut rest) = body.split_at(name_end);
    let mut attributes = Vec::new();
    while let Some((key, after)) = rest.split_once('=') {
        let after = after.trim_start();
        let Some(quote) = after.chars().next().filter(|first| matches!(first, '"' | '\'')) else { break };
        let Some((value, after)) = after.get(1..).and_then(|inner| inner.split_once(quote)) else { break };
        attributes.push((local(key.trim()), unescape(value)));
        rest = after;
    }
    Tag { name: local(name), attributes, offset }
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let end = after.bytes().take(MAX_ENTITY_BYTES).position(|byte| byte == b';');
        let entity = end.and_then(|end| Some((entity(after.get(..end)?)?, after.get(end + 1..)?)));
        match entity {
            Some((c, after)) => {
                plain.push(c);
                rest = after;
            }
            None => {
                plain.push('&');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

fn entity(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        name => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_elements_as_people_write_them() {
        let text = "\u{FEFF}<?xml version='1.0'?><!-- <a> --><p:Project x='1 > 0'>\n <A Include=\"x&amp;&#65;\" b = 'c'/>\n \
                    <B>one<![CDATA[<two>]]> &lt;3</B></Stray><C><D></C></p:Project>";
        let found = elements(text);
        let project = &found[0];
        assert_eq!((project.tag.name, project.tag.attribute("X")), ("Project", Some("1 > 0")));
        let names: Vec<_> = project.children.iter().map(|child| child.tag.name).collect();
        assert_eq!(names, ["A", "B", "C"]);
        assert_eq!(project.children[0].metadata("include"), Some("x&A"));
        assert_eq!(project.children[0].tag.attribute("b"), Some("c"));
        assert_eq!(project.metadata("b"), Some("one<two><3"));
        assert_eq!(project.children[2].children.len(), 1);
    }

    #[test]
    fn broken_text_ends() {
        for text in ["<", "<a", "<a b='", "<!--", "<![CDATA[x", "</a>", "<a b=c>", "&", "<a>&bad;", "<a/", "< >"] {
            elements(text);
        }
        assert_eq!(elements(&"<a>".repeat(100_000)).len(), 1);
    }
}
