//! What the screen itself does for an action that no pane had a use for.

use super::asks::reason;
use super::outbox::Outbox;
use super::{App, Ended, Reply};
use crate::config::Language;
use crate::desk::protocol::{Command, OrderSelection, RESUME_WORD};
use crate::market::Side;
use crate::order::WatchedBy;
use crate::text::screen::frame::Frame;
use crate::tui::action::Action;
use crate::tui::model::World;
use crate::tui::overlay::{Under, finder, help, tour};
use crate::tui::pane::{Ask, Handled, PaneKind, Purpose, Question, TicketStart, Trade};
use crate::tui::theme::{Look, Role, Theme};

impl<O: Outbox> App<O> {
    pub(super) fn do_deed(&mut self, action: Action) {
        match action {
            Action::Quit => self.leave(),
            Action::Escape => self.disarm(None),
            Action::Help => self.open_help(),
            Action::Palette => {
                self.refresh_own();
                self.open(finder::palette(&self.keymap));
            }
            Action::Search => self.open(finder::symbols()),
            Action::Tour if self.overlays.iter().any(|overlay| overlay.lets_keys_through()) => {}
            Action::Tour => self.open(tour::tour()),
            Action::NextPane | Action::PreviousPane => {
                let before = self.focused();
                self.arrangement.step(action == Action::NextPane);
                self.focus_moved(before);
            }
            Action::Zoom => self.arrangement.zoom(),
            Action::Redraw => self.redraw = true,
            Action::Arm => self.arm_or_disarm(),
            Action::BuyTicket | Action::SellTicket => {
                let side = if action == Action::BuyTicket { Side::Buy } else { Side::Sell };
                self.carry_out_ask(Ask::Ticket(TicketStart { side: Some(side), ..TicketStart::default() }));
            }
            Action::Settings => self.focus(PaneKind::Settings),
            Action::ActivityLog => self.focus(PaneKind::Activity),
            Action::NextTheme => self.next_theme(),
            Action::NextLanguage => self.next_language(),
            Action::NextProfile => self.next_profile(),
            Action::WatchToggle => self.toggle_watch(),
            Action::Refresh => {
                self.send(Command::Reconcile { accept: false }, Reply::For(Purpose::Deed));
                self.tell_panes(&crate::tui::pane::News::Reset);
            }
            Action::ChartType | Action::IntervalDown | Action::IntervalUp => self.pass_to(PaneKind::Chart, action),
            Action::Finer | Action::Coarser | Action::Larger | Action::Smaller | Action::TakePrice => {
                self.pass_to(PaneKind::Ladder, action);
            }
            Action::AddAlert => {
                self.focus(PaneKind::Alerts);
                self.pass_to(PaneKind::Alerts, action);
            }
            Action::Acknowledge => self.send(Command::AlertAcknowledge { ids: Vec::new() }, Reply::For(Purpose::Deed)),
            Action::ClosePosition => self.close_position(),
            Action::AddLine | Action::AddTrend | Action::AddFibonacci | Action::LogScale => {
                self.pass_to(PaneKind::Chart, action);
            }
            _ => self.do_money_deed(action),
        }
        let key = WORKSPACE_ACTIONS.iter().position(|known| *known == action);
        if let Some(key) = key.and_then(|at| u8::try_from(at + 1).ok()) {
            self.show_workspace_at(key);
        }
    }

    /// Deeds about orders, the desk and the right to trade.
    fn do_money_deed(&mut self, action: Action) {
        let every = OrderSelection::Matching { symbol: None, side: None };
        match action {
            Action::Halt => self.ask(Frame::HaltQuestion, None, deed(Command::Halt)),
            Action::Reduce => self.ask(Frame::ReduceQuestion, None, deed(Command::Reduce)),
            Action::Resume => {
                let resume = Command::Resume { word: Some(RESUME_WORD.to_owned()) };
                self.ask(Frame::ResumeQuestion, Some(RESUME_WORD), deed(resume));
            }
            Action::FlattenAll => {
                self.ask(Frame::FlattenQuestion, None, deed(Command::Flatten { symbol: None }));
            }
            Action::CancelEverything => {
                let open = self.model.account.open_orders().count();
                self.ask_to_cancel(Frame::CancelEverythingQuestion, open, every);
            }
            Action::CancelSymbol => {
                let Some(id) = self.model.selected.id else {
                    self.say(Role::Warning, Frame::NothingSelected);
                    return;
                };
                let selection = OrderSelection::Matching { symbol: Some(id.to_string()), side: None };
                if self.model.is_armed() {
                    self.trade(Trade::Cancel(selection));
                } else {
                    let open = self.model.account.open_of(&id).count();
                    self.ask_to_cancel(Frame::CancelSymbolQuestion, open, selection);
                }
            }
            Action::TakeLock => self.ask_for_lock(),
            _ => {}
        }
    }

    fn carry_out_ask(&mut self, ask: Ask) {
        self.carry_out(crate::tui::pane::Asks(vec![ask]));
    }

    /// Asks a question whose yes is a deed.
    fn ask(&mut self, text: Frame, word: Option<&'static str>, deed: Ask) {
        let line = text.text(self.model.look.language).to_owned();
        let world = self.model.world().badge();
        let lines = vec![line, format!("{world} {}", self.model.profile)];
        self.carry_out_ask(Ask::Ask(Question { lines, word, deed: Box::new(deed) }));
    }

    /// Asks whether to cancel, with how many working orders this screen knows of.
    fn ask_to_cancel(&mut self, text: Frame, open: usize, orders: OrderSelection) {
        let language = self.model.look.language;
        let world = self.model.world().badge();
        let count = Frame::WorkingOrders.text(language).replace("{}", &open.to_string());
        let lines = vec![text.text(language).to_owned(), count, format!("{world} {}", self.model.profile)];
        let deed = Box::new(Ask::Trade(Trade::Cancel(orders)));
        self.carry_out_ask(Ask::Ask(Question { lines, word: None, deed }));
    }

    /// Lets a pane that does not have the keys do what an action asks for.
    fn pass_to(&mut self, kind: PaneKind, action: Action) {
        let mut asks = crate::tui::pane::Asks::default();
        let pane = self.panes.iter_mut().find(|pane| pane.kind() == kind);
        let handled = pane.map_or(Handled::No, |pane| pane.act(action, &self.model, &mut asks));
        if handled == Handled::Yes {
            self.arrangement.bring(kind);
        }
        self.carry_out(asks);
    }

    fn open_help(&mut self) {
        let contexts = self.contexts();
        let focused = self.focused();
        let why_not: Vec<(Action, String)> = match self.pane(focused) {
            Some(pane) => {
                let reason = |entry: &crate::tui::action::Entry| {
                    pane.why_not(entry.action, &self.model).map(|why| (entry.action, why))
                };
                crate::tui::action::TABLE.iter().filter_map(reason).collect()
            }
            None => Vec::new(),
        };
        let under = Under { keymap: &self.keymap, contexts: &contexts, focused, why_not: &why_not };
        let help = help::help(&under, &self.model);
        self.open(help);
    }

    fn arm_or_disarm(&mut self) {
        if self.model.is_armed() {
            self.disarm(Some(Frame::Disarmed));
            return;
        }
        if self.model.view_only {
            self.say(Role::Warning, Frame::ViewOnly);
            return;
        }
        self.focus(PaneKind::Ladder);
        if let Some(why) = self.model.cannot_arm() {
            self.say(Role::Error, reason(why));
        } else if self.model.world() == World::Live {
            self.ask(Frame::ArmLive, Some("LIVE"), Ask::Arm);
        } else {
            self.model.trading.arm(self.model.now);
        }
    }

    /// Arms after the word for real money was typed, if that is still allowed.
    pub(super) fn arm(&mut self) {
        match self.model.cannot_arm() {
            Some(why) => self.say(Role::Error, reason(why)),
            None => {
                self.focus(PaneKind::Ladder);
                self.model.trading.arm(self.model.now);
            }
        }
    }

    fn ask_for_lock(&mut self) {
        if self.model.view_only {
            self.say(Role::Warning, Frame::ViewOnly);
            return;
        }
        let holder = self.model.status.as_ref().and_then(|status| status.trading_lock.clone());
        match holder {
            Some(holder) if holder != self.model.name => {
                let text = Frame::TakeLockQuestion.text(self.model.look.language);
                let question = Question {
                    lines: vec![format!("{text} {holder}")],
                    word: None,
                    deed: Box::new(deed(Command::TakeTradingLock)),
                };
                self.carry_out_ask(Ask::Ask(question));
            }
            _ => self.send(Command::TakeTradingLock, Reply::For(Purpose::Deed)),
        }
    }

    fn close_position(&mut self) {
        let Some(id) = self.model.selected.id else { return };
        let Some(position) = self.model.account.position(&id) else {
            self.say(Role::Dim, Frame::NoUse);
            return;
        };
        let side = match position.side {
            crate::desk::record::Direction::Long => Side::Sell,
            crate::desk::record::Direction::Short => Side::Buy,
        };
        let quantity = crate::market::Quantity::new(position.quantity).ok();
        let start =
            TicketStart { side: Some(side), quantity, market: true, reduce_only: true, ..TicketStart::default() };
        self.carry_out_ask(Ask::Ticket(start));
    }

    /// Leaves at once when the desk keeps everything; else names what nobody would watch, and asks.
    pub(super) fn leave(&mut self) {
        let mut left: Vec<String> = Vec::new();
        if !self.model.is_connected() {
            let stops = self.model.account.open_orders().filter(|order| order.watched_by == Some(WatchedBy::Desk));
            left.extend(stops.map(|order| format!("{} {} {}", order.symbol, order.kind.as_str(), order.id)));
        }
        let in_flight = &self.model.trading.in_flight;
        left.extend(in_flight.iter().map(|order| format!("{} {} ?", order.instrument, order.client_id)));
        if left.is_empty() {
            self.ended = Some(Ended::Left);
            return;
        }
        left.truncate(8);
        left.insert(0, Frame::LeaveQuestion.text(self.model.look.language).to_owned());
        self.carry_out_ask(Ask::Ask(Question { lines: left, word: None, deed: Box::new(Ask::Leave) }));
    }

    fn next_theme(&mut self) {
        self.show_theme(self.model.look.theme.next());
    }

    pub(super) fn show_theme(&mut self, theme: Theme) {
        let look = &self.model.look;
        self.model.look = Look::new(look.language, theme, look.depth, self.glyph_set);
        self.memory.keep_word("theme", theme.name());
    }

    fn next_language(&mut self) {
        let other = if self.model.look.language == Language::Ko { Language::En } else { Language::Ko };
        self.show_language(other);
    }

    pub(super) fn show_language(&mut self, language: Language) {
        let look = &self.model.look;
        self.model.look = Look::new(language, look.theme, look.depth, self.glyph_set);
    }

    fn toggle_watch(&mut self) {
        let Some(id) = self.model.selected.id else { return };
        let symbol = id.to_string();
        let watched = self.model.watch.contains(&id);
        // What is shown while nobody has chosen anything becomes the list with the first choice.
        if std::mem::take(&mut self.is_first_watch) {
            for other in self.model.watch.clone().into_iter().filter(|other| *other != id) {
                self.send(Command::WatchAdd { symbol: other.to_string() }, Reply::Greeting);
            }
            if watched {
                return;
            }
        }
        let command = if watched { Command::WatchRemove { symbol } } else { Command::WatchAdd { symbol } };
        self.send(command, Reply::Greeting);
    }

    /// The kill switch: twice within a second, or once and `y`. A held key asks only once.
    pub(super) fn kill_pressed(&mut self, repeat: bool, at: std::time::Duration) {
        if repeat {
            return;
        }
        if self.guards.kill(at) {
            self.overlays.clear();
            self.kill();
            return;
        }
        let line = Frame::KillAgain.text(self.model.look.language).to_owned();
        let question = Question { lines: vec![line], word: None, deed: Box::new(Ask::Kill) };
        self.carry_out_ask(Ask::Ask(question));
    }

    /// Cancels every order of every account, and halts.
    pub(super) fn kill(&mut self) {
        self.disarm(None);
        if self.model.is_connected() {
            self.send(Command::Kill { flatten: false }, Reply::Kill);
            self.say(Role::Warning, Frame::KillSent);
        } else {
            self.say(Role::Error, Frame::KillLocal);
        }
    }
}

const WORKSPACE_ACTIONS: [Action; 9] = [
    Action::Workspace1,
    Action::Workspace2,
    Action::Workspace3,
    Action::Workspace4,
    Action::Workspace5,
    Action::Workspace6,
    Action::Workspace7,
    Action::Workspace8,
    Action::Workspace9,
];

fn deed(command: Command) -> Ask {
    Ask::Send(Box::new(command), Purpose::Deed)
}
