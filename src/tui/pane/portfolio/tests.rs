//! What the account page shows.

use serde_json::json;

use super::*;
use crate::config::Language;
use crate::tui::model::{Connection, fixture};
use crate::tui::pane::sketch;

fn busy(language: Language) -> Model {
    let mut model = fixture::trading(language);
    let record = model.account.record.as_mut().unwrap();
    let balance = json!({
        "profile": "sim", "currency": "USDT", "cash": "5000", "reserved": "0", "margin": "600",
        "available": "4400", "equity": "5100.25"
    });
    record.balances.push(serde_json::from_value(balance).unwrap());
    let held = json!({
        "profile": "sim", "symbol": "BTCUSDT", "venue": "SIM", "name_ko": "비트코인", "name_en": "Bitcoin",
        "side": "short", "quantity": "0.1", "average_price": "60000", "last": "58997.5", "unrealized": "100.25",
        "unrealized_net": "97", "realized": "0", "realized_gross": "0", "fees": "3", "taxes": "0", "cost": "6000",
        "breakeven": "59940", "liquidation_price": "65000", "leverage": 10, "margin": "600", "currency": "USDT"
    });
    record.positions.push(serde_json::from_value(held).unwrap());
    let pnl = json!({
        "profile": "sim", "currency": "USDT", "today": "100.25", "realized": "0", "unrealized": "100.25",
        "unrealized_net": "97", "fees": "3", "taxes": "0", "equity": "5100.25", "peak_equity": "5100.25"
    });
    record.pnl.push(serde_json::from_value(pnl).unwrap());
    model
}

fn line_with<'a>(lines: &'a [String], text: &str) -> &'a str {
    lines.iter().find(|line| line.contains(text)).unwrap_or_else(|| panic!("{text} in {lines:#?}"))
}

#[test]
fn cash_and_profit_stand_beside_each_other() {
    let model = fixture::trading(Language::En);
    let lines = sketch::lines(&mut Portfolio::default(), &model, 78, 20);
    assert!(lines[0].starts_with("KRW Equity") && lines[0].ends_with("99,999,000"), "{lines:#?}");
    assert!(line_with(&lines, "Day P&L").ends_with("▼ -1,107 0.00%"));
    assert!(line_with(&lines, "Unrealised net").ends_with("▼ -2,530"));
    assert!(line_with(&lines, "From peak").contains("▼ -1,000 0.00%"));
    assert!(line_with(&lines, "Reserved").contains("710,107"));
}

#[test]
fn the_parts_of_the_equity_add_up_to_it() {
    let model = busy(Language::Ko);
    let record = model.account.record.as_ref().unwrap();
    for balance in &record.balances {
        let held = record.positions.iter().filter(|held| held.currency == balance.currency);
        assert_eq!(free_cash(record, balance) + held.map(worth).sum::<Decimal>(), balance.equity);
    }
    let lines = sketch::lines(&mut Portfolio::default(), &model, 78, 40);
    assert!(line_with(&lines, "삼성전자").contains("712,000") && line_with(&lines, "삼성전자").contains("0.7%"));
    let short = line_with(&lines, "비트코인");
    assert!(short.contains("공매도") && short.contains("700.2500") && short.contains("13.7%"), "{short}");
}

#[test]
fn a_narrow_pane_has_every_number_and_scrolls() {
    let mut pane = Portfolio::default();
    let model = busy(Language::Ko);
    let lines = sketch::lines(&mut pane, &model, 36, 12);
    assert!(line_with(&lines, "당일손익").ends_with("-1,107 0.00%"));
    let mut asks = Asks::default();
    assert_eq!(pane.act(Action::Bottom, &model, &mut asks), Handled::Yes);
    let lines = sketch::lines(&mut pane, &model, 36, 12);
    assert!(lines[11].contains("비트코인"), "{lines:#?}");
}

#[test]
fn a_currency_nothing_was_done_in_is_one_line() {
    let mut model = fixture::trading(Language::En);
    let record = model.account.record.as_mut().unwrap();
    let mut idle = record.balances[0].clone();
    idle.currency = Currency::Usd;
    idle.cash = Decimal::ONE_THOUSAND;
    (idle.equity, idle.reserved) = (Decimal::ONE_THOUSAND, Decimal::ZERO);
    record.balances.push(idle);
    let lines = sketch::lines(&mut Portfolio::default(), &model, 78, 30);
    let at = lines.iter().position(|line| line.starts_with("USD")).unwrap();
    assert!(lines[at].ends_with("1,000.00") && lines[at + 1..].iter().all(String::is_empty));
}

#[test]
fn without_a_desk_numbers_are_stale() {
    let mut model = fixture::trading(Language::En);
    let failure =
        crate::desk::protocol::Failure::new(crate::desk::protocol::FailureKind::Unavailable, "DESK_LOST", "gone");
    model.connection = Connection::Down(Box::new(failure));
    let buffer = sketch::buffer(&mut Portfolio::default(), &model, 78, 20);
    let line: String = (0..78).map(|x| buffer[(x, 0)].symbol()).collect();
    let at = u16::try_from(line.find("99,999").unwrap()).unwrap();
    assert_eq!(buffer[(at, 0)].style().fg, model.look.style(Role::Stale).fg);
}

#[test]
fn it_draws_at_every_size() {
    sketch::every_size(&mut Portfolio::default(), &mut busy(Language::Ko));
    sketch::every_size(&mut Portfolio::default(), &mut fixture::empty(Language::Ko));
}
