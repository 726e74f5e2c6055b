//! Exchanges in the broker's vocabularies: one for orders of Korean shares, three for foreign ones.

use super::environment::Realm;
use crate::market::{Currency, Side, Venue};
use crate::order::Route;

/// Where an order in Korean shares goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum StockRoute {
    /// Korea Exchange; the only one of the paper environment.
    #[default]
    Krx,
    /// Nextrade; only for what it lists.
    Nxt,
    /// The broker chooses between the two.
    Best,
}

impl StockRoute {
    /// `EXCG_ID_DVSN_CD`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Krx => "KRX",
            Self::Nxt => "NXT",
            Self::Best => "SOR",
        }
    }

    /// From a row's `excg_id_dvsn_cd`.
    #[must_use]
    pub fn of(code: &str) -> Option<Self> {
        [Self::Krx, Self::Nxt, Self::Best].into_iter().find(|route| route.code() == code)
    }

    /// The route of an order: the one it names, else that of its instrument's venue.
    #[must_use]
    pub const fn chosen(route: Option<Route>) -> Self {
        match route {
            Some(Route::Nxt) => Self::Nxt,
            Some(Route::Best) => Self::Best,
            Some(Route::Krx) | None => Self::Krx,
        }
    }

    /// The venue whose hours an order by this route keeps to.
    #[must_use]
    pub const fn hours(self) -> Venue {
        match self {
            Self::Krx | Self::Best => Venue::Krx,
            Self::Nxt => Venue::Nxt,
        }
    }

    /// Whether an order that went this way may be shown as one that went there: what the broker routed may be shown where
    /// it went.
    #[must_use]
    pub fn may_be_shown_as(self, shown: Self) -> bool {
        self == Self::Best || self == shown
    }
}

/// `FID_COND_MRKT_DIV_CODE` of a Korean venue.
#[must_use]
pub const fn division(venue: Venue) -> Option<&'static str> {
    match venue {
        Venue::Krx => Some("J"),
        Venue::Nxt => Some("NX"),
        _ => None,
    }
}

/// A foreign exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OverseasExchange {
    /// Nasdaq.
    Nasdaq,
    /// New York Stock Exchange.
    Nyse,
    /// NYSE American and Arca.
    Amex,
    /// Hong Kong.
    HongKong,
    /// Shanghai.
    Shanghai,
    /// Shenzhen.
    Shenzhen,
    /// Tokyo.
    Tokyo,
    /// Hanoi.
    Hanoi,
    /// Ho Chi Minh.
    HoChiMinh,
}

struct Names {
    quotes: &'static str,
    orders: &'static str,
    kind: &'static str,
    currency: Currency,
    market: OverseasMarket,
}

impl OverseasExchange {
    /// Every exchange.
    pub const ALL: [Self; 9] = [
        Self::Nasdaq,
        Self::Nyse,
        Self::Amex,
        Self::HongKong,
        Self::Shanghai,
        Self::Shenzhen,
        Self::Tokyo,
        Self::Hanoi,
        Self::HoChiMinh,
    ];

    const fn names(self) -> Names {
        let (quotes, orders, kind, currency, market) = match self {
            Self::Nasdaq => ("NAS", "NASD", "512", Currency::Usd, OverseasMarket::UnitedStates),
            Self::Nyse => ("NYS", "NYSE", "513", Currency::Usd, OverseasMarket::UnitedStates),
            Self::Amex => ("AMS", "AMEX", "529", Currency::Usd, OverseasMarket::UnitedStates),
            Self::HongKong => ("HKS", "SEHK", "501", Currency::Hkd, OverseasMarket::HongKong),
            Self::Shanghai => ("SHS", "SHAA", "551", Currency::Cny, OverseasMarket::Shanghai),
            Self::Shenzhen => ("SZS", "SZAA", "552", Currency::Cny, OverseasMarket::Shenzhen),
            Self::Tokyo => ("TSE", "TKSE", "515", Currency::Jpy, OverseasMarket::Japan),
            Self::Hanoi => ("HNX", "HASE", "507", Currency::Vnd, OverseasMarket::Vietnam),
            Self::HoChiMinh => ("HSX", "VNSE", "508", Currency::Vnd, OverseasMarket::Vietnam),
        };
        Names { quotes, orders, kind, currency, market }
    }

    /// `EXCD` of quotes, and the middle of a stream's key.
    #[must_use]
    pub const fn quotes(self) -> &'static str {
        self.names().quotes
    }

    /// `OVRS_EXCG_CD` of orders and balances.
    #[must_use]
    pub const fn orders(self) -> &'static str {
        self.names().orders
    }

    /// `PRDT_TYPE_CD`.
    #[must_use]
    pub const fn product_kind(self) -> &'static str {
        self.names().kind
    }

    /// What it trades in.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.names().currency
    }

    /// The market whose order services it uses.
    #[must_use]
    pub const fn market(self) -> OverseasMarket {
        self.names().market
    }

    /// By the name orders use.
    #[must_use]
    pub fn of_orders(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|exchange| exchange.orders() == code)
    }

    /// By the name quotes use; those of the US daytime session are the same exchanges.
    #[must_use]
    pub fn of_quotes(code: &str) -> Option<Self> {
        match code {
            "BAQ" => Some(Self::Nasdaq),
            "BAY" => Some(Self::Nyse),
            "BAA" => Some(Self::Amex),
            _ => Self::ALL.into_iter().find(|exchange| exchange.quotes() == code),
        }
    }

    /// By the market code of an execution notice.
    #[must_use]
    pub const fn of_notice(code: u8) -> Option<Self> {
        Some(match code {
            b'6' => Self::Nasdaq,
            b'7' => Self::Nyse,
            b'8' => Self::Amex,
            b'4' | b'C' => Self::HongKong,
            b'5' | b'A' => Self::Shanghai,
            b'B' => Self::Shenzhen,
            b'D' => Self::Tokyo,
            b'E' => Self::Hanoi,
            b'F' => Self::HoChiMinh,
            _ => return None,
        })
    }

    /// The venue hoga has for it.
    #[must_use]
    pub const fn venue(self) -> Venue {
        match self {
            Self::Nasdaq => Venue::Nasdaq,
            Self::Nyse => Venue::Nyse,
            Self::Amex => Venue::Amex,
            Self::HongKong => Venue::Hkex,
            Self::Shanghai => Venue::Sse,
            Self::Shenzhen => Venue::Szse,
            Self::Tokyo => Venue::Tse,
            Self::Hanoi => Venue::Hnx,
            Self::HoChiMinh => Venue::Hose,
        }
    }

    /// The exchange of a venue.
    #[must_use]
    pub fn at(venue: Venue) -> Option<Self> {
        Self::ALL.into_iter().find(|exchange| exchange.venue() == venue)
    }

    /// Whether it is one of the US.
    #[must_use]
    pub const fn is_american(self) -> bool {
        self.venue().is_american()
    }

    /// Key of its stream: free real time for the US, a quarter of an hour late for the rest.
    #[must_use]
    pub fn stream_key(self, symbol: &str) -> String {
        format!("D{}{symbol}", self.quotes())
    }

    /// Exchange and symbol of a stream's key (`DNASAAPL`, `RBAQAAPL`).
    #[must_use]
    pub fn of_stream_key(key: &str) -> Option<(Self, &str)> {
        Some((Self::of_quotes(key.get(1..4)?)?, key.get(4..).filter(|symbol| !symbol.is_empty())?))
    }
}

/// A foreign market by its order services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OverseasMarket {
    /// Nasdaq, New York, AMEX.
    UnitedStates,
    /// Hong Kong.
    HongKong,
    /// Tokyo.
    Japan,
    /// Shanghai.
    Shanghai,
    /// Shenzhen.
    Shenzhen,
    /// Hanoi and Ho Chi Minh.
    Vietnam,
    /// The US daytime session (10:00 to 16:00 in Korea), which has services of its own.
    UnitedStatesDaytime,
}

/// What is done with an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// A new order.
    Order(Side),
    /// A modification or a cancel.
    Change,
}

impl OverseasMarket {
    /// Every market.
    pub const ALL: [Self; 7] = [
        Self::UnitedStates,
        Self::HongKong,
        Self::Japan,
        Self::Shanghai,
        Self::Shenzhen,
        Self::Vietnam,
        Self::UnitedStatesDaytime,
    ];

    /// Id of the service; `None` where the paper environment does not have it.
    #[must_use]
    pub const fn id(self, realm: Realm, deed: Deed) -> Option<&'static str> {
        let (buy, sell, change) = match (self, realm) {
            (Self::UnitedStates, Realm::Live) => ("TTTT1002U", "TTTT1006U", "TTTT1004U"),
            // Its sell is the one id that is not the live one with a V.
            (Self::UnitedStates, Realm::Paper) => ("VTTT1002U", "VTTT1001U", "VTTT1004U"),
            (Self::HongKong, Realm::Live) => ("TTTS1002U", "TTTS1001U", "TTTS1003U"),
            (Self::HongKong, Realm::Paper) => ("VTTS1002U", "VTTS1001U", "VTTS1003U"),
            (Self::Japan, Realm::Live) => ("TTTS0308U", "TTTS0307U", "TTTS0309U"),
            (Self::Japan, Realm::Paper) => ("VTTS0308U", "VTTS0307U", "VTTS0309U"),
            (Self::Shanghai, Realm::Live) => ("TTTS0202U", "TTTS1005U", "TTTS0302U"),
            (Self::Shanghai, Realm::Paper) => ("VTTS0202U", "VTTS1005U", "VTTS0302U"),
            (Self::Shenzhen, Realm::Live) => ("TTTS0305U", "TTTS0304U", "TTTS0306U"),
            (Self::Shenzhen, Realm::Paper) => ("VTTS0305U", "VTTS0304U", "VTTS0306U"),
            (Self::Vietnam, Realm::Live) => ("TTTS0311U", "TTTS0310U", "TTTS0312U"),
            (Self::Vietnam, Realm::Paper) => ("VTTS0311U", "VTTS0310U", "VTTS0312U"),
            (Self::UnitedStatesDaytime, Realm::Live) => ("TTTS6036U", "TTTS6037U", "TTTS6038U"),
            (Self::UnitedStatesDaytime, Realm::Paper) => return None,
        };
        Some(match deed {
            Deed::Order(Side::Buy) => buy,
            Deed::Order(Side::Sell) => sell,
            Deed::Change => change,
        })
    }

    /// Path of the service.
    #[must_use]
    pub const fn path(self, deed: Deed) -> &'static str {
        match (self, deed) {
            (Self::UnitedStatesDaytime, Deed::Order(_)) => "/uapi/overseas-stock/v1/trading/daytime-order",
            (Self::UnitedStatesDaytime, Deed::Change) => "/uapi/overseas-stock/v1/trading/daytime-order-rvsecncl",
            (_, Deed::Order(_)) => "/uapi/overseas-stock/v1/trading/order",
            (_, Deed::Change) => "/uapi/overseas-stock/v1/trading/order-rvsecncl",
        }
    }

    /// Whether an order's price can be changed; else it can only be canceled.
    #[must_use]
    pub const fn modifies(self) -> bool {
        !matches!(self, Self::Shanghai | Self::Shenzhen | Self::Vietnam)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trap_7_the_paper_sell_of_us_shares_has_an_id_of_its_own() {
        let sell = Deed::Order(Side::Sell);
        assert_eq!(OverseasMarket::UnitedStates.id(Realm::Live, sell), Some("TTTT1006U"));
        assert_eq!(OverseasMarket::UnitedStates.id(Realm::Paper, sell), Some("VTTT1001U"));
        for market in OverseasMarket::ALL {
            for deed in [Deed::Order(Side::Buy), sell, Deed::Change] {
                let (live, paper) = (market.id(Realm::Live, deed).unwrap(), market.id(Realm::Paper, deed));
                let Some(paper) = paper else { continue };
                if (market, deed) != (OverseasMarket::UnitedStates, sell) {
                    assert_eq!(paper.get(1..), live.get(1..), "{market:?} {deed:?}");
                }
                assert!(paper.starts_with('V') && live.starts_with('T'));
            }
        }
    }

    #[test]
    fn each_vocabulary_leads_back_to_the_exchange() {
        for exchange in OverseasExchange::ALL {
            assert_eq!(OverseasExchange::of_orders(exchange.orders()), Some(exchange));
            assert_eq!(OverseasExchange::of_quotes(exchange.quotes()), Some(exchange));
            let key = exchange.stream_key("00700");
            assert_eq!(OverseasExchange::of_stream_key(&key), Some((exchange, "00700")));
        }
        assert_eq!(OverseasExchange::of_stream_key("RBAQAAPL"), Some((OverseasExchange::Nasdaq, "AAPL")));
        assert_eq!(OverseasExchange::of_stream_key("DNAS"), None);
        assert_eq!(OverseasExchange::of_stream_key("삼성"), None);
    }
}
