//! Where the fields stand: two columns where the pane is wide, one where it is tall, and a window on them where it is
//! neither.

use super::basis::Basis;
use super::form::{Field, Form};
use crate::market::Side;

/// Something with a place of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Item {
    /// Side and instrument in one line.
    Head,
    /// The instrument.
    Instrument,
    /// A field.
    Field(Field),
    /// What an order without a limit is counted with.
    Counted,
    /// What the quantity comes to.
    ComesTo,
    /// What the desk says it costs.
    Figure(Figure),
}

/// What the desk says of the money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Figure {
    Cost,
    Fee,
    Tax,
    SetAside,
    Breakeven,
    After,
}

/// A line: one item, or two beside each other.
pub(super) type Row = (Item, Option<Item>);

/// Where a field was drawn, for clicks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot {
    pub field: Field,
    /// The side that is meant, on the words of the two.
    pub side: Option<Side>,
    pub x: u16,
    pub y: u16,
    pub width: u16,
}

impl Slot {
    /// Whether a cell of the pane is the field's.
    pub(super) const fn holds(&self, x: u16, y: u16) -> bool {
        y == self.y && x >= self.x && x < self.x.saturating_add(self.width)
    }
}

/// From this width on, two columns stand beside each other.
const TWO_COLUMNS: u16 = 40;

const FIGURES: [(Figure, Figure); 3] =
    [(Figure::Cost, Figure::Fee), (Figure::Tax, Figure::SetAside), (Figure::Breakeven, Figure::After)];

/// The lines of the form for a pane of that size.
pub(super) fn rows(form: &Form, basis: Option<&Basis>, width: u16, height: u16, rows: &mut Vec<Row>) {
    rows.clear();
    if width < TWO_COLUMNS {
        one_column(form, basis, rows);
        // Two lines for what is said, and one for the button.
        if rows.len() + 3 <= usize::from(height) {
            return;
        }
        rows.clear();
    }
    two_columns(form, basis, rows);
}

fn one_column(form: &Form, basis: Option<&Basis>, rows: &mut Vec<Row>) {
    rows.push((Item::Instrument, None));
    let changes = form.change.is_some();
    for field in Field::ALL {
        let fixed = matches!(field, Field::Side | Field::Type);
        if field == Field::Send || !(form.has(field, basis) || (changes && fixed)) {
            continue;
        }
        if field == Field::Quantity && !form.needs_price() && !form.needs_trigger() && !changes {
            rows.push((Item::Counted, None));
        }
        rows.push((Item::Field(field), None));
        if field == Field::Quantity {
            rows.push((Item::ComesTo, None));
        }
    }
    figures(rows);
}

fn two_columns(form: &Form, basis: Option<&Basis>, rows: &mut Vec<Row>) {
    rows.push((Item::Head, None));
    rows.push((Item::Field(Field::Type), Some(Item::Field(Field::Lasts))));
    let has = |field| form.has(field, basis).then_some(Item::Field(field));
    rows.extend(has(Field::Route).map(|route| (route, None)));
    let price = has(Field::Price);
    let other = has(Field::Trigger).or(has(Field::Trail));
    rows.push(match (price, other) {
        (Some(price), other) => (price, other),
        (None, Some(other)) => (other, Some(Item::Counted)),
        (None, None) => (Item::Counted, None),
    });
    rows.push((Item::Field(Field::Quantity), Some(Item::ComesTo)));
    match (has(Field::Template), has(Field::ReduceOnly)) {
        (Some(template), other) => rows.push((template, other)),
        (None, Some(reduce)) => rows.push((reduce, None)),
        (None, None) => {}
    }
    if let Some(gain) = has(Field::TakeProfit) {
        rows.push((gain, has(Field::StopLoss)));
    }
    figures(rows);
}

fn figures(rows: &mut Vec<Row>) {
    rows.extend(FIGURES.map(|(left, right)| (Item::Figure(left), Some(Item::Figure(right)))));
}

/// The first line of the form that is shown, so that the one with the keys is among `shown`.
pub(super) fn first_row(rows: &[Row], field: Field, shown: usize) -> usize {
    let holds = |item: Item| item == Item::Field(field) || (field == Field::Side && item == Item::Head);
    let at = rows.iter().position(|(left, right)| holds(*left) || right.is_some_and(holds));
    match at {
        _ if rows.len() <= shown => 0,
        Some(at) => at.saturating_sub(shown.saturating_sub(1)),
        // The button: what it would cost stands above it.
        None => rows.len() - shown,
    }
}
