//! The order book that trades (호가창).

mod columns;
mod draw;
mod foot;
mod keys;
mod mouse;
mod order;
mod rows;
mod scale;
mod short;
mod view;

#[cfg(test)]
mod tests;

pub use scale::Scale;
pub use short::Short;

use std::fmt::Write;
use std::time::Duration;

use crossterm::event::MouseEvent;
use ratatui::layout::Rect;
use rust_decimal::Decimal;

use self::columns::Columns;
use self::foot::Foot;
use self::mouse::Press;
use self::rows::RowsOfBook;
use self::scale::GROUPS;
use self::view::{Hold, View};
use super::{Asks, Handled, News, Pane, PaneKind};
use crate::market::Price;
use crate::text::clean::clean;
use crate::text::pick_owned;
use crate::text::screen::frame::Frame;
use crate::text::screen::ladder::Words;
use crate::tui::action::{Action, Context};
use crate::tui::model::{Changed, Freshness, Model};
use crate::tui::theme::Role;
use crate::tui::widget::{Align, Grouped, Pen, cells, cut};

/// A key trades only at a row that was on the screen so lately: what nobody sees is nobody's choice.
const SHOWN_LATELY: Duration = Duration::from_secs(3);

/// Levels of each side that are to be in sight when the groups are chosen for an instrument.
const LEVELS_IN_SIGHT: usize = 8;

/// Cells of a name in the title at least: the last price and the age of the book are to stand beside it on a small
/// terminal too.
const NAME: u16 = 10;
/// Cells of the title line that the name cannot have: the pane's own name, the last price, source and age.
const TITLE_BESIDE_NAME: u16 = 28;

/// Cells of the mark of what comes by asking, which stands beside the source.
const MARK: u16 = 2;

fn is_polled(model: &Model) -> bool {
    model.selected.id.as_ref().and_then(|id| model.quotes.get(id)).is_some_and(|quote| quote.polled)
}

/// The ladder.
#[derive(Debug, Default)]
pub struct Ladder {
    view: View,
    book: RowsOfBook,
    columns: Columns,
    /// Width that was drawn last.
    width: u16,
    /// Line of the area the rows begin at.
    first: u16,
    /// Ticks of a row; `None` until the book of the instrument was seen.
    group: Option<u32>,
    /// Which selection the rows are of.
    generation: u32,
    /// The rows must be read off the model again.
    stale_rows: bool,
    /// When the rows were drawn last, since the screen opened.
    drawn: Option<Duration>,
    pressed: Option<Press>,
    decimals: u32,
    names: (String, String),
}

/// The middle of the market: between best bid and ask, or the nearest there is to it.
fn middle(model: &Model) -> Option<Price> {
    let record = model.selected.book.as_ref().map(|book| &book.record);
    let quote = model.selected.id.as_ref().and_then(|id| model.quotes.get(id));
    let best = |levels: &[(Price, _)]| levels.first().map(|(price, _): &(Price, crate::market::Quantity)| *price);
    let (bid, ask) = record.map_or((None, None), |record| (best(&record.bids), best(&record.asks)));
    match (bid, ask) {
        (Some(bid), Some(ask)) => Price::new((bid.value() + ask.value()) / Decimal::TWO).ok(),
        (None, None) => record
            .and_then(|record| record.expected_price.or(record.last))
            .or(quote.and_then(|quote| quote.last.or(quote.previous_close))),
        (bid, ask) => bid.or(ask),
    }
}

impl Ladder {
    fn scale(&self, model: &Model) -> Option<Scale> {
        let scale = Scale::of(model, self.group.unwrap_or(1))?;
        let most = GROUPS.get(scale.groups() - 1).copied().unwrap_or(1);
        Some(scale.grouped(scale.group().min(most)))
    }

    fn reset(&mut self, model: &Model) {
        self.view.reset();
        self.book.rows.clear();
        self.group = None;
        self.pressed = None;
        self.drawn = None;
        self.generation = model.selected.generation;
        self.stale_rows = true;
        self.names = (String::new(), String::new());
        self.learn_names(model);
    }

    fn learn_names(&mut self, model: &Model) {
        if !self.names.0.is_empty() || !self.names.1.is_empty() {
            return;
        }
        let info = model.selected.info.as_ref().map(|info| (&info.name_ko, &info.name_en));
        let quote = model.selected.id.as_ref().and_then(|id| model.quotes.get(id));
        if let Some((ko, en)) = info.or(quote.map(|quote| (&quote.name_ko, &quote.name_en))) {
            self.names = (clean(ko).into_owned(), clean(en).into_owned());
        }
    }

    /// Ticks of a row with which the best levels of both sides are in sight, once for an instrument: where ticks are
    /// fine, a row each would show nothing but gaps.
    fn choose_group(&mut self, model: &Model, height: u16) {
        if self.group.is_some() || model.is_armed() {
            return;
        }
        let Some(scale) = Scale::of(model, 1).filter(|scale| scale.known) else { return };
        let Some(book) = &model.selected.book else { return };
        let reach = usize::from(height / 2).clamp(1, LEVELS_IN_SIGHT);
        let far = |levels: &[(Price, crate::market::Quantity)]| levels.get(..reach)?.last().map(|(price, _)| *price);
        let (Some(low), Some(high)) = (far(&book.record.bids), far(&book.record.asks)) else {
            self.group = Some(1);
            return;
        };
        let ticks = scale.ticks_between(low, high);
        let fits = |group: &&u32| ticks <= Decimal::from(**group) * Decimal::from(height);
        let groups = GROUPS.get(..scale.groups()).unwrap_or(&GROUPS);
        self.group = groups.iter().find(fits).or(groups.last()).copied();
        self.view.reset();
    }

    /// Decimals a price needs on this scale.
    fn learn_decimals(&mut self, model: &Model, scale: Scale) {
        let at = middle(model).map_or(Decimal::ONE, Price::value);
        self.decimals = (scale.tick(at) * Decimal::from(scale.group())).normalize().scale();
    }

    fn price_width(&self) -> u16 {
        let Some(top) = self.view.prices.first() else { return 7 };
        let whole = Short { value: top.value().trunc(), room: 0, korean: false, signed: false }.whole_cells();
        let fraction = u16::try_from(self.decimals).unwrap_or(0);
        (whole + fraction + u16::from(fraction > 0)).max(6)
    }

    fn nothing(model: &Model, pen: &mut Pen<'_>) {
        let dim = pen.style(Role::Dim);
        let language = pen.look.language;
        let text = match model.selected.id {
            Some(_) => Words::NoBook.text(language),
            None => Frame::NothingSelected.text(language),
        };
        let (width, y) = (pen.width(), pen.height() / 2);
        pen.field(0, y, width, text, Align::Centre, dim);
    }
}

impl Pane for Ladder {
    fn kind(&self) -> PaneKind {
        PaneKind::Ladder
    }

    fn title(&self, model: &Model, title: &mut String) {
        let language = model.look.language;
        title.push_str(PaneKind::Ladder.label().text(language));
        let Some(id) = &model.selected.id else { return };
        let name = pick_owned(language, &self.names.0, &self.names.1);
        // Writing into a string cannot fail.
        let mark = if is_polled(model) { MARK } else { 0 };
        let room = self.width.saturating_sub(TITLE_BESIDE_NAME + mark).max(NAME - mark);
        if name.is_empty() || self.generation != model.selected.generation {
            let _ = write!(title, " {}", id.symbol);
        } else if cells(name) <= room {
            let _ = write!(title, " {name}");
        } else {
            let _ = write!(title, " {}{}", cut(name, room - 1).0.trim_end(), model.look.glyphs.ellipsis);
        }
        if let Some(last) = model.quotes.get(id).and_then(|quote| quote.last) {
            let _ = write!(title, " {}", Grouped::new(last.value()));
        }
    }

    fn note(&self, model: &Model, note: &mut String) {
        let Some(book) = &model.selected.book else { return };
        let language = model.look.language;
        let freshness = model.book_freshness();
        let _ = write!(note, "{}", book.record.venue);
        if is_polled(model) {
            let _ = write!(note, " {}", model.look.glyphs.polled);
        }
        if let Some(age) = freshness.age() {
            let _ = write!(note, " {}", crate::tui::time::age(age));
        }
        if matches!(freshness, Freshness::Old(_) | Freshness::Stale(_)) {
            let _ = write!(note, " {}", Words::Old.text(language));
        }
    }

    fn contexts(&self, model: &Model) -> &'static [Context] {
        if model.is_armed() { &[Context::LadderArmed] } else { &[] }
    }

    fn draw(&mut self, model: &Model, focused: bool, pen: &mut Pen<'_>) {
        if self.generation != model.selected.generation {
            self.reset(model);
        }
        let (head, foot_lines) = foot::lines(pen.height());
        let height = pen.height().saturating_sub(head + foot_lines);
        self.choose_group(model, height);
        let Some(scale) = self.scale(model).filter(|_| model.selected.book.is_some()) else {
            self.view.reset();
            self.drawn = None;
            Self::nothing(model, pen);
            return;
        };
        let hold = Hold { armed: model.is_armed(), now: model.now.since_start };
        let moved = self.view.arrange(scale, usize::from(height), middle(model), hold);
        if moved || self.stale_rows || self.book.rows.len() != self.view.prices.len() {
            self.book.fill(model, &self.view, scale);
            self.learn_decimals(model, scale);
            self.stale_rows = false;
        }
        self.columns = Columns::new(pen.width(), self.price_width());
        self.first = head;
        self.width = pen.width();
        self.drawn = Some(model.now.since_start);
        let stale = !model.book_freshness().is_fresh();
        let quote = model.selected.id.as_ref().and_then(|id| model.quotes.get(id));
        let close = quote.and_then(|quote| quote.previous_close);
        let close = close.or(model.selected.info.as_ref().and_then(|info| info.base_price)).map(Price::value);
        let scene = draw::Scene {
            model,
            view: &self.view,
            book: &self.book,
            columns: self.columns,
            decimals: self.decimals,
            close,
            limits: order::limits(model),
            stale,
            focused,
        };
        if head > 0 {
            foot::head(self.columns, pen);
        }
        let mut part = pen.part(Rect::new(0, 0, pen.width(), head + height));
        draw::rows(&scene, head, &mut part);
        let lines = Foot { columns: self.columns, decimals: self.decimals, scale, stale };
        foot::foot(&lines, model, head + height, foot_lines, pen);
    }

    fn act(&mut self, action: Action, model: &Model, asks: &mut Asks) -> Handled {
        self.on_action(action, model, asks)
    }

    fn why_not(&self, action: Action, model: &Model) -> Option<String> {
        let disarmed = keys::needs_arming(action) && !model.is_armed();
        disarmed.then(|| Frame::PressToArm.text(model.look.language).to_owned())
    }

    fn hints(&self, model: &Model, hints: &mut Vec<Action>) {
        if model.is_armed() {
            hints.extend([
                Action::BuyHere,
                Action::SellHere,
                Action::CancelHere,
                Action::MoveUp,
                Action::MoveDown,
                Action::Select,
                Action::NextBracket,
                Action::Escape,
            ]);
        } else {
            hints.extend([Action::Arm, Action::Open, Action::Select, Action::Coarser, Action::Finer]);
        }
    }

    fn mouse(&mut self, mouse: &MouseEvent, area: Rect, model: &Model, asks: &mut Asks) -> Handled {
        self.on_mouse(mouse, area, model, asks)
    }

    fn told(&mut self, news: &News<'_>, model: &Model, _: &mut Asks) {
        match news {
            News::Reset if self.generation != model.selected.generation => self.reset(model),
            News::Changed(Changed::Candle(_) | Changed::Event(_) | Changed::Alert(_) | Changed::Fill(_)) => return,
            _ => {}
        }
        self.learn_names(model);
        self.stale_rows = true;
    }

    fn focus(&mut self, focused: bool, _: &Model, _: &mut Asks) {
        if !focused {
            self.view.leave_cursor();
            self.pressed = None;
        }
    }
}
