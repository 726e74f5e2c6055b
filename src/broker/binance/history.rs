//! What has been: candles and prints, and how candles are asked for page by page.

use super::market_map::{Implausible, money, price, print, quantity, venue_time};
use super::query::Query;
use super::wire::rest_market::{AggregateTradeRow, KlineRow};
use crate::broker::net::json::{self, JsonError};
use crate::market::arrange::Arrange;
use crate::market::{Candle, Interval, Symbol, Trade, UtcTime};

/// Most candles of one request of ours.
pub const CANDLES_MAX: u32 = 5_000;
/// Most prints of one call.
pub const TRADES_MAX: u32 = 1_000;
/// A page of candles is some 200 kB.
const REPLY_MAX: usize = 4 << 20;

/// Intervals there are candles of, shortest first.
pub const INTERVALS: [Interval; 10] = [
    Interval::Minute1,
    Interval::Minute3,
    Interval::Minute5,
    Interval::Minute15,
    Interval::Minute30,
    Interval::Hour1,
    Interval::Hour4,
    Interval::Day1,
    Interval::Week1,
    Interval::Month1,
];

/// An interval in the exchange's words, which are the same as ours; `None` for those it has no candles of.
#[must_use]
pub fn interval_name(interval: Interval) -> Option<&'static str> {
    INTERVALS.contains(&interval).then(|| interval.as_str())
}

/// A reply that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HistoryError {
    /// Not the JSON it should be.
    #[error(transparent)]
    Unreadable(#[from] JsonError),
    /// A value no market has.
    #[error(transparent)]
    Implausible(#[from] Implausible),
}

/// Candles of a reply of `klines`, oldest first. A bar is closed when it ended before `server_now`: the last row is
/// usually still forming.
///
/// # Errors
/// When it cannot be read or holds what cannot be: a page with a hole would pass for history.
pub fn candles(bytes: &[u8], server_now: UtcTime) -> Result<Vec<Candle>, HistoryError> {
    let rows: Vec<KlineRow> = json::parse("klines", bytes, REPLY_MAX)?;
    let mut candles = rows.iter().map(|row| candle(row, server_now)).collect::<Result<Vec<_>, _>>()?;
    candles.arrange_by_key(|candle| candle.time);
    candles.dedup_by_key(|candle| candle.time);
    Ok(candles)
}

fn candle(row: &KlineRow, server_now: UtcTime) -> Result<Candle, Implausible> {
    let candle = Candle {
        time: venue_time(row.opens)?,
        open: price(row.open.0)?,
        high: price(row.high.0)?,
        low: price(row.low.0)?,
        close: price(row.close.0)?,
        volume: quantity(row.volume.0)?,
        value: money(row.value.0)?,
        closed: venue_time(row.ends)? < server_now,
    };
    let inside = |at| candle.low <= at && at <= candle.high;
    if inside(candle.open) && inside(candle.close) { Ok(candle) } else { Err(Implausible("a bar")) }
}

/// Prints of a reply of `aggTrades`, oldest first; ids of the same series as the stream's.
///
/// # Errors
/// When it cannot be read or holds what cannot be.
pub fn trades(bytes: &[u8]) -> Result<Vec<(UtcTime, Trade)>, HistoryError> {
    let rows: Vec<AggregateTradeRow> = json::parse("aggTrades", bytes, REPLY_MAX)?;
    let told = |row: &AggregateTradeRow| {
        Ok((venue_time(row.time)?, print(row.id, row.price.0, row.quantity.0, row.buyer_is_maker)?))
    };
    let mut trades = rows.iter().map(told).collect::<Result<Vec<_>, Implausible>>()?;
    trades.arrange_by_key(|(_, trade)| trade.id);
    Ok(trades)
}

/// One call of `klines`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Most rows.
    pub limit: u32,
    /// The newest row opens at or before this; now when absent.
    pub until: Option<UtcTime>,
}

impl Page {
    /// Its parameters; `None` for an interval the exchange has no candles of.
    #[must_use]
    pub fn query(&self, symbol: Symbol, interval: Interval) -> Option<Query> {
        let query = Query::new().text("symbol", symbol.as_str()).text("interval", interval_name(interval)?);
        let query = query.number("limit", i64::from(self.limit));
        Some(query.number_if("endTime", self.until.map(UtcTime::millis)))
    }
}

/// Collects candles page by page from the newest to the oldest.
#[derive(Debug, Clone)]
pub struct Paging {
    wanted: u32,
    page_max: u32,
    until: Option<UtcTime>,
    ended: bool,
    candles: Vec<Candle>,
}

impl Paging {
    /// So many candles, at most [`CANDLES_MAX`], the newest of which opens at or before `until`, in pages of at most
    /// `page_max`.
    #[must_use]
    pub fn new(count: u32, until: Option<UtcTime>, page_max: u32) -> Self {
        Self { wanted: count.min(CANDLES_MAX), page_max, until, ended: false, candles: Vec::new() }
    }

    /// The next call; `None` when there is enough, or no more.
    #[must_use]
    pub fn next(&self) -> Option<Page> {
        let have = u32::try_from(self.candles.len()).unwrap_or(u32::MAX);
        let limit = self.wanted.saturating_sub(have).min(self.page_max);
        (limit > 0 && !self.ended).then_some(Page { limit, until: self.until })
    }

    /// Takes the candles of the page that [`Self::next`] asked for, oldest first.
    pub fn take(&mut self, page: Vec<Candle>) {
        let Some(limit) = self.next().map(|page| page.limit as usize) else { return };
        let before = self.candles.first().map(|oldest| oldest.time);
        let mut older: Vec<Candle> =
            page.into_iter().filter(|candle| before.is_none_or(|before| candle.time < before)).collect();
        // A short page is the beginning of history; one without anything older would be asked for again for ever.
        self.ended = older.len() < limit;
        older.append(&mut self.candles);
        self.candles = older;
        self.until = self.candles.first().map(|oldest| oldest.time.minus(std::time::Duration::from_millis(1)));
    }

    /// What was collected, oldest first.
    #[must_use]
    pub fn finish(self) -> Vec<Candle> {
        let surplus = self.candles.len().saturating_sub(self.wanted as usize);
        self.candles.into_iter().skip(surplus).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MINUTE: i64 = 60_000;
    const FIRST: i64 = 1_600_000_020_000;

    fn bar(number: i64) -> Candle {
        let price = "1".parse().unwrap();
        let volume = "1".parse().unwrap();
        let time = UtcTime::from_millis(FIRST + number * MINUTE);
        Candle { time, open: price, high: price, low: price, close: price, volume, value: 1.into(), closed: true }
    }

    /// What an exchange with so many bars answers.
    fn answer(page: Page, bars: i64) -> Vec<Candle> {
        let fits = |bar: &Candle| page.until.is_none_or(|until| bar.time <= until);
        let all: Vec<Candle> = (0..bars).map(bar).filter(fits).collect();
        all[all.len().saturating_sub(page.limit as usize)..].to_vec()
    }

    fn collect(count: u32, until: Option<UtcTime>, bars: i64) -> (Vec<Candle>, Vec<Page>) {
        let mut paging = Paging::new(count, until, 1_500);
        let mut calls = Vec::new();
        while let Some(page) = paging.next() {
            calls.push(page);
            paging.take(answer(page, bars));
        }
        (paging.finish(), calls)
    }

    #[test]
    fn five_thousand_candles_are_four_calls() {
        let (candles, calls) = collect(9_999, None, 20_000);
        assert_eq!(calls.iter().map(|call| call.limit).collect::<Vec<_>>(), [1_500, 1_500, 1_500, 500]);
        assert_eq!(candles.len(), 5_000);
        assert_eq!((candles[0], candles[4_999]), (bar(15_000), bar(19_999)));
    }

    #[test]
    fn an_exchange_that_repeats_itself_is_not_asked_for_ever() {
        let mut paging = Paging::new(3_000, None, 1_500);
        paging.take((0..1_500).map(bar).collect());
        paging.take((0..1_500).map(bar).collect());
        assert_eq!(paging.next(), None);
        assert_eq!(paging.finish().len(), 1_500);
    }

    proptest! {
        #[test]
        fn pages_join_without_a_hole_or_a_repeat(count in 0_u32..6_000, bars in 0_i64..4_000, until in 0_i64..5_000) {
            let until = UtcTime::from_millis(FIRST + until * MINUTE + 1);
            let (candles, calls) = collect(count, Some(until), bars);
            let wanted: Vec<Candle> = answer(Page { limit: count.min(CANDLES_MAX), until: Some(until) }, bars);
            prop_assert_eq!(candles, wanted);
            prop_assert!(calls.len() <= 5);
        }
    }
}
