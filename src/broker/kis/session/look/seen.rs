//! What earlier looks have told, so that a later one tells what is new.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use rust_decimal::Decimal;

use crate::broker::kis::map::future_market::print_id;
use crate::broker::kis::map::trade_id;
use crate::market::{InstrumentId, Price, Quantity, Trade, UtcTime, Venue, trading_date};

/// Between two looks further apart than this the prints may have come over the stream.
const POLL_GAP_MAX: Duration = Duration::from_secs(120);

/// Last price and what was traded that day.
#[derive(Debug, Clone, Copy)]
pub(super) struct Traded {
    pub(super) last: Option<Price>,
    pub(super) volume: Decimal,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Seen {
    days: BTreeSet<InstrumentId>,
    volumes: BTreeMap<InstrumentId, (Decimal, UtcTime)>,
}

impl Seen {
    /// Whether the base price is told. While a market is closed only once: it is still that of the day that is over, and
    /// telling it again would begin a day that has not begun.
    pub(super) fn tells_day(&mut self, instrument: InstrumentId, is_closed: bool) -> bool {
        self.days.insert(instrument) || !is_closed
    }

    /// What was traded since the look before, as one print at the last price: who has no stream hears no single prints.
    /// Its number is the one that the stream gives the last of them. None where nothing was, and after a pause: old
    /// prices must set off no order that waits for a price.
    pub(super) fn print(&mut self, instrument: InstrumentId, traded: Traded, now: UtcTime) -> Option<Trade> {
        let before = self.volumes.insert(instrument, (traded.volume, now));
        let (volume, _) = before.filter(|(_, at)| now.since(*at) <= POLL_GAP_MAX)?;
        let quantity =
            Quantity::new((traded.volume - volume).normalize()).ok().filter(|quantity| !quantity.is_zero())?;
        let id = match instrument.venue {
            Venue::KrxFutures => print_id(now, traded.volume),
            venue => trade_id(trading_date(venue, now), traded.volume),
        };
        Some(Trade { id, price: traded.last?, quantity, side: None })
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    fn samsung() -> InstrumentId {
        crate::broker::kis::map::stock_market::instrument(Venue::Krx, "005930").unwrap()
    }

    fn at(text: &str) -> UtcTime {
        UtcTime::parse(text).unwrap()
    }

    fn traded(last: &str, volume: Decimal) -> Traded {
        Traded { last: last.parse().ok(), volume }
    }

    #[test]
    fn what_was_traded_between_two_looks_is_one_print() {
        let mut seen = Seen::default();
        let first = at("2026-11-20T10:00:00+09:00");
        assert_eq!(seen.print(samsung(), traded("71000", dec!(1000)), first), None, "it may be hours old");
        let second = first.plus(Duration::from_secs(5));
        let print = seen.print(samsung(), traded("71100", dec!(1030)), second).unwrap();
        assert_eq!((print.price.value(), print.quantity.value(), print.side), (dec!(71100), dec!(30), None));
        assert_eq!(seen.print(samsung(), traded("71100", dec!(1030)), second.plus(Duration::from_secs(5))), None);
    }

    #[test]
    fn neither_a_pause_nor_another_day_makes_a_print() {
        let mut seen = Seen::default();
        let first = at("2026-11-20T10:00:00+09:00");
        seen.print(samsung(), traded("71000", dec!(1000)), first);
        let later = first.plus(Duration::from_secs(600));
        assert_eq!(seen.print(samsung(), traded("70000", dec!(9000)), later), None);
        assert_eq!(seen.print(samsung(), traded("70000", dec!(10)), later.plus(Duration::from_secs(1))), None);
    }

    #[test]
    fn a_closed_market_tells_its_base_once_and_an_open_one_always() {
        let mut seen = Seen::default();
        assert!(seen.tells_day(samsung(), true) && !seen.tells_day(samsung(), true));
        assert!(seen.tells_day(samsung(), false) && seen.tells_day(samsung(), false));
    }
}
