//! Gradle's build scripts: what the project asks for, where it is written plainly.
//!
//! **Source**: Gradle's user manual, "Declaring Dependencies", "Dependency Constraints", "Version Catalogs". **Supported**:
//! `build.gradle`, `build.gradle.kts` and other scripts of the project: `dependencies` blocks in every notation that
//! [`gradle_asked`](super::gradle_asked) reads, versions of variables, catalogs, constraints, forced and locked ones. Plugins and
//! what the build itself runs on are no components. **Unsupported** (→ one gap for each script): everything that only running
//! the build tells; versions that a platform manages.

use std::collections::BTreeMap;

use model::component::{EvidenceKind, Presence, Version};

use crate::claim::Claim;
use crate::document::{Document, EntryPath, Format, Reading, decode, quoted_names};
use crate::ecosystems::maven::gradle_asked::{Asked, Setting};
use crate::ecosystems::maven::gradle_catalog::{Catalog, Library};
use crate::ecosystems::maven::gradle_lock;
use crate::ecosystems::maven::gradle_script::{self, Kind, Statement};
use crate::ecosystems::maven::pom_xml::version_of;
use crate::ecosystems::maven::properties;
use crate::ecosystems::maven::version;

pub(crate) const FORMAT: Format = Format {
    id: "build-gradle",
    accepts: is_script,
    read,
    finds_installed: false,
    advice: "build it and scan the jar with its dependencies, or write locks with `gradle dependencies --write-locks`",
};

/// Folders above the script whose scripts, properties and catalogs hold for it.
const MAX_FOLDERS_ABOVE: usize = 8;
/// Bytes of a script; written ones have some ten thousand.
const MAX_SCRIPT_BYTES: u64 = 1 << 20;
/// Catalogs of one project.
const MAX_CATALOGS: usize = 16;
/// Projects of one build.
const MAX_PROJECTS: usize = 4_096;
/// Scripts that one takes over.
const MAX_APPLIED: usize = 32;
const SCRIPTS: [&str; 2] = ["build.gradle", "build.gradle.kts"];
/// Folders of the build's own code. Sorted.
const BUILD_LOGIC: &[&str] = &["build-logic", "buildLogic", "buildSrc"];
/// Scripts that say how to build, not what of.
const NOT_OF_MODULES: &[&str] = &["init.gradle", "init.gradle.kts", "settings.gradle", "settings.gradle.kts"];

pub(crate) fn is_script(path: EntryPath<'_>) -> bool {
    let is_gradle = path.file_name.ends_with(".gradle") || path.file_name.ends_with(".gradle.kts");
    is_gradle && !NOT_OF_MODULES.contains(&path.file_name) && path.is_of_project() && !path.path.contains(".jar!/")
}

fn read(document: &Document<'_>, reading: &mut Reading) {
    let Some(bytes) = document.bytes_up_to(MAX_SCRIPT_BYTES, reading) else { return };
    let statements = gradle_script::parse(&decode(&bytes));
    let is_build_logic = SCRIPTS.contains(&document.path.file_name)
        && document.path.folder.split('/').any(|folder| BUILD_LOGIC.contains(&folder));
    let mut found = Found { setting: setting(document, &statements), ..Found::default() };
    found.walk(&statements, is_build_logic);
    found.claim(document, reading);
}

/// What the script and those above it define.
fn setting(document: &Document<'_>, statements: &[Statement]) -> Setting {
    let mut setting = Setting::default();
    setting.values.add_script(statements);
    for statement in statements.iter().filter(|statement| statement.head() == "apply").take(MAX_APPLIED) {
        if let Some(applied) = applied(document, statement) {
            setting.values.add_script(&applied);
        }
    }
    let mut folder = Some(document.path.folder);
    for _ in 0..=MAX_FOLDERS_ABOVE {
        let Some(here) = folder else { break };
        for name in SCRIPTS.iter().filter(|_| here != document.path.folder) {
            if let Some(script) = script_at(document, &inside(here, name)) {
                setting.values.add_script(&script);
            }
        }
        if let Some(bytes) = bytes_at(document, &inside(here, "gradle.properties")) {
            setting.values.add_properties(&properties::read(&bytes));
        }
        add_catalogs(document, here, &mut setting);
        folder = (!here.is_empty()).then(|| here.rsplit_once('/').map_or("", |(outer, _)| outer));
    }
    setting.kotlin = statements.iter().find(|statement| statement.head() == "plugins").and_then(kotlin_version);
    setting
}

fn inside(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// The text of another file; what cannot be had is a gap of that file's own reader.
fn bytes_at(document: &Document<'_>, path: &str) -> Option<String> {
    let entry = document.survey.artifact.find(document.entry.mount, path)?;
    let bytes = Document::new(document.survey, entry).bytes_up_to(MAX_SCRIPT_BYTES, &mut Reading::default())?;
    Some(decode(&bytes).into_owned())
}

fn script_at(document: &Document<'_>, path: &str) -> Option<Vec<Statement>> {
    bytes_at(document, path).map(|text| gradle_script::parse(&text))
}

/// `apply from: "$rootDir/gradle/versions.gradle"`, seen from the script's folder or one above.
fn applied(document: &Document<'_>, statement: &Statement) -> Option<Vec<Statement>> {
    let text = statement.tokens.iter().find_map(|token| match &token.kind {
        Kind::Text { text, .. } => Some(text),
        _ => None,
    })?;
    let path = text.rsplit('}').next().unwrap_or(text);
    let path = path.trim_start_matches("$rootDir").trim_start_matches("$projectDir").trim_start_matches(['.', '/']);
    let mut folder = document.path.folder;
    for _ in 0..=MAX_FOLDERS_ABOVE {
        if let Some(script) = script_at(document, &inside(folder, path)) {
            return Some(script);
        }
        if folder.is_empty() {
            return None;
        }
        folder = folder.rsplit_once('/').map_or("", |(outer, _)| outer);
    }
    None
}

fn add_catalogs(document: &Document<'_>, folder: &str, setting: &mut Setting) {
    let artifact = document.survey.artifact;
    let below = artifact.under(document.entry.mount, &inside(folder, "gradle"));
    let names = below.filter_map(|entry| entry.path.rsplit('/').next()?.strip_suffix(".versions.toml"));
    for name in names.take(MAX_CATALOGS) {
        let path = inside(folder, &format!("gradle/{name}.versions.toml"));
        let catalog = bytes_at(document, &path).and_then(|text| Catalog::parse(&text).ok());
        if let Some(catalog) = catalog.filter(|_| !setting.catalogs.contains_key(name)) {
            setting.values.add_properties(&catalog.properties(name));
            setting.catalogs.insert(name.to_owned(), catalog);
        }
    }
}

/// `kotlin("jvm") version "2.0.0"`, `id "org.jetbrains.kotlin.jvm" version "2.0.0"`.
fn kotlin_version(plugins: &Statement) -> Option<String> {
    plugins.inside().iter().find_map(|plugin| {
        let (head, [.., version, Kind::Text { text, .. }]) =
            (plugin.head(), &plugin.tokens.iter().map(|token| token.kind.clone()).collect::<Vec<_>>()[..])
        else {
            return None;
        };
        let is_kotlin = head == "kotlin"
            || plugin.tokens.iter().any(
                |token| matches!(&token.kind, Kind::Text { text, .. } if text.starts_with("org.jetbrains.kotlin.")),
            );
        (is_kotlin && *version == Kind::Word("version".to_owned()) && !text.contains('$')).then(|| text.clone())
    })
}

/// What one script asks for, while it is put together.
#[derive(Default)]
struct Found {
    setting: Setting,
    asked: Vec<(Library, u32, Presence)>,
    /// Versions of constraints and of Spring's `dependencyManagement`.
    managed: BTreeMap<String, String>,
    forced: BTreeMap<String, String>,
    platforms: Vec<String>,
    projects: Vec<String>,
    has_files: bool,
    /// Statements that only running the script tells.
    open: Vec<String>,
}

/// Words that begin statements inside `dependencies` that ask for nothing themselves.
const FLOW: &[&str] = &["else", "for", "if", "try", "while"];
const NOT_ASKING: &[&str] = &[
    "artifactTypes",
    "attributesSchema",
    "catch",
    "components",
    "def",
    "modules",
    "println",
    "registerTransform",
    "return",
    "val",
    "var",
];

impl Found {
    fn walk(&mut self, statements: &[Statement], is_of_build: bool) {
        for statement in statements {
            let head = statement.head();
            let last = head.rsplit('.').next().unwrap_or(head);
            match last {
                "plugins" | "repositories" | "publishing" | "pluginManagement" => {}
                "buildscript" | "initscript" => self.walk(statement.inside(), true),
                "dependencies" => self.dependencies(statement.inside(), is_of_build),
                "dependencyManagement" => self.management(statement.inside()),
                "force" => self.force(statement),
                "eachDependency" | "dependencySubstitution" => self.open.push(last.to_owned()),
                _ => {
                    let words = statement.tokens.iter().filter_map(|token| match &token.kind {
                        Kind::Word(word) | Kind::Text { text: word, .. } => Some(word.to_ascii_lowercase()),
                        Kind::Mark(_) => None,
                    });
                    let is_of_tests = words.into_iter().any(|word| word.contains("test"));
                    self.walk(statement.inside(), is_of_build || is_of_tests);
                }
            }
        }
    }

    fn dependencies(&mut self, statements: &[Statement], is_of_build: bool) {
        for statement in statements {
            let head = statement.head();
            if FLOW.contains(&head) {
                self.dependencies(statement.inside(), is_of_build);
            } else if head == "constraints" {
                self.manage(statement.inside());
            } else if !NOT_ASKING.contains(&head) && !is_assignment(statement) {
                self.dependency(statement, is_of_build);
            }
        }
    }

    fn dependency(&mut self, statement: &Statement, is_of_build: bool) {
        let Some((first, mut arguments)) = statement.tokens.split_first() else { return };
        let mut configuration = match &first.kind {
            Kind::Word(word) => word.clone(),
            Kind::Text { text, .. } => text.clone(),
            Kind::Mark(_) => String::new(),
        };
        // `add("implementation", …)`
        if configuration == "add"
            && let [_, Kind::Text { text, .. }, ..] =
                &arguments.iter().map(|token| token.kind.clone()).take(2).collect::<Vec<_>>()[..]
        {
            configuration.clone_from(text);
            arguments = gradle_script::without_brackets(arguments).get(2..).unwrap_or_default();
        }
        if configuration.is_empty() || arguments.is_empty() {
            let shown = gradle_script::shown(&statement.tokens);
            return self.open.push(shown);
        }
        let is_of_build = is_of_build || gradle_lock::is_of_build(&configuration);
        let presence = if is_of_build { Presence::Development } else { Presence::Shipped };
        let rich = self.setting.rich_version(statement.inside());
        for asked in self.setting.asked(arguments) {
            match asked {
                Asked::Package(library) => {
                    let library = Library { version: rich.clone().or(library.version), ..library };
                    self.asked.push((library, first.line, presence));
                }
                Asked::Platform(name) => self.platforms.push(name),
                Asked::Project(path) => self.projects.push(path),
                Asked::Files => self.has_files |= !is_of_build,
                Asked::Nothing => {}
                Asked::Open if is_of_build => {}
                Asked::Open => self.open.push(gradle_script::shown(&statement.tokens)),
            }
        }
    }

    /// Constraints: versions of packages that something else asks for.
    fn manage(&mut self, statements: &[Statement]) {
        for statement in statements {
            let rich = self.setting.rich_version(statement.inside());
            let asked = self.setting.asked(statement.tokens.get(1..).unwrap_or_default());
            for asked in asked {
                match asked {
                    Asked::Package(library) => {
                        if let Some(version) = rich.clone().or(library.version) {
                            self.managed.insert(library.module, version);
                        }
                    }
                    Asked::Open => self.open.push(gradle_script::shown(&statement.tokens)),
                    _ => {}
                }
            }
        }
    }

    /// Spring's plugin: `imports { mavenBom … }` and `dependencies { dependency … }`.
    fn management(&mut self, statements: &[Statement]) {
        for statement in statements {
            match statement.head() {
                "imports" => {
                    for import in statement.inside() {
                        let asked = self.setting.asked(import.tokens.get(1..).unwrap_or_default());
                        self.platforms.extend(asked.into_iter().filter_map(|asked| match asked {
                            Asked::Package(library) => Some(library.module),
                            _ => None,
                        }));
                    }
                }
                "dependencies" => self.manage(statement.inside()),
                _ => {}
            }
        }
    }

    fn force(&mut self, statement: &Statement) {
        for asked in self.setting.asked(statement.tokens.get(1..).unwrap_or_default()) {
            match asked {
                Asked::Package(Library { module, version: Some(version) }) => drop(self.forced.insert(module, version)),
                _ => self.open.push(gradle_script::shown(&statement.tokens)),
            }
        }
    }

    fn claim(mut self, document: &Document<'_>, reading: &mut Reading) {
        let pins = gradle_lock::pins(document);
        for (library, line, presence) in &self.asked {
            let stated = self.stated(library);
            let version = pins.get(&library.module).or(stated.as_ref());
            let version = version.map_or(Version::Unknown, |version| version_of(version));
            let location = document.location(Some(*line));
            let module = library.module.clone();
            let mut claim = Claim::new(module, version, EvidenceKind::Declared, location, document.place());
            claim.direct = Some(true);
            claim.presence = *presence;
            reading.claims.push(claim);
        }
        self.note_elsewhere(document);
        self.note_open(document, &pins, reading);
    }

    /// The version that the scripts settle on: the forced one, else the higher of the written and the managed one.
    fn stated(&self, library: &Library) -> Option<String> {
        let managed = self.managed.get(&library.module);
        let is_higher = |managed: &&String| {
            library.version.as_deref().is_none_or(|written| match (version::key(written), version::key(managed)) {
                (Ok(written), Ok(managed)) => written < managed,
                // A range decides nothing against a constraint.
                _ => false,
            })
        };
        let chosen = self.forced.get(&library.module).or(managed.filter(is_higher)).or(library.version.as_ref());
        chosen.cloned()
    }

    /// Adds the projects and jars that the script asks for and the package lacks.
    fn note_elsewhere(&mut self, document: &Document<'_>) {
        let entries = || document.survey.artifact.entries().iter().filter(|entry| entry.mount == document.entry.mount);
        if !self.projects.is_empty() {
            // Accessors write `:my-module` as `myModule`.
            let plain = |folder: &str| folder.replace([':', '.'], "/").replace(['-', '_'], "").to_ascii_lowercase();
            let scripts = entries().map(|entry| EntryPath::new(&entry.path)).filter(|path| is_script(*path));
            let folders: Vec<String> = scripts.take(MAX_PROJECTS).map(|path| plain(path.folder)).collect();
            self.projects.sort_unstable();
            self.projects.dedup();
            for project in self.projects.iter().take(MAX_PROJECTS) {
                let folder = plain(project.trim_start_matches(':'));
                if !folders.iter().any(|known| known.ends_with(&folder)) {
                    self.open.push(format!("project(\"{project}\")"));
                }
            }
        }
        if self.has_files && !entries().any(|entry| entry.path.ends_with(".jar")) {
            self.open.push("files(…)".to_owned());
        }
    }

    /// One gap for all that is open.
    fn note_open(&self, document: &Document<'_>, pins: &BTreeMap<String, String>, reading: &mut Reading) {
        let mut why = Vec::new();
        let mut open: Vec<&str> = self.open.iter().map(String::as_str).collect();
        open.sort_unstable();
        open.dedup();
        if !open.is_empty() {
            why.push(format!("only running the build tells what {} ask for", quoted_names(&open)));
        }
        let is_managed = |(library, _, presence): &(Library, u32, Presence)| {
            *presence == Presence::Shipped && self.stated(library).is_none() && !pins.contains_key(&library.module)
        };
        if !self.platforms.is_empty() && self.asked.iter().any(is_managed) {
            let platforms: Vec<&str> = self.platforms.iter().map(String::as_str).collect();
            why.push(format!("versions are managed by {}, which is not part of the project", quoted_names(&platforms)));
        }
        if !why.is_empty() {
            let why = format!("{}; {}", why.join(", and "), FORMAT.advice);
            reading.gaps.push(document.gap(None, why));
        }
    }
}

fn is_assignment(statement: &Statement) -> bool {
    statement.tokens.get(1).is_some_and(|second| second.is_mark('='))
}
