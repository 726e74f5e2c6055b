//! Candles (봉): built from trades, or from shorter candles.

mod builder;
mod interval;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::event::Trade;
use super::instrument::Venue;
use super::price::{Price, Quantity};
use super::time::UtcTime;

pub use builder::CandleBuilder;
pub use interval::{Interval, IntervalError};

/// Open, high, low, close and amounts of an interval in which something traded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candle {
    /// First instant of the interval.
    pub time: UtcTime,
    /// First price.
    pub open: Price,
    /// Highest price.
    pub high: Price,
    /// Lowest price.
    pub low: Price,
    /// Last price.
    pub close: Price,
    /// Units traded.
    pub volume: Quantity,
    /// Money traded: the sum of `price * quantity`, before any contract multiplier.
    pub value: Decimal,
    /// Whether the interval is over. An open candle still changes.
    pub closed: bool,
}

impl Candle {
    fn first(time: UtcTime, trade: &Trade) -> Self {
        Self {
            time,
            open: trade.price,
            high: trade.price,
            low: trade.price,
            close: trade.price,
            volume: trade.quantity,
            value: trade.price.times(trade.quantity),
            closed: false,
        }
    }

    fn add_amounts(&mut self, high: Price, low: Price, volume: Quantity, value: Decimal) {
        self.high = self.high.max(high);
        self.low = self.low.min(low);
        self.volume = self.volume.plus(volume);
        // Only nonsense from a feed gets near the end of the range; it must not stop the program.
        self.value = self.value.checked_add(value).unwrap_or(Decimal::MAX);
    }
}

/// Candles of a longer interval from candles of a shorter one, which must divide it.
///
/// `candles` come oldest first; one that is older than its predecessor's interval is left out. All candles but the last
/// are closed; the last is when its interval has ended by `now`.
#[must_use]
pub fn aggregate(candles: &[Candle], interval: Interval, venue: Venue, now: UtcTime) -> Vec<Candle> {
    let mut out: Vec<Candle> = Vec::new();
    let mut until = UtcTime::from_nanos(i64::MIN);
    for candle in candles {
        match out.last_mut() {
            Some(last) if candle.time < until => {
                if candle.time >= last.time {
                    last.close = candle.close;
                    last.add_amounts(candle.high, candle.low, candle.volume, candle.value);
                }
            }
            last => {
                if let Some(last) = last {
                    last.closed = true;
                }
                let time = interval.opening(venue, candle.time);
                until = interval.end(venue, time);
                out.push(Candle { time, closed: false, ..*candle });
            }
        }
    }
    if let Some(last) = out.last_mut() {
        last.closed = until <= now;
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    pub(super) fn trade(price: u32, quantity: u32) -> Trade {
        let price = Price::new(price.into()).unwrap();
        Trade { id: 0, price, quantity: Quantity::whole(quantity), side: None }
    }

    fn build(trades: &[(i64, u32, u32)], interval: Interval, venue: Venue, now: UtcTime) -> Vec<Candle> {
        let mut builder = CandleBuilder::new(interval, venue);
        let mut out: Vec<Candle> = Vec::new();
        for (nanos, price, quantity) in trades {
            out.extend(builder.push(UtcTime::from_nanos(*nanos), &trade(*price, *quantity)));
        }
        out.extend(builder.advance(now));
        out.extend(builder.current());
        assert_eq!(builder.ignored(), 0);
        out
    }

    #[test]
    fn minutes_become_five_minutes() {
        let minute = |text: &str, prices: [u32; 4], volume: u32| {
            let [open, high, low, close] = prices.map(|price| Price::new(price.into()).unwrap());
            let time = UtcTime::parse(text).unwrap();
            let value = Decimal::from(prices[3] * volume);
            Candle { time, open, high, low, close, volume: Quantity::whole(volume), value, closed: true }
        };
        let minutes = [
            minute("2026-11-20T09:00:00+09:00", [100, 110, 90, 105], 10),
            minute("2026-11-20T09:04:00+09:00", [105, 120, 104, 119], 5),
            minute("2026-11-20T09:05:00+09:00", [119, 119, 80, 81], 1),
        ];
        let now = UtcTime::parse("2026-11-20T09:06:00+09:00").unwrap();
        let five = aggregate(&minutes, Interval::Minute5, Venue::Krx, now);
        let mut first = minute("2026-11-20T09:00:00+09:00", [100, 120, 90, 119], 15);
        first.value = Decimal::from(105 * 10 + 119 * 5);
        let second = Candle { closed: false, ..minutes[2] };
        assert_eq!(five, [first, second]);
    }

    #[test]
    fn json_has_the_documented_keys() {
        let candle = Candle::first(UtcTime::EPOCH, &trade(70_000, 3));
        assert_eq!(
            serde_json::to_string(&candle).unwrap(),
            r#"{"time":"1970-01-01T00:00:00.000Z","open":"70000","high":"70000","low":"70000","close":"70000","volume":"3","value":"210000","closed":false}"#
        );
        let back: Candle = serde_json::from_str(&serde_json::to_string(&candle).unwrap()).unwrap();
        assert_eq!(back, candle);
    }

    proptest! {
        #[test]
        fn aggregating_minutes_equals_building_from_trades(
            gaps in prop::collection::vec((0_i64..90_000_000_000_000, 1_u32..500, 0_u32..50), 1..80),
            dense in prop::bool::ANY,
            venue in prop::sample::select(Venue::ALL.to_vec()),
            interval in prop::sample::select(Interval::ALL[2..].to_vec()),
            start in 1_735_000_000_i64..1_830_000_000,
            rest in 0_i64..100_000,
        ) {
            let mut nanos = start * 1_000_000_000;
            let mut trades = Vec::new();
            for (gap, price, quantity) in gaps {
                nanos += if dense { gap / 1_000 } else { gap };
                trades.push((nanos, price, quantity));
            }
            let now = UtcTime::from_nanos(nanos + rest * 1_000_000_000);
            let minutes = build(&trades, Interval::Minute1, venue, now);
            prop_assert_eq!(aggregate(&minutes, interval, venue, now), build(&trades, interval, venue, now));
        }
    }
}
