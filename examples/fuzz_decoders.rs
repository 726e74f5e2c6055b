//! Sends changed samples through every decoder of the adapters, as many as asked for, and tells what they did.
//!
//! ```text
//! cargo run --release --example fuzz_decoders -- TARGET COUNT [SEED]
//! ```
//! `TARGET` is `all` or a name of the list it prints without arguments. The same seed makes the same inputs. For each target
//! it tells inputs a second, the longest time of one input, how far memory went above where it began, and panics with the
//! input that caused them; it ends with 1 when there was any. An input that took over 10 ms by the clock is tried again: a
//! machine that gave the time to another program makes one slow once, a decoder that hangs is slow each time, and ends the
//! run with 1 too. The inputs that coverage has found (`fuzz/`) go first:
//!
//! ```text
//! cargo run --release --example fuzz_decoders -- unpack TARGET FOLDER
//! cargo run --release --example fuzz_decoders -- pack TARGET FOLDER
//! ```
//! writes those of a target into a folder, and keeps what a run of `cargo fuzz` has found and merged there.
#![allow(clippy::print_stdout)]

#[path = "fuzz_decoders/corpus.rs"]
mod corpus;
#[path = "fuzz_decoders/mutate.rs"]
mod mutate;
#[path = "fuzz_decoders/target.rs"]
mod target;

use std::cell::RefCell;
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use mutate::{Random, input};
use target::Target;

const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data");
/// Panics that are shown whole.
const SHOWN: usize = 3;
/// What takes longer is a hang.
const HANG: Duration = Duration::from_millis(10);
/// How often an input that was slow is tried again; its least time is its own.
const AGAIN: usize = 20;

thread_local! {
    static LAST_PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

fn main() -> Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, count, seed @ ..] = arguments.as_slice() else {
        println!("fuzz_decoders TARGET COUNT [SEED] | pack TARGET FOLDER | unpack TARGET FOLDER");
        println!("targets: all, {}", names().join(", "));
        return Ok(ExitCode::from(2));
    };
    if let ("pack" | "unpack", [folder]) = (name.as_str(), seed) {
        ensure!(names().contains(&count.as_str()), "no target {count}; there are {}", names().join(", "));
        let of = if name == "pack" { corpus::pack } else { corpus::unpack };
        println!("{} inputs", of(count, Path::new(folder)).with_context(|| folder.clone())?);
        return Ok(ExitCode::SUCCESS);
    }
    let count: u64 = count.parse().context("COUNT must be a number")?;
    let seed: u64 = seed.first().map_or(Ok(1), |text| text.parse()).context("SEED must be a number")?;
    if name != "all" && !names().contains(&name.as_str()) {
        bail!("no target {name}; there are all, {}", names().join(", "));
    }
    std::panic::set_hook(Box::new(|info| LAST_PANIC.with_borrow_mut(|last| *last = info.to_string())));
    println!("{:<20} {:>10} {:>12} {:>12} {:>12} {:>7}", "target", "inputs", "inputs/s", "longest", "memory", "panics");
    let mut wrong = 0;
    for target in target::all().filter(|target| name == "all" || target.name == name) {
        wrong += run(target, count, seed)?;
    }
    Ok(if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn names() -> Vec<&'static str> {
    target::all().map(|target| target.name).collect()
}

/// How many inputs of a target panicked or hung.
fn run(target: &Target, count: u64, seed: u64) -> Result<u64> {
    let mut samples = samples(target)?;
    let mut random = Random::new(seed);
    let mut slow = Slow::default();
    let (mut panics, mut longest, mut spent) = (Vec::new(), Duration::ZERO, Duration::ZERO);
    samples.iter().for_each(|sample| (target.run)(sample));
    let kept = corpus::read(target.name).context("what was kept cannot be read")?;
    let before = peak_memory(true);
    samples.extend(kept.iter().cloned());
    for number in 0..count {
        let first = usize::try_from(number).ok().and_then(|number| kept.get(number).cloned());
        let bytes = first.unwrap_or_else(|| input(&samples, &mut random));
        let began = Instant::now();
        let outcome = std::panic::catch_unwind(|| (target.run)(&bytes));
        let took = began.elapsed();
        (longest, spent) = (longest.max(took), spent + took);
        if outcome.is_err() {
            panics.push((LAST_PANIC.take(), bytes));
        } else if took > HANG {
            slow.again(target, bytes);
        }
    }
    let memory = match (before, peak_memory(false)) {
        (Some(before), Some(after)) => format!("{} KiB", after.saturating_sub(before)),
        _ => "unknown".to_owned(),
    };
    let pace = count as f64 / spent.as_secs_f64().max(1e-9);
    let longest = format!("{:.1} us", longest.as_secs_f64() * 1e6);
    println!("{:<20} {count:>10} {pace:>12.0} {longest:>12} {memory:>12} {:>7}", target.name, panics.len());
    for (text, bytes) in panics.iter().take(SHOWN) {
        println!("  {}\n  input: {}", text.replace('\n', " "), bytes.escape_ascii());
    }
    Ok(panics.len() as u64 + slow.tell())
}

/// Inputs that were slow by the clock, tried again.
#[derive(Default)]
struct Slow {
    once: u64,
    /// The longest of the least times.
    longest: Duration,
    /// Those that are slow each time.
    hangs: Vec<Vec<u8>>,
}

impl Slow {
    fn again(&mut self, target: &Target, bytes: Vec<u8>) {
        let timed = |_| {
            let began = Instant::now();
            (target.run)(&bytes);
            began.elapsed()
        };
        let least = (0..AGAIN).map(timed).min().unwrap_or(Duration::MAX);
        self.once += 1;
        self.longest = self.longest.max(least);
        if least > HANG {
            self.hangs.push(bytes);
        }
    }

    /// How many hang.
    fn tell(&self) -> u64 {
        let (once, longest) = (self.once, self.longest);
        if once > 0 {
            println!(
                "  {once} took over {HANG:?} once; each of them again, the least of {AGAIN} times: at most {longest:?}"
            );
        }
        for bytes in self.hangs.iter().take(SHOWN) {
            println!("  hangs: {}", bytes.escape_ascii());
        }
        self.hangs.len() as u64
    }
}

/// The samples of a target's kind.
fn samples(target: &Target) -> Result<Vec<Vec<u8>>> {
    let folder = Path::new(SAMPLES).join(target.folder);
    let mut paths: Vec<_> = fs::read_dir(&folder)
        .with_context(|| format!("no samples in {}", folder.display()))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            target.samples.iter().any(|start| name.starts_with(start))
        })
        .collect();
    paths.sort();
    ensure!(!paths.is_empty(), "no samples for {}", target.name);
    paths.iter().map(|path| fs::read(path).with_context(|| path.display().to_string())).collect()
}

/// Most memory the program has held, in KiB, as Linux counts it; from here on when asked to begin anew.
fn peak_memory(anew: bool) -> Option<u64> {
    if anew {
        fs::write("/proc/self/clear_refs", "5").ok()?;
    }
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}
