//! Somebody at a shell: the real binary on a data folder of its own, in a language that does not depend on the machine.
#![allow(dead_code, reason = "shared by tests, each of which uses a part")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use hoga::config::{Paths, Surroundings};
use serde_json::Value;

/// Longest wait for anything that must happen: a debug build on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(20);

const CONFIG: &str = r#"
[desk]
idle_exit_seconds = 1
unknown_poll_ms = 200

[risk]
max_daily_loss = "off"

[profiles.sim.sim]
seed = 11
speed = "20"
continuous_seconds = 86400
"#;

pub struct User {
    folder: tempfile::TempDir,
    environment: Vec<(String, String)>,
    /// Everything that commands wrote.
    heard: Mutex<Vec<u8>>,
}

/// What a command did.
#[derive(Debug)]
pub struct Ran {
    pub status: i32,
    pub out: String,
    pub talk: String,
}

impl Ran {
    fn of(output: &Output) -> Self {
        Self {
            status: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            talk: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The error object that `--json` puts on the last line of standard error.
    pub fn error(&self) -> Value {
        let line = self.talk.lines().last().unwrap_or_default();
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl User {
    pub fn new() -> Self {
        Self::with(CONFIG, &[])
    }

    /// One with a config of its own, and with variables in the environment of everything it starts.
    pub fn with(config: &str, environment: &[(&str, &str)]) -> Self {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let environment = environment.iter().map(owned).collect();
        let user = Self { folder: tempfile::tempdir().unwrap(), environment, heard: Mutex::default() };
        std::fs::write(user.config(), config).unwrap();
        user
    }

    /// What a variable is for everything it starts from now on.
    pub fn set_variable(&mut self, name: &str, value: &str) {
        self.environment.retain(|(own, _)| own != name);
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// Everything that commands have written so far, both ways.
    pub fn heard(&self) -> Vec<u8> {
        self.heard.lock().unwrap().clone()
    }

    pub fn config(&self) -> PathBuf {
        self.folder.path().join("config.toml")
    }

    pub fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn paths(&self) -> Paths {
        Paths::resolve(Some(&self.config()), Some(&self.data_dir()), &Surroundings::of_system()).unwrap()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        self.command_in(&self.data_dir(), arguments)
    }

    pub fn command_in(&self, data_dir: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hoga"));
        for variable in ["HOGA_CONFIG", "HOGA_DATA_DIR", "HOGA_PROFILE", "HOGA_FORMAT"] {
            command.env_remove(variable);
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.arg("--config").arg(self.config()).arg("--data-dir").arg(data_dir).args(["--lang", "en"]);
        command.args(arguments).stdin(Stdio::null());
        command
    }

    /// Types a command, words separated by blanks.
    pub fn run(&self, line: &str) -> Ran {
        let words: Vec<&str> = line.split_whitespace().collect();
        self.ran(&self.command(&words).output().unwrap())
    }

    /// The same with something on standard input.
    pub fn run_with(&self, line: &str, input: &str) -> Ran {
        let words: Vec<&str> = line.split_whitespace().collect();
        let mut command = self.command(&words);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        self.ran(&child.wait_with_output().unwrap())
    }

    /// Takes down what a command that [`Self::command`] made has written.
    pub fn ran(&self, output: &Output) -> Ran {
        let mut heard = self.heard.lock().unwrap();
        heard.extend(&output.stdout);
        heard.extend(&output.stderr);
        Ran::of(output)
    }

    pub fn run_in(&self, data_dir: &Path, line: &str) -> Ran {
        let words: Vec<&str> = line.split_whitespace().collect();
        Ran::of(&self.command_in(data_dir, &words).output().unwrap())
    }

    /// A command that works, with its JSON.
    pub fn json(&self, line: &str) -> Value {
        let ran = self.run(&format!("{line} --json --yes"));
        assert_eq!(ran.status, 0, "{line}: {ran:?}");
        ran.json()
    }

    /// A command that does not work: its exit status and the code of its error.
    pub fn fails(&self, line: &str) -> (i32, String) {
        let ran = self.run(&format!("{line} --json --yes"));
        assert_ne!(ran.status, 0, "{line}: {ran:?}");
        (ran.status, ran.error()["code"].as_str().unwrap().to_owned())
    }

    /// Level of a book, best first, as (price, quantity).
    pub fn level(&self, symbol: &str, side: &str, depth: usize) -> String {
        let book = self.json(&format!("book {symbol}"));
        book[side][depth][0].as_str().unwrap_or_else(|| panic!("{book}")).to_owned()
    }

    /// What the desk's pid file says. A desk that was killed leaves the file, and its number goes to another process.
    pub fn pid(&self) -> Option<i32> {
        std::fs::read_to_string(self.paths().pid()).ok()?.trim().parse().ok()
    }

    /// The process of that number, if it is a desk on this folder, which stands on its command line.
    fn desk(&self) -> Option<rustix::process::Pid> {
        let number = self.pid()?;
        let line = std::fs::read(format!("/proc/{number}/cmdline")).ok()?;
        let folder = self.paths().data_dir.into_os_string().into_encoded_bytes();
        let is_ours = line.split(|byte| *byte == 0).any(|argument| argument == folder);
        rustix::process::Pid::from_raw(number).filter(|_| is_ours)
    }

    /// Whether a desk runs, without attaching to it.
    pub fn desk_runs(&self) -> bool {
        self.desk().is_some_and(|pid| rustix::process::test_kill_process(pid).is_ok())
    }

    /// As the kernel kills. A command that is on its way may have started another one by the time this returns.
    pub fn kill_desk(&self) {
        let pid = self.desk().expect("a desk runs on this folder");
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
        until("the desk is gone", || is_over(pid));
    }
}

impl Drop for User {
    fn drop(&mut self) {
        let _ = self.command(&["desk", "stop", "--force"]).output();
    }
}

/// Whether a process runs no more; its number may be kept for its parent for a while.
fn is_over(pid: rustix::process::Pid) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero()));
    let is_dead = stat.is_ok_and(|stat| stat.rsplit(')').next().is_some_and(|rest| rest.starts_with(" Z")));
    is_dead || rustix::process::test_kill_process(pid).is_err()
}

/// Looks until something is so.
pub fn until(what: &str, mut so: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !so() {
        assert!(Instant::now() < deadline, "not in time: {what}");
        std::thread::park_timeout(LOOK_EVERY);
    }
}

pub fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("no {key} in {value}"))
}

pub fn number(value: &Value, key: &str) -> rust_decimal::Decimal {
    text(value, key).parse().unwrap()
}
