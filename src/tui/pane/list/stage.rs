//! What tests of lists share: a pane drawn into cells, and keys and clicks for it.

#![allow(clippy::unwrap_used, reason = "only tests use it")]

use std::time::Duration;

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use serde_json::{Value, json};

use crate::config::Language;
use crate::tui::action::Action;
use crate::tui::model::{Model, fixture};
use crate::tui::pane::{Ask, Asks, Handled, Pane};
use crate::tui::theme::{ColourDepth, GlyphSet, Look, Theme};
use crate::tui::widget::Pen;

/// A pane drawn into so many cells.
pub fn cells(pane: &mut dyn Pane, model: &Model, size: (u16, u16)) -> Buffer {
    let area = Rect::new(0, 0, size.0, size.1);
    let mut buffer = Buffer::empty(area);
    let mut scratch = String::new();
    pane.draw(model, true, &mut Pen::new(&mut buffer, area, &model.look, &mut scratch));
    buffer
}

/// Its lines, without the cells that a wide letter hides.
pub fn lines(pane: &mut dyn Pane, model: &Model, size: (u16, u16)) -> Vec<String> {
    let buffer = cells(pane, model, size);
    let line = |y| {
        let mut text = String::new();
        let mut hidden = 0;
        for x in 0..size.0 {
            let symbol = buffer[(x, y)].symbol();
            if hidden == 0 {
                text.push_str(symbol);
                hidden = crate::tui::widget::cells(symbol).saturating_sub(1);
            } else {
                hidden -= 1;
            }
        }
        text.trim_end().to_owned()
    };
    (0..size.1).map(line).collect()
}

/// Style of the cell where a text begins.
pub fn style_at(pane: &mut dyn Pane, model: &Model, size: (u16, u16), text: &str) -> Style {
    let buffer = cells(pane, model, size);
    let all: Vec<(u16, u16)> = (0..size.1).flat_map(|y| (0..size.0).map(move |x| (x, y))).collect();
    let starts = |(x, y): &(u16, u16)| {
        let letters: String = (*x..size.0).map(|x| buffer[(x, *y)].symbol()).collect();
        letters.starts_with(text)
    };
    let at = all.into_iter().find(starts).unwrap_or_else(|| panic!("{text} is not shown"));
    buffer[at].style()
}

/// What a pane asks for when an action is done.
pub fn act(pane: &mut dyn Pane, model: &Model, action: Action) -> (Handled, Vec<Ask>) {
    let mut asks = Asks::default();
    let handled = pane.act(action, model, &mut asks);
    (handled, asks.0)
}

/// A click on a cell of the pane.
pub fn click(pane: &mut dyn Pane, model: &Model, size: (u16, u16), at: (u16, u16)) -> Vec<Ask> {
    let kind = MouseEventKind::Down(MouseButton::Left);
    mouse(pane, model, size, kind, at)
}

/// Something the mouse did.
pub fn mouse(pane: &mut dyn Pane, model: &Model, size: (u16, u16), kind: MouseEventKind, at: (u16, u16)) -> Vec<Ask> {
    let mut asks = Asks::default();
    let event = MouseEvent { kind, column: at.0, row: at.1, modifiers: KeyModifiers::NONE };
    pane.mouse(&event, Rect::new(0, 0, size.0, size.1), model, &mut asks);
    asks.0
}

/// Time passes.
pub fn later(model: &mut Model, millis: u64) {
    model.now.since_start += Duration::from_millis(millis);
    let utc = model.now.utc.millis() + i64::try_from(millis).unwrap();
    model.now.utc = crate::market::UtcTime::from_millis(utc);
}

/// An order as the fixture makes it, with some of its fields changed.
pub fn order(id: &str, changes: &Value) -> crate::desk::record::OrderRecord {
    let mut order = fixture::order(id, "buy", "71000", 10);
    for (key, value) in changes.as_object().unwrap() {
        order[key] = value.clone();
    }
    serde_json::from_value(order).unwrap()
}

/// A fill.
pub fn fill(id: &str, changes: &Value) -> crate::desk::record::FillRecord {
    let mut fill = json!({
        "id": id, "order_id": "o-1", "profile": "sim", "symbol": "005930", "venue": "SIM", "side": "buy",
        "price": "71300", "quantity": "10", "fee": "107", "tax": "0", "currency": "KRW", "liquidity": "taker",
        "time": "2026-11-20T00:31:02Z"
    });
    for (key, value) in changes.as_object().unwrap() {
        fill[key] = value.clone();
    }
    serde_json::from_value(fill).unwrap()
}

/// Draws at every size, in both languages and every set of symbols, and asks every action; nothing may panic, and no
/// letter but the theme's may be drawn.
pub fn survive<P: Pane>(make: impl Fn() -> P, prepare: impl Fn(&mut Model)) {
    for language in [Language::Ko, Language::En] {
        for (glyphs, depth) in [
            (GlyphSet::Full, ColourDepth::True),
            (GlyphSet::Narrow, ColourDepth::Sixteen),
            (GlyphSet::Ascii, ColourDepth::None),
        ] {
            for mut model in [fixture::empty(language), fixture::trading(language)] {
                model.look = Look::new(language, Theme::Korean, depth, glyphs);
                prepare(&mut model);
                let mut pane = make();
                for width in (1..60).chain([80, 160, 250]) {
                    for height in [1, 2, 3, 7, 24] {
                        cells(&mut pane, &model, (width, height));
                    }
                }
                for entry in crate::tui::action::TABLE {
                    act(&mut pane, &model, entry.action);
                    cells(&mut pane, &model, (40, 10));
                }
            }
        }
    }
}
