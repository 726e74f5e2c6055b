//! Every sample decodes to what it says.

use hoga::broker::binance::fund_flow;
use hoga::broker::binance::history;
use hoga::broker::binance::market_map::Implausible;
use hoga::broker::binance::wire::digits::{MaybeNumber, Number, Whole};
use hoga::broker::binance::wire::market::{Event, Frame, Reply, parse};
use hoga::broker::binance::wire::rest_market::{
    AggregateTradeRow, BookTickerRow, DayRow, DepthSnapshot, FundingRow, FundingTerms, KlineRow, PremiumIndex,
    ServerTime, TradeRow,
};
use hoga::market::{FlowSeries, Level, Side};
use rust_decimal::{Decimal, dec};

use super::{millis, price, quantity, sample};

/// The event of a bare frame, and of the same frame in its wrapper.
fn event_of(name: &str, see: impl Fn(&Event<'_>)) {
    let bare = sample(name);
    let Ok(Frame::Event(None, event)) = parse(&bare) else { panic!("{name}: {:?}", parse(&bare)) };
    see(&event);
    let mut wrapped = br#"{"stream":"btcusdt@some","data":"#.to_vec();
    wrapped.extend(&bare);
    wrapped.push(b'}');
    let Ok(Frame::Event(Some("btcusdt@some"), same)) = parse(&wrapped) else { panic!("{name} wrapped") };
    assert_eq!(same, event, "{name}");
    // The kind last, as no exchange promises not to write it.
    let text = String::from_utf8(bare.clone()).unwrap();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let kind = value["e"].as_str().unwrap();
    let head = format!("\"e\": \"{kind}\",");
    assert_eq!(text.matches(&head).count(), 1, "{name}");
    let tail = text.replacen(&head, "", 1);
    let tail = format!("{}, \"e\": \"{kind}\" }}", tail.trim_end().strip_suffix('}').unwrap());
    let Ok(Frame::Event(None, late)) = parse(tail.as_bytes()) else { panic!("{name} kind last: {tail}") };
    assert_eq!(late, event, "{name}");
    let tail = format!("{{\"data\":{tail},\"stream\":\"btcusdt@some\"}}");
    let Ok(Frame::Event(Some("btcusdt@some"), late)) = parse(tail.as_bytes()) else { panic!("{name} all last") };
    assert_eq!(late, event, "{name}");
}

fn rows<'a, T: serde::Deserialize<'a>>(bytes: &'a [u8]) -> Vec<T> {
    serde_json::from_slice(bytes).unwrap()
}

fn row<'a, T: serde::Deserialize<'a>>(bytes: &'a [u8]) -> T {
    serde_json::from_slice(bytes).unwrap()
}

fn level(at: &str, units: &str) -> Level {
    Level { price: price(at), quantity: quantity(units) }
}

#[test]
fn trades() {
    event_of("ws_f_agg_trade", |event| {
        let Event::AggregateTrade(trade) = event else { panic!("{event:?}") };
        assert_eq!((trade.symbol, trade.id, trade.sent, trade.time), ("BTCUSDT", 5_933_014, 123_456_789, 123_456_785));
        assert_eq!((trade.price, trade.quantity), (Number(dec!(0.001)), Number(dec!(100))));
        assert_eq!((trade.buyer_is_maker, trade.market), (true, Some(1)));
    });
    event_of("ws_f_trade_undocumented", |event| {
        let Event::SingleTrade(trade) = event else { panic!("{event:?}") };
        assert_eq!((trade.id, trade.price, trade.buyer_is_maker), (6_126_585_299, Number(dec!(84088.00)), false));
    });
    let wrapped = sample("ws_f_combined_wrapper");
    let Ok(Frame::Event(Some(stream), Event::AggregateTrade(trade))) = parse(&wrapped) else { panic!() };
    assert_eq!((stream, trade.id), ("btcusdt@aggTrade", 5_933_014));
}

#[test]
fn best_prices_marks_and_days() {
    event_of("ws_f_book_ticker", |event| {
        let Event::BookTicker(ticker) = event else { panic!("{event:?}") };
        assert_eq!((ticker.id, ticker.time, ticker.market), (7_081_766_043_288, 1_742_582_931_601, None));
        assert_eq!((ticker.bid, ticker.bid_quantity), (Number(dec!(84158.30)), Number(dec!(6.454))));
        assert_eq!((ticker.ask, ticker.ask_quantity), (Number(dec!(84158.40)), Number(dec!(9.533))));
    });
    event_of("ws_f_mark_price", |event| {
        let Event::MarkPrice(mark) = event else { panic!("{event:?}") };
        assert_eq!((mark.sent, mark.next_funding), (1_562_305_380_000, 1_562_306_400_000));
        assert_eq!(mark.mark, Number(dec!(11794.15)));
        assert_eq!(mark.index, MaybeNumber(Some(dec!(11784.62659091))));
        assert_eq!(mark.funding_rate, MaybeNumber(Some(dec!(0.00038167))));
        assert_eq!(mark.settlement, MaybeNumber(Some(dec!(11784.25641265))));
        assert_eq!(mark.average, MaybeNumber(Some(dec!(11794.15))));
    });
    event_of("ws_f_ticker", |event| {
        let Event::Ticker(day) = event else { panic!("{event:?}") };
        assert_eq!((day.sent, day.trades, day.last), (1_672_515_782_136, 142_853, Number(dec!(16584.60))));
        assert_eq!(
            (day.open, day.high, day.low),
            (Number(dec!(16716)), Number(dec!(16764.89)), Number(dec!(16456.51)))
        );
        assert_eq!((day.volume, day.value), (Number(dec!(122474.816)), Number(dec!(2036102085.697464))));
        assert_eq!((day.change, day.change_percent), (Number(dec!(-131.4)), Number(dec!(-0.786))));
    });
    event_of("ws_f_mini_ticker", |event| {
        let Event::MiniTicker(day) = event else { panic!("{event:?}") };
        assert_eq!((day.last, day.open, day.value), (Number(dec!(0.0025)), Number(dec!(0.0010)), Number(dec!(18))));
    });
}

#[test]
fn bars_and_liquidations() {
    for (name, closed, low) in [("ws_f_kline_open", false, dec!(0.0015)), ("ws_f_kline_closed", true, dec!(0.0010))] {
        event_of(name, |event| {
            let Event::Kline(kline) = event else { panic!("{event:?}") };
            let bar = kline.bar;
            assert_eq!((bar.opens, bar.ends, bar.interval), (1_638_747_660_000, 1_638_747_719_999, "1m"));
            assert_eq!(
                (bar.open, bar.close, bar.high),
                (Number(dec!(0.001)), Number(dec!(0.002)), Number(dec!(0.0025)))
            );
            assert_eq!((bar.low, bar.closed, bar.volume), (Number(low), closed, Number(dec!(1000))));
        });
    }
    event_of("ws_f_force_order", |event| {
        let Event::ForceOrder(force) = event else { panic!("{event:?}") };
        assert_eq!((force.order.symbol, force.order.side, force.market), ("BTCUSDT", "SELL", Some(1)));
        assert_eq!((force.order.filled, force.order.average_price), (Number(dec!(0.014)), Number(dec!(9910))));
    });
}

#[test]
fn changes_of_a_book_and_its_top() {
    event_of("ws_f_depth_diff", |event| {
        let Event::Depth(depth) = event else { panic!("{event:?}") };
        assert_eq!((depth.first, depth.last, depth.previous, depth.time), (157, 160, 149, 123_456_788));
        assert_eq!(depth.bids.levels, [level("0.0024", "10")]);
        assert_eq!(depth.asks.levels, [level("0.0026", "100")]);
    });
    let top = String::from_utf8(sample("ws_f_depth_partial")).unwrap();
    for (stream, partial) in [("btcusdt@depth5", true), ("btcusdt@depth20@100ms", true), ("btcusdt@depth@100ms", false)]
    {
        let frame = format!("{{\"stream\":\"{stream}\",\"data\":{top}}}");
        match parse(frame.as_bytes()).unwrap() {
            Frame::Event(_, Event::PartialDepth(depth)) if partial => {
                assert_eq!((depth.bids.levels.len(), depth.asks.levels.len()), (5, 5));
                assert_eq!(depth.bids.levels[4], level("7405.43", "2.562"));
            }
            Frame::Event(_, Event::Depth(_)) if !partial => {}
            other => panic!("{stream}: {other:?}"),
        }
    }
}

#[test]
fn answers_to_control_messages() {
    let all: serde_json::Value = serde_json::from_slice(&sample("ws_f_subscribe")).unwrap();
    let text = |name: &str| all[name].to_string();
    assert_eq!(parse(text("reply").as_bytes()).unwrap(), Frame::Reply(Reply::Done { id: Some(1) }));
    assert_eq!(parse(text("list_reply").as_bytes()).unwrap(), Frame::Reply(Reply::Done { id: Some(3) }));
    let refused = |id, text: &'static str| Frame::Reply(Reply::Refused { id, code: 2, text: text.into() });
    let bare = text("error_reply");
    assert_eq!(
        parse(bare.as_bytes()).unwrap(),
        refused(None, "Invalid request: request ID must be an unsigned integer")
    );
    let numbered = text("error_reply_with_id");
    assert_eq!(parse(numbered.as_bytes()).unwrap(), refused(Some(4), "Invalid request: invalid stream"));
    for strange in ["{}", r#"{"hello":"there"}"#, r#"{"stream":"a"}"#, r#"{"stream":"a","data":{}}"#] {
        assert_eq!(parse(strange.as_bytes()).unwrap(), Frame::Strange, "{strange}");
    }
    let Ok(Frame::Event(None, Event::Other("assetIndexUpdate"))) = parse(br#"{"e":"assetIndexUpdate","x":[1]}"#) else {
        panic!("an unknown kind is its own")
    };
}

#[test]
fn lists_of_all_markets_and_the_other_market_among_them() {
    let ours = String::from_utf8(sample("ws_f_mark_price")).unwrap();
    let theirs = ours.replace("\"st\": 1", "\"st\": 2");
    let frame = format!("{{\"stream\":\"!markPrice@arr@1s\",\"data\":[{ours},{theirs}]}}");
    let Ok(Frame::Events(events)) = parse(frame.as_bytes()) else { panic!() };
    assert_eq!(events.iter().map(Event::is_coin_margined).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn replies_of_public_calls() {
    assert_eq!(row::<ServerTime>(&sample("f_time")).server_time, Whole(1_499_827_319_559));
    let book: DepthSnapshot = row(&sample("f_depth"));
    assert_eq!((book.last_update_id, book.time), (1_027_024, Some(1_589_436_922_959)));
    assert_eq!(book.bids.levels, [level("4", "431")]);
    assert_eq!(book.asks.levels, [level("4.000002", "12")]);
    let trades = sample("f_trades");
    let trades: Vec<TradeRow> = rows(&trades);
    assert_eq!((trades[0].id, trades[0].price, trades[0].buyer_is_maker), (28_457, Number(dec!(4.000001)), true));
    let aggregated: Vec<AggregateTradeRow> = rows(&sample("f_agg_trades"));
    assert_eq!((aggregated[0].id, aggregated[0].first_trade), (26_129, 27_781));
    assert_eq!(aggregated[0].quantity_without_rpi, MaybeNumber(Some(dec!(100))));
    let day: DayRow = row(&sample("f_ticker_24hr"));
    assert_eq!((day.open_price, day.high_price, day.count), (Number(dec!(99)), Number(dec!(100)), 76));
    let best: BookTickerRow = row(&sample("f_book_ticker"));
    assert_eq!((best.bid_price, best.ask_qty, best.time), (Number(dec!(4)), Number(dec!(9)), 1_589_437_530_011));
    let premium: PremiumIndex = row(&sample("f_premium_index"));
    assert_eq!((premium.mark_price, premium.next_funding_time), (Number(dec!(11793.63104562)), 1_597_392_000_000));
    assert_eq!(premium.last_funding_rate, MaybeNumber(Some(dec!(0.00038246))));
    let fundings: Vec<FundingRow> = rows(&sample("f_funding_rate"));
    assert_eq!(fundings[0].rate_type.as_deref(), Some("Regular"));
    assert_eq!(fundings[1].mark_price, MaybeNumber(None));
    let terms: Vec<FundingTerms> = rows(&sample("f_funding_info"));
    assert_eq!((terms[0].funding_interval_hours, terms[0].adjusted_funding_rate_floor), (8, Number(dec!(-0.025))));
}

#[test]
fn candles_know_whether_they_are_over() {
    let bytes = sample("f_klines");
    let raw: Vec<KlineRow> = rows(&bytes);
    assert_eq!((raw[0].trades, raw[0].taker_volume), (1_874, Number(dec!(385.983))));
    let now = millis(1_607_444_800_000);
    let candles = history::candles(&bytes, now).unwrap();
    assert_eq!(candles.iter().map(|candle| candle.closed).collect::<Vec<_>>(), [true, false]);
    let first = candles[0];
    assert_eq!((first.time, first.open, first.high), (millis(1_607_444_700_000), price("18879.99"), price("18900")));
    assert_eq!((first.low, first.close), (price("18878.98"), price("18896.13")));
    assert_eq!((first.volume, first.value), (quantity("492.363"), dec!(9302145.66080)));
    let later = history::candles(&bytes, millis(1_607_444_820_000)).unwrap();
    assert!(later.iter().all(|candle| candle.closed));
}

#[test]
fn prints_have_the_side_of_the_taker() {
    let trades = history::trades(&sample("f_agg_trades")).unwrap();
    let (time, trade) = trades[0];
    assert_eq!((time, trade.id, trade.side), (millis(1_498_793_709_153), 26_129, Some(Side::Sell)));
    assert_eq!((trade.price, trade.quantity), (price("0.01633102"), quantity("4.70443515")));
}

#[test]
fn who_holds_what() {
    let now = fund_flow::open_interest_now(&sample("f_open_interest")).unwrap();
    assert_eq!((now.units, now.time), (quantity("10659.509"), millis(1_589_437_530_011)));
    let points = |series, name| fund_flow::points(series, &sample(name)).unwrap();
    let open = points(FlowSeries::OpenInterest, "f_open_interest_hist");
    let stamps: Vec<i64> = open.iter().map(|row| row.time.millis()).collect();
    assert_eq!(stamps, [1_583_127_900_000, 1_583_128_200_000, 1_591_261_042_378]);
    assert_eq!((open[0].long, open[0].value), (dec!(20403.637), Some(dec!(150570784.07809979))));
    let takers = points(FlowSeries::Takers, "f_taker_long_short_ratio");
    // Oldest first, though the example is not.
    assert_eq!(takers[1].ratio.map(|ratio| ratio.round_dp(4)), Some(dec!(1.5587)));
    assert_eq!((takers[1].long, takers[1].short), (dec!(387.33), Some(dec!(248.503))));
    let everybody = points(FlowSeries::Accounts, "f_global_long_short_account_ratio");
    // As the exchange says it, which is not long over short here.
    assert_eq!(
        (everybody[0].long, everybody[0].short, everybody[0].ratio),
        (dec!(0.6622), Some(dec!(0.3378)), Some(dec!(0.1960)))
    );
    let largest = points(FlowSeries::TopPositions, "f_top_long_short_position_ratio");
    assert_eq!((largest[1].long, largest[1].short), (dec!(0.3583), Some(dec!(0.6417))));
    let fundings = fund_flow::fundings(&sample("f_funding_rate")).unwrap();
    assert_eq!((fundings[0].rate, fundings[0].mark), (dec!(-0.0375), Some(price("34287.54619963"))));
    assert_eq!((fundings[1].rate, fundings[1].mark), (Decimal::new(1, 4), None));
}

#[test]
fn what_cannot_be_in_history_is_refused_as_a_whole() {
    let text = String::from_utf8(sample("f_klines")).unwrap();
    let now = millis(1_700_000_000_000);
    for (from, to) in [("18879.99", "-1"), ("18878.98", "0"), ("18900.00", "18880"), ("1607444700000", "1")] {
        let odd = text.replacen(from, to, 1);
        assert!(
            matches!(history::candles(odd.as_bytes(), now), Err(history::HistoryError::Implausible(Implausible(_)))),
            "{to}"
        );
    }
}
