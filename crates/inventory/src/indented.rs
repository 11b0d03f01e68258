//! Reading the indented key–value files that package managers write: `yarn.lock`, `pnpm-lock.yaml`.
//!
//! **Source**: the files of yarn 1 to 4 and pnpm 3 to 9. **Supported**: one key and at most one plain or quoted value a
//! line, nesting by spaces, comments, YAML's `? key` form for long keys. **Unsupported**: everything else of YAML – anchors,
//! block scalars, values over several lines – which these tools do not write.

/// One line with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct IndentedLine<'a> {
    /// Spaces before the key.
    pub(crate) indent: usize,
    /// The line without indentation.
    pub(crate) content: &'a str,
    /// As written, without one pair of quotes around it; never empty.
    pub(crate) key: &'a str,
    /// Without one pair of quotes around it; empty when the key opens a block.
    pub(crate) value: &'a str,
    /// 1-based.
    pub(crate) line: u32,
}

/// Every line with a key, in file order.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = IndentedLine<'_>> {
    text.lines().zip(1..).filter_map(|(raw, line)| {
        let content = raw.trim_start_matches(' ');
        let indent = raw.len() - content.len();
        // `? long key` and, on the next line, `: first: field`.
        let (indent, content) = match (content.strip_prefix("? "), content.strip_prefix(": ")) {
            (Some(key), _) => (indent, key),
            (None, Some(field)) => (indent + 2, field),
            (None, None) => (indent, content),
        };
        let content = content.trim_end();
        let (key, value) = split(content)?;
        (!content.starts_with('#') && !key.is_empty()).then_some(IndentedLine { indent, content, key, value, line })
    })
}

fn split(content: &str) -> Option<(&str, &str)> {
    let quote = content.chars().next()?;
    if matches!(quote, '"' | '\'') {
        let (key, rest) = content.get(1..)?.split_once(quote)?;
        return Some((key, unquoted(rest.trim_start_matches(':').trim())));
    }
    // A colon inside a key (`a@npm:1`) is not followed by a space.
    match content.strip_suffix(':').map(|key| (key, "")).or_else(|| content.split_once(": ")) {
        Some((key, value)) => Some((key, unquoted(value.trim()))),
        None => {
            let (key, value) = content.split_once(' ').unwrap_or((content, ""));
            Some((key, unquoted(value.trim())))
        }
    }
}

pub(crate) fn unquoted(text: &str) -> &str {
    let between = |quote: char| text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    between('"').or_else(|| between('\'')).unwrap_or(text)
}

/// The items of `[a, b]`; a lone value is a list of one.
pub(crate) fn items(value: &str) -> impl Iterator<Item = &str> {
    let inner = value.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(value);
    inner.split(',').map(|item| unquoted(item.trim())).filter(|item| !item.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_lines_of_all_three_dialects() {
        let text = "# comment\n\n\"@a/b@^1\", x@2:\n  version \"1.0\"\n\"y@npm:^1, y@npm:^2\":\n  version: 1.0.0\n  \"@c/d\": \"npm:^1\"\n\n  /z@1.0.0(p@2):\n    os: [darwin, 'linux']\n? long\n:\n  a: b\n? other\n: first: field\n";
        let found: Vec<_> = lines(text).map(|line| (line.line, line.indent, line.key, line.value)).collect();
        let expected = [
            (3, 0, "@a/b@^1", ", x@2:"),
            (4, 2, "version", "1.0"),
            (5, 0, "y@npm:^1, y@npm:^2", ""),
            (6, 2, "version", "1.0.0"),
            (7, 2, "@c/d", "npm:^1"),
            (9, 2, "/z@1.0.0(p@2)", ""),
            (10, 4, "os", "[darwin, 'linux']"),
            (11, 0, "long", ""),
            (13, 2, "a", "b"),
            (14, 0, "other", ""),
            (15, 2, "first", "field"),
        ];
        assert_eq!(found, expected);
        assert_eq!(items("[darwin, 'linux']").collect::<Vec<_>>(), ["darwin", "linux"]);
        assert_eq!(items("x64").collect::<Vec<_>>(), ["x64"]);
    }
}
