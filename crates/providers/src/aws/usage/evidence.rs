//! What logs and reports say of one function, and what their silence proves.

use std::collections::{BTreeMap, BTreeSet};

use model::permission::Use;

use super::moment::Moment;
use super::visibility;
use crate::aws::iam::facts::ActionId;

/// Resources kept per action; with more of them it counts as used on any.
pub(super) const MAX_RESOURCES_PER_ACTION: usize = 64;

/// Stands for the prefix of every service.
pub(super) const EVERY_SERVICE: &str = "*";

/// The fewest days after which silence is taken for more than chance: CloudTrail's own history is as long.
const FULL_WINDOW_DAYS: i64 = 90;

/// The kind of record that shows a use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    CloudTrail,
    LastAccessed,
    AccessAnalyzer,
}

impl Source {
    /// As the report names it.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::CloudTrail => "cloudtrail",
            Self::LastAccessed => "service-last-accessed",
            Self::AccessAnalyzer => "access-analyzer",
        }
    }

    /// For sentences.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::CloudTrail => "CloudTrail",
            Self::LastAccessed => "IAM's last-accessed report",
            Self::AccessAnalyzer => "Access Analyzer",
        }
    }
}

/// When and on what an action was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) last: Option<(Moment, Source)>,
    pub(crate) source: Source,
    /// ARNs; of no use when `is_anywhere`.
    pub(crate) resources: BTreeSet<String>,
    /// Whether some record did not say on what, or there are too many to keep.
    pub(crate) is_anywhere: bool,
}

impl Seen {
    pub(super) fn new(moment: Option<Moment>, source: Source, resources: impl IntoIterator<Item = String>) -> Self {
        let mut resources: BTreeSet<String> = resources.into_iter().collect();
        let is_anywhere = resources.is_empty() || resources.len() > MAX_RESOURCES_PER_ACTION;
        if is_anywhere {
            resources.clear();
        }
        Self { last: moment.map(|moment| (moment, source)), source, resources, is_anywhere }
    }

    /// Adds one more moment in a log; nothing is copied that is known already.
    pub(super) fn see_again(&mut self, moment: Option<Moment>, source: Source, resources: &[String]) {
        self.last = self.last.max(moment.map(|moment| (moment, source)));
        self.is_anywhere |= resources.is_empty();
        for resource in resources.iter().filter(|_| !self.is_anywhere) {
            if !self.resources.contains(resource) {
                self.resources.insert(resource.clone());
            }
        }
        self.forget_too_many();
    }

    fn forget_too_many(&mut self) {
        if self.is_anywhere || self.resources.len() > MAX_RESOURCES_PER_ACTION {
            self.is_anywhere = true;
            self.resources.clear();
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.last = self.last.max(other.last);
        self.source = self.last.map_or(self.source.min(other.source), |(_, source)| source);
        self.is_anywhere |= other.is_anywhere;
        self.resources.extend(other.resources);
        self.forget_too_many();
    }

    /// `on 2026-10-01 (CloudTrail)`.
    pub(crate) fn when(&self) -> String {
        match self.last {
            Some((moment, source)) => format!("on {} ({})", moment.day(), source.title()),
            None => format!("({})", self.source.title()),
        }
    }

    fn to_model(&self, action: &str) -> Use {
        Use {
            action: action.to_owned(),
            last_seen: self.last.map(|(moment, _)| moment.to_string()),
            source: self.source.id().to_owned(),
            resources: self.resources.iter().cloned().collect(),
        }
    }
}

/// Actions by name, with when each was seen.
pub(crate) type SeenActions = BTreeMap<String, Seen>;

/// Adds what was seen of one action.
pub(super) fn add(seen: &mut SeenActions, action: &str, new: Seen) {
    match seen.get_mut(action) {
        Some(known) => known.merge(new),
        None => {
            seen.insert(action.to_owned(), new);
        }
    }
}

/// Adds a moment in a log at which the action was seen on the resources; none when the log does not say on which.
pub(super) fn see(seen: &mut SeenActions, action: &str, moment: Option<Moment>, resources: &[String]) {
    match seen.get_mut(action) {
        Some(known) => known.see_again(moment, Source::CloudTrail, resources),
        None => {
            let new = Seen::new(moment, Source::CloudTrail, resources.iter().cloned());
            seen.insert(action.to_owned(), new);
        }
    }
}

/// What event logs cover, whoever acted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct LogCoverage {
    /// The first and the last moment of an event.
    pub(super) window: Option<(Moment, Moment)>,
    /// Whether events of management operations are there.
    pub(super) has_management: bool,
    /// Whether events of operations that only read are there.
    pub(super) has_reads: bool,
    /// Hosts (`s3.amazonaws.com`) of which events are there.
    pub(super) sources: BTreeSet<String>,
    /// Hosts of which data events are there.
    pub(super) data_sources: BTreeSet<String>,
}

impl LogCoverage {
    pub(super) fn merge(&mut self, other: Self) {
        if let Some((first, last)) = other.window {
            self.widen(first, last);
        }
        self.has_management |= other.has_management;
        self.has_reads |= other.has_reads;
        self.sources.extend(other.sources);
        self.data_sources.extend(other.data_sources);
    }

    pub(super) fn widen(&mut self, first: Moment, last: Moment) {
        self.window = Some(match self.window {
            Some((known_first, known_last)) => (known_first.min(first), known_last.max(last)),
            None => (first, last),
        });
    }
}

/// What a report says of one service.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tracked {
    /// The service was not used at all.
    pub(super) is_unused: bool,
    /// Of these actions, in lower case with prefix, no use was seen.
    pub(super) unused_actions: BTreeSet<String>,
    /// The end of the period.
    pub(super) until: Option<Moment>,
    pub(super) source: Option<Source>,
}

impl Tracked {
    pub(super) fn merge(&mut self, other: Self) {
        self.is_unused |= other.is_unused;
        self.unused_actions.extend(other.unused_actions);
        self.until = self.until.max(other.until);
        self.source = self.source.max(other.source);
    }
}

/// What the logs show of one function.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FunctionUsage {
    pub(super) uses: SeenActions,
    pub(super) denials: SeenActions,
    /// Actions that a seen operation asks for with some parameters only, which the log does not tell.
    pub(super) perhaps: SeenActions,
    /// Prefixes of services that were used, by which actions the report does not say.
    pub(super) services: SeenActions,
    /// Prefixes of services of which an event has no known action.
    pub(super) unmapped: BTreeSet<String>,
    /// What the event logs cover; `None` when they do not show the function at all.
    pub(super) logs: Option<LogCoverage>,
    /// By service prefix.
    pub(super) tracked: BTreeMap<String, Tracked>,
}

/// What the silence about an action proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Silence {
    /// It was not used: the words complete "not used …". Whether the period is long enough to rely on.
    NotUsed { words: String, is_full_window: bool },
    /// Nothing: the sentence says why.
    ProvesNothing(String),
}

impl FunctionUsage {
    pub(crate) fn used(&self) -> Vec<Use> {
        self.uses.iter().map(|(action, seen)| seen.to_model(action)).collect()
    }

    pub(crate) fn denied(&self) -> Vec<Use> {
        self.denials.iter().map(|(action, seen)| seen.to_model(action)).collect()
    }

    /// When the action was used.
    pub(crate) fn use_of(&self, action: ActionId) -> Option<&Seen> {
        self.uses.get(&action.name())
    }

    /// The denied actions with when, by name.
    pub(crate) fn denials(&self) -> impl Iterator<Item = (&str, &Seen)> {
        self.denials.iter().map(|(name, seen)| (name.as_str(), seen))
    }

    /// When the action was denied.
    pub(crate) fn denial_of(&self, action: ActionId) -> Option<&Seen> {
        self.denials.get(&action.name())
    }

    /// The used actions that IAM knows, with when, by name.
    pub(crate) fn uses(&self) -> impl Iterator<Item = (ActionId, &Seen)> {
        self.uses.iter().filter_map(|(name, seen)| crate::aws::iam::facts::action(name).map(|action| (action, seen)))
    }

    /// What it means that `action` is not among the used ones.
    pub(crate) fn silence_about(&self, action: ActionId) -> Silence {
        let (name, service) = (action.name(), action.service());
        if self.perhaps.contains_key(&name) {
            return Silence::ProvesNothing(format!("whether a logged call used `{name}` depends on its parameters"));
        }
        if self.unmapped.contains(service) {
            return Silence::ProvesNothing(format!("the log has events of `{service}` whose action is not known here"));
        }
        let by_logs = self.by_logs(action);
        match self.by_report(&name, service) {
            Some(not_used) => not_used,
            None => by_logs,
        }
    }

    fn by_report(&self, name: &str, service: &str) -> Option<Silence> {
        let name = name.to_ascii_lowercase();
        let says_so = |tracked: &&Tracked| tracked.is_unused || tracked.unused_actions.contains(&name);
        let tracked =
            [service, EVERY_SERVICE].into_iter().filter_map(|service| self.tracked.get(service)).find(says_so)?;
        let until = tracked.until.map(|until| format!(" up to {}", until.day())).unwrap_or_default();
        let source = tracked.source.unwrap_or(Source::LastAccessed).title();
        Some(Silence::NotUsed { words: format!("in the tracking period{until} ({source})"), is_full_window: true })
    }

    fn by_logs(&self, action: ActionId) -> Silence {
        let service = action.service();
        if let Some(seen) = self.services.get(service) {
            let why = format!("`{service}` was used {}, by which of its actions is not tracked", seen.when());
            return Silence::ProvesNothing(why);
        }
        let Some(logs) = &self.logs else {
            return Silence::ProvesNothing("the logs do not show this function".to_owned());
        };
        if let Some(why) = visibility::obstacle(action, logs) {
            return Silence::ProvesNothing(why);
        }
        let Some((first, last)) = logs.window else {
            return Silence::ProvesNothing("the log's events have no time".to_owned());
        };
        Silence::NotUsed {
            words: format!("between {} and {} (CloudTrail)", first.day(), last.day()),
            is_full_window: first.days_until(last) >= FULL_WINDOW_DAYS,
        }
    }
}
