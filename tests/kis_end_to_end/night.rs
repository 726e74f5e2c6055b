//! The night session of Korean derivatives from the shell, with real money: in the evening and after midnight.

use rust_decimal::{Decimal, dec};
use serde_json::Value;

use crate::kis_server::Options;
use crate::scenario::Scenario;
use crate::user::{number, text, until};

const FUTURE: &str = "A01612";

fn fresh(user: &Scenario, line: &str) -> Value {
    let last = user.server.change(|state| state.exchange.markets[FUTURE].last);
    user.server.trade(FUTURE, last, dec!(1));
    user.json(line)
}

fn contracts(user: &Scenario) -> Decimal {
    let positions = user.json("positions");
    let positions = positions.as_array().unwrap_or_else(|| panic!("not a list: {positions}"));
    positions.iter().filter(|one| one["symbol"] == FUTURE).map(|one| number(one, "quantity")).sum()
}

/// Quoted, ordered, canceled, bought, held and compared.
fn trades(user: &Scenario) {
    user.start();
    until("price and best prices of the night are there", || {
        user.server.trade(FUTURE, dec!(412.00), dec!(2));
        let quote = user.json("quote A01612");
        quote["stale"] == false && [&quote["last"], &quote["bid"], &quote["ask"]] == ["412", "412", "412.05"]
    });
    let minutes = user.json("candles A01612 --interval 1m --count 1");
    assert_eq!(text(&minutes[0], "close"), "412", "{minutes}");
    let placed = fresh(user, "order buy A01612 1 --price 400 --wait accepted");
    assert_eq!(user.server.open_orders().len(), 1);
    user.json(&format!("order cancel {}", text(&placed, "id")));
    user.until_state(&placed, "canceled");
    assert!(user.server.open_orders().is_empty());
    let bought = fresh(user, "order buy A01612 1 --price 412.05 --wait filled --timeout 60s");
    assert_eq!(text(&bought, "state"), "filled", "{bought}");
    until("it is held", || contracts(user) == dec!(1));
    user.json("reconcile");
    until("the account is compared", || user.json("desk status")["profiles"][0]["reconciled"] == true);
    assert_eq!((contracts(user), user.server.contracts(FUTURE)), (dec!(1), dec!(1)));
    until("the cash is the broker's", || user.cash("KRW") == user.server.derivative_cash());
    crate::books::agree(user);
    user.kept_the_limits();
}

#[test]
fn a_future_is_traded_in_the_evening() {
    trades(&Scenario::derivatives(Options::default().at("2026-10-14T13:00:00Z")));
}

#[test]
fn a_future_is_traded_after_midnight() {
    trades(&Scenario::derivatives(Options::default().at("2026-10-14T16:30:00Z")));
}
