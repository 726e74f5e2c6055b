//! Real money asks first, and a virtual world needs no key and sends nothing.

use rust_decimal::dec;
use serde_json::json;

use crate::scenario::{BTC, Scenario};
use crate::user::{number, text};

#[test]
fn real_money_asks_and_yes_answers() {
    let user = Scenario::new();
    let asked = user.run("--profile real order buy BTCUSDT 0.01 --wait filled --json");
    assert_eq!(asked.error()["code"], "CANNOT_ASK", "{asked:?}");
    assert!(user.server.orders().is_empty());
    let bought = user.run("--profile real order buy BTCUSDT 0.01 --wait filled --timeout 60s --json --yes");
    assert_eq!((bought.status, text(&bought.json(), "state")), (0, "filled"), "{bought:?}");
    assert!(bought.talk.contains("LIVE"), "{bought:?}");
    assert_eq!(user.server.position(BTC), dec!(0.01));
    assert_eq!(user.json("--profile real reconcile")["differences"], json!([]));
}

#[test]
fn a_virtual_world_trades_on_the_market_without_a_key() {
    let user = Scenario::with(&[]);
    let book = user.json("--profile look book BTCUSDT");
    assert!(!book["bids"].as_array().unwrap().is_empty());
    // The exchange tells margin steps to accounts only. What its listing says is enough for 20 times at any size.
    user.json("--profile look leverage BTCUSDT 20");
    assert_eq!(user.fails("--profile look leverage BTCUSDT 21").0, 6);
    user.json("--profile look leverage BTCUSDT 15");
    user.json("--profile look order buy BTCUSDT 0.3 --wait filled --timeout 60s");
    let position = user.json("--profile look positions")[0].clone();
    assert_eq!((text(&position, "quantity"), &position["leverage"]), ("0.3", &json!(15)));
    let margin = number(&position, "average_price") * dec!(0.3) / dec!(15);
    assert!((number(&position, "margin") - margin).abs() < dec!(0.01), "{position}");
    // A stop is watched by the desk, and what it sends when it is set off is taken.
    let stop = user.json("--profile look order sell BTCUSDT 0.1 --stop 59000 --price 58000 --wait accepted");
    assert_eq!(text(&stop, "watched_by"), "DESK");
    user.server.stop_drift();
    user.server.set_top(BTC, dec!(58990), dec!(58990.1));
    user.server.trade(BTC, dec!(58990), dec!(5));
    let shown = || user.json(&format!("--profile look order show {}", text(&stop, "id")));
    crate::user::until("it is set off and filled", || {
        user.server.trade(BTC, dec!(58990), dec!(5));
        text(&shown(), "state") == "filled"
    });
    user.json("--profile look flatten BTCUSDT");
    crate::user::until("the position is closed", || user.json("--profile look positions") == json!([]));
    assert!(user.server.orders().is_empty() && user.server.algos().is_empty());
    assert!(user.server.requests().iter().all(|seen| seen.param("timestamp").is_none()), "nothing was signed");
    assert_eq!(user.json("db verify")["ok"], true);
}

#[test]
fn a_symbol_whose_margins_nobody_tells_is_traded_with_care() {
    let user = Scenario::with(&[]);
    let info = user.json("--profile look info ETHUSDT");
    assert_eq!(info["max_leverage"], json!(20), "{info}");
}
