//! Requests about the market: subscriptions go to the feed, history is asked for.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::requests::Outcome;
use super::shared::Shared;
use crate::broker::api::{Channel, RequestId};
use crate::market::candle::Interval;
use crate::market::{InstrumentId, UtcTime};

/// Begins an instrument's data with the phase it is in.
pub(super) fn subscribe(
    _shared: &Arc<Shared>,
    _id: RequestId,
    _instrument: InstrumentId,
    _channels: BTreeSet<Channel>,
) {
    unimplemented!()
}

/// Ends it.
pub(super) fn unsubscribe(_shared: &Arc<Shared>, _id: RequestId, _instrument: InstrumentId) {
    unimplemented!()
}

/// Candles, oldest first.
pub(super) async fn candles(
    _shared: &Shared,
    _instrument: InstrumentId,
    _interval: Interval,
    _count: u32,
    _until: Option<UtcTime>,
) -> Outcome {
    unimplemented!()
}

/// Latest prints, oldest first.
pub(super) async fn trades(_shared: &Shared, _instrument: InstrumentId, _count: u32) -> Outcome {
    unimplemented!()
}
