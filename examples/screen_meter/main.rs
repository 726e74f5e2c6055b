//! Measures hoga's screen from outside: a pseudo-terminal in front of it, a desk that this program plays behind it.
//!
//! ```text
//! cargo build --release && cargo build --release --example screen_meter
//! target/release/examples/screen_meter all --reference path/to/stub
//! target/release/examples/screen_meter latency --rates 1000 --fps 60 --seconds 10
//! target/release/examples/screen_meter key --keys '<tab>' '<shift-tab>'
//! ```
//! One line of JSON for each measurement. Figures differ between machines and hours; the ratio to a reference program
//! measured in the same run (`--reference`) differs less. A reference reads lines of a count from the TCP address in
//! `FEED`, draws at most `FPS` times a second, and shows `SEQ:` and the count in nine digits.
//!
//!  * `latency`: from the write of an update to the socket until it, or a newer one, is on the emulated screen. A
//!    synchronized update is on the screen when it has ended.
//!  * `key`: from the key to its effect, while books and prints arrive: the cursor of an armed ladder, the row of the
//!    watch list, the order form, or keys of your choice. What the effect looks like was learned before, in quiet.
//!  * `bytes`: bytes, reads and updates of the screen a second under load; write calls a frame where `strace` is there.
//!  * `slow`: the same of a screen that was started with `--slow`.
//!  * `idle`: processor time, wake-ups and bytes while nothing happens.
//!  * `start`: until the first byte and until the screen shows the market; median of some starts.
//!  * `stall`: nothing reads the terminal for a while, under load: memory gained, bytes written meanwhile, and after it
//!    the bytes and the time until the screen is current.
//!  * `memory`: resident memory of the screen, idle and under load.
//!  * `whole`: resident memory of a screen and its own desk with the simulated market, together.
//!  * `size`: of the program's file.
#![allow(clippy::print_stdout)]

#[path = "../../tests/terminal/mod.rs"]
mod terminal;

mod figures;
mod key;
mod load;
mod marker;
mod process;
mod quiet;
mod reference;
mod subject;
mod whole;
mod writes;

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Parser, ValueEnum};

use key::Pair;
use subject::{Kind, Setting};

#[derive(Parser)]
struct Arguments {
    /// What to measure, in this order.
    #[arg(required = true)]
    measures: Vec<Measure>,
    /// The program; `hoga` beside this one's folder when not given.
    #[arg(long)]
    hoga: Option<PathBuf>,
    /// An argument for it. May be given more than once.
    #[arg(long = "argument", allow_hyphen_values = true)]
    arguments: Vec<String>,
    /// A config for it; `{fps}` in it becomes the frame rate.
    #[arg(long, default_value = "[ui]\nfps = {fps}\n")]
    config: String,
    /// A program to measure beside it.
    #[arg(long)]
    reference: Option<PathBuf>,
    /// Measure the reference alone.
    #[arg(long, requires = "reference")]
    only_reference: bool,
    /// Updates a second.
    #[arg(long, value_delimiter = ',', default_values_t = [20, 1_000, 10_000])]
    rates: Vec<u64>,
    /// Frames a second.
    #[arg(long, value_delimiter = ',', default_values_t = [60, 30])]
    fps: Vec<u32>,
    /// Length of each measurement, in seconds.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Updates at a time.
    #[arg(long, default_value_t = 1)]
    burst: u64,
    /// Rows of the terminal.
    #[arg(long, default_value_t = 60)]
    rows: u16,
    /// Columns of the terminal.
    #[arg(long, default_value_t = 200)]
    columns: u16,
    /// Instruments on the watch list.
    #[arg(long, default_value_t = 30)]
    symbols: usize,
    /// Last price before the first update; the count is added to it, so it should have room for it in its last digits.
    #[arg(long, default_value_t = 1_000_000)]
    base: i64,
    /// A key and the one that undoes it, in the spelling of the harness: `<down>`, `b`, `<esc>`. Some usual pairs when
    /// not given.
    #[arg(long, num_args = 2)]
    keys: Vec<String>,
    /// Books a second while keys are pressed.
    #[arg(long, value_delimiter = ',', default_values_t = [500, 1_000])]
    key_rates: Vec<u64>,
    /// Presses of each key.
    #[arg(long, default_value_t = 100)]
    presses: usize,
    /// Length of `whole`, in seconds.
    #[arg(long, default_value_t = 60)]
    whole_seconds: u64,
    /// Keys typed after the start, to reach the view that is to be measured.
    #[arg(long)]
    first_keys: Option<String>,
    /// How often to start.
    #[arg(long, default_value_t = 11)]
    times: usize,
}

#[derive(Clone, Copy, ValueEnum)]
enum Measure {
    /// Everything below, in this order.
    All,
    Latency,
    Key,
    Bytes,
    Slow,
    Idle,
    Start,
    Stall,
    Memory,
    Whole,
    Size,
}

const EACH: [Measure; 10] = [
    Measure::Latency,
    Measure::Key,
    Measure::Bytes,
    Measure::Slow,
    Measure::Idle,
    Measure::Start,
    Measure::Stall,
    Measure::Memory,
    Measure::Whole,
    Measure::Size,
];

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let mut kinds = Vec::new();
    if !arguments.only_reference {
        let program = match &arguments.hoga {
            Some(program) => program.clone(),
            None => beside_this()?,
        };
        kinds.push(Kind::Hoga(program.canonicalize().with_context(|| format!("no program at {}", program.display()))?));
    }
    if let Some(program) = &arguments.reference {
        kinds.push(Kind::Reference(program.canonicalize().context("no reference program there")?));
    }
    let measures = arguments.measures.iter().flat_map(|measure| match measure {
        Measure::All => EACH.to_vec(),
        one => vec![*one],
    });
    for measure in measures {
        for kind in &kinds {
            measure.take(&Setting::new(kind.clone(), &arguments), &arguments)?;
        }
    }
    Ok(())
}

impl Measure {
    /// Measures, and prints each line when it is known.
    fn take(self, setting: &Setting, arguments: &Arguments) -> Result<()> {
        let print = |line: serde_json::Value| println!("{line}");
        let usual = 1_000;
        let is_hoga = matches!(setting.kind, Kind::Hoga(_));
        match self {
            Self::All => {}
            Self::Latency => {
                for (fps, rate) in pairs(&arguments.fps, &arguments.rates) {
                    print(load::latency(&setting.at(fps), rate)?);
                }
            }
            Self::Key if !is_hoga => print(key::none(setting)),
            Self::Key => {
                let keys = if arguments.keys.is_empty() { Pair::usual() } else { vec![Pair::of(&arguments.keys)?] };
                for (rate, pair) in pairs(&arguments.key_rates, &keys) {
                    print(key::latency(setting, rate, &pair, arguments.presses)?);
                }
            }
            Self::Bytes => {
                for fps in &arguments.fps {
                    print(writes::measure(&setting.at(*fps), usual)?);
                }
            }
            Self::Slow if is_hoga => print(load::slow(setting, usual)?),
            Self::Idle => print(quiet::idle(setting)?),
            Self::Start => print(quiet::start(setting)?),
            Self::Stall => print(load::stall(setting, usual)?),
            Self::Memory => print(load::memory(setting, 10_000)?),
            Self::Whole if is_hoga => print(whole::memory(setting, arguments.whole_seconds)?),
            // A reference has neither a slow line of its own nor a desk.
            Self::Slow | Self::Whole => {}
            Self::Size => print(quiet::size(setting)?),
        }
        Ok(())
    }
}

/// Each of one with each of the other.
fn pairs<A: Clone, B: Clone>(first: &[A], second: &[B]) -> Vec<(A, B)> {
    first.iter().flat_map(|one| second.iter().map(move |other| (one.clone(), other.clone()))).collect()
}

/// `target/release/hoga` for `target/release/examples/screen_meter`.
fn beside_this() -> Result<PathBuf> {
    let this = std::env::current_exe()?;
    let folder = this.parent().and_then(std::path::Path::parent).context("this program is in no target folder")?;
    Ok(folder.join("hoga"))
}
