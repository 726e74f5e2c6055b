//! To be written.

use super::{Overlay, QuestionBox};
use crate::tui::pane::{Ask, Question};
fn none() -> Box<dyn Overlay> {
    Box::new(QuestionBox::new(
        Question { lines: vec![], word: None, deed: Box::new(Ask::Keep) },
        std::time::Duration::ZERO,
    ))
}
/// Help.
pub fn help(_: &super::Under<'_>, _: &crate::tui::model::Model) -> Box<dyn Overlay> {
    none()
}
