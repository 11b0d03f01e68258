//! The order of Python versions.
//!
//! **Source**: PEP 440 (now the "Version specifiers" specification), with its Appendix B on permissive forms; setuptools'
//! order from before it for what PEP 440 refuses.
//! **Supported**: epochs, releases of any length, pre-, post-, development and local parts in every spelling.
//! **Unsupported**: legacy versions (`1.0-foo`): `Unparsable` for matching, ordered below all others for comparing.

use crate::key::{KeyWriter, natural_key};
use crate::{Cut, Side, Unparsable, VersionKey};

/// Bytes of a key after the release numbers. A key ends: pre, post, dev, local.
const RELEASE_NUMBER: u8 = 1;
const RELEASE_END: u8 = 0;
const DEVELOPMENT_OF_FINAL: u8 = 0;
const FINAL: u8 = 4;
const NO_POST: u8 = 0;
const POST: u8 = 1;
const DEVELOPMENT: u8 = 0;
const NO_DEVELOPMENT: u8 = 1;
const NO_LOCAL: u8 = 0;
/// Above anything that may follow in a key.
const ABOVE: u8 = 0xFF;

/// A version in parts. Numbers are digits as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parts<'a> {
    pub(crate) epoch: &'a str,
    /// Never empty.
    pub(crate) release: Vec<&'a str>,
    /// Rank (`a` 1, `b` 2, `rc` 3) and number.
    pub(crate) pre: Option<(u8, &'a str)>,
    pub(crate) post: Option<&'a str>,
    pub(crate) dev: Option<&'a str>,
    pub(crate) local: Option<&'a str>,
}

pub(crate) fn key(text: &str) -> Result<VersionKey, Unparsable> {
    parts(text).map(|parts| parts.key()).ok_or_else(|| Unparsable::new(text, "a PEP 440 version"))
}

impl Parts<'_> {
    pub(crate) fn key(&self) -> VersionKey {
        let mut key = self.public_key();
        match self.local {
            None => key.byte(NO_LOCAL),
            Some(local) => write_local(&mut key, local),
        };
        key.finish()
    }

    /// The place above this version and all its local versions.
    pub(crate) fn above_locals(&self) -> Cut {
        Cut::before(self.public_key().byte(ABOVE).finish())
    }

    /// The place above this version, its post-releases and all of their locals.
    pub(crate) fn above_posts(&self) -> Cut {
        let mut key = self.release_key();
        self.write_pre(&mut key);
        Cut::before(key.byte(ABOVE).finish())
    }

    /// The place below this version's development versions, of which it is the post-release they lead to.
    pub(crate) fn below_developments(&self) -> Cut {
        let mut key = self.release_key();
        self.write_pre(&mut key);
        Cut::before(key.byte(POST).number(self.post.unwrap_or("0")).byte(DEVELOPMENT).finish())
    }

    /// The final version of this release number.
    pub(crate) fn base(&self) -> Self {
        Self { epoch: self.epoch, release: self.release.clone(), pre: None, post: None, dev: None, local: None }
    }

    /// The place below everything with this release number (its first development version).
    pub(crate) fn below_release(&self) -> Cut {
        Cut::before(self.release_key().finish())
    }

    pub(crate) fn is_prerelease(&self) -> bool {
        self.pre.is_some() || self.dev.is_some()
    }

    fn public_key(&self) -> KeyWriter {
        let mut key = self.release_key();
        self.write_pre(&mut key);
        match self.post {
            None => key.byte(NO_POST),
            Some(number) => key.byte(POST).number(number),
        };
        match self.dev {
            None => key.byte(NO_DEVELOPMENT),
            Some(number) => key.byte(DEVELOPMENT).number(number),
        };
        key
    }

    fn write_pre(&self, key: &mut KeyWriter) {
        match (self.pre, self.post, self.dev) {
            (Some((rank, number)), _, _) => key.byte(rank).number(number),
            (None, None, Some(_)) => key.byte(DEVELOPMENT_OF_FINAL),
            (None, _, _) => key.byte(FINAL),
        };
    }

    fn release_key(&self) -> KeyWriter {
        let mut key = KeyWriter::default();
        key.number(self.epoch);
        let used = self.release.iter().rposition(|number| number.bytes().any(|digit| digit != b'0'));
        for number in self.release.iter().take(used.map_or(0, |last| last + 1)) {
            key.byte(RELEASE_NUMBER).number(number);
        }
        key.byte(RELEASE_END);
        key
    }
}

fn write_local<'k>(key: &'k mut KeyWriter, local: &str) -> &'k mut KeyWriter {
    for segment in local.split(['.', '-', '_']) {
        if segment.bytes().all(|byte| byte.is_ascii_digit()) {
            key.byte(2).number(segment);
        } else {
            key.byte(1).text(&segment.to_ascii_lowercase());
        }
    }
    key.byte(0)
}

/// The version's parts, or `None` when PEP 440 does not allow it.
pub(crate) fn parts(text: &str) -> Option<Parts<'_>> {
    let text = text.trim().trim_start_matches(['v', 'V']);
    let (public, local) = match text.split_once('+') {
        Some((public, local)) => (public, Some(local)),
        None => (text, None),
    };
    let is_segment = |segment: &str| !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !local.is_none_or(|local| local.split(['.', '-', '_']).all(is_segment)) {
        return None;
    }
    let (epoch, rest) = public.split_once('!').unwrap_or(("0", public));
    let (release, rest) = take_release(rest)?;
    let (pre, rest) =
        take_tagged(rest, PRE_TAGS).map_or((None, rest), |(rank, number, rest)| (Some((rank, number)), rest));
    let (post, rest) = take_post(rest);
    let (dev, rest) = take_tagged(rest, &[("dev", 0)]).map_or((None, rest), |(_, number, rest)| (Some(number), rest));
    (rest.is_empty() && is_number(epoch)).then_some(Parts { epoch, release, pre, post, dev, local })
}

/// Spellings of pre-release tags, each before its own prefixes.
const PRE_TAGS: &[(&str, u8)] =
    &[("alpha", 1), ("a", 1), ("beta", 2), ("b", 2), ("preview", 3), ("pre", 3), ("rc", 3), ("c", 3)];
const POST_TAGS: &[(&str, u8)] = &[("post", 0), ("rev", 0), ("r", 0)];

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn take_number(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
}

fn take_release(text: &str) -> Option<(Vec<&str>, &str)> {
    let (first, mut rest) = take_number(text);
    if first.is_empty() {
        return None;
    }
    let mut release = vec![first];
    while let Some((number, after)) = rest.strip_prefix('.').map(take_number).filter(|(number, _)| !number.is_empty()) {
        release.push(number);
        rest = after;
    }
    Some((release, rest))
}

/// `[.-_]? tag [.-_]? number?` at the start of `text`: the tag's rank, its number (`0` when left out), the rest.
fn take_tagged<'a>(text: &'a str, tags: &[(&str, u8)]) -> Option<(u8, &'a str, &'a str)> {
    let separators = ['.', '-', '_'];
    let body = text.strip_prefix(separators).unwrap_or(text);
    let (tag, rank) =
        tags.iter().find(|(tag, _)| body.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag)))?;
    let after = body.get(tag.len()..)?;
    let (number, rest) = take_number(after.strip_prefix(separators).unwrap_or(after));
    Some((*rank, if number.is_empty() { "0" } else { number }, rest))
}

fn take_post(text: &str) -> (Option<&str>, &str) {
    if let Some((number, rest)) = text.strip_prefix('-').map(take_number).filter(|(number, _)| !number.is_empty()) {
        return (Some(number), rest);
    }
    take_tagged(text, POST_TAGS).map_or((None, text), |(_, number, rest)| (Some(number), rest))
}

/// The place of the first release at or above `cut`: pre-releases, development and local versions do not count, since
/// an index serves local versions to nobody.
pub(crate) fn first_release(cut: &Cut) -> Cut {
    let Cut::At(key, side) = cut else { return cut.clone() };
    let Some((release, rest)) = release_end(key.as_bytes()).and_then(|end| key.as_bytes().split_at_checked(end)) else {
        return cut.clone();
    };
    let Some((public, rest)) = split_final(rest) else {
        let is_below_final = rest.first().is_none_or(|pre| *pre < FINAL);
        let first = [release, &[FINAL, NO_POST, NO_DEVELOPMENT, NO_LOCAL]].concat();
        return if is_below_final { Cut::before(VersionKey::from_bytes(first)) } else { cut.clone() };
    };
    let place = match (rest, side) {
        ([DEVELOPMENT, ..], _) | ([NO_DEVELOPMENT, NO_LOCAL], Side::Before) => &[NO_DEVELOPMENT, NO_LOCAL],
        ([NO_DEVELOPMENT, ..], _) => &[NO_DEVELOPMENT, ABOVE],
        _ => return cut.clone(),
    };
    Cut::before(VersionKey::from_bytes([release, public, place].concat()))
}

/// Splits what follows the release in the key of a final version or post-release behind its post part.
fn split_final(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    match rest {
        [FINAL, NO_POST, ..] => rest.split_at_checked(2),
        [FINAL, POST, length, ..] => rest.split_at_checked(3 + usize::from(*length)),
        _ => None,
    }
}

/// Offset behind the release numbers of a key; `None` for numbers beyond 64 bits, and for partial keys.
fn release_end(key: &[u8]) -> Option<usize> {
    let (_, mut rest) = crate::key::read_small_number(key)?;
    loop {
        match rest.split_first()? {
            (&RELEASE_NUMBER, after) => rest = crate::key::read_small_number(after)?.1,
            (&RELEASE_END, after) => return Some(key.len() - after.len()),
            _ => return None,
        }
    }
}

/// The order that setuptools used before PEP 440, for versions that PEP 440 refuses: words and numbers in turn, `a`/`b`/`c`
/// and `rc`/`pre`/`dev` below the end of a version, other words above it, trailing zeros ignored.
pub(crate) fn legacy_key(text: &str) -> VersionKey {
    let lower = text.to_ascii_lowercase();
    let mut parts: Vec<LegacyPart<'_>> = Vec::new();
    for part in legacy_parts(&lower).chain([LegacyPart::Word("final")]) {
        if let LegacyPart::Word(word) = part {
            if word < "final" {
                while parts.last() == Some(&LegacyPart::Word("final-")) {
                    parts.pop();
                }
            }
            while matches!(parts.last(), Some(LegacyPart::Number(number)) if number.bytes().all(|digit| digit == b'0'))
            {
                parts.pop();
            }
        }
        parts.push(part);
    }
    let mut key = KeyWriter::default();
    for part in &parts {
        match part {
            LegacyPart::Word(word) => key.byte(1).text(word),
            LegacyPart::Number(number) => key.byte(2).number(number),
        };
    }
    let tail = natural_key(text);
    key.byte(0);
    VersionKey::from_bytes([key.finish().as_bytes(), tail.as_bytes()].concat())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LegacyPart<'a> {
    Word(&'a str),
    Number(&'a str),
}

fn legacy_parts(lower: &str) -> impl Iterator<Item = LegacyPart<'_>> {
    let mut rest = lower;
    std::iter::from_fn(move || {
        loop {
            let first = rest.chars().next()?;
            let class = |c: char| match c {
                '0'..='9' => 0,
                'a'..='z' => 1,
                '.' => 2,
                '-' => 3,
                _ => 4,
            };
            let single = matches!(class(first), 2 | 3);
            let end = if single { 1 } else { rest.find(|c| class(c) != class(first)).unwrap_or(rest.len()) };
            let (part, after) = rest.split_at_checked(end)?;
            rest = after;
            match (class(first), part) {
                (2, _) => {}
                (0, number) => return Some(LegacyPart::Number(number)),
                (3, _) => return Some(LegacyPart::Word("final-")),
                (_, "pre" | "preview" | "rc") => return Some(LegacyPart::Word("c")),
                (_, "dev") => return Some(LegacyPart::Word("@")),
                (_, word) => return Some(LegacyPart::Word(word)),
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_versions_as_pep_440_does() {
        let ascending = [
            "0.0",
            "1.dev0",
            "1.0.dev456",
            "1.0a1.dev1",
            "1.0a1",
            "1.0a2.dev456",
            "1.0a12.dev456",
            "1.0a12",
            "1.0b1.dev456",
            "1.0b2",
            "1.0b2.post345.dev456",
            "1.0b2.post345",
            "1.0rc1.dev456",
            "1.0rc1",
            "1.0rc1+local",
            "1.0",
            "1.0+abc.5",
            "1.0+abc.7",
            "1.0+5",
            "1.0+5.a",
            "1.0.post456.dev34",
            "1.0.post456",
            "1.0.post456+l",
            "1.0.0.1",
            "1.0.1.dev1",
            "1.1.dev1",
            "1.1",
            "1.10",
            "2013.10",
            "99999999999999999999.1",
            "1!0.1",
            "1!1.0",
        ];
        for pair in ascending.windows(2) {
            assert!(key(pair[0]).unwrap() < key(pair[1]).unwrap(), "{pair:?}");
        }
    }

    #[test]
    fn reads_every_spelling_of_the_same_version() {
        let equal = [
            ("1.0", "1"),
            ("1.0", "1.0.0"),
            ("v1.0", "1.0"),
            (" 1.0\n", "1.0"),
            ("1.0alpha1", "1.0a1"),
            ("1.0-A.1", "1.0a1"),
            ("1.0_beta-2", "1.0b2"),
            ("1.0c1", "1.0rc1"),
            ("1.0.preview4", "1.0rc4"),
            ("1.0pre", "1.0rc0"),
            ("1.0-1", "1.0.post1"),
            ("1.0rev2", "1.0.post2"),
            ("1.0-r3", "1.0.post3"),
            ("1.0.POST", "1.0.post0"),
            ("1.0dev", "1.0.dev0"),
            ("1.0-dev_3", "1.0.dev3"),
            ("1.0+Ubuntu-1", "1.0+ubuntu.1"),
            ("01.02", "1.2"),
            ("0!1", "1"),
            ("1.0a.dev1", "1.0a0.dev1"),
            ("1.0+01", "1.0+1"),
            ("1.0a.post1", "1.0a0.post1"),
            ("1.0rc_", "1.0rc0"),
            ("1.0a-.dev_", "1.0a0.dev0"),
        ];
        for (left, right) in equal {
            assert_eq!(key(left).unwrap(), key(right).unwrap(), "{left} {right}");
        }
    }

    #[test]
    fn finds_the_first_release_at_or_above_a_place() {
        let at = |text: &str| key(text).unwrap();
        let cases = [
            (Cut::before(at("1.0rc1")), Cut::before(at("1.0"))),
            (Cut::after(at("1.0.dev1")), Cut::before(at("1.0"))),
            (parts("1.0").unwrap().below_release(), Cut::before(at("1.0"))),
            (Cut::before(at("1.0")), Cut::before(at("1.0"))),
            (Cut::after(at("1.0")), parts("1.0").unwrap().above_locals()),
            (Cut::before(at("1.0+cpu")), parts("1.0").unwrap().above_locals()),
            (Cut::before(at("1.0.post2.dev1")), Cut::before(at("1.0.post2"))),
            (Cut::after(at("1.0.post2")), parts("1.0.post2").unwrap().above_locals()),
            (parts("1.0").unwrap().above_posts(), parts("1.0").unwrap().above_posts()),
        ];
        for (place, expected) in cases {
            assert_eq!(first_release(&place), expected);
        }
    }

    #[test]
    fn refuses_legacy_versions() {
        for text in [
            "",
            "foo",
            "1.0-foo",
            "1.0+",
            "1.0+a..b",
            "1..0",
            "1.0.",
            "1.0a1b2",
            "1.0.dev1.post1",
            "!1",
            "1!",
            "1.0 beta 1",
            "2004d-x",
            "1.0+ä",
            "1.*",
        ] {
            assert!(key(text).is_err(), "{text}");
        }
    }

    #[test]
    fn orders_legacy_versions_as_setuptools_did() {
        let ascending = ["0.4-broken", "0.4-stable", "1.0dev-r1", "1.0a-x", "1.0-x", "1.1-x", "1.10-x", "foo"];
        let expected_last = ["foo", "0.4-broken"];
        assert!(legacy_key(expected_last[0]) < legacy_key(expected_last[1]), "words sort below numbers");
        for pair in ascending[..7].windows(2) {
            assert!(legacy_key(pair[0]) < legacy_key(pair[1]), "{pair:?}");
        }
    }
}
