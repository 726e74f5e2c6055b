//! From a request of the desk to the task that carries it out.

use std::sync::Arc;

use tokio::task::JoinSet;

use super::shared::Shared;
use super::{account, lists, market, notices, orders};
use crate::broker::api::{Answer, BrokerError, BrokerRequest, RequestBody, RequestId};

/// What comes of a request.
pub(super) type Outcome = Result<Answer, BrokerError>;

/// Starts carrying out a request. What it changes here it has changed when this returns, so that a cancel right behind an
/// order finds it.
pub(super) fn carry_out(shared: &Arc<Shared>, request: BrokerRequest, work: &mut JoinSet<()>) {
    let BrokerRequest { id, body } = request;
    let own = Arc::clone(shared);
    let answers = move |own: &Shared, outcome| own.outlet.answer(id, outcome);
    match body {
        RequestBody::Place(order) => {
            let leaving = orders::set_out(&own, &order);
            work.spawn(async move { answers(&own, orders::place(&own, &order, leaving).await) });
        }
        RequestBody::Cancel(order) => {
            work.spawn(async move { answers(&own, orders::cancel(&own, &order).await) });
        }
        RequestBody::Replace { order, kind, quantity } => {
            work.spawn(async move { answers(&own, orders::replace(&own, &order, kind, quantity).await) });
        }
        RequestBody::FindOrder(find) => {
            work.spawn(async move { answers(&own, lists::find(&own, &find).await) });
        }
        RequestBody::OpenOrders => {
            work.spawn(async move { answers(&own, lists::open_orders(&own).await) });
        }
        RequestBody::Fills { since } => {
            work.spawn(async move { answers(&own, lists::fills(&own, since).await) });
        }
        RequestBody::Positions => {
            work.spawn(async move { answers(&own, account::positions(&own).await) });
        }
        RequestBody::Balances => {
            work.spawn(async move { answers(&own, account::balances(&own).await) });
        }
        RequestBody::Recovered(orders) => {
            notices::recover(&own, orders);
            answers(&own, Ok(Answer::Done));
        }
        RequestBody::Instruments => answers(&own, Ok(Answer::Instruments(own.listing.instruments()))),
        body => ask_market(shared, id, body, work),
    }
}

/// Requests about the market.
fn ask_market(shared: &Arc<Shared>, id: RequestId, body: RequestBody, work: &mut JoinSet<()>) {
    let own = Arc::clone(shared);
    match body {
        RequestBody::Subscribe(instrument, channels) => market::subscribe(&own, id, instrument, channels),
        RequestBody::Unsubscribe(instrument) => market::unsubscribe(&own, id, instrument),
        RequestBody::Candles { instrument, interval, count, until } => {
            work.spawn(async move {
                own.outlet.answer(id, market::candles(&own, instrument, interval, count, until).await);
            });
        }
        RequestBody::RecentTrades(instrument, count) => {
            work.spawn(async move { own.outlet.answer(id, market::trades(&own, instrument, count).await) });
        }
        _ => own.outlet.answer(id, Err(BrokerError::Unsupported("this request at KIS"))),
    }
}
