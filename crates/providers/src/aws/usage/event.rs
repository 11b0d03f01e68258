//! One event of CloudTrail, in any of the shapes that tools store it in.
//!
//! Source: AWS CloudTrail User Guide, "CloudTrail record contents" (event versions 1.0 to 1.11).
//! Supported: a record itself; `detail` of an EventBridge event; the text in `CloudTrailEvent` (`lookup-events`) and in
//! `message` (CloudWatch Logs); rows of named texts (CloudTrail Lake, Athena), in which structures are JSON or
//! `{name=value}`; names in lower case, as Athena's tables have them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::ControlFlow;

use serde::Deserialize;
use serde::de::{Deserializer, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::moment::Moment;
use super::struct_text;
use super::subject::Principal;

/// Events wrapped in events wrapped in …
const MAX_WRAPPINGS: usize = 4;

/// The parts of a record that matter here; those of nested structure as text.
#[derive(Debug, Default)]
pub(super) struct Record<'a> {
    time: Option<Cow<'a, str>>,
    source: Option<Cow<'a, str>>,
    name: Option<Cow<'a, str>>,
    region: Option<Cow<'a, str>>,
    error_code: Option<Cow<'a, str>>,
    error_message: Option<Cow<'a, str>>,
    kind: Option<Cow<'a, str>>,
    category: Option<Cow<'a, str>>,
    account: Option<Cow<'a, str>>,
    is_read: Option<bool>,
    is_management: Option<bool>,
    identity: Option<Cow<'a, str>>,
    parameters: Option<Cow<'a, str>>,
    resources: Option<Cow<'a, str>>,
    /// Of a column of its own.
    principal_arn: Option<Cow<'a, str>>,
}

/// An event, borrowed from its record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Event<'e> {
    /// `dynamodb.amazonaws.com`.
    pub(super) source: &'e str,
    pub(super) name: &'e str,
    pub(super) region: &'e str,
    pub(super) account: &'e str,
    record: &'e Record<'e>,
}

/// The event that a JSON value of a log is or wraps; `None` for JSON that is none.
///
/// # Errors
/// When it is no JSON, or its parts have other types than CloudTrail gives them.
pub(super) fn read(json: &str) -> Result<Option<Record<'_>>, serde_json::Error> {
    if json.starts_with('[') {
        let columns: Vec<BTreeMap<String, Option<String>>> = serde_json::from_str(json)?;
        let columns = columns.into_iter().flatten().filter_map(|(name, value)| Some((name, value?)));
        return Ok(of_row(columns));
    }
    let mut json = Cow::Borrowed(json);
    for _ in 0..MAX_WRAPPINGS {
        // The text of a wrapped event is a new one, of which nothing can be borrowed for the caller.
        let inner = match &json {
            Cow::Borrowed(text) => match unwrapped(serde_json::from_str(text)?) {
                ControlFlow::Break(record) => return Ok(record),
                ControlFlow::Continue(inner) => inner,
            },
            Cow::Owned(text) => match unwrapped(serde_json::from_str(text)?) {
                ControlFlow::Break(record) => return Ok(record.map(Record::into_owned)),
                ControlFlow::Continue(inner) => Cow::Owned(inner.into_owned()),
            },
        };
        json = inner;
    }
    Ok(None)
}

/// The event, or the text to go on with.
fn unwrapped(fields: Fields<'_>) -> ControlFlow<Option<Record<'_>>, Cow<'_, str>> {
    if fields.event_source.is_some() && fields.event_name.is_some() {
        return ControlFlow::Break(Some(fields.into_record()));
    }
    let detail = fields.detail.map(|detail| Cow::Borrowed(detail.get()));
    let texts = [fields.cloud_trail_event, fields.message].into_iter().flatten().map(|text| text.0);
    let inner = detail.into_iter().chain(texts).find(|inner| inner.trim_start().starts_with('{'));
    inner.map_or(ControlFlow::Break(None), ControlFlow::Continue)
}

/// The event of a row: names in any case and spelling (`userIdentity.arn`, `useridentity_arn`) with their texts.
pub(super) fn of_row(columns: impl IntoIterator<Item = (String, String)>) -> Option<Record<'static>> {
    let mut record = Record::default();
    for (name, text) in columns {
        if text.is_empty() || text == "null" {
            continue;
        }
        let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        let place = match plain.to_ascii_lowercase().as_str() {
            "eventtime" => &mut record.time,
            "eventsource" => &mut record.source,
            "eventname" => &mut record.name,
            "awsregion" => &mut record.region,
            "errorcode" => &mut record.error_code,
            "errormessage" => &mut record.error_message,
            "eventtype" => &mut record.kind,
            "eventcategory" => &mut record.category,
            "recipientaccountid" => &mut record.account,
            "useridentity" => &mut record.identity,
            "useridentityarn" => &mut record.principal_arn,
            "requestparameters" => &mut record.parameters,
            "resources" => &mut record.resources,
            "readonly" => {
                record.is_read = flag(&text);
                continue;
            }
            "managementevent" => {
                record.is_management = flag(&text);
                continue;
            }
            _ => continue,
        };
        *place = Some(Cow::Owned(text));
    }
    (record.source.is_some() && record.name.is_some()).then_some(record)
}

impl Record<'_> {
    fn into_owned(self) -> Record<'static> {
        let owned = |text: Option<Cow<'_, str>>| text.map(|text| Cow::Owned(text.into_owned()));
        Record {
            time: owned(self.time),
            source: owned(self.source),
            name: owned(self.name),
            region: owned(self.region),
            error_code: owned(self.error_code),
            error_message: owned(self.error_message),
            kind: owned(self.kind),
            category: owned(self.category),
            account: owned(self.account),
            is_read: self.is_read,
            is_management: self.is_management,
            identity: owned(self.identity),
            parameters: owned(self.parameters),
            resources: owned(self.resources),
            principal_arn: owned(self.principal_arn),
        }
    }

    /// The ARN of who called; `None` when the record does not say.
    pub(super) fn principal_arn(&self) -> Option<Cow<'_, str>> {
        if let Some(arn) = &self.principal_arn {
            return Some(Cow::Borrowed(arn));
        }
        let identity = self.identity.as_deref()?;
        if let Ok(identity) = serde_json::from_str::<Identity<'_>>(identity) {
            return identity.arn.map(|arn| arn.0);
        }
        match structure(identity)?.get("arn")? {
            Value::String(arn) => Some(Cow::Owned(arn.clone())),
            _ => None,
        }
    }

    /// As a use by `principal`.
    pub(super) fn event<'e>(&'e self, principal: Principal<'e>) -> Event<'e> {
        Event {
            source: self.source(),
            name: self.name.as_deref().unwrap_or_default(),
            region: self.region.as_deref().unwrap_or_default(),
            account: self.account.as_deref().unwrap_or(principal.account),
            record: self,
        }
    }

    pub(super) fn source(&self) -> &str {
        self.source.as_deref().unwrap_or_default()
    }

    pub(super) fn moment(&self) -> Option<Moment> {
        Moment::parse(self.time.as_deref()?)
    }

    pub(super) fn is_read(&self) -> bool {
        self.is_read == Some(true)
    }

    /// Whether it is a data event; `None` in records older than the distinction.
    pub(super) fn is_data(&self) -> Option<bool> {
        match self.category.as_deref() {
            Some(category) => Some(!category.eq_ignore_ascii_case("Management")),
            None => self.is_management.map(|is_management| !is_management),
        }
    }

    /// Whether it tells of a call to an API, rather than of what a service did by itself.
    pub(super) fn is_call(&self) -> bool {
        !matches!(self.kind.as_deref(), Some("AwsServiceEvent" | "AwsCloudTrailInsight" | "AwsConsoleSignIn"))
    }

    /// Whether IAM refused it. Other errors came after the permission was checked.
    pub(super) fn is_denied(&self) -> bool {
        let Some(code) = &self.error_code else { return false };
        ["AccessDenied", "UnauthorizedOperation", "AuthorizationError"].iter().any(|denial| code.contains(denial))
    }

    /// The action and resource that a denial's message names: `… not authorized to perform: ACTION on resource: ARN`.
    pub(super) fn denied_action(&self) -> Option<(&str, Option<&str>)> {
        let (_, after) = self.error_message.as_deref()?.split_once("to perform: ")?;
        let action = after.split([' ', ',']).next()?;
        let resource = after.split_once("on resource: ").and_then(|(_, resource)| resource.split_whitespace().next());
        let resource = resource.map(|resource| resource.trim_matches(['"', '\'', '.']));
        Some((action, resource.filter(|resource| resource.starts_with("arn:"))))
    }
}

impl Event<'_> {
    /// The request's parameters; `None` when there are none or they cannot be read.
    pub(super) fn parameters(&self) -> Option<Value> {
        structure(self.record.parameters.as_deref()?).filter(|parameters| !parameters.is_null())
    }

    /// The ARNs of the event's own list of resources.
    pub(super) fn resource_arns(&self) -> Vec<String> {
        let resources = self.record.resources.as_deref().and_then(structure);
        let Some(Value::Array(resources)) = resources else { return Vec::new() };
        let arn = |resource: &Value| match ["ARN", "arn"].iter().find_map(|name| resource.get(*name))? {
            Value::String(arn) if arn.starts_with("arn:") => Some(arn.clone()),
            _ => None,
        };
        resources.iter().filter_map(arn).collect()
    }
}

/// A nested structure: JSON, JSON in a JSON text, or Athena's text.
fn structure(text: &str) -> Option<Value> {
    match serde_json::from_str(text) {
        Ok(Value::String(inner)) => serde_json::from_str(&inner).ok().or_else(|| struct_text::read(&inner)),
        Ok(value) => Some(value),
        Err(_) => struct_text::read(text),
    }
}

fn flag(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        return Some(true);
    }
    text.eq_ignore_ascii_case("false").then_some(false)
}

/// A text, borrowed where the JSON has no escapes. (`Option<Cow<str>>` would always be copied.)
#[derive(Debug)]
struct Text<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }

            fn visit_string<E>(self, text: String) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text)))
            }
        }
        deserializer.deserialize_str(TextVisitor)
    }
}

/// `true`, or a text that says so.
#[derive(Debug)]
struct Flag(Option<bool>);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FlagVisitor;
        impl Visitor<'_> for FlagVisitor {
            type Value = Flag;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("true or false")
            }

            fn visit_bool<E>(self, value: bool) -> Result<Flag, E> {
                Ok(Flag(Some(value)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Flag, E> {
                Ok(Flag(flag(text)))
            }
        }
        deserializer.deserialize_any(FlagVisitor)
    }
}

/// The fields of a record and of what wraps it. Names twice in a record are an error, as which one counts is unknown.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fields<'a> {
    #[serde(borrow, alias = "eventtime")]
    event_time: Option<Text<'a>>,
    #[serde(borrow, alias = "eventsource")]
    event_source: Option<Text<'a>>,
    #[serde(borrow, alias = "eventname")]
    event_name: Option<Text<'a>>,
    #[serde(borrow, alias = "awsregion")]
    aws_region: Option<Text<'a>>,
    #[serde(borrow, alias = "errorcode")]
    error_code: Option<Text<'a>>,
    #[serde(borrow, alias = "errormessage")]
    error_message: Option<Text<'a>>,
    #[serde(borrow, alias = "eventtype")]
    event_type: Option<Text<'a>>,
    #[serde(borrow, alias = "eventcategory")]
    event_category: Option<Text<'a>>,
    #[serde(borrow, alias = "recipientaccountid")]
    recipient_account_id: Option<Text<'a>>,
    #[serde(alias = "readonly")]
    read_only: Option<Flag>,
    #[serde(alias = "managementevent")]
    management_event: Option<Flag>,
    #[serde(borrow, alias = "useridentity")]
    user_identity: Option<&'a RawValue>,
    #[serde(borrow, alias = "requestparameters")]
    request_parameters: Option<&'a RawValue>,
    #[serde(borrow)]
    resources: Option<&'a RawValue>,
    #[serde(borrow, rename = "CloudTrailEvent")]
    cloud_trail_event: Option<Text<'a>>,
    #[serde(borrow)]
    detail: Option<&'a RawValue>,
    #[serde(borrow)]
    message: Option<Text<'a>>,
}

impl<'a> Fields<'a> {
    fn into_record(self) -> Record<'a> {
        let text = |text: Option<Text<'a>>| text.map(|text| text.0);
        let raw = |raw: Option<&'a RawValue>| raw.map(|raw| Cow::Borrowed(raw.get()));
        Record {
            time: text(self.event_time),
            source: text(self.event_source),
            name: text(self.event_name),
            region: text(self.aws_region),
            error_code: text(self.error_code),
            error_message: text(self.error_message),
            kind: text(self.event_type),
            category: text(self.event_category),
            account: text(self.recipient_account_id),
            is_read: self.read_only.and_then(|flag| flag.0),
            is_management: self.management_event.and_then(|flag| flag.0),
            identity: raw(self.user_identity),
            parameters: raw(self.request_parameters),
            resources: raw(self.resources),
            principal_arn: None,
        }
    }
}

#[derive(Deserialize)]
struct Identity<'a> {
    #[serde(borrow)]
    arn: Option<Text<'a>>,
}
