//! Which trading dates of a product's lists are asked for.
//!
//! Dates of foreign shares are the exchange's own. A US session runs over Korean midnight, and the one of the Korean day
//! over midnight in New York; whichever of them a date is counted by, both are asked for.

use std::time::Duration;

use jiff::civil::Date;

use crate::broker::api::FindOrder;
use crate::broker::kis::order::{Line, OrderNumber};
use crate::broker::kis::order_match::{EARLIER_MAX, LATER_MAX};
use crate::broker::kis::session::once::Question;
use crate::market::session::{night_date, trading_date};
use crate::market::{UtcTime, Venue};

/// How far back lists are asked for; older ones are another, slower service.
const BACK_MAX: Duration = Duration::from_secs(90 * DAY);
const DAY: u64 = 24 * 60 * 60;
/// How far back the list of orders in bonds goes: a week, its last day counted in.
const BONDS_BACK_MAX: Duration = Duration::from_secs(6 * DAY);
/// A session of the evening in New York is over this long after midnight there.
const OVER_MIDNIGHT: Duration = Duration::from_secs(4 * 60 * 60);

/// First and last date.
pub(in crate::broker::kis::session) type Span = (Date, Date);

impl Question for Span {
    fn holds(&self, other: &Self) -> bool {
        self.0 <= other.0 && other.1 <= self.1
    }

    fn and(&self, other: &Self) -> Self {
        (self.0.min(other.0), self.1.max(other.1))
    }
}

/// The date of the session that runs at a time, or ran last.
pub(super) fn day(line: Line, at: UtcTime) -> Date {
    match line {
        Line::Overseas => trading_date(Venue::Nasdaq, at.minus(OVER_MIDNIGHT)),
        Line::Stock | Line::Future | Line::Bond => trading_date(Venue::Krx, at),
        // It waits for its session, which may be days away.
        Line::ReservedStock | Line::ReservedOverseas => super::reserved::days(at).0,
        Line::Night => night_date(at),
    }
}

/// The date of the session of a venue that runs at a time, or ran last: only those of the US run over midnight.
pub(super) fn day_at(line: Line, venue: Venue, at: UtcTime) -> Date {
    if line == Line::Overseas && !venue.is_american() { trading_date(venue, at) } else { day(line, at) }
}

/// The dates between two times; whether they are all of them.
pub(super) fn between(line: Line, (from, until): (UtcTime, UtcTime), now: UtcTime) -> (Span, bool) {
    let oldest = now.minus(if line == Line::Bond { BONDS_BACK_MAX } else { BACK_MAX });
    let first = day(line, from.max(oldest));
    // Korea is ahead of every exchange that is traded from here; a night has the date of its evening.
    let last = if line == Line::Night { day(line, until) } else { trading_date(Venue::Krx, until) }.max(first);
    ((first, last), from >= oldest)
}

/// First and last date of which the list of orders in bonds can be asked for: it ends today.
pub(super) fn bonds_listed(now: UtcTime) -> Span {
    (day(Line::Bond, now.minus(BONDS_BACK_MAX)), day(Line::Bond, now))
}

/// The dates of what works now.
pub(in crate::broker::kis::session) fn today(line: Line, now: UtcTime) -> Span {
    between(line, (now, now), now).0
}

/// The dates that an order and its changes can have: it is good for a day.
pub(in crate::broker::kis::session) fn of_number(number: &OrderNumber, now: UtcTime) -> Span {
    let (first, last) = today(number.line, now);
    let until = number.date.tomorrow().unwrap_or(number.date);
    (number.date.min(first), until.min(last).max(number.date))
}

/// The dates on which an order can be that is looked for.
pub(super) fn of_find(line: Line, find: &FindOrder, now: UtcTime) -> Span {
    let from = find.sent_at.minus(EARLIER_MAX);
    let until = find.sent_at.plus(LATER_MAX).plus(Duration::from_secs(DAY)).min(now.max(find.sent_at));
    let (clipped, last) = between(line, (from, until), now).0;
    // The list of bonds is short, and what it does not reach is not to be called missing.
    let first = if line == Line::Bond { day(line, from) } else { clipped };
    // A number says itself when its order is; a stop of yesterday may have been sent on today's.
    let number = find.order.broker_id.as_ref().and_then(OrderNumber::parse).filter(|number| number.line == line);
    number.map_or((first, last), |number| of_number(&number, now))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::super::samples::{find, sell_abroad, utc};
    use super::*;
    use crate::broker::api::FindOrder;
    use crate::order::BrokerOrderId;

    #[test]
    fn a_us_session_over_korean_midnight_is_asked_for_by_both_dates() {
        let before = utc("2026-09-14T23:30:00+09:00");
        assert_eq!(today(Line::Overseas, before), (date(2026, 9, 14), date(2026, 9, 14)));
        let after = utc("2026-09-15T00:30:00+09:00");
        assert_eq!(today(Line::Overseas, after), (date(2026, 9, 14), date(2026, 9, 15)));
        assert_eq!(today(Line::Stock, after), (date(2026, 9, 15), date(2026, 9, 15)));
        // The session of the Korean day began in New York the evening before.
        let daytime = utc("2026-09-15T14:30:00+09:00");
        assert_eq!(today(Line::Overseas, daytime), (date(2026, 9, 14), date(2026, 9, 15)));
        let early = utc("2026-09-15T17:30:00+09:00");
        assert_eq!(today(Line::Overseas, early), (date(2026, 9, 15), date(2026, 9, 15)));
    }

    #[test]
    fn an_asian_day_is_over_at_its_own_midnight_and_asked_for_with_the_us_one() {
        let morning = utc("2026-09-15T10:45:00+09:00");
        assert_eq!(day_at(Line::Overseas, Venue::Hkex, morning), date(2026, 9, 15));
        assert_eq!(day_at(Line::Overseas, Venue::Nyse, morning), date(2026, 9, 14));
        assert_eq!(today(Line::Overseas, morning), (date(2026, 9, 14), date(2026, 9, 15)));
    }

    #[test]
    fn an_order_sent_before_midnight_is_looked_for_on_both_days() {
        let sent = utc("2026-09-14T23:59:59+09:00");
        let find = find(&sell_abroad(1, "220.5", 3), sent);
        let now = sent.plus(Duration::from_secs(75));
        assert_eq!(of_find(Line::Overseas, &find, now), (date(2026, 9, 14), date(2026, 9, 15)));
        // Days later its own are enough.
        let now = sent.plus(Duration::from_secs(10 * DAY));
        assert_eq!(of_find(Line::Overseas, &find, now), (date(2026, 9, 14), date(2026, 9, 16)));
    }

    #[test]
    fn a_number_says_its_day() {
        let sent = utc("2026-09-14T10:00:00+09:00");
        let mut find: FindOrder = find(&sell_abroad(1, "220.5", 3), sent);
        find.order.broker_id = Some(BrokerOrderId::new("overseas:20260910:0000004336").unwrap());
        let (first, last) = of_find(Line::Overseas, &find, sent.plus(Duration::from_secs(5)));
        assert_eq!((first, last), (date(2026, 9, 10), date(2026, 9, 11)));
    }

    #[test]
    fn the_list_of_bonds_is_of_a_week_and_an_older_order_is_not_called_missing() {
        let now = utc("2026-09-14T10:00:00+09:00");
        assert_eq!(bonds_listed(now), (date(2026, 9, 8), date(2026, 9, 14)));
        let (days, whole) = between(Line::Bond, (utc("2026-09-01T10:00:00+09:00"), now), now);
        assert_eq!((days, whole), (bonds_listed(now), false));
        let old = find(&sell_abroad(1, "220.5", 3), utc("2026-09-01T10:00:00+09:00"));
        assert_eq!(of_find(Line::Bond, &old, now).0, date(2026, 9, 1));
    }

    #[test]
    fn older_days_than_there_are_make_the_answer_incomplete() {
        let now = utc("2026-09-14T10:00:00+09:00");
        let (span, whole) = between(Line::Stock, (utc("2026-01-02T10:00:00+09:00"), now), now);
        assert_eq!((span, whole), ((date(2026, 6, 16), date(2026, 9, 14)), false));
        assert!(between(Line::Stock, (utc("2026-09-01T10:00:00+09:00"), now), now).1);
    }
}
