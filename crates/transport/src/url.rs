use std::fmt;

use crate::Error;

/// An address to fetch from. Shown without user, password and the values of its query, which may be secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Url(String);

impl Url {
    /// # Errors
    /// When the text does not begin with `https://` or `http://` and a host.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let url = Self(text.trim().to_owned());
        let is_plain = |byte: u8| byte.is_ascii_graphic();
        if url.scheme().is_none() || url.host().is_empty() || !url.0.bytes().all(is_plain) {
            return Err(Error::Url { text: url.to_string() });
        }
        Ok(url)
    }

    /// The address one path segment below; `segment` is percent-encoded where it must be.
    #[must_use]
    pub fn join(&self, segment: &str) -> Self {
        let (path, query) = self.0.split_once('?').map_or((self.0.as_str(), None), |(path, query)| (path, Some(query)));
        let mut joined = format!("{}/{}", path.trim_end_matches('/'), encode_segment(segment));
        if let Some(query) = query {
            joined.push('?');
            joined.push_str(query);
        }
        Self(joined)
    }

    pub(crate) fn is_https(&self) -> bool {
        self.scheme() == Some("https")
    }

    /// Whether the host is this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        let host = self.host();
        host == "localhost"
            || host == "[::1]"
            || host.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback())
    }

    /// As it is sent: may hold secrets.
    pub(crate) fn secret_text(&self) -> &str {
        &self.0
    }

    fn scheme(&self) -> Option<&'static str> {
        let scheme = self.0.split_once("://")?.0;
        ["https", "http"].into_iter().find(|known| scheme.eq_ignore_ascii_case(known))
    }

    fn authority(&self) -> &str {
        let rest = self.0.split_once("://").map_or("", |(_, rest)| rest);
        rest.split(['/', '?', '#']).next().unwrap_or_default()
    }

    /// Without user and port.
    fn host(&self) -> &str {
        let authority = self.authority();
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => host,
        }
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (start, query) =
            self.0.split_once('?').map_or((self.0.as_str(), None), |(start, query)| (start, Some(query)));
        match start.split_once("://") {
            Some((scheme, rest)) => {
                let (authority, path) =
                    rest.split_once('/').map_or((rest, None), |(authority, path)| (authority, Some(path)));
                let shown = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
                write!(f, "{scheme}://{shown}")?;
                path.map_or(Ok(()), |path| write!(f, "/{path}"))?;
            }
            None => f.write_str(start.rsplit_once('@').map_or(start, |(_, host)| host))?,
        }
        if query.is_some() { f.write_str("?…") } else { Ok(()) }
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Url({self})")
    }
}

fn encode_segment(segment: &str) -> String {
    let mut encoded = String::with_capacity(segment.len());
    for byte in segment.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(char::from(byte)),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_no_secrets() {
        for (text, shown) in [
            ("https://host.example/a/b", "https://host.example/a/b"),
            ("https://user:word@host.example:8443/a?token=planted&x=1", "https://host.example:8443/a?…"),
            ("http://user@host.example", "http://host.example"),
        ] {
            let url = Url::parse(text).unwrap();
            assert_eq!(url.to_string(), shown);
            assert_eq!(format!("{url:?}"), format!("Url({shown})"));
        }
        assert!(!Url::parse("ftp://user:planted@host.example").unwrap_err().to_string().contains("planted"));
    }

    #[test]
    fn joins_segments_encoded() {
        let base = Url::parse("https://host.example/osv/?key=1").unwrap();
        assert_eq!(
            base.join("Debian:12").join("all.zip").secret_text(),
            "https://host.example/osv/Debian%3A12/all.zip?key=1"
        );
        assert_eq!(Url::parse("http://h.example").unwrap().join("Red Hat").secret_text(), "http://h.example/Red%20Hat");
    }

    #[test]
    fn refuses_what_is_no_address() {
        for text in [
            "",
            "host.example",
            "ftp://host.example",
            "https://",
            "https:///x",
            "https://host.example/a b",
            "file:///x",
        ] {
            assert!(Url::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn knows_this_machine() {
        for (text, expected) in [
            ("http://127.0.0.1:80/", true),
            ("http://localhost", true),
            ("http://[::1]:8080/x", true),
            ("http://127x.example", false),
        ] {
            assert_eq!(Url::parse(text).unwrap().is_loopback(), expected, "{text}");
        }
    }
}
