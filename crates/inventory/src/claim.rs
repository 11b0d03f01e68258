//! What one file says of one package: the form in which every format's reader hands on what it found.

use artifact::Mount;
use model::Location;
use model::component::{EvidenceKind, Linked, Presence, SystemPackage, Version};
use model::recall::Recall;

use crate::Ecosystem;

/// One package as one file states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Claim {
    /// `None` when it is the ecosystem that the file's format belongs to.
    pub(crate) ecosystem: Option<&'static Ecosystem>,
    /// Name in the ecosystem's canonical form.
    pub(crate) package: String,
    /// The name as its author spells it, where the canonical form only serves comparing: NuGet's `Newtonsoft.Json`.
    pub(crate) spelling: Option<String>,
    pub(crate) version: Version,
    pub(crate) kind: EvidenceKind,
    pub(crate) location: Location,
    pub(crate) presence: Presence,
    /// Whether the project itself asks for it; `None` when the file does not say.
    pub(crate) direct: Option<bool>,
    /// Whether an install may leave it out: npm's `optional`.
    pub(crate) optional: bool,
    pub(crate) place: Place,
    /// What it asks for in turn: names as an install looks them up (npm: the key, which an alias may differ from).
    pub(crate) requires: Vec<String>,
    /// Names of packages that ask for it, where the file says so itself.
    pub(crate) parents: Vec<String>,
    /// Top-level names under which code imports it, when the file says; sorted.
    pub(crate) import_names: Vec<String>,
    /// Further qualifiers of its purl: where it comes from when not from the registry (`vcs_url`, `download_url`).
    pub(crate) qualifiers: Vec<(&'static str, String)>,
    pub(crate) system: Option<SystemPackage>,
    /// Purl of the system package that brought the stating file.
    pub(crate) owner: Option<String>,
    pub(crate) linked: Option<Linked>,
    /// Its purl, where that of its ecosystem would not say what the file says: packages of kinds that the program has no
    /// ecosystem for.
    pub(crate) purl: Option<String>,
    /// What the scan found out that wrote the bill of materials; its evidence, origin, reach and owner are taken over.
    pub(crate) recalled: Option<Box<Recall>>,
}

/// Where a package lies, or where an install would put it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place {
    pub(crate) mount: Mount,
    /// Index of the layer that the stating file comes from.
    pub(crate) layer: Option<u16>,
    /// Folder of the project or of the import path, without trailing `/`; empty for the mount itself.
    pub(crate) root: String,
    /// Path below `root` where ecosystems nest packages (`node_modules/a/node_modules/b`); `None` where they do not.
    pub(crate) slot: Option<String>,
}

impl Place {
    /// Whether `holder` is a layer, the system, or lies above or below this place.
    pub(crate) fn is_near(&self, holder: &Self) -> bool {
        let is_above = |outer: &str, inner: &str| {
            outer.is_empty() || inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        holder.mount == Mount::Layers
            || (holder.mount == Mount::System && self.mount != Mount::System)
            || (holder.mount == self.mount
                && (is_above(&holder.root, &self.root) || is_above(&self.root, &holder.root)))
    }
}

impl Claim {
    /// A shipped package of which nothing else is known.
    pub(crate) fn new(package: String, version: Version, kind: EvidenceKind, location: Location, place: Place) -> Self {
        Self {
            ecosystem: None,
            package,
            spelling: None,
            version,
            kind,
            location,
            presence: Presence::Shipped,
            direct: None,
            optional: false,
            place,
            requires: Vec::new(),
            parents: Vec::new(),
            import_names: Vec::new(),
            qualifiers: Vec::new(),
            system: None,
            owner: None,
            linked: None,
            purl: None,
            recalled: None,
        }
    }

    /// Whether both stand in one file and speak of one package, so that they speak of two copies of it.
    pub(crate) fn is_same_statement(&self, other: &Self) -> bool {
        self.package == other.package && self.kind == other.kind && self.location.file == other.location.file
    }

    /// Whether the stating file lies in an archive, which nothing will be installed into any more.
    pub(crate) fn is_packed(&self) -> bool {
        self.location.file.contains("!/")
    }
}
