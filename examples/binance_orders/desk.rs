//! A whole desk on a disk, whose one profile trades at the Binance exchange of the tests.

use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail, ensure};
use hoga::broker::api::{Broker, Capabilities};
use hoga::broker::binance::environment::Environment;
use hoga::broker::binance::feed::FeedRules;
use hoga::broker::binance::open;
use hoga::broker::binance::session::{Pace, SessionParts};
use hoga::broker::binance::sign::Signer;
use hoga::broker::net::backoff::Jitter;
use hoga::broker::net::system_wall_clock;
use hoga::broker::net::tls::TlsTrust;
use hoga::broker::opening::{BrokerSource, OpenError, Opening};
use hoga::config::{BrokerName, Config, Paths, Profile, Surroundings, World};
use hoga::desk::client::{Caller, Client};
use hoga::desk::protocol::{Command, FailureKind, SubmitOrder};
use hoga::desk::shell::{DeskOptions, run_with};
use hoga::market::{Side, UtcTime};
use hoga::order::{Bracket, OrderKind, PositionSide, Source, TimeInForce};
use hoga::secrets::{Credential, Origin, Secret, SecretText};

use crate::binance_server::{KEY, Options, SECRET, Server};

const PROFILE: &str = "test";
/// Longest wait for the desk, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Limits that refuse nothing that is asked for here.
fn config(server: &Server) -> String {
    format!(
        r#"
default_profile = "{PROFILE}"
[risk]
max_order_amount = "off"
max_positions = "off"
max_open_orders = "off"
max_orders_per_second = "off"
max_orders_per_minute = "off"
max_exposure = "off"
price_collar_percent = "off"
duplicate_window_ms = 0
[profiles.{PROFILE}]
broker = "binance"
world = "paper"
rest_url = "{}"
ws_url = "{}"
"#,
        server.rest_url(),
        server.ws_url()
    )
}

/// Opens the adapter with the key of the tests.
struct AtTheServer;

impl BrokerSource for AtTheServer {
    fn capabilities(&self, profile: &Profile) -> Result<Capabilities, OpenError> {
        Ok(open::capabilities(profile))
    }

    fn open(&self, opening: &Opening, _: UtcTime) -> Result<Box<dyn Broker>, OpenError> {
        let text = |text: &str| SecretText::new(text.to_owned());
        let credential = Credential {
            profile: opening.profile.name.clone(),
            broker: BrokerName::Binance,
            world: Some(World::Paper),
            added_at: None,
            origin: Origin::Environment,
            key: text(KEY),
            secret: Secret::Shared(text(SECRET)),
        };
        let parts = SessionParts {
            environment: Environment::of(&opening.profile),
            settings: opening.profile.binance.clone(),
            signer: Some(Signer::new(credential, opening.profile.binance.recv_window_ms)),
            keeps: None,
            trust: TlsTrust::system(),
            system_proxy: false,
            wall_clock: system_wall_clock(),
            jitter: Jitter::from_seed(1),
            feed: FeedRules::default(),
            pace: Pace::default(),
        };
        Ok(Box::new(open::start(opening, parts)?))
    }
}

/// An exchange and a desk that trades there, each on a thread of its own.
pub struct Pair {
    pub server: Server,
    sockets: Vec<PathBuf>,
    desk: Option<JoinHandle<Result<()>>>,
}

impl Pair {
    /// Starts both, and waits until an order would be let through.
    pub fn start(folder: &Path) -> Result<Self> {
        let server = Server::start(Options::default());
        server.change(|state| {
            // Only the way of orders is measured, not the waiting for budgets.
            state.limits.weight_a_minute = 1_000_000;
            state.limits.orders_in_ten_seconds = 100_000;
            state.limits.orders_in_long = 100_000;
        });
        let file = folder.join("config.toml");
        std::fs::write(&file, config(&server))?;
        let config = Config::load(&file)?;
        let paths = Paths::resolve(Some(&file), Some(&folder.join("data")), &Surroundings::of_system())?;
        let sockets = paths.socket_candidates().to_vec();
        let options = DeskOptions { data_dir: paths.data_dir.clone(), idle_exit: None };
        let desk = std::thread::spawn(move || {
            run_with(&config, &paths, options, Box::new(AtTheServer), |store| Box::new(store)).map_err(Into::into)
        });
        let pair = Self { server, sockets, desk: Some(desk) };
        pair.until_ready()?;
        Ok(pair)
    }

    /// Another face of the desk.
    pub fn client(&self) -> Result<Client> {
        let caller = Caller { name: "bench".into(), source: Source::Cli, profile: None };
        let deadline = Instant::now() + PATIENCE;
        loop {
            match Client::connect(&self.sockets, &caller) {
                Err(failure) if failure.kind == FailureKind::NoDesk => {}
                other => return Ok(other?),
            }
            let ended = self.desk.as_ref().is_none_or(JoinHandle::is_finished);
            ensure!(!ended && Instant::now() < deadline, "the desk does not listen");
            std::thread::park_timeout(Duration::from_millis(10));
        }
    }

    fn until_ready(&self) -> Result<()> {
        let mut client = self.client()?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            // Asking for the book is what brings its data.
            let _ = client.request(Command::Book { symbol: "BTCUSDT".into(), levels: 1 });
            match client.request(Command::Preview(order("ready", TimeInForce::Gtc)?)) {
                Ok(hoga::desk::protocol::Response::Preview(preview)) if preview.refusals.is_empty() => return Ok(()),
                other if Instant::now() > deadline => bail!("no order would pass: {other:?}"),
                _ => std::thread::park_timeout(Duration::from_millis(50)),
            }
        }
    }

    /// Ends the desk, and gives the exchange back.
    pub fn end(mut self) -> Result<Server> {
        self.client()?.request(Command::Shutdown { force: true })?;
        let desk = self.desk.take().context("it runs")?;
        desk.join().map_err(|_| anyhow!("the desk panicked"))??;
        Ok(self.server)
    }
}

/// A small buy far below the market.
pub fn order(name: &str, time_in_force: TimeInForce) -> Result<SubmitOrder> {
    Ok(SubmitOrder {
        client_id: Some(name.parse()?),
        symbol: "BTCUSDT".into(),
        side: Side::Buy,
        kind: OrderKind::Limit { price: "59000".parse()? },
        quantity: "0.001".parse()?,
        time_in_force,
        route: None,
        reduce_only: false,
        position_side: PositionSide::Net,
        bracket: Bracket::default(),
        oco: false,
    })
}
