//! The screen, from outside: the real binary in a pseudo-terminal, on a desk played by the test or on a real one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod terminal;

#[path = "screen/attached.rs"]
mod attached;
#[path = "screen/hostile.rs"]
mod hostile;
#[path = "screen/leaving.rs"]
mod leaving;
#[path = "screen/load.rs"]
mod load;
#[path = "screen/pictures.rs"]
mod pictures;
#[path = "screen/stage.rs"]
mod stage;
#[path = "screen/trading.rs"]
mod trading;
