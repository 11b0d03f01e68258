//! `.env` files, which the framework reads when `useDotenv` says so.
//!
//! **Source**: the format of npm's `dotenv` 16 and `dotenv-expand` 11. **Supported**: comments, `export`, single, double
//! and back quotes over several lines, `\n` in double quotes, `${NAME}` and `$NAME` of the same file.
//! **Unsupported**: defaults inside references (`${NAME:-x}`), which stay as written.

use std::collections::BTreeMap;

/// Names and values of `text`; the last of equal names counts.
pub(super) fn parse(text: &str) -> BTreeMap<String, String> {
    let mut variables = BTreeMap::new();
    let mut rest = text;
    while !rest.is_empty() {
        let line = rest.trim_start_matches([' ', '\t', '\r', '\n']);
        match assignment(line) {
            Some((name, value, after)) => {
                variables.insert(name.to_owned(), value);
                rest = after;
            }
            None => rest = after_line(line),
        }
    }
    expand(&variables)
}

/// The assignment that `text` starts with: name, value, and what follows.
fn assignment(text: &str) -> Option<(&str, String, &str)> {
    let text = text.strip_prefix("export ").map_or(text, str::trim_start);
    let line_end = text.find('\n').unwrap_or(text.len());
    let (name, _) = text.split_at_checked(line_end)?.0.split_once('=')?;
    let value = text.get(name.len() + 1..)?.trim_start_matches([' ', '\t']);
    let name = name.trim_end();
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.' | '-');
    if name.is_empty() || !name.chars().all(is_name) {
        return None;
    }
    let (value, after) = quoted(value).unwrap_or_else(|| unquoted(value));
    Some((name, value, after))
}

fn quoted(text: &str) -> Option<(String, &str)> {
    let quote = text.chars().next().filter(|first| matches!(first, '"' | '\'' | '`'))?;
    let (value, after) = text.get(1..)?.split_once(quote)?;
    let value = if quote == '"' { value.replace("\\n", "\n").replace("\\r", "\r") } else { value.to_owned() };
    Some((value, after_line(after)))
}

fn unquoted(text: &str) -> (String, &str) {
    let line = text.lines().next().unwrap_or("");
    let value = line.split_once('#').map_or(line, |(value, _)| value);
    (value.trim().to_owned(), after_line(text))
}

fn after_line(text: &str) -> &str {
    text.split_once('\n').map_or("", |(_, after)| after)
}

/// The variables with references to each other replaced, one level deep.
fn expand(variables: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    variables.iter().map(|(name, value)| (name.clone(), expand_value(value, variables))).collect()
}

fn expand_value(value: &str, variables: &BTreeMap<String, String>) -> String {
    let mut expanded = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('$') {
        expanded.push_str(before);
        let (name, tail) = match after.strip_prefix('{').and_then(|braced| braced.split_once('}')) {
            Some((name, tail)) => (name, tail),
            None => {
                let tail = after.trim_start_matches(|letter: char| letter.is_ascii_alphanumeric() || letter == '_');
                (after.strip_suffix(tail).unwrap_or(""), tail)
            }
        };
        match variables.get(name) {
            Some(known) if !before.ends_with('\\') => {
                expanded.push_str(known);
                rest = tail;
            }
            _ => {
                expanded.push('$');
                rest = after;
            }
        }
    }
    expanded.push_str(rest);
    expanded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_is_written_in_the_wild() {
        let text = "# comment\nA=1\nexport B = two # note\nC=\"x\\ny\"\nD='a#b'\nE=\nF=$A-${B}-$NOPE\nnot a line\nG=\"two\nlines\"\nH=a=b\r\n";
        let expected = [
            ("A", "1"),
            ("B", "two"),
            ("C", "x\ny"),
            ("D", "a#b"),
            ("E", ""),
            ("F", "1-two-$NOPE"),
            ("G", "two\nlines"),
            ("H", "a=b"),
        ];
        let variables = parse(text);
        assert_eq!(variables.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect::<Vec<_>>(), expected);
    }

    proptest::proptest! {
        #[test]
        fn reads_any_text_without_panic(text in "[A-C=\"'`$ {}\n#\\\\é]{0,60}") {
            parse(&text);
        }
    }
}
