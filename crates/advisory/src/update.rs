//! Bringing the user's index up to date.

use std::path::{Path, PathBuf};

use model::Gap;
use transport::{Client, ClientOptions, Url};

use crate::build::{BuildOptions, build};
use crate::data_folder::{UpdateLock, index_path, write_index};
use crate::feed::bring_up_to_date;
use crate::{Error, Index, Progress};

/// Fetched zips, below the data folder, so that the next update fetches only what changed.
const FEEDS_FOLDER: &str = "feeds";

/// Where advisories come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UpdateOrigin {
    /// A server with the layout of OSV.dev's bucket.
    Server(Url),
    /// A folder with the same layout.
    Folder(PathBuf),
}

impl UpdateOrigin {
    /// A server when `text` begins with a scheme, else a folder.
    ///
    /// # Errors
    /// When it begins with a scheme that is not HTTP's.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if text.contains("://") { Ok(Self::Server(Url::parse(text)?)) } else { Ok(Self::Folder(PathBuf::from(text))) }
    }
}

/// A client that names itself `user_agent` to servers.
///
/// # Errors
/// When the environment names certificates that cannot be used.
pub fn client(user_agent: &str) -> Result<Client, Error> {
    Ok(Client::new(ClientOptions { user_agent: user_agent.to_owned(), ..ClientOptions::default() })?)
}

/// What to bring up to date.
pub struct UpdateOptions<'a> {
    pub origin: &'a UpdateOrigin,
    /// Names of the ecosystems to take; empty takes all that the program knows from a server, all that are there from a
    /// folder.
    pub ecosystems: &'a [String],
    /// Usually [`crate::default_data_folder`].
    pub data_folder: &'a Path,
    pub on_progress: &'a (dyn Fn(Progress<'_>) + Sync),
}

/// What came of it.
#[derive(Debug)]
pub struct Updated {
    pub index: PathBuf,
    pub records: u64,
    pub withdrawn: u64,
    pub packages: u64,
    pub gaps: Vec<Gap>,
}

/// Replaces the index of the data folder by one of the origin's advisories, in one step; until then, and whenever anything
/// fails, the old one stays. A download that is cut off is gone on with by the next call.
///
/// # Errors
/// When another update is running, the origin cannot be reached or holds no whole advisories, or the folder cannot be
/// written to.
pub fn update(client: &Client, options: &UpdateOptions<'_>) -> Result<Updated, Error> {
    let _lock = UpdateLock::take(options.data_folder)?;
    let feeds = options.data_folder.join(FEEDS_FOLDER);
    let fetched;
    let (folder, ecosystems) = match options.origin {
        UpdateOrigin::Folder(folder) => (folder.as_path(), options.ecosystems),
        UpdateOrigin::Server(base) => {
            std::fs::create_dir_all(&feeds).map_err(Error::file("make folder", &feeds))?;
            fetched = bring_up_to_date(client, base, &feeds, options.ecosystems, options.on_progress)?;
            (feeds.as_path(), fetched.as_slice())
        }
    };
    let built = build(folder, &BuildOptions { ecosystems, on_progress: options.on_progress })?;
    let index = index_path(options.data_folder);
    let checked = Index::from_bytes(built.bytes, &index.display().to_string())?;
    checked.verify()?;
    write_index(&index, checked.as_bytes())?;
    Ok(Updated {
        index,
        records: built.records,
        withdrawn: built.withdrawn,
        packages: built.packages,
        gaps: built.gaps,
    })
}
