//! The screen on it: the book is seen, an order is given on the ladder, and its fill comes back.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use rust_decimal::dec;

use crate::key_traces::KeyTraces;
use crate::kis_server::listing::{PROVINCE, TREASURY};
use crate::kis_server::{APP_KEY, APP_SECRET, Options};
use crate::scenario::{SAMSUNG, Scenario};
use crate::terminal::Terminal;
use crate::user::{text, until};

const PATIENCE: Duration = Duration::from_secs(30);

/// A screen with these on its watch list, the first of which is selected.
fn screen_of(user: &Scenario, watched: &[&str]) -> Terminal {
    user.start();
    for symbol in watched {
        user.json(&format!("watch add {symbol}"));
    }
    std::fs::write(user.data_dir().join("screen.toml"), "[screen]\ntoured = \"1\"\n").unwrap();
    let config = user.config().to_string_lossy().into_owned();
    let mut surroundings = vec![("HOGA_CONFIG", config.as_str())];
    surroundings.extend(user.environment().iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let screen =
        Terminal::start_in(&user.data_dir(), 45, 160, Path::new(env!("CARGO_BIN_EXE_hoga")), &[], &surroundings);
    screen.wait_for(|screen| screen.shows("LIVE") && screen.shows("desk ok") && screen.shows("feed <1s"), PATIENCE);
    screen
}

/// A press as a person makes it: keys of a person are apart, and one that comes too soon counts as held.
fn press(screen: &Terminal, key: &str) {
    std::thread::park_timeout(Duration::from_millis(150));
    screen.type_keys(key);
}

#[test]
fn the_book_is_seen_and_an_order_of_the_ladder_is_filled() {
    let user = Scenario::new(Options::default());
    user.server.drift(7);
    let screen = screen_of(&user, &[SAMSUNG]);
    screen.wait_for(|screen| screen.shows("005930") && !screen.shows("VIEW"), PATIENCE);
    screen.wait_for(|screen| screen.shows("70,") || screen.shows("69,") || screen.shows("68,"), PATIENCE);
    screen.type_keys("A");
    screen.wait_for_text("type LIVE to arm");
    // A question takes no key that was meant for what stood there before it.
    std::thread::park_timeout(Duration::from_secs(1));
    for (key, typed) in [("L", "Enter: L"), ("I", "Enter: LI"), ("V", "Enter: LIV"), ("E", "Enter: LIVE")] {
        press(&screen, key);
        screen.wait_for_text(typed);
    }
    press(&screen, "<enter>");
    screen.wait_for_text("ARMED");
    press(&screen, "b");
    until("the order is at the exchange", || user.server.orders().len() == 1);
    let order = user.server.orders().remove(0);
    assert!(order.is_buy && order.kind == "00", "{order:?}");
    // The market comes to it.
    user.server.stop_drift();
    user.server.set_top(SAMSUNG, order.price - dec!(200), order.price - dec!(100));
    until("it is filled there", || user.server.position(SAMSUNG) == order.quantity);
    screen.wait_for(|screen| screen.shows("filled"), PATIENCE);
    let traces = KeyTraces::of(APP_KEY, APP_SECRET);
    traces.none_in("what the screen wrote", &screen.bytes());
    traces.none_on_command_line(screen.pid());
    user.agrees();
    user.kept_the_limits();
}

/// Times at which books of shares were asked for.
fn books_asked(user: &Scenario, since: Instant) -> BTreeMap<String, Vec<Instant>> {
    let mut asked: BTreeMap<String, Vec<Instant>> = BTreeMap::new();
    for seen in user.server.requests_to("GET", "/quotations/inquire-asking-price-exp-ccn") {
        let code = seen.params.iter().find(|(name, _)| name.eq_ignore_ascii_case("FID_INPUT_ISCD"));
        if seen.arrived >= since {
            asked.entry(code.unwrap().1.clone()).or_default().push(seen.arrived);
        }
    }
    asked
}

#[test]
fn the_share_that_is_selected_can_be_traded_among_many_quiet_ones() {
    let user = Scenario::new(Options::default());
    // Books of bonds are asked for although they have a stream.
    let bonds = [TREASURY, PROVINCE].map(|isin| format!("KRX_BONDS:{isin}"));
    let watched = [SAMSUNG, "000660", "035720", "069500", "247540", &bonds[0], &bonds[1]];
    let screen = screen_of(&user, &watched);
    screen.wait_for(|screen| screen.shows("005930") && !screen.shows("VIEW"), PATIENCE);
    let begun = Instant::now();
    until("each was asked for", || {
        let asked = books_asked(&user, begun);
        asked.len() == 5 && asked.values().all(|times| times.len() >= 2)
    });
    let since = Instant::now();
    until("nothing was traded for long", || since.elapsed() > Duration::from_secs(20));
    let asked = books_asked(&user, since);
    let times = &asked[SAMSUNG];
    let longest = times.windows(2).map(|two| two[1] - two[0]).max().unwrap();
    assert!(longest < Duration::from_secs(4), "{longest:?}: {asked:?}");
    let others = asked.iter().filter(|(of, _)| **of != SAMSUNG);
    assert!(others.clone().all(|(_, others)| others.len() < times.len()), "{asked:?}");
    assert_eq!(others.count(), 4, "the others have their turns: {asked:?}");
    let placed = user.json("order buy 005930 1 --price 69000 --wait accepted");
    assert_eq!(text(&placed, "state"), "accepted", "{placed}");
    user.kept_the_limits();
    drop(screen);
}
