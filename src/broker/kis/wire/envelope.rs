//! What every REST reply is wrapped in.
//!
//! Success is `rt_cd` of `0` and nothing else: neither the HTTP status (gateway refusals come with 500, business
//! refusals with 200) nor `msg_cd`, whose success codes are not a closed set.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::record::Record;
use super::text::Text;
use crate::broker::net::json::{self, JsonError};

/// Largest reply that is read; the longest lists have 100 rows of 40 fields.
pub const BODY_MAX: usize = 4 * 1024 * 1024;

/// A part of a reply. The documents and the wire disagree on `output` and `output1`, and on capital letters, so names are
/// matched without regard to case and the first two stand for each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// `output` or `output1`.
    First,
    /// `output2`.
    Second,
    /// `output3`.
    Third,
}

/// Rows of a part; a row that cannot be read is left out and counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows<T> {
    /// What could be read, in the reply's order, without filler.
    pub rows: Vec<T>,
    /// How many could not.
    pub refused: usize,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), refused: 0 }
    }
}

/// A refusal as the broker words it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// `msg_cd`, or `error_code` of the sign-in services.
    pub code: Text,
    /// Its own words.
    pub text: Text,
}

/// A reply that is JSON, whatever its HTTP status was.
pub struct Envelope<'a> {
    result: Option<Text>,
    code: Text,
    message: Text,
    oauth: Option<Refusal>,
    first: Option<&'a RawValue>,
    second: Option<&'a RawValue>,
    third: Option<&'a RawValue>,
    /// Keys of the next page, as they are sent back.
    pub next: super::page::PageKeys,
}

fn text_of(raw: &RawValue) -> Text {
    serde_json::from_str(raw.get()).unwrap_or_default()
}

fn present(raw: &RawValue) -> Option<&RawValue> {
    (raw.get() != "null").then_some(raw)
}

impl<'a> Envelope<'a> {
    /// Reads a body. Always before the HTTP status is looked at: the code of a refusal is in here.
    ///
    /// # Errors
    /// When it is no JSON object, or too large.
    pub fn parse(what: &'static str, body: &'a [u8]) -> Result<Self, JsonError> {
        let fields: BTreeMap<Cow<'a, str>, &'a RawValue> = json::parse(what, body, BODY_MAX)?;
        let mut envelope = Self {
            result: None,
            code: Text::default(),
            message: Text::default(),
            oauth: None,
            first: None,
            second: None,
            third: None,
            next: super::page::PageKeys::default(),
        };
        let mut oauth = Refusal { code: Text::default(), text: Text::default() };
        for (name, raw) in fields {
            match name.to_ascii_lowercase().as_str() {
                "rt_cd" => envelope.result = Some(text_of(raw)),
                "msg_cd" => envelope.code = text_of(raw),
                "msg1" => envelope.message = text_of(raw),
                "error_code" => oauth.code = text_of(raw),
                "error_description" => oauth.text = text_of(raw),
                "output" | "output1" => envelope.first = present(raw).or(envelope.first),
                "output2" => envelope.second = present(raw),
                "output3" => envelope.third = present(raw),
                name if name.starts_with("ctx_area_fk") => envelope.next.search = text_of(raw),
                name if name.starts_with("ctx_area_nk") => envelope.next.next = text_of(raw),
                _ => {}
            }
        }
        envelope.oauth = Some(oauth).filter(|refusal| !refusal.code.is_empty());
        Ok(envelope)
    }

    /// Whether the broker says yes.
    ///
    /// # Errors
    /// Its refusal, or `None` when the body says neither yes nor no: then nothing is known.
    pub fn outcome(&self) -> Result<(), Option<Refusal>> {
        match &self.result {
            Some(result) if *result == "0" => Ok(()),
            // A blank is no word either way.
            Some(result) if result.is_empty() => Err(None),
            Some(_) => Err(Some(Refusal { code: self.code.clone(), text: self.message.clone() })),
            None => Err(self.oauth.clone()),
        }
    }

    /// The broker's code, of success too.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The broker's own words.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    fn part(&self, part: Part) -> Option<&'a RawValue> {
        match part {
            Part::First => self.first,
            Part::Second => self.second,
            Part::Third => self.third,
        }
    }

    /// The rows of a part: a list, or a single object where there is one row. A part that is missing has none.
    #[must_use]
    pub fn rows<T: Record>(&self, part: Part) -> Rows<T> {
        rows_of(self.part(part))
    }

    /// The only row of a part, whether it is an object or a list of one.
    ///
    /// # Errors
    /// When there is none, or it cannot be read.
    pub fn one<T: Record>(&self, part: Part) -> Result<T, Missing> {
        self.rows(part).rows.into_iter().next().ok_or(Missing)
    }

    /// Whether a part is a list, for replies whose parts are described one way and sent the other way round.
    #[must_use]
    pub fn is_list(&self, part: Part) -> bool {
        self.part(part).is_some_and(|raw| raw.get().starts_with('['))
    }
}

/// A part of a reply that should be there and is not, or cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the reply lacks what it should hold")]
pub struct Missing;

fn raw_rows(raw: Option<&RawValue>) -> Vec<&RawValue> {
    let Some(raw) = raw else { return Vec::new() };
    match raw.get().as_bytes().first() {
        Some(b'[') => serde_json::from_str(raw.get()).unwrap_or_default(),
        Some(b'{') => vec![raw],
        // Some services write "" for an empty list.
        _ => Vec::new(),
    }
}

fn rows_of<T: Record>(raw: Option<&RawValue>) -> Rows<T> {
    let mut found = Rows::default();
    for row in raw_rows(raw) {
        match serde_json::from_str::<T>(row.get()) {
            Ok(row) if row.is_filler() => {}
            Ok(row) => found.rows.push(row),
            Err(_) => found.refused += 1,
        }
    }
    found
}
