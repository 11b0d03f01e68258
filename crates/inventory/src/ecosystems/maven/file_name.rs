//! Names of jars as repositories give them: `artifact-version[-classifier].jar`.

/// Words behind a version that name a variant of the same artifact. Sorted.
const CLASSIFIERS: &[&str] = &[
    "aarch64",
    "all",
    "exec",
    "executable",
    "fat",
    "jakarta",
    "jar-with-dependencies",
    "javadoc",
    "lambda",
    "nodeps",
    "runner",
    "shaded",
    "sources",
    "standalone",
    "tests",
    "uber",
];
/// Starts of classifiers that name a platform.
const PLATFORMS: &[&str] = &[
    "freebsd-", "linux-", "mac-", "macos-", "osx-", "sunos-", "win-", "windows-", "x86_64", "linux", "osx", "windows",
];

/// The stem of an archive's file name: `a-1.0` of `lib/a-1.0.jar`.
pub(crate) fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// Whether a jar of this stem is named after the artifact, with or without a version.
pub(crate) fn is_named(stem: &str, artifact: &str) -> bool {
    stem == artifact || version(stem, artifact).is_some()
}

/// The version in the stem when what stands before it is exactly the artifact's id.
pub(crate) fn version<'a>(stem: &'a str, artifact: &str) -> Option<&'a str> {
    let rest = stem.strip_prefix(artifact)?.strip_prefix('-')?;
    // `netty-codec` begins `netty-codec-http-4.1`, but no version begins with a word.
    let is_version = rest.starts_with(|first: char| first.is_ascii_digit())
        || rest.strip_prefix(['r', 'v']).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    is_version.then(|| without_classifier(rest))
}

fn without_classifier(version: &str) -> &str {
    for (at, _) in version.match_indices('-') {
        let tail = version.get(at + 1..).unwrap_or_default();
        if CLASSIFIERS.binary_search(&tail).is_ok() || PLATFORMS.iter().any(|start| tail.starts_with(start)) {
            return version.get(..at).unwrap_or(version);
        }
    }
    version
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classifiers_are_sorted() {
        assert!(CLASSIFIERS.is_sorted());
    }

    #[test]
    fn takes_versions_only_behind_the_artifact_itself() {
        let cases = [
            ("lib/guava-33.3.1-jre.jar", "guava", Some("33.3.1-jre")),
            ("netty-codec-http-4.1.0.Final.jar", "netty-codec", None),
            ("netty-codec-http-4.1.0.Final.jar", "netty-codec-http", Some("4.1.0.Final")),
            (
                "netty-transport-native-epoll-4.1.0.Final-linux-x86_64.jar",
                "netty-transport-native-epoll",
                Some("4.1.0.Final"),
            ),
            ("app-1.0-SNAPSHOT-all.jar", "app", Some("1.0-SNAPSHOT")),
            ("google-api-services-drive-v3-rev1-1.0.jar", "google-api-services-drive", Some("v3-rev1-1.0")),
            ("guava.jar", "guava", None),
            ("my-guava-1.0.jar", "guava", None),
        ];
        for (path, artifact, expected) in cases {
            assert_eq!(version(stem(path), artifact), expected, "{path} {artifact}");
        }
        assert!(is_named("guava", "guava") && is_named("guava-1", "guava") && !is_named("guavas", "guava"));
    }
}
