//! Every distribution whose packages have advisories: its names, how it counts releases, and what advisories call these.
//!
//! **Source**: `ID` and `VERSION_ID` of os-release(5); OSV's list of ecosystems with their suffixes; `distro` of the purl types
//! `apk`, `deb` and `rpm`, which other tools make of the two.
//! **Supported**: `debian-12`, `debian-12.5`, `bookworm`, `alpine-3.20.3`, `3.20`, `opensuse-tumbleweed-20240321`; spellings
//! of other tools (`amazon-2`, `redhat-9.2`).
//! **Unsupported**: a release of another shape names no advisories, so that its packages count as not checked.

use crate::Ecosystem;
use crate::ecosystems::{apk, debian, rpm};

/// A distribution whose advisories have an ecosystem.
#[derive(Debug)]
pub struct Distribution {
    /// As `ID` of os-release spells it, and what `distro` of our purls begins with.
    pub id: &'static str,
    /// What `distro` and the namespace of other tools' purls begin with.
    other_ids: &'static [&'static str],
    pub ecosystem: &'static Ecosystem,
    pub(crate) releases: Releases,
    pub named_by: NamedBy,
    /// Whether advisories under this suffix (`12` of `Debian:12`) concern this release (`12`).
    concerns: fn(&str, &str) -> bool,
    /// What stands before the release in versions of packages that are built for each anew (`amzn` in `1.2-3.amzn2023`).
    version_mark: Option<&'static str>,
}

/// By which of its names a distribution's advisories know a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamedBy {
    /// The package as it is installed.
    Binary,
    /// The package that it was built from.
    Source,
    Either,
}

#[derive(Debug)]
pub(crate) enum Releases {
    /// One stream of packages and advisories for all time.
    Rolling,
    /// The part of `VERSION_ID` that tells releases apart; `None` for what is no release.
    Named(fn(&str) -> Option<String>),
}

use NamedBy::{Binary, Either, Source};
use Releases::{Named, Rolling};

/// What most rows have.
const COMMON: Distribution = Distribution {
    id: "",
    other_ids: &[],
    ecosystem: &rpm::OTHER,
    releases: Named(major),
    named_by: Either,
    concerns: |suffix, release| suffix == release,
    version_mark: None,
};

/// Sorted by id.
pub(crate) const DISTRIBUTIONS: &[Distribution] = &[
    Distribution {
        id: "almalinux",
        other_ids: &["alma"],
        ecosystem: &rpm::ALMALINUX,
        named_by: Binary,
        version_mark: Some("el"),
        ..COMMON
    },
    Distribution { id: "alpaquita", ecosystem: &apk::ALPAQUITA, releases: Named(whole), ..COMMON },
    Distribution {
        id: "alpine",
        ecosystem: &apk::ALPINE,
        releases: Named(minor),
        named_by: Source,
        concerns: |suffix, release| suffix.strip_prefix('v').unwrap_or(suffix) == release,
        ..COMMON
    },
    Distribution {
        id: "amzn",
        other_ids: &["amazon", "amazonlinux"],
        ecosystem: &rpm::AMAZON,
        releases: Named(whole),
        named_by: Binary,
        concerns: is_of_amazon,
        version_mark: Some("amzn"),
    },
    Distribution {
        id: "azurelinux",
        ecosystem: &rpm::AZURE_LINUX,
        concerns: is_of_major,
        version_mark: Some("azl"),
        ..COMMON
    },
    Distribution { id: "bellsoft-hardened-containers", ecosystem: &apk::BELLSOFT, releases: Named(whole), ..COMMON },
    Distribution { id: "chainguard", ecosystem: &apk::CHAINGUARD, releases: Rolling, concerns: always, ..COMMON },
    Distribution {
        id: "debian",
        ecosystem: &debian::DEBIAN,
        releases: Named(debian_release),
        named_by: Source,
        version_mark: Some("deb"),
        ..COMMON
    },
    Distribution { id: "echo", ecosystem: &debian::ECHO, releases: Rolling, concerns: always, ..COMMON },
    Distribution { id: "mageia", ecosystem: &rpm::MAGEIA, version_mark: Some("mga"), ..COMMON },
    Distribution {
        id: "mariner",
        other_ids: &["cbl-mariner"],
        ecosystem: &rpm::AZURE_LINUX,
        concerns: is_of_major,
        version_mark: Some("cm"),
        ..COMMON
    },
    Distribution { id: "minimos", ecosystem: &apk::MINIMOS, releases: Rolling, concerns: always, ..COMMON },
    Distribution {
        id: "openeuler",
        ecosystem: &rpm::OPENEULER,
        releases: Named(whole),
        concerns: is_of_openeuler,
        ..COMMON
    },
    Distribution {
        id: "opensuse",
        ecosystem: &rpm::OPENSUSE,
        releases: Named(minor),
        concerns: |suffix, release| suffix == release || is_named("Leap", suffix, release),
        ..COMMON
    },
    Distribution {
        id: "opensuse-leap",
        ecosystem: &rpm::OPENSUSE,
        releases: Named(minor),
        concerns: |suffix, release| is_named("Leap", suffix, release),
        ..COMMON
    },
    Distribution {
        id: "opensuse-leap-micro",
        ecosystem: &rpm::OPENSUSE,
        releases: Named(minor),
        concerns: |suffix, release| is_named("Leap Micro", suffix, release),
        ..COMMON
    },
    Distribution {
        id: "opensuse-tumbleweed",
        ecosystem: &rpm::OPENSUSE,
        releases: Rolling,
        concerns: |suffix, _| suffix.eq_ignore_ascii_case("tumbleweed"),
        ..COMMON
    },
    Distribution {
        id: "photon",
        ecosystem: &rpm::PHOTON,
        releases: Named(minor),
        concerns: is_of_major,
        version_mark: Some("ph"),
        ..COMMON
    },
    Distribution {
        id: "rhel",
        other_ids: &["redhat"],
        ecosystem: &rpm::RED_HAT,
        named_by: Binary,
        concerns: is_of_red_hat,
        version_mark: Some("el"),
        ..COMMON
    },
    Distribution {
        id: "rocky",
        other_ids: &["rocky-linux", "rockylinux"],
        ecosystem: &rpm::ROCKY,
        version_mark: Some("el"),
        ..COMMON
    },
    Distribution {
        id: "sl-micro",
        ecosystem: &rpm::SUSE,
        releases: Named(minor),
        concerns: |suffix, release| is_named("Linux Micro", suffix, release),
        ..COMMON
    },
    Distribution {
        id: "sle-micro",
        ecosystem: &rpm::SUSE,
        releases: Named(minor),
        concerns: |suffix, release| is_named("Linux Enterprise Micro", suffix, release),
        ..COMMON
    },
    Distribution { id: "sled", ecosystem: &rpm::SUSE, releases: Named(whole), concerns: is_of_suse, ..COMMON },
    Distribution {
        id: "sles",
        other_ids: &["suse"],
        ecosystem: &rpm::SUSE,
        releases: Named(whole),
        concerns: is_of_suse,
        ..COMMON
    },
    Distribution { id: "sles_sap", ecosystem: &rpm::SUSE, releases: Named(whole), concerns: is_of_suse, ..COMMON },
    Distribution {
        id: "ubuntu",
        ecosystem: &debian::UBUNTU,
        releases: Named(minor),
        named_by: Source,
        concerns: |suffix, release| suffix.split(':').next() == Some(release),
        ..COMMON
    },
    Distribution { id: "wolfi", ecosystem: &apk::WOLFI, releases: Rolling, concerns: always, ..COMMON },
];

impl Ecosystem {
    /// Whether it is a distribution's, whose advisories are told apart by release.
    pub fn is_distribution(&self) -> bool {
        self.distributions().next().is_some()
    }

    /// By which of its names the ecosystem's advisories know a package.
    pub fn named_by(&self) -> NamedBy {
        self.distributions().next().map_or(Binary, |row| row.named_by)
    }

    /// Whether advisories under `suffix` (what follows `Debian:`; empty for none) concern packages of `distribution`, as
    /// purls name it (`debian-12`).
    pub fn concerns(&self, suffix: &str, distribution: &str) -> bool {
        let concerns = |row: &Distribution, version: &str| match row.releases {
            Rolling => (row.concerns)(suffix, ""),
            Named(release) => release(version).is_some_and(|release| (row.concerns)(suffix, &release)),
        };
        let own = self.distributions().filter_map(|row| Some((row, row.version_in(distribution)?)));
        // The longest: `opensuse-leap` begins with `opensuse`.
        match own.max_by_key(|(_, version)| usize::MAX - version.len()) {
            Some((row, version)) => concerns(row, version),
            None => {
                let version = bare_version(distribution);
                self.distributions().any(|row| concerns(row, version))
            }
        }
    }

    /// The distribution that the version itself tells, where packages are built anew for each (`1.2-3.amzn2023`,
    /// `1.2-3+deb12u1`).
    pub fn told_by_version(&self, version: &str) -> Option<String> {
        self.distributions().find_map(|row| {
            let mark = row.version_mark?;
            version.match_indices(mark).find_map(|(at, _)| {
                let (before, after) = (version.get(..at)?, version.get(at + mark.len()..)?);
                let digits = after.get(..after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len()))?;
                (!digits.is_empty() && before.ends_with(['.', '+', '~', '_'])).then(|| format!("{}-{digits}", row.id))
            })
        })
    }

    fn distributions(&self) -> impl Iterator<Item = &'static Distribution> + use<> {
        let id = self.id;
        DISTRIBUTIONS.iter().filter(move |row| row.ecosystem.id == id)
    }
}

/// The distribution that the namespace of a purl, or its `distro` (`opensuse-leap-15.5`), names: that of the longest name.
pub(crate) fn named(purl_type: &str, text: &str) -> Option<&'static Distribution> {
    let of_type = DISTRIBUTIONS.iter().filter(|row| row.ecosystem.purl_type.eq_ignore_ascii_case(purl_type));
    of_type.filter_map(|row| Some((row, row.version_in(text)?.len()))).min_by_key(|(_, rest)| *rest).map(|(row, _)| row)
}

impl Distribution {
    /// What follows the distribution's name in `text`: `12` of `debian-12`.
    fn version_in<'t>(&self, text: &'t str) -> Option<&'t str> {
        let after = |id: &str| {
            let name = text.get(..id.len()).filter(|name| name.eq_ignore_ascii_case(id))?;
            let rest = text.get(name.len()..)?;
            let version = rest.strip_prefix(['-', '_', ':', ' ']);
            if rest.is_empty() { Some(rest) } else { version.map(without_v) }
        };
        std::iter::once(self.id).chain(self.other_ids.iter().copied()).filter_map(after).min_by_key(|rest| rest.len())
    }
}

/// `3.20` of `v3.20`.
fn without_v(version: &str) -> &str {
    version.strip_prefix('v').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())).unwrap_or(version)
}

/// The release where no name that we know stands before it: from the first digit that begins a word, else the last word.
fn bare_version(distribution: &str) -> &str {
    let begins_word = |at: usize| {
        distribution.get(..at).is_some_and(|before| before.is_empty() || before.ends_with(['-', '_', 'v', ':']))
    };
    let digit = distribution.char_indices().find(|(at, character)| character.is_ascii_digit() && begins_word(*at));
    match digit {
        Some((at, _)) => distribution.get(at..).unwrap_or_default(),
        None => distribution.rsplit_once('-').map_or(distribution, |(_, codename)| codename),
    }
}

fn whole(version: &str) -> Option<String> {
    (!version.is_empty()).then(|| version.to_owned())
}

fn major(version: &str) -> Option<String> {
    let major = version.split('.').next()?;
    is_number(major).then(|| major.to_owned())
}

/// The first two numbers; a version in development (`3.21_alpha20240807`) is of no release.
fn minor(version: &str) -> Option<String> {
    let mut parts = version.split('.');
    let (major, minor) = (parts.next()?, parts.next()?);
    (is_number(major) && is_number(minor)).then(|| format!("{major}.{minor}"))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Debian's names of its releases. Source: https://www.debian.org/releases/
const DEBIAN_NAMES: &[(&str, &str)] = &[
    ("jessie", "8"),
    ("stretch", "9"),
    ("buster", "10"),
    ("bullseye", "11"),
    ("bookworm", "12"),
    ("trixie", "13"),
    ("forky", "14"),
];

fn debian_release(version: &str) -> Option<String> {
    let named = DEBIAN_NAMES.iter().find(|(name, _)| *name == version).map(|(_, number)| (*number).to_owned());
    named.or_else(|| major(version))
}

fn always(_suffix: &str, _release: &str) -> bool {
    true
}

/// `5.0` for `5`.
fn is_of_major(suffix: &str, release: &str) -> bool {
    suffix.split('.').next() == release.split('.').next()
}

/// `2` takes the core repository and each of its extras (`2:docker`); the first Amazon Linux counts by years (`2018.03`).
fn is_of_amazon(suffix: &str, release: &str) -> bool {
    let own = match release.split('.').next().unwrap_or(release) {
        "2018" | "2017" | "2016" | "2015" | "2014" => "1",
        major => major,
    };
    suffix.split(':').next() == Some(own)
}

/// `24.03` takes `24.03-LTS` and not `24.03-LTS-SP1`.
fn is_of_openeuler(suffix: &str, release: &str) -> bool {
    let bare = |text: &str| text.replace("-LTS", "").replace([' ', '_'], "-").to_ascii_lowercase();
    bare(suffix) == bare(release)
}

/// `enterprise_linux:9::baseos` for 9.
fn is_of_red_hat(suffix: &str, release: &str) -> bool {
    suffix.strip_prefix("enterprise_linux:").and_then(|rest| rest.split([':', '.']).next()) == Some(release)
}

/// `Leap 15.5`, with what an extended support appends (`Linux Enterprise Micro 5.3-LTS`).
fn is_named(product: &str, suffix: &str, release: &str) -> bool {
    let rest = suffix.get(..product.len()).filter(|name| name.eq_ignore_ascii_case(product));
    let rest = rest.and_then(|name| suffix.get(name.len()..)?.strip_prefix(' ')?.strip_prefix(release));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

/// `Linux Enterprise Server 15 SP5` and modules of `15 SP5` for `15.5`; from 16 on service packs count as minors (`16.0`).
fn is_of_suse(suffix: &str, release: &str) -> bool {
    let wanted = match release.split_once('.') {
        Some((major, _)) if major.parse().is_ok_and(|major: u32| major >= 16) => format!(" {release}"),
        Some((major, pack)) if pack != "0" => format!(" {major} SP{pack}"),
        Some((major, _)) => format!(" {major}"),
        None => format!(" {release}"),
    };
    suffix.match_indices(&wanted).any(|(at, found)| {
        let rest = suffix.get(at + found.len()..).unwrap_or_default();
        rest.is_empty() || (rest.starts_with('-') || rest.starts_with(' ')) && !rest.starts_with(" SP")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distributions_are_sorted() {
        assert!(DISTRIBUTIONS.is_sorted_by_key(|row| row.id));
    }

    #[test]
    fn rows_of_one_ecosystem_agree_on_how_it_names_packages() {
        for row in DISTRIBUTIONS {
            assert_eq!(row.ecosystem.named_by(), row.named_by, "{}", row.id);
        }
    }

    #[test]
    fn every_distribution_finds_its_own_advisories_and_no_other_releases() {
        for (ecosystem, suffix, distribution, expected) in [
            ("almalinux", "8", "almalinux-8", true),
            ("almalinux", "8", "alma-8.10", true),
            ("alpaquita", "23", "alpaquita-23", true),
            ("alpaquita", "stream", "alpaquita-stream", true),
            ("alpaquita", "stream", "alpaquita-23", false),
            ("alpine", "v3.20", "alpine-3.20.3", true),
            ("alpine", "v3.20", "alpine-v3.20", true),
            ("alpine", "v3.2", "alpine-3.20", false),
            ("alpine", "v3.20", "3.20.3", true),
            ("alpine", "v3.24", "3.24.0_alpha20260127", true),
            ("amazon-linux", "2023", "amzn-2023", true),
            ("amazon-linux", "2023", "amazon-2023.6", true),
            ("amazon-linux", "2", "amzn-2023", false),
            ("amazon-linux", "2:docker", "amzn-2", true),
            ("amazon-linux", "1", "amzn-2018.03", true),
            ("azure-linux", "3", "azurelinux-3.0", true),
            ("azure-linux", "2", "mariner-2.0", true),
            ("azure-linux", "2", "cbl-mariner-2.0.20240301", true),
            ("bellsoft-hardened-containers", "25", "bellsoft-hardened-containers-25", true),
            ("chainguard", "", "chainguard-20230214", true),
            ("debian", "12", "debian-12", true),
            ("debian", "12", "debian-12.5", true),
            ("debian", "12", "bookworm", true),
            ("debian", "12", "debian-bookworm", true),
            ("debian", "11", "debian-12", false),
            ("debian", "1", "debian-12", false),
            ("debian", "", "debian-12", false),
            ("debian", "12", "debian", false),
            ("echo", "", "echo", true),
            ("mageia", "9", "mageia-9", true),
            ("minimos", "", "minimos-20250101", true),
            ("openeuler", "24.03-LTS", "openeuler-24.03", true),
            ("openeuler", "24.03-LTS", "openEuler-24.03-LTS", true),
            ("openeuler", "24.03-LTS", "openeuler-24.03-LTS-SP1", false),
            ("opensuse", "Leap 15.5", "opensuse-leap-15.5", true),
            ("opensuse", "Leap 15.5", "opensuse-15.5", true),
            ("opensuse", "Leap 15.5", "opensuse-leap-micro-15.5", false),
            ("opensuse", "Leap Micro 5.5", "opensuse-leap-micro-5.5", true),
            ("opensuse", "Leap Micro 5.5", "opensuse-leap-5.5", false),
            ("opensuse", "Tumbleweed", "opensuse-tumbleweed", true),
            ("opensuse", "Tumbleweed", "opensuse-tumbleweed-20240321", true),
            ("opensuse", "Tumbleweed", "opensuse-leap-15.5", false),
            ("opensuse", "Leap 15.5", "opensuse-tumbleweed", false),
            ("photon", "5.0", "photon-5.0", true),
            ("photon", "5", "photon-5.0", true),
            ("red-hat", "enterprise_linux:9::baseos", "rhel-9.2", true),
            ("red-hat", "enterprise_linux:9::baseos", "redhat-9.2", true),
            ("red-hat", "enterprise_linux:8::baseos", "rhel-9.2", false),
            ("red-hat", "rhel_eus:9.2::baseos", "rhel-9.2", false),
            ("rocky-linux", "9", "rocky-9.3", true),
            ("suse", "Linux Enterprise Server 15 SP5", "sles-15.5", true),
            ("suse", "Linux Enterprise Module for Basesystem 15 SP5", "sles_sap-15.5", true),
            ("suse", "Linux Enterprise Server 15 SP5-LTSS", "sles-15.5", true),
            ("suse", "Linux Enterprise Desktop 15 SP5", "sled-15.5", true),
            ("suse", "Linux Enterprise Server 15 SP4", "sles-15.5", false),
            ("suse", "Linux Enterprise Server 15 SP5", "sles-15", false),
            ("suse", "Linux Enterprise Server 16.0", "sles-16.0", true),
            ("suse", "Linux Enterprise Micro 5.3", "sle-micro-5.3", true),
            ("suse", "Linux Micro 6.0", "sl-micro-6.0", true),
            ("suse", "Linux Micro 6.0", "sle-micro-6.0", false),
            ("ubuntu", "22.04:LTS", "ubuntu-22.04", true),
            ("ubuntu", "24.10", "ubuntu-24.10", true),
            ("ubuntu", "Pro:18.04:LTS", "ubuntu-18.04", false),
            ("wolfi", "", "wolfi", true),
            ("wolfi", "", "wolfi-20230201", true),
        ] {
            let known = Ecosystem::by_id(ecosystem).unwrap();
            assert_eq!(known.concerns(suffix, distribution), expected, "{ecosystem} {suffix} {distribution}");
        }
    }

    #[test]
    fn reads_the_release_off_a_version() {
        let told = |ecosystem, version| Ecosystem::by_id(ecosystem).unwrap().told_by_version(version);
        assert_eq!(told("amazon-linux", "1.21.3-1.amzn2023.0.2").as_deref(), Some("amzn-2023"));
        assert_eq!(told("debian", "1:2.30.2-1+deb11u2").as_deref(), Some("debian-11"));
        assert_eq!(told("debian", "3.0.11-1~deb12u2").as_deref(), Some("debian-12"));
        assert_eq!(told("rocky-linux", "3.0.7-24.el9").as_deref(), Some("rocky-9"));
        assert_eq!(told("azure-linux", "8.8.0-1.cm2").as_deref(), Some("mariner-2"));
        assert_eq!(told("debian", "1.0-1"), None);
    }

    #[test]
    fn the_longest_name_wins() {
        let id = |purl_type, text| named(purl_type, text).map(|row| row.id);
        assert_eq!(id("rpm", "opensuse-leap-15.5"), Some("opensuse-leap"));
        assert_eq!(id("rpm", "opensuse"), Some("opensuse"));
        assert_eq!(id("rpm", "opensuse-tumbleweed-20240321"), Some("opensuse-tumbleweed"));
        assert_eq!(id("rpm", "CBL-Mariner-2.0"), Some("mariner"));
        assert_eq!(id("deb", "rhel-9"), None);
        assert_eq!(id("rpm", "rhelative"), None);
    }
}
