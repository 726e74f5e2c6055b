//! Korea Investment & Securities on this machine: sign-in, REST, the stream, an account, and everything that goes wrong.
//!
//! ```ignore
//! let server = Server::start(Options::default());
//! // the client: server.rest_url(), server.ws_url(), server.masters_url(), APP_KEY, APP_SECRET, ACCOUNT, HTS_ID
//! server.trade("005930", dec!(70000), dec!(10));             // somebody else's trade
//! server.fault("POST", "/order-cash", 1, Fault::LostReply);  // the next order's answer is lost after it took effect
//! server.wait_until("filled", |state| state.exchange.fills.len() == 1);
//! assert_eq!(server.orders()[0].standing, Standing::Filled);
//! ```
//!
//! It runs on a thread and runtime of its own, so that its methods may be called from anywhere, also from inside another
//! runtime, and take effect at once. Everything it does by chance follows from [`Options::seed`]. Its clock runs on from
//! where it is set: [`Server::set_clock`]; a client takes its own from [`Server::wall_clock`].
//!
//! | what | how |
//! |---|---|
//! | market | [`Server::trade`], [`Server::trades`], [`Server::set_top`], [`Server::set_level`], [`Server::drift`] |
//! | account | [`Server::set_cash`], [`Server::set_charges`], [`Server::set_position`], [`Server::foreign_order`], [`Server::refuse_next`] |
//! | truth | [`Server::orders`], [`Server::fills`], [`Server::position`], [`Server::cash`], [`Server::requests`] |
//! | faults of requests | [`Server::fault`], [`Server::faults`], [`Fault`], [`Faults::seeded`] |
//! | faults of streams | [`Server::strike`], [`Server::plan`], [`Server::refuse_streams`], [`Server::stream_faults`] |
//! | faults of the whole | [`Server::stop`], [`Server::resume`], [`Server::set_clock`], [`Server::expire_tokens`] |
//! | counts | [`Server::most_in_a_second`], [`Server::most_registrations`], [`Server::tokens_issued`] |
//! | everything else | [`Server::change`], which gives the [`State`] |
//!
//! Shapes of replies are those of the samples in `tests/data/kis`: a name that no sample has cannot be written. Where
//! nothing is known for certain it takes the stricter course. The book of others is not emptied by the account's orders
//! and does not show them. Each product has files of its own (`stock_*`, `overseas_*`, `future_*`, `bond_*`); what all share
//! is in `order`,
//! `matching` and `account`.
#![allow(dead_code, unused_imports)]

#[path = "../binance_parts/http.rs"]
#[allow(clippy::duplicate_mod)]
mod http;
#[path = "../binance_parts/random.rs"]
#[allow(clippy::duplicate_mod)]
pub mod random;

pub mod account;
mod answer;
mod bond_account;
mod bond_frame;
mod bond_lists;
mod bond_orders;
mod bond_quotes;
mod calls;
pub mod clock;
mod command;
mod connection;
pub mod exchange;
pub mod faults;
mod frame;
mod future_account;
pub mod future_book;
mod future_frames;
mod future_lists;
mod future_orders;
mod future_quotes;
pub mod hub;
pub mod journal;
pub mod limits;
pub mod listing;
pub mod market;
mod masters;
mod matching;
mod notice;
pub mod order;
mod overseas_lists;
mod overseas_orders;
mod overseas_quotes;
mod params;
mod product_info;
pub mod realised;
mod refusal;
mod reply;
pub mod reserved;
mod running;
mod sample;
pub mod server;
pub mod session;
pub mod signin;
pub mod state;
mod steering;
mod stock_account;
mod stock_charts;
mod stock_lists;
mod stock_orders;
mod stock_quotes;
mod stock_ranking;
mod stream_fault;
mod truth;

use std::path::PathBuf;
use std::time::Duration;

use hoga::broker::kis::environment::Realm;
use rust_decimal::{Decimal, dec};

pub use faults::{Fault, Faults};
pub use hub::{FrameFault, StreamFault};
pub use journal::Seen;
pub use order::{Fill, Line, Order, Standing};
pub use server::{PATIENCE, Server};
pub use state::State;
pub use truth::Truth;

/// Key of the live environment.
pub const APP_KEY: &str = "PSLIVEkey0123456789abcdefghijklmnop0";
/// Key of the paper environment.
pub const PAPER_APP_KEY: &str = "PSPAPERkey123456789abcdefghijklmnop1";
/// Secret of the live environment.
pub const APP_SECRET: &str = "live/secret+0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmnopqrstuvwxyzABCDEF==";
/// Secret of the paper environment.
pub const PAPER_APP_SECRET: &str = "paper/secret0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmnopqrstuvwxyzABCDEF==";
/// The account, of either environment.
pub const ACCOUNT: &str = "12345678-01";
/// The account for futures and options, of the same customer.
pub const DERIVATIVES_ACCOUNT: &str = "12345678-03";
/// The customer, for notices.
pub const HTS_ID: &str = "myhtsid1";

/// Key and secret of an environment.
pub const fn keys_of(realm: Realm) -> (&'static str, &'static str) {
    match realm {
        Realm::Live => (APP_KEY, APP_SECRET),
        Realm::Paper => (PAPER_APP_KEY, PAPER_APP_SECRET),
    }
}

/// How a server starts.
#[derive(Clone, Debug)]
pub struct Options {
    pub realm: Realm,
    /// 0: any that is free.
    pub port: u16,
    pub seed: u64,
    /// Won of the account.
    pub cash: Decimal,
    /// Dollars of the account.
    pub dollars: Decimal,
    /// File to which requests, orders and fills are appended.
    pub journal: Option<PathBuf>,
    /// Where the clock begins, `2026-10-14T01:00:00Z`: ten in the morning of a Wednesday in Korea. None: the machine's time.
    pub start: Option<&'static str>,
    /// How often a stream is pinged.
    pub ping_every: Duration,
    /// How long after it was taken an order is missing in lists.
    pub lists_lag: Duration,
    /// How long after its connection a session still holds the key.
    pub session_linger: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            realm: Realm::Live,
            port: 0,
            seed: 1,
            cash: dec!(10_000_000),
            dollars: dec!(10_000),
            journal: None,
            start: Some("2026-10-14T01:00:00Z"),
            ping_every: Duration::from_secs(10),
            lists_lag: Duration::ZERO,
            session_linger: Duration::ZERO,
        }
    }
}

impl Options {
    /// The paper environment.
    pub fn paper() -> Self {
        Self { realm: Realm::Paper, ..Self::default() }
    }

    /// At an instant, such as `2026-10-14T14:00:00Z` (in the evening in Korea, when the US are open).
    pub const fn at(mut self, start: &'static str) -> Self {
        self.start = Some(start);
        self
    }
}
