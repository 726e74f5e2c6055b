//! The broker on this machine against the shapes and rules it must speak.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "kis_server_self/account.rs"]
mod account;
#[path = "kis_server_self/caller.rs"]
mod caller;
#[path = "kis_server_self/faults.rs"]
mod faults;
#[path = "kis_server_self/futures.rs"]
mod futures;
#[path = "kis_server_self/kinds.rs"]
mod kinds;
mod kis_server;
#[path = "kis_server_self/limits.rs"]
mod limits;
#[path = "kis_server_self/orders.rs"]
mod orders;
#[path = "kis_server_self/overseas.rs"]
mod overseas;
#[path = "kis_server_self/refusals.rs"]
mod refusals;
#[path = "kis_server_self/shapes.rs"]
mod shapes;
#[path = "kis_server_self/sign_in.rs"]
mod sign_in;
#[path = "kis_server_self/streams.rs"]
mod streams;
