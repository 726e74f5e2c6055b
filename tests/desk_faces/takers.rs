//! 체결강도 and the prices of a static interruption, in a quote.

use hoga::desk::protocol::{Topic, Update};
use hoga::desk::record::QuoteRecord;
use hoga::market::{DayStats, MarketBody, Phase, Side, Trade, UtcTime};

use crate::desk::{Desk, Face};
use crate::stage::{Stage, price, units};

fn quote(face: &mut Face, mut fits: impl FnMut(&QuoteRecord) -> bool) -> QuoteRecord {
    face.wait("such a quote", |update| match update {
        Update::Quote(quote) if fits(&quote) => Some(quote),
        _ => None,
    })
}

fn print(at: UtcTime, id: u64, quantity: u32, side: Side) -> (UtcTime, Trade) {
    (at, Trade { id, price: price(70_000), quantity: units(quantity), side: Some(side) })
}

fn day(stage: &Stage, open: i64, volume: u32) {
    let day = DayStats {
        open: Some(price(open)),
        previous_close: Some(price(open)),
        volume: units(volume),
        ..DayStats::default()
    };
    stage.market("000001", MarketBody::Day(day));
}

#[test]
fn strength_counts_the_takers_of_the_day_also_those_from_before_the_desk() {
    let desk = Desk::start();
    let mut face = desk.screen("pts/1");
    let early = UtcTime::from_millis(1_000);
    let stage = desk.stage.clone();
    stage.set_recent(vec![
        print(early, 1, 900, Side::Sell),
        print(early, 2, 30, Side::Sell),
        print(early, 3, 10, Side::Buy),
    ]);
    face.follow(Topic::Book, &["000002"]);
    face.drain();
    stage.phase("000001", Phase::Continuous);
    day(&stage, 70_000, 40);
    face.follow(Topic::Quote, &["000001"]);
    let seeded = quote(&mut face, |quote| !quote.buy_volume.is_zero());
    assert_eq!((seeded.buy_volume, seeded.sell_volume), (units(10), units(30)), "900 were sold the day before");
    stage.trade("000001", 70_000, 50, Some(Side::Buy));
    let last = quote(&mut face, |quote| quote.buy_volume == units(60));
    assert_eq!(last.strength.unwrap().to_string(), "200");

    stage.phase("000001", Phase::Closed);
    stage.market("000001", MarketBody::NewDay { base: price(71_000), limits: None });
    let fresh = quote(&mut face, |quote| quote.previous_close == Some(price(71_000)));
    assert_eq!((fresh.buy_volume, fresh.sell_volume, fresh.strength), (units(0), units(0), None));
}

#[test]
fn a_static_interruption_is_a_tenth_away_from_the_latest_single_price() {
    let desk = Desk::start();
    let mut face = desk.screen("pts/1");
    face.follow(Topic::Quote, &["000001"]);
    face.drain();
    let stage = desk.stage.clone();
    stage.phase("000001", Phase::OpeningAuction);
    let both = |quote: &QuoteRecord| quote.vi_upper.zip(quote.vi_lower).map(|(up, low)| format!("{low} {up}"));
    let before = quote(&mut face, |quote| quote.phase == Phase::OpeningAuction);
    assert_eq!(both(&before).unwrap(), "63000 77000", "from the base price");
    stage.trade("000001", 71_300, 5, None);
    stage.phase("000001", Phase::Continuous);
    let open = quote(&mut face, |quote| quote.phase == Phase::Continuous);
    assert_eq!(both(&open).unwrap(), "64100 78500", "64,170 and 78,430, to the tick outward");
    stage.trade("000001", 78_500, 5, Some(Side::Buy));
    stage.phase("000001", Phase::Volatility);
    stage.trade("000001", 80_000, 5, None);
    stage.phase("000001", Phase::Continuous);
    let after = quote(&mut face, |quote| quote.last == Some(price(80_000)) && quote.phase == Phase::Continuous);
    assert_eq!(both(&after).unwrap(), "72000 88000", "from the price of the interruption's own call");
}
