//! Execution notices over the same socket.

use hoga::broker::kis::environment::Realm;
use hoga::broker::kis::feed::FeedNews;
use hoga::broker::kis::realtime::notice::{Happened, Notice};
use hoga::broker::net::websocket::SocketState;
use rust_decimal::dec;

use super::server::until;
use super::{Stage, all, notice_registrations, now, sample, samsung};

fn notices(stage: &Stage) -> Vec<Notice> {
    let news = stage.news.lock().unwrap();
    let notice = |news: &FeedNews| match news {
        FeedNews::Notice(notice, at) => {
            assert_eq!(*at, now());
            Some((**notice).clone())
        }
        _ => None,
    };
    news.iter().filter_map(notice).collect()
}

fn lost(stage: &Stage) -> usize {
    stage.news_count(|news| matches!(news, FeedNews::NoticeLost(_)))
}

async fn live(stage: &Stage, times: usize) {
    until("notices live", || stage.news_count(|news| *news == FeedNews::NoticesLive) == times).await;
}

#[tokio::test(start_paused = true)]
async fn notices_are_decrypted_with_the_keys_of_their_registration() {
    let stage = Stage::open(Realm::Live, notice_registrations()).await;
    live(&stage, 1).await;
    let files = ["accepted", "fill_partial", "fill_rest", "modified", "cancelled", "rejected", "legacy23_fill"];
    for file in files {
        stage.server.say(sample(&format!("ws_h0stcni0_{file}.txt")));
    }
    stage.server.say(sample("ws_h0gscni0_fill.txt"));
    until("every notice", || notices(&stage).len() == files.len() + 1).await;
    let notices = notices(&stage);
    assert_eq!((&*notices[0].number, notices[0].happened), ("0000117057", Happened::Received));
    assert_eq!(notices[1].happened, Happened::Filled { quantity: dec!(4), price: dec!(69950) });
    assert_eq!(notices[7].happened, Happened::Filled { quantity: dec!(3), price: dec!(228.05) });
    assert_eq!((stage.feed.counters().notices, lost(&stage)), (8, 0));
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_notice_that_is_not_encrypted_and_one_of_several_records_are_read_too() {
    let stage = Stage::open(Realm::Live, notice_registrations()).await;
    live(&stage, 1).await;
    let (partial, rest) = (sample("ws_h0stcni0_fill_partial_plain.txt"), sample("ws_h0stcni0_fill_rest_plain.txt"));
    stage.server.say(format!("0|H0STCNI0|002|{}^{}", partial.trim(), rest.trim()));
    until("both", || notices(&stage).len() == 2).await;
    assert_eq!(notices(&stage)[1].event_quantity, dec!(6));
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn trap_33_after_a_reconnect_only_the_new_keys_count() {
    let other = "ABCDEFGHIJKLMNOPABCDEFGHIJKLMNOP";
    let stage = Stage::with(Realm::Live, notice_registrations(), |server| {
        server.manner(|manner| manner.keys = vec![other.into(), "abcdefghijklmnopabcdefghijklmnop".into()]);
    })
    .await;
    live(&stage, 1).await;
    stage.server.say(sample("ws_h0stcni0_fill_partial.txt"));
    until("a lost notice", || lost(&stage) == 1).await;
    assert_eq!(notices(&stage), []);
    stage.server.cut();
    live(&stage, 2).await;
    stage.server.say(sample("ws_h0stcni0_fill_partial.txt"));
    until("a notice", || notices(&stage).len() == 1).await;
    assert_eq!(lost(&stage), 1);
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_notice_that_cannot_be_read_is_told_as_lost_and_never_guessed() {
    let stage = Stage::open(Realm::Live, notice_registrations()).await;
    live(&stage, 1).await;
    let bad = [
        "1|H0STCNI0|001|!!!!",
        "1|H0STCNI0|001|",
        "1|H0IFCNI0|001|trOGR6pkvBCZ4dOY3zGCTw==",
        "1|NOSUCH00|001|trOGR6pkvBCZ4dOY3zGCTw==",
        "1|H0STCNI0",
        "0|H0STCNI0|001|a^b^c",
        "0|H0STCNI0|002|a^b^c",
    ];
    for frame in bad {
        stage.server.say(frame);
    }
    until("every loss", || lost(&stage) == bad.len()).await;
    assert_eq!((notices(&stage), stage.feed.counters().notices), (vec![], 0));
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn trap_38_after_a_reconnect_notices_are_restored_before_market_data() {
    let stage = Stage::open(Realm::Live, notice_registrations()).await;
    stage.feed.subscribe(samsung(), all()).unwrap();
    stage.server.holds(4).await;
    live(&stage, 1).await;
    stage.server.cut();
    stage.server.hears(2, 4).await;
    live(&stage, 2).await;
    let wanted = ["1 H0STCNI0 myhtsid1", "1 H0GSCNI0 myhtsid1", "1 H0STCNT0 005930", "1 H0STASP0 005930"];
    assert_eq!(stage.server.heard(), wanted);
    assert_eq!(stage.server.approvals().into_iter().collect::<Vec<_>>(), ["approval-2"]);
    // The loss is told between the two lives.
    let news = stage.news.lock().unwrap().clone();
    let lives: Vec<usize> =
        news.iter().enumerate().filter(|(_, news)| **news == FeedNews::NoticesLive).map(|(at, _)| at).collect();
    let between = &news[lives[0]..lives[1]];
    assert!(between.iter().any(|news| matches!(news, FeedNews::Socket(SocketState::Reconnecting { .. }))));
    assert!(between.contains(&FeedNews::Socket(SocketState::Live)));
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn refused_notices_are_told_and_market_data_goes_on() {
    let stage = Stage::with(Realm::Live, notice_registrations(), |server| {
        server.manner(|manner| manner.refuses = ["myhtsid1".into()].into());
    })
    .await;
    stage.feed.subscribe(samsung(), all()).unwrap();
    stage.server.holds(2).await;
    let refused = |news: &FeedNews| matches!(news, FeedNews::NoticesRefused(text) if text.contains("OPSP0007"));
    until("both refusals", || stage.news_count(refused) == 2).await;
    assert_eq!(stage.news_count(|news| *news == FeedNews::NoticesLive), 0);
    assert_eq!(stage.server.heard().len(), 4, "each was asked for once");
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn without_notices_they_live_as_soon_as_the_socket_does() {
    let stage = Stage::open(Realm::Live, Vec::new()).await;
    live(&stage, 1).await;
    stage.server.cut();
    live(&stage, 2).await;
    stage.feed.close().await;
}
