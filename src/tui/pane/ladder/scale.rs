//! Which prices the rows of a ladder stand for: every tick, or groups of ticks.

use jiff::civil::Date;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::market::session::zone;
use crate::market::{Price, Side, TickRule, Venue};
use crate::tui::model::Model;

/// Ticks a row may stand for. Borders of the KRX table are multiples of each of the first seven, on both sides.
pub const GROUPS: [u32; 10] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];
/// How many of them hold where the tick changes with the price.
const GROUPS_OF_TABLES: usize = 7;

/// Prices of the rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    rule: TickRule,
    on: Date,
    group: u32,
    /// Whether the tick is what the desk said, and not a guess from the book.
    pub known: bool,
}

impl Scale {
    /// The scale of the selected instrument; `None` while not even its book says what a tick may be.
    #[must_use]
    pub fn of(model: &Model, group: u32) -> Option<Self> {
        let on = trading_date(model);
        if let Some(rule) = rule(model, on) {
            return Some(Self { rule, on, group, known: true });
        }
        let guess = smallest_step(model)?;
        Some(Self { rule: TickRule::Fixed(guess), on, group, known: false })
    }

    /// How many of [`GROUPS`] this scale may have.
    #[must_use]
    pub const fn groups(&self) -> usize {
        match self.rule {
            TickRule::Fixed(_) => GROUPS.len(),
            _ => GROUPS_OF_TABLES,
        }
    }

    /// Ticks a row stands for.
    #[must_use]
    pub const fn group(&self) -> u32 {
        self.group
    }

    /// The same instrument with other groups.
    #[must_use]
    pub const fn grouped(self, group: u32) -> Self {
        Self { group, ..self }
    }

    /// Tick size at a price.
    #[must_use]
    pub fn tick(&self, at: Decimal) -> Decimal {
        self.rule.tick(at, self.on)
    }

    /// Whether an order may have this price.
    #[must_use]
    pub fn is_on_tick(&self, price: Price) -> bool {
        self.rule.is_on_tick(price, self.on)
    }

    /// What a row at a price spans.
    fn span(&self, at: Decimal) -> Decimal {
        self.tick(at) * Decimal::from(self.group)
    }

    /// The row at or below a price; `None` below the first.
    #[must_use]
    pub fn floor(&self, price: Decimal) -> Option<Price> {
        self.round(price, RoundingStrategy::ToNegativeInfinity)
    }

    /// The row at or above a price.
    #[must_use]
    pub fn ceil(&self, price: Decimal) -> Option<Price> {
        self.round(price, RoundingStrategy::ToPositiveInfinity)
    }

    fn round(&self, price: Decimal, strategy: RoundingStrategy) -> Option<Price> {
        let span = self.span(price);
        let rows = price.checked_div(span)?.round_dp_with_strategy(0, strategy);
        Price::new(rows.checked_mul(span)?).ok()
    }

    /// The row an order or level of a side belongs to: one may be filled at the row's price or better.
    #[must_use]
    pub fn row_of(&self, side: Side, price: Price) -> Option<Price> {
        match side {
            Side::Buy => self.floor(price.value()),
            Side::Sell => self.ceil(price.value()),
        }
    }

    /// The row above.
    #[must_use]
    pub fn up(&self, row: Price) -> Option<Price> {
        let base = self.floor(row.value()).map_or(Decimal::ZERO, Price::value);
        Price::new(base + self.span(row.value())).ok()
    }

    /// The row below; `None` below the first.
    #[must_use]
    pub fn down(&self, row: Price) -> Option<Price> {
        let floor = self.floor(row.value())?;
        if floor < row {
            return Some(floor);
        }
        // At a border of the tick table the rows below are the finer ones.
        let below = self.span(row.value() - Decimal::new(1, 12));
        Price::new(row.value() - below).ok()
    }

    /// So many rows away, up when positive; stops at the bottom.
    #[must_use]
    pub fn step(&self, row: Price, rows: i32) -> Price {
        let mut at = row;
        for _ in 0..rows.unsigned_abs() {
            let Some(next) = (if rows > 0 { self.up(at) } else { self.down(at) }) else { break };
            at = next;
        }
        at
    }

    /// A price so many ticks away, whatever the groups; `None` where there is none.
    #[must_use]
    pub fn ticks_away(&self, price: Price, ticks: i64) -> Option<Price> {
        let mut at = price;
        for _ in 0..ticks.unsigned_abs() {
            at = if ticks > 0 { self.rule.up(at, self.on)? } else { self.rule.down(at, self.on)? };
        }
        Some(at)
    }

    /// The nearest tick at or below.
    #[must_use]
    pub fn tick_floor(&self, price: Decimal) -> Option<Price> {
        if price <= Decimal::ZERO { None } else { self.rule.floor(price, self.on) }
    }

    /// The nearest tick at or above.
    #[must_use]
    pub fn tick_ceil(&self, price: Decimal) -> Option<Price> {
        if price <= Decimal::ZERO { None } else { self.rule.ceil(price, self.on) }
    }

    /// Ticks between two prices, counted at the lower one's tick.
    #[must_use]
    pub fn ticks_between(&self, low: Price, high: Price) -> Decimal {
        let tick = self.tick(low.value());
        (high.value() - low.value()).checked_div(tick).unwrap_or_default().normalize()
    }
}

/// The tick rule that agrees with the tick the desk named.
fn rule(model: &Model, on: Date) -> Option<TickRule> {
    let info = model.selected.info.as_ref()?;
    let tick = info.tick_size.filter(|tick| *tick > Decimal::ZERO)?;
    let candidates: &[TickRule] = match info.product.as_str() {
        "krx_stock" => &[TickRule::KrxStock, TickRule::KrxKosdaq],
        "krx_etf" => &[TickRule::KrxEtf],
        "krx_option" => return Some(info.option_ticks()),
        _ => &[],
    };
    let Some(last) = info.last.or(info.base_price) else {
        return candidates.first().copied().or(Some(TickRule::Fixed(tick)));
    };
    let agrees = |rule: &&TickRule| rule.tick(last.value(), on) == tick;
    Some(candidates.iter().find(agrees).copied().unwrap_or(TickRule::Fixed(tick)))
}

/// The trading date of the venue, which tick tables depend on.
fn trading_date(model: &Model) -> Date {
    let venue = model.selected.id.map_or(Venue::Krx, |id| id.venue);
    let session = model.session(venue).and_then(|session| session.trading_date.parse().ok());
    session.unwrap_or_else(|| model.now.utc.to_jiff().to_zoned(zone(Venue::Krx).clone()).date())
}

/// The smallest distance between levels of the book: the best guess while the desk has not said what the tick is.
fn smallest_step(model: &Model) -> Option<Decimal> {
    let book = &model.selected.book.as_ref()?.record;
    let steps = [&book.bids, &book.asks].into_iter().flat_map(|levels| {
        levels.windows(2).filter_map(|pair| match pair {
            [(a, _), (b, _)] => Some((a.value() - b.value()).abs()),
            _ => None,
        })
    });
    let spread = book.asks.first().zip(book.bids.first()).map(|((ask, _), (bid, _))| (ask.value() - bid.value()).abs());
    steps.chain(spread).filter(|step| *step > Decimal::ZERO).min()
}
