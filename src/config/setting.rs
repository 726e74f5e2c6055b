//! How one value of the config is read from TOML and written back, and how a struct becomes a table of them.
//!
//! Values are read by hand, not through serde: a refusal then knows the place of the value, an override knows which keys
//! it has, and `config show` knows where each came from. [`setting_table!`] is the only list of a table's keys.

use std::path::PathBuf;

use rust_decimal::Decimal;
use toml::de::DeValue;

use super::error::shown;
use crate::order::ProfileName;

/// Why a value is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refused {
    /// It has another type; with what to write instead, or nothing.
    Type(String),
    /// It is none of the words.
    Choice { found: String, choices: Vec<String> },
    /// It makes no sense.
    Value(String),
}

/// A type of value in the config.
pub(super) trait Setting: Sized {
    /// What a value of it looks like, after "expected".
    fn expected() -> String;
    /// From TOML.
    fn read(value: &DeValue<'_>) -> Result<Self, Refused>;
    /// As TOML; nothing when it is not set and TOML has no way to say so.
    fn write(&self) -> Option<String>;
}

/// A struct whose fields are the keys of a table.
pub(super) trait SettingTable {
    /// Its keys in the order they are shown.
    const KEYS: &'static [&'static str];
    /// What a value of that key looks like; nothing for an unknown key.
    fn expected(key: &str) -> Option<String>;
    /// Sets one key; nothing for an unknown key.
    fn set(&mut self, key: &str, value: &DeValue<'_>) -> Option<Result<(), Refused>>;
    /// Every key with its value as TOML.
    fn written(&self) -> Vec<(&'static str, Option<String>)>;
}

/// What values of a table must be beyond their type: the keys that break it, with the reason.
pub(super) trait Rules {
    fn broken(&self) -> Vec<(&'static str, String)>;
}

/// A rule that a number lies within bounds, both allowed.
pub(super) fn within<T: PartialOrd + std::fmt::Display>(
    broken: &mut Vec<(&'static str, String)>,
    key: &'static str,
    value: T,
    (low, high): (T, T),
) {
    if value < low || value > high {
        broken.push((key, format!("{value} is not within {low} to {high}")));
    }
}

macro_rules! setting_key {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $key:literal) => {
        $key
    };
}

/// Makes every field of a struct a key of a table; a field left out does not compile.
macro_rules! setting_table {
    ($type:ident { $($field:ident: $kind:ty $(as $key:literal)?),+ $(,)? }) => {
        impl $crate::config::setting::SettingTable for $type {
            const KEYS: &'static [&'static str] = &[$($crate::config::setting::setting_key!($field $($key)?)),+];

            fn expected(key: &str) -> Option<String> {
                $(if key == $crate::config::setting::setting_key!($field $($key)?) {
                    return Some(<$kind as $crate::config::setting::Setting>::expected());
                })+
                None
            }

            fn set(
                &mut self,
                key: &str,
                value: &toml::de::DeValue<'_>,
            ) -> Option<Result<(), $crate::config::setting::Refused>> {
                $(if key == $crate::config::setting::setting_key!($field $($key)?) {
                    let read: Result<$kind, _> = $crate::config::setting::Setting::read(value);
                    return Some(read.map(|value| self.$field = value));
                })+
                None
            }

            fn written(&self) -> Vec<(&'static str, Option<String>)> {
                let Self { $($field),+ } = self;
                vec![$((
                    $crate::config::setting::setting_key!($field $($key)?),
                    $crate::config::setting::Setting::write($field),
                )),+]
            }
        }
    };
}
/// Makes an enum with `ALL` and `as_str` a setting that takes those words.
macro_rules! choice_setting {
    ($($type:ty),+) => {
        $(impl $crate::config::setting::Setting for $type {
            fn expected() -> String {
                let words: Vec<String> = Self::ALL.iter().map(|choice| format!("\"{}\"", choice.as_str())).collect();
                format!("one of {}", words.join(", "))
            }

            fn read(value: &toml::de::DeValue<'_>) -> Result<Self, $crate::config::setting::Refused> {
                let text = $crate::config::setting::text(value)?;
                Self::ALL.iter().copied().find(|choice| choice.as_str() == text).ok_or_else(|| {
                    $crate::config::setting::Refused::Choice {
                        found: $crate::config::error::shown(text),
                        choices: Self::ALL.iter().map(|choice| choice.as_str().to_owned()).collect(),
                    }
                })
            }

            fn write(&self) -> Option<String> {
                Some($crate::config::setting::quoted(self.as_str()))
            }
        })+
    };
}

/// Makes `Option` of a setting a setting that may be left out but not written as nothing.
macro_rules! optional_setting {
    ($($type:ty),+) => {
        $(impl $crate::config::setting::Setting for Option<$type> {
            fn expected() -> String {
                <$type as $crate::config::setting::Setting>::expected()
            }

            fn read(value: &toml::de::DeValue<'_>) -> Result<Self, $crate::config::setting::Refused> {
                <$type as $crate::config::setting::Setting>::read(value).map(Some)
            }

            fn write(&self) -> Option<String> {
                self.as_ref().and_then($crate::config::setting::Setting::write)
            }
        })+
    };
}
pub(super) use {choice_setting, optional_setting, setting_key, setting_table};

/// Text, or a refusal of the type.
pub(super) fn text<'v>(value: &'v DeValue<'_>) -> Result<&'v str, Refused> {
    value.as_str().ok_or_else(|| Refused::Type(String::new()))
}

/// Text as TOML.
pub(super) fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

/// What a value is, for people.
pub(super) const fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a float",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

impl Setting for bool {
    fn expected() -> String {
        "true or false".into()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, Refused> {
        value.as_bool().ok_or_else(|| Refused::Type(String::new()))
    }

    fn write(&self) -> Option<String> {
        Some(self.to_string())
    }
}

macro_rules! whole_number_setting {
    ($($type:ty),+) => {
        $(impl Setting for $type {
            fn expected() -> String {
                "a whole number".into()
            }

            fn read(value: &DeValue<'_>) -> Result<Self, Refused> {
                let number = value.as_integer().ok_or_else(|| match value.as_str() {
                    Some(text) if text.parse::<$type>().is_ok() => Refused::Type("; write it without quotes".into()),
                    _ => Refused::Type(String::new()),
                })?;
                // TOML's integers, and the file of the written-back config, end at the largest i64.
                <$type>::from_str_radix(number.as_str(), number.radix())
                    .ok()
                    .filter(|number| i64::try_from(*number).is_ok())
                    .ok_or_else(|| {
                        let most = i64::try_from(<$type>::MAX).unwrap_or(i64::MAX);
                        Refused::Value(format!("{} is not within 0 to {most}", shown(&number.to_string())))
                    })
            }

            fn write(&self) -> Option<String> {
                Some(self.to_string())
            }
        })+
    };
}
whole_number_setting!(u32, u64);

impl Setting for Decimal {
    fn expected() -> String {
        "a number in quotes".into()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, Refused> {
        match value {
            DeValue::String(text) => decimal(text),
            DeValue::Integer(number) => i128::from_str_radix(number.as_str(), number.radix())
                .ok()
                .and_then(|number| Self::try_from_i128_with_scale(number, 0).ok())
                .ok_or_else(|| Refused::Value("more digits than hoga computes with".into())),
            DeValue::Float(number) => {
                Err(Refused::Type(format!(" (binary floats are not exact); quote it: \"{}\"", shown(number.as_str()))))
            }
            _ => Err(Refused::Type(String::new())),
        }
    }

    fn write(&self) -> Option<String> {
        Some(quoted(&self.to_string()))
    }
}

fn decimal(text: &str) -> Result<Decimal, Refused> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.ends_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || c == '.' || c == '_');
    let no_number =
        || Refused::Value(format!("'{}' is no number; write digits and at most one '.': \"1000000\"", shown(text)));
    if !plain || digits.matches('.').count() > 1 {
        return Err(no_number());
    }
    Decimal::from_str_exact(&text.replace('_', ""))
        .map_err(|_| Refused::Value("more digits than hoga computes with".into()))
}

macro_rules! limit_setting {
    ($($type:ty),+) => {
        $(impl Setting for Option<$type> {
            fn expected() -> String {
                format!("{} or \"off\"", <$type as Setting>::expected())
            }

            fn read(value: &DeValue<'_>) -> Result<Self, Refused> {
                if value.as_str() == Some("off") { Ok(None) } else { <$type as Setting>::read(value).map(Some) }
            }

            fn write(&self) -> Option<String> {
                self.as_ref().map_or_else(|| Some(quoted("off")), Setting::write)
            }
        })+
    };
}
limit_setting!(Decimal, u32);

impl Setting for PathBuf {
    fn expected() -> String {
        "a path in quotes".into()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, Refused> {
        match text(value)? {
            "" => Err(Refused::Value("an empty path names no file".into())),
            path if path.contains('\0') => Err(Refused::Value("a path has no NUL in it".into())),
            path => Ok(path.into()),
        }
    }

    fn write(&self) -> Option<String> {
        Some(quoted(&self.to_string_lossy()))
    }
}
optional_setting!(PathBuf, ProfileName);

impl Setting for ProfileName {
    fn expected() -> String {
        "the name of a profile".into()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, Refused> {
        Self::new(text(value)?).map_err(|error| Refused::Value(error.to_string()))
    }

    fn write(&self) -> Option<String> {
        Some(quoted(self.as_str()))
    }
}
