//! How much of a function's code was understood: what may be said of permissions that it does not seem to use.

use model::call::{CodeFacts, Unresolved};

use super::action_set::ActionSet;
use super::{facts, signed_requests};

/// Whether the function's code could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeCoverage {
    /// All of it.
    Full,
    /// Some of it: the sentence says what is missing.
    Partial(String),
    /// None: the sentence says why. Nothing is then called needless, and no policy proposed.
    None(String),
    /// Policies are judged by themselves: there is no code to look at.
    Alone,
}

/// What speaks against calling a granted action needless.
pub(crate) struct Doubts<'a> {
    coverage: &'a CodeCoverage,
    code: &'a CodeFacts,
    /// Sites that may call any service.
    anywhere: Vec<&'a Unresolved>,
    /// IAM prefix and the site that may call its service.
    by_prefix: Vec<(&'static str, &'a Unresolved)>,
}

impl<'a> Doubts<'a> {
    pub(crate) fn new(coverage: &'a CodeCoverage, code: &'a CodeFacts) -> Self {
        let (mut anywhere, mut by_prefix) = (Vec::new(), Vec::new());
        for site in &code.unresolved {
            let prefixes: Vec<&'static str> =
                site.services.iter().flat_map(|service| facts::prefixes_of_service(service)).collect();
            // A service without known prefixes may be any.
            if prefixes.is_empty() {
                anywhere.push(site);
            }
            by_prefix.extend(prefixes.into_iter().map(|prefix| (prefix, site)));
        }
        Self { coverage, code, anywhere, by_prefix }
    }

    /// Whether policies are judged by themselves.
    pub(crate) fn is_alone(&self) -> bool {
        *self.coverage == CodeCoverage::Alone
    }

    /// Why the actions may be used although no SDK's operation asks for them.
    pub(crate) fn beside_the_sdk(&self, actions: &ActionSet) -> Option<String> {
        signed_requests::doubt(actions, self.code)
    }

    /// Why an action of this service may be used although no call of it was found.
    pub(crate) fn about(&self, prefix: &str) -> Option<String> {
        let site = |site: &Unresolved| format!("{} ({})", site.why, site.location);
        match self.coverage {
            CodeCoverage::None(why) => return Some(format!("the code could not be read: {why}")),
            CodeCoverage::Partial(why) => return Some(format!("part of the code could not be read: {why}")),
            CodeCoverage::Alone => return Some("there is no code to tell".to_owned()),
            CodeCoverage::Full => {}
        }
        let known = self.by_prefix.iter().find(|(known, _)| *known == prefix).map(|(_, found)| site(found));
        known.or_else(|| self.anywhere.first().map(|found| site(found)))
    }
}
