//! The exchange's answers and events as the desk's, with what has to be remembered for that: the listing, the position
//! mode, and which order a conditional order became.

#![allow(clippy::result_large_err, reason = "a fault is made when a request failed; nothing hot carries one")]

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use crate::broker::api::{BrokerEvent, CashFlow, FillReport, OrderReport};
use crate::broker::binance::algo_links::AlgoLinks;
use crate::broker::binance::listing::Listing;
use crate::broker::binance::order_request::PositionMode;
use crate::broker::binance::report::{self, Executed, FlowsTold, Implausible, UserNews};
use crate::broker::binance::rest::Fault;
use crate::broker::binance::wire::account::Income;
use crate::broker::binance::wire::algo::AlgoOrder;
use crate::broker::binance::wire::list::{self, Listed};
use crate::broker::binance::wire::order::{Order, UserTrade};
use crate::broker::binance::wire::user;
use crate::broker::net::json::{self, JsonError};
use crate::market::arrange::Arrange;
use crate::market::{Currency, InstrumentId, Symbol};

/// Largest answer about the account.
const REPLY_MAX: usize = 16 << 20;

/// An answer or event that cannot be taken in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unread {
    #[error(transparent)]
    Json(#[from] JsonError),
    #[error(transparent)]
    Implausible(#[from] Implausible),
}

impl From<Unread> for Fault {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::Json(error) => Self::Unreadable(error),
            Unread::Implausible(error) => Self::Unbelievable(error),
        }
    }
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Words {
    /// The listing, once it has been read.
    pub(super) listing: Option<Arc<Listing>>,
    /// The position mode, once it is known.
    pub(super) mode: Option<PositionMode>,
    /// Conditional orders and what they became.
    pub(super) links: AlgoLinks,
    currencies: BTreeMap<Symbol, Currency>,
}

/// A part of fills that came together.
#[derive(Debug, Default)]
pub(super) struct FillsTold {
    /// Oldest first.
    pub(super) fills: Vec<FillReport>,
    /// Commissions in other assets, and what people are told.
    pub(super) beside: Vec<BrokerEvent>,
    /// Number of the newest row and its time in milliseconds.
    pub(super) newest: Option<(i64, i64)>,
    /// Rows in the answer.
    pub(super) rows: usize,
    /// Rows that could not be taken in.
    pub(super) refused: usize,
}

impl Words {
    /// Takes over a listing.
    pub(super) fn learn_listing(&mut self, listing: Listing) {
        self.currencies = listing.instruments.iter().map(|one| (one.id.symbol, one.currency)).collect();
        self.listing = Some(Arc::new(listing));
    }

    /// An event of the account's stream.
    pub(super) fn event(&mut self, bytes: &[u8]) -> Result<UserNews, Unread> {
        let event = user::decode(bytes)?;
        let Self { links, currencies, .. } = self;
        let currency_of = |id: InstrumentId| currencies.get(&id.symbol).copied();
        Ok(report::events(&event, &currency_of, links)?)
    }

    /// A plain order.
    pub(super) fn order(&mut self, bytes: &[u8]) -> Result<OrderReport, Unread> {
        let order: Order = json::parse("order reply", bytes, REPLY_MAX)?;
        Ok(report::order_report(&order, &self.links)?)
    }

    /// A conditional order, as it came and as a report.
    pub(super) fn algo(&mut self, bytes: &[u8]) -> Result<(AlgoOrder, OrderReport), Unread> {
        let order: AlgoOrder = json::parse("conditional order reply", bytes, REPLY_MAX)?;
        let report = self.algo_report(&order)?;
        Ok((order, report))
    }

    fn algo_report(&mut self, order: &AlgoOrder) -> Result<OrderReport, Implausible> {
        let report = report::algo_report(order, &self.links)?;
        self.links.learn(report.instrument.symbol, order.algo_id, report.order_id, order.actual_order_id);
        Ok(report)
    }

    /// Open plain orders, and how many could not be taken in.
    pub(super) fn orders(&mut self, bytes: &[u8]) -> Result<(Vec<OrderReport>, usize), Unread> {
        let listed: Listed<Order> = list::parse("open orders", bytes, REPLY_MAX)?;
        let links = &self.links;
        Ok(reported(&listed, |order| report::order_report(order, links)))
    }

    /// Conditional orders that wait, and how many could not be taken in.
    pub(super) fn algos(&mut self, bytes: &[u8]) -> Result<(Vec<OrderReport>, usize), Unread> {
        let listed: Listed<AlgoOrder> = list::parse("open conditional orders", bytes, REPLY_MAX)?;
        Ok(reported(&listed, |order| self.algo_report(order)))
    }

    /// Own fills.
    pub(super) fn fills(&self, bytes: &[u8]) -> Result<FillsTold, Unread> {
        let listed: Listed<UserTrade> = list::parse("own trades", bytes, REPLY_MAX)?;
        let currency_of = |id: InstrumentId| self.currencies.get(&id.symbol).copied();
        let mut told = FillsTold {
            newest: listed.elements.iter().map(|trade| (trade.id, trade.time)).max(),
            rows: listed.elements.len() + listed.refused,
            refused: listed.refused,
            ..FillsTold::default()
        };
        for trade in &listed.elements {
            match report::fill_report(trade, &currency_of, &self.links) {
                Ok(Executed { fill, fee, notice }) => {
                    told.fills.push(fill);
                    told.beside.extend(fee.map(BrokerEvent::CashFlow));
                    told.beside.extend(notice.map(BrokerEvent::Notice));
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

    /// Money that moved.
    pub(super) fn income(&self, rows: &[Income]) -> (Vec<CashFlow>, Vec<String>, usize) {
        let currency_of = |id: InstrumentId| self.currencies.get(&id.symbol).copied();
        let FlowsTold { flows, notices, refused } = report::cash_flows(rows, &currency_of);
        (flows, notices, refused)
    }
}

/// One value out of an answer.
pub(super) fn read<T: DeserializeOwned>(what: &'static str, bytes: &[u8]) -> Result<T, Fault> {
    Ok(json::parse(what, bytes, REPLY_MAX)?)
}

/// A list out of an answer.
pub(super) fn read_list<T: DeserializeOwned>(what: &'static str, bytes: &[u8]) -> Result<Listed<T>, Fault> {
    Ok(list::parse(what, bytes, REPLY_MAX)?)
}

fn reported<T>(
    listed: &Listed<T>,
    mut report: impl FnMut(&T) -> Result<OrderReport, Implausible>,
) -> (Vec<OrderReport>, usize) {
    let mut reports = Vec::with_capacity(listed.elements.len());
    let mut refused = listed.refused;
    for row in &listed.elements {
        match report(row) {
            Ok(report) => reports.push(report),
            Err(error) => {
                tracing::warn!(%error, "an order of a list was refused");
                refused += 1;
            }
        }
    }
    (reports, refused)
}
