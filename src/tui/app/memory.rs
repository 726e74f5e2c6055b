//! What is kept between runs, as text in the data folder: workspace, symbols, layout, and what panes remember.

use std::io;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::market::InstrumentId;
use crate::tui::layout::WorkspaceFiles;
use crate::tui::pane::PaneKind;

/// Name of the file in the data folder.
const FILE: &str = "screen.toml";

/// What is kept.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    path: Option<PathBuf>,
    table: Table,
    written: String,
    put_aside: Option<PathBuf>,
}

impl Memory {
    /// Nothing, and nothing will be kept.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// What the file of a data folder holds. One that is not understood is as none, and put aside: a person may have
    /// written it.
    #[must_use]
    pub fn load(data_dir: &Path) -> Self {
        let path = data_dir.join(FILE);
        let read = match std::fs::read_to_string(&path) {
            Ok(written) => written.parse().map(|table| (table, written)).ok(),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => None,
            Err(_) => Some(Default::default()),
        };
        let is_damaged = read.is_none();
        let (table, written) = read.unwrap_or_default();
        let put_aside = is_damaged.then(|| path.with_extension("toml.damaged")).filter(|aside| {
            // Where it cannot be moved, nothing can be written over it either.
            std::fs::rename(&path, aside).is_ok()
        });
        Self { path: Some(path), table, written, put_aside }
    }

    /// Where a file that was not understood is now.
    #[must_use]
    pub fn put_aside(&self) -> Option<String> {
        self.put_aside.as_ref().map(|path| path.display().to_string())
    }

    /// Where the person's own workspaces are.
    #[must_use]
    pub fn workspaces(&self) -> WorkspaceFiles {
        self.path.as_deref().and_then(Path::parent).map_or_else(WorkspaceFiles::default, WorkspaceFiles::of)
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
        for damaged in [&b"pane = [[["[..], b"word = \"\xff\""] {
            std::fs::write(folder.path().join(FILE), damaged).unwrap();
            let mut memory = Memory::load(folder.path());
            assert_eq!(memory.selected("sim"), None);
            memory.keep_word("workspace", "trade");
            memory.store().unwrap();
            let aside = folder.path().join("screen.toml.damaged");
            assert_eq!(memory.put_aside(), Some(aside.display().to_string()));
            assert_eq!(std::fs::read(aside).unwrap(), damaged, "nothing a person wrote is lost");
        }
        assert_eq!(Memory::load(folder.path()).put_aside(), None);
    }
}
