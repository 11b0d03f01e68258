//! Plugins that change what is packed.

use deploy::formats::cloudformation::Partial;
use model::{Gap, Hidden};

use super::super::declared::{Declared, Entity, is_on};

/// What a plugin does to a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Effect {
    /// Packs what each handler imports into one file.
    Bundles,
    /// Turns sources into what is packed.
    Builds,
}

struct Plugin {
    name: &'static str,
    effect: Effect,
}

/// Sorted by name.
const PLUGINS: &[Plugin] = &[
    Plugin { name: "@codegenie/serverless-esbuild", effect: Effect::Bundles },
    Plugin { name: "serverless-bundle", effect: Effect::Bundles },
    Plugin { name: "serverless-dotnet", effect: Effect::Builds },
    Plugin { name: "serverless-esbuild", effect: Effect::Bundles },
    Plugin { name: "serverless-go-build", effect: Effect::Builds },
    Plugin { name: "serverless-go-plugin", effect: Effect::Builds },
    Plugin { name: "serverless-jetpack", effect: Effect::Builds },
    Plugin { name: "serverless-nextjs-plugin", effect: Effect::Bundles },
    Plugin { name: "serverless-optimizer-plugin", effect: Effect::Bundles },
    Plugin { name: "serverless-parcel", effect: Effect::Bundles },
    Plugin { name: "serverless-plugin-browserifier", effect: Effect::Bundles },
    Plugin { name: "serverless-plugin-optimize", effect: Effect::Bundles },
    Plugin { name: "serverless-plugin-parcel", effect: Effect::Bundles },
    Plugin { name: "serverless-plugin-typescript", effect: Effect::Builds },
    Plugin { name: "serverless-rspack", effect: Effect::Bundles },
    Plugin { name: "serverless-rust", effect: Effect::Builds },
    Plugin { name: "serverless-swc", effect: Effect::Bundles },
    Plugin { name: "serverless-tscpaths", effect: Effect::Builds },
    Plugin { name: "serverless-vite", effect: Effect::Bundles },
    Plugin { name: "serverless-webpack", effect: Effect::Bundles },
];

/// Extensions of handlers that v4 bundles by itself.
const BUNDLED_EXTENSIONS: [&str; 4] = [".cts", ".mts", ".ts", ".tsx"];

/// What happens to the function's package beside the patterns; a gap says what that hides.
pub(super) fn effect(
    declared: &Declared<'_>,
    entity: &Entity<'_>,
    handler: Option<&str>,
    gaps: &mut Vec<Gap>,
) -> Option<Effect> {
    let of_plugins = declared.service.plugins().filter_map(|name| {
        let at = PLUGINS.binary_search_by(|plugin| plugin.name.cmp(name)).ok()?;
        PLUGINS.get(at)
    });
    let plugin = of_plugins.min_by_key(|plugin| plugin.effect != Effect::Bundles);
    let (effect, who) = match plugin {
        Some(plugin) => (plugin.effect, format!("plugin `{}`", plugin.name)),
        None if is_built_in(declared, entity, handler) => (Effect::Bundles, "the framework".to_owned()),
        None => return None,
    };
    if effect == Effect::Bundles {
        let why = format!(
            "{who} bundles the handler: which of the service's packages end up in it is not known; all are listed"
        );
        gaps.push(Gap::new(entity.location.clone(), why, &[Hidden::Components]));
    }
    Some(effect)
}

/// Whether v4 bundles the function with its own esbuild: when told, and handlers in TypeScript by default.
fn is_built_in(declared: &Declared<'_>, entity: &Entity<'_>, handler: Option<&str>) -> bool {
    if declared.service.framework_major() < Some(4) {
        return false;
    }
    let setting = entity.at(&["build", "esbuild"]).or_else(|| declared.at(&["build", "esbuild"]));
    if let Some(setting) = setting.or_else(|| entity.get("build").or_else(|| declared.at(&["build"]))) {
        return setting.literal().is_some_and(|name| name == "esbuild") || is_on(setting);
    }
    let module = handler.and_then(|handler| handler.rsplit_once('.')).map(|(module, _)| module);
    let path = module.and_then(|module| declared.path(module));
    path.is_some_and(|path| {
        BUNDLED_EXTENSIONS.iter().any(|extension| declared.project.kind(&format!("{path}{extension}")).is_some())
    })
}

/// Files that say what a plugin installs into the package, whether the patterns leave them out or not.
pub(super) fn manifests(declared: &Declared<'_>) -> impl Iterator<Item = String> {
    let is_python = declared.has_plugin(&["serverless-python-requirements"]);
    let given = declared.at(&["custom", "pythonRequirements", "fileName"]).and_then(Partial::literal);
    let requirements = given.unwrap_or_else(|| "requirements.txt".to_owned());
    let lock_files = ["Pipfile.lock", "poetry.lock", "uv.lock"].map(str::to_owned);
    std::iter::once(requirements).chain(lock_files).filter(move |_| is_python)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plugins_are_sorted_and_unique() {
        assert!(PLUGINS.is_sorted_by(|before, after| before.name < after.name));
    }
}
