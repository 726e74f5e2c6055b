//! What is listed, under which rules, and what a balance is.

use hoga::broker::api::PlaceOrder;
use hoga::broker::binance::listing::Budget;
use hoga::broker::binance::spot::listing::{Asset, Listing};
use hoga::market::{Currency, Phase, Product, Side, TickRule};
use hoga::order::{OrderKind, PositionSide, TimeInForce, Trail};
use rust_decimal::dec;
use serde_json::json;

use crate::samples::{changed, id, market, order, price, sample, units};

pub fn limit(symbol: &str, side: Side, at: &str, quantity: &str) -> PlaceOrder {
    PlaceOrder {
        order_id: order(),
        instrument: id(symbol),
        side,
        kind: OrderKind::Limit { price: price(at) },
        quantity: units(quantity),
        time_in_force: TimeInForce::Gtc,
        reduce_only: false,
        position_side: PositionSide::Net,
        route: None,
    }
}

#[test]
fn a_symbol_of_2026_is_an_instrument_with_its_rules() {
    let listing = Listing::read(&sample("s_exchange_info_current_shape.json")).unwrap();
    let [instrument] = &listing.instruments[..] else { panic!() };
    assert_eq!(
        (instrument.id, instrument.product, instrument.currency),
        (id("BTCUSDT"), Product::CryptoSpot, Currency::Usdt)
    );
    assert_eq!((instrument.ticks, instrument.price_decimals), (TickRule::Fixed(dec!(0.01)), 2));
    assert_eq!((instrument.lot, instrument.min_quantity), (units("0.00001"), units("0.00001")));
    assert_eq!((instrument.max_quantity, instrument.min_notional), (Some(units("9000")), Some(dec!(5))));
    assert!(!instrument.product.is_margined() && instrument.tiers.is_empty());
    let limits: Vec<_> = listing.limits.iter().map(|row| (row.budget, row.window.as_secs(), row.limit)).collect();
    assert_eq!(
        limits,
        [
            (Budget::Weight, 60, 6_000),
            (Budget::Orders, 10, 100),
            (Budget::Orders, 86_400, 200_000),
            (Budget::Requests, 300, 300_000)
        ]
    );
}

#[test]
fn older_filters_bind_where_they_are_still_used() {
    let listing = Listing::read(&sample("s_exchange_info_2021.json")).unwrap();
    assert!(listing.instruments.len() > 1);
    let rules = listing.rules(id("BTCUSDT")).unwrap();
    let reference = Some(price("60000"));
    let said = |order: &PlaceOrder| rules.check(order, reference).unwrap_err();
    assert_eq!(said(&limit("BTCUSDT", Side::Buy, "60000", "0.0001")), "MIN_NOTIONAL: 6 is below 10");
    assert_eq!(said(&limit("BTCUSDT", Side::Sell, "300000.01", "1")), "PERCENT_PRICE: 300000.01 is above 300000");
    let stop =
        PlaceOrder { kind: OrderKind::Stop { trigger: price("50000") }, ..limit("BTCUSDT", Side::Sell, "1", "1") };
    assert_eq!(said(&stop), "BTCUSDT takes no STOP_LOSS orders");
}

/// One asset is one thing: money, or the holding of one instrument.
#[test]
fn a_balance_is_money_or_one_holding() {
    let market = market();
    assert_eq!(market.asset("USDT"), Asset::Money(Currency::Usdt));
    assert_eq!(market.asset("USDC"), Asset::Money(Currency::Usdc), "although it is bought for USDT too");
    assert_eq!(market.asset("BTC"), Asset::Coin(id("BTCUSDT")), "although others are paid with it");
    assert_eq!(market.asset("BNB"), Asset::Coin(id("BNBUSDT")));
    assert_eq!(market.asset("NEW"), Asset::Coin(id("NEWUSDC")), "USDC before FDUSD");
    assert_eq!(market.asset("LTC"), Asset::Unknown, "listed against bitcoin only");
    assert_eq!(market.asset("币安人生"), Asset::Unknown);
    assert_eq!(market.asset("TRY"), Asset::Unknown);
}

#[test]
fn only_orders_that_hogas_books_can_hold_are_sent() {
    let market = market();
    for (symbol, booked) in
        [("BTCUSDT", true), ("NEWUSDC", true), ("BTCUSDC", false), ("BNBBTC", false), ("USDCUSDT", false)]
    {
        let outcome = market.rules(id(symbol)).unwrap().check(&limit(symbol, Side::Buy, "100", "1"), None);
        assert_eq!(outcome.is_ok(), booked, "{symbol}: {outcome:?}");
    }
}

#[test]
fn what_has_no_currency_or_no_plain_name_is_left_out_and_counted() {
    let market = market();
    assert!(market.rules(id("BTCTRY")).is_none());
    assert_eq!((market.instruments.len(), market.left_out), (10, 2));
    let order: Vec<_> = market.instruments.iter().map(|instrument| instrument.id.symbol).collect();
    assert!(order.is_sorted());
}

#[test]
fn a_status_is_a_phase() {
    let market = market();
    for (symbol, phase) in [
        ("BTCUSDT", Phase::Continuous),
        ("ETHUSDT", Phase::Halted),
        ("BNBUSDT", Phase::Halted),
        ("NEWFDUSD", Phase::Closed),
    ] {
        assert_eq!(market.rules(id(symbol)).unwrap().phase, phase, "{symbol}");
    }
    let refused = market.rules(id("BNBUSDT")).unwrap().check(&limit("BNBUSDT", Side::Buy, "100", "1"), None);
    assert_eq!(refused.unwrap_err(), "BNBUSDT takes no orders now");
}

#[test]
fn filters_refuse_by_name_before_the_exchange_would() {
    let market = market();
    let rules = market.rules(id("BTCUSDT")).unwrap();
    let reference = Some(price("60000"));
    let buy = |at: &str, quantity: &str| limit("BTCUSDT", Side::Buy, at, quantity);
    let of_market = |quantity: &str| PlaceOrder { kind: OrderKind::Market, ..buy("1", quantity) };
    let cases = [
        (buy("60000", "0.001"), "ok"),
        (buy("60000.005", "0.001"), "PRICE_FILTER: 60000.005 is not a multiple of 0.01"),
        (buy("0.001", "1"), "PRICE_FILTER: 0.001 is below 0.01"),
        (buy("1000000.01", "1"), "PRICE_FILTER: 1000000.01 is above 1000000"),
        (buy("60000", "0.000015"), "LOT_SIZE: 0.000015 is not a multiple of 0.00001"),
        (buy("60000", "0"), "LOT_SIZE: 0 is below 0.00001"),
        (buy("60000", "9000.00001"), "LOT_SIZE: 9000.00001 is above 9000"),
        (buy("60000", "0.00008"), "NOTIONAL: 4.8 is below 5"),
        (buy("300000.01", "1"), "PERCENT_PRICE_BY_SIDE: 300000.01 is above 300000"),
        (limit("BTCUSDT", Side::Sell, "11999.99", "1"), "PERCENT_PRICE_BY_SIDE: 11999.99 is below 12000"),
        (of_market("0.00008"), "NOTIONAL: 4.8 is below 5"),
        (of_market("112.3"), "MARKET_LOT_SIZE: 112.3 is above 112.2110882"),
        // A zero step and a zero minimum of MARKET_LOT_SIZE bind nothing; those of LOT_SIZE do.
        (of_market("0.001"), "ok"),
        (of_market("0.0010001"), "LOT_SIZE: 0.0010001 is not a multiple of 0.00001"),
    ];
    for (order, expected) in cases {
        let said = rules.check(&order, reference).map_or_else(|why| why, |()| "ok".to_owned());
        assert_eq!(said, expected, "{order:?}");
    }
    let without = rules.check(&of_market("0.00008"), None);
    assert_eq!(without, Ok(()), "what a market order is worth is not known without a reference");
    // The most money does not bind market orders here.
    assert_eq!(rules.check(&of_market("112"), Some(price("900000"))), Ok(()));
}

#[test]
fn trailing_stops_have_bounds_of_their_own() {
    let market = market();
    let rules = market.rules(id("BTCUSDT")).unwrap();
    let trailing = |percent| PlaceOrder {
        kind: OrderKind::TrailingStop { distance: Trail::Percent(percent), trigger: None },
        ..limit("BTCUSDT", Side::Sell, "1", "0.01")
    };
    assert_eq!(rules.check(&trailing(dec!(1.55)), None), Ok(()));
    assert_eq!(rules.check(&trailing(dec!(0.05)), None).unwrap_err(), "TRAILING_DELTA: 5 is below 10");
    assert_eq!(rules.check(&trailing(dec!(20.01)), None).unwrap_err(), "TRAILING_DELTA: 2001 is above 2000");
    assert!(rules.check(&trailing(dec!(1.555)), None).is_err(), "between two basis points");
}

#[test]
fn one_symbol_that_cannot_be_read_costs_itself() {
    let info = sample("s_exchange_info_2021.json");
    let whole = Listing::read(&info).unwrap();
    let broken = Listing::read(&changed(&info, "/symbols/0/baseAssetPrecision", json!("eight"))).unwrap();
    assert_eq!(broken.instruments.len() + 1, whole.instruments.len());
    assert_eq!(broken.left_out, whole.left_out + 1);
}
