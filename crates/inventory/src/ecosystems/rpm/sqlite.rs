//! `rpmdb.sqlite`: headers as blobs of the table `Packages`.
//!
//! **Source**: "Database File Format" of sqlite.org, sections 1.3 to 1.6 and 2. **Supported**: table b-trees, payloads on
//! overflow pages, any page size, reserved bytes. **Unsupported** (→ damage): everything that sqlite would call corrupt; write-ahead
//! logs are the caller's gap.

use std::ops::ControlFlow;

use crate::ecosystems::rpm::database::Sink;

const MAGIC: &[u8] = b"SQLite format 3\0";
const AT_PAGE_SIZE: usize = 16;
const AT_RESERVED: usize = 20;
/// The first page's b-tree begins behind the file's header.
const FILE_HEADER_BYTES: usize = 100;
/// The b-tree that lists all others.
const SCHEMA_PAGE: u32 = 1;

const INTERIOR_TABLE: u8 = 5;
const LEAF_TABLE: u8 = 13;

const MIN_PAGE_BYTES: usize = 512;
/// Smaller payload areas are forbidden, and let an overflow chain make no progress.
const MIN_USABLE_BYTES: usize = 480;

/// Hands every blob of the table `Packages` to `sink`.
pub(super) fn read(bytes: &[u8], sink: &mut Sink<'_>) {
    let Some(file) = File::open(bytes) else {
        return sink.damaged("the database does not begin as sqlite's files do");
    };
    let mut damage = |why| sink.damaged(why);
    let mut root = None;
    Walk::new(&file, &mut damage).rows(SCHEMA_PAGE, &mut |row| match packages_root(row) {
        Some(page) => {
            root = Some(page);
            ControlFlow::Break(())
        }
        None => ControlFlow::Continue(()),
    });
    let Some(root) = root else { return sink.damaged("the database has no table `Packages`") };
    let mut damaged = Vec::new();
    Walk::new(&file, &mut |why| damaged.push(why)).rows(root, &mut |row| {
        if let Some(blob) = Columns::of(row).and_then(|mut columns| columns.find_map(Column::blob)) {
            sink.header(blob);
        }
        ControlFlow::Continue(())
    });
    for why in damaged {
        sink.damaged(why);
    }
}

/// The first page of `Packages`, if the row of the schema (type, name, table, page, text) speaks of it.
fn packages_root(row: &[u8]) -> Option<u32> {
    let mut columns = Columns::of(row)?;
    let (kind, name) = (columns.next()?.text()?, columns.next()?.text()?);
    let page = columns.nth(1)?.number()?;
    (kind == b"table" && name.eq_ignore_ascii_case(b"Packages")).then_some(page)
}

struct File<'a> {
    bytes: &'a [u8],
    page_bytes: usize,
    /// Without what is reserved at each page's end.
    usable_bytes: usize,
}

impl<'a> File<'a> {
    fn open(bytes: &'a [u8]) -> Option<Self> {
        let page_bytes = match u16_at(bytes, AT_PAGE_SIZE).filter(|_| bytes.starts_with(MAGIC))? {
            1 => 64 << 10,
            size => size,
        };
        let reserved = usize::from(*bytes.get(AT_RESERVED)?);
        let usable_bytes = page_bytes.checked_sub(reserved).filter(|usable| *usable >= MIN_USABLE_BYTES)?;
        (page_bytes.is_power_of_two() && page_bytes >= MIN_PAGE_BYTES).then_some(Self {
            bytes,
            page_bytes,
            usable_bytes,
        })
    }

    /// Pages are counted from 1.
    fn page(&self, number: u32) -> Option<&'a [u8]> {
        let start = usize::try_from(number).ok()?.checked_sub(1)?.checked_mul(self.page_bytes)?;
        self.bytes.get(start..)?.get(..self.usable_bytes)
    }
}

struct Walk<'a, 'f> {
    file: &'f File<'a>,
    /// INVARIANT: no page is read twice, so the work is bounded by the file's size whatever its links say.
    visited: Vec<bool>,
    /// INVARIANT: cells do not lie over one another, so what they hold is no larger than the file.
    bytes_left: usize,
    damaged: &'f mut dyn FnMut(&'static str),
}

impl<'a, 'f> Walk<'a, 'f> {
    fn new(file: &'f File<'a>, damaged: &'f mut dyn FnMut(&'static str)) -> Self {
        Self {
            file,
            visited: vec![false; file.bytes.len() / file.page_bytes + 2],
            bytes_left: file.bytes.len(),
            damaged,
        }
    }

    /// Calls `take` with each row of the table at `root`, in the order of keys, until it breaks.
    fn rows(&mut self, root: u32, take: &mut dyn FnMut(&[u8]) -> ControlFlow<()>) {
        let mut waiting = vec![root];
        let mut buffer = Vec::new();
        while let Some(number) = waiting.pop() {
            let Some(page) = self.visit(number) else {
                (self.damaged)("a page of the database is missing or linked twice");
                continue;
            };
            let tree = Tree { page, start: if number == SCHEMA_PAGE { FILE_HEADER_BYTES } else { 0 } };
            match page.get(tree.start) {
                Some(&INTERIOR_TABLE) => {
                    // The last child first: children are taken from the end.
                    waiting.extend(u32_at(page, tree.start + 8));
                    waiting.extend(tree.cells(12).rev().filter_map(|cell| u32_at(cell, 0)));
                }
                Some(&LEAF_TABLE) => {
                    for cell in tree.cells(8) {
                        match self.payload(cell, &mut buffer) {
                            Some(()) if take(&buffer).is_break() => return,
                            Some(()) => {}
                            None => (self.damaged)("a row of the database is cut off"),
                        }
                    }
                    if tree.cells(8).count() < tree.counted() {
                        (self.damaged)("a page of the database counts more rows than it holds");
                    }
                }
                _ => (self.damaged)("a page of the database is not of a table"),
            }
        }
    }

    /// The page, if it was not visited before.
    fn visit(&mut self, number: u32) -> Option<&'a [u8]> {
        let page = self.file.page(number)?;
        let visited = self.visited.get_mut(usize::try_from(number).ok()?)?;
        (!std::mem::replace(visited, true)).then_some(page)
    }

    /// Puts a leaf cell's whole payload into `buffer`.
    fn payload(&mut self, cell: &[u8], buffer: &mut Vec<u8>) -> Option<()> {
        buffer.clear();
        let (length, rest) = varint(cell)?;
        let (_row, rest) = varint(rest)?;
        let length = usize::try_from(length).ok().filter(|length| *length <= self.file.bytes.len())?;
        let local = self.local_bytes(length);
        self.bytes_left = self.bytes_left.checked_sub(local)?;
        let (here, rest) = rest.split_at_checked(local)?;
        buffer.extend_from_slice(here);
        let mut next = u32_at(rest, 0).unwrap_or(0);
        while buffer.len() < length {
            let (link, content) = self.visit(next)?.split_first_chunk::<4>()?;
            buffer.extend_from_slice(content.get(..content.len().min(length - buffer.len()))?);
            next = u32::from_be_bytes(*link);
        }
        Some(())
    }

    /// How much of a payload lies in its cell.
    fn local_bytes(&self, length: usize) -> usize {
        let usable = self.file.usable_bytes;
        let most = usable - 35;
        if length <= most {
            return length;
        }
        let least = (usable - 12) * 32 / 255 - 23;
        let fitting = least + (length - least) % (usable - 4);
        if fitting <= most { fitting } else { least }
    }
}

/// A b-tree page.
#[derive(Clone, Copy)]
struct Tree<'a> {
    page: &'a [u8],
    /// Of its header.
    start: usize,
}

impl<'a> Tree<'a> {
    /// How many cells its header states.
    fn counted(self) -> usize {
        u16_at(self.page, self.start + 3).unwrap_or(0)
    }

    /// Everything from each cell's start to the page's end, in the order of keys.
    fn cells(self, header_bytes: usize) -> impl DoubleEndedIterator<Item = &'a [u8]> {
        let pointers = self.page.get(self.start + header_bytes..).unwrap_or_default().as_chunks::<2>().0;
        let pointers = pointers.get(..self.counted()).unwrap_or(pointers);
        pointers.iter().filter_map(move |at| self.page.get(usize::from(u16::from_be_bytes(*at))..))
    }
}

/// The columns of a record.
struct Columns<'a> {
    /// Types that were not read yet.
    types: &'a [u8],
    body: &'a [u8],
}

impl<'a> Columns<'a> {
    fn of(record: &'a [u8]) -> Option<Self> {
        let (header_bytes, rest) = varint(record)?;
        let header_bytes = usize::try_from(header_bytes).ok()?;
        let (head, body) = record.split_at_checked(header_bytes)?;
        let types = head.get(record.len().checked_sub(rest.len())?..)?;
        Some(Self { types, body })
    }
}

impl<'a> Iterator for Columns<'a> {
    type Item = Column<'a>;

    fn next(&mut self) -> Option<Column<'a>> {
        let (kind, types) = varint(self.types)?;
        let bytes = match kind {
            0 | 8 | 9 => 0,
            1..=4 => kind,
            5 => 6,
            6 | 7 => 8,
            10 | 11 => return None,
            text_or_blob => (text_or_blob - 12) / 2,
        };
        let (content, body) = self.body.split_at_checked(usize::try_from(bytes).ok()?)?;
        (self.types, self.body) = (types, body);
        Some(Column { kind, content })
    }
}

struct Column<'a> {
    kind: u64,
    content: &'a [u8],
}

impl<'a> Column<'a> {
    fn text(self) -> Option<&'a [u8]> {
        (self.kind >= 13 && !self.kind.is_multiple_of(2)).then_some(self.content)
    }

    fn blob(self) -> Option<&'a [u8]> {
        (self.kind >= 12 && self.kind.is_multiple_of(2)).then_some(self.content)
    }

    fn number(self) -> Option<u32> {
        match self.kind {
            9 => Some(1),
            1..=4 => Some(self.content.iter().fold(0, |number, byte| number << 8 | u32::from(*byte))),
            _ => None,
        }
    }
}

/// A number of up to nine bytes, seven bits in each but the last, and what follows it.
fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    const MAX_SHORT_BYTES: usize = 8;
    let mut number = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let rest = || bytes.get(at + 1..).unwrap_or_default();
        if at == MAX_SHORT_BYTES {
            return Some((number << 8 | u64::from(*byte), rest()));
        }
        number = number << 7 | u64::from(byte & 0x7F);
        if byte & 0x80 == 0 {
            return Some((number, rest()));
        }
    }
    None
}

fn u16_at(bytes: &[u8], at: usize) -> Option<usize> {
    Some(usize::from(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?)))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}
