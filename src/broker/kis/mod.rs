//! Korea Investment & Securities (한국투자증권, KIS): Korean and foreign shares, derivatives, bonds.
//!
//! | module | what it is |
//! |---|---|
//! | [`auth_check`] | what a key may do |
//! | [`adapter`] | the broker as the desk sees it |
//! | [`budget`] | which streams are registered, and what is polled |
//! | [`capability`] | what an account can do, and what paper lacks |
//! | [`code`] | what the codes of refusals mean |
//! | [`derivative`] | which futures and options there are, and what follows from their codes |
//! | [`environment`] | addresses of the live and the paper environment |
//! | [`exchange`] | exchanges in the vocabularies of the broker |
//! | [`feed`] | the running data: one socket, its registrations, what is polled beside it |
//! | [`map`] | from the broker's words to market and account events |
//! | [`master`] | symbol master files |
//! | [`mod@open`] | from a profile to a connection |
//! | [`order`] | numbers and types of orders, what notices and lists say of them |
//! | [`order_match`] | finds an order whose outcome is not known |
//! | [`realtime`] | what comes over the WebSocket |
//! | [`request`] | parameters of queries, bodies of orders |
//! | [`rest`] | requests: signed in, within the limits, at most once |
//! | [`service`] | every service: path, method, ids |
//! | [`session`] | one profile's life at the broker |
//! | [`wire`] | replies of the REST interface as they are on the wire |

pub mod adapter;
pub mod auth_check;
pub mod budget;
pub mod capability;
pub mod code;
pub mod derivative;
pub mod environment;
pub mod exchange;
pub mod feed;
mod late;
pub mod map;
pub mod master;
pub mod open;
pub mod order;
pub mod order_match;
pub mod realtime;
pub mod request;
pub mod rest;
pub mod service;
pub mod session;
pub mod wire;

pub use open::{capabilities, open};
