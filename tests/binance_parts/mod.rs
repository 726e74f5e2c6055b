//! What the exchanges of the tests have in common: wire, keys, limits, books, streams, and everything that goes wrong.
//!
//! An exchange is a [`state::Venue`]: it knows its calls, its orders and its account. The rest is here: [`server::Server`]
//! runs it on a thread, [`state::State`] answers its requests and [`hub::Hub`] tells its events. It is included by each
//! exchange, so that a test has only those it names.
#![allow(dead_code)]

pub mod book;
pub mod command;
mod connection;
pub mod delivery;
pub mod faults;
pub mod frame;
pub mod history;
pub mod http;
pub mod hub;
pub mod journal;
pub mod keys;
pub mod limits;
pub mod listing;
pub mod market;
mod market_shape;
pub mod markets;
pub mod params;
pub mod past;
pub mod random;
pub mod refusal;
mod running;
pub mod server;
pub mod state;
mod timed;
