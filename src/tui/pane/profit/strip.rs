//! The last days beside each other, trading or not.

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};
use rust_decimal::Decimal;

use crate::market::Venue;
use crate::market::session::zone;
use crate::text::Language;
use crate::tui::model::Model;
use crate::tui::theme::{Look, Role};
use crate::tui::widget::{Align, Digits, Pen};

/// Cells of a day.
const DAY: u16 = 9;
/// Rows it takes.
pub const ROWS: u16 = 2;

/// Draws the days up to today, the newest at the right, in Korean time.
pub fn draw(model: &Model, calendar: &BTreeMap<Date, Decimal>, y: u16, pen: &mut Pen<'_>) {
    let today = model.now.utc.to_jiff().to_zoned(zone(Venue::Krx).clone()).date();
    let days = pen.width() / DAY;
    let mut date = today;
    for from_right in 0..days {
        let x = (days - 1 - from_right) * DAY;
        day(model, date, calendar.get(&date).copied(), (x, y), pen);
        let Ok(before) = date.yesterday() else { return };
        date = before;
    }
}

fn day(model: &Model, date: Date, profit: Option<Decimal>, (x, y): (u16, u16), pen: &mut Pen<'_>) {
    let look = &model.look;
    let weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
    let label = pen.style(if weekend { Role::Dim } else { Role::Label });
    let width = DAY - 1;
    pen.value(x, y, width, format_args!("{}/{}", date.month(), date.day()), Align::Right, label);
    match profit {
        Some(profit) => {
            let direction = profit.cmp(&Decimal::ZERO);
            let stale = !model.is_connected();
            let style = pen.style(if stale { Role::Stale } else { Look::direction(direction) });
            let digits = Digits::new(profit.abs().round_dp(2), look.language == Language::Ko);
            pen.value(x, y + 1, width, format_args!("{}{digits}", look.arrow(direction)), Align::Right, style);
        }
        None => {
            let dim = pen.style(Role::Dim);
            pen.field(x, y + 1, width, look.glyphs.dot, Align::Right, dim);
        }
    }
}
