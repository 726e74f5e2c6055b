//! Candles from charts. Rows that are placeholders, untraded or implausible give none.

use rust_decimal::Decimal;

use crate::broker::kis::wire::bond::BondBar;
use crate::broker::kis::wire::overseas_quote::{OverseasBar, OverseasMinute};
use crate::broker::kis::wire::stock_chart::{StockBar, StockMinute};
use crate::market::arrange::Arrange;
use crate::market::candle::{Candle, Interval, aggregate};
use crate::market::session::instant;
use crate::market::{Price, Quantity, UtcTime, Venue};

pub(super) struct Prices {
    open: Price,
    high: Price,
    low: Price,
    close: Price,
}

impl Prices {
    /// Four prices that can be those of one interval.
    pub(super) fn sound(
        open: Option<Price>,
        high: Option<Price>,
        low: Option<Price>,
        close: Option<Price>,
    ) -> Option<Self> {
        let (open, high, low, close) = (open?, high?, low?, close?);
        let inside = |price: Price| low <= price && price <= high;
        (inside(open) && inside(close)).then_some(Self { open, high, low, close })
    }

    pub(super) fn candle(self, time: UtcTime, volume: Quantity, value: Decimal, closed: bool) -> Candle {
        Candle { time, open: self.open, high: self.high, low: self.low, close: self.close, volume, value, closed }
    }
}

/// Days, weeks or months, oldest first. The running one is open: since the after-market a Korean day changes until 20:00.
#[must_use]
pub fn bars(rows: &[StockBar], interval: Interval, venue: Venue, now: UtcTime) -> Vec<Candle> {
    let mut candles: Vec<Candle> = rows
        .iter()
        .filter(|row| !row.untraded.is_yes() || row.volume.is_something())
        .filter_map(|row| {
            let prices = Prices::sound(row.open.price(), row.high.price(), row.low.price(), row.close.price())?;
            let midnight = instant(venue, row.date.get()?.to_datetime(jiff::civil::Time::midnight()));
            let time = interval.opening(venue, midnight);
            let volume = row.volume.quantity()?;
            let value = row.value.get().unwrap_or_else(|| prices.close.times(volume));
            Some(prices.candle(time, volume, value, interval.end(venue, time) <= now))
        })
        .collect();
    in_order(&mut candles);
    candles
}

/// Rows of a full page of days.
const BOND_PAGE: usize = 100;

/// Days of a bond, or weeks and months made of them, oldest first. A week or a month of which a full page has only the end
/// is left out.
#[must_use]
pub fn bond_bars(rows: &[BondBar], interval: Interval, venue: Venue, now: UtcTime) -> Vec<Candle> {
    let midnight = |row: &BondBar| Some(instant(venue, row.date.get()?.to_datetime(jiff::civil::Time::midnight())));
    let mut days: Vec<Candle> = rows
        .iter()
        .filter_map(|row| {
            let prices = Prices::sound(row.open.price(), row.high.price(), row.low.price(), row.close.price())?;
            let time = Interval::Day1.opening(venue, midnight(row)?);
            let volume = row.volume.quantity().filter(|volume| !volume.is_zero())?;
            let value = prices.close.times(volume);
            Some(prices.candle(time, volume, value, Interval::Day1.end(venue, time) <= now))
        })
        .collect();
    in_order(&mut days);
    if interval == Interval::Day1 {
        return days;
    }
    let cut = rows.iter().filter_map(midnight).min().filter(|_| rows.len() >= BOND_PAGE);
    let mut longer = aggregate(&days, interval, venue, now);
    longer.retain(|candle| cut.is_none_or(|cut| candle.time >= cut));
    longer
}

/// Minutes, oldest first.
///
/// The value of a minute is what it added to the day's. A minute that added nothing has not traded: among those are the
/// bars of a time yet to come, and the newest one, which shows the volume of the minute before until its first trade. The
/// oldest row of a page has no predecessor, so its value is its volume at its close.
#[must_use]
pub fn minutes(rows: &[StockMinute], venue: Venue, now: UtcTime) -> Vec<Candle> {
    let mut rows: Vec<&StockMinute> = rows.iter().collect();
    rows.arrange_by_key(|row| (row.date, row.time));
    let mut candles = Vec::new();
    let mut before: Option<(crate::broker::kis::wire::Day, Decimal)> = None;
    for row in rows {
        let so_far = row.value_so_far.or_zero();
        let same_day = before.filter(|(date, _)| *date == row.date);
        let added = same_day.map(|(_, value)| so_far.checked_sub(value).unwrap_or_default());
        before = Some((row.date, so_far));
        if added.is_some_and(|added| added <= Decimal::ZERO) {
            continue;
        }
        candles.extend(minute(row, added, venue, now));
    }
    in_order(&mut candles);
    candles
}

fn minute(row: &StockMinute, added: Option<Decimal>, venue: Venue, now: UtcTime) -> Option<Candle> {
    let prices = Prices::sound(row.open.price(), row.high.price(), row.low.price(), row.close.price())?;
    let time = Interval::Minute1.opening(venue, row.time.in_korea(row.date.get()?)?);
    let volume = row.volume.quantity().filter(|volume| !volume.is_zero())?;
    let value = added.unwrap_or_else(|| prices.close.times(volume));
    (time <= now).then(|| prices.candle(time, volume, value, Interval::Minute1.end(venue, time) <= now))
}

/// Days, weeks or months of a foreign share, oldest first. Dates are the exchange's, so that a day ends at its midnight
/// and not at Korea's.
#[must_use]
pub fn overseas_bars(rows: &[OverseasBar], interval: Interval, venue: Venue, now: UtcTime) -> Vec<Candle> {
    let mut candles: Vec<Candle> = rows
        .iter()
        .filter_map(|row| {
            let prices = Prices::sound(row.open.price(), row.high.price(), row.low.price(), row.close.price())?;
            let midnight = instant(venue, row.date.get()?.to_datetime(jiff::civil::Time::midnight()));
            let time = interval.opening(venue, midnight);
            let volume = row.volume.quantity().filter(|volume| !volume.is_zero())?;
            let value = row.value.get().unwrap_or_else(|| prices.close.times(volume));
            Some(prices.candle(time, volume, value, interval.end(venue, time) <= now))
        })
        .collect();
    in_order(&mut candles);
    candles
}

/// Minutes of a foreign share, oldest first.
#[must_use]
pub fn overseas_minutes(rows: &[OverseasMinute], venue: Venue, now: UtcTime) -> Vec<Candle> {
    let mut candles: Vec<Candle> = rows
        .iter()
        .filter_map(|row| {
            let prices = Prices::sound(row.open.price(), row.high.price(), row.low.price(), row.close.price())?;
            let time = Interval::Minute1.opening(venue, row.time.at(venue, row.date.get()?)?);
            let volume = row.volume.quantity().filter(|volume| !volume.is_zero())?;
            let value = row.value.get().unwrap_or_else(|| prices.close.times(volume));
            (time <= now).then(|| prices.candle(time, volume, value, Interval::Minute1.end(venue, time) <= now))
        })
        .collect();
    in_order(&mut candles);
    candles
}

/// Oldest first, each time once: of two the later row of the reply is dropped.
pub(super) fn in_order(candles: &mut Vec<Candle>) {
    candles.arrange_by_key(|candle| candle.time);
    candles.dedup_by_key(|candle| candle.time);
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use jiff::civil::date;
    use rust_decimal::dec;

    use super::*;
    use crate::broker::kis::wire::{Day, Envelope, Part};

    const NOW: &str = "2026-10-14T16:00:00+09:00";

    fn now() -> UtcTime {
        UtcTime::parse(NOW).unwrap()
    }

    #[test]
    fn a_day_without_trades_is_no_candle_of_a_bond() {
        let body = include_bytes!("../../../../tests/data/kis/bond_daily_itemchartprice.json");
        let envelope = Envelope::parse("days", body).unwrap();
        let days = bond_bars(&envelope.rows(Part::First).rows, Interval::Day1, Venue::KrxBonds, now());
        assert_eq!(days.len(), 2);
        assert_eq!((days[0].close.value(), days[1].volume.value()), (dec!(10997.50), dec!(119)));
        assert!(days[0].time < days[1].time && days[1].closed);
    }

    #[test]
    fn the_months_of_a_full_page_are_whole_ones() {
        let day = |back: i32| BondBar {
            date: Day::parse(&date(2026, 10, 14).checked_sub(back.days()).unwrap().strftime("%Y%m%d").to_string())
                .unwrap(),
            open: dec!(10000).into(),
            high: dec!(10010).into(),
            low: dec!(9990).into(),
            close: dec!(10000).into(),
            volume: dec!(10).into(),
        };
        let full: Vec<BondBar> = (0..100).map(day).collect();
        let months = bond_bars(&full, Interval::Month1, Venue::KrxBonds, now());
        let volumes: Vec<Decimal> = months.iter().map(|month| month.volume.value()).collect();
        // The page begins on the seventh of July: that month has only its end.
        assert_eq!(volumes, [dec!(310), dec!(300), dec!(140)]);
        assert_eq!(months.iter().map(|month| month.closed).collect::<Vec<_>>(), [true, true, false]);
        let young = bond_bars(&full[..30], Interval::Month1, Venue::KrxBonds, now());
        assert_eq!(young.len(), 2, "a bond that has not been there for longer");
    }
}
