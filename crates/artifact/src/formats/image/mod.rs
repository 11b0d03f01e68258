//! Container images: what `docker save`, containerd and OCI tools write, and bare root file systems.
//!
//! **Source**: OCI image specification 1.1 and Docker image specification 1.2; [`manifest`], [`layer`] and [`merge`] name
//! their parts.
//! **Supported**: archives (compressed as a whole too) and layout folders; root file systems as tar or folder, known by
//! their `os-release`.
//! **Unsupported (→ gap)**: layers that are missing, encrypted or compressed otherwise.

pub(crate) mod layer;
mod manifest;
pub(crate) mod merge;
mod mounts;
mod rootfs;

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use model::Gap;
use rayon::prelude::*;

use self::layer::{Budget, FileKind, LayerFile};
use self::manifest::{LayerPart, Manifest, Parts};
use self::merge::Tree;
use super::links;
use crate::Data;
use crate::bytes::Bytes;
use crate::gaps::{GapList, file_gap};
use crate::image::{Image, ImageLayer};
use crate::limits::Limits;
use crate::packed::{Compression, Packed, Source};

pub(crate) use mounts::{Placed, place};

/// Largest part of an image's description that is read, in bytes.
const MAX_DESCRIPTION_BYTES: usize = 8 << 20;
/// Links from one part of an archive to another that are followed.
const MAX_PART_LINKS: usize = 8;
/// How many times the entries of one artifact all layers together may have: shadowed ones count too.
const MAX_LAYER_ENTRIES_RATIO: usize = 4;

const MISSING_LAYER: &str = "a layer is not in the archive, so its files are not read; save the whole image again";
const WRONG_SIZE: &str = "the layer has another size than the image states, so it is not what was built; save it again";
const NOT_A_LAYER: &str =
    "the layer is neither a tar archive nor one compressed with gzip or zstd and was not read; save the image again";
const WRONG_DIGEST: &str =
    "the layer's bytes have another digest than the image states, so they are not what was built; save the image again";
const TOO_MANY_FILES: &str =
    "the layers have more files than are read of one image; this and later layers were left out";

/// An image before its files are put into the table.
#[derive(Debug)]
pub(crate) struct OpenedImage {
    pub(crate) image: Image,
    pub(crate) tree: Tree,
    /// For each layer how its own files are shown.
    pub(crate) layer_names: Vec<String>,
    /// Of the layers whose digest is stated.
    pub(crate) parts: Vec<LayerBytes>,
}

/// Layers whose bytes have another digest than the image states. Cost: reads and hashes every layer.
pub(crate) fn check_digests(parts: &[LayerBytes]) -> Vec<Gap> {
    let wrong = parts.par_iter().filter(|part| {
        let stated = part.digest.strip_prefix("sha256:");
        stated.is_some_and(|stated| part.sha256().is_ok_and(|found| found != stated))
    });
    wrong.map(|part| file_gap(&part.shown, WRONG_DIGEST)).collect()
}

/// The bytes of one layer.
#[derive(Debug)]
pub(crate) struct LayerBytes {
    source: Source,
    /// As the image states it.
    digest: String,
    /// The digest is that of what the layer unpacks to.
    of_unpacked: bool,
    shown: String,
}

impl LayerBytes {
    fn sha256(&self) -> io::Result<String> {
        let compression = Compression::of(&self.source.head(4)).filter(|_| self.of_unpacked);
        let mut reader = match compression {
            Some(compression) => Packed::new(self.source.clone(), compression).reader()?,
            None => self.source.reader()?,
        };
        crate::digest::sha256_of(&mut reader)
    }
}

/// The image that a file is; `None` when it is something else. `shown` names the file.
pub(crate) fn of_file(bytes: &Bytes, shown: &str, limits: &Limits, gaps: &mut GapList) -> Option<OpenedImage> {
    let source = Source::Plain(bytes.clone());
    if Compression::of(bytes).is_none() && !super::tar::starts_like_an_archive(bytes) {
        return None;
    }
    let budget = Budget::default();
    let mut seen = rootfs::TopFolders::default();
    let mut notes = GapList::new(shown);
    let mut is_described = false;
    // The first path that neither an image archive nor a root file system has at its top ends the reading; behind a
    // manifest all names may be those of layers.
    let mut goes_on = |path: &str| {
        is_described |= path == manifest::DOCKER_MANIFEST;
        seen.admits(path) || is_described || manifest::may_hold(path)
    };
    let files = layer::read(&source, shown, &budget, limits, &mut notes, &mut goes_on)?;
    if rootfs::is_one(files.iter().map(|file| file.path.as_str())) {
        gaps.absorb(notes);
        return Some(of_layer(files, shown, gaps));
    }
    if !files.iter().any(|file| manifest::may_hold(&file.path)) {
        return None;
    }
    let is_surely_image = files.iter().all(|file| manifest::may_hold(&file.path));
    let parts = Archive::new(files);
    let mut manifest_notes = GapList::new(shown);
    // `manifest.json` is many things: among other files only one that names layers is an image's.
    let manifest = manifest::read(&parts, shown, &mut manifest_notes)
        .filter(|manifest| is_surely_image || !manifest.layers.is_empty())?;
    gaps.absorb(manifest_notes);
    gaps.absorb(notes);
    Some(of_manifest(manifest, &|path| parts.source(path), shown, &budget, limits, gaps))
}

/// The image that a folder is: a layout, an unpacked archive, or a root file system.
pub(crate) fn of_folder(path: &Path, display: &str, limits: &Limits, gaps: &mut GapList) -> Option<OpenedImage> {
    let shown = if display == "." { "" } else { display };
    if rootfs::is_folder(path) {
        let files = rootfs::list(path, shown, limits, gaps);
        return Some(of_layer(files, shown, gaps));
    }
    let parts = Folder { root: path.canonicalize().ok()? };
    let manifest = manifest::read(&parts, shown, gaps)?;
    Some(of_manifest(manifest, &|path| parts.source(path), shown, &Budget::default(), limits, gaps))
}

/// Whether a folder looks like one that [`of_folder`] opens.
pub(crate) fn is_folder(path: &Path) -> bool {
    let is_layout = path.join("oci-layout").is_file() && path.join(manifest::INDEX).is_file();
    is_layout || is_unpacked_archive(path) || rootfs::is_folder(path)
}

/// `manifest.json` alone is many things; an array of images with layers is only one.
fn is_unpacked_archive(path: &Path) -> bool {
    let Ok(parts) = path.canonicalize().map(|root| Folder { root }) else { return false };
    let manifest = parts.read(manifest::DOCKER_MANIFEST);
    let manifest: Option<serde_json::Value> = manifest.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    manifest.is_some_and(|value| {
        value.as_array().is_some_and(|images| images.iter().any(|one| one.get("Layers").is_some()))
    })
}

fn of_layer(files: Vec<LayerFile>, shown: &str, gaps: &mut GapList) -> OpenedImage {
    let mut tree = Tree::default();
    tree.add(0, files, shown, gaps);
    let image = Image { layers: vec![ImageLayer::default()], ..Image::default() };
    with_task_folder(OpenedImage { image, tree, layer_names: vec![shown.to_owned()], parts: Vec::new() })
}

fn of_manifest(
    manifest: Manifest,
    part: &(dyn Fn(&str) -> Option<Source> + Sync),
    shown: &str,
    budget: &Budget,
    limits: &Limits,
    gaps: &mut GapList,
) -> OpenedImage {
    let Manifest { configuration, layers } = manifest;
    let name = |layer: &LayerPart| inside(shown, &layer.path);
    let sources: Vec<Option<Source>> = layers.iter().map(|layer| part(&layer.path)).collect();
    let mut opened = OpenedImage {
        image: Image { configuration, ..Image::default() },
        tree: Tree::default(),
        layer_names: layers.iter().map(name).collect(),
        parts: Vec::new(),
    };
    let mut room = limits.entries.saturating_mul(MAX_LAYER_ENTRIES_RATIO);
    // Layers inside a compressed archive lie behind each other: reading them side by side would unpack it several times.
    let is_apart = sources.iter().flatten().all(|source| matches!(source, Source::Plain(_)));
    let side_by_side = if is_apart { rayon::current_num_threads().max(1) } else { 1 };
    let pairs: Vec<_> = layers.iter().zip(&sources).enumerate().collect();
    'layers: for batch in pairs.chunks(side_by_side) {
        let read: Vec<_> = batch
            .par_iter()
            .map(|(_, (layer, source))| read_layer(layer, source.as_ref(), &name(layer), budget, limits))
            .collect();
        for ((index, (layer, _)), (files, notes)) in batch.iter().zip(read) {
            gaps.absorb(notes);
            if files.len() > room {
                gaps.note(TOO_MANY_FILES, &name(layer));
                break 'layers;
            }
            room -= files.len();
            opened.tree.add(u16::try_from(*index).unwrap_or(u16::MAX), files, &name(layer), gaps);
        }
    }
    for (layer, source) in layers.into_iter().zip(sources) {
        // Docker's archives hold layers as they are unpacked, and state the digests of that.
        let of_unpacked = layer.digest.is_none();
        let stated = layer.digest.clone().or_else(|| layer.layer.digest.clone());
        let shown = name(&layer);
        opened.parts.extend(source.zip(stated).map(|(source, digest)| LayerBytes {
            source,
            digest,
            of_unpacked,
            shown,
        }));
        opened.image.layers.push(layer.layer);
    }
    with_task_folder(opened)
}

fn read_layer(
    layer: &LayerPart,
    source: Option<&Source>,
    shown: &str,
    budget: &Budget,
    limits: &Limits,
) -> (Vec<LayerFile>, GapList) {
    let mut gaps = GapList::new(shown);
    let Some(source) = source else {
        gaps.note(MISSING_LAYER, shown);
        return (Vec::new(), gaps);
    };
    if layer.size_bytes.is_some_and(|size| size != source.length()) {
        gaps.note(WRONG_SIZE, shown);
    }
    let head = source.head(super::tar::BLOCK_BYTES);
    let is_tar = super::tar::Header::read(&head, 0).is_some() || head.iter().all(|byte| *byte == 0);
    if Compression::of(&head).is_none() && !is_tar {
        gaps.note(NOT_A_LAYER, shown);
        return (Vec::new(), gaps);
    }
    let files = layer::read(source, shown, budget, limits, &mut gaps, &mut |_| true);
    (files.unwrap_or_default(), gaps)
}

fn with_task_folder(mut opened: OpenedImage) -> OpenedImage {
    opened.image.task_folder = mounts::task_folder(&opened.image.configuration, &opened.tree);
    opened
}

/// Something inside what `shown` names; `shown` is empty for the target itself.
fn inside(shown: &str, path: &str) -> String {
    if shown.is_empty() { path.to_owned() } else { format!("{shown}!/{path}") }
}

/// The parts of an image in an archive.
struct Archive {
    parts: BTreeMap<String, FileKind>,
    sizes: BTreeMap<String, u64>,
}

impl Archive {
    fn new(files: Vec<LayerFile>) -> Self {
        let sizes = files.iter().map(|file| (file.path.clone(), file.size_bytes)).collect();
        Self { parts: files.into_iter().map(|file| (file.path, file.kind)).collect(), sizes }
    }

    fn source(&self, path: &str) -> Option<Source> {
        let mut path = path.to_owned();
        for _ in 0..MAX_PART_LINKS {
            let data = match self.parts.get(&path)? {
                FileKind::File(data) => data,
                FileKind::HardLink(target) => {
                    path = target.clone();
                    continue;
                }
                FileKind::SymbolicLink(target) => {
                    path = links::path_from(&path, target)?;
                    continue;
                }
                FileKind::Folder => return None,
            };
            return match data {
                Data::Part(bytes) => Some(Source::Plain(bytes.clone())),
                Data::Memory(bytes) => Some(Source::Plain(bytes.to_vec().into())),
                Data::Packed { packed, start } => {
                    let length = *self.sizes.get(&path)?;
                    Some(Source::Within { outer: packed.clone(), start: *start, length })
                }
                Data::File(_) | Data::Zip { .. } | Data::Refused(_) => None,
            };
        }
        None
    }
}

impl Parts for Archive {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        let source = self.source(path)?;
        (source.length() <= MAX_DESCRIPTION_BYTES as u64).then(|| source.head(MAX_DESCRIPTION_BYTES))
    }

    fn has(&self, path: &str) -> bool {
        self.parts.contains_key(path)
    }
}

/// The parts of an image in a folder.
struct Folder {
    root: PathBuf,
}

impl Folder {
    /// A part's file, never outside the folder.
    fn path(&self, part: &str) -> Option<PathBuf> {
        let path = self.root.join(part).canonicalize().ok()?;
        (path.starts_with(&self.root) && path.is_file()).then_some(path)
    }

    fn source(&self, part: &str) -> Option<Source> {
        File::open(self.path(part)?).and_then(Bytes::keep_open).ok().map(Source::Plain)
    }
}

impl Parts for Folder {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        let source = self.source(path)?;
        (source.length() <= MAX_DESCRIPTION_BYTES as u64).then(|| source.head(MAX_DESCRIPTION_BYTES))
    }

    fn has(&self, path: &str) -> bool {
        self.path(path).is_some()
    }
}
