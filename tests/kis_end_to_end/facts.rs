//! What the broker knows of an instrument beside its listing.

use rust_decimal::dec;
use serde_json::json;

use crate::kis_server::Options;
use crate::kis_server::listing::TREASURY;
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
