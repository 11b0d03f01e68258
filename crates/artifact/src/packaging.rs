//! Which files of a folder go into the package.
//!
//! **Source**: Serverless Framework, "Packaging": patterns in order, `!` leaves out, the last that matches decides;
//! dots are matched like other characters, `*` stays within one folder.
//! **Unsupported (→ gap)**: extended globs (`!(a|b)`), patterns that reach outside the folder.

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};
use model::function::PackagePattern;

use crate::gaps::GapList;

const UNREADABLE: &str = "a packaging pattern cannot be read and was not applied; write it as a plain glob";
const OUTSIDE: &str =
    "a packaging pattern reaches outside the folder and was not applied; files it packs from there are missing here";
const TOO_LARGE: &str =
    "the packaging patterns together are too large to apply and were not; write fewer or shorter ones";

/// Extended-glob openers that the matcher would take as literal text.
const EXTENDED_GLOBS: [&str; 5] = ["!(", "?(", "+(", "*(", "@("];

/// Decides for each path below a folder whether it is packed.
#[derive(Debug, Default)]
pub(crate) struct Packaging {
    globs: GlobSet,
    /// For each glob whether what it matches is packed.
    includes: Vec<bool>,
}

impl Packaging {
    /// Patterns that cannot be applied become gaps of the folder `display`.
    pub(crate) fn new(patterns: &[PackagePattern], display: &str, gaps: &mut GapList) -> Self {
        let mut globs = GlobSetBuilder::new();
        let mut includes = Vec::new();
        for pattern in patterns {
            match glob(&pattern.glob) {
                Ok(glob) => {
                    globs.add(glob);
                    includes.push(pattern.includes);
                }
                Err(problem) => gaps.note_with(problem, display, || named(problem, &pattern.glob)),
            }
        }
        match globs.build() {
            Ok(globs) => Self { globs, includes },
            Err(_) => {
                gaps.note(TOO_LARGE, display);
                Self::default()
            }
        }
    }

    pub(crate) fn packs(&self, path: &str) -> bool {
        if self.includes.is_empty() {
            return true;
        }
        let deciding = self.globs.matches(path).into_iter().max();
        deciding.and_then(|at| self.includes.get(at)).is_none_or(|includes| *includes)
    }
}

fn glob(pattern: &str) -> Result<Glob, &'static str> {
    let glob = pattern.strip_prefix("./").unwrap_or(pattern);
    if glob.starts_with("../") || glob.starts_with('/') {
        return Err(OUTSIDE);
    }
    if EXTENDED_GLOBS.iter().any(|opener| glob.contains(opener)) {
        return Err(UNREADABLE);
    }
    GlobBuilder::new(glob).literal_separator(true).backslash_escape(true).build().map_err(|_| UNREADABLE)
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
