//! Names of streams, and how many a connection carries.

use std::collections::BTreeSet;

use super::Route;
use crate::broker::api::Channel;
use crate::config::BinanceMarket;
use crate::market::Symbol;

/// Instruments that two connections of 1,024 streams each carry: one takes three of a connection at most on futures, two on
/// spot, and the companion one.
#[must_use]
pub const fn instruments_max(market: BinanceMarket) -> usize {
    match market {
        BinanceMarket::Futures => 340,
        BinanceMarket::Spot => 510,
    }
}

/// Most names in one message of ours.
pub(super) const NAMES_MAX: usize = 100;

/// A stream that never is quiet, so that silence of the socket can be told from silence of a small market.
pub(super) const fn companion(market: BinanceMarket, route: Route) -> &'static str {
    match (market, route) {
        (BinanceMarket::Futures, Route::Public) => "btcusdt@depth5@500ms",
        (BinanceMarket::Futures, Route::Market) => "!contractInfo",
        (BinanceMarket::Spot, Route::Public) => "btcusdt@depth5",
        (BinanceMarket::Spot, Route::Market) => "btcusdt@miniTicker",
    }
}

/// Streams of an instrument on a route. Spot has one address, over which two sockets carry what two routes do on futures.
///
/// On futures the mark price is always among them: it ticks every second however quiet the market, which proves that the
/// feed lives.
pub(super) fn of(market: BinanceMarket, symbol: Symbol, channels: &BTreeSet<Channel>, route: Route) -> Vec<String> {
    let wants = |channel: Channel| channels.contains(&channel);
    let has_marks = market == BinanceMarket::Futures;
    let streams: &[(bool, &str)] = match route {
        Route::Public => &[(wants(Channel::Book), "depth@100ms"), (wants(Channel::Quote), "bookTicker")],
        Route::Market => {
            &[(wants(Channel::Trades), "aggTrade"), (wants(Channel::Quote), "ticker"), (has_marks, "markPrice@1s")]
        }
    };
    let name = symbol.as_str().to_ascii_lowercase();
    streams.iter().filter(|(wanted, _)| *wanted).map(|(_, stream)| format!("{name}@{stream}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::BinanceMarket::{Futures, Spot};

    #[test]
    fn each_stream_is_asked_for_on_the_route_that_carries_it() {
        let symbol = Symbol::new("BTCUSDT").unwrap();
        let all = BTreeSet::from([Channel::Trades, Channel::Book, Channel::Quote, Channel::Mark]);
        assert_eq!(of(Futures, symbol, &all, Route::Public), ["btcusdt@depth@100ms", "btcusdt@bookTicker"]);
        assert_eq!(
            of(Futures, symbol, &all, Route::Market),
            ["btcusdt@aggTrade", "btcusdt@ticker", "btcusdt@markPrice@1s"]
        );
        assert!(of(Futures, symbol, &BTreeSet::new(), Route::Public).is_empty());
        assert_eq!(of(Futures, symbol, &BTreeSet::new(), Route::Market), ["btcusdt@markPrice@1s"]);
        assert_eq!(of(Spot, symbol, &all, Route::Public), ["btcusdt@depth@100ms", "btcusdt@bookTicker"]);
        assert_eq!(of(Spot, symbol, &all, Route::Market), ["btcusdt@aggTrade", "btcusdt@ticker"]);
    }
}
