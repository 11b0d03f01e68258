//! Programs and shared libraries without their machine code, which holds no text and is most of what they weigh.
//!
//! **Source**: System V ABI, ELF-64 object file format (file header, section headers). **Supported**: 64-bit little-endian
//! files with section headers. **Unsupported**: all others; they are looked at whole.

use std::ops::Range;

const MAGIC: &[u8] = b"\x7fELF\x02\x01";
/// Places in the file header: offset of the section headers, size of one, number of them.
const SECTION_HEADERS_AT: usize = 0x28;
const SECTION_HEADER_SIZE_AT: usize = 0x3a;
const SECTION_COUNT_AT: usize = 0x3c;
/// Places in a section header.
const TYPE_AT: usize = 0x04;
const FLAGS_AT: usize = 0x08;
const OFFSET_AT: usize = 0x18;
const SIZE_AT: usize = 0x20;
/// Section type of what the program itself defines.
const PROGRAM_BITS: u32 = 1;
/// Section flag of machine code.
const EXECUTABLE: u64 = 4;

/// The file's bytes but for its machine code; `None` when it is no such file or has none that is marked.
pub(super) fn without_code(bytes: &[u8]) -> Option<Vec<u8>> {
    if !bytes.starts_with(MAGIC) {
        return None;
    }
    let mut code = code_ranges(bytes)?;
    code.sort_by_key(|range| range.start);
    let mut kept = Vec::new();
    let mut at = 0;
    for range in code {
        kept.extend_from_slice(bytes.get(at..range.start.max(at))?);
        at = at.max(range.end);
    }
    if at == 0 {
        return None;
    }
    kept.extend_from_slice(bytes.get(at..)?);
    Some(kept)
}

fn code_ranges(bytes: &[u8]) -> Option<Vec<Range<usize>>> {
    let first = usize::try_from(number::<8>(bytes, SECTION_HEADERS_AT)?).ok()?;
    let size = usize::try_from(number::<2>(bytes, SECTION_HEADER_SIZE_AT)?).ok()?;
    let count = usize::try_from(number::<2>(bytes, SECTION_COUNT_AT)?).ok()?;
    let mut ranges = Vec::new();
    for position in 0..count {
        let header = bytes.get(first.checked_add(position.checked_mul(size)?)?..)?;
        let is_code = number::<4>(header, TYPE_AT)? == u64::from(PROGRAM_BITS)
            && number::<8>(header, FLAGS_AT)? & EXECUTABLE != 0;
        if is_code {
            let start = usize::try_from(number::<8>(header, OFFSET_AT)?).ok()?;
            let end = start.checked_add(usize::try_from(number::<8>(header, SIZE_AT)?).ok()?)?;
            bytes.get(start..end)?;
            ranges.push(start..end);
        }
    }
    Some(ranges)
}

/// The little-endian number of `N` bytes at a place.
fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<u64> {
    let digits = bytes.get(at..at.checked_add(N)?)?;
    Some(digits.iter().rev().fold(0, |number, digit| number << 8 | u64::from(*digit)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of a header, `AAAA` marked as code or as data, `BBBB`, and one section header.
    fn file(flags: u64, offset: u64, size: u64) -> Vec<u8> {
        let mut bytes = vec![0; 0x40];
        bytes[..MAGIC.len()].copy_from_slice(MAGIC);
        bytes.extend_from_slice(b"AAAABBBB");
        bytes[SECTION_HEADERS_AT..SECTION_HEADERS_AT + 8].copy_from_slice(&0x48_u64.to_le_bytes());
        bytes[SECTION_HEADER_SIZE_AT..SECTION_HEADER_SIZE_AT + 2].copy_from_slice(&0x40_u16.to_le_bytes());
        bytes[SECTION_COUNT_AT..SECTION_COUNT_AT + 2].copy_from_slice(&1_u16.to_le_bytes());
        let mut header = vec![0; 0x40];
        header[TYPE_AT..TYPE_AT + 4].copy_from_slice(&PROGRAM_BITS.to_le_bytes());
        header[FLAGS_AT..FLAGS_AT + 8].copy_from_slice(&flags.to_le_bytes());
        header[OFFSET_AT..OFFSET_AT + 8].copy_from_slice(&offset.to_le_bytes());
        header[SIZE_AT..SIZE_AT + 8].copy_from_slice(&size.to_le_bytes());
        bytes.extend(header);
        bytes
    }

    fn holds(bytes: &[u8], text: &[u8]) -> bool {
        bytes.windows(text.len()).any(|window| window == text)
    }

    #[test]
    fn leaves_out_machine_code_and_nothing_else() {
        let kept = without_code(&file(EXECUTABLE, 0x40, 4)).unwrap();
        assert!(!holds(&kept, b"AAAA") && holds(&kept, b"BBBB"));
        assert_eq!(kept.len(), file(EXECUTABLE, 0x40, 4).len() - 4);
    }

    #[test]
    fn looks_at_the_whole_file_when_in_doubt() {
        let whole = [
            file(0, 0x40, 4),
            file(EXECUTABLE, u64::MAX, 4),
            file(EXECUTABLE, 0x40, u64::MAX),
            b"\x7fELF".to_vec(),
            Vec::new(),
        ];
        for bytes in whole {
            assert_eq!(without_code(&bytes), None);
        }
        let mut cut = file(EXECUTABLE, 0x40, 4);
        cut.truncate(0x50);
        assert_eq!(without_code(&cut), None);
    }
}
