//! How much one artifact may cost. Every limit that is hit becomes a gap that names the entry.

/// Largest file that is read into memory, in bytes: what the largest platform allows for a whole unpacked function.
pub const MAX_ENTRY_BYTES: u64 = 256 << 20;
/// Bytes of all entries together once inflated; the largest entries are the first to be left out.
pub const MAX_TOTAL_BYTES: u64 = 1 << 30;
/// Entries of one artifact, those of nested archives included.
pub const MAX_ENTRIES: usize = 250_000;
/// Archives inside archives: a jar in a war in a zip is two levels.
pub const MAX_NESTING_LEVELS: usize = 4;
/// Bytes of compressed nested archives that are held inflated, so that they are inflated once.
pub const MAX_NESTED_BYTES_HELD: u64 = 256 << 20;
/// Bytes of all entries of a container image: what the largest platform allows for one.
pub const MAX_IMAGE_BYTES: u64 = 10 << 30;
/// Bytes of an image's compressed layers that are held unpacked; what is not held is unpacked anew when it is read.
pub const MAX_IMAGE_BYTES_HELD: u64 = 128 << 20;
/// Largest file of a compressed layer that is held, in bytes: manifests, sources and small libraries.
pub const MAX_HELD_FILE_BYTES: u64 = 1 << 20;
/// How many times its stored size an entry may inflate to; DEFLATE itself ends at 1,032.
pub const MAX_INFLATE_RATIO: u64 = 400;
/// Entries up to this many bytes may inflate at any ratio: text of one letter is no bomb.
pub const RATIO_FREE_BYTES: u64 = 8 << 20;

/// The budgets of one [`crate::Artifact`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    pub entry_bytes: u64,
    pub total_bytes: u64,
    pub entries: usize,
    pub nesting_levels: usize,
    pub nested_bytes_held: u64,
    pub inflate_ratio: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            entry_bytes: MAX_ENTRY_BYTES,
            total_bytes: MAX_TOTAL_BYTES,
            entries: MAX_ENTRIES,
            nesting_levels: MAX_NESTING_LEVELS,
            nested_bytes_held: MAX_NESTED_BYTES_HELD,
            inflate_ratio: MAX_INFLATE_RATIO,
        }
    }
}
