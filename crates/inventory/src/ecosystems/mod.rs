//! Every ecosystem, one folder each. Adding one is a folder and a row here.

mod apk;
mod cargo;
mod cran;
mod debian;
mod go;
mod hex;
mod maven;
mod npm;
mod nuget;
mod packagist;
mod pub_dev;
mod pypi;
mod rpm;
mod rubygems;
mod semver;
mod swift;

use crate::Ecosystem;
use crate::claim::Claim;
use crate::document::Survey;

/// Every ecosystem the program knows, sorted by id.
pub fn ecosystems() -> &'static [&'static Ecosystem] {
    &[
        &rpm::ALMALINUX,
        &apk::ALPINE,
        &rpm::AMAZON,
        &rpm::AZURE_LINUX,
        &cargo::CARGO,
        &apk::CHAINGUARD,
        &cran::CRAN,
        &debian::DEBIAN,
        &go::GO,
        &cran::HACKAGE,
        &hex::HEX,
        &rpm::MAGEIA,
        &maven::MAVEN,
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
        &rubygems::RUBYGEMS,
        &rpm::SUSE,
        &swift::SWIFT,
        &debian::UBUNTU,
        &apk::WOLFI,
    ]
}

/// Whether the installed package's own record lists the file at `path`; yes where it has no record.
pub(crate) fn owns(survey: Survey<'_>, claim: &Claim, path: &str) -> bool {
    pypi::owns(survey, claim, path)
}
