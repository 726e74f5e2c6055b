//! Every sample of the stream of KIS is read as it should be: frames, notices, control messages.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeSet;
use std::path::Path;

use hoga::broker::kis::map::{overseas_market, stock_market};
use hoga::broker::kis::realtime::cipher::{CipherFault, NoticeKeys};
use hoga::broker::kis::realtime::control::{Change, Control, Customer, Verdict, message};
use hoga::broker::kis::realtime::notice::{ChangeOf, Happened, Notice};
use hoga::broker::kis::realtime::read::ReadFault;
use hoga::broker::kis::realtime::row::Scratch;
use hoga::broker::kis::realtime::{Frame, FrameFault, Reader, Record, Stream, Tally};
use hoga::broker::kis::wire::{Clock, Text};
use hoga::market::{MarketBody, MarketEvent, Phase, Price, Side, UtcTime, Venue};
use proptest::prelude::*;
use rust_decimal::{Decimal, dec};

fn bytes(file: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/kis").join(file);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn at(text: &str) -> UtcTime {
    UtcTime::parse(text).unwrap()
}

/// Plain frames: stream, fields of a record, records.
const FRAMES: [(&str, Stream, usize, usize); 31] = [
    ("ws_h0stcnt0.txt", Stream::KrxTrade, 47, 1),
    ("ws_h0stcnt0_multi.txt", Stream::KrxTrade, 47, 3),
    ("ws_h0stcnt0_aftermarket.txt", Stream::KrxTrade, 47, 1),
    ("ws_h0stcnt0_expected_open.txt", Stream::KrxTrade, 47, 1),
    ("ws_h0stcnt0_legacy46.txt", Stream::KrxTrade, 46, 1),
    ("ws_h0stasp0.txt", Stream::KrxBook, 63, 1),
    ("ws_h0stasp0_legacy62.txt", Stream::KrxBook, 62, 1),
    ("ws_h0stasp0_legacy59.txt", Stream::KrxBook, 59, 1),
    ("ws_h0uncnt0.txt", Stream::UnifiedTrade, 47, 1),
    ("ws_h0nxcnt0.txt", Stream::NxtTrade, 47, 1),
    ("ws_h0unasp0.txt", Stream::UnifiedBook, 66, 1),
    ("ws_h0nxasp0.txt", Stream::NxtBook, 65, 1),
    ("ws_h0stmko0.txt", Stream::KrxStatus, 10, 1),
    ("ws_h0stmko0_vi_on.txt", Stream::KrxStatus, 10, 1),
    ("ws_h0unmko0.txt", Stream::UnifiedStatus, 10, 1),
    ("ws_hdfscnt0.txt", Stream::OverseasTrade, 26, 1),
    ("ws_hdfscnt0_multi.txt", Stream::OverseasTrade, 26, 2),
    ("ws_hdfsasp0.txt", Stream::OverseasBook, 71, 1),
    ("ws_hdfsasp1.txt", Stream::OverseasDelayedBook, 17, 1),
    ("ws_h0ifcnt0.txt", Stream::FutureTrade, 50, 1),
    ("ws_h0ifasp0.txt", Stream::FutureBook, 38, 1),
    ("ws_h0iocnt0.txt", Stream::OptionTrade, 58, 1),
    ("ws_h0zfcnt0.txt", Stream::StockFutureTrade, 49, 1),
    ("ws_h0mfcnt0_example46.txt", Stream::NightFutureTrade, 46, 1),
    ("ws_h0bjcnt0.txt", Stream::BondTrade, 19, 1),
    ("ws_h0bjasp0.txt", Stream::BondBook, 34, 1),
    ("ws_h0bicnt0.txt", Stream::BondIndex, 20, 1),
    ("ws_h0stnav0.txt", Stream::EtfNav, 8, 1),
    ("ws_h0stanc0.txt", Stream::KrxExpected, 45, 1),
    ("ws_h0upcnt0.txt", Stream::Index, 30, 1),
    ("ws_h0stpgm0.txt", Stream::Programme, 11, 1),
];

/// Notices with their plain text beside them, and the answer whose keys decrypt them.
const NOTICES: [(&str, &str, usize); 11] = [
    ("ws_h0stcni0_accepted", "ws_ack_subscribe_h0stcni0.json", 26),
    ("ws_h0stcni0_fill_partial", "ws_ack_subscribe_h0stcni0.json", 26),
    ("ws_h0stcni0_fill_rest", "ws_ack_subscribe_h0stcni0.json", 26),
    ("ws_h0stcni0_modified", "ws_ack_subscribe_h0stcni0.json", 26),
    ("ws_h0stcni0_cancelled", "ws_ack_subscribe_h0stcni0.json", 26),
    ("ws_h0stcni0_rejected", "ws_ack_subscribe_h0stcni0.json", 26),
    ("ws_h0stcni0_legacy23_fill", "ws_ack_subscribe_h0stcni0.json", 23),
    ("ws_h0stcni9_fill_paper", "ws_ack_subscribe_h0stcni0.json", 26),
    ("ws_h0gscni0_accepted", "ws_ack_subscribe_h0gscni0.json", 25),
    ("ws_h0gscni0_fill", "ws_ack_subscribe_h0gscni0.json", 25),
    ("ws_h0ifcni0_fill", "ws_ack_subscribe_h0ifcni0.json", 22),
];

const CONTROLS: [&str; 15] = [
    "ws_ack_already_subscribed.json",
    "ws_ack_appkey_in_use.json",
    "ws_ack_bad_json.json",
    "ws_ack_invalid_approval.json",
    "ws_ack_max_subscribe_over.json",
    "ws_ack_subscribe_h0gscni0.json",
    "ws_ack_subscribe_h0ifcni0.json",
    "ws_ack_subscribe_h0stcni0.json",
    "ws_ack_subscribe_h0stcnt0.json",
    "ws_ack_unsubscribe_h0stcnt0.json",
    "ws_ack_unsubscribe_not_found.json",
    "ws_pingpong.json",
    "ws_request_subscribe_h0stcni0.json",
    "ws_request_subscribe_h0stcnt0.json",
    "ws_request_unsubscribe_h0stcnt0.json",
];

#[test]
fn no_sample_is_left_out() {
    let notices = NOTICES.iter().flat_map(|(name, ..)| [format!("{name}.txt"), format!("{name}_plain.txt")]);
    let frames = FRAMES.iter().map(|(name, ..)| (*name).to_owned());
    let known: BTreeSet<String> = frames.chain(notices).chain(CONTROLS.map(str::to_owned)).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/kis");
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let there: BTreeSet<String> = names.filter(|name| name.starts_with("ws_")).collect();
    assert_eq!(known, there);
}

fn tally(bytes: &[u8]) -> Result<Tally, ReadFault> {
    Reader::new().read(&Frame::parse(bytes)?, |_, _| {})
}

/// The frame of a sample with its records so many times over.
fn repeated(sample: &[u8], times: usize) -> Vec<u8> {
    let frame = Frame::parse(sample).unwrap();
    let id = std::str::from_utf8(frame.tr_id).unwrap();
    let payload = std::str::from_utf8(frame.payload).unwrap();
    let all = vec![payload; times].join("^");
    format!("0|{id}|{:03}|{all}", frame.count * times).into_bytes()
}

#[test]
fn every_frame_with_one_and_with_several_records() {
    for (file, stream, width, records) in FRAMES {
        let sample = bytes(file);
        assert_eq!(Stream::of(Frame::parse(&sample).unwrap().tr_id), Some(stream), "{file}");
        assert_eq!(tally(&sample), Ok(Tally { width, read: records, refused: 0 }), "{file}");
        for times in [2, 7, 100] {
            let expected = Tally { width, read: records * times, refused: 0 };
            assert_eq!(tally(&repeated(&sample, times)), Ok(expected), "{file} {times} times");
        }
    }
}

/// The frame of a sample with a field appended to each record, as the broker does from time to time.
#[test]
fn trap_29_a_record_may_grow_at_its_end() {
    for (file, _, width, _) in FRAMES {
        let sample = bytes(file);
        let frame = Frame::parse(&sample).unwrap();
        let fields: Vec<&str> = std::str::from_utf8(frame.payload).unwrap().split('^').collect();
        let grown: Vec<String> = fields.chunks(width).map(|record| format!("{}^NEW^", record.join("^"))).collect();
        let text = format!("0|{}|{:03}|{}", String::from_utf8_lossy(frame.tr_id), frame.count, grown.join("^"));
        let expected = Tally { width: width + 2, read: frame.count, refused: 0 };
        assert_eq!(tally(text.as_bytes()), Ok(expected), "{file}");
    }
}

#[test]
fn a_frame_that_is_too_narrow_or_uneven_gives_nothing() {
    let text = String::from_utf8(bytes("ws_h0stcnt0.txt")).unwrap();
    let narrow = text.rsplit_once('^').and_then(|(left, _)| left.rsplit_once('^')).unwrap().0;
    assert_eq!(tally(narrow.as_bytes()), Err(ReadFault::TooNarrow { width: 45, least: 46 }));
    let uneven = text.replace("|001|", "|002|");
    assert_eq!(tally(uneven.as_bytes()), Err(ReadFault::Frame(FrameFault::Uneven { fields: 47, records: 2 })));
    assert_eq!(tally(text.replace("H0STCNT0", "H0STOUP0").as_bytes()), Err(ReadFault::UnknownStream));
    assert_eq!(tally(&bytes("ws_h0stcni0_accepted.txt")), Err(ReadFault::Encrypted));
}

fn events(file: &str, received: &str) -> Vec<MarketEvent> {
    let mut out = Vec::new();
    let sample = bytes(file);
    let frame = Frame::parse(&sample).unwrap();
    stock_market::frame_events(&mut Reader::new(), &frame, at(received), |_| true, &mut out).unwrap();
    out
}

#[test]
fn a_print_tells_itself_the_day_and_the_best_prices() {
    let told = events("ws_h0stcnt0.txt", "2023-06-12T09:33:54.120+09:00");
    let [trade, day, quote] = &told[..] else { panic!("{told:?}") };
    assert_eq!(trade.instrument.to_string(), "KRX:005930");
    assert_eq!(trade.venue_time, at("2023-06-12T09:33:54+09:00"));
    let MarketBody::Trade(print) = &trade.body else { panic!() };
    assert_eq!((print.price.value(), print.quantity.value(), print.side), (dec!(71900), dec!(1), Some(Side::Buy)));
    let MarketBody::Day(day) = &day.body else { panic!() };
    let prices = [day.open, day.high, day.low, day.previous_close].map(|price| price.map(Price::value));
    assert_eq!(prices, [dec!(72100), dec!(72400), dec!(71700), dec!(72000)].map(Some));
    assert_eq!((day.volume.value(), day.value), (dec!(3052507), dec!(219853241700)));
    let MarketBody::Quote(quote) = &quote.body else { panic!() };
    let ask = quote.ask.unwrap();
    assert_eq!((ask.price.value(), ask.quantity.value()), (dec!(71900), dec!(65945)));
}

#[test]
fn trap_30_a_frame_may_hold_many_prints() {
    let told = events("ws_h0stcnt0_multi.txt", "2023-06-12T09:00:01+09:00");
    let prints: Vec<(Decimal, Decimal, Option<Side>)> = told
        .iter()
        .filter_map(|event| match &event.body {
            MarketBody::Trade(trade) => Some((trade.price.value(), trade.quantity.value(), trade.side)),
            _ => None,
        })
        .collect();
    let (buy, sell) = (Some(Side::Buy), Some(Side::Sell));
    assert_eq!(prints, [(dec!(71900), dec!(1), buy), (dec!(72000), dec!(25), buy), (dec!(71900), dec!(110), sell)]);
    // The day and the best prices once, after the last.
    assert_eq!(told.len(), 5);
    let ids: BTreeSet<u64> = told
        .iter()
        .filter_map(|event| if let MarketBody::Trade(trade) = &event.body { Some(trade.id) } else { None })
        .collect();
    assert_eq!(ids.len(), 3);
    // The same frame again has the same numbers.
    assert_eq!(events("ws_h0stcnt0_multi.txt", "2023-06-12T09:00:02+09:00").len(), 5);
}

#[test]
fn trap_31_an_expected_price_is_no_print() {
    let told = events("ws_h0stcnt0_expected_open.txt", "2023-06-12T08:55:12+09:00");
    let [expected] = &told[..] else { panic!("{told:?}") };
    assert!(matches!(expected.body, MarketBody::Expected(Some(_))));
    let told = events("ws_h0stanc0.txt", "2024-04-26T08:49:45+09:00");
    let MarketBody::Expected(Some(expected)) = &told[0].body else { panic!() };
    assert_eq!((expected.price.value(), expected.quantity.value()), (dec!(77600), dec!(64)));
    assert_eq!(told.len(), 1);
}

#[test]
fn trap_42_the_after_market_is_in_the_stream_of_the_regular_session() {
    let told = events("ws_h0stcnt0_aftermarket.txt", "2023-06-12T16:39:12+09:00");
    assert!(matches!(told[0].body, MarketBody::Trade(_)));
    let sample = bytes("ws_h0stcnt0_aftermarket.txt");
    let mut phase = None;
    let read = |_: Stream, record: Record<'_>| {
        if let Record::StockTrade(trade) = record {
            phase = trade.market_phase();
        }
    };
    Reader::new().read(&Frame::parse(&sample).unwrap(), read).unwrap();
    assert_eq!(phase, Some(b'3'));
}

#[test]
fn books_of_every_layout_and_venue() {
    for (file, venue, bid) in [
        ("ws_h0stasp0.txt", Venue::Krx, dec!(244000)),
        ("ws_h0stasp0_legacy62.txt", Venue::Krx, dec!(244000)),
        ("ws_h0stasp0_legacy59.txt", Venue::Krx, dec!(71800)),
        ("ws_h0unasp0.txt", Venue::Krx, dec!(244000)),
        ("ws_h0nxasp0.txt", Venue::Nxt, dec!(244000)),
    ] {
        let told = events(file, "2026-09-15T15:05:26.400+09:00");
        let [book] = &told[..] else { panic!("{file}: {told:?}") };
        assert_eq!(book.instrument.venue, venue, "{file}");
        let MarketBody::Book(update) = &book.body else { panic!("{file}") };
        assert_eq!((update.bids.len(), update.asks.len(), update.bids[0].price.value()), (10, 10, bid), "{file}");
        assert!(update.bids.is_sorted_by(|one, next| one.price > next.price), "{file}");
        assert!(update.asks.is_sorted_by(|one, next| one.price < next.price), "{file}");
    }
    let told = events("ws_h0stasp0.txt", "2026-09-15T15:05:26.400+09:00");
    assert_eq!(told[0].venue_time, at("2026-09-15T15:05:26+09:00"));
    let MarketBody::Book(update) = &told[0].body else { panic!() };
    let best = (update.asks[0].price.value(), update.asks[0].quantity.value(), update.bids[0].quantity.value());
    assert_eq!(best, (dec!(244500), dec!(11496), dec!(12170)));
}

#[test]
fn a_book_in_an_auction_tells_what_it_would_give_and_empty_levels_are_left_out() {
    let text = String::from_utf8(bytes("ws_h0stasp0.txt")).unwrap();
    let mut fields: Vec<&str> = text.rsplit_once('|').unwrap().1.split('^').collect();
    (fields[2], fields[47], fields[48], fields[3], fields[23]) = ("B", "244000", "1500", "0", "0");
    let frame = format!("0|H0STASP0|001|{}", fields.join("^"));
    let mut out = Vec::new();
    let received = at("2026-09-15T15:05:27+09:00");
    let parsed = Frame::parse(frame.as_bytes()).unwrap();
    stock_market::frame_events(&mut Reader::new(), &parsed, received, |_| true, &mut out).unwrap();
    let MarketBody::Book(update) = &out[0].body else { panic!() };
    assert_eq!((update.asks.len(), update.asks[0].price.value()), (9, dec!(245000)));
    let MarketBody::Expected(Some(expected)) = &out[1].body else { panic!() };
    assert_eq!((expected.price.value(), expected.quantity.value()), (dec!(244000), dec!(1500)));
}

#[test]
fn implausible_records_are_left_out_and_counted() {
    let text = String::from_utf8(bytes("ws_h0stcnt0_multi.txt")).unwrap();
    let fields: Vec<&str> = text.rsplit_once('|').unwrap().1.split('^').collect();
    for (field, bad) in [
        (47, "00 5930"),
        (48, "256000"),
        (49, "0"),
        (49, "-71900"),
        (49, "71900x"),
        (59, "-1"),
        (60, ""),
        (80, "19990612"),
    ] {
        let mut fields = fields.clone();
        fields[field] = bad;
        let frame = format!("0|H0STCNT0|003|{}", fields.join("^"));
        let mut out = Vec::new();
        let frame = Frame::parse(frame.as_bytes()).unwrap();
        let received = at("2023-06-12T09:00:01+09:00");
        let tally = stock_market::frame_events(&mut Reader::new(), &frame, received, |_| false, &mut out).unwrap();
        assert_eq!((tally.read, tally.refused), (2, 1), "field {field} = {bad:?}");
        assert_eq!(out.iter().filter(|event| matches!(event.body, MarketBody::Trade(_))).count(), 2);
    }
}

#[test]
fn status_halts_interrupts_and_says_what_the_calendar_says() {
    let phase = |file: &str| {
        let sample = bytes(file);
        let mut phase = None;
        let read = |_: Stream, record: Record<'_>| {
            if let Record::Status(status) = record {
                let event = stock_market::status_event(&status, Venue::Krx, Phase::Continuous, UtcTime::EPOCH);
                if let MarketBody::Phase(change) = event.body {
                    phase = Some((event.instrument.symbol.as_str().to_owned(), change.phase));
                }
            }
        };
        Reader::new().read(&Frame::parse(&sample).unwrap(), read).unwrap();
        phase.unwrap()
    };
    // State 55 is a normal one, and an unknown operation says nothing.
    assert_eq!(phase("ws_h0stmko0.txt"), ("396300".into(), Phase::Continuous));
    assert_eq!(phase("ws_h0unmko0.txt"), ("100840".into(), Phase::Continuous));
    assert_eq!(phase("ws_h0stmko0_vi_on.txt"), ("005930".into(), Phase::Volatility));
}

fn each(file: &str, check: impl FnMut(Stream, Record<'_>)) {
    let sample = bytes(file);
    Reader::new().read(&Frame::parse(&sample).unwrap(), check).unwrap();
}

#[test]
fn foreign_prints_and_books() {
    let mut out = Vec::new();
    each("ws_hdfscnt0_multi.txt", |_, record| {
        let Record::OverseasTrade(trade) = record else { panic!() };
        overseas_market::trade_events(&trade, at("2024-12-27T21:02:29.5+09:00"), &mut out).unwrap();
    });
    assert_eq!(out.len(), 6);
    assert_eq!(
        (out[0].instrument.to_string(), out[0].venue_time),
        ("NASDAQ:AAPL".into(), at("2024-12-27T21:02:29+09:00"))
    );
    let MarketBody::Trade(trade) = &out[3].body else { panic!() };
    assert_eq!((trade.price.value(), trade.quantity.value()), (dec!(259.10), dec!(5)));
    each("ws_hdfsasp0.txt", |_, record| {
        let Record::OverseasBook(book) = record else { panic!() };
        let event = overseas_market::book_event(&book, UtcTime::EPOCH).unwrap();
        // The daytime session's key is the same instrument.
        assert_eq!(
            (event.instrument.to_string(), event.venue_time),
            ("NASDAQ:AAPL".into(), at("2024-05-07T09:22:23+09:00"))
        );
        let MarketBody::Book(update) = event.body else { panic!() };
        assert_eq!((update.bids.len(), update.asks[9].price.value()), (10, dec!(183.01)));
        assert_eq!((update.bids[0].quantity.value(), update.asks[0].quantity.value()), (dec!(350), dec!(57)));
    });
    each("ws_hdfsasp1.txt", |_, record| {
        let Record::OverseasBook(book) = record else { panic!() };
        assert_eq!((book.symbol(), book.bids().count(), book.asks().count()), ("00700", 1, 1));
        let event = overseas_market::book_event(&book, UtcTime::EPOCH).unwrap();
        assert_eq!(
            (event.instrument.to_string(), event.venue_time),
            ("HKEX:00700".into(), at("2026-09-14T12:15:02+09:00"))
        );
        let MarketBody::Book(update) = event.body else { panic!() };
        assert_eq!((update.bids[0].price.value(), update.asks[0].price.value()), (dec!(520.000), dec!(520.500)));
    });
}

#[test]
fn futures_and_options_have_their_prices_at_different_places() {
    for (file, contract, price, change, ask, bid) in [
        ("ws_h0ifcnt0.txt", "A01612", dec!(412.35), dec!(1.35), dec!(412.40), dec!(412.35)),
        ("ws_h0iocnt0.txt", "B01612415", dec!(3.25), dec!(0.15), dec!(3.26), dec!(3.25)),
        ("ws_h0zfcnt0.txt", "111V06", dec!(77900), dec!(-100), dec!(77900), dec!(77800)),
        ("ws_h0mfcnt0_example46.txt", "101V06", dec!(367.30), dec!(0.75), dec!(367.35), dec!(367.30)),
    ] {
        each(file, |_, record| {
            let Record::DerivativeTrade(trade) = record else { panic!("{file}") };
            assert_eq!(
                (trade.contract(), trade.price.value(), trade.change()),
                (contract, price, Some(change)),
                "{file}"
            );
            // Where nothing rests the quantity is zero, and the price is still written.
            let side = |side: Option<(Price, hoga::market::Quantity)>| side.map(|(price, _)| price.value());
            assert_eq!((side(trade.ask()), side(trade.bid())), (Some(ask), Some(bid)), "{file}");
        });
    }
    each("ws_h0ifasp0.txt", |_, record| {
        let Record::DerivativeBook(book) = record else { panic!() };
        let (ask, bid) = (book.asks().next().unwrap(), book.bids().next().unwrap());
        assert_eq!(
            (ask.0.value(), ask.1.value(), bid.0.value(), bid.1.value()),
            (dec!(412.40), dec!(18), dec!(412.35), dec!(25))
        );
        assert_eq!((book.asks().count(), book.bids().count()), (5, 5));
    });
}

#[test]
fn bonds_indexes_and_the_rest() {
    each("ws_h0bjcnt0.txt", |_, record| {
        let Record::BondTrade(trade) = record else { panic!() };
        assert_eq!((trade.isin.as_str(), trade.price.value(), trade.change), ("KR103502GD31", dec!(10575), dec!(5)));
        assert_eq!((trade.rate, trade.name), (Some(dec!(3.012)), "국고03250-5303(23-2)"));
    });
    each("ws_h0bjasp0.txt", |_, record| {
        let Record::BondBook(book) = record else { panic!() };
        let (ask, bid) = (book.asks().next().unwrap(), book.bids().next().unwrap());
        assert_eq!((ask.0.value(), ask.1.value(), ask.2), (dec!(10575), dec!(416090), Some(dec!(3.012))));
        assert_eq!((bid.0.value(), bid.1.value(), bid.2), (dec!(10560), dec!(323813), Some(dec!(3.020))));
    });
    each("ws_h0bicnt0.txt", |_, record| {
        let Record::BondIndex(index) = record else { panic!() };
        assert_eq!((index.id, index.value), ("KBPR01", dec!(163.55)));
    });
    each("ws_h0upcnt0.txt", |_, record| {
        let Record::Index(index) = record else { panic!() };
        assert_eq!(
            (index.code, index.value, index.change, index.issues),
            ("0001", dec!(2624.54), dec!(32.68), [670, 177])
        );
    });
    each("ws_h0stnav0.txt", |_, record| {
        let Record::EtfNav(nav) = record else { panic!() };
        assert_eq!((nav.nav.value(), nav.change), (dec!(37235.46), dec!(-381.26)));
    });
    each("ws_h0stpgm0.txt", |_, record| {
        let Record::Programme(programme) = record else { panic!() };
        assert_eq!((programme.net, programme.net_value), (-224036, dec!(-17227936700)));
    });
}

fn keys(file: &str) -> NoticeKeys {
    match Control::parse(&bytes(file)).unwrap() {
        Control::Answer(answer) => answer.keys.unwrap(),
        Control::Ping => panic!(),
    }
}

fn notice(name: &str, ack: &str) -> Notice {
    let sample = bytes(&format!("{name}.txt"));
    let frame = Frame::parse(&sample).unwrap();
    assert!(frame.encrypted);
    let text = keys(ack).decrypt(frame.payload).unwrap();
    Notice::parse(Stream::of(frame.tr_id).unwrap(), &text, &mut Scratch::default()).unwrap()
}

#[test]
fn every_notice_decrypts_to_the_text_beside_it() {
    for (name, ack, width) in NOTICES {
        let sample = bytes(&format!("{name}.txt"));
        let frame = Frame::parse(&sample).unwrap();
        let text = keys(ack).decrypt(frame.payload).unwrap();
        assert_eq!(text.as_bytes(), bytes(&format!("{name}_plain.txt")), "{name}");
        assert_eq!(text.split('^').count(), width, "{name}");
        let notice = notice(name, ack);
        let account = if notice.stream == Stream::FutureNotice { "1234567803" } else { "1234567801" };
        assert_eq!((&*notice.account, notice.side), (account, Side::Buy), "{name}");
        assert!(!format!("{notice:?}").contains("홍길동"), "{name}");
    }
}

#[test]
fn what_each_notice_says() {
    let of = |name: &str| {
        let (name, ack, _) = NOTICES.into_iter().find(|(known, ..)| *known == name).unwrap();
        notice(name, ack)
    };
    let accepted = of("ws_h0stcni0_accepted");
    assert_eq!((accepted.happened, accepted.change), (Happened::Received, ChangeOf::New));
    assert_eq!((accepted.event_quantity, accepted.order_price), (dec!(10), Some(dec!(70000))));
    assert_eq!((&*accepted.number, &*accepted.branch, accepted.changed.as_deref()), ("0000117057", "91252", None));
    assert_eq!(accepted.time, Clock::parse("091501").ok());
    let part = of("ws_h0stcni0_fill_partial");
    assert_eq!(part.happened, Happened::Filled { quantity: dec!(4), price: dec!(69950) });
    assert_eq!(part.order_quantity, Some(dec!(10)));
    let rest = of("ws_h0stcni0_fill_rest");
    assert_eq!(rest.happened, Happened::Filled { quantity: dec!(6), price: dec!(69950) });
    let modified = of("ws_h0stcni0_modified");
    assert_eq!((modified.happened, modified.change), (Happened::Confirmed, ChangeOf::Modification));
    assert_eq!((&*modified.number, modified.changed.as_deref()), ("0000117099", Some("0000117057")));
    let cancelled = of("ws_h0stcni0_cancelled");
    assert_eq!((cancelled.happened, cancelled.change), (Happened::Confirmed, ChangeOf::Cancel));
    assert_eq!(of("ws_h0stcni0_rejected").happened, Happened::Refused);
    let legacy = of("ws_h0stcni0_legacy23_fill");
    assert_eq!(legacy.happened, Happened::Filled { quantity: dec!(1), price: dec!(3190) });
    assert_eq!((&*legacy.symbol, legacy.exchange), ("136480", None));
    let paper = of("ws_h0stcni9_fill_paper");
    assert_eq!(paper.happened, Happened::Filled { quantity: dec!(10), price: dec!(302000) });
    let foreign = of("ws_h0gscni0_fill");
    assert_eq!(foreign.happened, Happened::Filled { quantity: dec!(3), price: dec!(228.05) });
    let receipt = of("ws_h0gscni0_accepted");
    assert_eq!(
        (receipt.happened, receipt.order_price, receipt.order_quantity),
        (Happened::Received, Some(dec!(228.1)), None)
    );
    assert_eq!((receipt.event_quantity, receipt.time), (dec!(3), None));
    let future = of("ws_h0ifcni0_fill");
    assert_eq!(future.happened, Happened::Filled { quantity: dec!(2), price: dec!(78400) });
}

#[test]
fn trap_33_a_notice_is_read_with_the_keys_of_its_own_registration() {
    let sample = bytes("ws_h0stcni0_accepted.txt");
    let payload = Frame::parse(&sample).unwrap().payload;
    let before = NoticeKeys::new("abcdefghijklmnopabcdefghijklmnoq", "0123456789abcdef").unwrap();
    assert!(matches!(before.decrypt(payload), Err(CipherFault::WrongKey | CipherFault::NotText)));
    assert_eq!(NoticeKeys::new("short", "0123456789abcdef"), None);
    assert_eq!(before.decrypt(b"not base64!"), Err(CipherFault::NotBase64));
    assert!(!format!("{before:?}").contains("abcdef"));
}

#[test]
fn trap_34_the_quantity_of_a_fill_is_not_the_quantity_of_its_order() {
    let notice = notice("ws_h0stcni0_fill_partial", "ws_ack_subscribe_h0stcni0.json");
    assert_eq!((notice.event_quantity, notice.order_quantity), (dec!(4), Some(dec!(10))));
}

#[test]
fn what_the_server_answers() {
    let answer = |file: &str| match Control::parse(&bytes(file)).unwrap() {
        Control::Answer(answer) => answer,
        Control::Ping => panic!("{file}"),
    };
    for (file, verdict) in [
        ("ws_ack_subscribe_h0stcnt0.json", Verdict::Registered),
        ("ws_ack_subscribe_h0stcni0.json", Verdict::Registered),
        ("ws_ack_already_subscribed.json", Verdict::Registered),
        ("ws_ack_unsubscribe_h0stcnt0.json", Verdict::Gone),
        ("ws_ack_unsubscribe_not_found.json", Verdict::Gone),
        ("ws_ack_max_subscribe_over.json", Verdict::Full),
        ("ws_ack_invalid_approval.json", Verdict::BadApproval),
        ("ws_ack_appkey_in_use.json", Verdict::KeyInUse),
        ("ws_ack_bad_json.json", Verdict::Refused),
    ] {
        assert_eq!(answer(file).verdict, verdict, "{file}");
    }
    let registered = answer("ws_ack_subscribe_h0stcnt0.json");
    assert_eq!((&*registered.tr_id, &*registered.tr_key), ("H0STCNT0", "005930"));
    assert_eq!(answer("ws_ack_appkey_in_use.json").tr_id, Text::default());
    assert_eq!(Control::parse(&bytes("ws_pingpong.json")), Ok(Control::Ping));
}

#[test]
fn trap_35_registering_is_1_and_unregistering_is_2() {
    let key = "00000000-1111-2222-3333-444455556666";
    for (file, change, id, of) in [
        ("ws_request_subscribe_h0stcnt0.json", Change::Register, "H0STCNT0", "005930"),
        ("ws_request_subscribe_h0stcni0.json", Change::Register, "H0STCNI0", "myhtsid1"),
        ("ws_request_unsubscribe_h0stcnt0.json", Change::Unregister, "H0STCNT0", "005930"),
    ] {
        let sent: serde_json::Value = serde_json::from_str(&message(key, Customer::Person, change, id, of)).unwrap();
        let sample: serde_json::Value = serde_json::from_slice(&bytes(file)).unwrap();
        assert_eq!(sent, sample, "{file}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]
    #[test]
    fn damaged_frames_and_notices_never_panic(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        end in any::<prop::sample::Index>(),
        cut in any::<bool>(),
    ) {
        let plain = NOTICES.iter().map(|(name, ..)| format!("{name}_plain.txt"));
        let all: Vec<String> = FRAMES.iter().map(|(name, ..)| (*name).to_owned()).chain(plain).collect();
        let mut sample = bytes(&all[which.index(all.len())]);
        for (at, byte) in changes {
            let at = at.index(sample.len());
            sample[at] = byte;
        }
        if cut {
            sample.truncate(end.index(sample.len()));
        }
        if let Ok(frame) = Frame::parse(&sample) {
            let mut out = Vec::new();
            let received = UtcTime::from_millis(1_789_000_000_000);
            let _ = stock_market::frame_events(&mut Reader::new(), &frame, received, |_| true, &mut out);
            let _ = Reader::new().read(&frame, |_, record| match record {
                Record::OverseasTrade(trade) => drop(overseas_market::trade_events(&trade, received, &mut Vec::new())),
                Record::OverseasBook(book) => drop(overseas_market::book_event(&book, received)),
                Record::DerivativeTrade(trade) => drop((trade.ask(), trade.change(), trade.range())),
                Record::DerivativeBook(book) => drop((book.asks().count(), book.bids().count())),
                Record::BondBook(book) => drop((book.asks().count(), book.bids().count())),
                _ => {}
            });
        }
        let text = String::from_utf8_lossy(&sample);
        for stream in [Stream::StockNotice, Stream::OverseasNotice, Stream::FutureNotice, Stream::NightOptionNotice] {
            let _ = Notice::parse(stream, &text, &mut Scratch::default());
        }
        let _ = Control::parse(&sample);
        let _ = keys("ws_ack_subscribe_h0stcni0.json").decrypt(&sample);
    }
}
