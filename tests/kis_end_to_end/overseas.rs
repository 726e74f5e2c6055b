//! A US share in the evening of Korea.

use rust_decimal::dec;
use serde_json::json;

use crate::kis_server::Options;
use crate::scenario::Scenario;
use crate::user::{number, text, until};

const EVENING: &str = "2026-10-14T14:00:00Z";

#[test]
fn apple_is_bought_and_sold_for_dollars() {
    apple(Options::default());
}

#[test]
fn apple_is_bought_and_sold_for_play_dollars() {
    apple(Options::paper());
}

fn apple(options: Options) {
    let user = Scenario::new(options.at(EVENING));
    user.start();
    until("the price is there", || {
        user.server.trade("AAPL", dec!(228.00), dec!(3));
        let quote = user.json("quote AAPL");
        quote["last"] == "228" && quote["stale"] == json!(false) && quote["last_is_close"] == json!(false)
    });
    let (_, ask) = user.server.top("AAPL");
    let bought = user.json(&format!("order buy AAPL 3 --price {ask} --wait filled --timeout 60s"));
    assert_eq!(number(&bought, "average_price"), ask, "{bought}");
    assert_eq!((user.held("AAPL"), user.server.position("AAPL")), (dec!(3), dec!(3)));
    let resting = user.json("order buy AAPL 1 --price 200 --wait accepted");
    user.json(&format!("order replace {} --price 201", text(&resting, "id")));
    until("the change is confirmed", || user.shown(&resting)["pending_change"].is_null());
    assert_eq!(user.server.open_orders()[0].price, dec!(201));
    user.json(&format!("order cancel {}", text(&resting, "id")));
    user.until_state(&resting, "canceled");
    let (bid, _) = user.server.top("AAPL");
    let sold = user.json(&format!("order sell AAPL 2 --price {bid} --wait filled --timeout 60s"));
    assert_eq!(number(&sold, "average_price"), bid, "{sold}");
    user.agrees();
    user.kept_the_limits();
}
