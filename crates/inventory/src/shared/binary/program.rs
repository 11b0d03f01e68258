//! One program, whatever container it comes in: its sections, and what lies at an address.

/// A program in memory.
#[derive(Debug)]
pub(crate) struct Program<'a> {
    /// The whole file, or one architecture's part of a universal one.
    pub(crate) bytes: &'a [u8],
    /// In the order of the file; empty where the table of sections was stripped.
    pub(crate) sections: Vec<Section<'a>>,
    /// Where parts of the file lie in memory.
    pub(crate) mapped: Vec<Mapped<'a>>,
    /// Whether the file ends before what its headers announce.
    pub(crate) is_cut_off: bool,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Section<'a> {
    pub(crate) name: &'a [u8],
    pub(crate) kind: SectionKind,
    pub(crate) bytes: &'a [u8],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SectionKind {
    Code,
    /// What the running program reads: constants, texts, variables.
    Data,
    /// What only tools read: symbols, debugging, notes.
    Other,
}

/// Part of the file and the address it is loaded at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mapped<'a> {
    pub(crate) address: u64,
    pub(crate) bytes: &'a [u8],
}

impl<'a> Program<'a> {
    /// The first section of one of these names.
    pub(crate) fn section(&self, names: &[&str]) -> Option<&Section<'a>> {
        self.sections.iter().find(|section| names.iter().any(|name| name.as_bytes() == section.name))
    }

    /// Everything from `address` to the end of the part that is loaded there.
    pub(crate) fn at(&self, address: u64) -> Option<&'a [u8]> {
        self.mapped.iter().find_map(|mapped| {
            let offset = usize::try_from(address.checked_sub(mapped.address)?).ok()?;
            mapped.bytes.get(offset..).filter(|rest| !rest.is_empty())
        })
    }

    /// What the running program reads; the whole file where the table of sections was stripped.
    pub(crate) fn data(&self) -> impl Iterator<Item = &'a [u8]> {
        let whole = self.sections.is_empty().then_some(self.bytes);
        let data = self.sections.iter().filter(|section| section.kind == SectionKind::Data);
        data.map(|section| section.bytes).chain(whole)
    }

    /// Whether UPX packed it: sections of its own, or its mark behind the headers of a file without sections.
    pub(crate) fn is_packed(&self) -> bool {
        /// The mark stands behind the program headers.
        const MARKED_BYTES: usize = 4 << 10;
        let start = self.bytes.get(..MARKED_BYTES).unwrap_or(self.bytes);
        let has_mark = || memchr::memmem::find(start, b"UPX!").is_some();
        self.sections.iter().any(|section| section.name.starts_with(b"UPX")) || (self.sections.is_empty() && has_mark())
    }
}
