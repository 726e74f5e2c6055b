//! What is kept between runs, as text in the data folder: workspace, symbols, layout, and what panes remember.

use std::io;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::market::InstrumentId;
use crate::tui::pane::PaneKind;

/// Name of the file in the data folder.
const FILE: &str = "screen.toml";

/// What is kept.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    path: Option<PathBuf>,
    table: Table,
    written: String,
}

impl Memory {
    /// Nothing, and nothing will be kept.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// What the file of a data folder holds. A file that cannot be read or is damaged is as none: it only holds comforts.
    #[must_use]
    pub fn load(data_dir: &Path) -> Self {
        let path = data_dir.join(FILE);
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        let table = written.parse().unwrap_or_default();
        Self { path: Some(path), table, written }
    }

    /// Writes what changed, whole or not at all.
    ///
    /// # Errors
    /// The folder takes no file.
    pub fn store(&mut self) -> io::Result<()> {
        let Some(path) = &self.path else { return Ok(()) };
        let text = self.table.to_string();
        if text == self.written {
            return Ok(());
        }
        let beside = path.with_extension("toml.new");
        std::fs::write(&beside, &text)?;
        std::fs::rename(&beside, path)?;
        self.written = text;
        Ok(())
    }

    /// State of a pane.
    #[must_use]
    pub fn pane(&self, kind: PaneKind) -> Option<&Table> {
        self.table.get("pane")?.get(kind.name())?.as_table()
    }

    /// Keeps the state of a pane.
    pub fn keep(&mut self, kind: PaneKind, state: Table) {
        if !state.is_empty() {
            self.part("pane").insert(kind.name().to_owned(), Value::Table(state));
        }
    }

    /// The instrument a profile showed last.
    #[must_use]
    pub fn selected(&self, profile: &str) -> Option<InstrumentId> {
        self.table.get("symbol")?.get(profile)?.as_str()?.parse().ok()
    }

    /// Keeps the instrument of a profile.
    pub fn keep_selected(&mut self, profile: &str, id: Option<&InstrumentId>) {
        if let Some(id) = id {
            self.part("symbol").insert(profile.to_owned(), Value::String(id.to_string()));
        }
    }

    /// A word of the screen itself: `workspace`, `focus`, `theme`.
    #[must_use]
    pub fn word(&self, key: &str) -> Option<&str> {
        self.table.get("screen")?.get(key)?.as_str()
    }

    /// Keeps a word.
    pub fn keep_word(&mut self, key: &str, word: &str) {
        self.part("screen").insert(key.to_owned(), Value::String(word.to_owned()));
    }

    fn part(&mut self, name: &str) -> &mut Table {
        let part = self.table.entry(name).or_insert_with(|| Value::Table(Table::new()));
        if !part.is_table() {
            *part = Value::Table(Table::new());
        }
        match part {
            Value::Table(table) => table,
            // Made a table just above.
            _ => unreachable!("a table"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_is_there_again_and_a_damaged_file_is_as_none() {
        let folder = tempfile::tempdir().unwrap();
        let mut memory = Memory::load(folder.path());
        memory.keep_selected("sim", Some(&"SIM:005930".parse().unwrap()));
        memory.keep_word("workspace", "chart");
        memory.store().unwrap();
        let memory = Memory::load(folder.path());
        assert_eq!(memory.selected("sim"), Some("SIM:005930".parse().unwrap()));
        assert_eq!(memory.word("workspace"), Some("chart"));
        std::fs::write(folder.path().join(FILE), "pane = [[[").unwrap();
        assert_eq!(Memory::load(folder.path()).selected("sim"), None);
    }
}
