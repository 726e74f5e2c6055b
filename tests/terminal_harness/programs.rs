//! Programs of every system on the terminal.

use std::path::Path;
use std::sync::mpsc::channel;
use std::time::Duration;

use rustix::process::Signal;

use crate::terminal::keys::{Mouse, mouse, pasted, typed};
use crate::terminal::screen::Screen;
use crate::terminal::{Exit, Terminal, WAIT};

fn shell(script: &str) -> Terminal {
    Terminal::start(10, 40, Path::new("/bin/sh"), &["-c", script], &[])
}

#[test]
fn keys_reach_the_program_and_what_it_says_is_seen() {
    let cat = Terminal::start(5, 20, Path::new("/bin/cat"), &[], &[]);
    cat.type_keys("삼성 005930<enter>");
    cat.wait_for(|screen| screen.find_all("삼성 005930").len() == 2, WAIT);
    assert_eq!(cat.look(|screen| screen.row(0)), "삼성 005930");
    let wide = cat.cell(0, 0).unwrap();
    assert_eq!((wide.text.as_str(), wide.wide), ("삼", true));
    assert_eq!(cat.cell(1, 0).unwrap().text, "", "the right half of a wide character");
    assert_eq!(cat.look(|screen| screen.find("005930")), Some((5, 0)), "columns count cells, not characters");
    assert_eq!(cat.cursor(), Some((0, 2)));
    cat.type_keys("<ctrl-d>");
    assert_eq!(cat.wait_exit(), Exit { status: Some(0), signal: None });
    assert_eq!(cat.bytes_written(), cat.bytes().len());
    assert_eq!(cat.chunks().iter().map(|chunk| chunk.length).sum::<usize>(), cat.bytes_written());
}

#[test]
fn a_program_has_the_size_and_surroundings_it_was_given() {
    // What is printed says that the trap is set.
    let script =
        "trap 'stty size; exit 3' WINCH; stty size; echo $HOGA_DATA_DIR $EXTRA; while :; do read -r line; done";
    let shell = Terminal::start(12, 200, Path::new("/bin/sh"), &["-c", script], &[("EXTRA", "더")]);
    shell.wait_for_text(&format!("{} 더", shell.folder().display()));
    shell.wait_for_text("12 200");
    shell.resize(33, 90);
    shell.wait_for_text("33 90");
    assert_eq!(shell.look(crate::terminal::screen::Screen::size), (33, 90));
    shell.type_keys("<enter>");
    assert_eq!(shell.wait_exit().status, Some(3));
}

#[test]
fn colours_and_attributes_of_a_cell_are_seen() {
    let shell = shell("printf 'a\\033[1;31;44mb\\033[0;7;38;2;1;2;3mc\\033[m'");
    shell.wait_for_text("abc");
    let (plain, loud, turned) = (shell.cell(0, 0).unwrap(), shell.cell(1, 0).unwrap(), shell.cell(2, 0).unwrap());
    assert_eq!((plain.foreground, plain.bold), (vt100::Color::Default, false));
    assert_eq!((loud.foreground, loud.background, loud.bold), (vt100::Color::Idx(1), vt100::Color::Idx(4), true));
    assert_eq!((turned.foreground, turned.inverse), (vt100::Color::Rgb(1, 2, 3), true));
}

#[test]
fn a_synchronized_update_is_seen_when_it_is_whole() {
    let shell = shell("printf 'old\\033[?2026h\\r'; printf new; read -r go; printf '!\\033[?2026l'; read -r go");
    let (sights, seen) = channel();
    shell.observe(move |screen, _| sights.send(screen.text()).unwrap_or(()));
    shell.wait_for(|screen| screen.modes().is_synchronized(), WAIT);
    assert_eq!(shell.text().trim(), "old", "half an update was shown");
    assert_eq!(shell.look(crate::terminal::screen::Screen::left_behind), ["synchronized update"]);
    shell.type_keys("<enter>");
    shell.wait_for_text("new");
    shell.type_keys("<enter>");
    shell.wait_exit();
    let sights: Vec<String> = seen.try_iter().filter(|text| text.contains("new")).collect();
    assert!(!sights.is_empty() && sights.iter().all(|text| text.contains('!')), "{sights:?}");
    assert_eq!(shell.look(crate::terminal::screen::Screen::updates), 1);
}

#[test]
fn what_a_program_leaves_behind_is_named() {
    let clean = shell("printf '\\033[?1049h\\033[?25l\\033[?1003h\\033[>1u\\033[?1003l\\033[<u\\033[?25h\\033[?1049l'");
    clean.wait_exit();
    assert_eq!(clean.left_behind(), Vec::<String>::new());
    let messy = shell("stty raw; printf '\\033[?1049h\\033[?25l\\033[?1003h\\033[?2004h\\033[>1u\\033[31m'");
    messy.wait_exit();
    let mut left = messy.left_behind();
    assert!(left.pop().unwrap().starts_with("line discipline"));
    let modes = [
        "mouse reports (1003)",
        "alternate screen",
        "bracketed paste",
        "cursor hidden",
        "keyboard protocol",
        "colours",
    ];
    assert_eq!(left, modes);
}

#[test]
fn a_terminal_that_does_not_read_holds_the_program_back() {
    let shell =
        shell("read -r go; i=0; while [ $i -lt 20000 ]; do echo 'a line of some length'; i=$((i+1)); done; echo end");
    shell.stop_reading();
    shell.type_keys("<enter>");
    assert!(!shell.becomes(Duration::from_millis(300), |screen| screen.shows("end")));
    assert_eq!(shell.exit(), None, "it wrote 460 kB to a terminal that took none");
    shell.resume_reading();
    shell.wait_exit();
    assert!(shell.text().contains("end"));
    assert!(shell.bytes_written() > 400_000);
}

#[test]
fn signals_stop_continue_and_end_a_program() {
    let shell = shell("echo ready; while :; do read -r line; done");
    shell.wait_for_text("ready");
    shell.kill(Signal::STOP);
    shell.wait_stopped(true);
    shell.kill(Signal::CONT);
    shell.wait_stopped(false);
    shell.kill(Signal::TERM);
    assert_eq!(shell.wait_exit(), Exit { status: None, signal: Some(Signal::TERM.as_raw()) });
}

#[test]
fn a_failed_wait_shows_the_screen() {
    let shell = shell("printf 'what there was'; read -r line");
    shell.wait_for_text("what there was");
    let failed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        shell.wait_for(|screen| screen.shows("what there was not"), Duration::from_millis(50));
    }));
    let said = *failed.unwrap_err().downcast::<String>().unwrap();
    assert!(said.contains("│what there was\n"), "{said}");
    assert!(said.contains("40x10"), "{said}");
}

#[test]
fn keys_pastes_and_mouse_are_the_bytes_terminals_send() {
    assert_eq!(typed("j<enter><ctrl-c><alt-x><f5><up><lt>ㅂ"), "j\r\x03\x1bx\x1b[15~\x1b[A<ㅂ".as_bytes());
    assert_eq!(pasted("q\n"), b"\x1b[200~q\n\x1b[201~");
    assert_eq!(mouse(Mouse::Click, 0, 9), b"\x1b[<0;1;10M\x1b[<0;1;10m");
    assert_eq!(mouse(Mouse::WheelDown, 4, 4), b"\x1b[<65;5;5M");
}

#[test]
fn a_window_that_shrinks_under_a_program_takes_what_was_meant_for_the_old_size() {
    let mut screen = Screen::new(3, 8);
    screen.take("\x1b[1;4H가나".as_bytes(), &mut |_| {});
    screen.resize(1, 4);
    assert_eq!(screen.row(0).trim(), "", "half a letter is none");
    screen.take("\x1b[1;4Hx삼성전자 005930".as_bytes(), &mut |_| {});
    screen.resize(1, 1);
    screen.take("삼성전자\x1b[2J\x1b[H?".as_bytes(), &mut |_| {});
    assert!(screen.shows("?"));
}
