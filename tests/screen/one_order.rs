//! One order, however often its key is pressed: counted by the simulated exchange, whose answers take three seconds and
//! more.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use hoga::broker::sim::{self, DeskOrder};

use crate::attached::command;
use crate::stage::{HOGA, PATIENCE};
use crate::terminal::Terminal;

/// An order reaches the exchange, and is answered, after half of the latency and a part of the other half.
const FAR: &str =
    "[ui]\ndisarm_seconds = 300\n\n[profiles.sim.sim]\nseed = 5\nlatency_ms = 4800\ncontinuous_seconds = 86400\n";

/// Longer than any answer takes.
const UNTIL_ANSWERED: Duration = Duration::from_secs(8);

/// Between two presses that no held key makes.
const LET_GO: Duration = Duration::from_millis(800);

/// Between two repeats of a held key.
const REPEAT: Duration = Duration::from_millis(33);

struct Distant {
    screen: Terminal,
    _folder: tempfile::TempDir,
}

impl Distant {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("far.toml"), FAR).unwrap();
        std::fs::write(folder.path().join("screen.toml"), "[screen]\ntoured = \"1\"\n").unwrap();
        let config = folder.path().join("far.toml").to_string_lossy().into_owned();
        let screen =
            Terminal::start_in(folder.path(), 45, 160, Path::new(HOGA), &[], &[("HOGA_CONFIG", config.as_str())]);
        screen
            .wait_for(|screen| screen.shows("desk ok") && screen.shows("feed <1s") && !screen.shows("VIEW"), PATIENCE);
        Self { screen, _folder: folder }
    }

    fn journal(&self) -> PathBuf {
        self.screen.folder().join("sim").join("sim.journal")
    }

    /// Orders as the exchange wrote them down itself.
    fn at_exchange(&self) -> Vec<DeskOrder> {
        let truth = sim::read(&self.journal()).unwrap();
        assert_eq!(truth.repeated, 0, "an order came twice under one number");
        truth.orders.into_values().collect()
    }

    /// Waits until the exchange has an order, and then as long as another one could still be on its way.
    fn settled(&self) -> Vec<DeskOrder> {
        let deadline = Instant::now() + PATIENCE;
        while self.at_exchange().is_empty() {
            if Instant::now() > deadline {
                self.screen.fail("no order came to the exchange");
            }
            std::thread::park_timeout(Duration::from_millis(50));
        }
        std::thread::park_timeout(UNTIL_ANSWERED);
        self.at_exchange()
    }

    /// One order at the exchange, and the same one in the desk's books.
    fn has_one(&self) {
        let there = self.settled();
        assert_eq!(there.len(), 1, "{there:?}\n{}", self.screen.text());
        let here = command(self.screen.folder(), &["order", "list", "--all"]);
        assert_eq!(here.as_array().map(Vec::len), Some(1), "{here}");
        assert_eq!(here[0]["id"].as_str(), Some(there[0].order_id.to_string().as_str()));
    }

    /// Arms the ladder, far enough below the market that nothing is filled.
    fn arm_below_the_market(&self) {
        self.screen.type_keys("A");
        self.screen.wait_for_text("ARMED");
        for _ in 0..8 {
            std::thread::park_timeout(Duration::from_millis(60));
            self.screen.type_keys("<down>");
        }
        std::thread::park_timeout(Duration::from_millis(60));
    }

    /// A ticket that is ready to be sent, far below the market.
    fn fill_in_a_ticket(&self) {
        self.screen.type_keys("b");
        self.screen.wait_for_text("BUY");
        for keys in ["<shift-tab>", "<ctrl-u>", "65000", "<tab>", "7"] {
            std::thread::park_timeout(Duration::from_millis(100));
            self.screen.type_keys(keys);
        }
        self.screen.wait_for(|screen| screen.shows("BUY 7 @ 65,000"), PATIENCE);
        // Over the fields behind the quantity to the button.
        for _ in 0..4 {
            std::thread::park_timeout(Duration::from_millis(100));
            self.screen.type_keys("<tab>");
        }
        std::thread::park_timeout(LET_GO);
    }
}

impl Drop for Distant {
    fn drop(&mut self) {
        // It holds an order, and would watch it for good.
        self.screen.stop_desk();
    }
}

#[test]
fn a_key_held_for_three_seconds_on_the_armed_ladder() {
    let distant = Distant::start();
    distant.arm_below_the_market();
    for _ in 0..90 {
        distant.screen.type_keys("b");
        std::thread::park_timeout(REPEAT);
    }
    distant.has_one();
}

#[test]
fn presses_apart_while_the_reply_is_out() {
    let distant = Distant::start();
    distant.arm_below_the_market();
    // The answer needs longer than these four take.
    for _ in 0..4 {
        distant.screen.type_keys("b");
        std::thread::park_timeout(LET_GO);
    }
    distant.has_one();
}

#[test]
fn enter_held_on_the_ticket_and_pressed_again_and_again() {
    let distant = Distant::start();
    distant.fill_in_a_ticket();
    for _ in 0..60 {
        distant.screen.type_keys("<enter>");
        std::thread::park_timeout(REPEAT);
    }
    for _ in 0..6 {
        distant.screen.type_keys("<enter>");
        std::thread::park_timeout(LET_GO);
    }
    distant.has_one();
}

#[test]
fn enter_pressed_impatiently_on_the_ticket() {
    let distant = Distant::start();
    distant.fill_in_a_ticket();
    // As quick as nobody holds a key, and too slow for one that repeats.
    for step in 0..12 {
        distant.screen.type_keys("<enter>");
        std::thread::park_timeout(Duration::from_millis(150 + step * 60));
    }
    distant.has_one();
}
