//! Candles of Korean index futures and options. Rows that are placeholders, untraded or implausible give none.

use rust_decimal::Decimal;

use super::candle::{Prices, in_order};
use super::future_market::VALUE_UNIT;
use crate::broker::kis::wire::future_quote::FutureBar;
use crate::market::arrange::Arrange;
use crate::market::candle::{Candle, Interval};
use crate::market::session::instant;
use crate::market::{UtcTime, Venue};

const VENUE: Venue = Venue::KrxFutures;

fn prices(row: &FutureBar) -> Option<Prices> {
    Prices::sound(row.open.price(), row.high.price(), row.low.price(), row.close.price())
}

/// Days, weeks or months, oldest first. The running one is open.
#[must_use]
pub fn bars(rows: &[FutureBar], interval: Interval, now: UtcTime) -> Vec<Candle> {
    let bar = |row: &FutureBar| {
        let midnight = instant(VENUE, row.date.get()?.to_datetime(jiff::civil::Time::midnight()));
        let time = interval.opening(VENUE, midnight);
        let volume = row.volume.quantity().filter(|volume| !volume.is_zero())?;
        let value = row.value.or_zero().checked_mul(VALUE_UNIT)?;
        Some(prices(row)?.candle(time, volume, value, interval.end(VENUE, time) <= now))
    };
    let mut candles: Vec<Candle> = rows.iter().filter_map(bar).collect();
    in_order(&mut candles);
    candles
}

/// Minutes, oldest first. A minute's value is what it added to that of its day; where the minute before is not known, its
/// volume at its close.
#[must_use]
pub fn minutes(rows: &[FutureBar], multiplier: Decimal, now: UtcTime) -> Vec<Candle> {
    let mut rows: Vec<&FutureBar> = rows.iter().collect();
    rows.arrange_by_key(|row| (row.date, row.time));
    let mut candles = Vec::new();
    let mut before: Option<(crate::broker::kis::wire::Day, Decimal)> = None;
    for row in rows {
        let so_far = row.value.or_zero();
        let same_day = before.filter(|(date, _)| *date == row.date);
        let added = same_day.and_then(|(_, value)| so_far.checked_sub(value)?.checked_mul(VALUE_UNIT));
        before = Some((row.date, so_far));
        candles.extend(minute(row, added, multiplier, now));
    }
    in_order(&mut candles);
    candles
}

fn minute(row: &FutureBar, added: Option<Decimal>, multiplier: Decimal, now: UtcTime) -> Option<Candle> {
    let time = Interval::Minute1.opening(VENUE, row.time.in_korea(row.date.get()?)?);
    let volume = row.volume.quantity().filter(|volume| !volume.is_zero())?;
    let counted = row.close.price()?.times(volume).checked_mul(multiplier)?;
    let value = added.filter(|added| *added > Decimal::ZERO).unwrap_or(counted);
    let candle = prices(row)?.candle(time, volume, value, Interval::Minute1.end(VENUE, time) <= now);
    (time <= now).then_some(candle)
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;
    use crate::broker::kis::wire::{Envelope, Part};

    #[test]
    fn days_are_told_oldest_first_with_money_in_won() {
        let body = include_bytes!("../../../../tests/data/kis/futures_daily_fuopchartprice.json");
        let rows = Envelope::parse("chart", body).unwrap().rows::<FutureBar>(Part::Second).rows;
        let now = UtcTime::parse("2022-05-24T10:00:00+09:00").unwrap();
        let candles = bars(&rows, Interval::Day1, now);
        // One of the three closes above its own high: that is none.
        assert_eq!(candles.len(), 2);
        assert!(candles[0].time < candles[1].time && candles[0].closed && !candles[1].closed);
        assert_eq!((candles[1].close.value(), candles[1].value), (dec!(347.65), dec!(15_491_417_875_000)));
    }

    #[test]
    fn a_minute_without_a_trade_is_none() {
        let body = include_bytes!("../../../../tests/data/kis/futures_time_fuopchartprice.json");
        let mut rows = Envelope::parse("minutes", body).unwrap().rows::<FutureBar>(Part::Second).rows;
        let now = UtcTime::parse("2024-04-17T15:00:00+09:00").unwrap();
        assert!(minutes(&rows, dec!(250_000), now).is_empty());
        rows[2].volume = crate::broker::kis::wire::Number::parse("2").unwrap();
        let candles = minutes(&rows, dec!(250_000), now);
        assert_eq!((candles.len(), candles[0].value), (1, dec!(179_800_000)));
    }
}
