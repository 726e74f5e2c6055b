//! What kind of frame it is, found out while it is read.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::{
    AggregateTrade, BookTicker, COIN_MARGINED, ContractInfo, Depth, ForceOrder, KlineEvent, MarkPrice, MiniTicker,
    SingleTrade, Ticker, quick,
};
use crate::broker::net::json::{self, JsonError};

/// Largest frame that is read: the book of a thousand levels a side is a tenth of it.
const FRAME_MAX: usize = 1 << 20;

/// A frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame<'a> {
    /// An event, and in the wrapped form the name of its stream.
    Event(Option<&'a str>, Event<'a>),
    /// Events of an all-market stream.
    Events(Vec<Event<'a>>),
    /// The answer to a control message.
    Reply(Reply<'a>),
    /// An object hoga cannot place.
    Strange,
}

/// An event of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event<'a> {
    /// A trade.
    AggregateTrade(AggregateTrade<'a>),
    /// A single fill.
    SingleTrade(SingleTrade<'a>),
    /// Best bid and ask.
    BookTicker(BookTicker<'a>),
    /// Changes of a book.
    Depth(Depth<'a>),
    /// The top of a book, complete: only the name of its stream tells it from [`Self::Depth`].
    PartialDepth(Depth<'a>),
    /// Mark price and funding.
    MarkPrice(MarkPrice<'a>),
    /// The last 24 hours.
    Ticker(Ticker<'a>),
    /// The last 24 hours in short.
    MiniTicker(MiniTicker<'a>),
    /// A bar.
    Kline(KlineEvent<'a>),
    /// A liquidation.
    ForceOrder(ForceOrder<'a>),
    /// A contract changed.
    ContractInfo(ContractInfo<'a>),
    /// A kind hoga does not know.
    Other(&'a str),
}

/// The answer to a control message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply<'a> {
    /// Done: a subscription taken, which says nothing about whether the stream exists.
    Done {
        /// The request's number.
        id: Option<i64>,
    },
    /// Refused.
    Refused {
        /// The request's number, where it is said.
        id: Option<i64>,
        /// The exchange's code.
        code: i64,
        /// Its text as it came: not yet cleaned.
        text: Cow<'a, str>,
    },
}

impl Event<'_> {
    /// Whether it is of the COIN-M market, which is none of ours.
    #[must_use]
    pub fn is_coin_margined(&self) -> bool {
        let market = match self {
            Self::AggregateTrade(event) => event.market,
            Self::SingleTrade(event) => event.market,
            Self::BookTicker(event) => event.market,
            Self::Depth(event) | Self::PartialDepth(event) => event.market,
            Self::MarkPrice(event) => event.market,
            Self::Ticker(event) => event.market,
            Self::MiniTicker(event) => event.market,
            Self::Kline(event) => event.market,
            Self::ForceOrder(event) => event.market.or(event.order.market),
            Self::ContractInfo(event) => event.market,
            Self::Other(_) => None,
        };
        market == Some(COIN_MARGINED)
    }
}

/// Reads a frame.
///
/// # Errors
/// When it is no JSON, or an event of a known kind without a field it must have.
pub fn parse(bytes: &[u8]) -> Result<Frame<'_>, JsonError> {
    let quick = if bytes.len() <= FRAME_MAX { quick::parse(bytes) } else { None };
    let frame = match quick {
        Some(frame) => frame,
        None => parse_any(bytes)?,
    };
    Ok(match frame {
        Frame::Event(Some(stream), Event::Depth(depth)) if is_partial(stream) => {
            Frame::Event(Some(stream), Event::PartialDepth(depth))
        }
        frame => frame,
    })
}

fn parse_any(bytes: &[u8]) -> Result<Frame<'_>, JsonError> {
    match json::parse::<InOrder<'_>>("stream frame", bytes, FRAME_MAX)?.0 {
        Some(frame) => Ok(frame),
        None => out_of_order(bytes),
    }
}

/// `btcusdt@depth20@100ms`, but not `btcusdt@depth@100ms`.
fn is_partial(stream: &str) -> bool {
    stream.split_once("@depth").is_some_and(|(_, rest)| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// Everything an object may say that is no event with its kind first.
#[derive(Deserialize)]
struct Spread<'a> {
    #[serde(default)]
    e: Option<&'a str>,
    #[serde(default)]
    stream: Option<&'a str>,
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    error: Option<Refusal<'a>>,
    #[serde(default)]
    code: Option<i64>,
    #[serde(borrow, default)]
    msg: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Refusal<'a> {
    #[serde(default)]
    code: i64,
    #[serde(borrow, default)]
    msg: Cow<'a, str>,
}

/// Answers, and events that do not begin with their kind: read again, piece by piece.
fn out_of_order(bytes: &[u8]) -> Result<Frame<'_>, JsonError> {
    let spread: Spread<'_> = json::parse("stream frame", bytes, FRAME_MAX)?;
    if let Some(kind) = spread.e {
        return by_kind(kind, bytes).map(|event| Frame::Event(spread.stream, event));
    }
    if let (Some(stream), Some(data)) = (spread.stream, spread.data) {
        let inside = data.get().as_bytes();
        return match json::parse::<InOrder<'_>>("stream event", inside, FRAME_MAX)?.0 {
            Some(Frame::Event(None, event)) => Ok(Frame::Event(Some(stream), event)),
            Some(frame @ Frame::Events(_)) => Ok(frame),
            Some(_) => Ok(Frame::Strange),
            None => {
                let inner: Spread<'_> = json::parse("stream event", inside, FRAME_MAX)?;
                let Some(kind) = inner.e else { return Ok(Frame::Strange) };
                by_kind(kind, inside).map(|event| Frame::Event(Some(stream), event))
            }
        };
    }
    let id = spread.id.and_then(|id| id.get().parse().ok());
    Ok(match (spread.error, spread.code) {
        (Some(Refusal { code, msg }), _) => Frame::Reply(Reply::Refused { id, code, text: msg }),
        (None, Some(code)) => Frame::Reply(Reply::Refused { id, code, text: spread.msg.unwrap_or_default() }),
        (None, None) if spread.id.is_some() => Frame::Reply(Reply::Done { id }),
        _ => Frame::Strange,
    })
}

macro_rules! kinds {
    ($($text:literal => $variant:ident),* $(,)?) => {
        /// The rest of an event's object, once its kind is known.
        fn rest_of<'de, A: MapAccess<'de>>(kind: &'de str, map: A) -> Result<Event<'de>, A::Error> {
            match kind {
                $($text => Deserialize::deserialize(MapAccessDeserializer::new(map)).map(Event::$variant),)*
                _ => drained(map).map(|()| Event::Other(kind)),
            }
        }

        fn by_kind<'a>(kind: &'a str, bytes: &'a [u8]) -> Result<Event<'a>, JsonError> {
            match kind {
                $($text => json::parse("stream event", bytes, FRAME_MAX).map(Event::$variant),)*
                _ => Ok(Event::Other(kind)),
            }
        }
    };
}

kinds! {
    "depthUpdate" => Depth,
    "bookTicker" => BookTicker,
    "aggTrade" => AggregateTrade,
    "markPriceUpdate" => MarkPrice,
    "24hrTicker" => Ticker,
    "24hrMiniTicker" => MiniTicker,
    "kline" => Kline,
    "trade" => SingleTrade,
    "forceOrder" => ForceOrder,
    "contractInfo" => ContractInfo,
}

fn drained<'de, A: MapAccess<'de>>(mut map: A) -> Result<(), A::Error> {
    while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(())
}

/// A frame in the order the exchange writes it; `None` for any other.
struct InOrder<'a>(Option<Frame<'a>>);

impl<'de> Deserialize<'de> for InOrder<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Inside { stream: None }).map(Self)
    }
}

/// An event, the list of an all-market stream or, outside, the wrapper around one.
struct Inside<'de> {
    stream: Option<&'de str>,
}

impl<'de> DeserializeSeed<'de> for Inside<'de> {
    type Value = Option<Frame<'de>>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Inside<'de> {
    type Value = Option<Frame<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a stream frame")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        match map.next_key::<&str>()? {
            Some("e") => {
                let kind = map.next_value()?;
                rest_of(kind, map).map(|event| Some(Frame::Event(self.stream, event)))
            }
            Some("stream") if self.stream.is_none() => {
                let stream = Some(map.next_value()?);
                let frame = match map.next_key::<&str>()? {
                    Some("data") => map.next_value_seed(Inside { stream })?,
                    Some(_) => {
                        map.next_value::<IgnoredAny>()?;
                        None
                    }
                    None => None,
                };
                drained(map).map(|()| frame)
            }
            Some(_) => {
                map.next_value::<IgnoredAny>()?;
                drained(map).map(|()| None)
            }
            None => Ok(None),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
        let mut events = Vec::new();
        while let Some(InOrder(frame)) = sequence.next_element()? {
            if let Some(Frame::Event(_, event)) = frame {
                events.push(event);
            }
        }
        Ok(Some(Frame::Events(events)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FRAMES: [&str; 6] = [
        r#"{"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","E":1763700000000,"s":"BTCUSDT","a":3000000000,"p":"61659.70","q":"0.100","nq":"0.100","f":5266583935,"l":5266583936,"T":1763700000000,"m":true,"st":1,"ps":"BTCUSDT"}}"#,
        r#"{"e":"aggTrade","E":1763700000000,"s":"BTCUSDT","a":0,"p":"-0","q":"1","T":0,"m":false}"#,
        r#"{"stream":"btcusdt@bookTicker","data":{"e":"bookTicker","u":7081766000000,"s":"BTCUSDT","b":"61659.70","B":"1.486","a":"61660.00","A":"12.725","T":1,"E":2,"st":2,"ps":"BTCUSDT"}}"#,
        r#"{"stream":"btcusdt@markPrice@1s","data":{"e":"markPriceUpdate","E":1,"s":"BTCUSDT","p":"61659.700000","ap":"61650.1","i":"61662.6","P":"","r":"-0.00038167","T":0,"st":1,"ps":"BTCUSDT"}}"#,
        r#"{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1,"T":2,"s":"BTCUSDT","ps":"BTCUSDT","st":1,"U":3,"u":10,"pu":2,"b":[["61659.7","0.010"],["61659.6","0"]],"a":[]}}"#,
        r#"{"stream":"btcusdt@depth5@100ms","data":{"e":"depthUpdate","E":1,"T":2,"s":"BTCUSDT","U":3,"u":10,"pu":2,"b":[["1","1"],["0","5"]],"a":[["2","3"]]}}"#,
    ];

    #[test]
    fn what_comes_most_is_read_without_the_general_parser_and_to_the_same_values() {
        for frame in FRAMES {
            assert_eq!(quick::parse(frame.as_bytes()), Some(parse_any(frame.as_bytes()).unwrap()), "{frame}");
        }
    }

    #[test]
    fn another_spelling_is_left_to_the_general_parser() {
        let other = |from: &str, to: &str| FRAMES[0].replacen(from, to, 1);
        let odd = [
            other(r#""E":"#, r#""E": "#),
            other("BTCUSDT", r"BTC\u0055SDT"),
            other(r#""m":true"#, r#""m":true,"m":true"#),
            other(r#""a":3000000000"#, r#""a":03"#),
            other(r#""a":3000000000"#, r#""a":18446744073709551615"#),
            other(r#""st":1"#, r#""st":256"#),
            other(r#""p":"61659.70","#, ""),
            other(r#""p":"61659.70""#, r#""p":"1e3""#),
            other(r#""nq":"0.100""#, r#""nq":[1]"#),
            other(r#""nq":"0.100""#, r#""nq":-1.5e3"#),
            other(r#""e":"aggTrade""#, r#""e":"kline""#),
            format!("{} ", FRAMES[0]),
            format!("{}}}", FRAMES[0]),
        ];
        for frame in odd {
            assert_eq!(quick::parse(frame.as_bytes()), None, "{frame}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        /// Bytes changed, lost and repeated: what is read here the general parser reads too, and as the same.
        #[test]
        fn nothing_is_read_that_the_general_parser_reads_otherwise(
            which in 0..FRAMES.len(),
            changes in prop::collection::vec((any::<prop::sample::Index>(), 0_u8..3, any::<prop::sample::Index>()), 0..3),
        ) {
            let mut bytes = FRAMES[which].as_bytes().to_vec();
            for (at, how, from) in changes {
                let at = at.index(bytes.len());
                // Mostly bytes that mean something here.
                let byte = bytes[from.index(bytes.len())];
                match how {
                    0 => bytes[at] = byte,
                    1 => bytes.insert(at, byte),
                    _ => drop(bytes.remove(at)),
                }
            }
            if let Some(frame) = quick::parse(&bytes) {
                prop_assert_eq!(Some(frame), parse_any(&bytes).ok(), "{}", String::from_utf8_lossy(&bytes));
            }
        }
    }
}
