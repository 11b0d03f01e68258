//! Under which names code imports distributions of which no metadata is at hand.
//!
//! **Source**: the top-level names in the `RECORD` of each distribution's wheel on PyPI, as of 2026-11.

/// Distributions whose import names differ from their own, by canonical name. Sorted.
const DIFFERING: &[(&str, &[&str])] = &[
    ("attrs", &["attr", "attrs"]),
    ("beautifulsoup4", &["bs4"]),
    ("msgpack-python", &["msgpack"]),
    ("opencv-python", &["cv2"]),
    ("opencv-python-headless", &["cv2"]),
    ("pillow", &["PIL"]),
    ("psycopg2-binary", &["psycopg2"]),
    ("pycryptodome", &["Crypto"]),
    ("pycryptodomex", &["Cryptodome"]),
    ("pyjwt", &["jwt"]),
    ("pyopenssl", &["OpenSSL"]),
    ("python-dateutil", &["dateutil"]),
    ("python-dotenv", &["dotenv"]),
    ("python-jose", &["jose"]),
    ("python-multipart", &["multipart", "python_multipart"]),
    ("pyyaml", &["_yaml", "yaml"]),
    ("scikit-image", &["skimage"]),
    ("scikit-learn", &["sklearn"]),
    ("setuptools", &["pkg_resources", "setuptools"]),
];

/// Names that import the distribution; by far the most have their own, with `_` for `-`.
pub(crate) fn of(canonical_name: &str) -> Vec<String> {
    match DIFFERING.binary_search_by(|(name, _)| (*name).cmp(canonical_name)) {
        Ok(at) => {
            let names = DIFFERING.get(at).map(|(_, names)| *names).unwrap_or_default();
            names.iter().map(|name| (*name).to_owned()).collect()
        }
        Err(_) => vec![canonical_name.replace('-', "_")],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distributions_are_sorted() {
        assert!(DIFFERING.is_sorted_by_key(|(name, _)| *name));
    }

    #[test]
    fn names_imports_without_metadata() {
        assert_eq!(of("pyyaml"), ["_yaml", "yaml"]);
        assert_eq!(of("typing-extensions"), ["typing_extensions"]);
    }
}
