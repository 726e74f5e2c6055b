//! Trading from the screen, on the simulated exchange, from an empty data folder.

use std::time::Duration;

use serde_json::Value;

use crate::attached::command;
use crate::stage::{PATIENCE, on_simulator};
use crate::terminal::Terminal;
use crate::terminal::keys::Mouse;

/// Between two presses of one key: a quicker one counts as held.
fn let_go() {
    std::thread::park_timeout(Duration::from_millis(800));
}

/// A press as a person makes it: keys of a person are apart.
fn press(screen: &Terminal, key: &str) {
    std::thread::park_timeout(Duration::from_millis(60));
    screen.type_keys(key);
}

fn orders(screen: &Terminal) -> Vec<Value> {
    command(screen.folder(), &["order", "list", "--all"]).as_array().cloned().unwrap_or_default()
}

fn price(order: &Value) -> i64 {
    order["price"].as_str().unwrap().parse().unwrap()
}

/// Whether the ladder shows an own order with its place in the queue.
fn shows_own_order(screen: &Terminal) {
    screen.wait_for(|screen| screen.rows().iter().any(|row| row.contains("\u{25cf}1 ~")), PATIENCE);
}

/// Presses a key until something is filled, at most so often.
fn press_until_filled(screen: &Terminal, key: &str) {
    for _ in 0..40 {
        if !command(screen.folder(), &["fills"]).as_array().unwrap().is_empty() {
            return;
        }
        screen.type_keys(key);
        let_go();
    }
    screen.fail("nothing was filled");
}

/// Closes the position of the screen's symbol by the ticket that `x` opens.
fn flatten(screen: &Terminal) {
    screen.type_keys("x");
    screen.wait_for(|screen| screen.shows("SELL") && screen.shows("market"), PATIENCE);
    for _ in 0..12 {
        let_go();
        screen.type_keys("<enter>");
        if command(screen.folder(), &["positions"]).as_array().unwrap().is_empty() {
            return;
        }
    }
    screen.fail("the position is still there");
}

#[test]
fn a_person_buys_at_a_row_moves_the_order_sees_it_filled_and_flattens_with_the_keyboard() {
    let screen = on_simulator(45, 160, &[]);
    screen.wait_for(|screen| !screen.shows("VIEW"), PATIENCE);
    screen.type_keys("A");
    screen.wait_for_text("ARMED");
    for _ in 0..4 {
        press(&screen, "<down>");
    }
    press(&screen, "b");
    shows_own_order(&screen);
    let made = orders(&screen);
    assert_eq!(made.len(), 1, "{made:?}");
    assert_eq!((made[0]["side"].as_str(), made[0]["source"].as_str()), (Some("buy"), Some("screen")));
    let before = price(&made[0]);
    press(&screen, "K");
    let moved = || orders(&screen).iter().any(|order| price(order) == before + 100);
    for _ in 0..50 {
        if moved() {
            break;
        }
        std::thread::park_timeout(Duration::from_millis(50));
    }
    assert!(moved(), "{:?}", orders(&screen));
    let_go();
    press_until_filled(&screen, "K");
    flatten(&screen);
    let verified = command(screen.folder(), &["db", "verify"]);
    assert_eq!(verified["ok"], Value::Bool(true), "{verified}");
}

#[test]
fn the_same_with_the_mouse() {
    let screen = on_simulator(45, 160, &[]);
    screen.wait_for(|screen| !screen.shows("VIEW"), PATIENCE);
    screen.type_keys("A");
    screen.wait_for_text("ARMED");
    // A double click on the bid quantity of the third bid buys there.
    let (x, y) = bid_row(&screen, 3);
    screen.mouse(Mouse::Click, x, y);
    std::thread::park_timeout(Duration::from_millis(100));
    screen.mouse(Mouse::Click, x, y);
    shows_own_order(&screen);
    assert_eq!(orders(&screen).len(), 1);
    // Armed, the first click of a pair only moves the cursor; the order is moved by the key.
    let_go();
    press_until_filled(&screen, "K");
    assert_eq!(orders(&screen).len(), 1, "one order, moved: {:?}", orders(&screen));
    flatten(&screen);
}

/// A cell in the column of bid quantities, so many rows below the highest row that has one. The rows of the ladder end
/// above its foot.
fn bid_row(screen: &Terminal, below: u16) -> (u16, u16) {
    screen.look(|screen| {
        let (heading, top) = screen.find("bid size").expect("the ladder's headings");
        let (x, foot) = (heading + 6, screen.find("total").expect("the ladder's foot").1);
        let has_bid = |row: &u16| {
            (heading..heading + 10)
                .any(|x| screen.cell(x, *row).is_some_and(|cell| cell.text.starts_with(|c: char| c.is_ascii_digit())))
        };
        let best = (top + 1..foot).find(has_bid).expect("a bid");
        (x, best + below)
    })
}

#[test]
fn a_held_key_and_a_second_press_while_the_reply_is_out_make_one_order_each() {
    let (desk, screen) = crate::stage::on_fake_desk(45, 160, &[]);
    screen.wait_for(|screen| !screen.shows("VIEW"), PATIENCE);
    assert!(desk.is_followed(hoga::desk::protocol::Topic::Book, "005930", PATIENCE));
    desk.push_market("005930");
    screen.wait_for_text("feed <1s");
    screen.type_keys("A");
    screen.wait_for_text("ARMED");
    std::thread::park_timeout(Duration::from_millis(100));
    for _ in 0..60 {
        desk.push_market("005930");
        screen.type_keys("b");
        std::thread::park_timeout(Duration::from_millis(33));
    }
    assert_eq!(desk.orders().len(), 1, "a held key");
    let slow = crate::terminal::fake_desk::Faults {
        delay: Some(Duration::from_secs(3)),
        ..crate::terminal::fake_desk::Faults::default()
    };
    desk.set_faults(slow);
    press(&screen, "<down>");
    for _ in 0..3 {
        desk.push_market("005930");
        press(&screen, "b");
        let_go();
    }
    // The desk reads on when it has answered what came before.
    let submits = |asked: &[hoga::desk::protocol::Command]| {
        asked.iter().filter(|command| matches!(command, hoga::desk::protocol::Command::Submit(_))).count()
    };
    assert!(desk.was_asked(PATIENCE * 2, |asked| submits(asked) >= 2), "{:?}", desk.orders());
    desk.set_faults(crate::terminal::fake_desk::Faults::default());
    let_go();
    let_go();
    assert_eq!(desk.orders().len(), 2, "while the reply is out");
}
