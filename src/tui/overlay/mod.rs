//! What stands over the panes and gets the keys first: questions, the palette, the search, help, the tour.

pub mod away;
pub mod finder;
pub mod help;
mod question;
pub mod tour;

pub use finder::Past;
pub use question::QuestionBox;

use crossterm::event::{KeyEvent, MouseEvent};
use ratatui::layout::Rect;

use super::action::{Action, Context, Keymap};
use super::model::Model;
use super::pane::{Asks, News, PaneKind};
use super::widget::Pen;

/// Whether an overlay stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stay {
    /// It stays.
    Open,
    /// It goes.
    Close,
}

/// What an overlay may say about the screen under it.
#[derive(Debug)]
pub struct Under<'a> {
    /// The keys.
    pub keymap: &'a Keymap,
    /// Contexts of the pane that had the keys, the most specific first.
    pub contexts: &'a [Context],
    /// The pane that had the keys.
    pub focused: PaneKind,
    /// Actions that would do nothing there now, with the reason.
    pub why_not: &'a [(Action, String)],
}

/// Something over the panes.
pub trait Overlay {
    /// How many columns and rows it wants of a screen of that size.
    fn size(&self, model: &Model, screen: (u16, u16)) -> (u16, u16);

    /// Its title.
    fn title(&self, model: &Model) -> String;

    /// Draws within its lines.
    fn draw(&mut self, model: &Model, pen: &mut Pen<'_>);

    /// Where its keys are looked up; nothing else is.
    fn contexts(&self) -> &'static [Context] {
        &[]
    }

    /// Takes a key. `action` is what it means in the overlay's own contexts.
    fn key(&mut self, key: &KeyEvent, action: Option<Action>, model: &Model, asks: &mut Asks) -> Stay;

    /// It was just put over the panes. `past` is what was done with such ones before.
    fn opened(&mut self, _past: &Past, _model: &Model, _asks: &mut Asks) {}

    /// Takes pasted text, free of control characters and line ends.
    fn paste(&mut self, _text: &str, _model: &Model, _asks: &mut Asks) {}

    /// Takes a click or the wheel; the area is that within its lines.
    fn mouse(&mut self, _mouse: &MouseEvent, _area: Rect, _model: &Model, _asks: &mut Asks) -> Stay {
        Stay::Open
    }

    /// Takes news.
    fn told(&mut self, _news: &News<'_>, _model: &Model, _asks: &mut Asks) {}

    /// Whether what it was told made an end of it.
    fn is_over(&self) -> bool {
        false
    }

    /// Whether it takes room below the panes' keys instead of over them: then keys it has no use for reach the panes.
    fn lets_keys_through(&self) -> bool {
        false
    }

    /// Where it stands on a screen: in the middle unless it says otherwise.
    fn place(&self, model: &Model, screen: Rect) -> Rect {
        let (width, height) = self.size(model, (screen.width, screen.height));
        let (width, height) = (width.min(screen.width), height.min(screen.height));
        Rect::new(screen.x + (screen.width - width) / 2, screen.y + (screen.height - height) / 2, width, height)
    }
}
