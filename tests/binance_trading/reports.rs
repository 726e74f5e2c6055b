//! What the desk is told of answers.

use hoga::broker::api::{AccountReport, CashFlowKind};
use hoga::broker::binance::algo_links::AlgoLinks;
use hoga::broker::binance::order_number::OrderNumber;
use hoga::broker::binance::order_request::client_id;
use hoga::broker::binance::report::{
    algo_report, cash, cash_flows, fill_report, must_be_asked, order_report, positions,
};
use hoga::broker::binance::wire::account::{Balance, Income, PositionRisk};
use hoga::broker::binance::wire::algo::AlgoOrder;
use hoga::broker::binance::wire::order::{Order, UserTrade};
use hoga::broker::binance::wire::word::{AlgoStatusWord, PositionSideWord, SideWord, StatusWord, TypeWord};
use hoga::market::{Currency, Side, Symbol, UtcTime};
use hoga::order::fee::Liquidity;
use hoga::order::{Cash, OrderKind, OrderState, PositionSide, Trail};

use super::sample::{currency_of, d, id, order, price, read, units};

#[test]
fn an_order_as_the_desk_sees_it() {
    let mut told: Order = read("f_order_query.json");
    told.client_order_id = client_id(order(1));
    let report = order_report(&told, &AlgoLinks::new()).unwrap();
    assert_eq!(report.order_id, Some(order(1)));
    assert_eq!(report.broker_id.as_str(), "BTCUSDT:1573346959");
    assert_eq!((report.instrument, report.side), (id("BTCUSDT"), Side::Buy));
    assert_eq!((report.kind, report.quantity), (OrderKind::Limit { price: price("9020") }, units("0.4")));
    assert_eq!((report.state, report.filled, report.replaces), (OrderState::Accepted, units("0"), None));
    assert_eq!(report.time, UtcTime::from_millis(1_579_276_756_075));
}

#[test]
fn orders_made_elsewhere_are_nobodys() {
    let report = order_report(&read("f_order_cancel.json"), &AlgoLinks::new()).unwrap();
    assert_eq!((report.order_id, report.client_id, report.state), (None, None, OrderState::Canceled));
    let trailing = order_report(&read("f_order_query_legacy_trailing.json"), &AlgoLinks::new()).unwrap();
    assert_eq!(trailing.kind, OrderKind::TrailingStop { distance: Trail::Percent(d("0.3")), trigger: None });
}

#[test]
fn a_limit_order_without_a_price_has_the_price_of_the_book() {
    let report = order_report(&read("f_order_new.json"), &AlgoLinks::new()).unwrap();
    assert_eq!((report.kind, report.side), (OrderKind::BestLimit, Side::Sell));
}

#[test]
fn a_stop_without_its_trigger_was_triggered() {
    let told: Order = read("f_order_query.json");
    for (word, kind) in [
        ("STOP", OrderKind::Limit { price: price("9020") }),
        ("STOP_MARKET", OrderKind::Market),
        ("TAKE_PROFIT", OrderKind::Limit { price: price("9020") }),
        ("TAKE_PROFIT_MARKET", OrderKind::Market),
    ] {
        let told = Order { kind: TypeWord::of(word), ..told.clone() };
        assert_eq!(
            order_report(&told, &AlgoLinks::new()).unwrap().kind,
            kind,
            "{word}: never refused, it may carry a fill"
        );
    }
}

#[test]
fn each_status_is_a_state() {
    let told: Order = read("f_order_query.json");
    for (word, filled, state) in [
        ("NEW", "0", OrderState::Accepted),
        ("PARTIALLY_FILLED", "0.1", OrderState::PartiallyFilled),
        ("FILLED", "0.4", OrderState::Filled),
        ("CANCELED", "0.1", OrderState::Canceled),
        ("REJECTED", "0", OrderState::Rejected),
        ("EXPIRED", "0", OrderState::Expired),
        ("EXPIRED_IN_MATCH", "0.1", OrderState::Expired),
        ("NEW_INSURANCE", "0", OrderState::Accepted),
        ("NEW_ADL", "0.1", OrderState::PartiallyFilled),
        ("PENDING_SOMETHING", "0", OrderState::Accepted),
        ("PENDING_SOMETHING", "0.1", OrderState::PartiallyFilled),
    ] {
        let told = Order { status: StatusWord::of(word), executed_qty: d(filled), ..told.clone() };
        let report = order_report(&told, &AlgoLinks::new()).unwrap();
        assert_eq!((report.state, report.filled), (state, units(filled)), "{word}");
        assert_eq!(report.reason.is_some(), word == "EXPIRED_IN_MATCH");
    }
}

#[test]
fn numbers_that_cannot_be_right_refuse_the_order() {
    let told: Order = read("f_order_query.json");
    let refused = |change: &dyn Fn(&mut Order)| {
        let mut told = told.clone();
        change(&mut told);
        order_report(&told, &AlgoLinks::new()).is_err()
    };
    assert!(!refused(&|_| ()));
    assert!(refused(&|order| order.price = Some(d("-1"))));
    assert!(refused(&|order| order.orig_qty = d("-1")));
    assert!(refused(&|order| order.executed_qty = d("100000000000000")));
    assert!(refused(&|order| order.update_time = Some(1_000)));
    assert!(refused(&|order| order.update_time = Some(4_102_444_800_000)));
    assert!(refused(&|order| order.side = SideWord::of("HOLD")));
    assert!(refused(&|order| order.symbol = "BTC USDT".into()));
    assert!(refused(&|order| {
        order.kind = TypeWord::StopMarket;
        order.stop_price = Some(d("-1"));
    }));
}

#[test]
fn a_conditional_order_and_what_it_becomes() {
    let mut told: AlgoOrder = read("f_algo_order_new.json");
    told.client_algo_id = client_id(order(1));
    told.order_type = TypeWord::StopMarket;
    let mut links = AlgoLinks::new();
    let waiting = algo_report(&told, &links).unwrap();
    assert_eq!((waiting.order_id, waiting.broker_id.as_str()), (Some(order(1)), "BNBUSDT:algo:2146760"));
    assert_eq!((waiting.kind, waiting.state), (OrderKind::Stop { trigger: price("750") }, OrderState::Accepted));
    assert_eq!((waiting.replaces, must_be_asked(&told)), (None, None));

    told.algo_status = AlgoStatusWord::Triggered;
    told.actual_order_id = Some(8_886_774);
    let triggered = algo_report(&told, &links).unwrap();
    assert_eq!(triggered.broker_id.as_str(), "BNBUSDT:8886774");
    assert_eq!(triggered.replaces.as_ref().map(|id| id.as_str()), Some("BNBUSDT:algo:2146760"));
    let symbol = Symbol::new("BNBUSDT").unwrap();
    assert_eq!(must_be_asked(&told), Some(OrderNumber::Order { symbol, id: 8_886_774 }));

    links.learn(symbol, 2_146_760, Some(order(1)), Some(8_886_774));
    let mut child: Order = read("f_order_query.json");
    child.symbol = "BNBUSDT".into();
    child.order_id = 8_886_774;
    let report = order_report(&child, &links).unwrap();
    assert_eq!(report.order_id, Some(order(1)), "although its client id is another");
    assert_eq!(report.replaces, triggered.replaces);
}

#[test]
fn only_the_child_says_how_a_finished_order_ended() {
    let mut told: AlgoOrder = read("f_algo_order_query.json");
    let report = algo_report(&told, &AlgoLinks::new()).unwrap();
    assert_eq!((report.state, report.filled), (OrderState::Canceled, units("0")), "its actualQty is no fill");
    assert_eq!(must_be_asked(&told), None);
    for word in ["FINISHED", "TRIGGERING", "SOMETHING"] {
        told.algo_status = AlgoStatusWord::of(word);
        assert_eq!(algo_report(&told, &AlgoLinks::new()).unwrap().state, OrderState::Accepted, "{word}");
        assert!(must_be_asked(&told).is_some(), "{word}");
    }
}

#[test]
fn fills_with_their_commission() {
    let trades: Vec<UserTrade> = read("f_user_trades.json");
    let done = fill_report(&trades[0], &currency_of, &AlgoLinks::new()).unwrap();
    let fill = done.fill;
    assert_eq!((fill.execution_id.as_str(), fill.broker_id.as_str()), ("ETHUSDT:82357626", "ETHUSDT:831238666"));
    assert_eq!((fill.side, fill.price, fill.quantity), (Side::Sell, price("2778.35"), units("0.005")));
    assert_eq!(fill.commission, Some(Cash::new(d("0.0055567"), Currency::Usdt)));
    assert_eq!((fill.liquidity, fill.position_side), (Liquidity::Taker, PositionSide::Net));
    assert_eq!((done.fee, done.notice), (None, None));
    let hedge = fill_report(&trades[2], &currency_of, &AlgoLinks::new()).unwrap().fill;
    assert_eq!(hedge.position_side, PositionSide::Short);
}

#[test]
fn a_fill_of_nothing_is_refused() {
    let trades: Vec<UserTrade> = read("f_user_trades.json");
    for change in [
        |trade: &mut UserTrade| trade.qty = d("0"),
        |trade: &mut UserTrade| trade.price = d("0"),
        |trade: &mut UserTrade| trade.id = 0,
        |trade: &mut UserTrade| trade.time = 0,
    ] {
        let mut trade = trades[0].clone();
        change(&mut trade);
        assert!(fill_report(&trade, &currency_of, &AlgoLinks::new()).is_err());
    }
}

#[test]
fn a_rebate_is_a_commission_below_zero_and_none_is_left_to_the_schedule() {
    let trades: Vec<UserTrade> = read("f_user_trades.json");
    let rebate = UserTrade { commission: Some(d("-0.01")), maker: true, ..trades[0].clone() };
    let fill = fill_report(&rebate, &currency_of, &AlgoLinks::new()).unwrap().fill;
    assert_eq!((fill.commission, fill.liquidity), (Some(Cash::new(d("-0.01"), Currency::Usdt)), Liquidity::Maker));
    let silent = UserTrade { commission: None, commission_asset: String::new(), ..trades[0].clone() };
    assert_eq!(fill_report(&silent, &currency_of, &AlgoLinks::new()).unwrap().fill.commission, None);
}

#[test]
fn positions_of_both_modes() {
    let one = positions(&read::<Vec<PositionRisk>>("f_position_risk_v3_one_way.json")).unwrap();
    let expected = |side, quantity: &str, average: &str| AccountReport::Position {
        instrument: id("ADAUSDT"),
        side,
        quantity: d(quantity),
        average_price: Some(price(average)),
    };
    assert_eq!(one, [expected(PositionSide::Net, "30", "0.385")]);
    let two = positions(&read::<Vec<PositionRisk>>("f_position_risk_v3_hedge.json")).unwrap();
    assert_eq!(two, [expected(PositionSide::Long, "30", "0.385"), expected(PositionSide::Short, "-12", "0.42")]);
}

#[test]
fn a_position_that_cannot_be_right_is_not_left_out() {
    let mut rows: Vec<PositionRisk> = read("f_position_risk_v3_hedge.json");
    rows[1].position_side = PositionSideWord::of("UPWARDS");
    assert!(positions(&rows).is_err(), "left out it would look closed");
}

#[test]
fn cash_is_the_wallet() {
    let mut rows: Vec<Balance> = read("f_balance_v3.json");
    rows.push(Balance { asset: "DOGE".into(), balance: d("12"), ..rows[0].clone() });
    rows.push(Balance { asset: "XRP".into(), balance: d("0"), ..rows[0].clone() });
    rows.push(Balance { asset: "BNFCR".into(), ..rows[0].clone() });
    let told = cash(&rows).unwrap();
    let expected = |currency| AccountReport::Cash {
        total: Cash::new(d("122607.35137903"), currency),
        available: Some(d("23.72469206")),
    };
    assert_eq!(told.reports, [expected(Currency::Usdt), expected(Currency::Bnfcr)]);
    assert_eq!(told.left_out, ["DOGE"]);
    rows[0].balance = d("10000000000000000");
    assert!(cash(&rows).is_err());
}

#[test]
fn funding_is_a_flow_and_what_belongs_to_fills_is_not() {
    let mut rows: Vec<Income> = read("f_income.json");
    assert_eq!(cash_flows(&rows, &currency_of).flows, [], "a transfer and a commission");
    let funding = Income {
        income_type: "FUNDING_FEE".into(),
        income: d("-0.841465"),
        trade_id: String::new(),
        ..rows[1].clone()
    };
    rows.push(funding.clone());
    rows.push(Income { asset: "BNB".into(), ..funding.clone() });
    rows.push(Income { asset: "DOGE".into(), ..funding.clone() });
    rows.push(Income { time: 0, ..funding.clone() });
    rows.push(Income { income_type: "REALIZED_PNL".into(), ..funding.clone() });
    rows.push(Income { income_type: "INSURANCE_CLEAR".into(), ..funding });
    let told = cash_flows(&rows, &currency_of);
    let [own, coin, clearance] = told.flows.as_slice() else { panic!("{told:?}") };
    assert_eq!((own.id.as_str(), own.kind), ("income:FUNDING_FEE:9689322392:USDT", CashFlowKind::Funding));
    assert_eq!((own.instrument, own.amount), (Some(id("BTCUSDT")), Cash::new(d("-0.841465"), Currency::Usdt)));
    assert_eq!(own.time, UtcTime::from_millis(1_570_636_800_000));
    assert_eq!(coin.instrument, None, "coins are no money of the instrument's");
    assert_eq!(clearance.kind, CashFlowKind::Fee);
    assert_ne!(clearance.id, own.id, "numbers are unique only together with the type");
    assert_eq!((told.notices.len(), told.refused), (1, 1));
}
