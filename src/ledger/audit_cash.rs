//! The audit of cash: each execution moved the right money once, and the chain of cash has no break.

use std::collections::BTreeMap;

use rusqlite::Connection;
use rust_decimal::Decimal;

use super::difference::{DifferenceKind as Kind, Findings};
use super::error::LedgerError;
use super::verify::Books;
use crate::market::{Currency, Side};
use crate::order::{ExecutionId, Fill, Position, PositionKey, ProfileName, Transaction, TransactionKind};

pub(super) fn audit(connection: &Connection, books: &Books, findings: &mut Findings) -> Result<(), LedgerError> {
    pairs(books, findings);
    amounts(books, findings);
    let last_cash = chain(books, findings);
    balances(books, last_cash, findings);
    available(connection, findings)
}

pub(super) const fn is_trade(kind: TransactionKind) -> bool {
    matches!(kind, TransactionKind::Buy | TransactionKind::Sell)
}

/// The execution a transaction books.
pub(super) fn fill_of<'a>(books: &'a Books, transaction: &Transaction) -> Option<&'a Fill> {
    let id = transaction.execution_id.clone()?;
    books.fills.get(&(transaction.profile.clone(), id))
}

/// One transaction for each execution, one execution for each BUY and SELL, and numbers without holes.
fn pairs(books: &Books, findings: &mut Findings) {
    let mut booked: BTreeMap<(&ProfileName, &ExecutionId), usize> = BTreeMap::new();
    let mut before = None;
    for transaction in &books.transactions {
        if let Some(before) = before
            && transaction.id.0 != before + 1
        {
            let subject = format!("transaction {}", transaction.id.0);
            findings.add(Kind::TransactionSequence, subject, transaction.id.0, before + 1);
        }
        before = Some(transaction.id.0);
        if !is_trade(transaction.kind) {
            continue;
        }
        if let Some(id) = &transaction.execution_id {
            *booked.entry((&transaction.profile, id)).or_default() += 1;
        }
        if fill_of(books, transaction).is_none() {
            let subject = format!("transaction {}", transaction.id.0);
            findings.add(Kind::TransactionWithoutExecution, subject, transaction.kind.as_str(), "an execution");
        }
    }
    for (profile, id) in books.fills.keys() {
        let subject = format!("execution {profile} {id}");
        match booked.get(&(profile, id)) {
            Some(1) => {}
            Some(count) => findings.add(Kind::ExecutionTransactions, subject, count, 1),
            None => findings.add(Kind::ExecutionWithoutTransaction, subject, 0, 1),
        }
    }
}

/// Amount, commission, tax and facts of every BUY and SELL.
fn amounts(books: &Books, findings: &mut Findings) {
    let mut margined: BTreeMap<PositionKey, Position> = BTreeMap::new();
    for transaction in &books.transactions {
        if transaction.is_transfer() {
            super::audit_positions::transfer(books, transaction, &mut margined);
        }
        let Some(fill) = fill_of(books, transaction).filter(|_| is_trade(transaction.kind)) else { continue };
        let subject = format!("transaction {}", transaction.id.0);
        facts(transaction, fill, &subject, findings);
        findings.compare(Kind::TransactionCommission, &subject, transaction.commission, fill.commission);
        findings.compare(Kind::TransactionTax, &subject, transaction.tax, fill.tax);
        let Some(instrument) = books.instruments.get(&fill.instrument) else {
            findings.add(Kind::InstrumentMissing, &subject, fill.instrument, "a row of instruments");
            continue;
        };
        let expected = if instrument.product.is_margined() {
            let key = key_of(fill);
            let position = margined.entry(key.clone()).or_insert_with(|| Position::flat(key, instrument.currency));
            let told = transaction.told_profit();
            Some(position.book_told(fill.side, fill.price, fill.quantity, instrument.multiplier, told).profit)
        } else {
            let value = fill.price.times(fill.quantity).checked_mul(instrument.multiplier);
            value.map(|value| if fill.side == Side::Buy { -value } else { value })
        };
        match expected {
            Some(expected) => findings.compare(Kind::TransactionAmount, &subject, transaction.amount, expected),
            None => findings.add(Kind::Overflow, &subject, "too large", "an amount"),
        }
    }
}

/// Which position a fill belongs to.
pub(super) fn key_of(fill: &Fill) -> PositionKey {
    PositionKey { profile: fill.profile.clone(), instrument: fill.instrument, side: fill.position_side }
}

fn facts(transaction: &Transaction, fill: &Fill, subject: &str, findings: &mut Findings) {
    let kind = if fill.side == Side::Buy { TransactionKind::Buy } else { TransactionKind::Sell };
    let same = transaction.kind == kind
        && transaction.instrument == Some(fill.instrument)
        && transaction.order_id == Some(fill.order_id)
        && transaction.quantity == Some(fill.quantity)
        && transaction.price == Some(fill.price)
        && transaction.currency == fill.currency
        && transaction.time == fill.time;
    if !same {
        let shown = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
        let local = format!(
            "{} {} {} @ {} {} {}",
            transaction.kind.as_str(),
            shown(transaction.instrument.map(|id| id.to_string())),
            shown(transaction.quantity.map(|quantity| quantity.to_string())),
            shown(transaction.price.map(|price| price.to_string())),
            transaction.currency,
            transaction.time,
        );
        let expected = format!(
            "{} {} {} @ {} {} {}",
            kind.as_str(),
            fill.instrument,
            fill.quantity,
            fill.price,
            fill.currency,
            fill.time
        );
        findings.add(Kind::TransactionFacts, subject, local, expected);
    }
}

type CashOf = BTreeMap<(ProfileName, Currency), Decimal>;

/// Follows cash from zero through every transaction; what it ends at.
fn chain(books: &Books, findings: &mut Findings) -> CashOf {
    let mut cash: CashOf = BTreeMap::new();
    for transaction in &books.transactions {
        let subject = format!("transaction {}", transaction.id.0);
        let now = cash.entry((transaction.profile.clone(), transaction.currency)).or_default();
        findings.compare(Kind::CashBefore, &subject, transaction.cash_before, *now);
        let after = transaction
            .cash_before
            .checked_add(transaction.amount)
            .and_then(|sum| sum.checked_sub(transaction.commission))
            .and_then(|sum| sum.checked_sub(transaction.tax));
        match after {
            Some(after) => findings.compare(Kind::CashAfter, &subject, transaction.cash_after, after),
            None => findings.add(Kind::Overflow, &subject, "too large", "an amount"),
        }
        *now = transaction.cash_after;
    }
    cash
}

fn sums(amounts: impl Iterator<Item = ((ProfileName, Currency), Decimal)>, findings: &mut Findings) -> CashOf {
    let mut sums: CashOf = BTreeMap::new();
    for (key, amount) in amounts {
        let subject = format!("balance {} {}", key.0, key.1);
        let sum = sums.entry(key).or_default();
        match sum.checked_add(amount) {
            Some(larger) => *sum = larger,
            None => findings.add(Kind::Overflow, subject, "too large", "a sum"),
        }
    }
    sums
}

fn balances(books: &Books, mut cash: CashOf, findings: &mut Findings) {
    let open = books.orders.values().filter(|order| order.state.is_open());
    let mut reserved = sums(
        open.map(|order| {
            let held = order.reservation.cash;
            ((order.profile.clone(), held.currency), held.amount)
        }),
        findings,
    );
    let mut margin = sums(
        books.positions.iter().map(|position| ((position.key.profile.clone(), position.currency), position.margin)),
        findings,
    );
    for account in &books.accounts {
        let key = (account.profile.clone(), account.currency);
        let subject = format!("balance {} {}", account.profile, account.currency);
        let expected = |of: &mut CashOf| of.remove(&key).unwrap_or_default();
        findings.compare(Kind::BalanceCash, &subject, account.cash, expected(&mut cash));
        findings.compare(Kind::BalanceReserved, &subject, account.reserved, expected(&mut reserved));
        findings.compare(Kind::BalanceMargin, &subject, account.margin, expected(&mut margin));
    }
    for (kind, left) in [(Kind::BalanceCash, cash), (Kind::BalanceReserved, reserved), (Kind::BalanceMargin, margin)] {
        for ((profile, currency), amount) in left.into_iter().filter(|(_, amount)| !amount.is_zero()) {
            findings.add(kind, format!("balance {profile} {currency}"), "no balance", amount);
        }
    }
}

/// The column that people with an SQL prompt look at.
fn available(connection: &Connection, findings: &mut Findings) -> Result<(), LedgerError> {
    let read = |error| LedgerError::sqlite("read", error);
    let mut statement = connection
        .prepare("SELECT profile, currency, cash, reserved, margin, available FROM balances ORDER BY profile, currency")
        .map_err(read)?;
    let mut rows = statement.query([]).map_err(read)?;
    while let Some(row) = rows.next().map_err(read)? {
        let text = |at: usize| row.get::<_, String>(at).unwrap_or_default();
        let number = |at: usize| Decimal::from_str_exact(&text(at)).ok();
        let left = number(2).zip(number(3)).zip(number(4));
        let Some(expected) =
            left.and_then(|((cash, reserved), margin)| cash.checked_sub(reserved)?.checked_sub(margin))
        else {
            // Unreadable numbers are reported with their row.
            continue;
        };
        if number(5) != Some(expected) {
            findings.add(Kind::BalanceAvailable, format!("balance {} {}", text(0), text(1)), text(5), expected);
        }
    }
    Ok(())
}
