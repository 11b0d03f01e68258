//! The platform's runtime that a function asks for, as a component.
//!
//! **Source**: package URL specification, type `generic`; the names are this program's own and stand in
//! `docs/components.md`. They have no version: platforms replace what is behind a runtime's id without telling.
//! **Unsupported**: runtimes that a template leaves to its deployment; they have no name yet.

use model::Location;
use model::component::{Component, Evidence, EvidenceKind, Origin, Presence, Reach, Version};
use model::function::Cloud;

use super::GENERIC;
use crate::purl::purl;

/// What runtimes of each platform are called.
const PLATFORMS: &[(Cloud, &str)] = &[
    (Cloud::Aws, "aws-lambda-runtime"),
    (Cloud::Azure, "azure-functions-runtime"),
    (Cloud::Gcp, "google-cloud-functions-runtime"),
];
/// Begins what only the deployment knows.
const UNRESOLVED: &str = "${";

/// The runtime as a component, `pkg:generic/aws-lambda-runtime/nodejs20.x`; `asked_at` is where the function asks for it.
/// `None` when only the deployment knows which runtime it is.
pub fn runtime_component(cloud: Cloud, runtime: &str, asked_at: Location) -> Option<Component> {
    if runtime.is_empty() || runtime.contains(UNRESOLVED) {
        return None;
    }
    let (_, platform) = PLATFORMS.iter().find(|(own, _)| *own == cloud)?;
    let name = format!("{platform}/{runtime}");
    Some(Component {
        ecosystem: GENERIC.id,
        purl: purl(&GENERIC, &name, None, &[]),
        name,
        version: Version::Unknown,
        evidence: vec![Evidence { location: asked_at, kind: EvidenceKind::Declared }],
        origin: Origin::Runtime,
        reach: Reach::Present,
        presence: Presence::Shipped,
        parents: Vec::new(),
        direct: Some(true),
        system: None,
        owner: None,
        linked: None,
    })
}

/// The platform and the runtime's id when the component is a platform's runtime, as a bill of materials brings it back.
pub fn runtime_of(component: &Component) -> Option<(Cloud, &str)> {
    if component.ecosystem != GENERIC.id {
        return None;
    }
    let (platform, runtime) = component.name.split_once('/')?;
    let (cloud, _) = PLATFORMS.iter().find(|(_, own)| *own == platform)?;
    Some((*cloud, runtime))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cloud: Cloud, runtime: &str, expected: &str) {
        let component = runtime_component(cloud, runtime, Location::line("template.yaml", 7)).unwrap();
        assert_eq!(component.purl, expected);
        assert_eq!(runtime_of(&component), Some((cloud, runtime)));
    }

    #[test]
    fn runtimes_are_named_by_platform_and_id() {
        check(Cloud::Aws, "nodejs20.x", "pkg:generic/aws-lambda-runtime/nodejs20.x");
        check(Cloud::Gcp, "python312", "pkg:generic/google-cloud-functions-runtime/python312");
        check(Cloud::Azure, "Python|3.12", "pkg:generic/azure-functions-runtime/Python%7C3.12");
    }

    #[test]
    fn what_only_the_deployment_knows_is_no_component() {
        for runtime in ["", "${Runtime}"] {
            assert_eq!(runtime_component(Cloud::Aws, runtime, Location::file("t")), None, "{runtime}");
        }
    }
}
