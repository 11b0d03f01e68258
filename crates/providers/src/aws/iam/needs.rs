//! What a function needs: its calls and its wiring turned into actions on resources.
//!
//! Place in the flow: `code` yields calls in terms of the SDK; the fact tables say which actions an operation checks and
//! which parameters name the resource; the function's environment leads from code to the template's resources.

mod arguments;
mod forwarded;
mod resource;
mod wiring;

use std::collections::BTreeMap;

use model::call::{Binding, Call, Via};
use model::function::Function;
use model::permission::{Need, NeedEvidence, Tier};
use model::{Confidence, Gap, Hidden, Parsed, SymbolicText};

use super::facts::{self, ActionId, OperationAction, OperationActions};
use super::template_resources::TemplateResources;
use arguments::{Arguments, Holds};

/// The needs of a function as the comparison wants them.
#[derive(Debug, Default)]
pub(crate) struct Needs {
    /// By action; what is surely or likely checked.
    pub(crate) actions: BTreeMap<ActionId, NeededAction>,
    /// Actions that may be checked too, with the reason. Nothing is granted for them, and nothing taken away.
    pub(crate) possible: BTreeMap<ActionId, String>,
    /// Services with an operation of unknown permissions: IAM prefix → the operation.
    pub(crate) unmapped: BTreeMap<&'static str, String>,
}

/// Why and on what one action is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NeededAction {
    /// Sorted.
    pub(crate) resources: Vec<NeededResource>,
    pub(crate) tier: Tier,
    pub(crate) confidence: Confidence,
    /// Sorted.
    pub(crate) evidence: Vec<NeedEvidence>,
}

/// A resource that an action is needed on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct NeededResource {
    pub(crate) text: SymbolicText,
    /// Whether the text names it; otherwise it is a pattern that the resource lies in.
    pub(crate) is_known: bool,
}

impl NeededResource {
    fn everything() -> Self {
        Self { text: "*".into(), is_known: true }
    }
}

impl Needs {
    /// In the order of their actions, as reports show them.
    pub(crate) fn to_model(&self) -> Vec<Need> {
        let mut needs: Vec<Need> = self
            .actions
            .iter()
            .map(|(action, needed)| Need {
                action: action.name(),
                resources: needed.resources.iter().map(|resource| resource.text.clone()).collect(),
                tier: needed.tier,
                evidence: needed.evidence.clone(),
                confidence: needed.confidence,
                harms: facts::harms_of(*action).iter().map(|entry| entry.harm).collect(),
            })
            .collect();
        needs.sort_by(|left, right| left.action.cmp(&right.action));
        needs
    }

    fn add(&mut self, action: ActionId, needed: NeededAction) {
        match self.actions.get_mut(&action) {
            Some(known) => known.merge(needed),
            None => drop(self.actions.insert(action, needed)),
        }
    }
}

impl NeededAction {
    fn merge(&mut self, other: Self) {
        self.resources.extend(other.resources);
        self.resources.sort_unstable();
        self.resources.dedup();
        self.evidence.extend(other.evidence);
        self.evidence.sort_unstable();
        self.evidence.dedup();
        self.tier = self.tier.min(other.tier);
        self.confidence = self.confidence.max(other.confidence);
    }
}

/// What `calls` and the wiring of `function` need. A gap for every operation whose permissions are not known.
pub fn needs(calls: &[Call], function: &Function, resources: &TemplateResources) -> Parsed<Vec<Need>> {
    needs_in_detail(calls, function, resources).map(|needs| needs.to_model())
}

/// What one call needs, without what the function's wiring does.
pub(crate) fn needs_of_call(call: &Call, function: &Function) -> Needs {
    let resources = &TemplateResources::default();
    let mut reader = Reader { function, resources, needs: Needs::default(), gaps: Vec::new() };
    reader.call(call);
    reader.needs
}

pub(crate) fn needs_in_detail(calls: &[Call], function: &Function, resources: &TemplateResources) -> Parsed<Needs> {
    let mut reader = Reader { function, resources, needs: Needs::default(), gaps: Vec::new() };
    for call in calls {
        reader.call(call);
    }
    wiring::add(function, resources, &mut reader.needs);
    reader.gaps.sort();
    reader.gaps.dedup();
    let Reader { mut needs, gaps, .. } = reader;
    needs.possible.retain(|action, _| !needs.actions.contains_key(action));
    Parsed { value: needs, gaps }
}

struct Reader<'a> {
    function: &'a Function,
    resources: &'a TemplateResources,
    needs: Needs,
    gaps: Vec<Gap>,
}

impl Reader<'_> {
    fn call(&mut self, call: &Call) {
        let arguments = Arguments::new(call, self.function);
        match facts::actions_of_operation(&call.service, &call.operation) {
            Some(OperationActions::NoPermission) => {}
            Some(OperationActions::Actions(actions)) => {
                for action in &actions {
                    self.action(call, action, &arguments);
                }
            }
            None => self.unmapped(call),
        }
    }

    fn unmapped(&mut self, call: &Call) {
        let name = format!("{}.{}", call.service, call.operation);
        for prefix in facts::prefixes_of_service(&call.service) {
            self.needs.unmapped.insert(prefix, name.clone());
        }
        let why = format!(
            "the permissions of `{name}` are not known here; look the operation up and see that the policy allows it"
        );
        self.gaps.push(Gap::new(call.location.clone(), why, &[Hidden::Permissions]));
    }

    fn possible(&mut self, actions: &[&str], why: &str) {
        for action in actions.iter().filter_map(|action| facts::action(action)) {
            self.needs.possible.entry(action).or_insert_with(|| why.to_owned());
        }
    }

    fn action(&mut self, call: &Call, needed: &OperationAction, arguments: &Arguments<'_>) {
        let Some(action) = facts::action(needed.action) else { return };
        let holds = arguments.holds(needed.condition);
        match holds {
            Holds::No => return,
            Holds::Perhaps => {
                let how = if needed.condition == facts::Condition::Sometimes {
                    "may ask"
                } else {
                    "asks, with some arguments,"
                };
                let why = format!("`{}.{}` {how} for it", call.service, call.operation);
                self.needs.possible.entry(action).or_insert(why);
                return;
            }
            Holds::Yes | Holds::OneOfSeveral => {}
        }
        let found = resource::resources(needed, arguments, self.resources);
        let evidence =
            NeedEvidence { location: call.location.clone(), call: format!("{}.{}", call.service, call.operation) };
        if call.via == Via::Transfer && needed.action == "s3:PutObject" {
            self.possible(UPLOAD_CLEANUP, "an upload in parts that fails is cleaned up with it");
        }
        forwarded::add_keys(action, &found, &evidence, self.resources, &mut self.needs);
        let needed = NeededAction {
            resources: found,
            tier: tier(call, needed),
            confidence: confidence(call, holds),
            evidence: vec![evidence],
        };
        self.needs.add(action, needed);
    }
}

/// What the transfer managers do when a large upload fails.
const UPLOAD_CLEANUP: &[&str] = &["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"];

fn tier(call: &Call, needed: &OperationAction) -> Tier {
    let is_conditional = needed.condition != facts::Condition::Always && !needed.is_always_required;
    match () {
        () if call.via == Via::Library => Tier::Library,
        () if needed.is_forwarded => Tier::Forwarded,
        () if is_conditional => Tier::Conditional,
        () => Tier::Required,
    }
}

fn confidence(call: &Call, holds: Holds) -> Confidence {
    match (call.binding, holds) {
        (_, Holds::OneOfSeveral) => Confidence::Possible,
        (Binding::Likely, _) => Confidence::Likely,
        (Binding::Certain, _) => Confidence::Certain,
    }
}

#[cfg(test)]
mod tests;
