//! Every fault of a fixed list of 24, from many seeds, against a Binance futures session and the exchange on this machine;
//! then limits, outages, starts on a ledger that differs, and what has a name of its own.
//!
//! While a fault lasts orders are sent, changed and canceled by chance. After it, for every seed: nothing panicked, every
//! order the exchange has is one that was asked for, once and as it was asked for; orders, fills, position and cash are
//! the same on both sides; the book is the exchange's within five seconds; and silence showed as stale within three.
//!
//! | # | fault | here |
//! |---|---|---|
//! | 1 | no answer | applies |
//! | 2 | answer lost after acceptance | applies |
//! | 3 | answer 1 to 60 s late | applies |
//! | 4 | answer cut in its body | applies |
//! | 5 | 500, 502, 504 after acceptance | applies |
//! | 6 | 200 with a body that cannot be read | applies |
//! | 7 | answer twice | applies |
//! | 8 | answer of another request | applies |
//! | 9 | stream stalls, TCP lives | applies |
//! | 10 | heartbeats only, events missing | applies |
//! | 11 | stream cut | applies |
//! | 12 | half-open connection | applies |
//! | 13 | events twice | applies |
//! | 14 | events out of order | applies |
//! | 15 | gap in the sequence | applies |
//! | 16 | ten times the events at once | applies |
//! | 17 | frames split, merged, byte by byte | applies |
//! | 18 | garbage, NUL, another encoding | applies |
//! | 19 | token revoked early | as a listen key that ends early: keys of the API are no tokens |
//! | 20 | one token a minute | does not: nothing is issued; a listen key is given at any time |
//! | 21 | 429, then 418 | applies |
//! | 22 | maintenance page in HTML | applies |
//! | 23 | exchange's clock off by 2 s | applies |
//! | 24 | name or address gone | as connections refused, and as -2015 for another address (`named`) |
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::result_large_err,
    missing_docs
)]

mod binance_server;

#[path = "binance_faults/fault.rs"]
mod fault;
#[path = "binance_faults/history.rs"]
mod history;
#[path = "binance_faults/limits.rs"]
mod limits;
#[path = "binance_faults/named.rs"]
mod named;
#[path = "binance_faults/outage.rs"]
mod outage;
#[path = "binance_session/stage.rs"]
mod stage;
#[path = "binance_faults/start.rs"]
mod start;

use fault::Kind;

/// Runs each of these faults from these seeds, so many at a time; a failing one is named.
fn all(kinds: &[Kind], seeds: std::ops::Range<u64>, at_once: usize) {
    let runs: Vec<(Kind, u64)> = seeds.flat_map(|seed| kinds.iter().map(move |kind| (*kind, seed))).collect();
    let next = std::sync::atomic::AtomicUsize::new(0);
    let failed = std::sync::Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                while let Some((kind, seed)) = runs.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
                    if let Err(story) = std::panic::catch_unwind(|| history::run(*kind, *seed)) {
                        let text = story.downcast_ref::<String>().cloned().unwrap_or_default();
                        failed.lock().unwrap().push(format!("{kind:?} seed {seed}: {text}"));
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{} of {} runs failed:\n{}", failed.len(), runs.len(), failed.join("\n"));
    println!("{} runs of {} faults, none failed", runs.len(), kinds.len());
}

#[test]
fn answers_that_go_wrong() {
    all(&fault::ANSWERS, 1..2, fault::ANSWERS.len());
}

#[test]
fn streams_that_go_wrong() {
    all(&fault::STREAMS, 1..2, fault::STREAMS.len());
}

#[test]
fn sessions_that_go_wrong() {
    all(&fault::SESSIONS, 1..2, fault::SESSIONS.len());
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().map_or(default, |text| text.parse().unwrap())
}

#[test]
#[ignore = "a long run"]
fn every_fault_from_many_seeds() {
    let kinds = [&fault::ANSWERS[..], &fault::STREAMS[..], &fault::SESSIONS[..]].concat();
    let first = number("HOGA_FIRST_SEED", 1);
    all(&kinds, first..first + number("HOGA_SEEDS", 50), usize::try_from(number("HOGA_AT_ONCE", 8)).unwrap());
}

#[test]
#[ignore = "one run of the long one"]
fn one_fault() {
    let name = std::env::var("HOGA_FAULT").expect("HOGA_FAULT=Stall HOGA_SEED=1");
    let kinds = [&fault::ANSWERS[..], &fault::STREAMS[..], &fault::SESSIONS[..]].concat();
    let kind = kinds.into_iter().find(|kind| format!("{kind:?}") == name).expect("a fault");
    history::run(kind, number("HOGA_SEED", 1));
}
