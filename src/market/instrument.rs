//! What can be traded, and where.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::ladder::TickRule;
use super::price::{Price, Quantity};

/// An exchange (거래소): where orders meet. Not the broker who carries them there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Venue {
    /// hoga's own simulated exchange. Its instruments are named after real ones but never mixed with them.
    Sim,
    /// Korea Exchange.
    Krx,
    /// Nextrade, the Korean alternative venue.
    Nxt,
    /// Binance USD-M futures.
    BinanceFutures,
    /// Binance spot.
    BinanceSpot,
    /// Nasdaq.
    Nasdaq,
    /// New York Stock Exchange.
    Nyse,
    /// NYSE American and Arca.
    Amex,
    /// Bonds at the Korea Exchange, by their ISIN.
    KrxBonds,
    /// Derivatives of Korea Exchange (파생상품시장), day session.
    KrxFutures,
    /// Hong Kong.
    Hkex,
    /// Shanghai.
    Sse,
    /// Shenzhen.
    Szse,
    /// Tokyo.
    Tse,
    /// Hanoi.
    Hnx,
    /// Ho Chi Minh.
    Hose,
}

impl Venue {
    /// Every venue, for parsing and help.
    pub const ALL: [Self; 16] = [
        Self::Sim,
        Self::Krx,
        Self::Nxt,
        Self::BinanceFutures,
        Self::BinanceSpot,
        Self::Nasdaq,
        Self::Nyse,
        Self::Amex,
        Self::KrxBonds,
        Self::KrxFutures,
        Self::Hkex,
        Self::Sse,
        Self::Szse,
        Self::Tse,
        Self::Hnx,
        Self::Hose,
    ];

    /// The name used in JSON, the database and before the colon of `KRX:005930`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sim => "SIM",
            Self::Krx => "KRX",
            Self::Nxt => "NXT",
            Self::BinanceFutures => "BINANCE_FUTURES",
            Self::BinanceSpot => "BINANCE_SPOT",
            Self::Nasdaq => "NASDAQ",
            Self::Nyse => "NYSE",
            Self::Amex => "AMEX",
            Self::KrxBonds => "KRX_BONDS",
            Self::KrxFutures => "KRX_FUTURES",
            Self::Hkex => "HKEX",
            Self::Sse => "SSE",
            Self::Szse => "SZSE",
            Self::Tse => "TSE",
            Self::Hnx => "HNX",
            Self::Hose => "HOSE",
        }
    }

    /// Whether it is an exchange of the US, whose sessions run over Korean midnight.
    #[must_use]
    pub const fn is_american(self) -> bool {
        matches!(self, Self::Nasdaq | Self::Nyse | Self::Amex)
    }
}

impl fmt::Display for Venue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Venue {
    type Err = SymbolError;
    fn from_str(text: &str) -> Result<Self, SymbolError> {
        Self::ALL
            .into_iter()
            .find(|venue| venue.as_str().eq_ignore_ascii_case(text))
            .ok_or(SymbolError::Venue(text.into()))
    }
}

/// Text that cannot name an instrument.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SymbolError {
    /// Empty, longer than 24 bytes, or with characters no exchange uses.
    #[error("'{0}' cannot be a symbol: 1 to 24 letters, digits, '.', '-' or '_'")]
    Symbol(String),
    /// An unknown word before the colon.
    #[error("'{0}' is no venue hoga knows")]
    Venue(String),
}

/// What a byte becomes in a symbol; zero where no symbol has it.
static SYMBOL_BYTES: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0_u8;
    while byte < u8::MAX {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            table[byte as usize] = byte.to_ascii_uppercase();
        }
        byte += 1;
    }
    table
};

/// An exchange's own code of an instrument, such as `005930` or `BTCUSDT`; ASCII, upper case, at most 24 bytes.
///
/// Kept inline so that market events carry it without touching the heap.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol {
    bytes: [u8; 24],
}

impl Symbol {
    /// A symbol from text; letters become upper case.
    ///
    /// # Errors
    /// Empty, too long, or with a character other than letters, digits, `.`, `-`, `_`.
    pub fn new(text: &str) -> Result<Self, SymbolError> {
        Self::of(text.as_bytes())
            .ok_or_else(|| SymbolError::Symbol(text.chars().filter(|c| !c.is_control()).take(40).collect()))
    }

    /// The same of bytes as they come in market data; `None` where they cannot be a symbol.
    #[inline]
    #[must_use]
    pub fn of(text: &[u8]) -> Option<Self> {
        let mut bytes = [0; 24];
        let (room, is_text) = (bytes.get_mut(..text.len())?, !text.is_empty());
        for (to, from) in room.iter_mut().zip(text) {
            *to = SYMBOL_BYTES.get(usize::from(*from)).copied().filter(|byte| *byte != 0)?;
        }
        is_text.then_some(Self { bytes })
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let length = self.bytes.iter().position(|b| *b == 0).unwrap_or(self.bytes.len());
        // Only ASCII gets in, so this never falls back.
        std::str::from_utf8(self.bytes.get(..length).unwrap_or_default()).unwrap_or_default()
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Symbol {
    type Err = SymbolError;
    fn from_str(text: &str) -> Result<Self, SymbolError> {
        Self::new(text)
    }
}

impl Serialize for Symbol {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Symbol {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// One instrument at one venue; prints as `KRX:005930`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InstrumentId {
    /// Where it trades.
    pub venue: Venue,
    /// The venue's code of it.
    pub symbol: Symbol,
}

impl fmt::Display for InstrumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.venue, self.symbol)
    }
}

impl fmt::Debug for InstrumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for InstrumentId {
    type Err = SymbolError;
    /// Needs the venue: `KRX:005930`.
    fn from_str(text: &str) -> Result<Self, SymbolError> {
        let (venue, symbol) =
            text.split_once(':').ok_or_else(|| SymbolError::Venue(text.chars().take(40).collect()))?;
        Ok(Self { venue: venue.parse()?, symbol: symbol.parse()? })
    }
}

impl Serialize for InstrumentId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for InstrumentId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A currency an amount can be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Currency {
    /// Korean won, no decimals.
    Krw,
    /// US dollar.
    Usd,
    /// Tether.
    Usdt,
    /// USD Coin.
    Usdc,
    /// First Digital USD.
    Fdusd,
    /// Bitcoin, as money.
    Btc,
    /// Ether, as money.
    Eth,
    /// Binance's coin: its fees may be paid in it.
    Bnb,
    /// What futures accounts of Binance in the EU are kept in, in its credits mode.
    Bnfcr,
    /// Hong Kong dollar.
    Hkd,
    /// Chinese yuan.
    Cny,
    /// Japanese yen.
    Jpy,
    /// Vietnamese dong.
    Vnd,
}

impl Currency {
    /// Every currency.
    pub const ALL: [Self; 13] = [
        Self::Krw,
        Self::Usd,
        Self::Usdt,
        Self::Usdc,
        Self::Fdusd,
        Self::Btc,
        Self::Eth,
        Self::Bnb,
        Self::Bnfcr,
        Self::Hkd,
        Self::Cny,
        Self::Jpy,
        Self::Vnd,
    ];

    /// ISO code, or the coin's own.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Krw => "KRW",
            Self::Usd => "USD",
            Self::Usdt => "USDT",
            Self::Usdc => "USDC",
            Self::Fdusd => "FDUSD",
            Self::Btc => "BTC",
            Self::Eth => "ETH",
            Self::Bnb => "BNB",
            Self::Bnfcr => "BNFCR",
            Self::Hkd => "HKD",
            Self::Cny => "CNY",
            Self::Jpy => "JPY",
            Self::Vnd => "VND",
        }
    }

    /// Decimals that amounts of it are kept to.
    #[must_use]
    pub const fn decimals(self) -> u32 {
        match self {
            Self::Krw | Self::Jpy | Self::Vnd => 0,
            Self::Usd | Self::Hkd | Self::Cny => 2,
            Self::Usdt | Self::Usdc | Self::Fdusd | Self::Btc | Self::Eth | Self::Bnb | Self::Bnfcr => 8,
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Currency {
    type Err = SymbolError;
    fn from_str(text: &str) -> Result<Self, SymbolError> {
        Self::ALL.into_iter().find(|c| c.as_str().eq_ignore_ascii_case(text)).ok_or(SymbolError::Symbol(text.into()))
    }
}

/// The list a Korean share trades on; decides tick size, tax and VI rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Board {
    /// 유가증권시장; `kospi200` members have the tighter VI rate.
    Kospi {
        /// Whether it is a KOSPI200 member.
        kospi200: bool,
    },
    /// 코스닥.
    Kosdaq,
    /// 코넥스.
    Konex,
}

/// What kind of thing an instrument is; decides accounting, fees, tax and which order flags make sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Product {
    /// A Korean share.
    KrxStock(Board),
    /// A Korean ETF or ETN.
    KrxEtf,
    /// A share or fund on a foreign exchange.
    ForeignStock,
    /// A coin bought with cash and held.
    CryptoSpot,
    /// A perpetual future on margin, settled in its quote currency.
    CryptoPerpetual,
    /// A bond at the Korea Exchange, paid in full: a price is of 10,000 won of face value, a quantity of one is 1,000 won.
    KrxBond,
    /// A Korean index future: on margin, settled in cash every day.
    KrxFuture,
    /// A Korean index option: its premium is paid in full; hoga writes none.
    KrxOption,
}

impl Product {
    /// Whether positions are held on margin (and may be short) instead of paid in full.
    #[must_use]
    pub const fn is_margined(self) -> bool {
        matches!(self, Self::CryptoPerpetual | Self::KrxFuture)
    }
}

/// One step of a venue's maintenance margin table.
///
/// Margin needed for a notional inside the step: `notional * maintenance_rate - maintenance_amount`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeverageTier {
    /// Notional from which the step holds (inclusive), in the settlement currency.
    pub notional_from: Decimal,
    /// Maintenance margin as a fraction of notional.
    pub maintenance_rate: Decimal,
    /// Deducted so that the margin is continuous across steps.
    pub maintenance_amount: Decimal,
    /// Highest leverage allowed in the step.
    pub max_leverage: u32,
}

/// What hoga knows of an instrument, whoever told it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instrument {
    /// Venue and code.
    pub id: InstrumentId,
    /// Korean name, or the English one where there is none.
    pub name_ko: String,
    /// English name.
    pub name_en: String,
    /// What it is.
    pub product: Product,
    /// Currency of price, cost and profit.
    pub currency: Currency,
    /// Which prices an order may have.
    pub ticks: TickRule,
    /// Decimals of the finest price.
    pub price_decimals: u32,
    /// Orders are multiples of this.
    pub lot: Quantity,
    /// Smallest order.
    pub min_quantity: Quantity,
    /// Largest order the venue takes, where it says.
    pub max_quantity: Option<Quantity>,
    /// Smallest `price * quantity` of an order, where the venue has one.
    pub min_notional: Option<Decimal>,
    /// Units of value in one point of price times one of quantity; 1 for shares and coins, a tenth for bonds.
    pub multiplier: Decimal,
    /// Daily limits' base (기준가): normally the previous close.
    pub base_price: Option<Price>,
    /// Daily price limit as a fraction of the base price, where the venue has one (0.3 at KRX).
    pub daily_limit: Option<Decimal>,
    /// Margin steps of a margined instrument, lowest first; empty otherwise.
    pub tiers: Vec<LeverageTier>,
}

impl Instrument {
    /// Decimals of the finest quantity.
    #[must_use]
    pub fn quantity_decimals(&self) -> u32 {
        self.lot.value().normalize().scale()
    }

    /// Value of `quantity` at `price` in [`Self::currency`], exact.
    #[must_use]
    pub fn notional(&self, price: Price, quantity: Quantity) -> Decimal {
        price.times(quantity) * self.multiplier
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_are_upper_case_and_plain() {
        assert_eq!(Symbol::new("btcusdt").unwrap().as_str(), "BTCUSDT");
        assert_eq!("krx:005930".parse::<InstrumentId>().unwrap().to_string(), "KRX:005930");
        for bad in ["", "00 5930", "005930\u{1b}[2J", "삼성전자", "A123456789012345678901234"] {
            assert!(Symbol::new(bad).is_err(), "{bad:?}");
        }
    }
}
