//! The matching engine of one instrument: requests on their way, orders at the venue, answers on their way back.

use std::collections::VecDeque;

use rust_decimal::{Decimal, RoundingStrategy};

use super::auction::Awaited;
use super::displayed::{Displayed, is_better};
use super::queue::QueuePlace;
use super::resting::{Stage, Working};
use super::{PaperBody, PaperConfig, PaperEvent, PaperExpiry, PaperOrder, PaperRefusal};
use crate::market::book::{Grid, OrderBook};
use crate::market::{
    DailyLimits, Expected, Instrument, InstrumentId, MarketBody, MarketEvent, Phase, Price, Quantity, Side, UtcTime,
};
use crate::order::fee::Liquidity;
use crate::order::{OrderId, OrderKind, TimeInForce};

/// Matches virtual orders with the market an instrument's feed shows.
///
/// Times given to it should not go back; where they do, the latest one seen counts.
#[derive(Debug, Clone)]
pub struct PaperMatcher {
    pub(super) config: PaperConfig,
    pub(super) displayed: Displayed,
    pub(super) lot: Lot,
    base: Option<Price>,
    pub(super) limits: Option<DailyLimits>,
    pub(super) phase: Phase,
    pub(super) expected: Option<Expected>,
    pub(super) awaited: Option<Awaited>,
    /// In the order they came to their prices.
    pub(super) working: Vec<Working>,
    pub(super) outbox: VecDeque<PaperEvent>,
    pub(super) fills: u64,
    pub(super) now: UtcTime,
    instrument: InstrumentId,
    grid: Grid,
    in_flight: VecDeque<(UtcTime, Request)>,
}

/// Something sent to the venue.
#[derive(Debug, Clone, Copy)]
enum Request {
    Submit(PaperOrder),
    Cancel(OrderId),
    Replace { order: OrderId, price: Price, quantity: Quantity },
}

/// The multiple that fills and orders come in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lot(Decimal);

impl Lot {
    /// The largest multiple that is not above `quantity`.
    pub(super) fn floor(self, quantity: Decimal) -> Quantity {
        let whole = if self.0.is_zero() {
            quantity
        } else {
            (quantity / self.0).round_dp_with_strategy(0, RoundingStrategy::ToZero) * self.0
        };
        Quantity::new(whole).unwrap_or_default()
    }
}

impl PaperMatcher {
    /// A matcher that has seen nothing of the market yet. Until a phase is told, trading counts as continuous.
    #[must_use]
    pub fn new(instrument: &Instrument, config: PaperConfig) -> Self {
        let (price_decimals, quantity_decimals) = (instrument.price_decimals, instrument.quantity_decimals());
        Self {
            config,
            displayed: Displayed::new(OrderBook::new(price_decimals, quantity_decimals)),
            lot: Lot(instrument.lot.value()),
            base: None,
            limits: None,
            phase: Phase::Continuous,
            expected: None,
            awaited: None,
            working: Vec::new(),
            outbox: VecDeque::new(),
            fills: 0,
            now: UtcTime::from_nanos(i64::MIN),
            instrument: instrument.id,
            grid: Grid::new(price_decimals, quantity_decimals),
            in_flight: VecDeque::new(),
        }
    }

    /// Sends an order; it reaches the market the order latency later.
    pub fn submit(&mut self, now: UtcTime, order: PaperOrder) {
        self.send(now, Request::Submit(order));
    }

    /// Asks for the end of an order; it may be filled while the request is on its way.
    pub fn cancel(&mut self, now: UtcTime, order: OrderId) {
        self.send(now, Request::Cancel(order));
    }

    /// Asks for another limit and total quantity (what is filled already included). Only a smaller quantity at the same
    /// price keeps the order's place in the queue.
    pub fn replace(&mut self, now: UtcTime, order: OrderId, price: Price, quantity: Quantity) {
        self.send(now, Request::Replace { order, price, quantity });
    }

    /// Takes the next event of the feed, which reached this machine at `now`, and returns what has become known by then.
    /// Events of other instruments only move the time.
    pub fn on_market(&mut self, event: &MarketEvent, now: UtcTime) -> Vec<PaperEvent> {
        self.advance(now);
        if event.instrument == self.instrument {
            self.take(event);
        }
        self.known()
    }

    /// What has become known by `now`.
    pub fn poll(&mut self, now: UtcTime) -> Vec<PaperEvent> {
        self.advance(now);
        self.known()
    }

    /// Ends all orders that were for the day. A new day told by the feed does so too.
    pub fn end_day(&mut self, now: UtcTime) {
        self.advance(now);
        self.expire_day_orders();
    }

    /// When to call [`Self::poll`] if the feed stays silent.
    #[must_use]
    pub fn next_wake(&self) -> Option<UtcTime> {
        let arrival = self.in_flight.front().map(|(at, _)| *at);
        let answer = self.outbox.front().map(|event| event.known_at);
        let print = self.awaited.map(|awaited| awaited.until);
        [arrival, answer, print].into_iter().flatten().min()
    }

    /// Orders the venue has, with what is still open of each.
    pub fn open_orders(&self) -> impl Iterator<Item = (OrderId, Quantity)> + '_ {
        self.working.iter().map(|working| (working.id(), working.remaining()))
    }

    fn send(&mut self, now: UtcTime, request: Request) {
        self.advance(now);
        self.in_flight.push_back((self.now.plus(self.config.order_latency), request));
    }

    /// Lets arrive what is on its way until `now`.
    fn advance(&mut self, now: UtcTime) {
        while let Some(&(at, request)) = self.in_flight.front().filter(|(at, _)| *at <= now) {
            self.in_flight.pop_front();
            self.move_time(at);
            match request {
                Request::Submit(order) => self.arrive(order),
                Request::Cancel(order) => self.arrive_cancel(order),
                Request::Replace { order, price, quantity } => self.arrive_replace(order, price, quantity),
            }
        }
        self.move_time(now);
    }

    fn move_time(&mut self, now: UtcTime) {
        // A print that does not come in time is settled when its time is up, however late somebody asks.
        if let Some(until) = self.awaited.map(|awaited| awaited.until).filter(|until| *until <= now) {
            self.now = self.now.max(until);
            self.settle_awaited();
        }
        self.now = self.now.max(now);
    }

    fn known(&mut self) -> Vec<PaperEvent> {
        let count = self.outbox.iter().take_while(|event| event.known_at <= self.now).count();
        self.outbox.drain(..count).collect()
    }

    fn take(&mut self, event: &MarketEvent) {
        match &event.body {
            MarketBody::Trade(trade) => {
                if !self.auction_print(trade) && self.phase.is_continuous() && self.displayed.is_known() {
                    self.match_trade(trade);
                }
            }
            MarketBody::Quote(quote) => {
                self.displayed.on_quote(*quote, event.venue_time);
                self.look();
            }
            MarketBody::Book(update) => {
                self.displayed.on_book(update, event.venue_time);
                self.look();
            }
            MarketBody::Phase(change) => self.enter_phase(change.phase),
            MarketBody::NewDay { base, limits } => {
                // Feeds tell the day again to whoever subscribes again; only another one ends day orders.
                let new = self.base.is_some_and(|known| known != *base || self.phase == Phase::Closed);
                self.base = Some(*base);
                self.limits = *limits;
                if new {
                    self.expire_day_orders();
                }
            }
            MarketBody::Expected(expected) => {
                if self.phase.is_auction() {
                    self.expected = *expected;
                }
            }
            MarketBody::Stale => {
                self.displayed.on_stale();
                self.mark_unseen();
            }
            MarketBody::Day(_) | MarketBody::Mark(_) => {}
        }
    }

    fn look(&mut self) {
        if !self.displayed.is_known() {
            self.mark_unseen();
        } else if self.phase.is_continuous() {
            self.match_displayed();
        }
    }

    fn arrive(&mut self, order: PaperOrder) {
        match self.admit(&order) {
            Err(refusal) => self.tell(order.id, PaperBody::Rejected(refusal)),
            Ok(limit) => {
                self.tell(order.id, PaperBody::Accepted);
                let working = Working { order, limit, filled: Quantity::ZERO, stage: Stage::Collecting };
                self.enter(working);
            }
        }
    }

    /// Checks an order on arrival and finds the limit it works with; `None` for market orders.
    fn admit(&self, order: &PaperOrder) -> Result<Option<Price>, PaperRefusal> {
        if self.working.iter().any(|working| working.id() == order.id) {
            return Err(PaperRefusal::SameId);
        }
        self.check_quantity(order.quantity)?;
        if !self.phase.takes_orders() || self.phase == Phase::ClosingPrice {
            return Err(PaperRefusal::Closed);
        }
        let (auction, known) = (self.phase.is_auction(), self.displayed.is_known());
        let at_once = matches!(order.time_in_force, TimeInForce::Ioc | TimeInForce::Fok | TimeInForce::PostOnly);
        let best = |side| if auction { Err(PaperRefusal::DuringAuction) } else { Ok(self.displayed.best(side)) };
        let limit = match order.kind {
            OrderKind::Limit { price } | OrderKind::ConditionalLimit { price } => Some(price),
            OrderKind::Market if order.time_in_force == TimeInForce::PostOnly => return Err(PaperRefusal::WouldTake),
            OrderKind::Market => None,
            OrderKind::BestLimit => Some(best(order.side.opposite())?.ok_or(PaperRefusal::NoMarket)?),
            OrderKind::PriorityLimit => Some(best(order.side)?.ok_or(PaperRefusal::NoMarket)?),
            _ => return Err(PaperRefusal::Kind),
        };
        if auction && at_once {
            return Err(PaperRefusal::DuringAuction);
        }
        if !auction && !known {
            return Err(PaperRefusal::NoMarket);
        }
        if let Some(price) = limit {
            self.check_price(price)?;
            self.check_post_only(order, price)?;
        }
        Ok(limit)
    }

    fn check_quantity(&self, quantity: Quantity) -> Result<(), PaperRefusal> {
        let whole = !quantity.is_zero() && self.lot.floor(quantity.value()) == quantity;
        if whole { Ok(()) } else { Err(PaperRefusal::Quantity) }
    }

    fn check_price(&self, price: Price) -> Result<(), PaperRefusal> {
        if self.limits.is_some_and(|limits| !limits.contain(price)) {
            return Err(PaperRefusal::OutsideLimits);
        }
        self.grid.price(price).map(|_| ()).ok_or(PaperRefusal::Price)
    }

    fn check_post_only(&self, order: &PaperOrder, price: Price) -> Result<(), PaperRefusal> {
        let takes = |best: Price| !is_better(order.side, best, price);
        if order.time_in_force == TimeInForce::PostOnly && self.displayed.best(order.side.opposite()).is_some_and(takes)
        {
            return Err(PaperRefusal::WouldTake);
        }
        Ok(())
    }

    /// An admitted order meets the market: collects for an auction, or takes what is shown and rests with what remains.
    fn enter(&mut self, working: Working) {
        self.working.push(working);
        if self.phase.is_auction() {
            return;
        }
        let (order, limit, wanted) = (working.order, working.limit, working.remaining());
        let fills = self.walk(order.side, limit, wanted);
        let found = fills.iter().fold(Quantity::ZERO, |sum, (_, quantity)| sum.plus(*quantity));
        if order.time_in_force == TimeInForce::Fok && found < wanted {
            return self.expire_last(PaperExpiry::FillOrKill);
        }
        let last = self.working.len() - 1;
        for (price, quantity) in fills {
            self.displayed.take(order.side.opposite(), price, quantity);
            if self.fill(last, price, quantity, Liquidity::Taker) {
                return;
            }
        }
        match limit {
            None => self.expire_last(PaperExpiry::NothingShown),
            Some(_) if order.time_in_force == TimeInForce::Ioc => self.expire_last(PaperExpiry::ImmediateOrCancel),
            Some(limit) => self.rest_last(order.side, limit),
        }
    }

    fn expire_last(&mut self, reason: PaperExpiry) {
        if let Some(working) = self.working.pop() {
            self.tell(working.id(), PaperBody::Expired { reason, remaining: working.remaining() });
        }
    }

    fn rest_last(&mut self, side: Side, limit: Price) {
        let place = self.displayed.shown_at(side, limit).map(|shown| QueuePlace::behind(shown.value()));
        if let Some(working) = self.working.last_mut() {
            working.stage = Stage::Resting { place, unseen: false };
        }
    }

    fn arrive_cancel(&mut self, order: OrderId) {
        match self.working.iter().position(|working| working.id() == order) {
            Some(at) => {
                self.working.remove(at);
                self.tell(order, PaperBody::Canceled);
            }
            None => self.tell(order, PaperBody::ChangeRefused(PaperRefusal::NotOpen)),
        }
    }

    fn arrive_replace(&mut self, order: OrderId, price: Price, quantity: Quantity) {
        match self.admit_replace(order, price, quantity) {
            Err(refusal) => self.tell(order, PaperBody::ChangeRefused(refusal)),
            Ok((at, keeps_place)) => {
                self.tell(order, PaperBody::Replaced { price, quantity });
                if keeps_place {
                    if let Some(working) = self.working.get_mut(at) {
                        working.order.quantity = quantity;
                    }
                } else {
                    let mut working = self.working.remove(at);
                    working.order.quantity = quantity;
                    working.limit = Some(price);
                    working.stage = Stage::Collecting;
                    self.enter(working);
                }
            }
        }
    }

    /// Position of the order in the list, and whether it keeps its place in the queue.
    fn admit_replace(&self, id: OrderId, price: Price, quantity: Quantity) -> Result<(usize, bool), PaperRefusal> {
        let at = self.working.iter().position(|working| working.id() == id).ok_or(PaperRefusal::NotOpen)?;
        let working = self.working.get(at).ok_or(PaperRefusal::NotOpen)?;
        self.check_quantity(quantity)?;
        if quantity <= working.filled {
            return Err(PaperRefusal::AlreadyFilled);
        }
        let limit = working.limit.ok_or(PaperRefusal::Kind)?;
        if !self.phase.takes_orders() {
            return Err(PaperRefusal::Closed);
        }
        if price == limit && quantity <= working.order.quantity {
            return Ok((at, true));
        }
        if !self.phase.is_auction() && !self.displayed.is_known() {
            return Err(PaperRefusal::NoMarket);
        }
        self.check_price(price)?;
        self.check_post_only(&working.order, price)?;
        Ok((at, false))
    }

    fn expire_day_orders(&mut self) {
        let ends = |working: &Working| working.order.time_in_force == TimeInForce::Day;
        let ended: Vec<_> = self.working.extract_if(.., |working| ends(working)).collect();
        for working in ended {
            let (reason, remaining) = (PaperExpiry::DayEnded, working.remaining());
            self.tell(working.id(), PaperBody::Expired { reason, remaining });
        }
    }
}
