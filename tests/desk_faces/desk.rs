//! A desk on a folder of its own, and faces of it.

use std::os::unix::fs::PermissionsExt;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use hoga::config::{Config, Paths, Surroundings};
use hoga::desk::client::{Caller, Client};
use hoga::desk::protocol::{Command, FailureKind, Response, SubmitOrder, Topic, Update};
use hoga::desk::record::OrderRecord;
use hoga::desk::shell::{DeskOptions, StartError, run_with};
use hoga::market::{Phase, Side};
use hoga::order::{Bracket, OrderKind, PositionSide, Source, TimeInForce};

use crate::stage::{Stage, price, units};

/// Longest wait for anything that must happen.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Desk {
    pub stage: Stage,
    pub paths: Paths,
    thread: Option<JoinHandle<Result<(), StartError>>>,
    folder: Option<tempfile::TempDir>,
}

impl Desk {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
        Self::start_in(folder, Stage::default())
    }

    fn start_in(folder: tempfile::TempDir, stage: Stage) -> Self {
        let paths = Paths::resolve(None, Some(folder.path()), &Surroundings::of_system()).unwrap();
        let (inner, source) = (paths.clone(), stage.clone());
        let thread = std::thread::spawn(move || {
            let options = DeskOptions { data_dir: inner.data_dir.clone(), idle_exit: None };
            let mut config = Config::built_in();
            for profile in config.profiles.values_mut() {
                profile.risk.max_data_age_ms = 1_000_000;
            }
            run_with(&config, &inner, options, Box::new(source), |store| Box::new(store))
        });
        Self { stage, paths, thread: Some(thread), folder: Some(folder) }
    }

    /// Ends and starts again on the same folder, at the same broker.
    pub fn restart(mut self) -> Self {
        self.end();
        Self::start_in(self.folder.take().unwrap(), self.stage.clone())
    }

    fn end(&mut self) {
        let Some(thread) = self.thread.take() else { return };
        let mut client = self.face("end");
        assert!(matches!(client.ask(Command::Shutdown { force: true }), Response::Done));
        thread.join().unwrap().unwrap();
    }

    pub fn face(&self, name: &str) -> Face {
        self.face_as(name, Source::Cli)
    }

    pub fn screen(&self, name: &str) -> Face {
        self.face_as(name, Source::Screen)
    }

    fn face_as(&self, name: &str, source: Source) -> Face {
        let caller = Caller { name: name.into(), source, profile: None };
        let begun = Instant::now();
        loop {
            match Client::connect(self.paths.socket_candidates(), &caller) {
                Ok(client) => return Face { client },
                Err(failure) if failure.kind == FailureKind::NoDesk => {}
                Err(failure) => panic!("{failure:?}"),
            }
            assert!(begun.elapsed() < PATIENCE, "the desk does not listen");
            std::thread::park_timeout(Duration::from_millis(2));
        }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.end();
        }
    }
}

pub struct Face {
    pub client: Client,
}

impl Face {
    pub fn ask(&mut self, command: Command) -> Response {
        self.client.request(command).unwrap()
    }

    pub fn follow(&mut self, topic: Topic, symbols: &[&str]) {
        let symbols = symbols.iter().map(|symbol| (*symbol).to_owned()).collect();
        assert!(matches!(self.ask(Command::Follow { topic, symbols }), Response::Done));
    }

    pub fn listen(&mut self, topic: Topic) {
        assert!(matches!(self.ask(Command::Subscribe { topic, symbols: Vec::new() }), Response::Done));
    }

    /// The next update that fits.
    pub fn wait<T>(&mut self, what: &str, mut fits: impl FnMut(Update) -> Option<T>) -> T {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Some(update) = self.client.next_update(Some(Duration::from_secs(1))).unwrap()
                && let Some(found) = fits(update)
            {
                return found;
            }
        }
        panic!("{what} did not come");
    }

    /// Updates that have come by the time the desk has answered a question put now.
    pub fn drain(&mut self) -> Vec<Update> {
        self.ask(Command::Status);
        let mut updates = Vec::new();
        while let Some(update) = self.client.next_update(Some(Duration::from_millis(1))).unwrap() {
            updates.push(update);
        }
        updates
    }

    /// Asks until the answer is as it should be.
    pub fn until<T>(&mut self, what: &str, command: Command, mut fits: impl FnMut(Response) -> Option<T>) -> T {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Some(found) = fits(self.ask(command.clone())) {
                return found;
            }
            std::thread::park_timeout(Duration::from_millis(2));
        }
        panic!("{what} did not come");
    }

    /// An open market: continuous trading, a book and a print.
    pub fn open(&mut self, stage: &Stage, symbol: &str) {
        self.follow(Topic::Quote, &[symbol]);
        stage.phase(symbol, Phase::Continuous);
        stage.book(symbol, 69_900, 70_000);
        stage.trade(symbol, 70_000, 1, None);
        self.wait("the open market", |update| match update {
            Update::Quote(quote) if quote.last.is_some() && quote.phase == Phase::Continuous => Some(()),
            _ => None,
        });
    }

    pub fn order(&mut self, symbol: &str, side: Side, at: i64, quantity: u32) -> OrderRecord {
        match self.client.request(Command::Submit(limit(symbol, side, at, quantity))).unwrap() {
            Response::Order(order) => *order,
            other => panic!("{other:?}"),
        }
    }
}

pub fn limit(symbol: &str, side: Side, at: i64, quantity: u32) -> SubmitOrder {
    SubmitOrder {
        client_id: None,
        symbol: symbol.into(),
        side,
        kind: OrderKind::Limit { price: price(at) },
        quantity: units(quantity),
        time_in_force: TimeInForce::Gtc,
        reduce_only: false,
        position_side: PositionSide::Net,
        bracket: Bracket::default(),
        oco: false,
        route: None,
    }
}
