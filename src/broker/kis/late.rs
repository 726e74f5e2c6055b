//! Prices that come late.
//!
//! What KIS tells for nothing of exchanges abroad is of this moment for the US and a quarter of an hour old for all others,
//! by its streams as by its answers. Such events are dated back by that much: their age is then what it is wherever it is
//! looked at, they are shown as old, and an order on them is refused until the person who trades has allowed that age.

use std::time::Duration;

use super::exchange::OverseasExchange;
use crate::market::{MarketEvent, UtcTime, Venue};

/// How late they are.
const LATE: Duration = Duration::from_secs(15 * 60);

/// When what comes now was true.
#[must_use]
pub fn as_of(venue: Venue, now: UtcTime) -> UtcTime {
    let is_late = OverseasExchange::at(venue).is_some_and(|exchange| !exchange.is_american());
    if is_late { now.minus(LATE) } else { now }
}

/// Dates an event by when it was true.
pub fn date(event: &mut MarketEvent) {
    event.received_at = as_of(event.instrument.venue, event.received_at);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::MarketBody;

    #[test]
    fn prices_of_asia_are_a_quarter_of_an_hour_old() {
        let now = UtcTime::from_millis(1_790_000_000_000);
        for (id, age) in
            [("HKEX:00700", 900), ("TSE:7203", 900), ("HOSE:VNM", 900), ("NASDAQ:AAPL", 0), ("KRX:005930", 0)]
        {
            let instrument = id.parse().unwrap();
            let mut event = MarketEvent { instrument, venue_time: now, received_at: now, body: MarketBody::Stale };
            date(&mut event);
            assert_eq!(now.since(event.received_at), Duration::from_secs(age), "{id}");
        }
    }
}
