//! Where KIS is reached in a world.
//!
//! Keys, accounts, tokens and approval keys of the two environments are different ones and never meet. One host serves
//! both streams; the port tells them apart.

use crate::config::{Address, Profile, World};

/// One of the two environments of the broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Realm {
    /// 실전: real money.
    Live,
    /// 모의: the broker's mock trading.
    Paper,
}

impl Realm {
    /// The environment of a profile's world; a virtual world looks at the live market.
    #[must_use]
    pub const fn of(world: World) -> Self {
        match world {
            World::Live | World::Virtual => Self::Live,
            World::Paper => Self::Paper,
        }
    }

    /// The world whose streams it has.
    #[must_use]
    pub const fn world(self) -> World {
        match self {
            Self::Live => World::Live,
            Self::Paper => World::Paper,
        }
    }
}

/// Addresses without a trailing slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// Which environment the profile's key belongs to.
    pub realm: Realm,
    /// REST, `https` on an unusual port.
    pub rest: String,
    /// The stream, plain `ws`: the broker has no encrypted one. Only execution notices are encrypted.
    pub stream: String,
    /// Symbol master files.
    pub masters: String,
}

/// Names of routes in `[profiles.NAME.urls]`.
pub const ROUTES: [&str; 3] = ["rest", "stream", "masters"];

const MASTERS: &str = "https://new.real.download.dws.co.kr/common/master";

impl Environment {
    /// The addresses of a profile: the broker's own for its world, `rest_url` and `ws_url` before those, single ones of
    /// `urls` before all.
    #[must_use]
    pub fn of(profile: &Profile) -> Self {
        let realm = Realm::of(profile.world);
        let (rest, stream) = match realm {
            Realm::Live => ("https://openapi.koreainvestment.com:9443", "ws://ops.koreainvestment.com:21000/tryitout"),
            Realm::Paper => {
                ("https://openapivts.koreainvestment.com:29443", "ws://ops.koreainvestment.com:31000/tryitout")
            }
        };
        let own = |address: &Option<Address>, default: &str| {
            address.as_ref().map_or_else(|| default.to_owned(), |address| address.as_str().to_owned())
        };
        let route =
            |name: &str, default: String| profile.urls.get(name).map_or(default, |address| address.as_str().to_owned());
        Self {
            realm,
            rest: route("rest", own(&profile.rest_url, rest)),
            stream: route("stream", own(&profile.ws_url, stream)),
            masters: route("masters", MASTERS.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{BrokerName, RiskLimits};
    use crate::order::ProfileName;

    fn profile(world: World) -> Profile {
        Profile::new(ProfileName::new("k").unwrap(), BrokerName::Kis, world, RiskLimits::default())
    }

    #[test]
    fn trap_39_streams_are_plain_and_the_port_tells_the_environment() {
        let live = Environment::of(&profile(World::Live));
        let paper = Environment::of(&profile(World::Paper));
        assert_eq!(live.rest, "https://openapi.koreainvestment.com:9443");
        assert_eq!(live.stream, "ws://ops.koreainvestment.com:21000/tryitout");
        assert_eq!(paper.rest, "https://openapivts.koreainvestment.com:29443");
        assert_eq!(paper.stream, "ws://ops.koreainvestment.com:31000/tryitout");
        assert_eq!(Environment::of(&profile(World::Virtual)), live);
    }

    #[test]
    fn own_addresses_come_first() {
        let mut profile = profile(World::Paper);
        profile.rest_url = Some(Address::new("http://127.0.0.1:9000/").unwrap());
        profile.ws_url = Some(Address::new("ws://127.0.0.1:9001").unwrap());
        profile.urls.insert("masters".into(), Address::new("http://127.0.0.1:9002/m").unwrap());
        let here = Environment::of(&profile);
        assert_eq!((here.rest.as_str(), here.stream.as_str()), ("http://127.0.0.1:9000", "ws://127.0.0.1:9001"));
        assert_eq!((here.masters.as_str(), here.realm), ("http://127.0.0.1:9002/m", Realm::Paper));
    }
}
