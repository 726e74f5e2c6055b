//! Positions and cash of a derivatives account.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::future_market::instrument;
use crate::broker::api::AccountReport;
use crate::broker::kis::wire::future_account::{FuturePosition, FutureTotals};
use crate::market::{Currency, InstrumentId, Price};
use crate::order::{Cash, PositionSide};

/// Positions by contract, negative when short; none for contracts that were closed today. Rows of one contract are added.
/// `None` when a row cannot be read: half an account would look like positions that are gone.
#[must_use]
pub fn positions(rows: &[FuturePosition]) -> Option<Vec<AccountReport>> {
    let mut held: BTreeMap<InstrumentId, (Decimal, Decimal)> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.quantity.is_something()) {
        // Of a quantity without a side nobody knows which way it is held.
        let quantity = signed(row)?;
        let cost = row.average.or_zero().checked_mul(quantity)?;
        let (all, total) = held.entry(instrument(&row.contract)?).or_default();
        (*all, *total) = (all.checked_add(quantity)?, total.checked_add(cost)?);
    }
    let report = |(instrument, (quantity, cost)): (InstrumentId, (Decimal, Decimal))| AccountReport::Position {
        instrument,
        side: PositionSide::Net,
        quantity,
        average_price: cost.checked_div(quantity).and_then(|average| Price::new(average.round_dp(8)).ok()),
    };
    Some(held.into_iter().filter(|(_, (quantity, _))| !quantity.is_zero()).map(report).collect())
}

fn signed(row: &FuturePosition) -> Option<Decimal> {
    matches!(&*row.side, "매수" | "BUY" | "매도" | "SLL" | "SELL").then(|| row.signed())
}

/// Won of the account.
///
/// Futures are settled in cash every day: the profit of what is still held comes and goes with each settlement price. hoga
/// keeps a position at its average price and counts its profit when it is closed, so what the broker counts of open
/// futures, from the same average, is taken out again. Premiums of options are in it as they were paid.
#[must_use]
pub fn won(totals: &FutureTotals, rows: &[FuturePosition]) -> Option<AccountReport> {
    // Who holds something and is not told its profit does not know the cash.
    let holds = rows.iter().any(|row| row.quantity.is_something());
    let open_profit = totals.futures_profit.get().or((!holds).then_some(Decimal::ZERO))?;
    let total = totals.tomorrow.get()?.checked_sub(open_profit)?;
    Some(AccountReport::Cash { total: Cash::new(total, Currency::Krw), available: totals.orderable_cash.get() })
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;
    use crate::broker::kis::wire::{Envelope, Number, Part, Text};

    fn sample() -> (Vec<FuturePosition>, FutureTotals) {
        let body = include_bytes!("../../../../tests/data/kis/futures_balance.json");
        let envelope = Envelope::parse("balance", body).unwrap();
        (envelope.rows(Part::First).rows, envelope.one(Part::Second).unwrap())
    }

    fn told(rows: &[FuturePosition]) -> Vec<(Decimal, Option<Decimal>)> {
        let reports = positions(rows).unwrap();
        let told = reports.iter().map(|report| match report {
            AccountReport::Position { quantity, average_price, .. } => (*quantity, average_price.map(Price::value)),
            other => panic!("{other:?}"),
        });
        told.collect()
    }

    #[test]
    fn a_position_is_long_or_short_by_its_side_and_gone_when_closed() {
        let (mut rows, _) = sample();
        assert_eq!(told(&rows), [(dec!(2), Some(dec!(411.9)))]);
        rows[0].side = Text::new("매도");
        assert_eq!(told(&rows), [(dec!(-2), Some(dec!(411.9)))]);
        rows[0].side = Text::new("");
        assert_eq!(positions(&rows), None, "contracts without a side");
        rows[0].quantity = Number::parse("0").unwrap();
        assert!(told(&rows).is_empty());
    }

    #[test]
    fn the_profit_of_open_futures_is_no_cash_and_what_can_be_ordered_with_is_told() {
        let (rows, totals) = sample();
        let Some(AccountReport::Cash { total, available }) = won(&totals, &rows) else { panic!("no cash") };
        assert_eq!((total.amount, available), (dec!(50_000_000), Some(dec!(19_073_750))));
        let untold = FutureTotals { futures_profit: Number::default(), ..totals.clone() };
        assert!(won(&untold, &rows).is_none() && won(&untold, &[]).is_some());
        assert_eq!(won(&FutureTotals { tomorrow: Number::default(), ..totals }, &rows), None);
    }
}
