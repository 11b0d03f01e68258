//! What names in Gradle's build scripts stand for: variables, extra properties, `gradle.properties`.
//!
//! **Source**: Gradle's user manual, "Extra Properties" and "Project Properties". **Supported**: plain values, templates and
//! sums of them, maps, `by extra`. **Unsupported** (→ no value): values that a call computes, names with several values.

use std::collections::BTreeMap;

use crate::ecosystems::maven::gradle_script::{self, Kind, Statement, Token};

/// Values that refer to others.
const MAX_NESTED_VALUES: usize = 8;
/// Maps inside maps.
const MAX_NESTED_MAPS: usize = 4;
/// Bytes of a value; coordinates have some hundred.
const MAX_VALUE_BYTES: usize = 1_024;

/// The names of one project, those of nearer scripts first.
#[derive(Debug, Default)]
pub(crate) struct Values {
    scopes: Vec<BTreeMap<String, Written>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Written {
    Tokens(Vec<Token>),
    /// Given different values in one file: which of them holds only running the script tells.
    Several,
}

/// Blocks of which the assignments hold for the script.
const TRANSPARENT: &[&str] =
    &["allprojects", "buildscript", "dependencies", "else", "ext", "extra", "if", "project.ext", "subprojects"];
/// Words before the name of a variable.
const DECLARING: &[&str] =
    &["String", "const", "def", "final", "internal", "private", "public", "static", "val", "var"];

impl Values {
    /// Adds what a script further away says.
    pub(crate) fn add_script(&mut self, statements: &[Statement]) {
        let mut scope = BTreeMap::new();
        collect(statements, &mut scope);
        self.scopes.push(scope);
    }

    pub(crate) fn add_properties(&mut self, properties: &[(String, String)]) {
        let token = |text: &str| Token { kind: Kind::Text { text: text.to_owned(), is_template: false }, line: 1 };
        let written = |(name, value): &(String, String)| (name.clone(), Written::Tokens(vec![token(value)]));
        self.scopes.push(properties.iter().map(written).collect());
    }

    /// The text that an expression stands for; `None` when only running the script tells.
    pub(crate) fn text(&self, expression: &[Token]) -> Option<String> {
        self.resolve(expression, 0)
    }

    fn resolve(&self, expression: &[Token], depth: usize) -> Option<String> {
        if depth > MAX_NESTED_VALUES {
            return None;
        }
        let mut value = String::new();
        let terms = gradle_script::split(gradle_script::without_brackets(expression), '+');
        for term in &terms {
            value.push_str(&self.term(term, depth)?);
            if value.len() > MAX_VALUE_BYTES {
                return None;
            }
        }
        (!terms.is_empty()).then_some(value)
    }

    fn term(&self, term: &[Token], depth: usize) -> Option<String> {
        let plain = without_conversions(term);
        match plain {
            [Token { kind: Kind::Text { text, is_template }, .. }] => {
                if *is_template {
                    self.filled(text, depth)
                } else {
                    Some(text.clone())
                }
            }
            [Token { kind: Kind::Word(name), .. }] => self.named(plain_name(name), depth),
            [Token { kind: Kind::Word(access), .. }, open, key, close] => {
                let is_call = open.is_mark('(') && close.is_mark(')') && READING_CALLS.contains(&last_word(access));
                let is_index = open.is_mark('[') && close.is_mark(']');
                let key = self.resolve(std::slice::from_ref(key), depth + 1)?;
                match plain_name(access) {
                    _ if is_call => self.named(&key, depth),
                    "" | "ext" | "extra" | "properties" | "project.properties" if is_index => self.named(&key, depth),
                    map if is_index => self.named(&format!("{map}.{key}"), depth),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn named(&self, name: &str, depth: usize) -> Option<String> {
        match self.scopes.iter().find_map(|scope| scope.get(name))? {
            Written::Tokens(tokens) => self.resolve(tokens, depth + 1),
            Written::Several => None,
        }
    }

    /// The template with its names filled in.
    fn filled(&self, template: &str, depth: usize) -> Option<String> {
        let mut value = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('$') {
            value.push_str(before);
            let (expression, tail) = match after.strip_prefix('{') {
                Some(inner) => inner.split_at_checked(inner.find('}')?)?,
                None => after.split_at(after.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(after.len())),
            };
            let is_braced = after.starts_with('{');
            // Groovy reads `$a.b` as a property, Kotlin as text behind `a`: only where neither a letter follows is it clear.
            let is_unclear =
                !is_braced && tail.strip_prefix('.').is_some_and(|next| next.starts_with(|c: char| c.is_alphabetic()));
            if is_unclear {
                return None;
            }
            value.push_str(&self.resolve(&gradle_script::tokens(expression), depth + 1)?);
            rest = if is_braced { tail.get(1..)? } else { tail };
            if value.len() > MAX_VALUE_BYTES {
                return None;
            }
        }
        value.push_str(rest);
        Some(value)
    }
}

/// Calls that read a property by its name.
const READING_CALLS: &[&str] = &["findProperty", "get", "getProperty", "gradleProperty", "property"];

fn last_word(access: &str) -> &str {
    access.rsplit('.').next().unwrap_or(access)
}

/// The tokens without `.toString()`, `.get()`, `!!` and `as String` behind them.
fn without_conversions(term: &[Token]) -> &[Token] {
    let mut term = term;
    loop {
        term = match term {
            [rest @ .., call, open, close]
                if open.is_mark('(')
                    && close.is_mark(')')
                    && rest.is_empty()
                    && call.word().is_some_and(|word| word.ends_with(".get") || word.ends_with(".toString")) =>
            {
                return std::slice::from_ref(call);
            }
            [rest @ .., dot, call, open, close]
                if dot.is_mark('.')
                    && matches!(call.word(), Some("get" | "toString"))
                    && open.is_mark('(')
                    && close.is_mark(')') =>
            {
                rest
            }
            [rest @ .., word, kind] if word.word() == Some("as") && kind.word() == Some("String") => rest,
            [rest @ .., mark] if mark.is_mark('!') && !rest.is_empty() => rest,
            _ => return term,
        };
    }
}

/// The name without the objects that hold it.
fn plain_name(name: &str) -> &str {
    let mut name = name.trim_end_matches(".toString").trim_end_matches(".get");
    while let Some(inner) = ["project.", "rootProject.", "ext.", "extra.", "this.", "gradle.", "properties."]
        .iter()
        .find_map(|holder| name.strip_prefix(holder))
    {
        name = inner;
    }
    if matches!(name, "project" | "rootProject" | "ext" | "extra" | "properties") { "" } else { name }
}

fn collect(statements: &[Statement], scope: &mut BTreeMap<String, Written>) {
    for statement in statements {
        assignment(statement, scope);
        let head = statement.head();
        if TRANSPARENT.contains(&head) {
            collect(statement.inside(), scope);
        }
    }
}

fn assignment(statement: &Statement, scope: &mut BTreeMap<String, Written>) {
    let mut tokens = &statement.tokens[..];
    while let [first, second, rest @ ..] = tokens
        && first.word().is_some_and(|word| DECLARING.contains(&word))
        && second.word().is_some()
    {
        tokens = tokens.get(1..).unwrap_or(rest);
    }
    // `val name: String = …`
    if let [name, colon, kind, rest @ ..] = tokens
        && colon.is_mark(':')
        && kind.word().is_some()
        && rest.first().is_some_and(|next| next.is_mark('='))
        && let Some(name) = name.word()
    {
        return note(plain_name(name), rest.get(1..).unwrap_or_default(), 0, scope);
    }
    match tokens {
        [name, equals, value @ ..] if equals.is_mark('=') && !value.is_empty() => {
            let Some(name) = name.word() else { return };
            note(plain_name(name), value, 0, scope);
        }
        // `ext["name"] = …`, and `set("name", …)`
        [holder, open, Token { kind: Kind::Text { text, .. }, .. }, close, equals, value @ ..]
            if open.is_mark('[')
                && close.is_mark(']')
                && equals.is_mark('=')
                && holder.word().is_some_and(|holder| plain_name(holder).is_empty()) =>
        {
            note(text, value, 0, scope);
        }
        [set, open, Token { kind: Kind::Text { text, .. }, .. }, comma, value @ .., close]
            if open.is_mark('(') && comma.is_mark(',') && close.is_mark(')') =>
        {
            if matches!(set.word().map(plain_name), Some("set")) {
                note(text, value, 0, scope);
            }
        }
        [name, by, extra, value @ ..] if by.word() == Some("by") && extra.word() == Some("extra") => {
            let Some(name) = name.word() else { return };
            let in_block = statement.inside().first().map(|first| &first.tokens[..]);
            note(name, in_block.unwrap_or(value), 0, scope);
        }
        _ => {}
    }
}

/// Notes the value, or the values of a map under `name.key`.
fn note(name: &str, value: &[Token], depth: usize, scope: &mut BTreeMap<String, Written>) {
    let is_map = value.first().is_some_and(|first| first.is_mark('['));
    if is_map && depth < MAX_NESTED_MAPS {
        for pair in gradle_script::arguments(value) {
            let Some((key, inner)) = pair.split_first() else { continue };
            let [colon, inner @ ..] = inner else { continue };
            let key = match &key.kind {
                Kind::Word(key) | Kind::Text { text: key, .. } if colon.is_mark(':') => key,
                _ => continue,
            };
            note(&format!("{name}.{key}"), inner, depth + 1, scope);
        }
        return;
    }
    let written = Written::Tokens(value.to_vec());
    let known = scope.entry(name.to_owned()).or_insert_with(|| written.clone());
    if !is_same(known, &written) {
        *known = Written::Several;
    }
}

fn is_same(left: &Written, right: &Written) -> bool {
    match (left, right) {
        (Written::Tokens(left), Written::Tokens(right)) => {
            left.iter().map(|token| &token.kind).eq(right.iter().map(|token| &token.kind))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolves_what_is_written_plainly() {
        let script = "ext {\n a = '1'\n m = [b: \"2\", 'c-d': '3', e: [f: \"4.$a\"]]\n set('s', '5')\n}\ndef l = '6'\nval k by extra(\"7\")\n\
            val n by extra { \"8\" }\nval t: String = \"9\"\next.dotted = \"${l}.0\"\nextra[\"i\"] = \"10\"\nloop = \"$loop\"\n\
            if (x) { two = '1' } else { two = '2' }\nsum = 'g:a:' + l\ncomputed = call()\n";
        let mut values = Values::default();
        values.add_script(&gradle_script::parse(script));
        values.add_properties(&[("p".to_owned(), "11".to_owned()), ("a.b".to_owned(), "12".to_owned())]);
        let cases = [
            ("a", Some("1")),
            ("m.b", Some("2")),
            ("m['c-d']", Some("3")),
            ("m.e.f", Some("4.1")),
            ("s", Some("5")),
            ("rootProject.ext.l", Some("6")),
            ("k", Some("7")),
            ("n", Some("8")),
            ("t", Some("9")),
            ("project.dotted", Some("6.0")),
            ("extra[\"i\"] as String", Some("10")),
            ("property(\"p\")!!", Some("11")),
            ("providers.gradleProperty('a.b').get()", Some("12")),
            ("\"${findProperty('p')}\"", Some("11")),
            ("\"x:$a\"", Some("x:1")),
            ("'$a'", Some("$a")),
            ("sum", Some("g:a:6")),
            ("\"$a.b\"", None),
            ("loop", None),
            ("two", None),
            ("computed", None),
            ("absent", None),
            ("a ?: '2'", None),
        ];
        for (expression, expected) in cases {
            assert_eq!(values.text(&gradle_script::tokens(expression)).as_deref(), expected, "{expression}");
        }
    }
}
