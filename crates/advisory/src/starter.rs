//! The maker of the table built into the program.

use std::path::Path;

use crate::build::{BuildOptions, Built, Selection, build_selected};
use crate::{Error, Progress};

/// The ecosystems in which functions are written most.
const ECOSYSTEMS: [&str; 2] = ["npm", "PyPI"];
/// What the repository and the program may carry.
pub(crate) const MAX_STARTER_BYTES: usize = 2 << 20;

/// The starter of `folder` (in OSV.dev's layout), taken on `day` (`2026-08-31`): all that it has of npm and PyPI, as an
/// index like any other, so that using it costs no more than mapping it. Written to `data/starter.advisories` of this
/// crate, at most [`MAX_STARTER_BYTES`]; should the advisories outgrow that, a rule for the choice belongs here.
///
/// # Errors
/// As for [`crate::build()`].
pub fn make_starter(folder: &Path, day: &str, on_progress: &(dyn Fn(Progress<'_>) + Sync)) -> Result<Built, Error> {
    let ecosystems = ECOSYSTEMS.map(str::to_owned);
    let head = [
        format!("taken: {day}, every advisory of {} in an archive laid out as OSV.dev's", ECOSYSTEMS.join(" and ")),
        "made by: cargo xtask facts starter --from FOLDER --day DAY".to_owned(),
        "not current: `fnassay advisories update` fetches everything".to_owned(),
    ];
    let selection = Selection { taken: day, extra_head: &head, keep: &|_| true };
    let built = build_selected(folder, &BuildOptions { ecosystems: &ecosystems, on_progress }, &selection)?;
    if built.bytes.len() > MAX_STARTER_BYTES {
        return Err(Error::TooLarge { what: "bytes of the starter", limit: MAX_STARTER_BYTES as u64 });
    }
    Ok(built)
}
