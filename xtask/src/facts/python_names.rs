//! How botocore turns an operation's name into a Python method's: its `xform_name`.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result, ensure};

use super::sources::{BOTOCORE, Sources};

/// The transformation with botocore's table of exceptions.
pub(crate) struct PythonNames {
    exceptions: BTreeMap<String, String>,
}

impl PythonNames {
    /// Reads the exceptions from botocore's own source: the literals of `_xform_cache`, in threes.
    pub(crate) fn read(sources: &Sources) -> Result<Self> {
        let path = sources.folder(&BOTOCORE).join("botocore/__init__.py");
        let source = fs::read_to_string(&path)?;
        let (_, rest) = source.split_once("_xform_cache = {").context("botocore has no `_xform_cache`")?;
        let (table, _) = rest.split_once("\n}").context("`_xform_cache` has no end")?;
        let literals: Vec<&str> = table.split('\'').skip(1).step_by(2).collect();
        ensure!(
            literals.len().is_multiple_of(3) && literals.len() > 30,
            "`_xform_cache` has another shape than expected"
        );
        let exceptions = literals
            .chunks_exact(3)
            .filter(|entry| entry[1] == "_")
            .map(|entry| (entry[0].to_owned(), entry[2].to_owned()))
            .collect();
        Ok(Self { exceptions })
    }

    /// `ListObjectsV2` → `list_objects_v2`.
    pub(crate) fn method(&self, name: &str) -> String {
        if name.contains('_') {
            return name.to_owned();
        }
        self.exceptions.get(name).cloned().unwrap_or_else(|| snake_case(name))
    }
}

fn snake_case(name: &str) -> String {
    let name: Vec<char> = split_plural_acronym(name).chars().collect();
    split_after_lower_case(&split_before_capitalised(&name)).to_lowercase()
}

/// `GatewayARNs` → `Gateway_arns`.
fn split_plural_acronym(name: &str) -> String {
    let Some(stem) = name.strip_suffix('s') else { return name.to_owned() };
    let capitals = stem.bytes().rev().take_while(u8::is_ascii_uppercase).count();
    if capitals < 2 {
        return name.to_owned();
    }
    let (head, acronym) = name.split_at(stem.len() - capitals);
    format!("{head}_{}", acronym.to_lowercase())
}

/// `_` between any character and a capital followed by lower case: `(.)([A-Z][a-z]+)`.
fn split_before_capitalised(name: &[char]) -> Vec<char> {
    let mut split = Vec::with_capacity(name.len() + 8);
    let mut at = 0;
    while let Some(first) = name.get(at) {
        split.push(*first);
        at += 1;
        let capitalised = name.get(at).is_some_and(char::is_ascii_uppercase)
            && name.get(at + 1).is_some_and(char::is_ascii_lowercase);
        if capitalised {
            split.extend(['_', name[at]]);
            at += 1;
            while let Some(letter) = name.get(at).filter(|letter| letter.is_ascii_lowercase()) {
                split.push(*letter);
                at += 1;
            }
        }
    }
    split
}

/// `_` between lower case or digit and a capital: `([a-z0-9])([A-Z])`.
fn split_after_lower_case(name: &[char]) -> String {
    let mut split = String::with_capacity(name.len() + 8);
    for (at, letter) in name.iter().enumerate() {
        let after_lower = at > 0
            && (name[at - 1].is_ascii_lowercase() || name[at - 1].is_ascii_digit())
            && letter.is_ascii_uppercase();
        if after_lower {
            split.push('_');
        }
        split.push(*letter);
    }
    split
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_methods_as_botocore_does() {
        for (operation, method) in [
            ("GetItem", "get_item"),
            ("ListObjectsV2", "list_objects_v2"),
            ("CreateDBInstance", "create_db_instance"),
            ("ListGatewayARNs", "list_gateway_arns"),
            ("ListWebACLs", "list_web_acls"),
            ("PutACL", "put_acl"),
            ("DescribeVpcs", "describe_vpcs"),
            ("GetMFADevice2", "get_mfa_device2"),
            ("ListIPSets", "list_ip_sets"),
            ("Ec2ByolMigration", "ec2_byol_migration"),
        ] {
            assert_eq!(snake_case(operation), method);
        }
    }
}
