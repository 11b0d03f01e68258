//! Where a handler's code lies.

use deploy::{EntryKind, Project};

/// What a handler's file may end in; empty for folders and binaries.
const EXTENSIONS: [&str; 15] =
    ["", ".cjs", ".cts", ".go", ".js", ".jsx", ".mjs", ".mts", ".php", ".py", ".rb", ".rs", ".sh", ".ts", ".tsx"];
/// Runtimes whose handlers name classes.
const CLASS_RUNTIMES: [&str; 2] = ["dotnet", "java"];

/// Modules that plugins add when they pack: adapters between the platform and a web framework.
const GENERATED_MODULES: [&str; 3] = ["rack_adapter", "wsgi", "wsgi_handler"];

/// Whether the file of `handler` is below `folder`. Handlers that name classes (`Assembly::Type::Method`), and those that
/// plugins bring, count as being there.
pub(super) fn exists(project: &dyn Project, folder: &str, handler: &str, runtime: Option<&str>) -> bool {
    let runtime = runtime.unwrap_or_default();
    if handler.contains("::") || CLASS_RUNTIMES.iter().any(|prefix| runtime.starts_with(prefix)) {
        return true;
    }
    let module = handler.rsplit_once('.').map_or(handler, |(module, _)| module);
    if GENERATED_MODULES.contains(&module) {
        return true;
    }
    // `src.app.handler` of Python, `lib/app.Class.method` of Ruby.
    let python_module = module.replace('.', "/");
    let name_start = handler.rfind('/').map_or(0, |slash| slash + 1);
    let name = handler.get(name_start..).unwrap_or_default().split('.').next().unwrap_or_default();
    let ruby_file = format!("{}{name}", handler.get(..name_start).unwrap_or_default());
    [module, handler, &python_module, &ruby_file].into_iter().any(|stem| has_file(project, folder, stem))
}

fn has_file(project: &dyn Project, folder: &str, stem: &str) -> bool {
    let Some(path) = deploy::project::join(folder, stem) else { return false };
    EXTENSIONS.iter().any(|extension| match project.kind(&format!("{path}{extension}")) {
        Some(EntryKind::File) => true,
        Some(EntryKind::Folder) => extension.is_empty() && is_module(project, &path),
        None => false,
    })
}

/// Whether a folder is what a handler may name: a package, or the folder of a Go program.
fn is_module(project: &dyn Project, folder: &str) -> bool {
    ["__init__.py", "index.js", "index.mjs", "index.ts", "main.go"]
        .iter()
        .any(|file| project.kind(&format!("{folder}/{file}")) == Some(EntryKind::File))
}

#[cfg(test)]
mod tests {
    use deploy::MemoryProject;

    use super::*;

    #[test]
    fn finds_the_file_of_a_handler() {
        let files = [
            "api/src/app.py",
            "api/a.ts",
            "api/cmd/x/main.go",
            "api/bin/hello",
            "api/pkg/__init__.py",
            "api/v1.2/b.js",
        ];
        let project = MemoryProject::new(files.map(|file| (file, "")));
        for (handler, runtime, expected) in [
            ("src/app.handler", "python3.12", true),
            ("src.app.handler", "python3.12", true),
            ("./src/app.handler", "python3.12", true),
            ("a.main", "nodejs20.x", true),
            ("b.main", "nodejs20.x", false),
            ("v1.2/b.main", "nodejs20.x", true),
            ("bin/hello", "provided.al2", true),
            ("bin/other", "provided.al2", false),
            ("cmd/x", "provided.al2", true),
            ("cmd/x/main.go", "provided.al2", true),
            ("pkg.handler", "python3.12", true),
            ("src.handler", "nodejs20.x", false),
            ("com.example.Handler", "java21", true),
            ("A::B::C", "dotnet8", true),
            ("src/app.Shop.run", "ruby3.3", true),
            ("wsgi_handler.handler", "python3.12", true),
            ("../x.handler", "nodejs20.x", false),
        ] {
            assert_eq!(exists(&project, "api", handler, Some(runtime)), expected, "{handler}");
        }
    }
}
