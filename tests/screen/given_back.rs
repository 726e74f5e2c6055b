//! The terminal is given back in every way a screen can end or stop, many times over.

use std::io::Read;
use std::path::Path;
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};

use crate::leaving::{ending_screen, is_as_found};
use crate::stage::{HOGA, PATIENCE};
use crate::terminal::Terminal;
use crate::terminal::fake_desk::{FakeDesk, Market};
use crate::terminal::screen::Screen;

/// A way to end or stop a screen.
type Row = (&'static str, fn(&FakeDesk));

const ROWS: &[Row] = &[
    ("q", |desk| leaves(&started(desk), |screen| screen.type_keys("q"), 0)),
    ("ctrl-c", |desk| leaves(&started(desk), |screen| screen.type_keys("<ctrl-c>"), 0)),
    ("TERM", |desk| leaves(&started(desk), |screen| screen.kill(Signal::TERM), 128 + 15)),
    ("HUP", |desk| leaves(&started(desk), |screen| screen.kill(Signal::HUP), 128 + 1)),
    ("INT", |desk| leaves(&started(desk), |screen| screen.kill(Signal::INT), 128 + 2)),
    ("QUIT", |desk| leaves(&started(desk), |screen| screen.kill(Signal::QUIT), 128 + 3)),
    ("ctrl-z, fg", |desk| stops(desk, |shell| shell.type_keys("<ctrl-z>"))),
    ("TSTP, fg", |desk| stops(desk, |shell| kill_process(child_of(shell.pid()), Signal::TSTP).unwrap())),
    ("panic of the screen's thread", |_| panics("main")),
    ("panic of another thread", |_| panics("thread")),
    ("told to end while it hangs", |_| hangs()),
    ("500 sizes", storm),
    ("1x1", |desk| leaves(&smallest(desk), |screen| screen.type_keys("q"), 0)),
    ("no terminal", no_terminal),
    ("TERM=dumb", dumb),
    ("terminal closed", closed),
];

fn started(desk: &FakeDesk) -> Terminal {
    let screen = Terminal::start_in(desk.folder(), 24, 80, Path::new(HOGA), &[], &[]);
    screen.wait_for(|screen| screen.shows("desk ok"), PATIENCE);
    screen
}

fn leaves(screen: &Terminal, how: fn(&Terminal), status: i32) {
    how(screen);
    assert_eq!(screen.wait_exit().status, Some(status));
    is_as_found(screen);
}

/// A shell with job control in front of the screen, as a person has.
fn stops(desk: &FakeDesk, how: fn(&Terminal)) {
    let shell = Terminal::start_in(desk.folder(), 24, 80, Path::new("/bin/sh"), &["-i"], &[("PS1", "$ ")]);
    shell.wait_for(prompts, PATIENCE);
    shell.type_keys(&format!("'{HOGA}'<enter>"));
    shell.wait_for(|screen| screen.shows("desk ok"), PATIENCE);
    how(&shell);
    shell.wait_for(|screen| screen.shows("Stopped") && screen.left_behind().is_empty(), PATIENCE);
    is_as_found(&shell);
    shell.wait_for(prompts, PATIENCE);
    shell.type_keys("fg<enter>");
    shell.wait_for(|screen| screen.modes().is_on(1049) && screen.shows("desk ok"), PATIENCE);
    shell.type_keys("q");
    // What is typed ahead while the screen leaves is no command of the shell's: its prompt is waited for.
    shell.wait_for(|screen| screen.left_behind().is_empty() && prompts(screen), PATIENCE);
    shell.type_keys("exit<enter>");
    shell.wait_exit();
    is_as_found(&shell);
}

fn prompts(screen: &Screen) -> bool {
    screen.rows().iter().rev().find(|row| !row.is_empty()).is_some_and(|row| row == "$")
}

/// The only child of a process.
fn child_of(parent: u32) -> Pid {
    let status = |pid: i32| std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let parent_of = |pid: i32| -> Option<u32> {
        // The name in parentheses may hold anything.
        status(pid).rsplit(')').next()?.split_whitespace().nth(1)?.parse().ok()
    };
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let mut numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let child = numbers.find(|pid| parent_of(*pid) == Some(parent)).expect("the shell has a child");
    Pid::from_raw(child).unwrap()
}

fn panics(thread: &str) {
    let screen = ending_screen(thread);
    if thread == "thread" {
        screen.wait_for_text("on");
        screen.type_keys("q");
    }
    screen.wait_exit();
    is_as_found(&screen);
}

fn hangs() {
    let screen = ending_screen("hang");
    screen.wait_for_text("up");
    screen.kill(Signal::TERM);
    assert_eq!(screen.wait_exit().status, Some(128 + 15));
    is_as_found(&screen);
}

fn storm(desk: &FakeDesk) {
    let screen = started(desk);
    for step in 0..500_u16 {
        screen.resize(1 + step * 7 % 60, 1 + step * 13 % 250);
    }
    screen.resize(45, 160);
    screen.wait_for(|screen| screen.shows("desk ok") && !screen.shows("too small"), PATIENCE);
    leaves(&screen, |screen| screen.type_keys("q"), 0);
}

/// There is no room to say anything: what tells that it is there is the desk.
fn smallest(desk: &FakeDesk) -> Terminal {
    let before = desk.asked().len();
    let screen = Terminal::start_in(desk.folder(), 1, 1, Path::new(HOGA), &[], &[]);
    assert!(desk.was_asked(PATIENCE, |asked| asked.len() > before), "it did not come to the desk");
    screen.wait_for(|screen| screen.modes().is_on(1049), PATIENCE);
    screen
}

fn no_terminal(desk: &FakeDesk) {
    let output = std::process::Command::new(HOGA)
        .args(["attach", "--lang", "en"])
        .stdin(std::process::Stdio::null())
        .env("HOGA_DATA_DIR", desk.folder())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty() && !output.stderr.contains(&0x1b), "no sequence goes to what is no terminal");
}

/// A terminal that cannot show a screen is told so in plain text.
fn dumb(desk: &FakeDesk) {
    let screen = Terminal::start_in(desk.folder(), 24, 80, Path::new(HOGA), &[], &[("TERM", "dumb")]);
    assert_eq!(screen.wait_exit().status, Some(2));
    assert!(!screen.bytes().contains(&0x1b) && screen.text().contains("dumb"), "{}", screen.text());
    is_as_found(&screen);
}

/// The window is closed: nobody is left to give anything back to, and nothing stays behind.
fn closed(desk: &FakeDesk) {
    let pair = native_pty_system().openpty(PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 }).unwrap();
    let mut command = CommandBuilder::new(HOGA);
    command.env("HOGA_DATA_DIR", desk.folder());
    command.env("TERM", "xterm-256color");
    let mut reader = pair.master.try_clone_reader().unwrap();
    let mut child = pair.slave.spawn_command(command).unwrap();
    let mut first = [0; 256];
    assert!(reader.read(&mut first).unwrap() > 0, "it began to draw");
    drop((pair.slave, reader, pair.master));
    let deadline = Instant::now() + PATIENCE;
    while child.try_wait().unwrap().is_none() {
        assert!(Instant::now() < deadline, "it goes on without a terminal");
        std::thread::park_timeout(Duration::from_millis(10));
    }
}

fn desk() -> FakeDesk {
    let desk = FakeDesk::start(Market::korean(10).counting_from(100_000));
    std::fs::write(desk.folder().join("screen.toml"), "[screen]\ntoured = \"1\"\n").unwrap();
    desk
}

#[test]
fn however_it_ends_or_stops() {
    let desk = desk();
    for (name, row) in ROWS {
        println!("{name}");
        row(&desk);
    }
    assert_eq!(desk.actions(), 0, "nothing was asked of the desk: {:?}", desk.asked());
}

/// Somebody who has never been here is shown around; that holds nobody back either.
#[test]
fn one_ctrl_c_leaves_with_the_tour_open() {
    let desk = FakeDesk::start(Market::korean(10).counting_from(100_000));
    let screen = Terminal::start_in(desk.folder(), 45, 160, Path::new(HOGA), &[], &[]);
    screen.wait_for_text("tour 1/3");
    leaves(&screen, |screen| screen.type_keys("<ctrl-c>"), 0);
}

/// `HOGA_RUNS=100 cargo test --test screen each_way_many_times -- --ignored --nocapture`
#[test]
#[ignore = "takes minutes"]
fn each_way_many_times() {
    let runs = std::env::var("HOGA_RUNS").ok().and_then(|text| text.parse().ok()).unwrap_or(100);
    let desk = desk();
    for (name, row) in ROWS {
        for run in 0..runs {
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| row(&desk)));
            assert!(outcome.is_ok(), "{name}: run {run}");
        }
        println!("{name}: {runs} of {runs} clean");
    }
}
