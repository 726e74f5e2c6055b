//! Addresses of brokers, and what is known of whose money is behind them.

use std::fmt;
use std::net::IpAddr;

use serde::{Serialize, Serializer};
use toml::de::DeValue;
use url::{Host, Url};

use super::profile::World;
use super::setting::{Refused, Setting, optional_setting, quoted, text};

/// An address of a server without a trailing slash: `https://host:port/path`.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    text: Box<str>,
    url: Url,
}

impl Address {
    /// A checked address.
    ///
    /// # Errors
    /// No address, another scheme than http, https, ws or wss, or a name, password, query or fragment in it.
    pub fn new(text: &str) -> Result<Self, String> {
        // The text itself is not repeated: it may hold a password.
        let url = Url::parse(text).map_err(|error| format!("no address: {error}; write \"https://host:port\""))?;
        if !matches!(url.scheme(), "http" | "https" | "ws" | "wss") {
            return Err("an address begins with http://, https://, ws:// or wss://".into());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("an address holds no name or password: secrets are never in the config".into());
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err("an address ends before '?' and '#'".into());
        }
        Ok(Self { text: url.as_str().trim_end_matches('/').into(), url })
    }

    /// The text, without a trailing slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is a WebSocket address.
    #[must_use]
    pub fn is_websocket(&self) -> bool {
        self.url.scheme().starts_with("ws")
    }

    /// Whether what is sent there can be read on the way: no TLS, and not this machine.
    #[must_use]
    pub fn is_readable_by_others(&self) -> bool {
        !matches!(self.url.scheme(), "https" | "wss") && !self.is_this_machine()
    }

    fn is_this_machine(&self) -> bool {
        match self.url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
            Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
            None => false,
        }
    }

    /// The world of a broker's own address; none for addresses that are nobody's, such as a proxy's.
    #[must_use]
    pub fn known_world(&self) -> Option<World> {
        let host = self.url.host_str()?;
        let paper_host =
            matches!(host, "openapivts.koreainvestment.com" | "mockapi.kiwoom.com" | "testnet.binance.vision")
                || host.ends_with(".testnet.binance.vision")
                || host == "binancefuture.com"
                || host.ends_with(".binancefuture.com")
                || (host.starts_with("demo-") && host.ends_with(".binance.com"));
        // KIS serves both worlds' streams from one host; the port tells them apart.
        match (host, self.url.port()) {
            ("ops.koreainvestment.com", Some(21_000)) => Some(World::Live),
            ("ops.koreainvestment.com", Some(31_000)) => Some(World::Paper),
            _ if paper_host => Some(World::Paper),
            ("openapi.koreainvestment.com" | "api.kiwoom.com", _) => Some(World::Live),
            _ if host.ends_with(".binance.com") => Some(World::Live),
            _ => None,
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl Setting for Address {
    fn expected() -> String {
        "an address in quotes".into()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, Refused> {
        Self::new(text(value)?).map_err(Refused::Value)
    }

    fn write(&self) -> Option<String> {
        Some(quoted(&self.text))
    }
}
optional_setting!(Address);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_whose_money_is_behind_an_address() {
        for (text, world) in [
            ("https://openapi.koreainvestment.com:9443", Some(World::Live)),
            ("https://openapivts.koreainvestment.com:29443", Some(World::Paper)),
            ("ws://ops.koreainvestment.com:21000", Some(World::Live)),
            ("ws://ops.koreainvestment.com:31000", Some(World::Paper)),
            ("wss://api.kiwoom.com:10000", Some(World::Live)),
            ("https://mockapi.kiwoom.com", Some(World::Paper)),
            ("https://fapi.binance.com", Some(World::Live)),
            ("https://FAPI.BINANCE.COM", Some(World::Live)),
            ("https://demo-fapi.binance.com", Some(World::Paper)),
            ("wss://stream.testnet.binance.vision", Some(World::Paper)),
            ("wss://stream.binancefuture.com", Some(World::Paper)),
            ("http://127.0.0.1:9443", None),
            ("https://fapi.binance.com.example.org", None),
        ] {
            assert_eq!(Address::new(text).unwrap().known_world(), world, "{text}");
        }
    }

    #[test]
    fn only_this_machine_may_be_spoken_to_in_the_clear() {
        for (text, readable) in [
            ("http://127.0.0.1:1", false),
            ("http://[::1]:1", false),
            ("ws://localhost:1", false),
            ("https://example.org", false),
            ("http://example.org", true),
            ("http://10.0.0.2", true),
            ("ws://localhost.example.org", true),
        ] {
            assert_eq!(Address::new(text).unwrap().is_readable_by_others(), readable, "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_plain_address_and_never_repeats_it() {
        for text in ["", "host", "ftp://host", "https://me:hunter2@host", "https://host?key=hunter2", "https://host#a"]
        {
            let error = Address::new(text).unwrap_err();
            assert!(!error.contains("hunter2"), "{error}");
        }
        assert_eq!(Address::new("http://127.0.0.1:9443/").unwrap().as_str(), "http://127.0.0.1:9443");
    }
}
