//! The prices an order may have: tick sizes (호가단위) and daily limits.

use jiff::civil::{Date, date};
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use super::price::Price;

/// Which grid an instrument's order prices lie on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TickRule {
    /// KRX shares: a table by price, by date (KRX, unified table of 2023-01-25).
    KrxStock,
    /// KOSDAQ and KONEX shares; the same as [`Self::KrxStock`] since 2023-01-25, coarser before.
    KrxKosdaq,
    /// KRX ETF and ETN: 1 won below 2,000 won, 5 won from there (since 2023-12-18; before, 5 won throughout).
    KrxEtf,
    /// KOSPI200 options: 0.01 points below 10, 0.05 from there.
    KrxOption,
    /// Mini KOSPI200 options: 0.01 points below 3, 0.02 below 10, 0.05 from there.
    KrxMiniOption,
    /// KOSDAQ150 options: 0.1 points below 50, 0.5 from there.
    KrxKosdaqOption,
    /// Shares in Hong Kong: the exchange's spread table, finer from 10 to 50 dollars since 2025-08-04.
    HkexShare,
    /// Shares in Tokyo: the table of the largest 500. Others have multiples of these steps; which share has which table is
    /// told nowhere, and the exchange refuses what is too fine.
    TseShare,
    /// Shares in Ho Chi Minh: 10 dong below 10,000, 50 below 50,000, 100 from there.
    HoseShare,
    /// One size for every price.
    Fixed(Decimal),
}

/// First day of the unified KRX table.
const UNIFIED_FROM: Date = date(2023, 1, 25);
/// First day of 1-won ticks for ETF and ETN below 2,000 won.
const ETF_FINE_FROM: Date = date(2023, 12, 18);

/// (price below which the tick holds, tick); the last row holds for everything above.
const KRX_UNIFIED: [(i64, i64); 7] =
    [(2_000, 1), (5_000, 5), (20_000, 10), (50_000, 50), (200_000, 100), (500_000, 500), (i64::MAX, 1_000)];
const KOSPI_OLD: [(i64, i64); 7] =
    [(1_000, 1), (5_000, 5), (10_000, 10), (50_000, 50), (100_000, 100), (500_000, 500), (i64::MAX, 1_000)];
const KOSDAQ_OLD: [(i64, i64); 5] = [(1_000, 1), (5_000, 5), (10_000, 10), (50_000, 50), (i64::MAX, 100)];
const ETF_FINE: [(i64, i64); 2] = [(2_000, 1), (i64::MAX, 5)];
const ETF_OLD: [(i64, i64); 1] = [(i64::MAX, 5)];
/// The same in hundredths of a point.
const OPTION: [(i64, i64); 2] = [(1_000, 1), (i64::MAX, 5)];
const MINI_OPTION: [(i64, i64); 3] = [(300, 1), (1_000, 2), (i64::MAX, 5)];
const KOSDAQ_OPTION: [(i64, i64); 2] = [(5_000, 10), (i64::MAX, 50)];

/// First day of the finer steps in Hong Kong.
const HKEX_FINE_FROM: Date = date(2025, 8, 4);
/// In thousandths of a Hong Kong dollar.
const HKEX_FINE: [(i64, i64); 11] = [
    (250, 1),
    (500, 5),
    (20_000, 10),
    (50_000, 20),
    (100_000, 50),
    (200_000, 100),
    (500_000, 200),
    (1_000_000, 500),
    (2_000_000, 1_000),
    (5_000_000, 2_000),
    (i64::MAX, 5_000),
];
const HKEX_OLD: [(i64, i64); 11] = [
    (250, 1),
    (500, 5),
    (10_000, 10),
    (20_000, 20),
    (100_000, 50),
    (200_000, 100),
    (500_000, 200),
    (1_000_000, 500),
    (2_000_000, 1_000),
    (5_000_000, 2_000),
    (i64::MAX, 5_000),
];
/// In tenths of a yen.
const TSE: [(i64, i64); 11] = [
    (10_000, 1),
    (30_000, 5),
    (100_000, 10),
    (300_000, 50),
    (1_000_000, 100),
    (3_000_000, 500),
    (10_000_000, 1_000),
    (30_000_000, 5_000),
    (100_000_000, 10_000),
    (300_000_000, 50_000),
    (i64::MAX, 100_000),
];
const HOSE: [(i64, i64); 3] = [(10_000, 10), (50_000, 50), (i64::MAX, 100)];

impl TickRule {
    fn table(self, on: Date) -> &'static [(i64, i64)] {
        match self {
            Self::KrxStock if on >= UNIFIED_FROM => &KRX_UNIFIED,
            Self::KrxKosdaq if on >= UNIFIED_FROM => &KRX_UNIFIED,
            Self::KrxStock => &KOSPI_OLD,
            Self::KrxKosdaq => &KOSDAQ_OLD,
            Self::KrxEtf if on >= ETF_FINE_FROM => &ETF_FINE,
            Self::KrxEtf => &ETF_OLD,
            Self::KrxOption => &OPTION,
            Self::KrxMiniOption => &MINI_OPTION,
            Self::KrxKosdaqOption => &KOSDAQ_OPTION,
            Self::HkexShare if on >= HKEX_FINE_FROM => &HKEX_FINE,
            Self::HkexShare => &HKEX_OLD,
            Self::TseShare => &TSE,
            Self::HoseShare => &HOSE,
            Self::Fixed(_) => &[],
        }
    }

    /// Decimals of the table's numbers: points of an index have two, won none.
    const fn table_scale(self) -> u32 {
        match self {
            Self::HkexShare => 3,
            Self::TseShare => 1,
            Self::KrxOption | Self::KrxMiniOption | Self::KrxKosdaqOption => 2,
            _ => 0,
        }
    }

    /// Tick size at a price on a trading date of the venue. It is the order's own price that decides, not the last one.
    #[must_use]
    pub fn tick(self, price: Decimal, on: Date) -> Decimal {
        if let Self::Fixed(size) = self {
            return size;
        }
        let scale = self.table_scale();
        let (table, value) = (self.table(on), |number: i64| Decimal::new(number, scale));
        let row = table.iter().find(|(below, _)| price < value(*below)).or(table.last());
        value(row.map_or(1, |(_, tick)| *tick))
    }

    /// Whether an order may have this price.
    #[must_use]
    pub fn is_on_tick(self, price: Price, on: Date) -> bool {
        let tick = self.tick(price.value(), on);
        tick.is_zero() || (price.value() % tick).is_zero()
    }

    /// The nearest allowed price at or below `price`; `None` below the first tick.
    #[must_use]
    pub fn floor(self, price: Decimal, on: Date) -> Option<Price> {
        let tick = self.tick(price, on);
        if tick.is_zero() {
            return Price::new(price).ok();
        }
        Price::new((price / tick).round_dp_with_strategy(0, RoundingStrategy::ToNegativeInfinity) * tick).ok()
    }

    /// The nearest allowed price at or above `price`.
    #[must_use]
    pub fn ceil(self, price: Decimal, on: Date) -> Option<Price> {
        let tick = self.tick(price, on);
        if tick.is_zero() {
            return Price::new(price).ok();
        }
        // The next table row begins on a multiple of this row's tick, so the result is on the grid of its own row too.
        Price::new((price / tick).round_dp_with_strategy(0, RoundingStrategy::ToPositiveInfinity) * tick).ok()
    }

    /// The allowed price one step above: 199,900 → 200,000 → 200,500 at KRX.
    #[must_use]
    pub fn up(self, price: Price, on: Date) -> Option<Price> {
        let tick = self.tick(price.value(), on);
        let base = self.floor(price.value(), on).map_or(price.value(), Price::value);
        Price::new(base + tick).ok()
    }

    /// The allowed price one step below; `None` at the bottom of the ladder.
    #[must_use]
    pub fn down(self, price: Price, on: Date) -> Option<Price> {
        let floor = self.floor(price.value(), on)?;
        if floor < price {
            return Some(floor);
        }
        // At a border the tick below is the finer one, so ask for it a little below.
        let tick = self.tick(price.value() - Decimal::new(1, 12), on);
        Price::new(price.value() - tick).ok()
    }

    /// `steps` ticks away, up when positive; stops at the bottom of the ladder.
    #[must_use]
    pub fn step(self, price: Price, steps: i32, on: Date) -> Price {
        let mut at = price;
        for _ in 0..steps.unsigned_abs() {
            let next = if steps > 0 { self.up(at, on) } else { self.down(at, on) };
            match next {
                Some(next) => at = next,
                None => break,
            }
        }
        at
    }
}

/// The lowest and highest price of a trading day (하한가, 상한가).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DailyLimits {
    /// 하한가.
    pub lower: Price,
    /// 상한가.
    pub upper: Price,
}

impl DailyLimits {
    /// KRX rule: the width is the base times the rate, floored to the base's tick; the upper limit is floored to its own
    /// tick; the lower needs no rounding since every finer tick divides the coarser one.
    #[must_use]
    pub fn new(base: Price, rate: Decimal, ticks: TickRule, on: Date) -> Option<Self> {
        let tick = ticks.tick(base.value(), on);
        let width = (base.value() * rate / tick).round_dp_with_strategy(0, RoundingStrategy::ToNegativeInfinity) * tick;
        let upper = ticks.floor(base.value() + width, on)?;
        let lower = Price::new(base.value() - width).ok()?;
        Some(Self { lower, upper })
    }

    /// Whether a price lies within, ends included.
    #[must_use]
    pub fn contain(&self, price: Price) -> bool {
        self.lower <= price && price <= self.upper
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    const NOW: Date = date(2026, 11, 20);

    fn price(value: i64) -> Price {
        Price::new(Decimal::from(value)).unwrap()
    }

    #[test]
    fn ticks_of_every_row() {
        let rows = [
            (1, 1),
            (1_999, 1),
            (2_000, 5),
            (4_995, 5),
            (5_000, 10),
            (19_990, 10),
            (20_000, 50),
            (49_950, 50),
            (50_000, 100),
            (199_900, 100),
            (200_000, 500),
            (499_500, 500),
            (500_000, 1_000),
            (1_006_000, 1_000),
        ];
        for (at, tick) in rows {
            assert_eq!(TickRule::KrxStock.tick(Decimal::from(at), NOW), Decimal::from(tick), "at {at}");
        }
    }

    #[test]
    fn steps_of_asian_shares() {
        let hong_kong = [
            (dec!(0.249), dec!(0.001)),
            (dec!(0.25), dec!(0.005)),
            (dec!(9.99), dec!(0.01)),
            (dec!(19.99), dec!(0.01)),
            (dec!(20), dec!(0.02)),
            (dec!(50), dec!(0.05)),
            (dec!(615.5), dec!(0.5)),
            (dec!(9990), dec!(5)),
        ];
        for (at, tick) in hong_kong {
            assert_eq!(TickRule::HkexShare.tick(at, NOW), tick, "at {at}");
        }
        assert_eq!(TickRule::HkexShare.tick(dec!(15), date(2025, 8, 1)), dec!(0.02));
        for (at, tick) in
            [(dec!(999.9), dec!(0.1)), (dec!(2812.5), dec!(0.5)), (dec!(3001), dec!(1)), (dec!(30000), dec!(10))]
        {
            assert_eq!(TickRule::TseShare.tick(at, NOW), tick, "at {at}");
        }
        for (at, tick) in [(9_990, 10), (10_000, 50), (49_950, 50), (50_000, 100)] {
            assert_eq!(TickRule::HoseShare.tick(Decimal::from(at), NOW), Decimal::from(tick), "at {at}");
        }
    }

    #[test]
    fn an_old_bar_has_the_old_table() {
        let before = date(2023, 1, 24);
        assert_eq!(TickRule::KrxStock.tick(dec!(15000), before), dec!(50));
        assert_eq!(TickRule::KrxStock.tick(dec!(150000), before), dec!(500));
        assert_eq!(TickRule::KrxKosdaq.tick(dec!(150000), before), dec!(100));
        assert_eq!(TickRule::KrxEtf.tick(dec!(1500), date(2023, 12, 1)), dec!(5));
        assert_eq!(TickRule::KrxEtf.tick(dec!(1500), NOW), dec!(1));
    }

    #[test]
    fn steps_cross_a_border_both_ways() {
        let ticks = TickRule::KrxStock;
        assert_eq!(ticks.up(price(199_900), NOW), Some(price(200_000)));
        assert_eq!(ticks.up(price(200_000), NOW), Some(price(200_500)));
        assert_eq!(ticks.down(price(200_000), NOW), Some(price(199_900)));
        assert_eq!(ticks.down(price(200_500), NOW), Some(price(200_000)));
        assert_eq!(ticks.down(price(1), NOW), None);
        assert_eq!(ticks.step(price(70_000), -3, NOW), price(69_700));
    }

    #[test]
    fn daily_limits_of_real_bases() {
        let rows = [
            (1_019, 1_324, 714),
            (1_539, 2_000, 1_078),
            (3_990, 5_180, 2_795),
            (4_880, 6_340, 3_420),
            (9_940, 12_920, 6_960),
            (9_980, 12_970, 6_990),
            (15_990, 20_750, 11_200),
            (29_850, 38_800, 20_900),
            (48_450, 62_900, 33_950),
            (75_300, 97_800, 52_800),
            (153_900, 200_000, 107_800),
            (199_900, 259_500, 140_000),
            (399_500, 519_000, 280_000),
            (1_006_000, 1_307_000, 705_000),
        ];
        for (base, upper, lower) in rows {
            let limits = DailyLimits::new(price(base), dec!(0.3), TickRule::KrxStock, NOW).unwrap();
            assert_eq!((limits.upper, limits.lower), (price(upper), price(lower)), "base {base}");
        }
    }

    #[test]
    fn options_have_finer_ticks_the_cheaper_they_are() {
        let price = |value: Decimal| Price::new(value).unwrap();
        for (rule, at, tick) in [
            (TickRule::KrxOption, dec!(9.99), dec!(0.01)),
            (TickRule::KrxOption, dec!(10), dec!(0.05)),
            (TickRule::KrxMiniOption, dec!(2.99), dec!(0.01)),
            (TickRule::KrxMiniOption, dec!(3), dec!(0.02)),
            (TickRule::KrxMiniOption, dec!(10), dec!(0.05)),
            (TickRule::KrxKosdaqOption, dec!(49.9), dec!(0.1)),
            (TickRule::KrxKosdaqOption, dec!(50), dec!(0.5)),
        ] {
            assert_eq!(rule.tick(at, NOW), tick, "{rule:?} {at}");
        }
        let option = TickRule::KrxOption;
        assert_eq!(option.up(price(dec!(9.99)), NOW), Some(price(dec!(10))));
        assert_eq!(option.up(price(dec!(10)), NOW), Some(price(dec!(10.05))));
        assert_eq!(option.down(price(dec!(10)), NOW), Some(price(dec!(9.99))));
        assert!(option.is_on_tick(price(dec!(3.27)), NOW) && !option.is_on_tick(price(dec!(12.32)), NOW));
        assert_eq!(option.floor(dec!(12.34), NOW), Some(price(dec!(12.30))));
    }
}
