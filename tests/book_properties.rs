//! A book fed by a bad line either equals the venue's book at the same id, or says that it is stale.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs)]

use std::collections::{BTreeMap, VecDeque};

use hoga::market::book::{Applied, BUFFER_MAX, BookState, LiveBook, OrderBook, StaleReason};
use hoga::market::{BookUpdate, Level, Price, Quantity, Sequence};
use proptest::prelude::*;
use rust_decimal::Decimal;

const PRICE_DECIMALS: u32 = 2;
const QUANTITY_DECIMALS: u32 = 3;

/// SplitMix64: the same numbers from the same seed everywhere.
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
    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}

fn level(price: i64, quantity: i64) -> Level {
    Level {
        price: Price::new(Decimal::new(price, PRICE_DECIMALS)).unwrap(),
        quantity: Quantity::new(Decimal::new(quantity, QUANTITY_DECIMALS)).unwrap(),
    }
}

/// The plainest book there is: the model everything is compared with.
#[derive(Clone, Default)]
struct Model {
    bids: BTreeMap<Price, Quantity>,
    asks: BTreeMap<Price, Quantity>,
}

impl Model {
    fn apply(&mut self, update: &BookUpdate) {
        for (side, levels) in [(&mut self.bids, &update.bids), (&mut self.asks, &update.asks)] {
            for level in levels {
                if level.quantity.is_zero() {
                    side.remove(&level.price);
                } else {
                    side.insert(level.price, level.quantity);
                }
            }
        }
    }

    fn snapshot(&self, last: u64) -> BookUpdate {
        let level = |(price, quantity): (&Price, &Quantity)| Level { price: *price, quantity: *quantity };
        BookUpdate {
            sequence: Sequence::Snapshot { last },
            bids: self.bids.iter().rev().map(level).collect(),
            asks: self.asks.iter().map(level).collect(),
        }
    }

    fn assert_equals(&self, live: &LiveBook<'_>) {
        let level = |(price, quantity): (&Price, &Quantity)| Level { price: *price, quantity: *quantity };
        assert!(live.bids(usize::MAX).eq(self.bids.iter().rev().map(level)), "bids differ");
        assert!(live.asks(usize::MAX).eq(self.asks.iter().map(level)), "asks differ");
    }

    fn assert_same_best(&self, live: &LiveBook<'_>) {
        assert_eq!(live.best_bid().map(|l| l.price), self.bids.keys().next_back().copied());
        assert_eq!(live.best_ask().map(|l| l.price), self.asks.keys().next().copied());
    }
}

/// A venue with a book of its own, which numbers and publishes every change.
struct VenueBook {
    seed: Seeded,
    truth: Model,
    middle: i64,
    last: u64,
    chained: bool,
    bids: BTreeMap<i64, i64>,
    asks: BTreeMap<i64, i64>,
}

impl VenueBook {
    fn new(seed: u64, chained: bool) -> Self {
        let (bids, asks) = (BTreeMap::new(), BTreeMap::new());
        Self { seed: Seeded(seed), truth: Model::default(), middle: 6_000_000, last: 100, chained, bids, asks }
    }

    /// The next diff; already in `truth`.
    fn next(&mut self) -> BookUpdate {
        let (mut bids, mut asks) = (Vec::new(), Vec::new());
        if self.seed.one_in(10) {
            self.middle = (self.middle + self.seed.below(5) as i64 - 2).clamp(5_999_900, 6_000_100);
            // What the move ran through has traded away.
            let gone: Vec<i64> = self.bids.range(self.middle..).map(|(price, _)| *price).collect();
            bids.extend(gone.iter().map(|price| level(*price, 0)));
            self.bids.retain(|price, _| !gone.contains(price));
            let gone: Vec<i64> = self.asks.range(..=self.middle).map(|(price, _)| *price).collect();
            asks.extend(gone.iter().map(|price| level(*price, 0)));
            self.asks.retain(|price, _| !gone.contains(price));
        }
        for _ in 0..=self.seed.below(4) {
            let far = self.seed.below(40) * self.seed.below(40) / 40;
            let quantity = if self.seed.one_in(3) { 0 } else { 1 + self.seed.below(9_999) as i64 };
            let (side, out, price) = if self.seed.one_in(2) {
                (&mut self.bids, &mut bids, self.middle - 1 - far as i64)
            } else {
                (&mut self.asks, &mut asks, self.middle + 1 + far as i64)
            };
            side.insert(price, quantity);
            side.retain(|_, quantity| *quantity != 0);
            out.push(level(price, quantity));
        }
        let previous = self.last;
        // Ids of chained feeds are shared by all symbols: there are holes between one symbol's diffs.
        let first = previous + 1 + if self.chained { self.seed.below(5) } else { 0 };
        self.last = first + self.seed.below(4);
        let sequence = if self.chained {
            Sequence::Chained { first, last: self.last, previous }
        } else {
            Sequence::Counted { first, last: self.last }
        };
        let update = BookUpdate { sequence, bids, asks };
        self.truth.apply(&update);
        update
    }
}

fn last_of(update: &BookUpdate) -> u64 {
    match update.sequence {
        Sequence::Chained { last, .. } | Sequence::Counted { last, .. } | Sequence::Snapshot { last } => last,
        Sequence::Whole => panic!("the venue numbers everything"),
    }
}

/// What the line did and how the book took it.
#[derive(Debug, Default)]
struct Tally {
    live: u64,
    lost: u64,
    repeated: u64,
    swapped: u64,
    broken: u64,
    snapshots: u64,
    compared: u64,
}

/// A line between venue and book that loses, repeats, swaps and breaks diffs, and brings snapshots late.
struct Line {
    seed: Seeded,
    /// Diffs as the venue made them, for bringing the model to the book's id.
    log: VecDeque<BookUpdate>,
    model: Model,
    model_at: u64,
    held_back: Option<BookUpdate>,
    snapshot: Option<(u64, Model, BookUpdate)>,
    tally: Tally,
}

impl Line {
    fn new(seed: u64) -> Self {
        let (log, model) = (VecDeque::new(), Model::default());
        Self { seed: Seeded(seed), log, model, model_at: 0, held_back: None, snapshot: None, tally: Tally::default() }
    }

    fn carry(&mut self, venue: &mut VenueBook, book: &mut OrderBook) {
        let diff = venue.next();
        self.log.push_back(diff.clone());
        if self.log.len() > 2_000 {
            self.log.pop_front();
        }
        if self.seed.one_in(100) {
            self.tally.lost += 1;
        } else if self.held_back.is_none() && self.seed.one_in(300) {
            self.held_back = Some(diff);
            self.tally.swapped += 1;
        } else {
            self.deliver(&diff, venue, book);
        }
        self.snapshots(venue, book);
    }

    fn deliver(&mut self, diff: &BookUpdate, venue: &VenueBook, book: &mut OrderBook) {
        if self.seed.one_in(2_000) {
            self.tally.broken += 1;
            let mut broken = diff.clone();
            if self.seed.one_in(2) {
                broken.bids.push(level(venue.asks.keys().next().map_or(6_010_000, |ask| ask + 1), 5));
            } else {
                broken.asks.push(Level { price: Price::new(Decimal::new(59_000_001, 3)).unwrap(), ..level(1, 1) });
            }
            book.apply(&broken);
        } else {
            book.apply(diff);
        }
        if self.seed.one_in(200) {
            self.tally.repeated += 1;
            let again = self.log.len() - 1 - self.seed.below(self.log.len().min(20) as u64) as usize;
            book.apply(&self.log[again]);
        }
        if self.seed.one_in(2)
            && let Some(late) = self.held_back.take()
        {
            book.apply(&late);
        }
    }

    fn snapshots(&mut self, venue: &VenueBook, book: &mut OrderBook) {
        if let Some((wait, _, _)) = &mut self.snapshot {
            *wait = wait.saturating_sub(1);
        } else if !matches!(book.state(), BookState::Live) || self.seed.one_in(5_000) {
            let copy = venue.truth.clone();
            self.snapshot = Some((self.seed.below(25), copy, venue.truth.snapshot(venue.last)));
        }
        if let Some((_, truth, snapshot)) = self.snapshot.take_if(|(wait, _, _)| *wait == 0) {
            self.tally.snapshots += 1;
            if book.apply(&snapshot) != Applied::Ignored {
                (self.model, self.model_at) = (truth, last_of(&snapshot));
            }
        }
    }

    /// The property itself.
    fn check(&mut self, book: &OrderBook, wholly: bool) {
        let Some(live) = book.live() else {
            assert_ne!(book.state(), BookState::Live);
            return;
        };
        self.tally.live += 1;
        let at = book.last_id().unwrap();
        assert!(self.model_at <= at, "the book went back from {} to {at}", self.model_at);
        let from = self.log.partition_point(|diff| last_of(diff) <= self.model_at);
        for diff in self.log.range(from..).take_while(|diff| last_of(diff) <= at) {
            self.model.apply(diff);
            self.model_at = last_of(diff);
        }
        assert_eq!(self.model_at, at, "the book is between two updates");
        assert!(!live.is_crossed());
        self.model.assert_same_best(&live);
        if wholly {
            self.tally.compared += 1;
            self.model.assert_equals(&live);
        }
    }
}

fn run(diffs: u64, seed: u64, chained: bool) -> (Tally, OrderBook) {
    let mut venue = VenueBook::new(seed, chained);
    let mut book = OrderBook::new(PRICE_DECIMALS, QUANTITY_DECIMALS);
    let mut line = Line::new(seed ^ 0x00C0_FFEE);
    for n in 0..diffs {
        let before = book.state();
        line.carry(&mut venue, &mut book);
        line.check(&book, n % 16 == 0 || before != book.state());
    }
    (line.tally, book)
}

fn assert_property(diffs: u64) {
    for (seed, chained) in [(11, true), (12, false)] {
        let (tally, book) = run(diffs / 2, seed, chained);
        let counts = book.counts();
        println!("chained={chained} {tally:?} {counts:?}");
        assert!(tally.live > diffs / 2 / 2, "the book was live for only {} of {}", tally.live, diffs / 2);
        assert!(tally.compared > diffs / 2 / 40 && tally.lost > 0 && tally.broken > 0);
        assert!(counts.gaps > 0 && counts.crossed > 0 && counts.malformed > 0 && counts.duplicates > 0);
    }
}

#[test]
fn a_book_on_a_bad_line_equals_the_venues_or_is_stale() {
    assert_property(200_000);
}

#[test]
#[ignore = "long: HOGA_DIFFS=10000000 cargo test --release --test book_properties -- --ignored --nocapture"]
fn a_book_on_a_bad_line_equals_the_venues_or_is_stale_for_as_long_as_asked() {
    assert_property(std::env::var("HOGA_DIFFS").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000_000));
}

fn any_update() -> impl Strategy<Value = BookUpdate> {
    let id = || prop_oneof![8 => 0..24_u64, 1 => Just(u64::MAX)];
    let sequence = prop_oneof![
        Just(Sequence::Whole),
        id().prop_map(|last| Sequence::Snapshot { last }),
        (id(), id(), id()).prop_map(|(first, last, previous)| Sequence::Chained { first, last, previous }),
        (id(), id()).prop_map(|(first, last)| Sequence::Counted { first, last }),
    ];
    let levels = || {
        let price = prop_oneof![20 => (90..110_i64).prop_map(|p| (p, 2)), 1 => (any::<i64>(), 0..13_u32)];
        let one = (price, 0..4_i64).prop_filter_map("a price", |((price, decimals), quantity)| {
            let price = Price::new(Decimal::new(price, decimals)).ok()?;
            Some(Level { price, quantity: Quantity::new(Decimal::from(quantity)).ok()? })
        });
        prop::collection::vec(one, 0..4)
    };
    (sequence, levels(), levels()).prop_map(|(sequence, bids, asks)| BookUpdate { sequence, bids, asks })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    /// Whatever comes, in whatever order: no panic, what is said fits what is, and nothing crossed is live.
    #[test]
    fn any_updates_at_all(updates in prop::collection::vec(any_update(), 0..60)) {
        let mut book = OrderBook::new(PRICE_DECIMALS, QUANTITY_DECIMALS);
        for update in &updates {
            let before = (book.state(), book.last_known().clone());
            let applied = book.apply(update);
            match applied {
                Applied::Changed => prop_assert_eq!(book.state(), BookState::Live),
                Applied::Stale(reason) => prop_assert_eq!(book.state(), BookState::Stale(reason)),
                Applied::Buffered => prop_assert!(before.0 != BookState::Live && book.live().is_none()),
                Applied::Ignored => {
                    prop_assert_eq!(book.state(), before.0);
                    prop_assert!(book.last_known().bids(99).eq(before.1.bids(99)));
                    prop_assert!(book.last_known().asks(99).eq(before.1.asks(99)));
                }
            }
            prop_assert!(book.live().is_none_or(|live| !live.is_crossed()));
            prop_assert!(book.waiting() <= BUFFER_MAX);
        }
        book.mark_stale(StaleReason::Feed);
        prop_assert!(book.live().is_none());
    }
}
