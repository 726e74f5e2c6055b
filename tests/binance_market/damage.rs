//! Messages nobody would send: cut, garbled, huge, with nulls and unknown words. Nothing panics, nothing that cannot be
//! comes out, and the next good message is taken.

use hoga::broker::binance::listing::Listing;
use hoga::broker::binance::market_map::MarketMap;
use hoga::broker::binance::wire::market::{Frame, parse};
use hoga::broker::binance::wire::rest_market::DepthSnapshot;
use hoga::broker::binance::{fund_flow, history};
use hoga::market::{FlowSeries, MarketBody, MarketEvent};
use rust_decimal::Decimal;

use super::random::Random;
use super::{millis, sample, symbol};

const FRAMES: [&str; 10] = [
    "ws_f_agg_trade",
    "ws_f_book_ticker",
    "ws_f_combined_wrapper",
    "ws_f_depth_diff",
    "ws_f_depth_partial",
    "ws_f_force_order",
    "ws_f_kline_open",
    "ws_f_mark_price",
    "ws_f_ticker",
    "ws_f_trade_undocumented",
];

const REPLIES: [&str; 12] = [
    "f_depth",
    "f_klines",
    "f_agg_trades",
    "f_trades",
    "f_ticker_24hr",
    "f_premium_index",
    "f_funding_rate",
    "f_open_interest",
    "f_open_interest_hist",
    "f_taker_long_short_ratio",
    "f_global_long_short_account_ratio",
    "f_exchange_info_2022",
];

/// What a damaged message has somewhere in it.
const WORDS: [&str; 16] = [
    "null",
    "\"\"",
    "-1",
    "0",
    "1e400",
    "99999999999999999999999999",
    "\"NaN\"",
    "true",
    "[]",
    "{}",
    "\"\\u0000\"",
    "\"-0.0000000000000000000000000001\"",
    "18446744073709551615",
    "[[[[[[",
    "\u{1b}[2J",
    "\"79228162514264337593543950335\"",
];

/// The sample with times of today, so that its numbers are what is looked at.
fn recent(name: &str) -> Vec<u8> {
    let text = String::from_utf8(sample(name)).unwrap();
    text.replace("123456789", "1763700000000").replace("123456785", "1763700000000").into_bytes()
}

fn damaged(random: &mut Random, bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=random.below(3) {
        let at = random.below(bytes.len() as u64 + 1) as usize;
        match random.below(6) {
            0 => bytes.truncate(at),
            1 if at < bytes.len() => bytes[at] = random.next() as u8,
            2 => {
                bytes.splice(at..at, random.pick(&WORDS).bytes());
            }
            3 => value(random, &mut bytes),
            4 => {
                let end = (at + random.below(20) as usize).min(bytes.len());
                bytes.drain(at..end);
            }
            _ => {
                let end = (at + random.below(60) as usize).min(bytes.len());
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
        }
    }
    bytes
}

/// Another value after one of the colons.
fn value(random: &mut Random, bytes: &mut Vec<u8>) {
    let colons: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] == b':').collect();
    if colons.is_empty() {
        return;
    }
    let from = *random.pick(&colons) + 1;
    let length = bytes[from..].iter().position(|byte| matches!(byte, b',' | b'}' | b'\n')).unwrap_or(0);
    bytes.splice(from..from + length, random.pick(&WORDS).bytes());
}

/// No event may hold what no market has.
fn is_possible(event: &MarketEvent) -> bool {
    let year = event.venue_time.to_string()[..4].parse::<u32>().unwrap();
    let body = match &event.body {
        MarketBody::Trade(trade) => trade.price.value() > Decimal::ZERO && !trade.quantity.is_zero(),
        MarketBody::Mark(mark) => mark.mark.value() > Decimal::ZERO && mark.funding_rate.abs() <= Decimal::ONE,
        MarketBody::Day(day) => day.value >= Decimal::ZERO,
        _ => true,
    };
    (2017..2100).contains(&year) && body
}

#[test]
fn a_damaged_frame_harms_nobody() {
    let random = &mut Random::new(1);
    let mut map = MarketMap::new();
    map.watch(symbol("BTCUSDT"));
    let (mut out, mut read) = (Vec::new(), 0);
    for round in 0..40_000 {
        let bytes = damaged(random, &recent(FRAMES[round % FRAMES.len()]));
        match parse(&bytes) {
            Ok(Frame::Event(_, event)) => {
                read += 1;
                let _ = map.event(event, millis(1_763_700_000_001), &mut out);
            }
            Ok(Frame::Events(events)) => {
                for event in events {
                    let _ = map.event(event, millis(1_763_700_000_001), &mut out);
                }
            }
            Ok(Frame::Reply(_) | Frame::Strange) | Err(_) => {}
        }
        assert!(out.iter().all(is_possible), "{}", String::from_utf8_lossy(&bytes));
        out.clear();
    }
    assert!(read > 1_500, "only {read} damaged frames could be read");
}

#[test]
fn a_damaged_reply_harms_nobody() {
    let random = &mut Random::new(2);
    let now = millis(1_763_700_000_000);
    let (mut listed, mut books) = (0, 0);
    for round in 0..12_000 {
        let bytes = damaged(random, &sample(REPLIES[round % REPLIES.len()]));
        let _ = history::candles(&bytes, now);
        let _ = history::trades(&bytes);
        for series in FlowSeries::ALL {
            let _ = fund_flow::points(series, &bytes);
        }
        let _ = fund_flow::fundings(&bytes);
        books += u32::from(serde_json::from_slice::<DepthSnapshot>(&bytes).is_ok());
        if let Ok(listing) = Listing::read(&bytes) {
            listed += 1;
            for instrument in &listing.instruments {
                assert!(!instrument.lot.is_zero(), "{}", String::from_utf8_lossy(&bytes));
                assert!(listing.rules.contains_key(&instrument.id.symbol));
            }
        }
    }
    assert!(listed > 50 && books > 20, "{listed} listings and {books} books could be read");
}

#[test]
fn a_frame_beyond_all_measure_is_not_read() {
    let levels = "[\"1\",\"1\"],".repeat(200_000);
    let frame = format!(
        r#"{{"e":"depthUpdate","E":1,"T":1,"s":"BTCUSDT","U":1,"u":1,"pu":0,"b":[{}["1","1"]],"a":[]}}"#,
        levels
    );
    assert!(parse(frame.as_bytes()).is_err());
    assert!(parse("[".repeat(100_000).as_bytes()).is_err());
    assert!(parse(format!("{{\"stream\":\"a\",\"data\":{}", "[".repeat(100_000)).as_bytes()).is_err());
}
