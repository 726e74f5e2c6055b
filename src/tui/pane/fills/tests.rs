//! Fills of the day, as a trader would notice them.

use serde_json::json;

use super::*;
use crate::config::Language;
use crate::tui::model::fixture;
use crate::tui::pane::Ask;
use crate::tui::pane::list::stage;

const NARROW: (u16, u16) = (38, 10);
const WIDE: (u16, u16) = (112, 10);

fn with_fills(language: Language) -> Model {
    let mut model = fixture::trading(language);
    let fills = [
        stage::fill("0", &json!({"time": "2026-11-19T14:59:59Z"})),
        stage::fill("1", &json!({})),
        stage::fill(
            "2",
            &json!({"symbol": "000660", "side": "sell", "price": "182500", "quantity": "3", "fee": "82",
            "tax": "821", "liquidity": "maker", "time": "2026-11-20T01:15:09Z"}),
        ),
    ];
    for fill in fills {
        model.account.put_fill(fill);
    }
    model
}

#[test]
fn the_newest_is_on_top_and_yesterday_is_over() {
    let lines = stage::lines(&mut Fills::default(), &with_fills(Language::Ko), NARROW);
    assert_eq!(lines[1], "10:15 SK하이닉스 매도   182,500      3");
    assert_eq!(lines[2], "09:31 삼성전자   매수    71,300     10");
    assert_eq!(lines[3], "", "what was filled before midnight in Korea is on the history page");
}

#[test]
fn a_wide_list_has_value_fee_tax_and_liquidity() {
    let model = with_fills(Language::En);
    let lines = stage::lines(&mut Fills::default(), &model, WIDE);
    for shown in ["10:15:09", "SK hynix", "sell", "547,500", "82", "821", "maker"] {
        assert!(lines[1].contains(shown), "{shown} in {}", lines[1]);
    }
    assert_eq!(lines[9], "KRW  bought 713,000  sold 547,500  fee 189  tax 821");
}

#[test]
fn f_leaves_the_selected_symbol_with_its_own_totals() {
    let model = with_fills(Language::Ko);
    let mut pane = Fills::default();
    stage::act(&mut pane, &model, Action::Filter);
    let lines = stage::lines(&mut pane, &model, WIDE);
    assert!(lines[1].contains("삼성전자") && lines[2].is_empty());
    assert_eq!(lines[9], "KRW  매수 713,000  매도 0  수수료 107  세금 0");
    let mut title = String::new();
    pane.title(&model, &mut title);
    assert_eq!(title, "체결내역 2 · 이 종목");
}

#[test]
fn the_choice_is_on_the_newest_until_another_is_chosen() {
    let mut model = with_fills(Language::Ko);
    let mut pane = Fills::default();
    let hynix: Ask = Ask::Select("SIM:000660".parse().unwrap());
    let samsung = Ask::Select(fixture::samsung());
    assert_eq!(stage::act(&mut pane, &model, Action::Open).1, [hynix]);
    model.account.put_fill(stage::fill("3", &json!({"time": "2026-11-20T01:20:00Z"})));
    assert_eq!(stage::act(&mut pane, &model, Action::Open).1, std::slice::from_ref(&samsung));
    stage::act(&mut pane, &model, Action::Bottom);
    model.account.put_fill(stage::fill("4", &json!({"symbol": "000660", "time": "2026-11-20T01:21:00Z"})));
    assert_eq!(stage::act(&mut pane, &model, Action::Open).1, [samsung], "the oldest is still chosen");
    stage::act(&mut pane, &model, Action::Top);
    model.account.put_fill(stage::fill("5", &json!({"symbol": "035720", "time": "2026-11-20T01:22:00Z"})));
    assert_eq!(stage::act(&mut pane, &model, Action::Open).1, [Ask::Select("SIM:035720".parse().unwrap())]);
}

#[test]
fn coins_have_the_decimals_they_need() {
    let mut model = with_fills(Language::En);
    let fill = json!({"symbol": "BTCUSDT", "price": "63000.5", "quantity": "0.015", "fee": "0.3780", "currency": "USDT",
        "time": "2026-11-20T01:25:00Z"});
    model.account.put_fill(stage::fill("9", &fill));
    let lines = stage::lines(&mut Fills::default(), &model, WIDE);
    for shown in ["BTCUSDT", "63,000.5", "0.015", "945.01", "0.3780"] {
        assert!(lines[1].contains(shown), "{shown} in {}", lines[1]);
    }
    assert!(lines[8].starts_with("KRW") && lines[9].starts_with("USDT  bought 945.01"), "{lines:?}");
}

#[test]
fn an_empty_one_says_what_to_do() {
    let lines = stage::lines(&mut Fills::default(), &fixture::empty(Language::En), (60, 4));
    assert_eq!(lines[1], "no fills today: b buys, s sells");
}

#[test]
fn every_size_and_every_key_is_survived() {
    stage::survive(Fills::default, |model| {
        model.account.fills = with_fills(Language::Ko).account.fills;
    });
}
