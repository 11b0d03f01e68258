//! `bun.lock`, bun's lock file as text.
//!
//! **Source**: bun's documentation, "Lockfile", and the files it writes (version 0 and 1): JSON with trailing commas.
//! **Supported**: workspaces, nested packages, aliases, `os`, `cpu`. **Unsupported** (→ gap): `bun.lockb`, the binary form.

use rustc_hash::FxHashMap;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};

use crate::document::{Document, Format, LineFinder, Reading, decode};
use crate::ecosystems::npm::locked::{self, LockGraph, LockedPackage, Platforms};
use crate::ecosystems::npm::slot;
use crate::ecosystems::npm::specification::split_descriptor;
use crate::json::{Members, Text, Texts};

pub(crate) const FORMAT: Format = Format {
    id: "bun-lock",
    accepts: |path| matches!(path.file_name, "bun.lock" | "bun.lockb") && path.is_of_project(),
    read,
    finds_installed: false,
    advice: "write it anew with `bun install --save-text-lockfile`",
};

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Lock<'a> {
    workspaces: Members<'a, Asks<'a>>,
    packages: Members<'a, Package<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct Asks<'a> {
    name: Text<'a>,
    dependencies: Members<'a, Text<'a>>,
    optional_dependencies: Members<'a, Text<'a>>,
    peer_dependencies: Members<'a, Text<'a>>,
    dev_dependencies: Members<'a, Text<'a>>,
    os: Texts<'a>,
    cpu: Texts<'a>,
}

/// `["name@version", …, { what it asks for }, …]`.
#[derive(Debug, Default)]
struct Package<'a> {
    id: Text<'a>,
    asks: Asks<'a>,
}

fn read(document: &Document<'_>, reading: &mut Reading) {
    if document.path.file_name == "bun.lockb" {
        if document.sibling("bun.lock").is_none() {
            let why = format!("the binary lock file of bun is not read; {}", FORMAT.advice);
            reading.gaps.push(document.gap(None, why));
        }
        return;
    }
    let Some(bytes) = document.bytes(reading) else { return };
    let text = decode(&bytes);
    let plain = without_trailing_commas(&text);
    let lock: Lock<'_> = match serde_json::from_str(&plain) {
        Ok(lock) => lock,
        Err(error) => {
            let line = u32::try_from(error.line()).ok();
            reading.gaps.push(document.gap(line, format!("cannot read lock file: {error}; {}", FORMAT.advice)));
            return;
        }
    };
    locked::claim_all(document, &graph(&lock, &plain), FORMAT.advice, reading);
}

fn graph(lock: &Lock<'_>, text: &str) -> LockGraph {
    let packages: Vec<_> = lock.packages.0.iter().filter(|(_, package)| !package.is_of_project()).collect();
    let slots: Vec<String> = packages.iter().map(|(path, _)| slot_of(path)).collect();
    let by_slot: FxHashMap<&str, usize> = slots.iter().enumerate().map(|(at, slot)| (slot.as_str(), at)).collect();
    let find = |slot: Option<&str>, key: &str| {
        slot::candidates(slot, key).find_map(|slot| by_slot.get(slot.as_str()).copied())
    };
    let mut lines = LineFinder::new(text);
    lines.find("\"packages\"");
    let mut graph = LockGraph::default();
    for ((path, package), slot) in packages.iter().zip(&slots) {
        let id = package.id.as_str().unwrap_or_default();
        let (name, place) = split_descriptor(id);
        let list = |texts: &Texts<'_>| texts.0.iter().map(|text| text.clone().into_owned()).collect::<Vec<_>>();
        let platforms = Platforms { os: list(&package.asks.os), cpu: list(&package.asks.cpu), libc: Vec::new() };
        graph.edges.push(package.asks.all().filter_map(|key| find(Some(slot), key)).collect());
        graph.packages.push(LockedPackage {
            name: name.to_owned(),
            version: place.to_owned(),
            resolved: place.to_owned(),
            is_local: package.folder().is_some(),
            line: lines.find(&format!("\"{path}\": [")),
            optional: platforms != Platforms::default(),
            platforms,
            slot: Some(slot.clone()),
            ..LockedPackage::default()
        });
    }
    graph.projects.extend(packages.iter().filter_map(|(_, package)| package.folder()).map(str::to_owned));
    for (folder, workspace) in &lock.workspaces.0 {
        // A workspace's own packages stand under its name.
        let own = workspace.name.as_str().filter(|_| !folder.is_empty()).map(slot_of);
        graph.roots.extend(workspace.all().filter_map(|key| find(own.as_deref(), key)));
        graph.development_roots.extend(workspace.dev_dependencies.keys().filter_map(|key| find(own.as_deref(), key)));
        graph.projects.push(folder.clone().into_owned());
    }
    graph
}

impl Asks<'_> {
    fn all(&self) -> impl Iterator<Item = &str> {
        self.dependencies.keys().chain(self.optional_dependencies.keys()).chain(self.peer_dependencies.keys())
    }
}

impl Package<'_> {
    fn is_of_project(&self) -> bool {
        let place = self.id.as_str().map_or("", |id| split_descriptor(id).1);
        ["workspace:", "root:"].iter().any(|protocol| place.starts_with(protocol))
    }

    /// The folder of the project that it is a copy of or a link to.
    fn folder(&self) -> Option<&str> {
        let (_, place) = split_descriptor(self.id.as_str()?);
        let path = ["file:", "link:"].iter().find_map(|protocol| place.strip_prefix(protocol))?;
        (!path.ends_with(".tgz") && !path.ends_with(".tar.gz")).then_some(path)
    }
}

/// `a/@s/b` → `node_modules/a/node_modules/@s/b`.
fn slot_of(path: &str) -> String {
    let mut slot = String::new();
    let mut is_in_scope = false;
    for segment in path.split('/') {
        let lead = match (slot.is_empty(), is_in_scope) {
            (true, _) => "node_modules/",
            (false, true) => "/",
            (false, false) => "/node_modules/",
        };
        slot.push_str(lead);
        slot.push_str(segment);
        is_in_scope = segment.starts_with('@');
    }
    slot
}

/// The text with a space for each comma that stands before a closing bracket; offsets and lines stay as they are.
fn without_trailing_commas(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let (mut is_in_text, mut is_escaped) = (false, false);
    // Everything since the last comma, as long as that is only space.
    let mut held: Option<String> = None;
    for c in text.chars() {
        if is_in_text {
            plain.push(c);
            is_in_text = c != '"' || is_escaped;
            is_escaped = c == '\\' && !is_escaped;
            continue;
        }
        match (&mut held, c) {
            (Some(space), c) if c.is_whitespace() => space.push(c),
            (_, ',') => {
                flush(&mut plain, held.replace(String::new()), ',');
            }
            (_, c) => {
                let comma = if matches!(c, ']' | '}') { ' ' } else { ',' };
                flush(&mut plain, held.take(), comma);
                plain.push(c);
                is_in_text = c == '"';
            }
        }
    }
    flush(&mut plain, held, ',');
    plain
}

fn flush(plain: &mut String, held: Option<String>, comma: char) {
    if let Some(space) = held {
        plain.push(comma);
        plain.push_str(&space);
    }
}

struct PackageVisitor;

impl<'de> Visitor<'de> for PackageVisitor {
    type Value = Package<'de>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list that begins with a package's name and version")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut package = Package { id: seq.next_element()?.unwrap_or_default(), asks: Asks::default() };
        while let Some(Item(item)) = seq.next_element::<Item<'de>>()? {
            if let Some(asks) = item {
                package.asks = asks;
            }
        }
        Ok(package)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Package<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(PackageVisitor)
    }
}

/// The object of a package's list; other items are skipped.
struct Item<'a>(Option<Asks<'a>>);

struct ItemVisitor;

impl<'de> Visitor<'de> for ItemVisitor {
    type Value = Item<'de>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("any value")
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(Item(None))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Item(None))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Item(None))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Item(None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Item(None))
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        Asks::deserialize(serde::de::value::MapAccessDeserializer::new(map)).map(|asks| Item(Some(asks)))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Item<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ItemVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_out_trailing_commas_only() {
        let cases = [
            ("{\"a\": [1, 2,],\n}", "{\"a\": [1, 2 ] \n}"),
            ("[\"a,]\", \"\\\",}\",\n]", "[\"a,]\", \"\\\",}\" \n]"),
            ("[,]", "[ ]"),
            ("1,", "1,"),
        ];
        for (text, expected) in cases {
            assert_eq!(without_trailing_commas(text), expected, "{text}");
        }
    }

    #[test]
    fn turns_paths_into_slots() {
        assert_eq!(slot_of("@s/a/b/@t/c"), "node_modules/@s/a/node_modules/b/node_modules/@t/c");
        assert_eq!(slot_of("a"), "node_modules/a");
    }
}
