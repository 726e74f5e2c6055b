//! A desk that the test plays: it listens where the command looks, notes what is asked, and answers as told.

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::{Command as Process, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use hoga::desk::protocol::{Command, Failure, FailureKind, Message, Outcome, Request, Response, Update};
use hoga::desk::record::{BookRecord, DeskStatus, OrderRecord, QuoteRecord};
use hoga::desk::wire::{FrameBuffer, encode};
use serde_json::{Value, json};
use tempfile::TempDir;

/// What the desk does about a request.
pub enum Answer {
    /// Answers.
    Ok(Response),
    /// Answers, then pushes.
    Then(Response, Vec<Update>),
    /// Refuses.
    Failed(Failure),
    /// Closes the connection without a word.
    HangUp,
}

type Handler = dyn Fn(&Command) -> Option<Answer> + Send + Sync;

pub struct FakeDesk {
    pub folder: TempDir,
    asked: Arc<Mutex<Vec<Command>>>,
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl FakeDesk {
    /// Answers with `handler`, and where that says nothing, as a desk with the profile `sim` would.
    pub fn start(handler: impl Fn(&Command) -> Option<Answer> + Send + Sync + 'static) -> Self {
        let folder = TempDir::new().unwrap();
        let listener = UnixListener::bind(folder.path().join("desk.sock")).unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let ended = Arc::new(AtomicBool::new(false));
        let handler: Arc<Handler> = Arc::new(handler);
        let thread = std::thread::spawn({
            let (asked, ended) = (asked.clone(), ended.clone());
            move || {
                for stream in listener.incoming() {
                    if ended.load(Ordering::SeqCst) {
                        return;
                    }
                    let (handler, asked) = (handler.clone(), asked.clone());
                    std::thread::spawn(move || converse(stream.unwrap(), &handler, &asked));
                }
            }
        });
        Self { folder, asked, ended, thread: Some(thread) }
    }

    /// Everything asked so far, greetings left out.
    pub fn asked(&self) -> Vec<Command> {
        self.asked.lock().unwrap().clone()
    }

    /// What of it would have moved money.
    pub fn sent(&self) -> usize {
        let moves = |command: &&Command| {
            matches!(
                command,
                Command::Submit(_) | Command::Replace { .. } | Command::Flatten { .. } | Command::Kill { .. }
            )
        };
        self.asked().iter().filter(moves).count()
    }

    pub fn hoga(&self, line: &str) -> Ran {
        run(self.command(), words(line))
    }

    pub fn hoga_with(&self, words: &[&str]) -> Ran {
        run(self.command(), words.iter().map(ToString::to_string).collect())
    }

    /// The binary on this desk's folder, without a terminal.
    pub fn command(&self) -> Process {
        hoga_in(&self.folder)
    }
}

impl Drop for FakeDesk {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        let _ = UnixStream::connect(self.folder.path().join("desk.sock"));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn converse(mut stream: UnixStream, handler: &Arc<Handler>, asked: &Mutex<Vec<Command>>) {
    let mut buffer = FrameBuffer::default();
    let mut bytes = [0; 4096];
    loop {
        while let Some(Request { id, command, .. }) = buffer.next_message().unwrap() {
            if !matches!(command, Command::Hello { .. }) {
                asked.lock().unwrap().push(command.clone());
            }
            let answer = handler(&command).unwrap_or_else(|| usual(&command));
            let (outcome, updates) = match answer {
                Answer::Ok(response) => (Outcome::Ok(Box::new(response)), Vec::new()),
                Answer::Then(response, updates) => (Outcome::Ok(Box::new(response)), updates),
                Answer::Failed(failure) => (Outcome::Failed(Box::new(failure)), Vec::new()),
                Answer::HangUp => return,
            };
            let updates = updates.into_iter().map(|update| Message::Update(Box::new(update)));
            for message in std::iter::once(Message::Reply { id, outcome }).chain(updates) {
                if stream.write_all(&encode(&message).unwrap()).is_err() {
                    return;
                }
            }
        }
        match stream.read(&mut bytes) {
            Ok(0) | Err(_) => return,
            Ok(count) => buffer.push(&bytes[..count]),
        }
    }
}

fn usual(command: &Command) -> Answer {
    Answer::Ok(match command {
        Command::Hello { .. } => {
            Response::Welcome { version: env!("CARGO_PKG_VERSION").into(), profiles: vec!["sim".parse().unwrap()] }
        }
        Command::Subscribe { .. } => Response::Done,
        Command::Status => Response::Status(status("active")),
        Command::Book { .. } => Response::Book(book()),
        Command::Preview(_) => Response::Preview(serde_json::from_value(preview(&[])).unwrap()),
        other => {
            let failure = Failure::new(FailureKind::Other, "INTERNAL", format!("nobody told the test about {other:?}"));
            return Answer::Failed(failure);
        }
    })
}

/// What a command came to.
#[derive(Debug)]
pub struct Ran {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    /// The error object: the last line of standard error.
    pub fn error(&self) -> Value {
        let line = self.err.lines().last().unwrap_or_default();
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            status: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// The binary on a data folder, in English, without a terminal and without the user's own settings.
pub fn hoga_in(folder: &TempDir) -> Process {
    let mut process = Process::new(env!("CARGO_BIN_EXE_hoga"));
    let home = folder.path().join("home");
    process.env_clear().env("HOME", &home).env("LC_ALL", "C.UTF-8").env("TZ", "Asia/Seoul");
    process.env("HOGA_DATA_DIR", folder.path()).stdin(Stdio::null());
    process
}

pub fn run(mut process: Process, words: Vec<String>) -> Ran {
    process.args(words).output().unwrap().into()
}

/// Words of a line, split at spaces; none of these tests needs quotes.
pub fn words(line: &str) -> Vec<String> {
    line.split_whitespace().map(str::to_owned).collect()
}

pub fn quote(symbol: &str) -> QuoteRecord {
    serde_json::from_value(json!({
        "profile": "sim", "symbol": symbol, "venue": "SIM", "name_ko": "삼성전자", "name_en": "Samsung Electronics", "last": "71500",
        "change": "500", "change_percent": "0.70", "bid": "71400", "ask": "71500", "bid_quantity": "2805",
        "ask_quantity": "2068", "volume": "1234567", "value": "88271540500", "open": "71700", "high": "71800",
        "low": "71400", "previous_close": "71000", "upper_limit": "92300", "lower_limit": "49700",
        "vi_upper": null, "vi_lower": null, "buy_volume": "0", "sell_volume": "0", "strength": null,
        "phase": "continuous", "currency": "KRW", "time": "2026-11-20T01:02:03.004Z", "age_ms": 46, "stale": false
    }))
    .unwrap()
}

pub fn book() -> BookRecord {
    serde_json::from_value(json!({
        "profile": "sim", "symbol": "005930", "venue": "SIM", "bids": [["71400", "2805"]],
        "asks": [["71500", "2068"]], "last": "71500", "bid_total": "2805", "ask_total": "2068",
        "phase": "continuous", "expected_price": null, "expected_quantity": null,
        "time": "2026-11-20T01:02:03.004Z", "age_ms": 46, "stale": false
    }))
    .unwrap()
}

pub fn order(state: &str) -> OrderRecord {
    serde_json::from_value(json!({
        "id": "01a1fcdb-ca54-7000-ac76-2ed03b60e5c5", "client_id": "mine-1", "broker_id": "SIM-1", "profile": "sim",
        "symbol": "005930", "venue": "SIM", "side": "buy", "type": "limit", "time_in_force": "day", "price": "70000",
        "stop_price": null, "quantity": "10", "filled_quantity": "0", "average_price": null, "state": state,
        "pending_change": null, "watched_by": null, "parent_id": null, "role": "entry", "source": "cli",
        "reason": if state == "rejected" { json!("주문가능금액 부족") } else { Value::Null },
        "reduce_only": false, "queue_ahead": null,
        "created_at": "2026-11-20T01:02:03.004Z", "updated_at": "2026-11-20T01:02:03.004Z"
    }))
    .unwrap()
}

pub fn preview(refusals: &[Value]) -> Value {
    json!({
        "world": "VIRTUAL", "profile": "sim", "instrument": "SIM:005930",
        "name": ["삼성전자", "Samsung Electronics"], "side": "buy", "type": "limit", "quantity": "10", "price": "70000",
        "cost": "700000", "fee": "105", "tax": "0", "reserved": "700105", "breakeven": "70161.35",
        "available": "100000000", "currency": "KRW", "held_by_desk": false, "refusals": refusals
    })
}

pub fn status(state: &str) -> DeskStatus {
    serde_json::from_value(json!({
        "running": true, "pid": std::process::id(), "version": env!("CARGO_PKG_VERSION"), "uptime_s": 5, "state": state,
        "profiles": [{
            "name": "sim", "broker": "sim", "world": "virtual", "connection": "up", "reconciled": true,
            "open_orders": 0, "unknown_orders": 0, "positions": 0
        }],
        "faces": 1, "trading_lock": null, "holds": [], "storage": null, "market_events": 10, "data_dir": "there"
    }))
    .unwrap()
}
