//! Measures hoga's screen from outside: a pseudo-terminal in front of it, a desk that this program plays behind it.
//!
//! ```text
//! cargo build --release && cargo build --release --example screen_meter
//! target/release/examples/screen_meter latency bytes idle start --reference path/to/stub
//! target/release/examples/screen_meter latency --rates 1000 --fps 60 --seconds 10
//! target/release/examples/screen_meter key --keys '<down>' '<up>'
//! ```
//! One line of JSON for each measurement. Figures differ between machines and hours; the ratio to a reference program
//! measured in the same run (`--reference`) differs less. A reference reads lines of a count from the TCP address in
//! `FEED`, draws at most `FPS` times a second, and shows `SEQ:` and the count in nine digits.
//!
//!  * `latency`: from the write of an update to the socket until it, or a newer one, is on the emulated screen. A
//!    synchronized update is on the screen when it has ended.
//!  * `key`: from the key to its effect, while updates arrive. What the effect is was learned before, in quiet.
//!  * `bytes`: bytes, reads and updates of the screen a second under load; write calls a frame where `strace` is there.
//!  * `idle`: processor time, wake-ups and bytes while nothing happens.
//!  * `start`: until the first byte and until the screen shows the market; median of some starts.
//!  * `stall`: nothing reads the terminal for a while, under load; memory gained, and time to a current screen after.
//!  * `memory`: resident memory idle and under load, and the size of the program's file.
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
mod writes;

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Parser, ValueEnum};

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
    #[arg(long)]
    config: Option<String>,
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
    /// A key and the one that undoes it, in the spelling of the harness: `<down>`, `b`, `<esc>`.
    #[arg(long, num_args = 2, default_values_t = ["<down>".to_owned(), "<up>".to_owned()])]
    keys: Vec<String>,
    /// Keys typed after the start, to reach the view that is to be measured.
    #[arg(long)]
    first_keys: Option<String>,
    /// How often to start, or to press.
    #[arg(long, default_value_t = 11)]
    times: usize,
}

#[derive(Clone, Copy, ValueEnum)]
enum Measure {
    Latency,
    Key,
    Bytes,
    Idle,
    Start,
    Stall,
    Memory,
}

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
    for measure in &arguments.measures {
        for kind in &kinds {
            let setting = Setting::new(kind.clone(), &arguments);
            for line in measure.take(&setting, &arguments)? {
                println!("{line}");
            }
        }
    }
    Ok(())
}

impl Measure {
    fn take(self, setting: &Setting, arguments: &Arguments) -> Result<Vec<serde_json::Value>> {
        let rates = |rates: &[u64], measure: &dyn Fn(u64, &Setting) -> Result<serde_json::Value>| {
            let pairs = arguments.fps.iter().flat_map(|fps| rates.iter().map(move |rate| (*rate, *fps)));
            pairs.map(|(rate, fps)| measure(rate, &setting.at(fps))).collect::<Result<Vec<_>>>()
        };
        let usual = [1_000];
        match self {
            Self::Latency => rates(&arguments.rates, &|rate, setting| load::latency(setting, rate)),
            Self::Key => rates(&usual, &|rate, setting| key::latency(setting, rate, &arguments.keys)),
            Self::Bytes => rates(&usual, &|rate, setting| writes::measure(setting, rate)),
            Self::Idle => Ok(vec![quiet::idle(setting)?]),
            Self::Start => Ok(vec![quiet::start(setting)?]),
            Self::Stall => Ok(vec![load::stall(setting, 1_000)?]),
            Self::Memory => Ok(vec![load::memory(setting, 10_000)?]),
        }
    }
}

/// `target/release/hoga` for `target/release/examples/screen_meter`.
fn beside_this() -> Result<PathBuf> {
    let this = std::env::current_exe()?;
    let folder = this.parent().and_then(std::path::Path::parent).context("this program is in no target folder")?;
    Ok(folder.join("hoga"))
}
