//! What dpkg has installed.
//!
//! **Source**: dpkg(1) "Files", deb-control(5), deb822(5). **Supported**: `var/lib/dpkg/status`; `status.d/*` of images
//! without a package manager; `info/*.list` and `status.d/*.md5sums` for the files of a package; `*.md5sums` and `Conffiles`
//! for what they were when it was installed. Packages count whose files are unpacked, whatever is left to configure. **Unsupported** (→ gap): paragraphs without name or version.

use model::{Gap, Hidden};

use crate::distribution::{RootSystem, root_before};
use crate::document::{Document, EntryPath, Format, Reading, decode};
use crate::ecosystems::debian::OTHER;
use crate::ownership::{Sought, note_owned_path};
use crate::system_package::Record;
use crate::unchanged::FileDigest;

pub(crate) const FORMAT: Format = Format { id: "dpkg-status", accepts, read, finds_installed: true, advice: "" };

const FOLDER: &str = "var/lib/dpkg";
/// One file for each package.
const SPLIT_FOLDER: &str = "var/lib/dpkg/status.d";
/// Packages of one status file; whole desktops have some thousands.
const MAX_PACKAGES: usize = 65_536;
/// Lists of files of all packages of one status file together.
const MAX_LISTED_BYTES: u64 = 256 << 20;

fn accepts(path: EntryPath<'_>) -> bool {
    root(path).is_some()
}

fn root(path: EntryPath<'_>) -> Option<&str> {
    if path.file_name == "status" {
        return root_before(path, FOLDER);
    }
    let is_paragraph = path.folder.ends_with("status.d") && !path.file_name.ends_with(".md5sums");
    root_before(path, SPLIT_FOLDER).filter(|_| is_paragraph)
}

fn read(document: &Document<'_>, reading: &mut Reading) {
    let Some(root) = root(document.path) else { return };
    let Some(bytes) = document.bytes(reading) else { return };
    let text = decode(&bytes);
    let mut system = None;
    let mut listed_bytes_left = MAX_LISTED_BYTES;
    for (at, paragraph) in paragraphs(&text).enumerate() {
        if at == MAX_PACKAGES {
            let why =
                format!("more than {MAX_PACKAGES} packages; the others were not read, scan the root file system apart");
            reading.gaps.push(document.gap(Some(paragraph.line), why));
            return;
        }
        if !paragraph.is_unpacked() {
            continue;
        }
        let Some(record) = paragraph.record() else {
            let why = "a package without name or version; reinstall it or repair the status file";
            reading.gaps.push(document.gap(Some(paragraph.line), why));
            continue;
        };
        let system = system.get_or_insert_with(|| RootSystem::at(document, root, &OTHER, reading));
        note_files(document, root, &record, &mut listed_bytes_left, reading);
        if document.survey.sought.is_some_and(Sought::wants_digests) {
            for (path, digest) in paragraph.configuration_files() {
                note_with_digest(document, root, path, digest, reading);
            }
        }
        reading.claims.push(record.into_claim(document, root, system, Some(paragraph.line)));
    }
}

/// Notes which of the sought files the package lists; its claim is the next to come.
fn note_files(document: &Document<'_>, root: &str, record: &Record, bytes_left: &mut u64, reading: &mut Reading) {
    let Some(sought) = document.survey.sought.filter(|sought| !sought.is_empty()) else { return };
    let lists =
        || lists(&record.name, record.architecture.as_deref(), if sought.wants_digests() { "md5sums" } else { "list" });
    let sums = |file: &str| document.sibling(&format!("{file}.md5sums"));
    let listed = match document.path.file_name {
        "status" => lists().iter().find_map(|list| document.sibling(list)),
        file => sums(file).or_else(|| sums(&record.name)),
    };
    let Some(listed) = listed else { return };
    let Some(left) = bytes_left.checked_sub(listed.entry.size_bytes) else {
        let why = format!(
            "lists of files of more than {} MB; which packages the others own is not known",
            MAX_LISTED_BYTES >> 20
        );
        return reading.gaps.push(Gap::new(document.location(None), why, &[Hidden::Vulnerabilities]));
    };
    *bytes_left = left;
    let Some(bytes) = listed.bytes(reading) else { return };
    let has_sums = listed.path.file_name.ends_with(".md5sums");
    for line in decode(&bytes).lines() {
        let (digest, path) = if has_sums { line.split_once("  ").unwrap_or_default() } else { ("", line) };
        note_with_digest(document, root, path, digest, reading);
    }
}

fn note_with_digest(document: &Document<'_>, root: &str, path: &str, digest: &str, reading: &mut Reading) {
    if let Some(file) = note_owned_path(document, root, path, reading) {
        file.digest = FileDigest::of_hexadecimal(digest);
    }
}

/// Where the list of a package's files may lie beside the status file.
fn lists(name: &str, architecture: Option<&str>, ending: &str) -> [String; 2] {
    let architecture = architecture.unwrap_or_default();
    [format!("info/{name}.{ending}"), format!("info/{name}:{architecture}.{ending}")]
}

/// Files that are written anew only when the package itself is, if `database` is a status file: unlike that, which every
/// installation rewrites, they tell which layer of an image brought the package. Paths as reports show them.
pub(crate) fn own_records(database: &str, name: &str, architecture: Option<&str>) -> Option<[String; 2]> {
    let folder = database.strip_suffix("status").filter(|folder| folder.ends_with("dpkg/"))?;
    Some(lists(name, architecture, "list").map(|list| format!("{folder}{list}")))
}

/// The fields of one paragraph that matter.
#[derive(Debug, Default)]
struct Paragraph<'a> {
    /// Of its first field, 1-based.
    line: u32,
    package: Option<&'a str>,
    version: Option<&'a str>,
    architecture: Option<&'a str>,
    source: Option<&'a str>,
    status: Option<&'a str>,
    /// Folded lines of `Conffiles`.
    configuration: Vec<&'a str>,
}

impl Paragraph<'_> {
    /// Whether its files lie in the file system. What has no status (`status.d`) was put there.
    fn is_unpacked(&self) -> bool {
        const STATES: &[&str] = &["half-configured", "installed", "triggers-awaited", "triggers-pending", "unpacked"];
        let state = self.status.map(|status| status.split_whitespace().next_back().unwrap_or_default());
        state.is_none_or(|state| STATES.contains(&state))
    }

    /// Paths with the hexadecimal MD5 of what the package brought, whatever users have made of the files since.
    fn configuration_files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.configuration.iter().filter_map(|line| {
            let line =
                CONFIGURATION_FLAGS.iter().fold(line.trim(), |line, flag| line.trim_end_matches(flag).trim_end());
            line.rsplit_once(' ')
        })
    }

    fn record(&self) -> Option<Record> {
        let text = |value: Option<&str>| value.filter(|value| !value.is_empty()).map(str::to_owned);
        let mut record = Record {
            name: text(self.package)?,
            version: text(self.version)?,
            architecture: text(self.architecture),
            ..Record::default()
        };
        if let Some(source) = self.source {
            let (name, version) = match source.split_once('(') {
                Some((name, version)) => (name.trim(), Some(version.trim_end_matches(')').trim())),
                None => (source, None),
            };
            record.set_source(name, version);
        }
        Some(record)
    }
}

/// What may stand behind the digest of a configuration file.
const CONFIGURATION_FLAGS: &[&str] = &[" obsolete", " remove-on-upgrade"];

/// The paragraphs that have a field, in order; of folded lines only those of `Conffiles` are kept.
fn paragraphs(text: &str) -> impl Iterator<Item = Paragraph<'_>> {
    let mut lines = text.lines().zip(1_u32..);
    std::iter::from_fn(move || {
        let mut paragraph = Paragraph::default();
        let mut is_in_configuration = false;
        for (line, number) in lines.by_ref() {
            if line.trim().is_empty() {
                if paragraph.line > 0 {
                    return Some(paragraph);
                }
            } else if line.starts_with([' ', '\t']) {
                if is_in_configuration {
                    paragraph.configuration.push(line);
                }
            } else if !line.starts_with('#') {
                if paragraph.line == 0 {
                    paragraph.line = number;
                }
                is_in_configuration =
                    line.get(..CONFIGURATION.len()).is_some_and(|field| field.eq_ignore_ascii_case(CONFIGURATION));
                take_field(&mut paragraph, line);
            }
        }
        (paragraph.line > 0).then_some(paragraph)
    })
}

const CONFIGURATION: &str = "Conffiles:";

fn take_field<'a>(paragraph: &mut Paragraph<'a>, line: &'a str) {
    let Some((name, value)) = line.split_once(':') else { return };
    let fields = [
        ("Package", &mut paragraph.package),
        ("Version", &mut paragraph.version),
        ("Architecture", &mut paragraph.architecture),
        ("Source", &mut paragraph.source),
        ("Status", &mut paragraph.status),
    ];
    for (field, slot) in fields {
        if name.eq_ignore_ascii_case(field) {
            *slot = Some(value.trim());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_root_file_system() {
        let cases = [
            ("var/lib/dpkg/status", Some("")),
            ("rootfs/var/lib/dpkg/status", Some("rootfs/")),
            ("var/lib/dpkg/status.d/libc6", Some("")),
            ("var/lib/dpkg/status.d/libc6.md5sums", None),
            ("xvar/lib/dpkg/status", None),
            ("var/lib/dpkg/status-old", None),
            ("tests/var/lib/dpkg/status", None),
        ];
        for (path, expected) in cases {
            assert_eq!(root(EntryPath::new(path)), expected, "{path}");
        }
    }

    #[test]
    fn reads_sources_with_and_without_version() {
        let source = |text: &str| {
            let record = paragraphs(text).next().unwrap().record().unwrap();
            (record.upstream, record.source.map(|source| (source.name, source.version)))
        };
        let head = "Package: libssl3\nVersion: 1-2+b1\n";
        assert_eq!(source(head), (None, None));
        assert_eq!(source(&format!("{head}Source: libssl3\n")), (None, None));
        let openssl = |version: Option<&str>| Some(("openssl".to_owned(), version.map(str::to_owned)));
        assert_eq!(source(&format!("{head}Source: openssl\n")), (Some("openssl".into()), openssl(None)));
        let versioned = (Some("openssl@1-2".into()), openssl(Some("1-2")));
        assert_eq!(source(&format!("{head}source: openssl (1-2)\n")), versioned);
    }
}
