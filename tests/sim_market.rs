//! The simulated market must look alive and be one and the same on every run.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[allow(dead_code)]
mod sim_support;

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hasher};
use std::time::Duration;

use hoga::broker::api::{BrokerEvent, RequestBody};
use hoga::broker::sim::listing::listings;
use hoga::broker::sim::{SimConfig, SimExchange};
use hoga::market::{MarketBody, Phase, TickRule, UtcTime};
use rust_decimal::prelude::ToPrimitive;
use sim_support::{Desk, all_channels, id, start};

fn everything(seed: u64, config: SimConfig) -> Desk {
    let mut desk = Desk::new(SimExchange::new(config, seed, start()));
    for listing in listings() {
        desk.ask(RequestBody::Subscribe(listing.instrument.id, all_channels())).unwrap();
    }
    desk
}

/// Every book heard in continuous trading has ten levels a side, uncrossed; gives back the spreads in ticks.
fn check_books(desk: &Desk) -> Vec<f64> {
    let mut phases: BTreeMap<_, Phase> = BTreeMap::new();
    let rules: BTreeMap<_, TickRule> = listings().iter().map(|l| (l.instrument.id, l.instrument.ticks)).collect();
    let mut spreads = Vec::new();
    let mut books: BTreeMap<_, u32> = BTreeMap::new();
    for event in &desk.heard {
        let BrokerEvent::Market(event) = event else { continue };
        match &event.body {
            MarketBody::Phase(change) => {
                phases.insert(event.instrument, change.phase);
            }
            MarketBody::Book(book) => {
                *books.entry(event.instrument).or_default() += 1;
                if let (Some(bid), Some(ask)) = (book.bids.first(), book.asks.first()) {
                    assert!(bid.price < ask.price, "{} crossed at {}", event.instrument, event.venue_time);
                }
                if phases.get(&event.instrument) != Some(&Phase::Continuous) {
                    continue;
                }
                let sides = (book.bids.len(), book.asks.len());
                assert_eq!(sides, (10, 10), "{} at {}", event.instrument, event.venue_time);
                let (bid, ask) = (book.bids[0].price.value(), book.asks[0].price.value());
                let tick = rules[&event.instrument].tick(bid, jiff::civil::date(2026, 11, 21));
                spreads.push(((ask - bid) / tick).to_f64().unwrap());
            }
            _ => {}
        }
    }
    assert_eq!(books.len(), listings().len(), "every instrument shows a book");
    spreads
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[test]
fn every_instrument_has_ten_levels_a_side_from_the_first_instant() {
    for seed in 1..=3 {
        let mut desk = everything(seed, SimConfig::default());
        check_books(&desk);
        desk.run(60.0);
        let spread = median(check_books(&desk));
        assert!((1.0..=3.0).contains(&spread), "seed {seed}: median spread {spread} ticks");
    }
}

#[test]
#[ignore = "six simulated hours of fifteen instruments"]
fn every_instrument_is_alive_after_six_hours() {
    for seed in 11..=13 {
        let mut desk = everything(seed, SimConfig::default());
        for _ in 0..6 * 60 {
            desk.heard.retain(|e| matches!(e, BrokerEvent::Market(m) if matches!(m.body, MarketBody::Phase(_))));
            desk.run(60.0);
        }
        desk.exchange.resend(&mut desk.heard);
        check_books(&desk);
    }
}

#[test]
fn sizes_grow_away_from_the_touch() {
    let mut desk = Desk::open(4, &["005930"]);
    desk.run(30.0);
    let (mut near, mut far) = (0.0, 0.0);
    for event in desk.market("005930") {
        if let MarketBody::Book(book) = event.body {
            near += book.bids[..2].iter().map(|l| l.quantity.value().to_f64().unwrap()).sum::<f64>();
            far += book.bids[5..7].iter().map(|l| l.quantity.value().to_f64().unwrap()).sum::<f64>();
        }
    }
    assert!(far > near, "{near} at the touch, {far} six levels away");
}

fn fingerprint(seed: u64, config: &SimConfig, step: Duration, count: u32) -> u64 {
    let mut desk = everything(seed, config.clone());
    for _ in 0..count {
        desk.run(step.as_secs_f64());
    }
    let mut hasher = DefaultHasher::new();
    for event in &desk.heard {
        hasher.write(format!("{event:?}").as_bytes());
    }
    hasher.finish()
}

#[test]
fn one_seed_gives_one_market_however_time_is_cut() {
    // A short day, so that the run goes through every phase.
    let config = SimConfig {
        opening_auction: Duration::from_secs(3),
        continuous: Duration::from_secs(12),
        closing_auction: Duration::from_secs(4),
        closed: Duration::from_secs(1),
        random_end: Duration::from_secs(1),
        ..SimConfig::default()
    };
    let once = fingerprint(7, &config, Duration::from_secs(32), 1);
    assert_eq!(once, fingerprint(7, &config, Duration::from_secs(32), 1));
    assert_eq!(once, fingerprint(7, &config, Duration::from_millis(40), 800));
    assert_ne!(once, fingerprint(8, &config, Duration::from_secs(32), 1));
}

#[test]
fn watching_does_not_change_what_happens() {
    let last = |watch: &[&str]| {
        let mut desk = Desk::new(SimExchange::new(SimConfig::default(), 3, start()));
        for symbol in watch {
            desk.ask(RequestBody::Subscribe(id(symbol), all_channels())).unwrap();
        }
        desk.run(20.0);
        format!("{:?}", desk.ask(RequestBody::RecentTrades(id("005930"), 50)).unwrap())
    };
    assert_eq!(last(&[]), last(&["005930", "BTCUSDT"]));
}

/// Log-returns of the middle of the book over steps of some seconds, per symbol.
fn returns(seed: u64, symbols: &[&str], seconds: i64, minutes: f64) -> Vec<Vec<f64>> {
    let mut desk = Desk::open(seed, symbols);
    desk.run(minutes * 60.0);
    let steps = (minutes * 60.0) as i64 / seconds;
    let mut all = Vec::new();
    for symbol in symbols {
        let mut at = BTreeMap::new();
        for event in desk.market(symbol) {
            if let MarketBody::Book(book) = event.body
                && let (Some(bid), Some(ask)) = (book.bids.first(), book.asks.first())
            {
                let middle = (bid.price.value() + ask.price.value()).to_f64().unwrap() / 2.0;
                at.insert((event.venue_time.seconds() - start().seconds()) / seconds, middle);
            }
        }
        let middles: Vec<f64> = (0..steps).filter_map(|s| at.range(..=s).next_back().map(|(_, m)| *m)).collect();
        all.push(middles.windows(2).map(|pair| (pair[1] / pair[0]).ln()).collect());
    }
    all
}

fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
    let (ma, mb) = (mean(a), mean(b));
    let product: f64 = a.iter().zip(b).map(|(x, y)| (x - ma) * (y - mb)).sum();
    let size = |v: &[f64], m: f64| v.iter().map(|x| (x - m).powi(2)).sum::<f64>().sqrt();
    product / (size(a, ma) * size(b, mb))
}

#[test]
fn shares_move_together() {
    let mut sum = 0.0;
    for seed in 1..=3 {
        let moves = returns(seed, &["005930", "000660"], 30, 30.0);
        sum += correlation(&moves[0], &moves[1]);
    }
    assert!(sum / 3.0 > 0.15, "mean correlation {}", sum / 3.0);
}

#[test]
fn calm_follows_calm_and_storm_follows_storm() {
    let mut sum = 0.0;
    for seed in 1..=3 {
        let moves = returns(seed, &["BTCUSDT"], 10, 30.0);
        let sizes: Vec<f64> = moves[0].iter().map(|r| r.abs()).collect();
        sum += correlation(&sizes[1..], &sizes[..sizes.len() - 1]);
    }
    assert!(sum / 3.0 > 0.02, "mean autocorrelation of absolute returns {}", sum / 3.0);
}

#[test]
fn a_day_goes_through_its_phases_and_another_follows() {
    let config = SimConfig {
        opening_auction: Duration::from_secs(5),
        continuous: Duration::from_secs(30),
        closing_auction: Duration::from_secs(6),
        closed: Duration::from_secs(2),
        random_end: Duration::from_secs(1),
        ..SimConfig::default()
    };
    let mut desk = Desk::new(SimExchange::new(config.only(&["005930", "BTCUSDT"]), 9, start()));
    desk.ask(RequestBody::Subscribe(id("005930"), all_channels())).unwrap();
    desk.ask(RequestBody::Subscribe(id("BTCUSDT"), all_channels())).unwrap();
    desk.run(60.0);
    let mut phases = Vec::new();
    let mut bases = Vec::new();
    let mut last_before_close = None;
    let mut expected = 0;
    for event in desk.market("005930") {
        match event.body {
            MarketBody::Phase(change) => phases.push(change.phase),
            MarketBody::NewDay { base, limits } => bases.push((base, limits.unwrap(), last_before_close)),
            MarketBody::Trade(trade) => last_before_close = Some(trade.price),
            MarketBody::Expected(Some(_)) => expected += 1,
            _ => {}
        }
    }
    use Phase::{Closed, ClosingAuction, Continuous, OpeningAuction};
    assert_eq!(phases, [Continuous, ClosingAuction, Closed, OpeningAuction, Continuous]);
    assert_eq!(Some(bases[1].0), bases[1].2, "the new base price is the last price of the day before");
    assert!(expected > 5, "an auction tells what it would give");
    let coin: Vec<_> = desk.market("BTCUSDT").into_iter().filter(|e| matches!(e.body, MarketBody::Phase(_))).collect();
    assert_eq!(coin.len(), 1, "coins trade around the clock");
}

#[test]
fn a_machine_that_slept_wakes_into_a_market_that_waited() {
    let mut desk = Desk::open(5, &["005930"]);
    desk.run(5.0);
    desk.exchange.resend(&mut desk.heard);
    let before = desk.book("005930");
    desk.exchange.pause(Duration::from_secs(8 * 3_600));
    assert_eq!(desk.exchange.now(), start().plus(Duration::from_secs(8 * 3_600 + 5)));
    desk.exchange.resend(&mut desk.heard);
    assert_eq!(desk.book("005930"), before);
    desk.run(5.0);
    assert!(desk.market("005930").last().unwrap().venue_time > UtcTime::parse("2026-11-21T23:00:05+09:00").unwrap());
}
