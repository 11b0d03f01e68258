//! Which files of a folder go into the package.
//!
//! **Source**: Serverless Framework, "Packaging": patterns in order, `!` leaves out, the last that matches decides;
//! dots are matched like other characters, `*` stays within one folder.
//! **Unsupported (→ gap)**: extended globs (`!(a|b)`), patterns that reach outside the folder.

use globset::{GlobBuilder, GlobMatcher};
use model::function::PackagePattern;

use crate::gaps::GapList;

const UNREADABLE: &str = "a packaging pattern cannot be read and was not applied; write it as a plain glob";
const OUTSIDE: &str =
    "a packaging pattern reaches outside the folder and was not applied; files it packs from there are missing here";

/// Extended-glob openers that the matcher would take as literal text.
const EXTENDED_GLOBS: [&str; 5] = ["!(", "?(", "+(", "*(", "@("];

/// Decides for each path below a folder whether it is packed.
#[derive(Debug, Default)]
pub(crate) struct Packaging {
    patterns: Vec<(GlobMatcher, bool)>,
}

impl Packaging {
    /// Patterns that cannot be applied become gaps of the folder `display`.
    pub(crate) fn new(patterns: &[PackagePattern], display: &str, gaps: &mut GapList) -> Self {
        let mut packaging = Self::default();
        for pattern in patterns {
            let glob = pattern.glob.strip_prefix("./").unwrap_or(&pattern.glob);
            if glob.starts_with("../") || glob.starts_with('/') {
                gaps.note_with(OUTSIDE, display, || named(OUTSIDE, &pattern.glob));
                continue;
            }
            match matcher(glob) {
                Some(matcher) => packaging.patterns.push((matcher, pattern.includes)),
                None => gaps.note_with(UNREADABLE, display, || named(UNREADABLE, &pattern.glob)),
            }
        }
        packaging
    }

    pub(crate) fn packs(&self, path: &str) -> bool {
        let deciding = self.patterns.iter().rev().find(|(matcher, _)| matcher.is_match(path));
        deciding.is_none_or(|(_, includes)| *includes)
    }
}

fn matcher(glob: &str) -> Option<GlobMatcher> {
    if EXTENDED_GLOBS.iter().any(|opener| glob.contains(opener)) {
        return None;
    }
    let glob = GlobBuilder::new(glob).literal_separator(true).backslash_escape(true).build().ok()?;
    Some(glob.compile_matcher())
}

fn named(kind: &str, glob: &str) -> String {
    let subject = format!("packaging pattern `{glob}`");
    kind.replacen("a packaging pattern", &subject, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> PackagePattern {
        match text.strip_prefix('!') {
            Some(glob) => PackagePattern { glob: glob.to_owned(), includes: false },
            None => PackagePattern { glob: text.to_owned(), includes: true },
        }
    }

    fn check(patterns: &[&str], path: &str, packed: bool) {
        let patterns: Vec<_> = patterns.iter().map(|text| pattern(text)).collect();
        let packaging = Packaging::new(&patterns, ".", &mut GapList::new("."));
        assert_eq!(packaging.packs(path), packed, "{patterns:?} on {path}");
    }

    #[test]
    fn the_last_matching_pattern_decides() {
        check(&[], "a.py", true);
        check(&["!**", "src/**"], "src/a.py", true);
        check(&["!**", "src/**"], "lib/a.py", false);
        check(&["!./**", "./src/**"], "lib/a.py", false);
        check(&["!node_modules/**"], "node_modules/a/index.js", false);
        check(&["!node_modules/**", "node_modules/a/**"], "node_modules/a/index.js", true);
        check(&["!*.md"], "README.md", false);
        check(&["!*.md"], "docs/README.md", true);
        check(&["!**/*.md"], "README.md", false);
        check(&["!**/*.md"], "docs/README.md", false);
        check(&["!*"], ".env", false);
        check(&["!**/__tests__/**"], "a/__tests__/b.js", false);
        check(&["!{a,b}/**"], "b/c", false);
        check(&["!src"], "src/a.py", true);
    }

    #[test]
    fn patterns_that_cannot_be_applied_are_told() {
        let mut gaps = GapList::new("app");
        let patterns = [pattern("!(a|b)"), pattern("../shared/**"), pattern("[a"), pattern("!?(x)")];
        assert!(Packaging::new(&patterns, "app", &mut gaps).packs("c"));
        let whys: Vec<_> = gaps.finish().into_iter().map(|gap| gap.why).collect();
        assert_eq!(whys.len(), 3, "{whys:?}");
        assert!(whys[0].contains("`../shared/**`"), "{whys:?}");
    }
}
