//! What an evaluation found: uses of operations, sites that stay undecided, imports.

use std::collections::{BTreeMap, BTreeSet};

use model::call::{Binding, Via};

use super::{Machine, Site, Value};

/// One use of an operation, as a language's model reports it.
#[derive(Debug, Clone)]
pub(crate) struct Use {
    /// botocore's service name.
    pub service: String,
    /// The API's operation name.
    pub operation: String,
    /// By API parameter name.
    pub arguments: Vec<(String, Value)>,
    pub arguments_complete: bool,
    pub binding: Binding,
    pub via: Via,
}

/// What distinguishes uses at one site.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct UseKey {
    pub site: Site,
    pub service: String,
    pub operation: String,
    pub via: Via,
}

/// Everything known of the uses with one key.
#[derive(Debug, Clone)]
pub(crate) struct Joined {
    /// Names may occur with several values.
    pub arguments: BTreeMap<String, Vec<FlatValue>>,
    pub complete: bool,
    pub binding: Binding,
}

/// An argument's value as text.
pub(crate) type FlatValue = model::SymbolicText;

/// A call of an operation's name on something that nothing is known of.
#[derive(Debug, Clone, Default)]
pub(crate) struct Unbound {
    pub method: String,
    /// Names of keyword arguments.
    pub arguments: BTreeMap<String, Vec<FlatValue>>,
    pub complete: bool,
    pub positional: usize,
    /// The package that the receiver comes from, when it is one that is not among the files.
    pub package: Option<String>,
    /// How it is called, when that is not simply the method: a paginator, a waiter (`method` is its name), a presigner.
    pub via: Option<Via>,
}

/// Everything found so far.
#[derive(Debug, Default)]
pub(crate) struct Record {
    pub uses: BTreeMap<UseKey, Joined>,
    pub unbound: BTreeMap<(Site, String), Unbound>,
    /// Why, and which services it may concern.
    pub unresolved: BTreeSet<(Site, String, Vec<String>)>,
    /// The same, of one of several things that a value may be: they only count where none of the others fits.
    pub misfits: BTreeSet<(Site, String, Vec<String>)>,
    /// Where something fitted without being a use yet: a paginator was made.
    pub fitting: BTreeSet<Site>,
    /// Services of which the code made clients (`s3`) or resources (`s3`, `ServiceResource`).
    pub services: BTreeSet<(String, String)>,
    /// Requests and paths of packages outside the project that reached modules import, by language, with one place.
    pub imported: BTreeMap<(&'static str, String), Site>,
    /// Packages outside the project of which everything was imported by name.
    pub star_imports: BTreeSet<String>,
    /// Imports that should lead to a file of the project and do not.
    pub missing: BTreeSet<(Site, String)>,
    /// Whether calls were nested so deeply that some were not followed.
    pub cut_calls: bool,
    /// Whether the handler's module has no such member.
    pub handler_missing: bool,
}

/// How deep arguments are looked into.
const MAX_ARGUMENT_DEPTH: usize = 4;
/// Most named arguments kept of one call, nested ones included.
const MAX_ARGUMENTS: usize = 96;

impl Machine<'_> {
    /// Notes that the code at `site` uses an operation.
    pub(crate) fn record(&mut self, site: Site, used: Use) {
        let mut flat = BTreeMap::new();
        for (name, value) in &used.arguments {
            self.flatten(name, value, 0, &mut flat);
        }
        let key = UseKey { site, service: used.service, operation: used.operation, via: used.via };
        let joined = Joined { arguments: flat, complete: used.arguments_complete, binding: used.binding };
        match self.record.uses.entry(key) {
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(joined);
            }
            std::collections::btree_map::Entry::Occupied(mut entry) => entry.get_mut().join(joined),
        }
    }

    /// Notes a site of the ledger: something that may be a call and cannot be decided. Empty `services` means any.
    pub(crate) fn unresolved(&mut self, site: Site, why: impl Into<String>, services: Vec<String>) {
        self.record.unresolved.insert((site, why.into(), services));
    }

    /// Notes that one of the things that a value may be has no such operation, which matters when none has.
    pub(crate) fn misfit(&mut self, site: Site, why: impl Into<String>, services: Vec<String>) {
        self.record.misfits.insert((site, why.into(), services));
    }

    /// Notes that something fitted at a site, which makes its misfits unimportant.
    pub(crate) fn fits(&mut self, site: Site) {
        self.record.fitting.insert(site);
    }

    /// Notes a call of a method that operations are named like, on a receiver of which nothing is known. It is decided
    /// at the end, when it is known which services the code uses.
    pub(crate) fn unbound(&mut self, site: Site, method: &str, arguments: &super::Arguments, package: Option<&str>) {
        let mut flat = BTreeMap::new();
        for (name, value) in &arguments.keyword {
            self.flatten(name, value, 0, &mut flat);
        }
        let unbound = Unbound {
            method: method.to_owned(),
            arguments: flat,
            complete: !arguments.more_keyword,
            positional: arguments.positional.len(),
            package: package.map(str::to_owned),
            via: None,
        };
        self.record.unbound.insert((site, method.to_owned()), unbound);
    }

    /// The same for a method that is named as text, to something that calls it another way.
    pub(crate) fn unbound_via(&mut self, site: Site, method: &str, arguments: &super::Arguments, via: Via) {
        self.unbound(site, method, arguments, None);
        if let Some(unbound) = self.record.unbound.get_mut(&(site, method.to_owned())) {
            unbound.via = Some(via);
        }
    }

    /// Notes that the code makes clients of a service.
    pub(crate) fn service_seen(&mut self, service: &str, kind: &str) {
        self.record.services.insert((service.to_owned(), kind.to_owned()));
    }

    /// Notes an import of something outside the project.
    pub(crate) fn imports(&mut self, path: &str, site: Site) {
        if let Some(language) = self.language() {
            self.record.imported.entry((language.id, path.to_owned())).or_insert(site);
        }
    }

    fn flatten(&mut self, name: &str, value: &Value, depth: usize, flat: &mut BTreeMap<String, Vec<FlatValue>>) {
        if flat.len() >= MAX_ARGUMENTS {
            return;
        }
        let mut texts = Vec::new();
        for atom in value.atoms() {
            match atom {
                super::Atom::Nothing => {}
                super::Atom::Dict(_) if depth < MAX_ARGUMENT_DEPTH => {
                    let (entries, complete) = self.entries(&atom.clone().into());
                    for (key, value) in entries {
                        texts.push(FlatValue::literal(&*key));
                        self.flatten(&format!("{name}.{key}"), &value, depth + 1, flat);
                    }
                    if !complete {
                        texts.push(FlatValue::unknown());
                    }
                }
                super::Atom::List(_) if depth < MAX_ARGUMENT_DEPTH => {
                    let (elements, complete) = self.list_parts(&atom.clone().into());
                    for element in &elements {
                        self.flatten(name, element, depth + 1, flat);
                    }
                    if !complete {
                        texts.push(FlatValue::unknown());
                    }
                }
                atom => texts.extend(Value::from(atom.clone()).as_texts()),
            }
        }
        let known = flat.entry(name.to_owned()).or_default();
        known.extend(texts);
        known.sort_unstable();
        known.dedup();
    }
}

impl Joined {
    fn join(&mut self, other: Self) {
        for (name, values) in other.arguments {
            let known = self.arguments.entry(name).or_default();
            known.extend(values);
            known.sort_unstable();
            known.dedup();
        }
        self.complete &= other.complete;
        self.binding = self.binding.min(other.binding);
    }
}
