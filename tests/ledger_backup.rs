//! Copies made under way, and put back.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod ledger_fixture;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::mpsc::channel;

use hoga::ledger::{LedgerError, LedgerReader, LedgerStore, OpenOptions, backup, restore, verify};
use hoga::market::Side;
use ledger_fixture::{Desk, START, content, samsung, tamper};

fn small() -> OpenOptions {
    OpenOptions { wal_bytes: 256 << 10, reserve_bytes: 0, ..OpenOptions::default() }
}

#[test]
fn a_backup_under_writes_is_the_ledger_at_one_moment() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let mut store = LedgerStore::open(&path, &small()).unwrap();
    let mut desk = Desk::day();
    store.apply(&desk.batches).unwrap();
    let known = desk.batches.len();
    for _ in 0..300 {
        let id = desk.place(samsung(), Side::Buy, "70000", "1");
        desk.fill(id, "70000", "1");
    }
    let batches = desk.batches.clone();
    let (started, writing) = channel();
    let writer = std::thread::spawn(move || {
        for batch in &batches[known..] {
            store.apply(std::slice::from_ref(batch)).unwrap();
            let _ = started.send(());
        }
    });
    writing.recv().unwrap();
    let mut sequences = Vec::new();
    for copy in 0..3 {
        let to = folder.path().join(format!("copy-{copy}.db"));
        let made = backup(&path, &to).unwrap();
        assert_eq!(made.differences, []);
        assert_eq!(fs::metadata(&to).unwrap().permissions().mode() & 0o777, 0o600);
        let mut expected = LedgerStore::in_memory().unwrap();
        expected.apply(&desk.batches[..usize::try_from(made.sequence).unwrap()]).unwrap();
        let found = content(&LedgerReader::open(&to).unwrap()).unwrap();
        assert!(found == content(expected.reader()).unwrap(), "copy {copy} at {}", made.sequence);
        sequences.push(made.sequence);
    }
    writer.join().unwrap();
    assert!(sequences.is_sorted() && sequences[0] > known as u64, "{sequences:?}");
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().contains("partial")), "{left:?}");
}

#[test]
fn a_backup_overwrites_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    LedgerStore::open(&path, &small()).unwrap().apply(&Desk::day().batches).unwrap();
    let to = folder.path().join("mine.txt");
    fs::write(&to, "mine").unwrap();
    assert!(matches!(backup(&path, &to), Err(LedgerError::Exists(_))));
    assert!(matches!(backup(&path, &path), Err(LedgerError::Exists(_))));
    assert_eq!(fs::read_to_string(&to).unwrap(), "mine");
}

#[test]
fn a_restored_backup_is_the_ledger_again_and_the_old_one_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = (folder.path().join("ledger.db"), folder.path().join("copy.db"));
    let desk = Desk::day();
    let half = desk.batches.len() / 2;
    let mut store = LedgerStore::open(&path, &small()).unwrap();
    store.apply(&desk.batches[..half]).unwrap();
    let then = content(store.reader()).unwrap();
    backup(&path, &copy).unwrap();
    store.apply(&desk.batches[half..]).unwrap();
    let now = content(store.reader()).unwrap();

    let refusal = restore(&copy, &path, START).unwrap_err();
    assert!(matches!(refusal, LedgerError::InUse { .. }), "{refusal}");
    drop(store);

    let restored = restore(&copy, &path, START).unwrap();
    assert_eq!(restored.sequence, half as u64);
    let former = restored.former.unwrap();
    assert_eq!(former.file_name().unwrap(), "ledger.db.before-20260921T141320000Z");
    assert_eq!(content(&LedgerReader::open(&former).unwrap()).unwrap(), now);
    let mut store = LedgerStore::open(&path, &small()).unwrap();
    assert_eq!(content(store.reader()).unwrap(), then);
    store.apply(&desk.batches[half..]).unwrap();
    assert_eq!(content(store.reader()).unwrap(), now);
    assert_eq!(verify(store.reader()).unwrap(), []);
}

#[test]
fn a_damaged_ledger_is_replaced_and_kept_with_its_log() {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = (folder.path().join("ledger.db"), folder.path().join("copy.db"));
    LedgerStore::open(&path, &small()).unwrap().apply(&Desk::day().batches).unwrap();
    backup(&path, &copy).unwrap();
    let mut bytes = fs::read(&path).unwrap();
    bytes[4096..8192].fill(0xa5);
    fs::write(&path, &bytes).unwrap();
    fs::write(folder.path().join("ledger.db-wal"), "the log of the damaged one").unwrap();
    assert!(matches!(LedgerStore::open(&path, &small()), Err(LedgerError::Damaged { .. })));
    let former = restore(&copy, &path, START).unwrap().former.unwrap();
    assert_eq!(fs::read(&former).unwrap(), bytes);
    let log = folder.path().join(format!("{}-wal", former.file_name().unwrap().to_str().unwrap()));
    assert_eq!(fs::read_to_string(log).unwrap(), "the log of the damaged one");
    let store = LedgerStore::open(&path, &small()).unwrap();
    assert_eq!(verify(store.reader()).unwrap(), []);
}

#[test]
fn a_backup_that_does_not_add_up_is_not_restored() {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = (folder.path().join("ledger.db"), folder.path().join("copy.db"));
    LedgerStore::open(&path, &small()).unwrap().apply(&Desk::day().batches).unwrap();
    backup(&path, &copy).unwrap();
    tamper(&copy, "balances", "UPDATE balances SET cash = '100000000' WHERE currency = 'KRW'");
    let before = fs::read(&path).unwrap();
    let error = restore(&copy, &path, START).unwrap_err();
    assert!(matches!(error, LedgerError::Differs { .. }), "{error}");
    let mut bytes = fs::read(&copy).unwrap();
    bytes[4096..8192].fill(0xa5);
    fs::write(&copy, bytes).unwrap();
    assert!(restore(&copy, &path, START).is_err());
    assert_eq!(fs::read(&path).unwrap(), before);
}
