//! Frames of the market streams, raw or in the combined envelope.
//!
//! Most name themselves by `e`. A best price does not and carries no time; the top of a book carries neither `e` nor its
//! symbol, so that only the name of its stream says whose it is and that it replaces instead of changing.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::WireError;
use super::field::time_of;
use crate::broker::binance::wire::digits::{Levels, MaybeNumber};
use crate::broker::net::json::parse;
use crate::market::{Symbol, UtcTime};
use crate::text::clean::short;

/// Most characters of a refusal's text.
const TEXT_MAX: usize = 200;

/// Largest frame that is read: a whole diff of a wild second is far smaller.
pub const FRAME_MAX: usize = 4 * 1024 * 1024;

/// One frame of a market stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MarketFrame {
    /// `<s>@aggTrade`.
    AggTrade(AggTrade),
    /// `<s>@trade`.
    Trade(TradePrint),
    /// `<s>@kline_<i>`.
    Kline(Kline),
    /// `<s>@miniTicker`.
    MiniTicker(Ticker),
    /// `<s>@ticker`.
    Ticker(Ticker),
    /// `<s>@bookTicker`.
    BookTicker(BookTicker),
    /// `<s>@depth`: changes.
    Depth(DepthDiff),
    /// `<s>@depth<5,10,20>`: the whole top, with the stream it came on.
    Top(DepthTop),
    /// The server is about to close the connection.
    ServerShutdown,
    /// The answer to a message of ours.
    Reply {
        /// MaybeNumber of the message.
        id: Option<u64>,
        /// Code and text of a refusal.
        error: Option<(i64, String)>,
    },
    /// Anything else; nothing to do.
    Other,
}

/// Prints of one taker at one price.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AggTrade {
    /// Of what.
    #[serde(rename = "s")]
    pub symbol: Symbol,
    /// When it was sent, in ms.
    #[serde(rename = "E")]
    pub sent_ms: i64,
    /// Its number; counts up by one.
    #[serde(rename = "a")]
    pub id: u64,
    /// Price.
    #[serde(rename = "p")]
    pub price: MaybeNumber,
    /// Quantity.
    #[serde(rename = "q")]
    pub quantity: MaybeNumber,
    /// First print in it.
    #[serde(rename = "f")]
    pub first_trade: i64,
    /// Last print in it.
    #[serde(rename = "l")]
    pub last_trade: i64,
    /// When it traded, in ms.
    #[serde(rename = "T")]
    pub traded_ms: i64,
    /// Whether the buyer rested: then the taker sold.
    #[serde(rename = "m")]
    pub buyer_is_maker: bool,
}

/// One print.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TradePrint {
    /// Of what.
    #[serde(rename = "s")]
    pub symbol: Symbol,
    /// When it was sent, in ms.
    #[serde(rename = "E")]
    pub sent_ms: i64,
    /// Its number.
    #[serde(rename = "t")]
    pub id: u64,
    /// Price.
    #[serde(rename = "p")]
    pub price: MaybeNumber,
    /// Quantity.
    #[serde(rename = "q")]
    pub quantity: MaybeNumber,
    /// When it traded, in ms.
    #[serde(rename = "T")]
    pub traded_ms: i64,
    /// Whether the buyer rested: then the taker sold.
    #[serde(rename = "m")]
    pub buyer_is_maker: bool,
}

/// A candle that forms, or the last of one.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Kline {
    /// Of what.
    #[serde(rename = "s")]
    pub symbol: Symbol,
    /// When it was sent, in ms.
    #[serde(rename = "E")]
    pub sent_ms: i64,
    /// The candle.
    #[serde(rename = "k")]
    pub bar: Bar,
}

/// The candle of a [`Kline`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Bar {
    /// When it opened, in ms: which candle it is.
    #[serde(rename = "t")]
    pub open_ms: i64,
    /// Its last millisecond.
    #[serde(rename = "T")]
    pub close_ms: i64,
    /// `1m`, `1M`.
    #[serde(rename = "i")]
    pub interval: String,
    /// Open.
    #[serde(rename = "o")]
    pub open: MaybeNumber,
    /// High.
    #[serde(rename = "h")]
    pub high: MaybeNumber,
    /// Low.
    #[serde(rename = "l")]
    pub low: MaybeNumber,
    /// Close.
    #[serde(rename = "c")]
    pub close: MaybeNumber,
    /// Units.
    #[serde(rename = "v")]
    pub volume: MaybeNumber,
    /// Money.
    #[serde(rename = "q")]
    pub quote_volume: MaybeNumber,
    /// Prints.
    #[serde(rename = "n")]
    pub trades: i64,
    /// Whether it is over.
    #[serde(rename = "x")]
    pub closed: bool,
}

/// Numbers of the last 24 hours. The small form has none of the optional ones.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Ticker {
    /// Of what.
    #[serde(rename = "s")]
    pub symbol: Symbol,
    /// When it was sent, in ms.
    #[serde(rename = "E")]
    pub sent_ms: i64,
    /// Last price.
    #[serde(rename = "c")]
    pub last: MaybeNumber,
    /// First price of the window.
    #[serde(rename = "o")]
    pub open: MaybeNumber,
    /// Highest.
    #[serde(rename = "h")]
    pub high: MaybeNumber,
    /// Lowest.
    #[serde(rename = "l")]
    pub low: MaybeNumber,
    /// Units.
    #[serde(rename = "v")]
    pub volume: MaybeNumber,
    /// Money.
    #[serde(rename = "q")]
    pub quote_volume: MaybeNumber,
    /// Price before the window.
    #[serde(rename = "x", default)]
    pub before: MaybeNumber,
    /// Best bid.
    #[serde(rename = "b", default)]
    pub bid: MaybeNumber,
    /// Units there.
    #[serde(rename = "B", default)]
    pub bid_quantity: MaybeNumber,
    /// Best ask.
    #[serde(rename = "a", default)]
    pub ask: MaybeNumber,
    /// Units there.
    #[serde(rename = "A", default)]
    pub ask_quantity: MaybeNumber,
}

/// Best bid and ask; has no time of its own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct BookTicker {
    /// Of what.
    #[serde(rename = "s")]
    pub symbol: Symbol,
    /// The book's id at that moment.
    #[serde(rename = "u")]
    pub update: u64,
    /// Best bid; zero when there is none.
    #[serde(rename = "b")]
    pub bid: MaybeNumber,
    /// Units there.
    #[serde(rename = "B")]
    pub bid_quantity: MaybeNumber,
    /// Best ask; zero when there is none.
    #[serde(rename = "a")]
    pub ask: MaybeNumber,
    /// Units there.
    #[serde(rename = "A")]
    pub ask_quantity: MaybeNumber,
}

/// Changes of a book; there is no `pu` on spot.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct DepthDiff {
    /// Of what.
    #[serde(rename = "s")]
    pub symbol: Symbol,
    /// When it was sent, in ms.
    #[serde(rename = "E")]
    pub sent_ms: i64,
    /// First id in it.
    #[serde(rename = "U")]
    pub first: u64,
    /// Last id in it.
    #[serde(rename = "u")]
    pub last: u64,
    /// Levels; quantity zero removes one.
    #[serde(rename = "b")]
    pub bids: Levels,
    /// Levels; quantity zero removes one.
    #[serde(rename = "a")]
    pub asks: Levels,
}

/// A whole book, or the whole top of one: the reply of `GET /api/v3/depth` has the same shape.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Depth {
    /// Id of the last change in it.
    #[serde(rename = "lastUpdateId")]
    pub last: u64,
    /// Best first.
    pub bids: Levels,
    /// Best first.
    pub asks: Levels,
}

/// The top of the book of the symbol its stream names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DepthTop {
    /// Of what, by the name of the stream.
    pub symbol: Symbol,
    /// The levels.
    pub depth: Depth,
}

/// What tells frames apart. `e` is optional on purpose: best prices and tops of books have none.
#[derive(Deserialize)]
struct Shape<'a> {
    #[serde(borrow)]
    e: Option<Cow<'a, str>>,
    #[serde(borrow)]
    stream: Option<Cow<'a, str>>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    #[serde(borrow)]
    event: Option<&'a RawValue>,
    #[serde(borrow, rename = "lastUpdateId")]
    last_update_id: Option<&'a RawValue>,
    #[serde(borrow, rename = "B")]
    bid_quantity: Option<&'a RawValue>,
    #[serde(borrow)]
    u: Option<&'a RawValue>,
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
    code: Option<i64>,
    #[serde(borrow)]
    msg: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Refusal<'a> {
    #[serde(default)]
    code: i64,
    #[serde(borrow, default)]
    msg: Cow<'a, str>,
}

/// The name of the stream a frame of the combined form came on.
#[must_use]
pub fn stream_of(frame: &[u8]) -> Option<Cow<'_, str>> {
    #[derive(Deserialize)]
    struct Named<'a> {
        #[serde(borrow)]
        stream: Cow<'a, str>,
    }
    parse::<Named<'_>>("market frame", frame, FRAME_MAX).ok().map(|named| named.stream)
}

/// Reads a frame. `stream` names where it came from when it is not wrapped; a name inside the envelope goes before it.
///
/// # Errors
/// Not JSON, another shape than its name says, or an impossible number.
pub fn decode(frame: &[u8], stream: Option<&str>) -> Result<MarketFrame, WireError> {
    let shape: Shape<'_> = parse("market frame", frame, FRAME_MAX)?;
    // The WebSocket API wraps what it tells in `event`.
    if let Some(data) = shape.data.or(shape.event) {
        let name = shape.stream.as_deref().or(stream);
        let inner: Shape<'_> = parse("market frame", data.get().as_bytes(), FRAME_MAX)?;
        return body(data.get().as_bytes(), &inner, name);
    }
    body(frame, &shape, stream)
}

fn body(frame: &[u8], shape: &Shape<'_>, stream: Option<&str>) -> Result<MarketFrame, WireError> {
    match shape.e.as_deref() {
        Some("aggTrade") => Ok(MarketFrame::AggTrade(parse("aggTrade", frame, FRAME_MAX)?)),
        Some("trade") => Ok(MarketFrame::Trade(parse("trade", frame, FRAME_MAX)?)),
        Some("kline") => Ok(MarketFrame::Kline(parse("kline", frame, FRAME_MAX)?)),
        Some("24hrMiniTicker") => Ok(MarketFrame::MiniTicker(parse("miniTicker", frame, FRAME_MAX)?)),
        Some("24hrTicker") => Ok(MarketFrame::Ticker(parse("ticker", frame, FRAME_MAX)?)),
        Some("bookTicker") => Ok(MarketFrame::BookTicker(parse("bookTicker", frame, FRAME_MAX)?)),
        Some("depthUpdate") => Ok(MarketFrame::Depth(parse("depthUpdate", frame, FRAME_MAX)?)),
        Some("serverShutdown") => Ok(MarketFrame::ServerShutdown),
        Some(_) => Ok(MarketFrame::Other),
        None => nameless(frame, shape, stream),
    }
}

fn nameless(frame: &[u8], shape: &Shape<'_>, stream: Option<&str>) -> Result<MarketFrame, WireError> {
    if shape.last_update_id.is_some() {
        // Without the name of its stream nobody knows whose levels these are.
        let Some(symbol) = stream.and_then(symbol_of_top) else { return Ok(MarketFrame::Other) };
        let depth = parse("partial depth", frame, FRAME_MAX)?;
        return Ok(MarketFrame::Top(DepthTop { symbol, depth }));
    }
    if shape.u.is_some() && shape.bid_quantity.is_some() {
        return Ok(MarketFrame::BookTicker(parse("bookTicker", frame, FRAME_MAX)?));
    }
    let id = shape.id.and_then(|id| id.get().parse().ok());
    if let Some(error) = shape.error {
        let refusal: Refusal<'_> = parse("refusal", error.get().as_bytes(), FRAME_MAX)?;
        let text = short(&refusal.msg, TEXT_MAX);
        return Ok(MarketFrame::Reply { id, error: Some((refusal.code, text)) });
    }
    if let Some(code) = shape.code {
        let text = short(shape.msg.as_deref().unwrap_or_default(), TEXT_MAX);
        return Ok(MarketFrame::Reply { id, error: Some((code, text)) });
    }
    if shape.id.is_some() || shape.result.is_some() {
        return Ok(MarketFrame::Reply { id, error: None });
    }
    Ok(MarketFrame::Other)
}

/// The symbol of `btcusdt@depth5` or `btcusdt@depth20@100ms`; a stream of changes, `btcusdt@depth`, has no top.
fn symbol_of_top(stream: &str) -> Option<Symbol> {
    let (symbol, rest) = stream.split_once("@depth")?;
    rest.starts_with(|c: char| c.is_ascii_digit()).then(|| Symbol::new(symbol).ok()).flatten()
}

impl AggTrade {
    /// When it traded.
    ///
    /// # Errors
    /// A time that cannot be.
    pub fn traded_at(&self) -> Result<UtcTime, WireError> {
        time_of(self.traded_ms, "aggTrade", "T")
    }
}
