//! Functions that ship the same files, and those files opened once.

use std::collections::BTreeMap;
use std::path::Path;

use artifact::{Artifact, Limits, Root};
use model::Parsed;
use model::function::{CodeContent, CodeSource, Function};
use source::Located;

/// Functions with equal code and layers.
pub(crate) struct Package<'a> {
    pub(crate) functions: Vec<&'a Located>,
}

impl<'a> Package<'a> {
    /// The functions grouped by what they ship, in the order of their first function.
    pub(crate) fn group(functions: &'a [Located]) -> Vec<Self> {
        let mut positions: BTreeMap<String, usize> = BTreeMap::new();
        let mut packages: Vec<Self> = Vec::new();
        for located in functions {
            let key = format!("{:?}", located.function.code);
            let at = *positions.entry(key).or_insert(packages.len());
            match packages.get_mut(at) {
                Some(package) => package.functions.push(located),
                None => packages.push(Self { functions: vec![located] }),
            }
        }
        packages
    }

    fn code(&self) -> &'a [CodeSource] {
        self.functions.first().map(|located| located.function.code.as_slice()).unwrap_or_default()
    }

    /// Names of the layers by the index that entries of the artifact carry.
    pub(crate) fn layer_names(&self) -> Vec<String> {
        self.code().iter().filter_map(|code| code.layer.clone()).collect()
    }

    /// What lies above the function's own folder in the target and counts for its packages.
    pub(crate) fn files_above(&self, root: &Path) -> Option<inventory::Above<'a>> {
        let folder = folder_in(root, &self.functions.first()?.function)?;
        let files = Artifact::of_files_above(root, folder, inventory::FILES_ABOVE);
        (!files.entries().is_empty()).then_some(inventory::Above { files, folder })
    }

    /// Digest of each code source that is a single file, in their order.
    pub(crate) fn digests(&self, root: &Path) -> Vec<Option<String>> {
        let digest = |code: &CodeSource| match &code.content {
            CodeContent::Path { .. } => {
                let path = root.join(&code.path);
                path.is_file().then(|| artifact::sha256_of_file(&path).ok()).flatten()
            }
            CodeContent::Inline { text, .. } => Some(artifact::sha256(text.as_bytes())),
            CodeContent::Elsewhere { .. } => None,
        };
        self.code().iter().map(digest).collect()
    }

    /// Opens every file that is on this machine. What is elsewhere is a gap of the function's declaration already.
    pub(crate) fn open(&self, root: &Path) -> Parsed<Artifact> {
        let mut layer = 0;
        let mut roots = Vec::new();
        for code in self.code() {
            let index = code.layer.is_some().then(|| {
                layer += 1;
                layer - 1
            });
            roots.extend(located_root(root, code, index));
        }
        Artifact::open(&roots, &Limits::default())
    }
}

fn located_root(root: &Path, code: &CodeSource, layer: Option<u16>) -> Option<Root> {
    match &code.content {
        CodeContent::Path { include } => {
            let path = if code.path == "." { root.to_owned() } else { root.join(&code.path) };
            let opened = match layer {
                Some(index) => Root::layer(path, code.path.clone(), index),
                None => Root::function(path, code.path.clone()),
            };
            Some(opened.including(include).within(root))
        }
        CodeContent::Inline { file_name, text, .. } => Some(Root::inline(file_name.clone(), text, code.path.clone())),
        CodeContent::Elsewhere { .. } => None,
    }
}

/// A target whose functions are being assessed.
pub(crate) struct OpenTarget<'a> {
    pub(crate) root: &'a Path,
    /// Every file of the target, for imports that leave a function's folder; only when some function may have such.
    project: Option<Artifact>,
}

impl<'a> OpenTarget<'a> {
    /// Opens the project around `functions` when their code is read. It must be open before packages are assessed in
    /// parallel: opening waits for other work of the thread pool, which must not wait for the opening in turn.
    pub(crate) fn new(root: &'a Path, functions: &[Located], wants_code: bool) -> Self {
        let needed = wants_code && functions.iter().any(|located| folder_in(root, &located.function).is_some());
        // What cannot be opened here is a gap of the functions it belongs to.
        let project = needed.then(|| Artifact::open(&[Root::function(root, ".")], &Limits::default()).value);
        Self { root, project }
    }

    /// The project around a function whose code is a folder of it; none for packages and for the target itself.
    pub(crate) fn surroundings<'s>(&'s self, function: &'s Function) -> Option<code::Surroundings<'s>> {
        let folder = folder_in(self.root, function)?;
        Some(code::Surroundings { artifact: self.project.as_ref()?, folder })
    }
}

/// Where the function's own code lies, when it is a folder of files below the target; an image's layout is none.
fn folder_in<'f>(root: &Path, function: &'f Function) -> Option<&'f str> {
    let code = function.code.first()?;
    let is_part = matches!(code.content, CodeContent::Path { .. }) && code.path != ".";
    let path = root.join(&code.path);
    (is_part && path.is_dir() && !artifact::is_image_folder(&path)).then_some(code.path.as_str())
}
