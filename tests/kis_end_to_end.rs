//! The real binary on Korean and US shares, futures and bonds at Korea Investment & Securities, as somebody at a shell and at the screen would
//! use it, against an exchange on this machine. Everything it starts has the exchange's clock, for it trades at any hour at
//! which this runs.
//!
//! After every scenario nothing that the program wrote has the key, the account or the token in it.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, dead_code)]

mod key_traces;
mod kis_server;
mod terminal;

#[path = "kis_end_to_end/asia.rs"]
mod asia;
#[path = "kis_end_to_end/auctions.rs"]
mod auctions;
#[path = "kis_end_to_end/bonds.rs"]
mod bonds;
#[path = "end_to_end/books.rs"]
mod books;
#[path = "kis_end_to_end/clock.rs"]
mod clock;
#[path = "kis_end_to_end/facts.rs"]
mod facts;
#[path = "kis_end_to_end/futures.rs"]
mod futures;
#[path = "kis_end_to_end/limits.rs"]
mod limits;
#[path = "kis_end_to_end/night.rs"]
mod night;
#[path = "kis_end_to_end/overseas.rs"]
mod overseas;
#[path = "kis_end_to_end/quotes.rs"]
mod quotes;
#[path = "kis_end_to_end/ranking.rs"]
mod ranking;
#[path = "kis_end_to_end/realised.rs"]
mod realised;
#[path = "kis_end_to_end/refusals.rs"]
mod refusals;
#[path = "kis_end_to_end/reserved.rs"]
mod reserved;
#[path = "kis_end_to_end/routes.rs"]
mod routes;
#[path = "kis_end_to_end/scenario.rs"]
mod scenario;
#[path = "kis_end_to_end/screen.rs"]
mod screen;
#[path = "kis_end_to_end/trading.rs"]
mod trading;
#[path = "end_to_end/user.rs"]
mod user;
