//! The records faces get: their JSON keys are a promise to scripts. More may be added; none is renamed.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde::{Deserialize, Serialize};

use crate::config::RiskLimits;
use crate::market::{Currency, Phase, Price, Quantity, Side, TickRule, UtcTime, Venue};
use crate::order::{KindName, OrderState, Route, TimeInForce, WatchedBy};

/// A quote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuoteRecord {
    /// Profile.
    pub profile: String,
    /// Code.
    pub symbol: String,
    /// Venue.
    pub venue: Venue,
    /// Korean name.
    pub name_ko: String,
    /// English name.
    pub name_en: String,
    /// Last price; before the first print the previous close, see `last_is_close`.
    pub last: Option<Price>,
    /// Against the previous close.
    pub change: Option<Decimal>,
    /// The same in per cent, two decimals.
    pub change_percent: Option<Decimal>,
    /// Best bid.
    pub bid: Option<Price>,
    /// Best ask.
    pub ask: Option<Price>,
    /// Quantity at the best bid.
    pub bid_quantity: Option<Quantity>,
    /// Quantity at the best ask.
    pub ask_quantity: Option<Quantity>,
    /// Units traded today.
    pub volume: Quantity,
    /// Money traded today.
    pub value: Decimal,
    /// First price today.
    pub open: Option<Price>,
    /// Highest today.
    pub high: Option<Price>,
    /// Lowest today.
    pub low: Option<Price>,
    /// Close of the day before.
    pub previous_close: Option<Price>,
    /// 상한가.
    pub upper_limit: Option<Price>,
    /// 하한가.
    pub lower_limit: Option<Price>,
    /// Price at which a static volatility interruption (정적 VI) would begin above, where the venue has one: away from the
    /// latest single price (else the opening price, else the base price) by the exchange's rate, to the next tick outward.
    pub vi_upper: Option<Price>,
    /// The same below.
    pub vi_lower: Option<Price>,
    /// Units that takers bought today, as far as the desk has heard: prints since it subscribed, and the earlier ones that
    /// the broker still told then. Prints of call auctions have no taker.
    pub buy_volume: Quantity,
    /// Units that takers sold today, likewise.
    pub sell_volume: Quantity,
    /// 체결강도: the two as a ratio, times 100, two decimals; `None` before anybody has sold.
    pub strength: Option<Decimal>,
    /// Phase of its session.
    pub phase: Phase,
    /// Currency of price and value.
    pub currency: Currency,
    /// Venue time of the newest news.
    pub time: Option<UtcTime>,
    /// Age of it.
    pub age_ms: Option<u64>,
    /// Whether it is too old to trade on.
    pub stale: bool,
    /// Whether `last` is the previous close, because no print of the instrument is known yet.
    #[serde(default)]
    pub last_is_close: bool,
    /// Whether its data comes by asking every few seconds and not by a stream: the broker's streams are full, or it has none
    /// for it, or the stream says nothing.
    #[serde(default)]
    pub polled: bool,
}

/// An order book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookRecord {
    /// Profile.
    pub profile: String,
    /// Code.
    pub symbol: String,
    /// Venue.
    pub venue: Venue,
    /// `[price, quantity]`, best first.
    pub bids: Vec<(Price, Quantity)>,
    /// `[price, quantity]`, best first.
    pub asks: Vec<(Price, Quantity)>,
    /// Last price.
    pub last: Option<Price>,
    /// Phase of its session.
    pub phase: Phase,
    /// Expected price of an auction.
    pub expected_price: Option<Price>,
    /// Expected quantity of an auction.
    pub expected_quantity: Option<Quantity>,
    /// Quantity of the listed bids together.
    pub bid_total: Quantity,
    /// Quantity of the listed asks together.
    pub ask_total: Quantity,
    /// Venue time of the book.
    pub time: Option<UtcTime>,
    /// Age of it.
    pub age_ms: Option<u64>,
    /// Whether it has a gap or is too old to trade on.
    pub stale: bool,
}

/// A print.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TradeRecord {
    /// Profile.
    pub profile: String,
    /// Code.
    pub symbol: String,
    /// Venue.
    pub venue: Venue,
    /// Price.
    pub price: Price,
    /// Quantity.
    pub quantity: Quantity,
    /// Of the taker.
    pub side: Option<Side>,
    /// Venue time.
    pub time: UtcTime,
    /// The venue's number of it.
    pub id: String,
}

/// A candle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CandleRecord {
    /// Of its opening.
    pub time: UtcTime,
    /// First price.
    pub open: Price,
    /// Highest.
    pub high: Price,
    /// Lowest.
    pub low: Price,
    /// Last.
    pub close: Price,
    /// Units.
    pub volume: Quantity,
    /// Money.
    pub value: Decimal,
    /// Whether it is over.
    pub closed: bool,
}

/// Money of a unit for a point, where it is not said.
const fn one() -> Decimal {
    Decimal::ONE
}

/// An instrument.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstrumentRecord {
    /// Code.
    pub symbol: String,
    /// Venue.
    pub venue: Venue,
    /// Korean name.
    pub name_ko: String,
    /// English name.
    pub name_en: String,
    /// `krx_stock`, `krx_etf`, `crypto_perpetual`, …
    pub product: String,
    /// Currency.
    pub currency: Currency,
    /// Tick size at the last price.
    pub tick_size: Option<Decimal>,
    /// Lot.
    pub lot: Quantity,
    /// Money in one point of price times one of quantity: 1 for shares and coins, a tenth for bonds.
    #[serde(default = "one")]
    pub multiplier: Decimal,
    /// Base price.
    pub base_price: Option<Price>,
    /// 상한가.
    pub upper_limit: Option<Price>,
    /// 하한가.
    pub lower_limit: Option<Price>,
    /// Highest leverage, where margined.
    pub max_leverage: Option<u32>,
    /// Last price.
    pub last: Option<Price>,
    /// Change in per cent.
    pub change_percent: Option<Decimal>,
    /// Units traded today.
    pub volume: Quantity,
    /// Money traded today.
    pub value: Decimal,
}

impl InstrumentRecord {
    /// Which prices orders in a Korean index option may have: its kinds are told apart by what a point is worth.
    #[must_use]
    pub fn option_ticks(&self) -> TickRule {
        match self.multiplier.to_u32() {
            Some(250_000) => TickRule::KrxOption,
            Some(50_000) => TickRule::KrxMiniOption,
            _ => TickRule::KrxKosdaqOption,
        }
    }
}

/// Phase of a venue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRecord {
    /// Venue.
    pub venue: Venue,
    /// Phase.
    pub phase: Phase,
    /// Nominal end of it.
    pub until: Option<UtcTime>,
    /// The phase after it.
    pub next_phase: Option<Phase>,
    /// When that begins.
    pub next_at: Option<UtcTime>,
    /// Trading date at the venue.
    pub trading_date: String,
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRecord {
    /// hoga's id.
    pub id: String,
    /// The asker's id.
    pub client_id: Option<String>,
    /// The broker's number.
    pub broker_id: Option<String>,
    /// Profile.
    pub profile: String,
    /// Code.
    pub symbol: String,
    /// Venue.
    pub venue: Venue,
    /// Which way.
    pub side: Side,
    /// Type.
    #[serde(rename = "type")]
    pub kind: KindName,
    /// How long.
    pub time_in_force: TimeInForce,
    /// Limit price.
    pub price: Option<Price>,
    /// Trigger price.
    pub stop_price: Option<Price>,
    /// Total quantity.
    pub quantity: Quantity,
    /// Filled so far.
    pub filled_quantity: Quantity,
    /// Average price of the fills.
    pub average_price: Option<Decimal>,
    /// State.
    pub state: OrderState,
    /// `cancel` or `replace` while one is out.
    pub pending_change: Option<String>,
    /// Who watches it, when it is a stop.
    pub watched_by: Option<WatchedBy>,
    /// Entry order of a bracket.
    pub parent_id: Option<String>,
    /// `entry`, `take_profit`, `stop_loss`, `oco`, `flatten`.
    pub role: String,
    /// Who asked.
    pub source: String,
    /// Why it was refused or ended.
    pub reason: Option<String>,
    /// Only makes a position smaller.
    pub reduce_only: bool,
    /// Units ahead of it in the queue, where known.
    pub queue_ahead: Option<Quantity>,
    /// When it was made.
    pub created_at: UtcTime,
    /// Last change.
    pub updated_at: UtcTime,
    /// Where it was sent, when that was chosen: `krx`, `nxt`, `sor`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<Route>,
}

/// A fill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FillRecord {
    /// The broker's number.
    pub id: String,
    /// Order.
    pub order_id: String,
    /// Profile.
    pub profile: String,
    /// Code.
    pub symbol: String,
    /// Venue.
    pub venue: Venue,
    /// Which way.
    pub side: Side,
    /// Price.
    pub price: Price,
    /// Quantity.
    pub quantity: Quantity,
    /// Money that one unit is worth for one point of price; 1 for shares and coins.
    #[serde(default = "one")]
    pub multiplier: Decimal,
    /// Commission.
    pub fee: Decimal,
    /// Tax.
    pub tax: Decimal,
    /// Currency of both.
    pub currency: Currency,
    /// `maker`, `taker`, `auction`.
    pub liquidity: String,
    /// Venue time.
    pub time: UtcTime,
}

impl FillRecord {
    /// What it moved, before fee and tax.
    #[must_use]
    pub fn value(&self) -> Decimal {
        self.price.times(self.quantity).saturating_mul(self.multiplier)
    }
}

/// Side of a holding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Bought.
    Long,
    /// Sold short.
    Short,
}

/// A holding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PositionRecord {
    /// Profile.
    pub profile: String,
    /// Code.
    pub symbol: String,
    /// Venue.
    pub venue: Venue,
    /// Korean name.
    pub name_ko: String,
    /// English name.
    pub name_en: String,
    /// Long or short.
    pub side: Direction,
    /// Units, above zero.
    pub quantity: Decimal,
    /// Average cost of a unit.
    pub average_price: Option<Decimal>,
    /// Last (mark for perpetuals) price.
    pub last: Option<Price>,
    /// Profit if closed now, before exit fee and tax.
    pub unrealized: Option<Decimal>,
    /// The same after exit fee and tax.
    pub unrealized_net: Option<Decimal>,
    /// Profit of closed parts after every fee and tax paid so far.
    pub realized: Decimal,
    /// The same before fees and taxes.
    pub realized_gross: Decimal,
    /// Fees paid so far.
    pub fees: Decimal,
    /// Taxes paid so far.
    pub taxes: Decimal,
    /// What the units held cost.
    pub cost: Decimal,
    /// Price at which closing would cost nothing.
    pub breakeven: Option<Decimal>,
    /// Liquidation price of a margined position.
    pub liquidation_price: Option<Decimal>,
    /// Leverage, where margined.
    pub leverage: Option<u32>,
    /// Margin held, where margined.
    pub margin: Option<Decimal>,
    /// Currency.
    pub currency: Currency,
}

/// Cash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BalanceRecord {
    /// Profile.
    pub profile: String,
    /// Currency.
    pub currency: Currency,
    /// All of it.
    pub cash: Decimal,
    /// Held back by open orders.
    pub reserved: Decimal,
    /// Held by margined positions.
    pub margin: Decimal,
    /// Free for orders.
    pub available: Decimal,
    /// Cash and what is held at the last prices.
    pub equity: Decimal,
}

/// Profit and loss of a profile in a currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PnlRecord {
    /// Profile.
    pub profile: String,
    /// Currency.
    pub currency: Currency,
    /// Since the start of the day, realised and open.
    pub today: Decimal,
    /// Of closed parts since the beginning, after fees and taxes.
    pub realized: Decimal,
    /// Of open parts, before exit fee and tax.
    pub unrealized: Decimal,
    /// Of open parts, after exit fee and tax.
    pub unrealized_net: Decimal,
    /// Fees since the beginning.
    pub fees: Decimal,
    /// Taxes since the beginning.
    pub taxes: Decimal,
    /// Equity now.
    pub equity: Decimal,
    /// Highest equity seen.
    pub peak_equity: Decimal,
}

/// An account as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountRecord {
    /// Profile.
    pub profile: String,
    /// Cash, a record a currency.
    pub balances: Vec<BalanceRecord>,
    /// Holdings.
    pub positions: Vec<PositionRecord>,
    /// Profit, a record a currency.
    pub pnl: Vec<PnlRecord>,
}

/// A transaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransactionRecord {
    /// Its number.
    pub id: u64,
    /// When.
    pub time: UtcTime,
    /// `BUY`, `SELL`, `DEPOSIT`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// Profile.
    pub profile: String,
    /// Code.
    pub symbol: Option<String>,
    /// Venue.
    pub venue: Option<Venue>,
    /// Order.
    pub order_id: Option<String>,
    /// Units.
    pub quantity: Option<Quantity>,
    /// Price.
    pub price: Option<Price>,
    /// Cash that moved before commission and tax.
    pub amount: Decimal,
    /// Commission.
    pub commission: Decimal,
    /// Tax.
    pub tax: Decimal,
    /// Cash before.
    pub cash_before: Decimal,
    /// Cash after.
    pub cash_after: Decimal,
    /// Currency.
    pub currency: Currency,
}

/// State of the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskStatus {
    /// Whether one runs.
    pub running: bool,
    /// Process id.
    pub pid: Option<u32>,
    /// Version of its binary.
    pub version: String,
    /// For how long it runs.
    pub uptime_s: u64,
    /// `active`, `reducing`, `halted`.
    pub state: String,
    /// Each profile.
    pub profiles: Vec<ProfileStatus>,
    /// Faces attached.
    pub faces: usize,
    /// Who has the right to trade from a screen.
    pub trading_lock: Option<String>,
    /// What would be left unwatched if it ended.
    pub holds: Vec<String>,
    /// Whether the ledger takes writes; the reason when not.
    pub storage: Option<String>,
    /// Market events since the start.
    pub market_events: u64,
    /// The data folder.
    pub data_dir: String,
}

/// State of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileStatus {
    /// Name.
    pub name: String,
    /// Broker.
    pub broker: String,
    /// `virtual`, `paper`, `live`.
    pub world: String,
    /// `up`, `down`, `silent`, `connecting`.
    pub connection: String,
    /// Whether it agrees with the broker.
    pub reconciled: bool,
    /// Whether it is being compared with the broker for the first time since the desk started: orders wait for that.
    #[serde(default)]
    pub comparing: bool,
    /// Open orders.
    pub open_orders: usize,
    /// Orders with an unknown outcome.
    pub unknown_orders: usize,
    /// Positions.
    pub positions: usize,
    /// Where orders in Korean shares may be sent, when there is a choice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub routes: Vec<Route>,
}

/// A difference between the ledger and something else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DifferenceRecord {
    /// What kind.
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// The ledger's value.
    pub local: String,
    /// The broker's value.
    pub venue: String,
}

/// A refusal or change of state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskEventRecord {
    /// When.
    pub time: UtcTime,
    /// Profile.
    pub profile: Option<String>,
    /// Rule, or `HALT`, `REDUCE`, `RESUME`, `KILL`.
    pub rule: String,
    /// What there was.
    pub value: String,
    /// What is allowed.
    pub limit: String,
    /// Who asked.
    pub source: String,
}

/// Limits and what they stand at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskShowRecord {
    /// Profile.
    pub profile: String,
    /// `active`, `reducing`, `halted`.
    pub state: String,
    /// Limits.
    pub limits: RiskLimits,
    /// Profit of the day.
    pub day_profit: Decimal,
    /// Equity.
    pub equity: Decimal,
    /// Highest equity seen.
    pub peak_equity: Decimal,
    /// Open orders.
    pub open_orders: u32,
    /// Instruments held or being opened.
    pub positions: u32,
    /// Currency of the amounts.
    pub currency: Currency,
}
