//! Bytes that are compressed as a whole, read as a stream: layers of images, and archives of images.
//!
//! A layer may unpack to gigabytes, so it is never held. What lies in it is known by its offset once unpacked, and is
//! reached by unpacking up to there. Readers are kept where they stopped, so that entries read in their order cost one
//! pass together.
//!
//! **Source**: RFC 1952 (gzip), RFC 8878 (zstd).
//! **Supported**: gzip of several members, zstd of several frames, uncompressed bytes.
//! **Unsupported (→ gap)**: every other compression.

use std::fmt;
use std::io::{self, BufRead as _, BufReader, Read};
use std::sync::{Arc, Mutex, PoisonError};

use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use crate::bytes::Bytes;
use crate::limits::{MAX_INFLATE_RATIO, RATIO_FREE_BYTES};

/// Compressed bytes read at a time.
const CHUNK_BYTES: usize = 128 << 10;
/// Readers that are kept where they stopped, for each compressed run of bytes. One takes some hundred KB.
const MAX_KEPT_READERS: usize = 4;

const GZIP_MAGIC: &[u8] = b"\x1f\x8b";
const ZSTD_MAGIC: &[u8] = b"\x28\xb5\x2f\xfd";

/// How bytes are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compression {
    Gzip,
    Zstd,
}

impl Compression {
    /// As the first bytes tell; `None` for bytes as they are.
    pub(crate) fn of(head: &[u8]) -> Option<Self> {
        match head {
            _ if head.starts_with(GZIP_MAGIC) => Some(Self::Gzip),
            _ if head.starts_with(ZSTD_MAGIC) => Some(Self::Zstd),
            _ => None,
        }
    }

    fn reader(self, packed: impl Read + Send + 'static) -> Box<dyn Read + Send> {
        match self {
            Self::Gzip => Box::new(MultiGzDecoder::new(BufReader::with_capacity(CHUNK_BYTES, packed))),
            Self::Zstd => Box::new(ZstdFrames {
                decoder: FrameDecoder::new(),
                source: BufReader::with_capacity(CHUNK_BYTES, packed),
                in_frame: false,
            }),
        }
    }
}

/// Where a run of bytes lies.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// As it is.
    Plain(Bytes),
    /// A part of something that is compressed, by its place once unpacked.
    Within { outer: Packed, start: u64, length: u64 },
}

impl Source {
    pub(crate) fn length(&self) -> u64 {
        match self {
            Self::Plain(bytes) => bytes.len() as u64,
            Self::Within { length, .. } => *length,
        }
    }

    pub(crate) fn reader(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(match self {
            Self::Plain(bytes) => Box::new(BytesReader { bytes: bytes.clone(), at: 0, chunk: Vec::new() }),
            Self::Within { outer, start, length } => Box::new(outer.reader_at(*start, *length)?),
        })
    }

    /// The first bytes, up to as many as asked for.
    pub(crate) fn head(&self, length: usize) -> Vec<u8> {
        let mut head = Vec::new();
        if let Ok(reader) = self.reader() {
            // What cannot be read is no compression that is known.
            let _ = reader.take(length as u64).read_to_end(&mut head);
        }
        head
    }
}

/// Bytes compressed as a whole. Cloning copies no bytes.
#[derive(Clone)]
pub(crate) struct Packed(Arc<Inner>);

struct Inner {
    source: Source,
    compression: Compression,
    /// Unpacked bytes that were gone through, and the reader that stands there.
    kept: Mutex<Vec<Kept>>,
}

struct Kept {
    at: u64,
    reader: Box<dyn Read + Send>,
}

impl Packed {
    pub(crate) fn new(source: Source, compression: Compression) -> Self {
        Self(Arc::new(Inner { source, compression, kept: Mutex::default() }))
    }

    /// The unpacked bytes from the first; ends in an error where they are more than any honest file's.
    pub(crate) fn reader(&self) -> io::Result<Box<dyn Read + Send>> {
        let most = self.0.source.length().saturating_mul(MAX_INFLATE_RATIO).max(RATIO_FREE_BYTES);
        let reader = self.0.compression.reader(self.0.source.reader()?);
        Ok(Box::new(Bounded { reader, left: most }))
    }

    /// Puts the unpacked bytes `start..start + length` into `buffer`, from its beginning.
    pub(crate) fn fetch(&self, start: u64, length: usize, buffer: &mut Vec<u8>) -> io::Result<()> {
        buffer.clear();
        // Grows with what is really there: a header may claim more than the layer holds.
        self.reader_at(start, length as u64)?.read_to_end(buffer)?;
        if buffer.len() == length { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    /// The unpacked bytes `start..start + length`, going on from the reader that stands nearest before them.
    fn reader_at(&self, start: u64, length: u64) -> io::Result<PartReader> {
        let mut readers = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let fitting = readers.iter().enumerate().filter(|(_, kept)| kept.at <= start);
        let nearest = fitting.max_by_key(|(_, kept)| kept.at).map(|(at, _)| at);
        let kept = nearest.map(|at| readers.remove(at));
        drop(readers);
        let mut kept = match kept {
            Some(kept) => kept,
            None => Kept { at: 0, reader: self.reader()? },
        };
        skip(&mut kept.reader, start.saturating_sub(kept.at))?;
        kept.at = start;
        Ok(PartReader { outer: self.clone(), kept: Some(kept), left: length })
    }

    /// Tells compressed runs apart, for reading each from front to back.
    pub(crate) fn address(&self) -> usize {
        Arc::as_ptr(&self.0) as usize
    }
}

impl fmt::Debug for Packed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} packed bytes", self.0.source.length())
    }
}

/// Reads one part, and leaves its reader to the next one who asks.
struct PartReader {
    outer: Packed,
    /// `None` once reading failed.
    kept: Option<Kept>,
    left: u64,
}

impl Read for PartReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let Some(mut kept) = self.kept.take() else { return Err(io::ErrorKind::UnexpectedEof.into()) };
        let length = kept.reader.read(buffer.get_mut(..most).unwrap_or_default())?;
        kept.at += length as u64;
        self.left -= length as u64;
        self.kept = Some(kept);
        Ok(length)
    }
}

impl Drop for PartReader {
    fn drop(&mut self) {
        let Some(kept) = self.kept.take() else { return };
        let mut readers = self.outer.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() >= MAX_KEPT_READERS {
            readers.remove(0);
        }
        readers.push(kept);
    }
}

/// Goes over so many bytes.
pub(crate) fn skip(reader: &mut dyn Read, bytes: u64) -> io::Result<()> {
    let skipped = io::copy(&mut reader.take(bytes), &mut io::sink())?;
    if skipped == bytes { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

/// Reads bytes of a file without touching its mapping.
struct BytesReader {
    bytes: Bytes,
    at: usize,
    chunk: Vec<u8>,
}

impl Read for BytesReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = buffer.len().min(self.bytes.len() - self.at);
        let fetched = self.bytes.fetch(self.at..self.at + length, &mut self.chunk);
        let fetched = fetched.ok_or(io::ErrorKind::UnexpectedEof)?;
        let found = fetched.bytes(&self.bytes, &self.chunk).get(..length).ok_or(io::ErrorKind::UnexpectedEof)?;
        buffer.get_mut(..length).ok_or(io::ErrorKind::UnexpectedEof)?.copy_from_slice(found);
        self.at += length;
        Ok(length)
    }
}

/// What says that something unpacks to more than its ratio allows.
pub(crate) const BOMB: &str = "it would unpack to very many times its size";

struct Bounded {
    reader: Box<dyn Read + Send>,
    left: u64,
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.reader.read(buffer)?;
        self.left = self.left.checked_sub(length as u64).ok_or_else(|| io::Error::other(BOMB))?;
        Ok(length)
    }
}

/// Zstd frames one after another, as parallel compressors write them.
struct ZstdFrames<R: Read> {
    decoder: FrameDecoder,
    source: BufReader<R>,
    /// Whether a frame was begun and has more to give.
    in_frame: bool,
}

impl<R: Read> ZstdFrames<R> {
    /// Begins the next frame, past those that hold no data; false at the end.
    fn begin(&mut self) -> io::Result<bool> {
        while !self.source.fill_buf()?.is_empty() {
            match self.decoder.init(&mut self.source) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                    skip(&mut self.source, length.into())?;
                }
                Err(error) => return Err(io::Error::other(error)),
            }
        }
        Ok(false)
    }
}

impl<R: Read> Read for ZstdFrames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.in_frame && !self.begin()? {
                return Ok(0);
            }
            self.in_frame = true;
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                let strategy = BlockDecodingStrategy::UptoBytes(buffer.len());
                self.decoder.decode_blocks(&mut self.source, strategy).map_err(io::Error::other)?;
            }
            let length = self.decoder.read(buffer)?;
            if length > 0 || buffer.is_empty() {
                return Ok(length);
            }
            self.in_frame = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use proptest::prelude::*;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
    }

    fn packed(bytes: Vec<u8>) -> Packed {
        let compression = Compression::of(&bytes).unwrap();
        Packed::new(Source::Plain(bytes.into()), compression)
    }

    fn unpacked(packed: &Packed) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        packed.reader()?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    #[test]
    fn members_and_frames_one_after_another_are_read_as_one() {
        let text: Vec<u8> = (0..300_000_u32).flat_map(|number| (number / 7).to_le_bytes()).collect();
        for pack in [gzip, zstd] {
            let twice = [pack(&text), pack(b"end")].concat();
            assert_eq!(unpacked(&packed(twice)).unwrap(), [&text[..], b"end"].concat());
        }
        let skippable = [&zstd(b"a")[..], b"\x50\x2a\x4d\x18\x03\0\0\0xyz", &zstd(b"b")].concat();
        assert_eq!(unpacked(&packed(skippable)).unwrap(), b"ab");
    }

    #[test]
    fn parts_are_fetched_in_any_order() {
        let text: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
        for pack in [gzip, zstd] {
            let packed = packed(pack(&text));
            let mut buffer = Vec::new();
            for start in [400_000, 0, 799_000, 1_000, 400_000, 10, 600_000, 500_000] {
                packed.fetch(start, 100, &mut buffer).unwrap();
                let start = usize::try_from(start).unwrap();
                assert_eq!(buffer, text[start..start + 100], "from {start}");
            }
            assert!(packed.fetch(799_999, 2, &mut buffer).is_err());
        }
    }

    #[test]
    fn a_bomb_ends_in_an_error() {
        let bomb = packed(gzip(&vec![0; 10 << 20]));
        assert!(unpacked(&bomb).unwrap_err().to_string().contains(BOMB));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn damaged_bytes_never_panic(at in any::<proptest::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
            let text: Vec<u8> = (0..20_000_u32).flat_map(|number| (number / 3).to_le_bytes()).collect();
            for pack in [gzip, zstd] {
                let mut bytes = pack(&text);
                let at = 4 + at.index(bytes.len() - 4);
                bytes[at] = byte;
                if cut {
                    bytes.truncate(at);
                }
                let _ = unpacked(&packed(bytes));
            }
        }
    }
}
