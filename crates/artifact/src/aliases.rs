//! Linked folders: paths that stand for other paths of the same mount.

use std::collections::BTreeMap;

use crate::Mount;

/// Links that are followed one after another before a path counts as leading round in a circle.
const MAX_LINKS_FOLLOWED: usize = 40;

/// Linked folder → the path its files are listed under.
#[derive(Debug, Clone, Default)]
pub(crate) struct Aliases {
    function: BTreeMap<String, String>,
    layers: BTreeMap<String, String>,
    system: BTreeMap<String, String>,
}

impl Aliases {
    pub(crate) fn add(&mut self, mount: Mount, folders: BTreeMap<String, String>) {
        match mount {
            Mount::Function => self.function.extend(folders),
            Mount::Layers => self.layers.extend(folders),
            Mount::System => self.system.extend(folders),
        }
    }

    /// The first of `path` and the paths it stands for that `lookup` knows.
    pub(crate) fn lookup<T>(&self, mount: Mount, path: &str, lookup: impl Fn(&str) -> Option<T>) -> Option<T> {
        let folders = match mount {
            Mount::Function => &self.function,
            Mount::Layers => &self.layers,
            Mount::System => &self.system,
        };
        if folders.is_empty() {
            return lookup(path);
        }
        Self::follow(path, |link| folders.get(link).map(String::as_str), lookup)
    }

    /// As [`Self::lookup`], over any table of links.
    pub(crate) fn follow<'a, T>(
        path: &str,
        target: impl Fn(&str) -> Option<&'a str>,
        lookup: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let mut path = path.to_owned();
        for _ in 0..MAX_LINKS_FOLLOWED {
            if let Some(found) = lookup(&path) {
                return Some(found);
            }
            path = replace_link(&path, &target)?;
        }
        None
    }
}

/// `path` with its longest part that is a link replaced by what the link stands for.
fn replace_link<'a>(path: &str, target: &impl Fn(&str) -> Option<&'a str>) -> Option<String> {
    let ends = std::iter::once(path.len()).chain(path.rmatch_indices('/').map(|(at, _)| at));
    for end in ends {
        let (link, rest) = path.split_at_checked(end)?;
        if let Some(place) = target(link) {
            let replaced =
                if place.is_empty() { rest.trim_start_matches('/').to_owned() } else { format!("{place}{rest}") };
            return Some(replaced);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(links: &[(&str, &str)], path: &str, known: &str, found: bool) {
        let mut aliases = Aliases::default();
        let folders = links.iter().map(|(link, place)| ((*link).to_owned(), (*place).to_owned())).collect();
        aliases.add(Mount::Function, folders);
        let lookup = aliases.lookup(Mount::Function, path, |path| (path == known).then_some(()));
        assert_eq!(lookup.is_some(), found, "{path} through {links:?}");
    }

    #[test]
    fn follows_the_longest_link() {
        check(&[], "a/b", "a/b", true);
        check(&[("a", "c")], "a/b", "c/b", true);
        check(&[("a", "c"), ("a/b", "d")], "a/b/e", "d/e", true);
        check(&[("a", "c"), ("c", "d")], "a/b", "d/b", true);
        check(&[("lib/up", "")], "lib/up/app.py", "app.py", true);
        check(&[("a", "a/a")], "a/b", "x", false);
        check(&[("a", "b"), ("b", "a")], "a/c", "x", false);
        check(&[("ab", "c")], "a/b", "c/b", false);
    }
}
