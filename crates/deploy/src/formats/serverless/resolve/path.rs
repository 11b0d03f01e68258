//! Where in a configuration a value stands.

use std::fmt;

use model::Hidden;

/// The keys that lead to a property.
#[derive(Clone, Default)]
pub(super) struct Path {
    /// Joined by [`Path::SEPARATOR`].
    pub(super) keys: String,
}

impl Path {
    /// No key of a real configuration has it.
    const SEPARATOR: char = '\u{1}';

    pub(super) fn of(keys: &[&str]) -> Self {
        let mut path = Self::default();
        for key in keys {
            path.push(key);
        }
        path
    }

    fn push(&mut self, key: &str) {
        self.keys.push(Self::SEPARATOR);
        self.keys.push_str(key);
    }

    /// What `inner` makes of the path with one more key.
    pub(super) fn with<T>(&mut self, key: &str, inner: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.keys.len();
        self.push(key);
        let result = inner(self);
        self.keys.truncate(length);
        result
    }

    /// What a value missing here hides.
    pub(super) fn hides(&self) -> &'static [Hidden] {
        let mut keys = self.keys.split(Self::SEPARATOR).skip(1);
        let first = keys.next().unwrap_or_default();
        let is_about_roles = |key: &str| key.starts_with("iam") || key == "role" || key.contains("Polic");
        match first {
            "functions" if keys.next().is_none() => &[Hidden::Functions],
            "resources" => &[Hidden::Permissions, Hidden::Configuration],
            _ if is_about_roles(first) || keys.any(is_about_roles) => &[Hidden::Permissions],
            _ => &[Hidden::Configuration],
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = self.keys.split(Self::SEPARATOR).filter(|key| !key.is_empty());
        f.write_str(&keys.collect::<Vec<_>>().join("."))
    }
}
