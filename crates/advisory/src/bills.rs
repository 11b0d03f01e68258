//! What stored bills of materials say of components, as far as advisories ask: which package in which version.
//!
//! **Source**: the bills that this program writes: CycloneDX 1.4 to 1.7 (JSON), SPDX 2.3 (JSON), `sbom --format json`.
//! **Supported**: package URLs, nested components, requirements and presence from our own properties (`model::recall`).
//! **Unsupported** (→ gap): other forms, package URLs that cannot be read. Entries without a package URL, of ecosystems that
//! the program does not know, and of the project itself are passed over: no advisory speaks of them.
//!
//! `inventory` reads bills in full, as evidence of a scan; this looks at a thousand of them within a second and so keeps only
//! what is asked.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};

use model::component::{Presence, Version};
use model::recall::recall;
use serde::Deserialize;

use crate::{Error, OwnedSubject, PackageUrl};

/// Bills of large images have some ten megabytes.
const MAX_BILL_BYTES: u64 = 64 << 20;
/// Folders within folders.
const MAX_FOLDER_LEVELS: usize = 16;

/// The files below `folder` whose names end in `.json`, sorted.
///
/// # Errors
/// When a folder cannot be listed.
pub(crate) fn bill_files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    let mut waiting = vec![(folder.to_owned(), 0)];
    while let Some((folder, level)) = waiting.pop() {
        for entry in fs::read_dir(&folder).map_err(Error::file("list", &folder))? {
            let entry = entry.map_err(Error::file("list", &folder))?;
            let path = entry.path();
            let kind = entry.file_type().map_err(Error::file("read", &path))?;
            if kind.is_dir() {
                waiting.extend((level < MAX_FOLDER_LEVELS).then_some((path, level + 1)));
            } else if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")) {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// A component of a bill.
#[derive(Debug)]
pub(crate) struct Billed {
    pub(crate) purl: String,
    /// The requirement, where no version is known.
    pub(crate) range: Option<String>,
    pub(crate) subject: OwnedSubject,
}

/// The components of the bill at `path` that `concerns` picks, each once in the order of their purls; else why it cannot be
/// read. The purls that cannot be read are counted.
pub(crate) fn read_bill(path: &Path, concerns: impl Fn(&OwnedSubject) -> bool) -> Result<(Vec<Billed>, usize), String> {
    let file = fs::File::open(path).map_err(|error| error.to_string())?;
    let size = file.metadata().map_err(|error| error.to_string())?.len();
    if size > MAX_BILL_BYTES {
        return Err(format!("it has more than {MAX_BILL_BYTES} bytes: split it"));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    std::io::Read::read_to_end(&mut std::io::Read::take(file, MAX_BILL_BYTES), &mut bytes)
        .map_err(|error| error.to_string())?;
    parse_bill(&bytes, concerns)
}

fn parse_bill(bytes: &[u8], concerns: impl Fn(&OwnedSubject) -> bool) -> Result<(Vec<Billed>, usize), String> {
    let form: Form<'_> = serde_json::from_slice(bytes).map_err(|error| format!("it is no bill of ours: {error}"))?;
    if form.components.is_none() && form.packages.is_none() {
        return Err(
            "it lists neither `components` nor `packages`: only CycloneDX, SPDX 2.3 and `sbom --format json` are read"
                .to_owned(),
        );
    }
    let (mut billed, mut unread) = (Vec::new(), 0);
    let mut waiting: Vec<&Entry<'_>> = form.components.iter().flatten().collect();
    while let Some(entry) = waiting.pop() {
        waiting.extend(&entry.components);
        add(entry.stated(), &concerns, (&mut billed, &mut unread));
    }
    for package in form.packages.iter().flatten() {
        add(package.stated(), &concerns, (&mut billed, &mut unread));
    }
    billed.sort_by(|left: &Billed, right| (&left.purl, &left.range).cmp(&(&right.purl, &right.range)));
    billed.dedup_by(|left, right| (&left.purl, &left.range) == (&right.purl, &right.range));
    Ok((billed, unread))
}

/// What an entry says, in any form.
struct Stated<'a> {
    purl: Option<&'a str>,
    range: Option<String>,
    is_project: bool,
}

fn add(stated: Stated<'_>, concerns: &impl Fn(&OwnedSubject) -> bool, into: (&mut Vec<Billed>, &mut usize)) {
    let (billed, unread) = into;
    let Some(text) = stated.purl.filter(|_| !stated.is_project) else { return };
    let Ok(purl) = PackageUrl::parse(text) else {
        *unread += 1;
        return;
    };
    let Some(mut subject) = OwnedSubject::from_purl(&purl).filter(concerns) else { return };
    if let (Version::Unknown, Some(range)) = (&subject.version, &stated.range) {
        subject.version = Version::Range(range.clone());
    }
    billed.push(Billed { purl: text.to_owned(), range: stated.range, subject });
}

/// CycloneDX's and our own list are both named `components`.
#[derive(Deserialize)]
struct Form<'a> {
    #[serde(borrow, default)]
    components: Option<Vec<Entry<'a>>>,
    #[serde(borrow, default)]
    packages: Option<Vec<SpdxPackage<'a>>>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow, default)]
    purl: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    range: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    presence: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    properties: Vec<Property<'a>>,
    #[serde(borrow, default)]
    components: Vec<Self>,
}

#[derive(Deserialize)]
struct Property<'a> {
    #[serde(borrow, default)]
    name: Cow<'a, str>,
    #[serde(borrow, default)]
    value: Cow<'a, str>,
}

#[derive(Deserialize)]
struct SpdxPackage<'a> {
    #[serde(rename = "externalRefs", borrow, default)]
    references: Vec<SpdxReference<'a>>,
    #[serde(borrow, default)]
    annotations: Vec<SpdxAnnotation<'a>>,
}

#[derive(Deserialize)]
struct SpdxReference<'a> {
    #[serde(rename = "referenceType", borrow, default)]
    kind: Cow<'a, str>,
    #[serde(rename = "referenceLocator", borrow, default)]
    locator: Cow<'a, str>,
}

#[derive(Deserialize)]
struct SpdxAnnotation<'a> {
    #[serde(borrow, default)]
    comment: Cow<'a, str>,
}

impl Entry<'_> {
    fn stated(&self) -> Stated<'_> {
        let recalled = recall(self.properties.iter().map(|property| (&*property.name, &*property.value)));
        let is_project =
            recalled.presence == Some(Presence::Project) || self.presence.as_deref() == Some(Presence::Project.name());
        let range = recalled.range.or_else(|| self.range.as_deref().map(str::to_owned));
        Stated { purl: self.purl.as_deref(), range, is_project }
    }
}

impl SpdxPackage<'_> {
    fn stated(&self) -> Stated<'_> {
        let purl = self.references.iter().find(|reference| reference.kind == "purl");
        let recalled = recall(self.annotations.iter().filter_map(|annotation| annotation.comment.split_once('=')));
        Stated {
            purl: purl.map(|reference| &*reference.locator),
            range: recalled.range,
            is_project: recalled.presence == Some(Presence::Project),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(bill: &str, expected: &str) {
        let (billed, unread) = parse_bill(bill.as_bytes(), |_| true).unwrap();
        let line = |one: &Billed| match &one.range {
            Some(range) => format!("{} ({range})", one.purl),
            None => one.purl.clone(),
        };
        let mut lines: Vec<String> = billed.iter().map(line).collect();
        lines.extend((unread > 0).then(|| format!("{unread} unread")));
        assert_eq!(lines.join(", "), expected);
    }

    #[test]
    fn reads_every_form_that_the_program_writes() {
        check(
            r#"{"bomFormat":"CycloneDX","components":[{"name":"f","properties":[{"name":"fnassay:function","value":"true"}]},
                {"purl":"pkg:npm/a@1","properties":[{"name":"fnassay:presence","value":"project"}]},
                {"purl":"pkg:npm/b@1","components":[{"purl":"pkg:npm/c@1"}]},{"purl":"pkg:npm/b@1"},
                {"purl":"pkg:npm/d","properties":[{"name":"fnassay:range","value":"^1"}]},{"purl":"no purl"}]}"#,
            "pkg:npm/b@1, pkg:npm/c@1, pkg:npm/d (^1), 1 unread",
        );
        check(
            r#"{"spdxVersion":"SPDX-2.3","packages":[{"name":"x"},{"externalRefs":[{"referenceType":"cpe23Type","referenceLocator":"c"},
                {"referenceType":"purl","referenceLocator":"pkg:npm/d"}],"annotations":[{"comment":"fnassay:range=>=1 <2"}]}]}"#,
            "pkg:npm/d (>=1 <2)",
        );
        check(
            r#"{"components":[{"purl":"pkg:npm/a","version":null,"range":"~1","presence":"shipped"},{"purl":"pkg:npm/p","presence":"project"}],"gaps":[]}"#,
            "pkg:npm/a (~1)",
        );
    }

    #[test]
    fn what_is_no_bill_is_told() {
        assert!(parse_bill(b"{}", |_| true).is_err());
        assert!(parse_bill(b"[1]", |_| true).is_err());
        assert!(parse_bill(br#"{"components":{}}"#, |_| true).is_err());
        let nested = format!("{}{}", r#"{"components":["#.repeat(10_000), "]}".repeat(10_000));
        assert!(parse_bill(nested.as_bytes(), |_| true).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), cut in 0usize..90) {
            let _ = parse_bill(&bytes, |_| true);
            let real = br#"{"components":[{"purl":"pkg:npm/b@1","properties":[{"name":"fnassay:range","value":"^1"}]}]}"#;
            let _ = parse_bill(real.get(..cut).unwrap_or_default(), |_| true);
        }
    }
}
