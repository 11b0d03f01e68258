//! A credential found in code, configuration or environment. The value itself never gets here.

use crate::{Confidence, Location, Severity};

/// What the reader tells of a credential. `preview` and `fingerprint` are all that is left of its value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretFact {
    /// Kebab-case kind: `aws-access-key`, `stripe-secret-key`.
    pub kind: &'static str,
    /// What a reader calls it: `Stripe secret key`.
    pub title: &'static str,
    pub severity: Severity,
    pub confidence: Confidence,
    /// First characters of the provider's prefix, never of the random part: `sk_live_…`.
    pub preview: String,
    /// Keyed digest of the value: equal values have equal fingerprints within a scan.
    pub fingerprint: String,
    /// Every place the same value was found; sorted, never empty.
    pub locations: Vec<Location>,
    /// Name of the environment variable or assignment that holds it.
    pub holder: Option<String>,
    pub place: SecretPlace,
    /// Purl of the system package that brought all files it was found in just as they are, so that everyone who has the
    /// package has the value; of several the first.
    pub shipped_by: Option<String>,
}

/// What kind of place holds a credential; it decides which rule speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecretPlace {
    /// A file that ships with the function, or its template's text.
    File,
    /// A plain-text environment variable of the function's configuration.
    Environment,
}
