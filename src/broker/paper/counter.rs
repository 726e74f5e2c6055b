//! The counter of a virtual venue: what is refused before it reaches a matcher, and what the account answers to questions.

use std::collections::BTreeSet;

use super::account::{PaperAccount, QueueAhead};
use super::refused;
use crate::broker::api::{Answer, BrokerError, Channel, FindOrder, Found, PlaceOrder, RequestBody};
use crate::market::{Instrument, MarketBody};
use crate::order::{KindName, PositionSide};
use crate::text::realised::NOT_COUNTED;

/// Order types that paper matching works itself on every venue; the desk holds the rest.
pub(crate) const NATIVE_KINDS: [KindName; 4] =
    [KindName::Limit, KindName::Market, KindName::BestLimit, KindName::PriorityLimit];

/// Checks an order as its venue would.
///
/// # Errors
/// It is refused, or of a kind that paper matching does not have.
pub(crate) fn check_order(instrument: &Instrument, wanted: &PlaceOrder) -> Result<(), BrokerError> {
    if wanted.position_side != PositionSide::Net {
        return Err(BrokerError::Unsupported("hedge mode"));
    }
    if !NATIVE_KINDS.contains(&wanted.kind.name()) {
        return Err(BrokerError::Unsupported("order type"));
    }
    if wanted.reduce_only && !instrument.product.is_margined() {
        return Err(refused("REDUCE_ONLY", "reduce-only is for margined instruments"));
    }
    if let (Some(price), Some(least), false) = (wanted.kind.limit(), instrument.min_notional, wanted.reduce_only)
        && instrument.notional(price, wanted.quantity) < least
    {
        return Err(refused("MIN_NOTIONAL", "the order is worth less than the exchange takes"));
    }
    Ok(())
}

/// Checks a leverage against the steps of an instrument.
///
/// # Errors
/// The instrument has none, or not as much.
pub(crate) fn check_leverage(instrument: &Instrument, leverage: u32) -> Result<Answer, BrokerError> {
    match instrument.tiers.iter().map(|tier| tier.max_leverage).max() {
        None => Err(refused("LEVERAGE", "this instrument has no leverage")),
        Some(most) if leverage == 0 || leverage > most => Err(refused("LEVERAGE", &format!("leverage is 1 to {most}"))),
        Some(_) => Ok(Answer::Done),
    }
}

/// Whether a subscriber of these channels hears of something.
pub(crate) fn is_wanted(channels: &BTreeSet<Channel>, body: &MarketBody) -> bool {
    match body {
        MarketBody::Trade(_) => channels.contains(&Channel::Trades),
        MarketBody::Book(_) => channels.contains(&Channel::Book),
        MarketBody::Quote(_) | MarketBody::Day(_) => channels.contains(&Channel::Quote),
        MarketBody::Mark(_) => channels.contains(&Channel::Mark),
        _ => !channels.is_empty(),
    }
}

impl PaperAccount {
    /// Answers a question about orders, fills or holdings.
    ///
    /// # Errors
    /// It is another question, or about a time of which nothing is kept.
    pub fn ask(&self, question: &RequestBody, queue_ahead: QueueAhead<'_>) -> Result<Answer, BrokerError> {
        match question {
            RequestBody::FindOrder(find) => self.look_for(find, queue_ahead).map(Answer::Found),
            RequestBody::OpenOrders => Ok(Answer::Orders { orders: self.open_orders(queue_ahead), complete: true }),
            RequestBody::Fills { since } => {
                let (fills, complete) = self.fills_since(*since);
                Ok(Answer::Fills { fills, complete })
            }
            // Cash and positions of the virtual world are in hoga's ledger. What this connection has filled is no more
            // than a part of them.
            RequestBody::Positions | RequestBody::Balances => Ok(Answer::Account(Vec::new())),
            RequestBody::Realised(_) => Err(BrokerError::Unsupported(NOT_COUNTED)),
            _ => Err(BrokerError::Unsupported("request")),
        }
    }

    /// What became of an order. "Not there" is said only of times that are remembered in full, those before this
    /// connection among them: nothing of them is left.
    fn look_for(&self, find: &FindOrder, queue_ahead: QueueAhead<'_>) -> Result<Found, BrokerError> {
        match self.find(find.order.order_id, queue_ahead) {
            Some(report) => Ok(Found::Order(Box::new(report))),
            None if self.may_have_forgotten(find.sent_at) => {
                Err(refused("RETENTION", "orders of that time are no longer kept"))
            }
            None => Ok(Found::NotThere),
        }
    }
}
