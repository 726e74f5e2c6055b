//! What streams first when there is no room for everything: what has an open order, then what is held.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::lists::span;
use super::shared::Shared;
use crate::broker::api::AccountReport;
use crate::broker::kis::budget::Need;
use crate::broker::kis::order::{Line, Tracker};
use crate::market::gather::Gather;
use crate::market::{InstrumentId, UtcTime, Venue};

/// How often it is looked at; the feed takes what has not changed for nothing.
const EVERY: Duration = Duration::from_secs(1);

/// What the account held when it was last told.
#[derive(Debug, Default)]
pub(super) struct Held(Mutex<BTreeSet<InstrumentId>>);

impl Held {
    fn all(&self) -> MutexGuard<'_, BTreeSet<InstrumentId>> {
        // Every change of it is whole, even when its holder panics.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether something of a venue was held.
    pub(super) fn has(&self, venue: Venue) -> bool {
        self.all().iter().any(|instrument| instrument.venue == venue)
    }

    /// Holdings as they were just told, all of them.
    pub(super) fn learn(&self, reports: &[AccountReport]) {
        let holding = |report: &AccountReport| match report {
            AccountReport::Position { instrument, quantity, .. } if !quantity.is_zero() => Some(*instrument),
            _ => None,
        };
        *self.all() = reports.iter().filter_map(holding).into_set();
    }
}

/// Tells the feed what is needed most.
pub(super) async fn keep(shared: Arc<Shared>) {
    loop {
        let needs = needs(&shared.tracker(), &shared.held, shared.now());
        if let Some(feed) = shared.feed() {
            feed.set_needs(needs);
        }
        tokio::time::sleep(EVERY).await;
    }
}

fn needs(tracker: &Tracker, held: &Held, now: UtcTime) -> Vec<(InstrumentId, Need)> {
    // Days differ: an order of yesterday evening may work in New York when it is over in Seoul.
    let today = |line| span::today(line, now).0;
    let (korean, foreign, night) = (today(Line::Stock), today(Line::Overseas), today(Line::Night));
    let first = |line| match line {
        Line::Overseas => foreign,
        Line::Night => night,
        _ => korean,
    };
    let open =
        tracker.open_since(korean.min(foreign).min(night)).filter(|(number, _)| number.date >= first(number.line));
    let held = held.all();
    let ordered = open.map(|(_, order)| (order.instrument, Need::Ordered));
    ordered.chain(held.iter().map(|instrument| (*instrument, Need::Held))).collect()
}

#[cfg(test)]
mod tests {
    use rust_decimal::{Decimal, dec};

    use super::super::samples::{at, instrument, number, tracked};
    use super::*;
    use crate::market::Symbol;
    use crate::order::PositionSide;

    fn position(symbol: &str, quantity: Decimal) -> AccountReport {
        let instrument = InstrumentId { venue: Venue::Krx, symbol: Symbol::new(symbol).unwrap() };
        AccountReport::Position { instrument, side: PositionSide::default(), quantity, average_price: None }
    }

    #[test]
    fn what_has_an_order_and_what_is_held_come_first_and_no_longer_when_they_are_gone() {
        let (mut tracker, held) = (Tracker::default(), Held::default());
        assert!(needs(&tracker, &held, at("10:00:00")).is_empty());
        tracker.remember(number("0000117057"), tracked(1, "70000", 10));
        held.learn(&[position("000660", dec!(3)), position("035720", dec!(0))]);
        let now = needs(&tracker, &held, at("10:00:00"));
        let hynix = InstrumentId { venue: Venue::Krx, symbol: Symbol::new("000660").unwrap() };
        assert_eq!(now, [(instrument(), Need::Ordered), (hynix, Need::Held)]);
        let tomorrow = at("10:00:00").plus(Duration::from_secs(24 * 60 * 60));
        held.learn(&[]);
        assert!(needs(&tracker, &held, tomorrow).is_empty(), "an order of yesterday works no more");
    }
}
