//! Realised profit: rows of the broker's lists as hoga tells them.

use rust_decimal::Decimal;

use crate::broker::api::RealisedRow;
use crate::broker::kis::exchange::OverseasExchange;
use crate::broker::kis::wire::Number;
use crate::broker::kis::wire::overseas_account::OverseasProfit;
use crate::broker::kis::wire::stock_account::{DayProfit, TradeProfit};
use crate::market::{Currency, InstrumentId, Symbol, Venue};

fn told(number: Number) -> Option<Decimal> {
    number.get().map(|value| value.normalize())
}

/// A number that stands as zero where nothing was sold.
fn of_a_sale(number: Number) -> Option<Decimal> {
    told(number).filter(|value| !value.is_zero())
}

/// A day of Korean shares; `None` for a row that does not say what was realised.
#[must_use]
pub fn day(row: &DayProfit) -> Option<RealisedRow> {
    Some(RealisedRow {
        date: row.date.get()?,
        currency: Currency::Krw,
        instrument: None,
        name: String::new(),
        sold_quantity: told(row.sold_quantity),
        average_cost: None,
        sale_price: None,
        bought: told(row.bought),
        cost: None,
        sold: told(row.sold),
        fees: told(row.fee),
        taxes: told(row.tax),
        realised: told(row.realised)?,
        percent: told(row.percent),
    })
}

/// An instrument of Korea on a day; `None` for a row that does not say which, or what was realised.
#[must_use]
pub fn trade(row: &TradeProfit) -> Option<RealisedRow> {
    let symbol = Symbol::new(unpadded(&row.padded_symbol)).ok()?;
    Some(RealisedRow {
        date: row.date.get()?,
        currency: Currency::Krw,
        instrument: Some(InstrumentId { venue: Venue::Krx, symbol }),
        name: row.name.to_string(),
        sold_quantity: told(row.sold_quantity),
        average_cost: of_a_sale(row.average),
        sale_price: of_a_sale(row.sold_at),
        bought: told(row.bought),
        cost: None,
        sold: told(row.sold),
        fees: told(row.fee),
        taxes: told(row.tax),
        realised: told(row.realised)?,
        percent: told(row.percent),
    })
}

/// A foreign instrument on a day; `None` for a row that does not say which, or what was realised. Commission and tax come
/// as one sum.
#[must_use]
pub fn foreign(row: &OverseasProfit) -> Option<RealisedRow> {
    let exchange = OverseasExchange::of_orders(&row.exchange)?;
    Some(RealisedRow {
        date: row.date.get()?,
        currency: exchange.currency(),
        instrument: Some(InstrumentId { venue: exchange.venue(), symbol: Symbol::new(&row.symbol).ok()? }),
        name: row.name.to_string(),
        sold_quantity: told(row.quantity),
        average_cost: of_a_sale(row.average),
        sale_price: of_a_sale(row.sold_at),
        bought: None,
        cost: told(row.cost),
        sold: told(row.sold),
        fees: told(row.costs),
        taxes: None,
        realised: told(row.realised)?,
        percent: told(row.percent),
    })
}

/// Rows of instruments, oldest first, made one of each day and currency.
#[must_use]
pub fn by_day(rows: Vec<RealisedRow>) -> Vec<RealisedRow> {
    let mut days: Vec<RealisedRow> = Vec::new();
    for row in rows {
        match days.iter_mut().find(|day| (day.date, day.currency) == (row.date, row.currency)) {
            Some(day) => add(day, &row),
            None => days.push(RealisedRow {
                instrument: None,
                name: String::new(),
                average_cost: None,
                sale_price: None,
                ..row
            }),
        }
    }
    for day in &mut days {
        let hundred = day.realised.saturating_mul(Decimal::ONE_HUNDRED);
        let percent = day.cost.and_then(|cost| hundred.checked_div(cost));
        day.percent = percent.map(|percent| percent.round_dp(8).normalize());
    }
    days
}

fn add(day: &mut RealisedRow, row: &RealisedRow) {
    day.realised = day.realised.saturating_add(row.realised);
    for (sum, part) in [
        (&mut day.sold_quantity, row.sold_quantity),
        (&mut day.bought, row.bought),
        (&mut day.cost, row.cost),
        (&mut day.sold, row.sold),
        (&mut day.fees, row.fees),
        (&mut day.taxes, row.taxes),
    ] {
        // A sum that lacks a part is not told.
        *sum = sum.zip(part).map(|(sum, part)| sum.saturating_add(part));
    }
}

/// The symbol of `00000A000660`; those of ETN keep their letter, which is a part of them.
fn unpadded(padded: &str) -> &str {
    if padded.len() <= 7 {
        return padded;
    }
    let symbol = padded.trim_start_matches('0');
    symbol.strip_prefix('A').filter(|rest| rest.len() == 6).unwrap_or(symbol)
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;
    use crate::broker::kis::wire::{Envelope, Part, Record};

    fn rows<T: Record>(body: &[u8]) -> Vec<T> {
        let rows = Envelope::parse("profits", body).unwrap().rows(Part::First);
        assert_eq!(rows.refused, 0);
        rows.rows
    }

    #[test]
    fn a_day_says_what_was_traded_and_what_it_brought() {
        let body = include_bytes!("../../../../tests/data/kis/domestic_period_profit.json");
        let day = day(&rows(body)[0]).unwrap();
        assert_eq!((day.date.to_string(), day.currency), ("2024-02-20".into(), Currency::Krw));
        assert_eq!(
            (day.bought, day.sold, day.sold_quantity),
            (Some(dec!(116697331)), Some(dec!(96455)), Some(dec!(8)))
        );
        assert_eq!((day.realised, day.percent), (dec!(22991), Some(dec!(31.29560057))));
        assert!(super::day(&DayProfit::default()).is_none());
    }

    #[test]
    fn an_instrument_is_found_behind_its_padding() {
        let body = include_bytes!("../../../../tests/data/kis/domestic_period_trade_profit.json");
        let symbols: Vec<String> =
            rows::<TradeProfit>(body).iter().map(|row| trade(row).unwrap().instrument.unwrap().to_string()).collect();
        assert_eq!(symbols, ["KRX:J2552221D", "KRX:J00532219", "KRX:Q520057"]);
        assert_eq!(
            (unpadded("00000A000660"), unpadded("000660"), unpadded("00000A0001A0")),
            ("000660", "000660", "0001A0")
        );
        assert!(trade(&TradeProfit::default()).is_none());
    }

    #[test]
    fn a_foreign_sale_is_in_its_own_currency_and_its_day_is_a_sum() {
        let body = include_bytes!("../../../../tests/data/kis/overseas_period_profit.json");
        let sale = foreign(&rows(body)[0]).unwrap();
        assert_eq!((sale.currency, sale.instrument.unwrap().to_string()), (Currency::Usd, "NASDAQ:AAPL".into()));
        assert_eq!((sale.cost, sale.sold, sale.bought), (Some(dec!(456.2)), Some(dec!(463)), None));
        assert_eq!((sale.fees, sale.taxes, sale.realised), (Some(dec!(1.17)), None, dec!(5.63)));
        let other = RealisedRow { cost: Some(dec!(43.8)), realised: dec!(-10.63), ..sale.clone() };
        let days = by_day(vec![sale, other]);
        let [day] = days.as_slice() else { panic!("{days:?}") };
        assert_eq!((day.realised, day.cost, day.percent), (dec!(-5), Some(dec!(500)), Some(dec!(-1))));
        assert_eq!((day.instrument, day.fees), (None, Some(dec!(2.34))));
    }

    #[test]
    fn numbers_beyond_counting_are_no_end_of_the_program() {
        let body = include_bytes!("../../../../tests/data/kis/overseas_period_profit.json");
        let sale = foreign(&rows(body)[0]).unwrap();
        let most = RealisedRow { realised: Decimal::MAX, cost: Some(Decimal::ZERO), sold: None, ..sale };
        let days = by_day(vec![most.clone(), most]);
        assert_eq!((days[0].realised, days[0].percent, days[0].sold), (Decimal::MAX, None, None));
    }
}
