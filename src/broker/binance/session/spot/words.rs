//! The exchange's answers and events as the desk's, with what has to be remembered for that: the listing, and orders that
//! take the place of others.

#![allow(clippy::result_large_err, reason = "a fault is made when a request failed; nothing hot carries one")]

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::broker::api::{BrokerEvent, OrderReport};
use crate::broker::binance::query::Query;
use crate::broker::binance::session::words::FillsTold;
use crate::broker::binance::spot::listing::Listing;
use crate::broker::binance::spot::replacing::{Outcome, Replacing};
use crate::broker::binance::spot::report::{self, UserNews};
use crate::broker::binance::spot::wire::WireError;
use crate::broker::binance::spot::wire::order::{self, CancelReplace, OrderReply};
use crate::broker::binance::spot::wire::user::{self, UserEvent, UserFrame};
use crate::market::arrange::Arrange;
use crate::market::{Symbol, UtcTime};
use crate::order::{BrokerOrderId, OrderId};

/// See the module.
#[derive(Debug, Default)]
pub struct Words {
    /// The listing, once it has been read.
    pub listing: Option<Arc<Listing>>,
    replacing: Replacing,
    /// When the replacements under way were sent, by the old order's number.
    sent: BTreeMap<BrokerOrderId, UtcTime>,
}

impl Words {
    /// A frame of the account's stream.
    pub fn event(&mut self, frame: &[u8]) -> Result<UserNews, WireError> {
        let UserFrame::Event { event, .. } = user::decode(frame)? else { return Ok(UserNews::default()) };
        let Self { listing, replacing, .. } = self;
        let nothing = Listing::default();
        let mut news = report::events(&event, listing.as_deref().unwrap_or(&nothing))?;
        if let UserEvent::Execution(execution) = &*event {
            let heard = |event| match event {
                BrokerEvent::Order(report) => replacing.hear(report, execution.own_name()).map(BrokerEvent::Order),
                other => Some(other),
            };
            news.events = news.events.into_iter().filter_map(heard).collect();
        }
        Ok(news)
    }

    /// What the desk is told of an order; `None` while what became of its change is not known, and of the number it had
    /// before one.
    pub fn order(&mut self, reply: &OrderReply) -> Result<Option<OrderReport>, WireError> {
        let report = report::order_report(reply)?;
        Ok(self.replacing.hear(report, reply.own_name()))
    }

    /// Open orders, and how many could not be taken in.
    pub fn orders(&mut self, body: &[u8]) -> Result<(Vec<OrderReport>, usize), WireError> {
        let listed = order::decode_orders(body)?;
        let mut refused = listed.unreadable;
        let mut reports = Vec::with_capacity(listed.rows.len());
        for row in &listed.rows {
            match self.order(row) {
                Ok(report) => reports.extend(report),
                Err(error) => {
                    tracing::warn!(%error, "an order of a list was refused");
                    refused += 1;
                }
            }
        }
        Ok((reports, refused))
    }

    /// Own fills.
    pub fn fills(&self, body: &[u8]) -> Result<FillsTold, WireError> {
        let listed = order::decode_trades(body)?;
        let nothing = Listing::default();
        let listing = self.listing.as_deref().unwrap_or(&nothing);
        let mut told = FillsTold {
            newest: listed.rows.iter().map(|trade| (trade.id, trade.time)).max(),
            rows: listed.rows.len() + listed.unreadable,
            refused: listed.unreadable,
            ..FillsTold::default()
        };
        for trade in &listed.rows {
            match report::trade_report(trade, listing) {
                Ok(executed) => {
                    let mut events = Vec::new();
                    executed.tell(&mut events);
                    for event in events {
                        match event {
                            BrokerEvent::Fill(fill) => told.fills.push(fill),
                            other => told.beside.push(other),
                        }
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, symbol = %trade.symbol, "a fill was refused");
                    told.refused += 1;
                }
            }
        }
        told.fills.arrange_by_key(|fill| fill.time);
        Ok(told)
    }

    /// A replacement sets out.
    pub fn begin(&mut self, old: &BrokerOrderId, (order, revision): (OrderId, u16), at: UtcTime) {
        self.sent.insert(old.clone(), at);
        self.replacing.begin(old.clone(), order, revision);
    }

    /// Nothing came of a replacement; the old order's end, if it came to one by itself.
    pub fn nothing_happened(&mut self, old: &BrokerOrderId) -> Option<OrderReport> {
        self.sent.remove(old);
        self.replacing.nothing_happened(old)
    }

    /// What the exchange says became of a replacement.
    pub fn settle(&mut self, old: &BrokerOrderId, said: &CancelReplace) -> Result<Outcome, WireError> {
        let nothing = Listing::default();
        let outcome = self.replacing.settle(old, said, self.listing.as_deref().unwrap_or(&nothing))?;
        self.sent.remove(old);
        Ok(outcome)
    }

    /// The question for the order that is to take the place of one, and when that was sent; `None` when none is to.
    pub fn question(&self, old: &BrokerOrderId, symbol: Symbol) -> Option<(Query, UtcTime)> {
        let query = self.replacing.question(old, symbol)?;
        Some((query, self.sent.get(old).copied().unwrap_or(UtcTime::EPOCH)))
    }

    /// The order as it is after a replacement of unknown outcome.
    pub fn resolve(
        &mut self,
        old: &BrokerOrderId,
        was: &OrderReply,
        new: Option<&OrderReply>,
    ) -> Result<OrderReport, WireError> {
        let report = self.replacing.resolve(old, was, new)?;
        self.sent.remove(old);
        Ok(report)
    }
}
