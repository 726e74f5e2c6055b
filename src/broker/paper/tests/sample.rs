//! Virtual orders against the recorded market that comes with hoga.

use super::*;
use crate::broker::replay::{Capture, SAMPLE};
use crate::market::book::OrderBook;

/// Orders of every sort, sent every two seconds of the recording.
fn run(config: PaperConfig) -> Vec<String> {
    let capture = Capture::open(SAMPLE).unwrap();
    let mut matcher = PaperMatcher::new(&perpetual(), config);
    let (mut told_all, mut next, mut number) = (Vec::new(), UtcTime::EPOCH, 0);
    let mut best = None;
    for event in capture {
        let event = event.unwrap();
        let now = event.received_at;
        told_all.extend(told(&matcher.on_market(&event, now)));
        if let MarketBody::Quote(Quote { bid: Some(bid), ask: Some(ask) }) = event.body {
            best = Some((bid.price, ask.price));
        }
        if let Some((bid, ask)) = best
            && now >= next
        {
            next = now.plus(Duration::from_secs(2));
            for (side, kind, time_in_force) in [
                (Side::Buy, OrderKind::Limit { price: bid }, TimeInForce::Gtc),
                (Side::Sell, OrderKind::Limit { price: ask }, TimeInForce::PostOnly),
                (Side::Buy, OrderKind::Limit { price: ask }, TimeInForce::Ioc),
                (Side::Sell, OrderKind::Market, TimeInForce::Day),
            ] {
                number += 1;
                let order = PaperOrder { id: id(number), side, kind, quantity: quantity("0.5"), time_in_force };
                matcher.submit(now, order);
            }
        }
    }
    told_all
}

#[test]
fn the_same_feed_gives_the_same_fills() {
    let first = run(PaperConfig::CRYPTO);
    assert_eq!(first, run(PaperConfig::CRYPTO));
    for sort in ["maker", "taker"] {
        assert!(first.iter().filter(|text| text.contains(sort)).count() > 20, "few {sort} fills");
    }
}

/// Units filled at rest.
fn rested(told: &[String]) -> Decimal {
    let filled = told.iter().filter(|text| text.contains("maker")).filter_map(|text| text.split(' ').nth(2));
    filled.map(|quantity| quantity.parse::<Decimal>().unwrap()).sum()
}

#[test]
fn the_probability_model_fills_no_less_than_the_conservative_one() {
    let queue = QueueModel::Probabilistic(Probability::Power(3));
    let conservative = rested(&run(PaperConfig::CRYPTO));
    let probabilistic = rested(&run(PaperConfig { queue, ..PaperConfig::CRYPTO }));
    assert!(conservative > Decimal::ONE && probabilistic >= conservative, "{conservative} {probabilistic}");
}

#[test]
fn the_sample_rebuilds_a_book_that_becomes_live_and_never_crosses() {
    let capture = Capture::open(SAMPLE).unwrap();
    let header = capture.header().clone();
    let mut book = OrderBook::new(header.price_decimals, header.quantity_decimals);
    let (mut first, mut last) = (None, UtcTime::EPOCH);
    for event in capture {
        let event = event.unwrap();
        assert!(
            event.received_at > event.venue_time
                || matches!(&event.body, MarketBody::Book(book) if matches!(book.sequence, Sequence::Snapshot { .. }))
        );
        first.get_or_insert(event.received_at);
        last = event.received_at;
        if let MarketBody::Book(update) = &event.body {
            book.apply(update);
        }
    }
    assert!(book.live().is_some());
    let counts = book.counts();
    assert_eq!((counts.gaps, counts.crossed, counts.malformed, counts.snapshots), (0, 0, 0, 1));
    assert!(last.since(first.unwrap()) >= Duration::from_secs(60));
}
