//! From a request of the desk to the task that carries it out.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use tokio::task::JoinSet;

use super::known::Known;
use super::shared::Shared;
use super::{fills, market, markets, orders};
use crate::broker::api::{Answer, BrokerError, BrokerRequest, RequestBody, RequestId};
use crate::text::realised::NOT_COUNTED;

/// What comes of a request.
pub(super) type Outcome = Result<Answer, BrokerError>;

/// Starts carrying out a request. What it changes here it has changed when this returns, so that a cancel right behind an
/// order finds it.
pub(super) fn carry_out(shared: &Arc<Shared>, request: BrokerRequest, work: &mut JoinSet<()>) {
    let BrokerRequest { id, body } = request;
    let own = Arc::clone(shared);
    // One type of task for all: a type for each is as much code again as what they do.
    let asked: BoxFuture<'static, Outcome> = match body {
        RequestBody::Place(order) => {
            let arrival = Known::set_out(&own.known, &order, own.rest.server_now());
            own.traded_more.notify_one();
            work.spawn(async move { orders::place(&own, id, order, arrival).await });
            return;
        }
        RequestBody::Cancel(order) => Box::pin(async move { orders::cancel(&own, &order).await }),
        RequestBody::Replace { order, kind, quantity } => {
            Box::pin(async move { markets::replace(&own, &order, kind, quantity).await })
        }
        RequestBody::CancelAll(instrument) => Box::pin(async move { orders::cancel_all(&own, instrument).await }),
        RequestBody::FindOrder(find) => Box::pin(async move { orders::find(&own, &find).await.map(Answer::Found) }),
        RequestBody::OpenOrders => Box::pin(async move { markets::open_orders(&own).await }),
        RequestBody::Fills { since } => Box::pin(async move { fills::since(&own, since).await }),
        RequestBody::Positions => Box::pin(async move { markets::positions(&own).await }),
        RequestBody::Balances => Box::pin(async move { markets::balances(&own).await }),
        RequestBody::SetLeverage(instrument, leverage) => {
            Box::pin(async move { markets::set_leverage(&own, instrument, leverage).await })
        }
        body => match about_the_market(&own, id, body) {
            Some(asked) => asked,
            None => return,
        },
    };
    let shared = Arc::clone(shared);
    work.spawn(async move { shared.outlet.answer(id, asked.await) });
}

/// Requests about the market, which need no key; nothing when it is answered already.
fn about_the_market(shared: &Arc<Shared>, id: RequestId, body: RequestBody) -> Option<BoxFuture<'static, Outcome>> {
    let own = Arc::clone(shared);
    let outcome = match body {
        RequestBody::Candles { instrument, interval, count, until } => {
            return Some(Box::pin(async move { market::candles(&own, instrument, interval, count, until).await }));
        }
        RequestBody::Flow { instrument, series, interval, count } => {
            return Some(Box::pin(async move { market::flow(&own, instrument, series, interval, count).await }));
        }
        RequestBody::RecentTrades(instrument, count) => {
            return Some(Box::pin(async move { market::trades(&own, instrument, count).await }));
        }
        RequestBody::Subscribe(instrument, channels) => {
            own.subscribe(id, instrument, channels);
            return None;
        }
        RequestBody::Unsubscribe(instrument) => {
            own.unsubscribe(id, instrument);
            return None;
        }
        RequestBody::Instruments => own.instruments(),
        // Everything streams.
        RequestBody::Selected(_) => Ok(Answer::Done),
        RequestBody::Realised(_) => Err(BrokerError::Unsupported(NOT_COUNTED)),
        _ => Err(BrokerError::Unsupported("this request")),
    };
    own.outlet.answer(id, outcome);
    None
}
