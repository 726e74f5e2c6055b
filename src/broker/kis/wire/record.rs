//! How records of replies are written down: a field, its type, its key on the wire, what it means.

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A row of a reply.
pub trait Record: DeserializeOwned {
    /// Whether it is a row of blanks that stands for "nothing": some services fill empty lists with one.
    fn is_filler(&self) -> bool {
        false
    }
}

/// The fields of a reply whose levels are numbered (`askp1` to `askp10`).
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct Numbered(std::collections::HashMap<String, Box<serde_json::value::RawValue>>);

impl Numbered {
    /// The field of this name; its default where there is none.
    #[inline(never)]
    pub(super) fn field<T: DeserializeOwned + Default, E: serde::de::Error>(&self, name: &str) -> Result<T, E> {
        self.0.get(name).map_or(Ok(T::default()), |raw| serde_json::from_str(raw.get()).map_err(E::custom))
    }

    /// The fields `name1` to `nameN`.
    pub(super) fn levels<const N: usize, E: serde::de::Error>(&self, name: &str) -> Result<[super::Number; N], E> {
        let mut levels = [super::Number::ABSENT; N];
        for (level, index) in levels.iter_mut().zip(1_usize..) {
            *level = self.field(&format!("{name}{index}"))?;
        }
        Ok(levels)
    }
}

/// Fields of a row by name. A name that comes twice, or under both of its spellings, is no fault.
pub(super) type Fields<'a> = std::collections::BTreeMap<std::borrow::Cow<'a, str>, &'a serde_json::value::RawValue>;

/// The field of the first of these names that is there; empty where none is. Written once for each type, and not once for
/// each of a thousand fields.
#[inline(never)]
pub(super) fn field<T: DeserializeOwned + Default, E: serde::de::Error>(
    fields: &Fields<'_>,
    names: &[&str],
) -> Result<T, E> {
    let found = names.iter().find_map(|name| fields.get(*name));
    found.map_or(Ok(T::default()), |raw| serde_json::from_str(raw.get()).map_err(E::custom))
}

/// Declares a record: every field absent in the reply is empty, every field the record does not name is ignored.
macro_rules! record {
    ($(#[$meta:meta])* $name:ident $(, filler without $key_field:ident)? {
        $($field:ident: $type:ty = $key:literal $(or $alias:literal)*, $doc:literal;)*
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        pub struct $name {
            $(
                #[doc = $doc]
                pub $field: $type,
            )*
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                use $crate::broker::kis::wire::record::{Fields, field};
                let fields = <Fields<'de> as serde::Deserialize<'de>>::deserialize(deserializer)?;
                // One after the other into a whole record: what is to be given back when one cannot be read is the same
                // for all of them, which is half the code.
                let mut record = Self::default();
                $(record.$field = field(&fields, &[$key $(, $alias)*])?;)*
                Ok(record)
            }
        }

        impl $crate::broker::kis::wire::Record for $name {
            $(
                fn is_filler(&self) -> bool {
                    $crate::broker::kis::wire::record::Blank::is_blank(&self.$key_field)
                }
            )?
        }
    };
}

pub(super) use record;

/// Whether a key field says nothing.
pub(super) trait Blank {
    /// Whether it does.
    fn is_blank(&self) -> bool;
}

impl Blank for super::Text {
    fn is_blank(&self) -> bool {
        self.is_empty()
    }
}

impl Blank for super::Day {
    fn is_blank(&self) -> bool {
        self.get().is_none()
    }
}

impl Blank for super::Clock {
    fn is_blank(&self) -> bool {
        self.seconds().is_none()
    }
}
