//! Paths of modules as bundlers and source maps write them, read for the package that the module belongs to.
//!
//! **Source**: the paths that esbuild 0.2x, webpack 4 and 5, rollup 4, ncc 0.38 and bun write over installs by npm, pnpm 4 to
//! 10 (`.pnpm/NAME@VERSION_PEERS/`), yarn 2 to 4 (`NAME-npm-VERSION-HASH.zip/`, also under `__virtual__`), npm's linked
//! strategy (`.store/`) and bun's isolated one (`.bun/`).

use crate::ecosystems::npm::version;

/// A module of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PackagePath<'a> {
    pub(crate) name: &'a str,
    /// As the store's or the cache's folder states it.
    pub(crate) version: Option<&'a str>,
    /// The package's folder from the outermost `node_modules` on: tells copies of one package apart.
    pub(crate) instance: &'a str,
    /// The module's path inside the package.
    pub(crate) file: &'a str,
}

pub(crate) const FOLDER: &str = "node_modules/";

/// Folders in which package managers keep all packages side by side.
const STORES: &[&str] = &[".pnpm", ".store", ".bun", ".deno"];

/// The package that the module at `path` belongs to; `None` for the project's own modules and for what is no path.
pub(crate) fn read(path: &str) -> Option<PackagePath<'_>> {
    // `loader!module?query`
    let path = path.rsplit('!').next().unwrap_or(path);
    let path = path.split(['?', '|']).next().unwrap_or(path);
    let last = path.rmatch_indices(FOLDER).map(|(at, _)| at).find(|at| is_segment_start(path, *at))?;
    let (before, inside) = path.split_at_checked(last)?;
    let inside = inside.strip_prefix(FOLDER)?;
    let (name, file) = split_name(inside)?;
    if is_bundlers_own(name, file) || is_of_workspace(name) {
        return None;
    }
    let first = path.match_indices(FOLDER).map(|(at, _)| at).find(|at| is_segment_start(path, *at))?;
    let instance = path.get(first..last + FOLDER.len() + name.len())?;
    Some(PackagePath { name, version: stated_version(before, name), instance, file })
}

fn is_segment_start(path: &str, at: usize) -> bool {
    path.get(..at).is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

/// `@scope/name/lib/x.js` → (`@scope/name`, `lib/x.js`).
pub(crate) fn split_name(inside: &str) -> Option<(&str, &str)> {
    let mut ends = inside.match_indices('/').map(|(at, _)| at);
    let end = if inside.starts_with('@') { ends.nth(1) } else { ends.next() }?;
    let (name, file) = inside.split_at_checked(end)?;
    let file = file.strip_prefix('/')?;
    (is_name(name) && !file.is_empty()).then_some((name, file))
}

/// npm's longest name, in bytes.
const MAX_NAME_BYTES: usize = 214;

/// Whether the registry takes such a name, or took it once (upper case).
pub(crate) fn is_name(name: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && !part.starts_with(['.', '_'])
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~'))
    };
    let parts_hold = match name.strip_prefix('@') {
        Some(scoped) => scoped.split_once('/').is_some_and(|(scope, name)| is_part(scope) && is_part(name)),
        None => is_part(name),
    };
    parts_hold && name.len() <= MAX_NAME_BYTES
}

/// What webpack 4 adds of its own for `global` and `module`: part of its runtime, not a package of the function.
fn is_bundlers_own(name: &str, file: &str) -> bool {
    name == "webpack" && (file.starts_with("buildin/") || file.starts_with("runtime/"))
}

/// A package's own source map tells where its sources lay in the workspace it was built in: `@scope/name/esm/x.js` from
/// `../../src/x.ts`, which ends up in `@scope/src`. No package of the registry is called that.
fn is_of_workspace(name: &str) -> bool {
    name.ends_with("/src")
}

/// The version in the name of the folder that a store or a cache made for the package.
fn stated_version<'a>(before: &'a str, name: &str) -> Option<&'a str> {
    let folder = before.strip_suffix('/')?;
    let (outer, label) = folder.rsplit_once('/').unwrap_or(("", folder));
    let store = outer.rsplit('/').next().unwrap_or(outer);
    if let Some(label) = label.strip_suffix(".zip") {
        return of_yarn(label, name);
    }
    if store == "unplugged" {
        return of_yarn(label, name);
    }
    if STORES.contains(&store) {
        return of_store(label, name).or_else(|| of_yarn(label, name));
    }
    // pnpm 4: `.pnpm/REGISTRY/NAME/VERSION/node_modules/NAME`.
    let is_old_store = outer.split_once(".pnpm/").is_some_and(|(_, inner)| inner.ends_with(name));
    is_old_store.then_some(label).filter(|label| is_version(label))
}

/// `@scope+name@1.0.0_peer@2.0.0`, `name@1.0.0(peer@2.0.0)`, `name@1.0.0-HASH`.
fn of_store<'a>(label: &'a str, name: &str) -> Option<&'a str> {
    let flat = name.replace('/', "+");
    let rest = label.strip_prefix(flat.as_str()).or_else(|| label.strip_prefix(name))?.strip_prefix('@')?;
    let version = rest.split(['_', '(', '+']).next()?;
    is_version(version).then(|| without_hash(version))
}

/// `name-npm-1.0.0-6382451519-10c0`, `@scope-name-npm-1.0.0-6382451519`.
fn of_yarn<'a>(label: &'a str, name: &str) -> Option<&'a str> {
    let flat = name.replace('/', "-");
    let rest = label.strip_prefix(flat.as_str())?.strip_prefix("-npm-")?;
    let (rest, last) = rest.rsplit_once('-')?;
    if is_hash(last) && !rest.rsplit_once('-').is_some_and(|(_, hash)| is_hash(hash)) {
        return Some(rest).filter(|version| is_version(version));
    }
    let (version, hash) = rest.rsplit_once('-')?;
    (is_hash(hash) && is_version(version)).then_some(version)
}

/// npm's store appends a digest to the version.
fn without_hash(version: &str) -> &str {
    match version.rsplit_once('-') {
        Some((bare, digest)) if digest.len() >= 20 && is_version(bare) => bare,
        _ => version,
    }
}

fn is_hash(text: &str) -> bool {
    text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether `text` is a whole version as the registry writes it.
pub(crate) fn is_version(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit())
        && text.len() <= MAX_VERSION_BYTES
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+'))
        && text.split(['-', '+']).next().is_some_and(|core| core.split('.').count() == 3)
        && version::parts(text).is_some()
}

/// Longer than any that is published.
pub(crate) const MAX_VERSION_BYTES: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_paths_of_every_package_manager() {
        let cases = [
            ("node_modules/lodash/lodash.js", "lodash", None, "node_modules/lodash", "lodash.js"),
            ("../../node_modules/@s/a/x/y.js", "@s/a", None, "node_modules/@s/a", "x/y.js"),
            ("./node_modules/a/node_modules/b/i.js", "b", None, "node_modules/a/node_modules/b", "i.js"),
            ("webpack://app/./node_modules/a/i.js?6d3c", "a", None, "node_modules/a", "i.js"),
            (
                "node_modules/.pnpm/@s+a@1.0.0_b@2.0.0/node_modules/@s/a/i.js",
                "@s/a",
                Some("1.0.0"),
                "node_modules/.pnpm/@s+a@1.0.0_b@2.0.0/node_modules/@s/a",
                "i.js",
            ),
            (
                "node_modules/.pnpm/registry.example/a/1.2.3/node_modules/a/i.js",
                "a",
                Some("1.2.3"),
                "node_modules/.pnpm/registry.example/a/1.2.3/node_modules/a",
                "i.js",
            ),
            (
                "../.yarn/berry/cache/lodash-npm-4.17.21-6382451519-10c0.zip/node_modules/lodash/lodash.js",
                "lodash",
                Some("4.17.21"),
                "node_modules/lodash",
                "lodash.js",
            ),
            (
                ".yarn/cache/@s-a-npm-1.0.0-rc.1-6382451519-eb835a2e51.zip/node_modules/@s/a/i.js",
                "@s/a",
                Some("1.0.0-rc.1"),
                "node_modules/@s/a",
                "i.js",
            ),
            (
                "node_modules/.store/a@1.0.0-LQ2rGz1Xh3Tq0yYvZx1u7Q/node_modules/a/i.js",
                "a",
                Some("1.0.0"),
                "node_modules/.store/a@1.0.0-LQ2rGz1Xh3Tq0yYvZx1u7Q/node_modules/a",
                "i.js",
            ),
        ];
        for (path, name, version, instance, file) in cases {
            assert_eq!(read(path), Some(PackagePath { name, version, instance, file }), "{path}");
        }
    }

    #[test]
    fn leaves_out_what_is_no_package() {
        for path in [
            "src/index.js",
            "node_modules/",
            "node_modules/a",
            "my_node_modules/a/b.js",
            "node_modules/.bin/x.js",
            "node_modules/@s/a",
            "node_modules/$%/x.js",
            "node_modules/webpack/buildin/global.js",
            "./node_modules/ts-loader/index.js!./src/a.ts",
        ] {
            assert_eq!(read(path), None, "{path}");
        }
    }

    #[test]
    fn takes_no_version_of_another_package() {
        let path = "node_modules/.pnpm/b@2.0.0/node_modules/a/i.js";
        assert_eq!(read(path).unwrap().version, None);
    }
}
