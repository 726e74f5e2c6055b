//! Halts and interruptions by the status stream.

use hoga::broker::api::Channel;
use hoga::broker::kis::budget::Need;
use hoga::broker::kis::environment::Realm;
use hoga::market::{MarketBody, Phase, PhaseChange, Venue};

use super::server::{answer, pass, until};
use super::{SECOND, Stage, all, at, event, sample, samsung, stock};

/// The phases told of Samsung.
fn phases(stage: &mut Stage) -> Vec<Phase> {
    stage.look();
    let told = stage.told.iter().filter(|event| event.instrument == samsung());
    let phase = |body: &MarketBody| match body {
        MarketBody::Phase(change) => Some(change.phase),
        _ => None,
    };
    told.filter_map(|event| phase(&event.body)).collect()
}

async fn until_phases(stage: &mut Stage, wanted: &[Phase]) {
    until(&format!("{wanted:?}"), || phases(stage) == wanted).await;
}

/// Samsung is held, and its prints, book and status are registered.
async fn held() -> Stage {
    let stage = Stage::open(Realm::Live, Vec::new()).await;
    stage.feed.set_needs(vec![(samsung(), Need::Held)]);
    stage.feed.subscribe(samsung(), all()).unwrap();
    stage.server.holds(3).await;
    assert_eq!(stage.server.heard(), ["1 H0STCNT0 005930", "1 H0STASP0 005930", "1 H0STMKO0 005930"]);
    until("the questions", || stage.rest.asked().len() >= 4).await;
    pass(SECOND).await;
    stage
}

fn status(fields: &str) -> String {
    format!("0|H0STMKO0|001|005930^{fields}")
}

/// What a price answer says of the share.
fn says(stage: &Stage, phase: Phase) {
    let body = MarketBody::Phase(PhaseChange { phase, until: None });
    stage.rest.reply(samsung(), Channel::Trades, Ok(vec![event(samsung(), body)]));
}

#[tokio::test(start_paused = true)]
async fn an_interruption_and_a_halt_are_told_and_after_them_the_calendars_phase() {
    let mut stage = held().await;
    stage.server.say(sample("ws_h0stmko0_vi_on.txt"));
    until_phases(&mut stage, &[Phase::Volatility]).await;
    stage.server.say(status("Y^reason^^^^^55^N^N"));
    until_phases(&mut stage, &[Phase::Volatility, Phase::Halted]).await;
    stage.server.say(status("N^(null)^^^^^55^N^N"));
    until_phases(&mut stage, &[Phase::Volatility, Phase::Halted, Phase::Continuous]).await;
    // Half past three by the stream's code is not the end of the day.
    stage.server.say(status("N^(null)^129^^^^55^N^N"));
    stage.server.say(sample("ws_h0stmko0.txt"));
    pass(SECOND).await;
    assert_eq!(phases(&mut stage).len(), 3);
    let counters = stage.feed.counters();
    assert_eq!((counters.refused, counters.unasked), (0, 1), "{counters:?}");
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn what_stood_before_the_stream_began_and_ended_while_it_was_lost_an_answer_tells() {
    let mut stage = Stage::open(Realm::Live, Vec::new()).await;
    says(&stage, Phase::Halted);
    stage.feed.set_needs(vec![(samsung(), Need::Held)]);
    stage.feed.subscribe(samsung(), all()).unwrap();
    until("the halt", || phases(&mut stage).last() == Some(&Phase::Halted)).await;
    stage.server.cut();
    until("the loss", || stage.server.connections() == 2).await;
    says(&stage, Phase::Continuous);
    stage.server.holds(3).await;
    until("the end", || phases(&mut stage).last() == Some(&Phase::Continuous)).await;
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn status_gives_way_to_prints_and_with_it_what_nobody_could_end() {
    let mut stage = held().await;
    stage.server.say(sample("ws_h0stmko0_vi_on.txt"));
    until_phases(&mut stage, &[Phase::Volatility]).await;
    for number in 0..39 {
        stage.feed.subscribe(stock(number), [Channel::Trades].into()).unwrap();
    }
    stage.server.holds(41).await;
    until("room is made", || {
        let held = stage.server.held();
        held.len() == 41 && !held.iter().any(|(id, _)| id == "H0STMKO0")
    })
    .await;
    until_phases(&mut stage, &[Phase::Volatility, Phase::Continuous]).await;
    assert_eq!((stage.server.most(), stage.polled().len()), (41, 0));
    // What was on its way has nobody who would end it.
    stage.server.say(sample("ws_h0stmko0_vi_on.txt"));
    pass(SECOND).await;
    assert_eq!(phases(&mut stage).len(), 2);
    stage.feed.unsubscribe(stock(0));
    until("it comes back", || stage.server.held().iter().any(|(id, _)| id == "H0STMKO0")).await;
    assert_eq!(stage.server.most(), 41);
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_refused_status_is_not_asked_for_again_and_harms_nothing() {
    let stage = Stage::with(Realm::Live, Vec::new(), |server| server.manner(|manner| manner.mute = true)).await;
    stage.feed.set_needs(vec![(samsung(), Need::Ordered)]);
    stage.feed.subscribe(samsung(), all()).unwrap();
    stage.server.hears(1, 3).await;
    for id in ["H0STCNT0", "H0STASP0"] {
        stage.server.say(answer(id, "005930", "0", "OPSP0000", "SUBSCRIBE SUCCESS", ""));
    }
    stage.server.say(answer("H0STMKO0", "005930", "1", "OPSP0007", "SUBSCRIBE INTERNAL ERROR", ""));
    stage.server.manner(|manner| manner.mute = false);
    pass(60 * SECOND).await;
    stage.feed.set_needs(vec![(samsung(), Need::Held)]);
    pass(5 * SECOND).await;
    assert_eq!((stage.server.heard().len(), stage.polled().len()), (3, 0));
    stage.server.cut();
    stage.server.hears(2, 2).await;
    pass(5 * SECOND).await;
    assert_eq!(stage.server.heard(), ["1 H0STCNT0 005930", "1 H0STASP0 005930"]);
    stage.feed.close().await;
}

#[tokio::test(start_paused = true)]
async fn paper_asks_for_no_status_and_nextrade_has_its_own() {
    let paper = Stage::open(Realm::Paper, Vec::new()).await;
    paper.feed.set_needs(vec![(samsung(), Need::Ordered)]);
    paper.feed.subscribe(samsung(), all()).unwrap();
    paper.server.hears(1, 2).await;
    pass(5 * SECOND).await;
    assert_eq!(paper.server.heard(), ["1 H0STCNT0 005930", "1 H0STASP0 005930"]);
    paper.feed.close().await;
    let live = Stage::open(Realm::Live, Vec::new()).await;
    let next = at(Venue::Nxt, "005930");
    live.feed.set_selected([next].into());
    live.feed.subscribe(next, all()).unwrap();
    live.server.hears(1, 3).await;
    assert_eq!(live.server.heard(), ["1 H0NXCNT0 005930", "1 H0NXASP0 005930", "1 H0NXMKO0 005930"]);
    live.feed.close().await;
}
