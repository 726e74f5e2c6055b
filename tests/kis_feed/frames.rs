//! From frames to the desk's events.

use std::collections::BTreeSet;

use hoga::broker::api::Channel;
use hoga::broker::kis::environment::Realm;
use hoga::market::{DailyLimits, MarketBody, Venue};

use super::server::{pass, until};
use super::{SECOND, Stage, all, at, book, event, sample, samsung};

fn is_trade(body: &MarketBody) -> bool {
    matches!(body, MarketBody::Trade(_))
}

fn is_book(body: &MarketBody) -> bool {
    matches!(body, MarketBody::Book(_))
}

/// The sample of prints with its record so many times over, each of another volume.
fn prints(count: usize) -> String {
    let sample = sample("ws_h0stcnt0.txt");
    let payload = sample.trim_end().rsplit_once('|').unwrap().1;
    let records: Vec<String> =
        (0..count).map(|number| payload.replace("^3052507^", &format!("^{}^", 3_052_507 + number))).collect();
    format!("0|H0STCNT0|{count:03}|{}", records.join("^"))
}

#[tokio::test(start_paused = true)]
async fn trap_30_a_frame_of_several_records_gives_every_print() {
    let mut stage = Stage::live().await;
    stage.server.say(sample("ws_h0stcnt0_multi.txt"));
    stage.until_told("the day", |event| matches!(event.body, MarketBody::Day(_))).await;
    assert_eq!(stage.count(is_trade), 3);
    assert_eq!(stage.count(|body| matches!(body, MarketBody::Quote(_))), 1, "the book has not come by the stream yet");
    stage.server.say(sample("ws_h0stasp0.txt"));
    stage.until_told("the book", |event| is_book(&event.body)).await;
    stage.server.say(sample("ws_h0stcnt0_multi.txt"));
    until("six prints", || {
        stage.look();
        stage.count(is_trade) == 6
    })
    .await;
    assert_eq!(stage.count(|body| matches!(body, MarketBody::Quote(_))), 1, "the book's own best prices are newer");
    let counters = stage.feed.counters();
    assert_eq!((counters.frames, counters.records, counters.refused, counters.unasked), (3, 7, 0, 0));
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn trap_31_an_expected_price_is_no_trade() {
    let mut stage = Stage::live().await;
    stage.server.say(sample("ws_h0stcnt0_expected_open.txt"));
    stage.until_told("what would match", |event| matches!(event.body, MarketBody::Expected(Some(_)))).await;
    assert_eq!(stage.count(is_trade), 0);
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn trap_42_the_after_market_comes_by_the_same_stream() {
    let mut stage = Stage::live().await;
    stage.server.say(sample("ws_h0stcnt0_aftermarket.txt"));
    stage.until_told("a print", |event| is_trade(&event.body)).await;
    assert!(stage.server.heard().iter().all(|one| !one.contains("H0STO")));
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn trap_29_wider_and_narrower_frames_are_read() {
    let mut stage = Stage::live().await;
    for file in ["ws_h0stcnt0_legacy46.txt", "ws_h0stasp0_legacy62.txt", "ws_h0stasp0_legacy59.txt"] {
        stage.server.say(sample(file));
    }
    until("all of them", || {
        stage.look();
        (stage.count(is_trade), stage.count(is_book)) == (1, 2)
    })
    .await;
    assert_eq!(stage.feed.counters().refused, 0);
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn foreign_prints_and_books_reach_the_desk() {
    let mut stage = Stage::open(Realm::Live, Vec::new()).await;
    let apple = at(Venue::Nasdaq, "AAPL");
    stage.feed.subscribe(apple, all()).unwrap();
    stage.server.holds(2).await;
    stage.server.say(sample("ws_hdfscnt0_multi.txt"));
    stage.server.say(sample("ws_hdfsasp0.txt"));
    stage.until_told("the book", |event| event.instrument == apple && is_book(&event.body)).await;
    assert_eq!(stage.count(is_trade), 2);
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn garbage_is_counted_and_harms_nothing() {
    let mut stage = Stage::live().await;
    let garbage = [
        "",
        "what?",
        "{}",
        "[]",
        "{\"header\":{}}",
        "0|",
        "0|H0STCNT0|001",
        "0|H0STCNT0|000|a",
        "0|H0STCNT0|001|a^b^c",
        "0|H0STCNT0|003|a^b^c^d",
        "0|NOSUCH00|001|a^b^c",
        "0|H0STOUP0|001|005930^1^2",
    ];
    for text in garbage {
        stage.server.say(text);
    }
    let torn = sample("ws_h0stcnt0.txt").replace("^71900^5^", "^-71900^5^");
    stage.server.say(torn);
    stage.server.say(sample("ws_h0stcnt0.txt"));
    stage.until_told("a print", |event| is_trade(&event.body)).await;
    let counters = stage.feed.counters();
    assert_eq!((counters.refused, counters.unasked), (garbage.len() as u64 + 1, 0));
    assert_eq!((stage.server.connections(), stage.count(is_trade)), (1, 1));
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn what_nobody_asked_for_is_left_out_and_counted() {
    let mut stage = Stage::live().await;
    let other = sample("ws_h0stcnt0_multi.txt").replace("005930^", "000660^");
    for frame in [other, sample("ws_h0nxcnt0.txt"), sample("ws_h0uncnt0.txt"), sample("ws_h0ifcnt0.txt")] {
        stage.server.say(frame);
    }
    stage.server.say(sample("ws_h0stcnt0.txt"));
    stage.until_told("a print", |event| is_trade(&event.body)).await;
    assert!(stage.told.iter().all(|event| event.instrument == samsung()));
    let counters = stage.feed.counters();
    assert_eq!((counters.unasked, counters.refused), (6, 0));
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_price_beyond_the_limits_is_left_out_and_the_limits_are_asked_for_again() {
    let mut stage = Stage::open(Realm::Live, Vec::new()).await;
    let day = |base: &str, lower: &str, upper: &str| {
        let limits = Some(DailyLimits { lower: lower.parse().unwrap(), upper: upper.parse().unwrap() });
        vec![event(samsung(), MarketBody::NewDay { base: base.parse().unwrap(), limits })]
    };
    stage.rest.reply(samsung(), Channel::Trades, Ok(day("50000", "35000", "65000")));
    stage.feed.subscribe(samsung(), all()).unwrap();
    stage.server.holds(2).await;
    stage.until_told("limits", |event| matches!(event.body, MarketBody::NewDay { .. })).await;
    pass(SECOND).await;
    let asked = stage.rest.times(samsung(), Channel::Trades).len();
    stage.rest.reply(samsung(), Channel::Trades, Ok(day("72000", "50400", "93600")));
    stage.server.say(sample("ws_h0stcnt0.txt"));
    until("another question", || stage.rest.times(samsung(), Channel::Trades).len() == asked + 1).await;
    pass(SECOND).await;
    stage.look();
    let told = (stage.count(is_trade), stage.count(|body| matches!(body, MarketBody::Day(_) | MarketBody::Quote(_))));
    assert_eq!((told, stage.feed.counters().refused), ((0, 0), 1));
    stage.server.say(sample("ws_h0stcnt0.txt"));
    stage.until_told("the print", |event| is_trade(&event.body)).await;
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_crossed_book_is_left_out_but_in_an_auction() {
    let mut stage = Stage::live().await;
    let crossed = sample("ws_h0stasp0.txt").replace("^244500^245000^", "^243500^245000^");
    stage.server.say(crossed.clone());
    stage.server.say(crossed.replace("^150526^0^", "^085526^B^"));
    stage.until_told("the auction's book", |event| is_book(&event.body)).await;
    assert_eq!((stage.count(is_book), stage.feed.counters().refused), (1, 1));
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn an_answer_older_than_the_streams_book_is_left_out() {
    let mut stage = Stage::open(Realm::Live, Vec::new()).await;
    stage.rest.reply(samsung(), Channel::Book, Ok(vec![book(samsung(), "1000", "1001")]));
    let rest = std::sync::Arc::clone(&stage.rest);
    let hold = rest.held.write().await;
    stage.feed.subscribe(samsung(), all()).unwrap();
    stage.server.holds(2).await;
    until("questions", || stage.rest.asked().len() >= 2).await;
    stage.server.say(sample("ws_h0stasp0.txt"));
    stage.until_told("the stream's book", |event| is_book(&event.body)).await;
    drop(hold);
    pass(SECOND).await;
    stage.look();
    assert_eq!(stage.count(is_book), 1);
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_lost_connection_makes_books_stale_and_each_begins_anew() {
    let mut stage = Stage::live().await;
    stage.rest.reply(samsung(), Channel::Book, Ok(vec![book(samsung(), "244000", "244500")]));
    stage.server.say(sample("ws_h0stasp0.txt"));
    stage.until_told("the book", |event| is_book(&event.body)).await;
    let asked = stage.rest.times(samsung(), Channel::Book).len();
    stage.server.cut();
    stage.until_told("stale", |event| event.body == MarketBody::Stale).await;
    // Polled while it is away, asked for once more when its stream is back.
    until("polling", || stage.polled() == BTreeSet::from([samsung()])).await;
    until("a whole book", || stage.rest.times(samsung(), Channel::Book).len() > asked).await;
    stage.server.hears(2, 2).await;
    until("no polling", || stage.polled().is_empty()).await;
    let asked = stage.rest.times(samsung(), Channel::Book).len();
    pass(SECOND / 2).await;
    stage.look();
    assert!(stage.rest.times(samsung(), Channel::Book).len() <= asked + 1);
    assert_eq!(stage.count(|body| *body == MarketBody::Stale), 1);
    let last = stage.told.iter().rev().find(|event| is_book(&event.body) || event.body == MarketBody::Stale);
    assert!(is_book(&last.unwrap().body));
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_desk_that_does_not_keep_up_loses_prices_and_every_book_begins_anew() {
    let mut stage = Stage::live().await;
    stage.server.say(sample("ws_h0stasp0.txt"));
    stage.until_told("the book", |event| is_book(&event.body)).await;
    stage.rest.reply(samsung(), Channel::Book, Ok(vec![book(samsung(), "244000", "244500")]));
    for _ in 0..80 {
        stage.server.say(prints(999));
    }
    until("all frames", || stage.feed.counters().records > 80 * 999).await;
    assert!(stage.feed.counters().drops > 0);
    // Room again: twice, for a full inbox may have had room for that word alone.
    for _ in 0..2 {
        stage.look();
        pass(SECOND).await;
    }
    stage.look();
    let stale = stage.told.iter().rposition(|event| event.body == MarketBody::Stale).unwrap();
    assert!(Some(stale) < stage.told.iter().rposition(|event| is_book(&event.body)), "a whole book follows");
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn bonds_stream_their_prints_and_books() {
    let mut stage = Stage::open(Realm::Live, Vec::new()).await;
    let bond = at(Venue::KrxBonds, "KR103502GD31");
    stage.feed.subscribe(bond, all()).unwrap();
    stage.server.hears(1, 2).await;
    assert_eq!(stage.server.heard(), ["1 H0BJCNT0 KR103502GD31", "1 H0BJASP0 KR103502GD31"]);
    stage.server.say(sample("ws_h0bjcnt0.txt"));
    stage.until_told("a print", |event| event.instrument == bond && is_trade(&event.body)).await;
    stage.server.say(sample("ws_h0bjasp0.txt"));
    stage.until_told("the book", |event| event.instrument == bond && is_book(&event.body)).await;
    stage.feed.close().await;
}
