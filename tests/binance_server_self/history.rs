//! The past the server tells is one past.

use rust_decimal::{Decimal, dec};
use serde_json::Value;

use crate::binance_server::{Options, Server};
use crate::caller::Caller;

const MINUTE: i64 = 60_000;

fn decimal(value: &Value) -> Decimal {
    value.as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn bars_follow_one_another_and_pages_meet() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server);
    let path = "/fapi/v1/klines?symbol=BTCUSDT";
    for (interval, span) in [("1m", MINUTE), ("5m", 5 * MINUTE), ("1h", 60 * MINUTE), ("1d", 1_440 * MINUTE)] {
        let rows = caller.open(&format!("{path}&interval={interval}&limit=50")).await;
        let rows = rows.as_array().unwrap();
        assert_eq!(rows.len(), 50);
        for pair in rows.windows(2) {
            assert_eq!(pair[1][0].as_i64().unwrap() - pair[0][0].as_i64().unwrap(), span, "{interval}");
            assert_eq!(pair[0][6].as_i64().unwrap() + 1, pair[1][0].as_i64().unwrap(), "{interval}");
            assert_eq!(pair[0][4], pair[1][1], "{interval}: {pair:?}");
        }
        for row in rows {
            let (open, high, low, close) = (decimal(&row[1]), decimal(&row[2]), decimal(&row[3]), decimal(&row[4]));
            assert!(high >= open.max(close) && low <= open.min(close), "{row}");
        }
        let from = rows[10][0].as_i64().unwrap();
        let page = caller.open(&format!("{path}&interval={interval}&startTime={from}&limit=5")).await;
        assert_eq!(page.as_array().unwrap()[..], rows[10..15], "{interval}");
        let until = rows[40][0].as_i64().unwrap() - 1;
        let page = caller.open(&format!("{path}&interval={interval}&endTime={until}&limit=5")).await;
        assert_eq!(page.as_array().unwrap()[..], rows[35..40], "{interval}");
    }
    for interval in ["3d", "1w", "1M", "4h", "15m"] {
        assert_eq!(caller.open(&format!("{path}&interval={interval}&limit=3")).await.as_array().unwrap().len(), 3);
    }
    let refused = caller.raw("GET", &format!("{path}&interval=7m"), "").await.unwrap();
    assert!(refused.text().await.unwrap().contains("-1120"));
}

#[tokio::test]
async fn the_last_bar_is_of_the_trades_of_now() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server);
    let before = server.now();
    server.trade("BTCUSDT", dec!(60005), dec!(0.5));
    server.trade("BTCUSDT", dec!(60001), dec!(0.25));
    let minute = before - before.rem_euclid(MINUTE);
    let rows = caller.open(&format!("/fapi/v1/klines?symbol=BTCUSDT&interval=1m&startTime={minute}&limit=1")).await;
    assert_eq!(
        (rows[0][1].as_str(), rows[0][2].as_str(), rows[0][4].as_str()),
        (Some("60000.00"), Some("60005.00"), Some("60001.00"))
    );
    assert_eq!((rows[0][5].as_str(), rows[0][8].as_i64()), (Some("0.750"), Some(2)));
}

#[tokio::test]
async fn trades_have_ids_without_holes_across_the_start() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server);
    server.trade("BTCUSDT", dec!(60005), dec!(0.5));
    let rows = caller.open("/fapi/v1/aggTrades?symbol=BTCUSDT&limit=100").await;
    let rows = rows.as_array().unwrap();
    assert_eq!((rows.len(), rows[99]["p"].as_str()), (100, Some("60005.00")));
    for pair in rows.windows(2) {
        assert_eq!(pair[1]["a"].as_i64().unwrap(), pair[0]["a"].as_i64().unwrap() + 1);
        assert!(pair[1]["T"].as_i64() >= pair[0]["T"].as_i64());
    }
    let from = rows[20]["a"].as_i64().unwrap();
    let page = caller.open(&format!("/fapi/v1/aggTrades?symbol=BTCUSDT&fromId={from}&limit=10")).await;
    assert_eq!(page.as_array().unwrap()[..], rows[20..30]);
    let (start, end) = (rows[20]["T"].as_i64().unwrap(), rows[29]["T"].as_i64().unwrap());
    let page = caller.open(&format!("/fapi/v1/aggTrades?symbol=BTCUSDT&startTime={start}&endTime={end}")).await;
    assert_eq!(page.as_array().unwrap()[..], rows[20..30]);
}
