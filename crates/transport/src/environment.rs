//! What the environment says of the network: proxies and trusted certificates.

use std::env;
use std::fs;
use std::path::PathBuf;

use ureq::Proxy;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

use crate::{Error, Url};

/// The proxy for `url`; none for this machine and for hosts of `NO_PROXY`.
pub(crate) fn proxy(url: &Url) -> Option<Proxy> {
    if url.is_loopback() {
        return None;
    }
    let excluded = Proxy::try_from_env().zip(url.secret_text().parse().ok());
    if excluded.is_some_and(|(proxy, uri)| proxy.is_no_proxy(&uri)) {
        return None;
    }
    let names: &[&str] = if url.is_https() { &["HTTPS_PROXY", "https_proxy"] } else { &["http_proxy", "HTTP_PROXY"] };
    let address = names
        .iter()
        .chain(&["ALL_PROXY", "all_proxy"])
        .find_map(|name| env::var(name).ok().filter(|text| !text.is_empty()));
    Proxy::new(&address?).ok()
}

/// Trust as the environment sets it: the certificates of `SSL_CERT_FILE` instead of Mozilla's.
pub(crate) fn trust() -> Result<TlsConfig, Error> {
    let builder = TlsConfig::builder();
    let Some(path) = env::var_os("SSL_CERT_FILE").filter(|path| !path.is_empty()).map(PathBuf::from) else {
        return Ok(builder.build());
    };
    let unusable = |why: String| Error::Certificates { path: path.clone(), why };
    let pem = fs::read(&path).map_err(|error| unusable(error.to_string()))?;
    let mut certificates = Vec::new();
    for item in parse_pem(&pem) {
        if let PemItem::Certificate(certificate) = item.map_err(|error| unusable(error.to_string()))? {
            certificates.push(certificate);
        }
    }
    if certificates.is_empty() {
        return Err(unusable("it holds no certificate".to_owned()));
    }
    Ok(builder.root_certs(RootCerts::new_with_certs(&certificates)).build())
}
