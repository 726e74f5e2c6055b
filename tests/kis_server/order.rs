//! Orders and fills.

use std::time::Instant;

use jiff::civil::{Date, DateTime};
use rust_decimal::Decimal;
use serde_json::{Value, json};

/// Products whose orders are numbered on their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Line {
    Stock,
    Overseas,
    Bond,
    Future,
    /// Futures and options in the night session.
    Night,
}

/// What a row of the list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    New,
    Modification,
    Cancel,
}

/// How an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Open,
    Filled,
    Canceled,
    /// By the exchange, after the broker had accepted it.
    Refused,
    /// Ended by the close, or as the rest of an IOC or FOK order.
    Expired,
    /// All that was open goes on under a newer number.
    Replaced,
    /// A cancel's own row.
    Change,
}

/// A row: an order, a modification or a cancel, each with a number of its own.
#[derive(Clone, Debug)]
pub struct Order {
    pub id: usize,
    pub line: Line,
    pub row: Row,
    /// Ten digits.
    pub number: String,
    /// What it changes.
    pub original: Option<usize>,
    /// The first of its chain; itself for a new order.
    pub first: usize,
    pub branch: &'static str,
    /// KRX, NXT, SOR; NASD, NYSE, AMEX.
    pub exchange: String,
    pub symbol: String,
    pub is_buy: bool,
    /// `ORD_DVSN`.
    pub kind: String,
    /// As ordered; zero where the type has none.
    pub price: Decimal,
    /// What it is matched by; none takes any price.
    pub limit: Option<Decimal>,
    pub trigger: Option<Decimal>,
    /// A stop whose trigger has not been reached.
    pub is_dormant: bool,
    /// It waits for trading to begin.
    pub is_waiting: bool,
    pub quantity: Decimal,
    pub filled: Decimal,
    pub filled_value: Decimal,
    /// Money of the fills.
    pub paid: Decimal,
    pub canceled: Decimal,
    pub refused: Decimal,
    /// What went on under a newer number.
    pub moved: Decimal,
    pub standing: Standing,
    pub reason: &'static str,
    /// Trading date at its exchange.
    pub date: Date,
    /// Date and time in Korea, and at its exchange.
    pub korean: DateTime,
    pub local: DateTime,
    pub accepted_ms: i64,
    pub accepted_at: Instant,
    pub ends_ms: i64,
    /// An auction is held before it ends.
    pub has_auction: bool,
}

impl Order {
    pub fn is_open(&self) -> bool {
        self.standing == Standing::Open
    }

    /// What is still open.
    pub fn remaining(&self) -> Decimal {
        if self.is_open() { self.quantity - self.filled - self.canceled - self.moved } else { Decimal::ZERO }
    }

    /// 0 none, 1 IOC, 2 FOK.
    pub fn condition(&self) -> &'static str {
        match (self.line, self.kind.as_str()) {
            (Line::Future | Line::Night, "10" | "12" | "14") => return "1",
            (Line::Future | Line::Night, "11" | "13" | "15") => return "2",
            (Line::Future | Line::Night, _) => return "0",
            _ => {}
        }
        match self.kind.as_str() {
            "11" | "13" | "15" | "23" | "42" | "45" => "1",
            "12" | "14" | "16" | "24" | "43" | "46" => "2",
            _ => "0",
        }
    }

    /// `01` or `02`.
    pub const fn side(&self) -> &'static str {
        if self.is_buy { "02" } else { "01" }
    }

    /// A line of the journal.
    pub fn line_of_journal(&self, numbers: &[String]) -> Value {
        json!({"kind": "order", "line": format!("{:?}", self.line), "row": format!("{:?}", self.row), "number": self.number,
               "chain": numbers, "exchange": self.exchange, "symbol": self.symbol, "isBuy": self.is_buy,
               "type": self.kind, "price": self.price, "quantity": self.quantity, "filled": self.filled,
               "canceled": self.canceled, "refused": self.refused, "moved": self.moved,
               "standing": format!("{:?}", self.standing), "date": self.date.to_string(), "accepted": self.accepted_ms})
    }
}

/// A fill of the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fill {
    pub line: Line,
    /// Number of the order it was filled under, and of the first of its chain.
    pub number: String,
    pub first: String,
    pub symbol: String,
    pub is_buy: bool,
    pub price: Decimal,
    pub quantity: Decimal,
    /// Server's clock, ms.
    pub time: i64,
}

impl Fill {
    pub fn line_of_journal(&self) -> Value {
        json!({"kind": "fill", "line": format!("{:?}", self.line), "number": self.number, "first": self.first,
               "symbol": self.symbol, "isBuy": self.is_buy, "price": self.price, "quantity": self.quantity,
               "time": self.time})
    }
}
