//! The whole path from the shell on Korean index futures and options, with real and with play money.

use rust_decimal::{Decimal, dec};
use serde_json::{Value, json};

use crate::kis_server::Options;
use crate::scenario::{SAMSUNG, Scenario};
use crate::user::{number, text, until};

const FUTURE: &str = "A01612";
const CALL: &str = "B01611415";
/// Won of a contract for a point.
const POINT: Decimal = dec!(250_000);

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("not a list: {value}"))
}

/// A command right after somebody else's trade at the last price, for hoga sends no order on old prices.
fn fresh(user: &Scenario, symbol: &str, line: &str) -> Value {
    let last = user.server.change(|state| state.exchange.markets[symbol].last);
    user.server.trade(symbol, last, dec!(1));
    user.json(line)
}

fn position(user: &Scenario, symbol: &str) -> Option<Value> {
    let positions = user.json("positions");
    list(&positions).iter().find(|position| position["symbol"] == symbol).cloned()
}

/// Cash and contracts are the broker's own to the last won, and hoga's books agree with themselves.
fn agrees(user: &Scenario) {
    user.json("reconcile");
    until("the account is compared", || user.json("desk status")["profiles"][0]["reconciled"] == true);
    until("the cash is the broker's", || user.cash("KRW") == user.server.derivative_cash());
    for symbol in [FUTURE, CALL] {
        let held = position(user, symbol).map_or(dec!(0), |held| {
            let contracts = number(&held, "quantity");
            if held["side"] == "short" { -contracts } else { contracts }
        });
        assert_eq!(held, user.server.contracts(symbol), "{symbol}");
    }
    crate::books::agree(user);
}

#[test]
fn the_whole_path_with_real_money() {
    let user = Scenario::derivatives(Options::default());
    user.server.set_derivative_charges(dec!(0.00002), dec!(0.001));
    let key = user.json("auth test main");
    assert_eq!((&key["broker_asked"], &key["trades"]), (&json!(true), &json!(true)), "{key}");
    user.start();
    the_contracts(&user);
    the_market(&user);
    a_limit_is_changed_and_canceled(&user);
    long_and_short(&user);
    agrees(&user);
    a_call(&user);
    agrees(&user);
    the_kill_switch(&user);
    agrees(&user);
    user.kept_the_limits();
}

fn with_play_money(walk: impl FnOnce(&Scenario)) {
    let user = Scenario::derivatives(Options::paper());
    user.start();
    walk(&user);
    user.kept_the_limits();
}

#[test]
fn with_play_money_a_future_is_bought_changed_and_sold() {
    with_play_money(|user| {
        a_limit_is_changed_and_canceled(user);
        long_and_short(user);
        agrees(user);
    });
}

#[test]
fn with_play_money_an_option_is_bought_and_sold() {
    with_play_money(|user| {
        a_call(user);
        agrees(user);
    });
}

#[test]
fn with_play_money_the_kill_switch_closes_a_short_future() {
    with_play_money(the_kill_switch);
}

fn the_contracts(user: &Scenario) {
    for words in ["A01612", "코스피200 선물", "KOSPI200 future", "ㅋㅅㅍ"] {
        let found = user.json(&format!("search {words}"));
        let future = list(&found).iter().find(|one| one["symbol"] == FUTURE);
        let future = future.unwrap_or_else(|| panic!("{words}: {found}"));
        assert_eq!((text(future, "venue"), text(future, "product")), ("KRX_FUTURES", "krx_future"));
        assert_eq!(text(future, "multiplier"), "250000");
    }
}

fn the_market(user: &Scenario) {
    until("price, best prices and limits of the day are there", || {
        user.server.trade(FUTURE, dec!(412.00), dec!(2));
        let quote = user.json("quote A01612");
        let is_live = quote["stale"] == json!(false) && quote["last_is_close"] == json!(false);
        let prices = [&quote["last"], &quote["bid"], &quote["ask"], &quote["upper_limit"], &quote["lower_limit"]];
        is_live && prices == ["412", "412", "412.05", "444.95", "379.05"]
    });
    let book = user.json("book A01612");
    assert_eq!((list(&book["bids"]).len(), list(&book["asks"]).len()), (5, 5), "{book}");
    let days = user.json("candles A01612 --interval 1d --count 5");
    assert_eq!((list(&days).len(), text(&days[4], "close")), (5, "412"), "{days}");
    let minutes = user.json("candles A01612 --interval 1m --count 150");
    assert_eq!(list(&minutes).len(), 150, "two pages of minutes");
    assert_eq!(text(&minutes[149], "close"), "412", "{minutes}");
}

fn a_limit_is_changed_and_canceled(user: &Scenario) {
    let placed = fresh(user, FUTURE, "order buy A01612 1 --price 400 --wait accepted");
    let there = || user.server.open_orders().into_iter().map(|o| (o.price, o.remaining)).collect::<Vec<_>>();
    assert_eq!(there(), [(dec!(400), dec!(1))]);
    fresh(user, FUTURE, &format!("order replace {} --price 401.05", text(&placed, "id")));
    until("the change is confirmed", || user.shown(&placed)["pending_change"].is_null());
    assert_eq!(there(), [(dec!(401.05), dec!(1))]);
    let shown = user.shown(&placed);
    assert_eq!((text(&shown, "price"), text(&shown, "quantity")), ("401.05", "1"), "{shown}");
    // A price that is no multiple of the tick never leaves.
    assert_eq!(user.fails("order buy A01612 1 --price 400.03").1, "RISK_TICK_SIZE");
    user.json(&format!("order cancel {}", text(&placed, "id")));
    user.until_state(&placed, "canceled");
    assert!(there().is_empty());
}

/// One is bought and sold, one sold short and bought back, each at a gain or a loss.
fn long_and_short(user: &Scenario) {
    let before = user.server.derivative_cash();
    let bought = fresh(user, FUTURE, "order buy A01612 1 --price 412.05 --wait filled --timeout 60s");
    assert_eq!((text(&bought, "average_price"), text(&bought, "state")), ("412.05", "filled"), "{bought}");
    let held = position(user, FUTURE).unwrap();
    assert_eq!((text(&held, "side"), text(&held, "average_price")), ("long", "412.05"), "{held}");
    assert_eq!(number(&held, "cost"), dec!(412.05) * POINT);
    // The price rises by a point: that is profit of the position and no cash.
    user.server.trade(FUTURE, dec!(413.05), dec!(1));
    until("the profit is seen", || number(&position(user, FUTURE).unwrap(), "unrealized") == POINT);
    agrees(user);
    let (bid, _) = user.server.top(FUTURE);
    let sold = fresh(user, FUTURE, "order sell A01612 1 --type market --wait filled --timeout 60s");
    assert_eq!(number(&sold, "average_price"), bid, "{sold}");
    assert!(position(user, FUTURE).is_none());
    assert!(user.server.derivative_cash() > before);
    // Nothing is held now: what is sold is short.
    fresh(user, FUTURE, &format!("order sell A01612 2 --price {bid} --wait filled --timeout 60s"));
    let short = position(user, FUTURE).unwrap();
    assert_eq!((text(&short, "side"), text(&short, "quantity")), ("short", "2"), "{short}");
    assert_eq!(user.server.contracts(FUTURE), dec!(-2));
    let (_, ask) = user.server.top(FUTURE);
    // One more than is short turns the position.
    let turned = fresh(user, FUTURE, &format!("order buy A01612 3 --price {ask} --wait filled --timeout 60s"));
    assert_eq!(text(&turned, "filled_quantity"), "3", "{turned}");
    assert_eq!(user.server.contracts(FUTURE), dec!(1));
    fresh(user, FUTURE, "flatten A01612");
    until("it is flat", || user.server.contracts(FUTURE).is_zero() && position(user, FUTURE).is_none());
}

fn a_call(user: &Scenario) {
    let before = user.server.derivative_cash();
    let (_, ask) = user.server.top(CALL);
    let bought = fresh(user, CALL, &format!("order buy {CALL} 2 --price {ask} --wait filled --timeout 60s"));
    assert_eq!(number(&bought, "average_price"), ask, "{bought}");
    assert!(before - user.server.derivative_cash() >= ask * POINT * dec!(2));
    let held = position(user, CALL).unwrap();
    assert_eq!((number(&held, "cost"), held["margin"].is_null()), (ask * POINT * dec!(2), true), "{held}");
    // What is paid in full cannot be sold beyond what is held.
    assert_eq!(user.fails(&format!("order sell {CALL} 3 --price {ask}")).1, "RISK_INSUFFICIENT_QUANTITY");
    let (bid, _) = user.server.top(CALL);
    let sold = fresh(user, CALL, &format!("order sell {CALL} 2 --price {bid} --wait filled --timeout 60s"));
    assert_eq!(number(&sold, "average_price"), bid, "{sold}");
    assert_eq!(user.server.contracts(CALL), dec!(0));
}

fn the_kill_switch(user: &Scenario) {
    let (bid, _) = user.server.top(FUTURE);
    fresh(user, FUTURE, &format!("order sell A01612 1 --price {bid} --wait filled --timeout 60s"));
    fresh(user, FUTURE, "order buy A01612 1 --price 400 --wait accepted");
    let killed = user.json("kill");
    assert_eq!((&killed["still_open"], &killed["canceled"]), (&json!([]), &json!(1)), "{killed}");
    assert!(user.server.open_orders().is_empty());
    assert_eq!(user.fails("order buy A01612 1 --price 400").1, "RISK_HALTED");
    user.json("resume --word RESUME");
    fresh(user, FUTURE, "flatten A01612");
    until("the position is closed", || user.server.contracts(FUTURE) == Decimal::ZERO);
    until("here too", || position(user, FUTURE).is_none());
}

#[test]
fn an_account_trades_shares_or_derivatives_and_looks_at_both() {
    let user = Scenario::new(Options::default());
    user.start();
    until("the price is there", || {
        user.server.trade(FUTURE, dec!(412.00), dec!(2));
        user.json("quote A01612")["last"] == "412"
    });
    assert_eq!(user.fails("order buy A01612 1 --price 412.05").1, "RISK_UNSUPPORTED");
    assert!(user.server.orders().is_empty());
    let derivatives = Scenario::derivatives(Options::default());
    derivatives.start();
    assert_eq!(derivatives.fails(&format!("order buy {SAMSUNG} 1 --price 70000")).1, "RISK_UNSUPPORTED");
    assert!(derivatives.server.orders().is_empty());
}

#[test]
fn with_play_money_no_order_leaves_at_night() {
    let user = Scenario::derivatives(Options::paper().at("2026-10-14T11:00:00Z"));
    user.start();
    let refused = user.run("order buy A01612 1 --price 412.05 --json --yes");
    let error = refused.error();
    assert_eq!(error["code"], "RISK_SESSION_CLOSED", "{refused:?}");
    assert!(text(&error, "message").contains("paper trading has no night session"), "{refused:?}");
    assert!(user.server.orders().is_empty());
}

#[test]
fn a_virtual_derivatives_account_trades_on_the_market_and_sends_no_order() {
    let user = Scenario::looking();
    let config = std::fs::read_to_string(user.config()).unwrap();
    let account = "world = \"virtual\"\naccount = \"12345678-03\"";
    let config = config.replace("world = \"virtual\"", account).replace("KRW = \"10000000\"", "KRW = \"100000000\"");
    std::fs::write(user.config(), config).unwrap();
    until("the price is there", || {
        user.server.trade(FUTURE, dec!(412.00), dec!(2));
        user.json("quote A01612")["stale"] == json!(false)
    });
    let sold = fresh(&user, FUTURE, "order sell A01612 1 --wait filled --timeout 60s");
    assert_eq!(text(&sold, "average_price"), "412", "{sold}");
    let short = position(&user, FUTURE).unwrap();
    assert_eq!(text(&short, "side"), "short", "{short}");
    // By the broker's rate, or the careful one while that is not known.
    assert!([dec!(10_300_000), dec!(20_600_000)].contains(&number(&short, "margin")), "{short}");
    fresh(&user, FUTURE, "flatten A01612");
    until("it is flat", || position(&user, FUTURE).is_none());
    // The spread of a tick, twice the commission.
    assert_eq!(user.cash("KRW"), dec!(100_000_000) - dec!(12_500) - dec!(3_090) - dec!(3_090));
    assert!(user.server.orders().is_empty());
    assert!(user.server.requests().iter().all(|seen| !seen.path.contains("/trading/")), "the account was asked for");
}
