//! Bonds. The last columns are counted from the end of the line.

use jiff::ToSpan as _;
use jiff::civil::Date;
use rust_decimal::{Decimal, dec};

use super::column::{Listing, lines, text};
use crate::broker::kis::wire::{Day, Text};
use crate::market::{Currency, Instrument, InstrumentId, Product, Quantity, Symbol, TickRule, Venue};

/// Won of an amount for a price of 10,000 won of face value and a quantity of 1,000 won of it.
const MULTIPLIER: Decimal = dec!(0.1);
/// Orders in the general market are multiples of 10,000 won of face value.
const LOT: u32 = 10;

/// Step of a price by how long a bond still runs: 1 won from ten years on, half a won from two, a tenth below (KRX, since
/// 2016-06-27). The current ten-year treasury bond has 1 won too, which no file says: the exchange refuses what is between.
fn tick(redeemed: Date, on: Date) -> Decimal {
    let runs = |years: i8| on.checked_add(i32::from(years).years()).is_ok_and(|until| redeemed >= until);
    match () {
        () if runs(10) => dec!(1),
        () if runs(2) => dec!(0.5),
        () => dec!(0.1),
    }
}

/// A bond.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bond {
    /// Type and class.
    pub class: Text,
    /// ISIN.
    pub isin: Text,
    /// Korean name.
    pub name: Text,
    /// How interest is paid.
    pub interest: Text,
    /// Listed.
    pub listed: Day,
    /// Issued.
    pub issued: Day,
    /// Redeemed.
    pub redeemed: Day,
}

/// Reads a file.
#[must_use]
pub fn read(bytes: &[u8]) -> Listing<Bond> {
    lines(bytes, bond)
}

fn bond(line: &[u8]) -> Option<Bond> {
    let dates = line.len().checked_sub(24).filter(|at| *at >= 58)?;
    let day = |from: usize| Day::parse(&text(line, from, 8)?).ok();
    let isin = text(line, 4, 12)?;
    (isin.len() == 12 && isin.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some(())?;
    Some(Bond {
        class: text(line, 0, 4)?,
        isin,
        name: text(line, 16, 40)?,
        interest: text(line, dates - 2, 2)?,
        listed: day(dates)?,
        issued: day(dates + 8)?,
        redeemed: day(dates + 16)?,
    })
}

impl Bond {
    /// The instrument in the general market on a day; none once the bond is redeemed.
    #[must_use]
    pub fn instrument(&self, on: Date) -> Option<Instrument> {
        // A bond without an end has no date of it.
        let redeemed = self.redeemed.get().unwrap_or(Date::MAX);
        let lot = Quantity::whole(LOT);
        let tick = tick(redeemed, on);
        (redeemed >= on && !self.name.is_empty()).then_some(())?;
        Some(Instrument {
            id: InstrumentId { venue: Venue::KrxBonds, symbol: Symbol::new(&self.isin).ok()? },
            name_ko: self.name.to_string(),
            name_en: String::new(),
            product: Product::KrxBond,
            currency: Currency::Krw,
            ticks: TickRule::Fixed(tick),
            price_decimals: tick.scale(),
            lot,
            min_quantity: lot,
            max_quantity: None,
            min_notional: None,
            multiplier: MULTIPLIER,
            base_price: None,
            daily_limit: Some(dec!(0.3)),
            tiers: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::market::Price;

    const FILE: &[u8] = include_bytes!("../../../../tests/data/kis/master_bond_code.mst");

    #[test]
    fn a_bond_is_an_instrument_until_it_is_redeemed() {
        let listing = read(FILE);
        assert_eq!((listing.rows.len(), listing.damaged), (2, 0));
        let treasury = listing.rows[0].instrument(date(2026, 10, 14)).unwrap();
        assert_eq!(treasury.id.to_string(), "KRX_BONDS:KR103502GD31");
        assert_eq!((&*treasury.name_ko, treasury.product), ("국고03250-5303(23-2)", Product::KrxBond));
        assert_eq!(listing.rows[1].instrument(date(2026, 10, 14)), None, "redeemed in April");
        assert!(listing.rows[1].instrument(date(2026, 4, 24)).is_some());
    }

    #[test]
    fn the_step_of_a_price_goes_by_how_long_it_runs() {
        let on = date(2026, 10, 14);
        for (redeemed, step) in [
            (date(2053, 3, 10), dec!(1)),
            (date(2036, 10, 14), dec!(1)),
            (date(2036, 10, 13), dec!(0.5)),
            (date(2028, 10, 14), dec!(0.5)),
            (date(2028, 10, 13), dec!(0.1)),
            (date(2026, 10, 14), dec!(0.1)),
        ] {
            assert_eq!(tick(redeemed, on), step, "{redeemed}");
        }
    }

    #[test]
    fn an_amount_is_a_tenth_of_price_times_quantity() {
        let bond = read(FILE).rows[0].instrument(date(2026, 10, 14)).unwrap();
        let price = |text: &str| Price::new(text.parse().unwrap()).unwrap();
        // A million won of face value.
        let million = Quantity::whole(1_000);
        assert_eq!(bond.notional(price("10575"), million), dec!(1057500.0));
        assert_eq!(bond.notional(price("10190.2"), Quantity::whole(10)), dec!(10190.20));
    }
}
