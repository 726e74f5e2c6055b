//! A screen names what it looks at.

use hoga::desk::protocol::{Command, Topic, Update};
use hoga::market::Side;

use crate::desk::Desk;

fn quotes(updates: &[Update]) -> Vec<&str> {
    fn of(update: &Update) -> Option<&str> {
        if let Update::Quote(quote) = update { Some(quote.symbol.as_str()) } else { None }
    }
    updates.iter().filter_map(of).collect()
}

#[test]
fn the_present_state_comes_at_once_and_what_is_left_comes_no_more() {
    let desk = Desk::start();
    let mut face = desk.screen("pts/1");
    face.open(&desk.stage, "000001");
    face.open(&desk.stage, "000002");
    face.drain();

    face.follow(Topic::Quote, &["000002", "000003"]);
    let present = face.drain();
    assert_eq!(quotes(&present), ["000002", "000003"], "also of an instrument of which nothing is known yet");

    desk.stage.trade("000003", 71_000, 1, None);
    let news = face.wait("a print as a quote", |update| match update {
        Update::Quote(quote) if quote.last.is_some() => Some(quote),
        _ => None,
    });
    assert_eq!((news.symbol.as_str(), news.last.unwrap().to_string().as_str()), ("000003", "71000"));

    face.follow(Topic::Quote, &["000003"]);
    face.drain();
    desk.stage.trade("000002", 72_000, 1, None);
    desk.stage.trade("000003", 72_000, 1, None);
    let last = face.wait("the quote that is followed", |update| match update {
        Update::Quote(quote) => Some(quote.symbol),
        _ => None,
    });
    assert_eq!(last, "000003");
}

#[test]
fn data_that_nobody_needs_is_ended_at_the_broker() {
    let desk = Desk::start();
    let (mut one, mut two) = (desk.face("one"), desk.face("two"));
    one.open(&desk.stage, "000001");
    one.follow(Topic::Quote, &["000001", "000002", "000003", "000004"]);
    two.follow(Topic::Book, &["000002"]);
    one.ask(Command::WatchAdd { symbol: "000003".into() });
    one.order("000001", Side::Buy, 69_000, 1);
    one.follow(Topic::Quote, &["000005"]);
    one.ask(Command::Status);
    let ended = |desk: &Desk| -> Vec<String> {
        desk.stage.registrations().into_iter().filter(|change| change.starts_with('-')).collect()
    };
    assert_eq!(ended(&desk), ["-000004"], "the others are ordered, looked at by another face, on the watch list");

    drop(two);
    let mut left = one.until("the end of the other face", Command::Status, |_| {
        let left = ended(&desk);
        (left.len() == 2).then_some(left)
    });
    assert_eq!(left.pop().unwrap(), "-000002");

    one.follow(Topic::Quote, &["000004"]);
    one.ask(Command::Status);
    let changes = desk.stage.registrations();
    assert_eq!(changes.iter().filter(|change| *change == "+000004").count(), 2, "and asked for again: {changes:?}");
}

#[test]
fn only_market_topics_of_known_instruments_are_followed() {
    let desk = Desk::start();
    let mut face = desk.screen("pts/1");
    let failed = face.client.request(Command::Follow { topic: Topic::Orders, symbols: Vec::new() });
    assert_eq!(failed.unwrap_err().code, "BAD_REQUEST");
    let failed = face.client.request(Command::Follow { topic: Topic::Quote, symbols: vec!["999999".into()] });
    assert_eq!(failed.unwrap_err().code, "UNKNOWN_SYMBOL");
}
