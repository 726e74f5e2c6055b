//! What each record looks like in a table.

mod account;
mod alert;
mod auth;
mod desk;
mod market;
mod order;
mod realised;
mod risk;
#[cfg(test)]
mod tests;

pub use alert::AlertLine;
pub use auth::{KeyLine, KeyTest};
pub use market::InformedRecord;
pub use risk::{CheckRecord, ComparisonRecord, KillPreview};

use rust_decimal::Decimal;

use super::number::{change, grouped, percent, signed};
use super::output::Look;
use super::table::{Cell, Paint, card};
use crate::market::{Price, Quantity, UtcTime};
use crate::text::Column;

fn amount(number: Decimal) -> Cell {
    Cell::number(grouped(number))
}

fn optional_amount(number: Option<Decimal>) -> Cell {
    number.map(amount).unwrap_or_default()
}

fn price(price: Option<Price>) -> Cell {
    optional_amount(price.map(Price::value))
}

fn quantity(quantity: Option<Quantity>) -> Cell {
    optional_amount(quantity.map(Quantity::value))
}

fn profit(number: Decimal) -> Cell {
    Cell::number(signed(number)).painted(Paint::of(number))
}

fn optional_profit(number: Option<Decimal>) -> Cell {
    number.map(profit).unwrap_or_default()
}

fn changed(number: Option<Decimal>) -> Cell {
    number.map(|number| Cell::number(change(number)).painted(Paint::of(number))).unwrap_or_default()
}

fn changed_percent(number: Option<Decimal>) -> Cell {
    number.map(|number| Cell::number(percent(number)).painted(Paint::of(number))).unwrap_or_default()
}

fn optional_text(text: Option<&str>) -> Cell {
    text.map(Cell::text).unwrap_or_default()
}

fn text_of_time(look: &Look, time: Option<UtcTime>) -> Cell {
    time.map(|time| look.time(time)).unwrap_or_default()
}

fn lines(look: &Look, lines: Vec<(Column, Cell)>) -> String {
    let lines: Vec<(&str, Cell)> = lines.into_iter().map(|(column, cell)| (look.head(column), cell)).collect();
    card(&lines, look.colour)
}

fn name<'a>(look: &Look, ko: &'a str, en: &'a str) -> Cell {
    Cell::name(crate::text::pick_owned(look.language, ko, en))
}
