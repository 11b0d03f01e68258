//! One package of functions: read its files once, then judge each function by them.

use std::thread::ScopedJoinHandle;

use advisory::{Index, PackageIndex};
use artifact::Artifact;
use model::advisory::ComponentVulnerabilities;
use model::call::CodeFacts;
use model::component::{Component, Reach};
use model::function::Function;
use model::permission::Permissions;
use model::report::{Assessment, Risk};
use model::secret::SecretFact;
use model::{Gap, Hidden, Parsed};
use providers::aws::iam::{self, TemplateResources};
use providers::aws::usage::Usage;
use rules::FunctionFacts;
use secrets::{ScanContext, Scanner};
use source::Located;

use crate::folding::fold;
use crate::packages::{OpenTarget, Package};
use crate::suppress::{Answers, Subject};
use crate::{Settings, container, coverage};

/// What every assessment is judged by.
pub(crate) struct Facts<'a> {
    pub(crate) index: Index,
    pub(crate) scanner: Scanner,
    pub(crate) answers: Answers<'a>,
    pub(crate) packages: Option<PackageIndex>,
    /// What logs show, where the user named any.
    pub(crate) usage: Option<Usage>,
    pub(crate) settings: &'a Settings,
}

/// What the files of a package hold, whichever function runs them.
#[derive(Default)]
struct Contents {
    components: Vec<Component>,
    import_names: Vec<Vec<String>>,
    vulnerabilities: Vec<ComponentVulnerabilities>,
    secrets: Vec<SecretFact>,
    digests: Vec<Option<String>>,
    gaps: Vec<Gap>,
}

/// The assessments of the package's functions, in their order, each with whether anything of the function was read.
pub(crate) fn assess(package: &Package<'_>, target: &OpenTarget<'_>, facts: &Facts<'_>) -> Vec<(Assessment, bool)> {
    let Parsed { value: artifact, gaps } = package.open(target.root);
    let functions: Vec<Located> =
        package.functions.iter().map(|located| container::described(located, &artifact)).collect();
    let stages = Stages { artifact: &artifact, package, functions: &functions, target, facts };
    let (mut contents, codes) = stages.run();
    contents.gaps.extend(gaps);
    // Before every function gets a copy: hostile files have hundreds of thousands.
    fold(&mut contents.gaps);
    let assessments =
        functions.iter().zip(codes).map(|(located, code)| assess_function(located, code, &contents, facts)).collect();
    let mut late = artifact.late_gaps();
    fold(&mut late);
    let assessments = with_late_gaps(assessments, &late);
    let has_files = !artifact.entries().is_empty();
    // A template tells what a function is granted even where its code is elsewhere.
    let read_anything = |assessment: &Assessment| has_files || !assessment.function.identity.policies.is_empty();
    assessments
        .into_iter()
        .map(|assessment| {
            let read = read_anything(&assessment);
            (assessment, read)
        })
        .collect()
}

/// What reading entries found out only when it was done.
fn with_late_gaps(mut assessments: Vec<Assessment>, gaps: &[Gap]) -> Vec<Assessment> {
    for assessment in &mut assessments {
        assessment.gaps.extend(gaps.iter().cloned());
    }
    assessments
}

/// The readers of one package's files. None needs what another finds.
#[derive(Clone, Copy)]
struct Stages<'a> {
    artifact: &'a Artifact,
    package: &'a Package<'a>,
    functions: &'a [Located],
    target: &'a OpenTarget<'a>,
    facts: &'a Facts<'a>,
}

impl Stages<'_> {
    /// Everything that is wanted, side by side, and for each function what its code says. On threads of their own for the
    /// reason that packages are: each stage waits for work that it hands to rayon's pool.
    fn run(self) -> (Contents, Vec<Option<Parsed<CodeFacts>>>) {
        let settings = self.facts.settings;
        let mut contents = Contents::default();
        let codes = std::thread::scope(|scope| {
            let secrets = settings.wants_secrets().then(|| scope.spawn(move || self.read_secrets()));
            let codes = settings.wants_code().then(|| scope.spawn(move || self.read_codes()));
            if settings.wants_components() {
                self.take_inventory(&mut contents);
            }
            if let Some((secrets, digests)) = secrets.map(joined) {
                contents.secrets = secrets.take_gaps(&mut contents.gaps);
                contents.digests = digests;
            }
            codes.map(joined)
        });
        let unread = || self.functions.iter().map(|_| None).collect();
        (contents, codes.map_or_else(unread, |codes| codes.into_iter().map(Some).collect()))
    }

    fn take_inventory(self, contents: &mut Contents) {
        let layers = self.package.layer_names();
        let above = self.package.files_above(self.target.root);
        let runtime = common_runtime(self.functions);
        let setting = inventory::Setting { layers: &layers, runtime, above: above.as_ref() };
        let inventory = inventory::take(self.artifact, &setting).take_gaps(&mut contents.gaps);
        contents.components = resolved(inventory.components, self.facts, &mut contents.gaps);
        contents.import_names = inventory.import_names;
        let matched = advisory::assess(&self.facts.index, &contents.components);
        contents.vulnerabilities = matched.take_gaps(&mut contents.gaps);
    }

    /// With the digests of the package's files and a look at those of its image, which cost reading everything too: a scan
    /// for components alone does neither.
    fn read_secrets(self) -> (Parsed<Vec<SecretFact>>, Vec<Option<String>>) {
        let context = ScanContext { shipped_by: Some(inventory::shipped_by), ..ScanContext::default() };
        let mut found = self.facts.scanner.scan_artifact(self.artifact, &context);
        found.gaps.extend(self.artifact.check_layers());
        (found, self.package.digests(self.target.root))
    }

    fn read_codes(self) -> Vec<Parsed<CodeFacts>> {
        self.functions.iter().map(|located| read_code(located, self.artifact, self.target)).collect()
    }
}

/// The components, requirements replaced by what an install on the asked day would have taken.
fn resolved(mut components: Vec<Component>, facts: &Facts<'_>, gaps: &mut Vec<Gap>) -> Vec<Component> {
    if let (Some(packages), Some(resolution)) = (&facts.packages, &facts.settings.resolution) {
        for component in &mut components {
            gaps.extend(packages.resolve(component, &resolution.day.to_string()));
        }
    }
    components
}

/// What the thread found; its panic goes on in this one.
fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// The runtime that all functions run on, if it is one.
fn common_runtime(functions: &[Located]) -> Option<&str> {
    let mut runtimes = functions.iter().map(|located| located.function.runtime.as_deref());
    let first = runtimes.next()??;
    runtimes.all(|runtime| runtime == Some(first)).then_some(first)
}

fn assess_function(
    located: &Located,
    code: Option<Parsed<CodeFacts>>,
    contents: &Contents,
    facts: &Facts<'_>,
) -> Assessment {
    let function = &with_listed_runtime(&located.function, &contents.components);
    let mut gaps: Vec<_> = located.gaps.iter().chain(&contents.gaps).cloned().collect();
    let code = code.map(|code| code.take_gaps(&mut gaps));
    let permissions = permissions(located, code.as_ref(), facts, &mut gaps);
    if facts.settings.wants_components() {
        coverage::check_components(function, &contents.components, &mut gaps);
    }
    let mut components = with_reach(contents, code.as_ref());
    if facts.settings.wants_components() {
        add_runtime(function, &mut components);
    }
    let mut secrets = contents.secrets.clone();
    if facts.settings.wants_secrets() {
        secrets.extend(facts.scanner.scan_environment(&function.environment));
        secrets = secrets::merge(secrets);
    }
    let runtime_status = function
        .runtime
        .as_deref()
        .and_then(|runtime| rules::runtime_status(function.cloud, runtime, facts.settings.today));
    let judged = FunctionFacts {
        function,
        components: &components,
        vulnerabilities: &contents.vulnerabilities,
        secrets: &secrets,
        permissions: &permissions,
        runtime_status: runtime_status.as_ref(),
        today: facts.settings.today,
    };
    let mut findings = rules::check(&judged);
    findings.retain(|finding| facts.settings.wants(finding.family));
    rules::sort_findings(&mut findings);
    let subject = Subject { function, components: &components, vulnerabilities: &contents.vulnerabilities };
    let (findings, suppressed) = facts.answers.apply(findings, subject);
    let risk: Risk = rules::risk(&judged, &findings);
    Assessment {
        function: function.clone(),
        code_digests: contents.digests.clone(),
        runtime_status,
        calls: code.map(|code| code.calls).unwrap_or_default(),
        components,
        permissions,
        findings,
        suppressed,
        gaps,
        risk,
    }
}

/// The function on the runtime that its bill of materials lists, when nothing else says which.
fn with_listed_runtime(function: &Function, components: &[Component]) -> Function {
    let mut function = function.clone();
    if function.runtime.is_none()
        && let Some((cloud, runtime)) = components.iter().find_map(inventory::runtime_of)
    {
        (function.cloud, function.runtime) = (cloud, Some(runtime.to_owned()));
    }
    function
}

/// The platform's runtime, last: `vulnerabilities` name components by their position.
fn add_runtime(function: &Function, components: &mut Vec<Component>) {
    let Some(runtime) = function.runtime.as_deref() else { return };
    let component = inventory::runtime_component(function.cloud, runtime, function.location.clone());
    components.extend(component.filter(|component| components.iter().all(|known| known.purl != component.purl)));
}

fn read_code(located: &Located, artifact: &Artifact, target: &OpenTarget<'_>) -> Parsed<CodeFacts> {
    let surroundings = target.surroundings(&located.function);
    let request = code::Request {
        handler: located.function.handler.as_deref(),
        runtime: located.function.runtime.as_deref(),
        environment: &located.function.environment,
        surroundings,
    };
    let mut read = code::analyze(artifact, &request);
    let ledger = read.value.unresolved.iter();
    read.gaps.extend(
        ledger.map(|site| Gap::new(site.location.clone(), site.why.clone(), &[Hidden::Calls, Hidden::Permissions])),
    );
    read
}

fn permissions(located: &Located, code: Option<&CodeFacts>, facts: &Facts<'_>, gaps: &mut Vec<Gap>) -> Permissions {
    let Some(code) = code else { return Permissions::default() };
    let function = &located.function;
    let coverage = coverage::of_code(function, code, gaps);
    let resources = located.stack.as_deref().map(TemplateResources::of_stack).unwrap_or_default();
    let usage = facts.usage.as_ref();
    gaps.extend(usage.iter().flat_map(|usage| usage.gaps_of_function(&function.id, &function.location)));
    let usage = usage.and_then(|usage| usage.of_function(&function.id));
    iam::permissions(function, code, &coverage, &resources, facts.settings.today, usage).take_gaps(gaps)
}

/// The components, each with whether this function's handler imports it.
fn with_reach(contents: &Contents, code: Option<&CodeFacts>) -> Vec<Component> {
    let mut components = contents.components.clone();
    let Some(code) = code else { return components };
    for (component, names) in components.iter_mut().zip(&contents.import_names) {
        let imported =
            code.imported.iter().any(|(ecosystem, name)| *ecosystem == component.ecosystem && names.contains(name));
        if imported {
            component.reach = Reach::Imported;
        }
    }
    components
}
