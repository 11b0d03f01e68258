//! The only form in which a credential's value is carried around: it cannot be printed, only digested.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Key of the fingerprints. Not a secret: it separates our digests from everyone else's, so that a fingerprint from a
/// report finds nothing in lists of plain digests. It must stay the same, because equal input has to give equal output.
const FINGERPRINT_KEY: &[u8] = b"fnassay secret fingerprint v1";

/// Bytes of the digest that are kept: enough to tell values apart, half of what would be needed to prove one.
const FINGERPRINT_BYTES: usize = 8;

/// A credential's bytes, borrowed from the file that is being read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Redacted<'a>(&'a [u8]);

impl<'a> Redacted<'a> {
    pub(crate) fn new(value: &'a [u8]) -> Self {
        Self(value)
    }

    /// For checks; never to be printed or kept.
    pub(crate) fn expose(self) -> &'a [u8] {
        self.0
    }

    /// Sixteen lower-case hex digits; equal for equal values.
    pub(crate) fn fingerprint(self) -> String {
        let Ok(mut digest) = Hmac::<Sha256>::new_from_slice(FINGERPRINT_KEY) else { return String::new() };
        digest.update(self.0);
        let digest = digest.finalize().into_bytes();
        digest.iter().take(FINGERPRINT_BYTES).map(|byte| format!("{byte:02x}")).collect()
    }
}

impl fmt::Debug for Redacted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(redacted)")
    }
}

impl fmt::Display for Redacted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_nothing_of_the_value() {
        let value = Redacted::new(b"made-up");
        assert_eq!(format!("{value} {value:?}"), "(redacted) (redacted)");
    }

    #[test]
    fn fingerprints_are_stable_and_tell_values_apart() {
        assert_eq!(Redacted::new(b"made-up").fingerprint(), Redacted::new(b"made-up").fingerprint());
        assert_ne!(Redacted::new(b"made-up").fingerprint(), Redacted::new(b"made-up ").fingerprint());
        assert_eq!(Redacted::new(b"").fingerprint().len(), FINGERPRINT_BYTES * 2);
    }
}
