//! Requests about the market: subscriptions go to the feed, history is asked for.

mod bond;
mod future;
mod overseas;
mod paging;
mod stock;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::requests::Outcome;
use super::shared::Shared;
use crate::broker::api::{Answer, BrokerError, BrokerEvent, Channel, RequestId};
use crate::broker::kis::capability::Lack;
use crate::broker::kis::environment::Realm;
use crate::broker::kis::exchange::OverseasExchange;
use crate::broker::kis::rest::Reply;
use crate::broker::kis::wire::{Envelope, Part, Record};
use crate::market::candle::{Candle, Interval};
use crate::market::{InstrumentId, MarketBody, MarketEvent, PhaseChange, UtcTime, Venue};

/// Which services know an instrument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Those of Korean shares.
    Korea,
    /// Those of foreign shares.
    Overseas(OverseasExchange),
    /// Those of bonds.
    Bonds,
    /// Those of Korean derivatives.
    Derivatives,
}

/// The services for an instrument.
///
/// # Errors
/// A venue the broker does not have, or not in this environment.
pub(super) fn place(realm: Realm, instrument: InstrumentId) -> Result<Place, BrokerError> {
    match (instrument.venue, realm) {
        (Venue::Krx, _) | (Venue::Nxt, Realm::Live) => Ok(Place::Korea),
        (Venue::Nxt, Realm::Paper) => Err(Lack::Nextrade.error()),
        (Venue::KrxBonds, Realm::Live) => Ok(Place::Bonds),
        (Venue::KrxBonds, Realm::Paper) => Err(Lack::Bond.error()),
        (Venue::KrxFutures, _) => Ok(Place::Derivatives),
        (venue, _) => OverseasExchange::at(venue)
            .map(Place::Overseas)
            .ok_or_else(|| BrokerError::NotFound(format!("KIS has no {instrument}"))),
    }
}

/// Begins an instrument's data with the phase it is in.
pub(super) fn subscribe(shared: &Arc<Shared>, id: RequestId, instrument: InstrumentId, channels: BTreeSet<Channel>) {
    let place = match place(shared.market.realm(), instrument) {
        Ok(place) => place,
        Err(error) => return shared.outlet.answer(id, Err(error)),
    };
    if shared.listing.instrument(instrument).is_some() {
        return begin(shared, id, instrument, channels);
    }
    // The listing may be older than the share, so that the broker is asked before no is said.
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        let found = match place {
            Place::Korea => stock::exists(&shared, instrument).await,
            Place::Overseas(exchange) => overseas::exists(&shared, exchange, instrument).await,
            Place::Bonds => bond::exists(&shared, instrument).await,
            Place::Derivatives => future::exists(&shared, instrument).await,
        };
        match found {
            Ok(true) => begin(&shared, id, instrument, channels),
            Ok(false) => {
                let error = BrokerError::NotFound(format!("KIS has no {instrument}"));
                shared.outlet.answer(id, Err(error));
            }
            Err(error) => shared.outlet.answer(id, Err(error)),
        }
    });
}

fn begin(shared: &Arc<Shared>, id: RequestId, instrument: InstrumentId, channels: BTreeSet<Channel>) {
    let outcome = match shared.feed() {
        Some(feed) => feed.subscribe(instrument, channels),
        None => Err(BrokerError::NotSent("live data has not begun yet".into())),
    };
    let is_taken = outcome.is_ok();
    shared.outlet.answer(id, outcome.map(|()| Answer::Done));
    if is_taken {
        let now = shared.now();
        if let Some(change) = shared.phases.watch(instrument, now) {
            shared.outlet.tell(BrokerEvent::Market(phase(instrument, change, now)));
        }
    }
}

/// Ends it.
pub(super) fn unsubscribe(shared: &Arc<Shared>, id: RequestId, instrument: InstrumentId) {
    shared.phases.forget(instrument);
    if let Some(feed) = shared.feed() {
        feed.unsubscribe(instrument);
    }
    shared.outlet.answer(id, Ok(Answer::Done));
}

/// The word that an instrument is in a phase.
pub(super) fn phase(instrument: InstrumentId, change: PhaseChange, now: UtcTime) -> MarketEvent {
    MarketEvent { instrument, venue_time: now, received_at: now, body: MarketBody::Phase(change) }
}

/// Candles, oldest first.
pub(super) async fn candles(
    shared: &Shared,
    instrument: InstrumentId,
    interval: Interval,
    count: u32,
    until: Option<UtcTime>,
) -> Outcome {
    let now = shared.now();
    let wanted = Wanted { count: count.min(CANDLES_MAX) as usize, until: until.map_or(now, |until| until.min(now)) };
    let place = place(shared.market.realm(), instrument)?;
    let candles = match (place, interval) {
        (Place::Korea, Interval::Minute1) => stock::minutes(shared, instrument, wanted).await?,
        (Place::Korea, _) => stock::bars(shared, instrument, interval, wanted).await?,
        (Place::Overseas(exchange), Interval::Minute1) => {
            overseas::minutes(shared, exchange, instrument, wanted, until.is_some()).await?
        }
        (Place::Overseas(exchange), _) => overseas::bars(shared, exchange, instrument, interval, wanted).await?,
        (Place::Bonds, Interval::Minute1) => return Err(bond::NO_MINUTES),
        (Place::Bonds, _) => bond::bars(shared, instrument, interval, wanted).await?,
        (Place::Derivatives, Interval::Minute1) => future::minutes(shared, instrument, wanted).await?,
        (Place::Derivatives, _) => future::bars(shared, instrument, interval, wanted).await?,
    };
    Ok(Answer::Candles(candles))
}

/// Latest prints, oldest first. The broker has the newest 30 or so of a day.
pub(super) async fn trades(shared: &Shared, instrument: InstrumentId, count: u32) -> Outcome {
    let mut prints = match place(shared.market.realm(), instrument)? {
        Place::Korea => stock::prints(shared, instrument).await?,
        Place::Overseas(exchange) => overseas::prints(shared, exchange, instrument).await?,
        Place::Bonds => bond::prints(shared, instrument).await?,
        Place::Derivatives => return Err(BrokerError::Unsupported("KIS has no list of prints of futures and options")),
    };
    let surplus = prints.len().saturating_sub(count as usize);
    Ok(Answer::Trades(prints.split_off(surplus)))
}

/// Most candles of one request of ours.
const CANDLES_MAX: u32 = 2_000;

/// Which candles are wanted.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    count: usize,
    /// The newest opens at or before this, which is not in the future.
    until: UtcTime,
}

impl Wanted {
    /// Those of a list, oldest first.
    fn of(self, mut candles: Vec<Candle>) -> Vec<Candle> {
        candles.retain(|candle| candle.time <= self.until);
        let surplus = candles.len().saturating_sub(self.count);
        candles.split_off(surplus)
    }
}

/// The parts of a reply; a question changes nothing, so an answer that is no use is as good as none.
fn read(reply: &Reply) -> Result<Envelope<'_>, BrokerError> {
    reply.envelope().map_err(|fault| fault.of_question())
}

/// The rows of a part. Rows that cannot be read are left out: a chart with a hole is better than none.
fn rows<T: Record>(envelope: &Envelope<'_>, part: Part, what: &'static str) -> Vec<T> {
    let found = envelope.rows::<T>(part);
    if found.refused > 0 {
        tracing::warn!(what, rows = found.refused, "rows that cannot be read were left out");
    }
    found.rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_venue_is_served_where_the_environment_has_it() {
        let of = |realm, text: &str| place(realm, text.parse().unwrap());
        assert_eq!(of(Realm::Paper, "KRX:005930"), Ok(Place::Korea));
        assert_eq!(of(Realm::Live, "NXT:005930"), Ok(Place::Korea));
        assert_eq!(of(Realm::Paper, "NXT:005930"), Err(Lack::Nextrade.error()));
        assert_eq!(of(Realm::Live, "KRX_BONDS:KR2033022D33"), Ok(Place::Bonds));
        assert_eq!(of(Realm::Paper, "KRX_BONDS:KR2033022D33"), Err(Lack::Bond.error()));
        assert_eq!(of(Realm::Paper, "KRX_FUTURES:A01612"), Ok(Place::Derivatives));
        assert_eq!(of(Realm::Paper, "AMEX:SPY"), Ok(Place::Overseas(OverseasExchange::Amex)));
        assert!(matches!(of(Realm::Live, "BINANCE_SPOT:BTCUSDT"), Err(BrokerError::NotFound(_))));
    }
}
