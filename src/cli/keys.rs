//! The keys a record has in JSON, in their order, asked of its own `Deserialize`: an empty list has a CSV header too.

use serde::de::value::Error;
use serde::de::{DeserializeOwned, Deserializer, Error as _, Visitor};
use serde::forward_to_deserialize_any;

/// The keys of `T`; none when it is no struct.
#[must_use]
pub fn keys_of<T: DeserializeOwned>() -> &'static [&'static str] {
    let mut keys: &'static [&'static str] = &[];
    // It always fails: it only wants to be asked.
    let _ = T::deserialize(Asked { keys: &mut keys });
    keys
}

struct Asked<'a> {
    keys: &'a mut &'static [&'static str],
}

impl<'de> Deserializer<'de> for Asked<'_> {
    type Error = Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, Error> {
        *self.keys = fields;
        Err(Error::custom("only asked"))
    }

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Error> {
        Err(Error::custom("no struct"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::record::{BalanceRecord, OrderRecord};

    #[test]
    fn keys_are_those_of_the_json() {
        assert_eq!(
            keys_of::<BalanceRecord>(),
            ["profile", "currency", "cash", "reserved", "margin", "available", "equity"]
        );
        assert!(keys_of::<OrderRecord>().contains(&"type"));
        assert!(keys_of::<String>().is_empty());
    }
}
