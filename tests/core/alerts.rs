//! Alerts, by what somebody who set one and left would notice.

use std::time::Duration;

use hoga::broker::api::{BrokerError, BrokerEvent, RequestBody};
use hoga::config::World;
use hoga::desk::alert::{AlertCondition, AlertRecord};
use hoga::desk::core::{AlertCommand, CoreCommand};
use hoga::desk::protocol::{Failure, Outcome, Response};
use hoga::market::{BookUpdate, DayStats, Level, MarketBody, MarketEvent, Phase, PhaseChange, Sequence, Side, Trade};
use hoga::order::{Bracket, OrderKind, OrderState};
use rust_decimal::{Decimal, dec};

use crate::desk::{COIN, Desk, STOCK, id_of, limit, order, placed, price, units};
use crate::venue::Venue;

/// A connected desk whose markets trade at 70,000, and for which data is old after five seconds.
fn connected() -> (Desk, Venue) {
    let mut desk = Desk::new(World::Virtual, 5);
    let mut venue = Venue::default();
    desk.connect();
    venue.serve(&mut desk);
    desk.open_markets();
    desk.ask(CoreCommand::RiskSet { key: "max_data_age_ms".into(), value: "5000".into() });
    (desk, venue)
}

fn answer(desk: &mut Desk, command: AlertCommand) -> Result<Response, Failure> {
    let token = desk.ask(CoreCommand::Alert(command));
    match desk.reply(token).expect("an answer") {
        Outcome::Ok(response) => Ok((**response).clone()),
        Outcome::Failed(failure) => Err((**failure).clone()),
    }
}

fn try_add(desk: &mut Desk, symbol: &str, condition: &str) -> Result<AlertRecord, Failure> {
    let condition = condition.parse().unwrap();
    match answer(desk, AlertCommand::Add { symbol: symbol.into(), condition, note: None })? {
        Response::Alert(alert) => Ok(alert),
        other => panic!("{other:?}"),
    }
}

fn add(desk: &mut Desk, condition: &str) -> u64 {
    try_add(desk, STOCK, condition).unwrap().id
}

/// An alert as `alert list` shows it.
fn shown(desk: &Desk, id: u64) -> AlertRecord {
    desk.core.alerts(0).into_iter().find(|alert| alert.id == id).unwrap()
}

fn fired(desk: &Desk, id: u64) -> Option<String> {
    let alert = shown(desk, id);
    alert.fired_at.map(|_| alert.value.unwrap_or_default())
}

/// How often somebody was told that an alert fired.
fn told(desk: &Desk, id: u64) -> usize {
    let start = format!("alert {id}: ");
    desk.events.iter().filter(|event| event.kind == "alert" && event.text.starts_with(&start)).count()
}

fn print(desk: &mut Desk, at: i64, quantity: u32, side: Side) {
    desk.market(
        STOCK,
        MarketBody::Trade(Trade { id: 0, price: price(at), quantity: units(quantity), side: Some(side) }),
    );
}

fn book(desk: &mut Desk, bid: u32, ask: u32) {
    let level = |at: i64, quantity: u32| Level { price: price(at), quantity: units(quantity) };
    desk.market(
        STOCK,
        MarketBody::Book(Box::new(BookUpdate {
            sequence: Sequence::Whole,
            bids: vec![level(69_900, bid)],
            asks: vec![level(70_000, ask)],
        })),
    );
}

fn phase(desk: &mut Desk, phase: Phase) {
    desk.market(STOCK, MarketBody::Phase(PhaseChange { phase, until: None }));
}

#[test]
fn a_price_fires_once_at_its_bound_and_says_which_price_it_was() {
    let (mut desk, _) = connected();
    let above = add(&mut desk, "price >= 71000");
    let below = add(&mut desk, "price <= 69000");
    desk.trade(COIN, 80_000);
    desk.trade(STOCK, 70_900);
    assert_eq!((fired(&desk, above), fired(&desk, below)), (None, None));
    desk.trade(STOCK, 71_000);
    assert_eq!(fired(&desk, above).as_deref(), Some("71000"));
    let at = shown(&desk, above).fired_at;
    desk.pass(Duration::from_secs(1));
    for price in [71_500, 70_000, 72_000] {
        desk.trade(STOCK, price);
    }
    assert_eq!((shown(&desk, above).fired_at, told(&desk, above)), (at, 1), "once, not with every print");
    assert_eq!(fired(&desk, below), None);
    desk.trade(STOCK, 68_000);
    assert_eq!(fired(&desk, below).as_deref(), Some("68000"));
    let event = desk.events.iter().find(|event| event.kind == "alert").unwrap();
    assert_eq!(event.text, "alert 1: SIM:005930 price >= 71000, 71000");
    assert_eq!(event.profile.as_ref().unwrap().as_str(), "test");
    desk.audit();
}

#[test]
fn what_is_so_already_fires_at_once() {
    let (mut desk, _) = connected();
    let alert = try_add(&mut desk, STOCK, "price >= 69000").unwrap();
    assert_eq!(alert.value.as_deref(), Some("70000"), "the answer says so");
    assert_eq!(told(&desk, alert.id), 1);
    desk.trade(STOCK, 75_000);
    assert_eq!(told(&desk, alert.id), 1);
}

#[test]
fn old_data_fires_nothing() {
    let (mut desk, _) = connected();
    book(&mut desk, 90, 10);
    desk.now = desk.now.plus(Duration::from_secs(6));
    let high = add(&mut desk, "price >= 69000");
    let thick = add(&mut desk, "imbalance >= 80");
    assert_eq!((fired(&desk, high), fired(&desk, thick)), (None, None), "nobody knows the price now");
    let trade = Trade { id: 0, price: price(70_000), quantity: units(1), side: None };
    let (instrument, long_ago) = (id_of(STOCK), desk.now.minus(Duration::from_secs(6)));
    let body = MarketBody::Trade(trade);
    let event = MarketEvent { instrument, venue_time: desk.now, received_at: long_ago, body: body.clone() };
    desk.hear(BrokerEvent::Market(event));
    assert_eq!(fired(&desk, high), None, "received long ago, handled now");
    desk.trade(STOCK, 68_000);
    let event = MarketEvent { instrument, venue_time: long_ago, received_at: desk.now, body };
    desk.hear(BrokerEvent::Market(event));
    assert_eq!(fired(&desk, high), None, "a late print is not the last price");
    desk.trade(STOCK, 69_000);
    assert_eq!(fired(&desk, high).as_deref(), Some("69000"));
}

#[test]
fn nothing_fires_at_once_on_a_cut_line() {
    let (mut desk, mut venue) = connected();
    desk.cut();
    let high = add(&mut desk, "price >= 69000");
    assert_eq!(fired(&desk, high), None);
    desk.connect();
    venue.serve(&mut desk);
    desk.trade(STOCK, 69_500);
    assert_eq!(told(&desk, high), 1);
}

#[test]
fn a_change_is_against_the_previous_close() {
    let (mut desk, _) = connected();
    let (up, down) = (add(&mut desk, "change >= 3"), add(&mut desk, "change <= -2.5"));
    desk.trade(STOCK, 72_000);
    assert_eq!(fired(&desk, up), None, "2.86 %");
    let day = DayStats { previous_close: Some(price(69_000)), ..DayStats::default() };
    desk.market(STOCK, MarketBody::Day(day));
    assert_eq!(fired(&desk, up), None, "a base is no print");
    desk.trade(STOCK, 71_100);
    assert_eq!(fired(&desk, up).as_deref(), Some("3.04"));
    desk.trade(STOCK, 67_300);
    assert_eq!(fired(&desk, down), None, "-2.46 %");
    desk.trade(STOCK, 67_200);
    assert_eq!(fired(&desk, down).as_deref(), Some("-2.61"));
}

#[test]
fn a_strength_needs_enough_prints_to_mean_something() {
    let (mut desk, _) = connected();
    let (strong, weak) = (add(&mut desk, "strength >= 150"), add(&mut desk, "strength <= 60"));
    for _ in 0..14 {
        print(&mut desk, 70_000, 9, Side::Buy);
        print(&mut desk, 70_000, 3, Side::Sell);
    }
    print(&mut desk, 70_000, 9, Side::Buy);
    desk.trade(STOCK, 70_000);
    assert_eq!(fired(&desk, strong), None, "29 prints of takers, and one of an auction");
    print(&mut desk, 70_000, 3, Side::Sell);
    assert_eq!(fired(&desk, strong).as_deref(), Some("300"));
    print(&mut desk, 70_000, 1_000, Side::Sell);
    assert_eq!(fired(&desk, weak).as_deref(), Some("12.92"));
    // A new day is counted anew.
    let strong = add(&mut desk, "strength >= 100");
    desk.now = desk.now.plus(Duration::from_secs(86_400));
    for _ in 0..29 {
        print(&mut desk, 70_000, 9, Side::Buy);
    }
    assert_eq!(fired(&desk, strong), None);
    print(&mut desk, 70_000, 261, Side::Sell);
    assert_eq!(fired(&desk, strong).as_deref(), Some("100"));
}

#[test]
fn an_imbalance_counts_the_bids_of_a_book_that_can_be_trusted() {
    let (mut desk, _) = connected();
    let (bids, asks) = (add(&mut desk, "imbalance >= 70"), add(&mut desk, "imbalance <= 20"));
    book(&mut desk, 69, 31);
    assert_eq!(fired(&desk, bids), None);
    desk.market(STOCK, MarketBody::Stale);
    desk.trade(STOCK, 70_000);
    assert_eq!(fired(&desk, bids), None);
    book(&mut desk, 70, 30);
    assert_eq!(fired(&desk, bids).as_deref(), Some("70"));
    book(&mut desk, 70, 30);
    assert_eq!(told(&desk, bids), 1);
    book(&mut desk, 1, 5);
    assert_eq!(fired(&desk, asks).as_deref(), Some("16.67"));
    desk.market(STOCK, MarketBody::Stale);
    let now = add(&mut desk, "imbalance <= 50");
    assert_eq!(fired(&desk, now), None, "the book is not trusted");
}

#[test]
fn an_interruption_fires_when_it_begins() {
    let (mut desk, _) = connected();
    phase(&mut desk, Phase::Volatility);
    let alert = add(&mut desk, "vi");
    let low = add(&mut desk, "price <= 60000");
    phase(&mut desk, Phase::Volatility);
    assert_eq!(fired(&desk, alert), None, "that one began before the alert");
    phase(&mut desk, Phase::Continuous);
    phase(&mut desk, Phase::ClosingAuction);
    assert_eq!(fired(&desk, alert), None);
    phase(&mut desk, Phase::Volatility);
    assert_eq!(fired(&desk, alert).as_deref(), Some("70000"), "with the price it began at");
    phase(&mut desk, Phase::Continuous);
    phase(&mut desk, Phase::Volatility);
    assert_eq!((told(&desk, alert), fired(&desk, low)), (1, None));
}

#[test]
fn an_order_fires_when_it_enters_the_state_after_the_alert() {
    let (mut desk, mut venue) = connected();
    let before = desk.submit(limit(STOCK, Side::Buy, 69_000, 10)).unwrap();
    venue.serve(&mut desk);
    let accepted = add(&mut desk, "order accepted");
    let partly = add(&mut desk, "order partially_filled");
    let filled = add(&mut desk, "order filled");
    desk.ask(CoreCommand::Replace {
        order: before.to_string(),
        price: Some(price(69_100)),
        stop_price: None,
        quantity: None,
    });
    venue.serve(&mut desk);
    assert_eq!(fired(&desk, accepted), None, "it was accepted before");
    let coin = desk.submit(limit(COIN, Side::Buy, 69_000, 1)).unwrap();
    venue.serve(&mut desk);
    for event in venue.fill(desk.now, coin, units(1), 69_000) {
        desk.hear(event);
    }
    assert_eq!((fired(&desk, accepted), fired(&desk, filled)), (None, None), "another instrument");
    let second = desk.submit(limit(STOCK, Side::Buy, 68_000, 10)).unwrap();
    venue.serve(&mut desk);
    assert_eq!(fired(&desk, accepted), Some(second.to_string()));
    for part in [3, 3, 4] {
        for event in venue.fill(desk.now, second, units(part), 68_000) {
            desk.hear(event);
        }
    }
    assert_eq!((fired(&desk, partly), told(&desk, partly)), (Some(second.to_string()), 1));
    assert_eq!((fired(&desk, filled), told(&desk, filled)), (Some(second.to_string()), 1));
    let event = desk.events.iter().rfind(|event| event.kind == "alert").unwrap();
    assert_eq!(event.order_id, Some(second.to_string()));
    desk.audit();
}

#[test]
fn an_order_refused_at_the_last_gate_fires_too() {
    let (mut desk, _) = connected();
    let alert = add(&mut desk, "order rejected");
    desk.slow_disk = true;
    desk.ask(CoreCommand::Submit(limit(STOCK, Side::Buy, 69_000, 1)));
    desk.ask(CoreCommand::Halt);
    desk.commit();
    desk.commit();
    assert!(fired(&desk, alert).is_some());
    desk.audit();
}

#[test]
fn an_order_that_a_crash_made_unknown_fires() {
    let (mut desk, _) = connected();
    let alert = add(&mut desk, "order unknown");
    let sent = desk.submit(limit(STOCK, Side::Buy, 69_000, 1)).unwrap();
    desk.restart();
    assert_eq!(fired(&desk, alert), Some(sent.to_string()));
    desk.restart();
    assert_eq!(told(&desk, alert), 1);
    desk.audit();
}

/// Time passes while the markets trade on.
fn live(desk: &mut Desk, venue: &mut Venue, seconds: u64) {
    for _ in 0..seconds * 2 {
        desk.trade(COIN, 70_000);
        desk.pass(Duration::from_millis(500));
        venue.serve(desk);
    }
}

fn with_stop() -> (Desk, Venue, u64) {
    let (mut desk, mut venue) = connected();
    let stop = order(STOCK, Side::Buy, OrderKind::Stop { trigger: price(75_000) }, 1);
    desk.submit(stop).unwrap();
    venue.serve(&mut desk);
    let alert = add(&mut desk, "stop unwatched");
    live(&mut desk, &mut venue, 20);
    assert_eq!(fired(&desk, alert), None, "the desk watches it");
    (desk, venue, alert)
}

#[test]
fn a_stop_that_nobody_watches_fires_when_it_lasts() {
    let (mut desk, mut venue, alert) = with_stop();
    for _ in 0..3 {
        desk.cut();
        for _ in 0..8 {
            desk.pass(Duration::from_millis(500));
        }
        desk.connect();
        venue.serve(&mut desk);
        live(&mut desk, &mut venue, 2);
        assert_eq!(fired(&desk, alert), None, "a line that comes back is no news");
    }
    desk.cut();
    for _ in 0..20 {
        desk.pass(Duration::from_millis(500));
    }
    assert_eq!(told(&desk, alert), 1);
}

#[test]
fn a_stop_on_a_silent_feed_is_watched_by_nobody() {
    let (mut desk, _, alert) = with_stop();
    for _ in 0..12 {
        desk.pass(Duration::from_secs(1));
    }
    assert_eq!(told(&desk, alert), 1);
}

#[test]
fn a_halted_desk_watches_no_stop() {
    let (mut desk, mut venue, alert) = with_stop();
    desk.ask(CoreCommand::Halt);
    live(&mut desk, &mut venue, 4);
    assert_eq!(told(&desk, alert), 0);
    live(&mut desk, &mut venue, 3);
    assert_eq!(told(&desk, alert), 1);
}

#[test]
fn a_stop_that_was_set_off_and_refused_fires_at_once() {
    let (mut desk, mut venue) = connected();
    let mut entry = limit(STOCK, Side::Buy, 70_000, 10);
    entry.bracket = Bracket { stop_loss: Some(price(69_000)), ..Bracket::default() };
    let entry = desk.submit(entry).unwrap();
    venue.serve(&mut desk);
    for event in venue.fill(desk.now, entry, units(10), 70_000) {
        desk.hear(event);
    }
    venue.serve(&mut desk);
    let alert = add(&mut desk, "stop unwatched");
    desk.trade(STOCK, 68_900);
    let stop = desk.take_wire().into_iter().find(|request| placed(request).is_some()).unwrap();
    assert_eq!(fired(&desk, alert), None, "it is on its way");
    let refused = BrokerError::Refused { code: "1".into(), text: "no".into() };
    desk.hear(BrokerEvent::Answer { id: stop.id, outcome: Err(refused) });
    assert_eq!(fired(&desk, alert), placed(&stop).map(|id| id.to_string()));
    desk.audit();
}

#[test]
fn a_restart_forgets_no_alert_and_fires_none_twice() {
    let (mut desk, mut venue) = connected();
    let done = add(&mut desk, "price >= 71000");
    let waits = add(&mut desk, "price >= 75000");
    let gone = add(&mut desk, "vi");
    desk.trade(STOCK, 71_200);
    answer(&mut desk, AlertCommand::Acknowledge { ids: Vec::new() }).unwrap();
    answer(&mut desk, AlertCommand::Remove { id: gone }).unwrap();
    let before = desk.core.alerts(0);
    desk.pass(Duration::from_secs(60));
    desk.restart();
    assert_eq!(desk.core.alerts(0), before);
    desk.connect();
    venue.serve(&mut desk);
    desk.trade(STOCK, 76_000);
    assert_eq!((told(&desk, done), told(&desk, waits)), (1, 1));
    assert_eq!(fired(&desk, done).as_deref(), Some("71200"), "what fired it stays");
    desk.restart();
    assert_eq!(fired(&desk, waits).as_deref(), Some("76000"));
    desk.connect();
    venue.serve(&mut desk);
    desk.trade(STOCK, 77_000);
    assert_eq!(told(&desk, waits), 1);
    let next = add(&mut desk, "price >= 90000");
    assert_eq!(next, gone + 1, "a number never names another alert");
    desk.audit();
}

#[test]
fn nobody_is_told_before_it_is_on_disk() {
    let (mut desk, mut venue) = connected();
    let id = add(&mut desk, "price >= 71000");
    desk.commit();
    desk.alerts.clear();
    desk.slow_disk = true;
    desk.trade(STOCK, 71_000);
    assert_eq!((told(&desk, id), desk.alerts.len()), (0, 0));
    // The process dies before the disk has it: the alert has not fired, and fires again.
    desk.restart();
    assert_eq!(fired(&desk, id), None);
    desk.slow_disk = false;
    desk.connect();
    venue.serve(&mut desk);
    desk.trade(STOCK, 71_100);
    assert_eq!((told(&desk, id), desk.alerts.len()), (1, 1));
    desk.audit();
}

#[test]
fn an_alert_asks_for_its_data_also_after_the_line_was_cut() {
    let mut desk = Desk::registering(World::Virtual, 5, Some(40));
    let mut venue = Venue::default();
    let asked = |desk: &Desk| {
        let wanted = |body: &RequestBody| matches!(body, RequestBody::Subscribe(id, _) if *id == id_of(STOCK));
        desk.wire.iter().filter(|request| wanted(&request.body)).count()
    };
    desk.connect();
    venue.serve(&mut desk);
    desk.pass(Duration::from_secs(1));
    assert_eq!(asked(&desk), 0, "nobody needs it");
    add(&mut desk, "price >= 71000");
    assert_eq!(asked(&desk), 1);
    venue.serve(&mut desk);
    desk.restart();
    desk.connect();
    let instruments: Vec<_> = desk.take_wire();
    for request in instruments {
        for event in venue.handle(desk.now, request) {
            desk.hear(event);
        }
    }
    assert_eq!(asked(&desk), 1, "after a restart nobody is there to ask");
}

#[test]
fn an_alert_that_waits_is_something_the_desk_holds() {
    let (mut desk, _) = connected();
    assert!(desk.core.holdings().is_empty());
    let id = add(&mut desk, "price >= 71000");
    assert_eq!(desk.core.holdings(), ["alert 1 005930 price >= 71000"]);
    desk.trade(STOCK, 71_000);
    assert!(desk.core.holdings().is_empty(), "alert {id} has fired");
}

#[test]
fn the_same_alert_is_made_once_and_there_is_an_end_to_them() {
    let (mut desk, _) = connected();
    let first = add(&mut desk, "price >= 80000");
    assert_eq!(add(&mut desk, "price > 80000.0"), first);
    for n in 1..1_000 {
        add(&mut desk, &format!("price >= {}", 80_000 + n));
    }
    assert_eq!(desk.core.holdings().last().unwrap(), "alerts, 990 more");
    let full = try_add(&mut desk, COIN, "vi").unwrap_err();
    assert_eq!(full.code, "ALERTS_FULL");
    assert!(full.message.contains("1000"), "{full}");
    answer(&mut desk, AlertCommand::Remove { id: 500 }).unwrap();
    try_add(&mut desk, COIN, "vi").unwrap();
    assert_eq!(try_add(&mut desk, "NOPE", "vi").unwrap_err().code, "UNKNOWN_SYMBOL");
    desk.trade(STOCK, 90_000);
    assert_eq!(desk.core.holdings(), ["alert 1001 BTCUSDT vi"], "all of one print");
    desk.audit();
}

#[test]
fn fired_alerts_do_not_pile_up_for_ever() {
    let (mut desk, _) = connected();
    for n in 0..2_005 {
        let condition = AlertCondition::Price {
            crossing: hoga::desk::alert::Crossing::Below,
            price: hoga::market::Price::new(dec!(80_000) + Decimal::from(n)).unwrap(),
        };
        answer(&mut desk, AlertCommand::Add { symbol: STOCK.into(), condition, note: None }).unwrap();
    }
    let kept = desk.core.alerts(0);
    assert_eq!((kept.len(), kept[0].id), (2_000, 6), "the oldest went");
    desk.restart();
    assert_eq!(desk.core.alerts(0), kept);
    desk.audit();
}

#[test]
fn only_what_fired_can_be_seen() {
    let (mut desk, _) = connected();
    let (high, low) = (add(&mut desk, "price >= 71000"), add(&mut desk, "price <= 60000"));
    desk.trade(STOCK, 71_000);
    let mut acknowledge = |ids: &[u64]| answer(&mut desk, AlertCommand::Acknowledge { ids: ids.to_vec() });
    assert_eq!(acknowledge(&[high, low]).unwrap_err().code, "NOT_FIRED");
    assert_eq!(acknowledge(&[high, 77]).unwrap_err().code, "NO_SUCH_ALERT");
    let Ok(Response::Alerts(seen)) = acknowledge(&[]) else { panic!("not acknowledged") };
    assert_eq!(seen.iter().map(|alert| alert.id).collect::<Vec<_>>(), [high], "refused ones changed nothing before");
    let at = seen[0].acknowledged_at;
    assert!(at.is_some());
    let Ok(Response::Alerts(again)) = acknowledge(&[high]) else { panic!("not acknowledged") };
    assert_eq!(again[0].acknowledged_at, at);
    assert_eq!(answer(&mut desk, AlertCommand::Remove { id: 77 }).unwrap_err().code, "NO_SUCH_ALERT");
    let removed = answer(&mut desk, AlertCommand::Remove { id: low }).unwrap();
    assert!(matches!(removed, Response::Alert(alert) if alert.id == low));
    assert!(desk.alerts.last().unwrap().1, "told as gone");
    desk.trade(STOCK, 50_000);
    assert_eq!(told(&desk, low), 0);
}

#[test]
fn a_condition_that_a_face_made_up_and_cannot_hold_is_refused() {
    let (mut desk, _) = connected();
    let condition = AlertCondition::Order { state: OrderState::Sent };
    let refused = answer(&mut desk, AlertCommand::Add { symbol: STOCK.into(), condition, note: None });
    assert_eq!(refused.unwrap_err().code, "BAD_ALERT");
    assert!(desk.core.alerts(0).is_empty());
}

#[test]
fn a_note_is_one_line_and_goes_where_the_alert_goes() {
    let (mut desk, _) = connected();
    let note = Some(" 목표가\n도달\u{1b}[31m ".to_owned());
    let condition = "price >= 71000".parse().unwrap();
    answer(&mut desk, AlertCommand::Add { symbol: STOCK.into(), condition, note }).unwrap();
    desk.trade(STOCK, 71_000);
    let event = desk.events.iter().find(|event| event.kind == "alert").unwrap();
    assert_eq!(event.text, "alert 1: SIM:005930 price >= 71000, 71000 (목표가도달[31m)");
}
