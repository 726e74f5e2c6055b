//! Realised profit as the broker counts it, beside what the ledger has of the same days: the broker answers first, and the
//! ledger's reader puts its own count next to each row.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::performance::{Books, date_of};
use super::queries::Question;
use super::{Asker, Shell};
use crate::broker::api::{Covered, DAYS_MAX, ProfitBy, Realised, RealisedQuestion, RealisedRow, RequestBody};
use crate::desk::core::ProfileIndex;
use crate::desk::protocol::{Failure, FailureKind};
use crate::desk::realised::{RealisedRecord, RealisedReport, RealisedTotal};
use crate::ledger::{LedgerError, LedgerReader};
use crate::market::arrange::Arrange;
use crate::market::gather::Gather;
use crate::market::{Currency, Instrument, InstrumentId, UtcTime, Venue, trading_date};
use crate::order::{ProfileName, TransactionKind};

/// What two counts are compared by: a day and a currency, of a trade the instrument too.
type Key = (Date, Currency, Option<InstrumentId>);

impl Shell {
    /// Asks the broker of a profile, when the days make sense.
    pub(super) fn ask_realised(
        &mut self,
        now: UtcTime,
        asker: Asker,
        profile: ProfileIndex,
        question: RealisedQuestion,
    ) {
        match checked(&question, now) {
            Ok(()) => self.ask_history(now, asker, profile, None, RequestBody::Realised(question)),
            Err(failure) => self.reply(asker, Err(failure)),
        }
    }

    /// Hands the broker's count on to the reader of the ledger.
    pub(super) fn compare_realised(&mut self, asker: Asker, profile: ProfileIndex, realised: Box<Realised>) {
        let known = self.core.profile(profile).map(|state| &state.markets);
        let instruments = realised.rows.iter().filter_map(|row| row.instrument);
        let named = |id: InstrumentId| Some((id, names_of(known?.instrument(&id)?)));
        let names = instruments.filter_map(named).into_map();
        self.ask_reader(asker, profile, |name| Question::Realised(name, realised, names));
    }
}

/// Korean and English names of instruments.
pub(super) type Names = BTreeMap<InstrumentId, (String, String)>;

fn names_of(instrument: &Instrument) -> (String, String) {
    (instrument.name_ko.clone(), instrument.name_en.clone())
}

/// Days that can be asked for: in their order, not too many, none that has begun nowhere.
fn checked(question: &RealisedQuestion, now: UtcTime) -> Result<(), Box<Failure>> {
    let failure = |code, message: String, about: String| {
        Err(Box::new(Failure::new(FailureKind::Usage, code, message).about(about)))
    };
    // Of all exchanges that are asked Seoul is the first to see a day.
    let today = trading_date(Venue::Krx, now);
    if let Some(late) = [question.from, question.to].into_iter().flatten().find(|day| *day > today) {
        return failure("RANGE_IN_FUTURE", format!("{late} is still to come"), late.to_string());
    }
    let to = question.to.unwrap_or(today);
    let from = question.from.unwrap_or(to);
    if from > to {
        return failure(
            "RANGE_REVERSED",
            format!("the first day {from} is after the last one {to}"),
            format!("{from} > {to}"),
        );
    }
    let days = (to - from).get_days().unsigned_abs();
    if days >= DAYS_MAX {
        return failure("RANGE_TOO_LONG", format!("at most {DAYS_MAX} days at a time"), DAYS_MAX.to_string());
    }
    Ok(())
}

/// The broker's rows with the ledger's count beside them, and the sales that only the ledger knows.
pub(super) fn report(
    reader: &LedgerReader,
    profile: &ProfileName,
    realised: &Realised,
    names: &Names,
) -> Result<RealisedReport, LedgerError> {
    let mut books = Books::read(reader, profile)?;
    let mut own = ledger(&mut books, realised);
    let mut told: BTreeMap<Key, Decimal> = BTreeMap::new();
    for row in &realised.rows {
        let sum = told.entry(key(row)).or_default();
        *sum = sum.saturating_add(row.realised);
    }
    let mut rows: Vec<(Key, RealisedRecord)> = Vec::new();
    for row in &realised.rows {
        let key = key(row);
        // The first row of what is compared has the ledger's count of all of it.
        let ledger = told.remove(&key).map(|sum| (sum, own.remove(&key).unwrap_or_default()));
        let name = row.instrument.and_then(|id| names.get(&id));
        rows.push((key, record(row, name, ledger)));
    }
    for (key, ledger) in own {
        let name = key.2.and_then(|id| books.instruments.get(&id)).map(names_of);
        rows.push((key, unheard(key, name, ledger)));
    }
    rows.arrange_by_key(|(key, _)| *key);
    let rows: Vec<RealisedRecord> = rows.into_iter().map(|(_, record)| record).collect();
    Ok(RealisedReport { totals: totals(&rows), rows })
}

const fn key(row: &RealisedRow) -> Key {
    (row.date, row.currency, row.instrument)
}

/// What the ledger has of the days that the broker was asked for: profit of what was sold, less commission and tax of the
/// sale. What buying cost is no part of it, as it is none of the broker's count.
fn ledger(books: &mut Books, realised: &Realised) -> BTreeMap<Key, Decimal> {
    let mut sums: BTreeMap<Key, Decimal> = BTreeMap::new();
    for transaction in std::mem::take(&mut books.transactions) {
        let Some((instrument, booked)) = books.book(&transaction) else { continue };
        if transaction.kind != TransactionKind::Sell {
            continue;
        }
        let date = date_of(instrument.venue, transaction.currency, transaction.time);
        if !covers(&realised.covers, instrument.venue, date) {
            continue;
        }
        let of = match realised.by {
            ProfitBy::Day => None,
            ProfitBy::Trade => Some(as_told(instrument)),
        };
        let sum = sums.entry((date, transaction.currency, of)).or_default();
        *sum = sum.saturating_add(booked.gross - booked.fees - booked.taxes);
    }
    sums
}

fn covers(covered: &[Covered], venue: Venue, date: Date) -> bool {
    covered.iter().any(|one| one.venues.contains(&venue) && (one.from..=one.to).contains(&date))
}

/// The broker does not say which of the Korean exchanges a share was sold at.
fn as_told(instrument: InstrumentId) -> InstrumentId {
    match instrument.venue {
        Venue::Nxt => InstrumentId { venue: Venue::Krx, ..instrument },
        _ => instrument,
    }
}

fn record(row: &RealisedRow, name: Option<&(String, String)>, ledger: Option<(Decimal, Decimal)>) -> RealisedRecord {
    let (name_ko, name_en) = match (row.instrument, name) {
        (None, _) => (None, None),
        (Some(_), Some((ko, en))) => (Some(ko.clone()), Some(en.clone())),
        (Some(_), None) => (Some(row.name.clone()), Some(row.name.clone())),
    };
    RealisedRecord {
        date: row.date.to_string(),
        currency: row.currency,
        symbol: row.instrument.map(|id| id.symbol.to_string()),
        venue: row.instrument.map(|id| id.venue),
        name_ko,
        name_en,
        sold_quantity: row.sold_quantity,
        average_cost: row.average_cost,
        sale_price: row.sale_price,
        bought: row.bought,
        cost: row.cost,
        sold: row.sold,
        fees: row.fees,
        taxes: row.taxes,
        realised: Some(row.realised),
        percent: row.percent,
        ledger: ledger.map(|(_, own)| own.normalize()),
        difference: ledger.map(|(told, own)| told.saturating_sub(own).normalize()),
    }
}

/// A sale of which the broker says nothing.
fn unheard((date, currency, of): Key, name: Option<(String, String)>, ledger: Decimal) -> RealisedRecord {
    let (name_ko, name_en) = name.unzip();
    RealisedRecord {
        date: date.to_string(),
        currency,
        symbol: of.map(|id| id.symbol.to_string()),
        venue: of.map(|id| id.venue),
        name_ko,
        name_en,
        sold_quantity: None,
        average_cost: None,
        sale_price: None,
        bought: None,
        cost: None,
        sold: None,
        fees: None,
        taxes: None,
        realised: None,
        percent: None,
        ledger: Some(ledger.normalize()),
        difference: Some((-ledger).normalize()),
    }
}

fn totals(rows: &[RealisedRecord]) -> Vec<RealisedTotal> {
    let of = |currency: Currency| {
        let own: Vec<&RealisedRecord> = rows.iter().filter(|row| row.currency == currency).collect();
        let sum = |part: fn(&RealisedRecord) -> Option<Decimal>| {
            own.iter().filter_map(|row| part(row)).fold(Decimal::ZERO, Decimal::saturating_add).normalize()
        };
        // A sum that lacks a part is not told.
        let whole = |part: fn(&RealisedRecord) -> Option<Decimal>| {
            let mut told = own.iter().filter(|row| row.realised.is_some());
            told.all(|row| part(row).is_some()).then(|| sum(part))
        };
        (!own.is_empty()).then(|| RealisedTotal {
            currency,
            bought: whole(|row| row.bought),
            sold: whole(|row| row.sold),
            fees: whole(|row| row.fees),
            taxes: whole(|row| row.taxes),
            realised: sum(|row| row.realised),
            ledger: sum(|row| row.ledger),
            difference: sum(|row| row.difference),
        })
    };
    Currency::ALL.into_iter().filter_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(from: Option<&str>, to: Option<&str>) -> Option<String> {
        let date = |text: &str| text.parse().unwrap();
        let question = RealisedQuestion { from: from.map(date), to: to.map(date), by: ProfitBy::Day };
        // In Seoul it is the 24th.
        let now = UtcTime::parse("2026-11-23T20:00:00Z").unwrap();
        checked(&question, now).err().map(|failure| failure.code)
    }

    #[test]
    fn days_are_in_order_in_the_past_and_not_too_many() {
        for (from, to) in [
            (None, None),
            (Some("2026-11-24"), None),
            (None, Some("2020-01-01")),
            (Some("2025-11-24"), None),
            (Some("2026-11-24"), Some("2026-11-24")),
        ] {
            assert_eq!(code(from, to), None, "{from:?} {to:?}");
        }
        assert_eq!(code(Some("2026-11-02"), Some("2026-11-01")).unwrap(), "RANGE_REVERSED");
        assert_eq!(code(Some("2025-11-23"), None).unwrap(), "RANGE_TOO_LONG");
        assert_eq!(code(Some("0001-01-01"), Some("2026-11-24")).unwrap(), "RANGE_TOO_LONG");
        assert_eq!(code(None, Some("2026-11-25")).unwrap(), "RANGE_IN_FUTURE");
        assert_eq!(code(Some("9999-12-31"), None).unwrap(), "RANGE_IN_FUTURE");
    }
}
