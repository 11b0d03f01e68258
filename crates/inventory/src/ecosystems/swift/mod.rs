//! SwiftURL: Swift packages, named by the address of their repository.

mod manifest;
mod requirement;
mod resolved;

use std::borrow::Cow;

use crate::ecosystem::Layout;
use crate::ecosystems::semver;
use crate::key::natural_key;
use crate::{Ecosystem, Order};

pub(crate) const SWIFT: Ecosystem = Ecosystem {
    id: "swift",
    purl_type: "swift",
    purl_namespaces: &[],
    advisory_name: "SwiftURL",
    title: "Swift",
    namespace_separator: Some('/'),
    normalise_name: address,
    formats: &[resolved::FORMAT, manifest::FORMAT],
    layout: Layout::TREE,
    order: Some(Order {
        key: |text| semver::key(text.trim_start_matches('v'), "a Swift version"),
        fallback_key: natural_key,
        range: Some(requirement::parse),
    }),
};

/// The address without scheme, user, port of SSH and `.git`, as advisories name packages: `github.com/apple/swift-nio`.
fn address(text: &str) -> Cow<'_, str> {
    let bare = text.trim();
    let bare = bare.split_once("://").map_or(bare, |(_, rest)| rest);
    let (authority, path) = bare.split_once('/').unwrap_or((bare, ""));
    // `git@host:owner/name` has its path behind a colon.
    let user_end = authority.rfind('@').map_or(0, |at| at + 1);
    let host = authority.get(user_end..).unwrap_or(authority);
    let trimmed = |path: &str| {
        let path = path.trim_end_matches('/');
        path.strip_suffix(".git").unwrap_or(path).to_owned()
    };
    let name = match host.split_once(':') {
        Some((host, owner)) if !owner.is_empty() && !owner.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{}/{}", host.to_ascii_lowercase(), trimmed(&format!("{owner}/{path}")))
        }
        Some((host, _)) => format!("{}/{}", host.to_ascii_lowercase(), trimmed(path)),
        None if path.is_empty() => trimmed(host),
        None => format!("{}/{}", host.to_ascii_lowercase(), trimmed(path)),
    };
    if name == text { Cow::Borrowed(text) } else { Cow::Owned(name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_packages_by_host_and_path() {
        let cases = [
            ("https://github.com/apple/swift-nio.git", "github.com/apple/swift-nio"),
            ("https://GitHub.com/vapor/vapor", "github.com/vapor/vapor"),
            ("git@github.com:vapor/vapor.git", "github.com/vapor/vapor"),
            ("ssh://git@host.example:2222/a/b.git", "host.example/a/b"),
            ("github.com/vapor/vapor", "github.com/vapor/vapor"),
            ("mona.LinkedList", "mona.LinkedList"),
        ];
        for (text, expected) in cases {
            assert_eq!(address(text), expected);
            assert_eq!(address(expected), expected);
        }
    }
}
