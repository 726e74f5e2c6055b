//! Orders that are kept for the opening, until the broker makes ordinary ones of them.
//!
//! They are numbered on their own. At the opening the broker gives the order that comes of one a number like any other: the
//! order goes on under it, as after a modification.

use jiff::civil::Date;

use super::kind::of_code;
use super::listed::{Listed, NoOrder, RowOf, side};
use super::number::{Line, OrderNumber};
use super::track::{Tracked, Tracker};
use crate::broker::kis::exchange::OverseasExchange;
use crate::broker::kis::wire::product::plain_symbol;
use crate::broker::kis::wire::reserved::{ReservedOverseas, ReservedStock};
use crate::broker::kis::wire::{Number, Text};
use crate::market::{InstrumentId, Quantity, Side, Symbol, UtcTime, Venue};
use crate::order::{OrderKind, OrderState, TimeInForce};
use rust_decimal::Decimal;

/// How a row says that its order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Kept,
    Sent,
    Canceled,
    Refused,
}

/// What was sent has a number and is an ordinary order now, whatever became of that one.
fn standing(order: &Text, is_canceled: bool, says: &Text, refusal: &Text) -> Standing {
    let is_sent = order.bytes().any(|byte| byte.is_ascii_digit() && byte != b'0');
    if is_sent {
        Standing::Sent
    } else if is_canceled {
        Standing::Canceled
    } else if says.contains("거부") || !refusal.is_empty() {
        Standing::Refused
    } else {
        Standing::Kept
    }
}

fn reason(refusal: &Text) -> String {
    if refusal.is_empty() { "the broker refused it at the opening".to_owned() } else { refusal.to_string() }
}

/// A row with the date of the order that came of it, where it says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The row under the number that the order has until the opening.
    pub row: Listed,
    /// Digits of the order that came of it, and its date.
    pub became: Option<(Box<str>, Option<Date>)>,
}

impl Kept {
    fn new(mut row: Listed, standing: Standing, refusal: &Text, became: (&Text, Option<Date>)) -> Self {
        let all = row.quantity.value();
        match standing {
            Standing::Kept | Standing::Sent => row.open = all,
            Standing::Canceled => row.canceled = all,
            Standing::Refused => (row.refused, row.reason) = (all, Some(reason(refusal))),
        }
        let (digits, date) = became;
        Self { row, became: (standing == Standing::Sent).then(|| (digits.as_str().into(), date)) }
    }

    /// From the list of Korea.
    ///
    /// # Errors
    /// When number, date, symbol, side or quantity are missing or implausible.
    pub fn stock(row: &ReservedStock) -> Result<Self, NoOrder> {
        let date = row.date.get().or(row.taken_on.get()).ok_or(NoOrder)?;
        let symbol = Symbol::new(plain_symbol(&row.symbol)).map_err(|_| NoOrder)?;
        let of = InstrumentId { venue: Venue::Krx, symbol };
        let number = OrderNumber::new(Line::ReservedStock, date, &row.number).ok_or(NoOrder)?;
        let kind = of_code(&row.kind, row.price.price(), None).map(|(kind, _)| kind);
        let time = row.taken_at.in_korea(row.taken_on.get().unwrap_or(date)).ok_or(NoOrder)?;
        let listed = listed(number, of, &row.side, (kind, &row.kind), &row.quantity, time)?;
        let standing = standing(&row.order, row.canceled_on.get().is_some(), &row.result, &row.refusal);
        Ok(Self::new(listed, standing, &row.refusal, (&row.order, None)))
    }

    /// From the list of foreign shares.
    ///
    /// # Errors
    /// As [`Self::stock`].
    pub fn overseas(row: &ReservedOverseas) -> Result<Self, NoOrder> {
        let date = row.date.get().ok_or(NoOrder)?;
        let exchange = OverseasExchange::of_orders(&row.exchange)
            .or_else(|| OverseasExchange::of_quotes(&row.exchange))
            .ok_or(NoOrder)?;
        let of = InstrumentId { venue: exchange.venue(), symbol: Symbol::new(&row.symbol).map_err(|_| NoOrder)? };
        let number = OrderNumber::new(Line::ReservedOverseas, date, &row.number).ok_or(NoOrder)?;
        let kind = row.price.price().map_or(OrderKind::OnOpen { price: None }, |price| OrderKind::Limit { price });
        let time = row.time.in_korea(date).ok_or(NoOrder)?;
        let listed = listed(number, of, &row.side, (Some(kind), &Text::new("00")), &row.quantity, time)?;
        let standing = standing(&row.order, row.is_canceled.is_yes(), &row.state, &row.refusal);
        Ok(Self::new(listed, standing, &row.refusal, (&row.order, row.ordered_on.get())))
    }
}

fn listed(
    number: OrderNumber,
    instrument: InstrumentId,
    side_code: &str,
    (kind, code): (Option<OrderKind>, &Text),
    quantity: &Number,
    time: UtcTime,
) -> Result<Listed, NoOrder> {
    Ok(Listed {
        number,
        changed: None,
        row: RowOf::Order,
        branch: "".into(),
        route: None,
        instrument,
        side: side(side_code).ok_or(NoOrder)?,
        kind: kind.map(|kind| (kind, TimeInForce::Reserved)),
        code: code.as_str().into(),
        quantity: quantity.quantity().filter(|quantity| !quantity.is_zero()).ok_or(NoOrder)?,
        filled: Decimal::ZERO,
        filled_value: Decimal::ZERO,
        open: Decimal::ZERO,
        refused: Decimal::ZERO,
        canceled: Decimal::ZERO,
        reason: None,
        time,
    })
}

impl Tracker {
    /// Orders that wait for the opening, of every product.
    pub fn kept(&self) -> impl Iterator<Item = (&OrderNumber, &Tracked)> {
        let numbers = self.numbers().filter(|number| number.line.is_reserved());
        let known = numbers.filter_map(|number| Some((number, self.get(number)?)));
        known.filter(|(_, order)| order.state.is_open() && order.replaced_by.is_none())
    }

    /// Whether an order of hoga's waits in a list.
    #[must_use]
    pub fn has_kept(&self, line: Line) -> bool {
        self.kept().any(|(number, order)| number.line == line && order.order_id.is_some())
    }

    /// Whether an order in this, this way, waits for the opening.
    #[must_use]
    pub fn keeps(&self, line: Line, symbol: Symbol, side: Side) -> bool {
        let is_it = |order: &Tracked| order.instrument.symbol == symbol && order.side == side;
        self.kept().any(|(number, order)| number.line.ordinary() == line && is_it(order))
    }

    /// The opening has come: the order goes on under an ordinary number. `false` where it went on already, or the number is
    /// another order's.
    pub fn sent_at_opening(&mut self, kept: &OrderNumber, order: &OrderNumber) -> bool {
        let Some(known) = self.get(kept).filter(|known| known.replaced_by.is_none()) else { return false };
        let (kind, owner) = (known.kind, known.order_id);
        let is_free = self
            .get(order)
            .is_none_or(|there| there.replaces.is_none() && (there.order_id.is_none() || there.order_id == owner));
        if !is_free || self.is_of_cancel(order) {
            return false;
        }
        self.moved(kept, order, None, None);
        // It is an order of its day now.
        self.sent_as(order, (kind, TimeInForce::Day));
        true
    }

    /// An order that waits has another price or quantity, under the number it has.
    pub fn changed_in_place(&mut self, number: &OrderNumber, kind: OrderKind, quantity: Quantity) {
        if let Some(order) = self.get_mut(number) {
            (order.kind, order.quantity) = (Some(kind), Some(quantity));
        }
    }

    /// An order that waited never comes to be sent.
    pub fn ended(&mut self, number: &OrderNumber, state: OrderState) {
        if let Some(order) = self.get_mut(number).filter(|order| order.state.is_open()) {
            order.state = state;
        }
    }
}
