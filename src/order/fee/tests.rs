//! Commissions and taxes, row by row and date by date.

use proptest::prelude::*;

use super::*;
use crate::market::{Calendar, InstrumentId, Quantity, TickRule, Venue};

fn instrument(id: &str, product: Product, currency: Currency) -> Instrument {
    let id: InstrumentId = id.parse().unwrap();
    Instrument {
        id,
        name_ko: String::new(),
        name_en: String::new(),
        product,
        currency,
        ticks: TickRule::Fixed(dec!(1)),
        price_decimals: 0,
        lot: Quantity::whole(1),
        min_quantity: Quantity::whole(1),
        max_quantity: None,
        min_notional: None,
        multiplier: Decimal::ONE,
        base_price: None,
        daily_limit: None,
        tiers: Vec::new(),
    }
}

fn samsung() -> Instrument {
    instrument("KRX:005930", Product::KrxStock(Board::Kospi { kospi200: true }), Currency::Krw)
}

fn apple() -> Instrument {
    instrument("NASDAQ:AAPL", Product::ForeignStock, Currency::Usd)
}

fn perpetual() -> Instrument {
    instrument("BINANCE_FUTURES:BTCUSDT", Product::CryptoPerpetual, Currency::Usdt)
}

fn cost(instrument: &Instrument, side: Side, notional: Decimal, liquidity: Liquidity, on: Date) -> (Decimal, Decimal) {
    let charge = FeeSchedule::default().charge(instrument, side, notional, liquidity, on);
    (charge.commission, charge.tax)
}

const NOW: Date = date(2026, 11, 20);

#[test]
fn ten_samsung_shares_bought_and_sold() {
    // 10 x 71,900 = 719,000; 0.015 % = 107.85, 0.20 % = 1,438.
    assert_eq!(cost(&samsung(), Side::Buy, dec!(719000), Liquidity::Taker, NOW), (dec!(107), dec!(0)));
    assert_eq!(cost(&samsung(), Side::Sell, dec!(719000), Liquidity::Maker, NOW), (dec!(107), dec!(1438)));
    // 3 x 33,350 = 100,050: 15.0075 and 200.1, both cut to whole won.
    assert_eq!(cost(&samsung(), Side::Sell, dec!(100050), Liquidity::Auction, NOW), (dec!(15), dec!(200)));
}

#[test]
fn korean_futures_and_options_pay_a_commission_and_no_tax() {
    let future = instrument("KRX_FUTURES:A01612", Product::KrxFuture, Currency::Krw);
    let option = instrument("KRX_FUTURES:B01612415", Product::KrxOption, Currency::Krw);
    // One contract at 412.05 points of 250,000 won: 0.003 % of 103,012,500 is 3,090.375.
    for side in [Side::Buy, Side::Sell] {
        assert_eq!(cost(&future, side, dec!(103012500), Liquidity::Taker, NOW), (dec!(3090), dec!(0)));
    }
    // A premium of 3.21 points for two: 0.15 % of 1,605,000 is 2,407.5.
    assert_eq!(cost(&option, Side::Sell, dec!(1605000), Liquidity::Maker, NOW), (dec!(2407), dec!(0)));
}

#[test]
fn tax_turns_with_the_settlement_year() {
    let million = dec!(1000000);
    let rows = [
        (date(2023, 6, 1), 2_000),
        (date(2023, 12, 26), 2_000),
        (date(2023, 12, 27), 1_800),
        (date(2024, 12, 26), 1_800),
        (date(2024, 12, 27), 1_500),
        (date(2025, 12, 26), 1_500),
        (date(2025, 12, 29), 2_000),
        (NOW, 2_000),
    ];
    let kosdaq = instrument("KRX:247540", Product::KrxStock(Board::Kosdaq), Currency::Krw);
    for (on, tax) in rows {
        for share in [samsung(), kosdaq.clone()] {
            assert_eq!(cost(&share, Side::Sell, million, Liquidity::Taker, on).1, Decimal::from(tax), "{on}");
        }
    }
}

#[test]
fn the_first_day_of_a_years_rate_is_the_first_that_settles_in_it() {
    let calendar = Calendar::builtin().unwrap();
    let settles = |on| {
        let next = calendar.next_open_day(Venue::Krx, on).unwrap();
        calendar.next_open_day(Venue::Krx, next).unwrap()
    };
    assert_eq!(settles(date(2025, 12, 26)), date(2025, 12, 30));
    assert_eq!(settles(date(2025, 12, 29)), date(2026, 1, 2));
}

#[test]
fn konex_and_funds() {
    let konex = instrument("KRX:123456", Product::KrxStock(Board::Konex), Currency::Krw);
    let fund = instrument("KRX:069500", Product::KrxEtf, Currency::Krw);
    assert_eq!(cost(&konex, Side::Sell, dec!(500000), Liquidity::Taker, NOW), (dec!(75), dec!(500)));
    assert_eq!(cost(&fund, Side::Sell, dec!(500000), Liquidity::Taker, NOW), (dec!(75), dec!(0)));
}

#[test]
fn binance_makers_pay_less() {
    // 0.5 BTC at 61,659.70 = 30,829.85.
    let notional = dec!(30829.85);
    assert_eq!(cost(&perpetual(), Side::Sell, notional, Liquidity::Maker, NOW), (dec!(6.16597), dec!(0)));
    assert_eq!(cost(&perpetual(), Side::Buy, notional, Liquidity::Taker, NOW), (dec!(15.414925), dec!(0)));
    let spot = instrument("BINANCE_SPOT:BTCUSDT", Product::CryptoSpot, Currency::Usdt);
    assert_eq!(cost(&spot, Side::Buy, notional, Liquidity::Maker, NOW), (dec!(30.82985), dec!(0)));
}

#[test]
fn american_sales_pay_the_sec() {
    // 0.25 % of 10,003 = 25.0075; 20.60 per million = 0.2060618, up to 0.21.
    assert_eq!(cost(&apple(), Side::Sell, dec!(10003), Liquidity::Taker, NOW), (dec!(25.00), dec!(0.21)));
    assert_eq!(cost(&apple(), Side::Buy, dec!(10003), Liquidity::Taker, NOW), (dec!(25.00), dec!(0)));
    // 27.80 per million to 2025-05-13, nothing after.
    assert_eq!(cost(&apple(), Side::Sell, dec!(10000), Liquidity::Taker, date(2025, 5, 13)).1, dec!(0.28));
    assert_eq!(cost(&apple(), Side::Sell, dec!(10000), Liquidity::Taker, date(2025, 5, 14)).1, dec!(0));
}

#[test]
fn own_rates_replace_the_default_ones() {
    let settings: FeeSettings =
        toml::from_str("krx_stock = { maker_percent = \"0.0140527\", taker_percent = \"0.0140527\" }").unwrap();
    let schedule = FeeSchedule::default().with(&settings).unwrap();
    // 0.0140527 % of 10,000,000 = 1,405.27.
    let charge = schedule.charge(&samsung(), Side::Sell, dec!(10000000), Liquidity::Taker, NOW);
    assert_eq!((charge.commission, charge.tax), (dec!(1405), dec!(20000)));
    assert_eq!(schedule.commission_rates(Product::CryptoSpot, NOW), (dec!(0.001), dec!(0.001)));
    let wrong: FeeSettings =
        toml::from_str("crypto_spot = { maker_percent = \"0.1\", taker_percent = \"10\" }").unwrap();
    assert_eq!(FeeSchedule::default().with(&wrong).unwrap_err().percent, dec!(10));
}

#[test]
fn a_rebate_is_no_reason_to_set_less_aside() {
    let rates = RatePercent { maker_percent: dec!(-0.01), taker_percent: dec!(0.03) };
    let settings = FeeSettings { crypto_perpetual: Some(rates), ..FeeSettings::default() };
    let schedule = FeeSchedule::default().with(&settings).unwrap();
    assert_eq!(schedule.charge(&perpetual(), Side::Buy, dec!(1000), Liquidity::Maker, NOW).commission, dec!(-0.1));
    assert_eq!(schedule.estimate(&perpetual(), Side::Buy, dec!(1000), NOW).commission, dec!(0.3));
}

#[test]
fn a_schedule_survives_json() {
    let schedule = FeeSchedule::default();
    let text = serde_json::to_string(&schedule).unwrap();
    assert_eq!(serde_json::from_str::<FeeSchedule>(&text).unwrap(), schedule);
    assert_eq!(serde_json::to_string(&Liquidity::Auction).unwrap(), r#""auction""#);
}

proptest! {
    #[test]
    fn the_estimate_covers_every_way_to_be_filled(
        fills in prop::collection::vec((1_u32..50_000_000, 0_u8..3), 1..12),
        sell in prop::bool::ANY,
        which in 0_usize..2,
    ) {
        let instrument = [samsung(), perpetual()][which].clone();
        let side = if sell { Side::Sell } else { Side::Buy };
        let schedule = FeeSchedule::default();
        let (mut whole, mut paid) = (Decimal::ZERO, Charge::default());
        for (amount, liquidity) in fills {
            let amount = Decimal::from(amount);
            let liquidity = [Liquidity::Maker, Liquidity::Taker, Liquidity::Auction][usize::from(liquidity)];
            let charge = schedule.charge(&instrument, side, amount, liquidity, NOW);
            whole += amount;
            paid = Charge { commission: paid.commission + charge.commission, tax: paid.tax + charge.tax };
        }
        let most = schedule.estimate(&instrument, side, whole, NOW);
        prop_assert!(paid.commission <= most.commission && paid.tax <= most.tax);
    }
}
