//! What a market says, in one shape whoever carried it here.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::instrument::InstrumentId;
use super::ladder::DailyLimits;
use super::price::{Price, Quantity};
use super::side::Side;
use super::time::UtcTime;

/// One message of a market about one instrument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarketEvent {
    /// What it is about.
    pub instrument: InstrumentId,
    /// When it happened by the venue's clock, in UTC.
    pub venue_time: UtcTime,
    /// When it reached this machine.
    pub received_at: UtcTime,
    /// What happened.
    pub body: MarketBody,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MarketBody {
    /// A print (체결).
    Trade(Trade),
    /// A change of the best bid or ask that came without the rest of the book.
    Quote(Quote),
    /// Levels of the order book.
    Book(Box<BookUpdate>),
    /// Numbers of the day so far.
    Day(DayStats),
    /// The instrument entered another phase of its session.
    Phase(PhaseChange),
    /// A trading day began: base price and limits. Also told to who has just connected, whenever that is.
    NewDay {
        /// 기준가.
        base: Price,
        /// Where the venue has limits.
        limits: Option<DailyLimits>,
    },
    /// What an auction would give now (예상체결); `None` while nothing would match.
    Expected(Option<Expected>),
    /// Mark price and funding of a perpetual.
    Mark(Mark),
    /// The feed of this instrument can no longer be trusted until a snapshot comes.
    Stale,
}

/// A print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trade {
    /// The venue's own number of it; unique per instrument where the venue gives one, else counted by the adapter.
    pub id: u64,
    /// Price.
    pub price: Price,
    /// Quantity.
    pub quantity: Quantity,
    /// Side of the taker; `None` for auction prints and venues that do not say.
    pub side: Option<Side>,
}

/// Best bid and ask. Either side may be empty (limit lock, thin book).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Quote {
    /// Best bid.
    pub bid: Option<Level>,
    /// Best ask.
    pub ask: Option<Level>,
}

/// A price and what rests there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// Price.
    pub price: Price,
    /// Total quantity; zero removes the level in a diff.
    pub quantity: Quantity,
}

/// A whole book, or changes to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookUpdate {
    /// How it connects to what came before.
    pub sequence: Sequence,
    /// Bids; best first in a snapshot, any order in a diff.
    pub bids: Vec<Level>,
    /// Asks; best first in a snapshot, any order in a diff.
    pub asks: Vec<Level>,
}

/// How a book update connects to what came before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sequence {
    /// Replaces the whole book (KRX feeds, `lastUpdateId` absent).
    Whole,
    /// Replaces the whole book, which then is at `last` (REST snapshot of a sequenced book).
    Snapshot {
        /// Id of the last update contained.
        last: u64,
    },
    /// Binance futures diff: `pu` must equal the previous `u`.
    Chained {
        /// `U`.
        first: u64,
        /// `u`.
        last: u64,
        /// `pu`.
        previous: u64,
    },
    /// Binance spot diff: `U` must be the previous `u` + 1.
    Counted {
        /// `U`.
        first: u64,
        /// `u`.
        last: u64,
    },
}

/// Numbers of a trading day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct DayStats {
    /// First price.
    pub open: Option<Price>,
    /// Highest price.
    pub high: Option<Price>,
    /// Lowest price.
    pub low: Option<Price>,
    /// Close of the day before; for 24 h markets the price 24 hours ago.
    pub previous_close: Option<Price>,
    /// Units traded.
    pub volume: Quantity,
    /// Money traded (거래대금), in the quote currency.
    pub value: Decimal,
}

/// Part of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// No orders are taken.
    Closed,
    /// Orders collect for the opening price (동시호가).
    OpeningAuction,
    /// Orders match as they come (접속매매).
    Continuous,
    /// Orders collect for the closing price.
    ClosingAuction,
    /// A two-minute call auction after a volatility interruption (VI).
    Volatility,
    /// Trading is halted; orders may be canceled.
    Halted,
    /// Closing-price trading before the open or after the close (시간외종가).
    ClosingPrice,
    /// Off-hours single-price auctions (시간외단일가; KRX until 2026-09-11).
    OffHoursAuction,
    /// Continuous trading before the regular session (NXT pre-market).
    PreMarket,
    /// Continuous trading after the regular session (KRX since 2026-09-14, NXT).
    AfterMarket,
    /// The night session of Korean derivatives, which runs over midnight.
    Night,
}

impl Phase {
    /// Whether orders collect for a single price.
    #[must_use]
    pub const fn is_auction(self) -> bool {
        matches!(self, Self::OpeningAuction | Self::ClosingAuction | Self::Volatility | Self::OffHoursAuction)
    }

    /// Whether orders match as they come.
    #[must_use]
    pub const fn is_continuous(self) -> bool {
        matches!(self, Self::Continuous | Self::PreMarket | Self::AfterMarket | Self::Night)
    }

    /// Whether new orders are taken at all.
    #[must_use]
    pub const fn takes_orders(self) -> bool {
        !matches!(self, Self::Closed | Self::Halted)
    }

    /// Name in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::OpeningAuction => "opening_auction",
            Self::Continuous => "continuous",
            Self::ClosingAuction => "closing_auction",
            Self::Volatility => "volatility",
            Self::Halted => "halted",
            Self::ClosingPrice => "closing_price",
            Self::OffHoursAuction => "off_hours_auction",
            Self::PreMarket => "pre_market",
            Self::AfterMarket => "after_market",
            Self::Night => "night",
        }
    }
}

/// A new phase and when it will end, if that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhaseChange {
    /// The phase.
    pub phase: Phase,
    /// Its nominal end; auctions may end up to 30 s later at KRX.
    pub until: Option<UtcTime>,
}

/// What an auction would give now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// 예상체결가.
    pub price: Price,
    /// 예상체결량.
    pub quantity: Quantity,
}

/// Mark price and funding of a perpetual.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Mark price: what profit, margin and liquidation are computed with.
    pub mark: Price,
    /// Index price.
    pub index: Price,
    /// Rate at the next stamp, as a fraction; positive when longs pay shorts.
    pub funding_rate: Decimal,
    /// The next stamp.
    pub next_funding_at: UtcTime,
}
