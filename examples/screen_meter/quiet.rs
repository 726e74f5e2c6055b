//! The screen when nothing happens, and how soon it is there.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::figures::{milliseconds, percentile, rounded};
use crate::process::usage;
use crate::subject::{Setting, wait};

const START: Duration = Duration::from_secs(15);

/// Processor time, wake-ups and bytes while nothing happens.
pub fn idle(setting: &Setting) -> Result<Value> {
    let subject = setting.start()?;
    let (before, bytes, began) = (usage(subject.pid()), subject.terminal.bytes_written(), Instant::now());
    wait(Duration::from_secs(setting.seconds));
    let (after, time) = (usage(subject.pid()), began.elapsed().as_secs_f64());
    let written = subject.terminal.bytes_written() - bytes;
    Ok(json!({
        "measure": "idle", "program": setting.name(), "seconds": rounded(time),
        "processor_percent": rounded((after.processor.saturating_sub(before.processor)).as_secs_f64() / time * 100.0),
        "wakeups_per_second": rounded(after.wakeups.saturating_sub(before.wakeups) as f64 / time),
        "bytes_per_second": rounded(written as f64 / time),
        "resident_mib": rounded(after.resident_kib as f64 / 1_024.0), "threads": after.threads,
    }))
}

/// Until the first byte, and until the screen shows the market. The desk runs already.
pub fn start(setting: &Setting) -> Result<Value> {
    let (mut first, mut full) = (Vec::new(), Vec::new());
    // The first start reads the program from the disk and is not counted.
    for round in 0..=setting.times {
        let source = Arc::new(setting.source()?);
        let terminal = setting.launch(&source, &[])?;
        let shown: Arc<Mutex<Option<Instant>>> = Arc::default();
        let (noted, watched) = (shown.clone(), source.clone());
        terminal.observe(move |screen, at| {
            let mut noted = noted.lock().unwrap_or_else(PoisonError::into_inner);
            if noted.is_none() && watched.is_shown(screen) {
                *noted = Some(at);
            }
        });
        let is_shown = || *shown.lock().unwrap_or_else(PoisonError::into_inner);
        let came = terminal.becomes(START, |screen| is_shown().is_some() || source.is_shown(screen));
        ensure!(came, "{} did not show the market:\n{}", setting.name(), terminal.text());
        // Shown before it was watched: the last piece that came is the one.
        let last = terminal.chunks().last().map(|chunk| chunk.at);
        let at = is_shown().or(last).unwrap_or_else(Instant::now);
        if round > 0 {
            full.push(at.saturating_duration_since(terminal.started()));
            let byte = terminal.chunks().first().map(|chunk| chunk.at);
            first.extend(byte.map(|byte| byte.saturating_duration_since(terminal.started())));
        }
    }
    let figures = |mut times: Vec<Duration>| {
        times.sort_unstable();
        let max = times.last().copied().unwrap_or_default();
        json!({ "median": milliseconds(percentile(&times, 50)), "max": milliseconds(max) })
    };
    Ok(json!({
        "measure": "start", "program": setting.name(), "starts": setting.times,
        "first_byte_ms": figures(first), "full_screen_ms": figures(full),
    }))
}
