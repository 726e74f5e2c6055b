//! The audit of positions: executions are booked again, in the order their money moved.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::audit_cash::{fill_of, is_trade, key_of};
use super::difference::{DifferenceKind as Kind, Findings};
use super::verify::Books;
use crate::market::gather::Gather;
use crate::market::{InstrumentId, Side};
use crate::order::{Position, PositionKey, PositionSide, ProfileName, Transaction, TransactionKind};

pub(super) fn audit(books: &Books, findings: &mut Findings) {
    let mut expected = replay(books);
    for position in &books.positions {
        let key = &position.key;
        if !books.instruments.contains_key(&key.instrument) {
            findings.add(Kind::InstrumentMissing, subject(key), key.instrument, "a row of instruments");
            expected.remove(key);
            continue;
        }
        let replayed = expected.remove(key).unwrap_or_else(|| Position::flat(key.clone(), position.currency));
        compare(position, &replayed, findings);
    }
    for (key, position) in expected {
        let nothing = Position::flat(key, position.currency);
        compare(&nothing, &position, findings);
    }
    carried(books, findings);
}

fn subject(key: &PositionKey) -> String {
    format!("position {} {} {}", key.profile, key.instrument, key.side.as_str())
}

fn replay(books: &Books) -> BTreeMap<PositionKey, Position> {
    let mut positions: BTreeMap<PositionKey, Position> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for transaction in &books.transactions {
        if transaction.is_transfer() {
            transfer(books, transaction, &mut positions);
        }
        if transaction.is_fee_in_kind() {
            pay_in_kind(books, transaction, &mut positions);
        }
        if !is_trade(transaction.kind) {
            continue;
        }
        let Some(fill) = fill_of(books, transaction) else { continue };
        let Some(instrument) = books.instruments.get(&fill.instrument) else { continue };
        if !seen.insert((&fill.profile, &fill.id)) {
            continue;
        }
        let key = key_of(fill);
        let position = positions.entry(key.clone()).or_insert_with(|| Position::flat(key, instrument.currency));
        let told = transaction.told_profit();
        position.book_told(fill.side, fill.price, fill.quantity, instrument.multiplier, told);
        position.commission = position.commission.saturating_add(fill.commission);
        position.tax = position.tax.saturating_add(fill.tax);
    }
    positions
}

/// Units that came or went without a trade.
pub(super) fn transfer(books: &Books, transaction: &Transaction, positions: &mut BTreeMap<PositionKey, Position>) {
    let (Some(id), Some(price), Some(quantity)) = (transaction.instrument, transaction.price, transaction.quantity)
    else {
        return;
    };
    let Some(instrument) = books.instruments.get(&id) else { return };
    let side = if transaction.kind == TransactionKind::Deposit { Side::Buy } else { Side::Sell };
    let key = PositionKey { profile: transaction.profile.clone(), instrument: id, side: transaction.transfer_side() };
    let position = positions.entry(key.clone()).or_insert_with(|| Position::flat(key, instrument.currency));
    position.transfer(side, price, quantity, instrument.multiplier);
}

/// Units that paid a commission.
fn pay_in_kind(books: &Books, transaction: &Transaction, positions: &mut BTreeMap<PositionKey, Position>) {
    let (Some(id), Some(price), Some(quantity)) = (transaction.instrument, transaction.price, transaction.quantity)
    else {
        return;
    };
    let Some(instrument) = books.instruments.get(&id) else { return };
    let key = PositionKey { profile: transaction.profile.clone(), instrument: id, side: PositionSide::Net };
    let position = positions.entry(key.clone()).or_insert_with(|| Position::flat(key, instrument.currency));
    position.pay_in_kind(price, quantity, instrument.multiplier);
}

fn compare(local: &Position, expected: &Position, findings: &mut Findings) {
    let subject = subject(&local.key);
    findings.compare(Kind::PositionQuantity, &subject, local.quantity, expected.quantity);
    findings.compare(Kind::PositionCost, &subject, local.cost, expected.cost);
    findings.compare(Kind::PositionRealized, &subject, local.realized_gross, expected.realized_gross);
    findings.compare(Kind::PositionCommission, &subject, local.commission, expected.commission);
    findings.compare(Kind::PositionTax, &subject, local.tax, expected.tax);
}

/// A transaction names no position side, so in hedge mode both sides of an instrument are taken together.
fn carried(books: &Books, findings: &mut Findings) {
    let mut expected: BTreeMap<(&ProfileName, InstrumentId), Decimal> = BTreeMap::new();
    for transaction in &books.transactions {
        let carries = matches!(
            transaction.kind,
            TransactionKind::Funding | TransactionKind::Dividend | TransactionKind::Interest | TransactionKind::Fee
        );
        let Some(instrument) = transaction.instrument.filter(|_| carries) else { continue };
        let net = transaction.amount.saturating_sub(transaction.commission).saturating_sub(transaction.tax);
        let sum = expected.entry((&transaction.profile, instrument)).or_default();
        *sum = sum.saturating_add(net);
    }
    let mut local: BTreeMap<(&ProfileName, InstrumentId), Decimal> = BTreeMap::new();
    for position in &books.positions {
        let sum = local.entry((&position.key.profile, position.key.instrument)).or_default();
        *sum = sum.saturating_add(position.carried);
    }
    let keys: BTreeSet<_> = expected.keys().chain(local.keys()).copied().into_set();
    for key in keys {
        let of = |sums: &BTreeMap<_, Decimal>| sums.get(&key).copied().unwrap_or_default();
        let subject = format!("position {} {}", key.0, key.1);
        findings.compare(Kind::PositionCarried, subject, of(&local), of(&expected));
    }
}
