//! Which distribution and release a root file system is of, and how purls and advisories name it.
//!
//! **Source**: os-release(5); the ecosystem names of the OSV schema. **Supported**: `etc/os-release`, `usr/lib/os-release`,
//! `etc/alpine-release`. **Unsupported** (→ gap): a root without them, distributions and releases that no row names; their
//! packages belong to the neutral ecosystem of the package manager, for advisories of another distribution would answer
//! wrongly (`ID_LIKE` is not followed).

use artifact::Mount;
use model::{Gap, Hidden};

use crate::Ecosystem;
use crate::distributions::{DISTRIBUTIONS, Releases};
use crate::document::{Document, EntryPath, Reading, decode};

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
        let named =
            |distribution: String| Self { ecosystem: row.ecosystem, distribution: Some(distribution), namespace: None };
        let Releases::Named(release) = row.releases else { return (named(row.id.to_owned()), None) };
        match version.as_deref().and_then(release) {
            Some(release) => (named(format!("{}-{release}", row.id)), None),
            None => {
                let why = format!(
                    "the release file does not name a release of `{id}` that has advisories, so none can be chosen; check its `VERSION_ID`"
                );
                (named(row.id.to_owned()), Some(why))
            }
        }
    }
}

/// The prefix of `path` before `file` when it is that file of some root file system: empty, or ending in `/`. Folders of
/// tests and of installed packages are no roots.
pub(crate) fn root_before<'a>(path: EntryPath<'a>, folder: &str) -> Option<&'a str> {
    let root = path.folder.strip_suffix(folder)?;
    let is_root = root.is_empty() || root.ends_with('/');
    let is_of_project = EntryPath { folder: root, ..path }.is_of_project();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystems::{apk, debian, rpm};

    fn check(text: &str, neutral: &'static Ecosystem, expected: (&str, Option<&str>)) {
        let (system, doubt) = RootSystem::of(os_release(text).as_ref(), neutral);
        assert_eq!((system.ecosystem.id, system.distribution.as_deref()), expected, "{text}");
        assert_eq!(doubt, None, "{text}");
    }

    fn check_unknown(text: &str, neutral: &'static Ecosystem, expected: (&str, Option<&str>)) {
        let (system, doubt) = RootSystem::of(os_release(text).as_ref(), neutral);
        assert_eq!((system.ecosystem.id, system.distribution.as_deref()), expected, "{text}");
        assert!(doubt.is_some(), "{text}");
    }

    #[test]
    fn names_distributions_as_purls_do() {
        let (deb, apk, rpm) = (&debian::OTHER, &apk::OTHER, &rpm::OTHER);
        check("ID=debian\nVERSION_ID=\"12\"", deb, ("debian", Some("debian-12")));
        check("ID=ubuntu\nVERSION_ID=\"22.04\"", deb, ("ubuntu", Some("ubuntu-22.04")));
        check("VERSION_ID='23.10'\nID=ubuntu", deb, ("ubuntu", Some("ubuntu-23.10")));
        check("ID=alpine\nVERSION_ID=3.20.3", apk, ("alpine", Some("alpine-3.20")));
        check("ID=wolfi\nVERSION_ID=\"20230201\"", apk, ("wolfi", Some("wolfi")));
        check("ID=\"amzn\"\nVERSION_ID=\"2023\"", rpm, ("amazon-linux", Some("amzn-2023")));
        check("ID=\"rhel\"\nVERSION_ID=\"9.3\"", rpm, ("red-hat", Some("rhel-9")));
        check("ID=\"rocky\"\nVERSION_ID=\"9.3\"", rpm, ("rocky-linux", Some("rocky-9")));
        check("ID=mariner\nVERSION_ID=\"2.0\"", rpm, ("azure-linux", Some("mariner-2")));
        check("ID=\"sles\"\nVERSION_ID=\"15.5\"", rpm, ("suse", Some("sles-15.5")));
        check("ID=\"opensuse-leap\"\nVERSION_ID=\"15.5\"", rpm, ("opensuse", Some("opensuse-leap-15.5")));
        check("ID=alpaquita\nVERSION_ID=stream", apk, ("alpaquita", Some("alpaquita-stream")));
        check(
            "ID=bellsoft-hardened-containers\nVERSION_ID=25",
            apk,
            ("bellsoft-hardened-containers", Some("bellsoft-hardened-containers-25")),
        );
        check("ID=chainguard\nVERSION_ID=\"20230214\"", apk, ("chainguard", Some("chainguard")));
        check("ID=minimos\nVERSION_ID=\"20250101\"", apk, ("minimos", Some("minimos")));
        check("ID=echo\nVERSION_ID=1", deb, ("echo", Some("echo")));
        check("ID=\"almalinux\"\nVERSION_ID=\"9.2\"", rpm, ("almalinux", Some("almalinux-9")));
        check("ID=azurelinux\nVERSION_ID=\"3.0\"", rpm, ("azure-linux", Some("azurelinux-3")));
        check("ID=mageia\nVERSION_ID=9", rpm, ("mageia", Some("mageia-9")));
        check("ID=photon\nVERSION_ID=5.0", rpm, ("photon", Some("photon-5.0")));
        check("ID=\"opensuse-tumbleweed\"\nVERSION_ID=\"20240321\"", rpm, ("opensuse", Some("opensuse-tumbleweed")));
        check("ID=\"opensuse-leap-micro\"\nVERSION_ID=\"5.5\"", rpm, ("opensuse", Some("opensuse-leap-micro-5.5")));
        check("ID=\"sle-micro\"\nVERSION_ID=\"5.3\"", rpm, ("suse", Some("sle-micro-5.3")));
        check("ID=\"sled\"\nVERSION_ID=\"15.5\"", rpm, ("suse", Some("sled-15.5")));
        let euler = "ID=\"openEuler\"\nVERSION_ID=\"22.03\"\nVERSION=\"22.03 (LTS-SP3)\"";
        check(euler, rpm, ("openeuler", Some("openeuler-22.03-LTS-SP3")));
    }

    #[test]
    fn never_takes_another_distribution() {
        let (deb, apk, rpm) = (&debian::OTHER, &apk::OTHER, &rpm::OTHER);
        check_unknown("ID=fedora\nVERSION_ID=39\nID_LIKE=rhel", rpm, ("rpm", Some("fedora-39")));
        check_unknown("ID=debian\nVERSION_CODENAME=trixie", deb, ("debian", Some("debian")));
        check_unknown("ID=debian\nVERSION_ID=12", rpm, ("rpm", Some("debian-12")));
        check_unknown("ID=alpine\nVERSION_ID=3.21_alpha20240807", apk, ("alpine", Some("alpine")));
        check_unknown("NAME=x", deb, ("deb", None));
    }
}
