//! Where a market of Binance is reached in a world.
//!
//! A stream of the futures market has a route before it since 2026-04-23 (`/public`, `/market`, `/private`): an address
//! without one answers and stays silent. The demo host serves both forms, so only the routed form is ever used.

use crate::config::{Address, BinanceMarket, Profile, World};
use crate::market::Venue;

/// Addresses without a trailing slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// Which market.
    pub market: BinanceMarket,
    /// REST: `https://fapi.binance.com`.
    pub rest: String,
    /// Streams of books and best prices; futures: with its route, `wss://fstream.binance.com/public`.
    pub public: String,
    /// Streams of everything else that is public; for spot the same as [`Self::public`].
    pub market_data: String,
    /// Futures: streams of the account, `wss://fstream.binance.com/private`. Spot has none.
    pub private: Option<String>,
    /// The WebSocket API, where requests are messages; spot needs it for the account's stream.
    pub requests: String,
}

impl Environment {
    /// The addresses of a profile: Binance's own for its world, `rest_url` and `ws_url` before those (a stream's route
    /// follows `ws_url`), and single addresses of `urls` before all.
    #[must_use]
    pub fn of(profile: &Profile) -> Self {
        let market = profile.binance.market;
        let own = own(market, profile.world);
        let route =
            |name: &str, default: String| profile.urls.get(name).map_or(default, |address| address.as_str().to_owned());
        let rest = profile.rest_url.as_ref().map_or(own.rest, Address::as_str).to_owned();
        let root = profile.ws_url.as_ref().map_or(own.streams, Address::as_str).to_owned();
        let requests = match &profile.ws_url {
            Some(url) => format!("{}{}", url.as_str(), own.requests_path),
            None => format!("{}{}", own.requests, own.requests_path),
        };
        let routed = |name: &str| match market {
            BinanceMarket::Futures => format!("{root}/{name}"),
            BinanceMarket::Spot => root.clone(),
        };
        Self {
            market,
            rest: route("rest", rest),
            public: route("public", routed("public")),
            market_data: route("market", routed("market")),
            private: (market == BinanceMarket::Futures).then(|| route("private", routed("private"))),
            requests: route("ws_api", requests),
        }
    }

    /// The venue of the market's instruments.
    #[must_use]
    pub const fn venue(&self) -> Venue {
        match self.market {
            BinanceMarket::Futures => Venue::BinanceFutures,
            BinanceMarket::Spot => Venue::BinanceSpot,
        }
    }
}

struct Own {
    rest: &'static str,
    streams: &'static str,
    requests: &'static str,
    requests_path: &'static str,
}

/// A virtual world looks at the live market.
const fn own(market: BinanceMarket, world: World) -> Own {
    match (market, world) {
        (BinanceMarket::Futures, World::Live | World::Virtual) => Own {
            rest: "https://fapi.binance.com",
            streams: "wss://fstream.binance.com",
            requests: "wss://ws-fapi.binance.com",
            requests_path: "/ws-fapi/v1",
        },
        (BinanceMarket::Futures, World::Paper) => Own {
            rest: "https://demo-fapi.binance.com",
            streams: "wss://demo-fstream.binance.com",
            requests: "wss://testnet.binancefuture.com",
            requests_path: "/ws-fapi/v1",
        },
        (BinanceMarket::Spot, World::Live | World::Virtual) => Own {
            rest: "https://api.binance.com",
            streams: "wss://stream.binance.com:9443",
            requests: "wss://ws-api.binance.com:443",
            requests_path: "/ws-api/v3",
        },
        (BinanceMarket::Spot, World::Paper) => Own {
            rest: "https://testnet.binance.vision",
            streams: "wss://stream.testnet.binance.vision",
            requests: "wss://ws-api.testnet.binance.vision",
            requests_path: "/ws-api/v3",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{BrokerName, RiskLimits};
    use crate::order::ProfileName;

    fn profile(world: World, market: BinanceMarket) -> Profile {
        let name = ProfileName::new("b").unwrap();
        let mut profile = Profile::new(name, BrokerName::Binance, world, RiskLimits::default());
        profile.binance.market = market;
        profile
    }

    #[test]
    fn streams_of_futures_are_always_routed() {
        let live = Environment::of(&profile(World::Live, BinanceMarket::Futures));
        assert_eq!(live.public, "wss://fstream.binance.com/public");
        assert_eq!(live.market_data, "wss://fstream.binance.com/market");
        assert_eq!(live.private.as_deref(), Some("wss://fstream.binance.com/private"));
        assert_eq!(live.rest, "https://fapi.binance.com");
        let demo = Environment::of(&profile(World::Paper, BinanceMarket::Futures));
        assert_eq!(demo.private.as_deref(), Some("wss://demo-fstream.binance.com/private"));
        assert_eq!(demo.requests, "wss://testnet.binancefuture.com/ws-fapi/v1");
    }

    #[test]
    fn a_virtual_world_looks_at_the_live_market() {
        for market in BinanceMarket::ALL {
            let here = Environment::of(&profile(World::Virtual, market));
            assert_eq!(here, Environment::of(&profile(World::Live, market)));
        }
    }

    #[test]
    fn own_addresses_come_first_and_single_routes_before_them() {
        let mut profile = profile(World::Paper, BinanceMarket::Futures);
        profile.rest_url = Some(Address::new("http://127.0.0.1:9000/").unwrap());
        profile.ws_url = Some(Address::new("ws://127.0.0.1:9001").unwrap());
        profile.urls.insert("private".into(), Address::new("ws://127.0.0.1:9002/mine").unwrap());
        let here = Environment::of(&profile);
        assert_eq!(here.rest, "http://127.0.0.1:9000");
        assert_eq!(here.public, "ws://127.0.0.1:9001/public");
        assert_eq!(here.private.as_deref(), Some("ws://127.0.0.1:9002/mine"));
        assert_eq!(here.requests, "ws://127.0.0.1:9001/ws-fapi/v1");
        profile.binance.market = BinanceMarket::Spot;
        let spot = Environment::of(&profile);
        assert_eq!((spot.public.as_str(), spot.private), ("ws://127.0.0.1:9001", None));
        assert_eq!(spot.requests, "ws://127.0.0.1:9001/ws-api/v3");
    }
}
