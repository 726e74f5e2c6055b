//! Frames of the desk's socket: a 4-byte big-endian length and that many bytes of JSON. Pure, but for the two functions
//! that take a reader or writer.

use std::io::{self, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::protocol::MESSAGE_BYTES_MAX;

/// Bytes of the length in front of each message.
pub const LENGTH_BYTES: usize = 4;

/// A conversation that cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// The other side said it would send, or we were to send, more than [`MESSAGE_BYTES_MAX`].
    #[error("a message of {0} bytes is larger than the {MESSAGE_BYTES_MAX} allowed")]
    TooLarge(usize),
    /// The bytes are no message of this version of the protocol.
    #[error("not a message of this protocol: {0}")]
    Json(#[from] serde_json::Error),
    /// The socket failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// A message as one frame, ready to be written.
///
/// # Errors
/// It is larger than [`MESSAGE_BYTES_MAX`], or cannot be JSON.
pub fn encode<T: Serialize>(message: &T) -> Result<Vec<u8>, WireError> {
    let mut frame = vec![0; LENGTH_BYTES];
    serde_json::to_writer(&mut frame, message)?;
    let length = frame.len() - LENGTH_BYTES;
    let prefix = u32::try_from(length).ok().filter(|_| length <= MESSAGE_BYTES_MAX);
    let prefix = prefix.ok_or(WireError::TooLarge(length))?.to_be_bytes();
    for (to, from) in frame.iter_mut().zip(prefix) {
        *to = from;
    }
    Ok(frame)
}

/// Length of the JSON that follows these four bytes.
///
/// # Errors
/// It is larger than [`MESSAGE_BYTES_MAX`].
pub fn decode_length(prefix: [u8; LENGTH_BYTES]) -> Result<usize, WireError> {
    let length = u32::from_be_bytes(prefix) as usize;
    if length > MESSAGE_BYTES_MAX { Err(WireError::TooLarge(length)) } else { Ok(length) }
}

/// The message that a frame's JSON says.
///
/// # Errors
/// It says none.
pub fn decode<T: DeserializeOwned>(json: &[u8]) -> Result<T, WireError> {
    Ok(serde_json::from_slice(json)?)
}

/// Writes a message and flushes.
///
/// # Errors
/// As [`encode`], and those of the writer.
pub fn write_message<T: Serialize>(writer: &mut impl Write, message: &T) -> Result<(), WireError> {
    writer.write_all(&encode(message)?)?;
    Ok(writer.flush()?)
}

/// Bytes that came, cut into messages. Keeps a frame that came in part, so a read that timed out loses nothing.
#[derive(Debug, Default)]
pub struct FrameBuffer {
    bytes: Vec<u8>,
    taken: usize,
}

impl FrameBuffer {
    /// Takes bytes as they came from the socket.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.taken > 0 {
            self.bytes.drain(..self.taken);
            self.taken = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// The next whole message, or `None` until more bytes come. Holds at most one frame beyond what was pushed.
    ///
    /// # Errors
    /// The frame is too large or its JSON no message; nothing after it can be trusted.
    pub fn next_message<T: DeserializeOwned>(&mut self) -> Result<Option<T>, WireError> {
        let rest = self.bytes.get(self.taken..).unwrap_or_default();
        let Some((prefix, rest)) = rest.split_first_chunk::<LENGTH_BYTES>() else { return Ok(None) };
        let length = decode_length(*prefix)?;
        let Some(json) = rest.get(..length) else { return Ok(None) };
        let message = decode(json)?;
        self.taken += LENGTH_BYTES + length;
        Ok(Some(message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::protocol::{Command, OrderSelection, Request, SubmitOrder};
    use crate::market::Side;
    use crate::order::{Bracket, OrderKind, PositionSide, Source, TimeInForce, Trail};

    fn requests() -> Vec<Request> {
        let order = SubmitOrder {
            client_id: Some("a-1".parse().unwrap()),
            symbol: "SIM:005930".into(),
            side: Side::Buy,
            kind: OrderKind::StopLimit { trigger: "70000".parse().unwrap(), price: "70100".parse().unwrap() },
            quantity: "10".parse().unwrap(),
            time_in_force: TimeInForce::Gtc,
            reduce_only: false,
            position_side: PositionSide::Net,
            bracket: Bracket {
                take_profit: Some("80000".parse().unwrap()),
                stop_loss: None,
                trail: Some(Trail::Percent("1.5".parse().unwrap())),
            },
            oco: false,
            route: None,
        };
        let cancel = Request {
            id: 9,
            profile: Some("sim".parse().unwrap()),
            command: Command::Cancel(OrderSelection::Matching { symbol: None, side: Some(Side::Sell) }),
        };
        let commands = [
            Command::Hello { version: 1, name: "cli 1".into(), source: Source::Cli },
            Command::Submit(order),
            Command::Status,
        ];
        let requests = commands.into_iter().zip(1..).map(|(command, id)| Request { id, profile: None, command });
        requests.chain([cancel]).collect()
    }

    #[test]
    fn messages_survive_any_cut_of_the_bytes() {
        let sent = requests();
        let bytes: Vec<u8> = sent.iter().flat_map(|request| encode(request).unwrap()).collect();
        for piece in [1, 2, 3, 5, 7, 64, bytes.len()] {
            let mut buffer = FrameBuffer::default();
            let mut got = Vec::new();
            for chunk in bytes.chunks(piece) {
                buffer.push(chunk);
                while let Some(request) = buffer.next_message::<Request>().unwrap() {
                    got.push(request);
                }
            }
            assert_eq!(format!("{got:?}"), format!("{sent:?}"), "in pieces of {piece}");
        }
    }

    #[test]
    fn a_length_beyond_the_bound_is_refused_before_anything_is_kept_for_it() {
        let mut buffer = FrameBuffer::default();
        buffer.push(&u32::MAX.to_be_bytes());
        assert!(matches!(buffer.next_message::<Request>(), Err(WireError::TooLarge(_))));
    }

    #[test]
    fn bytes_that_are_no_message_end_the_conversation() {
        let mut buffer = FrameBuffer::default();
        buffer.push(&[0, 0, 0, 2, b'{', b'}']);
        assert!(matches!(buffer.next_message::<Request>(), Err(WireError::Json(_))));
    }
}
