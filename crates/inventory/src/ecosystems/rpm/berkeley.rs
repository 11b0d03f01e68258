//! `Packages`: headers as values of a Berkeley DB file.
//!
//! **Source**: Berkeley DB's `dbinc/db_page.h` (page headers, hash and btree items), versions 2 to 18; the layout has not
//! changed since. **Supported**: hash files (rpm) and btree files (rpm 5) of either byte order; values on the page and on
//! chains of overflow pages. Pages are read in the file's order rather than by bucket: every page of that kind is in use, for
//! freed ones are marked. **Unsupported** (→ damage): encrypted files, checksums, duplicates, other access methods.

use crate::ecosystems::rpm::database::Sink;

const MAGIC_HASH: u32 = 0x0006_1561;
const MAGIC_BTREE: u32 = 0x0005_3162;

/// Offsets in the first page.
const AT_MAGIC: usize = 12;
const AT_PAGE_SIZE: usize = 20;
const AT_ENCRYPTION: usize = 24;
const AT_META_FLAGS: usize = 26;
const FLAG_CHECKSUM: u8 = 1;

/// Offsets in every other page.
const AT_NEXT: usize = 16;
const AT_ENTRIES: usize = 20;
/// On overflow pages the number of bytes it holds.
const AT_LENGTH: usize = 22;
const AT_TYPE: usize = 25;
const PAGE_HEADER_BYTES: usize = 26;

const PAGE_HASH_UNSORTED: u8 = 2;
const PAGE_BTREE_LEAF: u8 = 5;
const PAGE_OVERFLOW: u8 = 7;
const PAGE_HASH: u8 = 13;

const MIN_PAGE_BYTES: usize = 512;
const MAX_PAGE_BYTES: usize = 64 << 10;

/// Hands every value to `sink` but the counter that rpm keeps under the key 0.
pub(super) fn read(bytes: &[u8], sink: &mut Sink<'_>) {
    match File::open(bytes) {
        Ok(file) => {
            Values { file: &file, visited: vec![false; bytes.len() / file.page_bytes + 1], buffer: Vec::new(), sink }
                .read()
        }
        Err(why) => sink.damaged(why),
    }
}

struct File<'a> {
    bytes: &'a [u8],
    page_bytes: usize,
    is_big_endian: bool,
}

impl<'a> File<'a> {
    fn open(bytes: &'a [u8]) -> Result<Self, &'static str> {
        const NOT_BERKELEY: &str = "the database is not in a form of Berkeley DB that is known";
        let is_magic = |is_big_endian: &bool| {
            let file = File { bytes, page_bytes: 0, is_big_endian: *is_big_endian };
            matches!(file.u32(bytes, AT_MAGIC), Some(MAGIC_HASH | MAGIC_BTREE))
        };
        let is_big_endian = [false, true].into_iter().find(is_magic).ok_or(NOT_BERKELEY)?;
        let mut file = File { bytes, page_bytes: 0, is_big_endian };
        let page_bytes = file.u32(bytes, AT_PAGE_SIZE).and_then(|size| usize::try_from(size).ok());
        file.page_bytes = page_bytes
            .filter(|size| size.is_power_of_two() && (MIN_PAGE_BYTES..=MAX_PAGE_BYTES).contains(size))
            .ok_or("the database states a page size that Berkeley DB does not have")?;
        let is_plain = bytes.get(AT_ENCRYPTION) == Some(&0)
            && bytes.get(AT_META_FLAGS).is_some_and(|flags| flags & FLAG_CHECKSUM == 0);
        if is_plain { Ok(file) } else { Err("the database is encrypted or has checksums, which is not read") }
    }

    fn page(&self, number: usize) -> Option<&'a [u8]> {
        let start = number.checked_mul(self.page_bytes)?;
        self.bytes.get(start..start.checked_add(self.page_bytes)?)
    }

    fn u16(&self, bytes: &[u8], at: usize) -> Option<usize> {
        let raw = *bytes.get(at..)?.first_chunk()?;
        Some(usize::from(if self.is_big_endian { u16::from_be_bytes(raw) } else { u16::from_le_bytes(raw) }))
    }

    fn u32(&self, bytes: &[u8], at: usize) -> Option<u32> {
        let raw = *bytes.get(at..)?.first_chunk()?;
        Some(if self.is_big_endian { u32::from_be_bytes(raw) } else { u32::from_le_bytes(raw) })
    }
}

/// What one item of a page holds.
#[derive(Debug, PartialEq, Eq)]
enum Item<'a> {
    Here(&'a [u8]),
    Overflow {
        first_page: u32,
        bytes: u32,
    },
    /// Deleted, and not yet written over.
    Gone,
}

struct Values<'a, 's, 'k> {
    file: &'s File<'a>,
    /// INVARIANT: no page is read twice, so the work is bounded by the file's size whatever its links say.
    visited: Vec<bool>,
    buffer: Vec<u8>,
    sink: &'s mut Sink<'k>,
}

impl<'a> Values<'a, '_, '_> {
    fn read(&mut self) {
        if !self.file.bytes.len().is_multiple_of(self.file.page_bytes) {
            self.sink.damaged("the database ends in the middle of a page");
        }
        let pages = self.file.bytes.len() / self.file.page_bytes;
        for number in 1..pages {
            let Some(page) = self.file.page(number) else { return };
            match page.get(AT_TYPE) {
                Some(&(PAGE_HASH_UNSORTED | PAGE_HASH)) => self.read_page(page, hash_item),
                Some(&PAGE_BTREE_LEAF) => self.read_page(page, btree_item),
                _ => {}
            }
        }
        // Pages that hold the rest of a value are freed with it: one that no value led to has lost its key.
        let is_lost = |number: usize| {
            let kind = self.file.page(number).and_then(|page| page.get(AT_TYPE));
            kind == Some(&PAGE_OVERFLOW) && self.visited.get(number) == Some(&false)
        };
        if (1..pages).any(is_lost) {
            self.sink.damaged("a page of the database belongs to no package");
        }
    }

    /// Items come in pairs of key and value.
    fn read_page(&mut self, page: &'a [u8], item: ReadItem) {
        const TORN: &str = "a page of the database holds items that do not lie in it";
        let entries = self.file.u16(page, AT_ENTRIES).unwrap_or(0);
        if entries > (self.file.page_bytes - PAGE_HEADER_BYTES) / 2 {
            return self.sink.damaged(TORN);
        }
        for value in (1..entries).step_by(2) {
            let key = item(self.file, page, value - 1);
            match item(self.file, page, value) {
                Some(_) if matches!(key, Some(Item::Here(&[0, 0, 0, 0]))) => {}
                Some(Item::Here(bytes)) => self.sink.header(bytes),
                Some(Item::Overflow { first_page, bytes }) => self.read_overflow(first_page, bytes),
                Some(Item::Gone) => {}
                None => self.sink.damaged(TORN),
            }
        }
    }

    fn read_overflow(&mut self, first_page: u32, bytes: u32) {
        const BROKEN: &str = "a chain of pages of the database is broken";
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        match self.collect(first_page, bytes, &mut buffer) {
            Some(()) => self.sink.header(&buffer),
            None => self.sink.damaged(BROKEN),
        }
        self.buffer = buffer;
    }

    /// Exactly `bytes` bytes of the chain that begins at `page`, appended to `buffer`.
    fn collect(&mut self, mut page: u32, bytes: u32, buffer: &mut Vec<u8>) -> Option<()> {
        let wanted = usize::try_from(bytes).ok().filter(|wanted| *wanted <= self.file.bytes.len())?;
        while buffer.len() < wanted {
            let number = usize::try_from(page).ok()?;
            let visited = self.visited.get_mut(number)?;
            if std::mem::replace(visited, true) {
                return None;
            }
            let content = self.file.page(number).filter(|page| page.get(AT_TYPE) == Some(&PAGE_OVERFLOW))?;
            let length = self.file.u16(content, AT_LENGTH)?;
            buffer.extend_from_slice(content.get(PAGE_HEADER_BYTES..)?.get(..length)?);
            page = self.file.u32(content, AT_NEXT)?;
        }
        (buffer.len() == wanted).then_some(())
    }
}

type ReadItem = for<'a> fn(&File<'_>, &'a [u8], usize) -> Option<Item<'a>>;

/// A hash page's items lie from its end downwards: each ends where the one before it begins.
fn hash_item<'a>(file: &File<'_>, page: &'a [u8], at: usize) -> Option<Item<'a>> {
    const ON_PAGE: u8 = 1;
    const OFF_PAGE: u8 = 3;
    let start_of = |at: usize| file.u16(page, PAGE_HEADER_BYTES + 2 * at);
    let end = if at == 0 { page.len() } else { start_of(at - 1)? };
    let (kind, rest) = page.get(start_of(at)?..end)?.split_first()?;
    match *kind {
        ON_PAGE => Some(Item::Here(rest)),
        OFF_PAGE => Some(Item::Overflow { first_page: file.u32(rest, 3)?, bytes: file.u32(rest, 7)? }),
        _ => None,
    }
}

fn btree_item<'a>(file: &File<'_>, page: &'a [u8], at: usize) -> Option<Item<'a>> {
    const ON_PAGE: u8 = 1;
    const OFF_PAGE: u8 = 3;
    const DELETED: u8 = 0x80;
    let item = page.get(file.u16(page, PAGE_HEADER_BYTES + 2 * at)?..)?;
    match *item.get(2)? {
        kind if kind & DELETED != 0 => Some(Item::Gone),
        ON_PAGE => Some(Item::Here(item.get(3..)?.get(..file.u16(item, 0)?)?)),
        OFF_PAGE => Some(Item::Overflow { first_page: file.u32(item, 4)?, bytes: file.u32(item, 8)? }),
        _ => None,
    }
}
