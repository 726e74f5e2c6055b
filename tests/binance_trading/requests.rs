//! What is sent, as the text that is signed.

use hoga::broker::api::{BrokerError, OrderReference, PlaceOrder};
use hoga::broker::binance::algo_links::AlgoLinks;
use hoga::broker::binance::order_request::{
    Placement, PositionMode, Whereabouts, cancel, client_id, find, order_id_of, place, replace,
};
use hoga::market::{Side, Symbol};
use hoga::order::{BrokerOrderId, OrderKind, PositionSide, TimeInForce, Trail};

use super::sample::{d, id, order, price, units};

const MINE: &str = "01934d2c8a777bbb8000000000000001";

fn limit() -> PlaceOrder {
    PlaceOrder {
        order_id: order(1),
        instrument: id("BTCUSDT"),
        side: Side::Buy,
        kind: OrderKind::Limit { price: price("61000.10") },
        quantity: units("0.0100"),
        time_in_force: TimeInForce::Gtc,
        reduce_only: false,
        position_side: PositionSide::Net,
        route: None,
    }
}

fn text(placement: Result<Placement, BrokerError>) -> String {
    match placement.unwrap() {
        Placement::Order(query) => format!("order?{}", query.as_str()),
        Placement::Algo(query) => format!("algoOrder?{}", query.as_str()),
    }
}

fn one_way(order: &PlaceOrder) -> String {
    text(place(order, PositionMode::OneWay))
}

fn refused(order: &PlaceOrder, mode: PositionMode) -> bool {
    matches!(place(order, mode), Err(BrokerError::Unsupported(_)))
}

#[test]
fn a_limit_order_in_each_time_in_force() {
    let head = "order?symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=";
    let tail = format!("&quantity=0.01&price=61000.1&newClientOrderId={MINE}");
    for (time_in_force, word, response) in [
        (TimeInForce::Gtc, "GTC", ""),
        (TimeInForce::Ioc, "IOC", "&newOrderRespType=RESULT"),
        (TimeInForce::Fok, "FOK", "&newOrderRespType=RESULT"),
        (TimeInForce::PostOnly, "GTX", "&newOrderRespType=RESULT"),
    ] {
        let order = PlaceOrder { time_in_force, ..limit() };
        assert_eq!(one_way(&order), format!("{head}{word}{tail}{response}"));
    }
    assert!(refused(&PlaceOrder { time_in_force: TimeInForce::Day, ..limit() }, PositionMode::OneWay));
}

#[test]
fn a_market_order_has_no_time_in_force_and_asks_for_its_result() {
    for time_in_force in [TimeInForce::Day, TimeInForce::Gtc, TimeInForce::Ioc] {
        let order =
            PlaceOrder { kind: OrderKind::Market, side: Side::Sell, reduce_only: true, time_in_force, ..limit() };
        assert_eq!(
            one_way(&order),
            format!(
                "order?symbol=BTCUSDT&side=SELL&type=MARKET&quantity=0.01&reduceOnly=true&newClientOrderId={MINE}\
                 &newOrderRespType=RESULT"
            )
        );
    }
    for time_in_force in [TimeInForce::Fok, TimeInForce::PostOnly] {
        assert!(refused(&PlaceOrder { kind: OrderKind::Market, time_in_force, ..limit() }, PositionMode::OneWay));
    }
}

#[test]
fn conditional_orders_go_to_their_own_place() {
    let head = "algoOrder?algoType=CONDITIONAL&symbol=BTCUSDT&side=BUY&type=";
    let tail = format!("&workingType=CONTRACT_PRICE&clientAlgoId={MINE}");
    let (trigger, limit_price) = (price("62000"), price("62010"));
    for (kind, rest) in [
        (OrderKind::Stop { trigger }, "STOP_MARKET&quantity=0.01&triggerPrice=62000"),
        (OrderKind::TakeProfit { trigger }, "TAKE_PROFIT_MARKET&quantity=0.01&triggerPrice=62000"),
        (
            OrderKind::StopLimit { trigger, price: limit_price },
            "STOP&quantity=0.01&price=62010&triggerPrice=62000&timeInForce=GTC",
        ),
        (
            OrderKind::TrailingStop { distance: Trail::Percent(d("0.50")), trigger: None },
            "TRAILING_STOP_MARKET&quantity=0.01&callbackRate=0.5",
        ),
    ] {
        assert_eq!(one_way(&PlaceOrder { kind, ..limit() }), format!("{head}{rest}{tail}"));
    }
    let reducing = PlaceOrder { kind: OrderKind::Stop { trigger }, side: Side::Sell, reduce_only: true, ..limit() };
    assert_eq!(
        one_way(&reducing),
        format!(
            "algoOrder?algoType=CONDITIONAL&symbol=BTCUSDT&side=SELL&type=STOP_MARKET&quantity=0.01&reduceOnly=true\
             &triggerPrice=62000{tail}"
        )
    );
}

#[test]
fn in_hedge_mode_the_position_side_closes_and_the_flag_is_never_sent() {
    for (side, position_side, reduce_only, word) in [
        (Side::Buy, PositionSide::Long, false, "side=BUY&positionSide=LONG"),
        (Side::Sell, PositionSide::Long, true, "side=SELL&positionSide=LONG"),
        (Side::Sell, PositionSide::Short, false, "side=SELL&positionSide=SHORT"),
        (Side::Buy, PositionSide::Short, true, "side=BUY&positionSide=SHORT"),
    ] {
        for kind in [OrderKind::Market, OrderKind::Stop { trigger: price("5") }] {
            let sent =
                text(place(&PlaceOrder { side, position_side, reduce_only, kind, ..limit() }, PositionMode::Hedge));
            assert!(sent.contains(word) && !sent.contains("reduceOnly"), "{sent}");
        }
    }
    let opening = PlaceOrder { reduce_only: true, position_side: PositionSide::Long, ..limit() };
    assert!(refused(&opening, PositionMode::Hedge), "it would open although it must only reduce");
    assert!(refused(&limit(), PositionMode::Hedge), "which position must be said");
    assert!(refused(&PlaceOrder { position_side: PositionSide::Short, ..limit() }, PositionMode::OneWay));
}

#[test]
fn what_cannot_be_said_is_not_sent() {
    let percent = |text: &str| OrderKind::TrailingStop { distance: Trail::Percent(d(text)), trigger: None };
    for kind in [
        percent("0"),
        percent("0.05"),
        percent("20.1"),
        percent("1.25"),
        percent("-1"),
        OrderKind::TrailingStop { distance: Trail::Amount(d("10")), trigger: None },
        OrderKind::BestLimit,
        OrderKind::MidPrice,
        OrderKind::AfterClose,
    ] {
        assert!(refused(&PlaceOrder { kind, ..limit() }, PositionMode::OneWay), "{kind:?}");
    }
    let stop = OrderKind::Stop { trigger: price("62000") };
    for time_in_force in [TimeInForce::Day, TimeInForce::Ioc, TimeInForce::Fok, TimeInForce::PostOnly] {
        assert!(refused(&PlaceOrder { kind: stop, time_in_force, ..limit() }, PositionMode::OneWay));
    }
    assert!(refused(&PlaceOrder { quantity: units("0"), ..limit() }, PositionMode::OneWay));
    let elsewhere = PlaceOrder { instrument: "KRX:005930".parse().unwrap(), ..limit() };
    assert!(refused(&elsewhere, PositionMode::OneWay));
}

fn reference(broker_id: Option<&str>) -> OrderReference {
    let broker_id = broker_id.map(|text| BrokerOrderId::new(text).unwrap());
    OrderReference { order_id: order(1), broker_id, instrument: id("BTCUSDT") }
}

fn whereabouts(of: Whereabouts) -> String {
    match of {
        Whereabouts::Order(query) => format!("order?{}", query.as_str()),
        Whereabouts::Algo(query) => format!("algoOrder?{}", query.as_str()),
        Whereabouts::Either { order, algo } => format!("order?{} algoOrder?{}", order.as_str(), algo.as_str()),
    }
}

#[test]
fn an_order_is_canceled_and_found_by_the_number_it_goes_by() {
    let mut links = AlgoLinks::new();
    let asked = |broker_id, links: &AlgoLinks| {
        let canceled = whereabouts(cancel(&reference(broker_id), links));
        assert_eq!(whereabouts(find(&reference(broker_id), links)), canceled);
        canceled
    };
    assert_eq!(asked(Some("BTCUSDT:12345"), &links), "order?symbol=BTCUSDT&orderId=12345");
    assert_eq!(asked(Some("BTCUSDT:algo:678"), &links), "algoOrder?algoId=678");
    let by_client = format!("order?symbol=BTCUSDT&origClientOrderId={MINE} algoOrder?clientAlgoId={MINE}");
    assert_eq!(asked(None, &links), by_client, "before any answer it can be among either");
    assert_eq!(asked(Some("0000117057"), &links), by_client);
    links.learn(Symbol::new("BTCUSDT").unwrap(), 678, Some(order(1)), None);
    assert_eq!(asked(None, &links), "algoOrder?algoId=678");
    links.learn(Symbol::new("BTCUSDT").unwrap(), 678, None, Some(900));
    for broker_id in [None, Some("BTCUSDT:algo:678"), Some("BTCUSDT:900")] {
        assert_eq!(asked(broker_id, &links), "order?symbol=BTCUSDT&orderId=900");
    }
}

#[test]
fn a_change_names_price_and_quantity_both() {
    let mut links = AlgoLinks::new();
    let kind = OrderKind::Limit { price: price("61500.50") };
    let changed = |broker_id, kind, links: &AlgoLinks| {
        replace(&reference(broker_id), Side::Buy, kind, units("0.030"), links).map(|query| query.as_str().to_owned())
    };
    let tail = "&side=BUY&quantity=0.03&price=61500.5";
    assert_eq!(changed(Some("BTCUSDT:12345"), kind, &links), Ok(format!("symbol=BTCUSDT&orderId=12345{tail}")));
    assert_eq!(changed(None, kind, &links), Ok(format!("symbol=BTCUSDT&origClientOrderId={MINE}{tail}")));
    let unsupported = |outcome| matches!(outcome, Err(BrokerError::Unsupported(_)));
    let stop_limit = OrderKind::StopLimit { trigger: price("60000"), price: price("61500.5") };
    assert!(unsupported(changed(Some("BTCUSDT:algo:678"), stop_limit, &links)), "it waits for its trigger");
    assert!(unsupported(changed(None, stop_limit, &links)));
    assert!(unsupported(changed(Some("BTCUSDT:12345"), OrderKind::Market, &links)));
    links.learn(Symbol::new("BTCUSDT").unwrap(), 678, Some(order(1)), Some(900));
    assert_eq!(changed(Some("BTCUSDT:algo:678"), stop_limit, &links), Ok(format!("symbol=BTCUSDT&orderId=900{tail}")));
    let nothing = replace(&reference(Some("BTCUSDT:1")), Side::Buy, kind, units("0"), &AlgoLinks::new());
    assert!(matches!(nothing, Err(BrokerError::Unsupported(_))));
}

#[test]
fn ids_fit_what_the_exchange_takes() {
    let text = client_id(order(7));
    assert!(text.len() <= 36 && text.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    assert_eq!(order_id_of(&text), Some(order(7)));
}
