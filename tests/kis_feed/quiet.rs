//! Shares that say nothing for a while: asked for, and told again as long as the answer is what their streams said.

use std::collections::BTreeSet;
use std::time::Duration;

use hoga::broker::api::Channel;
use hoga::broker::kis::budget::Need;
use hoga::broker::kis::environment::Realm;
use hoga::broker::kis::feed::FeedRules;
use hoga::market::{InstrumentId, MarketBody, UtcTime};

use super::server::{pass, until};
use super::{SECOND, Stage, all, book, now, rules, sample, samsung, stock};

fn is_book(body: &MarketBody) -> bool {
    matches!(body, MarketBody::Book(_))
}

/// With Samsung registered, whose book is laid down, and everything of the beginning told.
async fn quiet() -> Stage {
    quiet_from(now()).await
}

async fn quiet_from(time: UtcTime) -> Stage {
    let mut stage = Stage::ticking(Realm::Live, time, rules()).await;
    lay_down(&stage, samsung(), "244000");
    stage.feed.subscribe(samsung(), all()).unwrap();
    stage.server.holds(2).await;
    pass(SECOND).await;
    stage.look();
    assert_eq!(stage.count(is_book), 2, "once at once, once when it is registered");
    stage
}

/// What an answer says from now on.
fn lay_down(stage: &Stage, instrument: InstrumentId, bid: &str) {
    stage.rest.reply(instrument, Channel::Book, Ok(vec![book(instrument, bid, "244500")]));
}

fn books_asked(stage: &Stage) -> usize {
    stage.rest.times(samsung(), Channel::Book).len()
}

/// Best bids told since the last look.
fn bids(stage: &mut Stage) -> Vec<String> {
    stage.told.clear();
    stage.look();
    let bid = |body: &MarketBody| match body {
        MarketBody::Book(book) => Some(book.bids[0].price.to_string()),
        _ => None,
    };
    stage.told.iter().filter_map(|event| bid(&event.body)).collect()
}

/// Answers say from now on what was told last.
fn lay_down_told(stage: &Stage) {
    let told = stage.told.iter().rfind(|event| is_book(&event.body)).unwrap();
    stage.rest.reply(samsung(), Channel::Book, Ok(vec![told.clone()]));
}

async fn until_asked(stage: &Stage, count: usize) {
    until("a question", || books_asked(stage) >= count).await;
    pass(Duration::from_millis(100)).await;
}

#[tokio::test(start_paused = true)]
async fn a_quiet_share_is_asked_for_and_stays_young() {
    let mut stage = quiet().await;
    let mut silence = 0;
    for second in 0..40 {
        pass(SECOND).await;
        let told = bids(&mut stage);
        silence = if told.is_empty() { silence + 1 } else { 0 };
        assert!(told.iter().all(|bid| bid == "244000"), "{told:?}");
        // Orders are let through on data of five seconds.
        assert!(silence < 4, "nothing for {silence} s at {second} s");
    }
    assert!(books_asked(&stage) <= 2 + 14, "{}", books_asked(&stage));
    assert_eq!((stage.server.connections(), stage.polled()), (1, BTreeSet::new()));
    // What says something is not asked for.
    for _ in 0..10 {
        stage.server.say(sample("ws_h0stasp0.txt"));
        pass(SECOND).await;
    }
    let asked = books_asked(&stage);
    for _ in 0..10 {
        stage.server.say(sample("ws_h0stasp0.txt"));
        pass(SECOND).await;
    }
    assert_eq!(books_asked(&stage), asked);
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn what_nobody_wants_the_book_of_is_not_asked_for() {
    let stage = Stage::ticking(Realm::Live, now(), rules()).await;
    stage.feed.subscribe(samsung(), BTreeSet::from([Channel::Trades])).unwrap();
    stage.server.holds(1).await;
    pass(20 * SECOND).await;
    assert_eq!(books_asked(&stage), 0);
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_mute_stream_is_found_out_and_connected_anew_once() {
    let mut stage = quiet().await;
    bids(&mut stage);
    // The price rises and the stream says nothing of it, however often the server pings.
    lay_down(&stage, samsung(), "244100");
    let first = books_asked(&stage);
    until_asked(&stage, first + 1).await;
    stage.server.say(sample("ws_pingpong.json"));
    assert_eq!(bids(&mut stage), [""; 0], "a suspicion is not told");
    assert_eq!(stage.server.connections(), 1);
    until_asked(&stage, first + 2).await;
    let told = bids(&mut stage);
    assert!(stage.told.iter().any(|event| matches!(event.body, MarketBody::Stale)), "{told:?}");
    until("another connection", || stage.server.connections() == 2 && stage.server.held().len() == 2).await;
    pass(SECOND).await;
    assert_eq!(bids(&mut stage).last().map(String::as_str), Some("244100"), "what comes back begins anew");
    // It is mute again: a connection that is opened in a loop gets the key blocked.
    lay_down(&stage, samsung(), "244200");
    until("it is polled", || stage.polled() == BTreeSet::from([samsung()])).await;
    pass(3 * SECOND).await;
    assert_eq!(bids(&mut stage).last().map(String::as_str), Some("244200"));
    lay_down(&stage, samsung(), "244300");
    pass(3 * SECOND).await;
    assert_eq!(bids(&mut stage).last().map(String::as_str), Some("244300"), "a poll is believed");
    assert!(stage.rest.times(samsung(), Channel::Trades).len() > 4, "its prints are asked for too");
    pass(60 * SECOND).await;
    assert_eq!(stage.server.connections(), 2);
    // The stream lives after all.
    stage.server.say(sample("ws_h0stasp0.txt"));
    until("it is no longer polled", || stage.polled().is_empty()).await;
    bids(&mut stage);
    lay_down_told(&stage);
    // Long after that it may be tried once more.
    for _ in 0..20 {
        stage.server.say(sample("ws_pingpong.json"));
        pass(30 * SECOND).await;
    }
    assert_eq!((stage.server.connections(), stage.polled()), (2, BTreeSet::new()));
    lay_down(&stage, samsung(), "244400");
    until("a third connection", || stage.server.connections() == 3).await;
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_late_frame_clears_the_suspicion() {
    let mut stage = quiet().await;
    bids(&mut stage);
    lay_down(&stage, samsung(), "244100");
    let first = books_asked(&stage);
    until_asked(&stage, first + 1).await;
    stage.server.say(sample("ws_h0stasp0.txt"));
    pass(SECOND).await;
    let said = bids(&mut stage);
    assert_eq!(said.len(), 1, "{said:?}");
    lay_down_told(&stage);
    // Told again now that they agree, and again.
    until_asked(&stage, first + 2).await;
    assert_eq!((bids(&mut stage), stage.server.connections()), (said, 1));
    pass(20 * SECOND).await;
    stage.look();
    assert_eq!(stage.count(|body| matches!(body, MarketBody::Stale)), 0);
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_frame_between_two_answers_makes_the_second_the_first_to_differ() {
    let mut stage = quiet().await;
    lay_down(&stage, samsung(), "244100");
    let first = books_asked(&stage);
    until_asked(&stage, first + 1).await;
    stage.server.say(sample("ws_h0stasp0.txt"));
    pass(SECOND).await;
    bids(&mut stage);
    until_asked(&stage, first + 2).await;
    assert_eq!((bids(&mut stage), stage.server.connections()), (Vec::new(), 1));
    lay_down(&stage, samsung(), "244200");
    until("no frame came since then", || stage.server.connections() == 2).await;
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_frame_that_comes_before_the_answer_is_newer() {
    let mut stage = quiet().await;
    bids(&mut stage);
    lay_down(&stage, samsung(), "244100");
    let rest = std::sync::Arc::clone(&stage.rest);
    let held = rest.held.write().await;
    until_asked(&stage, books_asked(&stage) + 1).await;
    stage.server.say(sample("ws_h0stasp0.txt"));
    pass(SECOND).await;
    let said = bids(&mut stage);
    let asked = books_asked(&stage);
    pass(10 * SECOND).await;
    assert_eq!(books_asked(&stage), asked, "one question at a time");
    drop(held);
    pass(SECOND).await;
    assert!(!said.contains(&"244100".to_owned()) && bids(&mut stage).is_empty(), "{said:?}");
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn nothing_is_asked_while_the_market_is_closed() {
    // Half past eleven in the evening, and a Sunday.
    for closed in ["2026-09-14T14:30:00Z", "2026-09-13T03:00:00Z"] {
        let stage = quiet_from(UtcTime::parse(closed).unwrap()).await;
        let asked = stage.rest.asked().len();
        pass(30 * SECOND).await;
        assert_eq!(stage.rest.asked().len(), asked, "{closed}");
        stage.feed.close().await;
    }
}

#[tokio::test(start_paused = true)]
async fn thirty_quiet_shares_stay_within_the_budget_of_polling() {
    let rules = FeedRules { poll_every: 3 * SECOND, poll_gap: SECOND / 2, ..rules() };
    let mut stage = Stage::ticking(Realm::Live, now(), rules.clone()).await;
    let shares: Vec<InstrumentId> = (1..=30).map(stock).collect();
    for share in &shares {
        lay_down(&stage, *share, "244000");
        stage.feed.subscribe(*share, BTreeSet::from([Channel::Trades, Channel::Book])).unwrap();
    }
    // Eleven of the books have a stream, the others are polled.
    stage.server.holds(41).await;
    until("what is polled", || stage.polled().len() == 19).await;
    pass(20 * SECOND).await;
    let before = stage.rest.asked().len();
    pass(60 * SECOND).await;
    let asked = stage.rest.asked().split_off(before);
    assert!((110..=121).contains(&asked.len()), "{}", asked.len());
    assert!(asked.windows(2).all(|two| two[1].2 - two[0].2 >= rules.poll_gap - Duration::from_millis(1)));
    for share in &shares {
        let count = asked.iter().filter(|one| (one.0, one.1) == (*share, Channel::Book)).count();
        assert!((3..=5).contains(&count), "{share}: {count}");
    }
    stage.look();
    assert_eq!(stage.server.connections(), 1);
    stage.feed.close().await;
}

/// Longest times in seconds between two questions about the books of `shares`, over `time`.
async fn longest_gaps(stage: &Stage, shares: &[InstrumentId], time: Duration) -> Vec<f64> {
    let rest = std::sync::Arc::clone(&stage.rest);
    let begun = tokio::time::Instant::now();
    let before = rest.asked().len();
    while begun.elapsed() < time {
        // The server lives, though its market is quiet.
        stage.server.say(sample("ws_pingpong.json"));
        pass(10 * SECOND).await;
    }
    let asked = rest.asked().split_off(before);
    let end = tokio::time::Instant::now();
    let longest = |share: &InstrumentId| {
        let times = asked.iter().filter(|one| (one.0, one.1) == (*share, Channel::Book)).map(|one| one.2);
        let edges: Vec<_> = std::iter::once(begun).chain(times).chain([end]).collect();
        edges.windows(2).map(|two| (two[1] - two[0]).as_secs_f64()).fold(0.0, f64::max)
    };
    shares.iter().map(longest).collect()
}

#[tokio::test(start_paused = true)]
async fn the_selected_one_of_fourteen_quiet_shares_stays_tradable_and_the_others_have_their_turns() {
    let rules = FeedRules::of(Realm::Live);
    let rules = FeedRules { poll_every: rules.poll_every, poll_gap: rules.poll_gap, ..super::rules() };
    let mut stage = Stage::ticking(Realm::Live, now(), rules).await;
    let shares: Vec<InstrumentId> = (1..=14).map(stock).collect();
    for share in &shares {
        lay_down(&stage, *share, "244000");
        stage.feed.subscribe(*share, BTreeSet::from([Channel::Trades, Channel::Book])).unwrap();
    }
    stage.server.holds(28).await;
    pass(10 * SECOND).await;
    let gaps = longest_gaps(&stage, &shares, 30 * SECOND).await;
    assert!(gaps.iter().all(|gap| (5.0..9.0).contains(gap)), "nothing is selected: {gaps:?}");
    // Somebody steps down to the fifth: it is asked for at once, and often enough for an order from then on.
    stage.feed.set_selected(BTreeSet::from([stock(5)]));
    stage.look();
    stage.told.clear();
    pass(Duration::from_millis(1_500)).await;
    stage.look();
    let is_told = |event: &hoga::market::MarketEvent| event.instrument == stock(5) && is_book(&event.body);
    assert!(stage.told.iter().any(is_told), "it can be traded");
    let gaps = longest_gaps(&stage, &shares, 60 * SECOND).await;
    assert!(gaps[4] <= 2.55, "{gaps:?}");
    assert!(gaps.iter().all(|gap| *gap <= 15.0), "{gaps:?}");
    // What is held has no more of the questions than the half, and the selected one is young all the same.
    stage.feed.set_needs((1..=12).map(|number| (stock(number), Need::Held)).collect());
    pass(5 * SECOND).await;
    let gaps = longest_gaps(&stage, &shares, 60 * SECOND).await;
    assert!(gaps[4] <= 2.55, "{gaps:?}");
    assert!(gaps.iter().all(|gap| *gap <= 15.0), "{gaps:?}");
    let heard = stage.server.heard();
    assert_eq!((heard.len(), stage.server.connections()), (28 + 12, 1), "no print and no book was touched");
    assert!(heard[28..].iter().all(|one| one.starts_with("1 H0STMKO0 ")), "{heard:?}");
    // Nobody looks any more.
    stage.feed.set_needs(Vec::new());
    stage.feed.set_selected(BTreeSet::new());
    pass(10 * SECOND).await;
    let gaps = longest_gaps(&stage, &shares, 30 * SECOND).await;
    assert!(gaps[4] > 5.0, "{gaps:?}");
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn of_quiet_shares_what_has_an_order_is_asked_for_first() {
    let rules = FeedRules { poll_gap: SECOND / 2, ..rules() };
    let stage = Stage::ticking(Realm::Live, now(), rules).await;
    let ordered = stock(9);
    stage.feed.set_needs(vec![(ordered, Need::Ordered)]);
    let rest = std::sync::Arc::clone(&stage.rest);
    for share in (1..=9).map(stock) {
        lay_down(&stage, share, "244000");
        stage.feed.subscribe(share, BTreeSet::from([Channel::Book])).unwrap();
    }
    stage.server.holds(9).await;
    pass(SECOND).await;
    let before = rest.asked().len();
    until("a question", || rest.asked().len() > before).await;
    assert_eq!(rest.asked()[before].0, ordered);
    stage.feed.close().await;
}
