//! Small helpers over `serde_json::Value` for foreign documents of known shape.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use libdeflater::Decompressor;
use serde_json::Value;

/// The document in `path`; `.gz` files are inflated first.
pub(crate) fn read(path: &Path) -> Result<Value> {
    let bytes = fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let bytes = if path.extension().is_some_and(|extension| extension == "gz") { inflate(&bytes)? } else { bytes };
    serde_json::from_slice(&bytes).with_context(|| format!("cannot parse `{}`", path.display()))
}

fn inflate(bytes: &[u8]) -> Result<Vec<u8>> {
    // gzip states the inflated size (modulo 2^32) in its last four bytes; the files read here are far smaller.
    let stated = bytes.last_chunk::<4>().context("a gzip file has at least four bytes")?;
    let mut inflated = vec![0; u32::from_le_bytes(*stated) as usize];
    let size = Decompressor::new().gzip_decompress(bytes, &mut inflated)?;
    ensure!(size == inflated.len(), "a gzip file states a wrong size");
    Ok(inflated)
}

/// Members of the object, sorted by name; nothing when it is no object.
pub(crate) fn members(value: &Value) -> Vec<(&str, &Value)> {
    let mut members: Vec<(&str, &Value)> =
        value.as_object().into_iter().flatten().map(|(name, member)| (name.as_str(), member)).collect();
    members.sort_by_key(|(name, _)| *name);
    members
}

/// Items of the array; nothing when it is no array.
pub(crate) fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The text, or the empty one.
pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}

/// One text or several.
pub(crate) fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        other => items(other).filter_map(Value::as_str).collect(),
    }
}
