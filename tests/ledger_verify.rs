//! `verify` names everything that does not add up.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod ledger_fixture;

use hoga::ledger::{Difference, DifferenceKind as Kind, LedgerReader, LedgerStore, OpenOptions, Write, verify};
use ledger_fixture::{Desk, tamper};

fn differences(table: &str, change: &str) -> Vec<Difference> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let options = OpenOptions { wal_bytes: 64 << 10, reserve_bytes: 0, ..OpenOptions::default() };
    let mut store = LedgerStore::open(&path, &options).unwrap();
    store.apply(&Desk::day().batches).unwrap();
    assert_eq!(verify(store.reader()).unwrap(), [], "the fixture adds up");
    drop(store);
    tamper(&path, table, change);
    verify(&LedgerReader::open(&path).unwrap()).unwrap()
}

/// `name: kind, part of the subject, table, change`.
macro_rules! sees {
    ($($name:ident: $kind:ident, $subject:literal, $table:literal, $change:literal;)*) => {$(
        #[test]
        fn $name() {
            let found = differences($table, $change);
            assert!(
                found.iter().any(|one| one.kind == Kind::$kind && one.subject.contains($subject)),
                "{found:#?}"
            );
        }
    )*};
}

sees! {
    sees_an_order_filled_for_more: OrderFilled, "000000000001", "orders",
        "UPDATE orders SET filled = '11' WHERE id LIKE '%01'";
    sees_an_order_filled_at_another_value: OrderFilledValue, "000000000001", "orders",
        "UPDATE orders SET filled_value = '699399' WHERE id LIKE '%01'";
    sees_an_order_filled_in_name_only: OrderState, "000000000003", "orders",
        "UPDATE orders SET state = 'filled' WHERE id LIKE '%03'";
    sees_a_filled_order_called_open: OrderState, "000000000001", "orders",
        "UPDATE orders SET state = 'accepted' WHERE id LIKE '%01'";
    sees_an_execution_on_the_wrong_side: ExecutionOrder, "E1", "executions",
        "UPDATE executions SET side = 'sell' WHERE execution_id = 'E1'";
    sees_a_finished_order_holding_cash: FinishedReservation, "000000000002", "orders",
        "UPDATE orders SET reserved_cash = '345000' WHERE id LIKE '%02'";
    sees_an_execution_that_moved_no_money: ExecutionWithoutTransaction, "E1", "transactions",
        "UPDATE transactions SET execution_id = NULL WHERE execution_id = 'E1'";
    sees_money_moved_without_an_execution: TransactionWithoutExecution, "transaction 3", "executions",
        "DELETE FROM executions WHERE execution_id = 'E1'";
    sees_other_facts_of_a_trade: TransactionFacts, "transaction 3", "transactions",
        "UPDATE transactions SET price = '70100' WHERE id = 3";
    sees_another_amount: TransactionAmount, "transaction 3", "transactions",
        "UPDATE transactions SET amount = '-280001' WHERE id = 3";
    sees_another_amount_of_a_margined_trade: TransactionAmount, "transaction 8", "transactions",
        "UPDATE transactions SET amount = '200.5' WHERE id = 8";
    sees_another_commission: TransactionCommission, "transaction 3", "transactions",
        "UPDATE transactions SET commission = '14' WHERE id = 3";
    sees_another_tax: TransactionTax, "transaction 5", "transactions",
        "UPDATE transactions SET tax = '0' WHERE id = 5";
    sees_a_missing_transaction: TransactionSequence, "transaction 5", "transactions",
        "DELETE FROM transactions WHERE id = 4";
    sees_cash_from_nowhere: CashBefore, "transaction 4", "transactions",
        "UPDATE transactions SET cash_before = '99999999' WHERE id = 4";
    sees_cash_that_vanished: CashAfter, "transaction 4", "transactions",
        "UPDATE transactions SET cash_after = '1' WHERE id = 4";
    sees_a_first_deposit_that_is_gone: CashBefore, "transaction 3", "transactions",
        "DELETE FROM transactions WHERE id = 1";
    sees_a_wrong_balance: BalanceCash, "sim KRW", "balances",
        "UPDATE balances SET cash = '100000000' WHERE currency = 'KRW'";
    sees_a_missing_balance: BalanceCash, "sim USDT", "balances",
        "DELETE FROM balances WHERE currency = 'USDT'";
    sees_cash_held_for_nothing: BalanceReserved, "sim KRW", "balances",
        "UPDATE balances SET reserved = '1300001' WHERE currency = 'KRW'";
    sees_margin_held_for_nothing: BalanceMargin, "sim USDT", "balances",
        "UPDATE balances SET margin = '0' WHERE currency = 'USDT'";
    sees_more_available_than_there_is: BalanceAvailable, "sim KRW", "balances",
        "UPDATE balances SET available = '100000000' WHERE currency = 'KRW'";
    sees_another_position: PositionQuantity, "KRX:005930", "positions",
        "UPDATE positions SET quantity = '8' WHERE instrument = 'KRX:005930'";
    sees_a_position_that_is_gone: PositionQuantity, "KRX:005930", "positions",
        "DELETE FROM positions WHERE instrument = 'KRX:005930'";
    sees_another_cost: PositionCost, "KRX:005930", "positions",
        "UPDATE positions SET cost = '489581' WHERE instrument = 'KRX:005930'";
    sees_another_profit: PositionRealized, "BTCUSDT", "positions",
        "UPDATE positions SET realized_gross = '201' WHERE instrument LIKE '%BTCUSDT'";
    sees_another_commission_of_a_position: PositionCommission, "BTCUSDT", "positions",
        "UPDATE positions SET commission = '0' WHERE instrument LIKE '%BTCUSDT'";
    sees_another_tax_of_a_position: PositionTax, "KRX:005930", "positions",
        "UPDATE positions SET tax = '0' WHERE instrument = 'KRX:005930'";
    sees_funding_that_was_not_paid: PositionCarried, "BTCUSDT", "positions",
        "UPDATE positions SET carried = '0' WHERE instrument LIKE '%BTCUSDT'";
    sees_an_instrument_that_is_not_known: InstrumentMissing, "KRX:005930", "instruments",
        "DELETE FROM instruments WHERE instrument = 'KRX:005930'";
    sees_an_event_that_was_taken_out: Numbering, "order_events", "order_events",
        "DELETE FROM order_events WHERE number = 2 AND order_id LIKE '%01'";
    sees_a_batch_that_was_taken_out: Numbering, "batches", "batches",
        "DELETE FROM batches WHERE sequence = 4";
    sees_an_order_that_was_taken_out: ForeignKey, "executions", "orders",
        "DELETE FROM orders WHERE id LIKE '%01'";
    sees_an_index_that_was_dropped: Schema, "schema", "orders",
        "DROP INDEX orders_client";
    sees_two_transactions_of_one_execution: ExecutionTransactions, "E1", "transactions",
        "DROP INDEX transactions_execution;
         INSERT INTO transactions SELECT 9, time, kind, profile, instrument, order_id, execution_id, quantity, price,
            amount, commission, tax, cash_before, cash_after, currency, note, 0 FROM transactions WHERE id = 3";
}

#[test]
fn sees_a_row_that_is_not_what_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    LedgerStore::open(&path, &OpenOptions::default()).unwrap().apply(&Desk::day().batches).unwrap();
    let change = "UPDATE notes SET text = '늦게 샀다'";
    rusqlite::Connection::open(&path).unwrap().execute_batch(change).unwrap();
    let found = verify(&LedgerReader::open(&path).unwrap()).unwrap();
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!((found[0].kind, found[0].subject.as_str()), (Kind::RowDamaged, "notes 1"));
}

#[test]
fn sees_an_index_that_does_not_match_its_table() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    LedgerStore::open(&path, &OpenOptions::default()).unwrap().apply(&Desk::day().batches).unwrap();
    // The index loses a row by being made partial, filled, and named whole again.
    let connection = rusqlite::Connection::open(&path).unwrap();
    let whole: String = connection
        .query_row("SELECT sql FROM sqlite_schema WHERE name = 'executions_order'", [], |row| row.get(0))
        .unwrap();
    connection
        .execute_batch(&format!(
            "DROP INDEX executions_order; {whole} WHERE execution_id <> 'E1'; PRAGMA writable_schema = ON;
             UPDATE sqlite_schema SET sql = '{whole}' WHERE name = 'executions_order';"
        ))
        .unwrap();
    drop(connection);
    let found = verify(&LedgerReader::open(&path).unwrap()).unwrap();
    assert!(found.iter().any(|one| one.kind == Kind::Integrity), "{found:#?}");
}

#[test]
fn differences_are_json_with_stable_keys() {
    let one = Difference {
        kind: Kind::BalanceCash,
        subject: "balance sim KRW".to_owned(),
        local: "1".to_owned(),
        expected: "2".to_owned(),
    };
    let text = r#"{"kind":"balance_cash","subject":"balance sim KRW","local":"1","expected":"2"}"#;
    assert_eq!(serde_json::to_string(&one).unwrap(), text);
}

#[test]
fn a_desk_that_books_wrongly_is_found_without_any_tampering() {
    let mut desk = Desk::day();
    for write in desk.batches.iter_mut().flat_map(|batch| &mut batch.writes) {
        if let Write::Position(position) = write {
            position.commission = rust_decimal::Decimal::ZERO;
        }
    }
    let mut store = LedgerStore::in_memory().unwrap();
    store.apply(&desk.batches).unwrap();
    let kinds: Vec<_> = verify(store.reader()).unwrap().iter().map(|one| one.kind).collect();
    assert_eq!(kinds, [Kind::PositionCommission, Kind::PositionCommission]);
}
