//! Conditions, three-valued: true, false, or not known.
//!
//! Source: the IAM user guide, "Condition operators" and "Set operators for multivalued context keys".
//! Supported: every operator with `…IfExists`, `ForAllValues:` and `ForAnyValue:`; `Null`. Unsupported (→ unknown): operators
//! that IAM does not know, values that cannot be read as what the operator compares.

mod operators;

use super::context::{Context, Known};
use super::text::{Text, Wildcards};
use super::truth::Truth;
use operators::Operator;

pub(in crate::aws::iam) use operators::date;

/// One operator on one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Condition {
    test: Test,
    /// In lower case.
    key: String,
    values: Vec<Text>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Test {
    /// `true` when the key must be absent.
    Null,
    Compare {
        operator: &'static Operator,
        set: Option<Set>,
        if_exists: bool,
    },
    /// As written.
    Unsupported(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Set {
    All,
    Any,
}

impl Condition {
    pub(super) fn new(written: &str, key: &str, values: &[String], has_variables: bool) -> Self {
        let test = Test::parse(written);
        let wildcards = match &test {
            Test::Compare { operator, .. } if operator.takes_wildcards => Wildcards::Match,
            _ => Wildcards::Literal,
        };
        let values = values.iter().map(|value| Text::new(value, wildcards, has_variables)).collect();
        Self { test, key: key.to_ascii_lowercase(), values }
    }

    /// Whether it holds; why not known is added to `why`.
    pub(super) fn truth(&self, context: &Context, is_deny: bool, why: &mut Vec<String>) -> Truth {
        let known = context.get(&self.key);
        match &self.test {
            Test::Unsupported(written) => {
                why.push(format!("condition operator `{written}` is not one that IAM knows"));
                Truth::Unknown
            }
            _ if known == Known::Unknown => {
                why.push(format!("the value of `{}` is not known", self.key));
                Truth::Unknown
            }
            Test::Null => self.null(known, context),
            Test::Compare { operator, set, if_exists } => {
                let Known::Present(asked) = known else {
                    return (*if_exists || absent_holds(operator, *set)).into();
                };
                self.compare(operator, *set, asked, context, is_deny, why)
            }
        }
    }

    fn null(&self, known: Known<'_>, context: &Context) -> Truth {
        let is_absent = known == Known::Absent;
        let wanted = |text: &Text| operators::plain(text, context).map(|text| text.eq_ignore_ascii_case("true"));
        Truth::any(self.values.iter().filter_map(wanted).map(|wants_absent| Truth::from(wants_absent == is_absent)))
    }

    fn compare(
        &self,
        operator: &'static Operator,
        set: Option<Set>,
        asked: &[String],
        context: &Context,
        is_deny: bool,
        why: &mut Vec<String>,
    ) -> Truth {
        let mut one = |value: &String| {
            let equal = self.values.iter().map(|text| operator.truth(text, value, context, why));
            let equal = Truth::any(equal.collect::<Vec<_>>());
            if operator.is_negated { equal.not() } else { equal }
        };
        let each: Vec<Truth> = asked.iter().map(&mut one).collect();
        match (set, each.as_slice()) {
            (Some(Set::All), _) => Truth::all(each),
            (Some(Set::Any), _) => Truth::any(each),
            (None, [single]) => *single,
            // Without a set operator a key with several values is not compared: nothing is granted by it, and what it
            // would deny is in doubt.
            (None, _) if !is_deny || each.iter().all(|truth| *truth == Truth::False) => Truth::False,
            (None, _) => {
                why.push(format!("`{}` has several values, which needs `ForAllValues` or `ForAnyValue`", self.key));
                Truth::Unknown
            }
        }
    }
}

/// Whether a condition on a key that the request does not have holds.
fn absent_holds(operator: &Operator, set: Option<Set>) -> bool {
    match set {
        Some(Set::All) => true,
        Some(Set::Any) => false,
        None => operator.is_negated,
    }
}

impl Test {
    fn parse(written: &str) -> Self {
        let unsupported = || Self::Unsupported(written.to_owned());
        let (set, name) = match written.split_once(':') {
            None => (None, written),
            Some((prefix, name)) if prefix.eq_ignore_ascii_case("ForAllValues") => (Some(Set::All), name),
            Some((prefix, name)) if prefix.eq_ignore_ascii_case("ForAnyValue") => (Some(Set::Any), name),
            Some(_) => return unsupported(),
        };
        let lower = name.to_ascii_lowercase();
        if lower == "null" && set.is_none() {
            return Self::Null;
        }
        let (name, if_exists) = lower.strip_suffix("ifexists").map_or((lower.as_str(), false), |name| (name, true));
        operators::find(name).map_or_else(unsupported, |operator| Self::Compare { operator, set, if_exists })
    }
}
