//! A change that makes another order: its halves, and what the desk is told of them.

use hoga::broker::api::{Answer, BrokerError, BrokerEvent, OrderReport};
use hoga::broker::binance::spot::replacing::Replacing;
use hoga::broker::binance::spot::report::{Follow, order_report};
use hoga::broker::binance::spot::wire::order::{self, CancelReplace, OrderReply};
use hoga::market::Symbol;
use hoga::order::{BrokerOrderId, OrderState};
use serde_json::{Value, json};

use crate::samples::{market, order as ours};

const NAME: &str = "01934d2c8a777bbb8123456789abcdef";

fn old() -> BrokerOrderId {
    BrokerOrderId::new("BTCUSDT:9").unwrap()
}

fn row(number: i64, name: &str, status: &str, at: &str) -> Value {
    json!({
        "symbol": "BTCUSDT", "orderId": number, "orderListId": -1, "clientOrderId": name, "transactTime": 1_684_804_350_068_i64,
        "price": at, "origQty": "1.00000000", "executedQty": "0.00000000", "cummulativeQuoteQty": "0.00000000",
        "status": status, "timeInForce": "GTC", "type": "LIMIT", "side": "SELL",
    })
}

fn canceled() -> Value {
    let mut row = row(9, "a-cancel", "CANCELED", "61000");
    row["origClientOrderId"] = NAME.into();
    row
}

fn placed() -> Value {
    row(10, &format!("{NAME}-1"), "NEW", "61500")
}

fn read(value: &Value) -> OrderReply {
    order::decode(value.to_string().as_bytes()).unwrap()
}

fn report(value: &Value) -> OrderReport {
    order_report(&read(value)).unwrap()
}

fn begun() -> Replacing {
    let mut replacing = Replacing::default();
    replacing.begin(old(), ours(), 1);
    replacing
}

fn said(value: Value) -> CancelReplace {
    order::decode_cancel_replace(value.to_string().as_bytes()).unwrap()
}

fn done() -> CancelReplace {
    said(json!({
        "cancelResult": "SUCCESS", "newOrderResult": "SUCCESS", "cancelResponse": canceled(), "newOrderResponse": placed(),
    }))
}

fn half() -> CancelReplace {
    said(json!({"code": -2021, "msg": "Order cancel-replace partially failed.", "data": {
        "cancelResult": "SUCCESS", "newOrderResult": "FAILURE", "cancelResponse": canceled(),
        "newOrderResponse": {"code": -2010, "msg": "Account has insufficient balance for requested action."},
    }}))
}

fn nothing() -> CancelReplace {
    said(json!({"code": -2022, "msg": "Order cancel-replace failed.", "data": {
        "cancelResult": "FAILURE", "newOrderResult": "NOT_ATTEMPTED",
        "cancelResponse": {"code": -2011, "msg": "Unknown order sent."}, "newOrderResponse": null,
    }}))
}

fn orders(events: &[BrokerEvent]) -> Vec<OrderReport> {
    let order = |event: &BrokerEvent| match event {
        BrokerEvent::Order(report) => Some(report.clone()),
        _ => None,
    };
    events.iter().filter_map(order).collect()
}

/// Whatever order replies and events come in, the order never looks canceled.
#[test]
fn a_replacement_is_one_order_in_whatever_order_it_is_told() {
    let new_name = format!("{NAME}-1");
    for road in ["reply first", "events first", "events around"] {
        let mut replacing = begun();
        let mut heard = Vec::new();
        let mut hear = |replacing: &mut Replacing, value: &Value, name: &str| {
            heard.extend(replacing.hear(report(value), name));
        };
        let mut told = Vec::new();
        let mut settle = |replacing: &mut Replacing| {
            let outcome = replacing.settle(&old(), &done(), &market()).unwrap();
            assert!(
                matches!(&outcome.answer, Ok(Answer::Replaced { broker_id }) if broker_id.as_str() == "BTCUSDT:10")
            );
            told.extend(orders(&outcome.events));
        };
        match road {
            "reply first" => {
                settle(&mut replacing);
                hear(&mut replacing, &canceled(), NAME);
                hear(&mut replacing, &placed(), &new_name);
            }
            "events first" => {
                hear(&mut replacing, &canceled(), NAME);
                hear(&mut replacing, &placed(), &new_name);
                settle(&mut replacing);
            }
            _ => {
                hear(&mut replacing, &canceled(), NAME);
                settle(&mut replacing);
                hear(&mut replacing, &placed(), &new_name);
            }
        }
        let all: Vec<&OrderReport> = heard.iter().chain(&told).collect();
        assert!(all.iter().all(|report| report.state == OrderState::Accepted), "{road}: {all:?}");
        assert!(all.iter().all(|report| report.broker_id.as_str() == "BTCUSDT:10"), "{road}");
        assert!(all.iter().all(|report| report.order_id == Some(ours())), "{road}");
        assert!(all.iter().any(|report| report.replaces == Some(old())), "{road}");
    }
}

#[test]
fn a_new_order_that_takes_at_once_brings_its_fills() {
    let mut new = placed();
    new["status"] = "FILLED".into();
    new["executedQty"] = "1.00000000".into();
    new["fills"] =
        json!([{"price": "61500", "qty": "1", "commission": "61.5", "commissionAsset": "USDT", "tradeId": 4}]);
    let done = said(json!({
        "cancelResult": "SUCCESS", "newOrderResult": "SUCCESS", "cancelResponse": canceled(), "newOrderResponse": new,
    }));
    let outcome = begun().settle(&old(), &done, &market()).unwrap();
    assert!(matches!(&outcome.events[..], [BrokerEvent::Fill(fill), BrokerEvent::Order(report)]
        if fill.order_id == Some(ours()) && report.state == OrderState::Filled));
}

/// 409: the old order is gone and there is no new one. The order is over, and says why.
#[test]
fn half_a_replacement_ends_the_order() {
    for early in [true, false] {
        let mut replacing = begun();
        if early {
            assert_eq!(replacing.hear(report(&canceled()), NAME), None, "held back until the other half is known");
        }
        let outcome = replacing.settle(&old(), &half(), &market()).unwrap();
        let BrokerError::Refused { code, text } = outcome.answer.unwrap_err() else { panic!() };
        assert_eq!((code.as_str(), text.as_str()), ("-2010", "Account has insufficient balance for requested action."));
        let [report] = &orders(&outcome.events)[..] else { panic!() };
        assert_eq!((report.broker_id.clone(), report.state), (old(), OrderState::Canceled));
        assert!(report.reason.as_deref().unwrap().contains("insufficient balance"));
    }
}

/// 400: the old order was not canceled, most likely because it is over already: it is asked about.
#[test]
fn a_replacement_that_did_not_happen_leaves_the_order_as_it_was() {
    let mut replacing = begun();
    let outcome = replacing.settle(&old(), &nothing(), &market()).unwrap();
    assert!(matches!(outcome.answer, Err(BrokerError::Refused { .. })));
    assert!(outcome.events.is_empty());
    assert_eq!(outcome.then, [Follow::AskOrder(old())]);
    let heard = replacing.hear(report(&canceled()), NAME).expect("what comes later is told as it is");
    assert_eq!(heard.state, OrderState::Canceled);
}

/// An order canceled elsewhere while its change was refused is over, and the end that was held back is told.
#[test]
fn an_end_that_was_held_back_is_told_when_nothing_took_its_place() {
    let mut replacing = begun();
    assert_eq!(replacing.hear(report(&canceled()), NAME), None);
    let outcome = replacing.settle(&old(), &nothing(), &market()).unwrap();
    assert_eq!(orders(&outcome.events)[0].state, OrderState::Canceled);
    assert!(outcome.then.is_empty());
    let mut replacing = begun();
    replacing.hear(report(&canceled()), NAME);
    assert_eq!(replacing.nothing_happened(&old()).unwrap().state, OrderState::Canceled);
}

#[test]
fn an_unknown_outcome_is_asked_about_by_the_new_name() {
    let symbol = Symbol::new("BTCUSDT").unwrap();
    let query = begun().question(&old(), symbol).unwrap();
    assert_eq!(query.as_str(), format!("symbol=BTCUSDT&origClientOrderId={NAME}-1"));
    let new = read(&placed());
    let found = begun().resolve(&old(), &read(&canceled()), Some(&new)).unwrap();
    assert_eq!((found.broker_id.as_str(), found.replaces), ("BTCUSDT:10", Some(old())));
    let found = begun().resolve(&old(), &read(&canceled()), None).unwrap();
    assert_eq!((found.broker_id, found.state), (old(), OrderState::Canceled));
    let found = begun().resolve(&old(), &read(&row(9, NAME, "NEW", "61000")), None).unwrap();
    assert_eq!((found.broker_id, found.state), (old(), OrderState::Accepted));
}

#[test]
fn other_orders_pass_untouched() {
    let mut replacing = begun();
    let mut stranger = row(77, "web_1", "CANCELED", "1");
    stranger["origClientOrderId"] = "web_1".into();
    let heard = replacing.hear(report(&stranger), "web_1").unwrap();
    assert_eq!((heard.state, heard.replaces), (OrderState::Canceled, None));
    let heard = replacing.hear(report(&row(9, NAME, "PARTIALLY_FILLED", "61000")), NAME).unwrap();
    assert_eq!(heard.broker_id, old(), "only its end is held back");
}

#[test]
fn halves_that_say_nothing_certain_are_unknown() {
    for value in [
        json!({"code": -2021, "msg": "x", "data": {"cancelResult": "MAYBE", "newOrderResult": "FAILURE",
            "cancelResponse": {}, "newOrderResponse": null}}),
        json!({"code": -1000, "msg": "unknown"}),
        json!({}),
    ] {
        assert!(order::decode_cancel_replace(value.to_string().as_bytes()).is_err(), "{value}");
    }
}
