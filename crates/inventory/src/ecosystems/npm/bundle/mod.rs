//! JavaScript that a bundler or minifier wrote: one file that holds packages.
//!
//! **Source**: the output of esbuild 0.2x, webpack 4 and 5, ncc 0.38, rollup 4, swc and bun. **Supported**: telling such a file
//! from hand-written code by structure ([`structure`]); the packages in it by source maps ([`source_map`]), paths of modules
//! ([`modules`]), `package.json` texts ([`embedded`]), licence comments and lists ([`legal`]) and texts of well-known
//! libraries ([`libraries`]). **Unsupported** (→ gap): whatever else the file holds, unless a source map accounts for all of it.
//!
//! A version is stated only where the bundle, its map or a text beside it states it for that package; a lock file or
//! installed packages of the same project supply it when the statements are merged.

mod embedded;
mod legal;
mod libraries;
mod modules;
mod source_map;
mod structure;
mod traces;

use model::component::{EvidenceKind, Version};

use crate::claim::{Claim, Place};
use crate::document::{Document, EntryPath, Format, Reading, decode, join};
use crate::ecosystems::npm::bundle::modules::Module;
use crate::ecosystems::npm::bundle::source_map::Link;
use crate::ecosystems::npm::bundle::traces::{Found, Traces};

pub(crate) const FORMAT: Format = Format {
    id: "bundle",
    accepts,
    read,
    finds_installed: false,
    advice: "scan the folder it is built from, with its lock file",
};

/// Below this a file holds no package worth the name.
const MIN_BUNDLE_BYTES: u64 = 256;
/// Bundles with a map inside reach some fifty megabytes.
const MAX_BUNDLE_BYTES: u64 = 96 << 20;
const MAX_MAP_BYTES: u64 = 128 << 20;

fn accepts(path: EntryPath<'_>) -> bool {
    let is_script = [".js", ".cjs", ".mjs"].iter().any(|suffix| path.file_name.ends_with(suffix));
    // Yarn's own programs are no part of the function, and what a jar brings along for browsers is not run by it.
    let is_foreign =
        path.path.contains(".yarn/") || path.path.contains(".jar!/") || path.file_name.starts_with(".pnp.");
    is_script && path.is_of_project() && !is_foreign
}

fn read(document: &Document<'_>, reading: &mut Reading) {
    if document.entry.size_bytes < MIN_BUNDLE_BYTES {
        return;
    }
    let Some(bytes) = document.bytes_up_to(MAX_BUNDLE_BYTES, reading) else { return };
    let text = decode(&bytes);
    let mut traces = Traces::default();
    let map_gap = add_maps(document, &text, &mut traces);
    let is_built = structure::is_built(&text);
    add_text(&text, is_built, &mut traces);
    if traces.is_empty() && !is_built {
        return;
    }
    add_texts_beside(document, &mut traces);
    if !traces.is_complete || traces.is_cut {
        reading.gaps.push(document.gap(None, format!("{HIDDEN}{}", map_gap.unwrap_or_default())));
    }
    reading.claims.extend(traces.packages().into_iter().map(|found| claim(document, found)));
}

const HIDDEN: &str = "components hidden in a bundle: bundled or minified code does not state all packages and versions it holds; \
                      ship its source map with it, or scan the folder it is built from with its lock file";

fn claim(document: &Document<'_>, found: Found) -> Claim {
    let version = found.version.map_or(Version::Unknown, Version::Exact);
    let place = Place { slot: found.slot, ..document.place() };
    let name = found.package.clone();
    let mut claim = Claim::new(found.package, version, EvidenceKind::Recognised, document.location(None), place);
    claim.import_names = vec![name];
    claim
}

/// Packages whose code loads a copy of their `package.json` that was built before the version was raised: 1.5.x of the redis
/// client carries that of another release in `dist`. Sorted.
const LAGGING: &[&str] = &["@redis/client"];

/// Adds what the code itself shows.
fn add_text(text: &str, is_built: bool, traces: &mut Traces) {
    let modules = modules::modules(text);
    for module in &modules {
        traces.add_module(&module.path);
        if module.path.file == "package.json"
            && let Some(version) = text.get(module.start..module.end).and_then(embedded::version_in_module)
        {
            traces.add_version_of(&module.path, version);
        }
    }
    for description in embedded::descriptions(text) {
        let module = modules::module_at(&modules, description.at).filter(|module| module.path.name == description.name);
        let is_true = LAGGING.binary_search(&description.name).is_err();
        match module {
            // Only the one in the package's own folder is the package's.
            Some(module) if module.path.file == "package.json" => {
                traces.add_version_of(&module.path, description.version);
            }
            Some(_) => {}
            None => traces.add(description.name, Some(description.version).filter(|_| is_true)),
        }
    }
    if is_built || !traces.is_empty() || text.len() >= structure::MIN_UNSIGNED_BYTES {
        add_libraries(text, &modules, traces);
    }
    legal::add_block(text, traces);
    legal::add_banners(text, &modules, traces);
}

/// Adds the libraries that enough of their texts tell. In a module that states its path only its own package's count; where
/// a map names every source, there is nothing more to name.
fn add_libraries(text: &str, modules: &[Module<'_>], traces: &mut Traces) {
    let hits = libraries::hits(text);
    let mut open = Vec::new();
    for hit in hits {
        match modules::module_at(modules, hit.at) {
            Some(module) if module.path.name == hit.package => {
                if let Some(version) = hit.version {
                    traces.add_version_of(&module.path, version);
                }
            }
            Some(_) => {}
            None => open.push(hit),
        }
    }
    let told = libraries::told(open.iter());
    for hit in open {
        if traces.names(hit.package) || (!traces.is_complete && told.contains(hit.package)) {
            traces.add(hit.package, hit.version);
        }
    }
}

/// Adds what source maps tell; they account for the whole bundle when one of them can be read, names every source, and is
/// not one of many (a map for each evaluated module says nothing of the code around them). `Some` is a remark for the gap.
fn add_maps(document: &Document<'_>, text: &str, traces: &mut Traces) -> Option<String> {
    let links: Vec<Link<'_>> = source_map::links(text).collect();
    let is_only = links.len() == 1;
    let mut remark = None;
    for link in links {
        let read = match link {
            Link::Inline(map) => source_map::add(&map, traces),
            Link::Beside(address) => match map_beside(document, address) {
                Some(map) => source_map::add(&map, traces),
                None => continue,
            },
        };
        note(read, is_only, traces, &mut remark);
    }
    // Hidden maps: beside the bundle, not linked.
    if text.len() >= MIN_UNLINKED_BYTES
        && !traces.is_complete
        && let Some(map) = map_beside(document, &format!("{}.map", document.path.file_name))
        && !text.contains("sourceMappingURL=")
    {
        note(source_map::add(&map, traces), true, traces, &mut remark);
    }
    remark
}

/// A smaller file with a map that it does not link to is compiled rather than bundled.
const MIN_UNLINKED_BYTES: usize = 4 << 10;

fn note(
    read: Result<source_map::Coverage, serde_json::Error>,
    is_only: bool,
    traces: &mut Traces,
    remark: &mut Option<String>,
) {
    match read {
        Ok(coverage) => {
            let names_all = coverage.sources > 0 && coverage.has_mappings && !coverage.has_nameless;
            traces.is_complete |= is_only && names_all;
        }
        Err(error) => *remark = Some(format!(" (its source map cannot be read: {error})")),
    }
}

fn map_beside(document: &Document<'_>, address: &str) -> Option<artifact::Content> {
    let path = join(document.path.folder, address.split(['?', '#']).next()?)?;
    let entry = document.survey.artifact.find(document.entry.mount, &path)?;
    Document::new(document.survey, entry).bytes_up_to(MAX_MAP_BYTES, &mut Reading::default())
}

/// Adds what the licence texts beside the bundle tell.
fn add_texts_beside(document: &Document<'_>, traces: &mut Traces) {
    let beside = legal::BESIDE.iter().map(|suffix| format!("{}{suffix}", document.path.file_name));
    for name in beside {
        if let Some(bytes) = document.sibling(&name).and_then(|text| text.bytes(&mut Reading::default())) {
            let text = decode(&bytes);
            legal::add_block(&text, traces);
            legal::add_banners(&text, &[], traces);
        }
    }
    for name in legal::LISTS {
        if let Some(bytes) = document.sibling(name).and_then(|text| text.bytes(&mut Reading::default())) {
            legal::add_list(&decode(&bytes), traces);
        }
    }
}
