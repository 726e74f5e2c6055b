//! The harness that screens are tested with, tested itself: on programs every system has, and on a fake desk.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod terminal;

#[path = "terminal_harness/allow_list.rs"]
mod allow_list;
#[path = "terminal_harness/desk.rs"]
mod desk;
#[path = "terminal_harness/programs.rs"]
mod programs;
