//! What faces and the desk say to each other: requests and replies, and pushed updates, as JSON.
//!
//! The wire is a Unix socket; each message is a 4-byte big-endian length and that many bytes of JSON. The first request
//! of a connection is [`Command::Hello`] with the version; a desk of another version answers with
//! [`FailureKind::Version`] and nothing else.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::alert::{AlertCondition, AlertRecord};
use super::record::{
    AccountRecord, BookRecord, CandleRecord, DeskStatus, FillRecord, OrderRecord, QuoteRecord, SessionRecord,
    TradeRecord,
};
pub use crate::broker::api::{ProfitBy, RealisedQuestion};
pub use crate::market::RankBy;
use crate::market::candle::Interval;
use crate::market::{Currency, FlowSeries, Price, Quantity, Side, UtcTime};
use crate::order::{Bracket, ClientOrderId, OrderKind, PositionSide, ProfileName, Route, Source, TimeInForce};

mod event;
mod failure;
mod message;
mod response;

pub use event::EventRecord;
pub use failure::{BrokerText, Failure, FailureKind};
pub use response::{Killed, Preview, Response};

/// Version of the protocol. Counts up with every change that an older face or desk would misread.
pub const VERSION: u32 = 3;

/// Largest message either side takes, in bytes.
pub const MESSAGE_BYTES_MAX: usize = 8 * 1024 * 1024;

/// A request of a face.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Request {
    /// Chosen by the face; the reply carries it.
    pub id: u64,
    /// Profile it is for; the desk's default when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<ProfileName>,
    /// What is wanted.
    #[serde(flatten)]
    pub command: Command,
}

/// What a face wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// First of a connection.
    Hello {
        /// [`VERSION`] of the face.
        version: u32,
        /// Who it is, for `desk status` and the trading lock: `pts/3`, `cli 4711`.
        name: String,
        /// What its orders are marked with.
        source: Source,
    },
    /// State of the desk.
    Status,
    /// Ends the desk. Without `force` it refuses and names what would be left unwatched.
    Shutdown {
        /// Stop all the same.
        force: bool,
    },
    /// Latest quotes.
    Quote {
        /// `005930`, `SIM:005930`.
        symbols: Vec<String>,
    },
    /// Order book.
    Book {
        /// Of what.
        symbol: String,
        /// Levels a side.
        levels: usize,
    },
    /// Latest prints, newest last.
    Trades {
        /// Of what.
        symbol: String,
        /// How many at most.
        count: u32,
    },
    /// Candles, oldest first.
    Candles {
        /// Of what.
        symbol: String,
        /// How long each.
        interval: Interval,
        /// How many at most.
        count: u32,
        /// Only those that opened before this; the newest when absent.
        #[serde(default)]
        before: Option<UtcTime>,
    },
    /// Open interest and the like, oldest first.
    Flow {
        /// Of what.
        symbol: String,
        /// Which numbers.
        series: FlowSeries,
        /// How long each.
        interval: Interval,
        /// How many at most.
        count: u32,
    },
    /// Instruments by code or name.
    Search {
        /// Part of a code or name.
        text: String,
        /// How many at most.
        limit: usize,
    },
    /// Instruments in order of something.
    Rank {
        /// Of what.
        by: RankBy,
        /// How many at most.
        count: usize,
    },
    /// Phases of the venues.
    Session,
    /// One instrument.
    Info {
        /// Which.
        symbol: String,
    },
    /// What the broker knows of one instrument beside its listing.
    Facts {
        /// Which.
        symbol: String,
    },
    /// A new order.
    Submit(SubmitOrder),
    /// What a new order would cost and what the gate would say; nothing is sent.
    Preview(SubmitOrder),
    /// Ends orders.
    Cancel(OrderSelection),
    /// Changes an open order.
    Replace {
        /// An order id or client id.
        order: String,
        /// New limit price.
        price: Option<Price>,
        /// New trigger price.
        stop_price: Option<Price>,
        /// New total quantity.
        quantity: Option<Quantity>,
    },
    /// Orders, oldest first.
    Orders {
        /// Which.
        filter: OrderFilter,
    },
    /// One order, by id, client id or broker number.
    Order {
        /// Which.
        order: String,
    },
    /// Fills, oldest first.
    Fills {
        /// How many at most, the newest ones.
        limit: usize,
    },
    /// Cash.
    Balances,
    /// Holdings.
    Positions,
    /// Profit and loss.
    Pnl,
    /// Realised profit as the broker counts it, beside what the ledger has of the same.
    Realised(RealisedQuestion),
    /// Journal of money and stock, oldest first.
    Transactions {
        /// How many at most, the newest ones.
        limit: usize,
    },
    /// Virtual cash in.
    Deposit {
        /// How much; above zero.
        amount: Decimal,
        /// Of what.
        currency: Currency,
    },
    /// Virtual cash out.
    Withdraw {
        /// How much; above zero, at most what is available.
        amount: Decimal,
        /// Of what.
        currency: Currency,
    },
    /// Leverage of a margined instrument.
    Leverage {
        /// Of what.
        symbol: String,
        /// How much.
        leverage: u32,
    },
    /// Compares orders, positions and cash with the broker. `accept` takes the broker's view as it is.
    Reconcile {
        /// Lift the block that a difference puts on automatic trading.
        accept: bool,
    },
    /// HALTED, every order canceled and read back; with `flatten` positions closed too.
    Kill {
        /// Close positions.
        flatten: bool,
    },
    /// No new orders.
    Halt,
    /// Only orders that make positions smaller.
    Reduce,
    /// Trade again; out of HALTED needs the word [`RESUME_WORD`].
    Resume {
        /// What was typed.
        word: Option<String>,
    },
    /// Cancels the orders of an instrument (or all) and closes the position at market.
    Flatten {
        /// Which; everything when absent.
        symbol: Option<String>,
    },
    /// Limits and what they stand at.
    RiskShow,
    /// Changes a limit; kept over restarts, over what the config says.
    RiskSet {
        /// Key of the `[risk]` table.
        key: String,
        /// New value; empty switches the rule off.
        value: String,
    },
    /// Refusals and changes of state, oldest first.
    RiskLog {
        /// How many at most, the newest ones.
        limit: usize,
    },
    /// The watch list.
    WatchList,
    /// One more on it.
    WatchAdd {
        /// Which.
        symbol: String,
    },
    /// One less on it.
    WatchRemove {
        /// Which.
        symbol: String,
    },
    /// Pushed updates from now on, in addition to those asked for before.
    Subscribe {
        /// What about.
        topic: Topic,
        /// For market topics: which; all instruments of the watch list when empty.
        symbols: Vec<String>,
    },
    /// Pushed updates of a market topic from now on for these instruments of the profile, and no others of that topic. The
    /// newest state of each is pushed at once.
    Follow {
        /// What about.
        topic: Topic,
        /// Which; none ends it.
        symbols: Vec<String>,
    },
    /// How the account did.
    Performance {
        /// Days back.
        days: u32,
    },
    /// Feeds, order path, budgets, memory.
    Health,
    /// What a person should know, oldest first: what was pushed as [`Update::Event`], also before this face came.
    Events {
        /// Only later ones. Times have milliseconds here: those of the same millisecond come again.
        since: Option<UtcTime>,
        /// How many at most, the newest ones.
        limit: usize,
    },
    /// Alerts of the profile, oldest first.
    Alerts,
    /// One more.
    AlertAdd {
        /// Of what.
        symbol: String,
        /// What it waits for.
        condition: AlertCondition,
        /// What to remember with it.
        note: Option<String>,
    },
    /// One less.
    AlertRemove {
        /// Its number; `id` is that of the request.
        #[serde(rename = "alert")]
        id: u64,
    },
    /// Seen.
    AlertAcknowledge {
        /// Their numbers; every fired one when empty.
        ids: Vec<u64>,
    },
    /// Takes the right to trade, from whoever has it.
    TakeTradingLock,
    /// Gives it back.
    ReleaseTradingLock,
}

/// Word that lifts HALTED.
pub const RESUME_WORD: &str = "RESUME";

/// A new order as a face asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmitOrder {
    /// The asker's id.
    #[serde(default)]
    pub client_id: Option<ClientOrderId>,
    /// On what.
    pub symbol: String,
    /// Which way.
    pub side: Side,
    /// Type and prices.
    pub kind: OrderKind,
    /// How much.
    pub quantity: Quantity,
    /// How long.
    #[serde(default)]
    pub time_in_force: TimeInForce,
    /// Only make a position smaller.
    #[serde(default)]
    pub reduce_only: bool,
    /// Which position, in hedge mode.
    #[serde(default)]
    pub position_side: PositionSide,
    /// What follows once it is filled; with `oco` the two exits themselves.
    #[serde(default)]
    pub bracket: Bracket,
    /// No entry: the bracket's take-profit and stop are placed for what is already held, and cancel each other. `side`
    /// is the side of the exits, `kind` is not looked at.
    #[serde(default)]
    pub oco: bool,
    /// Where it goes, where its instrument trades at more than one venue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<Route>,
}

/// Which orders to end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "select")]
pub enum OrderSelection {
    /// These, by id or client id.
    Ids {
        /// Them.
        orders: Vec<String>,
    },
    /// All open ones that fit.
    Matching {
        /// Of this instrument.
        symbol: Option<String>,
        /// Of this side.
        side: Option<Side>,
    },
}

/// Which orders to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderFilter {
    /// Those that may still be filled.
    Open,
    /// Those made or changed since midnight of the profile's venue (KST).
    Today,
    /// All.
    All,
}

/// What updates are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Quotes: only the newest of each instrument.
    Quote,
    /// Books: only the newest of each instrument.
    Book,
    /// Prints: every one.
    Trades,
    /// One-minute candles: the open one as it grows, only the newest of each instrument.
    Candles,
    /// Orders: every change.
    Orders,
    /// Fills: every one.
    Fills,
    /// Everything else a person should know: connections, refusals, halts, differences.
    Events,
    /// Balances, positions and profit: only the newest.
    Account,
    /// State of the desk, phases of the venues: only the newest.
    Status,
    /// Alerts: every change.
    Alerts,
}

/// A message of the desk.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "message", rename_all = "snake_case")]
pub enum Message {
    /// To a request.
    Reply {
        /// Its id.
        id: u64,
        /// What came of it.
        outcome: Outcome,
    },
    /// Pushed.
    Update(Box<Update>),
}

/// What came of a request.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Done.
    Ok(Box<Response>),
    /// Not done.
    Failed(Box<Failure>),
}

/// A pushed update.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Update {
    /// A quote.
    Quote(QuoteRecord),
    /// A book.
    Book(BookRecord),
    /// A print.
    Trade(TradeRecord),
    /// A candle.
    Candle {
        /// Of what.
        symbol: String,
        /// It.
        candle: CandleRecord,
    },
    /// An order changed.
    Order(OrderRecord),
    /// A fill.
    Fill(FillRecord),
    /// Something a person should know.
    Event(EventRecord),
    /// How many units are ahead of an own resting order.
    Queue {
        /// The order.
        order_id: String,
        /// Units; `None` when it is not known any more.
        ahead: Option<Quantity>,
    },
    /// An account.
    Account(Box<AccountRecord>),
    /// State of the desk, and the phases of the venues of its profiles.
    Status {
        /// The desk.
        status: Box<DeskStatus>,
        /// Of the profile that was asked for.
        sessions: Vec<SessionRecord>,
    },
    /// An alert was made, fired, seen or removed.
    Alert {
        /// It.
        alert: AlertRecord,
        /// Whether it is no more.
        removed: bool,
    },
    /// This face was too slow: this many complete-stream updates were left out.
    Lost {
        /// How many.
        count: u64,
    },
}
