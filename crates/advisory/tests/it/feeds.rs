//! Folders of advisories, made on the spot.

use std::path::Path;

use advisory::{BuildOptions, Built, Index, build};
use testkit::TempDir;
use testkit::zip::ZipBuilder;

/// A record of `id` for one package, with `aliases` and `affected` as JSON without the package.
pub(crate) fn record(id: &str, ecosystem: &str, name: &str, aliases: &[&str], affected: &str) -> (String, String) {
    let comma = if affected.is_empty() { "" } else { "," };
    let json = format!(
        r#"{{"schema_version":"1.7.0","id":"{id}","modified":"2024-05-01T00:00:00Z","published":"2024-04-01T10:00:00Z","aliases":{aliases:?},
        "affected":[{{"package":{{"ecosystem":"{ecosystem}","name":"{name}"}}{comma}{affected}}}]}}"#
    );
    (id.to_owned(), json)
}

/// `"ranges": …` of one range with these events (`introduced 1.0, fixed 2.0`).
pub(crate) fn range(events: &str) -> String {
    let event = |event: &str| {
        let (kind, version) = event.trim().split_once(' ').unwrap();
        format!(r#"{{"{kind}":"{version}"}}"#)
    };
    let events: Vec<_> = events.split(',').map(event).collect();
    format!(r#""ranges":[{{"type":"ECOSYSTEM","events":[{}]}}]"#, events.join(","))
}

pub(crate) fn zip(records: &[(String, String)]) -> Vec<u8> {
    let zip = records.iter().fold(ZipBuilder::new(), |zip, (id, json)| zip.file(format!("{id}.json"), json));
    zip.write()
}

/// A folder with one zip for each ecosystem.
pub(crate) fn folder(feeds: &[(&str, &[(String, String)])]) -> TempDir {
    let folder = testkit::folder(&[]);
    for (ecosystem, records) in feeds {
        testkit::write_file(folder.path(), &format!("{ecosystem}/all.zip"), &zip(records));
    }
    folder
}

pub(crate) fn built(folder: &Path) -> Built {
    build(folder, &BuildOptions { ecosystems: &[], on_progress: &|_| () }).unwrap()
}

/// The index of npm and PyPI records, told apart by the ecosystem that their JSON names.
pub(crate) fn index(records: &[(String, String)]) -> Index {
    let (npm, pypi): (Vec<_>, Vec<_>) = records.iter().cloned().partition(|(_, json)| json.contains(r#""npm""#));
    let folder = folder(&[("npm", &npm), ("PyPI", &pypi)]);
    let built = built(folder.path());
    assert_eq!(built.gaps, []);
    Index::from_bytes(built.bytes, "test").unwrap()
}
