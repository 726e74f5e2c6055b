//! What the desk hears of orders, fills and money.

use hoga::broker::api::{AccountReport, BrokerEvent, CashFlowKind, FeeInKind, FillReport, OrderReport};
use hoga::broker::binance::spot::report::{self, Follow, UserNews};
use hoga::broker::binance::spot::wire::user::{UserEvent, UserFrame};
use hoga::broker::binance::spot::wire::{account, order, user};
use hoga::market::{Currency, Side};
use hoga::order::fee::Liquidity;
use hoga::order::{Cash, OrderKind, OrderState, PositionSide, Trail};
use rust_decimal::dec;
use serde_json::{Value, json};

use crate::samples::{at, changed, id, market, order as ours, price, sample, units};

const NAME: &str = "01934d2c8a777bbb8123456789abcdef";

fn reply(name: &str) -> OrderReport {
    report::order_report(&order::decode(&sample(name)).unwrap()).unwrap()
}

fn event(bytes: &[u8]) -> UserEvent {
    let UserFrame::Event { event, .. } = user::decode(bytes).unwrap() else { panic!() };
    *event
}

fn news(bytes: &[u8]) -> UserNews {
    report::events(&event(bytes), &market()).unwrap()
}

/// The published event with fields of its own.
fn execution(fields: Value) -> Vec<u8> {
    let mut value: Value = serde_json::from_slice(&sample("ws_s_user_execution_report.json")).unwrap();
    value["event"].as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    value.to_string().into_bytes()
}

fn fills(news: &UserNews) -> Vec<FillReport> {
    let fill = |event: &BrokerEvent| match event {
        BrokerEvent::Fill(fill) => Some(fill.clone()),
        _ => None,
    };
    news.events.iter().filter_map(fill).collect()
}

fn last_order(news: &UserNews) -> OrderReport {
    let Some(BrokerEvent::Order(report)) = news.events.last() else { panic!("{:?}", news.events) };
    report.clone()
}

#[test]
fn a_query_says_what_an_order_is() {
    let report = reply("s_order_query.json");
    assert_eq!((report.broker_id.as_str(), report.order_id), ("LTCBTC:1", None), "made elsewhere");
    assert_eq!((report.side, report.kind), (Side::Buy, OrderKind::Limit { price: price("0.1") }));
    assert_eq!((report.quantity, report.filled, report.state), (units("1"), units("0"), OrderState::Accepted));
    assert_eq!(report.time, at(1_499_827_319_559));
    let bytes = changed(&sample("s_order_query.json"), "/clientOrderId", json!(NAME));
    let report = report::order_report(&order::decode(&bytes).unwrap()).unwrap();
    assert_eq!(report.order_id, Some(ours()));
}

#[test]
fn a_short_acknowledgement_names_the_order_and_says_no_more() {
    let ack = order::decode(&sample("s_order_new_ack.json")).unwrap();
    assert_eq!((ack.symbol.as_str(), ack.order_id, ack.at_ms()), ("BTCUSDT", 28, Some(1_507_725_176_595)));
    assert!(report::order_report(&ack).is_err());
}

/// The fills count; the total of the published reply does not even add up to them.
#[test]
fn a_full_reply_brings_its_fills() {
    let reply = order::decode(&sample("s_order_new_full.json")).unwrap();
    assert_eq!(reply.cumulative_quote_qty.0, Some(dec!(10)), "their spelling, with two m");
    let report = report::order_report(&reply).unwrap();
    assert_eq!((report.kind, report.state, report.filled), (OrderKind::Market, OrderState::Filled, units("10")));
    let fills = report::reply_fills(&reply, &market()).unwrap();
    let told: Vec<_> = fills
        .iter()
        .map(|done| (done.fill.execution_id.as_str(), done.fill.price, done.fill.quantity, done.fill.commission))
        .collect();
    let usdt = |amount| Some(Cash::new(amount, Currency::Usdt));
    assert_eq!(
        told,
        [
            ("BTCUSDT:56", price("4000"), units("1"), usdt(dec!(4))),
            ("BTCUSDT:57", price("3999"), units("5"), usdt(dec!(19.995))),
            ("BTCUSDT:58", price("3998"), units("2"), usdt(dec!(7.996))),
            ("BTCUSDT:59", price("3997"), units("1"), usdt(dec!(3.997))),
            ("BTCUSDT:60", price("3995"), units("1"), usdt(dec!(3.995))),
        ]
    );
    for done in &fills {
        assert_eq!((done.fill.side, done.fill.liquidity), (Side::Sell, Liquidity::Taker));
        assert_eq!((done.fill.broker_id.as_str(), done.fill.fee_in_kind), ("BTCUSDT:28", None));
        assert_eq!((&done.fee, &done.notice), (&None, &None));
    }
}

/// Trap: in the reply to a cancel, and in its event, `clientOrderId` and `c` name the cancel.
#[test]
fn a_cancel_is_of_the_order_it_ends_and_not_of_itself() {
    let cancel = order::decode(&sample("s_order_cancel.json")).unwrap();
    assert_eq!((cancel.client_order_id.as_str(), cancel.own_name()), ("cancelMyOrder1", "myOrder1"));
    let bytes = changed(&sample("s_order_cancel.json"), "/origClientOrderId", json!(NAME));
    let report = report::order_report(&order::decode(&bytes).unwrap()).unwrap();
    assert_eq!((report.order_id, report.state), (Some(ours()), OrderState::Canceled));
    let canceled = json!({"x": "CANCELED", "X": "CANCELED", "c": "web_cancel", "C": NAME});
    let report = last_order(&news(&execution(canceled)));
    assert_eq!((report.order_id, report.state), (Some(ours()), OrderState::Canceled));
    let report = last_order(&news(&execution(json!({"c": NAME, "C": ""}))));
    assert_eq!(report.order_id, Some(ours()), "an empty C means that c is ours");
    let report = last_order(&news(&execution(json!({"c": NAME, "C": null}))));
    assert_eq!(report.order_id, Some(ours()));
}

#[test]
fn canceled_orders_come_with_order_lists_among_them() {
    let list = order::decode_canceled(&sample("s_cancel_open_orders.json")).unwrap();
    assert_eq!(list.unreadable, 0);
    let told: Vec<_> = list.rows.iter().map(|row| report::order_report(row).unwrap()).collect();
    let numbers: Vec<_> = told.iter().map(|report| report.broker_id.as_str()).collect();
    assert_eq!(numbers, ["BTCUSDT:11", "BTCUSDT:13", "BTCUSDT:20", "BTCUSDT:21"]);
    assert!(told.iter().all(|report| report.state == OrderState::Canceled));
    assert_eq!(told[2].kind, OrderKind::StopLimit { trigger: price("0.378131"), price: price("0.668611") });
    assert_eq!(list.rows[3].own_name(), "461cPg51vQjV3zIMOXNz39");
}

#[test]
fn a_new_order_is_heard_from_the_stream() {
    let news = news(&sample("ws_s_user_execution_report.json"));
    assert!(fills(&news).is_empty() && news.then.is_empty());
    let report = last_order(&news);
    assert_eq!((report.instrument, report.broker_id.as_str()), (id("ETHBTC"), "ETHBTC:4293153"));
    assert_eq!((report.kind, report.quantity), (OrderKind::Limit { price: price("0.1026441") }, units("1")));
    assert_eq!((report.state, report.reason, report.time), (OrderState::Accepted, None, at(1_499_405_658_657)));
}

fn bought(commission: &str, asset: &str) -> Vec<u8> {
    execution(json!({
        "s": "BTCUSDT", "c": NAME, "x": "TRADE", "X": "PARTIALLY_FILLED", "q": "1.0", "p": "60000.00", "l": "0.40000000",
        "z": "0.40000000", "L": "59990.00", "n": commission, "N": asset, "t": 77, "m": true, "i": 5,
    }))
}

/// Trap: on a buy the commission is mostly taken out of what was bought, so that less is held than was filled.
#[test]
fn a_commission_leaves_the_asset_it_was_taken_from() {
    let none = Some(Cash::zero(Currency::Usdt));
    let kind = |symbol, quantity| Some(FeeInKind { instrument: id(symbol), quantity: units(quantity) });
    for (commission, asset, cash, in_kind) in [
        ("23.996", "USDT", Some(Cash::new(dec!(23.996), Currency::Usdt)), None),
        ("0.0004", "BTC", none, kind("BTCUSDT", "0.0004")),
        ("0.05", "BNB", none, kind("BNBUSDT", "0.05")),
        ("0", "BNB", none, None),
    ] {
        let news = news(&bought(commission, asset));
        let [fill] = &fills(&news)[..] else { panic!() };
        assert_eq!((fill.commission, fill.fee_in_kind), (cash, in_kind), "{asset}");
        assert_eq!((fill.execution_id.as_str(), fill.broker_id.as_str()), ("BTCUSDT:77", "BTCUSDT:5"));
        assert_eq!((fill.order_id, fill.price, fill.quantity), (Some(ours()), price("59990"), units("0.4")));
        assert_eq!((fill.liquidity, fill.position_side), (Liquidity::Maker, PositionSide::Net));
        let report = last_order(&news);
        assert_eq!((report.state, report.filled), (OrderState::PartiallyFilled, units("0.4")));
        assert!(matches!(news.events[0], BrokerEvent::Fill(_)), "the fill before the order it changes");
    }
    let other = news(&bought("24", "USDC"));
    let BrokerEvent::CashFlow(flow) = &other.events[1] else { panic!() };
    assert_eq!(
        (flow.id.as_str(), flow.kind, flow.amount),
        ("fee:BTCUSDT:77", CashFlowKind::Fee, Cash::new(dec!(-24), Currency::Usdc))
    );
    let unknown = news(&bought("7", "LTC"));
    assert!(matches!(&unknown.events[1], BrokerEvent::Notice(text) if text.contains("7 LTC")), "{:?}", unknown.events);
}

#[test]
fn the_list_of_fills_tells_the_same_fill_as_the_stream() {
    let list = order::decode_trades(&sample("s_my_trades.json")).unwrap();
    let done = report::trade_report(&list.rows[0], &market()).unwrap();
    assert_eq!((done.fill.execution_id.as_str(), done.fill.broker_id.as_str()), ("BNBBTC:28457", "BNBBTC:100234"));
    assert_eq!((done.fill.side, done.fill.price, done.fill.quantity), (Side::Buy, price("4.000001"), units("12")));
    assert_eq!((done.fill.liquidity, done.fill.time), (Liquidity::Taker, at(1_499_865_549_590)));
    let in_kind = FeeInKind { instrument: id("BNBUSDT"), quantity: units("10.1") };
    assert_eq!((done.fill.fee_in_kind, done.fill.order_id), (Some(in_kind), None));
    let trade = json!([{
        "symbol": "BTCUSDT", "id": 77, "orderId": 5, "price": "59990.00", "qty": "0.40000000", "commission": "0.00040000",
        "commissionAsset": "BTC", "time": 1_499_405_658_657_i64, "isBuyer": true, "isMaker": true,
    }]);
    let list = order::decode_trades(trade.to_string().as_bytes()).unwrap();
    let listed = report::trade_report(&list.rows[0], &market()).unwrap().fill;
    let [streamed] = &fills(&news(&bought("0.0004", "BTC")))[..] else { panic!() };
    assert_eq!(FillReport { order_id: listed.order_id, ..streamed.clone() }, listed);
}

#[test]
fn every_state_and_type_has_its_word() {
    let state = |status: &str, filled: &str| {
        let news = news(&execution(json!({"X": status, "x": "NEW", "z": filled})));
        (last_order(&news).state, news.then.len())
    };
    for (status, filled, expected) in [
        ("NEW", "0", OrderState::Accepted),
        ("PENDING_NEW", "0", OrderState::Accepted),
        ("PARTIALLY_FILLED", "0.5", OrderState::PartiallyFilled),
        ("PENDING_CANCEL", "0.5", OrderState::PartiallyFilled),
        ("FILLED", "1", OrderState::Filled),
        ("CANCELED", "0.5", OrderState::Canceled),
        ("REJECTED", "0", OrderState::Rejected),
        ("EXPIRED", "0.5", OrderState::Expired),
        ("EXPIRED_IN_MATCH", "0", OrderState::Expired),
    ] {
        assert_eq!(state(status, filled), (expected, 0), "{status}");
    }
    // A word nobody knows keeps the order open and is asked about.
    assert_eq!(state("MELTED", "0.5"), (OrderState::PartiallyFilled, 1));
    let kind = |fields: Value| last_order(&news(&execution(fields))).kind;
    let (trigger, at) = (price("0.2"), price("0.1"));
    for (fields, expected) in [
        (json!({"o": "LIMIT_MAKER", "p": "0.1"}), OrderKind::Limit { price: at }),
        (json!({"o": "MARKET", "p": "0"}), OrderKind::Market),
        (json!({"o": "STOP_LOSS", "p": "0", "P": "0.2"}), OrderKind::Stop { trigger }),
        (json!({"o": "STOP_LOSS_LIMIT", "p": "0.1", "P": "0.2"}), OrderKind::StopLimit { trigger, price: at }),
        (json!({"o": "TAKE_PROFIT", "p": "0", "P": "0.2"}), OrderKind::TakeProfit { trigger }),
        (json!({"o": "TAKE_PROFIT_LIMIT", "p": "0.1", "P": "0.2"}), OrderKind::TakeProfit { trigger }),
        (
            json!({"o": "STOP_LOSS", "p": "0", "P": "0", "d": 155}),
            OrderKind::TrailingStop { distance: Trail::Percent(dec!(1.55)), trigger: None },
        ),
    ] {
        assert_eq!(kind(fields.clone()), expected, "{fields}");
    }
}

#[test]
fn reasons_are_said_in_words() {
    let reason = |fields: Value| last_order(&news(&execution(fields))).reason;
    assert_eq!(
        reason(json!({"x": "REJECTED", "X": "REJECTED", "r": "INSUFFICIENT_BALANCES"})).as_deref(),
        Some("the balance is not sufficient")
    );
    assert_eq!(
        reason(json!({"x": "EXPIRED", "X": "EXPIRED", "eR": "UNFILLED_IOC_QUANTITY_EXPIRED"})).as_deref(),
        Some("the rest of an immediate order")
    );
    assert_eq!(
        reason(json!({"x": "EXPIRED", "X": "EXPIRED", "eR": "odd\u{1b}[31m one"})).as_deref(),
        Some("odd one"),
        "nothing of it reaches a terminal as a command"
    );
    // An order whose match was prevented fills nothing, whatever the event carries.
    let prevented = news(&execution(json!({"x": "TRADE_PREVENTION", "X": "EXPIRED_IN_MATCH", "t": -1, "l": "1.0"})));
    assert!(fills(&prevented).is_empty());
}

#[test]
fn money_and_coins_are_told_once_each() {
    let account = json!({
        "canTrade": true, "balances": [
            {"asset": "USDT", "free": "100.50", "locked": "20.00"},
            {"asset": "USDC", "free": "0.00", "locked": "0.00"},
            {"asset": "BTC", "free": "0.40000000", "locked": "0.10000000"},
            {"asset": "LTC", "free": "3", "locked": "0"},
            {"asset": "DOGE", "free": "0", "locked": "0"},
        ],
    });
    let account = account::decode(account.to_string().as_bytes()).unwrap();
    let told = report::holdings(&account, &market()).unwrap();
    assert_eq!(told.left_out, ["LTC"]);
    assert_eq!(
        told.reports,
        [
            AccountReport::Cash { total: Cash::new(dec!(120.5), Currency::Usdt), available: Some(dec!(100.5)) },
            AccountReport::Position {
                instrument: id("BTCUSDT"),
                side: PositionSide::Net,
                quantity: dec!(0.5),
                average_price: None
            },
        ]
    );
}

#[test]
fn the_published_account_is_read() {
    let account = account::decode(&sample("s_account.json")).unwrap();
    assert!(account.can_trade && account.can_withdraw);
    let rates = account.commission_rates.clone().unwrap();
    assert_eq!((rates.maker.0, rates.taker.0), (Some(dec!(0.0015)), Some(dec!(0.0015))));
    let told = report::holdings(&account, &market()).unwrap();
    assert_eq!(told.reports.len(), 1);
    assert!(
        matches!(told.reports[0], AccountReport::Position { quantity, .. } if quantity == dec!(4723846.89208129)),
        "{told:?}"
    );
}

#[test]
fn other_events_of_the_account() {
    let wallet = news(&sample("ws_s_user_account_position.json"));
    let [BrokerEvent::Account(AccountReport::Position { instrument, quantity, .. })] = wallet.events[..] else {
        panic!("{wallet:?}")
    };
    assert_eq!((instrument, quantity), (id("ETHUSDT"), dec!(10000)));
    // A coin that was sold to the last unit is told as nothing, not left out.
    let sold = changed(&sample("ws_s_user_account_position.json"), "/event/B/0/f", json!("0"));
    assert!(
        matches!(news(&sold).events[..], [BrokerEvent::Account(AccountReport::Position { quantity, .. })] if quantity.is_zero())
    );
    let moved = news(&sample("ws_s_user_balance_update.json"));
    let [BrokerEvent::Notice(text)] = &moved.events[..] else { panic!() };
    assert_eq!(text, "100 BTC came into the account without a trade");
    assert_eq!(news(&sample("ws_s_user_list_status.json")).events.len(), 0);
    assert_eq!(news(&sample("ws_s_user_terminated.json")).then, [Follow::Subscribe]);
    let lock =
        json!({"subscriptionId": 0, "event": {"e": "externalLockUpdate", "E": 1, "a": "BTC", "d": "-1", "T": 1}});
    assert_eq!(news(lock.to_string().as_bytes()).then, [Follow::AskAccount]);
}

/// One that cannot be right costs itself: nothing of it is told.
#[test]
fn impossible_events_are_refused_whole() {
    for fields in [
        json!({"q": "-1"}),
        json!({"i": 0}),
        json!({"T": 12}),
        json!({"S": "HOLD"}),
        json!({"x": "TRADE", "t": 5, "l": "0", "L": "1"}),
        json!({"x": "TRADE", "t": 5, "l": "1", "L": "0"}),
        json!({"o": "STOP_LOSS", "P": "0"}),
    ] {
        assert!(report::events(&event(&execution(fields.clone())), &market()).is_err(), "{fields}");
    }
}

/// Trap: ids of 19 digits, above what a float can hold.
#[test]
fn large_numbers_keep_every_digit() {
    let report = last_order(&news(&execution(json!({"i": 9_223_372_036_854_775_807_i64}))));
    assert_eq!(report.broker_id.as_str(), "ETHBTC:9223372036854775807");
}
