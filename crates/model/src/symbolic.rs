//! Text of which some parts are known only at deployment or at run time.

use std::fmt;

/// One part of a [`SymbolicText`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Known text.
    Literal(String),
    /// A value of the deployment, named without braces: `Orders` (Ref), `Orders.Arn` (GetAtt), `AWS::Region`, `var.x`.
    Reference(String),
    /// The value of the environment variable of this name, seen from code.
    Environment(String),
    /// Anything at all.
    Unknown,
}

/// A string as far as it can be known. Displayed in `Fn::Sub` syntax (`arn:…:table/${Orders}`); a reference to an
/// environment variable shows as `${env:NAME}` and an unknown part as `*`.
///
/// INVARIANT: adjacent literals are joined and no literal is empty, so equal texts compare equal.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SymbolicText {
    parts: Vec<Part>,
}

impl SymbolicText {
    pub fn literal(text: impl Into<String>) -> Self {
        Self::from_parts([Part::Literal(text.into())])
    }

    pub fn reference(name: impl Into<String>) -> Self {
        Self::from_parts([Part::Reference(name.into())])
    }

    pub fn environment(name: impl Into<String>) -> Self {
        Self::from_parts([Part::Environment(name.into())])
    }

    pub fn unknown() -> Self {
        Self::from_parts([Part::Unknown])
    }

    /// The concatenation of `parts`.
    pub fn from_parts(parts: impl IntoIterator<Item = Part>) -> Self {
        let mut text = Self::default();
        for part in parts {
            text.push(part);
        }
        text
    }

    /// Reads `Fn::Sub` syntax: `${Name}` is a reference, `${!Name}` the literal `${Name}`. Total: an unclosed `${` is
    /// literal text.
    pub fn parse_sub(text: &str) -> Self {
        let mut parsed = Self::default();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let Some((name, tail)) = after.split_once('}') else { break };
            parsed.push(Part::Literal(before.to_owned()));
            match name.strip_prefix('!') {
                Some(literal) => parsed.push(Part::Literal(format!("${{{literal}}}"))),
                None => parsed.push(Part::Reference(name.trim().to_owned())),
            }
            rest = tail;
        }
        parsed.push(Part::Literal(rest.to_owned()));
        parsed
    }

    pub fn push(&mut self, part: Part) {
        match (self.parts.last_mut(), part) {
            (_, Part::Literal(text)) if text.is_empty() => {}
            (Some(Part::Literal(last)), Part::Literal(text)) => last.push_str(&text),
            (Some(Part::Unknown), Part::Unknown) => {}
            (_, part) => self.parts.push(part),
        }
    }

    pub fn append(&mut self, other: Self) {
        for part in other.parts {
            self.push(part);
        }
    }

    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// The whole text, when every part is literal.
    pub fn as_literal(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// The reference, when the text is nothing else.
    pub fn as_reference(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [Part::Reference(name)] => Some(name),
            _ => None,
        }
    }

    /// Whether nothing at all is known of the text.
    pub fn is_unknown(&self) -> bool {
        self.parts == [Part::Unknown]
    }

    /// The text with every part replaced by what `resolve` yields for it; `None` keeps the part.
    pub fn map_parts(&self, mut resolve: impl FnMut(&Part) -> Option<Self>) -> Self {
        let mut mapped = Self::default();
        for part in &self.parts {
            match resolve(part) {
                Some(text) => mapped.append(text),
                None => mapped.push(part.clone()),
            }
        }
        mapped
    }
}

impl From<&str> for SymbolicText {
    fn from(text: &str) -> Self {
        Self::literal(text)
    }
}

impl fmt::Display for SymbolicText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.iter().try_for_each(|part| match part {
            Part::Literal(text) => f.write_str(text),
            Part::Reference(name) => write!(f, "${{{name}}}"),
            Part::Environment(name) => write!(f, "${{env:{name}}}"),
            Part::Unknown => f.write_str("*"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_and_shows_sub_syntax() {
        for text in ["", "plain", "${A}", "arn:${AWS::Region}:x/${T.Arn}/*", "open ${x", "a${"] {
            assert_eq!(SymbolicText::parse_sub(text).to_string(), text);
        }
        assert_eq!(SymbolicText::parse_sub("${!A}b").as_literal(), Some("${A}b"));
        assert_eq!(SymbolicText::parse_sub("${ A }").as_reference(), Some("A"));
    }

    #[test]
    fn joins_adjacent_literals() {
        let parts = [Part::Literal("a".into()), Part::Literal(String::new()), Part::Literal("b".into())];
        assert_eq!(SymbolicText::from_parts(parts).parts(), [Part::Literal("ab".into())]);
    }
}
