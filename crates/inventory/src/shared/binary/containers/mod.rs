//! The containers that programs come in.

mod elf;
mod mach_o;
mod pe;
mod wasm;

use crate::shared::binary::Program;

/// One container: how it is known, and how it is read. Every name of it is here.
#[derive(Debug)]
struct Container {
    /// Whether a file that begins so is one.
    starts: fn(&[u8]) -> bool,
    /// The programs in it; none where the headers cannot be read.
    read: fn(&[u8]) -> Vec<Program<'_>>,
}

const CONTAINERS: &[&Container] = &[&elf::CONTAINER, &mach_o::CONTAINER, &pe::CONTAINER, &wasm::CONTAINER];

/// Sections of one program. Linkers number them in 16 bits.
const MAX_SECTIONS: usize = 0xffff;

/// Whether a file with these first bytes is a program or library.
pub(crate) fn is_program(prefix: &[u8]) -> bool {
    CONTAINERS.iter().any(|container| (container.starts)(prefix))
}

/// Whether these are the first bytes of a .NET assembly, whose packages are stated elsewhere.
pub(crate) fn is_managed(prefix: &[u8]) -> bool {
    pe::is_managed(prefix)
}

/// The programs in `bytes`: one, or one for each architecture. None where the headers are damaged.
pub(crate) fn read(bytes: &[u8]) -> Vec<Program<'_>> {
    CONTAINERS
        .iter()
        .find(|container| (container.starts)(bytes))
        .map(|container| (container.read)(bytes))
        .unwrap_or_default()
}
