//! What a person runs: a screen, the desk it starts, and the simulated market in that desk.

use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::figures::rounded;
use crate::process::usage;
use crate::subject::{Setting, wait};
use crate::terminal::Terminal;

const START: Duration = Duration::from_secs(30);
/// How often the memory is looked at.
const LOOKS: u32 = 6;

/// Resident memory of a screen and its desk together, after some time of the simulated market.
pub fn memory(setting: &Setting, seconds: u64) -> Result<Value> {
    let program = setting.program();
    let terminal = Terminal::start(setting.rows, setting.columns, program, &[], &[]);
    let is_up = terminal.becomes(START, |screen| screen.shows("desk ok") && screen.shows("feed <1s"));
    ensure!(is_up, "the simulated market did not appear:\n{}", terminal.text());
    let desk = desk_of(&terminal, program)?;
    let mut resident = Vec::new();
    for _ in 0..LOOKS {
        wait(Duration::from_secs(seconds) / LOOKS);
        resident.push([usage(terminal.pid()), usage(desk)].map(|of| of.resident_kib as f64 / 1_024.0));
    }
    let sums: Vec<f64> = resident.iter().map(|[screen, desk]| rounded(screen + desk)).collect();
    let [screen, desk] = resident.last().copied().unwrap_or_default();
    Ok(json!({
        "measure": "whole", "program": setting.name(), "seconds": seconds,
        "size": [setting.columns, setting.rows], "screen_mib": rounded(screen), "desk_mib": rounded(desk),
        "together_mib": rounded(screen + desk), "together_over_time_mib": sums,
    }))
}

/// Number of the desk's process in a screen's data folder.
fn desk_of(terminal: &Terminal, program: &std::path::Path) -> Result<u32> {
    let output = Command::new(program)
        .args(["desk", "status", "--json"])
        .env("HOGA_DATA_DIR", terminal.folder())
        .env("HOME", terminal.folder())
        .stdin(Stdio::null())
        .output()?;
    let status: Value = serde_json::from_slice(&output.stdout)?;
    let pid = status["pid"].as_u64().context("the desk does not say its number")?;
    Ok(u32::try_from(pid)?)
}
