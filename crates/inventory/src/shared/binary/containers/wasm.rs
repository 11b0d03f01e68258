//! WebAssembly modules.
//!
//! **Source**: WebAssembly Core Specification 2.0, §5.5 "Modules" of the binary format. **Supported**: custom sections by their
//! names, and the data section. Nothing has an address: data is placed by code.

use super::{Container, MAX_SECTIONS};
use crate::shared::binary::{Cursor, Program, Section, SectionKind};

pub(super) const CONTAINER: Container =
    Container { starts: |bytes| bytes.starts_with(MAGIC), read: |bytes| read(bytes).into_iter().collect() };

const MAGIC: &[u8] = b"\0asm";
const CUSTOM_SECTION: u8 = 0;
const CODE_SECTION: u8 = 10;
const DATA_SECTION: u8 = 11;

fn read(bytes: &[u8]) -> Option<Program<'_>> {
    let mut program = Program { bytes, sections: Vec::new(), mapped: Vec::new(), is_cut_off: false };
    let mut fields = Cursor::at(bytes, 8, false)?;
    while let Some(id) = fields.u8() {
        let content = fields.varint().and_then(|length| fields.take(usize::try_from(length).ok()?));
        let Some(content) = content.filter(|_| program.sections.len() < MAX_SECTIONS) else {
            program.is_cut_off = true;
            break;
        };
        program.sections.push(section(id, content));
    }
    Some(program)
}

fn section(id: u8, content: &[u8]) -> Section<'_> {
    match id {
        CUSTOM_SECTION => named(content).unwrap_or(Section { name: b"", kind: SectionKind::Other, bytes: content }),
        CODE_SECTION => Section { name: b"code", kind: SectionKind::Code, bytes: content },
        DATA_SECTION => Section { name: b"data", kind: SectionKind::Data, bytes: content },
        _ => Section { name: b"", kind: SectionKind::Other, bytes: content },
    }
}

fn named(content: &[u8]) -> Option<Section<'_>> {
    let mut fields = Cursor::at(content, 0, false)?;
    let length = usize::try_from(fields.varint()?).ok()?;
    let name = fields.take(length)?;
    let rest = fields.rest();
    Some(Section { name, kind: SectionKind::Other, bytes: rest })
}
