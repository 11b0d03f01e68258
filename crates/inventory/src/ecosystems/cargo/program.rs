//! The crates of a Rust program.

use model::component::{EvidenceKind, Version};

use super::{auditable, paths};
use crate::claim::Claim;
use crate::document::{Document, Reading};
use crate::ecosystems::generic::GENERIC;
use crate::shared::binary::{Program, Reader};

pub(crate) const READER: Reader = Reader { read };

fn read(program: &Program<'_>, document: &Document<'_>, reading: &mut Reading) {
    let is_listed = auditable::read(program, document, reading);
    let traces = paths::find(program);
    let claim = |package: String, version: Version| {
        let place = document.place_at(document.path.path);
        Claim::new(package, version, EvidenceKind::Recognised, document.location(None), place)
    };
    if let Some(compiler) = traces.compiler {
        // The standard library has the compiler's version. No registry holds it.
        let mut standard_library = claim("rust".to_owned(), Version::Exact(compiler));
        standard_library.ecosystem = Some(&GENERIC);
        reading.claims.push(standard_library);
    }
    if is_listed {
        return;
    }
    for (name, version) in traces.crates {
        let mut found = claim(name, Version::Exact(version));
        found.ecosystem = Some(&super::CARGO);
        reading.claims.push(found);
    }
    if traces.is_rust {
        let why = "the program was built by Rust and lists no crates, so only those whose source paths were left in it are known: \
                   build it with `cargo auditable build`";
        reading.gaps.push(document.gap(None, why));
    }
}
