//! Execution notices: what became of orders, of Korean and foreign shares and of derivatives.
//!
//! A notice says what has just happened, a fill with its own quantity. What remains is the order's quantity less all its
//! fills; no field carries it. The customer's name in it is not read.

use rust_decimal::Decimal;

use super::Clock;
use super::row::{Row, Scratch};
use super::stream::Stream;
use crate::market::Side;

/// Why a decrypted notice cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoticeFault {
    /// Not a stream of notices.
    #[error("not a stream of notices")]
    NotANotice,
    /// Too few fields.
    #[error("a notice of {0} fields")]
    TooNarrow(usize),
    /// A field that every notice has cannot be read.
    #[error("field {0} of a notice")]
    Field(usize),
}

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeOf {
    /// A new order.
    New,
    /// A modification.
    Modification,
    /// A cancel.
    Cancel,
}

/// What has happened. Decided in the order refused, filled, ended, confirmed, received: combinations of the flags are
/// not all documented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happened {
    /// Refused by the exchange.
    Refused,
    /// Filled: this much at this price, and no more than this.
    Filled {
        /// Units of this fill.
        quantity: Decimal,
        /// Its price.
        price: Decimal,
    },
    /// What an IOC or FOK order could not fill was canceled.
    RestCanceled,
    /// A modification or cancel took effect: the notice's number is the new one, the order it changed has ended.
    Confirmed,
    /// Received: a new order works, a change is pending.
    Received,
}

/// A notice. Order numbers are text: their zeros count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Which product's.
    pub stream: Stream,
    /// Account of ten digits; the registration is by customer, so notices of other accounts come too.
    pub account: Box<str>,
    /// Number of the order, or of the change.
    pub number: Box<str>,
    /// Number of the order that was changed.
    pub changed: Option<Box<str>>,
    /// Branch that a change must repeat.
    pub branch: Box<str>,
    /// Which way.
    pub side: Side,
    /// What it is about.
    pub change: ChangeOf,
    /// What has happened.
    pub happened: Happened,
    /// Order type of Korean shares (`00` and so on).
    pub kind: Box<str>,
    /// 0 none, 1 IOC, 2 FOK; of foreign shares the market.
    pub condition: u8,
    /// Symbol.
    pub symbol: Box<str>,
    /// Quantity of this event: of the fill, else of the order.
    pub event_quantity: Decimal,
    /// Quantity of the whole order; absent where the notice leaves it out.
    pub order_quantity: Option<Decimal>,
    /// Price of the order, where it is said.
    pub order_price: Option<Decimal>,
    /// Trigger of a stop, where there is one.
    pub trigger: Option<Decimal>,
    /// 1 KRX, 2 NXT, 3 and 4 the same by the broker's routing; absent in old layouts and other products.
    pub exchange: Option<u8>,
    /// When, Korean time; some foreign exchanges leave it out.
    pub time: Option<Clock>,
}

/// Where the fields of a product's notice stand.
struct Layout {
    kind: usize,
    condition: usize,
    symbol: usize,
    quantity: usize,
    price: usize,
    time: usize,
    refused: usize,
    filled: usize,
    stage: usize,
    branch: usize,
    order_quantity: usize,
    order_price: Option<usize>,
    trigger: Option<usize>,
    exchange: Option<usize>,
}

const STOCK: Layout = Layout {
    kind: 6,
    condition: 7,
    symbol: 8,
    quantity: 9,
    price: 10,
    time: 11,
    refused: 12,
    filled: 13,
    stage: 14,
    branch: 15,
    order_quantity: 16,
    order_price: Some(25),
    trigger: Some(18),
    exchange: Some(19),
};
/// Before 2026 a notice had 23 fields, the last the order's price.
const STOCK_BEFORE: Layout = Layout { order_price: Some(22), trigger: None, exchange: None, ..STOCK };
const OVERSEAS: Layout = Layout {
    kind: 6,
    condition: 18,
    symbol: 7,
    quantity: 8,
    price: 9,
    time: 10,
    refused: 11,
    filled: 12,
    stage: 13,
    branch: 14,
    order_quantity: 15,
    order_price: None,
    trigger: None,
    exchange: None,
};
const FUTURE: Layout = Layout { order_price: Some(21), ..OVERSEAS };
const NIGHT: Layout = Layout { order_price: None, ..OVERSEAS };

/// Fields since which a notice of Korean shares has its present layout.
const STOCK_WIDE: usize = 26;

fn layout(stream: Stream, width: usize) -> Option<&'static Layout> {
    match stream {
        Stream::StockNotice if width >= STOCK_WIDE => Some(&STOCK),
        Stream::StockNotice => Some(&STOCK_BEFORE),
        Stream::OverseasNotice => Some(&OVERSEAS),
        Stream::FutureNotice => Some(&FUTURE),
        Stream::NightFutureNotice | Stream::NightOptionNotice => Some(&NIGHT),
        _ => None,
    }
}

/// Decimals that the price of a foreign notice implies, by its market. Unknown markets are read as US ones are not: their
/// price cannot be trusted.
fn implied_decimals(stream: Stream, condition: u8) -> Option<u32> {
    match stream {
        Stream::OverseasNotice => match condition {
            b'6' | b'7' | b'8' | b'9' => Some(4),
            b'D' => Some(1),
            b'4' | b'C' | b'5' | b'A' | b'B' => Some(3),
            b'E' | b'F' => Some(0),
            _ => None,
        },
        Stream::FutureNotice | Stream::NightFutureNotice | Stream::NightOptionNotice => Some(2),
        _ => Some(0),
    }
}

impl Notice {
    /// Reads a decrypted notice.
    ///
    /// # Errors
    /// When a field that every notice has is missing or implausible. The account must then be compared by asking.
    pub fn parse(stream: Stream, text: &str, scratch: &mut Scratch) -> Result<Self, NoticeFault> {
        let width = text.bytes().filter(|byte| *byte == b'^').count() + 1;
        if width < stream.fields_min() {
            return Err(NoticeFault::TooNarrow(width));
        }
        let layout = layout(stream, width).ok_or(NoticeFault::NotANotice)?;
        let (row, _) = scratch.read(text.as_bytes(), width).ok_or(NoticeFault::TooNarrow(width))?;
        read(stream, layout, row)
    }

    /// Whether it changes the order it names in [`Self::changed`].
    #[must_use]
    pub const fn is_change(&self) -> bool {
        matches!(self.change, ChangeOf::Modification | ChangeOf::Cancel)
    }
}

fn digits(row: Row<'_>, field: usize) -> Option<Box<str>> {
    let text = row.text(field);
    (!text.is_empty() && text.len() <= 16 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())).then(|| text.into())
}

fn scaled(row: Row<'_>, field: usize, decimals: u32) -> Option<Decimal> {
    let digits = row.integer(field)?;
    let value = Decimal::try_new(digits, decimals).ok()?.normalize();
    (value >= Decimal::ZERO).then_some(value)
}

fn read(stream: Stream, layout: &Layout, row: Row<'_>) -> Result<Notice, NoticeFault> {
    let need = |field: usize| digits(row, field).ok_or(NoticeFault::Field(field));
    let side = match row.text(4) {
        "01" | "03" => Side::Sell,
        "02" | "04" => Side::Buy,
        _ => return Err(NoticeFault::Field(4)),
    };
    let change = match row.code(5) {
        b'0' => ChangeOf::New,
        b'1' => ChangeOf::Modification,
        b'2' => ChangeOf::Cancel,
        _ => return Err(NoticeFault::Field(5)),
    };
    let event_quantity = scaled(row, layout.quantity, 0).ok_or(NoticeFault::Field(layout.quantity))?;
    let condition = row.code(layout.condition);
    let decimals = implied_decimals(stream, condition);
    let price = decimals.and_then(|decimals| scaled(row, layout.price, decimals));
    let happened = match (row.code(layout.refused), row.code(layout.filled), row.code(layout.stage)) {
        (b'1', _, _) => Happened::Refused,
        (_, b'2', _) => {
            let sound = |value: &Decimal| *value > Decimal::ZERO;
            let quantity = Some(event_quantity).filter(sound).ok_or(NoticeFault::Field(layout.quantity))?;
            Happened::Filled { quantity, price: price.filter(sound).ok_or(NoticeFault::Field(layout.price))? }
        }
        (_, b'1', b'3') => Happened::RestCanceled,
        (_, b'1', b'2') => Happened::Confirmed,
        (_, b'1', _) => Happened::Received,
        _ => return Err(NoticeFault::Field(layout.filled)),
    };
    let order_decimals = if stream == Stream::FutureNotice { 2 } else { 0 };
    let said = |value: &Decimal| !value.is_zero();
    let order_price = layout.order_price.and_then(|field| scaled(row, field, order_decimals)).filter(said);
    // A receipt of a foreign order carries the order's price where a fill carries its own.
    let receipt_price = (stream == Stream::OverseasNotice && happened == Happened::Received).then_some(price).flatten();
    Ok(Notice {
        stream,
        account: need(1)?,
        number: need(2)?,
        changed: digits(row, 3).filter(|number| number.bytes().any(|byte| byte != b'0')),
        branch: digits(row, layout.branch).unwrap_or_default(),
        side,
        change,
        happened,
        kind: row.text(layout.kind).into(),
        condition,
        symbol: need(layout.symbol)?,
        event_quantity,
        order_quantity: scaled(row, layout.order_quantity, 0).filter(said),
        order_price: order_price.or(receipt_price).filter(said),
        trigger: layout.trigger.and_then(|field| scaled(row, field, 0)).filter(said),
        exchange: layout.exchange.map(|field| row.code(field)).filter(|code| code.is_ascii_digit()),
        time: row.clock(layout.time),
    })
}
