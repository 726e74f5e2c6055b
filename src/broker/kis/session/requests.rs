//! From a request of the desk to the task that carries it out.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use tokio::task::JoinSet;

use super::shared::Shared;
use super::{account, facts, lists, market, notices, orders, ranking, realised};
use crate::broker::api::{Answer, BrokerError, BrokerRequest, RequestBody, RequestId};

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
            let leaving = orders::set_out(&own, &order);
            Box::pin(async move { orders::place(&own, &order, leaving).await })
        }
        RequestBody::Cancel(order) => Box::pin(async move { orders::cancel(&own, &order).await }),
        RequestBody::Replace { order, kind, quantity } => {
            Box::pin(async move { orders::replace(&own, &order, kind, quantity).await })
        }
        RequestBody::FindOrder(find) => Box::pin(async move { lists::find(&own, &find).await }),
        RequestBody::OpenOrders => Box::pin(async move { lists::open_orders(&own).await }),
        RequestBody::Fills { since } => Box::pin(async move { lists::fills(&own, since).await }),
        RequestBody::Positions => Box::pin(async move { account::positions(&own).await }),
        RequestBody::Balances => Box::pin(async move { account::balances(&own).await }),
        RequestBody::Candles { instrument, interval, count, until } => {
            Box::pin(async move { market::candles(&own, instrument, interval, count, until).await })
        }
        RequestBody::RecentTrades(instrument, count) => {
            Box::pin(async move { market::trades(&own, instrument, count).await })
        }
        RequestBody::Facts(instrument) => Box::pin(async move { facts::facts(&own, instrument).await }),
        RequestBody::Ranking { by, count } => Box::pin(async move { ranking::leaders(&own, by, count).await }),
        RequestBody::Realised(question) => Box::pin(async move { realised::realised(&own, &question).await }),
        body => return answer_at_once(&own, id, body),
    };
    let shared = Arc::clone(shared);
    work.spawn(async move { shared.outlet.answer(id, asked.await) });
}

/// Requests that wait for nothing.
fn answer_at_once(shared: &Arc<Shared>, id: RequestId, body: RequestBody) {
    let outcome = match body {
        RequestBody::Subscribe(instrument, channels) => return market::subscribe(shared, id, instrument, channels),
        RequestBody::Unsubscribe(instrument) => return market::unsubscribe(shared, id, instrument),
        RequestBody::Recovered(orders) => {
            notices::recover(shared, orders);
            Ok(Answer::Done)
        }
        RequestBody::Selected(instruments) => {
            if let Some(feed) = shared.feed() {
                feed.set_selected(instruments);
            }
            Ok(Answer::Done)
        }
        RequestBody::Instruments => Ok(Answer::Instruments(shared.listing.instruments())),
        _ => Err(BrokerError::Unsupported("this request at KIS")),
    };
    shared.outlet.answer(id, outcome);
}
