//! The ledger's thread on disks that hang, fail and come back.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod ledger_fixture;

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hoga::ledger::{Batch, Ledger, LedgerError, LedgerPace, LedgerReport, LedgerStore, NotTaken, Store, verify};
use ledger_fixture::{Desk, content};

/// What a test disk does, seen and steered from outside.
#[derive(Default)]
struct Disk {
    failures: VecDeque<LedgerError>,
    always_full: bool,
    /// Sequences of each try.
    tries: Vec<Vec<u64>>,
    tidied: usize,
}

struct TestStore {
    store: Arc<Mutex<LedgerStore>>,
    disk: Arc<Mutex<Disk>>,
    /// Every try takes one; the disk hangs while there is none.
    turns: Option<Receiver<()>>,
}

impl Store for TestStore {
    fn apply(&mut self, batches: &[Batch]) -> Result<(), LedgerError> {
        if let Some(turns) = &self.turns {
            let _ = turns.recv();
        }
        let mut disk = self.disk.lock().unwrap();
        disk.tries.push(batches.iter().map(|batch| batch.sequence).collect());
        if disk.always_full {
            return Err(LedgerError::DiskFull);
        }
        match disk.failures.pop_front() {
            Some(failure) => Err(failure),
            None => self.store.lock().unwrap().apply(batches),
        }
    }

    fn tidy(&mut self) {
        self.disk.lock().unwrap().tidied += 1;
    }
}

struct Run {
    ledger: Ledger,
    reports: Receiver<LedgerReport>,
    store: Arc<Mutex<LedgerStore>>,
    disk: Arc<Mutex<Disk>>,
}

fn pace() -> LedgerPace {
    LedgerPace {
        first_pause: Duration::from_millis(1),
        longest_pause: Duration::from_millis(2),
        ..LedgerPace::default()
    }
}

fn run(disk: Disk, turns: Option<Receiver<()>>, pace: LedgerPace) -> Run {
    let store = Arc::new(Mutex::new(LedgerStore::in_memory().unwrap()));
    let disk = Arc::new(Mutex::new(disk));
    let (sender, reports): (Sender<LedgerReport>, _) = channel();
    let test_store = TestStore { store: store.clone(), disk: disk.clone(), turns };
    let ledger = Ledger::start(test_store, pace, move |report| drop(sender.send(report))).unwrap();
    Run { ledger, reports, store, disk }
}

fn words(reports: &Receiver<LedgerReport>) -> Vec<String> {
    let word = |report| match report {
        LedgerReport::Committed { sequence } => format!("committed {sequence}"),
        LedgerReport::Stalled { reason } => format!("stalled: {reason}"),
        LedgerReport::Resumed => "resumed".to_owned(),
    };
    reports.iter().map(word).collect()
}

#[test]
fn closing_writes_what_waits() {
    let run = run(Disk::default(), None, pace());
    let desk = Desk::day();
    for batch in &desk.batches {
        run.ledger.write(batch.clone()).unwrap();
    }
    run.ledger.close().unwrap();
    let mut direct = LedgerStore::in_memory().unwrap();
    direct.apply(&desk.batches).unwrap();
    let store = run.store.lock().unwrap();
    assert_eq!(content(store.reader()).unwrap(), content(direct.reader()).unwrap());
    assert_eq!(words(&run.reports).last().unwrap(), &format!("committed {}", desk.batches.len()));
}

#[test]
fn a_failing_disk_stalls_once_and_nothing_is_lost_or_reordered() {
    let failures = [LedgerError::DiskFull, LedgerError::ReadOnly, LedgerError::Busy, LedgerError::DiskFull];
    let run = run(Disk { failures: failures.into(), ..Disk::default() }, None, pace());
    let desk = Desk::day();
    for batch in &desk.batches {
        run.ledger.write(batch.clone()).unwrap();
    }
    let Run { ledger, reports, store, disk } = run;
    let first = reports.recv().unwrap();
    assert!(matches!(first, LedgerReport::Stalled { reason: LedgerError::DiskFull }), "{first:?}");
    assert!(matches!(reports.recv().unwrap(), LedgerReport::Resumed));
    ledger.close().unwrap();
    let words = words(&reports);
    assert!(words.iter().all(|word| word.starts_with("committed")), "{words:?}");
    assert_eq!(words.last().unwrap(), &format!("committed {}", desk.batches.len()));
    assert!(disk.lock().unwrap().tries.len() > 4);
    assert_eq!(verify(store.lock().unwrap().reader()).unwrap(), []);
}

#[test]
fn a_hanging_disk_keeps_nobody_waiting_and_what_gathers_is_committed_together() {
    let (turn, turns) = channel();
    let run = run(Disk::default(), Some(turns), pace());
    let desk = Desk::day();
    // The disk hangs in the first commit; writing goes on all the same.
    for batch in &desk.batches {
        run.ledger.write(batch.clone()).unwrap();
    }
    turn.send(()).unwrap();
    turn.send(()).unwrap();
    drop(turn);
    run.ledger.close().unwrap();
    let tries = &run.disk.lock().unwrap().tries;
    assert!(tries.len() <= 3, "{tries:?}");
    assert_eq!(tries.concat(), (1..=desk.batches.len() as u64).collect::<Vec<_>>());
}

#[test]
fn closing_on_a_full_disk_gives_back_every_batch_in_order() {
    let run = run(Disk { always_full: true, ..Disk::default() }, None, pace());
    let desk = Desk::day();
    for batch in &desk.batches {
        run.ledger.write(batch.clone()).unwrap();
    }
    let unwritten = run.ledger.close().unwrap_err();
    assert_eq!(unwritten.batches, desk.batches);
    assert!(matches!(unwritten.reason, LedgerError::DiskFull));
    assert_eq!(words(&run.reports).len(), 1, "stalled is said once");
}

#[test]
fn a_full_queue_gives_the_batch_back() {
    let (turn, turns) = channel();
    let run = run(Disk::default(), Some(turns), LedgerPace { queue: 2, group: 1, ..pace() });
    let desk = Desk::day();
    let refused = desk.batches.iter().find_map(|batch| run.ledger.write(batch.clone()).err()).unwrap();
    let NotTaken::Full(back) = refused else { panic!("{refused:?}") };
    assert!((3..=4).contains(&back.sequence), "{}", back.sequence);
    drop(turn);
    run.ledger.close().unwrap();
    assert_eq!(run.store.lock().unwrap().last_sequence().unwrap(), back.sequence - 1);
}

#[test]
fn a_refused_batch_stops_what_follows_but_not_what_went_before() {
    let (turn, turns) = channel();
    let run = run(Disk::default(), Some(turns), pace());
    let mut desk = Desk::day();
    let bad = 8;
    desk.batches[bad].writes = desk.batches[4].writes.clone();
    for batch in &desk.batches {
        run.ledger.write(batch.clone()).unwrap();
    }
    drop(turn);
    let stalled = run.reports.iter().find(|report| matches!(report, LedgerReport::Stalled { .. })).unwrap();
    let LedgerReport::Stalled { reason: LedgerError::Refused { sequence, .. } } = stalled else {
        panic!("{stalled:?}")
    };
    assert_eq!(sequence, bad as u64 + 1);
    let unwritten = run.ledger.close().unwrap_err();
    assert_eq!(unwritten.batches, desk.batches[bad..]);
    assert_eq!(run.store.lock().unwrap().last_sequence().unwrap(), bad as u64);
}

#[test]
fn what_can_wait_is_done_when_there_is_nothing_to_write() {
    let run = run(Disk::default(), None, LedgerPace { idle: Duration::ZERO, ..pace() });
    run.ledger.write(Desk::new().batches[0].clone()).unwrap();
    run.ledger.close().unwrap();
    assert!(run.disk.lock().unwrap().tidied > 0);
}
