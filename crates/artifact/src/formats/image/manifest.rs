//! What lies where in an image archive: manifests, configurations and layers by name.
//!
//! **Source**: OCI image layout and image specification 1.1 (`oci-layout`, `index.json`, manifests, configurations); Docker
//! image specification 1.2 and 1.0 (`manifest.json`, and `repositories` with a `json` beside each layer).
//! **Supported**: indexes in indexes, several platforms (linux/amd64 or the only one is read), layers that are links to
//! others, several images (the first is read).
//! **Unsupported (→ gap)**: manifests of schema 1, encrypted layers, layers that are kept elsewhere.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::gaps::GapList;
use crate::image::{ImageConfiguration, ImageLayer};

/// Indexes in indexes that are followed.
const MAX_INDEX_LEVELS: usize = 4;
/// Layers of one image: file systems of containers take some hundred.
pub(super) const MAX_LAYERS: usize = 512;

const OTHER_PLATFORMS: &str = "other platforms' images in the archive are not read";
const OTHER_IMAGES: &str = "other images in the archive are not read";
const NO_IMAGE: &str = "the archive names no image that can be read; save the image again";
const NO_LAYERS: &str = "the image has no layers, so nothing could be assessed; save the whole image again";
const MISSING: &str = "a part that the image names is not in the archive; save the whole image again";
const NOT_JSON: &str = "a part of the image's description is not valid JSON; save the image again";
const WRONG_DIGEST: &str =
    "the bytes have another digest than the image states, so they are not what was built; save it again";
const SCHEMA_1: &str = "the image's manifest is of schema 1, which is not read; save the image with a current tool";
const TOO_MANY_LAYERS: &str =
    "the image has more layers than are read, the upper ones were left out; build it with fewer";

/// Where parts of an image are found by name.
pub(super) trait Parts {
    /// A small part's bytes; `None` when it is not there or not small.
    fn read(&self, path: &str) -> Option<Vec<u8>>;
    fn has(&self, path: &str) -> bool;
}

/// One image of the archive.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Manifest {
    pub(super) configuration: ImageConfiguration,
    /// From the base upwards.
    pub(super) layers: Vec<LayerPart>,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct LayerPart {
    pub(super) path: String,
    /// Of the part as it lies in the archive, when that is stated.
    pub(super) digest: Option<String>,
    /// Stated size, in bytes.
    pub(super) size_bytes: Option<u64>,
    pub(super) layer: ImageLayer,
}

/// Names at the top of image archives; the other parts are below `blobs` or named by digests.
pub(super) const INDEX: &str = "index.json";
pub(super) const DOCKER_MANIFEST: &str = "manifest.json";
pub(super) const REPOSITORIES: &str = "repositories";

/// A layer in the folder of its own that Docker gave it.
const LAYER: &str = "layer.tar";

/// What Jib calls an image's configuration; others name it by its digest.
const JIB_CONFIG: &str = "config.json";

/// Whether a path may stand in an image archive, even before its manifest: layers that tools name by digests, or
/// `NAME/layer.tar`, `NAME.tar` and the like.
pub(super) fn may_hold(path: &str) -> bool {
    let top = path.split('/').next().unwrap_or_default();
    let stem = top.strip_prefix("sha256:").unwrap_or(top);
    let stem = stem.split('.').next().unwrap_or_default();
    let is_digest = stem.len() >= 32 && stem.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_layer = path.split_once('/').is_some_and(|(_, rest)| matches!(rest, "" | "VERSION" | "json" | LAYER))
        || (top == path && [".tar", ".tar.gz", ".tar.zst"].iter().any(|ending| top.ends_with(ending)));
    let names = ["blobs", "oci-layout", INDEX, DOCKER_MANIFEST, REPOSITORIES, JIB_CONFIG, ""];
    names.contains(&top) || is_digest || is_layer
}

/// The image that is to be read; `None` when these are no parts of an image. `shown` names the archive in gaps.
pub(super) fn read(parts: &dyn Parts, shown: &str, gaps: &mut GapList) -> Option<Manifest> {
    let mut reader = Reader { parts, shown, gaps };
    let is_layout = parts.has("oci-layout") && parts.has(INDEX);
    let manifest = if is_layout {
        reader.layout()
    } else if parts.has(DOCKER_MANIFEST) {
        reader.docker()?
    } else if parts.has(REPOSITORIES) {
        reader.repositories()?
    } else {
        return None;
    };
    let Some(mut manifest) = manifest else {
        gaps.note(NO_IMAGE, shown);
        return Some(Manifest::default());
    };
    if manifest.layers.is_empty() {
        gaps.note(NO_LAYERS, shown);
    }
    if manifest.layers.len() > MAX_LAYERS {
        gaps.note(TOO_MANY_LAYERS, shown);
        manifest.layers.truncate(MAX_LAYERS);
    }
    Some(manifest)
}

struct Reader<'a> {
    parts: &'a dyn Parts,
    shown: &'a str,
    gaps: &'a mut GapList,
}

impl Reader<'_> {
    fn layout(&mut self) -> Option<Manifest> {
        let index = self.json(INDEX)?;
        let manifest = self.choose(&index, 0)?;
        if manifest.get("fsLayers").is_some() {
            self.gaps.note(SCHEMA_1, self.shown);
            return None;
        }
        let configuration = self.blob(manifest.get("config")?).unwrap_or_default();
        let mut layers = layers_of(&configuration);
        let mut described = Vec::new();
        for (at, descriptor) in items(&manifest, "layers").enumerate() {
            let digest = text(descriptor, "digest").unwrap_or_default();
            let mut layer = layers.get_mut(at).map(std::mem::take).unwrap_or_default();
            layer.digest = Some(digest.to_owned());
            described.push(LayerPart {
                path: blob_path(digest).unwrap_or_default(),
                digest: Some(digest.to_owned()),
                size_bytes: descriptor.get("size").and_then(Value::as_u64),
                layer,
            });
        }
        Some(Manifest { configuration: configuration_of(&configuration), layers: described })
    }

    /// The manifest that an index leads to.
    fn choose(&mut self, index: &Value, level: usize) -> Option<Value> {
        let candidates: Vec<&Value> = items(index, "manifests").filter(|one| !is_attestation(one)).collect();
        let wanted = |one: &&&Value| platform(one).is_some_and(|(os, machine)| os == "linux" && machine == "amd64");
        let chosen = candidates.iter().find(wanted).or_else(|| candidates.iter().find(|one| self.is_here(one)));
        let chosen = *chosen.or_else(|| candidates.first())?;
        for other in candidates.iter().filter(|other| !std::ptr::eq(**other, chosen)) {
            let (kind, name) = match (platform(other), text(other, "digest").unwrap_or("unnamed")) {
                (Some((os, machine)), digest) => (OTHER_PLATFORMS, format!("{os}/{machine} ({digest})")),
                (None, digest) => (OTHER_IMAGES, digest.to_owned()),
            };
            self.gaps.note_with(kind, self.shown, || format!("{kind}: `{name}`; scan it by itself"));
        }
        let found = self.blob(chosen)?;
        let is_index = found.get("manifests").is_some() && found.get("layers").is_none();
        match is_index {
            true if level < MAX_INDEX_LEVELS => self.choose(&found, level + 1),
            true => None,
            false => Some(found),
        }
    }

    fn is_here(&self, descriptor: &Value) -> bool {
        text(descriptor, "digest").and_then(blob_path).is_some_and(|path| self.parts.has(&path))
    }

    /// `manifest.json` as `docker save` writes it; `None` inside when it names no image, outside when it is something else.
    #[expect(clippy::option_option, reason = "not an image archive, and an archive without an image, differ")]
    fn docker(&mut self) -> Option<Option<Manifest>> {
        let manifest = self.json(DOCKER_MANIFEST)?;
        let images: Vec<&Value> = manifest.as_array()?.iter().filter(|image| image.get("Layers").is_some()).collect();
        let Some((image, others)) = images.split_first() else { return Some(None) };
        for other in others {
            let name = items(other, "RepoTags").next().and_then(Value::as_str).unwrap_or("without a name").to_owned();
            self.gaps.note_with(OTHER_IMAGES, self.shown, || {
                format!("{OTHER_IMAGES}: `{name}`; save and scan it by itself")
            });
        }
        let path = text(image, "Config").unwrap_or_default();
        let configuration = self.json(path).unwrap_or_default();
        if let Some(digest) = digest_in_name(path) {
            self.check_digest(path, &format!("sha256:{digest}"));
        }
        let mut layers = layers_of(&configuration).into_iter();
        let described = items(image, "Layers").filter_map(Value::as_str).map(|path| {
            let layer = layers.next().unwrap_or_default();
            LayerPart { path: path.to_owned(), digest: None, size_bytes: None, layer }
        });
        Some(Some(Manifest { configuration: configuration_of(&configuration), layers: described.collect() }))
    }

    /// `repositories`, and a `json` with the parent beside each layer.
    #[expect(clippy::option_option, reason = "not an image archive, and an archive without an image, differ")]
    fn repositories(&mut self) -> Option<Option<Manifest>> {
        let repositories = self.json(REPOSITORIES)?;
        let mut tags = repositories.as_object()?.values().filter_map(Value::as_object).flat_map(|tags| tags.values());
        let Some(top) = tags.next().and_then(Value::as_str).map(str::to_owned) else { return Some(None) };
        if tags.any(|id| id.as_str() != Some(&top)) {
            self.gaps.note_with(OTHER_IMAGES, self.shown, || format!("{OTHER_IMAGES}; save and scan each by itself"));
        }
        let mut manifest = Manifest::default();
        let mut next = Some(top);
        while let Some(id) = next.filter(|_| manifest.layers.len() <= MAX_LAYERS) {
            let step = self.json(&format!("{id}/json")).unwrap_or_default();
            if manifest.layers.is_empty() {
                manifest.configuration = configuration_of(&step);
            }
            let command = step.get("container_config").map(|config| words(config, "Cmd").join(" "));
            let layer = ImageLayer { digest: Some(id.clone()), created_by: command.filter(|text| !text.is_empty()) };
            manifest.layers.push(LayerPart { path: format!("{id}/layer.tar"), layer, ..LayerPart::default() });
            next = text(&step, "parent").map(str::to_owned);
        }
        manifest.layers.reverse();
        Some(Some(manifest))
    }

    /// The JSON that a descriptor names, whose digest must be right.
    fn blob(&mut self, descriptor: &Value) -> Option<Value> {
        let digest = text(descriptor, "digest")?;
        let path = blob_path(digest);
        let Some(path) = path else {
            self.gaps.note(MISSING, &format!("{}!/{digest}", self.shown));
            return None;
        };
        let value = self.json(&path)?;
        self.check_digest(&path, digest);
        Some(value)
    }

    fn check_digest(&mut self, path: &str, stated: &str) {
        let Some(stated) = stated.strip_prefix("sha256:") else { return };
        if self.parts.read(path).is_some_and(|bytes| crate::sha256(&bytes) != stated) {
            self.gaps.note(WRONG_DIGEST, &format!("{}!/{path}", self.shown));
        }
    }

    fn json(&mut self, path: &str) -> Option<Value> {
        let place = || format!("{}!/{path}", self.shown);
        let Some(bytes) = self.parts.read(path) else {
            self.gaps.note(MISSING, &place());
            return None;
        };
        let value = serde_json::from_slice(&bytes);
        if value.is_err() {
            self.gaps.note(NOT_JSON, &place());
        }
        value.ok()
    }
}

/// Where a layout keeps what has this digest.
fn blob_path(digest: &str) -> Option<String> {
    let (algorithm, digits) = digest.split_once(':')?;
    let is_plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (is_plain(algorithm) && is_plain(digits)).then(|| format!("blobs/{algorithm}/{digits}"))
}

/// The SHA-256 that a file is named by: `<digest>.json`, `blobs/sha256/<digest>`.
fn digest_in_name(path: &str) -> Option<&str> {
    let name = path.rsplit('/').next()?;
    let name = name.strip_suffix(".json").unwrap_or(name);
    (name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(name)
}

/// Statements about an image that stand in an index like an image.
fn is_attestation(descriptor: &Value) -> bool {
    let kind = descriptor.get("annotations").and_then(|notes| text(notes, "vnd.docker.reference.type"));
    kind.is_some() || platform(descriptor).is_some_and(|(os, _)| os == "unknown")
}

fn platform(descriptor: &Value) -> Option<(&str, &str)> {
    let platform = descriptor.get("platform")?;
    Some((text(platform, "os")?, text(platform, "architecture")?))
}

/// Digests and build steps of the layers that the configuration knows.
fn layers_of(configuration: &Value) -> Vec<ImageLayer> {
    let mut digests = configuration.get("rootfs").into_iter().flat_map(|rootfs| items(rootfs, "diff_ids"));
    let has_files = |step: &&Value| step.get("empty_layer").and_then(Value::as_bool) != Some(true);
    let mut steps = items(configuration, "history").filter(has_files);
    let mut layers = Vec::new();
    loop {
        let (digest, step) = (digests.next(), steps.next());
        if digest.is_none() && step.is_none() || layers.len() > MAX_LAYERS {
            return layers;
        }
        layers.push(ImageLayer {
            digest: digest.and_then(Value::as_str).map(str::to_owned),
            created_by: step.and_then(|step| text(step, "created_by")).map(str::to_owned),
        });
    }
}

fn configuration_of(value: &Value) -> ImageConfiguration {
    let nothing = Value::Null;
    let config = value.get("config").or_else(|| value.get("Config")).unwrap_or(&nothing);
    let variable = |text: &str| text.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    let labels: BTreeMap<_, _> = config
        .get("Labels")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
        .collect();
    ImageConfiguration {
        entrypoint: words(config, "Entrypoint"),
        command: words(config, "Cmd"),
        working_folder: text(config, "WorkingDir").filter(|folder| !folder.is_empty()).map(str::to_owned),
        environment: words(config, "Env").iter().filter_map(|line| variable(line)).collect(),
        labels: labels.into_iter().collect(),
        architecture: text(value, "architecture").map(str::to_owned),
    }
}

/// A list of texts, or one text.
fn words(value: &Value, key: &str) -> Vec<String> {
    match value.get(key) {
        Some(Value::String(word)) => vec![word.clone()],
        _ => items(value, key).filter_map(Value::as_str).map(str::to_owned).collect(),
    }
}

fn items<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key)?.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Files(BTreeMap<&'static str, String>);

    impl Parts for Files {
        fn read(&self, path: &str) -> Option<Vec<u8>> {
            self.0.get(path).map(|text| text.clone().into_bytes())
        }

        fn has(&self, path: &str) -> bool {
            self.0.contains_key(path)
        }
    }

    fn check(files: &[(&'static str, &str)], layers: Option<&[&str]>, gaps: &[&str]) {
        let files = Files(files.iter().map(|(path, text)| (*path, (*text).to_owned())).collect());
        let mut found = GapList::new("a.tar");
        let manifest = read(&files, "a.tar", &mut found);
        let paths = manifest.map(|manifest| manifest.layers.into_iter().map(|part| part.path).collect::<Vec<_>>());
        assert_eq!(
            paths.as_deref(),
            layers.map(|paths| paths.iter().map(ToString::to_string).collect::<Vec<_>>()).as_deref()
        );
        let found: Vec<String> = found.finish().into_iter().map(|gap| gap.why).collect();
        assert_eq!(found.len(), gaps.len(), "{found:?}");
        assert!(found.iter().zip(gaps).all(|(why, part)| why.contains(part)), "{found:?}");
    }

    #[test]
    fn images_are_read_as_docker_saves_them() {
        check(
            &[("manifest.json", r#"[{"Config": "c", "Layers": ["a/layer.tar", "b/layer.tar"]}]"#), ("c", "{}")],
            Some(&["a/layer.tar", "b/layer.tar"]),
            &[],
        );
        check(
            &[
                ("manifest.json", r#"[{"Config": "c", "Layers": []}, {"RepoTags": ["x:1"], "Layers": []}]"#),
                ("c", "{}"),
            ],
            Some(&[]),
            &["`x:1`", "no layers"],
        );
        check(&[("manifest.json", r#"{"name": "an extension of a browser"}"#)], None, &[]);
        check(&[("manifest.json", "[]")], Some(&[]), &["names no image"]);
        check(
            &[("repositories", r#"{"app": {"1": "b"}}"#), ("b/json", r#"{"parent": "a"}"#), ("a/json", "{}")],
            Some(&["a/layer.tar", "b/layer.tar"]),
            &[],
        );
        check(
            &[("repositories", r#"{"app": {"1": "a"}}"#), ("a/json", r#"{"parent": "a"}"#)],
            Some(&["a/layer.tar"; MAX_LAYERS]),
            &["more layers"],
        );
        check(&[("app.py", "")], None, &[]);
    }

    #[test]
    fn an_index_that_leads_nowhere_is_told() {
        let index = r#"{"manifests": [{"digest": "sha256:00"}]}"#;
        check(&[("oci-layout", "{}"), ("index.json", index)], Some(&[]), &["not in the archive", "no image"]);
        let index = r#"{"manifests": [{"digest": "sha256:../../x"}]}"#;
        check(&[("oci-layout", "{}"), ("index.json", index)], Some(&[]), &["not in the archive", "no image"]);
        check(&[("oci-layout", "{}"), ("index.json", "{")], Some(&[]), &["not valid JSON", "no image"]);
        // A blob that is its own index.
        let own = r#"{"manifests": [{"digest": "sha256:aa"}]}"#;
        let files = [("oci-layout", "{}"), ("index.json", own), ("blobs/sha256/aa", own)];
        let mut expected = vec!["another digest"; 1 + MAX_INDEX_LEVELS];
        expected.push("no image");
        check(&files, Some(&[]), &expected);
    }

    #[test]
    fn the_platform_is_chosen_and_the_others_are_told() {
        let manifest = r#"{"config": {"digest": "sha256:cc"}, "layers": [{"digest": "sha256:bb", "size": 1}]}"#;
        let digest = crate::sha256(manifest.as_bytes());
        let index = format!(
            r#"{{"manifests": [{{"digest": "sha256:11", "platform": {{"os": "linux", "architecture": "arm64"}}}},
            {{"digest": "sha256:{digest}", "platform": {{"os": "linux", "architecture": "amd64"}}}},
            {{"digest": "sha256:22", "annotations": {{"vnd.docker.reference.type": "attestation-manifest"}}}}]}}"#
        );
        let path: &'static str = Box::leak(format!("blobs/sha256/{digest}").into_boxed_str());
        check(
            &[("oci-layout", "{}"), ("index.json", &index), (path, manifest)],
            Some(&["blobs/sha256/bb"]),
            &["`linux/arm64", "not in the archive"],
        );
    }
}
