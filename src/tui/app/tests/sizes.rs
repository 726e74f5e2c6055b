//! Every workspace and what stands over it, at any size a window can have.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Stage;
use crate::config::Language;
use crate::tui::action::Action;
use crate::tui::layout::WORKSPACES;
use crate::tui::theme::{ColourDepth, GlyphSet, Look, Theme};
use crate::tui::widget::cells;

/// A stream of numbers that is the same on every run (Knuth's MMIX generator).
struct Random(u64);

impl Random {
    fn below(&mut self, end: u16) -> u16 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u16::try_from((self.0 >> 33) % u64::from(end)).unwrap()
    }

    fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[usize::from(self.below(u16::try_from(choices.len()).unwrap()))]
    }
}

/// What can stand over the panes, by the key that opens it.
const OVER: [Option<Action>; 6] =
    [None, None, Some(Action::Help), Some(Action::Palette), Some(Action::Search), Some(Action::Tour)];

/// Draws one size, and says what is wrong with the cells.
fn wrong(stage: &mut Stage, width: u16, height: u16) -> Option<String> {
    let area = Rect::new(0, 0, width, height);
    let mut buffer = Buffer::empty(area);
    stage.app.draw_into(&mut buffer, area);
    for y in 0..height {
        for x in 0..width {
            let symbol = buffer[(x, y)].symbol();
            if symbol.chars().any(char::is_control) {
                return Some(format!("a command at {x},{y}"));
            }
            if cells(symbol) < 2 {
                continue;
            }
            if x + 1 == width {
                return Some(format!("{symbol} is cut by the edge in row {y}"));
            }
            let next = buffer[(x + 1, y)].symbol();
            if !next.trim().is_empty() {
                return Some(format!("{symbol} at {x},{y} lies under {next}"));
            }
        }
    }
    None
}

/// The same window goes from size to size as under a hand, so that what a pane keeps of the last one meets the next.
fn draw(stage: &mut Stage, random: &mut Random, width: u16, height: u16) {
    let workspace = usize::from(random.below(u16::try_from(WORKSPACES.len()).unwrap()));
    let language = random.of(&[Language::Ko, Language::En]);
    let glyphs = random.of(&[GlyphSet::Full, GlyphSet::Narrow, GlyphSet::Ascii]);
    let over = random.of(&OVER);
    stage.app.overlays.clear();
    stage.app.arrangement.show(workspace);
    stage.app.model.look = Look::new(language, Theme::Korean, ColourDepth::True, glyphs);
    if random.below(8) == 0 {
        stage.app.arrangement.zoom();
    }
    for _ in 0..random.below(4) {
        stage.app.arrangement.step(true);
    }
    if let Some(action) = over {
        stage.app.do_deed(action);
    }
    let wrong = wrong(stage, width, height);
    assert_eq!(wrong, None, "{width}x{height} {} {language:?} {glyphs:?} {over:?}", WORKSPACES[workspace].key);
}

#[test]
fn a_window_of_any_size_is_drawn() {
    let (mut stage, mut random) = (Stage::new(), Random(20_261_121));
    for _ in 0..2_000 {
        let (width, height) = (1 + random.below(260), 1 + random.below(90));
        draw(&mut stage, &mut random, width, height);
    }
}

/// `cargo test --lib every_size_there_is -- --ignored`
#[test]
#[ignore = "takes minutes"]
fn every_size_there_is_is_drawn() {
    let (mut stage, mut random) = (Stage::new(), Random(7));
    let mut sizes: Vec<(u16, u16)> = (1..=260).flat_map(|width| (1..=90).map(move |height| (width, height))).collect();
    for left in (1..sizes.len()).rev() {
        sizes.swap(left, usize::from(random.below(u16::try_from(left + 1).unwrap())));
    }
    for (width, height) in sizes {
        draw(&mut stage, &mut random, width, height);
    }
}
