//! Requests about the market: subscriptions go to the feed, history is asked for.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::sync::Notify;

use super::requests::Outcome;
use super::shared::Shared;
use crate::broker::api::{Answer, BrokerError, BrokerEvent, Channel, Connection, RequestId};
use crate::broker::binance::feed::{FeedNews, NewsTaker, Snapshots};
use crate::broker::binance::fund_flow;
use crate::broker::binance::history::{self, HistoryError, Paging};
use crate::broker::binance::listing::Status;
use crate::broker::binance::query::Query;
use crate::broker::binance::rest::{Rest, futures};
use crate::broker::inbox::Outlet;
use crate::broker::net::websocket::SocketState;
use crate::market::candle::Interval;
use crate::market::{FlowSeries, InstrumentId, MarketBody, MarketEvent, PhaseChange, Symbol, UtcTime};

/// Whole books for the feed.
pub(super) struct Depth(pub(super) Arc<Rest>);

impl Snapshots for Depth {
    fn depth(&self, symbol: Symbol, limit: u32) -> BoxFuture<'static, Result<Bytes, BrokerError>> {
        let rest = Arc::clone(&self.0);
        async move {
            let answer = rest.ask(&futures::depth(symbol.as_str(), limit)).await;
            answer.map(|answer| answer.body).map_err(|fault| fault.of_question())
        }
        .boxed()
    }
}

/// What the session does with news of the feed. A market that cannot be heard is no lost connection: orders still go.
pub(super) fn news(outlet: Outlet, is_up: Arc<AtomicBool>, listing_due: Arc<Notify>) -> NewsTaker {
    Arc::new(move |news| match news {
        FeedNews::ListingChanged => listing_due.notify_one(),
        FeedNews::Socket(route, SocketState::Silent { duration }) => {
            tracing::warn!(?route, ?duration, "no market data is coming");
            if is_up.load(Ordering::Relaxed) {
                outlet.tell(BrokerEvent::Connection(Connection::Silent));
            }
        }
        FeedNews::Socket(route, state) => tracing::debug!(?route, ?state, "market data"),
    })
}

impl Shared {
    /// Begins an instrument's data with the phase it is in, for the streams tell only what changes.
    pub(super) fn subscribe(&self, id: RequestId, instrument: InstrumentId, channels: BTreeSet<Channel>) {
        let listing = self.words().listing.clone();
        let rules = listing.as_ref().and_then(|listing| listing.rules.get(&instrument.symbol));
        let Some(rules) = rules else {
            let error = BrokerError::NotFound(format!("{instrument} is not listed"));
            return self.outlet.answer(id, Err(error));
        };
        let outcome = self.feed.subscribe(instrument, channels).map(|()| Answer::Done);
        let is_taken = outcome.is_ok();
        self.outlet.answer(id, outcome);
        if is_taken {
            self.outlet.tell(BrokerEvent::Market(phase(instrument, rules.status, self.rest.local_now())));
        }
    }

    pub(super) fn unsubscribe(&self, id: RequestId, instrument: InstrumentId) {
        self.feed.unsubscribe(instrument);
        self.outlet.answer(id, Ok(Answer::Done));
    }
}

/// The phase that a status puts an instrument in.
pub(super) fn phase(instrument: InstrumentId, status: Status, now: UtcTime) -> MarketEvent {
    let body = MarketBody::Phase(PhaseChange { phase: status.phase(), until: None });
    MarketEvent { instrument, venue_time: now, received_at: now, body }
}

/// Candles, oldest first.
pub(super) async fn candles(
    shared: &Shared,
    instrument: InstrumentId,
    interval: Interval,
    count: u32,
    until: Option<UtcTime>,
) -> Outcome {
    let mut paging = Paging::new(count, until);
    while let Some(page) = paging.next() {
        let query = page.query(instrument.symbol, interval);
        let query = query.ok_or(BrokerError::Unsupported("candles of this interval"))?;
        let answer = shared.rest.ask(&futures::klines(query, page.weight())).await.map_err(|f| f.of_question())?;
        let now = shared.rest.server_now();
        paging.take(history::candles(&answer.body, now).map_err(|error| unread(&error))?);
    }
    Ok(Answer::Candles(paging.finish()))
}

/// Open interest, takers' sides or accounts' sides, oldest first.
pub(super) async fn flow(
    shared: &Shared,
    instrument: InstrumentId,
    series: FlowSeries,
    interval: Interval,
    count: u32,
) -> Outcome {
    let series = fund_flow::Series::of(series);
    let query = series.query(instrument.symbol, interval, count);
    let query = query.ok_or(BrokerError::Unsupported("this series in that interval"))?;
    let answer = shared.rest.ask(&futures::statistics(series.path(), query)).await.map_err(|f| f.of_question())?;
    series.points(&answer.body).map(Answer::Flow).map_err(|error| unread(&error))
}

/// Latest prints, oldest first.
pub(super) async fn trades(shared: &Shared, instrument: InstrumentId, count: u32) -> Outcome {
    let limit = count.clamp(1, history::TRADES_MAX);
    let query = Query::new().text("symbol", instrument.symbol.as_str()).number("limit", i64::from(limit));
    let answer = shared.rest.ask(&futures::aggregate_trades(query)).await.map_err(|fault| fault.of_question())?;
    Ok(Answer::Trades(history::trades(&answer.body).map_err(|error| unread(&error))?))
}

/// A question changes nothing, so an answer that is no use is as good as none.
fn unread(error: &HistoryError) -> BrokerError {
    BrokerError::NotSent(format!("no usable answer: {error}"))
}
