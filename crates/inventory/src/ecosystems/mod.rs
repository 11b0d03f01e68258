//! Every ecosystem, one folder each. Adding one is a folder and a row here.

mod npm;
mod pypi;

use crate::Ecosystem;

/// Every ecosystem the program knows, sorted by id.
pub fn ecosystems() -> &'static [&'static Ecosystem] {
    &[&npm::NPM, &pypi::PYPI]
}
