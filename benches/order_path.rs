//! An order's way to the disk: from a face's command through the gate and the core to the durable commit (`command`), and
//! of it the order row and event in one batch, from `apply` to the durable commit (`ledger`), beside the bare yardstick
//! (two inserts in one IMMEDIATE transaction, WAL, synchronous=FULL) on the same disk in the same run.
//!
//! Prints one JSON line; times are microseconds. The orders take turns with the yardsticks, so that what else the disk
//! has to do weighs on all of them alike. The goal is a `ratio_full` of at most 2.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::path::Path;
use std::time::{Duration, Instant};

use hoga::broker::api::Broker;
use hoga::broker::sim::{SimBroker, SimConfig, SimSettings};
use hoga::config::{RiskLimits, World};
use hoga::desk::core::{Core, CoreCommand, CoreSettings, Effect, Effects, Event, ProfileSetup, Token};
use hoga::desk::ids::GrowingIds;
use hoga::desk::protocol::{OrderSelection, SubmitOrder};
use hoga::ledger::{Batch, LedgerStore, OpenOptions, OrderEvent, Write, verify};
use hoga::market::{Currency, Quantity, Side, UtcTime};
use hoga::order::fee::FeeSchedule;
use hoga::order::{
    Bracket, Draft, Order, OrderId, OrderKind, PositionSide, ProfileName, Reservation, Source, TimeInForce,
};
use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use rust_decimal::dec;

const ORDERS: usize = 2_000;

fn main() {
    let folder = match std::env::var_os("HOGA_BENCH_DIR") {
        Some(folder) => tempfile::tempdir_in(folder).unwrap(),
        None => tempfile::tempdir().unwrap(),
    };
    let mut store = LedgerStore::open(&folder.path().join("ledger.db"), &OpenOptions::default()).unwrap();
    let mut desk = Desk::start(&folder.path().join("desk.db"));
    let mut command_times = Vec::new();
    let growing = yardstick(&folder.path().join("growing.db"), false);
    let grown = yardstick(&folder.path().join("grown.db"), true);
    let (mut ledger_times, mut growing_times, mut grown_times) = (Vec::new(), Vec::new(), Vec::new());
    for number in 1..=ORDERS as u64 {
        let batch = batch(number);
        let start = Instant::now();
        store.apply(std::slice::from_ref(&batch)).unwrap();
        ledger_times.push(start.elapsed());
        command_times.push(desk.order(number));
        growing_times.push(two_inserts(&growing, number));
        grown_times.push(two_inserts(&grown, number));
    }
    assert_eq!(store.last_sequence().unwrap(), ORDERS as u64);
    let differences: Vec<_> = verify(store.reader()).unwrap();
    assert!(differences.iter().all(|one| one.subject.starts_with("balance")), "{differences:?}");

    drop(store);
    let opened = Instant::now();
    drop(LedgerStore::open(&folder.path().join("ledger.db"), &OpenOptions::default()).unwrap());
    let open = opened.elapsed().as_secs_f64() * 1e3;

    let made = Instant::now();
    for _ in 0..200 {
        drop(LedgerStore::in_memory().unwrap());
    }
    let in_memory = made.elapsed().as_secs_f64() * 1e6 / 200.0;

    let at = |times: &mut Vec<std::time::Duration>, share: f64| {
        times.sort_unstable();
        times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e6
    };
    let (p50, p99) = (at(&mut ledger_times, 0.5), at(&mut ledger_times, 0.99));
    let (command50, command99) = (at(&mut command_times, 0.5), at(&mut command_times, 0.99));
    let (full50, full99) = (at(&mut growing_times, 0.5), at(&mut growing_times, 0.99));
    let (grown50, grown99) = (at(&mut grown_times, 0.5), at(&mut grown_times, 0.99));
    println!(
        "{{\"bench\":\"order_path\",\"orders\":{ORDERS},\"ledger_p50_us\":{p50:.1},\"ledger_p99_us\":{p99:.1},\
         \"command_p50_us\":{command50:.1},\"command_p99_us\":{command99:.1},\"ratio_command_full\":{:.2},\
         \"full_p50_us\":{full50:.1},\"full_p99_us\":{full99:.1},\"full_pregrown_p50_us\":{grown50:.1},\
         \"full_pregrown_p99_us\":{grown99:.1},\"ratio_full\":{:.2},\"ratio_full_pregrown\":{:.2},\
         \"open_ms\":{open:.1},\"in_memory_open_us\":{in_memory:.0}}}",
        command50 / full50,
        p50 / full50,
        p50 / grown50
    );
}

/// Core and ledger as the shell drives them, on a market of the simulated exchange.
struct Desk {
    core: Core,
    store: LedgerStore,
    broker: SimBroker,
    effects: Effects,
    now: UtcTime,
}

impl Desk {
    fn start(path: &Path) -> Self {
        let now = UtcTime::from_millis(1_795_219_200_000);
        let exchange = SimConfig::default().only(&["005930"]);
        let broker = SimBroker::new(SimSettings { exchange, ..SimSettings::default() }, now).unwrap();
        let store = LedgerStore::open(path, &OpenOptions::default()).unwrap();
        let limits = RiskLimits {
            max_open_orders: None,
            max_orders_per_second: None,
            max_orders_per_minute: None,
            max_exposure: None,
            duplicate_window_ms: 0,
            ..RiskLimits::default()
        };
        let setup = ProfileSetup {
            name: ProfileName::new("sim").unwrap(),
            world: World::Virtual,
            replay: false,
            limits,
            fees: FeeSchedule::default(),
            initial_cash: vec![(Currency::Krw, dec!(100_000_000_000))],
            capabilities: broker.capabilities().clone(),
        };
        let mut effects = Effects::default();
        let recovered = store.recover(now).unwrap();
        let ids = Box::new(GrowingIds::after(None));
        let core = Core::new(CoreSettings::default(), vec![setup], recovered, ids, now, &mut effects);
        let mut desk = Self { core, store, broker, effects, now };
        for _ in 0..40 {
            desk.pass();
        }
        desk
    }

    /// A quarter of a second of the market.
    fn pass(&mut self) {
        self.now = self.now.plus(Duration::from_millis(250));
        let mut events = Vec::new();
        let _ = self.broker.poll(self.now, &mut events);
        for event in events {
            self.core.step(self.now, Event::Broker { profile: 0, event }, &mut self.effects);
        }
        self.core.step(self.now, Event::Tick, &mut self.effects);
        self.commit();
    }

    fn commit(&mut self) {
        while !self.effects.is_empty() {
            let mut effects = std::mem::take(&mut self.effects);
            if !effects.writes.is_empty() {
                let batch = self.core.batch(std::mem::take(&mut effects.writes));
                self.store.apply(std::slice::from_ref(&batch)).unwrap();
            }
            for effect in effects.actions {
                if let Effect::Send { request, .. } = effect
                    && self.core.may_send(self.now, &request, &mut self.effects)
                {
                    self.broker.request(self.now, request);
                }
            }
        }
    }

    /// From the command to the durable commit of its order; what happens to the order afterwards is not timed.
    fn order(&mut self, number: u64) -> Duration {
        let order = SubmitOrder {
            client_id: Some(format!("c-{number}").parse().unwrap()),
            symbol: "005930".into(),
            side: Side::Buy,
            kind: OrderKind::Limit { price: "60000".parse().unwrap() },
            quantity: Quantity::whole(10),
            time_in_force: TimeInForce::Day,
            route: None,
            reduce_only: false,
            position_side: PositionSide::Net,
            bracket: Bracket::default(),
            oco: false,
        };
        let event = Event::Command {
            token: Token(number),
            profile: 0,
            source: Source::Cli,
            command: CoreCommand::Submit(order),
        };
        let start = Instant::now();
        self.core.step(self.now, event, &mut self.effects);
        assert!(!self.effects.writes.is_empty());
        let batch = self.core.batch(std::mem::take(&mut self.effects.writes));
        assert!(batch.writes.iter().any(|write| matches!(write, Write::Order(_))), "the order passes the gate");
        self.store.apply(std::slice::from_ref(&batch)).unwrap();
        let taken = start.elapsed();
        self.commit();
        if number.is_multiple_of(20) {
            let all = OrderSelection::Matching { symbol: None, side: None };
            let command = CoreCommand::Cancel(all);
            let event = Event::Command { token: Token(number), profile: 0, source: Source::Cli, command };
            self.core.step(self.now, event, &mut self.effects);
            self.commit();
            self.pass();
        }
        taken
    }
}

fn batch(number: u64) -> Batch {
    let now = UtcTime::from_millis(1_790_000_000_000 + number.cast_signed());
    let draft = Draft {
        profile: ProfileName::new("sim").unwrap(),
        client_id: Some(format!("hg-{:016x}", number.wrapping_mul(0x9E37_79B9_7F4A_7C15)).parse().unwrap()),
        instrument: "KRX:005930".parse().unwrap(),
        side: Side::Buy,
        kind: OrderKind::Limit { price: "73100".parse().unwrap() },
        quantity: Quantity::whole(10),
        time_in_force: TimeInForce::Day,
        route: None,
        reduce_only: false,
        position_side: PositionSide::Net,
        bracket: Bracket::default(),
        source: Source::Screen,
    };
    let mut reservation = Reservation::none(Currency::Krw);
    reservation.cash_per_unit = Some(dec!(73_100));
    reservation.opening = draft.quantity;
    reservation.cash.amount = dec!(731_000);
    let id = OrderId::from_uuid(uuid::Uuid::from_u128((0x0199_0000_0000_7000_u128 << 64) | u128::from(number)));
    let order = Order::from_draft(id, &draft, reservation, now);
    let event = OrderEvent { order_id: id, at: now, what: "created".to_owned(), detail: None };
    Batch { sequence: number, writes: vec![Write::Order(Box::new(order)), Write::OrderEvent(event)] }
}

/// The bare database; `grown` grows its log once, before the clock runs.
fn yardstick(path: &Path, grown: bool) -> Connection {
    let connection = Connection::open(path).unwrap();
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
             CREATE TABLE orders (id INTEGER PRIMARY KEY, cid TEXT UNIQUE, sym INT, side INT, px INT, qty INT, state INT, ts INT);
             CREATE TABLE ev (seq INTEGER PRIMARY KEY, cid TEXT, kind INT, body TEXT, ts INT);",
        )
        .unwrap();
    if grown {
        connection
            .execute_batch(
                "PRAGMA wal_autocheckpoint = 2000; PRAGMA synchronous = OFF; CREATE TABLE pad (b BLOB);
                 WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
                 INSERT INTO pad SELECT zeroblob(4000) FROM n;
                 DROP TABLE pad; PRAGMA wal_checkpoint(RESTART); PRAGMA synchronous = FULL;",
            )
            .unwrap();
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        std::fs::File::open(log).unwrap().sync_all().unwrap();
    }
    connection
}

fn two_inserts(connection: &Connection, number: u64) -> std::time::Duration {
    let cid = format!("hg-{:016x}", number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let number = number.cast_signed();
    let start = Instant::now();
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate).unwrap();
    transaction
        .prepare_cached("INSERT INTO orders (cid, sym, side, px, qty, state, ts) VALUES (?, ?, ?, ?, ?, ?, ?)")
        .unwrap()
        .execute(params![cid, number % 100, 1, 73_100, 10, 0, number])
        .unwrap();
    transaction
        .prepare_cached("INSERT INTO ev (cid, kind, body, ts) VALUES (?, ?, ?, ?)")
        .unwrap()
        .execute(params![cid, 1, "{\"a\":1}", number])
        .unwrap();
    transaction.commit().unwrap();
    start.elapsed()
}
