//! Captures written, read, cut short and damaged.

use super::*;
use crate::market::{BookUpdate, Level, MarketBody, Quote, Sequence, Side, Trade, UtcTime};

fn header() -> CaptureHeader {
    CaptureHeader {
        instrument: "BINANCE_FUTURES:BTCUSDT".parse().unwrap(),
        price_decimals: 1,
        quantity_decimals: 3,
        receive_shift_ms: 0,
        source: "made up".into(),
    }
}

fn level(price: &str, quantity: &str) -> Level {
    Level { price: price.parse().unwrap(), quantity: quantity.parse().unwrap() }
}

fn event(millis: i64, body: MarketBody) -> MarketEvent {
    let (venue_time, received_at) = (UtcTime::from_millis(millis), UtcTime::from_millis(millis + 12));
    MarketEvent { instrument: header().instrument, venue_time, received_at, body }
}

fn book(sequence: Sequence) -> MarketBody {
    let (bids, asks) = (vec![level("100.1", "2.5"), level("99", "0")], vec![level("100.2", "0.001")]);
    MarketBody::Book(Box::new(BookUpdate { sequence, bids, asks }))
}

/// One of every kind, with a clock that jumps back and ids at the ends of their range.
fn events() -> Vec<MarketEvent> {
    let Level { price, quantity } = level("61659.7", "1.486");
    let trade = |id, side| MarketBody::Trade(Trade { id, price, quantity, side });
    vec![
        event(1_723_161_256_299, trade(5_266_583_935, Some(Side::Buy))),
        event(1_723_161_256_300, trade(u64::MAX, Some(Side::Sell))),
        event(1_723_161_256_100, trade(0, None)),
        event(0, MarketBody::Quote(Quote { bid: Some(level("1", "0")), ask: Some(level("0.1", "9")) })),
        event(1, MarketBody::Quote(Quote { bid: None, ask: Some(level("0.1", "9")) })),
        event(2, MarketBody::Quote(Quote::default())),
        event(3, book(Sequence::Whole)),
        event(4, book(Sequence::Snapshot { last: 7 })),
        event(5, book(Sequence::Chained { first: 9, last: u64::MAX, previous: 7 })),
        event(6, book(Sequence::Counted { first: 1, last: 2 })),
        event(7, MarketBody::Stale),
    ]
}

fn written(events: &[MarketEvent]) -> Vec<u8> {
    let mut writer = CaptureWriter::new(&header()).unwrap();
    for event in events {
        writer.push(event).unwrap();
    }
    writer.finish().unwrap()
}

fn read(bytes: &[u8]) -> Result<Vec<MarketEvent>, CaptureError> {
    Capture::open(bytes)?.collect()
}

#[test]
fn what_is_written_is_read() {
    let bytes = written(&events());
    assert_eq!(Capture::open(&bytes).unwrap().header(), &header());
    assert_eq!(read(&bytes).unwrap(), events());
    assert_eq!(read(&written(&[])).unwrap(), []);
}

#[test]
fn a_capture_of_many_blocks_is_read() {
    let many: Vec<_> = std::iter::repeat_with(events).take(6_000).flatten().collect();
    let bytes = written(&many);
    assert_eq!(read(&bytes).unwrap(), many);
}

#[test]
fn every_flipped_bit_is_noticed() {
    let whole = written(&events());
    for at in 0..whole.len() * 8 {
        let mut bytes = whole.clone();
        bytes[at / 8] ^= 1 << (at % 8);
        assert!(read(&bytes).is_err(), "bit {at} of {}", whole.len() * 8);
    }
}

#[test]
fn every_missing_end_is_noticed() {
    let whole = written(&events());
    for length in 0..whole.len() {
        assert!(read(&whole[..length]).is_err(), "{length} of {} bytes", whole.len());
    }
}

#[test]
fn a_checksum_that_fits_does_not_make_nonsense_an_event() {
    let mut seed = 7_u64;
    for _ in 0..2_000 {
        let mut writer = CaptureWriter::new(&header()).unwrap();
        for _ in 0..40 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            writer.block.push((seed >> 33) as u8 & if seed & 1 == 0 { 7 } else { 0xFF });
        }
        // Reading ends, with or without an error, and never panics.
        let _ = read(&writer.finish().unwrap());
    }
}

#[test]
fn a_block_that_would_fill_the_memory_is_refused() {
    let mut bytes = written(&[]);
    bytes.truncate(bytes.len() - 12);
    let packed = zstd::bulk::compress(&vec![0; BLOCK_MAX + 1], 1).unwrap();
    bytes.extend((packed.len() as u32).to_le_bytes());
    bytes.extend((BLOCK_MAX as u32 + 1).to_le_bytes());
    bytes.extend(crc32fast::hash(&packed).to_le_bytes());
    bytes.extend(packed);
    assert_eq!(read(&bytes), Err(CaptureError::Damaged { block: 1 }));
}

#[test]
fn only_what_the_header_says_is_taken() {
    let mut writer = CaptureWriter::new(&header()).unwrap();
    let mut other = events().remove(0);
    other.instrument = "BINANCE_SPOT:BTCUSDT".parse().unwrap();
    assert_eq!(writer.push(&other), Err(CaptureError::OtherInstrument(other.instrument)));
    let fine = event(1, MarketBody::Quote(Quote { bid: Some(level("1.25", "1")), ask: None }));
    assert!(matches!(CaptureWriter::new(&header()).unwrap().push(&fine), Err(CaptureError::Finer { .. })));
}
