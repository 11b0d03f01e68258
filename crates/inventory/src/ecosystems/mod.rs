//! Every ecosystem, one folder each. Adding one is a folder and a row here.

pub(crate) mod apk;
pub(crate) mod cargo;
mod cran;
pub(crate) mod debian;
pub(crate) mod generic;
pub(crate) mod go;
mod hex;
mod maven;
mod npm;
pub(crate) mod nuget;
mod packagist;
mod pub_dev;
mod pypi;
pub(crate) mod rpm;
mod rubygems;
mod semver;
mod swift;
mod unread;

use artifact::Entry;
use rustc_hash::FxHashSet;

use crate::Ecosystem;
use crate::claim::Claim;
use crate::document::{Format, Reading, Survey};

/// Every ecosystem the program knows, sorted by id.
pub fn ecosystems() -> &'static [&'static Ecosystem] {
    &[
        &rpm::ALMALINUX,
        &apk::ALPAQUITA,
        &apk::ALPINE,
        &rpm::AMAZON,
        &apk::OTHER,
        &rpm::AZURE_LINUX,
        &apk::BELLSOFT,
        &cargo::CARGO,
        &apk::CHAINGUARD,
        &cran::CRAN,
        &debian::OTHER,
        &debian::DEBIAN,
        &debian::ECHO,
        &GENERIC,
        &go::GO,
        &cran::HACKAGE,
        &hex::HEX,
        &rpm::MAGEIA,
        &maven::MAVEN,
        &apk::MINIMOS,
        &npm::NPM,
        &nuget::NUGET,
        &rpm::OPENEULER,
        &rpm::OPENSUSE,
        &packagist::PACKAGIST,
        &rpm::PHOTON,
        &pub_dev::PUB,
        &pypi::PYPI,
        &rpm::RED_HAT,
        &rpm::ROCKY,
        &rpm::OTHER,
        &rubygems::RUBYGEMS,
        &rpm::SUSE,
        &swift::SWIFT,
        &debian::UBUNTU,
        &apk::WOLFI,
    ]
}

/// Whether the ecosystem's installed packages have folders of their own beside the project's.
pub(crate) fn records_files(ecosystem: &Ecosystem) -> bool {
    ecosystem.id == pypi::PYPI.id
}

/// Databases of the operating system's packages. They are read last: which of the files that they list matter is known
/// then. Each of their claims names its ecosystem, which the distribution decides. Sorted by id.
pub(crate) const DATABASES: &[Format] =
    &[apk::database::FORMAT, debian::database::FORMAT, rpm::manifest::FORMAT, rpm::database::FORMAT, unread::FORMAT];

/// Names of files that decide about everything below their folder, so that those above a function's own folder count too.
pub const FILES_ABOVE: &[&str] = nuget::SHARED_FILES;

/// The files that an installed package's record lists as its own.
pub(crate) fn owned(survey: Survey<'_>, claim: &Claim) -> Owned {
    pypi::owned(survey, claim)
}

pub(crate) use debian::database::own_records;
pub(crate) use generic::GENERIC;
pub use generic::{runtime_component, runtime_of};
pub(crate) use pypi::{distribution_in, is_recorded, is_same_distribution};

/// Packages that lie in the artifact and that neither metadata nor a project accounts for, after everything else that is
/// known of an ecosystem's packages: the search of each ecosystem that has one.
pub(crate) const LEFTOVERS: &[Leftovers] =
    &[Leftovers { ecosystem: &pypi::PYPI, format: &pypi::unlabelled::FORMAT, find: pypi::unlabelled::find }];

#[derive(Debug)]
pub(crate) struct Leftovers {
    pub(crate) ecosystem: &'static Ecosystem,
    pub(crate) format: &'static Format,
    pub(crate) find: for<'a> fn(Survey<'a>, &[&Claim]) -> Found<'a>,
}

/// Each reading with the entry that it speaks of.
pub(crate) type Found<'a> = Vec<(&'a Entry, Reading)>;

/// Names under which code imports a package of which nothing states them.
pub(crate) fn usual_import_names(ecosystem: &Ecosystem, package: &str) -> Vec<String> {
    if *ecosystem == pypi::PYPI { pypi::import_names::of(package) } else { Vec::new() }
}

/// Files that belong to an installed package.
#[derive(Debug)]
pub(crate) enum Owned {
    /// Nothing lists them: everything in its folders is taken as its own.
    Everything,
    /// Paths below the mount.
    Files(FxHashSet<String>),
}

impl Owned {
    pub(crate) fn contains(&self, path: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Files(paths) => paths.contains(path),
        }
    }
}
