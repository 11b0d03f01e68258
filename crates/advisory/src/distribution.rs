//! From a distribution and its release, as purls write them, to the names under which advisories know both.
//!
//! **Source**: OSV's list of ecosystems with their suffixes; the purl types `deb`, `apk`, `rpm` (`distro`, `arch`, `epoch`,
//! `upstream`); `os-release`'s `ID` and `VERSION_ID`, of which `distro` is made.
//! **Supported**: `debian-12`, `debian-12.5`, `bookworm`, `ubuntu-22.04`, `alpine-3.20.3`, `amzn-2023`, `rocky-9.3`,
//! `almalinux-8`, `rhel-9.2`, `sles-15.5`, `opensuse-leap-15.5`, `azurelinux-3.0`, `mageia-9`, `openeuler-24.03`,
//! `photon-5.0`, `wolfi`, `chainguard`.
//! **Unsupported**: a release of another shape names no advisories, so that its packages count as not checked.

use inventory::Ecosystem;

/// By which of its names a distribution's advisories know a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NamedBy {
    /// The package as it is installed.
    Binary,
    /// The package that it was built from.
    Source,
    Either,
}

/// How one distribution names releases and packages.
struct Naming {
    ecosystem: &'static str,
    named_by: NamedBy,
    /// Whether advisories under this suffix (`12` of `Debian:12`) concern this release (`12.5`).
    is_own: fn(&str, &str) -> bool,
}

const NAMINGS: &[Naming] = &[
    Naming { ecosystem: "almalinux", named_by: NamedBy::Binary, is_own: |suffix, release| suffix == parts(release, 1) },
    Naming {
        ecosystem: "alpine",
        named_by: NamedBy::Source,
        is_own: |suffix, release| plain(suffix) == parts(release, 2),
    },
    Naming { ecosystem: "amazon-linux", named_by: NamedBy::Binary, is_own: is_amazon_release },
    Naming {
        ecosystem: "azure-linux",
        named_by: NamedBy::Either,
        is_own: |suffix, release| parts(suffix, 1) == parts(release, 1),
    },
    Naming { ecosystem: "chainguard", named_by: NamedBy::Either, is_own: |_, _| true },
    Naming {
        ecosystem: "debian",
        named_by: NamedBy::Source,
        is_own: |suffix, release| suffix == debian_release(release),
    },
    Naming { ecosystem: "mageia", named_by: NamedBy::Either, is_own: |suffix, release| suffix == parts(release, 1) },
    Naming { ecosystem: "openeuler", named_by: NamedBy::Either, is_own: is_openeuler_release },
    Naming {
        ecosystem: "opensuse",
        named_by: NamedBy::Either,
        is_own: |suffix, release| suffix.ends_with(&format!(" {release}")) || suffix == release,
    },
    Naming {
        ecosystem: "photon",
        named_by: NamedBy::Either,
        is_own: |suffix, release| parts(suffix, 1) == parts(release, 1),
    },
    Naming { ecosystem: "red-hat", named_by: NamedBy::Binary, is_own: is_red_hat_release },
    Naming {
        ecosystem: "rocky-linux",
        named_by: NamedBy::Either,
        is_own: |suffix, release| suffix == parts(release, 1),
    },
    Naming { ecosystem: "suse", named_by: NamedBy::Either, is_own: is_suse_release },
    Naming {
        ecosystem: "ubuntu",
        named_by: NamedBy::Source,
        is_own: |suffix, release| suffix.split(':').next() == Some(parts(release, 2)),
    },
    Naming { ecosystem: "wolfi", named_by: NamedBy::Either, is_own: |_, _| true },
];

fn naming(ecosystem: &Ecosystem) -> Option<&'static Naming> {
    NAMINGS.iter().find(|naming| naming.ecosystem == ecosystem.id)
}

/// Whether the ecosystem is an operating system's, whose advisories are told apart by release.
pub(crate) fn is_distribution(ecosystem: &Ecosystem) -> bool {
    naming(ecosystem).is_some()
}

pub(crate) fn named_by(ecosystem: &Ecosystem) -> NamedBy {
    naming(ecosystem).map_or(NamedBy::Binary, |naming| naming.named_by)
}

/// Whether the advisories under `suffix` (what follows `Debian:`; empty for none) concern `distribution` (`debian-12`).
pub(crate) fn is_release(ecosystem: &Ecosystem, suffix: &str, distribution: &str) -> bool {
    naming(ecosystem).is_some_and(|naming| {
        let release = release(distribution);
        (suffix.is_empty() && release.is_empty()) || (naming.is_own)(suffix, release)
    })
}

/// What follows the distribution's name: `12` of `debian-12`, all of a name alone.
fn release(distribution: &str) -> &str {
    let digits = distribution.char_indices().find(|(at, character)| {
        character.is_ascii_digit()
            && distribution.get(..*at).is_some_and(|before| before.is_empty() || before.ends_with(['-', '_', 'v', ':']))
    });
    match digits {
        Some((at, _)) => distribution.get(at..).unwrap_or_default(),
        None => distribution.rsplit_once('-').map_or(distribution, |(_, codename)| codename),
    }
}

/// The release that the version itself tells, as rebuilt packages of some distributions do (`1.2-3.amzn2023`, `1.2-3+deb12u1`).
pub(crate) fn told_by_version(ecosystem: &Ecosystem, version: &str) -> Option<String> {
    let (marker, name) = match ecosystem.id {
        "amazon-linux" => ("amzn", "amzn"),
        "debian" => ("deb", "debian"),
        "rocky-linux" | "almalinux" | "red-hat" => ("el", ecosystem.id),
        _ => return None,
    };
    version.match_indices(marker).find_map(|(at, _)| {
        let before = version.get(..at)?;
        let after = version.get(at + marker.len()..)?;
        let digits =
            after.find(|c: char| !c.is_ascii_digit()).map_or(after, |end| after.get(..end).unwrap_or_default());
        (!digits.is_empty() && before.ends_with(['.', '+', '~', '_'])).then(|| format!("{name}-{digits}"))
    })
}

/// The first `count` numbers of a release, dots between.
fn parts(release: &str, count: usize) -> &str {
    let end = release.match_indices('.').nth(count - 1).map_or(release.len(), |(at, _)| at);
    release.get(..end).unwrap_or(release)
}

fn plain(suffix: &str) -> &str {
    suffix.strip_prefix('v').unwrap_or(suffix)
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

fn debian_release(release: &str) -> &str {
    DEBIAN_NAMES.iter().find(|(name, _)| *name == release).map_or(parts(release, 1), |(_, number)| number)
}

/// `2` takes the core repository and each of its extras (`2:docker`); the first Amazon Linux counts by years (`2018.03`).
fn is_amazon_release(suffix: &str, release: &str) -> bool {
    let own = match parts(release, 1) {
        "2018" | "2017" | "2016" | "2015" | "2014" => "1",
        major => major,
    };
    suffix.split(':').next() == Some(own)
}

/// `24.03` takes `24.03-LTS` and not `24.03-LTS-SP1`.
fn is_openeuler_release(suffix: &str, release: &str) -> bool {
    let bare = |text: &str| text.replace("-LTS", "").replace([' ', '_'], "-").to_ascii_lowercase();
    bare(suffix) == bare(release)
}

/// `enterprise_linux:9::baseos` and `enterprise_linux:9.2…` for 9.x.
fn is_red_hat_release(suffix: &str, release: &str) -> bool {
    let product = suffix.strip_prefix("enterprise_linux:").or_else(|| suffix.strip_prefix("rhel_"));
    let stated = product.map(|rest| rest.rsplit_once("linux:").map_or(rest, |(_, rest)| rest));
    stated
        .and_then(|rest| rest.split(':').next())
        .is_some_and(|stated| stated == release || stated == parts(release, 1))
}

/// `Linux Enterprise Server 15 SP5` and modules of `15 SP5` for `15.5`.
fn is_suse_release(suffix: &str, release: &str) -> bool {
    let wanted = match release.split_once('.') {
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
    fn finds_the_advisories_of_a_release() {
        for (ecosystem, suffix, distribution, expected) in [
            ("debian", "12", "debian-12", true),
            ("debian", "12", "debian-12.5", true),
            ("debian", "12", "bookworm", true),
            ("debian", "12", "debian-bookworm", true),
            ("debian", "11", "debian-12", false),
            ("debian", "1", "debian-12", false),
            ("debian", "", "debian-12", false),
            ("ubuntu", "22.04:LTS", "ubuntu-22.04", true),
            ("ubuntu", "24.10", "ubuntu-24.10", true),
            ("ubuntu", "Pro:18.04:LTS", "ubuntu-18.04", false),
            ("alpine", "v3.20", "alpine-3.20.3", true),
            ("alpine", "v3.20", "alpine-v3.20", true),
            ("alpine", "v3.2", "alpine-3.20", false),
            ("alpine", "v3.20", "3.20", true),
            ("amazon-linux", "2023", "amzn-2023", true),
            ("amazon-linux", "2", "amzn-2023", false),
            ("amazon-linux", "2:docker", "amzn-2", true),
            ("amazon-linux", "1", "amzn-2018.03", true),
            ("rocky-linux", "9", "rocky-9.3", true),
            ("almalinux", "8", "almalinux-8", true),
            ("azure-linux", "3", "azurelinux-3.0", true),
            ("red-hat", "enterprise_linux:9::baseos", "rhel-9.2", true),
            ("red-hat", "enterprise_linux:8::baseos", "rhel-9.2", false),
            ("suse", "Linux Enterprise Server 15 SP5", "sles-15.5", true),
            ("suse", "Linux Enterprise Server 15 SP4", "sles-15.5", false),
            ("suse", "Linux Enterprise Server 15 SP5", "sles-15", false),
            ("opensuse", "Leap 15.5", "opensuse-leap-15.5", true),
            ("openeuler", "24.03-LTS", "openeuler-24.03", true),
            ("photon", "5.0", "photon-5.0", true),
            ("mageia", "9", "mageia-9", true),
            ("wolfi", "", "wolfi", true),
            ("wolfi", "", "wolfi-20230201", true),
        ] {
            let known = Ecosystem::by_id(ecosystem).unwrap();
            assert_eq!(is_release(known, suffix, distribution), expected, "{ecosystem} {suffix} {distribution}");
        }
    }

    #[test]
    fn reads_the_release_off_a_version() {
        let told = |ecosystem, version| told_by_version(Ecosystem::by_id(ecosystem).unwrap(), version);
        assert_eq!(told("amazon-linux", "1.21.3-1.amzn2023.0.2").as_deref(), Some("amzn-2023"));
        assert_eq!(told("debian", "1:2.30.2-1+deb11u2").as_deref(), Some("debian-11"));
        assert_eq!(told("debian", "3.0.11-1~deb12u2").as_deref(), Some("debian-12"));
        assert_eq!(told("debian", "1.0-1"), None);
    }

    #[test]
    fn every_naming_is_of_an_ecosystem() {
        for naming in NAMINGS {
            assert!(Ecosystem::by_id(naming.ecosystem).is_some(), "{}", naming.ecosystem);
        }
        assert!(NAMINGS.is_sorted_by_key(|naming| naming.ecosystem));
    }
}
