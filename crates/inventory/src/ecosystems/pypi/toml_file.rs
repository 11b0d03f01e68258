//! What the TOML formats of Python tools share: reading a file, and the ways tools write one dependency.
//!
//! **Source**: poetry's, pipenv's, uv's and pdm's documentation of their manifests and locks.

use std::fmt;

use model::location::LineIndex;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

use crate::document::{Document, Reading};
use crate::json::{Flag, Text, Texts};

/// TOML is read whole before it is looked at, at many times its size; locks have some megabytes.
const MAX_TOML_BYTES: usize = 8 << 20;

/// The file as `T`; what is wrong with it becomes a gap that ends in `advice`.
pub(crate) fn parse<'a, T: Deserialize<'a>>(
    document: &Document<'_>,
    text: &'a str,
    advice: &str,
    reading: &mut Reading,
) -> Option<T> {
    if text.len() > MAX_TOML_BYTES {
        let why = format!("`{}` is larger than {} MB and was not read", document.path.file_name, MAX_TOML_BYTES >> 20);
        reading.gaps.push(document.gap(None, why));
        return None;
    }
    toml::from_str(text)
        .map_err(|error| {
            let line = error.span().map(|span| crate::document::line_of(text, span.start));
            let message = error.message().lines().next().unwrap_or_default().to_owned();
            reading
                .gaps
                .push(document.gap(line, format!("cannot read `{}`: {message}; {advice}", document.path.file_name)));
        })
        .ok()
}

/// 1-based lines of byte offsets of one text.
pub(crate) struct Lines(LineIndex);

impl Lines {
    pub(crate) fn new(text: &str) -> Self {
        Self(LineIndex::new(text.as_bytes()))
    }

    pub(crate) fn of<T>(&self, value: &toml::Spanned<T>) -> u32 {
        self.0.line_column(value.span().start).0
    }
}

/// One way in which a package is wanted. A bare string is a specifier.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(crate) struct Want<'a> {
    pub(crate) name: Text<'a>,
    pub(crate) version: Text<'a>,
    #[serde(alias = "marker")]
    pub(crate) markers: Text<'a>,
    pub(crate) python: Text<'a>,
    pub(crate) platform: Text<'a>,
    pub(crate) optional: Flag,
    #[serde(alias = "extra")]
    pub(crate) extras: Texts<'a>,
    pub(crate) git: Text<'a>,
    pub(crate) url: Text<'a>,
    pub(crate) path: Text<'a>,
    pub(crate) file: Text<'a>,
}

/// All ways in which a package is wanted: a string, a table, or a list of them for different environments.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wants<'a>(pub(crate) Vec<Want<'a>>);

struct WantsVisitor;

impl<'de> Visitor<'de> for WantsVisitor {
    type Value = Wants<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a specifier, a table or a list of them")
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        let version = Text(Some(text.to_owned().into()));
        Ok(Wants(vec![Want { version, ..Want::default() }]))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Wants::default())
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Wants::default())
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        let version = Text(Some(number.to_string().into()));
        Ok(Wants(vec![Want { version, ..Want::default() }]))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        let version = Text(Some(number.to_string().into()));
        Ok(Wants(vec![Want { version, ..Want::default() }]))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        let version = Text(Some(number.to_string().into()));
        Ok(Wants(vec![Want { version, ..Want::default() }]))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        Want::deserialize(MapAccessDeserializer::new(map)).map(|want| Wants(vec![want]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut wants = Vec::new();
        // Lists do not nest in these formats; the reader of TOML bounds the depth.
        while let Some(Wants(mut more)) = seq.next_element()? {
            wants.append(&mut more);
        }
        Ok(Wants(wants))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Wants<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WantsVisitor)
    }
}

impl Want<'_> {
    /// Whether it leads to a repository, an address or a folder, so that the registry's versions do not apply.
    pub(crate) fn is_elsewhere(&self) -> bool {
        [&self.git, &self.url, &self.path, &self.file].iter().any(|text| text.as_str().is_some())
    }

    pub(crate) fn is_local(&self) -> bool {
        self.path.as_str().is_some() || self.file.as_str().is_some_and(|file| !file.contains("://"))
    }
}
