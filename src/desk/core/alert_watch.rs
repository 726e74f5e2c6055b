//! What alerts see: prints, books, phases, changes of orders, stops that nobody watches.

use std::time::Duration;

use rust_decimal::{Decimal, RoundingStrategy, dec};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::alert_flow::Flow;
use super::alerts::Alerts;
use super::held::left_unprotected;
use super::records::change;
use super::{Core, Effects, Link, Market, ProfileIndex};
use crate::desk::alert::AlertCondition;
use crate::ledger::Write;
use crate::market::{InstrumentId, MarketBody, MarketEvent, Phase, Price, UtcTime, trading_date};
use crate::order::{Order, OrderId, OrderState, WatchedBy};

/// How long a stop must be without a watcher: a line that is cut and comes back at once is no news.
const UNWATCHED_FOR: Duration = Duration::from_secs(5);
/// Levels of a side that make the imbalance.
const IMBALANCE_LEVELS: usize = 10;
/// Most orders of an instrument whose last state is remembered; beyond, those forgotten by the core go.
const STATES_MAX: usize = 10_000;

/// What is watched of an instrument while an alert waits there.
#[derive(Debug, Default)]
pub(super) struct Watched {
    /// Alerts that have not fired, oldest first: what they wait for lies side by side, as it is looked at with every event.
    pub waiting: Vec<(u64, AlertCondition)>,
    /// State each of its orders was last seen in, while an alert waits for orders.
    pub states: FxHashMap<OrderId, OrderState>,
    pub flow: Flow,
    /// Since when one of its stops is watched by nobody.
    pub unwatched_since: Option<UtcTime>,
}

/// A message of a market that an alert may wait for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    instrument: InstrumentId,
    received_at: UtcTime,
    what: What,
}

#[derive(Debug, Clone, Copy)]
enum What {
    Print(UtcTime),
    Book,
    Phase { was: Phase },
}

/// What conditions are compared with; absent where it is unknown, old, or not what happened.
#[derive(Debug, Default, Clone, Copy)]
struct Sight {
    last: Option<Price>,
    change: Option<Decimal>,
    strength: Option<Decimal>,
    imbalance: Option<Decimal>,
    interrupted: bool,
}

impl Sight {
    fn of_prints(market: &Market, flow: &Flow) -> Self {
        Self {
            last: market.last_price(),
            change: change(market).map(|(_, percent)| percent),
            strength: flow.strength(),
            ..Self::default()
        }
    }

    /// The value with which a condition holds.
    fn meets(&self, condition: &AlertCondition) -> Option<String> {
        let (crossing, value, bound) = match condition {
            AlertCondition::Price { crossing, price } => (crossing, self.last?.value(), price.value()),
            AlertCondition::Change { crossing, percent } => (crossing, self.change?, *percent),
            AlertCondition::Strength { crossing, percent } => (crossing, self.strength?, *percent),
            AlertCondition::Imbalance { crossing, percent } => (crossing, self.imbalance?, *percent),
            AlertCondition::VolatilityInterruption => {
                return self.interrupted.then(|| self.last.map(|price| price.to_string()).unwrap_or_default());
            }
            AlertCondition::Order { .. } | AlertCondition::StopUnwatched => return None,
        };
        crossing.is_reached(value, bound).then(|| value.normalize().to_string())
    }
}

impl Alerts {
    /// What of a market event alerts must look at once the market has taken it. An instrument without alerts costs a look
    /// into a map, and nothing at all while there are none.
    pub fn sees(&mut self, profile: ProfileIndex, market: Option<&Market>, event: &MarketEvent) -> Option<Seen> {
        if self.watched.is_empty() {
            return None;
        }
        let watched = self.watched.get_mut(&(profile, event.instrument))?;
        let what = match &event.body {
            MarketBody::Trade(trade) => {
                watched.flow.take(trading_date(event.instrument.venue, event.venue_time), trade);
                What::Print(event.venue_time)
            }
            MarketBody::Book(_) => What::Book,
            MarketBody::Phase(_) => What::Phase { was: market?.phase.phase },
            _ => return None,
        };
        Some(Seen { instrument: event.instrument, received_at: event.received_at, what })
    }
}

impl Core {
    /// Looks at what has just been seen.
    pub(super) fn watch_market(&mut self, now: UtcTime, profile: ProfileIndex, seen: Seen, effects: &mut Effects) {
        let Some(state) = self.profiles.get(profile) else { return };
        let Some(market) = state.markets.get(&seen.instrument) else { return };
        let Some(watched) = self.alerts.watched.get(&(profile, seen.instrument)) else { return };
        let fresh = now.since(seen.received_at) <= state.limits.data_age(seen.instrument.venue);
        let sight = match seen.what {
            // A late print is not the last price.
            What::Print(at) if fresh && market.last.is_some_and(|(_, newest)| newest <= at) => {
                Sight::of_prints(market, &watched.flow)
            }
            What::Book if fresh => Sight { imbalance: imbalance(market), ..Sight::default() },
            // That it began stays true however late it is told.
            What::Phase { was } if was != Phase::Volatility && market.phase.phase == Phase::Volatility => {
                Sight { interrupted: true, last: market.last_price(), ..Sight::default() }
            }
            What::Print(_) | What::Book | What::Phase { .. } => return,
        };
        let phase = matches!(seen.what, What::Phase { .. });
        let meets = |(id, condition): &(u64, AlertCondition)| {
            // The last price that an interruption is told with is not news by itself.
            if phase && *condition != AlertCondition::VolatilityInterruption {
                return None;
            }
            Some((*id, sight.meets(condition)?))
        };
        let met: SmallVec<[(u64, String); 2]> = watched.waiting.iter().filter_map(meets).collect();
        for (id, value) in met {
            self.fire(now, id, value, None, effects);
        }
    }

    /// A new alert: what it waits for may be there already, in data that is not old.
    pub(super) fn look_at_once(&mut self, now: UtcTime, id: u64, effects: &mut Effects) {
        let Some(kept) = self.alerts.get(id) else { return };
        let Some(state) = self.profiles.get(kept.profile) else { return };
        let Some(market) = state.markets.get(&kept.instrument) else { return };
        let Some(watched) = self.alerts.watched.get(&(kept.profile, kept.instrument)) else { return };
        let limit = state.limits.data_age(kept.instrument.venue);
        let fresh = state.link == Link::Up && market.updated_at.is_some_and(|at| now.since(at) <= limit);
        if !fresh {
            return;
        }
        let sight = Sight { imbalance: imbalance(market), ..Sight::of_prints(market, &watched.flow) };
        if let Some(value) = sight.meets(&kept.condition) {
            self.fire(now, id, value, None, effects);
        }
    }

    /// Looks at every order that was written since `from`: nothing happens to an order without its row.
    pub(super) fn watch_orders(&mut self, now: UtcTime, from: usize, effects: &mut Effects) {
        if self.alerts.watched.is_empty() {
            return;
        }
        let mut met: SmallVec<[(u64, OrderId); 2]> = SmallVec::new();
        for write in effects.writes.get(from..).unwrap_or_default() {
            if let Write::Order(order) = write {
                self.order_written(order, &mut met);
            }
        }
        for (id, order) in met {
            self.fire(now, id, order.to_string(), Some(order), effects);
        }
    }

    fn order_written(&mut self, order: &Order, met: &mut SmallVec<[(u64, OrderId); 2]>) {
        let Some(profile) = self.profile_index(&order.profile) else { return };
        let Some(watched) = self.alerts.watched.get_mut(&(profile, order.instrument)) else { return };
        if watched.states.len() > STATES_MAX {
            watched.states.retain(|id, _| self.orders.contains_key(id));
        }
        if watched.states.insert(order.id, order.state) == Some(order.state) {
            return;
        }
        let waits = |(_, condition): &&(u64, AlertCondition)| match condition {
            AlertCondition::Order { state } => *state == order.state,
            AlertCondition::StopUnwatched => left_unprotected(order),
            _ => false,
        };
        met.extend(watched.waiting.iter().filter(waits).map(|(id, _)| (*id, order.id)));
    }

    /// Stops that nobody has watched for too long.
    pub(super) fn watch_stops(&mut self, now: UtcTime, effects: &mut Effects) {
        if self.alerts.stops.is_empty() {
            return;
        }
        let mut met: SmallVec<[(u64, OrderId); 2]> = SmallVec::new();
        let places: SmallVec<[_; 4]> = self.alerts.stops.iter().copied().collect();
        for (profile, instrument) in places {
            let order = self.unwatched_stop(profile, instrument);
            let Some(watched) = self.alerts.watched.get_mut(&(profile, instrument)) else { continue };
            let Some(order) = order else {
                watched.unwatched_since = None;
                continue;
            };
            let since = *watched.unwatched_since.get_or_insert(now);
            if now.since(since) < UNWATCHED_FOR {
                continue;
            }
            let stops = watched.waiting.iter().filter(|(_, condition)| *condition == AlertCondition::StopUnwatched);
            met.extend(stops.map(|(id, _)| (*id, order)));
        }
        for (id, order) in met {
            self.fire(now, id, order.to_string(), Some(order), effects);
        }
    }

    fn unwatched_stop(&self, profile: ProfileIndex, instrument: InstrumentId) -> Option<OrderId> {
        let open = self.profiles.get(profile)?.open.iter().filter_map(|id| self.orders.get(id));
        let mut stops = open.filter(|order| order.instrument == instrument && order.watched_by.is_some());
        stops.find(|order| self.watcher(order) == Some(WatchedBy::Nobody)).map(|order| order.id)
    }
}

/// Share of the bids in what rests on the ten best levels of both sides, in per cent.
fn imbalance(market: &Market) -> Option<Decimal> {
    let book = market.book.live()?;
    let sum = |total: Decimal, level: crate::market::Level| total.checked_add(level.quantity.value());
    let bids = book.bids(IMBALANCE_LEVELS).try_fold(Decimal::ZERO, sum)?;
    let all = book.asks(IMBALANCE_LEVELS).try_fold(bids, sum)?;
    bids.checked_mul(dec!(100))?.checked_div(all).map(in_cents)
}

/// To two decimals, as it is shown.
pub(super) fn in_cents(percent: Decimal) -> Decimal {
    percent.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero).normalize()
}
