//! Where a function's files and its layers' files lie.
//!
//! Supported: folders and packages beside the template, what `sam build` made of them, inline code, the build context of
//! images, layers of the same template, the assets of a synthesised CDK application.
//! Unsupported (→ gap): objects in S3, published layers, image contents, paths outside the target.

use deploy::formats::cloudformation::{Partial, PartialValue, Resource};
use deploy::project::{folder_of, join};
use deploy::{EntryKind, Project};
use model::function::{CodeContent, CodeSource};
use model::{Gap, Hidden, Part};

use super::built::Build;
use super::declared::Declared;
use super::dockerfile;

/// What missing code hides.
const CODE: [Hidden; 5] =
    [Hidden::Components, Hidden::Vulnerabilities, Hidden::Calls, Hidden::Secrets, Hidden::Permissions];
/// Files that say that a folder is a source tree to be built.
const BUILD_FILES: [&str; 14] = [
    "Cargo.toml",
    "Gemfile",
    "Makefile",
    "Pipfile",
    "build.gradle",
    "build.gradle.kts",
    "build.sbt",
    "go.mod",
    "package.json",
    "pom.xml",
    "pyproject.toml",
    "requirements.txt",
    "setup.py",
    "tsconfig.json",
];

/// Files at the top of an image that lies in a folder.
const IMAGE_LAYOUT_FILES: [&str; 2] = ["oci-layout", "manifest.json"];

/// Reads code locations of one template.
pub(super) struct CodeReader<'a> {
    pub(super) project: &'a dyn Project,
    pub(super) build: &'a Build,
}

impl CodeReader<'_> {
    /// The function's own code, then its layers in the order the platform merges them.
    pub(super) fn code(&self, function: &Declared<'_>, gaps: &mut Vec<Gap>) -> Vec<CodeSource> {
        let mut code = vec![self.own_code(function, gaps)];
        let layers = function.get("Layers").map(|layers| layers.items_or_self().collect::<Vec<_>>());
        for layer in layers.unwrap_or_default() {
            code.push(self.layer(function, layer, gaps));
        }
        code
    }

    fn own_code(&self, function: &Declared<'_>, gaps: &mut Vec<Gap>) -> CodeSource {
        if is_image(function) {
            return self.image(function, gaps);
        }
        if let Some(text) = inline_code(function) {
            return inline(function, text, gaps);
        }
        let hidden = Place { function, what: format!("the code of `{}`", function.logical_id()), layer: None };
        match function.get("CodeUri").or_else(|| function.get("Code")) {
            Some(location) => self.located(function.resource, location, &hidden, gaps),
            // SAM CLI builds the template's own folder then.
            None if function.kind.is_sam => self
                .built(function.resource, Some("."), &hidden, gaps)
                .unwrap_or_else(|| self.path(".", &function.properties, &hidden, gaps)),
            None => self.asset(function.resource, &hidden).unwrap_or_else(|| {
                elsewhere(&function.properties, "the template does not say where it is".to_owned(), &hidden, gaps)
            }),
        }
    }

    /// The files that `location` (a path, an S3 URI or object) names.
    fn located(&self, resource: &Resource, location: &Partial, place: &Place<'_>, gaps: &mut Vec<Gap>) -> CodeSource {
        if let Some(asset) = self.asset(resource, place) {
            return asset;
        }
        if let Some(built) = self.built(resource, location.literal().as_deref(), place, gaps) {
            return built;
        }
        match location.literal() {
            Some(uri) if is_remote(&uri) => {
                elsewhere(location, format!("`{uri}` is not on this machine; scan the package by itself"), place, gaps)
            }
            Some(path) => self.path(&path, location, place, gaps),
            None => {
                let why = match (object_name(location), location.texts().next()) {
                    (Some(object), _) => format!("it is in S3 (`{object}`); scan the package by itself"),
                    (None, Some(text)) => format!("its place `{text}` is known only at deployment"),
                    (None, None) => "its place is not written as text".to_owned(),
                };
                elsewhere(location, why, place, gaps)
            }
        }
    }

    fn path(&self, written: &str, location: &Partial, place: &Place<'_>, gaps: &mut Vec<Gap>) -> CodeSource {
        let folder = folder_of(&place.function.stack.file);
        let Some(path) = join(folder, written) else {
            let why = format!("`{written}` lies outside the scanned folder; scan the folder that has both");
            return elsewhere(location, why, place, gaps);
        };
        match self.project.kind(&path) {
            Some(EntryKind::Folder | EntryKind::File) => place.on_disk(path),
            None => match self.source_of(&path, place) {
                Some(source) => {
                    let why = format!(
                        "{} is not built: `{path}` does not exist; its source `{}` is read, so what the build adds is not \
                         seen; build the project first",
                        place.what,
                        shown(&source)
                    );
                    gaps.push(place.function.gap(location, why, &[Hidden::Components, Hidden::Vulnerabilities]));
                    place.on_disk(source)
                }
                None => elsewhere(location, format!("`{path}` does not exist; build the project first"), place, gaps),
            },
        }
    }

    /// The source tree from which the missing `path` would be built: the nearest folder above it that exists and has a
    /// build file, or that lies below the template's own folder. A layer is never the template's whole folder.
    fn source_of(&self, path: &str, place: &Place<'_>) -> Option<String> {
        let template_folder = folder_of(&place.function.stack.file);
        let mut folder = path;
        while !folder.is_empty() {
            folder = folder_of(folder);
            let is_below = folder.len() > template_folder.len() && folder.starts_with(template_folder);
            if self.project.kind(folder) == Some(EntryKind::Folder)
                && (is_below || (place.layer.is_none() && self.has_build_file(folder)))
            {
                return Some(folder.to_owned());
            }
        }
        None
    }

    fn has_build_file(&self, folder: &str) -> bool {
        let mut files = BUILD_FILES.iter().filter_map(|name| join(folder, name));
        files.any(|file| self.project.kind(&file) == Some(EntryKind::File))
    }

    /// What `sam build` made of the resource, unless its source is newer.
    fn built(
        &self,
        resource: &Resource,
        written: Option<&str>,
        place: &Place<'_>,
        gaps: &mut Vec<Gap>,
    ) -> Option<CodeSource> {
        let path = self.build.path_of(&resource.logical_id)?;
        self.project.kind(path)?;
        let source = written.and_then(|written| join(folder_of(&place.function.stack.file), written));
        let changed = |path: &str| self.project.modified(path);
        if let Some(source) = source
            && let (Some(source_changed), Some(built)) = (changed(&source), changed(path))
            && source_changed > built
        {
            let why = format!(
                "what `sam build` made of {} is older than its source, so the source is read; run `sam build` again",
                place.what
            );
            gaps.push(Gap::new(place.function.location(), why, &[Hidden::Components, Hidden::Vulnerabilities]));
            return None;
        }
        Some(place.on_disk(path.to_owned()))
    }

    /// The asset that a synthesised CDK application ships for the resource.
    fn asset(&self, resource: &Resource, place: &Place<'_>) -> Option<CodeSource> {
        let asset = resource.body.at(&["Metadata", "aws:asset:path"])?.literal()?;
        let path = join(folder_of(&place.function.stack.file), &asset)?;
        self.project.kind(&path).map(|_| place.on_disk(path))
    }

    fn image(&self, function: &Declared<'_>, gaps: &mut Vec<Gap>) -> CodeSource {
        let place = Place { function, what: format!("the image of `{}`", function.logical_id()), layer: None };
        let uri = function.get("ImageUri").or_else(|| function.at(&["Code", "ImageUri"]));
        if let Some(archive) = uri.and_then(Partial::literal).and_then(|uri| self.image_archive(function, &uri)) {
            return place.on_disk(archive);
        }
        let context = dockerfile::context(function).filter(|context| self.project.kind(context).is_some());
        match context {
            Some(context) => {
                let why = format!(
                    "{} is not built: its build context `{}` is read, the base image and what the build installs are not; \
                     scan the image archive",
                    place.what,
                    shown(&context)
                );
                gaps.push(Gap::new(function.location(), why, &[Hidden::Components, Hidden::Vulnerabilities]));
                place.on_disk(context)
            }
            None => {
                let shown = uri.and_then(|uri| uri.texts().next()).map(|uri| format!("`{uri}` ")).unwrap_or_default();
                let why = format!("image {shown}is not on this machine; scan the image archive by itself");
                elsewhere(uri.unwrap_or(&function.properties), why, &place, gaps)
            }
        }
    }

    /// The archive or layout beside the template that an `ImageUri` names, as SAM's command line takes them.
    fn image_archive(&self, function: &Declared<'_>, uri: &str) -> Option<String> {
        let path = join(folder_of(&function.stack.file), uri)?;
        let is_image = match self.project.kind(&path)? {
            EntryKind::File => true,
            // An image's name may be that of a folder beside the template.
            EntryKind::Folder => IMAGE_LAYOUT_FILES
                .iter()
                .filter_map(|name| join(&path, name))
                .any(|file| self.project.kind(&file) == Some(EntryKind::File)),
        };
        is_image.then_some(path)
    }

    fn layer(&self, function: &Declared<'_>, layer: &Partial, gaps: &mut Vec<Gap>) -> CodeSource {
        let text = layer.text().unwrap_or_default();
        let referenced = text.parts().iter().find_map(|part| match part {
            Part::Reference(name) => function.stack.resource(name.split('.').next().unwrap_or_default()),
            _ => None,
        });
        let resource = referenced.filter(|resource| {
            matches!(resource.kind.as_str(), "AWS::Serverless::LayerVersion" | "AWS::Lambda::LayerVersion")
        });
        let Some(resource) = resource else {
            let name = text.to_string();
            let place = Place { function, what: format!("layer `{name}`"), layer: Some(name) };
            let why = "it is published elsewhere; download it and scan it by itself".to_owned();
            return elsewhere(layer, why, &place, gaps);
        };
        let name = resource.logical_id.clone();
        let place = Place { function, what: format!("layer `{name}`"), layer: Some(name) };
        match resource.property("ContentUri").or_else(|| resource.property("Content")) {
            Some(location) => {
                let source = self.located(resource, location, &place, gaps);
                let is_to_be_built = resource.body.at(&["Metadata", "BuildMethod"]).is_some();
                if is_to_be_built
                    && matches!(source.content, CodeContent::Path { .. })
                    && self.build.path_of(&resource.logical_id).is_none()
                {
                    let why =
                        format!("{} is not built, so its source is read as it lies; run `sam build` first", place.what);
                    gaps.push(function.gap(layer, why, &[Hidden::Components, Hidden::Vulnerabilities]));
                }
                source
            }
            None => elsewhere(layer, "its resource does not say where it is".to_owned(), &place, gaps),
        }
    }
}

/// What is looked for, for whom.
struct Place<'f> {
    function: &'f Declared<'f>,
    /// In words: ``layer `Shared` ``.
    what: String,
    layer: Option<String>,
}

impl Place<'_> {
    fn on_disk(&self, path: String) -> CodeSource {
        let path = if path.is_empty() { ".".to_owned() } else { path };
        CodeSource { path, content: CodeContent::Path { include: Vec::new() }, layer: self.layer.clone() }
    }
}

/// Code that is not here, and the gap that says so.
fn elsewhere(at: &Partial, why: String, place: &Place<'_>, gaps: &mut Vec<Gap>) -> CodeSource {
    gaps.push(place.function.gap(at, format!("{} is not read: {why}", place.what), &CODE));
    let path = place.function.stack.file.clone();
    CodeSource { path, content: CodeContent::Elsewhere { why }, layer: place.layer.clone() }
}

/// Whether the function is a container image.
pub(super) fn is_image(function: &Declared<'_>) -> bool {
    let package = function.get("PackageType").and_then(Partial::literal);
    match package.as_deref() {
        Some("Image") => true,
        Some(_) => false,
        None => function.get("ImageUri").is_some() || function.at(&["Code", "ImageUri"]).is_some(),
    }
}

fn inline_code<'f>(function: &'f Declared<'_>) -> Option<&'f Partial> {
    function.get("InlineCode").or_else(|| function.at(&["Code", "ZipFile"]))
}

fn inline(function: &Declared<'_>, value: &Partial, gaps: &mut Vec<Gap>) -> CodeSource {
    let place = Place { function, what: format!("the code of `{}`", function.logical_id()), layer: None };
    let text = value.texts().next().unwrap_or_default();
    if !text.parts().iter().any(|part| matches!(part, Part::Literal(_))) {
        let why = format!("its text `{text}` is known only at deployment");
        return elsewhere(value, why, &place, gaps);
    }
    let runtime = function.get("Runtime").and_then(Partial::literal).unwrap_or_default();
    let extension = if runtime.starts_with("python") { "py" } else { "js" };
    // Lambda names the file after the handler's module, which is `index` for every function that works.
    let handler = function.get("Handler").and_then(Partial::literal).unwrap_or_default();
    let module = handler.rsplit_once('.').map_or("index", |(module, _)| module);
    let module = if module.is_empty() || module.contains(['/', '\\']) { "index" } else { module };
    let content = CodeContent::Inline {
        file_name: format!("{module}.{extension}"),
        text: text.to_string(),
        first_line: value.alternatives().next().map_or(1, |value| value.place.content_line),
    };
    CodeSource { path: function.stack.file.clone(), content, layer: None }
}

fn is_remote(uri: &str) -> bool {
    uri.contains("://")
}

/// `bucket/key` of an object in S3, as far as it is known.
fn object_name(location: &Partial) -> Option<String> {
    if !location.alternatives().any(|value| matches!(value.value, PartialValue::Mapping(_))) {
        return None;
    }
    let part = |names: [&str; 2]| names.iter().find_map(|name| location.get(name)?.texts().next());
    let bucket = part(["Bucket", "S3Bucket"])?;
    let key = part(["Key", "S3Key"])?;
    Some(format!("{bucket}/{key}"))
}

fn shown(path: &str) -> &str {
    if path.is_empty() { "." } else { path }
}
