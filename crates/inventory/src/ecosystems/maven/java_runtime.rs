//! Java runtimes that lie in the package: the `release` file of a JRE or JDK, and modules of one.
//!
//! **Source**: JEP 223 and the `release` files that OpenJDK, Corretto, Temurin, Zulu and GraalVM ship. **Unsupported** (→ gap):
//! `*.jmod` and `modules` files without a `release` file, programs made with `native-image` (their jars are not in them).

use model::component::{EvidenceKind, Version};

use crate::claim::Claim;
use crate::document::{Document, EntryPath, Format, Reading, decode, join};
use crate::ecosystems::generic::GENERIC;
use crate::ecosystems::maven::properties;
use crate::ecosystems::maven::unit::is_coordinate;

pub(crate) const FORMAT: Format = Format { id: "java-runtime", accepts, read, finds_installed: true, advice: "" };

/// Beginnings of `IMPLEMENTOR_VERSION` and the products that write them.
const PRODUCTS: &[(&str, &str)] =
    &[("Corretto-", "corretto"), ("Temurin-", "temurin"), ("Zulu", "zulu"), ("Microsoft-", "microsoft-openjdk")];

fn accepts(path: EntryPath<'_>) -> bool {
    path.file_name == "release"
        || path.file_name == "java.base.jmod"
        || (path.file_name == "modules" && (path.folder == "lib" || path.folder.ends_with("/lib")))
}

fn read(document: &Document<'_>, reading: &mut Reading) {
    if document.path.file_name != "release" {
        return note_without_release(document, reading);
    }
    /// Release files have some hundred bytes.
    const MAX_RELEASE_BYTES: u64 = 64 << 10;
    if document.entry.size_bytes > MAX_RELEASE_BYTES {
        return;
    }
    let Some(bytes) = document.bytes(reading) else { return };
    let release = properties::read(&decode(&bytes));
    let get = |key| properties::value(&release, key);
    // Other programs have a file of this name too.
    let Some(java) = get("JAVA_VERSION") else { return };
    let (product, version) = product(get("IMPLEMENTOR_VERSION"), get("GRAALVM_VERSION"))
        .unwrap_or_else(|| ("openjdk", get("JAVA_RUNTIME_VERSION").unwrap_or(java)));
    let version = if is_coordinate(version) { Version::Exact(version.to_owned()) } else { Version::Unknown };
    let mut claim =
        Claim::new(product.to_owned(), version, EvidenceKind::Installed, document.location(None), document.place());
    claim.ecosystem = Some(&GENERIC);
    reading.claims.push(claim);
}

fn product<'a>(implementor: Option<&'a str>, graal: Option<&'a str>) -> Option<(&'static str, &'a str)> {
    if let Some(version) = graal {
        return Some(("graalvm", version));
    }
    let implementor = implementor?;
    PRODUCTS.iter().find_map(|(start, name)| Some((*name, implementor.strip_prefix(start)?)))
}

fn note_without_release(document: &Document<'_>, reading: &mut Reading) {
    let release = join(document.path.folder, "../release");
    let has_release =
        release.is_some_and(|release| document.survey.artifact.find(document.entry.mount, &release).is_some());
    let is_module = document.path.file_name.ends_with(".jmod") || document.entry.size_bytes > MIN_IMAGE_BYTES;
    if is_module && !has_release {
        let why = "a Java runtime lies here without its `release` file, so its version is not known; keep that file beside `lib`";
        reading.gaps.push(document.gap(None, why));
    }
}

/// Run-time images hold at least `java.base`, some twenty megabytes; smaller files of this name are something else.
const MIN_IMAGE_BYTES: u64 = 4 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_products_by_what_they_call_their_versions() {
        assert_eq!(product(Some("Corretto-17.0.9.8.1"), None), Some(("corretto", "17.0.9.8.1")));
        assert_eq!(product(Some("Temurin-21.0.1+12"), None), Some(("temurin", "21.0.1+12")));
        assert_eq!(product(Some("x"), Some("22.3.0")), Some(("graalvm", "22.3.0")));
        assert_eq!(product(None, None), None);
    }
}
