//! Rows of the list of orders of the night session.
//!
//! Whether the broker dates what happens after midnight by the calendar, by the evening or by the morning its documents do
//! not say: a row is put where it can be, after what was asked for and before now.

use std::time::Duration;

use jiff::civil::Date;

use super::listed::{Listed, NoOrder};
use super::number::{Line, OrderNumber};
use crate::broker::kis::wire::Text;
use crate::broker::kis::wire::future_account::FutureOrder;
use crate::market::UtcTime;
use crate::market::session::night_date;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Clocks of the two ends differ by less.
const AHEAD_MAX: Duration = Duration::from_secs(60 * 60);

impl Listed {
    /// From the list of orders of nights from `first` on.
    ///
    /// # Errors
    /// As [`Self::future`].
    pub fn night(row: &FutureOrder, first: Date, now: UtcTime) -> Result<Self, NoOrder> {
        let kind = if row.kind.is_empty() { Text::new(code(&row.kind_name)) } else { row.kind.clone() };
        let mut listed = Self::future(&FutureOrder { kind, ..row.clone() })?;
        listed.time = placed(listed.time, first, now);
        let night = night_date(listed.time);
        listed.number = OrderNumber::new(Line::Night, night, &row.number).ok_or(NoOrder)?;
        listed.changed = OrderNumber::new(Line::Night, night, &row.changed);
        Ok(listed)
    }
}

/// An evening that is still to come is the one before, told by the date of its morning; a morning before what was asked for
/// is the one after, told by the date of its evening.
fn placed(time: UtcTime, first: Date, now: UtcTime) -> UtcTime {
    let latest = now.plus(AHEAD_MAX);
    if time > latest {
        return time.minus(DAY);
    }
    let later = time.plus(DAY);
    if night_date(time) < first && later <= latest { later } else { time }
}

/// The code of a type that is told in words.
fn code(name: &str) -> &'static str {
    let name: String = name.chars().filter(|letter| !letter.is_whitespace()).collect();
    match name.as_str() {
        "지정가" => "01",
        "시장가" => "02",
        "조건부지정가" | "조건부" => "03",
        "최유리지정가" | "최유리" => "04",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::broker::kis::wire::{Clock, Day, Envelope, Part};
    use crate::order::OrderKind;

    fn row(day: &str, time: &str) -> FutureOrder {
        let body = include_bytes!("../../../../tests/data/kis/futures_inquire_ccnl_orders.json");
        let row: FutureOrder = Envelope::parse("orders", body).unwrap().rows(Part::First).rows.remove(0);
        let (date, time) = (Day::parse(day).unwrap(), Clock::parse(time).unwrap());
        FutureOrder { date, time, kind: Text::new(""), kind_name: Text::new("지정가"), ..row }
    }

    #[test]
    fn a_row_belongs_to_the_night_in_which_it_can_have_been() {
        let now = UtcTime::parse("2026-11-21T00:30:00+09:00").unwrap();
        for (day, time, at) in [
            ("20261120", "235000", "2026-11-20T23:50:00+09:00"),
            // After midnight: by the calendar, with hours that go on, and by the date of the evening.
            ("20261121", "001000", "2026-11-21T00:10:00+09:00"),
            ("20261120", "241000", "2026-11-21T00:10:00+09:00"),
            ("20261120", "001000", "2026-11-21T00:10:00+09:00"),
            // By the date of the morning.
            ("20261121", "235000", "2026-11-20T23:50:00+09:00"),
        ] {
            let listed = Listed::night(&row(day, time), date(2026, 11, 20), now).unwrap();
            assert_eq!(listed.time, UtcTime::parse(at).unwrap(), "{day} {time}");
            assert_eq!((listed.number.line, listed.number.date), (Line::Night, date(2026, 11, 20)), "{day} {time}");
            assert!(matches!(listed.kind, Some((OrderKind::Limit { .. }, _))), "{:?}", listed.kind);
        }
    }
}
