//! What the bytes of KIS go through, target by target: frames, notices, control messages, symbol files.

#[path = "kis_reply.rs"]
pub mod reply;

use std::sync::LazyLock;

use hoga::broker::kis::map::{bond_market, future_market, overseas_market, stock_market};
use hoga::broker::kis::master::korean::{self, KoreanList};
use hoga::broker::kis::master::{archive, bond, derivative, index, overseas};
use hoga::broker::kis::order::{Tracker, noticed};
use hoga::broker::kis::realtime::cipher::NoticeKeys;
use hoga::broker::kis::realtime::control::Control;
use hoga::broker::kis::realtime::derivative::{DerivativeBook, DerivativeTrade};
use hoga::broker::kis::realtime::extra::BondBook;
use hoga::broker::kis::realtime::row::Scratch;
use hoga::broker::kis::realtime::{Frame, Notice, Reader, Record, Stream};
use hoga::market::{BookUpdate, MarketBody, MarketEvent, Phase, UtcTime, Venue};

use super::Target;

const FOLDER: &str = "kis";

const fn target(name: &'static str, samples: &'static [&'static str], run: fn(&[u8])) -> Target {
    Target { name, folder: FOLDER, samples, run }
}

/// All of them.
pub const TARGETS: [Target; 17] = [
    target("kis_frame_trade", &["ws_h0stcnt0", "ws_h0uncnt0", "ws_h0nxcnt0", "ws_h0stanc0"], kis_frame_trade),
    target("kis_frame_book", &["ws_h0stasp0", "ws_h0unasp0", "ws_h0nxasp0"], kis_frame_book),
    target("kis_frame_overseas", &["ws_hdfs"], kis_frame_overseas),
    target(
        "kis_frame_derivative",
        &["ws_h0ifcnt0", "ws_h0ifasp0", "ws_h0iocnt0", "ws_h0zfcnt0", "ws_h0mfcnt0"],
        kis_frame_derivative,
    ),
    target(
        "kis_frame_other",
        &["ws_h0stmko0", "ws_h0unmko0", "ws_h0bj", "ws_h0bi", "ws_h0upcnt0", "ws_h0stnav0", "ws_h0stpgm0"],
        kis_frame_other,
    ),
    target("kis_notice", &["ws_h0stcni", "ws_h0gscni", "ws_h0ifcni"], kis_notice),
    target("kis_control", &["ws_ack_", "ws_pingpong", "ws_request_"], kis_control),
    target("kis_rest_stock", &["domestic_", "etf_"], reply::kis_rest_stock),
    target("kis_rest_overseas", &["overseas_"], reply::kis_rest_overseas),
    target("kis_rest_future", &["futures_", "options_"], reply::kis_rest_future),
    target("kis_rest_bond", &["bond_"], reply::kis_rest_bond),
    target(
        "kis_lists",
        &[
            "domestic_daily_ccld",
            "domestic_psbl_rvsecncl",
            "overseas_nccs",
            "overseas_ccnl_orders",
            "futures_inquire_ccnl_orders",
            "bond_daily_ccld",
        ],
        reply::kis_lists,
    ),
    target(
        "kis_chart",
        &["domestic_daily_", "domestic_time_", "overseas_daily", "overseas_time_", "futures_daily", "futures_time"],
        reply::kis_chart,
    ),
    target("kis_oauth", &["auth_"], reply::kis_oauth),
    target("kis_refusals", &["error_", "auth_token_", "domestic_order_", "overseas_order_"], reply::kis_refusals),
    target(
        "kis_masters",
        &["master_bond", "master_fo", "master_idx", "master_kosdaq_code.mst", "master_kospi", "master_nas"],
        kis_masters,
    ),
    target("kis_archive", &["master_zip_"], kis_archive),
];

/// A time within the life of the samples.
pub const NOW: UtcTime = UtcTime::from_millis(1_789_000_000_000);

/// Frames of prints of Korean shares into market events.
pub fn kis_frame_trade(bytes: &[u8]) {
    stock_frame(bytes);
}

/// Frames of books of Korean shares into market events.
pub fn kis_frame_book(bytes: &[u8]) {
    stock_frame(bytes);
}

fn stock_frame(bytes: &[u8]) {
    let Ok(frame) = Frame::parse(bytes) else { return };
    let (mut reader, mut out) = (Reader::new(), Vec::new());
    // Twice: what a frame leaves behind must not change the next one.
    let first = stock_market::frame_events(&mut reader, &frame, NOW, |_| true, &mut out);
    sound(&out);
    let told = out.len();
    let second = stock_market::frame_events(&mut reader, &frame, NOW, |_| true, &mut out);
    assert!(first == second && out.len() == 2 * told, "a frame is read one way and then another");
    if let Ok(tally) = first {
        assert!(tally.read + tally.refused == frame.count, "records are neither read nor refused");
        // A print, the day and the best prices; or a book and what an auction would give.
        assert!(told <= 3 * tally.read, "more is told than was read");
    }
    every_record(&frame);
}

/// Frames of foreign shares into market events.
pub fn kis_frame_overseas(bytes: &[u8]) {
    Frame::parse(bytes).iter().for_each(every_record);
}

/// Frames of futures and options.
pub fn kis_frame_derivative(bytes: &[u8]) {
    Frame::parse(bytes).iter().for_each(every_record);
}

/// Frames of states, bonds, indexes, asset values and programme trading.
pub fn kis_frame_other(bytes: &[u8]) {
    Frame::parse(bytes).iter().for_each(every_record);
}

/// Each record with everything that can be asked of it.
fn every_record(frame: &Frame<'_>) {
    let mut out = Vec::new();
    let _ = Reader::new().read(frame, |_, record| match record {
        Record::StockTrade(trade) => {
            let _ = (trade.open(), trade.high(), trade.low(), trade.value(), trade.previous_close(), trade.strength());
            let _ = (trade.ask(), trade.bid(), trade.session(), trade.is_halted(), trade.market_phase());
            let _ = (trade.volatility_base(), trade.traded());
        }
        Record::StockBook(book) => {
            let _ = (book.asks().count(), book.bids().count(), book.total_ask(), book.total_bid());
            let _ = (book.expected(), book.krx_mid(), book.nxt_mid());
        }
        Record::Status(status) => out.push(stock_market::status_event(&status, Venue::Krx, Phase::Continuous, NOW)),
        Record::OverseasTrade(trade) => drop(overseas_market::trade_events(&trade, NOW, &mut out)),
        Record::OverseasBook(book) => out.extend(overseas_market::book_event(&book, NOW)),
        Record::DerivativeTrade(trade) => {
            derivative_trade(&trade);
            let _ = future_market::trade_events(&trade, NOW, &mut out);
        }
        Record::DerivativeBook(book) => {
            derivative_book(&book);
            out.extend(future_market::book_event(&book, NOW));
        }
        Record::BondTrade(trade) => drop(bond_market::trade_events(&trade, NOW, &mut out)),
        Record::BondBook(book) => {
            bond_book(&book);
            out.extend(bond_market::book_event(&book, NOW));
        }
        _ => {}
    });
    sound(&out);
}

fn derivative_trade(trade: &DerivativeTrade<'_>) {
    let _ = (trade.contract(), trade.change(), trade.change_percent(), trade.range(), trade.value());
    let _ = (trade.open_interest(), trade.ask(), trade.bid(), trade.time.near(NOW));
}

fn derivative_book(book: &DerivativeBook<'_>) {
    let _ = (book.contract(), book.asks().count(), book.bids().count());
}

fn bond_book(book: &BondBook<'_>) {
    let _ = (book.asks().count(), book.bids().count());
}

/// The keys of the samples' registrations.
static KEYS: LazyLock<Vec<NoticeKeys>> = LazyLock::new(|| {
    let answers = [
        &include_bytes!("../../tests/data/kis/ws_ack_subscribe_h0stcni0.json")[..],
        include_bytes!("../../tests/data/kis/ws_ack_subscribe_h0gscni0.json"),
        include_bytes!("../../tests/data/kis/ws_ack_subscribe_h0ifcni0.json"),
    ];
    let keys = answers.into_iter().filter_map(|answer| match Control::parse(answer) {
        Ok(Control::Answer(answer)) => answer.keys,
        _ => None,
    });
    keys.collect()
});

/// Notices, encrypted and as text, into what the desk is told.
pub fn kis_notice(bytes: &[u8]) {
    if let Ok(frame) = Frame::parse(bytes) {
        for keys in KEYS.iter() {
            keys.decrypt(frame.payload).iter().for_each(|text| notice(text));
        }
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        notice(text);
    }
}

fn notice(text: &str) {
    let (mut scratch, mut tracker) = (Scratch::default(), Tracker::default());
    for stream in Stream::all().filter(|stream| stream.is_notice()) {
        if let Ok(notice) = Notice::parse(stream, text, &mut scratch) {
            // Twice: a notice may be told again.
            for _ in 0..2 {
                let _ = noticed::events(&mut tracker, &notice.account, &notice, NOW);
            }
        }
    }
}

/// Answers to registrations, and the server's ping.
pub fn kis_control(bytes: &[u8]) {
    let _ = Control::parse(bytes);
}

/// Symbol files into instruments.
pub fn kis_masters(bytes: &[u8]) {
    for list in [KoreanList::Kospi, KoreanList::Kosdaq] {
        let listing = korean::read(list, bytes);
        let instruments = listing.rows.iter().filter_map(|row| row.instrument(Venue::Krx));
        assert!(instruments.count() <= listing.rows.len(), "instruments of nothing");
        for row in &listing.rows {
            let _ = (row.is_searched(), row.needs_warning());
        }
    }
    overseas::read(bytes).rows.iter().for_each(|row| drop(row.instrument()));
    drop((bond::read(bytes), derivative::read(bytes), index::read(bytes)));
}

/// The zip of a symbol file.
pub fn kis_archive(bytes: &[u8]) {
    if let Ok(file) = archive::only_file(bytes) {
        kis_masters(file.get(..file.len().min(64 << 10)).unwrap_or_default());
    }
}

/// Nothing a market cannot have may reach the desk.
fn sound(events: &[MarketEvent]) {
    for event in events {
        match &event.body {
            MarketBody::Trade(trade) => assert!(!trade.quantity.is_zero(), "a print of nothing"),
            MarketBody::Book(update) => {
                let BookUpdate { bids, asks, .. } = update.as_ref();
                assert!(bids.len() <= 10 && asks.len() <= 10, "more levels than a record has");
                assert!(bids.iter().chain(asks).all(|level| !level.quantity.is_zero()), "an empty level");
            }
            MarketBody::Quote(quote) => {
                assert!(quote.bid.iter().chain(&quote.ask).all(|level| !level.quantity.is_zero()), "an empty quote");
            }
            _ => {}
        }
    }
}
