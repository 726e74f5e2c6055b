//! What trading costs: commissions, and taxes and levies on sales, as tables with dates.

use jiff::civil::{Date, date};
use rust_decimal::{Decimal, dec};
use serde::{Deserialize, Serialize};

use super::money::{round_up, truncate};
use crate::market::{Board, Currency, Instrument, Product, Side};

/// Which side of a trade an order was on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Liquidity {
    /// It rested in the book.
    Maker,
    /// It took what rested there.
    Taker,
    /// It met others in a call auction; charged like a taker.
    Auction,
}

/// Products that share commission rates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeeClass {
    /// Shares of KOSPI, KOSDAQ, KONEX.
    KrxStock,
    /// Korean ETF and ETN.
    KrxEtf,
    /// Shares and funds of foreign exchanges.
    ForeignStock,
    /// Coins bought with cash.
    CryptoSpot,
    /// Perpetual futures.
    CryptoPerpetual,
    /// Bonds at the Korea Exchange.
    KrxBond,
    /// Korean index futures.
    KrxFuture,
    /// Korean index options.
    KrxOption,
}

impl From<Product> for FeeClass {
    fn from(product: Product) -> Self {
        match product {
            Product::KrxStock(_) => Self::KrxStock,
            Product::KrxEtf => Self::KrxEtf,
            Product::ForeignStock => Self::ForeignStock,
            Product::CryptoSpot => Self::CryptoSpot,
            Product::CryptoPerpetual => Self::CryptoPerpetual,
            Product::KrxBond => Self::KrxBond,
            Product::KrxFuture => Self::KrxFuture,
            Product::KrxOption => Self::KrxOption,
        }
    }
}

/// What is taken from a sale besides the commission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Levy {
    /// Securities transaction tax and special rural tax on KOSPI shares.
    Kospi,
    /// Securities transaction tax on KOSDAQ shares.
    Kosdaq,
    /// Securities transaction tax on KONEX shares.
    Konex,
    /// Korean ETF and ETN: none so far.
    KrxEtf,
    /// SEC fee on US sales; rounded up to a cent, the others are cut to the smallest unit.
    UsSec,
}

impl Levy {
    fn of(instrument: &Instrument) -> Option<Self> {
        match instrument.product {
            Product::KrxStock(Board::Kospi { .. }) => Some(Self::Kospi),
            Product::KrxStock(Board::Kosdaq) => Some(Self::Kosdaq),
            Product::KrxStock(Board::Konex) => Some(Self::Konex),
            Product::KrxEtf => Some(Self::KrxEtf),
            Product::ForeignStock => {
                // Simulated foreign shares are told by their currency.
                (instrument.id.venue.is_american() || instrument.currency == Currency::Usd).then_some(Self::UsSec)
            }
            Product::KrxFuture | Product::KrxOption => None,
            Product::CryptoSpot | Product::CryptoPerpetual => None,
            // What is withheld of interest depends on when it was bought: only the broker knows it.
            Product::KrxBond => None,
        }
    }
}

/// Commission rates of a class from a trading date on, as fractions of the notional.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommissionRate {
    /// Whose.
    pub class: FeeClass,
    /// First trading date.
    pub from: Date,
    /// For resting orders; below zero where the venue pays them.
    pub maker: Decimal,
    /// For orders that take, and for auctions.
    pub taker: Decimal,
}

/// Rate of a levy on sales, as a fraction of the notional.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevyRate {
    /// Which.
    pub levy: Levy,
    /// First trading date of sales it is taken from. Korean tax goes by the settlement date two trading days later, so a
    /// year's rate begins on one of the last trading days of the year before.
    pub from: Date,
    /// The rate.
    pub rate: Decimal,
}

/// Every rate that is known.
///
/// Of the rows of a class the latest that began on or before the trade counts, of equal dates the last; trades before the
/// first row are charged like it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeeSchedule {
    /// Commissions.
    pub commissions: Vec<CommissionRate>,
    /// Taxes and fees on sales.
    pub levies: Vec<LevyRate>,
}

/// What one trade costs, in the instrument's currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Charge {
    /// For broker and venue; below zero when the venue pays.
    pub commission: Decimal,
    /// For the state; only on sales.
    pub tax: Decimal,
}

impl Charge {
    /// Both together.
    #[must_use]
    pub fn total(self) -> Decimal {
        self.commission + self.tax
    }
}

/// A user's own commission rates, in per cent as brokers print them.
///
/// ```toml
/// krx_stock = { maker_percent = "0.0140527", taker_percent = "0.0140527" }
/// crypto_perpetual = { maker_percent = "0.018", taker_percent = "0.045" }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FeeSettings {
    /// Shares of KOSPI, KOSDAQ, KONEX.
    pub krx_stock: Option<RatePercent>,
    /// Korean ETF and ETN.
    pub krx_etf: Option<RatePercent>,
    /// Shares and funds of foreign exchanges.
    pub foreign_stock: Option<RatePercent>,
    /// Coins bought with cash.
    pub crypto_spot: Option<RatePercent>,
    /// Perpetual futures.
    pub crypto_perpetual: Option<RatePercent>,
    /// Bonds at the Korea Exchange.
    pub krx_bond: Option<RatePercent>,
    /// Korean index futures.
    pub krx_future: Option<RatePercent>,
    /// Korean index options.
    pub krx_option: Option<RatePercent>,
}

/// Commission rates in per cent of the notional.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RatePercent {
    /// For resting orders; below zero where the venue pays them.
    pub maker_percent: Decimal,
    /// For orders that take.
    pub taker_percent: Decimal,
}

/// A rate nobody charges.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a commission of {percent} % for {class:?} cannot be right: -1 to 5 % is allowed")]
pub struct FeeError {
    /// Whose rate.
    pub class: FeeClass,
    /// The rate.
    pub percent: Decimal,
}

/// Rates hold since before any data hoga has.
const ALWAYS: Date = date(2000, 1, 1);

const COMMISSIONS: [CommissionRate; 8] = [
    commission(FeeClass::KrxStock, dec!(0.00015), dec!(0.00015)),
    commission(FeeClass::KrxEtf, dec!(0.00015), dec!(0.00015)),
    commission(FeeClass::ForeignStock, dec!(0.0025), dec!(0.0025)),
    commission(FeeClass::CryptoSpot, dec!(0.001), dec!(0.001)),
    commission(FeeClass::CryptoPerpetual, dec!(0.0002), dec!(0.0005)),
    // By how long a bond still runs it is 0 to 0.03 %: the most of it.
    commission(FeeClass::KrxBond, dec!(0.0003), dec!(0.0003)),
    commission(FeeClass::KrxFuture, dec!(0.00003), dec!(0.00003)),
    commission(FeeClass::KrxOption, dec!(0.0015), dec!(0.0015)),
];

/// The rate of 2027 is not published; 2026's goes on.
const LEVIES: [LevyRate; 13] = [
    levy(Levy::Kospi, date(2022, 12, 28), dec!(0.0020)),
    levy(Levy::Kospi, date(2023, 12, 27), dec!(0.0018)),
    levy(Levy::Kospi, date(2024, 12, 27), dec!(0.0015)),
    levy(Levy::Kospi, date(2025, 12, 29), dec!(0.0020)),
    levy(Levy::Kosdaq, date(2022, 12, 28), dec!(0.0020)),
    levy(Levy::Kosdaq, date(2023, 12, 27), dec!(0.0018)),
    levy(Levy::Kosdaq, date(2024, 12, 27), dec!(0.0015)),
    levy(Levy::Kosdaq, date(2025, 12, 29), dec!(0.0020)),
    levy(Levy::Konex, ALWAYS, dec!(0.0010)),
    levy(Levy::KrxEtf, ALWAYS, dec!(0)),
    levy(Levy::UsSec, ALWAYS, dec!(0.0000278)),
    levy(Levy::UsSec, date(2025, 5, 14), dec!(0)),
    // The day in 2026 on which it came back is not certain; a cost counted too early is the harmless error.
    levy(Levy::UsSec, date(2026, 1, 1), dec!(0.0000206)),
];

const fn commission(class: FeeClass, maker: Decimal, taker: Decimal) -> CommissionRate {
    CommissionRate { class, from: ALWAYS, maker, taker }
}

const fn levy(levy: Levy, from: Date, rate: Decimal) -> LevyRate {
    LevyRate { levy, from, rate }
}

impl Default for FeeSchedule {
    /// Rates of no broker in particular: 0.015 % for Korean shares and funds, 0.03 % for bonds, 0.003 % for index futures and
    /// 0.15 % of the premium for index options, 0.25 % for foreign shares, Binance without discounts, and the taxes and levies
    /// of the law. Not in it: the FINRA activity fee per share (0.000195 USD in 2026).
    fn default() -> Self {
        Self { commissions: COMMISSIONS.to_vec(), levies: LEVIES.to_vec() }
    }
}

impl FeeSchedule {
    /// This schedule with a user's own commission rates, for every date.
    ///
    /// # Errors
    /// A rate above 5 % or below -1 %: a fraction or a percentage was meant for the other.
    pub fn with(mut self, settings: &FeeSettings) -> Result<Self, FeeError> {
        let own = [
            (FeeClass::KrxStock, settings.krx_stock),
            (FeeClass::KrxEtf, settings.krx_etf),
            (FeeClass::ForeignStock, settings.foreign_stock),
            (FeeClass::CryptoSpot, settings.crypto_spot),
            (FeeClass::CryptoPerpetual, settings.crypto_perpetual),
            (FeeClass::KrxBond, settings.krx_bond),
            (FeeClass::KrxFuture, settings.krx_future),
            (FeeClass::KrxOption, settings.krx_option),
        ];
        for (class, percent) in own {
            let Some(RatePercent { maker_percent, taker_percent }) = percent else { continue };
            for percent in [maker_percent, taker_percent] {
                if percent < dec!(-1) || percent > dec!(5) {
                    return Err(FeeError { class, percent });
                }
            }
            self.commissions.retain(|row| row.class != class);
            self.commissions.push(commission(class, maker_percent / dec!(100), taker_percent / dec!(100)));
        }
        Ok(self)
    }

    /// What a trade of `notional` on the venue's trading date `on` costs. Korean amounts are cut to whole won.
    #[must_use]
    pub fn charge(
        &self,
        instrument: &Instrument,
        side: Side,
        notional: Decimal,
        liquidity: Liquidity,
        on: Date,
    ) -> Charge {
        let (maker, taker) = self.commission_rates(instrument.product, on);
        let rate = if liquidity == Liquidity::Maker { maker } else { taker };
        let currency = instrument.currency;
        let tax = match (side, Levy::of(instrument)) {
            (Side::Sell, Some(levy)) => {
                let exact = share(notional, self.levy_rate(levy, on));
                if levy == Levy::UsSec { round_up(exact, currency) } else { truncate(exact, currency) }
            }
            _ => Decimal::ZERO,
        };
        Charge { commission: truncate(share(notional, rate), currency), tax }
    }

    /// The most an order of `notional` can cost on a date, however it is filled and whatever it takes or makes; to set
    /// aside before it is sent. In several fills the SEC fee alone may come to a cent more each, out of the proceeds.
    #[must_use]
    pub fn estimate(&self, instrument: &Instrument, side: Side, notional: Decimal, on: Date) -> Charge {
        let (maker, taker) = self.commission_rates(instrument.product, on);
        let currency = instrument.currency;
        let levy = Levy::of(instrument).filter(|_| side == Side::Sell);
        let tax = levy.map_or(Decimal::ZERO, |levy| round_up(share(notional, self.levy_rate(levy, on)), currency));
        let rate = maker.max(taker).max(Decimal::ZERO);
        Charge { commission: round_up(share(notional, rate), currency), tax }
    }

    /// Maker and taker rate of a product on a date, as fractions; nothing for a class without a row.
    #[must_use]
    pub fn commission_rates(&self, product: Product, on: Date) -> (Decimal, Decimal) {
        let class = FeeClass::from(product);
        let rows = self.commissions.iter().filter(|row| row.class == class);
        in_force(rows, on, |row| row.from).map_or((Decimal::ZERO, Decimal::ZERO), |row| (row.maker, row.taker))
    }

    /// Rate of a levy on sales made on a date, as a fraction; nothing for a levy without a row.
    #[must_use]
    pub fn levy_rate(&self, levy: Levy, on: Date) -> Decimal {
        let rows = self.levies.iter().filter(|row| row.levy == levy);
        in_force(rows, on, |row| row.from).map_or(Decimal::ZERO, |row| row.rate)
    }
}

/// A rate's share of an amount of either sign.
fn share(notional: Decimal, rate: Decimal) -> Decimal {
    notional.abs().checked_mul(rate).unwrap_or(Decimal::MAX)
}

/// The latest row that began by a date, else the very first.
fn in_force<'a, T>(rows: impl Iterator<Item = &'a T> + Clone, on: Date, from: impl Fn(&T) -> Date) -> Option<&'a T> {
    let begun = rows.clone().filter(|row| from(row) <= on).max_by_key(|row| from(row));
    begun.or_else(|| rows.min_by_key(|row| from(row)))
}

#[cfg(test)]
mod tests;
