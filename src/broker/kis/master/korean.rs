//! KOSPI and KOSDAQ: shares, ETF, ETN, and what searches leave out.
//!
//! A line has a head of 61 bytes (code, ISIN, name) and a tail of fixed length, cut from the end.

use rust_decimal::{Decimal, dec};

use super::column::{Listing, letter, lines, number, text};
use crate::broker::kis::wire::Text;
use crate::market::{Board, Currency, Instrument, InstrumentId, Price, Product, Quantity, Symbol, TickRule, Venue};

/// Which of the two files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KoreanList {
    /// `kospi_code.mst`.
    Kospi,
    /// `kosdaq_code.mst`.
    Kosdaq,
}

/// Columns of the tail.
struct Tail {
    length: usize,
    etp: usize,
    base: usize,
    lot: usize,
    halted: usize,
    alarm: usize,
    par: usize,
    listed: usize,
    shares: usize,
    market_value: usize,
}

const KOSPI: Tail = Tail {
    length: 227,
    etp: 22,
    base: 41,
    lot: 50,
    halted: 60,
    alarm: 63,
    par: 93,
    listed: 105,
    shares: 113,
    market_value: 212,
};
const KOSDAQ: Tail = Tail {
    length: 221,
    etp: 18,
    base: 36,
    lot: 45,
    halted: 55,
    alarm: 58,
    par: 88,
    listed: 100,
    shares: 108,
    market_value: 206,
};

/// KOSPI200 sector: zero for shares that are no members.
const KOSPI200: usize = 18;
/// Bytes of code, ISIN and name.
const HEAD: usize = 61;

impl KoreanList {
    const fn tail(self) -> &'static Tail {
        match self {
            Self::Kospi => &KOSPI,
            Self::Kosdaq => &KOSDAQ,
        }
    }
}

/// What kind of issue a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Issue {
    /// A share, common or preferred.
    Share,
    /// A REIT, traded as a share.
    Reit,
    /// An ETF.
    Etf,
    /// An ETN.
    Etn,
    /// Warrants, rights, funds: not listed by searches.
    Other,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KoreanIssue {
    /// Symbol, six or seven characters; text, never a number.
    pub symbol: Symbol,
    /// ISIN.
    pub isin: Text,
    /// Korean name.
    pub name: Text,
    /// What it is.
    pub issue: Issue,
    /// Its list.
    pub board: Board,
    /// 기준가, won.
    pub base: Option<Price>,
    /// Lot, shares.
    pub lot: Decimal,
    /// Whether trading is halted (거래정지).
    pub halted: bool,
    /// Whether it is being delisted (정리매매).
    pub clearing: bool,
    /// Whether it is an administrative issue (관리종목).
    pub administrative: bool,
    /// 00 none, 01 caution, 02 warning, 03 danger.
    pub alarm: u8,
    /// Par value, won.
    pub par: Decimal,
    /// When it was listed, `YYYYMMDD`.
    pub listed: Text,
    /// Shares listed, in thousands.
    pub shares: Decimal,
    /// Market value in units of 100 million won.
    pub market_value: Decimal,
}

/// Reads a file.
#[must_use]
pub fn read(list: KoreanList, bytes: &[u8]) -> Listing<KoreanIssue> {
    lines(bytes, |line| issue(list, line))
}

fn flag(line: &[u8], at: usize) -> Option<bool> {
    match letter(line, at)? {
        b'Y' => Some(true),
        b'N' | b' ' | b'0' => Some(false),
        _ => None,
    }
}

fn issue(list: KoreanList, line: &[u8]) -> Option<KoreanIssue> {
    let columns = list.tail();
    let split = line.len().checked_sub(columns.length).filter(|split| *split >= HEAD)?;
    let (head, tail) = line.split_at_checked(split)?;
    let symbol = Symbol::new(&text(head, 0, 9)?).ok()?;
    let name = text(head, 21, split - 21)?;
    let group = text(tail, 0, 2)?;
    let etp = letter(tail, columns.etp)?;
    let issue = match (&*group, etp) {
        ("EF", _) => Issue::Etf,
        ("EN", _) => Issue::Etn,
        ("ST", _) | ("FS" | "DR", _) => Issue::Share,
        ("RT", _) => Issue::Reit,
        _ => Issue::Other,
    };
    let board = match list {
        KoreanList::Kospi => Board::Kospi { kospi200: !matches!(letter(tail, KOSPI200)?, b'0' | b'N' | b' ') },
        KoreanList::Kosdaq => Board::Kosdaq,
    };
    let alarm = number(tail, columns.alarm, 2)?;
    Some(KoreanIssue {
        symbol,
        isin: text(head, 9, 12)?,
        name: Some(name).filter(|name| !name.is_empty())?,
        issue,
        board,
        base: Price::new(number(tail, columns.base, 9)?).ok(),
        lot: number(tail, columns.lot, 5)?,
        halted: flag(tail, columns.halted)?,
        clearing: flag(tail, columns.halted + 1)?,
        administrative: flag(tail, columns.halted + 2)?,
        alarm: u8::try_from(alarm).ok()?,
        par: number(tail, columns.par, 12)?,
        listed: text(tail, columns.listed, 8)?,
        shares: number(tail, columns.shares, 15)?,
        market_value: number(tail, columns.market_value, 9)?,
    })
}

impl KoreanIssue {
    /// Whether a search shows it.
    #[must_use]
    pub const fn is_searched(&self) -> bool {
        !matches!(self.issue, Issue::Other)
    }

    /// Whether a person should be warned before trading it.
    #[must_use]
    pub const fn needs_warning(&self) -> bool {
        self.halted || self.clearing || self.administrative || self.alarm >= 2
    }

    /// The instrument at a Korean venue; none for what is not traded here.
    #[must_use]
    pub fn instrument(&self, venue: Venue) -> Option<Instrument> {
        let (product, ticks) = match self.issue {
            Issue::Share | Issue::Reit => {
                let ticks =
                    if matches!(self.board, Board::Kospi { .. }) { TickRule::KrxStock } else { TickRule::KrxKosdaq };
                (Product::KrxStock(self.board), ticks)
            }
            Issue::Etf | Issue::Etn => (Product::KrxEtf, TickRule::KrxEtf),
            Issue::Other => return None,
        };
        let lot = Quantity::new(self.lot.max(Decimal::ONE)).ok()?;
        Some(Instrument {
            id: InstrumentId { venue, symbol: self.symbol },
            name_ko: self.name.to_string(),
            name_en: String::new(),
            product,
            currency: Currency::Krw,
            ticks,
            price_decimals: 0,
            lot,
            min_quantity: lot,
            max_quantity: None,
            min_notional: None,
            multiplier: Decimal::ONE,
            base_price: self.base,
            daily_limit: Some(dec!(0.3)),
            tiers: Vec::new(),
        })
    }
}
