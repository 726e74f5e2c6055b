//! What is listed on the simulated exchange: instruments named after real ones, at prices near theirs.

use rust_decimal::Decimal;

use super::volatility::{InterruptionRates, KOSPI200, OTHERS};
use crate::market::{
    Board, Currency, Instrument, InstrumentId, LeverageTier, Price, Product, Quantity, Symbol, TickRule, Venue,
};

/// An instrument and how it behaves.
#[derive(Debug, Clone)]
pub struct Listing {
    /// What is known of it.
    pub instrument: Instrument,
    /// How it trades.
    pub habits: Habits,
    /// When it is interrupted; `None` for what trades around the clock without limits.
    pub interruptions: Option<InterruptionRates>,
}

/// How an instrument trades. Percentages are of the price, sizes in lots.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Habits {
    /// Standard deviation of a day's return that is its own, in per cent.
    pub own_volatility: f64,
    /// How strongly it follows the market.
    pub beta: f64,
    /// Usual lots a day.
    pub daily_lots: f64,
    /// How many times the volume of ordinary takers that is: arbitrageurs trade too, in fine-ticked markets most.
    pub arbitrage: f64,
    /// Marketable orders a second on an average minute.
    pub takers_per_second: f64,
    /// Ticks between the price levels that makers use.
    pub stride: i64,
}

impl Habits {
    /// Lots of an average marketable order, from the daily volume and how many of them come in a day.
    #[must_use]
    pub fn typical_lots(&self, seconds_a_day: f64) -> f64 {
        (self.daily_lots / (self.arbitrage * self.takers_per_second * seconds_a_day)).max(1.0)
    }
}

/// code, Korean, English, board, base price, own volatility %, beta, lots a day, takers a second
type ShareRow = (&'static str, &'static str, &'static str, Board, i64, f64, f64, f64, f64);

const SHARES: [ShareRow; 12] = [
    (
        "005930",
        "삼성전자",
        "Samsung Electronics",
        Board::Kospi { kospi200: true },
        71_000,
        0.9,
        1.05,
        15_000_000.0,
        3.0,
    ),
    ("000660", "SK하이닉스", "SK hynix", Board::Kospi { kospi200: true }, 184_500, 1.6, 1.35, 3_500_000.0, 2.5),
    (
        "373220",
        "LG에너지솔루션",
        "LG Energy Solution",
        Board::Kospi { kospi200: true },
        398_500,
        1.7,
        0.9,
        260_000.0,
        1.2,
    ),
    (
        "207940",
        "삼성바이오로직스",
        "Samsung Biologics",
        Board::Kospi { kospi200: true },
        1_006_000,
        1.2,
        0.6,
        70_000.0,
        0.9,
    ),
    ("005380", "현대차", "Hyundai Motor", Board::Kospi { kospi200: true }, 243_000, 1.2, 0.9, 700_000.0, 1.4),
    ("000270", "기아", "Kia", Board::Kospi { kospi200: true }, 99_800, 1.2, 0.9, 1_200_000.0, 1.3),
    ("068270", "셀트리온", "Celltrion", Board::Kospi { kospi200: true }, 187_600, 1.4, 0.7, 600_000.0, 1.1),
    ("035420", "NAVER", "NAVER", Board::Kospi { kospi200: true }, 204_500, 1.5, 0.9, 700_000.0, 1.2),
    ("035720", "카카오", "Kakao", Board::Kospi { kospi200: true }, 43_950, 1.6, 1.0, 1_500_000.0, 1.3),
    ("105560", "KB금융", "KB Financial", Board::Kospi { kospi200: true }, 91_200, 1.1, 0.8, 1_100_000.0, 1.2),
    ("005490", "POSCO홀딩스", "POSCO Holdings", Board::Kospi { kospi200: true }, 352_500, 1.3, 0.9, 350_000.0, 1.1),
    ("247540", "에코프로비엠", "EcoPro BM", Board::Kosdaq, 168_300, 2.6, 1.2, 900_000.0, 1.8),
];

/// Everything that is listed, in the order of the listing.
#[must_use]
pub fn listings() -> Vec<Listing> {
    let shares = SHARES.iter().filter_map(share);
    let coins = [coin("BTCUSDT", "비트코인 무기한", "Bitcoin perpetual", 1, 620_000, 12, 1.8, 120_000_000.0), ether()];
    shares.chain(fund()).chain(coins.into_iter().flatten()).collect()
}

fn id(symbol: &str) -> Option<InstrumentId> {
    Some(InstrumentId { venue: Venue::Sim, symbol: Symbol::new(symbol).ok()? })
}

fn krx(symbol: &str, ko: &str, en: &str, product: Product, ticks: TickRule, base: i64) -> Option<Instrument> {
    Some(Instrument {
        id: id(symbol)?,
        name_ko: ko.into(),
        name_en: en.into(),
        product,
        currency: Currency::Krw,
        ticks,
        price_decimals: 0,
        lot: Quantity::whole(1),
        min_quantity: Quantity::whole(1),
        max_quantity: None,
        min_notional: None,
        multiplier: Decimal::ONE,
        base_price: Price::new(Decimal::from(base)).ok(),
        daily_limit: Some(Decimal::new(3, 1)),
        tiers: Vec::new(),
    })
}

fn share(row: &ShareRow) -> Option<Listing> {
    let (symbol, ko, en, board, base, own_volatility, beta, daily_lots, takers_per_second) = *row;
    let (ticks, rates) = match board {
        Board::Kospi { kospi200 } => (TickRule::KrxStock, if kospi200 { KOSPI200 } else { OTHERS }),
        Board::Kosdaq | Board::Konex => (TickRule::KrxKosdaq, OTHERS),
    };
    Some(Listing {
        instrument: krx(symbol, ko, en, Product::KrxStock(board), ticks, base)?,
        habits: Habits { own_volatility, beta, daily_lots, arbitrage: 1.5, takers_per_second, stride: 1 },
        interruptions: Some(rates),
    })
}

fn fund() -> Option<Listing> {
    let instrument = krx("069500", "KODEX 200", "KODEX 200", Product::KrxEtf, TickRule::KrxEtf, 35_420)?;
    let habits = Habits {
        own_volatility: 0.15,
        beta: 1.0,
        daily_lots: 5_000_000.0,
        arbitrage: 2.0,
        takers_per_second: 1.6,
        stride: 1,
    };
    Some(Listing { instrument, habits, interruptions: Some(KOSPI200) })
}

fn ether() -> Option<Listing> {
    coin("ETHUSDT", "이더리움 무기한", "Ethereum perpetual", 2, 252_000, 10, 2.2, 1_500_000_000.0)
}

#[expect(clippy::too_many_arguments, reason = "one row of a table")]
fn coin(
    symbol: &str,
    ko: &str,
    en: &str,
    price_decimals: u32,
    base: i64,
    stride: i64,
    own_volatility: f64,
    daily_lots: f64,
) -> Option<Listing> {
    let instrument = Instrument {
        id: id(symbol)?,
        name_ko: ko.into(),
        name_en: en.into(),
        product: Product::CryptoPerpetual,
        currency: Currency::Usdt,
        ticks: TickRule::Fixed(Decimal::new(1, price_decimals)),
        price_decimals,
        lot: Quantity::new(Decimal::new(1, 3)).ok()?,
        min_quantity: Quantity::new(Decimal::new(1, 3)).ok()?,
        max_quantity: Quantity::new(Decimal::from(1_000)).ok(),
        min_notional: Some(Decimal::from(5)),
        multiplier: Decimal::ONE,
        base_price: Price::new(Decimal::new(base, price_decimals)).ok(),
        daily_limit: None,
        tiers: tiers(),
    };
    let habits = Habits { own_volatility, beta: 0.8, daily_lots, arbitrage: 14.0, takers_per_second: 3.0, stride };
    Some(Listing { instrument, habits, interruptions: None })
}

/// Margin steps like those of a large perpetual: (notional from, maintenance rate in 1/1000, deducted, leverage).
fn tiers() -> Vec<LeverageTier> {
    let rows = [
        (0, 4, 0, 125),
        (50_000, 5, 50, 100),
        (500_000, 10, 2_550, 50),
        (10_000_000, 25, 152_550, 20),
        (80_000_000, 50, 2_152_550, 10),
    ];
    let tier = |(from, rate, deducted, max_leverage)| LeverageTier {
        notional_from: Decimal::from(from),
        maintenance_rate: Decimal::new(rate, 3),
        maintenance_amount: Decimal::from(deducted),
        max_leverage,
    };
    rows.into_iter().map(tier).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_base_price_is_on_its_ladder() {
        let today = jiff::civil::date(2026, 11, 20);
        let all = listings();
        assert_eq!(all.len(), 15);
        for listing in all {
            let base = listing.instrument.base_price.unwrap();
            assert!(listing.instrument.ticks.is_on_tick(base, today), "{} {base}", listing.instrument.id);
        }
    }

    #[test]
    fn margin_is_continuous_where_steps_meet() {
        for pair in tiers().windows(2) {
            let margin = |tier: &LeverageTier, n| n * tier.maintenance_rate - tier.maintenance_amount;
            let at = pair[1].notional_from;
            assert_eq!(margin(&pair[0], at), margin(&pair[1], at), "at {at}");
        }
    }
}
