//! The command line, run as a user runs it: against a desk that the test plays, and against a real one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "cli/alerts.rs"]
mod alerts;
#[path = "cli/danger.rs"]
mod danger;
#[path = "cli/errors.rs"]
mod errors;
#[path = "cli/fake_desk.rs"]
mod fake_desk;
#[path = "cli/formats.rs"]
mod formats;
#[path = "cli/grammar.rs"]
mod grammar;
#[path = "cli/languages.rs"]
mod languages;
#[path = "cli/orders.rs"]
mod orders;
#[path = "cli/real_desk.rs"]
mod real_desk;
#[path = "cli/streams.rs"]
mod streams;
#[path = "cli/verbs.rs"]
mod verbs;
