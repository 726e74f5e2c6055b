//! What a request asks with.

use rust_decimal::Decimal;
use serde_json::Value;

use super::refusal::Refusal;

/// Names and values of a query or a body.
#[derive(Clone, Debug, Default)]
pub struct Params(pub Vec<(String, String)>);

impl Params {
    /// Of a query; names are compared without regard to case.
    pub fn of_query(query: &str) -> Self {
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        Self(
            pairs
                .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
                .map(|(k, v)| (decoded(k), decoded(v)))
                .collect(),
        )
    }

    /// Of a body: one object in capitals whose values are all text.
    pub fn of_body(body: &str) -> Result<Self, Refusal> {
        let Ok(Value::Object(object)) = serde_json::from_str::<Value>(body) else {
            return Err(Refusal::query("OPSQ9997", "JSON PARSING ERROR : invalid json format"));
        };
        let mut all = Vec::new();
        for (name, value) in object {
            let Value::String(value) = value else {
                return Err(Refusal::query("IGW00007", "전문 생성 중 오류가 발생하였습니다."));
            };
            if name.to_ascii_uppercase() != name {
                return Err(Refusal::query(
                    "OPSQ9998",
                    &format!("ERROR : INPUT FIELD NOT FOUND [{}]", name.to_uppercase()),
                ));
            }
            all.push((name, value));
        }
        Ok(Self(all))
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(here, _)| here.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// A value that must be there, and may be empty.
    pub fn need(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name).ok_or_else(|| Refusal::query("OPSQ2002", &format!("ERROR : INPUT FIELD NOT FOUND [{name}]")))
    }

    /// One of the values it may have.
    pub fn one_of(&self, name: &str, values: &[&str]) -> Result<&str, Refusal> {
        let value = self.need(name)?;
        let wrong = || Refusal::query("OPSQ2002", &format!("ERROR : INPUT INVALID_CHECK_{name}"));
        if values.contains(&value) { Ok(value) } else { Err(wrong()) }
    }

    /// A number of digits and perhaps a point.
    pub fn number(&self, name: &str) -> Result<Decimal, Refusal> {
        let text = self.need(name)?;
        let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let number = is_plain.then(|| text.parse().ok()).flatten();
        number.ok_or_else(|| Refusal::query("IGW00007", "전문 생성 중 오류가 발생하였습니다."))
    }

    /// A number without a point: prices in won and quantities.
    pub fn whole(&self, name: &str) -> Result<Decimal, Refusal> {
        let wrong = self.need(name)?.contains('.');
        let number = self.number(name)?;
        if wrong {
            Err(Refusal::query("IGW00007", "전문 생성 중 오류가 발생하였습니다."))
        } else {
            Ok(number)
        }
    }
}

fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 2;
            }
            None if bytes[at] == b'+' => out.push(b' '),
            None => out.push(bytes[at]),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}
