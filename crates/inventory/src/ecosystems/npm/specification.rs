//! What a manifest or lock writes behind a package's name: a range, an alias, a place elsewhere.
//!
//! **Source**: npm's documentation of `package.json`, "dependencies", and of `npm install`; yarn's and pnpm's on their
//! protocols (`workspace:`, `portal:`, `link:`, `catalog:`).

use crate::ecosystems::npm::{range, version};

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Specification<'a> {
    /// One version of the registry's package of this name.
    Exact { name: &'a str, version: &'a str },
    /// Versions of the registry's package, as a range or a tag (`latest`).
    Range { name: &'a str, range: &'a str },
    /// A folder or file of the project.
    Local { path: &'a str },
    /// A repository or an address: whatever is there on the day.
    Remote,
}

/// `@scope/name@range` → (`@scope/name`, `range`). An address behind the name may hold an `@` of its own.
pub(crate) fn split_descriptor(descriptor: &str) -> (&str, &str) {
    let start = usize::from(descriptor.starts_with('@'));
    let at = descriptor.get(start..).and_then(|rest| rest.find('@')).map(|at| at + start);
    match at.and_then(|at| Some((descriptor.get(..at)?, descriptor.get(at + 1..)?))) {
        Some(pair) => pair,
        None => (descriptor, ""),
    }
}

/// Reads `text` as npm does for the dependency `key`.
pub(crate) fn read<'a>(key: &'a str, text: &'a str) -> Specification<'a> {
    let text = text.trim();
    if let Some(alias) = text.strip_prefix("npm:") {
        return read_alias(alias);
    }
    let local = ["file:", "link:", "portal:", "workspace:"].iter().find_map(|protocol| text.strip_prefix(protocol));
    if let Some(path) = local {
        return Specification::Local { path };
    }
    if ["./", "../", "/", "~/"].iter().any(|start| text.starts_with(start)) || text == "." || text == ".." {
        return Specification::Local { path: text };
    }
    if is_remote(text) {
        return archive_version(key, text)
            .map_or(Specification::Remote, |version| Specification::Exact { name: key, version });
    }
    registry(key, text)
}

fn read_alias(alias: &str) -> Specification<'_> {
    let scope_end = usize::from(alias.starts_with('@'));
    match alias.get(scope_end..).and_then(|rest| rest.find('@')) {
        Some(at) => {
            let (name, version) = alias.split_at_checked(at + scope_end).unwrap_or((alias, ""));
            registry(name, version.strip_prefix('@').unwrap_or(version))
        }
        None => Specification::Range { name: alias, range: "" },
    }
}

fn registry<'a>(name: &'a str, text: &'a str) -> Specification<'a> {
    let bare = text.trim_start_matches(|c: char| c == '=' || c == 'v' || c.is_whitespace());
    match version::parts(text) {
        Some(parts) if parts.numbers.len() == 3 => Specification::Exact { name, version: bare },
        _ => Specification::Range { name, range: text },
    }
}

/// The version of a package that a lock ties to an address, where the name of the archive there holds it.
pub(crate) fn version_of_archive<'a>(name: &str, address: &'a str) -> Option<&'a str> {
    archive_version(name, address).filter(|_| is_remote(address))
}

/// The version in the file name of an archive of the package: `https://…/xlsx-0.20.3.tgz`.
fn archive_version<'a>(key: &str, address: &'a str) -> Option<&'a str> {
    let file_name = address.split(['#', '?']).next()?.rsplit('/').next()?;
    let stem = file_name.strip_suffix(".tgz").or_else(|| file_name.strip_suffix(".tar.gz"))?;
    let version = stem.strip_prefix(key.rsplit('/').next()?)?.strip_prefix('-')?;
    version::parts(version).filter(|parts| parts.numbers.len() == 3).map(|_| version)
}

/// The qualifiers of a purl that say where a package comes from, when that is not a registry: `vcs_url` for repositories,
/// `download_url` for archives elsewhere. `resolved` is what locks write; a checksum behind an archive is left out.
pub(crate) fn provenance(resolved: &str) -> Vec<(&'static str, String)> {
    let address = resolved.split(['#', '?']).next().unwrap_or(resolved);
    const REPOSITORIES: &[&str] = &["git+", "git:", "git@", "ssh:", "github:", "gitlab:", "bitbucket:", "gist:"];
    // Yarn 2 and later: `https://host/x/a.git#commit=0123`.
    let is_repository = address.starts_with("http") && address.ends_with(".git");
    if is_repository || REPOSITORIES.iter().any(|start| resolved.starts_with(start)) {
        let url = if resolved.starts_with("git+") { resolved.to_owned() } else { format!("git+{resolved}") };
        return vec![("vcs_url", url)];
    }
    if resolved.starts_with("file:") {
        return vec![("download_url", address.to_owned())];
    }
    // A registry's address holds `/-/`, GitHub's `/download/@scope/`.
    let is_archive = resolved.starts_with("https://") || resolved.starts_with("http://");
    let is_registry = resolved.contains("/-/") || resolved.contains("/download/@");
    if is_archive && !is_registry { vec![("download_url", address.to_owned())] } else { Vec::new() }
}

fn is_remote(text: &str) -> bool {
    const PROTOCOLS: &[&str] =
        &["git+", "git:", "git@", "github:", "gitlab:", "bitbucket:", "gist:", "http:", "https:", "ssh:"];
    if PROTOCOLS.iter().any(|protocol| text.starts_with(protocol)) {
        return true;
    }
    // `user/repository` is GitHub; no range and no tag holds a slash.
    text.contains('/') && range::parse(text).is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_where_packages_from_elsewhere_come_from() {
        let cases = [
            ("https://registry.example/a/-/a-1.0.0.tgz", None),
            ("https://registry.example/download/@s/a/1.0.0/a-1.0.0.tgz", None),
            ("git+ssh://git@host.example/x/a.git#0123", Some(("vcs_url", "git+ssh://git@host.example/x/a.git#0123"))),
            (
                "https://host.example/x/a.git#commit=0123",
                Some(("vcs_url", "git+https://host.example/x/a.git#commit=0123")),
            ),
            ("https://host.example/a-1.0.0.tgz#abc", Some(("download_url", "https://host.example/a-1.0.0.tgz"))),
            ("https://host.example/x/tar.gz/0123", Some(("download_url", "https://host.example/x/tar.gz/0123"))),
            ("https://host.example/a-1/a-1.0.0.tgz", Some(("download_url", "https://host.example/a-1/a-1.0.0.tgz"))),
            ("file:a-1.0.0.tgz", Some(("download_url", "file:a-1.0.0.tgz"))),
            ("", None),
        ];
        for (resolved, expected) in cases {
            let found = provenance(resolved);
            assert_eq!(found.first().map(|(key, url)| (*key, url.as_str())), expected, "{resolved}");
        }
    }

    #[test]
    fn tells_ranges_from_places() {
        use Specification::{Exact, Local, Range, Remote};
        let cases = [
            ("^1.2.3", Range { name: "key", range: "^1.2.3" }),
            ("", Range { name: "key", range: "" }),
            ("latest", Range { name: "key", range: "latest" }),
            ("1.2.3", Exact { name: "key", version: "1.2.3" }),
            ("=v1.2.3-rc.1", Exact { name: "key", version: "1.2.3-rc.1" }),
            ("1.2", Range { name: "key", range: "1.2" }),
            ("npm:@s/real@^2", Range { name: "@s/real", range: "^2" }),
            ("npm:real@2.0.0", Exact { name: "real", version: "2.0.0" }),
            ("npm:real", Range { name: "real", range: "" }),
            ("npm:@s/real", Range { name: "@s/real", range: "" }),
            ("file:../x", Local { path: "../x" }),
            ("../x", Local { path: "../x" }),
            ("workspace:^", Local { path: "^" }),
            ("git+ssh://git@host/x.git#v1", Remote),
            ("user/repository#semver:^1", Remote),
            ("https://host/x.tgz", Remote),
            ("https://host/key-1.2.3.tgz", Exact { name: "key", version: "1.2.3" }),
            ("https://host/other-1.2.3.tgz", Remote),
            ("catalog:", Range { name: "key", range: "catalog:" }),
        ];
        for (text, expected) in cases {
            assert_eq!(read("key", text), expected, "{text}");
        }
    }
}
