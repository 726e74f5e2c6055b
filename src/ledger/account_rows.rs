//! Rows of cash, positions and instruments.

use rusqlite::types::Value;

use super::record::EquityPoint;
use super::row::{CellError, Cells, OnConflict, Record, Table, json, maybe_text, text, time};
use crate::market::Instrument;
use crate::order::{Account, Position, PositionKey, ProfileName};

/// A profile that has, or had, cash.
pub(super) struct Profile(pub ProfileName);

static ACCOUNTS: Table = Table::new("accounts", &["profile"], 1, OnConflict::Keep);

impl Record for Profile {
    fn table() -> &'static Table {
        &ACCOUNTS
    }

    fn encode(&self) -> Vec<Value> {
        vec![text(&self.0)]
    }

    fn decode(cells: &mut Cells<'_>) -> Result<Self, CellError> {
        cells.parsed().map(Self)
    }
}

static BALANCES: Table =
    Table::new("balances", &["profile", "currency", "cash", "reserved", "margin", "available"], 2, OnConflict::Replace);

impl Record for Account {
    fn table() -> &'static Table {
        &BALANCES
    }

    fn encode(&self) -> Vec<Value> {
        vec![
            text(&self.profile),
            text(self.currency),
            text(self.cash),
            text(self.reserved),
            text(self.margin),
            text(self.available()),
        ]
    }

    /// What is available follows from the rest; the column is there for people with an SQL prompt.
    fn decode(cells: &mut Cells<'_>) -> Result<Self, CellError> {
        Ok(Self {
            profile: cells.parsed()?,
            currency: cells.parsed()?,
            cash: cells.decimal()?,
            reserved: cells.decimal()?,
            margin: cells.decimal()?,
        })
    }
}

static POSITIONS: Table = Table::new(
    "positions",
    &[
        "profile",
        "instrument",
        "side",
        "currency",
        "quantity",
        "cost",
        "realized_gross",
        "commission",
        "tax",
        "carried",
        "margin",
    ],
    3,
    OnConflict::Replace,
);

impl Record for Position {
    fn table() -> &'static Table {
        &POSITIONS
    }

    fn encode(&self) -> Vec<Value> {
        vec![
            text(&self.key.profile),
            text(self.key.instrument),
            text(self.key.side.as_str()),
            text(self.currency),
            text(self.quantity),
            text(self.cost),
            text(self.realized_gross),
            text(self.commission),
            text(self.tax),
            text(self.carried),
            text(self.margin),
        ]
    }

    fn decode(cells: &mut Cells<'_>) -> Result<Self, CellError> {
        Ok(Self {
            key: PositionKey { profile: cells.parsed()?, instrument: cells.parsed()?, side: cells.word()? },
            currency: cells.parsed()?,
            quantity: cells.decimal()?,
            cost: cells.decimal()?,
            realized_gross: cells.decimal()?,
            commission: cells.decimal()?,
            tax: cells.decimal()?,
            carried: cells.decimal()?,
            margin: cells.decimal()?,
        })
    }
}

static INSTRUMENTS: Table = Table::new(
    "instruments",
    &[
        "instrument",
        "name_ko",
        "name_en",
        "product",
        "currency",
        "ticks",
        "price_decimals",
        "lot",
        "min_quantity",
        "max_quantity",
        "min_notional",
        "multiplier",
        "base_price",
        "daily_limit",
        "tiers",
    ],
    1,
    OnConflict::Replace,
);

impl Record for Instrument {
    fn table() -> &'static Table {
        &INSTRUMENTS
    }

    fn encode(&self) -> Vec<Value> {
        vec![
            text(self.id),
            text(&self.name_ko),
            text(&self.name_en),
            json(&self.product),
            text(self.currency),
            json(&self.ticks),
            Value::Integer(i64::from(self.price_decimals)),
            text(self.lot),
            text(self.min_quantity),
            maybe_text(self.max_quantity),
            maybe_text(self.min_notional),
            text(self.multiplier),
            maybe_text(self.base_price),
            maybe_text(self.daily_limit),
            json(&self.tiers),
        ]
    }

    fn decode(cells: &mut Cells<'_>) -> Result<Self, CellError> {
        Ok(Self {
            id: cells.parsed()?,
            name_ko: cells.text()?.to_owned(),
            name_en: cells.text()?.to_owned(),
            product: cells.json()?,
            currency: cells.parsed()?,
            ticks: cells.json()?,
            price_decimals: u32::try_from(cells.integer()?).unwrap_or(u32::MAX),
            lot: cells.parsed()?,
            min_quantity: cells.parsed()?,
            max_quantity: cells.maybe_parsed()?,
            min_notional: cells.maybe_decimal()?,
            multiplier: cells.decimal()?,
            base_price: cells.maybe_parsed()?,
            daily_limit: cells.maybe_decimal()?,
            tiers: cells.json()?,
        })
    }
}

static EQUITY: Table = Table::new("equity", &["profile", "currency", "at", "equity"], 3, OnConflict::Replace);

impl Record for EquityPoint {
    fn table() -> &'static Table {
        &EQUITY
    }

    fn encode(&self) -> Vec<Value> {
        vec![text(&self.profile), text(self.currency), time(self.at), text(self.equity)]
    }

    fn decode(cells: &mut Cells<'_>) -> Result<Self, CellError> {
        Ok(Self { profile: cells.parsed()?, currency: cells.parsed()?, at: cells.time()?, equity: cells.decimal()? })
    }
}
