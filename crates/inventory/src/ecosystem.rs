//! What is known of a package ecosystem: its names, its version order, its files.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::claim::Place;
use crate::document::Format;
use crate::{AdmittedVersions, Unparsable, VersionKey};

/// The descriptor of an ecosystem: every name of it in one place, so that no `match` on it is needed elsewhere.
#[derive(Debug)]
pub struct Ecosystem {
    /// Our id, as in `Component::ecosystem`.
    pub id: &'static str,
    /// The `type` of its package URLs.
    pub purl_type: &'static str,
    /// The namespaces of those package URLs that are its own, where several ecosystems share a type (`deb`, `rpm`); the first
    /// is the one that is written. Empty where the namespace is part of the package's name.
    pub purl_namespaces: &'static [&'static str],
    /// As OSV spells it, without a release suffix (`:12`).
    pub advisory_name: &'static str,
    pub title: &'static str,
    /// Between the namespace and the name of a package: `/` in `@scope/name`, `:` in `group:artifact`.
    pub namespace_separator: Option<char>,
    /// The canonical form of a package's name.
    pub normalise_name: fn(&str) -> Cow<'_, str>,
    pub(crate) formats: &'static [Format],
    pub(crate) layout: Layout,
    /// `None` while the ecosystem's version order is not known to the program: matching then answers `possible`.
    pub order: Option<Order>,
}

/// How an ecosystem's packages lie in folders and find each other.
#[derive(Debug)]
pub(crate) struct Layout {
    /// Whether what lies at the first place can load what is installed at the second.
    pub(crate) sees: fn(&Place, &Place) -> bool,
    /// The slots below one root in which a package, or the root itself, looks for a name, nearest first; empty where the
    /// ecosystem does not nest.
    pub(crate) slots: fn(Option<&str>, &str) -> Vec<String>,
}

impl Layout {
    /// Packages lie side by side and see all others.
    pub(crate) const FLAT: Self = Self { sees: |_, _| true, slots: |_, _| Vec::new() };

    /// Packages lie side by side in a folder of the project, above or below the file that asks for them, or in a layer.
    pub(crate) const TREE: Self = Self { sees: Place::is_near, slots: |_, _| Vec::new() };
}

/// Names that are compared as they are.
pub(crate) fn as_written(name: &str) -> Cow<'_, str> {
    Cow::Borrowed(name)
}

/// Names that are the same in any case.
pub(crate) fn lower_case(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

/// Ids of the ecosystems of no distribution; a test holds them against the list.
const NEUTRAL: &[&str] = &["apk", "deb", "rpm"];

/// How an ecosystem orders versions and writes requirements.
#[derive(Debug)]
pub struct Order {
    pub(crate) key: fn(&str) -> Result<VersionKey, Unparsable>,
    /// A total order for what `key` refuses; all of it sorts below every version that `key` accepts.
    pub(crate) fallback_key: fn(&str) -> VersionKey,
    /// `None` while the grammar of requirements is not known to the program.
    pub(crate) range: Option<ParseRange>,
}

pub(crate) type ParseRange = fn(&str) -> Result<AdmittedVersions, Unparsable>;

impl PartialEq for Ecosystem {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Ecosystem {}

impl Ecosystem {
    pub fn by_id(id: &str) -> Option<&'static Self> {
        crate::ecosystems().iter().copied().find(|ecosystem| ecosystem.id == id)
    }

    /// The first ecosystem whose package URLs have this type.
    pub fn by_purl_type(purl_type: &str) -> Option<&'static Self> {
        crate::ecosystems().iter().copied().find(|ecosystem| ecosystem.purl_type.eq_ignore_ascii_case(purl_type))
    }

    /// Whether it holds packages of distributions that the program knows no advisories for.
    pub fn is_neutral(&self) -> bool {
        NEUTRAL.contains(&self.id)
    }

    /// The ecosystem of package URLs with this type and namespace: the one whose namespace it is or whose distribution it
    /// names, else the one that has none of its own.
    pub fn by_purl(purl_type: &str, namespace: Option<&str>) -> Option<&'static Self> {
        let of_type = || {
            crate::ecosystems().iter().copied().filter(|ecosystem| ecosystem.purl_type.eq_ignore_ascii_case(purl_type))
        };
        let is_own = |ecosystem: &&Self| {
            let mut own = ecosystem.purl_namespaces.iter();
            namespace.is_some_and(|namespace| own.any(|own| own.eq_ignore_ascii_case(namespace)))
        };
        let distribution = || Some(crate::distributions::named(purl_type, namespace?)?.ecosystem);
        let neutral = || of_type().find(|ecosystem| ecosystem.purl_namespaces.is_empty());
        of_type().find(is_own).or_else(distribution).or_else(neutral)
    }

    /// The ecosystem that OSV names so, with or without a release suffix (`Debian:12`).
    pub fn by_advisory_name(name: &str) -> Option<&'static Self> {
        let name = name.split_once(':').map_or(name, |(name, _)| name);
        crate::ecosystems().iter().copied().find(|ecosystem| ecosystem.advisory_name == name)
    }

    /// Ids of the file formats that are read, sorted.
    pub fn formats(&self) -> impl Iterator<Item = &'static str> {
        self.formats.iter().map(|format| format.id)
    }

    /// The version's place in the ecosystem's order.
    ///
    /// # Errors
    /// When the ecosystem's rules do not allow such a version, or the program does not know its order.
    pub fn version_key(&self, version: &str) -> Result<VersionKey, Unparsable> {
        match &self.order {
            Some(order) if version.len() <= crate::version::MAX_VERSION_BYTES => (order.key)(version),
            Some(_) => Err(Unparsable::new(version, "a version (it is too long)")),
            None => Err(Unparsable::new(version, "a version of an ecosystem whose order is not known")),
        }
    }

    /// The versions that a manifest's requirement admits.
    ///
    /// # Errors
    /// When the text is not a requirement of this ecosystem, or the program does not know its grammar.
    pub fn parse_range(&self, requirement: &str) -> Result<AdmittedVersions, Unparsable> {
        match self.order.as_ref().and_then(|order| order.range) {
            Some(range) if requirement.len() <= crate::version::MAX_VERSION_BYTES => range(requirement),
            Some(_) => Err(Unparsable::new(requirement, "a requirement (it is too long)")),
            None => Err(Unparsable::new(requirement, "a requirement of an ecosystem whose grammar is not known")),
        }
    }

    /// A total order of any two texts. Versions the ecosystem cannot read sort below all it can, among themselves by the
    /// ecosystem's fallback (PyPI: the order of versions before PEP 440; else runs of digits as numbers, other
    /// characters by byte).
    pub fn compare(&self, left: &str, right: &str) -> Ordering {
        let fallback = |text: &str| match &self.order {
            Some(order) => (order.fallback_key)(text),
            None => crate::key::natural_key(text),
        };
        match (self.version_key(left), self.version_key(right)) {
            (Ok(left), Ok(right)) => left.cmp(&right),
            (Ok(_), Err(_)) => Ordering::Greater,
            (Err(_), Ok(_)) => Ordering::Less,
            (Err(_), Err(_)) => fallback(left).cmp(&fallback(right)),
        }
    }
}
