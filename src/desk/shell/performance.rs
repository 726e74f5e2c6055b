//! How an account did, from the ledger alone: its fills are booked once more in the order their money moved, so that the
//! parts add up to what the positions say they have earned.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::desk::performance::{DayProfitRecord, EquityRecord, PerformanceRecord, SymbolProfitRecord};
use crate::ledger::{LedgerError, LedgerReader};
use crate::market::arrange::Arrange;
use crate::market::{Currency, Instrument, InstrumentId, Side, UtcTime, Venue, trading_date};
use crate::order::{ExecutionId, Fill, Position, PositionKey, PositionSide, ProfileName, Transaction, TransactionKind};

/// Most points of equity a currency; of more the last of each equal part is told.
const POINTS_MAX: usize = 2_000;

/// What fills and cash flows of a day or an instrument came to.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sums {
    pub(super) gross: Decimal,
    pub(super) fees: Decimal,
    pub(super) taxes: Decimal,
    carried: Decimal,
    fills: u32,
    turnover: Decimal,
}

impl Sums {
    fn add(&mut self, other: &Self) {
        self.gross += other.gross;
        self.fees += other.fees;
        self.taxes += other.taxes;
        self.carried += other.carried;
        self.fills += other.fills;
        self.turnover += other.turnover;
    }

    fn realized(&self) -> Decimal {
        (self.gross - self.fees - self.taxes + self.carried).normalize()
    }
}

/// How a profile did on the last `days` days, today included, at the dates of its venues: Seoul for won, UTC for coins.
///
/// # Errors
/// The ledger cannot be read or is damaged.
pub fn performance(
    reader: &LedgerReader,
    profile: &ProfileName,
    now: UtcTime,
    days: u32,
) -> Result<PerformanceRecord, LedgerError> {
    let mut books = Books::read(reader, profile)?;
    let mut by_day: BTreeMap<(Date, Currency), Sums> = BTreeMap::new();
    let mut by_symbol: BTreeMap<(InstrumentId, Currency), Sums> = BTreeMap::new();
    for transaction in std::mem::take(&mut books.transactions) {
        let Some((instrument, sums)) = books.book(&transaction) else { continue };
        let currency = transaction.currency;
        let date = date_of(instrument.venue, currency, transaction.time);
        if date >= first_day(instrument.venue, currency, now, days) {
            by_day.entry((date, currency)).or_default().add(&sums);
            by_symbol.entry((instrument, currency)).or_default().add(&sums);
        }
    }
    Ok(PerformanceRecord {
        profile: profile.to_string(),
        equity: equity(reader, profile, now, days)?,
        days: by_day.into_iter().map(|((date, currency), sums)| day_record(date, currency, &sums)).collect(),
        symbols: by_symbol.into_iter().map(|((id, currency), sums)| books.symbol_record(id, currency, &sums)).collect(),
    })
}

/// What the ledger has of a profile, and its positions as far as they are booked again.
pub(super) struct Books {
    pub(super) transactions: Vec<Transaction>,
    fills: BTreeMap<ExecutionId, Fill>,
    pub(super) instruments: BTreeMap<InstrumentId, Instrument>,
    positions: BTreeMap<PositionKey, Position>,
}

impl Books {
    pub(super) fn read(reader: &LedgerReader, profile: &ProfileName) -> Result<Self, LedgerError> {
        let always = UtcTime::from_nanos(i64::MIN);
        let mut transactions = reader.transactions(Some(profile), always, u32::MAX)?;
        transactions.reverse();
        let fills = reader.fills(Some(profile), always, u32::MAX)?;
        let mut instruments = BTreeMap::new();
        for id in transactions.iter().filter_map(|transaction| transaction.instrument) {
            if !instruments.contains_key(&id)
                && let Some(instrument) = reader.instrument(id)?
            {
                instruments.insert(id, instrument);
            }
        }
        let fills = fills.into_iter().map(|fill| (fill.id.clone(), fill)).collect();
        Ok(Self { transactions, fills, instruments, positions: BTreeMap::new() })
    }

    /// Books a transaction again; what it brought, when it is about an instrument.
    pub(super) fn book(&mut self, transaction: &Transaction) -> Option<(InstrumentId, Sums)> {
        let id = transaction.instrument?;
        match transaction.kind {
            TransactionKind::Buy | TransactionKind::Sell => {
                let fill = self.fills.get(transaction.execution_id.as_ref()?)?;
                let instrument = self.instruments.get(&id)?;
                let key = PositionKey { profile: fill.profile.clone(), instrument: id, side: fill.position_side };
                let position =
                    self.positions.entry(key.clone()).or_insert_with(|| Position::flat(key, instrument.currency));
                let told = transaction.told_profit();
                let booked = position.book_told(fill.side, fill.price, fill.quantity, instrument.multiplier, told);
                let sums = Sums {
                    gross: booked.profit,
                    fees: fill.commission,
                    taxes: fill.tax,
                    fills: 1,
                    turnover: instrument.notional(fill.price, fill.quantity),
                    carried: Decimal::ZERO,
                };
                Some((id, sums))
            }
            TransactionKind::Deposit | TransactionKind::Withdraw => {
                self.transfer(id, transaction);
                None
            }
            TransactionKind::Fee if transaction.is_fee_in_kind() => self.pay_in_kind(id, transaction),
            TransactionKind::Dividend
            | TransactionKind::Fee
            | TransactionKind::Tax
            | TransactionKind::Funding
            | TransactionKind::Interest => {
                let carried = transaction.amount - transaction.commission - transaction.tax;
                Some((id, Sums { carried, ..Sums::default() }))
            }
        }
    }

    /// Units that came or went without a trade take their share of the cost along.
    fn transfer(&mut self, id: InstrumentId, transaction: &Transaction) {
        let (Some(price), Some(quantity)) = (transaction.price, transaction.quantity) else { return };
        let Some(instrument) = self.instruments.get(&id) else { return };
        let side = if transaction.kind == TransactionKind::Deposit { Side::Buy } else { Side::Sell };
        let profile = transaction.profile.clone();
        let key = PositionKey { profile, instrument: id, side: transaction.transfer_side() };
        let position = self.positions.entry(key.clone()).or_insert_with(|| Position::flat(key, instrument.currency));
        position.transfer(side, price, quantity, instrument.multiplier);
    }

    /// Units that paid a commission went at their value.
    fn pay_in_kind(&mut self, id: InstrumentId, transaction: &Transaction) -> Option<(InstrumentId, Sums)> {
        let instrument = self.instruments.get(&id)?;
        let profile = transaction.profile.clone();
        let key = PositionKey { profile, instrument: id, side: PositionSide::Net };
        let position = self.positions.entry(key.clone()).or_insert_with(|| Position::flat(key, instrument.currency));
        let (booked, fees) = position.pay_in_kind(transaction.price?, transaction.quantity?, instrument.multiplier);
        Some((id, Sums { gross: booked.profit, fees, ..Sums::default() }))
    }

    fn symbol_record(&self, id: InstrumentId, currency: Currency, sums: &Sums) -> SymbolProfitRecord {
        let instrument = self.instruments.get(&id);
        SymbolProfitRecord {
            symbol: id.symbol.to_string(),
            venue: id.venue,
            name_ko: instrument.map(|i| i.name_ko.clone()).unwrap_or_default(),
            name_en: instrument.map(|i| i.name_en.clone()).unwrap_or_default(),
            currency,
            realized_gross: sums.gross.normalize(),
            fees: sums.fees.normalize(),
            taxes: sums.taxes.normalize(),
            realized: sums.realized(),
            fills: sums.fills,
            turnover: sums.turnover.normalize(),
        }
    }
}

fn day_record(date: Date, currency: Currency, sums: &Sums) -> DayProfitRecord {
    DayProfitRecord {
        date: date.to_string(),
        currency,
        realized_gross: sums.gross.normalize(),
        fees: sums.fees.normalize(),
        taxes: sums.taxes.normalize(),
        realized: sums.realized(),
        fills: sums.fills,
        turnover: sums.turnover.normalize(),
    }
}

/// The date of the venue; the simulator has shares that live in Seoul and coins that live in UTC.
pub(super) fn date_of(venue: Venue, currency: Currency, time: UtcTime) -> Date {
    let venue = match (venue, currency) {
        (Venue::Sim, Currency::Krw) => Venue::Krx,
        (Venue::Sim, _) => Venue::BinanceFutures,
        (venue, _) => venue,
    };
    trading_date(venue, time)
}

fn first_day(venue: Venue, currency: Currency, now: UtcTime, days: u32) -> Date {
    let back = i64::from(days.saturating_sub(1)).min(36_500);
    date_of(venue, currency, now).saturating_sub(back.days())
}

fn equity(
    reader: &LedgerReader,
    profile: &ProfileName,
    now: UtcTime,
    days: u32,
) -> Result<Vec<EquityRecord>, LedgerError> {
    let mut records = Vec::new();
    for currency in Currency::ALL {
        let first = first_day(Venue::Sim, currency, now, days);
        let since = now.minus(std::time::Duration::from_secs(86_400 * u64::from(days.min(36_500)) + 86_400));
        let mut points = reader.equity(profile, currency, since)?;
        points.retain(|point| date_of(Venue::Sim, currency, point.at) >= first);
        let part = points.len().div_ceil(POINTS_MAX).max(1);
        let last_of_each = points.chunks(part).filter_map(|chunk| chunk.last());
        records.extend(last_of_each.map(|point| EquityRecord {
            time: point.at,
            currency,
            equity: point.equity.normalize(),
        }));
    }
    records.arrange_by_key(|record| record.time);
    Ok(records)
}
