//! A whole desk in a virtual world: orders are filled against the market of another broker, which hears of none of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::os::unix::fs::PermissionsExt;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use hoga::broker::api::{Broker, Capabilities};
use hoga::broker::opening::{BrokerSource, OpenError, Opening};
use hoga::broker::paper::{PaperBroker, PaperConfig, virtual_capabilities};
use hoga::broker::registry::Registry;
use hoga::broker::sim;
use hoga::config::{Config, Paths, Profile, Surroundings};
use hoga::desk::client::{Caller, Client};
use hoga::desk::protocol::{Command, FailureKind, OrderSelection, Response, SubmitOrder};
use hoga::desk::shell::{DeskOptions, StartError, run_with};
use hoga::ledger::{LedgerReader, verify};
use hoga::market::{Price, Side, UtcTime};
use hoga::order::{Bracket, OrderKind, OrderState, PositionSide, Source, TimeInForce};
use rust_decimal::{Decimal, dec};

/// The simulated exchange, for its market only.
struct OnItsFeed;

impl BrokerSource for OnItsFeed {
    fn capabilities(&self, profile: &Profile) -> Result<Capabilities, OpenError> {
        Registry.capabilities(profile).map(|feed| virtual_capabilities(&feed))
    }

    fn open(&self, opening: &Opening, now: UtcTime) -> Result<Box<dyn Broker>, OpenError> {
        let feed = Registry.open(opening, now)?;
        Ok(Box::new(PaperBroker::new(feed, PaperConfig::CRYPTO, now)))
    }
}

fn start(paths: &Paths) -> JoinHandle<Result<(), StartError>> {
    let paths = paths.clone();
    std::thread::spawn(move || {
        let options = DeskOptions { data_dir: paths.data_dir.clone(), idle_exit: None };
        run_with(&Config::built_in(), &paths, options, Box::new(OnItsFeed), |store| Box::new(store))
    })
}

fn connect(paths: &Paths) -> Client {
    let caller = Caller { name: "test".into(), source: Source::Cli, profile: None };
    let begun = Instant::now();
    loop {
        match Client::connect(paths.socket_candidates(), &caller) {
            Ok(client) => return client,
            Err(failure) if failure.kind == FailureKind::NoDesk => {}
            Err(failure) => panic!("{failure:?}"),
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "the desk does not listen");
        std::thread::park_timeout(Duration::from_millis(2));
    }
}

fn submit(client: &mut Client, name: &str, side: Side, kind: OrderKind) {
    let order = SubmitOrder {
        client_id: Some(name.parse().unwrap()),
        symbol: "BTCUSDT".into(),
        side,
        kind,
        quantity: "0.01".parse().unwrap(),
        time_in_force: if kind == OrderKind::Market { TimeInForce::Ioc } else { TimeInForce::Gtc },
        reduce_only: false,
        position_side: PositionSide::Net,
        bracket: Bracket::default(),
        oco: false,
        route: None,
    };
    client.request(Command::Submit(order)).unwrap();
}

fn becomes(client: &mut Client, name: &str, wanted: OrderState) {
    let begun = Instant::now();
    loop {
        let Response::Order(order) = client.request(Command::Order { order: name.into() }).unwrap() else { panic!() };
        if order.state == wanted {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{name} is {:?}, not {wanted:?}", order.state);
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

#[test]
fn orders_are_filled_by_what_the_feed_shows_and_the_exchange_hears_of_none() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
    let paths = Paths::resolve(None, Some(folder.path()), &Surroundings::of_system()).unwrap();
    let desk = start(&paths);
    let mut client = connect(&paths);
    submit(&mut client, "taken", Side::Buy, OrderKind::Market);
    becomes(&mut client, "taken", OrderState::Filled);
    let Response::Positions(held) = client.request(Command::Positions).unwrap() else { panic!() };
    assert_eq!(held.len(), 1, "{held:?}");
    let Response::Quotes(quotes) = client.request(Command::Quote { symbols: vec!["BTCUSDT".into()] }).unwrap() else {
        panic!()
    };
    let last = quotes[0].last.unwrap().value();
    let far = |share: Decimal| OrderKind::Limit { price: Price::new((last * share).trunc()).unwrap() };
    submit(&mut client, "resting", Side::Buy, far(dec!(0.8)));
    becomes(&mut client, "resting", OrderState::Accepted);
    client.request(Command::Cancel(OrderSelection::Ids { orders: vec!["resting".into()] })).unwrap();
    becomes(&mut client, "resting", OrderState::Canceled);
    submit(&mut client, "left", Side::Buy, far(dec!(0.75)));
    becomes(&mut client, "left", OrderState::Accepted);
    assert!(matches!(client.request(Command::Shutdown { force: true }), Ok(Response::Done)));
    desk.join().unwrap().unwrap();

    // Virtual orders end with the process that knew of them; what they brought is in the ledger.
    let desk = start(&paths);
    let mut client = connect(&paths);
    becomes(&mut client, "left", OrderState::Expired);
    let Response::Positions(kept) = client.request(Command::Positions).unwrap() else { panic!() };
    assert_eq!((kept.len(), kept[0].quantity), (1, held[0].quantity));
    assert!(matches!(client.request(Command::Shutdown { force: true }), Ok(Response::Done)));
    desk.join().unwrap().unwrap();
    let truth = sim::journal::read(&paths.sim_journal(&"sim".parse().unwrap())).unwrap();
    assert!(truth.orders.is_empty(), "{:?}", truth.orders);
    assert_eq!(verify(&LedgerReader::open(&paths.ledger()).unwrap()).unwrap(), []);
}
