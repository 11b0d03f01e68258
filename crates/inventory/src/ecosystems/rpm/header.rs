//! One package's header as the database keeps it.
//!
//! **Source**: rpm's manual, "RPM v4 header format": two big-endian counts, an index of (tag, type, offset, count), a data area.
//! **Supported**: the tags that name a package, its source and its files. **Unsupported** (→ `None`): counts and offsets that
//! lie outside; a header is never larger than the file it came from.

/// Tags, in the order of the manual's table.
mod tag {
    pub(super) const NAME: u32 = 1000;
    pub(super) const VERSION: u32 = 1001;
    pub(super) const RELEASE: u32 = 1002;
    pub(super) const EPOCH: u32 = 1003;
    pub(super) const ARCH: u32 = 1022;
    /// Whole paths, as packages before rpm 4 list their files.
    pub(super) const OLD_FILE_NAMES: u32 = 1027;
    pub(super) const FILE_DIGESTS: u32 = 1035;
    pub(super) const SOURCE_RPM: u32 = 1044;
    pub(super) const DIRECTORY_INDEXES: u32 = 1116;
    pub(super) const BASE_NAMES: u32 = 1117;
    pub(super) const DIRECTORY_NAMES: u32 = 1118;
    pub(super) const MODULARITY_LABEL: u32 = 5096;
}

const TYPE_INT32: u32 = 4;
const TYPE_STRING: u32 = 6;
const TYPE_STRING_ARRAY: u32 = 8;
const TYPE_LOCALISED_STRING: u32 = 9;

const INDEX_ENTRY_BYTES: usize = 16;

/// No name, version or label comes near; longer texts are taken for damage.
const MAX_TEXT_BYTES: usize = 4_096;
/// Files of one package; the largest have some hundred thousand.
const MAX_FILES: usize = 1_000_000;

/// The entries that are asked for. What they point to is looked at only then, so that no index costs more than its length.
#[derive(Debug, Default)]
pub(super) struct Header<'a> {
    values: [Option<Value<'a>>; TAGS.len()],
}

/// Sorted.
const TAGS: &[u32] = &[
    tag::NAME,
    tag::VERSION,
    tag::RELEASE,
    tag::EPOCH,
    tag::ARCH,
    tag::OLD_FILE_NAMES,
    tag::FILE_DIGESTS,
    tag::SOURCE_RPM,
    tag::DIRECTORY_INDEXES,
    tag::BASE_NAMES,
    tag::DIRECTORY_NAMES,
    tag::MODULARITY_LABEL,
];

impl<'a> Header<'a> {
    /// `None` when the counts do not fit the bytes. Fields whose entries do not are left out.
    pub(super) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (entries, rest) = bytes.split_first_chunk::<4>()?;
        let (data_bytes, rest) = rest.split_first_chunk::<4>()?;
        let index_bytes = usize::try_from(u32::from_be_bytes(*entries)).ok()?.checked_mul(INDEX_ENTRY_BYTES)?;
        let (index, data) = rest.split_at_checked(index_bytes)?;
        let data = data.get(..usize::try_from(u32::from_be_bytes(*data_bytes)).ok()?)?;
        let mut header = Self::default();
        for entry in index.as_chunks::<INDEX_ENTRY_BYTES>().0 {
            let [tag, kind, offset, count] = numbers(entry);
            let slot = TAGS.binary_search(&tag).ok().and_then(|at| header.values.get_mut(at));
            let from = usize::try_from(offset).ok().and_then(|offset| data.get(offset..));
            if let (Some(slot), Some(from)) = (slot, from) {
                *slot = Some(Value { kind, count, from });
            }
        }
        Some(header)
    }

    fn value(&self, tag: u32) -> Option<Value<'a>> {
        *self.values.get(TAGS.binary_search(&tag).ok()?)?
    }

    fn text(&self, tag: u32) -> Option<String> {
        self.value(tag)?.text()
    }

    pub(super) fn name(&self) -> Option<String> {
        self.text(tag::NAME)
    }

    pub(super) fn version(&self) -> Option<String> {
        self.text(tag::VERSION)
    }

    pub(super) fn release(&self) -> Option<String> {
        self.text(tag::RELEASE)
    }

    pub(super) fn epoch(&self) -> Option<u32> {
        self.value(tag::EPOCH)?.numbers().first().copied().map(u32::from_be_bytes)
    }

    pub(super) fn architecture(&self) -> Option<String> {
        self.text(tag::ARCH)
    }

    pub(super) fn source_rpm(&self) -> Option<String> {
        self.text(tag::SOURCE_RPM)
    }

    pub(super) fn modularity_label(&self) -> Option<String> {
        self.text(tag::MODULARITY_LABEL)
    }

    /// Calls `take` with the folder (ending in `/`), the name and, if asked for, the hexadecimal digest of every file that
    /// the package lists.
    pub(super) fn for_each_file(&self, with_digests: bool, mut take: impl FnMut(&str, &str, Option<&str>)) {
        let digests = || {
            let stated = self.strings(tag::FILE_DIGESTS).filter(|_| with_digests);
            stated.map(as_path).chain(std::iter::repeat(None))
        };
        let folders: Vec<Option<&str>> = self.strings(tag::DIRECTORY_NAMES).map(as_path).collect();
        let indexes = self.value(tag::DIRECTORY_INDEXES).map(Value::numbers).unwrap_or_default();
        for ((name, folder), digest) in self.strings(tag::BASE_NAMES).zip(indexes).zip(digests()) {
            let folder = usize::try_from(u32::from_be_bytes(*folder)).ok().and_then(|at| folders.get(at));
            if let (Some(Some(folder)), Some(name)) = (folder, as_path(name)) {
                take(folder, name, digest);
            }
        }
        for (path, digest) in self.strings(tag::OLD_FILE_NAMES).zip(digests()) {
            let Some(path) = as_path(path) else { continue };
            let (folder, name) = path.split_at(path.rfind('/').map_or(0, |slash| slash + 1));
            take(folder, name, digest);
        }
    }

    fn strings(&self, tag: u32) -> impl Iterator<Item = &'a [u8]> {
        self.value(tag).into_iter().flat_map(Value::strings).take(MAX_FILES)
    }
}

/// `None` for what no file system has.
fn as_path(bytes: &[u8]) -> Option<&str> {
    str::from_utf8(bytes).ok().filter(|path| path.len() <= MAX_TEXT_BYTES)
}

fn numbers(entry: &[u8; INDEX_ENTRY_BYTES]) -> [u32; 4] {
    let mut numbers = [0; 4];
    for (number, bytes) in numbers.iter_mut().zip(entry.as_chunks::<4>().0) {
        *number = u32::from_be_bytes(*bytes);
    }
    numbers
}

/// An entry's bytes, up to the end of the data area.
#[derive(Debug, Clone, Copy)]
struct Value<'a> {
    kind: u32,
    count: u32,
    from: &'a [u8],
}

impl<'a> Value<'a> {
    /// `None` for an empty text too.
    fn text(self) -> Option<String> {
        let is_text = matches!(self.kind, TYPE_STRING | TYPE_STRING_ARRAY | TYPE_LOCALISED_STRING);
        let end = self.from.iter().take(MAX_TEXT_BYTES).position(|byte| *byte == 0)?;
        let text = self.from.get(..end).filter(|text| is_text && !text.is_empty())?;
        Some(String::from_utf8_lossy(text).into_owned())
    }

    /// Texts one after another, each closed by a zero byte: as many as were counted, or as there are.
    fn strings(self) -> impl Iterator<Item = &'a [u8]> {
        let is_list = matches!(self.kind, TYPE_STRING | TYPE_STRING_ARRAY);
        let mut rest = self.from;
        (0..if is_list { self.count } else { 0 }).map_while(move |_| {
            let end = rest.iter().position(|byte| *byte == 0)?;
            let (text, after) = rest.split_at_checked(end)?;
            rest = after.get(1..)?;
            Some(text)
        })
    }

    /// Big-endian.
    fn numbers(self) -> &'a [[u8; 4]] {
        let count = usize::try_from(self.count).unwrap_or(usize::MAX);
        let all: &[[u8; 4]] = self.from.as_chunks().0;
        all.get(..count).filter(|_| self.kind == TYPE_INT32).unwrap_or_default()
    }
}
