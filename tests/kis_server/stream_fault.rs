//! What goes wrong with streams.

use std::time::Duration;

use super::random::Random;

/// What becomes of sessions that are open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamFault {
    /// No data and no ping any more; messages are still read and answered.
    Stall,
    /// Pings go on, data does not.
    PingsOnly,
    /// Nothing is read and nothing written, and the connection stays.
    Silent,
    /// The connection ends without a word.
    Cut,
    /// A close frame with this code.
    Close(u16),
    /// The first half of a frame, and then the end.
    HalfFrame,
    /// A text message of these bytes.
    Text(Vec<u8>),
    /// Bytes past the WebSocket.
    Raw(Vec<u8>),
}

/// What becomes of messages to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FrameFault {
    /// It is not sent.
    Lose,
    /// It is sent twice.
    Repeat,
    /// It is sent after the one that follows it.
    Swap,
    /// It is sent so much later.
    Late(Duration),
    /// Its payload cannot be read.
    Garble,
    /// It is sent one byte a write.
    Drip,
}

/// By chance: market data may be lost, a notice only comes twice, in another order, or late.
pub fn mishap((random, in_a_million): &mut (Random, u64), is_notice: bool) -> Option<FrameFault> {
    if !random.happens(*in_a_million) {
        return None;
    }
    Some(match random.below(if is_notice { 4 } else { 6 }) {
        0 => FrameFault::Repeat,
        1 => FrameFault::Swap,
        2 => FrameFault::Late(Duration::from_millis(50 + random.below(1_000))),
        3 => FrameFault::Drip,
        4 => FrameFault::Lose,
        _ => FrameFault::Garble,
    })
}
