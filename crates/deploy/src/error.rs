use model::Location;

/// Why a file of a template language cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("cannot read `{location}` as {language}: {reason}")]
    Syntax { location: Location, language: &'static str, reason: String },
    #[error("cannot read `{file}`: it has {size_bytes} bytes, more than the {limit_bytes} that are read")]
    TooLarge { file: String, size_bytes: usize, limit_bytes: usize },
    #[error("cannot read `{file}`: it is not UTF-8 text (first wrong byte at offset {offset}); save it as UTF-8")]
    NotText { file: String, offset: usize },
    #[error("cannot read `{file}`: it is empty")]
    Empty { file: String },
}

impl Error {
    /// The place the error is about.
    pub fn location(&self) -> Location {
        match self {
            Self::Syntax { location, .. } => location.clone(),
            Self::TooLarge { file, .. } | Self::NotText { file, .. } | Self::Empty { file } => Location::file(file),
        }
    }
}
