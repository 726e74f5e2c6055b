//! How a message of the desk is read: in one pass, straight into what it holds.
//!
//! A tag beside the fields of what it names would else have the message read into a tree first, and every record built from
//! that tree by code of its own: slower for each update, and a third of a megabyte.

use std::fmt;

use serde::de::value::StringDeserializer;
use serde::de::{DeserializeSeed, EnumAccess, Error, IgnoredAny, MapAccess, VariantAccess, Visitor};
use serde::{Deserialize, Deserializer, forward_to_deserialize_any};

use super::{Message, Update};

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Tag {
    Reply,
    Update,
}

impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Message;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a message of the desk")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Message, A::Error> {
        let (mut tag, mut id, mut outcome, mut update) = (None, None, None, None);
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                "message" => tag = Some(map.next_value()?),
                "id" => id = Some(map.next_value()?),
                "outcome" => outcome = Some(map.next_value()?),
                _ if matches!(tag, Some(Tag::Reply)) => {
                    map.next_value::<IgnoredAny>()?;
                }
                _ => update = Some(Box::new(Update::deserialize(Entry { name, map: &mut map })?)),
            }
        }
        match tag.ok_or_else(|| A::Error::missing_field("message"))? {
            Tag::Reply => Ok(Message::Reply {
                id: id.ok_or_else(|| A::Error::missing_field("id"))?,
                outcome: outcome.ok_or_else(|| A::Error::missing_field("outcome"))?,
            }),
            Tag::Update => update.map(Message::Update).ok_or_else(|| A::Error::custom("an update of nothing")),
        }
    }
}

/// An entry of a map as the variant its name says.
struct Entry<'a, A> {
    name: String,
    map: &'a mut A,
}

impl<'de, A: MapAccess<'de>> Deserializer<'de> for Entry<'_, A> {
    type Error = A::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, A::Error> {
        visitor.visit_enum(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de, A: MapAccess<'de>> EnumAccess<'de> for Entry<'_, A> {
    type Error = A::Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(mut self, seed: V) -> Result<(V::Value, Self), A::Error> {
        let name = StringDeserializer::new(std::mem::take(&mut self.name));
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de, A: MapAccess<'de>> VariantAccess<'de> for Entry<'_, A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.map.next_value::<IgnoredAny>().map(drop)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, A::Error> {
        self.map.next_value_seed(seed)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(Fields(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(Fields(visitor))
    }
}

/// A value that whoever visits it knows the shape of.
struct Fields<V>(V);

impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for Fields<V> {
    type Value = V::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        deserializer.deserialize_any(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::protocol::{Outcome, Response};

    fn read(json: &str) -> Result<Message, serde_json::Error> {
        serde_json::from_str(json)
    }

    fn again(message: &Message) -> String {
        serde_json::to_string(message).unwrap()
    }

    #[test]
    fn what_the_desk_writes_is_read_as_it_was_meant() {
        for json in [
            r#"{"message":"reply","id":7,"outcome":{"ok":"done"}}"#,
            r#"{"message":"update","lost":{"count":3}}"#,
            r#"{"message":"update","queue":{"order_id":"A-1","ahead":"12.5"}}"#,
            r#"{"message":"update","event":{"time":"2026-09-14T01:00:00Z","kind":"fill","profile":null,"order_id":null,"text":"x"}}"#,
        ] {
            let message = read(json).unwrap();
            assert_eq!(again(&read(&again(&message)).unwrap()), again(&message), "{json}");
        }
        let Ok(Message::Reply { id: 7, outcome: Outcome::Ok(response) }) =
            read(r#"{"outcome":{"ok":"done"},"id":7,"message":"reply"}"#)
        else {
            panic!("the order of the fields does not count")
        };
        assert!(matches!(*response, Response::Done));
    }

    #[test]
    fn what_is_missing_or_unknown_is_no_message() {
        for json in [
            "{}",
            "7",
            r#"{"message":"reply","id":7}"#,
            r#"{"message":"reply","outcome":{"ok":"done"}}"#,
            r#"{"message":"update"}"#,
            r#"{"message":"update","lost":{}}"#,
            r#"{"message":"update","weather":{}}"#,
            r#"{"message":"shout","id":7}"#,
            r#"{"lost":{"count":3}}"#,
        ] {
            assert!(read(json).is_err(), "{json}");
        }
        assert!(
            read(r#"{"message":"reply","id":7,"outcome":{"ok":"done"},"later":[1]}"#).is_ok(),
            "a newer desk's word"
        );
    }
}
