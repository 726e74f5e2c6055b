//! Places in the queue, accounts and the state of the desk are pushed when they change.

use hoga::broker::api::{BrokerEvent, Connection};
use hoga::desk::protocol::{Command, OrderFilter, Response, Topic, Update};
use hoga::desk::record::{AccountRecord, DeskStatus};
use hoga::market::{Currency, Phase, Side};
use hoga::order::OrderState;
use rust_decimal::dec;

use crate::desk::{Desk, Face};
use crate::stage::units;

fn account(face: &mut Face, what: &str, mut fits: impl FnMut(&AccountRecord) -> bool) -> AccountRecord {
    face.wait(what, |update| match update {
        Update::Account(account) if fits(&account) => Some(*account),
        _ => None,
    })
}

fn status(face: &mut Face, what: &str, mut fits: impl FnMut(&DeskStatus) -> bool) -> DeskStatus {
    face.wait(what, |update| match update {
        Update::Status { status, .. } if fits(&status) => Some(*status),
        _ => None,
    })
}

fn accepted(face: &mut Face, id: &str) {
    face.wait("the order at the broker", |update| match update {
        Update::Order(order) if order.id == id && order.state == OrderState::Accepted => Some(()),
        _ => None,
    });
}

#[test]
fn the_place_in_the_queue_is_pushed_when_it_changes_and_right_in_every_answer() {
    let desk = Desk::start();
    let mut face = desk.face("one");
    face.open(&desk.stage, "000001");
    face.listen(Topic::Orders);
    let order = face.order("000001", Side::Buy, 69_000, 5);
    accepted(&mut face, &order.id);
    let ahead = |face: &mut Face| {
        face.wait("a place in the queue", |update| match update {
            Update::Queue { order_id, ahead } if order_id == order.id => Some(ahead),
            _ => None,
        })
    };
    desk.stage.set_ahead(&order.id, Some(120));
    assert_eq!(ahead(&mut face), Some(units(120)));
    desk.stage.set_ahead(&order.id, Some(30));
    assert_eq!(ahead(&mut face), Some(units(30)));
    for filter in [OrderFilter::Open, OrderFilter::Today, OrderFilter::All] {
        let Response::Orders(orders) = face.ask(Command::Orders { filter }) else { panic!("no orders") };
        assert_eq!(orders[0].queue_ahead, Some(units(30)), "{filter:?}");
    }
    let Response::Order(shown) = face.ask(Command::Order { order: order.id.clone() }) else { panic!("no order") };
    assert_eq!(shown.queue_ahead, Some(units(30)));
    desk.stage.set_ahead(&order.id, None);
    assert_eq!(ahead(&mut face), None);
    assert!(!face.drain().iter().any(|update| matches!(update, Update::Queue { .. })), "nothing is told twice");
}

#[test]
fn an_account_is_told_at_once_and_again_only_when_it_changes() {
    let desk = Desk::start();
    let mut face = desk.face("one");
    face.open(&desk.stage, "000001");
    face.listen(Topic::Account);
    let present = account(&mut face, "the account", |_| true);
    assert!(present.positions.is_empty());
    face.ask(Command::Deposit { amount: dec!(1_000), currency: Currency::Krw });
    let cash = |account: &AccountRecord| account.balances.iter().find(|b| b.currency == Currency::Krw).unwrap().cash;
    let before = cash(&present);
    account(&mut face, "the deposit", |account| cash(account) == before + dec!(1_000));

    face.listen(Topic::Orders);
    let order = face.order("000001", Side::Buy, 70_000, 10);
    // In either order: an account is told less often than an order.
    let (mut reserved, mut at_the_broker) = (false, false);
    face.wait("the order at the broker, and its reservation", |update| {
        match update {
            Update::Account(account) => reserved |= !account.balances[0].reserved.is_zero(),
            Update::Order(told) => at_the_broker |= told.id == order.id && told.state == OrderState::Accepted,
            _ => {}
        }
        (reserved && at_the_broker).then_some(())
    });
    desk.stage.fill(&order.id, 70_000, 10);
    let held = account(&mut face, "the holding", |account| !account.positions.is_empty());
    assert_eq!((held.positions[0].quantity, held.balances[0].reserved), (dec!(10), dec!(0)));
    desk.stage.trade("000001", 71_000, 1, None);
    account(&mut face, "the profit", |account| account.positions[0].unrealized == Some(dec!(10_000)));
    let pnl = account_of(&mut face);
    assert_eq!(pnl, dec!(10_000));
    assert!(!face.drain().iter().any(|update| matches!(update, Update::Account(_))), "nothing is told twice");
}

fn account_of(face: &mut Face) -> rust_decimal::Decimal {
    match face.ask(Command::Pnl) {
        Response::Pnl(records) => records.iter().find(|r| r.currency == Currency::Krw).unwrap().unrealized,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_state_of_the_desk_is_told_at_once_and_when_it_changes() {
    let desk = Desk::start();
    let mut face = desk.face("one");
    face.open(&desk.stage, "000001");
    face.listen(Topic::Status);
    let present = status(&mut face, "the state", |_| true);
    assert_eq!((present.state.as_str(), present.faces), ("active", 1));
    let other = desk.face("two");
    status(&mut face, "the other face", |status| status.faces == 2);
    drop(other);
    status(&mut face, "its end", |status| status.faces == 1);
    face.ask(Command::Reduce);
    status(&mut face, "the change of state", |status| status.state == "reducing");
    desk.stage.phase("000001", Phase::ClosingAuction);
    face.wait("the phase", |update| match update {
        Update::Status { sessions, .. } => sessions.iter().find(|s| s.phase == Phase::ClosingAuction).map(|_| ()),
        _ => None,
    });
    desk.stage.tell(BrokerEvent::Connection(Connection::Silent));
    let quiet = status(&mut face, "the silence", |status| status.profiles[0].connection == "silent");
    assert_eq!(quiet.faces, 1);
}
