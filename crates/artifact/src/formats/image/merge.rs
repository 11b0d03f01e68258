//! Layers merged into one tree of files, as a container sees it.
//!
//! **Source**: OCI image specification 1.1, "Image Layer Filesystem Changeset" (whiteouts, opaque whiteouts, order).
//! **Supported**: whiteouts of files and folders, folders that replace files and the other way round, hard links to lower
//! layers, files written through linked folders of lower layers (as `/lib` is on merged-`/usr` systems).

use std::collections::BTreeMap;

use super::layer::{FileKind, LayerFile};
use crate::Data;
use crate::aliases::Aliases;
use crate::gaps::GapList;

const WHITEOUT: &str = ".wh.";
const OPAQUE: &str = ".wh..wh..opq";
/// Marks of one union file system's own, which say nothing about files.
const OWN_MARK: &str = ".wh..wh.";
/// Links that are followed in one path before it counts as leading round in a circle.
const MAX_LINKS_FOLLOWED: usize = 40;

const NO_TARGET: &str = "the hard link's file is not in the image; save the image again";

/// A file or link of the image, and the layer it comes from.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) layer: u16,
    pub(crate) size_bytes: u64,
    pub(crate) kind: NodeKind,
}

#[derive(Debug, Clone)]
pub(crate) enum NodeKind {
    File(Data),
    /// A file whose bytes are those of another one in the tree.
    Repeated(Data),
    /// The path of the image that it leads to, itself perhaps a link.
    Link(String),
}

/// The image's files by path, without leading `/`; folders are not in it.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    nodes: BTreeMap<String, Node>,
    /// Files that a later layer removed or replaced, in the order in which that happened.
    pub(crate) shadowed: Vec<(String, Node)>,
    /// The last folder that was looked up, and where it really is.
    last_folder: Option<(String, String)>,
}

impl Tree {
    /// Puts the next layer over what is there.
    pub(crate) fn add(&mut self, layer: u16, files: Vec<LayerFile>, shown: &str, gaps: &mut GapList) {
        let (marks, files): (Vec<_>, Vec<_>) = files.into_iter().partition(|file| is_mark(&file.path));
        // First, since they speak of lower layers only, wherever they stand in this one.
        for mark in marks {
            self.whiteout(&mark.path);
        }
        for file in files {
            let path = self.real(&file.path);
            let kind = match file.kind {
                FileKind::Folder => {
                    // Nothing of a folder is kept, but it replaces a file or link.
                    if self.nodes.contains_key(&path) {
                        self.remove(&path, layer);
                    }
                    continue;
                }
                FileKind::File(data) => NodeKind::File(data),
                FileKind::SymbolicLink(target) => NodeKind::Link(from_link(&path, &target)),
                FileKind::HardLink(target) => {
                    let target = self.real(&target);
                    match self.nodes.get(&target).cloned() {
                        Some(node) => {
                            self.put(path, Node { layer, kind: repeated(node.kind), ..node });
                        }
                        None => gaps.note(NO_TARGET, &format!("{shown}!/{}", file.path)),
                    }
                    continue;
                }
            };
            self.put(path, Node { layer, size_bytes: file.size_bytes, kind });
        }
    }

    fn put(&mut self, path: String, node: Node) {
        self.remove(&path, node.layer);
        if matches!(node.kind, NodeKind::Link(_)) {
            self.last_folder = None;
        }
        self.nodes.insert(path, node);
    }

    fn whiteout(&mut self, mark: &str) {
        let (folder, name) = mark.rsplit_once('/').unwrap_or(("", mark));
        if name == OPAQUE {
            let folder = self.real_folder(folder);
            return self.remove_below(&folder, u16::MAX);
        }
        let Some(name) = name.strip_prefix(WHITEOUT).filter(|_| !name.starts_with(OWN_MARK)) else { return };
        let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        let path = self.real(&path);
        self.remove(&path, u16::MAX);
    }

    /// Takes away what is at `path` and below it, on behalf of `layer`.
    fn remove(&mut self, path: &str, layer: u16) {
        if let Some(node) = self.nodes.remove(path) {
            self.shadow(path.to_owned(), node, layer);
        }
        self.remove_below(path, layer);
    }

    fn remove_below(&mut self, folder: &str, layer: u16) {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let below = self.nodes.range(prefix.clone()..).map(|(path, _)| path);
        let below: Vec<String> = below.take_while(|path| path.starts_with(&prefix)).cloned().collect();
        for path in below {
            if let Some(node) = self.nodes.remove(&path) {
                self.shadow(path, node, layer);
            }
        }
    }

    fn shadow(&mut self, path: String, node: Node, by: u16) {
        match node.kind {
            NodeKind::Link(_) => self.last_folder = None,
            NodeKind::File(_) if node.layer != by => self.shadowed.push((path, node)),
            NodeKind::File(_) | NodeKind::Repeated(_) => {}
        }
    }

    /// Where `path` really is: its folder through links, its own name as it is.
    fn real(&mut self, path: &str) -> String {
        let Some((folder, name)) = path.rsplit_once('/') else { return path.to_owned() };
        if let Some((asked, real)) = &self.last_folder
            && asked == folder
        {
            return if real.is_empty() { name.to_owned() } else { format!("{real}/{name}") };
        }
        let real = self.real_folder(folder);
        let path = if real.is_empty() { name.to_owned() } else { format!("{real}/{name}") };
        self.last_folder = Some((folder.to_owned(), real));
        path
    }

    fn real_folder(&self, folder: &str) -> String {
        let mut path = folder.to_owned();
        for _ in 0..MAX_LINKS_FOLLOWED {
            let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
            let link = ends.filter_map(|end| path.split_at_checked(end)).find_map(|(front, rest)| {
                match self.nodes.get(front).map(|node| &node.kind) {
                    Some(NodeKind::Link(target)) => Some(format!("{target}{rest}")),
                    _ => None,
                }
            });
            match link {
                Some(next) => next.trim_start_matches('/').clone_into(&mut path),
                None => return path,
            }
        }
        folder.to_owned()
    }

    /// Whether a file or link is at this path, as it is written.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.nodes.contains_key(path)
    }

    pub(crate) fn has_folder(&self, folder: &str) -> bool {
        is_folder(&self.nodes, folder)
    }

    /// Files in path order, and links to folders as what they stand for. Links to nothing are left out: base images have
    /// many, into file systems that only a running container has.
    pub(crate) fn into_files(self) -> (Vec<(String, Node)>, BTreeMap<String, String>) {
        let nodes = self.nodes;
        let mut files = Vec::with_capacity(nodes.len());
        let mut folders = BTreeMap::new();
        for (path, node) in &nodes {
            let NodeKind::Link(target) = &node.kind else {
                files.push((path.clone(), node.clone()));
                continue;
            };
            match lead(target, &nodes) {
                Some(Place::File(data, size_bytes)) => {
                    files.push((path.clone(), Node { layer: node.layer, size_bytes, kind: NodeKind::Repeated(data) }));
                }
                Some(Place::Folder(folder)) => {
                    folders.insert(path.clone(), folder);
                }
                None => {}
            }
        }
        (files, folders)
    }
}

fn is_mark(path: &str) -> bool {
    path.split('/').any(|name| name.starts_with(OWN_MARK))
        || path.rsplit('/').next().is_some_and(|name| name.starts_with(WHITEOUT))
}

fn repeated(kind: NodeKind) -> NodeKind {
    match kind {
        NodeKind::File(data) => NodeKind::Repeated(data),
        other => other,
    }
}

/// The path of the image that `target` names in the link at `link`; what leads above the root stays at the root.
fn from_link(link: &str, target: &str) -> String {
    let mut parts: Vec<&str> = if target.starts_with('/') { Vec::new() } else { link.split('/').collect() };
    if !target.starts_with('/') {
        parts.pop();
    }
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

enum Place {
    File(Data, u64),
    Folder(String),
}

fn lead(target: &str, nodes: &BTreeMap<String, Node>) -> Option<Place> {
    let link = |path: &str| match &nodes.get(path)?.kind {
        NodeKind::Link(target) => Some(target.as_str()),
        _ => None,
    };
    Aliases::follow(target, link, |path| match nodes.get(path) {
        Some(Node { kind: NodeKind::File(data) | NodeKind::Repeated(data), size_bytes, .. }) => {
            Some(Place::File(data.clone(), *size_bytes))
        }
        Some(_) => None,
        None => is_folder(nodes, path).then(|| Place::Folder(path.to_owned())),
    })
}

fn is_folder(nodes: &BTreeMap<String, Node>, path: &str) -> bool {
    if path.is_empty() {
        return true;
    }
    let below = format!("{path}/");
    nodes.range(below.clone()..).next().is_some_and(|(path, _)| path.starts_with(&below))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `+path` a file, `path -> target` a symbolic link, `path = target` a hard link, `path/` a folder.
    fn layer(lines: &[&str]) -> Vec<LayerFile> {
        let entry = |line: &&str| {
            let (path, kind) = if let Some((path, target)) = line.split_once(" -> ") {
                (path, FileKind::SymbolicLink(target.to_owned()))
            } else if let Some((path, target)) = line.split_once(" = ") {
                (path, FileKind::HardLink(target.to_owned()))
            } else if let Some(path) = line.strip_suffix('/') {
                (path, FileKind::Folder)
            } else {
                (*line, FileKind::File(Data::Memory([].into())))
            };
            LayerFile { path: path.to_owned(), size_bytes: 0, kind }
        };
        lines.iter().map(entry).collect()
    }

    fn check(layers: &[&[&str]], expected: &[&str], shadowed: &[&str]) {
        let mut tree = Tree::default();
        let mut gaps = GapList::new("image");
        for (index, lines) in layers.iter().enumerate() {
            tree.add(u16::try_from(index).unwrap(), layer(lines), "layer", &mut gaps);
        }
        assert_eq!(gaps.finish(), [], "{layers:?}");
        let below: Vec<String> = tree.shadowed.iter().map(|(path, _)| path.clone()).collect();
        let (files, folders) = tree.into_files();
        let mut found: Vec<String> = files.iter().map(|(path, node)| format!("{path}@{}", node.layer)).collect();
        found.extend(folders.iter().map(|(link, place)| format!("{link} -> {place}")));
        assert_eq!(found, expected, "{layers:?}");
        assert_eq!(below, shadowed, "{layers:?}");
    }

    #[test]
    fn later_layers_cover_earlier_ones() {
        check(&[&["a", "b"], &["b", "c"]], &["a@0", "b@1", "c@1"], &["b"]);
        check(&[&["a", "a"]], &["a@0"], &[]);
        check(&[&["d/a", "d/b"], &["d"]], &["d@1"], &["d/a", "d/b"]);
        check(&[&["d"], &["d/", "d/a"]], &["d/a@1"], &["d"]);
        check(&[&["d/a"], &["d/", "d/b"]], &["d/a@0", "d/b@1"], &[]);
    }

    #[test]
    fn whiteouts_take_away_what_lower_layers_have() {
        check(&[&["d/a", "d/b"], &["d/.wh.a"]], &["d/b@0"], &["d/a"]);
        check(&[&["d/a", "d/e/b", "de"], &[".wh.d"]], &["de@0"], &["d/a", "d/e/b"]);
        check(&[&["d/a", "d/b"], &["d/c", "d/.wh..wh..opq"]], &["d/c@1"], &["d/a", "d/b"]);
        check(&[&["d/a"], &["d/.wh.a", "d/a"]], &["d/a@1"], &["d/a"]);
        check(&[&["a"], &[".wh..wh.aufs", ".wh..wh.plnk/1"]], &["a@0"], &[]);
        check(&[&["a"], &[".wh.none"], &[".wh.a"], &["a"]], &["a@3"], &["a"]);
    }

    #[test]
    fn links_lead_through_the_merged_tree() {
        check(&[&["lib -> usr/lib", "usr/lib/a"], &["lib/b"]], &["usr/lib/a@0", "usr/lib/b@1", "lib -> usr/lib"], &[]);
        check(&[&["lib -> usr/lib", "usr/lib/a"], &["lib/.wh.a"]], &[], &["usr/lib/a"]);
        check(&[&["lib -> usr/lib", "usr/lib/a"], &["lib/", "lib/b"]], &["lib/b@1", "usr/lib/a@0"], &[]);
        check(&[&["etc/a -> /usr/a", "usr/a"]], &["etc/a@0", "usr/a@0"], &[]);
        check(&[&["etc/a -> ../../../usr/a", "usr/a"]], &["etc/a@0", "usr/a@0"], &[]);
        check(&[&["a"], &["b = a"], &[".wh.a"]], &["b@1"], &["a"]);
        check(&[&["a -> b", "b -> a", "c -> /proc/mounts"]], &[], &[]);
        check(&[&["a -> b", "b -> a"], &["a/x"]], &["a/x@1"], &[]);
        check(&[&["x -> /", "y/f"]], &["y/f@0", "x -> "], &[]);
    }

    #[test]
    fn a_hard_link_without_its_file_is_told() {
        let mut tree = Tree::default();
        let mut gaps = GapList::new("image");
        tree.add(0, layer(&["a = b"]), "image.tar!/layer.tar", &mut gaps);
        let gaps = gaps.finish();
        assert_eq!(gaps.len(), 1);
        assert_eq!(gaps[0].location.file, "image.tar!/layer.tar!/a");
    }
}
