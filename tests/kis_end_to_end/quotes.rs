//! Play money that looks at the market with a live key.

use rust_decimal::dec;
use serde_json::json;

use crate::kis_server::Options;
use crate::scenario::{SAMSUNG, Scenario};
use crate::user::{number, text, until};

#[test]
fn play_money_sees_the_live_market_and_trades_at_its_own() {
    let (user, live) = Scenario::with_live_quotes(Options::paper());
    live.trade(SAMSUNG, dec!(70_300), dec!(5));
    user.start();
    until("the live price is there", || user.json("quote 005930")["last"] == "70300");
    // What the paper environment lacks is there.
    assert_eq!(user.json("rank value -n 1")[0]["symbol"], SAMSUNG);
    live.trade(SAMSUNG, dec!(70_200), dec!(5));
    let bought = user.json("order buy 005930 10 --price 70100 --wait filled --timeout 60s");
    assert_eq!((text(&bought, "state"), number(&bought, "filled_quantity")), ("filled", dec!(10)), "{bought}");
    assert_eq!(user.server.position(SAMSUNG), dec!(10), "its own exchange filled it");
    // Not one question about an account and no order goes to the live one.
    assert!(live.orders().is_empty());
    let asked: Vec<String> = live.requests().iter().map(|seen| seen.path.clone()).collect();
    assert!(asked.iter().all(|path| !path.contains("/trading/")), "{asked:?}");
    assert!(live.requests_to("*", "/quotations/inquire-price").len() + live.requests_to("*", "volume-rank").len() > 0);
    assert!(
        user.server.requests_to("*", "/quotations/inquire-price").is_empty(),
        "the paper one is asked nothing twice"
    );
    user.agrees();
    user.kept_the_limits();
    assert!(live.most_in_a_second() <= 20 && live.most_registrations() <= 41);
    assert_eq!(user.json("session")[0]["venue"], json!("KRX"));
}
