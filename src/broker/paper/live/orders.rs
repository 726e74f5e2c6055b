//! Virtual orders: on their way to the matcher of their instrument, and what it says of them.

use std::time::Duration;

use super::{Line, PaperBroker};
use crate::broker::api::{BrokerError, Channel, PlaceOrder, RequestId};
use crate::broker::paper::counter::check_order;
use crate::broker::paper::{Change, PaperBody, PaperEvent, PaperRefusal, Trim, refused};
use crate::market::{InstrumentId, Quantity, UtcTime};
use crate::order::{OrderId, OrderKind};

/// How long an order waits for the first book. Less than a desk waits for an answer.
const FIRST_BOOK_WITHIN: Duration = Duration::from_secs(2);

impl PaperBroker {
    pub(super) fn place(&mut self, now: UtcTime, id: RequestId, wanted: &PlaceOrder) -> Result<(), BrokerError> {
        check_order(self.listed(wanted.instrument)?, wanted)?;
        let order = self.account.place(now, id, wanted)?;
        self.tend(now, wanted.instrument);
        if let Some(market) = self.markets.get_mut(&wanted.instrument) {
            market.waiting.push_back((now.plus(FIRST_BOOK_WITHIN), order));
        }
        self.send_waiting(now, wanted.instrument);
        Ok(())
    }

    /// Sends the matcher what waits for it, once there is a book to judge it by. When the time is up best prices have to
    /// do, and without them the order is refused.
    pub(super) fn send_waiting(&mut self, now: UtcTime, instrument: InstrumentId) {
        let Some(market) = self.markets.get_mut(&instrument) else { return };
        let has_books = self.capabilities.streams.contains(&Channel::Book);
        let up = self.line == Line::Up;
        let prices = up && market.matcher.sees_prices();
        let ready = up && if has_books { market.matcher.sees_book() } else { prices };
        let mut refused = Vec::new();
        while let Some((_, order)) = market.waiting.pop_front_if(|(until, _)| ready || *until <= now) {
            if ready || prices {
                market.matcher.submit(now, order);
            } else {
                refused.push(told(now, order.id, PaperBody::Rejected(PaperRefusal::NoMarket)));
            }
        }
        self.hear(now, instrument, &refused);
    }

    pub(super) fn cancel_asked(&mut self, now: UtcTime, id: RequestId, order: OrderId) -> Result<(), BrokerError> {
        self.cancel(now, order, Change::Asked(id))
    }

    pub(super) fn cancel_all(&mut self, now: UtcTime, only: Option<InstrumentId>) {
        for order in self.account.alive() {
            let meant = only.is_none_or(|only| self.account.instrument(order) == Some(only));
            if meant {
                // It is alive, so this cannot be refused.
                let _ = self.cancel(now, order, Change::OfMany);
            }
        }
    }

    fn cancel(&mut self, now: UtcTime, order: OrderId, change: Change) -> Result<(), BrokerError> {
        self.account.change(order, change)?;
        let Some(instrument) = self.account.instrument(order) else { return Ok(()) };
        let Some(market) = self.markets.get_mut(&instrument) else { return Ok(()) };
        if market.take_back(order) {
            let events = [PaperBody::Accepted, PaperBody::Canceled].map(|body| told(now, order, body));
            self.hear(now, instrument, &events);
        } else {
            market.matcher.cancel(now, order);
        }
        Ok(())
    }

    pub(super) fn replace(
        &mut self,
        now: UtcTime,
        id: RequestId,
        order: OrderId,
        kind: OrderKind,
        quantity: Quantity,
    ) -> Result<(), BrokerError> {
        let OrderKind::Limit { price } = kind else { return Err(BrokerError::Unsupported("order type")) };
        if let Some((true, current)) = self.account.size(order)
            && quantity > current
        {
            return Err(refused("REDUCE_ONLY", "a reduce-only order cannot grow"));
        }
        let market = self.account.instrument(order).and_then(|instrument| self.markets.get_mut(&instrument));
        let silent = self.line != Line::Up;
        if market.as_ref().is_some_and(|market| silent || market.waits(order)) {
            return Err(refused(PaperRefusal::NoMarket.code(), &PaperRefusal::NoMarket.to_string()));
        }
        self.account.change(order, Change::Asked(id))?;
        if let Some(market) = market {
            market.matcher.replace(now, order, price, quantity);
        }
        Ok(())
    }

    /// What the matcher of an instrument has to say by now, and orders that have waited for it.
    pub(super) fn look_at(&mut self, now: UtcTime, instrument: InstrumentId) {
        let Some(market) = self.markets.get_mut(&instrument) else { return };
        if market.ask_again.is_some_and(|at| at <= now) {
            market.ask_again = None;
            self.untended.insert(instrument);
        }
        let told = market.matcher.poll(now);
        self.hear(now, instrument, &told);
        self.send_waiting(now, instrument);
    }

    /// Passes on what became of orders, and keeps reduce-only orders within what they reduce.
    pub(super) fn hear(&mut self, now: UtcTime, instrument: InstrumentId, told: &[PaperEvent]) {
        if told.is_empty() {
            return;
        }
        let market = self.markets.get(&instrument);
        let ahead = |order| market.and_then(|market| market.matcher.queue_ahead(order));
        self.account.hear(told, &ahead, &mut self.outbox);
        self.untended.insert(instrument);
        for trim in self.account.trim() {
            let (Trim::Cancel(order) | Trim::Shrink(order, ..)) = trim;
            let market = self.account.instrument(order).and_then(|instrument| self.markets.get_mut(&instrument));
            match (market, trim) {
                (Some(market), Trim::Cancel(order)) => market.matcher.cancel(now, order),
                (Some(market), Trim::Shrink(order, price, total)) => market.matcher.replace(now, order, price, total),
                (None, _) => {}
            }
        }
    }
}

/// What an order hears that never reached a matcher.
fn told(now: UtcTime, order: OrderId, body: PaperBody) -> PaperEvent {
    PaperEvent { order, happened_at: now, known_at: now, body }
}
