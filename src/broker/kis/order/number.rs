//! Numbers of orders. The broker begins them anew each day and for each product, so hoga's name of an order holds all three.

use jiff::civil::Date;

use crate::broker::kis::wire::{Day, time::written};
use crate::market::session::session_of;
use crate::market::{UtcTime, Venue, trading_date};
use crate::order::BrokerOrderId;

/// Products whose orders are numbered on their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Line {
    /// Korean shares, kept for the opening.
    ReservedStock,
    /// Foreign shares, kept for the opening.
    ReservedOverseas,
    /// Korean shares, ETF, ETN.
    Stock,
    /// Foreign shares.
    Overseas,
    /// Futures and options.
    Future,
    /// The same in the night session, whose day is the one on which it begins.
    Night,
    /// Bonds.
    Bond,
}

impl Line {
    const ALL: [Self; 7] = [
        Self::ReservedStock,
        Self::ReservedOverseas,
        Self::Stock,
        Self::Overseas,
        Self::Future,
        Self::Night,
        Self::Bond,
    ];

    /// Whether its orders wait for the opening.
    #[must_use]
    pub const fn is_reserved(self) -> bool {
        matches!(self, Self::ReservedStock | Self::ReservedOverseas)
    }

    /// How its orders are numbered once they have been sent.
    #[must_use]
    pub const fn ordinary(self) -> Self {
        match self {
            Self::ReservedStock => Self::Stock,
            Self::ReservedOverseas => Self::Overseas,
            other => other,
        }
    }

    /// How its orders are numbered while they are kept for the opening, where the broker keeps any.
    #[must_use]
    pub const fn reserved(self) -> Option<Self> {
        match self {
            Self::Stock | Self::ReservedStock => Some(Self::ReservedStock),
            Self::Overseas | Self::ReservedOverseas => Some(Self::ReservedOverseas),
            Self::Future | Self::Night | Self::Bond => None,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::ReservedStock => "reserved-stock",
            Self::ReservedOverseas => "reserved-overseas",
            Self::Stock => "stock",
            Self::Overseas => "overseas",
            Self::Future => "future",
            Self::Night => "night",
            Self::Bond => "bond",
        }
    }
}

/// An order's number with its day and product. Text, because its zeros count.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderNumber {
    /// Product.
    pub line: Line,
    /// Trading date at the exchange, so that a session over Korean midnight is one day.
    pub date: Date,
    /// Digits, as the broker writes them.
    pub digits: Box<str>,
}

impl OrderNumber {
    /// A number; `None` for text that is none, all zeros included.
    #[must_use]
    pub fn new(line: Line, date: Date, digits: &str) -> Option<Self> {
        let digits = digits.trim();
        let sound = !digits.is_empty()
            && digits.len() <= 20
            && digits.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && digits.bytes().any(|byte| byte != b'0');
        sound.then(|| Self { line, date, digits: digits.into() })
    }

    /// Whether its day is over at a venue, of derivatives its session.
    #[must_use]
    pub fn is_over(&self, venue: Venue, now: UtcTime) -> bool {
        match self.line {
            Line::Future | Line::Night => (self.date, self.line == Line::Night) < session_of(venue, now),
            _ => self.date < trading_date(venue, now),
        }
    }

    /// hoga's name of it, such as `stock:20260914:0000117057`.
    ///
    /// # Errors
    /// Never for a number made by [`Self::new`]; the type asks.
    pub fn id(&self) -> Result<BrokerOrderId, crate::order::IdError> {
        BrokerOrderId::new(&format!("{}:{}:{}", self.line.as_str(), written(self.date), self.digits))
    }

    /// Back from hoga's name; `None` when it is not of this broker.
    #[must_use]
    pub fn parse(id: &BrokerOrderId) -> Option<Self> {
        let mut parts = id.as_str().split(':');
        let (line, date, digits) = (parts.next()?, parts.next()?, parts.next()?);
        let line = Line::ALL.into_iter().find(|known| known.as_str() == line)?;
        let date = Day::parse(date).ok()?.get()?;
        if parts.next().is_some() { None } else { Self::new(line, date, digits) }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn names_lead_back_and_keep_their_zeros() {
        let number = OrderNumber::new(Line::Stock, date(2026, 9, 14), "0000117057").unwrap();
        let id = number.id().unwrap();
        assert_eq!(id.as_str(), "stock:20260914:0000117057");
        assert_eq!(OrderNumber::parse(&id), Some(number));
        for bad in ["BTCUSDT:1", "stock:20260931:1", "stock:20260914:", "stock:20260914:1:2", "etf:20260914:1"] {
            assert_eq!(OrderNumber::parse(&BrokerOrderId::new(bad).unwrap()), None, "{bad}");
        }
        assert_eq!(OrderNumber::new(Line::Future, date(2026, 9, 14), "0000000000"), None);
    }
}
