//! The JSON of an OSV record, borrowed from its bytes.
//!
//! **Source**: the OSV schema, 1.3 to 1.7.
//! What decides a match (ids, packages, ranges, versions) must have the right type, or the record is refused. What only
//! decorates it (severities, dates, database-specific fields, whose types the schema leaves open) is taken when it has the
//! type we know and else left out.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

#[derive(Debug, Deserialize)]
pub(super) struct JsonRecord<'a> {
    #[serde(borrow)]
    pub(super) id: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(super) modified: AnyText<'a>,
    #[serde(borrow, default)]
    pub(super) published: AnyText<'a>,
    #[serde(borrow, default)]
    pub(super) withdrawn: AnyText<'a>,
    #[serde(borrow, default)]
    pub(super) aliases: List<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) severity: AnyList<JsonSeverity<'a>>,
    #[serde(borrow, default)]
    pub(super) affected: List<JsonAffected<'a>>,
    #[serde(borrow, default)]
    pub(super) database_specific: AnyObject<JsonDatabaseSpecific<'a>>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct JsonSeverity<'a> {
    #[serde(borrow, default)]
    pub(super) score: AnyText<'a>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct JsonDatabaseSpecific<'a> {
    #[serde(borrow, default)]
    pub(super) severity: AnyText<'a>,
    #[serde(borrow, default)]
    pub(super) cwe_ids: AnyList<AnyText<'a>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct JsonAffected<'a> {
    #[serde(borrow, default)]
    pub(super) package: Option<JsonPackage<'a>>,
    #[serde(borrow, default)]
    pub(super) ranges: List<JsonRange<'a>>,
    #[serde(borrow, default)]
    pub(super) versions: List<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) severity: AnyList<JsonSeverity<'a>>,
    #[serde(borrow, default)]
    pub(super) database_specific: AnyObject<JsonAffectedSpecific<'a>>,
    #[serde(borrow, default)]
    pub(super) ecosystem_specific: AnyObject<JsonEcosystemSpecific<'a>>,
}

/// What ecosystems add to an `affected` entry: Go's packages and symbols, RustSec's and GitHub's functions, Debian's urgency.
#[derive(Debug, Default, Deserialize)]
pub(super) struct JsonEcosystemSpecific<'a> {
    #[serde(borrow, default)]
    pub(super) imports: AnyList<AnyObject<JsonImport<'a>>>,
    #[serde(borrow, default)]
    pub(super) affects: AnyObject<JsonAffects<'a>>,
    #[serde(borrow, default)]
    pub(super) affected_functions: AnyList<AnyText<'a>>,
    #[serde(borrow, default)]
    pub(super) urgency: AnyText<'a>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct JsonImport<'a> {
    #[serde(borrow, default)]
    pub(super) path: AnyText<'a>,
    #[serde(borrow, default)]
    pub(super) symbols: AnyList<AnyText<'a>>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct JsonAffects<'a> {
    #[serde(borrow, default)]
    pub(super) functions: AnyList<AnyText<'a>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct JsonPackage<'a> {
    #[serde(borrow)]
    pub(super) ecosystem: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) name: Cow<'a, str>,
}

#[derive(Debug, Deserialize)]
pub(super) struct JsonRange<'a> {
    #[serde(borrow, rename = "type")]
    pub(super) kind: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(super) events: List<JsonEvent<'a>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct JsonEvent<'a> {
    #[serde(borrow, default)]
    pub(super) introduced: Text<'a>,
    #[serde(borrow, default)]
    pub(super) fixed: Text<'a>,
    #[serde(borrow, default)]
    pub(super) last_affected: Text<'a>,
    #[serde(borrow, default)]
    pub(super) limit: Text<'a>,
}

/// What the known databases add to an `affected` entry: GitHub's bound, RustSec's vector and kind, malware's weaknesses.
#[derive(Debug, Default, Deserialize)]
pub(super) struct JsonAffectedSpecific<'a> {
    #[serde(borrow, default)]
    pub(super) last_known_affected_version_range: AnyText<'a>,
    #[serde(borrow, default)]
    pub(super) cvss: AnyText<'a>,
    #[serde(borrow, default)]
    pub(super) informational: AnyText<'a>,
    #[serde(borrow, default)]
    pub(super) cwes: AnyList<AnyObject<JsonWeakness<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct JsonWeakness<'a> {
    #[serde(borrow, default, rename = "cweId")]
    pub(super) id: AnyText<'a>,
}

/// A text or `null`; anything else is an error.
#[derive(Debug, Default)]
pub(super) struct Text<'a>(pub(super) Option<Cow<'a, str>>);

/// A text; anything else is taken as absent.
#[derive(Debug, Default)]
pub(super) struct AnyText<'a>(pub(super) Option<Cow<'a, str>>);

/// A list or `null`; anything else is an error.
#[derive(Debug)]
pub(super) struct List<T>(pub(super) Vec<T>);

/// A list; anything else is taken as empty. Items must have the right type.
#[derive(Debug)]
pub(super) struct AnyList<T>(pub(super) Vec<T>);

/// An object; anything else is taken as absent.
#[derive(Debug, Default)]
pub(super) struct AnyObject<T>(pub(super) T);

impl AnyText<'_> {
    pub(super) fn as_deref(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Default for AnyList<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// Takes strings always, and with `LENIENT` swallows whatever else comes.
struct TextVisitor<const LENIENT: bool>;

impl<const LENIENT: bool> TextVisitor<LENIENT> {
    fn other<'de, E: Error>(self, found: &str) -> Result<Option<Cow<'de, str>>, E> {
        if LENIENT { Ok(None) } else { Err(E::custom(format_args!("a text should be here, not {found}"))) }
    }
}

impl<'de, const LENIENT: bool> Visitor<'de> for TextVisitor<LENIENT> {
    type Value = Option<Cow<'de, str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(text.to_owned())))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        self.other("a truth value")
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        self.other("a number")
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        self.other("a number")
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        self.other("a number")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        self.other("a list")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        self.other("an object")
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor::<false>).map(Self)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for AnyText<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor::<true>).map(Self)
    }
}

/// Lists and objects; with `LENIENT` swallows whatever else comes.
struct ListVisitor<T, const LENIENT: bool>(PhantomData<T>);

impl<T, const LENIENT: bool> ListVisitor<T, LENIENT> {
    fn other<E: Error>(self) -> Result<Vec<T>, E> {
        if LENIENT { Ok(Vec::new()) } else { Err(E::custom("a list should be here")) }
    }
}

impl<'de, T: Deserialize<'de>, const LENIENT: bool> Visitor<'de> for ListVisitor<T, LENIENT> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(items)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        self.other()
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        self.other()
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        self.other()
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        self.other()
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> {
        self.other()
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        self.other()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListVisitor::<T, false>(PhantomData)).map(Self)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for AnyList<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListVisitor::<T, true>(PhantomData)).map(Self)
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de> + Default> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<T, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(T::default())
    }
}

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for AnyObject<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ObjectVisitor(PhantomData)).map(Self)
    }
}
