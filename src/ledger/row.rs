//! Rows: how a record becomes values, and how values are checked before they become a record again.

use std::fmt::Display;
use std::str::FromStr;
use std::sync::OnceLock;

use rusqlite::types::Value;
use rusqlite::{Connection, Params, params_from_iter};
use rust_decimal::Decimal;
use serde::Serialize;
use serde::de::{DeserializeOwned, IntoDeserializer};

use super::error::LedgerError;
use crate::market::UtcTime;

/// What happens when a row with the same key is there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum OnConflict {
    /// An error: the row must be new.
    Fail,
    /// It is replaced.
    Replace,
    /// It stays.
    Keep,
}

/// A table as records see it.
pub(super) struct Table {
    pub name: &'static str,
    /// Every column but the seal, in the order records encode them.
    pub columns: &'static [&'static str],
    /// How many of the first columns are the key.
    pub keys: usize,
    pub on_conflict: OnConflict,
    insert: OnceLock<String>,
}

impl Table {
    pub const fn new(
        name: &'static str,
        columns: &'static [&'static str],
        keys: usize,
        on_conflict: OnConflict,
    ) -> Self {
        Self { name, columns, keys, on_conflict, insert: OnceLock::new() }
    }

    fn insert_text(&self) -> &str {
        self.insert.get_or_init(|| {
            let marks = vec!["?"; self.columns.len() + 1].join(",");
            let mut text = format!("INSERT INTO {} ({}, seal) VALUES ({marks})", self.name, self.columns.join(", "));
            let (keys, rest) = self.columns.split_at(self.keys.min(self.columns.len()));
            match self.on_conflict {
                OnConflict::Fail => {}
                OnConflict::Keep => text.push_str(" ON CONFLICT DO NOTHING"),
                OnConflict::Replace => {
                    let sets: Vec<_> = rest.iter().chain(&["seal"]).map(|c| format!("{c} = excluded.{c}")).collect();
                    text.push_str(&format!(" ON CONFLICT ({}) DO UPDATE SET {}", keys.join(", "), sets.join(", ")));
                }
            }
            text
        })
    }

    /// Writes a row with its seal.
    pub fn write(&self, connection: &Connection, mut values: Vec<Value>) -> rusqlite::Result<()> {
        values.push(Value::Integer(self.seal(&values)));
        connection.prepare_cached(self.insert_text())?.execute(params_from_iter(values))?;
        Ok(())
    }

    /// CRC-32 of the table's name and every value that is not NULL, with its place.
    pub fn seal(&self, values: &[Value]) -> i64 {
        let mut crc = crc32fast::Hasher::new();
        crc.update(self.name.as_bytes());
        for (place, value) in (0_u8..).zip(values) {
            match value {
                Value::Null => {}
                Value::Integer(number) => {
                    crc.update(&[place, b'i']);
                    crc.update(&number.to_le_bytes());
                }
                Value::Real(number) => {
                    crc.update(&[place, b'r']);
                    crc.update(&number.to_le_bytes());
                }
                Value::Text(text) => {
                    crc.update(&[place, b't']);
                    crc.update(&(text.len() as u64).to_le_bytes());
                    crc.update(text.as_bytes());
                }
                Value::Blob(bytes) => {
                    crc.update(&[place, b'b']);
                    crc.update(&(bytes.len() as u64).to_le_bytes());
                    crc.update(bytes);
                }
            }
        }
        i64::from(crc.finalize())
    }

    /// `name key`, for messages.
    pub fn subject(&self, values: &[Value]) -> String {
        let key: Vec<String> = values.iter().take(self.keys).map(shown).collect();
        format!("{} {}", self.name, key.join(" "))
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) => text.chars().filter(|c| !c.is_control()).take(64).collect(),
        Value::Blob(_) => "?".to_owned(),
    }
}

/// Something kept as rows of one table.
pub(super) trait Record: Sized {
    /// Where.
    fn table() -> &'static Table;
    /// Its values, in the order of the table's columns.
    fn encode(&self) -> Vec<Value>;
    /// From values whose seal holds.
    fn decode(cells: &mut Cells<'_>) -> Result<Self, CellError>;
}

/// A value that cannot be what its column holds.
#[derive(Debug, thiserror::Error)]
#[error("{column}: {detail}")]
pub(super) struct CellError {
    column: &'static str,
    detail: String,
}

/// The values of one row, taken from left to right.
pub(super) struct Cells<'a> {
    columns: &'static [&'static str],
    values: &'a [Value],
    next: usize,
}

impl<'a> Cells<'a> {
    fn take(&mut self) -> (&'static str, &'a Value) {
        let at = self.next;
        self.next += 1;
        (self.columns.get(at).copied().unwrap_or("?"), self.values.get(at).unwrap_or(&Value::Null))
    }

    /// Text or NULL.
    pub fn maybe_text(&mut self) -> Result<Option<&'a str>, CellError> {
        match self.take() {
            (_, Value::Null) => Ok(None),
            (_, Value::Text(text)) => Ok(Some(text)),
            (column, _) => Err(CellError { column, detail: "not text".to_owned() }),
        }
    }

    pub fn text(&mut self) -> Result<&'a str, CellError> {
        let column = self.columns.get(self.next).copied().unwrap_or("?");
        self.maybe_text()?.ok_or_else(|| CellError { column, detail: "missing".to_owned() })
    }

    pub fn maybe_integer(&mut self) -> Result<Option<i64>, CellError> {
        match self.take() {
            (_, Value::Null) => Ok(None),
            (_, Value::Integer(number)) => Ok(Some(*number)),
            (column, _) => Err(CellError { column, detail: "not an integer".to_owned() }),
        }
    }

    pub fn integer(&mut self) -> Result<i64, CellError> {
        let column = self.columns.get(self.next).copied().unwrap_or("?");
        self.maybe_integer()?.ok_or_else(|| CellError { column, detail: "missing".to_owned() })
    }

    pub fn flag(&mut self) -> Result<bool, CellError> {
        Ok(self.integer()? != 0)
    }

    pub fn time(&mut self) -> Result<UtcTime, CellError> {
        self.integer().map(UtcTime::from_nanos)
    }

    pub fn maybe_time(&mut self) -> Result<Option<UtcTime>, CellError> {
        Ok(self.maybe_integer()?.map(UtcTime::from_nanos))
    }

    fn failed(&self, error: impl Display) -> CellError {
        let column = self.columns.get(self.next.wrapping_sub(1)).copied().unwrap_or("?");
        CellError { column, detail: error.to_string() }
    }

    pub fn parsed<T: FromStr<Err: Display>>(&mut self) -> Result<T, CellError> {
        let text = self.text()?;
        text.parse().map_err(|error| self.failed(error))
    }

    pub fn maybe_parsed<T: FromStr<Err: Display>>(&mut self) -> Result<Option<T>, CellError> {
        let text = self.maybe_text()?;
        text.map(str::parse).transpose().map_err(|error| self.failed(error))
    }

    pub fn decimal(&mut self) -> Result<Decimal, CellError> {
        let text = self.text()?;
        Decimal::from_str_exact(text).map_err(|error| self.failed(error))
    }

    pub fn maybe_decimal(&mut self) -> Result<Option<Decimal>, CellError> {
        let text = self.maybe_text()?;
        text.map(Decimal::from_str_exact).transpose().map_err(|error| self.failed(error))
    }

    /// A unit variant, by its name in JSON.
    pub fn word<T: DeserializeOwned>(&mut self) -> Result<T, CellError> {
        let text = self.text()?;
        let plain: serde::de::value::StrDeserializer<'_, serde::de::value::Error> = text.into_deserializer();
        T::deserialize(plain).map_err(|error| self.failed(error))
    }

    pub fn maybe_word<T: DeserializeOwned>(&mut self) -> Result<Option<T>, CellError> {
        if matches!(self.values.get(self.next), None | Some(Value::Null)) {
            self.next += 1;
            return Ok(None);
        }
        self.word().map(Some)
    }

    pub fn json<T: DeserializeOwned>(&mut self) -> Result<T, CellError> {
        let text = self.text()?;
        serde_json::from_str(text).map_err(|error| self.failed(error))
    }

    pub fn maybe_json<T: DeserializeOwned>(&mut self) -> Result<Option<T>, CellError> {
        let text = self.maybe_text()?;
        text.map(serde_json::from_str).transpose().map_err(|error| self.failed(error))
    }
}

pub(super) fn text(value: impl Display) -> Value {
    Value::Text(value.to_string())
}

pub(super) fn maybe_text(value: Option<impl Display>) -> Value {
    value.map_or(Value::Null, text)
}

pub(super) fn time(value: UtcTime) -> Value {
    Value::Integer(value.nanos())
}

pub(super) fn maybe_time(value: Option<UtcTime>) -> Value {
    value.map_or(Value::Null, time)
}

pub(super) fn flag(value: bool) -> Value {
    Value::Integer(i64::from(value))
}

/// JSON of a value whose types cannot fail to be written (no maps with keys other than text).
pub(super) fn json(value: &impl Serialize) -> Value {
    Value::Text(serde_json::to_string(value).unwrap_or_default())
}

/// A unit variant's name in JSON.
pub(super) fn word(value: &impl Serialize) -> Value {
    let quoted = serde_json::to_string(value).unwrap_or_default();
    Value::Text(quoted.trim_matches('"').to_owned())
}

/// A row as it is stored: its values and whether its seal holds.
pub(super) fn stored(table: &Table, row: &rusqlite::Row<'_>) -> rusqlite::Result<(Vec<Value>, bool)> {
    let count = table.columns.len();
    let values = (0..count).map(|at| row.get(at)).collect::<rusqlite::Result<Vec<Value>>>()?;
    let seal: i64 = row.get(count)?;
    let holds = table.seal(&values) == seal;
    Ok((values, holds))
}

/// A record from a stored row.
pub(super) fn decoded<R: Record>(values: &[Value], seal_holds: bool) -> Result<R, LedgerError> {
    let table = R::table();
    if !seal_holds {
        return Err(LedgerError::damaged(format!("{}: the row does not match its seal", table.subject(values))));
    }
    let mut cells = Cells { columns: table.columns, values, next: 0 };
    R::decode(&mut cells).map_err(|error| LedgerError::damaged(format!("{}: {error}", table.subject(values))))
}

/// The select list of a record's table; `tail` is everything after the table's name.
pub(super) fn select<R: Record>(
    connection: &Connection,
    tail: &str,
    params: impl Params,
) -> Result<Vec<R>, LedgerError> {
    let table = R::table();
    let statement = format!("SELECT {}, seal FROM {} {tail}", table.columns.join(", "), table.name);
    let read = |error| LedgerError::sqlite("read", error);
    let mut statement = connection.prepare_cached(&statement).map_err(read)?;
    let mut rows = statement.query(params).map_err(read)?;
    let mut records = Vec::new();
    while let Some(row) = rows.next().map_err(read)? {
        let (values, holds) = stored(table, row).map_err(read)?;
        records.push(decoded(&values, holds)?);
    }
    Ok(records)
}
