//! Screens on a real desk: who may trade, and what a lost screen costs.

use std::path::Path;
use std::process::Command;

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
    std::thread::park_timeout(std::time::Duration::from_millis(400));
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
    third.wait_for(|screen| !screen.shows("VIEW"), PATIENCE);
    drop(screen);
}

#[test]
fn a_terminal_that_reads_nothing_delays_no_order_and_no_fill() {
    let screen = on_simulator(45, 160, &[]);
    let folder = screen.folder().to_owned();
    screen.stop_reading();
    // Each of another size: the same order twice within half a second is taken for a slip.
    for size in 1..=10 {
        let size = size.to_string();
        let words = ["order", "buy", "005930", &size, "--yes", "--wait", "filled", "--timeout", "5s"];
        let order = command(&folder, &words);
        assert_eq!(order["state"], "filled", "{order}");
    }
    screen.resume_reading();
    screen.wait_for(|screen| screen.shows("feed <1s"), PATIENCE);
    screen.type_keys("q");
    assert_eq!(screen.wait_exit().status, Some(0));
}
