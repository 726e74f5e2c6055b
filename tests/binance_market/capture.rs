//! A recorded market as the frames it came in: read, mapped and joined as in a session, it ends in the recorded book.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use hoga::broker::binance::market_map::{Mapped, MarketMap};
use hoga::broker::binance::wire::market::{Frame, parse};
use hoga::broker::replay::{Capture, SAMPLE};
use hoga::market::book::{Applied, BookState, OrderBook};
use hoga::market::{BookUpdate, Level, MarketBody, MarketEvent, Sequence, Side, UtcTime};

use super::{price, symbol};

/// What arrived, in the order of arrival.
enum Arrival {
    Frame(String),
    /// The answer to the question for a whole book.
    Snapshot(String),
}

/// What came of a recording.
struct Played {
    book: OrderBook,
    map: MarketMap,
    trades: u64,
    quotes: u64,
    last_quote: Option<(Level, Level)>,
}

fn play(arrivals: impl IntoIterator<Item = (UtcTime, Arrival)>) -> Played {
    let mut played =
        Played { book: OrderBook::new(1, 3), map: MarketMap::new(), trades: 0, quotes: 0, last_quote: None };
    played.map.watch(symbol("BTCUSDT"));
    let (mut out, mut ticket) = (Vec::new(), None);
    for (at, arrival) in arrivals {
        let mapped = match &arrival {
            Arrival::Frame(text) => match parse(text.as_bytes()).unwrap() {
                Frame::Event(Some(_), event) => played.map.event(event, at, &mut out),
                other => panic!("{other:?}"),
            },
            Arrival::Snapshot(text) => {
                let snapshot = serde_json::from_str(text).unwrap();
                played.map.snapshot(symbol("BTCUSDT"), ticket.unwrap(), snapshot, at, &mut out)
            }
        };
        if let Mapped::Wanted(_, ask) = mapped.unwrap() {
            ticket = Some(ask.ticket);
        }
        for event in out.drain(..) {
            played.see(event);
        }
    }
    played
}

impl Played {
    fn see(&mut self, event: MarketEvent) {
        match event.body {
            MarketBody::Trade(_) => self.trades += 1,
            MarketBody::Quote(quote) => {
                self.quotes += 1;
                self.last_quote = quote.bid.zip(quote.ask);
            }
            MarketBody::Book(update) => assert_eq!(self.book.apply(&update), Applied::Changed, "{:?}", update.sequence),
            other => panic!("{other:?}"),
        }
    }

    fn is_whole(&self) {
        let counts = self.book.counts();
        assert_eq!((counts.gaps, counts.crossed, counts.malformed), (0, 0, 0));
        assert_eq!((self.book.state(), self.map.book_counts().gaps), (BookState::Live, 0));
    }
}

fn rows(levels: &[Level]) -> String {
    let rows: Vec<String> =
        levels.iter().map(|level| format!("[\"{}\",\"{}\"]", level.price, level.quantity)).collect();
    format!("[{}]", rows.join(","))
}

fn depth(update: &BookUpdate, time: i64) -> Arrival {
    let (bids, asks) = (rows(&update.bids), rows(&update.asks));
    match update.sequence {
        Sequence::Snapshot { last } => {
            Arrival::Snapshot(format!(r#"{{"lastUpdateId":{last},"E":{time},"T":{time},"bids":{bids},"asks":{asks}}}"#))
        }
        Sequence::Chained { first, last, previous } => Arrival::Frame(format!(
            r#"{{"stream":"btcusdt@depth@100ms","data":{{"e":"depthUpdate","E":{time},"T":{time},"s":"BTCUSDT","U":{first},"u":{last},"pu":{previous},"b":{bids},"a":{asks}}}}}"#
        )),
        other => panic!("{other:?}"),
    }
}

/// An event of a capture as the frame it once was.
fn arrival(event: &MarketEvent, quotes: &mut u64) -> Arrival {
    let time = event.venue_time.millis();
    match &event.body {
        MarketBody::Trade(trade) => Arrival::Frame(format!(
            r#"{{"stream":"btcusdt@aggTrade","data":{{"e":"aggTrade","E":{time},"s":"BTCUSDT","a":{},"p":"{}","q":"{}","f":1,"l":1,"T":{time},"m":{}}}}}"#,
            trade.id,
            trade.price,
            trade.quantity,
            trade.side == Some(Side::Sell),
        )),
        MarketBody::Quote(quote) => {
            let (bid, ask) = quote.bid.zip(quote.ask).unwrap();
            *quotes += 1;
            Arrival::Frame(format!(
                r#"{{"stream":"btcusdt@bookTicker","data":{{"e":"bookTicker","u":{quotes},"s":"BTCUSDT","b":"{}","B":"{}","a":"{}","A":"{}","T":{time},"E":{time}}}}}"#,
                bid.price, bid.quantity, ask.price, ask.quantity,
            ))
        }
        MarketBody::Book(update) => depth(update, time),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_shipped_recording_as_frames_gives_the_book_of_the_recording() {
    let events: Vec<MarketEvent> = Capture::open(SAMPLE).unwrap().map(Result::unwrap).collect();
    let mut quotes = 0;
    let played = play(events.iter().map(|event| (event.received_at, arrival(event, &mut quotes))));
    played.is_whole();
    let mut direct = OrderBook::new(1, 3);
    for event in &events {
        if let MarketBody::Book(update) = &event.body {
            direct.apply(update);
        }
    }
    let (ours, theirs) = (played.book.live().unwrap(), direct.live().unwrap());
    assert_eq!(played.book.last_id(), direct.last_id());
    assert!(ours.bids(2_000).eq(theirs.bids(2_000)) && ours.asks(2_000).eq(theirs.asks(2_000)));
    let count = |wanted: fn(&MarketBody) -> bool| events.iter().filter(|event| wanted(&event.body)).count() as u64;
    assert_eq!(played.trades, count(|body| matches!(body, MarketBody::Trade(_))));
    assert_eq!(played.quotes, count(|body| matches!(body, MarketBody::Quote(_))));
}

/// A file of the folder whose name ends so, unpacked.
fn unpacked(folder: &Path, kind: &str) -> impl Read {
    let wanted = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        name.contains("usdm") && name.ends_with(&format!("_{kind}.csv.gz"))
    };
    let path = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).find(wanted).unwrap();
    let gzip = Command::new("gzip").arg("-dc").stdin(File::open(path).unwrap()).output().unwrap();
    assert!(gzip.status.success(), "gzip could not unpack it");
    std::io::Cursor::new(gzip.stdout)
}

/// Rows of a file as text, so that every number reaches the frames as it was recorded.
fn csv_rows(folder: &Path, kind: &str) -> impl Iterator<Item = csv::StringRecord> {
    csv::Reader::from_reader(unpacked(folder, kind)).into_records().map(Result::unwrap)
}

/// One message of many rows: bids and asks of it.
#[derive(Default)]
struct Sides {
    head: String,
    bids: String,
    asks: String,
}

impl Sides {
    fn add(&mut self, side: &str, at: &str, units: &str) {
        let text = if side == "b" { &mut self.bids } else { &mut self.asks };
        let comma = if text.is_empty() { "" } else { "," };
        write!(text, "{comma}[\"{at}\",\"{units}\"]").unwrap();
    }
}

type Recording = BTreeMap<u64, (UtcTime, Arrival)>;

fn books(
    folder: &Path,
    kind: &str,
    first_level: usize,
    head: impl Fn(&csv::StringRecord) -> String,
) -> BTreeMap<u64, (i64, Sides)> {
    let mut messages: BTreeMap<u64, (i64, Sides)> = BTreeMap::new();
    for row in csv_rows(folder, kind) {
        let (_, sides) = messages
            .entry(row[1].parse().unwrap())
            .or_insert_with(|| (row[0].parse().unwrap(), Sides { head: head(&row), ..Sides::default() }));
        sides.add(&row[first_level], &row[first_level + 1], &row[first_level + 2]);
    }
    messages
}

fn recording(folder: &Path) -> Recording {
    let mut all = Recording::new();
    let mut add = |number: u64, received: i64, arrival| {
        all.insert(number, (UtcTime::from_nanos(received), arrival));
    };
    let head = |row: &csv::StringRecord| {
        format!(r#""E":{},"T":{},"s":"BTCUSDT","U":{},"u":{},"pu":{}"#, &row[2], &row[3], &row[4], &row[5], &row[6])
    };
    for (number, (received, sides)) in books(folder, "depth", 7, head) {
        let Sides { head, bids, asks } = sides;
        let text = format!(
            r#"{{"stream":"btcusdt@depth@0ms","data":{{"e":"depthUpdate",{head},"b":[{bids}],"a":[{asks}]}}}}"#
        );
        add(number, received, Arrival::Frame(text));
    }
    for (number, (received, sides)) in books(folder, "snapshot", 3, |row| format!("\"lastUpdateId\":{}", &row[2])) {
        let Sides { head, bids, asks } = sides;
        add(number, received, Arrival::Snapshot(format!("{{{head},\"bids\":[{bids}],\"asks\":[{asks}]}}")));
    }
    for row in csv_rows(folder, "trades") {
        let text = format!(
            r#"{{"stream":"btcusdt@aggTrade","data":{{"e":"aggTrade","E":{},"T":{},"s":"BTCUSDT","a":{},"p":"{}","q":"{}","f":1,"l":1,"m":{}}}}}"#,
            &row[2],
            &row[3],
            &row[4],
            &row[5],
            &row[6],
            &row[7] == "1"
        );
        add(row[1].parse().unwrap(), row[0].parse().unwrap(), Arrival::Frame(text));
    }
    for row in csv_rows(folder, "bookticker") {
        let text = format!(
            r#"{{"stream":"btcusdt@bookTicker","data":{{"e":"bookTicker","E":{},"T":{},"s":"BTCUSDT","u":{},"b":"{}","B":"{}","a":"{}","A":"{}"}}}}"#,
            &row[2], &row[3], &row[4], &row[5], &row[6], &row[7], &row[8]
        );
        add(row[1].parse().unwrap(), row[0].parse().unwrap(), Arrival::Frame(text));
    }
    all
}

#[test]
#[ignore = "needs the folder of a whole recording in HOGA_CAPTURE"]
fn a_whole_recording_as_frames_ends_in_its_last_book() {
    let folder = PathBuf::from(std::env::var_os("HOGA_CAPTURE").expect("HOGA_CAPTURE names the folder"));
    let arrivals = recording(&folder);
    let messages = arrivals.len();
    let bytes: usize = arrivals
        .values()
        .map(|(_, arrival)| match arrival {
            Arrival::Frame(text) | Arrival::Snapshot(text) => text.len(),
        })
        .sum();
    let played = play(arrivals.into_values());
    played.is_whole();
    let book = played.book.live().unwrap();
    let (bid, ask) = (book.best_bid().unwrap(), book.best_ask().unwrap());
    eprintln!(
        "{messages} messages, {bytes} bytes: {} trades, {} quotes, {:?}; {:?}; ends at {} / {}",
        played.trades,
        played.quotes,
        played.map.counts(),
        played.book.counts(),
        bid.price,
        ask.price
    );
    assert_eq!((bid.price, ask.price), (price("61659.7"), price("61659.8")));
    let (last_bid, last_ask) = played.last_quote.unwrap();
    assert_eq!((last_bid.price, last_ask.price), (bid.price, ask.price));
}
