//! Screens on a real desk: who may trade, and what a lost screen costs.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::Value;

use crate::stage::{HOGA, PATIENCE, on_simulator};
use crate::terminal::Terminal;

/// Runs a command on the desk of a screen's data folder; what it printed as JSON.
pub fn command(folder: &Path, words: &[&str]) -> Value {
    let output =
        Command::new(HOGA).args(words).arg("--json").env("HOGA_DATA_DIR", folder).env("HOME", folder).output().unwrap();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap_or(Value::Null)
}

fn another(folder: &Path, arguments: &[&str]) -> Terminal {
    let screen = Terminal::start_in(folder, 45, 160, Path::new(HOGA), arguments, &[]);
    screen.wait_for(|screen| screen.shows("desk ok") && screen.shows("feed <1s"), PATIENCE);
    screen
}

#[test]
fn one_screen_trades_the_others_look_and_the_right_can_be_taken() {
    let first = on_simulator(45, 160, &[]);
    first.wait_for(|screen| !screen.shows("VIEW"), PATIENCE);
    let second = another(first.folder(), &["attach"]);
    second.wait_for(|screen| screen.shows("VIEW"), PATIENCE);
    second.type_keys("A");
    second.wait_for_text("another screen holds the right to trade");
    second.type_keys(":take_trading<enter>");
    second.wait_for_text("take the right to trade from");
    // Too soon after the question appeared nothing answers it.
    std::thread::park_timeout(Duration::from_millis(400));
    second.type_keys("y");
    second.wait_for(|screen| !screen.shows("VIEW"), PATIENCE);
    first.wait_for(|screen| screen.shows("VIEW"), PATIENCE);
    let third = another(first.folder(), &["attach", "--view"]);
    third.wait_for(|screen| screen.shows("VIEW"), PATIENCE);
    third.type_keys("A");
    third.wait_for_text("only looks");
}

#[test]
fn a_killed_screen_and_a_lost_terminal_change_no_order_and_leave_the_desk() {
    let screen = on_simulator(45, 160, &[]);
    let folder = screen.folder().to_owned();
    let made = command(&folder, &["order", "buy", "005930", "1", "--price", "60000", "--wait", "accepted", "--yes"]);
    let before = command(&folder, &["order", "list"]);
    screen.kill(Signal::KILL);
    screen.wait_exit();
    assert_eq!(command(&folder, &["order", "list"]), before, "{made}");
    let second = another(&folder, &["attach"]);
    second.kill(Signal::HUP);
    second.wait_exit();
    assert_eq!(command(&folder, &["order", "list"]), before);
    let status = command(&folder, &["desk", "status"]);
    assert_eq!(status["running"], Value::Bool(true), "{status}");
    let third = another(&folder, &["attach"]);
    // The screens end one after the other, the first one last: its end is that of the desk.
    third.wait_for(|screen| !screen.shows("VIEW"), PATIENCE);
}

/// Buys and sells in turn at market by the command line, of another size each time: the same order twice within half a
/// second is taken for a slip. How long until it was filled.
fn filled_in(folder: &Path, number: usize) -> Duration {
    let (began, size) = (Instant::now(), (1 + number / 2 % 10).to_string());
    let side = if number.is_multiple_of(2) { "buy" } else { "sell" };
    let words = ["order", side, "005930", &size, "--yes", "--wait", "filled", "--timeout", "5s"];
    let order = command(folder, &words);
    assert_eq!(order["state"], "filled", "{order}");
    let took = began.elapsed();
    // No more than 200 orders a minute pass.
    std::thread::park_timeout(Duration::from_millis(350));
    took
}

/// Orders are placed and filled while nothing reads the terminal of a screen, for so long and at least ten; the times they
/// took before and meanwhile.
fn unread_for(time: Duration) -> [Vec<Duration>; 2] {
    let screen = on_simulator(45, 160, &[]);
    let folder = screen.folder().to_owned();
    let before: Vec<Duration> = (0..6).map(|number| filled_in(&folder, number)).collect();
    screen.stop_reading();
    let began = Instant::now();
    let mut meanwhile = Vec::new();
    while meanwhile.len() < 10 || began.elapsed() < time {
        meanwhile.push(filled_in(&folder, before.len() + meanwhile.len()));
    }
    let truth = hoga::broker::sim::read(&folder.join("sim").join("sim.journal")).unwrap();
    assert_eq!(truth.orders.len(), before.len() + meanwhile.len(), "orders at the exchange");
    assert!(truth.orders.values().all(|order| order.filled == order.quantity), "fills at the exchange");
    screen.resume_reading();
    screen.wait_for(|screen| screen.shows("feed <1s"), PATIENCE);
    screen.type_keys("q");
    assert_eq!(screen.wait_exit().status, Some(0));
    [before, meanwhile]
}

fn median(times: &[Duration]) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    sorted[sorted.len() / 2]
}

#[test]
fn a_terminal_that_reads_nothing_delays_no_order_and_no_fill() {
    let [before, meanwhile] = unread_for(Duration::from_secs(4));
    // Wide enough for a busy machine; an order that waited for the terminal would wait for ever.
    assert!(median(&meanwhile) < median(&before) * 3 + Duration::from_secs(1), "{before:?} {meanwhile:?}");
}

/// `HOGA_UNREAD_SECONDS=60 cargo test --test screen a_minute_unread -- --ignored --nocapture`
#[test]
#[ignore = "takes a minute"]
fn a_minute_unread_delays_no_order_and_no_fill() {
    let seconds = std::env::var("HOGA_UNREAD_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(60);
    let [before, meanwhile] = unread_for(Duration::from_secs(seconds));
    let slowest = meanwhile.iter().max().copied().unwrap_or_default();
    println!(
        "unread for {seconds} s: {} orders filled, median {:?} (before {:?}), slowest {slowest:?}",
        meanwhile.len(),
        median(&meanwhile),
        median(&before),
    );
    assert!(median(&meanwhile) < median(&before) * 2 + Duration::from_millis(200), "{before:?} {meanwhile:?}");
}
