//! A KIS session against an exchange on this machine, as the desk's core sees it: from coming up to every fault an order
//! can meet, with the same orders, fills and money on both sides at the end.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::result_large_err,
    missing_docs
)]

mod kis_server;

#[path = "kis_session/away.rs"]
mod away;
#[path = "kis_session/bonds.rs"]
mod bonds;
#[path = "kis_session/desk.rs"]
mod desk;
#[path = "kis_session/faults.rs"]
mod faults;
#[path = "kis_session/futures.rs"]
mod futures;
#[path = "kis_session/night.rs"]
mod night;
#[path = "kis_session/notices.rs"]
mod notices;
#[path = "kis_session/orders.rs"]
mod orders;
#[path = "kis_session/reserved.rs"]
mod reserved;
#[path = "kis_session/seeded.rs"]
mod seeded;
