//! Starting the screen.

use std::path::Path;
use std::time::Duration;

use crate::terminal::Terminal;
use crate::terminal::fake_desk::{FakeDesk, Market};

/// The binary under test.
pub const HOGA: &str = env!("CARGO_BIN_EXE_hoga");

/// How long something may take before a test fails; on a busy machine everything is slow.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A screen of that size on a desk played by the test, connected and holding the right to trade.
pub fn on_fake_desk(rows: u16, columns: u16, arguments: &[&str]) -> (FakeDesk, Terminal) {
    let desk = FakeDesk::start(Market::korean(10).counting_from(100_000));
    let screen = attached(&desk, rows, columns, arguments);
    (desk, screen)
}

/// One more screen on such a desk.
pub fn attached(desk: &FakeDesk, rows: u16, columns: u16, arguments: &[&str]) -> Terminal {
    let screen = Terminal::start_in(desk.folder(), rows, columns, Path::new(HOGA), arguments, &[]);
    screen.wait_for(|screen| screen.shows("VIRTUAL") && screen.shows("desk ok"), PATIENCE);
    screen
}

/// A screen on a desk of its own, in a new data folder: the simulated exchange.
pub fn on_simulator(rows: u16, columns: u16, arguments: &[&str]) -> Terminal {
    let screen = Terminal::start(rows, columns, Path::new(HOGA), arguments, &[]);
    screen.wait_for(|screen| screen.shows("desk ok") && screen.shows("feed <1s"), PATIENCE);
    screen
}
