//! Nanoseconds per changed level of an order book about 1,000 price levels deep a side, beside the container most
//! programs use, fed the same diffs in the same run. Ends with one line of JSON.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs)]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BatchSize, Criterion, Throughput};
use hoga::market::book::{BookState, OrderBook};
use hoga::market::{BookUpdate, Level, Price, Quantity, Sequence};
use rust_decimal::Decimal;

const DEPTH: f64 = 1_000.0;
const CHANGES: usize = 800_000;
const PRICE_DECIMALS: u32 = 2;
const QUANTITY_DECIMALS: u32 = 8;
/// Goal B1: at most this share of the time of a map of decimals.
const GOAL: f64 = 0.6;

struct Seeded(u64);

impl Seeded {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(bound)) >> 64) as u64
    }
    fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Changes of one level each, clustered near the touch, a quarter of them deletions; never crossed.
fn changes() -> Vec<(bool, Level)> {
    let mut seed = Seeded(11);
    let mut middle = 6_123_456_i64;
    let level = |price: i64, quantity: i64| Level {
        price: Price::new(Decimal::new(price, PRICE_DECIMALS)).unwrap(),
        quantity: Quantity::new(Decimal::new(quantity, QUANTITY_DECIMALS)).unwrap(),
    };
    let mut out = Vec::with_capacity(CHANGES + 40_000);
    for n in 0..CHANGES {
        if n % 50 == 0 {
            let step = seed.below(3) as i64 - 1;
            middle += step;
            // The price the middle moved to has traded away on both sides.
            out.push((true, level(middle, 0)));
            out.push((false, level(middle, 0)));
        }
        let near = seed.fraction().powi(3);
        let far = 1 + (near * DEPTH) as i64;
        let bid = seed.next() & 1 == 0;
        let quantity = if seed.below(4) == 0 { 0 } else { 1 + seed.below(100_000_000) as i64 };
        out.push((bid, level(if bid { middle - far } else { middle + far }, quantity)));
    }
    out
}

/// The changes as diffs of so many levels.
fn updates(changes: &[(bool, Level)], a_diff: usize, from: u64) -> Vec<BookUpdate> {
    let side = |chunk: &[(bool, Level)], bid| chunk.iter().filter(|c| c.0 == bid).map(|c| c.1).collect();
    let numbered = changes.chunks(a_diff).zip(from..);
    numbered
        .map(|(chunk, id)| BookUpdate {
            sequence: Sequence::Counted { first: id, last: id },
            bids: side(chunk, true),
            asks: side(chunk, false),
        })
        .collect()
}

#[derive(Clone, Default)]
struct MapBook {
    bids: BTreeMap<Decimal, Decimal>,
    asks: BTreeMap<Decimal, Decimal>,
}

impl MapBook {
    fn apply(&mut self, update: &BookUpdate) {
        for (side, levels) in [(&mut self.bids, &update.bids), (&mut self.asks, &update.asks)] {
            for level in levels {
                if level.quantity.is_zero() {
                    side.remove(&level.price.value());
                } else {
                    side.insert(level.price.value(), level.quantity.value());
                }
            }
        }
    }

    fn copy_top(&self, count: usize, bids: &mut Vec<(Decimal, Decimal)>, asks: &mut Vec<(Decimal, Decimal)>) {
        bids.clear();
        bids.extend(self.bids.iter().rev().take(count).map(|(p, q)| (*p, *q)));
        asks.clear();
        asks.extend(self.asks.iter().take(count).map(|(p, q)| (*p, *q)));
    }
}

/// Both books after a quarter of the changes, and the diffs that remain.
struct Race {
    ours: OrderBook,
    map: MapBook,
    rest: Vec<BookUpdate>,
    levels: usize,
}

fn race(changes: &[(bool, Level)], a_diff: usize) -> Race {
    let (first, rest) = changes.split_at(changes.len() / 4);
    let mut ours = OrderBook::new(PRICE_DECIMALS, QUANTITY_DECIMALS);
    let mut map = MapBook::default();
    ours.apply(&BookUpdate { sequence: Sequence::Snapshot { last: 0 }, bids: vec![], asks: vec![] });
    let warm_up = updates(first, a_diff, 1);
    for update in &warm_up {
        ours.apply(update);
        map.apply(update);
    }
    let rest_updates = updates(rest, a_diff, warm_up.len() as u64 + 1);
    Race { ours, map, rest: rest_updates, levels: rest.len() }
}

fn feed_ours(mut book: OrderBook, updates: &[BookUpdate]) -> OrderBook {
    for update in updates {
        black_box(book.apply(update));
    }
    book
}

fn feed_map(mut book: MapBook, updates: &[BookUpdate]) -> MapBook {
    for update in updates {
        book.apply(black_box(update));
    }
    book
}

fn assert_equal(race: &Race) {
    let ours = feed_ours(race.ours.clone(), &race.rest);
    let map = feed_map(race.map.clone(), &race.rest);
    assert_eq!(ours.state(), BookState::Live);
    let live = ours.live().unwrap();
    let flat = |level: Level| (level.price.value(), level.quantity.value());
    assert!(live.bids(usize::MAX).map(flat).eq(map.bids.iter().rev().map(|(p, q)| (*p, *q))));
    assert!(live.asks(usize::MAX).map(flat).eq(map.asks.iter().map(|(p, q)| (*p, *q))));
}

fn nanos(levels: usize, run: impl FnOnce()) -> f64 {
    let start = Instant::now();
    run();
    start.elapsed().as_nanos() as f64 / levels as f64
}

fn median(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}

/// Medians of both, measured in turns so that a busy machine slows both.
fn compare(race: &Race) -> (f64, f64) {
    let (mut ours, mut map) = (Vec::new(), Vec::new());
    for _ in 0..9 {
        let (our_book, map_book) = (race.ours.clone(), race.map.clone());
        ours.push(nanos(race.levels, || drop(black_box(feed_ours(our_book, &race.rest)))));
        map.push(nanos(race.levels, || drop(black_box(feed_map(map_book, &race.rest)))));
    }
    (median(ours), median(map))
}

/// Nanoseconds of copying the best 20 levels a side: as decimals, as whole numbers, and from the map.
fn compare_reading(race: &Race) -> [f64; 3] {
    const TIMES: usize = 20_000;
    let live = race.ours.live().unwrap();
    let (mut bids, mut asks) = (Vec::with_capacity(20), Vec::with_capacity(20));
    let (mut fixed_bids, mut fixed_asks) = (Vec::with_capacity(20), Vec::with_capacity(20));
    let (mut map_bids, mut map_asks) = (Vec::with_capacity(20), Vec::with_capacity(20));
    let mut samples = [vec![], vec![], vec![]];
    for _ in 0..9 {
        samples[0].push(nanos(TIMES, || {
            for _ in 0..TIMES {
                black_box(&live).copy_top(20, black_box(&mut bids), black_box(&mut asks));
            }
        }));
        samples[1].push(nanos(TIMES, || {
            for _ in 0..TIMES {
                black_box(&live).copy_top_fixed(20, black_box(&mut fixed_bids), black_box(&mut fixed_asks));
            }
        }));
        samples[2].push(nanos(TIMES, || {
            for _ in 0..TIMES {
                black_box(&race.map).copy_top(20, black_box(&mut map_bids), black_box(&mut map_asks));
            }
        }));
    }
    samples.map(median)
}

fn measure(criterion: &mut Criterion, name: &str, race: &Race) {
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements(race.levels as u64));
    group.bench_function("hoga OrderBook", |b| {
        b.iter_batched(|| race.ours.clone(), |book| feed_ours(book, &race.rest), BatchSize::PerIteration);
    });
    group.bench_function("BTreeMap<Decimal, Decimal>", |b| {
        b.iter_batched(|| race.map.clone(), |book| feed_map(book, &race.rest), BatchSize::PerIteration);
    });
    group.finish();
}

fn main() {
    let changes = changes();
    let (by_twenty, by_one) = (race(&changes, 20), race(&changes, 1));
    assert_equal(&by_twenty);
    assert_equal(&by_one);
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    measure(&mut criterion, "20 levels a diff", &by_twenty);
    measure(&mut criterion, "1 level a diff", &by_one);
    criterion.final_summary();

    let (ours, map) = compare(&by_twenty);
    let (ours_one, map_one) = compare(&by_one);
    let [copy, copy_fixed, copy_map] = compare_reading(&by_twenty);
    let held = by_twenty.map.bids.len() + by_twenty.map.asks.len();
    println!(
        "{{\"bench\":\"book\",\"levels_held\":{held},\"ns_per_level\":{ours:.1},\"map_ns_per_level\":{map:.1},\
         \"ratio\":{:.3},\"goal\":{GOAL},\"met\":{},\"ns_per_level_single\":{ours_one:.1},\
         \"map_ns_per_level_single\":{map_one:.1},\"ratio_single\":{:.3},\"top20_copy_ns\":{copy:.1},\
         \"top20_copy_fixed_ns\":{copy_fixed:.1},\"map_top20_copy_ns\":{copy_map:.1}}}",
        ours / map,
        ours / map <= GOAL,
        ours_one / map_one,
    );
}
