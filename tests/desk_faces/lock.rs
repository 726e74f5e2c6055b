//! One screen trades; the others look.

use hoga::desk::protocol::{Command, OrderSelection, Response, Topic, Update};
use hoga::market::Side;
use hoga::order::OrderState;

use crate::desk::{Desk, Face, limit};

fn word(face: &mut Face) -> String {
    face.wait("word of the lock", |update| match update {
        Update::Event(event) if event.kind == "lock" => Some(event.text),
        _ => None,
    })
}

fn holder(face: &mut Face, name: Option<&str>) {
    face.wait("the holder", |update| match update {
        Update::Status { status, .. } if status.trading_lock.as_deref() == name => Some(()),
        _ => None,
    });
}

#[test]
fn one_screen_trades_and_everybody_may_cancel() {
    let desk = Desk::start();
    let (mut one, mut two) = (desk.screen("pts/1"), desk.screen("pts/2"));
    one.open(&desk.stage, "000001");
    one.listen(Topic::Orders);
    let refused = one.client.request(Command::Submit(limit("000001", Side::Buy, 69_000, 1))).unwrap_err();
    assert_eq!((refused.code.as_str(), refused.arguments[0].as_str()), ("LOCKED", "nobody"));
    one.ask(Command::TakeTradingLock);
    let order = one.order("000001", Side::Buy, 69_000, 1);
    let refused = two.client.request(Command::Submit(limit("000001", Side::Buy, 69_000, 1))).unwrap_err();
    assert_eq!((refused.code.as_str(), refused.arguments[0].as_str()), ("LOCKED", "pts/1"));
    let change = Command::Replace {
        order: order.id.clone(),
        price: None,
        stop_price: None,
        quantity: Some("2".parse().unwrap()),
    };
    assert_eq!(two.client.request(change).unwrap_err().code, "LOCKED");

    one.wait("the order at the broker", |update| match update {
        Update::Order(record) if record.state == OrderState::Accepted => Some(()),
        _ => None,
    });
    let ids = OrderSelection::Ids { orders: vec![order.id.clone()] };
    assert!(two.client.request(Command::Cancel(ids)).is_ok(), "a cancel passes without the right to trade");
    one.wait("the end of the order", |update| match update {
        Update::Order(record) if record.state == OrderState::Canceled => Some(()),
        _ => None,
    });
    // A command of the shell needs no lock.
    desk.face("cli 1").order("000001", Side::Buy, 69_100, 1);
}

#[test]
fn a_change_of_holder_is_told_to_those_concerned_and_those_who_listen() {
    let desk = Desk::start();
    let (mut one, mut two, mut listener) = (desk.screen("pts/1"), desk.screen("pts/2"), desk.face("listener"));
    listener.listen(Topic::Events);
    listener.listen(Topic::Status);
    one.ask(Command::TakeTradingLock);
    assert_eq!((word(&mut one), word(&mut listener)), same("pts/1 holds the right to trade"));
    holder(&mut listener, Some("pts/1"));
    two.ask(Command::TakeTradingLock);
    let text = "pts/2 took the right to trade from pts/1";
    assert_eq!((word(&mut one), word(&mut two)), same(text));
    assert_eq!(word(&mut listener), text);
    holder(&mut listener, Some("pts/2"));
    two.ask(Command::TakeTradingLock);
    one.ask(Command::ReleaseTradingLock);
    let Response::Status(status) = listener.ask(Command::Status) else { panic!("no status") };
    assert_eq!(status.trading_lock.as_deref(), Some("pts/2"), "it is not another's to give back");
    drop(two);
    assert_eq!(word(&mut listener), "pts/2 left: nobody holds the right to trade");
    holder(&mut listener, None);
    one.ask(Command::TakeTradingLock);
    one.ask(Command::ReleaseTradingLock);
    word(&mut listener);
    assert_eq!(word(&mut listener), "pts/1 gave the right to trade back");
}

fn same(text: &str) -> (String, String) {
    (text.to_owned(), text.to_owned())
}
