//! The screen driven by a test: keys and words of the desk in, requests and cells out.

mod sizes;
mod workspaces;

use std::time::{Duration, Instant};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use serde_json::json;

use super::{App, Ended, Memory, Outbox};
use crate::config::Language;
use crate::desk::protocol::{Command, Failure, FailureKind, Message, Outcome, Response, Update};
use crate::desk::record::{BookRecord, OrderRecord, TradeRecord};
use crate::order::ProfileName;
use crate::tui::action::Keymap;
use crate::tui::clock::Now;
use crate::tui::link::{Busy, Epoch, Said};
use crate::tui::model::fixture;
use crate::tui::pane::{Ask, Asks, PaneKind, Trade};
use crate::tui::terminal::TerminalEvent;
use crate::tui::theme::GlyphSet;

/// Requests as they were sent, their numbers counting from 1.
#[derive(Default)]
struct Recorder {
    sent: Vec<(Epoch, Command)>,
}

impl Outbox for Recorder {
    fn send(&mut self, epoch: Epoch, _: Option<ProfileName>, command: Command) -> Result<u64, Busy> {
        self.sent.push((epoch, command));
        Ok(self.sent.len() as u64)
    }
}

struct Stage {
    app: App<Recorder>,
    now: Now,
    start: Instant,
}

impl Stage {
    fn new() -> Self {
        let mut model = fixture::trading(Language::En);
        let now = model.now;
        model.name = "pts/3".into();
        let app = App::new(model, Keymap::standard(), Recorder::default(), Memory::none(), 7, GlyphSet::Full);
        Self { app, now, start: Instant::now() }
    }

    fn pass(&mut self, millis: u64) {
        let by = Duration::from_millis(millis);
        self.now = Now { utc: self.now.utc.plus(by), since_start: self.now.since_start + by };
        self.app.tick(self.now);
    }

    fn key_event(&mut self, code: KeyCode, modifiers: KeyModifiers) {
        let (start, since_start) = (self.start, self.now.since_start);
        let event = TerminalEvent::Input(Event::Key(KeyEvent::new(code, modifiers)), start + since_start);
        self.app.on_terminal(event, |at| at.saturating_duration_since(start));
    }

    fn key(&mut self, letter: char) {
        self.pass(1_000);
        self.key_event(KeyCode::Char(letter), KeyModifiers::NONE);
    }

    fn ask(&mut self, ask: Ask) {
        self.app.carry_out(Asks(vec![ask]));
    }

    fn fresh(&mut self) {
        let book = self.app.model.selected.book.as_ref().unwrap().record.clone();
        self.say(Update::Book(book));
    }

    fn say(&mut self, update: Update) {
        self.app.on_said(Said::Message(Box::new(Message::Update(Box::new(update)))));
    }

    fn answer(&mut self, id: u64, outcome: Outcome) {
        self.app.on_said(Said::Message(Box::new(Message::Reply { id, outcome })));
    }

    fn submits(&self) -> usize {
        self.app.outbox.sent.iter().filter(|(_, command)| matches!(command, Command::Submit(_))).count()
    }

    fn last(&self) -> (u64, &Command) {
        let sent = &self.app.outbox.sent;
        (sent.len() as u64, &sent.last().unwrap().1)
    }

    fn notice(&self) -> String {
        self.app.notice.as_ref().map(|(notice, _)| notice.text.clone()).unwrap_or_default()
    }

    fn text(&mut self, width: u16, height: u16) -> String {
        let area = Rect::new(0, 0, width, height);
        let mut buffer = Buffer::empty(area);
        self.app.draw_into(&mut buffer, area);
        let row = |y| (0..width).map(|x| buffer[(x, y)].symbol()).collect::<String>();
        (0..height).map(row).collect::<Vec<_>>().join("\n")
    }
}

fn buy(price: &str) -> Ask {
    let order = json!({
        "symbol": "SIM:005930", "side": "buy", "kind": {"type": "limit", "price": price}, "quantity": "10"
    });
    let order = serde_json::from_value(order).unwrap_or_else(|error| panic!("{error}"));
    Ask::Trade(Trade::Submit(Box::new(order)))
}

fn order(state: &str) -> OrderRecord {
    let mut order = fixture::order("o-9", "buy", "71100", 10);
    order["state"] = json!(state);
    serde_json::from_value(order).unwrap()
}

#[test]
fn while_the_answer_to_an_order_is_out_the_same_order_is_not_sent_again() {
    let mut stage = Stage::new();
    for _ in 0..5 {
        stage.ask(buy("71100"));
    }
    assert_eq!(stage.submits(), 1);
    assert!(stage.notice().contains("awaited"), "{}", stage.notice());
    let (id, _) = stage.last();
    stage.answer(id, Outcome::Ok(Box::new(Response::Order(Box::new(order("sent"))))));
    stage.ask(buy("71100"));
    assert_eq!(stage.submits(), 1, "the desk has it, the broker has not answered yet");
    stage.say(Update::Order(order("accepted")));
    stage.ask(buy("71100"));
    assert_eq!(stage.submits(), 2);
}

#[test]
fn every_order_has_a_client_id_of_its_own() {
    let mut stage = Stage::new();
    for price in ["71000", "70900", "70800"] {
        stage.ask(buy(price));
    }
    let mut ids: Vec<String> = Vec::new();
    for (_, command) in &stage.app.outbox.sent {
        if let Command::Submit(order) = command {
            ids.push(order.client_id.clone().unwrap().to_string());
        }
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 3);
}

#[test]
fn an_old_book_is_not_traded_on_and_its_age_is_named() {
    let mut stage = Stage::new();
    stage.pass(6_200);
    stage.ask(buy("71100"));
    assert_eq!(stage.submits(), 0);
    assert!(stage.notice().contains("6.3 s"), "{}", stage.notice());
}

#[test]
fn a_lost_connection_disarms_and_the_order_on_its_way_is_looked_up_and_never_sent_again() {
    let mut stage = Stage::new();
    stage.key('A');
    stage.fresh();
    stage.app.model.trading.arm(stage.now);
    stage.ask(buy("71100"));
    assert_eq!(stage.submits(), 1);
    let failure = Failure::new(FailureKind::NoDesk, "DESK_LOST", "gone");
    stage.app.on_said(Said::Lost(Box::new(failure)));
    assert!(!stage.app.model.is_armed());
    stage.ask(buy("71100"));
    assert_eq!(stage.submits(), 1, "nothing is sent to nobody");
    let profiles = vec!["sim".parse().unwrap()];
    stage.app.on_said(Said::Connected { epoch: Epoch(2), version: "0.1.0".into(), profiles });
    assert_eq!(stage.submits(), 1);
    let asked = stage.app.outbox.sent.iter().any(|(epoch, command)| {
        *epoch == Epoch(2) && matches!(command, Command::Order { order } if order.starts_with("s7-"))
    });
    assert!(asked, "what became of it is asked");
}

#[test]
fn the_kill_switch_needs_two_presses_and_works_on_every_page() {
    for page in '1'..='7' {
        let mut stage = Stage::new();
        stage.key(page);
        stage.pass(1_000);
        stage.key_event(KeyCode::Char('k'), KeyModifiers::CONTROL);
        let kills = |stage: &Stage| {
            stage
                .app
                .outbox
                .sent
                .iter()
                .filter(|(_, command)| matches!(command, Command::Kill { flatten: false }))
                .count()
        };
        assert_eq!(kills(&stage), 0);
        stage.pass(300);
        stage.key_event(KeyCode::Char('k'), KeyModifiers::CONTROL);
        assert_eq!(kills(&stage), 1, "page {page}");
    }
}

#[test]
fn a_question_is_answered_by_y_alone_and_not_at_once() {
    let mut stage = Stage::new();
    stage.app.perform(crate::tui::action::Action::CancelEverything);
    let cancels = |stage: &Stage| {
        stage.app.outbox.sent.iter().filter(|(_, command)| matches!(command, Command::Cancel(_))).count()
    };
    stage.pass(100);
    stage.key_event(KeyCode::Char('y'), KeyModifiers::NONE);
    assert_eq!(cancels(&stage), 0, "a key meant for what was there before");
    stage.pass(1_000);
    stage.key_event(KeyCode::Enter, KeyModifiers::NONE);
    assert_eq!(cancels(&stage), 0, "enter is no answer");
    stage.pass(1_000);
    stage.key_event(KeyCode::Char('ㅛ'), KeyModifiers::NONE);
    assert_eq!(cancels(&stage), 1, "y on the Hangul layout");
    stage.app.perform(crate::tui::action::Action::CancelEverything);
    stage.key('n');
    stage.key('y');
    assert_eq!(cancels(&stage), 1, "no is no");
}

#[test]
fn leaving_the_ladder_disarms_it() {
    let mut stage = Stage::new();
    stage.app.model.trading.arm(stage.now);
    stage.app.focus(PaneKind::Orders);
    assert!(!stage.app.model.is_armed());
}

#[test]
fn an_armed_ladder_that_is_not_used_or_grows_old_disarms_itself() {
    let mut stage = Stage::new();
    stage.app.model.trading.arm(stage.now);
    for _ in 0..61 {
        stage.fresh();
        stage.pass(1_000);
    }
    assert!(!stage.app.model.is_armed(), "unused");
    stage.fresh();
    stage.app.model.trading.arm(stage.now);
    stage.pass(5_500);
    assert!(!stage.app.model.is_armed(), "old");
}

#[test]
fn a_paste_presses_no_key() {
    let mut stage = Stage::new();
    let at = stage.start + stage.now.since_start;
    let start = stage.start;
    stage.app.on_terminal(TerminalEvent::Input(Event::Paste("qqqAAbb".into()), at), |at| at - start);
    for letter in "qAbs".chars() {
        stage.pass(20);
        stage.key_event(KeyCode::Char(letter), KeyModifiers::NONE);
    }
    assert!(stage.app.ended().is_none() && !stage.app.model.is_armed(), "the rest of a paste that came in pieces");
    stage.pass(1_000);
    stage.key_event(KeyCode::Char('q'), KeyModifiers::NONE);
    assert_eq!(stage.app.ended(), Some(&Ended::Left));
}

#[test]
fn two_hundred_switches_of_the_symbol_never_show_another_ones_market() {
    let mut stage = Stage::new();
    let mut random = 12_345_u64;
    let mut next = |below: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % below
    };
    let symbols = ["005930", "000660", "035720", "051910"];
    let mut unanswered: Vec<(u64, Command)> = Vec::new();
    for _ in 0..200 {
        let chosen = symbols[usize::try_from(next(4)).unwrap()];
        let before = stage.app.outbox.sent.len();
        stage.app.select(format!("SIM:{chosen}").parse().unwrap());
        for (index, (_, command)) in stage.app.outbox.sent.iter().enumerate().skip(before) {
            unanswered.push((index as u64 + 1, command.clone()));
        }
        for _ in 0..next(6) {
            let about = symbols[usize::try_from(next(4)).unwrap()];
            let book = |symbol: &str| -> BookRecord {
                let mut book =
                    serde_json::to_value(&fixture::trading(Language::En).selected.book.unwrap().record).unwrap();
                book["symbol"] = json!(symbol);
                serde_json::from_value(book).unwrap()
            };
            stage.say(Update::Book(book(about)));
            stage.say(Update::Trade(print(about, next(1_000_000))));
        }
        // Answers come late and in any order, also those to questions about a symbol of long ago.
        if !unanswered.is_empty() && next(3) == 0 {
            let (id, command) = unanswered.swap_remove(usize::try_from(next(unanswered.len() as u64)).unwrap());
            if let Command::Trades { symbol, .. } = command {
                let code = symbol.split(':').nth(1).unwrap();
                stage.answer(id, Outcome::Ok(Box::new(Response::Trades(vec![print(code, next(1_000_000))]))));
            }
        }
        let selected = &stage.app.model.selected;
        let shown = selected.id.unwrap().symbol.as_str().to_owned();
        assert!(selected.book.as_ref().is_none_or(|book| book.record.symbol == shown), "another book under {shown}");
        assert!(selected.prints.iter().all(|print| print.symbol == shown), "another's prints under {shown}");
    }
}

fn print(symbol: &str, id: u64) -> TradeRecord {
    serde_json::from_value(json!({
        "profile": "sim", "symbol": symbol, "venue": "SIM", "price": "71200", "quantity": "3", "side": "buy",
        "time": "2026-11-20T01:30:00Z", "id": id.to_string()
    }))
    .unwrap()
}

#[test]
fn the_world_and_whether_keys_trade_are_in_sight_at_every_size() {
    let mut stage = Stage::new();
    for (width, height) in [(60, 18), (80, 24), (100, 30), (160, 45), (250, 80)] {
        let text = stage.text(width, height);
        assert!(text.contains("VIRTUAL") && text.contains("disarmed"), "{width}x{height}\n{text}");
    }
    stage.app.model.trading.arm(stage.now);
    for (width, height) in [(60, 18), (160, 45)] {
        assert!(stage.text(width, height).contains("ARMED"));
    }
    assert!(stage.text(59, 18).contains("too small"));
    for (width, height) in [(1, 1), (3, 2), (20, 5)] {
        stage.text(width, height);
    }
}

#[test]
fn an_update_of_another_profile_changes_nothing() {
    let mut stage = Stage::new();
    let mut book = stage.app.model.selected.book.as_ref().unwrap().record.clone();
    book.profile = "other".into();
    book.bids.clear();
    stage.say(Update::Book(book));
    assert_eq!(stage.app.model.selected.book.as_ref().unwrap().record.bids.len(), 10);
}

#[test]
fn the_book_of_the_first_watched_instrument_is_followed_when_it_is_selected_later() {
    let mut stage = Stage::new();
    stage.app.model.selected = crate::tui::model::Selected::nothing();
    stage.app.model.watch = vec![fixture::samsung()];
    stage.app.follow();
    stage.app.select(fixture::samsung());
    let followed = stage.app.outbox.sent.iter().any(|(_, command)| {
        matches!(command, Command::Follow { topic: crate::desk::protocol::Topic::Book, symbols } if symbols == &["SIM:005930"])
    });
    assert!(followed, "{:?}", stage.app.outbox.sent);
}

#[test]
fn coming_back_to_nothing_new_shows_the_market_and_to_a_fill_what_was_missed() {
    let event = |kind: &str| crate::desk::protocol::EventRecord {
        time: fixture::now().utc,
        kind: kind.to_owned(),
        profile: None,
        order_id: None,
        text: kind.to_owned(),
    };
    for (kinds, opens) in [(&["lock", "connection"][..], 0), (&["lock", "fill"][..], 1)] {
        let mut stage = Stage::new();
        stage.app.memory.keep_word("left", "2026-11-20T00:00:00Z");
        let events: Vec<_> = kinds.iter().map(|kind| event(kind)).collect();
        stage.app.tell_away(&events);
        assert_eq!(stage.app.overlays.len(), opens, "{kinds:?}");
    }
}

#[test]
fn ctrl_c_leaves_past_the_tour_and_closes_a_question_first() {
    let mut stage = Stage::new();
    stage.app.do_deed(crate::tui::action::Action::Tour);
    stage.pass(3_000);
    stage.key_event(KeyCode::Char('c'), KeyModifiers::CONTROL);
    assert_eq!(stage.app.ended(), Some(&Ended::Left), "the tour holds nobody");
    let mut stage = Stage::new();
    stage.app.do_deed(crate::tui::action::Action::Help);
    stage.pass(3_000);
    stage.key_event(KeyCode::Char('c'), KeyModifiers::CONTROL);
    assert_eq!(stage.app.ended(), None, "closed what was open");
    stage.pass(3_000);
    stage.key_event(KeyCode::Char('c'), KeyModifiers::CONTROL);
    assert_eq!(stage.app.ended(), Some(&Ended::Left));
}

/// Texts of the log that say why.
fn logged(stage: &Stage, why: &str) -> Vec<String> {
    stage.app.model.activity.lines().filter(|line| line.text.contains(why)).map(|line| line.kind.clone()).collect()
}

fn refusal(text: &str) -> Update {
    let event = json!({"time": "2026-11-20T01:00:00Z", "profile": "sim", "kind": "refusal", "text": text});
    Update::Event(serde_json::from_value(event).unwrap())
}

#[test]
fn a_refused_order_is_logged_once_with_the_desks_reason() {
    // By a rule.
    let mut stage = Stage::new();
    stage.ask(buy("71100"));
    let (id, _) = stage.last();
    let why = "RISK_ORDER_RATE: 11 > 10 a second";
    stage.say(refusal(why));
    let mut failure = Failure::new(FailureKind::Risk, "RISK_ORDER_RATE", why);
    let refused = json!({"rule": "RISK_ORDER_RATE", "limit": "10 a second", "value": "11"});
    failure.refusals = vec![serde_json::from_value(refused).unwrap()];
    stage.answer(id, Outcome::Failed(Box::new(failure)));
    assert_eq!(logged(&stage, "RISK_ORDER_RATE"), ["refusal"]);
    assert!(stage.notice().contains("RISK_ORDER_RATE"), "said at once: {}", stage.notice());
    // By the broker.
    let mut stage = Stage::new();
    stage.ask(buy("71100"));
    let (id, _) = stage.last();
    let mut rejected = order("rejected");
    rejected.reason = Some("-2010: not enough cash".into());
    stage.say(refusal("-2010: not enough cash"));
    stage.answer(id, Outcome::Ok(Box::new(Response::Order(Box::new(rejected)))));
    assert_eq!(logged(&stage, "not enough cash"), ["refusal"]);
    assert!(stage.notice().contains("not enough cash"), "{}", stage.notice());
    // What never reached the desk is in no log but the screen's.
    let mut stage = Stage::new();
    stage.ask(buy("71100"));
    let (id, _) = stage.last();
    let failure = Failure::new(FailureKind::Unavailable, "BUSY", "the desk is busy");
    stage.answer(id, Outcome::Failed(Box::new(failure)));
    assert_eq!(logged(&stage, "busy"), ["screen"]);
}

#[test]
fn ctrl_c_closes_a_form_first_and_twice_leaves() {
    let mut stage = Stage::new();
    let interrupt = |stage: &mut Stage| stage.key_event(KeyCode::Char('c'), KeyModifiers::CONTROL);
    stage.key('b');
    assert_eq!(stage.app.focused(), PaneKind::Ticket);
    stage.pass(3_000);
    interrupt(&mut stage);
    assert_eq!((stage.app.ended(), stage.app.focused()), (None, PaneKind::Ladder), "closed the form");
    stage.pass(3_000);
    interrupt(&mut stage);
    assert_eq!(stage.app.ended(), Some(&Ended::Left), "nothing is open");
    let mut stage = Stage::new();
    stage.key('b');
    stage.pass(3_000);
    interrupt(&mut stage);
    stage.pass(500);
    interrupt(&mut stage);
    assert_eq!(stage.app.ended(), Some(&Ended::Left), "twice");
    let mut stage = Stage::new();
    stage.fresh();
    stage.app.focus(PaneKind::Ladder);
    stage.app.model.trading.arm(stage.now);
    interrupt(&mut stage);
    assert!(!stage.app.model.is_armed());
    assert_eq!(stage.app.ended(), None, "disarmed");
}
