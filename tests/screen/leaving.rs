//! The terminal is given back as it was found, whatever ends the screen.

use rustix::process::Signal;

use crate::stage::{PATIENCE, attached, on_fake_desk};
use crate::terminal::Terminal;
use crate::terminal::fake_desk::{FakeDesk, Market};

/// Nothing of the screen is left, and the terminal's own line discipline is as before.
pub fn is_as_found(screen: &Terminal) {
    assert_eq!(screen.left_behind(), Vec::<String>::new());
    assert_eq!(screen.discipline(), *screen.untouched_discipline());
}

#[test]
fn q_leaves_and_the_desk_stays() {
    let (desk, screen) = on_fake_desk(24, 80, &[]);
    screen.type_keys("q");
    assert_eq!(screen.wait_exit().status, Some(0));
    is_as_found(&screen);
    assert_eq!(desk.actions(), 0, "leaving asked the desk for nothing: {:?}", desk.asked());
}

#[test]
fn hangul_on_the_keyboard_is_the_same_key() {
    let (_desk, screen) = on_fake_desk(24, 80, &[]);
    screen.type_keys("ㅂ");
    assert_eq!(screen.wait_exit().status, Some(0));
}

#[test]
fn ctrl_c_closes_what_is_open_then_leaves_and_cancels_nothing() {
    let desk = FakeDesk::start(Market::korean(10).counting_from(100_000));
    std::fs::write(desk.folder().join("screen.toml"), "[screen]\ntoured = \"1\"\n").unwrap();
    let screen = attached(&desk, 24, 80, &["--lang", "en"]);
    screen.type_keys("?");
    screen.wait_for_text("help · Ladder");
    screen.type_keys("<ctrl-c>");
    // The second key only after the first was answered: once the terminal is given back, Ctrl-C ends a program.
    screen.wait_for(|screen| !screen.shows("help · Ladder"), PATIENCE);
    screen.type_keys("<ctrl-c>");
    assert_eq!(screen.wait_exit().status, Some(0));
    is_as_found(&screen);
    assert_eq!(desk.actions(), 0);
}

#[test]
fn every_signal_gives_the_terminal_back() {
    for (signal, number) in [(Signal::TERM, 15), (Signal::HUP, 1), (Signal::INT, 2), (Signal::QUIT, 3)] {
        let (_desk, screen) = on_fake_desk(24, 80, &[]);
        screen.kill(signal);
        assert_eq!(screen.wait_exit().status, Some(128 + number), "{signal:?}");
        is_as_found(&screen);
    }
}

#[test]
fn a_storm_of_sizes_down_to_one_cell_is_survived() {
    let (_desk, screen) = on_fake_desk(24, 80, &[]);
    for step in 0..500_u16 {
        screen.resize(1 + step * 7 % 60, 1 + step * 13 % 250);
    }
    screen.resize(17, 59);
    screen.wait_for_text("too small");
    screen.resize(45, 160);
    screen.wait_for(|screen| screen.shows("desk ok") && !screen.shows("too small"), PATIENCE);
    screen.type_keys("q");
    screen.wait_exit();
    is_as_found(&screen);
}

#[test]
fn without_a_terminal_it_says_what_to_do() {
    let output = std::process::Command::new(crate::stage::HOGA)
        .args(["attach", "--lang", "en"])
        .stdin(std::process::Stdio::null())
        .env("HOGA_DATA_DIR", tempfile::tempdir().unwrap().path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("terminal") && text.contains("hoga --help"), "{text}");
}

#[test]
fn a_terminal_that_reads_nothing_holds_up_neither_keys_nor_the_end() {
    let (desk, screen) = on_fake_desk(45, 160, &[]);
    screen.stop_reading();
    for count in 1..2_000 {
        desk.count_to(count);
    }
    screen.kill(Signal::TERM);
    assert_eq!(screen.wait_exit().status, Some(128 + 15));
    screen.resume_reading();
    // What was held back is read first.
    screen.becomes(PATIENCE, |screen| screen.left_behind().is_empty());
    is_as_found(&screen);
}

/// The example that ends badly, beside the binary under test.
pub fn ending_screen(how: &str) -> Terminal {
    let binary = std::path::Path::new(crate::stage::HOGA).parent().unwrap().join("examples/ending_screen");
    Terminal::start(24, 80, &binary, &[how], &[])
}

#[test]
fn a_panic_of_the_screen_gives_the_terminal_back_and_then_says_what_it_was() {
    let screen = ending_screen("main");
    screen.wait_exit();
    is_as_found(&screen);
    assert!(screen.text().contains("the screen's own thread"), "{}", screen.text());
}

#[test]
fn a_panic_of_another_thread_neither_ends_the_screen_nor_writes_over_it() {
    let screen = ending_screen("thread");
    screen.wait_for_text("on");
    assert!(!screen.text().contains("another thread"));
    screen.type_keys("q");
    assert_eq!(screen.wait_exit().status, Some(0));
    is_as_found(&screen);
}

#[test]
fn a_screen_that_hangs_still_gives_the_terminal_back_when_told_to_end() {
    let screen = ending_screen("hang");
    screen.wait_for_text("up");
    screen.kill(Signal::TERM);
    assert_eq!(screen.wait_exit().status, Some(128 + 15));
    is_as_found(&screen);
}
