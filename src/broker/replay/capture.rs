//! The capture file: a header and compressed blocks of market events, each with a checksum.
//!
//! ```text
//! "HOGACAP1"  block*  end
//! block = length of packed bytes u32 | length unpacked u32 | crc32 of packed bytes u32 | zstd
//! end   = 0 u32 | 0 u32 | number of events u32
//! ```
//! Numbers are little endian. The first block is a [`CaptureHeader`] as JSON, the others are events. A block is checked
//! before anything of it is handed out, and a file without its end says so, so that a damaged recording never passes
//! for a quiet market.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::record::Codec;
use crate::market::book::Grid;
use crate::market::{InstrumentId, MarketEvent, Price, Quantity};

const MAGIC: &[u8; 8] = b"HOGACAP1";
/// Unpacked bytes after which the writer begins a new block.
const BLOCK_TARGET: usize = 256 * 1024;
/// Largest unpacked block a reader takes: no file makes it reserve more.
const BLOCK_MAX: usize = 16 * 1024 * 1024;

/// What is wrong with a capture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaptureError {
    /// Something else than a capture.
    #[error("this is no hoga capture file")]
    NotACapture,
    /// A block does not have its checksum, or does not unpack.
    #[error("block {block} of the capture is damaged")]
    Damaged {
        /// Counted from 0, the header.
        block: u32,
    },
    /// The file stops before its end.
    #[error("the capture is cut off in block {block}")]
    CutOff {
        /// Counted from 0, the header.
        block: u32,
    },
    /// The events do not number what the end of the file says.
    #[error("the capture has {found} events, its end says {promised}")]
    Count {
        /// Events read.
        found: u32,
        /// Events written.
        promised: u32,
    },
    /// The header is none this version can read.
    #[error("the header of the capture cannot be read: {0}")]
    Header(String),
    /// An event of another instrument than the header's.
    #[error("a capture holds one instrument; {0} is another")]
    OtherInstrument(InstrumentId),
    /// A price or quantity has more decimals than the header says.
    #[error("{price} or {quantity} has more decimals than the capture's header says")]
    Finer {
        /// The price.
        price: Price,
        /// The quantity.
        quantity: Quantity,
    },
    /// A kind of event that captures do not hold.
    #[error("captures hold trades, quotes, books and stale marks only")]
    NotCaptured,
    /// More events or bytes than the format can number.
    #[error("too large for one capture file")]
    TooLarge,
}

/// What a capture is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaptureHeader {
    /// Its instrument.
    pub instrument: InstrumentId,
    /// Decimals of the finest price in it.
    pub price_decimals: u32,
    /// Decimals of the finest quantity in it.
    pub quantity_decimals: u32,
    /// Milliseconds added to the recorder's clock, because it ran behind the venue's; in every receive time already.
    pub receive_shift_ms: i64,
    /// Where it comes from and under which licence.
    pub source: String,
}

impl CaptureHeader {
    fn codec(&self) -> Codec {
        Codec::new(self.instrument, Grid::new(self.price_decimals, self.quantity_decimals))
    }
}

/// Writes a capture.
#[derive(Debug)]
pub struct CaptureWriter {
    codec: Codec,
    out: Vec<u8>,
    block: Vec<u8>,
    events: u32,
}

impl CaptureWriter {
    /// A capture without events.
    ///
    /// # Errors
    /// A header that cannot be written.
    pub fn new(header: &CaptureHeader) -> Result<Self, CaptureError> {
        let block = serde_json::to_vec(header).map_err(|error| CaptureError::Header(error.to_string()))?;
        let mut writer = Self { codec: header.codec(), out: MAGIC.to_vec(), block, events: 0 };
        writer.end_block()?;
        Ok(writer)
    }

    /// Adds an event. After an error the writer is of no more use.
    ///
    /// # Errors
    /// An event of another instrument, of a kind that is not captured, or finer than the header says.
    pub fn push(&mut self, event: &MarketEvent) -> Result<(), CaptureError> {
        self.codec.encode(event, &mut self.block)?;
        self.events = self.events.checked_add(1).ok_or(CaptureError::TooLarge)?;
        if self.block.len() >= BLOCK_TARGET { self.end_block() } else { Ok(()) }
    }

    /// The bytes of the file.
    ///
    /// # Errors
    /// The last block is too large for the format.
    pub fn finish(mut self) -> Result<Vec<u8>, CaptureError> {
        if !self.block.is_empty() {
            self.end_block()?;
        }
        self.out.extend([0; 8]);
        self.out.extend(self.events.to_le_bytes());
        Ok(self.out)
    }

    fn end_block(&mut self) -> Result<(), CaptureError> {
        if self.block.len() > BLOCK_MAX {
            return Err(CaptureError::TooLarge);
        }
        let packed = zstd::bulk::compress(&self.block, 19).map_err(|_| CaptureError::TooLarge)?;
        let length = |length: usize| u32::try_from(length).map_err(|_| CaptureError::TooLarge);
        self.out.extend(length(packed.len())?.to_le_bytes());
        self.out.extend(length(self.block.len())?.to_le_bytes());
        self.out.extend(crc32fast::hash(&packed).to_le_bytes());
        self.out.extend(packed);
        self.block.clear();
        Ok(())
    }
}

/// Reads a capture: an iterator over its events, which ends after the first error.
#[derive(Debug)]
pub struct Capture<'a> {
    header: CaptureHeader,
    codec: Codec,
    bytes: Cow<'a, [u8]>,
    /// Where the block after the header begins.
    body: usize,
    /// Where the next block begins.
    next: usize,
    block: Vec<u8>,
    at: usize,
    number: u32,
    events: u32,
    done: bool,
}

/// What follows in a file.
enum Next {
    Block(Vec<u8>),
    End { promised: u32 },
}

impl<'a> Capture<'a> {
    /// Opens a capture, borrowed or owned, and reads its header.
    ///
    /// # Errors
    /// No capture, or a damaged or unknown header.
    pub fn open(bytes: impl Into<Cow<'a, [u8]>>) -> Result<Self, CaptureError> {
        let bytes = bytes.into();
        let mut rest = bytes.strip_prefix(MAGIC).ok_or(CaptureError::NotACapture)?;
        let Next::Block(header) = next_block(&mut rest, 0)? else { return Err(CaptureError::CutOff { block: 0 }) };
        let body = bytes.len() - rest.len();
        let header: CaptureHeader =
            serde_json::from_slice(&header).map_err(|error| CaptureError::Header(error.to_string()))?;
        let codec = header.codec();
        let (block, next) = (Vec::new(), body);
        Ok(Self { header, codec, bytes, body, next, block, at: 0, number: 0, events: 0, done: false })
    }

    /// Goes back to the first event.
    pub fn rewind(&mut self) {
        self.codec = self.header.codec();
        self.block.clear();
        (self.next, self.at, self.number, self.events, self.done) = (self.body, 0, 0, 0, false);
    }

    /// What the capture is of.
    #[must_use]
    pub const fn header(&self) -> &CaptureHeader {
        &self.header
    }

    fn read(&mut self) -> Result<Option<MarketEvent>, CaptureError> {
        while self.at >= self.block.len() {
            self.number += 1;
            let mut rest = self.bytes.get(self.next..).unwrap_or_default();
            let next = next_block(&mut rest, self.number)?;
            self.next = self.bytes.len() - rest.len();
            match next {
                Next::Block(block) => (self.block, self.at) = (block, 0),
                Next::End { promised } if promised == self.events => return Ok(None),
                Next::End { promised } => return Err(CaptureError::Count { found: self.events, promised }),
            }
        }
        let mut bytes = self.block.get(self.at..).unwrap_or_default();
        let event = self.codec.decode(&mut bytes).ok_or(CaptureError::Damaged { block: self.number })?;
        self.at = self.block.len() - bytes.len();
        self.events = self.events.saturating_add(1);
        Ok(Some(event))
    }
}

impl Iterator for Capture<'_> {
    type Item = Result<MarketEvent, CaptureError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let item = self.read().transpose();
        self.done = !matches!(item, Some(Ok(_)));
        item
    }
}

fn next_block(rest: &mut &[u8], block: u32) -> Result<Next, CaptureError> {
    let cut_off = CaptureError::CutOff { block };
    let mut number = || -> Result<u32, CaptureError> {
        let (bytes, after) = rest.split_first_chunk().ok_or(cut_off.clone())?;
        *rest = after;
        Ok(u32::from_le_bytes(*bytes))
    };
    let (packed, unpacked, sum) = (number()? as usize, number()? as usize, number()?);
    if packed == 0 && unpacked == 0 {
        return Ok(Next::End { promised: sum });
    }
    let (bytes, after) = rest.split_at_checked(packed).ok_or(cut_off)?;
    *rest = after;
    if unpacked > BLOCK_MAX || crc32fast::hash(bytes) != sum {
        return Err(CaptureError::Damaged { block });
    }
    match zstd::bulk::decompress(bytes, unpacked) {
        Ok(raw) if raw.len() == unpacked && !raw.is_empty() => Ok(Next::Block(raw)),
        _ => Err(CaptureError::Damaged { block }),
    }
}

#[cfg(test)]
mod tests;
