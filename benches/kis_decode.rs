//! Nanoseconds a record from the bytes of a KIS frame to market events, beside two plain passes over the same bytes in the
//! same run: one that cuts at the carets and reads the same fields into whole numbers, and one that keeps only seven of a
//! print (code, time, price, signed quantity, volume, ask, bid). Frames are many different ones, and one again and again,
//! whose lengths the processor knows by heart after a while. One line of JSON a case.
//!
//! Allocations are counted by a memory checker, for a counting allocator would need `unsafe`: the difference of two runs
//! is what so many frames allocate.
//!
//! ```text
//! cargo bench --bench kis_decode
//! valgrind BINARY allocations trade 10000
//! valgrind BINARY allocations trade 20000
//! ```
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use hoga::broker::kis::map::stock_market::frame_events;
use hoga::broker::kis::realtime::{Frame, Reader};
use hoga::market::{MarketEvent, UtcTime};

/// 2026-09-15 09:15:03 in Korea.
const NOW: i64 = 1_789_431_303_000;
const RECORDS: usize = 2_000;
const ROUNDS: usize = 60;
/// Goal D1: at most this many times the plain pass.
const GOAL: f64 = 1.5;
/// Records of a frame.
const SIZES: [usize; 3] = [1, 4, 20];
/// Fields of a trade and of a book.
const WIDTHS: [usize; 2] = [47, 63];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    Trade,
    Book,
}

const CASES: [(&str, Case); 2] = [("trade", Case::Trade), ("book", Case::Book)];

/// Numbers that look like any, the same in every run.
fn mixed(number: usize) -> usize {
    (number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23) as usize
}

fn trade(number: usize) -> String {
    let any = mixed(number);
    let price = 71_000 + any % 40 * 100;
    let change = price as i64 - 72_000;
    let sign = ["2", "3", "5"][usize::from(change <= 0) + usize::from(change < 0)];
    let (quantity, volume) = (1 + any / 64 % 10_usize.pow(1 + (any % 5) as u32), 3_052_507 + 400 * number);
    let aggressor = ["1", "5"][any / 128 % 2];
    let value = volume * 72_023;
    format!(
        "005930^09{:02}{:02}^{price}^{sign}^{change}^{:.2}^72023.83^72100^74900^71000^{}^{price}^{quantity}^{volume}^\
         {value}^5105^6937^1832^84.90^1366314^1159996^{aggressor}^0.39^20.28^090020^5^-200^090820^5^-500^092619^2^200^\
         20260915^20^N^{}^{}^1118750^2199206^0.05^2424142^125.92^0^^72100^2",
        any / 4 % 15,
        any / 8 % 60,
        change as f64 / 720.0,
        price + 100,
        any / 32 % 70_000,
        any / 16 % 250_000,
    )
}

fn book(number: usize) -> String {
    let any = mixed(number);
    let best = 71_000 + any % 40 * 100;
    let mut fields = vec!["005930".to_owned(), format!("09{:02}{:02}", any / 4 % 15, any / 8 % 60), "0".to_owned()];
    fields.extend((0..10).map(|level| (best + 100 + 100 * level).to_string()));
    fields.extend((0..10).map(|level| (best - 100 * level).to_string()));
    fields.extend((0..20).map(|level| (1 + mixed(number * 20 + level) % 250_000).to_string()));
    let rest = "190189^770303^0^0^0^0^1168850^-255000^5^-100.00^20948916^0^1^0^0^0^244250^0^0^2";
    fields.extend(rest.split('^').map(str::to_owned));
    fields.join("^")
}

fn record(case: Case, number: usize) -> String {
    let (text, width) = match case {
        Case::Trade => (trade(number), WIDTHS[0]),
        Case::Book => (book(number), WIDTHS[1]),
    };
    assert_eq!(text.split('^').count(), width);
    text
}

fn frames(case: Case, size: usize) -> Vec<Vec<u8>> {
    let id = if case == Case::Trade { "H0STCNT0" } else { "H0STASP0" };
    let numbers: Vec<usize> = (0..RECORDS).collect();
    numbers
        .chunks(size)
        .map(|chunk| {
            let records: Vec<String> = chunk.iter().map(|number| record(case, *number)).collect();
            format!("0|{id}|{size:03}|{}", records.join("^")).into_bytes()
        })
        .collect()
}

fn ours(reader: &mut Reader, bytes: &[u8], out: &mut Vec<MarketEvent>) -> usize {
    let frame = Frame::parse(bytes).unwrap();
    frame_events(reader, &frame, UtcTime::from_millis(NOW), |_| true, out).unwrap().read
}

/// What a plain pass makes of a print.
#[derive(Default, Clone, Copy)]
#[allow(dead_code)]
struct PlainTrade {
    symbol: [u8; 6],
    time: i64,
    price: i64,
    change: i64,
    range: [i64; 3],
    best: [i64; 4],
    quantity: i64,
    volume: i64,
    value: i64,
    bought: bool,
    date: i64,
    hour: i64,
}

/// The least anybody makes of a print: the plainest pass there is.
#[derive(Default, Clone, Copy)]
#[allow(dead_code)]
struct Tick {
    symbol: [u8; 6],
    time: i64,
    price: i64,
    quantity: i64,
    volume: i64,
    best: [i64; 2],
}

/// What it makes of a book.
#[derive(Clone, Copy)]
#[allow(dead_code)]
struct PlainBook {
    symbol: [u8; 6],
    time: i64,
    levels: [i64; 40],
}

/// The numbers of one record, each read while its end is looked for; what is used must be a number. What follows.
fn plain_record<'a, const WIDTH: usize>(
    bytes: &'a [u8],
    used: impl Fn(usize) -> bool,
    symbol: &mut [u8; 6],
    values: &mut [i64; WIDTH],
) -> Option<&'a [u8]> {
    symbol.copy_from_slice(bytes.get(..6)?);
    let mut at = 6 + usize::from(*bytes.get(6)? == b'^');
    for (field, kept) in values.iter_mut().enumerate().skip(1) {
        let (mut value, mut negative) = (0_i64, false);
        loop {
            let byte = bytes.get(at).copied().unwrap_or(b'^');
            at += 1;
            let digit = byte.wrapping_sub(b'0');
            if digit <= 9 {
                value = value.wrapping_mul(10).wrapping_add(i64::from(digit));
            } else if byte == b'^' {
                break;
            } else if byte == b'-' {
                negative = true;
            } else if used(field) {
                return None;
            }
        }
        *kept = if negative { -value } else { value };
    }
    bytes.get(at.min(bytes.len())..)
}

/// The count and the payload of a plain frame.
fn plain_head<'a>(bytes: &'a [u8], id: &[u8]) -> Option<(usize, &'a [u8])> {
    let mut parts = bytes.splitn(4, |byte| *byte == b'|');
    if parts.next()? != b"0" || parts.next()? != id {
        return None;
    }
    let count = parts.next()?.iter().try_fold(0, |sum, byte| Some(sum * 10 + usize::from(byte.checked_sub(b'0')?)))?;
    Some((count, parts.next()?))
}

fn plain_trades(bytes: &[u8], out: &mut Vec<PlainTrade>) -> Option<usize> {
    let (count, mut rest) = plain_head(bytes, b"H0STCNT0")?;
    let used = |field| matches!(field, 1..=4 | 7..=14 | 21 | 33 | 36 | 37 | 43);
    for _ in 0..count {
        let (mut symbol, mut values) = ([0; 6], [0; WIDTHS[0]]);
        rest = plain_record(rest, used, &mut symbol, &mut values)?;
        out.push(PlainTrade {
            symbol,
            time: values[1],
            price: values[2],
            change: if values[3] == 5 { -values[4].abs() } else { values[4].abs() },
            range: [values[7], values[8], values[9]],
            best: [values[10], values[11], values[36], values[37]],
            quantity: values[12],
            volume: values[13],
            value: values[14],
            bought: values[21] == 1,
            date: values[33],
            hour: values[43],
        });
    }
    rest.is_empty().then_some(count)
}

/// Seven fields of each print; every other field is passed over digit by digit.
fn ticks(bytes: &[u8], out: &mut Vec<Tick>) -> Option<usize> {
    let (count, mut rest) = plain_head(bytes, b"H0STCNT0")?;
    let used = |field| matches!(field, 1 | 2 | 10..=13);
    for _ in 0..count {
        let (mut symbol, mut values) = ([0; 6], [0; WIDTHS[0]]);
        rest = plain_record(rest, used, &mut symbol, &mut values)?;
        out.push(Tick {
            symbol,
            time: values[1],
            price: values[2],
            quantity: if values[21] == 5 { -values[12] } else { values[12] },
            volume: values[13],
            best: [values[10], values[11]],
        });
    }
    rest.is_empty().then_some(count)
}

fn plain_books(bytes: &[u8], out: &mut Vec<PlainBook>) -> Option<usize> {
    let (count, mut rest) = plain_head(bytes, b"H0STASP0")?;
    for _ in 0..count {
        let (mut symbol, mut values) = ([0; 6], [0; WIDTHS[1]]);
        rest = plain_record(rest, |field| field < 43, &mut symbol, &mut values)?;
        let mut levels = [0; 40];
        levels.copy_from_slice(&values[3..43]);
        out.push(PlainBook { symbol, time: values[1], levels });
    }
    rest.is_empty().then_some(count)
}

/// One round over all frames by each way.
fn timed<T>(frames: &[Vec<u8>], out: &mut Vec<T>, mut read: impl FnMut(&[u8], &mut Vec<T>) -> usize) -> Duration {
    let mut records = 0;
    let began = Instant::now();
    for frame in frames {
        records += read(black_box(frame), out);
        black_box(&out);
        out.clear();
    }
    let took = began.elapsed();
    assert_eq!(records, RECORDS);
    took
}

/// The least of many rounds: what the machine does when nobody disturbs it.
fn measure(name: &str, case: Case, size: usize, frames: &[Vec<u8>], mix: &str) {
    let mut reader = Reader::new();
    let (mut events, mut trades, mut books, mut least) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut best, mut plain, mut seven) = (Duration::MAX, Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        best = best.min(timed(frames, &mut events, |bytes, out| ours(&mut reader, bytes, out)));
        match case {
            Case::Trade => {
                plain = plain.min(timed(frames, &mut trades, |bytes, out| plain_trades(bytes, out).unwrap()));
                seven = seven.min(timed(frames, &mut least, |bytes, out| ticks(bytes, out).unwrap()));
            }
            // The plain pass over a book keeps its forty numbers and its time, and nothing that could be left out.
            Case::Book => {
                plain = plain.min(timed(frames, &mut books, |bytes, out| plain_books(bytes, out).unwrap()));
                seven = plain;
            }
        }
    }
    let each = |time: Duration| time.as_nanos() as f64 / RECORDS as f64;
    let ratio = each(best) / each(seven);
    println!(
        "{{\"case\":\"{name}\",\"records\":{size},\"frames\":\"{mix}\",\"bytes\":{},\"ns\":{:.1},\"plain_ns\":{:.1},\
         \"one_pass_ns\":{:.1},\"ratio\":{ratio:.3},\"goal\":{GOAL},\"met\":{}}}",
        frames[0].len(),
        each(best),
        each(plain),
        each(seven),
        ratio <= GOAL
    );
}

/// The same frame again and again, so that only their number differs between two runs.
fn allocations(case: Case, count: usize) {
    let mut reader = Reader::new();
    let mut out = Vec::with_capacity(16);
    let frames = frames(case, 1);
    let mut told = 0;
    for number in 0..count {
        told += ours(&mut reader, &frames[number % frames.len()], &mut out);
        black_box(&out);
        out.clear();
    }
    println!("{{\"frames\":{count},\"told\":{told}}}");
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [mode, name, count] = arguments.as_slice()
        && mode == "allocations"
    {
        let (_, case) = CASES.iter().find(|(known, _)| known == name).expect("trade or book");
        return allocations(*case, count.parse().expect("a number of frames"));
    }
    // One case alone, for whoever looks where the time goes.
    let wanted = |name: &str| arguments.first().is_none_or(|first| first == name || first.starts_with('-'));
    for (name, case) in CASES.into_iter().filter(|(name, _)| wanted(name)) {
        for size in SIZES {
            let different = frames(case, size);
            measure(name, case, size, &different, "different");
            let same = vec![different[0].clone(); different.len()];
            measure(name, case, size, &same, "same");
        }
    }
}
