//! What the desk hears of the market: only what it has subscribed, books at most ten times a second.

use rust_decimal::Decimal;

use super::super::agenda::Item;
use super::super::pit::{Pit, Print};
use super::super::truth::Record;
use super::{MARK_STEP, SimExchange};
use crate::broker::api::{BrokerEvent, CashFlow, CashFlowKind, Channel};
use crate::market::{
    BookUpdate, DailyLimits, Expected, InstrumentId, Level, Mark, MarketBody, MarketEvent, Phase, PhaseChange, Price,
    Product, Quote, Sequence, Side, UtcTime,
};
use crate::order::{Cash, ExecutionId};

/// Levels a side in continuous trading, and while a call auction collects (KRX shows three then).
const LEVELS: usize = 10;
const AUCTION_LEVELS: usize = 3;
/// Largest funding rate, as in the common schedules of perpetuals: 0.01 % plus what the premium says, at most 0.05 %.
const FUNDING_MAX: i64 = 50;

impl SimExchange {
    fn say(&mut self, instrument: InstrumentId, body: MarketBody) {
        let (venue_time, received_at) = (self.now, self.now);
        self.outbox.push(BrokerEvent::Market(MarketEvent { instrument, venue_time, received_at, body }));
    }

    fn watches(&self, index: usize, channel: Channel) -> bool {
        self.watches.get(index).is_some_and(|watch| watch.channels.contains(&channel))
    }

    fn is_watched(&self, index: usize) -> bool {
        self.watches.get(index).is_some_and(|watch| !watch.channels.is_empty())
    }

    pub(super) fn publish_print(&mut self, index: usize, print: &Print) {
        let Some(watch) = self.watches.get_mut(index) else { return };
        watch.day = true;
        if watch.channels.contains(&Channel::Trades)
            && let Some(pit) = self.pits.get(index)
        {
            let (id, trade) = (pit.listing.instrument.id, pit.trade(print));
            self.say(id, MarketBody::Trade(trade));
        }
    }

    /// A book changed: its next publication is planned, at once when an own order is concerned.
    pub(super) fn changed(&mut self, index: usize, at_once: bool) {
        let now = self.now;
        let interval = self.config.book_interval;
        let Some(watch) = self.watches.get_mut(index).filter(|watch| !watch.channels.is_empty()) else { return };
        watch.book = true;
        if at_once {
            self.publish_now(index);
        } else if !watch.planned {
            watch.planned = true;
            let at = watch.last.plus(interval).max(now);
            self.agenda.plan(at, Item::Publish(index as u16));
        }
    }

    pub(super) fn publish(&mut self, index: usize) {
        if let Some(watch) = self.watches.get_mut(index) {
            watch.planned = false;
        }
        self.publish_now(index);
    }

    fn publish_now(&mut self, index: usize) {
        let Some(watch) = self.watches.get_mut(index) else { return };
        let (book, day) = (std::mem::take(&mut watch.book), std::mem::take(&mut watch.day));
        watch.last = self.now;
        let (wants_book, wants_quote) =
            (watch.channels.contains(&Channel::Book), watch.channels.contains(&Channel::Quote));
        let Some(pit) = self.pits.get(index) else { return };
        let id = pit.listing.instrument.id;
        let mut said: Vec<MarketBody> = Vec::with_capacity(3);
        if book && wants_book {
            said.push(book_of(pit));
            if pit.phase.is_auction() {
                said.push(MarketBody::Expected(expected(pit)));
            }
        } else if book && wants_quote && pit.phase.is_continuous() {
            said.push(MarketBody::Quote(quote(pit)));
        }
        if day && wants_quote {
            said.push(MarketBody::Day(pit.tally.stats(&pit.grid)));
        }
        for body in said {
            self.say(id, body);
        }
    }

    pub(super) fn publish_phase(&mut self, index: usize) {
        if !self.is_watched(index) {
            return;
        }
        let Some(pit) = self.pits.get(index) else { return };
        let (id, change) = (pit.listing.instrument.id, PhaseChange { phase: pit.phase, until: pit.until });
        self.say(id, MarketBody::Phase(change));
    }

    pub(super) fn publish_new_day(&mut self, index: usize) {
        if !self.is_watched(index) {
            return;
        }
        let Some(pit) = self.pits.get(index) else { return };
        let limits =
            pit.limits.map(|(lower, upper)| DailyLimits { lower: pit.grid.price(lower), upper: pit.grid.price(upper) });
        let (id, base) = (pit.listing.instrument.id, pit.grid.price(pit.base));
        self.say(id, MarketBody::NewDay { base, limits });
        if let Some(watch) = self.watches.get_mut(index) {
            watch.day = true;
        }
    }

    /// Everything a new subscriber must know, at once.
    pub(super) fn snapshot(&mut self, index: usize) {
        self.publish_new_day(index);
        self.publish_phase(index);
        if let Some(watch) = self.watches.get_mut(index) {
            watch.book = true;
            watch.day = true;
        }
        self.publish_now(index);
        self.mark(index);
    }

    pub(super) fn mark_all(&mut self) {
        for index in 0..self.pits.len() {
            self.mark(index);
        }
        self.agenda.plan(self.now.plus(MARK_STEP), Item::Mark);
    }

    fn mark(&mut self, index: usize) {
        if self.watches(index, Channel::Mark)
            && let Some(pit) = self.pits.get(index)
            && let Some(mark) = mark_of(pit, self.next_funding())
        {
            let id = pit.listing.instrument.id;
            self.say(id, MarketBody::Mark(mark));
        }
    }

    /// Longs pay shorts the funding rate on their notional (shorts pay when it is negative), every eight hours.
    pub(super) fn pay_funding(&mut self) {
        let time = self.now;
        if time > self.truth.funded_until {
            self.commit(Record::Funding(time));
            for index in 0..self.pits.len() {
                let Some(pit) = self.pits.get(index) else { continue };
                let id = pit.listing.instrument.id;
                let held = self.truth.held(id);
                let Some(mark) = mark_of(pit, time).filter(|_| !held.is_zero()) else { continue };
                let amount = -(held * mark.mark.value() * mark.funding_rate).round_dp(8);
                let currency = pit.listing.instrument.currency;
                let Ok(flow) = ExecutionId::new(&format!("F-{}-{}", id.symbol, time.seconds())) else { continue };
                self.outbox.push(BrokerEvent::CashFlow(CashFlow {
                    id: flow,
                    kind: CashFlowKind::Funding,
                    instrument: Some(id),
                    amount: Cash::new(amount, currency),
                    time,
                }));
            }
        }
        self.plan_funding();
    }
}

fn level(pit: &Pit, (tick, total): (i64, i64)) -> Level {
    Level { price: pit.grid.price(tick), quantity: pit.grid.quantity(total) }
}

fn book_of(pit: &Pit) -> MarketBody {
    let side = |side: Side| -> Vec<Level> {
        if pit.book.is_collecting() {
            let clearing = pit.book.clearing(pit.last);
            let levels = pit.book.levels_after(side, clearing, AUCTION_LEVELS);
            return levels.into_iter().map(|entry| level(pit, entry)).collect();
        }
        pit.book.levels(side).take(LEVELS).map(|entry| level(pit, entry)).collect()
    };
    let (bids, asks) = (side(Side::Buy), side(Side::Sell));
    MarketBody::Book(Box::new(BookUpdate { sequence: Sequence::Whole, bids, asks }))
}

fn quote(pit: &Pit) -> Quote {
    let best = |side: Side| pit.book.levels(side).next().map(|entry| level(pit, entry));
    Quote { bid: best(Side::Buy), ask: best(Side::Sell) }
}

fn expected(pit: &Pit) -> Option<Expected> {
    let clearing = pit.book.clearing(pit.last)?;
    Some(Expected { price: pit.grid.price(clearing.tick), quantity: pit.grid.quantity(clearing.quantity) })
}

/// Mark price halfway between index (fair value) and the middle of the book; the premium of the book over the index
/// moves the funding rate.
fn mark_of(pit: &Pit, next_funding_at: UtcTime) -> Option<Mark> {
    if pit.listing.instrument.product != Product::CryptoPerpetual || pit.phase == Phase::Closed {
        return None;
    }
    let price = |units: f64| -> Price { pit.grid.price_of_units(units as i64) };
    let (index, middle) = (pit.fair.units, pit.middle_units());
    // In millionths, so that the rate is a decimal from here on.
    let premium = ((middle - index) / index * 1e6) as i64;
    let funding_rate = Decimal::new((100 + premium).clamp(-10 * FUNDING_MAX, 10 * FUNDING_MAX), 6);
    Some(Mark { mark: price((index + middle) / 2.0), index: price(index), funding_rate, next_funding_at })
}
