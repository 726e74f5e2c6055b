//! What stands on each row of the ladder.

use std::time::Duration;

use rust_decimal::Decimal;

use super::scale::Scale;
use super::view::View;
use crate::desk::record::{Direction, OrderRecord};
use crate::market::{InstrumentId, Price, Quantity, Side};
use crate::order::{KindName, OrderState};
use crate::text::screen::ladder::Words;
use crate::tui::model::Model;

/// A change of a quantity stands beside it for so long.
pub const CHANGE_SHOWN: Duration = Duration::from_secs(2);

/// One side of a row.
#[derive(Debug, Clone, Copy, Default)]
pub struct Half {
    /// Quantity of the book.
    pub quantity: Decimal,
    /// By how much it changed.
    pub change: i64,
    /// When, since the screen opened.
    pub changed: Duration,
    /// Own orders that rest here.
    pub own: Own,
}

/// Own orders at a row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Own {
    /// What is left of them together.
    pub quantity: Decimal,
    /// How many.
    pub count: u16,
    /// Units ahead of the oldest.
    pub ahead: Option<Quantity>,
    /// A first answer, or that to a change, is out for one of them.
    pub waits: bool,
    /// What became of one of them is not known.
    pub unknown: bool,
}

/// Stops whose trigger is at a row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stops {
    /// Their quantity together.
    pub quantity: Decimal,
    /// What the first of them is.
    pub word: Option<Words>,
}

/// Prices that are marked, one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Last trade.
    Last,
    /// Expected price of an auction.
    Expected,
    /// Average price of the position.
    Average,
    /// Price at which closing costs nothing.
    Breakeven,
    /// Price at which a margined position is closed by the venue.
    Liquidation,
    /// VI above or below.
    Interruption,
    /// 상한가.
    Upper,
    /// 하한가.
    Lower,
    /// Highest today.
    High,
    /// Lowest today.
    Low,
    /// Close of the day before.
    Close,
}

/// A row.
#[derive(Debug, Clone, Copy, Default)]
pub struct Row {
    /// Asks.
    pub ask: Half,
    /// Bids.
    pub bid: Half,
    /// Units traded here lately.
    pub traded: Decimal,
    /// Stops.
    pub stops: Stops,
    marks: u16,
}

impl Row {
    /// Whether a price is marked here.
    #[must_use]
    pub const fn has(&self, mark: Mark) -> bool {
        self.marks & (1 << mark as u16) != 0
    }

    /// Own orders of a side.
    #[must_use]
    pub const fn own(&self, side: Side) -> &Own {
        match side {
            Side::Buy => &self.bid.own,
            Side::Sell => &self.ask.own,
        }
    }
}

/// The rows, and what is known of all of them together.
#[derive(Debug, Default)]
pub struct RowsOfBook {
    /// As many as the view has prices.
    pub rows: Vec<Row>,
    /// The largest quantity in sight.
    pub largest: Decimal,
    /// Row of the best ask, where there is one; it may be out of sight.
    pub best_ask: Option<Price>,
    /// Row of the best bid.
    pub best_bid: Option<Price>,
}

impl RowsOfBook {
    /// Reads everything off the model.
    pub fn fill(&mut self, model: &Model, view: &View, scale: Scale) {
        self.rows.clear();
        self.rows.resize(view.prices.len(), Row::default());
        self.largest = Decimal::ZERO;
        (self.best_ask, self.best_bid) = (None, None);
        let Some(id) = model.selected.id else { return };
        self.put_book(model, view, scale);
        self.put_traded(model, view, scale);
        self.put_orders(model, id, view, scale);
        self.put_marks(model, id, view, scale);
    }

    fn put_book(&mut self, model: &Model, view: &View, scale: Scale) {
        let Some(book) = &model.selected.book else { return };
        let record = &book.record;
        self.best_ask = record.asks.first().and_then(|(price, _)| scale.row_of(Side::Sell, *price));
        self.best_bid = record.bids.first().and_then(|(price, _)| scale.row_of(Side::Buy, *price));
        for (side, levels) in [(Side::Sell, &record.asks), (Side::Buy, &record.bids)] {
            for (price, quantity) in levels {
                let Some(row) = self.row_mut(view, scale, side, *price) else { continue };
                let half = if side == Side::Sell { &mut row.ask } else { &mut row.bid };
                half.quantity += quantity.value();
                if let Some((change, at)) = book.changes.get(price)
                    && model.now.after(*at) < CHANGE_SHOWN
                {
                    half.change += change;
                    half.changed = half.changed.max(*at);
                }
            }
        }
        self.largest = self.rows.iter().map(|row| row.ask.quantity.max(row.bid.quantity)).max().unwrap_or_default();
    }

    fn row_mut(&mut self, view: &View, scale: Scale, side: Side, price: Price) -> Option<&mut Row> {
        let row = view.row_at(scale.row_of(side, price)?)?;
        self.rows.get_mut(row)
    }

    fn put_traded(&mut self, model: &Model, view: &View, scale: Scale) {
        let Some((top, bottom)) = view.prices.first().zip(view.prices.last()) else { return };
        let above = scale.up(*top).unwrap_or(*top);
        for (price, quantity) in model.selected.volume_at.range(*bottom..above) {
            // A price between two rows belongs to the one below it.
            let row = view.prices.partition_point(|row| row > price);
            if let Some(row) = self.rows.get_mut(row) {
                row.traded += quantity.value();
            }
        }
    }

    fn put_orders(&mut self, model: &Model, id: InstrumentId, view: &View, scale: Scale) {
        for order in model.account.open_of(&id) {
            let left = order.quantity.minus(order.filled_quantity).value();
            if let Some(trigger) = order.stop_price {
                let row = scale.floor(trigger.value()).and_then(|price| view.row_at(price));
                if let Some(row) = row.and_then(|row| self.rows.get_mut(row)) {
                    row.stops.quantity += left;
                    row.stops.word = row.stops.word.or(Some(stop_word(order)));
                }
                continue;
            }
            let Some(price) = order.price else { continue };
            let Some(row) = self.row_mut(view, scale, order.side, price) else { continue };
            let own = if order.side == Side::Sell { &mut row.ask.own } else { &mut row.bid.own };
            own.quantity += left;
            own.count += 1;
            own.ahead = own.ahead.or(order.queue_ahead);
            own.waits |= waits(order);
            own.unknown |= order.state == OrderState::Unknown;
        }
    }

    fn put_marks(&mut self, model: &Model, id: InstrumentId, view: &View, scale: Scale) {
        let mut mark = |mark: Mark, price: Option<Price>| {
            let row = price.and_then(|price| view.row_at(price)).and_then(|row| self.rows.get_mut(row));
            if let Some(row) = row {
                row.marks |= 1 << mark as u16;
            }
        };
        let floor = |price: Option<Price>| price.and_then(|price| scale.floor(price.value()));
        let ceil = |price: Option<Price>| price.and_then(|price| scale.ceil(price.value()));
        if let Some(book) = &model.selected.book {
            let record = &book.record;
            let expected = record.expected_price.filter(|_| record.phase.is_auction());
            mark(Mark::Expected, floor(expected));
            if expected.is_none() {
                mark(Mark::Last, floor(record.last));
            }
        }
        if let Some(quote) = model.quotes.get(&id) {
            mark(Mark::Upper, floor(quote.upper_limit));
            mark(Mark::Lower, ceil(quote.lower_limit));
            mark(Mark::Interruption, floor(quote.vi_upper));
            mark(Mark::Interruption, ceil(quote.vi_lower));
            mark(Mark::High, floor(quote.high));
            mark(Mark::Low, floor(quote.low));
            mark(Mark::Close, floor(quote.previous_close));
        }
        if let Some(position) = model.account.position(&id) {
            let average = position.average_price.and_then(|price| nearest(scale, price));
            mark(Mark::Average, average);
            // The first row on which closing costs nothing.
            let breakeven = position.breakeven.and_then(|price| match position.side {
                Direction::Long => scale.ceil(price),
                Direction::Short => scale.floor(price),
            });
            mark(Mark::Breakeven, breakeven);
            mark(Mark::Liquidation, position.liquidation_price.and_then(|price| nearest(scale, price)));
        }
    }
}

/// The row nearest to a price that need not be on any.
fn nearest(scale: Scale, price: Decimal) -> Option<Price> {
    match (scale.floor(price), scale.ceil(price)) {
        (Some(low), Some(high)) => Some(if price - low.value() <= high.value() - price { low } else { high }),
        (low, high) => low.or(high),
    }
}

/// Whether an answer about an order is out.
#[must_use]
pub fn waits(order: &OrderRecord) -> bool {
    order.pending_change.is_some() || matches!(order.state, OrderState::Draft | OrderState::Pending | OrderState::Sent)
}

fn stop_word(order: &OrderRecord) -> Words {
    match (order.kind, order.role.as_str()) {
        (KindName::TrailingStop, _) => Words::Trailing,
        (KindName::TakeProfit, _) | (_, "take_profit") => Words::TakeProfit,
        (_, "stop_loss") => Words::StopLoss,
        _ => Words::Stop,
    }
}
