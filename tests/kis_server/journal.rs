//! What arrived and what came of it, in memory and as JSON lines in a file.

use std::fs::File;
use std::io::Write;
use std::time::Instant;

use serde_json::{Value, json};

/// A request as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub method: String,
    pub path: String,
    pub tr_id: String,
    /// Header `tr_cont`.
    pub continues: bool,
    /// Decoded, without keys and secrets.
    pub params: Vec<(String, String)>,
    /// Server's clock, ms.
    pub time: i64,
    /// The same moment on the machine's own clock.
    pub arrived: Instant,
    /// Status of the true answer, before faults.
    pub status: u16,
    /// `msg_cd` or `error_code` of the true answer.
    pub code: String,
    /// What went wrong on purpose.
    pub fault: Option<String>,
}

impl Seen {
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(here, _)| here == name).map(|(_, value)| value.as_str())
    }
}

/// The journal.
#[derive(Debug, Default)]
pub struct Journal {
    pub requests: Vec<Seen>,
    pub file: Option<File>,
}

impl Journal {
    pub fn request(&mut self, seen: Seen) {
        let params: serde_json::Map<String, Value> =
            seen.params.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        let line = json!({"kind": "request", "method": seen.method, "path": seen.path, "trId": seen.tr_id,
                          "params": params, "status": seen.status, "code": seen.code, "fault": seen.fault});
        self.write(seen.time, line);
        self.requests.push(seen);
    }

    /// One line, on the disk's way before this returns: a killed client is compared with it.
    pub fn write(&mut self, now: i64, mut line: Value) {
        let Some(file) = &mut self.file else { return };
        line["at"] = json!(now);
        let _ = file.write_all(format!("{line}\n").as_bytes());
    }
}
