//! What real clients have stumbled over, one test a trap.

use hoga::broker::api::{BrokerError, BrokerEvent, CashFlowKind, PlaceOrder};
use hoga::broker::binance::algo_links::AlgoLinks;
use hoga::broker::binance::code::{Call, Fault, Then, fault};
use hoga::broker::binance::order_request::{Placement, PositionMode, place};
use hoga::broker::binance::report::{events, fill_report, order_report};
use hoga::broker::binance::wire::order::{Order, UserTrade};
use hoga::broker::binance::wire::user::{EVENT_TYPES, UserEvent, decode};
use hoga::broker::binance::wire::word::MarginWord;
use hoga::config::BinanceMarket;
use hoga::market::{Currency, Side};
use hoga::order::{Cash, ExecutionId, OrderKind, PositionSide, TimeInForce};

use super::sample::{bytes, changed, currency_of, d, event, id, news, order, price, read, units};

fn refusal(call: Call, status: u16, code: i64) -> Fault {
    let body = format!(r#"{{"code":{code},"msg":"x"}}"#);
    fault(BinanceMarket::Futures, call, status, body.as_bytes(), None)
}

#[test]
fn a_duplicate_after_a_timeout_is_the_living_first_attempt_and_no_rejection() {
    let first = refusal(Call::Place, 408, -1007);
    let second = refusal(Call::Place, 400, -4116);
    for fault in [first, second] {
        assert!(matches!(fault.error, BrokerError::Unknown(_)));
        assert_eq!(fault.then, Then::LookAgain);
    }
}

#[test]
fn nothing_about_an_order_invites_to_send_it_again() {
    for status in [500, 502, 503, 504] {
        let fault = fault(BinanceMarket::Futures, Call::Place, status, b"<html>", None);
        assert!(!fault.error.is_retryable());
        assert!(!matches!(fault.then, Then::TryAgain(_) | Then::SyncClock));
    }
}

#[test]
fn no_such_order_right_after_placing_is_asked_again() {
    let fault = refusal(Call::Read, 400, -2013);
    assert!(matches!(fault.error, BrokerError::NotFound(_)));
    assert_eq!(fault.then, Then::LookAgain);
}

#[test]
fn conditional_orders_never_go_to_the_old_endpoint_and_its_refusal_is_an_alarm() {
    let stop = PlaceOrder {
        order_id: order(1),
        instrument: id("BTCUSDT"),
        side: Side::Sell,
        kind: OrderKind::Stop { trigger: price("60000") },
        quantity: units("1"),
        time_in_force: TimeInForce::Gtc,
        reduce_only: true,
        position_side: PositionSide::Net,
        route: None,
    };
    let Placement::Algo(query) = place(&stop, PositionMode::OneWay).unwrap() else { panic!("to the plain endpoint") };
    assert!(!query.as_str().contains("stopPrice"));
    assert_eq!(refusal(Call::Place, 400, -4120).then, Then::OurMistake);
}

#[test]
fn empty_text_for_the_child_of_a_conditional_order_is_none() {
    let UserEvent::Algo(new) = event("ws_f_user_algo_new.json") else { panic!() };
    assert_eq!(new.order.child, None);
    let UserEvent::Algo(with) = changed("ws_f_user_algo_new.json", &[(r#""ai": """#, r#""ai": null"#)]) else {
        panic!()
    };
    assert_eq!(with.order.child, None);
}

#[test]
fn names_of_event_types_are_spelt_as_the_events_are() {
    for name in EVENT_TYPES {
        let body = format!(r#"{{"e":"{name}"}}"#);
        assert!(!matches!(decode(body.as_bytes()), Ok(UserEvent::Other(_))), "{name} is not read");
    }
}

#[test]
fn decimals_are_exact() {
    let trades: Vec<UserTrade> = read("f_user_trades.json");
    let trade = UserTrade { price: d("0.1") + d("0.2"), ..trades[0].clone() };
    let fill = fill_report(&trade, &currency_of, &AlgoLinks::new()).unwrap().fill;
    assert_eq!(fill.price.to_string(), "0.3");
}

#[test]
fn a_wrong_position_side_means_that_the_mode_is_read_again() {
    assert_eq!(refusal(Call::Place, 400, -4061).then, Then::RenewMode);
}

#[test]
fn what_is_so_already_is_no_failure() {
    for code in [-4046, -4059, -5027] {
        assert_eq!(refusal(Call::Setting, 400, code).then, Then::AlreadyDone, "{code}");
    }
}

#[test]
fn crossed_is_crossed_in_every_spelling() {
    for word in ["cross", "CROSSED", "crossed", "Cross"] {
        assert_eq!(MarginWord::of(word).is_crossed(), Some(true), "{word}");
    }
    assert_eq!(MarginWord::of("isolated").is_crossed(), Some(false));
    assert_eq!(MarginWord::of("new").is_crossed(), None);
}

#[test]
fn order_ids_of_nineteen_digits_stay_whole() {
    let text = String::from_utf8(bytes("f_order_query.json")).unwrap().replace("1573346959", "8389765999999999999");
    let order: Order = serde_json::from_str(&text).unwrap();
    let report = order_report(&order, &AlgoLinks::new()).unwrap();
    assert_eq!(report.broker_id.as_str(), "BTCUSDT:8389765999999999999");
}

#[test]
fn a_commission_in_bnb_is_booked_in_bnb_and_once() {
    let UserEvent::Order(filled) =
        changed("ws_f_user_order_filled.json", &[(r#""N": "USDT""#, r#""N": "BNB""#), ("3.36586000", "0.00512")])
    else {
        panic!()
    };
    let told = news(&UserEvent::Order(filled));
    let [BrokerEvent::Fill(fill), BrokerEvent::CashFlow(fee), BrokerEvent::Order(_)] = told.events.as_slice() else {
        panic!("{told:?}")
    };
    assert_eq!(fill.commission, Some(Cash::zero(Currency::Usdt)));
    assert_eq!((fee.kind, fee.amount), (CashFlowKind::Fee, Cash::new(d("-0.00512"), Currency::Bnb)));
    assert_eq!(fee.instrument, None, "what a position cost is kept in its own currency");
    // The list of fills tells the same one under the same names.
    let trade = UserTrade {
        symbol: "BTCUSDT".into(),
        id: 310_194_316,
        commission: Some(d("0.00512")),
        commission_asset: "BNB".into(),
        ..read::<Vec<UserTrade>>("f_user_trades.json").remove(1)
    };
    let again = fill_report(&trade, &currency_of, &AlgoLinks::new()).unwrap();
    assert_eq!(again.fee.map(|fee| fee.id), Some(fee.id.clone()));
    assert_eq!(again.fill.execution_id, fill.execution_id);
}

#[test]
fn a_commission_in_a_coin_that_is_not_kept_is_told() {
    let odd = changed("ws_f_user_order_filled.json", &[(r#""N": "USDT""#, r#""N": "DOGE""#)]);
    let told = news(&odd);
    let notice = told.events.iter().find_map(|event| match event {
        BrokerEvent::Notice(text) => Some(text.as_str()),
        _ => None,
    });
    assert_eq!(notice, Some("the commission of fill BTCUSDT:310194316 was 3.36586 DOGE, which is not kept here"));
    assert!(!told.events.iter().any(|event| matches!(event, BrokerEvent::CashFlow(_))));
}

#[test]
fn an_early_fill_and_its_full_event_count_once() {
    let mut links = AlgoLinks::new();
    let mut told: Vec<ExecutionId> = Vec::new();
    for name in ["ws_f_user_trade_lite.json", "ws_f_user_order_filled.json", "ws_f_user_order_filled.json"] {
        for event in events(&event(name), &currency_of, &mut links).unwrap().events {
            if let BrokerEvent::Fill(fill) = event {
                told.push(fill.execution_id);
            }
        }
    }
    told.dedup();
    assert_eq!(told.len(), 1, "a replayed frame has the same number, which is booked once");
}

#[test]
fn answers_to_placing_have_no_average_price() {
    let text = String::from_utf8(bytes("f_order_new.json")).unwrap();
    assert!(!text.contains("avgPrice") && !text.contains("cumQuote"));
    assert!(order_report(&read("f_order_new.json"), &AlgoLinks::new()).is_ok());
}

#[test]
fn null_for_text_fields_is_none() {
    let nulls = changed(
        "ws_f_user_order_filled.json",
        &[
            (r#""n": "3.36586000""#, r#""n": null"#),
            (r#""N": "USDT""#, r#""N": null"#),
            (r#""V": "EXPIRE_MAKER""#, r#""V": null, "AP": null, "cr": null"#),
            (r#""sp": "0""#, r#""sp": null"#),
            (r#""f": "GTC""#, r#""f": null"#),
            (r#""ot": "MARKET""#, r#""ot": null"#),
        ],
    );
    let told = news(&nulls);
    let [BrokerEvent::Fill(fill), BrokerEvent::Order(_)] = told.events.as_slice() else { panic!("{told:?}") };
    assert_eq!(fill.commission, None, "then the schedule computes it");
}

#[test]
fn a_page_of_a_gateway_is_never_read_as_json() {
    let rows: serde_json::Value = serde_json::from_slice(&bytes("f_errors.json")).unwrap();
    for row in rows.as_array().unwrap() {
        let status = u16::try_from(row["http"].as_u64().unwrap()).unwrap();
        let body = row.get("raw").map_or_else(|| row["body"].to_string(), |raw| raw.as_str().unwrap().to_owned());
        let wait = row["headers"]["Retry-After"].as_str().map(|s| std::time::Duration::from_secs(s.parse().unwrap()));
        let fault = fault(BinanceMarket::Futures, Call::Place, status, body.as_bytes(), wait);
        let expected = match (status, row["body"]["code"].as_i64()) {
            (400, Some(-1121 | -1111)) => Then::RenewListing,
            (400, Some(-1102)) => Then::OurMistake,
            (400, Some(-4046 | -4059)) => Then::AlreadyDone,
            (400, Some(-4061)) => Then::RenewMode,
            (400, Some(-2021 | -4131)) => Then::Nothing,
            (400, Some(-1022)) | (401, _) => Then::StopTrading,
            (400, Some(-2013)) | (408 | 502, _) => Then::LookAgain,
            (429, _) => Then::HoldAll(std::time::Duration::from_secs(17)),
            (418, _) => Then::Banned { until: Some(hoga::market::UtcTime::from_millis(1_784_000_120_000)) },
            (503, _) => Then::TryAgain(std::time::Duration::from_millis(200)),
            (403, _) => Then::Firewall,
            other => panic!("{other:?}"),
        };
        assert_eq!(fault.then, expected, "{body}");
        assert_eq!(fault.error.may_have_happened(), matches!(status, 408 | 502), "{body}");
        assert!(!fault.error.to_string().contains('<'));
    }
}

#[test]
fn the_address_a_key_was_refused_for_is_shown() {
    let body = br#"{"code":-2015,"msg":"Invalid API-key, IP, or permissions for action, request ip: 203.0.113.7"}"#;
    let fault = fault(BinanceMarket::Futures, Call::Read, 401, body, None);
    assert!(fault.error.to_string().contains("203.0.113.7"));
}

#[test]
fn ids_hold_nothing_a_firewall_could_take_for_a_command() {
    assert!(order(1).simple().bytes().all(|byte| byte.is_ascii_hexdigit()));
}

#[test]
fn the_reduce_only_mark_of_a_hedge_order_is_only_shown() {
    let told = news(&event("ws_f_user_order_reduce_only_hedge.json"));
    assert!(matches!(told.events.as_slice(), [BrokerEvent::Order(report)] if report.side == Side::Buy));
}
