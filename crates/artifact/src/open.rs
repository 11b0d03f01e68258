//! From roots to the merged table.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use model::Gap;
use model::function::PackagePattern;
use rayon::prelude::*;

use crate::aliases::Aliases;
use crate::bytes::Bytes;
use crate::formats::image::merge::NodeKind;
use crate::formats::image::{self, LayerBytes, OpenedImage, Placed};
use crate::formats::listing::{Kind, Listed, TOO_MANY};
use crate::formats::{Form, folder, form_of_bytes, form_of_name};
use crate::gaps::{GapList, file_gap};
use crate::image::Image;
use crate::limits::{Limits, MAX_IMAGE_BYTES};
use crate::nested;
use crate::packaging::Packaging;
use crate::root::{Root, RootContent};
use crate::{Data, Entry, Mount, Refused};

const EMPTY: &str = "holds no files, so nothing could be assessed; build or package the function first";
const SPECIAL: &str = "neither a file nor a folder (a pipe, socket or device) and was not opened";
const LINK_OUTSIDE: &str = "a symbolic link that leads out of the target and was not followed; copy what it points to";
const ALIAS_NOT_PACKED: &str = "the symbolic link leads to a folder that is not packed; copy what it points to";
/// Tells archives that are not opened from plain files when they are the root itself.
const UNOPENED_MAGIC: &[&[u8]] =
    &[b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf\x27\x1c", b"Rar!"];
const SECOND_IMAGE: &str = "a function can have only one image, and this one was not read; scan it by itself";
const UNOPENED: &str = "a compressed file or archive of a kind that is not opened; unpack it, or pack it as a zip";

/// How paths below a root are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RootView {
    /// This, then the entry's path.
    Below(String),
    /// The root is a single file: this instead of the file's path.
    Single { shown: String, path: String },
}

impl RootView {
    pub(crate) fn display(&self, path: &str) -> String {
        match self {
            Self::Below(prefix) => format!("{prefix}{path}"),
            Self::Single { shown, path: own } => match path.strip_prefix(own.as_str()) {
                Some(rest) => format!("{shown}{rest}"),
                None => shown.clone(),
            },
        }
    }
}

/// The table while it is being made.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) entries: Vec<Entry>,
    pub(crate) aliases: Aliases,
    pub(crate) roots: Vec<RootView>,
    pub(crate) image: Option<OpenImage>,
}

/// What is kept of an image whose files are in the table.
#[derive(Debug)]
pub(crate) struct OpenImage {
    pub(crate) image: Image,
    pub(crate) shadowed: Vec<Entry>,
    pub(crate) parts: Vec<LayerBytes>,
    /// How paths of each mount begin when they are shown, the most specific first.
    pub(crate) shown: Vec<(Mount, String)>,
}

impl Table {
    pub(crate) fn display_path(&self, entry: &Entry) -> String {
        match self.roots.get(usize::from(entry.root)) {
            Some(root) => root.display(&entry.path),
            None => entry.path.clone(),
        }
    }
}

/// The merged table of all roots, sorted by mount and path, and every gap on the way.
pub(crate) fn open(roots: &[Root], limits: &Limits) -> (Table, Vec<Gap>) {
    let opened: Vec<OpenedRoot> = roots.par_iter().enumerate().map(|(at, root)| open_root(at, root, limits)).collect();
    let mut table = Table::default();
    let mut images = Vec::new();
    let mut gaps = Vec::new();
    for (root, opened) in roots.iter().zip(opened) {
        gaps.extend(opened.gaps.finish());
        table.roots.push(opened.view);
        table.aliases.add(root.mount, opened.aliases);
        table.entries.extend(opened.entries);
        images.extend(opened.image.map(|image| (root, image)));
    }
    for (root, image) in images {
        if table.image.is_some() {
            gaps.push(file_gap(&root.display, SECOND_IMAGE));
        } else {
            add_image(&mut table, root, image);
        }
    }
    keep_last(&mut table.entries);
    refuse_too_many(&mut table, limits, &mut gaps);
    nested::expand(&mut table, limits, &mut gaps);
    keep_last(&mut table.entries);
    // What an image holds is read piece by piece, and platforms take larger ones.
    let total_bytes = if table.image.is_some() { MAX_IMAGE_BYTES.max(limits.total_bytes) } else { limits.total_bytes };
    refuse_too_large(&mut table, &Limits { total_bytes, ..limits.clone() }, &mut gaps);
    gaps.sort_unstable();
    gaps.dedup();
    (table, gaps)
}

/// Sorts by mount and path; of entries with the same path the one added last stays, as later layers cover earlier ones.
fn keep_last(entries: &mut Vec<Entry>) {
    entries.sort_by(|left, right| (left.mount, &left.path).cmp(&(right.mount, &right.path)));
    let mut kept: Vec<Entry> = Vec::with_capacity(entries.len());
    for entry in entries.drain(..) {
        match kept.last_mut() {
            Some(last) if last.mount == entry.mount && last.path == entry.path => *last = entry,
            _ => kept.push(entry),
        }
    }
    *entries = kept;
}

fn refuse_too_many(table: &mut Table, limits: &Limits, gaps: &mut Vec<Gap>) {
    if let Some(first) = table.entries.get(limits.entries) {
        gaps.push(file_gap(&table.display_path(first), TOO_MANY));
        table.entries.truncate(limits.entries);
    }
}

/// Refuses entries over the limit for one, then the largest ones until the rest fits the limit for all.
fn refuse_too_large(table: &mut Table, limits: &Limits, gaps: &mut Vec<Gap>) {
    let mut notes = GapList::new(".");
    let mut by_size: Vec<usize> = (0..table.entries.len()).collect();
    by_size.sort_by_key(|at| table.entries.get(*at).map(|entry| entry.size_bytes));
    let mut total = 0_u64;
    let mut refused = Vec::new();
    for at in by_size {
        let Some(entry) = table.entries.get(at) else { continue };
        if entry.repeats || matches!(entry.data, Data::Refused(_)) {
            continue;
        }
        total = total.saturating_add(entry.size_bytes);
        if entry.size_bytes > limits.entry_bytes {
            refused.push((at, Refused::TooLarge { limit: limits.entry_bytes }));
        } else if total > limits.total_bytes {
            refused.push((at, Refused::OverTotal { limit: limits.total_bytes }));
        }
    }
    refused.sort_by_key(|(at, _)| *at);
    for (at, reason) in refused {
        let shown = table.entries.get(at).map(|entry| table.display_path(entry)).unwrap_or_default();
        notes.note_with(reason.kind(), &shown, || reason.why());
        if let Some(entry) = table.entries.get_mut(at) {
            entry.data = Data::Refused(reason);
        }
    }
    gaps.extend(notes.finish());
}

/// What one root holds, before it is merged.
struct OpenedRoot {
    view: RootView,
    /// Sorted by path, paths unique.
    entries: Vec<Entry>,
    aliases: BTreeMap<String, String>,
    /// The root is an image; it has no entries or aliases of its own then.
    image: Option<OpenedImage>,
    gaps: GapList,
}

/// Puts an image's files into the table, each shown with its path in the image.
fn add_image(table: &mut Table, root: &Root, opened: OpenedImage) {
    let OpenedImage { image, mut tree, layer_names, parts } = opened;
    let hidden = std::mem::take(&mut tree.shadowed);
    let (placed, folders, prefixes) = image::place(tree, &image.configuration, image.task_folder.as_deref());
    let shown = match root.display.as_str() {
        "." | "" => String::new(),
        display => format!("{display}!/"),
    };
    let mut views = [0; 3];
    let mut begins = Vec::new();
    for (view, mount) in views.iter_mut().zip([Mount::Function, Mount::Layers, Mount::System]) {
        *view = table.roots.len();
        let begin = format!("{shown}{}", prefixes.of(mount));
        table.roots.push(RootView::Below(begin.clone()));
        begins.push((mount, begin));
    }
    let [function, layers, system] = views;
    let first_view = table.roots.len();
    table.roots.extend(
        layer_names
            .iter()
            .map(|name| RootView::Below(if name.is_empty() { String::new() } else { format!("{name}!/") })),
    );
    let model = model_entry(0, root);
    let entry = |file: Placed, view: usize| Entry {
        mount: file.mount,
        path: file.path,
        size_bytes: file.size_bytes,
        image_layer: Some(file.layer),
        root: u16::try_from(view).unwrap_or(u16::MAX),
        repeats: file.repeats,
        data: file.data,
        layer: None,
        ..model.clone()
    };
    table.entries.extend(placed.into_iter().map(|file| {
        let view = match file.mount {
            Mount::Function => function,
            Mount::Layers => layers,
            Mount::System => system,
        };
        entry(file, view)
    }));
    for (mount, folders) in folders {
        table.aliases.add(mount, folders);
    }
    let shadowed = hidden.into_iter().filter_map(|(path, node)| {
        let NodeKind::File(data) = node.kind else { return None };
        let (layer, size_bytes) = (node.layer, node.size_bytes);
        let file = Placed { mount: Mount::System, path, size_bytes, layer, repeats: false, data };
        Some(entry(file, first_view + usize::from(layer)))
    });
    let shadowed = shadowed.collect();
    table.image = Some(OpenImage { image, shadowed, parts, shown: begins });
}

/// An entry without content that carries what all entries of a root share.
fn model_entry(at: usize, root: &Root) -> Entry {
    Entry {
        mount: root.mount,
        path: String::new(),
        size_bytes: 0,
        layer: root.layer,
        image_layer: None,
        root: u16::try_from(at).unwrap_or(u16::MAX),
        opened: false,
        repeats: false,
        data: Data::Memory([].into()),
    }
}

fn open_root(at: usize, root: &Root, limits: &Limits) -> OpenedRoot {
    let mut opened = OpenedRoot {
        view: RootView::Below(folder_prefix(&root.display)),
        entries: Vec::new(),
        aliases: BTreeMap::new(),
        image: None,
        gaps: GapList::new(root.display.as_str()),
    };
    let model = model_entry(at, root);
    match &root.content {
        RootContent::Inline { file_name, text } => {
            let size_bytes = text.len() as u64;
            opened.single(&root.display, file_name);
            opened.entries.push(Entry {
                path: file_name.clone(),
                size_bytes,
                data: Data::Memory(text.clone()),
                ..model
            });
        }
        RootContent::Path { path, boundary, include } => {
            opened.path(path, boundary.as_deref(), include, root, &model, limits);
        }
    }
    opened
}

impl OpenedRoot {
    fn path(
        &mut self,
        path: &Path,
        boundary: Option<&Path>,
        include: &[PackagePattern],
        root: &Root,
        model: &Entry,
        limits: &Limits,
    ) {
        if boundary.is_some_and(|boundary| leaves(path, boundary)) {
            return self.gaps.note(LINK_OUTSIDE, &root.display);
        }
        match fs::metadata(path) {
            Ok(data) if data.is_dir() => self.folder(path, boundary, include, root, model, limits),
            Ok(data) if data.is_file() => self.file(path, data.len(), root, model, limits),
            Ok(_) => self.gaps.note(SPECIAL, &root.display),
            Err(error) => {
                let why = format!("cannot be read: {}; build or package the function first", folder::reason(&error));
                self.gaps.note_with("cannot be read", &root.display, || why);
            }
        }
    }

    fn folder(
        &mut self,
        path: &Path,
        boundary: Option<&Path>,
        include: &[PackagePattern],
        root: &Root,
        model: &Entry,
        limits: &Limits,
    ) {
        if root.mount == Mount::Function && include.is_empty() && image::is_folder(path) {
            self.image = image::of_folder(path, &root.display, limits, &mut self.gaps);
            if self.image.is_some() {
                return;
            }
        }
        let prefix = folder_prefix(&root.display);
        let packaging = Packaging::new(include, &root.display, &mut self.gaps);
        let mut found = folder::list(path, boundary.unwrap_or(path), &prefix, limits, &mut self.gaps);
        copy_aliases_of_unpacked(&mut found, &packaging, &prefix, limits, &mut self.gaps);
        found.files.retain(|file| packaging.packs(&file.path));
        let listed: BTreeSet<PathBuf> = if found.files.iter().any(|file| file.is_link) {
            found.files.iter().filter(|file| !file.is_link).map(|file| file.on_disk.clone()).collect()
        } else {
            BTreeSet::new()
        };
        self.aliases = found.aliases;
        self.entries.extend(found.files.into_iter().map(|file| Entry {
            repeats: file.is_link && listed.contains(&file.on_disk),
            path: file.path,
            size_bytes: file.size_bytes,
            data: Data::File(file.on_disk.into_boxed_path()),
            ..model.clone()
        }));
        if self.entries.is_empty() {
            self.gaps.note(EMPTY, &root.display);
        }
    }

    fn file(&mut self, path: &Path, size_bytes: u64, root: &Root, model: &Entry, limits: &Limits) {
        let name = path.file_name().unwrap_or(OsStr::new("")).to_string_lossy();
        let shown = if matches!(root.display.as_str(), "" | ".") { &*name } else { root.display.as_str() };
        self.gaps = GapList::new(shown);
        let bytes = match File::open(path).and_then(Bytes::keep_open) {
            Ok(bytes) => bytes,
            Err(error) => {
                let why = format!("cannot be read: {}; check its permissions", folder::reason(&error));
                return self.gaps.note_with("cannot be read", shown, || why);
            }
        };
        if root.mount == Mount::Function {
            self.image = image::of_file(&bytes, shown, limits, &mut self.gaps);
            if self.image.is_some() {
                return;
            }
        }
        let form = form_of_name(&name).or_else(|| form_of_bytes(&bytes));
        if form.is_some_and(|form| self.archive(form, &bytes, shown, model, limits)) {
            return;
        }
        if form.is_none() && UNOPENED_MAGIC.iter().any(|magic| bytes.starts_with(magic)) {
            self.gaps.note(UNOPENED, shown);
        }
        self.single(shown, &name);
        let data = Data::File(path.into());
        self.entries.push(Entry { path: name.into_owned(), size_bytes, data, ..model.clone() });
    }

    fn archive(&mut self, form: &Form, bytes: &Bytes, shown: &str, model: &Entry, limits: &Limits) -> bool {
        let unwrapped = match form.unwrap.map(|unwrap| unwrap(bytes, limits.nested_bytes_held)) {
            None => bytes.clone(),
            Some(Ok(unwrapped)) => unwrapped.into(),
            Some(Err(problem)) => {
                self.gaps.note(problem, shown);
                return false;
            }
        };
        let Some((listing, aliases)) = nested::list(form, &unwrapped, shown, limits, &mut self.gaps) else {
            return false;
        };
        self.aliases = aliases;
        for mut file in listing.files {
            let path = std::mem::take(&mut file.path);
            self.entries.push(archive_entry(file, path, &listing.archive, model));
        }
        if self.entries.is_empty() {
            self.gaps.note(EMPTY, shown);
        }
        self.view = RootView::Below(format!("{shown}!/"));
        true
    }

    fn single(&mut self, shown: &str, path: &str) {
        self.view = RootView::Single { shown: shown.to_owned(), path: path.to_owned() };
    }
}

/// The entry of a file of `archive`, with what entries of its root or outer archive share taken from `model`.
pub(crate) fn archive_entry(file: Listed, path: String, archive: &Bytes, model: &Entry) -> Entry {
    let data = match file.kind {
        Kind::Zip(slot) | Kind::Link(slot) => Data::Zip { archive: archive.clone(), slot },
        Kind::Part(range) => Data::Part(archive.part(range).unwrap_or_else(|| Vec::new().into())),
        Kind::LinkTo(_) => Data::Memory([].into()),
        Kind::Refused(refusal) => Data::Refused(Refused::Archive(refusal)),
    };
    Entry {
        mount: model.mount,
        path,
        size_bytes: file.size_bytes,
        layer: model.layer,
        image_layer: model.image_layer,
        root: model.root,
        opened: false,
        repeats: file.repeats,
        data,
    }
}

/// A link that is packed to a folder that is not: packaging tools copy what the link points to.
fn copy_aliases_of_unpacked(
    found: &mut folder::FoundFiles,
    packaging: &Packaging,
    prefix: &str,
    limits: &Limits,
    gaps: &mut GapList,
) {
    let mut copies = Vec::new();
    for (link, place) in &found.aliases {
        let inside = if place.is_empty() { String::new() } else { format!("{place}/") };
        let below = || found.files.iter().filter(|file| file.path.starts_with(&inside));
        if below().any(|file| packaging.packs(&file.path)) {
            continue;
        }
        let room = limits.entries.saturating_sub(found.files.len() + copies.len());
        let copied = below().filter_map(|file| {
            let path = format!("{link}/{}", file.path.strip_prefix(&inside)?);
            packaging.packs(&path).then(|| folder::FoundFile { path, ..file.clone() })
        });
        let before = copies.len();
        copies.extend(copied.take(room));
        if copies.len() == before && packaging.packs(link) {
            gaps.note(ALIAS_NOT_PACKED, &format!("{prefix}{link}"));
        }
    }
    found.files.extend(copies);
    found.files.sort_by(|left, right| left.path.cmp(&right.path));
}

/// Whether `path` is written as lying below `boundary` and does not.
fn leaves(path: &Path, boundary: &Path) -> bool {
    let (Ok(real), Ok(real_boundary)) = (path.canonicalize(), boundary.canonicalize()) else { return false };
    path.starts_with(boundary) && !real.starts_with(real_boundary)
}

fn folder_prefix(display: &str) -> String {
    match display.trim_end_matches('/') {
        "" | "." => String::new(),
        display => format!("{display}/"),
    }
}

/// Folders above a folder that are looked at.
const MAX_FOLDERS_ABOVE: usize = 32;

/// Sorted by path; files that links lead to outside of `root` are left out.
pub(crate) fn files_above(root: &Path, folder: &str, names: &[&str]) -> Vec<Entry> {
    let segments = folder.split('/').filter(|segment| !matches!(*segment, "" | "."));
    if segments.clone().any(|segment| segment == "..") {
        return Vec::new();
    }
    let ends = folder.match_indices('/').filter_map(|(end, _)| folder.get(..end));
    let folders = std::iter::once("").chain(ends).filter(|above| *above != folder).take(MAX_FOLDERS_ABOVE);
    let mut entries: Vec<Entry> = folders
        .flat_map(|above| names.iter().map(move |name| format!("{}{name}", folder_prefix(above))))
        .filter_map(|path| {
            let on_disk = root.join(&path);
            let data = fs::metadata(&on_disk).ok().filter(fs::Metadata::is_file)?;
            let data = (!leaves(&on_disk, root)).then_some((data.len(), on_disk))?;
            let (size_bytes, on_disk) = data;
            Some(Entry { size_bytes, data: Data::File(on_disk.into()), ..memory_entry(&path, &[]) })
        })
        .collect();
    entries.sort_by(|left, right| left.path.cmp(&right.path));
    entries
}

/// For artifacts that never had roots.
pub(crate) fn memory_entry(path: &str, bytes: &[u8]) -> Entry {
    Entry {
        mount: Mount::Function,
        path: path.to_owned(),
        size_bytes: bytes.len() as u64,
        layer: None,
        image_layer: None,
        root: 0,
        opened: false,
        repeats: false,
        data: Data::Memory(bytes.into()),
    }
}
