//! Holdings and cash.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use crate::broker::api::AccountReport;
use crate::broker::kis::exchange::OverseasExchange;
use crate::broker::kis::wire::bond::BondHolding;
use crate::broker::kis::wire::overseas_account::{OverseasBuyable, OverseasCash, OverseasHolding};
use crate::broker::kis::wire::product::plain_symbol;
use crate::broker::kis::wire::stock_account::{AccountTotals, Buyable, Holding};
use crate::market::{Currency, InstrumentId, Price, Symbol, Venue};
use crate::order::{Cash, PositionSide};

/// Positions in Korean shares, by symbol. A symbol may come in several rows, one for cash and one for each kind of loan:
/// their quantities are added, their costs too. Rows with nothing left are those sold out today, and give no position.
#[must_use]
pub fn positions(rows: &[Holding]) -> Vec<AccountReport> {
    let mut held: BTreeMap<Symbol, (Decimal, Decimal)> = BTreeMap::new();
    for row in rows {
        let Ok(symbol) = Symbol::new(plain_symbol(&row.symbol)) else { continue };
        let quantity = row.quantity.or_zero();
        if quantity <= Decimal::ZERO {
            continue;
        }
        let cost = row.average.or_zero().checked_mul(quantity).unwrap_or_default();
        add(held.entry(symbol).or_default(), quantity, cost);
    }
    held.into_iter().map(|(symbol, (quantity, cost))| position(Venue::Krx, symbol, quantity, cost)).collect()
}

/// Adds a row to what is held; a sum that no account can have leaves it as it was.
fn add(held: &mut (Decimal, Decimal), quantity: Decimal, cost: Decimal) {
    let (all, total_cost) = *held;
    if let Some(all) = all.checked_add(quantity) {
        *held = (all, total_cost.checked_add(cost).unwrap_or_default());
    }
}

fn position(venue: Venue, symbol: Symbol, quantity: Decimal, cost: Decimal) -> AccountReport {
    AccountReport::Position {
        instrument: InstrumentId { venue, symbol },
        side: PositionSide::Net,
        quantity,
        average_price: cost.checked_div(quantity).and_then(|average| Price::new(average.round_dp(8)).ok()),
    }
}

/// Won of the account. The total is the cash after today's trades have settled; what can be ordered with is in no field of
/// the balance, only in the reply to the question for it.
#[must_use]
pub fn won(totals: &AccountTotals, buyable: Option<&Buyable>) -> Option<AccountReport> {
    let total = totals.cash_settled.get().or(totals.cash.get())?;
    let available = buyable.and_then(|buyable| buyable.cash.get());
    Some(AccountReport::Cash { total: Cash::new(total, Currency::Krw), available })
}

/// Positions in foreign shares, by exchange and symbol.
#[must_use]
pub fn overseas_positions(rows: &[OverseasHolding]) -> Vec<AccountReport> {
    let mut held: BTreeMap<(Venue, Symbol), (Decimal, Decimal)> = BTreeMap::new();
    for row in rows {
        let venue = OverseasExchange::of_orders(&row.exchange).map(OverseasExchange::venue);
        let (Some(venue), Ok(symbol)) = (venue, Symbol::new(&row.symbol)) else { continue };
        let quantity = row.quantity.or_zero();
        if quantity <= Decimal::ZERO {
            continue;
        }
        let cost = row.average.or_zero().checked_mul(quantity).unwrap_or_default();
        add(held.entry((venue, symbol)).or_default(), quantity, cost);
    }
    held.into_iter().map(|((venue, symbol), (quantity, cost))| position(venue, symbol, quantity, cost)).collect()
}

/// Positions in bonds, by ISIN. There is a row for each purchase: their quantities are added, their costs too. Where the
/// price of one is not told, nor its money, no average is known.
#[must_use]
pub fn bond_positions(rows: &[BondHolding]) -> Vec<AccountReport> {
    let mut held: BTreeMap<Symbol, (Decimal, Decimal)> = BTreeMap::new();
    let mut without_price: BTreeSet<Symbol> = BTreeSet::new();
    for row in rows {
        let Ok(symbol) = Symbol::new(&row.isin) else { continue };
        let quantity = row.quantity.or_zero();
        if quantity <= Decimal::ZERO {
            continue;
        }
        // A price is of ten units.
        let of_money = row.amount.or_zero().checked_mul(Decimal::TEN).unwrap_or_default();
        let cost = match row.price.or_zero() {
            price if price > Decimal::ZERO => price.checked_mul(quantity).unwrap_or_default(),
            _ => of_money,
        };
        if cost <= Decimal::ZERO {
            without_price.insert(symbol);
        }
        add(held.entry(symbol).or_default(), quantity, cost);
    }
    let cost_of = |symbol, cost| if without_price.contains(&symbol) { Decimal::ZERO } else { cost };
    held.into_iter()
        .map(|(symbol, (quantity, cost))| position(Venue::KrxBonds, symbol, quantity, cost_of(symbol, cost)))
        .collect()
}

/// Foreign cash, by currency; currencies hoga does not know are left out.
#[must_use]
pub fn overseas_cash(rows: &[OverseasCash]) -> Vec<AccountReport> {
    rows.iter()
        .filter_map(|row| {
            let currency: Currency = row.currency.parse().ok()?;
            let total = row.cash.get()?;
            Some(AccountReport::Cash { total: Cash::new(total, currency), available: row.available.get() })
        })
        .collect()
}

/// Most that is set aside for the costs of a buy beside its price, in parts of it.
const COSTS_MAX: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

/// Foreign cash where only the question how much can be bought tells it: what can be ordered with, what open buys hold back,
/// and what today's sales have brought. `None` where it does not say it.
///
/// What is held back for costs of open buys is not told. As long as that explains the difference, the cash is what it was
/// `before`.
#[must_use]
pub fn foreign_cash(
    buyable: &OverseasBuyable,
    currency: Currency,
    held_back: Decimal,
    before: Option<Decimal>,
) -> Option<AccountReport> {
    // Money of one currency must not pass for that of another.
    let _ = buyable.currency.parse::<Currency>().ok().filter(|told| *told == currency)?;
    let available = buyable.cash.get()?.checked_add(buyable.reusable.or_zero())?;
    let least = available.checked_add(held_back)?;
    let most = least.checked_add(held_back.checked_mul(COSTS_MAX)?)?;
    let total = before.filter(|before| (least..=most).contains(before)).unwrap_or(least);
    Some(AccountReport::Cash { total: Cash::new(total, currency), available: Some(available) })
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;
    use crate::broker::kis::wire::{Envelope, Number, Part};

    fn held(rows: &[BondHolding]) -> Vec<(String, Decimal, Option<Decimal>)> {
        let position = |report: AccountReport| match report {
            AccountReport::Position { instrument, quantity, average_price, .. } => {
                (instrument.to_string(), quantity, average_price.map(Price::value))
            }
            _ => panic!("no position"),
        };
        bond_positions(rows).into_iter().map(position).collect()
    }

    #[test]
    fn the_purchases_of_a_bond_are_one_position_at_their_average() {
        let body = include_bytes!("../../../../tests/data/kis/bond_balance.json");
        let envelope = Envelope::parse("balance", body).unwrap();
        let mut rows: Vec<BondHolding> = envelope.rows(Part::First).rows;
        assert_eq!(held(&rows)[0], ("KRX_BONDS:KR101501D942".to_owned(), dec!(4), None), "no price is told");
        rows.truncate(2);
        rows[1].isin = rows[0].isin.clone();
        rows[0].price = dec!(10000).into();
        // 6 for 6,060 won: 10,100 each ten of them.
        rows[1].amount = dec!(6060).into();
        assert_eq!(held(&rows), [("KRX_BONDS:KR101501D942".to_owned(), dec!(10), Some(dec!(10060)))]);
        rows[1].amount = Number::ABSENT;
        assert_eq!(held(&rows)[0].2, None, "half of the price is no price");
        rows[0].quantity = dec!(0).into();
        rows[1].quantity = dec!(0).into();
        assert!(held(&rows).is_empty(), "sold out");
    }
}
