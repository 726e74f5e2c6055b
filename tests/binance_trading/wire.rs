//! Every sample reads as the values it holds.

use hoga::broker::binance::wire::account::{
    Account, AccountConfig, Balance, CommissionRate, Countdown, Income, Leverage, ListenKey, OrderBudget,
    PositionModeReply, PositionRisk, SymbolConfig,
};
use hoga::broker::binance::wire::algo::{AlgoCanceled, AlgoOrder};
use hoga::broker::binance::wire::error::CodeReply;
use hoga::broker::binance::wire::list;
use hoga::broker::binance::wire::order::{BatchElement, Order, UserTrade, batch};
use hoga::broker::binance::wire::user::UserEvent;
use hoga::broker::binance::wire::word::{
    AlgoStatusWord, ExecutionWord, PositionSideWord, SideWord, StatusWord, TypeWord,
};

use super::sample::{bytes, d, event, read};

#[test]
fn a_placed_order() {
    let order: Order = read("f_order_new.json");
    assert_eq!((order.symbol.as_str(), order.order_id), ("BTCUSDT", 22_542_179));
    assert_eq!((order.client_order_id.as_str(), &order.status), ("testOrder", &StatusWord::New));
    assert_eq!((&order.side, &order.position_side), (&SideWord::Sell, &PositionSideWord::Short));
    assert_eq!((&order.kind, order.time_in_force.as_str()), (&TypeWord::Limit, "GTD"));
    assert_eq!((order.orig_qty, order.executed_qty, order.price), (d("10"), d("0"), Some(d("0"))));
    assert_eq!((order.good_till_date, order.update_time), (Some(1_693_207_680_000), Some(1_566_818_724_722)));
    assert_eq!((order.avg_price, order.cum_quote, order.time), (None, None, None));
}

#[test]
fn an_order_asked_about() {
    let order: Order = read("f_order_query.json");
    assert_eq!((order.order_id, order.orig_qty, order.price), (1_573_346_959, d("0.40"), Some(d("9020"))));
    assert_eq!((order.avg_price, order.cum_quote), (Some(d("0")), Some(d("0"))));
    assert_eq!((order.time, order.update_time), (Some(1_579_276_756_075), Some(1_579_276_756_075)));
    let old: Order = read("f_order_query_legacy_trailing.json");
    assert_eq!(old.kind, TypeWord::TrailingStopMarket);
    assert_eq!(
        (old.stop_price, old.activate_price, old.price_rate),
        (Some(d("9300")), Some(d("9020")), Some(d("0.3")))
    );
}

#[test]
fn a_changed_and_a_canceled_order() {
    let changed: Order = read("f_order_modify.json");
    assert_eq!((changed.order_id, changed.price, changed.orig_qty), (20_072_994_037, Some(d("30005")), d("1")));
    assert_eq!((&changed.status, &changed.position_side), (&StatusWord::New, &PositionSideWord::Long));
    let canceled: Order = read("f_order_cancel.json");
    assert_eq!((canceled.order_id, &canceled.status), (283_194_212, &StatusWord::Canceled));
    assert_eq!((canceled.client_order_id.as_str(), canceled.orig_qty), ("myOrder1", d("11")));
}

#[test]
fn each_element_of_a_batch_for_itself() {
    let placed = batch(&bytes("f_batch_place_mixed.json"), 1 << 20).unwrap();
    let [BatchElement::Order(order), BatchElement::Refused(refusal)] = placed.as_slice() else { panic!("{placed:?}") };
    assert_eq!(order.order_id, 22_542_179);
    assert_eq!(refusal, &CodeReply { code: -2022, msg: "ReduceOnly Order is rejected.".into() });
    let canceled = batch(&bytes("f_batch_cancel_mixed.json"), 1 << 20).unwrap();
    let [BatchElement::Order(order), BatchElement::Refused(refusal)] = canceled.as_slice() else {
        panic!("{canceled:?}")
    };
    assert_eq!((&order.status, refusal.code), (&StatusWord::Canceled, -2011));
    let strange = batch(br#"[{"orderId":"x"},[],{"code":-1}]"#, 1 << 20).unwrap();
    assert_eq!(strange[..2], [BatchElement::Unread, BatchElement::Unread]);
    assert!(matches!(strange[2], BatchElement::Refused(CodeReply { code: -1, .. })));
}

#[test]
fn conditional_orders() {
    let placed: AlgoOrder = read("f_algo_order_new.json");
    assert_eq!((placed.algo_id, placed.client_algo_id.as_str()), (2_146_760, "6B2I9XVcJpCjqPAJ4YoFX7"));
    assert_eq!((&placed.order_type, &placed.algo_status), (&TypeWord::TakeProfit, &AlgoStatusWord::New));
    assert_eq!(
        (placed.trigger_price, placed.price, placed.quantity),
        (Some(d("750")), Some(d("750")), Some(d("0.01")))
    );
    assert_eq!((placed.activate_price, placed.callback_rate, placed.actual_order_id), (None, None, None));
    assert_eq!((placed.create_time, placed.update_time), (Some(1_750_485_492_076), Some(1_750_485_492_076)));
    let asked: AlgoOrder = read("f_algo_order_query.json");
    assert_eq!((&asked.algo_status, asked.actual_order_id), (&AlgoStatusWord::Canceled, None));
    assert_eq!(asked.update_time, Some(1_750_514_545_091));
    let open: Vec<AlgoOrder> = read("f_algo_open_orders.json");
    assert_eq!((open.len(), open[0].algo_id), (1, 2_148_627));
    let canceled: AlgoCanceled = read("f_algo_order_cancel.json");
    assert_eq!((canceled.algo_id, canceled.code, canceled.msg.as_str()), (2_146_760, 200, "success"));
}

#[test]
fn own_fills() {
    let fills: Vec<UserTrade> = read("f_user_trades.json");
    let [first, second, third] = fills.as_slice() else { panic!() };
    assert_eq!((first.id, first.order_id, &first.side), (82_357_626, 831_238_666, &SideWord::Sell));
    assert_eq!((first.price, first.qty), (d("2778.35"), d("0.005")));
    assert_eq!((first.commission, first.commission_asset.as_str()), (Some(d("0.0055567")), "USDT"));
    assert_eq!((second.realized_pnl, second.maker), (Some(d("-0.00325")), false));
    assert_eq!((third.id, &third.position_side, third.time), (698_759, &PositionSideWord::Short, 1_569_514_978_020));
}

#[test]
fn balances_and_positions() {
    let balances: Vec<Balance> = read("f_balance_v3.json");
    assert_eq!((balances[0].asset.as_str(), balances[0].balance), ("USDT", d("122607.35137903")));
    assert_eq!(balances[0].available_balance, Some(d("23.72469206")));
    let account: Account = read("f_account_v3.json");
    assert_eq!(account.total_wallet_balance, Some(d("126.72469206")));
    assert_eq!(account.assets[0].wallet_balance, d("23.72469206"));
    assert_eq!((account.positions[0].symbol.as_str(), account.positions[0].position_amt), ("BTCUSDT", d("1")));
    let one: Vec<PositionRisk> = read("f_position_risk_v3_one_way.json");
    assert_eq!((one.len(), &one[0].position_side), (1, &PositionSideWord::Both));
    assert_eq!((one[0].position_amt, one[0].entry_price, one[0].adl), (d("30"), Some(d("0.385")), Some(2)));
    assert_eq!(one[0].unrealized_profit, Some(d("0.764277")));
    let two: Vec<PositionRisk> = read("f_position_risk_v3_hedge.json");
    assert_eq!((&two[1].position_side, two[1].position_amt), (&PositionSideWord::Short, d("-12")));
}

#[test]
fn settings() {
    let config: AccountConfig = read("f_account_config.json");
    assert!(config.dual_side_position && config.can_trade && config.can_withdraw && !config.multi_assets_margin);
    let symbols: Vec<SymbolConfig> = read("f_symbol_config.json");
    assert_eq!((symbols[0].leverage, symbols[0].margin_type.is_crossed()), (21, Some(true)));
    let leverage: Leverage = read("f_leverage.json");
    assert_eq!((leverage.leverage, leverage.max_notional_value), (21, Some(d("1000000"))));
    assert!(read::<PositionModeReply>("f_position_mode.json").dual_side_position);
    let rate: CommissionRate = read("f_commission_rate.json");
    assert_eq!((rate.maker_commission_rate, rate.taker_commission_rate), (d("0.0002"), d("0.0004")));
    for name in ["f_margin_type_ok.json", "f_cancel_all_ok.json"] {
        assert!(CodeReply::of(&bytes(name)).unwrap().is_success(), "{name}");
    }
    let countdown: Countdown = read("f_countdown_cancel_all.json");
    assert_eq!((countdown.symbol.as_str(), countdown.countdown_time), ("BTCUSDT", 100_000));
    let budgets: Vec<OrderBudget> = read("f_rate_limit_order.json");
    assert_eq!((budgets[0].interval_num, budgets[0].limit, budgets[1].interval.as_str()), (10, 10_000, "MINUTE"));
}

#[test]
fn a_stream_key_is_read_and_never_printed() {
    let key: ListenKey = read("f_listen_key.json");
    assert_eq!(key.listen_key.len(), 64);
    assert!(!format!("{key:?}").contains("pqia"));
    let extended: ListenKey = serde_json::from_str("{}").unwrap();
    assert_eq!(extended.listen_key, "");
}

#[test]
fn income() {
    let rows: Vec<Income> = read("f_income.json");
    assert_eq!((rows[0].symbol.as_str(), rows[0].income_type.as_str(), rows[0].income), ("", "TRANSFER", d("-0.375")));
    assert_eq!((rows[1].symbol.as_str(), rows[1].tran_id.as_str()), ("BTCUSDT", "9689322392"));
    assert_eq!((rows[1].trade_id.as_str(), rows[1].time), ("2059192", 1_570_636_800_000));
}

#[test]
fn order_events() {
    let UserEvent::Order(new) = event("ws_f_user_order_new.json") else { panic!() };
    assert_eq!((new.order.order_id, &new.order.execution), (4_129_466_756, &ExecutionWord::New));
    assert_eq!((new.order.trade_id, new.order.price, new.order.quantity), (Some(0), Some(d("50000")), d("1")));
    let UserEvent::Order(filled) = event("ws_f_user_order_filled.json") else { panic!() };
    assert_eq!((&filled.order.execution, &filled.order.status), (&ExecutionWord::Trade, &StatusWord::Filled));
    assert_eq!((filled.order.trade_id, filled.order.last_price), (Some(310_194_316), Some(d("84146.5"))));
    assert_eq!((filled.order.commission, filled.order.commission_asset.as_str()), (Some(d("3.36586")), "USDT"));
    assert_eq!((filled.order.average_price, filled.event_time), (Some(d("84146.5")), 1_742_585_119_596));
    let UserEvent::Order(closing) = event("ws_f_user_order_reduce_only_hedge.json") else { panic!() };
    assert_eq!((closing.order.reduce_only, &closing.order.position_side), (true, &PositionSideWord::Short));
    let UserEvent::Order(forced) = event("ws_f_user_order_calculated.json") else { panic!() };
    assert_eq!((&forced.order.execution, forced.order.realized), (&ExecutionWord::Calculated, Some(d("-5.67"))));
    let UserEvent::Order(trailing) = event("ws_f_user_order_trailing_docs.json") else { panic!() };
    assert_eq!((trailing.order.activate_price, trailing.order.callback_rate), (Some(d("7476.89")), Some(d("5"))));
    assert_eq!(trailing.order.expiry_reason, "0");
    let UserEvent::TradeLite(early) = event("ws_f_user_trade_lite.json") else { panic!() };
    assert_eq!((early.trade_id, early.order_id, early.quantity), (310_194_316, 4_129_479_931, d("0.1")));
}

#[test]
fn account_events() {
    let UserEvent::Account(change) = event("ws_f_user_account_update.json") else { panic!() };
    assert_eq!((change.change.reason.as_str(), change.change.balances[0].wallet), ("ORDER", d("15237.42937172")));
    assert_eq!(
        (change.change.positions[0].amount, change.change.positions[0].entry_price),
        (d("0.1"), Some(d("84146.5")))
    );
    let UserEvent::Account(hedge) = event("ws_f_user_account_update_hedge.json") else { panic!() };
    let amounts: Vec<_> = hedge.change.positions.iter().map(|row| (row.side.as_str().to_owned(), row.amount)).collect();
    assert_eq!(amounts, [("BOTH".into(), d("0")), ("LONG".into(), d("20")), ("SHORT".into(), d("-10"))]);
    let UserEvent::Account(funding) = event("ws_f_user_account_update_funding.json") else { panic!() };
    assert_eq!((funding.change.balances[0].change, funding.change.positions.len()), (Some(d("-0.841465")), 0));
    let UserEvent::MarginCall(call) = event("ws_f_user_margin_call.json") else { panic!() };
    assert_eq!((call.positions[0].symbol.as_str(), call.positions[0].maintenance), ("ETHUSDT", Some(d("1.614445"))));
    let UserEvent::Config(leverage) = event("ws_f_user_account_config_leverage.json") else { panic!() };
    assert_eq!(leverage.leverage.map(|changed| (changed.symbol, changed.leverage)), Some(("BTCUSDT".into(), 25)));
    let UserEvent::Config(mode) = event("ws_f_user_account_config_multi_assets.json") else { panic!() };
    assert!(mode.multi_assets.unwrap().on && mode.leverage.is_none());
    assert_eq!(event("ws_f_user_listen_key_expired.json"), UserEvent::ListenKeyExpired { time: 1_736_996_475_556 });
}

#[test]
fn conditional_order_events() {
    let UserEvent::Algo(new) = event("ws_f_user_algo_new.json") else { panic!() };
    assert_eq!((new.order.algo_id, new.order.child), (4_000_001_910_701_524, None));
    assert_eq!((&new.order.order_type, new.order.trigger_price), (&TypeWord::StopMarket, Some(d("1.1637"))));
    assert_eq!((new.order.filled, new.order.activated), (None, false));
    let UserEvent::Algo(canceled) = event("ws_f_user_algo_canceled.json") else { panic!() };
    assert_eq!(
        (&canceled.order.status, canceled.order.reject_reason.as_str()),
        (&AlgoStatusWord::Canceled, "Reduce Only reject")
    );
    assert_eq!((canceled.order.filled, canceled.order.child), (Some(d("0")), None));
}

#[test]
fn a_row_that_cannot_be_read_costs_itself() {
    let good = String::from_utf8(bytes("f_order_query.json")).unwrap();
    let text = format!("[{good},{},{good}]", good.replace("\"0.40\"", "\"many\""));
    let listed: list::Listed<Order> = list::parse("open orders", text.as_bytes(), 1 << 20).unwrap();
    assert_eq!((listed.elements.len(), listed.refused), (2, 1));
}

#[test]
fn frames_in_a_wrapper_and_frames_that_are_no_events() {
    use hoga::broker::binance::wire::user::decode;
    let inner = String::from_utf8(bytes("ws_f_user_order_new.json")).unwrap();
    let wrapped = format!(r#"{{"stream":"key","data":{inner}}}"#);
    assert_eq!(decode(wrapped.as_bytes()).unwrap(), event("ws_f_user_order_new.json"));
    assert_eq!(decode(br#"{"result":null,"id":1}"#).unwrap(), UserEvent::Other(String::new()));
    assert_eq!(decode(br#"{"e":"GRID_UPDATE","gu":{}}"#).unwrap(), UserEvent::Other("GRID_UPDATE".into()));
}
