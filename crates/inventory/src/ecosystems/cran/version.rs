//! The order of versions that are numbers alone.
//!
//! **Source**: "Writing R Extensions", `numeric_version`; the Haskell Package Versioning Policy. **Supported**: numbers with
//! `.` or `-` between; the longer of two versions that begin alike is the newer (`1.0` is below `1.0.0`).

use crate::key::KeyWriter;
use crate::{Unparsable, VersionKey};

pub(crate) fn key(text: &str) -> Result<VersionKey, Unparsable> {
    let mut key = KeyWriter::default();
    for number in text.trim().split(['.', '-']) {
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Unparsable::new(text, "a version of numbers"));
        }
        key.byte(1).number(number);
    }
    Ok(key.byte(0).finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_versions_number_by_number() {
        let ascending = ["0.1", "1", "1.0", "1.0-1", "1.0-10", "1.1", "1.10", "2"];
        for pair in ascending.windows(2) {
            assert!(key(pair[0]).unwrap() < key(pair[1]).unwrap(), "{pair:?}");
        }
        assert_eq!(key("1.0.1").unwrap(), key("1.0-1").unwrap());
        for text in ["", "1.", "1a", "1..2"] {
            assert!(key(text).is_err(), "{text}");
        }
    }
}
