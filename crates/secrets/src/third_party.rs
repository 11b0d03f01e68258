//! Which files are packages that others made and the user only ships.

use std::collections::BTreeSet;

/// Folders that package managers fill.
const PACKAGE_FOLDERS: &[&str] =
    &["node_modules", "site-packages", "dist-packages", "bower_components", "jspm_packages", ".yarn", ".pnpm-store"];

/// Folders of which what follows belongs to a package manager.
const PACKAGE_PATHS: &[&str] =
    &["vendor/bundle/", "vendor/composer/", "BOOT-INF/lib/", "WEB-INF/lib/", "lib/ruby/gems/", "ruby/gems/"];

/// The file beside a flat installed Python package that lists its files.
pub(crate) fn is_record(path: &str) -> bool {
    path.ends_with(".dist-info/RECORD")
}

/// Packages as far as paths and `RECORD` files tell.
#[derive(Debug, Default)]
pub(crate) struct ThirdParty {
    recorded: BTreeSet<String>,
    folders: Vec<String>,
}

impl ThirdParty {
    pub(crate) fn new(folders: &[String]) -> Self {
        Self {
            recorded: BTreeSet::new(),
            folders: folders.iter().map(|folder| format!("{}/", folder.trim_end_matches('/'))).collect(),
        }
    }

    /// Adds the files of a `RECORD`: comma-separated lines of path, digest, size, relative to the folder that holds the
    /// `.dist-info` folder.
    pub(crate) fn add_record(&mut self, record_path: &str, content: &[u8]) {
        let Some((info_folder, _)) = record_path.rsplit_once('/') else { return };
        let root = info_folder.rsplit_once('/').map_or(String::new(), |(root, _)| format!("{root}/"));
        for line in String::from_utf8_lossy(content).lines() {
            let path =
                line.strip_prefix('"').and_then(|rest| rest.split('"').next()).or_else(|| line.split(',').next());
            if let Some(path) =
                path.filter(|path| !path.is_empty() && !path.starts_with('/') && !path.starts_with(".."))
            {
                self.recorded.insert(format!("{root}{path}"));
            }
        }
    }

    pub(crate) fn contains(&self, path: &str) -> bool {
        let mut parts = path.split('/');
        let in_folder =
            |part: &str| PACKAGE_FOLDERS.contains(&part) || part.ends_with(".dist-info") || part.ends_with(".egg-info");
        parts.any(in_folder)
            || PACKAGE_PATHS.iter().any(|folder| path.starts_with(folder) || path.contains(&format!("/{folder}")))
            || (path.contains(".jar!/") && path.contains("lib/"))
            || self.folders.iter().any(|folder| path.starts_with(folder.as_str()))
            || self.recorded.contains(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_packages_by_path_and_record() {
        let mut third_party = ThirdParty::new(&["layer/vendored".to_owned()]);
        third_party.add_record("python/six-1.16.dist-info/RECORD", b"six.py,sha256=x,1\n\"a,b.py\",,\n../bin/x,,\n");
        for path in [
            "a/node_modules/b/c.js",
            "python/six.py",
            "python/a,b.py",
            "layer/vendored/x",
            "x-1.dist-info/METADATA",
            "lib/a.jar!/b/C.class",
        ] {
            assert!(third_party.contains(path), "{path}");
        }
        for path in ["app.py", "python/app.py", "src/vendor/x.py", "six.py"] {
            assert!(!third_party.contains(path), "{path}");
        }
    }
}
