//! Nanoseconds from the bytes of a Binance frame to a market event, beside a bare parse of the same bytes into minimal
//! borrowed structs by the same JSON library, in the same run. One line of JSON a case.
//!
//! Allocations are counted by a memory checker, for a counting allocator would need `unsafe`: the difference of two runs
//! is what so many frames allocate, and a trade or a quote must not.
//!
//! ```text
//! cargo bench --bench binance_decode
//! valgrind BINARY allocations trade 10000
//! valgrind BINARY allocations trade 20000
//! ```
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use hoga::broker::binance::market_map::{Mapped, MarketMap};
use hoga::broker::binance::wire::market::{Frame, parse};
use hoga::market::{MarketEvent, Symbol, UtcTime};
use serde::Deserialize;

const NOW: i64 = 1_763_700_000_000;
const FRAMES: u64 = 2_000;
const ROUNDS: usize = 60;
/// Goal D1: at most this many times the bare parse.
const GOAL: f64 = 1.3;
/// Levels of a side.
const LEVELS: u64 = 50;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    Trade,
    Quote,
    Mark,
    Depth,
}

const CASES: [(&str, Case); 4] =
    [("trade", Case::Trade), ("quote", Case::Quote), ("mark", Case::Mark), ("depth", Case::Depth)];

#[derive(Deserialize)]
struct Wrapped<'a, T> {
    #[serde(borrow)]
    stream: &'a str,
    data: T,
}

#[derive(Deserialize)]
struct BareTrade<'a> {
    #[serde(rename = "s")]
    symbol: &'a str,
    #[serde(rename = "a")]
    id: u64,
    #[serde(rename = "p")]
    price: &'a str,
    #[serde(rename = "q")]
    quantity: &'a str,
    #[serde(rename = "T")]
    time: i64,
    #[serde(rename = "m")]
    maker: bool,
}

#[derive(Deserialize)]
struct BareQuote<'a> {
    #[serde(rename = "s")]
    symbol: &'a str,
    #[serde(rename = "u")]
    id: u64,
    #[serde(rename = "b")]
    bid: &'a str,
    #[serde(rename = "B")]
    bid_quantity: &'a str,
    #[serde(rename = "a")]
    ask: &'a str,
    #[serde(rename = "A")]
    ask_quantity: &'a str,
    #[serde(rename = "T")]
    time: i64,
}

#[derive(Deserialize)]
struct BareMark<'a> {
    #[serde(rename = "s")]
    symbol: &'a str,
    #[serde(rename = "p")]
    mark: &'a str,
    #[serde(rename = "i")]
    index: &'a str,
    #[serde(rename = "r")]
    rate: &'a str,
    #[serde(rename = "T")]
    next: i64,
    #[serde(rename = "E")]
    time: i64,
}

#[derive(Deserialize)]
struct BareDepth<'a> {
    #[serde(rename = "s")]
    symbol: &'a str,
    #[serde(rename = "U")]
    first: u64,
    #[serde(rename = "u")]
    last: u64,
    #[serde(rename = "pu")]
    previous: u64,
    #[serde(rename = "T")]
    time: i64,
    #[serde(rename = "b", borrow)]
    bids: Vec<(&'a str, &'a str)>,
    #[serde(rename = "a", borrow)]
    asks: Vec<(&'a str, &'a str)>,
}

fn frame(case: Case, number: u64) -> String {
    let cents = number % 100;
    match case {
        Case::Trade => format!(
            r#"{{"stream":"btcusdt@aggTrade","data":{{"e":"aggTrade","E":{NOW},"s":"BTCUSDT","a":{},"p":"61659.{cents:02}","q":"0.{:03}","nq":"0.100","f":5266583935,"l":5266583936,"T":{NOW},"m":true,"st":1,"ps":"BTCUSDT"}}}}"#,
            3_000_000_000 + number,
            1 + number % 999,
        ),
        Case::Quote => format!(
            r#"{{"stream":"btcusdt@bookTicker","data":{{"e":"bookTicker","u":{},"s":"BTCUSDT","b":"61659.{cents:02}","B":"1.486","a":"61660.{cents:02}","A":"12.725","T":{NOW},"E":{NOW},"st":1,"ps":"BTCUSDT"}}}}"#,
            7_081_766_000_000 + number,
        ),
        Case::Mark => format!(
            r#"{{"stream":"btcusdt@markPrice@1s","data":{{"e":"markPriceUpdate","E":{},"s":"BTCUSDT","p":"61659.{cents:02}0000","ap":"61650.12345678","i":"61662.62659091","P":"61661.25641265","r":"0.00038167","T":{},"st":1,"ps":"BTCUSDT"}}}}"#,
            NOW + number as i64,
            NOW + 28_800_000,
        ),
        Case::Depth => {
            let side = |from: u64| {
                let mut text = String::new();
                for level in 0..LEVELS {
                    let comma = if level == 0 { "" } else { "," };
                    let units = (number * 7 + level * 13) % 90_000;
                    write!(
                        text,
                        "{comma}[\"{}.{}0\",\"{}.{:03}\"]",
                        from + level,
                        level % 10,
                        units / 1_000,
                        units % 1_000
                    )
                    .unwrap();
                }
                text
            };
            let id = 5_123_134_000_000 + number * 10;
            format!(
                r#"{{"stream":"btcusdt@depth@100ms","data":{{"e":"depthUpdate","E":{NOW},"T":{NOW},"s":"BTCUSDT","ps":"BTCUSDT","st":1,"U":{},"u":{},"pu":{id},"b":[{}],"a":[{}]}}}}"#,
                id + 3,
                id + 10,
                side(61_600),
                side(61_660),
            )
        }
    }
}

/// A map that is ready for the first frame.
fn ready(case: Case) -> MarketMap {
    let symbol = Symbol::new("BTCUSDT").unwrap();
    let mut map = MarketMap::new();
    map.watch(symbol);
    if case == Case::Depth {
        let mut out = Vec::new();
        let id = 5_123_134_000_000_u64;
        let before = format!(
            r#"{{"e":"depthUpdate","E":{NOW},"T":{NOW},"s":"BTCUSDT","U":{},"u":{id},"pu":{},"b":[],"a":[]}}"#,
            id - 5,
            id - 9
        );
        let Mapped::Wanted(_, ask) = take(&mut map, before.as_bytes(), &mut out) else { panic!("no question") };
        let whole = format!(r#"{{"lastUpdateId":{},"bids":[["1","1"]],"asks":[]}}"#, id - 2);
        let snapshot = serde_json::from_str(&whole).unwrap();
        map.snapshot(symbol, ask.ticket, snapshot, UtcTime::EPOCH, &mut out).unwrap();
    }
    map
}

fn take(map: &mut MarketMap, bytes: &[u8], out: &mut Vec<MarketEvent>) -> Mapped {
    let Ok(Frame::Event(_, event)) = parse(bytes) else { panic!("not read") };
    map.event(event, UtcTime::from_millis(NOW), out).unwrap()
}

fn ours(case: Case, frames: &[String], out: &mut Vec<MarketEvent>) -> Duration {
    let mut map = ready(case);
    let began = Instant::now();
    for frame in frames {
        let mapped = take(&mut map, black_box(frame.as_bytes()), out);
        assert!(mapped == Mapped::Told);
        black_box(&out);
        out.clear();
    }
    began.elapsed()
}

fn bare(case: Case, frames: &[String]) -> Duration {
    let began = Instant::now();
    for frame in frames {
        let bytes = black_box(frame.as_bytes());
        match case {
            Case::Trade => {
                let read: Wrapped<'_, BareTrade<'_>> = serde_json::from_slice(bytes).unwrap();
                let BareTrade { symbol, id, price, quantity, time, maker } = read.data;
                black_box((read.stream, symbol, id, price, quantity, time, maker));
            }
            Case::Quote => {
                let read: Wrapped<'_, BareQuote<'_>> = serde_json::from_slice(bytes).unwrap();
                let BareQuote { symbol, id, bid, bid_quantity, ask, ask_quantity, time } = read.data;
                black_box((read.stream, symbol, id, bid, bid_quantity, ask, ask_quantity, time));
            }
            Case::Mark => {
                let read: Wrapped<'_, BareMark<'_>> = serde_json::from_slice(bytes).unwrap();
                let BareMark { symbol, mark, index, rate, next, time } = read.data;
                black_box((read.stream, symbol, mark, index, rate, next, time));
            }
            Case::Depth => {
                let read: Wrapped<'_, BareDepth<'_>> = serde_json::from_slice(bytes).unwrap();
                let BareDepth { symbol, first, last, previous, time, bids, asks } = read.data;
                black_box((read.stream, symbol, first, last, previous, time, bids, asks));
            }
        }
    }
    began.elapsed()
}

/// The least of many rounds: what the machine does when nobody disturbs it.
fn measure(name: &str, case: Case) {
    let frames: Vec<String> = (0..FRAMES).map(|number| frame(case, number)).collect();
    let mut out = Vec::with_capacity(4);
    let (mut best, mut reference) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        best = best.min(ours(case, &frames, &mut out));
        reference = reference.min(bare(case, &frames));
    }
    let each = |time: Duration| time.as_nanos() as f64 / FRAMES as f64;
    let ratio = each(best) / each(reference);
    println!(
        "{{\"case\":\"{name}\",\"bytes\":{},\"ns\":{:.1},\"bare_ns\":{:.1},\"ratio\":{ratio:.3},\"goal\":{GOAL},\"met\":{}}}",
        frames[0].len(),
        each(best),
        each(reference),
        ratio <= GOAL
    );
}

/// The same frames again and again, each round with a new map, so that only their number differs between two runs.
fn allocations(case: Case, count: u64) {
    let mut out = Vec::with_capacity(4);
    let mut map = ready(case);
    let mut text = String::with_capacity(64 << 10);
    for number in 0..FRAMES {
        text.clear();
        text.push_str(&frame(case, number));
        take(&mut map, text.as_bytes(), &mut out);
        out.clear();
    }
    let last = frame(case, FRAMES);
    let mut bytes = last.into_bytes();
    let mut told = 0_u64;
    for _ in 0..count {
        let mapped = take(&mut map, &bytes, &mut out);
        told += u64::from(mapped == Mapped::Told);
        black_box(&out);
        out.clear();
        grow(case, &mut bytes);
    }
    println!("{{\"frames\":{count},\"told\":{told}}}");
}

/// The next id, written in place: building frames must not allocate here.
fn grow(case: Case, bytes: &mut [u8]) {
    let fields: &[(&[u8], u64)] = match case {
        Case::Trade => &[(b"\"a\":", 1)],
        Case::Quote => &[(b"\"u\":", 1)],
        Case::Mark => &[(b"\"E\":", 1)],
        Case::Depth => &[(b"\"U\":", 10), (b"\"u\":", 10), (b"\"pu\":", 10)],
    };
    for (name, by) in fields {
        let at = bytes.windows(name.len()).position(|window| window == *name).unwrap() + name.len();
        let end = at + bytes[at..].iter().position(|byte| !byte.is_ascii_digit()).unwrap();
        let mut carry = *by;
        for byte in bytes[at..end].iter_mut().rev() {
            let sum = u64::from(*byte - b'0') + carry;
            *byte = b'0' + (sum % 10) as u8;
            carry = sum / 10;
        }
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [mode, name, count] = arguments.as_slice()
        && mode == "allocations"
    {
        let (_, case) = CASES.iter().find(|(known, _)| known == name).expect("trade, quote, mark or depth");
        return allocations(*case, count.parse().expect("a number of frames"));
    }
    for (name, case) in CASES {
        measure(name, case);
    }
}
