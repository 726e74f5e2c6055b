//! Orders that take the place of others.
//!
//! On spot another price is another order: the exchange cancels the old one and takes the new one, in one request but in
//! two events, of which the first alone would look like the end of the order. So the end of an old order is held back
//! until it is known what became of the new one: it took the place, it was refused and the order is over, or nothing
//! happened at all.

use std::collections::BTreeMap;

use indexmap::IndexSet;

use super::listing::Listing;
use super::names::{client_id, order_of};
use super::report::{Follow, order_report, reply_fills};
use super::wire::WireError;
use super::wire::order::{CancelReplace, OrderReply, Refusal};
use crate::broker::api::{Answer, BrokerError, BrokerEvent, OrderReport};
use crate::broker::binance::query::Query;
use crate::market::Symbol;
use crate::order::{BrokerOrderId, OrderId, OrderState};
use crate::text::clean::short;

/// Most old numbers that are remembered.
const REMEMBERED: usize = 10_000;
/// Most characters of a text from outside.
const TEXT_MAX: usize = 200;

/// A replacement that was sent.
#[derive(Debug, Clone)]
struct Pending {
    order: OrderId,
    revision: u16,
    /// The old order's end, if it was told already.
    held: Option<OrderReport>,
}

/// Replacements under way, and numbers of orders whose place was taken.
#[derive(Debug, Clone, Default)]
pub struct Replacing {
    pending: BTreeMap<BrokerOrderId, Pending>,
    former: IndexSet<BrokerOrderId>,
}

/// What became of a replacement, for the desk and the adapter.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Told in this order, before the answer.
    pub events: Vec<BrokerEvent>,
    /// The answer to the request.
    pub answer: Result<Answer, BrokerError>,
    /// What to do next.
    pub then: Vec<Follow>,
}

impl Replacing {
    /// A replacement is about to be sent: the order with this number is to become the order's change of that number.
    pub fn begin(&mut self, old: BrokerOrderId, order: OrderId, revision: u16) {
        self.pending.insert(old, Pending { order, revision, held: None });
    }

    /// Takes news of an order that goes by a name and gives what the desk is to be told of it.
    pub fn hear(&mut self, mut report: OrderReport, name: &str) -> Option<OrderReport> {
        if self.former.contains(&report.broker_id) {
            return None;
        }
        if let Some(pending) = self.pending.get_mut(&report.broker_id) {
            if report.state == OrderState::Canceled {
                pending.held = Some(report);
                return None;
            }
            return Some(report);
        }
        if let Some(old) = self.old_of(name) {
            self.took(&old);
            report.replaces = Some(old);
        }
        Some(report)
    }

    /// The number of the order that one of this name is to replace.
    fn old_of(&self, name: &str) -> Option<BrokerOrderId> {
        let (order, revision) = order_of(name)?;
        let of = |pending: &Pending| pending.order == order && pending.revision == revision;
        self.pending.iter().find(|(_, pending)| of(pending)).map(|(old, _)| old.clone())
    }

    fn took(&mut self, old: &BrokerOrderId) {
        self.pending.remove(old);
        if self.former.len() >= REMEMBERED {
            self.former.shift_remove_index(0);
        }
        self.former.insert(old.clone());
    }

    /// It was certainly not sent, or certainly refused as a whole before anything was canceled: the order is as it was.
    /// Its end, if it came to one meanwhile by itself.
    pub fn nothing_happened(&mut self, old: &BrokerOrderId) -> Option<OrderReport> {
        self.pending.remove(old).and_then(|pending| pending.held)
    }

    /// What the exchange says became of a replacement.
    ///
    /// # Errors
    /// Something that cannot be right: the outcome then is unknown, and [`Self::question`] is to be asked.
    pub fn settle(
        &mut self,
        old: &BrokerOrderId,
        said: &CancelReplace,
        listing: &Listing,
    ) -> Result<Outcome, WireError> {
        match said {
            CancelReplace::Done { placed, .. } => self.done(old, placed, listing),
            CancelReplace::OldGone { canceled, refusal } => {
                let mut report = order_report(canceled)?;
                self.pending.remove(old);
                let why = text(refusal);
                report.reason = Some(format!("canceled for its change, which was refused: {why}"));
                Ok(Outcome {
                    events: vec![BrokerEvent::Order(report)],
                    answer: Err(refused(refusal)),
                    then: Vec::new(),
                })
            }
            CancelReplace::Nothing { refusal } => {
                let ended = self.nothing_happened(old);
                // An order that cannot be canceled may be over: filled, most likely.
                let then = if ended.is_some() { Vec::new() } else { vec![Follow::AskOrder(old.clone())] };
                let events = ended.map(BrokerEvent::Order).into_iter().collect();
                Ok(Outcome { events, answer: Err(refused(refusal)), then })
            }
            CancelReplace::Both { placed, .. } => {
                let new = order_report(placed)?.broker_id;
                let text = format!("{new} was placed although {old}, which it replaces, was not canceled");
                let then = vec![Follow::AskOrder(old.clone()), Follow::AskOrder(new)];
                let events = vec![BrokerEvent::Notice(text.clone())];
                Ok(Outcome { events, answer: Err(BrokerError::Unknown(text)), then })
            }
        }
    }

    fn done(&mut self, old: &BrokerOrderId, placed: &OrderReply, listing: &Listing) -> Result<Outcome, WireError> {
        let mut report = order_report(placed)?;
        let fills = reply_fills(placed, listing)?;
        self.took(old);
        let broker_id = report.broker_id.clone();
        report.replaces = Some(old.clone());
        let mut events = Vec::with_capacity(fills.len() + 1);
        fills.into_iter().for_each(|fill| fill.tell(&mut events));
        events.push(BrokerEvent::Order(report));
        Ok(Outcome { events, answer: Ok(Answer::Replaced { broker_id }), then: Vec::new() })
    }

    /// What to ask where the outcome of a replacement is not known: for the order that was to be, which `GET
    /// /api/v3/order` knows by its name. Together with the old one's own state it goes to [`Self::resolve`].
    #[must_use]
    pub fn question(&self, old: &BrokerOrderId, symbol: Symbol) -> Option<Query> {
        let pending = self.pending.get(old)?;
        let name = client_id(pending.order, pending.revision);
        Some(Query::new().text("symbol", symbol.as_str()).text("origClientOrderId", &name))
    }

    /// The order as it is after a replacement of unknown outcome: the new one where there is one, else the old one, which
    /// is over or as it was. That there is none must be certain, so it is not to be asked before the request has died.
    ///
    /// # Errors
    /// Something that cannot be right.
    pub fn resolve(
        &mut self,
        old: &BrokerOrderId,
        was: &OrderReply,
        new: Option<&OrderReply>,
    ) -> Result<OrderReport, WireError> {
        match new {
            Some(new) => {
                let mut report = order_report(new)?;
                self.took(old);
                report.replaces = Some(old.clone());
                Ok(report)
            }
            None => {
                let report = order_report(was)?;
                self.pending.remove(old);
                Ok(report)
            }
        }
    }
}

fn text(refusal: &Refusal) -> String {
    short(&refusal.msg, TEXT_MAX)
}

fn refused(refusal: &Refusal) -> BrokerError {
    BrokerError::Refused { code: refusal.code.to_string(), text: text(refusal) }
}
