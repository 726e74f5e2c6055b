//! The last line: the world, whether keys trade, and at most eight of them; or what was just said.

use crate::text::screen::frame::Frame;
use crate::tui::action::{Action, Key, Keymap};
use crate::tui::model::Model;
use crate::tui::pane::Notice;
use crate::tui::theme::Role;
use crate::tui::widget::{Grouped, Pen, cells};

/// Most hints.
const HINTS_MAX: usize = 8;

/// Hints that every pane shares, after its own.
const SHARED: [Action; 6] =
    [Action::Help, Action::Palette, Action::Search, Action::NextPane, Action::Arm, Action::Quit];

/// What the line is made of.
#[derive(Debug)]
pub struct Foot<'a> {
    /// What was just said.
    pub notice: Option<&'a Notice>,
    /// Hints of the focused pane, the most useful first.
    pub hints: &'a [Action],
    /// The keys.
    pub keymap: &'a Keymap,
    /// First key of a chord that waits for its second.
    pub prefix: Option<Key>,
}

/// Draws the line.
pub fn draw(model: &Model, foot: &Foot<'_>, pen: &mut Pen<'_>) {
    let bar = pen.style(Role::Bar);
    let width = pen.width();
    pen.rule(0, 0, width, " ", bar);
    let language = model.look.language;
    let world = model.world();
    let badge = pen.style(world.role());
    let mut x = pen.text(0, 0, &format!(" {} ", world.badge()), badge) + 1;
    if model.is_armed() {
        let armed = pen.style(Role::Armed);
        let size = Grouped::new(model.trading.size.value());
        x += pen.text(x, 0, &format!(" {} {size} ", Frame::Armed.text(language)), armed) + 1;
    } else {
        let dim = bar.patch(pen.style(Role::Dim));
        x += pen.text(x, 0, Frame::Disarmed.text(language), dim) + 2;
    }
    if let Some(prefix) = foot.prefix {
        let key = pen.style(Role::Key);
        pen.text(x, 0, &format!("{prefix} {}...", Frame::PrefixWaits.text(language)), key);
        return;
    }
    if let Some(notice) = foot.notice {
        let style = bar.patch(pen.style(notice.role));
        pen.text(x, 0, &notice.text, style);
        return;
    }
    hints(model, foot, x, pen);
}

fn hints(model: &Model, foot: &Foot<'_>, from: u16, pen: &mut Pen<'_>) {
    let (bar, key) = (pen.style(Role::Bar), pen.style(Role::Key));
    let language = model.look.language;
    let mut x = from;
    let chord_of = |action: &Action| foot.keymap.chords(*action).first();
    let all = || foot.hints.iter().chain(&SHARED).filter_map(|action| chord_of(action).map(|chord| (*action, chord)));
    // A key means one thing at a time, and what the pane says comes first.
    let once = all().enumerate().filter(|(at, (_, chord))| !all().take(*at).any(|(_, before)| before == *chord));
    for (action, chord) in once.map(|(_, hint)| hint).take(HINTS_MAX) {
        let chord = chord.to_string();
        let label = action.entry().label.text(language);
        // Arrows and the like are called what they do.
        let label = if is_named_alike(&chord, label) { "" } else { label };
        // Half a hint is none.
        if x + cells(&chord) + cells(label) + 2 > pen.width() {
            continue;
        }
        x += pen.text(x, 0, &chord, key) + 1;
        if !label.is_empty() {
            x += pen.text(x, 0, label, bar) + 1;
        }
        x += 1;
    }
}

/// `pagedown` and `page down`.
fn is_named_alike(chord: &str, label: &str) -> bool {
    label.chars().filter(|c| *c != ' ').eq(chord.chars())
}

#[cfg(test)]
mod tests {
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;

    use super::*;
    use crate::config::Language;
    use crate::tui::model::fixture;

    fn line(language: Language, hints: &[Action]) -> String {
        let model = fixture::trading(language);
        let area = Rect::new(0, 0, 160, 1);
        let mut buffer = Buffer::empty(area);
        let mut scratch = String::new();
        let foot = Foot { notice: None, hints, keymap: &Keymap::standard(), prefix: None };
        draw(&model, &foot, &mut Pen::new(&mut buffer, area, &model.look, &mut scratch));
        (0..area.width).map(|x| buffer[(x, 0)].symbol()).collect()
    }

    #[test]
    fn a_key_stands_once_and_means_what_the_pane_says() {
        let form = line(Language::En, &[Action::NextField, Action::PreviousField]);
        assert!(form.contains("tab next field  shift-tab previous field"), "{form}");
        assert!(!form.contains("next pane"), "{form}");
        assert!(line(Language::En, &[Action::Open]).contains("tab next pane"));
    }

    #[test]
    fn a_key_that_is_called_what_it_does_is_named_once() {
        let english = line(Language::En, &[Action::Down, Action::PageDown, Action::Open, Action::Down]);
        assert!(english.contains("  down  pagedown  enter open  ? help"), "{english}");
        let korean = line(Language::Ko, &[Action::Down, Action::PageDown]);
        assert!(korean.replace(' ', "").contains("down아래pagedown한쪽아래"), "{korean}");
    }
}
