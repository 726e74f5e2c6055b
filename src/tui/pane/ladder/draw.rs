//! Draws the rows.

use std::cmp::Ordering;

use ratatui::style::Style;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::columns::Columns;
use super::rows::{CHANGE_SHOWN, Half, Mark, Own, Row, RowsOfBook};
use super::short::Short;
use super::view::View;
use crate::config::Language;
use crate::market::{Price, Side};
use crate::text::screen::ladder::Words;
use crate::tui::model::Model;
use crate::tui::theme::{Look, Role};
use crate::tui::widget::{Align, Grouped, Pen, Signed};

/// What all rows need to be drawn.
#[derive(Debug)]
pub struct Scene<'a> {
    /// What is known.
    pub model: &'a Model,
    /// The prices.
    pub view: &'a View,
    /// What stands on them.
    pub book: &'a RowsOfBook,
    /// Where.
    pub columns: Columns,
    /// Decimals of a price.
    pub decimals: u32,
    /// Close of the day before.
    pub close: Option<Decimal>,
    /// Daily limits: lower, upper.
    pub limits: (Option<Price>, Option<Price>),
    /// Whether the data is too old to trade on.
    pub stale: bool,
    /// Whether the ladder gets the keys.
    pub focused: bool,
}

/// Draws every row, from a line of the area on.
pub fn rows(scene: &Scene<'_>, first: u16, pen: &mut Pen<'_>) {
    for (line, (price, row)) in (first..).zip(scene.view.prices.iter().zip(&scene.book.rows)) {
        if line >= pen.height() {
            break;
        }
        one(scene, *price, row, line, pen);
    }
    edges(scene, first, pen);
}

fn one(scene: &Scene<'_>, price: Price, row: &Row, y: u16, pen: &mut Pen<'_>) {
    let columns = scene.columns;
    let asks = scene.book.best_ask.is_some_and(|best| price >= best);
    let bids = scene.book.best_bid.is_some_and(|best| price <= best);
    let (ask_ground, bid_ground) = (pen.style(Role::AskGround), pen.style(Role::BidGround));
    if asks {
        pen.ground(columns.left, y, columns.half + columns.block_width, ask_ground);
    }
    if bids {
        let from = if asks { columns.right } else { columns.block };
        pen.ground(from, y, columns.right + columns.half - from, bid_ground);
    }
    half(scene, &row.ask, Side::Sell, y, pen);
    half(scene, &row.bid, Side::Buy, y, pen);
    price_block(scene, price, row, y, pen);
    if columns.traded_width > 0 && !row.traded.is_zero() {
        let style = pen.style(if scene.stale { Role::Stale } else { Role::Dim });
        let room = columns.traded_width - 1;
        let traded = Short { value: row.traded, room, korean: is_korean(pen.look), signed: false };
        pen.value(columns.traded + 1, y, room, traded, Align::Right, style);
    }
    information(scene, row, (asks, bids), y, pen);
    if scene.view.cursor == Some(price) {
        cursor(scene, y, pen);
    }
}

fn half(scene: &Scene<'_>, half: &Half, side: Side, y: u16, pen: &mut Pen<'_>) {
    if half.quantity.is_zero() {
        return;
    }
    let columns = scene.columns;
    let share = half.quantity.checked_div(scene.book.largest).and_then(|share| share.to_f64()).unwrap_or(0.0);
    let (bar, align, at) = match side {
        Side::Sell => (Role::AskBar, Align::Right, columns.left),
        Side::Buy => (Role::BidBar, Align::Left, columns.right),
    };
    if !scene.stale {
        let bar = pen.style(bar);
        pen.bar(at, y, columns.half, share, align, bar);
    }
    let room = columns.quantity;
    let korean = is_korean(pen.look);
    let style = pen.style(if scene.stale { Role::Stale } else { Role::Text });
    let quantity = Short { value: half.quantity, room, korean, signed: false };
    // A cell stays free before the price block, whose first cell is for marks.
    let from = if side == Side::Sell { columns.block.saturating_sub(room + 1) } else { columns.right };
    pen.value(from, y, room, quantity, Align::Right, style);
    let room = columns.change();
    let young = scene.model.now.after(half.changed) < CHANGE_SHOWN;
    if room == 0 || half.change == 0 || !young || scene.stale {
        return;
    }
    let change = Short { value: half.change.into(), room, korean, signed: true };
    let style = pen.style(if half.change > 0 { Role::Up } else { Role::Down });
    match side {
        Side::Sell => pen.value(columns.left, y, room, change, Align::Left, style),
        Side::Buy => pen.value(columns.right + columns.half - room, y, room, change, Align::Right, style),
    };
}

fn price_block(scene: &Scene<'_>, price: Price, row: &Row, y: u16, pen: &mut Pen<'_>) {
    let columns = scene.columns;
    let beyond = scene.limits.0.is_some_and(|lower| price < lower) || scene.limits.1.is_some_and(|upper| price > upper);
    let direction = scene.close.map_or(Ordering::Equal, |close| price.value().cmp(&close));
    let role = match (scene.stale, beyond) {
        (true, _) => Role::Stale,
        (false, true) => Role::Dim,
        (false, false) => Look::direction(direction),
    };
    let mut style = pen.style(role);
    if row.has(Mark::Last) || row.has(Mark::Expected) {
        let last = pen.style(Role::LastRow);
        pen.ground(columns.block, y, columns.block_width, last);
        style = last.patch(Style { fg: style.fg, ..Style::new() });
    }
    let shown = Grouped::with_decimals(price.value(), scene.decimals);
    pen.value(columns.block + 1, y, columns.price, shown, Align::Right, style);
    let after = columns.block + 1 + columns.price;
    let limit = pen.style(Role::Limit);
    if row.has(Mark::Upper) {
        pen.symbol(after, y, pen.look.glyphs.limit_up, limit);
    } else if row.has(Mark::Lower) {
        pen.symbol(after, y, pen.look.glyphs.limit_down, limit);
    } else if columns.percent == 0 && scene.close.is_some() {
        // The sign that stands beside the colour where there is no room for per cents.
        pen.symbol(after, y, pen.look.arrow(direction), style);
    }
    if columns.percent > 0
        && let Some(close) = scene.close
        && let Some(percent) = ((price.value() - close) * Decimal::ONE_HUNDRED).checked_div(close)
    {
        let room = columns.percent - 1;
        pen.value(after + 1, y, room, Signed::with_decimals(percent, 2), Align::Right, style);
    }
    own_mark(scene, price, row, y, pen);
}

/// The cell before the price says at a glance whether something of one's own is there.
fn own_mark(scene: &Scene<'_>, price: Price, row: &Row, y: u16, pen: &mut Pen<'_>) {
    let glyphs = pen.look.glyphs;
    let own = [row.ask.own, row.bid.own];
    let (symbol, role) = if own.iter().any(|own| own.unknown) {
        ("?", Role::Error)
    } else if own.iter().any(|own| own.waits) || is_awaited(scene, price) {
        (glyphs.ellipsis, Role::Own)
    } else if own.iter().any(|own| own.count > 0) {
        (glyphs.own, Role::Own)
    } else if row.stops.word.is_some() {
        (glyphs.alert, Role::Own)
    } else if row.has(Mark::Last) || row.has(Mark::Expected) {
        (glyphs.cursor, Role::Strong)
    } else if row.has(Mark::Average) {
        ("=", Role::Average)
    } else if row.has(Mark::Breakeven) {
        ("=", Role::Breakeven)
    } else if row.has(Mark::Close) {
        (glyphs.dashed, Role::Dim)
    } else {
        return;
    };
    let style = pen.style(role);
    pen.symbol(scene.columns.block, y, symbol, style);
}

/// Whether the answer to an order of this screen at a price is out.
fn is_awaited(scene: &Scene<'_>, price: Price) -> bool {
    let Some(id) = scene.model.selected.id else { return false };
    scene.model.trading.in_flight.iter().any(|order| order.instrument == id && order.price == Some(price))
}

/// What there is to say of a row stands in its empty half, or where changes stand when neither is empty.
fn information(scene: &Scene<'_>, row: &Row, (asks, bids): (bool, bool), y: u16, pen: &mut Pen<'_>) {
    let columns = scene.columns;
    let left_free = row.ask.quantity.is_zero() && !asks;
    let right_free = row.bid.quantity.is_zero() && !bids;
    let left = (columns.left, columns.half);
    let right = (columns.right + 1, columns.half.saturating_sub(1));
    let mut at_left = Line { at: left.0, end: left.0 + left.1, y };
    let mut at_right = Line { at: right.0, end: right.0 + right.1, y };
    for side in [Side::Buy, Side::Sell] {
        let own = row.own(side);
        if own.count == 0 {
            continue;
        }
        match (side, left_free, right_free) {
            (Side::Buy, true, _) | (Side::Sell, true, false) => own_orders(own, &mut at_left, pen),
            (Side::Sell, _, true) | (Side::Buy, false, true) => own_orders(own, &mut at_right, pen),
            (Side::Buy, false, false) => {
                let room = columns.change();
                let from = columns.right + columns.half - room;
                own_short(own, (from, room), y, pen);
            }
            (Side::Sell, false, false) => own_short(own, (columns.left, columns.change()), y, pen),
        }
    }
    let line = match (left_free, right_free) {
        (_, true) => &mut at_right,
        (true, false) => &mut at_left,
        (false, false) => return,
    };
    labels(row, line, pen);
}

/// A place for words, from left to right.
struct Line {
    at: u16,
    end: u16,
    y: u16,
}

impl Line {
    /// Writes something whole, or not at all.
    fn put(&mut self, text: &str, role: Role, pen: &mut Pen<'_>) {
        let wide = crate::tui::widget::cells(text);
        if self.at + wide > self.end {
            return;
        }
        let style = pen.style(role);
        self.at += pen.text(self.at, self.y, text, style) + 1;
    }

    fn number(&mut self, before: &str, number: impl std::fmt::Display, role: Role, pen: &mut Pen<'_>) {
        use std::fmt::Write;
        // A word of a row is short, and few rows have one.
        let mut text = String::with_capacity(24);
        text.push_str(before);
        let _ = write!(text, "{number}");
        self.put(&text, role, pen);
    }
}

fn own_orders(own: &Own, line: &mut Line, pen: &mut Pen<'_>) {
    let role = if own.unknown { Role::Error } else { Role::Own };
    let glyph = pen.look.glyphs.own;
    if own.count > 1 {
        line.number(glyph, format_args!("{}x{}", Grouped::new(own.quantity), own.count), role, pen);
    } else {
        line.number(glyph, Grouped::new(own.quantity), role, pen);
    }
    if own.unknown {
        line.put("?", role, pen);
    } else if own.waits {
        line.put(pen.look.glyphs.ellipsis, role, pen);
    } else if let Some(ahead) = own.ahead {
        let room = line.end.saturating_sub(line.at + 1);
        let ahead = Short { value: ahead.value(), room, korean: is_korean(pen.look), signed: false };
        line.number("~", ahead, Role::Dim, pen);
    }
}

fn own_short(own: &Own, (from, room): (u16, u16), y: u16, pen: &mut Pen<'_>) {
    if room < 3 {
        return;
    }
    let style = pen.style(Role::Own);
    pen.ground(from, y, room, style);
    pen.rule(from, y, room, " ", style);
    pen.symbol(from, y, pen.look.glyphs.own, style);
    let quantity = Short { value: own.quantity, room: room - 1, korean: is_korean(pen.look), signed: false };
    pen.value(from + 1, y, room - 1, quantity, Align::Left, style);
}

fn labels(row: &Row, line: &mut Line, pen: &mut Pen<'_>) {
    let language = pen.look.language;
    if let Some(word) = row.stops.word {
        let word = word.text(language);
        line.number(word, format_args!(" {}", Grouped::new(row.stops.quantity)), Role::Own, pen);
    }
    let marks = [
        (Mark::Expected, Words::Expected, Role::Strong),
        (Mark::Average, Words::Average, Role::Average),
        (Mark::Breakeven, Words::Breakeven, Role::Breakeven),
        (Mark::Liquidation, Words::Liquidation, Role::Error),
        (Mark::Upper, Words::UpperLimit, Role::Limit),
        (Mark::Lower, Words::LowerLimit, Role::Limit),
        (Mark::Interruption, Words::Interruption, Role::Limit),
        (Mark::High, Words::High, Role::Dim),
        (Mark::Low, Words::Low, Role::Dim),
        (Mark::Close, Words::Close, Role::Dim),
    ];
    for (mark, word, role) in marks {
        if row.has(mark) {
            line.put(word.text(language), role, pen);
        }
    }
}

fn cursor(scene: &Scene<'_>, y: u16, pen: &mut Pen<'_>) {
    let armed = scene.model.is_armed();
    let role = if armed { Role::CursorArmed } else { Role::Cursor };
    let style = pen.style(role);
    if scene.focused || armed {
        let width = pen.width();
        pen.ground(0, y, width, style);
        pen.symbol(0, y, pen.look.glyphs.cursor, style);
    } else {
        let dim = pen.style(Role::Dim);
        pen.symbol(0, y, pen.look.glyphs.cursor, dim);
    }
}

/// Best prices that left the view are told at the edge they left by.
fn edges(scene: &Scene<'_>, first: u16, pen: &mut Pen<'_>) {
    let prices = &scene.view.prices;
    let Some((top, bottom)) = prices.first().zip(prices.last()) else { return };
    let (ask, bid) = (scene.book.best_ask, scene.book.best_bid);
    let above = bid.filter(|bid| bid > top).or(ask.filter(|ask| ask > top));
    let below = ask.filter(|ask| ask < bottom).or(bid.filter(|bid| bid < bottom));
    let glyphs = pen.look.glyphs;
    let last = first + u16::try_from(prices.len().saturating_sub(1)).unwrap_or(0);
    for (price, y, glyph) in [(above, first, glyphs.up), (below, last, glyphs.down)] {
        let Some(price) = price else { continue };
        let style = pen.style(Role::Warning);
        let from = scene.columns.right + 1;
        let room = scene.columns.half.saturating_sub(2);
        pen.rule(from, y, room, " ", style);
        pen.symbol(from, y, glyph, style);
        let price = Grouped::with_decimals(price.value(), scene.decimals);
        pen.value(from + 2, y, room.saturating_sub(2), price, Align::Left, style);
    }
}

/// Whether large numbers are told in 만 and 억.
pub fn is_korean(look: &Look) -> bool {
    look.language == Language::Ko
}
