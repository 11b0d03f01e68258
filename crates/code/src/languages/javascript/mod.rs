//! JavaScript and TypeScript: Node.js functions, whatever module system and SDK version they use.

mod lower;
mod model;
mod resolve;
mod tsconfig;

use super::Language;

pub(super) const JAVASCRIPT: Language = Language {
    id: "javascript",
    ecosystem: "npm",
    extensions: resolve::EXTENSIONS,
    runtimes: &["nodejs"],
    constructor: "constructor",
    allocator: None,
    call_method: None,
    missing_member: None,
    index_method: None,
    iterator_method: None,
    enter_methods: &[],
    leave_methods: &[],
    entries_are_members: true,
    submodule: |_name| None,
    package,
    installed: |_, _| Vec::new(),
    is_foreign,
    is_sdk,
    lower: lower::lower,
    is_inert_base: |path| INERT_BASES.contains(&path),
    resolve: resolve::resolve,
    modules_below: |_, _, _| Vec::new(),
    handler: resolve::handler,
    sdk_users: |_, _| Vec::new(),
    candidates: model::candidates,
    model: model::MODEL,
};

/// Classes whose heirs are called by the project alone.
const INERT_BASES: &[&str] = &["Array", "Error", "Map", "Object", "Set"];

/// Installed packages, and what tools generate around them.
fn is_foreign(path: &str) -> bool {
    path.split('/').any(|segment| matches!(segment, "node_modules" | "bower_components" | ".yarn" | ".pnp.cjs"))
}

/// The SDKs, their helpers, and packages that are known to call them.
fn is_sdk(path: &str) -> bool {
    let package = |name: &str| path == name || path.strip_prefix(name).is_some_and(|rest| rest.starts_with(['/', '.']));
    package("aws-sdk")
        || path.starts_with("@aws-sdk/")
        || path.starts_with("@smithy/")
        || package("aws-xray-sdk")
        || package("aws-xray-sdk-core")
        || model::libraries::PACKAGES.iter().any(|name| package(name))
}

/// `@scope/name/file.Member` → `@scope/name`.
fn package(request: &str) -> &str {
    let mut slashes = request.match_indices('/').map(|(at, _)| at);
    let end = if request.starts_with('@') { slashes.nth(1) } else { slashes.next() };
    let package = end.and_then(|end| request.get(..end)).unwrap_or(request);
    let name_start = package.find('/').map_or(0, |slash| slash + 1);
    let member = package.get(name_start..).and_then(|name| name.find('.'));
    member.and_then(|at| package.get(..name_start + at)).filter(|package| !package.is_empty()).unwrap_or(package)
}

#[cfg(test)]
mod tests;
