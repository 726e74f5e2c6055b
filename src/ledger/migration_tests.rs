//! Ledgers of every older version, with rows in them, brought up to date.

use std::path::Path;

use rusqlite::Connection;
use rusqlite::types::Value;
use rust_decimal::dec;

use super::row::{OnConflict, Record, Table};
use super::{Alert, Batch, LedgerStore, OpenOptions, OrderEvent, OrderScope, Write, schema, verify, writes};
use crate::market::{Board, Currency, Instrument, InstrumentId, Product, Quantity, Side, TickRule, UtcTime};
use crate::order::fee::Liquidity;
use crate::order::{
    Account, Bracket, Draft, Fill, Order, OrderId, OrderKind, Position, PositionKey, PositionSide, Reservation, Route,
    Source, TimeInForce, Transaction, TransactionId, TransactionKind,
};

const NOW: UtcTime = UtcTime::from_millis(1_790_000_000_000);

fn samsung() -> Instrument {
    Instrument {
        id: "KRX:005930".parse::<InstrumentId>().unwrap(),
        name_ko: "삼성전자".to_owned(),
        name_en: "Samsung Electronics".to_owned(),
        product: Product::KrxStock(Board::Kospi { kospi200: true }),
        currency: Currency::Krw,
        ticks: TickRule::KrxStock,
        price_decimals: 0,
        lot: Quantity::whole(1),
        min_quantity: Quantity::whole(1),
        max_quantity: None,
        min_notional: None,
        multiplier: dec!(1),
        base_price: None,
        daily_limit: Some(dec!(0.3)),
        tiers: Vec::new(),
    }
}

fn order() -> Order {
    let draft = Draft {
        profile: "sim".parse().unwrap(),
        client_id: Some("c-1".parse().unwrap()),
        instrument: samsung().id,
        side: Side::Buy,
        kind: OrderKind::Limit { price: "70000".parse().unwrap() },
        quantity: Quantity::whole(10),
        time_in_force: TimeInForce::Gtc,
        reduce_only: false,
        position_side: PositionSide::Net,
        bracket: Bracket { stop_loss: Some("65000".parse().unwrap()), ..Bracket::default() },
        source: Source::Cli,
        route: None,
    };
    let mut reservation = Reservation::none(Currency::Krw);
    reservation.cash_per_unit = Some(dec!(70_000));
    reservation.cash.amount = dec!(420_000);
    let mut order = Order::from_draft(OrderId::from_uuid(uuid::Uuid::from_u128(7)), &draft, reservation, NOW);
    order.on_fill("70000".parse().unwrap(), Quantity::whole(4), NOW);
    order
}

/// Rows of every kind that the first version had.
fn first_batch() -> Batch {
    let order = order();
    let fill = Fill {
        id: "E1".parse().unwrap(),
        order_id: order.id,
        profile: order.profile.clone(),
        instrument: order.instrument,
        side: Side::Buy,
        position_side: PositionSide::Net,
        price: "70000".parse().unwrap(),
        quantity: Quantity::whole(4),
        commission: dec!(42),
        tax: dec!(0),
        currency: Currency::Krw,
        liquidity: Liquidity::Taker,
        time: NOW,
    };
    let deposit = Transaction {
        id: TransactionId(1),
        time: NOW,
        kind: TransactionKind::Deposit,
        profile: order.profile.clone(),
        instrument: None,
        order_id: None,
        execution_id: None,
        quantity: None,
        price: None,
        amount: dec!(1_000_000),
        commission: dec!(0),
        tax: dec!(0),
        cash_before: dec!(0),
        cash_after: dec!(1_000_000),
        currency: Currency::Krw,
        note: Some("처음".to_owned()),
    };
    let buy = Transaction {
        id: TransactionId(2),
        kind: TransactionKind::Buy,
        instrument: Some(order.instrument),
        order_id: Some(order.id),
        execution_id: Some(fill.id.clone()),
        quantity: Some(fill.quantity),
        price: Some(fill.price),
        amount: dec!(-280_000),
        commission: dec!(42),
        cash_before: dec!(1_000_000),
        cash_after: dec!(719_958),
        note: None,
        ..deposit.clone()
    };
    let mut account = Account::empty(order.profile.clone(), Currency::Krw);
    (account.cash, account.reserved) = (dec!(719_958), dec!(420_000));
    let key = PositionKey { profile: order.profile.clone(), instrument: order.instrument, side: PositionSide::Net };
    let mut position = Position::flat(key, Currency::Krw);
    position.book(Side::Buy, fill.price, fill.quantity, dec!(1));
    position.commission = dec!(42);
    Batch {
        sequence: 1,
        writes: vec![
            Write::Instrument(Box::new(samsung())),
            Write::OrderEvent(OrderEvent { order_id: order.id, at: NOW, what: "created".to_owned(), detail: None }),
            Write::Order(Box::new(order)),
            Write::Execution(Box::new(fill)),
            Write::Transaction(Box::new(deposit)),
            Write::Transaction(Box::new(buy)),
            Write::Balance(account),
            Write::Position(Box::new(position)),
            Write::Setting { key: "desk_state".to_owned(), value: Some("halted".to_owned()) },
            Write::Watch { list: "main".to_owned(), instrument: samsung().id, add: true },
        ],
    }
}

fn ledger_of_version(path: &Path, version: u32) {
    let connection = Connection::open(path).unwrap();
    connection.execute_batch("PRAGMA journal_mode = WAL").unwrap();
    schema::migrate_to(&connection, version).unwrap();
    let mut batch = first_batch();
    let transaction = connection.unchecked_transaction().unwrap();
    if version < WITH_ROUTES {
        batch.writes.retain(|write| !matches!(write, Write::Order(_)));
        order_without_route(&transaction);
    }
    writes::batch(&transaction, &batch, writes::digest(&batch)).unwrap();
    transaction.commit().unwrap();
}

/// First version whose orders say where they were sent.
const WITH_ROUTES: u32 = 5;

/// The order as the programs of before wrote it: without a column for its route, and sealed so.
fn order_without_route(connection: &Connection) {
    let table = <Order as Record>::table();
    let (route, columns) = table.columns.split_last().unwrap();
    assert_eq!(*route, "route");
    let mut values = order().encode();
    assert_eq!(values.pop(), Some(Value::Null));
    Table::new("orders", columns, 1, OnConflict::Replace).write(connection, values).unwrap();
}

fn small() -> OpenOptions {
    OpenOptions { wal_bytes: 64 << 10, reserve_bytes: 0, ..OpenOptions::default() }
}

#[test]
fn every_older_version_is_brought_up_to_date_with_its_rows() {
    for version in 1..=schema::VERSION {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        ledger_of_version(&path, version);
        let store = LedgerStore::open(&path, &small()).unwrap();
        assert_eq!(schema::version(store.reader().connection()).unwrap(), schema::VERSION);
        assert_eq!(verify(store.reader()).unwrap(), [], "from version {version}");
        let found = store.recover(NOW).unwrap();
        assert_eq!(found.orders, [order()], "from version {version}");
        assert_eq!((found.fills.len(), found.last_sequence), (1, 1));
        assert_eq!(found.instruments, [samsung()]);
        assert_eq!(found.settings["desk_state"], "halted");
        assert_eq!(store.reader().orders(OrderScope::Open, None, 9).unwrap().len(), 1);
        assert_eq!(store.reader().transactions(None, NOW, 9).unwrap()[1].note.as_deref(), Some("처음"));
        assert_eq!(store.reader().watchlists().unwrap()["main"], [samsung().id]);
    }
}

#[test]
fn a_backup_of_an_older_version_is_brought_up_to_date_when_it_is_restored() {
    let folder = tempfile::tempdir().unwrap();
    let (old, path) = (folder.path().join("old.db"), folder.path().join("state/ledger.db"));
    ledger_of_version(&old, 1);
    let restored = super::restore(&old, &path, NOW).unwrap();
    assert_eq!((restored.sequence, restored.former), (1, None));
    let store = LedgerStore::open(&path, &small()).unwrap();
    assert_eq!(store.recover(NOW).unwrap().orders, [order()]);
    assert!(matches!(super::LedgerReader::open(&old), Err(super::LedgerError::OlderVersion { found: 1, .. })));
}

#[test]
fn where_an_order_was_sent_is_kept_with_it_and_sealed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    ledger_of_version(&path, 1);
    let mut store = LedgerStore::open(&path, &small()).unwrap();
    for (sequence, route) in (2..).zip(Route::ALL) {
        let sent = Order { route: Some(route), ..order() };
        store.apply(&[Batch { sequence, writes: vec![Write::Order(Box::new(sent.clone()))] }]).unwrap();
        assert_eq!(store.recover(NOW).unwrap().orders, [sent]);
        assert_eq!(verify(store.reader()).unwrap(), []);
    }
    drop(store);
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch("UPDATE orders SET route = 'nxt'").unwrap();
    drop(connection);
    let store = LedgerStore::open(&path, &small()).unwrap();
    assert!(!verify(store.reader()).unwrap().is_empty(), "somebody else wrote another route");
}

/// An alert as version 2 has it, sealed as its program sealed it.
fn alert_of_version_2(connection: &Connection) {
    let columns = &["id", "instrument", "condition", "note", "created_at", "fired_at", "acknowledged_at"];
    let table = Table::new("alerts", columns, 1, OnConflict::Fail);
    let text = |text: &str| Value::Text(text.to_owned());
    let values = vec![
        Value::Integer(4),
        text("KRX:005930"),
        text(r#"{"at_or_above":"80000"}"#),
        text("목표가"),
        Value::Integer(NOW.nanos()),
        Value::Null,
        Value::Null,
    ];
    table.write(connection, values).unwrap();
}

#[test]
fn an_alert_of_version_2_is_kept_and_belongs_to_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    ledger_of_version(&path, 2);
    alert_of_version_2(&Connection::open(&path).unwrap());
    let store = LedgerStore::open(&path, &small()).unwrap();
    assert_eq!(verify(store.reader()).unwrap(), []);
    let found = store.recover(NOW).unwrap().alerts;
    let kept = Alert {
        profile: None,
        instrument: samsung().id,
        condition: r#"{"at_or_above":"80000"}"#.to_owned(),
        note: Some("목표가".to_owned()),
        created_at: NOW,
        fired_at: None,
        value: None,
        acknowledged_at: None,
    };
    assert_eq!(found.into_iter().collect::<Vec<_>>(), [(4, kept)]);
}

/// A step that was released is never edited: ledgers of its version are out there.
#[test]
fn released_steps_are_what_they_were() {
    assert_eq!(schema::step_sums(), STEP_SUMS);
}

const STEP_SUMS: [u32; schema::VERSION as usize] =
    [1_602_797_440, 1_606_167_630, 622_225_685, 2_597_053_750, 1_703_254_601];
