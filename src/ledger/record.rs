//! What the desk writes into the ledger and what it finds there when it starts.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::market::{Currency, Instrument, InstrumentId, UtcTime};
use crate::order::{Account, ExecutionId, Fill, Order, OrderId, Position, ProfileName, Transaction, TransactionId};

/// Everything one step of the core asks to be written: one SQL transaction, all or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Counts up by one; batches are committed in this order.
    pub sequence: u64,
    /// The rows.
    pub writes: Vec<Write>,
}

/// One row to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// The whole state of an order, new or changed.
    Order(Box<Order>),
    /// A line of an order's history; append-only.
    OrderEvent(OrderEvent),
    /// A fill; its id is unique within the profile, and writing it twice is an error.
    Execution(Box<Fill>),
    /// Money or stock that moved.
    Transaction(Box<Transaction>),
    /// Cash of a profile in a currency, new or changed.
    Balance(Account),
    /// A position, new or changed.
    Position(Box<Position>),
    /// An instrument that an order, a fill or a position names.
    Instrument(Box<Instrument>),
    /// A refusal, or a change of the desk's state.
    RiskEvent(RiskEvent),
    /// A value kept over restarts.
    Setting {
        /// Its name.
        key: String,
        /// Its value; `None` removes it.
        value: Option<String>,
    },
    /// Equity of a profile at a time.
    Equity {
        /// Whose.
        profile: ProfileName,
        /// Of what.
        currency: Currency,
        /// When.
        at: UtcTime,
        /// How much.
        equity: Decimal,
    },
    /// An instrument put on a watchlist, at its end, or taken off it.
    Watch {
        /// The list's name.
        list: String,
        /// Which.
        instrument: InstrumentId,
        /// On or off.
        add: bool,
    },
    /// An alert, new or changed.
    Alert {
        /// Its number.
        id: u64,
        /// What it is; `None` removes it.
        alert: Option<Box<Alert>>,
    },
    /// A remark; append-only.
    Note(Note),
    /// Something people were told; the newest are kept.
    Event(DeskEvent),
}

/// Says something when a condition holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// Whose market is watched; nobody's in rows that are older than version 3 of the schema.
    pub profile: Option<ProfileName>,
    /// On what.
    pub instrument: InstrumentId,
    /// When to say it, in the words of the desk: `price >= 71000`.
    pub condition: String,
    /// What to say besides.
    pub note: Option<String>,
    /// When it was made.
    pub created_at: UtcTime,
    /// When the condition held.
    pub fired_at: Option<UtcTime>,
    /// The value that fired it.
    pub value: Option<String>,
    /// When somebody saw it.
    pub acknowledged_at: Option<UtcTime>,
}

/// A remark in the trading journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// When.
    pub at: UtcTime,
    /// On which profile, where on one.
    pub profile: Option<ProfileName>,
    /// On which order, where on one.
    pub order_id: Option<OrderId>,
    /// What.
    pub text: String,
}

/// Equity of a profile at a time, as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EquityPoint {
    /// Whose.
    pub profile: ProfileName,
    /// Of what.
    pub currency: Currency,
    /// When.
    pub at: UtcTime,
    /// How much.
    pub equity: Decimal,
}

/// A line of an order's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderEvent {
    /// Of which order.
    pub order_id: OrderId,
    /// When.
    pub at: UtcTime,
    /// What, as one word: `created`, `sent`, `accepted`, `filled`, `canceled`, `unknown`, `triggered`, …
    pub what: String,
    /// More of it.
    pub detail: Option<String>,
}

/// A refusal, or a change of the desk's state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskEvent {
    /// When.
    pub at: UtcTime,
    /// For which profile, where for one.
    pub profile: Option<ProfileName>,
    /// The rule's name, or `HALT`, `REDUCE`, `RESUME`, `KILL`, `RECONCILE`.
    pub rule: String,
    /// What there was.
    pub value: String,
    /// What is allowed.
    pub limit: String,
    /// Who asked.
    pub source: String,
}

/// Something people were told: a fill, a stop that was set off, a halt, a lost connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskEvent {
    /// When.
    pub at: UtcTime,
    /// What kind, as one word.
    pub kind: String,
    /// For which profile, where for one.
    pub profile: Option<ProfileName>,
    /// About which order, where about one; it need not be in the ledger.
    pub order_id: Option<String>,
    /// What.
    pub text: String,
}

/// What the desk finds in the ledger when it starts.
#[derive(Debug, Clone, Default)]
pub struct Recovered {
    /// Open orders, and those that ended within the last day (late fills may still come).
    pub orders: Vec<Order>,
    /// Fills of these orders, so that none is booked twice.
    pub fills: Vec<Fill>,
    /// Funding, dividends and the like that are booked, so that none is booked twice: a broker may tell them again at any
    /// time.
    pub cash_flows: Vec<(ProfileName, ExecutionId)>,
    /// Cash.
    pub accounts: Vec<Account>,
    /// Positions, flat ones with a history included.
    pub positions: Vec<Position>,
    /// Instruments named by any of these.
    pub instruments: Vec<Instrument>,
    /// Alerts by number, those that fired included.
    pub alerts: BTreeMap<u64, Alert>,
    /// Values kept over restarts.
    pub settings: BTreeMap<String, String>,
    /// The newest transaction's number.
    pub last_transaction: Option<TransactionId>,
    /// The newest batch written.
    pub last_sequence: u64,
}
