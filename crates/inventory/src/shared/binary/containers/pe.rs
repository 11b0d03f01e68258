//! PE: programs of Windows.
//!
//! **Source**: Microsoft, "PE Format". **Supported**: PE32 and PE32+.

use super::{Container, MAX_SECTIONS};
use crate::shared::binary::bytes::{part, until_nul};
use crate::shared::binary::program::Mapped;
use crate::shared::binary::{Cursor, Program, Section, SectionKind};

pub(super) const CONTAINER: Container = Container { starts: is_pe, read: |bytes| read(bytes).into_iter().collect() };

const SIGNATURE: &[u8] = b"PE\0\0";
const SIGNATURE_OFFSET_AT: u64 = 0x3c;
const MAGIC_64: u16 = 0x20b;
const FLAG_CODE: u32 = 0x20;
const FLAG_DISCARDED: u32 = 0x0200_0000;
/// Index of the CLR header among the data directories: only .NET assemblies have one.
const CLR_DIRECTORY: usize = 14;

struct Headers<'a> {
    image_base: u64,
    has_clr: bool,
    sections: Cursor<'a>,
    section_count: usize,
}

fn is_pe(bytes: &[u8]) -> bool {
    // Old programs for DOS begin so too, and a prefix may end before the signature.
    bytes.starts_with(b"MZ")
        && signature_offset(bytes).is_some_and(|at| bytes.get(at..).is_none_or(|rest| rest.starts_with(SIGNATURE)))
}

pub(super) fn is_managed(bytes: &[u8]) -> bool {
    bytes.starts_with(b"MZ") && Headers::read(bytes).is_some_and(|headers| headers.has_clr)
}

fn signature_offset(bytes: &[u8]) -> Option<usize> {
    usize::try_from(Cursor::at(bytes, SIGNATURE_OFFSET_AT, false)?.u32()?).ok()
}

impl<'a> Headers<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut fields = Cursor::at(bytes, signature_offset(bytes)? as u64, false)?;
        if fields.take(SIGNATURE.len())? != SIGNATURE {
            return None;
        }
        fields.skip(2)?;
        let section_count = usize::from(fields.u16()?).min(MAX_SECTIONS);
        fields.skip(12)?;
        let optional_bytes = usize::from(fields.u16()?);
        fields.skip(2)?;
        let mut sections = fields;
        sections.skip(optional_bytes)?;
        let is_64_bit = fields.u16()? == MAGIC_64;
        fields.skip(if is_64_bit { 22 } else { 26 })?;
        let image_base = fields.word(is_64_bit)?;
        // From behind the image's base to the number of directories.
        fields.skip(if is_64_bit { 76 } else { 60 })?;
        let directories = fields.u32()?;
        let has_clr = directories as usize > CLR_DIRECTORY
            && fields.skip(CLR_DIRECTORY * 8).and_then(|()| fields.u32()).is_some_and(|address| address != 0);
        Some(Self { image_base, has_clr, sections, section_count })
    }
}

fn read(bytes: &[u8]) -> Option<Program<'_>> {
    let Headers { image_base, mut sections, section_count, .. } = Headers::read(bytes)?;
    let mut program = Program { bytes, sections: Vec::new(), mapped: Vec::new(), is_cut_off: false };
    for _ in 0..section_count {
        let Some((section, mapped, is_whole)) = section(bytes, image_base, &mut sections) else {
            program.is_cut_off = true;
            break;
        };
        program.is_cut_off |= !is_whole;
        program.sections.push(section);
        program.mapped.push(mapped);
    }
    Some(program)
}

fn section<'a>(bytes: &'a [u8], image_base: u64, fields: &mut Cursor<'a>) -> Option<(Section<'a>, Mapped<'a>, bool)> {
    let name = until_nul(fields.take(8)?);
    let (virtual_bytes, address) = (fields.u32()?, fields.u32()?);
    let (raw_bytes, offset) = (fields.u32()?, fields.u32()?);
    fields.skip(12)?;
    let flags = fields.u32()?;
    let (raw, is_whole) = part(bytes, offset.into(), raw_bytes.into());
    // Sections are padded to the file's alignment.
    let content = match usize::try_from(virtual_bytes) {
        Ok(length) if virtual_bytes != 0 => raw.get(..length).unwrap_or(raw),
        _ => raw,
    };
    let kind = match flags {
        flags if flags & FLAG_CODE != 0 => SectionKind::Code,
        flags if flags & FLAG_DISCARDED != 0 => SectionKind::Other,
        _ => SectionKind::Data,
    };
    let mapped = Mapped { address: image_base.wrapping_add(address.into()), bytes: content };
    Some((Section { name, kind, bytes: content }, mapped, is_whole))
}
