//! Prints (체결): every trade of the selected instrument, the newest on top.

use std::cmp::Ordering;
use std::fmt::Write;

use crossterm::event::{MouseEvent, MouseEventKind};
use ratatui::layout::Rect;
use rust_decimal::Decimal;

use super::ladder::Short;
use super::{Asks, Handled, News, Pane, PaneKind};
use crate::config::Language;
use crate::desk::record::TradeRecord;
use crate::market::session::zone;
use crate::market::{Price, Side, UtcTime, Venue};
use crate::text::screen::ladder::Words;
use crate::tui::action::Action;
use crate::tui::model::{Changed, Model};
use crate::tui::theme::{Look, Role};
use crate::tui::widget::{Align, Digits, Grouped, Pen, cells};

/// Cells of a time of day.
const TIME: u16 = 8;
/// Rows the wheel turns by.
const WHEEL: isize = 3;
/// Rows of a page.
const PAGE: isize = 10;

/// The prints.
#[derive(Debug, Default)]
pub struct Prints {
    /// Which size preset a print must reach to be shown, counted from 1; 0 shows all.
    filter: usize,
    /// Position, from the newest shown, of the print on top; 0 follows the market.
    back: usize,
    /// Positions in the model's prints that pass the filter, newest first.
    shown: Vec<usize>,
    sums: Sums,
    stale: bool,
    generation: u32,
    decimals: u32,
}

/// What takers did in the prints shown.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Sums {
    bought: Decimal,
    sold: Decimal,
}

impl Sums {
    /// 체결강도: bought over sold, times 100.
    fn strength(&self) -> Option<Decimal> {
        (self.bought * Decimal::ONE_HUNDRED).checked_div(self.sold)
    }
}

impl Prints {
    fn smallest(&self, model: &Model) -> Option<Decimal> {
        let preset = self.filter.checked_sub(1)?;
        model.trading.sizes.get(preset).map(|size| size.value())
    }

    /// Chooses the prints that are large enough.
    fn select(&mut self, model: &Model) {
        let smallest = self.smallest(model).unwrap_or_default();
        let prints = &model.selected.prints;
        self.shown.clear();
        let large = |(_, print): &(usize, &TradeRecord)| print.quantity.value() >= smallest;
        self.shown.extend(prints.iter().enumerate().rev().filter(large).map(|(at, _)| at));
        let decimals = prints.iter().rev().take(50).map(|print| print.price.value().normalize().scale()).max();
        self.decimals = decimals.unwrap_or(0);
        self.back = self.back.min(self.shown.len().saturating_sub(1));
        self.sums = self.sums(model);
        self.stale = false;
        self.generation = model.selected.generation;
    }

    fn sums(&self, model: &Model) -> Sums {
        let mut sums = Sums::default();
        for print in self.shown.iter().filter_map(|at| model.selected.prints.get(*at)) {
            match print.side {
                Some(Side::Buy) => sums.bought += print.quantity.value(),
                Some(Side::Sell) => sums.sold += print.quantity.value(),
                None => {}
            }
        }
        sums
    }

    fn scroll(&mut self, by: isize) {
        self.back = self.back.saturating_add_signed(by).min(self.shown.len().saturating_sub(1));
    }

    /// How many prints pass the filter and are newer than the one on top.
    const fn newer(&self) -> usize {
        self.back
    }

    fn draw_summary(&self, y: u16, pen: &mut Pen<'_>) {
        let language = pen.look.language;
        let korean = language == Language::Ko;
        let sums = self.sums;
        let strength = sums.strength();
        let mut x = 0;
        let mut pair = |pen: &mut Pen<'_>, label: Words, text: &str, role: Role| {
            let label = label.text(language);
            if x + cells(label) + 1 + cells(text) > pen.width() {
                return;
            }
            let style = pen.style(Role::Label);
            x += pen.text(x, y, label, style) + 1;
            let style = pen.style(role);
            x += pen.text(x, y, text, style) + 2;
        };
        if let Some(strength) = strength {
            let sign = strength.cmp(&Decimal::ONE_HUNDRED);
            let text = format!("{}{}", Grouped::with_decimals(strength, 1), pen.look.arrow(sign).trim_end());
            pair(pen, Words::Strength, &text, Look::direction(sign));
        }
        pair(pen, Words::Buys, &format!("+{}", Digits::new(sums.bought, korean)), Role::Buy);
        pair(pen, Words::Sells, &format!("-{}", Digits::new(sums.sold, korean)), Role::Sell);
    }

    fn draw_print(print: &TradeRecord, scene: &Scene, y: u16, pen: &mut Pen<'_>) {
        let dim = pen.style(Role::Dim);
        let columns = scene.columns;
        if columns.time > 0 {
            pen.value(0, y, TIME, Clock(print.time), Align::Left, dim);
        }
        let direction = scene.close.map_or(Ordering::Equal, |close| print.price.cmp(&close));
        let style = pen.style(if scene.stale { Role::Stale } else { Look::direction(direction) });
        let price = Grouped::with_decimals(print.price.value(), scene.decimals);
        let used = pen.value(columns.time, y, columns.price, price, Align::Right, style);
        if used > 0 && columns.arrow > 0 {
            pen.symbol(columns.arrow, y, pen.look.arrow(direction), style);
        }
        let (sign, role) = match print.side {
            Some(Side::Buy) => ("+", Role::Buy),
            Some(Side::Sell) => ("-", Role::Sell),
            None => (" ", Role::Text),
        };
        let style = pen.style(if scene.stale { Role::Stale } else { role });
        let style = if scene.is_large(print) {
            style.patch(pen.style(Role::Strong)).fg(style.fg.unwrap_or_default())
        } else {
            style
        };
        let korean = pen.look.language == Language::Ko;
        let room = columns.quantity.saturating_sub(1);
        let quantity = Short { value: print.quantity.value(), room, korean, signed: false };
        pen.value(columns.quantity_at, y, room, quantity, Align::Right, style);
        pen.symbol(columns.quantity_at + room, y, sign, style);
    }
}

/// Columns of the list.
#[derive(Debug, Clone, Copy)]
struct Columns {
    /// Where the price begins: after the time, if there is room for one.
    time: u16,
    price: u16,
    /// Cell of the arrow after the price; 0 without.
    arrow: u16,
    quantity_at: u16,
    quantity: u16,
}

impl Columns {
    fn new(width: u16, price: u16) -> Self {
        let price = price.min(width);
        let time = if width > TIME + 1 + price + 7 { TIME + 1 } else { 0 };
        let after = time + price;
        let arrow = if width > after + 8 { after } else { 0 };
        let quantity_at = (after + 1 + u16::from(arrow > 0)).min(width);
        Self { time, price, arrow, quantity_at, quantity: (width - quantity_at).min(12) }
    }
}

struct Scene {
    columns: Columns,
    close: Option<Price>,
    decimals: u32,
    large: Option<Decimal>,
    stale: bool,
}

impl Scene {
    /// A print as large as the largest preset is told apart.
    fn is_large(&self, print: &TradeRecord) -> bool {
        self.large.is_some_and(|large| print.quantity.value() >= large)
    }
}

/// A Korean time of day.
struct Clock(UtcTime);

impl std::fmt::Display for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let time = self.0.to_jiff().to_zoned(zone(Venue::Krx).clone());
        write!(f, "{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second())
    }
}

impl Pane for Prints {
    fn kind(&self) -> PaneKind {
        PaneKind::Prints
    }

    fn title(&self, model: &Model, title: &mut String) {
        let language = model.look.language;
        title.push_str(PaneKind::Prints.label().text(language));
        if let Some(id) = &model.selected.id {
            // Writing into a string cannot fail.
            let _ = write!(title, " {}", id.symbol);
        }
        if let Some(smallest) = self.smallest(model) {
            let word = Words::AtLeast.text(language);
            let _ = match language {
                Language::Ko => write!(title, " {}{word}", Grouped::new(smallest)),
                Language::En => write!(title, " {} {word}", Grouped::new(smallest)),
            };
        }
    }

    fn note(&self, model: &Model, note: &mut String) {
        let language = model.look.language;
        if self.newer() > 0 {
            let held = Words::Held.text(language);
            let _ = write!(note, "{held} {}{}", model.look.glyphs.up, self.newer());
            return;
        }
        let Some(newest) = model.selected.prints.back() else { return };
        let age = model.now.utc.since(newest.time);
        let _ = write!(note, "{} {}", newest.venue, crate::tui::time::age(age));
    }

    fn draw(&mut self, model: &Model, _focused: bool, pen: &mut Pen<'_>) {
        if self.stale || self.generation != model.selected.generation {
            self.select(model);
        }
        let language = pen.look.language;
        if self.shown.is_empty() {
            let text = if model.selected.prints.is_empty() { Words::NoPrints } else { Words::NothingAsLarge };
            let dim = pen.style(Role::Dim);
            pen.text(0, 0, text.text(language), dim);
            return;
        }
        let quote = model.selected.id.as_ref().and_then(|id| model.quotes.get(id));
        let newest = model.selected.prints.back().map_or(Decimal::ONE, |print| print.price.value());
        let whole = Short { value: newest.trunc(), room: 0, korean: false, signed: false }.whole_cells();
        let fraction = u16::try_from(self.decimals).unwrap_or(0);
        let price = whole + fraction + u16::from(fraction > 0) + 1;
        let scene = Scene {
            columns: Columns::new(pen.width(), price),
            close: quote.and_then(|quote| quote.previous_close),
            decimals: self.decimals,
            large: model.trading.sizes.last().map(|size| size.value()),
            stale: !model.is_connected(),
        };
        let (head, foot) = (u16::from(pen.height() >= 6), u16::from(pen.height() >= 4));
        if head > 0 {
            let label = pen.style(Role::Label);
            let columns = scene.columns;
            if columns.time > 0 {
                pen.field(0, 0, TIME, Words::Time.text(language), Align::Left, label);
            }
            pen.field(columns.time, 0, columns.price, Words::PrintPrice.text(language), Align::Right, label);
            let text = Words::Quantity.text(language);
            pen.field(columns.quantity_at, 0, columns.quantity, text, Align::Right, label);
        }
        let lines = pen.height().saturating_sub(head + foot);
        for (line, at) in (0..lines).zip(self.shown.iter().skip(self.back)) {
            if let Some(print) = model.selected.prints.get(*at) {
                Self::draw_print(print, &scene, head + line, pen);
            }
        }
        if foot > 0 {
            self.draw_summary(pen.height() - 1, pen);
        }
    }

    fn act(&mut self, action: Action, model: &Model, asks: &mut Asks) -> Handled {
        match action {
            Action::Up => self.scroll(-1),
            Action::Down => self.scroll(1),
            Action::PageUp => self.scroll(-PAGE),
            Action::PageDown => self.scroll(PAGE),
            Action::Top | Action::Select => self.back = 0,
            Action::Bottom => self.scroll(isize::MAX),
            Action::Filter => {
                self.filter = (self.filter + 1) % (model.trading.sizes.len() + 1);
                self.back = 0;
                self.select(model);
                asks.push(super::Ask::Keep);
            }
            Action::ClearFilter => {
                self.filter = 0;
                self.back = 0;
                self.select(model);
                asks.push(super::Ask::Keep);
            }
            _ => return Handled::No,
        }
        Handled::Yes
    }

    fn hints(&self, _: &Model, hints: &mut Vec<Action>) {
        hints.push(Action::Filter);
        if self.filter > 0 {
            hints.push(Action::ClearFilter);
        }
        hints.push(Action::Down);
        if self.back > 0 {
            hints.push(Action::Top);
        }
    }

    fn mouse(&mut self, mouse: &MouseEvent, _: Rect, _: &Model, _: &mut Asks) -> Handled {
        match mouse.kind {
            MouseEventKind::ScrollUp => self.scroll(-WHEEL),
            MouseEventKind::ScrollDown => self.scroll(WHEEL),
            _ => return Handled::No,
        }
        Handled::Yes
    }

    fn told(&mut self, news: &News<'_>, model: &Model, _: &mut Asks) {
        match news {
            News::Reset if self.generation != model.selected.generation => {
                self.back = 0;
                self.stale = true;
            }
            News::Changed(Changed::Print(print)) => {
                // A list that was scrolled stands still while new prints come in above.
                let passes = print.quantity.value() >= self.smallest(model).unwrap_or_default();
                if self.back > 0 && passes && self.generation == model.selected.generation {
                    self.back += 1;
                }
                self.stale = true;
            }
            News::Reset | News::Second => self.stale = true,
            _ => {}
        }
    }

    fn save(&self) -> toml::Table {
        let mut state = toml::Table::new();
        if let Ok(filter) = i64::try_from(self.filter) {
            state.insert("filter".into(), filter.into());
        }
        state
    }

    fn restore(&mut self, state: &toml::Table) {
        let filter = state.get("filter").and_then(toml::Value::as_integer);
        self.filter = filter.and_then(|filter| usize::try_from(filter).ok()).filter(|filter| *filter <= 5).unwrap_or(0);
    }
}

#[cfg(test)]
mod tests {
    use ratatui::buffer::Buffer;

    use super::*;
    use crate::market::Quantity;
    use crate::tui::model::fixture::trading;
    use crate::tui::theme::{ColourDepth, GlyphSet, Theme};

    fn draw(prints: &mut Prints, model: &Model, width: u16, height: u16) -> Vec<String> {
        let area = Rect::new(0, 0, width, height);
        let mut buffer = Buffer::empty(area);
        let mut scratch = String::new();
        prints.draw(model, true, &mut Pen::new(&mut buffer, area, &model.look, &mut scratch));
        let cells = buffer.content.chunks(usize::from(width));
        cells.map(|line| line.iter().map(ratatui::buffer::Cell::symbol).collect()).collect()
    }

    fn push(prints: &mut Prints, model: &mut Model, quantity: u32) {
        let mut print = model.selected.prints.back().unwrap().clone();
        print.quantity = Quantity::whole(quantity);
        model.selected.put_print(print.clone());
        prints.told(&News::Changed(&Changed::Print(&print)), model, &mut Asks::default());
    }

    #[test]
    fn the_newest_print_is_on_top_with_the_sign_of_its_taker() {
        let model = trading(Language::En);
        let lines = draw(&mut Prints::default(), &model, 44, 12);
        // The last of the fixture: a sale of 24 at 71,300, at 10:29:29.
        assert!(lines[1].starts_with("10:29:29"), "{}", lines[1]);
        assert!(lines[1].contains("71,300▲") && lines[1].contains("24-"), "{}", lines[1]);
        assert!(lines[2].contains("17+"), "{}", lines[2]);
        assert!(lines[11].contains("strength"), "{}", lines[11]);
    }

    #[test]
    fn the_filter_goes_through_the_sizes_and_sums_what_is_shown() {
        let model = trading(Language::En);
        let mut prints = Prints::default();
        draw(&mut prints, &model, 44, 12);
        for _ in 0..3 {
            prints.act(Action::Filter, &model, &mut Asks::default());
        }
        let mut title = String::new();
        prints.title(&model, &mut title);
        assert_eq!(title, "Prints 005930 50 or more");
        let large: Vec<&TradeRecord> =
            model.selected.prints.iter().filter(|print| print.quantity >= Quantity::whole(50)).collect();
        assert_eq!(prints.shown.len(), large.len());
        let bought = large.iter().filter(|print| print.side == Some(Side::Buy));
        assert_eq!(prints.sums.bought, bought.map(|print| print.quantity.value()).sum());
        prints.act(Action::ClearFilter, &model, &mut Asks::default());
        assert_eq!(prints.shown.len(), 30);
        let mut again = Prints::default();
        prints.act(Action::Filter, &model, &mut Asks::default());
        again.restore(&prints.save());
        assert_eq!(again.filter, 1);
    }

    #[test]
    fn a_scrolled_list_stands_still_until_the_top_is_asked_for() {
        let mut model = trading(Language::En);
        let mut prints = Prints::default();
        draw(&mut prints, &model, 44, 12);
        prints.act(Action::Down, &model, &mut Asks::default());
        let before = draw(&mut prints, &model, 44, 12)[1].clone();
        for quantity in [777, 888] {
            push(&mut prints, &mut model, quantity);
        }
        assert_eq!(draw(&mut prints, &model, 44, 12)[1], before);
        let mut note = String::new();
        prints.note(&model, &mut note);
        assert_eq!(note, "held ▲3");
        prints.act(Action::Top, &model, &mut Asks::default());
        assert!(draw(&mut prints, &model, 44, 12)[1].contains("888"));
    }

    #[test]
    fn nothing_panics_at_any_size() {
        for language in [Language::Ko, Language::En] {
            for glyphs in [GlyphSet::Full, GlyphSet::Narrow, GlyphSet::Ascii] {
                let mut model = trading(language);
                model.look = Look::new(language, Theme::Korean, ColourDepth::True, glyphs);
                for (width, height) in (1..=60).step_by(2).flat_map(|w| (1..=30).step_by(3).map(move |h| (w, h))) {
                    draw(&mut Prints::default(), &model, width, height);
                }
            }
        }
    }
}
