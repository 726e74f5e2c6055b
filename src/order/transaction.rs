//! Money or stock that moved. Never an order placed, waiting or canceled.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::id::{ExecutionId, OrderId, ProfileName};
use super::kind::PositionSide;
use crate::market::{Currency, InstrumentId, Price, Quantity, UtcTime};

/// Number of a transaction: counts up by one over all profiles of a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TransactionId(pub u64);

/// Why something moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TransactionKind {
    /// A fill of a buy.
    Buy,
    /// A fill of a sell.
    Sell,
    /// Cash put in.
    Deposit,
    /// Cash taken out.
    Withdraw,
    /// Dividend.
    Dividend,
    /// A fee that belongs to no fill.
    Fee,
    /// A tax that belongs to no fill.
    Tax,
    /// Funding of a perpetual.
    Funding,
    /// Interest.
    Interest,
}

impl TransactionKind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::Buy,
        Self::Sell,
        Self::Deposit,
        Self::Withdraw,
        Self::Dividend,
        Self::Fee,
        Self::Tax,
        Self::Funding,
        Self::Interest,
    ];

    /// Name in JSON and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Buy => "BUY",
            Self::Sell => "SELL",
            Self::Deposit => "DEPOSIT",
            Self::Withdraw => "WITHDRAW",
            Self::Dividend => "DIVIDEND",
            Self::Fee => "FEE",
            Self::Tax => "TAX",
            Self::Funding => "FUNDING",
            Self::Interest => "INTEREST",
        }
    }

    /// From its name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A row of the cash journal: `cash_after = cash_before + amount - commission - tax`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transaction {
    /// Its number.
    pub id: TransactionId,
    /// When it happened (venue time of a fill).
    pub time: UtcTime,
    /// Why.
    pub kind: TransactionKind,
    /// Whose.
    pub profile: ProfileName,
    /// On what, where on something.
    pub instrument: Option<InstrumentId>,
    /// Of which order.
    pub order_id: Option<OrderId>,
    /// Of which fill or cash flow; unique within the profile.
    pub execution_id: Option<ExecutionId>,
    /// Units that moved.
    pub quantity: Option<Quantity>,
    /// At which price.
    pub price: Option<Price>,
    /// Cash that moved before commission and tax; negative when it left. For a fill of a product paid in full the cost
    /// or proceeds, for a margined one the profit of the closed part.
    pub amount: Decimal,
    /// Commission.
    pub commission: Decimal,
    /// Tax.
    pub tax: Decimal,
    /// Cash before.
    pub cash_before: Decimal,
    /// Cash after.
    pub cash_after: Decimal,
    /// Currency of all of these.
    pub currency: Currency,
    /// A remark of whoever caused it.
    pub note: Option<String>,
}

impl Transaction {
    /// Whether units came or went without a trade: a deposit or withdrawal of an instrument.
    #[must_use]
    pub const fn is_transfer(&self) -> bool {
        matches!(self.kind, TransactionKind::Deposit | TransactionKind::Withdraw)
            && self.instrument.is_some()
            && self.quantity.is_some()
            && self.price.is_some()
    }

    /// Whether a commission was paid in units: they left at their value, and that value was the commission, so that no
    /// cash moved.
    #[must_use]
    pub const fn is_fee_in_kind(&self) -> bool {
        matches!(self.kind, TransactionKind::Fee)
            && self.instrument.is_some()
            && self.quantity.is_some()
            && self.price.is_some()
    }

    /// The remark of a trade whose profit is the broker's word, because the average cost here gives another: a fill that
    /// happened before it came after it, or the broker rounds in another way.
    pub const TOLD_PROFIT: &str = "profit as the broker counts it";

    /// The profit of a trade on margin, where it is the broker's word.
    #[must_use]
    pub fn told_profit(&self) -> Option<Decimal> {
        let is_trade = matches!(self.kind, TransactionKind::Buy | TransactionKind::Sell);
        (is_trade && self.note.as_deref() == Some(Self::TOLD_PROFIT)).then_some(self.amount)
    }

    /// The remark of a transfer. A row of the journal has no other place for which position of hedge mode it is of.
    #[must_use]
    pub fn transfer_note(why: &str, side: PositionSide) -> String {
        match side {
            PositionSide::Net => why.to_owned(),
            side => format!("{why}, {}", side.as_str()),
        }
    }

    /// Which position a transfer is of.
    #[must_use]
    pub fn transfer_side(&self) -> PositionSide {
        let word = self.note.as_deref().and_then(|note| note.rsplit_once(", ")).map(|(_, word)| word);
        [PositionSide::Long, PositionSide::Short]
            .into_iter()
            .find(|side| word == Some(side.as_str()))
            .unwrap_or_default()
    }
}
