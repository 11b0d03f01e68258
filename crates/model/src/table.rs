//! Fact tables that are ready the moment they are mapped: sorted lines of text, searched where they lie.

/// A table of `key<TAB>rest` lines, sorted bytewise by key. Lines that start with `#` stand only at the head and carry
/// source, date, licence and maker. Lookups cost O(log n) and nothing is parsed beforehand.
#[derive(Debug, Clone, Copy)]
pub struct SortedLines<'a> {
    lines: &'a str,
}

impl<'a> SortedLines<'a> {
    /// `text` must be sorted; `is_sorted` tells (a test of each table does).
    pub fn new(text: &'a str) -> Self {
        let mut lines = text;
        while lines.starts_with('#') {
            lines = lines.split_once('\n').map_or("", |(_, rest)| rest);
        }
        Self { lines }
    }

    /// What follows the first line whose key is `key`.
    pub fn get(&self, key: &str) -> Option<&'a str> {
        self.all(key).next()
    }

    /// What follows each line whose key is `key`, in order.
    pub fn all(&self, key: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let key = key.to_owned();
        self.lines_from(&key).map(split_line).take_while(move |(found, _)| *found == key).map(|(_, rest)| rest)
    }

    /// Every `(key, rest)` whose key starts with `prefix`, in order.
    pub fn starting_with(&self, prefix: &str) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let prefix = prefix.to_owned();
        self.lines_from(&prefix).map(split_line).take_while(move |(key, _)| key.starts_with(&prefix))
    }

    /// Every `(key, rest)`, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        self.lines.lines().map(split_line)
    }

    /// The first pair of neighbours out of order, for the test of each table.
    pub fn first_unsorted(&self) -> Option<(&'a str, &'a str)> {
        let keys = || self.iter().map(|(key, _)| key);
        keys().zip(keys().skip(1)).find(|(before, after)| before > after)
    }

    fn lines_from(&self, key: &str) -> std::str::Lines<'a> {
        let (mut low, mut high) = (0, self.lines.len());
        // INVARIANT: `low` and `high` are starts of lines or the end; lines before `low` have smaller keys.
        while low < high {
            let middle = line_start(self.lines, low + (high - low) / 2);
            let line = self.lines.get(middle..).unwrap_or("").lines().next().unwrap_or("");
            if split_line(line).0 < key {
                low = (middle + line.len() + 1).min(self.lines.len());
            } else {
                high = middle;
            }
        }
        self.lines.get(low..).unwrap_or("").lines()
    }
}

fn split_line(line: &str) -> (&str, &str) {
    line.split_once('\t').unwrap_or((line, ""))
}

fn line_start(text: &str, at: usize) -> usize {
    text.as_bytes()
        .get(..at)
        .and_then(|before| before.iter().rposition(|byte| *byte == b'\n'))
        .map_or(0, |newline| newline + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "# source: made up\n# licence: none\na\t1\nab\t2\nab\t3\nb\nc\t4\n";

    #[test]
    fn finds_every_line_and_nothing_else() {
        let table = SortedLines::new(TABLE);
        for (key, expected) in [
            ("a", Some("1")),
            ("ab", Some("2")),
            ("b", Some("")),
            ("c", Some("4")),
            ("", None),
            ("aa", None),
            ("d", None),
        ] {
            assert_eq!(table.get(key), expected, "key {key:?}");
        }
        assert_eq!(table.all("ab").collect::<Vec<_>>(), ["2", "3"]);
        assert_eq!(table.starting_with("a").count(), 3);
        assert_eq!(table.first_unsorted(), None);
        assert_eq!(SortedLines::new("b\na\n").first_unsorted(), Some(("b", "a")));
    }
}
