//! The desk's orders: taken, changed, filled, ended. Nothing is told before it is in the journal.

use rust_decimal::Decimal;

use super::super::matching::{Lasting, NewOrder, Owner, Placement, Pricing, Refusal};
use super::super::pit::{Pit, Print};
use super::super::truth::{DeskOrder, Filled, Record};
use super::SimExchange;
use crate::broker::api::{Answer, BrokerError, BrokerEvent, OrderReference, PlaceOrder, RequestId};
use crate::market::{Price, Quantity, Side};
use crate::order::fee::Liquidity;
use crate::order::{ExecutionId, OrderId, OrderKind, OrderState, TimeInForce};

/// A refusal with its code.
pub(super) fn refused(code: &str, text: &str) -> BrokerError {
    BrokerError::Refused { code: code.into(), text: text.into() }
}

fn refusal(refusal: Refusal) -> BrokerError {
    let code = match refusal {
        Refusal::WouldTake => "POST_ONLY",
        Refusal::NoPrice => "NO_PRICE",
        Refusal::NotInAuction => "AUCTION",
        Refusal::OutOfBounds => "LIMITS",
        Refusal::NoQuantity => "LOT",
    };
    refused(code, &refusal.to_string())
}

const fn lasting(time_in_force: TimeInForce) -> Lasting {
    match time_in_force {
        TimeInForce::Day | TimeInForce::Gtc | TimeInForce::Reserved => Lasting::Rest,
        TimeInForce::Ioc => Lasting::Ioc,
        TimeInForce::Fok => Lasting::Fok,
        TimeInForce::PostOnly => Lasting::PostOnly,
    }
}

impl SimExchange {
    pub(super) fn answer(&mut self, id: RequestId, outcome: Result<Answer, BrokerError>) {
        self.outbox.push(BrokerEvent::Answer { id, outcome });
    }

    /// Takes an order or refuses it. The answer comes first, then the report that it works, then its fills, then the
    /// report of where it stands.
    pub(super) fn place(&mut self, id: RequestId, wanted: &PlaceOrder) {
        if self.truth.find(wanted.order_id).is_some() {
            self.note_repeated(wanted.order_id);
            return self.answer(id, Err(refused("DUPLICATE", "this order id has been used")));
        }
        let (index, new, price) = match self.check(wanted) {
            Ok(checked) => checked,
            Err(error) => return self.answer(id, Err(error)),
        };
        let number = self.truth.last_order + 1;
        let order = DeskOrder {
            number,
            order_id: wanted.order_id,
            instrument: wanted.instrument,
            side: wanted.side,
            kind: price.map_or(OrderKind::Market, |price| OrderKind::Limit { price }),
            quantity: wanted.quantity,
            filled: Quantity::ZERO,
            time_in_force: wanted.time_in_force,
            reduce_only: wanted.reduce_only,
            state: OrderState::Accepted,
            reason: None,
            time: self.now,
            key: None,
            pit: index,
        };
        let Some(broker_id) = order.broker_id() else {
            return self.answer(id, Err(refused("NUMBER", "the exchange has run out of order numbers")));
        };
        // Not taken in when it cannot be written down: after a crash nobody would know of it.
        if let Err(error) = self.journal.write(&Record::Order(Box::new(order.clone()))) {
            return self.answer(id, Err(refused("JOURNAL", &error.to_string())));
        }
        self.truth.apply(&Record::Order(Box::new(order)));
        self.answer(id, Ok(Answer::Placed { broker_id }));
        self.work(index, number, NewOrder { owner: Owner::Desk(number), ..new });
    }

    /// It is written down, so that who compares ledger and journal after a crash sees it too.
    fn note_repeated(&mut self, id: OrderId) {
        let record = Record::Repeated(id);
        // Nothing is told that would need it: without it only the count is too low after a restart.
        let _ = self.journal.write(&record);
        self.truth.apply(&record);
    }

    /// Puts an order of the desk into the book and tells what comes of it.
    pub(super) fn work(&mut self, index: usize, number: u64, new: NewOrder) {
        let now = self.now;
        let Some(pit) = self.pits.get_mut(index) else { return };
        let placed = pit.submit(now, new, &mut self.prints);
        pit.fill_up(now, &mut self.prints);
        let Ok(Placement { key, interrupted, .. }) = placed else {
            return self.end(number, OrderState::Rejected, placed.err().map(|refusal| refusal.to_string()));
        };
        if let Some(order) = self.truth.orders.get_mut(&number) {
            order.key = key;
        }
        self.report(number);
        self.after_trading(index, interrupted, Some(number));
        let Some(order) = self.truth.orders.get(&number) else { return };
        let (rests, touched) = (order.key.is_some(), !order.filled.is_zero());
        if order.state.is_open() && !rests {
            let reason =
                if new.lasting == Lasting::Fok { "not all of it could be filled" } else { "nothing left to take" };
            self.end(number, OrderState::Expired, Some(reason.into()));
        } else if touched {
            self.report(number);
        }
        self.shrink_reduce_only(index);
        self.changed(index, true);
    }

    fn check(&self, wanted: &PlaceOrder) -> Result<(usize, NewOrder, Option<Price>), BrokerError> {
        let index = self.index.get(&wanted.instrument).copied();
        let pit = index.and_then(|index| self.pits.get(index));
        let (Some(index), Some(pit)) = (index, pit) else {
            return Err(BrokerError::NotFound(wanted.instrument.to_string()));
        };
        if !pit.phase.takes_orders() {
            return Err(refused("CLOSED", "the exchange is closed"));
        }
        let lots = pit.grid.lots(wanted.quantity).filter(|lots| *lots > 0);
        let quantity = lots.ok_or_else(|| refused("LOT", "the quantity is no multiple of the lot"))?;
        let pricing = match wanted.kind {
            OrderKind::Limit { price } => Pricing::Limit(tick_of(pit, price)?),
            OrderKind::Market => Pricing::Market,
            OrderKind::BestLimit => Pricing::Best,
            OrderKind::PriorityLimit => Pricing::Priority,
            _ => return Err(BrokerError::Unsupported("order type")),
        };
        let new = NewOrder {
            owner: Owner::Desk(0),
            side: wanted.side,
            pricing,
            quantity,
            lasting: lasting(wanted.time_in_force),
        };
        let tick = admit(pit, &new)?;
        check_size(pit, wanted.quantity, if pricing == Pricing::Market { pit.last } else { tick })?;
        if wanted.reduce_only {
            self.check_reduce_only(pit, wanted)?;
        }
        let price = (pricing != Pricing::Market).then(|| pit.grid.price(tick));
        Ok((index, new, price))
    }

    fn check_reduce_only(&self, pit: &Pit, wanted: &PlaceOrder) -> Result<(), BrokerError> {
        if !pit.listing.instrument.product.is_margined() {
            return Err(refused("REDUCE_ONLY", "reduce-only is for margined instruments"));
        }
        let waiting = self.reducing(wanted.instrument, wanted.side);
        let waiting: Decimal = waiting.iter().map(|(_, remaining)| remaining.value()).sum();
        if waiting + wanted.quantity.value() > self.reducible(wanted.instrument, wanted.side) {
            return Err(refused("REDUCE_ONLY", "the order is larger than the position it may reduce"));
        }
        Ok(())
    }

    /// Units that an order of this side can close.
    fn reducible(&self, instrument: crate::market::InstrumentId, side: Side) -> Decimal {
        let held = self.truth.held(instrument);
        let closable = if side == Side::Buy { -held } else { held };
        closable.max(Decimal::ZERO)
    }

    fn reducing(&self, instrument: crate::market::InstrumentId, side: Side) -> Vec<(u64, Quantity)> {
        let open = self.truth.open();
        let open = open.iter().filter_map(|number| self.truth.orders.get(number));
        let mine = open.filter(|order| order.reduce_only && order.side == side && order.instrument == instrument);
        mine.map(|order| (order.number, order.remaining())).collect()
    }

    /// Keeps reduce-only orders no larger than the position, the newest giving way first.
    pub(super) fn shrink_reduce_only(&mut self, index: usize) {
        let Some(pit) = self.pits.get(index).filter(|pit| pit.listing.instrument.product.is_margined()) else { return };
        let id = pit.listing.instrument.id;
        for side in [Side::Buy, Side::Sell] {
            let mut room = self.reducible(id, side);
            for (number, remaining) in self.reducing(id, side) {
                if remaining.value() <= room {
                    room -= remaining.value();
                    continue;
                }
                let keep = Quantity::new(room).unwrap_or_default();
                room = Decimal::ZERO;
                if keep.is_zero() {
                    self.end(number, OrderState::Expired, Some("no position left to reduce".into()));
                } else {
                    self.shrink(number, keep);
                }
            }
        }
    }

    fn shrink(&mut self, number: u64, remaining: Quantity) {
        let Some(order) = self.truth.orders.get_mut(&number) else { return };
        let Some(pit) = self.pits.get_mut(order.pit) else { return };
        if let (Some(key), Some(lots)) = (order.key, pit.grid.lots(remaining)) {
            pit.book.reduce(key, lots);
        }
        order.quantity = order.filled.plus(remaining);
        order.time = self.now;
        let order = order.clone();
        self.commit(Record::Order(Box::new(order)));
        self.report(number);
    }

    /// Changes an order in place: a smaller quantity keeps its place in the queue; another price or a larger quantity
    /// sends it to the back.
    pub(super) fn replace(&mut self, id: RequestId, which: &OrderReference, kind: OrderKind, quantity: Quantity) {
        let outcome = self.prepare_replace(which, kind, quantity);
        let (number, index, price, lots) = match outcome {
            Ok(prepared) => prepared,
            Err(error) => return self.answer(id, Err(error)),
        };
        let Some(order) = self.truth.orders.get(&number) else { return };
        let same_price = order.kind == OrderKind::Limit { price };
        let smaller = quantity <= order.quantity;
        let mut changed = order.clone();
        changed.kind = OrderKind::Limit { price };
        changed.quantity = quantity;
        changed.time = self.now;
        if let Err(error) = self.journal.write(&Record::Order(Box::new(changed.clone()))) {
            return self.answer(id, Err(refused("JOURNAL", &error.to_string())));
        }
        let Some(pit) = self.pits.get_mut(index) else { return };
        let (key, side, time_in_force) = (changed.key, changed.side, changed.time_in_force);
        if let (true, true, Some(key)) = (same_price, smaller, key) {
            pit.book.reduce(key, lots);
            self.truth.apply(&Record::Order(Box::new(changed.clone())));
            self.replaced(id, &changed);
            self.report(number);
            return self.changed(index, true);
        }
        // A call auction takes plain orders only, and in one a post-only order cannot take at once anyway.
        let lasting = if pit.book.is_collecting() { Lasting::Rest } else { lasting(time_in_force) };
        let tick = pit.grid.index(price);
        if let Some(key) = key {
            pit.book.cancel(key);
        }
        changed.key = None;
        self.truth.apply(&Record::Order(Box::new(changed.clone())));
        self.replaced(id, &changed);
        let pricing = Pricing::Limit(tick.unwrap_or(1));
        self.work(index, number, NewOrder { owner: Owner::Desk(number), side, pricing, quantity: lots, lasting });
    }

    fn replaced(&mut self, id: RequestId, order: &DeskOrder) {
        if let Some(broker_id) = order.broker_id() {
            self.answer(id, Ok(Answer::Replaced { broker_id }));
        }
    }

    fn prepare_replace(
        &self,
        which: &OrderReference,
        kind: OrderKind,
        quantity: Quantity,
    ) -> Result<(u64, usize, Price, i64), BrokerError> {
        let order = self.working(which)?;
        let pit = self.pits.get(order.pit).ok_or_else(|| BrokerError::NotFound(order.instrument.to_string()))?;
        if !pit.phase.takes_orders() {
            return Err(refused("CLOSED", "the exchange is closed"));
        }
        let OrderKind::Limit { price } = kind else { return Err(BrokerError::Unsupported("order type")) };
        let OrderKind::Limit { price: now_at } = order.kind else {
            return Err(refused("REPLACE", "a market order cannot be changed"));
        };
        let tick = tick_of(pit, price)?;
        let lots = pit.grid.lots(quantity.minus(order.filled)).filter(|lots| *lots > 0);
        let lots = lots.ok_or_else(|| refused("LOT", "nothing would be left, or it is no multiple of the lot"))?;
        if order.reduce_only && quantity > order.quantity {
            return Err(refused("REDUCE_ONLY", "a reduce-only order cannot grow"));
        }
        if price != now_at || quantity > order.quantity {
            let lasting = if pit.book.is_collecting() { Lasting::Rest } else { lasting(order.time_in_force) };
            let side = order.side;
            let new = NewOrder { owner: Owner::Desk(0), side, pricing: Pricing::Limit(tick), quantity: lots, lasting };
            admit(pit, &new)?;
        }
        check_size(pit, quantity, tick)?;
        Ok((order.number, order.pit, price, lots))
    }

    /// The open order a reference names.
    fn working(&self, which: &OrderReference) -> Result<&DeskOrder, BrokerError> {
        let order = self.truth.find(which.order_id);
        let order = order.ok_or_else(|| BrokerError::NotFound(format!("no order {}", which.order_id)))?;
        if order.state.is_final() {
            return Err(refused("DONE", &format!("the order is {} already", order.state)));
        }
        Ok(order)
    }

    pub(super) fn cancel(&mut self, id: RequestId, which: &OrderReference) {
        match self.working(which).map(|order| (order.number, order.pit)) {
            Ok((number, index)) => {
                self.answer(id, Ok(Answer::Canceled { done: true }));
                self.end(number, OrderState::Canceled, None);
                self.changed(index, true);
            }
            Err(error) => self.answer(id, Err(error)),
        }
    }

    pub(super) fn cancel_all(&mut self, id: RequestId, instrument: Option<crate::market::InstrumentId>) {
        self.answer(id, Ok(Answer::Canceled { done: true }));
        for number in self.truth.open() {
            let order = self.truth.orders.get(&number).map(|order| (order.instrument, order.pit));
            if let Some((on, index)) = order
                && instrument.is_none_or(|only| only == on)
            {
                self.end(number, OrderState::Canceled, None);
                self.changed(index, true);
            }
        }
    }

    /// Ends an order that is not filled, takes it out of the book and says so.
    pub(super) fn end(&mut self, number: u64, state: OrderState, reason: Option<String>) {
        let Some(order) = self.truth.orders.get(&number).filter(|order| order.state.is_open()) else { return };
        let mut ended = order.clone();
        if let (Some(key), Some(pit)) = (ended.key.take(), self.pits.get_mut(ended.pit)) {
            pit.book.cancel(key);
            // The order may have been a level of its own. What the backstop adds never trades at once.
            pit.fill_up(self.now, &mut self.prints);
        }
        ended.state = state;
        ended.reason = reason;
        ended.time = self.now;
        self.commit(Record::Order(Box::new(ended)));
        self.report(number);
    }

    /// Books a fill of the desk and tells it.
    pub(super) fn fill(&mut self, number: u64, print: &Print, is_taker: bool) {
        let Some(order) = self.truth.orders.get(&number) else { return };
        let Some(trade) = self.pits.get(order.pit).map(|pit| pit.trade(print)) else { return };
        let liquidity = match print.done.taker_side {
            None => Liquidity::Auction,
            Some(_) if is_taker => Liquidity::Taker,
            Some(_) => Liquidity::Maker,
        };
        let execution = format!("S-{}-{}", self.truth.day, self.truth.last_execution + 1);
        let Ok(execution) = ExecutionId::new(&execution) else { return };
        let filled = Filled {
            execution,
            number,
            order_id: order.order_id,
            instrument: order.instrument,
            side: order.side,
            price: trade.price,
            quantity: trade.quantity,
            liquidity,
            time: print.time,
        };
        let report = filled.report();
        self.commit(Record::Fill(Box::new(filled)));
        self.outbox.extend(report.map(BrokerEvent::Fill));
    }

    /// Tells where an order stands.
    pub(super) fn report(&mut self, number: u64) {
        let Some(order) = self.truth.orders.get(&number) else { return };
        let report = order.report(self.queue_ahead(order));
        self.outbox.extend(report.map(BrokerEvent::Order));
    }

    /// Units ahead of a resting order, by hoga's id.
    #[must_use]
    pub fn queue_ahead_of(&self, order: OrderId) -> Option<Quantity> {
        self.truth.find(order).and_then(|order| self.queue_ahead(order))
    }

    pub(super) fn queue_ahead(&self, order: &DeskOrder) -> Option<Quantity> {
        let pit = self.pits.get(order.pit)?;
        pit.book.queue_ahead(order.key?).map(|lots| pit.grid.quantity(lots))
    }
}

fn tick_of(pit: &Pit, price: Price) -> Result<i64, BrokerError> {
    pit.grid.index(price).ok_or_else(|| refused("TICK", "the price is not on the tick ladder"))
}

fn admit(pit: &Pit, new: &NewOrder) -> Result<i64, BrokerError> {
    pit.book.admit(new, &pit.bounds).map_err(refusal)
}

fn check_size(pit: &Pit, quantity: Quantity, tick: i64) -> Result<(), BrokerError> {
    let instrument = &pit.listing.instrument;
    if quantity < instrument.min_quantity || instrument.max_quantity.is_some_and(|max| quantity > max) {
        return Err(refused("QUANTITY", "the quantity is outside what the exchange takes"));
    }
    let value = instrument.notional(pit.grid.price(tick), quantity);
    if instrument.min_notional.is_some_and(|least| value < least) {
        return Err(refused("MIN_NOTIONAL", "the order is worth less than the exchange takes"));
    }
    Ok(())
}
