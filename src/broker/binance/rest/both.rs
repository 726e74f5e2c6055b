//! The endpoints that both markets have: the same questions, each under its market's path and at its market's price.

use super::Call;
use crate::broker::binance::limits::weight;
use crate::broker::binance::query::Query;
use crate::broker::net::lanes::Lane;
use crate::config::BinanceMarket::{self, Futures, Spot};

/// Where the time is asked for.
#[must_use]
pub const fn time_path(market: BinanceMarket) -> &'static str {
    match market {
        Futures => "/fapi/v1/time",
        Spot => "/api/v3/time",
    }
}

/// Nothing but a sign of life; keeps a connection warm.
#[must_use]
pub fn ping(market: BinanceMarket) -> Call {
    let path = match market {
        Futures => "/fapi/v1/ping",
        Spot => "/api/v3/ping",
    };
    Call::ask(path, weight(1))
}

/// Symbols, rules and limits.
#[must_use]
pub fn exchange_info(market: BinanceMarket) -> Call {
    match market {
        Futures => Call::ask("/fapi/v1/exchangeInfo", weight(1)),
        // Who may trade what else is half of it and not read.
        Spot => Call::ask("/api/v3/exchangeInfo", weight(20)).with(Query::new().flag("showPermissionSets", false)),
    }
}

/// A whole book of so many levels a side.
#[must_use]
pub fn depth(market: BinanceMarket, of: &str, levels: u32) -> Call {
    let (path, units) = match (market, levels) {
        (Futures, ..=50) => ("/fapi/v1/depth", 2),
        (Futures, 51..=100) => ("/fapi/v1/depth", 5),
        (Futures, 101..=500) => ("/fapi/v1/depth", 10),
        (Futures, _) => ("/fapi/v1/depth", 20),
        (Spot, ..=100) => ("/api/v3/depth", 5),
        (Spot, 101..=500) => ("/api/v3/depth", 25),
        (Spot, 501..=1_000) => ("/api/v3/depth", 50),
        (Spot, _) => ("/api/v3/depth", 250),
    };
    let query = Query::new().text("symbol", of).number("limit", i64::from(levels));
    Call::ask(path, weight(units)).with(query)
}

/// Candles, at most so many.
#[must_use]
pub fn klines(market: BinanceMarket, query: Query, rows: u32) -> Call {
    let (path, units) = match (market, rows) {
        (Futures, ..100) => ("/fapi/v1/klines", 1),
        (Futures, 100..500) => ("/fapi/v1/klines", 2),
        (Futures, 500..=1_000) => ("/fapi/v1/klines", 5),
        (Futures, _) => ("/fapi/v1/klines", 10),
        (Spot, _) => ("/api/v3/klines", 2),
    };
    Call::ask(path, weight(units)).with(query).within(Lane::Bulk)
}

/// Most candles of one call of [`klines`].
#[must_use]
pub const fn klines_max(market: BinanceMarket) -> u32 {
    match market {
        Futures => 1_500,
        Spot => 1_000,
    }
}

/// Prints of one taker's order each, oldest first.
#[must_use]
pub fn aggregate_trades(market: BinanceMarket, query: Query) -> Call {
    let (path, units) = match market {
        Futures => ("/fapi/v1/aggTrades", 20),
        Spot => ("/api/v3/aggTrades", 4),
    };
    Call::ask(path, weight(units)).with(query).within(Lane::Bulk)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::broker::net::lanes::Cost;

    #[test]
    fn a_call_costs_what_its_market_asks_for_it() {
        let cost = |call: Call| call.cost;
        let rows = |market, rows| cost(klines(market, Query::new(), rows));
        for (asked, units) in [(1, 1), (99, 1), (100, 2), (499, 2), (500, 5), (1_000, 5), (1_001, 10)] {
            assert_eq!(rows(Futures, asked), weight(units));
            assert_eq!(rows(Spot, asked), weight(2));
        }
        let levels = |market, levels| cost(depth(market, "BTCUSDT", levels));
        let futures: [Cost; 4] = [50, 100, 500, 1_000].map(|asked| levels(Futures, asked));
        assert_eq!(futures, [2, 5, 10, 20].map(weight));
        let spot: [Cost; 4] = [100, 500, 1_000, 5_000].map(|asked| levels(Spot, asked));
        assert_eq!(spot, [5, 25, 50, 250].map(weight));
    }
}
