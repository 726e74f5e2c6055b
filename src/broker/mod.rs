//! Brokers: the trait every adapter implements, the network parts they share, and one folder an adapter.

pub mod api;
pub mod binance;
pub mod inbox;
pub mod net;
pub mod opening;
pub mod paper;
pub mod registry;
pub mod replay;
pub mod sim;
