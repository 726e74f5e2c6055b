//! What the markets do each in their own way, under one name: the only place of a session that asks which market it is
//! of, beside where the account's stream is opened.

#![allow(clippy::result_large_err, reason = "a fault is made when a request failed; nothing hot carries one")]

use std::sync::Arc;

use super::known::Arrival;
use super::requests::Outcome;
use super::shared::Shared;
use super::words::FillsTold;
use super::{account, futures, listing, spot};
use crate::broker::api::{BrokerError, BrokerEvent, OrderReference, OrderReport, PlaceOrder};
use crate::broker::binance::order_number::OrderNumber;
use crate::broker::binance::query::Query;
use crate::broker::binance::rest::{self, Fault};
use crate::config::BinanceMarket::{Futures, Spot};
use crate::market::{Instrument, InstrumentId, Phase, Quantity, Symbol};
use crate::order::{BrokerOrderId, OrderKind};

/// A new order that was taken.
pub(super) struct Taken {
    pub(super) broker_id: BrokerOrderId,
    /// Told behind the answer that names it.
    pub(super) after: Vec<BrokerEvent>,
}

/// What came of ending an order.
pub(super) enum Ended {
    /// It is over.
    Done,
    /// It was taken; what the exchange said of the order, unless that is told later.
    Taken(Option<Box<OrderReport>>),
    /// There is no such open order.
    NotOpen,
}

/// Sends a new order.
pub(super) async fn send(shared: &Arc<Shared>, order: &PlaceOrder, arrival: &Arrival) -> Result<Taken, BrokerError> {
    match shared.market() {
        Futures => futures::send(shared, order, arrival).await,
        Spot => spot::orders::send(shared, order, arrival).await,
    }
}

/// Ends an order.
pub(super) async fn end(shared: &Shared, order: &OrderReference) -> Result<Ended, Fault> {
    match shared.market() {
        Futures => futures::end(shared, order).await,
        Spot => spot::orders::end(shared, order).await,
    }
}

/// Another price or total quantity for an order.
pub(super) async fn replace(
    shared: &Arc<Shared>,
    order: &OrderReference,
    kind: OrderKind,
    quantity: Quantity,
) -> Outcome {
    match shared.market() {
        Futures => futures::replace(shared, order, kind, quantity).await,
        Spot => spot::replace::replace(shared, order, kind, quantity).await,
    }
}

/// Ends every order of a symbol.
pub(super) async fn clear(shared: &Shared, symbol: Symbol) -> Result<(), BrokerError> {
    match shared.market() {
        Futures => futures::clear(shared, symbol).await,
        Spot => spot::orders::clear(shared, symbol).await,
    }
}

/// An order as it is now, by its number or by hoga's id.
pub(super) async fn look(shared: &Shared, order: &OrderReference) -> Result<Option<OrderReport>, Fault> {
    match shared.market() {
        Futures => futures::look(shared, order).await,
        Spot => spot::orders::look(shared, order).await,
    }
}

/// An order by the exchange's number.
pub(super) async fn by_number(shared: &Shared, number: OrderNumber) -> Result<Option<OrderReport>, Fault> {
    match shared.market() {
        Futures => futures::by_number(shared, number).await,
        Spot => spot::orders::by_number(shared, number).await,
    }
}

/// Open orders of a symbol, and how many could not be taken in.
pub(super) async fn open_of(shared: &Shared, symbol: Symbol) -> Result<(Vec<OrderReport>, usize), Fault> {
    match shared.market() {
        Futures => futures::open_of(shared, symbol).await,
        Spot => spot::orders::open(shared, Some(symbol)).await,
    }
}

/// Every open order.
pub(super) async fn open_orders(shared: &Shared) -> Outcome {
    match shared.market() {
        Futures => account::open_orders(shared).await,
        Spot => spot::account::open_orders(shared).await,
    }
}

/// What is held.
pub(super) async fn positions(shared: &Shared) -> Outcome {
    match shared.market() {
        Futures => account::positions(shared).await,
        Spot => spot::account::positions(shared).await,
    }
}

/// Cash.
pub(super) async fn balances(shared: &Shared) -> Outcome {
    match shared.market() {
        Futures => account::balances(shared).await,
        Spot => spot::account::balances(shared).await,
    }
}

/// Sets the leverage of a symbol.
pub(super) async fn set_leverage(shared: &Arc<Shared>, instrument: InstrumentId, leverage: u32) -> Outcome {
    match shared.market() {
        Futures => account::set_leverage(shared, instrument, leverage).await,
        Spot => Err(BrokerError::Unsupported("leverage: coins on Binance spot are paid in full")),
    }
}

/// A page of own fills.
pub(super) async fn fills(shared: &Shared, query: Query) -> Result<FillsTold, Fault> {
    match shared.market() {
        Futures => {
            let answer = shared.rest.ask(&rest::futures::user_trades(query)).await?;
            Ok(shared.words().fills(&answer.body)?)
        }
        Spot => {
            let answer = shared.rest.ask(&rest::spot::my_trades(query)).await?;
            Ok(shared.spot().fills(&answer.body)?)
        }
    }
}

/// Reads what the account may do, and how it is set.
pub(super) async fn read_settings(shared: &Shared) -> Result<(), Fault> {
    match shared.market() {
        Futures => {
            let (mode, leverage) = tokio::join!(account::read_mode(shared), account::read_leverage(shared));
            if let Err(fault) = leverage {
                tracing::warn!(%fault, "the leverage of the symbols was not read");
            }
            mode
        }
        Spot => spot::account::read_rights(shared).await,
    }
}

/// Reads the listing, and tells what has changed since the last time.
pub(super) async fn read_listing(shared: &Arc<Shared>) -> Result<(), Fault> {
    match shared.market() {
        Futures => listing::read(shared).await,
        Spot => spot::listing::read(shared).await,
    }
}

/// The instruments, as they were last read.
pub(super) fn instruments(shared: &Shared) -> Option<Vec<Instrument>> {
    match shared.market() {
        Futures => shared.words().listing.as_ref().map(|listing| listing.instruments.clone()),
        Spot => shared.spot().listing.as_ref().map(|listing| listing.instruments.clone()),
    }
}

/// The phase an instrument is in by the listing; `None` when it is not listed.
pub(super) fn phase_of(shared: &Shared, symbol: Symbol) -> Option<Phase> {
    match shared.market() {
        Futures => shared.words().listing.as_ref()?.rules.get(&symbol).map(|rules| rules.status.phase()),
        Spot => shared.spot().listing.as_ref()?.rules.get(&symbol).map(|rules| rules.phase),
    }
}
