//! Rows of orders and of what they caused.

use rusqlite::types::Value;

use super::record::OrderEvent;
use super::row::{CellError, Cells, OnConflict, Record, Table};
use super::row::{flag, json, maybe_text, maybe_time, text, time, word};
use crate::market::Side;
use crate::order::{Cash, Fill, Order, Reservation, Transaction, TransactionId};

static ORDERS: Table = Table::new(
    "orders",
    &[
        "id",
        "client_id",
        "broker_id",
        "former_broker_ids",
        "profile",
        "instrument",
        "side",
        "kind",
        "quantity",
        "filled",
        "filled_value",
        "time_in_force",
        "reduce_only",
        "position_side",
        "state",
        "pending_change",
        "watched_by",
        "triggered",
        "bracket",
        "role",
        "parent_id",
        "source",
        "reason",
        "reserved_cash_per_unit",
        "reserved_opening",
        "reserved_cash",
        "reserved_currency",
        "reserved_quantity",
        "created_at",
        "sent_at",
        "updated_at",
        "route",
    ],
    1,
    OnConflict::Replace,
);

impl Record for Order {
    fn table() -> &'static Table {
        &ORDERS
    }

    fn encode(&self) -> Vec<Value> {
        vec![
            text(self.id),
            maybe_text(self.client_id.as_ref()),
            maybe_text(self.broker_id.as_ref()),
            json(&self.former_broker_ids),
            text(&self.profile),
            text(self.instrument),
            text(self.side),
            json(&self.kind),
            text(self.quantity),
            text(self.filled),
            text(self.filled_value),
            text(self.time_in_force),
            flag(self.reduce_only),
            text(self.position_side.as_str()),
            text(self.state),
            self.pending_change.as_ref().map_or(Value::Null, json),
            maybe_text(self.watched_by.map(|by| by.as_str())),
            flag(self.triggered),
            json(&self.bracket),
            word(&self.role),
            maybe_text(self.parent_id),
            json(&self.source),
            maybe_text(self.reason.as_ref()),
            maybe_text(self.reservation.cash_per_unit),
            text(self.reservation.opening),
            text(self.reservation.cash.amount),
            text(self.reservation.cash.currency),
            text(self.reservation.quantity),
            time(self.created_at),
            maybe_time(self.sent_at),
            time(self.updated_at),
            maybe_text(self.route),
        ]
    }

    fn decode(cells: &mut Cells<'_>) -> Result<Self, CellError> {
        Ok(Self {
            id: cells.parsed()?,
            client_id: cells.maybe_parsed()?,
            broker_id: cells.maybe_parsed()?,
            former_broker_ids: cells.json()?,
            profile: cells.parsed()?,
            instrument: cells.parsed()?,
            side: cells.word()?,
            kind: cells.json()?,
            quantity: cells.parsed()?,
            filled: cells.parsed()?,
            filled_value: cells.decimal()?,
            time_in_force: cells.word()?,
            reduce_only: cells.flag()?,
            position_side: cells.word()?,
            state: cells.word()?,
            pending_change: cells.maybe_json()?,
            watched_by: cells.maybe_word()?,
            triggered: cells.flag()?,
            bracket: cells.json()?,
            role: cells.word()?,
            parent_id: cells.maybe_parsed()?,
            source: cells.json()?,
            reason: cells.maybe_text()?.map(str::to_owned),
            reservation: Reservation {
                cash_per_unit: cells.maybe_decimal()?,
                opening: cells.parsed()?,
                cash: Cash { amount: cells.decimal()?, currency: cells.parsed()? },
                quantity: cells.parsed()?,
            },
            created_at: cells.time()?,
            sent_at: cells.maybe_time()?,
            updated_at: cells.time()?,
            route: cells.maybe_parsed()?,
        })
    }
}

/// An order's event with its place in the order's history, counted from one.
#[derive(Debug)]
pub(super) struct NumberedEvent {
    pub number: u64,
    pub event: OrderEvent,
}

static ORDER_EVENTS: Table =
    Table::new("order_events", &["order_id", "number", "at", "what", "detail"], 2, OnConflict::Fail);

impl Record for NumberedEvent {
    fn table() -> &'static Table {
        &ORDER_EVENTS
    }

    fn encode(&self) -> Vec<Value> {
        vec![
            text(self.event.order_id),
            number(self.number),
            time(self.event.at),
            text(&self.event.what),
            maybe_text(self.event.detail.as_ref()),
        ]
    }

    fn decode(cells: &mut Cells<'_>) -> Result<Self, CellError> {
        let order_id = cells.parsed()?;
        let number = counted(cells)?;
        let event = OrderEvent {
            order_id,
            at: cells.time()?,
            what: cells.text()?.to_owned(),
            detail: cells.maybe_text()?.map(str::to_owned),
        };
        Ok(Self { number, event })
    }
}

static EXECUTIONS: Table = Table::new(
    "executions",
    &[
        "profile",
        "execution_id",
        "order_id",
        "instrument",
        "side",
        "position_side",
        "price",
        "quantity",
        "commission",
        "tax",
        "currency",
        "liquidity",
        "time",
    ],
    2,
    OnConflict::Fail,
);

impl Record for Fill {
    fn table() -> &'static Table {
        &EXECUTIONS
    }

    fn encode(&self) -> Vec<Value> {
        vec![
            text(&self.profile),
            text(&self.id),
            text(self.order_id),
            text(self.instrument),
            text(self.side),
            text(self.position_side.as_str()),
            text(self.price),
            text(self.quantity),
            text(self.commission),
            text(self.tax),
            text(self.currency),
            word(&self.liquidity),
            time(self.time),
        ]
    }

    fn decode(cells: &mut Cells<'_>) -> Result<Self, CellError> {
        let profile = cells.parsed()?;
        Ok(Self {
            profile,
            id: cells.parsed()?,
            order_id: cells.parsed()?,
            instrument: cells.parsed()?,
            side: cells.word::<Side>()?,
            position_side: cells.word()?,
            price: cells.parsed()?,
            quantity: cells.parsed()?,
            commission: cells.decimal()?,
            tax: cells.decimal()?,
            currency: cells.parsed()?,
            liquidity: cells.word()?,
            time: cells.time()?,
        })
    }
}

static TRANSACTIONS: Table = Table::new(
    "transactions",
    &[
        "id",
        "time",
        "kind",
        "profile",
        "instrument",
        "order_id",
        "execution_id",
        "quantity",
        "price",
        "amount",
        "commission",
        "tax",
        "cash_before",
        "cash_after",
        "currency",
        "note",
    ],
    1,
    OnConflict::Fail,
);

impl Record for Transaction {
    fn table() -> &'static Table {
        &TRANSACTIONS
    }

    fn encode(&self) -> Vec<Value> {
        vec![
            number(self.id.0),
            time(self.time),
            text(self.kind.as_str()),
            text(&self.profile),
            maybe_text(self.instrument),
            maybe_text(self.order_id),
            maybe_text(self.execution_id.as_ref()),
            maybe_text(self.quantity),
            maybe_text(self.price),
            text(self.amount),
            text(self.commission),
            text(self.tax),
            text(self.cash_before),
            text(self.cash_after),
            text(self.currency),
            maybe_text(self.note.as_ref()),
        ]
    }

    fn decode(cells: &mut Cells<'_>) -> Result<Self, CellError> {
        Ok(Self {
            id: TransactionId(counted(cells)?),
            time: cells.time()?,
            kind: cells.word()?,
            profile: cells.parsed()?,
            instrument: cells.maybe_parsed()?,
            order_id: cells.maybe_parsed()?,
            execution_id: cells.maybe_parsed()?,
            quantity: cells.maybe_parsed()?,
            price: cells.maybe_parsed()?,
            amount: cells.decimal()?,
            commission: cells.decimal()?,
            tax: cells.decimal()?,
            cash_before: cells.decimal()?,
            cash_after: cells.decimal()?,
            currency: cells.parsed()?,
            note: cells.maybe_text()?.map(str::to_owned),
        })
    }
}

/// A count as SQLite keeps it; the bits beyond its signed range come back as they were.
pub(super) fn number(count: u64) -> Value {
    Value::Integer(count.cast_signed())
}

/// The counterpart of [`number`].
pub(super) fn counted(cells: &mut Cells<'_>) -> Result<u64, CellError> {
    Ok(cells.integer()?.cast_unsigned())
}
