//! What is gathered while logs are read: one collector per thread, merged at the end in any order to the same result.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::event::Record;
use super::evidence::{self, LogCoverage, SeenActions, Source, Tracked};
use super::mapping::{Checked, Mapper};
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
            self.count_unmapped(event, count);
        }
        for (how, count) in other.matches {
            *self.matches.entry(how).or_default() += count;
        }
    }
}

/// What one event tells of whoever called.
struct Told<'e> {
    host: &'e str,
    name: &'e str,
    checked: Arc<Checked>,
    is_denied: bool,
    /// The action and resource that a denial names.
    denied: Option<(String, Vec<String>)>,
    /// Whether it is a data event that does not say so.
    is_data: bool,
}

impl<'e> Told<'e> {
    fn of(
        record: &'e Record<'e>,
        principal: Principal<'e>,
        mapper: &mut Mapper,
        is_anywhere: &dyn Fn(&str) -> bool,
    ) -> Self {
        let event = record.event(principal);
        let is_denied = record.is_denied();
        let checked = mapper.checked(&event, &|action| !is_denied && is_anywhere(action));
        let denied = || {
            let (name, resource) = record.denied_action()?;
            Some((facts::action(name)?.name(), resource.map(str::to_owned).into_iter().collect()))
        };
        let is_data_action = || checked.actions.iter().any(|(action, _)| visibility::is_data_action(action));
        Self {
            host: event.source,
            name: event.name,
            is_denied,
            denied: is_denied.then(denied).flatten(),
            is_data: record.is_data().is_none() && is_data_action(),
            checked,
        }
    }
}

impl Shown {
    /// Whether the action was used on more resources than are kept.
    fn is_anywhere(&self, action: &str) -> bool {
        self.uses.get(action).is_some_and(|seen| seen.is_anywhere)
    }

    fn add(&mut self, told: &Told<'_>, moment: Option<Moment>, how: Match) {
        *self.matches.entry(how).or_default() += 1;
        let checked = &told.checked;
        if let Some((action, resources)) = &told.denied {
            return evidence::see(&mut self.denials, action, moment, resources);
        }
        let seen = if told.is_denied { &mut self.denials } else { &mut self.uses };
        for (action, resources) in &checked.actions {
            evidence::see(seen, action, moment, resources);
        }
        if told.is_denied {
            return;
        }
        for action in &checked.perhaps {
            evidence::see(&mut self.perhaps, action, moment, &[]);
        }
        if checked.is_unknown {
            self.count_unmapped((told.host.to_owned(), told.name.to_owned()), 1);
        }
    }

    /// Names are foreign: what is more than any log has of them is counted together.
    fn count_unmapped(&mut self, event: (String, String), count: u64) {
        let is_kept = self.unmapped.len() < MAX_UNMAPPED || self.unmapped.contains_key(&event);
        let event = if is_kept { event } else { (String::new(), String::new()) };
        *self.unmapped.entry(event).or_default() += count;
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
    /// What turned out to be of no function.
    discarded: Shown,
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
            discarded: Shown::default(),
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
        let (shown, only_role) = (&self.shown, &self.only_role);
        let is_anywhere = |action: &str| match only_role {
            OnlyRole::One { shown, .. } if is_strangers => shown.is_anywhere(action),
            _ if is_strangers => false,
            _ => functions.iter().all(|(at, _)| shown.get(at).is_some_and(|shown| shown.is_anywhere(action))),
        };
        let told = Told::of(record, principal, &mut self.mapper, &is_anywhere);
        if told.is_data {
            self.cover_data(record.source());
        }
        if is_strangers {
            return self.only_role(principal).add(&told, moment, Match::OnlyRole);
        }
        for (at, how) in functions.iter() {
            self.shown.entry(*at).or_default().add(&told, moment, *how);
        }
    }

    /// What the only role does; called when the principal may be it.
    fn only_role(&mut self, principal: Principal<'_>) -> &mut Shown {
        if self.only_role == OnlyRole::None {
            let (account, role) = (principal.account.to_owned(), principal.role.to_owned());
            self.only_role = OnlyRole::One { account, role, shown: Box::default() };
        }
        match &mut self.only_role {
            OnlyRole::One { shown, .. } => shown,
            OnlyRole::None | OnlyRole::Several => &mut self.discarded,
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
