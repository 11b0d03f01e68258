//! From an artifact to its code facts: which languages, which entry points, and what came out.

use std::collections::BTreeMap;

use artifact::{Artifact, Mount};
use model::call::{Argument, Binding, Call, CodeFacts, Unresolved};
use model::function::EnvironmentVariable;
use model::location::LineIndex;
use model::{Gap, Hidden, Location, Parsed};

use crate::evaluate::{ModuleId, Outcome, Site, Start, evaluate};
use crate::languages::{LANGUAGES, Language};
use crate::project::Project;
use crate::sources::{File, Sources, Surroundings};

/// Address space kept for the evaluation's thread; only what is used becomes memory.
const STACK_BYTES: usize = 512 * 1024 * 1024;
/// How often modules that only evaluation finds (computed imports) are loaded and everything is evaluated again.
const MAX_LOADS: usize = 3;

/// What is known about the function whose code is analysed.
#[derive(Clone, Copy, Default)]
pub struct Request<'a> {
    /// The platform's handler setting, such as `app.handler`. Without one, every function of the code counts unless it
    /// is shadowed; with one, only what it reaches.
    pub handler: Option<&'a str>,
    /// The platform's runtime id, such as `python3.12`; decides the language. Without one, every language found counts.
    pub runtime: Option<&'a str>,
    /// Environment variables that are set for it: where the code has a default for one, the default does not count.
    pub environment: &'a [EnvironmentVariable],
    /// The project around the function's folder, into which imports may lead.
    pub surroundings: Option<Surroundings<'a>>,
}

/// The calls that the function's code makes, the sites of which that cannot be told, and what it imports. Locations are
/// the artifact's display paths. Code of installed packages is not analysed, only looked through for uses of the SDK.
pub fn analyze(artifact: &Artifact, request: &Request<'_>) -> Parsed<CodeFacts> {
    let run = || analyze_here(artifact, request);
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, run);
        match thread.map(|thread| thread.join()) {
            Ok(Ok(facts)) => facts,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(error) => {
                let why = format!("no thread could be started to read the code: {error}; free some memory");
                Parsed { value: CodeFacts::default(), gaps: vec![gap(Location::file("."), why)] }
            }
        }
    })
}

/// Whether the code of this runtime is read.
pub fn understands(runtime: &str) -> bool {
    LANGUAGES.iter().any(|language| language.runtimes.iter().any(|known| runtime.starts_with(known)))
}

fn analyze_here(artifact: &Artifact, request: &Request<'_>) -> Parsed<CodeFacts> {
    let mut facts = CodeFacts::default();
    let mut gaps = Vec::new();
    for language in languages(artifact, request) {
        let found = analyze_language(artifact, request, language);
        let found = found.take_gaps(&mut gaps);
        facts.calls.extend(found.calls);
        facts.unresolved.extend(found.unresolved);
        facts.imported.extend(found.imported);
        facts.reached_files.extend(found.reached_files);
        facts.uses_sdk |= found.uses_sdk;
    }
    facts.calls.sort_unstable();
    facts.calls.dedup();
    facts.unresolved.sort_unstable();
    facts.unresolved.dedup();
    facts.imported.sort_unstable();
    facts.imported.dedup();
    facts.reached_files.sort_unstable();
    facts.reached_files.dedup();
    gaps.sort_unstable();
    gaps.dedup();
    Parsed { value: facts, gaps }
}

/// The runtime's language; without a runtime, those that the files are written in.
fn languages(artifact: &Artifact, request: &Request<'_>) -> Vec<&'static Language> {
    if let Some(runtime) = request.runtime {
        let of_runtime = LANGUAGES.iter().filter(|language| language.runtimes.iter().any(|r| runtime.starts_with(r)));
        let found: Vec<_> = of_runtime.copied().collect();
        if !found.is_empty() || !is_unspecific(runtime) {
            return found;
        }
    }
    let has_files = |language: &&Language| {
        artifact.entries().iter().any(|entry| entry.mount != Mount::System && is_source(language, &entry.path))
    };
    let present: Vec<_> = LANGUAGES.iter().copied().filter(has_files).collect();
    match request.handler {
        // The handler's file tells which of several languages is meant.
        Some(handler) if present.len() > 1 => {
            let sources = |language: &Language| Sources::new(artifact, request.surroundings, language.installed, true);
            let fitting: Vec<_> = present
                .iter()
                .copied()
                .filter(|language| (language.handler)(&sources(language), handler).is_some())
                .collect();
            if fitting.is_empty() { present } else { fitting }
        }
        _ => present,
    }
}

/// Runtimes that say nothing about the language.
fn is_unspecific(runtime: &str) -> bool {
    runtime.starts_with("provided") || runtime.is_empty()
}

fn is_source(language: &Language, path: &str) -> bool {
    language.extensions.iter().any(|extension| path.ends_with(extension))
}

fn analyze_language(artifact: &Artifact, request: &Request<'_>, language: &'static Language) -> Parsed<CodeFacts> {
    let new_sources = |has_handler| Sources::new(artifact, request.surroundings, language.installed, has_handler);
    let sources = new_sources(request.handler.is_some());
    let mut project = Project::new(sources.clone());
    let mut gaps = Vec::new();
    let entry = request.handler.and_then(|handler| (language.handler)(&sources, handler).map(|entry| (handler, entry)));
    let mut files: Vec<File> = match &entry {
        Some((_, entry)) => vec![entry.file.clone()],
        None => own_files(artifact, &sources, language),
    };
    if let (Some(handler), None) = (request.handler, &entry) {
        project = Project::new(new_sources(false));
        if !files.is_empty() {
            let why = format!(
                "the handler `{handler}` leads to no {} file here; every function of the code is counted instead",
                language.id
            );
            gaps.push(gap(Location::file(files.first().map_or(".", |file| &file.path)), why));
        }
    }
    project.load(language, files.clone());
    let mut outcome = None;
    for _ in 0..MAX_LOADS {
        let starts = starts(&project, entry.as_ref().map(|(_, entry)| entry), &files);
        let evaluated = evaluate(&project, request.environment, &starts);
        let wanted = evaluated.wanted.clone();
        let handler_missing = evaluated.record.handler_missing;
        outcome = Some(evaluated);
        if handler_missing && starts.iter().any(|start| matches!(start, Start::Handler { .. })) {
            let fallback: Vec<_> = files.iter().filter_map(|file| project.module(file)).collect();
            outcome = Some(evaluate(&project, request.environment, &[Start::Everything(fallback)]));
            if let Some((handler, entry)) = &entry {
                let why =
                    format!("the handler `{handler}` names nothing in this file; all of the file is counted instead");
                gaps.push(gap(Location::file(sources.display_path(&entry.file)), why));
            }
        }
        if wanted.is_empty() {
            break;
        }
        project.load(language, wanted);
    }
    files.clear();
    gaps.append(&mut project.gaps);
    match outcome {
        Some(outcome) => finish(&project, language, outcome, gaps),
        None => Parsed { value: CodeFacts::default(), gaps },
    }
}

/// Source files that are the project's own.
fn own_files(artifact: &Artifact, sources: &Sources<'_>, language: &Language) -> Vec<File> {
    let own = artifact.entries().iter().filter(|entry| {
        is_source(language, &entry.path)
            && !entry.is_repetition()
            // What an image has beside the function is installed, whatever it is.
            && entry.mount != Mount::System
            && !entry.path.contains("!/")
            && !(language.is_foreign)(&entry.path)
    });
    let files = own.map(|entry| File::new(entry.mount.into(), entry.path.clone()));
    files.filter(|file| !sources.is_installed(file.place, &file.path)).collect()
}

fn starts(project: &Project<'_>, entry: Option<&crate::languages::Entry>, files: &[File]) -> Vec<Start> {
    match entry {
        Some(entry) => project
            .module(&entry.file)
            .map(|module| Start::Handler { module, members: entry.members.clone() })
            .into_iter()
            .collect(),
        None => vec![Start::Everything(files.iter().filter_map(|file| project.module(file)).collect())],
    }
}

fn gap(location: Location, why: impl Into<String>) -> Gap {
    Gap::new(location, why, &[Hidden::Calls, Hidden::Permissions])
}

/// Turns what was found into facts with places.
fn finish(project: &Project<'_>, language: &Language, outcome: Outcome, mut gaps: Vec<Gap>) -> Parsed<CodeFacts> {
    let mut places = Places { project, indexes: BTreeMap::new() };
    let record = outcome.record;
    let mut facts = CodeFacts::default();
    for (ecosystem_language, path) in record.imported.keys() {
        if *ecosystem_language == language.id {
            facts.uses_sdk |= (language.is_sdk)(path);
            facts.imported.push((language.ecosystem, (language.package)(path).to_owned()));
        }
    }
    for (key, joined) in &record.uses {
        facts.calls.push(Call {
            location: places.location(key.site),
            language: places.language(key.site),
            service: key.service.clone(),
            operation: key.operation.clone(),
            arguments: arguments(&joined.arguments),
            arguments_complete: joined.complete,
            binding: joined.binding,
            via: key.via,
        });
    }
    if !facts.uses_sdk {
        // Without the SDK nothing is guessed.
        facts.calls.retain(|call| call.binding == Binding::Certain);
    }
    decide_unbound(language, &record, &mut places, &mut facts);
    note_sdk_users(project, language, &record, &mut places, &mut facts);
    let fitting = |site: &Site| record.fitting.contains(site) || record.uses.keys().any(|key| key.site == *site);
    let misfits = record.misfits.iter().filter(|(site, ..)| !fitting(site));
    for (site, why, services) in record.unresolved.iter().chain(misfits) {
        let location = places.location(*site);
        facts.unresolved.push(Unresolved { location, why: why.clone(), services: services.clone() });
    }
    for module in &outcome.ran_modules {
        if let Some(loaded) = project.loaded(*module)
            && !loaded.file.is_folder()
        {
            facts.reached_files.push(loaded.file.path.clone());
        }
    }
    for (site, request) in &record.missing {
        let why = format!("`{request}` is imported here and is not among the files; calls made there are not seen");
        gaps.push(gap(places.location(*site), why));
    }
    let whole =
        || outcome.ran_modules.first().map_or_else(|| Location::file("."), |module| places_file(project, *module));
    if outcome.exhausted || record.cut_calls {
        let why =
            "the code is larger or more entangled than is followed to its end; some calls may be missing".to_owned();
        gaps.push(gap(whole(), why));
    }
    Parsed { value: facts, gaps }
}

fn places_file(project: &Project<'_>, module: ModuleId) -> Location {
    let path = project.loaded(module).map(|loaded| project.sources.display_path(&loaded.file));
    Location::file(path.unwrap_or_else(|| ".".to_owned()))
}

fn arguments(joined: &BTreeMap<String, Vec<model::SymbolicText>>) -> Vec<Argument> {
    joined.iter().map(|(name, values)| Argument { name: name.clone(), values: values.clone() }).collect()
}

/// Calls on receivers of which nothing is known: exactly one service that the code uses and that fits is likely, several
/// go into the ledger.
fn decide_unbound(
    language: &Language,
    record: &crate::evaluate::Record,
    places: &mut Places<'_, '_>,
    facts: &mut CodeFacts,
) {
    for ((site, _), unbound) in &record.unbound {
        if record.uses.keys().any(|key| key.site == *site) {
            continue;
        }
        let location = places.location(*site);
        let candidates = (language.candidates)(unbound, &record.services);
        match candidates.as_slice() {
            [] => {}
            several if unbound.package.is_some() => {
                let package = unbound.package.as_deref().unwrap_or_default();
                let why = format!(
                    "`{}` is called on something from `{package}`, which is not among the files; add it to what is scanned",
                    unbound.method
                );
                facts.unresolved.push(Unresolved { location, why, services: services_of(several) });
            }
            _ if !facts.uses_sdk => {}
            [candidate] => facts.calls.push(Call {
                location,
                language: places.language(*site),
                service: candidate.service.clone(),
                operation: candidate.operation.clone(),
                arguments: arguments(&unbound.arguments),
                arguments_complete: unbound.complete,
                binding: Binding::Likely,
                via: candidate.via,
            }),
            several => {
                let services = services_of(several);
                let why = format!(
                    "`{}` is called on something of which only running the code tells what it is",
                    unbound.method
                );
                facts.unresolved.push(Unresolved { location, why, services });
            }
        }
    }
}

fn services_of(candidates: &[crate::languages::Candidate]) -> Vec<String> {
    let mut services: Vec<String> = candidates.iter().map(|candidate| candidate.service.clone()).collect();
    services.sort_unstable();
    services.dedup();
    services
}

/// Installed packages that reached code imports and that use the SDK themselves go into the ledger.
fn note_sdk_users(
    project: &Project<'_>,
    language: &Language,
    record: &crate::evaluate::Record,
    places: &mut Places<'_, '_>,
    facts: &mut CodeFacts,
) {
    let mut packages: BTreeMap<&str, Site> = BTreeMap::new();
    for ((imported_in, path), site) in &record.imported {
        if *imported_in == language.id && !(language.is_sdk)(path) {
            packages.entry((language.package)(path)).or_insert(*site);
        }
    }
    let names: Vec<&str> = packages.keys().copied().collect();
    for package in (language.sdk_users)(&project.sources, &names) {
        if let Some(site) = packages.get(package.as_str()) {
            let why = format!("`{package}` uses the SDK itself, and what it calls is not known");
            facts.unresolved.push(Unresolved { location: places.location(*site), why, services: Vec::new() });
        }
    }
}

/// Offsets into lines and columns, with one index per file.
struct Places<'p, 'a> {
    project: &'p Project<'a>,
    indexes: BTreeMap<ModuleId, (String, LineIndex)>,
}

impl Places<'_, '_> {
    fn location(&mut self, site: Site) -> Location {
        let Some(loaded) = self.project.loaded(site.module) else { return Location::file(".") };
        let sources = &self.project.sources;
        let (path, index) = self
            .indexes
            .entry(site.module)
            .or_insert_with(|| (sources.display_path(&loaded.file), loaded.line_index()));
        let (line, column) = index.line_column(site.offset as usize);
        Location::point(path.clone(), line, column)
    }

    fn language(&self, site: Site) -> &'static str {
        self.project.loaded(site.module).map_or("", |loaded| loaded.ir.language)
    }
}
