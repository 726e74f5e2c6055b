//! A profile's own commission rates over the usual ones.

use rust_decimal::{Decimal, dec};

use crate::config::{FeeOverrides, Rate};
use crate::market::Product;
use crate::order::fee::{FeeError, FeeSchedule, FeeSettings, RatePercent};

/// The schedule of a profile: the usual rates, with those that its config names in their place. `commission_rate` is for
/// shares and funds, `bond_rate` for bonds, `maker_rate` and `taker_rate` are for coins and their futures.
///
/// # Errors
/// A rate nobody charges.
pub fn schedule(own: &FeeOverrides) -> Result<FeeSchedule, FeeError> {
    let usual = FeeSchedule::default();
    let percent = |rate: Rate| rate.fraction() * dec!(100);
    let either_way = |rate: Option<Rate>| {
        rate.map(|rate| RatePercent { maker_percent: percent(rate), taker_percent: percent(rate) })
    };
    let shares = either_way(own.commission_rate);
    let coins = |product: Product| {
        if own.maker_rate.is_none() && own.taker_rate.is_none() {
            return None;
        }
        let (maker, taker) = usual.commission_rates(product, jiff::civil::Date::MAX);
        let or_usual = |rate: Option<Rate>, usual: Decimal| rate.map_or(usual * dec!(100), percent);
        Some(RatePercent {
            maker_percent: or_usual(own.maker_rate, maker),
            taker_percent: or_usual(own.taker_rate, taker),
        })
    };
    let settings = FeeSettings {
        krx_stock: shares,
        krx_etf: shares,
        foreign_stock: shares,
        crypto_spot: coins(Product::CryptoSpot),
        crypto_perpetual: coins(Product::CryptoPerpetual),
        krx_bond: either_way(own.bond_rate),
    };
    usual.with(&settings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn a_profile_pays_its_own_rates() {
        let text = "[profiles.mine]\nbroker = \"sim\"\nworld = \"virtual\"\n[profiles.mine.fees]\n\
                    commission_rate = \"0\"\nmaker_rate = \"0.00018\"\nbond_rate = \"0.0002\"\n";
        let config = Config::parse(text, "own.toml").unwrap();
        let schedule = schedule(&config.profile(Some("mine")).unwrap().fees).unwrap();
        let today = jiff::civil::date(2026, 11, 20);
        assert_eq!(schedule.commission_rates(Product::KrxEtf, today), (dec!(0), dec!(0)));
        assert_eq!(schedule.commission_rates(Product::CryptoPerpetual, today), (dec!(0.00018), dec!(0.0005)));
        assert_eq!(schedule.commission_rates(Product::KrxBond, today), (dec!(0.0002), dec!(0.0002)));
    }
}
