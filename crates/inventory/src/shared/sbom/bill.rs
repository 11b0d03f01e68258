//! What a bill of materials says, whatever it is written in.

use model::component::SourcePackage;

use crate::PackageUrl;

/// A bill as a graph of entries.
#[derive(Debug, Default)]
pub(super) struct Bill {
    pub(super) entries: Vec<Entry>,
    /// Indices of the entries that the bill is about.
    pub(super) roots: Vec<usize>,
    pub(super) edges: Vec<Edge>,
    /// Whether it says of itself that it is not complete.
    pub(super) is_incomplete: bool,
    /// Why it is not, in its own words.
    pub(super) missing: Vec<String>,
}

/// One package, or what a tool has put among them.
#[derive(Debug, Default)]
pub(super) struct Entry {
    pub(super) purl: Option<String>,
    /// With its group, `group/name`.
    pub(super) name: Option<String>,
    pub(super) version: Option<String>,
    pub(super) kind: EntryKind,
    pub(super) is_development: bool,
    /// Whether it is not part of what the bill is about: the environment is expected to have it.
    pub(super) is_external: bool,
    /// The source package, where a tool says it outside the purl.
    pub(super) source: Option<SourcePackage>,
    /// Our own properties, as `(name, value)`.
    pub(super) properties: Vec<(String, String)>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum EntryKind {
    #[default]
    Package,
    OperatingSystem,
    /// Stands for a lock file or another group of packages; what it leads to is led to by what leads to it.
    Group,
    /// A file, a data set, a key: not a package of software.
    Other,
}

/// One entry asks for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) is_development: bool,
}

impl Entry {
    /// The name alone, lower case.
    pub(super) fn plain_name(&self) -> Option<String> {
        let of_purl = self.purl.as_deref().and_then(|purl| PackageUrl::parse(purl).ok()).map(|purl| purl.name);
        let name = of_purl.or_else(|| self.name.clone())?;
        Some(name.rsplit('/').next().unwrap_or(&name).to_ascii_lowercase())
    }
}

/// A text that says something: some tools write words for nothing.
pub(super) fn stated(text: Option<&str>) -> Option<String> {
    const NOTHING: &[&str] = &["NOASSERTION", "NONE", "UNKNOWN", "unknown", "unspecified", "latest"];
    let text = text?.trim();
    (!text.is_empty() && !NOTHING.contains(&text)).then(|| text.to_owned())
}

/// `name=value` as one of our own properties.
pub(super) fn own_property(text: &str) -> Option<(String, String)> {
    let (name, value) = text.split_once('=')?;
    name.starts_with(model::recall::PREFIX).then(|| (name.to_owned(), value.to_owned()))
}
