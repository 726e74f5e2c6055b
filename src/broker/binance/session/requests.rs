//! From a request of the desk to the task that carries it out.

use std::sync::Arc;

use tokio::task::JoinSet;

use super::known::Known;
use super::shared::Shared;
use super::{fills, market, markets, orders};
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
            let arrival = Known::set_out(&own.known, &order, own.rest.server_now());
            own.traded_more.notify_one();
            work.spawn(async move { orders::place(&own, id, order, arrival).await });
        }
        RequestBody::Cancel(order) => {
            work.spawn(async move { answers(&own, orders::cancel(&own, &order).await) });
        }
        RequestBody::Replace { order, kind, quantity } => {
            work.spawn(async move { answers(&own, markets::replace(&own, &order, kind, quantity).await) });
        }
        RequestBody::CancelAll(instrument) => {
            work.spawn(async move { answers(&own, orders::cancel_all(&own, instrument).await) });
        }
        RequestBody::FindOrder(find) => {
            work.spawn(async move { answers(&own, orders::find(&own, &find).await.map(Answer::Found)) });
        }
        RequestBody::OpenOrders => {
            work.spawn(async move { answers(&own, markets::open_orders(&own).await) });
        }
        RequestBody::Fills { since } => {
            work.spawn(async move { answers(&own, fills::since(&own, since).await) });
        }
        RequestBody::Positions => {
            work.spawn(async move { answers(&own, markets::positions(&own).await) });
        }
        RequestBody::Balances => {
            work.spawn(async move { answers(&own, markets::balances(&own).await) });
        }
        RequestBody::SetLeverage(instrument, leverage) => {
            work.spawn(async move { answers(&own, markets::set_leverage(&own, instrument, leverage).await) });
        }
        RequestBody::Instruments => answers(&own, own.instruments()),
        body => ask_market(shared, id, body, work),
    }
}

/// Requests about the market, which need no key.
fn ask_market(shared: &Arc<Shared>, id: RequestId, body: RequestBody, work: &mut JoinSet<()>) {
    let own = Arc::clone(shared);
    match body {
        RequestBody::Subscribe(instrument, channels) => own.subscribe(id, instrument, channels),
        RequestBody::Unsubscribe(instrument) => own.unsubscribe(id, instrument),
        RequestBody::Candles { instrument, interval, count, until } => {
            work.spawn(async move {
                own.outlet.answer(id, market::candles(&own, instrument, interval, count, until).await);
            });
        }
        RequestBody::Flow { instrument, series, interval, count } => {
            work.spawn(async move {
                own.outlet.answer(id, market::flow(&own, instrument, series, interval, count).await);
            });
        }
        RequestBody::RecentTrades(instrument, count) => {
            work.spawn(async move { own.outlet.answer(id, market::trades(&own, instrument, count).await) });
        }
        _ => own.outlet.answer(id, Err(BrokerError::Unsupported("this request"))),
    }
}
