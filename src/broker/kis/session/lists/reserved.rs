//! Orders that are kept for the opening: the broker's lists of them, and, where paper has none, what the list of the day's
//! orders shows of them once they were sent.

use std::time::Duration;

use super::{Answer, Outcome, Read, Taken, refresh, span};
use crate::broker::api::{BrokerError, BrokerEvent, FindOrder, Found, OrderReport};
use crate::broker::kis::environment::Realm;
use crate::broker::kis::exchange::OverseasExchange;
use crate::broker::kis::order::listed::{Listed, RowOf};
use crate::broker::kis::order::reserved::Kept;
use crate::broker::kis::order::{Line, OrderNumber, Tracker};
use crate::broker::kis::request::reserved as request;
use crate::broker::kis::rest::Fault;
use crate::broker::kis::session::opening::Opening;
use crate::broker::kis::session::shared::Shared;
use crate::broker::kis::session::unanswered::{Looks, Unanswered};
use crate::broker::kis::wire::reserved::{ReservedOverseas, ReservedStock};
use crate::broker::kis::wire::{Part, Rows};
use crate::broker::net::lanes::Lane;
use crate::market::arrange::Arrange;
use crate::market::session::{local, trading_date};
use crate::market::{UtcTime, Venue};
use crate::order::{OrderId, OrderState};

/// How far back orders that wait are asked for: more than the longest row of days without a session.
const BACK: Duration = Duration::from_secs(20 * 24 * 60 * 60);
/// Minutes of the Korean day in which the broker works on its list of Korea, and may leave orders out.
const BATCH: std::ops::Range<i32> = 15 * 60 + 30..16 * 60;
/// How long after its session the list of the day's orders surely shows what came of an order.
const SETTLED: Duration = Duration::from_secs(5 * 60);

/// The dates that are asked for.
pub(super) fn days(now: UtcTime) -> span::Span {
    (trading_date(Venue::Krx, now.minus(BACK)), trading_date(Venue::Krx, now))
}

/// The list that tells of a product's orders: paper has none of those that wait.
pub(in crate::broker::kis::session) fn told_by(realm: Realm, line: Line) -> Line {
    if realm == Realm::Paper { line.ordinary() } else { line }
}

/// Every order that waits, and what became of those that waited.
pub(super) async fn read(shared: &Shared, line: Line) -> Result<Read, Fault> {
    let (realm, now) = (shared.realm(), shared.now());
    let days = days(now);
    let mut read = Read::default();
    if line == Line::ReservedStock {
        let whole = shared
            .rest
            .pages(
                Lane::Query,
                |keys| request::korean_list(&shared.account, realm, days, keys),
                |reply| {
                    let rows: Rows<ReservedStock> = reply.envelope()?.rows(Part::First);
                    take(&mut read, rows.rows.iter().map(Kept::stock), rows.refused, now);
                    Ok(())
                },
            )
            .await?;
        let clock = local(Venue::Krx, now);
        read.complete &= whole && !BATCH.contains(&(i32::from(clock.hour()) * 60 + i32::from(clock.minute())));
        return Ok(read);
    }
    for exchange in OverseasExchange::ALL.into_iter().filter(|exchange| exchange.is_american()) {
        let whole = shared
            .rest
            .pages(
                Lane::Query,
                |keys| request::american_list(&shared.account, realm, exchange, days, keys),
                |reply| {
                    let rows: Rows<ReservedOverseas> = reply.envelope()?.rows(Part::First);
                    take(&mut read, rows.rows.iter().map(Kept::overseas), rows.refused, now);
                    Ok(())
                },
            )
            .await?;
        read.complete &= whole;
    }
    Ok(read)
}

fn take<E>(read: &mut Read, rows: impl Iterator<Item = Result<Kept, E>>, refused: usize, now: UtcTime) {
    read.complete &= refused == 0;
    for row in rows {
        let Ok(Kept { row, became }) = row else {
            tracing::warn!("a row of the list of reserved orders cannot be right");
            read.complete = false;
            continue;
        };
        if read.rows.iter().any(|known| known.number == row.number) {
            continue;
        }
        if let Some((digits, date)) = became {
            // Korea does not say the date of the order: it is that of the session it was kept for.
            let session = Opening::after(row.instrument.venue, row.time).map(|opening| opening.date);
            let today = trading_date(row.instrument.venue, now);
            let date = date.unwrap_or_else(|| session.unwrap_or(today).min(today));
            if let Some(order) = OrderNumber::new(row.number.line.ordinary(), date, &digits) {
                read.sent.push((row.number.clone(), order));
            }
        }
        read.rows.push(row);
    }
}

/// Takes over what a list says of orders that were kept, before the rest of it: which went on under which number. Rows of
/// those that were sent and are nobody's here go; their orders are in the list of orders.
pub(super) fn link(
    tracker: &mut Tracker,
    unanswered: &Unanswered,
    (rows, sent): (&mut Vec<Listed>, &[(OrderNumber, OrderNumber)]),
    now: UtcTime,
) -> Vec<BrokerEvent> {
    let mut events = Vec::new();
    for row in rows.iter_mut() {
        follow(tracker, row);
        tracker.placed_at(&row.number, row.time);
    }
    rows.retain(|row| {
        let Some((_, order)) = sent.iter().find(|(kept, _)| *kept == row.number) else { return true };
        let is_ours = tracker.get(&row.number).is_some();
        if !is_ours && !unanswered.seeks(row) {
            return false;
        }
        tracker.remember(row.number.clone(), crate::broker::kis::order::list::tracked(row));
        if tracker.sent_at_opening(&row.number, order) {
            events.extend(tracker.report(&tracker.newest(order), now, None).map(BrokerEvent::Order));
        }
        true
    });
    events
}

/// The broker may date a number otherwise than its reply let think; the order goes on under the number as it is listed.
fn follow(tracker: &mut Tracker, row: &Listed) {
    if tracker.get(&row.number).is_some() {
        return;
    }
    let same = |known: &&OrderNumber| {
        tracker.get(known).is_some_and(|order| order.instrument == row.instrument && order.side == row.side)
    };
    let known = tracker.recent(&row.number).filter(same).cloned();
    if let Some(known) = known.filter(|known| tracker.newest(known) == *known) {
        tracker.moved(&known, &row.number, None, None);
    }
}

/// Who may have become a row of the day's orders.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Claimant {
    Kept(OrderNumber),
    Lost(OrderId),
}

/// Where no list tells of orders that wait: finds what came of them among the orders of the day, by what they look like and
/// by the time at which the broker sent them. As many as look the same must be found before any is taken, or none can come
/// any more; more than that say nothing.
pub(super) fn adopt(
    tracker: &mut Tracker,
    unanswered: &mut Unanswered,
    line: Line,
    (rows, days, complete): (&[Listed], span::Span, bool),
    now: UtcTime,
) -> Vec<BrokerEvent> {
    let mut events = Vec::new();
    let mut claims = claims(tracker, unanswered, line);
    while let Some((first, looks)) = claims.first().cloned() {
        let (mut alike, others): (Vec<_>, Vec<_>) = claims.into_iter().partition(|(_, other)| other.is_same(&looks));
        claims = others;
        alike.arrange_by(|one, other| one.1.sent_at.cmp(&other.1.sent_at));
        let Some(opening) = Opening::after(looks.instrument.venue, looks.sent_at) else { continue };
        if !opening.has_begun(now) {
            continue;
        }
        let mut found: Vec<&Listed> =
            rows.iter().filter(|row| opening.holds(row.time) && is_free(tracker, row) && looks.shows(row)).collect();
        found.arrange_by(|one, other| one.number.cmp(&other.number));
        let all_came = complete && now > opening.until.plus(SETTLED);
        if found.len() > alike.len() || unanswered.may_have_sent(&looks, &opening) {
            tracing::warn!(?first, "more than one order may have come of a reserved one");
            continue;
        }
        if found.len() < alike.len() && !all_came {
            continue;
        }
        let is_over = complete && now > opening.over.plus(SETTLED) && (days.0..=days.1).contains(&opening.date);
        let mut found = found.into_iter();
        for (claimant, _) in &alike {
            match (found.next(), claimant) {
                (Some(row), Claimant::Kept(kept)) => {
                    if tracker.sent_at_opening(kept, &row.number) {
                        events.extend(tracker.report(&row.number, now, None).map(BrokerEvent::Order));
                    }
                }
                (Some(row), Claimant::Lost(order)) => {
                    tracker.remember(row.number.clone(), crate::broker::kis::order::list::tracked(row));
                    tracker.own(&row.number, *order);
                    unanswered.forget(*order);
                    events.extend(tracker.report(&row.number, now, None).map(BrokerEvent::Order));
                }
                (None, Claimant::Kept(kept)) if is_over => {
                    tracker.ended(kept, OrderState::Canceled);
                    let reason = "its session is over and the broker lists no order of it".to_owned();
                    events.extend(tracker.report(kept, now, Some(reason)).map(BrokerEvent::Order));
                }
                (None, _) => {}
            }
        }
    }
    events
}

fn claims(tracker: &Tracker, unanswered: &Unanswered, line: Line) -> Vec<(Claimant, Looks)> {
    let kept = tracker.kept().filter(|(number, _)| number.line.ordinary() == line);
    let mut claims: Vec<(Claimant, Looks)> = kept
        .filter_map(|(number, order)| {
            let looks = Looks {
                instrument: order.instrument,
                side: order.side,
                price: order.kind.and_then(|kind| kind.limit()),
                quantity: order.quantity?,
                sent_at: tracker.when_placed(number)?,
                route: None,
                reserved: true,
            };
            Some((Claimant::Kept(number.clone()), looks))
        })
        .collect();
    let lost = unanswered.reserved().filter(|(_, looks)| super::line(looks.instrument.venue) == Some(line));
    claims.extend(lost.map(|(order, looks)| (Claimant::Lost(order), looks.clone())));
    claims
}

/// Whether a row is an order of which nobody knows whose it is.
fn is_free(tracker: &Tracker, row: &Listed) -> bool {
    row.row == RowOf::Order
        && row.changed.is_none()
        && tracker.get(&row.number).is_none_or(|known| known.order_id.is_none() && known.replaces.is_none())
}

/// Products whose lists tell of orders that may have been sent by now.
pub(in crate::broker::kis::session) fn watched(tracker: &Tracker, realm: Realm, now: UtcTime) -> Vec<Line> {
    let mut lines = Vec::new();
    for (number, order) in tracker.kept() {
        let opening = tracker.when_placed(number).and_then(|at| Opening::after(order.instrument.venue, at));
        if opening.is_none_or(|opening| opening.has_begun(now)) {
            lines.extend([told_by(realm, number.line), number.line.ordinary()]);
        }
    }
    lines
}

/// Orders that wait, where no list tells of them: those whose session is over are to be asked about.
pub(super) fn waiting(tracker: &Tracker, now: UtcTime) -> Vec<OrderReport> {
    let waits = |number: &OrderNumber, venue| {
        let opening = tracker.when_placed(number).and_then(|at| Opening::after(venue, at));
        opening.is_some_and(|opening| now <= opening.over.plus(SETTLED))
    };
    let kept = tracker.kept().filter(|(number, order)| waits(number, order.instrument.venue));
    kept.filter_map(|(number, _)| tracker.report(number, now, None)).collect()
}

/// Whether an order is, or was, one that is kept.
pub(super) fn is_sought(shared: &Shared, find: &FindOrder) -> bool {
    let is_kept = |number: OrderNumber| number.line.is_reserved();
    find.order.broker_id.as_ref().and_then(OrderNumber::parse).is_some_and(is_kept)
        || shared.unanswered().is_reserved(find.order.order_id)
}

/// What became of it.
pub(super) async fn find(shared: &Shared, find: &FindOrder) -> Outcome {
    let venue = find.order.instrument.venue;
    let no_venue = BrokerError::Unsupported("KIS keeps no orders for this venue");
    let line = super::line(venue).and_then(Line::reserved).ok_or(no_venue)?;
    if shared.realm() == Realm::Paper {
        return find_among_orders(shared, find, line.ordinary()).await;
    }
    let taken = refresh(shared, line, days(shared.now())).await?;
    let number = find.order.broker_id.as_ref().and_then(OrderNumber::parse);
    let newest = number.as_ref().map(|number| shared.tracker().newest(number));
    if let Some(order) = newest.filter(|newest| !newest.line.is_reserved()) {
        // Whether it was filled is for the list of orders to say.
        refresh(shared, order.line, span::of_number(&order, shared.now())).await?;
        return known(shared, find, &order);
    }
    let mut tracker = shared.tracker();
    let answer = super::decide(find, &taken, &mut tracker, &mut shared.unanswered())?;
    let (Answer::Found(Found::NotThere), Some(number)) = (&answer, &number) else { return Ok(answer) };
    let opening = tracker.when_placed(number).and_then(|at| Opening::after(venue, at));
    if opening.is_none_or(|opening| taken.asked_at >= opening.from) {
        return Ok(answer);
    }
    // Only what was canceled is left out of the list before the opening.
    tracker.ended(number, OrderState::Canceled);
    let reason = "it was canceled at the broker".to_owned();
    let report = tracker.report(number, taken.asked_at, Some(reason));
    Ok(report.map_or(answer, |report| Answer::Found(Found::Order(Box::new(report)))))
}

fn known(shared: &Shared, find: &FindOrder, number: &OrderNumber) -> Outcome {
    let report = shared.tracker().report(number, shared.now(), None);
    let mut report = report.ok_or_else(|| BrokerError::NotSent("the order is not known yet".into()))?;
    report.order_id = report.order_id.or(Some(find.order.order_id));
    Ok(Answer::Found(Found::Order(Box::new(report))))
}

/// On paper: until the opening nobody can say what became of an order without an answer.
async fn find_among_orders(shared: &Shared, find: &FindOrder, line: Line) -> Outcome {
    let order = find.order.order_id;
    let number = find.order.broker_id.as_ref().and_then(OrderNumber::parse);
    let placed = number.as_ref().and_then(|number| shared.tracker().when_placed(number)).unwrap_or(find.sent_at);
    let opening = Opening::after(find.order.instrument.venue, placed);
    let now = shared.now();
    let mut taken = None;
    if let Some(opening) = opening.filter(|opening| opening.has_begun(now)) {
        let (first, last) = span::today(line, now);
        taken = Some((refresh(shared, line, (first.min(opening.date), last.max(opening.date))).await?, opening));
    }
    let number = number.or_else(|| shared.tracker().of_order(order));
    if let Some(number) = number.filter(|number| shared.tracker().get(number).is_some()) {
        let newest = shared.tracker().newest(&number);
        return known(shared, find, &newest);
    }
    match taken {
        Some((Taken { complete: true, .. }, opening)) if now > opening.over.plus(SETTLED) => {
            shared.unanswered().forget(order);
            Ok(Answer::Found(Found::NotThere))
        }
        _ => Err(BrokerError::NotSent("paper lists no reserved orders: the opening will show whether it came".into())),
    }
}
