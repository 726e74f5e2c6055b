//! The program under measurement, and what feeds it.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::Arguments;
use crate::marker::{Marker, shows_price};
use crate::reference::{Line, LineRun};
use crate::terminal::Terminal;
use crate::terminal::fake_desk::{FakeDesk, Feed, FeedRun, Market};
use crate::terminal::screen::Screen;

/// Longest wait for a first screen.
const START: Duration = Duration::from_secs(15);
/// A screen that has not changed for so long has settled.
const SETTLED: Duration = Duration::from_millis(700);

/// Which program.
#[derive(Debug, Clone)]
pub enum Kind {
    Hoga(PathBuf),
    Reference(PathBuf),
}

/// How it is run.
#[derive(Debug, Clone)]
pub struct Setting {
    pub kind: Kind,
    pub fps: u32,
    pub rows: u16,
    pub columns: u16,
    pub seconds: u64,
    pub burst: u64,
    pub times: usize,
    arguments: Vec<String>,
    config: Option<String>,
    first_keys: Option<String>,
    symbols: usize,
    base: i64,
}

/// What feeds it.
pub enum Source {
    Desk(FakeDesk),
    Line(Line),
}

/// A feed under way.
pub enum Run {
    Desk(FeedRun),
    Line(LineRun),
}

/// A program that runs.
pub struct Subject {
    pub terminal: Terminal,
    pub source: Source,
}

impl Setting {
    pub fn new(kind: Kind, arguments: &Arguments) -> Self {
        Self {
            kind,
            fps: arguments.fps.first().copied().unwrap_or(60),
            rows: arguments.rows,
            columns: arguments.columns,
            seconds: arguments.seconds,
            burst: arguments.burst,
            times: arguments.times,
            arguments: arguments.arguments.clone(),
            config: arguments.config.clone(),
            first_keys: arguments.first_keys.clone(),
            symbols: arguments.symbols,
            base: arguments.base,
        }
    }

    pub fn at(&self, fps: u32) -> Self {
        Self { fps, ..self.clone() }
    }

    pub fn name(&self) -> &'static str {
        match self.kind {
            Kind::Hoga(_) => "hoga",
            Kind::Reference(_) => "reference",
        }
    }

    pub fn program(&self) -> &PathBuf {
        match &self.kind {
            Kind::Hoga(program) | Kind::Reference(program) => program,
        }
    }

    pub fn feed(&self, rate: u64) -> Feed {
        Feed { burst: self.burst, ..Feed::steady(rate, Duration::from_secs(self.seconds)) }
    }

    /// Opens what feeds the program; it may then be started more than once.
    pub fn source(&self) -> Result<Source> {
        Ok(match self.kind {
            Kind::Hoga(_) => Source::Desk(FakeDesk::start(Market::korean(self.symbols).counting_from(self.base))),
            Kind::Reference(_) => Source::Line(Line::listen()?),
        })
    }

    /// Starts the program, behind another one (`strace …`) where words are given.
    pub fn launch(&self, source: &Source, behind: &[String]) -> Result<Terminal> {
        let program = self.program().to_string_lossy().into_owned();
        let words: Vec<String> = behind.iter().cloned().chain([program]).collect();
        let (first, rest) = words.split_first().context("no program")?;
        let mut arguments: Vec<&str> = rest.iter().map(String::as_str).collect();
        let fps = self.fps.to_string();
        let terminal = match source {
            Source::Desk(desk) => {
                arguments.extend(self.arguments.iter().map(String::as_str));
                let mut environment = Vec::new();
                let file = desk.folder().join("meter.toml");
                let path = file.to_string_lossy().into_owned();
                if let Some(config) = &self.config {
                    std::fs::write(&file, config.replace("{fps}", &fps))?;
                    environment.push(("HOGA_CONFIG", path.as_str()));
                }
                Terminal::start_in(desk.folder(), self.rows, self.columns, first.as_ref(), &arguments, &environment)
            }
            Source::Line(line) => {
                let address = line.address.to_string();
                let environment = [("FEED", address.as_str()), ("FPS", fps.as_str())];
                Terminal::start(self.rows, self.columns, first.as_ref(), &arguments, &environment)
            }
        };
        Ok(terminal)
    }

    /// Starts it, and waits until its screen shows the market and rests.
    pub fn start(&self) -> Result<Subject> {
        self.start_behind(&[])
    }

    pub fn start_behind(&self, behind: &[String]) -> Result<Subject> {
        let source = self.source()?;
        let terminal = self.launch(&source, behind)?;
        let subject = Subject { terminal, source };
        let is_full = subject.terminal.becomes(START, |screen| subject.source.is_shown(screen));
        ensure!(is_full, "{} did not show the market:\n{}", self.name(), subject.terminal.text());
        if let (Source::Desk(_), Some(keys)) = (&subject.source, &self.first_keys) {
            subject.terminal.type_keys(keys);
        }
        subject.settle();
        Ok(subject)
    }
}

impl Source {
    /// Whether the screen shows the market.
    pub fn is_shown(&self, screen: &Screen) -> bool {
        match self {
            Self::Desk(desk) => shows_price(screen, desk.price_after(0)),
            Self::Line(_) => Marker::Sequence.read(screen).is_some(),
        }
    }

    pub fn feed(&self, feed: Feed) -> Run {
        match self {
            Self::Desk(desk) => Run::Desk(desk.feed(feed)),
            Self::Line(line) => Run::Line(line.feed(feed)),
        }
    }
}

impl Subject {
    /// Waits until nothing was written for a while; a clock that ticks each second is not waited for.
    pub fn settle(&self) {
        let deadline = Instant::now() + Duration::from_secs(4);
        let mut length = self.terminal.bytes_written();
        while Instant::now() < deadline {
            wait(SETTLED);
            let now = self.terminal.bytes_written();
            if now == length {
                return;
            }
            length = now;
        }
    }

    pub fn marker(&self) -> Result<Marker> {
        match &self.source {
            Source::Desk(desk) => Marker::find(&self.terminal, desk),
            Source::Line(_) => Ok(Marker::Sequence),
        }
    }

    pub fn pid(&self) -> u32 {
        self.terminal.pid()
    }
}

impl Run {
    pub fn before(&self) -> u64 {
        match self {
            Self::Desk(run) => run.before(),
            Self::Line(run) => run.before,
        }
    }

    pub fn written(&self) -> Vec<Instant> {
        match self {
            Self::Desk(run) => run.written(),
            Self::Line(run) => run.written(),
        }
    }

    pub fn count(&self) -> u64 {
        match self {
            Self::Desk(run) => run.count(),
            Self::Line(run) => run.count(),
        }
    }

    pub fn finish(&mut self) {
        match self {
            Self::Desk(run) => run.finish(),
            Self::Line(run) => run.finish(),
        }
    }

    pub fn stop(&mut self) {
        match self {
            Self::Desk(run) => run.stop(),
            Self::Line(run) => run.stop(),
        }
    }
}

/// Waits while others work.
pub fn wait(time: Duration) {
    let end = Instant::now() + time;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return;
        }
        std::thread::park_timeout(left);
    }
}
