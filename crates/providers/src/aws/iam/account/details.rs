//! The shapes of the answer, borrowed from its text.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

/// Names of the lists at the top.
pub(super) const LISTS: &[&str] = &["UserDetailList", "GroupDetailList", "RoleDetailList"];

#[derive(Debug, Deserialize)]
pub(super) struct Details<'a> {
    #[serde(rename = "UserDetailList", borrow, default)]
    pub(super) users: Vec<User<'a>>,
    #[serde(rename = "GroupDetailList", borrow, default)]
    pub(super) groups: Vec<Group<'a>>,
    #[serde(rename = "RoleDetailList", borrow, default)]
    pub(super) roles: Vec<Role<'a>>,
    #[serde(rename = "Policies", borrow, default)]
    pub(super) policies: Vec<ManagedPolicyDetail<'a>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct User<'a> {
    #[serde(rename = "UserName", borrow)]
    pub(super) name: Cow<'a, str>,
    #[serde(rename = "Arn", borrow)]
    pub(super) arn: Cow<'a, str>,
    #[serde(rename = "UserPolicyList", borrow, default)]
    pub(super) inline: Vec<InlinePolicy<'a>>,
    #[serde(rename = "GroupList", borrow, default)]
    pub(super) groups: Vec<Cow<'a, str>>,
    #[serde(rename = "AttachedManagedPolicies", borrow, default)]
    pub(super) attached: Vec<AttachedPolicy<'a>>,
    #[serde(rename = "PermissionsBoundary", borrow, default)]
    pub(super) boundary: Option<Boundary<'a>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Group<'a> {
    #[serde(rename = "GroupName", borrow)]
    pub(super) name: Cow<'a, str>,
    #[serde(rename = "Arn", borrow)]
    pub(super) arn: Cow<'a, str>,
    #[serde(rename = "GroupPolicyList", borrow, default)]
    pub(super) inline: Vec<InlinePolicy<'a>>,
    #[serde(rename = "AttachedManagedPolicies", borrow, default)]
    pub(super) attached: Vec<AttachedPolicy<'a>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Role<'a> {
    #[serde(rename = "RoleName", borrow)]
    pub(super) name: Cow<'a, str>,
    #[serde(rename = "Arn", borrow)]
    pub(super) arn: Cow<'a, str>,
    #[serde(rename = "AssumeRolePolicyDocument", borrow, default)]
    pub(super) trust: Option<Document<'a>>,
    #[serde(rename = "RolePolicyList", borrow, default)]
    pub(super) inline: Vec<InlinePolicy<'a>>,
    #[serde(rename = "AttachedManagedPolicies", borrow, default)]
    pub(super) attached: Vec<AttachedPolicy<'a>>,
    #[serde(rename = "PermissionsBoundary", borrow, default)]
    pub(super) boundary: Option<Boundary<'a>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct InlinePolicy<'a> {
    #[serde(rename = "PolicyName", borrow)]
    pub(super) name: Cow<'a, str>,
    #[serde(rename = "PolicyDocument", borrow)]
    pub(super) document: Document<'a>,
}

#[derive(Debug, Deserialize)]
pub(super) struct AttachedPolicy<'a> {
    #[serde(rename = "PolicyName", borrow)]
    pub(super) name: Cow<'a, str>,
    #[serde(rename = "PolicyArn", borrow)]
    pub(super) arn: Cow<'a, str>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Boundary<'a> {
    #[serde(rename = "PermissionsBoundaryArn", borrow, default)]
    pub(super) arn: Option<Cow<'a, str>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ManagedPolicyDetail<'a> {
    #[serde(rename = "Arn", borrow)]
    pub(super) arn: Cow<'a, str>,
    #[serde(rename = "PolicyVersionList", borrow, default)]
    pub(super) versions: Vec<PolicyVersion<'a>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct PolicyVersion<'a> {
    #[serde(rename = "Document", borrow)]
    pub(super) document: Document<'a>,
    #[serde(rename = "IsDefaultVersion", default)]
    pub(super) is_default: Option<bool>,
}

/// A policy document as it stands in the text.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct Document<'a>(#[serde(borrow)] &'a RawValue);

impl<'a> Document<'a> {
    /// The document as JSON, with its 1-based line in `text`; `None` when it is text that is not JSON.
    pub(super) fn json(&self, text: &str, lines: &[usize]) -> Option<(Cow<'a, str>, u32)> {
        let raw = self.0.get();
        let offset = (raw.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
        let line = u32::try_from(lines.partition_point(|start| *start <= offset)).unwrap_or(u32::MAX);
        if !raw.starts_with('"') {
            return Some((Cow::Borrowed(raw), line));
        }
        let written: String = serde_json::from_str(raw).ok()?;
        let decoded = if written.trim_start().starts_with('{') { written } else { percent_decoded(&written)? };
        Some((Cow::Owned(decoded), line))
    }
}

/// As the API itself answers. `None` when the bytes are no UTF-8.
fn percent_decoded(text: &str) -> Option<String> {
    let hex = |digit: Option<&u8>| digit.and_then(|digit| char::from(*digit).to_digit(16));
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match (byte, hex(bytes.get(at + 1)), hex(bytes.get(at + 2))) {
            (b'%', Some(high), Some(low)) => {
                decoded.push(u8::try_from(high << 4 | low).ok()?);
                at += 3;
            }
            _ => {
                decoded.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8(decoded).ok()
}
