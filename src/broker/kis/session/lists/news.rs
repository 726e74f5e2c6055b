//! What a list says that has not been told.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::span;
use crate::broker::api::{BrokerEvent, OrderReport};
use crate::broker::kis::order::list::{self, Told};
use crate::broker::kis::order::listed::Listed;
use crate::broker::kis::order::{Line, OrderNumber, Tracker};
use crate::market::UtcTime;
use crate::order::BrokerOrderId;

/// What came of taking a list over.
#[derive(Debug, Default)]
pub(super) struct News {
    /// All that the list says.
    pub(super) told: Told,
    /// Orders that are otherwise than they were known to be.
    pub(super) changed: Vec<OrderReport>,
}

impl News {
    /// What the desk has to hear: fills first, so that no order ends before they are told.
    pub(super) fn events(&self) -> impl Iterator<Item = BrokerEvent> {
        let fills = self.told.fills.iter().cloned().map(BrokerEvent::Fill);
        fills.chain(self.changed.iter().cloned().map(BrokerEvent::Order))
    }
}

/// Rows as they are meant: under the numbers they are known by, and without anything open on days that are over.
pub(super) fn settled(tracker: &Tracker, mut rows: Vec<Listed>, now: UtcTime) -> Vec<Listed> {
    let listed: Vec<OrderNumber> = rows.iter().map(|row| row.number.clone()).collect();
    for row in &mut rows {
        if let Some(known) = other_day(tracker, row).filter(|known| !listed.contains(known)) {
            row.number = known;
        }
        let old = row.changed.as_ref().filter(|old| tracker.get(old).is_none() && !listed.contains(old));
        if let Some(known) = old.and_then(|old| tracker.recent(old)) {
            row.changed = Some(known.clone());
        }
        if is_over(row, now) && row.open > Decimal::ZERO {
            row.canceled += std::mem::take(&mut row.open);
            row.reason = row.reason.take().or_else(|| Some("its day is over".to_owned()));
        }
    }
    rows
}

/// Whether the day of a row is over; of derivatives its session, so that no order of the day lives on in the night.
fn is_over(row: &Listed, now: UtcTime) -> bool {
    match row.number.line {
        Line::Future | Line::Night => row.number.is_over(row.instrument.venue, now),
        line => row.number.date < span::day_at(line, row.instrument.venue, now),
    }
}

/// The number of an order that is known by the date before or after: a session over midnight may be counted either way.
fn other_day(tracker: &Tracker, row: &Listed) -> Option<OrderNumber> {
    if !row.instrument.venue.is_american() || tracker.get(&row.number).is_some() {
        return None;
    }
    let known = tracker.recent(&row.number)?;
    let order = tracker.get(known)?;
    let same = order.instrument == row.instrument && order.side == row.side && order.quantity == Some(row.quantity);
    same.then(|| known.clone())
}

/// Takes rows over and finds out what is new in them.
pub(super) fn take(tracker: &mut Tracker, rows: &[Listed], now: UtcTime) -> News {
    let mut before: BTreeMap<BrokerOrderId, OrderReport> = BTreeMap::new();
    for row in rows {
        let report = tracker.report(&tracker.newest(&row.number), now, None);
        before.extend(report.map(|report| (report.broker_id.clone(), report)));
    }
    let told = list::take(tracker, rows, now);
    let is_news = |report: &&OrderReport| match before.get(&report.broker_id) {
        Some(known) => differs(known, report),
        // An order of another program that is over is nobody's business here.
        None => report.order_id.is_some() || report.state.is_open(),
    };
    let changed = told.orders.iter().filter(is_news).cloned().collect();
    News { told, changed }
}

fn differs(known: &OrderReport, report: &OrderReport) -> bool {
    known.state != report.state
        || known.filled != report.filled
        || known.quantity != report.quantity
        || known.kind != report.kind
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::super::super::samples::{at, id, instrument, listed, number, tracked, utc};
    use super::*;
    use crate::broker::kis::order::listed::RowOf;
    use crate::market::{Quantity, Symbol, Venue};
    use crate::order::OrderState;

    #[test]
    fn a_list_tells_once_what_no_notice_told() {
        let mut tracker = Tracker::default();
        tracker.remember(number("0000117057"), tracked(1, "70000", 10));
        let row = Listed { filled: dec!(4), filled_value: dec!(279800), open: dec!(6), ..listed("0000117057", 10) };
        let news = take(&mut tracker, std::slice::from_ref(&row), at("09:16:00"));
        assert_eq!(news.told.fills.len(), 1);
        assert_eq!(news.told.fills[0].execution_id.as_str(), "stock:20260914:0000117057:4");
        assert_eq!(news.told.fills[0].price.value(), dec!(69950));
        assert_eq!(news.changed.len(), 1);
        assert_eq!(news.changed[0].order_id, Some(id(1)));
        assert!(matches!(news.events().next(), Some(BrokerEvent::Fill(_))));
        let again = take(&mut tracker, &[row], at("09:16:03"));
        assert_eq!(again.events().count(), 0);
        assert_eq!(again.told.orders.len(), 1);
    }

    #[test]
    fn a_notice_behind_the_list_counts_nothing_twice() {
        let mut tracker = Tracker::default();
        let known = number("0000117057");
        tracker.remember(known.clone(), tracked(1, "70000", 10));
        let row = Listed { filled: dec!(4), filled_value: dec!(280000), open: dec!(6), ..listed("0000117057", 10) };
        take(&mut tracker, &[row], at("09:16:00"));
        assert_eq!(tracker.fill(&known, dec!(3), dec!(70000), at("09:15:59")), None);
        // The notice after it holds what the list had of it, and more.
        let fill = tracker.fill(&known, dec!(3), dec!(70000), at("09:16:01")).unwrap();
        assert_eq!((fill.quantity, fill.execution_id.as_str()), (Quantity::whole(2), "stock:20260914:0000117057:6"));
        // Long after the list no notice can be of it.
        let fill = tracker.fill(&known, dec!(4), dec!(70000), at("09:20:00")).unwrap();
        assert_eq!((fill.quantity, tracker.get(&known).unwrap().state), (Quantity::whole(4), OrderState::Filled));
    }

    #[test]
    fn an_open_row_of_a_day_that_is_over_is_not_open() {
        let tracker = Tracker::default();
        let row = Listed { open: dec!(10), ..listed("0000117057", 10) };
        let rows = settled(&tracker, vec![row.clone()], utc("2026-09-15T08:30:00+09:00"));
        assert_eq!(rows[0].state(), OrderState::Canceled);
        assert_eq!(settled(&tracker, vec![row], at("19:59:00"))[0].state(), OrderState::Accepted);
    }

    #[test]
    fn an_order_of_the_us_session_of_the_korean_day_is_one_order_by_either_date() {
        let mut tracker = Tracker::default();
        let apple = InstrumentIdOf::apple();
        let sent = OrderNumber::new(Line::Overseas, jiff::civil::date(2026, 9, 13), "0000000012").unwrap();
        let order = crate::broker::kis::order::Tracked { instrument: apple, ..tracked(1, "220", 3) };
        tracker.remember(sent.clone(), order);
        let listed_as = OrderNumber::new(Line::Overseas, jiff::civil::date(2026, 9, 14), "0000000012").unwrap();
        let row = Listed { number: listed_as.clone(), instrument: apple, open: dec!(3), ..listed("1", 3) };
        let rows = settled(&tracker, vec![row.clone()], at("11:00:00"));
        assert_eq!(rows[0].number, sent);
        // The same digits of another share are another order.
        let other = Listed { instrument: instrument(), ..row };
        assert_eq!(settled(&tracker, vec![other], at("11:00:00"))[0].number, listed_as);
    }

    struct InstrumentIdOf;

    impl InstrumentIdOf {
        fn apple() -> crate::market::InstrumentId {
            crate::market::InstrumentId { venue: Venue::Nasdaq, symbol: Symbol::new("AAPL").unwrap() }
        }
    }

    #[test]
    fn a_refused_modification_leaves_the_order_under_its_old_number() {
        let mut tracker = Tracker::default();
        let (old, new) = (number("0000117057"), number("0000117099"));
        tracker.remember(old.clone(), tracked(1, "70000", 10));
        tracker.moved(&old, &new, None, None);
        assert_eq!(tracker.newest(&old), new);
        let refused = Listed { changed: Some(old.clone()), refused: dec!(10), ..listed("0000117099", 10) };
        let still = Listed { open: dec!(10), ..listed("0000117057", 10) };
        let news = take(&mut tracker, &[still, refused], at("09:16:00"));
        assert_eq!((tracker.newest(&old), tracker.newest(&new)), (old.clone(), old.clone()));
        assert_eq!(news.told.orders.len(), 1);
        assert_eq!(news.told.orders[0].broker_id, old.id().unwrap());
        assert_eq!(tracker.of_order(id(1)), Some(old));
    }

    #[test]
    fn a_part_that_was_canceled_makes_the_order_smaller() {
        let mut tracker = Tracker::default();
        let known = number("0000117057");
        tracker.remember(known.clone(), tracked(1, "70000", 10));
        let row = Listed { open: dec!(7), canceled: dec!(3), ..listed("0000117057", 10) };
        let cancel = Listed { row: RowOf::Cancel, changed: Some(known.clone()), ..listed("0000117100", 3) };
        let news = take(&mut tracker, &[row.clone(), cancel], at("09:16:00"));
        assert_eq!(news.changed[0].quantity, Quantity::whole(7));
        let filled = Listed { open: dec!(0), filled: dec!(7), filled_value: dec!(490000), ..row };
        let news = take(&mut tracker, &[filled], at("09:17:00"));
        assert_eq!((news.changed[0].quantity, news.changed[0].state), (Quantity::whole(7), OrderState::Filled));
    }
}
