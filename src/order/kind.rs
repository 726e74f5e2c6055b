//! Order types, times in force, and what surrounds an order.

use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::market::Price;

/// What an order asks for. Each type carries exactly the prices it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum OrderKind {
    /// At this price or better (지정가).
    Limit {
        /// Limit price.
        price: Price,
    },
    /// Now, at any price (시장가).
    Market,
    /// A market order once the last price reaches `trigger`: above it for a buy, below it for a sell.
    Stop {
        /// Price that sets it off.
        trigger: Price,
    },
    /// A limit order once the last price reaches `trigger`.
    StopLimit {
        /// Price that sets it off.
        trigger: Price,
        /// Limit price from then on.
        price: Price,
    },
    /// A stop that follows the market at a distance and never moves back.
    TrailingStop {
        /// How far behind the best price it stays.
        distance: Trail,
        /// Where it stands now; set by the desk, kept over restarts.
        trigger: Option<Price>,
    },
    /// A market order once the last price reaches `trigger` in favour: below it for a buy, above it for a sell.
    TakeProfit {
        /// Price that sets it off.
        trigger: Price,
    },
    /// KRX: a limit order that becomes a market order in the closing auction (조건부지정가).
    ConditionalLimit {
        /// Limit price until the closing auction.
        price: Price,
    },
    /// KRX: a limit order at the best opposite price on arrival (최유리지정가).
    BestLimit,
    /// KRX: a limit order at the best price of its own side on arrival (최우선지정가).
    PriorityLimit,
    /// KRX and NXT: pegged to the midpoint of best bid and ask (중간가).
    MidPrice,
    /// KRX: at the previous close, before the open (장전 시간외).
    PreOpenClose,
    /// KRX: at the day's close, after it (장후 시간외).
    AfterClose,
    /// US: in the opening auction only, at this price or better; at any price without one.
    OnOpen {
        /// Limit price.
        price: Option<Price>,
    },
    /// US: in the closing auction only, at this price or better; at any price without one.
    OnClose {
        /// Limit price.
        price: Option<Price>,
    },
}

/// Distance of a trailing stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trail {
    /// In the quote currency.
    Amount(Decimal),
    /// In per cent of the best price.
    Percent(Decimal),
}

/// An [`OrderKind`] without its prices: what capabilities and JSON name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KindName {
    /// 지정가.
    Limit,
    /// 시장가.
    Market,
    /// Stop to market.
    Stop,
    /// Stop to limit.
    StopLimit,
    /// Trailing stop to market.
    TrailingStop,
    /// Market if touched.
    TakeProfit,
    /// 조건부지정가.
    ConditionalLimit,
    /// 최유리지정가.
    BestLimit,
    /// 최우선지정가.
    PriorityLimit,
    /// 중간가.
    MidPrice,
    /// 장전 시간외.
    PreOpenClose,
    /// 장후 시간외.
    AfterClose,
    /// Market on open.
    #[serde(rename = "moo")]
    MarketOnOpen,
    /// Limit on open.
    #[serde(rename = "loo")]
    LimitOnOpen,
    /// Market on close.
    #[serde(rename = "moc")]
    MarketOnClose,
    /// Limit on close.
    #[serde(rename = "loc")]
    LimitOnClose,
}

impl KindName {
    /// Every type, for help and parsing.
    pub const ALL: [Self; 16] = [
        Self::Limit,
        Self::Market,
        Self::Stop,
        Self::StopLimit,
        Self::TrailingStop,
        Self::TakeProfit,
        Self::ConditionalLimit,
        Self::BestLimit,
        Self::PriorityLimit,
        Self::MidPrice,
        Self::PreOpenClose,
        Self::AfterClose,
        Self::MarketOnOpen,
        Self::LimitOnOpen,
        Self::MarketOnClose,
        Self::LimitOnClose,
    ];

    /// Name in JSON and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Limit => "limit",
            Self::Market => "market",
            Self::Stop => "stop",
            Self::StopLimit => "stop_limit",
            Self::TrailingStop => "trailing_stop",
            Self::TakeProfit => "take_profit",
            Self::ConditionalLimit => "conditional_limit",
            Self::BestLimit => "best_limit",
            Self::PriorityLimit => "priority_limit",
            Self::MidPrice => "mid_price",
            Self::PreOpenClose => "pre_open_close",
            Self::AfterClose => "after_close",
            Self::MarketOnOpen => "moo",
            Self::LimitOnOpen => "loo",
            Self::MarketOnClose => "moc",
            Self::LimitOnClose => "loc",
        }
    }
}

impl KindName {
    /// Whether it has a limit price.
    #[must_use]
    pub const fn has_limit(self) -> bool {
        matches!(self, Self::Limit | Self::StopLimit | Self::ConditionalLimit | Self::LimitOnOpen | Self::LimitOnClose)
    }
}

impl fmt::Display for KindName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl OrderKind {
    /// Its name.
    #[must_use]
    pub const fn name(&self) -> KindName {
        match self {
            Self::Limit { .. } => KindName::Limit,
            Self::Market => KindName::Market,
            Self::Stop { .. } => KindName::Stop,
            Self::StopLimit { .. } => KindName::StopLimit,
            Self::TrailingStop { .. } => KindName::TrailingStop,
            Self::TakeProfit { .. } => KindName::TakeProfit,
            Self::ConditionalLimit { .. } => KindName::ConditionalLimit,
            Self::BestLimit => KindName::BestLimit,
            Self::PriorityLimit => KindName::PriorityLimit,
            Self::MidPrice => KindName::MidPrice,
            Self::PreOpenClose => KindName::PreOpenClose,
            Self::AfterClose => KindName::AfterClose,
            Self::OnOpen { price: None } => KindName::MarketOnOpen,
            Self::OnOpen { price: Some(_) } => KindName::LimitOnOpen,
            Self::OnClose { price: None } => KindName::MarketOnClose,
            Self::OnClose { price: Some(_) } => KindName::LimitOnClose,
        }
    }

    /// The price it may not be filled beyond, where it has one.
    #[must_use]
    pub const fn limit(&self) -> Option<Price> {
        match self {
            Self::Limit { price } | Self::StopLimit { price, .. } | Self::ConditionalLimit { price } => Some(*price),
            Self::OnOpen { price } | Self::OnClose { price } => *price,
            _ => None,
        }
    }

    /// Whether it waits at the venue for the opening or the closing auction and takes part in nothing else.
    #[must_use]
    pub const fn is_for_auction(&self) -> bool {
        matches!(self, Self::OnOpen { .. } | Self::OnClose { .. })
    }

    /// The price that sets it off, where it waits for one.
    #[must_use]
    pub const fn trigger(&self) -> Option<Price> {
        match self {
            Self::Stop { trigger } | Self::StopLimit { trigger, .. } | Self::TakeProfit { trigger } => Some(*trigger),
            Self::TrailingStop { trigger, .. } => *trigger,
            _ => None,
        }
    }

    /// Whether it waits for the market to reach a price before it becomes an order.
    #[must_use]
    pub const fn is_conditional(&self) -> bool {
        matches!(self, Self::Stop { .. } | Self::StopLimit { .. } | Self::TrailingStop { .. } | Self::TakeProfit { .. })
    }

    /// What goes to the venue when the desk works the condition itself.
    #[must_use]
    pub const fn once_triggered(&self) -> Self {
        match self {
            Self::StopLimit { price, .. } => Self::Limit { price: *price },
            Self::Stop { .. } | Self::TrailingStop { .. } | Self::TakeProfit { .. } => Self::Market,
            other => *other,
        }
    }
}

/// How long an order lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum TimeInForce {
    /// Until the end of the session day.
    #[default]
    Day,
    /// Until canceled.
    Gtc,
    /// What can be filled now; the rest is canceled.
    Ioc,
    /// All of it now, or nothing.
    Fok,
    /// Only if it rests; rejected when it would take.
    PostOnly,
    /// For the day of the next session: the broker keeps it until the opening and sends it then.
    Reserved,
}

impl TimeInForce {
    /// Every time in force.
    pub const ALL: [Self; 6] = [Self::Day, Self::Gtc, Self::Ioc, Self::Fok, Self::PostOnly, Self::Reserved];

    /// Name in JSON and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Gtc => "gtc",
            Self::Ioc => "ioc",
            Self::Fok => "fok",
            Self::PostOnly => "post_only",
            Self::Reserved => "reserved",
        }
    }
}

impl fmt::Display for TimeInForce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Which position of a margined instrument an order is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum PositionSide {
    /// One-way mode: one net position, long or short.
    #[default]
    Net,
    /// Hedge mode: the long one.
    Long,
    /// Hedge mode: the short one.
    Short,
}

impl PositionSide {
    /// Name in JSON and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Net => "net",
            Self::Long => "long",
            Self::Short => "short",
        }
    }
}

/// Who asked for an order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A key or the mouse on a screen.
    Screen,
    /// The command line.
    Cli,
    /// A strategy, by name.
    Strategy(String),
    /// A remote control channel, by name.
    Remote(String),
    /// The desk itself: brackets, flattening.
    Desk,
    /// Found at the broker; hoga did not make it.
    Venue,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Screen => f.write_str("screen"),
            Self::Cli => f.write_str("cli"),
            Self::Strategy(name) => write!(f, "strategy:{name}"),
            Self::Remote(name) => write!(f, "remote:{name}"),
            Self::Desk => f.write_str("desk"),
            Self::Venue => f.write_str("venue"),
        }
    }
}

/// What must happen to a position that an entry order opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Bracket {
    /// Leave with profit here.
    pub take_profit: Option<Price>,
    /// Leave with loss here.
    pub stop_loss: Option<Price>,
    /// Leave with a stop that follows; not together with `stop_loss`.
    pub trail: Option<Trail>,
}

impl Bracket {
    /// Whether there is nothing to do.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.take_profit.is_none() && self.stop_loss.is_none() && self.trail.is_none()
    }
}

/// Part an order plays in a bracket or OCO pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// On its own, or the entry of a bracket.
    #[default]
    Entry,
    /// Takes the profit; canceled when the other leg is done.
    TakeProfit,
    /// Limits the loss; canceled when the other leg is done.
    StopLoss,
    /// One of two that cancel each other.
    Oco,
    /// Made by `flatten` or `kill --flatten`.
    Flatten,
}
