//! To be written.

use super::{Overlay, QuestionBox};
use crate::tui::pane::{Ask, Question};
fn none() -> Box<dyn Overlay> {
    Box::new(QuestionBox::new(
        Question { lines: vec![], word: None, deed: Box::new(Ask::Keep) },
        std::time::Duration::ZERO,
    ))
}
/// Tour.
pub fn tour() -> Box<dyn Overlay> {
    none()
}
