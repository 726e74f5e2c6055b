//! Panics at the desk's borders: in a broker's code, which ends that broker until it is opened anew, and in the
//! ledger's thread, which ends the desk in good order.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use hoga::broker::api::{Broker, BrokerEvent, BrokerRequest, Capabilities, RequestBody};
use hoga::broker::opening::{BrokerSource, OpenError, Opening};
use hoga::broker::registry::Registry;
use hoga::broker::sim;
use hoga::config::{BrokerName, Config, Paths, Profile, RiskLimits, Surroundings, World};
use hoga::desk::client::{Caller, Client};
use hoga::desk::protocol::{Command, Failure, FailureKind, OrderSelection, Response, SubmitOrder, Topic, Update};
use hoga::desk::record::OrderRecord;
use hoga::desk::shell::{DeskOptions, StartError, run_with};
use hoga::ledger::{Batch, LedgerError, LedgerReader, LedgerStore, Store, verify};
use hoga::market::{Side, UtcTime};
use hoga::order::{Bracket, OrderKind, OrderState, PositionSide, Source, TimeInForce};

const WELL: u8 = 0;
const IN_POLL: u8 = 1;
const IN_REQUEST: u8 = 2;
const IN_OPENING: u8 = 3;
const IN_LEDGER: u8 = 4;

/// What a careless adapter might say when it breaks.
const KEY: &str = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A";

type Mood = Arc<AtomicU8>;

fn breaks(mood: &Mood, at: u8) {
    if mood.load(Ordering::SeqCst) == at {
        mood.store(WELL, Ordering::SeqCst);
        panic!("no such field in the reply to {KEY}");
    }
}

/// The simulated exchange behind an adapter that breaks on demand, and then in everything.
struct Fragile {
    inner: Box<dyn Broker>,
    mood: Mood,
    broken: bool,
}

impl Fragile {
    fn breaks(&mut self, at: u8) {
        self.broken |= self.mood.load(Ordering::SeqCst) == at;
        breaks(&self.mood, at);
    }
}

impl Drop for Fragile {
    fn drop(&mut self) {
        assert!(!self.broken, "broken when dropped");
    }
}

impl Broker for Fragile {
    fn capabilities(&self) -> &Capabilities {
        self.inner.capabilities()
    }

    fn request(&mut self, now: UtcTime, request: BrokerRequest) {
        if matches!(request.body, RequestBody::Place(_)) {
            self.breaks(IN_REQUEST);
        }
        self.inner.request(now, request);
    }

    fn poll(&mut self, now: UtcTime, out: &mut Vec<BrokerEvent>) -> Option<UtcTime> {
        let next = self.inner.poll(now, out);
        self.breaks(IN_POLL);
        next
    }

    fn close(&mut self) {
        self.inner.close();
        assert!(!self.broken, "broken when closed");
    }
}

/// Gives the default profile the fragile adapter, every other one the plain one.
struct Fragiles(Mood);

impl BrokerSource for Fragiles {
    fn capabilities(&self, profile: &Profile) -> Result<Capabilities, OpenError> {
        Registry.capabilities(profile)
    }

    fn open(&self, opening: &Opening, now: UtcTime) -> Result<Box<dyn Broker>, OpenError> {
        let inner = Registry.open(opening, now)?;
        if opening.profile.name.as_str() != "sim" {
            return Ok(inner);
        }
        breaks(&self.0, IN_OPENING);
        Ok(Box::new(Fragile { inner, mood: self.0.clone(), broken: false }))
    }
}

struct Disk {
    store: LedgerStore,
    mood: Mood,
}

impl Store for Disk {
    fn apply(&mut self, batches: &[Batch]) -> Result<(), LedgerError> {
        breaks(&self.mood, IN_LEDGER);
        self.store.apply(batches)
    }
}

struct Desk {
    paths: Paths,
    mood: Mood,
    thread: JoinHandle<Result<(), StartError>>,
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
    folder
}

impl Desk {
    /// With two profiles on the simulated exchange: `sim`, whose adapter is fragile, and `other`.
    fn start(folder: &tempfile::TempDir) -> Self {
        Self::start_broken(folder, WELL)
    }

    fn start_broken(folder: &tempfile::TempDir, at: u8) -> Self {
        let paths = Paths::resolve(None, Some(folder.path()), &Surroundings::of_system()).unwrap();
        let mut config = Config::built_in();
        let other = Profile::new("other".parse().unwrap(), BrokerName::Sim, World::Virtual, RiskLimits::default());
        config.profiles.insert(other.name.clone(), other);
        let mood = Mood::new(AtomicU8::new(at));
        let (inner, own) = (paths.clone(), mood.clone());
        let thread = std::thread::spawn(move || {
            let options = DeskOptions { data_dir: inner.data_dir.clone(), idle_exit: None };
            let source = Box::new(Fragiles(own.clone()));
            let disk = move |store| Box::new(Disk { store, mood: own }) as Box<dyn Store>;
            run_with(&config, &inner, options, source, disk)
        });
        Self { paths, mood, thread }
    }

    fn connect(&self, profile: &str) -> Client {
        let profile = Some(profile.parse().unwrap());
        let caller = Caller { name: "test".into(), source: Source::Cli, profile };
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

    /// Listens to everything, as somebody who works with a profile.
    fn listen(&self, profile: &str) -> Client {
        let mut client = self.connect(profile);
        for topic in [Topic::Orders, Topic::Events] {
            client.request(Command::Subscribe { topic, symbols: Vec::new() }).unwrap();
        }
        client
    }

    fn break_it(&self, at: u8) {
        self.mood.store(at, Ordering::SeqCst);
    }

    fn end(self) -> Paths {
        let mut client = self.connect("sim");
        assert!(matches!(client.request(Command::Shutdown { force: true }), Ok(Response::Done)));
        self.thread.join().unwrap().unwrap();
        self.paths
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

/// Buys as soon as there is a live market again; gives the name of the order that was taken.
fn buy_again(client: &mut Client) -> String {
    let begun = Instant::now();
    for attempt in 0.. {
        let name = format!("after-{attempt}");
        match buy(client, &name, "60300") {
            Ok(_) => return name,
            Err(refused) => assert_eq!(refused.code, "RISK_STALE_DATA", "{refused:?}"),
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "no market");
        std::thread::park_timeout(Duration::from_millis(10));
    }
    unreachable!()
}

fn state(client: &mut Client, name: &str) -> OrderState {
    match client.request(Command::Order { order: name.into() }).unwrap() {
        Response::Order(order) => order.state,
        other => panic!("{other:?}"),
    }
}

fn becomes(client: &mut Client, name: &str, wanted: OrderState) {
    let begun = Instant::now();
    while state(client, name) != wanted {
        assert!(begun.elapsed() < Duration::from_secs(20), "{name} is {:?}, not {wanted:?}", state(client, name));
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

/// Waits for news of an order, or for an event of the desk.
fn wait<T>(client: &mut Client, what: &str, mut seen: impl FnMut(Update) -> Option<T>) -> T {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(30) {
        if let Some(update) = client.next_update(Some(Duration::from_secs(1))).unwrap()
            && let Some(found) = seen(update)
        {
            return found;
        }
    }
    panic!("{what} did not come");
}

fn is(name: &str, state: OrderState) -> impl FnMut(Update) -> Option<()> {
    move |update| {
        let fits = |order: &OrderRecord| order.client_id.as_deref() == Some(name) && order.state == state;
        matches!(update, Update::Order(order) if fits(&order)).then_some(())
    }
}

/// The text of the next event of a kind, about the fragile profile or the whole desk, that has a word in it.
fn says(kind: &'static str, word: &'static str) -> impl FnMut(Update) -> Option<String> {
    move |update| match update {
        Update::Event(event) if event.profile.as_ref().is_some_and(|name| name.as_str() != "sim") => None,
        Update::Event(event) if event.kind == kind && event.text.contains(word) => Some(event.text),
        _ => None,
    }
}

/// Names of the orders that reached the exchange, by its own journal.
fn at_the_exchange(paths: &Paths) -> Vec<String> {
    let truth = sim::journal::read(&paths.sim_journal(&"sim".parse().unwrap())).unwrap();
    let reader = LedgerReader::open(&paths.ledger()).unwrap();
    let name = |id| reader.order(id).unwrap().expect("a row of every order that left").client_id.unwrap().to_string();
    truth.orders.values().map(|order| name(order.order_id)).collect()
}

#[test]
fn a_broker_that_panics_is_opened_again_and_nobody_else_notices() {
    let folder = folder();
    let desk = Desk::start(&folder);
    let (mut client, mut other, mut listener) = (desk.connect("sim"), desk.connect("other"), desk.listen("sim"));
    buy(&mut client, "before", "60000").unwrap();
    wait(&mut listener, "the first order", is("before", OrderState::Accepted));

    desk.break_it(IN_POLL);
    let text = wait(&mut listener, "word of the failure", says("connection", "adapter failed"));
    assert!(text.contains("no such field in the reply to …") && text.contains("again in 5 s"), "{text}");
    assert!(!text.contains(&KEY[..8]), "{text}");
    let refused = buy(&mut client, "during", "60100").expect_err("there is nobody to send it to");
    assert_eq!(refused.code, "RISK_DISCONNECTED", "{refused:?}");
    assert_eq!(state(&mut client, "before"), OrderState::Accepted, "it rests at the exchange");
    buy(&mut other, "elsewhere", "60000").unwrap();
    becomes(&mut other, "elsewhere", OrderState::Accepted);

    wait(&mut listener, "its return", says("connection", "connected"));
    becomes(&mut client, "before", OrderState::Accepted);
    let after = buy_again(&mut client);
    wait(&mut listener, "an order after it", is(&after, OrderState::Accepted));
    let paths = desk.end();
    assert_eq!(at_the_exchange(&paths), ["before", &after]);
    assert_eq!(verify(&LedgerReader::open(&paths.ledger()).unwrap()).unwrap(), []);
}

#[test]
fn a_desk_starts_although_a_broker_panics_while_it_is_opened() {
    let folder = folder();
    let desk = Desk::start_broken(&folder, IN_OPENING);
    let (mut other, mut listener) = (desk.connect("other"), desk.listen("other"));
    buy(&mut other, "elsewhere", "60000").unwrap();
    becomes(&mut other, "elsewhere", OrderState::Accepted);
    let Response::Status(status) = other.request(Command::Status).unwrap() else { panic!() };
    let line = |name: &str| status.profiles.iter().find(|profile| profile.name == name).unwrap().connection.clone();
    assert_eq!((line("sim"), line("other")), ("down".to_owned(), "up".to_owned()));
    wait(&mut listener, "its return", says("connection", "connected"));
    let after = buy_again(&mut desk.connect("sim"));
    wait(&mut listener, "an order after it", is(&after, OrderState::Accepted));
    assert_eq!(at_the_exchange(&desk.end()), [after]);
}

#[test]
fn an_order_whose_sending_panics_is_unknown_until_the_broker_has_been_asked() {
    let folder = folder();
    let desk = Desk::start(&folder);
    let (mut client, mut listener) = (desk.connect("sim"), desk.listen("sim"));
    buy(&mut client, "before", "60000").unwrap();
    wait(&mut listener, "the first order", is("before", OrderState::Accepted));
    desk.break_it(IN_REQUEST);
    let _ = buy(&mut client, "lost", "60100");
    wait(&mut listener, "that nobody knows", is("lost", OrderState::Unknown));
    wait(&mut listener, "its return", says("connection", "connected"));
    wait(&mut listener, "the truth", is("lost", OrderState::Rejected));
    let paths = desk.end();
    assert_eq!(at_the_exchange(&paths), ["before"]);
    assert_eq!(verify(&LedgerReader::open(&paths.ledger()).unwrap()).unwrap(), []);
}

#[test]
fn a_panic_in_the_ledger_stops_orders_lets_cancels_pass_and_ends_the_desk() {
    let folder = folder();
    let desk = Desk::start(&folder);
    let (mut client, mut listener) = (desk.connect("sim"), desk.listen("sim"));
    buy(&mut client, "before", "60000").unwrap();
    wait(&mut listener, "the first order", is("before", OrderState::Accepted));

    desk.break_it(IN_LEDGER);
    let refused = buy(&mut client, "during", "60100").expect_err("no order without its row");
    assert_eq!((refused.kind, refused.code.as_str()), (FailureKind::Unavailable, "STORAGE"));
    wait(&mut listener, "word of it", says("storage", "thread ended"));
    let again = buy(&mut client, "during-2", "60200").expect_err("nor the next");
    assert_eq!(again.code, "STORAGE");
    let _ = client.request(Command::Cancel(OrderSelection::Ids { orders: vec!["before".into()] }));
    becomes(&mut client, "before", OrderState::Canceled);
    let ended = desk.thread.join().unwrap().expect_err("it ends by itself");
    assert!(
        matches!(&ended, StartError::Unwritten(unwritten) if matches!(unwritten.reason, LedgerError::ThreadEnded)),
        "{ended}"
    );

    // The next desk looks up what this one could not write down.
    let desk = Desk::start(&folder);
    let mut client = desk.connect("sim");
    becomes(&mut client, "before", OrderState::Canceled);
    buy(&mut client, "after", "60000").unwrap();
    becomes(&mut client, "after", OrderState::Accepted);
    let paths = desk.end();
    assert_eq!(at_the_exchange(&paths), ["before", "after"]);
    assert_eq!(verify(&LedgerReader::open(&paths.ledger()).unwrap()).unwrap(), []);
}
