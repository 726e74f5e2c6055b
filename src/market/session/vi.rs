//! Rates of the volatility interruption (변동성완화장치, VI) of Korean venues.

use rust_decimal::{Decimal, dec};

use crate::market::{Board, Phase, Product};

/// Which column of rates an issue has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ViGroup {
    /// KOSPI200 members, and ETF on KOSPI200/100/50, KRX100, inverse and bonds.
    Narrow,
    /// Every other issue of KOSPI and KOSDAQ, and other ETF and ETN (leveraged, sector, foreign, commodity).
    Wide,
}

/// How far a price may move before trading pauses for a two-minute call auction, as fractions of the reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ViRates {
    /// Against the last trade before the order (동적 VI); `None` where only the static one is watched.
    pub dynamic: Option<Decimal>,
    /// Against the latest single price, before the opening against the base price (정적 VI).
    pub static_: Option<Decimal>,
}

impl ViGroup {
    /// Rates of the group in a phase; `None` where no VI is watched. KRX table of 2021, unchanged since.
    ///
    /// The after-market and NXT have the rates of continuous trading. On expiry Thursdays the closing call of a
    /// derivative's underlying has a dynamic rate of 1 %, which only the exchange's own VI message tells.
    #[must_use]
    pub const fn rates(self, phase: Phase) -> Option<ViRates> {
        let (calm, call) = match self {
            Self::Narrow => (dec!(0.03), dec!(0.02)),
            Self::Wide => (dec!(0.06), dec!(0.04)),
        };
        let regular = Some(dec!(0.10));
        match phase {
            Phase::OpeningAuction => Some(ViRates { dynamic: None, static_: regular }),
            Phase::Continuous | Phase::PreMarket | Phase::AfterMarket => {
                Some(ViRates { dynamic: Some(calm), static_: regular })
            }
            Phase::ClosingAuction => Some(ViRates { dynamic: Some(call), static_: regular }),
            Phase::OffHoursAuction => Some(ViRates { dynamic: Some(calm), static_: None }),
            Phase::Closed | Phase::Halted | Phase::Volatility | Phase::ClosingPrice | Phase::Night => None,
        }
    }
}

/// Rates of a product in a phase; `None` for products and phases without a VI (KONEX, foreign shares, crypto).
///
/// An ETF's index is not known here, so ETF count as [`ViGroup::Wide`]; ask [`ViGroup::Narrow`] where it is known.
#[must_use]
pub const fn vi_rates(product: Product, phase: Phase) -> Option<ViRates> {
    let group = match product {
        Product::KrxStock(Board::Kospi { kospi200: true }) => ViGroup::Narrow,
        Product::KrxStock(Board::Kospi { kospi200: false } | Board::Kosdaq) | Product::KrxEtf => ViGroup::Wide,
        // Their dynamic price limits come with each price; there is no interruption for them.
        Product::KrxFuture | Product::KrxOption => return None,
        Product::KrxStock(Board::Konex) | Product::ForeignStock | Product::CryptoSpot | Product::CryptoPerpetual => {
            return None;
        }
        Product::KrxBond => return None,
    };
    group.rates(phase)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMSUNG: Product = Product::KrxStock(Board::Kospi { kospi200: true });
    const KOSDAQ: Product = Product::KrxStock(Board::Kosdaq);

    fn rates(product: Product, phase: Phase) -> (Option<Decimal>, Option<Decimal>) {
        vi_rates(product, phase).map_or((None, None), |rates| (rates.dynamic, rates.static_))
    }

    #[test]
    fn the_exchanges_table() {
        let ten = Some(dec!(0.1));
        assert_eq!(rates(SAMSUNG, Phase::Continuous), (Some(dec!(0.03)), ten));
        assert_eq!(rates(SAMSUNG, Phase::ClosingAuction), (Some(dec!(0.02)), ten));
        assert_eq!(rates(SAMSUNG, Phase::OffHoursAuction), (Some(dec!(0.03)), None));
        assert_eq!(rates(KOSDAQ, Phase::Continuous), (Some(dec!(0.06)), ten));
        assert_eq!(rates(KOSDAQ, Phase::ClosingAuction), (Some(dec!(0.04)), ten));
        assert_eq!(rates(KOSDAQ, Phase::OffHoursAuction), (Some(dec!(0.06)), None));
        assert_eq!(rates(KOSDAQ, Phase::OpeningAuction), (None, ten));
    }

    #[test]
    fn no_interruption_where_there_is_none() {
        assert_eq!(vi_rates(Product::CryptoPerpetual, Phase::Continuous), None);
        assert_eq!(vi_rates(Product::KrxStock(Board::Konex), Phase::Continuous), None);
        assert_eq!(vi_rates(SAMSUNG, Phase::Closed), None);
        assert_eq!(vi_rates(SAMSUNG, Phase::Volatility), None);
    }
}
