//! What no market has: prices beyond the day's limits, crossed books, sides out of order, quantities without measure.
//!
//! Fields that have moved look like that. The tick grid is no criterion: prints at the middle of two prices are off it.

use std::collections::BTreeMap;
use std::time::Duration;

use rust_decimal::{Decimal, dec};
use tokio::time::Instant;

use crate::market::{
    BookUpdate, DailyLimits, InstrumentId, Level, MarketBody, MarketEvent, Price, Quantity, Quote, UtcTime,
};

/// More than any side of any book, or any print, has.
const QUANTITY_MAX: Decimal = dec!(100_000_000_000);
/// Where there are no limits, a price so many times the base price, or so small a part of it, is none: foreign shares have
/// risen and fallen by more than ten times within a day.
const TIMES: Decimal = dec!(100);
/// The day of an instrument is asked for again no sooner than this.
const AGAIN: Duration = Duration::from_secs(10);

/// What is thought of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing against it.
    Fine,
    /// Impossible.
    Odd,
    /// Impossible by the numbers of the day that are known, which may be old.
    Beyond,
}

struct Day {
    base: Price,
    limits: Option<DailyLimits>,
    /// Korean date on which it was told: the next day has other limits.
    date: i64,
    asked: Option<Instant>,
}

/// Days of instruments, as they were told.
#[derive(Default)]
pub(super) struct Plausible {
    days: BTreeMap<InstrumentId, Day>,
}

/// Days since 1970 by the Korean clock, which has no daylight saving. Only Korean venues have limits.
const fn korean_date(time: UtcTime) -> i64 {
    (time.seconds() + 9 * 60 * 60).div_euclid(24 * 60 * 60)
}

impl Plausible {
    /// Learns the base price and the limits of a day; whether they are news.
    pub(super) fn learn(&mut self, event: &MarketEvent) -> bool {
        let MarketBody::NewDay { base, limits } = event.body else { return false };
        let date = korean_date(event.received_at);
        let before = self.days.get(&event.instrument);
        let is_same = before.is_some_and(|day| (day.base, day.limits, day.date) == (base, limits, date));
        let asked = before.and_then(|day| day.asked);
        self.days.insert(event.instrument, Day { base, limits, date, asked });
        !is_same
    }

    /// Nobody wants it any more.
    pub(super) fn forget(&mut self, instrument: InstrumentId) {
        self.days.remove(&instrument);
    }

    /// Whether the day of an instrument has to be asked for again: what is known is of another date, or was contradicted.
    pub(super) fn asks_again(&mut self, event: &MarketEvent, verdict: Verdict, now: Instant) -> bool {
        let Some(day) = self.days.get_mut(&event.instrument) else { return false };
        let is_old = day.limits.is_some() && day.date != korean_date(event.received_at);
        let is_due = day.asked.is_none_or(|asked| now.saturating_duration_since(asked) >= AGAIN);
        let asks = (is_old || verdict == Verdict::Beyond) && is_due;
        if asks {
            day.asked = Some(now);
        }
        asks
    }

    /// What to think of an event. In an auction bids may stand above asks.
    pub(super) fn judge(&self, event: &MarketEvent, in_auction: bool) -> Verdict {
        match &event.body {
            MarketBody::Trade(trade) => self.each(event, &[(trade.price, trade.quantity)]),
            MarketBody::Expected(Some(expected)) => self.each(event, &[(expected.price, expected.quantity)]),
            MarketBody::Quote(quote) => self.quote(event, *quote),
            MarketBody::Book(book) => self.book(event, book, in_auction),
            _ => Verdict::Fine,
        }
    }

    fn quote(&self, event: &MarketEvent, quote: Quote) -> Verdict {
        for level in [quote.bid, quote.ask].into_iter().flatten() {
            let verdict = self.each(event, &[(level.price, level.quantity)]);
            if verdict != Verdict::Fine {
                return verdict;
            }
        }
        Verdict::Fine
    }

    fn book(&self, event: &MarketEvent, book: &BookUpdate, in_auction: bool) -> Verdict {
        let falls = |levels: &[Level]| levels.is_sorted_by(|a, b| a.price > b.price);
        let rises = |levels: &[Level]| levels.is_sorted_by(|a, b| a.price < b.price);
        let is_crossed = book.bids.first().zip(book.asks.first()).is_some_and(|(bid, ask)| bid.price > ask.price);
        if !falls(&book.bids) || !rises(&book.asks) || (is_crossed && !in_auction) {
            return Verdict::Odd;
        }
        let is_huge = |level: &Level| level.quantity.value() > QUANTITY_MAX;
        if book.bids.iter().chain(&book.asks).any(is_huge) {
            return Verdict::Odd;
        }
        // Sides are in order: their ends say all.
        for level in [book.bids.first(), book.bids.last(), book.asks.first(), book.asks.last()].into_iter().flatten() {
            if !self.allows(event, level.price) {
                return Verdict::Beyond;
            }
        }
        Verdict::Fine
    }

    fn each(&self, event: &MarketEvent, parts: &[(Price, Quantity)]) -> Verdict {
        for (price, quantity) in parts {
            if quantity.value() > QUANTITY_MAX {
                return Verdict::Odd;
            }
            if !self.allows(event, *price) {
                return Verdict::Beyond;
            }
        }
        Verdict::Fine
    }

    /// Whether the day of the event has this price, as far as the day is known.
    fn allows(&self, event: &MarketEvent, price: Price) -> bool {
        let Some(day) = self.days.get(&event.instrument) else { return true };
        match day.limits {
            Some(limits) if day.date == korean_date(event.received_at) => limits.contain(price),
            Some(_) => true,
            None => {
                let (price, base) = (price.value(), day.base.value());
                price <= base * TIMES && price * TIMES >= base
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::{Expected, Sequence, Symbol, Trade, Venue};

    fn event(at: &str, body: MarketBody) -> MarketEvent {
        let instrument = InstrumentId { venue: Venue::Krx, symbol: Symbol::new("005930").unwrap() };
        let at = UtcTime::parse(at).unwrap();
        MarketEvent { instrument, venue_time: at, received_at: at, body }
    }

    const TODAY: &str = "2026-09-14T01:00:00Z";
    const TOMORROW: &str = "2026-09-15T00:00:01Z";

    fn price(text: &str) -> Price {
        text.parse().unwrap()
    }

    fn print(at: &str, text: &str) -> MarketEvent {
        let trade = Trade { id: 1, price: price(text), quantity: Quantity::whole(1), side: None };
        event(at, MarketBody::Trade(trade))
    }

    fn book(bids: &[&str], asks: &[&str]) -> MarketEvent {
        let level = |text: &&str| Level { price: price(text), quantity: Quantity::whole(3) };
        let update = BookUpdate {
            sequence: Sequence::Whole,
            bids: bids.iter().map(level).collect(),
            asks: asks.iter().map(level).collect(),
        };
        event(TODAY, MarketBody::Book(Box::new(update)))
    }

    fn with_limits() -> Plausible {
        let mut plausible = Plausible::default();
        let limits = Some(DailyLimits { lower: price("70000"), upper: price("130000") });
        let day = event(TODAY, MarketBody::NewDay { base: price("100000"), limits });
        assert!(plausible.learn(&day));
        assert!(!plausible.learn(&day), "the same day is no news");
        plausible
    }

    #[test]
    fn a_price_beyond_the_limits_is_left_out_and_the_limits_are_asked_for_again_but_not_at_once() {
        let mut plausible = with_limits();
        for fine in ["70000", "100000", "100050.5", "130000"] {
            assert_eq!(plausible.judge(&print(TODAY, fine), false), Verdict::Fine, "{fine}");
        }
        let beyond = print(TODAY, "130100");
        assert_eq!(plausible.judge(&beyond, false), Verdict::Beyond);
        assert_eq!(plausible.judge(&print(TODAY, "69900"), false), Verdict::Beyond);
        let expected = Some(Expected { price: price("1"), quantity: Quantity::whole(1) });
        assert_eq!(plausible.judge(&event(TODAY, MarketBody::Expected(expected)), true), Verdict::Beyond);
        let level = Some(Level { price: price("500000"), quantity: Quantity::whole(1) });
        let quote = MarketBody::Quote(Quote { bid: None, ask: level });
        assert_eq!(plausible.judge(&event(TODAY, quote), false), Verdict::Beyond);
        let now = Instant::now();
        assert!(plausible.asks_again(&beyond, Verdict::Beyond, now));
        assert!(!plausible.asks_again(&beyond, Verdict::Beyond, now + AGAIN / 2));
        assert!(plausible.asks_again(&beyond, Verdict::Beyond, now + AGAIN));
    }

    #[test]
    fn limits_of_yesterday_stop_nothing_and_are_asked_for_again() {
        let mut plausible = with_limits();
        let next = print(TOMORROW, "140000");
        assert_eq!(plausible.judge(&next, false), Verdict::Fine);
        assert!(plausible.asks_again(&next, Verdict::Fine, Instant::now()));
        assert!(!plausible.asks_again(&print(TODAY, "100000"), Verdict::Fine, Instant::now()));
    }

    #[test]
    fn a_crossed_book_is_one_in_an_auction_only() {
        let plausible = with_limits();
        let crossed = book(&["100100", "100000"], &["100000", "100100"]);
        assert_eq!(plausible.judge(&crossed, false), Verdict::Odd);
        assert_eq!(plausible.judge(&crossed, true), Verdict::Fine);
        let locked = book(&["100000"], &["100000"]);
        assert_eq!(plausible.judge(&locked, false), Verdict::Fine);
        let disordered = book(&["99000", "99100"], &["100000"]);
        assert_eq!(plausible.judge(&disordered, true), Verdict::Odd);
        assert_eq!(plausible.judge(&book(&["99000", "69000"], &[]), false), Verdict::Beyond);
        assert_eq!(plausible.judge(&book(&[], &[]), false), Verdict::Fine);
    }

    #[test]
    fn without_limits_only_what_is_out_of_all_measure_is_left_out() {
        let mut plausible = Plausible::default();
        assert_eq!(plausible.judge(&print(TODAY, "1"), false), Verdict::Fine);
        plausible.learn(&event(TODAY, MarketBody::NewDay { base: price("10"), limits: None }));
        for (text, verdict) in
            [("120", Verdict::Fine), ("0.2", Verdict::Fine), ("1001", Verdict::Beyond), ("0.09", Verdict::Beyond)]
        {
            assert_eq!(plausible.judge(&print(TODAY, text), false), verdict, "{text}");
        }
        let quantity = Quantity::new(dec!(100_000_000_001)).unwrap();
        let huge = Trade { id: 1, price: price("10"), quantity, side: None };
        assert_eq!(plausible.judge(&event(TODAY, MarketBody::Trade(huge)), false), Verdict::Odd);
    }
}
