//! Workspaces of the person's own: kept, shown, renamed and removed by what is typed into the palette.

use std::path::Path;

use crossterm::event::{KeyCode, KeyModifiers};

use super::{Recorder, Stage};
use crate::config::Language;
use crate::tui::action::Keymap;
use crate::tui::app::{App, Memory};
use crate::tui::model::fixture;
use crate::tui::pane::PaneKind;
use crate::tui::theme::GlyphSet;

fn stage(folder: &Path) -> Stage {
    let memory = Memory::load(folder);
    let model = fixture::trading(Language::En);
    let app = App::new(model, Keymap::standard(), Recorder::default(), memory, 7, GlyphSet::Full);
    let mut stage = Stage { app, ..Stage::new() };
    stage.text(160, 45);
    stage
}

impl Stage {
    fn types(&mut self, line: &str) {
        self.key(':');
        for letter in line.chars() {
            self.pass(100);
            self.key_event(KeyCode::Char(letter), KeyModifiers::NONE);
        }
        self.pass(1_000);
        self.key_event(KeyCode::Enter, KeyModifiers::NONE);
    }

    fn yes(&mut self) {
        self.key('y');
    }

    fn header(&mut self) -> String {
        self.text(200, 45).lines().next().unwrap().to_owned()
    }
}

#[test]
fn a_layout_is_kept_under_a_name_and_shown_by_it_and_by_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(folder.path());
    stage.key('2');
    stage.types("save scalping");
    assert_eq!(stage.notice(), "workspace scalping saved");
    assert!(stage.header().contains("[8 scalping]"));
    stage.key('1');
    assert!(stage.header().contains("[1 Trade]"));
    stage.key('8');
    assert!(stage.header().contains("[8 scalping]"));
    stage.types("workspace trade");
    assert!(stage.header().contains("[1 Trade]"));
    stage.key('9');
    assert!(stage.notice().contains("no workspace is saved at 9"), "{}", stage.notice());
    stage.types("save 단타");
    assert!(stage.header().contains("[9 단 타 ]"), "{}", stage.header());
    stage.types("save third");
    assert!(stage.header().contains("[third]"), "without a key it is found by its name");
}

#[test]
fn what_a_person_wrote_into_the_file_is_shown_at_once_and_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(folder.path());
    stage.types("save desk");
    let file = folder.path().join("workspaces/desk.toml");
    std::fs::write(&file, "layout = \"beside(positions+orders, alerts *2)\"\nfocus = \"alerts\"\nkey = 9\n").unwrap();
    stage.key('1');
    stage.key('9');
    assert_eq!(stage.app.focused(), PaneKind::Alerts);
    let text = stage.text(160, 45);
    assert!(text.contains("Positions") && text.contains("Orders") && !text.contains("Ladder"), "{text}");
    stage.app.leave_behind();
    let mut again = self::stage(folder.path());
    assert!(again.header().contains("[9 desk]"), "{}", again.header());
    assert_eq!(again.app.focused(), PaneKind::Alerts);
}

#[test]
fn a_wrong_file_is_named_the_rest_is_shown_and_nothing_is_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = stage(folder.path());
    first.types("save good");
    first.app.leave_behind();
    let file = folder.path().join("workspaces/good.toml");
    std::fs::write(&file, "layout = \"beside(chrat, ladder)\"\nkey = 8\n").unwrap();
    let mut stage = stage(folder.path());
    assert!(stage.header().contains("[1 Trade]"), "the one it was left in cannot be shown");
    assert!(stage.notice().contains("workspaces/good.toml: there is no pane 'chrat'"), "{}", stage.notice());
    stage.key('8');
    assert!(stage.notice().contains("'chrat'"), "{}", stage.notice());
    stage.types("save good");
    assert!(stage.text(160, 45).contains("replace the workspace of this name?"));
    stage.key('n');
    stage.app.leave_behind();
    assert!(std::fs::read_to_string(&file).unwrap().contains("chrat"));
}

#[test]
fn renaming_and_removing_keep_what_is_on_the_screen() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(folder.path());
    stage.types("save one");
    stage.types("rename two");
    assert!(stage.header().contains("[8 two]"), "the one shown, where none is named");
    stage.key('1');
    stage.types("rename two three");
    assert_eq!(stage.notice(), "the workspace is now three");
    assert!(stage.header().contains("[1 Trade]"));
    stage.types("rename trade");
    assert_eq!(stage.notice(), "the workspace is now three", "the name of another is not taken");
    stage.key_event(KeyCode::Esc, KeyModifiers::NONE);
    stage.key('8');
    stage.types("forget three");
    assert!(folder.path().join("workspaces/three.toml").exists(), "not without a yes");
    stage.yes();
    assert!(!folder.path().join("workspaces/three.toml").exists());
    assert!(stage.header().contains("[1 Trade]"), "{}", stage.header());
}

#[test]
fn saving_over_a_name_is_asked_about() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(folder.path());
    stage.key('2');
    stage.types("save one");
    let file = folder.path().join("workspaces/one.toml");
    let before = std::fs::read_to_string(&file).unwrap();
    stage.key('3');
    stage.types("save one");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), before);
    stage.yes();
    assert!(std::fs::read_to_string(&file).unwrap().contains("portfolio"));
    assert!(stage.header().contains("[8 one]"), "it keeps its key");
}

#[test]
fn an_armed_ladder_that_is_not_in_the_workspace_shown_is_disarmed() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("workspaces")).unwrap();
    std::fs::write(folder.path().join("workspaces/quiet.toml"), "layout = \"chart\"\n").unwrap();
    let mut stage = stage(folder.path());
    stage.app.focus(PaneKind::Ladder);
    stage.app.model.trading.arm(stage.now);
    assert!(stage.app.model.is_armed());
    stage.types("workspace quiet");
    assert!(!stage.app.model.is_armed());
}

#[test]
fn on_a_small_terminal_its_panes_share_one_place() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = stage(folder.path());
    stage.types("save wide");
    let text = stage.text(60, 18);
    assert_eq!(text.matches('┌').count(), 1, "{text}");
    assert!(stage.text(160, 45).matches('┌').count() > 3);
}
