//! The listing: what becomes an instrument, what its orders may be, and what changed.

use std::time::Duration;

use hoga::broker::api::PlaceOrder;
use hoga::broker::binance::listing::{Budget, Change, LeftOut, Listing, RateLimit, Status, changes, read_tiers};
use hoga::market::{Currency, MarketBody, Phase, Product, Side, TickRule};
use hoga::order::{OrderId, OrderKind, PositionSide, TimeInForce, Trail};
use rust_decimal::dec;

use super::{instrument, millis, price, quantity, sample, symbol};

fn current() -> Listing {
    Listing::read(&sample("f_exchange_info_current_shape")).unwrap()
}

fn edited(from: &str, to: &str) -> Listing {
    let text = String::from_utf8(sample("f_exchange_info_current_shape")).unwrap();
    assert!(text.contains(from), "{from}");
    Listing::read(text.replacen(from, to, 1).as_bytes()).unwrap()
}

#[test]
fn perpetuals_are_instruments_and_dated_futures_are_counted() {
    let listing = current();
    let names: Vec<&str> = listing.instruments.iter().map(|one| one.id.symbol.as_str()).collect();
    assert_eq!(names, ["BTCUSDT", "ETHUSDC", "1000SHIBUSDT", "TSLAUSDT", "OLDUSDT"]);
    assert_eq!(listing.left_out, LeftOut { dated: 1, ..LeftOut::default() });
    let bitcoin = &listing.instruments[0];
    assert_eq!((bitcoin.product, bitcoin.currency), (Product::CryptoPerpetual, Currency::Usdt));
    assert_eq!((bitcoin.name_ko.as_str(), bitcoin.name_en.as_str()), ("비트코인 무기한", "Bitcoin perpetual"));
    // The tick is 0.1 although `pricePrecision` says two decimals.
    assert_eq!((bitcoin.ticks, bitcoin.price_decimals), (TickRule::Fixed(dec!(0.1)), 1));
    assert_eq!((bitcoin.lot, bitcoin.min_quantity), (quantity("0.001"), quantity("0.001")));
    assert_eq!((bitcoin.max_quantity, bitcoin.min_notional), (Some(quantity("1000")), Some(dec!(50))));
    assert_eq!(listing.instruments[1].currency, Currency::Usdc);
    let shiba = listing.instrument(symbol("1000SHIBUSDT")).unwrap();
    assert_eq!((shiba.ticks, shiba.price_decimals, shiba.lot), (TickRule::Fixed(dec!(0.000001)), 6, quantity("1")));
    assert_eq!(shiba.quantity_decimals(), 0);
    assert!(listing.rules[&symbol("TSLAUSDT")].is_tradfi);
    assert!(listing.limits.contains(&RateLimit {
        budget: Budget::Weight,
        window: Duration::from_secs(60),
        limit: 2_400
    }));
    assert!(listing.limits.contains(&RateLimit {
        budget: Budget::Orders,
        window: Duration::from_secs(10),
        limit: 300
    }));
}

#[test]
fn a_listing_of_2022_reads_too() {
    let listing = Listing::read(&sample("f_exchange_info_2022")).unwrap();
    assert_eq!(listing.limits[0].limit, 6_000);
    let bitcoin = listing.rules[&symbol("BTCUSDT")].clone();
    assert_eq!((bitcoin.price.min, bitcoin.price.max), (Some(dec!(402)), Some(dec!(1246396.60))));
    assert_eq!((bitcoin.percent_up, bitcoin.percent_down), (Some(dec!(1.1)), Some(dec!(0.5454))));
    assert_eq!(bitcoin.min_notional, Some(dec!(10)));
    // 2100 by two seconds more is never, too.
    assert_eq!(bitcoin.ends_at, None);
}

#[test]
fn a_symbol_that_does_not_trade_stays_and_says_so() {
    let listing = current();
    let at = millis(1_784_000_000_000);
    assert_eq!(listing.rules[&symbol("OLDUSDT")].status, Status::Settling);
    let told = |name| match listing.phase_event(symbol(name), at).unwrap().body {
        MarketBody::Phase(change) => change.phase,
        other => panic!("{other:?}"),
    };
    assert_eq!((told("OLDUSDT"), told("BTCUSDT")), (Phase::Halted, Phase::Continuous));
    assert_eq!(listing.phase_event(symbol("NONE"), at), None);
    for (status, phase) in [
        ("PENDING_TRADING", Phase::Closed),
        ("CLOSE", Phase::Closed),
        ("DELIVERING", Phase::Halted),
        ("??", Phase::Halted),
    ] {
        let text = format!("\"status\": \"{status}\"");
        let listing = edited("\"status\": \"TRADING\"", &text);
        assert_eq!(listing.rules[&symbol("BTCUSDT")].status.phase(), phase, "{status}");
    }
}

#[test]
fn one_contract_that_cannot_be_read_hides_no_other() {
    let broken = [
        ("\"tickSize\": \"0.10\"", "\"tickSize\": \"0\"", LeftOut { incomplete: 1, dated: 1, ..LeftOut::default() }),
        ("\"tickSize\": \"0.10\"", "\"tick\": \"0.1\"", LeftOut { incomplete: 1, dated: 1, ..LeftOut::default() }),
        ("\"stepSize\": \"0.001\"", "\"stepSize\": \"-1\"", LeftOut { incomplete: 1, dated: 1, ..LeftOut::default() }),
        ("\"symbol\": \"BTCUSDT\"", "\"symbol\": \"币USDT\"", LeftOut { unnamed: 1, dated: 1, ..LeftOut::default() }),
        ("\"symbol\": \"BTCUSDT\"", "\"symbol\": 7", LeftOut { incomplete: 1, dated: 1, ..LeftOut::default() }),
        (
            "\"marginAsset\": \"USDT\"",
            "\"marginAsset\": \"BUSD\"",
            LeftOut { currency: 1, dated: 1, ..LeftOut::default() },
        ),
        ("\"contractType\": \"PERPETUAL\"", "\"contractType\": \"\"", LeftOut { dated: 2, ..LeftOut::default() }),
        ("\"contractType\": \"PERPETUAL\"", "\"contractType\": null", LeftOut { dated: 2, ..LeftOut::default() }),
    ];
    for (from, to, left_out) in broken {
        let listing = edited(from, to);
        assert_eq!((listing.instruments.len(), listing.left_out), (4, left_out), "{to}");
    }
    let unknown = edited("\"filterType\": \"MIN_NOTIONAL\"", "\"filterType\": \"NEW_RULE\"");
    assert_eq!(unknown.rules[&symbol("BTCUSDT")].min_notional, None);
    assert!(Listing::read(b"<html>").is_err());
}

fn limit(side: Side, at: &str, units: &str) -> PlaceOrder {
    PlaceOrder {
        order_id: OrderId::from_uuid(uuid::Uuid::nil()),
        instrument: instrument("BTCUSDT"),
        side,
        kind: OrderKind::Limit { price: price(at) },
        quantity: quantity(units),
        time_in_force: TimeInForce::Gtc,
        reduce_only: false,
        position_side: PositionSide::Net,
        route: None,
    }
}

#[test]
fn an_order_is_refused_here_when_a_filter_would_refuse_it_there() {
    let rules = current().rules[&symbol("BTCUSDT")].clone();
    let mark = Some(price("60000"));
    let check = |order: &PlaceOrder| rules.check(order, mark).err().unwrap_or_default();
    let rows = [
        (limit(Side::Buy, "60000", "0.001"), ""),
        (limit(Side::Buy, "60000.05", "0.001"), "not on a tick of 0.1"),
        (limit(Side::Buy, "556.7", "1"), "below 556.8, the lowest price"),
        (limit(Side::Sell, "4529764.1", "1"), "above 4529764, the highest price"),
        (limit(Side::Buy, "60000", "0.0005"), "below 0.001, the smallest quantity"),
        (limit(Side::Buy, "60000", "0"), "below 0.001, the smallest quantity"),
        (limit(Side::Buy, "60000", "0.0015"), "not a multiple of 0.001"),
        (limit(Side::Buy, "60000", "1000.001"), "above 1000, the largest quantity"),
        (limit(Side::Buy, "49999.9", "0.001"), "worth 49.9999, at least 50 is needed"),
        (limit(Side::Buy, "63000", "0.01"), ""),
        (limit(Side::Buy, "63000.1", "0.01"), "too far above the mark price: at most 63000 now"),
        (limit(Side::Sell, "57000", "0.01"), ""),
        (limit(Side::Sell, "56999.9", "0.01"), "too far below the mark price: at least 57000 now"),
        (limit(Side::Sell, "90000", "0.01"), ""),
        (limit(Side::Buy, "40000", "0.01"), ""),
    ];
    for (order, reason) in rows {
        let told = check(&order);
        assert_eq!(told.is_empty(), reason.is_empty(), "{order:?}: {told}");
        assert!(told.contains(reason), "{told}");
    }
    let market = |units| PlaceOrder { kind: OrderKind::Market, ..limit(Side::Buy, "1000", units) };
    assert_eq!(check(&market("120")), "");
    assert!(check(&market("120.001")).contains("above 120"));
    assert_eq!(rules.check(&PlaceOrder { kind: OrderKind::Market, ..limit(Side::Buy, "1000", "0.001") }, None), Ok(()));
    let cheap = Some(price("49999"));
    assert!(rules.check(&market("0.001"), cheap).unwrap_err().contains("at least 50"));
    let reducing = PlaceOrder { reduce_only: true, ..market("0.001") };
    assert_eq!(rules.check(&reducing, cheap), Ok(()));
}

#[test]
fn conditional_orders_keep_the_rules_of_what_they_become() {
    let rules = current().rules[&symbol("BTCUSDT")].clone();
    let mark = Some(price("60000"));
    let with = |kind, units| PlaceOrder { kind, ..limit(Side::Buy, "60000", units) };
    let stop = |trigger: &str| OrderKind::Stop { trigger: price(trigger) };
    assert_eq!(rules.check(&with(stop("70000"), "120"), mark), Ok(()));
    assert!(rules.check(&with(stop("70000.01"), "1"), mark).unwrap_err().contains("tick"));
    assert!(rules.check(&with(stop("70000"), "121"), mark).unwrap_err().contains("120"));
    // Worth less than 50 at its trigger, more at the mark: the exchange decides.
    assert_eq!(rules.check(&with(OrderKind::TakeProfit { trigger: price("40000") }, "0.001"), mark), Ok(()));
    assert!(rules.check(&with(stop("40000"), "0.001"), Some(price("45000"))).unwrap_err().contains("at least 50"));
    // A limit far from today's mark is near the mark at which it is triggered.
    let stop_limit = OrderKind::StopLimit { trigger: price("80000"), price: price("80100") };
    assert_eq!(rules.check(&with(stop_limit, "121"), mark), Ok(()));
    let trailing = OrderKind::TrailingStop { distance: Trail::Percent(dec!(1)), trigger: None };
    assert_eq!(rules.check(&with(trailing, "1"), mark), Ok(()));
    assert!(rules.check(&with(OrderKind::BestLimit, "1"), mark).unwrap_err().contains("best_limit"));
    let halted = current().rules[&symbol("OLDUSDT")].clone();
    assert!(halted.check(&with(OrderKind::Market, "1"), None).unwrap_err().contains("being settled"));
    let no_stops = edited("\"STOP_MARKET\",", "").rules[&symbol("BTCUSDT")].clone();
    assert!(no_stops.check(&with(stop("70000"), "1"), mark).unwrap_err().contains("STOP_MARKET"));
}

#[test]
fn a_change_in_the_middle_of_a_session_is_an_event() {
    let before = current();
    assert_eq!(changes(&before, &before), []);
    let bitcoin = symbol("BTCUSDT");
    let cases = [
        (
            edited("\"tickSize\": \"0.10\"", "\"tickSize\": \"0.20\""),
            Change::Tick { symbol: bitcoin, from: price("0.1"), to: price("0.2") },
            "BTCUSDT changed its tick from 0.1 to 0.2",
        ),
        (
            edited("\"status\": \"TRADING\"", "\"status\": \"SETTLING\""),
            Change::Status { symbol: bitcoin, from: Status::Trading, to: Status::Settling },
            "BTCUSDT is being settled now",
        ),
        (
            edited("\"deliveryDate\": 4133404800000", "\"deliveryDate\": 1790323200000"),
            Change::End { symbol: bitcoin, at: Some(millis(1_790_323_200_000)) },
            "BTCUSDT ends at 2026-09-25T08:00:00.000Z",
        ),
        (
            edited("\"notional\": \"50\"", "\"notional\": \"100\""),
            Change::Rules(bitcoin),
            "BTCUSDT changed rules of its orders",
        ),
        (
            edited("\"contractType\": \"PERPETUAL\"", "\"contractType\": \"CURRENT_QUARTER\""),
            Change::Delisted(bitcoin),
            "BTCUSDT was delisted",
        ),
    ];
    for (now, change, text) in cases {
        assert_eq!(changes(&before, &now), [change]);
        assert_eq!(change.to_string(), text);
    }
    let fewer = edited("\"contractType\": \"PERPETUAL\"", "\"contractType\": \"CURRENT_QUARTER\"");
    assert_eq!(changes(&fewer, &before), [Change::Listed(bitcoin)]);
}

#[test]
fn margin_steps_come_lowest_first_in_both_forms_of_the_reply() {
    let row = r#"{"symbol":"BTCUSDT","notionalCoef":1.5,"brackets":[
        {"bracket":2,"initialLeverage":100,"notionalCap":600000,"notionalFloor":50000,"maintMarginRatio":0.005,"cum":50.0},
        {"bracket":1,"initialLeverage":125,"notionalCap":50000,"notionalFloor":0,"maintMarginRatio":0.004,"cum":0.0}]}"#;
    for reply in [row.to_owned(), format!("[{row}]")] {
        let tiers = read_tiers(reply.as_bytes()).unwrap();
        let steps = &tiers[&symbol("BTCUSDT")];
        assert_eq!((steps[0].max_leverage, steps[0].maintenance_rate), (125, dec!(0.004)));
        assert_eq!((steps[1].notional_from, steps[1].maintenance_amount), (dec!(50000), dec!(50)));
        let mut listing = current();
        listing.learn_tiers(&tiers);
        assert_eq!(listing.instruments[0].tiers.len(), 2);
        // Where an account is told nothing, the listing's own margins are one careful step.
        let careful = &listing.instruments[1].tiers;
        assert_eq!((careful.len(), careful[0].max_leverage, careful[0].maintenance_rate), (1, 20, dec!(0.025)));
    }
}
