//! Mach-O: programs of macOS, alone or several architectures in a universal file.
//!
//! **Source**: Apple's `mach-o/loader.h` and `mach-o/fat.h`. **Supported**: both widths, both byte orders, universal files with
//! 32-bit and 64-bit offsets.

use super::{Container, MAX_SECTIONS};
use crate::shared::binary::bytes::{part, until_nul};
use crate::shared::binary::program::Mapped;
use crate::shared::binary::{Cursor, Program, Section, SectionKind};

pub(super) const CONTAINER: Container =
    Container { starts: |bytes| magic(bytes).is_some() || fat_width(bytes).is_some(), read: read_all };

/// Architectures of one universal file; a class file, which begins alike, would have at least 45.
const MAX_ARCHITECTURES: u32 = 16;
/// Load commands of one program.
const MAX_COMMANDS: u32 = 4_096;
const SEGMENT_32: u32 = 0x1;
const SEGMENT_64: u32 = 0x19;
/// Section types whose content is not in the file.
const ZERO_FILLED: &[u32] = &[1, 12, 18];
const CODE_FLAGS: u32 = 0x8000_0400;

struct Magic {
    is_64_bit: bool,
    big_endian: bool,
}

fn magic(bytes: &[u8]) -> Option<Magic> {
    let (is_64_bit, big_endian) = match bytes.first_chunk()? {
        b"\xcf\xfa\xed\xfe" => (true, false),
        b"\xce\xfa\xed\xfe" => (false, false),
        b"\xfe\xed\xfa\xcf" => (true, true),
        b"\xfe\xed\xfa\xce" => (false, true),
        _ => return None,
    };
    Some(Magic { is_64_bit, big_endian })
}

/// Whether the offsets of a universal file are of 64 bits; `None` when it is none.
fn fat_width(bytes: &[u8]) -> Option<bool> {
    let is_64_bit = match bytes.first_chunk()? {
        b"\xca\xfe\xba\xbe" => false,
        b"\xca\xfe\xba\xbf" => true,
        _ => return None,
    };
    let count = Cursor::at(bytes, 4, true)?.u32()?;
    (1..=MAX_ARCHITECTURES).contains(&count).then_some(is_64_bit)
}

fn read_all(bytes: &[u8]) -> Vec<Program<'_>> {
    match fat_width(bytes) {
        Some(is_64_bit) => slices(bytes, is_64_bit).filter_map(read).collect(),
        None => read(bytes).into_iter().collect(),
    }
}

fn slices(bytes: &[u8], is_64_bit: bool) -> impl Iterator<Item = &[u8]> {
    let mut fields = Cursor::at(bytes, 4, true);
    let count = fields.as_mut().and_then(Cursor::u32).unwrap_or(0);
    (0..count).map_while(move |_| {
        let fields = fields.as_mut()?;
        fields.skip(8)?;
        let (offset, size) = (fields.word(is_64_bit)?, fields.word(is_64_bit)?);
        fields.skip(if is_64_bit { 8 } else { 4 })?;
        Some(part(bytes, offset, size).0)
    })
}

fn read(bytes: &[u8]) -> Option<Program<'_>> {
    let Magic { is_64_bit, big_endian } = magic(bytes)?;
    let mut program = Program { bytes, sections: Vec::new(), mapped: Vec::new(), is_cut_off: false };
    let mut fields = Cursor::at(bytes, 16, big_endian)?;
    let count = fields.u32()?.min(MAX_COMMANDS);
    fields.skip(if is_64_bit { 12 } else { 8 })?;
    for _ in 0..count {
        let start = fields;
        let Some((kind, length)) = fields.u32().zip(fields.u32()) else {
            program.is_cut_off = true;
            break;
        };
        if kind == SEGMENT_32 || kind == SEGMENT_64 {
            segment(&mut program, fields, kind == SEGMENT_64);
        }
        fields = start;
        if length < 8 || fields.skip(length as usize).is_none() {
            program.is_cut_off = true;
            break;
        }
    }
    Some(program)
}

fn segment<'a>(program: &mut Program<'a>, mut fields: Cursor<'a>, is_64_bit: bool) -> Option<()> {
    fields.skip(16)?;
    let address = fields.word(is_64_bit)?;
    fields.word(is_64_bit)?;
    let (offset, size) = (fields.word(is_64_bit)?, fields.word(is_64_bit)?);
    fields.skip(8)?;
    let count = fields.u32()?;
    fields.skip(4)?;
    let (content, is_whole) = part(program.bytes, offset, size);
    program.is_cut_off |= !is_whole;
    program.mapped.push(Mapped { address, bytes: content });
    for _ in 0..count {
        if program.sections.len() >= MAX_SECTIONS {
            break;
        }
        let section = section(program.bytes, &mut fields, is_64_bit)?;
        program.sections.push(section);
    }
    Some(())
}

fn section<'a>(bytes: &'a [u8], fields: &mut Cursor<'a>, is_64_bit: bool) -> Option<Section<'a>> {
    let name = until_nul(fields.take(16)?);
    let segment = until_nul(fields.take(16)?);
    fields.word(is_64_bit)?;
    let (size, offset) = (fields.word(is_64_bit)?, fields.u32()?);
    fields.skip(12)?;
    let flags = fields.u32()?;
    fields.skip(if is_64_bit { 12 } else { 8 })?;
    let size = if ZERO_FILLED.contains(&(flags & 0xff)) { 0 } else { size };
    let kind = match segment {
        b"__DWARF" => SectionKind::Other,
        _ if flags & CODE_FLAGS != 0 => SectionKind::Code,
        _ => SectionKind::Data,
    };
    Some(Section { name, kind, bytes: part(bytes, offset.into(), size).0 })
}
