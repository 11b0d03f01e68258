//! Where npm puts packages: folders `node_modules`, nested.
//!
//! A *root* is the folder that holds the outermost `node_modules`; a *slot* is the path of a package below its root:
//! `node_modules/a`, `node_modules/a/node_modules/@scope/b`, pnpm's `node_modules/.pnpm/a@1.0.0/node_modules/a`.

use artifact::Mount;

use crate::claim::Place;

const FOLDER: &str = "node_modules";

/// Root and slot of the package whose folder this is; `None` for folders inside packages and for others.
pub(crate) fn split(folder: &str) -> Option<(&str, &str)> {
    let start = if folder.starts_with("node_modules/") { 0 } else { folder.find("/node_modules/")? + 1 };
    let (root, slot) = folder.split_at_checked(start)?;
    is_slot(slot).then(|| (root.trim_end_matches('/'), slot))
}

/// Whether `path` is an alternation of `node_modules` and package names.
fn is_slot(path: &str) -> bool {
    let mut segments = path.split('/');
    loop {
        if segments.next() != Some(FOLDER) {
            return false;
        }
        let Some(name) = segments.next().filter(|name| !name.is_empty()) else { return false };
        let is_store = matches!(name, ".pnpm" | ".store");
        if name.starts_with('.') && !is_store {
            return false;
        }
        if (name.starts_with('@') || is_store) && segments.next().is_none() {
            return false;
        }
        if segments.clone().next().is_none() {
            // A store's own folder holds `node_modules`, it is no package.
            return !is_store;
        }
    }
}

/// The name under which a package in this slot is looked up: the last one or, with a scope, two segments.
pub(crate) fn key(slot: &str) -> &str {
    slot.rsplit_once("node_modules/").map_or(slot, |(_, key)| key)
}

/// The slots in which node looks for `key` asked for by the package in `slot` (or by the root itself), nearest first.
pub(crate) fn candidates(slot: Option<&str>, key: &str) -> impl Iterator<Item = String> {
    let mut folder = slot;
    let mut is_done = false;
    std::iter::from_fn(move || {
        if is_done {
            return None;
        }
        let Some(current) = folder else {
            is_done = true;
            return Some(format!("{FOLDER}/{key}"));
        };
        folder = current
            .rfind(FOLDER)
            .and_then(|at| current.get(..at))
            .map(|outer| outer.trim_end_matches('/'))
            .filter(|outer| !outer.is_empty());
        Some(format!("{current}/{FOLDER}/{key}"))
    })
}

/// Whether code below `asking`'s root can load what is installed below `holder`'s: node walks up the folders, and the
/// platform adds `/opt/nodejs` and `/opt/nodejs/nodeXX` to the path.
pub(crate) fn sees(asking: &Place, holder: &Place) -> bool {
    let is_layer_root =
        |root: &str| root == "nodejs" || root.strip_prefix("nodejs/node").is_some_and(|rest| !rest.contains('/'));
    let is_above = |outer: &str, inner: &str| {
        outer.is_empty() || inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    (holder.mount == Mount::Layers && is_layer_root(&holder.root))
        || (holder.mount == asking.mount && is_above(&holder.root, &asking.root))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_packages_from_folders_inside_them() {
        let cases = [
            ("node_modules/a", Some(("", "node_modules/a"))),
            ("node_modules/@s/a", Some(("", "node_modules/@s/a"))),
            ("src/x/node_modules/a/node_modules/@s/b", Some(("src/x", "node_modules/a/node_modules/@s/b"))),
            ("nodejs/node20/node_modules/a", Some(("nodejs/node20", "node_modules/a"))),
            ("node_modules/.pnpm/a@1.0.0/node_modules/a", Some(("", "node_modules/.pnpm/a@1.0.0/node_modules/a"))),
            ("node_modules/.pnpm/a@1.0.0", None),
            ("node_modules/@s", None),
            ("node_modules/.bin", None),
            ("node_modules/a/dist", None),
            ("node_modules/a/test/node_modules/b", None),
            ("node_modules/a/node_modules", None),
            ("my_node_modules/a", None),
            ("a/b", None),
            ("node_modules", None),
        ];
        for (folder, expected) in cases {
            assert_eq!(split(folder), expected, "{folder}");
        }
    }

    #[test]
    fn walks_up_as_node_does() {
        let walk = |slot: Option<&str>| candidates(slot, "x").collect::<Vec<_>>();
        assert_eq!(walk(None), ["node_modules/x"]);
        assert_eq!(walk(Some("node_modules/a")), ["node_modules/a/node_modules/x", "node_modules/x"]);
        assert_eq!(
            walk(Some("node_modules/a/node_modules/@s/b")),
            ["node_modules/a/node_modules/@s/b/node_modules/x", "node_modules/a/node_modules/x", "node_modules/x"]
        );
        assert_eq!(
            walk(Some("node_modules/.pnpm/a@1/node_modules/a")),
            [
                "node_modules/.pnpm/a@1/node_modules/a/node_modules/x",
                "node_modules/.pnpm/a@1/node_modules/x",
                "node_modules/x"
            ]
        );
        assert_eq!(key("node_modules/a/node_modules/@s/b"), "@s/b");
    }
}
