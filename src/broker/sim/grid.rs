//! Prices as whole numbers: every price an order may have gets an index, so that the matching engine counts in ticks.
//!
//! Prices are held in units of the instrument's finest decimal (won at KRX, 0.1 or 0.01 USDT), quantities in lots.

use jiff::civil::Date;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::market::{Instrument, Price, Quantity, TickRule};

/// Where a row of a KRX tick table can begin.
const BORDERS: [i64; 10] = [0, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000];

/// A run of prices with one tick size.
#[derive(Debug, Clone, Copy)]
struct Row {
    from: i64,
    index: i64,
    tick: i64,
}

/// The order prices of one instrument, counted from zero, and its lot.
#[derive(Debug, Clone)]
pub struct Grid {
    rows: Vec<Row>,
    price_decimals: u32,
    lot: i64,
    lot_decimals: u32,
    first: Price,
}

impl Grid {
    /// The grid of an instrument by the rules of a trading date; `None` when its tick size is no price.
    #[must_use]
    pub fn new(instrument: &Instrument, on: Date) -> Option<Self> {
        let scale = 10_i64.pow(instrument.price_decimals);
        let mut rows: Vec<Row> = Vec::new();
        for border in BORDERS {
            let tick = instrument.ticks.tick(Decimal::from(border), on) * Decimal::from(scale);
            let tick = tick.to_i64().unwrap_or(1).max(1);
            match rows.last() {
                Some(last) if last.tick == tick => {}
                Some(last) => {
                    let from = border * scale;
                    rows.push(Row { from, index: last.index + (from - last.from) / last.tick, tick });
                }
                None => rows.push(Row { from: 0, index: 0, tick }),
            }
            if matches!(instrument.ticks, TickRule::Fixed(_)) {
                break;
            }
        }
        let lot_decimals = instrument.quantity_decimals();
        let lot = instrument.lot.value() * Decimal::from(10_i64.pow(lot_decimals));
        let price_decimals = instrument.price_decimals;
        let first = Price::new(Decimal::new(rows.first()?.tick, price_decimals)).ok()?;
        Some(Self { rows, price_decimals, lot: lot.to_i64().unwrap_or(1).max(1), lot_decimals, first })
    }

    fn row_of_units(&self, units: i64) -> Row {
        let rows = self.rows.iter().rev();
        rows.copied().find(|row| row.from <= units).unwrap_or(Row { from: 0, index: 0, tick: 1 })
    }

    /// Price units of a tick index.
    #[must_use]
    pub fn units(&self, index: i64) -> i64 {
        let row = self.rows.iter().rev().find(|row| row.index <= index);
        row.map_or(index, |row| row.from + (index - row.index) * row.tick)
    }

    /// The highest tick index at or below a price in units.
    #[must_use]
    pub fn floor(&self, units: i64) -> i64 {
        let row = self.row_of_units(units);
        row.index + (units - row.from).div_euclid(row.tick)
    }

    /// The lowest tick index at or above a price in units.
    #[must_use]
    pub fn ceil(&self, units: i64) -> i64 {
        let floor = self.floor(units);
        if self.units(floor) < units { floor + 1 } else { floor }
    }

    /// Tick index of a price between ticks, as a fraction. For agents' thinking only.
    #[must_use]
    pub fn fraction(&self, units: f64) -> f64 {
        let row = self.row_of_units(units as i64);
        row.index as f64 + (units - row.from as f64) / row.tick as f64
    }

    /// Index of a price, when it is on the grid.
    #[must_use]
    pub fn index(&self, price: Price) -> Option<i64> {
        let units = self.price_units(price)?;
        let index = self.floor(units);
        (self.units(index) == units).then_some(index)
    }

    /// A price in units, when it has no finer decimals than the instrument.
    #[must_use]
    pub fn price_units(&self, price: Price) -> Option<i64> {
        let scaled = price.value() * Decimal::from(10_i64.pow(self.price_decimals));
        (scaled.fract().is_zero()).then(|| scaled.to_i64()).flatten()
    }

    /// The price at an index; the first tick above zero at the bottom.
    #[must_use]
    pub fn price(&self, index: i64) -> Price {
        self.price_of_units(self.units(index.max(1)))
    }

    /// The price of a number of units.
    #[must_use]
    pub fn price_of_units(&self, units: i64) -> Price {
        Price::new(Decimal::new(units, self.price_decimals)).unwrap_or(self.first)
    }

    /// Lots of a quantity, when it is a whole number of them.
    #[must_use]
    pub fn lots(&self, quantity: Quantity) -> Option<i64> {
        let scaled = quantity.value() * Decimal::from(10_i64.pow(self.lot_decimals));
        let units = (scaled.fract().is_zero()).then(|| scaled.to_i64()).flatten()?;
        (units % self.lot == 0).then_some(units / self.lot)
    }

    /// The quantity of a number of lots.
    #[must_use]
    pub fn quantity(&self, lots: i64) -> Quantity {
        let units = lots.max(0).saturating_mul(self.lot);
        Quantity::new(Decimal::new(units, self.lot_decimals)).unwrap_or(Quantity::ZERO)
    }

    /// Money of a sum of price units times lots.
    #[must_use]
    pub fn money(&self, units_times_lots: i128) -> Decimal {
        let exact = units_times_lots.saturating_mul(i128::from(self.lot));
        Decimal::try_from_i128_with_scale(exact, self.price_decimals + self.lot_decimals).unwrap_or(Decimal::MAX)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rust_decimal::dec;

    use super::*;
    use crate::broker::sim::listing;

    fn grid(symbol: &str) -> Grid {
        let listed = listing::listings().into_iter().find(|l| l.instrument.id.symbol.as_str() == symbol).unwrap();
        Grid::new(&listed.instrument, date(2026, 11, 20)).unwrap()
    }

    fn price(text: &str) -> Price {
        text.parse().unwrap()
    }

    #[test]
    fn indexes_step_over_the_borders_of_the_table() {
        let grid = grid("005930");
        let at = grid.index(price("199900")).unwrap();
        assert_eq!(grid.price(at + 1), price("200000"));
        assert_eq!(grid.price(at + 2), price("200500"));
        assert_eq!(grid.index(price("71050")), None, "71,050 is between ticks");
        for units in [1, 1_999, 2_000, 4_995, 49_950, 50_000, 499_500, 500_000, 1_006_000] {
            assert_eq!(grid.units(grid.floor(units)), units);
        }
        assert_eq!((grid.floor(71_050), grid.ceil(71_050)), (grid.floor(71_000), grid.floor(71_100)));
    }

    #[test]
    fn coins_have_fine_prices_and_lots() {
        let grid = grid("BTCUSDT");
        let at = grid.index(price("62000.1")).unwrap();
        assert_eq!(grid.price(at), price("62000.1"));
        assert_eq!(grid.index(price("62000.15")), None);
        assert_eq!(grid.lots("0.0015".parse().unwrap()), None);
        assert_eq!(grid.quantity(1_500).value(), dec!(1.5));
        assert_eq!(grid.money(620_001 * 2), dec!(124.0002));
    }
}
