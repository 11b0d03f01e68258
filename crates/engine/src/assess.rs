//! One package of functions: read its files once, then judge each function by them.

use advisory::{Index, PackageIndex};
use artifact::Artifact;
use model::advisory::ComponentVulnerabilities;
use model::call::CodeFacts;
use model::component::{Component, Reach};
use model::permission::Permissions;
use model::report::{Assessment, Risk};
use model::secret::SecretFact;
use model::{Gap, Hidden, Parsed};
use providers::aws::iam::{self, TemplateResources};
use rules::FunctionFacts;
use secrets::{ScanContext, Scanner};
use source::Located;

use crate::packages::{OpenTarget, Package};
use crate::suppress::{Answers, Subject};
use crate::{Settings, coverage};

/// What every assessment is judged by.
pub(crate) struct Facts<'a> {
    pub(crate) index: Index,
    pub(crate) scanner: Scanner,
    pub(crate) answers: Answers<'a>,
    pub(crate) packages: Option<PackageIndex>,
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
    let mut contents = read(&artifact, package, facts);
    contents.gaps.extend(gaps);
    // A digest costs reading everything, which a scan for components alone does not do.
    if facts.settings.wants_secrets() {
        contents.digests = package.digests(target.root);
    }
    let read = PackageFiles { artifact: &artifact, contents: &contents, target };
    let assessments = package.functions.iter().map(|located| assess_function(located, &read, facts)).collect();
    let assessments = with_late_gaps(assessments, &artifact.late_gaps());
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

/// The files that functions of one package run.
struct PackageFiles<'a> {
    artifact: &'a Artifact,
    contents: &'a Contents,
    target: &'a OpenTarget<'a>,
}

fn read(artifact: &Artifact, package: &Package<'_>, facts: &Facts<'_>) -> Contents {
    let mut contents = Contents::default();
    if facts.settings.wants_components() {
        let layers = package.layer_names();
        let setting = inventory::Setting { layers: &layers, runtime: package.runtime() };
        let inventory = inventory::take(artifact, &setting).take_gaps(&mut contents.gaps);
        contents.components = resolved(inventory.components, facts, &mut contents.gaps);
        contents.import_names = inventory.import_names;
        contents.vulnerabilities = advisory::assess(&facts.index, &contents.components).take_gaps(&mut contents.gaps);
    }
    if facts.settings.wants_secrets() {
        let found = facts.scanner.scan_artifact(artifact, &ScanContext::default());
        contents.secrets = found.take_gaps(&mut contents.gaps);
    }
    contents
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

fn assess_function(located: &Located, files: &PackageFiles<'_>, facts: &Facts<'_>) -> Assessment {
    let PackageFiles { contents, .. } = files;
    let function = &located.function;
    let mut gaps: Vec<_> = located.gaps.iter().chain(&contents.gaps).cloned().collect();
    let code = read_code(located, files, facts.settings, &mut gaps);
    let permissions = permissions(located, code.as_ref(), &mut gaps);
    if facts.settings.wants_components() {
        coverage::check_components(function, &contents.components, &mut gaps);
    }
    let components = with_reach(contents, code.as_ref());
    let mut secrets = contents.secrets.clone();
    if facts.settings.wants_secrets() {
        secrets.extend(facts.scanner.scan_environment(&function.environment));
        secrets = secrets::merge(secrets);
    }
    let runtime_status =
        function.runtime.as_deref().and_then(|runtime| rules::runtime_status(runtime, facts.settings.today));
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

fn read_code(
    located: &Located,
    files: &PackageFiles<'_>,
    settings: &Settings,
    gaps: &mut Vec<Gap>,
) -> Option<CodeFacts> {
    if !settings.wants_code() {
        return None;
    }
    let surroundings = files.target.surroundings(&located.function);
    let request = code::Request {
        handler: located.function.handler.as_deref(),
        runtime: located.function.runtime.as_deref(),
        environment: &located.function.environment,
        surroundings,
    };
    let facts = code::analyze(files.artifact, &request).take_gaps(gaps);
    let ledger = facts.unresolved.iter();
    gaps.extend(
        ledger.map(|site| Gap::new(site.location.clone(), site.why.clone(), &[Hidden::Calls, Hidden::Permissions])),
    );
    Some(facts)
}

fn permissions(located: &Located, code: Option<&CodeFacts>, gaps: &mut Vec<Gap>) -> Permissions {
    let Some(code) = code else { return Permissions::default() };
    let function = &located.function;
    let coverage = coverage::of_code(function, code, gaps);
    let resources = located.stack.as_deref().map(TemplateResources::of_stack).unwrap_or_default();
    iam::permissions(function, code, &coverage, &resources).take_gaps(gaps)
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
