//! A recorded market behind the broker trait: what a desk sees of it, and what becomes of its orders.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[allow(dead_code)]
mod replay_support;

use std::collections::BTreeSet;
use std::sync::Arc;

use hoga::broker::api::{
    Answer, Broker, BrokerError, BrokerEvent, Channel, Connection, Found, ProfitBy, RealisedQuestion, RequestBody,
};
use hoga::broker::opening::{BrokerSource, OpenError, Opening};
use hoga::broker::registry::Registry;
use hoga::broker::replay::SAMPLE;
use hoga::config::{BrokerName, Profile, RiskLimits, World};
use hoga::market::book::OrderBook;
use hoga::market::candle::Interval;
use hoga::market::{MarketBody, MarketEvent, Phase, Product, Side, UtcTime};
use hoga::order::fee::Liquidity;
use hoga::order::{OrderKind, OrderState, TimeInForce};
use replay_support::{
    Desk, Recorder, bitcoin, find, limit, line, market, millis, place, price, quantity, reference, start, total,
};
use rust_decimal::dec;

fn profile() -> Profile {
    Profile::new("replay".parse().unwrap(), BrokerName::Replay, World::Virtual, RiskLimits::default())
}

fn open(profile: Profile) -> Result<Box<dyn Broker>, OpenError> {
    let opening = Opening { profile, journal: "unused".into(), data_dir: "unused".into(), wake: Arc::new(|| {}) };
    Registry.open(&opening, start())
}

fn quiet() -> Recorder {
    Recorder::new().book(0).bid(1_000, "59999", "4")
}

/// The book a desk would show after these events.
fn rebuilt(events: &[MarketEvent]) -> OrderBook {
    let mut book = OrderBook::new(1, 3);
    for event in events {
        match &event.body {
            MarketBody::Book(update) => {
                book.apply(update);
            }
            MarketBody::Stale => book.mark_stale(hoga::market::book::StaleReason::Feed),
            _ => {}
        }
    }
    book
}

#[test]
fn the_sample_opens_by_its_profile_and_its_book_is_live() {
    let mut desk = Desk::new(open(profile()).unwrap());
    let Ok(Answer::Instruments(instruments)) = desk.ask(RequestBody::Instruments) else { panic!("no instruments") };
    let [instrument] = instruments.as_slice() else { panic!("{instruments:?}") };
    assert_eq!((instrument.id, instrument.product), (bitcoin(), Product::CryptoPerpetual));
    assert_eq!((instrument.price_decimals, instrument.lot), (1, quantity("0.001")));
    assert_eq!(instrument.tiers[0].max_leverage, 125);
    desk.subscribe();
    desk.pass_in(10_000, 10);
    let events = desk.market();
    let book = rebuilt(&events);
    let counts = book.counts();
    assert!(book.live().is_some() && counts.gaps == 0 && counts.crossed == 0, "{:?} {counts:?}", book.state());
    assert!(
        events.iter().any(|event| matches!(event.body, MarketBody::Phase(change) if change.phase == Phase::Continuous))
    );
    for event in &events {
        assert!(event.received_at >= start() && event.received_at <= desk.now, "received on the desk's clock");
        assert!(
            event.venue_time < UtcTime::parse("2024-08-10T00:00:00Z").unwrap(),
            "venue times are the recorded ones"
        );
    }
    let traded: rust_decimal::Decimal = {
        let Ok(Answer::Candles(candles)) = desk.ask(RequestBody::Candles {
            instrument: bitcoin(),
            interval: Interval::Minute1,
            count: 100,
            until: None,
        }) else {
            panic!("no candles")
        };
        assert!(candles.windows(2).all(|pair| pair[0].time < pair[1].time));
        candles.iter().map(|candle| candle.volume.value()).sum()
    };
    let told = desk.market().into_iter().rev().find_map(|event| match event.body {
        MarketBody::Day(day) => Some(day),
        _ => None,
    });
    let day = told.unwrap();
    assert!(day.high >= day.low && day.volume.value() <= traded && traded > dec!(0), "{day:?} {traded}");
    let Ok(Answer::Trades(trades)) = desk.ask(RequestBody::RecentTrades(bitcoin(), 5)) else { panic!("no trades") };
    assert_eq!(trades.len(), 5);
}

#[test]
fn the_replay_can_do_what_it_says() {
    let can = Registry.capabilities(&profile()).unwrap();
    assert_eq!((can.broker, can.worlds), ("replay", [World::Virtual].as_slice()));
    assert!(can.virtual_cash && can.leverage && !can.hedge_mode && can.request_lifetime.is_zero());
    assert_eq!(can.streams, BTreeSet::from([Channel::Trades, Channel::Book, Channel::Quote]));
    let mut desk = Desk::subscribed(quiet().bytes());
    assert!(matches!(desk.ask(RequestBody::SetLeverage(bitcoin(), 125)), Ok(Answer::Done)));
    assert!(matches!(desk.ask(RequestBody::SetLeverage(bitcoin(), 126)), Err(BrokerError::Refused { .. })));
    let other = "BINANCE_FUTURES:ETHUSDT".parse().unwrap();
    assert!(matches!(desk.ask(RequestBody::Subscribe(other, BTreeSet::new())), Err(BrokerError::NotFound(_))));
    assert!(matches!(desk.ask(RequestBody::Positions), Ok(Answer::Account(reports)) if reports.is_empty()));
    assert!(matches!(desk.ask(RequestBody::Balances), Ok(Answer::Account(reports)) if reports.is_empty()));
    let stop = place(1, Side::Buy, OrderKind::Stop { trigger: price("60100") }, "1");
    assert!(matches!(desk.ask(RequestBody::Place(stop)), Err(BrokerError::Unsupported(_))));
    let counted = RequestBody::Realised(RealisedQuestion { from: None, to: None, by: ProfitBy::Day });
    let told = desk.ask(counted).unwrap_err().to_string();
    assert!(told.contains("`hoga pnl` has the ledger's"), "{told}");
    let dust = limit(2, Side::Buy, "4000", "0.001");
    assert!(
        matches!(desk.ask(RequestBody::Place(dust)), Err(BrokerError::Refused { code, .. }) if code == "MIN_NOTIONAL")
    );
}

#[test]
fn a_market_order_takes_what_is_shown() {
    let mut desk = Desk::subscribed(quiet().bytes());
    desk.send(RequestBody::Place(market(1, Side::Buy, "5")));
    assert_eq!(desk.orders(79), Vec::<String>::new(), "nothing is known before the answer has come back");
    assert_eq!(
        desk.orders(1),
        ["2 placed", "accepted 0/5", "fill 4 @ 60001 taker", "fill 1 @ 60002 taker", "filled 5/5"]
    );
    let fills = desk.fills();
    assert_eq!(fills[0].time, start().plus(millis(120)), "fills are timed by the desk's clock");
    assert!(fills[0].execution_id.as_str().starts_with(&format!("P-{}-", start().nanos())));
    assert_ne!(fills[0].execution_id, fills[1].execution_id);
    desk.send(RequestBody::Place(market(2, Side::Buy, "100")));
    assert_eq!(desk.orders(80), ["3 placed", "accepted 0/100", "fill 5 @ 60002 taker", "expired 5/100"]);
}

#[test]
fn a_resting_order_waits_its_turn_and_is_filled_by_trades() {
    let tape = Recorder::new()
        .book(0)
        .trade(500, "60000", "3", Side::Sell)
        .trade(1_000, "60000", "2.5", Side::Sell)
        .trade(1_500, "60000", "4", Side::Sell)
        .trade(2_000, "60000", "1", Side::Buy);
    let mut desk = Desk::subscribed(tape.bytes());
    desk.send(RequestBody::Place(limit(1, Side::Buy, "60000", "2")));
    assert_eq!(desk.orders(80), ["2 placed", "accepted 0/2"]);
    let ahead = |desk: &mut Desk| match desk.ask(RequestBody::OpenOrders) {
        Ok(Answer::Orders { orders, complete: true }) => orders[0].queue_ahead,
        other => panic!("{other:?}"),
    };
    assert_eq!(ahead(&mut desk), Some(quantity("5")), "behind everything that was shown");
    desk.pass(300);
    assert_eq!(ahead(&mut desk), Some(quantity("2")));
    assert_eq!(desk.orders(500), ["fill 0.5 @ 60000 maker", "partially_filled 0.5/2"]);
    assert_eq!(desk.orders(500), ["fill 1.5 @ 60000 maker", "filled 2/2"]);
    assert!(desk.fills().iter().all(|fill| fill.liquidity == Liquidity::Maker));
    let Ok(Answer::Fills { fills, complete: true }) = desk.ask(RequestBody::Fills { since: start() }) else { panic!() };
    assert_eq!(fills, desk.fills());
    assert!(
        matches!(desk.ask(RequestBody::Fills { since: desk.now }), Ok(Answer::Fills { fills, .. }) if fills.is_empty())
    );
}

#[test]
fn orders_are_canceled_and_replaced_and_changes_of_ended_ones_are_refused() {
    let mut desk = Desk::subscribed(quiet().bytes());
    desk.send(RequestBody::Place(limit(1, Side::Buy, "59000", "2")));
    desk.pass(80);
    let kind = OrderKind::Limit { price: price("59500") };
    desk.send(RequestBody::Replace { order: reference(1), kind, quantity: quantity("3") });
    assert_eq!(desk.orders(80), ["3 replaced", "accepted 0/3"]);
    let Ok(Answer::Found(Found::Order(report))) = desk.ask(RequestBody::FindOrder(find(1))) else { panic!() };
    assert_eq!((report.kind, report.quantity, report.state), (kind, quantity("3"), OrderState::Accepted));
    desk.send(RequestBody::Cancel(reference(1)));
    desk.send(RequestBody::Cancel(reference(1)));
    assert_eq!(desk.orders(80), ["5 canceled true", "canceled 0/3", "6 DONE"]);
    desk.send(RequestBody::Cancel(reference(1)));
    desk.send(RequestBody::Replace { order: reference(1), kind, quantity: quantity("3") });
    desk.send(RequestBody::Cancel(reference(9)));
    let told = desk.orders(80);
    assert_eq!(told[..2], ["7 DONE", "8 DONE"]);
    assert!(told[2].contains("not found"), "{told:?}");
    desk.send(RequestBody::Place(limit(1, Side::Buy, "59000", "2")));
    assert_eq!(desk.orders(80), ["10 DUPLICATE"]);
    assert!(matches!(desk.ask(RequestBody::FindOrder(find(9))), Ok(Answer::Found(Found::NotThere))));
}

#[test]
fn cancel_all_ends_orders_on_their_way_too_and_says_so_last() {
    let mut desk = Desk::subscribed(quiet().bytes());
    desk.send(RequestBody::Place(limit(1, Side::Buy, "59000", "2")));
    desk.pass(80);
    desk.send(RequestBody::Place(limit(2, Side::Buy, "59001", "2")));
    desk.send(RequestBody::CancelAll(None));
    assert_eq!(desk.orders(80), ["3 placed", "accepted 0/2", "canceled 0/2", "canceled 0/2", "4 canceled true"]);
    assert!(
        matches!(desk.ask(RequestBody::OpenOrders), Ok(Answer::Orders { orders, complete: true }) if orders.is_empty())
    );
}

#[test]
fn a_question_never_overtakes_the_order_it_is_about() {
    let mut desk = Desk::subscribed(quiet().bytes());
    desk.send(RequestBody::Place(limit(1, Side::Buy, "59000", "2")));
    let Ok(Answer::Found(Found::Order(report))) = desk.ask(RequestBody::FindOrder(find(1))) else { panic!() };
    assert_eq!(report.state, OrderState::Accepted);
}

#[test]
fn a_reduce_only_order_never_opens_a_position() {
    let tape = Recorder::new().book(0).trade(2_000, "60100", "50", Side::Buy).trade(4_000, "60100", "1", Side::Buy);
    let mut desk = Desk::subscribed(tape.bytes());
    desk.send(RequestBody::Place(market(1, Side::Buy, "2")));
    desk.pass(80);
    for (n, at) in [(2, "60050"), (3, "60060")] {
        let mut exit = limit(n, Side::Sell, at, "2");
        exit.reduce_only = true;
        desk.send(RequestBody::Place(exit));
    }
    desk.pass(80);
    desk.send(RequestBody::Place(market(4, Side::Sell, "1.5")));
    let told = desk.orders(200);
    assert!(told.contains(&"accepted 0/0.5".to_owned()), "the older one shrinks: {told:?}");
    assert!(told.contains(&"expired 0/2".to_owned()), "the newer one ends: {told:?}");
    desk.pass(3_000);
    assert_eq!(total(&desk.fills()), dec!(4), "2 bought, 1.5 and 0.5 sold: flat");
}

#[test]
fn the_recording_ends_with_a_closed_market() {
    let mut desk = Desk::subscribed(quiet().trade(1_500, "60000", "1", Side::Sell).bytes());
    let mut day = limit(1, Side::Buy, "59000", "2");
    day.time_in_force = TimeInForce::Day;
    desk.send(RequestBody::Place(day));
    desk.send(RequestBody::Place(limit(2, Side::Buy, "59000", "1")));
    desk.pass(200);
    let told: Vec<String> = desk.pass_in(2_000, 50).iter().map(line).collect();
    assert!(told.iter().any(|line| line.starts_with("Phase") && line.contains("Closed")), "{told:?}");
    assert!(told.iter().any(|line| line.starts_with("notice: the recording has been played")), "{told:?}");
    assert!(told.contains(&"expired 0/2".to_owned()), "orders for the day end with it: {told:?}");
    desk.send(RequestBody::Place(market(3, Side::Buy, "1")));
    desk.send(RequestBody::Cancel(reference(2)));
    assert_eq!(desk.orders(80), ["4 CLOSED", "5 canceled true", "canceled 0/1"]);
    assert_eq!(desk.broker.poll(desk.now, &mut desk.heard), None, "nothing comes by itself any more");
    // Who comes now still learns the last price.
    let mut late = Desk::on(quiet().trade(1_500, "60000", "1", Side::Sell).bytes(), "1", false);
    late.pass(5_000);
    late.subscribe();
    assert!(late.market().iter().any(|event| matches!(event.body, MarketBody::Trade(_))));
    assert!(rebuilt(&late.market()).live().is_some());
}

#[test]
fn a_loop_begins_a_new_day_and_no_clock_or_number_goes_back() {
    let tape = Recorder::new().book(0).trade(500, "60000", "1", Side::Sell).trade(900, "60001", "1", Side::Buy);
    let mut desk = Desk::on(tape.bytes(), "1", true);
    desk.subscribe();
    desk.send(RequestBody::Place(market(1, Side::Buy, "1")));
    desk.pass_in(6_000, 20);
    desk.send(RequestBody::Place(market(2, Side::Buy, "1")));
    desk.pass_in(4_000, 20);
    let events = desk.market();
    assert!(events.windows(2).all(|pair| pair[0].venue_time <= pair[1].venue_time), "venue time went back");
    assert!(events.windows(2).all(|pair| pair[0].received_at <= pair[1].received_at), "receive time went back");
    let ids: Vec<u64> = events
        .iter()
        .filter_map(|event| if let MarketBody::Trade(trade) = event.body { Some(trade.id) } else { None })
        .collect();
    assert!(ids.len() > 8 && ids.windows(2).all(|pair| pair[0] < pair[1]), "{ids:?}");
    let days: Vec<_> = events
        .iter()
        .filter_map(|event| if let MarketBody::NewDay { base, .. } = event.body { Some(base) } else { None })
        .collect();
    assert!(days.len() >= 4 && days.iter().all(|base| *base == price("60001")), "{days:?}");
    let book = rebuilt(&events);
    assert!(book.live().is_some() && book.counts().snapshots as usize > days.len());
    let fills = desk.fills();
    assert_eq!(fills.len(), 2);
    assert_ne!(fills[0].execution_id, fills[1].execution_id);
    let minutes = RequestBody::Candles { instrument: bitcoin(), interval: Interval::Second1, count: 100, until: None };
    let Ok(Answer::Candles(candles)) = desk.ask(minutes) else { panic!("no candles") };
    assert!(candles.len() >= 5 && candles.windows(2).all(|pair| pair[0].time < pair[1].time));
}

#[test]
fn speed_is_of_the_recording_and_not_of_the_line() {
    let tape = Recorder::new().book(0).trade(10_000, "60000", "1", Side::Sell).bid(60_000, "59999", "9");
    let mut desk = Desk::on(tape.bytes(), "100", false);
    desk.subscribe();
    desk.pass_in(120, 1);
    let trade = desk.market().into_iter().find(|event| matches!(event.body, MarketBody::Trade(_))).unwrap();
    assert_eq!(trade.received_at, start().plus(millis(100)));
    desk.send(RequestBody::Place(market(1, Side::Buy, "1")));
    assert_eq!(desk.orders(79), Vec::<String>::new());
    assert_eq!(desk.orders(1).len(), 4);
}

#[test]
fn the_market_stands_still_while_the_machine_sleeps() {
    let tape = Recorder::new().book(0).trade(10_000, "60000", "1", Side::Sell);
    let mut desk = Desk::subscribed(tape.bytes());
    desk.pass(100);
    let told = desk.orders(3_600_000);
    assert_eq!(told, Vec::<String>::new(), "the recording has not run out meanwhile");
    desk.pass(10_000);
    assert!(desk.market().iter().any(|event| matches!(event.body, MarketBody::Trade(_))));
}

/// Orders of every sort against the sample; how often the desk looks is the only difference between runs.
fn session(step: u64) -> Vec<String> {
    let mut desk = Desk::new(open(profile()).unwrap());
    desk.pass(0);
    desk.subscribe();
    desk.pass_in(2_000 - 80, step);
    let mut best = None;
    for n in 0..12_u128 {
        for event in desk.market() {
            if let MarketBody::Quote(quote) = event.body {
                best = quote.bid.zip(quote.ask).map(|(bid, ask)| (bid.price, ask.price));
            }
        }
        let (bid, ask) = best.unwrap();
        desk.send(RequestBody::Place(place(n * 4 + 1, Side::Buy, OrderKind::Limit { price: bid }, "0.5")));
        desk.send(RequestBody::Place(place(n * 4 + 2, Side::Sell, OrderKind::Limit { price: ask }, "0.5")));
        desk.send(RequestBody::Place(market(n * 4 + 3, Side::Sell, "0.1")));
        desk.send(RequestBody::Place(place(n * 4 + 4, Side::Buy, OrderKind::BestLimit, "0.1")));
        if n > 2 {
            let kind = OrderKind::Limit { price: bid };
            desk.send(RequestBody::Replace { order: reference(n * 4 - 7), kind, quantity: quantity("0.6") });
            desk.send(RequestBody::Cancel(reference(n * 4 - 6)));
        }
        desk.pass_in(4_000, step);
    }
    let requests = 1 + 12 * 4 + 9 * 2;
    let answers = desk.heard.iter().filter(|event| matches!(event, BrokerEvent::Answer { .. })).count();
    assert_eq!(answers, requests, "every request is answered once");
    let fills = desk.fills();
    for sort in [Liquidity::Maker, Liquidity::Taker] {
        assert!(fills.iter().filter(|fill| fill.liquidity == sort).count() >= 5, "few {sort:?} fills");
    }
    let said = |event: &BrokerEvent| !matches!(event, BrokerEvent::Market(_));
    let timed = |event: &BrokerEvent| match event {
        BrokerEvent::Fill(fill) => format!("{} {} {}", line(event), fill.execution_id, fill.time.nanos()),
        other => line(other),
    };
    desk.heard.iter().filter(|event| said(event)).map(timed).collect()
}

#[test]
fn the_same_orders_at_the_same_times_are_filled_the_same_however_often_the_desk_looks() {
    let often = session(5);
    assert_eq!(often, session(5));
    assert_eq!(often, session(40));
}

fn file(bytes: &[u8]) -> (tempfile::TempDir, Profile) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("day.hogacap");
    std::fs::write(&path, bytes).unwrap();
    let mut profile = profile();
    profile.replay.file = Some(path);
    (directory, profile)
}

#[test]
fn a_file_that_cannot_be_played_says_what_to_do() {
    let cut = &SAMPLE[..100];
    let mut damaged = SAMPLE.to_vec();
    // In the first block of events.
    damaged[2_000] ^= 0xFF;
    for (bytes, what) in [(cut, "capture"), (&damaged, "damaged"), (b"hello", "no hoga capture"), (&[], "capture")] {
        let (_directory, profile) = file(bytes);
        let Err(OpenError::Unusable(text)) = open(profile) else { panic!("opened: {what}") };
        assert!(text.contains(what) && text.contains("day.hogacap"), "{text}");
        assert!(text.contains("[profiles.replay.replay]"), "{text}");
    }
    let mut gone = profile();
    gone.replay.file = Some("/nowhere/at all".into());
    assert!(open(gone).unwrap_err_text().contains("leave it out"));
    let mut folder = profile();
    folder.replay.file = Some(std::env::temp_dir());
    assert!(open(folder).unwrap_err_text().contains("no file"));
    let (_directory, profile) = file(&Recorder::new().bytes());
    assert!(open(profile).unwrap_err_text().contains("no events"));
    let (_directory, profile) = file(&quiet().bytes());
    assert!(open(profile).is_ok());
}

trait ErrorText {
    fn unwrap_err_text(self) -> String;
}

impl ErrorText for Result<Box<dyn Broker>, OpenError> {
    fn unwrap_err_text(self) -> String {
        self.err().expect("it opened").to_string()
    }
}

#[test]
fn damage_later_on_ends_the_connection_and_every_request_has_its_answer() {
    // The end of the file promises another number of events.
    let mut bytes = Recorder::new().book(0).trade(1_000, "60000", "1", Side::Sell).bytes();
    let last = bytes.len() - 1;
    bytes[last] ^= 0xFF;
    let mut desk = Desk::subscribed(bytes);
    desk.send(RequestBody::Place(limit(1, Side::Buy, "59000", "2")));
    desk.pass(80);
    desk.pass_in(830, 10);
    // 10 ms before the end: on their way when it breaks off.
    desk.send(RequestBody::Place(market(2, Side::Buy, "1")));
    desk.send(RequestBody::Cancel(reference(1)));
    desk.send(RequestBody::OpenOrders);
    let told = desk.orders(500);
    assert_eq!(told[..3], ["3 CLOSED", "4 canceled true", "canceled 0/2"]);
    assert!(told[3].starts_with("5 not sent: the recording is broken off"), "{told:?}");
    assert!(told[4].starts_with("down: the recording is broken off: the capture has 2 events"), "{told:?}");
    assert_eq!(told.len(), 5, "{told:?}");
    desk.send(RequestBody::OpenOrders);
    let told = desk.orders(10);
    assert!(told.len() == 1 && told[0].contains("not sent"), "{told:?}");
    assert_eq!(desk.broker.poll(desk.now, &mut desk.heard), None);
}

#[test]
fn a_resting_order_ends_when_the_recording_breaks_off() {
    let mut bytes = Recorder::new().book(0).trade(1_000, "60000", "1", Side::Sell).bytes();
    let last = bytes.len() - 1;
    bytes[last] ^= 0xFF;
    let mut desk = Desk::subscribed(bytes);
    desk.send(RequestBody::Place(limit(1, Side::Buy, "59000", "2")));
    let told = desk.orders(2_000);
    assert_eq!(told[..3], ["2 placed", "accepted 0/2", "expired 0/2"]);
    let down = desk.heard.iter().filter(|event| matches!(event, BrokerEvent::Connection(Connection::Down { .. })));
    assert_eq!(down.count(), 1);
}

#[test]
fn nothing_is_remembered_after_a_restart_and_it_says_so() {
    let mut desk = Desk::subscribed(quiet().bytes());
    desk.send(RequestBody::Place(limit(1, Side::Buy, "59000", "2")));
    desk.pass(100);
    desk.broker.close();
    assert_eq!(desk.broker.poll(desk.now, &mut desk.heard), None);
    let mut again = Desk::subscribed(quiet().bytes());
    assert!(matches!(again.ask(RequestBody::FindOrder(find(1))), Ok(Answer::Found(Found::NotThere))));
    assert!(
        matches!(again.ask(RequestBody::OpenOrders), Ok(Answer::Orders { orders, complete: true }) if orders.is_empty())
    );
}
