//! Templates in tests.

use deploy::MemoryProject;
use deploy::formats::cloudformation::{self, Parameters, Stack};
use model::Parsed;
use model::function::{CodeContent, Function};

const FILE: &str = "template.yaml";

/// The evaluated template in `text`, without gaps of its own.
#[track_caller]
pub(super) fn stack(text: &str) -> Stack {
    let read = cloudformation::read(text, FILE, &Parameters::default(), &MemoryProject::default());
    read.unwrap_or_else(|error| panic!("{error}")).value
}

/// The functions of a template in a project that also has `files`.
#[track_caller]
pub(super) fn functions(text: &str, files: &[(&str, &str)]) -> Vec<Parsed<Function>> {
    let project = MemoryProject::new(files.iter().copied().chain([(FILE, text)]));
    let read = super::read_templates(&[FILE.to_owned()], &Parameters::default(), &project);
    assert_eq!(read.gaps, [], "{text}");
    read.value
        .into_iter()
        .find(|template| template.stack.file == FILE)
        .map(|template| template.functions)
        .unwrap_or_default()
}

/// One SAM function with these properties, and everything else that `rest` has of the template.
pub(super) fn sam(properties: &str, rest: &str) -> String {
    format!(
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      \
         {}\n{rest}",
        properties.trim().replace('\n', "\n      ")
    )
}

/// Where the code is: `src`, `inline index.py 7`, `elsewhere`, layers as `layer Name: …`.
pub(super) fn code(function: &Function) -> Vec<String> {
    let show = |source: &model::function::CodeSource| {
        let content = match &source.content {
            CodeContent::Path { .. } => source.path.clone(),
            CodeContent::Inline { file_name, first_line, .. } => format!("inline {file_name} {first_line}"),
            CodeContent::Elsewhere { .. } => "elsewhere".to_owned(),
        };
        source.layer.as_ref().map_or_else(|| content.clone(), |layer| format!("layer {layer}: {content}"))
    };
    function.code.iter().map(show).collect()
}

/// Every grant, one line per statement: `template DynamoDBReadPolicy: Allow a:B, a:C on x`.
pub(super) fn grants(function: &Function) -> Vec<String> {
    let mut lines = Vec::new();
    for policy in &function.identity.policies {
        let head = format!("{} {}", policy.kind.name(), policy.id);
        if policy.statements.is_empty()
            || policy.arn.as_ref().is_some_and(|arn| arn.to_string().contains(":aws:policy/"))
        {
            lines.push(head);
            continue;
        }
        for statement in &policy.statements {
            let list =
                |texts: &[model::SymbolicText]| texts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            let (effect, actions, resources) =
                (statement.effect.name(), list(&statement.actions), list(&statement.resources));
            lines.push(format!("{head}: {effect} {actions} on {resources}"));
        }
    }
    lines
}

/// `kind exposure source`.
pub(super) fn triggers(function: &Function) -> Vec<String> {
    let show =
        |trigger: &model::function::Trigger| format!("{} {} {}", trigger.kind, trigger.exposure.name(), trigger.source);
    function.triggers.iter().map(show).collect()
}

/// `Kind resource`, without the logs that every function has.
pub(super) fn wiring(function: &Function) -> Vec<String> {
    let show = |wiring: &model::function::Wiring| {
        let resource = wiring.resource.as_ref().map(|resource| format!(" {resource}"));
        format!("{:?}{}", wiring.kind, resource.unwrap_or_default())
    };
    function.wiring.iter().map(show).filter(|wiring| wiring != "Logs").collect()
}

/// Fails unless exactly the gaps that contain `expected`, in order, are there.
#[track_caller]
pub(super) fn check_gaps(function: &Parsed<Function>, expected: &[&str]) {
    let whys: Vec<_> = function.gaps.iter().map(|gap| gap.why.as_str()).collect();
    assert_eq!(whys.len(), expected.len(), "{whys:#?}");
    for part in expected {
        assert!(whys.iter().any(|why| why.contains(part)), "no gap says `{part}`: {whys:#?}");
    }
}
