//! Every ecosystem, one folder each. Adding one is a folder and a row here.

mod npm;
mod pypi;

use crate::Ecosystem;
use crate::claim::Claim;
use crate::document::Survey;

/// Every ecosystem the program knows, sorted by id.
pub fn ecosystems() -> &'static [&'static Ecosystem] {
    &[&npm::NPM, &pypi::PYPI]
}

/// Whether the installed package's own record lists the file at `path`; yes where it has no record.
pub(crate) fn owns(survey: Survey<'_>, claim: &Claim, path: &str) -> bool {
    pypi::owns(survey, claim, path)
}
