//! When funding falls due, by what the feed says of mark prices.

use std::time::Duration;

use crate::broker::api::FundingStamp;
use crate::market::{InstrumentId, Mark, UtcTime};

/// How old the last word on mark price and rate may be at the stamp. Feeds say them every one to three seconds.
const FRESH: Duration = Duration::from_secs(60);

/// The next stamp of one instrument, and the terms last told before it.
#[derive(Debug, Default)]
pub(super) struct FundingWatch {
    /// The last word before its own stamp, and its venue time.
    last: Option<(UtcTime, Mark)>,
    /// The last stamp that was told.
    told: Option<UtcTime>,
}

impl FundingWatch {
    /// Takes the next word on mark price and funding, and says whether a stamp lies between it and the one before. A
    /// stamp that was moved before its time has not passed.
    pub(super) fn hear(&mut self, instrument: InstrumentId, venue_time: UtcTime, mark: Mark) -> Option<FundingStamp> {
        let before = self.last.filter(|(time, _)| *time <= venue_time);
        if before.is_none() && self.last.is_some() {
            return None;
        }
        self.last = Some((venue_time, mark));
        let (heard, terms) = before?;
        let time = terms.next_funding_at;
        if venue_time < time || self.told >= Some(time) || heard >= time {
            return None;
        }
        self.told = Some(time);
        let fresh = time.since(heard) <= FRESH;
        Some(FundingStamp { instrument, time, terms: fresh.then_some((terms.mark, terms.funding_rate)) })
    }
}
