//! Brokers: the trait every adapter implements, the network parts they share, and one folder an adapter.

pub mod net;
pub mod paper;
pub mod replay;
