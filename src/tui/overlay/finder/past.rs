//! What was typed and selected before, while the screen runs.

use std::collections::VecDeque;

use crate::market::InstrumentId;

/// Most lines, and most instruments, remembered.
const KEPT_MAX: usize = 20;

/// Lines typed into the palette and instruments selected, newest first.
#[derive(Debug, Clone, Default)]
pub struct Past {
    lines: VecDeque<String>,
    selected: VecDeque<InstrumentId>,
}

impl Past {
    /// A line was done. One that was done before comes to the front.
    pub fn typed(&mut self, line: String) {
        self.lines.retain(|known| *known != line);
        self.lines.push_front(line);
        self.lines.truncate(KEPT_MAX);
    }

    /// An instrument was selected.
    pub fn selected(&mut self, id: InstrumentId) {
        self.selected.retain(|known| *known != id);
        self.selected.push_front(id);
        self.selected.truncate(KEPT_MAX);
    }

    /// Lines, newest first.
    pub fn lines(&self) -> impl Iterator<Item = &String> {
        self.lines.iter()
    }

    /// Instruments, newest first.
    pub fn instruments(&self) -> impl Iterator<Item = &InstrumentId> {
        self.selected.iter()
    }
}
