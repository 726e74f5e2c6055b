//! Answers that are lost, late, or about something that has changed since.

use std::time::Duration;

use hoga::broker::api::{Answer, BrokerError, BrokerEvent, BrokerRequest, CashFlow, CashFlowKind, RequestBody};
use hoga::config::World;
use hoga::desk::core::CoreCommand;
use hoga::market::{
    BookUpdate, Currency, InstrumentId, Level, MarketBody, Sequence, Side, Symbol, UtcTime, Venue as Market,
};
use hoga::order::{BrokerOrderId, Cash, ExecutionId, OrderId, OrderState, PendingChange};
use rust_decimal::dec;

use crate::desk::{COIN, Desk, STOCK, id_of, limit, price, units};
use crate::venue::Venue;

/// An order for ten that works at the broker.
fn working() -> (Desk, Venue, OrderId) {
    let mut desk = Desk::new(World::Virtual, 3);
    let mut venue = Venue::default();
    desk.connect();
    venue.serve(&mut desk);
    desk.open_markets();
    let id = desk.submit(limit(STOCK, Side::Buy, 69_000, 10)).unwrap();
    venue.serve(&mut desk);
    (desk, venue, id)
}

fn replace(desk: &mut Desk, id: OrderId, at: i64, quantity: u32) {
    desk.ask(CoreCommand::Replace {
        order: id.to_string(),
        price: Some(price(at)),
        stop_price: None,
        quantity: Some(units(quantity)),
    });
}

/// The broker does what is on the wire; what it says is kept from the desk.
fn silently(desk: &mut Desk, venue: &mut Venue) -> Vec<BrokerEvent> {
    let requests = desk.take_wire();
    requests.into_iter().flat_map(|request| venue.handle(desk.now, request)).collect()
}

fn hear(desk: &mut Desk, events: Vec<BrokerEvent>) {
    for event in events {
        desk.hear(event);
    }
}

#[test]
fn an_order_enlarged_at_the_broker_is_not_over_with_its_old_quantity() {
    let (mut desk, mut venue, id) = working();
    replace(&mut desk, id, 69_100, 15);
    let said = silently(&mut desk, &mut venue);
    let fills = venue.fill(desk.now, id, units(10), 69_100);
    hear(&mut desk, fills[..1].to_vec());
    assert_eq!(desk.order(id).state, OrderState::PartiallyFilled, "five more may come");
    assert!(!desk.order(id).reservation.cash.amount.is_zero(), "and have to be paid");
    hear(&mut desk, said);
    let fills = venue.fill(desk.now, id, units(5), 69_100);
    hear(&mut desk, fills);
    assert_eq!((desk.order(id).state, desk.order(id).filled), (OrderState::Filled, units(15)));
    desk.audit();
}

#[test]
fn an_order_made_as_small_as_it_is_filled_is_over_and_open_nowhere() {
    let (mut desk, mut venue, id) = working();
    let fills = venue.fill(desk.now, id, units(4), 69_000);
    hear(&mut desk, fills);
    replace(&mut desk, id, 69_000, 5);
    let said = silently(&mut desk, &mut venue);
    let fills = venue.fill(desk.now, id, units(1), 69_000);
    hear(&mut desk, fills);
    hear(&mut desk, said);
    assert_eq!(desk.order(id).state, OrderState::Filled);
    assert!(desk.core.profile(0).unwrap().open_orders().is_empty());
    desk.audit();
}

#[test]
fn a_lost_answer_to_a_change_does_not_keep_a_filled_order_open() {
    let (mut desk, mut venue, id) = working();
    replace(&mut desk, id, 69_100, 5);
    let _lost = silently(&mut desk, &mut venue);
    let fills = venue.fill(desk.now, id, units(5), 69_100);
    hear(&mut desk, fills);
    assert_eq!((desk.order(id).state, desk.order(id).quantity), (OrderState::Filled, units(5)));
    desk.audit();
}

#[test]
fn a_change_whose_answer_comes_after_a_cancel_was_sent_still_counts() {
    let (mut desk, mut venue, id) = working();
    replace(&mut desk, id, 69_100, 15);
    let changed = silently(&mut desk, &mut venue);
    desk.cancel(id);
    let cancel = desk.take_wire();
    hear(&mut desk, changed);
    assert_eq!(desk.order(id).quantity, units(15));
    let refused = BrokerError::Refused { code: "1".into(), text: "later".into() };
    for request in cancel {
        desk.hear(BrokerEvent::Answer { id: request.id, outcome: Err(refused.clone()) });
    }
    venue.serve(&mut desk);
    let fills = venue.fill(desk.now, id, units(12), 69_100);
    hear(&mut desk, fills);
    assert_eq!((desk.order(id).state, desk.order(id).pending_change.clone()), (OrderState::PartiallyFilled, None));
}

#[test]
fn the_late_answer_to_an_older_change_does_not_bring_it_back() {
    let (mut desk, mut venue, id) = working();
    replace(&mut desk, id, 69_100, 9);
    let mut first = silently(&mut desk, &mut venue);
    let answer = first.remove(0);
    hear(&mut desk, first);
    replace(&mut desk, id, 69_200, 12);
    let second = silently(&mut desk, &mut venue);
    hear(&mut desk, second);
    desk.hear(answer);
    assert_eq!((desk.order(id).quantity, desk.order(id).kind.limit()), (units(12), Some(price(69_200))));
}

#[test]
fn what_was_found_before_a_change_left_says_nothing_about_the_change() {
    let (mut desk, mut venue, id) = working();
    // The broker looks the order up, the desk changes it, and only then hears what was found.
    desk.cancel(id);
    let cancel = desk.take_wire().remove(0);
    let refused = BrokerError::Refused { code: "1".into(), text: "busy".into() };
    desk.hear(BrokerEvent::Answer { id: cancel.id, outcome: Err(refused) });
    let found = silently(&mut desk, &mut venue);
    desk.pass(Duration::from_millis(1));
    replace(&mut desk, id, 69_100, 15);
    let changed = silently(&mut desk, &mut venue);
    hear(&mut desk, found);
    assert!(matches!(desk.order(id).pending_change, Some(PendingChange::Replace { .. })));
    hear(&mut desk, changed);
    assert_eq!(desk.order(id).quantity, units(15));
}

#[test]
fn what_was_found_before_a_change_does_not_take_it_back_once_it_is_confirmed() {
    let (mut desk, mut venue, id) = working();
    desk.cancel(id);
    let cancel = desk.take_wire().remove(0);
    let refused = BrokerError::Refused { code: "1".into(), text: "busy".into() };
    desk.hear(BrokerEvent::Answer { id: cancel.id, outcome: Err(refused) });
    let found = silently(&mut desk, &mut venue);
    replace(&mut desk, id, 69_100, 15);
    let changed = silently(&mut desk, &mut venue);
    hear(&mut desk, changed);
    hear(&mut desk, found);
    assert_eq!(desk.order(id).quantity, units(15));
}

#[test]
fn an_order_that_waits_for_the_disk_when_the_line_is_cut_is_refused_and_not_forgotten() {
    let (mut desk, mut venue, _) = working();
    desk.slow_disk = true;
    desk.ask(CoreCommand::Submit(limit(STOCK, Side::Buy, 68_000, 1)));
    let waiting = desk.core.orders().values().last().unwrap().id;
    desk.cut();
    desk.commit();
    assert_eq!(desk.order(waiting).state, OrderState::Rejected);
    desk.connect();
    desk.commit();
    venue.serve(&mut desk);
    assert!(!venue.orders.contains_key(&waiting));
    desk.audit();
}

fn late_place(outcome: Result<Answer, BrokerError>) -> (Desk, OrderId) {
    let (mut desk, _, _) = working();
    let id = desk.submit(limit(STOCK, Side::Buy, 68_000, 1)).unwrap();
    let place: BrokerRequest = desk.take_wire().remove(0);
    assert!(matches!(place.body, RequestBody::Place(_)));
    desk.pass(Duration::from_millis(3_100));
    assert_eq!(desk.order(id).state, OrderState::Unknown);
    desk.hear(BrokerEvent::Answer { id: place.id, outcome });
    (desk, id)
}

#[test]
fn an_answer_after_the_time_out_still_tells_what_became_of_the_order() {
    let (desk, id) = late_place(Ok(Answer::Placed { broker_id: BrokerOrderId::new("B9").unwrap() }));
    assert_eq!(desk.order(id).state, OrderState::Accepted);
    assert_eq!(desk.order(id).broker_id, BrokerOrderId::new("B9").ok());
    let (mut desk, id) = late_place(Err(BrokerError::Refused { code: "9".into(), text: "no".into() }));
    assert_eq!(desk.order(id).state, OrderState::Rejected);
    desk.audit();
}

#[test]
fn that_there_is_no_order_counts_only_if_it_was_asked_when_the_order_could_no_longer_arrive() {
    let (mut desk, mut venue, _) = working();
    let id = desk.submit(limit(STOCK, Side::Buy, 68_000, 1)).unwrap();
    let place = desk.take_wire().remove(0);
    desk.hear(BrokerEvent::Answer { id: place.id, outcome: Err(BrokerError::Unknown("cut".into())) });
    desk.pass(Duration::from_millis(600));
    // The broker looks before the order is there, and its word comes when the order would have been too late to arrive.
    let looked = silently(&mut desk, &mut venue);
    assert!(!looked.is_empty(), "the order is asked about");
    let _lost = venue.handle(desk.now, place);
    desk.pass(Duration::from_millis(1_500));
    hear(&mut desk, looked);
    assert_eq!(desk.order(id).state, OrderState::Unknown);
    desk.pass(Duration::from_millis(600));
    venue.serve(&mut desk);
    assert_eq!(desk.order(id).state, OrderState::Accepted);
    desk.audit();
}

#[test]
fn a_lost_list_of_fills_is_asked_for_again_from_where_the_last_one_ended() {
    let (mut desk, mut venue, id) = working();
    // The fill and the end are told only by looking it up, and the first list of fills is lost.
    let _lost = venue.fill(desk.now, id, units(4), 69_000);
    let ended = venue.end(desk.now, id, OrderState::Canceled);
    hear(&mut desk, ended);
    let _lost = desk.take_wire();
    for _ in 0..300 {
        desk.pass(Duration::from_millis(1_000));
        let _lost = desk.take_wire();
    }
    for _ in 0..30 {
        desk.pass(Duration::from_millis(1_000));
        venue.serve(&mut desk);
    }
    assert_eq!(desk.order(id).filled, units(4));
    desk.audit();
}

#[test]
fn a_fill_under_the_number_of_another_days_order_is_not_booked_on_ours() {
    let (mut desk, mut venue, id) = working();
    let mut fill = venue.fill(desk.now, id, units(4), 69_000).remove(0);
    if let BrokerEvent::Fill(report) = &mut fill {
        report.order_id = None;
        report.side = Side::Sell;
    }
    desk.hear(fill);
    assert!(desk.order(id).filled.is_zero());
    desk.audit();
}

fn funding(instrument: Option<InstrumentId>) -> BrokerEvent {
    BrokerEvent::CashFlow(CashFlow {
        id: ExecutionId::new("F1").unwrap(),
        kind: CashFlowKind::Funding,
        instrument,
        amount: Cash::new(dec!(-3), Currency::Usdt),
        time: UtcTime::EPOCH,
    })
}

#[test]
fn funding_that_is_told_again_after_a_restart_is_booked_once() {
    let (mut desk, mut venue, _) = working();
    let before = desk.cash(Currency::Usdt);
    desk.hear(funding(Some(id_of(COIN))));
    desk.restart();
    desk.connect();
    venue.serve(&mut desk);
    desk.hear(funding(Some(id_of(COIN))));
    assert_eq!(desk.cash(Currency::Usdt), before - dec!(3));
    desk.audit();
}

#[test]
fn funding_of_something_unknown_moves_the_money_and_breaks_nothing() {
    let (mut desk, _, _) = working();
    let unknown = InstrumentId { venue: Market::BinanceFutures, symbol: Symbol::new("NEWUSDT").unwrap() };
    let before = desk.cash(Currency::Usdt);
    desk.hear(funding(Some(unknown)));
    assert_eq!(desk.cash(Currency::Usdt), before - dec!(3));
    desk.audit();
}

#[test]
fn a_book_that_crossed_is_asked_for_again_and_not_with_every_update() {
    let (mut desk, _, _) = working();
    let level = |at: i64| vec![Level { price: price(at), quantity: units(1) }];
    let whole = |bid: i64, ask: i64| {
        let update = BookUpdate { sequence: Sequence::Whole, bids: level(bid), asks: level(ask) };
        MarketBody::Book(Box::new(update))
    };
    let asked = |desk: &mut Desk| {
        let is_asked =
            |request: &BrokerRequest| matches!(request.body, RequestBody::Subscribe(id, _) if id == id_of(STOCK));
        desk.take_wire().iter().filter(|request| is_asked(request)).count()
    };
    desk.market(STOCK, whole(69_900, 70_000));
    asked(&mut desk);
    for _ in 0..5 {
        desk.market(STOCK, whole(70_100, 70_000));
    }
    assert_eq!(asked(&mut desk), 1);
    desk.pass(Duration::from_secs(1));
    desk.market(STOCK, whole(70_100, 70_000));
    assert_eq!(asked(&mut desk), 1);
    desk.market(STOCK, whole(69_900, 70_000));
    desk.pass(Duration::from_secs(2));
    assert_eq!(asked(&mut desk), 0);
    desk.audit();
}

#[test]
fn data_that_is_refused_is_asked_for_after_longer_and_longer_and_told_once() {
    let mut desk = Desk::new(World::Virtual, 3);
    let mut venue = Venue::default();
    desk.connect();
    let refuse = |desk: &mut Desk, venue: &mut Venue| {
        let mut asked = 0;
        for request in desk.take_wire() {
            if matches!(request.body, RequestBody::Subscribe(id, _) if id == id_of(STOCK)) {
                asked += 1;
                let refused = BrokerError::Refused { code: "2".into(), text: "no such stream".into() };
                desk.hear(BrokerEvent::Answer { id: request.id, outcome: Err(refused) });
            } else {
                for event in venue.handle(desk.now, request) {
                    desk.hear(event);
                }
            }
        }
        asked
    };
    let mut asked = refuse(&mut desk, &mut venue);
    for _ in 0..120 {
        desk.pass(Duration::from_secs(1));
        asked += refuse(&mut desk, &mut venue);
    }
    assert!((6..=10).contains(&asked), "asked {asked} times in two minutes");
    let told = desk.events.iter().filter(|event| event.text.contains("no market data of SIM:005930")).count();
    assert_eq!(told, 1, "{:?}", desk.events);
    // Another connection is asked at once.
    desk.cut();
    desk.connect();
    assert_eq!(refuse(&mut desk, &mut venue) + refuse(&mut desk, &mut venue), 1);
    desk.audit();
}

#[test]
fn what_comes_by_asking_is_marked_until_it_streams_or_the_connection_is_gone() {
    let (mut desk, _, _) = working();
    let polled = |desk: &Desk| [STOCK, COIN].map(|symbol| desk.core.quote(desk.now, 0, id_of(symbol)).unwrap().polled);
    let tell = |desk: &mut Desk, symbols: &[&str]| {
        desk.hear(BrokerEvent::Polled(symbols.iter().map(|symbol| id_of(symbol)).collect()));
    };
    assert_eq!(polled(&desk), [false, false]);
    tell(&mut desk, &[STOCK]);
    assert_eq!(polled(&desk), [true, false]);
    let mut dirty = Vec::new();
    desk.core.take_dirty(|_, market, dirt| dirty.extend(dirt.quote.then_some(market.instrument.id)));
    assert!(dirty.contains(&id_of(STOCK)), "faces hear of it");
    tell(&mut desk, &[COIN]);
    assert_eq!(polled(&desk), [false, true]);
    tell(&mut desk, &[]);
    assert_eq!(polled(&desk), [false, false]);
    tell(&mut desk, &[STOCK, COIN]);
    desk.cut();
    assert_eq!(polled(&desk), [false, false]);
}
