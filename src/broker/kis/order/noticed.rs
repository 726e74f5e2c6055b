//! From execution notices to reports of orders and fills.

use super::kind::{of_code, of_overseas_code};
use super::number::{Line, OrderNumber};
use super::track::{Tracked, Tracker};
use crate::broker::api::{BrokerEvent, OrderReport};
use crate::broker::kis::exchange::{OverseasExchange, StockRoute};
use crate::broker::kis::realtime::Stream;
use crate::broker::kis::realtime::notice::{ChangeOf, Happened, Notice};
use crate::market::session::{night_date, trading_date};
use crate::market::{InstrumentId, Price, Quantity, Symbol, UtcTime, Venue};
use crate::order::{OrderKind, OrderState, TimeInForce};

/// Reason of an order that the exchange refused after the broker had taken it; a notice does not say why.
pub(in crate::broker::kis) const REFUSED: &str = "the exchange refused it";

/// Why a notice says nothing to the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unheard {
    /// Of another account of the same customer.
    #[error("a notice of another account")]
    OtherAccount,
    /// Of a product hoga has no venue for.
    #[error("a notice of a product without a venue")]
    NoVenue,
    /// Its numbers cannot be: the account must be compared by asking.
    #[error("an implausible notice")]
    Implausible,
}

/// Reports of a notice of the account `account` (ten digits), by what is known of its orders. A fill that a list may have
/// told already, or that looks just like one noticed before, is not reported: the next list has it, if it is another.
///
/// # Errors
/// When it is not for this desk, or implausible.
pub fn events(
    tracker: &mut Tracker,
    account: &str,
    notice: &Notice,
    received_at: UtcTime,
) -> Result<Vec<BrokerEvent>, Unheard> {
    if &*notice.account != account {
        return Err(Unheard::OtherAccount);
    }
    let (line, instrument, route) = whose(notice).ok_or(Unheard::NoVenue)?;
    let time = notice.time.and_then(|clock| clock.near(received_at)).unwrap_or(received_at);
    let date = if line == Line::Night { night_date(time) } else { trading_date(instrument.venue, time) };
    let known = |tracker: &Tracker, digits: &str| -> Option<OrderNumber> {
        let number = OrderNumber::new(line, date, digits)?;
        let same =
            |known: &&OrderNumber| tracker.get(known).is_some_and(|order| order.instrument.symbol == instrument.symbol);
        Some(tracker.recent(&number).filter(same).cloned().unwrap_or(number))
    };
    let number = known(tracker, &notice.number).ok_or(Unheard::Implausible)?;
    let changed = notice.changed.as_ref().and_then(|digits| known(tracker, digits));
    let seen = Seen { notice, number, changed, instrument, route, time };
    Ok(match notice.happened {
        Happened::Refused => seen.refused(tracker),
        Happened::Filled { quantity, price } => {
            seen.remember(tracker, &seen.number);
            let is_fill = Quantity::new(quantity).is_ok_and(|all| !all.is_zero()) && Price::new(price).is_ok();
            if !is_fill || tracker.overfills(&seen.number, quantity, time) {
                return Err(Unheard::Implausible);
            }
            // Where the second is not said, nothing can be compared.
            if notice.time.is_some() && !tracker.is_first_notice(&seen.number, (quantity, price), time) {
                return Ok(Vec::new());
            }
            tracker.fill(&seen.number, quantity, price, time).map(BrokerEvent::Fill).into_iter().collect()
        }
        Happened::RestCanceled => {
            seen.remember(tracker, &seen.number);
            seen.ended(tracker, &seen.number, OrderState::Expired)
        }
        Happened::Confirmed => seen.confirmed(tracker),
        Happened::Received if notice.is_change() => Vec::new(),
        Happened::Received => seen.works(tracker),
    })
}

/// Whether a notice may be of an order that was kept for the opening and goes under a number that is not known yet.
#[must_use]
pub fn may_be_kept(tracker: &Tracker, notice: &Notice, received_at: UtcTime) -> bool {
    let Some((line, instrument, _)) = whose(notice).filter(|_| !notice.is_change()) else { return false };
    if !tracker.keeps(line, instrument.symbol, notice.side) {
        return false;
    }
    let time = notice.time.and_then(|clock| clock.near(received_at)).unwrap_or(received_at);
    let number = OrderNumber::new(line, trading_date(instrument.venue, time), &notice.number);
    number.is_some_and(|number| tracker.recent(&number).is_none())
}

/// Product, instrument and route of a notice; `None` where hoga has no venue for it.
fn whose(notice: &Notice) -> Option<(Line, InstrumentId, StockRoute)> {
    let symbol = Symbol::new(&notice.symbol).ok().filter(|symbol| !is_bond(symbol))?;
    match notice.stream {
        Stream::StockNotice => {
            let route = match notice.exchange {
                Some(b'2') => StockRoute::Nxt,
                Some(b'3' | b'4') => StockRoute::Best,
                _ => StockRoute::Krx,
            };
            Some((Line::Stock, InstrumentId { venue: Venue::Krx, symbol }, route))
        }
        Stream::OverseasNotice => {
            let venue = OverseasExchange::of_notice(notice.condition)?.venue();
            Some((Line::Overseas, InstrumentId { venue, symbol }, StockRoute::default()))
        }
        Stream::FutureNotice => {
            Some((Line::Future, InstrumentId { venue: Venue::KrxFutures, symbol }, StockRoute::default()))
        }
        Stream::NightFutureNotice | Stream::NightOptionNotice => {
            Some((Line::Night, InstrumentId { venue: Venue::KrxFutures, symbol }, StockRoute::default()))
        }
        _ => None,
    }
}

/// Whether a symbol is the ISIN of a bond: those of shares and funds begin with `KR7`. Orders in bonds are known by their
/// list, under numbers of their own; a notice of one, should there be any, must not pass for that of a share.
fn is_bond(symbol: &Symbol) -> bool {
    let text = symbol.as_str();
    text.len() == 12 && text.starts_with("KR") && !text.starts_with("KR7")
}

/// A notice with what it is about.
struct Seen<'a> {
    notice: &'a Notice,
    number: OrderNumber,
    changed: Option<OrderNumber>,
    instrument: InstrumentId,
    route: StockRoute,
    time: UtcTime,
}

impl Seen<'_> {
    fn kind(&self) -> Option<(OrderKind, TimeInForce)> {
        let price = |value: Option<rust_decimal::Decimal>| value.and_then(|value| Price::new(value).ok());
        let (limit, trigger) = (price(self.notice.order_price), price(self.notice.trigger));
        if self.number.line == Line::Overseas {
            return of_overseas_code(&self.notice.kind, limit);
        }
        if matches!(self.number.line, Line::Future | Line::Night) {
            // It says only whether the order has a price; its reply or a list says which type it is.
            let time_in_force = match self.notice.condition {
                b'1' => TimeInForce::Ioc,
                b'2' => TimeInForce::Fok,
                _ => TimeInForce::Day,
            };
            return limit.map(|price| (OrderKind::Limit { price }, time_in_force));
        }
        of_code(&self.notice.kind, limit, trigger)
    }

    /// Makes sure that the order is known, as far as the notice tells of it.
    fn remember(&self, tracker: &mut Tracker, number: &OrderNumber) {
        let kind = self.kind();
        let quantity = match self.notice.happened {
            // On a receipt the event's quantity is the order's; on a fill it is not.
            Happened::Received => self.notice.order_quantity.or(Some(self.notice.event_quantity)),
            _ => self.notice.order_quantity,
        };
        let venue = tracker.get(number).map(|known| known.instrument);
        tracker.remember(
            number.clone(),
            Tracked {
                order_id: None,
                branch: self.notice.branch.clone(),
                route: self.route,
                instrument: venue.unwrap_or(self.instrument),
                side: self.notice.side,
                kind: kind.map(|(kind, _)| kind),
                time_in_force: kind.map_or(TimeInForce::Day, |(_, time_in_force)| time_in_force),
                code: self.notice.kind.clone(),
                quantity: quantity.and_then(|quantity| Quantity::new(quantity).ok()),
                filled: rust_decimal::Decimal::ZERO,
                filled_value: rust_decimal::Decimal::ZERO,
                replaces: None,
                replaced_by: None,
                state: OrderState::Accepted,
            },
        );
    }

    fn report(&self, tracker: &Tracker, number: &OrderNumber, reason: Option<String>) -> Vec<BrokerEvent> {
        let report: Option<OrderReport> = tracker.report(number, self.time, reason);
        report.map(BrokerEvent::Order).into_iter().collect()
    }

    fn works(&self, tracker: &mut Tracker) -> Vec<BrokerEvent> {
        self.remember(tracker, &self.number);
        self.report(tracker, &self.number, None)
    }

    fn ended(&self, tracker: &mut Tracker, number: &OrderNumber, state: OrderState) -> Vec<BrokerEvent> {
        if let Some(order) = tracker.get_mut(number)
            && order.state.is_open()
        {
            order.state = state;
        }
        self.report(tracker, number, None)
    }

    /// A new order is over; of a change only the change is, and the order works as before.
    fn refused(&self, tracker: &mut Tracker) -> Vec<BrokerEvent> {
        let reason = REFUSED.to_owned();
        if self.notice.is_change() {
            if let (ChangeOf::Modification, Some(changed)) = (self.notice.change, &self.changed) {
                tracker.moved_back(&self.number, changed);
            }
            let told = self.changed.as_ref().map(|order| tracker.newest(order));
            let still = told.map(|order| self.report(tracker, &order, None)).unwrap_or_default();
            let what = match self.notice.change {
                ChangeOf::Cancel => "cancel",
                _ => "modification",
            };
            let text = format!("the exchange refused the {what} of {}", self.instrument);
            return std::iter::once(BrokerEvent::Notice(text)).chain(still).collect();
        }
        self.remember(tracker, &self.number);
        if let Some(order) = tracker.get_mut(&self.number) {
            order.state = OrderState::Rejected;
        }
        self.report(tracker, &self.number, Some(reason))
    }

    fn confirmed(&self, tracker: &mut Tracker) -> Vec<BrokerEvent> {
        let Some(changed) = self.changed.as_ref().filter(|_| self.notice.is_change()) else {
            return self.works(tracker);
        };
        if self.notice.change == ChangeOf::Cancel {
            if !tracker.count_cancel(&self.number) {
                // A list has shown it already.
                return self.report(tracker, &tracker.newest(changed), None);
            }
            return self.canceled(tracker, &tracker.newest(changed));
        }
        let kind = self.kind().map(|(kind, _)| kind);
        if tracker.get(changed).is_none() {
            // An order of another program, seen first when it was modified.
            self.remember(tracker, &self.number);
        }
        let quantity = Quantity::new(self.notice.event_quantity).ok().filter(|quantity| !quantity.is_zero());
        tracker.moved(changed, &self.number, kind, quantity);
        if let Some(order) = tracker.get_mut(&self.number)
            && !self.notice.branch.is_empty()
        {
            order.branch = self.notice.branch.clone();
        }
        self.report(tracker, &self.number, None)
    }

    /// A cancel of less than what is open makes the order smaller; any other ends it.
    fn canceled(&self, tracker: &mut Tracker, order: &OrderNumber) -> Vec<BrokerEvent> {
        let Some(tracked) = tracker.get_mut(order) else { return Vec::new() };
        let open = tracked.quantity.map(|all| all.value() - tracked.filled);
        let part = self.notice.event_quantity;
        match (open, tracked.quantity) {
            (Some(open), Some(all)) if !part.is_zero() && part < open => {
                tracked.quantity = Quantity::new(all.value() - part).ok();
                self.report(tracker, order, None)
            }
            _ => self.ended(tracker, order, OrderState::Canceled),
        }
    }
}
