//! Snapshots, diffs, gaps and crossings, and what may be read after each.

use super::*;
use crate::market::{Price, Quantity};

fn levels(rows: &[(&str, &str)]) -> Vec<Level> {
    rows.iter().map(|(p, q)| Level { price: p.parse().unwrap(), quantity: q.parse().unwrap() }).collect()
}

fn update(sequence: Sequence, bids: &[(&str, &str)], asks: &[(&str, &str)]) -> BookUpdate {
    BookUpdate { sequence, bids: levels(bids), asks: levels(asks) }
}

fn chained(first: u64, last: u64, previous: u64, bids: &[(&str, &str)], asks: &[(&str, &str)]) -> BookUpdate {
    update(Sequence::Chained { first, last, previous }, bids, asks)
}

fn counted(first: u64, last: u64, bids: &[(&str, &str)], asks: &[(&str, &str)]) -> BookUpdate {
    update(Sequence::Counted { first, last }, bids, asks)
}

/// Prices and quantities of a side, as text.
fn shown(levels: impl Iterator<Item = Level>) -> Vec<(String, String)> {
    levels.map(|level| (level.price.to_string(), level.quantity.to_string())).collect()
}

fn assert_levels(book: &Levels, bids: &[(&str, &str)], asks: &[(&str, &str)]) {
    let text = |rows: &[(&str, &str)]| -> Vec<_> { rows.iter().map(|(p, q)| (p.to_string(), q.to_string())).collect() };
    assert_eq!((shown(book.bids(99)), shown(book.asks(99))), (text(bids), text(asks)));
}

fn price(text: &str) -> Price {
    text.parse().unwrap()
}

fn futures_snapshot() -> BookUpdate {
    let last = Sequence::Snapshot { last: 1000 };
    update(last, &[("100.0", "5"), ("99.9", "2")], &[("100.1", "4"), ("100.2", "1")])
}

fn futures_diffs() -> [BookUpdate; 5] {
    [
        chained(980, 990, 975, &[("99.0", "1")], &[]),
        chained(991, 999, 990, &[("99.0", "2")], &[]),
        chained(1000, 1004, 999, &[("99.9", "0"), ("99.8", "7")], &[("100.1", "3.5")]),
        chained(1009, 1012, 1004, &[("100.0", "6")], &[("100.3", "2"), ("101.0", "0")]),
        chained(1020, 1024, 1016, &[], &[("100.1", "0")]),
    ]
}

const FUTURES_BIDS: [(&str, &str); 2] = [("100", "6"), ("99.8", "7")];
const FUTURES_ASKS: [(&str, &str); 3] = [("100.1", "3.5"), ("100.2", "1"), ("100.3", "2")];

#[test]
fn futures_procedure_with_the_snapshot_first() {
    let mut book = OrderBook::new(1, 3);
    assert_eq!(book.apply(&futures_snapshot()), Applied::Changed);
    let gap = StaleReason::Gap { expected: 1012, got: 1016 };
    let expected = [Applied::Ignored, Applied::Ignored, Applied::Changed, Applied::Changed, Applied::Stale(gap)];
    assert_eq!(futures_diffs().map(|diff| book.apply(&diff)), expected);
    assert_eq!(book.state(), BookState::Stale(gap));
    assert!(book.live().is_none());
    assert_levels(book.last_known(), &FUTURES_BIDS, &FUTURES_ASKS);
}

#[test]
fn futures_procedure_with_the_diffs_first() {
    let mut book = OrderBook::new(1, 3);
    for diff in &futures_diffs()[..4] {
        assert_eq!(book.apply(diff), Applied::Buffered);
        assert_eq!(book.state(), BookState::Empty);
    }
    assert_eq!(book.apply(&futures_snapshot()), Applied::Changed);
    assert_levels(&book.live().unwrap(), &FUTURES_BIDS, &FUTURES_ASKS);
    assert_eq!((book.last_id(), book.waiting()), (Some(1012), 0));
}

#[test]
fn spot_procedure() {
    let mut book = OrderBook::new(2, 8);
    let last = Sequence::Snapshot { last: 500 };
    book.apply(&update(last, &[("50.00", "1"), ("49.99", "2")], &[("50.01", "1"), ("50.02", "3")]));
    let diffs = [
        counted(495, 500, &[("48.00", "9")], &[]),
        counted(501, 503, &[("50.00", "0")], &[("50.01", "0.5")]),
        counted(504, 504, &[("49.98", "4")], &[]),
        counted(502, 503, &[("50.00", "8")], &[]),
        counted(507, 509, &[], &[("50.01", "0")]),
    ];
    let gap = Applied::Stale(StaleReason::Gap { expected: 505, got: 507 });
    let expected = [Applied::Ignored, Applied::Changed, Applied::Changed, Applied::Ignored, gap];
    assert_eq!(diffs.map(|diff| book.apply(&diff)), expected);
    assert_levels(book.last_known(), &[("49.99", "2"), ("49.98", "4")], &[("50.01", "0.5"), ("50.02", "3")]);
    assert_eq!((book.counts().gaps, book.counts().duplicates), (1, 2));
}

#[test]
fn a_snapshot_heals_a_gap_with_the_diffs_that_waited() {
    let mut book = OrderBook::new(1, 3);
    book.apply(&futures_snapshot());
    for diff in &futures_diffs()[2..] {
        book.apply(diff);
    }
    assert_eq!(book.apply(&chained(1025, 1030, 1024, &[("100.0", "9")], &[])), Applied::Buffered);
    let snapshot = update(Sequence::Snapshot { last: 1022 }, &[("100.0", "6")], &[("100.1", "3.5"), ("100.2", "1")]);
    assert_eq!(book.apply(&snapshot), Applied::Changed);
    assert_levels(&book.live().unwrap(), &[("100", "9")], &[("100.2", "1")]);
    assert_eq!(book.last_id(), Some(1030));
}

#[test]
fn a_snapshot_older_than_the_diffs_that_wait_leaves_the_book_stale() {
    let mut book = OrderBook::new(1, 3);
    book.apply(&chained(1100, 1104, 1098, &[], &[("100.1", "1")]));
    let gap = StaleReason::Gap { expected: 1000, got: 1100 };
    assert_eq!(book.apply(&futures_snapshot()), Applied::Stale(gap));
    assert_eq!((book.state(), book.waiting()), (BookState::Stale(gap), 1));
    let newer = update(Sequence::Snapshot { last: 1102 }, &[("100.0", "5")], &[("100.1", "4")]);
    assert_eq!(book.apply(&newer), Applied::Changed);
    assert_levels(&book.live().unwrap(), &[("100", "5")], &[("100.1", "1")]);
}

#[test]
fn the_first_futures_diff_may_also_continue_the_snapshot_exactly() {
    let mut book = OrderBook::new(1, 3);
    book.apply(&futures_snapshot());
    assert_eq!(book.apply(&chained(1009, 1012, 1000, &[("100.0", "6")], &[])), Applied::Changed);
}

#[test]
fn a_late_snapshot_does_not_take_a_live_book_back() {
    let mut book = OrderBook::new(1, 3);
    book.apply(&futures_snapshot());
    book.apply(&futures_diffs()[2]);
    assert_eq!(book.apply(&futures_snapshot()), Applied::Ignored);
    assert_eq!(book.last_id(), Some(1004));
}

#[test]
fn a_whole_book_replaces_everything_and_heals() {
    let mut book = OrderBook::new(0, 0);
    book.apply(&update(Sequence::Whole, &[("70000", "10"), ("69900", "20")], &[("70100", "5")]));
    book.mark_stale(StaleReason::Feed);
    assert!(book.live().is_none());
    book.apply(&update(Sequence::Whole, &[("70100", "7")], &[]));
    assert_levels(&book.live().unwrap(), &[("70100", "7")], &[]);
}

#[test]
fn a_crossed_book_is_never_live() {
    let mut book = OrderBook::new(1, 3);
    book.apply(&futures_snapshot());
    let crossing = chained(1000, 1004, 999, &[("100.1", "1")], &[]);
    assert_eq!(book.apply(&crossing), Applied::Stale(StaleReason::Crossed));
    assert!(book.live().is_none());
    assert_eq!(book.apply(&futures_diffs()[3]), Applied::Buffered);
    let crossed = update(Sequence::Whole, &[("100.0", "1")], &[("99.9", "1")]);
    assert_eq!(book.apply(&crossed), Applied::Stale(StaleReason::Crossed));
    assert_eq!(book.counts().crossed, 2);
}

#[test]
fn levels_the_instrument_cannot_have_make_the_book_stale() {
    for (bid, quantity) in [("99.95", "1"), ("99.9", "0.0001"), ("10000000000000", "1")] {
        let mut book = OrderBook::new(if bid.len() > 10 { 12 } else { 1 }, 3);
        book.apply(&update(Sequence::Snapshot { last: 5 }, &[("99.0", "5")], &[("101.0", "1")]));
        let bad = counted(6, 6, &[(bid, quantity)], &[]);
        assert_eq!(book.apply(&bad), Applied::Stale(StaleReason::Malformed), "{bid} {quantity}");
        assert_eq!(book.counts().malformed, 1);
    }
}

#[test]
fn ids_that_contradict_themselves_make_the_book_stale() {
    let contradictions =
        [chained(1004, 1001, 1000, &[], &[]), chained(1004, 1006, 1007, &[], &[]), counted(1002, 1001, &[], &[])];
    for bad in contradictions {
        let mut book = OrderBook::new(1, 3);
        book.apply(&futures_snapshot());
        assert_eq!(book.apply(&bad), Applied::Stale(StaleReason::Malformed), "{:?}", bad.sequence);
    }
    let mut book = OrderBook::new(1, 3);
    book.apply(&update(Sequence::Whole, &[("100.0", "5")], &[]));
    assert_eq!(book.apply(&counted(1, 2, &[], &[])), Applied::Stale(StaleReason::Malformed));
}

#[test]
fn extreme_ids_do_not_overflow() {
    for id in [0, 1, u64::MAX] {
        let mut book = OrderBook::new(1, 3);
        book.apply(&update(Sequence::Snapshot { last: id }, &[("100.0", "5")], &[]));
        book.apply(&counted(u64::MAX, u64::MAX, &[], &[]));
        book.apply(&counted(0, 0, &[], &[]));
        book.apply(&chained(0, u64::MAX, 0, &[], &[]));
    }
}

#[test]
fn waiting_diffs_are_bounded_and_the_oldest_go() {
    let mut book = OrderBook::new(1, 3);
    for id in 1..=BUFFER_MAX as u64 + 10 {
        book.apply(&counted(id, id, &[], &[]));
    }
    assert_eq!((book.waiting(), book.counts().overflowed), (BUFFER_MAX, 10));
    // What was thrown away is missed, not papered over.
    let outcome = book.apply(&update(Sequence::Snapshot { last: 5 }, &[("100.0", "5")], &[]));
    assert_eq!(outcome, Applied::Stale(StaleReason::Gap { expected: 6, got: 11 }));
}

#[test]
fn a_broken_connection_forgets_what_waited() {
    let mut book = OrderBook::new(1, 3);
    book.apply(&counted(7, 8, &[], &[]));
    book.mark_stale(StaleReason::Feed);
    assert_eq!((book.waiting(), book.state()), (0, BookState::Empty));
    book.apply(&futures_snapshot());
    book.mark_stale(StaleReason::Feed);
    assert_eq!(book.state(), BookState::Stale(StaleReason::Feed));
    assert_eq!(book.apply(&chained(1000, 1004, 999, &[], &[])), Applied::Buffered);
}

#[test]
fn of_two_levels_at_one_price_in_a_diff_the_later_counts() {
    let mut book = OrderBook::new(1, 3);
    book.apply(&futures_snapshot());
    book.apply(&chained(1000, 1004, 999, &[("100.0", "8"), ("100.0", "9")], &[]));
    assert_eq!(book.live().unwrap().quantity_at(Side::Buy, price("100")), Quantity::whole(9));
}

#[test]
fn reading() {
    let mut book = OrderBook::new(1, 3);
    book.apply(&futures_snapshot());
    let live = book.live().unwrap();
    assert_eq!(live.best_bid(), Some(levels(&[("100.0", "5")])[0]));
    assert_eq!(live.best_ask(), Some(levels(&[("100.1", "4")])[0]));
    assert_eq!(live.quantity_at(Side::Sell, price("100.2")), Quantity::whole(1));
    assert_eq!(live.quantity_at(Side::Sell, price("100.25")), Quantity::ZERO);
    assert_eq!(live.quantity_at(Side::Buy, price("100.1")), Quantity::ZERO);
    assert_eq!((live.depth(Side::Buy), live.depth(Side::Sell)), (2, 2));
    let (mut bids, mut asks) = (levels(&[("1", "1")]), Vec::new());
    live.copy_top(1, &mut bids, &mut asks);
    assert_eq!((bids, asks), (levels(&[("100.0", "5")]), levels(&[("100.1", "4")])));
}

#[test]
fn only_the_best_levels_are_kept_beyond_the_cap() {
    let mut book = OrderBook::with_depth(0, 0, 10);
    book.apply(&update(Sequence::Snapshot { last: 0 }, &[], &[]));
    for id in 1..=5_000_u64 {
        let bid = Level { price: Price::new(id.into()).unwrap(), quantity: Quantity::whole(1) };
        book.apply(&BookUpdate { sequence: Sequence::Counted { first: id, last: id }, bids: vec![bid], asks: vec![] });
    }
    let live = book.live().unwrap();
    let prices: Vec<_> = live.bids(100).map(|level| level.price.to_string()).collect();
    assert_eq!(prices, ["5000", "4999", "4998", "4997", "4996", "4995", "4994", "4993", "4992", "4991"]);
    assert_eq!(live.depth(Side::Buy), 10);
    assert!(book.counts().trimmed > 4_000);
}

#[test]
fn levels_that_come_and_go_leave_the_book_of_a_plain_map() {
    let mut book = OrderBook::new(0, 0);
    book.apply(&update(Sequence::Snapshot { last: 0 }, &[], &[]));
    let mut map = std::collections::BTreeMap::new();
    let mut random = 7_u64;
    let mut below = |bound: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % bound
    };
    for id in 1..=60_000_u64 {
        // Close together, far apart, and all of them gone now and then.
        let key = if below(4) == 0 { 1 + below(3_000) * 333 } else { 500_000 + below(300) };
        let quantity = if below(2) == 0 || (id / 3_000) % 4 == 3 { 0 } else { 1 + below(9) };
        let bid = Level { price: Price::new(key.into()).unwrap(), quantity: Quantity::new(quantity.into()).unwrap() };
        if quantity == 0 {
            map.remove(&key)
        } else {
            map.insert(key, quantity)
        };
        book.apply(&BookUpdate { sequence: Sequence::Counted { first: id, last: id }, bids: vec![bid], asks: vec![] });
        let live = book.live().unwrap();
        assert_eq!(
            live.best_bid().map(|level| level.price.value()),
            map.last_key_value().map(|(key, _)| (*key).into())
        );
        if id % 500 == 0 {
            let plain = |level: Level| (level.price.value(), level.quantity.value());
            let wanted = || map.iter().rev().map(|(key, quantity)| ((*key).into(), (*quantity).into()));
            assert_eq!(live.depth(Side::Buy), map.len());
            assert!(live.bids(usize::MAX).map(plain).eq(wanted()), "after {id}");
            assert!(live.bids(20).map(plain).eq(wanted().take(20)), "the best after {id}");
            assert_eq!(live.bids(0).count(), 0);
        }
    }
}
