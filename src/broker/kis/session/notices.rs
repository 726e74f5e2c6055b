//! Execution notices, and what the ledger already knew.
//!
//! A fill is named after what its order's number had filled, so no notice is taken in before the ledger's own fills are
//! known: those that come earlier wait.

use std::sync::Arc;

use super::lists;
use super::recovered;
use super::shared::Shared;
use super::unanswered::Unanswered;
use crate::broker::api::{BrokerEvent, RecoveredOrder};
use crate::broker::kis::order::Tracker;
use crate::broker::kis::order::noticed::{self, Unheard};
use crate::broker::kis::realtime::notice::{Happened, Notice};
use crate::market::UtcTime;

/// Most notices that wait for the ledger's word; what is beyond them is asked for.
const EARLY_MAX: usize = 4_096;

/// Notices that came before the desk had told what its ledger holds.
#[derive(Debug)]
pub(super) enum Early {
    /// It has not told yet.
    Waiting(Vec<(Notice, UtcTime)>, bool),
    /// Everything is taken in as it comes.
    Over,
}

impl Default for Early {
    fn default() -> Self {
        Self::Waiting(Vec::new(), false)
    }
}

impl Early {
    /// Keeps a notice; `false` when it is to be taken in now.
    fn keeps(&mut self, notice: &Notice, at: UtcTime) -> bool {
        let Self::Waiting(notices, cut) = self else { return false };
        if notices.len() < EARLY_MAX {
            notices.push((notice.clone(), at));
        } else {
            *cut = true;
        }
        true
    }
}

/// Tells the desk what a notice says.
pub(super) fn take(shared: &Arc<Shared>, notice: &Notice, at: UtcTime) {
    let mut early = shared.early();
    if !early.keeps(notice, at) {
        hear(shared, notice, at);
    }
}

fn hear(shared: &Shared, notice: &Notice, at: UtcTime) {
    let mut tracker = shared.tracker();
    let is_opening = !lists::reserved::watched(&tracker, shared.realm(), at).is_empty();
    if is_opening && noticed::may_be_kept(&tracker, notice, at) {
        // Only the lists tell which of two orders it is: they bring all that it says.
        shared.lists_wanted.notify_one();
        return;
    }
    let unanswered = shared.unanswered();
    match heard(&mut tracker, &unanswered, &shared.account.in_notices(), notice, at) {
        Ok(events) => {
            if events.is_empty() && matches!(notice.happened, Happened::Filled { .. }) {
                shared.lists_wanted.notify_one();
            }
            shared.outlet.tell_all(events);
        }
        Err(Unheard::OtherAccount) => {}
        Err(why @ Unheard::NoVenue) => tracing::debug!(%why, "not taken in"),
        Err(why @ Unheard::Implausible) => {
            tracing::warn!(%why, "the account is compared by asking");
            shared.doubts.notify_one();
        }
    }
}

/// What the desk is told of a notice. A word about an order without a name, while one like it is on its way, is told with
/// the name once its number is known; a fill is told at once.
fn heard(
    tracker: &mut Tracker,
    unanswered: &Unanswered,
    account: &str,
    notice: &Notice,
    at: UtcTime,
) -> Result<Vec<BrokerEvent>, Unheard> {
    let mut events = noticed::events(tracker, account, notice, at)?;
    events.retain(|event| match event {
        BrokerEvent::Order(report) => {
            report.order_id.is_some() || !unanswered.may_be_of(report.instrument, report.side)
        }
        _ => true,
    });
    Ok(events)
}

/// Takes over what the ledger holds of orders and fills, so that no list tells a fill twice.
pub(super) fn recover(shared: &Shared, orders: Vec<RecoveredOrder>) {
    let mut early = shared.early();
    {
        let mut tracker = shared.tracker();
        let mut unanswered = shared.unanswered();
        for order in &orders {
            recovered::take(&mut tracker, &mut unanswered, order);
        }
    }
    release(shared, &mut early);
}

/// The desk asks about orders: if it has not told what its ledger holds by now, it holds nothing.
pub(super) fn begin(shared: &Shared) {
    release(shared, &mut shared.early());
}

fn release(shared: &Shared, early: &mut Early) {
    if let Early::Waiting(notices, cut) = std::mem::replace(early, Early::Over) {
        for (notice, at) in &notices {
            hear(shared, notice, *at);
        }
        if cut {
            shared.doubts.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use rust_decimal::dec;

    use super::super::samples::{ACCOUNT, at, buy, fill_notice, id, number, received, tracked};
    use super::super::unanswered::locked;
    use super::*;

    #[test]
    fn what_comes_before_the_ledgers_word_waits() {
        let mut early = Early::default();
        assert!(early.keeps(&received("0000117057", 10), at("09:15:01")));
        for _ in 0..EARLY_MAX {
            assert!(early.keeps(&received("0000117057", 10), at("09:15:01")));
        }
        assert!(matches!(&early, Early::Waiting(notices, true) if notices.len() == EARLY_MAX));
        early = Early::Over;
        assert!(!early.keeps(&received("0000117057", 10), at("09:15:01")));
    }

    #[test]
    fn a_notice_before_the_reply_tells_its_fill_at_once_and_the_order_with_its_name() {
        let unanswered = Arc::<Mutex<Unanswered>>::default();
        let leaving = Unanswered::set_out(&unanswered, &buy(1, "70000", 10), at("09:15:00"));
        let mut tracker = Tracker::default();
        let told = |tracker: &mut Tracker, notice: &Notice| {
            heard(tracker, &locked(&unanswered), ACCOUNT, notice, at("09:15:01")).unwrap()
        };
        assert!(told(&mut tracker, &received("0000117057", 10)).is_empty());
        let fills = told(&mut tracker, &fill_notice("0000117057", 4, dec!(70000)));
        assert!(matches!(fills.as_slice(), [BrokerEvent::Fill(fill)] if fill.order_id.is_none()));
        leaving.settle();
        drop(leaving);
        tracker.remember(number("0000117057"), tracked(1, "70000", 10));
        let fills = told(&mut tracker, &fill_notice("0000117057", 6, dec!(70000)));
        let [BrokerEvent::Fill(fill)] = fills.as_slice() else { panic!("{fills:?}") };
        assert_eq!((fill.order_id, fill.execution_id.as_str()), (Some(id(1)), "stock:20260914:0000117057:10"));
    }

    #[test]
    fn a_fill_told_again_after_the_last_is_doubted_and_not_counted() {
        let mut tracker = Tracker::default();
        tracker.remember(number("0000117057"), tracked(1, "70000", 10));
        let unanswered = Unanswered::default();
        let last = fill_notice("0000117057", 10, dec!(70000));
        assert_eq!(heard(&mut tracker, &unanswered, ACCOUNT, &last, at("09:15:02")).unwrap().len(), 1);
        let again = heard(&mut tracker, &unanswered, ACCOUNT, &last, at("09:16:02"));
        assert_eq!(again.err(), Some(Unheard::Implausible));
        assert_eq!(tracker.get(&number("0000117057")).unwrap().filled, dec!(10));
        let other = heard(&mut tracker, &unanswered, "9999999901", &last, at("09:16:02"));
        assert_eq!(other.err(), Some(Unheard::OtherAccount));
    }

    #[test]
    fn a_notice_just_like_one_before_is_left_to_the_list() {
        let mut tracker = Tracker::default();
        tracker.remember(number("0000117057"), tracked(1, "70000", 10));
        let unanswered = Unanswered::default();
        let mut told =
            |notice: &Notice| heard(&mut tracker, &unanswered, ACCOUNT, notice, at("09:15:02")).unwrap().len();
        let fill = fill_notice("0000117057", 3, dec!(70000));
        assert_eq!((told(&fill), told(&fill)), (1, 0));
        let later = Notice { time: crate::broker::kis::wire::Clock::of(91_502), ..fill.clone() };
        let other_price = Notice { ..fill_notice("0000117057", 3, dec!(69900)) };
        assert_eq!((told(&later), told(&other_price)), (1, 1));
        assert_eq!(tracker.get(&number("0000117057")).unwrap().filled, dec!(9));
    }

    #[test]
    fn the_same_number_on_another_day_is_another_order() {
        let mut tracker = Tracker::default();
        tracker.remember(number("0000117057"), tracked(1, "70000", 10));
        let tomorrow = at("09:15:02").plus(std::time::Duration::from_secs(24 * 60 * 60));
        let unanswered = Unanswered::default();
        let events =
            heard(&mut tracker, &unanswered, ACCOUNT, &fill_notice("0000117057", 1, dec!(70000)), tomorrow).unwrap();
        let [BrokerEvent::Fill(fill)] = events.as_slice() else { panic!("{events:?}") };
        assert_eq!((fill.order_id, fill.execution_id.as_str()), (None, "stock:20260915:0000117057:1"));
    }
}
