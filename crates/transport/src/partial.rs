//! What lies beside a downloaded file: how it was named by the server, and the part of a newer one that has arrived.

use std::fs;
use std::path::{Path, PathBuf};

use ureq::http::HeaderMap;

use crate::client::header;
use crate::{Error, Url};

/// How a server names one state of a content, to ask for the rest of the same or for a newer one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Validator {
    /// Digest of the address, so that a changed address starts anew without keeping what may be secret.
    address: String,
    etag: Option<String>,
    last_modified: Option<String>,
}

impl Validator {
    pub(crate) fn of(url: &Url, headers: &HeaderMap) -> Self {
        let owned = |name| header(headers, name).map(str::to_owned);
        Self { address: digest(url), etag: owned("etag"), last_modified: owned("last-modified") }
    }

    /// For `If-Range`: only a strong name makes sure that the rest belongs to the part. A `Last-Modified` date has a
    /// resolution of one second and is taken only by servers without names.
    pub(crate) fn if_range(&self) -> Option<&str> {
        match &self.etag {
            Some(etag) => Some(etag.as_str()).filter(|etag| !etag.starts_with("W/")),
            None => self.last_modified.as_deref(),
        }
    }

    /// Headers that ask for the content only when it is no longer this one.
    pub(crate) fn if_changed(&self) -> Vec<(&'static str, &str)> {
        match (&self.etag, &self.last_modified) {
            (Some(etag), _) => vec![("if-none-match", etag)],
            (None, Some(date)) => vec![("if-modified-since", date)],
            (None, None) => Vec::new(),
        }
    }

    /// The validator kept at `path`, when it is of `url`.
    pub(crate) fn read(path: &Path, url: &Url) -> Option<Self> {
        let text = fs::read_to_string(path).ok()?;
        let mut lines = text.lines();
        let mut next = || lines.next().map(str::to_owned);
        let validator = Self {
            address: next()?,
            etag: next().filter(|text| !text.is_empty()),
            last_modified: next().filter(|text| !text.is_empty()),
        };
        (validator.address == digest(url)).then_some(validator)
    }

    pub(crate) fn write(&self, path: &Path) -> Result<(), Error> {
        let line = |text: &Option<String>| text.clone().unwrap_or_default();
        let text = format!("{}\n{}\n{}\n", self.address, line(&self.etag), line(&self.last_modified));
        fs::write(path, text).map_err(Error::file("write", path))
    }
}

fn digest(url: &Url) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(url.secret_text()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The names of the files beside `target`.
#[derive(Debug, Clone)]
pub(crate) struct Beside {
    pub(crate) target: PathBuf,
    pub(crate) validator: PathBuf,
    pub(crate) part: PathBuf,
    pub(crate) part_validator: PathBuf,
}

impl Beside {
    pub(crate) fn new(target: &Path) -> Self {
        let with = |suffix: &str| {
            let mut name = target.as_os_str().to_owned();
            name.push(suffix);
            PathBuf::from(name)
        };
        Self {
            target: target.to_owned(),
            validator: with(".validator"),
            part: with(".part"),
            part_validator: with(".part.validator"),
        }
    }

    /// What of a newer content has arrived, and how its server names it; `None` when there is nothing to go on from.
    pub(crate) fn resumable(&self, url: &Url) -> Option<(u64, Validator)> {
        let length = fs::metadata(&self.part).ok()?.len();
        let validator = Validator::read(&self.part_validator, url)?;
        (length > 0 && validator.if_range().is_some()).then_some((length, validator))
    }

    /// The name of the content that is here.
    pub(crate) fn current(&self, url: &Url) -> Option<Validator> {
        self.target.is_file().then(|| Validator::read(&self.validator, url)).flatten()
    }

    pub(crate) fn discard_part(&self) {
        // Gone is what is wanted; what cannot be removed is overwritten by the next try.
        let _ = fs::remove_file(&self.part);
        let _ = fs::remove_file(&self.part_validator);
    }
}
