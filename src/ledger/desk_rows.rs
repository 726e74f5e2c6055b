//! Rows of what the desk keeps beside orders and money.

use rusqlite::types::Value;

use super::record::{Alert, Note, RiskEvent};
use super::row::{CellError, Cells, OnConflict, Record, Table, maybe_text, maybe_time, text, time};
use super::trade_rows::{counted, number};
use crate::market::InstrumentId;

/// A risk event with its place, counted from one.
pub(super) struct NumberedRiskEvent {
    pub number: u64,
    pub event: RiskEvent,
}

static RISK_EVENTS: Table =
    Table::new("risk_events", &["number", "at", "profile", "rule", "value", "allowed", "source"], 1, OnConflict::Fail);

impl Record for NumberedRiskEvent {
    fn table() -> &'static Table {
        &RISK_EVENTS
    }

    fn encode(&self) -> Vec<Value> {
        let event = &self.event;
        vec![
            number(self.number),
            time(event.at),
            maybe_text(event.profile.as_ref()),
            text(&event.rule),
            text(&event.value),
            text(&event.limit),
            text(&event.source),
        ]
    }

    fn decode(cells: &mut Cells<'_>) -> Result<Self, CellError> {
        let number = counted(cells)?;
        let event = RiskEvent {
            at: cells.time()?,
            profile: cells.maybe_parsed()?,
            rule: cells.text()?.to_owned(),
            value: cells.text()?.to_owned(),
            limit: cells.text()?.to_owned(),
            source: cells.text()?.to_owned(),
        };
        Ok(Self { number, event })
    }
}

/// A value kept over restarts.
pub(super) struct Setting {
    pub key: String,
    pub value: String,
}

static SETTINGS: Table = Table::new("settings", &["key", "value"], 1, OnConflict::Replace);

impl Record for Setting {
    fn table() -> &'static Table {
        &SETTINGS
    }

    fn encode(&self) -> Vec<Value> {
        vec![text(&self.key), text(&self.value)]
    }

    fn decode(cells: &mut Cells<'_>) -> Result<Self, CellError> {
        Ok(Self { key: cells.text()?.to_owned(), value: cells.text()?.to_owned() })
    }
}

/// An instrument's place on a watchlist.
pub(super) struct Watched {
    pub list: String,
    pub instrument: InstrumentId,
    pub place: u64,
}

static WATCHLISTS: Table = Table::new("watchlists", &["list", "instrument", "place"], 2, OnConflict::Keep);

impl Record for Watched {
    fn table() -> &'static Table {
        &WATCHLISTS
    }

    fn encode(&self) -> Vec<Value> {
        vec![text(&self.list), text(self.instrument), number(self.place)]
    }

    fn decode(cells: &mut Cells<'_>) -> Result<Self, CellError> {
        Ok(Self { list: cells.text()?.to_owned(), instrument: cells.parsed()?, place: counted(cells)? })
    }
}

/// An alert with its number.
pub(super) struct NumberedAlert {
    pub id: u64,
    pub alert: Alert,
}

static ALERTS: Table = Table::new(
    "alerts",
    &["id", "instrument", "condition", "note", "created_at", "fired_at", "acknowledged_at", "profile", "value"],
    1,
    OnConflict::Replace,
);

impl Record for NumberedAlert {
    fn table() -> &'static Table {
        &ALERTS
    }

    fn encode(&self) -> Vec<Value> {
        let alert = &self.alert;
        vec![
            number(self.id),
            text(alert.instrument),
            text(&alert.condition),
            maybe_text(alert.note.as_ref()),
            time(alert.created_at),
            maybe_time(alert.fired_at),
            maybe_time(alert.acknowledged_at),
            maybe_text(alert.profile.as_ref()),
            maybe_text(alert.value.as_ref()),
        ]
    }

    fn decode(cells: &mut Cells<'_>) -> Result<Self, CellError> {
        let id = counted(cells)?;
        let (instrument, condition) = (cells.parsed()?, cells.text()?.to_owned());
        let note = cells.maybe_text()?.map(str::to_owned);
        let (created_at, fired_at, acknowledged_at) = (cells.time()?, cells.maybe_time()?, cells.maybe_time()?);
        let profile = cells.maybe_parsed()?;
        let value = cells.maybe_text()?.map(str::to_owned);
        let alert = Alert { profile, instrument, condition, note, created_at, fired_at, value, acknowledged_at };
        Ok(Self { id, alert })
    }
}

/// A note with its place, counted from one.
pub(super) struct NumberedNote {
    pub number: u64,
    pub note: Note,
}

static NOTES: Table = Table::new("notes", &["number", "at", "profile", "order_id", "text"], 1, OnConflict::Fail);

impl Record for NumberedNote {
    fn table() -> &'static Table {
        &NOTES
    }

    fn encode(&self) -> Vec<Value> {
        let note = &self.note;
        vec![
            number(self.number),
            time(note.at),
            maybe_text(note.profile.as_ref()),
            maybe_text(note.order_id),
            text(&note.text),
        ]
    }

    fn decode(cells: &mut Cells<'_>) -> Result<Self, CellError> {
        let number = counted(cells)?;
        let note = Note {
            at: cells.time()?,
            profile: cells.maybe_parsed()?,
            order_id: cells.maybe_parsed()?,
            text: cells.text()?.to_owned(),
        };
        Ok(Self { number, note })
    }
}

/// One of the newest batches, so that the same one is known again.
pub(super) struct BatchMark {
    pub sequence: u64,
    pub digest: u32,
}

/// How many of the newest batches are kept; all of them fit one page.
pub(super) const BATCHES_KEPT: u64 = 64;

static BATCHES: Table = Table::new("batches", &["slot", "sequence", "digest"], 1, OnConflict::Replace);

impl Record for BatchMark {
    fn table() -> &'static Table {
        &BATCHES
    }

    fn encode(&self) -> Vec<Value> {
        vec![number(self.sequence % BATCHES_KEPT), number(self.sequence), Value::Integer(i64::from(self.digest))]
    }

    fn decode(cells: &mut Cells<'_>) -> Result<Self, CellError> {
        cells.integer()?;
        Ok(Self { sequence: counted(cells)?, digest: u32::try_from(cells.integer()?).unwrap_or_default() })
    }
}
