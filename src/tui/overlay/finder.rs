//! To be written.

use super::{Overlay, QuestionBox};
use crate::tui::pane::{Ask, Question};
fn none() -> Box<dyn Overlay> {
    Box::new(QuestionBox::new(
        Question { lines: vec![], word: None, deed: Box::new(Ask::Keep) },
        std::time::Duration::ZERO,
    ))
}
/// Finds actions, symbols, pages.
pub fn palette(_: &crate::tui::action::Keymap) -> Box<dyn Overlay> {
    none()
}
/// Finds symbols.
pub fn symbols() -> Box<dyn Overlay> {
    none()
}
