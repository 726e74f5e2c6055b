//! Shares that say nothing for a while.

use std::time::Duration;

use hoga::broker::api::Channel;
use hoga::broker::kis::environment::Realm;
use hoga::market::MarketBody;

use super::server::pass;
use super::{SECOND, Stage, all, book, now, sample, samsung};

/// When it was said since the last look that Samsung stands, in seconds from the beginning.
fn stood(stage: &mut Stage) -> Vec<u64> {
    stage.told.clear();
    stage.look();
    let words = stage.told.iter().filter(|event| event.body == MarketBody::Expected(None));
    words.map(|event| event.received_at.since(now()).as_secs()).collect()
}

async fn quiet() -> Stage {
    let stage = Stage::ticking(Realm::Live).await;
    stage.rest.reply(samsung(), Channel::Book, Ok(vec![book(samsung(), "244000", "244500")]));
    stage
}

#[tokio::test(start_paused = true)]
async fn what_was_told_stands_while_the_server_pings() {
    let mut stage = quiet().await;
    stage.feed.subscribe(samsung(), all()).unwrap();
    stage.server.holds(2).await;
    pass(2 * SECOND).await;
    stage.look();
    assert_eq!(stage.count(|body| matches!(body, MarketBody::Book(_))), 2, "once at once, once when it is registered");
    for _ in 0..6 {
        stage.server.say(sample("ws_pingpong.json"));
        pass(10 * SECOND).await;
    }
    let times = stood(&mut stage);
    assert!(times.len() >= 55 && times.windows(2).all(|two| two[1] - two[0] <= 2), "{times:?}");
    // The server pings no more.
    pass(60 * SECOND).await;
    let last = stood(&mut stage).last().copied().unwrap_or_default();
    assert!((60..=70).contains(&last), "{last}");
    stage.server.say(sample("ws_pingpong.json"));
    pass(3 * SECOND).await;
    assert!(stood(&mut stage).last() > Some(&120));
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_socket_that_never_was_quiet_is_missed_within_seconds() {
    let mut stage = quiet().await;
    stage.feed.subscribe(samsung(), all()).unwrap();
    stage.server.holds(2).await;
    // Of another share, which is busy.
    for _ in 0..700 {
        stage.server.say(sample("ws_h0stcnt0.txt").replace("005930", "000660"));
        pass(Duration::from_millis(100)).await;
    }
    assert!(stood(&mut stage).last() >= Some(&68));
    pass(20 * SECOND).await;
    let times = stood(&mut stage);
    assert!(times.last().is_none_or(|last| *last <= 76), "{times:?}");
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn what_may_have_changed_unseen_does_not_stand() {
    // Its registration has no answer: nothing comes by the stream.
    let mut stage = quiet().await;
    stage.server.manner(|manner| manner.mute = true);
    stage.feed.subscribe(samsung(), all()).unwrap();
    stage.server.hears(1, 2).await;
    pass(10 * SECOND).await;
    assert_eq!(stood(&mut stage), [0_u64; 0]);
    stage.feed.close().await;
    // What was missed before the registration has not been asked for.
    let mut stage = quiet().await;
    let rest = std::sync::Arc::clone(&stage.rest);
    let held = rest.held.write().await;
    stage.feed.subscribe(samsung(), all()).unwrap();
    stage.server.holds(2).await;
    pass(10 * SECOND).await;
    assert_eq!(stood(&mut stage), [0_u64; 0]);
    drop(held);
    pass(5 * SECOND).await;
    assert!(stood(&mut stage).len() >= 3);
    stage.feed.close().await;
}
