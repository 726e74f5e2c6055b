//! What the screen writes under load: bytes, frames, and calls of the system.

use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::{Value, json};

use crate::figures::rounded;
use crate::subject::{Setting, Source, Subject};
use crate::terminal::screen::Screen;

/// Counts over a feed.
struct Written {
    bytes: f64,
    reads: f64,
    frames: u64,
    seconds: f64,
}

/// Bytes, reads and synchronized updates a second; write calls a frame in a second run under `strace`, where it is there.
pub fn measure(setting: &Setting, rate: u64) -> Result<Value> {
    let subject = setting.start()?;
    let written = under_load(&subject, setting, rate);
    drop(subject);
    let traced = traced(setting, rate)?;
    Ok(json!({
        "measure": "bytes", "program": setting.name(), "rate": rate, "fps": setting.fps,
        "size": [setting.columns, setting.rows], "seconds": rounded(written.seconds),
        "kib_per_second": rounded(written.bytes / 1_024.0 / written.seconds),
        "reads_per_second": rounded(written.reads / written.seconds),
        "synchronized_updates_per_second": rounded(written.frames as f64 / written.seconds),
        "bytes_per_update": (written.frames > 0).then(|| rounded(written.bytes / written.frames as f64)),
        "traced": traced,
    }))
}

fn under_load(subject: &Subject, setting: &Setting, rate: u64) -> Written {
    let state = || {
        let chunks = subject.terminal.chunks().len();
        (subject.terminal.bytes_written(), chunks, subject.terminal.look(Screen::updates))
    };
    let (bytes, reads, frames) = state();
    let began = Instant::now();
    subject.source.feed(setting.feed(rate)).finish();
    let (bytes_after, reads_after, frames_after) = state();
    Written {
        bytes: (bytes_after - bytes) as f64,
        reads: (reads_after - reads) as f64,
        frames: frames_after - frames,
        seconds: began.elapsed().as_secs_f64(),
    }
}

/// All writes to the terminal from start to end, as `strace` saw them.
fn traced(setting: &Setting, rate: u64) -> Result<Value> {
    if std::process::Command::new("strace").arg("-V").stdout(std::process::Stdio::null()).status().is_err() {
        return Ok(Value::Null);
    }
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("trace");
    let words = ["strace", "-f", "-qq", "-y", "-s", "32", "-e", "trace=write,writev", "-o"];
    let behind: Vec<String> =
        words.map(str::to_owned).into_iter().chain([file.to_string_lossy().into_owned()]).collect();
    let subject = setting.start_behind(&behind)?;
    let mut short = setting.clone();
    short.seconds = setting.seconds.min(5);
    let written = under_load(&subject, &short, rate);
    let frames = subject.terminal.look(Screen::updates);
    if let Source::Desk(desk) = &subject.source {
        desk.hang_up();
    }
    subject.terminal.type_keys("q");
    subject.terminal.becomes(Duration::from_secs(1), |_| false);
    drop(subject);
    let (calls, largest) = calls(&std::fs::read_to_string(&file)?);
    Ok(json!({
        "writes": calls, "synchronized_updates": frames, "updates_under_load": written.frames,
        "writes_per_update": (frames > 0).then(|| rounded(calls as f64 / frames as f64)), "largest_write": largest,
    }))
}

/// How many writes to a terminal a trace holds, and the largest.
fn calls(trace: &str) -> (usize, u64) {
    let writes = trace.lines().filter(|line| {
        let is_write = line.contains("write(") || line.contains("writev(");
        is_write && (line.contains("</dev/pts/") || line.contains("</dev/tty"))
    });
    writes.fold((0, 0), |(calls, largest), line| {
        let bytes = line.rsplit("= ").next().and_then(|result| result.trim().parse::<u64>().ok());
        (calls + 1, largest.max(bytes.unwrap_or(0)))
    })
}
