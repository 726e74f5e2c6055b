//! A screen that ends badly, for the tests of giving the terminal back.
//!
//! `ending_screen main|thread|hang`: panics on the screen's own thread, panics on another and goes on, or stops
//! listening.
#![allow(clippy::panic, clippy::expect_used, missing_docs)]

use std::sync::mpsc::channel;
use std::time::Duration;

use hoga::tui::terminal::{Screen, Signal, TerminalEvent, TerminalOptions};

fn main() {
    let how = std::env::args().nth(1).unwrap_or_default();
    let (events, inbox) = channel();
    let options =
        TerminalOptions { mouse: true, synchronized: true, probe: false, escape_wait: Duration::from_millis(15) };
    let mut screen = Screen::open(&options, move |event| drop(events.send(event))).expect("a terminal");
    screen.draw(|frame| frame.buffer_mut().set_string(0, 0, "up", ratatui::style::Style::new())).expect("a frame");
    match how.as_str() {
        "main" => panic!("the screen's own thread"),
        "thread" => {
            let other = std::thread::spawn(|| panic!("another thread"));
            assert!(other.join().is_err());
            // A frame is left out while the one before is on its way.
            while !screen
                .draw(|frame| frame.buffer_mut().set_string(0, 0, "on", ratatui::style::Style::new()))
                .expect("a frame")
            {
                std::thread::yield_now();
            }
        }
        "hang" => loop {
            std::thread::park();
        },
        _ => {}
    }
    while let Ok(event) = inbox.recv() {
        if matches!(event, TerminalEvent::Input(..) | TerminalEvent::Signal(Signal::Terminate)) {
            break;
        }
    }
    screen.close();
}
