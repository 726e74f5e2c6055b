//! Parameters as they arrive, and the first checks on them.

use rust_decimal::Decimal;
use serde_json::Value;

use super::refusal::Refusal;

/// Decoded parameters in the order they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// Those of a query and a body; on a name in both the query wins.
    pub fn parse(query: &str, body: &str) -> Result<Self, Refusal> {
        let mut all = Self::default();
        for part in [query, body] {
            let mut here = Vec::new();
            for pair in part.split('&').filter(|pair| !pair.is_empty()) {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                let (name, value) = (decoded(name), decoded(value));
                if here.contains(&name) {
                    return Err(Refusal::new(400, -1101, format!("Duplicate values for parameter '{name}'.")));
                }
                if value.is_empty() {
                    return Err(Refusal::new(400, -1105, format!("Parameter '{name}' was empty.")));
                }
                here.push(name.clone());
                if all.get(&name).is_none() {
                    all.0.push((name, value));
                }
            }
        }
        Ok(all)
    }

    /// One order of a batch; each value must be text.
    pub fn of_object(object: &Value) -> Result<Self, Refusal> {
        let Some(object) = object.as_object() else { return Err(Refusal::missing("batchOrders")) };
        let mut all = Self::default();
        for (name, value) in object {
            let Some(value) = value.as_str() else {
                return Err(Refusal::new(400, -1130, format!("Data sent for parameter '{name}' is not valid.")));
            };
            all.0.push((name.clone(), value.to_owned()));
        }
        Ok(all)
    }

    /// Those of a message of the WebSocket API, as they are signed: numbers by their text.
    pub fn of_message(object: &serde_json::Map<String, Value>) -> Self {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Self(object.iter().map(|(name, value)| (name.clone(), text(value))).collect())
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(here, _)| here == name).map(|(_, value)| value.as_str())
    }

    pub fn need(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name).ok_or_else(|| Refusal::missing(name))
    }

    /// A number in plain notation: no exponent, no sign before it but a minus, nothing behind it.
    pub fn decimal(&self, name: &str) -> Result<Option<Decimal>, Refusal> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let plain = text.bytes().enumerate().all(|(at, b)| b.is_ascii_digit() || b == b'.' || (b == b'-' && at == 0));
        match text.parse() {
            Ok(value) if plain => Ok(Some(value)),
            _ => Err(Refusal::new(
                400,
                -1100,
                format!(
                    "Illegal characters found in parameter '{name}'; legal range is '^([0-9]{{1,20}})(\\.[0-9]{{1,20}})?$'."
                ),
            )),
        }
    }

    pub fn need_decimal(&self, name: &str) -> Result<Decimal, Refusal> {
        self.decimal(name)?.ok_or_else(|| Refusal::missing(name))
    }

    pub fn number(&self, name: &str) -> Result<Option<i64>, Refusal> {
        self.get(name).map(|text| text.parse().map_err(|_| Refusal::missing(name))).transpose()
    }

    pub fn need_number(&self, name: &str) -> Result<i64, Refusal> {
        self.number(name)?.ok_or_else(|| Refusal::missing(name))
    }

    pub fn flag(&self, name: &str) -> Result<bool, Refusal> {
        match self.get(name) {
            None => Ok(false),
            Some(text) if text.eq_ignore_ascii_case("true") => Ok(true),
            Some(text) if text.eq_ignore_ascii_case("false") => Ok(false),
            Some(_) => Err(Refusal::missing(name)),
        }
    }

    pub fn limit(&self, default: i64, most: i64) -> Result<usize, Refusal> {
        let limit = self.number("limit")?.unwrap_or(default);
        if !(1..=most).contains(&limit) {
            return Err(Refusal::new(400, -1130, "Data sent for parameter 'limit' is not valid."));
        }
        Ok(usize::try_from(limit).unwrap_or_default())
    }

    /// All but the signature.
    pub fn unsigned(&self) -> Vec<(String, String)> {
        self.0.iter().filter(|(name, _)| name != "signature").cloned().collect()
    }
}

/// Undoes percent-encoding; a plus stays a plus.
pub fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
