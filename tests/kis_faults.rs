//! Every fault of a fixed list of 24, from many seeds, against a KIS session and the exchange on this machine.
//!
//! While a fault lasts orders are sent, changed and canceled by chance. After it, for every seed: nothing panicked, every
//! order the exchange has is one that was asked for, once and as it was asked for; orders, fills, position and cash are the
//! same on both sides; and the book is the exchange's again within five seconds.
//!
//! `HOGA_SEEDS=50 cargo test --profile checked --test kis_faults -- --ignored --nocapture every_fault`; `HOGA_FIRST_SEED`
//! chooses others, `HOGA_FAULT=Stall` leaves the others out.
//!
//! | # | fault | here |
//! |---|---|---|
//! | 1 | no answer | applies |
//! | 2 | answer lost after acceptance | applies |
//! | 3 | answer 1 to 60 s late | applies |
//! | 4 | answer cut in its body | applies |
//! | 5 | 500, 502, 504 after acceptance | applies; 500 as EGW00301 and EGW00302, timeouts within the broker |
//! | 6 | 200 with a body that cannot be read | applies |
//! | 7 | answer twice | applies |
//! | 8 | answer of another request | applies, to orders and changes: a list has nothing that says whose answer it is |
//! | 9 | stream stalls, TCP lives | applies |
//! | 10 | heartbeats only, events missing | applies: a market without trades looks the same, so prices grow old, and fills come from lists |
//! | 11 | stream cut | applies |
//! | 12 | half-open connection | applies |
//! | 13 | events twice | applies |
//! | 14 | events out of order | applies |
//! | 15 | gap in the sequence | applies as lost messages: a stream of KIS has no sequence |
//! | 16 | ten times the events at once | applies |
//! | 17 | frames split, merged, byte by byte | applies |
//! | 18 | garbage, NUL, EUC-KR | applies |
//! | 19 | token revoked early | applies |
//! | 20 | one token a minute | applies |
//! | 21 | EGW00201 | applies; KIS has no 418 |
//! | 22 | maintenance page in HTML | applies |
//! | 23 | broker's clock off by 2 s | applies |
//! | 24 | name or address gone | as connections refused |
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::result_large_err,
    missing_docs,
    dead_code
)]

mod kis_server;

#[path = "kis_session/desk.rs"]
mod desk;
#[path = "kis_faults/fault.rs"]
mod fault;
#[path = "kis_faults/history.rs"]
mod history;

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

fn every_kind() -> Vec<Kind> {
    [&fault::ANSWERS[..], &fault::STREAMS[..], &fault::SESSIONS[..]].concat()
}

/// Every fault, or the one that `HOGA_FAULT` names.
#[test]
#[ignore = "a long run"]
fn every_fault_from_many_seeds() {
    let first = number("HOGA_FIRST_SEED", 1);
    let at_once = usize::try_from(number("HOGA_AT_ONCE", 8)).unwrap();
    let only = std::env::var("HOGA_FAULT").ok();
    let mut kinds = every_kind();
    kinds.retain(|kind| only.as_ref().is_none_or(|name| format!("{kind:?}") == *name));
    assert!(!kinds.is_empty(), "there is no such fault");
    all(&kinds, first..first + number("HOGA_SEEDS", 50), at_once);
}
