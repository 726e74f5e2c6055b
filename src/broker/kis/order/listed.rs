//! Rows of order lists in one shape, whichever service they came from.

use rust_decimal::Decimal;

use super::kind::{of_code, of_future_code};
use super::number::{Line, OrderNumber};
use crate::broker::kis::exchange::{OverseasExchange, StockRoute};
use crate::broker::kis::wire::bond::BondOrder;
use crate::broker::kis::wire::future_account::FutureOrder;
use crate::broker::kis::wire::overseas_account::OverseasOrder;
use crate::broker::kis::wire::product::plain_symbol;
use crate::broker::kis::wire::stock_order::{RevocableOrder, StockOrder};
use crate::market::session::trading_date;
use crate::market::{InstrumentId, Quantity, Side, Symbol, UtcTime, Venue};
use crate::order::{OrderKind, OrderState, TimeInForce};

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowOf {
    /// An order, or a modification: it works under its own number.
    Order,
    /// A cancel: a row that works nothing.
    Cancel,
}

/// An order as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its number.
    pub number: OrderNumber,
    /// The order it changed.
    pub changed: Option<OrderNumber>,
    /// What it is.
    pub row: RowOf,
    /// Branch that a change must repeat.
    pub branch: Box<str>,
    /// Where it was sent, as far as it is told.
    pub route: Option<StockRoute>,
    /// On what.
    pub instrument: InstrumentId,
    /// Which way.
    pub side: Side,
    /// Type and prices; none when the code is not known.
    pub kind: Option<(OrderKind, TimeInForce)>,
    /// The code as it came.
    pub code: Box<str>,
    /// Ordered under this number.
    pub quantity: Quantity,
    /// Filled under this number.
    pub filled: Decimal,
    /// Money of those fills.
    pub filled_value: Decimal,
    /// Still open.
    pub open: Decimal,
    /// Refused.
    pub refused: Decimal,
    /// Canceled.
    pub canceled: Decimal,
    /// Why it was refused, where it is said.
    pub reason: Option<String>,
    /// When it was taken.
    pub time: UtcTime,
}

/// A row that cannot be an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a row of the order list that is no order")]
pub struct NoOrder;

pub(super) fn side(code: &str) -> Option<Side> {
    match code {
        "01" | "1" => Some(Side::Sell),
        "02" | "2" => Some(Side::Buy),
        _ => None,
    }
}

/// Whether a row's type in words is a cancel's (`매수취소*`, `BUY CANCEL*`).
fn names_cancel(name: &str) -> bool {
    name.contains("취소") || name.to_ascii_uppercase().contains("CANCEL")
}

/// Money of fills: as it is said, else by their average.
fn value_of(said: Decimal, filled: Decimal, average: Decimal) -> Option<Decimal> {
    if said.is_zero() { filled.checked_mul(average) } else { Some(said) }
}

/// Sum of price times quantity of the fills of a bond. The money is a tenth of it and told in whole won, the average price
/// with two decimals: the average as long as it says the same money, else what the money says.
fn bond_value(said: Decimal, filled: Decimal, average: Decimal) -> Option<Decimal> {
    let by_average = filled.checked_mul(average)?;
    let by_money = said.checked_mul(Decimal::TEN)?;
    let beyond = by_average.checked_sub(by_money)?;
    let agrees = beyond >= Decimal::ZERO && beyond < Decimal::TEN;
    if said.is_zero() || agrees {
        return Some(by_average);
    }
    // Well inside the won that was told: cut to whole won it is that won, also after a division.
    by_money.checked_add(beyond.clamp(Decimal::ONE, Decimal::from(9)))
}

/// Nothing below zero, and no more filled than ordered.
fn plausible(row: &Listed) -> bool {
    let parts = [row.filled, row.open, row.refused, row.canceled, row.filled_value];
    parts.iter().all(|part| *part >= Decimal::ZERO) && row.filled <= row.quantity.value()
}

impl Listed {
    /// From the list of orders in Korean shares.
    ///
    /// # Errors
    /// When number, date, symbol, side or quantity are missing or implausible.
    pub fn stock(row: &StockOrder) -> Result<Self, NoOrder> {
        let date = row.date.get().ok_or(NoOrder)?;
        let route = StockRoute::of(&row.exchange);
        let symbol = Symbol::new(plain_symbol(&row.symbol)).map_err(|_| NoOrder)?;
        let filled = row.filled.or_zero();
        // A modification that was canceled later says so too, and then something of it was canceled.
        let cancels = row.is_cancel.is_yes() && !row.canceled.is_something() || names_cancel(&row.kind_name);
        let changed = OrderNumber::new(Line::Stock, date, &row.changed);
        let listed = Self {
            number: OrderNumber::new(Line::Stock, date, &row.number).ok_or(NoOrder)?,
            row: if cancels && changed.is_some() { RowOf::Cancel } else { RowOf::Order },
            changed,
            branch: row.branch.as_str().into(),
            route,
            instrument: InstrumentId { venue: Venue::Krx, symbol },
            side: side(&row.side).ok_or(NoOrder)?,
            kind: of_code(&row.kind, row.price.price(), row.trigger.price()),
            code: row.kind.as_str().into(),
            quantity: row.quantity.quantity().ok_or(NoOrder)?,
            filled,
            filled_value: value_of(row.filled_value.or_zero(), filled, row.average.or_zero()).ok_or(NoOrder)?,
            open: row.open.or_zero(),
            refused: row.refused.or_zero(),
            canceled: row.canceled.or_zero(),
            reason: None,
            time: row.time.in_korea(date).ok_or(NoOrder)?,
        };
        plausible(&listed).then_some(listed).ok_or(NoOrder)
    }

    /// From the list of revocable orders, which are of today.
    ///
    /// # Errors
    /// As [`Self::stock`].
    pub fn revocable(row: &RevocableOrder, now: UtcTime) -> Result<Self, NoOrder> {
        let date = trading_date(Venue::Krx, now);
        let route = StockRoute::of(&row.exchange);
        let listed = Self {
            number: OrderNumber::new(Line::Stock, date, &row.number).ok_or(NoOrder)?,
            changed: OrderNumber::new(Line::Stock, date, &row.changed),
            row: RowOf::Order,
            branch: row.branch.as_str().into(),
            route,
            instrument: InstrumentId {
                venue: Venue::Krx,
                symbol: Symbol::new(plain_symbol(&row.symbol)).map_err(|_| NoOrder)?,
            },
            side: side(&row.side).ok_or(NoOrder)?,
            kind: of_code(&row.kind, row.price.price(), row.trigger.price()),
            code: row.kind.as_str().into(),
            quantity: row.quantity.quantity().ok_or(NoOrder)?,
            filled: row.filled.or_zero(),
            filled_value: Decimal::ZERO,
            open: row.open.or_zero(),
            refused: Decimal::ZERO,
            canceled: Decimal::ZERO,
            reason: None,
            time: row.time.in_korea(date).ok_or(NoOrder)?,
        };
        plausible(&listed).then_some(listed).ok_or(NoOrder)
    }

    /// From either list of orders in foreign shares, at an exchange hoga has a venue for.
    ///
    /// # Errors
    /// As [`Self::stock`].
    pub fn overseas(row: &OverseasOrder) -> Result<Self, NoOrder> {
        let date = row.date.get().ok_or(NoOrder)?;
        let exchange = OverseasExchange::of_orders(&row.exchange).ok_or(NoOrder)?;
        let venue = exchange.venue();
        let filled = row.filled.or_zero();
        let quantity = row.quantity.quantity().ok_or(NoOrder)?;
        let open = row.open.or_zero();
        let unfilled = quantity.value().checked_sub(filled).ok_or(NoOrder)?;
        let refused = if &*row.state == "거부" { unfilled } else { Decimal::ZERO };
        let rest = unfilled.checked_sub(open).and_then(|rest| rest.checked_sub(refused)).ok_or(NoOrder)?;
        let in_korea = row.korean_date.get().and_then(|date| row.korean_time.in_korea(date));
        let kind = row.price.price().map(|price| (OrderKind::Limit { price }, TimeInForce::Day));
        let listed = Self {
            number: OrderNumber::new(Line::Overseas, date, &row.number).ok_or(NoOrder)?,
            changed: OrderNumber::new(Line::Overseas, date, &row.changed),
            row: if &*row.change == "02" { RowOf::Cancel } else { RowOf::Order },
            branch: row.branch.as_str().into(),
            route: None,
            instrument: InstrumentId { venue, symbol: Symbol::new(&row.symbol).map_err(|_| NoOrder)? },
            side: side(&row.side).ok_or(NoOrder)?,
            kind: Some(kind.unwrap_or((OrderKind::Market, TimeInForce::Day))),
            code: "00".into(),
            quantity,
            filled,
            filled_value: value_of(row.filled_value.or_zero(), filled, row.average.or_zero()).ok_or(NoOrder)?,
            open,
            refused,
            canceled: rest.max(Decimal::ZERO),
            reason: Some(row.refusal.to_string()).filter(|reason| !reason.is_empty()),
            time: in_korea.or_else(|| row.time.at(venue, date)).ok_or(NoOrder)?,
        };
        plausible(&listed).then_some(listed).ok_or(NoOrder)
    }

    /// From the list of orders in bonds, which says neither what was canceled nor what was refused: what is neither filled
    /// nor open has ended.
    ///
    /// # Errors
    /// As [`Self::stock`].
    pub fn bond(row: &BondOrder) -> Result<Self, NoOrder> {
        let date = row.date.get().ok_or(NoOrder)?;
        let filled = row.filled.or_zero();
        let quantity = row.quantity.quantity().ok_or(NoOrder)?;
        let open = row.open.or_zero();
        let rest = quantity.value().checked_sub(filled).and_then(|rest| rest.checked_sub(open)).ok_or(NoOrder)?;
        let changed = OrderNumber::new(Line::Bond, date, &row.changed);
        let cancels = names_cancel(&row.kind_name) && changed.is_some();
        let listed = Self {
            number: OrderNumber::new(Line::Bond, date, &row.number).ok_or(NoOrder)?,
            row: if cancels { RowOf::Cancel } else { RowOf::Order },
            changed,
            branch: row.branch.as_str().into(),
            route: None,
            instrument: InstrumentId { venue: Venue::KrxBonds, symbol: Symbol::new(&row.isin).map_err(|_| NoOrder)? },
            side: side(&row.side).ok_or(NoOrder)?,
            kind: row.price.price().map(|price| (OrderKind::Limit { price }, TimeInForce::Day)),
            code: "".into(),
            quantity,
            filled,
            filled_value: bond_value(row.filled_value.or_zero(), filled, row.average.or_zero()).ok_or(NoOrder)?,
            open,
            refused: Decimal::ZERO,
            canceled: rest.max(Decimal::ZERO),
            reason: None,
            time: row.time.in_korea(date).ok_or(NoOrder)?,
        };
        plausible(&listed).then_some(listed).ok_or(NoOrder)
    }

    /// From the list of orders in futures and options. Money of fills is kept in points: it is what prices are in.
    ///
    /// # Errors
    /// As [`Self::stock`].
    pub fn future(row: &FutureOrder) -> Result<Self, NoOrder> {
        let date = row.date.get().ok_or(NoOrder)?;
        let filled = row.filled.or_zero();
        let quantity = row.quantity.quantity().ok_or(NoOrder)?;
        let (open, refused) = (row.open.or_zero(), row.refused.or_zero());
        let rest = quantity.value().checked_sub(filled).and_then(|rest| rest.checked_sub(open)).ok_or(NoOrder)?;
        let price = row.price.price();
        // An order of another program with a type hoga does not have is an order all the same.
        let other = (price.map_or(OrderKind::Market, |price| OrderKind::Limit { price }), TimeInForce::Day);
        let changed = OrderNumber::new(Line::Future, date, &row.changed);
        let is_refused = refused > Decimal::ZERO;
        let listed = Self {
            number: OrderNumber::new(Line::Future, date, &row.number).ok_or(NoOrder)?,
            row: if names_cancel(&row.deed) && changed.is_some() { RowOf::Cancel } else { RowOf::Order },
            changed,
            branch: row.branch.as_str().into(),
            route: None,
            instrument: InstrumentId {
                venue: Venue::KrxFutures,
                symbol: Symbol::new(&row.contract).map_err(|_| NoOrder)?,
            },
            side: side(&row.side).ok_or(NoOrder)?,
            kind: Some(of_future_code(&row.kind, price).unwrap_or(other)),
            code: row.kind.as_str().into(),
            quantity,
            filled,
            // Prices have two decimals, the average is cut after eight.
            filled_value: filled.checked_mul(row.average.or_zero()).ok_or(NoOrder)?.round_dp(2),
            open,
            refused,
            canceled: rest.checked_sub(refused).ok_or(NoOrder)?.max(Decimal::ZERO),
            reason: Some(row.refusal.to_string()).filter(|reason| is_refused && !reason.is_empty()),
            time: row.time.in_korea(date).ok_or(NoOrder)?,
        };
        plausible(&listed).then_some(listed).ok_or(NoOrder)
    }

    /// The state its numbers say. Without anything open, filled, canceled or refused nothing is certain yet: it counts as
    /// working.
    #[must_use]
    pub fn state(&self) -> OrderState {
        let immediate = matches!(self.kind, Some((_, TimeInForce::Ioc | TimeInForce::Fok)));
        if self.filled == self.quantity.value() && !self.quantity.is_zero() {
            OrderState::Filled
        } else if self.open > Decimal::ZERO {
            if self.filled.is_zero() { OrderState::Accepted } else { OrderState::PartiallyFilled }
        } else if self.refused > Decimal::ZERO {
            if self.filled.is_zero() { OrderState::Rejected } else { OrderState::Canceled }
        } else if self.canceled > Decimal::ZERO {
            if immediate { OrderState::Expired } else { OrderState::Canceled }
        } else if self.filled.is_zero() {
            OrderState::Accepted
        } else {
            OrderState::PartiallyFilled
        }
    }
}
