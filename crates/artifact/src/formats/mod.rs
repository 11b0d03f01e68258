//! The forms an artifact's files come in.

pub(crate) mod folder;
pub(crate) mod gzip;
pub(crate) mod image;
pub(crate) mod links;
pub(crate) mod listing;
pub(crate) mod names;
pub(crate) mod tar;
pub(crate) mod zip;

use crate::bytes::Bytes;
use crate::gaps::GapList;
use crate::limits::Limits;
use listing::Listing;

/// The bytes inside, of which there may be so many, or the sentence why there are none.
type Unwrap = fn(&[u8], u64) -> Result<Vec<u8>, &'static str>;

/// One form of archive: how it is known, and how it is listed. Every name of it is here.
#[derive(Debug)]
pub(crate) struct Form {
    /// Name endings, lower case, sorted.
    pub(crate) endings: &'static [&'static str],
    /// Whether a whole file starts like this, whatever its name.
    pub(crate) starts: fn(&[u8]) -> bool,
    /// Takes off the compression around the archive; `None` when there is none.
    pub(crate) unwrap: Option<Unwrap>,
    /// Its files; `None` when it is none of these.
    pub(crate) list: fn(&Bytes, &str, &Limits, &mut GapList) -> Option<Listing>,
}

/// Every form that is opened.
pub(crate) const FORMS: &[&Form] = &[
    &Form {
        endings: &[".aar", ".ear", ".egg", ".jar", ".nupkg", ".pex", ".pyz", ".war", ".whl", ".zip"],
        starts: zip::starts_like_an_archive,
        unwrap: None,
        list: zip::list,
    },
    &Form { endings: &[".tar"], starts: tar::starts_like_an_archive, unwrap: None, list: tar::list },
    &Form { endings: &[".tar.gz", ".tgz"], starts: |_| false, unwrap: Some(gzip::inflate), list: tar::list },
];

/// Name endings of archives that are not opened. Sorted.
const UNOPENED_ENDINGS: &[&str] = &[".7z", ".rar", ".tar.bz2", ".tar.xz", ".tar.zst", ".tbz2", ".txz"];

pub(crate) const NOT_AN_ARCHIVE: &str = "the file is not the archive that its name says it is; pack it again";

/// The form that a file of this name has.
pub(crate) fn form_of_name(path: &str) -> Option<&'static Form> {
    FORMS.iter().find(|form| ends_with_one_of(path, form.endings)).copied()
}

/// The form that a file with these bytes has.
pub(crate) fn form_of_bytes(bytes: &[u8]) -> Option<&'static Form> {
    FORMS.iter().find(|form| (form.starts)(bytes)).copied()
}

/// Whether a file of this name is an archive that is not opened.
pub(crate) fn is_unopened_name(path: &str) -> bool {
    ends_with_one_of(path, UNOPENED_ENDINGS)
}

fn ends_with_one_of(path: &str, endings: &[&str]) -> bool {
    let ends_with = |ending: &&str| {
        let start = path.len().checked_sub(ending.len()).and_then(|start| path.get(start..));
        start.is_some_and(|end| end.eq_ignore_ascii_case(ending))
    };
    endings.iter().any(ends_with)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archives_are_known_by_their_names() {
        for name in ["lib/a.jar", "A.ZIP", ".requirements.zip", "x.whl", "a.tar.gz", "a.TGZ", "a.tar"] {
            assert!(form_of_name(name).is_some(), "{name}");
        }
        for name in ["a.py", "zip", "jar/a.class", "ä", "a.json.gz", "tar"] {
            assert!(form_of_name(name).is_none(), "{name}");
        }
        assert!(is_unopened_name("model.tar.bz2"));
    }

    #[test]
    fn every_ending_belongs_to_one_form_and_is_sorted() {
        let mut all: Vec<&str> = FORMS.iter().flat_map(|form| form.endings).chain(UNOPENED_ENDINGS).copied().collect();
        assert!(FORMS.iter().all(|form| form.endings.is_sorted()) && UNOPENED_ENDINGS.is_sorted());
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
