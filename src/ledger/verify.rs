//! The audit: everything that follows from executions and transactions is computed again.

use std::collections::BTreeMap;

use rusqlite::Connection;
use rusqlite::types::Value;

use super::account_rows::Profile;
use super::desk_rows::{BATCHES_KEPT, BatchMark, NumberedAlert, NumberedNote, NumberedRiskEvent, Setting, Watched};
use super::difference::{Difference, DifferenceKind as Kind, Findings};
use super::error::LedgerError;
use super::event_rows::NumberedDeskEvent;
use super::reader::LedgerReader;
use super::record::EquityPoint;
use super::recover::in_one_view;
use super::row::{self, Record};
use super::trade_rows::NumberedEvent;
use super::{audit_cash, audit_positions, schema};
use crate::market::arrange::Arrange;
use crate::market::{Instrument, InstrumentId};
use crate::order::{Account, ExecutionId, Fill, Order, OrderId, OrderState, Position, ProfileName, Transaction};

/// The rows an audit works on; damaged ones are left out and reported.
pub(super) struct Books {
    pub orders: BTreeMap<OrderId, Order>,
    pub fills: BTreeMap<(ProfileName, ExecutionId), Fill>,
    /// By number.
    pub transactions: Vec<Transaction>,
    pub accounts: Vec<Account>,
    pub positions: Vec<Position>,
    pub instruments: BTreeMap<InstrumentId, Instrument>,
}

/// Recomputes everything from executions and transactions and says what differs. Nothing ever may.
///
/// It sees one state of the ledger, and the desk may go on writing meanwhile.
///
/// # Errors
/// The ledger cannot be read at all.
pub fn verify(reader: &LedgerReader) -> Result<Vec<Difference>, LedgerError> {
    let connection = reader.connection();
    let mut findings = in_one_view(connection, || {
        let mut findings = Findings::default();
        structure(connection, &mut findings)?;
        let books = read_books(connection, &mut findings)?;
        other_rows(connection, &mut findings)?;
        orders(&books, &mut findings);
        audit_cash::audit(connection, &books, &mut findings)?;
        audit_positions::audit(&books, &mut findings);
        Ok(findings.0)
    })?;
    findings.arrange();
    Ok(findings)
}

fn structure(connection: &Connection, findings: &mut Findings) -> Result<(), LedgerError> {
    let read = |error| LedgerError::sqlite("check itself", error);
    let mut check = connection.prepare("PRAGMA integrity_check(20)").map_err(read)?;
    let answers = check.query_map([], |row| row.get::<_, String>(0)).map_err(read)?;
    for answer in answers {
        let answer = answer.map_err(read)?;
        if answer != "ok" {
            findings.add(Kind::Integrity, "file", answer, "ok");
        }
    }
    let version = schema::version(connection)?;
    if let Some(detail) = schema::difference(connection, version)? {
        findings.add(Kind::Schema, "schema", detail, "unchanged");
    }
    let mut check = connection.prepare("PRAGMA foreign_key_check").map_err(read)?;
    let broken = check.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(2)?))).map_err(read)?;
    for row in broken {
        let (table, parent) = row.map_err(read)?;
        findings.add(Kind::ForeignKey, table, "missing", format!("a row of {parent}"));
    }
    Ok(())
}

/// Every whole row of a table, and a difference for every other one.
fn rows<R: Record>(
    connection: &Connection,
    order: &str,
    findings: &mut Findings,
) -> Result<Vec<(Vec<Value>, R)>, LedgerError> {
    let read = |error| LedgerError::sqlite("read", error);
    let table = R::table();
    let text = format!("SELECT {}, seal FROM {} ORDER BY {order}", table.columns.join(", "), table.name);
    let mut statement = connection.prepare(&text).map_err(read)?;
    let mut found = statement.query([]).map_err(read)?;
    let mut records = Vec::new();
    while let Some(row) = found.next().map_err(read)? {
        let Ok((values, holds)) = row::stored(table, row) else {
            findings.add(Kind::RowDamaged, table.name, "unreadable", "as it was written");
            continue;
        };
        match row::decoded::<R>(&values, holds) {
            Ok(record) => records.push((values, record)),
            Err(_) => findings.add(Kind::RowDamaged, table.subject(&values), "changed", "as it was written"),
        }
    }
    Ok(records)
}

fn records<R: Record>(c: &Connection, order: &str, findings: &mut Findings) -> Result<Vec<R>, LedgerError> {
    Ok(rows(c, order, findings)?.into_iter().map(|(_, record)| record).collect())
}

fn read_books(connection: &Connection, findings: &mut Findings) -> Result<Books, LedgerError> {
    let orders: Vec<Order> = records(connection, "id", findings)?;
    let fills: Vec<Fill> = records(connection, "profile, execution_id", findings)?;
    let instruments: Vec<Instrument> = records(connection, "instrument", findings)?;
    Ok(Books {
        orders: orders.into_iter().map(|order| (order.id, order)).collect(),
        fills: fills.into_iter().map(|fill| ((fill.profile.clone(), fill.id.clone()), fill)).collect(),
        transactions: records(connection, "id", findings)?,
        accounts: records(connection, "profile, currency", findings)?,
        positions: records(connection, "profile, instrument, side", findings)?,
        instruments: instruments.into_iter().map(|instrument| (instrument.id, instrument)).collect(),
    })
}

/// Rows that nothing else follows from: their seals, and that none is missing.
fn other_rows(connection: &Connection, findings: &mut Findings) -> Result<(), LedgerError> {
    records::<Profile>(connection, "profile", findings)?;
    records::<Setting>(connection, "key", findings)?;
    records::<Watched>(connection, "list, place", findings)?;
    records::<NumberedAlert>(connection, "id", findings)?;
    records::<EquityPoint>(connection, "profile, currency, at", findings)?;
    let notes: Vec<NumberedNote> = records(connection, "number", findings)?;
    dense("notes", notes.iter().map(|row| row.number), findings);
    let risk_events: Vec<NumberedRiskEvent> = records(connection, "number", findings)?;
    dense("risk_events", risk_events.iter().map(|row| row.number), findings);
    let told: Vec<NumberedDeskEvent> = records(connection, "number", findings)?;
    let before = told.first().map_or(0, |row| row.number.saturating_sub(1));
    dense("desk_events", told.iter().map(|row| row.number - before), findings);
    let mut histories: BTreeMap<OrderId, Vec<u64>> = BTreeMap::new();
    for row in records::<NumberedEvent>(connection, "order_id, number", findings)? {
        histories.entry(row.event.order_id).or_default().push(row.number);
    }
    for (order, numbers) in histories {
        dense(&format!("order_events {order}"), numbers.into_iter(), findings);
    }
    let batches: Vec<BatchMark> = records(connection, "sequence", findings)?;
    let last = batches.last().map_or(0, |mark| mark.sequence);
    findings.compare(Kind::Numbering, "batches", batches.len() as u64, last.min(BATCHES_KEPT));
    Ok(())
}

fn dense(subject: &str, numbers: impl Iterator<Item = u64>, findings: &mut Findings) {
    for (expected, number) in (1_u64..).zip(numbers) {
        if number != expected {
            findings.add(Kind::Numbering, subject, number, expected);
            return;
        }
    }
}

fn orders(books: &Books, findings: &mut Findings) {
    let mut filled: BTreeMap<OrderId, Vec<&Fill>> = BTreeMap::new();
    for fill in books.fills.values() {
        filled.entry(fill.order_id).or_default().push(fill);
    }
    for order in books.orders.values() {
        let subject = format!("order {}", order.id);
        let fills = filled.get(&order.id).map_or(&[][..], Vec::as_slice);
        let mut quantity = Some(rust_decimal::Decimal::ZERO);
        let mut value = quantity;
        for fill in fills {
            quantity = quantity.and_then(|sum| sum.checked_add(fill.quantity.value()));
            value = value.and_then(|sum| sum.checked_add(fill.price.times(fill.quantity)));
            let same = fill.profile == order.profile
                && fill.instrument == order.instrument
                && fill.side == order.side
                && fill.position_side == order.position_side;
            if !same {
                let text = |profile, instrument, side, position: crate::order::PositionSide| {
                    format!("{profile} {instrument} {side} {}", position.as_str())
                };
                let local = text(&fill.profile, fill.instrument, fill.side, fill.position_side);
                let expected = text(&order.profile, order.instrument, order.side, order.position_side);
                findings.add(Kind::ExecutionOrder, format!("execution {} {}", fill.profile, fill.id), local, expected);
            }
        }
        match quantity.zip(value) {
            Some((quantity, value)) => {
                findings.compare(Kind::OrderFilled, &subject, order.filled.value(), quantity);
                findings.compare(Kind::OrderFilledValue, &subject, order.filled_value, value);
            }
            None => findings.add(Kind::Overflow, &subject, "too large", "a sum of executions"),
        }
        order_state(order, &subject, findings);
    }
}

fn order_state(order: &Order, subject: &str, findings: &mut Findings) {
    let complete = order.filled >= order.quantity && !order.filled.is_zero();
    let fits = match order.state {
        OrderState::Filled => complete,
        // A replace to a larger quantity that is still out keeps an order open that is filled as far as it is known.
        OrderState::PartiallyFilled => !order.remaining().is_zero() && !order.filled.is_zero(),
        OrderState::Draft | OrderState::Pending | OrderState::Sent | OrderState::Accepted | OrderState::Unknown => {
            order.filled.is_zero()
        }
        OrderState::Canceled | OrderState::Rejected | OrderState::Expired => !complete,
    };
    if !fits {
        let expected = if complete {
            "filled"
        } else if order.filled.is_zero() {
            "a state without fills"
        } else {
            "partially_filled, or over"
        };
        findings.add(Kind::OrderState, subject, order.state, expected);
    }
    let held = &order.reservation;
    if order.state.is_final() && !(held.cash.amount.is_zero() && held.quantity.is_zero()) {
        let local = format!("{} and {}", held.cash, held.quantity);
        findings.add(Kind::FinishedReservation, subject, local, "nothing");
    }
}
