//! What the desk says to a request that came to something.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::EventRecord;
use crate::desk::alert::AlertRecord;
use crate::desk::health::HealthRecord;
use crate::desk::performance::PerformanceRecord;
use crate::desk::realised::RealisedReport;
use crate::desk::record::{
    BalanceRecord, BookRecord, CandleRecord, DeskStatus, DifferenceRecord, FillRecord, InstrumentRecord, OrderRecord,
    PnlRecord, PositionRecord, QuoteRecord, RiskEventRecord, RiskShowRecord, SessionRecord, TradeRecord,
    TransactionRecord,
};
use crate::market::{Currency, Facts, FlowPoint, Price, Quantity, Side, UtcTime};
use crate::order::{KindName, ProfileName};
use crate::risk::Refusal;

/// A good reply.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Response {
    /// To `Hello`: version of the desk's binary and its profiles, the default first.
    Welcome {
        /// Of the binary.
        version: String,
        /// Names.
        profiles: Vec<ProfileName>,
    },
    /// Nothing to say.
    Done,
    /// State of the desk.
    Status(DeskStatus),
    /// Quotes, in the order asked.
    Quotes(Vec<QuoteRecord>),
    /// A book.
    Book(BookRecord),
    /// Prints.
    Trades(Vec<TradeRecord>),
    /// Candles.
    Candles(Vec<CandleRecord>),
    /// Points of a series.
    Flow(Vec<FlowPoint>),
    /// Instruments.
    Instruments(Vec<InstrumentRecord>),
    /// What is known of an instrument beside that.
    Facts(Box<Facts>),
    /// Phases.
    Sessions(Vec<SessionRecord>),
    /// An order.
    Order(Box<OrderRecord>),
    /// Orders.
    Orders(Vec<OrderRecord>),
    /// What an order would cost and what the gate would say.
    Preview(Preview),
    /// Fills.
    Fills(Vec<FillRecord>),
    /// Cash.
    Balances(Vec<BalanceRecord>),
    /// Holdings.
    Positions(Vec<PositionRecord>),
    /// Profit and loss.
    Pnl(Vec<PnlRecord>),
    /// Realised profit as the broker counts it.
    Realised(Box<RealisedReport>),
    /// A transaction.
    Transaction(TransactionRecord),
    /// Transactions.
    Transactions(Vec<TransactionRecord>),
    /// Differences with the broker.
    Differences(Vec<DifferenceRecord>),
    /// What a kill or flatten came to.
    Killed(Killed),
    /// Limits.
    Risk(RiskShowRecord),
    /// Refusals and changes of state.
    RiskLog(Vec<RiskEventRecord>),
    /// Symbols of the watch list.
    Watch(Vec<String>),
    /// What would be left unwatched if the desk ended.
    Unwatched(Vec<String>),
    /// How the account did.
    Performance(Box<PerformanceRecord>),
    /// Feeds, order path, budgets, memory.
    Health(Box<HealthRecord>),
    /// What a person should know.
    Events(Vec<EventRecord>),
    /// An alert.
    Alert(AlertRecord),
    /// Alerts.
    Alerts(Vec<AlertRecord>),
}

/// What an order would cost and what the gate would say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// `VIRTUAL`, `PAPER`, `LIVE`, `REPLAY`.
    pub world: String,
    /// Profile.
    pub profile: ProfileName,
    /// `SIM:005930`.
    pub instrument: String,
    /// Name in Korean and English.
    pub name: [String; 2],
    /// Which way.
    pub side: Side,
    /// Type.
    #[serde(rename = "type")]
    pub kind: KindName,
    /// How much.
    pub quantity: Quantity,
    /// Price it is counted with.
    pub price: Option<Price>,
    /// Value at that price.
    pub cost: Decimal,
    /// Commission at most.
    pub fee: Decimal,
    /// Tax at most.
    pub tax: Decimal,
    /// Cash that would be set aside.
    pub reserved: Decimal,
    /// Price at which closing again would cost nothing.
    pub breakeven: Option<Decimal>,
    /// Cash available before.
    pub available: Decimal,
    /// Currency of all of these.
    pub currency: Currency,
    /// Whether the desk holds the condition itself.
    pub held_by_desk: bool,
    /// What the gate says; empty when it would pass.
    pub refusals: Vec<Refusal>,
}

/// What a kill or flatten came to, read back from the broker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Killed {
    /// When the read-back was done.
    pub verified_at: UtcTime,
    /// Orders canceled.
    pub canceled: usize,
    /// Orders still open at the broker, or of which nobody knows.
    pub still_open: Vec<OrderRecord>,
    /// Closing orders made.
    pub closing: Vec<OrderRecord>,
    /// Open orders at the broker that hoga did not make, or counts as over.
    #[serde(default)]
    pub not_ours: Vec<DifferenceRecord>,
}
