//! npm's requirement grammar.
//!
//! **Source**: node-semver's README, "Ranges" and "Advanced Range Syntax" with its BNF.
//! **Supported**: all of it: `||`, hyphen ranges, comparators, x-ranges, `~`, `~>`, `^`, spaces after operators, loose
//! versions. **Unsupported** (→ `Unparsable`): tags (`latest`), `git+…`, `file:`, `npm:`, URLs; the manifest's reader tells
//! these apart first.
//!
//! Pre-releases: a version with a pre-release tag is admitted only where some comparator of the same comparator set has a
//! pre-release tag on the same `major.minor.patch`; elsewhere a requirement admits releases only.

use crate::ecosystems::npm::version::{self, Parts};
use crate::ecosystems::semver::lowest;
use crate::{AdmittedVersions, Cut, Unparsable, VersionKey, VersionSet};

/// Comparators in one requirement; generated ones in the wild have some hundreds of alternatives.
const MAX_COMPARATORS: usize = 4_096;

pub(crate) fn parse(text: &str) -> Result<AdmittedVersions, Unparsable> {
    let unparsable = || Unparsable::new(text, "an npm version range");
    let (mut any, mut releases) = (Vec::new(), Vec::new());
    let mut admits_every_release = false;
    for alternative in text.split("||").take(MAX_COMPARATORS) {
        let set = ComparatorSet::parse(alternative.trim()).ok_or_else(unparsable)?;
        any.extend(set.named_prereleases().spans().iter().cloned());
        releases.extend(set.span.spans().iter().cloned());
        admits_every_release |= VersionSet::between(Cut::before(release([0, 0, 0])), Cut::End).is_subset_of(&set.span);
    }
    // npm shortens `* || …` to `*`, and with it forgets the pre-releases that the other alternatives name.
    if admits_every_release {
        any.clear();
    }
    Ok(AdmittedVersions::new(VersionSet::from_spans(any), VersionSet::from_spans(releases), version::first_release))
}

/// Comparators that must all hold.
struct ComparatorSet {
    span: VersionSet,
    /// `major.minor.patch` of comparators with a pre-release tag.
    tagged: Vec<[u64; 3]>,
}

impl ComparatorSet {
    fn parse(text: &str) -> Option<Self> {
        let mut set = Self { span: VersionSet::all(), tagged: Vec::new() };
        if let Some((low, high)) = split_hyphen(text) {
            set.add(">=", &Partial::parse(low)?)?;
            set.add("<=", &Partial::parse(high)?)?;
            return Some(set);
        }
        let mut rest = text;
        let mut count = 0;
        while !rest.is_empty() {
            let (operator, after) = split_while(rest, |c| matches!(c, '<' | '>' | '=' | '~' | '^'));
            let (partial, after) = split_while(after.trim_start(), |c| !c.is_whitespace());
            set.add(operator, &Partial::parse(partial)?)?;
            rest = after.trim_start();
            count += 1;
            if count > MAX_COMPARATORS {
                return None;
            }
        }
        Some(set)
    }

    fn add(&mut self, operator: &str, partial: &Partial) -> Option<()> {
        let span = match operator {
            "" | "=" => VersionSet::between(partial.low(), partial.high(0)?),
            ">=" => VersionSet::between(partial.low(), Cut::End),
            "<=" => VersionSet::between(Cut::Start, partial.high(0)?),
            // `<x` and `>x` admit nothing.
            "<" if partial.numbers.is_empty() => VersionSet::empty(),
            "<" => VersionSet::between(Cut::Start, partial.below()),
            ">" if partial.numbers.len() < 3 => {
                VersionSet::between(version::first_release(&partial.high(0)?), Cut::End)
            }
            ">" => VersionSet::between(partial.high(0)?, Cut::End),
            "~" | "~>" | "~=" | "~>=" => VersionSet::between(partial.low(), partial.high(1)?),
            "^" | "^=" => VersionSet::between(partial.low(), partial.caret_high()?),
            _ => return None,
        };
        if partial.prerelease.is_some() {
            self.tagged.extend(<[u64; 3]>::try_from(partial.numbers.as_slice()));
        }
        self.span = self.span.intersection(&span);
        Some(())
    }

    fn named_prereleases(&self) -> VersionSet {
        self.tagged.iter().fold(VersionSet::empty(), |named, triple| {
            let prereleases = VersionSet::between(lowest(*triple), Cut::before(release(*triple)));
            named.union(&prereleases.intersection(&self.span))
        })
    }
}

/// A version of which trailing numbers may be missing or wild: `1`, `1.2.x`, `*`.
struct Partial {
    /// The numbers before the first wild one; at most three.
    numbers: Vec<u64>,
    /// Key of the version, when it is whole and has a pre-release tag.
    prerelease: Option<VersionKey>,
}

impl Partial {
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim_start_matches(|c: char| c == '=' || c == 'v' || c == 'V' || c.is_whitespace());
        let (core, _build) = text.split_once('+').unwrap_or((text, ""));
        let is_wild = |part: &str| matches!(part, "" | "x" | "X" | "*");
        if is_wild(core) {
            return Some(Self { numbers: Vec::new(), prerelease: None });
        }
        if let Some(Parts { numbers, prerelease }) = version::parts(core)
            && numbers.len() == 3
        {
            let key =
                (!prerelease.is_empty()).then(|| version::parts_key(&Parts { numbers: numbers.clone(), prerelease }));
            return Some(Self { numbers: read_numbers(&numbers)?, prerelease: key });
        }
        // `1.x-beta`: the tag of a partial version means nothing.
        let (core, _tag) = core.split_once('-').unwrap_or((core, ""));
        let parts: Vec<_> = core.split('.').collect();
        let known = parts.iter().position(|part| is_wild(part)).unwrap_or(parts.len());
        let (numbers, wild) = parts.split_at_checked(known)?;
        let is_part = |part: &&str| is_wild(part) || part.bytes().all(|byte| byte.is_ascii_digit());
        if parts.len() > 3 || parts.contains(&"") || !wild.iter().all(is_part) {
            return None;
        }
        Some(Self { numbers: read_numbers(numbers)?, prerelease: None })
    }

    /// Where `>=` this begins.
    fn low(&self) -> Cut {
        match (&self.prerelease, self.numbers.as_slice()) {
            (_, []) => Cut::Start,
            (Some(key), _) => Cut::before(key.clone()),
            (None, numbers) => Cut::before(release(padded(numbers))),
        }
    }

    /// Where `<` this ends: `<2.x` leaves out the pre-releases of `2.0.0`.
    fn below(&self) -> Cut {
        if self.numbers.len() == 3 { self.low() } else { lowest(padded(&self.numbers)) }
    }

    /// Where the versions that share all but the last `dropped` numbers of a whole version end; a partial version has
    /// dropped those that it does not name.
    fn high(&self, dropped: usize) -> Option<Cut> {
        let keep = self.numbers.len().min(3 - dropped.min(3));
        match (keep, &self.prerelease) {
            (0, _) if self.numbers.is_empty() => Some(Cut::End),
            (3, Some(key)) => Some(Cut::after(key.clone())),
            (3, None) => Some(Cut::after(release(padded(&self.numbers)))),
            _ => {
                let mut numbers = self.numbers.get(..keep.max(1))?.to_vec();
                let last = numbers.last_mut()?;
                *last = last.checked_add(1)?;
                Some(lowest(padded(&numbers)))
            }
        }
    }

    /// Where `^` ends: `^0.0.3-beta` admits what follows the tag up to `0.0.3` itself.
    fn caret_high(&self) -> Option<Cut> {
        match (self.caret_drops(), self.numbers.as_slice()) {
            (0, [major, minor, patch]) => Some(lowest([*major, *minor, patch.checked_add(1)?])),
            (drops, _) => self.high(drops),
        }
    }

    /// How many numbers `^` lets change: all behind the first that is not zero.
    fn caret_drops(&self) -> usize {
        match self.numbers.as_slice() {
            [0, 0, _] => 0,
            [0, _, ..] => 1,
            _ => 2,
        }
    }
}

fn read_numbers(numbers: &[&str]) -> Option<Vec<u64>> {
    numbers.iter().map(|number| number.parse().ok()).collect()
}

fn padded(numbers: &[u64]) -> [u64; 3] {
    [0, 1, 2].map(|at| numbers.get(at).copied().unwrap_or(0))
}

fn release(triple: [u64; 3]) -> VersionKey {
    let [major, minor, patch] = triple.map(|number| number.to_string());
    version::parts_key(&Parts { numbers: vec![&major, &minor, &patch], prerelease: "" })
}

/// The two ends of `1.2 - 2.3`: a hyphen between spaces.
fn split_hyphen(text: &str) -> Option<(&str, &str)> {
    let (low, high) = text.split_once(" - ")?;
    (!low.trim().is_empty() && !high.trim().is_empty()).then(|| (low.trim(), high.trim()))
}

fn split_while(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !belongs(c)).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystems::npm::version::key;

    fn check(range: &str, admitted: &[&str], refused: &[&str]) {
        parse(range).unwrap().check(range, key, admitted, refused);
    }

    #[test]
    fn admits_what_npm_admits() {
        check("^1.2.3", &["1.2.3", "1.99.0"], &["1.2.2", "2.0.0", "2.0.0-0", "1.2.3-beta", "1.3.0-beta"]);
        check("^0.2.3", &["0.2.3", "0.2.99"], &["0.3.0", "0.2.2"]);
        check("^0.0.3", &["0.0.3"], &["0.0.4", "0.0.4-0", "0.0.2"]);
        check("^0.0", &["0.0.0", "0.0.9"], &["0.1.0"]);
        check("^0.x", &["0.0.0", "0.9.9"], &["1.0.0"]);
        check("^0", &["0.9.9"], &["1.0.0"]);
        check("^1.x", &["1.0.0", "1.9.9"], &["2.0.0", "0.9.9"]);
        check("~1.2.3", &["1.2.3", "1.2.9"], &["1.3.0", "1.2.2"]);
        check("~>1.2", &["1.2.0", "1.2.9"], &["1.3.0"]);
        check("~ 1", &["1.0.0", "1.9.9"], &["2.0.0"]);
        check("1.2 - 2.3.4", &["1.2.0", "2.3.4"], &["2.3.5", "1.1.9"]);
        check("1.2.3 - 2.3", &["2.3.99"], &["2.4.0"]);
        check(">1", &["2.0.0"], &["1.9.9"]);
        check(">1.2", &["1.3.0"], &["1.2.9"]);
        check("<=1.2", &["1.2.9", "0.0.0"], &["1.3.0", "1.3.0-0"]);
        check("<1.2", &["1.1.9"], &["1.2.0", "1.2.0-beta"]);
        check(">= 1.2.3 < 2", &["1.2.3", "1.9.0"], &["2.0.0"]);
        check("1.2.3 || 2.x || >=5", &["1.2.3", "2.7.0", "6.0.0"], &["1.2.4", "3.0.0"]);
        check("=v1.2.3", &["1.2.3"], &["1.2.4"]);
        check("1.2.3+build", &["1.2.3", "1.2.3+other"], &["1.2.4"]);
        for any in ["", "*", "x", " X ", ">=*", "||", "* || 1"] {
            check(any, &["0.0.0", "9.9.9"], &["1.0.0-beta"]);
        }
        for nothing in ["<x", ">*", ">2 <1"] {
            assert!(parse(nothing).unwrap().is_empty(), "{nothing}");
        }
    }

    #[test]
    fn admits_prereleases_only_where_a_comparator_names_one() {
        check(">=1.2.3-beta.2 <2", &["1.2.3-beta.2", "1.2.3-rc", "1.2.3"], &["1.2.3-beta.1", "1.3.0-beta", "2.0.0-0"]);
        check("^1.2.3-beta.2", &["1.2.3-beta.4", "1.9.0"], &["1.2.4-beta.2", "1.2.3-beta.1"]);
        check("^0.0.3-beta", &["0.0.3-beta", "0.0.3-rc.1", "0.0.3"], &["0.0.3-alpha", "0.0.4", "0.0.4-beta"]);
        check("1.0.0-rc.1", &["1.0.0-rc.1"], &["1.0.0", "1.0.0-rc.2"]);
        check("<1.0.0-rc.1", &["1.0.0-alpha", "0.9.0"], &["1.0.0-rc.1", "0.9.0-rc"]);
        check("~1.2.3-beta.2", &["1.2.3-beta.4", "1.2.9"], &["1.2.4-beta.2"]);
    }

    #[test]
    fn refuses_tags_addresses_and_broken_ranges() {
        for text in [
            "latest",
            "git+https://x/y.git",
            "file:../x",
            "npm:a@1",
            "1.2.3.4",
            "workspace:*",
            "!1",
            "> >1",
            "1..2",
            "^1.2.3 foo",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn compares_releases_only_with_affected_sets() {
        let cut = |text: &str| Cut::before(key(text).unwrap());
        let admitted = parse("^1.2.0").unwrap();
        let prereleases_only = VersionSet::between(cut("1.5.0-beta.1"), cut("1.5.0"));
        assert!(!admitted.intersects(&prereleases_only));
        let all_but_prereleases = prereleases_only.complement();
        assert!(admitted.is_subset_of(&all_but_prereleases));
        assert!(!admitted.is_subset_of(&VersionSet::between(cut("1.2.0"), cut("1.9.0"))));
        assert!(admitted.is_subset_of(&VersionSet::between(Cut::Start, cut("2.0.0"))));
        assert!(parse(">1.2.3 <1.2.5").unwrap().is_subset_of(&VersionSet::single(key("1.2.4").unwrap())));
    }
}
