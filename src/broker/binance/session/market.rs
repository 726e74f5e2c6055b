//! Requests about the market: subscriptions go to the feed, history is asked for.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::sync::Notify;

use super::markets;
use super::requests::Outcome;
use super::shared::Shared;
use crate::broker::api::{Answer, BrokerError, BrokerEvent, Channel, Connection, RequestId};
use crate::broker::binance::feed::{FeedNews, NewsTaker, Snapshots};
use crate::broker::binance::fund_flow;
use crate::broker::binance::history::{self, HistoryError, Paging};
use crate::broker::binance::query::Query;
use crate::broker::binance::rest::{Rest, both, futures};
use crate::broker::inbox::Outlet;
use crate::broker::net::websocket::SocketState;
use crate::market::candle::Interval;
use crate::market::{FlowSeries, InstrumentId, MarketBody, MarketEvent, Phase, PhaseChange, Symbol, UtcTime};

/// Whole books for the feed.
pub(super) struct Depth(pub(super) Arc<Rest>);

impl Snapshots for Depth {
    fn depth(&self, symbol: Symbol, limit: u32) -> BoxFuture<'static, Result<Bytes, BrokerError>> {
        let rest = Arc::clone(&self.0);
        async move {
            let answer = rest.ask(&both::depth(rest.market(), symbol.as_str(), limit)).await;
            answer.map(|answer| answer.body).map_err(|fault| fault.of_question())
        }
        .boxed()
    }

    fn venue_time(&self, local: UtcTime) -> UtcTime {
        self.0.clock().to_server(local)
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
        let is_here = instrument.venue == self.environment.venue();
        let Some(phase) = markets::phase_of(self, instrument.symbol).filter(|_| is_here) else {
            let error = BrokerError::NotFound(format!("{instrument} is not listed"));
            return self.outlet.answer(id, Err(error));
        };
        let outcome = self.feed.subscribe(instrument, channels).map(|()| Answer::Done);
        let is_taken = outcome.is_ok();
        self.outlet.answer(id, outcome);
        if is_taken {
            self.outlet.tell(BrokerEvent::Market(self::phase(instrument, phase, self.rest.local_now())));
        }
    }

    pub(super) fn unsubscribe(&self, id: RequestId, instrument: InstrumentId) {
        self.feed.unsubscribe(instrument);
        self.outlet.answer(id, Ok(Answer::Done));
    }
}

/// The word that an instrument is in a phase.
pub(super) const fn phase(instrument: InstrumentId, phase: Phase, now: UtcTime) -> MarketEvent {
    let body = MarketBody::Phase(PhaseChange { phase, until: None });
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
    let mut paging = Paging::new(count, until, both::klines_max(shared.market()));
    while let Some(page) = paging.next() {
        let query = page.query(instrument.symbol, interval);
        let query = query.ok_or(BrokerError::Unsupported("candles of this interval"))?;
        let answer =
            shared.rest.ask(&both::klines(shared.market(), query, page.limit)).await.map_err(|f| f.of_question())?;
        let now = shared.rest.server_now();
        paging.take(history::candles(&answer.body, now).map_err(|error| unread(&error))?);
    }
    Ok(Answer::Candles(paging.finish()))
}

/// Latest prints, oldest first.
pub(super) async fn trades(shared: &Shared, instrument: InstrumentId, count: u32) -> Outcome {
    let limit = count.clamp(1, history::TRADES_MAX);
    let query = Query::new().text("symbol", instrument.symbol.as_str()).number("limit", i64::from(limit));
    let answer =
        shared.rest.ask(&both::aggregate_trades(shared.market(), query)).await.map_err(|fault| fault.of_question())?;
    Ok(Answer::Trades(history::trades(&answer.body).map_err(|error| unread(&error))?))
}

/// Who holds what, oldest first.
pub(super) async fn flow(
    shared: &Shared,
    instrument: InstrumentId,
    series: FlowSeries,
    interval: Interval,
    count: u32,
) -> Outcome {
    let query = fund_flow::query(instrument.symbol, interval, count);
    let query = query.ok_or(BrokerError::Unsupported("this series in this interval"))?;
    let answer = shared.rest.ask(&futures::flow(series, query)).await.map_err(|fault| fault.of_question())?;
    Ok(Answer::Flow(fund_flow::points(series, &answer.body).map_err(|error| unread(&error))?))
}

/// A question changes nothing, so an answer that is no use is as good as none.
fn unread(error: &HistoryError) -> BrokerError {
    BrokerError::NotSent(format!("no usable answer: {error}"))
}
