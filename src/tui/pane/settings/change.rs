//! Changing what is chosen.

use super::item::{Item, LIMITS, shown};
use super::list::limit_word;
use super::typed::Change;
use super::{SET, Settings};
use crate::config::{Mouse, Notifications, UiSettings, limit_text};
use crate::desk::protocol::Command;
use crate::text::screen::frame::Frame;
use crate::text::screen::settings::Settings as Texts;
use crate::tui::action::Action;
use crate::tui::model::Model;
use crate::tui::pane::{Ask, Asks, PaneKind, Purpose, Question};
use crate::tui::theme::{Role, Theme};

/// By how much an arrow changes the seconds.
const SECONDS_STEP: u32 = 10;

impl Settings {
    /// Whether an item cannot be changed here.
    pub(super) fn is_fixed(&self, item: Item, model: &Model) -> bool {
        match item {
            Item::Frames | Item::Limit(0) => true,
            // The terminal was told to keep its mouse when the screen opened.
            Item::Mouse => model.config.ui.mouse == Mouse::Off,
            _ => false,
        }
    }

    /// The next or previous value of what is chosen.
    pub(super) fn step(&mut self, forward: bool, model: &Model, asks: &mut Asks) {
        let Some(item) = self.chosen() else { return };
        let language = model.look.language;
        let ui = &model.config.ui;
        if self.is_fixed(item, model) {
            asks.say(Role::Dim, format!("{} {}", Texts::OnlyFile.text(language), item.key()));
            return;
        }
        match item {
            Item::Language => asks.push(Ask::Act(Action::NextLanguage)),
            Item::Theme => {
                // There is only a way forward; the one before is as many steps as there are others.
                let steps = if forward { 1 } else { Theme::ALL.len() - 1 };
                for _ in 0..steps {
                    asks.push(Ask::Act(Action::NextTheme));
                }
            }
            Item::Mouse => mouse(model, asks),
            Item::Bell => asks.push(ui_with(UiSettings { bell: !ui.bell, ..ui.clone() })),
            Item::Notifications => {
                let all = Notifications::ALL;
                let at = all.iter().position(|known| *known == ui.notifications).unwrap_or(0);
                let by = if forward { 1 } else { all.len() - 1 };
                let notifications = all.get((at + by) % all.len()).copied().unwrap_or(ui.notifications);
                asks.push(ui_with(UiSettings { notifications, ..ui.clone() }));
            }
            Item::Disarm => {
                let seconds = ui.disarm_seconds;
                let to = if forward { seconds + SECONDS_STEP } else { seconds.saturating_sub(SECONDS_STEP) };
                let disarm_seconds = to.clamp(5, 3_600);
                asks.push(ui_with(UiSettings { disarm_seconds, ..ui.clone() }));
            }
            Item::Profile if model.profiles.len() < 2 => asks.say(Role::Dim, Texts::OnlyOneProfile.text(language)),
            Item::Profile => asks.push(Ask::Act(Action::NextProfile)),
            // A screen that was opened only to look stays one.
            Item::Lock if self.opened.as_ref().is_some_and(|opened| opened.view_only) => {
                asks.say(Role::Warning, Frame::ViewOnly.text(language));
            }
            Item::Lock => lock(model, asks),
            // What is typed has no next value.
            Item::Sizes | Item::Limit(_) => self.begin(item, model),
            Item::Frames => {}
        }
    }

    /// Takes what was typed.
    pub(super) fn take_typed(&mut self, model: &Model, asks: &mut Asks) {
        let Some(mut typing) = self.typing.take() else { return };
        let limits = self.limits.as_ref().map(|limits| &limits.record);
        match typing.change(&model.config.ui, limits) {
            Ok(Change::None) => {}
            Ok(Change::Ui(ui)) => asks.push(Ask::Ui(ui)),
            Ok(Change::Limit(..)) if !model.is_connected() => {
                asks.say(Role::Error, Texts::NoDesk.text(model.look.language));
                self.typing = Some(typing);
            }
            Ok(Change::Limit(key, value)) => self.ask_limit(key, value, model, asks),
            Err(wrong) => {
                // Beside the field there is not always room for it.
                asks.say(Role::Error, wrong.text(model.look.language));
                typing.wrong = Some(wrong);
                self.typing = Some(typing);
            }
        }
    }

    /// Limits keep the money; a word must be typed before one changes.
    fn ask_limit(&self, key: &'static str, value: String, model: &Model, asks: &mut Asks) {
        let Some(limits) = &self.limits else { return };
        let language = model.look.language;
        let say = |text: Texts| text.text(language).to_owned();
        let name = LIMITS.iter().find(|(known, _)| *known == key).map_or(key, |(_, name)| name.text(language));
        let before = shown(&limit_text(&limits.record, key));
        let after = shown(if matches!(value.as_str(), "" | "none") { "off" } else { &value });
        let lines = vec![
            format!("{} {} {}", say(Texts::LimitQuestion), model.world().badge(), model.profile),
            format!("{name}: {} -> {}", limit_word(model, &before), limit_word(model, &after)),
            say(Texts::LimitLasts),
            say(Texts::TypeSet),
        ];
        let set = Command::RiskSet { key: key.to_owned(), value };
        let deed = Box::new(Ask::Send(Box::new(set), Purpose::Pane(PaneKind::Settings, SET)));
        asks.push(Ask::Ask(Question { lines, word: Some("SET"), deed }));
    }
}

fn ui_with(ui: UiSettings) -> Ask {
    Ask::Ui(Box::new(ui))
}

/// Between the two clicks; the one that orders at once is asked about.
fn mouse(model: &Model, asks: &mut Asks) {
    let ui = &model.config.ui;
    if ui.mouse == Mouse::SingleClick {
        asks.push(ui_with(UiSettings { mouse: Mouse::DoubleClick, ..ui.clone() }));
        return;
    }
    let line = Texts::SingleClickQuestion.text(model.look.language).to_owned();
    let deed = Box::new(ui_with(UiSettings { mouse: Mouse::SingleClick, ..ui.clone() }));
    asks.push(Ask::Ask(Question { lines: vec![line], word: None, deed }));
}

/// Gives the right to trade back, or takes it.
fn lock(model: &Model, asks: &mut Asks) {
    if model.may_trade() {
        let line = Texts::ReleaseQuestion.text(model.look.language).to_owned();
        let deed = Box::new(Ask::LookOnly(true));
        asks.push(Ask::Ask(Question { lines: vec![line], word: None, deed }));
    } else {
        asks.push(Ask::LookOnly(false));
    }
}
