//! Packaging patterns in the order they apply: the last that matches a path decides.

use deploy::formats::cloudformation::Partial;
use model::function::PackagePattern;

use super::super::declared::{Declared, Entity};
use super::plugins::Effect;
use super::{is_individual, plugins};

/// What the framework never packs unless a pattern asks for it.
const DEFAULT_EXCLUDES: [&str; 7] =
    [".git/**", ".gitignore", ".DS_Store", "npm-debug.log", "yarn-*.log", ".serverless/**", ".serverless_plugins/**"];

/// The patterns for a function's package.
pub(super) fn of_function(declared: &Declared<'_>, entity: &Entity<'_>, effect: Option<Effect>) -> Vec<PackagePattern> {
    let mut patterns = defaults(declared);
    let service = declared.at(&["package"]);
    let own = entity.get("package").filter(|_| is_individual(declared, entity));
    patterns.extend(listed(service, "exclude", Sense::Excludes));
    patterns.extend(layer_excludes(declared));
    patterns.extend(listed(own, "exclude", Sense::Excludes));
    for section in [service, own] {
        patterns.extend(listed(section, "include", Sense::Includes));
        patterns.extend(listed(section, "patterns", Sense::Includes));
    }
    patterns.extend(plugins::manifests(declared).map(|file| pattern(&file, Sense::Includes)));
    if effect == Some(Effect::Bundles) {
        patterns = for_bundle(patterns, declared);
    }
    unrepeated(patterns)
}

/// What of the patterns says anything of a bundle: it holds what the handler imports, installed packages too, whatever
/// the patterns leave out.
fn for_bundle(mut patterns: Vec<PackagePattern>, declared: &Declared<'_>) -> Vec<PackagePattern> {
    if name_what_is_in(&patterns) {
        return defaults(declared);
    }
    patterns.retain(|pattern| pattern.includes || !pattern.glob.contains("node_modules"));
    patterns
}

/// The patterns for the layer that `layer` declares.
pub(in super::super) fn of_layer(declared: &Declared<'_>, layer: &Partial) -> Vec<PackagePattern> {
    let mut patterns = defaults(declared);
    let sections = [declared.at(&["package"]), layer.get("package")];
    for section in sections {
        patterns.extend(listed(section, "exclude", Sense::Excludes));
    }
    for section in sections {
        patterns.extend(listed(section, "include", Sense::Includes));
        patterns.extend(listed(section, "patterns", Sense::Includes));
    }
    unrepeated(patterns)
}

/// What applies to every package of the service.
pub(super) fn defaults(declared: &Declared<'_>) -> Vec<PackagePattern> {
    let service = declared.service;
    let configuration = service.file.rsplit('/').next().unwrap_or_default();
    let local_plugins = service.root.at(&["plugins", "localPath"]).and_then(deploy::Node::as_str);
    let environment = service.uses_dotenv.then_some(".env*");
    DEFAULT_EXCLUDES
        .into_iter()
        .chain([configuration])
        .chain(local_plugins)
        .chain(environment)
        .map(|glob| pattern(glob, Sense::Excludes))
        .collect()
}

/// Whether the patterns leave out everything that they do not name.
pub(super) fn name_what_is_in(patterns: &[PackagePattern]) -> bool {
    patterns.iter().any(|pattern| !pattern.includes && matches!(pattern.glob.as_str(), "*" | "**" | "**/*" | "*/**"))
}

/// What a pattern without `!` does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sense {
    Includes,
    Excludes,
}

fn listed(section: Option<&Partial>, key: &str, sense: Sense) -> Vec<PackagePattern> {
    let globs = section.and_then(|section| section.get(key)).into_iter().flat_map(Partial::items_or_self);
    globs.filter_map(Partial::literal).map(|glob| pattern(&glob, sense)).collect()
}

fn pattern(written: &str, sense: Sense) -> PackagePattern {
    let (glob, includes) = match written.strip_prefix('!') {
        Some(glob) => (glob, sense == Sense::Excludes),
        None => (written, sense == Sense::Includes),
    };
    PackagePattern { glob: glob.strip_prefix("./").unwrap_or(glob).to_owned(), includes }
}

/// The folders of the service's layers, which are no part of its functions.
fn layer_excludes(declared: &Declared<'_>) -> Vec<PackagePattern> {
    let layers = declared.at(&["layers"]).into_iter().flat_map(Partial::entries);
    let paths = layers.filter_map(|layer| layer.value.get("path")?.literal());
    paths.map(|path| pattern(&format!("{}/**", path.trim_end_matches('/')), Sense::Excludes)).collect()
}

/// Without earlier repetitions: the last one decides.
fn unrepeated(patterns: Vec<PackagePattern>) -> Vec<PackagePattern> {
    let is_last = |at: usize| {
        let after = patterns.get(at + 1..).unwrap_or_default();
        patterns.get(at).is_some_and(|pattern| !after.contains(pattern))
    };
    let kept: Vec<_> = (0..patterns.len()).filter(|at| is_last(*at)).collect();
    kept.into_iter().filter_map(|at| patterns.get(at).cloned()).collect()
}
