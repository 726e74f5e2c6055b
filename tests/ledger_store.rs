//! Writing a ledger, starting again from it, and reading it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod ledger_fixture;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use hoga::ledger::{LedgerError, LedgerReader, LedgerStore, OpenOptions, OrderScope, Write, verify};
use hoga::market::UtcTime;
use ledger_fixture::{Desk, START, bitcoin, content, order_id, profile, samsung};

fn small() -> OpenOptions {
    OpenOptions { wal_bytes: 1 << 20, reserve_bytes: 64 << 10, ..OpenOptions::default() }
}

fn written(path: &Path) -> Desk {
    let desk = Desk::day();
    LedgerStore::open(path, &small()).unwrap().apply(&desk.batches).unwrap();
    desk
}

#[test]
fn what_was_written_is_found_again_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state/ledger.db");
    let desk = written(&path);
    let store = LedgerStore::open(&path, &small()).unwrap();
    let found = store.recover(desk.now()).unwrap();
    let states: Vec<_> = found.orders.iter().map(|order| order.state.as_str()).collect();
    assert_eq!(states, ["filled", "canceled", "partially_filled", "filled", "filled", "accepted"]);
    for batch in &desk.batches {
        for write in &batch.writes {
            if let Write::Execution(fill) = write {
                assert!(found.fills.contains(fill), "{fill:?} is gone");
            }
        }
    }
    assert_eq!(found.last_sequence, desk.batches.last().unwrap().sequence);
    assert_eq!(found.last_transaction.unwrap().0, 8);
    assert_eq!(found.settings["desk_state"], "active");
    assert_eq!((found.accounts.len(), found.positions.len(), found.instruments.len()), (2, 2, 2));
    assert_eq!(verify(store.reader()).unwrap(), []);
}

#[test]
fn orders_that_ended_more_than_a_day_ago_are_left_out_at_the_start() {
    let mut store = LedgerStore::in_memory().unwrap();
    let desk = Desk::day();
    store.apply(&desk.batches).unwrap();
    let later = desk.now().plus(Duration::from_secs(25 * 3600));
    let open: Vec<_> = store.recover(later).unwrap().orders.iter().map(|order| order.id).collect();
    assert_eq!(open, [order_id(3), order_id(6)]);
}

#[test]
fn every_field_comes_back_as_it_was() {
    let mut store = LedgerStore::in_memory().unwrap();
    let desk = Desk::day();
    store.apply(&desk.batches).unwrap();
    let mut orders = std::collections::BTreeMap::new();
    for write in desk.batches.iter().flat_map(|batch| &batch.writes) {
        if let Write::Order(order) = write {
            orders.insert(order.id, order.as_ref().clone());
        }
    }
    let expected: Vec<_> = orders.into_values().rev().collect();
    assert_eq!(store.reader().orders(OrderScope::All, None, 100).unwrap(), expected);
    assert_eq!(store.reader().instrument(bitcoin()).unwrap(), Some(ledger_fixture::instrument(bitcoin())));
}

#[test]
fn the_same_batch_again_is_skipped_and_another_one_under_its_number_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let desk = written(&path);
    let mut store = LedgerStore::open(&path, &small()).unwrap();
    let before = content(store.reader()).unwrap();
    store.apply(&desk.batches[3..]).unwrap();
    assert_eq!(content(store.reader()).unwrap(), before);

    let mut other = desk.batches[5].clone();
    other.writes.clear();
    assert!(matches!(store.apply(&[other]), Err(LedgerError::Changed { sequence: 6 })));
    let mut far = desk.batches.last().unwrap().clone();
    far.sequence += 2;
    let expected = far.sequence - 1;
    assert!(matches!(store.apply(&[far]), Err(LedgerError::Sequence { expected: e, .. }) if e == expected));
}

#[test]
fn batches_given_together_are_written_all_or_none() {
    let mut store = LedgerStore::in_memory().unwrap();
    let mut desk = Desk::day();
    let count = desk.batches.len();
    let twice = desk.batches[4].writes.clone();
    assert!(twice.iter().any(|write| matches!(write, Write::Execution(_))));
    desk.batches[count - 1].writes = twice;
    assert!(matches!(store.apply(&desk.batches), Err(LedgerError::Refused { .. })));
    assert_eq!(store.last_sequence().unwrap(), 0);
    assert_eq!(store.reader().orders(OrderScope::All, None, 100).unwrap(), []);
    store.apply(&desk.batches[..count - 1]).unwrap();
    assert_eq!(verify(store.reader()).unwrap(), []);
}

#[test]
fn readers_answer_the_questions_of_the_faces() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let desk = written(&path);
    let reader = LedgerReader::open(&path).unwrap();
    let ids = |scope| -> Vec<_> {
        reader.orders(scope, Some(&profile()), 10).unwrap().iter().map(|order| order.id).collect()
    };
    assert_eq!(ids(OrderScope::Open), [order_id(6), order_id(3)]);
    assert_eq!(ids(OrderScope::Since(desk.now())), [order_id(6), order_id(3)]);
    assert_eq!(ids(OrderScope::Since(START)).len(), 6);
    assert_eq!(reader.orders(OrderScope::All, Some(&"other".parse().unwrap()), 10).unwrap(), []);
    let by_client = reader.order_by_client_id(&profile(), &"client-2".parse().unwrap()).unwrap().unwrap();
    let by_broker = reader.orders_by_broker_id(&profile(), &"B2".parse().unwrap()).unwrap();
    assert_eq!((by_client.id, by_broker.len()), (order_id(2), 1));
    let history = reader.order_events(order_id(1)).unwrap();
    assert_eq!(history.iter().map(|event| event.what.as_str()).collect::<Vec<_>>(), ["created", "filled", "filled"]);
    assert_eq!(reader.fills_of(order_id(1)).unwrap().len(), 2);
    assert_eq!(reader.transactions(None, UtcTime::EPOCH, 3).unwrap()[0].id.0, 8);
    assert_eq!(reader.watchlists().unwrap()["관심"], [samsung(), bitcoin()]);
    assert_eq!(reader.alerts().unwrap().len(), 1);
    assert_eq!(reader.risk_events(START, 10).unwrap()[0].rule, "RISK_MAX_ORDER_AMOUNT");
    assert_eq!(reader.notes(START).unwrap()[0].text, "일찍 샀다");
}

#[test]
fn history_cannot_be_changed_through_sql() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    written(&path);
    let connection = rusqlite::Connection::open(&path).unwrap();
    for table in ["order_events", "executions", "transactions", "risk_events"] {
        for change in [format!("UPDATE {table} SET seal = 0"), format!("DELETE FROM {table}")] {
            let refusal = connection.execute(&change, []).unwrap_err().to_string();
            assert!(refusal.contains("append-only"), "{change}: {refusal}");
        }
    }
}

#[test]
fn only_the_owner_can_read_it_and_only_one_desk_can_write() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state/ledger.db");
    let mut store = LedgerStore::open(&path, &small()).unwrap();
    store.apply(&Desk::day().batches).unwrap();
    assert_eq!(std::fs::metadata(path.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
    for entry in std::fs::read_dir(path.parent().unwrap()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.file_name());
    }
    let refusal = LedgerStore::open(&path, &small()).unwrap_err().to_string();
    assert!(refusal.contains(&format!("process {}", std::process::id())), "{refusal}");
    drop(store);
    LedgerStore::open(&path, &small()).unwrap();
}

#[test]
fn a_newer_ledger_is_refused_with_both_versions_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    written(&path);
    rusqlite::Connection::open(&path).unwrap().execute_batch("PRAGMA user_version = 99").unwrap();
    let before = std::fs::read(&path).unwrap();
    for refusal in [
        LedgerStore::open(&path, &small()).map(drop).unwrap_err().to_string(),
        LedgerReader::open(&path).map(drop).unwrap_err().to_string(),
    ] {
        assert!(refusal.contains("99") && refusal.contains(&hoga::ledger::SCHEMA_VERSION.to_string()), "{refusal}");
        assert!(refusal.contains("newer hoga"), "{refusal}");
    }
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn the_log_keeps_its_size_however_much_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let mut store = LedgerStore::open(&path, &small()).unwrap();
    let log = folder.path().join("ledger.db-wal");
    let mut desk = Desk::new();
    store.apply(&desk.batches).unwrap();
    for round in 0..400 {
        let known = desk.batches.len();
        desk.place(samsung(), hoga::market::Side::Buy, "70000", "1");
        store.apply(&desk.batches[known..]).unwrap();
        if round % 50 == 0 {
            store.tidy();
        }
        assert_eq!(std::fs::metadata(&log).unwrap().len(), 1 << 20, "after {round} orders");
    }
    assert_eq!(verify(store.reader()).unwrap(), []);
}
