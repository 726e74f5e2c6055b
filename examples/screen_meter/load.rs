//! The screen under load: how old what it shows is, what it costs, and what a terminal that hangs does to it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::{Value, json};

use crate::figures::{milliseconds, percentiles, rounded};
use crate::process::usage;
use crate::subject::{Run, Setting, Subject, wait};

/// After the last update, until what it changed should be on the screen.
const LAST: Duration = Duration::from_secs(2);

/// What was shown, when.
type Sights = Arc<Mutex<Vec<(Instant, u64)>>>;

/// Update → visible or superseded.
pub fn latency(setting: &Setting, rate: u64) -> Result<Value> {
    let subject = setting.start()?;
    let sights = watch(&subject)?;
    let (bytes, before, began) = (subject.terminal.bytes_written(), usage(subject.pid()), Instant::now());
    let mut run = subject.source.feed(setting.feed(rate));
    run.finish();
    let time = began.elapsed();
    let after = usage(subject.pid());
    let last = run.before() + run.count();
    let newest = || sights.lock().unwrap_or_else(PoisonError::into_inner).last().map_or(0, |(_, count)| *count);
    subject.terminal.becomes(LAST, |_| newest() >= last);
    subject.terminal.stop_observing();
    let sights = sights.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let (latencies, out_of_order) = ages(&sights, &run);
    let shown = latencies.len();
    let written = subject.terminal.bytes_written() - bytes;
    Ok(json!({
        "measure": "latency", "program": setting.name(), "rate": rate, "burst": setting.burst, "fps": setting.fps,
        "size": [setting.columns, setting.rows], "seconds": rounded(time.as_secs_f64()),
        "written": run.count(), "shown_or_superseded": shown, "sights": sights.len(), "out_of_order": out_of_order,
        "latency_ms": percentiles(latencies),
        "kib_per_second": rounded(written as f64 / 1_024.0 / time.as_secs_f64()),
        "processor_percent": rounded((after.processor.saturating_sub(before.processor)).as_secs_f64() / time.as_secs_f64() * 100.0),
        "wakeups_per_second": rounded(after.wakeups.saturating_sub(before.wakeups) as f64 / time.as_secs_f64()),
        "resident_mib": rounded(after.resident_kib as f64 / 1_024.0),
    }))
}

/// Notes each change of the marker.
fn watch(subject: &Subject) -> Result<Sights> {
    let marker = subject.marker()?;
    let sights: Sights = Arc::default();
    let noted = sights.clone();
    subject.terminal.observe(move |screen, at| {
        if let Some(count) = marker.read(screen) {
            let mut sights = noted.lock().unwrap_or_else(PoisonError::into_inner);
            if sights.last().is_none_or(|(_, last)| *last != count) {
                sights.push((at, count));
            }
        }
    });
    Ok(sights)
}

/// Age of each update when it, or a newer one, was first seen; and how often an older one followed a newer one.
fn ages(sights: &[(Instant, u64)], run: &Run) -> (Vec<Duration>, usize) {
    let (written, before) = (run.written(), run.before());
    let mut ages = Vec::with_capacity(written.len());
    let (mut newest, mut backwards) = (before, 0);
    for (at, count) in sights {
        if *count < newest {
            backwards += usize::from(*count >= before && newest > before);
            continue;
        }
        let index = |count: u64| usize::try_from(count - before).unwrap_or(usize::MAX).min(written.len());
        let seen = written.get(index(newest)..index(*count)).unwrap_or_default();
        ages.extend(seen.iter().map(|sent| at.saturating_duration_since(*sent)));
        newest = *count;
    }
    (ages, backwards)
}

/// Nobody reads the terminal for a while.
pub fn stall(setting: &Setting, rate: u64) -> Result<Value> {
    let subject = setting.start()?;
    let marker = subject.marker()?;
    let stalled = Duration::from_secs(setting.seconds);
    let mut feed = setting.feed(rate);
    feed.updates = rate * (setting.seconds + 10);
    let mut run = subject.source.feed(feed);
    wait(Duration::from_secs(2));
    let before = usage(subject.pid());
    subject.terminal.stop_reading();
    wait(stalled);
    let after = usage(subject.pid());
    let (newest, bytes, resumed) = (run.before() + run.count(), subject.terminal.bytes_written(), Instant::now());
    subject.terminal.resume_reading();
    let current = subject.terminal.becomes(Duration::from_secs(5), |screen| marker.read(screen) >= Some(newest));
    let behind = resumed.elapsed();
    let replayed = subject.terminal.bytes_written() - bytes;
    run.stop();
    Ok(json!({
        "measure": "stall", "program": setting.name(), "rate": rate, "seconds": stalled.as_secs(),
        "resident_mib_before": rounded(before.resident_kib as f64 / 1_024.0),
        "resident_mib_growth": rounded((after.resident_kib as f64 - before.resident_kib as f64) / 1_024.0),
        "current_after_ms": current.then(|| milliseconds(behind)), "bytes_until_current": replayed,
    }))
}

/// Resident memory, idle and while updates arrive, and the size of the file.
pub fn memory(setting: &Setting, rate: u64) -> Result<Value> {
    let subject = setting.start()?;
    let idle = usage(subject.pid());
    let mut run = subject.source.feed(setting.feed(rate));
    wait(Duration::from_secs(setting.seconds) / 4);
    let early = usage(subject.pid());
    run.finish();
    let late = usage(subject.pid());
    let size = std::fs::metadata(setting.program())?.len();
    let mib = |kib: u64| rounded(kib as f64 / 1_024.0);
    Ok(json!({
        "measure": "memory", "program": setting.name(), "rate": rate, "seconds": setting.seconds,
        "idle_mib": mib(idle.resident_kib), "after_a_quarter_mib": mib(early.resident_kib),
        "at_the_end_mib": mib(late.resident_kib), "threads": late.threads,
        "program_mb": rounded(size as f64 / 1e6),
    }))
}
