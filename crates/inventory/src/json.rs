//! Reading JSON of which single values may have any shape: registries and tools have let all kinds through, and one odd
//! field must not hide a whole file. A value of an unexpected shape reads as absent.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::document::{Document, Reading};

/// The file's text as `T`; what is wrong with it becomes a gap that ends in `advice`.
pub(crate) fn parse<'a, T: Deserialize<'a>>(
    document: &Document<'_>,
    text: &'a str,
    advice: &str,
    reading: &mut Reading,
) -> Option<T> {
    serde_json::from_str(text)
        .map_err(|error| {
            let line = u32::try_from(error.line()).ok();
            reading
                .gaps
                .push(document.gap(line, format!("cannot read `{}`: {error}; {advice}", document.path.file_name)));
        })
        .ok()
}

/// Members of one object; the largest locks have some ten thousand.
const MAX_MEMBERS: usize = 100_000;

/// A string, or nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Text<'a>(pub(crate) Option<Cow<'a, str>>);

impl Text<'_> {
    pub(crate) fn as_str(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

/// `true`, or anything else.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Flag(pub(crate) bool);

/// Whether there is anything at all, of any shape.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Present(pub(crate) bool);

/// The strings of a list; a lone string is a list of one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Texts<'a>(pub(crate) Vec<Cow<'a, str>>);

/// The members of an object in the order of the file; empty for anything else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Members<'a, T>(pub(crate) Vec<(Cow<'a, str>, T)>);

impl<T> Default for Members<'_, T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'a, T> Members<'a, T> {
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(key, _)| key.as_ref())
    }

    pub(crate) fn get(&self, key: &str) -> Option<&T> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }
}

/// One string for everything (under no name), or strings by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct NamedTexts<'a>(pub(crate) Vec<(Option<Cow<'a, str>>, Cow<'a, str>)>);

/// An object of known members; anything else reads as one without members.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Loose<T>(pub(crate) T);

/// The objects of a list, those of other shapes as objects without members; empty for anything but a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Objects<T>(pub(crate) Vec<T>);

impl<T> Default for Objects<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// Answers for every shape but the wanted ones: `Self::Value` by default, with nested content skipped.
macro_rules! everything_else_is_default {
    ($($shape:ident: $type:ty),*) => {
        $(fn $shape<E>(self, _: $type) -> Result<Self::Value, E> { Ok(Self::Value::default()) })*
        fn visit_none<E>(self) -> Result<Self::Value, E> { Ok(Self::Value::default()) }
        fn visit_unit<E>(self) -> Result<Self::Value, E> { Ok(Self::Value::default()) }
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str("any value") }
    };
}

fn skip_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<(), A::Error> {
    while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(())
}

fn skip_seq<'de, A: SeqAccess<'de>>(mut seq: A) -> Result<(), A::Error> {
    while seq.next_element::<IgnoredAny>()?.is_some() {}
    Ok(())
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text<'de>;
    everything_else_is_default!(visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64);

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Text(Some(Cow::Borrowed(text))))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Text(Some(Cow::Owned(text.to_owned()))))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        skip_map(map).map(|()| Text(None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        skip_seq(seq).map(|()| Text(None))
    }
}

struct FlagVisitor;

impl<'de> Visitor<'de> for FlagVisitor {
    type Value = Flag;
    everything_else_is_default!(visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str);

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Flag(value))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        skip_map(map).map(|()| Flag(false))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        skip_seq(seq).map(|()| Flag(false))
    }
}

struct TextsVisitor;

impl<'de> Visitor<'de> for TextsVisitor {
    type Value = Texts<'de>;
    everything_else_is_default!(visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64);

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Texts(vec![Cow::Owned(text.to_owned())]))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        skip_map(map).map(|()| Texts::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut texts = Vec::new();
        while let Some(text) = seq.next_element::<Text<'de>>()? {
            texts.extend(text.0);
        }
        Ok(Texts(texts))
    }
}

struct NamedTextsVisitor;

impl<'de> Visitor<'de> for NamedTextsVisitor {
    type Value = NamedTexts<'de>;
    everything_else_is_default!(visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64);

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(NamedTexts(vec![(None, Cow::Owned(text.to_owned()))]))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut texts = Vec::new();
        while let Some((Key(key), text)) = map.next_entry::<Key<'de>, Text<'de>>()? {
            texts.extend(text.0.map(|text| (Some(key), text)));
        }
        Ok(NamedTexts(texts))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        skip_seq(seq).map(|()| NamedTexts::default())
    }
}

struct MembersVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for MembersVisitor<T> {
    type Value = Members<'de, T>;
    everything_else_is_default!(visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str);

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(Key(key)) = map.next_key()? {
            if members.len() >= MAX_MEMBERS {
                return Err(A::Error::custom(format_args!("more than {MAX_MEMBERS} members in one object")));
            }
            members.push((key, map.next_value()?));
        }
        Ok(Members(members))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        skip_seq(seq).map(|()| Members::default())
    }
}

struct LooseVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de> + Default> Visitor<'de> for LooseVisitor<T> {
    type Value = Loose<T>;
    everything_else_is_default!(visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str);

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Loose)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        skip_seq(seq).map(|()| Loose::default())
    }
}

struct ObjectsVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de> + Default> Visitor<'de> for ObjectsVisitor<T> {
    type Value = Objects<T>;
    everything_else_is_default!(visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str);

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        skip_map(map).map(|()| Objects::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut objects = Vec::new();
        while let Some(Loose(object)) = seq.next_element::<Loose<T>>()? {
            if objects.len() >= MAX_MEMBERS {
                return Err(A::Error::custom(format_args!("more than {MAX_MEMBERS} objects in one list")));
            }
            objects.push(object);
        }
        Ok(Objects(objects))
    }
}

/// A key, borrowed from the file where it has no escapes.
struct Key<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Key<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = deserializer.deserialize_str(TextVisitor)?;
        Ok(Key(text.0.unwrap_or_default()))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor)
    }
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FlagVisitor)
    }
}

impl<'de> Deserialize<'de> for Present {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self(true))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Texts<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextsVisitor)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for NamedTexts<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NamedTextsVisitor)
    }
}

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for Loose<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LooseVisitor(PhantomData))
    }
}

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for Objects<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ObjectsVisitor(PhantomData))
    }
}

impl<'de: 'a, 'a, T: Deserialize<'de>> Deserialize<'de> for Members<'a, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MembersVisitor(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_odd_shapes_as_absent() {
        for odd in ["1", "-1", "1.5", "true", "null", "[\"a\", {}]", "{\"a\": [1]}"] {
            assert_eq!(serde_json::from_str::<Text<'_>>(odd).unwrap(), Text(None), "{odd}");
        }
        for odd in ["1", "\"true\"", "null", "[]", "{}"] {
            assert_eq!(serde_json::from_str::<Flag>(odd).unwrap(), Flag(false), "{odd}");
        }
        for odd in ["1", "\"x\"", "null", "[[]]", "false"] {
            assert_eq!(serde_json::from_str::<Members<'_, Text<'_>>>(odd).unwrap(), Members::default(), "{odd}");
        }
        assert_eq!(serde_json::from_str::<Texts<'_>>("[\"a\", 1, \"b\\n\"]").unwrap().0, ["a", "b\n"]);
        assert_eq!(serde_json::from_str::<Texts<'_>>("\"a\"").unwrap().0, ["a"]);
        for odd in ["1", "\"x\"", "null", "{\"a\": [1]}", "true"] {
            assert_eq!(
                serde_json::from_str::<Objects<Members<'_, Text<'_>>>>(odd).unwrap(),
                Objects::default(),
                "{odd}"
            );
        }
        let odd = r#"[{"a": "1"}, 2, [3]]"#;
        let lengths: Vec<_> = serde_json::from_str::<Objects<Members<'_, Text<'_>>>>(odd).unwrap().0;
        assert_eq!(lengths.iter().map(|members| members.0.len()).collect::<Vec<_>>(), [1, 0, 0]);
    }

    #[test]
    fn keeps_members_in_order_and_undoes_escapes() {
        let members: Members<'_, Text<'_>> = serde_json::from_str(r#"{"b": "1", "a\/c": "x\ty", "b": 2}"#).unwrap();
        let pairs: Vec<_> = members.0.iter().map(|(key, text)| (key.as_ref(), text.as_str())).collect();
        assert_eq!(pairs, [("b", Some("1")), ("a/c", Some("x\ty")), ("b", None)]);
    }
}
