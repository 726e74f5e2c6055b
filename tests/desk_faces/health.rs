//! The desk about itself.

use hoga::broker::api::{BrokerEvent, Connection};
use hoga::desk::health::HealthRecord;
use hoga::desk::protocol::{Command, Response, Topic, Update};
use hoga::market::{MarketBody, Side};
use hoga::order::OrderState;

use crate::desk::{Desk, Face};

fn health(face: &mut Face) -> HealthRecord {
    match face.ask(Command::Health) {
        Response::Health(health) => *health,
        other => panic!("{other:?}"),
    }
}

#[test]
fn feeds_orders_budgets_and_memory_are_told() {
    let desk = Desk::start();
    let mut face = desk.face("one");
    face.open(&desk.stage, "000001");
    face.listen(Topic::Orders);
    let order = face.order("000001", Side::Buy, 70_000, 1);
    face.wait("the order at the broker", |update| match update {
        Update::Order(record) if record.state == OrderState::Accepted => Some(()),
        _ => None,
    });
    desk.stage.fill(&order.id, 70_000, 1);
    face.wait("the fill", |update| match update {
        Update::Order(record) if record.state == OrderState::Filled => Some(()),
        _ => None,
    });
    let record = health(&mut face);
    let stages: Vec<_> = record.order_path.iter().map(|stage| (stage.stage.as_str(), stage.count)).collect();
    assert_eq!(stages, [("gate", 1), ("ledger", 1), ("sent", 1), ("acknowledged", 1), ("filled", 1)]);
    assert!(record.order_path.iter().all(|stage| stage.p50_us <= stage.p99_us && stage.p99_us <= stage.max_us));
    let feed = |record: &HealthRecord, name: &str| {
        record.feeds.iter().find(|feed| feed.profile == "sim" && feed.name == name).unwrap().clone()
    };
    assert_eq!((feed(&record, "market").messages, feed(&record, "market").state.as_str()), (3, "up"));
    assert_eq!(feed(&record, "user").messages, 1);
    assert_eq!(record.market_events, 3);
    let budget = |lane: &str| record.budgets.iter().find(|b| b.profile == "sim" && b.lane == lane).unwrap();
    assert_eq!((budget("order").used, budget("order").limit, budget("order").window_ms), (1, Some(10), 1_000));
    assert_eq!((budget("registrations").used, budget("registrations").limit), (1, None));
    assert!(record.ledger_bytes > 0 && record.resident_bytes.is_none_or(|bytes| bytes > 1_000_000));

    desk.stage.market("000001", MarketBody::Stale);
    desk.stage.book("000001", 69_900, 70_000);
    let resynced = face.until("the book", Command::Health, |response| match response {
        Response::Health(health) => health.feeds.iter().any(|feed| feed.resyncs == 1).then_some(*health),
        _ => None,
    });
    assert_eq!(feed(&resynced, "market").gaps, 0);
    let retry_at = Some(desk.stage.now());
    desk.stage.tell(BrokerEvent::Connection(Connection::Down { reason: "the line broke".into(), retry_at }));
    let down = face.until("the loss", Command::Health, |response| match response {
        Response::Health(health) => health.feeds.iter().any(|feed| feed.state == "down").then_some(*health),
        _ => None,
    });
    let feed = feed(&down, "user");
    assert_eq!((feed.reconnects, feed.last_error.as_deref()), (1, Some("the line broke")));
    assert!(feed.retry_at.is_some());
}
