//! `NAME.runtimeconfig.json`: the shared framework that a .NET program asks for, or the one it brings along.
//!
//! **Source**: .NET's documentation, "Runtime configuration settings" and "Select the .NET version to use" (roll-forward).
//! **Supported**: `framework`, `frameworks`, `includedFrameworks`, `rollForward` and the older `rollForwardOnNoCandidateFx`
//! and `applyPatches`. **Unsupported**: roll-forward set by the environment, which no file shows.
//!
//! A program that brings its framework lists it in its `deps.json` by the names of packages, which are then the better
//! statement. One that asks for a shared framework gets it from the platform: it is no part of the artifact.

use model::component::{EvidenceKind, Presence, Version};
use serde::Deserialize;

use crate::document::{Document, EntryPath, Format, Reading, decode};
use crate::ecosystems::nuget::claim;
use crate::ecosystems::semver;
use crate::json::{self, Text};

pub(crate) const FORMAT: Format =
    Format { id: "runtimeconfig-json", accepts, read, finds_installed: false, advice: "" };

fn accepts(path: EntryPath<'_>) -> bool {
    path.file_name.ends_with(".runtimeconfig.json") && !path.folder.split('/').any(|folder| folder == "obj")
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct Configuration<'a> {
    runtime_options: Options<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct Options<'a> {
    framework: Option<Framework<'a>>,
    frameworks: Vec<Framework<'a>>,
    included_frameworks: Vec<Framework<'a>>,
    roll_forward: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct Framework<'a> {
    name: Text<'a>,
    version: Text<'a>,
    roll_forward: Text<'a>,
}

fn read(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes(reading) else { return };
    let stem = document.path.file_name.strip_suffix(".runtimeconfig.json").unwrap_or_default();
    let brings_list = document.sibling(&format!("{stem}.deps.json")).is_some();
    read_text(document, &decode(&bytes), brings_list, reading);
}

/// Reads the file's text; `brings_list` says that a list of packages names the included frameworks better.
pub(super) fn read_text(document: &Document<'_>, text: &str, brings_list: bool, reading: &mut Reading) {
    let Some(file) = json::parse::<Configuration<'_>>(document, text, "publish the project again", reading) else {
        return;
    };
    let options = &file.runtime_options;
    if !brings_list {
        for framework in &options.included_frameworks {
            let (Some(name), Some(version)) = (framework.name.as_str(), framework.version.as_str()) else { continue };
            let version = Version::Exact(version.to_owned());
            reading.claims.push(claim(
                name,
                version,
                EvidenceKind::Installed,
                document.location(None),
                document.place(),
            ));
        }
    }
    for framework in options.framework.iter().chain(&options.frameworks) {
        let Some(name) = framework.name.as_str() else { continue };
        let policy = framework.roll_forward.as_str().or(options.roll_forward.as_str()).unwrap_or("Minor");
        let version = framework.version.as_str().map_or(Version::Unknown, |version| admitted(version, policy));
        let location = document.location(None);
        let mut claim = claim(name, version, EvidenceKind::Declared, location, document.place());
        claim.direct = Some(true);
        claim.presence = Presence::Absent;
        reading.claims.push(claim);
    }
}

/// The versions that the host takes under a roll-forward policy, as a range of NuGet's grammar.
fn admitted(version: &str, policy: &str) -> Version {
    let Some(parts) = semver::parts(version) else { return Version::Unknown };
    let number = |at: usize| parts.numbers.get(at).and_then(|number| number.parse::<u64>().ok()).unwrap_or(0);
    let next_major = format!("{}.0.0", number(0).saturating_add(1));
    Version::Range(match policy.to_ascii_lowercase().as_str() {
        "disable" => format!("[{version}]"),
        "latestpatch" => format!("[{version}, {}.{}.0)", number(0), number(1).saturating_add(1)),
        "major" | "latestmajor" => format!("[{version}, )"),
        _ => format!("[{version}, {next_major})"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rolls_forward_as_the_host_does() {
        let cases = [
            ("8.0.1", "Minor", "[8.0.1, 9.0.0)"),
            ("8.0.1", "LatestPatch", "[8.0.1, 8.1.0)"),
            ("8.0.1", "disable", "[8.0.1]"),
            ("8.0.1", "Major", "[8.0.1, )"),
        ];
        for (version, policy, expected) in cases {
            assert_eq!(admitted(version, policy), Version::Range(expected.to_owned()), "{policy}");
        }
    }
}
