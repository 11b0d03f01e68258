//! Where in the user's project something stands.

use std::fmt;

/// A place in a file. Ordered by file, then line, then column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// Path relative to the target, `/`-separated; inside an archive `outer.zip!/inner/path`.
    pub file: String,
    /// 1-based line, when the place is inside a text file.
    pub line: Option<u32>,
    /// 1-based column counted in UTF-8 bytes.
    pub column: Option<u32>,
}

impl Location {
    /// The whole file.
    pub fn file(file: impl Into<String>) -> Self {
        Self { file: file.into(), line: None, column: None }
    }

    /// One line of a file; `line` is 1-based.
    pub fn line(file: impl Into<String>, line: u32) -> Self {
        Self { file: file.into(), line: Some(line), column: None }
    }

    /// A point of a file; `line` and `column` are 1-based.
    pub fn point(file: impl Into<String>, line: u32, column: u32) -> Self {
        Self { file: file.into(), line: Some(line), column: Some(column) }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
            if let Some(column) = self.column {
                write!(f, ":{column}")?;
            }
        }
        Ok(())
    }
}

/// Turns byte offsets of one text into 1-based lines and columns (columns in UTF-8 bytes).
#[derive(Debug)]
pub struct LineIndex {
    line_starts: Vec<usize>,
}

impl LineIndex {
    /// Cost: one pass over `text`.
    pub fn new(text: &[u8]) -> Self {
        let after_newlines = text.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
        Self { line_starts: std::iter::once(0).chain(after_newlines).collect() }
    }

    /// Line and column of `offset`; an offset past the end is on the last line.
    pub fn line_column(&self, offset: usize) -> (u32, u32) {
        let line = self.line_starts.partition_point(|start| *start <= offset).max(1);
        let start = self.line_starts.get(line - 1).copied().unwrap_or(0);
        (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(offset - start + 1).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_lines_and_columns_from_one() {
        let index = LineIndex::new(b"ab\ncd\n");
        let cases = [(0, (1, 1)), (2, (1, 3)), (3, (2, 1)), (4, (2, 2)), (6, (3, 1)), (9, (3, 4))];
        for (offset, expected) in cases {
            assert_eq!(index.line_column(offset), expected, "offset {offset}");
        }
    }
}
