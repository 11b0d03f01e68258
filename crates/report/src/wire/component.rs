//! Components on the wire.

use model::component::Version;
use serde::Serialize;

#[derive(Debug, Serialize)]
pub struct Component {
    purl: String,
    name: String,
    /// Absent when only a range is known.
    version: Option<String>,
    /// The manifest's requirement, when nothing pins the version.
    range: Option<String>,
    locations: Vec<String>,
    origin: &'static str,
    layer: Option<String>,
    reach: &'static str,
    /// `shipped`, `development`, `absent` or `project`.
    presence: &'static str,
    direct: Option<bool>,
    parents: Vec<String>,
    /// What an operating system's package manager adds.
    system: Option<System>,
    /// Purl of the operating system's package that its files belong to.
    owner: Option<String>,
}

#[derive(Debug, Serialize)]
struct System {
    distribution: Option<String>,
    architecture: Option<String>,
    source: Option<String>,
    source_version: Option<String>,
}

impl System {
    fn from_model(system: &model::component::SystemPackage) -> Self {
        Self {
            distribution: system.distribution.clone(),
            architecture: system.architecture.clone(),
            source: system.source.as_ref().map(|source| source.name.clone()),
            source_version: system.source.as_ref().and_then(|source| source.version.clone()),
        }
    }
}

impl Component {
    pub fn from_model(component: &model::component::Component) -> Self {
        let mut locations: Vec<_> = component.evidence.iter().map(|evidence| evidence.location.file.clone()).collect();
        locations.sort();
        locations.dedup();
        let layer = match &component.origin {
            model::component::Origin::Layer(name) => Some(name.clone()),
            model::component::Origin::Image(layer) => layer.clone(),
            _ => None,
        };
        Self {
            purl: component.purl.clone(),
            name: component.name.clone(),
            version: component.version.exact().map(str::to_owned),
            range: match &component.version {
                Version::Range(range) => Some(range.clone()),
                Version::Exact(_) | Version::Unknown => None,
            },
            locations,
            origin: component.origin.name(),
            layer,
            reach: component.reach.name(),
            presence: component.presence.name(),
            direct: component.direct,
            parents: component.parents.clone(),
            system: component.system.as_ref().map(System::from_model),
            owner: component.owner.clone(),
        }
    }
}
