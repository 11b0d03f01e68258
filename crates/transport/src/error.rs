use std::io;
use std::path::{Path, PathBuf};

use crate::Url;

/// Why a request did not yield what was asked for.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("`{text}` is no address to fetch from: it should begin with `https://` or `http://`")]
    Url { text: String },
    #[error("cannot reach `{url}`: {why}")]
    Unreachable { url: Url, why: String },
    #[error("`{url}` answered {status}")]
    Status { url: Url, status: u16 },
    #[error("`{url}` is larger than {limit_bytes} bytes")]
    TooLarge { url: Url, limit_bytes: u64 },
    #[error("what `{url}` sent is damaged: {why}")]
    Damaged { url: Url, why: &'static str },
    #[error("cannot {action} `{}`: {source}", path.display())]
    File { action: &'static str, path: PathBuf, source: io::Error },
    #[error("cannot use the certificates of `SSL_CERT_FILE` (`{}`): {why}", path.display())]
    Certificates { path: PathBuf, why: String },
}

impl Error {
    /// Whether there is nothing at the address, as opposed to nothing to be had now.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Status { status: 404 | 410, .. })
    }

    pub(crate) fn file(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { action, path, source }
    }

    /// Whether the same request may succeed later.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Damaged { .. } => true,
            Self::Status { status, .. } => matches!(status, 408 | 425 | 429 | 500 | 502 | 503 | 504),
            _ => false,
        }
    }
}
