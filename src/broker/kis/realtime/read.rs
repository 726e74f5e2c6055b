//! From a frame to its records.

use super::derivative::{DerivativeBook, DerivativeTrade};
use super::extra::{BondBook, BondIndex, BondTrade, EtfNav, IndexValue, Programme};
use super::frame::{Frame, FrameFault};
use super::overseas::{OverseasBook, OverseasTrade};
use super::row::{Row, Rows, Scratch};
use super::status::MarketStatus;
use super::stock_book::StockBook;
use super::stock_trade::StockTrade;
use super::stream::Stream;

/// A record of a plain stream.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Record<'a> {
    /// A print, or an expected price, of a Korean share.
    StockTrade(StockTrade<'a>),
    /// A book of a Korean share.
    StockBook(StockBook<'a>),
    /// Status of a market and a symbol.
    Status(MarketStatus<'a>),
    /// A print of a foreign share.
    OverseasTrade(OverseasTrade<'a>),
    /// A book of a foreign share.
    OverseasBook(OverseasBook<'a>),
    /// A print of a future or an option.
    DerivativeTrade(DerivativeTrade<'a>),
    /// A book of a future or an option.
    DerivativeBook(DerivativeBook<'a>),
    /// A print of a bond.
    BondTrade(BondTrade<'a>),
    /// A book of a bond.
    BondBook(BondBook<'a>),
    /// The bond index.
    BondIndex(BondIndex<'a>),
    /// A Korean index.
    Index(IndexValue<'a>),
    /// Net asset value of an ETF.
    EtfNav(EtfNav),
    /// Programme trading.
    Programme(Programme),
}

impl<'a> Record<'a> {
    /// Reads a record; `None` when it is implausible, or of an encrypted stream.
    #[inline]
    #[must_use]
    pub fn of(stream: Stream, row: Row<'a>) -> Option<Self> {
        match stream {
            Stream::KrxTrade
            | Stream::NxtTrade
            | Stream::UnifiedTrade
            | Stream::KrxExpected
            | Stream::NxtExpected
            | Stream::UnifiedExpected => StockTrade::read(row).map(Self::StockTrade),
            Stream::KrxBook | Stream::NxtBook | Stream::UnifiedBook => StockBook::read(row).map(Self::StockBook),
            Stream::KrxStatus | Stream::NxtStatus | Stream::UnifiedStatus => MarketStatus::read(row).map(Self::Status),
            Stream::OverseasTrade => OverseasTrade::read(row).map(Self::OverseasTrade),
            Stream::OverseasBook | Stream::OverseasDelayedBook => OverseasBook::read(row).map(Self::OverseasBook),
            Stream::FutureTrade
            | Stream::CommodityTrade
            | Stream::StockFutureTrade
            | Stream::NightFutureTrade
            | Stream::OptionTrade
            | Stream::NightOptionTrade => DerivativeTrade::read(stream, row).map(Self::DerivativeTrade),
            Stream::FutureBook
            | Stream::CommodityBook
            | Stream::StockFutureBook
            | Stream::NightFutureBook
            | Stream::OptionBook
            | Stream::NightOptionBook => DerivativeBook::read(stream, row).map(Self::DerivativeBook),
            Stream::BondTrade => BondTrade::read(row).map(Self::BondTrade),
            Stream::BondBook => BondBook::read(row).map(Self::BondBook),
            Stream::BondIndex => BondIndex::read(row).map(Self::BondIndex),
            Stream::Index => IndexValue::read(row).map(Self::Index),
            Stream::EtfNav => EtfNav::read(row).map(Self::EtfNav),
            Stream::Programme => Programme::read(row).map(Self::Programme),
            Stream::StockNotice
            | Stream::OverseasNotice
            | Stream::FutureNotice
            | Stream::NightFutureNotice
            | Stream::NightOptionNotice => None,
        }
    }
}

/// What came of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Fields of its records. One that has not been seen before is worth a line in the log.
    pub width: usize,
    /// Records that could be read.
    pub read: usize,
    /// Records that were implausible and left out.
    pub refused: usize,
}

/// Why a frame gave no records at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReadFault {
    /// Not a frame.
    #[error(transparent)]
    Frame(#[from] FrameFault),
    /// A stream that is not known.
    #[error("an unknown stream")]
    UnknownStream,
    /// Too few fields to be a record of its stream.
    #[error("records of {width} fields, at least {least} wanted")]
    TooNarrow {
        /// Fields it has.
        width: usize,
        /// Fields it needs.
        least: usize,
    },
    /// Its payload must be decrypted first.
    #[error("an encrypted frame")]
    Encrypted,
}

/// Reads frames one after the other without allocating.
#[derive(Default)]
pub struct Reader {
    scratch: Scratch,
}

impl Reader {
    /// A reader.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The stream and the records of a plain frame, not read yet.
    ///
    /// # Errors
    /// When nothing in it can be trusted.
    #[inline]
    pub fn rows<'s>(&'s mut self, frame: &Frame<'s>) -> Result<(Stream, Rows<'s>), ReadFault> {
        if frame.encrypted {
            return Err(ReadFault::Encrypted);
        }
        let stream = Stream::of(frame.tr_id).ok_or(ReadFault::UnknownStream)?;
        let uneven = |fields| FrameFault::Uneven { fields, records: frame.count };
        let rows = self.scratch.rows(frame.payload, frame.count).map_err(uneven)?;
        let (width, least) = (rows.width(), stream.fields_min());
        if width < least {
            return Err(ReadFault::TooNarrow { width, least });
        }
        Ok((stream, rows))
    }

    /// Gives every record of a plain frame to `each`, in its order.
    ///
    /// # Errors
    /// When nothing in it can be trusted.
    #[inline]
    pub fn read(&mut self, frame: &Frame<'_>, mut each: impl FnMut(Stream, Record<'_>)) -> Result<Tally, ReadFault> {
        let (stream, rows) = self.rows(frame)?;
        let mut tally = Tally { width: rows.width(), read: 0, refused: 0 };
        for row in rows {
            match Record::of(stream, row) {
                Some(record) => {
                    tally.read += 1;
                    each(stream, record);
                }
                None => tally.refused += 1,
            }
        }
        Ok(tally)
    }

    /// The room records are read into, for a decrypted notice.
    pub fn scratch(&mut self) -> &mut Scratch {
        &mut self.scratch
    }
}
