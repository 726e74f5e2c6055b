//! Every sample says what the reference says it says.

use hoga::broker::binance::history;
use hoga::broker::binance::market_map::{Mapped, MarketMap};
use hoga::broker::binance::spot::market_map;
use hoga::broker::binance::spot::wire::market::{self, MarketFrame};
use hoga::broker::binance::spot::wire::{account, exchange_info, order, user};
use hoga::broker::binance::wire::rest_market::DepthSnapshot;
use hoga::market::{Level, MarketBody, MarketEvent, Quote, Sequence, Side, Symbol, Trade};
use proptest::prelude::*;
use rust_decimal::dec;
use serde_json::json;

use crate::samples::{all, at, changed, id, part, price, sample, units};

const NOW: i64 = 1_700_000_000_500;

fn frame(name: &str) -> MarketFrame {
    market::decode(&sample(name), None).unwrap()
}

fn told(map: &mut MarketMap, frame: MarketFrame) -> Vec<MarketEvent> {
    let mut out = Vec::new();
    map.spot_event(frame, (at(NOW), at(NOW - 7)), &mut out).unwrap();
    out
}

fn watching(symbols: &[&str]) -> MarketMap {
    let mut map = MarketMap::spot();
    symbols.iter().for_each(|symbol| map.watch(Symbol::new(symbol).unwrap()));
    map
}

fn level(at: &str, quantity: &str) -> Level {
    Level { price: price(at), quantity: units(quantity) }
}

#[test]
fn a_print_has_the_side_of_its_taker() {
    let mut map = watching(&["BNBBTC"]);
    let told = told(&mut map, frame("ws_s_agg_trade.json"));
    let trade = Trade { id: 12_345, price: price("0.001"), quantity: units("100"), side: Some(Side::Sell) };
    assert_eq!(
        told,
        [MarketEvent {
            instrument: id("BNBBTC"),
            venue_time: at(1_672_515_782_136),
            received_at: at(NOW),
            body: MarketBody::Trade(trade)
        }]
    );
}

#[test]
fn single_prints_are_read_and_not_told_beside_the_aggregated_ones() {
    let MarketFrame::Trade(trade) = frame("ws_s_trade.json") else { panic!() };
    assert_eq!((trade.id, trade.price.0, trade.buyer_is_maker), (12_345, Some(dec!(0.001)), true));
    assert!(told(&mut watching(&["BNBBTC"]), frame("ws_s_trade.json")).is_empty());
}

#[test]
fn a_candle_says_whether_it_is_over() {
    let MarketFrame::Kline(kline) = frame("ws_s_kline.json") else { panic!() };
    let bar = kline.bar;
    assert_eq!((bar.open_ms, bar.close_ms, bar.interval.as_str()), (1_672_515_780_000, 1_672_515_839_999, "1m"));
    assert_eq!(
        (bar.open.0, bar.high.0, bar.low.0, bar.close.0),
        (Some(dec!(0.0010)), Some(dec!(0.0025)), Some(dec!(0.0015)), Some(dec!(0.0020)))
    );
    assert_eq!((bar.volume.0, bar.quote_volume.0, bar.trades), (Some(dec!(1000)), Some(dec!(1)), 100));
    assert!(!bar.closed);
}

#[test]
fn the_day_has_the_price_before_it_where_that_is_told() {
    let mut map = watching(&["BNBBTC"]);
    let [event] = &told(&mut map, frame("ws_s_ticker.json"))[..] else { panic!() };
    let MarketBody::Day(day) = &event.body else { panic!() };
    assert_eq!((day.open, day.high, day.low), (Some(price("0.001")), Some(price("0.0025")), Some(price("0.001"))));
    assert_eq!((day.previous_close, day.volume, day.value), (Some(price("0.0009")), units("10000"), dec!(18)));
    let [event] = &told(&mut watching(&["BNBBTC"]), frame("ws_s_mini_ticker.json"))[..] else { panic!() };
    let MarketBody::Day(day) = &event.body else { panic!() };
    assert_eq!(day.previous_close, Some(price("0.001")));
}

/// Trap: a best price has neither a type nor a time, and breaks parsers that look for one.
#[test]
fn a_best_price_without_type_and_time_is_one() {
    let mut map = watching(&["BNBUSDT"]);
    let [event] = &told(&mut map, frame("ws_s_book_ticker.json"))[..] else { panic!() };
    let quote = Quote { bid: Some(level("25.3519", "31.21")), ask: Some(level("25.3652", "40.66")) };
    assert_eq!((event.venue_time, &event.body), (at(NOW - 7), &MarketBody::Quote(quote)));
    assert_eq!(told(&mut map, frame("ws_s_book_ticker.json")), [], "the same again");
}

/// Trap: the top of a book has neither a type nor a symbol; merged as changes it leaves dead levels behind.
#[test]
fn the_top_of_a_book_is_known_by_its_stream_alone_and_replaces() {
    let bytes = sample("ws_s_depth_partial.json");
    assert_eq!(market::decode(&bytes, None).unwrap(), MarketFrame::Other, "nobody knows whose");
    assert_eq!(market::decode(&bytes, Some("bnbbtc@depth@100ms")).unwrap(), MarketFrame::Other);
    let wrapped = format!(r#"{{"stream":"bnbbtc@depth5@100ms","data":{}}}"#, String::from_utf8(bytes.clone()).unwrap());
    for frame in [market::decode(&bytes, Some("bnbbtc@depth5")), market::decode(wrapped.as_bytes(), None)] {
        let MarketFrame::Top(top) = frame.unwrap() else { panic!() };
        let event = market_map::top(top, at(NOW), at(NOW)).unwrap();
        let MarketBody::Book(book) = event.body else { panic!() };
        assert_eq!((event.instrument, book.sequence), (id("BNBBTC"), Sequence::Whole));
        assert_eq!((book.bids, book.asks), (vec![level("0.0024", "10")], vec![level("0.0026", "100")]));
    }
}

#[test]
fn changes_of_a_book_are_counted() {
    let MarketFrame::Depth(depth) = frame("ws_s_depth_diff.json") else { panic!() };
    assert_eq!(
        (depth.symbol.as_str(), depth.sent_ms, depth.first, depth.last),
        ("BNBBTC", 1_672_515_782_136, 157, 160)
    );
    assert_eq!((depth.bids.levels, depth.asks.levels), (vec![level("0.0024", "10")], vec![level("0.0026", "100")]));
    let mut out = Vec::new();
    let mapped = watching(&["BNBBTC"]).spot_event(frame("ws_s_depth_diff.json"), (at(NOW), at(NOW)), &mut out);
    assert!(matches!(mapped, Ok(Mapped::Wanted(..))), "a snapshot is wanted: {mapped:?}");
}

#[test]
fn a_shutdown_is_heard_in_each_of_its_envelopes() {
    for envelope in ["raw", "combined", "ws_api"] {
        let bytes = part("ws_s_server_shutdown.json", &format!("/{envelope}"));
        assert_eq!(market::decode(&bytes, None).unwrap(), MarketFrame::ServerShutdown, "{envelope}");
    }
}

#[test]
fn control_replies_and_strange_messages_are_told_apart_and_harmless() {
    let read = |text: &str| market::decode(text.as_bytes(), None).unwrap();
    assert_eq!(read(r#"{"result":null,"id":1}"#), MarketFrame::Reply { id: Some(1), error: None });
    for text in
        [r#"{"code":2,"msg":"Invalid request: bad"}"#, r#"{"error":{"code":2,"msg":"Invalid request: bad"},"id":7}"#]
    {
        let MarketFrame::Reply { error: Some((code, said)), .. } = read(text) else { panic!("{text}") };
        assert_eq!((code, said.as_str()), (2, "Invalid request: bad"));
    }
    for text in [r#"{}"#, r#"{"e":"avgPrice","s":"BTCUSDT"}"#, r#"{"hello":1}"#] {
        assert_eq!(read(text), MarketFrame::Other, "{text}");
    }
    assert!(market::decode(b"<html>", None).is_err());
}

/// A value no market has costs its own message and nothing else.
#[test]
fn impossible_values_are_refused_one_by_one() {
    let mut map = watching(&["BNBBTC", "BNBUSDT"]);
    for (name, pointer, value) in [
        ("ws_s_agg_trade.json", "/p", json!("-0.001")),
        ("ws_s_agg_trade.json", "/p", json!("0")),
        ("ws_s_agg_trade.json", "/q", json!("0")),
        ("ws_s_agg_trade.json", "/T", json!(1_000)),
        ("ws_s_agg_trade.json", "/T", json!(9_999_999_999_999_i64)),
        ("ws_s_depth_diff.json", "/b/0/0", json!("0")),
        ("ws_s_depth_diff.json", "/a/0/1", json!("-1")),
        ("ws_s_depth_diff.json", "/U", json!(161)),
        ("ws_s_book_ticker.json", "/b", json!("-1")),
        ("ws_s_ticker.json", "/v", json!("-1")),
    ] {
        let bytes = changed(&sample(name), pointer, value.clone());
        let frame = market::decode(&bytes, None).unwrap();
        let mut out = Vec::new();
        assert!(map.spot_event(frame, (at(NOW), at(NOW)), &mut out).is_err(), "{name} {pointer} {value}");
        assert!(out.is_empty());
    }
    assert_eq!(told(&mut map, frame("ws_s_agg_trade.json")).len(), 1, "the next good one is taken");
}

#[test]
fn numbers_keep_every_digit_whichever_way_they_are_written() {
    let text = changed(&sample("ws_s_agg_trade.json"), "/p", json!("0.10000000000000001"));
    let MarketFrame::AggTrade(trade) = market::decode(&text, None).unwrap() else { panic!() };
    assert_eq!(trade.price.0, Some(dec!(0.10000000000000001)));
    let text = String::from_utf8(sample("ws_s_agg_trade.json")).unwrap().replace("\"0.001\"", "0.10000000000000001");
    let MarketFrame::AggTrade(trade) = market::decode(text.as_bytes(), None).unwrap() else { panic!() };
    assert_eq!(trade.price.0, Some(dec!(0.10000000000000001)));
}

#[test]
fn replies_of_the_market_endpoints_are_read() {
    let book: DepthSnapshot = serde_json::from_slice(&sample("s_depth.json")).unwrap();
    assert_eq!((book.last_update_id, book.time), (14_527_958_487, None));
    assert_eq!((book.bids.levels.len(), book.bids.levels[0]), (10, level("60650", "0.00213")));
    assert_eq!((book.asks.levels.len(), book.asks.levels[9]), (10, level("60659.94", "0.9617")));
    let prints = history::trades(&sample("s_agg_trades.json")).unwrap();
    assert_eq!(prints.len(), 10);
    let first = Trade { id: 966_492_862, price: price("60759.6"), quantity: units("0.00841"), side: Some(Side::Buy) };
    assert_eq!(prints[0], (at(1_634_944_096_633), first));
    assert_eq!(prints[2].1.side, Some(Side::Sell));
    let (symbol, day, quote) = market_map::day(&sample("s_ticker_24hr.json"), at(NOW)).unwrap();
    assert_eq!((symbol.as_str(), day.venue_time), ("BNBBTC", at(1_499_869_899_040)));
    let MarketBody::Day(day) = day.body else { panic!() };
    assert_eq!((day.previous_close, day.volume), (Some(price("0.10002")), units("8913.3")));
    let MarketBody::Quote(quote) = quote.body else { panic!() };
    assert_eq!(quote, Quote { bid: Some(level("4", "100")), ask: Some(level("4.000002", "100")) });
}

/// Trap: the last row of klines still forms.
#[test]
fn the_last_candle_is_not_over() {
    let candles = history::candles(&sample("s_klines.json"), at(1_634_944_330_000)).unwrap();
    assert_eq!(candles.len(), 10);
    assert_eq!(
        (candles[0].time, candles[0].open, candles[0].close),
        (at(1_634_943_780_000), price("60685.22"), price("60719.27"))
    );
    assert_eq!((candles[0].volume, candles[0].value), (units("21.63272"), dec!(1313200.0134041)));
    assert_eq!(candles.iter().map(|candle| candle.closed).collect::<Vec<_>>(), [vec![true; 9], vec![false]].concat());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Bytes changed at random are read or refused, by every decoder, and whatever is read can be looked at.
    #[test]
    fn changed_bytes_never_break_a_decoder(
        pick in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_u8..4), 1..6),
    ) {
        let samples = all();
        let (name, mut bytes) = samples[pick.index(samples.len())].clone();
        if bytes.len() > 20_000 {
            bytes.truncate(20_000);
        }
        for (place, byte, edit) in edits {
            let place = place.index(bytes.len().max(1)).min(bytes.len().saturating_sub(1));
            match edit {
                0 if !bytes.is_empty() => bytes[place] = byte,
                1 if !bytes.is_empty() => { bytes.remove(place); }
                2 => bytes.insert(place, byte),
                _ => bytes.truncate(place),
            }
        }
        let listing = crate::samples::market();
        let mut map = watching(&["BNBBTC", "BNBUSDT", "BTCUSDT"]);
        let mut out = Vec::new();
        for stream in [None, Some("btcusdt@depth5"), Some("btcusdt@depth@100ms")] {
            if let Ok(frame) = market::decode(&bytes, stream) {
                let _ = map.spot_event(frame, (at(NOW), at(NOW)), &mut out);
            }
        }
        let _ = (serde_json::from_slice::<DepthSnapshot>(&bytes), market_map::day(&bytes, at(NOW)));
        let _ = hoga::broker::binance::spot::listing::Listing::read(&bytes);
        let _ = exchange_info::decode(&bytes);
        if let Ok(account) = account::decode(&bytes) {
            let _ = hoga::broker::binance::spot::report::holdings(&account, &listing);
        }
        if let Ok(reply) = order::decode(&bytes) {
            let _ = hoga::broker::binance::spot::report::order_report(&reply);
            let _ = hoga::broker::binance::spot::report::reply_fills(&reply, &listing);
        }
        for list in [order::decode_orders(&bytes), order::decode_canceled(&bytes)].into_iter().flatten() {
            list.rows.iter().for_each(|row| { let _ = hoga::broker::binance::spot::report::order_report(row); });
        }
        if let Ok(list) = order::decode_trades(&bytes) {
            list.rows.iter().for_each(|row| { let _ = hoga::broker::binance::spot::report::trade_report(row, &listing); });
        }
        let _ = (order::decode_cancel_replace(&bytes), order::decode_amend(&bytes));
        if let Ok(user::UserFrame::Event { event, .. }) = user::decode(&bytes) {
            let _ = hoga::broker::binance::spot::report::events(&event, &listing);
        }
        let _ = name;
    }
}
