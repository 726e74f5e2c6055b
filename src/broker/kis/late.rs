//! Prices that come late.
//!
//! What KIS tells for nothing of exchanges abroad is of this moment for the US and a quarter of an hour old for all others,
//! by its streams as by its answers. Such events are dated back by that much: their age is then what it is wherever it is
//! looked at, they are shown as old, and an order on them is refused until the person who trades has allowed that age.

use std::time::Duration;

use super::exchange::OverseasExchange;
use crate::market::MarketEvent;

/// How late they are.
const LATE: Duration = Duration::from_secs(15 * 60);

/// Dates an event by when it was true. Phases and whatever else is known of this moment are dated back too: they make late
/// prices no younger.
pub(super) fn date(event: &mut MarketEvent) {
    if OverseasExchange::at(event.instrument.venue).is_some_and(|exchange| !exchange.is_american()) {
        event.received_at = event.received_at.minus(LATE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::{MarketBody, UtcTime};

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
