//! Profit by day and by instrument, in the order it is shown, with its sums.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::desk::performance::{DayProfitRecord, PerformanceRecord, SymbolProfitRecord};
use crate::market::arrange::Arrange;
use crate::market::{Currency, InstrumentId};
use crate::text::clean::clean;

/// What a line of the list is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A day, `2026-11-20`.
    Day(String),
    /// An instrument with its code and names in Korean and English.
    Symbol(Option<InstrumentId>, String, [String; 2]),
    /// All of them.
    Total,
}

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it is about.
    pub subject: Subject,
    /// Currency of the sums.
    pub currency: Currency,
    /// Realised, after fees and taxes.
    pub net: Decimal,
    /// Realised, before them.
    pub gross: Decimal,
    /// Commissions.
    pub fees: Decimal,
    /// Taxes.
    pub taxes: Decimal,
    /// Fills.
    pub fills: u32,
    /// Money traded.
    pub turnover: Decimal,
}

impl Entry {
    fn of_day(day: &DayProfitRecord) -> Self {
        Self {
            subject: Subject::Day(clean(&day.date).into_owned()),
            currency: day.currency,
            net: day.realized,
            gross: day.realized_gross,
            fees: day.fees,
            taxes: day.taxes,
            fills: day.fills,
            turnover: day.turnover,
        }
    }

    fn of_symbol(symbol: &SymbolProfitRecord) -> Self {
        let id = crate::tui::model::instrument(symbol.venue, &symbol.symbol);
        let names = [&symbol.name_ko, &symbol.name_en].map(|name| clean(name).into_owned());
        Self {
            subject: Subject::Symbol(id, clean(&symbol.symbol).into_owned(), names),
            currency: symbol.currency,
            net: symbol.realized,
            gross: symbol.realized_gross,
            fees: symbol.fees,
            taxes: symbol.taxes,
            fills: symbol.fills,
            turnover: symbol.turnover,
        }
    }

    fn nothing(currency: Currency) -> Self {
        let zero = Decimal::ZERO;
        let (net, gross, fees, taxes, turnover) = (zero, zero, zero, zero, zero);
        Self { subject: Subject::Total, currency, net, gross, fees, taxes, fills: 0, turnover }
    }

    fn add(&mut self, other: &Self) {
        self.net += other.net;
        self.gross += other.gross;
        self.fees += other.fees;
        self.taxes += other.taxes;
        self.fills += other.fills;
        self.turnover += other.turnover;
    }
}

/// Profit as it is listed.
#[derive(Debug, Default)]
pub struct Book {
    /// Days, the newest first.
    pub days: Vec<Entry>,
    /// Instruments, the best first.
    pub symbols: Vec<Entry>,
    /// Sums, a line a currency.
    pub totals: Vec<Entry>,
    /// Of the first currency: each day's net profit.
    pub calendar: BTreeMap<Date, Decimal>,
    largest: BTreeMap<(bool, Currency), Decimal>,
}

impl Book {
    /// What the desk told.
    #[must_use]
    pub fn of(record: &PerformanceRecord) -> Self {
        let mut days: Vec<Entry> = record.days.iter().map(Entry::of_day).collect();
        days.reverse();
        let mut symbols: Vec<Entry> = record.symbols.iter().map(Entry::of_symbol).collect();
        symbols.arrange_by(|one, other| one.currency.cmp(&other.currency).then(other.net.cmp(&one.net)));
        let mut totals: BTreeMap<Currency, Entry> = BTreeMap::new();
        for day in &days {
            totals.entry(day.currency).or_insert_with(|| Entry::nothing(day.currency)).add(day);
        }
        let mut largest: BTreeMap<(bool, Currency), Decimal> = BTreeMap::new();
        for (entry, is_day) in days.iter().map(|day| (day, true)).chain(symbols.iter().map(|symbol| (symbol, false))) {
            let known = largest.entry((is_day, entry.currency)).or_default();
            *known = (*known).max(entry.net.abs());
        }
        let first = totals.keys().next().copied();
        let of_first = record.days.iter().filter(|day| Some(day.currency) == first);
        let calendar = of_first.filter_map(|day| Some((day.date.parse().ok()?, day.realized))).collect();
        Self { days, symbols, totals: totals.into_values().collect(), calendar, largest }
    }

    /// The largest profit or loss of a line in a currency: the bar of it is the longest.
    #[must_use]
    pub fn largest(&self, entry: &Entry) -> Decimal {
        let is_day = matches!(entry.subject, Subject::Day(_));
        self.largest.get(&(is_day, entry.currency)).copied().unwrap_or_default()
    }
}
