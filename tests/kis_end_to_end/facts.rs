//! What the broker knows of an instrument beside its listing.

use rust_decimal::dec;
use serde_json::json;

use crate::kis_server::Options;
use crate::kis_server::listing::TREASURY;
use crate::refusals::says;
use crate::scenario::Scenario;
use crate::user::{number, until};

const SHARE_PATH: &str = "/uapi/domestic-stock/v1/quotations/search-stock-info";

#[test]
fn a_share_is_halted_or_not_and_trades_at_nextrade_or_not() {
    let user = Scenario::new(Options::default());
    user.start();
    let info = user.json("info 005930");
    assert_eq!((&info["halted"], &info["on_nextrade"]), (&json!(false), &json!(true)), "{info}");
    assert!(info.get("net_asset_value").is_none() && info["symbol"] == "005930", "{info}");
    user.server.halt("005930", true);
    until("the halt is known", || user.json("info 005930")["halted"] == json!(true));
    let korean = user.in_korean("info 005930");
    let line = korean.out.lines().find(|line| line.contains("거래정지")).expect("a line of the halt");
    assert!(line.contains("예") && korean.out.contains("NXT 거래"), "{korean:?}");
    user.kept_the_limits();
}

#[test]
fn an_order_in_a_halt_that_the_stream_told_does_not_leave() {
    let user = Scenario::new(Options::default());
    user.server.set_position("005930", dec!(5), dec!(70_000));
    user.start();
    user.json("quote 005930");
    let status = ("H0STMKO0".to_owned(), "005930".to_owned());
    user.server.wait_until("the status is registered", |state| state.hub.registered().contains(&status));
    user.server.halt("005930", true);
    user.server.say_status("005930", true, false);
    until("the halt is told", || user.json("quote 005930")["phase"] == json!("halted"));
    says(&user, "order buy 005930 1 --price 70000", 6, "the session is halted", "장이 닫혔거나");
    assert!(user.server.requests_to("POST", "/order-cash").is_empty());
    user.server.halt("005930", false);
    user.server.say_status("005930", false, false);
    until("it is traded again", || user.json("quote 005930")["phase"] == json!("continuous"));
    let taken = user.on_fresh_prices("order buy 005930 1 --price 69000 --wait accepted --timeout 60s");
    assert_eq!(taken["state"], json!("accepted"), "{taken}");
    user.kept_the_limits();
}

#[test]
fn a_fund_has_a_net_asset_value_and_a_premium_over_it() {
    let user = Scenario::new(Options::default());
    user.start();
    user.server.trade("069500", dec!(37_572), dec!(1));
    let info = user.json("info 069500");
    assert_eq!((number(&info, "net_asset_value"), number(&info, "premium_percent")), (dec!(37200), dec!(1.00)));
    assert_eq!(info["on_nextrade"], json!(false), "{info}");
    let shown = user.run("info 069500");
    assert!(shown.out.contains("NAV") && shown.out.contains("37,200"), "{shown:?}");
    assert!(!shown.out.contains("Coupon"), "{shown:?}");
}

#[test]
fn a_bond_has_a_coupon_a_last_day_and_ratings() {
    let user = Scenario::new(Options::default());
    user.start();
    until("bonds are listed", || user.run(&format!("info {TREASURY}")).status == 0);
    let info = user.json(&format!("info {TREASURY}"));
    assert_eq!((number(&info, "coupon_percent"), &info["matures"]), (dec!(3.25), &json!("2053-03-10")), "{info}");
    assert_eq!(info["ratings"], "KIS AAA, KBP AAA, NICE AAA", "{info}");
    let shown = user.in_korean(&format!("info {TREASURY}"));
    assert!(shown.out.contains("2053-03-10") && shown.out.contains("신용등급"), "{shown:?}");
}

#[test]
fn play_money_says_why_there_is_no_more_and_shows_the_rest() {
    let user = Scenario::new(Options::paper());
    user.start();
    let (english, korean) = (user.run("info 005930 --json"), user.in_korean("info 005930"));
    assert_eq!((english.status, korean.status), (0, 0), "{english:?} {korean:?}");
    assert!(english.talk.contains("paper trading has no product information"), "{english:?}");
    assert!(korean.talk.contains("모의투자에서는 종목 정보를 조회할 수 없습니다"), "{korean:?}");
    let info = english.json();
    assert!(info["symbol"] == "005930" && info.get("halted").is_none(), "{info}");
    assert!(user.server.requests_to("GET", SHARE_PATH).is_empty());
}

#[test]
fn a_foreign_share_is_shown_as_it_is_listed() {
    let user = Scenario::new(Options::default().at("2026-10-14T14:00:00Z"));
    user.start();
    let ran = user.run("info AAPL --json");
    assert!(ran.status == 0 && !ran.talk.contains("no more"), "{ran:?}");
    assert!(ran.json().get("halted").is_none());
}
