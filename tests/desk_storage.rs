//! A desk whose disk stops taking writes, becomes slow, and takes them again: nothing leaves without its row, everybody
//! is told, cancels pass, and it goes on without a restart.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use hoga::broker::registry::Registry;
use hoga::broker::sim;
use hoga::config::{Config, Paths, Surroundings};
use hoga::desk::client::{Caller, Client};
use hoga::desk::protocol::{Command, Failure, FailureKind, OrderSelection, Response, SubmitOrder, Topic, Update};
use hoga::desk::record::OrderRecord;
use hoga::desk::shell::{DeskOptions, StartError, run_with};
use hoga::ledger::{Batch, LedgerError, LedgerReader, LedgerStore, Store, verify};
use hoga::market::Side;
use hoga::order::{Bracket, OrderKind, OrderState, PositionSide, Source, TimeInForce};

const WRITES: u8 = 0;
const FULL: u8 = 1;
const SLOW: u8 = 2;

/// A disk that can be full or slow.
struct Disk {
    store: LedgerStore,
    mood: Arc<AtomicU8>,
}

impl Store for Disk {
    fn apply(&mut self, batches: &[Batch]) -> Result<(), LedgerError> {
        match self.mood.load(Ordering::SeqCst) {
            FULL => Err(LedgerError::DiskFull),
            SLOW => {
                // An fsync that takes half a second, as on a busy virtual machine.
                std::thread::park_timeout(Duration::from_millis(500));
                self.store.apply(batches)
            }
            _ => self.store.apply(batches),
        }
    }
}

struct Desk {
    paths: Paths,
    mood: Arc<AtomicU8>,
    thread: JoinHandle<Result<(), StartError>>,
    _folder: tempfile::TempDir,
}

impl Desk {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
        let paths = Paths::resolve(None, Some(folder.path()), &Surroundings::of_system()).unwrap();
        let config = Config::built_in();
        let mood = Arc::new(AtomicU8::new(WRITES));
        let (inner, own) = (paths.clone(), mood.clone());
        let thread = std::thread::spawn(move || {
            let options = DeskOptions { data_dir: inner.data_dir.clone(), idle_exit: None };
            let disk = move |store| Box::new(Disk { store, mood: own }) as Box<dyn Store>;
            run_with(&config, &inner, options, Box::new(Registry), disk)
        });
        Self { paths, mood, thread, _folder: folder }
    }

    fn connect(&self) -> Client {
        let caller = Caller { name: "test".into(), source: Source::Cli, profile: None };
        let begun = Instant::now();
        loop {
            match Client::connect(self.paths.socket_candidates(), &caller) {
                Ok(client) => return client,
                Err(failure) if failure.kind == FailureKind::NoDesk => {}
                Err(failure) => panic!("{failure:?}"),
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "the desk does not listen");
            std::thread::park_timeout(Duration::from_millis(2));
        }
    }

    fn mood(&self, mood: u8) {
        self.mood.store(mood, Ordering::SeqCst);
    }

    fn end(self) -> (Paths, tempfile::TempDir) {
        let mut client = self.connect();
        assert!(matches!(client.request(Command::Shutdown { force: true }), Ok(Response::Done)));
        self.thread.join().unwrap().unwrap();
        (self.paths, self._folder)
    }
}

fn buy(client: &mut Client, name: &str, price: &str) -> Result<Response, Box<Failure>> {
    client.request(Command::Submit(SubmitOrder {
        client_id: Some(name.parse().unwrap()),
        symbol: "005930".into(),
        side: Side::Buy,
        kind: OrderKind::Limit { price: price.parse().unwrap() },
        quantity: "1".parse().unwrap(),
        time_in_force: TimeInForce::Gtc,
        reduce_only: false,
        position_side: PositionSide::Net,
        bracket: Bracket::default(),
        oco: false,
        route: None,
    }))
}

fn state(client: &mut Client, name: &str) -> OrderState {
    match client.request(Command::Order { order: name.into() }).unwrap() {
        Response::Order(order) => order.state,
        other => panic!("{other:?}"),
    }
}

/// Waits for news of an order, or for an event of the desk.
fn wait(client: &mut Client, what: &str, mut seen: impl FnMut(&Update) -> bool) {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(20) {
        if let Some(update) = client.next_update(Some(Duration::from_secs(1))).unwrap()
            && seen(&update)
        {
            return;
        }
    }
    panic!("{what} did not come");
}

fn is(name: &str, state: OrderState) -> impl FnMut(&Update) -> bool {
    move |update| {
        let fits = |order: &OrderRecord| order.client_id.as_deref() == Some(name) && order.state == state;
        matches!(update, Update::Order(order) if fits(order))
    }
}

fn storage(word: &'static str) -> impl FnMut(&Update) -> bool {
    move |update| matches!(update, Update::Event(event) if event.kind == "storage" && event.text.contains(word))
}

fn listen(desk: &Desk) -> Client {
    let mut client = desk.connect();
    for topic in [Topic::Orders, Topic::Events] {
        client.request(Command::Subscribe { topic, symbols: Vec::new() }).unwrap();
    }
    client
}

/// Names of the orders that reached the exchange, by its own journal.
fn at_the_exchange(paths: &Paths) -> Vec<String> {
    let truth = sim::journal::read(&paths.sim_journal(&"sim".parse().unwrap())).unwrap();
    let reader = LedgerReader::open(&paths.ledger()).unwrap();
    let name = |id| reader.order(id).unwrap().expect("a row of every order that left").client_id.unwrap().to_string();
    truth.orders.values().map(|order| name(order.order_id)).collect()
}

#[test]
fn a_full_disk_stops_orders_and_nothing_else() {
    let desk = Desk::start();
    let (mut client, mut listener) = (desk.connect(), listen(&desk));
    buy(&mut client, "before", "60000").unwrap();
    wait(&mut listener, "the first order", is("before", OrderState::Accepted));

    desk.mood(FULL);
    let refused = buy(&mut client, "during", "60100").expect_err("no order without its row");
    assert_eq!((refused.kind, refused.code.as_str(), refused.retryable), (FailureKind::Unavailable, "STORAGE", true));
    wait(&mut listener, "word of the full disk", storage("full"));
    let again = buy(&mut client, "during-2", "60200").expect_err("nor the next");
    assert_eq!(again.code, "STORAGE");
    assert!(matches!(client.request(Command::Quote { symbols: vec!["005930".into()] }), Ok(Response::Quotes(_))));

    // A cancel goes out all the same; its rows follow when they can.
    let ids = OrderSelection::Ids { orders: vec!["before".into()] };
    let _ = client.request(Command::Cancel(ids));
    let begun = Instant::now();
    while state(&mut client, "before") != OrderState::Canceled {
        assert!(begun.elapsed() < Duration::from_secs(20), "the cancel does not pass");
        std::thread::park_timeout(Duration::from_millis(5));
    }

    desk.mood(WRITES);
    wait(&mut listener, "word that it goes on", storage("again"));
    buy(&mut client, "after", "60300").unwrap();
    wait(&mut listener, "an order after it", is("after", OrderState::Accepted));
    assert_eq!(state(&mut client, "during"), OrderState::Rejected);

    let (paths, _folder) = desk.end();
    assert_eq!(at_the_exchange(&paths), ["before", "after"]);
    assert_eq!(verify(&LedgerReader::open(&paths.ledger()).unwrap()).unwrap(), []);
}

#[test]
fn a_slow_disk_delays_orders_and_not_the_market() {
    let desk = Desk::start();
    let (mut client, mut listener) = (desk.connect(), listen(&desk));
    buy(&mut client, "quick", "60000").unwrap();
    wait(&mut listener, "the first order", is("quick", OrderState::Accepted));

    desk.mood(SLOW);
    let mut other = desk.connect();
    let asking = std::thread::spawn(move || buy(&mut other, "slow", "60100").map(|_| ()));
    // While the row is on its way to the disk the desk answers, and the market moves.
    client.request(Command::Subscribe { topic: Topic::Trades, symbols: Vec::new() }).unwrap();
    wait(&mut client, "a print", |update| matches!(update, Update::Trade(_)));
    asking.join().unwrap().unwrap();
    wait(&mut listener, "the slow order", is("slow", OrderState::Accepted));

    desk.mood(WRITES);
    let (paths, _folder) = desk.end();
    assert_eq!(at_the_exchange(&paths), ["quick", "slow"]);
    assert_eq!(verify(&LedgerReader::open(&paths.ledger()).unwrap()).unwrap(), []);
}

#[test]
fn a_desk_that_was_long_in_opening_waits_for_its_face_all_the_same() {
    const OPENING: Duration = Duration::from_millis(600);
    const ALONE: Duration = Duration::from_millis(400);
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
    let paths = Paths::resolve(None, Some(folder.path()), &Surroundings::of_system()).unwrap();
    let options = DeskOptions { data_dir: paths.data_dir.clone(), idle_exit: Some(ALONE) };
    let begun = Instant::now();
    let slow = |store| {
        // A busy disk.
        while begun.elapsed() < OPENING {
            std::thread::park_timeout(OPENING.saturating_sub(begun.elapsed()));
        }
        Box::new(store) as Box<dyn Store>
    };
    run_with(&Config::built_in(), &paths, options, Box::new(Registry), slow).unwrap();
    assert!(begun.elapsed() >= OPENING + ALONE, "it ended after {:?}", begun.elapsed());
}
