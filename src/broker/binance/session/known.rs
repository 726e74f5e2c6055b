//! What a session remembers of the account between requests: which orders are open where, what was traded, and which
//! orders are on their way. Only a help: the exchange's own lists decide.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::broker::api::{AccountReport, BrokerEvent, OrderReport, PlaceOrder};
use crate::market::gather::Gather;
use crate::market::{Side, Symbol, UtcTime, Venue};
use crate::order::{BrokerOrderId, OrderId};

/// How far clocks may be apart where times are compared.
const SPREAD: Duration = Duration::from_secs(10 * 60);
/// Most sentences remembered.
const SAID_MAX: usize = 1_000;

/// An order on its way to the exchange.
#[derive(Debug, Clone)]
pub(super) struct Placing {
    /// Takes it back while it still waits for its turn.
    pub(super) withdrawn: CancellationToken,
    done: watch::Receiver<bool>,
}

impl Placing {
    /// Waits until it has been answered, or never will be.
    pub(super) async fn done(mut self) {
        // An error means that its task has gone.
        let _ = self.done.wait_for(|done| *done).await;
    }
}

/// Says that an order is no longer on its way, when dropped.
pub(super) struct Arrival {
    pub(super) withdrawn: CancellationToken,
    known: Arc<std::sync::Mutex<Known>>,
    order: OrderId,
    _done: watch::Sender<bool>,
}

impl Drop for Arrival {
    fn drop(&mut self) {
        locked(&self.known).placing.remove(&self.order);
    }
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Open orders, hoga's or not.
    open: BTreeMap<BrokerOrderId, Symbol>,
    /// Symbols with fills, positions or orders, and when something was last heard of that.
    traded: BTreeMap<Symbol, UtcTime>,
    placing: BTreeMap<OrderId, Placing>,
    /// Sentences that were told and need not be told again.
    said: BTreeSet<String>,
    /// Whether what was traded before this connection has been looked for.
    pub(super) discovered: bool,
    /// Ways of open orders; a change has to say it again.
    sides: BTreeMap<OrderId, Side>,
}

pub(super) fn locked(known: &std::sync::Mutex<Known>) -> std::sync::MutexGuard<'_, Known> {
    // Every change of it is whole, even when its holder panics.
    known.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl Known {
    /// An order sets out.
    pub(super) fn set_out(known: &Arc<std::sync::Mutex<Self>>, order: &PlaceOrder, now: UtcTime) -> Arrival {
        let (sender, done) = watch::channel(false);
        let withdrawn = CancellationToken::new();
        let placing = Placing { withdrawn: withdrawn.clone(), done };
        let mut state = locked(known);
        state.placing.insert(order.order_id, placing);
        state.sides.insert(order.order_id, order.side);
        state.note_traded(order.instrument.symbol, now);
        drop(state);
        Arrival { withdrawn, known: Arc::clone(known), order: order.order_id, _done: sender }
    }

    /// An order that has not been answered yet.
    pub(super) fn placing(&self, order: OrderId) -> Option<Placing> {
        self.placing.get(&order).cloned()
    }

    /// Which way an open order of hoga's goes.
    pub(super) fn side(&self, order: OrderId) -> Option<Side> {
        self.sides.get(&order).copied()
    }

    /// Takes in what is about to be told to the desk.
    pub(super) fn hear(&mut self, event: &BrokerEvent) {
        match event {
            BrokerEvent::Order(report) => self.hear_order(report),
            BrokerEvent::Fill(fill) => {
                self.note_traded(fill.instrument.symbol, fill.time);
            }
            // A coin may be held that was never traded.
            BrokerEvent::Account(AccountReport::Position { instrument, .. })
                if instrument.venue != Venue::BinanceSpot =>
            {
                self.note_traded(instrument.symbol, UtcTime::EPOCH);
            }
            _ => {}
        }
    }

    pub(super) fn hear_order(&mut self, report: &OrderReport) {
        self.note_traded(report.instrument.symbol, report.time);
        if let Some(former) = &report.replaces {
            self.open.remove(former);
        }
        if report.state.is_open() {
            self.open.insert(report.broker_id.clone(), report.instrument.symbol);
            self.sides.extend(report.order_id.map(|order| (order, report.side)));
        } else {
            self.open.remove(&report.broker_id);
            if let Some(order) = report.order_id {
                self.sides.remove(&order);
            }
        }
    }

    /// The whole list of open orders, as the exchange has it now. What is gone from it may have been filled.
    pub(super) fn all_open(&mut self, reports: &[OrderReport], now: UtcTime) {
        for (number, symbol) in std::mem::take(&mut self.open) {
            if !reports.iter().any(|report| report.broker_id == number) {
                self.note_traded(symbol, now);
            }
        }
        reports.iter().for_each(|report| self.hear_order(report));
    }

    /// Symbols with open orders.
    pub(super) fn with_orders(&self) -> BTreeSet<Symbol> {
        self.open.values().copied().into_set()
    }

    /// Symbols whose fills may be asked for.
    pub(super) fn traded(&self) -> BTreeSet<Symbol> {
        self.traded.keys().copied().into_set()
    }

    /// Those of them that can have any since a time: with orders that were open then or later.
    pub(super) fn traded_since(&self, since: UtcTime) -> BTreeSet<Symbol> {
        let from = since.minus(SPREAD);
        let recent = self.traded.iter().filter(|(_, at)| **at >= from).map(|(symbol, _)| *symbol);
        recent.chain(self.open.values().copied()).into_set()
    }

    /// When each was last heard of.
    pub(super) fn traded_at(&self) -> BTreeMap<Symbol, UtcTime> {
        self.traded.clone()
    }

    /// A symbol that was traded, and when.
    pub(super) fn note_traded(&mut self, symbol: Symbol, at: UtcTime) {
        let known = self.traded.entry(symbol).or_insert(at);
        *known = at.max(*known);
    }

    /// Whether a sentence has not been told yet.
    pub(super) fn says_first(&mut self, text: &str) -> bool {
        self.said.len() < SAID_MAX && self.said.insert(text.to_owned())
    }
}
