//! The account: balances, what a key may do, and the budgets.

use rust_decimal::{Decimal, dec};
use serde_json::json;

use crate::binance_spot_server::{Habits, KEY, KEY_READ_ONLY, Options, SpotServer};
use crate::caller::Caller;
use crate::exchange::ORDER;
use crate::requests::{account_event, account_stream};

#[tokio::test]
async fn deposits_are_told_and_kept() {
    let server = SpotServer::start(Options::default());
    let caller = Caller::new(&server);
    let mut user = account_stream(&caller).await;
    server.deposit("ETH", dec!(2.5));
    let event = account_event(&mut user, "balanceUpdate").await;
    assert_eq!((event["a"].as_str(), event["d"].as_str()), (Some("ETH"), Some("2.50000000")));
    let event = account_event(&mut user, "outboundAccountPosition").await;
    assert_eq!(event["B"], json!([{"a": "ETH", "f": "2.50000000", "l": "0.00000000"}]));
    server.deposit("ETH", dec!(-2.5));
    server.lock_elsewhere("USDT", dec!(100));
    assert_eq!(account_event(&mut user, "externalLockUpdate").await["d"], "100.00000000");
    assert_eq!(server.balance("USDT"), (dec!(9900), dec!(100)));
    let account = caller.done("GET", "/api/v3/account", "omitZeroBalances=true").await;
    let assets: Vec<_> = account["balances"].as_array().unwrap().iter().map(|row| row["asset"].clone()).collect();
    assert_eq!(json!(assets), json!(["BNB", "BTC", "USDT"]));
}

#[tokio::test]
async fn what_a_key_may_do() {
    let habits = Habits { keys_withdraw: true, ..Habits::default() };
    let server = SpotServer::start(Options { habits, ..Options::default() });
    let caller = Caller::new(&server);
    let rights = caller.done("GET", "/sapi/v1/account/apiRestrictions", "").await;
    assert_eq!((&rights["enableSpotAndMarginTrading"], &rights["enableWithdrawals"]), (&json!(true), &json!(true)));
    let target = caller.target("/sapi/v1/account/apiRestrictions", "");
    let answer = caller.raw("GET", &target, KEY_READ_ONLY).await.unwrap().text().await.unwrap();
    assert!(answer.contains(r#""enableSpotAndMarginTrading":false"#), "{answer}");
}

#[tokio::test]
async fn orders_that_fill_give_their_count_back() {
    let server = SpotServer::start(Options::default());
    let caller = Caller::new(&server);
    server.change(|state| state.limits.orders_in_ten_seconds = 3);
    let rest = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.001&price=59000";
    for _ in 0..5 {
        caller.order("symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.001").await;
    }
    caller.order(rest).await;
    let answer = caller.raw("POST", &caller.target(ORDER, rest), KEY).await.unwrap();
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    let counts: Vec<u32> =
        ["x-mbx-order-count-10s", "x-mbx-order-count-1d"].map(|name| header(name).parse().unwrap()).into();
    assert!(counts[0] <= 3 && counts[1] >= 2, "{counts:?}");
    assert_eq!(header("x-mbx-used-weight-1m"), "0", "an order that is taken costs no weight");
    let rows = caller.done("GET", "/api/v3/rateLimit/order", "").await;
    assert_eq!((&rows[1]["interval"], &rows[1]["limit"]), (&json!("DAY"), &json!(200_000)));
}

/// Whatever happens, money only moves: nothing is made and nothing is lost but the fees.
#[tokio::test]
async fn money_is_neither_made_nor_lost() {
    let server = SpotServer::start(Options { seed: 11, ..Options::default() });
    let caller = Caller::new(&server);
    let mut random: u64 = 7;
    let mut next = |below: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % below
    };
    for round in 0..60 {
        let side = if next(2) == 0 { "BUY" } else { "SELL" };
        let price = 59_500 + next(1_000);
        let quantity = Decimal::new(i64::try_from(100 + next(900)).unwrap(), 5);
        let query = match next(4) {
            0 => format!("symbol=BTCUSDT&side={side}&type=MARKET&quantity={quantity}"),
            _ => format!(
                "symbol=BTCUSDT&side={side}&type=LIMIT&timeInForce=GTC&quantity={quantity}&price={price}&newClientOrderId=n{round}"
            ),
        };
        caller.signed("POST", ORDER, &query).await;
        match next(3) {
            0 => server.trade("BTCUSDT", Decimal::from(59_500 + next(1_000)), quantity),
            1 => {
                drop(caller.signed("DELETE", ORDER, &format!("symbol=BTCUSDT&origClientOrderId=n{}", round / 2)).await)
            }
            _ => {}
        }
    }
    let (mut base, mut quote) = (dec!(1), dec!(10000));
    for fill in server.trades() {
        let sign = if fill.is_buy { dec!(1) } else { dec!(-1) };
        base += sign * fill.quantity;
        quote -= sign * fill.quantity * fill.price;
        if fill.is_buy { base -= fill.commission } else { quote -= fill.commission }
    }
    let held = |asset| server.balance(asset).0 + server.balance(asset).1;
    assert_eq!((held("BTC"), held("USDT")), (base, quote));
    assert!(server.trades().len() > 20, "{}", server.trades().len());
    let open = server.open_orders();
    let locked =
        |is_buy: bool| open.iter().filter(|order| order.is_buy == is_buy).map(|order| order.locked).sum::<Decimal>();
    assert_eq!((server.balance("USDT").1, server.balance("BTC").1), (locked(true), locked(false)));
    for order in &open {
        let due = if order.is_buy { order.remaining() * order.price } else { order.remaining() };
        assert_eq!(order.locked, due, "{order:?}");
    }
}
