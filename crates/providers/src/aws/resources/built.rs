//! What `sam build` left in `.aws-sam/build`.

use std::collections::BTreeMap;

use deploy::formats::cloudformation;
use deploy::project::{folder_of, join};
use deploy::{Node, Project, decode};

/// Folders of built functions and layers, by logical id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Build {
    paths: BTreeMap<String, String>,
}

const BUILT_TEMPLATE: &str = ".aws-sam/build/template.yaml";

impl Build {
    /// The build beside `template`; empty when there is none or it cannot be read: then the sources are read.
    pub(super) fn of_template(template: &str, project: &dyn Project) -> Self {
        let built = join(folder_of(template), BUILT_TEMPLATE);
        built.and_then(|built| Self::read(&built, project)).unwrap_or_default()
    }

    pub(super) fn path_of(&self, logical_id: &str) -> Option<&str> {
        self.paths.get(logical_id).map(String::as_str)
    }

    fn read(built: &str, project: &dyn Project) -> Option<Self> {
        let bytes = project.read(built).ok()??;
        let text = decode(&bytes, built).ok()?;
        let root = cloudformation::parse(&text, built).ok()?.value;
        let folder = folder_of(built);
        let path = |resource: &Node| {
            let properties = resource.get("Properties")?;
            let written =
                ["CodeUri", "ContentUri", "Code", "Content"].iter().find_map(|key| properties.get(key)?.as_str())?;
            join(folder, written)
        };
        let resources = root.get("Resources").map(Node::entries).unwrap_or_default();
        let paths = resources.iter().filter_map(|(id, resource)| Some((id.as_str()?.to_owned(), path(resource)?)));
        Some(Self { paths: paths.collect() })
    }
}
