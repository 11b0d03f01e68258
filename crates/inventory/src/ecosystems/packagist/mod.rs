//! Packagist: PHP packages. Names are the same in any case.

mod composer_json;
mod composer_lock;
mod constraint;
mod installed;
mod package;
mod phar;
mod php_array;
mod version;

use crate::ecosystem::{Layout, lower_case};
use crate::key::natural_key;
use crate::{Ecosystem, Order};

pub(crate) const PACKAGIST: Ecosystem = Ecosystem {
    id: "packagist",
    purl_type: "composer",
    purl_namespaces: &[],
    advisory_name: "Packagist",
    title: "Packagist",
    namespace_separator: Some('/'),
    normalise_name: lower_case,
    formats: &[composer_json::FORMAT, composer_lock::FORMAT, installed::JSON, installed::PHP, phar::FORMAT],
    layout: Layout::TREE,
    order: Some(Order { key: version::key, fallback_key: natural_key, range: Some(constraint::parse) }),
};
