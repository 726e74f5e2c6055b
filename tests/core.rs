//! The core without any broker: events are made by hand, in every order a wire can bring them, against an independent
//! model of what is true at the broker.
//!
//! `cargo test` runs a part. The whole:
//! `HOGA_HISTORIES=100000 cargo test --profile checked --test core -- --ignored --nocapture`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::result_large_err,
    missing_docs
)]

#[path = "core/alerts.rs"]
mod alerts;
#[path = "core/days.rs"]
mod days;
#[path = "core/desk.rs"]
mod desk;
#[path = "core/differences.rs"]
mod differences;
#[path = "core/exits.rs"]
mod exits;
#[path = "core/funding.rs"]
mod funding;
#[path = "core/histories.rs"]
mod histories;
#[path = "core/kill.rs"]
mod kill;
#[path = "core/late_fills.rs"]
mod late_fills;
#[path = "seeded/random.rs"]
mod random;
#[path = "core/requests.rs"]
mod requests;
#[path = "core/venue.rs"]
mod venue;
