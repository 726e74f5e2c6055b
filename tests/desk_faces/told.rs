//! What happened while nobody looked.

use hoga::desk::protocol::{Command, EventRecord, Response, Topic, Update};
use hoga::market::Side;
use hoga::order::{OrderKind, OrderState};

use crate::desk::{Desk, Face, limit};
use crate::stage::price;

fn events(face: &mut Face, limit: usize) -> Vec<EventRecord> {
    match face.ask(Command::Events { since: None, limit }) {
        Response::Events(events) => events,
        other => panic!("{other:?}"),
    }
}

#[test]
fn fills_stops_halts_and_refusals_are_found_again_after_a_restart() {
    let desk = Desk::start();
    let mut face = desk.face("one");
    face.open(&desk.stage, "000001");
    face.listen(Topic::Orders);
    let bought = face.order("000001", Side::Buy, 70_000, 3);
    face.wait("the order at the broker", |update| match update {
        Update::Order(order) if order.state == OrderState::Accepted => Some(()),
        _ => None,
    });
    desk.stage.fill(&bought.id, 70_000, 3);
    face.wait("the fill", |update| matches!(update, Update::Order(o) if o.state == OrderState::Filled).then_some(()));
    let mut stop = limit("000001", Side::Sell, 1, 3);
    stop.kind = OrderKind::Stop { trigger: price(69_000) };
    let Response::Order(stop) = face.ask(Command::Submit(stop)) else { panic!("no order") };
    desk.stage.trade("000001", 68_900, 1, None);
    face.wait("the stop", |update| match update {
        Update::Order(order)
            if order.id == stop.id && order.state == OrderState::Accepted && order.filled_quantity.is_zero() =>
        {
            (desk.stage.placed().len() == 2).then_some(())
        }
        _ => None,
    });
    let failed = face.client.request(Command::Submit(limit("000001", Side::Sell, 70_000, 1_000)));
    assert!(failed.is_err(), "more than is held");
    face.ask(Command::Halt);

    // Also what has not been written yet.
    let before = events(&mut face, 100);
    drop(face);
    let desk = desk.restart();
    let mut face = desk.face("later");
    let after = face.until("the connection", Command::Events { since: None, limit: 100 }, |response| match response {
        Response::Events(events) => (events.len() > before.len()).then_some(events),
        _ => None,
    });
    assert_eq!(after[..before.len()], before[..], "oldest first, and nothing lost");
    let told = |kind: &str| before.iter().find(|event| event.kind == kind).unwrap_or_else(|| panic!("no {kind}"));
    assert_eq!(told("fill").text, "bought 3 SIM:000001 at 70000");
    assert_eq!(told("fill").order_id.as_deref(), Some(bought.id.as_str()));
    assert_eq!(
        (told("stop").text.as_str(), told("stop").order_id.as_deref()),
        ("set off at 68900", Some(stop.id.as_str()))
    );
    assert!(!told("refusal").text.is_empty() && !told("halt").text.is_empty() && !told("connection").text.is_empty());

    let newest = events(&mut face, 2);
    assert_eq!(newest[..], after[after.len() - 2..]);
    let since = Command::Events { since: Some(before.last().unwrap().time), limit: 100 };
    let Response::Events(later) = face.ask(since) else { panic!("no events") };
    assert!(later.iter().all(|event| event.time >= before.last().unwrap().time) && later.len() < after.len());
}
