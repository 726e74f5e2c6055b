//! The list of settings.

use super::Settings;
use super::item::{Item, LIMITS, Origin, SCREEN, TRADING, Whence};
use crate::text::screen::settings::Settings as Texts;
use crate::tui::model::Model;
use crate::tui::theme::Role;
use crate::tui::widget::{Align, Pen};

/// A line of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// Name of a part.
    Heading(Texts),
    /// A setting.
    Item(Item),
    /// A text.
    Text(Texts),
    /// Nothing.
    Gap,
}

/// Cells of a name.
const NAME: u16 = 25;
/// Cells of a value, where there is room for all columns.
const VALUE: u16 = 30;
/// Cells of an origin.
const ORIGIN: u16 = 18;

/// Makes the lines.
pub fn lines(lines: &mut Vec<Line>, limits: bool) {
    lines.clear();
    lines.push(Line::Heading(Texts::Screen));
    lines.extend(SCREEN.map(Line::Item));
    lines.extend([Line::Gap, Line::Heading(Texts::Trading)]);
    lines.extend(TRADING.map(Line::Item));
    lines.extend([Line::Gap, Line::Heading(Texts::Limits)]);
    if limits {
        lines.extend((0..LIMITS.len()).map(|at| Line::Item(Item::Limit(at))));
    } else {
        lines.push(Line::Text(Texts::AskingLimits));
    }
    lines.extend([Line::Gap, Line::Text(Texts::FileHint), Line::Text(Texts::KeysHint)]);
}

impl Settings {
    pub(super) fn draw_list(&mut self, model: &Model, focused: bool, pen: &mut Pen<'_>) {
        let height = usize::from(pen.height());
        self.scroll.keep(self.lines.len(), height);
        // The heading over the first setting, and the hints under the last, come into sight with them.
        let first = self.lines.iter().position(|line| matches!(line, Line::Item(_)));
        let last = self.lines.iter().rposition(|line| matches!(line, Line::Item(_)));
        if Some(self.scroll.chosen) == first {
            self.scroll.top = 0;
        } else if Some(self.scroll.chosen) == last {
            let end = self.lines.len().saturating_sub(height);
            self.scroll.top = self.scroll.top.max(end.min(self.scroll.chosen));
        }
        let mut value = std::mem::take(&mut self.value);
        for y in 0..pen.height() {
            let Some(at) = self.scroll.row_at(y, self.lines.len()) else { break };
            match self.lines.get(at) {
                Some(Line::Heading(text)) => heading(pen, y, text.text(model.look.language)),
                Some(Line::Text(text)) => {
                    let dim = pen.style(Role::Dim);
                    pen.text(0, y, text.text(model.look.language), dim);
                }
                Some(Line::Item(item)) => {
                    let chosen = focused && at == self.scroll.chosen;
                    self.draw_item(*item, model, chosen, pen, y, &mut value);
                }
                Some(Line::Gap) | None => {}
            }
        }
        self.value = value;
    }

    fn draw_item(&self, item: Item, model: &Model, chosen: bool, pen: &mut Pen<'_>, y: u16, value: &mut String) {
        let language = model.look.language;
        let (label, text, dim) = (pen.style(Role::Label), pen.style(Role::Text), pen.style(Role::Dim));
        pen.field(2, y, NAME, item.name().text(language), Align::Left, label);
        let from = NAME + 3;
        if let Some(typing) = self.typing.as_ref().filter(|typing| typing.item == item) {
            let field = pen.style(if typing.wrong.is_some() { Role::FieldWrong } else { Role::FieldFocused });
            typing.entry.draw(pen, (from, y, VALUE.min(pen.width().saturating_sub(from))), field);
            if let Some(wrong) = typing.wrong {
                let error = pen.style(Role::Error);
                pen.text(from + VALUE + 1, y, wrong.text(language), error);
            }
            return;
        }
        let origin = match item {
            Item::Limit(at) => match self.limits.as_ref().and_then(|limits| limits.rows.get(at)) {
                Some(row) => {
                    pen.field(from, y, VALUE, limit_word(model, &row.shown), Align::Left, text);
                    row.origin
                }
                None => Origin::State,
            },
            _ => {
                value.clear();
                item.value(model, value);
                let shown = if item == Item::Lock { crate::text::clean::clean(value) } else { value.as_str().into() };
                pen.field(from, y, VALUE, &shown, Align::Left, text);
                self.opened.as_ref().map_or(Origin::State, |opened| item.origin(model, opened))
            }
        };
        let role = match origin {
            Origin::ThisRun | Origin::Kept | Origin::Desk => Role::Warning,
            _ => Role::Dim,
        };
        let style = pen.style(role);
        pen.value(from + VALUE + 1, y, ORIGIN, Whence(language, origin), Align::Left, style);
        let key = from + VALUE + ORIGIN + 2;
        if pen.width() >= key + 24 {
            let table = if matches!(item, Item::Limit(_)) { "risk." } else { "" };
            pen.value(key, y, pen.width() - key, format_args!("{table}{}", item.key()), Align::Left, dim);
        }
        if chosen {
            let cursor = pen.style(Role::Strong);
            pen.symbol(0, y, pen.look.glyphs.cursor, cursor);
            let ground = pen.style(Role::Chosen);
            pen.ground(0, y, pen.width(), ground);
        }
    }
}

/// A limit that is a word, as people say it.
pub fn limit_word<'a>(model: &Model, shown: &'a str) -> &'a str {
    let language = model.look.language;
    match shown {
        "off" => Texts::NoLimit.text(language),
        "true" => Texts::On.text(language),
        "false" => Texts::Off.text(language),
        other => other,
    }
}

fn heading(pen: &mut Pen<'_>, y: u16, text: &str) {
    let (strong, frame) = (pen.style(Role::Strong), pen.style(Role::Frame));
    let used = pen.text(0, y, text, strong) + 1;
    let width = pen.width().saturating_sub(used);
    pen.rule(used, y, width, pen.look.glyphs.horizontal, frame);
}
