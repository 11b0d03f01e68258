//! How much of a function was understood, and the gaps of what no stage is there for yet.

use model::call::CodeFacts;
use model::component::Component;
use model::function::{CodeContent, Function};
use model::{Gap, Hidden};
use providers::aws::iam::CodeCoverage;

/// Whether the function's code was read, judged from what its stages say. `gaps` are those of the function so far; a
/// function whose code no stage reads adds one.
pub(crate) fn of_code(function: &Function, code: &CodeFacts, gaps: &mut Vec<Gap>) -> CodeCoverage {
    if let Some(why) = elsewhere(function) {
        return CodeCoverage::None(why);
    }
    let runtime = function.runtime.as_deref().unwrap_or_default();
    if code.reached_files.is_empty() {
        let why = if runtime.is_empty() || code::understands(runtime) {
            "no code in Python, JavaScript or TypeScript was found".to_owned()
        } else {
            format!("the code of runtime `{runtime}` is not read yet")
        };
        gaps.push(Gap::new(function.location.clone(), why.clone(), &[Hidden::Calls, Hidden::Permissions]));
        return CodeCoverage::None(why);
    }
    // What the ledger tells concerns the services that it names; the rest could be anything.
    let is_in_ledger =
        |gap: &Gap| code.unresolved.iter().any(|site| site.location == gap.location && site.why == gap.why);
    let unread =
        gaps.iter().find(|gap| gap.hides.contains(&Hidden::Calls) && !is_known_layer(gap) && !is_in_ledger(gap));
    unread.map_or(CodeCoverage::Full, |gap| CodeCoverage::Partial(gap.why.clone()))
}

/// Published layers whose calls the code's own imports tell, by a part of their names: the libraries in them are known to
/// the SDK models. Source: the layers' documentation.
const KNOWN_LAYERS: &[&str] = &["AWSLambdaPowertoolsPython", "AWSLambdaPowertoolsTypeScript"];

fn is_known_layer(gap: &Gap) -> bool {
    gap.why.starts_with("layer ") && KNOWN_LAYERS.iter().any(|layer| gap.why.contains(layer))
}

/// Why the function's own code is not on this machine.
fn elsewhere(function: &Function) -> Option<String> {
    function.code.iter().find_map(|code| match (&code.content, &code.layer) {
        (CodeContent::Elsewhere { why }, None) => Some(why.clone()),
        _ => None,
    })
}

/// A function of a compiled language has at least itself as a package; without any it must not look like a clean one.
pub(crate) fn check_components(function: &Function, components: &[Component], gaps: &mut Vec<Gap>) {
    let Some(runtime) = function.runtime.as_deref() else { return };
    if components.is_empty() && !code::understands(runtime) && elsewhere(function).is_none() {
        let why = format!(
            "no packages were found in a function of runtime `{runtime}`, not even its own; build or publish the function, or \
             keep its lock file beside it, and scan again"
        );
        gaps.push(Gap::new(function.location.clone(), why, &[Hidden::Components, Hidden::Vulnerabilities]));
    }
}
