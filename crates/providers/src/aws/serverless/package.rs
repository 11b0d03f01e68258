//! What is packed into a function: folder, patterns, artifact.

mod handler;
mod patterns;
mod plugins;

use deploy::EntryKind;
use deploy::formats::cloudformation::Partial;
use model::function::{CodeContent, CodeSource};
use model::{Gap, Hidden};

use super::declared::{Declared, Entity, is_on};
use plugins::Effect;

pub(super) use patterns::of_layer as layer_patterns;

/// The function's own code: its artifact when it names one that is there, else the folder of the service with the
/// patterns that apply.
pub(super) fn code(
    declared: &Declared<'_>,
    entity: &Entity<'_>,
    handler: Option<&str>,
    runtime: Option<&str>,
    gaps: &mut Vec<Gap>,
) -> Vec<CodeSource> {
    if let Some(artifact) = artifact(declared, entity)
        && let Some(source) = artifact_source(declared, artifact, gaps)
    {
        return vec![source];
    }
    let folder = module_folder(declared, entity);
    let effect = plugins::effect(declared, entity, handler, gaps);
    let mut include = patterns::of_function(declared, entity, effect);
    if effect != Some(Effect::Bundles)
        && let Some(handler) = handler
        && !handler::exists(declared.project, &folder, handler, runtime)
    {
        if effect.is_none() {
            let why = format!(
                "handler `{handler}` is not among the files; build the service before the scan; its sources are read"
            );
            let place = entity.get("handler").unwrap_or(entity.body);
            gaps.push(declared.gap(place, why, &[Hidden::Components]));
        }
        // Patterns that name only what a build makes leave out the sources, which are what there is to read.
        if patterns::name_what_is_in(&include) {
            include = patterns::defaults(declared);
        }
    }
    let path = if folder.is_empty() { ".".to_owned() } else { folder };
    vec![CodeSource { path, content: CodeContent::Path { include }, layer: None }]
}

/// Whether the function is packed by itself.
fn is_individual(declared: &Declared<'_>, entity: &Entity<'_>) -> bool {
    [entity.at(&["package", "individually"]), declared.at(&["package", "individually"])]
        .into_iter()
        .flatten()
        .any(is_on)
}

/// The archive that the function, or else the service, says it is in.
fn artifact<'d>(declared: &'d Declared<'_>, entity: &'d Entity<'_>) -> Option<&'d Partial> {
    let own = entity.at(&["package", "artifact"]);
    let is_individual = entity.at(&["package", "individually"]).is_some_and(is_on);
    own.or_else(|| declared.at(&["package", "artifact"]).filter(|_| !is_individual))
}

/// The artifact as a source; `None`, with a gap, when the sources have to do in its place.
fn artifact_source(declared: &Declared<'_>, artifact: &Partial, gaps: &mut Vec<Gap>) -> Option<CodeSource> {
    let shown = artifact.texts().next()?.to_string();
    let literal = artifact.literal().unwrap_or_else(|| shown.clone());
    let path = declared.path(&literal);
    if let Some(path) = &path
        && declared.project.kind(path) == Some(EntryKind::File)
    {
        let content = CodeContent::Path { include: Vec::new() };
        return Some(CodeSource { path: path.clone(), content, layer: None });
    }
    let is_remote = path.is_none() && literal.contains("://");
    let hides = [Hidden::Components, Hidden::Calls, Hidden::Secrets];
    if is_remote {
        let gap = format!("the package is `{literal}`; its content is not on this machine");
        gaps.push(declared.gap(artifact, gap, &hides));
        let why = format!("package `{literal}`");
        return Some(CodeSource { path: literal, content: CodeContent::Elsewhere { why }, layer: None });
    }
    let why = format!("package `{shown}` does not exist; build it before the scan; the service's sources are read");
    gaps.push(declared.gap(artifact, why, &[Hidden::Components]));
    None
}

/// The folder that is packed: the service's, or the function's `module` in it, which `serverless-python-requirements`
/// packs alone.
fn module_folder(declared: &Declared<'_>, entity: &Entity<'_>) -> String {
    let service = declared.service.folder.clone();
    let module = entity.get("module").and_then(Partial::literal);
    if !is_individual(declared, entity) || !declared.has_plugin(&["serverless-python-requirements"]) {
        return service;
    }
    let folder = module.and_then(|module| declared.path(&module));
    folder.filter(|folder| declared.project.kind(folder) == Some(EntryKind::Folder)).unwrap_or(service)
}
