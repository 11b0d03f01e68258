//! Entry names as paths below the mount: decoded, `/`-separated, and never leading anywhere else.
//!
//! **Source**: PKWARE APPNOTE 6.3.10, 4.4.17 (names), appendix D (encodings).
//! **Supported**: UTF-8, a second name that a format keeps in UTF-8, code page 437.
//! **Unsupported (→ gap)**: other code pages (read as 437), names no file system of the platform could hold.

use std::borrow::Cow;

/// Longest name that is taken, in bytes: what Linux allows for a path.
const MAX_NAME_BYTES: usize = 4096;

pub(crate) const NOT_UTF8: &str =
    "the entry's name is not UTF-8 and was read as code page 437; pack it with UTF-8 names";
pub(crate) const BAD_UTF8: &str =
    "the entry's name says it is UTF-8 and is not, unreadable parts are shown as `\u{fffd}`; pack it again";
pub(crate) const BACKSLASH: &str =
    "the entry's name separates folders with backslashes, which the platform does not; pack it with `/`";
pub(crate) const OUTSIDE: &str =
    "the entry's name leads out of the package and was cut to the part below it; pack it with relative names";
pub(crate) const UNUSABLE: &str = "the entry has a name no file can have and was left out; pack it again";

/// An entry's path, and what had to be done to its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EntryName {
    /// Without leading or trailing `/`, `.` or `..`; empty when nothing usable is left.
    pub(crate) path: String,
    pub(crate) is_folder: bool,
    /// Sentences for gaps, at most one of each.
    pub(crate) problems: Vec<&'static str>,
}

/// What a format says about the encoding of a name that is not UTF-8.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// It claims to be UTF-8, or the format knows nothing else.
    Utf8,
    /// Nothing, so that it is the oldest one of zips.
    Unstated,
    /// This is the same name in UTF-8.
    Repeated(String),
}

/// The path that a raw name stands for; `encoding` is asked only when the name is not UTF-8.
pub(crate) fn read_name(raw: &[u8], encoding: impl FnOnce() -> Encoding) -> EntryName {
    let mut problems = Vec::new();
    if raw.len() > MAX_NAME_BYTES {
        problems.push(UNUSABLE);
        return EntryName { path: String::new(), is_folder: false, problems };
    }
    let name = decode(raw, encoding, &mut problems);
    let (path, is_folder) = normalise(&name, &mut problems);
    if path.is_empty() && !is_folder {
        problems.push(UNUSABLE);
    }
    EntryName { path, is_folder, problems }
}

fn decode<'a>(raw: &'a [u8], encoding: impl FnOnce() -> Encoding, problems: &mut Vec<&'static str>) -> Cow<'a, str> {
    if let Ok(name) = std::str::from_utf8(raw) {
        return Cow::Borrowed(name);
    }
    match encoding() {
        Encoding::Repeated(name) => Cow::Owned(name),
        Encoding::Utf8 => {
            problems.push(BAD_UTF8);
            String::from_utf8_lossy(raw)
        }
        Encoding::Unstated => {
            problems.push(NOT_UTF8);
            Cow::Owned(raw.iter().map(|byte| code_page_437(*byte)).collect())
        }
    }
}

/// Upper half of code page 437.
const CODE_PAGE_437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

fn code_page_437(byte: u8) -> char {
    match byte.checked_sub(128) {
        None => char::from(byte),
        Some(upper) => CODE_PAGE_437.chars().nth(upper.into()).unwrap_or(char::REPLACEMENT_CHARACTER),
    }
}

/// The path and whether it is a folder's. Like Info-ZIP's `unzip`, drops what leads upwards instead of following it.
fn normalise(name: &str, problems: &mut Vec<&'static str>) -> (String, bool) {
    if name.split('/').all(is_plain) {
        return (name.to_owned(), false);
    }
    let separated = if name.contains('\\') {
        problems.push(BACKSLASH);
        Cow::Owned(name.replace('\\', "/"))
    } else {
        Cow::Borrowed(name)
    };
    // A NUL ends the name for every program written in C, the platform's among them.
    let (visible, hidden) = separated.split_once('\0').unwrap_or((&separated, ""));
    let below = without_drive(visible);
    let leads_out = below.len() != visible.len() || below.starts_with('/') || below.split('/').any(|part| part == "..");
    if leads_out || !hidden.is_empty() {
        problems.push(OUTSIDE);
    }
    let parts: Vec<_> = below.split('/').filter(|part| !matches!(*part, "" | "." | "..")).collect();
    (parts.join("/"), below.ends_with('/'))
}

fn is_plain(part: &str) -> bool {
    !matches!(part, "" | "." | "..") && !part.contains(['\\', '\0', ':'])
}

/// `C:/a` without its drive; a colon elsewhere is part of a name.
fn without_drive(name: &str) -> &str {
    match name.split_once(':') {
        Some((drive, rest)) if is_drive(drive) && rest.starts_with('/') => rest,
        _ => name,
    }
}

fn is_drive(text: &str) -> bool {
    text.len() == 1 && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: &[u8], path: &str, problems: &[&str]) {
        let name = read_name(raw, || Encoding::Unstated);
        assert_eq!((name.path.as_str(), name.problems.as_slice()), (path, problems), "name {raw:?}");
    }

    #[test]
    fn names_become_paths_below_the_package() {
        check(b"app.py", "app.py", &[]);
        check("größe/ü.py".as_bytes(), "größe/ü.py", &[]);
        check(b"./app.py", "app.py", &[]);
        check(b"lib//a.py", "lib/a.py", &[]);
        check(b"folder/", "folder", &[]);
        check(b"/etc/passwd", "etc/passwd", &[OUTSIDE]);
        check(b"../../etc/passwd", "etc/passwd", &[OUTSIDE]);
        check(b"a/../b", "a/b", &[OUTSIDE]);
        check(b"lib\\a.py", "lib/a.py", &[BACKSLASH]);
        check(b"..\\..\\a.py", "a.py", &[BACKSLASH, OUTSIDE]);
        check(b"C:\\Windows\\a.dll", "Windows/a.dll", &[BACKSLASH, OUTSIDE]);
        check(b"a:b.py", "a:b.py", &[]);
        check(b"name:with:colons", "name:with:colons", &[]);
        check(b"app.py\0.txt", "app.py", &[OUTSIDE]);
        check(b"", "", &[UNUSABLE]);
        check(b"..", "", &[OUTSIDE, UNUSABLE]);
        check(&[b'a'; MAX_NAME_BYTES + 1], "", &[UNUSABLE]);
        check(b"caf\x82.py", "café.py", &[NOT_UTF8]);
    }

    #[test]
    fn a_name_that_claims_utf8_in_vain_is_shown_with_marks() {
        let name = read_name(b"caf\x82.py", || Encoding::Utf8);
        assert_eq!((name.path.as_str(), name.problems.as_slice()), ("caf\u{fffd}.py", &[BAD_UTF8][..]));
    }

    #[test]
    fn a_name_repeated_in_utf8_is_taken() {
        let name = read_name(b"caf\x82.py", || Encoding::Repeated("café.py".to_owned()));
        assert_eq!((name.path.as_str(), name.problems.len()), ("café.py", 0));
    }

    #[test]
    fn the_code_page_is_complete() {
        assert_eq!(CODE_PAGE_437.chars().count(), 128);
    }
}
