//! A real desk in a process of its own, which is killed and started again.

use std::fs::File;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use hoga::config::{Paths, Surroundings};
use hoga::desk::client::{Caller, Client};
use hoga::desk::protocol::{Failure, FailureKind};
use hoga::order::Source;

/// Longest wait for a desk to listen: a debug build on a busy machine.
const LISTEN_WAIT: Duration = Duration::from_secs(20);

const CONFIG: &str = r#"
[desk]
unknown_poll_ms = 200
reconcile_seconds = 5
log_level = "warn"

[risk]
max_order_amount = "off"
max_positions = "off"
max_daily_loss = "off"
max_open_orders = "off"
max_orders_per_second = "off"
max_orders_per_minute = "off"
price_collar_percent = "off"
duplicate_window_ms = 0
refuse_self_crossing = false

[profiles.sim.sim]
seed = SEED
speed = "20"
latency_ms = 10
continuous_seconds = 86400

[profiles.sim.initial_cash]
KRW = "100000000000"
USDT = "100000000"
"#;

/// Where a desk lives.
pub struct House {
    folder: tempfile::TempDir,
    config: PathBuf,
    pub paths: Paths,
}

impl House {
    pub fn new(seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o700)).unwrap();
        let config = folder.path().join("config.toml");
        std::fs::write(&config, CONFIG.replace("SEED", &seed.to_string())).unwrap();
        let paths = Paths::resolve(Some(&config), Some(&data), &Surroundings::of_system()).unwrap();
        Self { folder, config, paths }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn journal(&self) -> PathBuf {
        self.paths.sim_journal(&"sim".parse().unwrap())
    }

    pub fn connect(&self, name: &str) -> Result<Client, Box<Failure>> {
        let caller = Caller { name: name.into(), source: Source::Cli, profile: None };
        Client::connect(self.paths.socket_candidates(), &caller)
    }

    /// Starts a desk and waits until it answers.
    pub fn start(&self) -> Desk {
        let said = self.folder().join("desk.stderr");
        let child = Command::new(env!("CARGO_BIN_EXE_hoga"))
            .arg("--config")
            .arg(&self.config)
            .arg("--data-dir")
            .arg(&self.paths.data_dir)
            .args(["desk", "run"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&said).unwrap())
            .spawn()
            .unwrap();
        let mut desk = Desk { child, started: Instant::now() };
        loop {
            match self.connect("start") {
                Ok(_) => return desk,
                Err(failure) if failure.kind == FailureKind::NoDesk => {}
                Err(failure) => panic!("{failure:?}"),
            }
            if let Some(status) = desk.child.try_wait().unwrap() {
                panic!("the desk ended: {status}: {}", std::fs::read_to_string(&said).unwrap());
            }
            assert!(desk.started.elapsed() < LISTEN_WAIT, "the desk does not listen");
            std::thread::park_timeout(Duration::from_millis(2));
        }
    }
}

/// A running desk; it is killed when dropped.
pub struct Desk {
    child: Child,
    /// When its process was started.
    pub started: Instant,
}

impl Desk {
    /// As the kernel kills: no handler runs, nothing is flushed.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
