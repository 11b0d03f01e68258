//! One layer as a list of files, read from front to back once.
//!
//! **Source**: OCI image specification 1.1, "Image Layer Filesystem Changeset"; the tar formats as in [`super::super::tar`].
//! **Supported**: uncompressed layers, whose files stay where they lie; gzip and zstd, of which small files are held within
//! a budget and the others read anew when they are asked for.
//! **Unsupported (→ gap)**: other compressions, sparse files, anything after a damaged header.

use std::io::{self, Read};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::Data;
use crate::bytes::Bytes;
use crate::formats::listing::TOO_MANY;
use crate::formats::names::UNUSABLE;
use crate::formats::tar::{BLOCK_BYTES, CUT_OFF, Header, Member, MemberKind, Overrides, SPARSE};
use crate::gaps::GapList;
use crate::limits::{Limits, MAX_HELD_FILE_BYTES, MAX_IMAGE_BYTES_HELD};
use crate::packed::{BOMB, Compression, Packed, Source, skip};

const BOMB_LAYER: &str =
    "the layer would unpack to very many times its size and was read only up to there; check what it is meant to hold";
/// Longest name or pax header that is read, in bytes; a longer one is skipped.
const MAX_EXTENSION_BYTES: u64 = 64 << 10;
/// Blocks of holes that one sparse file may list.
const MAX_SPARSE_BLOCKS: usize = 100_000;

/// One entry of a layer.
#[derive(Debug)]
pub(crate) struct LayerFile {
    pub(crate) path: String,
    pub(crate) size_bytes: u64,
    pub(crate) kind: FileKind,
}

#[derive(Debug)]
pub(crate) enum FileKind {
    File(Data),
    Folder,
    /// Another path of the image.
    HardLink(String),
    /// As it is written.
    SymbolicLink(String),
}

/// What may still be held in memory of one image's files.
#[derive(Debug)]
pub(crate) struct Budget(AtomicU64);

impl Default for Budget {
    fn default() -> Self {
        Self(AtomicU64::new(MAX_IMAGE_BYTES_HELD))
    }
}

impl Budget {
    /// Which files are held may depend on timing; what is read of them does not.
    fn takes(&self, bytes: u64) -> bool {
        let rest = |left: u64| left.checked_sub(bytes);
        bytes <= MAX_HELD_FILE_BYTES && self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, rest).is_ok()
    }
}

/// The entries of a layer (or of any tar archive), in its order; `None` when `goes_on`, which is asked about each path,
/// ends it. `shown` names the layer in gaps.
pub(crate) fn read(
    source: &Source,
    shown: &str,
    budget: &Budget,
    limits: &Limits,
    gaps: &mut GapList,
    goes_on: &mut dyn FnMut(&str) -> bool,
) -> Option<Vec<LayerFile>> {
    let mut files = Vec::new();
    let input = match Input::open(source, budget) {
        Ok(input) => input,
        Err(error) => {
            gaps.note_with("the layer cannot be unpacked", shown, || unpacking(&error));
            return Some(files);
        }
    };
    let mut reader = Reader { input, shown, limits, gaps, files: &mut files, next: Overrides::default() };
    match reader.read(goes_on) {
        Ok(true) => {}
        Ok(false) => return None,
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => gaps.note(CUT_OFF, shown),
        Err(error) if error.to_string().contains(BOMB) => gaps.note(BOMB_LAYER, shown),
        Err(error) => gaps.note_with("the layer cannot be unpacked", shown, || unpacking(&error)),
    }
    Some(files)
}

fn unpacking(error: &io::Error) -> String {
    format!("what follows here cannot be unpacked: {error}; save the image again")
}

struct Reader<'a> {
    input: Input<'a>,
    shown: &'a str,
    limits: &'a Limits,
    gaps: &'a mut GapList,
    files: &'a mut Vec<LayerFile>,
    next: Overrides,
}

impl Reader<'_> {
    /// Whether the archive was read to its end, or to what a gap names.
    fn read(&mut self, goes_on: &mut dyn FnMut(&str) -> bool) -> io::Result<bool> {
        let mut block = [0; BLOCK_BYTES];
        while self.input.block(&mut block)? {
            let Some(header) = Header::read(&block, 0) else {
                if block.iter().any(|byte| *byte != 0) {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                return Ok(true);
            };
            if self.files.len() >= self.limits.entries {
                self.gaps.note(TOO_MANY, self.shown);
                return Ok(true);
            }
            if header.has_sparse_blocks() {
                self.input.skip_sparse_blocks()?;
            }
            let size = self.next.size(&header);
            if header.is_extension() {
                let text = self.input.text(size)?;
                self.next.extend(&header, &text);
                continue;
            }
            let member = header.member(&std::mem::take(&mut self.next));
            if !goes_on(&member.name.path) {
                return Ok(false);
            }
            self.member(member, size)?;
        }
        Ok(true)
    }

    fn member(&mut self, member: Member, size: u64) -> io::Result<()> {
        let Member { name, kind } = member;
        for problem in name.problems.iter().filter(|problem| **problem != UNUSABLE) {
            self.gaps.note(problem, &format!("{}!/{}", self.shown, name.path));
        }
        let kind = match kind {
            MemberKind::File => FileKind::File(self.input.content(size)?),
            other => {
                self.input.skip(size)?;
                match other {
                    MemberKind::Folder => FileKind::Folder,
                    MemberKind::HardLink(target) => FileKind::HardLink(target),
                    MemberKind::SymbolicLink(target) => FileKind::SymbolicLink(target),
                    MemberKind::Sparse => {
                        self.gaps.note(SPARSE, &format!("{}!/{}", self.shown, name.path));
                        return Ok(());
                    }
                    // Devices and pipes hold nothing; base images have some.
                    MemberKind::File | MemberKind::Special => return Ok(()),
                }
            }
        };
        if !name.path.is_empty() {
            self.files.push(LayerFile { path: name.path, size_bytes: size, kind });
        }
        Ok(())
    }
}

/// Where a layer's blocks come from.
enum Input<'a> {
    Plain { bytes: Bytes, at: usize },
    Stream { packed: Packed, reader: Box<dyn Read + Send>, at: u64, budget: &'a Budget },
}

impl<'a> Input<'a> {
    fn open(source: &Source, budget: &'a Budget) -> io::Result<Self> {
        if let Some(compression) = Compression::of(&source.head(4)) {
            let packed = Packed::new(source.clone(), compression);
            let reader = packed.reader()?;
            return Ok(Self::Stream { packed, reader, at: 0, budget });
        }
        Ok(match source {
            Source::Plain(bytes) => Self::Plain { bytes: bytes.clone(), at: 0 },
            Source::Within { outer, start, .. } => {
                Self::Stream { packed: outer.clone(), reader: source.reader()?, at: *start, budget }
            }
        })
    }

    /// The next block; false at the end.
    fn block(&mut self, block: &mut [u8; BLOCK_BYTES]) -> io::Result<bool> {
        match self {
            Self::Plain { bytes, at } => {
                let rest = bytes.get(*at..).unwrap_or_default();
                let Some(found) = rest.first_chunk() else {
                    return if rest.is_empty() { Ok(false) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
                };
                *block = *found;
                *at += BLOCK_BYTES;
                Ok(true)
            }
            Self::Stream { reader, at, .. } => {
                let mut length = 0;
                while let Some(rest) = block.get_mut(length..).filter(|rest| !rest.is_empty()) {
                    match reader.read(rest)? {
                        0 if length == 0 => return Ok(false),
                        0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                        read => length += read,
                    }
                }
                *at += BLOCK_BYTES as u64;
                Ok(true)
            }
        }
    }

    /// The bytes of a file, as a place or in memory.
    fn content(&mut self, size: u64) -> io::Result<Data> {
        let data = match self {
            Self::Plain { bytes, at } => {
                let length = usize::try_from(size).map_err(|_| io::ErrorKind::UnexpectedEof)?;
                let end = at.checked_add(length).ok_or(io::ErrorKind::UnexpectedEof)?;
                Data::Part(bytes.part(*at..end).ok_or(io::ErrorKind::UnexpectedEof)?)
            }
            Self::Stream { packed, reader, at, budget } => {
                if budget.takes(size) {
                    let mut bytes = Vec::new();
                    reader.take(size).read_to_end(&mut bytes)?;
                    if bytes.len() as u64 != size {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                    let data = Data::Memory(bytes.into());
                    *at = at.saturating_add(size);
                    self.padding(size)?;
                    return Ok(data);
                }
                Data::Packed { packed: packed.clone(), start: *at }
            }
        };
        self.skip(size)?;
        Ok(data)
    }

    fn text(&mut self, size: u64) -> io::Result<Vec<u8>> {
        if size > MAX_EXTENSION_BYTES {
            self.skip(size)?;
            return Ok(Vec::new());
        }
        let mut text = Vec::new();
        match self {
            Self::Plain { bytes, at } => {
                let end = at.saturating_add(usize::try_from(size).unwrap_or(usize::MAX));
                text.extend_from_slice(bytes.get(*at..end).ok_or(io::ErrorKind::UnexpectedEof)?);
                *at = end;
            }
            Self::Stream { reader, at, .. } => {
                *at += reader.take(size).read_to_end(&mut text)? as u64;
            }
        }
        self.padding(size)?;
        Ok(text)
    }

    /// Goes over a file of so many bytes, and what fills its last block.
    fn skip(&mut self, size: u64) -> io::Result<()> {
        match self {
            Self::Plain { bytes, at } => {
                let end = usize::try_from(size).ok().and_then(|size| at.checked_add(size));
                *at = end.filter(|end| *end <= bytes.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
            }
            Self::Stream { reader, at, .. } => {
                skip(reader, size)?;
                *at = at.saturating_add(size);
            }
        }
        self.padding(size)
    }

    fn padding(&mut self, size: u64) -> io::Result<()> {
        let blocks = BLOCK_BYTES as u64;
        let padding = (blocks - size % blocks) % blocks;
        match self {
            // An archive may end without it.
            Self::Plain { bytes, at } => {
                *at = at.saturating_add(usize::try_from(padding).unwrap_or(0)).min(bytes.len());
            }
            Self::Stream { reader, at, .. } => {
                *at += io::copy(&mut reader.take(padding), &mut io::sink())?;
            }
        }
        Ok(())
    }

    /// Goes over the blocks that go on with a list of holes, as old GNU tar writes it.
    fn skip_sparse_blocks(&mut self) -> io::Result<()> {
        let mut block = [0; BLOCK_BYTES];
        for _ in 0..MAX_SPARSE_BLOCKS {
            if !self.block(&mut block)? || block.get(504) == Some(&0) {
                return Ok(());
            }
        }
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}
