//! What is asked of orders, word for word.

use hoga::broker::api::{BrokerError, OrderReference, PlaceOrder};
use hoga::broker::binance::spot::names;
use hoga::broker::binance::spot::order_request::{self, Change, Terms, Working, by_order, change, place, successor};
use hoga::broker::binance::spot::wire::order;
use hoga::market::Side;
use hoga::order::{BrokerOrderId, OrderKind, PositionSide, TimeInForce, Trail};
use rust_decimal::dec;
use serde_json::json;

use crate::listing::limit;
use crate::samples::{changed, id, market, order as ours, price, sample, units};

const NAME: &str = "01934d2c8a777bbb8123456789abcdef";

fn asked(order: &PlaceOrder) -> String {
    place(order).unwrap().as_str().to_owned()
}

#[test]
fn each_type_says_what_it_needs_and_nothing_else() {
    let base = limit("BTCUSDT", Side::Sell, "61000.50", "0.0100");
    let with = |kind, time_in_force| PlaceOrder { kind, time_in_force, ..base.clone() };
    let end = format!("&newClientOrderId={NAME}&newOrderRespType=FULL");
    let (trigger, at) = (price("60000"), price("59990.1"));
    let trail = OrderKind::TrailingStop { distance: Trail::Percent(dec!(1.55)), trigger: None };
    for (order, words) in [
        (base.clone(), "type=LIMIT&timeInForce=GTC&quantity=0.01&price=61000.5"),
        (with(base.kind, TimeInForce::Ioc), "type=LIMIT&timeInForce=IOC&quantity=0.01&price=61000.5"),
        (with(base.kind, TimeInForce::Fok), "type=LIMIT&timeInForce=FOK&quantity=0.01&price=61000.5"),
        (with(base.kind, TimeInForce::PostOnly), "type=LIMIT_MAKER&quantity=0.01&price=61000.5"),
        (with(OrderKind::Market, TimeInForce::Gtc), "type=MARKET&quantity=0.01"),
        (with(OrderKind::Stop { trigger }, TimeInForce::Gtc), "type=STOP_LOSS&quantity=0.01&stopPrice=60000"),
        (with(OrderKind::TakeProfit { trigger }, TimeInForce::Gtc), "type=TAKE_PROFIT&quantity=0.01&stopPrice=60000"),
        (
            with(OrderKind::StopLimit { trigger, price: at }, TimeInForce::Gtc),
            "type=STOP_LOSS_LIMIT&timeInForce=GTC&quantity=0.01&price=59990.1&stopPrice=60000",
        ),
        (with(trail, TimeInForce::Gtc), "type=STOP_LOSS&quantity=0.01&trailingDelta=155"),
    ] {
        assert_eq!(asked(&order), format!("symbol=BTCUSDT&side=SELL&{words}{end}"));
    }
}

#[test]
fn what_the_exchange_has_no_words_for_is_not_sent() {
    let base = limit("BTCUSDT", Side::Buy, "61000", "0.01");
    let with = |kind, time_in_force| PlaceOrder { kind, time_in_force, ..base.clone() };
    let trail = |distance| OrderKind::TrailingStop { distance, trigger: None };
    for order in [
        with(base.kind, TimeInForce::Day),
        with(OrderKind::Market, TimeInForce::Fok),
        with(OrderKind::Market, TimeInForce::PostOnly),
        with(OrderKind::Stop { trigger: price("1") }, TimeInForce::Ioc),
        with(OrderKind::StopLimit { trigger: price("1"), price: price("1") }, TimeInForce::PostOnly),
        with(OrderKind::BestLimit, TimeInForce::Gtc),
        with(trail(Trail::Amount(dec!(100))), TimeInForce::Gtc),
        with(trail(Trail::Percent(dec!(0.005))), TimeInForce::Gtc),
        with(trail(Trail::Percent(dec!(0))), TimeInForce::Gtc),
        with(trail(Trail::Percent(dec!(-1))), TimeInForce::Gtc),
        PlaceOrder { reduce_only: true, ..base.clone() },
        PlaceOrder { position_side: PositionSide::Long, ..base.clone() },
        PlaceOrder { quantity: units("0"), ..base.clone() },
    ] {
        assert!(matches!(place(&order), Err(BrokerError::Unsupported(_))), "{order:?}");
    }
}

fn reference(broker_id: Option<&str>) -> OrderReference {
    let broker_id = broker_id.map(|text| BrokerOrderId::new(text).unwrap());
    OrderReference { order_id: ours(), broker_id, instrument: id("BTCUSDT") }
}

#[test]
fn an_order_is_found_by_its_number_or_by_its_name() {
    assert_eq!(by_order(&reference(Some("BTCUSDT:28"))).as_str(), "symbol=BTCUSDT&orderId=28");
    let named = format!("symbol=BTCUSDT&origClientOrderId={NAME}");
    assert_eq!(by_order(&reference(None)).as_str(), named);
    assert_eq!(by_order(&reference(Some("ETHUSDT:28"))).as_str(), named, "a number of another symbol");
}

fn working(filled: &str) -> Working {
    Working {
        number: 28,
        terms: Terms {
            side: Side::Sell,
            kind: OrderKind::Limit { price: price("61000") },
            time_in_force: TimeInForce::Gtc,
            quantity: units("2"),
        },
        filled: units(filled),
        name: NAME.to_owned(),
        is_on_book: true,
    }
}

#[test]
fn a_smaller_quantity_keeps_its_place_and_its_name() {
    let market = market();
    let rules = market.rules(id("BTCUSDT")).unwrap();
    let kind = OrderKind::Limit { price: price("61000") };
    for filled in ["0", "0.5"] {
        let change = change(&reference(Some("BTCUSDT:28")), &working(filled), kind, units("1.5"), rules).unwrap();
        let Change::Amend(query) = change else { panic!("{change:?}") };
        assert_eq!(query.as_str(), format!("symbol=BTCUSDT&orderId=28&newQty=1.5&newClientOrderId={NAME}"));
    }
}

/// A fill on its way must not make the old order and the new one together more than was asked.
#[test]
fn another_price_replaces_only_what_has_no_fill() {
    let market = market();
    let rules = market.rules(id("BTCUSDT")).unwrap();
    let kind = OrderKind::Limit { price: price("61500") };
    let order = reference(Some("BTCUSDT:28"));
    let Change::Replace { query, revision } = change(&order, &working("0"), kind, units("3"), rules).unwrap() else {
        panic!()
    };
    assert_eq!(revision, 1);
    assert_eq!(
        query.as_str(),
        format!(
            "symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=3&price=61500&\
             cancelReplaceMode=STOP_ON_FAILURE&cancelOrderId=28&cancelRestrictions=ONLY_NEW&\
             newClientOrderId={NAME}-1&newOrderRespType=FULL"
        )
    );
    let again = Working { name: format!("{NAME}-7"), ..working("0") };
    let Change::Replace { revision, .. } = change(&order, &again, kind, units("3"), rules).unwrap() else { panic!() };
    assert_eq!(revision, 8);
    for refused in [
        change(&order, &working("0.1"), kind, units("3"), rules),
        change(&order, &working("0.5"), OrderKind::Limit { price: price("61000") }, units("0.5"), rules),
        change(&order, &Working { name: format!("{NAME}-999"), ..working("0") }, kind, units("3"), rules),
    ] {
        assert!(matches!(refused, Err(BrokerError::Unsupported(_))), "{refused:?}");
    }
}

/// What a stop became must not wait again.
#[test]
fn a_stop_that_was_set_off_is_changed_as_the_limit_order_it_became() {
    let market = market();
    let rules = market.rules(id("BTCUSDT")).unwrap();
    let (trigger, to) = (price("60000"), price("59000"));
    let mut stop = working("0");
    stop.terms.kind = OrderKind::StopLimit { trigger, price: price("59990") };
    let kind = OrderKind::StopLimit { trigger, price: to };
    for (is_on_book, words) in [
        (true, "type=LIMIT&timeInForce=GTC&quantity=2&price=59000"),
        (false, "type=STOP_LOSS_LIMIT&timeInForce=GTC&quantity=2&price=59000&stopPrice=60000"),
    ] {
        let stop = Working { is_on_book, ..stop.clone() };
        let change = change(&reference(None), &stop, kind, units("2"), rules).unwrap();
        let Change::Replace { query, .. } = change else { panic!("{change:?}") };
        assert!(query.as_str().contains(words), "{}", query.as_str());
    }
}

#[test]
fn an_order_is_known_from_the_exchanges_own_word() {
    let bytes = changed(&sample("s_order_query.json"), "/type", json!("LIMIT_MAKER"));
    let working = Working::of(&order::decode(&bytes).unwrap()).unwrap();
    assert_eq!((working.number, working.terms.time_in_force, working.is_on_book), (1, TimeInForce::PostOnly, true));
    assert_eq!((working.terms.quantity, working.filled), (units("1"), units("0")));
    assert!(Working::of(&order::decode(&sample("s_order_new_ack.json")).unwrap()).is_err(), "it does not say enough");
}

/// After a restart only names tell that an order took the place of one that was canceled.
#[test]
fn a_canceled_order_of_ours_may_have_a_successor() {
    let canceled = |name: &str, status: &str, filled: &str| {
        let bytes = changed(&sample("s_order_query.json"), "/clientOrderId", json!(name));
        let bytes = changed(&bytes, "/executedQty", json!(filled));
        successor(&order::decode(&changed(&bytes, "/status", json!(status))).unwrap())
    };
    let query = canceled(NAME, "CANCELED", "0.0").unwrap();
    assert_eq!(query.as_str(), format!("symbol=LTCBTC&origClientOrderId={NAME}-1"));
    let query = canceled(&format!("{NAME}-4"), "CANCELED", "0.0").unwrap();
    assert_eq!(query.as_str(), format!("symbol=LTCBTC&origClientOrderId={NAME}-5"));
    for none in [
        canceled("myOrder1", "CANCELED", "0.0"),
        canceled(NAME, "NEW", "0.0"),
        canceled(NAME, "CANCELED", "0.1"),
        canceled(&format!("{NAME}-999"), "CANCELED", "0.0"),
    ] {
        assert!(none.is_none());
    }
}

#[test]
fn sides_and_names_are_the_exchanges() {
    assert_eq!((order_request::side_word(Side::Buy), order_request::side_word(Side::Sell)), ("BUY", "SELL"));
    assert_eq!(names::client_id(ours(), 0), NAME);
}
