//! Quotes, books, prints, candles, instruments, sessions.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{amount, changed, changed_percent, lines, name, price, quantity};
use crate::cli::number::{age, grouped};
use crate::cli::output::{Look, Shown};
use crate::cli::table::{Cell, Paint, table};
use crate::desk::record::{BookRecord, CandleRecord, InstrumentRecord, QuoteRecord, SessionRecord, TradeRecord};
use crate::market::{Facts, FlowPoint, Phase, Price, Quantity, Side};
use crate::text::Column;

fn age_cell(age_ms: Option<u64>, stale: bool) -> Cell {
    let paint = stale.then_some(Paint::Faint);
    age_ms
        .map(|ms| Cell::number(format!("{}{}", age(ms), if stale { "!" } else { "" })).painted(paint))
        .unwrap_or_default()
}

/// The last price; in brackets where it is only the previous close.
fn last(quote: &QuoteRecord) -> Cell {
    match quote.last {
        Some(close) if quote.last_is_close => {
            Cell::number(format!("({})", grouped(close.value()))).painted(Some(Paint::Faint))
        }
        last => price(last).painted(quote.change.and_then(Paint::of)),
    }
}

impl Shown for QuoteRecord {
    const LEAST: &'static [Column] =
        &[Column::Change, Column::Phase, Column::Volume, Column::Name, Column::Age, Column::ChangePercent];

    fn row(&self, look: &Look) -> Vec<(Column, Cell)> {
        vec![
            (Column::Symbol, Cell::text(format!("{}:{}", self.venue, self.symbol))),
            (Column::Name, name(look, &self.name_ko, &self.name_en)),
            (Column::Last, last(self)),
            (Column::Change, changed(self.change)),
            (Column::ChangePercent, changed_percent(self.change_percent)),
            (Column::Bid, price(self.bid)),
            (Column::Ask, price(self.ask)),
            (Column::Volume, quantity(Some(self.volume))),
            (Column::Phase, look.word(self.phase.as_str())),
            (Column::Age, age_cell(self.age_ms, self.stale)),
        ]
    }

    fn key(&self) -> String {
        self.last.map(|price| price.to_string()).unwrap_or_default()
    }
}

fn level(level: &(Price, Quantity), last: Option<Price>, is_ask: bool) -> Vec<Cell> {
    let size = quantity(Some(level.1));
    let mark = if Some(level.0) == last { Cell::text("◀") } else { Cell::default() };
    let (ask, bid) = if is_ask { (size, Cell::default()) } else { (Cell::default(), size) };
    vec![ask, price(Some(level.0)), bid, mark]
}

impl Shown for BookRecord {
    fn row(&self, look: &Look) -> Vec<(Column, Cell)> {
        vec![
            (Column::Symbol, Cell::text(format!("{}:{}", self.venue, self.symbol))),
            (Column::Last, price(self.last)),
            (Column::Phase, look.word(self.phase.as_str())),
            (Column::ExpectedPrice, price(self.expected_price)),
            (Column::ExpectedQuantity, quantity(self.expected_quantity)),
            (Column::Time, self.time.map(|time| look.time(time)).unwrap_or_default()),
            (Column::Age, age_cell(self.age_ms, self.stale)),
        ]
    }

    fn key(&self) -> String {
        self.last.map(|price| price.to_string()).unwrap_or_default()
    }

    fn alone(&self, look: &Look) -> String {
        let asks = self.asks.iter().rev().map(|one| level(one, self.last, true));
        let bids = self.bids.iter().map(|one| level(one, self.last, false));
        let rows: Vec<Vec<Cell>> = asks.chain(bids).collect();
        let heads = [look.head(Column::AskQuantity), look.head(Column::Price), look.head(Column::BidQuantity), ""];
        let head = self.row(look);
        format!("{}\n{}", lines(look, head), table(&heads, rows, look.colour))
    }
}

impl Shown for TradeRecord {
    const LEAST: &'static [Column] = &[Column::Symbol, Column::Side];

    fn row(&self, look: &Look) -> Vec<(Column, Cell)> {
        let paint = self.side.map(|side| if side == Side::Buy { Paint::Up } else { Paint::Down });
        vec![
            (Column::Time, look.time(self.time)),
            (Column::Symbol, Cell::text(&self.symbol)),
            (Column::Price, price(Some(self.price))),
            (Column::Quantity, quantity(Some(self.quantity)).painted(paint)),
            (Column::Side, look.optional_word(self.side.map(Side::as_str))),
        ]
    }

    fn key(&self) -> String {
        self.price.to_string()
    }
}

impl Shown for CandleRecord {
    const LEAST: &'static [Column] = &[Column::Value, Column::Volume];

    fn row(&self, look: &Look) -> Vec<(Column, Cell)> {
        let paint = Paint::of(self.close.value() - self.open.value());
        vec![
            (Column::Time, look.time(self.time)),
            (Column::Open, price(Some(self.open))),
            (Column::High, price(Some(self.high))),
            (Column::Low, price(Some(self.low))),
            (Column::Close, price(Some(self.close)).painted(paint)),
            (Column::Volume, quantity(Some(self.volume))),
            (Column::Value, amount(self.value)),
        ]
    }

    fn key(&self) -> String {
        self.close.to_string()
    }
}

impl Shown for FlowPoint {
    const LEAST: &'static [Column] = &[Column::Worth, Column::Ratio];

    fn row(&self, look: &Look) -> Vec<(Column, Cell)> {
        let number = |value: Option<Decimal>| value.map(|value| Cell::number(grouped(value))).unwrap_or_default();
        vec![
            (Column::Time, look.time(self.time)),
            (Column::Long, number(Some(self.long))),
            (Column::Short, number(self.short)),
            (Column::Ratio, number(self.ratio)),
            (Column::Worth, number(self.value)),
        ]
    }

    fn key(&self) -> String {
        self.long.to_string()
    }
}

impl Shown for InstrumentRecord {
    const LEAST: &'static [Column] = &[Column::Currency, Column::Value, Column::Product, Column::Volume, Column::Name];

    fn row(&self, look: &Look) -> Vec<(Column, Cell)> {
        vec![
            (Column::Symbol, Cell::text(format!("{}:{}", self.venue, self.symbol))),
            (Column::Name, name(look, &self.name_ko, &self.name_en)),
            (Column::Product, look.word(&self.product)),
            (Column::Last, price(self.last)),
            (Column::ChangePercent, changed_percent(self.change_percent)),
            (Column::Volume, quantity(Some(self.volume))),
            (Column::Value, amount(self.value)),
            (Column::Currency, Cell::text(self.currency.as_str())),
        ]
    }

    fn key(&self) -> String {
        format!("{}:{}", self.venue, self.symbol)
    }

    fn alone(&self, look: &Look) -> String {
        lines(look, self.all(look))
    }
}

impl InstrumentRecord {
    /// Every line of its card.
    fn all(&self, look: &Look) -> Vec<(Column, Cell)> {
        let mut all = self.row(look);
        all.extend([
            (Column::TickSize, super::optional_amount(self.tick_size)),
            (Column::Lot, quantity(Some(self.lot))),
            (Column::BasePrice, price(self.base_price)),
            (Column::UpperLimit, price(self.upper_limit)),
            (Column::LowerLimit, price(self.lower_limit)),
            (Column::MaxLeverage, self.max_leverage.map(|most| Cell::number(most.to_string())).unwrap_or_default()),
        ]);
        all
    }
}

/// An instrument with what the broker knows of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct InformedRecord {
    /// The instrument.
    #[serde(flatten)]
    pub record: InstrumentRecord,
    /// What is known beside its listing.
    #[serde(flatten)]
    pub facts: Facts,
}

impl Shown for InformedRecord {
    const LEAST: &'static [Column] = InstrumentRecord::LEAST;

    fn row(&self, look: &Look) -> Vec<(Column, Cell)> {
        self.record.row(look)
    }

    fn key(&self) -> String {
        self.record.key()
    }

    fn alone(&self, look: &Look) -> String {
        let mut all = self.record.all(look);
        let facts = &self.facts;
        let flag = |told: Option<bool>| told.map(|is_so| look.word(if is_so { "yes" } else { "no" }));
        let number = |told: Option<Decimal>| told.map(|value| Cell::number(grouped(value)));
        let words = |told: &Option<String>| told.as_ref().map(Cell::text);
        let told = [
            (Column::Halted, flag(facts.halted)),
            (Column::OnNextrade, flag(facts.on_nextrade)),
            (Column::NetAssetValue, number(facts.net_asset_value)),
            (Column::Premium, number(facts.premium_percent)),
            (Column::Coupon, number(facts.coupon_percent)),
            (Column::Matures, words(&facts.matures)),
            (Column::Ratings, words(&facts.ratings)),
        ];
        all.extend(told.into_iter().filter_map(|(column, cell)| Some((column, cell?))));
        lines(look, all)
    }
}

impl Shown for SessionRecord {
    const LEAST: &'static [Column] = &[Column::TradingDate, Column::NextAt, Column::Next];

    fn row(&self, look: &Look) -> Vec<(Column, Cell)> {
        vec![
            (Column::Venue, Cell::text(self.venue.as_str())),
            (Column::Phase, look.word(self.phase.as_str())),
            (Column::Until, self.until.map(|time| look.time(time)).unwrap_or_default()),
            (Column::Next, look.optional_word(self.next_phase.map(Phase::as_str))),
            (Column::NextAt, self.next_at.map(|time| look.time(time)).unwrap_or_default()),
            (Column::TradingDate, Cell::text(&self.trading_date)),
        ]
    }

    fn key(&self) -> String {
        self.phase.as_str().into()
    }
}
