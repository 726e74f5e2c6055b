//! Lists of orders: what is open, what was filled, and what became of an order nobody answered for.
//!
//! One list serves all three: that of the orders of some days with all their states, page by page. Whatever it says that no
//! notice has told is told, whoever asked for the list.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use self::span::Span;
use super::bonds;
use super::notices;
use super::once::{Age, Once};
use super::requests::Outcome;
use super::shared::Shared;
use super::unanswered::Unanswered;
use crate::broker::api::{Answer, BrokerError, FillReport, FindOrder, Found, OrderReport};
use crate::broker::kis::derivative;
use crate::broker::kis::environment::Realm;
use crate::broker::kis::order::listed::Listed;
use crate::broker::kis::order::{Line, OrderNumber, Tracker};
use crate::broker::kis::order_match::{Lists, Looked, look};
use crate::broker::kis::request::future::Session;
use crate::broker::kis::rest::Fault;
use crate::market::gather::Gather;
use crate::market::{UtcTime, Venue};

mod bond;
mod future;
mod news;
mod night;
mod overseas;
pub(super) mod reserved;
pub(super) mod span;
mod stock;

/// Products whose lists are read of an account: one of derivatives has nothing else, and paper has no bonds.
pub(super) fn lines(shared: &Shared) -> &'static [Line] {
    match (shared.account.is_derivatives(), shared.realm()) {
        (true, Realm::Live) => &[Line::Future, Line::Night],
        (true, Realm::Paper) => &[Line::Future],
        // What was kept for the opening comes first: its list says which orders came of it.
        (false, Realm::Live) => &[Line::ReservedStock, Line::ReservedOverseas, Line::Stock, Line::Overseas, Line::Bond],
        (false, Realm::Paper) => &[Line::Stock, Line::Overseas],
    }
}

/// The product whose orders a venue's are, where the account trades it.
pub(super) fn line_of(shared: &Shared, venue: Venue, now: UtcTime) -> Option<Line> {
    line_at(shared.realm(), venue, now).filter(|line| lines(shared).contains(line))
}

/// How long orders that are over stay known; lists reach no further back.
const KEPT: Duration = Duration::from_secs(92 * 24 * 60 * 60);

/// A list lags behind the notices by about so much.
const LAG: Duration = Duration::from_secs(1);

/// The product whose orders a venue's are.
pub(super) const fn line(venue: Venue) -> Option<Line> {
    match venue {
        Venue::Krx | Venue::Nxt => Some(Line::Stock),
        Venue::Nasdaq | Venue::Nyse | Venue::Amex => Some(Line::Overseas),
        Venue::Hkex | Venue::Sse | Venue::Szse | Venue::Tse | Venue::Hnx | Venue::Hose => Some(Line::Overseas),
        Venue::KrxBonds => Some(Line::Bond),
        Venue::KrxFutures => Some(Line::Future),
        _ => None,
    }
}

/// The same of an order that is sent at a time: the night session has numbers and lists of its own.
pub(super) fn line_at(realm: Realm, venue: Venue, at: UtcTime) -> Option<Line> {
    match line(venue)? {
        Line::Future if derivative::session(realm, at) == Session::Night => Some(Line::Night),
        line => Some(line),
    }
}

/// What was read of a list.
#[derive(Debug)]
struct Read {
    rows: Vec<Listed>,
    /// Whether every page came and every row could be read.
    complete: bool,
    /// Orders that were kept for the opening, with the numbers they were sent under.
    sent: Vec<(OrderNumber, OrderNumber)>,
}

impl Default for Read {
    fn default() -> Self {
        Self { rows: Vec::new(), complete: true, sent: Vec::new() }
    }
}

/// A list that has been taken over and told.
#[derive(Debug, Clone)]
pub(super) struct Taken {
    /// Its rows.
    pub(super) rows: Vec<Listed>,
    complete: bool,
    asked_at: UtcTime,
    orders: Vec<OrderReport>,
    fills: Vec<FillReport>,
}

/// Reads a product's orders of some days, takes them over and tells what is new in them.
pub(super) async fn refresh(shared: &Shared, line: Line, days: Span) -> Result<Taken, BrokerError> {
    let asked_at = shared.now();
    let read = read(shared, line, days).await.map_err(|fault| fault.of_question())?;
    let now = shared.now();
    let mut tracker = shared.tracker();
    let mut rows = news::settled(&tracker, read.rows, now);
    let sent = if line.is_reserved() {
        reserved::link(&mut tracker, &shared.unanswered(), (&mut rows, &read.sent), now)
    } else if shared.realm() == Realm::Paper {
        let list = (rows.as_slice(), days, read.complete);
        reserved::adopt(&mut tracker, &mut shared.unanswered(), line, list, now)
    } else {
        Vec::new()
    };
    let news = news::take(&mut tracker, &rows, now);
    shared.outlet.tell_all(sent.into_iter().chain(news.events()));
    Ok(Taken { rows, complete: read.complete, asked_at, orders: news.told.orders, fills: news.told.fills })
}

/// The lists that were read just now, by product.
#[derive(Debug, Default)]
pub(super) struct ReadLists {
    stock: Once<Span, Taken>,
    overseas: Once<Span, Taken>,
    bond: Once<Span, Taken>,
    future: Once<Span, Taken>,
    reserved_stock: Once<Span, Taken>,
    reserved_overseas: Once<Span, Taken>,
    night: Once<Span, Taken>,
}

/// The same in its turn, once for all who ask in one breath, and for all who wait while a list is being read.
async fn refresh_once(shared: &Shared, line: Line, days: Span, age: Age) -> Result<Taken, BrokerError> {
    let once = match line {
        Line::Stock => &shared.lists.stock,
        Line::Overseas => &shared.lists.overseas,
        Line::Bond => &shared.lists.bond,
        Line::Future => &shared.lists.future,
        Line::ReservedStock => &shared.lists.reserved_stock,
        Line::ReservedOverseas => &shared.lists.reserved_overseas,
        Line::Night => &shared.lists.night,
    };
    let read = |days| async move {
        let _turn = shared.account_turn().await;
        refresh(shared, line, days).await
    };
    once.ask(days, age, shared.rest.wall_clock(), read).await
}

async fn read(shared: &Shared, line: Line, days: Span) -> Result<Read, Fault> {
    match line {
        Line::Stock => stock::read(shared, days).await,
        Line::Overseas => overseas::read(shared, days).await,
        Line::Bond => bond::read(shared, days).await,
        Line::Future => future::read(shared, days).await,
        Line::ReservedStock | Line::ReservedOverseas => reserved::read(shared, line).await,
        Line::Night => night::read(shared, days).await,
    }
}

/// A list for a comparison of the whole account; none of a product that the customer does not trade.
async fn compared(shared: &Shared, line: Line, days: Span) -> Result<Option<Taken>, BrokerError> {
    match refresh_once(shared, line, days, Age::OneBreath).await {
        Err(error) if line == Line::Bond && bonds::are_not_traded(shared, &error) => Ok(None),
        // Who has none there can trade without that list.
        Err(BrokerError::Refused { .. }) if line.is_reserved() && !shared.tracker().has_kept(line) => Ok(None),
        Err(error) if line == Line::Night && night::is_not_traded(shared, &error) => Ok(None),
        taken => taken.map(Some),
    }
}

/// Every open order of the account.
pub(super) async fn open_orders(shared: &Shared) -> Outcome {
    notices::begin(shared);
    let now = shared.now();
    let mut orders = Vec::new();
    let mut complete = true;
    for line in lines(shared).iter().copied() {
        let Some(taken) = compared(shared, line, span::today(line, now)).await? else { continue };
        complete &= taken.complete;
        orders.extend(taken.orders.into_iter().filter(|order| order.state.is_open()));
    }
    if shared.realm() == Realm::Paper {
        orders.extend(reserved::waiting(&shared.tracker(), now));
    }
    Ok(Answer::Orders { orders, complete })
}

/// Every fill since a time that has not been told before.
pub(super) async fn fills(shared: &Shared, since: UtcTime) -> Outcome {
    notices::begin(shared);
    let now = shared.now();
    let mut fills = Vec::new();
    let mut complete = true;
    // Nothing is filled while it is kept.
    for line in lines(shared).iter().copied().filter(|line| !line.is_reserved()) {
        let (days, whole) = span::between(line, (since, now), now);
        let Some(taken) = compared(shared, line, days).await? else { continue };
        // Older fills in bonds nobody lists: what they brought shows in the holdings.
        complete &= taken.complete && (whole || line == Line::Bond);
        fills.extend(taken.fills);
    }
    if !complete {
        // They have been told; in the answer they would move the time from which the next question asks.
        fills.clear();
    }
    Ok(Answer::Fills { fills, complete })
}

/// What became of an order.
pub(super) async fn find(shared: &Shared, find: &FindOrder) -> Outcome {
    notices::begin(shared);
    if shared.unanswered().on_its_way(find.order.order_id).is_some() {
        // It could still leave after every list.
        return Err(BrokerError::NotSent("the order is still on its way".into()));
    }
    let venue = find.order.instrument.venue;
    let of_venue = line_at(shared.realm(), venue, find.sent_at);
    let of_venue = of_venue.ok_or(BrokerError::Unsupported("KIS does not have this venue"))?;
    let mut find = find.clone();
    if find.order.broker_id.is_none() {
        find.order.broker_id = shared.tracker().of_order(find.order.order_id).and_then(|number| number.id().ok());
    }
    if reserved::is_sought(shared, &find) {
        return reserved::find(shared, &find).await;
    }
    let number = find.order.broker_id.as_ref().and_then(OrderNumber::parse);
    let line = number.map_or(of_venue, |number| number.line);
    let taken = refresh(shared, line, span::of_find(line, &find, shared.now())).await?;
    decide(&find, &taken, &mut shared.tracker(), &mut shared.unanswered())
}

/// What the lists prove of an order. What they do not is asked for again.
fn decide(find: &FindOrder, taken: &Taken, tracker: &mut Tracker, unanswered: &mut Unanswered) -> Outcome {
    let lists = Lists { rows: &taken.rows, complete: taken.complete, asked_at: taken.asked_at };
    let order = find.order.order_id;
    match look(find, lists, &unanswered.alike(find), tracker) {
        Looked::Found(found) => {
            match &found {
                Found::Order(report) => {
                    if let Some(number) = OrderNumber::parse(&report.broker_id) {
                        tracker.own(&number, order);
                    }
                    unanswered.forget(order);
                }
                Found::NotThere => unanswered.forget(order),
                Found::Ambiguous(_) => {}
            }
            Ok(Answer::Found(found))
        }
        Looked::NotYet => {
            Err(BrokerError::NotSent("what became of the order is not certain yet; it is asked for again".into()))
        }
    }
}

/// Reads the lists while orders are open: often while no notices come, and now and then while they do.
pub(super) async fn keep(shared: Arc<Shared>) {
    let often = match shared.realm() {
        Realm::Live => Duration::from_secs(3),
        Realm::Paper => Duration::from_secs(5),
    };
    let often = often.min(shared.pace.lists_every);
    let mut since = Duration::ZERO;
    loop {
        let wanted = tokio::select! {
            () = tokio::time::sleep(often) => false,
            () = shared.lists_wanted.notified() => true,
        };
        since = since.saturating_add(often);
        let mut notices_tell = false;
        if wanted {
            tokio::time::sleep(LAG).await;
            // A list that lags longer is read once more.
            since = shared.pace.lists_every.saturating_sub(often);
        } else if shared.notices_live.load(Ordering::Relaxed) && since < shared.pace.lists_every {
            notices_tell = true;
        } else {
            since = Duration::ZERO;
        }
        let now = shared.now();
        let mut lines = watched(lines(&shared), &shared.tracker(), &shared.unanswered(), now);
        lines.extend(reserved::watched(&shared.tracker(), shared.realm(), now));
        // Of orders in bonds, and of what becomes of those that were kept, no notice tells.
        let is_untold = |line: &Line| *line == Line::Bond || line.is_reserved();
        for line in lines.into_iter().filter(|line| !notices_tell || is_untold(line)) {
            if let Err(error) = refresh_once(&shared, line, span::today(line, now), Age::Anew).await {
                tracing::debug!(%error, "a list of orders was not read");
            }
        }
        shared.tracker().forget_before(span::day(Line::Stock, now.minus(KEPT)));
    }
}

/// Products with orders that may change without a word.
fn watched(all: &[Line], tracker: &Tracker, unanswered: &Unanswered, now: UtcTime) -> BTreeSet<Line> {
    let works = |line: &Line| {
        !line.is_reserved() && tracker.open_since(span::day(*line, now)).any(|(number, _)| number.line == *line)
    };
    let mut lines: BTreeSet<Line> = all.iter().copied().filter(works).into_set();
    lines.extend(unanswered.lost_lately(now).filter_map(|instrument| line(instrument.venue)));
    if lines.contains(&Line::Future) && all.contains(&Line::Night) {
        // It may have been sent just before or after one of them began.
        lines.insert(Line::Night);
    }
    lines
}

/// Fills that taking these rows over tells.
#[cfg(test)]
pub(super) fn told_by(tracker: &mut Tracker, rows: &[Listed], now: UtcTime) -> Vec<(String, crate::market::Quantity)> {
    let news = news::take(tracker, rows, now);
    news.told.fills.iter().map(|fill| (fill.execution_id.to_string(), fill.quantity)).collect()
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::super::samples::{at, buy, find as asked, id, listed, number, tracked};
    use super::*;

    const SHARES: [Line; 2] = [Line::Stock, Line::Overseas];

    fn taken(rows: Vec<Listed>, at: UtcTime) -> Taken {
        Taken { rows, complete: true, asked_at: at, orders: Vec::new(), fills: Vec::new() }
    }

    fn open(digits: &str, time: &str) -> Listed {
        Listed { open: dec!(10), time: at(time), ..listed(digits, 10) }
    }

    fn look_for(order: u64, rows: &[Listed], now: &str, tracker: &mut Tracker, unanswered: &mut Unanswered) -> Outcome {
        news::take(tracker, rows, at(now));
        let find = asked(&buy(order, "70000", 10), at("09:15:00"));
        decide(&find, &taken(rows.to_vec(), at(now)), tracker, unanswered)
    }

    fn two_lost() -> Unanswered {
        let unanswered = Arc::<std::sync::Mutex<Unanswered>>::default();
        drop(Unanswered::set_out(&unanswered, &buy(1, "70000", 10), at("09:15:00")));
        drop(Unanswered::set_out(&unanswered, &buy(2, "70000", 10), at("09:15:02")));
        Arc::try_unwrap(unanswered).unwrap().into_inner().unwrap()
    }

    #[test]
    fn an_order_nobody_answered_for_is_found_by_its_looks() {
        let (mut tracker, mut unanswered) = (Tracker::default(), Unanswered::default());
        let rows = [open("0000117057", "09:15:01")];
        let Ok(Answer::Found(Found::Order(report))) = look_for(1, &rows, "09:15:05", &mut tracker, &mut unanswered)
        else {
            panic!("not found")
        };
        assert_eq!(report.broker_id, number("0000117057").id().unwrap());
        assert_eq!(tracker.of_order(id(1)), Some(number("0000117057")));
        // Another one that looks the same is another one.
        assert!(look_for(2, &rows, "09:15:06", &mut tracker, &mut unanswered).is_err());
    }

    #[test]
    fn of_two_that_look_the_same_none_is_taken_until_both_are_there() {
        let (mut tracker, mut unanswered) = (Tracker::default(), two_lost());
        let first = open("0000117057", "09:15:01");
        let early = look_for(1, std::slice::from_ref(&first), "09:15:05", &mut tracker, &mut unanswered);
        assert!(early.unwrap_err().is_retryable());
        assert!(unanswered.holds(id(1)));
        let both = [first, open("0000117058", "09:15:03")];
        let Ok(Answer::Found(Found::Order(report))) = look_for(1, &both, "09:15:08", &mut tracker, &mut unanswered)
        else {
            panic!("not found")
        };
        assert_eq!(report.broker_id, number("0000117057").id().unwrap());
        assert!(!unanswered.holds(id(1)) && unanswered.holds(id(2)));
    }

    #[test]
    fn of_two_that_look_the_same_and_one_that_came_one_works_and_one_never_arrived() {
        for (asked_first, other) in [(1, 2), (2, 1)] {
            let (mut tracker, mut unanswered) = (Tracker::default(), two_lost());
            let rows = [open("0000117057", "09:15:01")];
            let early = look_for(asked_first, &rows, "09:16:09", &mut tracker, &mut unanswered);
            assert!(early.unwrap_err().is_retryable(), "the other could still come");
            let mut found = 0;
            for order in [asked_first, other] {
                let Ok(Answer::Found(answer)) = look_for(order, &rows, "09:16:13", &mut tracker, &mut unanswered)
                else {
                    panic!("not certain")
                };
                found += usize::from(matches!(answer, Found::Order(_)));
            }
            assert_eq!(found, 1);
            assert!(!unanswered.holds(id(1)) && !unanswered.holds(id(2)));
        }
    }

    #[test]
    fn that_there_is_none_is_said_only_when_it_is_certain() {
        let (mut tracker, mut unanswered) = (Tracker::default(), two_lost());
        let soon = look_for(1, &[], "09:16:05", &mut tracker, &mut unanswered);
        assert!(soon.unwrap_err().is_retryable());
        let cut = Taken { complete: false, ..taken(Vec::new(), at("09:20:00")) };
        let find = asked(&buy(1, "70000", 10), at("09:15:00"));
        assert!(decide(&find, &cut, &mut tracker, &mut unanswered).is_err());
        assert!(unanswered.holds(id(1)));
        let late = look_for(1, &[], "09:20:00", &mut tracker, &mut unanswered);
        assert!(matches!(late, Ok(Answer::Found(Found::NotThere))));
        assert!(!unanswered.holds(id(1)));
    }

    #[test]
    fn lists_are_read_for_what_is_open_and_for_what_was_lost_lately() {
        let mut tracker = Tracker::default();
        assert!(watched(&SHARES, &tracker, &Unanswered::default(), at("09:16:00")).is_empty());
        let lost = watched(&SHARES, &tracker, &two_lost(), at("09:16:00"));
        assert_eq!(lost, BTreeSet::from([Line::Stock]));
        tracker.remember(number("0000117057"), tracked(1, "70000", 10));
        assert_eq!(watched(&SHARES, &tracker, &Unanswered::default(), at("09:16:00")), BTreeSet::from([Line::Stock]));
        let tomorrow = at("09:16:00").plus(Duration::from_secs(24 * 60 * 60));
        assert!(watched(&SHARES, &tracker, &Unanswered::default(), tomorrow).is_empty());
    }
}
