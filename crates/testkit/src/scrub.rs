//! Takes out of a text what differs from run to run and from machine to machine, so that it can be compared.

use std::path::Path;

/// Replaces text, longest pattern first.
///
/// ```text
/// Scrubber::new().folder(temp.path(), "[ROOT]").replace(env!("CARGO_PKG_VERSION"), "[VERSION]").scrub(&output)
/// ```
#[derive(Debug, Clone, Default)]
pub struct Scrubber {
    replacements: Vec<(String, String)>,
}

impl Scrubber {
    pub fn new() -> Self {
        Self::default()
    }

    /// Shows `folder` as `name`, in the spelling given and in the one without symlinks.
    #[must_use]
    pub fn folder(mut self, folder: &Path, name: &str) -> Self {
        if let Ok(real) = folder.canonicalize() {
            self = self.replace(&real.to_string_lossy(), name);
        }
        self.replace(&folder.to_string_lossy(), name)
    }

    #[must_use]
    pub fn replace(mut self, text: &str, name: &str) -> Self {
        if !text.is_empty() {
            self.replacements.push((text.to_owned(), name.to_owned()));
            self.replacements.sort_by_key(|(text, _)| std::cmp::Reverse(text.len()));
        }
        self
    }

    /// The text with everything replaced and `\n` at the ends of lines.
    pub fn scrub(&self, text: &str) -> String {
        let text = text.replace("\r\n", "\n");
        self.replacements.iter().fold(text, |text, (from, to)| text.replace(from, to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_the_longest_text_first() {
        let scrubber = Scrubber::new().replace("/t", "[T]").replace("/t/root", "[ROOT]");
        assert_eq!(scrubber.scrub("/t/root/a\r\n/t/b"), "[ROOT]/a\n[T]/b");
    }
}
