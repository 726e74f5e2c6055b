//! What the desk is told of the account's stream.

use hoga::broker::api::{AccountReport, BrokerEvent, FillReport, OrderReport};
use hoga::broker::binance::algo_links::AlgoLinks;
use hoga::broker::binance::order_number::OrderNumber;
use hoga::broker::binance::report::{Follow, UserNews, events};
use hoga::market::{Currency, Side, Symbol, UtcTime};
use hoga::order::{Cash, OrderKind, OrderState, PositionSide};

use super::sample::{changed, currency_of, d, event, id, news, order, price, units};

fn fills(news: &UserNews) -> Vec<&FillReport> {
    let fill = |event: &'_ BrokerEvent| matches!(event, BrokerEvent::Fill(_));
    news.events
        .iter()
        .filter(|event| fill(event))
        .map(|event| match event {
            BrokerEvent::Fill(fill) => fill,
            _ => unreachable!(),
        })
        .collect()
}

fn word(news: &UserNews) -> &OrderReport {
    news.events
        .iter()
        .find_map(|event| match event {
            BrokerEvent::Order(report) => Some(report),
            _ => None,
        })
        .unwrap()
}

fn notices(news: &UserNews) -> Vec<&str> {
    news.events
        .iter()
        .filter_map(|event| match event {
            BrokerEvent::Notice(text) => Some(text.as_str()),
            _ => None,
        })
        .collect()
}

#[test]
fn an_order_that_was_taken() {
    let told = news(&event("ws_f_user_order_new.json"));
    let report = word(&told);
    assert_eq!((report.broker_id.as_str(), report.state), ("BTCUSDT:4129466756", OrderState::Accepted));
    assert_eq!(report.kind, OrderKind::Limit { price: price("50000") });
    assert_eq!((told.events.len(), told.then), (1, vec![]));
}

#[test]
fn a_fill_is_told_before_the_order_it_fills() {
    let told = news(&event("ws_f_user_order_filled.json"));
    let [BrokerEvent::Fill(fill), BrokerEvent::Order(report)] = told.events.as_slice() else { panic!("{told:?}") };
    assert_eq!((fill.execution_id.as_str(), fill.broker_id.as_str()), ("BTCUSDT:310194316", "BTCUSDT:4129479931"));
    assert_eq!((fill.price, fill.quantity, fill.side), (price("84146.5"), units("0.1"), Side::Buy));
    assert_eq!(fill.commission, Some(Cash::new(d("3.36586"), Currency::Usdt)));
    assert_eq!((report.state, report.filled), (OrderState::Filled, units("0.1")));
    assert_eq!(fill.time, UtcTime::from_millis(1_742_585_119_595));
}

#[test]
fn orders_end_with_the_reason_the_exchange_gives() {
    for (code, part) in
        [("1", "itself"), ("2", "immediate"), ("5", "liquidated"), ("7", "delisted"), ("9", "market order")]
    {
        let expired = changed(
            "ws_f_user_order_reduce_only_hedge.json",
            &[
                (r#""x": "NEW""#, r#""x": "EXPIRED""#),
                (r#""X": "NEW""#, r#""X": "EXPIRED""#),
                (r#""er": "0""#, &format!(r#""er": "{code}""#)),
            ],
        );
        let told = news(&expired);
        assert_eq!(word(&told).state, OrderState::Expired);
        assert!(word(&told).reason.as_ref().unwrap().contains(part), "{code}");
    }
    let selfish = changed("ws_f_user_order_new.json", &[(r#""X": "NEW""#, r#""X": "EXPIRED_IN_MATCH""#)]);
    assert!(word(&news(&selfish)).reason.as_ref().unwrap().contains("itself"));
}

#[test]
fn a_change_shows_the_new_price_and_quantity() {
    let amended = changed(
        "ws_f_user_order_new.json",
        &[
            (r#""x": "NEW""#, r#""x": "AMENDMENT""#),
            (r#""q": "1""#, r#""q": "2""#),
            (r#""p": "50000""#, r#""p": "50010""#),
        ],
    );
    let told = news(&amended);
    assert_eq!((word(&told).kind, word(&told).quantity), (OrderKind::Limit { price: price("50010") }, units("2")));
    assert_eq!(word(&told).state, OrderState::Accepted);
}

#[test]
fn a_liquidation_is_a_fill_and_is_told_to_people() {
    let told = news(&event("ws_f_user_order_calculated.json"));
    let fill = fills(&told)[0];
    assert_eq!((fill.execution_id.as_str(), fill.position_side), ("BTCUSDT:12345999", PositionSide::Long));
    assert_eq!(notices(&told), ["BTCUSDT: liquidated by the exchange: SELL 0.014 at 9910.12"]);
    assert_eq!(word(&told).order_id, None);
}

#[test]
fn a_calculated_event_without_a_fill() {
    let bare = changed(
        "ws_f_user_order_calculated.json",
        &[
            (r#""l": "0.014""#, r#""l": "0""#),
            (r#""t": 12345999"#, r#""t": 0"#),
            (r#""n": "0.06937084","#, ""),
            (r#""N": "USDT","#, ""),
            (r#""X": "FILLED""#, r#""X": "NEW""#),
            ("autoclose-1234567890", "adl_autoclose"),
        ],
    );
    let told = news(&bare);
    assert!(fills(&told).is_empty() && told.then.is_empty());
    assert!(notices(&told)[0].contains("auto-deleveraging"));
}

#[test]
fn a_forced_fill_without_a_number_is_asked_for() {
    let numberless = changed("ws_f_user_order_calculated.json", &[(r#""t": 12345999"#, r#""t": 0"#)]);
    let told = news(&numberless);
    assert!(fills(&told).is_empty(), "without a number it could be counted twice");
    let symbol = Symbol::new("BTCUSDT").unwrap();
    assert_eq!(told.then, [Follow::AskFills(OrderNumber::Order { symbol, id: 8_886_999 })]);
}

#[test]
fn an_unknown_status_keeps_the_order_open_and_is_asked_about() {
    let strange = changed("ws_f_user_order_new.json", &[(r#""X": "NEW""#, r#""X": "HALF_WAY""#)]);
    let told = news(&strange);
    assert_eq!(word(&told).state, OrderState::Accepted);
    let symbol = Symbol::new("BTCUSDT").unwrap();
    assert_eq!(told.then, [Follow::AskOrder(OrderNumber::Order { symbol, id: 4_129_466_756 })]);
}

#[test]
fn cash_and_positions_of_an_order() {
    let told = news(&event("ws_f_user_account_update.json"));
    let [BrokerEvent::Account(cash), BrokerEvent::Account(position)] = told.events.as_slice() else {
        panic!("{told:?}")
    };
    let total = Cash::new(d("15237.42937172"), Currency::Usdt);
    assert_eq!(cash, &AccountReport::Cash { total, available: None });
    assert_eq!(
        position,
        &AccountReport::Position {
            instrument: id("BTCUSDT"),
            side: PositionSide::Net,
            quantity: d("0.1"),
            average_price: Some(price("84146.5")),
        }
    );
    assert_eq!(told.then, []);
}

#[test]
fn hedge_mode_tells_three_positions_of_a_symbol() {
    let told = news(&event("ws_f_user_account_update_hedge.json"));
    let sides: Vec<_> = told
        .events
        .iter()
        .filter_map(|event| match event {
            BrokerEvent::Account(AccountReport::Position { side, quantity, .. }) => Some((*side, *quantity)),
            _ => None,
        })
        .collect();
    assert_eq!(sides, [(PositionSide::Net, d("0")), (PositionSide::Long, d("20")), (PositionSide::Short, d("-10"))]);
}

#[test]
fn funding_is_asked_for_and_not_booked_from_its_event() {
    let told = news(&event("ws_f_user_account_update_funding.json"));
    assert!(!told.events.iter().any(|event| matches!(event, BrokerEvent::CashFlow(_))));
    assert_eq!(told.then, [Follow::AskIncome { since: UtcTime::from_millis(1_742_601_600_004) }]);
}

#[test]
fn settings_margin_and_the_end_of_the_stream() {
    assert_eq!(notices(&news(&event("ws_f_user_account_config_leverage.json"))), ["leverage of BTCUSDT is 25 now"]);
    assert!(notices(&news(&event("ws_f_user_account_config_multi_assets.json")))[0].contains("multi-assets"));
    let call = news(&event("ws_f_user_margin_call.json"));
    assert_eq!(notices(&call), ["margin call: positions are about to be liquidated: 1.327 ETHUSDT at mark 187.17127"]);
    let expired = news(&event("ws_f_user_listen_key_expired.json"));
    assert_eq!((expired.events.len(), expired.then), (0, vec![Follow::NewListenKey]));
}

const CHILD: [(&str, &str); 2] = [(r#""X": "NEW""#, r#""X": "TRIGGERED""#), (r#""ai": """#, r#""ai": "8886774""#)];
const FOREIGN: &str = "8121aafc-cba3-4a01-a279-1dcb03a7b80f";

#[test]
fn a_conditional_order_from_placing_to_the_end_of_its_child() {
    let (own, mut links) = (order(1).simple(), AlgoLinks::new());
    let mut tell = |event| events(&event, &currency_of, &mut links).unwrap();
    let new = tell(changed("ws_f_user_algo_new.json", &[(FOREIGN, &own)]));
    assert_eq!(word(&new).kind, OrderKind::Stop { trigger: price("1.1637") });
    assert_eq!((word(&new).order_id, word(&new).state), (Some(order(1)), OrderState::Accepted));

    let triggered = tell(changed("ws_f_user_algo_new.json", &[(FOREIGN, &own), CHILD[0], CHILD[1]]));
    assert_eq!(word(&triggered).broker_id.as_str(), "DOTUSDT:8886774");
    let former = word(&triggered).replaces.as_ref().map(|id| id.as_str().to_owned());
    assert_eq!(former.as_deref(), Some("DOTUSDT:algo:4000001910701524"));

    // The child goes by another client id, as nobody documents.
    let child = [("BTCUSDT", "DOTUSDT"), (r#""i": 4129479931"#, r#""i": 8886774"#)];
    let filled = tell(changed("ws_f_user_order_filled.json", &child));
    assert_eq!((fills(&filled)[0].order_id, word(&filled).order_id), (Some(order(1)), Some(order(1))));
    assert_eq!(word(&filled).state, OrderState::Filled);

    let finished = [(FOREIGN, own.as_str()), (r#""X": "NEW""#, r#""X": "FINISHED""#), CHILD[1]];
    let over = tell(changed("ws_f_user_algo_new.json", &finished));
    assert_eq!(word(&over).state, OrderState::Accepted, "only the child says how it ended");
    let symbol = Symbol::new("DOTUSDT").unwrap();
    assert_eq!(over.then, [Follow::AskOrder(OrderNumber::Order { symbol, id: 8_886_774 })]);
}

#[test]
fn a_child_that_is_heard_of_before_its_trigger_replaces_the_conditional_order() {
    let (own, mut links) = (order(1).simple(), AlgoLinks::new());
    let mut tell = |event| events(&event, &currency_of, &mut links).unwrap();
    tell(changed("ws_f_user_algo_new.json", &[(FOREIGN, &own)]));
    let child = [("BTCUSDT", "DOTUSDT"), ("KWsJ1UBaWM1C0IhvgdXxZb", own.as_str())];
    let filled = tell(changed("ws_f_user_order_filled.json", &child));
    assert_eq!(word(&filled).replaces.as_ref().map(|id| id.as_str()), Some("DOTUSDT:algo:4000001910701524"));
    assert_eq!(word(&filled).broker_id.as_str(), "DOTUSDT:4129479931");
}

#[test]
fn conditional_orders_that_end_say_why() {
    let told = news(&event("ws_f_user_algo_canceled.json"));
    assert_eq!(word(&told).state, OrderState::Canceled);
    assert_eq!(word(&told).reason.as_deref(), Some("Reduce Only reject"));
    let rejected = changed(
        "ws_f_user_algo_canceled.json",
        &[("CANCELED", "REJECTED"), ("Reduce Only reject", "Margin is\\u001b[31m insufficient")],
    );
    let told = news(&rejected);
    assert_eq!(word(&told).state, OrderState::Rejected);
    assert_eq!(word(&told).reason.as_deref(), Some("Margin is insufficient"));
    let expired = news(&changed("ws_f_user_algo_canceled.json", &[("CANCELED", "EXPIRED")]));
    assert_eq!(word(&expired).state, OrderState::Expired);
}

#[test]
fn an_event_that_cannot_be_right_tells_nothing_of_itself() {
    for (from, to) in [
        (r#""L": "84146.50""#, r#""L": "0""#),
        (r#""l": "0.100""#, r#""l": "-0.100""#),
        (r#""S": "BUY""#, r#""S": "HOLD""#),
        (r#""T": 1742585119595"#, r#""T": 12"#),
        (r#""n": "3.36586000""#, r#""n": "9999999999999999""#),
    ] {
        let event = changed("ws_f_user_order_filled.json", &[(from, to)]);
        assert!(events(&event, &currency_of, &mut AlgoLinks::new()).is_err(), "{to}");
    }
}
