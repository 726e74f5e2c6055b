//! Something in the desk panics while a screen is attached: the screen stays usable, on the same desk or on the next one,
//! says so in the person's language, and gives the terminal back.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use hoga::broker::sim;
use serde_json::Value;

use crate::attached::command;
use crate::leaving::is_as_found;
use crate::stage::{HOGA, PATIENCE};
use crate::terminal::Terminal;
use crate::terminal::allow_list::AllowList;

/// A desk that can be made to panic, and a screen on it.
struct Scene {
    screen: Terminal,
    desk: Child,
    _folder: tempfile::TempDir,
}

impl Scene {
    fn start(language: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("screen.toml"), "[screen]\ntoured = \"1\"\n").unwrap();
        let binary = Path::new(HOGA).parent().unwrap().join("examples/panicking_desk");
        let said = std::fs::File::create(folder.path().join("desk.stderr")).unwrap();
        let desk = Command::new(binary)
            .arg(folder.path())
            .env("HOME", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(said)
            .spawn()
            .unwrap();
        let socket = Instant::now() + PATIENCE;
        while command_status(folder.path(), &["desk", "status"]) != Some(0) && Instant::now() < socket {
            std::thread::park_timeout(Duration::from_millis(50));
        }
        let screen = Terminal::start_in(folder.path(), 45, 160, Path::new(HOGA), &[], &[("HOGA_LANG", language)]);
        screen.wait_for(|screen| screen.shows("VIRTUAL") && screen.shows("<1s"), PATIENCE);
        Self { screen, desk, _folder: folder }
    }

    fn folder(&self) -> &Path {
        self.screen.folder()
    }

    /// An order by the command line of a size that makes something panic. It may fail; it may not be lost.
    fn set_off(&self, size: &str) {
        let mut order = Command::new(HOGA);
        order.args(["order", "buy", "005930", size, "--price", "65000", "--yes"]);
        let _ = order.env("HOGA_DATA_DIR", self.folder()).env("HOME", self.folder()).output().unwrap();
    }

    /// The screen still does what its keys say, and shows the market.
    fn is_usable(&self, chart: &str, trade: &str) {
        self.screen.wait_for(|screen| screen.shows("<1s"), PATIENCE);
        self.screen.type_keys("2");
        self.screen.wait_for(|screen| screen.shows(chart), PATIENCE);
        self.screen.type_keys("1");
        self.screen.wait_for(|screen| screen.shows(trade), PATIENCE);
    }

    /// The screen tells of a desk that ended, in its own language. One that caught the panic goes on.
    fn says_what_happened(&mut self) {
        let has_ended = self.desk.try_wait().unwrap().is_some();
        self.screen.type_keys("`");
        self.screen.wait_for_text("▸활동");
        if has_ended {
            self.screen.wait_for_text("데스크와 연결이 끊겼습니다: 데스크가 연결을 닫았습니다");
        }
    }

    /// Every order the exchange has is in the books once.
    fn agrees_with_the_exchange(&self) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let truth = sim::read(&self.folder().join("sim").join("sim.journal")).unwrap();
            assert_eq!(truth.repeated, 0, "an order was sent twice");
            let listed = command(self.folder(), &["order", "list", "--all"]);
            let ids: Vec<&str> = listed.as_array().unwrap().iter().filter_map(|order| order["id"].as_str()).collect();
            let known = |id: String| ids.iter().filter(|listed| **listed == id).count() == 1;
            if truth.orders.values().all(|order| known(order.order_id.to_string())) && !ids.is_empty() {
                return;
            }
            assert!(Instant::now() < deadline, "{listed} {:?}", truth.orders);
            std::thread::park_timeout(Duration::from_millis(100));
        }
    }

    /// Nothing but the screen's own sequences was on the wire, no order is doubled or lost, and the terminal goes back.
    fn ends_well(&self) {
        self.agrees_with_the_exchange();
        let verified = command(self.folder(), &["db", "verify"]);
        assert_eq!(verified["ok"], Value::Bool(true), "{verified}");
        self.screen.type_keys("q");
        assert_eq!(self.screen.wait_exit().status, Some(0));
        is_as_found(&self.screen);
        let own = AllowList::default().bell().notices().mode(1004);
        assert_eq!(own.unexpected(&self.screen.bytes()), Vec::<String>::new());
        assert!(!self.screen.text().contains("panicked"), "{}", self.screen.text());
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        self.screen.stop_desk();
        let _ = self.desk.kill();
        let _ = self.desk.wait();
    }
}

fn command_status(folder: &Path, words: &[&str]) -> Option<i32> {
    let mut command = Command::new(HOGA);
    command.args(words).env("HOGA_DATA_DIR", folder).env("HOME", folder);
    command.output().ok()?.status.code()
}

fn survives(size: &str) {
    let mut scene = Scene::start("ko");
    scene.set_off(size);
    // Whatever still stands is asked once more.
    scene.set_off("1");
    scene.is_usable("[2 차트]", "[1 주문]");
    scene.says_what_happened();
    scene.ends_well();
}

#[test]
fn the_broker_is_asked() {
    survives("13");
}

#[test]
fn the_broker_is_polled() {
    survives("14");
}

#[test]
fn a_task_of_the_broker() {
    survives("15");
}

#[test]
fn the_thread_of_the_ledger() {
    survives("16");
}
