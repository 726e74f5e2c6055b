//! Lines of a public recording, turned into records.

use super::*;

const TRADES: &str = "recv_ns,seq,event_ms,trade_ms,trade_id,price,qty,buyer_is_maker,kind\n\
    1000000000,2,1005,1004,77,61800.30,0.006,1,MARKET\n";
const QUOTES: &str = "recv_ns,seq,event_ms,txn_ms,update_id,bid,bid_qty,ask,ask_qty\n\
    1010000000,3,,,9,61800.20,2.507,61800.30,2.510\n";
const DIFFS: &str = "recv_ns,seq,event_ms,txn_ms,first_id,last_id,prev_last_id,side,price,qty\n\
    990000000,1,1003,1002,11,12,10,b,58710.20,0.014\n\
    990000000,1,1003,1002,11,12,10,a,61900.00,0.000\n\
    1030000000,5,1043,1042,13,14,,b,58710.20,1\n";
const SNAPSHOT: &str = "recv_ns,seq,last_update_id,side,price,qty\n\
    1020000000,4,11,b,61800.20,2.909\n\
    1020000000,4,11,a,61800.30,1\n";

fn converted(files: [&str; 4]) -> Result<(CaptureHeader, Vec<MarketEvent>), ConvertError> {
    let [trades, quotes, diffs, snapshot] = files.map(str::as_bytes);
    let recording = Recording { trades, quotes, diffs, snapshot };
    convert(recording, "BINANCE_FUTURES:BTCUSDT".parse().unwrap(), "made up")
}

fn level(price: &str, quantity: &str) -> Level {
    Level { price: price.parse().unwrap(), quantity: quantity.parse().unwrap() }
}

#[test]
fn four_files_become_one_stream_in_the_order_of_arrival() {
    let (header, events) = converted([TRADES, QUOTES, DIFFS, SNAPSHOT]).unwrap();
    assert_eq!((header.price_decimals, header.quantity_decimals), (1, 3));
    let update = |sequence, bids, asks| MarketBody::Book(Box::new(BookUpdate { sequence, bids, asks }));
    let Level { price, quantity } = level("61800.3", "0.006");
    let (bid, ask) = (Some(level("61800.2", "2.507")), Some(level("61800.3", "2.51")));
    let chained = Sequence::Chained { first: 11, last: 12, previous: 10 };
    let expected = [
        update(chained, vec![level("58710.2", "0.014")], vec![level("61900", "0")]),
        MarketBody::Trade(Trade { id: 77, price, quantity, side: Some(Side::Sell) }),
        MarketBody::Quote(Quote { bid, ask }),
        update(Sequence::Snapshot { last: 11 }, vec![level("61800.2", "2.909")], vec![level("61800.3", "1")]),
        update(Sequence::Counted { first: 13, last: 14 }, vec![level("58710.2", "1")], vec![]),
    ];
    assert_eq!(events.iter().map(|event| event.body.clone()).collect::<Vec<_>>(), expected);
}

#[test]
fn receive_times_are_moved_until_nothing_arrives_before_it_was_sent() {
    let (header, events) = converted([TRADES, QUOTES, DIFFS, SNAPSHOT]).unwrap();
    assert_eq!(header.receive_shift_ms, 20);
    let times: Vec<_> = events.iter().map(|event| (event.venue_time.millis(), event.received_at.millis())).collect();
    assert_eq!(times, [(1002, 1010), (1004, 1020), (1030, 1030), (1040, 1040), (1042, 1050)]);
    let good = TRADES.replace("1005,1004", "999,998");
    let empty = |text: &str| format!("{}\n", text.lines().next().unwrap());
    let (header, _) = converted([&good, &empty(QUOTES), &empty(DIFFS), &empty(SNAPSHOT)]).unwrap();
    assert_eq!(header.receive_shift_ms, 0);
}

#[test]
fn files_that_are_not_what_they_should_be_are_named() {
    let broken = TRADES.replace("61800.30", "sixty");
    let error = converted([&broken, QUOTES, DIFFS, SNAPSHOT]).unwrap_err().to_string();
    assert!(error.starts_with("trades: ") && error.contains("line: 2"), "{error}");
    let sideways = DIFFS.replace(",b,", ",x,");
    let error = converted([TRADES, QUOTES, &sideways, SNAPSHOT]).unwrap_err().to_string();
    assert!(error.contains("diffs: line 1") && error.contains("neither"), "{error}");
    let twice = SNAPSHOT.replace(",4,", ",5,");
    assert!(converted([TRADES, QUOTES, DIFFS, &twice]).unwrap_err().to_string().contains("one number"));
    let empty = ["recv_ns,seq\n"; 4];
    assert!(matches!(converted(empty), Err(ConvertError::Empty)));
}
