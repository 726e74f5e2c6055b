//! Disks that fill up, hang, refuse or lie.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs)]

mod ledger_fixture;

use std::fs;
use std::path::{Path, PathBuf};

use hoga::ledger::{LedgerError, LedgerReader, LedgerStore, OpenOptions, verify};
use hoga::market::Side;
use ledger_fixture::{Desk, content, samsung};

fn small() -> OpenOptions {
    OpenOptions { wal_bytes: 1 << 20, reserve_bytes: 64 << 10, ..OpenOptions::default() }
}

/// Files of a ledger as a crash leaves them (part of it in the database, part only in the log) or a clean end.
struct Wreck {
    folder: tempfile::TempDir,
    content: String,
    /// Bytes of the log that hold something; none after a clean end.
    log_used: usize,
}

fn wreck() -> Wreck {
    ledger_files(false)
}

fn ledger_files(clean: bool) -> Wreck {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let mut store = LedgerStore::open(&path, &small()).unwrap();
    let desk = Desk::day();
    let half = desk.batches.len() / 2;
    store.apply(&desk.batches[..half]).unwrap();
    store.tidy();
    for batch in &desk.batches[half..] {
        store.apply(std::slice::from_ref(batch)).unwrap();
    }
    let content = content(store.reader()).unwrap();
    let kept = tempfile::tempdir().unwrap();
    if clean {
        drop(store);
        copy(folder.path(), kept.path());
        return Wreck { folder: kept, content, log_used: 0 };
    }
    copy(folder.path(), kept.path());
    drop(store);
    let log = fs::read(kept.path().join("ledger.db-wal")).unwrap();
    let log_used = log.iter().rposition(|byte| *byte != 0).unwrap() + 1;
    assert!(log_used > 4096 && fs::metadata(kept.path().join("ledger.db")).unwrap().len() > 4096);
    Wreck { folder: kept, content, log_used }
}

fn copy(from: &Path, to: &Path) {
    for name in ["ledger.db", "ledger.db-wal", "ledger.db.witness"] {
        if from.join(name).exists() {
            fs::copy(from.join(name), to.join(name)).unwrap();
        }
    }
}

/// What comes of a ledger with one changed byte.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
enum Outcome {
    RefusedAtOpen,
    FoundByVerify,
    Unharmed,
}

fn with_changed_byte(wreck: &Wreck, file: &str, at: usize, mask: u8) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    copy(wreck.folder.path(), folder.path());
    let victim = folder.path().join(file);
    let mut bytes = fs::read(&victim).unwrap();
    bytes[at] ^= mask;
    fs::write(&victim, &bytes).unwrap();
    let path = folder.path().join("ledger.db");
    let database = fs::read(&path).unwrap();
    let store = match LedgerStore::open(&path, &small()) {
        Ok(store) => store,
        Err(error) => {
            let text = error.to_string();
            assert!(text.contains("hoga db restore"), "{file} {at}: {text}");
            assert_eq!(fs::read(&path).unwrap(), database, "{file} {at}: a damaged file was touched");
            return Outcome::RefusedAtOpen;
        }
    };
    match verify(store.reader()) {
        Ok(differences) if differences.is_empty() => {
            let found = content(store.reader()).unwrap();
            assert!(found == wreck.content, "{file} byte {at} mask {mask:#x}: damage was used in silence");
            Outcome::Unharmed
        }
        _ => Outcome::FoundByVerify,
    }
}

struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).unwrap()
    }
}

fn damage(positions: usize, seed: u64) {
    let (crashed, ended) = (ledger_files(false), ledger_files(true));
    // Most of a small database is free space, where a change harms nothing: half of the positions hold something.
    let read = |wreck: &Wreck| fs::read(wreck.folder.path().join("ledger.db")).unwrap();
    let (crashed_size, ended_bytes) = (read(&crashed).len(), read(&ended));
    let holding: Vec<usize> = (0..ended_bytes.len()).filter(|at| ended_bytes[*at] != 0).collect();
    let mut random = Random(seed);
    let mut outcomes = Vec::new();
    for round in 0..positions {
        let (wreck, file, at) = match round % 8 {
            0 => (&ended, "ledger.db", random.below(100)),
            1..=4 => (&ended, "ledger.db", holding[random.below(holding.len())]),
            5 => (&crashed, "ledger.db", random.below(crashed_size)),
            6 => (&crashed, "ledger.db-wal", random.below(32 + 24)),
            _ => (&crashed, "ledger.db-wal", random.below(crashed.log_used)),
        };
        let mask = u8::try_from(1 + random.below(255)).unwrap();
        outcomes.push(with_changed_byte(wreck, file, at, mask));
    }
    let count = |outcome| outcomes.iter().filter(|one| **one == outcome).count();
    println!(
        "{positions} changed bytes: {} refused at open, {} found by verify, {} without effect",
        count(Outcome::RefusedAtOpen),
        count(Outcome::FoundByVerify),
        count(Outcome::Unharmed)
    );
    assert!(count(Outcome::RefusedAtOpen) > positions / 5 && count(Outcome::FoundByVerify) > 0);
}

#[test]
fn a_changed_byte_is_found_or_changes_nothing() {
    damage(100, 0x00dd_ba11);
}

#[test]
#[ignore = "a minute; HOGA_SEED chooses other bytes"]
fn a_thousand_changed_bytes_are_found_or_change_nothing() {
    let seed = std::env::var("HOGA_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(0x5eed_1234);
    damage(1000, seed);
}

#[test]
fn a_whole_wreck_opens_with_everything() {
    let wreck = wreck();
    let store = LedgerStore::open(&wreck.folder.path().join("ledger.db"), &small()).unwrap();
    assert_eq!(content(store.reader()).unwrap(), wreck.content);
}

#[test]
fn a_log_that_is_gone_or_cut_is_not_taken_for_an_older_ledger() {
    for keep in [None, Some(0), Some(40_000)] {
        let wreck = wreck();
        let log = wreck.folder.path().join("ledger.db-wal");
        match keep {
            None => fs::remove_file(&log).unwrap(),
            Some(bytes) => {
                let whole = fs::read(&log).unwrap();
                fs::write(&log, &whole[..bytes]).unwrap();
            }
        }
        let error = LedgerStore::open(&wreck.folder.path().join("ledger.db"), &small()).unwrap_err();
        assert!(matches!(error, LedgerError::Lost { committed, found, .. } if found < committed), "{error}");
    }
}

#[test]
fn a_ledger_that_is_gone_is_not_replaced_by_an_empty_one() {
    let wreck = wreck();
    let path = wreck.folder.path().join("ledger.db");
    fs::remove_file(&path).unwrap();
    assert!(matches!(LedgerStore::open(&path, &small()), Err(LedgerError::Lost { found: 0, .. })));
    assert!(!path.exists());
}

#[test]
fn a_file_of_another_program_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    rusqlite::Connection::open(&path).unwrap().execute_batch("CREATE TABLE mine (a); PRAGMA user_version = 1").unwrap();
    let before = fs::read(&path).unwrap();
    assert!(matches!(LedgerStore::open(&path, &small()), Err(LedgerError::Damaged { .. })));
    fs::write(folder.path().join("text.db"), "not a database at all, but long enough to be looked at").unwrap();
    assert!(matches!(LedgerStore::open(&folder.path().join("text.db"), &small()), Err(LedgerError::Damaged { .. })));
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_full_disk_gives_up_the_reserve_and_orders_go_on_when_there_is_space() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let reserve = folder.path().join("ledger.reserve");
    let mut store = LedgerStore::open(&path, &OpenOptions { max_pages: Some(60), ..small() }).unwrap();
    assert!(store.has_reserve() && reserve.exists());
    let mut desk = Desk::day();
    store.apply(&desk.batches).unwrap();
    let failed = loop {
        let known = desk.batches.len();
        desk.place(samsung(), Side::Buy, "1000", "1");
        if let Err(error) = store.apply(&desk.batches[known..]) {
            break (error, known);
        }
    };
    assert!(matches!(failed.0, LedgerError::DiskFull), "{}", failed.0);
    assert!(!reserve.exists() && !store.has_reserve(), "the reserve is for this");
    assert_eq!(store.last_sequence().unwrap(), failed.1 as u64);
    assert_eq!(verify(store.reader()).unwrap(), []);

    store.set_max_pages(10_000).unwrap();
    store.apply(&desk.batches[failed.1..]).unwrap();
    store.tidy();
    assert!(store.has_reserve(), "taken back once there is space");
    assert_eq!(verify(store.reader()).unwrap(), []);
}

/// Run by hand with a file system of a few MiB: `HOGA_SMALL_DISK=/mnt/small cargo test -- --ignored small_disk`.
#[test]
#[ignore = "needs HOGA_SMALL_DISK, a folder on a file system of 8 to 64 MiB"]
fn orders_outlive_everything_else_on_a_small_disk() {
    let disk = PathBuf::from(std::env::var("HOGA_SMALL_DISK").unwrap());
    let folder = tempfile::tempdir_in(&disk).unwrap();
    let options = OpenOptions { wal_bytes: 1 << 20, reserve_bytes: 2 << 20, ..OpenOptions::default() };
    let mut store = LedgerStore::open(&folder.path().join("ledger.db"), &options).unwrap();
    assert!(store.has_reserve());
    let mut desk = Desk::new();
    store.apply(&desk.batches).unwrap();
    let ticks = folder.path().join("ticks");
    let mut file = fs::File::create(&ticks).unwrap();
    while std::io::Write::write_all(&mut file, &[7; 65_536]).is_ok() {}
    let mut order = |store: &mut LedgerStore| {
        let known = desk.batches.len();
        desk.place(samsung(), Side::Buy, "1000", "1");
        let outcome = store.apply(&desk.batches[known..]);
        if outcome.is_err() { outcome.and_then(|()| store.apply(&desk.batches[known..])) } else { Ok(()) }
    };
    for count in 0..1000 {
        order(&mut store).unwrap_or_else(|error| panic!("order {count} on a full disk: {error}"));
        if count % 100 == 0 {
            store.tidy();
        }
    }
    let error = (0..1_000_000).find_map(|_| order(&mut store).err()).unwrap();
    assert!(matches!(error, LedgerError::DiskFull), "{error}");
    assert_eq!(verify(store.reader()).unwrap(), []);
    fs::remove_file(&ticks).unwrap();
    drop(file);
    store.apply(&desk.batches[usize::try_from(store.last_sequence().unwrap()).unwrap()..]).unwrap();
    store.tidy();
    assert!(store.has_reserve());
    assert_eq!(verify(store.reader()).unwrap(), []);
}

#[test]
#[cfg(target_os = "linux")]
fn a_folder_that_cannot_be_written_is_named() {
    let error = LedgerStore::open(Path::new("/proc/hoga/ledger.db"), &small()).unwrap_err().to_string();
    assert!(error.contains("/proc/hoga"), "{error}");
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    let error = LedgerStore::open(&folder.path().join("file/ledger.db"), &small()).unwrap_err().to_string();
    assert!(error.contains("file"), "{error}");
}

#[test]
fn there_is_nothing_to_read_where_there_is_no_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    assert!(matches!(LedgerReader::open(&path), Err(LedgerError::Missing(_))));
    assert!(!path.exists());
}
