//! What the history asks for, finds, opens and writes.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use serde_json::json;

use super::listed::Listed;
use super::*;
use crate::config::Language;
use crate::tui::action::Action;
use crate::tui::model::fixture;
use crate::tui::pane::{Handled, News, Pane, Purpose, sketch};

fn order(id: &str, symbol: &str, state: &str, minute: u32) -> OrderRecord {
    let mut order = fixture::order(id, if minute.is_multiple_of(2) { "buy" } else { "sell" }, "71000", minute);
    order["symbol"] = symbol.into();
    order["state"] = state.into();
    order["created_at"] = format!("2026-11-20T00:{minute:02}:00Z").into();
    serde_json::from_value(order).unwrap()
}

fn orders() -> Response {
    let mut rejected = order("o-3", "000660", "rejected", 3);
    rejected.reason = Some("not enough cash for this order ".repeat(4));
    rejected.parent_id = Some("o-2".into());
    Response::Orders(vec![order("o-1", "005930", "filled", 1), order("o-2", "035420", "canceled", 2), rejected])
}

fn fill(id: &str, minute: u32) -> FillRecord {
    let fill = json!({
        "id": id, "order_id": "01a1fd75-96f9-7000-ba00-697e61b8943c", "profile": "sim", "symbol": "005930",
        "venue": "SIM", "side": "buy", "price": "71000", "quantity": "10", "fee": "106", "tax": "0",
        "currency": "KRW", "liquidity": "taker", "time": format!("2026-11-20T00:{minute:02}:00Z")
    });
    serde_json::from_value(fill).unwrap()
}

fn transactions() -> Response {
    let transaction = json!({
        "id": 12, "time": "2025-03-02T00:00:00Z", "type": "WITHDRAW", "profile": "sim", "symbol": null,
        "venue": null, "order_id": null, "quantity": null, "price": null, "amount": "-1000000", "commission": "0",
        "tax": "0", "cash_before": "97037265", "cash_after": "96037265", "currency": "KRW"
    });
    Response::Transactions(vec![serde_json::from_value(transaction).unwrap()])
}

struct Desk {
    pane: History,
    model: Model,
    asks: Asks,
}

impl Desk {
    fn new(language: Language) -> Self {
        Self { pane: History::default(), model: fixture::trading(language), asks: Asks::default() }
    }

    fn with_orders(language: Language) -> Self {
        let mut desk = Self::new(language);
        desk.lines(78, 20);
        desk.tell(&News::Second);
        let (tag, command) = desk.asked().unwrap();
        assert_eq!(command, Command::Orders { filter: OrderFilter::All });
        desk.tell(&News::Answer { tag, outcome: Ok(&orders()) });
        desk
    }

    fn tell(&mut self, news: &News<'_>) {
        self.asks.0.clear();
        self.pane.told(news, &self.model, &mut self.asks);
    }

    fn act(&mut self, action: Action) -> Handled {
        self.asks.0.clear();
        self.pane.act(action, &self.model, &mut self.asks)
    }

    fn write(&mut self, text: &str) {
        for letter in text.chars() {
            let key = KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE);
            assert_eq!(self.pane.type_key(&key, &self.model, &mut self.asks), Handled::Yes);
        }
    }

    fn key(&mut self, code: KeyCode) -> Handled {
        self.pane.type_key(&KeyEvent::new(code, KeyModifiers::NONE), &self.model, &mut self.asks)
    }

    /// The first question of the last news or action.
    fn asked(&self) -> Option<(u32, Command)> {
        self.asks.0.iter().find_map(|ask| match ask {
            Ask::Send(command, Purpose::Pane(PaneKind::History, tag)) => Some((*tag, (**command).clone())),
            _ => None,
        })
    }

    fn lines(&mut self, width: u16, height: u16) -> Vec<String> {
        sketch::lines(&mut self.pane, &self.model, width, height)
    }

    fn note(&self) -> String {
        let mut note = String::new();
        self.pane.note(&self.model, &mut note);
        note
    }
}

#[test]
fn orders_stand_newest_first_with_their_names() {
    let mut desk = Desk::with_orders(Language::Ko);
    let lines = desk.lines(140, 10);
    assert!(lines[2].starts_with("11-20 09:03:00 000660") && lines[2].contains("SK하이닉스"), "{lines:#?}");
    assert!(lines[2].contains("매도") && lines[2].contains("거부") && lines[2].contains("71,000"), "{lines:#?}");
    assert!(lines[4].contains("삼성전자") && lines[4].contains("체결"), "{lines:#?}");
    assert_eq!(desk.note(), "3 정렬 시각 ▼");
}

#[test]
fn a_name_the_screen_does_not_know_is_asked_for() {
    let mut desk = Desk::with_orders(Language::Ko);
    let (tag, command) = desk.asked().unwrap();
    assert_eq!((tag, command), (NAME_TAG, Command::Info { symbol: "SIM:035420".into() }));
    let info = json!({
        "symbol": "035420", "venue": "SIM", "name_ko": "NAVER", "name_en": "NAVER Corp", "product": "krx_stock",
        "currency": "KRW", "tick_size": "500", "lot": "1", "base_price": null, "upper_limit": null,
        "lower_limit": null, "max_leverage": null, "last": null, "change_percent": null, "volume": "0", "value": "0"
    });
    let info = Response::Instruments(vec![serde_json::from_value(info).unwrap()]);
    desk.tell(&News::Answer { tag, outcome: Ok(&info) });
    assert!(desk.lines(140, 10)[3].contains("NAVER"));
    desk.act(Action::Filter);
    desk.write("naver");
    assert!(desk.lines(140, 10)[2].contains("035420"), "found by its name");
}

#[test]
fn a_filter_finds_by_code_name_state_side_id_and_day() {
    let mut desk = Desk::with_orders(Language::Ko);
    for (text, found) in [
        ("삼성", 1),
        ("samsung", 1),
        ("거부", 1),
        ("REJECTED", 1),
        ("매수", 1),
        ("sell", 2),
        ("o-2", 2),
        ("2026-11-20", 3),
        ("sell rejected", 1),
        ("09:02", 1),
        ("없음", 0),
    ] {
        desk.act(Action::Filter);
        assert!(desk.pane.takes_text());
        desk.write(text);
        assert_eq!(desk.key(KeyCode::Esc), Handled::Yes);
        assert!(!desk.pane.takes_text());
        let lines = desk.lines(100, 10);
        assert_eq!(desk.pane.shown().counts().1, found, "{text}: {lines:#?}");
        assert!(lines[0].contains(text) && desk.note().starts_with(&format!("{found}/3")));
        desk.act(Action::ClearFilter);
        desk.lines(100, 10);
        assert_eq!(desk.pane.shown().counts().1, 3);
    }
}

#[test]
fn arrows_move_the_choice_while_a_filter_is_typed() {
    let mut desk = Desk::with_orders(Language::Ko);
    desk.act(Action::Filter);
    assert_eq!(desk.key(KeyCode::Down), Handled::No);
    assert_eq!(desk.act(Action::Down), Handled::Yes);
    desk.lines(80, 20);
    desk.act(Action::Copy);
    assert_eq!(desk.asks.0, [Ask::Copy("o-2".into())]);
}

#[test]
fn details_have_every_field_and_stay_with_their_order() {
    let mut desk = Desk::with_orders(Language::En);
    desk.act(Action::Open);
    let lines = desk.lines(78, 32);
    let field = |name: &str| lines.iter().find(|line| line.starts_with(name)).cloned().unwrap_or_default();
    assert!(field("Id ").ends_with("o-3") && field("Parent id").ends_with("o-2"), "{lines:#?}");
    assert!(field("Created").ends_with("2026-11-20 09:03:00.000") && field("Source").ends_with("screen"));
    assert!(field("Client id").ends_with('-') && field("State").ends_with("rejected"));
    assert!(lines.iter().filter(|line| line.contains("cash")).count() > 1, "a long reason goes on: {lines:#?}");
    let newer = order("o-4", "005930", "accepted", 9);
    let changed = Changed::Order(&newer);
    desk.tell(&News::Changed(&changed));
    assert!(desk.lines(78, 32).iter().any(|line| line.starts_with("Id ") && line.ends_with("o-3")));
    desk.act(Action::Down);
    assert!(desk.lines(78, 32).iter().any(|line| line.starts_with("Id ") && line.ends_with("o-2")));
    assert_eq!(desk.act(Action::Escape), Handled::Yes);
    assert!(desk.lines(78, 32)[2].contains("09:09:00"), "the new order is at the top");
    assert_eq!(desk.act(Action::Escape), Handled::No);
}

#[test]
fn a_change_of_an_order_is_seen_at_once() {
    let mut desk = Desk::with_orders(Language::En);
    let changed = order("o-1", "005930", "expired", 1);
    desk.tell(&News::Changed(&Changed::Order(&changed)));
    let lines = desk.lines(100, 10);
    assert!(lines[4].contains("expired") && lines.len() > 4 && lines[5].is_empty(), "{lines:#?}");
}

#[test]
fn sorting_goes_through_the_columns_and_back() {
    let mut desk = Desk::with_orders(Language::En);
    desk.act(Action::Sort);
    let lines = desk.lines(100, 10);
    assert!(lines[2].contains("000660") && lines[4].contains("035420"), "{lines:#?}");
    desk.act(Action::SortReverse);
    assert!(desk.lines(100, 10)[2].contains("035420"));
    for _ in 1..OrderRecord::SORTS.len() {
        desk.act(Action::Sort);
    }
    assert_eq!(desk.note(), "3 by Time ▼");
}

#[test]
fn each_view_is_asked_for_when_it_is_looked_at() {
    let mut desk = Desk::with_orders(Language::En);
    desk.act(Action::Right);
    let (tag, command) = desk.asked().unwrap();
    assert_eq!(command, Command::Fills { limit: LIMIT });
    assert!(desk.lines(78, 10)[1].contains("waiting"));
    desk.tell(&News::Answer { tag, outcome: Ok(&Response::Fills(vec![fill("1", 1), fill("2", 2)])) });
    let lines = desk.lines(110, 10);
    assert!(lines[2].starts_with("11-20 09:02:00") && lines[2].contains("…61b8943c"), "{lines:#?}");
    desk.tell(&News::Changed(&Changed::Fill(&fill("3", 5))));
    assert!(desk.lines(110, 10)[2].starts_with("11-20 09:05:00"));

    desk.act(Action::Right);
    let (tag, command) = desk.asked().unwrap();
    assert_eq!(command, Command::Transactions { limit: LIMIT });
    desk.tell(&News::Answer { tag, outcome: Ok(&transactions()) });
    let lines = desk.lines(110, 10);
    assert!(lines[2].starts_with("25-03-02 09:00") && lines[2].contains("-1,000,000"), "{lines:#?}");
    assert!(lines[2].contains("WITHDRAW") && lines[2].contains("96,037,265"), "{lines:#?}");
    // Cash that moved, or a fill, is a transaction.
    desk.model.now.since_start += Duration::from_secs(1);
    desk.lines(110, 10);
    desk.tell(&News::Changed(&Changed::Fill(&fill("4", 6))));
    assert_eq!(desk.asked().map(|(_, command)| command), Some(Command::Transactions { limit: LIMIT }));
}

#[test]
fn what_is_shown_is_written_into_files_and_the_path_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let mut desk = Desk::with_orders(Language::En);
    desk.model.status.as_mut().unwrap().data_dir = folder.path().display().to_string();
    desk.act(Action::Filter);
    desk.write("rejected");
    desk.key(KeyCode::Enter);
    assert_eq!(desk.act(Action::Export), Handled::Yes);
    let written = desk.pane.export.as_ref().unwrap().wait().unwrap();
    let text = std::fs::read_to_string(written.csv.with_extension("jsonl")).unwrap();
    assert_eq!(text.lines().count(), 1);
    assert!(text.contains(r#""id":"o-3""#) && text.contains(r#""price":"71000""#), "{text}");
    desk.pane.export = Some(Export::ended(Ok(written)));
    desk.tell(&News::Second);
    let Ask::Say(notice) = &desk.asks.0[0] else { panic!("{:?}", desk.asks) };
    let path = folder.path().join("exports").display().to_string();
    assert!(notice.text.contains("exported (1)") && notice.text.contains(&path), "{notice:?}");
    assert!(desk.pane.export.is_none());
    desk.pane.export = Some(Export::ended(Err("the disk is full".into())));
    desk.tell(&News::Second);
    assert!(matches!(&desk.asks.0[0], Ask::Say(notice) if notice.text == "could not export: the disk is full"));
}

#[test]
fn a_failure_is_said_and_rows_stay() {
    let mut desk = Desk::with_orders(Language::En);
    desk.model.now.since_start += Duration::from_secs(61);
    desk.lines(78, 20);
    desk.tell(&News::Second);
    let (tag, _) = desk.asked().unwrap();
    let failure = Failure::new(crate::desk::protocol::FailureKind::Unavailable, "LEDGER", "the ledger is busy");
    desk.tell(&News::Answer { tag, outcome: Err(&failure) });
    let lines = desk.lines(90, 20);
    assert!(lines[0].contains("not up to date the ledger is busy") && lines[2].contains("000660"), "{lines:#?}");
}

#[test]
fn another_profile_has_another_history() {
    let mut desk = Desk::with_orders(Language::En);
    desk.model.profile = "other".parse().unwrap();
    desk.tell(&News::Reset);
    assert!(desk.lines(78, 20)[1].contains("waiting"));
}

#[test]
fn a_narrow_pane_keeps_when_what_which_way_and_how_it_ended() {
    let mut desk = Desk::with_orders(Language::En);
    let lines = desk.lines(36, 10);
    assert!(lines[2].starts_with("11-20 09:03 000660  sell rejected"), "{lines:#?}");
}

#[test]
fn it_draws_at_every_size() {
    let mut desk = Desk::with_orders(Language::Ko);
    sketch::every_size(&mut desk.pane, &mut desk.model);
    desk.act(Action::Filter);
    desk.write("a very long filter that fits nothing");
    sketch::every_size(&mut desk.pane, &mut desk.model);
    desk.act(Action::ClearFilter);
    desk.lines(20, 20);
    desk.act(Action::Open);
    sketch::every_size(&mut desk.pane, &mut desk.model);
    sketch::every_size(&mut History::default(), &mut fixture::empty(Language::Ko));
}

#[test]
fn an_answer_that_says_the_same_keeps_rows_and_the_choice() {
    let mut desk = Desk::with_orders(Language::En);
    desk.act(Action::Down);
    desk.model.now.since_start += Duration::from_secs(61);
    desk.lines(90, 20);
    desk.tell(&News::Second);
    let (tag, _) = desk.asked().unwrap();
    let Response::Orders(mut records) = orders() else { panic!("orders") };
    records.remove(0);
    records.push(order("o-4", "005930", "accepted", 9));
    desk.tell(&News::Answer { tag, outcome: Ok(&Response::Orders(records)) });
    let lines = desk.lines(90, 20);
    assert!(lines[2].contains("09:09:00") && lines[4].contains("035420") && lines[5].is_empty(), "{lines:#?}");
    desk.act(Action::Copy);
    assert_eq!(desk.asks.0, [Ask::Copy("o-2".into())]);
}
