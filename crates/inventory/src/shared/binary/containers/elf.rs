//! ELF: programs of Linux and the BSDs.
//!
//! **Source**: System V Application Binary Interface, chapters 4 and 5 (gABI 4.1). **Supported**: both widths, both byte
//! orders, stripped tables of sections, extended section numbering.

use super::{Container, MAX_SECTIONS};
use crate::shared::binary::bytes::{part, until_nul};
use crate::shared::binary::program::Mapped;
use crate::shared::binary::{Cursor, Program, Section, SectionKind};

pub(super) const CONTAINER: Container =
    Container { starts: |bytes| bytes.starts_with(MAGIC), read: |bytes| read(bytes).into_iter().collect() };

const MAGIC: &[u8] = b"\x7fELF";
const IDENTIFICATION_BYTES: u64 = 16;
const CLASS_64: u8 = 2;
const BIG_ENDIAN: u8 = 2;
const LOADED_SEGMENT: u32 = 1;
const SECTION_NO_BITS: u32 = 8;
const FLAG_LOADED: u64 = 2;
const FLAG_CODE: u64 = 4;
/// The number of sections or the index of their names stands in the first section's own fields.
const EXTENDED: u16 = 0xffff;

/// What the file's header says.
struct Header {
    is_64_bit: bool,
    big_endian: bool,
    segments: Entries,
    sections: Entries,
    names_at: u16,
}

struct Entries {
    offset: u64,
    entry_bytes: u64,
    count: u64,
}

impl Entries {
    fn cursors<'a>(&self, bytes: &'a [u8], big_endian: bool) -> impl Iterator<Item = Cursor<'a>> {
        let count = self.count.min(MAX_SECTIONS as u64);
        let offset = |at: u64| self.offset.checked_add(at.checked_mul(self.entry_bytes)?);
        (0..count).map_while(move |at| Cursor::at(bytes, offset(at)?, big_endian))
    }
}

struct SectionHeader {
    name: u32,
    kind: u32,
    flags: u64,
    offset: u64,
    size: u64,
    link: u32,
}

fn read(bytes: &[u8]) -> Option<Program<'_>> {
    let mut header = Header::read(bytes)?;
    let mut is_cut_off = false;
    let mapped = header.segments.cursors(bytes, header.big_endian).filter_map(|cursor| segment(bytes, &header, cursor));
    let mapped: Vec<_> = mapped.collect();
    let first = header.sections.cursors(bytes, header.big_endian).next();
    let first = first.and_then(|cursor| SectionHeader::read(cursor, header.is_64_bit));
    if header.sections.count == 0 && header.sections.offset != 0 {
        header.sections.count = first.as_ref().map_or(0, |first| first.size);
    }
    let names_at =
        if header.names_at == EXTENDED { first.map_or(0, |first| first.link) } else { header.names_at.into() };
    let headers: Vec<_> = header
        .sections
        .cursors(bytes, header.big_endian)
        .map_while(|cursor| SectionHeader::read(cursor, header.is_64_bit))
        .collect();
    is_cut_off |= (headers.len() as u64) < header.sections.count.min(MAX_SECTIONS as u64);
    let names = usize::try_from(names_at).ok().and_then(|at| headers.get(at));
    let names = names.map(|section| part(bytes, section.offset, section.size).0).unwrap_or_default();
    let sections = headers
        .iter()
        .map(|section| {
            let length = if section.kind == SECTION_NO_BITS { 0 } else { section.size };
            let (content, is_whole) = part(bytes, section.offset, length);
            is_cut_off |= !is_whole;
            let name = usize::try_from(section.name).ok().and_then(|at| names.get(at..)).unwrap_or_default();
            Section { name: until_nul(name), kind: section.kind(), bytes: content }
        })
        .collect();
    Some(Program { bytes, sections, mapped, is_cut_off })
}

impl Header {
    fn read(bytes: &[u8]) -> Option<Self> {
        let is_64_bit = *bytes.get(4)? == CLASS_64;
        let big_endian = *bytes.get(5)? == BIG_ENDIAN;
        let mut fields = Cursor::at(bytes, IDENTIFICATION_BYTES, big_endian)?;
        fields.skip(8)?;
        fields.word(is_64_bit)?;
        let (segments_at, sections_at) = (fields.word(is_64_bit)?, fields.word(is_64_bit)?);
        fields.skip(6)?;
        let mut entries = |offset| {
            let (entry_bytes, count) = (fields.u16()?, fields.u16()?);
            Some(Entries { offset, entry_bytes: entry_bytes.into(), count: count.into() })
        };
        let (segments, sections) = (entries(segments_at)?, entries(sections_at)?);
        Some(Self { is_64_bit, big_endian, segments, sections, names_at: fields.u16()? })
    }
}

fn segment<'a>(bytes: &'a [u8], header: &Header, mut fields: Cursor<'a>) -> Option<Mapped<'a>> {
    let is_64_bit = header.is_64_bit;
    let kind = fields.u32()?;
    if is_64_bit {
        fields.skip(4)?;
    }
    let (offset, address) = (fields.word(is_64_bit)?, fields.word(is_64_bit)?);
    fields.word(is_64_bit)?;
    let size = fields.word(is_64_bit)?;
    (kind == LOADED_SEGMENT).then(|| Mapped { address, bytes: part(bytes, offset, size).0 })
}

impl SectionHeader {
    fn read(mut fields: Cursor<'_>, is_64_bit: bool) -> Option<Self> {
        let (name, kind, flags) = (fields.u32()?, fields.u32()?, fields.word(is_64_bit)?);
        fields.word(is_64_bit)?;
        let (offset, size, link) = (fields.word(is_64_bit)?, fields.word(is_64_bit)?, fields.u32()?);
        Some(Self { name, kind, flags, offset, size, link })
    }

    fn kind(&self) -> SectionKind {
        match self.flags {
            flags if flags & FLAG_LOADED == 0 => SectionKind::Other,
            flags if flags & FLAG_CODE != 0 => SectionKind::Code,
            _ => SectionKind::Data,
        }
    }
}
