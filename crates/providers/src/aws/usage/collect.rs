//! What is gathered while logs are read: one collector per thread, merged at the end in any order to the same result.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::event::Record;
use super::evidence::{self, LogCoverage, Seen, SeenActions, Source, Tracked};
use super::mapping::Mapper;
use super::moment::Moment;
use super::subject::{Match, Principal};
use super::subjects::Subjects;
use super::visibility;
use crate::aws::iam::facts;

/// Principals whose functions are remembered.
const MAX_REMEMBERED: usize = 16_384;
/// Hosts kept; there are some hundreds.
const MAX_SOURCES: usize = 4096;
/// Kinds of events without a known action that are told apart per function.
const MAX_UNMAPPED: usize = 1024;

/// What logs show of one function.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) uses: SeenActions,
    pub(super) denials: SeenActions,
    pub(super) perhaps: SeenActions,
    /// Host and event name → how many events have no known action.
    pub(super) unmapped: BTreeMap<(String, String), u64>,
    /// How its events were known to be its own, with how many.
    pub(super) matches: BTreeMap<Match, u64>,
}

impl Shown {
    pub(super) fn merge(&mut self, other: Self) {
        for (known, more) in
            [(&mut self.uses, other.uses), (&mut self.denials, other.denials), (&mut self.perhaps, other.perhaps)]
        {
            more.into_iter().for_each(|(action, seen)| evidence::add(known, &action, seen));
        }
        for (event, count) in other.unmapped {
            // Foreign names: what is more than any log has of them is counted together.
            let is_kept = self.unmapped.len() < MAX_UNMAPPED || self.unmapped.contains_key(&event);
            let event = if is_kept { event } else { (event.0, String::new()) };
            *self.unmapped.entry(event).or_default() += count;
        }
        for (how, count) in other.matches {
            *self.matches.entry(how).or_default() += count;
        }
    }
}

/// A report about one role, from IAM or Access Analyzer.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RoleReport {
    /// `None` when the report does not say whose it is.
    pub(super) arn: Option<String>,
    /// Action and when.
    pub(super) uses: Vec<(String, Option<Moment>)>,
    /// Prefixes of services that were used by actions that are not told, and when.
    pub(super) services: Vec<(String, Option<Moment>)>,
    pub(super) unused_services: Vec<String>,
    pub(super) unused_actions: Vec<String>,
    pub(super) until: Option<Moment>,
    pub(super) source: Option<Source>,
}

impl RoleReport {
    pub(super) fn source(&self) -> Source {
        self.source.unwrap_or(Source::LastAccessed)
    }

    /// By service prefix.
    pub(super) fn tracked(&self) -> BTreeMap<String, Tracked> {
        let mut tracked: BTreeMap<String, Tracked> = BTreeMap::new();
        let empty = || Tracked { until: self.until, source: self.source, ..Tracked::default() };
        for service in &self.unused_services {
            tracked.entry(service.to_ascii_lowercase()).or_insert_with(empty).is_unused = true;
        }
        for action in self.unused_actions.iter().map(|action| action.to_ascii_lowercase()) {
            let service = action.split(':').next().unwrap_or_default().to_owned();
            tracked.entry(service).or_insert_with(empty).unused_actions.insert(action);
        }
        tracked
    }
}

/// The role whose events are the only ones of a log, when nothing tells the function's role.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum OnlyRole {
    #[default]
    None,
    One {
        account: String,
        role: String,
        shown: Box<Shown>,
    },
    Several,
}

impl OnlyRole {
    fn merge(&mut self, other: Self) {
        *self = match (std::mem::take(self), other) {
            (Self::None, other) | (other, Self::None) => other,
            (
                Self::One { account, role, mut shown },
                Self::One { account: other_account, role: other_role, shown: other_shown },
            ) if account == other_account && role == other_role => {
                shown.merge(*other_shown);
                Self::One { account, role, shown }
            }
            _ => Self::Several,
        };
    }
}

/// Gathers what records say.
pub struct Collector<'a> {
    pub(super) subjects: &'a Subjects,
    /// By position of the function.
    pub(super) shown: BTreeMap<usize, Shown>,
    pub(super) logs: LogCoverage,
    pub(super) only_role: OnlyRole,
    pub(super) reports: Vec<RoleReport>,
    /// Files that are none of the formats.
    pub(super) foreign_files: Vec<String>,
    /// Events read, whoever acted.
    pub(super) event_count: u64,
    mapper: Mapper,
    functions: FxHashMap<String, Arc<[(usize, Match)]>>,
}

impl<'a> Collector<'a> {
    pub fn new(subjects: &'a Subjects) -> Self {
        Self {
            subjects,
            shown: BTreeMap::new(),
            logs: LogCoverage::default(),
            only_role: OnlyRole::None,
            reports: Vec::new(),
            foreign_files: Vec::new(),
            event_count: 0,
            mapper: Mapper::default(),
            functions: FxHashMap::default(),
        }
    }

    /// Adds what another collector of the same functions has gathered.
    pub fn merge(&mut self, other: Self) {
        for (at, shown) in other.shown {
            self.shown.entry(at).or_default().merge(shown);
        }
        self.logs.merge(other.logs);
        self.only_role.merge(other.only_role);
        self.reports.extend(other.reports);
        self.foreign_files.extend(other.foreign_files);
        self.event_count += other.event_count;
    }

    /// Adds an event.
    pub(super) fn add(&mut self, record: &Record<'_>) {
        self.event_count += 1;
        let moment = record.moment();
        self.cover(record, moment);
        if !record.is_call() {
            return;
        }
        let Some(arn) = record.principal_arn() else { return };
        let Some(principal) = Principal::of_arn(&arn) else { return };
        let functions = self.functions_of(&arn, principal);
        let is_strangers = functions.is_empty() && self.takes_only_role(principal);
        if functions.is_empty() && !is_strangers {
            return;
        }
        let mut shown = self.shown_by(record, principal, moment);
        if is_strangers {
            shown.matches.insert(Match::OnlyRole, 1);
            let (account, role) = (principal.account.to_owned(), principal.role.to_owned());
            return self.only_role.merge(OnlyRole::One { account, role, shown: Box::new(shown) });
        }
        for (at, how) in functions.iter() {
            let mut shown = shown.clone();
            shown.matches.insert(*how, 1);
            self.shown.entry(*at).or_default().merge(shown);
        }
    }

    fn functions_of(&mut self, arn: &str, principal: Principal<'_>) -> Arc<[(usize, Match)]> {
        if let Some(known) = self.functions.get(arn) {
            return Arc::clone(known);
        }
        let found: Arc<[(usize, Match)]> = self.subjects.of(principal).into();
        if self.functions.len() >= MAX_REMEMBERED {
            self.functions.clear();
        }
        self.functions.insert(arn.to_owned(), Arc::clone(&found));
        found
    }

    /// Whether the principal may turn out to be the only role. What other roles did need not be kept.
    fn takes_only_role(&mut self, principal: Principal<'_>) -> bool {
        if !self.subjects.takes_only_role() {
            return false;
        }
        match &self.only_role {
            OnlyRole::None => true,
            OnlyRole::One { account, role, .. } if *account == principal.account && *role == principal.role => true,
            OnlyRole::One { .. } => {
                self.only_role = OnlyRole::Several;
                false
            }
            OnlyRole::Several => false,
        }
    }

    fn shown_by(&mut self, record: &Record<'_>, principal: Principal<'_>, moment: Option<Moment>) -> Shown {
        let event = record.event(principal);
        let checked = self.mapper.checked(&event);
        let mut shown = Shown::default();
        let seen = |resources: Vec<String>| Seen::new(moment, Source::CloudTrail, resources);
        if record.is_denied() {
            let told = record.denied_action().and_then(|(name, resource)| Some((facts::action(name)?, resource)));
            match told {
                Some((action, resource)) => {
                    let resources = resource.map(str::to_owned).into_iter().collect();
                    evidence::add(&mut shown.denials, &action.name(), seen(resources));
                }
                None => {
                    for (action, resources) in checked.actions {
                        evidence::add(&mut shown.denials, &action, seen(resources));
                    }
                }
            }
            return shown;
        }
        if checked.is_unknown {
            shown.unmapped.insert((event.source.to_owned(), event.name.to_owned()), 1);
        }
        if record.is_data().is_none() && checked.actions.iter().any(|(action, _)| visibility::is_data_action(action)) {
            self.cover_data(record.source());
        }
        for (action, resources) in checked.actions {
            evidence::add(&mut shown.uses, &action, seen(resources));
        }
        for action in checked.perhaps {
            evidence::add(&mut shown.perhaps, &action, seen(Vec::new()));
        }
        shown
    }

    /// Takes note of what kinds of events the log has.
    fn cover(&mut self, record: &Record<'_>, moment: Option<Moment>) {
        if let Some(moment) = moment {
            self.logs.widen(moment, moment);
        }
        self.logs.has_reads |= record.is_read();
        self.cover_source(record.source());
        match record.is_data() {
            Some(true) => self.cover_data(record.source()),
            Some(false) => self.logs.has_management = true,
            // Older records do not say; few of them are of data events.
            None => self.logs.has_management = true,
        }
    }

    fn cover_source(&mut self, host: &str) {
        if self.logs.sources.len() < MAX_SOURCES && !self.logs.sources.contains(host) {
            self.logs.sources.insert(host.to_owned());
        }
    }

    fn cover_data(&mut self, host: &str) {
        if self.logs.data_sources.len() < MAX_SOURCES && !self.logs.data_sources.contains(host) {
            self.logs.data_sources.insert(host.to_owned());
        }
    }
}
