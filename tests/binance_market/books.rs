//! A book comes together whatever the order in which its parts arrive, and is never told with a hole in it.

use std::collections::BTreeMap;
use std::time::Duration;

use hoga::broker::binance::book_sync::{Ask, BookSync, Stamped, Step};
use hoga::broker::binance::wire::market::{Event, Frame, parse};
use hoga::broker::binance::wire::rest_market::DepthSnapshot;
use hoga::market::book::{Applied, BookState, OrderBook};
use hoga::market::{BookUpdate, Level, Sequence, UtcTime};
use serde_json::Value;

use super::random::Random;
use super::{millis, price, quantity, sample};

const START: i64 = 1_700_000_000_000;

fn stamped(update: BookUpdate, at: i64) -> Stamped {
    Stamped { update, venue_time: millis(START + at), received_at: millis(START + at) }
}

fn chained(first: u64, last: u64, previous: u64) -> BookUpdate {
    let bids = vec![Level { price: price("100"), quantity: quantity("1") }];
    BookUpdate { sequence: Sequence::Chained { first, last, previous }, bids, asks: Vec::new() }
}

fn whole(last: u64) -> BookUpdate {
    BookUpdate { sequence: Sequence::Snapshot { last }, ..chained(0, 0, 0) }
}

fn wanted(step: Step) -> Ask {
    match step {
        Step::Wanted(ask) | Step::Lost(ask) => ask,
        other => panic!("{other:?}"),
    }
}

/// Sequences told, by their last ids.
fn ids(out: &mut Vec<Stamped>) -> Vec<u64> {
    let id = |stamped: Stamped| match stamped.update.sequence {
        Sequence::Snapshot { last } | Sequence::Chained { last, .. } => last,
        other => panic!("{other:?}"),
    };
    out.drain(..).map(id).collect()
}

fn levels(value: &Value) -> Vec<(String, String)> {
    let text =
        |value: &Value| value.as_str().unwrap().parse::<rust_decimal::Decimal>().unwrap().normalize().to_string();
    value.as_array().unwrap().iter().map(|level| (text(&level[0]), text(&level[1]))).collect()
}

#[test]
fn the_exchanges_walk_through_ends_in_the_stated_book() {
    let all: Value = serde_json::from_slice(&sample("book_sequence_futures")).unwrap();
    let depth: DepthSnapshot = serde_json::from_str(&all["snapshot"].to_string()).unwrap();
    let snapshot = BookUpdate {
        sequence: Sequence::Snapshot { last: depth.last_update_id },
        bids: depth.bids.levels,
        asks: depth.asks.levels,
    };
    let events: Vec<(String, BookUpdate)> = all["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| {
            let text = event["frame"].to_string();
            let Ok(Frame::Event(None, Event::Depth(depth))) = parse(text.as_bytes()) else { panic!("{text}") };
            let sequence = Sequence::Chained { first: depth.first, last: depth.last, previous: depth.previous };
            let update = BookUpdate { sequence, bids: depth.bids.levels, asks: depth.asks.levels };
            (event["expect"].as_str().unwrap().to_owned(), update)
        })
        .collect();
    // The snapshot may come after any of the events up to the first that follows it.
    for arrives_after in 1..=4 {
        let (mut sync, mut out, mut book) = (BookSync::new(), Vec::new(), OrderBook::new(1, 3));
        let mut ask = None;
        for (number, (expect, update)) in events.iter().enumerate() {
            let step = sync.event(stamped(update.clone(), number as i64), &mut out);
            match (number, expect.as_str()) {
                (0, _) => ask = Some(wanted(step)),
                (_, "resync") => assert!(matches!(step, Step::Lost(_)), "{step:?}"),
                _ if number < arrives_after => assert_eq!(step, Step::Buffered, "{number}"),
                (_, "drop") => assert_eq!(step, Step::Dropped, "{number}"),
                _ => assert_eq!(step, Step::Told, "{number}"),
            }
            if number + 1 == arrives_after {
                let ask = ask.unwrap();
                assert_eq!(ask.after, Duration::ZERO);
                assert_eq!(sync.snapshot(ask.ticket, stamped(snapshot.clone(), 5), &mut out), Step::Told);
            }
            for told in out.drain(..) {
                assert_eq!(book.apply(&told.update), Applied::Changed);
            }
            if number < 4 {
                assert_eq!(sync.is_live(), number + 1 >= arrives_after);
            }
        }
        assert!(!sync.is_live());
        let stated = &all["book_before_resync"];
        assert_eq!(book.last_id(), stated["lastUpdateId"].as_u64());
        let shown = |levels: Vec<Level>| -> Vec<(String, String)> {
            levels.iter().map(|level| (level.price.to_string(), level.quantity.to_string())).collect()
        };
        let live = book.live().unwrap();
        assert_eq!(shown(live.bids(100).collect()), levels(&stated["bids"]));
        assert_eq!(shown(live.asks(100).collect()), levels(&stated["asks"]));
    }
}

#[test]
fn nothing_is_asked_for_before_something_waits_for_it() {
    let (mut sync, mut out) = (BookSync::new(), Vec::new());
    assert_eq!(sync.snapshot(1, stamped(whole(10), 0), &mut out), Step::Dropped);
    let ask = wanted(sync.event(stamped(chained(8, 12, 5), 0), &mut out));
    assert_eq!(sync.event(stamped(chained(13, 15, 12), 1), &mut out), Step::Buffered);
    assert_eq!(sync.snapshot(ask.ticket, stamped(whole(10), 2), &mut out), Step::Told);
    assert_eq!(ids(&mut out), [10, 12, 15]);
}

#[test]
fn a_snapshot_older_than_what_waits_is_asked_for_again_and_slower_each_time() {
    let (mut sync, mut out) = (BookSync::new(), Vec::new());
    let mut ask = wanted(sync.event(stamped(chained(100, 110, 95), 0), &mut out));
    let mut waits = Vec::new();
    for _ in 0..10 {
        waits.push(ask.after.as_secs());
        ask = wanted(sync.snapshot(ask.ticket, stamped(whole(50), 1), &mut out));
    }
    assert_eq!(waits, [0, 1, 1, 1, 2, 4, 8, 16, 32, 32]);
    assert_eq!((sync.counts().unusable, out.len()), (10, 0));
    // One that ends exactly where the first event follows joins.
    assert_eq!(sync.snapshot(ask.ticket, stamped(whole(95), 2), &mut out), Step::Told);
    assert_eq!(ids(&mut out), [95, 110]);
}

#[test]
fn a_crossed_or_empty_snapshot_is_none() {
    let (mut sync, mut out) = (BookSync::new(), Vec::new());
    let mut ask = wanted(sync.event(stamped(chained(8, 12, 5), 0), &mut out));
    let crossed = BookUpdate { asks: whole(10).bids, ..whole(10) };
    let empty = BookUpdate { bids: Vec::new(), ..whole(10) };
    for bad in [crossed, empty] {
        ask = wanted(sync.snapshot(ask.ticket, stamped(bad, 1), &mut out));
    }
    assert_eq!(sync.snapshot(ask.ticket, stamped(whole(10), 1), &mut out), Step::Told);
}

#[test]
fn a_failed_or_outdated_answer_is_not_waited_for() {
    let (mut sync, mut out) = (BookSync::new(), Vec::new());
    let first = wanted(sync.event(stamped(chained(8, 12, 5), 0), &mut out));
    let second = wanted(sync.failed(first.ticket, Duration::from_secs(20), millis(START)));
    assert_eq!(second.after, Duration::from_secs(20));
    assert_eq!(sync.snapshot(first.ticket, stamped(whole(10), 1), &mut out), Step::Dropped);
    assert_eq!(sync.failed(first.ticket, Duration::ZERO, millis(START)), Step::Dropped);
    assert_eq!(sync.snapshot(second.ticket, stamped(whole(10), 1), &mut out), Step::Told);
    assert_eq!(sync.failed(second.ticket, Duration::ZERO, millis(START)), Step::Dropped);
}

#[test]
fn a_gap_loses_the_book_at_once_and_a_repeat_does_not() {
    let (mut sync, mut out) = (BookSync::new(), Vec::new());
    let ask = wanted(sync.event(stamped(chained(8, 12, 5), 0), &mut out));
    sync.snapshot(ask.ticket, stamped(whole(10), 1), &mut out);
    assert_eq!(ids(&mut out), [10, 12]);
    assert_eq!(sync.event(stamped(chained(8, 12, 5), 2), &mut out), Step::Dropped);
    assert_eq!(sync.event(stamped(chained(20, 22, 12), 3), &mut out), Step::Told);
    assert_eq!(sync.event(stamped(chained(13, 15, 12), 4), &mut out), Step::Dropped);
    let again = wanted(sync.event(stamped(chained(30, 33, 29), 5), &mut out));
    assert_eq!(again.after, Duration::from_secs(1), "a book that has just come together is not asked for at once");
    assert_eq!(sync.event(stamped(chained(34, 36, 33), 6), &mut out), Step::Buffered);
    assert_eq!(ids(&mut out), [22]);
    assert_eq!(sync.snapshot(again.ticket, stamped(whole(35), 7), &mut out), Step::Told);
    assert_eq!(ids(&mut out), [35, 36]);
    let counts = sync.counts();
    assert_eq!((counts.gaps, counts.resyncs, counts.repeats), (1, 1, 2));
    // After a minute of peace the next loss is mended at once.
    let late = wanted(sync.event(stamped(chained(90, 95, 80), 61_000), &mut out));
    assert_eq!(late.after, Duration::ZERO);
}

/// A line that breaks more often than the longest wait lasts.
#[test]
fn a_line_that_breaks_again_and_again_gets_its_book_all_the_same() {
    let (mut sync, mut out) = (BookSync::new(), Vec::new());
    let (mut question, mut dark_since, mut longest) = (None, 0_i64, 0_i64);
    for second in 0..600_i64 {
        let (at, id) = (second * 1_000, second as u64 * 10 + 100);
        if second % 10 == 0 {
            sync.restart(millis(START + at));
            (question, dark_since) = (None, if dark_since == 0 { at } else { dark_since });
        }
        if let Step::Wanted(ask) = sync.event(stamped(chained(id, id + 9, id - 1), at), &mut out) {
            question = Some((at + ask.after.as_millis() as i64, ask.ticket));
        }
        if let Some((due, ticket)) = question
            && due <= at
        {
            assert_eq!(sync.snapshot(ticket, stamped(whole(id + 9), at), &mut out), Step::Told);
            (question, longest) = (None, longest.max(at - dark_since));
            dark_since = 0;
        }
    }
    assert!(dark_since == 0 || 600_000 - dark_since < 40_000, "dark since {dark_since} ms");
    assert!(longest <= 33_000, "without its book for {longest} ms");
}

#[test]
fn what_waits_is_bounded() {
    let (mut sync, mut out) = (BookSync::new(), Vec::new());
    let mut ask = None;
    for id in 1..=3_000_u64 {
        let step = sync.event(stamped(chained(id, id, id - 1), 0), &mut out);
        ask = ask.or(Some(step).filter(|step| matches!(step, Step::Wanted(_))).map(wanted));
    }
    assert_eq!(sync.counts().overflowed, 2_000);
    assert!(matches!(sync.snapshot(ask.unwrap().ticket, stamped(whole(1_500), 1), &mut out), Step::Wanted(_)));
    assert!(out.is_empty());
}

/// An exchange's truth: levels after every event, so that any live book can be compared.
#[test]
fn a_desk_that_connects_again_and_again_waits_no_longer_for_its_books() {
    let (mut sync, mut out) = (BookSync::new(), Vec::new());
    let mut ask = wanted(sync.event(stamped(chained(11, 12, 10), 0), &mut out));
    assert!(!sync.renew(millis(START + 1)), "it is on its way");
    sync.snapshot(ask.ticket, stamped(whole(11), 2), &mut out);
    assert!(sync.is_live());
    for round in 1..=20 {
        let at = round * 4_000;
        assert!(sync.renew(millis(START + at)));
        let previous = 10 + 2 * (round as u64);
        ask = wanted(sync.event(stamped(chained(previous + 1, previous + 2, previous), at + 1), &mut out));
        assert!(ask.after <= Duration::from_secs(1), "{ask:?} in round {round}");
        assert!(!sync.renew(millis(START + at + 2)), "the question that is out stays out");
        sync.snapshot(ask.ticket, stamped(whole(previous + 1), at + 3), &mut out);
        assert!(sync.is_live());
    }
}

struct Truth {
    events: Vec<BookUpdate>,
    states: Vec<BTreeMap<u64, u64>>,
}

/// Bids only: ids grow unevenly, as they do with many symbols.
fn truth(random: &mut Random, count: usize) -> Truth {
    let (mut bids, mut events, mut states) = (BTreeMap::new(), Vec::new(), Vec::new());
    let mut last = 1_000;
    bids.insert(1, 1);
    for _ in 0..count {
        let previous = last;
        let first = previous + 1 + random.below(5);
        last = first + random.below(4);
        let mut changed = Vec::new();
        for _ in 0..=random.below(3) {
            let (at, units) = (2 + random.below(20), random.below(4));
            if units == 0 {
                bids.remove(&at)
            } else {
                bids.insert(at, units)
            };
            changed.push(Level { price: price(&at.to_string()), quantity: quantity(&units.to_string()) });
        }
        let sequence = Sequence::Chained { first, last, previous };
        events.push(BookUpdate { sequence, bids: changed, asks: Vec::new() });
        states.push(bids.clone());
    }
    Truth { events, states }
}

impl Truth {
    fn id(&self, number: usize) -> u64 {
        match self.events[number].sequence {
            Sequence::Chained { last, .. } => last,
            _ => unreachable!(),
        }
    }

    fn snapshot(&self, number: usize) -> BookUpdate {
        let level =
            |(at, units): (&u64, &u64)| Level { price: price(&at.to_string()), quantity: quantity(&units.to_string()) };
        let bids = self.states[number].iter().rev().map(level).collect();
        BookUpdate { sequence: Sequence::Snapshot { last: self.id(number) }, bids, asks: Vec::new() }
    }
}

fn apply(book: &mut OrderBook, out: &mut Vec<Stamped>, seed: u64) {
    for update in out.drain(..) {
        assert_eq!(book.apply(&update.update), Applied::Changed, "seed {seed}");
    }
}

/// Lost, repeated and swapped events, restarts, snapshots of any age: what is live is true.
#[test]
fn a_live_book_is_the_exchanges_book_whatever_the_wire_does() {
    let mut told = 0;
    for seed in 0..300 {
        let random = &mut Random::new(seed);
        let truth = truth(random, 120);
        let (mut sync, mut out, mut book) = (BookSync::new(), Vec::new(), OrderBook::new(0, 0));
        let mut asked: Option<u64> = None;
        let mut order: Vec<usize> = (0..truth.events.len()).collect();
        for at in 1..order.len() {
            if random.chance(2) {
                order.swap(at - 1, at);
            }
        }
        let mut newest = 0;
        for number in order {
            if random.chance(3) {
                continue;
            }
            newest = newest.max(number);
            let times = if random.chance(4) { 2 } else { 1 };
            for _ in 0..times {
                let step = sync.event(stamped(truth.events[number].clone(), 0), &mut out);
                match step {
                    Step::Wanted(ask) => asked = Some(ask.ticket),
                    Step::Lost(ask) => {
                        asked = Some(ask.ticket);
                        apply(&mut book, &mut out, seed);
                        book.mark_stale(hoga::market::book::StaleReason::Feed);
                    }
                    _ => {}
                }
            }
            apply(&mut book, &mut out, seed);
            let breaks = random.chance(1) && sync.restart(UtcTime::EPOCH);
            if breaks || (random.chance(1) && sync.renew(UtcTime::EPOCH)) {
                book.mark_stale(hoga::market::book::StaleReason::Feed);
            }
            if random.chance(30) && asked.is_some() {
                let age = random.below(6) as usize;
                let from = (newest + random.below(2) as usize).saturating_sub(age).min(truth.events.len() - 1);
                let step = sync.snapshot(asked.take().unwrap(), stamped(truth.snapshot(from), 0), &mut out);
                if let Step::Wanted(ask) = step {
                    asked = Some(ask.ticket);
                }
            }
            apply(&mut book, &mut out, seed);
            assert_eq!(sync.is_live(), book.state() == BookState::Live, "seed {seed}");
            if let Some(live) = book.live() {
                let id = book.last_id().unwrap();
                let at = (0..truth.events.len()).find(|at| truth.id(*at) == id).unwrap();
                let have: Vec<(String, String)> =
                    live.bids(100).map(|level| (level.price.to_string(), level.quantity.to_string())).collect();
                let wanted: Vec<(String, String)> =
                    truth.states[at].iter().rev().map(|(at, units)| (at.to_string(), units.to_string())).collect();
                assert_eq!(have, wanted, "seed {seed}");
                told += 1;
            }
        }
    }
    assert!(told > 5_000, "only {told} live books were compared");
}
