//! The reader of system call traces that shows that orders are durable before they leave.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "../examples/loopback_orders/trace.rs"]
mod trace;

use trace::{Report, read};

const ORDER: &str = "01a1fce6-bc89-7000-9eec-84fea2c0469e";

fn report(calls: &[&str]) -> Report {
    read(calls.join("\n").as_bytes()).unwrap()
}

fn calls() -> [String; 5] {
    [
        r#"7 pwrite64(9</d/ledger.db-wal>, "\0\0\0\2\0\0\0\7\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1", 24, 32) = 24"#.into(),
        format!(r#"7 pwrite64(9</d/ledger.db-wal>, "\r{ORDER}005930", 4096, 56) = 4096"#),
        "7 fdatasync(9</d/ledger.db-wal> <unfinished ...>".into(),
        "7 <... fdatasync resumed>) = 0".into(),
        format!(r#"8 sendto(11<TCP:[127.0.0.1:1->127.0.0.1:2]>, "place {ORDER}\n", 43, 0, NULL, 0) = 43"#),
    ]
}

#[test]
fn an_order_that_leaves_in_a_query_is_known_by_its_id_there() {
    let mut calls = calls();
    let simple = ORDER.replace('-', "");
    let query = format!("POST /fapi/v1/order?symbol=BTCUSDT&newClientOrderId={simple}&timestamp=1 HTTP/1.1\\r\\n");
    calls[4] = format!(r#"8 sendto(11<TCP:[127.0.0.1:1->127.0.0.1:2]>, "{query}", 90, 0, NULL, 0) = 90"#);
    let right = report(&calls.each_ref().map(String::as_str));
    assert_eq!((right.orders, right.faults.len()), (1, 0));
    calls.swap(3, 4);
    assert_eq!(report(&calls.each_ref().map(String::as_str)).faults[0].0, ORDER);
}

/// The calls in another order, by their places.
fn in_order(order: [usize; 5]) -> Report {
    let calls = calls();
    report(&order.map(|at| calls[at].as_str()))
}

/// What is said against the one order when one call is another.
fn with(at: usize, call: &str) -> &'static str {
    let mut calls = calls();
    calls[at] = call.to_owned();
    report(&calls.each_ref().map(String::as_str)).faults[0].1
}

#[test]
fn an_order_must_be_written_committed_and_synced_before_it_leaves() {
    let right = in_order([0, 1, 2, 3, 4]);
    assert_eq!((right.orders, right.syncs, right.commits, right.faults.len()), (1, 1, 1, 0));
    for order in [[0, 1, 2, 4, 3], [0, 1, 4, 2, 3], [4, 0, 1, 2, 3], [2, 3, 0, 1, 4]] {
        assert_eq!(in_order(order).faults.len(), 1, "{order:?}");
    }
}

#[test]
fn a_sync_that_failed_or_began_before_the_commit_proves_nothing() {
    let failed = "7 <... fdatasync resumed>) = -1 EIO (Input/output error)";
    assert_eq!(with(3, failed), "not synced when it left");
    let another = "7 fdatasync(9</d/ledger.db> <unfinished ...>";
    assert_eq!(with(2, another), "not synced when it left");
    let no_end = calls()[0].replace(r"\7", r"\0");
    assert_eq!(with(0, &no_end), "not committed when it left");
    assert_eq!(in_order([2, 0, 1, 3, 4]).faults.len(), 1, "begun before");
}
