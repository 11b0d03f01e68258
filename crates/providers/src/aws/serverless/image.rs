//! Functions that are container images.

use deploy::EntryKind;
use deploy::formats::cloudformation::Partial;
use model::function::{CodeContent, CodeSource};
use model::{Gap, Hidden};

use super::declared::{Declared, Entity};

/// The command of the image, which names the handler: the first of it that is a text.
pub(super) fn handler(entity: &Entity<'_>) -> Option<String> {
    entity.at(&["image", "command"])?.items_or_self().find_map(Partial::literal)
}

/// The folder that the image is built from, or the image itself.
pub(super) fn code(declared: &Declared<'_>, entity: &Entity<'_>, gaps: &mut Vec<Gap>) -> Vec<CodeSource> {
    let Some(image) = entity.get("image") else { return Vec::new() };
    let name = image.get("uri").or_else(|| image.get("name")).unwrap_or(image);
    let shown = name.texts().next().map(|text| text.to_string()).unwrap_or_default();
    let built = declared.at(&["provider", "ecr", "images", &shown]);
    let folder = built.and_then(|built| built.get("path").unwrap_or(built).literal());
    if let Some(path) = folder.as_deref().and_then(|folder| declared.path(folder))
        && declared.project.kind(&path) == Some(EntryKind::Folder)
    {
        let why =
            format!("image `{shown}` is built from this folder: what its base image and its build add is not seen");
        gaps.push(declared.gap(image, why, &[Hidden::Components]));
        let path = if path.is_empty() { ".".to_owned() } else { path };
        return vec![CodeSource { path, content: CodeContent::Path { include: Vec::new() }, layer: None }];
    }
    let why = match folder.or_else(|| built.and_then(|built| built.get("uri")?.literal())) {
        Some(place) => format!("image `{shown}` from `{place}`, which is not part of the project"),
        None => format!("image `{shown}`"),
    };
    let gap = format!("{why}: its content is not on this machine; scan an archive of the image");
    gaps.push(declared.gap(image, gap, &[Hidden::Calls, Hidden::Components, Hidden::Secrets]));
    vec![CodeSource { path: shown, content: CodeContent::Elsewhere { why }, layer: None }]
}
