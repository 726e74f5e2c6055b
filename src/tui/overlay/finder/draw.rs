//! Drawing a finder.

use ratatui::style::Style;
use rust_decimal::Decimal;

use super::Finder;
use super::list::{Item, Row};
use super::words::Reading;
use crate::market::InstrumentId;
use crate::text::screen::finder::Finder as Words;
use crate::tui::layout::WORKSPACES;
use crate::tui::model::Model;
use crate::tui::theme::Role;
use crate::tui::widget::{Align, Grouped, Pen, Signed, cells};

/// Cells of keys or a price.
const KEYS: u16 = 14;
/// Cells of what stands at the right.
const RIGHT: u16 = 18;
/// Narrowest list that shows what stands at the right.
const WIDE: u16 = 64;

/// Cells of the columns of the search, from the right: change, last, venue, code, mark.
const CHANGE: u16 = 9;
const LAST: u16 = 12;
const VENUE: u16 = 8;
const CODE: u16 = 11;
const MARK: u16 = 8;

impl Finder {
    /// The line the list begins on.
    pub(super) const fn list_from(&self) -> u16 {
        if self.is_palette() { 2 } else { 3 }
    }

    pub(super) fn draw_all(&mut self, model: &Model, pen: &mut Pen<'_>) {
        self.draw_line(pen);
        let (width, height) = (pen.width(), pen.height());
        let frame = pen.style(Role::Frame);
        pen.rule(0, 1, width, model.look.glyphs.horizontal, frame);
        if !self.is_palette() {
            titles(model, pen);
        }
        // The last line is a hint, when there is room for one.
        let room = height.saturating_sub(self.list_from());
        let lines = if room > 3 { room - 1 } else { room };
        self.height = usize::from(lines);
        self.scroll.keep(self.rows.len(), self.height);
        for line in 0..lines {
            let Some(at) = self.scroll.row_at(line, self.rows.len()) else { break };
            let Some(row) = self.rows.get(at) else { break };
            let y = line + self.list_from();
            let chosen = at == self.scroll.chosen;
            if chosen {
                let ground = pen.style(Role::Chosen);
                pen.ground(0, y, width, ground);
                pen.symbol(0, y, model.look.glyphs.cursor, ground);
            }
            self.draw_row(model, pen, row, y, chosen);
        }
        let language = model.look.language;
        if self.rows.is_empty() && lines > 0 {
            let nothing = if self.no_answer { Words::NoAnswer } else { Words::NothingFound };
            let text = if self.awaited > 0 { model.look.glyphs.ellipsis } else { nothing.text(language) };
            let dim = pen.style(Role::Dim);
            pen.text(1, self.list_from(), text, dim);
        }
        if room > 3 {
            let hint = if self.is_palette() { Words::PaletteHint } else { Words::SymbolsHint };
            let dim = pen.style(Role::Dim);
            pen.text(1, height - 1, hint.text(language), dim);
        }
    }

    /// What was typed, with a cursor.
    fn draw_line(&self, pen: &mut Pen<'_>) {
        let field = pen.style(Role::FieldFocused);
        let prompt = if self.is_palette() { ":" } else { "/" };
        let key = pen.style(Role::Key);
        pen.symbol(0, 0, prompt, key);
        let width = pen.width().saturating_sub(1);
        pen.rule(1, 0, width, " ", field);
        let room = width.saturating_sub(2);
        let skipped = self.input.visual_scroll(usize::from(room));
        let shown = skip(self.input.value(), skipped);
        pen.field(1, 0, room + 1, shown, Align::Left, field);
        let cursor = u16::try_from(self.input.visual_cursor().saturating_sub(skipped)).unwrap_or(0);
        let under = self.input.value().chars().nth(self.input.cursor());
        let mut bytes = [0; 4];
        let under = under.map_or(" ", |letter| letter.encode_utf8(&mut bytes));
        let turned = field.patch(Style::new().add_modifier(ratatui::style::Modifier::REVERSED));
        let wide = cells(under).max(1);
        pen.field(1 + cursor, 0, wide, under, Align::Left, turned);
    }

    fn draw_row(&self, model: &Model, pen: &mut Pen<'_>, row: &Row, y: u16, chosen: bool) {
        if let Item::Symbol(id) = &row.item {
            if self.is_palette() {
                self.draw_symbol(model, pen, row, *id, (y, chosen));
            } else {
                self.draw_instrument(model, pen, row, *id, (y, chosen));
            }
            return;
        }
        let width = pen.width();
        let right = if width >= WIDE { RIGHT } else { 0 };
        let keys = KEYS.min(width / 4);
        let label = width.saturating_sub(2 + keys + right);
        let language = model.look.language;
        let (label_role, note) = match &row.item {
            Item::Action(action) => (Role::Text, action.entry().verb.unwrap_or_default()),
            Item::Workspace(index) => (Role::Text, WORKSPACES.get(*index).map_or("", |workspace| workspace.number)),
            Item::Own(_) => (Role::Text, Words::Workspace.text(language)),
            Item::Pane(_) => (Role::Text, Words::Pane.text(language)),
            Item::Word(word) => (Role::Strong, word.usage),
            Item::Line(_) | Item::Typed(Reading::Ready(_)) => (Role::Strong, ""),
            Item::Typed(_) => (Role::Dim, ""),
            Item::Symbol(_) | Item::Run(_) => (Role::Dim, ""),
        };
        let mut x = 1;
        if let Item::Run(_) = row.item {
            let dim = styled(pen, Role::Dim, chosen);
            x += pen.text(x, y, Words::Run.text(language), dim);
            x += pen.text(x, y, ": ", dim);
        }
        let label_style = styled(pen, label_role, chosen);
        x += draw_found(pen, (x, y, label.saturating_sub(x - 1)), row, 0, label_style);
        match &row.item {
            Item::Typed(Reading::Wrong(why)) => {
                let wrong = styled(pen, Role::Error, chosen);
                pen.text(x + 2, y, why, wrong);
                return;
            }
            Item::Typed(Reading::Unfinished) => {
                let dim = styled(pen, Role::Dim, chosen);
                pen.text(x + 2, y, Words::Unfinished.text(language), dim);
                return;
            }
            Item::Word(word) => {
                let dim = styled(pen, Role::Dim, chosen);
                x += 1 + pen.text(x + 1, y, word.usage, dim);
                let room = width.saturating_sub(x + 2);
                pen.field(x + 2, y, room, word.label.text(language), Align::Left, dim);
                return;
            }
            _ => {}
        }
        // Where the letters were found in another of its names, that name is shown as well.
        let named = row.letters.iter().map(|(text, _)| *text).find(|text| *text > 0);
        if let Some(named) = named.filter(|named| row.texts.get(*named).is_some_and(|text| text.as_str() != note)) {
            let dim = styled(pen, Role::Dim, chosen);
            draw_found(pen, (x + 2, y, (label + 1).saturating_sub(x + 2)), row, named, dim);
        }
        let key = styled(pen, Role::Key, chosen);
        pen.field(2 + label, y, keys, &row.keys, Align::Left, key);
        if right > 0 {
            let dim = styled(pen, Role::Dim, chosen);
            pen.field(width.saturating_sub(right), y, right.saturating_sub(1), note, Align::Right, dim);
        }
    }

    /// An instrument among other things.
    fn draw_symbol(&self, model: &Model, pen: &mut Pen<'_>, row: &Row, id: InstrumentId, place: (u16, bool)) {
        let (y, chosen) = place;
        let width = pen.width();
        let right = if width >= WIDE { RIGHT } else { 0 };
        let keys = KEYS.min(width / 4);
        let label = width.saturating_sub(2 + keys + right);
        let text = styled(pen, Role::Text, chosen);
        let dim = styled(pen, Role::Dim, chosen);
        let mut x = 1;
        x += draw_found(pen, (x, y, label), row, 0, text);
        draw_found(pen, (x + 1, y, label.saturating_sub(x)), row, 1, dim);
        let Some(known) = self.pool.get(&id) else { return };
        let (last, change, role) = known.price(model);
        let style = styled(pen, role, chosen);
        if let Some(last) = last {
            pen.value(2 + label, y, keys, Grouped::new(last.value()), Align::Right, style);
        }
        if right > 0 {
            draw_change(model, pen, (width - CHANGE - 1, y), change, style);
        }
    }

    /// A row of the search.
    fn draw_instrument(&self, model: &Model, pen: &mut Pen<'_>, row: &Row, id: InstrumentId, place: (u16, bool)) {
        let (y, chosen) = place;
        let columns = Columns::of(pen.width());
        let text = styled(pen, Role::Text, chosen);
        let dim = styled(pen, Role::Dim, chosen);
        let used = draw_found(pen, (1, y, columns.name), row, 0, text);
        let other = row.letters.iter().any(|(text, _)| *text == 2);
        if other {
            draw_found(pen, (used + 2, y, columns.name.saturating_sub(used + 1)), row, 2, dim);
        }
        draw_found(pen, (columns.code, y, CODE - 1), row, 1, text);
        if let Some(x) = columns.mark {
            let language = model.look.language;
            let mark = match (model.watch.contains(&id), self.recent.contains(&id)) {
                (true, _) => Words::Watched.text(language),
                (false, true) => Words::Recent.text(language),
                (false, false) => "",
            };
            pen.field(x, y, MARK - 1, mark, Align::Left, dim);
        }
        if let Some(x) = columns.venue {
            pen.field(x, y, VENUE - 1, id.venue.as_str(), Align::Left, dim);
        }
        let Some(known) = self.pool.get(&id) else { return };
        let (last, change, role) = known.price(model);
        let style = styled(pen, role, chosen);
        if let Some(last) = last {
            pen.value(columns.last, y, LAST - 1, Grouped::new(last.value()), Align::Right, style);
        }
        if let Some(x) = columns.change {
            draw_change(model, pen, (x, y), change, style);
        }
    }
}

/// Where the columns of the search stand in so many cells. What matters least goes first.
struct Columns {
    name: u16,
    code: u16,
    mark: Option<u16>,
    venue: Option<u16>,
    last: u16,
    change: Option<u16>,
}

impl Columns {
    fn of(width: u16) -> Self {
        let mut left = width;
        let mut take = |cells: u16, least: u16| {
            let fits = width >= least;
            left -= if fits { cells.min(left) } else { 0 };
            fits.then_some(left)
        };
        let change = take(CHANGE, 44);
        let last = take(LAST, 0).unwrap_or(0);
        let venue = take(VENUE, 60);
        let mark = take(MARK, 70);
        let code = take(CODE, 0).unwrap_or(0);
        Self { name: code.saturating_sub(2), code, mark, venue, last, change }
    }
}

fn titles(model: &Model, pen: &mut Pen<'_>) {
    let columns = Columns::of(pen.width());
    let language = model.look.language;
    let label = pen.style(Role::Label);
    pen.field(1, 2, columns.name, Words::Name.text(language), Align::Left, label);
    pen.field(columns.code, 2, CODE - 1, Words::Code.text(language), Align::Left, label);
    if let Some(x) = columns.venue {
        pen.field(x, 2, VENUE - 1, Words::Venue.text(language), Align::Left, label);
    }
    pen.field(columns.last, 2, LAST - 1, Words::Last.text(language), Align::Right, label);
    if let Some(x) = columns.change {
        pen.field(x, 2, CHANGE, Words::Change.text(language), Align::Right, label);
    }
}

fn draw_change(model: &Model, pen: &mut Pen<'_>, at: (u16, u16), change: Option<Decimal>, style: Style) {
    let Some(change) = change else { return };
    let (x, y) = at;
    pen.symbol(x, y, model.look.arrow(change.cmp(&Decimal::ZERO)), style);
    pen.value(x + 1, y, CHANGE - 1, Signed::with_decimals(change, 2), Align::Right, style);
}

/// A role on the ground of a chosen row, or on the plain one.
fn styled(pen: &Pen<'_>, role: Role, chosen: bool) -> Style {
    let style = pen.style(role);
    if !chosen {
        return style;
    }
    let ground = pen.style(Role::Chosen);
    // A row of few colours is marked by turning them round; a colour of its own would be lost in it.
    match ground.bg {
        Some(_) => ground.patch(Style { bg: ground.bg, ..style }),
        None => ground,
    }
}

/// One of a row's texts with the letters that were found; `field` is its place and width. The cells it took.
fn draw_found(pen: &mut Pen<'_>, field: (u16, u16, u16), row: &Row, number: usize, style: Style) -> u16 {
    let (x, y, width) = field;
    let Some(text) = row.texts.get(number) else { return 0 };
    let used = pen.field(x, y, width, text, Align::Left, style);
    let found = pen.style(Role::Found);
    let found = Style { bg: style.bg.or(found.bg), ..style.patch(found) };
    let is_cut = cells(text) > width;
    let mut at = 0;
    for (index, (start, letter)) in text.char_indices().enumerate() {
        let piece = text.get(start..start + letter.len_utf8()).unwrap_or_default();
        let wide = cells(piece);
        let end = at + wide + u16::from(is_cut);
        if wide > 0 && end <= width && row.letters.contains(&(number, index)) {
            pen.field(x + at, y, wide, piece, Align::Left, found);
        }
        at += wide;
    }
    used
}

/// The part of a text after so many cells.
fn skip(text: &str, skipped: usize) -> &str {
    let mut left = skipped;
    let mut rest = text;
    while left > 0
        && let Some(letter) = rest.chars().next()
    {
        let (first, after) = rest.split_at(letter.len_utf8());
        left = left.saturating_sub(usize::from(cells(first).max(1)));
        rest = after;
    }
    rest
}
