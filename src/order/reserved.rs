//! Orders that a broker keeps for the next session's day and sends at the opening.

use super::kind::KindName;
use crate::market::{Phase, Side, Venue};

/// Whether an order of this type can be kept for the opening of a venue: a broker in Korea does so for shares of Korea and
/// of the US.
#[must_use]
pub const fn is_kept_for_opening(venue: Venue, kind: KindName, side: Side) -> bool {
    match (venue, kind) {
        (Venue::Krx, KindName::Limit | KindName::Market | KindName::ConditionalLimit | KindName::PreOpenClose) => true,
        (Venue::Nasdaq | Venue::Nyse | Venue::Amex, KindName::Limit) => true,
        (Venue::Nasdaq | Venue::Nyse | Venue::Amex, KindName::MarketOnOpen) => matches!(side, Side::Sell),
        _ => false,
    }
}

/// Whether the session that such an order would wait for runs already: what was kept for it has been sent, and an order of
/// the day does the same. Outside of it the broker says when it takes any.
#[must_use]
pub const fn session_runs(phase: Phase) -> bool {
    match phase {
        Phase::OpeningAuction | Phase::Continuous | Phase::ClosingAuction | Phase::Volatility | Phase::Halted => true,
        Phase::PreMarket
        | Phase::AfterMarket
        | Phase::ClosingPrice
        | Phase::OffHoursAuction
        | Phase::Night
        | Phase::Closed => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_market_order_is_kept_in_korea_and_one_on_open_in_the_us_for_sells_only() {
        assert!(is_kept_for_opening(Venue::Krx, KindName::Market, Side::Buy));
        assert!(!is_kept_for_opening(Venue::Nasdaq, KindName::Market, Side::Buy));
        assert!(is_kept_for_opening(Venue::Nyse, KindName::MarketOnOpen, Side::Sell));
        assert!(!is_kept_for_opening(Venue::Nyse, KindName::MarketOnOpen, Side::Buy));
        for venue in [Venue::Sim, Venue::Hkex, Venue::KrxBonds, Venue::KrxFutures, Venue::BinanceSpot, Venue::Nxt] {
            assert!(!is_kept_for_opening(venue, KindName::Limit, Side::Buy), "{venue}");
        }
    }
}
