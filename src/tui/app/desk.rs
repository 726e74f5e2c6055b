//! Taking in what the desk says: greetings, answers, updates.

use super::outbox::Outbox;
use super::{App, Pending, Reply};
use crate::desk::client::unanswered;
use crate::desk::protocol::{Command, Failure, FailureKind, Message, OrderFilter, Outcome, Response, Topic, Update};
use crate::desk::record::DeskStatus;
use crate::market::InstrumentId;
use crate::order::{OrderState, ProfileName};
use crate::text::screen::frame::Frame;
use crate::tui::link::{Epoch, Said};
use crate::tui::model::{Account, Changed, Connection, Selected};
use crate::tui::pane::{News, Notice, PaneKind, Purpose};
use crate::tui::terminal::Announcement;
use crate::tui::theme::Role;

/// Fills and events asked for at the greeting.
const GREETING_COUNT: usize = 500;

/// Instruments watched while nobody has chosen any.
const FIRST_WATCHED: usize = 20;

impl<O: Outbox> App<O> {
    /// Takes in what came from the desk's side.
    pub fn on_said(&mut self, said: Said) {
        match said {
            Said::Connected { epoch, version, profiles } => self.connected(epoch, version, profiles),
            Said::Lost(failure) => self.lost(failure),
            Said::Message(message) => match *message {
                Message::Reply { id, outcome } => {
                    let Some(pending) = self.pending.remove(&id) else { return };
                    self.model.trading.in_flight.retain(|order| order.request != id);
                    self.dirty = true;
                    self.replied(pending, outcome);
                }
                Message::Update(update) => self.updated(&update),
            },
            Said::Closed => {}
        }
    }

    fn connected(&mut self, epoch: Epoch, version: String, profiles: Vec<ProfileName>) {
        self.forget_pending("the desk was connected anew");
        self.epoch = epoch;
        self.disarm(Some(Frame::Reconnected));
        if !profiles.contains(&self.model.profile)
            && let Some(first) = profiles.first()
        {
            self.model.profile = first.clone();
        }
        self.model.profiles = profiles;
        self.model.connection = Connection::Up { version };
        self.dirty = true;
        self.greet();
    }

    fn lost(&mut self, failure: Box<Failure>) {
        self.forget_pending(&failure.message);
        self.disarm(Some(Frame::Disconnected));
        let was_up = self.model.is_connected();
        if was_up || !matches!(&self.model.connection, Connection::Down(known) if known.code == failure.code) {
            let text = self.failure_text(&failure);
            self.tell(Notice { text, role: Role::Error });
        }
        self.model.connection = Connection::Down(failure);
        self.forget_followed();
        self.dirty = true;
    }

    /// Requests whose answers will never come.
    fn forget_pending(&mut self, why: &str) {
        self.model.trading.in_flight.clear();
        let pending: Vec<Pending> = self.pending.drain().map(|(_, pending)| pending).collect();
        for Pending { reply, command, .. } in pending {
            self.answered(reply, &command, Err(unanswered(&command, why)));
            // What became of an order is asked as soon as there is somebody to ask; it is never sent again.
            if let Command::Submit(order) = command
                && let Some(client_id) = order.client_id
            {
                self.unknown.push(client_id.to_string());
            }
        }
    }

    /// Nothing is followed over a new connection, or of another profile.
    fn forget_followed(&mut self) {
        self.followed.clear();
        self.followed_book = None;
    }

    /// Asks everything a screen must know of a profile.
    pub(super) fn greet(&mut self) {
        for command in [Command::Status, Command::Session, Command::WatchList, Command::Alerts] {
            self.send(command, Reply::Greeting);
        }
        for topic in [Topic::Orders, Topic::Fills, Topic::Events, Topic::Account, Topic::Status, Topic::Alerts] {
            self.send(Command::Subscribe { topic, symbols: Vec::new() }, Reply::Greeting);
        }
        self.send(Command::Orders { filter: OrderFilter::Today }, Reply::Greeting);
        self.send(Command::Orders { filter: OrderFilter::Open }, Reply::Greeting);
        self.send(Command::Fills { limit: GREETING_COUNT }, Reply::Greeting);
        self.send(Command::Events { since: None, limit: GREETING_COUNT }, Reply::Greeting);
        for order in std::mem::take(&mut self.unknown) {
            self.send(Command::Order { order }, Reply::Submit);
        }
        self.forget_followed();
        let before = self.model.selected.id.take();
        let named = self.model.config.ui.symbol.0.clone();
        let kept = self.memory.selected(self.model.profile.as_str());
        match (before.or(kept), named) {
            (Some(id), _) => self.select(id),
            // A code alone is at whatever venue the profile has; the desk knows.
            (None, Some(symbol)) => self.send(Command::Info { symbol }, Reply::Greeting),
            (None, None) => {}
        }
        self.tell_panes(&News::Reset);
    }

    /// Shows another profile of the desk.
    pub(super) fn next_profile(&mut self) {
        let profiles = &self.model.profiles;
        let at = profiles.iter().position(|name| *name == self.model.profile).unwrap_or(0);
        let Some(next) = profiles.get((at + 1) % profiles.len().max(1)).cloned() else { return };
        self.show_profile(next);
    }

    /// Shows a profile; nothing of the one before stays.
    pub fn show_profile(&mut self, profile: ProfileName) {
        if profile == self.model.profile {
            return;
        }
        self.disarm(None);
        self.keep();
        // What the profile before follows is nobody's any more.
        for topic in [Topic::Quote, Topic::Book, Topic::Trades] {
            self.send(Command::Follow { topic, symbols: Vec::new() }, Reply::Greeting);
        }
        let generation = self.model.selected.generation.wrapping_add(1);
        self.model.selected = Selected { generation, ..Selected::nothing() };
        self.model.account = Account::default();
        self.model.quotes.clear();
        self.model.alerts.clear();
        self.model.watch.clear();
        self.model.profile = profile;
        self.greet();
    }

    /// Follows the markets that are on the screen, held or watched: quotes of all, book and prints of the selected.
    pub(super) fn follow(&mut self) {
        let mut wanted: Vec<InstrumentId> = self.model.selected.id.into_iter().collect();
        wanted.extend(self.model.watch.iter().copied());
        let positions = self.model.account.record.iter().flat_map(|record| &record.positions);
        let open = self
            .model
            .account
            .open_orders()
            .filter_map(|order| crate::tui::model::instrument(order.venue, &order.symbol));
        wanted.extend(open);
        wanted.extend(positions.filter_map(|held| crate::tui::model::instrument(held.venue, &held.symbol)));
        let mut seen = std::collections::BTreeSet::new();
        wanted.retain(|id| seen.insert(*id));
        if !self.model.is_connected() {
            return;
        }
        if wanted != self.followed {
            let symbols = wanted.iter().map(ToString::to_string).collect();
            self.send(Command::Follow { topic: Topic::Quote, symbols }, Reply::Greeting);
            self.followed = wanted;
        }
        if self.model.selected.id != self.followed_book
            && let Some(id) = self.model.selected.id
        {
            for topic in [Topic::Book, Topic::Trades] {
                self.send(Command::Follow { topic, symbols: vec![id.to_string()] }, Reply::Greeting);
            }
            self.followed_book = Some(id);
        }
    }

    fn replied(&mut self, pending: Pending, outcome: Outcome) {
        let Pending { reply, command, generation } = pending;
        let about_selected = matches!(
            reply,
            Reply::Selected
                | Reply::For(
                    Purpose::Overlay(_)
                        | Purpose::Pane(PaneKind::Chart | PaneKind::Ladder | PaneKind::Ticket | PaneKind::Prints, _)
                )
        );
        // An answer about an instrument that is not shown any more.
        if about_selected && generation != self.model.selected.generation {
            return;
        }
        match outcome {
            Outcome::Ok(response) => self.answered(reply, &command, Ok(&response)),
            Outcome::Failed(failure) => self.answered(reply, &command, Err(failure)),
        }
    }

    /// An answer, good or bad, goes to who asked.
    pub(super) fn answered(&mut self, reply: Reply, command: &Command, outcome: Result<&Response, Box<Failure>>) {
        match reply {
            Reply::For(Purpose::Pane(kind, tag)) => {
                let outcome = outcome.as_ref().map_err(AsRef::as_ref).copied();
                let mut asks = crate::tui::pane::Asks::default();
                if let Some(pane) = self.panes.iter_mut().find(|pane| pane.kind() == kind) {
                    pane.told(&News::Answer { tag, outcome }, &self.model, &mut asks);
                }
                self.carry_out(asks);
            }
            Reply::For(Purpose::Overlay(tag)) => {
                let outcome = outcome.as_ref().map_err(AsRef::as_ref).copied();
                let mut asks = crate::tui::pane::Asks::default();
                if let Some(overlay) = self.overlays.last_mut() {
                    overlay.told(&News::Answer { tag, outcome }, &self.model, &mut asks);
                }
                self.overlays.retain(|overlay| !overlay.is_over());
                self.carry_out(asks);
            }
            Reply::Greeting | Reply::Selected => match outcome {
                Ok(response) => self.know(command, response),
                Err(failure) => {
                    tracing::debug!(code = failure.code, "a greeting was not answered");
                    // The profile does not have the symbol of the config.
                    if matches!(command, Command::Info { .. }) && self.model.is_connected() {
                        self.model.config.ui.symbol.0 = None;
                        self.select_first();
                    }
                }
            },
            Reply::Submit | Reply::Change | Reply::Kill | Reply::For(Purpose::Deed) => match outcome {
                Ok(response) => self.done(&reply, command, response),
                Err(failure) => {
                    let text = self.failure_text(&failure);
                    let role = if failure.kind == FailureKind::Unknown { Role::Warning } else { Role::Error };
                    let notice = Notice { text, role };
                    // What a rule refused is an event of the desk, with the rule's reason.
                    if failure.refusals.is_empty() { self.tell(notice) } else { self.show(notice) }
                }
            },
        }
    }

    /// Shows the first instrument that is watched, while none is shown and the config names none.
    fn select_first(&mut self) {
        if self.model.selected.id.is_none()
            && self.model.config.ui.symbol.0.is_none()
            && let Some(first) = self.model.watch.first().copied()
        {
            self.select(first);
        }
    }

    /// What was asked to get to know the desk.
    fn know(&mut self, command: &Command, response: &Response) {
        match (command, response) {
            (_, Response::Status(status)) => self.know_status(status.clone()),
            (_, Response::Sessions(sessions)) => self.model.sessions.clone_from(sessions),
            (_, Response::Watch(symbols)) => {
                self.model.watch = symbols.iter().filter_map(|symbol| symbol.parse().ok()).collect();
                self.is_first_watch = symbols.is_empty();
                if symbols.is_empty() {
                    self.send(Command::Search { text: String::new(), limit: FIRST_WATCHED }, Reply::Greeting);
                }
                self.select_first();
                self.follow();
            }
            (_, Response::Orders(orders)) => {
                for order in orders {
                    self.model.account.put_order(order.clone());
                }
            }
            (_, Response::Fills(fills)) => {
                for fill in fills {
                    self.model.account.put_fill(fill.clone());
                }
                self.show_around();
            }
            (_, Response::Events(events)) => {
                self.model.activity.put_earlier(events);
                self.tell_away(events);
            }
            (_, Response::Alerts(alerts)) => {
                self.model.alerts = alerts.iter().map(|alert| (alert.id, alert.clone())).collect();
            }
            // Nobody chose what to watch yet: the first instruments there are.
            (Command::Search { .. }, Response::Instruments(found)) if self.model.watch.is_empty() => {
                let ids = found.iter().filter_map(|it| crate::tui::model::instrument(it.venue, &it.symbol));
                self.model.watch = ids.collect();
                self.select_first();
                self.follow();
            }
            (Command::Info { .. }, Response::Instruments(instruments)) => {
                let found = instruments.first().and_then(|it| crate::tui::model::instrument(it.venue, &it.symbol));
                if self.model.selected.id.is_none()
                    && let Some(id) = found
                {
                    self.select(id);
                } else if found == self.model.selected.id {
                    self.model.selected.info = instruments.first().cloned();
                }
            }
            (Command::Trades { .. }, Response::Trades(prints)) => {
                self.model.selected.put_earlier(prints.clone());
            }
            _ => {}
        }
    }

    fn know_status(&mut self, status: DeskStatus) {
        let free = status.trading_lock.is_none();
        self.model.status = Some(status);
        if free && !self.model.view_only {
            self.send(Command::TakeTradingLock, Reply::Greeting);
        }
    }

    /// Shows somebody around who has never been here.
    fn show_around(&mut self) {
        if crate::tui::overlay::tour::is_wanted(self.memory.word("toured"), &self.model) {
            self.memory.keep_word("toured", "1");
            self.keep();
            self.do_deed(crate::tui::action::Action::Tour);
        }
    }

    /// Says once what happened since this screen was last left.
    pub(super) fn tell_away(&mut self, events: &[crate::desk::protocol::EventRecord]) {
        let Some(left) = self.memory.word("left").and_then(crate::market::UtcTime::parse) else { return };
        self.memory.keep_word("left", "");
        let missed: Vec<_> = events.iter().filter(|event| event.time > left).cloned().collect();
        // That screens came and went, and that a desk found its broker, is no news by itself.
        if missed.iter().any(|event| !matches!(event.kind.as_str(), "lock" | "connection" | "notice")) {
            let away = crate::tui::overlay::away::away(missed);
            self.open(away);
        }
    }

    /// A deed was done.
    fn done(&mut self, reply: &Reply, command: &Command, response: &Response) {
        match (reply, response) {
            (Reply::Submit, Response::Order(order)) => {
                self.model.account.put_order((**order).clone());
                let text = crate::tui::said::order_line(&self.model.look, order);
                let notice = Notice { text, role: crate::tui::said::state_role(order.state) };
                // So is what the broker refused.
                if order.state == OrderState::Rejected { self.show(notice) } else { self.tell(notice) }
            }
            (Reply::Change, Response::Order(order)) => self.model.account.put_order((**order).clone()),
            (Reply::Change, Response::Orders(orders)) => {
                for order in orders {
                    self.model.account.put_order(order.clone());
                }
                let text = crate::tui::said::canceled_line(&self.model.look, orders.len());
                self.tell(Notice { text, role: Role::Text });
            }
            (_, Response::Killed(killed)) => {
                let text = crate::tui::said::killed_line(&self.model.look, killed);
                let role = if killed.still_open.is_empty() { Role::Good } else { Role::Error };
                self.tell(Notice { text, role });
            }
            (_, Response::Differences(differences)) => {
                let text = crate::tui::said::differences_line(&self.model.look, differences.len());
                let role = if differences.is_empty() { Role::Good } else { Role::Error };
                self.tell(Notice { text, role });
            }
            _ if matches!(command, Command::TakeTradingLock) => {
                self.say(Role::Good, Frame::LockTaken);
            }
            (Reply::For(Purpose::Deed), _) => {
                if let Some(text) = crate::tui::overlay::finder::done_line(&self.model.look, command) {
                    self.tell(Notice { text, role: Role::Good });
                }
            }
            _ => {}
        }
    }

    /// What a failure says in the screen's language, with every rule that refused.
    pub(super) fn failure_text(&self, failure: &Failure) -> String {
        crate::tui::said::failure_line(&self.model.look, failure)
    }

    fn updated(&mut self, update: &Update) {
        self.dirty = true;
        let changed = self.model.take(update);
        match &changed {
            Changed::Nothing => return,
            Changed::Alert(id) => self.announce_alert(*id),
            Changed::Account | Changed::Order(_) => self.follow(),
            Changed::Status => {
                let free = self.model.status.as_ref().is_some_and(|status| status.trading_lock.is_none());
                if free && !self.model.view_only && !self.asked_for_lock {
                    self.asked_for_lock = true;
                    self.send(Command::TakeTradingLock, Reply::Greeting);
                } else if !free {
                    self.asked_for_lock = false;
                }
                self.check_armed();
            }
            Changed::Book => self.check_armed(),
            _ => {}
        }
        self.tell_panes(&News::Changed(&changed));
    }

    /// An alert is told by the bell and by the terminal's own notification, as the config says.
    fn announce_alert(&mut self, id: u64) {
        let Some(alert) = self.model.alerts.get(&id) else { return };
        let text = format!("hoga {} {}", alert.instrument, alert.condition);
        let ui = &self.model.config.ui;
        if ui.bell {
            self.announcements.push(Announcement::Bell);
        }
        match ui.notifications {
            crate::config::Notifications::Osc9 => self.announcements.push(Announcement::Osc9 { text: text.clone() }),
            crate::config::Notifications::Osc777 => {
                self.announcements.push(Announcement::Osc777 { title: "hoga".into(), text: text.clone() });
            }
            crate::config::Notifications::Off => {}
        }
        self.tell(Notice { text, role: Role::Warning });
    }
}
