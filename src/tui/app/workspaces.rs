//! Workspaces by name: shown, kept, renamed and removed. Their files are read anew each time, so that what a person or
//! another screen wrote counts at once.

use super::App;
use super::outbox::Outbox;
use crate::text::screen::workspace::Workspace as Words;
use crate::tui::layout::{OWN_KEYS, OwnWorkspace, Trouble, WORKSPACES, WrongFile, check_name};
use crate::tui::pane::{Ask, Asks, Notice, Question, WorkspaceDeed};
use crate::tui::theme::Role;

impl<O: Outbox> App<O> {
    /// Shows the workspace of a number key.
    pub(super) fn show_workspace_at(&mut self, key: u8) {
        let index = usize::from(key).saturating_sub(1);
        if index < WORKSPACES.len() {
            self.show_workspace(index);
            return;
        }
        let all_read = self.read_own();
        match self.arrangement.with_key(key) {
            Some(index) => self.show_workspace(index),
            // Its file may be among those that were just named as wrong.
            None if !all_read => {}
            None => self.tell_trouble(&Trouble::about(Words::NoneAtKey, key.to_string()), Role::Dim),
        }
    }

    fn show_workspace(&mut self, index: usize) {
        let before = self.focused();
        if self.arrangement.show(index) {
            self.focus_moved(before);
            self.keep();
        }
    }

    pub(super) fn do_workspace(&mut self, deed: WorkspaceDeed) {
        self.read_own();
        let done = match deed {
            WorkspaceDeed::Show(name) => self.show_named(&name),
            WorkspaceDeed::Save { name, replace } => self.save_workspace(name, replace),
            WorkspaceDeed::Rename { from, to } => {
                let from = from.unwrap_or_else(|| self.arrangement.name().to_owned());
                self.rename_workspace(&from, &to)
            }
            WorkspaceDeed::Forget { name, sure } => self.forget_workspace(name, sure),
        };
        if let Err(trouble) = done {
            self.tell_trouble(&trouble, Role::Error);
        }
    }

    fn show_named(&mut self, name: &str) -> Result<(), Trouble> {
        let index = self.arrangement.named(name).ok_or_else(|| Trouble::about(Words::Missing, name))?;
        self.show_workspace(index);
        Ok(())
    }

    fn save_workspace(&mut self, name: String, replace: bool) -> Result<(), Trouble> {
        check_name(&name)?;
        let files = self.memory.workspaces();
        if files.has(&name) && !replace {
            self.ask_about(Words::AskReplace, &name, WorkspaceDeed::Save { name: name.clone(), replace: true });
            return Ok(());
        }
        let own = self.arrangement.own();
        let kept = own.iter().find(|own| own.name == name).and_then(|own| own.key);
        let is_free = |key: &u8| own.iter().all(|own| own.key != Some(*key));
        let key = kept.or_else(|| OWN_KEYS.into_iter().find(is_free));
        let (split, focus) = (self.arrangement.division(), Some(self.focused()));
        files.save(&OwnWorkspace { name: name.clone(), split, focus, key })?;
        self.read_own();
        self.show_named(&name)?;
        self.tell_done(Words::Saved, &name);
        Ok(())
    }

    fn rename_workspace(&mut self, from: &str, to: &str) -> Result<(), Trouble> {
        let is_shown = self.arrangement.name() == from;
        self.memory.workspaces().rename(from, to)?;
        self.read_own();
        if is_shown {
            self.show_named(to)?;
        }
        self.tell_done(Words::Renamed, to);
        Ok(())
    }

    fn forget_workspace(&mut self, name: String, sure: bool) -> Result<(), Trouble> {
        check_name(&name)?;
        if !self.memory.workspaces().has(&name) {
            return Err(Trouble::about(Words::Missing, name));
        }
        if !sure {
            self.ask_about(Words::AskForget, &name, WorkspaceDeed::Forget { name: name.clone(), sure: true });
            return Ok(());
        }
        self.memory.workspaces().remove(&name)?;
        self.read_own();
        self.tell_done(Words::Forgotten, &name);
        Ok(())
    }

    fn ask_about(&mut self, words: Words, name: &str, deed: WorkspaceDeed) {
        let lines = vec![words.text(self.model.look.language).to_owned(), name.to_owned()];
        let question = Question { lines, word: None, deed: Box::new(Ask::Workspace(deed)) };
        self.carry_out(Asks(vec![Ask::Ask(question)]));
    }

    /// Reads the files anew. What is shown may move with them, and the keys with it. Whether none was wrong.
    fn read_own(&mut self) -> bool {
        let wrong = self.refresh_own();
        self.tell_wrong_files(&wrong);
        wrong.is_empty()
    }

    /// The same without a word about files that are wrong, which are returned.
    pub(super) fn refresh_own(&mut self) -> Vec<WrongFile> {
        let (own, wrong) = self.memory.workspaces().read();
        let before = self.focused();
        if own != self.arrangement.own() {
            self.arrangement.set_own(own);
            self.focus_moved(before);
            self.note_own();
        }
        wrong
    }

    /// Tells the palette which names there are.
    pub(super) fn note_own(&mut self) {
        self.model.workspaces = self.arrangement.own().iter().map(|own| own.name.clone()).collect();
    }

    /// Says that what was remembered could not be read.
    pub(super) fn tell_put_aside(&mut self) {
        if let Some(file) = self.memory.put_aside() {
            let trouble = Trouble::about(Words::MemoryWrong, file);
            self.tell_trouble(&trouble, Role::Error);
        }
    }

    /// Says which files are not shown and why.
    pub(super) fn tell_wrong_files(&mut self, wrong: &[WrongFile]) {
        let language = self.model.look.language;
        for file in wrong {
            let why = Words::FileWrong.text(language);
            let name = crate::text::clean::clean(&file.file).into_owned();
            self.tell(Notice { text: format!("{why} {name}: {}", file.why.text(language)), role: Role::Error });
        }
    }

    fn tell_done(&mut self, words: Words, name: &str) {
        self.tell_trouble(&Trouble::about(words, name), Role::Good);
    }

    fn tell_trouble(&mut self, trouble: &Trouble, role: Role) {
        let text = trouble.text(self.model.look.language);
        self.tell(Notice { text, role });
    }
}
