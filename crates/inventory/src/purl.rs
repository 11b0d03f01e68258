//! Writing package URLs.
//!
//! **Source**: the purl specification (ECMA-427), canonical form: type, namespace and name segments percent-encoded but for
//! unreserved characters and `:`; version likewise.

use crate::Ecosystem;

/// The purl of a package; without `@version` when there is none. Qualifiers are sorted by key.
pub(crate) fn purl(ecosystem: &Ecosystem, name: &str, version: Option<&str>, qualifiers: &[(&str, String)]) -> String {
    let mut purl = format!("pkg:{}/", ecosystem.purl_type);
    match ecosystem.namespace_separator.and_then(|separator| name.rsplit_once(separator)) {
        Some((namespace, name)) => {
            for segment in namespace.split('/') {
                push_encoded(&mut purl, segment);
                purl.push('/');
            }
            push_encoded(&mut purl, name);
        }
        None => {
            if let Some(namespace) = ecosystem.purl_namespaces.first() {
                push_encoded(&mut purl, namespace);
                purl.push('/');
            }
            push_encoded(&mut purl, name);
        }
    }
    if let Some(version) = version {
        purl.push('@');
        push_encoded(&mut purl, version);
    }
    let mut qualifiers: Vec<_> = qualifiers.iter().filter(|(_, value)| !value.is_empty()).collect();
    qualifiers.sort_unstable();
    for (separator, (key, value)) in std::iter::once('?').chain(std::iter::repeat('&')).zip(qualifiers) {
        purl.push(separator);
        purl.push_str(key);
        purl.push('=');
        push_encoded(&mut purl, value);
    }
    purl
}

fn push_encoded(purl: &mut String, text: &str) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b':') {
            purl.push(char::from(byte));
        } else {
            purl.push('%');
            purl.extend(
                [byte >> 4, byte & 15].map(|digit| HEX.get(usize::from(digit)).copied().map_or('0', char::from)),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_the_canonical_form() {
        let cases = [
            ("npm", "@scope/name", Some("1.0.0"), "pkg:npm/%40scope/name@1.0.0"),
            ("npm", "JSONStream", Some("1.0.0-rc.1+build"), "pkg:npm/JSONStream@1.0.0-rc.1%2Bbuild"),
            ("pypi", "torch", Some("1!2.0+cpu"), "pkg:pypi/torch@1%212.0%2Bcpu"),
            ("debian", "libssl3", Some("3.0.11-1~deb12u2"), "pkg:deb/debian/libssl3@3.0.11-1~deb12u2"),
            ("maven", "org.slf4j:slf4j-api", Some("2.0"), "pkg:maven/org.slf4j/slf4j-api@2.0"),
            ("pypi", "zope-interface", None, "pkg:pypi/zope-interface"),
        ];
        for (ecosystem, name, version, expected) in cases {
            assert_eq!(purl(Ecosystem::by_id(ecosystem).unwrap(), name, version, &[]), expected);
        }
        let qualifiers = [("vcs_url", "git+https://host.example/x@1".to_owned()), ("arch", "amd64".to_owned())];
        let npm = Ecosystem::by_id("npm").unwrap();
        let expected = "pkg:npm/x@1?arch=amd64&vcs_url=git%2Bhttps:%2F%2Fhost.example%2Fx%401";
        assert_eq!(purl(npm, "x", Some("1"), &qualifiers), expected);
    }
}
