//! Routes of streams, and what goes wrong with connections and frames.

use super::listing::Dialect;
use super::random::Random;

/// The first part of a stream's path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Route {
    Public,
    Market,
    Private,
    /// Without a route: it opens, acknowledges, and stays silent. Spot has no routes and no such stream.
    Unrouted,
    /// Spot: the WebSocket API, which carries the account's events.
    Requests,
}

/// What becomes of connections that are open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamFault {
    /// No event and no ping any more; messages are still read and answered.
    Stall,
    /// Pings and answers go on, events do not.
    HeartbeatsOnly,
    /// Nothing is read and nothing written, and the connection stays.
    HalfOpen,
    /// The connection ends without a word.
    Cut,
    /// A close frame with this code, as after 24 hours.
    Close(u16),
    /// These bytes past the WebSocket.
    Raw(Vec<u8>),
    /// The first half of a frame, and then the end.
    HalfFrame,
    /// A text message of these bytes, which may be no UTF-8.
    Text(Vec<u8>),
}

/// What becomes of events to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FrameFault {
    /// It is not sent: a gap.
    Lose,
    /// It is sent twice.
    Duplicate,
    /// It is sent after the one that follows it.
    Swap,
    /// It is sent one byte a write.
    Drip,
    /// So many are written at once.
    Merge(usize),
    /// It is sent so many times at once.
    Burst(usize),
}

/// What a connection's task has to do.
#[derive(Clone, Debug)]
pub enum Out {
    Bytes(Vec<u8>),
    Drip(Vec<u8>),
    Stall,
    HeartbeatsOnly,
    HalfOpen,
    Close(u16),
    /// Write these and end.
    Last(Vec<u8>),
}

impl Route {
    /// The route of a path and what follows it. All market data of spot is on one.
    pub fn of(dialect: Dialect, path: &str) -> (Self, &str) {
        if dialect == Dialect::Spot {
            let is_request = path.starts_with("/ws-api");
            return (if is_request { Self::Requests } else { Self::Market }, path);
        }
        for (name, route) in [("/public", Self::Public), ("/market", Self::Market), ("/private", Self::Private)] {
            if let Some(rest) = path.strip_prefix(name) {
                return (route, rest);
            }
        }
        (Self::Unrouted, path)
    }

    /// The route that carries a stream.
    pub fn carrying(dialect: Dialect, name: &str) -> Self {
        let kind = name.split_once('@').map_or(name, |(_, kind)| kind);
        let is_public = kind.starts_with("depth")
            || kind.starts_with("bookTicker")
            || kind.starts_with("rpiDepth")
            || name == "!bookTicker";
        if is_public && dialect == Dialect::Futures { Self::Public } else { Self::Market }
    }

    pub const ALL: [Self; 5] = [Self::Public, Self::Market, Self::Private, Self::Unrouted, Self::Requests];

    /// A route by its name in a command.
    pub fn named(name: &str) -> Result<Self, String> {
        match name {
            "public" => Ok(Self::Public),
            "market" => Ok(Self::Market),
            "private" => Ok(Self::Private),
            "requests" => Ok(Self::Requests),
            _ => Err(format!("no such route: {name}")),
        }
    }
}

/// What goes wrong by chance.
pub enum Mishap {
    Frame(FrameFault),
    Cut,
}

impl Mishap {
    pub fn draw((random, in_a_million): &mut (Random, u64), route: Route) -> Option<Self> {
        if !random.happens(*in_a_million) {
            return None;
        }
        // An event of the account is never lost on a connection that goes on, nor held back for one that may not come.
        Some(match random.below(if matches!(route, Route::Private | Route::Requests) { 4 } else { 8 }) {
            0 => Self::Cut,
            1 | 2 => Self::Frame(FrameFault::Duplicate),
            3 => Self::Frame(FrameFault::Drip),
            4 | 5 => Self::Frame(FrameFault::Lose),
            6 => Self::Frame(FrameFault::Swap),
            _ => Self::Frame(FrameFault::Merge(2)),
        })
    }
}

/// A text frame as a server writes it: unmasked, whole.
pub fn text_frame(payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x81];
    match payload.len() {
        short @ 0..=125 => frame.push(short as u8),
        middle @ 126..=0xffff => {
            frame.push(126);
            frame.extend((middle as u16).to_be_bytes());
        }
        long => {
            frame.push(127);
            frame.extend((long as u64).to_be_bytes());
        }
    }
    frame.extend(payload);
    frame
}
