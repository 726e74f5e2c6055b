//! Three steps around the ladder for somebody who has never been here. It watches what happens and lets every key through
//! but the one that ends it.

use std::collections::BTreeSet;

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::layout::Rect;

use super::{Overlay, Stay};
use crate::text::screen::frame::Frame;
use crate::text::screen::tour::Tour as Words;
use crate::tui::action::{Action, Keymap};
use crate::tui::model::{Model, Unarmed, World};
use crate::tui::pane::{Asks, News};
use crate::tui::theme::Role;
use crate::tui::widget::{Pen, cells};

/// Terminals as wide as this have the ladder at the right, and room at the left.
const LADDER_AT_RIGHT: u16 = 110;
/// Cells of the ladder with its lines, where it stands at the left.
const LADDER: u16 = 46;

/// Shows around.
#[must_use]
pub fn tour() -> Box<dyn Overlay> {
    Box::new(Tour { step: Step::Arm, orders_before: BTreeSet::new() })
}

/// Whether this person is to be shown around: never was (`toured` is the word kept of it), and has no fill yet. Only where
/// the money is virtual: a tour asks for an order.
#[must_use]
pub fn is_wanted(toured: Option<&str>, model: &Model) -> bool {
    let is_new = toured.is_none_or(str::is_empty) && model.account.fills.is_empty();
    is_new && !model.view_only && model.world() == World::Virtual
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// The ladder is to be armed.
    Arm,
    /// An order is to be sent.
    Order,
    /// An order is to be filled.
    Fill,
    /// All was done.
    Done,
}

#[derive(Debug)]
struct Tour {
    step: Step,
    /// Orders there were when the ladder was armed: they are none of the tour's.
    orders_before: BTreeSet<String>,
}

/// A line of the tour, with the action whose key ends it.
type Line = (Role, &'static str, Option<Action>);

impl Tour {
    /// The step it is at after what happened.
    fn present(&self, model: &Model) -> Step {
        let is_new = |id: &str| !self.orders_before.contains(id);
        let has_order = || model.account.orders.keys().any(|id| is_new(id));
        let has_fill = || model.account.fills.iter().rev().any(|fill| is_new(&fill.order_id));
        match self.step {
            Step::Arm if model.is_armed() => Step::Order,
            Step::Order | Step::Fill if has_fill() => Step::Done,
            Step::Order if has_order() => Step::Fill,
            step => step,
        }
    }

    /// Goes on as far as what happened allows.
    fn watch(&mut self, model: &Model) {
        let present = self.present(model);
        if self.step == Step::Arm && present == Step::Order {
            self.orders_before = model.account.orders.keys().cloned().collect();
            self.orders_before.extend(model.account.fills.iter().map(|fill| fill.order_id.clone()));
        }
        self.step = present;
    }

    fn lines(&self, model: &Model) -> Vec<Line> {
        let text = |words: Words| words.text(model.look.language);
        let arm = |words: Words| match model.cannot_arm() {
            Some(why) => vec![(Role::Dim, text(Words::CannotArm), None), (Role::Warning, reason(why, model), None)],
            None => vec![(Role::Text, text(words), Some(Action::Arm))],
        };
        match self.present(model) {
            Step::Arm => {
                let mut lines = vec![(Role::Text, text(Words::LadderIs), None)];
                lines.extend(arm(Words::MoveAndArm));
                lines
            }
            Step::Order if !model.is_armed() => arm(Words::ArmAgain),
            Step::Order => vec![(Role::Text, text(Words::BuyHere), Some(Action::BuyHere))],
            Step::Fill => {
                let mut lines = vec![
                    (Role::Good, text(Words::Waits), None),
                    (Role::Text, text(Words::Centre), Some(Action::Select)),
                ];
                lines.extend(match model.is_armed() {
                    true => vec![(Role::Text, text(Words::OrMarket), Some(Action::BuyMarket))],
                    false => arm(Words::ArmAgain),
                });
                lines
            }
            Step::Done => {
                vec![(Role::Good, text(Words::Done), None), (Role::Text, text(Words::MoreHelp), Some(Action::Help))]
            }
        }
    }
}

/// Why the ladder cannot be armed. A screen without the right to trade is told how to get it.
const fn reason(why: Unarmed, model: &Model) -> &'static str {
    let frame = match why {
        Unarmed::ViewOnly => Frame::NoRight,
        Unarmed::Disconnected => Frame::Disconnected,
        Unarmed::Stale(_) => Frame::Stale,
        Unarmed::Idle => Frame::Idle,
        Unarmed::Halted => Frame::DeskHalted,
    };
    frame.text(model.look.language)
}

/// The first key of an action, as the config has it.
fn key_of(action: Action, model: &Model) -> String {
    let changes: Vec<(String, Vec<String>)> =
        model.config.keys.iter().map(|binding| (binding.action.clone(), binding.chords.clone())).collect();
    let keymap = Keymap::with(&changes).unwrap_or_else(|_| Keymap::standard());
    keymap.chords(action).first().map(ToString::to_string).unwrap_or_default()
}

/// Rows that a text takes in so many cells, broken at blanks.
fn broken(text: &str, width: u16) -> Vec<&str> {
    let mut rows = Vec::new();
    let mut start = 0;
    let mut end = 0;
    for (at, _) in text.match_indices(' ').chain([(text.len(), "")]) {
        if cells(text.get(start..at).unwrap_or_default()) > width && end > start {
            rows.push(text.get(start..end).unwrap_or_default());
            start = end + 1;
        }
        end = at;
    }
    rows.push(text.get(start..).unwrap_or_default());
    rows
}

/// Cells within the lines of a tour on such a screen.
fn room(screen: Rect) -> u16 {
    let beside = if screen.width >= LADDER_AT_RIGHT {
        screen.width - LADDER
    } else {
        screen.width - LADDER.min(screen.width / 2)
    };
    beside.min(66)
}

impl Overlay for Tour {
    fn size(&self, model: &Model, screen: (u16, u16)) -> (u16, u16) {
        let width = room(Rect::new(0, 0, screen.0, screen.1));
        let inner = width.saturating_sub(4);
        // A key stands behind its line, or where there is no room under it.
        let rows =
            |(_, text, action): &Line| broken(text, inner.saturating_sub(if action.is_some() { 8 } else { 0 })).len();
        let rows: usize = self.lines(model).iter().map(rows).sum();
        (width, u16::try_from(rows).unwrap_or(8).saturating_add(3))
    }

    fn title(&self, model: &Model) -> String {
        let step = match self.present(model) {
            Step::Arm => "1/3",
            Step::Order => "2/3",
            Step::Fill => "3/3",
            Step::Done => "",
        };
        format!("{} {step}", Words::Title.text(model.look.language)).trim_end().to_owned()
    }

    fn draw(&mut self, model: &Model, pen: &mut Pen<'_>) {
        self.watch(model);
        let inner = pen.width().saturating_sub(2);
        let key = pen.style(Role::Key);
        let mut y = 0;
        for (role, text, action) in self.lines(model) {
            let style = pen.style(role);
            let chord = action.map(|action| key_of(action, model));
            let mut used = 0;
            for row in broken(text, inner.saturating_sub(if action.is_some() { 8 } else { 0 })) {
                used = pen.text(1, y, row, style);
                y += 1;
            }
            if let Some(chord) = chord {
                pen.text(used + 2, y.saturating_sub(1), &chord, key);
            }
        }
        let dim = pen.style(Role::Dim);
        pen.text(1, pen.height().saturating_sub(1).max(y), Words::EscEnds.text(model.look.language), dim);
    }

    fn key(&mut self, key: &KeyEvent, _: Option<Action>, _: &Model, _: &mut Asks) -> Stay {
        if key.code == KeyCode::Esc { Stay::Close } else { Stay::Open }
    }

    fn told(&mut self, _: &News<'_>, model: &Model, _: &mut Asks) {
        self.watch(model);
    }

    fn lets_keys_through(&self) -> bool {
        true
    }

    /// In the corner that the ladder does not stand in.
    fn place(&self, model: &Model, screen: Rect) -> Rect {
        let (width, height) = self.size(model, (screen.width, screen.height));
        let (width, height) = (width.min(screen.width), height.min(screen.height.saturating_sub(1)));
        let x = if screen.width >= LADDER_AT_RIGHT { screen.x } else { screen.right() - width };
        // The footer stays in sight: it says what is armed.
        Rect::new(x, screen.bottom().saturating_sub(height + 1), width, height)
    }
}

#[cfg(test)]
mod tests {
    use ratatui::buffer::Buffer;
    use serde_json::json;

    use super::*;
    use crate::config::{KeyBinding, Language};
    use crate::tui::model::fixture::{order, trading};

    fn drawn(tour: &mut dyn Overlay, model: &Model, width: u16, height: u16) -> String {
        let screen = Rect::new(0, 0, width, height);
        let mut buffer = Buffer::empty(screen);
        let mut scratch = String::new();
        let area = tour.place(model, screen);
        assert_eq!(area.intersection(screen), area, "{width}x{height}");
        tour.draw(model, &mut Pen::new(&mut buffer, area, &model.look, &mut scratch));
        buffer.content.iter().map(|cell| cell.symbol()).collect()
    }

    fn fill(order: &str) -> serde_json::Value {
        json!({
            "id": "f-1", "order_id": order, "profile": "sim", "symbol": "005930", "venue": "SIM", "side": "buy",
            "price": "71200", "quantity": "1", "fee": "1", "tax": "0", "currency": "KRW", "liquidity": "maker",
            "time": "2026-11-20T01:30:00Z"
        })
    }

    #[test]
    fn each_step_is_done_by_what_happens() {
        let mut model = trading(Language::En);
        let mut tour = tour();
        assert!(drawn(&mut *tour, &model, 160, 45).contains("arm with:"));
        model.account.put_fill(serde_json::from_value(fill("o-0")).unwrap());
        model.trading.arm(model.now);
        assert!(drawn(&mut *tour, &model, 160, 45).contains("Buy at the row"), "an order there was is no step");
        model.account.put_order(serde_json::from_value(order("o-2", "buy", "71100", 1)).unwrap());
        let text = drawn(&mut *tour, &model, 160, 45);
        assert!(text.contains("fills when its turn comes") && text.contains("buy at market"));
        assert_eq!(tour.title(&model), "tour 3/3");
        let mut filled = fill("o-2");
        filled["id"] = json!("f-2");
        model.account.put_fill(serde_json::from_value(filled).unwrap());
        assert!(drawn(&mut *tour, &model, 160, 45).contains("filled virtual order"));
    }

    #[test]
    fn it_says_why_the_ladder_cannot_be_armed() {
        let mut model = trading(Language::En);
        model.status = None;
        assert!(drawn(&mut *tour(), &model, 160, 45).contains("another screen holds"));
        let mut model = trading(Language::En);
        let mut begun = tour();
        model.trading.arm(model.now);
        drawn(&mut *begun, &model, 160, 45);
        model.trading.armed = None;
        assert!(drawn(&mut *begun, &model, 160, 45).contains("Arm again"));
    }

    #[test]
    fn it_names_the_keys_of_the_config() {
        let mut model = trading(Language::En);
        model.config.keys = vec![KeyBinding { action: "arm".into(), chords: vec!["f11".into()], line: 1 }];
        assert!(drawn(&mut *tour(), &model, 160, 45).contains("f11"));
    }

    #[test]
    fn the_ladder_stays_in_sight() {
        let model = trading(Language::Ko);
        for (width, height) in [(160, 45), (120, 30), (250, 80)] {
            let area = tour().place(&model, Rect::new(0, 0, width, height));
            assert!(area.right() <= width - LADDER && area.bottom() < height, "{width}x{height}: {area}");
        }
        let area = tour().place(&model, Rect::new(0, 0, 80, 24));
        assert!(area.x >= 40 && area.bottom() < 24, "{area}");
    }

    #[test]
    fn only_who_is_new_and_plays_with_virtual_money_is_shown_around() {
        let mut model = trading(Language::En);
        assert!(is_wanted(None, &model));
        assert!(!is_wanted(Some("1"), &model));
        model.account.put_fill(serde_json::from_value(fill("o-1")).unwrap());
        assert!(!is_wanted(None, &model));
        let mut model = trading(Language::En);
        model.view_only = true;
        assert!(!is_wanted(None, &model));
    }

    #[test]
    fn it_draws_at_any_size() {
        for language in [Language::Ko, Language::En] {
            let mut model = trading(language);
            let mut tour = tour();
            for step in 0..2 {
                if step == 1 {
                    model.trading.arm(model.now);
                }
                for width in (1..90).chain([110, 160]) {
                    for height in (1..12).chain([24, 45]) {
                        drawn(&mut *tour, &model, width, height);
                    }
                }
            }
        }
    }
}
