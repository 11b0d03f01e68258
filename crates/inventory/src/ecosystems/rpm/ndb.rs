//! `Packages.db`: headers as blobs of rpm's own store.
//!
//! **Source**: rpm's `lib/backend/ndb/rpmpkg.c` (version 0). **Supported**: the slots of all slot pages, each blob's head and
//! tail. Blobs that end before the next begins are never read twice. **Unsupported** (→ damage): other versions.

use crate::ecosystems::rpm::database::Sink;

const MAGIC_FILE: u32 = u32::from_le_bytes(*b"RpmP");
const MAGIC_SLOT: u32 = u32::from_le_bytes(*b"Slot");
const MAGIC_HEAD: u32 = u32::from_le_bytes(*b"BlbS");
const MAGIC_TAIL: u32 = u32::from_le_bytes(*b"BlbE");

const PAGE_BYTES: usize = 4_096;
const FILE_HEADER_BYTES: usize = 32;
const SLOT_BYTES: usize = 16;
const BLOCK_BYTES: usize = 16;
const HEAD_BYTES: usize = 16;
const TAIL_BYTES: usize = 12;

/// Hands every blob to `sink`, in the file's order.
pub(super) fn read(bytes: &[u8], sink: &mut Sink<'_>) {
    let Some([magic, version, _, slot_pages]) = words::<4>(bytes, 0).filter(|words| words[0] == MAGIC_FILE) else {
        return sink.damaged("the database does not begin as rpm's own store does");
    };
    debug_assert_eq!(magic, MAGIC_FILE);
    if version != 0 {
        return sink.damaged("the database has a version of rpm's own store that is not known");
    }
    let end = usize::try_from(slot_pages).ok().and_then(|pages| pages.checked_mul(PAGE_BYTES));
    let Some(slots) = end.and_then(|end| bytes.get(FILE_HEADER_BYTES..end)) else {
        return sink.damaged("the database states more pages than it has");
    };
    let mut blobs = Vec::new();
    for slot in slots.as_chunks::<SLOT_BYTES>().0 {
        match words::<4>(slot, 0) {
            Some([MAGIC_SLOT, 0, ..]) => {}
            Some([MAGIC_SLOT, package, start, blocks]) => blobs.push(Blob { start, blocks, package }),
            _ => sink.damaged("a slot of the database cannot be read"),
        }
    }
    blobs.sort_unstable();
    let mut free_from = 0;
    for blob in &blobs {
        match blob.content(bytes).filter(|_| u64::from(blob.start) >= free_from) {
            Some(content) => {
                free_from = u64::from(blob.start) + u64::from(blob.blocks);
                sink.header(content);
            }
            None => sink.damaged("a package's place in the database does not hold it"),
        }
    }
}

/// What a slot says; start and length in blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Blob {
    start: u32,
    blocks: u32,
    package: u32,
}

impl Blob {
    fn content(self, bytes: &[u8]) -> Option<&[u8]> {
        let in_bytes = |blocks: u32| usize::try_from(blocks).ok()?.checked_mul(BLOCK_BYTES);
        let whole = bytes.get(in_bytes(self.start)?..)?.get(..in_bytes(self.blocks)?)?;
        let [magic, package, _, length] = words::<4>(whole, 0)?;
        let tail = words::<3>(whole, whole.len().checked_sub(TAIL_BYTES)?)?;
        let is_own = magic == MAGIC_HEAD && package == self.package && tail[1..] == [length, MAGIC_TAIL];
        whole.get(HEAD_BYTES..)?.get(..usize::try_from(length).ok()?).filter(|_| is_own)
    }
}

fn words<const N: usize>(bytes: &[u8], at: usize) -> Option<[u32; N]> {
    let mut words = [0; N];
    let chunks = bytes.get(at..)?.as_chunks::<4>().0;
    for (at, word) in words.iter_mut().enumerate() {
        *word = u32::from_le_bytes(*chunks.get(at)?);
    }
    Some(words)
}
