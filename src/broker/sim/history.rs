//! A past that fits the present: bars of the years and weeks before the exchange opened, made from a seed, ending exactly
//! at the base price the exchange opens with.
//!
//! Binary floats shape the path; every price is put on the tick ladder before it becomes a bar.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday, time};

use super::grid::Grid;
use super::listing::{Habits, Listing};
use super::random::{Random, mix, stream};
use super::tally::Bar;
use crate::market::UtcTime;
use crate::market::session::instant;
use crate::market::{Product, Venue};

/// Days with a daily bar: more than three years of weekdays.
const DAYS: usize = 800;
/// Days of those that have minutes too: three weeks.
const MINUTE_DAYS: usize = 15;
/// Days of memory of a day's volatility.
const MEMORY: i64 = 20;

/// Bars before the exchange opened, oldest first.
#[derive(Debug, Clone)]
pub struct History {
    days: Vec<Bar>,
    minutes: Vec<Bar>,
}

/// One day's random numbers, the same whenever that day is asked for.
fn of_day(seed: u64, name: &str, date: Date) -> Random {
    let day = date.since(Date::ZERO).map_or(0, |span| span.get_days());
    Random::new(mix(stream(seed, name) ^ u64::from(day.unsigned_abs())))
}

/// How rough a day is, around 1; days near each other are alike.
fn roughness(seed: u64, name: &str, date: Date) -> f64 {
    let mut sum = 0.0;
    let mut weight = 0.3;
    for back in 0..MEMORY {
        let Ok(day) = date.checked_sub(back.days()) else { break };
        sum += weight * of_day(seed, name, day).normal();
        weight *= 0.88;
    }
    sum.clamp(-1.2, 1.2).exp() * 0.9
}

/// The market's log-return of a day; every instrument of a seed sees the same one.
fn market_return(seed: u64, date: Date) -> f64 {
    let mut random = of_day(seed, "market return", date);
    0.0003 + 0.009 * roughness(seed, "market roughness", date) * random.normal()
}

/// What a day was like for one instrument.
struct Day {
    date: Date,
    log_return: f64,
    roughness: f64,
    random: Random,
}

fn day(seed: u64, symbol: &str, habits: &Habits, date: Date) -> Day {
    let mut random = of_day(seed, symbol, date);
    let roughness = roughness(stream(seed, symbol), "roughness", date);
    let own = habits.own_volatility / 100.0 * roughness * random.normal();
    let log_return = (own + habits.beta * market_return(seed, date)).clamp(-0.2, 0.2);
    Day { date, log_return, roughness, random }
}

impl History {
    /// The past of an instrument whose previous close is `base` (a tick) on the date of `start`.
    #[must_use]
    pub fn new(listing: &Listing, grid: &Grid, seed: u64, base: i64, start: UtcTime) -> Self {
        let symbol = listing.instrument.id.symbol;
        let around_the_clock = listing.instrument.product == Product::CryptoPerpetual;
        let dates = dates_before(super::date_of(start), around_the_clock);
        let mut days: Vec<Day> =
            dates.into_iter().map(|date| day(seed, symbol.as_str(), &listing.habits, date)).collect();
        let closes = closes(&days, grid.units(base) as f64);
        let mut history = Self { days: Vec::with_capacity(DAYS), minutes: Vec::new() };
        let with_minutes = days.len().saturating_sub(MINUTE_DAYS);
        for (at, day) in days.iter_mut().enumerate() {
            let close = closes.get(at + 1).copied().unwrap_or(1.0);
            let before = closes.get(at).copied().unwrap_or(close);
            let shape = Shape::new(grid, &listing.habits, day, before, close);
            if at < with_minutes {
                history.days.push(shape.whole_day(day));
            } else {
                let minutes = shape.minutes(day, around_the_clock);
                history.days.extend(shape.sum_up(day, &minutes));
                history.minutes.extend(minutes);
            }
        }
        history
    }

    /// Daily bars, oldest first.
    #[must_use]
    pub fn days(&self) -> &[Bar] {
        &self.days
    }

    /// Minute bars of the latest weeks, oldest first.
    #[must_use]
    pub fn minutes(&self) -> &[Bar] {
        &self.minutes
    }
}

fn dates_before(today: Date, around_the_clock: bool) -> Vec<Date> {
    let mut dates = Vec::with_capacity(DAYS);
    let mut date = today;
    while dates.len() < DAYS {
        let Ok(before) = date.checked_sub(1.day()) else { break };
        date = before;
        if around_the_clock || !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) {
            dates.push(date);
        }
    }
    dates.reverse();
    dates
}

/// Closing prices in units, one more than there are days: the first is the close before the first day. Walked backwards
/// from the last one, which is given.
fn closes(days: &[Day], last: f64) -> Vec<f64> {
    let mut closes = vec![last];
    let mut price = last;
    for day in days.iter().rev() {
        // What wandered too far from today comes back, so that years ago the price was still one of this kind.
        let home = (last / price).ln() * 0.003;
        price *= (home - day.log_return).exp();
        closes.push(price);
    }
    closes.reverse();
    closes
}

/// What one day's bars are drawn from; prices are ticks.
struct Shape<'a> {
    grid: &'a Grid,
    open: i64,
    close: i64,
    /// Standard deviation of the day's log-return.
    deviation: f64,
    lots: f64,
}

impl<'a> Shape<'a> {
    fn new(grid: &'a Grid, habits: &Habits, day: &mut Day, before: f64, close: f64) -> Self {
        let deviation = (habits.own_volatility + 0.9 * habits.beta) / 100.0 * day.roughness * 0.8;
        let gap = 0.35 * (close / before).ln() + 0.2 * deviation * day.random.normal();
        let open = grid.floor((before * gap.exp()).max(1.0) as i64).max(1);
        let lots = habits.daily_lots * day.roughness * (0.3 * day.random.normal()).exp();
        // Nearest, so that a price that was on the ladder stays where it was.
        let close = grid.floor(close.round() as i64).max(1);
        Self { grid, open, close, deviation, lots }
    }

    fn whole_day(&self, day: &mut Day) -> Bar {
        let (top, bottom) = (self.open.max(self.close), self.open.min(self.close));
        let reach = |tick: i64, log: f64| self.grid.floor((self.grid.units(tick) as f64 * log.exp()) as i64).max(1);
        let high = reach(top, 0.45 * self.deviation * day.random.normal().abs()).max(top);
        let low = reach(bottom, -0.45 * self.deviation * day.random.normal().abs()).min(bottom);
        let [open, high, low, close] = [self.open, high, low, self.close].map(|tick| self.grid.units(tick));
        let volume = self.lots.max(1.0) as i64;
        let value = i128::from((open + high + low + close) / 4) * i128::from(volume);
        Bar { time: midnight(day.date), open, high, low, close, volume, value }
    }

    /// A path from open to close with busy ends, minute by minute.
    fn minutes(&self, day: &mut Day, around_the_clock: bool) -> Vec<Bar> {
        let (opening, count) = if around_the_clock { (time(0, 0, 0, 0), 1_440) } else { (time(9, 0, 0, 0), 381) };
        let first = instant(Venue::Sim, day.date.to_datetime(opening));
        let pace: Vec<f64> = (0..count).map(|minute| busy(minute, count)).collect();
        let total: f64 = pace.iter().sum();
        let mut walk: Vec<f64> = Vec::with_capacity(count);
        let mut at = 0.0;
        for pace in &pace {
            at += self.deviation * (pace / total).sqrt() * day.random.normal();
            walk.push(at);
        }
        let from = self.grid.units(self.open) as f64;
        let need = (self.grid.units(self.close) as f64 / from).ln() - at;
        let mut previous = self.open;
        let mut bars = Vec::with_capacity(count);
        for (minute, (walked, pace)) in walk.iter().zip(&pace).enumerate() {
            let share = (minute + 1) as f64 / count as f64;
            let price = from * (walked + need * share).exp();
            let close = if minute + 1 == count { self.close } else { self.grid.floor(price as i64).max(1) };
            // The last minute of a stock is the single price of the closing call, ten minutes after the one before.
            let is_call = !around_the_clock && minute + 1 == count;
            let open = if is_call { close } else { previous };
            let wick = if is_call { 0 } else { day.random.below(3) as i64 };
            let ticks = [open, open.max(close) + wick, (open.min(close) - wick).max(1), close];
            let [open, high, low, last] = ticks.map(|tick| self.grid.units(tick));
            let volume = (self.lots * pace / total * (0.4 + 1.2 * day.random.unit())).max(1.0) as i64;
            let value = i128::from((open + high + low + last) / 4) * i128::from(volume);
            let into = if is_call { 390 } else { minute as i64 };
            let time = UtcTime::from_nanos(first.nanos() + into * 60_000_000_000);
            bars.push(Bar { time, open, high, low, close: last, volume, value });
            previous = close;
        }
        bars
    }

    fn sum_up(&self, day: &Day, minutes: &[Bar]) -> Option<Bar> {
        let (first, rest) = minutes.split_first()?;
        let mut bar = Bar { time: midnight(day.date), ..*first };
        rest.iter().for_each(|minute| bar.add(minute));
        Some(bar)
    }
}

/// How busy a minute of the day is: a U, and a peak in the closing call.
fn busy(minute: usize, count: usize) -> f64 {
    let into = minute as f64 / count as f64 - 0.5;
    let call = if minute + 1 == count { 6.0 } else { 0.0 };
    0.6 + 5.0 * into * into + call
}

fn midnight(date: Date) -> UtcTime {
    instant(Venue::Sim, date.to_datetime(time(0, 0, 0, 0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::broker::sim::listing::listings;
    use crate::market::candle::{Interval, aggregate};

    fn start() -> UtcTime {
        UtcTime::parse("2026-11-21T15:00:00+09:00").unwrap()
    }

    fn past(symbol: &str, seed: u64) -> (History, Grid, i64) {
        let listing = listings().into_iter().find(|l| l.instrument.id.symbol.as_str() == symbol).unwrap();
        let grid = Grid::new(&listing.instrument, super::super::date_of(start())).unwrap();
        let base = grid.index(listing.instrument.base_price.unwrap()).unwrap();
        (History::new(&listing, &grid, seed, base, start()), grid, base)
    }

    #[test]
    fn the_past_ends_at_the_present_and_lies_on_the_ladder() {
        for symbol in ["005930", "207940", "035720", "069500", "BTCUSDT"] {
            let (history, grid, base) = past(symbol, 5);
            assert_eq!(history.days().len(), DAYS, "{symbol}");
            assert_eq!(history.days().last().unwrap().close, grid.units(base), "{symbol}");
            for bar in history.days().iter().chain(history.minutes()) {
                for units in [bar.open, bar.high, bar.low, bar.close] {
                    assert_eq!(grid.units(grid.floor(units)), units, "{symbol} {bar:?}");
                }
                assert!(bar.low <= bar.open.min(bar.close) && bar.high >= bar.open.max(bar.close), "{bar:?}");
                assert!(bar.low > 0 && bar.volume > 0);
            }
        }
    }

    #[test]
    fn minutes_add_up_to_their_days_which_are_weekdays() {
        let (history, grid, _) = past("005930", 5);
        let candles = |bars: &[Bar]| bars.iter().map(|bar| bar.candle(&grid, true)).collect::<Vec<_>>();
        let days = aggregate(&candles(history.minutes()), Interval::Day1, Venue::Sim, start());
        assert_eq!(days, candles(&history.days()[DAYS - MINUTE_DAYS..]));
        for bar in history.days() {
            let day = crate::market::trading_date(Venue::Sim, bar.time).weekday();
            assert!(!matches!(day, Weekday::Saturday | Weekday::Sunday));
        }
    }

    #[test]
    fn one_seed_one_past() {
        assert_eq!(past("000660", 5).0.days(), past("000660", 5).0.days());
        assert_ne!(past("000660", 5).0.days(), past("000660", 6).0.days());
    }
}
