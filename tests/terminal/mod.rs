//! A terminal that tests and measurements hold from outside: a program on a pseudo-terminal, its keys, what a person would
//! see, every byte it wrote, and what it leaves behind.
//!
//! ```text
//! mod terminal;
//! let screen = Terminal::start(24, 80, Path::new(env!("CARGO_BIN_EXE_hoga")), &[], &[]);
//! screen.wait_for_text("005930");
//! screen.type_keys("j<enter>");
//! ```
#![allow(
    dead_code,
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "shared by tests and a measuring program, each of which uses a part"
)]

pub mod allow_list;
pub mod fake_desk;
pub mod keys;
pub mod modes;
pub mod screen;
pub mod sequence;

mod stream;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use keys::Mouse;
use screen::{Cell, Screen};
pub use stream::{Chunk, Exit};
use stream::{Observer, Stream};

/// Longest wait for what must come. Far above what any of it takes, so that a busy machine fails no test.
pub const WAIT: Duration = Duration::from_secs(20);

/// The line discipline as it stands, to be compared with itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discipline {
    pub input: u64,
    pub output: u64,
    pub control: u64,
    pub local: u64,
    pub characters: Vec<u8>,
}

/// A program on a terminal.
pub struct Terminal {
    program: PathBuf,
    surroundings: Vec<(String, String)>,
    /// Removed at the end; `None` for a folder that belongs to another.
    own_folder: Option<TempDir>,
    folder: PathBuf,
    master: Box<dyn MasterPty + Send>,
    writer: Mutex<Option<Box<dyn Write + Send>>>,
    stream: Stream,
    pid: Pid,
    untouched: Discipline,
    started: Instant,
}

impl Terminal {
    /// Starts a program in a data folder of its own. `environment` is added to a bare one (English, Korean time, 24-bit
    /// colours, nothing of the caller's).
    pub fn start(rows: u16, columns: u16, program: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().to_owned();
        let mut terminal = Self::start_in(&path, rows, columns, program, arguments, environment);
        terminal.own_folder = Some(folder);
        terminal
    }

    /// Starts a program in the data folder of another, such as a fake desk's.
    pub fn start_in(
        folder: &Path,
        rows: u16,
        columns: u16,
        program: &Path,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Self {
        let pair =
            native_pty_system().openpty(PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }).unwrap();
        let surroundings = surroundings(folder, environment);
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.env_clear();
        for (name, value) in &surroundings {
            command.env(name, value);
        }
        command.cwd(folder);
        let untouched = discipline(pair.master.as_ref());
        let reader = pair.master.try_clone_reader().unwrap();
        let writer = pair.master.take_writer().unwrap();
        let started = Instant::now();
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let pid = child.process_id().and_then(|pid| i32::try_from(pid).ok()).and_then(Pid::from_raw).unwrap();
        Self {
            program: program.to_owned(),
            surroundings,
            own_folder: None,
            folder: folder.to_owned(),
            master: pair.master,
            writer: Mutex::new(Some(writer)),
            stream: Stream::follow(Screen::new(rows, columns), reader, pid),
            pid,
            untouched,
            started,
        }
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Number of the program's process.
    pub fn pid(&self) -> u32 {
        self.pid.as_raw_nonzero().get().unsigned_abs()
    }

    /// When it was started.
    pub fn started(&self) -> Instant {
        self.started
    }

    /// Types keys, as [`keys::typed`] spells them.
    pub fn type_keys(&self, keys: &str) {
        self.send(&keys::typed(keys));
    }

    /// Sends bytes as they are. Waits while the program's input is full; a program that has ended takes nothing.
    pub fn send(&self, bytes: &[u8]) {
        if let Some(writer) = self.writer.lock().unwrap().as_mut() {
            let _ = writer.write_all(bytes).and_then(|()| writer.flush());
        }
    }

    /// Pastes between the marks of bracketed paste.
    pub fn paste(&self, text: &str) {
        self.send(&keys::pasted(text));
    }

    /// Moves or clicks the mouse at a column and row, both from 0.
    pub fn mouse(&self, what: Mouse, x: u16, y: u16) {
        self.send(&keys::mouse(what, x, y));
    }

    /// Clicks where a text begins.
    #[track_caller]
    pub fn click_text(&self, text: &str) {
        match self.look(|screen| screen.find(text)) {
            Some((x, y)) => self.mouse(Mouse::Click, x, y),
            None => self.fail(&format!("{text:?} is nowhere to be clicked")),
        }
    }

    /// Another size of the window. The program is told by SIGWINCH.
    pub fn resize(&self, rows: u16, columns: u16) {
        self.stream.resize(rows, columns);
        self.master.resize(PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }).unwrap();
    }

    /// Looks at the screen as it is now.
    pub fn look<T>(&self, look: impl FnOnce(&Screen) -> T) -> T {
        self.stream.look(look)
    }

    /// The screen's rows, a line each.
    pub fn text(&self) -> String {
        self.look(Screen::text)
    }

    /// The cell in a column of a row, both from 0.
    pub fn cell(&self, x: u16, y: u16) -> Option<Cell> {
        self.look(|screen| screen.cell(x, y))
    }

    /// Column and row of the cursor; `None` while it is hidden.
    pub fn cursor(&self) -> Option<(u16, u16)> {
        self.look(Screen::cursor)
    }

    /// Waits until the screen is as wanted; looks at each new sight of it, and says whether it came to that in time.
    pub fn becomes(&self, timeout: Duration, wanted: impl FnMut(&Screen) -> bool) -> bool {
        self.stream.becomes(timeout, wanted)
    }

    /// Waits until the screen is as wanted.
    ///
    /// # Panics
    /// With the screen, when it does not come to that in time.
    #[track_caller]
    pub fn wait_for(&self, wanted: impl FnMut(&Screen) -> bool, timeout: Duration) {
        if !self.becomes(timeout, wanted) {
            self.fail("the screen did not become what was waited for");
        }
    }

    /// Waits for a text anywhere on the screen.
    #[track_caller]
    pub fn wait_for_text(&self, text: &str) {
        if !self.becomes(WAIT, |screen| screen.shows(text)) {
            self.fail(&format!("{text:?} did not appear"));
        }
    }

    /// Waits until a text is nowhere on the screen.
    #[track_caller]
    pub fn wait_until_gone(&self, text: &str) {
        if !self.becomes(WAIT, |screen| !screen.shows(text)) {
            self.fail(&format!("{text:?} did not go away"));
        }
    }

    /// Waits until the program has ended and everything it wrote was read.
    #[track_caller]
    pub fn wait_exit(&self) -> Exit {
        self.stream.wait_exit(WAIT).unwrap_or_else(|| self.fail("the program did not end"))
    }

    /// How it ended, if it has.
    pub fn exit(&self) -> Option<Exit> {
        self.stream.exit()
    }

    /// Waits until the program is stopped by a signal, or runs again.
    #[track_caller]
    pub fn wait_stopped(&self, stopped: bool) {
        if !self.stream.wait_stopped(stopped, WAIT) {
            self.fail(if stopped { "the program was not stopped" } else { "the program was not continued" });
        }
    }

    /// Sends a signal to the program, if it still runs.
    pub fn kill(&self, signal: Signal) {
        if self.exit().is_none() {
            let _ = kill_process(self.pid, signal);
        }
    }

    /// Takes no more from the program, as a terminal that hangs. One piece that was already under way may still be read.
    pub fn stop_reading(&self) {
        self.stream.set_reading(false);
    }

    /// Takes from it again.
    pub fn resume_reading(&self) {
        self.stream.set_reading(true);
    }

    /// Bytes it wrote that were read.
    pub fn bytes_written(&self) -> usize {
        self.stream.length()
    }

    /// Everything it wrote that was read.
    pub fn bytes(&self) -> Vec<u8> {
        self.stream.bytes(0)
    }

    /// What came behind the first `offset` bytes.
    pub fn bytes_since(&self, offset: usize) -> Vec<u8> {
        self.stream.bytes(offset)
    }

    /// Each piece as it was read. The system hands out at most 4 KiB at a time, whatever was written at once.
    pub fn chunks(&self) -> Vec<Chunk> {
        self.stream.chunks()
    }

    /// Calls this at each new sight of the screen, on the thread that reads, with the time the bytes came.
    pub fn observe(&self, observer: impl FnMut(&Screen, Instant) + Send + 'static) {
        let observer: Observer = Box::new(observer);
        self.stream.observe(Some(observer));
    }

    /// Ends [`Self::observe`].
    pub fn stop_observing(&self) {
        self.stream.observe(None);
    }

    /// The line discipline now.
    pub fn discipline(&self) -> Discipline {
        discipline(self.master.as_ref())
    }

    /// The line discipline before the program was started.
    pub fn untouched_discipline(&self) -> &Discipline {
        &self.untouched
    }

    /// What differs from the terminal as it was before the program, in words; empty when all was given back.
    pub fn left_behind(&self) -> Vec<String> {
        let mut left = self.look(Screen::left_behind);
        let now = self.discipline();
        if now != self.untouched {
            left.push(format!("line discipline: {now:?} instead of {:?}", self.untouched));
        }
        left
    }

    /// Ends a test with the screen in sight.
    ///
    /// # Panics
    /// Always.
    #[track_caller]
    pub fn fail(&self, what: &str) -> ! {
        panic!("{what}; {}", self.stream.state());
    }

    /// Tells the desk of the folder to end, whatever it holds.
    pub fn stop_desk(&self) {
        // A screen that still ran would start another one, which nobody would stop.
        self.kill(Signal::KILL);
        let mut command = Command::new(&self.program);
        command.args(["desk", "stop", "--force", "--yes"]).env_clear().current_dir(&self.folder);
        command.envs(self.surroundings.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let _ = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    }

    fn starts_desks(&self) -> bool {
        self.program.file_stem().is_some_and(|name| name == "hoga")
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the screen at the end: {}", self.stream.state());
        }
        self.kill(Signal::KILL);
        self.stream.close();
        // Once nothing has the terminal open any more, the end-of-input that this writes goes nowhere.
        drop(self.writer.lock().map(|mut writer| writer.take()));
        if self.own_folder.is_some() && self.starts_desks() {
            self.stop_desk();
        }
    }
}

fn surroundings(folder: &Path, added: &[(&str, &str)]) -> Vec<(String, String)> {
    let place = |path: PathBuf| path.to_string_lossy().into_owned();
    let mut all = vec![
        ("HOME".to_owned(), place(folder.join("home"))),
        ("HOGA_DATA_DIR".to_owned(), place(folder.to_owned())),
        ("LC_ALL".to_owned(), "C.UTF-8".to_owned()),
        ("LANG".to_owned(), "C.UTF-8".to_owned()),
        ("TZ".to_owned(), "Asia/Seoul".to_owned()),
        ("TERM".to_owned(), "xterm-256color".to_owned()),
        ("COLORTERM".to_owned(), "truecolor".to_owned()),
        ("PATH".to_owned(), std::env::var("PATH").unwrap_or_else(|_| "/usr/bin:/bin".to_owned())),
    ];
    for (name, value) in added {
        all.retain(|(known, _)| known != name);
        all.push(((*name).to_owned(), (*value).to_owned()));
    }
    all
}

fn discipline(master: &dyn MasterPty) -> Discipline {
    let termios = master.get_termios().expect("a terminal has a line discipline");
    Discipline {
        input: u64::from(termios.input_flags.bits()),
        output: u64::from(termios.output_flags.bits()),
        control: u64::from(termios.control_flags.bits()),
        local: u64::from(termios.local_flags.bits()),
        characters: termios.control_chars.to_vec(),
    }
}
