//! What the market lists, read at the start, every hour, and whenever an answer shows that it has changed.

use std::sync::Arc;

use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::requests::Outcome;
use super::shared::Shared;
use super::{market, markets};
use crate::broker::api::{Answer, BrokerError, BrokerEvent};
use crate::broker::binance::limits;
use crate::broker::binance::listing::{self, Change, Listing};
use crate::broker::binance::rest::{Fault, both, futures};
use crate::market::{InstrumentId, Venue};

/// Shortest time between two readings that refusals ask for.
const PAUSE: std::time::Duration = std::time::Duration::from_secs(10);

/// Reads the listing of futures, and tells what has changed since the last time.
pub(super) async fn read(shared: &Arc<Shared>) -> Result<(), Fault> {
    let answer = shared.rest.ask(&both::exchange_info(shared.market())).await?;
    let mut listing = Listing::read(&answer.body)?;
    for limit in &listing.limits {
        limits::publish(shared.rest.lanes(), *limit);
    }
    if shared.rest.has_key() {
        // Only margin is computed with them, so that an order need not wait for them.
        match shared.rest.ask(&futures::leverage_brackets()).await {
            Ok(answer) => listing.learn_tiers(&listing::read_tiers(&answer.body)?),
            Err(fault) => {
                tracing::warn!(%fault, "margin brackets were not read");
                if let Some(before) = &shared.words().listing {
                    listing.learn_tiers(&before.tiers());
                }
            }
        }
    }
    tracing::info!(instruments = listing.instruments.len(), left_out = ?listing.left_out, "the listing was read");
    let before = shared.words().listing.clone();
    let changes = before.map(|before| listing::changes(&before, &listing)).unwrap_or_default();
    shared.words().learn_listing(listing);
    tell(shared, &changes);
    Ok(())
}

/// Reads it again and again.
pub(super) async fn keep(shared: Arc<Shared>) {
    let every = shared.pace.listing_every;
    let mut readings = interval_at(Instant::now() + every, every);
    readings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = readings.tick() => {}
            () = shared.listing_due.notified() => {}
        }
        if let Err(fault) = markets::read_listing(&shared).await {
            tracing::warn!(%fault, "the listing was not read");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// What the desk must know of a change: phases at once, ticks and lots by asking for the instruments again, which it does
/// whenever it hears that the connection is up.
fn tell(shared: &Shared, changes: &[Change]) {
    let now = shared.rest.local_now();
    let mut ask_again = false;
    let mut phases = Vec::new();
    for change in changes {
        match change {
            Change::Status { symbol, to, .. } => {
                let instrument = InstrumentId { venue: Venue::BinanceFutures, symbol: *symbol };
                phases.push(market::phase(instrument, to.phase(), now));
            }
            Change::Rules(_) => continue,
            Change::Listed(_) | Change::Delisted(_) | Change::Tick { .. } | Change::Lot { .. } | Change::End { .. } => {
                ask_again = true;
            }
        }
        shared.notice(change.to_string());
    }
    shared.outlet.tell_all(phases.into_iter().map(BrokerEvent::Market));
    if ask_again {
        shared.up();
    }
}

impl Shared {
    /// The instruments, as they were last read.
    pub(super) fn instruments(&self) -> Outcome {
        match markets::instruments(self) {
            Some(instruments) => Ok(Answer::Instruments(instruments)),
            None => Err(BrokerError::NotSent("the exchange's listing has not been read yet".into())),
        }
    }
}
