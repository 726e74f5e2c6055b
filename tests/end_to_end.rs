//! The real binary on real data folders, as somebody at a shell would use it.
//!
//! `cargo test --test end_to_end`; each test has a desk and a simulated exchange of its own, and ends them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "end_to_end/alerts.rs"]
mod alerts;
#[path = "end_to_end/books.rs"]
mod books;
#[path = "end_to_end/danger.rs"]
mod danger;
#[path = "end_to_end/mistakes.rs"]
mod mistakes;
#[path = "end_to_end/trading.rs"]
mod trading;
#[path = "end_to_end/user.rs"]
mod user;
