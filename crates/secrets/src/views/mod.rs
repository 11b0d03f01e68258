//! Ways to see text in bytes. A later view (constants of compiled code, strings of binaries) is one more file here and
//! one more row in [`HIDDEN`].

mod base64_runs;
mod elf;
mod utf16;

use std::borrow::Cow;

/// How much of a file's start decides whether it is text, in bytes.
const SNIFFED_BYTES: usize = 8 * 1024;

/// A file's own bytes as text, if they are text.
pub(crate) struct View<'a> {
    pub(crate) text: Cow<'a, [u8]>,
    pub(crate) is_text: bool,
}

/// A text hidden inside another.
pub(crate) struct Fragment {
    pub(crate) text: Vec<u8>,
    /// Where in the outer text it lies, as an offset.
    pub(crate) at: usize,
}

type FindHidden = fn(&[u8]) -> Vec<Fragment>;

/// Finders of texts inside the text of a file of the user's own.
pub(crate) const HIDDEN: &[FindHidden] = &[base64_runs::fragments];

/// UTF-8 (or any other text of bytes) as it is, UTF-16 with a byte order mark as UTF-8, anything else as binary; programs
/// without their machine code.
pub(crate) fn main_view(bytes: &[u8]) -> View<'_> {
    if let Some(text) = utf16::decode(bytes) {
        return View { text: Cow::Owned(text), is_text: true };
    }
    if let Some(rest) = elf::without_code(bytes) {
        return View { text: Cow::Owned(rest), is_text: false };
    }
    let start = bytes.get(..SNIFFED_BYTES).unwrap_or(bytes);
    View { text: Cow::Borrowed(bytes), is_text: !start.contains(&0) }
}
