//! The whole path from the shell on Korean shares, with real and with play money.

use rust_decimal::{Decimal, dec};
use serde_json::{Value, json};

use crate::kis_server::Options;
use crate::scenario::{SAMSUNG, Scenario};
use crate::user::{number, text, until};

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("not a list: {value}"))
}

#[test]
fn the_whole_path_with_real_money() {
    let user = Scenario::new(Options::default());
    signs_in(&user);
    user.start();
    the_market(&user);
    ten_are_bought(&user);
    a_limit_is_changed_and_canceled(&user);
    a_market_order_sells(&user);
    user.agrees();
    the_kill_switch(&user);
    user.agrees();
    user.kept_the_limits();
}

/// Somebody with play money, whose broker answers one question a second: each walks a part of the path.
fn with_play_money(walk: impl FnOnce(&Scenario)) {
    let user = Scenario::new(Options::paper());
    user.start();
    walk(&user);
    user.kept_the_limits();
}

#[test]
fn with_play_money_somebody_signs_in_and_looks_at_the_market() {
    let user = Scenario::new(Options::paper());
    signs_in(&user);
    user.start();
    the_market(&user);
    user.kept_the_limits();
}

#[test]
fn with_play_money_an_order_is_filled_and_the_account_agrees() {
    with_play_money(|user| {
        ten_are_bought(user);
        user.agrees();
    });
}

#[test]
fn with_play_money_an_order_is_changed_and_canceled() {
    with_play_money(a_limit_is_changed_and_canceled);
}

#[test]
fn with_play_money_what_was_bought_is_sold() {
    with_play_money(|user| {
        ten_are_bought(user);
        a_market_order_sells(user);
    });
}

#[test]
fn with_play_money_the_kill_switch_ends_everything() {
    with_play_money(|user| {
        ten_are_bought(user);
        the_kill_switch(user);
    });
}

fn signs_in(user: &Scenario) {
    let key = user.json("auth test main");
    assert_eq!((&key["broker_asked"], &key["trades"]), (&json!(true), &json!(true)), "{key}");
}

fn ten_are_bought(user: &Scenario) {
    let bought = user.on_fresh_prices("order buy 005930 10 --price 70100 --wait filled --timeout 60s");
    assert_eq!((text(&bought, "state"), text(&bought, "filled_quantity")), ("filled", "10"), "{bought}");
    assert_eq!((text(&bought, "average_price"), text(&bought, "time_in_force")), ("70100", "day"), "{bought}");
    assert_eq!(user.server.position(SAMSUNG), dec!(10));
}

fn the_market(user: &Scenario) {
    let found = user.json("search ㅅㅅㅈㅈ");
    assert!(list(&found).iter().any(|one| one["symbol"] == SAMSUNG), "{found}");
    until("price, best prices and limits of the day are there", || {
        user.server.trade(SAMSUNG, dec!(70000), dec!(7));
        let quote = user.json("quote 005930");
        let is_live = quote["stale"] == json!(false) && quote["last_is_close"] == json!(false);
        let prices = [&quote["last"], &quote["bid"], &quote["ask"], &quote["upper_limit"], &quote["lower_limit"]];
        is_live && prices == ["70000", "70000", "70100", "91000", "49000"]
    });
    let book = user.json("book 005930");
    assert_eq!((list(&book["bids"]).len(), list(&book["asks"]).len()), (10, 10), "{book}");
    let best = user.server.change(|state| state.exchange.markets[SAMSUNG].bids.last_key_value().map(|(_, q)| *q));
    assert_eq!(book["bids"][0], json!(["70000", best.unwrap().to_string()]), "{book}");
    let days = user.json("candles 005930 --interval 1d --count 5");
    assert_eq!(list(&days).len(), 5, "{days}");
    assert_eq!(text(&days[4], "close"), "70000", "{days}");
    let minutes = user.json("candles 005930 --interval 1m --count 5");
    assert!(!list(&minutes).is_empty(), "{minutes}");
}

fn a_limit_is_changed_and_canceled(user: &Scenario) {
    let placed = user.on_fresh_prices("order buy 005930 5 --price 68000 --wait accepted");
    let there = || user.server.open_orders().into_iter().map(|o| (o.price, o.remaining)).collect::<Vec<_>>();
    assert_eq!(there(), [(dec!(68000), dec!(5))]);
    user.on_fresh_prices(&format!("order replace {} --price 68100", text(&placed, "id")));
    until("the change is confirmed", || user.shown(&placed)["pending_change"].is_null());
    assert_eq!(there(), [(dec!(68100), dec!(5))]);
    let shown = user.shown(&placed);
    assert_eq!((text(&shown, "price"), text(&shown, "quantity")), ("68100", "5"), "{shown}");
    // Money that an order reserves cannot be ordered with.
    let cash = || user.json("balance")[0].clone();
    until("the reserve is known", || number(&cash(), "available") <= user.server.cash() - dec!(340_500));
    user.json(&format!("order cancel {}", text(&placed, "id")));
    user.until_state(&placed, "canceled");
    assert!(there().is_empty());
}

fn a_market_order_sells(user: &Scenario) {
    let sold = user.on_fresh_prices("order sell 005930 4 --wait filled --timeout 60s");
    assert_eq!((text(&sold, "type"), text(&sold, "average_price")), ("market", "70000"), "{sold}");
    assert_eq!((user.held(SAMSUNG), user.server.position(SAMSUNG)), (dec!(6), dec!(6)));
    let kinds: Vec<Value> = list(&user.json("transactions")).iter().map(|one| one["type"].clone()).collect();
    assert!(kinds.contains(&json!("BUY")) && kinds.contains(&json!("SELL")), "{kinds:?}");
}

fn the_kill_switch(user: &Scenario) {
    for price in [68000, 68100, 68200] {
        user.on_fresh_prices(&format!("order buy 005930 1 --price {price} --wait accepted"));
    }
    let killed = user.json("kill");
    assert_eq!((&killed["still_open"], &killed["canceled"]), (&json!([]), &json!(3)), "{killed}");
    assert!(user.server.open_orders().is_empty());
    assert_eq!(user.fails("order buy 005930 1 --price 68000"), (6, "RISK_HALTED".to_owned()));
    user.json("resume --word RESUME");
    user.on_fresh_prices("flatten 005930");
    until("the position is closed", || user.server.position(SAMSUNG) == Decimal::ZERO);
    until("here too", || user.held(SAMSUNG).is_zero());
}

/// A share that nobody trades for a while, by a broker that streams it.
fn a_quiet_share(options: Options) {
    let user = Scenario::new(options);
    user.start();
    user.json("watch add 005930");
    until("its price is there", || user.json("quote 005930")["last"] == "70000");
    // Longer than the oldest data that an order may be based on, and longer than the server's pings are apart.
    let quiet = std::time::Instant::now();
    until("it was quiet for long", || quiet.elapsed() > std::time::Duration::from_secs(20));
    assert_eq!(user.json("quote 005930")["stale"], json!(false));
    let bought = user.json("order buy 005930 1 --price 70100 --wait filled --timeout 60s");
    assert_eq!(text(&bought, "average_price"), "70100", "{bought}");
    user.kept_the_limits();
}

#[test]
fn a_share_that_is_quiet_can_be_traded() {
    a_quiet_share(Options::default());
}

#[test]
fn a_share_that_is_quiet_can_be_traded_with_play_money() {
    a_quiet_share(Options::paper());
}

#[test]
fn a_killed_desk_finds_its_orders_at_the_broker() {
    let user = Scenario::new(Options::default());
    user.without_commission();
    let resting = user.json("order buy 005930 1 --price 68000 --wait accepted");
    let filled = user.json("order buy 005930 1 --price 70100 --wait filled --client-id once --timeout 60s");
    user.kill_desk();
    let again = user.json("order buy 005930 1 --price 70100 --client-id once");
    assert_eq!(again["id"], filled["id"]);
    assert_eq!(text(&user.shown(&resting), "state"), "accepted");
    assert_eq!(user.server.orders().len(), 2);
    user.json("order cancel --all");
    user.until_state(&resting, "canceled");
    user.agrees();
}

#[test]
fn real_money_asks_and_yes_answers() {
    let user = Scenario::new(Options::default());
    let asked = user.run("order buy 005930 1 --price 70100 --wait filled --json");
    assert_eq!(asked.error()["code"], "CANNOT_ASK", "{asked:?}");
    assert!(user.server.orders().is_empty());
    let bought = user.run("order buy 005930 1 --price 70100 --wait filled --timeout 60s --json --yes");
    assert_eq!((bought.status, text(&bought.json(), "state")), (0, "filled"), "{bought:?}");
    assert!(bought.talk.contains("LIVE"), "{bought:?}");
}

#[test]
fn a_virtual_world_trades_on_the_market_and_sends_no_order() {
    let user = Scenario::looking();
    let book = user.json("--profile look book 005930");
    assert!(!list(&book["bids"]).is_empty());
    let bought = user.json("--profile look order buy 005930 10 --wait filled --timeout 60s");
    assert_eq!(text(&bought, "average_price"), "70100", "{bought}");
    assert_eq!(text(&user.json("--profile look positions")[0], "quantity"), "10");
    assert!(user.server.orders().is_empty());
    assert!(user.server.requests().iter().all(|seen| !seen.path.contains("/trading/")), "the account was asked for");
    user.kept_the_limits();
}

#[test]
fn the_first_order_of_the_day_on_paper_waits_for_the_first_comparison_and_is_accepted() {
    let user = Scenario::new(Options::paper());
    let placed = user.run("order buy 005930 1 --price 68000 --wait accepted --json --yes");
    assert_eq!(placed.status, 0, "{placed:?}");
    assert_eq!((text(&placed.json(), "state"), text(&placed.json(), "time_in_force")), ("accepted", "day"));
    assert!(placed.talk.contains("compares the account with the broker"), "nobody waits without knowing: {placed:?}");
    assert_eq!(user.server.open_orders().len(), 1);
    assert_eq!(user.run("desk stop --force --yes").status, 0);
    let asked = user.in_korean("order sell 005930 1 --price 68000 --dry-run");
    assert!(asked.talk.contains("처음 대사하고 있습니다"), "{asked:?}");
    assert!(!asked.talk.contains("RISK_NOT_RECONCILED") && !asked.out.contains("RISK_NOT_RECONCILED"), "{asked:?}");
    user.kept_the_limits();
}

#[test]
fn what_comes_by_asking_and_not_by_a_stream_says_so() {
    let user = Scenario::new(Options::paper());
    user.start();
    user.json("watch add 005930 AAPL");
    // On paper there is no stream of US shares.
    until("the US share is polled", || user.json("quote AAPL")["polled"] == json!(true));
    assert_eq!(user.json("quote 005930")["polled"], json!(false));
    user.kept_the_limits();
}

/// A share that nobody has traded today has no last price to wait for: the broker says so.
#[test]
fn a_share_without_a_print_is_quoted_with_its_close() {
    let user = Scenario::new(Options::default());
    user.start();
    let quote = user.json("quote 005930");
    assert_eq!((text(&quote, "last"), &quote["last_is_close"]), ("70000", &json!(true)), "{quote}");
    assert_eq!((text(&quote, "bid"), text(&quote, "ask")), ("70000", "70100"), "the first answer has them too");
    user.server.trade(SAMSUNG, dec!(70_100), dec!(3));
    until("its print is told", || user.json("quote 005930")["last"] == "70100");
}
