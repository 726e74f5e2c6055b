//! Replays a raw Binance recording: rebuilds the order book from all of it and works a fixed set of virtual orders twice.
//!
//! ```text
//! cargo run --release --example replay_capture -- DIR
//! ```
//! `DIR` holds `PREFIX_trades.csv`, `PREFIX_bookticker.csv`, `PREFIX_depth.csv` and `PREFIX_snapshot.csv`, packed with gzip
//! or not. With `--write FILE` the first `--seconds` of it become a capture file.
#![allow(clippy::print_stdout)]

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Parser;
use hoga::broker::paper::{PaperBody, PaperConfig, PaperMatcher, PaperOrder};
use hoga::broker::replay::convert::{Recording, convert};
use hoga::broker::replay::{CaptureHeader, CaptureWriter};
use hoga::market::book::OrderBook;
use hoga::market::{
    Currency, Instrument, InstrumentId, MarketBody, MarketEvent, Product, Quantity, Quote, Side, Symbol, TickRule,
    UtcTime, Venue,
};
use hoga::order::{OrderId, OrderKind, TimeInForce};
use rust_decimal::Decimal;
use uuid::Uuid;

const SOURCE: &str = "nkaz001/hftbacktest @ 5f3ec40 (examples), MIT licence, Copyright (c) the hftbacktest authors";

#[derive(Parser)]
struct Arguments {
    /// Folder of the recording.
    directory: PathBuf,
    /// What its file names begin with: symbol, market (`usdm` or `spot`), day.
    #[arg(long, default_value = "btcusdt_usdm_20240808")]
    prefix: String,
    /// Write a capture file.
    #[arg(long)]
    write: Option<PathBuf>,
    /// How much of the recording goes into it.
    #[arg(long, default_value_t = 75)]
    seconds: u64,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let open = |kind: &str| open(&arguments.directory, &arguments.prefix, kind);
    let recording = Recording {
        trades: open("trades")?,
        quotes: open("bookticker")?,
        diffs: open("depth")?,
        snapshot: open("snapshot")?,
    };
    let (header, events) = convert(recording, instrument_of(&arguments.prefix)?, SOURCE)?;
    println!("{} events of {}, receive times moved by {} ms", events.len(), header.instrument, header.receive_shift_ms);

    rebuild(&header, &events)?;
    let (fills, hash) = work_orders(&header, &events);
    println!("virtual orders, first run: {fills} fills, hash {hash:08x}");
    let (again, hash_again) = work_orders(&header, &events);
    println!("virtual orders, second run: {again} fills, hash {hash_again:08x}");
    if (fills, hash) != (again, hash_again) {
        bail!("the same feed gave other fills");
    }
    match &arguments.write {
        Some(file) => write(file, &header, &events, Duration::from_secs(arguments.seconds)),
        None => Ok(()),
    }
}

fn open(directory: &Path, prefix: &str, kind: &str) -> Result<Box<dyn Read>> {
    let plain = directory.join(format!("{prefix}_{kind}.csv"));
    if plain.exists() {
        return Ok(Box::new(BufReader::new(File::open(&plain)?)));
    }
    let packed = directory.join(format!("{prefix}_{kind}.csv.gz"));
    let file = File::open(&packed).with_context(|| format!("{} or {}", plain.display(), packed.display()))?;
    let gzip = Command::new("gzip").arg("-dc").stdin(file).stdout(Stdio::piped()).spawn().context("running gzip")?;
    Ok(Box::new(BufReader::new(gzip.stdout.context("reading from gzip")?)))
}

fn instrument_of(prefix: &str) -> Result<InstrumentId> {
    let mut words = prefix.split('_');
    let symbol = Symbol::new(words.next().unwrap_or_default())?;
    let venue = match words.next() {
        Some("usdm") => Venue::BinanceFutures,
        Some("spot") => Venue::BinanceSpot,
        _ => bail!("the second word of '{prefix}' is neither usdm nor spot"),
    };
    Ok(InstrumentId { venue, symbol })
}

fn rebuild(header: &CaptureHeader, events: &[MarketEvent]) -> Result<()> {
    let mut book = OrderBook::new(header.price_decimals, header.quantity_decimals);
    let mut updates = 0;
    for event in events {
        if let MarketBody::Book(update) = &event.body {
            book.apply(update);
            updates += 1;
        }
    }
    let counts = book.counts();
    let live = book.live().with_context(|| format!("the book ended {:?}: {counts:?}", book.state()))?;
    let (bid, ask) = live.best_bid().zip(live.best_ask()).context("the book is empty")?;
    println!("{updates} book updates, ends at {} / {}", bid.price, ask.price);
    println!("crossed {} times, gaps {}, {counts:?}", counts.crossed, counts.gaps);
    Ok(())
}

fn instrument(header: &CaptureHeader) -> Instrument {
    let lot = Quantity::new(Decimal::new(1, header.quantity_decimals)).unwrap_or_default();
    Instrument {
        id: header.instrument,
        name_ko: header.instrument.to_string(),
        name_en: header.instrument.to_string(),
        product: Product::CryptoPerpetual,
        currency: Currency::Usdt,
        ticks: TickRule::Fixed(Decimal::new(1, header.price_decimals)),
        price_decimals: header.price_decimals,
        lot,
        min_quantity: lot,
        max_quantity: None,
        min_notional: None,
        multiplier: Decimal::ONE,
        base_price: None,
        daily_limit: None,
        tiers: Vec::new(),
    }
}

/// Every second a buy and a sell at the best prices, an immediate and a market order. Fills, and a hash of all of them.
fn work_orders(header: &CaptureHeader, events: &[MarketEvent]) -> (u64, u32) {
    let mut matcher = PaperMatcher::new(&instrument(header), PaperConfig::CRYPTO);
    let (mut next, mut number, mut fills, mut hash) = (UtcTime::EPOCH, 0, 0, crc32fast::Hasher::new());
    for event in events {
        let now = event.received_at;
        for told in matcher.on_market(event, now) {
            if let PaperBody::Filled(fill) = told.body {
                fills += 1;
                hash.update(format!("{} {} {fill:?}\n", told.order, told.happened_at.nanos()).as_bytes());
            }
        }
        let MarketBody::Quote(Quote { bid: Some(bid), ask: Some(ask) }) = &event.body else { continue };
        if now < next {
            continue;
        }
        next = now.plus(Duration::from_secs(1));
        for (side, kind, time_in_force) in [
            (Side::Buy, OrderKind::Limit { price: bid.price }, TimeInForce::Gtc),
            (Side::Sell, OrderKind::Limit { price: ask.price }, TimeInForce::PostOnly),
            (Side::Buy, OrderKind::Limit { price: ask.price }, TimeInForce::Ioc),
            (Side::Sell, OrderKind::Market, TimeInForce::Day),
        ] {
            number += 1;
            let id = OrderId::from_uuid(Uuid::from_u128(number));
            let quantity = Quantity::new(Decimal::new(5, 1)).unwrap_or_default();
            matcher.submit(now, PaperOrder { id, side, kind, quantity, time_in_force });
        }
    }
    (fills, hash.finalize())
}

fn write(file: &Path, header: &CaptureHeader, events: &[MarketEvent], length: Duration) -> Result<()> {
    let first = events.first().context("nothing to write")?.received_at;
    let mut writer = CaptureWriter::new(header)?;
    let mut count = 0;
    for event in events.iter().take_while(|event| event.received_at.since(first) <= length) {
        writer.push(event)?;
        count += 1;
    }
    let bytes = writer.finish()?;
    std::fs::write(file, &bytes).with_context(|| format!("writing {}", file.display()))?;
    println!("{count} events in {} bytes: {}", bytes.len(), file.display());
    Ok(())
}
