//! The lines above and below the rows.

use std::cmp::Ordering;
use std::fmt::Display;

use rust_decimal::Decimal;

use super::columns::Columns;
use super::draw::is_korean;
use super::scale::Scale;
use super::short::Short;
use crate::desk::record::{Direction, QuoteRecord};
use crate::text::screen::ladder::Words;
use crate::text::term::term;
use crate::tui::model::Model;
use crate::tui::theme::{Look, Role};
use crate::tui::widget::{Align, Digits, Grouped, Pen, Signed, cells};

/// How the height is divided: lines above the rows, and below.
#[must_use]
pub const fn lines(height: u16) -> (u16, u16) {
    match height {
        0..6 => (0, 0),
        6..14 => (0, 1),
        14..24 => (0, 2),
        24..27 => (1, 3),
        _ => (1, 4),
    }
}

/// From this width on labels are whole.
const ROOMY: u16 = 44;

/// What the lines need beside the model.
#[derive(Debug, Clone, Copy)]
pub struct Foot {
    /// Where the columns stand.
    pub columns: Columns,
    /// Decimals of a price.
    pub decimals: u32,
    /// The scale.
    pub scale: Scale,
    /// Whether the data is too old to trade on.
    pub stale: bool,
}

/// Names of the columns.
pub fn head(columns: Columns, pen: &mut Pen<'_>) {
    let language = pen.look.language;
    let label = pen.style(Role::Label);
    let quantity = columns.half.saturating_sub(1).min(8);
    pen.field(
        columns.block.saturating_sub(quantity + 1),
        0,
        quantity,
        Words::AskQuantity.text(language),
        Align::Right,
        label,
    );
    pen.field(columns.block + 1, 0, columns.price, Words::Price.text(language), Align::Right, label);
    if columns.percent > 0 {
        let from = columns.block + 2 + columns.price;
        pen.field(from, 0, columns.percent, Words::Percent.text(language), Align::Right, label);
    }
    pen.field(columns.right + 1, 0, quantity, Words::BidQuantity.text(language), Align::Left, label);
    if columns.half >= quantity + 6 {
        let change = Words::Change.text(language);
        pen.field(columns.left, 0, 4, change, Align::Left, label);
        pen.field(columns.right + columns.half - 4, 0, 4, change, Align::Right, label);
    }
    if columns.traded_width > 0 {
        pen.field(columns.traded, 0, columns.traded_width, Words::Traded.text(language), Align::Right, label);
    }
}

/// The lines below, from a line of the area on.
pub fn foot(foot: &Foot, model: &Model, first: u16, count: u16, pen: &mut Pen<'_>) {
    let market = |pen: &mut Pen<'_>, y| {
        if is_auction(model) { expected(foot, model, y, pen) } else { statistics(foot, model, y, pen) }
    };
    match count {
        0 => {}
        1 if model.is_armed() => trading(foot, model, first, pen),
        1 if is_auction(model) => expected(foot, model, first, pen),
        1 => totals(foot, model, first, pen),
        2 => {
            totals(foot, model, first, pen);
            if model.is_armed() { trading(foot, model, first + 1, pen) } else { market(pen, first + 1) }
        }
        _ => {
            totals(foot, model, first, pen);
            market(pen, first + 1);
            if count > 3 {
                position(foot, model, first + 2, pen);
            }
            trading(foot, model, first + count - 1, pen);
        }
    }
}

/// Whether orders collect for a single price now.
pub fn is_auction(model: &Model) -> bool {
    model.selected.book.as_ref().is_some_and(|book| book.record.phase.is_auction())
}

fn quote(model: &Model) -> Option<&QuoteRecord> {
    model.quotes.get(model.selected.id.as_ref()?)
}

fn totals(foot: &Foot, model: &Model, y: u16, pen: &mut Pen<'_>) {
    let Some(book) = &model.selected.book else { return };
    let columns = foot.columns;
    let (ask, bid) = (book.record.ask_total.value(), book.record.bid_total.value());
    let korean = is_korean(pen.look);
    let role = |side| if foot.stale { Role::Stale } else { side };
    let room = columns.quantity;
    let total = |value| Short { value, room, korean, signed: false };
    let style = pen.style(role(Role::Down));
    pen.value(columns.block.saturating_sub(room + 1), y, room, total(ask), Align::Right, style);
    let style = pen.style(role(Role::Up));
    pen.value(columns.right, y, room, total(bid), Align::Right, style);
    let label = pen.style(Role::Label);
    let text = Words::Totals.text(pen.look.language);
    pen.field(columns.block + 1, y, columns.price, text, Align::Right, label);
    if columns.percent > 0 {
        let ratio = (bid * Decimal::ONE_HUNDRED).checked_div(ask + bid);
        if let Some(ratio) = ratio {
            let style = pen.style(Role::Dim);
            let from = columns.block + 3 + columns.price;
            let ratio = Grouped::with_decimals(ratio, 0);
            pen.value(from, y, columns.percent - 1, format_args!("{ratio}%"), Align::Right, style);
        }
    }
}

/// Writes pairs of a label and a number beside each other, and leaves out whole pairs that have no room.
struct Pairs<'p, 'b> {
    pen: &'p mut Pen<'b>,
    x: u16,
    y: u16,
}

impl Pairs<'_, '_> {
    fn pair(&mut self, label: Words, value: impl Display, role: Role) {
        let label = label.text(self.pen.look.language);
        let text = value.to_string();
        let wide = cells(label) + 1 + cells(&text);
        if self.x + wide > self.pen.width() {
            return;
        }
        let style = self.pen.style(Role::Label);
        self.x += self.pen.text(self.x, self.y, label, style) + 1;
        let style = self.pen.style(role);
        self.x += self.pen.text(self.x, self.y, &text, style) + 2;
    }

    fn word(&mut self, text: &str, role: Role) {
        if self.x + cells(text) > self.pen.width() {
            return;
        }
        let style = self.pen.style(role);
        self.x += self.pen.text(self.x, self.y, text, style) + 1;
    }
}

fn statistics(foot: &Foot, model: &Model, y: u16, pen: &mut Pen<'_>) {
    let look = pen.look;
    let fresh = |role| if foot.stale { Role::Stale } else { role };
    let mut pairs = Pairs { pen, x: 1, y };
    phase(model, &mut pairs);
    if let Some(quote) = quote(model) {
        if let Some(strength) = quote.strength {
            let sign = strength.cmp(&Decimal::ONE_HUNDRED);
            let shown = format!("{}{}", Grouped::with_decimals(strength, 1), look.arrow(sign).trim_end());
            let label = if pairs.pen.width() < ROOMY { Words::StrengthShort } else { Words::Strength };
            pairs.pair(label, shown, fresh(Look::direction(sign)));
        }
        pairs.pair(Words::Volume, Digits::new(quote.volume.value(), is_korean(look)), fresh(Role::Text));
        if let Some((bid, ask)) = best(model).filter(|(bid, ask)| bid < ask) {
            let ticks = foot.scale.ticks_between(bid, ask);
            let word = Words::Ticks.text(look.language);
            pairs.pair(Words::Spread, format_args!("{ticks}{word}"), fresh(Role::Text));
        }
    }
}

/// A phase in which orders do not match as they come is said before the numbers.
fn phase(model: &Model, pairs: &mut Pairs<'_, '_>) {
    let Some(book) = &model.selected.book else { return };
    if !book.record.phase.is_continuous() {
        pairs.word(term(pairs.pen.look.language, book.record.phase.as_str()), Role::Warning);
    }
}

fn best(model: &Model) -> Option<(crate::market::Price, crate::market::Price)> {
    let record = &model.selected.book.as_ref()?.record;
    Some((record.bids.first()?.0, record.asks.first()?.0))
}

fn expected(foot: &Foot, model: &Model, y: u16, pen: &mut Pen<'_>) {
    let Some(book) = &model.selected.book else { return };
    let look = pen.look;
    let close = quote(model).and_then(|quote| quote.previous_close);
    let fresh = |role| if foot.stale { Role::Stale } else { role };
    let mut pairs = Pairs { pen, x: 1, y };
    let Some(price) = book.record.expected_price else {
        pairs.pair(Words::ExpectedPrice, "-", Role::Dim);
        return;
    };
    let sign = close.map_or(Ordering::Equal, |close| price.cmp(&close));
    let shown = format!("{}{}", Grouped::with_decimals(price.value(), foot.decimals), look.arrow(sign).trim_end());
    pairs.pair(Words::ExpectedPrice, shown, fresh(Look::direction(sign)));
    if let Some(close) = close
        && let Some(percent) = ((price.value() - close.value()) * Decimal::ONE_HUNDRED).checked_div(close.value())
    {
        pairs.word(&format!("{}%", Signed::with_decimals(percent, 2)), fresh(Look::direction(sign)));
    }
    if let Some(quantity) = book.record.expected_quantity {
        pairs.pair(Words::Quantity, Digits::new(quantity.value(), is_korean(look)), fresh(Role::Strong));
    }
    phase(model, &mut pairs);
}

fn position(foot: &Foot, model: &Model, y: u16, pen: &mut Pen<'_>) {
    let language = pen.look.language;
    let position = model.selected.id.as_ref().and_then(|id| model.account.position(id));
    let mut pairs = Pairs { pen, x: 1, y };
    let Some(position) = position else {
        pairs.word(Words::Flat.text(language), Role::Dim);
        return;
    };
    let word = if position.side == Direction::Long { Words::Holding } else { Words::Short };
    pairs.pair(word, Grouped::new(position.quantity), Role::Own);
    if let Some(average) = position.average_price {
        let shown = format!("@{}", Grouped::with_decimals(average, foot.decimals));
        pairs.word(&shown, Role::Average);
    }
    if let Some(profit) = position.unrealized_net.or(position.unrealized) {
        let sign = profit.cmp(&Decimal::ZERO);
        let role = if foot.stale { Role::Stale } else { Look::direction(sign) };
        let decimals = profit.normalize().scale().min(2);
        pairs.word(&Signed::with_decimals(profit, decimals).to_string(), role);
        if let Some(percent) = (profit * Decimal::ONE_HUNDRED).checked_div(position.cost) {
            pairs.word(&format!("{}%", Signed::with_decimals(percent, 2)), role);
        }
    }
}

/// What a key would send: armed or not, how much, with which exits.
fn trading(foot: &Foot, model: &Model, y: u16, pen: &mut Pen<'_>) {
    let language = pen.look.language;
    let armed = model.is_armed();
    let mut pairs = Pairs { pen, x: 1, y };
    if armed {
        pairs.word(Words::Armed.text(language), Role::Armed);
    } else {
        pairs.word("A", Role::Key);
        pairs.word(Words::ToArm.text(language), Role::Dim);
    }
    let size = model.trading.size;
    if armed {
        pairs.word(&Grouped::new(size.value()).to_string(), Role::Strong);
        match &model.trading.bracket {
            Some(name) => pairs.word(&format!("[{name}]"), Role::Own),
            None => pairs.x += 1,
        }
        for (number, preset) in (1..=5).zip(&model.trading.sizes) {
            let role = if *preset == size { Role::Strong } else { Role::Dim };
            pairs.word(&format!("{number}:{}", Grouped::new(preset.value())), role);
        }
    } else {
        pairs.x += 1;
        pairs.pair(Words::Size, Grouped::new(size.value()), Role::Text);
        if let Some(name) = &model.trading.bracket {
            pairs.word(&format!("[{name}]"), Role::Own);
        }
    }
    if foot.scale.group() > 1 {
        let tick = Words::Ticks.text(language);
        pairs.pair(Words::Group, format!("{}{tick}", foot.scale.group()), Role::Dim);
    }
}
