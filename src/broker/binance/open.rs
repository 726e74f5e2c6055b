//! From a profile of the config to a connection.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::sync::mpsc::unbounded_channel;
use tokio_util::sync::CancellationToken;

use super::adapter::BinanceBroker;
use super::environment::Environment;
use super::feed::FeedRules;
use super::history;
use super::session::{self, Pace, SessionParts};
use super::sign::Signer;
use crate::broker::api::{
    Broker, BrokerEvent, Capabilities, Channel, Connection, ModifySupport, ProductCapability, ReportDelivery, World,
};
use crate::broker::inbox::{Outlet, inbox};
use crate::broker::net::backoff::Jitter;
use crate::broker::net::system_wall_clock;
use crate::broker::net::tls::TlsTrust;
use crate::broker::opening::{OpenError, Opening};
use crate::broker::paper::{PaperBroker, PaperConfig, virtual_capabilities};
use crate::config::{BinanceMarket, Profile};
use crate::market::gather::Gather;
use crate::market::{Product, UtcTime};
use crate::order::{KindName, TimeInForce};
use crate::secrets::{SecretsError, find_unattended};

/// What Binance can do in a profile's world. In a virtual one orders are filled here, against its market.
#[must_use]
pub fn capabilities(profile: &Profile) -> Capabilities {
    let there = at_the_exchange(profile);
    if profile.world == World::Virtual { virtual_capabilities(&there) } else { there }
}

fn at_the_exchange(profile: &Profile) -> Capabilities {
    let market = profile.binance.market;
    let is_spot = market == BinanceMarket::Spot;
    let mut streams = [Channel::Trades, Channel::Book, Channel::Quote].into_iter().into_set();
    if !is_spot {
        streams.insert(Channel::Mark);
    }
    Capabilities {
        broker: "binance",
        worlds: &[World::Virtual, World::Paper, World::Live],
        products: vec![if is_spot { coins() } else { perpetuals() }],
        // Another price of a coin's order is another order of the exchange's.
        modify: if is_spot { ModifySupport::NewNumber } else { ModifySupport::InPlace },
        client_order_ids: true,
        cancel_all: true,
        reports: ReportDelivery::Stream,
        streams,
        registrations_max: None,
        virtual_cash: false,
        hedge_mode: !is_spot,
        leverage: !is_spot,
        // How long after its last moment an order is asked about before "there is none" is believed.
        request_lifetime: Duration::from_millis(profile.binance.recv_window_ms) + Pace::default().lag,
        candle_intervals: history::INTERVALS.into(),
        rankings: false,
        facts: false,
        lacks: Vec::new(),
        routes: &[],
        routes_lack: None,
        lacking_kinds: Vec::new(),
        lacking_times: Vec::new(),
    }
}

/// Perpetual futures, conditional orders of the exchange's among their types.
fn perpetuals() -> ProductCapability {
    ProductCapability {
        product: Product::CryptoPerpetual,
        native_kinds: native_kinds(),
        times_in_force: times_in_force(),
        reduce_only: true,
    }
}

/// Coins, which are paid in full and held.
fn coins() -> ProductCapability {
    ProductCapability {
        product: Product::CryptoSpot,
        native_kinds: native_kinds(),
        times_in_force: times_in_force(),
        reduce_only: false,
    }
}

fn native_kinds() -> BTreeSet<KindName> {
    [
        KindName::Limit,
        KindName::Market,
        KindName::Stop,
        KindName::StopLimit,
        KindName::TakeProfit,
        KindName::TrailingStop,
    ]
    .into_iter()
    .into_set()
}

fn times_in_force() -> BTreeSet<TimeInForce> {
    [TimeInForce::Gtc, TimeInForce::Ioc, TimeInForce::Fok, TimeInForce::PostOnly].into_iter().into_set()
}

/// Opens the connection of a profile. It comes up by itself, and says so.
///
/// # Errors
/// There is no key for it, or none that fits.
pub fn open(opening: &Opening, now: UtcTime) -> Result<Box<dyn Broker>, OpenError> {
    let profile = &opening.profile;
    let signer = signer(opening)?;
    let parts = SessionParts {
        environment: Environment::of(profile),
        settings: profile.binance.clone(),
        signer,
        keeps: Some(kept(opening)),
        trust: TlsTrust::system(),
        system_proxy: true,
        wall_clock: system_wall_clock(),
        jitter: Jitter::from_entropy(),
        feed: FeedRules::default(),
        pace: Pace::default(),
    };
    let broker: Box<dyn Broker> = Box::new(start(opening, parts)?);
    if profile.world == World::Virtual {
        return Ok(Box::new(PaperBroker::new(broker, PaperConfig::CRYPTO, now)));
    }
    Ok(broker)
}

/// The file of what outlives a session.
fn kept(opening: &Opening) -> PathBuf {
    let what = match opening.profile.binance.market {
        BinanceMarket::Futures => "income",
        BinanceMarket::Spot => "symbols",
    };
    opening.data_dir.join("binance").join(format!("{}.{what}", opening.profile.name))
}

/// The key of a profile; a virtual world only looks at the market, which needs none.
fn signer(opening: &Opening) -> Result<Option<Signer>, OpenError> {
    let profile = &opening.profile;
    if profile.world == World::Virtual {
        return Ok(None);
    }
    let credential = find_unattended(profile, &opening.data_dir).map_err(|error| {
        let remedy = match &error {
            SecretsError::NoKey { .. } | SecretsError::WrongWorld { .. } | SecretsError::WrongBroker { .. } => {
                format!("; run `hoga auth add {}`", profile.name)
            }
            _ => format!("; run `hoga auth test {}`", profile.name),
        };
        OpenError::Unusable(format!("profile {}: {error}{remedy}", profile.name))
    })?;
    Ok(Some(Signer::new(credential, profile.binance.recv_window_ms)))
}

/// Starts a session on a thread of its own.
///
/// # Errors
/// The system gives no thread or no runtime.
pub fn start(opening: &Opening, parts: SessionParts) -> Result<BinanceBroker, OpenError> {
    let profile = &opening.profile;
    let no_thread =
        |error: std::io::Error| OpenError::Unusable(format!("profile {}: no thread: {error}", profile.name));
    let runtime = Builder::new_current_thread().enable_all().build().map_err(no_thread)?;
    let (outlet, events) = inbox(opening.wake.clone());
    let (requests, waiting) = unbounded_channel();
    let ended = CancellationToken::new();
    let (told, stop) = (outlet.clone(), ended.clone());
    let work = move || {
        let last_words = LastWords { outlet: told.clone(), ended: stop.clone() };
        if let Err(error) = runtime.block_on(session::run(parts, told, waiting, stop)) {
            last_words.say(error.to_string());
        }
        // A name look-up that hangs must not hold up the end.
        runtime.shutdown_background();
    };
    let thread = std::thread::Builder::new().name(profile.name.to_string()).spawn(work).map_err(no_thread)?;
    Ok(BinanceBroker::new(at_the_exchange(profile), requests, (outlet, events), ended, thread))
}

/// Tells the desk when a session ends without having been told to, even by a panic.
struct LastWords {
    outlet: Outlet,
    ended: CancellationToken,
}

impl LastWords {
    fn say(&self, reason: String) {
        self.outlet.tell(BrokerEvent::Connection(Connection::Down { reason, retry_at: None }));
    }
}

impl Drop for LastWords {
    fn drop(&mut self) {
        if !self.ended.is_cancelled() {
            self.say("the session with Binance ended; start the desk anew".to_owned());
        }
    }
}
