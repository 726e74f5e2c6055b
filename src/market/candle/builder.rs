//! Candles from a stream of trades.

use super::{Candle, Interval};
use crate::market::{Trade, UtcTime, Venue};

/// Builds the candles of one instrument from its trades.
///
/// Every opening time leaves it at most once and later than the one before, whatever the order in which trades arrive or
/// however the clock jumps. Intervals without a trade have no candle.
#[derive(Debug, Clone)]
pub struct CandleBuilder {
    interval: Interval,
    venue: Venue,
    open: Option<Growing>,
    /// Trades before this belong to candles that are gone.
    taken_from: UtcTime,
    ignored: u64,
}

/// The candle that is not over yet.
#[derive(Debug, Clone, Copy)]
struct Growing {
    candle: Candle,
    until: UtcTime,
    first_at: UtcTime,
    last_at: UtcTime,
}

impl Growing {
    fn add(&mut self, time: UtcTime, trade: &Trade) {
        self.candle.add_amounts(trade.price, trade.price, trade.quantity, trade.price.times(trade.quantity));
        // By the venue's time, so that two trades that overtook each other on the way do not change open or close.
        if time < self.first_at {
            (self.candle.open, self.first_at) = (trade.price, time);
        }
        if time >= self.last_at {
            (self.candle.close, self.last_at) = (trade.price, time);
        }
    }
}

impl CandleBuilder {
    /// An empty builder for instruments of a venue, whose clock decides where days begin.
    #[must_use]
    pub const fn new(interval: Interval, venue: Venue) -> Self {
        Self { interval, venue, open: None, taken_from: UtcTime::from_nanos(i64::MIN), ignored: 0 }
    }

    /// Takes a trade that happened at `time` by the venue's clock, and gives back the candle it closed.
    ///
    /// A late trade goes into its own candle while that is the open one; later it is ignored and counted.
    pub fn push(&mut self, time: UtcTime, trade: &Trade) -> Option<Candle> {
        if time < self.taken_from {
            self.ignored += 1;
            return None;
        }
        if let Some(open) = self.open.as_mut().filter(|open| time < open.until) {
            open.add(time, trade);
            return None;
        }
        let done = self.close();
        let opening = self.interval.opening(self.venue, time);
        let until = self.interval.end(self.venue, opening);
        self.taken_from = opening;
        self.open = Some(Growing { candle: Candle::first(opening, trade), until, first_at: time, last_at: time });
        done
    }

    /// Closes the open candle if its interval is over at `now`. A clock that went back closes nothing.
    pub fn advance(&mut self, now: UtcTime) -> Option<Candle> {
        self.open.filter(|open| open.until <= now)?;
        self.close()
    }

    fn close(&mut self) -> Option<Candle> {
        let Growing { mut candle, until, .. } = self.open.take()?;
        self.taken_from = until;
        candle.closed = true;
        Some(candle)
    }

    /// The candle that is not over yet.
    #[must_use]
    pub fn current(&self) -> Option<Candle> {
        self.open.map(|open| open.candle)
    }

    /// How many trades came too late for their candle.
    #[must_use]
    pub const fn ignored(&self) -> u64 {
        self.ignored
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::dec;

    use super::super::tests::trade;
    use super::*;
    use crate::market::Price;

    fn at(text: &str) -> UtcTime {
        UtcTime::parse(&format!("2026-11-20T{text}+09:00")).unwrap()
    }

    fn price(value: u32) -> Price {
        Price::new(value.into()).unwrap()
    }

    fn minute() -> CandleBuilder {
        CandleBuilder::new(Interval::Minute1, Venue::Krx)
    }

    #[test]
    fn a_minute_of_trades_is_a_candle() {
        let mut builder = minute();
        for (time, at_price, quantity) in [("09:00:00", 100, 1), ("09:00:10", 120, 2), ("09:00:59.999", 90, 3)] {
            assert_eq!(builder.push(at(time), &trade(at_price, quantity)), None);
        }
        let candle = builder.push(at("09:01:00"), &trade(95, 4)).unwrap();
        assert_eq!(
            (candle.open, candle.high, candle.low, candle.close),
            (price(100), price(120), price(90), price(90))
        );
        assert_eq!((candle.volume.value(), candle.value, candle.closed), (dec!(6), dec!(610), true));
        assert_eq!(candle.time, at("09:00:00"));
        assert!(!builder.current().unwrap().closed);
    }

    #[test]
    fn a_late_trade_counts_only_in_its_open_candle() {
        let mut builder = minute();
        builder.push(at("09:00:30"), &trade(100, 1));
        builder.push(at("09:00:20"), &trade(90, 1));
        let first = builder.current().unwrap();
        assert_eq!((first.open, first.close), (price(90), price(100)), "open and close go by the venue's time");
        builder.push(at("09:01:00"), &trade(110, 1));
        assert_eq!(builder.push(at("09:00:40"), &trade(1, 1)), None);
        assert_eq!(builder.ignored(), 1);
        assert_eq!(builder.current().unwrap().low, price(110));
    }

    #[test]
    fn the_clock_closes_a_candle_once() {
        let mut builder = minute();
        builder.push(at("09:00:30"), &trade(100, 1));
        assert_eq!(builder.advance(at("09:00:59.999")), None);
        assert!(builder.advance(at("09:01:00")).unwrap().closed);
        assert_eq!(builder.advance(at("09:01:00")), None);
        assert_eq!(builder.advance(at("08:00:00")), None);
        assert_eq!(builder.push(at("09:00:59"), &trade(100, 1)), None);
        assert_eq!((builder.current(), builder.ignored()), (None, 1));
    }

    #[test]
    fn nonsense_amounts_do_not_stop_it() {
        let huge = Trade {
            price: Price::new(dec!(10_000_000_000_000)).unwrap(),
            quantity: crate::market::Quantity::new(dec!(10_000_000_000_000)).unwrap(),
            ..trade(1, 1)
        };
        let mut builder = minute();
        for _ in 0..2_000 {
            builder.push(at("09:00:00"), &huge);
        }
        assert!(builder.current().is_some());
    }

    proptest! {
        #[test]
        fn openings_only_rise_and_no_volume_is_lost_unseen(
            steps in prop::collection::vec((0_i64..600, 1_u32..100, 0_u32..9, prop::bool::weighted(0.2)), 0..200),
        ) {
            let mut builder = minute();
            let (mut out, mut pushed, mut trades) = (Vec::new(), 0, 0);
            for (second, at_price, quantity, is_clock) in steps {
                let time = UtcTime::from_millis(1_790_000_000_000 + second * 1_000);
                if is_clock {
                    out.extend(builder.advance(time));
                    continue;
                }
                let before = builder.ignored();
                out.extend(builder.push(time, &trade(at_price, quantity)));
                trades += 1;
                if builder.ignored() == before {
                    pushed += quantity;
                }
            }
            prop_assert!(builder.ignored() <= trades);
            out.extend(builder.current());
            prop_assert!(out.windows(2).all(|pair| pair[0].time < pair[1].time));
            let total: rust_decimal::Decimal = out.iter().map(|candle| candle.volume.value()).sum();
            prop_assert_eq!(total, rust_decimal::Decimal::from(pushed));
        }
    }
}
