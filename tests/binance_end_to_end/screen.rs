//! The screen on it: the book is seen, an order is given on the ladder, and its fill comes back.

use std::path::Path;
use std::time::Duration;

use rust_decimal::dec;

use crate::binance_server::{KEY, SECRET};
use crate::key_traces::KeyTraces;
use crate::scenario::{BTC, Scenario};
use crate::terminal::Terminal;
use crate::user::until;

const PATIENCE: Duration = Duration::from_secs(30);

fn screen_of(user: &Scenario) -> Terminal {
    user.json("desk start");
    user.json("watch add BTCUSDT");
    std::fs::write(user.data_dir().join("screen.toml"), "[screen]\ntoured = \"1\"\n").unwrap();
    let config = user.config().to_string_lossy().into_owned();
    let surroundings = [("HOGA_CONFIG", config.as_str())];
    let screen =
        Terminal::start_in(&user.data_dir(), 45, 160, Path::new(env!("CARGO_BIN_EXE_hoga")), &[], &surroundings);
    screen.wait_for(|screen| screen.shows("PAPER") && screen.shows("desk ok") && screen.shows("feed <1s"), PATIENCE);
    screen
}

/// A press as a person makes it: keys of a person are apart, and one that comes too soon counts as held.
fn press(screen: &Terminal, key: &str) {
    std::thread::park_timeout(Duration::from_millis(150));
    screen.type_keys(key);
}

#[test]
fn the_book_is_seen_and_an_order_of_the_ladder_is_filled() {
    let user = Scenario::new();
    let screen = screen_of(&user);
    screen.wait_for(|screen| screen.shows("BTCUSDT") && !screen.shows("VIEW"), PATIENCE);
    screen.wait_for(|screen| screen.shows("60,0") || screen.shows("59,9"), PATIENCE);
    screen.type_keys("A");
    screen.wait_for_text("ARMED");
    press(&screen, "b");
    until("the order is at the exchange", || user.server.orders().len() == 1);
    let order = user.server.orders().remove(0);
    assert!(order.is_buy && order.time_in_force == "GTC", "{order:?}");
    // The market comes to it.
    user.server.stop_drift();
    user.server.set_top(BTC, order.price - dec!(0.2), order.price - dec!(0.1));
    until("it is filled there", || user.server.position(BTC) == order.quantity);
    screen.wait_for(|screen| screen.shows("filled"), PATIENCE);
    KeyTraces::of(KEY, SECRET).none_in("what the screen wrote", &screen.bytes());
    KeyTraces::of(KEY, SECRET).none_on_command_line(screen.pid());
    user.agrees();
}
