//! Cash, positions, orders and fills of the profile shown.

use std::collections::VecDeque;

use indexmap::IndexMap;

use crate::desk::record::{AccountRecord, BalanceRecord, FillRecord, OrderRecord, PnlRecord, PositionRecord};
use crate::market::{Currency, InstrumentId, Price, Side};
use crate::order::OrderState;

/// Most ended orders and fills kept; older ones are on the history page, which asks the ledger.
const KEPT_MAX: usize = 2_000;

/// The account of the profile shown.
#[derive(Debug, Default)]
pub struct Account {
    /// Cash, positions, profit, as the desk said last.
    pub record: Option<AccountRecord>,
    /// Orders by id, in the order they were made.
    pub orders: IndexMap<String, OrderRecord>,
    /// Fills, newest last.
    pub fills: VecDeque<FillRecord>,
}

impl Account {
    /// Takes an order as it is now.
    pub fn put_order(&mut self, order: OrderRecord) {
        self.orders.insert(order.id.clone(), order);
        if self.orders.len() > KEPT_MAX
            && let Some(ended) = self.orders.values().position(|order| order.state.is_final())
        {
            self.orders.shift_remove_index(ended);
        }
    }

    /// Takes a fill; one that is known already is dropped.
    pub fn put_fill(&mut self, fill: FillRecord) {
        if self.fills.iter().rev().any(|known| known.id == fill.id && known.order_id == fill.order_id) {
            return;
        }
        if self.fills.len() >= KEPT_MAX {
            self.fills.pop_front();
        }
        self.fills.push_back(fill);
    }

    /// Orders that may still be filled, oldest first.
    pub fn open_orders(&self) -> impl DoubleEndedIterator<Item = &OrderRecord> {
        self.orders.values().filter(|order| !order.state.is_final())
    }

    /// Open orders of an instrument.
    pub fn open_of(&self, id: &InstrumentId) -> impl Iterator<Item = &OrderRecord> {
        self.open_orders().filter(move |order| order.venue == id.venue && order.symbol == id.symbol.as_str())
    }

    /// Open limit orders of an instrument at a price, oldest first.
    pub fn resting_at(&self, id: &InstrumentId, price: Price) -> impl Iterator<Item = &OrderRecord> {
        self.open_of(id).filter(move |order| order.price == Some(price) && order.stop_price.is_none())
    }

    /// Position in an instrument.
    #[must_use]
    pub fn position(&self, id: &InstrumentId) -> Option<&PositionRecord> {
        let positions = &self.record.as_ref()?.positions;
        positions.iter().find(|position| position.venue == id.venue && position.symbol == id.symbol.as_str())
    }

    /// Cash in a currency.
    #[must_use]
    pub fn balance(&self, currency: Currency) -> Option<&BalanceRecord> {
        self.record.as_ref()?.balances.iter().find(|balance| balance.currency == currency)
    }

    /// Profit in a currency.
    #[must_use]
    pub fn pnl(&self, currency: Currency) -> Option<&PnlRecord> {
        self.record.as_ref()?.pnl.iter().find(|pnl| pnl.currency == currency)
    }

    /// Whether an order of this side waits for the broker's first answer.
    #[must_use]
    pub fn is_awaiting(&self, id: &InstrumentId, side: Side, price: Option<Price>) -> bool {
        self.open_of(id).any(|order| {
            order.side == side
                && (price.is_none() || order.price == price)
                && matches!(order.state, OrderState::Draft | OrderState::Pending | OrderState::Sent)
        })
    }
}
