//! Layers of functions.

use deploy::formats::cloudformation::Partial;
use model::function::{CodeContent, CodeSource};
use model::{Gap, Hidden, SymbolicText};

use super::declared::{Declared, Entity};
use super::{naming, package};

/// The layer that `serverless-python-requirements` builds from manifests, which are read as part of the function's code.
const LAYER_OF_REQUIREMENTS: &str = "PythonRequirementsLambdaLayer";

/// The function's layers, in the order the platform merges them.
pub(super) fn code(declared: &Declared<'_>, entity: &Entity<'_>, gaps: &mut Vec<Gap>) -> Vec<CodeSource> {
    let Some(layers) = entity.get("layers").or_else(|| declared.at(&["provider", "layers"])) else { return Vec::new() };
    let mut sources = Vec::new();
    for layer in layers.items_or_self() {
        match layer.texts().next() {
            Some(text) => sources.extend(source(declared, layer, &text, gaps)),
            None => gaps.push(declared.gap(layer, "a layer is neither an ARN nor a reference", &[Hidden::Components])),
        }
    }
    sources
}

fn source(declared: &Declared<'_>, layer: &Partial, text: &SymbolicText, gaps: &mut Vec<Gap>) -> Option<CodeSource> {
    let reference = text.as_reference().unwrap_or_default();
    if let Some((key, local)) = local(declared, reference) {
        return Some(local_source(declared, key, local, gaps));
    }
    if reference == LAYER_OF_REQUIREMENTS {
        return None;
    }
    let shown = text.to_string();
    let gap = format!("layer `{shown}` is published elsewhere; what it holds is not seen");
    gaps.push(declared.gap(layer, gap, &[Hidden::Components, Hidden::Calls, Hidden::Secrets]));
    let why = format!("layer `{shown}`, published elsewhere");
    Some(CodeSource { path: shown.clone(), content: CodeContent::Elsewhere { why }, layer: Some(shown) })
}

/// The entry of `layers` whose logical id is `reference`.
fn local<'d>(declared: &'d Declared<'_>, reference: &str) -> Option<(&'d str, &'d Partial)> {
    let layers = declared.at(&["layers"])?;
    let entry = layers.entries().find(|entry| naming::layer(&entry.name) == reference)?;
    Some((&entry.name, &entry.value))
}

fn local_source(declared: &Declared<'_>, key: &str, layer: &Partial, gaps: &mut Vec<Gap>) -> CodeSource {
    let layer_name = Some(key.to_owned());
    let artifact = layer.at(&["package", "artifact"]).and_then(Partial::literal);
    for written in artifact.iter().chain(&layer.get("path").and_then(Partial::literal)) {
        match declared.path(written) {
            Some(path) if declared.project.kind(&path).is_some() => {
                let include = if artifact.as_ref() == Some(written) {
                    Vec::new()
                } else {
                    package::layer_patterns(declared, layer)
                };
                let path = if path.is_empty() { ".".to_owned() } else { path };
                return CodeSource { path, content: CodeContent::Path { include }, layer: layer_name };
            }
            Some(_) => {
                let why = format!("`{written}` of layer `{key}` does not exist; build it before the scan");
                gaps.push(declared.gap(layer, why, &[Hidden::Components, Hidden::Calls, Hidden::Secrets]));
            }
            None => {
                let why = format!("`{written}` of layer `{key}` is outside the project; scan a folder that holds both");
                gaps.push(declared.gap(layer, why, &[Hidden::Components, Hidden::Calls, Hidden::Secrets]));
            }
        }
    }
    let why = format!("layer `{key}`, whose content is not part of the project");
    CodeSource { path: key.to_owned(), content: CodeContent::Elsewhere { why }, layer: layer_name }
}
