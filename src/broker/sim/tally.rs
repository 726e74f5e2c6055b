//! Numbers of the day and minute candles, counted from the trades.

use std::collections::VecDeque;

use super::grid::Grid;
use crate::market::candle::Candle;
use crate::market::{DayStats, UtcTime};

/// Minutes kept: about five days of continuous trading.
const MINUTES: usize = 7_200;
/// Finished days kept.
const DAYS: usize = 400;

const MINUTE: i64 = 60_000_000_000;

/// Prices and amounts of a stretch of time; prices in units of the grid, volume in lots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bar {
    /// First instant.
    pub time: UtcTime,
    /// First price.
    pub open: i64,
    /// Highest price.
    pub high: i64,
    /// Lowest price.
    pub low: i64,
    /// Last price.
    pub close: i64,
    /// Lots.
    pub volume: i64,
    /// Sum of price units times lots.
    pub value: i128,
}

impl Bar {
    /// A bar of one trade.
    #[must_use]
    pub fn of(time: UtcTime, units: i64, lots: i64) -> Self {
        let value = i128::from(units) * i128::from(lots);
        Self { time, open: units, high: units, low: units, close: units, volume: lots, value }
    }

    /// Takes a later bar in.
    pub fn add(&mut self, later: &Self) {
        self.high = self.high.max(later.high);
        self.low = self.low.min(later.low);
        self.close = later.close;
        self.volume += later.volume;
        self.value += later.value;
    }

    /// As a candle.
    #[must_use]
    pub fn candle(&self, grid: &Grid, closed: bool) -> Candle {
        Candle {
            time: self.time,
            open: grid.price_of_units(self.open),
            high: grid.price_of_units(self.high),
            low: grid.price_of_units(self.low),
            close: grid.price_of_units(self.close),
            volume: grid.quantity(self.volume),
            value: grid.money(self.value),
            closed,
        }
    }
}

/// What was traded today and lately.
#[derive(Debug, Clone)]
pub struct Tally {
    first_base: i64,
    previous_close: i64,
    day: Option<Bar>,
    days: VecDeque<Bar>,
    minutes: VecDeque<Bar>,
}

impl Tally {
    /// Nothing traded yet; `previous_close` in price units.
    #[must_use]
    pub const fn new(previous_close: i64) -> Self {
        Self { first_base: previous_close, previous_close, day: None, days: VecDeque::new(), minutes: VecDeque::new() }
    }

    /// Counts a trade.
    pub fn add(&mut self, time: UtcTime, units: i64, lots: i64) {
        let one = Bar::of(UtcTime::from_nanos(time.nanos() - time.nanos().rem_euclid(MINUTE)), units, lots);
        match &mut self.day {
            Some(day) => day.add(&one),
            none => *none = Some(one),
        }
        match self.minutes.back_mut() {
            Some(minute) if minute.time == one.time => minute.add(&one),
            _ => {
                if self.minutes.len() == MINUTES {
                    self.minutes.pop_front();
                }
                self.minutes.push_back(one);
            }
        }
    }

    /// Begins a new day.
    pub fn turn(&mut self, previous_close: i64) {
        self.previous_close = previous_close;
        if let Some(day) = self.day.take() {
            if self.days.len() == DAYS {
                self.days.pop_front();
            }
            self.days.push_back(day);
        }
    }

    /// Numbers of the day.
    #[must_use]
    pub fn stats(&self, grid: &Grid) -> DayStats {
        let price = |units: i64| Some(grid.price_of_units(units));
        let previous_close = price(self.previous_close);
        let Some(day) = &self.day else { return DayStats { previous_close, ..DayStats::default() } };
        DayStats {
            open: price(day.open),
            high: price(day.high),
            low: price(day.low),
            previous_close,
            volume: grid.quantity(day.volume),
            value: grid.money(day.value),
        }
    }

    /// The previous close that the exchange opened with, in price units.
    #[must_use]
    pub const fn first_base(&self) -> i64 {
        self.first_base
    }

    /// Minutes with trades, oldest first.
    pub fn minutes(&self) -> impl Iterator<Item = &Bar> {
        self.minutes.iter()
    }

    /// Finished days and the running one, oldest first.
    pub fn days(&self) -> impl Iterator<Item = &Bar> {
        self.days.iter().chain(&self.day)
    }
}
