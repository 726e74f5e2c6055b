//! Keys of brokers: where they are found, how they are kept, what is signed with them, and that nobody sees them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod terminal;

#[path = "secrets/commands.rs"]
mod commands;
#[path = "secrets/file.rs"]
mod file;
#[path = "secrets/leaks.rs"]
mod leaks;
#[path = "secrets/places.rs"]
mod places;
#[path = "secrets/prompts.rs"]
mod prompts;
#[path = "secrets/signing.rs"]
mod signing;
#[path = "secrets/stage.rs"]
mod stage;
