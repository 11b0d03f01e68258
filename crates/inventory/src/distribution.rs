//! Which distribution and release a root file system is of, and how purls and advisories name it.
//!
//! **Source**: os-release(5); the ecosystem names of the OSV schema. **Supported**: `etc/os-release`, `usr/lib/os-release`,
//! `etc/alpine-release`. **Unsupported** (→ gap): a root without them, distributions and releases that no row names; their
//! packages belong to the neutral ecosystem of the package manager, for advisories of another distribution would answer
//! wrongly (`ID_LIKE` is not followed).

use artifact::Mount;
use model::component::Component;
use model::{Gap, Hidden};

use crate::Ecosystem;
use crate::document::{Document, Reading, decode};
use crate::ecosystems::{apk, debian, rpm};

/// A distribution whose advisories have an ecosystem.
#[derive(Debug)]
struct Distribution {
    /// As `ID` of os-release and the qualifier `distro` of purls spell it.
    id: &'static str,
    ecosystem: &'static Ecosystem,
    /// The part of `VERSION_ID` that tells releases apart.
    release: fn(&str) -> Option<String>,
    /// How the ecosystem's name in advisories goes on for such a release.
    advisory_suffix: AdvisorySuffix,
}

#[derive(Debug)]
enum AdvisorySuffix {
    /// One stream of advisories for all time.
    None,
    Release(fn(&str) -> Option<String>),
}

use AdvisorySuffix::Release;

/// Sorted by id.
const DISTRIBUTIONS: &[Distribution] = &[
    Distribution { id: "almalinux", ecosystem: &rpm::ALMALINUX, release: major, advisory_suffix: Release(as_is) },
    Distribution { id: "alpine", ecosystem: &apk::ALPINE, release: minor, advisory_suffix: Release(with_v) },
    Distribution { id: "amzn", ecosystem: &rpm::AMAZON, release: whole, advisory_suffix: Release(as_is) },
    Distribution { id: "azurelinux", ecosystem: &rpm::AZURE_LINUX, release: major, advisory_suffix: Release(as_is) },
    Distribution {
        id: "chainguard",
        ecosystem: &apk::CHAINGUARD,
        release: whole,
        advisory_suffix: AdvisorySuffix::None,
    },
    Distribution { id: "debian", ecosystem: &debian::DEBIAN, release: major, advisory_suffix: Release(as_is) },
    Distribution { id: "mageia", ecosystem: &rpm::MAGEIA, release: major, advisory_suffix: Release(as_is) },
    Distribution { id: "mariner", ecosystem: &rpm::AZURE_LINUX, release: major, advisory_suffix: Release(as_is) },
    Distribution { id: "openeuler", ecosystem: &rpm::OPENEULER, release: whole, advisory_suffix: Release(as_is) },
    Distribution { id: "opensuse", ecosystem: &rpm::OPENSUSE, release: minor, advisory_suffix: Release(leap) },
    Distribution { id: "opensuse-leap", ecosystem: &rpm::OPENSUSE, release: minor, advisory_suffix: Release(leap) },
    Distribution {
        id: "opensuse-tumbleweed",
        ecosystem: &rpm::OPENSUSE,
        release: whole,
        advisory_suffix: Release(|_| Some("Tumbleweed".to_owned())),
    },
    Distribution { id: "photon", ecosystem: &rpm::PHOTON, release: minor, advisory_suffix: Release(as_is) },
    Distribution { id: "rhel", ecosystem: &rpm::RED_HAT, release: major, advisory_suffix: Release(enterprise_linux) },
    Distribution { id: "rocky", ecosystem: &rpm::ROCKY, release: major, advisory_suffix: Release(as_is) },
    Distribution { id: "sles", ecosystem: &rpm::SUSE, release: whole, advisory_suffix: Release(service_pack) },
    Distribution { id: "ubuntu", ecosystem: &debian::UBUNTU, release: minor, advisory_suffix: Release(long_term) },
    Distribution { id: "wolfi", ecosystem: &apk::WOLFI, release: whole, advisory_suffix: AdvisorySuffix::None },
];

/// The ecosystem that advisories for the component are filed under, with the release where the ecosystem has any:
/// `Debian:12`, `Alpine:v3.20`, `Ubuntu:22.04:LTS`, `Rocky Linux:9`, `npm`. For Red Hat the part before the repository
/// (`Red Hat:enterprise_linux:9`), which records append as `::baseos`. `None` where the distribution or its release is
/// not known to the program: no advisory may be taken for it then.
pub fn advisory_ecosystem(component: &Component) -> Option<String> {
    let ecosystem = Ecosystem::by_id(component.ecosystem)?;
    let named = component.system.as_ref().and_then(|system| system.distribution.as_deref());
    advisory_ecosystem_of(ecosystem, named)
}

/// As [`advisory_ecosystem`], for an ecosystem and a purl's `distro` (`alpine-3.20`, `alpine-3.20.3`).
pub fn advisory_ecosystem_of(ecosystem: &Ecosystem, distro: Option<&str>) -> Option<String> {
    let name = ecosystem.advisory_name;
    if ecosystem.is_neutral() {
        return None;
    }
    // The longest id first: one begins another.
    let rows = || DISTRIBUTIONS.iter().rev().filter(|row| row.ecosystem == ecosystem);
    if rows().all(|row| matches!(row.advisory_suffix, AdvisorySuffix::None)) {
        return Some(name.to_owned());
    }
    let (row, version) = rows().find_map(|row| {
        let rest = strip_prefix_ignoring_case(distro?, row.id)?;
        Some((row, rest.strip_prefix('-').filter(|version| !version.is_empty())?))
    })?;
    match row.advisory_suffix {
        AdvisorySuffix::None => Some(name.to_owned()),
        Release(suffix) => Some(format!("{name}:{}", suffix(&(row.release)(version)?)?)),
    }
}

fn strip_prefix_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// What packages of one root file system belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RootSystem {
    pub(crate) ecosystem: &'static Ecosystem,
    /// As the purl's `distro`: `debian-12`.
    pub(crate) distribution: Option<String>,
    /// The purl's namespace where the ecosystem has none of its own.
    pub(crate) namespace: Option<String>,
}

impl RootSystem {
    /// The system at the folder `root` of the document's mount, by its release file. `neutral` is the ecosystem of packages
    /// of its package manager whose distribution is not known; why it is taken becomes a gap.
    pub(crate) fn at(document: &Document<'_>, root: &str, neutral: &'static Ecosystem, reading: &mut Reading) -> Self {
        let release = RELEASE_FILES.iter().find_map(|(file, parse)| {
            let entry = document.survey.artifact.find(document.entry.mount, &format!("{root}{file}"))?;
            let bytes = Document::new(document.survey, entry).bytes(reading)?;
            parse(&decode(&bytes))
        });
        let (system, doubt) = Self::of(release.as_ref(), neutral);
        if let Some(why) = doubt {
            reading.gaps.push(Gap::new(document.location(None), why, &[Hidden::Vulnerabilities]));
        }
        system
    }

    fn of(release: Option<&OsRelease>, neutral: &'static Ecosystem) -> (Self, Option<String>) {
        let unknown = Self { ecosystem: neutral, distribution: None, namespace: None };
        let Some(OsRelease { id, version }) = release else {
            let why = "no `etc/os-release` says which distribution these packages are of, so no advisories can be chosen for them; add the file";
            return (unknown, Some(why.to_owned()));
        };
        let known = DISTRIBUTIONS
            .iter()
            .find(|row| row.id.eq_ignore_ascii_case(id) && row.ecosystem.purl_type == neutral.purl_type);
        let Some(row) = known else {
            let distribution = version.as_ref().map_or(id.clone(), |version| format!("{id}-{version}"));
            let why = format!(
                "no advisories are known for packages of the distribution `{distribution}`; ask its vendor's own tool"
            );
            let system = Self { distribution: Some(distribution), namespace: Some(id.clone()), ..unknown };
            return (system, Some(why));
        };
        let release = version.as_deref().and_then(row.release);
        let doubt = match (&release, &row.advisory_suffix) {
            (None, Release(_)) => Some(format!(
                "the release file does not name a release of `{id}` that has advisories; check its `VERSION_ID`"
            )),
            _ => None,
        };
        let distribution = release.map_or(row.id.to_owned(), |release| format!("{}-{release}", row.id));
        (Self { ecosystem: row.ecosystem, distribution: Some(distribution), namespace: None }, doubt)
    }
}

/// The prefix of `path` before `file` when it is that file of some root file system: empty, or ending in `/`. Folders of
/// tests and of installed packages are no roots.
pub(crate) fn root_before<'a>(path: crate::document::EntryPath<'a>, folder: &str) -> Option<&'a str> {
    let root = path.folder.strip_suffix(folder)?;
    let is_root = root.is_empty() || root.ends_with('/');
    let is_of_project = crate::document::EntryPath { folder: root, ..path }.is_of_project();
    (is_root && is_of_project).then_some(root)
}

/// Where a listed path of a root file system lies when it is not below the database's own mount: the platform's folders.
pub(crate) const PLATFORM_FOLDERS: &[(&str, Mount)] = &[("var/task/", Mount::Function), ("opt/", Mount::Layers)];

#[derive(Debug, Clone, PartialEq, Eq)]
struct OsRelease {
    /// Lower case.
    id: String,
    version: Option<String>,
}

type ParseRelease = fn(&str) -> Option<OsRelease>;

/// In the order they are asked.
const RELEASE_FILES: &[(&str, ParseRelease)] =
    &[("etc/os-release", os_release), ("usr/lib/os-release", os_release), ("etc/alpine-release", alpine_release)];

fn os_release(text: &str) -> Option<OsRelease> {
    let field = |name: &str| {
        let is_named = |line: &str| Some(unquote(line.trim().strip_prefix(name)?.strip_prefix('=')?));
        text.lines().rev().find_map(is_named).filter(|value| !value.is_empty())
    };
    let id = field("ID")?.to_ascii_lowercase();
    let version = field("VERSION_ID");
    // Only the long form tells openEuler's service packs apart: `22.03 (LTS-SP3)`.
    let version = match (id.as_str(), field("VERSION")) {
        ("openeuler", Some(long)) => Some(long.replace(" (", "-").replace(')', "")),
        _ => version,
    };
    Some(OsRelease { id, version })
}

/// The value of a shell assignment.
fn unquote(value: &str) -> String {
    let value = value.trim();
    let quoted = ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote));
    quoted.unwrap_or(value).chars().filter(|c| *c != '\\').collect()
}

fn alpine_release(text: &str) -> Option<OsRelease> {
    let version = text.trim();
    (!version.is_empty()).then(|| OsRelease { id: "alpine".to_owned(), version: Some(version.to_owned()) })
}

fn whole(version: &str) -> Option<String> {
    Some(version.to_owned())
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

fn as_is(release: &str) -> Option<String> {
    Some(release.to_owned())
}

fn with_v(release: &str) -> Option<String> {
    Some(format!("v{release}"))
}

fn leap(release: &str) -> Option<String> {
    Some(format!("Leap {release}"))
}

fn enterprise_linux(release: &str) -> Option<String> {
    Some(format!("enterprise_linux:{release}"))
}

/// `15.5` → `Linux Enterprise Server 15 SP5`.
fn service_pack(release: &str) -> Option<String> {
    let (version, pack) = release.split_once('.').unwrap_or((release, "0"));
    let pack = if pack == "0" { String::new() } else { format!(" SP{pack}") };
    Some(format!("Linux Enterprise Server {version}{pack}"))
}

/// Releases of April in even years are kept for five years and more.
fn long_term(release: &str) -> Option<String> {
    let (year, month) = release.split_once('.')?;
    let is_long_term = month == "04" && year.parse::<u32>().is_ok_and(|year| year.is_multiple_of(2));
    Some(if is_long_term { format!("{release}:LTS") } else { release.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, neutral: &'static Ecosystem, expected: (&str, Option<&str>, Option<&str>)) {
        let (system, doubt) = RootSystem::of(os_release(text).as_ref(), neutral);
        let advisories = advisory_ecosystem_of(system.ecosystem, system.distribution.as_deref());
        let found = (system.ecosystem.id, system.distribution.as_deref(), advisories.as_deref());
        assert_eq!(found, expected, "{text}");
        assert_eq!(doubt.is_some(), advisories.is_none(), "{text}: {doubt:?}");
    }

    #[test]
    fn distributions_are_sorted() {
        assert!(DISTRIBUTIONS.is_sorted_by_key(|row| row.id));
    }

    #[test]
    fn names_distributions_as_purls_and_advisories_do() {
        let (deb, apk, rpm) = (&debian::OTHER, &apk::OTHER, &rpm::OTHER);
        check("ID=debian\nVERSION_ID=\"12\"", deb, ("debian", Some("debian-12"), Some("Debian:12")));
        check("ID=ubuntu\nVERSION_ID=\"22.04\"", deb, ("ubuntu", Some("ubuntu-22.04"), Some("Ubuntu:22.04:LTS")));
        check("VERSION_ID='23.10'\nID=ubuntu", deb, ("ubuntu", Some("ubuntu-23.10"), Some("Ubuntu:23.10")));
        check("ID=alpine\nVERSION_ID=3.20.3", apk, ("alpine", Some("alpine-3.20"), Some("Alpine:v3.20")));
        check("ID=wolfi\nVERSION_ID=\"20230201\"", apk, ("wolfi", Some("wolfi-20230201"), Some("Wolfi")));
        check("ID=\"amzn\"\nVERSION_ID=\"2023\"", rpm, ("amazon-linux", Some("amzn-2023"), Some("Amazon Linux:2023")));
        check("ID=\"rhel\"\nVERSION_ID=\"9.3\"", rpm, ("red-hat", Some("rhel-9"), Some("Red Hat:enterprise_linux:9")));
        check("ID=\"rocky\"\nVERSION_ID=\"9.3\"", rpm, ("rocky-linux", Some("rocky-9"), Some("Rocky Linux:9")));
        check("ID=mariner\nVERSION_ID=\"2.0\"", rpm, ("azure-linux", Some("mariner-2"), Some("Azure Linux:2")));
        check(
            "ID=\"sles\"\nVERSION_ID=\"15.5\"",
            rpm,
            ("suse", Some("sles-15.5"), Some("SUSE:Linux Enterprise Server 15 SP5")),
        );
        check(
            "ID=\"opensuse-leap\"\nVERSION_ID=\"15.5\"",
            rpm,
            ("opensuse", Some("opensuse-leap-15.5"), Some("openSUSE:Leap 15.5")),
        );
        check(
            "ID=\"openEuler\"\nVERSION_ID=\"22.03\"\nVERSION=\"22.03 (LTS-SP3)\"",
            rpm,
            ("openeuler", Some("openeuler-22.03-LTS-SP3"), Some("openEuler:22.03-LTS-SP3")),
        );
    }

    #[test]
    fn never_takes_another_distribution() {
        let (deb, rpm) = (&debian::OTHER, &rpm::OTHER);
        check("ID=fedora\nVERSION_ID=39\nID_LIKE=rhel", rpm, ("rpm", Some("fedora-39"), None));
        check("ID=debian\nVERSION_CODENAME=trixie", deb, ("debian", Some("debian"), None));
        check("ID=debian\nVERSION_ID=12", rpm, ("rpm", Some("debian-12"), None));
        check("NAME=x", deb, ("deb", None, None));
        let alpine = Ecosystem::by_id("alpine").unwrap();
        assert_eq!(advisory_ecosystem_of(alpine, Some("alpine-3.21_alpha20240807")), None);
        assert_eq!(advisory_ecosystem_of(alpine, Some("alpine-3.20.3")).as_deref(), Some("Alpine:v3.20"));
        assert_eq!(advisory_ecosystem_of(Ecosystem::by_id("npm").unwrap(), None).as_deref(), Some("npm"));
    }
}
