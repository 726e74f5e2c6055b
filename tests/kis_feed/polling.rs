//! Questions over REST beside the stream.

use std::collections::BTreeSet;
use std::time::Duration;

use hoga::broker::api::{BrokerError, Channel};
use hoga::broker::kis::budget::Need;
use hoga::broker::kis::environment::Realm;
use hoga::market::{MarketBody, Quantity, Trade, Venue};

use super::server::{pass, until};
use super::{SECOND, Stage, all, at, book, event, rules, samsung, stock};

#[tokio::test(start_paused = true)]
async fn whoever_subscribes_gets_the_day_and_a_whole_book_and_again_when_it_asks_again() {
    let mut stage = Stage::open(Realm::Live, Vec::new()).await;
    stage.rest.reply(samsung(), Channel::Book, Ok(vec![book(samsung(), "244000", "244500")]));
    stage.feed.subscribe(samsung(), all()).unwrap();
    stage.until_told("a book", |event| matches!(event.body, MarketBody::Book(_))).await;
    stage.server.holds(2).await;
    pass(SECOND).await;
    let before = stage.rest.asked().len();
    // Once at once, once more when the streams are registered.
    assert!((3..=4).contains(&before), "{before}");
    assert_eq!((stage.rest.asked()[0].1, stage.rest.asked()[1].1), (Channel::Trades, Channel::Book));
    stage.feed.subscribe(samsung(), all()).unwrap();
    until("both once more", || stage.rest.asked().len() == before + 2).await;
    pass(5 * SECOND).await;
    assert_eq!(stage.rest.asked().len(), before + 2, "what streams is not polled");
    assert_eq!(stage.server.heard().len(), 2, "its streams stay as they are");
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn polling_goes_round_with_a_pause_between_any_two() {
    let mut stage = Stage::open(Realm::Paper, Vec::new()).await;
    let names = ["AAPL", "AMD", "AMZN", "INTC", "MSFT", "NVDA"].map(|name| at(Venue::Nasdaq, name));
    for instrument in names {
        let print = Trade { id: 7, price: "10".parse().unwrap(), quantity: Quantity::whole(1), side: None };
        stage.rest.reply(instrument, Channel::Trades, Ok(vec![event(instrument, MarketBody::Trade(print))]));
        stage.feed.subscribe(instrument, all()).unwrap();
    }
    until("what is polled", || stage.polled() == BTreeSet::from(names)).await;
    pass(SECOND).await;
    let before = stage.rest.asked().len();
    pass(12 * SECOND).await;
    let asked = stage.rest.asked().split_off(before);
    // Twelve subjects, a tenth of a second between two: each comes round every 1.2 seconds.
    assert!((90..=121).contains(&asked.len()), "{}", asked.len());
    let gap = rules().poll_gap;
    assert!(asked.windows(2).all(|two| two[1].2 - two[0].2 >= gap - Duration::from_millis(1)));
    for instrument in names {
        for channel in [Channel::Trades, Channel::Book] {
            let count = asked.iter().filter(|one| (one.0, one.1) == (instrument, channel)).count();
            assert!((7..=11).contains(&count), "{instrument} {channel:?}: {count}");
        }
    }
    assert!(asked.iter().all(|one| one.1 != Channel::Quote), "the prints' question brings best prices too");
    stage.look();
    assert_eq!(stage.count(|body| matches!(body, MarketBody::Trade(_))), names.len(), "the same print is told once");
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn what_fails_is_tried_again_ever_more_rarely_and_what_cannot_be_asked_never() {
    let stage = Stage::open(Realm::Paper, Vec::new()).await;
    let (apple, amd) = (at(Venue::Nasdaq, "AAPL"), at(Venue::Nasdaq, "AMD"));
    for channel in [Channel::Trades, Channel::Book] {
        stage.rest.reply(apple, channel, Err(BrokerError::NotSent("no connection".into())));
        stage.rest.reply(amd, channel, Err(BrokerError::Unsupported("this")));
        stage.rest.reply(samsung(), channel, Err(BrokerError::Throttled { retry_after: 30 * SECOND }));
    }
    for instrument in [apple, amd, samsung()] {
        stage.feed.subscribe(instrument, all()).unwrap();
    }
    pass(70 * SECOND).await;
    let polled = stage.rest.times(apple, Channel::Book);
    assert!((4..=8).contains(&polled.len()), "{}", polled.len());
    let waits: Vec<Duration> = polled.windows(2).map(|two| two[1] - two[0]).collect();
    assert!(waits.last() > waits.first() && waits[0] >= SECOND, "{waits:?}");
    assert_eq!(stage.rest.times(amd, Channel::Book).len(), 1);
    // It streams, so that only its beginning is asked for, and no sooner than the broker said.
    let begun = stage.rest.times(samsung(), Channel::Book);
    assert!((2..=4).contains(&begun.len()), "{}", begun.len());
    stage.rest.reply(apple, Channel::Book, Ok(vec![book(apple, "10", "11")]));
    pass(65 * SECOND).await;
    let before = stage.rest.times(apple, Channel::Book).len();
    pass(10 * SECOND).await;
    assert!(stage.rest.times(apple, Channel::Book).len() >= before + 5, "polled as before once it answers");
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn what_is_no_longer_wanted_is_no_longer_asked_for() {
    let mut stage = Stage::open(Realm::Paper, Vec::new()).await;
    let apple = at(Venue::Nasdaq, "AAPL");
    stage.feed.subscribe(apple, all()).unwrap();
    pass(5 * SECOND).await;
    assert!(stage.rest.times(apple, Channel::Book).len() > 3);
    stage.feed.unsubscribe(apple);
    until("no polling", || stage.polled().is_empty()).await;
    let asked = stage.rest.asked().len();
    pass(10 * SECOND).await;
    stage.look();
    assert!(stage.rest.asked().len() <= asked + 1);
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn what_is_selected_begins_before_the_rest_of_a_watch_list_and_whatever_is_selected_next_after_it() {
    let stage = Stage::open(Realm::Live, Vec::new()).await;
    stage.server.manner(|manner| manner.mute = true);
    let asked = || {
        let asked = stage.rest.asked();
        let mut order: Vec<_> = asked.into_iter().map(|one| (one.0, one.1)).collect();
        order.dedup_by_key(|one| one.0);
        order.into_iter().map(|one| one.0).collect::<Vec<_>>()
    };
    let rest = std::sync::Arc::clone(&stage.rest);
    let held = rest.held.write().await;
    // A screen names its list first and what is selected last.
    for number in 1..=20 {
        stage.feed.subscribe(stock(number), all()).unwrap();
    }
    stage.feed.set_selected(BTreeSet::from([stock(17)]));
    until("the first four questions", || stage.rest.asked().len() == 4).await;
    pass(SECOND).await;
    assert_eq!(stage.rest.asked().len(), 4, "no more at once");
    assert_eq!(asked(), [stock(17), stock(1)]);
    // Somebody steps on while the broker is slow.
    stage.feed.set_selected(BTreeSet::from([stock(12)]));
    stage.feed.set_needs(vec![(stock(15), Need::Ordered)]);
    pass(Duration::from_millis(100)).await;
    drop(held);
    until("all the others", || stage.rest.asked().len() >= 40).await;
    let order = asked();
    assert_eq!(order[..2], [stock(17), stock(1)]);
    assert_eq!(BTreeSet::from([order[2], order[3]]), BTreeSet::from([stock(12), stock(15)]), "{order:?}");
    assert_eq!(order[4..7], [2, 3, 4].map(stock));
    stage.feed.close().await;
}
