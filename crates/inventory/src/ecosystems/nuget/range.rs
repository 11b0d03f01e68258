//! NuGet's requirement grammar.
//!
//! **Source**: NuGet's documentation, "Package versioning" (version ranges, floating versions). **Supported**: a bare version
//! (at least that one), intervals with either bracket and open ends, `[1.0]`, floating versions (`*`, `1.*`, `1.0.0-rc.*`,
//! `1.*-*`). **Unsupported** (→ `Unparsable`): everything else.
//!
//! Pre-releases: an interval admits them all, as NuGet does for `PackageReference`; a floating version only where it floats
//! over them (`-*`).

use model::component::Version;

use crate::ecosystems::nuget::version;
use crate::ecosystems::semver::{self, Parts};
use crate::{AdmittedVersions, Cut, Unparsable, VersionSet};

pub(crate) fn parse(text: &str) -> Result<AdmittedVersions, Unparsable> {
    let text = text.trim();
    let (any, releases) = read(text).ok_or_else(|| Unparsable::new(text, "a NuGet version range"))?;
    Ok(AdmittedVersions::new(any, releases, semver::first_release))
}

/// The version that a project's own reference leads to. NuGet takes the lowest version that fits, so a bare version and the
/// closed lower end of an interval is the one that is installed, as long as the registry has it.
pub(crate) fn chosen(text: &str) -> Version {
    let lowest = match text.strip_prefix('[') {
        Some(interval) => {
            interval.trim_end_matches([']', ')']).split(',').next().map(str::trim).filter(|low| !low.is_empty())
        }
        None => Some(text),
    };
    match lowest {
        Some(low) if version::key(low).is_ok() => Version::Exact(low.trim().to_owned()),
        _ => Version::Range(text.to_owned()),
    }
}

/// Everything admitted with its pre-releases, and what is admitted without them.
fn read(text: &str) -> Option<(VersionSet, VersionSet)> {
    if text.is_empty() {
        return Some((VersionSet::empty(), VersionSet::all()));
    }
    if let Some(inner) = text.strip_prefix(['[', '(']) {
        return Some((interval(text, inner)?, VersionSet::empty()));
    }
    if text.contains('*') {
        return floating(text);
    }
    let low = Cut::before(version::key(text).ok()?);
    Some((VersionSet::between(low, Cut::End), VersionSet::empty()))
}

fn interval(text: &str, inner: &str) -> Option<VersionSet> {
    let is_closed_below = text.starts_with('[');
    let is_closed_above = inner.ends_with(']');
    let body = inner.strip_suffix([']', ')'])?.trim();
    let key = |text: &str| version::key(text.trim()).ok();
    let Some((low, high)) = body.split_once(',') else {
        return (is_closed_below && is_closed_above).then(|| key(body).map(VersionSet::single)).flatten();
    };
    let start = match (low.trim(), is_closed_below) {
        ("", _) => Cut::Start,
        // A floating lower end begins at the least version it stands for.
        (low, _) if low.ends_with('*') => floating_start(low)?,
        (low, true) => Cut::before(key(low)?),
        (low, false) => Cut::after(key(low)?),
    };
    let end = match (high.trim(), is_closed_above) {
        ("", _) => Cut::End,
        (high, true) => Cut::after(key(high)?),
        (high, false) => Cut::before(key(high)?),
    };
    Some(VersionSet::between(start, end))
}

/// `*`, `1.2.*`: releases; `1.2.*-*`: pre-releases too; `1.2.3-rc.*`: that release and its pre-releases from there.
fn floating(text: &str) -> Option<(VersionSet, VersionSet)> {
    let (release, prerelease) = text.split_once('-').map_or((text, None), |(release, tag)| (release, Some(tag)));
    let Some(numbers) = release.strip_suffix('*') else {
        let end = Cut::after(version::key(release).ok()?);
        return Some((VersionSet::between(floating_start(text)?, end), VersionSet::empty()));
    };
    let numbers: Vec<_> = numbers.trim_end_matches('.').split('.').filter(|number| !number.is_empty()).collect();
    let end = match numbers.as_slice() {
        [] => Cut::End,
        [head @ .., last] => {
            let next = last.parse::<u64>().ok()?.checked_add(1)?.to_string();
            below(&head.iter().copied().chain([next.as_str()]).collect::<Vec<_>>())?
        }
    };
    let versions = VersionSet::between(below(&numbers)?, end);
    match prerelease {
        None => Some((VersionSet::empty(), versions)),
        Some(tag) if tag.ends_with('*') => Some((versions, VersionSet::empty())),
        Some(_) => None,
    }
}

fn floating_start(text: &str) -> Option<Cut> {
    let (release, tag) = text.split_once('-').unwrap_or((text, ""));
    match release.strip_suffix('*') {
        Some(numbers) => {
            below(&numbers.trim_end_matches('.').split('.').filter(|number| !number.is_empty()).collect::<Vec<_>>())
        }
        None => {
            let fixed = tag.strip_suffix('*')?.trim_end_matches('.');
            // Nothing lies between a release's pre-releases and `0`, the least of them.
            let tag = if fixed.is_empty() { "0" } else { fixed };
            version::key(&format!("{release}-{tag}")).ok().map(Cut::before)
        }
    }
}

/// The place below every version, pre-releases too, whose numbers are these and zeros.
fn below(numbers: &[&str]) -> Option<Cut> {
    let is_number = |number: &&str| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    (numbers.len() <= 4 && numbers.iter().all(is_number))
        .then(|| Cut::before(semver::parts_key(&Parts { numbers: numbers.to_vec(), prerelease: "0" })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(range: &str, admitted: &[&str], refused: &[&str]) {
        parse(range).unwrap().check(range, version::key, admitted, refused);
    }

    #[test]
    fn admits_what_nuget_admits() {
        check("1.0", &["1.0", "1.0.0.1", "9.0", "1.1-beta"], &["0.9", "1.0-beta"]);
        check("[1.0]", &["1.0.0", "1.0.0.0"], &["1.0.1", "1.0-rc"]);
        check("(1.0,)", &["1.0.1"], &["1.0"]);
        check("[1.0,2.0]", &["1.0", "2.0", "1.5-beta", "2.0-beta"], &["2.0.1", "1.0-beta"]);
        check("(1.0, 2.0)", &["1.5"], &["1.0", "2.0"]);
        check("(,1.0]", &["1.0", "0.1"], &["1.0.1"]);
        check("[13.0.1, )", &["13.0.1", "14"], &["13.0.0"]);
        check("*", &["0.1", "9.9"], &["1.0-beta"]);
        check("1.*", &["1.0", "1.9.9"], &["2.0", "0.9", "1.1-beta", "2.0-beta"]);
        check("1.2.3.*", &["1.2.3", "1.2.3.9"], &["1.2.4"]);
        check("1.*-*", &["1.0-beta", "1.9-rc", "1.9"], &["2.0-alpha", "0.9"]);
        check("1.0.0-rc.*", &["1.0.0-rc.2", "1.0.0"], &["1.0.0-beta", "1.0.1"]);
        check("[1.*, 2.0)", &["1.0", "1.9"], &["2.0", "0.9"]);
        check("", &["1.0"], &["1.0-beta"]);
        for text in ["latest", "[1.0", "(1.0)", "1.0]", "[1,2,3]", ">=1.0", "1.*.2", "[,]x"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn chooses_the_lowest_version_that_fits() {
        for (text, expected) in [("13.0.1", "13.0.1"), ("[1.0]", "1.0"), ("[1.0, 2.0)", "1.0")] {
            assert_eq!(chosen(text), Version::Exact(expected.to_owned()));
        }
        for text in ["(1.0,)", "1.*", "", "[1.*,2)", "$(X)"] {
            assert_eq!(chosen(text), Version::Range(text.to_owned()));
        }
    }
}
