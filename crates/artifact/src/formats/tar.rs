//! Tar archives in memory: every file is a part of them.
//!
//! **Source**: POSIX.1-2017, pax (ustar and pax headers); GNU tar manual, "Basic Tar Format" (long names, sizes in base 256).
//! **Supported**: ustar, pax paths, link paths and sizes, GNU long names, hard and symbolic links that stay inside.
//! **Unsupported (→ gap)**: sparse files, devices and pipes, anything after a damaged header.

use super::links;
use super::listing::{Kind, Listed, Listing, TOO_MANY, archive_name};
use super::names::{Encoding, EntryName, UNUSABLE, read_name};
use crate::bytes::Bytes;
use crate::gaps::GapList;
use crate::limits::Limits;

pub(crate) const BLOCK_BYTES: usize = 512;
/// Longest name or pax header that is taken, in bytes.
const MAX_EXTENSION_BYTES: usize = 64 << 10;

pub(crate) const CUT_OFF: &str = "the archive is cut off or damaged, what follows here was not read; pack it again";
pub(crate) const SPARSE: &str = "the entry is stored with holes, which are not read; pack it without them";
const SPECIAL: &str = "neither a file nor a folder (a pipe or device) and was not read";

/// Whether these are the first bytes of a tar archive.
pub(crate) fn starts_like_an_archive(bytes: &[u8]) -> bool {
    bytes.get(257..262) == Some(b"ustar")
}

/// Files of the archive, in its order; names in gaps are `display` + path. `None` when this is no archive at all.
pub(crate) fn list(bytes: &Bytes, display: &str, limits: &Limits, gaps: &mut GapList) -> Option<Listing> {
    Header::read(bytes, 0)?;
    let mut reader = Reader { bytes, display, limits, gaps, files: Vec::new(), next: Overrides::default() };
    reader.read();
    let files = reader.files;
    Some(Listing { archive: bytes.clone(), files })
}

/// One entry as its headers tell it, whatever its bytes lie in.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: EntryName,
    pub(crate) kind: MemberKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum MemberKind {
    File,
    Folder,
    /// Another path of the archive.
    HardLink(String),
    /// As it is written.
    SymbolicLink(String),
    /// Stored with holes.
    Sparse,
    /// A pipe or device.
    Special,
}

/// What extension headers say about the entry after them.
#[derive(Debug, Default)]
pub(crate) struct Overrides {
    path: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    size: Option<u64>,
    is_sparse: bool,
}

struct Reader<'a> {
    bytes: &'a [u8],
    display: &'a str,
    limits: &'a Limits,
    gaps: &'a mut GapList,
    files: Vec<Listed>,
    next: Overrides,
}

impl Reader<'_> {
    fn read(&mut self) {
        let mut at = 0;
        loop {
            let Some(header) = Header::read(self.bytes, at) else {
                if !ends_here(self.bytes, at) {
                    self.gaps.note(CUT_OFF, archive_name(self.display));
                }
                return;
            };
            if self.files.len() >= self.limits.entries {
                return self.gaps.note(TOO_MANY, archive_name(self.display));
            }
            let size = self.next.size(&header);
            let start = at + BLOCK_BYTES * (1 + header.sparse_blocks(self.bytes, at));
            let end = usize::try_from(size).ok().and_then(|size| start.checked_add(size));
            let Some(end) = end.filter(|end| *end <= self.bytes.len()) else {
                return self.gaps.note(CUT_OFF, archive_name(self.display));
            };
            if header.is_extension() {
                self.extension(&header, start, end);
            } else {
                let overrides = std::mem::take(&mut self.next);
                self.entry(&header, &overrides, start, end);
            }
            at = end.next_multiple_of(BLOCK_BYTES);
        }
    }

    fn extension(&mut self, header: &Header<'_>, start: usize, end: usize) {
        if let Some(text) = self.bytes.get(start..end) {
            self.next.extend(header, text);
        }
    }

    fn entry(&mut self, header: &Header<'_>, overrides: &Overrides, start: usize, end: usize) {
        let Member { name, kind } = header.member(overrides);
        for problem in name.problems.iter().filter(|problem| **problem != UNUSABLE) {
            self.gaps.note(problem, &format!("{}{}", self.display, name.path));
        }
        if name.path.is_empty() {
            return;
        }
        let shown = format!("{}{}", self.display, name.path);
        let kind = match kind {
            MemberKind::Folder => return,
            MemberKind::File => Kind::Part(start..end),
            MemberKind::HardLink(target) => Kind::LinkTo(target),
            MemberKind::SymbolicLink(target) => match links::path_from(&name.path, &target) {
                Some(target) => Kind::LinkTo(target),
                None => return self.gaps.note(links::OUTSIDE, &shown),
            },
            MemberKind::Sparse => return self.gaps.note(SPARSE, &shown),
            MemberKind::Special => return self.gaps.note(SPECIAL, &shown),
        };
        self.files.push(Listed { path: name.path, size_bytes: (end - start) as u64, kind, repeats: false });
    }
}

impl Overrides {
    /// Takes in what the extension `header` says in `text`.
    pub(crate) fn extend(&mut self, header: &Header<'_>, text: &[u8]) {
        if text.len() > MAX_EXTENSION_BYTES {
            return;
        }
        match header.kind {
            b'L' => self.path = Some(until_nul(text).to_vec()),
            b'K' => self.link = Some(until_nul(text).to_vec()),
            b'x' => self.read_pax(text),
            // Global headers hold comments and times.
            _ => {}
        }
    }

    /// Bytes of the entry that `header` begins.
    pub(crate) fn size(&self, header: &Header<'_>) -> u64 {
        self.size.filter(|_| !header.is_extension()).unwrap_or(header.size)
    }

    /// Records `LENGTH KEY=VALUE\n`, the length counting the whole record.
    fn read_pax(&mut self, mut text: &[u8]) {
        while let Some(space) = text.iter().position(|byte| *byte == b' ') {
            let (digits, _) = text.split_at(space);
            let length = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse::<usize>().ok());
            let Some(record) = length.filter(|length| *length > space + 1).and_then(|length| text.get(..length)) else {
                return;
            };
            text = text.get(record.len()..).unwrap_or_default();
            let record = record.get(space + 1..).unwrap_or_default();
            let record = record.strip_suffix(b"\n").unwrap_or(record);
            let Some(equals) = record.iter().position(|byte| *byte == b'=') else { continue };
            let (key, value) = record.split_at(equals);
            self.set(key, value.get(1..).unwrap_or_default());
        }
    }

    fn set(&mut self, key: &[u8], value: &[u8]) {
        match key {
            b"path" => self.path = Some(value.to_vec()),
            b"linkpath" => self.link = Some(value.to_vec()),
            b"size" => self.size = std::str::from_utf8(value).ok().and_then(|digits| digits.parse().ok()),
            _ if key.starts_with(b"GNU.sparse.") => self.is_sparse = true,
            _ => {}
        }
    }
}

/// One header block whose checksum is right.
pub(crate) struct Header<'a> {
    name: &'a [u8],
    prefix: &'a [u8],
    link: &'a [u8],
    size: u64,
    kind: u8,
    /// Of sparse files: the list of holes has not ended.
    goes_on: bool,
}

impl<'a> Header<'a> {
    pub(crate) fn read(bytes: &'a [u8], at: usize) -> Option<Self> {
        let block = bytes.get(at..)?.get(..BLOCK_BYTES)?;
        let field = |start: usize, length: usize| block.get(start..start + length).unwrap_or_default();
        if !checksums(block).contains(&i64::try_from(octal(field(148, 8))?).ok()?) {
            return None;
        }
        let is_posix = field(257, 6) == b"ustar\0";
        Some(Self {
            name: until_nul(field(0, 100)),
            prefix: if is_posix { until_nul(field(345, 155)) } else { &[] },
            link: until_nul(field(157, 100)),
            size: number(field(124, 12))?,
            kind: *block.get(156)?,
            goes_on: block.get(482).is_some_and(|flag| *flag != 0),
        })
    }

    /// Says something about the next entry instead of being one.
    pub(crate) fn is_extension(&self) -> bool {
        matches!(self.kind, b'L' | b'K' | b'x' | b'g' | b'X')
    }

    /// Whether blocks follow that go on with the list of holes, as old GNU tar writes it.
    pub(crate) fn has_sparse_blocks(&self) -> bool {
        self.kind == b'S' && self.goes_on
    }

    /// Blocks after the header that go on with the list of holes, as old GNU tar writes it.
    fn sparse_blocks(&self, bytes: &[u8], at: usize) -> usize {
        let goes_on = |at: usize| bytes.get(at).is_some_and(|flag| *flag != 0);
        if !self.has_sparse_blocks() {
            return 0;
        }
        1 + (1..).take_while(|block| goes_on(at + block * BLOCK_BYTES + 504)).count()
    }

    /// The entry that this header begins.
    pub(crate) fn member(&self, overrides: &Overrides) -> Member {
        let raw = overrides.path.clone().unwrap_or_else(|| self.path());
        let name = read_name(&raw, || Encoding::Utf8);
        let link = overrides.link.as_deref().unwrap_or(self.link);
        let kind = match self.kind {
            _ if name.is_folder => MemberKind::Folder,
            b'5' => MemberKind::Folder,
            _ if overrides.is_sparse => MemberKind::Sparse,
            b'0' | 0 | b'7' => MemberKind::File,
            b'1' => MemberKind::HardLink(read_name(link, || Encoding::Utf8).path),
            b'2' => MemberKind::SymbolicLink(String::from_utf8_lossy(link).into_owned()),
            b'S' => MemberKind::Sparse,
            _ => MemberKind::Special,
        };
        Member { name, kind }
    }

    fn path(&self) -> Vec<u8> {
        if self.prefix.is_empty() { self.name.to_vec() } else { [self.prefix, b"/", self.name].concat() }
    }
}

/// Whether only the zeros stand here that end an archive, or nothing at all.
fn ends_here(bytes: &[u8], at: usize) -> bool {
    let rest = bytes.get(at..).unwrap_or_default();
    rest.iter().take(BLOCK_BYTES).all(|byte| *byte == 0)
}

/// Sums of the header's bytes, its own field counted as spaces: as specified, and with signed bytes as some old
/// writers have it.
fn checksums(block: &[u8]) -> [i64; 2] {
    const OWN: std::ops::Range<usize> = 148..156;
    let own = block.get(OWN).unwrap_or_default();
    let unsigned = |bytes: &[u8]| bytes.iter().map(|byte| i64::from(*byte)).sum::<i64>();
    let signed = |bytes: &[u8]| bytes.iter().map(|byte| i64::from(byte.cast_signed())).sum::<i64>();
    let spaces = own.len() as i64 * i64::from(b' ');
    [unsigned(block) - unsigned(own) + spaces, signed(block) - signed(own) + spaces]
}

/// Octal digits, or base 256 when the highest bit is set.
fn number(field: &[u8]) -> Option<u64> {
    match field.split_first() {
        Some((first, rest)) if first & 0x80 != 0 => {
            let start = u64::from(first & 0x7f);
            rest.iter().try_fold(start, |value, byte| value.checked_mul(256)?.checked_add(u64::from(*byte)))
        }
        _ => octal(field),
    }
}

fn octal(field: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(field).ok()?.trim_matches([' ', '\0']);
    if text.is_empty() { Some(0) } else { u64::from_str_radix(text, 8).ok() }
}

fn until_nul(field: &[u8]) -> &[u8] {
    field.split(|byte| *byte == 0).next().unwrap_or_default()
}
