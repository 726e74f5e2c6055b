//! What the system knows of a process.

use std::fs;
use std::time::Duration;

/// Ticks a second in which Linux counts processor time for programs; the same on every machine hoga is built for.
const TICKS_PER_SECOND: u64 = 100;

/// Use of a process up to a moment.
#[derive(Debug, Clone, Copy, Default)]
pub struct Use {
    /// Processor time of all its threads.
    pub processor: Duration,
    /// How often a thread went to sleep of itself, and so was woken.
    pub wakeups: u64,
    /// Resident memory.
    pub resident_kib: u64,
    /// Threads.
    pub threads: usize,
}

/// Of the threads that live. Zero of a process that is gone.
pub fn usage(pid: u32) -> Use {
    let mut total = Use { resident_kib: field(&format!("/proc/{pid}/status"), "VmRSS:"), ..Use::default() };
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    for task in tasks {
        let path = task.path();
        total.threads += 1;
        total.wakeups += field(&path.join("status").to_string_lossy(), "voluntary_ctxt_switches:");
        total.processor += fs::read_to_string(path.join("schedstat"))
            .ok()
            .and_then(|text| precise(&text))
            .unwrap_or_else(|| ticks(&fs::read_to_string(path.join("stat")).unwrap_or_default()));
    }
    total
}

/// Nanoseconds of the scheduler, where it keeps them.
fn precise(schedstat: &str) -> Option<Duration> {
    schedstat.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

/// User and system time, fields 14 and 15. The name in parentheses may hold spaces.
fn ticks(stat: &str) -> Duration {
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: u64 = fields.skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 1_000 / TICKS_PER_SECOND)
}

fn field(path: &str, name: &str) -> u64 {
    let text = fs::read_to_string(path).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
