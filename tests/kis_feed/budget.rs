//! What is registered, in which order, and how it changes.

use std::collections::BTreeSet;

use hoga::broker::api::{BrokerError, Channel};
use hoga::broker::kis::budget::Need;
use hoga::broker::kis::environment::Realm;
use hoga::broker::kis::feed::{FeedNews, FeedRules};
use hoga::broker::net::websocket::{Loss, SocketState};
use hoga::market::{InstrumentId, Venue};

use super::server::{pass, until};
use super::{SECOND, Stage, all, at, notice_registrations, rules, sample, samsung, stock};

fn losses(stage: &Stage) -> Vec<Loss> {
    let news = stage.news.lock().unwrap();
    let loss = |news: &FeedNews| match news {
        FeedNews::Socket(SocketState::Reconnecting { loss, .. }) => Some(loss.clone()),
        _ => None,
    };
    news.iter().filter_map(loss).collect()
}

#[tokio::test(start_paused = true)]
async fn notices_come_first_then_what_is_needed_most() {
    let stage = Stage::open(Realm::Live, notice_registrations()).await;
    stage.feed.set_needs(vec![(stock(2), Need::Ordered), (stock(1), Need::Background)]);
    for number in [1, 2, 3] {
        stage.feed.subscribe(stock(number), all()).unwrap();
    }
    stage.feed.subscribe(at(Venue::Nasdaq, "AAPL"), BTreeSet::from([Channel::Trades])).unwrap();
    stage.server.holds(10).await;
    let heard = stage.server.heard();
    assert_eq!(heard[..4], ["1 H0STCNI0 myhtsid1", "1 H0GSCNI0 myhtsid1", "1 H0STCNT0 000002", "1 H0STASP0 000002"]);
    assert_eq!(heard[4..7], ["1 H0STCNT0 000003", "1 HDFSCNT0 DNASAAPL", "1 H0STASP0 000003"]);
    assert_eq!(heard[7..], ["1 H0STCNT0 000001", "1 H0STASP0 000001", "1 H0STMKO0 000002"]);
    assert_eq!(stage.server.approvals(), BTreeSet::from(["approval-1".to_owned()]));
    until("news", || stage.news_count(|news| matches!(news, FeedNews::NoticesLive)) == 1).await;
    assert_eq!(stage.polled(), BTreeSet::new());
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn forty_one_are_never_passed_and_the_rest_is_polled() {
    let stage = Stage::open(Realm::Live, notice_registrations()).await;
    for number in 0..30 {
        stage.feed.subscribe(stock(number), all()).unwrap();
    }
    stage.server.holds(41).await;
    // Two notices and every print before any book: nine books fit.
    until("what is polled", || stage.polled().len() == 21).await;
    let streamed = stage.server.held();
    let has_book = |one: &InstrumentId| streamed.contains(&("H0STASP0".to_owned(), one.symbol.as_str().to_owned()));
    assert!(!stage.polled().iter().any(has_book));
    let polled = stage.polled();
    pass(10 * SECOND).await;
    assert!(polled.iter().all(|one| stage.rest.times(*one, Channel::Book).len() >= 4), "one begins, three follow");
    assert_eq!((stage.server.most(), stage.server.heard().len()), (41, 41));
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn trap_35_trap_37_a_change_is_its_difference_and_what_goes_is_gone_before_something_takes_its_place() {
    let stage = Stage::open(Realm::Live, notice_registrations()).await;
    for number in 0..30 {
        stage.feed.subscribe(stock(number), all()).unwrap();
    }
    stage.server.holds(41).await;
    until("the plan", || stage.polled().len() == 21).await;
    stage.server.manner(|manner| manner.holds_ends = true);
    // Its prints and its book go; two books may come.
    stage.feed.unsubscribe(stock(0));
    stage.server.hears(1, 43).await;
    pass(5 * SECOND).await;
    let ends: Vec<String> = stage.server.heard().split_off(41);
    assert_eq!(ends, ["2 H0STCNT0 000000", "2 H0STASP0 000000"], "nothing else while they are not answered");
    stage.server.end("H0STCNT0", "000000");
    stage.server.hears(1, 44).await;
    stage.server.end("H0STASP0", "000000");
    stage.server.hears(1, 45).await;
    let more = stage.server.heard().split_off(43);
    assert!(more.iter().all(|one| one.starts_with("1 H0STASP0 ")), "{more:?}");
    stage.server.holds(41).await;
    assert_eq!(stage.server.most(), 41);
    until("the plan", || stage.polled().len() == 19).await;
    assert_eq!(stage.server.connections(), 1);
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn needs_that_change_many_times_a_second_are_one_change_of_registrations() {
    let stage = Stage::open(Realm::Live, Vec::new()).await;
    for number in 0..41 {
        stage.feed.subscribe(stock(number), BTreeSet::from([Channel::Trades])).unwrap();
    }
    stage.server.holds(41).await;
    for number in 41..60 {
        stage.feed.subscribe(stock(number), BTreeSet::from([Channel::Trades])).unwrap();
    }
    until("the plan", || stage.polled().len() == 19).await;
    for number in 41..60 {
        stage.feed.set_needs(vec![(stock(number), Need::Selected), (stock(3), Need::Ordered)]);
        pass(std::time::Duration::from_millis(20)).await;
    }
    stage.server.hears(1, 43).await;
    pass(3 * SECOND).await;
    let heard = stage.server.heard().split_off(41);
    assert_eq!(heard.len(), 2, "{heard:?}");
    assert!(heard[0].starts_with("2 H0STCNT0") && heard[1] == "1 H0STCNT0 000059", "{heard:?}");
    assert!(!stage.polled().contains(&stock(59)) && stage.server.most() == 41);
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_server_with_less_room_keeps_what_it_has_and_the_rest_is_polled() {
    let stage = Stage::with(Realm::Live, Vec::new(), |server| server.manner(|manner| manner.room = 3)).await;
    for number in 0..4 {
        stage.feed.subscribe(stock(number), all()).unwrap();
    }
    stage.server.holds(3).await;
    until("the plan", || stage.polled().len() == 4).await;
    stage.server.hears(1, 8).await;
    pass(60 * SECOND).await;
    assert_eq!(stage.server.heard().len(), 8, "nothing is asked for again and again");
    // A place that becomes free is used.
    stage.feed.unsubscribe(stock(0));
    until("a free place", || stage.server.held().contains(&("H0STCNT0".to_owned(), "000003".to_owned()))).await;
    assert_eq!(stage.server.most(), 3);
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_is_polled_and_not_asked_for_again() {
    let stage = Stage::with(Realm::Live, Vec::new(), |server| {
        server.manner(|manner| manner.refuses = ["000001".into()].into());
    })
    .await;
    for number in 0..2 {
        stage.feed.subscribe(stock(number), all()).unwrap();
    }
    until("the plan", || stage.polled() == BTreeSet::from([stock(1)])).await;
    stage.server.holds(2).await;
    stage.server.hears(1, 4).await;
    stage.server.cut();
    stage.server.hears(2, 2).await;
    pass(20 * SECOND).await;
    assert_eq!(stage.server.heard(), ["1 H0STCNT0 000000", "1 H0STASP0 000000"]);
    assert_eq!(stage.polled(), BTreeSet::from([stock(1)]));
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_registration_without_an_answer_is_polled_and_sent_again() {
    let stage = Stage::with(Realm::Live, Vec::new(), |server| server.manner(|manner| manner.mute = true)).await;
    stage.feed.subscribe(stock(1), BTreeSet::from([Channel::Trades])).unwrap();
    stage.server.hears(1, 1).await;
    assert_eq!(stage.polled(), BTreeSet::new());
    pass(46 * SECOND).await;
    // The socket itself lives.
    stage.server.say(sample("ws_pingpong.json"));
    assert_eq!((stage.server.heard().len(), stage.polled()), (2, BTreeSet::from([stock(1)])));
    stage.server.manner(|manner| manner.mute = false);
    pass(46 * SECOND).await;
    assert_eq!((stage.server.heard().len(), stage.polled()), (3, BTreeSet::new()));
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn an_approval_key_that_is_not_valid_is_fetched_anew() {
    let stage = Stage::with(Realm::Live, Vec::new(), |server| {
        server.manner(|manner| manner.instead = Some("ws_ack_invalid_approval.json".into()));
    })
    .await;
    stage.feed.subscribe(stock(1), all()).unwrap();
    until("a loss", || losses(&stage) == [Loss::Asked]).await;
    assert_eq!(stage.server.approvals(), BTreeSet::from(["approval-1".to_owned()]));
    stage.server.manner(|manner| manner.instead = None);
    stage.server.hears(2, 2).await;
    assert_eq!(stage.server.approvals(), BTreeSet::from(["approval-2".to_owned()]));
    stage.server.holds(2).await;
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn trap_36_a_key_in_use_is_told_once_and_tried_again_after_a_minute_while_everything_is_polled() {
    let stage = Stage::with(Realm::Live, Vec::new(), |server| {
        server.manner(|manner| manner.instead = Some("ws_ack_appkey_in_use.json".into()));
    })
    .await;
    stage.feed.subscribe(stock(1), all()).unwrap();
    stage.until_news("in use", |news| *news == FeedNews::InUse).await;
    until("polling", || stage.polled() == BTreeSet::from([stock(1)])).await;
    pass(55 * SECOND).await;
    assert_eq!(stage.server.connections(), 1);
    assert!(stage.rest.times(stock(1), Channel::Book).len() > 10);
    pass(10 * SECOND).await;
    until("another try", || stage.server.connections() == 2).await;
    until("another loss", || losses(&stage).len() == 2).await;
    assert_eq!(stage.news_count(|news| *news == FeedNews::InUse), 1);
    stage.server.manner(|manner| manner.instead = None);
    pass(62 * SECOND).await;
    stage.server.holds(2).await;
    until("the end of polling", || stage.polled().is_empty()).await;
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn the_servers_ping_comes_back_as_it_was() {
    let stage = Stage::live().await;
    let ping = sample("ws_pingpong.json");
    stage.server.say(ping.clone());
    until("the echo", || stage.server.other() == [ping.clone()]).await;
    assert_eq!(stage.feed.counters().refused, 0);
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_server_that_falls_silent_is_given_up() {
    let stage = Stage::live().await;
    pass(80 * SECOND).await;
    assert_eq!(stage.server.connections(), 1);
    pass(15 * SECOND).await;
    until("another connection", || stage.server.connections() == 2).await;
    assert_eq!(losses(&stage), [Loss::FrameSilence]);
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn paper_streams_what_it_has_and_polls_the_rest() {
    let stage = Stage::open(Realm::Paper, notice_registrations()).await;
    let (next, apple) = (at(Venue::Nxt, "005930"), at(Venue::Nasdaq, "AAPL"));
    for instrument in [samsung(), next, apple] {
        stage.feed.subscribe(instrument, all()).unwrap();
    }
    let other = at(Venue::BinanceSpot, "BTCUSDT");
    assert!(matches!(stage.feed.subscribe(other, all()), Err(BrokerError::Unsupported(_))));
    stage.server.hears(1, 4).await;
    let wanted = ["1 H0STCNI9 myhtsid1", "1 H0GSCNI9 myhtsid1", "1 H0STCNT0 005930", "1 H0STASP0 005930"];
    assert_eq!(stage.server.heard(), wanted);
    until("what is polled", || stage.polled() == BTreeSet::from([next, apple])).await;
    stage.feed.close().await;
}

#[test]
fn the_broker_is_not_hurried() {
    let live = FeedRules::default();
    assert!(live.backoff.floor >= 5 * SECOND && live.frame_silence >= 60 * SECOND);
    let paper = FeedRules::of(Realm::Paper);
    assert!(paper.poll_gap > SECOND, "paper answers one question a second in all");
    assert!(rules().poll_gap < live.poll_gap);
}
