//! Foreign exchanges: 24 columns with tabs between them.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::column::{Listing, decoded, lines};
use crate::broker::kis::exchange::OverseasExchange;
use crate::broker::kis::wire::{Number, Text};
use crate::market::{Instrument, InstrumentId, Price, Product, Quantity, Symbol, TickRule};

/// What kind of issue a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OverseasIssueKind {
    /// An index.
    Index,
    /// A share.
    Share,
    /// An exchange-traded product.
    Product,
    /// A warrant.
    Warrant,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverseasIssue {
    /// Where.
    pub exchange: OverseasExchange,
    /// Symbol; may hold characters hoga's symbols do not have.
    pub symbol: Text,
    /// Key of its stream.
    pub stream_key: Text,
    /// Korean name.
    pub name_ko: Text,
    /// English name.
    pub name_en: Text,
    /// What it is.
    pub kind: OverseasIssueKind,
    /// Currency.
    pub currency: Text,
    /// Decimals of a price.
    pub decimals: u32,
    /// Previous close.
    pub base: Option<Price>,
    /// Lot of a buy.
    pub lot: Decimal,
    /// Sector code.
    pub sector: Text,
}

/// Reads a file.
#[must_use]
pub fn read(bytes: &[u8]) -> Listing<OverseasIssue> {
    lines(bytes, issue)
}

fn issue(line: &[u8]) -> Option<OverseasIssue> {
    let columns: Vec<&[u8]> = line.split(|byte| *byte == b'\t').collect();
    if columns.len() < 20 {
        return None;
    }
    let at = |index: usize| decoded(columns.get(index)?);
    let number = |index: usize| Number::parse(&at(index)?).ok().map(Number::or_zero);
    let kind = match &*at(8)? {
        "1" => OverseasIssueKind::Index,
        "2" => OverseasIssueKind::Share,
        "3" => OverseasIssueKind::Product,
        "4" => OverseasIssueKind::Warrant,
        _ => return None,
    };
    Some(OverseasIssue {
        exchange: OverseasExchange::of_quotes(&at(2)?)?,
        symbol: at(4).filter(|symbol| !symbol.is_empty())?,
        stream_key: at(5)?,
        name_ko: at(6)?,
        name_en: at(7)?,
        kind,
        currency: at(9)?,
        decimals: number(10)?.to_u32().filter(|decimals| *decimals <= 8)?,
        base: Price::new(number(12)?).ok(),
        lot: number(13)?,
        sector: at(19)?,
    })
}

impl OverseasIssue {
    /// Prices of orders and the decimals of the finest, by the rules of the exchange: what the codes for them in the file
    /// mean is told nowhere. Funds in Hong Kong, China and Tokyo have tables of their own, of which the finest step stands.
    fn grid(&self) -> (TickRule, u32) {
        let fixed = |mantissa, decimals| (TickRule::Fixed(Decimal::new(mantissa, decimals)), decimals);
        let is_fund = self.kind == OverseasIssueKind::Product;
        match self.exchange {
            // Orders in dollars have cents; quotes have finer prices.
            OverseasExchange::Nasdaq | OverseasExchange::Nyse | OverseasExchange::Amex => fixed(1, 2),
            OverseasExchange::HongKong | OverseasExchange::Shanghai | OverseasExchange::Shenzhen if is_fund => {
                fixed(1, 3)
            }
            OverseasExchange::HongKong => (TickRule::HkexShare, 3),
            OverseasExchange::Shanghai | OverseasExchange::Shenzhen => fixed(1, 2),
            OverseasExchange::Tokyo if is_fund => fixed(1, 1),
            OverseasExchange::Tokyo => (TickRule::TseShare, 1),
            OverseasExchange::Hanoi if is_fund => fixed(1, 0),
            OverseasExchange::Hanoi => fixed(100, 0),
            OverseasExchange::HoChiMinh if is_fund => fixed(10, 0),
            OverseasExchange::HoChiMinh => (TickRule::HoseShare, 0),
        }
    }

    /// The instrument, at an exchange hoga has a venue for and under a symbol it can hold.
    #[must_use]
    pub fn instrument(&self) -> Option<Instrument> {
        if !matches!(self.kind, OverseasIssueKind::Share | OverseasIssueKind::Product) {
            return None;
        }
        let venue = self.exchange.venue();
        let (ticks, price_decimals) = self.grid();
        let lot = Quantity::new(self.lot.max(Decimal::ONE)).ok()?;
        let name = if self.name_ko.is_empty() { &self.name_en } else { &self.name_ko };
        Some(Instrument {
            id: InstrumentId { venue, symbol: Symbol::new(&self.symbol).ok()? },
            name_ko: name.to_string(),
            name_en: self.name_en.to_string(),
            product: Product::ForeignStock,
            currency: self.exchange.currency(),
            ticks,
            price_decimals,
            lot,
            min_quantity: lot,
            max_quantity: None,
            min_notional: None,
            multiplier: Decimal::ONE,
            base_price: self.base,
            daily_limit: None,
            tiers: Vec::new(),
        })
    }
}
